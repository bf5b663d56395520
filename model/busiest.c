/* busiest - see busiest.h. */
#include "model/busiest.h"
#include "model/clean.h"
#include "model/hash.h"
#include "model/xalloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is or may come to be shown, by its label. */
struct name {
	struct busy shown;   /* first: busiest_next() gives it out */
	struct activity now; /* since the last tick */
	double rate;         /* events per second, averaged */
	uint64_t since_ns;   /* when it came or went */
	bool is_shown, was_shown;
	bool came; /* since the last tick */
	char *label;
	UT_hash_handle hh;
};

/* A name as it comes, and where it counts. */
struct seen {
	char *bytes;
	size_t length;
	struct name *name; /* NULL: the others */
	UT_hash_handle hh;
};

struct busiest {
	unsigned slots, used;
	struct name *names; /* those that went: the one longest ago first */
	struct seen *seen, *last;
	struct name others;
	uint64_t tick_ns;
};

struct busiest *
busiest_create(unsigned slots)
{
	struct busiest *b = xcalloc(1, sizeof(*b));

	b->slots = slots;
	b->others.shown.label = BUSIEST_OTHER;
	return b;
}

static void
forget_seen(struct busiest *b, struct seen *s)
{
	if (b->last == s)
		b->last = NULL;
	HASH_DELETE(hh, b->seen, s);
	free(s->bytes);
	free(s);
}

static void
forget_name(struct busiest *b, struct name *n)
{
	HASH_DELETE(hh, b->names, n); /* NOLINT: the analyzer loses the hash */
	activity_finish(&n->shown.did);
	activity_finish(&n->now);
	free(n->label);
	free(n);
}

void
busiest_destroy(struct busiest *b)
{
	struct seen *s, *next_seen;
	struct name *n, *next_name;

	if (!b)
		return;
	for (s = b->seen; s; s = next_seen) {
		next_seen = s->hh.next;
		forget_seen(b, s);
	}
	for (n = b->names; n; n = next_name) {
		next_name = n->hh.next;
		forget_name(b, n);
	}
	activity_finish(&b->others.shown.did);
	activity_finish(&b->others.now);
	free(b);
}

/* ---- names ---- */

/* To be freed. */
static char *
label_of(const char *name, size_t length)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	size_t size = length * 8 + 16, cut;
	char *out = xmalloc(size + sizeof(ellipsis)), *at;

	clean_text(out, size, name, length, clean_ascii());
	length = strlen(out);
	if (length <= BUSIEST_LABEL)
		return out;
	/* Never in the middle of a character. */
	for (cut = length - BUSIEST_LABEL; (out[cut] & 0xc0) == 0x80; cut++)
		;
	at = out;
	memmove(at + sizeof(ellipsis) - 1, out + cut, length - cut + 1);
	memcpy(at, ellipsis, sizeof(ellipsis) - 1);
	return out;
}

static struct name *
name_of(struct busiest *b, const char *bytes, size_t length)
{
	char *label = length ? label_of(bytes, length) : xstrdup(BUSIEST_NONE);
	struct name *n;

	HASH_FIND_STR(b->names, label, n);
	if (n || strcmp(label, BUSIEST_OTHER) == 0) {
		free(label);
		return n;
	}
	n = xcalloc(1, sizeof(*n));
	n->label = label;
	n->shown.label = label;
	HASH_ADD_KEYPTR(hh, b->names, n->label, strlen(n->label), n);
	return n;
}

static struct seen *
see(struct busiest *b, const char *bytes, size_t length)
{
	struct seen *s = b->last;

	if (s && s->length == length && memcmp(s->bytes, bytes, length) == 0)
		return s;
	HASH_FIND(hh, b->seen, bytes, length, s);
	if (!s && HASH_COUNT(b->seen) < BUSIEST_SEEN) {
		s = xcalloc(1, sizeof(*s));
		s->bytes = xmalloc(length + 1);
		memcpy(s->bytes, bytes, length);
		s->length = length;
		s->name = name_of(b, bytes, length);
		HASH_ADD_KEYPTR(hh, b->seen, s->bytes, s->length, s);
	}
	b->last = s;
	return s;
}

void
busiest_take(struct busiest *b, const char *name, enum event_id id)
{
	struct seen *s = see(b, name, strlen(name));
	struct name *n = s && s->name ? s->name : &b->others;

	n->came = true;
	activity_add(&n->now, id, 1);
}

/* ---- the end of an interval ---- */

static void
show(struct busiest *b, struct name *n, uint64_t now_ns)
{
	n->is_shown = n->was_shown = true;
	n->since_ns = now_ns;
	b->used++;
}

/* Behind all that went before. */
static void
hide(struct busiest *b, struct name *n, uint64_t now_ns)
{
	n->is_shown = false;
	n->since_ns = now_ns;
	b->used--;
	HASH_DELETE(hh, b->names, n);
	HASH_ADD_KEYPTR(hh, b->names, n->label, strlen(n->label), n);
}

static int
by_rate(const void *a, const void *b)
{
	const struct name *m = *(struct name *const *)a, *n = *(struct name *const *)b;

	if (m->rate != n->rate)
		return m->rate < n->rate ? 1 : -1;
	return strcmp(m->label, n->label);
}

static bool
may_replace(const struct name *n, const struct name *least, uint64_t now_ns)
{
	const double nothing = 0.01;

	return n->rate > 2 * least->rate &&
	       (least->rate < nothing || now_ns - least->since_ns >= BUSIEST_STAY_NS);
}

/* candidates: not shown, but active. The busiest are first in both. */
static void
exchange(struct busiest *b, struct name **candidates, size_t count, struct name **shown, size_t shown_count,
	 uint64_t now_ns)
{
	size_t least = shown_count;

	for (size_t i = 0; i < count; i++) {
		if (b->used == b->slots) {
			while (least && !may_replace(candidates[i], shown[least - 1], now_ns))
				least--;
			if (!least)
				return;
			hide(b, shown[--least], now_ns);
		}
		show(b, candidates[i], now_ns);
	}
}

static void
average(struct name *n, double seconds)
{
	double keep = exp2(-seconds * 1e9 / (double)BUSIEST_HALF_NS);

	n->rate = n->rate * keep + (double)activity_total(&n->now) / seconds * (1 - keep);
}

/* What came in the interval: for the others, unless the name is shown at its beginning and its end. */
static void
settle(struct busiest *b, struct name *n, uint64_t now_ns)
{
	bool own = n == &b->others || (n->is_shown && n->since_ns != now_ns);

	if (!n->came)
		return;
	activity_merge(own ? &n->shown.did : &b->others.shown.did, &n->now);
	activity_finish(&n->now);
}

static void
forget(struct busiest *b)
{
	size_t kept = HASH_COUNT(b->names) - b->used;
	struct seen *s, *next_seen;
	struct name *n, *next_name;

	if (HASH_COUNT(b->seen) <= BUSIEST_SEEN / 2)
		return;
	/* What points to names that may go first. */
	for (s = b->seen; s; s = next_seen) {
		next_seen = s->hh.next;
		if (!s->name || !s->name->came)
			forget_seen(b, s);
	}
	for (n = b->names; n; n = next_name) {
		next_name = n->hh.next;
		if (!n->is_shown && !n->came && (!n->was_shown || kept > BUSIEST_KEPT)) {
			forget_name(b, n);
			kept--;
		}
	}
}

void
busiest_tick(struct busiest *b, uint64_t now_ns)
{
	size_t count = HASH_COUNT(b->names), candidate_count = 0, shown_count = 0;
	double seconds = b->tick_ns ? (double)(int64_t)(now_ns - b->tick_ns) / 1e9 : 1;
	struct name **all, **candidates, **shown;

	if (seconds <= 0)
		return;
	b->tick_ns = now_ns;
	all = xcalloc(2 * count + 1, sizeof(struct name *));
	candidates = all;
	shown = all + count;
	for (struct name *n = b->names; n; n = n->hh.next) {
		average(n, seconds);
		if (n->is_shown)
			shown[shown_count++] = n;
		else if (n->came)
			candidates[candidate_count++] = n;
	}
	qsort(candidates, candidate_count, sizeof(struct name *), by_rate);
	qsort(shown, shown_count, sizeof(struct name *), by_rate);
	exchange(b, candidates, candidate_count, shown, shown_count, now_ns);
	free(all);
	for (struct name *n = b->names; n; n = n->hh.next)
		settle(b, n, now_ns);
	settle(b, &b->others, now_ns);
	forget(b);
	for (struct name *n = b->names; n; n = n->hh.next)
		n->came = false; /* NOLINT: the same */
	b->others.came = false;
}

/* ---- what is shown ---- */

const struct busy *
busiest_next(const struct busiest *b, const struct busy *after)
{
	const struct name *n = after ? ((const struct name *)(const void *)after)->hh.next : b->names;

	while (n && !n->is_shown)
		n = n->hh.next;
	return n ? &n->shown : NULL;
}

const struct busy *
busiest_others(const struct busiest *b)
{
	return &b->others.shown;
}
