/* ui - the screen and the keyboard: the frame, and keys that concern all of it. */
#include "ui/ui.h"
#include "model/xalloc.h"
#include "ui/clean.h"
#include "ui/complete.h"
#include "ui/mute_menu.h"
#include "ui/processes.h"
#include "ui/column_menu.h"
#include "ui/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_NS 4000000000ull
#define HINT_NS 15000000000ull

enum {
	STATUS_FROM_LINES = 8,   /* a line for hints, messages and prompts */
	ALL_HEADER_FROM_LINES = 8,
	TWO_HEADER_FROM_LINES = 6,
	WHEEL_LINES = 3,
	VIEW_NAMES_FROM_COLUMNS = 72, /* of all views, not only of the one that is shown */
	PREVIEW_LINES = 4,       /* titles and rows a menu about columns leaves in sight */
	PREVIEW_FROM_LINES = 12,
};

static const char *
view_name(enum view_id id)
{
	return action_info[ACTION_VIEW_PROCESSES + id].hint;
}

const char *
ui_view_name(const char *name)
{
	for (unsigned id = 0; id < VIEW_COUNT; id++)
		if (strcmp(name, view_name((enum view_id)id)) == 0)
			return view_name((enum view_id)id);
	return NULL;
}

uint64_t
ui_now(const struct ui *ui)
{
	struct timespec t;

	if (ui->config.clock)
		return ui->config.clock();
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void
ui_attr(const struct ui *ui, WINDOW *w, enum role role)
{
	wattrset(w, ui->attributes[role]);
}

void
ui_put(const struct ui *ui, WINDOW *w, int y, int x, const char *text, enum role role)
{
	ui_attr(ui, w, role);
	mvwaddnstr(w, y, x, text, -1);
}

char *
ui_line(struct ui *ui, size_t columns)
{
	/* A cell takes at most a base and four combining characters. */
	size_t size = columns * 24 + 512;

	if (ui->line_size < size) {
		ui->line = xrealloc(ui->line, size, 1);
		ui->line_size = size;
	}
	return ui->line;
}

static const struct column *
sort_of(const struct ui_config *config)
{
	return config->sort ? column_by_name(config->sort) : column_default_sort();
}

int
ui_spec_of(const struct ui_config *config, struct snapshot_spec *spec, char *why, size_t len)
{
	const struct column *sort = sort_of(config);

	if (!sort) {
		snprintf(why, len, "there is no column '%.40s'", config->sort);
		return -EINVAL;
	}
	*spec = (struct snapshot_spec){
		.tree = !config->flat,
		.subtree_totals = config->totals,
		.kernel_threads = config->kernel_threads,
		.filter = config->filter,
		.reverse = sort->descending != config->reversed,
		.compare = sort->compare,
		.by_subtree = sort->descending,
		.exited_secs = config->exited_secs,
		.scope = config->scope,
		.root_pid = config->root_pid,
		.user_name = config->user_name,
	};
	return 0;
}

int
ui_open(struct ui **out, const struct ui_config *config, char *why, size_t len)
{
	struct snapshot_spec spec;
	int error = ui_spec_of(config, &spec, why, len);

	*out = NULL;
	if (error)
		return error;
	if (!config->headless && !(isatty(config->in_fd) && isatty(config->out_fd))) {
		snprintf(why, len, "this is not a terminal; use -b for frames as plain text");
		return -ENOTTY;
	}
	struct ui *ui = xcalloc(1, sizeof *ui);
	error = term_open(&ui->term, config->in_fd, config->out_fd, why, len);
	if (error) {
		free(ui);
		return error;
	}
	ui->config = *config;
	ui->ascii = clean_ascii(config->ascii);
	ui->spec = spec;
	ui->sort = sort_of(config);
	ui->reversed = config->reversed;
	ui->columns = config->columns;
	if (config->filter)
		ui->spec.filter = ui->filter = filter_compile(filter_text(config->filter), why, len);
	ui->interval_ms = config->interval_ms;
	ui->first_ns = config->start_ns;
	ui->pinned = true;
	ui->events.follows = true;
	view_types_init(ui);
	for (unsigned id = 0; config->view && id < VIEW_COUNT; id++)
		if (strcmp(config->view, view_name((enum view_id)id)) == 0)
			ui_show(ui, (enum view_id)id, &(struct command){ .kind = COMMAND_NONE });
	if (config->mouse)
		term_mouse_on(&ui->term);
	theme_init(ui->attributes, config->theme, config->color != COLOR_NEVER && has_colors());
	*out = ui;
	return 0;
}

void
ui_close(struct ui *ui)
{
	if (!ui)
		return;
	term_close(&ui->term);
	filter_free(ui->filter);
	filter_free(ui->search);
	prompt_finish(&ui->prompt);
	order_finish(&ui->order);
	menu_close(&ui->menu);
	free(ui->menu_row.exe);
	free(ui->menu_path);
	filter_free(ui->events.filter);
	free(ui->files.path);
	free(ui->files.who);
	filter_free(ui->files.filter);
	free(ui->exe);
	free(ui->line);
	free(ui);
}

void
ui_emergency_restore(void)
{
	term_restore();
}

void
ui_settings(const struct ui *ui, struct ui_config *c)
{
	*c = ui->config;
	c->sort = ui->sort->title;
	c->reversed = ui->reversed;
	c->flat = !ui->spec.tree;
	c->totals = ui->spec.subtree_totals;
	c->kernel_threads = ui->spec.kernel_threads;
	c->filter = ui->filter;
	c->view = view_name(ui->view);
	c->columns = ui->columns;
	c->exited_secs = ui->spec.exited_secs;
	c->interval_ms = ui->interval_ms;
}

const struct snapshot_spec *
ui_spec(struct ui *ui)
{
	return &ui->spec;
}

bool
ui_paused(const struct ui *ui)
{
	return ui->paused;
}

void
ui_message(struct ui *ui, const char *text)
{
	clean_slice(ui->message, sizeof ui->message, text, strlen(text), ui->ascii, 0, SIZE_MAX,
		    NULL);
	ui->message_until = ui_now(ui) + MESSAGE_NS;
}

void
ui_resize(struct ui *ui)
{
	term_resize(&ui->term);
}

void
ui_suspend(struct ui *ui)
{
	term_leave(&ui->term);
}

void
ui_resume(struct ui *ui)
{
	term_return(&ui->term);
}

/* Views. */

static const struct view *const views[VIEW_COUNT] = {
	[VIEW_PROCESSES] = &view_processes,
	[VIEW_FILES] = &view_files,
	[VIEW_EVENTS] = &view_events,
	[VIEW_MUTES] = &view_mutes,
	[VIEW_TYPES] = &view_types,
};

const struct view *
view_of(enum view_id id)
{
	return views[id];
}

/* What is on the screen. */
static const struct view *
shown(const struct ui *ui)
{
	return ui->detail.open ? &view_detail : views[ui->view];
}

/* Drawing. */

struct painter {
	struct ui *ui;
	WINDOW *w;
	int y, columns;
};

static void
paint_part(void *ctx, unsigned x, const char *text, enum role role)
{
	struct painter *p = ctx;

	if (x >= (unsigned)p->columns)
		return;
	char *line = ui_line(p->ui, (size_t)p->columns);
	clean_slice(line, p->ui->line_size, text, strlen(text), p->ui->ascii, 0,
		    (size_t)p->columns - x, NULL);
	ui_put(p->ui, p->w, p->y, (int)x, line, role);
}

static void
draw_header(struct ui *ui, WINDOW *w, const struct snapshot *s, unsigned lines, int columns)
{
	static struct header header; /* large, and of no use between frames */
	struct headline headline = { .what = "" };
	struct header_facts facts = {
		.config = &ui->config, .spec = &ui->spec, .sort = ui->sort,
		.descending = ui->spec.reverse, .paused = ui->paused, .ascii = ui->ascii,
		.start_ns = ui->first_ns, .interval_ms = ui->interval_ms,
		.held = ui->held, .follows = ui->follow_name,
	};

	if (shown(ui)->headline) {
		shown(ui)->headline(ui, s, &headline);
		facts.headline = &headline;
	}
	header_compose(&header, &facts, s, lines);
	unsigned second = header_fit(&header, (unsigned)columns);
	for (unsigned i = 0; i < lines; i++) {
		struct painter p = { ui, w, (int)i, columns };
		header_write(&header, i, second, (unsigned)columns, paint_part, &p);
	}
}

void
ui_put_line(struct ui *ui, WINDOW *w, int y, int columns, const char *bytes, enum role role)
{
	char *line = ui_line(ui, (size_t)columns);

	clean_slice(line, ui->line_size, bytes, strlen(bytes), ui->ascii, 0, (size_t)columns, NULL);
	ui_put(ui, w, y, 0, line, role);
}

/* The names of the views, or of this one where there is less room; returns columns used. */
static int
draw_views(struct ui *ui, WINDOW *w, int y, int columns)
{
	int x = 0;

	for (unsigned id = 0; id < VIEW_COUNT; id++) {
		const struct action *a = &action_info[ACTION_VIEW_PROCESSES + id];
		char name[32];

		if (id != ui->view && columns < VIEW_NAMES_FROM_COLUMNS)
			continue;
		snprintf(name, sizeof name, "%c %s", (char)a->keys[0], a->hint);
		if (x + (int)strlen(name) > columns)
			break;
		ui_put(ui, w, y, x, name, id == ui->view ? ROLE_HEAD : ROLE_QUIET);
		x += (int)strlen(name) + 1;
	}
	return x + 1;
}

/* Which view this is, and the keys one needs first in it, as many as fit. */
static void
draw_hints(struct ui *ui, WINDOW *w, int y, int columns)
{
	const enum action_id *hints = shown(ui)->hints;
	int x = draw_views(ui, w, y, columns);

	for (unsigned i = 0; i < VIEW_HINTS && hints[i]; i++) {
		const struct action *a = &action_info[hints[i]];
		char key[64];

		if (!a->hint)
			continue;
		action_keys(hints[i], key, sizeof key, ui->ascii);
		key[strcspn(key, " ")] = '\0';
		int width = (int)(clean_width(key) + 1 + strlen(a->hint));
		if (x + width > columns)
			break;
		ui_put(ui, w, y, x, key, ROLE_NAME);
		ui_put(ui, w, y, x + (int)clean_width(key) + 1, a->hint, ROLE_QUIET);
		x += width + 2;
	}
}

/* Until the first key, for who has no settings yet and so is new here. */
static const char first_hint[] =
	"New here? ? explains the keys, m mutes what is noisy, q quits; W keeps settings";
static const char short_hint[] = "? explains, q quits";

/* The bottom line: prompt, message or hints. Returns where the cursor is wanted, or -1. */
static int
draw_bottom(struct ui *ui, WINDOW *w, int y, int columns, bool hints)
{
	bool message = ui->message[0] && ui_now(ui) < ui->message_until;
	bool hint = hints && !message && ui_now(ui) < ui->hint_until;

	if (!ui->prompt.kind && !message && !hints)
		return -1;
	wmove(w, y, 0);
	ui_attr(ui, w, ROLE_PLAIN);
	wclrtoeol(w);
	if (ui->prompt.kind)
		return prompt_draw(&ui->prompt, w, ui->attributes, y, columns, ui->ascii);
	if (message) {
		ui_put_line(ui, w, y, columns, ui->message, ROLE_PROMPT);
	} else if (hint) {
		ui_put_line(ui, w, y, columns, columns > (int)strlen(first_hint) ? first_hint : short_hint,
			    ROLE_PROMPT);
	} else {
		draw_hints(ui, w, y, columns);
	}
	return -1;
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
	if (ui->config.hint) { /* from the first picture on */
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
		/* Where the bottom line is not kept free, a prompt or message takes a row. */
		int covered = !bottom && (ui->prompt.kind ||
					  (ui->message[0] && ui_now(ui) < ui->message_until));
		shown(ui)->draw(ui, w, s, (int)header, lines - (int)header - bottom - covered,
			       columns);
		ui->cursor_y = getcury(w);
		if (ui->menu.kind) {
			bool preview = ui->menu.kind == MENU_SORT || ui->menu.kind == MENU_COLUMNS;
			int top = (int)header, room = lines - top - bottom - covered;
			if (preview && room >= PREVIEW_FROM_LINES)
				top += PREVIEW_LINES, room -= PREVIEW_LINES;
			mute_menu_refresh(ui, s);
			menu_draw(&ui->menu, w, ui->attributes, top, room, columns, ui->ascii);
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
	filter_renew(ui->filter);
	filter_renew(ui->files.filter);
	filter_renew(ui->events.filter);
	if (filter_renew(ui->search))
		ui_message(ui, "this search is too costly: not every row was tried");
}

/* Keys. */

static void
ask_again(struct ui *ui, struct command *c)
{
	order_forget(&ui->order);
	ui->frozen_until = 0;
	*c = (struct command){ .kind = COMMAND_REFRESH };
}

void
ui_sort_by(struct ui *ui, const struct column *column, bool reversed, struct command *c)
{
	ui->sort = column;
	ui->reversed = reversed;
	ui->spec.compare = column->compare;
	ui->spec.by_subtree = column->descending; /* activity: what is busy shows, wherever it is */
	ui->spec.reverse = column->descending != ui->reversed;
	ui->pinned = true; /* who sorts wants to see what comes first */
	ask_again(ui, c);
}

/* The next of the columns that are shown, to one side; each begins in its own direction. */
static void
sort_beside(struct ui *ui, int step, struct command *c)
{
	struct columns shown = ui->columns;
	int at = 0, n;

	if (!shown.n)
		columns_default(&shown);
	n = (int)shown.n;
	while (at < n && shown.at[at].column != ui->sort)
		at++;
	if (at == n) /* it is shown for the sort's sake only, before COMMAND */
		at = step > 0 ? n - 2 : n - 1;
	at += step;
	ui_sort_by(ui, shown.at[at < 0 ? n - 1 : at >= n ? 0 : at].column, false, c);
}

static void
next_exited(struct ui *ui, struct command *c)
{
	int now = ui->spec.exited_secs;

	ui->spec.exited_secs = now < 0 ? 0 : now < 5 ? 5 : now < 60 ? 60 : EXITED_FOREVER;
	ask_again(ui, c);
	now = ui->spec.exited_secs;
	ui_message(ui, now < 0    ? "exited processes stay"
		       : now == 0 ? "exited processes are hidden"
		       : now == 5 ? "exited processes stay for 5 s"
				  : "exited processes stay for 60 s");
}

/* Files and events have filters of their own. NULL: nothing can be filtered here. */
static struct filter **
filter_of(struct ui *ui)
{
	struct filter **filters[VIEW_COUNT] = {
		[VIEW_PROCESSES] = &ui->filter,
		[VIEW_FILES] = &ui->files.filter,
		[VIEW_EVENTS] = &ui->events.filter,
	};

	return ui->detail.open ? NULL : filters[ui->view];
}

static void
set_filter(struct ui *ui, struct filter *f, struct command *c)
{
	struct filter **filter = filter_of(ui);

	filter_free(*filter);
	*filter = f;
	ui->spec.filter = ui->filter;
	ui->spec.files.filter = ui->files.filter;
	if (f && filter == &ui->filter)
		ui->pinned = true;
	ask_again(ui, c);
}

void
ui_filter(struct ui *ui, const char *text, struct command *c)
{
	char why[160];

	set_filter(ui, filter_compile(text, why, sizeof why), c);
}

void
ui_show(struct ui *ui, enum view_id view, struct command *c)
{
	ui->view = view;
	ui->spec.ledger = view == VIEW_MUTES;
	ui->spec.files.asked = ui->spec.minute = ui->spec.process.asked = ui->detail.open = false;
	if (view == VIEW_FILES)
		view_files_enter(ui);
	else if (view == VIEW_EVENTS)
		view_events_enter(ui);
	else if (view == VIEW_TYPES)
		view_types_enter(ui);
	*c = (struct command){ .kind = COMMAND_REFRESH };
}

void
ui_point_at(struct ui *ui, struct proc_key key)
{
	ui->cursor_key = key;
	ui->cursor_group = false;
	ui->cursor_set = true;
	ui->pinned = false;
}

void
ui_ask(struct ui *ui, const char *question, const struct command *c)
{
	char *path = c->exe ? xstrdup(c->exe) : NULL;

	prompt_open(&ui->prompt, PROMPT_QUESTION, question, "");
	free(ui->exe); /* which c->exe may be */
	ui->exe = path;
	ui->asked = *c;
	ui->asked.exe = path;
	ui->asked.on = true;
}

void
ui_ask_name(struct ui *ui, const char *label, const char *initial, const struct command *c)
{
	prompt_open(&ui->prompt, PROMPT_SAVE, label, initial);
	ui->asked = *c;
	ui->asked.exe = NULL;
}

void
ui_sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	char text[256];

	snprintf(text, sizeof text, "estop  %s  %s", ui->config.host ? ui->config.host : "",
		 ui->config.source ? ui->config.source : "");
	sheet_describe(sheet, text);
	shown(ui)->sheet(ui, s, sheet);
}

static void
ask_export(struct ui *ui)
{
	char name[64];

	snprintf(name, sizeof name, "estop-%s.txt", ui->detail.open ? "process" : view_name(ui->view));
	ui_ask_name(ui, "write what is seen to:", name, &(struct command){ .kind = COMMAND_EXPORT });
}

void
ui_ask_overwrite(struct ui *ui, const struct command *c)
{
	const char *path = c->exe;
	char question[80];

	snprintf(question, sizeof question, "%s%.40s is there already; overwrite it? y/n",
		 strlen(path) > 40 ? "..." : "", strlen(path) > 40 ? path + strlen(path) - 40 : path);
	ui_ask(ui, question, c);
}

static void
search_again(struct ui *ui, const struct snapshot *s, bool backwards)
{
	if (!shown(ui)->search)
		ui_message(ui, "there is no search in this view");
	else if (ui->search)
		shown(ui)->search(ui, s, backwards, false);
	else
		ui_message(ui, "nothing was searched for yet; / searches");
}

static void
ask_interval(struct ui *ui)
{
	char seconds[32];

	snprintf(seconds, sizeof seconds, "%g", ui->interval_ms / 1e3);
	prompt_open(&ui->prompt, PROMPT_INTERVAL, "seconds between pictures:", seconds);
}

static void
ask_unmute_all(struct ui *ui, const struct snapshot *s)
{
	unsigned rules = s->mutes.processes + s->mutes.paths;
	char question[80];

	if (rules == 0) {
		ui_message(ui, "nothing is muted");
		return;
	}
	snprintf(question, sizeof question, "take back all %u mutes of this session? y/n", rules);
	prompt_open(&ui->prompt, PROMPT_CONFIRM, question, "");
}

/* Keys that mean something only among processes. */
static bool
is_for_processes(enum action_id id)
{
	switch (id) {
	case ACTION_LEFT:
	case ACTION_RIGHT:
	case ACTION_FOLD:
	case ACTION_UNFOLD:
	case ACTION_FOLD_ALL:
	case ACTION_MUTE_PROCESS:
	case ACTION_MUTE_EXE:
	case ACTION_MUTE_MENU:
	case ACTION_UNMUTE:
	case ACTION_TREE:
	case ACTION_TOTALS:
	case ACTION_SORT_LEFT:
	case ACTION_SORT_RIGHT:
	case ACTION_SORT_MENU:
	case ACTION_REVERSE:
	case ACTION_HOLD:
	case ACTION_FOLLOW:
	case ACTION_EXITED:
	case ACTION_KERNEL:
	case ACTION_SETUP:
		return true;
	default:
		return false;
	}
}

static void
act(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	switch (id) {
	case ACTION_SEARCH:
		if (!shown(ui)->search)
			search_again(ui, s, false);
		else
			prompt_open(&ui->prompt, PROMPT_SEARCH, "search:", "");
		break;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_BACK:
		search_again(ui, s, id == ACTION_SEARCH_BACK);
		break;
	case ACTION_FILTER:
		if (!filter_of(ui))
			ui_message(ui, "there is no filter in this view");
		else
			prompt_open(&ui->prompt, PROMPT_FILTER,
			    "filter:", *filter_of(ui) ? filter_text(*filter_of(ui)) : "");
		break;
	case ACTION_FILTER_CLEAR:
		if (filter_of(ui))
			set_filter(ui, NULL, c);
		break;
	case ACTION_UNMUTE_ALL:
		ask_unmute_all(ui, s);
		break;
	case ACTION_UNDO:
		c->kind = COMMAND_UNDO;
		break;
	case ACTION_REDO:
		c->kind = COMMAND_REDO;
		break;
	case ACTION_INVERT:
		mute_menu_invert(ui, s);
		break;
	case ACTION_VIEW_PROCESSES:
	case ACTION_VIEW_FILES:
	case ACTION_VIEW_EVENTS:
		ui_show(ui, (enum view_id)(id - ACTION_VIEW_PROCESSES), c);
		break;
	case ACTION_VIEW_MUTES:
		ui_show(ui, ui->view == VIEW_MUTES ? VIEW_PROCESSES : VIEW_MUTES, c);
		break;
	case ACTION_VIEW_TYPES:
		ui_show(ui, ui->view == VIEW_TYPES ? VIEW_PROCESSES : VIEW_TYPES, c);
		break;
	case ACTION_VIEW_NEXT:
		ui_show(ui, (ui->view + 1) % VIEW_COUNT, c);
		break;
	case ACTION_VIEW_BACK:
		ui_show(ui, (ui->view + VIEW_COUNT - 1) % VIEW_COUNT, c);
		break;
	case ACTION_BACK:
		if (ui->view != VIEW_PROCESSES)
			ui_show(ui, VIEW_PROCESSES, c);
		else if (s->marked_ns)
			*c = (struct command){ .kind = COMMAND_MARK, .on = false };
		break;
	case ACTION_TREE:
		ui->spec.tree = !ui->spec.tree;
		ask_again(ui, c);
		break;
	case ACTION_TOTALS:
		ui->spec.subtree_totals = !ui->spec.subtree_totals;
		ui_message(ui, ui->spec.subtree_totals ? "counters are those of the whole subtree"
						       : "counters are each process's own");
		ask_again(ui, c);
		break;
	case ACTION_SORT_LEFT:
	case ACTION_SORT_RIGHT:
		sort_beside(ui, id == ACTION_SORT_LEFT ? -1 : 1, c);
		break;
	case ACTION_REVERSE:
		ui_sort_by(ui, ui->sort, !ui->reversed, c);
		break;
	case ACTION_SORT_MENU:
		setup_sort(ui);
		break;
	case ACTION_SETUP:
		setup_columns(ui);
		break;
	case ACTION_SAVE:
		c->kind = COMMAND_SAVE_CONFIG;
		break;
	case ACTION_EXITED:
		next_exited(ui, c);
		break;
	case ACTION_KERNEL:
		ui->spec.kernel_threads = !ui->spec.kernel_threads;
		ui_message(ui, ui->spec.kernel_threads ? "kernel threads are shown"
						       : "kernel threads are hidden");
		ask_again(ui, c);
		break;
	case ACTION_PAUSE:
		ui->paused = !ui->paused;
		view_events_enter(ui); /* they are held as long as the picture is */
		*c = (struct command){ .kind = COMMAND_PAUSE, .on = ui->paused };
		break;
	case ACTION_STREAM_PAUSE:
		c->kind = COMMAND_STREAM_PAUSE;
		break;
	case ACTION_STREAM_SLOWER:
	case ACTION_STREAM_FASTER:
		*c = (struct command){ .kind = COMMAND_STREAM_SPEED,
				       .step = id == ACTION_STREAM_FASTER ? 1 : -1 };
		break;
	case ACTION_STREAM_BACK:
	case ACTION_STREAM_FORWARD:
		*c = (struct command){ .kind = COMMAND_STREAM_JUMP,
				       .step = id == ACTION_STREAM_FORWARD ? 1 : -1 };
		break;
	case ACTION_MARK:
		*c = (struct command){ .kind = COMMAND_MARK, .on = !s->marked_ns };
		break;
	case ACTION_CLEAR:
		c->kind = COMMAND_CLEAR;
		break;
	case ACTION_INTERVAL:
		ask_interval(ui);
		break;
	case ACTION_EXPORT:
		ask_export(ui);
		break;
	case ACTION_RECORD:
		c->kind = COMMAND_RECORD;
		break;
	case ACTION_HELP:
		ui->help = true;
		ui->help_top = 0;
		break;
	case ACTION_REDRAW:
		clearok(curscr, TRUE);
		c->kind = COMMAND_REDRAW;
		break;
	case ACTION_SUSPEND:
		c->kind = COMMAND_SUSPEND;
		break;
	case ACTION_QUIT:
		c->kind = COMMAND_QUIT;
		break;
	default:
		break;
	}
}

/* What was typed is taken, or refused with the reason while the prompt stays. */
static bool
accept_interval(struct ui *ui, const char *text, struct command *c)
{
	char *end;
	double seconds = strtod(text, &end);

	while (*end == ' ')
		end++;
	if (end == text || *end || !(seconds * 1e3 >= UI_INTERVAL_MIN_MS) ||
	    !(seconds * 1e3 <= UI_INTERVAL_MAX_MS)) {
		prompt_error(&ui->prompt, "a number from 0.1 to 3600 is needed");
		return false;
	}
	ui->interval_ms = (uint32_t)(seconds * 1e3 + 0.5);
	*c = (struct command){ .kind = COMMAND_INTERVAL, .interval_ms = ui->interval_ms };
	return true;
}

static bool
accept_pattern(struct ui *ui, const struct snapshot *s, const char *text, struct command *c)
{
	char why[160] = "";
	bool filter = ui->prompt.kind == PROMPT_FILTER;

	if (!*text) {
		if (filter)
			set_filter(ui, NULL, c);
		else
			search_again(ui, s, false);
		return true;
	}
	struct filter *f = filter_compile(text, why, sizeof why);
	if (!f) {
		prompt_error(&ui->prompt, why);
		return false;
	}
	if (filter) {
		set_filter(ui, f, c);
		return true;
	}
	filter_free(ui->search);
	ui->search = f;
	if (shown(ui)->search)
		shown(ui)->search(ui, s, false, true);
	return true;
}

/* A path for the item of the menu: "/" at least. */
static bool
accept_value(struct ui *ui, const char *text, struct command *c)
{
	if (*text != '/') {
		prompt_error(&ui->prompt, "an absolute path is needed");
		return false;
	}
	mute_menu_edited(ui, text, c);
	return true;
}

static bool
accept_file(struct ui *ui, const char *text, struct command *c)
{
	if (!*text) {
		prompt_error(&ui->prompt, "the name of a file is needed");
		return false;
	}
	free(ui->exe);
	ui->exe = xstrdup(text);
	*c = ui->asked;
	c->exe = ui->exe;
	return true;
}

static void
key_in_prompt(struct ui *ui, const struct snapshot *s, int key, struct command *c)
{
	char text[PROMPT_BYTES];
	enum prompt_result result;

	if (key == '\t') {
		complete(&ui->prompt, s, ui->ascii);
		return;
	}
	/* Who leaves by Ctrl-C and is asked presses it again. */
	if (ui->prompt.kind == PROMPT_QUESTION && ui->asked.kind == COMMAND_QUIT &&
	    key == ACTION_CTRL('C'))
		key = 'y';
	result = prompt_key(&ui->prompt, key);

	if (result == PROMPT_STAYS)
		return;
	if (result == PROMPT_ACCEPTED) {
		bool taken = true;
		prompt_text(&ui->prompt, text);
		switch (ui->prompt.kind) {
		case PROMPT_INTERVAL:
			taken = accept_interval(ui, text, c);
			break;
		case PROMPT_CONFIRM:
			c->kind = COMMAND_UNMUTE_ALL;
			break;
		case PROMPT_MENU:
			taken = accept_value(ui, text, c);
			break;
		case PROMPT_SAVE:
			taken = accept_file(ui, text, c);
			break;
		case PROMPT_QUESTION:
			*c = ui->asked;
			break;
		default:
			taken = accept_pattern(ui, s, text, c);
		}
		if (!taken)
			return;
		prompt_remember(&ui->prompt);
	}
	prompt_close(&ui->prompt);
}

static void
key_in_menu(struct ui *ui, const struct snapshot *s, int key, struct command *c)
{
	if (key == ACTION_CTRL('L') || key == ACTION_CTRL('Z'))
		act(ui, s, action_of_key(key, ui->config.replay), c);
	else if (ui->menu.kind == MENU_SORT || ui->menu.kind == MENU_COLUMNS)
		setup_key(ui, key, c);
	else
		mute_menu_key(ui, s, key, c);
}

void
ui_key(struct ui *ui, const struct snapshot *s, int key, struct command *c)
{
	*c = (struct command){ .kind = COMMAND_NONE };
	if (key == -KEY_RESIZE) {
		ui_resize(ui);
		return;
	}
	if (key >= TERM_ALT && !ui->prompt.kind)
		return; /* means something in a prompt alone */
	ui->message[0] = '\0';
	ui->hint_until = 0;
	if (ui->prompt.kind) {
		key_in_prompt(ui, s, key, c);
		return;
	}
	if (ui->menu.kind && !ui->help) {
		key_in_menu(ui, s, key, c);
		return;
	}
	enum action_id id = action_in_group(key, shown(ui)->own, ui->config.replay);
	if (ui->help && id != ACTION_REDRAW && id != ACTION_SUSPEND && key != ACTION_CTRL('C')) {
		help_key(ui, key);
		return;
	}
	if (id == ACTION_NONE) {
		ui_message(ui, "this key does nothing here; ? shows the keys");
	} else if (!shown(ui)->act(ui, s, id, c)) {
		if (shown(ui) != &view_processes && is_for_processes(id))
			ui_message(ui, "this key is for the list of processes; 1 shows it");
		else
			act(ui, s, id, c);
	}
}

/* The key as often as the mouse would have to be moved for it. */
static void
repeat(struct ui *ui, const struct snapshot *s, enum action_id id, int times, struct command *c)
{
	for (int i = 0; i < times; i++)
		shown(ui)->act(ui, s, id, c);
}

static void
press_menu(struct ui *ui, const struct snapshot *s, int y, int x, struct command *c)
{
	switch (menu_press(&ui->menu, y, x)) {
	case MENU_CHOSEN:
		key_in_menu(ui, s, '\r', c);
		break;
	case MENU_LEFT:
		key_in_menu(ui, s, TERM_ESC, c);
		break;
	default:
		key_in_menu(ui, s, 0, c); /* a tick may have an effect at once */
		break;
	}
}

void
ui_mouse(struct ui *ui, const struct snapshot *s, enum term_mouse what, int y, int x,
	 struct command *c)
{
	int step = what == TERM_MOUSE_UP ? -1 : what == TERM_MOUSE_DOWN ? 1 : 0;

	*c = (struct command){ .kind = COMMAND_NONE };
	if (what == TERM_MOUSE_NONE || ui->prompt.kind)
		return; /* what is being typed is not lost by a slip of the hand */
	ui->message[0] = '\0';
	ui->hint_until = 0;
	if (ui->help) {
		for (int i = 0; step && i < WHEEL_LINES; i++)
			help_key(ui, step < 0 ? -KEY_UP : -KEY_DOWN);
	} else if (ui->menu.kind) {
		if (step)
			key_in_menu(ui, s, step < 0 ? -KEY_UP : -KEY_DOWN, c);
		else
			press_menu(ui, s, y, x, c);
	} else if (shown(ui) == &view_processes) {
		if (step)
			processes_scroll(ui, s, step * WHEEL_LINES);
		else
			processes_press(ui, s, y, x, c);
	} else if (step) {
		repeat(ui, s, step < 0 ? ACTION_UP : ACTION_DOWN, WHEEL_LINES, c);
	} else if (!ui->detail.open && y > ui->titles_y && y < getmaxy(stdscr) - 1) {
		int down = y - ui->cursor_y;
		repeat(ui, s, down < 0 ? ACTION_UP : ACTION_DOWN, down < 0 ? -down : down, c);
	}
}

bool
ui_input(struct ui *ui, const struct snapshot *s, struct command *c)
{
	int key = term_key(&ui->term);

	if (key == TERM_NO_KEY) {
		*c = (struct command){ .kind = COMMAND_NONE };
		return false;
	}
	if (key == -KEY_MOUSE) {
		int y = 0, x = 0;
		enum term_mouse what = term_mouse(&ui->term, &y, &x);
		ui_mouse(ui, s, what, y, x, c);
		return true;
	}
	ui_key(ui, s, key, c);
	return true;
}
