/*
 * group - exited processes in one row: children of one parent that ran the same executable.
 *
 * For model/ alone, its structs are in proc.h; one thread, that of the tree. A group holds what
 * reaped members did. It nests: when a member had exited children itself, their groups are merged
 * into the groups inside of its own, so "gcc x60" holds "cc1 x60" and "as x60". Tombstones point to
 * the group they belong to. All that was ever counted for an exited process is in its tombstone, in
 * one group, or, when that went for memory, in tree.gone.
 */
#ifndef ESTOP_MODEL_GROUP_H
#define ESTOP_MODEL_GROUP_H

#include "model/proc.h"

/* Adds counts and rates of a, and what of it was counted before the mark (may be NULL). */
void ended_add(struct tree *, struct ended *, const struct activity *a, const struct activity *marked);
void ended_finish(struct tree *, struct ended *);

const struct group *group_outermost(const struct group *);
const struct group *group_by_id(const struct tree *, uint64_t id); /* NULL: there is none */
bool group_is_one_line(const struct group *); /* tombstones of its members have no rows */
struct group *group_next(const struct group *,
			 const struct group *top); /* all of top, from outside in; then NULL */

void group_join(struct tree *, struct proc *); /* a tombstone, whose parent is known */

/*
 * A tombstone that moves, or lives after all: as if it had never been in its group. So have those below
 * it whose groups are inside of that one: once it is where it belongs they join again.
 */
void group_leave(struct proc *);
void group_join_below(struct tree *, struct proc *);
void group_reap(struct tree *, struct proc *);   /* what it did goes to its group; the tombstone goes */
void group_orphan(struct tree *, struct proc *); /* the parent goes: its groups are root's from now on */
bool group_expire_oldest(struct tree *);         /* false: the oldest has tombstones, or there is none */
void groups_free(struct tree *);

#endif
