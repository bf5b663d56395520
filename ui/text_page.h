/*
 * text_page - a page of labelled text that is broken into lines and scrolls.
 *
 * Rewritten for each drawing: once to count the lines, once to
 * show those that are seen. So what writes it says everything, and the page knows
 * what to leave out.
 */
#ifndef ESTOP_UI_TEXT_PAGE_H
#define ESTOP_UI_TEXT_PAGE_H

#include "ui/action.h"
#include "ui/paint.h"

struct sheet;

struct text_page {
	struct paint *paint;
	WINDOW *w; /* NULL: only counts */
	int y, lines, columns;
	size_t line;         /* the one that is written next */
	size_t top;          /* the first that is seen */
	struct sheet *sheet; /* not NULL: nothing is drawn, all goes there */
};

/* Texts are bytes from anywhere; they are cleaned here. */
void text_page_title(struct text_page *, const char *text); /* a heading, below an empty line */
void text_page_entry(struct text_page *, const char *label, const char *text); /* broken where it must be */
void text_page_line(struct text_page *, const char *text, enum role);          /* one line, cut at the edge */

/*
 * Draws lines [top, top + lines) of the screen with what write writes, from line
 * *scroll on; *scroll is kept within what there is.
 */
void text_page_draw(struct paint *, WINDOW *, int top, int lines, int columns, size_t *scroll,
		    void (*write)(struct text_page *, void *ctx), void *ctx);

/* The same as data, whole: a label and a text in each row. */
void text_page_sheet(struct paint *, struct sheet *, void (*write)(struct text_page *, void *ctx), void *ctx);

/* The keys that move: false when it is none of them. */
bool text_page_move(size_t *scroll, size_t page, enum action_id);

#endif
