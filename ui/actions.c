/* actions - what keys do in every view; what else they do is in the tables of the views. */
#include "ui/actions.h"
#include "ui/column_menu.h"
#include "ui/dialog.h"
#include "ui/mute_menu.h"
#include "ui/only.h"
#include "ui/view_chart.h"
#include "ui/view_processes.h"
#include "ui/write_menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- views ---- */

static void
show(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s;
	ui_show(ui, (enum view_id)(id - ACTION_VIEW_PROCESSES), c);
}

static void
show_or_back(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	bool shown = ui->settings.view == (enum view_id)(id - ACTION_VIEW_PROCESSES);

	show(ui, s, shown ? ACTION_VIEW_PROCESSES : id, c);
}

static void
show_next(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	unsigned step = id == ACTION_VIEW_NEXT ? 1 : VIEW_COUNT - 1;

	(void)s;
	ui_show(ui, (enum view_id)((ui->settings.view + step) % VIEW_COUNT), c);
}

static void
back(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)id;
	if (ui->settings.view != VIEW_PROCESSES)
		ui_show(ui, VIEW_PROCESSES, c);
	else if (only_end(ui, s, c))
		return;
	else if (s->marked_ns)
		*c = (struct command){ .kind = ACTION_MARK, .on = false };
}

static void
choose_grouping(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id, (void)c;
	column_menu_grouping(ui);
}

static void
by_program(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	bool shown = ui->shown == ui->views[VIEW_PROCESSES] && ui->spec.by == BY_PROGRAM;

	(void)s, (void)id;
	if (ui->shown != ui->views[VIEW_PROCESSES])
		ui_show(ui, VIEW_PROCESSES, c);
	processes_group_by(ui, shown ? BY_TREE : BY_PROGRAM, c);
}

static void
choose_sort(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id, (void)c;
	column_menu_sort(ui);
}

static void
choose_columns(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id, (void)c;
	column_menu_columns(ui);
}

/* ---- finding ---- */

void
actions_search(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here, struct command *c)
{
	if (!ui->shown->find || !ui->shown->find(ui, s, backwards, from_here, c))
		ui->shown->search(ui, s, backwards, from_here);
}

void
actions_search_again(struct ui *ui, const struct snapshot *s, bool backwards, struct command *c)
{
	if (!ui->shown->search)
		ui_message(ui, "this view has no search");
	else if (ui->search)
		actions_search(ui, s, backwards, false, c);
	else
		ui_message(ui, "no search yet; / searches");
}

static void
search_next(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	actions_search_again(ui, s, id == ACTION_SEARCH_BACK, c);
}

static void
search(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	if (!ui->shown->search)
		search_next(ui, s, id, c);
	else
		prompt_open(&ui->prompt, PROMPT_SEARCH, "search:", "");
}

static void
edit_filter(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct filter *const *filter = ui_filter(ui);

	(void)s, (void)id, (void)c;
	if (!filter)
		ui_message(ui, "this view has no filter");
	else
		prompt_open(&ui->prompt, PROMPT_FILTER, "filter:", *filter ? filter_text(*filter) : "");
}

static void
clear_filter(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id;
	if (ui_filter(ui))
		ui_set_filter(ui, NULL, c);
}

/* ---- mutes ---- */

static void
ask_unmute_all(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	unsigned rules = s->mutes.processes + s->mutes.paths;
	char question[80];

	(void)id, (void)c;
	if (rules == 0) {
		ui_message(ui, "nothing is muted");
		return;
	}
	if (rules == 1)
		snprintf(question, sizeof question, "remove the only mute of this session? y/n");
	else
		snprintf(question, sizeof question, "remove all %u mutes of this session? y/n", rules);
	prompt_open(&ui->prompt, PROMPT_CONFIRM, question, "");
}

static void
ask_load(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)c;
	ui_ask_name(ui, "load mute rules from:", ui->config.mute_file ? ui->config.mute_file : "estop.mutes",
		    &(struct command){ .kind = id });
}

static void
choose_side(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)id, (void)c;
	mute_menu_invert(ui, s);
}

/* ---- the rest ---- */

static void
none(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)ui, (void)s, (void)id, (void)c;
}

static void
send(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)ui, (void)s;
	c->kind = id;
}

static void
pause_screen(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s;
	ui->paused = !ui->paused;
	for (unsigned view = 0; view < VIEW_SLOTS; view++)
		if (ui->views[view]->paused)
			ui->views[view]->paused(ui);
	*c = (struct command){ .kind = id, .on = ui->paused };
}

static void
mark(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)ui;
	*c = (struct command){ .kind = id, .on = !s->marked_ns };
}

static void
ask_export(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id, (void)c;
	write_menu_open(ui);
}

static void
ask_interval(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	char seconds[32];

	(void)s, (void)id, (void)c;
	snprintf(seconds, sizeof seconds, "%g", ui->settings.interval_ms / 1e3);
	prompt_open(&ui->prompt, PROMPT_INTERVAL, "refresh interval (seconds):", seconds);
}

static void
ask_time(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id, (void)c;
	prompt_open(&ui->prompt, PROMPT_TIME, "go to (14:03:20, +5s, 50%):", "");
}

static void
copy_line(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	char *text = ui->shown->copied ? ui->shown->copied(ui, s) : NULL;

	(void)id, (void)c;
	if (!ui->settings.clipboard)
		ui_message(ui, "copying is off (clipboard in the config file)");
	else if (!text)
		ui_message(ui, "nothing to copy here");
	else
		ui_message(ui, term_copy(&ui->term, text)
				       ? "copied, if the terminal allows it"
				       : "this terminal has no clipboard, or the line is too long");
	free(text);
}

static void
show_chart(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id;
	chart_open(ui, NULL, c);
}

static void
show_help(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id, (void)c;
	ui->help = true;
	ui->help_top = 0;
}

static void
redraw(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	clearok(curscr, TRUE);
	send(ui, s, id, c);
}

static action_handler *const handler[ACTION_COUNT] = {
	[ACTION_NONE] = none,
#define X(id, group, scope, act, ...) [ACTION_##id] = act,
	ACTION_TABLE(X)
#undef X
};

void
actions_do(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct view *view = ui->shown;

	if (view->take && view->take(ui, s, id, c))
		return;
	for (const struct view_key *key = view->keys; key && key->id; key++)
		if (key->id == id) {
			key->act(ui, s, id, c);
			return;
		}
	if (action_info[id].scope == SCOPE_ROWS && !view->processes)
		ui_message(ui, "this key works in the processes view; press 1");
	else
		actions_do_anywhere(ui, s, id, c);
}

void
actions_do_anywhere(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	handler[id](ui, s, id, c);
}
