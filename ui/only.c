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

/* Is there a process to be followed? */
static bool
runs(const struct row *r)
{
	return !(r->flags & (ROW_BY | ROW_GROUP | ROW_EXITED));
}

static void
remember_row(struct ui *ui, const struct row *r)
{
	ui->only.key = r->key;
	ui->only.version = r->version;
	free(ui->only.exe);
	ui->only.exe = xstrdup(r->exe);
}

static void
choose(struct ui *ui, const struct row *r)
{
	char process[96] = "";

	if (runs(r))
		snprintf(process, sizeof process, "%d %.60s", pid_shown(r->key.pid), r->name);
	menu_open(&ui->menu, MENU_ONLY, "show only (other events are not produced)",
		  "Enter or a letter chooses at once  Esc closes");
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
begin_filter(struct ui *ui)
{
	const struct filter *const *now = ui_filter(ui);

	if (!ui->only.on) {
		free(ui->only.filter);
		ui->only.filter = now && *now ? xstrdup(filter_text(*now)) : NULL;
	}
	ui->only.on = true;
}

static void
begin(struct ui *ui, enum mute_kind kind, const char *value, struct command *c)
{
	char *text;

	if (!value[0]) {
		ui_message(ui, kind == MUTE_SUBTREE ? "this row is not of a running process"
			       : kind == MUTE_UNIT  ? "this process is of no unit, or it is not known"
						    : "its user is not known");
		return;
	}
	free(ui->exe);
	ui->exe = xstrdup(kind == MUTE_SUBTREE ? ui->only.exe : value);
	begin_filter(ui);
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

/* What no rule can say alone: the filter does. */
static void
filter_alone(struct ui *ui, const char *key, const char *value, struct command *c)
{
	char *text = *value ? filter_term(key, value, false) : NULL;
	char note[300];

	if (!text) {
		ui_message(ui, "what this row is about has no name to show it alone by");
		return;
	}
	begin_filter(ui);
	ui_filter_processes(ui, text, c);
	snprintf(note, sizeof note, "only %.200s (Esc ends it)", text);
	ui_message(ui, note);
	free(text);
}

void
only_this(struct ui *ui, const struct row *r, struct command *c)
{
	enum grouping by = r->flags & ROW_BY ? grouping_of_key(r->key.pid) : BY_TREE;

	remember_row(ui, r);
	if (ui->only.on)
		choose(ui, r);
	else if (runs(r))
		begin(ui, MUTE_SUBTREE, r->name, c);
	else if (by == BY_UNIT)
		begin(ui, MUTE_UNIT, r->unit, c);
	else if (by == BY_USER)
		begin(ui, MUTE_USER, r->user, c);
	else if (by == BY_SESSION)
		filter_alone(ui, "tty:", *r->tty ? r->tty : "none", c);
	else if (by == BY_HOST)
		filter_alone(ui, "host:", r->host ? r->host : "", c);
	else if (by == BY_SIGNER)
		filter_alone(ui, "signer:", r->signer, c);
	else
		filter_alone(ui, "/", *r->exe == '/' ? r->exe + 1 : "", c);
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
