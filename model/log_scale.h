/*
 * log_scale - buckets that grow with the value: a fixed number of them for each power of two.
 *
 * 1 << bits is that number, so the middle of a bucket is right to 1 in 2 << bits: to 3 % with 4 bits, to
 * 12 % with 2. Values below 1 << bits have a bucket each. Pure; any thread.
 */
#ifndef ESTOP_MODEL_LOG_SCALE_H
#define ESTOP_MODEL_LOG_SCALE_H

#include <stdint.h>

/* The buckets of all values below 2^powers. */
#define LOG_SCALE_BUCKETS(powers, bits) (((powers) - (bits) + 1) << (bits))

/* Not limited: the caller cuts it to the buckets it has. */
static inline unsigned
log_scale_bucket(uint64_t value, unsigned bits)
{
	unsigned shift;

	if (value >> bits == 0)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - bits;
	/* The bits below the highest one choose among those of its power. */
	return ((shift + 1) << bits) + (unsigned)(value >> shift & ((1u << bits) - 1));
}

/* The middle of the values of a bucket. */
static inline uint64_t
log_scale_middle(unsigned bucket, unsigned bits)
{
	unsigned shift;

	if (bucket >> bits == 0)
		return bucket;
	shift = (bucket >> bits) - 1;
	return ((uint64_t)((1u << bits) + (bucket & ((1u << bits) - 1))) << shift) +
	       (((uint64_t)1 << shift) >> 1);
}

#endif
