/* write_menu - see write_menu.h. */
#include "ui/write_menu.h"
#include "ui/dialog.h"

#include <stdio.h>

static void
ask_name(struct ui *ui, enum export_what what)
{
	char name[100];

	if (what == EXPORT_VIEW)
		snprintf(name, sizeof name, "estop-%s.txt", ui->shown->name);
	else
		snprintf(name, sizeof name, "%.60s-summary.%s", ui->config.summary,
			 what == EXPORT_SUMMARY_JSON ? "json" : "txt");
	ui_ask_name(ui, what == EXPORT_VIEW ? "write what is seen to:" : "write the summary to:", name,
		    &(struct command){ .kind = ACTION_EXPORT, .what = what });
}

/* The order of enum export_what. */
static const struct {
	char key;
	const char *label, *help;
} choices[] = {
	{ 'v', "view", "what is seen: its rows, and all of them" },
	{ 's', "summary", "programs, slow and failed runs, files; as text" },
	{ 'j', "json", "the same as JSON" },
};

void
write_menu_open(struct ui *ui)
{
	if (!ui->config.summary) {
		ask_name(ui, EXPORT_VIEW);
		return;
	}
	menu_open(&ui->menu, MENU_WRITE, "write to a file", "Enter or its letter chooses  Esc closes");
	for (unsigned i = 0; i < sizeof choices / sizeof *choices; i++)
		menu_add(&ui->menu, choices[i].key, choices[i].label, choices[i].help);
	if (ui->settings.ended)
		ui->menu.cursor = EXPORT_SUMMARY;
}

void
write_menu_key(struct ui *ui, int key)
{
	enum menu_result result = menu_key(&ui->menu, key);
	unsigned at = ui->menu.cursor;

	if (result == MENU_STAYS)
		return;
	menu_close(&ui->menu);
	if (result == MENU_CHOSEN)
		ask_name(ui, (enum export_what)at);
}
