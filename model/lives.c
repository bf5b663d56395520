/* lives - see lives.h. */
#include "model/lives.h"

#include <stdbool.h>

static unsigned
bucket_of(uint64_t ns)
{
	unsigned bucket = log_scale_bucket(ns, LIVES_BITS);

	if (bucket < LIVES_BELOW)
		return 0;
	return bucket - LIVES_BELOW < LIVES_BUCKETS ? bucket - LIVES_BELOW : LIVES_BUCKETS - 1;
}

static void
halve(struct lives *l)
{
	for (unsigned i = 0; i < LIVES_BUCKETS; i++)
		l->bucket[i] /= 2;
}

void
lives_add(struct lives *l, uint64_t life_ns)
{
	uint16_t *bucket = &l->bucket[bucket_of(life_ns)];

	if (*bucket == UINT16_MAX)
		halve(l);
	++*bucket;
}

void
lives_merge(struct lives *l, const struct lives *from)
{
	bool full = false;

	for (unsigned i = 0; i < LIVES_BUCKETS; i++)
		full |= l->bucket[i] + from->bucket[i] > UINT16_MAX;
	if (full)
		halve(l);
	for (unsigned i = 0; i < LIVES_BUCKETS; i++)
		l->bucket[i] += full ? from->bucket[i] / 2 : from->bucket[i];
}

uint64_t
lives_median(const struct lives *l)
{
	uint64_t all = 0, below = 0;

	for (unsigned i = 0; i < LIVES_BUCKETS; i++)
		all += l->bucket[i];
	for (unsigned i = 0; i < LIVES_BUCKETS; i++) {
		below += l->bucket[i];
		if (all && below * 2 >= all)
			return log_scale_middle(LIVES_BELOW + i, LIVES_BITS);
	}
	return 0;
}
