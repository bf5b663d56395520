/* lives - see lives.h. */
#include "model/lives.h"

static unsigned
bucket_of(uint64_t ns)
{
	unsigned power = 63 - (unsigned)__builtin_clzll(ns | 1);

	if (power < LIVES_FIRST)
		return 0;
	if (power >= LIVES_FIRST + LIVES_POWERS)
		return LIVES_BUCKETS - 1;
	/* The two bits below the highest say which quarter of the power it is in. */
	return (power - LIVES_FIRST) * LIVES_STEPS + (unsigned)(ns >> (power - 2) & 3);
}

void
lives_add(struct lives *l, uint64_t life_ns)
{
	uint16_t *bucket = &l->bucket[bucket_of(life_ns)];

	if (*bucket == UINT16_MAX)
		for (unsigned i = 0; i < LIVES_BUCKETS; i++)
			l->bucket[i] /= 2;
	++*bucket;
}

uint64_t
lives_median(const struct lives *l)
{
	uint64_t all = 0, below = 0;

	for (unsigned i = 0; i < LIVES_BUCKETS; i++)
		all += l->bucket[i];
	for (unsigned i = 0; i < LIVES_BUCKETS; i++) {
		uint64_t quarter = UINT64_C(1) << (LIVES_FIRST + i / LIVES_STEPS - 2);

		below += l->bucket[i];
		if (all && below * 2 >= all)
			return (LIVES_STEPS + i % LIVES_STEPS) * quarter + quarter / 2;
	}
	return 0;
}
