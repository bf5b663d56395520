/*
 * row_text - COMMAND of a process's row: lines of the tree, name and arguments, how it ended. And what
 * programs get of a row that has no column.
 */
#ifndef ESTOP_UI_ROW_TEXT_H
#define ESTOP_UI_ROW_TEXT_H

#include "model/snapshot.h"
#include "ui/order.h"

struct sheet;

/* Columns for each level of the tree: the deepest row has this depth, COMMAND this width. */
unsigned row_indent(unsigned deepest, unsigned width);

/*
 * COMMAND of a row in two pieces, to be painted differently: lines of the tree, and text. Together
 * at most width columns, of what begins at column shift; returns how many. cut: there is more.
 * How an exited process ended is never cut, unless the name would not be seen for it.
 */
size_t row_text(const struct row *, struct order_line, bool tree, unsigned indent, bool ascii, size_t shift,
		unsigned width, char *guides, size_t guides_size, char *text, size_t text_size, bool *cut);

/* Has all that the row is of exited? It has a sign for that. */
bool row_has_ended(const struct row *);

/* The column, of COMMAND's, where the row's fold mark stands when it has one. */
unsigned row_mark(const struct row *, struct order_line, unsigned indent, unsigned width, bool ascii);

/* What a row has as data, besides its columns: their names, and the values of one row. */
void row_sheet_columns(struct sheet *);
void row_sheet(struct sheet *, const struct row *);

#endif
