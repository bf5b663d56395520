/* actions - what keys do in every view. */
#include "ui/actions.h"
#include "ui/column_menu.h"
#include "ui/dialog.h"
#include "ui/mute_menu.h"

#include <stdio.h>
#include <string.h>

static void
ask_export(struct ui *ui)
{
	char name[64];

	snprintf(name, sizeof name, "estop-%s.txt", ui->shown->name);
	ui_ask_name(ui, "write what is seen to:", name, &(struct command){ .kind = COMMAND_EXPORT });
}

void
action_search_again(struct ui *ui, const struct snapshot *s, bool backwards)
{
	if (!ui->shown->search)
		ui_message(ui, "there is no search in this view");
	else if (ui->search)
		ui->shown->search(ui, s, backwards, false);
	else
		ui_message(ui, "nothing was searched for yet; / searches");
}

static void
ask_interval(struct ui *ui)
{
	char seconds[32];

	snprintf(seconds, sizeof seconds, "%g", ui->settings.interval_ms / 1e3);
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
bool
action_is_for_processes(enum action_id id)
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

void
action_do(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	switch (id) {
	case ACTION_SEARCH:
		if (!ui->shown->search)
			action_search_again(ui, s, false);
		else
			prompt_open(&ui->prompt, PROMPT_SEARCH, "search:", "");
		break;
	case ACTION_SEARCH_NEXT:
	case ACTION_SEARCH_BACK:
		action_search_again(ui, s, id == ACTION_SEARCH_BACK);
		break;
	case ACTION_FILTER:
		if (!ui_filter(ui))
			ui_message(ui, "there is no filter in this view");
		else
			prompt_open(&ui->prompt, PROMPT_FILTER,
			    "filter:", *ui_filter(ui) ? filter_text(*ui_filter(ui)) : "");
		break;
	case ACTION_FILTER_CLEAR:
		if (ui_filter(ui))
			ui_set_filter(ui, NULL, c);
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
		ui_show(ui, ui->settings.view == VIEW_MUTES ? VIEW_PROCESSES : VIEW_MUTES, c);
		break;
	case ACTION_VIEW_TYPES:
		ui_show(ui, ui->settings.view == VIEW_TYPES ? VIEW_PROCESSES : VIEW_TYPES, c);
		break;
	case ACTION_VIEW_NEXT:
		ui_show(ui, (ui->settings.view + 1) % VIEW_COUNT, c);
		break;
	case ACTION_VIEW_BACK:
		ui_show(ui, (ui->settings.view + VIEW_COUNT - 1) % VIEW_COUNT, c);
		break;
	case ACTION_BACK:
		if (ui->settings.view != VIEW_PROCESSES)
			ui_show(ui, VIEW_PROCESSES, c);
		else if (s->marked_ns)
			*c = (struct command){ .kind = COMMAND_MARK, .on = false };
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
	case ACTION_PAUSE:
		ui->paused = !ui->paused;
		for (unsigned view = 0; view < VIEW_SLOTS; view++)
			if (ui->views[view]->paused)
				ui->views[view]->paused(ui);
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
