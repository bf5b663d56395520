/* histogram - see histogram.h. */
#include "src/es/histogram.h"

/* Below 16 a bucket is a value; above, the four bits behind the first one choose. */
static unsigned
bucket_of(uint64_t value)
{
	unsigned shift, bucket;

	if (value < HISTOGRAM_STEPS)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - 4;
	bucket = HISTOGRAM_STEPS * (shift + 1) + ((value >> shift) & (HISTOGRAM_STEPS - 1));
	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* The middle of what falls into it. */
static uint64_t
value_of(unsigned bucket)
{
	unsigned shift;

	if (bucket < HISTOGRAM_STEPS)
		return bucket;
	shift = bucket / HISTOGRAM_STEPS - 1;
	return ((uint64_t)(HISTOGRAM_STEPS + bucket % HISTOGRAM_STEPS) << shift) +
	       (((uint64_t)1 << shift) >> 1);
}

void
histogram_add(struct histogram *h, uint64_t value)
{
	_Atomic uint64_t *bucket = &h->bucket[bucket_of(value)];

	/* Relaxed, and no atomic addition: one writer, and a number announces nothing. */
	atomic_store_explicit(bucket, atomic_load_explicit(bucket, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

uint64_t
histogram_quantile(const struct histogram *h, double share)
{
	uint64_t count[HISTOGRAM_BUCKETS], sum = 0, rank, seen = 0;
	unsigned i;

	/* A copy, or the sum would not be that of the buckets walked after it. */
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		count[i] = atomic_load_explicit(&h->bucket[i], memory_order_relaxed);
		sum += count[i];
	}
	if (sum == 0)
		return 0;
	rank = (uint64_t)((double)(sum - 1) * share);
	for (i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		seen += count[i];
		if (seen > rank)
			break;
	}
	return value_of(i);
}
