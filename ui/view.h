/*
 * view - one way to look at the snapshot: what is drawn, and what keys do. The table of each is
 * the last thing in its file.
 */
#ifndef ESTOP_UI_VIEW_H
#define ESTOP_UI_VIEW_H

#include "model/sheet.h"
#include "model/snapshot.h"
#include "ui/action.h"
#include "ui/command.h"
#include "ui/curses.h"
#include "ui/grid.h"
#include "ui/header.h"

struct ui;

enum { VIEW_HINTS = 14 };

/* The page of one process, file or event, and a chart, cover a view; they are none of VIEW_TABLE. */
enum { VIEW_DETAIL = VIEW_COUNT, VIEW_CHART, VIEW_SLOTS };

/* Does the action; c says what is asked of the rest of the program. */
typedef void action_handler(struct ui *, const struct snapshot *, enum action_id, struct command *c);

struct view_key {
	enum action_id id;
	action_handler *act;
};

/*
 * A view. The key that shows it and its help are in VIEW_TABLE. Hooks run in the main thread; the
 * comment says which may be NULL.
 */
struct view {
	const char *name;      /* that of VIEW_TABLE */
	enum action_group own; /* its own group of actions; a common group: it has none */
	bool processes;        /* actions of SCOPE_ROWS apply */

	/* Size in bytes of its own state, ui->view_state[]; zeroed before init. */
	size_t state;
	void (*init)(struct ui *);   /* the settings are known by now; may be NULL */
	void (*finish)(struct ui *); /* may be NULL */

	/* It is shown, or no longer: sets what it wants in ui->spec, or resets it. May be NULL. */
	void (*enter)(struct ui *);
	void (*leave)(struct ui *);
	/* ui->paused has changed; called for every view, shown or not. May be NULL. */
	void (*paused)(struct ui *);

	/* Paints lines [top, top + lines) of the window. */
	void (*draw)(struct ui *, WINDOW *, const struct snapshot *, int top, int lines, int columns);
	/* Which rows of the snapshot were painted last; returns how many. NULL: none. */
	size_t (*shown)(const struct ui *, const struct snapshot *, size_t rows[], size_t max);
	/* Is offered every action first, mostly to move; false: not handled. May be NULL. */
	bool (*take)(struct ui *, const struct snapshot *, enum action_id, struct command *);
	/* Then the actions it handles itself, ended by ACTION_NONE. May be NULL. */
	const struct view_key *keys;
	/* A click at y, x of the screen; the wheel. May be NULL: both move as Up and Down do. */
	void (*press)(struct ui *, const struct snapshot *, int y, int x, struct command *);
	void (*scroll)(struct ui *, const struct snapshot *, int lines);

	/* Where its filter is; the filter was replaced. Both NULL: the view cannot be filtered. */
	struct filter **(*filter)(struct ui *);
	void (*filtered)(struct ui *, struct command *);
	/* To the next line that matches ui->search, around the end if need be. May be NULL. */
	void (*search)(struct ui *, const struct snapshot *, bool backwards, bool from_here);

	/* Before that: is it to be looked for where nothing is shown? Then c says so: true. May be NULL. */
	bool (*find)(struct ui *, const struct snapshot *, bool backwards, bool from_here, struct command *c);

	/* The text of the current line, to be copied; the caller frees it. NULL: nothing. May be NULL. */
	char *(*copied)(struct ui *, const struct snapshot *);

	/* For the header. */
	void (*headline)(const struct ui *, const struct snapshot *, struct headline *);
	/* Its content as data, to be written to a file. */
	void (*sheet)(struct ui *, const struct snapshot *, struct sheet *);
	/* For the bottom line, the most needed first; ended by ACTION_NONE. */
	enum action_id hints[VIEW_HINTS];
	/* Its columns, for the help screen; those of processes are in ui/column.h. */
	const struct grid_column *column;
	unsigned columns;
};

#endif
