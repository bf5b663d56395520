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
#define DOCTOR_SECS_MAX 3600L
#define METRICS_TOP_DEFAULT 50
#define METRICS_TOP_MAX 1000L

#define GROUPING_WORD(id, word, ...) " " word
#define EXPORT_HELP(id, word, writer, help) "; " word ": " help
#define TRACE_HELP(id, word, help) "; " word ": " help

/* --export: all that happened, as a file of another program; 0: none. */
#define TRACE_TABLE(X)                                                                              \
	/* id             word            help */                                                      \
	X(FOLDED_EVENTS, "folded",       "events by stack of programs, for flame graphs: flamegraph.pl, " \
					 "speedscope, inferno")                                     \
	X(FOLDED_OPENS,  "folded-opens", "the same, files opened")                                  \
	X(FOLDED_TIME,   "folded-time",  "the same, microseconds in which a program ran and none that it " \
					 "started")                                                 \
	X(PERFETTO,      "perfetto",     "a trace for Perfetto's viewer, ui.perfetto.dev")

/* --summary: a row's writer is write_WRITER() in src/app/report.c; the last one prints nothing. */
#define SUMMARY_TABLE(X)                                                                    \
	/* id    word    help */                                                            \
	X(TEXT, "text", "programs below programs, slow and failed runs, how much ran at a time, files") \
	X(JSON, "json", "the same as a JSON object on one line")                            \
	X(NONE, "none", "nothing")

enum summary_form {
#define X(id, ...) SUMMARY_AS_##id,
	SUMMARY_TABLE(X)
#undef X
};

#define SUMMARY_HELP(id, word, help) " " word " (" help ")"

/* short is 0 where there is none, argument NULL where none is taken, "[=...]" where it may be left out. */
#define OPTION_TABLE(X)                                                                        \
	/* id          short long           argument  help */                                  \
	X(EVENTS,      'e', "events",      "LIST",                                               \
	  "subscribe to these events: names, groups, 'all' or 'default', separated by commas and " \
	  "evaluated from left to right; '-' removes, as in all,-lookup, and '-write' alone is " \
	  "default,-write. 'all' and groups include what this system provides; 'default' excludes " \
	  "high-volume events (hot in --list-events). Exec, fork and exit are always included: the " \
	  "process tree needs them")                                                             \
	X(PROCESS,     'p', "process",     "PATH|PID,...",                                       \
	  "show only processes that run these executables or scripts or any below these paths, or " \
	  "have these process ids; PATH+ or PID+ also shows what they become and start; quotes "  \
	  "around a path keep a comma in it")                                                    \
	X(FOLLOW,      0,   "follow",      NULL,                                                 \
	  "with -p or -u: show also what these processes become and start, as if + stood after "  \
	  "each")                                                                                \
	X(USER,        'u', "user",        "USER",                                               \
	  "show only processes of this user, a name or a uid")                                   \
	X(MUTE,        'm', "mute",        "RULE",                                               \
	  "mute from the start: a path (ending in '/': everything below), a process id, or "     \
	  "KIND:VALUE, where KIND is exe, prefix, target, target-prefix, process, subtree, unit, user or signer; "   \
	  "' events=LIST' after it limits the rule to these events, as for -e; may be repeated") \
	X(MUTE_FILE,   0,   "mute-file",   "FILE",                                               \
	  "mute the rules in this file, one per line as for -m; lines that begin with '#' are "  \
	  "comments. Invalid lines are reported; the rest apply. May be repeated")               \
	X(EXPORT,      0,    "export-mutes", "FORMAT",                                         \
	  "print the rules of -m and --mute-file in this format, and end"                      \
	  MUTE_EXPORT_TABLE(EXPORT_HELP))                                                      \
	X(EXPORT_TRACE, 0,  "export",      "FORM",                                               \
	  "write what happened to the standard output in a form of other programs, as far as -r FILE or a command " \
	  "goes, or until it is stopped" TRACE_TABLE(TRACE_HELP))                              \
	X(METRICS,     0,   "metrics",     "[=ADDRESS:PORT]",                                    \
	  "serve metrics to Prometheus by HTTP, at 127.0.0.1:9464 or this address, without a screen " \
	  "unless --screen is given; also with -b and --log; see METRICS in estop(1)")           \
	X(METRICS_TOP, 0,   "metrics-top", "N",                                                  \
	  "with --metrics: how many programs and units have counters of their own, 1 to 1000; default 50") \
	X(SCREEN,      0,   "screen",      NULL,                                                 \
	  "with --metrics: show the screen, too")                                                \
	X(DELAY,       'd', "delay",       "SECS",                                               \
	  "refresh interval in seconds, 0.1 to 3600; default 1")                                 \
	X(FRAMES,      'n', "frames",      "N",                                                  \
	  "exit after N frames")                                                                 \
	X(WIDTH,       0,   "width",       "COLUMNS",                                            \
	  "with -b: fit lines to this many columns, 20 to 10000; default: $COLUMNS, or the width of " \
	  "the terminal; elsewhere lines are not cut")                                           \
	X(SORT,        'o',  "sort",        "COLUMN",                                          \
	  "sort by this column, on the screen and with -b")                                    \
	X(TREE,        't',  "tree",        NULL,                                              \
	  "show processes as a tree; the default")                                             \
	X(FLAT,        0,    "flat",        NULL,                                              \
	  "show processes as a flat list")                                                     \
	X(BY,          0,    "by",          "NAME",                                              \
	  "group processes by one of:" GROUPING_TABLE(GROUPING_WORD) "; default tree")         \
	X(EXITED,      0,   "exited",      "SECS",                                               \
	  "keep exited processes on the screen for this many seconds; 0 hides them, 'all' keeps the " \
	  "newest, up to 8,192 or 4 MiB; default 5")                                             \
	X(BATCH,       'b', "batch",       "[=FORM]",                                            \
	  "batch mode: write frames, and totals at the end; text (default): as on the screen; json: a " \
	  "JSON object each; csv: a line for each row. The totals of json and csv go to standard error") \
	X(LOG,         0,   "log",         "[=FORM]",                                            \
	  "log mode: write every event; text (default): a block of lines each; line: one line each; " \
	  "json: the JSON Lines format of Apple's eslogger")                                     \
	X(SUMMARY,     0,   "summary",     "FORM",                                               \
	  "what is printed to standard error when a command has ended, or with -r of what a recording " \
	  "holds:" SUMMARY_TABLE(SUMMARY_HELP) "; text without this option, for a command alone")  \
	X(WRITE,       'w', "write",       "FILE",                                               \
	  "record all events to this file as JSON Lines while watching; compressed if the name ends " \
	  "in .gz or .zst; fifo:PATH writes to a FIFO; with -b, - writes to the standard output " \
	  "instead of frames")                                                                   \
	X(MAX_SIZE,    0,   "max-size",    "SIZE",                                               \
	  "end a recording (-w, R) before its file exceeds this size: bytes, or a number with K, " \
	  "M or G, at least 64K; with --rotate, continue in a new file")                         \
	X(ROTATE,      0,   "rotate",      "N",                                                  \
	  "with --max-size: keep N full files, NAME.1.jsonl (the newest) to NAME.N.jsonl; 1 to " \
	  "1000")                                                                                \
	X(REPLAY,      'r', "replay",      "FILE",                                               \
	  "replay a recording of estop or eslogger, compressed or not; - is the standard input; " \
	  "needs no privileges; NAME=FILE names its host, and may be repeated")                  \
	X(SPEED,       0,   "speed",       "N",                                                  \
	  "replay at N times the recorded speed, 0.01 to 1000, or max; default 1, with --log max") \
	X(REVERSE,     0,   "reverse",     NULL,                                                 \
	  "reverse the sort order")                                                              \
	X(TOTALS,      0,   "totals",      "[=yes|no]",                                          \
	  "yes: in a tree, counters are sums of the whole subtree; no: of each process alone; default " \
	  "yes, for -b=json and -b=csv no")                                                      \
	X(KERNEL,      0,   "kernel-threads", NULL,                                              \
	  "show kernel threads")                                                                 \
	X(FILTER,      0,   "filter",      "TEXT",                                               \
	  "show only matching rows and their parents; see FILTERS in estop(1)")                  \
	X(VIEW,        0,   "view",        "NAME",                                               \
	  "the first view, by its name in the help; default processes")                          \
	X(THEME,       0,    "theme",       "NAME",                                            \
	  "dark, light, colorblind or mono; default dark")                                     \
	X(MOUSE,       0,   "mouse",       "WHEN",                                               \
	  "on: the mouse selects, scrolls, sorts and folds; off leaves it to the terminal, for " \
	  "selecting text; default on")                                                          \
	X(CLIPBOARD,   0,   "clipboard",   "WHEN",                                               \
	  "on: y copies the current line to the terminal's own clipboard (OSC 52); off: it never " \
	  "does; default on")                                                                    \
	X(READ_ONLY,   0,   "read-only",   NULL,                                                 \
	  "send no signals: F9 is off, and the system call for it given up")                     \
	X(NICE,        0,   "nice",        "N",                                                  \
	  "the nice value to run at while watching live, -20 to 19, so that events are read in time " \
	  "on a busy machine; off keeps the current one; default -20. Does not affect a command " \
	  "after --")                                                                            \
	X(CONFIG,      0,   "config",      "FILE",                                               \
	  "read settings from this file; W saves to it")                                         \
	X(NO_CONFIG,   0,   "no-config",   NULL,                                                 \
	  "do not read a config file")                                                           \
	X(COLOR,       0,   "color",       "WHEN",                                               \
	  "use colours: auto, always or never; NO_COLOR in the environment means never")         \
	X(ASCII,       0,   "ascii",       NULL,                                                 \
	  "use ASCII characters only")                                                           \
	X(LIST_EVENTS, 0,   "list-events", NULL,                                                 \
	  "list all events by group: whether they can be muted by target, whether this system "  \
	  "provides them, and what they mean")                                                   \
	X(DOCTOR,      0,   "doctor",      "[=SECS]",                                            \
	  "say what this system gives, what is missing and how to get it; with SECS, 1 to 3600, also " \
	  "watch all event types for so long and print their rates, to be sent in with a report") \
	X(HOOKS,       0,   "hooks",       "WAY",                                                \
	  "on Linux, where opens and closes come from: tracepoints of system calls (default); "  \
	  "functions of the kernel, which also sees io_uring and leaves other system calls as "  \
	  "fast as they are; or auto: functions where the kernel has them")                      \
	X(DEBUG,       0,   "debug",       "FILE",                                               \
	  "write a report of the start to this file: kernel, privileges, and the whole log of "  \
	  "loading the BPF programs; the same as ESTOP_DEBUG=FILE in the environment")           \
	X(VERSION,     0,   "version",     NULL,                                                 \
	  "print the version, and in further lines the build, the hooks and the kernel")                                                                   \
	X(HELP,        'h', "help",        NULL,                                                 \
	  "print this help")

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
enum options_task { TASK_RUN, TASK_HELP, TASK_VERSION, TASK_LIST_EVENTS, TASK_EXPORT, TASK_DOCTOR };

/* --batch; -b is text. */
#define BATCH_TABLE(X)  \
	X(TEXT, "text") \
	X(JSON, "json") \
	X(CSV,  "csv")

enum batch_form {
#define X(id, word) BATCH_##id,
	BATCH_TABLE(X)
#undef X
};

/* --log; 0: none. */
#define LOG_TABLE(X)    \
	X(TEXT, "text") \
	X(LINE, "line") \
	X(JSON, "json")

enum log_form {
	LOG_NONE,
#define X(id, word) LOG_##id,
	LOG_TABLE(X)
#undef X
};

enum trace_form {
	TRACE_NONE,
#define X(id, ...) TRACE_##id,
	TRACE_TABLE(X)
#undef X
};

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
	enum batch_form batch_form;
	enum log_form log;
	enum trace_form trace;
	bool metrics, screen;        /* screen: in spite of metrics */
	const char *metrics_address; /* NULL: the usual one */
	unsigned metrics_top;
	enum summary_form summary;
	const char *record; /* -w; NULL: none */
	uint64_t max_size;  /* of a file of the recording, bytes; 0: no limit */
	unsigned rotate;    /* full ones that are kept */
	enum source_hooks hooks;
	const char *debug;           /* --debug, or ESTOP_DEBUG; NULL: none */
	struct replay_input *inputs; /* -r */
	size_t input_count;
	double speed;            /* of a replay; 0: max; or SPEED_DEFAULT */
	event_mask events;       /* with those that shape the tree; the source may not have all */
	event_mask events_asked; /* without them; 0: -e was not given */
	event_mask events_named; /* of these, asked for by their own names */
	char *scope;             /* text of a filter, from -p and -u; NULL: all */
	char *follow;            /* the same, of those whose descendants count, too; NULL: none */
	struct options_mute *mutes;
	size_t mute_count, mute_room;
	const char *mute_file;    /* the last one; NULL none */
	struct notes mute_errors; /* what was wrong in them */
	enum mute_export export;
	unsigned ring_order;      /* of a ring without overflow, for tests; 0: the usual one */
	struct settings settings; /* columns: of the config file alone */
	long width;               /* of -b's lines; 0: not said */
	long doctor_secs;         /* --doctor: how long rates are measured; 0: not */
	long frames;              /* 0: until stopped */
	const char *config;       /* --config; NULL: not given */
	bool no_config;
	char *config_path;          /* where W writes: src/cli/config.h; NULL: nowhere */
	bool config_found;          /* it was there and could be read */
	struct notes config_errors; /* what was wrong in it */
	uint64_t given;             /* bits of enum option_id: on the command line */
	char **command;             /* after --, up to a NULL; NULL: none */
	struct notes notes;         /* which typed path was resolved to what */
};

/*
 * Fills o from the command line, NO_COLOR and ESTOP_DEBUG. 0, or -EINVAL with a sentence in why.
 * Strings that were not copied point into argv. options_finish() in either case.
 */
int options_parse(struct options *o, int argc, char **argv, char *why, size_t len);
void options_finish(struct options *o);

/* --log and --export: every event is passed on as it comes, and nothing is shown. */
bool options_pass_on(const struct options *);

/* Neither that nor -b, nor --metrics alone. */
bool options_have_screen(const struct options *);

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
