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

/* A view of the snapshot. Name and help are in VIEW_TABLE. */
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

#endif
