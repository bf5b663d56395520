/*
 * command - what a key asks of the rest of the program.
 */
#ifndef ESTOP_UI_COMMAND_H
#define ESTOP_UI_COMMAND_H

#include "model/mutes.h"
#include "model/proc.h"

#include <stdbool.h>
#include <stdint.h>

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

#endif
