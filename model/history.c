/*
 * history - records one after the other in one block of memory, and the offset of each.
 *
 * A record never wraps: what does not fit before the end goes to the beginning.
 * So those that a new one takes the place of are always the oldest.
 */
#include "model/history.h"

#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct record {
	struct string *exe;
	struct event event; /* with its fields */
};

struct history {
	char *memory;
	uint32_t *begin; /* of event seq at seq % events */
	size_t bytes, events;
	size_t at; /* where the next record goes */
	uint64_t oldest, next;
	event_mask keep;
};

static struct record *
record_at(const struct history *h, uint64_t seq)
{
	return (struct record *)(h->memory + h->begin[seq & (h->events - 1)]);
}

struct history *
history_create(size_t bytes, size_t events)
{
	struct history *h = xcalloc(1, sizeof(*h));

	h->bytes = bytes;
	h->events = events;
	h->memory = xmalloc(bytes);
	h->begin = xcalloc(events, sizeof(*h->begin));
	h->keep = EVENT_ALL;
	return h;
}

static void
drop_oldest(struct history *h)
{
	string_release(record_at(h, h->oldest)->exe);
	h->oldest++;
}

void
history_clear(struct history *h)
{
	while (h->oldest < h->next)
		drop_oldest(h);
}

void
history_destroy(struct history *h)
{
	if (!h)
		return;
	history_clear(h);
	free(h->memory);
	free(h->begin);
	free(h);
}

struct history *
history_copy(const struct history *from)
{
	struct history *h = xmalloc(sizeof(*h));

	*h = *from;
	h->memory = xmalloc(h->bytes);
	memcpy(h->memory, from->memory, h->bytes);
	h->begin = xmalloc(h->events * sizeof(*h->begin));
	memcpy(h->begin, from->begin, h->events * sizeof(*h->begin));
	for (uint64_t seq = h->oldest; seq < h->next; seq++)
		string_hold(record_at(h, seq)->exe);
	return h;
}

void
history_keep(struct history *h, event_mask types)
{
	h->keep = types;
}

/* What is known of the actor is kept once for all its events. */
static bool
is_kept(const struct field *f)
{
	return f->tag != FIELD_EXE && f->tag != FIELD_CSFLAGS && f->tag != FIELD_SIGNING_ID &&
	       f->tag != FIELD_TEAM_ID;
}

static size_t
kept_length(const struct field *f)
{
	size_t most = f->tag == FIELD_DETAIL ? HISTORY_DETAIL_MAX : HISTORY_FIELD_MAX;

	return f->length < most ? f->length : most;
}

/* Records stay where they are. A ring that is smaller than usual was made so on purpose. */
static void
grow(struct history *h)
{
	if (h->bytes != HISTORY_BYTES)
		return;
	h->bytes = HISTORY_DETAIL_BYTES;
	h->memory = xrealloc(h->memory, h->bytes, 1);
}

static const struct field *
field_after(const struct field *f)
{
	return (const struct field *)((const char *)f + field_room(f->length));
}

static size_t
size_of(const struct event *e)
{
	const struct field *end = (const struct field *)((const char *)e + e->size);
	size_t size = sizeof(struct record);

	for (const struct field *f = (const struct field *)(e + 1); f < end; f = field_after(f))
		if (is_kept(f))
			size += field_room(kept_length(f));
	return size;
}

/* Makes room for this many bytes at h->at by dropping the events there. */
static void
make_room(struct history *h, size_t size)
{
	if (h->next - h->oldest == h->events)
		drop_oldest(h);
	if (h->at + size > h->bytes) {
		while (h->oldest < h->next && h->begin[h->oldest & (h->events - 1)] >= h->at)
			drop_oldest(h);
		h->at = 0;
	}
	while (h->oldest < h->next && h->begin[h->oldest & (h->events - 1)] >= h->at &&
	       h->begin[h->oldest & (h->events - 1)] < h->at + size)
		drop_oldest(h);
}

void
history_add(struct history *h, const struct event *e, struct string *exe)
{
	const struct field *end = (const struct field *)((const char *)e + e->size);
	struct record *r;
	size_t size;

	if (e->id >= EV_COUNT || !(h->keep & EVENT_BIT(e->id)))
		return;
	size = size_of(e);
	if (event_field(e, FIELD_DETAIL, NULL))
		grow(h);
	if (size > h->bytes / 4) /* of a ring that is small: it would push out all others */
		return;
	make_room(h, size);
	r = (struct record *)(h->memory + h->at);
	r->exe = string_hold(exe);
	r->event = *e;
	r->event.size = sizeof(r->event);
	for (const struct field *f = (const struct field *)(e + 1); f < end; f = field_after(f)) {
		if (!is_kept(f))
			continue;
		if (kept_length(f) < f->length && f->tag != FIELD_DETAIL)
			r->event.flags |= EVENT_TRUNCATED;
		event_add(&r->event, f->tag, f->bytes, kept_length(f));
	}
	h->begin[h->next & (h->events - 1)] = (uint32_t)h->at;
	h->next++;
	h->at += size;
}

uint64_t
history_oldest(const struct history *h)
{
	return h->oldest;
}

uint64_t
history_next(const struct history *h)
{
	return h->next;
}

bool
history_at(const struct history *h, uint64_t seq, struct history_entry *entry)
{
	const struct record *r;

	if (seq < h->oldest || seq >= h->next)
		return false;
	r = record_at(h, seq);
	*entry = (struct history_entry){ seq, string_bytes(r->exe), &r->event };
	return true;
}
