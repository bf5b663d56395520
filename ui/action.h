/*
 * action - what a key does: one table, from which the dispatcher, the help
 * screen, the hints and the man page come.
 *
 * A key is a character (> 0) or, negative, a curses code: -KEY_UP.
 */
#ifndef ESTOP_UI_ACTION_H
#define ESTOP_UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#define ACTION_GROUP_TABLE(X)                 \
	/* id      title */                   \
	X(VIEW,    "Views")                   \
	X(MOVE,    "Moving")                  \
	X(FIND,    "Finding")                 \
	X(MUTE,    "Muting")                  \
	X(FILES,   "In the files")            \
	X(LEDGER,  "In the list of mutes")    \
	X(TYPES,   "In the types of events")  \
	X(SHOW,    "What is shown")           \
	X(REPLAY,  "A recording (-r)")        \
	X(REST,    "The rest")

enum action_group {
#define X(id, ...) ACTION_GROUP_##id,
	ACTION_GROUP_TABLE(X)
#undef X
	ACTION_GROUP_COUNT
};

/* Where a key applies. */
enum action_scope {
	SCOPE_ANY,    /* in every view */
	SCOPE_ROWS,   /* where there are rows of processes; elsewhere a message says so */
	SCOPE_VIEW,   /* only in the view that owns the group; takes precedence there */
	SCOPE_REPLAY, /* only in a replay; takes precedence over SCOPE_ANY and SCOPE_ROWS */
};

#define ACTION_CTRL(letter) ((letter)&0x1f)
#define ACTION_ESC 27

/*
 * The views, in the order of Tab. Each is an action, by which it is shown; hint is
 * its name. What it draws and does is in ui/view_NAME.c.
 */
#define VIEW_TABLE(X)											\
	/* id             group  scope   act            keys  name  help */				\
	X(VIEW_PROCESSES,  VIEW,  ANY,    show,          K('1'),                  "processes",		\
	  "processes as a tree or a flat list, with their activity")					\
	X(VIEW_FILES,      VIEW,  ANY,    show,          K('2'),                    "files",		\
	  "files and directories most used, and who uses them")						\
	X(VIEW_EVENTS,     VIEW,  ANY,    show,          K('3'),                    "events",		\
	  "the newest events as they arrive; can be paused and scrolled back")				\
	X(VIEW_MUTES,      VIEW,  ANY,    show_or_back,  K('4', 'v'),               "mutes",		\
	  "all mutes: who set them, what they suppress; again: back")			\
	X(VIEW_TYPES,      VIEW,  ANY,    show_or_back,  K('5', 'e'),               "types",		\
	  "event types: rates and subscriptions; again: back")

enum view_id {
#define X(id, ...) id,
	VIEW_TABLE(X)
#undef X
	VIEW_COUNT
};

extern const char *const view_name[VIEW_COUNT];

/*
 * act: the handler, in ui/actions.c, unless the view has one of its own (struct view, keys).
 * send: the command goes to the main loop (ui/command.h). none: only views handle it. hint: a word
 * for the bottom line; NULL: none.
 */
#define ACTION_TABLE(X)											\
	/* id             group  scope   act            keys  hint  help */				\
	VIEW_TABLE(X)											\
	X(PROGRAMS,        VIEW,  ANY,    by_program,    K('6'),                    "programs",	\
	  "processes by program, living and ended; again: as a tree")				\
	X(VIEW_NEXT,       VIEW,  ANY,    show_next,     K('\t'),                   NULL,     "next view") \
	X(VIEW_BACK,       VIEW,  ANY,    show_next,     K(-KEY_BTAB),              NULL,     "view before") \
	X(OPEN,            VIEW,  ANY,    none,          K('\r', '\n', -KEY_ENTER), "more",		\
	  "details of the selected line")							\
	X(BACK,            VIEW,  ANY,    back,          K(ACTION_ESC),             "back",		\
	  "back: from details to the list, from a list to the processes")					\
	X(UP,              MOVE,  ANY,    none,          K(-KEY_UP, 'k'),           NULL,     "one line up") \
	X(DOWN,            MOVE,  ANY,    none,          K(-KEY_DOWN, 'j'),         NULL,     "one line down") \
	X(PAGE_UP,         MOVE,  ANY,    none,          K(-KEY_PPAGE, ACTION_CTRL('B')), NULL, "one page up") \
	X(PAGE_DOWN,       MOVE,  ANY,    none,          K(-KEY_NPAGE, ACTION_CTRL('F')), NULL, "one page down") \
	X(TOP,             MOVE,  ANY,    none,          K(-KEY_HOME, 'g'),         NULL,		\
	  "first line; the view stays at the top")							\
	X(BOTTOM,          MOVE,  ANY,    none,          K(-KEY_END, 'G'),          NULL,     "last line") \
	X(LEFT,            MOVE,  ROWS,   none,          K(-KEY_LEFT),              NULL,		\
	  "fold the process; if folded, scroll COMMAND back or go to the parent")				\
	X(RIGHT,           MOVE,  ROWS,   none,          K(-KEY_RIGHT),             NULL,		\
	  "unfold the process; if unfolded, scroll COMMAND")							\
	X(FOLD,            MOVE,  ROWS,   none,          K('-'),                    NULL,     "fold the process") \
	X(UNFOLD,          MOVE,  ROWS,   none,          K('+'),                    NULL,     "unfold the process") \
	X(FOLD_ALL,        MOVE,  ROWS,   none,          K('*'),                    NULL,		\
	  "fold all, then unfold all")									\
	X(SEARCH,          FIND,  ANY,    search,        K('/', -KEY_F(3)),         "search",		\
	  "search (same syntax as the filter), also in folded rows; hides nothing")					\
	X(SEARCH_NEXT,     FIND,  ANY,    search_next,   K('n'),                    NULL,     "next match") \
	X(SEARCH_BACK,     FIND,  ANY,    search_next,   K('N'),                    NULL,     "previous match") \
	X(FILTER,          FIND,  ANY,    edit_filter,   K('f', -KEY_F(4), '\\'),   "filter",		\
	  "show only matching rows and their parents")							\
	X(FILTER_CLEAR,    FIND,  ANY,    clear_filter,  K('='),                    NULL,     "clear the filter") \
	X(MUTE_PROCESS,    MUTE,  ROWS,   none,          K('m'),                    "mute",		\
	  "mute this process, or unmute it")								\
	X(MUTE_EXE,        MUTE,  ROWS,   none,          K('M'),                    "mute program",	\
	  "mute every process that runs this executable, or unmute them")				\
	X(UNMUTE,          MUTE,  ROWS,   none,          K('u'),                    NULL,		\
	  "unmute this line: remove every rule that covers it; not muted: show its user's rows alone")	\
	X(UNMUTE_ALL,      MUTE,  ANY,    ask_unmute_all,K('U'),                    NULL,		\
	  "remove all mutes of this session (asks)")								\
	X(UNDO,            MUTE,  ANY,    send,          K('z'),                    "undo",		\
	  "undo the last mute change")									\
	X(REDO,            MUTE,  ANY,    send,          K('Z', ACTION_CTRL('R')),  NULL,		\
	  "redo what was undone")									\
	X(MUTE_LOAD,       MUTE,  ANY,    ask_load,      K('L'),                    NULL,		\
	  "load a file of mute rules, as --mute-file does")						\
	X(MUTE_MENU,       MUTE,  ROWS,   none,          K('x'),                    "mute by",		\
	  "mute by instance, subtree, executable, prefix or target; shows what each would save")		\
	X(INVERT,          MUTE,  ANY,    choose_side,   K('I'),                    NULL,		\
	  "invert: show only listed processes, executables or targets")			\
	X(ONLY,            MUTE,  ROWS,   none,          K('O'),                    NULL,		\
	  "only this: the subtree, program, unit or user of the row; Esc ends it; again: choose another")	\
	X(FILES_MUTE,      FILES, VIEW,   none,          K('m'),                   "mute",		\
	  "mute all events on this file or in this directory, or unmute it")			\
	X(FILES_MUTE_BELOW, FILES, VIEW,   none,          K('M'),               NULL,			\
	  "mute everything below its directory, or unmute it")							\
	X(FILES_UNMUTE,    FILES, VIEW,   none,          K('u'),                   NULL,		\
	  "remove every rule that covers it")								\
	X(FILES_DIRECTORIES, FILES, VIEW,   none,          K('D'),              "directories",		\
	  "switch between files and directories")									\
	X(FILES_IN,        FILES, VIEW,   none,          K(-KEY_RIGHT),             NULL,		\
	  "directories: list what lies in this one")						\
	X(FILES_OUT,       FILES, VIEW,   none,          K(-KEY_LEFT),              NULL,		\
	  "directories: back to the one this lies in")						\
	X(LEDGER_REMOVE,   LEDGER, VIEW,   none,          K('u'),                 "remove", "remove the rule") \
	X(LEDGER_EVENTS,   LEDGER, VIEW,   none,          K('e'),                 "events",		\
	  "choose the events of the rule")								\
	X(LEDGER_AUDITION, LEDGER, VIEW,   none,          K('a'),               "listen",		\
	  "audition: unmute for 5 s, measure the rate, mute again")					\
	X(LEDGER_SAVE,     LEDGER, VIEW,   none,          K('s'),                  "save",		\
	  "save the rules to a file for --mute-file")							\
	X(LEDGER_JUMP,     LEDGER, VIEW,   none,          K('\r', '\n', -KEY_ENTER), "go to",		\
	  "go to the processes that the rule covers")							\
	X(TYPES_TOGGLE,    TYPES, VIEW,   none,          K(' ', '\r', '\n', -KEY_ENTER), "on/off",	\
	  "subscribe to this event type, or unsubscribe")							\
	X(TREE,            SHOW,  ROWS,   none,          K('t', -KEY_F(5)),         "tree",   "tree or flat list") \
	X(TOTALS,          SHOW,  ROWS,   none,          K('a'),                    NULL,		\
	  "counters as sums of the whole subtree, or of the process alone")							\
	X(BY,              SHOW,  ROWS,   choose_grouping, K('b'),                  "by",		\
	  "choose what processes are grouped by: program, user and so on")			\
	X(SORT_LEFT,       SHOW,  ROWS,   none,          K('<'),                    NULL,		\
	  "sort by the column to the left")								\
	X(SORT_RIGHT,      SHOW,  ROWS,   none,          K('>', -KEY_F(6)),         NULL,		\
	  "sort by the column to the right")								\
	X(SORT_MENU,       SHOW,  ROWS,   choose_sort,   K('s'),                    "sort",		\
	  "choose the column to sort by")								\
	X(REVERSE,         SHOW,  ROWS,   none,          K('r'),                    NULL,     "reverse the order") \
	X(HOLD,            SHOW,  ROWS,   none,          K('o'),                    NULL,		\
	  "freeze the row order; figures are still updated")					\
	X(FOLLOW,          SHOW,  ROWS,   none,          K('F'),                    NULL,		\
	  "follow this row: keep it on the same line of the screen")				\
	X(EXITED,          SHOW,  ROWS,   none,          K('X'),                    NULL,		\
	  "keep exited processes for 5 s, for 60 s, forever, or hide them")						\
	X(KERNEL,          SHOW,  ROWS,   none,          K('K'),                    NULL,		\
	  "show or hide kernel threads")								\
	X(CHART,           SHOW,  ANY,    show_chart,    K('H'),                    "chart",	\
	  "chart of the row's last hour; elsewhere and again: of all, which is all of a recording")		\
	X(SIGNAL,          SHOW,  ROWS,   none,          K(-KEY_F(9)),              NULL,		\
	  "send a signal to the process (asks, and never hits another one that has its pid by then)")	\
	X(PAUSE,           SHOW,  ANY,    pause_screen,  K('p', ' '),               "pause",		\
	  "pause the display, or resume; counting never stops")						\
	X(SETUP,           SHOW,  ROWS,   choose_columns,K('S', -KEY_F(2)),         NULL,		\
	  "choose columns, their order and widths")							\
	X(COPY,            SHOW,  ANY,    copy_line,     K('y'),                    "copy",		\
	  "copy the current line to the clipboard of the terminal (OSC 52)")				\
	X(SAVE,            SHOW,  ANY,    send,          K('W'),                    NULL,		\
	  "save the current settings to the config file")						\
	X(MARK,            SHOW,  ANY,    mark,          K('c'),                    NULL,		\
	  "mark: count from here; again: count from the start")				\
	X(CLEAR,           SHOW,  ANY,    send,          K('C'),                    NULL,     "reset all counters") \
	X(EXPORT,          SHOW,  ANY,    ask_export,    K('w'),                    NULL,		\
	  "write the view to a file: text, or data if the name ends in .jsonl or .csv")		\
	X(RECORD,          SHOW,  ANY,    send,          K('R'),                    NULL,		\
	  "record all events to a file; again: stop")					\
	X(INTERVAL,        SHOW,  ANY,    ask_interval,  K('d'),                    NULL,		\
	  "refresh interval in seconds")								\
	X(STREAM_PAUSE,    REPLAY, REPLAY, send,          K(' '),                  NULL,		\
	  "pause the replay, or resume")								\
	X(STREAM_SLOWER,   REPLAY, REPLAY, send,          K('['),                 NULL,     "half as fast") \
	X(STREAM_FASTER,   REPLAY, REPLAY, send,          K(']'),                 NULL,			\
	  "twice as fast; above 1024 times: at full speed")					\
	X(STREAM_BACK,     REPLAY, REPLAY, send,          K('{'),                  NULL,     "a step back, about 1/20 of the length; not for a pipe") \
	X(STREAM_FORWARD,  REPLAY, REPLAY, send,          K('}'),                NULL,     "a step forward") \
	X(STREAM_GO,       REPLAY, REPLAY, ask_time,      K(':'),                  "go to",		\
	  "go to a time: 14:03:20, +5s, -1m, 2m (from the beginning) or 50%")				\
	X(HELP,            REST,  ANY,    show_help,     K('?', 'h', -KEY_F(1)),    "help",   "this help") \
	X(REDRAW,          REST,  ANY,    redraw,        K(ACTION_CTRL('L')),       NULL,     "redraw the screen") \
	X(SUSPEND,         REST,  ANY,    send,          K(ACTION_CTRL('Z')),       NULL,     "suspend") \
	X(QUIT,            REST,  ANY,    send,          K('q', ACTION_CTRL('C'), -KEY_F(10)), "quit",   "quit")

enum action_id {
	ACTION_NONE, /* not a row of the table */
#define X(id, ...) ACTION_##id,
	ACTION_TABLE(X)
#undef X
	ACTION_COUNT,
	ACTION_REFRESH = ACTION_COUNT, /* no key has it: see ui/command.h */
};

enum { ACTION_KEYS_MAX = 4 };

struct action {
	int keys[ACTION_KEYS_MAX]; /* 0 ends the list early */
	enum action_group group;
	enum action_scope scope;
	const char *hint;
	const char *help;
};

extern const struct action action_info[ACTION_COUNT]; /* from ACTION_NONE + 1 on */
extern const char *const action_group_title[ACTION_GROUP_COUNT];

/*
 * ACTION_NONE when the key has no meaning. What belongs to one view alone is not found, what
 * belongs to a recording only in a replay.
 */
enum action_id action_of_key(int key, bool replay);
/* The same in a view that has a group of its own; its keys come first. */
enum action_id action_in_group(int key, enum action_group own, bool replay);

/* Names of an action's keys, separated by blanks: "↑ k"; with ascii "Up k". Returns columns. */
size_t action_keys(enum action_id, char *out, size_t size, bool ascii);

#endif
