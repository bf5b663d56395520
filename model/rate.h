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

/* One counter. */
struct tally {
	uint64_t total;
	uint32_t closed; /* low half of total when the last interval was closed */
	float rate;      /* per second in that interval */
};

/* Counters of the types that are not core, only of those that occurred. */
struct sparse {
	event_mask types;
	unsigned room;
	struct tally tally[]; /* one for each type, in their order */
};

/*
 * Counters of one process, or of some. Zeroed is fine. There are many processes
 * and many types, but most processes make few: so the core types have their
 * places, and of the others there is a sum, and memory for what occurred.
 */
struct activity {
	struct tally core[EV_CORE];
	struct tally rest;   /* all others */
	struct sparse *more; /* each of them; NULL: none */
};

/* The counter of this type, or NULL while it is 0. */
const struct tally *activity_get(const struct activity *, enum event_id);

/* Adds n to a type. For the core types this is one addition. */
void activity_add_other(struct activity *, enum event_id, uint64_t n);

static inline void
activity_add(struct activity *a, enum event_id id, uint64_t n)
{
	if (id < EV_CORE)
		a->core[id].total += n;
	else
		activity_add_other(a, id, n);
}

uint64_t activity_total(const struct activity *);
double activity_rate(const struct activity *);

/*
 * The counts of from go to those of to: totals, what came in the open interval, and the rates
 * of the last one, which are right until to is closed, too.
 */
void activity_merge(struct activity *to, const struct activity *from);

/*
 * Sets to, which is zeroed, to what from counted beyond before (may be NULL): the total of each
 * type, and with rates what came in the open interval and the rate of the last one.
 */
void activity_since(struct activity *to, const struct activity *from, const struct activity *before,
		    bool rates);

/* Gives back what it allocated; all is 0 then. */
void activity_finish(struct activity *);

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
 * Closes the interval of a counter; of unknown length, it leaves the rate as it
 * was. False when nothing happened and the rate is 0 now, so that nothing is left
 * to do until the next event.
 */
bool tally_close(struct tally *, double seconds);
bool rate_close(struct activity *, double seconds); /* all of these */

/* Totals from zero; what came in the open interval still makes its rate. */
void tally_clear(struct tally *);
void rate_clear(struct activity *);

#endif
