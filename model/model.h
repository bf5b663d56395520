/*
 * model - what a session knows: the tree, the mute rules, and what views show besides the tree.
 *
 * The one place where an event is applied, where an interval ends, and where a snapshot is filled.
 * One thread. Reads no clock and asks the system nothing itself: times are arguments, and what only
 * the session knows comes as a struct snapshot_figures.
 */
#ifndef ESTOP_MODEL_MODEL_H
#define ESTOP_MODEL_MODEL_H

#include "model/mutes.h"
#include "model/snapshot.h"
#include "model/tree.h"
#include "model/views.h"

struct model_config {
	const struct mute_ops *mute_ops; /* of the source; its ctx and look's is source */
	void *source;
	/* What only the system knows of a running process; NULL: nothing. As source_ops.look. */
	void (*look)(void *source, int32_t pid, struct process_look *);
	bool views;                  /* keep what views show besides the tree */
	const struct filter *scope;  /* -p and -u: whose events the views show; NULL: all. Not owned */
	const struct filter *follow; /* of -p PATH+: see follow.h; NULL: nobody. Not owned */
	const char *(*user_name)(uint32_t uid);                       /* for scope; never returns NULL */
	bool (*find_user)(const char *name_or_number, uint32_t *uid); /* for rules; NULL: numbers alone */
};

struct model {
	struct model_config config;
	struct tree *tree;
	struct mutes *mutes;
	struct views views;
	uint64_t applied;       /* events, since the start */
	uint64_t applied_shown; /* of these, when the last snapshot was taken */
	uint64_t mutes_changes; /* mutes_changes() at the last tick */
	bool mutes_stale;       /* what the system has muted may have changed */
};

void model_open(struct model *, const struct model_config *);
void model_close(struct model *); /* zeroed is fine */

/* The stream starts over: nothing that is known of processes holds any more. Mute rules stay. */
void model_restart(struct model *);

/* An event of a source, in order. */
void model_apply(struct model *, const struct event *);

/* An EV_SEEN event, of backfill: for the tree, and for rules that the ledger carries out process by process. */
void model_seen(struct model *, const struct event *);

/* The end of an interval: rates, exited rows, and the mute rules that wait for something. */
void model_tick(struct model *, const struct snapshot_spec *, uint64_t now_ns);

/* Something that charts show at this time, after the tick. */
void model_mark(struct model *, enum chart_mark, uint64_t now_ns);

/* Fills a snapshot (zeroed or a former one): all the spec asks for, and the figures. */
void model_snapshot(struct model *, struct snapshot *, const struct snapshot_spec *,
		    const struct snapshot_figures *, uint64_t now_ns);

/* Renews only the figures of a snapshot: of a paused one, and between two intervals. */
void model_figures(const struct model *, struct snapshot *, const struct snapshot_figures *);

/* Renews the mute marks of its rows, too: after a mute command while it is paused. */
void model_marks(const struct model *, struct snapshot *, const struct snapshot_spec *,
		 const struct snapshot_figures *);

#endif
