/*
 * lengths - how many strings of each length there are in a hash. With it the strings of the hash
 * that are a prefix of a path are found by one look-up for each length in use, however many
 * strings there are.
 */
#ifndef ESTOP_MODEL_LENGTHS_H
#define ESTOP_MODEL_LENGTHS_H

#include "model/xalloc.h"

#include <stdint.h>
#include <string.h>

/* Zeroed: none. Free count. */
struct lengths {
	uint32_t *count; /* by length */
	size_t room;     /* of count: all strings are shorter */
};

static inline void
lengths_add(struct lengths *l, size_t length)
{
	if (length >= l->room) {
		size_t room = length + 64;

		l->count = xrealloc(l->count, room, sizeof(*l->count));
		memset(l->count + l->room, 0, (room - l->room) * sizeof(*l->count));
		l->room = room;
	}
	l->count[length]++;
}

static inline void
lengths_remove(struct lengths *l, size_t length)
{
	l->count[length]--;
}

/* The shortest length in use from at to most; SIZE_MAX: none. */
static inline size_t
lengths_next(const struct lengths *l, size_t at, size_t most)
{
	for (; at <= most && at < l->room; at++)
		if (l->count[at])
			return at;
	return SIZE_MAX;
}

#endif
