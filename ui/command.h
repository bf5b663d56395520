/*
 * command - what a key asks of the rest of the program.
 */
#ifndef ESTOP_UI_COMMAND_H
#define ESTOP_UI_COMMAND_H

#include "model/mutes.h"
#include "model/proc.h"
#include "ui/action.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A command is named by the action that causes it. Fields used beside kind:
 *
 *     NONE                        nothing to do but draw
 *     REFRESH                     the spec has changed: take a new snapshot
 *     QUIT                        on: also when that ends a command
 *     MUTE_PROCESS, MUTE_EXE      toggle for key, version, path
 *     UNMUTE                      remove every rule that covers the row of key, version, path
 *     MUTE_MENU                   rule, events; key, version; path: of the program or as typed;
 *                                 on: remove the rule if there is one
 *     INVERT                      side
 *     ONLY                        on: rule; key, version; path as of MUTE_MENU. Off: as it was before
 *     FILES_MUTE                  toggle: rule, path (also for FILES_MUTE_BELOW)
 *     FILES_UNMUTE                remove every rule that covers the file, or with on the directory, path
 *     LEDGER_REMOVE, LEDGER_AUDITION  id
 *     LEDGER_EVENTS               id, events
 *     LEDGER_SAVE                 path is the file; on: overwrite what is there
 *     EXPORT                      the same; what
 *     MUTE_LOAD                   path is the file
 *     SIGNAL                      signal; key; path: of the program
 *     RECORD                      the same; path NULL: to be asked for
 *     FOLD                        on; key
 *     FOLD_ALL                    on; key.pid: not 0: of a grouping, its groups; else of the tree
 *     SEARCH                      search; key: of the cursor; on: backwards; id 1: the cursor's row may be it
 *     INTERVAL                    interval_ms
 *     STREAM_GO                   time_ns: of the recording
 *     TYPES_TOGGLE                events: the types to watch from now on
 *     MARK                        on: counters from here; else as before
 *     PAUSE                       on
 */
enum export_what { EXPORT_VIEW, EXPORT_SUMMARY, EXPORT_SUMMARY_JSON };

struct filter;

struct command {
	enum action_id kind;
	struct proc_key key;
	uint32_t version;
	double rate;      /* of the row, for the ledger */
	const char *path; /* owned by the ui, good until the next call */
	bool on;
	uint32_t interval_ms;
	uint64_t time_ns;
	enum mute_kind rule;
	enum mute_side side;
	event_mask events; /* of a mute, 0: the default */
	uint32_t id;       /* of a rule */
	enum export_what what;
	const struct filter *search; /* owned by the ui */
	int signal;
};

#endif
