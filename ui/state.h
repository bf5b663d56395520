/* state - struct ui, shared by the files of ui/ and by nobody else. */
#ifndef ESTOP_UI_STATE_H
#define ESTOP_UI_STATE_H

#include "ui/action.h"
#include "ui/column.h"
#include "ui/header.h"
#include "ui/menu.h"
#include "ui/order.h"
#include "ui/prompt.h"
#include "ui/term.h"
#include "ui/theme.h"
#include "ui/ui.h"

enum { UI_MIN_LINES = 4, UI_MIN_COLUMNS = 20 };

/* A view of the snapshot; last in its own file. */
struct view {
	const char *name, *help;
	enum action_group own; /* actions of this view alone; a common group when it has none */
	/* Paints lines [top, top + lines) of the window. */
	void (*draw)(struct ui *, WINDOW *, const struct snapshot *, int top, int lines,
		     int columns);
	/* Does the action, or returns false when it is none of the view's. */
	bool (*act)(struct ui *, const struct snapshot *, enum action_id, struct command *);
};

extern const struct view view_processes, view_mutes;

/* The row the mute menu is about: it may be gone from the snapshot by the time of the answer. */
struct menu_row {
	struct proc_key key;
	uint32_t version;
	double rate, event_rate[EV_COUNT], saving[MUTE_KIND_COUNT];
	char *exe;
	bool gone;
};

struct ui {
	struct ui_config config;
	struct terminal term;
	int attributes[ROLE_COUNT];

	/* What is asked of the model. */
	uint32_t interval_ms;
	struct snapshot_spec spec;
	struct filter *filter;
	const struct column *sort;

	/* What is looked at. */
	const struct view *view;
	struct order order;
	uint64_t frozen_until;       /* rows keep their order so long */
	struct proc_key cursor_key;  /* the process under the cursor */
	size_t cursor;               /* its line */
	size_t top;                  /* first line shown */
	size_t page;                 /* lines shown */
	size_t shift;                /* columns COMMAND is scrolled */

	bool ascii;
	bool reversed;               /* sorted against the column's own direction */
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
	uint32_t menu_rule;          /* whose events are chosen; 0: of a rule to be made */

	uint32_t ledger_id;          /* the rule under the cursor of the ledger */
	size_t ledger_line, ledger_top;

	size_t help_top;
	struct filter *search;
	struct prompt prompt;
	char message[256];
	uint64_t message_until;
	uint64_t first_ns;           /* of the first snapshot */
	char *exe;                   /* given out in a command */
	struct command asked;        /* what a yes to the question means; its exe is ours */
	char *line;                  /* to put a row together */
	size_t line_size;
};

uint64_t ui_now(const struct ui *);
void ui_attr(const struct ui *, WINDOW *, enum role);
void ui_put(const struct ui *, WINDOW *, int y, int x, const char *text, enum role);
char *ui_line(struct ui *, size_t columns); /* room for so many columns of cleaned text */

void ui_show(struct ui *, const struct view *, struct command *);
void ui_filter(struct ui *, const char *text, struct command *); /* well-formed */
void view_mutes_columns(void (*each)(void *ctx, const char *title, const char *help), void *ctx);

/* help.c: the help screen. */
void help_draw(struct ui *, WINDOW *, int lines, int columns);
void help_key(struct ui *, int key);

#endif
