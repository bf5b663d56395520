/* view_chart - see view_chart.h. */
#include "model/clean.h"
#include "model/sheet.h"
#include "model/units.h"
#include "model/xalloc.h"
#include "ui/dialog.h"
#include "ui/format.h"
#include "ui/spark.h"
#include "ui/view_chart.h"
#include "ui/views.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHOWN = CHART_SERIES + 1, /* all together, and each */
	GUTTER = 8,               /* of the scale, on the left */
	VALUES = 8,               /* of the values, on the right of the types */
	GUTTER_FROM_COLUMNS = 30,
	TYPES_FROM_LINES = 14,
	COLUMNS_MAX = 1024,
	EIGHTHS = 8,
	PAGE = 10, /* steps of PgUp and PgDn */
};

struct state {
	struct hour_whose whose;
	char *exe, *name;   /* name: of the row, clean; NULL: it was opened without one */
	bool row;           /* the row's is shown, not that of everything */
	unsigned series;    /* that is drawn large: 0 all, else one of CHART_SERIES and one more */
	uint64_t cursor_ns; /* 0: it stays at the newest, or at the position in the recording */
	int left, width;    /* where the chart was last drawn */
};

static struct state *
own(const struct ui *ui)
{
	return ui->view_state[VIEW_CHART];
}

/* ---- columns of the screen ---- */

/* What is drawn: means over the slots that share a column. */
struct plot {
	const struct chart *c;
	unsigned n;
	float rate[COLUMNS_MAX][SHOWN]; /* [0] all; negative: not measured */
	uint8_t marks[COLUMNS_MAX];
};

static unsigned
first_slot(const struct plot *k, unsigned column)
{
	return k->n ? (unsigned)((uint64_t)column * k->c->count / k->n) : 0;
}

static unsigned
end_slot(const struct plot *k, unsigned column)
{
	unsigned end = first_slot(k, column + 1), first = first_slot(k, column);

	return end > first ? end : first + 1;
}

static void
fill_column(struct plot *k, unsigned column)
{
	float *rate = k->rate[column];
	unsigned known = 0;

	memset(rate, 0, sizeof(k->rate[column]));
	k->marks[column] = 0;
	for (unsigned i = first_slot(k, column); i < end_slot(k, column); i++) {
		k->marks[column] |= k->c->marks[i];
		if (k->c->rate[i][0] < 0)
			continue;
		known++;
		for (unsigned s = 0; s < CHART_SERIES; s++) {
			rate[s + 1] += k->c->rate[i][s];
			rate[0] += k->c->rate[i][s];
		}
	}
	for (unsigned s = 0; s < SHOWN; s++)
		rate[s] = known ? rate[s] / (float)known : -1;
}

static void
fill_columns(struct plot *k, const struct chart *c, int width)
{
	k->c = c;
	k->n = width < 1 ? 1 : width > COLUMNS_MAX ? COLUMNS_MAX : (unsigned)width;
	for (unsigned i = 0; i < k->n; i++)
		fill_column(k, i);
}

/* ---- the cursor ---- */

static uint64_t
end_of(const struct chart *c)
{
	return c->begin_ns + c->count * c->slot_ns;
}

/* The slot under the cursor. */
static unsigned
cursor_slot(const struct ui *ui, const struct snapshot *s)
{
	const struct chart *c = s->chart;
	uint64_t ns = own(ui)->cursor_ns;

	if (!ns && c->whole)
		ns = s->position.now_ns;
	if (!ns || ns >= end_of(c))
		return c->count - 1;
	return ns < c->begin_ns ? 0 : (unsigned)((ns - c->begin_ns) / c->slot_ns);
}

/* The column that shows it, and the last one if there are several. */
static unsigned
cursor_column(const struct plot *k, unsigned slot, unsigned *last)
{
	unsigned column = (unsigned)((uint64_t)slot * k->n / k->c->count);

	while (column > 0 && first_slot(k, column) > slot)
		column--;
	while (column + 1 < k->n && end_slot(k, column) <= slot)
		column++;
	*last = column;
	while (*last + 1 < k->n && first_slot(k, *last + 1) == first_slot(k, column))
		++*last;
	while (column > 0 && first_slot(k, column - 1) == first_slot(k, *last))
		column--;
	return column;
}

static const char *
series_name(unsigned shown)
{
	return shown == 0 ? "all" : shown <= EV_CORE ? event_info[shown - 1].name : "other";
}

/* ---- drawing ---- */

/* The next of 1, 2, 5, 10, 20 ... */
static double
round_up(double value)
{
	double unit = 1;

	if (!(value > 1))
		return 1;
	while (unit * 10 < value)
		unit *= 10;
	return value <= unit ? unit : value <= unit * 2 ? unit * 2 : value <= unit * 5 ? unit * 5 : unit * 10;
}

static double
highest(const struct plot *k, unsigned series)
{
	float most = 0;

	for (unsigned i = 0; i < k->n; i++)
		if (k->rate[i][series] > most)
			most = k->rate[i][series];
	return round_up((double)most);
}

struct canvas {
	struct ui *ui;
	WINDOW *w;
	const struct plot *k;
	int left;          /* of the chart */
	unsigned from, to; /* columns under the cursor */
};

static void
put_row(const struct canvas *v, int y, int height, int row, double top)
{
	static const char *const bars[2][EIGHTHS + 1] = {
		{ " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
		{ " ", ".", ":", "-", "=", "+", "*", "%", "#" },
	};
	unsigned series = own(v->ui)->series;

	for (unsigned i = 0; i < v->k->n; i++) {
		double value = (double)v->k->rate[i][series];
		int eighths = value > 0 ? (int)ceil(value / top * height * EIGHTHS) : 0;
		int here = eighths - row * EIGHTHS;
		bool current = i >= v->from && i <= v->to;

		here = here < 0 ? 0 : here > EIGHTHS ? EIGHTHS : here;
		if (here || current)
			paint_put(&v->ui->paint, v->w, y, v->left + (int)i, bars[v->ui->paint.ascii][here],
				  current ? ROLE_CURSOR : ROLE_PLAIN);
	}
}

static void
put_scale(const struct canvas *v, int y, double value)
{
	char number[32], text[48];

	if (v->left < GUTTER)
		return;
	snprintf(text, sizeof text, "%*s %s", GUTTER - 2,
		 units_count(number, sizeof number, (uint64_t)value, 6), v->ui->paint.ascii ? "|" : "┤");
	paint_put(&v->ui->paint, v->w, y, 0, text, ROLE_QUIET);
}

static void
draw_bars(const struct canvas *v, int y, int height)
{
	double top = highest(v->k, own(v->ui)->series);
	int middle = height / 2;

	for (int row = 0; row < height; row++)
		put_row(v, y + height - 1 - row, height, row, top);
	put_scale(v, y, top);
	if (height >= 5 && top >= 2)
		put_scale(v, y + middle, top * (height - middle) / height);
}

/* What happened there, or the line; where nothing was measured, there is none. */
static const char *
axis_sign(const struct canvas *v, unsigned column, enum role *role)
{
	static const char *const sign[CHART_MARKS] = {
#define X(id, sign, help) sign,
		CHART_MARK_TABLE(X)
#undef X
	};
	uint8_t marks = v->k->marks[column];

	for (unsigned m = 0; m < CHART_MARKS; m++)
		if (marks & chart_mark_bit((enum chart_mark)m)) {
			*role = m == CHART_MARK_LOST ? ROLE_ALARM : ROLE_NAME;
			return sign[m];
		}
	*role = ROLE_QUIET;
	return v->k->rate[column][0] < 0 ? " " : v->ui->paint.ascii ? "-" : "─";
}

static void
draw_axis(const struct canvas *v, const struct snapshot *s, int y)
{
	const struct chart *c = s->chart;
	unsigned slot, last, here = UINT32_MAX;
	enum role role;

	put_scale(v, y, 0);
	if (c->whole && s->position.now_ns >= c->begin_ns && s->position.now_ns < end_of(c)) {
		slot = (unsigned)((s->position.now_ns - c->begin_ns) / c->slot_ns);
		here = cursor_column(v->k, slot, &last);
	}
	for (unsigned i = 0; i < v->k->n; i++) {
		const char *sign = axis_sign(v, i, &role);

		if (i == here)
			paint_put(&v->ui->paint, v->w, y, v->left + (int)i, v->ui->paint.ascii ? "^" : "▲",
				  ROLE_NAME);
		else
			paint_put(&v->ui->paint, v->w, y, v->left + (int)i, sign, role);
	}
}

static void
draw_times(const struct canvas *v, int y)
{
	const struct chart *c = v->k->c;
	const unsigned labels = v->k->n >= 60 ? 5 : v->k->n >= 36 ? 3 : 2;

	for (unsigned i = 0; i < labels; i++) {
		uint64_t ns = c->begin_ns + c->count * c->slot_ns * i / (labels - 1);
		char text[32];
		int x = v->left + (int)((v->k->n - 1) * i / (labels - 1));

		position_clock(text, sizeof text, ns);
		x -= i == 0 ? 0 : i == labels - 1 ? (int)strlen(text) - 1 : (int)strlen(text) / 2;
		if (x >= 0)
			paint_put(&v->ui->paint, v->w, y, x, text, ROLE_QUIET);
	}
}

/* A line of bars for each type, each of its own scale, and its value under the cursor. */
static void
draw_types(const struct canvas *v, int y, int columns)
{
	float samples[COLUMNS_MAX];
	char text[COLUMNS_MAX * SPARK_BYTES + 1], number[32];

	for (unsigned series = 0; series < SHOWN; series++, y++) {
		bool chosen = series == own(v->ui)->series;

		snprintf(text, sizeof text, "%*s", GUTTER - 2, series_name(series));
		paint_put(&v->ui->paint, v->w, y, 0, text, chosen ? ROLE_HEAD : ROLE_PLAIN);
		for (unsigned i = 0; i < v->k->n; i++)
			samples[i] = v->k->rate[i][series];
		spark_draw(text, sizeof text, samples, v->k->n, v->ui->paint.ascii);
		paint_put(&v->ui->paint, v->w, y, v->left, text, ROLE_QUIET);
		if (samples[v->from] < 0)
			continue;
		units_rate(number, sizeof number, (double)samples[v->from], 6);
		snprintf(text, sizeof text, "%*s", VALUES - 1, number);
		paint_put(&v->ui->paint, v->w, y, columns - VALUES + 1, text, ROLE_NAME);
	}
}

/* "14:03:20 to 14:03:33  1,234 open/s  events lost": what the column under the cursor says. */
static void
draw_reading(const struct canvas *v, int y, int columns)
{
	static const char *const help[CHART_MARKS] = {
#define X(id, sign, help) help,
		CHART_MARK_TABLE(X)
#undef X
	};
	const struct chart *c = v->k->c;
	unsigned series = own(v->ui)->series;
	unsigned digits = c->slot_ns < NS_PER_SECOND && columns >= GUTTER_FROM_COLUMNS ? 2 : 0;
	float rate = v->k->rate[v->from][series];
	char from[32], to[32], number[32], text[256];

	format_time(from, sizeof from, c->begin_ns + first_slot(v->k, v->from) * c->slot_ns, digits);
	format_time(to, sizeof to, c->begin_ns + end_slot(v->k, v->from) * c->slot_ns, digits);
	if (rate < 0)
		snprintf(number, sizeof number, "not measured");
	else
		units_rate(number, sizeof number, (double)rate, 0);
	if (columns < GUTTER_FROM_COLUMNS)
		snprintf(text, sizeof text, "%s %s", from, number);
	else
		snprintf(text, sizeof text, "%s%s%s  %s%s%s%s", from, strcmp(from, to) ? " to " : "",
			 strcmp(from, to) ? to : "", number, rate < 0 ? "" : " ",
			 rate < 0 ? ""
			 : series ? series_name(series)
				  : "ev",
			 rate < 0 ? "" : "/s");
	for (unsigned m = 0; m < CHART_MARKS; m++)
		if (v->k->marks[v->from] & chart_mark_bit((enum chart_mark)m))
			snprintf(text + strlen(text), sizeof text - strlen(text), "  %s", help[m]);
	paint_text(&v->ui->paint, v->w, y, 0, columns, text, ROLE_NAME);
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	static struct plot k; /* large, and of no use between frames */
	struct state *v = own(ui);
	bool types = lines >= TYPES_FROM_LINES && columns >= GUTTER_FROM_COLUMNS;
	struct canvas canvas = { .ui = ui, .w = w, .k = &k };
	int axis = lines >= 4, times = lines >= 6;
	int height = lines - 1 - axis - times - (types ? SHOWN : 0);

	if (!s->chart || !s->chart->count) {
		paint_text(&ui->paint, w, top, 0, columns, "nothing measured yet", ROLE_QUIET);
		return;
	}
	canvas.left = v->left = columns >= GUTTER_FROM_COLUMNS ? GUTTER : 0;
	v->width = columns - v->left - (types ? VALUES : 0);
	fill_columns(&k, s->chart, v->width);
	canvas.from = cursor_column(&k, cursor_slot(ui, s), &canvas.to);
	draw_reading(&canvas, top, columns);
	draw_bars(&canvas, top + 1, height);
	if (axis)
		draw_axis(&canvas, s, top + 1 + height);
	if (times)
		draw_times(&canvas, top + 2 + height);
	if (types)
		draw_types(&canvas, top + 3 + height, columns);
	wmove(w, top + 1, v->left + (int)canvas.from);
}

/* ---- what is shown ---- */

static void
ask(struct ui *ui, struct command *c)
{
	struct state *v = own(ui);

	ui->spec.chart.asked = true;
	ui->spec.chart.whole = ui->config.replay && !v->row;
	ui->spec.chart.whose = v->row ? v->whose : (struct hour_whose){ .of = HOUR_ALL };
	v->cursor_ns = 0;
	*c = (struct command){ .kind = ACTION_REFRESH };
}

void
chart_open(struct ui *ui, const struct row *r, struct command *c)
{
	struct state *v = own(ui);
	bool program = r && r->flags & (ROW_GROUP | ROW_BY);
	char name[64];

	if (r && (r->flags & ROW_REST || (r->flags & ROW_BY && ui->spec.by != BY_PROGRAM) ||
		  (program && !r->exe[0]))) {
		ui_message(ui, "a chart is of a process, a program, or all: H in another view");
		return;
	}
	free(v->exe);
	free(v->name);
	v->exe = v->name = NULL;
	v->row = r != NULL;
	if (r) {
		v->exe = xstrdup(r->exe);
		v->whose = (struct hour_whose){ program ? HOUR_OF_PROGRAM : HOUR_OF_PROCESS, v->exe, r->key };
		clean_text(name, sizeof name - 16, r->name, strlen(r->name), ui->paint.ascii);
		v->name = xmalloc(sizeof name + 32);
		if (program)
			snprintf(v->name, sizeof name + 32, "program %.48s", name);
		else
			snprintf(v->name, sizeof name + 32, "process %d %.48s", pid_shown(r->key.pid), name);
	}
	ui_uncover(ui, c);
	ui_cover(ui, (enum view_id)VIEW_CHART, c);
	ask(ui, c);
}

static void
leave(struct ui *ui)
{
	ui->spec.chart.asked = false;
}

static void
finish(struct ui *ui)
{
	free(own(ui)->exe);
	free(own(ui)->name);
}

static void
headline(const struct ui *ui, const struct snapshot *s, struct headline *line)
{
	const struct state *v = own(ui);
	bool whole = s->chart && s->chart->whole;
	char scanned[32] = "";

	if (whole && !position_is_whole(&s->position))
		snprintf(scanned, sizeof scanned, " (%.0f%% scanned)", s->position.scanned * 100);
	snprintf(line->what, sizeof line->what, "%s%s%.60s  %s%s", v->series ? series_name(v->series) : "",
		 v->series ? " of " : "", v->row ? v->name : "all events",
		 whole ? "whole recording" : hour_span_name[ui->spec.chart.span], scanned);
}

/* ---- keys ---- */

static void
move_cursor(struct ui *ui, const struct snapshot *s, int steps)
{
	struct state *v = own(ui);
	const struct chart *c = s->chart;
	unsigned step = c->count > (unsigned)v->width && v->width > 0
				? (c->count + (unsigned)v->width - 1) / (unsigned)v->width
				: 1;
	int64_t slot = (int64_t)cursor_slot(ui, s) + (int64_t)steps * step;

	slot = slot < 0 ? 0 : slot >= c->count ? c->count - 1 : slot;
	v->cursor_ns = c->begin_ns + (uint64_t)slot * c->slot_ns;
}

static bool
take(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)c;
	if (id == ACTION_UP || id == ACTION_DOWN) {
		v->series = (v->series + (id == ACTION_UP ? SHOWN - 1 : 1)) % SHOWN;
		return true;
	}
	if (!s->chart || !s->chart->count)
		return false;
	switch (id) {
	case ACTION_LEFT:
	case ACTION_RIGHT:
		move_cursor(ui, s, id == ACTION_LEFT ? -1 : 1);
		return true;
	case ACTION_PAGE_UP:
	case ACTION_PAGE_DOWN:
		move_cursor(ui, s, id == ACTION_PAGE_UP ? -PAGE : PAGE);
		return true;
	case ACTION_TOP:
		v->cursor_ns = s->chart->begin_ns;
		return true;
	case ACTION_BOTTOM: /* of a chart that goes on, it stays at the newest */
		v->cursor_ns = s->chart->whole ? end_of(s->chart) - 1 : 0;
		return true;
	default:
		return false;
	}
}

static void
zoom(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	unsigned *span = &ui->spec.chart.span;

	if (s->chart && s->chart->whole) {
		ui_message(ui, "the whole recording is shown");
		return;
	}
	if (id == ACTION_UNFOLD && *span > 0)
		--*span;
	else if (id == ACTION_FOLD && *span + 1 < HOUR_SPANS)
		++*span;
	*c = (struct command){ .kind = ACTION_REFRESH };
}

static void
toggle(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s, (void)id;
	if (!v->name) {
		ui_uncover(ui, c);
		return;
	}
	v->row = !v->row;
	ask(ui, c);
}

static void
go(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)id;
	if (!ui->config.replay || !s->chart || !s->chart->count) {
		ui_message(ui, "Left and Right read values; Enter goes to a time of a recording (-r)");
		return;
	}
	*c = (struct command){ .kind = ACTION_STREAM_GO,
			       .time_ns = s->chart->begin_ns + cursor_slot(ui, s) * s->chart->slot_ns };
	own(ui)->cursor_ns = 0;
}

static void
back(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id;
	ui_uncover(ui, c);
}

static void
press(struct ui *ui, const struct snapshot *s, int y, int x, struct command *c)
{
	struct state *v = own(ui);
	const struct chart *chart = s->chart;

	(void)y, (void)c;
	if (!chart || !chart->count || x < v->left || x >= v->left + v->width)
		return;
	v->cursor_ns = chart->begin_ns +
		       (uint64_t)(x - v->left) * chart->count / (unsigned)v->width * chart->slot_ns;
}

static void
scroll_by(struct ui *ui, const struct snapshot *s, int lines)
{
	if (s->chart && s->chart->count)
		move_cursor(ui, s, lines);
}

/* ---- as data ---- */

#define CHART_COLUMN_TABLE(X)                                                             \
	X("time", "TIME", "when the slot begins; bars on the screen are means of slots")  \
	X("all", "ALL", "events per second")                                              \
	X("open", "OPEN", "the same, of this type")                                       \
	X("close", "CLOSE", "the same")                                                   \
	X("exec", "EXEC", "the same")                                                     \
	X("fork", "FORK", "the same")                                                     \
	X("exit", "EXIT", "the same")                                                     \
	X("other", "OTHER", "the same, of all other types")                               \
	X("marks", "MARKS", "! events lost, m mute rules changed, R a recording began or ended")

static const struct grid_column chart_column[] = {
#define X(id, head, what) { .title = head, .help = what, .width = 10, .name = id },
	CHART_COLUMN_TABLE(X)
#undef X
};

enum { CHART_COLUMNS = sizeof chart_column / sizeof *chart_column };

static void
sheet_slot(struct sheet *sheet, const struct chart *c, unsigned i)
{
	static const char signs[] = {
#define X(id, sign, help) sign[0],
		CHART_MARK_TABLE(X)
#undef X
	};
	double all = 0;
	char text[32], marks[CHART_MARKS + 1] = "";

	format_date(text, sizeof text, c->begin_ns + i * c->slot_ns);
	sheet_add(sheet, sheet_text(text), text);
	for (unsigned s = 0; s < CHART_SERIES; s++)
		all += (double)c->rate[i][s];
	for (unsigned s = 0; s < SHOWN; s++) {
		double rate = s ? (double)c->rate[i][s - 1] : all;

		if (c->rate[i][0] < 0) {
			sheet_add(sheet, (struct sheet_value){ .kind = SHEET_NONE }, "-");
			continue;
		}
		units_rate(text, sizeof text, rate, 0);
		sheet_add(sheet, sheet_real(rate), text);
	}
	for (unsigned m = 0; m < CHART_MARKS; m++)
		if (c->marks[i] & chart_mark_bit((enum chart_mark)m))
			snprintf(marks + strlen(marks), sizeof marks - strlen(marks), "%c", signs[m]);
	sheet_add(sheet, sheet_text(marks), marks);
}

static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	(void)ui;
	grid_sheet_columns(sheet, chart_column, CHART_COLUMNS);
	for (unsigned i = 0; s->chart && i < s->chart->count; i++)
		sheet_slot(sheet, s->chart, i);
}

static const struct view_key keys[] = {
	{ ACTION_BACK, back },   { ACTION_CHART, toggle }, { ACTION_OPEN, go },
	{ ACTION_UNFOLD, zoom }, { ACTION_FOLD, zoom },    { ACTION_NONE, NULL },
};

const struct view view_chart = {
	.name = "chart",
	.own = ACTION_GROUP_SHOW,
	.state = sizeof(struct state),
	.finish = finish,
	.leave = leave,
	.draw = draw,
	.take = take,
	.keys = keys,
	.press = press,
	.scroll = scroll_by,
	.headline = headline,
	.sheet = sheet,
	.hints = { ACTION_BACK, ACTION_CHART, ACTION_OPEN, ACTION_HELP, ACTION_QUIT, ACTION_PAUSE,
		   ACTION_EXPORT },
	.column = chart_column,
	.columns = CHART_COLUMNS,
};
