/* grid - see grid.h. */
#include "ui/grid.h"
#include "model/clean.h"

#include <stdio.h>
#include <string.h>

void
grid_fit(struct grid *g, const struct grid_column *column, unsigned n, unsigned keep, int columns, int least)
{
	int room = columns;

	*g = (struct grid){ .column = column, .n = n };
	for (unsigned i = 0; i < n; i++) {
		g->shown[i] = column[i].rank || i == keep || !column[i].width;
		room -= g->shown[i] && column[i].width ? column[i].width + 1 : 0;
	}
	while (room < least) {
		unsigned worst = n;

		for (unsigned i = 0; i < n; i++)
			if (g->shown[i] && column[i].width && i != keep &&
			    (worst == n || column[i].rank < column[worst].rank))
				worst = i;
		if (worst == n)
			break;
		g->shown[worst] = false;
		room += column[worst].width + 1;
	}
	g->rest = room > 0 ? room : 0;
}

static void
draw_cell(struct paint *p, WINDOW *w, const struct grid_column *c, int y, int x, int width, const char *text,
	  enum role role)
{
	char *line = paint_line(p, (size_t)width);
	int used = (int)clean_slice(line, p->line_size, text, strlen(text), p->ascii, 0, (size_t)width, NULL);

	paint_put(p, w, y, x + (c->left || !c->width || used >= width ? 0 : width - used), line, role);
}

/* Where a column stands on the screen. { 0 } comes before the first. */
struct slot {
	unsigned i;
	int x, width;
	unsigned next;
	int next_x;
};

/* The next one that is shown and begins on the screen; false: there is none. */
static bool
next_slot(const struct grid *g, int columns, struct slot *s)
{
	while (s->next < g->n && !g->shown[s->next])
		s->next++;
	if (s->next >= g->n || s->next_x >= columns)
		return false;
	s->i = s->next++;
	s->x = s->next_x;
	s->width = g->column[s->i].width ? g->column[s->i].width : g->rest;
	if (s->width > columns - s->x)
		s->width = columns - s->x;
	s->next_x = s->x + s->width + 1;
	return true;
}

void
grid_draw(struct paint *p, WINDOW *w, const struct grid *g, int y, int columns, enum role role,
	  grid_cell *cell, void *ctx)
{
	char text[GRID_CELL];

	paint_attr(p, w, role);
	mvwhline(w, y, 0, ' ', columns);
	for (struct slot s = { 0 }; next_slot(g, columns, &s);) {
		text[0] = '\0';
		cell(ctx, s.i, text);
		draw_cell(p, w, &g->column[s.i], y, s.x, s.width, text, role);
	}
}

void
grid_titles(struct paint *p, WINDOW *w, const struct grid *g, unsigned sorted, int y, int columns)
{
	paint_attr(p, w, ROLE_HEAD);
	mvwhline(w, y, 0, ' ', columns);
	for (struct slot s = { 0 }; next_slot(g, columns, &s);)
		draw_cell(p, w, &g->column[s.i], y, s.x, s.width, g->column[s.i].title,
			  s.i == sorted ? ROLE_SORTED : ROLE_HEAD);
}

void
grid_sheet_columns(struct sheet *sheet, const struct grid_column *column, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		sheet_column(sheet, column[i].name, column[i].title, column[i].left);
}

void
grid_sheet_line(struct sheet *sheet, unsigned n, grid_cell *cell, grid_value *value, void *ctx)
{
	char text[GRID_CELL];

	for (unsigned i = 0; i < n; i++) {
		text[0] = '\0';
		cell(ctx, i, text);
		sheet_add(sheet, value(ctx, i, text), text);
	}
}

void
grid_tail(bool ascii, char out[GRID_CELL], const char *path, size_t columns)
{
	static char clean[GRID_CELL];
	size_t width = clean_slice(clean, sizeof clean, path, strlen(path), ascii, 0, SIZE_MAX, NULL);

	out[0] = '\0';
	if (width <= columns) {
		snprintf(out, GRID_CELL, "%s", clean);
		return;
	}
	if (columns < 1)
		return;
	snprintf(out, GRID_CELL, "%s", ascii ? "<" : "…");
	clean_slice(out + strlen(out), GRID_CELL - strlen(out), clean, strlen(clean), ascii,
		    width - columns + 1, columns - 1, NULL);
}
