/*
 * text_page - a page of labelled text that is broken into lines, scrolls, and has a cursor.
 *
 * Rewritten for each drawing: once to count the lines, once to
 * show those that are seen. So what writes it says everything, and the page knows
 * what to leave out. The cursor is on a line; what belongs to that line can be followed,
 * copied and searched for.
 */
#ifndef ESTOP_UI_TEXT_PAGE_H
#define ESTOP_UI_TEXT_PAGE_H

#include "model/event_page.h"
#include "model/filter.h"
#include "ui/action.h"
#include "ui/paint.h"

struct sheet;

/* Where one looks at: kept between drawings. Zeroed: at the top. */
struct text_place {
	size_t line, top;      /* the cursor's, and the first that is seen */
	size_t lines, seen;    /* of the page, and of the screen; as last drawn */
	struct page_link link; /* of the line under the cursor, and its text "label: text"; as last drawn */
	char *path, *text;     /* path: of the link */
};

struct text_page {
	struct paint *paint;
	WINDOW *w; /* NULL: only counts */
	int y, rows, columns;
	size_t line;              /* the one that is written next */
	struct text_place *place; /* where the cursor is; NULL: only counts */
	struct page_link link;    /* of the entry that is written next */
	struct sheet *sheet;      /* not NULL: nothing is drawn, all goes there */

	/* A search: the line found first, and first behind (or before) the cursor. */
	const struct filter *search;
	bool backwards;
	size_t from, found, found_around; /* SIZE_MAX: none */
};

/* Texts are bytes from anywhere; they are cleaned here. */
void text_page_title(struct text_page *, const char *text); /* a heading, below an empty line */
void text_page_entry(struct text_page *, const char *label, const char *text); /* broken where it must be */
void text_page_line(struct text_page *, const char *text, enum role);          /* one line, cut at the edge */

/* The next entry leads there. Its path need only be good until that is written. */
void text_page_link(struct text_page *, struct page_link);

/* Draws lines [top, top + rows) of the screen with what write writes, so that the cursor's is among them. */
void text_page_draw(struct paint *, WINDOW *, int top, int rows, int columns, struct text_place *,
		    void (*write)(struct text_page *, void *ctx), void *ctx);

/* Moves to the next line that matches; false: none does. As wide as it was drawn. */
bool text_page_search(struct paint *, int columns, struct text_place *, const struct filter *, bool backwards,
		      bool from_here, void (*write)(struct text_page *, void *ctx), void *ctx);

/* The same as data, whole: a label and a text in each row. */
void text_page_sheet(struct paint *, struct sheet *, void (*write)(struct text_page *, void *ctx), void *ctx);

/* The keys that move: false when it is none of them. */
bool text_page_move(struct text_place *, enum action_id);

void text_place_finish(struct text_place *); /* frees; zeroed is fine */

#endif
