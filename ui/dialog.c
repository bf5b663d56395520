/* dialog - see dialog.h. */
#include "ui/dialog.h"
#include "model/xalloc.h"
#include "model/clean.h"
#include "ui/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_NS 4000000000ull

void
ui_message(struct ui *ui, const char *text)
{
	clean_slice(ui->message, sizeof ui->message, text, strlen(text), ui->paint.ascii, 0, SIZE_MAX, NULL);
	ui->message_until = ui_now(ui) + MESSAGE_NS;
}

void
ui_ask(struct ui *ui, const char *question, const struct command *c)
{
	char *path = c->path ? xstrdup(c->path) : NULL;

	prompt_open(&ui->prompt, PROMPT_QUESTION, question, "");
	free(ui->exe); /* which c->exe may be */
	ui->exe = path;
	ui->asked = *c;
	ui->asked.path = path;
	ui->asked.on = true;
}

void
ui_ask_name(struct ui *ui, const char *label, const char *initial, const struct command *c)
{
	prompt_open(&ui->prompt, PROMPT_SAVE, label, initial);
	ui->asked = *c;
	ui->asked.path = NULL;
}

void
ui_ask_overwrite(struct ui *ui, const struct command *c)
{
	const char *path = c->path;
	char question[80];

	snprintf(question, sizeof question, "%s%.40s is there already; overwrite it? y/n",
		 strlen(path) > 40 ? "..." : "", strlen(path) > 40 ? path + strlen(path) - 40 : path);
	ui_ask(ui, question, c);
}

static void
resolved(void *ctx, const char *typed, const char *real)
{
	char text[400];

	snprintf(text, sizeof text, "%.190s is %.190s", typed, real);
	ui_message(ctx, text);
}

struct filter *
dialog_filter(struct ui *ui, const char *text, char *why, size_t len)
{
	const struct filter_paths paths = { ui->config.canonical, resolved, ui };

	return filter_compile_typed(text, &paths, why, len);
}

char *
dialog_path(struct ui *ui, const char *typed)
{
	char *path = ui->config.canonical ? ui->config.canonical(typed) : NULL;

	if (!path)
		return xstrdup(typed);
	if (strcmp(path, typed) != 0)
		resolved(ui, typed, path);
	return path;
}
