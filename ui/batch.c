/* batch - a frame as plain text, for -b: to a file, a pipe or a terminal, in any locale. */
#include "model/xalloc.h"
#include "model/clean.h"
#include "ui/column.h"
#include "ui/header.h"
#include "ui/row_text.h"
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* The width of a line that is not cut; arguments end somewhere. */
enum { BATCH_COLUMNS = 100000, COMMAND_COLUMNS = 100000, COMMAND_BYTES = COMMAND_COLUMNS * 24 };

struct writer {
	FILE *out;
	unsigned x, columns; /* where it is, where it ends */
	bool ascii;
};

/* As ps and top choose it: by the option, the environment, the terminal. */
static unsigned
line_width(FILE *out, unsigned asked)
{
	const char *environment = getenv("COLUMNS");
	struct winsize size;

	if (!asked && environment) {
		char *end;
		unsigned long n = strtoul(environment, &end, 10);

		if (end > environment && !*end && n >= BATCH_WIDTH_MIN && n <= BATCH_WIDTH_MAX)
			asked = (unsigned)n;
	}
	if (!asked && fileno(out) >= 0 && ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
		asked = size.ws_col;
	return asked >= BATCH_WIDTH_MIN ? asked : BATCH_COLUMNS;
}

/* Trailing blanks are never written: what pads a column comes with what follows it. */
static void
put(void *ctx, unsigned x, const char *text, enum role role)
{
	struct writer *w = ctx;
	size_t length = strlen(text);

	(void)role;
	while (length && text[length - 1] == ' ')
		length--;
	if (!length || x >= w->columns)
		return;
	char *copy = xmalloc(4 * length + 1);
	size_t used = clean_slice(copy, 4 * length + 1, text, length, w->ascii, 0, w->columns - x, NULL);
	fprintf(w->out, "%*s%s", (int)(x > w->x ? x - w->x : 0), "", copy);
	w->x = x + (unsigned)used;
	free(copy);
}

static void
end_line(struct writer *w)
{
	fputc('\n', w->out);
	w->x = 0;
}

static void
write_header(struct writer *w, const struct ui_config *config, const struct snapshot_spec *spec,
	     const struct snapshot *s)
{
	static struct header header;
	const struct column *sort = settings_sort(&config->settings);
	struct headline line = { .sort = sort->title, .descending = spec->reverse };
	struct header_facts facts = {
		.config = config,
		.spec = spec,
		.headline = &line,
		.ascii = w->ascii,
		.dated = true,
		.ended = config->settings.ended,
		.start_ns = config->start_ns ? config->start_ns : UINT64_MAX,
		.interval_ms = config->settings.interval_ms,
	};
	header_compose(&header, &facts, s, HEADER_LINES);
	unsigned second = header_fit(&header, w->columns);
	for (unsigned i = 0; i < HEADER_LINES; i++) {
		header_write(&header, i, second, w->columns, put, w);
		end_line(w);
	}
}

static void
write_row(struct writer *w, const struct layout *l, const struct row *r, bool tree, unsigned indent,
	  char *buffer)
{
	struct order_line line = { 0, r->flags & ROW_LAST, r->guides };
	char guides[4096];
	bool cut;

	for (unsigned i = 0; i < l->n; i++) {
		if (l->column[i]->width) {
			l->column[i]->format(buffer, COMMAND_BYTES, r, l->width[i], w->ascii);
			put(w, l->x[i], buffer, ROLE_PLAIN);
			continue;
		}
		row_text(r, line, tree, indent, w->ascii, 0, COMMAND_COLUMNS, guides, sizeof guides, buffer,
			 COMMAND_BYTES, &cut);
		put(w, l->x[i], guides, ROLE_PLAIN);
		put(w, l->x[i] + (unsigned)clean_width(guides), buffer, ROLE_PLAIN);
	}
	end_line(w);
}

void
ui_batch(FILE *out, const struct ui_config *config, const struct snapshot_spec *spec,
	 const struct snapshot *s, const char *const columns[], size_t n)
{
	struct writer w = { out, 0, line_width(out, config->batch_width), clean_ascii() };
	struct columns chosen = { .n = 0 };
	struct column_need need = { 0 };
	struct layout layout;
	unsigned deepest = 0, indent = 0;

	for (size_t i = 0; i < n; i++) {
		const struct column *c = column_by_name(columns[i]);
		if (c)
			columns_add(&chosen, c, 0);
	}
	for (size_t i = 0; i < s->count; i++) {
		column_need(&need, &s->rows[i]);
		if (s->rows[i].depth > deepest)
			deepest = s->rows[i].depth;
	}
	/* Those of a config file are the screen's. */
	if (!chosen.n && (config->settings.ended || grouping_has_groups(spec->by)))
		(void)settings_columns(&(struct settings){ .ended = config->settings.ended }, spec->by,
				       &chosen);
	column_layout(&layout, &chosen, settings_sort(&config->settings), &need, w.columns);
	write_header(&w, config, spec, s);
	for (unsigned i = 0; i < layout.n; i++) {
		char text[64];
		const struct column *c = layout.column[i];

		if (c->width) /* one word: who reads the text looks for it among blanks */
			snprintf(text, sizeof text, "%*s", c->left ? 0 : (int)layout.width[i], c->title);
		else
			column_title_of_rows(spec->by, spec->subtree_totals, layout.width[i], text,
					     sizeof text, w.ascii);
		put(&w, layout.x[i], text, ROLE_PLAIN);
		if (!c->width)
			indent = row_indent(deepest, layout.width[i]);
	}
	end_line(&w);
	char *buffer = xmalloc(COMMAND_BYTES);
	for (size_t i = 0; i < s->count; i++)
		write_row(&w, &layout, &s->rows[i], spec->by != BY_FLAT, indent, buffer);
	free(buffer);
	filter_renew(spec->filter);
}
