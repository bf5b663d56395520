/*
 * views - what views show besides the tree: the newest events, and the busiest
 * files. Fed with every event of the session while there is a screen.
 *
 * Main thread only. Plain data, part of the model.
 */
#ifndef ESTOP_MODEL_VIEWS_H
#define ESTOP_MODEL_VIEWS_H

#include "model/files.h"
#include "model/history.h"
#include "model/hour.h"
#include "model/process_facts.h"
#include "model/snapshot.h"

struct views {
	bool on; /* there is a screen */
	struct history *history;
	struct history *held; /* a copy, while the user scrolls in it */
	struct files *files;
	struct process_facts *facts;
	struct hour *hour;
	struct minute minute; /* of the whole machine, always */
	struct minute focus;  /* of the process whose page is open, since it is */
	struct page_spec focused;
};

/* on false: nothing is kept, nothing costs anything. */
void views_open(struct views *, bool on);
void views_close(struct views *);   /* zeroed is fine */
void views_clear(struct views *);   /* reset all counters */
void views_restart(struct views *); /* the tree starts over: nothing of before is true any more */

/* An event, and the executable of its acting process (NULL: unknown). */
void views_apply(struct views *, const struct event *, struct string *exe);

/* The end of an interval. */
void views_tick(struct views *, const struct tree *, const struct snapshot_spec *, uint64_t now_ns);

/* Adds what the spec asks for to the snapshot. */
void views_snapshot(struct views *, struct snapshot *, const struct tree *, const struct mutes *,
		    const struct snapshot_spec *, uint64_t now_ns);

/* Updates only its mute marks. */
void views_mark(struct snapshot *, const struct mutes *, const struct snapshot_spec *);

#endif
