/*
 * ring - see ring.h.
 *
 * A ring is one lane, or two: the second is the overflow. In a lane indices count bytes,
 * run freely and are masked on use: used = tail - head, and full and empty cannot be
 * mistaken for one another. The producer owns tail, the consumer owns head. Each works
 * with its own copy of the other's index and looks at the real one only when the copy
 * no longer allows it to go on, so that in a flood the two cores exchange an index once
 * in many records instead of at each.
 *
 * A copy is never ahead of the truth. The producer thus sees at most too little
 * room, the consumer at most too few records: both are safe, both end in a look
 * at the real index before "full" or "empty" is returned.
 *
 * With two lanes the producer changes over when its lane is full, and back when little is
 * waiting. It leaves a marker where it left; the consumer follows it. So there is
 * one order of records, whatever lane they are in.
 */
#include "src/base/ring.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Two lines of 64 bytes: common prefetchers fetch lines in pairs, and Apple's
 * cores have lines of 128. */
#define LINE 128

/* A consumer that found less than this at its last look is on the producer's
 * heels, and lets it gain some ground before it looks again. */
#define HEELS 16384
#define PAUSES 128

/* Bytes into the overflow between two looks whether the small lane will do again. */
#define RETURN_STEP 65536

/* Stand where the size of a record would. */
#define SKIP UINT64_MAX        /* nothing more until the end of the lane */
#define CROSS (UINT64_MAX - 1) /* the next record is in the other lane */

enum { SMALL, OVERFLOW, LANES };

/* What only the producer touches. Apart from the published index, or else a
 * consumer that waits for records would take this line away between two writes. */
struct producer {
	uint64_t tail[LANES];    /* what was published last */
	uint64_t room_to[LANES]; /* copy of the consumer's freed */
	uint64_t next;           /* tail after the reservation; tail itself when there is none */
	uint64_t head;           /* copy of the consumer's, over both lanes */
	uint64_t look_at;        /* no wake-up can be due before both tails' sum gets here */
	uint64_t told_at;        /* that sum when the consumer was last to be woken */
	uint64_t return_at;      /* tail of the overflow at the next look */
	unsigned lane;           /* of the last record */
	unsigned next_lane;      /* of the reservation */
};

/* What only the consumer touches. */
struct consumer {
	const uint64_t *in_hand; /* header of the record between peek and release, or NULL */
	uint64_t next[LANES];    /* head after the record in hand; head itself when there is none */
	uint64_t tail[LANES];    /* copy of the producer's */
	uint64_t looked_at;      /* head of this lane when that copy was made */
	uint64_t kept;           /* of the overflow all pages before this are given back */
	unsigned lane;
};

struct lane {
	uint64_t size; /* 0: there is none */
	uint64_t mask;
	uint64_t limit[2];   /* bytes that may be in use after a record: ordinary, vital */
	uint64_t record_max; /* footprint of the largest record */
	unsigned char *data;
};

struct ring {
	/* Never changes after creation. */
	struct lane lane[LANES];
	uint64_t mark;       /* bytes in use that are worth a wake-up */
	uint64_t heels;      /* HEELS, or less for a small ring */
	uint64_t record_max; /* of any lane */

	_Alignas(LINE) struct producer p;
	_Alignas(LINE) _Atomic uint64_t tail[LANES]; /* the producer writes, the consumer reads */
	_Alignas(LINE) struct consumer c;

	/*
	 * The consumer writes, the producer reads: all that was released, and how far each
	 * lane may be written over, which of the overflow comes in whole chunks.
	 */
	_Alignas(LINE) _Atomic uint64_t head;
	_Atomic uint64_t freed[LANES];
	_Alignas(LINE) _Atomic uint64_t dropped[RING_TYPES];
};

static uint64_t *
header_at(const struct lane *l, uint64_t index)
{
	return (uint64_t *)(void *)(l->data + (index & l->mask));
}

static uint64_t
footprint(uint64_t size)
{
	return RING_RECORD_OVERHEAD + ((size + 7) & ~(uint64_t)7);
}

/* Address space: pages come when they are used. spare: room for a marker. */
static bool
lane_create(struct lane *l, unsigned order, uint64_t spare)
{
	uint64_t size = (uint64_t)1 << order;
	void *data = MAP_FAILED;

	if (size <= SIZE_MAX / 2)
		data = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (data == MAP_FAILED)
		return false;
	*l = (struct lane){
		.size = size,
		.mask = size - 1,
		.limit = { [false] = size - size / 8 - spare, [true] = size - spare },
		.record_max = size / 4,
		.data = data,
	};
	return true;
}

static struct ring *
create(unsigned order, uint64_t spare)
{
	struct ring *r;
	uint64_t size;

	if (order < RING_ORDER_MIN || order > RING_ORDER_MAX)
		return NULL;
	r = aligned_alloc(LINE, sizeof(*r));
	if (!r)
		return NULL;
	size = (uint64_t)1 << order;
	*r = (struct ring){
		.mark = size / 4,
		.heels = size / 16 < HEELS ? size / 16 : HEELS,
		.record_max = size / 4,
		.p.look_at = size / 4,
	};
	if (lane_create(&r->lane[SMALL], order, spare))
		return r;
	free(r);
	return NULL;
}

struct ring *
ring_create(unsigned order)
{
	return create(order, 0);
}

struct ring *
ring_create_overflow(unsigned order, unsigned overflow_order)
{
	struct ring *r;
	struct lane *l;

	if (overflow_order < RING_OVERFLOW_MIN || overflow_order < order || overflow_order > RING_ORDER_MAX)
		return NULL;
	r = create(order, RING_RECORD_OVERHEAD);
	if (!r)
		return NULL;
	l = &r->lane[OVERFLOW];
	while (!lane_create(l, overflow_order, RING_RECORD_OVERHEAD))
		if (overflow_order-- == RING_OVERFLOW_MIN) {
			ring_destroy(r);
			return NULL;
		}
	/* What is ordinary need not stop before the end of the small lane: it goes on in the other. */
	r->lane[SMALL].limit[false] = r->lane[SMALL].limit[true];
	r->record_max = l->record_max;
	return r;
}

void
ring_destroy(struct ring *r)
{
	if (!r)
		return;
	for (unsigned i = 0; i < LANES; i++)
		if (r->lane[i].size)
			munmap(r->lane[i].data, (size_t)r->lane[i].size);
	free(r);
}

/* ---- the producer ---- */

/* Room in this lane; *next is its tail then. */
static inline uint64_t *
find_room(struct ring *r, unsigned lane, uint64_t need, bool vital, uint64_t *next)
{
	struct producer *p = &r->p;
	const struct lane *l = &r->lane[lane];
	uint64_t tail = p->tail[lane], start = tail;
	uint64_t to_end = l->size - (tail & l->mask);

	if (need > l->record_max)
		return NULL;
	if (need > to_end)
		start += to_end;
	*next = start + need;

	if (*next - p->room_to[lane] > l->limit[vital]) {
		/* Acquire: the consumer has read the old records out, and given their pages
		 * back, before this side writes over them. Pairs with the release in
		 * ring_release() and follow(). */
		p->room_to[lane] = atomic_load_explicit(&r->freed[lane], memory_order_acquire);
		if (*next - p->room_to[lane] > l->limit[vital])
			return NULL;
	}

	/* Everything is a multiple of 8, so there is always room for the marker. */
	if (start != tail)
		*header_at(l, tail) = SKIP;
	return header_at(l, start);
}

/* Of the overflow: is so little waiting that the small lane will do? */
static bool
may_return(struct ring *r)
{
	struct producer *p = &r->p;

	p->return_at = p->tail[OVERFLOW] + RETURN_STEP;
	/* Relaxed: whether there is room is asked of freed. */
	return p->tail[SMALL] + p->tail[OVERFLOW] - atomic_load_explicit(&r->head, memory_order_relaxed) <
	       r->mark;
}

/* From one lane into the other, where the small one is full or will do again. */
static uint64_t *
change_over(struct ring *r, uint64_t need, bool vital)
{
	struct producer *p = &r->p;
	unsigned to = !p->lane;
	uint64_t next, *header = find_room(r, to, need, vital, &next);

	if (!header)
		return NULL;
	p->next = next;
	p->next_lane = to;
	/* Not visible before ring_commit(). The limits leave room for it. */
	*header_at(&r->lane[p->lane], p->tail[p->lane]) = CROSS;
	return header;
}

void *
ring_reserve(struct ring *r, size_t size, bool vital)
{
	struct producer *p = &r->p;
	unsigned lane = p->lane;
	uint64_t *header = NULL, need;

	p->next = p->tail[lane];
	p->next_lane = lane;
	if (size > r->record_max - RING_RECORD_OVERHEAD)
		return NULL;
	need = footprint(size);
	if (lane == OVERFLOW && (int64_t)(p->tail[OVERFLOW] - p->return_at) >= 0 && may_return(r))
		header = change_over(r, need, vital);
	if (!header) {
		uint64_t next;

		header = find_room(r, lane, need, vital, &next);
		if (header)
			p->next = next;
		else if (lane == SMALL && r->lane[OVERFLOW].size)
			header = change_over(r, need, vital);
	}
	if (!header)
		return NULL;
	*header = size;
	return header + 1;
}

/*
 * The consumer is woken again once it has consumed all that was there when it was
 * last woken. Can that leave it asleep next to a filling ring?
 *
 * It goes to sleep at some head D after it found the ring empty. If the last
 * wake-up, told_at T, came after D, it is still pending and ends the sleep. If it
 * was read before the ring was drained, then the drain saw the tail T (the
 * wake-up was written after the commit, and read before the drain), so D >= T
 * and the next look finds that the consumer may be woken.
 *
 * The head seen here may be old, which only puts the wake-up off: the next look
 * is at most a sixteenth of the ring away. When no more records come, what is
 * there waits for the consumer's frame timer, like all that is below the mark.
 */
static bool
wake_is_due(struct ring *r, uint64_t tail)
{
	struct producer *p = &r->p;

	/* Relaxed: what may be written over is asked of freed. */
	p->head = atomic_load_explicit(&r->head, memory_order_relaxed);
	if (tail - p->head < r->mark) {
		p->look_at = p->head + r->mark;
		return false;
	}
	if ((int64_t)(p->head - p->told_at) < 0) {
		p->look_at = tail + r->mark / 4;
		return false;
	}
	/* Due again when head has come here and the mark is reached from there. */
	p->told_at = tail;
	p->look_at = tail + r->mark;
	return true;
}

bool
ring_commit(struct ring *r)
{
	struct producer *p = &r->p;
	unsigned lane = p->next_lane;
	uint64_t tail = p->next;

	p->tail[lane] = tail;
	/* Release: the filled record becomes visible before the index that
	 * announces it. Pairs with the acquire in look_at_tail(). */
	atomic_store_explicit(&r->tail[lane], tail, memory_order_release);
	if (lane != p->lane) {
		p->tail[p->lane] += RING_RECORD_OVERHEAD;
		/* Release: the record is there before the marker that leads to it. */
		atomic_store_explicit(&r->tail[p->lane], p->tail[p->lane], memory_order_release);
		p->lane = lane;
		p->return_at = p->tail[OVERFLOW] + RETURN_STEP;
	}
	tail = p->tail[SMALL] + p->tail[OVERFLOW];
	return (int64_t)(tail - p->look_at) >= 0 && wake_is_due(r, tail);
}

void
ring_drop(struct ring *r, unsigned type)
{
	uint64_t n;

	if (type >= RING_TYPES)
		return;
	/* Relaxed: a number for the screen, it announces nothing. A load and a
	 * store instead of an atomic addition: only the producer writes it. */
	n = atomic_load_explicit(&r->dropped[type], memory_order_relaxed);
	atomic_store_explicit(&r->dropped[type], n + 1, memory_order_relaxed);
}

/* ---- the consumer ---- */

static void
pause_core(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb"); /* longer than yield, which does nothing here */
#endif
}

/*
 * Every look at the producer's index takes its cache line away, and a consumer
 * that reads each record the moment it is there takes the line of the record too,
 * which the next record begins in: both threads then go at the speed of the
 * traffic between two cores. A few microseconds of patience before a look, only where
 * the last one found little, make it one look for many records. Nobody notices
 * them: a consumer far behind does not wait, and one that finds nothing goes to
 * sleep anyway.
 */
static void
look_at_tail(struct ring *r)
{
	struct consumer *c = &r->c;
	uint64_t next = c->next[c->lane];

	if (next - c->looked_at < r->heels)
		for (int i = 0; i < PAUSES; i++)
			pause_core();
	c->looked_at = next;
	/* Acquire: the record is read only after the index that announces it.
	 * Pairs with the release in ring_commit(). */
	c->tail[c->lane] = atomic_load_explicit(&r->tail[c->lane], memory_order_acquire);
}

/* Of the overflow: pages of what is consumed, up to the chunk that is being read. */
static void
give_back(struct ring *r, uint64_t head)
{
	const struct lane *l = &r->lane[OVERFLOW];
	struct consumer *c = &r->c;
	uint64_t end = head & ~(uint64_t)(RING_CHUNK - 1);

	while (c->kept < end) {
		uint64_t size = l->size - (c->kept & l->mask);

		if (size > end - c->kept)
			size = end - c->kept;
#ifdef __APPLE__
		madvise(header_at(l, c->kept), (size_t)size, MADV_FREE);
#else
		madvise(header_at(l, c->kept), (size_t)size, MADV_DONTNEED);
#endif
		c->kept += size;
	}
	/* Release: pages are gone before the producer writes there again, and their records
	 * have been read. Pairs with the acquire in find_room(). */
	atomic_store_explicit(&r->freed[OVERFLOW], end, memory_order_release);
}

/* Continues in the other lane, after the marker. */
static void
follow(struct ring *r)
{
	struct consumer *c = &r->c;

	c->next[c->lane] += RING_RECORD_OVERHEAD;
	/* Release: as in ring_release(). Of the overflow whole chunks are freed. */
	if (c->lane == SMALL)
		atomic_store_explicit(&r->freed[SMALL], c->next[SMALL], memory_order_release);
	c->lane = !c->lane;
	c->looked_at = c->next[c->lane];
}

const void *
ring_peek(struct ring *r, size_t *size)
{
	struct consumer *c = &r->c;
	const uint64_t *header = c->in_hand;

	while (!header) {
		const struct lane *l = &r->lane[c->lane];
		uint64_t head = c->next[c->lane];
		const uint64_t *at;

		if (head == c->tail[c->lane]) {
			look_at_tail(r);
			if (head == c->tail[c->lane])
				return NULL;
		}
		at = header_at(l, head);
		if (*at == CROSS) {
			follow(r);
			continue;
		}
		/* A marker is committed together with the record after it. */
		if (*at == SKIP) {
			head = (head | l->mask) + 1;
			at = header_at(l, head);
		}
		c->next[c->lane] = head + footprint(*at);
		header = c->in_hand = at;
	}
	if (size)
		*size = (size_t)*header;
	return header + 1;
}

void
ring_release(struct ring *r)
{
	struct consumer *c = &r->c;

	c->in_hand = NULL;
	/* Release: the record has been read before its room is given back. Pairs
	 * with the acquire in find_room(). */
	if (c->lane == SMALL)
		atomic_store_explicit(&r->freed[SMALL], c->next[SMALL], memory_order_release);
	else if (c->next[OVERFLOW] - c->kept >= RING_CHUNK)
		give_back(r, c->next[OVERFLOW]);
	/* Release: who finds that all of it is consumed sees what was done with it. */
	atomic_store_explicit(&r->head, c->next[SMALL] + c->next[OVERFLOW], memory_order_release);
}

/* ---- both ---- */

/* Relaxed, here and below: numbers, no record is read or written on the strength of them. */
uint64_t
ring_written(const struct ring *r)
{
	return atomic_load_explicit(&r->tail[SMALL], memory_order_relaxed) +
	       atomic_load_explicit(&r->tail[OVERFLOW], memory_order_relaxed);
}

uint64_t
ring_read(const struct ring *r)
{
	return atomic_load_explicit(&r->head, memory_order_relaxed);
}

uint64_t
ring_used(const struct ring *r)
{
	/* In this order, and one of the two is the caller's own, so that 0 <= used. */
	uint64_t head = ring_read(r), tail = ring_written(r);

	return tail - head;
}

uint64_t
ring_size(const struct ring *r)
{
	return r->lane[SMALL].size + r->lane[OVERFLOW].size;
}

size_t
ring_record_max(const struct ring *r)
{
	return (size_t)r->record_max - RING_RECORD_OVERHEAD;
}

uint64_t
ring_dropped(const struct ring *r, unsigned type)
{
	if (type >= RING_TYPES)
		return 0;
	return atomic_load_explicit(&r->dropped[type], memory_order_relaxed);
}
