/* minute - see minute.h. */
#include "model/minute.h"

#include <string.h>

#define SECOND_NS ((uint64_t)1000000000)

static void
begin(struct minute *m, const uint64_t total[EV_COUNT], uint64_t now_ns)
{
	m->tick_ns = m->second_ns = now_ns;
	memcpy(m->total, total, sizeof(m->total));
}

void
minute_tick(struct minute *m, const uint64_t total[EV_COUNT], uint64_t now_ns)
{
	uint64_t seconds;

	if (!m->tick_ns || now_ns < m->tick_ns) { /* the first; the clock went back */
		begin(m, total, now_ns);
		return;
	}
	/* A frame that is a little early still ends its second. */
	seconds = (now_ns - m->second_ns + SECOND_NS / 4) / SECOND_NS;
	if (seconds == 0)
		return;
	for (uint64_t i = 0; i < seconds && i < MINUTE_SECONDS; i++) {
		m->newest = (m->newest + 1) % MINUTE_SECONDS;
		m->count += m->count < MINUTE_SECONDS;
		for (unsigned id = 0; id < EV_COUNT; id++) {
			uint64_t from = total[id] < m->total[id] ? 0 : m->total[id];

			m->sample[m->newest][id] =
				(float)((double)(total[id] - from) * 1e9 / (double)(now_ns - m->tick_ns));
		}
	}
	m->second_ns += seconds * SECOND_NS;
	m->tick_ns = now_ns;
	memcpy(m->total, total, sizeof(m->total));
}

/* Where sample i of the minute is, counted from the oldest place; -1: not measured. */
static int
place(const struct minute *m, unsigned i)
{
	if (i < MINUTE_SECONDS - m->count)
		return -1;
	return (int)((m->newest + 1 + i) % MINUTE_SECONDS);
}

void
minute_get(const struct minute *m, enum event_id id, float out[MINUTE_SECONDS])
{
	for (unsigned i = 0; i < MINUTE_SECONDS; i++) {
		int at = place(m, i);

		out[i] = at < 0 ? -1 : m->sample[at][id];
	}
}

void
minute_sum(const struct minute *m, float out[MINUTE_SECONDS])
{
	for (unsigned i = 0; i < MINUTE_SECONDS; i++) {
		int at = place(m, i);

		out[i] = at < 0 ? -1 : 0;
		for (unsigned id = 0; at >= 0 && id < EV_COUNT; id++)
			out[i] += m->sample[at][id];
	}
}
