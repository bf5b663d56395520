/*
 * event_set - a set of Endpoint Security event types, 0 to 255.
 *
 * Plain data: { { 0 } } is the empty set. Types from 256 on are in no set.
 */
#ifndef ESTOP_BASE_EVENT_SET_H
#define ESTOP_BASE_EVENT_SET_H

#include <stdbool.h>
#include <stdint.h>

struct event_set {
	uint64_t word[4];
};

static inline void
event_set_add(struct event_set *s, unsigned type)
{
	if (type < 256)
		s->word[type / 64] |= UINT64_C(1) << type % 64;
}

static inline bool
event_set_has(const struct event_set *s, unsigned type)
{
	return type < 256 && (s->word[type / 64] >> type % 64 & 1);
}

static inline struct event_set
event_set_all(void)
{
	return (struct event_set){ { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX } };
}

static inline bool
event_set_empty(const struct event_set *s)
{
	return !(s->word[0] | s->word[1] | s->word[2] | s->word[3]);
}

static inline unsigned
event_set_count(const struct event_set *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < 4; i++)
		n += (unsigned)__builtin_popcountll(s->word[i]);
	return n;
}

static inline void
event_set_unite(struct event_set *s, const struct event_set *more)
{
	for (unsigned i = 0; i < 4; i++)
		s->word[i] |= more->word[i];
}

static inline void
event_set_subtract(struct event_set *s, const struct event_set *less)
{
	for (unsigned i = 0; i < 4; i++)
		s->word[i] &= ~less->word[i];
}

static inline void
event_set_intersect(struct event_set *s, const struct event_set *with)
{
	for (unsigned i = 0; i < 4; i++)
		s->word[i] &= with->word[i];
}

#endif
