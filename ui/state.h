/* state - struct ui, shared by the files of ui/ and by nobody else. */
#ifndef ESTOP_UI_STATE_H
#define ESTOP_UI_STATE_H

#include "ui/column.h"
#include "ui/command.h"
#include "ui/config.h"
#include "ui/list.h"
#include "ui/menu.h"
#include "ui/order.h"
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

struct ui {
	struct ui_config config;     /* as it was opened */
	struct settings settings;    /* as they are now; sort is never NULL */
	struct terminal term;
	struct paint paint;

	/* What is asked of the model. */
	struct snapshot_spec spec;
	struct filter *filter;

	/* What is looked at. */
	struct order order;
	uint64_t frozen_until;       /* rows keep their order so long */
	struct proc_key cursor_key;  /* the process under the cursor */
	size_t cursor;               /* its line */
	size_t top;                  /* first line shown */
	size_t page;                 /* lines shown */
	size_t shift;                /* columns COMMAND is scrolled */
	struct layout layout;        /* of the process view as last drawn, */
	unsigned indent;             /* columns for each level of its tree, */
	int titles_y;                /* and the line of its titles */
	int cursor_y;                /* screen line of the view's cursor */

	size_t follow_line;          /* line of the page the followed row keeps */
	char follow_name[80];        /* "4120 make", clean */

	bool held;                   /* rows keep their order until o is pressed again */
	bool following;              /* the cursor's row keeps its line of the screen */
	bool paused;
	bool all_folded;
	bool help;                   /* the help screen is open */
	bool cursor_group;           /* under the cursor is the line exited processes share */
	bool cursor_set;             /* false until the first row was seen */
	bool pinned; /* the view stays at the top, whatever the cursor's process does */
	bool cut;                    /* some COMMAND went on beyond the edge */
	bool text_seen;              /* some COMMAND was not scrolled away altogether */

	struct menu menu;
	struct menu_row menu_row;
	enum mute_kind menu_kind;    /* of the choice made */
	char *menu_path;
	struct columns columns_before;           /* the setup panel was opened */
	uint8_t setup_width[COLUMN_COUNT];       /* in it; 0: the column's own */
	event_mask menu_events;      /* that are ticked, shown or not */
	uint32_t menu_rule;          /* whose events are chosen; 0: of a rule to be made */

	uint32_t ledger_id;          /* the rule under the cursor of the ledger */
	struct list ledger;

	struct files_state {
		struct list list;
		char *path;          /* of the target under the cursor; NULL: none yet */
		unsigned sort;       /* enum file_column */
		bool reversed;       /* against the column's own direction */
		struct filter *filter;
		struct list users;
		char *who;           /* whose users are listed; NULL: the targets are */
	} files;

	struct events_state {
		bool follows;        /* the newest is at the bottom */
		uint64_t cursor, bottom; /* sequence numbers */
		size_t page;
		struct filter *filter;
		bool open;           /* all of the event under the cursor is shown */
		size_t scroll, pane_page;
	} events;

	struct types_state {
		struct list list;
		unsigned id;         /* under the cursor */
		bool bound;          /* the cursor stays with it */
		unsigned sort;       /* enum type_column */
		bool reversed;
	} types;

	struct detail_state {
		bool open;           /* on top of the view */
		size_t scroll, page;
	} detail;

	size_t help_top;
	struct filter *search;
	struct prompt prompt;
	char message[256];
	uint64_t message_until;
	uint64_t hint_until;         /* a word for those who are new here */
	uint64_t first_ns;           /* of the first snapshot */
	char *exe;                   /* given out in a command */
	struct command asked;        /* what a yes to the question means; its exe is ours */
};

uint64_t ui_now(const struct ui *);
const struct view *ui_shown(const struct ui *);

void ui_ask_again(struct ui *, struct command *); /* for a snapshot of what the settings say now */
void ui_show(struct ui *, enum view_id, struct command *);
void ui_point_at(struct ui *, struct proc_key); /* the cursor of the processes */
void ui_sort_by(struct ui *, const struct column *, bool reversed, struct command *);

/* The filter of what is shown. NULL: nothing can be filtered here. */
struct filter **ui_filter_of(struct ui *);
void ui_set_filter(struct ui *, struct filter *, struct command *); /* takes it over; NULL: none */
void ui_filter(struct ui *, const char *text, struct command *); /* well-formed */

/* What a view asks of the snapshots to come; called when it is shown. */
void view_files_enter(struct ui *);
void view_events_enter(struct ui *);
void view_types_init(struct ui *);
void view_types_enter(struct ui *);

/* All about the process of this row, on top of the view. */
void view_detail_open(struct ui *, const struct row *, struct command *);

#endif
