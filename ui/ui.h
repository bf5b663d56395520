/*
 * ui/ - the screen: draws a snapshot and turns keys into actions. May include model/.
 */

/*
 * ui - the screen and the keyboard: draws snapshots, turns keys into actions.
 *
 * Main thread only. The ui renders, it does not know: it never touches the
 * tree or a source. What a key asks of the rest of the program comes back as
 * a struct command for the main loop to carry out.
 */
#ifndef ESTOP_UI_UI_H
#define ESTOP_UI_UI_H

#include "model/sheet.h"
#include "model/snapshot.h"
#include "ui/column.h"

#include <stdio.h>

enum { UI_INTERVAL_MIN_MS = 100, UI_INTERVAL_MAX_MS = 3600000, UI_EXITED_DEFAULT_SECS = 5 };

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

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

extern const char *const theme_name[THEME_COUNT];

enum { NICE_OFF = 100 }; /* ui_config.nice: as it is */

/* Strings and functions must outlive the ui. */
struct ui_config {
	int in_fd, out_fd;       /* keyboard and screen: 0 and 1, or /dev/tty for both */
	bool headless;           /* the fds need not be terminals (tests) */
	enum color_mode color;
	bool ascii; /* no line drawing, no arrows; also where the locale is not UTF-8 */
	const char *sort;        /* column title; NULL: the default */
	bool reversed;           /* sorted against the column's own direction */
	bool flat, totals, kernel_threads;
	const struct filter *filter; /* at the start; copied; NULL: none */
	const char *view;        /* at the start; NULL: processes */
	struct columns columns;  /* n 0: the default ones */
	enum theme theme;
	bool mouse;
	int nice;                /* or NICE_OFF: only kept, for ui_settings() */
	bool hint;               /* a word about the keys, until the first one */
	int exited_secs;
	uint32_t interval_ms;
	const char *host, *source; /* header */
	const char *scope_text;    /* what -p and -u say, for the header; NULL none */
	const char *mute_file;     /* where s in the ledger saves to, if nothing else is typed; NULL none */
	bool replay;               /* the keys of a recording work */
	uint64_t start_ns; /* when counting began, on the snapshots' clock; 0: their first */

	/* Passed through into the snapshot_spec. */
	const struct filter *scope;
	int32_t root_pid;
	const char *(*user_name)(uint32_t uid);

	uint64_t (*clock)(void);   /* ns, never backwards; NULL: the system's (for tests) */
};

/* What the main loop is asked to do. */
enum command_kind {
	COMMAND_NONE,
	COMMAND_QUIT,             /* .on: also when that ends a command */
	COMMAND_SUSPEND,
	COMMAND_REDRAW,
	COMMAND_REFRESH,          /* the spec changed: take a new snapshot and draw */
	COMMAND_MUTE_PROCESS,     /* toggle for command.key / version / exe */
	COMMAND_MUTE_EXE,         /* toggle for command.exe */
	COMMAND_UNMUTE_ROW,       /* remove every rule that covers the row */
	COMMAND_MUTE_TARGET,      /* toggle: command.rule for the path command.exe */
	COMMAND_UNMUTE_TARGET,    /* remove every rule that covers the file, or with .on the directory, .exe */
	COMMAND_UNMUTE_ALL,
	COMMAND_UNDO,
	COMMAND_REDO,
	COMMAND_MUTE,             /* command.rule, .events; .key / .version / .exe, or .exe as the path */
	COMMAND_INVERT,           /* command.side */
	COMMAND_RULE_REMOVE,      /* command.id */
	COMMAND_RULE_EVENTS,      /* command.id, .events */
	COMMAND_RULE_AUDITION,    /* command.id */
	COMMAND_EXPORT,           /* command.exe is the file; .on: overwrite; see ui_sheet() */
	COMMAND_RECORD,           /* start or stop; .exe is the file, NULL: to be asked for; .on: overwrite */
	COMMAND_SAVE_RULES,       /* command.exe is the file; .on: overwrite what is there */
	COMMAND_FOLD,             /* command.key, command.on */
	COMMAND_FOLD_ALL,         /* command.on */
	COMMAND_INTERVAL,         /* command.interval_ms */
	COMMAND_SUBSCRIBE,        /* command.events: the types to watch from now on */
	COMMAND_CLEAR,            /* counters from zero */
	COMMAND_MARK,             /* command.on: counters from here; else as before */
	COMMAND_SAVE_CONFIG,      /* what ui_settings() tells, to the config file */
	COMMAND_PAUSE,            /* command.on */
	COMMAND_STREAM_PAUSE,     /* a recording: stop, or go on */
	COMMAND_STREAM_SPEED,     /* command.step: -1 slower, 1 faster */
	COMMAND_STREAM_JUMP,      /* command.step: -1 back, 1 forward */
};

struct command {
	enum command_kind kind;
	struct proc_key key;
	uint32_t version;
	double rate;              /* of the row, for the ledger */
	const char *exe;          /* owned by the ui, good until the next call */
	bool on;
	int step;
	uint32_t interval_ms;
	enum mute_kind rule;
	enum mute_side side;
	event_mask events;        /* of a mute, 0: the default; of COMMAND_SUBSCRIBE all that are wanted */
	uint32_t id;              /* of a rule */
};

struct ui;

/*
 * Takes the terminal. 0, or a negative errno with a sentence in why; nothing
 * has been drawn then. Signal handlers should be in place before: curses
 * leaves alone what is not at its default.
 */
int ui_open(struct ui **, const struct ui_config *, char *why, size_t len);
void ui_close(struct ui *);          /* gives the terminal back as it was; NULL is fine */
void ui_emergency_restore(void); /* the same from an abnormal end (xalloc hook, lost terminal) */

/* What the next snapshot should hold; changes with keys. Owned by the ui. */
const struct snapshot_spec *ui_spec(struct ui *);
bool ui_paused(const struct ui *);

/* The spec of a config alone, for -b. 0, or -EINVAL with a sentence in why. */
int ui_spec_of(const struct ui_config *, struct snapshot_spec *, char *why, size_t len);

/*
 * A config with which a ui would open looking as this one does now. Strings and filter are the
 * ui's, good until the next key.
 */
void ui_settings(const struct ui *, struct ui_config *);

const char *ui_view_name(const char *name); /* the same, if there is such a view; else NULL */

void ui_draw(struct ui *, const struct snapshot *);

/*
 * Reads one key if there is one; fills command and returns true when a key was
 * taken (COMMAND_NONE: the ui dealt with it, redraw). snapshot is the one on screen.
 * Never waits, but for up to 25 ms on the rest of an escape sequence. Call until false.
 */
bool ui_input(struct ui *, const struct snapshot *, struct command *);

/* The same for a key from elsewhere: a character, or negative a curses code (-KEY_UP). */
void ui_key(struct ui *, const struct snapshot *, int key, struct command *);

/* One line for the person, any bytes, until the next key or 4 s: "muted /bin/x (z undoes)". */
void ui_message(struct ui *, const char *text);

/* Asks a question for y or n, and after a yes gives out c again, with .on set. */
void ui_ask(struct ui *, const char *question, const struct command *c);

/* Asks for the name of a file, and gives out c with it in .exe. */
void ui_ask_name(struct ui *, const char *label, const char *initial, const struct command *c);

/* What is seen, as data, and every line of it: also those the screen has no room for. */
void ui_sheet(struct ui *, const struct snapshot *, struct sheet *);

/* The file of c is there already: asks whether it may be overwritten. */
void ui_ask_overwrite(struct ui *, const struct command *c);

void ui_resize(struct ui *);                 /* after SIGWINCH */
void ui_suspend(struct ui *);                /* before raise(SIGSTOP): terminal given back */
void ui_resume(struct ui *);                 /* after SIGCONT: terminal taken again, full redraw */

/*
 * Plain-text frame for -b: header and rows as the process view shows them, uncoloured, no cursor.
 * columns: titles, unknown ones left out; n 0: the default ones.
 */
void ui_batch(FILE *, const struct ui_config *, const struct snapshot *,
	      const char *const columns[], size_t n);

/*
 * The tables for documents, one line for each entry, tab-separated.
 * "keys": keys, help. "columns": title, shown by default (yes, no), help. False when there is no
 * such table.
 */
bool ui_print_tables(FILE *, const char *what);

#endif
