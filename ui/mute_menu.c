/* mute_menu - see mute_menu.h. */
#include "ui/mute_menu.h"
#include "model/xalloc.h"
#include "model/clean.h"
#include "model/units.h"
#include "ui/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum mute_kind kind;
	char key;
	const char *label;
} choices[] = {
#define X(kind, key, label, help) { MUTE_##kind, key, label },
	MUTE_CHOICE_TABLE(X)
#undef X
};

enum { CHOICES = sizeof choices / sizeof *choices };
_Static_assert(CHOICES == MUTE_KIND_COUNT, "each kind of rule is a choice");

static const char *
value_of(const struct ui *ui, enum mute_kind kind)
{
	for (unsigned i = 0; i < ui->menu.count; i++)
		if (ui->mute_menu.kinds[i] == kind)
			return ui->menu.item[i].value;
	return "";
}

/* The snapshots to come answer for the values as they stand. */
static void
ask(struct ui *ui, struct command *c)
{
	ui->spec.saving = (struct saving_question){ .asked = true, .key = ui->mute_menu.row.key };
	for (unsigned kind = 0; kind < MUTE_KIND_COUNT; kind++)
		ui->spec.saving.path[kind] = value_of(ui, (enum mute_kind)kind);
	*c = (struct command){ .kind = ACTION_REFRESH };
}

/* The question is about values in the menu, so it ends with it. */
static void
close_menu(struct ui *ui)
{
	ui->spec.saving = (struct saving_question){ 0 };
	menu_close(&ui->menu);
}

/* What is in the menu to begin with: value of each kind; NULL: the kind does not apply, and is left out. */
static void
open_menu(struct ui *ui, const char *const values[MUTE_KIND_COUNT], enum mute_kind first, struct command *c)
{
	menu_open(&ui->menu, MENU_MUTE, "mute, and events it would have suppressed in the last minute",
		  "Enter or a letter mutes at once  Tab edits  e events  Esc closes");
	for (unsigned i = 0; i < CHOICES; i++) {
		enum mute_kind kind = choices[i].kind;

		if (!values[kind])
			continue;
		ui->mute_menu.kinds[ui->menu.count] = kind;
		if (kind == first)
			ui->menu.cursor = ui->menu.count;
		menu_add(&ui->menu, choices[i].key, choices[i].label, values[kind])->editable =
			!mute_kind_is_process(kind);
	}
	ask(ui, c);
}

bool
mute_menu_covers_all(const char *prefix)
{
	return *prefix && prefix[strspn(prefix, "/")] == '\0';
}

/*
 * The directory a path lies in, with its slash; "" when it is no path, or everything is in it.
 * Free it.
 */
static char *
directory_of(const char *path)
{
	char *directory = xstrdup(path), *slash = strrchr(directory, '/');

	directory[slash ? slash + 1 - directory : 0] = '\0';
	if (mute_menu_covers_all(directory)) /* as of a memfd, "/memfd:x" */
		*directory = '\0';
	return directory;
}

void
mute_menu_open_event(struct ui *ui, const struct row *r, const char *target, struct command *c)
{
	char process[96], *directory = directory_of(r->exe);
	char *below = directory_of(target ? target : "");
	bool group = r->flags & ROW_BY, gone = group || r->flags & (ROW_GROUP | ROW_EXITED);

	ui->mute_menu.row.key = r->key;
	ui->mute_menu.row.version = r->version;
	ui->mute_menu.row.rate = r->rate_all;
	ui->mute_menu.row.why_not =
		group  ? "this line is of many processes; mute their executable or a prefix"
		: gone ? "this process has exited; mute its executable or a prefix"
		       : NULL;
	memset(ui->mute_menu.row.event_rate, 0, sizeof ui->mute_menu.row.event_rate);
	memcpy(ui->mute_menu.row.event_rate, r->rate, sizeof r->rate);
	for (uint32_t i = 0; i < r->more_count; i++)
		ui->mute_menu.row.event_rate[r->more[i].id] = r->more[i].rate;
	free(ui->mute_menu.row.exe);
	ui->mute_menu.row.exe = xstrdup(r->exe);
	if (gone)
		snprintf(process, sizeof process, group ? "(many processes)" : "(it has exited)");
	else
		snprintf(process, sizeof process, "%d %.60s", r->key.pid, r->name);
	open_menu(ui,
		  (const char *[MUTE_KIND_COUNT]){ [MUTE_PROCESS] = process,
						   [MUTE_SUBTREE] = process,
						   [MUTE_EXE] = r->exe,
						   [MUTE_PREFIX] = directory,
						   [MUTE_TARGET] = target ? target : "",
						   [MUTE_TARGET_PREFIX] = below,
						   [MUTE_UNIT] = r->unit ? r->unit : "",
						   [MUTE_USER] = r->user ? r->user : "",
						   [MUTE_SIGNER] = r->signer ? r->signer : "" },
		  gone ? MUTE_EXE : MUTE_PROCESS, c);
	free(directory);
	free(below);
}

void
mute_menu_open(struct ui *ui, const struct row *r, struct command *c)
{
	mute_menu_open_event(ui, r, NULL, c);
}

void
mute_menu_open_target(struct ui *ui, const char *target, const char *prefix, struct command *c)
{
	free(ui->mute_menu.row.exe);
	ui->mute_menu.row = (struct menu_row){ .exe = xstrdup("") };
	open_menu(ui,
		  (const char *[MUTE_KIND_COUNT]){ [MUTE_TARGET] = target,
						   [MUTE_TARGET_PREFIX] =
							   mute_menu_covers_all(prefix) ? "" : prefix },
		  *target ? MUTE_TARGET : MUTE_TARGET_PREFIX, c);
}

/* The types an item stands for. */
static event_mask
types_of(const struct ui *ui, const struct menu_item *item)
{
	event_mask mutable = mute_kind_is_target(ui->mute_menu.kind) ? event_mask_target() : EVENT_ALL;

	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++)
		if (item->label == event_group_name[group])
			return event_mask_group((enum event_group)group) & mutable;
	return EVENT_BIT(event_by_name(item->label)) & mutable;
}

static void
show_ticks(struct ui *ui)
{
	for (unsigned i = 0; i < ui->menu.count; i++) {
		struct menu_item *item = &ui->menu.item[i];
		event_mask types = types_of(ui, item);

		item->ticked = !(types & ~ui->mute_menu.events);
		item->partly = !item->ticked && types & ui->mute_menu.events;
	}
}

/* An item that does not look as its events say was just toggled. */
static void
take_ticks(struct ui *ui)
{
	for (unsigned i = 0; i < ui->menu.count; i++) {
		const struct menu_item *item = &ui->menu.item[i];
		event_mask types = types_of(ui, item);
		bool was = !(types & ~ui->mute_menu.events);

		if (item->ticked == was)
			continue;
		ui->mute_menu.events = was ? ui->mute_menu.events & ~types : ui->mute_menu.events | types;
		break;
	}
	show_ticks(ui);
}

static void
add_types(struct ui *ui, const char *label, const char *help)
{
	struct menu_item *item = menu_add(&ui->menu, 0, label, help);
	event_mask types = types_of(ui, item);
	double rate = 0;
	char number[32];

	item->tick = true;
	for (unsigned e = 0; e < EV_COUNT; e++)
		if (types & EVENT_BIT(e))
			rate += ui->mute_menu.row.event_rate[e];
	if (!ui->mute_menu.rule)
		snprintf(item->note, sizeof item->note, "%s/s", units_rate(number, sizeof number, rate, 0));
}

void
mute_menu_events(struct ui *ui, const struct snapshot *s, uint32_t id, enum mute_kind kind, event_mask events)
{
	event_mask mutable = mute_kind_is_target(kind) ? event_mask_target() : EVENT_ALL;

	ui->mute_menu.rule = id;
	ui->mute_menu.kind = kind;
	close_menu(ui);
	menu_open(&ui->menu, MENU_EVENTS, "events to mute", "Space selects  Enter confirms  Esc closes");
	ui->mute_menu.events = events & mutable;
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++)
		if (event_mask_group((enum event_group)group) & mutable)
			add_types(ui, event_group_name[group], event_group_help[group]);
	for (unsigned e = 0; e < EV_COUNT; e++) {
		event_mask group = event_mask_group((enum event_group)event_info[e].group) & mutable;
		/* Ticked, and not with its group. */
		bool apart = events & EVENT_BIT(e) && group & ~events & ~event_mask_vital();

		if (mutable & EVENT_BIT(e) && (e < EV_CORE || s->total[e] || apart))
			add_types(ui, event_info[e].name, event_info[e].help);
	}
	show_ticks(ui);
}

void
mute_menu_invert(struct ui *ui, const struct snapshot *s)
{
	static const struct {
		const char *word, *help;
		char key;
	} sides[MUTE_SIDE_COUNT] = {
#define X(id, word, help) { word, help, word[0] },
		MUTE_SIDE_TABLE(X)
#undef X
	};

	menu_open(&ui->menu, MENU_INVERT, "invert: show only listed items",
		  "Enter or a letter toggles at once  Esc closes");
	for (unsigned i = 0; i < MUTE_SIDE_COUNT; i++) {
		struct menu_item *item = menu_add(&ui->menu, sides[i].key, sides[i].word, sides[i].help);

		snprintf(item->note, sizeof item->note, "%s", s->mutes.inverted[i] ? "now" : "");
	}
}

void
mute_menu_refresh(struct ui *ui, const struct snapshot *s)
{
	if (ui->menu.kind != MENU_MUTE)
		return;
	for (unsigned i = 0; i < ui->menu.count; i++) {
		enum mute_kind kind = ui->mute_menu.kinds[i];
		const struct saving *saving = &s->saving[kind];
		struct menu_item *item = &ui->menu.item[i];
		char number[32];

		if (saving->rate < 0 || !*item->value ||
		    (ui->mute_menu.row.why_not && mute_kind_is_process(kind)))
			snprintf(item->note, sizeof item->note, "%s", "not known");
		else
			snprintf(item->note, sizeof item->note, "%s%3.0f %%  %8s/s",
				 !saving->at_least ? ""
				 : ui->paint.ascii ? ">"
						   : "≥",
				 saving->share * 100, units_rate(number, sizeof number, saving->rate, 0));
	}
}

void
mute_menu_ask_all(struct ui *ui, struct command *c)
{
	ui_ask(ui,
	       mute_kind_is_target(c->rule) ? "this mutes events on every file; mute? y/n"
					    : "this mutes every program; mute? y/n",
	       c);
	*c = (struct command){ .kind = ACTION_NONE };
}

static void
mute(struct ui *ui, enum mute_kind kind, event_mask events, struct command *c)
{
	bool path = !mute_kind_is_process(kind);

	free(ui->exe);
	ui->exe = xstrdup(path ? ui->mute_menu.path : ui->mute_menu.row.exe);
	*c = (struct command){ .kind = ACTION_MUTE_MENU,
			       .rule = kind,
			       .events = events,
			       .key = ui->mute_menu.row.key,
			       .version = ui->mute_menu.row.version,
			       .rate = ui->mute_menu.row.saving[kind],
			       .path = ui->exe };
	close_menu(ui);
	if (path && mute_kind_info[kind].prefix && mute_menu_covers_all(ui->mute_menu.path))
		mute_menu_ask_all(ui, c);
}

/* Takes the item under the cursor; false when it cannot be. */
static bool
take_choice(struct ui *ui, const struct snapshot *s)
{
	struct menu_item *item = &ui->menu.item[ui->menu.cursor];
	enum mute_kind kind = ui->mute_menu.kinds[ui->menu.cursor];

	ui->mute_menu.kind = kind;
	for (unsigned k = 0; k < MUTE_KIND_COUNT; k++)
		ui->mute_menu.row.saving[k] = s->saving[k].rate < 0 ? 0 : s->saving[k].rate;
	free(ui->mute_menu.path);
	ui->mute_menu.path = xstrdup(item->value);
	if (mute_kind_is_process(kind) && ui->mute_menu.row.why_not) {
		ui_message(ui, ui->mute_menu.row.why_not);
		return false;
	}
	return true;
}

static void
edit(struct ui *ui)
{
	const struct menu_item *item = &ui->menu.item[ui->menu.cursor];
	char label[64];

	snprintf(label, sizeof label, "%s:", item->label);
	prompt_open(&ui->prompt, PROMPT_MENU, label, item->value);
}

static void
take_events(struct ui *ui, struct command *c)
{
	event_mask events = ui->mute_menu.events;

	if (!events) {
		ui_message(ui, "select at least one event with Space");
		return;
	}
	if (!ui->mute_menu.rule) {
		mute(ui, ui->mute_menu.kind, events, c);
		return;
	}
	*c = (struct command){ .kind = ACTION_LEDGER_EVENTS, .id = ui->mute_menu.rule, .events = events };
	close_menu(ui);
}

void
mute_menu_key(struct ui *ui, const struct snapshot *s, int key, struct command *c)
{
	enum menu_result result;

	if (ui->menu.kind == MENU_MUTE && key == 'e') {
		if (!take_choice(ui, s))
			return;
		if (mute_kind_is_path(ui->mute_menu.kind) && ui->mute_menu.path[0] != '/')
			edit(ui);
		else
			mute_menu_events(ui, s, 0, ui->mute_menu.kind, EVENT_ALL & ~event_mask_vital());
		return;
	}
	result = menu_key(&ui->menu, key);
	if (ui->menu.kind == MENU_EVENTS)
		take_ticks(ui);
	if (result == MENU_LEFT) {
		close_menu(ui);
	} else if (result == MENU_EDIT) {
		edit(ui);
	} else if (result == MENU_CHOSEN && ui->menu.kind == MENU_MUTE) {
		if (ui->menu.item[ui->menu.cursor].editable && !*ui->menu.item[ui->menu.cursor].value)
			edit(ui);
		else if (take_choice(ui, s))
			mute(ui, ui->mute_menu.kind, 0, c);
	} else if (result == MENU_CHOSEN && ui->menu.kind == MENU_EVENTS) {
		take_events(ui, c);
	} else if (result == MENU_CHOSEN) {
		*c = (struct command){ .kind = ACTION_INVERT, .side = (enum mute_side)ui->menu.cursor };
		close_menu(ui);
	}
}

void
mute_menu_edited(struct ui *ui, const char *text, struct command *c)
{
	struct menu_item *item = &ui->menu.item[ui->menu.cursor];
	/* What stood there came from events. A recording may be of another system. */
	bool resolve = !ui->config.replay && strcmp(text, item->value) != 0;
	char *path = resolve ? dialog_path(ui, text) : xstrdup(text);

	menu_set_value(item, path);
	free(path);
	if (ui->menu.kind == MENU_MUTE)
		ask(ui, c);
}
