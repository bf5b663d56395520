/*
 * figures - what the header shows besides the rows: events lost, lag, fill of the queues, own cost,
 * and the title of the source.
 *
 * Main thread only. Part of the session.
 */
#ifndef ESTOP_APP_FIGURES_H
#define ESTOP_APP_FIGURES_H

#include "model/snapshot.h"
#include "src/app/flow.h"
#include "src/app/followed_command.h"
#include "src/app/recording.h"
#include "src/base/source.h"
#include "src/base/usage.h"

struct figures {
	struct source_stats stats; /* as of the last figures_read() */
	uint64_t lost;             /* figures_lost() at the last tick */
	uint64_t lag_ns;           /* of the last interval */
	double ring_fill;          /* of the last interval, at most; a share of the ring */
	uint64_t muted, muted_ns;  /* events suppressed by mutes, as of the last tick, and when that was */
	double muted_rate;         /* of the last interval, per second; < 0: the system does not count them */
	struct self self;          /* what estop costs */
	char title[96];            /* source, command and recording */
};

void figures_open(struct figures *);
void figures_close(struct figures *); /* of one that was opened */

/* Reads the counters of the source. */
void figures_read(struct figures *, const struct source *);

/* The end of an interval: takes over what the flow has measured, and samples the own cost. */
void figures_tick(struct figures *, struct flow *, uint64_t now_ns);

/* Composes the title. */
void figures_name(struct figures *, const struct source *, const struct followed_command *,
		  const struct recording *);

/* What the model adds to a snapshot. subscribed: the types that were asked for. */
struct snapshot_figures figures_for_snapshot(const struct figures *, const struct source *,
					     event_mask subscribed);

uint64_t figures_lost(const struct figures *); /* events in all, as of the last figures_read() */

#endif
