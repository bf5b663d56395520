/* paint - see paint.h. */
#include "ui/paint.h"
#include "model/xalloc.h"
#include "model/clean.h"

#include <stdlib.h>
#include <string.h>

void
paint_finish(struct paint *p)
{
	free(p->line);
	*p = (struct paint){ .line = NULL };
}

void
paint_attr(const struct paint *p, WINDOW *w, enum role role)
{
	wattrset(w, p->attributes[role]);
}

void
paint_put(const struct paint *p, WINDOW *w, int y, int x, const char *clean, enum role role)
{
	paint_attr(p, w, role);
	mvwaddnstr(w, y, x, clean, -1);
}

char *
paint_line(struct paint *p, size_t columns)
{
	/* A cell takes at most a base and four combining characters. */
	size_t size = columns * 24 + 512;

	if (p->line_size < size) {
		p->line = xrealloc(p->line, size, 1);
		p->line_size = size;
	}
	return p->line;
}

void
paint_text(struct paint *p, WINDOW *w, int y, int x, int columns, const char *bytes, enum role role)
{
	char *line = paint_line(p, (size_t)columns);

	clean_slice(line, p->line_size, bytes, strlen(bytes), p->ascii, 0, (size_t)columns, NULL);
	paint_put(p, w, y, x, line, role);
}
