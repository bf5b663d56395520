/* screen - a frame: header, view, menu and bottom line. */
#include "model/clean.h"
#include "ui/column_menu.h"
#include "ui/help.h"
#include "ui/mute_menu.h"
#include "ui/state.h"
#include "ui/ui.h"

#include <stdio.h>
#include <string.h>

#define HINT_NS 15000000000ull

enum {
	STATUS_FROM_LINES = 8, /* a line for hints, messages and prompts */
	ALL_HEADER_FROM_LINES = 8,
	TWO_HEADER_FROM_LINES = 6,
	VIEW_NAMES_FROM_COLUMNS = 72, /* of all views, not only of the one that is shown */
	PREVIEW_LINES = 4,            /* titles and rows a menu about columns leaves in sight */
	PREVIEW_FROM_LINES = 12,
};

struct painter {
	struct ui *ui;
	WINDOW *w;
	int y, columns;
};

static void
put_part(void *ctx, unsigned x, const char *text, enum role role)
{
	struct painter *p = ctx;

	if (x >= (unsigned)p->columns)
		return;
	paint_text(&p->ui->paint, p->w, p->y, (int)x, p->columns - (int)x, text, role);
}

static void
draw_header(struct ui *ui, WINDOW *w, const struct snapshot *s, unsigned lines, int columns)
{
	static struct header header; /* large, and of no use between frames */
	struct headline headline = { .what = "" };
	struct header_facts facts = {
		.config = &ui->config,
		.spec = &ui->spec,
		.headline = &headline,
		.paused = ui->paused,
		.ended = ui->settings.ended,
		.ascii = ui->paint.ascii,
		.start_ns = ui->first_ns,
		.interval_ms = ui->settings.interval_ms,
	};

	ui->shown->headline(ui, s, &headline);
	header_compose(&header, &facts, s, lines);
	unsigned second = header_fit(&header, (unsigned)columns);
	for (unsigned i = 0; i < lines; i++) {
		struct painter p = { ui, w, (int)i, columns };
		header_write(&header, i, second, (unsigned)columns, put_part, &p);
	}
}

/* A press there does what the key does. */
static void
offer(struct ui *ui, enum action_id id, int x, int width)
{
	ui->bar[ui->bar_count].id = id;
	ui->bar[ui->bar_count].x = x;
	ui->bar[ui->bar_count++].width = width;
}

/* The names of the views, or of this one where there is less room; returns columns used. */
static int
draw_views(struct ui *ui, WINDOW *w, int y, int columns)
{
	int x = 0;

	for (unsigned id = 0; id < VIEW_COUNT; id++) {
		const struct action *a = &action_info[ACTION_VIEW_PROCESSES + id];
		char name[32];

		if (id != ui->settings.view && columns < VIEW_NAMES_FROM_COLUMNS)
			continue;
		snprintf(name, sizeof name, "%c %s", (char)a->keys[0], a->hint);
		if (x + (int)strlen(name) > columns)
			break;
		paint_put(&ui->paint, w, y, x, name, id == ui->settings.view ? ROLE_HEAD : ROLE_QUIET);
		offer(ui, ACTION_VIEW_PROCESSES + id, x, (int)strlen(name));
		x += (int)strlen(name) + 1;
	}
	return x + 1;
}

/* Which view this is, and the keys one needs first in it, as many as fit. */
static void
draw_hints(struct ui *ui, WINDOW *w, int y, int columns)
{
	const enum action_id *hints = ui->shown->hints;
	int x = draw_views(ui, w, y, columns);

	for (unsigned i = 0; i < VIEW_HINTS && hints[i]; i++) {
		const struct action *a = &action_info[hints[i]];
		char key[64];

		if (!a->hint)
			continue;
		action_keys(hints[i], key, sizeof key, ui->paint.ascii);
		key[strcspn(key, " ")] = '\0';
		int width = (int)(clean_width(key) + 1 + strlen(a->hint));
		if (x + width > columns)
			break;
		paint_put(&ui->paint, w, y, x, key, ROLE_NAME);
		paint_put(&ui->paint, w, y, x + (int)clean_width(key) + 1, a->hint, ROLE_QUIET);
		offer(ui, hints[i], x, width);
		x += width + 2;
	}
}

/* Until the first key, for users without a config file. */
static const char first_hint[] =
	"New here? ? lists the keys, 6 programs, m mutes the noisy one, q quits, W saves";
static const char short_hint[] = "? explains, q quits";

/* The bottom line: prompt, message or hints. Returns where the cursor is wanted, or -1. */
static int
draw_bottom(struct ui *ui, WINDOW *w, int y, int columns, bool hints)
{
	bool message = ui->message[0] && ui_now(ui) < ui->message_until;
	bool hint = hints && !message && ui_now(ui) < ui->hint_until;

	ui->bar_count = 0;
	if (!ui->prompt.kind && !message && !hints)
		return -1;
	wmove(w, y, 0);
	paint_attr(&ui->paint, w, ROLE_PLAIN);
	wclrtoeol(w);
	if (ui->prompt.kind)
		return prompt_draw(&ui->prompt, w, ui->paint.attributes, y, columns, ui->paint.ascii);
	if (message) {
		paint_text(&ui->paint, w, y, 0, columns, ui->message, ROLE_PROMPT);
	} else if (hint) {
		paint_text(&ui->paint, w, y, 0, columns,
			   columns > (int)strlen(first_hint) ? first_hint : short_hint, ROLE_PROMPT);
	} else {
		draw_hints(ui, w, y, columns);
	}
	return -1;
}

/* End of the frame: renews the time its filters may take. */
static void
renew_filters(struct ui *ui)
{
	for (unsigned id = 0; id < VIEW_SLOTS; id++)
		if (ui->views[id]->filter)
			filter_renew(*ui->views[id]->filter(ui));
	if (filter_renew(ui->search))
		ui_message(ui, "this search is too costly: not every row was tried");
}

void
ui_draw(struct ui *ui, const struct snapshot *s)
{
	WINDOW *w = stdscr;
	int lines, columns, cursor = -1;

	if (isendwin()) /* suspended: drawing would take the terminal back */
		return;
	if (!ui->first_ns)
		ui->first_ns = s->time_ns;
	if (ui->config.hint) { /* from the first frame on */
		ui->hint_until = ui_now(ui) + HINT_NS;
		ui->config.hint = false;
	}
	getmaxyx(w, lines, columns);
	wattrset(w, A_NORMAL);
	werase(w);
	if (lines < UI_MIN_LINES || columns < UI_MIN_COLUMNS) {
		draw_header(ui, w, s, 1, columns);
		wmove(w, 0, 0);
		if (ui->prompt.kind)
			cursor = draw_bottom(ui, w, lines - 1, columns, false);
	} else if (ui->help) {
		help_draw(ui, w, lines, columns);
	} else {
		unsigned header = lines >= ALL_HEADER_FROM_LINES   ? HEADER_LINES
				  : lines >= TWO_HEADER_FROM_LINES ? 2
								   : 1;
		int bottom = lines >= STATUS_FROM_LINES ? 1 : 0;
		draw_header(ui, w, s, header, columns);
		ui->titles_y = (int)header;
		/* Where the bottom line is not kept free, a prompt or message takes a row. */
		int covered =
			!bottom && (ui->prompt.kind || (ui->message[0] && ui_now(ui) < ui->message_until));
		ui->shown->draw(ui, w, s, (int)header, lines - (int)header - bottom - covered, columns);
		ui->cursor_y = getcury(w);
		if (ui->menu.kind) {
			bool preview = ui->menu.kind == MENU_SORT || ui->menu.kind == MENU_COLUMNS;
			int top = (int)header, room = lines - top - bottom - covered;
			if (preview && room >= PREVIEW_FROM_LINES)
				top += PREVIEW_LINES, room -= PREVIEW_LINES;
			mute_menu_refresh(ui, s);
			column_menu_refresh(ui);
			menu_draw(&ui->menu, w, ui->paint.attributes, top, room, columns, ui->paint.ascii);
		}
		int y, x;
		getyx(w, y, x);
		cursor = draw_bottom(ui, w, lines - 1, columns, bottom);
		wmove(w, y, x);
	}
	if (cursor >= 0)
		wmove(w, lines - 1, cursor);
	curs_set(cursor >= 0);
	wrefresh(w);
	renew_filters(ui);
}
