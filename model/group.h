/*
 * group - exited processes in one row: children of one parent that ran the same executable.
 *
 * For model/ alone; one thread, that of the tree. A group holds what reaped members did. It
 * nests: when a member had exited children itself, their groups are merged into the groups inside
 * of its own, so "gcc x60" holds "cc1 x60" and "as x60". Tombstones point to the group they
 * belong to. All that was ever counted for an exited process is in its tombstone, in one
 * group, or, when that went for memory, in tree.gone.
 */
#ifndef ESTOP_MODEL_GROUP_H
#define ESTOP_MODEL_GROUP_H

#include "model/intern.h"
#include "model/lives.h"
#include "model/rate.h"

#include <stdbool.h>

struct tree;
struct proc;

enum {
	GROUP_NAMES = 16,  /* groups with a name in a list; the rest share one */
	GROUP_LARGE = 8,   /* more members than this are shown as one line, tombstones included */
	GROUP_DEPTH = 8,   /* how deep they nest; what is deeper is in the group of the others */
	GROUP_NODES = 512, /* groups inside of one; beyond, new ones are among the others */
};

/* What ended processes did. In tree.closing while there are rates to close. */
struct ended {
	struct activity did;
	struct activity *marked; /* of it, what was counted before the mark; NULL: nothing */
	struct ended *prev, *next;
	bool closing;
};

struct group {
	struct group *next; /* of the same list */
	struct group *prev_aged,
		*next_aged;          /* of all outermost ones, the one longest without an exit first */
	struct proc *owner;          /* parent of the members; NULL: it is inside of another */
	struct group *outer, *inner; /* inner: the first of its list */
	struct group *into;          /* merged: where its members are now */
	struct string *exe;          /* NULL: all the others */
	uint64_t id;                 /* never used twice */
	uint64_t last_ns;            /* last exit */
	uint32_t count, uid;
	uint32_t present; /* members whose tombstone is still there */
	uint32_t nodes;   /* outermost: groups inside */
	uint32_t row;     /* private to snapshot.c */
	uint32_t weight;  /* part of tree.buried_bytes */
	uint8_t depth;    /* 0: outermost */
	bool large;       /* had more than GROUP_LARGE members */
	bool folded;
	struct lives lives; /* of members whose start is known */
	struct ended ended;
};

/* Adds counts and rates of a, and what of it was counted before the mark (may be NULL). */
void ended_add(struct tree *, struct ended *, const struct activity *a, const struct activity *marked);
void ended_finish(struct tree *, struct ended *);

const struct group *group_outermost(const struct group *);
const struct group *group_by_id(const struct tree *, uint64_t id); /* NULL: there is none */
bool group_is_one_line(const struct group *); /* tombstones of its members have no rows */
struct group *group_next(const struct group *,
			 const struct group *top); /* all of top, from outside in; then NULL */

void group_join(struct tree *, struct proc *);   /* a tombstone, whose parent is known */
void group_quit(struct proc *);                  /* as if it had never been in it */
void group_reap(struct tree *, struct proc *);   /* what it did goes to its group; the tombstone goes */
void group_orphan(struct tree *, struct proc *); /* the parent goes: its groups are root's from now on */
bool group_expire_oldest(struct tree *);         /* false: the oldest has tombstones, or there is none */
void groups_free(struct tree *);

#endif
