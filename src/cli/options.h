/*
 * src/cli/ - what a person wants: the command line, the settings and mute files. May
 * include src/base/ and model/, and of ui/ what options name.
 */

/*
 * options - the command line: one table, from which the parser, --help, the
 * man page and the README are derived.
 *
 * Bad input is found here, before anything else is done: one sentence, status 2.
 */
#ifndef ESTOP_CLI_OPTIONS_H
#define ESTOP_CLI_OPTIONS_H

#include "model/event.h"
#include "model/mute_text.h"
#include "src/base/notes.h"
#include "src/base/source.h"
#include "ui/settings.h"

#include <stdio.h>

#define FRAMES_MAX 1000000000L
#define RECORD_SIZE_MIN ((uint64_t)64 << 10)
#define ROTATE_MAX 1000L

#define EXPORT_HELP(id, word, writer, help) "; " word ": " help

/* short is 0 where there is none, argument NULL where none is taken, "[=...]" where it may be left out. */
#define OPTION_TABLE(X)                                                                        \
	/* id          short long           argument  help */                                  \
	X(EVENTS,      'e',  "events",      "LIST",                                            \
	  "watch these events: names, groups, 'all' or 'default', separated by commas and "     \
	  "taken from left to right; a '-' before a name takes it out, as in all,-lookup; "    \
	  "'-write' alone is default,-write. 'all' and groups mean what this system can give, " \
	  "'default' is all but what comes by the thousands (hot in --list-events). Exec, fork " \
	  "and exit always come along, the tree is made of them")                              \
	X(PROCESS,     'p',  "process",     "PATH|PID,...",                                    \
	  "show only processes run from these paths and below, or these process ids")          \
	X(USER,        'u',  "user",        "USER",                                            \
	  "show only processes of this user, a name or a number")                              \
	X(MUTE,        'm',  "mute",        "RULE",                                            \
	  "mute from the start: a path (with a '/' at its end: all below), a process id, or "  \
	  "kind:value, where kind is exe, prefix, target, target-prefix, process or subtree; " \
	  "behind it ' events=LIST' says which events, as -e does; may be repeated")           \
	X(MUTE_FILE,   0,    "mute-file",   "FILE",                                            \
	  "mute what this file lists, one rule a line as for -m; lines with a '#' at their "   \
	  "beginning are remarks. Lines that make no sense are named, the others hold; may "   \
	  "be repeated")                                                                       \
	X(EXPORT,      0,    "export-mutes", "FORMAT",                                         \
	  "print the rules of -m and --mute-file in this format, and end"                      \
	  MUTE_EXPORT_TABLE(EXPORT_HELP))                                                      \
	X(DELAY,       'd',  "delay",       "SECS",                                            \
	  "seconds between frames, 0.1 to 3600; default 1")                                    \
	X(FRAMES,      'n',  "frames",      "N",                                               \
	  "end after N frames")                                                                \
	X(WIDTH,       0,    "width",       "COLUMNS",                                         \
	  "with -b: lay lines out for this many columns, 20 to 10000, and cut them there; "    \
	  "default: $COLUMNS or the width of the terminal, whole lines elsewhere")             \
	X(SORT,        'o',  "sort",        "COLUMN",                                          \
	  "sort by this column, on the screen and with -b")                                    \
	X(TREE,        't',  "tree",        NULL,                                              \
	  "show processes as a tree; the default")                                             \
	X(FLAT,        0,    "flat",        NULL,                                              \
	  "show processes as a flat list")                                                     \
	X(EXITED,      0,    "exited",      "SECS",                                            \
	  "keep exited processes on the screen so long; 0 hides them, 'all' keeps the newest, " \
	  "8,192 or 4 MiB of them; default 5")                                                 \
	X(BATCH,       'b',  "batch",       NULL,                                              \
	  "no screen: write frames as plain text, and the sums at the end")                    \
	X(LOG,         0,    "log",         "[=FORM]",                                            \
	  "no screen: write every event; text: a block of lines each, the default; line: one " \
	  "line each; json: the JSON Lines of Apple's eslogger")                               \
	X(WRITE,       'w',  "write",       "FILE",                                            \
	  "record all events to this file while watching, as JSON Lines; packed when it ends " \
	  "in .gz or .zst; fifo:PATH is a FIFO, and - is the standard output, with -b, which "    \
	  "then writes no frames")    \
	X(MAX_SIZE,    0,    "max-size",    "SIZE",                                            \
	  "end a recording (-w, R) before its file exceeds this size: bytes, or a number with K, " \
	  "M or G, at least 64K; with --rotate, continue in a new file")               \
	X(ROTATE,      0,    "rotate",      "N",                                               \
	  "with --max-size: keep N full files, NAME.1.jsonl (the newest) to NAME.N.jsonl; 1 to " \
	  "1000")      \
	X(REPLAY,      'r',  "replay",      "FILE",                                            \
	  "show a recording, of estop or eslogger, packed or not; - is the standard input; "   \
	  "needs no privileges; NAME=FILE names the host it is from, and may be repeated")     \
	X(SPEED,       0,    "speed",       "N",                                               \
	  "replay at N times the real pace, 0.01 to 1000, or max; default 1, with --log max")  \
	X(REVERSE,     0,    "reverse",     NULL,                                              \
	  "sort the other way round")                                                          \
	X(TOTALS,      0,    "totals",      NULL,                                              \
	  "show counters of each process's whole subtree")                                     \
	X(KERNEL,      0,    "kernel-threads", NULL,                                           \
	  "show kernel threads, too")                                                          \
	X(FILTER,      0,    "filter",      "TEXT",                                            \
	  "show only rows that match, and their parents; the language is that of the key f")   \
	X(VIEW,        0,    "view",        "NAME",                                            \
	  "the view to begin with, by its name in the help; default processes")                \
	X(THEME,       0,    "theme",       "NAME",                                            \
	  "dark, light, colorblind or mono; default dark")                                     \
	X(MOUSE,       0,    "mouse",       "WHEN",                                            \
	  "on: the mouse selects, scrolls, sorts and folds; off leaves it to the terminal, "   \
	  "which can then mark text; default on")                                              \
	X(NICE,        0,    "nice",        "N",                                               \
	  "the nice value to run at while watching live, -20 to 19, so that a busy machine "   \
	  "does not keep estop from taking events; off leaves it as it is; default -20. A "    \
	  "command behind -- keeps its own")                                                   \
	X(CONFIG,      0,    "config",      "FILE",                                            \
	  "read the settings from this file, and write them there when W is pressed")          \
	X(NO_CONFIG,   0,    "no-config",   NULL,                                              \
	  "read no settings")                                                                  \
	X(COLOR,       0,    "color",       "WHEN",                                            \
	  "colours: auto, always or never; NO_COLOR in the environment means never")                    \
	X(ASCII,       0,    "ascii",       NULL,                                              \
	  "draw with ASCII characters only")                                                   \
	X(LIST_EVENTS, 0,    "list-events", NULL,                                              \
	  "list the events there are, by group: whether they can be muted by the path they "   \
	  "act on, whether this system can give them, what they mean")                                                         \
	X(DEBUG,       0,    "debug",       "FILE",                                            \
	  "write to this file what a report of a failed start needs: kernel, privileges, and " \
	  "all that loading the BPF programs said; ESTOP_DEBUG=FILE in the environment does "  \
	  "the same")                                                                          \
	X(VERSION,     0,    "version",     NULL,                                              \
	  "say which version this is")                                                         \
	X(HELP,        'h',  "help",        NULL,                                              \
	  "say all this")

enum option_id {
#define X(id, ...) OPTION_##id,
	OPTION_TABLE(X)
#undef X
	OPTION_COUNT
};

struct option_info {
	char letter;          /* 0: none */
	const char *name;     /* without the dashes */
	const char *argument; /* NULL: takes none */
	const char *help;     /* no full stop at its end */
};

extern const struct option_info option_info[OPTION_COUNT];

/* What the command line asks for. */
enum options_task { TASK_RUN, TASK_HELP, TASK_VERSION, TASK_LIST_EVENTS, TASK_EXPORT };

/* --log; 0: none. */
enum log_form { LOG_NONE, LOG_TEXT, LOG_LINE, LOG_JSON };

/* --speed: not given. */
#define SPEED_DEFAULT (-1.0)

/* A -m or a line of a mute file, checked but not carried out. */
struct options_mute {
	const char *text;      /* as typed, or the path of its file; not owned */
	unsigned line;         /* in the file */
	struct mute_text rule; /* path NULL: a process or subtree */
	enum mute_origin origin;
};

struct options {
	enum options_task task;
	bool batch;
	enum log_form log;
	const char *record;          /* -w; NULL: none */
	uint64_t max_size;           /* of a file of the recording, bytes; 0: no limit */
	unsigned rotate;             /* full ones that are kept */
	const char *debug;           /* --debug, or ESTOP_DEBUG; NULL: none */
	struct replay_input *inputs; /* -r */
	size_t input_count;
	double speed;            /* of a replay; 0: max; or SPEED_DEFAULT */
	event_mask events;       /* with those that shape the tree; the source may not have all */
	event_mask events_asked; /* without them; 0: -e was not given */
	event_mask events_named; /* of these, asked for by their own names */
	char *scope;             /* text of a filter, from -p and -u; NULL: all */
	struct options_mute *mutes;
	size_t mute_count, mute_room;
	const char *mute_file;    /* the last one; NULL none */
	struct notes mute_errors; /* what was wrong in them */
	enum mute_export export;
	unsigned ring_order;      /* of a ring without overflow, for tests; 0: the usual one */
	struct settings settings; /* columns: of the config file alone */
	long width;               /* of -b's lines; 0: not said */
	long frames;              /* 0: until stopped */
	const char *config;       /* --config; NULL: not given */
	bool no_config;
	char *config_path;          /* where W writes: src/cli/config.h; NULL: nowhere */
	bool config_found;          /* it was there and could be read */
	struct notes config_errors; /* what was wrong in it */
	uint64_t given;             /* bits of enum option_id: on the command line */
	char **command;             /* behind --, up to a NULL; NULL: none */
	struct notes notes;         /* which typed path was resolved to what */
};

/*
 * Fills o from the command line, NO_COLOR and ESTOP_DEBUG. 0, or -EINVAL with a sentence in why.
 * Strings that were not copied point into argv. options_finish() in either case.
 */
int options_parse(struct options *o, int argc, char **argv, char *why, size_t len);
void options_finish(struct options *o);

/* The option of each setting: SETTING_TABLE names them. */
extern const enum option_id setting_option[SETTING_COUNT];

/*
 * As if the option of the setting stood on the command line; one without an argument takes yes or
 * no. 0, or -EINVAL with a sentence.
 */
int options_set(struct options *o, enum setting_id, const char *value, char *why, size_t len);

/*
 * Can -e be done where these events are available? 0, or -EINVAL with a sentence:
 * an event it names is not, or of what it asks for nothing is.
 */
int options_check_events(const struct options *, event_mask available, char *why, size_t len);

void options_help(FILE *);
void options_list_events(FILE *, event_mask available);

#endif
