/* view_mutes - the ledger: every mute in force, whose it is, and what it does. */
#include "model/xalloc.h"
#include "ui/clean.h"
#include "ui/mute_menu.h"
#include "ui/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* rank: on a narrow screen the lowest goes first. WHAT takes what is left. */
#define LEDGER_COLUMN_TABLE(X)                                              \
	/* id      title     width rank left  help */                       \
	X(KIND,    "KIND",      13, 9, true,  "what the rule goes by")      \
	X(STATE,   "STATE",      8, 8, true,  "who keeps its events back, and whether it works") \
	X(BY,      "BY",         7, 3, true,  "who set it")                 \
	X(AGE,     "AGE",        5, 4, false, "for how long")               \
	X(BEFORE,  "BEFORE/S",   8, 6, false, "events per second just before it was muted") \
	X(HEARD,   "HEARD/S",    7, 1, false, "events per second when it was last listened to (a)") \
	X(KEPT,    "KEPT BACK", 10, 5, false, "events kept back, as the system counts them") \
	X(EVENTS,  "EVENTS",    10, 2, true,  "which events; a number: so many types") \
	X(WHAT,    "WHAT",       0, 9, true,  "the process or the path")

enum ledger_column {
#define X(id, ...) LEDGER_##id,
	LEDGER_COLUMN_TABLE(X)
#undef X
	LEDGER_COUNT
};

static const struct {
	const char *title;
	int width, rank;
	bool left;
	const char *help;
} ledger_column[LEDGER_COUNT] = {
#define X(id, title, width, rank, left, help) { title, width, rank, left, help },
	LEDGER_COLUMN_TABLE(X)
#undef X
};

void
view_mutes_columns(void (*each)(void *ctx, const char *title, const char *help), void *ctx)
{
	for (unsigned i = 0; i < LEDGER_COUNT; i++)
		each(ctx, ledger_column[i].title, ledger_column[i].help);
}

enum { WHAT_LEAST = 18 };

/* Which columns there is room for; widths are those of the table. Room for WHAT. */
static int
choose(bool shown[LEDGER_COUNT], int columns)
{
	int room = columns;

	for (unsigned i = 0; i < LEDGER_COUNT; i++) {
		shown[i] = true;
		room -= ledger_column[i].width ? ledger_column[i].width + 1 : 0;
	}
	while (room < WHAT_LEAST) {
		unsigned worst = LEDGER_COUNT;

		for (unsigned i = 0; i < LEDGER_COUNT; i++)
			if (shown[i] && ledger_column[i].width &&
			    (worst == LEDGER_COUNT || ledger_column[i].rank < ledger_column[worst].rank))
				worst = i;
		if (worst == LEDGER_COUNT)
			break;
		shown[worst] = false;
		room += ledger_column[worst].width + 1;
	}
	return room;
}

static void
age_words(char *out, size_t size, uint64_t ns)
{
	uint64_t s = ns / 1000000000u;

	if (s < 100)
		snprintf(out, size, "%us", (unsigned)s);
	else if (s < 100 * 60)
		snprintf(out, size, "%um", (unsigned)(s / 60));
	else if (s < 100 * 3600)
		snprintf(out, size, "%uh", (unsigned)(s / 3600));
	else
		snprintf(out, size, "%ud", (unsigned)(s / 86400));
}

static void
big_number(char *out, size_t size, uint64_t n)
{
	if (n < 1000000000u)
		snprintf(out, size, "%llu", (unsigned long long)n);
	else
		snprintf(out, size, "%.1fG", (double)n / 1e9);
}

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
		snprintf(out, size, "%u types", r->types);
	else {
		event_mask_text(r->events, text, sizeof text);
		snprintf(out, size, "%s", text);
	}
}

static void
what_words(char *out, size_t size, const struct mute_row *r)
{
	const char *slash = strrchr(r->what, '/'), *name = slash && slash[1] ? slash + 1 : r->what;

	if (mute_kind_is_path(r->kind))
		snprintf(out, size, "%s", r->what);
	else if (r->kind == MUTE_SUBTREE && r->members > 1)
		snprintf(out, size, "%d %s and %u below", r->process.pid, name, r->members - 1);
	else
		snprintf(out, size, "%d %s", r->process.pid, name);
}

static void
cell(char *out, size_t size, enum ledger_column column, const struct mute_row *r, uint64_t now_ns)
{
	snprintf(out, size, "-");
	switch (column) {
	case LEDGER_KIND:
		snprintf(out, size, "%s", mute_kind_word[r->kind]);
		break;
	case LEDGER_STATE:
		snprintf(out, size, "%s", mute_state_word[r->state]);
		break;
	case LEDGER_BY:
		snprintf(out, size, "%s", mute_origin_word[r->origin]);
		break;
	case LEDGER_AGE:
		if (r->id)
			age_words(out, size, now_ns > r->since_ns ? now_ns - r->since_ns : 0);
		break;
	case LEDGER_BEFORE:
		if (r->id)
			snprintf(out, size, "%.0f", r->rate_before);
		break;
	case LEDGER_HEARD:
		if (r->rate_heard >= 0)
			snprintf(out, size, "%.0f", r->rate_heard);
		break;
	case LEDGER_KEPT:
		if (r->counted)
			big_number(out, size, r->suppressed);
		break;
	case LEDGER_EVENTS:
		events_words(out, size, r);
		break;
	default:
		what_words(out, size, r);
		break;
	}
}

static void
draw_line(struct ui *ui, WINDOW *w, const bool shown[LEDGER_COUNT], int what, int y, int columns,
	  const struct mute_row *r, uint64_t now_ns, enum role role)
{
	char text[5000];
	int x = 0;

	ui_attr(ui, w, role);
	mvwhline(w, y, 0, ' ', columns);
	for (unsigned i = 0; i < LEDGER_COUNT; i++) {
		int width = ledger_column[i].width ? ledger_column[i].width : what;
		char *line;
		int used;

		if (!shown[i] || x >= columns)
			continue;
		line = ui_line(ui, (size_t)columns);
		if (r)
			cell(text, sizeof text, (enum ledger_column)i, r, now_ns);
		else
			snprintf(text, sizeof text, "%s", ledger_column[i].title);
		/* Where there is no room for the column, what was asked for is said all the same. */
		if (r && i == LEDGER_WHAT && !shown[LEDGER_HEARD] && r->rate_heard >= 0) {
			int heard = snprintf(text, sizeof text, "%.0f/s heard: ", r->rate_heard);

			cell(text + heard, sizeof text - (size_t)heard, LEDGER_WHAT, r, now_ns);
		}
		if (width > columns - x)
			width = columns - x;
		used = (int)clean_slice(line, ui->line_size, text, strlen(text), ui->ascii, 0,
					width > 0 ? (size_t)width : 0, NULL);
		ui_put(ui, w, y, x + (ledger_column[i].left || used >= width ? 0 : width - used), line,
		       role);
		x += width + 1;
	}
}

/* The line of the rule under the cursor; when it is gone, the line stays. */
static void
locate(struct ui *ui, const struct ledger *l)
{
	for (size_t i = 0; ui->ledger_id && i < l->count; i++)
		if (l->rows[i].id == ui->ledger_id)
			ui->ledger_line = i;
	if (ui->ledger_line >= l->count)
		ui->ledger_line = l->count ? l->count - 1 : 0;
	ui->ledger_id = l->count ? l->rows[ui->ledger_line].id : 0;
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	const struct ledger *l = &s->ledger;
	bool shown[LEDGER_COUNT];
	int what = choose(shown, columns);
	size_t page = lines > 1 ? (size_t)lines - 1 : 1;

	ui->page = page;
	draw_line(ui, w, shown, what, top, columns, NULL, 0, ROLE_HEAD);
	locate(ui, l);
	if (l->count == 0) {
		char *line = ui_line(ui, (size_t)columns);
		const char *none = "nothing is muted; v goes back, x on a process mutes";

		clean_slice(line, ui->line_size, none, strlen(none), ui->ascii, 0, (size_t)columns, NULL);
		ui_put(ui, w, top + (lines > 1), 0, line, ROLE_PLAIN);
		return;
	}
	if (ui->ledger_line < ui->ledger_top)
		ui->ledger_top = ui->ledger_line;
	if (ui->ledger_line >= ui->ledger_top + page)
		ui->ledger_top = ui->ledger_line - page + 1;
	for (int y = 1; y < lines && ui->ledger_top + (size_t)y - 1 < l->count; y++) {
		size_t i = ui->ledger_top + (size_t)y - 1;
		enum role role = i == ui->ledger_line	       ? ROLE_CURSOR
				 : l->rows[i].state == MUTE_GONE ? ROLE_ERROR
				 : l->rows[i].id		       ? ROLE_PLAIN
								       : ROLE_QUIET;

		draw_line(ui, w, shown, what, top + y, columns, &l->rows[i], s->time_ns, role);
	}
	wmove(w, top + 1 + (int)(ui->ledger_line - ui->ledger_top), 0);
}

static void
move_to(struct ui *ui, const struct ledger *l, size_t line)
{
	ui->ledger_line = line < l->count ? line : l->count ? l->count - 1 : 0;
	ui->ledger_id = 0;
	ui->ledger_id = l->count ? l->rows[ui->ledger_line].id : 0;
}

/* To the rows the rule covers: found by the cursor for a process, else by a filter. */
static void
jump(struct ui *ui, const struct mute_row *r, struct command *c)
{
	char text[5000];

	if (mute_kind_is_target(r->kind)) {
		ui_message(ui, "targets belong to no process; the rule covers them all");
		return;
	}
	if (mute_kind_is_path(r->kind)) {
		size_t length = strlen(r->what);

		/* "/usr/lib" and "/usr/lib/" mean the same to a filter; a quote cannot be said. */
		if (strchr(r->what, '"')) {
			ui_message(ui, "a path with '\"' in it cannot be filtered for");
			return;
		}
		snprintf(text, sizeof text, "/\"%.*s\"", (int)(length > 1 && r->what[length - 1] == '/'
								       ? length - 2 : length - 1), r->what + 1);
	} else {
		snprintf(text, sizeof text, "pid:%d", r->process.pid);
	}
	ui_show(ui, &view_processes, c);
	if (r->kind == MUTE_PROCESS || r->kind == MUTE_SUBTREE) {
		ui->cursor_key = r->process;
		ui->cursor_group = false;
		ui->cursor_set = true;
		ui->pinned = false;
	} else {
		ui_filter(ui, text, c);
	}
}

static bool
act(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct ledger *l = &s->ledger;
	const struct mute_row *r;

	locate(ui, l);
	r = l->count ? &l->rows[ui->ledger_line] : NULL;
	switch (id) {
	case ACTION_UP:
		move_to(ui, l, ui->ledger_line ? ui->ledger_line - 1 : 0);
		return true;
	case ACTION_DOWN:
		move_to(ui, l, ui->ledger_line + 1);
		return true;
	case ACTION_PAGE_UP:
		move_to(ui, l, ui->ledger_line > ui->page ? ui->ledger_line - ui->page : 0);
		return true;
	case ACTION_PAGE_DOWN:
		move_to(ui, l, ui->ledger_line + ui->page);
		return true;
	case ACTION_TOP:
		move_to(ui, l, 0);
		return true;
	case ACTION_BOTTOM:
		move_to(ui, l, l->count);
		return true;
	case ACTION_LEDGER_SAVE:
		prompt_open(&ui->prompt, PROMPT_SAVE, "save the rules to:",
			    ui->config.mute_file ? ui->config.mute_file : "estop.mutes");
		return true;
	case ACTION_LEDGER_BACK:
		ui_show(ui, &view_processes, c);
		return true;
	case ACTION_LEDGER_REMOVE:
	case ACTION_LEDGER_EVENTS:
	case ACTION_LEDGER_AUDITION:
	case ACTION_LEDGER_JUMP:
		break;
	case ACTION_LEFT:
	case ACTION_RIGHT:
	case ACTION_FOLD:
	case ACTION_UNFOLD:
	case ACTION_FOLD_ALL:
	case ACTION_MUTE_PROCESS:
	case ACTION_MUTE_EXE:
	case ACTION_MUTE_MENU:
	case ACTION_SEARCH:
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_BACK:
		ui_message(ui, "this key is for processes; v goes back to them");
		return true;
	default:
		return false;
	}
	if (!r)
		ui_message(ui, "nothing is muted");
	else if (id == ACTION_LEDGER_JUMP)
		jump(ui, r, c);
	else if (!r->id)
		ui_message(ui, "this is the system's own, not a rule of estop's");
	else if (id == ACTION_LEDGER_EVENTS)
		mute_menu_events(ui, s, r->id, r->kind, r->events);
	else
		*c = (struct command){ .kind = id == ACTION_LEDGER_REMOVE ? COMMAND_RULE_REMOVE
									  : COMMAND_RULE_AUDITION,
				       .id = r->id };
	return true;
}

const struct view view_mutes = {
	"mutes", "every mute in force, who set it, and what it keeps back", ACTION_GROUP_LEDGER, draw, act,
};
