/* state - struct ui, shared by the files of ui/ and by nobody else. */
#ifndef ESTOP_UI_STATE_H
#define ESTOP_UI_STATE_H

#include "ui/action.h"
#include "ui/column.h"
#include "ui/grid.h"
#include "ui/header.h"
#include "ui/list.h"
#include "ui/menu.h"
#include "ui/order.h"
#include "ui/paint.h"
#include "ui/prompt.h"
#include "ui/term.h"
#include "ui/theme.h"
#include "ui/ui.h"

enum { UI_MIN_LINES = 4, UI_MIN_COLUMNS = 20 };

enum { VIEW_HINTS = 14 };

/* A view of the snapshot; last in its own file. Name and help are in VIEW_TABLE. */
struct view {
	enum action_group own; /* actions of this view alone; a common group when it has none */
	/* Paints lines [top, top + lines) of the window. */
	void (*draw)(struct ui *, WINDOW *, const struct snapshot *, int top, int lines,
		     int columns);
	/* Does the action, or returns false when it is none of the view's. */
	bool (*act)(struct ui *, const struct snapshot *, enum action_id, struct command *);
	/* For the bottom line, what one needs first; ended by 0. */
	enum action_id hints[VIEW_HINTS];
	/* To the next line that matches ui->search, around the end if need be. NULL: no search here. */
	void (*search)(struct ui *, const struct snapshot *, bool backwards, bool from_here);
	/* For the header; NULL: it says what it says of processes. */
	void (*headline)(const struct ui *, const struct snapshot *, struct headline *);
	/* What is seen of it, whole lines, to be written to a file. NULL: it cannot be. */
	void (*sheet)(struct ui *, const struct snapshot *, struct sheet *);
	/* Its columns, for the help; those of processes are in ui/column.h. */
	const struct grid_column *column;
	unsigned columns;
};

extern const struct view view_processes, view_files, view_events, view_mutes, view_types, view_detail;

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

void ui_show(struct ui *, enum view_id, struct command *);
void ui_point_at(struct ui *, struct proc_key); /* the cursor of the processes */
void ui_sort_by(struct ui *, const struct column *, bool reversed, struct command *);
void ui_filter(struct ui *, const char *text, struct command *); /* well-formed */
const struct view *view_of(enum view_id);

/* What a view asks of the snapshots to come; called when it is shown. */
void view_files_enter(struct ui *);
void view_events_enter(struct ui *);
void view_types_init(struct ui *);
void view_types_enter(struct ui *);

/* All about the process of this row, on top of the view. */
void view_detail_open(struct ui *, const struct row *, struct command *);

/* What the mouse did at line y and column x of the screen (tests; ui_input() does it itself). */
void ui_mouse(struct ui *, const struct snapshot *, enum term_mouse, int y, int x, struct command *);

/* help.c: the help screen. */
void help_draw(struct ui *, WINDOW *, int lines, int columns);
void help_key(struct ui *, int key);

#endif
