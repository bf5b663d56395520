/*
 * settings - what a person chooses and W keeps.
 *
 * One table, from which come the struct, how it begins, the values on the command line and in the
 * config file, and the documents. The name of a setting is the long name of its option.
 */
#ifndef ESTOP_UI_SETTINGS_H
#define ESTOP_UI_SETTINGS_H

#include "ui/action.h"
#include "ui/column.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snapshot_spec;

enum { UI_INTERVAL_MIN_MS = 100, UI_INTERVAL_MAX_MS = 3600000, UI_EXITED_DEFAULT_SECS = 5 };

#define EXITED_MAX_SECS 86400L

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
	X(COLORBLIND, "colorblind", "nothing is told apart by red and green") \
	X(MONO,       "mono",       "bold, dim and reversed, no colours")

enum theme {
#define X(id, name, help) THEME_##id,
	THEME_TABLE(X)
#undef X
	THEME_COUNT
};

/*
 * id: of the option, in OPTION_TABLE. kind: how a value is read and written, in settings.c; its
 * type is SETTING_kind. In the order in which they are written.
 */
#define SETTING_TABLE(X)                                            \
	/* id      kind      member          at first */            \
	X(VIEW,    view,     view,           VIEW_PROCESSES)        \
	X(SORT,    column,   sort,           NULL)                  \
	X(REVERSE, flag,     reversed,       false)                 \
	X(FLAT,    flag,     flat,           false)                 \
	X(TOTALS,  flag,     totals,         false)                 \
	X(KERNEL,  flag,     kernel_threads, false)                 \
	X(EXITED,  seconds,  exited_secs,    UI_EXITED_DEFAULT_SECS) \
	X(DELAY,   interval, interval_ms,    1000)                  \
	X(FILTER,  filter,   filter,         NULL)                  \
	X(COLOR,   color,    color,          COLOR_AUTO)            \
	X(THEME,   theme,    theme,          THEME_DARK)            \
	X(ASCII,   flag,     ascii,          false)                 \
	X(MOUSE,   on_off,   mouse,          true)

#define SETTING_view     enum view_id
#define SETTING_column   const struct column * /* NULL: the default one */
#define SETTING_flag     bool
#define SETTING_on_off   bool
#define SETTING_seconds  int /* or EXITED_FOREVER */
#define SETTING_interval uint32_t /* ms */
#define SETTING_filter   char * /* well-formed; NULL: none */
#define SETTING_color    enum color_mode
#define SETTING_theme    enum theme

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
};

/* Owns what it points to, but for the columns. */
void settings_init(struct settings *);
void settings_finish(struct settings *); /* zeroed is fine */
void settings_copy(struct settings *to, const struct settings *); /* to is written over */

/* What of the spec the settings say. */
void settings_apply(const struct settings *, struct snapshot_spec *);

/*
 * Sets it to a value as typed; NULL means yes. 0, or -EINVAL with a sentence in why, in which it
 * is called name ("--theme").
 */
int settings_parse(struct settings *, enum setting_id, const char *name, const char *text, char *why,
		   size_t len);

/* The value as it is typed, in buffer or as long as it is not changed. NULL: there is none. */
const char *settings_text(const struct settings *, enum setting_id, char *buffer, size_t size);

/* One of some words: which it is, or -EINVAL with "--log takes text, line or json, not 'x'". */
struct value_word {
	const char *word;
	int value;
};

int value_parse(const struct value_word *, size_t n, const char *name, const char *text, int *value,
		char *why, size_t len);

#endif
