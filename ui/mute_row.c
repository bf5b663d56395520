/* mute_row - see mute_row.h. */
#include "ui/mute_row.h"
#include "model/clean.h"
#include "model/xalloc.h"
#include "ui/dialog.h"
#include "ui/format.h"
#include "ui/mute_menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
mute_row_about(struct ui *ui, const struct row *r, enum action_id kind, struct command *c)
{
	free(ui->exe);
	ui->exe = xstrdup(r->exe);
	*c = (struct command){
		.kind = kind, .key = r->key, .version = r->version, .rate = r->rate_all, .path = ui->exe
	};
}

/* By grouping: the rule that covers a row. */
enum { MUTE_NONE = -1 };

static const int group_rule[GROUPING_COUNT] = {
#define X(id, name, key, title, many, mute, help) MUTE_##mute,
	GROUPING_TABLE(X)
#undef X
};

/* Mutes all processes of a group, or unmutes them. */
static void
toggle_group(struct ui *ui, const struct row *r, struct command *c)
{
	int rule = group_rule[grouping_of_key(r->key.pid)];
	const char *what = rule == MUTE_EXE      ? r->exe
			   : rule == MUTE_UNIT   ? r->unit
			   : rule == MUTE_USER   ? r->user
			   : rule == MUTE_SIGNER ? r->signer
						 : "";

	if (rule == MUTE_EXE && *what) {
		mute_row_about(ui, r, ACTION_MUTE_EXE, c);
	} else if (*what) {
		free(ui->exe);
		ui->exe = xstrdup(what);
		*c = (struct command){ .kind = ACTION_MUTE_MENU,
				       .rule = (enum mute_kind)rule,
				       .rate = r->rate_all,
				       .path = ui->exe,
				       .on = true };
	} else {
		ui_message(ui, rule == MUTE_EXE ? "the path of its executable is unknown"
						: "no rule covers this group; x mutes by program or path");
	}
}

/* What has exited cannot be muted; what runs its executable next can. */
static void
offer_exe(struct ui *ui, const struct row *r, struct command *c)
{
	enum { COLUMNS = 30 }; /* of the path, its end: so the question fits 80 */
	bool many = r->flags & ROW_GROUP;
	size_t width = clean_width(r->exe);
	char exe[COLUMNS * 20], question[COLUMNS * 20 + 100];

	clean_slice(exe, sizeof exe, r->exe, strlen(r->exe), ui->paint.ascii,
		    width > COLUMNS ? width - COLUMNS + 3 : 0, COLUMNS, NULL);
	snprintf(question, sizeof question, "%s exited; %s the executable %s%s? y/n",
		 many ? "they have" : "it has", r->mute == 'X' ? "unmute" : "mute",
		 width > COLUMNS ? "..." : "", exe);
	mute_row_about(ui, r, ACTION_MUTE_EXE, c);
	ui_ask(ui, question, c);
	*c = (struct command){ .kind = ACTION_NONE };
}

void
mute_row_key(struct ui *ui, const struct row *r, enum action_id id, struct command *c)
{
	bool ended = r->flags & (ROW_GROUP | ROW_EXITED);

	if (r->flags & ROW_BY && (id == ACTION_MUTE_PROCESS || id == ACTION_MUTE_EXE))
		toggle_group(ui, r, c);
	else if (r->flags & ROW_REST)
		ui_message(ui, "this row is of processes that are not listed; X changes which are");
	else if (!*r->exe && (id == ACTION_MUTE_EXE || (id == ACTION_MUTE_PROCESS && ended)))
		ui_message(ui, "the path of its executable is unknown");
	else if (id == ACTION_MUTE_PROCESS && ended)
		offer_exe(ui, r, c);
	else if (id == ACTION_MUTE_MENU)
		mute_menu_open(ui, r, c);
	else
		mute_row_about(ui, r, id, c);
}

void
mute_row_event(struct ui *ui, const struct history_entry *entry, enum action_id id, struct command *c)
{
	const struct event *e = entry->event;
	const struct row row = { .key = { e->who.pid, e->who.start_ns },
				 .version = e->who.version,
				 .uid = e->who.uid,
				 .exe = entry->exe,
				 .name = format_program(entry->exe),
				 .command = entry->exe };

	if (id == ACTION_MUTE_MENU)
		mute_menu_open_event(ui, &row, event_field(e, FIELD_TARGET, NULL), c);
	else
		mute_row_key(ui, &row, id, c);
}
