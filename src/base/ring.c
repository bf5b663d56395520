/*
 * ring - see ring.h.
 *
 * Indices count bytes, run freely and are masked on use: used = tail - head, and
 * full and empty cannot be mistaken for one another. The producer owns tail, the
 * consumer owns head. Each works with its own copy of the other's index and looks
 * at the real one only when the copy no longer allows it to go on, so that in a
 * flood the two cores exchange an index once in many records instead of at each.
 *
 * A copy is never ahead of the truth. The producer thus sees at most too little
 * room, the consumer at most too few records: both are safe, both end in a look
 * at the real index before anybody is told "full" or "empty".
 */
#include "src/base/ring.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Two lines of 64 bytes: common prefetchers fetch lines in pairs, and Apple's
 * cores have lines of 128. */
#define LINE 128

/* A consumer that found less than this at its last look is on the producer's
 * heels, and lets it gain some ground before it looks again. */
#define HEELS 16384
#define PAUSES 128

/* Stands where the size of a record would: nothing more until the end of the ring. */
#define SKIP UINT64_MAX

/* What only the producer touches. Apart from the published index, or else a
 * consumer that waits for records would take this line away between two writes. */
struct producer {
	uint64_t tail;          /* what was published last */
	uint64_t next;          /* tail after the reservation; tail itself when there is none */
	uint64_t head;          /* copy of the consumer's */
	uint64_t look_at;       /* no wake-up can be due before tail gets here */
	uint64_t told_at;       /* tail when the consumer was last to be woken */
};

/* What only the consumer touches. */
struct consumer {
	const uint64_t *in_hand;/* header of the record between peek and release, or NULL */
	uint64_t next;          /* head after the record in hand; head itself when there is none */
	uint64_t tail;          /* copy of the producer's */
	uint64_t looked_at;     /* head when that copy was made */
};

struct ring {
	/* Never changes after ring_create(). */
	uint64_t size;
	uint64_t mask;
	uint64_t mark;          /* bytes in use that are worth a wake-up */
	uint64_t heels;         /* HEELS, or less for a small ring */
	uint64_t record_max;    /* footprint of the largest record */
	uint64_t limit[2];      /* bytes that may be in use after a record: ordinary, vital */

	_Alignas(LINE) struct producer p;
	_Alignas(LINE) _Atomic uint64_t tail;   /* the producer writes, the consumer reads */
	_Alignas(LINE) struct consumer c;
	_Alignas(LINE) _Atomic uint64_t head;   /* the consumer writes, the producer reads */
	_Alignas(LINE) _Atomic uint64_t dropped[RING_TYPES];
	_Alignas(LINE) unsigned char data[];
};

static uint64_t *
header_at(struct ring *r, uint64_t index)
{
	return (uint64_t *)(void *)(r->data + (index & r->mask));
}

static uint64_t
footprint(uint64_t size)
{
	return RING_RECORD_OVERHEAD + ((size + 7) & ~(uint64_t)7);
}

struct ring *
ring_create(unsigned order)
{
	struct ring *r;
	uint64_t size;

	if (order < RING_ORDER_MIN || order > RING_ORDER_MAX)
		return NULL;
	size = (uint64_t)1 << order;
	if (size > SIZE_MAX - sizeof(*r) - LINE)
		return NULL;
	r = aligned_alloc(LINE, (sizeof(*r) + (size_t)size + LINE - 1) & ~(size_t)(LINE - 1));
	if (!r)
		return NULL;

	/* The records are not touched here: their pages come when they are used. */
	*r = (struct ring){
		.size = size,
		.mask = size - 1,
		.mark = size / 4,
		.heels = size / 16 < HEELS ? size / 16 : HEELS,
		.record_max = size / 4,
		.limit = { [false] = size - size / 8, [true] = size },
		.p.look_at = size / 4,
	};
	return r;
}

void
ring_destroy(struct ring *r)
{
	free(r);
}

void *
ring_reserve(struct ring *r, size_t size, bool vital)
{
	struct producer *p = &r->p;
	uint64_t tail = p->tail;
	uint64_t to_end = r->size - (tail & r->mask);
	uint64_t start = tail, need, next;

	if (size > r->record_max - RING_RECORD_OVERHEAD)
		return NULL;
	need = footprint(size);
	if (need > to_end)
		start += to_end;
	next = start + need;

	if (next - p->head > r->limit[vital]) {
		/* Acquire: the consumer has read the old records out before this
		 * side writes over them. Pairs with the release in ring_release(). */
		p->head = atomic_load_explicit(&r->head, memory_order_acquire);
		if (next - p->head > r->limit[vital])
			return NULL;
	}

	/* Everything is a multiple of 8, so there is always room for the marker. */
	if (start != tail)
		*header_at(r, tail) = SKIP;
	*header_at(r, start) = size;
	p->next = next;
	return header_at(r, start) + 1;
}

/*
 * The consumer is told again once it has consumed all that was there when it was
 * last told. Can that leave it asleep beside a filling ring?
 *
 * It goes to sleep at some head D after it found the ring empty. If the last
 * wake-up, told_at T, came after D, it is still pending and ends the sleep. If it
 * was read before the ring was drained, then the drain saw the tail T (the
 * wake-up was written after the commit, and read before the drain), so D >= T
 * and the next look finds the consumer may be told.
 *
 * The head seen here may be old, which only puts the wake-up off: the next look
 * is at most a sixteenth of the ring away. When no more records come, what is
 * there waits for the consumer's frame timer, like all that is below the mark.
 */
static bool
wake_is_due(struct ring *r, uint64_t tail)
{
	struct producer *p = &r->p;

	/* Acquire: ring_reserve() will rely on this copy and write over what the
	 * consumer has read. Pairs with the release in ring_release(). */
	p->head = atomic_load_explicit(&r->head, memory_order_acquire);
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
	uint64_t tail = p->next;

	p->tail = tail;
	/* Release: the filled record becomes visible before the index that
	 * announces it. Pairs with the acquire in look_at_tail(). */
	atomic_store_explicit(&r->tail, tail, memory_order_release);
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

static void
pause_core(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb");        /* longer than yield, which does nothing here */
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

	if (c->next - c->looked_at < r->heels)
		for (int i = 0; i < PAUSES; i++)
			pause_core();
	c->looked_at = c->next;
	/* Acquire: the record is read only after the index that announces it.
	 * Pairs with the release in ring_commit(). */
	c->tail = atomic_load_explicit(&r->tail, memory_order_acquire);
}

const void *
ring_peek(struct ring *r, size_t *size)
{
	struct consumer *c = &r->c;
	const uint64_t *header = c->in_hand;

	if (!header) {
		uint64_t head = c->next;

		if (head == c->tail) {
			look_at_tail(r);
			if (head == c->tail)
				return NULL;
		}
		/* A marker is committed together with the record behind it. */
		header = header_at(r, head);
		if (*header == SKIP) {
			head = (head | r->mask) + 1;
			header = header_at(r, head);
		}
		c->next = head + footprint(*header);
		c->in_hand = header;
	}
	if (size)
		*size = (size_t)*header;
	return header + 1;
}

void
ring_release(struct ring *r)
{
	r->c.in_hand = NULL;
	/* Release: the record has been read before its room is given back. Pairs
	 * with the acquires in ring_reserve() and wake_is_due(). */
	atomic_store_explicit(&r->head, r->c.next, memory_order_release);
}

uint64_t
ring_used(const struct ring *r)
{
	/* Relaxed: a number, no record is read or written on the strength of it.
	 * One of the two is the caller's own, so that 0 <= used <= size holds. */
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);

	return tail - head;
}

uint64_t
ring_size(const struct ring *r)
{
	return r->size;
}

uint64_t
ring_dropped(const struct ring *r, unsigned type)
{
	if (type >= RING_TYPES)
		return 0;
	return atomic_load_explicit(&r->dropped[type], memory_order_relaxed);
}
