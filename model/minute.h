/*
 * minute - how many events of each type there were in each second of the last minute.
 *
 * Plain data, for sparklines: of the machine, and of the process that is looked at
 * closely. Samples are a second long whatever the time between two frames; where
 * that is longer, all of its seconds have its mean.
 */
#ifndef ESTOP_MODEL_MINUTE_H
#define ESTOP_MODEL_MINUTE_H

#include "model/event.h"

enum { MINUTE_SECONDS = 60 };

/* Zeroed is fine, and knows nothing yet. */
struct minute {
	float sample[MINUTE_SECONDS][EV_COUNT]; /* per second, a ring */
	unsigned count;                         /* samples there are */
	unsigned newest;                        /* where the last one is */
	uint64_t second_ns;                     /* where the next one begins */
	uint64_t tick_ns;                       /* of the totals */
	uint64_t total[EV_COUNT];
};

/* Once per frame, with the counters as they stand. Counters may restart from zero. */
void minute_tick(struct minute *, const uint64_t total[EV_COUNT], uint64_t now_ns);

/* The samples of one type, the oldest first; what was not measured is negative. */
void minute_get(const struct minute *, enum event_id, float out[MINUTE_SECONDS]);

/* The same of all types together. */
void minute_sum(const struct minute *, float out[MINUTE_SECONDS]);

#endif
