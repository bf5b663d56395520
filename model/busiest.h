/*
 * busiest - counters of the busiest of many names, and of all others together: what has to be
 * bounded in number and may never count down.
 *
 * So many names are shown as there are slots. A name is counted from when it is shown: what it did
 * before, and does after it had to go, is counted for the others, whose counters so never go down
 * either. One that is shown again goes on where it stopped, if that is remembered; else it begins at
 * 0. What came between two ticks is what the counters of the names shown at both, and of the others,
 * went up by.
 *
 * A free slot goes to the name that does most. Without one, a name has to do twice as much as the
 * least busy one shown, as an average that forgets half in BUSIEST_HALF_NS, and that one must have
 * been shown for BUSIEST_STAY_NS or do nothing: so series are not exchanged all the time, and live
 * long enough to be read.
 *
 * Names are labels: cleaned (clean.h), and of long ones the last BUSIEST_LABEL bytes after an
 * ellipsis. Names that look the same then are one.
 *
 * One thread. Memory is bounded: BUSIEST_SEEN names between two ticks, beyond which events count for
 * the others; BUSIEST_KEPT names that were shown.
 */
#ifndef ESTOP_MODEL_BUSIEST_H
#define ESTOP_MODEL_BUSIEST_H

#include "model/rate.h"

#define BUSIEST_HALF_NS UINT64_C(30000000000)
#define BUSIEST_STAY_NS UINT64_C(60000000000)
#define BUSIEST_OTHER "other"
#define BUSIEST_NONE "none" /* of the empty name */

enum { BUSIEST_SEEN = 1024, BUSIEST_KEPT = 1024, BUSIEST_LABEL = 120 };

struct busiest;

struct busiest *busiest_create(unsigned slots);
void busiest_destroy(struct busiest *); /* NULL is fine */

/* An event of this name: any bytes. */
void busiest_take(struct busiest *, const char *name, enum event_id);

/* The end of an interval: counters move, and names come and go. */
void busiest_tick(struct busiest *, uint64_t now_ns);

/* As of the last tick. Good until the next one. */
struct busy {
	const char *label;
	struct activity did;
};

/* The names shown, in no order: the first after NULL. NULL: there are no more. */
const struct busy *busiest_next(const struct busiest *, const struct busy *);
const struct busy *busiest_others(const struct busiest *); /* its label is BUSIEST_OTHER */

#endif
