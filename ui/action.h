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

/* own: not everywhere: keys of one view, which come before all others there, or of a replay. */
#define ACTION_GROUP_TABLE(X)                            \
	/* id      own    title */                       \
	X(VIEW,    false, "Views")                       \
	X(MOVE,    false, "Moving")                      \
	X(FIND,    false, "Finding")                     \
	X(MUTE,    false, "Muting")                      \
	X(FILES,   true,  "In the files")                \
	X(LEDGER,  true,  "In the list of mutes")        \
	X(TYPES,   true,  "In the types of events")      \
	X(SHOW,    false, "What is shown")               \
	X(REPLAY,  true,  "A recording (-r)")            \
	X(REST,    false, "The rest")

enum action_group {
#define X(id, ...) ACTION_GROUP_##id,
	ACTION_GROUP_TABLE(X)
#undef X
	ACTION_GROUP_COUNT
};

#define ACTION_CTRL(letter) ((letter) & 0x1f)
#define ACTION_ESC 27

/*
 * The views, in the order of Tab. Each is an action, by which it is shown; hint is
 * its name. What it draws and does is in the row of the same name in ui/ui.c.
 */
#define VIEW_TABLE(X)										\
	/* id            group keys                    name     help */				\
	X(VIEW_PROCESSES, VIEW, K('1'),                  "processes",				\
	  "processes as a tree or a flat list, with what they do")				\
	X(VIEW_FILES,   VIEW, K('2'),                    "files",				\
	  "files and directories most used, and who uses them")					\
	X(VIEW_EVENTS,  VIEW, K('3'),                    "events",				\
	  "the newest events, as they come; can be held and scrolled back")			\
	X(VIEW_MUTES,   VIEW, K('4', 'v'),               "mutes",				\
	  "every mute in force, who set it, and what it keeps back; again: back")		\
	X(VIEW_TYPES,   VIEW, K('5', 'e'),               "types",				\
	  "types of events: how many come, which are watched; again: back")

enum view_id {
#define X(id, ...) id,
	VIEW_TABLE(X)
#undef X
	VIEW_COUNT
};

extern const char *const view_name[VIEW_COUNT];

/* hint: a word for the bottom line; NULL: not there. */
#define ACTION_TABLE(X)										\
	/* id           group keys                     hint     help */				\
	VIEW_TABLE(X)										\
	X(VIEW_NEXT,    VIEW, K('\t'),                   NULL,     "next view")			\
	X(VIEW_BACK,    VIEW, K(-KEY_BTAB),              NULL,     "view before")		\
	X(OPEN,         VIEW, K('\r', '\n', -KEY_ENTER), "more",					\
	  "more about the line under the cursor")						\
	X(BACK,         VIEW, K(ACTION_ESC),             "back",					\
	  "back: from that to the list, from a list to the processes")				\
	X(UP,           MOVE, K(-KEY_UP, 'k'),           NULL,     "one line up")		\
	X(DOWN,         MOVE, K(-KEY_DOWN, 'j'),         NULL,     "one line down")		\
	X(PAGE_UP,      MOVE, K(-KEY_PPAGE, ACTION_CTRL('B')), NULL, "one page up")		\
	X(PAGE_DOWN,    MOVE, K(-KEY_NPAGE, ACTION_CTRL('F')), NULL, "one page down")		\
	X(TOP,          MOVE, K(-KEY_HOME, 'g'),         NULL,					\
	  "first line; the view stays at the top")						\
	X(BOTTOM,       MOVE, K(-KEY_END, 'G'),          NULL,     "last line")			\
	X(LEFT,         MOVE, K(-KEY_LEFT),              NULL,					\
	  "fold the process; else scroll COMMAND back, or go to the parent")			\
	X(RIGHT,        MOVE, K(-KEY_RIGHT),             NULL,					\
	  "unfold the process; else scroll COMMAND")						\
	X(FOLD,         MOVE, K('-'),                    NULL,     "fold the process")		\
	X(UNFOLD,       MOVE, K('+'),                    NULL,     "unfold the process")	\
	X(FOLD_ALL,     MOVE, K('*'),                    NULL,					\
	  "fold all, then unfold all")								\
	X(SEARCH,       FIND, K('/', -KEY_F(3)),         "search",				\
	  "search, in the language of the filter; hides nothing")				\
	X(SEARCH_NEXT,  FIND, K('n'),                    NULL,     "next match")		\
	X(SEARCH_BACK,  FIND, K('N'),                    NULL,     "previous match")		\
	X(FILTER,       FIND, K('f', -KEY_F(4), '\\'),   "filter",				\
	  "show only what matches, and its parents")						\
	X(FILTER_CLEAR, FIND, K('='),                    NULL,     "clear the filter")		\
	X(MUTE_PROCESS, MUTE, K('m'),                    "mute",				\
	  "mute this process, or unmute it")							\
	X(MUTE_EXE,     MUTE, K('M'),                    "mute program",			\
	  "mute every process run from this executable, or unmute them")			\
	X(UNMUTE,       MUTE, K('u'),                    NULL,					\
	  "unmute this line: remove every rule that covers it")					\
	X(UNMUTE_ALL,   MUTE, K('U'),                    NULL,					\
	  "unmute all of this session (asks)")							\
	X(UNDO,         MUTE, K('z'),                    "undo",				\
	  "undo the last mute change")								\
	X(REDO,         MUTE, K('Z', ACTION_CTRL('R')),  NULL,					\
	  "do again what was undone")								\
	X(MUTE_MENU,    MUTE, K('x'),                    "mute by",				\
	  "mute by instance, subtree, executable, prefix or target, and see what it saves")	\
	X(INVERT,       MUTE, K('I'),                    NULL,					\
	  "invert: only what is listed passes, by process, executable or target")		\
	X(FILES_MUTE,   FILES, K('m'),                   "mute",				\
	  "mute what anybody does to this file or in this directory, or unmute it")		\
	X(FILES_MUTE_BELOW, FILES, K('M'),               NULL,					\
	  "mute all below its directory, or unmute it")						\
	X(FILES_UNMUTE, FILES, K('u'),                   NULL,					\
	  "remove every rule that covers it")							\
	X(FILES_DIRECTORIES, FILES, K('D'),              "directories",				\
	  "directories, or files")								\
	X(LEDGER_REMOVE, LEDGER, K('u'),                 "remove", "remove the rule")		\
	X(LEDGER_EVENTS, LEDGER, K('e'),                 "events",					\
	  "choose the events of the rule")							\
	X(LEDGER_AUDITION, LEDGER, K('a'),               "listen",					\
	  "listen: unmute for 5 s, measure, mute again by itself")				\
	X(LEDGER_SAVE,  LEDGER, K('s'),                  "save",					\
	  "save the rules to a file for --mute-file")						\
	X(LEDGER_JUMP,  LEDGER, K('\r', '\n', -KEY_ENTER), "go to",				\
	  "go to the processes the rule covers")						\
	X(TYPES_TOGGLE, TYPES, K(' ', '\r', '\n', -KEY_ENTER), "on/off",				\
	  "watch this type of event, or do not")						\
	X(TREE,         SHOW, K('t', -KEY_F(5)),         "tree",   "tree or flat list")		\
	X(TOTALS,       SHOW, K('a'),                    NULL,					\
	  "counters of the whole subtree, or own")						\
	X(SORT_LEFT,    SHOW, K('<'),                    NULL,					\
	  "sort by the column to the left")							\
	X(SORT_RIGHT,   SHOW, K('>', -KEY_F(6)),         NULL,					\
	  "sort by the column to the right")							\
	X(SORT_MENU,    SHOW, K('s'),                    "sort",				\
	  "choose the column to sort by")							\
	X(REVERSE,      SHOW, K('r'),                    NULL,     "reverse the order")		\
	X(HOLD,         SHOW, K('o'),                    NULL,					\
	  "freeze the order: figures go on, rows stay where they are")				\
	X(FOLLOW,       SHOW, K('F'),                    NULL,					\
	  "follow this row: it keeps its line of the screen, the others move")			\
	X(EXITED,       SHOW, K('X'),                    NULL,					\
	  "keep exited processes: 5 s, 60 s, all, hide")					\
	X(KERNEL,       SHOW, K('K'),                    NULL,					\
	  "show or hide kernel threads")							\
	X(PAUSE,        SHOW, K('p', ' '),               "pause",				\
	  "freeze the picture, or go on; counting never stops")					\
	X(SETUP,        SHOW, K('S', -KEY_F(2)),         NULL,					\
	  "choose columns, their order and widths")						\
	X(SAVE,         SHOW, K('W'),                    NULL,					\
	  "write all that is chosen here to the config file")					\
	X(MARK,         SHOW, K('c'),                    NULL,					\
	  "mark: counters show what comes from here on; again: everything")			\
	X(CLEAR,        SHOW, K('C'),                    NULL,     "counters from zero")	\
	X(EXPORT,       SHOW, K('w'),                    NULL,					\
	  "write what is seen to a file: text, or data when its name ends in .jsonl or .csv")	\
	X(RECORD,       SHOW, K('R'),                    NULL,					\
	  "record all events to a file from now on; again: stop")				\
	X(INTERVAL,     SHOW, K('d'),                    NULL,					\
	  "seconds between two pictures")							\
	X(STREAM_PAUSE, REPLAY, K(' '),                  NULL,					\
	  "stop the recording, or go on")							\
	X(STREAM_SLOWER, REPLAY, K('['),                 NULL,     "half as fast")		\
	X(STREAM_FASTER, REPLAY, K(']'),                 NULL,					\
	  "twice as fast; beyond 1024 times as fast as it can be read")				\
	X(STREAM_BACK,  REPLAY, K('{'),                  NULL,     "10 s back; not in a pipe")	\
	X(STREAM_FORWARD, REPLAY, K('}'),                NULL,     "10 s forward")		\
	X(HELP,         REST, K('?', 'h', -KEY_F(1)),    "help",   "this help")			\
	X(REDRAW,       REST, K(ACTION_CTRL('L')),       NULL,     "draw the screen anew")	\
	X(SUSPEND,      REST, K(ACTION_CTRL('Z')),       NULL,     "suspend")			\
	X(QUIT,         REST, K('q', ACTION_CTRL('C'), -KEY_F(10)), "quit",   "quit")

enum action_id {
#define X(id, ...) ACTION_##id,
	ACTION_TABLE(X)
#undef X
	ACTION_COUNT,
	ACTION_NONE = ACTION_COUNT
};

enum { ACTION_KEYS_MAX = 4 };

struct action {
	int keys[ACTION_KEYS_MAX]; /* 0 ends the list early */
	enum action_group group;
	const char *hint;
	const char *help;
};

extern const struct action action_info[ACTION_COUNT];
extern const char *const action_group_title[ACTION_GROUP_COUNT];

/*
 * ACTION_NONE when the key has no meaning. What belongs to one view alone is not
 * found. Keys of the group REPLAY come before others in a replay, and have none elsewhere.
 */
enum action_id action_of_key(int key, bool replay);
/* The same in a view that has a group of its own; its keys come first. */
enum action_id action_in_group(int key, enum action_group own, bool replay);

/* Names of an action's keys, separated by blanks: "↑ k"; with ascii "Up k". Returns columns. */
size_t action_keys(enum action_id, char *out, size_t size, bool ascii);

#endif
