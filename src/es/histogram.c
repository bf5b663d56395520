/* histogram - see histogram.h. */
#include "src/es/histogram.h"

#include <string.h>

static unsigned
bucket_of(uint64_t value)
{
	unsigned bucket = log_scale_bucket(value, HISTOGRAM_BITS);

	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
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
	return log_scale_middle(i, HISTOGRAM_BITS);
}

uint64_t
histogram_powers(const struct histogram *h, uint64_t first, uint64_t bucket[], unsigned buckets, uint64_t *sum)
{
	unsigned power = 0;
	uint64_t all = 0;

	memset(bucket, 0, buckets * sizeof(*bucket));
	*sum = 0;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t count = atomic_load_explicit(&h->bucket[i], memory_order_relaxed);
		uint64_t middle = log_scale_middle(i, HISTOGRAM_BITS);

		/* A bucket never lies on both sides of a power of two. */
		while (power < buckets && middle >= first << power)
			power++;
		if (power < buckets)
			bucket[power] += count;
		all += count;
		*sum += count * middle;
	}
	return all;
}
