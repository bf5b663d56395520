/* state - struct ui, shared by the files of ui/ only. */
#ifndef ESTOP_UI_STATE_H
#define ESTOP_UI_STATE_H

#include "ui/column.h"
#include "ui/command.h"
#include "ui/config.h"
#include "ui/menu.h"
#include "ui/paint.h"
#include "ui/prompt.h"
#include "ui/term.h"
#include "ui/theme.h"
#include "ui/view.h"

enum { UI_MIN_LINES = 4, UI_MIN_COLUMNS = 20 };

/* The row the mute menu is about: it may be gone from the snapshot by the time of the answer. */
struct menu_row {
	struct proc_key key;
	uint32_t version;
	double rate, event_rate[EV_COUNT], saving[MUTE_KIND_COUNT];
	char *exe;
	const char *why_not; /* it cannot be muted as a process; NULL: it can */
};

/* Of ui/mute_menu.c. */
struct mute_menu {
	struct menu_row row;
	enum mute_kind kinds[MUTE_KIND_COUNT]; /* of the items */
	enum mute_kind kind;                   /* of the choice made */
	char *path;
	event_mask events; /* that are ticked, shown or not */
	uint32_t rule;     /* whose events are chosen; 0: of a rule to be made */
};

/* Of ui/column_menu.c. */
struct column_menu {
	struct columns before;       /* it was opened */
	uint8_t width[COLUMN_COUNT]; /* 0: the column's own */
};

struct ui {
	struct ui_config config;  /* as it was opened */
	struct settings settings; /* as they are now; sort is never NULL */
	struct terminal term;
	struct paint paint;

	/* What is asked of the model. */
	struct snapshot_spec spec;

	/* What is looked at. */
	const struct view *const *views; /* by enum view_id */
	const struct view *shown;        /* that of the settings, or what is laid over it */
	void *view_state[VIEW_SLOTS];    /* each view's own */
	int titles_y;                    /* screen line of the titles, */
	int cursor_y;                    /* and of the view's cursor */
	struct {
		int x, width;
		enum action_id id;
	} bar[VIEW_COUNT + VIEW_HINTS]; /* what the bottom line offers, as last drawn */
	unsigned bar_count;
	bool paused;
	bool help; /* the help screen is open */
	size_t help_top;

	struct menu menu;
	struct mute_menu mute_menu;
	struct column_menu column_menu;
	struct {
		bool on;
		char *filter;        /* before; NULL: none */
		struct proc_key key; /* of the row that is asked about */
		uint32_t version;
		char *exe;
	} only; /* of ui/only.c */

	struct filter *search;
	struct prompt prompt;
	char message[256];
	uint64_t message_until;
	uint64_t hint_until;  /* a hint for new users */
	uint64_t first_ns;    /* of the first snapshot */
	char *exe;            /* given out in a command */
	struct command asked; /* what a yes to the question means; its exe is ours */
};

uint64_t ui_now(const struct ui *);

/* The view; or what is laid over it until ui_uncover(). */
void ui_show(struct ui *, enum view_id, struct command *);
void ui_cover(struct ui *, enum view_id, struct command *);
void ui_uncover(struct ui *, struct command *);

/* The filter of what is shown. NULL: nothing can be filtered here. */
const struct filter *const *ui_filter(struct ui *);
void ui_set_filter(struct ui *, struct filter *, struct command *); /* takes it over; NULL: none */
/* Of the view of processes, shown or not. Well-formed; NULL: none. */
void ui_filter_processes(struct ui *, const char *text, struct command *);

#endif
