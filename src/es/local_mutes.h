/*
 * local_mutes - the mute rules the client holds itself, because the system rejected
 * them, in a form the handler can ask at once.
 *
 * A set never changes. The main thread makes one and, when no reader can be using
 * it any more, destroys it; local_set_mutes() may be called by any thread.
 */
#ifndef ESTOP_ES_LOCAL_MUTES_H
#define ESTOP_ES_LOCAL_MUTES_H

#include "model/mutes.h"

struct local_set;

/* Copies what it needs of the rules. */
struct local_set *local_set_create(const struct mute_rule *const rules[], size_t n);
void local_set_destroy(struct local_set *); /* NULL is fine */

/* The event types any of its rules is about. */
event_mask local_set_events(const struct local_set *);

/* What rules are held against. Paths need no NUL, and may be NULL with length 0. */
struct local_subject {
	struct event_proc who;
	const char *exe, *target;
	size_t exe_length, target_length;
};

/* Does a rule silence this event? By the semantics of Endpoint Security's own mutes. */
bool local_set_mutes(const struct local_set *, enum event_id, const struct local_subject *);

#endif
