/*
 * view_events - the newest events, as they come.
 *
 * While it follows, the newest is at the bottom. A key that moves up, or a pause,
 * holds the events: from then on a copy is looked at, and nothing leaves it.
 */
#include "model/sheet.h"
#include "model/clean.h"
#include "model/xalloc.h"
#include "ui/dialog.h"
#include "ui/grid.h"
#include "ui/mute_row.h"
#include "ui/format.h"
#include "ui/state.h"
#include "ui/view_detail.h"
#include "ui/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENT_COLUMN_TABLE(X)                                                        \
	/* id      title     width rank left   help */                               \
	X(TIME,    "TIME",      12, 5, true,  "when it happened")                    \
	X(TYPE,    "EVENT",     11, 9, true,  "type of the event")                   \
	X(PID,     "PID",        7, 6, false, "the acting process")                  \
	X(NAME,    "PROCESS",   14, 8, true,  "what it ran then")                    \
	X(TARGET,  "TARGET",     0, 9, true,                                         \
	  "target and details, such as open flags or exit status")

enum event_column {
#define X(id, ...) EVENTS_##id,
	EVENT_COLUMN_TABLE(X)
#undef X
	EVENTS_COLUMNS
};

static const struct grid_column event_column[EVENTS_COLUMNS] = {
#define X(id, title, width, rank, left, help) { title, help, width, rank, left, #id },
	EVENT_COLUMN_TABLE(X)
#undef X
};

struct state {
	bool follows;            /* the newest is at the bottom */
	uint64_t cursor, bottom; /* sequence numbers */
	size_t page;
	struct filter *filter;
};

static struct state *
own(const struct ui *ui)
{
	return ui->view_state[VIEW_EVENTS];
}

/* ---- which events ---- */

static bool
is_of_type(const void *who, enum event_id id)
{
	return ((const struct event *)who)->id == id;
}

static bool
matches(const struct ui *ui, const struct filter *f, const struct history_entry *entry)
{
	const struct event *e = entry->event;
	const struct filter_subject subject = {
		.pid = e->who.pid,
		.uid = e->who.uid,
		.user = ui->config.user_name ? ui->config.user_name(e->who.uid) : "",
		.name = format_program(entry->exe),
		.exe = entry->exe,
		.target = event_field(e, FIELD_TARGET, NULL),
		.second = event_field(e, FIELD_SECOND, NULL),
		.makes = is_of_type,
		.who = e,
	};

	return filter_match(f, &subject);
}

/* The event itself, or the nearest shown one before (step -1) or after it (step 1). */
static bool
find(const struct ui *ui, const struct history *h, uint64_t seq, int step, const struct filter *f,
     struct history_entry *entry)
{
	for (; history_at(h, seq, entry); seq += (uint64_t)(int64_t)step) {
		if (!f || matches(ui, f, entry))
			return true;
		if (seq == 0 && step < 0)
			break;
	}
	return false;
}

/* ---- following and holding ---- */

/* Held as long as the frame is. */
static void
enter(struct ui *ui)
{
	struct state *v = own(ui);

	ui->spec.hold_events = !v->follows || ui->paused;
	ui->spec.event_fields |= ui->shown == ui->views[VIEW_EVENTS];
}

static void
leave(struct ui *ui)
{
	ui->spec.event_fields = false;
}

static void
init(struct ui *ui)
{
	struct state *v = own(ui);

	v->follows = true;
}

static void
finish(struct ui *ui)
{
	struct state *v = own(ui);

	filter_free(v->filter);
}

static struct filter **
filter_slot(struct ui *ui)
{
	struct state *v = own(ui);

	return &v->filter;
}

static void
filtered(struct ui *ui, struct command *c)
{
	(void)ui;
	*c = (struct command){ .kind = ACTION_REFRESH };
}

static void
follow(struct ui *ui, struct command *c)
{
	struct state *v = own(ui);

	v->follows = true;
	ui->spec.hold_events = false;
	*c = (struct command){ .kind = ui->paused ? ACTION_PAUSE : ACTION_REFRESH };
	ui->paused = false;
}

static void
hold(struct ui *ui, struct command *c)
{
	struct state *v = own(ui);

	if (!v->follows)
		return;
	v->follows = false;
	ui->spec.hold_events = true;
	*c = (struct command){ .kind = ACTION_REFRESH };
}

/* ---- lines ---- */

struct line {
	const struct ui *ui;
	const struct grid *grid;
	struct history_entry entry;
};

/* The path is shortened in favour of what follows it. */
static void
put_target(const struct line *line, char out[GRID_CELL])
{
	const struct event *e = line->entry.event;
	const char *target = event_field(e, FIELD_TARGET, NULL), *second = event_field(e, FIELD_SECOND, NULL);
	const char *arrow = line->ui->paint.ascii ? " -> " : " → ";
	char value[120], path[3 * HISTORY_FIELD_MAX];
	size_t room = line->grid->rest > 0 ? (size_t)line->grid->rest : 0, width;

	format_value(value, sizeof value, e, true);
	snprintf(path, sizeof path, "%s%s%s%s", target ? target : "",
		 e->flags & EVENT_TRUNCATED ? line->ui->paint.ascii ? "..." : "…" : "", second ? arrow : "",
		 second ? second : "");
	width = clean_width(value) + (*path && *value ? 2 : 0);
	if (*path && width > room / 3) /* the path says more */
		width = 0, *value = '\0';
	grid_tail(line->ui->paint.ascii, out, path, room - width);
	snprintf(out + strlen(out), GRID_CELL - strlen(out), "%s%s", *path && *value ? "  " : "", value);
}

static void
cell(void *ctx, unsigned column, char out[GRID_CELL])
{
	const struct line *line = ctx;
	const struct event *e = line->entry.event;
	char number[16];

	switch ((enum event_column)column) {
	case EVENTS_TIME:
		if (e->flags & EVENT_NO_TIME)
			snprintf(out, GRID_CELL, "-");
		else
			format_time(out, GRID_CELL, e->time_ns, 3);
		break;
	case EVENTS_TYPE:
		snprintf(out, GRID_CELL, "%s", event_name(e, number));
		break;
	case EVENTS_PID:
		snprintf(out, GRID_CELL, "%d", pid_shown(e->who.pid));
		break;
	case EVENTS_NAME:
		snprintf(out, GRID_CELL, "%s", format_program(line->entry.exe));
		break;
	default:
		put_target(line, out);
		break;
	}
}

/* ---- the list ---- */

enum { PAGE_MOST = 1024 };

/*
 * The events of a page, the oldest first: those up to the one at the bottom, moved so
 * that the cursor's is among them. Returns how many.
 */
static size_t
page(struct ui *ui, const struct history *h, uint64_t seqs[PAGE_MOST])
{
	struct state *e = own(ui);
	size_t room = e->page < PAGE_MOST ? e->page : PAGE_MOST, n = 0;
	struct history_entry entry;
	uint64_t at, first = 0;

	if (e->follows || e->cursor >= history_next(h))
		e->cursor = e->bottom = history_next(h) - 1;
	if (e->cursor < history_oldest(h))
		e->cursor = history_oldest(h);
	if (find(ui, h, e->cursor, -1, e->filter, &entry) || find(ui, h, e->cursor, 1, e->filter, &entry))
		e->cursor = entry.seq;
	if (e->bottom < e->cursor || e->bottom >= history_next(h))
		e->bottom = e->cursor;
	at = e->bottom;
	while (n < room && find(ui, h, at, -1, e->filter, &entry)) {
		seqs[n++] = first = entry.seq;
		if (first == 0)
			break;
		at = entry.seq - 1;
	}
	if (n == 0)
		return 0;
	if (e->cursor < first || n < room) {
		/* Above the page, or nothing is left above: the page begins with it, or with the oldest. */
		at = n < room ? history_oldest(h) : e->cursor;
		for (n = 0; n < room && find(ui, h, at, 1, e->filter, &entry); n++) {
			seqs[n] = entry.seq;
			at = entry.seq + 1;
		}
	} else {
		for (size_t i = 0; i < n / 2; i++) {
			uint64_t other = seqs[n - 1 - i];

			seqs[n - 1 - i] = seqs[i];
			seqs[i] = other;
		}
	}
	if (n)
		e->bottom = seqs[n - 1];
	return n;
}

/* At the right end of the titles: what is looked at. */
static void
draw_state(struct ui *ui, WINDOW *w, const struct snapshot *s, int y, int columns)
{
	char text[80];
	int width;

	if (!ui->spec.hold_events)
		snprintf(text, sizeof text, " follows ");
	else
		snprintf(text, sizeof text, " held, %" PRIu64 " newer%s ", s->newer,
			 columns >= 60 ? "; End follows" : "");
	width = (int)clean_width(text);
	if (width < columns)
		paint_put(&ui->paint, w, y, columns - width, text, ROLE_HEAD);
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	struct state *v = own(ui);
	struct grid grid;
	struct line line = { .ui = ui, .grid = &grid };
	uint64_t seqs[PAGE_MOST];
	size_t n = 0;
	int y = top + 1;

	v->page = lines > 1 ? (size_t)lines - 1 : 1;
	grid_fit(&grid, event_column, EVENTS_COLUMNS, EVENTS_COLUMNS, columns,
		 columns < 160 ? columns / 3 : 60);
	grid_titles(&ui->paint, w, &grid, EVENTS_COLUMNS, top, columns);
	draw_state(ui, w, s, top, columns);
	if (s->history && history_next(s->history) > history_oldest(s->history))
		n = page(ui, s->history, seqs);
	if (n == 0 && lines > 1)
		paint_text(&ui->paint, w, y, 0, columns,
			   v->filter ? "none of the newest events matches; = clears the filter"
				     : "no events yet",
			   ROLE_PLAIN);
	for (size_t i = 0; i < n && (int)i + 1 < lines; i++) {
		bool current = seqs[i] == v->cursor;

		if (!history_at(s->history, seqs[i], &line.entry))
			continue;
		if (current)
			y = top + 1 + (int)i;
		grid_draw(&ui->paint, w, &grid, top + 1 + (int)i, columns, current ? ROLE_CURSOR : ROLE_PLAIN,
			  cell, &line);
	}
	wmove(w, y, 0);
}

static void
headline(const struct ui *ui, const struct snapshot *s, struct headline *line)
{
	struct state *v = own(ui);
	uint64_t kept = s->history ? history_next(s->history) - history_oldest(s->history) : 0;

	snprintf(line->what, sizeof line->what, "the newest %" PRIu64 " event%s", kept, kept == 1 ? "" : "s");
	line->filter = v->filter;
}

/* ---- as data ---- */

static struct sheet_value
text_or_none(const char *text)
{
	return (struct sheet_value){ .kind = text ? SHEET_TEXT : SHEET_NONE, .text = text };
}

/* Seconds since 1970 would be rounded as a number: what time has of digits, a text keeps. */
static struct sheet_value
value(void *ctx, unsigned column, const char *shown)
{
	static char time[40];
	const struct event *e = ((const struct line *)ctx)->entry.event;

	switch ((enum event_column)column) {
	case EVENTS_TIME:
		if (e->flags & EVENT_NO_TIME)
			return text_or_none(NULL);
		snprintf(time, sizeof time, "%" PRIu64 ".%09u", e->time_ns / 1000000000,
			 (unsigned)(e->time_ns % 1000000000));
		return sheet_text(time);
	case EVENTS_PID:
		return sheet_int(pid_shown(e->who.pid));
	case EVENTS_TARGET:
		return text_or_none(event_field(e, FIELD_TARGET, NULL));
	default:
		return sheet_text(shown);
	}
}

static void
add_line(struct sheet *sheet, struct line *line)
{
	const struct event *e = line->entry.event;
	char words[120];

	grid_sheet_line(sheet, EVENTS_COLUMNS, cell, value, line);
	format_value(words, sizeof words, e, false);
	sheet_add(sheet, text_or_none(event_field(e, FIELD_SECOND, NULL)), NULL);
	sheet_add(sheet, sheet_int(e->value), NULL);
	sheet_add(sheet, sheet_text(words), NULL);
	sheet_add(sheet, sheet_text(line->entry.exe), NULL);
}

/* All that is kept and shown, not only what the screen has room for. */
static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	struct state *v = own(ui);
	const struct history *h = s->history;
	struct grid grid = { .rest = GRID_CELL / 2 };
	struct line line = { .ui = ui, .grid = &grid };

	grid_sheet_columns(sheet, event_column, EVENTS_COLUMNS);
	sheet_column(sheet, "second", NULL, true);
	sheet_column(sheet, "value", NULL, false);
	sheet_column(sheet, "meaning", NULL, true);
	sheet_column(sheet, "exe", NULL, true);
	for (uint64_t at = h ? history_oldest(h) : 0; h && find(ui, h, at, 1, v->filter, &line.entry);
	     at = line.entry.seq + 1)
		add_line(sheet, &line);
}

/* ---- keys ---- */

static bool
current(struct ui *ui, const struct snapshot *s, struct history_entry *entry)
{
	struct state *v = own(ui);

	if (s->history && history_at(s->history, v->cursor, entry) &&
	    (!v->filter || matches(ui, v->filter, entry)))
		return true;
	ui_message(ui, "no event selected");
	return false;
}

/* Moves by this many shown events; false if there are no more. */
static bool
step(struct ui *ui, const struct history *h, int by, size_t times)
{
	struct state *v = own(ui);
	struct history_entry entry;
	bool moved = false;

	while (times-- && (by > 0 || v->cursor > 0) &&
	       find(ui, h, v->cursor + (uint64_t)(int64_t)by, by, v->filter, &entry)) {
		v->cursor = entry.seq;
		moved = true;
	}
	return moved;
}

static bool
move_to(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	const struct history *h = s->history;
	size_t page = v->page;

	switch (id) {
	case ACTION_UP:
	case ACTION_PAGE_UP:
	case ACTION_TOP:
		hold(ui, c);
		if (h)
			step(ui, h, -1, id == ACTION_UP ? 1 : id == ACTION_PAGE_UP ? page : SIZE_MAX);
		if (h && id == ACTION_PAGE_UP && v->bottom > v->cursor)
			v->bottom = v->cursor; /* the cursor stays at the bottom */
		return true;
	case ACTION_DOWN:
	case ACTION_PAGE_DOWN:
		if (h && !v->follows)
			step(ui, h, 1, id == ACTION_DOWN ? 1 : page);
		return true;
	case ACTION_BOTTOM:
		follow(ui, c);
		return true;
	default:
		return false;
	}
}

static void
search(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here)
{
	struct state *v = own(ui);
	const struct history *h = s->history;
	struct history_entry entry;
	struct command hold_it = { 0 };
	uint64_t at = v->cursor;
	int by = backwards ? 1 : -1; /* the newest is at the bottom, so the next one is the older */

	if (!h || (!from_here && by < 0 && at == 0))
		return;
	for (at = from_here ? at : at + (uint64_t)(int64_t)by; find(ui, h, at, by, v->filter, &entry);
	     at = entry.seq + (uint64_t)(int64_t)by) {
		if (matches(ui, ui->search, &entry)) {
			hold(ui, &hold_it);
			v->cursor = entry.seq;
			return;
		}
		if (entry.seq == 0 && by < 0)
			break;
	}
	ui_message(ui, backwards ? "nothing newer matches" : "nothing older matches");
}

static void
follow_or_hold(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s, (void)id;
	if (v->follows)
		hold(ui, c);
	else
		follow(ui, c);
}

static void
open_event(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct history_entry entry;

	(void)id;
	if (!current(ui, s, &entry))
		return;
	hold(ui, c);
	detail_open_event(ui, s->history, &entry, c);
}

static char *
copied(struct ui *ui, const struct snapshot *s)
{
	struct history_entry entry;
	const char *target;

	if (!current(ui, s, &entry))
		return NULL;
	target = event_field(entry.event, FIELD_TARGET, NULL);
	return xstrdup(target ? target : entry.exe);
}

static void
mute(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct history_entry entry;

	if (current(ui, s, &entry))
		mute_row_event(ui, &entry, id, c);
}

static const struct view_key keys[] = {
	{ ACTION_PAUSE, follow_or_hold },
	{ ACTION_OPEN, open_event },
	{ ACTION_MUTE_PROCESS, mute },
	{ ACTION_MUTE_EXE, mute },
	{ ACTION_UNMUTE, mute },
	{ ACTION_MUTE_MENU, mute },
	{ ACTION_NONE, NULL },
};

const struct view view_events = {
	.name = "events",
	.own = ACTION_GROUP_SHOW,
	.state = sizeof(struct state),
	.init = init,
	.finish = finish,
	.enter = enter,
	.leave = leave,
	.paused = enter,
	.draw = draw,
	.take = move_to,
	.keys = keys,
	.filter = filter_slot,
	.filtered = filtered,
	.search = search,
	.copied = copied,
	.headline = headline,
	.sheet = sheet,
	.hints = { ACTION_OPEN, ACTION_PAUSE, ACTION_HELP, ACTION_QUIT, ACTION_FILTER, ACTION_SEARCH,
		   ACTION_MUTE_PROCESS, ACTION_MUTE_MENU, ACTION_UNDO },
	.column = event_column,
	.columns = EVENTS_COLUMNS,
};
