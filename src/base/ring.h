/*
 * ring - records on their way from one producer thread to one consumer thread.
 *
 * Neither side ever waits. When the ring is full the new record does not go in
 * and the producer counts a drop: stalling the handler would only move the loss
 * into the kernel, where less is known about it.
 *
 * Records have any length and lie in one piece, aligned to 8 bytes, so they are
 * filled and read in place. What shapes the tree (exec, fork, exit) is vital:
 * the last eighth of the ring is kept for it, and a flood of opens cannot take it.
 *
 * A ring may have an overflow: address space many times its size, for bursts and for
 * a consumer that is not scheduled. It is used only while the small part is full, so the
 * same few pages serve all ordinary traffic. Pages of the overflow are given back to the
 * system as they are consumed; at most RING_CHUNK of it stays resident.
 */
#ifndef ESTOP_BASE_RING_H
#define ESTOP_BASE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RING_ORDER_MIN = 6, /* 64 bytes: only good for tests */
	RING_ORDER_MAX = 32,
	RING_TYPES = 256,       /* drops are counted for types below this */
	RING_CHUNK = 1 << 18,   /* bytes of the overflow that are given back at once */
	RING_OVERFLOW_MIN = 20, /* order: four chunks */
	RING_RECORD_OVERHEAD = 8
};

struct ring; /* opaque; its fields are private to ring.c */

/*
 * Room for 2^order bytes. Each record takes its size, rounded up to 8, and
 * RING_RECORD_OVERHEAD; a record that would straddle the end starts over at the
 * beginning and what it leaves behind is lost until the next lap. NULL when out
 * of memory or when order is out of range.
 */
struct ring *ring_create(unsigned order);

/*
 * The same with an overflow of 2^overflow_order bytes, from RING_OVERFLOW_MIN on and not
 * smaller than the ring. Memory is reserved, not used; where even that fails it is halved
 * down to the minimum.
 */
struct ring *ring_create_overflow(unsigned order, unsigned overflow_order);
void ring_destroy(struct ring *); /* NULL is fine; both threads must be done */

/*
 * Producer. size bytes to fill, or NULL when they do not fit or are more than
 * ring_record_max(). Only vital records get the last eighth, of the overflow where
 * there is one. Nothing is visible before ring_commit(); reserving again first forgets
 * the earlier reservation. NULL is not yet a counted drop: see ring_drop().
 */
void *ring_reserve(struct ring *, size_t size, bool vital);

/*
 * Producer. Publishes what was reserved; does nothing without a reservation.
 *
 * True when the consumer should be woken: at least a quarter of the ring (without
 * its overflow) is in use, and everything that was there when this was last true has been consumed.
 * So there is at most one wake-up in a quarter of a ring, and none that a sleeping
 * consumer needs is withheld. Waking (write to an eventfd or a pipe) is left to
 * the caller; a consumer that reads the wake-up first and drains the ring
 * afterwards misses nothing. What stays below the mark waits for the consumer's
 * own timer.
 */
bool ring_commit(struct ring *);

/* Producer. Counts a record of this type, below RING_TYPES, as dropped. */
void ring_drop(struct ring *, unsigned type);

/*
 * Consumer. The oldest record and, unless size is NULL, the size it was reserved
 * with; the same one until ring_release(), which ends its life. NULL when empty.
 */
const void *ring_peek(struct ring *, size_t *size);
void ring_release(struct ring *); /* does nothing without a ring_peek() */

/*
 * Either thread. Bytes in use, overhead included: exact for what the calling
 * thread did itself, and a moment old for the other's doings.
 */
uint64_t ring_used(const struct ring *);
uint64_t ring_size(const struct ring *);     /* 2^order, with the overflow */
size_t ring_record_max(const struct ring *); /* size of the largest record */

/*
 * Bytes that went in and came out since ring_create(), overhead included. A record that
 * was committed when ring_written() was W has been released once ring_read() >= W. Either
 * thread; exact for the caller's own side.
 */
uint64_t ring_written(const struct ring *);
uint64_t ring_read(const struct ring *);
uint64_t ring_dropped(const struct ring *, unsigned type); /* since ring_create() */

#endif
