/* text_page - see text_page.h. */
#include "ui/text_page.h"
#include "model/sheet.h"
#include "model/clean.h"

#include <string.h>

enum { LABEL_COLUMNS = 13, WIDE_FROM_COLUMNS = 40, SHEET_AS_WIDE_AS = 110 };

static bool
is_seen(const struct text_page *s)
{
	return s->w && s->line >= s->top && s->line - s->top < (size_t)s->lines;
}

/*
 * Columns [skip, skip + max) of the text, from column x of this line on; returns columns.
 * more: breaks at a blank near the edge where there is one, and says whether more is left.
 */
static size_t
put(struct text_page *s, int x, const char *text, size_t skip, int max, enum role role, bool *more)
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
	used = clean_slice(line, s->paint->line_size, text, strlen(text), s->paint->ascii, skip, (size_t)max,
			   more);
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
		paint_put(s->paint, s->w, s->y + (int)(s->line - s->top), x, line, role);
	return used;
}

static void
add_row(struct text_page *s, const char *label, const char *text)
{
	sheet_add(s->sheet, sheet_text(label), label);
	sheet_add(s->sheet, sheet_text(text), text);
}

void
text_page_line(struct text_page *s, const char *text, enum role role)
{
	if (s->sheet) {
		add_row(s, "", text);
		return;
	}
	put(s, 0, text, 0, s->columns, role, NULL);
	s->line++;
}

void
text_page_title(struct text_page *s, const char *text)
{
	if (s->line)
		s->line++;
	text_page_line(s, text, ROLE_NAME);
}

void
text_page_entry(struct text_page *s, const char *label, const char *text)
{
	int x = s->columns >= WIDE_FROM_COLUMNS ? LABEL_COLUMNS : 2;
	size_t skip = 0, used;
	bool more = true;

	if (s->sheet) {
		add_row(s, label, text);
		return;
	}
	put(s, 0, label, 0, x == 2 ? s->columns : x - 1, ROLE_PROMPT, NULL);
	if (x == 2)
		s->line++;
	do {
		used = put(s, x, text, skip, s->columns - x, ROLE_PLAIN, &more);
		skip += used;
		s->line++;
	} while (more && used);
}

void
text_page_draw(struct paint *p, WINDOW *w, int top, int lines, int columns, size_t *scroll,
	       void (*write)(struct text_page *, void *ctx), void *ctx)
{
	struct text_page count = { .paint = p, .columns = columns };
	struct text_page seen = { .paint = p, .w = w, .y = top, .lines = lines, .columns = columns };
	size_t page = lines > 0 ? (size_t)lines : 1;

	write(&count, ctx);
	if (*scroll + page > count.line)
		*scroll = count.line > page ? count.line - page : 0;
	seen.top = *scroll;
	write(&seen, ctx);
	wmove(w, top, 0);
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
text_page_move(size_t *scroll, size_t page, enum action_id id)
{
	switch (id) {
	case ACTION_UP:
		*scroll -= *scroll > 0;
		return true;
	case ACTION_DOWN:
		++*scroll;
		return true;
	case ACTION_PAGE_UP:
		*scroll -= *scroll < page ? *scroll : page;
		return true;
	case ACTION_PAGE_DOWN:
		*scroll += page;
		return true;
	case ACTION_TOP:
		*scroll = 0;
		return true;
	case ACTION_BOTTOM:
		*scroll = SIZE_MAX / 2; /* text_page_draw() knows where the end is */
		return true;
	default:
		return false;
	}
}
