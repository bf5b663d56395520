/* keys - what is pressed and clicked, to whom it is meant for: prompt, menu, help, view. */
#include "ui/keys.h"
#include "model/xalloc.h"
#include "ui/actions.h"
#include "ui/column_menu.h"
#include "ui/complete.h"
#include "ui/dialog.h"
#include "ui/help.h"
#include "ui/mute_menu.h"
#include "ui/only.h"
#include "ui/signal_menu.h"
#include "ui/ui.h"
#include "ui/write_menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHEEL_LINES = 3 };

/* Accepts the input, or rejects it with the reason while the prompt stays. */
static bool
accept_interval(struct ui *ui, const char *text, struct command *c)
{
	char number[64], why[160];
	size_t length;

	text += strspn(text, " ");
	length = strcspn(text, " ");
	snprintf(number, sizeof number, "%.*s", (int)length, text);
	if (text[length + strspn(text + length, " ")] ||
	    settings_parse(&ui->settings, SETTING_DELAY, "", number, why, sizeof why)) {
		prompt_error(&ui->prompt, "expected a number from 0.1 to 3600");
		return false;
	}
	*c = (struct command){ .kind = ACTION_INTERVAL, .interval_ms = ui->settings.interval_ms };
	return true;
}

static bool
accept_pattern(struct ui *ui, const struct snapshot *s, const char *text, struct command *c)
{
	char why[160] = "";
	bool filter = ui->prompt.kind == PROMPT_FILTER;

	if (!*text) {
		if (filter)
			ui_set_filter(ui, NULL, c);
		else
			actions_search_again(ui, s, false, c);
		return true;
	}
	struct filter *f = dialog_filter(ui, text, why, sizeof why);
	if (!f) {
		prompt_error(&ui->prompt, why);
		return false;
	}
	if (filter) {
		ui_set_filter(ui, f, c);
		return true;
	}
	filter_free(ui->search);
	ui->search = f;
	if (ui->shown->search)
		actions_search(ui, s, false, true, c);
	return true;
}

/* A path for the item of the menu: "/" at least. */
static bool
accept_value(struct ui *ui, const char *text, struct command *c)
{
	if (*text != '/') {
		prompt_error(&ui->prompt, "expected an absolute path");
		return false;
	}
	mute_menu_edited(ui, text, c);
	return true;
}

static bool
accept_file(struct ui *ui, const char *text, struct command *c)
{
	if (!*text) {
		prompt_error(&ui->prompt, "expected a file name");
		return false;
	}
	free(ui->exe);
	ui->exe = xstrdup(text);
	*c = ui->asked;
	c->path = ui->exe;
	return true;
}

static bool
accept_time(struct ui *ui, const struct snapshot *s, const char *text, struct command *c)
{
	char why[160];
	uint64_t to;

	if (position_parse(&s->position, text, &to, why, sizeof why) != 0) {
		prompt_error(&ui->prompt, why);
		return false;
	}
	*c = (struct command){ .kind = ACTION_STREAM_GO, .time_ns = to };
	return true;
}

static void
key_in_prompt(struct ui *ui, const struct snapshot *s, int key, struct command *c)
{
	char text[PROMPT_BYTES];
	enum prompt_result result;

	if (key == '\t') {
		prompt_keep(&ui->prompt);
		complete(&ui->prompt, s, ui->config.canonical, ui->paint.ascii);
		return;
	}
	/* Who leaves by Ctrl-C and is asked presses it again. */
	if (ui->prompt.kind == PROMPT_QUESTION && ui->asked.kind == ACTION_QUIT && key == ACTION_CTRL('C'))
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
			c->kind = ACTION_UNMUTE_ALL;
			break;
		case PROMPT_MENU:
			taken = accept_value(ui, text, c);
			break;
		case PROMPT_TIME:
			taken = accept_time(ui, s, text, c);
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
		actions_do_anywhere(ui, s, action_of_key(key, ui->config.replay), c);
	else if (ui->menu.kind == MENU_SIGNAL)
		signal_menu_key(ui, key, c);
	else if (ui->menu.kind == MENU_ONLY)
		only_key(ui, key, c);
	else if (ui->menu.kind == MENU_WRITE)
		write_menu_key(ui, key);
	else if (ui->menu.kind == MENU_SORT || ui->menu.kind == MENU_COLUMNS || ui->menu.kind == MENU_BY)
		column_menu_key(ui, key, c);
	else
		mute_menu_key(ui, s, key, c);
}

/* Pasted text goes into the line that is typed; line breaks never accept it, and nothing of it is a key. */
static void
paste(struct ui *ui, wchar_t character)
{
	if (!ui->prompt.kind || prompt_is_question(ui->prompt.kind))
		ui_message(ui, "pasted text ignored: no prompt is open");
	else
		prompt_paste(&ui->prompt, character);
}

/* What hands used to htop look for, and where it is. */
static const char *
hint_of(int key)
{
	if (key == -KEY_F(7) || key == -KEY_F(8))
		return "estop changes no priorities (htop's F7, F8); F9 sends a signal, ? lists the keys";
	if (key == 'i' || key == 'l' || key == 'T' || key == 'P')
		return key == 'l'   ? "open files: Enter on a process, or 2 for all files; ? lists the keys"
		       : key == 'i' ? "I inverts mutes; ? lists the keys"
				    : "s chooses the column to sort by; ? lists the keys";
	return "this key has no function here; ? lists the keys";
}

void
ui_key(struct ui *ui, const struct snapshot *s, int key, struct command *c)
{
	*c = (struct command){ .kind = ACTION_NONE };
	if (key >= TERM_PASTE) {
		paste(ui, key & ~TERM_PASTE);
		return;
	}
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
	enum action_id id = action_in_group(key, ui->shown->own, ui->config.replay);
	if (ui->help && id != ACTION_REDRAW && id != ACTION_SUSPEND && key != ACTION_CTRL('C')) {
		help_key(ui, key);
		return;
	}
	if (id == ACTION_NONE) {
		ui_message(ui, hint_of(key));
	} else {
		actions_do(ui, s, id, c);
	}
}

/* The key as often as the mouse would have to be moved for it. */
static void
repeat(struct ui *ui, const struct snapshot *s, enum action_id id, int times, struct command *c)
{
	for (int i = 0; i < times; i++)
		actions_do(ui, s, id, c);
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

/* The bottom line shows views and keys. */
static void
press_bar(struct ui *ui, const struct snapshot *s, int x, struct command *c)
{
	for (unsigned i = 0; i < ui->bar_count; i++)
		if (x >= ui->bar[i].x && x < ui->bar[i].x + ui->bar[i].width) {
			actions_do(ui, s, ui->bar[i].id, c);
			return;
		}
}

void
ui_mouse(struct ui *ui, const struct snapshot *s, enum term_mouse what, int y, int x, struct command *c)
{
	int step = what == TERM_MOUSE_UP ? -1 : what == TERM_MOUSE_DOWN ? 1 : 0;

	*c = (struct command){ .kind = ACTION_NONE };
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
	} else if (step) {
		if (ui->shown->scroll)
			ui->shown->scroll(ui, s, step * WHEEL_LINES);
		else
			repeat(ui, s, step < 0 ? ACTION_UP : ACTION_DOWN, WHEEL_LINES, c);
	} else if (y == getmaxy(stdscr) - 1 && ui->bar_count) {
		press_bar(ui, s, x, c);
	} else if (ui->shown->press) {
		ui->shown->press(ui, s, y, x, c);
	} else if (ui->shown == ui->views[ui->settings.view] && y > ui->titles_y && y < getmaxy(stdscr) - 1) {
		int down = y - ui->cursor_y;
		repeat(ui, s, down < 0 ? ACTION_UP : ACTION_DOWN, down < 0 ? -down : down, c);
	}
}

bool
ui_input(struct ui *ui, const struct snapshot *s, struct command *c)
{
	int key = term_key(&ui->term);

	if (key == TERM_NO_KEY) {
		*c = (struct command){ .kind = ACTION_NONE };
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
