/* ui - opening and closing the screen, and what the program asks of it. */
#include "ui/only.h"
#include "ui/ui.h"
#include "model/xalloc.h"
#include "model/clean.h"
#include "ui/state.h"
#include "ui/view_processes.h"
#include "ui/views.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
ui_spec_of(const struct ui_config *config, struct snapshot_spec *spec, char *why, size_t len)
{
	const char *text = config->settings.filter;
	const struct filter_paths paths = { .canonical = config->canonical };
	struct filter *filter = text ? filter_compile_typed(text, &paths, why, len) : NULL;

	if (text && !filter)
		return -EINVAL;
	*spec = (struct snapshot_spec){
		.filter = filter,
		.scope = config->scope,
		.root_pid = config->root_pid,
		.user_name = config->user_name,
	};
	settings_apply(&config->settings, spec);
	return 0;
}

static int
check_fds(const struct ui_config *config, char *why, size_t len)
{
	if (config->headless || (isatty(config->in_fd) && isatty(config->out_fd)))
		return 0;
	snprintf(why, len, "this is not a terminal; use -b for frames as plain text");
	return -ENOTTY;
}

int
ui_check(const struct ui_config *config, char *why, size_t len)
{
	int error = check_fds(config, why, len);
	bool ansi;

	return error ? error : term_check(config->out_fd, &ansi, why, len);
}

int
ui_open(struct ui **out, const struct ui_config *config, char *why, size_t len)
{
	int error = check_fds(config, why, len);

	*out = NULL;
	if (error)
		return error;
	struct ui *ui = xcalloc(1, sizeof *ui);
	error = ui_spec_of(config, &ui->spec, why, len);
	if (!error)
		error = term_open(&ui->term, config->in_fd, config->out_fd, why, len);
	if (error) {
		filter_free((struct filter *)ui->spec.filter);
		free(ui);
		return error;
	}
	ui->config = *config;
	settings_copy(&ui->settings, &config->settings);
	if (!ui->settings.sort)
		ui->settings.sort = column_default_sort();
	ui->paint.ascii = clean_ascii();
	ui->first_ns = config->start_ns;
	ui->views = view_all;
	for (unsigned id = 0; id < VIEW_SLOTS; id++) {
		ui->view_state[id] = xcalloc(1, ui->views[id]->state);
		if (ui->views[id]->init)
			ui->views[id]->init(ui);
	}
	ui->shown = ui->views[ui->settings.view];
	ui_show(ui, ui->settings.view, &(struct command){ .kind = ACTION_NONE });
	if (ui->settings.mouse)
		term_mouse_on(&ui->term);
	theme_init(ui->paint.attributes, ui->settings.theme,
		   ui->settings.color != COLOR_NEVER && has_colors());
	*out = ui;
	return 0;
}

void
ui_ended(struct ui *ui)
{
	ui->settings.ended = true;
	settings_apply(&ui->settings, &ui->spec);
}

void
ui_found(struct ui *ui, const struct reveal *found, bool backwards)
{
	processes_found(ui, found, backwards);
}

void
ui_close(struct ui *ui)
{
	if (!ui)
		return;
	term_close(&ui->term);
	settings_finish(&ui->settings);
	for (unsigned id = 0; id < VIEW_SLOTS; id++) {
		if (ui->views[id]->finish)
			ui->views[id]->finish(ui);
		free(ui->view_state[id]);
	}
	filter_free(ui->search);
	prompt_finish(&ui->prompt);
	menu_close(&ui->menu);
	free(ui->mute_menu.row.exe);
	free(ui->mute_menu.path);
	free(ui->exe);
	only_finish(ui);
	paint_finish(&ui->paint);
	free(ui);
}

void
ui_emergency_restore(void)
{
	term_restore();
}

const struct settings *
ui_settings(const struct ui *ui)
{
	return &ui->settings;
}

const struct snapshot_spec *
ui_spec(struct ui *ui)
{
	return &ui->spec;
}

bool
ui_paused(const struct ui *ui)
{
	return ui->paused;
}

size_t
ui_rows_shown(const struct ui *ui, const struct snapshot *s, size_t rows[], size_t max)
{
	return ui->help || !ui->shown->shown ? 0 : ui->shown->shown(ui, s, rows, max);
}

void
ui_resize(struct ui *ui)
{
	term_resize(&ui->term);
}

void
ui_suspend(struct ui *ui)
{
	term_leave(&ui->term);
}

void
ui_resume(struct ui *ui)
{
	term_return(&ui->term);
}

void
ui_sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	char text[256];

	snprintf(text, sizeof text, "estop  %s  %s", ui->config.host ? ui->config.host : "",
		 ui->config.source ? ui->config.source : "");
	sheet_describe(sheet, text);
	ui->shown->sheet(ui, s, sheet);
}
