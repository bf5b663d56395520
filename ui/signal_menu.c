/* signal_menu - see signal_menu.h. */
#include "ui/signal_menu.h"
#include "model/clean.h"
#include "model/xalloc.h"
#include "ui/dialog.h"
#include "ui/format.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	int number;
	const char *name, *help;
} signals[] = {
	{ SIGTERM, "SIGTERM", "asks it to end" },
	{ SIGINT, "SIGINT", "as Ctrl-C does" },
	{ SIGHUP, "SIGHUP", "its terminal is gone; daemons read their settings again" },
	{ SIGQUIT, "SIGQUIT", "ends it, with a core dump" },
	{ SIGKILL, "SIGKILL", "ends it at once; it cannot clean up" },
	{ SIGSTOP, "SIGSTOP", "stops it until SIGCONT" },
	{ SIGCONT, "SIGCONT", "lets it go on" },
	{ SIGUSR1, "SIGUSR1", "what the program makes of it" },
	{ SIGUSR2, "SIGUSR2", "what the program makes of it" },
};

void
signal_menu_open(struct ui *ui, const struct row *r)
{
	char name[64], when[48], title[160];

	if (ui->config.replay) {
		ui_message(ui, "a recording has no processes to send signals to");
		return;
	}
	if (ui->settings.read_only) {
		ui_message(ui, "signals are off (--read-only)");
		return;
	}
	if (r->flags & (ROW_BY | ROW_GROUP | ROW_EXITED) || !r->key.start_ns) {
		ui_message(ui, r->flags & ROW_EXITED ? "it has exited: there is nothing to send a signal to"
						     : "a signal is for one process; this row is of many");
		return;
	}
	clean_text(name, sizeof name - 16, r->name, strlen(r->name), ui->paint.ascii);
	format_date(when, sizeof when, r->key.start_ns);
	snprintf(title, sizeof title, "send to process %d %.40s, started %s", r->key.pid, name, when);
	menu_open(&ui->menu, MENU_SIGNAL, title, "Enter sends it  Esc closes");
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		menu_add(&ui->menu, 0, signals[i].name, signals[i].help);
	free(ui->exe);
	ui->exe = xstrdup(r->exe);
	ui->asked = (struct command){ .kind = ACTION_SIGNAL, .key = r->key, .path = ui->exe };
}

void
signal_menu_key(struct ui *ui, int key, struct command *c)
{
	enum menu_result result = menu_key(&ui->menu, key);

	if (result == MENU_CHOSEN) {
		*c = ui->asked;
		c->signal = signals[ui->menu.cursor].number;
	}
	if (result == MENU_CHOSEN || result == MENU_LEFT)
		menu_close(&ui->menu);
}
