/* rate - differences of counters over time. */
#include "model/rate.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

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
tally_close(struct tally *t, double seconds)
{
	uint32_t total = (uint32_t)t->total;
	uint32_t n = total - t->closed;

	t->closed = total;
	if (seconds > 0)
		t->rate = (float)(n / seconds);
	return t->rate > 0;
}

void
tally_clear(struct tally *t)
{
	t->closed -= (uint32_t)t->total;
	t->total = 0;
}

/* ---- the types that are not core ---- */

static unsigned
place_of(const struct sparse *s, enum event_id id)
{
	return event_mask_count(s->types & (EVENT_BIT(id) - 1));
}

/* The counter, new when it has to be. */
static struct tally *
place(struct activity *a, enum event_id id)
{
	struct sparse *s = a->more;
	unsigned count = s ? event_mask_count(s->types) : 0, at = s ? place_of(s, id) : 0;

	if (s && s->types & EVENT_BIT(id))
		return &s->tally[at];
	if (!s || count == s->room) {
		unsigned room = s ? s->room + s->room / 2 + 1 : 3;

		if (room > EV_COUNT - EV_CORE)
			room = EV_COUNT - EV_CORE;
		s = xrealloc(s, 1, sizeof(*s) + room * sizeof(s->tally[0]));
		if (!a->more)
			s->types = 0;
		s->room = room;
		a->more = s;
	}
	memmove(&s->tally[at + 1], &s->tally[at], (count - at) * sizeof(s->tally[0]));
	s->tally[at] = (struct tally){ 0 };
	s->types |= EVENT_BIT(id);
	return &s->tally[at];
}

void
activity_add_other(struct activity *a, enum event_id id, uint64_t n)
{
	place(a, id)->total += n;
	a->rest.total += n;
}

const struct tally *
activity_get(const struct activity *a, enum event_id id)
{
	if (id < EV_CORE)
		return &a->core[id];
	if (!a->more || !(a->more->types & EVENT_BIT(id)))
		return NULL;
	return &a->more->tally[place_of(a->more, id)];
}

/* ---- all of them ---- */

uint64_t
activity_total(const struct activity *a)
{
	uint64_t sum = a->rest.total;

	for (unsigned id = 0; id < EV_CORE; id++)
		sum += a->core[id].total;
	return sum;
}

double
activity_rate(const struct activity *a)
{
	double sum = (double)a->rest.rate;

	for (unsigned id = 0; id < EV_CORE; id++)
		sum += (double)a->core[id].rate;
	return sum;
}

static void
tally_merge(struct tally *to, const struct tally *from)
{
	to->total += from->total;
	to->closed += from->closed;
	to->rate += from->rate;
}

void
activity_merge(struct activity *to, const struct activity *from)
{
	unsigned k = 0;

	for (unsigned id = 0; id < EV_CORE; id++)
		tally_merge(&to->core[id], &from->core[id]);
	tally_merge(&to->rest, &from->rest);
	if (!from->more)
		return;
	for (event_mask types = from->more->types; types; types &= types - 1)
		tally_merge(place(to, event_mask_first(types)), &from->more->tally[k++]);
}

static void
tally_since(struct tally *to, const struct tally *from, const struct tally *before, bool rates)
{
	uint32_t open = (uint32_t)from->total - from->closed;

	/* Both count from the same zero; after a mark the later of two may be asked about. */
	to->total = before && before->total < from->total ? from->total - before->total
		    : before                              ? 0
							  : from->total;
	to->closed = (uint32_t)to->total;
	if (rates) {
		to->closed -= open;
		to->rate = from->rate;
	}
}

void
activity_since(struct activity *to, const struct activity *from, const struct activity *before, bool rates)
{
	unsigned k = 0;

	for (unsigned id = 0; id < EV_CORE; id++)
		tally_since(&to->core[id], &from->core[id], before ? &before->core[id] : NULL, rates);
	tally_since(&to->rest, &from->rest, before ? &before->rest : NULL, rates);
	if (!from->more)
		return;
	for (event_mask types = from->more->types; types; types &= types - 1) {
		const struct tally *t = &from->more->tally[k++];
		const struct tally *old = before ? activity_get(before, event_mask_first(types)) : NULL;

		if (rates || t->total > (old ? old->total : 0))
			tally_since(place(to, event_mask_first(types)), t, old, rates);
	}
}

void
activity_finish(struct activity *a)
{
	free(a->more);
	*a = (struct activity){ 0 };
}

bool
rate_close(struct activity *a, double seconds)
{
	bool busy = tally_close(&a->rest, seconds);

	for (unsigned id = 0; id < EV_CORE; id++)
		busy |= tally_close(&a->core[id], seconds);
	for (unsigned k = 0, n = a->more ? event_mask_count(a->more->types) : 0; k < n; k++)
		busy |= tally_close(&a->more->tally[k], seconds);
	return busy;
}

void
rate_clear(struct activity *a)
{
	tally_clear(&a->rest);
	for (unsigned id = 0; id < EV_CORE; id++)
		tally_clear(&a->core[id]);
	for (unsigned k = 0, n = a->more ? event_mask_count(a->more->types) : 0; k < n; k++)
		tally_clear(&a->more->tally[k]);
}
