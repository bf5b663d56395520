/*
 * identity - what processes are grouped by, and what they did under it.
 *
 * For model/ alone, its structs are in proc.h; one thread, that of the tree. An identity is a
 * combination of program, user and so on, kept once. Nothing is counted here for an event: each
 * process counts for itself, and what it did is added to its identity when that changes (exec,
 * setuid) or the process is reaped. So the sum of a group is that of its identities and of what
 * its processes did since.
 *
 * At most IDENTITIES_IDLE have no process; beyond, the one with the fewest events of those
 * idle the longest joins the others.
 */
#ifndef ESTOP_MODEL_IDENTITY_H
#define ESTOP_MODEL_IDENTITY_H

#include "model/proc.h"

/* The one of this process as it is now. Never NULL. */
struct identity *identity_of(struct tree *, struct proc *);

/*
 * Before something changes that is part of it: what p did until now was done under the old one.
 * exec_ns: when the change is an exec, its time; else 0.
 */
void identity_change(struct tree *, struct proc *, uint64_t exec_ns);

void identity_end(struct tree *, struct proc *);  /* p has exited */
void identity_reap(struct tree *, struct proc *); /* p goes */

/* What p did under its present identity, without rates that were counted before: free with activity_finish(). */
void identity_since(const struct proc *, struct activity *did, struct activity *marked);

void identities_free(struct tree *);

#endif
