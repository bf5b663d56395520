/* state - see state.h. */
#include "ui/state.h"

#include <time.h>

uint64_t
ui_now(const struct ui *ui)
{
	struct timespec t;

	if (ui->config.clock)
		return ui->config.clock();
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
leave(struct ui *ui)
{
	if (ui->shown && ui->shown->leave)
		ui->shown->leave(ui);
}

static void
enter(struct ui *ui, const struct view *view, struct command *c)
{
	ui->shown = view;
	if (view->enter)
		view->enter(ui);
	*c = (struct command){ .kind = ACTION_REFRESH };
}

void
ui_show(struct ui *ui, enum view_id id, struct command *c)
{
	struct command none;

	ui_uncover(ui, &none);
	leave(ui);
	ui->settings.view = id;
	enter(ui, ui->views[id], c);
}

void
ui_cover(struct ui *ui, enum view_id id, struct command *c)
{
	enter(ui, ui->views[id], c);
}

void
ui_uncover(struct ui *ui, struct command *c)
{
	if (ui->shown != ui->views[ui->settings.view])
		leave(ui);
	ui->shown = ui->views[ui->settings.view];
	*c = (struct command){ .kind = ACTION_REFRESH };
}

const struct filter *const *
ui_filter(struct ui *ui)
{
	return ui->shown->filter ? (const struct filter *const *)ui->shown->filter(ui) : NULL;
}

static void
replace_filter(struct ui *ui, const struct view *view, struct filter *f, struct command *c)
{
	struct filter **filter = view->filter(ui);

	filter_free(*filter);
	*filter = f;
	view->filtered(ui, c);
}

void
ui_set_filter(struct ui *ui, struct filter *f, struct command *c)
{
	replace_filter(ui, ui->shown, f, c);
}

void
ui_filter_processes(struct ui *ui, const char *text, struct command *c)
{
	char why[160];

	replace_filter(ui, ui->views[VIEW_PROCESSES], text ? filter_compile(text, why, sizeof why) : NULL, c);
}
