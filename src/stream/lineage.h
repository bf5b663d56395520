/*
 * lineage - the processes of a stream of events that run, and who forked whom: what the exports of all
 * that happened have in common.
 *
 * A process becomes known by a fork, by its first event, or as an ancestor of such a one; for what was
 * not seen the tree is asked. It stays the child of who forked it, also when that one ends. It ends by its
 * exit, or when its pid turns out to be another's.
 *
 * One thread. Memory is bounded by the processes that live.
 */
#ifndef ESTOP_STREAM_LINEAGE_H
#define ESTOP_STREAM_LINEAGE_H

#include "model/hash.h"
#include "model/tree.h"

enum { LINEAGE_DEPTH = 256 }; /* of ancestors that are asked for */

/* A process that runs. The first member of what the user keeps of it. */
struct runner {
	int32_t pid, parent_pid;
	uint64_t start_ns;      /* 0: not known */
	uint64_t number;        /* never used twice */
	uint64_t parent_number; /* of who forked it; 0: not known */
	UT_hash_handle hh;
};

struct lineage_ops {
	size_t size; /* of what begins with a struct runner */
	/* It is zeroed but for the runner. parent may be NULL; path: what it runs, NULL where that is not known. */
	void (*begin)(void *ctx, struct runner *, struct runner *parent, const char *path);
	void (*end)(void *ctx, struct runner *); /* before it is freed */
};

struct lineage {
	const struct tree *tree;
	const struct lineage_ops *ops;
	void *ctx; /* of ops */
	struct runner *runners;
	uint64_t number;
};

/* Frees what there is, without ops->end(). */
void lineage_finish(struct lineage *);

/* Who acts in this event, which is not yet applied to the tree; made known if need be. */
struct runner *lineage_actor(struct lineage *, const struct event *);

/* The child of a fork begins, running path. The parent is its actor. */
void lineage_fork(struct lineage *, struct runner *parent, const struct event *, const char *path);
void lineage_end(struct lineage *, struct runner *);

/* Who forked it, if it still runs; or NULL. */
struct runner *lineage_parent(const struct lineage *, const struct runner *);

#endif
