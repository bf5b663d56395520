/*
 * settings - what a user can choose and W saves.
 *
 * One table, from which the struct, its defaults, the parser of the command line and of the config
 * file, its writer and the documentation derive. A setting is named like the long option.
 */
#ifndef ESTOP_UI_SETTINGS_H
#define ESTOP_UI_SETTINGS_H

#include "model/grouping.h"
#include "ui/action.h"
#include "ui/column.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Columns of a line that ui_batch() may be asked for. */
enum { BATCH_WIDTH_MIN = 20, BATCH_WIDTH_MAX = 10000 };

struct snapshot_spec;

enum { UI_INTERVAL_MIN_MS = 100, UI_INTERVAL_MAX_MS = 3600000, UI_EXITED_DEFAULT_SECS = 5 };

#define EXITED_MAX_SECS 86400L

/* NICE_OFF: the nice value is left as it is. */
enum { NICE_LOWEST = -20, NICE_HIGHEST = 19, NICE_DEFAULT = NICE_LOWEST, NICE_OFF = 100 };

#define COLOR_TABLE(X)          \
	X(AUTO,   "auto")       \
	X(ALWAYS, "always")     \
	X(NEVER,  "never")

enum color_mode {
#define X(id, word) COLOR_##id,
	COLOR_TABLE(X)
#undef X
};

#define THEME_TABLE(X)                                                        \
	X(DARK,       "dark",       "the default")                            \
	X(LIGHT,      "light",      "for a light background")                 \
	X(COLORBLIND, "colorblind", "does not distinguish by red and green") \
	X(MONO,       "mono",       "bold, dim and reversed, no colours")

enum theme {
#define X(id, name, help) THEME_##id,
	THEME_TABLE(X)
#undef X
	THEME_COUNT
};

/*
 * id: that of the option in OPTION_TABLE. kind: how a value is parsed and printed (settings.c); the
 * member's type is SETTING_kind. The config file is written in this order.
 */
#define SETTING_TABLE(X)                                            \
	/* id      kind      member          default */             \
	X(VIEW,    view,     view,           VIEW_PROCESSES)        \
	X(SORT,    column,   sort,           NULL)                  \
	X(REVERSE, flag,     reversed,       false)                 \
	X(FLAT,    flag,     flat,           false)                 \
	X(BY,      grouping, by,             BY_TREE)               \
	X(TOTALS,  flag,     totals,         true)                  \
	X(KERNEL,  flag,     kernel_threads, false)                 \
	X(EXITED,  seconds,  exited_secs,    UI_EXITED_DEFAULT_SECS) \
	X(DELAY,   interval, interval_ms,    1000)                  \
	X(FILTER,  filter,   filter,         NULL)                  \
	X(COLOR,   color,    color,          COLOR_AUTO)            \
	X(THEME,   theme,    theme,          THEME_DARK)            \
	X(ASCII,   flag,     ascii,          false)                 \
	X(MOUSE,   on_off,   mouse,          true)                  \
	X(CLIPBOARD, on_off, clipboard,      true)                  \
	X(READ_ONLY, flag,   read_only,      false)                 \
	X(NICE,    nice,     nice,           NICE_DEFAULT)

#define SETTING_view enum view_id
#define SETTING_column const struct column * /* NULL: the default one */
#define SETTING_flag bool
#define SETTING_on_off bool
#define SETTING_seconds int       /* or EXITED_FOREVER */
#define SETTING_interval uint32_t /* ms */
#define SETTING_nice int          /* or NICE_OFF */
#define SETTING_filter char *     /* well-formed; NULL: none */
#define SETTING_color enum color_mode
#define SETTING_theme enum theme
#define SETTING_grouping enum grouping

enum setting_id {
#define X(id, ...) SETTING_##id,
	SETTING_TABLE(X)
#undef X
	SETTING_COUNT
};

struct settings {
#define X(id, kind, member, ...) SETTING_##kind member;
	SETTING_TABLE(X)
#undef X
	struct columns columns; /* n 0: the default ones */
	bool ended;             /* not saved: nothing happens any more, and totals stand where rates stood */
};

/* What rows are sorted by; never NULL. */
const struct column *settings_sort(const struct settings *);

/* The columns of processes grouped so: those chosen, or else the default ones. buffer is for these. */
const struct columns *settings_columns(const struct settings *, enum grouping, struct columns *buffer);

/* Owns the strings it points to. */
void settings_init(struct settings *);
void settings_finish(struct settings *);                          /* zeroed is fine */
void settings_copy(struct settings *to, const struct settings *); /* to is written over */

/* Sets the members of the spec that follow from settings; filter is not one of them. */
void settings_apply(const struct settings *, struct snapshot_spec *);

/*
 * Parses text into the setting; text NULL, of an option without an argument, is yes. 0, or -EINVAL
 * with a sentence in why, which calls the option name ("--theme").
 */
int settings_parse(struct settings *, enum setting_id, const char *name, const char *text, char *why,
		   size_t len);

/* The value as settings_parse() takes it, in buffer or owned by the settings. NULL: not set. */
const char *settings_text(const struct settings *, enum setting_id, char *buffer, size_t size);

/* A choice of words. 0 and its value, or -EINVAL with "--log takes text, line or json, not 'x'". */
struct value_word {
	const char *word;
	int value;
};

int value_parse(const struct value_word *, size_t n, const char *name, const char *text, int *value,
		char *why, size_t len);

#endif
