/* view_processes - the processes as a tree or a flat list. */
#include "model/xalloc.h"
#include "model/clean.h"
#include "ui/dialog.h"
#include "ui/mute_row.h"
#include "ui/only.h"
#include "ui/order.h"
#include "ui/row_text.h"
#include "ui/signal_menu.h"
#include "ui/state.h"
#include "ui/view_chart.h"
#include "ui/view_detail.h"
#include "ui/view_processes.h"
#include "ui/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FREEZE_NS 1500000000ull

struct state {
	struct filter *filter; /* also ui->spec.filter */
	struct order order;
	uint64_t frozen_until;      /* rows keep their order so long */
	struct proc_key cursor_key; /* the process under the cursor */
	size_t cursor;              /* its line */
	size_t top;                 /* first line shown */
	size_t page;                /* lines shown */
	size_t shift;               /* columns COMMAND is scrolled */
	struct layout layout;       /* as last drawn, */
	unsigned indent;            /* and columns for each level of the tree */
	struct column_need need;    /* of the rows shown so far: widths do not flicker */
	size_t follow_line;         /* line of the page the followed row keeps */
	char follow_name[80];       /* "4120 make", clean */
	bool held;                  /* rows keep their order until o is pressed again */
	bool following;             /* the cursor's row keeps its line of the screen */
	bool all_folded;
	bool cursor_group; /* under the cursor is the line exited processes share */
	bool cursor_set;   /* false until the first row was seen */
	bool pinned;       /* the view stays at the top, whatever the cursor's process does */
	bool cut;          /* some COMMAND went on beyond the edge */
	bool text_seen;    /* some COMMAND was not scrolled away altogether */
};

static struct state *
own(const struct ui *ui)
{
	return ui->view_state[VIEW_PROCESSES];
}

/* Are there rows below others? */
static bool
is_tree(const struct ui *ui)
{
	return ui->spec.by != BY_FLAT;
}

enum { SHIFT_STEP = 8, SHIFT_MAX = 1 << 20 };

static enum role
row_role(const struct row *r)
{
	if (row_has_ended(r) || r->flags & ROW_GROUP)
		return ROLE_GONE;
	if (r->flags & ROW_CONTEXT)
		return ROLE_CONTEXT;
	return r->mute != ' ' && r->mute ? ROLE_MUTED : ROLE_PLAIN;
}

/*
 * Figures are painted by how much they are, whatever becomes of their process; those of an open parent,
 * which come again below it, and those that are nothing step back.
 */
static enum role
figure_role(const struct column *c, const struct row *r, bool totals)
{
	static const enum role role[] = { ROLE_QUIET, ROLE_PLAIN, ROLE_BUSY, ROLE_HOT };

	if (totals && (r->flags & (ROW_PARENT | ROW_FOLDED)) == ROW_PARENT)
		return ROLE_QUIET;
	return role[column_level(c, r)];
}

/* COMMAND's: a sign says that it is scrolled. */
static void
title_of_rows(const struct ui *ui, unsigned width, char *out, size_t size)
{
	size_t used = 0;

	if (own(ui)->shift)
		used = (size_t)snprintf(out, size, ui->paint.ascii ? "< " : "‹ ");
	column_title_of_rows(ui->spec.by, ui->spec.subtree_totals, width > used ? width - (unsigned)used : 0,
			     out + used, size - used, ui->paint.ascii);
}

static void
draw_titles(struct ui *ui, WINDOW *w, const struct layout *l, int y, int columns)
{
	paint_attr(&ui->paint, w, ROLE_HEAD);
	mvwhline(w, y, 0, ' ', columns);
	for (unsigned i = 0; i < l->n; i++) {
		char text[64];
		const struct column *c = l->column[i];
		unsigned x = l->x[i], width;

		if (c->width)
			column_title(c, text, sizeof text, ui->paint.ascii);
		else
			title_of_rows(ui, l->width[i], text, sizeof text);
		width = (unsigned)clean_width(text);
		if (!c->left && c->width && width < l->width[i])
			x += l->width[i] - width;
		if (x < (unsigned)columns) {
			paint_attr(&ui->paint, w, c == settings_sort(&ui->settings) ? ROLE_SORTED : ROLE_HEAD);
			mvwaddnstr(w, y, (int)x, text, -1);
		}
	}
}

static void
draw_row(struct ui *ui, WINDOW *w, const struct layout *l, const struct row *r, struct order_line line,
	 unsigned indent, int y, int columns, bool current)
{
	struct state *v = own(ui);
	enum role role = current ? ROLE_CURSOR : row_role(r);
	size_t room = (size_t)columns * 24 + 256;
	char *text = paint_line(&ui->paint, (size_t)columns * 2), *guides = text + room;
	bool cut = false;

	/* Gaps too: this avoids changes of the terminal's attributes at each of them. */
	paint_attr(&ui->paint, w, role);
	mvwhline(w, y, 0, ' ', columns);
	for (unsigned i = 0; i < l->n; i++) {
		if (l->x[i] >= (unsigned)columns)
			break;
		if (l->column[i]->width) {
			l->column[i]->format(text, room, r, l->width[i], ui->paint.ascii);
			paint_put(&ui->paint, w, y, (int)l->x[i], text,
				  current || !l->column[i]->figure
					  ? role
					  : figure_role(l->column[i], r, ui->spec.subtree_totals));
			continue;
		}
		row_text(r, line, is_tree(ui), indent, ui->paint.ascii, v->shift, l->width[i], guides, room,
			 text, room, &cut);
		v->cut |= cut;
		v->text_seen |= *text || *guides;
		paint_put(&ui->paint, w, y, (int)l->x[i], guides, current ? role : ROLE_QUIET);
		paint_put(&ui->paint, w, y, (int)(l->x[i] + clean_width(guides)), text, role);
	}
}

static bool
is_cursor(const struct ui *ui, const struct row *r)
{
	struct state *v = own(ui);

	return r->key.pid == v->cursor_key.pid && r->key.start_ns == v->cursor_key.start_ns &&
	       !!(r->flags & ROW_GROUP) == v->cursor_group;
}

static const struct row *
row_at(const struct ui *ui, const struct snapshot *s, size_t line)
{
	struct state *v = own(ui);

	return &s->rows[order_at(&v->order, s, line).row];
}

/* Binds the cursor to the process of this line. */
static void
bind_cursor(struct ui *ui, const struct snapshot *s, size_t line)
{
	struct state *v = own(ui);

	if (s->count == 0)
		return;
	v->cursor = line < s->count ? line : s->count - 1;
	const struct row *r = row_at(ui, s, v->cursor);
	v->cursor_key = r->key;
	v->cursor_group = r->flags & ROW_GROUP;
	v->cursor_set = true;
}

static void
end_follow(struct ui *ui)
{
	struct state *v = own(ui);

	v->following = false;
	v->follow_name[0] = '\0';
}

/* Finds the line of the cursor's process; when it is gone, the one that took its place. */
static void
locate(struct ui *ui, const struct snapshot *s)
{
	struct state *v = own(ui);
	size_t near = v->cursor;

	if (s->count == 0)
		return;
	/* Outwards from where it was: it seldom moved far. */
	for (size_t d = 0; v->cursor_set && (d <= near || near + d < s->count); d++) {
		if (d <= near && near - d < s->count && is_cursor(ui, row_at(ui, s, near - d))) {
			v->cursor = near - d;
			return;
		}
		if (near + d < s->count && is_cursor(ui, row_at(ui, s, near + d))) {
			v->cursor = near + d;
			return;
		}
	}
	if (v->following) {
		char note[128];

		snprintf(note, sizeof note, "%s is no longer listed", v->follow_name);
		ui_message(ui, note);
		end_follow(ui);
	}
	bind_cursor(ui, s, near);
}

static void
draw_empty(struct ui *ui, WINDOW *w, int top, int lines, int columns)
{
	const char *text = ui->spec.filter         ? "nothing matches the filter; = clears it"
			   : ui->config.scope_text ? "no matching process yet"
						   : "no processes yet";
	int width = (int)clean_width(text);

	paint_text(&ui->paint, w, top + (lines > 2 ? 1 : 0), width < columns ? (columns - width) / 2 : 0,
		   columns, text, ROLE_PLAIN);
}

/* Lines [top, top + page) of the screen order are shown; keeps the cursor among them. */
static void
scroll_to_cursor(struct ui *ui, const struct snapshot *s)
{
	struct state *v = own(ui);
	size_t page = v->page ? v->page : 1;

	if (v->following) /* the row keeps its line of the screen, the others move */
		v->top = v->cursor > v->follow_line ? v->cursor - v->follow_line : 0;
	if (v->pinned) {
		/* The top is what is looked at: a cursor that leaves it starts again there. */
		v->top = 0;
		if (v->cursor >= page)
			bind_cursor(ui, s, 0);
		return;
	}
	if (v->cursor < v->top)
		v->top = v->cursor;
	if (v->cursor >= v->top + page)
		v->top = v->cursor - page + 1;
	if (v->top + page > s->count)
		v->top = s->count > page ? s->count - page : 0;
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	struct state *v = own(ui);
	struct layout *layout = &v->layout;
	struct columns grouped;
	unsigned deepest = 0, indent = 3;

	order_apply(&v->order, s, v->held || ui_now(ui) < v->frozen_until);
	if (v->held) /* new rows keep the place they have got now */
		order_remember(&v->order, s);
	v->page = lines > 1 ? (size_t)lines - 1 : 1;
	if (s->count == 0) {
		v->top = v->cursor = 0;
	} else {
		locate(ui, s);
		scroll_to_cursor(ui, s);
	}
	for (size_t i = v->top; i < s->count && i < v->top + v->page; i++) {
		const struct row *r = row_at(ui, s, i);

		column_need(&v->need, r);
		if (r->depth > deepest)
			deepest = r->depth;
	}
	column_layout(layout, settings_columns(&ui->settings, ui->spec.by, &grouped),
		      settings_sort(&ui->settings), &v->need, (unsigned)columns);
	draw_titles(ui, w, layout, top, columns);
	v->cut = false;
	if (s->count == 0) {
		draw_empty(ui, w, top + 1, lines - 1, columns);
		return;
	}
	for (unsigned i = 0; i < layout->n; i++)
		if (!layout->column[i]->width)
			indent = row_indent(deepest, layout->width[i]);
	v->indent = indent;
	do {
		v->text_seen = false;
		for (int y = 0; y < lines - 1 && v->top + (size_t)y < s->count; y++) {
			size_t i = v->top + (size_t)y;
			struct order_line line = order_at(&v->order, s, i);
			draw_row(ui, w, layout, &s->rows[line.row], line, indent, top + 1 + y, columns,
				 i == v->cursor);
		}
		/* Scrolled beyond what there is now: half the way back, and again. */
	} while (!v->text_seen && v->shift && ((v->shift = v->shift / SHIFT_STEP / 2 * SHIFT_STEP), true));
	/* The terminal's own cursor too, for screen readers. */
	wmove(w, top + 1 + (int)(v->cursor - v->top), 0);
}

static size_t
shown(const struct ui *ui, const struct snapshot *s, size_t rows[], size_t max)
{
	struct state *v = own(ui);
	size_t n = 0;

	for (size_t i = v->top; i < s->count && i < v->top + v->page && n < max; i++)
		rows[n++] = order_at(&v->order, s, i).row;
	return n;
}

/* From now on, for a moment, rows stay where they are. */
static void
freeze(struct ui *ui, const struct snapshot *s)
{
	struct state *v = own(ui);

	order_remember(&v->order, s);
	v->frozen_until = ui_now(ui) + FREEZE_NS;
}

static void
move_to(struct ui *ui, const struct snapshot *s, size_t line)
{
	struct state *v = own(ui);

	v->pinned = false;
	end_follow(ui);
	bind_cursor(ui, s, line);
}

static bool
matches(const struct filter *f, const struct row *r)
{
	struct filter_subject subject = row_subject(r);

	return filter_match(f, &subject);
}

static void
say_wrapped(struct ui *ui, bool backwards)
{
	ui_message(ui, backwards ? "search went on from the bottom" : "search went on from the top");
}

static void
not_found(struct ui *ui)
{
	char text[200], note[256];

	clean_text(text, sizeof text, filter_text(ui->search), strlen(filter_text(ui->search)),
		   ui->paint.ascii);
	snprintf(note, sizeof note, "not found: %s%s", text,
		 filter_missed(ui->search) ? " (may miss: arguments cut)" : "");
	ui_message(ui, note);
}

static void
search(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here)
{
	struct state *v = own(ui);

	for (size_t k = from_here ? 0 : 1; k < s->count + 1 && s->count; k++) {
		size_t i = (backwards ? v->cursor + s->count - k % s->count : v->cursor + k) % s->count;
		if (!matches(ui->search, row_at(ui, s, i)))
			continue;
		bool wrapped = backwards ? i > v->cursor : i < v->cursor;
		if (i == v->cursor && !from_here)
			ui_message(ui, "the only match");
		else if (wrapped)
			say_wrapped(ui, backwards);
		move_to(ui, s, i);
		freeze(ui, s);
		return;
	}
	not_found(ui);
}

/* What is folded away has no rows here. */
static bool
find_folded(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here, struct command *c)
{
	struct state *v = own(ui);
	bool any = false;

	for (size_t i = 0; i < s->count && is_tree(ui); i++)
		any |= (s->rows[i].flags & ROW_FOLDED) != 0;
	if (!any)
		return false;
	locate(ui, s);
	*c = (struct command){ .kind = ACTION_SEARCH,
			       .key = v->cursor_key,
			       .on = backwards,
			       .id = from_here,
			       .search = ui->search };
	freeze(ui, s);
	return true;
}

void
processes_found(struct ui *ui, const struct reveal *found, bool backwards)
{
	if (!found) {
		not_found(ui);
		return;
	}
	if (found->same)
		ui_message(ui, "the only match");
	else if (found->wrapped)
		say_wrapped(ui, backwards);
	end_follow(ui);
	processes_point_at(ui, found->key, found->group);
}

/* The row that is highlighted, for a command about it. */
static const struct row *
current(struct ui *ui, const struct snapshot *s)
{
	struct state *v = own(ui);

	if (s->count == 0) {
		ui_message(ui, "no process selected");
		return NULL;
	}
	locate(ui, s);
	return row_at(ui, s, v->cursor);
}

/* Folds or unfolds the highlighted process; false when there is nothing to. */
static bool
fold(struct ui *ui, const struct snapshot *s, bool on, struct command *c)
{
	const struct row *r = s->count ? current(ui, s) : NULL;

	if (!r || !is_tree(ui) || !(r->flags & ROW_PARENT) || !(r->flags & ROW_FOLDED) != on)
		return false;
	mute_row_about(ui, r, ACTION_FOLD, c);
	c->on = on;
	return true;
}

static void
to_parent(struct ui *ui, const struct snapshot *s)
{
	struct state *v = own(ui);
	const struct row *r = row_at(ui, s, v->cursor);

	if (!is_tree(ui) || r->depth == 0)
		return;
	for (size_t i = v->cursor; i-- > 0;)
		if (row_at(ui, s, i)->depth < r->depth) {
			move_to(ui, s, i);
			return;
		}
}

/* Rows are in another order from now on, or other rows: a snapshot of what the settings say. */
static void
arrange(struct ui *ui, struct command *c)
{
	struct state *v = own(ui);

	settings_apply(&ui->settings, &ui->spec);
	order_forget(&v->order);
	v->frozen_until = 0;
	*c = (struct command){ .kind = ACTION_REFRESH };
}

void
processes_sort_by(struct ui *ui, const struct column *column, bool reversed, struct command *c)
{
	struct state *v = own(ui);

	ui->settings.sort = column;
	ui->settings.reversed = reversed;
	v->pinned = true; /* after sorting, show the first rows */
	arrange(ui, c);
}

void
processes_group_by(struct ui *ui, enum grouping by, struct command *c)
{
	struct state *v = own(ui);

	ui->settings.flat = by == BY_FLAT;
	ui->settings.by = by == BY_FLAT ? BY_TREE : by;
	v->pinned |= by != BY_TREE || grouping_has_groups(ui->spec.by);
	v->all_folded = grouping_has_groups(by); /* as they are at first */
	arrange(ui, c);
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

	ui->spec.filter = v->filter;
	free(ui->settings.filter);
	ui->settings.filter = v->filter ? xstrdup(filter_text(v->filter)) : NULL;
	v->pinned |= v->filter != NULL;
	arrange(ui, c);
}

void
processes_point_at(struct ui *ui, struct proc_key key, bool group)
{
	struct state *v = own(ui);

	v->cursor_key = key;
	v->cursor_group = group;
	v->cursor_set = true;
	v->pinned = false;
}

bool
processes_show(const struct ui *ui, const struct column *column)
{
	const struct layout *l = &own(ui)->layout;

	for (unsigned i = 0; i < l->n; i++)
		if (l->column[i] == column)
			return true;
	return false;
}

/* Is the column x on the sign that a row's children are shown or folded away? */
static bool
on_fold_mark(const struct ui *ui, const struct row *r, struct order_line line, int x)
{
	struct state *v = own(ui);
	const struct layout *l = &v->layout;

	if (!is_tree(ui) || !(r->flags & ROW_PARENT))
		return false;
	for (unsigned i = 0; i < l->n; i++) {
		if (l->column[i]->width)
			continue;
		int mark = (int)l->x[i] - (int)v->shift +
			   (int)row_mark(r, line, v->indent, l->width[i], ui->paint.ascii);
		return x >= mark && x < mark + 2;
	}
	return false;
}

static void
press(struct ui *ui, const struct snapshot *s, int y, int x, struct command *c)
{
	struct state *v = own(ui);
	const struct layout *l = &v->layout;
	size_t line = v->top + (size_t)(y - ui->titles_y - 1);

	if (y == ui->titles_y) {
		for (unsigned i = 0; i < l->n; i++)
			if (x >= (int)l->x[i] && x < (int)(l->x[i] + l->width[i]))
				processes_sort_by(ui, l->column[i],
						  l->column[i] == settings_sort(&ui->settings) &&
							  !ui->settings.reversed,
						  c);
		return;
	}
	if (y < ui->titles_y || line >= s->count || line >= v->top + v->page)
		return;
	move_to(ui, s, line);
	const struct row *r = row_at(ui, s, line);
	if (on_fold_mark(ui, r, order_at(&v->order, s, line), x))
		fold(ui, s, !(r->flags & ROW_FOLDED), c);
	freeze(ui, s);
}

static void
scroll_by(struct ui *ui, const struct snapshot *s, int step)
{
	struct state *v = own(ui);
	size_t last = s->count > v->page ? s->count - v->page : 0;
	size_t by = (size_t)(step < 0 ? -step : step);

	v->pinned = false;
	end_follow(ui);
	if (step < 0)
		v->top -= by < v->top ? by : v->top;
	else
		v->top = v->top + by < last ? v->top + by : last;
	if (v->cursor < v->top)
		bind_cursor(ui, s, v->top);
	else if (v->cursor >= v->top + v->page)
		bind_cursor(ui, s, v->top + v->page - 1);
	freeze(ui, s);
}

/* The rows are where they are drawn next, whatever the last snapshot changed. */
static bool
take(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)id, (void)c;
	if (s->count)
		locate(ui, s);
	return false;
}

static void
move_cursor(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	size_t last = s->count ? s->count - 1 : 0;

	(void)c;
	switch (id) {
	case ACTION_UP:
		move_to(ui, s, v->cursor ? v->cursor - 1 : 0);
		break;
	case ACTION_DOWN:
		move_to(ui, s, v->cursor + 1);
		break;
	case ACTION_PAGE_UP:
		move_to(ui, s, v->cursor > v->page ? v->cursor - v->page : 0);
		v->top -= v->top > v->page ? v->page : v->top;
		break;
	case ACTION_PAGE_DOWN:
		move_to(ui, s, v->cursor + v->page);
		v->top += v->page;
		break;
	default:
		move_to(ui, s, id == ACTION_BOTTOM ? last : 0);
		v->pinned = id == ACTION_TOP;
		break;
	}
	freeze(ui, s);
}

static void
left(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)id;
	if (v->shift)
		v->shift -= SHIFT_STEP;
	else if (!fold(ui, s, true, c) && s->count)
		to_parent(ui, s);
	freeze(ui, s);
}

static void
right(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)id;
	if (!fold(ui, s, false, c) && v->cut && v->shift < SHIFT_MAX)
		v->shift += SHIFT_STEP;
	freeze(ui, s);
}

static void
fold_or_unfold(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	fold(ui, s, id == ACTION_FOLD, c);
	freeze(ui, s);
}

/* Where all is folded the cursor's process goes out of sight: its nearest relative stays in sight. */
static void
to_top_level(struct ui *ui, const struct snapshot *s)
{
	struct state *v = own(ui);

	if (!s->count)
		return;
	locate(ui, s);
	while (row_at(ui, s, v->cursor)->depth > 1) {
		size_t before = v->cursor;

		to_parent(ui, s);
		if (v->cursor == before)
			break;
	}
}

static void
fold_all(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	if (is_tree(ui)) {
		v->all_folded = !v->all_folded;
		if (v->all_folded && !grouping_has_groups(ui->spec.by))
			to_top_level(ui, s);
		*c = (struct command){ .kind = id, .on = v->all_folded };
		if (grouping_has_groups(ui->spec.by))
			c->key.pid = grouping_key(ui->spec.by);
	} else {
		ui_message(ui, "only a tree can be folded; t shows it");
	}
	freeze(ui, s);
}

/* As htop's u, where there is nothing to unmute: the rows of this user, or all again. */
static void
filter_by_user(struct ui *ui, const struct row *r, struct command *c)
{
	const struct filter *const *now = ui_filter(ui);
	char *text = r->uid == UID_UNKNOWN ? NULL : filter_term("user:", r->user, true);

	if (!text) {
		ui_message(ui, "not muted, and of several users: u has nothing to do here");
		return;
	}
	if (*now && strcmp(filter_text(*now), text) == 0) {
		ui_filter_processes(ui, NULL, c);
		ui_message(ui, "not muted: rows of all users again");
	} else {
		ui_filter_processes(ui, text, c);
		ui_message(ui, "not muted: only rows of this user (u again or = for all)");
	}
	free(text);
}

static void
mute(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct row *r = current(ui, s);

	if (r && id == ACTION_UNMUTE && r->mute == ' ')
		filter_by_user(ui, r, c);
	else if (r)
		mute_row_key(ui, r, id, c);
	freeze(ui, s);
}

static void
only(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)id;
	if (s->count)
		only_this(ui, current(ui, s), c);
}

static void
send_signal(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct row *r = current(ui, s);

	(void)id, (void)c;
	if (r)
		signal_menu_open(ui, r);
}

static void
open_process(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct row *r = current(ui, s);

	(void)id;
	if (r && ((r->flags & ROW_BY && !r->key.start_ns) ||
		  (r->flags & (ROW_REST | ROW_MEMBER) && r->flags & ROW_GROUP)))
		ui_message(ui, "this line is of processes that are not listed one by one");
	else if (r)
		detail_open(ui, r, c);
	freeze(ui, s);
}

static void
chart(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)id;
	chart_open(ui, s->count ? current(ui, s) : NULL, c);
}

/* Rows stay where they are until the key is pressed again. */
static void
hold(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)id, (void)c;
	v->held = !v->held;
	if (v->held)
		order_remember(&v->order, s);
	else
		order_forget(&v->order);
	ui_message(ui, v->held ? "row order frozen; o to resume" : "row order follows the sort column again");
}

/* Follows the row of the cursor wherever it goes, or does not any more. */
static void
follow(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);
	const struct row *r = current(ui, s);
	char name[64], note[128];

	(void)id, (void)c;
	if (!r)
		return;
	if (v->following) {
		end_follow(ui);
		ui_message(ui, "no longer following the row");
		return;
	}
	clean_text(name, sizeof name - 16, r->name, strlen(r->name), ui->paint.ascii);
	if (r->flags & (ROW_GROUP | ROW_BY))
		snprintf(v->follow_name, sizeof v->follow_name, "%.50s", name);
	else
		snprintf(v->follow_name, sizeof v->follow_name, "%d %.50s", pid_shown(r->key.pid), name);
	v->following = true;
	v->pinned = false;
	v->follow_line = v->cursor > v->top ? v->cursor - v->top : 0;
	snprintf(note, sizeof note, "following %s; F or a cursor key to stop", v->follow_name);
	ui_message(ui, note);
}

static void
toggle_tree(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id;
	processes_group_by(ui, ui->spec.by == BY_TREE ? BY_FLAT : BY_TREE, c);
}

static void
toggle_totals(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id;
	if (ui->spec.by != BY_TREE) {
		ui_message(ui, "only in a tree are there sums of subtrees; t shows it");
		return;
	}
	ui->settings.totals = !ui->settings.totals;
	ui_message(ui, ui->settings.totals
			       ? "counters are sums of the whole subtree"
			       : "counters are of each process alone, except those of folded rows");
	arrange(ui, c);
}

/* The next of the columns that are shown, to one side; each begins in its own direction. */
static void
sort_adjacent(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct columns buffer, shown = *settings_columns(&ui->settings, ui->spec.by, &buffer);
	int step = id == ACTION_SORT_LEFT ? -1 : 1, at = 0, n;

	(void)s;
	if (!shown.n)
		columns_default(&shown);
	n = (int)shown.n;
	while (at < n && shown.at[at].column != settings_sort(&ui->settings))
		at++;
	if (at == n) /* it is shown for the sort's sake only, before COMMAND */
		at = step > 0 ? n - 2 : n - 1;
	at += step;
	processes_sort_by(ui, shown.at[at < 0 ? n - 1 : at >= n ? 0 : at].column, false, c);
}

static void
reverse(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id;
	processes_sort_by(ui, settings_sort(&ui->settings), !ui->settings.reversed, c);
}

static void
next_exited(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	int now = ui->settings.exited_secs;

	(void)s, (void)id;
	ui->settings.exited_secs = now < 0 ? 0 : now < 5 ? 5 : now < 60 ? 60 : EXITED_FOREVER;
	arrange(ui, c);
	now = ui->settings.exited_secs;
	ui_message(ui, now < 0    ? "exited processes are kept"
		       : now == 0 ? "exited processes are hidden"
		       : now == 5 ? "exited processes are kept for 5 s"
				  : "exited processes are kept for 60 s");
}

static void
toggle_kernel(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id;
	ui->settings.kernel_threads = !ui->settings.kernel_threads;
	ui_message(ui, ui->settings.kernel_threads ? "kernel threads are shown" : "kernel threads are hidden");
	arrange(ui, c);
}

static char *
copied(struct ui *ui, const struct snapshot *s)
{
	const struct row *r = s->count ? current(ui, s) : NULL;

	return r ? xstrdup(r->command) : NULL;
}

static const struct view_key keys[] = {
	{ ACTION_UP, move_cursor },
	{ ACTION_DOWN, move_cursor },
	{ ACTION_PAGE_UP, move_cursor },
	{ ACTION_PAGE_DOWN, move_cursor },
	{ ACTION_TOP, move_cursor },
	{ ACTION_BOTTOM, move_cursor },
	{ ACTION_LEFT, left },
	{ ACTION_RIGHT, right },
	{ ACTION_FOLD, fold_or_unfold },
	{ ACTION_UNFOLD, fold_or_unfold },
	{ ACTION_FOLD_ALL, fold_all },
	{ ACTION_MUTE_PROCESS, mute },
	{ ACTION_MUTE_EXE, mute },
	{ ACTION_UNMUTE, mute },
	{ ACTION_MUTE_MENU, mute },
	{ ACTION_ONLY, only },
	{ ACTION_OPEN, open_process },
	{ ACTION_CHART, chart },
	{ ACTION_SIGNAL, send_signal },
	{ ACTION_HOLD, hold },
	{ ACTION_FOLLOW, follow },
	{ ACTION_TREE, toggle_tree },
	{ ACTION_TOTALS, toggle_totals },
	{ ACTION_SORT_LEFT, sort_adjacent },
	{ ACTION_SORT_RIGHT, sort_adjacent },
	{ ACTION_REVERSE, reverse },
	{ ACTION_EXITED, next_exited },
	{ ACTION_KERNEL, toggle_kernel },
	{ ACTION_NONE, NULL },
};

/* The columns that are chosen, however narrow the screen, and what only programs want to know. */
static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	struct state *v = own(ui);
	enum { WIDE = 100000, COMMAND_COLUMNS = 100000, COMMAND_BYTES = COMMAND_COLUMNS * 24 };
	char *text = xmalloc(COMMAND_BYTES), guides[4096];
	struct column_need need = { 0 };
	struct columns grouped;
	struct layout layout;
	bool cut;

	for (size_t line = 0; line < s->count; line++)
		column_need(&need, &s->rows[line]);
	column_layout(&layout, settings_columns(&ui->settings, ui->spec.by, &grouped),
		      settings_sort(&ui->settings), &need, WIDE);
	for (unsigned i = 0; i < layout.n; i++)
		sheet_column(sheet, layout.column[i]->name, layout.column[i]->title,
			     layout.column[i]->left || !layout.column[i]->width);
	row_sheet_columns(sheet);
	for (size_t line = 0; line < s->count; line++) {
		struct order_line at = order_at(&v->order, s, line);
		const struct row *r = &s->rows[at.row];

		for (unsigned i = 0; i < layout.n; i++) {
			if (layout.column[i]->width) {
				layout.column[i]->format(text, COMMAND_BYTES, r, layout.width[i],
							 ui->paint.ascii);
			} else {
				size_t used;

				row_text(r, at, is_tree(ui), 3, ui->paint.ascii, 0, COMMAND_COLUMNS, guides,
					 sizeof guides, text, COMMAND_BYTES, &cut);
				used = strlen(guides);
				memmove(text + used, text, strlen(text) + 1);
				memcpy(text, guides, used);
			}
			sheet_add(sheet, layout.column[i]->value(r), text);
		}
		row_sheet(sheet, r);
	}
	free(text);
}

static void
headline(const struct ui *ui, const struct snapshot *s, struct headline *line)
{
	struct state *v = own(ui);

	(void)s;
	line->sort = settings_sort(&ui->settings)->title;
	line->descending = ui->spec.reverse;
	line->held = v->held;
	line->follows = v->follow_name;
}

static void
init(struct ui *ui)
{
	struct state *v = own(ui);

	v->filter = (struct filter *)ui->spec.filter;
	v->pinned = true;
}

static void
finish(struct ui *ui)
{
	struct state *v = own(ui);

	filter_free(v->filter);
	order_finish(&v->order);
}

const struct view view_processes = {
	.name = "processes",
	.own = ACTION_GROUP_SHOW,
	.processes = true,
	.state = sizeof(struct state),
	.init = init,
	.finish = finish,
	.draw = draw,
	.shown = shown,
	.take = take,
	.keys = keys,
	.press = press,
	.scroll = scroll_by,
	.filter = filter_slot,
	.filtered = filtered,
	.search = search,
	.find = find_folded,
	.copied = copied,
	.headline = headline,
	.sheet = sheet,
	.hints = { ACTION_HELP, ACTION_QUIT, ACTION_OPEN, ACTION_MUTE_PROCESS, ACTION_MUTE_MENU, ACTION_UNDO,
		   ACTION_FILTER, ACTION_SEARCH, ACTION_BY, ACTION_TREE, ACTION_PAUSE },
};
