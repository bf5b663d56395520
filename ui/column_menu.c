/* column_menu - see column_menu.h. */
#include "ui/column_menu.h"
#include "model/clean.h"
#include "ui/dialog.h"
#include "ui/view_processes.h"

#include <stdio.h>
#include <string.h>

/* ---- sorting ---- */

void
column_menu_sort(struct ui *ui)
{
	menu_open(&ui->menu, MENU_SORT, "sort by", "Enter sorts; on the current column: reverses  Esc closes");
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		const struct column *c = &column_info[i];
		struct menu_item *item = menu_add(&ui->menu, 0, c->title, c->help);

		if (c != settings_sort(&ui->settings))
			continue;
		ui->menu.cursor = i;
		snprintf(item->note, sizeof item->note, "now, %s",
			 ui->spec.reverse ? "largest first" : "smallest first");
	}
}

static void
sort_by_item(struct ui *ui, struct command *c)
{
	const struct column *column = column_by_name(ui->menu.item[ui->menu.cursor].label);

	processes_sort_by(ui, column, column == settings_sort(&ui->settings) && !ui->settings.reversed, c);
	menu_close(&ui->menu);
}

/* ---- grouping ---- */

void
column_menu_grouping(struct ui *ui)
{
	menu_open(&ui->menu, MENU_BY, "group processes by", "Enter or a letter groups at once  Esc closes");
	for (unsigned by = 0; by < GROUPING_COUNT; by++) {
		const struct grouping_info *g = &grouping_info[by];
		struct menu_item *item = menu_add(&ui->menu, g->key, g->name, g->help);

		if (by != ui->spec.by)
			continue;
		ui->menu.cursor = by;
		snprintf(item->note, sizeof item->note, "now");
	}
}

static void
group_by_item(struct ui *ui, struct command *c)
{
	enum grouping by = (enum grouping)ui->menu.cursor;

	menu_close(&ui->menu);
	processes_group_by(ui, by, c);
}

/* ---- columns ---- */

static void
say_width(struct ui *ui, struct menu_item *item)
{
	const struct column *c = column_by_name(item->label);
	unsigned width = ui->column_menu.width[c - column_info];

	if (c->width)
		snprintf(item->note, sizeof item->note, "%2u wide", width ? width : c->width);
	else
		snprintf(item->note, sizeof item->note, "the rest");
}

static void
add_item(struct ui *ui, const struct column *c, bool shown)
{
	struct menu_item *item = menu_add(&ui->menu, 0, c->title, c->help);

	item->tick = true;
	item->ticked = shown;
	say_width(ui, item);
}

void
column_menu_refresh(struct ui *ui)
{
	if (ui->menu.kind != MENU_COLUMNS)
		return;
	for (unsigned i = 0; i < ui->menu.count; i++) {
		struct menu_item *item = &ui->menu.item[i];

		say_width(ui, item);
		if (item->ticked && !processes_show(ui, column_by_name(item->label)))
			snprintf(item->note, sizeof item->note, "no room");
	}
}

/* First what is shown, from left to right, then the others. */
void
column_menu_columns(struct ui *ui)
{
	struct columns buffer, now = *settings_columns(&ui->settings, ui->spec.by, &buffer);
	bool shown[COLUMN_COUNT] = { false };

	if (!now.n)
		columns_default(&now);
	ui->column_menu.before = ui->settings.columns;
	memset(ui->column_menu.width, 0, sizeof ui->column_menu.width);
	menu_open(&ui->menu, MENU_COLUMNS, "columns",
		  ui->paint.ascii
			  ? "Space shows  Left Right move  + - width  Enter keeps  W saves  Esc undoes"
			  : "Space shows  ← → move  + - width  Enter keeps  W saves  Esc undoes");
	for (unsigned i = 0; i < now.n; i++) {
		size_t id = (size_t)(now.at[i].column - column_info);

		shown[id] = true;
		ui->column_menu.width[id] = now.at[i].width;
		if (id != COLUMN_COMMAND)
			add_item(ui, now.at[i].column, true);
	}
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		if (!shown[i] && i != COLUMN_COMMAND)
			add_item(ui, &column_info[i], false);
	add_item(ui, &column_info[COLUMN_COMMAND], true);
}

static void
apply(struct ui *ui)
{
	ui->settings.columns.n = 0;
	for (unsigned i = 0; i < ui->menu.count; i++) {
		const struct column *c = column_by_name(ui->menu.item[i].label);

		if (ui->menu.item[i].ticked)
			columns_add(&ui->settings.columns, c, ui->column_menu.width[c - column_info]);
	}
}

/* COMMAND is always there, and always last. */
static bool
is_fixed(struct ui *ui, unsigned at)
{
	return column_by_name(ui->menu.item[at].label)->width == 0;
}

static void
move_item(struct ui *ui, int step)
{
	struct menu *m = &ui->menu;
	unsigned at = m->cursor, to = at + (unsigned)step;

	if (to >= m->count || is_fixed(ui, at) || is_fixed(ui, to))
		return;
	struct menu_item item = m->item[at];
	m->item[at] = m->item[to];
	m->item[to] = item;
	m->cursor = to;
}

static void
widen(struct ui *ui, int step)
{
	struct menu_item *item = &ui->menu.item[ui->menu.cursor];
	const struct column *c = column_by_name(item->label);
	uint8_t *width = &ui->column_menu.width[c - column_info];
	int now = (*width ? *width : c->width) + step;

	if (!c->width)
		ui_message(ui, "COMMAND takes the remaining width");
	else if (now < c->width)
		ui_message(ui, "minimum width reached");
	else if (now <= COLUMN_WIDEST)
		*width = (uint8_t)(now == c->width ? 0 : now);
	say_width(ui, item);
}

static void
columns_key(struct ui *ui, int key, struct command *c)
{
	switch (key) {
	case -KEY_LEFT:
	case -KEY_RIGHT:
		move_item(ui, key == -KEY_LEFT ? -1 : 1);
		break;
	case '+':
	case '-':
		widen(ui, key == '+' ? 1 : -1);
		break;
	case ' ':
		if (is_fixed(ui, ui->menu.cursor))
			ui_message(ui, "COMMAND is always shown");
		else
			menu_key(&ui->menu, key);
		break;
	case 0: /* ticked by the mouse */
		ui->menu.item[ui->menu.count - 1].ticked = true;
		break;
	case 'W':
		menu_close(&ui->menu);
		*c = (struct command){ .kind = ACTION_SAVE };
		return;
	default:
		switch (menu_key(&ui->menu, key)) {
		case MENU_CHOSEN:
			menu_close(&ui->menu);
			return;
		case MENU_LEFT:
			ui->settings.columns = ui->column_menu.before;
			menu_close(&ui->menu);
			return;
		default:
			return; /* nothing was changed */
		}
	}
	apply(ui);
}

void
column_menu_key(struct ui *ui, int key, struct command *c)
{
	if (ui->menu.kind == MENU_COLUMNS) {
		columns_key(ui, key, c);
		return;
	}
	switch (menu_key(&ui->menu, key)) {
	case MENU_CHOSEN:
		if (ui->menu.kind == MENU_BY)
			group_by_item(ui, c);
		else
			sort_by_item(ui, c);
		break;
	case MENU_LEFT:
		menu_close(&ui->menu);
		break;
	default:
		break;
	}
}
