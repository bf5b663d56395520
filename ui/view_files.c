/* view_files - files and directories most used, and who uses them. */
#include "model/xalloc.h"
#include "model/clean.h"
#include "model/units.h"
#include "ui/dialog.h"
#include "ui/grid.h"
#include "ui/list.h"
#include "ui/mute_menu.h"
#include "ui/mute_row.h"
#include "ui/state.h"
#include "ui/view_processes.h"
#include "ui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER(field) ((a->field > b->field) - (a->field < b->field))
#define TEXT(field) strcmp(a->field, b->field)

/* down: sorts downwards at first. order: compares the rows a and b. */
#define FILE_COLUMN_TABLE(X)                                                                      \
	/* id       title      width rank left   down   order             help */                 \
	X(RATE,     "EV/S",        6, 9, false, true,  NUMBER(rate),                              \
	  "events on it per second, all types")                                                   \
	X(OPEN_S,   "OPEN/S",      6, 7, false, true,  NUMBER(open_rate),  "opens per second")    \
	X(CLOSE_S,  "CLOSE/S",     7, 2, false, true,  NUMBER(close_rate), "closes per second")   \
	X(TOTAL,    "EVENTS",      8, 4, false, true,  NUMBER(total),                             \
	  "events on it, all types; with ≥ since it is among the most used")                      \
	X(OPENS,    "OPEN",        8, 1, false, true,  NUMBER(opens),      "times it was opened") \
	X(BALANCE,  "OPEN-CL",     7, 0, false, true,  NUMBER(balance),                           \
	  "opens minus closes, when sorted by it; inherited descriptors and ~ missed events change it")                            \
	X(USERS,    "PROCS",       5, 5, false, true,  NUMBER(users),                             \
	  "processes that used it; ~: estimated")                                           \
	X(TOP,      "TOP",        16, 6, true,  false, TEXT(top_name),                            \
	  "the program that used it most, living or ended, and its share")                                                     \
	X(MUTE,     "M",           1, 8, true,  true,  NUMBER(mute),                              \
	  "T: muted as a target, D: with all below a directory, L: by estop itself")              \
	X(PATH,     "PATH",        0, 9, true,  false, TEXT(path),                                \
	  "the file, or the directory with all that is below it")

enum file_column {
#define X(id, ...) FILE_##id,
	FILE_COLUMN_TABLE(X)
#undef X
	FILE_COUNT
};

static const struct grid_column file_column[FILE_COUNT] = {
#define X(id, title, width, rank, left, down, order, help) { title, help, width, rank, left, #id },
	FILE_COLUMN_TABLE(X)
#undef X
};

static const bool goes_down[FILE_COUNT] = {
#define X(id, title, width, rank, left, down, order, help) down,
	FILE_COLUMN_TABLE(X)
#undef X
};

#define X(id, title, width, rank, left, down, order, help)                      \
	static int compare_##id(const struct file_row *a, const struct file_row *b) \
	{                                                                       \
		return order;                                                   \
	}
FILE_COLUMN_TABLE(X)
#undef X

static file_compare *const compare[FILE_COUNT] = {
#define X(id, ...) compare_##id,
	FILE_COLUMN_TABLE(X)
#undef X
};

/* Who uses a file: the same words, of one program. */
#define USER_COLUMN_TABLE(X)                                                  \
	X(RATE,   "EV/S",     6, 7, false, "events per second on it")         \
	X(SHARE,  "%EV",      4, 9, false, "share of all events on it")       \
	X(OPENS,  "OPEN",     8, 5, false, "times it opened the file")        \
	X(CLOSES, "CLOSE",    8, 4, false, "times it closed the file")        \
	X(TOTAL,  "EVENTS",   8, 6, false, "what it did with the file, all types") \
	X(MUTE,   "M",        1, 8, true,  "whether the program is muted")    \
	X(EXE,    "PROGRAM",  0, 9, true,  "the executable, of processes that run or have ended")

enum user_column {
#define X(id, ...) USER_##id,
	USER_COLUMN_TABLE(X)
#undef X
	USER_COUNT
};

static const struct grid_column user_column[USER_COUNT] = {
#define X(id, title, width, rank, left, help) { title, help, width, rank, left, #id },
	USER_COLUMN_TABLE(X)
#undef X
};

struct state {
	struct list list;
	char *path;    /* of the target under the cursor; NULL: none yet */
	unsigned sort; /* enum file_column */
	bool reversed; /* against the column's own direction */
	struct filter *filter;
	struct list users;
	char *who;       /* the target whose programs are listed; NULL: list targets */
	char *directory; /* whose directories are listed; NULL: "/" */
};

static struct state *
own(const struct ui *ui)
{
	return ui->view_state[VIEW_FILES];
}

/* ---- what is asked for ---- */

static void
ask(struct ui *ui, struct command *c)
{
	struct state *f = own(ui);

	ui->spec.files.compare = compare[f->sort];
	ui->spec.files.reverse = goes_down[f->sort] != f->reversed;
	ui->spec.files.who = f->who;
	ui->spec.files.directory = f->directory;
	*c = (struct command){ .kind = ACTION_REFRESH };
}

static void
enter(struct ui *ui)
{
	struct command none;

	ask(ui, &none);
	ui->spec.files.asked = true;
}

static void
leave(struct ui *ui)
{
	ui->spec.files.asked = false;
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
	struct state *v = own(ui);

	ui->spec.files.filter = v->filter;
	ask(ui, c);
}

static void
finish(struct ui *ui)
{
	struct state *v = own(ui);

	free(v->path);
	free(v->who);
	free(v->directory);
	filter_free(v->filter);
}

static void
sort_by(struct ui *ui, unsigned column, struct command *c)
{
	struct state *v = own(ui);

	v->sort = column;
	free(v->path); /* after sorting, show the first rows */
	v->path = NULL;
	v->list.line = 0;
	ask(ui, c);
}

/* ---- cells ---- */

static void
put_count(char out[GRID_CELL], uint64_t value, const char *sign, unsigned width)
{
	char number[24];

	units_count(number, sizeof number, value, width - (*sign != '\0'));
	snprintf(out, GRID_CELL, "%s%s", sign, number);
}

static void
put_balance(char out[GRID_CELL], const struct file_row *r)
{
	char number[24];

	units_count(number, sizeof number, r->balance < 0 ? 0 - (uint64_t)r->balance : (uint64_t)r->balance,
		    5);
	snprintf(out, GRID_CELL, "%s%s%s", r->at_least ? "~" : "", r->balance < 0 ? "-" : "", number);
}

/* The share is never cut off by the name. */
static void
put_top(char out[GRID_CELL], const struct file_row *r, unsigned width, bool ascii)
{
	char name[512], share[16];

	snprintf(share, sizeof share, " %.0f%%", r->top_share * 100);
	clean_slice(name, sizeof name, r->top_name, strlen(r->top_name), ascii, 0, width - strlen(share),
		    NULL);
	snprintf(out, GRID_CELL, "%s%s", name, share);
}

struct line {
	const struct ui *ui;
	const struct grid *grid;
	const struct file_row *r;
	const struct file_program_row *user;
};

static void
cell(void *ctx, unsigned column, char out[GRID_CELL])
{
	const struct line *line = ctx;
	const struct file_row *r = line->r;
	const char *at_least = !r->at_least ? "" : line->ui->paint.ascii ? ">" : "≥";
	unsigned width = file_column[column].width;

	switch ((enum file_column)column) {
	case FILE_RATE:
		column_rate(out, GRID_CELL, r->rate, width);
		break;
	case FILE_OPEN_S:
		column_rate(out, GRID_CELL, r->open_rate, width);
		break;
	case FILE_CLOSE_S:
		column_rate(out, GRID_CELL, r->close_rate, width);
		break;
	case FILE_TOTAL:
		put_count(out, r->total, at_least, width);
		break;
	case FILE_OPENS:
		put_count(out, r->opens, at_least, width);
		break;
	case FILE_BALANCE:
		put_balance(out, r);
		break;
	case FILE_USERS:
		snprintf(out, GRID_CELL, "%s%u", r->more_users ? "~" : r->at_least ? at_least : "", r->users);
		break;
	case FILE_TOP:
		put_top(out, r, width, line->ui->paint.ascii);
		break;
	case FILE_MUTE:
		snprintf(out, GRID_CELL, "%c", r->mute);
		break;
	default:
		if (r->here)
			snprintf(out, GRID_CELL, "(files in it)");
		else
			grid_tail(line->ui->paint.ascii, out, r->path, (size_t)line->grid->rest);
		break;
	}
}

static void
user_cell(void *ctx, unsigned column, char out[GRID_CELL])
{
	const struct line *line = ctx;
	const struct file_program_row *u = line->user;
	const char *at_least = !u->at_least ? "" : line->ui->paint.ascii ? ">" : "≥";
	unsigned width = user_column[column].width;

	switch ((enum user_column)column) {
	case USER_RATE:
		column_rate(out, GRID_CELL, u->rate, width);
		break;
	case USER_SHARE:
		snprintf(out, GRID_CELL, "%.0f", u->share * 100);
		break;
	case USER_MUTE:
		snprintf(out, GRID_CELL, "%c", u->mute ? u->mute : ' ');
		break;
	case USER_OPENS:
		put_count(out, u->opens, at_least, width);
		break;
	case USER_CLOSES:
		put_count(out, u->closes, at_least, width);
		break;
	case USER_TOTAL:
		put_count(out, u->total, at_least, width);
		break;
	default:
		grid_tail(line->ui->paint.ascii, out, *u->exe ? u->exe : "?", (size_t)line->grid->rest);
		break;
	}
}

/* ---- drawing ---- */

/* The line of the target under the cursor; until a key moved it, that is the first. */
static void
locate(struct ui *ui, const struct files_page *p)
{
	struct state *v = own(ui);

	if (!v->path) {
		v->list.line = 0;
		return;
	}
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->rows[i].path, v->path) == 0) {
			v->list.line = i;
			return;
		}
}

static void
bind(struct ui *ui, const struct files_page *p)
{
	struct state *v = own(ui);

	free(v->path);
	v->path = p->count ? xstrdup(p->rows[v->list.line].path) : NULL;
}

static void
draw_empty(struct ui *ui, WINDOW *w, int top, int lines, int columns)
{
	struct state *v = own(ui);

	if (lines > 0)
		paint_text(&ui->paint, w, top, 0, columns,
			   v->filter ? "nothing matches the filter; = clears it"
				     : "no file has been opened or closed yet",
			   ROLE_PLAIN);
}

/* Who uses the file, below its path. */
static void
draw_users(struct ui *ui, WINDOW *w, const struct files_page *p, int top, int lines, int columns)
{
	struct state *v = own(ui);
	struct grid grid;
	struct line line = { .ui = ui, .grid = &grid };
	char path[GRID_CELL], title[GRID_CELL];

	grid_tail(ui->paint.ascii, path, v->who, columns > 12 ? (size_t)columns - 12 : 1);
	snprintf(title, sizeof title, "%s %s", columns > 40 ? "who uses" : "who:", path);
	paint_text(&ui->paint, w, top, 0, columns, title, ROLE_NAME);
	if (lines < 2)
		return;
	grid_fit(&grid, user_column, USER_COUNT, USER_COUNT, columns, 18);
	grid_titles(&ui->paint, w, &grid, USER_COUNT, top + 1, columns);
	list_fit(&v->users, p->program_count, lines > 2 ? (size_t)lines - 2 : 1);
	if (p->program_count == 0 && lines > 2)
		paint_text(&ui->paint, w, top + 2, 0, columns,
			   "no longer among the most used files; Esc goes back", ROLE_PLAIN);
	for (int y = 2; y < lines && v->users.top + (size_t)y - 2 < p->program_count; y++) {
		size_t i = v->users.top + (size_t)y - 2;

		line.user = &p->programs[i];
		grid_draw(&ui->paint, w, &grid, top + y, columns,
			  i == v->users.line ? ROLE_CURSOR : ROLE_PLAIN, user_cell, &line);
	}
	if (p->more_programs && (int)p->program_count + 2 < lines)
		paint_text(&ui->paint, w, top + 2 + (int)p->program_count, 0, columns, "top 8 shown",
			   ROLE_QUIET);
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	struct state *v = own(ui);
	const struct files_page *p = &s->files;
	struct grid grid;
	struct line line = { .ui = ui, .grid = &grid };

	if (v->who) {
		draw_users(ui, w, p, top, lines, columns);
		return;
	}
	grid_fit(&grid, file_column, FILE_COUNT, v->sort, columns, columns < 160 ? columns * 3 / 8 : 60);
	grid_titles(&ui->paint, w, &grid, v->sort, top, columns);
	locate(ui, p);
	list_fit(&v->list, p->count, lines > 1 ? (size_t)lines - 1 : 1);
	if (p->count == 0)
		draw_empty(ui, w, top + 1, lines - 1, columns);
	for (int y = 1; y < lines && v->list.top + (size_t)y - 1 < p->count; y++) {
		size_t i = v->list.top + (size_t)y - 1;

		line.r = &p->rows[i];
		grid_draw(&ui->paint, w, &grid, top + y, columns,
			  i == v->list.line     ? ROLE_CURSOR
			  : line.r->mute != ' ' ? ROLE_MUTED
						: ROLE_PLAIN,
			  cell, &line);
	}
	wmove(w, top + 1 + (int)(v->list.line - v->list.top), 0);
}

static void
headline(const struct ui *ui, const struct snapshot *s, struct headline *line)
{
	struct state *v = own(ui);
	const struct files_page *p = &s->files;
	char in[64] = "";
	const char *name = ui->spec.files.directories ? p->kept == 1 ? "directory" : "directories"
			   : p->kept == 1             ? "file"
						      : "files";

	if (ui->spec.files.directories)
		snprintf(in, sizeof in, " in %.50s", v->directory ? v->directory : "/");
	if (v->filter)
		snprintf(line->what, sizeof line->what, "%zu of %zu %s%s", p->count, p->kept, name, in);
	else
		snprintf(line->what, sizeof line->what, "%zu %s%s%s", p->kept, name, in,
			 p->full ? ", the most used" : "");
	line->filter = v->filter;
	line->sort = file_column[v->sort].title;
	line->descending = goes_down[v->sort] != v->reversed;
}

/* ---- keys ---- */

static const struct file_row *
current(struct ui *ui, const struct snapshot *s)
{
	struct state *v = own(ui);
	const struct files_page *p = &s->files;

	if (p->count == 0) {
		ui_message(ui, "no file selected");
		return NULL;
	}
	locate(ui, p);
	if (v->list.line >= p->count)
		v->list.line = p->count - 1;
	bind(ui, p);
	return &p->rows[v->list.line];
}

/* All below this directory, or below the one a file lies in; the way a rule says it. */
static char *
below(const char *path, bool directory)
{
	size_t length = strlen(path);
	char *prefix = xmalloc(length + 2);

	memcpy(prefix, path, length + 1);
	while (!directory && length && prefix[length - 1] != '/')
		length--;
	if (length == 0 || prefix[length - 1] != '/')
		prefix[length++] = '/';
	prefix[length] = '\0';
	return prefix;
}

static void
about(struct ui *ui, const struct file_row *r, bool everything_below, struct command *c)
{
	bool directories = ui->spec.files.directories;

	free(ui->exe);
	ui->exe = directories || everything_below ? below(r->path, directories) : xstrdup(r->path);
	*c = (struct command){
		.kind = ACTION_FILES_MUTE,
		.rule = directories || everything_below ? MUTE_TARGET_PREFIX : MUTE_TARGET,
		.rate = r->rate,
		.path = ui->exe,
	};
	if (c->rule == MUTE_TARGET_PREFIX && r->mute == ' ' && mute_menu_covers_all(ui->exe))
		mute_menu_ask_all(ui, c);
}

static void
unmute(struct ui *ui, const struct file_row *r, struct command *c)
{
	free(ui->exe);
	ui->exe = xstrdup(r->path);
	*c = (struct command){ .kind = ACTION_FILES_UNMUTE,
			       .path = ui->exe,
			       .on = ui->spec.files.directories };
}

static void
open_menu(struct ui *ui, const struct file_row *r, struct command *c)
{
	bool directories = ui->spec.files.directories;
	char *prefix = below(r->path, directories);

	mute_menu_open_target(ui, directories ? "" : r->path, prefix, c);
	free(prefix);
}

static void
show_users(struct ui *ui, const struct file_row *r, struct command *c)
{
	struct state *v = own(ui);

	free(v->who);
	v->who = r ? xstrdup(r->path) : NULL;
	v->users = (struct list){ 0 };
	ask(ui, c);
}

/* The program under the cursor, among all programs. */
static void
jump(struct ui *ui, const struct file_program_row *p, struct command *c)
{
	ui_show(ui, VIEW_PROCESSES, c);
	processes_group_by(ui, BY_PROGRAM, c);
	processes_point_at(ui,
			   (struct proc_key){ grouping_key(BY_PROGRAM),
					      grouping_hash(*p->exe ? p->exe : "?") },
			   false);
}

/* The program as a row of processes grouped by program: what keys of that do, they do here. */
static void
act_on_program(struct ui *ui, const struct file_program_row *p, enum action_id id, struct command *c)
{
	const struct row r = { .key = { grouping_key(BY_PROGRAM), 0 },
			       .exe = p->exe,
			       .name = p->name,
			       .command = p->exe,
			       .user = "",
			       .flags = ROW_BY,
			       .mute = p->mute,
			       .rate_all = p->rate };

	mute_row_key(ui, &r, id, c);
}

static bool
act_on_users(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	const struct file_program_row *p;

	if (list_move(&v->users, s->files.program_count, id))
		return true;
	p = v->users.line < s->files.program_count ? &s->files.programs[v->users.line] : NULL;
	switch (id) {
	case ACTION_BACK:
		show_users(ui, NULL, c);
		return true;
	case ACTION_OPEN:
		if (p)
			jump(ui, p, c);
		return true;
	case ACTION_FILES_MUTE:
	case ACTION_FILES_MUTE_BELOW:
		if (p)
			act_on_program(ui, p, ACTION_MUTE_EXE, c);
		return true;
	case ACTION_FILES_UNMUTE:
		if (p)
			act_on_program(ui, p, ACTION_UNMUTE, c);
		return true;
	case ACTION_MUTE_MENU:
		if (p)
			act_on_program(ui, p, ACTION_MUTE_MENU, c);
		return true;
	case ACTION_FILES_DIRECTORIES:
	case ACTION_FILES_IN:
	case ACTION_FILES_OUT:
	case ACTION_SEARCH:
	case ACTION_FILTER:
		ui_message(ui, "Enter goes to the program, m mutes it, Esc returns to the files");
		return true;
	default:
		return false;
	}
}

static void
search(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here)
{
	struct state *v = own(ui);
	const struct files_page *p = &s->files;

	locate(ui, p);
	for (size_t k = from_here ? 0 : 1; p->count && k <= p->count; k++) {
		size_t at = v->list.line;
		size_t i = (backwards ? at + p->count - k % p->count : at + k) % p->count;

		if (!files_page_match(ui->search, p->rows[i].path))
			continue;
		v->list.line = i;
		bind(ui, p);
		return;
	}
	ui_message(ui, "not found among these files");
}

/* Moving, and all of it in the list of users. */
static bool
take(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	const struct files_page *p = &s->files;

	if (v->who)
		return act_on_users(ui, s, id, c);
	locate(ui, p);
	if (!list_move(&v->list, p->count, id))
		return false;
	bind(ui, p);
	if (id == ACTION_TOP) { /* stays at the top, whatever comes there */
		free(v->path);
		v->path = NULL;
	}
	return true;
}

static void
sort_adjacent(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s;
	v->reversed = false;
	sort_by(ui, (v->sort + (id == ACTION_SORT_LEFT ? FILE_COUNT - 1 : 1)) % FILE_COUNT, c);
}

static void
reverse(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s, (void)id;
	v->reversed = !v->reversed;
	sort_by(ui, v->sort, c);
}

static void
toggle_directories(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s, (void)id;
	ui->spec.files.directories = !ui->spec.files.directories;
	sort_by(ui, v->sort, c);
	ui_message(ui, ui->spec.files.directories
			       ? "directories with all below them; the cursor keys go down and up"
			       : "files");
}

/* NULL: "/". The cursor goes to at, or to the top; at may be the directory that was listed. */
static void
list_directory(struct ui *ui, const char *directory, const char *at, struct command *c)
{
	struct state *v = own(ui);
	char *to = directory && strcmp(directory, "/") != 0 ? xstrdup(directory) : NULL;

	free(v->path);
	v->path = at ? xstrdup(at) : NULL;
	free(v->directory);
	v->directory = to;
	v->list.line = 0;
	ask(ui, c);
}

static void
descend_hint(struct ui *ui)
{
	ui_message(ui, ui->spec.files.directories
			       ? "this is the root directory"
			       : "D lists directories; there the cursor keys go down and up");
}

static void
descend(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct file_row *r;

	(void)id;
	if (!ui->spec.files.directories) {
		descend_hint(ui);
		return;
	}
	r = current(ui, s);
	if (r && r->here)
		ui_message(ui, "these are files; D lists them");
	else if (r)
		list_directory(ui, r->path, NULL, c);
}

static void
ascend(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	char *slash, *up;

	(void)s, (void)id;
	if (!ui->spec.files.directories || !v->directory) {
		descend_hint(ui);
		return;
	}
	up = xstrdup(v->directory);
	slash = strrchr(up, '/');
	slash[slash == up] = '\0';
	list_directory(ui, up, v->directory, c);
	free(up);
}

/* What is done about the target under the cursor. */
static void
act(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct file_row *r = current(ui, s);

	if (!r)
		return;
	if (id == ACTION_FILES_UNMUTE)
		unmute(ui, r, c);
	else if (id == ACTION_MUTE_MENU)
		open_menu(ui, r, c);
	else if (id == ACTION_OPEN)
		show_users(ui, r, c);
	else
		about(ui, r, id == ACTION_FILES_MUTE_BELOW, c);
}

static char *
copied(struct ui *ui, const struct snapshot *s)
{
	struct state *v = own(ui);
	const struct file_row *r = v->who ? NULL : current(ui, s);

	return v->who ? xstrdup(v->who) : r ? xstrdup(r->path) : NULL;
}

static const struct view_key keys[] = {
	{ ACTION_SORT_LEFT, sort_adjacent },
	{ ACTION_SORT_RIGHT, sort_adjacent },
	{ ACTION_REVERSE, reverse },
	{ ACTION_FILES_DIRECTORIES, toggle_directories },
	{ ACTION_FILES_IN, descend },
	{ ACTION_FILES_OUT, ascend },
	{ ACTION_FILES_MUTE, act },
	{ ACTION_FILES_MUTE_BELOW, act },
	{ ACTION_FILES_UNMUTE, act },
	{ ACTION_MUTE_MENU, act },
	{ ACTION_OPEN, act },
	{ ACTION_NONE, NULL },
};

static struct sheet_value
file_value(void *ctx, unsigned column, const char *shown)
{
	static char mark[2];
	const struct file_row *r = ((const struct line *)ctx)->r;

	(void)shown;
	switch ((enum file_column)column) {
	case FILE_RATE:
		return sheet_real(r->rate);
	case FILE_OPEN_S:
		return sheet_real(r->open_rate);
	case FILE_CLOSE_S:
		return sheet_real(r->close_rate);
	case FILE_TOTAL:
		return sheet_int((int64_t)r->total);
	case FILE_OPENS:
		return sheet_int((int64_t)r->opens);
	case FILE_BALANCE:
		return sheet_int(r->balance);
	case FILE_USERS:
		return sheet_int(r->users);
	case FILE_TOP:
		return sheet_text(r->top_name);
	case FILE_MUTE:
		mark[0] = r->mute == ' ' ? '\0' : r->mute;
		return sheet_text(mark);
	default:
		return sheet_text(r->path);
	}
}

static struct sheet_value
user_value(void *ctx, unsigned column, const char *shown)
{
	static char mark[2];
	const struct file_program_row *u = ((const struct line *)ctx)->user;

	(void)shown;
	switch ((enum user_column)column) {
	case USER_RATE:
		return sheet_real(u->rate);
	case USER_SHARE:
		return sheet_real(u->share);
	case USER_MUTE:
		mark[0] = u->mute == ' ' ? '\0' : u->mute;
		return sheet_text(mark);
	case USER_OPENS:
		return sheet_int((int64_t)u->opens);
	case USER_CLOSES:
		return sheet_int((int64_t)u->closes);
	case USER_TOTAL:
		return sheet_int((int64_t)u->total);
	default:
		return sheet_text(u->exe);
	}
}

static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	struct state *v = own(ui);
	const struct files_page *p = &s->files;
	struct grid grid = { .rest = GRID_CELL / 2 }; /* paths are not cut */
	struct line line = { .ui = ui, .grid = &grid };

	if (v->who) {
		grid_sheet_columns(sheet, user_column, USER_COUNT);
		for (size_t i = 0; i < p->program_count; i++) {
			line.user = &p->programs[i];
			grid_sheet_line(sheet, USER_COUNT, user_cell, user_value, &line);
		}
		return;
	}
	grid_sheet_columns(sheet, file_column, FILE_COUNT);
	for (size_t i = 0; i < p->count; i++) {
		line.r = &p->rows[i];
		grid_sheet_line(sheet, FILE_COUNT, cell, file_value, &line);
	}
}

const struct view view_files = {
	.name = "files",
	.own = ACTION_GROUP_FILES,
	.state = sizeof(struct state),
	.finish = finish,
	.enter = enter,
	.leave = leave,
	.draw = draw,
	.take = take,
	.keys = keys,
	.filter = filter_slot,
	.filtered = filtered,
	.search = search,
	.copied = copied,
	.headline = headline,
	.sheet = sheet,
	.hints = { ACTION_FILES_MUTE, ACTION_FILES_DIRECTORIES, ACTION_OPEN, ACTION_HELP, ACTION_QUIT,
		   ACTION_FILTER, ACTION_SEARCH, ACTION_MUTE_MENU, ACTION_UNDO, ACTION_PAUSE },
	.column = file_column,
	.columns = FILE_COUNT,
};
