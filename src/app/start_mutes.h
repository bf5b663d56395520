/*
 * start_mutes - the mute rules of the command line and of mute files, carried out when a session
 * starts, or of a file when a key asks for it. Main thread.
 */
#ifndef ESTOP_APP_START_MUTES_H
#define ESTOP_APP_START_MUTES_H

#include "model/model.h"
#include "src/cli/options.h"

/*
 * Rules for paths are added before the flow starts, so that none of their events arrives; those for
 * processes when the tree knows them. 0, or a negative errno with a sentence in why when a rule of
 * -m cannot be added. A rule of a file that cannot is noted, and the rest applies.
 */
int start_mutes_paths(struct model *, const struct options *, struct notes *, uint64_t now_ns, char *why,
		      size_t len);
int start_mutes_processes(struct model *, const struct options *, struct notes *, uint64_t now_ns, char *why,
			  size_t len);

/* Adds the rules of a mute file as one step for undo, and says how it went, also if it cannot be read.
 * live: its paths are of this system, and are resolved. */
void start_mutes_load(struct model *, const char *path, bool live, uint64_t now_ns, char *message, size_t len);

#endif
