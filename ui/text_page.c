/* text_page - see text_page.h. */
#include "ui/text_page.h"
#include "model/clean.h"
#include "model/sheet.h"
#include "model/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_COLUMNS = 13, WIDE_FROM_COLUMNS = 40, SHEET_AS_WIDE_AS = 110 };

static bool
is_seen(const struct text_page *s)
{
	return s->w && s->line >= s->place->top && s->line - s->place->top < (size_t)s->rows;
}

static bool
is_current(const struct text_page *s)
{
	return s->w && s->line == s->place->line;
}

/* The whole line of the cursor is marked. */
static enum role
role_here(struct text_page *s, enum role role)
{
	if (!is_current(s))
		return role;
	paint_attr(s->paint, s->w, ROLE_CURSOR);
	return ROLE_CURSOR;
}

static void
mark_line(struct text_page *s)
{
	if (!is_seen(s) || !is_current(s))
		return;
	wmove(s->w, s->y + (int)(s->line - s->place->top), 0);
	paint_attr(s->paint, s->w, ROLE_CURSOR);
	for (int x = 0; x < s->columns; x++)
		waddch(s->w, ' ');
	paint_attr(s->paint, s->w, ROLE_PLAIN);
}

/* What the lines from first on, up to the next one, belong to. */
static void
note_current(struct text_page *s, size_t first, const char *label, const char *text)
{
	struct text_place *at = s->place;
	size_t length;

	if (!s->w || at->line < first || at->line >= s->line)
		return;
	free(at->text);
	length = strlen(label) + strlen(text) + 3;
	at->text = xmalloc(length);
	snprintf(at->text, length, "%s%s%s", label, *label ? ": " : "", text);
	free(at->path);
	at->path = s->link.path ? xstrdup(s->link.path) : NULL;
	at->link = s->link;
	at->link.path = at->path;
}

static void
match(struct text_page *s, const char *label, const char *text)
{
	struct filter_subject subject = { .name = label, .user = "", .exe = "", .target = text, .args = text };

	if (!s->search || !filter_match(s->search, &subject))
		return;
	if (s->backwards ? s->line < s->from : s->found == SIZE_MAX && s->line > s->from)
		s->found = s->line;
	if (s->backwards || s->found_around == SIZE_MAX)
		s->found_around = s->line;
}

/*
 * Columns [skip, skip + max) of the text, from column x of this line on; returns columns.
 * more: breaks at a blank near the edge where there is one, and says whether more is left.
 */
static size_t
put(struct text_page *s, int x, const char *text, size_t length, size_t skip, int max, enum role role,
    bool *more)
{
	char *line, *blank;
	size_t used, kept;

	if (more)
		*more = false;
	if (x >= s->columns || max < 1)
		return 0;
	line = paint_line(s->paint, (size_t)s->columns);
	if (max > s->columns - x)
		max = s->columns - x;
	used = clean_slice(line, s->paint->line_size, text, length, s->paint->ascii, skip, (size_t)max, more);
	blank = more && *more ? strrchr(line, ' ') : NULL;
	if (blank) {
		*blank = '\0';
		kept = clean_width(line);
		if (kept > used * 2 / 3)
			used = kept + 1;
		else
			*blank = ' ';
	}
	if (is_seen(s))
		paint_put(s->paint, s->w, s->y + (int)(s->line - s->place->top), x, line, role_here(s, role));
	return used;
}

static void
add_row(struct text_page *s, const char *label, const char *text)
{
	sheet_add(s->sheet, sheet_text(label), label);
	sheet_add(s->sheet, sheet_text(text), text);
}

void
text_page_link(struct text_page *s, struct page_link link)
{
	s->link = link;
}

void
text_page_line(struct text_page *s, const char *text, enum role role)
{
	if (s->sheet) {
		add_row(s, "", text);
		return;
	}
	match(s, "", text);
	mark_line(s);
	put(s, 0, text, strlen(text), 0, s->columns, role, NULL);
	s->line++;
	note_current(s, s->line - 1, "", text);
	s->link = (struct page_link){ .kind = LINK_NONE };
}

void
text_page_title(struct text_page *s, const char *text)
{
	if (s->line) {
		mark_line(s);
		s->line++;
	}
	text_page_line(s, text, ROLE_NAME);
}

/* Columns of the label; the text begins on a line of its own where that leaves too little. */
static int
label_columns(const struct text_page *s, const char *label)
{
	size_t width = strlen(label);

	if (s->columns < WIDE_FROM_COLUMNS)
		return 2;
	return width < LABEL_COLUMNS ? LABEL_COLUMNS : (int)width + 1 < s->columns / 2 ? (int)width + 1 : 2;
}

void
text_page_entry(struct text_page *s, const char *label, const char *text)
{
	int x = label_columns(s, label);
	size_t length = strlen(text), skip = 0, used, whole, bytes, first = s->line;
	const char *at = text;
	bool more = true;

	if (s->sheet) {
		add_row(s, label, text);
		return;
	}
	match(s, label, text);
	mark_line(s);
	put(s, 0, label, strlen(label), 0, x == 2 ? s->columns : x - 1, ROLE_PROMPT, NULL);
	if (x == 2) {
		s->line++;
		mark_line(s);
	}
	do {
		if (at > text || skip)
			mark_line(s);
		used = put(s, x, at, length, skip, s->columns - x, ROLE_PLAIN, &more);
		/* The next line begins here, or some columns into what stands for a character here. */
		whole = skip + used;
		skip = whole;
		bytes = clean_bytes(at, length, s->paint->ascii, &whole);
		skip -= whole;
		at += bytes;
		length -= bytes;
		s->line++;
	} while (more && used);
	note_current(s, first, label, text);
	s->link = (struct page_link){ .kind = LINK_NONE };
}

void
text_page_draw(struct paint *p, WINDOW *w, int top, int rows, int columns, struct text_place *at,
	       void (*write)(struct text_page *, void *ctx), void *ctx)
{
	struct text_page count = { .paint = p, .columns = columns };
	struct text_page seen = {
		.paint = p, .w = w, .y = top, .rows = rows, .columns = columns, .place = at
	};
	size_t page = rows > 0 ? (size_t)rows : 1;

	write(&count, ctx);
	at->lines = count.line;
	at->seen = page;
	if (at->line + 1 > at->lines)
		at->line = at->lines ? at->lines - 1 : 0;
	if (at->top > at->line)
		at->top = at->line;
	if (at->top + page <= at->line)
		at->top = at->line + 1 - page;
	if (at->top + page > at->lines)
		at->top = at->lines > page ? at->lines - page : 0;
	at->link = (struct page_link){ .kind = LINK_NONE };
	free(at->text);
	at->text = NULL;
	write(&seen, ctx);
	wmove(w, top + (int)(at->line - at->top), 0);
}

bool
text_page_search(struct paint *p, int columns, struct text_place *at, const struct filter *search,
		 bool backwards, bool from_here, void (*write)(struct text_page *, void *ctx), void *ctx)
{
	struct text_page t = { .paint = p,
			       .columns = columns,
			       .search = search,
			       .backwards = backwards,
			       .from = at->line,
			       .found = SIZE_MAX,
			       .found_around = SIZE_MAX };

	if (from_here && !backwards)
		t.from = at->line ? at->line - 1 : SIZE_MAX; /* SIZE_MAX: the first of all */
	write(&t, ctx);
	if (t.found == SIZE_MAX)
		t.found = t.found_around;
	if (t.found == SIZE_MAX)
		return false;
	at->line = t.found;
	return true;
}

void
text_page_sheet(struct paint *p, struct sheet *sheet, void (*write)(struct text_page *, void *ctx), void *ctx)
{
	struct text_page all = { .paint = p, .columns = SHEET_AS_WIDE_AS, .sheet = sheet };

	sheet_column(sheet, "what", "", true);
	sheet_column(sheet, "value", "", true);
	write(&all, ctx);
}

bool
text_page_move(struct text_place *at, enum action_id id)
{
	size_t page = at->seen ? at->seen : 1;

	switch (id) {
	case ACTION_UP:
		at->line -= at->line > 0;
		return true;
	case ACTION_DOWN:
		at->line++; /* text_page_draw() knows where the end is */
		return true;
	case ACTION_PAGE_UP:
		at->top -= at->top < page ? at->top : page;
		at->line -= at->line < page ? at->line : page;
		return true;
	case ACTION_PAGE_DOWN:
		at->top += page;
		at->line += page;
		return true;
	case ACTION_TOP:
		at->line = 0;
		return true;
	case ACTION_BOTTOM:
		at->line = SIZE_MAX / 2;
		return true;
	default:
		return false;
	}
}

void
text_place_finish(struct text_place *at)
{
	free(at->path);
	free(at->text);
	*at = (struct text_place){ 0 };
}
