/* timeline - see timeline.h. */
#include "model/timeline.h"

#include <string.h>

void
timeline_open(struct timeline *t, uint64_t begin_ns)
{
	memset(t, 0, sizeof(*t));
	t->begin_ns = t->end_ns = begin_ns;
	t->slot_ns = TIMELINE_SLOT_NS;
}

/* Each two slots become one. */
static void
halve(struct timeline *t)
{
	for (unsigned i = 0; i < CHART_SLOTS; i++) {
		for (unsigned k = 0; k < CHART_SERIES; k++) {
			uint32_t n = t->events[i][k];

			t->events[i][k] = 0;
			t->events[i / 2][k] += n;
		}
		uint8_t marks = t->marks[i];

		t->marks[i] = 0;
		t->marks[i / 2] |= marks;
	}
	t->slot_ns *= 2;
}

static unsigned
slot_of(struct timeline *t, uint64_t ns)
{
	if (ns > t->end_ns)
		t->end_ns = ns;
	if (ns < t->begin_ns)
		ns = t->begin_ns;
	while ((ns - t->begin_ns) / t->slot_ns >= CHART_SLOTS)
		halve(t);
	return (unsigned)((ns - t->begin_ns) / t->slot_ns);
}

void
timeline_add(struct timeline *t, uint64_t ns, unsigned id)
{
	t->events[slot_of(t, ns)][chart_series(id)]++;
}

void
timeline_mark(struct timeline *t, uint64_t ns, enum chart_mark mark)
{
	t->marks[slot_of(t, ns)] |= chart_mark_bit(mark);
}

void
timeline_chart(const struct timeline *t, struct chart *c)
{
	c->whole = true;
	c->begin_ns = t->begin_ns;
	c->slot_ns = t->slot_ns;
	c->count = t->slot_ns ? (unsigned)((t->end_ns - t->begin_ns) / t->slot_ns) + 1 : 0;
	for (unsigned i = 0; i < c->count; i++) {
		for (unsigned k = 0; k < CHART_SERIES; k++)
			c->rate[i][k] = (float)(t->events[i][k] * 1e9 / (double)t->slot_ns);
		c->marks[i] = t->marks[i];
	}
}
