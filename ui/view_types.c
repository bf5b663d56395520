/* view_types - every type of event: whether it is watched, how much of it comes, what of it is lost. */
#include "model/sheet.h"
#include "model/clean.h"
#include "model/units.h"
#include "ui/dialog.h"
#include "ui/column.h"
#include "ui/grid.h"
#include "ui/list.h"
#include "ui/spark.h"
#include "ui/state.h"
#include "ui/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_COLUMN_TABLE(X)                                                                   \
	/* id      title     width rank left   help */                                         \
	X(ON,      "ON",         3, 8, true,                                                   \
	  "yes: subscribed; no: not subscribed; n/a: not available on this system; =: always subscribed")  \
	X(NAME,    "EVENT",     20, 9, true,  "type of the event")                             \
	X(TOTAL,   "EVENTS",     8, 4, false, "how many came")                                 \
	X(RATE,    "EV/S",       6, 7, false, "how many per second")                           \
	X(SHARE,   "SHARE",      5, 6, false, "of all events per second")                      \
	X(LOST,    "LOST",       6, 5, false, "events lost in the kernel or in estop's ring") \
	X(MINUTE,  "LAST MINUTE", 0, 9, true, "a bar for each second, the newest at the right; what the type is")

enum type_column {
#define X(id, ...) TYPES_##id,
	TYPE_COLUMN_TABLE(X)
#undef X
	TYPES_COLUMNS
};

static const struct grid_column type_column[TYPES_COLUMNS] = {
#define X(id, title, width, rank, left, help) { title, help, width, rank, left, #id },
	TYPE_COLUMN_TABLE(X)
#undef X
};

struct state {
	struct list list;
	unsigned id;   /* under the cursor */
	bool bound;    /* the cursor stays with it */
	unsigned sort; /* enum type_column */
	bool reversed;
};

static struct state *
own(const struct ui *ui)
{
	return ui->view_state[VIEW_TYPES];
}

static void
init(struct ui *ui)
{
	struct state *v = own(ui);

	v->sort = TYPES_TOTAL; /* a row stays where it is when it is turned off */
}

static void
enter(struct ui *ui)
{
	ui->spec.minute = true;
}

static void
leave(struct ui *ui)
{
	ui->spec.minute = false;
}

/* ---- order ---- */

static uint64_t
lost(const struct snapshot *s, unsigned id)
{
	return s->loss.kernel[id] + s->loss.ring[id];
}

static double
share(const struct snapshot *s, unsigned id)
{
	return s->rate_all > 0 ? s->rate[id] / s->rate_all : 0;
}

static bool
is_in(event_mask mask, unsigned id)
{
	return (mask >> id & 1) != 0;
}

/* Positive when b comes first: more of it, or whatever the column says. */
static int
compare(const struct snapshot *s, unsigned column, unsigned a, unsigned b)
{
#define BY(x, y) return ((x) < (y)) - ((x) > (y))
	switch ((enum type_column)column) {
	case TYPES_NAME:
		return strcmp(event_info[a].name, event_info[b].name);
	case TYPES_TOTAL:
		BY(s->total[a], s->total[b]);
	case TYPES_RATE:
	case TYPES_SHARE:
	case TYPES_MINUTE:
		BY(s->rate[a], s->rate[b]);
	case TYPES_LOST:
		BY(lost(s, a), lost(s, b));
	default: /* those that are watched, in the order of the table */
		BY(is_in(s->subscribed, a), is_in(s->subscribed, b));
	}
#undef BY
}

/* The ids in the order of the screen; what the system does not have comes last, always. */
static unsigned
list(const struct ui *ui, const struct snapshot *s, uint8_t ids[EV_COUNT])
{
	struct state *v = own(ui);
	unsigned n = 0;

	for (unsigned id = 0; id < EV_COUNT; id++) {
		unsigned at = n;

		if (id == EV_OTHER && !s->total[id]) /* not a type, but all those of later systems */
			continue;
		for (; at > 0; at--) {
			unsigned before = ids[at - 1];
			int c = is_in(s->available, id) - is_in(s->available, before);

			if (c == 0)
				c = compare(s, v->sort, before, id) * (v->reversed ? -1 : 1);
			if (c <= 0)
				break;
			ids[at] = ids[at - 1];
		}
		ids[at] = (uint8_t)id;
		n++;
	}
	return n;
}

static void
locate(struct ui *ui, const uint8_t ids[EV_COUNT], unsigned n)
{
	struct state *v = own(ui);

	for (unsigned i = 0; v->bound && i < n; i++)
		if (ids[i] == v->id)
			v->list.line = i;
	if (v->list.line >= n)
		v->list.line = n ? n - 1 : 0;
	v->id = n ? ids[v->list.line] : 0;
}

/* ---- lines ---- */

struct line {
	const struct ui *ui;
	const struct grid *grid;
	const struct snapshot *s;
	unsigned id;
};

static void
put_minute(const struct line *line, char out[GRID_CELL])
{
	float samples[MINUTE_SECONDS];
	size_t room = line->grid->rest > 0 ? (size_t)line->grid->rest : 0;
	size_t n = room < MINUTE_SECONDS ? room : MINUTE_SECONDS;

	if (!is_in(line->s->subscribed, line->id)) { /* what it would be says more than nothing */
		snprintf(out, GRID_CELL, "%s", event_info[line->id].help);
		return;
	}
	if (!line->s->minute)
		return;
	minute_get(line->s->minute, (enum event_id)line->id, samples);
	spark_draw(out, GRID_CELL, samples + MINUTE_SECONDS - n, n, line->ui->paint.ascii);
	if (room > MINUTE_SECONDS + 20)
		snprintf(out + strlen(out), GRID_CELL - strlen(out), "  %s", event_info[line->id].help);
}

static const char *
on_word(const struct snapshot *s, unsigned id)
{
	if (is_in(event_mask_vital(), id))
		return "=";
	if (is_in(s->subscribed, id))
		return "yes";
	return is_in(s->available, id) ? "no" : "n/a";
}

static void
cell(void *ctx, unsigned column, char out[GRID_CELL])
{
	const struct line *line = ctx;
	const struct snapshot *s = line->s;
	unsigned id = line->id;

	switch ((enum type_column)column) {
	case TYPES_NAME:
		snprintf(out, GRID_CELL, "%s", event_info[id].name);
		break;
	case TYPES_ON:
		snprintf(out, GRID_CELL, "%s", on_word(s, id));
		break;
	case TYPES_TOTAL:
		units_count(out, GRID_CELL, s->total[id], type_column[column].width);
		break;
	case TYPES_RATE:
		column_rate(out, GRID_CELL, s->rate[id], type_column[column].width);
		break;
	case TYPES_SHARE:
		if (share(s, id) > 0)
			snprintf(out, GRID_CELL, "%.0f %%", share(s, id) * 100);
		else
			snprintf(out, GRID_CELL, "-");
		break;
	case TYPES_LOST:
		if (lost(s, id))
			units_count(out, GRID_CELL, lost(s, id), type_column[column].width);
		else
			snprintf(out, GRID_CELL, "-");
		break;
	default:
		put_minute(line, out);
		break;
	}
}

/* Of all events of the last minute; 0 until there was a whole one. */
static double
share_of_minute(const struct snapshot *s, enum event_id id)
{
	float of_type[MINUTE_SECONDS], of_all[MINUTE_SECONDS];
	double type = 0, all = 0;

	if (!s->minute)
		return 0;
	minute_get(s->minute, id, of_type);
	minute_sum(s->minute, of_all);
	for (unsigned i = 0; i < MINUTE_SECONDS; i++) {
		if (of_all[i] < 0)
			return 0;
		type += of_type[i];
		all += of_all[i];
	}
	return all > 0 ? type / all : 0;
}

/*
 * A type to unsubscribe, or EV_NONE: a high-volume one as soon as it is more than half of all events, any
 * other that is for a minute, as which types are frequent differs between machines and systems. What
 * estop is about, open and close, exec, fork and exit, is never too much.
 */
static enum event_id
too_hot(const struct snapshot *s, double *of)
{
	for (unsigned id = EV_CORE; id < EV_COUNT; id++) {
		if (!is_in(s->subscribed, id))
			continue;
		*of = event_info[id].hot ? share(s, id) : 0;
		if (*of <= 0.5)
			*of = share_of_minute(s, (enum event_id)id);
		if (*of > 0.5)
			return (enum event_id)id;
	}
	return EV_NONE;
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	struct state *v = own(ui);
	uint8_t ids[EV_COUNT];
	unsigned n = list(ui, s, ids);
	double of = 0;
	enum event_id hot = too_hot(s, &of);
	struct grid grid;
	struct line line = { .ui = ui, .grid = &grid, .s = s };

	if (hot != EV_NONE && lines > 3) {
		char text[200], rate[32];

		units_rate(rate, sizeof rate, s->rate[hot], 8);
		snprintf(text, sizeof text, "%s is %.0f %% of all events, %s/s: Space there unsubscribes it",
			 event_info[hot].name, of * 100, rate);
		paint_text(&ui->paint, w, top, 0, columns, text, ROLE_ALARM);
		top++, lines--;
	}
	grid_fit(&grid, type_column, TYPES_COLUMNS, columns < 48 ? TYPES_NAME : v->sort, columns, columns / 4);
	grid_titles(&ui->paint, w, &grid, v->sort, top, columns);
	locate(ui, ids, n);
	list_fit(&v->list, n, lines > 1 ? (size_t)lines - 1 : 1);
	for (int y = 1; y < lines && v->list.top + (size_t)y - 1 < n; y++) {
		size_t i = v->list.top + (size_t)y - 1;

		line.id = ids[i];
		grid_draw(&ui->paint, w, &grid, top + y, columns,
			  i == v->list.line               ? ROLE_CURSOR
			  : line.id == hot                ? ROLE_ERROR
			  : is_in(s->subscribed, line.id) ? ROLE_PLAIN
							  : ROLE_QUIET,
			  cell, &line);
	}
	wmove(w, top + 1 + (int)(v->list.line - v->list.top), 0);
}

static struct sheet_value
value(void *ctx, unsigned column, const char *shown)
{
	const struct line *line = ctx;
	const struct snapshot *s = line->s;
	unsigned id = line->id;
	float samples[MINUTE_SECONDS];
	double sum = 0;

	switch ((enum type_column)column) {
	case TYPES_ON:
	case TYPES_NAME:
		return sheet_text(shown);
	case TYPES_TOTAL:
		return sheet_int((int64_t)s->total[id]);
	case TYPES_RATE:
		return sheet_real(s->rate[id]);
	case TYPES_SHARE:
		return sheet_real(share(s, id));
	case TYPES_LOST:
		return sheet_int((int64_t)lost(s, id));
	default:
		if (!s->minute)
			return (struct sheet_value){ .kind = SHEET_NONE };
		minute_get(s->minute, (enum event_id)id, samples);
		for (unsigned i = 0; i < MINUTE_SECONDS; i++)
			sum += samples[i];
		return sheet_real(sum);
	}
}

static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	uint8_t ids[EV_COUNT];
	unsigned n = list(ui, s, ids);
	struct grid grid = { .rest = MINUTE_SECONDS };
	struct line line = { .ui = ui, .grid = &grid, .s = s };

	grid_sheet_columns(sheet, type_column, TYPES_COLUMNS);
	for (unsigned i = 0; i < n; i++) {
		line.id = ids[i];
		grid_sheet_line(sheet, TYPES_COLUMNS, cell, value, &line);
	}
}

static void
headline(const struct ui *ui, const struct snapshot *s, struct headline *line)
{
	struct state *v = own(ui);

	snprintf(line->what, sizeof line->what, "%u types watched of %u", event_mask_count(s->subscribed),
		 event_mask_count(s->available));
	line->sort = type_column[v->sort].title;
	line->descending = !v->reversed;
}

/* ---- keys ---- */

static void
search(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here)
{
	struct state *v = own(ui);
	uint8_t ids[EV_COUNT];
	unsigned n = list(ui, s, ids);

	locate(ui, ids, n);
	for (unsigned k = from_here ? 0 : 1; n && k <= n; k++) {
		unsigned at = (unsigned)v->list.line, i = (backwards ? at + n - k % n : at + k) % n;
		const struct filter_subject subject = { .name = event_info[ids[i]].name,
							.args = event_info[ids[i]].help,
							.user = "" };

		if (!filter_match(ui->search, &subject))
			continue;
		v->id = ids[i];
		v->bound = true;
		return;
	}
	ui_message(ui, "no type of that name");
}

static bool
take(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	uint8_t ids[EV_COUNT];
	unsigned n = list(ui, s, ids);

	(void)c;
	locate(ui, ids, n);
	if (!list_move(&v->list, n, id))
		return false;
	v->id = ids[v->list.line];
	v->bound = id != ACTION_TOP;
	return true;
}

static void
toggle(struct ui *ui, const struct snapshot *s, enum action_id action, struct command *c)
{
	struct state *v = own(ui);
	enum event_id id = (enum event_id)v->id;
	char text[120];

	if (is_in(event_mask_vital(), id) && is_in(s->subscribed, id)) {
		ui_message(ui, "exec, fork and exit are always subscribed: the process tree needs them");
	} else if (!is_in(s->available, id)) {
		snprintf(text, sizeof text, "%s is not available on this system", event_info[id].name);
		ui_message(ui, text);
	} else {
		*c = (struct command){ .kind = action, .events = s->subscribed ^ EVENT_BIT(id) };
	}
	v->bound = true;
}

static void
sort_adjacent(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s, (void)c;
	v->sort = (v->sort + (id == ACTION_SORT_LEFT ? TYPES_COLUMNS - 1 : 1)) % TYPES_COLUMNS;
	v->reversed = false;
}

static void
reverse(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s, (void)id, (void)c;
	v->reversed = !v->reversed;
}

static const struct view_key keys[] = {
	{ ACTION_TYPES_TOGGLE, toggle },
	{ ACTION_SORT_LEFT, sort_adjacent },
	{ ACTION_SORT_RIGHT, sort_adjacent },
	{ ACTION_REVERSE, reverse },
	{ ACTION_NONE, NULL },
};

const struct view view_types = {
	.name = "types",
	.own = ACTION_GROUP_TYPES,
	.state = sizeof(struct state),
	.init = init,
	.enter = enter,
	.leave = leave,
	.draw = draw,
	.take = take,
	.keys = keys,
	.search = search,
	.headline = headline,
	.sheet = sheet,
	.hints = { ACTION_TYPES_TOGGLE, ACTION_SORT_RIGHT, ACTION_HELP, ACTION_QUIT, ACTION_SEARCH,
		   ACTION_PAUSE },
	.column = type_column,
	.columns = TYPES_COLUMNS,
};
