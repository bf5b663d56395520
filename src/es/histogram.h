/*
 * histogram - how long something took, many times over, in constant memory.
 *
 * Buckets grow with the value: 16 to each power of two, so a quantile is right
 * to about 3 %. One thread adds; any thread may ask meanwhile.
 */
#ifndef ESTOP_ES_HISTOGRAM_H
#define ESTOP_ES_HISTOGRAM_H

#include "model/log_scale.h"

#include <stdatomic.h>
#include <stdint.h>

enum {
	HISTOGRAM_BITS = 4,    /* 16 to each power of two */
	HISTOGRAM_POWERS = 36, /* beyond a minute in nanoseconds all is one */
	HISTOGRAM_BUCKETS = LOG_SCALE_BUCKETS(HISTOGRAM_POWERS, HISTOGRAM_BITS)
};

/* Zeroed memory is an empty one. */
struct histogram {
	_Atomic uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *, uint64_t value);

/* What this share (0..1) of the values does not exceed; 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *, double share);

/*
 * What took up to first, up to twice as much, and so on, in buckets each; first: a power of two from
 * 16 on. *sum: of all values, as exact as quantiles. Returns how many there are.
 */
uint64_t histogram_powers(const struct histogram *, uint64_t first, uint64_t bucket[], unsigned buckets,
			  uint64_t *sum);

#endif
