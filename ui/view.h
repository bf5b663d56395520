/*
 * view - a view of the snapshot: what it draws, and what keys do in it. Last in its own file.
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

/* What is laid over a view has a place behind them. */
enum { VIEW_DETAIL = VIEW_COUNT, VIEW_SLOTS };

/* Does the action; c says what is asked of the rest of the program. */
typedef void action_handler(struct ui *, const struct snapshot *, enum action_id, struct command *c);

struct view_key {
	enum action_id id;
	action_handler *act;
};

/* Main thread. Where a hook may be NULL, that is said; help and keys of the view are in VIEW_TABLE. */
struct view {
	const char *name;       /* as in VIEW_TABLE */
	enum action_group own;  /* actions of this view alone; a common group when it has none */
	bool processes;         /* keys for the list of processes mean something here */

	/* Its own state: ui->view_state[], so many bytes, zeroed before init. */
	size_t state;
	void (*init)(struct ui *);   /* the settings are known; NULL */
	void (*finish)(struct ui *); /* NULL */

	/* It is shown from now on, or no more: what it asks of the snapshots to come. NULL. */
	void (*enter)(struct ui *);
	void (*leave)(struct ui *);
	/* ui->paused has changed, whether it is shown or not. NULL. */
	void (*paused)(struct ui *);

	/* Paints lines [top, top + lines) of the window. */
	void (*draw)(struct ui *, WINDOW *, const struct snapshot *, int top, int lines,
		     int columns);
	/* Every action first: does it, moving most often, or returns false. NULL. */
	bool (*take)(struct ui *, const struct snapshot *, enum action_id, struct command *);
	/* Then those the view does itself; ended by { 0 }. NULL: it has none. */
	const struct view_key *keys;
	/* The mouse, at a place of the screen, and the wheel. NULL: as the keys up and down. */
	void (*press)(struct ui *, const struct snapshot *, int y, int x, struct command *);
	void (*scroll)(struct ui *, const struct snapshot *, int lines);

	/* Where its filter is, and what is done when it is another one. NULL: nothing can be filtered. */
	struct filter **(*filter)(struct ui *);
	void (*filtered)(struct ui *, struct command *);
	/* To the next line that matches ui->search, around the end if need be. NULL: no search here. */
	void (*search)(struct ui *, const struct snapshot *, bool backwards, bool from_here);

	/* For the header. */
	void (*headline)(const struct ui *, const struct snapshot *, struct headline *);
	/* What is seen of it, whole lines, to be written to a file. */
	void (*sheet)(struct ui *, const struct snapshot *, struct sheet *);
	/* For the bottom line, what one needs first; ended by 0. */
	enum action_id hints[VIEW_HINTS];
	/* Its columns, for the help; those of processes are in ui/column.h. */
	const struct grid_column *column;
	unsigned columns;
};

#endif
