/*
 * flow - moves events: from the ring to everything that takes them, and what the source lists of
 * running processes.
 *
 * An event of a process in scope goes to the summary of the command, to the recording, to the log
 * (on_event), to the metrics, and to the model. Main thread only. Part of the session.
 */
#ifndef ESTOP_APP_FLOW_H
#define ESTOP_APP_FLOW_H

#include "model/model.h"
#include "model/summary.h"
#include "src/app/recording.h"
#include "src/app/scope.h"
#include "src/app/survey.h"
#include "src/base/source.h"

struct metrics;

struct flow {
	/* Not owned. */
	const struct source *source;
	struct ring *ring;
	struct model *model;
	struct scope *scope;
	struct recording *recording;
	struct summary *summary;                           /* of the command; NULL: there is none */
	struct metrics *metrics;                           /* NULL: none */
	void (*on_event)(void *ctx, const struct event *); /* NULL: none */
	void *on_event_ctx;

	struct survey survey;
	/* Of this interval; figures_tick() resets them. */
	uint64_t lag_ns;    /* age of the oldest event when it was applied */
	uint64_t ring_peak; /* bytes used in the ring, at most */
};

/*
 * Applies what is in the ring, for about budget_ns; *more: some is left. Runs a survey when it is
 * time. Returns the number of events.
 */
size_t flow_drain(struct flow *, uint64_t budget_ns, bool *more);
void flow_drain_all(struct flow *);

/* Applies what runs already, as the source lists it. 0 or a negative errno. */
int flow_backfill(struct flow *);

/* The end of an interval. */
void flow_tick(struct flow *);

/* Drops what is in the ring: it is of the time before. */
void flow_discard(struct flow *);

#endif
