/*
 * rate - how many events per second, over the last interval.
 *
 * An interval begins where the one before ended. One that is very short (a
 * frame drawn for a key) is not closed but goes on: a rate over a millisecond
 * would be noise.
 */
#ifndef ESTOP_MODEL_RATE_H
#define ESTOP_MODEL_RATE_H

#include "model/event.h"

#define RATE_SHORTEST_NS 50000000u

/* Counters of one process, or of the machine. Zeroed is fine. */
struct activity {
	uint64_t total[EV_COUNT];
	uint32_t closed[EV_COUNT]; /* low half of total when the last interval was closed */
	float rate[EV_COUNT];      /* per second in that interval */
};

/* When the interval began. Zeroed is fine. */
struct rate_clock {
	uint64_t begin_ns;
};

/*
 * What tree_tick() should do now: a positive number of seconds closes the
 * interval with that length, 0 leaves it open, and a negative number says
 * that its length is not known (the first; the clock went back).
 */
double rate_interval(struct rate_clock *, uint64_t now_ns);

/*
 * Closes the interval of these counters; of unknown length, it leaves the
 * rates as they were. False when nothing happened and every rate is 0 now, so
 * that nothing is left to do until the next event.
 */
bool rate_close(struct activity *, double seconds);

/* Totals from zero; what came in the open interval still makes its rate. */
void rate_clear(struct activity *);

#endif
