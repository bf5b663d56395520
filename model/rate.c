/* rate - differences of counters over time. */
#include "model/rate.h"

double
rate_interval(struct rate_clock *clock, uint64_t now_ns)
{
	uint64_t begin_ns = clock->begin_ns;

	if (begin_ns && now_ns >= begin_ns && now_ns - begin_ns < RATE_SHORTEST_NS)
		return 0;
	clock->begin_ns = now_ns;
	if (!begin_ns || now_ns < begin_ns)
		return -1;
	return (double)(now_ns - begin_ns) / 1e9;
}

bool
rate_close(struct activity *a, double seconds)
{
	bool busy = false;

	for (unsigned id = 0; id < EV_COUNT; id++) {
		uint32_t total = (uint32_t)a->total[id];
		uint32_t n = total - a->closed[id];

		a->closed[id] = total;
		if (seconds > 0)
			a->rate[id] = (float)(n / seconds);
		busy |= a->rate[id] > 0;
	}
	return busy;
}

void
rate_clear(struct activity *a)
{
	for (unsigned id = 0; id < EV_COUNT; id++) {
		a->closed[id] -= (uint32_t)a->total[id];
		a->total[id] = 0;
	}
}
