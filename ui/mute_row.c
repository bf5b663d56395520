/* mute_row - see mute_row.h. */
#include "ui/mute_row.h"
#include "model/xalloc.h"
#include "ui/dialog.h"
#include "ui/mute_menu.h"

#include <stdlib.h>

void
mute_row_about(struct ui *ui, const struct row *r, enum action_id kind, struct command *c)
{
	free(ui->exe);
	ui->exe = xstrdup(r->exe);
	*c = (struct command){
		.kind = kind, .key = r->key, .version = r->version, .rate = r->rate_all, .path = ui->exe
	};
}

void
mute_row_key(struct ui *ui, const struct row *r, enum action_id id, struct command *c)
{
	bool ended = r->flags & (ROW_GROUP | ROW_EXITED);

	if (id == ACTION_MUTE_PROCESS && ended)
		ui_message(ui, r->flags & ROW_GROUP ? "these processes have exited; M mutes their executable"
						    : "this process has exited; M mutes its executable");
	else if (id == ACTION_MUTE_EXE && !*r->exe)
		ui_message(ui, "the path of its executable is unknown");
	else if (id == ACTION_MUTE_MENU)
		mute_menu_open(ui, r, c);
	else
		mute_row_about(ui, r, id, c);
}
