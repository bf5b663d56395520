/* state - see state.h. */
#include "ui/state.h"
#include "model/xalloc.h"
#include "ui/views.h"

#include <stdlib.h>
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

/* What is on the screen. */
const struct view *
ui_shown(const struct ui *ui)
{
	return ui->detail.open ? &view_detail : view_of(ui->settings.view);
}

void
ui_ask_again(struct ui *ui, struct command *c)
{
	settings_apply(&ui->settings, &ui->spec);
	order_forget(&ui->order);
	ui->frozen_until = 0;
	*c = (struct command){ .kind = COMMAND_REFRESH };
}

void
ui_sort_by(struct ui *ui, const struct column *column, bool reversed, struct command *c)
{
	ui->settings.sort = column;
	ui->settings.reversed = reversed;
	ui->pinned = true; /* who sorts wants to see what comes first */
	ui_ask_again(ui, c);
}

/* Files and events have filters of their own. NULL: nothing can be filtered here. */
struct filter **
ui_filter_of(struct ui *ui)
{
	struct filter **filters[VIEW_COUNT] = {
		[VIEW_PROCESSES] = &ui->filter,
		[VIEW_FILES] = &ui->files.filter,
		[VIEW_EVENTS] = &ui->events.filter,
	};

	return ui->detail.open ? NULL : filters[ui->settings.view];
}

void
ui_set_filter(struct ui *ui, struct filter *f, struct command *c)
{
	struct filter **filter = ui_filter_of(ui);

	filter_free(*filter);
	*filter = f;
	ui->spec.filter = ui->filter;
	free(ui->settings.filter);
	ui->settings.filter = ui->filter ? xstrdup(filter_text(ui->filter)) : NULL;
	ui->spec.files.filter = ui->files.filter;
	if (f && filter == &ui->filter)
		ui->pinned = true;
	ui_ask_again(ui, c);
}

void
ui_filter(struct ui *ui, const char *text, struct command *c)
{
	char why[160];

	ui_set_filter(ui, filter_compile(text, why, sizeof why), c);
}

void
ui_show(struct ui *ui, enum view_id view, struct command *c)
{
	ui->settings.view = view;
	ui->spec.ledger = view == VIEW_MUTES;
	ui->spec.files.asked = ui->spec.minute = ui->spec.process.asked = ui->detail.open = false;
	if (view == VIEW_FILES)
		view_files_enter(ui);
	else if (view == VIEW_EVENTS)
		view_events_enter(ui);
	else if (view == VIEW_TYPES)
		view_types_enter(ui);
	*c = (struct command){ .kind = COMMAND_REFRESH };
}

void
ui_point_at(struct ui *ui, struct proc_key key)
{
	ui->cursor_key = key;
	ui->cursor_group = false;
	ui->cursor_set = true;
	ui->pinned = false;
}
