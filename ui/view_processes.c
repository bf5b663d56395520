/* view_processes - the processes as a tree or a flat list. */
#include "model/xalloc.h"
#include "ui/clean.h"
#include "ui/mute_menu.h"
#include "ui/processes.h"
#include "ui/state.h"
#include "ui/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FREEZE_NS 1500000000ull

enum { SHIFT_STEP = 8, SHIFT_MAX = 1 << 20, NAME_ONLY_COLUMNS = 20 };

static void
exit_words(char *out, size_t size, int status)
{
	char words[40];

	words_status(words, sizeof words, status);
	snprintf(out, size, " (%s)", status == -1 ? "exited" : words);
}

/* "8 ms"; lives are known to about 12 %, so two digits are all that is said. */
static void
life_words(char *out, size_t size, uint64_t ns)
{
	static const struct {
		double unit, below;
		const char *name;
	} units[] = { { 1e3, 1e6, "us" }, { 1e6, 1e9, "ms" }, { 1e9, 90e9, "s" }, { 60e9, 1e20, "min" } };
	size_t i = 0;

	while ((double)ns >= units[i].below)
		i++;
	double value = (double)ns / units[i].unit;
	bool tenth = value < 9.5 && (int)(value * 10 + 0.5) % 10;
	snprintf(out, size, "%.*f %s", tenth ? 1 : 0, value, units[i].name);
}

enum { WORDINGS = 3 };

/* What is said after the command, and never cut off with it. wording: 0 is the longest. */
static void
row_suffix(char *out, size_t size, const struct row *r, bool ascii, unsigned wording)
{
	char life[32];

	*out = '\0';
	if (r->flags & ROW_GROUP && wording < 2 && r->group_life_ns) {
		life_words(life, sizeof life, r->group_life_ns);
		snprintf(out, size, " (exited %s%u, %s%s)", ascii ? "x" : "×", r->group_count,
			 wording == 0 ? "median life " : "", life);
	} else if (r->flags & ROW_GROUP)
		snprintf(out, size, " (exited %s%u)", ascii ? "x" : "×", r->group_count);
	else if (r->flags & ROW_EXITED)
		exit_words(out, size, r->status);
	else if (r->flags & ROW_DRAINING)
		snprintf(out, size, " (draining)");
}

/* Signs of the tree: open, folded, child, last child, line past, dash. */
static const char *const signs[2][6] = {
	{ "▾", "▸", "├", "└", "│", "─" },
	{ "-", "+", "|", "`", "|", "-" },
};

enum { SIGN_OPEN, SIGN_FOLDED, SIGN_CHILD, SIGN_LAST, SIGN_PAST, SIGN_DASH };

unsigned
processes_indent(unsigned deepest, unsigned width)
{
	/* The tree may take half of COMMAND; beyond that its steps get smaller. */
	return deepest * 3 <= width / 2 ? 3 : deepest * 2 <= width / 2 ? 2 : 1;
}

/* The lines of the tree before a command; returns columns. */
static size_t
tree_prefix(char *out, size_t size, const struct row *r, struct order_line line, unsigned indent,
	    unsigned room, bool ascii)
{
	const char *const *sign = signs[ascii];
	size_t used = 0, columns = 0;
	unsigned from = 1;

	/* Too deep to be drawn: the outer levels are left out. */
	if (r->depth > 1 && r->depth * indent + 2 > room) {
		unsigned levels = room > indent + 2 ? (room - 2) / indent : 1;
		from = r->depth - (levels < r->depth ? levels : r->depth - 1);
	}
	*out = '\0';
#define PUT(text) (used += (size_t)snprintf(out + used, size - used, "%s", text), columns++)
	if (indent == 1 && r->depth > 0)
		PUT(" ");
	for (unsigned d = from; d < r->depth && used + 16 < size; d++) {
		bool past = d < 64 && (line.guides >> d & 1);
		PUT(d == from && from > 1 ? ascii ? "." : "…" : past ? sign[SIGN_PAST] : " ");
		for (unsigned i = 1; i < indent; i++)
			PUT(" ");
	}
	const char *mark = !(r->flags & ROW_PARENT) ? NULL
			   : r->flags & ROW_FOLDED  ? sign[SIGN_FOLDED]
						    : sign[SIGN_OPEN];
	if (r->depth == 0) {
		PUT(mark ? mark : " ");
	} else {
		PUT(mark ? mark : line.last ? sign[SIGN_LAST] : sign[SIGN_CHILD]);
		if (indent > 1)
			PUT(sign[SIGN_DASH]);
	}
	PUT(" ");
#undef PUT
	return columns;
}

/* Name and arguments, or what stands for them. Uncleaned. Points into r or into buffer. */
static const char *
row_command(const struct row *r, char *buffer, size_t size)
{
	const char *command = r->flags & ROW_GROUP || !*r->command ? r->name : r->command;

	if (r->flags & ROW_CONTEXT)
		snprintf(buffer, size, "(%s)", *r->exe ? r->name : command);
	else if (r->flags & ROW_KERNEL && *command != '[')
		snprintf(buffer, size, "[%s]", command);
	else if (!*command)
		return "?";
	else
		return command;
	return buffer;
}

/*
 * COMMAND of a row in two pieces, to be painted differently: lines of the tree and text. Together
 * at most width columns of what begins at column shift.
 */
size_t
processes_command(const struct row *r, struct order_line line, bool tree, unsigned indent,
		  bool ascii, size_t shift, unsigned width, char *guides, size_t guides_size,
		  char *text, size_t text_size, bool *cut)
{
	char full[2048], suffix[80], name[512];
	size_t columns = 0, before = 0;

	*guides = *text = '\0';
	*cut = false;
	if (tree) {
		before = tree_prefix(full, sizeof full, r, line, indent, width / 2 + 4, ascii);
		columns = clean_slice(guides, guides_size, full, strlen(full), ascii, shift, width,
				      NULL);
	}
	shift = shift > before ? shift - before : 0;
	const char *command = row_command(r, name, sizeof name);
	size_t reserved = 0, room = width - columns;
	for (unsigned wording = 0; wording < WORDINGS; wording++) {
		row_suffix(suffix, sizeof suffix, r, ascii, wording);
		reserved = clean_width(suffix);
		if (reserved + strlen(command) <= room || !(r->flags & ROW_GROUP))
			break;
	}
	if (room < reserved + 4 && reserved) /* the name says more than how it ended */
		reserved = 0, *suffix = '\0';
	if (room - reserved < NAME_ONLY_COLUMNS && !shift && *command == '/') {
		/* The directory says least; Right shows it. */
		size_t word = command == r->exe ? strlen(command) : strcspn(command, " ");
		while (word > 0 && command[word - 1] != '/')
			word--;
		command += command[word] && command[word] != ' ' ? word : 0;
	}
	size_t used = clean_slice(text, text_size - strlen(suffix), command, strlen(command), ascii,
				  shift, room - reserved, cut);
	strcat(text, suffix);
	return columns + used + reserved;
}

static enum role
row_role(const struct row *r)
{
	if (r->flags & (ROW_EXITED | ROW_GROUP))
		return ROLE_GONE;
	if (r->flags & ROW_CONTEXT)
		return ROLE_CONTEXT;
	return r->mute != ' ' && r->mute ? ROLE_MUTED : ROLE_PLAIN;
}

static void
draw_titles(struct ui *ui, WINDOW *w, const struct layout *l, int y, int columns)
{
	ui_attr(ui, w, ROLE_HEAD);
	mvwhline(w, y, 0, ' ', columns);
	for (unsigned i = 0; i < l->n; i++) {
		char text[32];
		const struct column *c = l->column[i];
		snprintf(text, sizeof text, "%*s", c->left || !c->width ? 0 : (int)l->width[i],
			 c->title);
		if (l->x[i] < (unsigned)columns) {
			ui_attr(ui, w, c == ui->sort ? ROLE_SORTED : ROLE_HEAD);
			mvwaddnstr(w, y, (int)l->x[i], text, -1);
		}
	}
}

static void
draw_row(struct ui *ui, WINDOW *w, const struct layout *l, const struct row *r,
	 struct order_line line, unsigned indent, int y, int columns, bool current)
{
	enum role role = current ? ROLE_CURSOR : row_role(r);
	size_t room = (size_t)columns * 24 + 256;
	char *text = ui_line(ui, (size_t)columns * 2), *guides = text + room;
	bool cut = false;

	/* Gaps too, so that the terminal is not told to change its attributes at each of them. */
	ui_attr(ui, w, role);
	mvwhline(w, y, 0, ' ', columns);
	for (unsigned i = 0; i < l->n; i++) {
		if (l->x[i] >= (unsigned)columns)
			break;
		if (l->column[i]->width) {
			l->column[i]->format(text, room, r, l->width[i], ui->ascii);
			ui_put(ui, w, y, (int)l->x[i], text, role);
			continue;
		}
		processes_command(r, line, ui->spec.tree, indent, ui->ascii, ui->shift, l->width[i],
				  guides, room, text, room, &cut);
		ui->cut |= cut;
		ui->text_seen |= *text || *guides;
		ui_put(ui, w, y, (int)l->x[i], guides, current ? role : ROLE_QUIET);
		ui_put(ui, w, y, (int)(l->x[i] + clean_width(guides)), text, role);
	}
}

static bool
is_cursor(const struct ui *ui, const struct row *r)
{
	return r->key.pid == ui->cursor_key.pid && r->key.start_ns == ui->cursor_key.start_ns &&
	       !!(r->flags & ROW_GROUP) == ui->cursor_group;
}

static const struct row *
row_at(const struct ui *ui, const struct snapshot *s, size_t line)
{
	return &s->rows[order_at(&ui->order, s, line).row];
}

/* Binds the cursor to the process of this line. */
static void
bind_cursor(struct ui *ui, const struct snapshot *s, size_t line)
{
	if (s->count == 0)
		return;
	ui->cursor = line < s->count ? line : s->count - 1;
	const struct row *r = row_at(ui, s, ui->cursor);
	ui->cursor_key = r->key;
	ui->cursor_group = r->flags & ROW_GROUP;
	ui->cursor_set = true;
}

static void
end_follow(struct ui *ui)
{
	ui->following = false;
	ui->follow_name[0] = '\0';
}

/* Finds the line of the cursor's process; when it is gone, the one that took its place. */
static void
locate(struct ui *ui, const struct snapshot *s)
{
	size_t near = ui->cursor;

	if (s->count == 0)
		return;
	/* Outwards from where it was: it seldom moved far. */
	for (size_t d = 0; ui->cursor_set && (d <= near || near + d < s->count); d++) {
		if (d <= near && near - d < s->count && is_cursor(ui, row_at(ui, s, near - d))) {
			ui->cursor = near - d;
			return;
		}
		if (near + d < s->count && is_cursor(ui, row_at(ui, s, near + d))) {
			ui->cursor = near + d;
			return;
		}
	}
	if (ui->following) {
		char note[128];

		snprintf(note, sizeof note, "%s is not listed any more", ui->follow_name);
		ui_message(ui, note);
		end_follow(ui);
	}
	bind_cursor(ui, s, near);
}

static void
draw_empty(struct ui *ui, WINDOW *w, int top, int lines, int columns)
{
	const char *text = ui->spec.filter ? "nothing matches the filter; = clears it"
			   : ui->config.scope_text ? "no process is in the scope asked for yet"
						   : "no processes yet";
	int width = (int)clean_width(text);
	char *line = ui_line(ui, (size_t)columns);

	clean_slice(line, ui->line_size, text, strlen(text), ui->ascii, 0, (size_t)columns, NULL);
	ui_put(ui, w, top + (lines > 2 ? 1 : 0), width < columns ? (columns - width) / 2 : 0, line,
	       ROLE_PLAIN);
}

/* Lines [top, top + page) of the screen order are shown; keeps the cursor among them. */
static void
scroll_to_cursor(struct ui *ui, const struct snapshot *s)
{
	size_t page = ui->page ? ui->page : 1;

	if (ui->following) /* the row keeps its line of the screen, the others move */
		ui->top = ui->cursor > ui->follow_line ? ui->cursor - ui->follow_line : 0;
	if (ui->pinned) {
		/* The top is what is looked at: a cursor that leaves it starts again there. */
		ui->top = 0;
		if (ui->cursor >= page)
			bind_cursor(ui, s, 0);
		return;
	}
	if (ui->cursor < ui->top)
		ui->top = ui->cursor;
	if (ui->cursor >= ui->top + page)
		ui->top = ui->cursor - page + 1;
	if (ui->top + page > s->count)
		ui->top = s->count > page ? s->count - page : 0;
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	struct layout *layout = &ui->layout;
	unsigned deepest = 0, indent = 3;

	order_apply(&ui->order, s, ui->held || ui_now(ui) < ui->frozen_until);
	if (ui->held) /* new rows keep the place they have got now */
		order_remember(&ui->order, s);
	column_layout(layout, &ui->columns, ui->sort, (unsigned)columns);
	ui->page = lines > 1 ? (size_t)lines - 1 : 1;
	ui->titles_y = top;
	draw_titles(ui, w, layout, top, columns);
	ui->cut = false;
	if (s->count == 0) {
		ui->top = ui->cursor = 0;
		draw_empty(ui, w, top + 1, lines - 1, columns);
		return;
	}
	locate(ui, s);
	scroll_to_cursor(ui, s);
	for (size_t i = ui->top; i < s->count && i < ui->top + ui->page; i++)
		if (row_at(ui, s, i)->depth > deepest)
			deepest = row_at(ui, s, i)->depth;
	for (unsigned i = 0; i < layout->n; i++)
		if (!layout->column[i]->width)
			indent = processes_indent(deepest, layout->width[i]);
	ui->indent = indent;
	do {
		ui->text_seen = false;
		for (int y = 0; y < lines - 1 && ui->top + (size_t)y < s->count; y++) {
			size_t i = ui->top + (size_t)y;
			struct order_line line = order_at(&ui->order, s, i);
			draw_row(ui, w, layout, &s->rows[line.row], line, indent, top + 1 + y,
				 columns, i == ui->cursor);
		}
		/* Scrolled beyond what there is now: half the way back, and again. */
	} while (!ui->text_seen && ui->shift &&
		 ((ui->shift = ui->shift / SHIFT_STEP / 2 * SHIFT_STEP), true));
	/* The terminal's own cursor too, for those who are read the screen aloud. */
	wmove(w, top + 1 + (int)(ui->cursor - ui->top), 0);
}

/* From now on, for a moment, rows stay where they are. */
static void
freeze(struct ui *ui, const struct snapshot *s)
{
	order_remember(&ui->order, s);
	ui->frozen_until = ui_now(ui) + FREEZE_NS;
}

static void
move_to(struct ui *ui, const struct snapshot *s, size_t line)
{
	ui->pinned = false;
	end_follow(ui);
	bind_cursor(ui, s, line);
}

/* Follows the row of the cursor wherever it goes, or does not any more. */
static void
follow(struct ui *ui, const struct row *r)
{
	char name[64], note[128];

	if (ui->following) {
		end_follow(ui);
		ui_message(ui, "the row is not followed any more");
		return;
	}
	clean_text(name, sizeof name - 16, r->name, strlen(r->name), ui->ascii);
	if (r->flags & ROW_GROUP)
		snprintf(ui->follow_name, sizeof ui->follow_name, "%.50s", name);
	else
		snprintf(ui->follow_name, sizeof ui->follow_name, "%d %.50s", pid_shown(r->key.pid),
			 name);
	ui->following = true;
	ui->pinned = false;
	ui->follow_line = ui->cursor > ui->top ? ui->cursor - ui->top : 0;
	snprintf(note, sizeof note, "%s keeps its line; F or a cursor key ends that", ui->follow_name);
	ui_message(ui, note);
}

/* Rows stay where they are until the key is pressed again. */
static void
hold(struct ui *ui, const struct snapshot *s)
{
	ui->held = !ui->held;
	if (ui->held)
		order_remember(&ui->order, s);
	else
		order_forget(&ui->order);
	ui_message(ui, ui->held ? "the order is frozen: figures go on, rows stay; o ends that"
				: "rows are sorted again");
}

static bool
matches(const struct filter *f, const struct row *r)
{
	struct filter_subject subject = row_subject(r);

	return filter_match(f, &subject);
}

void
processes_search(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here)
{
	char text[200], note[256];

	for (size_t k = from_here ? 0 : 1; k < s->count + 1 && s->count; k++) {
		size_t i = (backwards ? ui->cursor + s->count - k % s->count : ui->cursor + k) %
			   s->count;
		if (!matches(ui->search, row_at(ui, s, i)))
			continue;
		bool wrapped = backwards ? i > ui->cursor : i < ui->cursor;
		if (i == ui->cursor && !from_here)
			ui_message(ui, "the only match");
		else if (wrapped)
			ui_message(ui, backwards ? "search went on from the bottom"
						 : "search went on from the top");
		move_to(ui, s, i);
		freeze(ui, s);
		return;
	}
	clean_text(text, sizeof text, filter_text(ui->search), strlen(filter_text(ui->search)),
		 ui->ascii);
	snprintf(note, sizeof note, "not found: %s (what is folded away is not searched)", text);
	ui_message(ui, note);
}

/* The row that is highlighted, for a command about it. */
static const struct row *
current(struct ui *ui, const struct snapshot *s)
{
	if (s->count == 0) {
		ui_message(ui, "there is no process to do that to");
		return NULL;
	}
	locate(ui, s);
	return row_at(ui, s, ui->cursor);
}

static void
about(struct ui *ui, const struct row *r, enum command_kind kind, struct command *c)
{
	free(ui->exe);
	ui->exe = xstrdup(r->exe);
	*c = (struct command){.kind = kind,
			      .key = r->key,
			      .version = r->version,
			      .rate = r->rate_all,
			      .exe = ui->exe};
}

void
processes_command_about(struct ui *ui, const struct row *r, enum action_id id, struct command *c)
{
	bool ended = r->flags & (ROW_GROUP | ROW_EXITED);

	if (id == ACTION_MUTE_PROCESS && ended)
		ui_message(ui, r->flags & ROW_GROUP ? "these processes have exited; M mutes their executable"
						    : "this process has exited; M mutes its executable");
	else if (id == ACTION_MUTE_EXE && !*r->exe)
		ui_message(ui, "the path of its executable is not known");
	else if (id == ACTION_MUTE_MENU)
		mute_menu_open(ui, r, c);
	else
		about(ui, r, id == ACTION_MUTE_PROCESS ? COMMAND_MUTE_PROCESS
			     : id == ACTION_MUTE_EXE   ? COMMAND_MUTE_EXE
						       : COMMAND_UNMUTE_ROW, c);
}

/* Folds or unfolds the highlighted process; false when there is nothing to. */
static bool
fold(struct ui *ui, const struct snapshot *s, bool on, struct command *c)
{
	const struct row *r = s->count ? current(ui, s) : NULL;

	if (!r || !ui->spec.tree || !(r->flags & ROW_PARENT) || !(r->flags & ROW_FOLDED) != on)
		return false;
	about(ui, r, COMMAND_FOLD, c);
	c->on = on;
	return true;
}

static void
to_parent(struct ui *ui, const struct snapshot *s)
{
	const struct row *r = row_at(ui, s, ui->cursor);

	if (!ui->spec.tree || r->depth == 0)
		return;
	for (size_t i = ui->cursor; i-- > 0;)
		if (row_at(ui, s, i)->depth < r->depth) {
			move_to(ui, s, i);
			return;
		}
}

static void
fold_all(struct ui *ui, const struct snapshot *s, struct command *c)
{
	if (!ui->spec.tree) {
		ui_message(ui, "only a tree can be folded; t shows it");
		return;
	}
	ui->all_folded = !ui->all_folded;
	/* The cursor's process goes out of sight: its nearest relative stays in sight. */
	if (ui->all_folded && s->count) {
		locate(ui, s);
		while (row_at(ui, s, ui->cursor)->depth > 1) {
			size_t before = ui->cursor;
			to_parent(ui, s);
			if (ui->cursor == before)
				break;
		}
	}
	*c = (struct command){ .kind = COMMAND_FOLD_ALL, .on = ui->all_folded };
}

/* Is the column x on the sign that a row's children are shown or folded away? */
static bool
on_fold_mark(const struct ui *ui, const struct row *r, struct order_line line, int x)
{
	const struct layout *l = &ui->layout;
	char lines[2048];

	if (!ui->spec.tree || !(r->flags & ROW_PARENT))
		return false;
	for (unsigned i = 0; i < l->n; i++) {
		if (l->column[i]->width)
			continue;
		/* The sign is the last of the tree's lines but for the dash and blank behind it. */
		int columns = (int)tree_prefix(lines, sizeof lines, r, line, ui->indent,
					       l->width[i] / 2 + 4, ui->ascii);
		int mark = (int)l->x[i] - (int)ui->shift + columns - (r->depth && ui->indent > 1 ? 3 : 2);
		return x >= mark && x < mark + 2;
	}
	return false;
}

void
processes_press(struct ui *ui, const struct snapshot *s, int y, int x, struct command *c)
{
	const struct layout *l = &ui->layout;
	size_t line = ui->top + (size_t)(y - ui->titles_y - 1);

	if (y == ui->titles_y) {
		for (unsigned i = 0; i < l->n; i++)
			if (x >= (int)l->x[i] && x < (int)(l->x[i] + l->width[i]))
				ui_sort_by(ui, l->column[i],
					   l->column[i] == ui->sort && !ui->reversed, c);
		return;
	}
	if (y < ui->titles_y || line >= s->count || line >= ui->top + ui->page)
		return;
	move_to(ui, s, line);
	const struct row *r = row_at(ui, s, line);
	if (on_fold_mark(ui, r, order_at(&ui->order, s, line), x))
		fold(ui, s, !(r->flags & ROW_FOLDED), c);
	freeze(ui, s);
}

void
processes_scroll(struct ui *ui, const struct snapshot *s, int step)
{
	size_t last = s->count > ui->page ? s->count - ui->page : 0;
	size_t by = (size_t)(step < 0 ? -step : step);

	ui->pinned = false;
	end_follow(ui);
	if (step < 0)
		ui->top -= by < ui->top ? by : ui->top;
	else
		ui->top = ui->top + by < last ? ui->top + by : last;
	if (ui->cursor < ui->top)
		bind_cursor(ui, s, ui->top);
	else if (ui->cursor >= ui->top + ui->page)
		bind_cursor(ui, s, ui->top + ui->page - 1);
	freeze(ui, s);
}

static bool
act(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct row *r;

	if (s->count)
		locate(ui, s);
	switch (id) {
	case ACTION_UP:
		move_to(ui, s, ui->cursor ? ui->cursor - 1 : 0);
		break;
	case ACTION_DOWN:
		move_to(ui, s, ui->cursor + 1);
		break;
	case ACTION_PAGE_UP:
		move_to(ui, s, ui->cursor > ui->page ? ui->cursor - ui->page : 0);
		ui->top -= ui->top > ui->page ? ui->page : ui->top;
		break;
	case ACTION_PAGE_DOWN:
		move_to(ui, s, ui->cursor + ui->page);
		ui->top += ui->page;
		break;
	case ACTION_TOP:
		move_to(ui, s, 0);
		ui->pinned = true;
		break;
	case ACTION_BOTTOM:
		move_to(ui, s, s->count ? s->count - 1 : 0);
		break;
	case ACTION_LEFT:
		if (ui->shift)
			ui->shift -= SHIFT_STEP;
		else if (!fold(ui, s, true, c) && s->count)
			to_parent(ui, s);
		break;
	case ACTION_RIGHT:
		if (!fold(ui, s, false, c) && ui->cut && ui->shift < SHIFT_MAX)
			ui->shift += SHIFT_STEP;
		break;
	case ACTION_FOLD:
		fold(ui, s, true, c);
		break;
	case ACTION_UNFOLD:
		fold(ui, s, false, c);
		break;
	case ACTION_FOLD_ALL:
		fold_all(ui, s, c);
		break;
	case ACTION_MUTE_PROCESS:
	case ACTION_MUTE_EXE:
	case ACTION_MUTE_MENU:
	case ACTION_UNMUTE:
		if ((r = current(ui, s)))
			processes_command_about(ui, r, id, c);
		break;
	case ACTION_OPEN:
		if ((r = current(ui, s)))
			view_detail_open(ui, r, c);
		break;
	case ACTION_HOLD:
		hold(ui, s);
		return true;
	case ACTION_FOLLOW:
		if ((r = current(ui, s)))
			follow(ui, r);
		return true;
	default:
		return false;
	}
	freeze(ui, s);
	return true;
}

/* The columns that are chosen, however narrow the screen, and what only programs want to know. */
static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	enum { WIDE = 100000, COMMAND_COLUMNS = 8192, COMMAND_BYTES = COMMAND_COLUMNS * 24 };
	char *text = xmalloc(COMMAND_BYTES), guides[4096];
	struct layout layout;
	bool cut;

	column_layout(&layout, &ui->columns, ui->sort, WIDE);
	for (unsigned i = 0; i < layout.n; i++)
		sheet_column(sheet, layout.column[i]->name, layout.column[i]->title,
			     layout.column[i]->left || !layout.column[i]->width);
	sheet_column(sheet, "host", NULL, true);
	sheet_column(sheet, "exe", NULL, true);
	sheet_column(sheet, "depth", NULL, false);
	sheet_column(sheet, "exit_status", NULL, false);
	sheet_column(sheet, "processes", NULL, false);
	for (size_t line = 0; line < s->count; line++) {
		struct order_line at = order_at(&ui->order, s, line);
		const struct row *r = &s->rows[at.row];
		const struct sheet_value none = { .kind = SHEET_NONE };

		for (unsigned i = 0; i < layout.n; i++) {
			if (layout.column[i]->width) {
				layout.column[i]->format(text, COMMAND_BYTES, r, layout.width[i],
							 ui->ascii);
			} else {
				size_t used;

				processes_command(r, at, ui->spec.tree, 3, ui->ascii, 0, COMMAND_COLUMNS,
						  guides, sizeof guides, text, COMMAND_BYTES, &cut);
				used = strlen(guides);
				memmove(text + used, text, strlen(text) + 1);
				memcpy(text, guides, used);
			}
			sheet_add(sheet, layout.column[i]->value(r), text);
		}
		sheet_add(sheet, r->host ? sheet_text(r->host) : none, NULL);
		sheet_add(sheet, sheet_text(r->exe), NULL);
		sheet_add(sheet, sheet_int(r->depth), NULL);
		sheet_add(sheet, r->flags & ROW_EXITED && r->status >= 0 ? sheet_int(r->status) : none, NULL);
		sheet_add(sheet, sheet_int(r->flags & ROW_GROUP ? r->group_count : 1), NULL);
	}
	free(text);
}

const struct view view_processes = {
	ACTION_GROUP_SHOW, draw, act,
	{ ACTION_HELP, ACTION_QUIT, ACTION_OPEN, ACTION_MUTE_PROCESS, ACTION_MUTE_MENU, ACTION_UNDO,
	  ACTION_FILTER, ACTION_SEARCH, ACTION_TREE, ACTION_PAUSE },
	processes_search, NULL, sheet, NULL, 0,
};
