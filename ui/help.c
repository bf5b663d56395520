/* help - the help screen, made from the tables of keys and columns. */
#include "ui/help.h"
#include "ui/state.h"

#include <stdio.h>
#include <string.h>

/* What signs on the screen mean. */
#define SIGN_TABLE(X)                                                                      \
	/* sign          ascii           help */                                           \
	X("M: P",        "M: P",         "muted: this process, whatever it executes next") \
	X("M: X",        "M: X",         "muted: every process run from this executable")  \
	X("M: S",        "M: S",         "muted: with the subtree it belongs to")           \
	X("M: U",        "M: U",         "muted: with its unit, user or signer")             \
	X("M: L",        "M: L",         "muted by estop itself: the system has no room for the rule") \
	X("(draining)",  "(draining)",   "muted, but events queued earlier still arrive") \
	X("≥12",         ">12",          "at least 12: lost events may belong here") \
	X("-",           "-",            "none in the last interval")           \
	X("† cc1",       "~ cc1",        "has exited") \
	X("Σ make",      "sum make",     "folded: its figures include all that is below")  \
	X("EXEC Σ",      "EXEC #",       "counted since the start, or since the mark (c)")  \
	X("(exit 1)",    "(exit 1)",     "exited with this status")            \
	X("(SIGKILL)",   "(SIGKILL)",    "ended by this signal")           \
	X("cc1 (exited ×9)", "cc1 (exited x9)", "number of exited processes of that name and " \
	  "their median lifetime, accurate to 12 %")                                     \
	X("(make)",      "(make)",       "does not match the filter, but a descendant does") \
	X("▾ ▸",         "- +",          "has children: shown, folded away")

static const struct {
	const char *sign, *ascii, *help;
} sign_info[] = {
#define X(sign, ascii, help) { sign, ascii, help },
	SIGN_TABLE(X)
#undef X
};

/* What the work is mostly done with; the rest is below, by where it belongs. */
#define JOB_TABLE(X)                                                                        \
	X(PROGRAMS,     "programs, the noisiest first; again: the tree")                    \
	X(MUTE_PROCESS, "mute what the cursor is on, or unmute it")                         \
	X(MUTE_MENU,    "mute by subtree, executable, directory; with what each saves")     \
	X(ONLY,         "only this: all else is gone until Esc")                            \
	X(UNDO,         "undo the last mute change")                                        \
	X(VIEW_FILES,   "files; Enter on one: who uses it")                                 \
	X(FILTER,       "filter: a name, a path, user:alice, ev/s>100")                     \
	X(OPEN,         "all about the line; on a page: go where the line leads")           \
	X(BACK,         "back")                                                             \
	X(QUIT,         "quit")

static const struct {
	enum action_id id;
	const char *help;
} job[] = {
#define X(id, help) { ACTION_##id, help },
	JOB_TABLE(X)
#undef X
};

static const char *const header_help[][2] = {
	{ "muted 3 processes",
	  "rules for processes, subtrees, units, users, signers; 2 paths: for programs, files" },
	{ "(es: 3/2, local 0)",
	  "processes/paths that the system itself reports as muted; rules that the system "
	  "rejected (limit reached), applied by estop itself" },
	{ "35k ev/s suppressed",
	  "what all rules save, as the system counts it; where it does not count, "
	  "\"before\": what it was when they were made. Exec, fork and exit still arrive" },
	{ "lost 0", "events produced but never received: the kernel's queue or estop's ring was full" },
	{ "lag 41 ms", "age of the oldest event when it was counted, in the last interval" },
	{ "ring 0%", "fill level of the fuller queue; self: what estop itself costs" },
};

static const char *const filter_help[][2] = {
	{ "text", "name, path or arguments contain it; case-sensitive if it has capitals" },
	{ "/usr/lib", "run from this path or below" },
	{ "~regex", "regular expression (PCRE2) over path and arguments; ~~regex: case-sensitive" },
	{ "user:alice", "effective user, by name or number" },
	{ "pid:12,40", "these processes" },
	{ "below:12", "this process and its descendants" },
	{ "by:make", "started by a program of this name, or by one that was" },
	{ "unit:NAME", "of this systemd unit, container or cgroup; also signer:TEAM" },
	{ "cgroup:/PATH", "in this cgroup or below it" },
	{ "tty:pts/3", "with this terminal; none: without one" },
	{ "ev/s>100", "numbers: ev/s opens/s closes/s execs/s forks/s events opens closes execs forks" },
	{ "age<10s", "since its start: s m h d; < > <= >= =" },
	{ "ev:open,exec", "made such events in the last interval" },
	{ "host:build1", "of this host, where there are several" },
	{ "\"a b\"", "plain text, whatever it holds" },
	{ "!term", "not" },
	{ "a b  a|b", "both; either" },
};

static const char *const typing_help[][2] = {
	{ "Up Down", "earlier entries of this kind of prompt" },
	{ "Tab", "complete a program, path, user, host or event that was seen" },
	{ "Ctrl-A Ctrl-E", "to the start, the end; Home and End too" },
	{ "Alt-B Alt-F", "a word back, forward" },
	{ "Ctrl-W Alt-D", "delete the word before, after" },
	{ "Ctrl-U Ctrl-K", "delete all before, after" },
	{ "Enter Esc", "accept, cancel" },
	{ "(marked)", "what stands there at first: typing replaces it, a cursor key keeps it" },
	{ "paste", "a line break is a space; outside a prompt, pasted text is ignored" },
};

static const char *const mouse_help[][2] = {
	{ "on a row", "selects it; on its tree sign folds or unfolds" },
	{ "on a title", "sorts by that column; again: reverses the order" },
	{ "on the last line", "shows that view, or does what that key does" },
	{ "wheel", "scrolls" },
};

/* The screen is written once to count its lines, or to show some of them. */
struct writer {
	struct ui *ui;
	WINDOW *w; /* NULL: only count */
	int columns, y, lines;
	size_t line, top;
};

static void
show(struct writer *t, int x, const char *text, int max, enum role role)
{
	if (!t->w || t->line < t->top || t->line - t->top >= (size_t)t->lines || x >= t->columns)
		return;
	if (max > t->columns - x)
		max = t->columns - x;
	paint_text(&t->ui->paint, t->w, t->y + (int)(t->line - t->top), x, max, text, role);
}

/* Text from column x on, broken at blanks. */
static void
wrap(struct writer *t, int x, const char *text, enum role role)
{
	int room = t->columns - x;
	size_t left = strlen(text);

	if (room < 1)
		room = 1;
	while (left > (size_t)room) {
		size_t cut = (size_t)room;
		while (cut > 0 && text[cut] != ' ')
			cut--;
		if (cut == 0)
			cut = (size_t)room;
		show(t, x, text, (int)cut, role);
		t->line++;
		text += cut;
		left -= cut;
		while (*text == ' ')
			text++, left--;
	}
	show(t, x, text, room, role);
	t->line++;
}

static void
title(struct writer *t, const char *text)
{
	if (t->line)
		t->line++;
	show(t, 0, text, t->columns, ROLE_NAME);
	t->line++;
}

static void
entry(struct writer *t, const char *key, const char *help)
{
	int x = 18;

	if (t->columns >= 48) {
		show(t, 2, key, x - 3, ROLE_PROMPT);
		wrap(t, x, help, ROLE_PLAIN);
		return;
	}
	show(t, 0, key, t->columns, ROLE_PROMPT);
	t->line++;
	wrap(t, 2, help, ROLE_PLAIN);
}

static void
write_group(struct writer *t, unsigned group)
{
	char keys[64];

	title(t, action_group_title[group]);
	for (unsigned id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
		if (action_info[id].group != group)
			continue;
		action_keys(id, keys, sizeof keys, t->ui->paint.ascii);
		entry(t, keys, action_info[id].help);
	}
}

static void
write_help(struct writer *t)
{
	char heading[80];

	show(t, 0,
	     t->ui->paint.ascii ? "estop: help (q or Esc closes it)"
				: "estop: help (q or Esc closes it, ↑ ↓ scroll)",
	     t->columns, ROLE_NAME);
	t->line += 2;
	show(t, 0, "The ten keys of the job", t->columns, ROLE_NAME);
	t->line++;
	for (size_t i = 0; i < sizeof job / sizeof *job; i++) {
		char keys[64];

		action_keys(job[i].id, keys, sizeof keys, t->ui->paint.ascii);
		entry(t, keys, job[i].help);
	}
	t->line++;
	/* Then what one is looking at. */
	const struct view *view = t->ui->views[t->ui->settings.view];
	snprintf(heading, sizeof heading, "This view: %s",
		 action_info[ACTION_VIEW_PROCESSES + t->ui->settings.view].hint);
	show(t, 0, heading, t->columns, ROLE_NAME);
	t->line++;
	wrap(t, t->columns >= 48 ? 2 : 0, action_info[ACTION_VIEW_PROCESSES + t->ui->settings.view].help,
	     ROLE_PLAIN);
	write_group(t, view->own);
	for (unsigned group = 0; group < ACTION_GROUP_COUNT; group++)
		if (group != view->own)
			write_group(t, group);
	title(t, "The header");
	for (size_t i = 0; i < sizeof header_help / sizeof *header_help; i++)
		entry(t, header_help[i][0], header_help[i][1]);
	title(t, "Filter and search");
	for (size_t i = 0; i < sizeof filter_help / sizeof *filter_help; i++)
		entry(t, filter_help[i][0], filter_help[i][1]);
	title(t, "Typing");
	for (size_t i = 0; i < sizeof typing_help / sizeof *typing_help; i++)
		entry(t, typing_help[i][0], typing_help[i][1]);
	title(t, "Mouse");
	for (size_t i = 0; i < sizeof mouse_help / sizeof *mouse_help; i++)
		entry(t, mouse_help[i][0], mouse_help[i][1]);
	title(t, "Signs");
	for (size_t i = 0; i < sizeof sign_info / sizeof *sign_info; i++)
		entry(t, t->ui->paint.ascii ? sign_info[i].ascii : sign_info[i].sign, sign_info[i].help);
	title(t, "Columns");
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		entry(t, column_info[i].title, column_info[i].help);
	for (unsigned id = 0; id < VIEW_COUNT; id++) {
		view = t->ui->views[id];
		char of[64];

		if (view->columns == 0)
			continue;
		snprintf(of, sizeof of, "Columns of the %s", action_info[ACTION_VIEW_PROCESSES + id].hint);
		title(t, of);
		for (unsigned i = 0; i < view->columns; i++)
			entry(t, view->column[i].title, view->column[i].help);
	}
}

static size_t
count_lines(struct ui *ui, int columns)
{
	struct writer t = { .ui = ui, .columns = columns };

	write_help(&t);
	return t.line;
}

/* The last page is a full one. */
static void
clamp(struct ui *ui, int lines, int columns)
{
	size_t all = count_lines(ui, columns), room = lines > 1 ? (size_t)lines - 1 : 1;

	if (ui->help_top + room > all)
		ui->help_top = all > room ? all - room : 0;
}

void
help_draw(struct ui *ui, WINDOW *w, int lines, int columns)
{
	char where[64];

	clamp(ui, lines, columns);
	struct writer t = { ui, w, columns, 0, lines - 1, 0, ui->help_top };
	write_help(&t);
	size_t end = ui->help_top + (size_t)lines - 1;
	snprintf(where, sizeof where, "%zu-%zu of %zu  q closes", ui->help_top + 1,
		 end < t.line ? end : t.line, t.line);
	paint_put(&ui->paint, w, lines - 1, 0, where, ROLE_QUIET);
}

void
help_key(struct ui *ui, int key)
{
	int lines = getmaxy(stdscr), columns = getmaxx(stdscr);
	size_t page = lines > 2 ? (size_t)lines - 2 : 1;

	switch (action_of_key(key, false)) {
	case ACTION_UP:
		ui->help_top -= ui->help_top > 0;
		break;
	case ACTION_DOWN:
		ui->help_top++;
		break;
	case ACTION_PAGE_UP:
		ui->help_top -= ui->help_top < page ? ui->help_top : page;
		break;
	case ACTION_PAGE_DOWN:
	case ACTION_PAUSE: /* Space, as in a pager */
		ui->help_top += page;
		break;
	case ACTION_TOP:
		ui->help_top = 0;
		break;
	case ACTION_BOTTOM:
		ui->help_top = SIZE_MAX / 2;
		break;
	case ACTION_HELP:
	case ACTION_QUIT:
		ui->help = false;
		break;
	default:
		if (key == TERM_ESC)
			ui->help = false;
	}
	clamp(ui, lines, columns);
}
