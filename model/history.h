/*
 * history - the newest events, to be looked at again.
 *
 * A ring of bounded memory: the oldest leave when either the bytes or the number
 * of events is reached. An event is kept as it came, but for what is large:
 * long fields are cut (EVENT_TRUNCATED), and so is the detail, where there is one.
 * From the first detail on there is room for more bytes. Each event has a
 * sequence number of its own, so that scrolling back is not disturbed by
 * what comes. Main thread only.
 */
#ifndef ESTOP_MODEL_HISTORY_H
#define ESTOP_MODEL_HISTORY_H

#include "model/event.h"
#include "model/intern.h"

enum {
	HISTORY_BYTES = 2 << 20,
	HISTORY_EVENTS = 1 << 14,
	HISTORY_DETAIL_BYTES = 8 << 20, /* in place of HISTORY_BYTES, from the first detail on */
	HISTORY_FIELD_MAX = 1024,       /* bytes of one field */
	HISTORY_DETAIL_MAX = 64 << 10,  /* the same of a detail */
};

struct history;

struct history *history_create(size_t bytes, size_t events); /* events: a power of two */
void history_destroy(struct history *);                      /* NULL is fine */

/* The same events with the same numbers: to scroll in while the original goes on. */
struct history *history_copy(const struct history *);

/* Which types are kept from now on: at first all, 0 keeps nothing and costs nothing. */
void history_keep(struct history *, event_mask);

/* Forgets all events; numbers go on. */
void history_clear(struct history *);

/* exe: of the acting process, held by the history as long as needed; NULL: unknown. */
void history_add(struct history *, const struct event *, struct string *exe);

struct history_entry {
	uint64_t seq;
	const char *exe;           /* "" when not known; not cleaned */
	const struct event *event; /* event_field() works on it */
};

/* Events are there from the first number up to, and without, the second. */
uint64_t history_oldest(const struct history *);
uint64_t history_next(const struct history *);

/* False when it is not there (any more). What entry points to is good until the next add. */
bool history_at(const struct history *, uint64_t seq, struct history_entry *entry);

#endif
