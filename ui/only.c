/* only - see only.h. */
#include "ui/only.h"
#include "model/xalloc.h"
#include "ui/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum mute_kind kind;
	char key;
	const char *label;
} choices[] = {
	{ MUTE_SUBTREE, 's', "subtree" },
	{ MUTE_UNIT, 'n', "unit" },
	{ MUTE_USER, 'u', "user" },
};
enum { CHOICES = sizeof choices / sizeof *choices };

void
only_open(struct ui *ui, const struct row *r)
{
	bool none = r->flags & (ROW_BY | ROW_GROUP | ROW_EXITED);
	char process[96] = "";

	if (!none)
		snprintf(process, sizeof process, "%d %.60s", pid_shown(r->key.pid), r->name);
	ui->only.key = r->key;
	ui->only.version = r->version;
	free(ui->only.exe);
	ui->only.exe = xstrdup(r->exe);
	menu_open(&ui->menu, MENU_ONLY, "show only (other events are not produced)",
		  "Enter chooses  Esc closes");
	for (unsigned i = 0; i < CHOICES; i++)
		menu_add(&ui->menu, choices[i].key, choices[i].label,
			 choices[i].kind == MUTE_SUBTREE ? process
			 : choices[i].kind == MUTE_UNIT  ? (r->unit ? r->unit : "")
							 : r->user);
}

/* The filter that selects what the rule does, in new memory. */
static char *
filter_of(enum mute_kind kind, const struct ui *ui, const char *value)
{
	char pid[16];

	if (kind != MUTE_SUBTREE)
		return filter_term(kind == MUTE_UNIT ? "unit:" : "user:", value, true);
	snprintf(pid, sizeof pid, "%d", pid_shown(ui->only.key.pid));
	return filter_term("below:", pid, false);
}

static void
begin(struct ui *ui, enum mute_kind kind, const char *value, struct command *c)
{
	const struct filter *const *now = ui_filter(ui);
	char *text;

	if (!value[0]) {
		ui_message(ui, kind == MUTE_SUBTREE ? "this row is not of a running process"
			       : kind == MUTE_UNIT  ? "this process is of no unit, or it is not known"
						    : "its user is not known");
		return;
	}
	free(ui->exe);
	ui->exe = xstrdup(kind == MUTE_SUBTREE ? ui->only.exe : value);
	if (!ui->only.on) {
		free(ui->only.filter);
		ui->only.filter = now && *now ? xstrdup(filter_text(*now)) : NULL;
	}
	ui->only.on = true;
	text = filter_of(kind, ui, value);
	ui_filter_processes(ui, text, c);
	free(text);
	*c = (struct command){ .kind = ACTION_ONLY,
			       .on = true,
			       .rule = kind,
			       .key = ui->only.key,
			       .version = ui->only.version,
			       .path = ui->exe };
}

void
only_key(struct ui *ui, int key, struct command *c)
{
	enum menu_result result = menu_key(&ui->menu, key);
	char *value;

	if (result == MENU_CHOSEN) {
		unsigned at = ui->menu.cursor;

		value = xstrdup(ui->menu.item[at].value);
		menu_close(&ui->menu);
		begin(ui, choices[at].kind, value, c);
		free(value);
	} else if (result == MENU_LEFT) {
		menu_close(&ui->menu);
	}
}

bool
only_end(struct ui *ui, const struct snapshot *s, struct command *c)
{
	if (!ui->only.on && !s->mutes.only[0])
		return false;
	if (ui->only.on)
		ui_filter_processes(ui, ui->only.filter, c);
	ui->only.on = false;
	*c = (struct command){ .kind = ACTION_ONLY, .on = false };
	return true;
}

void
only_finish(struct ui *ui)
{
	free(ui->only.filter);
	free(ui->only.exe);
}
