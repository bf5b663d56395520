/* action - what a key does: one table. */
#include "ui/action.h"
#include "model/clean.h"
#include "ui/curses.h"

#include <stdio.h>
#include <string.h>

const struct action action_info[ACTION_COUNT] = {
#define K(...) { __VA_ARGS__ }
#define X(id, group, scope, act, keys, hint, help) \
	[ACTION_##id] = { keys, ACTION_GROUP_##group, SCOPE_##scope, hint, help },
	ACTION_TABLE(X)
#undef X
#undef K
};

const char *const action_group_title[ACTION_GROUP_COUNT] = {
#define X(id, title) title,
	ACTION_GROUP_TABLE(X)
#undef X
};

const char *const view_name[VIEW_COUNT] = {
#define X(id, group, scope, act, keys, name, help) [id] = name,
	VIEW_TABLE(X)
#undef X
};

/* Names of keys that are not simply their character. */
static const struct {
	int key;
	const char *name, *sign; /* sign: shorter, where there is UTF-8 */
} named_key[] = {
	{ -KEY_UP, "Up", "↑" },       { -KEY_DOWN, "Down", "↓" },   { -KEY_LEFT, "Left", "←" },
	{ -KEY_RIGHT, "Right", "→" }, { -KEY_PPAGE, "PgUp", NULL }, { -KEY_NPAGE, "PgDn", NULL },
	{ -KEY_HOME, "Home", NULL },  { -KEY_END, "End", NULL },    { ' ', "Space", NULL },
	{ '\r', "Enter", NULL },      { '\n', NULL, NULL },         { -KEY_ENTER, NULL, NULL },
	{ ACTION_ESC, "Esc", NULL },  { '\t', "Tab", NULL },        { -KEY_BTAB, "Shift-Tab", NULL },
};

static bool
means(enum action_id id, int key)
{
	for (unsigned i = 0; key && i < ACTION_KEYS_MAX; i++)
		if (action_info[id].keys[i] == key)
			return true;
	return false;
}

/* The first with this scope, and of this group where only one view has it. */
static enum action_id
find(int key, enum action_scope scope, enum action_group own)
{
	for (unsigned id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
		if (action_info[id].scope == scope && means((enum action_id)id, key) &&
		    (scope != SCOPE_VIEW || action_info[id].group == own))
			return (enum action_id)id;
	return ACTION_NONE;
}

enum action_id
action_of_key(int key, bool replay)
{
	enum action_id id = replay ? find(key, SCOPE_REPLAY, ACTION_GROUP_COUNT) : ACTION_NONE;

	if (!id)
		id = find(key, SCOPE_ANY, ACTION_GROUP_COUNT);
	return id ? id : find(key, SCOPE_ROWS, ACTION_GROUP_COUNT);
}

enum action_id
action_in_group(int key, enum action_group own, bool replay)
{
	enum action_id id = find(key, SCOPE_VIEW, own);

	return id ? id : action_of_key(key, replay);
}

static void
name_key(int key, char *out, size_t size, bool ascii)
{
	for (size_t i = 0; i < sizeof named_key / sizeof *named_key; i++)
		if (named_key[i].key == key) {
			snprintf(out, size, "%s",
				 !named_key[i].name            ? ""
				 : ascii || !named_key[i].sign ? named_key[i].name
							       : named_key[i].sign);
			return;
		}
	if (key < 0)
		snprintf(out, size, "F%d", -key - KEY_F0);
	else if (key < ' ')
		snprintf(out, size, "Ctrl-%c", key | 0x40);
	else
		snprintf(out, size, "%c", key);
}

size_t
action_keys(enum action_id id, char *out, size_t size, bool ascii)
{
	size_t used = 0;

	*out = '\0';
	for (unsigned i = 0; i < ACTION_KEYS_MAX && action_info[id].keys[i]; i++) {
		char name[16];
		name_key(action_info[id].keys[i], name, sizeof name, ascii);
		if (!*name) /* another code of a key that was named */
			continue;
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", name);
	}
	return clean_width(out);
}
