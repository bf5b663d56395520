/* grid - see grid.h. */
#include "ui/grid.h"
#include "ui/clean.h"

#include <stdio.h>
#include <string.h>

void
grid_fit(struct grid *g, const struct grid_column *column, unsigned n, unsigned keep, int columns,
	 int least)
{
	int room = columns;

	*g = (struct grid){.column = column, .n = n};
	for (unsigned i = 0; i < n; i++) {
		g->shown[i] = true;
		room -= column[i].width ? column[i].width + 1 : 0;
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
draw_cell(struct ui *ui, WINDOW *w, const struct grid_column *c, int y, int x, int width,
	  const char *text, enum role role)
{
	char *line = ui_line(ui, (size_t)width);
	int used = (int)clean_slice(line, ui->line_size, text, strlen(text), ui->ascii, 0,
				    (size_t)width, NULL);

	ui_put(ui, w, y, x + (c->left || !c->width || used >= width ? 0 : width - used), line,
	       role);
}

void
grid_draw(struct ui *ui, WINDOW *w, const struct grid *g, int y, int columns, enum role role,
	  grid_cell *cell, void *ctx)
{
	char text[GRID_CELL];

	ui_attr(ui, w, role);
	mvwhline(w, y, 0, ' ', columns);
	for (unsigned i = 0, x = 0; i < g->n && (int)x < columns; i++) {
		int width = g->column[i].width ? g->column[i].width : g->rest;

		if (!g->shown[i])
			continue;
		if (width > columns - (int)x)
			width = columns - (int)x;
		text[0] = '\0';
		cell(ctx, i, text);
		draw_cell(ui, w, &g->column[i], y, (int)x, width, text, role);
		x += (unsigned)width + 1;
	}
}

void
grid_titles(struct ui *ui, WINDOW *w, const struct grid *g, unsigned sorted, int y, int columns)
{
	ui_attr(ui, w, ROLE_HEAD);
	mvwhline(w, y, 0, ' ', columns);
	for (unsigned i = 0, x = 0; i < g->n && (int)x < columns; i++) {
		int width = g->column[i].width ? g->column[i].width : g->rest;

		if (!g->shown[i])
			continue;
		if (width > columns - (int)x)
			width = columns - (int)x;
		draw_cell(ui, w, &g->column[i], y, (int)x, width, g->column[i].title,
			  i == sorted ? ROLE_SORTED : ROLE_HEAD);
		x += (unsigned)width + 1;
	}
}

void
grid_tail(const struct ui *ui, char out[GRID_CELL], const char *path, size_t columns)
{
	static char clean[GRID_CELL];
	size_t width = clean_slice(clean, sizeof clean, path, strlen(path), ui->ascii, 0, SIZE_MAX, NULL);

	out[0] = '\0';
	if (width <= columns) {
		snprintf(out, GRID_CELL, "%s", clean);
		return;
	}
	if (columns < 1)
		return;
	snprintf(out, GRID_CELL, "%s", ui->ascii ? "<" : "…");
	clean_slice(out + strlen(out), GRID_CELL - strlen(out), clean, strlen(clean), ui->ascii,
		    width - columns + 1, columns - 1, NULL);
}
