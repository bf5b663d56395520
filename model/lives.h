/*
 * lives - how long the processes of a group lived, in constant memory.
 *
 * Lives are counted in buckets, four to each power of two of nanoseconds, from 16 us
 * to 73 minutes; what is shorter or longer counts as that. The median is the middle
 * of the bucket it falls into, so within that range it is right to 12 %. After 65,535
 * lives in one bucket all counts are halved: recent ones weigh more from then on.
 */
#ifndef ESTOP_MODEL_LIVES_H
#define ESTOP_MODEL_LIVES_H

#include "model/log_scale.h"

#include <stdint.h>

enum {
	LIVES_BITS = 2,                                           /* four to each power of two */
	LIVES_FIRST = 14,                                         /* log2 of the shortest */
	LIVES_LAST = 42,                                          /* and of what is too long */
	LIVES_BELOW = LOG_SCALE_BUCKETS(LIVES_FIRST, LIVES_BITS), /* buckets that are left out */
	LIVES_BUCKETS = LOG_SCALE_BUCKETS(LIVES_LAST, LIVES_BITS) - LIVES_BELOW
};

/* Zeroed is empty. */
struct lives {
	uint16_t bucket[LIVES_BUCKETS];
};

void lives_add(struct lives *, uint64_t life_ns);
void lives_merge(struct lives *, const struct lives *from);
uint64_t lives_median(const struct lives *); /* ns; 0: none were added */

#endif
