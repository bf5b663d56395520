/*
 * followed_command - the command after "--" in a session: the process, and the summary of what it
 * and its descendants did. Of a recording, only the summary of what it holds.
 *
 * Main thread only. Part of the session; zeroed: there is no command.
 */
#ifndef ESTOP_APP_FOLLOWED_COMMAND_H
#define ESTOP_APP_FOLLOWED_COMMAND_H

#include "model/summary.h"
#include "src/app/child.h"
#include "src/app/flow.h"

struct followed_command {
	struct child *child; /* not owned; NULL: no command was given */
	struct summary *summary;
	struct flow *flow; /* it is fed by; not owned */
};

/* Restricts the flow to the child and its descendants, and begins the summary. */
void followed_command_open(struct followed_command *, struct child *, struct flow *);

/* The summary of a recording, from here on; the same again when it starts over. */
void followed_command_replay(struct followed_command *, struct flow *);
void followed_command_restart(struct followed_command *); /* without a summary it does nothing */

void followed_command_close(struct followed_command *);

bool followed_command_runs(const struct followed_command *); /* false also when there is none */

/* Asks the command to end if it still runs (SIGTERM), and drains for a moment until it has. */
void followed_command_end(struct followed_command *, struct flow *);

#endif
