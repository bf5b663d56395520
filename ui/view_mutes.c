/* view_mutes - the ledger: every mute in force, whose it is, and what it does. */
#include "model/xalloc.h"
#include "model/clean.h"
#include "model/units.h"
#include "ui/dialog.h"
#include "ui/grid.h"
#include "ui/list.h"
#include "ui/mute_menu.h"
#include "ui/state.h"
#include "ui/view_processes.h"
#include "ui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* rank: on a narrow screen the lowest goes first. WHAT takes what is left. */
#define LEDGER_COLUMN_TABLE(X)                                              \
	/* id      title     width rank left  help */                       \
	X(KIND,    "KIND",      13, 9, true,  "kind of rule")      \
	X(STATE,   "STATE",      8, 8, true,  "state of the rule: who suppresses the events") \
	X(BY,      "BY",         7, 3, true,  "who set it")                 \
	X(AGE,     "AGE",        5, 4, false, "for how long")               \
	X(BEFORE,  "BEFORE/S",   8, 6, false, "events per second just before it was muted") \
	X(HEARD,   "HEARD/S",    7, 1, false, "events per second at the last audition (a)") \
	X(KEPT,    "SUPPRESSED", 10, 5, false, "events suppressed by the rule, as counted by the system") \
	X(EVENTS,  "EVENTS",    10, 2, true,  "events it applies to; a number: that many types") \
	X(WHAT,    "WHAT",       0, 9, true,  "the process or the path")

enum ledger_column {
#define X(id, ...) LEDGER_##id,
	LEDGER_COLUMN_TABLE(X)
#undef X
	LEDGER_COUNT
};

static const struct grid_column ledger_column[LEDGER_COUNT] = {
#define X(id, title, width, rank, left, help) { title, help, width, rank, left, #id },
	LEDGER_COLUMN_TABLE(X)
#undef X
};

static void
events_words(char *out, size_t size, const struct mute_row *r)
{
	event_mask usual = EVENT_ALL & ~event_mask_vital();
	char text[EVENT_MASK_TEXT];

	if (mute_kind_is_target(r->kind))
		usual &= event_mask_target();
	if (r->events == EVENT_ALL && r->id)
		snprintf(out, size, "all");
	else if (r->events == usual)
		snprintf(out, size, "default");
	else if (!r->id || !r->events)
		snprintf(out, size, "%u type%s", r->types, r->types == 1 ? "" : "s");
	else {
		event_mask_text(r->events, text, sizeof text);
		snprintf(out, size, "%s", text);
	}
}

static void
what_words(char *out, size_t size, const struct mute_row *r)
{
	const char *slash = strrchr(r->what, '/'), *name = slash && slash[1] ? slash + 1 : r->what;

	if (!mute_kind_is_process(r->kind))
		snprintf(out, size, "%s", r->what);
	else if (r->kind == MUTE_SUBTREE && r->members > 1)
		snprintf(out, size, "%d %s and %u below", r->process.pid, name, r->members - 1);
	else
		snprintf(out, size, "%d %s", r->process.pid, name);
}

struct state {
	struct list list;
	uint32_t id; /* the rule under the cursor */
};

static struct state *
own(const struct ui *ui)
{
	return ui->view_state[VIEW_MUTES];
}

static void
enter(struct ui *ui)
{
	ui->spec.ledger = true;
}

static void
leave(struct ui *ui)
{
	ui->spec.ledger = false;
}

/* What a line is written from. */
struct line {
	const struct mute_row *r;
	uint64_t now_ns;
	bool heard_shown;
};

/* The system's entries that suppress nothing are one line. */
static void
folded_cell(const struct mute_row *r, unsigned column, char out[GRID_CELL])
{
	switch ((enum ledger_column)column) {
	case LEDGER_KIND:
		snprintf(out, GRID_CELL, "%u %s", r->folded, r->folded == 1 ? "entry" : "entries");
		break;
	case LEDGER_BY:
		snprintf(out, GRID_CELL, "%s", mute_origin_word[r->origin]);
		break;
	case LEDGER_EVENTS:
		snprintf(out, GRID_CELL, "AUTH");
		break;
	case LEDGER_WHAT:
		snprintf(out, GRID_CELL, "suppress nothing here: AUTH types only");
		break;
	default:
		break;
	}
}

static void
cell(void *ctx, unsigned column, char out[GRID_CELL])
{
	const struct line *line = ctx;
	const struct mute_row *r = line->r;
	char rate[32];
	int heard = 0;

	snprintf(out, GRID_CELL, "-");
	if (r->folded) {
		folded_cell(r, column, out);
		return;
	}
	switch ((enum ledger_column)column) {
	case LEDGER_KIND:
		snprintf(out, GRID_CELL, "%s", mute_kind_info[r->kind].word);
		break;
	case LEDGER_STATE:
		snprintf(out, GRID_CELL, "%s", mute_state_word[r->state]);
		break;
	case LEDGER_BY:
		snprintf(out, GRID_CELL, "%s", mute_origin_word[r->origin]);
		break;
	case LEDGER_AGE:
		if (r->id)
			units_duration(out, GRID_CELL,
				       line->now_ns > r->since_ns ? line->now_ns - r->since_ns : 0,
				       DURATION_CELL);
		break;
	case LEDGER_BEFORE:
		if (r->id)
			units_rate(out, GRID_CELL, r->rate_before, ledger_column[column].width);
		break;
	case LEDGER_HEARD:
		if (r->rate_heard >= 0)
			units_rate(out, GRID_CELL, r->rate_heard, ledger_column[column].width);
		break;
	case LEDGER_KEPT:
		if (r->counted)
			units_count(out, GRID_CELL, r->suppressed, ledger_column[column].width);
		break;
	case LEDGER_EVENTS:
		events_words(out, GRID_CELL, r);
		break;
	default:
		/* If there is no room for the column, the result is shown as a message. */
		if (!line->heard_shown && r->rate_heard >= 0)
			heard = snprintf(out, GRID_CELL,
					 "%s/s heard: ", units_rate(rate, sizeof rate, r->rate_heard, 0));
		what_words(out + heard, GRID_CELL - (size_t)heard, r);
		break;
	}
}

/* The line of the rule under the cursor; when it is gone, the line stays. */
static void
locate(struct ui *ui, const struct ledger *l)
{
	struct state *v = own(ui);

	for (size_t i = 0; v->id && i < l->count; i++)
		if (l->rows[i].id == v->id)
			v->list.line = i;
	if (v->list.line >= l->count)
		v->list.line = l->count ? l->count - 1 : 0;
	v->id = l->count ? l->rows[v->list.line].id : 0;
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	struct state *v = own(ui);
	const struct ledger *l = &s->ledger;
	struct grid grid;
	struct line line = { .now_ns = s->time_ns };

	grid_fit(&grid, ledger_column, LEDGER_COUNT, LEDGER_COUNT, columns, 18);
	line.heard_shown = grid.shown[LEDGER_HEARD];
	grid_titles(&ui->paint, w, &grid, LEDGER_COUNT, top, columns);
	locate(ui, l);
	if (l->count == 0) {
		const char *none = "nothing is muted; x on a process mutes, v goes back";

		paint_text(&ui->paint, w, top + (lines > 1), 0, columns, none, ROLE_PLAIN);
		return;
	}
	list_fit(&v->list, l->count, lines > 1 ? (size_t)lines - 1 : 1);
	for (int y = 1; y < lines && v->list.top + (size_t)y - 1 < l->count; y++) {
		size_t i = v->list.top + (size_t)y - 1;
		enum role role = i == v->list.line               ? ROLE_CURSOR
				 : l->rows[i].state == MUTE_GONE ? ROLE_ERROR
				 : l->rows[i].id                 ? ROLE_PLAIN
								 : ROLE_QUIET;

		line.r = &l->rows[i];
		grid_draw(&ui->paint, w, &grid, top + y, columns, role, cell, &line);
	}
	wmove(w, top + 1 + (int)(v->list.line - v->list.top), 0);
}

/* To the rows the rule covers: found by the cursor for a process, else by a filter. */
static void
jump(struct ui *ui, const struct mute_row *r, struct command *c)
{
	char *text;

	if (mute_kind_is_target(r->kind)) {
		ui_message(ui, "targets belong to no process; the rule covers them all");
		return;
	}
	ui_show(ui, VIEW_PROCESSES, c);
	if (mute_kind_is_process(r->kind)) {
		processes_point_at(ui, r->process, false);
		return;
	}
	if (mute_kind_is_owner(r->kind)) {
		char key[40];

		snprintf(key, sizeof key, "%s:", mute_kind_info[r->kind].word);
		text = filter_term(key, r->what, true);
	} else {
		text = filter_term("/", *r->what ? r->what + 1 : "", true);
	}
	ui_filter_processes(ui, text, c);
	free(text);
}

static void
search(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here)
{
	struct state *v = own(ui);
	const struct ledger *l = &s->ledger;

	locate(ui, l);
	for (size_t k = from_here ? 0 : 1; l->count && k <= l->count; k++) {
		size_t at = v->list.line, i = (backwards ? at + l->count - k % l->count : at + k) % l->count;
		const struct mute_row *r = &l->rows[i];
		char what[GRID_CELL];
		const struct filter_subject subject = {
			.pid = r->process.pid,
			.user = "",
			.name = what,
			.exe = mute_kind_is_target(r->kind) ? "" : r->what,
			.args = mute_kind_info[r->kind].word,
			.target = mute_kind_is_target(r->kind) ? r->what : NULL,
		};

		what_words(what, sizeof what, r);
		if (!filter_match(ui->search, &subject))
			continue;
		v->list.line = i;
		v->id = r->id;
		return;
	}
	ui_message(ui, "no mute matches");
}

static bool
take(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	const struct ledger *l = &s->ledger;

	(void)c;
	locate(ui, l);
	if (!list_move(&v->list, l->count, id))
		return false;
	v->id = l->count ? l->rows[v->list.line].id : 0;
	return true;
}

static void
save(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)c;
	ui_ask_name(ui, "save the rules to:", ui->config.mute_file ? ui->config.mute_file : "estop.mutes",
		    &(struct command){ .kind = id });
}

/* What is done about the rule under the cursor. */
static void
act(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	const struct mute_row *r = s->ledger.count ? &s->ledger.rows[v->list.line] : NULL;

	if (!r)
		ui_message(ui, "nothing is muted");
	else if (id == ACTION_LEDGER_JUMP && !r->folded)
		jump(ui, r, c);
	else if (!r->id)
		ui_message(ui, r->folded > 1 ? "these entries are the system's own, not rules of estop"
					     : "this entry is the system's own, not a rule of estop");
	else if (id == ACTION_LEDGER_EVENTS)
		mute_menu_events(ui, s, r->id, r->kind, r->events);
	else
		*c = (struct command){ .kind = id, .id = r->id };
}

static const struct view_key keys[] = {
	{ ACTION_LEDGER_SAVE, save },    { ACTION_LEDGER_REMOVE, act }, { ACTION_LEDGER_EVENTS, act },
	{ ACTION_LEDGER_AUDITION, act }, { ACTION_LEDGER_JUMP, act },   { ACTION_NONE, NULL },
};

static void
headline(const struct ui *ui, const struct snapshot *s, struct headline *line)
{
	const struct ledger *l = &s->ledger;
	unsigned folded = l->count ? l->rows[l->count - 1].folded : 0;
	size_t count = l->count - (folded > 0);
	int n;

	(void)ui;
	n = snprintf(line->what, sizeof line->what, "%zu mute%s", count, count == 1 ? "" : "s");
	if (folded)
		snprintf(line->what + n, sizeof line->what - (size_t)n, ", and %u of the system for AUTH",
			 folded);
}

/* Names stay as they are shown; numbers are exact, and missing where there is none. */
static struct sheet_value
value(void *ctx, unsigned column, const char *shown)
{
	const struct line *line = ctx;
	const struct mute_row *r = line->r;
	const struct sheet_value none = { .kind = SHEET_NONE };

	switch ((enum ledger_column)column) {
	case LEDGER_AGE:
		return r->id && line->now_ns > r->since_ns
			       ? sheet_real((double)(line->now_ns - r->since_ns) / 1e9)
			       : none;
	case LEDGER_BEFORE:
		return r->id ? sheet_real(r->rate_before) : none;
	case LEDGER_HEARD:
		return r->rate_heard >= 0 ? sheet_real(r->rate_heard) : none;
	case LEDGER_KEPT:
		return r->counted ? sheet_int((int64_t)r->suppressed) : none;
	default:
		return sheet_text(shown);
	}
}

static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	struct line line = { .now_ns = s->time_ns, .heard_shown = true };

	(void)ui;
	grid_sheet_columns(sheet, ledger_column, LEDGER_COUNT);
	for (size_t i = 0; i < s->ledger.count; i++) {
		line.r = &s->ledger.rows[i];
		grid_sheet_line(sheet, LEDGER_COUNT, cell, value, &line);
	}
}

const struct view view_mutes = {
	.name = "mutes",
	.own = ACTION_GROUP_LEDGER,
	.state = sizeof(struct state),
	.enter = enter,
	.leave = leave,
	.draw = draw,
	.take = take,
	.keys = keys,
	.search = search,
	.headline = headline,
	.sheet = sheet,
	.hints = { ACTION_LEDGER_REMOVE, ACTION_LEDGER_EVENTS, ACTION_LEDGER_AUDITION, ACTION_LEDGER_JUMP,
		   ACTION_LEDGER_SAVE, ACTION_UNDO, ACTION_INVERT, ACTION_HELP, ACTION_QUIT },
	.column = ledger_column,
	.columns = LEDGER_COUNT,
};
