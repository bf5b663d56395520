/*
 * snapshot_parts - what snapshot.c and snapshot_groups.c share: the rows before they are in order.
 */
#ifndef ESTOP_MODEL_SNAPSHOT_PARTS_H
#define ESTOP_MODEL_SNAPSHOT_PARTS_H

#include "model/proc.h"
#include "model/snapshot.h"

#define NONE UINT32_MAX

enum state {
	EXISTS = 1, /* may be seen: not hidden as a kernel thread, exited or outside of root_pid */
	INSIDE = 2, /* root_pid or below it */
	INNER = 4,  /* below a row that is folded */
	MATCH = 8,
	SHOWN = 16, /* a match, or in a tree an ancestor of one */
	FOLDED = 32,
	EMITTED = 64,
};

/* Counts allocated for a snapshot, and freed all together. */
struct chunk {
	struct chunk *older;
	size_t room, used;
	struct count count[];
};

struct arena {
	unsigned roomy;  /* snapshots that needed little of it, one after the other */
	size_t room;     /* rows; the arrays have room for two more */
	uint32_t *up;    /* row of the parent, NONE: a root */
	uint32_t *order; /* rows in some order */
	uint32_t *start; /* children of row i are child[start[i]] to child[start[i + 1]] */
	uint32_t *child;
	uint32_t *work;
	uint8_t *state;
	uint32_t *place; /* where the last snapshot had row i, NONE: nowhere; for place_count rows */
	size_t place_count;
	struct chunk *chunks;        /* the newest first: memory for what rows point to as "more" */
	const struct group **groups; /* of the rows after those of processes */
	size_t group_count, group_room;
	uint32_t *find;   /* snapshot_find()'s index: row + 1 by key, made when first asked */
	size_t find_size; /* a power of two */
	bool find_ready;
};

/* What filling one snapshot works with. */
struct fill {
	struct snapshot *s;
	struct arena *a;
	const struct tree *t;
	const struct snapshot_spec *spec;
	uint64_t now_ns;
	size_t n;         /* rows: of processes, groups, and the rest */
	size_t procs;     /* of processes */
	struct row *rest; /* all that has no row */
	uint32_t root;    /* row of root_pid */
	uint32_t uid;     /* user is uid's name */
	const char *user;
};

/* Room for n rows. Rows filled before stay, but may move. */
void snapshot_reserve(struct fill *, size_t n);

/* Adds counts to a row. before: the part counted before the mark; NULL: none, or no mark. */
void snapshot_add_activity(struct fill *, struct row *, const struct activity *,
			   const struct activity *before);

/*
 * All of a row but its place and its counts, which are 0: of a process; of many, where only key and
 * name are known; of all that has no row.
 */
void snapshot_fill_process(struct fill *, struct row *, const struct proc *);
void snapshot_fill_many(struct row *, struct proc_key, const char *name);
void snapshot_fill_rest(struct fill *, uint32_t row);

/* Processes lie anywhere in memory: before a loop over all comes to this one. */
static inline void
snapshot_prefetch(const struct proc *p)
{
	for (size_t at = 0; at < sizeof(*p); at += 64)
		__builtin_prefetch((const char *)p + at);
}

/* The user's name, as the spec gives it. */
const char *snapshot_user(struct fill *, uint32_t uid);

/* The name of the host that a pid is of; NULL: there is but one host. */
const char *snapshot_host(const struct fill *, int32_t pid);

/* Do processes that exited then have rows? */
bool snapshot_shows_exited(const struct fill *, uint64_t exited_ns);

/* The key of the row that processes of this identity are in. */
struct proc_key snapshot_group_key(enum grouping, const struct identity *);

/* Of snapshot_groups.c: the rows of a grouping, with up and state of each. */
void snapshot_fill_groups(struct fill *);

#endif
