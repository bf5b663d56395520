/* hour - see hour.h. */
#include "model/hour.h"

#include "model/proc.h"
#include "model/units.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define FADE_SECS 600.0 /* what was done so long ago counts a third of what is done now */

/* The slot that goes on is not shown yet. */
enum { PID_BITS = 4096, RING = HOUR_SLOTS + 1, TRACKS = HOUR_PROGRAMS + HOUR_PROCESSES + 1 };

static const unsigned slot_secs[HOUR_SPANS] = {
#define X(secs, name) secs,
	HOUR_SPAN_TABLE(X)
#undef X
};

const char *const hour_span_name[HOUR_SPANS] = {
#define X(secs, name) name,
	HOUR_SPAN_TABLE(X)
#undef X
};

/* Events of each slot, by series. */
typedef float slots[HOUR_SPANS][RING][CHART_SERIES];

struct sums {
	float n[CHART_SERIES];
};

struct track {
	struct string *exe; /* held; NULL: of a process */
	struct proc_key key;
	uint64_t since;  /* second, from which on it is measured */
	double weight;   /* events, fading */
	struct sums now; /* of the seconds that are not over */
	slots *slots;
};

/* What a program or process did in the interval: those without a track. */
struct candidate {
	struct string *exe;
	struct sums sums;
	UT_hash_handle hh;
};

struct hour {
	uint64_t tick_ns; /* 0: not begun */
	uint64_t first;   /* second of the first slot */
	uint64_t second;  /* the one that is not over */
	struct sums now;
	slots all;
	uint8_t marks[HOUR_SPANS][RING];
	uint64_t pids[PID_BITS / 64]; /* a bit for each process that has a track: most have none */
	struct track tracks[TRACKS];  /* the programs, the processes, and the one that is looked at */
};

/* ---- tracks ---- */

enum kind { PROGRAMS, PROCESSES };

static struct track *
tracks_of(struct hour *h, enum kind kind, unsigned *count)
{
	*count = kind == PROGRAMS ? HOUR_PROGRAMS : HOUR_PROCESSES;
	return kind == PROGRAMS ? h->tracks : h->tracks + HOUR_PROGRAMS;
}

static struct track *
looked_at(struct hour *h)
{
	return &h->tracks[TRACKS - 1];
}

static void
track_end(struct track *t)
{
	string_release(t->exe);
	free(t->slots);
	*t = (struct track){ 0 };
}

static void
track_begin(struct hour *h, struct track *t, struct string *exe, struct proc_key key)
{
	slots *memory = t->slots ? t->slots : xmalloc(sizeof(*memory));

	string_release(t->exe);
	memset(memory, 0, sizeof(*memory));
	*t = (struct track){ .exe = string_hold(exe), .key = key, .since = h->second, .slots = memory };
}

static bool
is_of(const struct track *t, const struct string *exe, struct proc_key key)
{
	return t->slots &&
	       (exe ? t->exe == exe : !t->exe && t->key.pid == key.pid && t->key.start_ns == key.start_ns);
}

struct hour *
hour_create(void)
{
	return xcalloc(1, sizeof(struct hour));
}

void
hour_clear(struct hour *h)
{
	for (unsigned i = 0; i < TRACKS; i++)
		track_end(&h->tracks[i]);
	memset(h, 0, sizeof(*h));
}

void
hour_destroy(struct hour *h)
{
	if (!h)
		return;
	hour_clear(h);
	free(h);
}

size_t
hour_bytes(const struct hour *h)
{
	size_t bytes = sizeof(*h);

	for (unsigned i = 0; i < TRACKS; i++)
		bytes += h->tracks[i].slots ? sizeof(slots) : 0;
	return bytes;
}

/* ---- sums of an interval ---- */

static void
add_rates(struct sums *to, const struct activity *a, double seconds)
{
	for (unsigned id = 0; id < EV_CORE; id++)
		to->n[id] += (float)((double)a->core[id].rate * seconds);
	to->n[EV_CORE] += (float)((double)a->rest.rate * seconds);
}

static float
total(const struct sums *s)
{
	float sum = 0;

	for (unsigned k = 0; k < CHART_SERIES; k++)
		sum += s->n[k];
	return sum;
}

static void
add_sums(struct track *t, const struct sums *s)
{
	for (unsigned k = 0; k < CHART_SERIES; k++)
		t->now.n[k] += s->n[k];
	t->weight += (double)total(s);
}

static bool
may_have_track(const struct hour *h, struct proc_key key)
{
	unsigned bit = (uint32_t)key.pid % PID_BITS;

	return h->pids[bit / 64] >> (bit % 64) & 1;
}

static void
note_pid(struct hour *h, struct proc_key key)
{
	unsigned bit = (uint32_t)key.pid % PID_BITS;

	h->pids[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* Those of tracks that have ended are forgotten. */
static void
note_pids(struct hour *h)
{
	memset(h->pids, 0, sizeof(h->pids));
	for (unsigned i = 0; i < TRACKS; i++)
		if (h->tracks[i].slots && !h->tracks[i].exe)
			note_pid(h, h->tracks[i].key);
}

static struct track *
find(struct hour *h, enum kind kind, const struct string *exe, struct proc_key key)
{
	unsigned count;
	struct track *tracks = tracks_of(h, kind, &count);

	if (!exe && !may_have_track(h, key))
		return NULL;
	for (unsigned i = 0; i < count; i++)
		if (is_of(&tracks[i], exe, key))
			return &tracks[i];
	return NULL;
}

/* The track that is free, or of the one that did least. */
static struct track *
least(struct hour *h, enum kind kind)
{
	unsigned count;
	struct track *tracks = tracks_of(h, kind, &count), *best = tracks;

	for (unsigned i = 0; i < count; i++) {
		if (!tracks[i].slots)
			return &tracks[i];
		if (tracks[i].weight < best->weight)
			best = &tracks[i];
	}
	return best;
}

/* Adds to the track of these; without one, it gets one if it did more than the one that did least. */
static void
count(struct hour *h, enum kind kind, struct string *exe, struct proc_key key, const struct sums *s,
      double *least_weight)
{
	struct track *t;

	if (is_of(looked_at(h), exe, key))
		add_sums(looked_at(h), s);
	t = find(h, kind, exe, key);
	if (!t) {
		/* Most have none, and the weight says so without a look at all of them. */
		if (*least_weight >= (double)total(s))
			return;
		t = least(h, kind);
		*least_weight = t->slots ? t->weight : 0;
		if (t->slots && t->weight >= (double)total(s))
			return;
		track_begin(h, t, exe, key);
		note_pid(h, key);
	}
	add_sums(t, s);
}

static void
add_candidate(struct candidate **all, struct string *exe, const struct activity *did, double seconds)
{
	struct candidate *c;

	HASH_FIND_PTR(*all, &exe, c);
	if (!c) {
		c = xcalloc(1, sizeof(*c));
		c->exe = exe;
		HASH_ADD_PTR(*all, exe, c);
	}
	add_rates(&c->sums, did, seconds);
}

/* Of the processes that did something, and of what was reaped since: see identity.h. */
static void
count_all(struct hour *h, const struct tree *t, double seconds)
{
	struct candidate *programs = NULL, *c, *next;
	double process = 0, program = 0;

	note_pids(h);
	for (unsigned id = 0; id < EV_COUNT; id++)
		h->now.n[chart_series(id)] += (float)((double)t->did[id].rate * seconds);
	for (size_t i = 0; i < t->active_count; i++) {
		struct proc *p = t->active[i];
		struct sums sums = { { 0 } };

		if (p == &t->root)
			continue;
		add_rates(&sums, &p->did, seconds);
		if (total(&sums) <= 0)
			continue;
		count(h, PROCESSES, NULL, p->key, &sums, &process);
		if (p->exe)
			add_candidate(&programs, p->exe, &p->did, seconds);
	}
	for (struct identity *i = t->identities; i; i = i->hh.next)
		if (i->ended.closing && i->key.exe)
			add_candidate(&programs, i->key.exe, &i->ended.did, seconds);
	HASH_ITER (hh, programs, c, next) {
		HASH_DEL(programs, c); /* NOLINT: the analyzer loses the hash */
		if (total(&c->sums) > 0)
			count(h, PROGRAMS, c->exe, (struct proc_key){ 0 }, &c->sums, &program);
		free(c);
	}
}

/* ---- time ---- */

/* The second begins: what its slots held before is an hour old. */
static void
clear_slots(struct hour *h, uint64_t second)
{
	for (unsigned span = 0; span < HOUR_SPANS; span++) {
		size_t at = second / slot_secs[span] % RING;

		if (second % slot_secs[span] && second != h->first)
			continue;
		memset(h->all[span][at], 0, sizeof(h->all[span][at]));
		h->marks[span][at] = 0;
		for (unsigned i = 0; i < TRACKS; i++)
			if (h->tracks[i].slots)
				memset((*h->tracks[i].slots)[span][at], 0, sizeof(h->all[span][at]));
	}
}

static void
put(slots *to, uint64_t second, const struct sums *s, double share)
{
	for (unsigned span = 0; span < HOUR_SPANS; span++)
		for (unsigned k = 0; k < CHART_SERIES; k++)
			(*to)[span][second / slot_secs[span] % RING][k] += (float)((double)s->n[k] * share);
}

/* These seconds are over: each gets its share of what was done. */
static void
close_seconds(struct hour *h, uint64_t until)
{
	const uint64_t longest = (uint64_t)HOUR_SLOTS * slot_secs[HOUR_SPANS - 1];
	double share = 1.0 / (double)(until - h->second);

	if (until - h->second > longest) { /* what came before has left the hour */
		h->second = until - longest;
		memset(h->all, 0, sizeof(h->all));
		memset(h->marks, 0, sizeof(h->marks));
		for (unsigned i = 0; i < TRACKS; i++)
			if (h->tracks[i].slots)
				memset(h->tracks[i].slots, 0, sizeof(slots));
	}
	for (; h->second < until; h->second++) {
		put(&h->all, h->second, &h->now, share);
		for (unsigned i = 0; i < TRACKS; i++)
			if (h->tracks[i].slots && total(&h->tracks[i].now) > 0)
				put(h->tracks[i].slots, h->second, &h->tracks[i].now, share);
		clear_slots(h, h->second + 1);
	}
	memset(&h->now, 0, sizeof(h->now));
	for (unsigned i = 0; i < TRACKS; i++)
		memset(&h->tracks[i].now, 0, sizeof(h->tracks[i].now));
}

static void
begin(struct hour *h, uint64_t now_ns)
{
	hour_clear(h);
	h->tick_ns = now_ns;
	h->first = h->second = now_ns / NS_PER_SECOND;
}

void
hour_tick(struct hour *h, const struct tree *t, uint64_t now_ns)
{
	double seconds;

	if (t->clock.begin_ns != now_ns) /* the interval goes on */
		return;
	if (!h->tick_ns || now_ns < h->tick_ns) { /* the first; the clock went back */
		begin(h, now_ns);
		return;
	}
	seconds = (double)(now_ns - h->tick_ns) / 1e9;
	h->tick_ns = now_ns;
	for (unsigned i = 0; i < TRACKS; i++)
		h->tracks[i].weight /= 1 + seconds / FADE_SECS;
	count_all(h, t, seconds);
	if (now_ns / NS_PER_SECOND > h->second)
		close_seconds(h, now_ns / NS_PER_SECOND);
}

void
hour_mark(struct hour *h, enum chart_mark mark, uint64_t now_ns)
{
	uint64_t second = now_ns / NS_PER_SECOND;

	/* The slots of later seconds are not cleared yet. */
	if (!h->tick_ns)
		return;
	if (second > h->second)
		second = h->second;
	for (unsigned span = 0; span < HOUR_SPANS; span++)
		h->marks[span][second / slot_secs[span] % RING] |= chart_mark_bit(mark);
}

/* ---- charts ---- */

/* There may be two: the one it has for what it does, and one because it was looked at. */
static const struct track *
track_of(struct hour *h, const struct string *exe, struct proc_key key)
{
	const struct track *best = NULL;

	for (unsigned i = 0; i < TRACKS; i++) {
		const struct track *t = &h->tracks[i];

		if (is_of(t, exe, key) && (!best || t->since < best->since))
			best = t;
	}
	return best;
}

/* Seconds of a slot that are over and measured; 0: none. */
static unsigned
measured(const struct hour *h, uint64_t since, uint64_t slot, unsigned secs)
{
	uint64_t from = slot * secs > since ? slot * secs : since;
	uint64_t to = (slot + 1) * secs < h->second ? (slot + 1) * secs : h->second;

	return to > from ? (unsigned)(to - from) : 0;
}

static void
fill(const struct hour *h, const slots *from, uint64_t since, unsigned span, struct chart *c)
{
	unsigned secs = slot_secs[span];
	uint64_t newest = h->second ? (h->second - 1) / secs : 0;
	uint64_t oldest = newest + 1 > HOUR_SLOTS ? newest + 1 - HOUR_SLOTS : 0;

	c->slot_ns = secs * NS_PER_SECOND;
	c->begin_ns = oldest * c->slot_ns;
	c->count = (unsigned)(newest + 1 - oldest);
	for (unsigned i = 0; i < c->count; i++) {
		uint64_t slot = oldest + i;
		unsigned n = measured(h, since, slot, secs);
		bool known = measured(h, h->first, slot, secs) > 0;

		for (unsigned k = 0; k < CHART_SERIES; k++)
			c->rate[i][k] = n ? (*from)[span][slot % RING][k] / (float)n : -1;
		c->marks[i] = known ? h->marks[span][slot % RING] : 0;
	}
}

void
hour_chart(struct hour *h, const struct tree *tree, const struct hour_whose *whose, unsigned span,
	   struct chart *c)
{
	struct string *exe =
		whose->of == HOUR_OF_PROGRAM ? intern(tree->strings, whose->exe, strlen(whose->exe)) : NULL;
	const struct track *t;

	c->count = 0;
	c->whole = false;
	if (h->tick_ns && whose->of == HOUR_ALL)
		fill(h, &h->all, h->first, span, c);
	if (h->tick_ns && (exe || whose->of == HOUR_OF_PROCESS)) {
		t = track_of(h, exe, whose->key);
		if (!t) {
			track_begin(h, looked_at(h), exe, whose->key);
			t = looked_at(h);
		}
		fill(h, t->slots, t->since, span, c);
	}
	string_release(exe);
}
