/*
 * paint - text on the screen in the roles of a theme: what everything that draws stands on.
 *
 * Main thread. Text is bytes from anywhere; what is not said to be clean is cleaned here.
 */
#ifndef ESTOP_UI_PAINT_H
#define ESTOP_UI_PAINT_H

#include "ui/curses.h"
#include "ui/theme.h"

#include <stdbool.h>
#include <stddef.h>

struct paint {
	int attributes[ROLE_COUNT];
	bool ascii; /* no line drawing, no arrows */
	char *line; /* paint_line() */
	size_t line_size;
};

void paint_finish(struct paint *); /* zeroed is fine */

void paint_attr(const struct paint *, WINDOW *, enum role);
void paint_put(const struct paint *, WINDOW *, int y, int x, const char *clean, enum role);

/* Cleaned, and cut to this many columns. */
void paint_text(struct paint *, WINDOW *, int y, int x, int columns, const char *bytes, enum role);

/* To compose text: room for this many columns of it, cleaned. Valid until the next call. */
char *paint_line(struct paint *, size_t columns);

#endif
