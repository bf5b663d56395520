/*
 * grid - a view's columns, fitted to the screen, and lines in them.
 *
 * The last column takes what is left. On a narrow screen columns make room by
 * their rank, the lowest first; one of rank 0 is shown only when it is sorted by.
 */
#ifndef ESTOP_UI_GRID_H
#define ESTOP_UI_GRID_H

#include "model/sheet.h"
#include "ui/paint.h"

enum { GRID_COLUMNS = 16, GRID_CELL = 5000 };

/* A column of a view other than that of processes. */
struct grid_column {
	const char *title, *help;
	uint8_t width;    /* 0: the rest of the line */
	uint8_t rank;     /* on a narrow screen the lowest goes first */
	bool left;        /* aligned left */
	const char *name; /* as data: see model/sheet.h */
};

struct grid {
	const struct grid_column *column;
	unsigned n;
	int rest; /* width of the last column */
	bool shown[GRID_COLUMNS];
};

/*
 * keep: a column that stays as long as any does (the one sorted by), or n. least: what
 * the last one should have.
 */
void grid_fit(struct grid *, const struct grid_column *, unsigned n, unsigned keep, int columns, int least);

/* Writes cell i of a line as it is; it is cleaned and fitted when it is drawn. */
typedef void grid_cell(void *ctx, unsigned i, char out[GRID_CELL]);

void grid_draw(struct paint *, WINDOW *, const struct grid *, int y, int columns, enum role, grid_cell *,
	       void *ctx);

/* The end of a path, which says most, as far as it fits; marked when cut. Cleaned. */
void grid_tail(bool ascii, char out[GRID_CELL], const char *path, size_t columns);

/* sorted: the column to be marked as the one sorted by, or n. */
void grid_titles(struct paint *, WINDOW *, const struct grid *, unsigned sorted, int y, int columns);

/* Cell i of a line as data; shown is what grid_cell wrote. Its text lives until the next call. */
typedef struct sheet_value grid_value(void *ctx, unsigned i, const char *shown);

void grid_sheet_columns(struct sheet *, const struct grid_column *, unsigned n);
void grid_sheet_line(struct sheet *, unsigned n, grid_cell *, grid_value *, void *ctx);

#endif
