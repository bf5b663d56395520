#include "src/base/ring.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif

#ifdef SANITIZED
#define STRESS_RECORDS 1000000u
#else
#define STRESS_RECORDS 100000000u
#endif

enum { OVERHEAD = RING_RECORD_OVERHEAD };

/* A record of size bytes, all of them fill. */
static bool
put(struct ring *r, size_t size, int fill)
{
	void *room = ring_reserve(r, size, false);

	if (!room)
		return false;
	memset(room, fill, size);
	ring_commit(r);
	return true;
}

/* Takes the oldest record, which must be size bytes of fill. */
static void
take(struct ring *r, size_t size, int fill)
{
	size_t got = 0;
	const unsigned char *record = ring_peek(r, &got);

	assert_non_null(record);
	assert_int_equal(got, size);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(record[i], fill);
	ring_release(r);
}

/* Puts as many records as fit, and says how many. */
static unsigned
fill_up(struct ring *r, size_t size, bool vital)
{
	unsigned n = 0;
	void *room;

	while ((room = ring_reserve(r, size, vital))) {
		memset(room, 0, size);
		ring_commit(r);
		n++;
	}
	return n;
}

static void
drain(struct ring *r)
{
	while (ring_peek(r, NULL))
		ring_release(r);
}

static void
records_come_out_in_order_and_whole(void **state)
{
	struct ring *r = ring_create(12);

	(void)state;
	assert_true(put(r, 1, 'a'));
	assert_true(put(r, 0, 'b'));
	assert_true(put(r, 13, 'c'));
	assert_true(put(r, 512, 'd'));
	take(r, 1, 'a');
	take(r, 0, 'b');
	take(r, 13, 'c');
	take(r, 512, 'd');
	assert_null(ring_peek(r, NULL));
	ring_destroy(r);
}

static void
sizes_out_of_range_make_no_ring(void **state)
{
	(void)state;
	assert_null(ring_create(0));
	assert_null(ring_create(RING_ORDER_MIN - 1));
	assert_null(ring_create(RING_ORDER_MAX + 1));
	ring_destroy(NULL);
}

static void
records_are_aligned_to_eight_bytes(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	for (size_t size = 0; size < 40; size++) {
		void *room = ring_reserve(r, size, false);

		assert_int_equal((uintptr_t)room % 8, 0);
		ring_commit(r);
		assert_ptr_equal(ring_peek(r, NULL), room);
		ring_release(r);
	}
	ring_destroy(r);
}

static void
nothing_is_seen_before_commit(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	assert_non_null(ring_reserve(r, 8, false));
	assert_null(ring_peek(r, NULL));
	assert_int_equal(ring_used(r), 0);
	ring_commit(r);
	assert_non_null(ring_peek(r, NULL));
	ring_destroy(r);
}

static void
a_second_reserve_forgets_the_first(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	assert_non_null(ring_reserve(r, 100, false));
	assert_true(put(r, 8, 'x'));
	take(r, 8, 'x');
	assert_null(ring_peek(r, NULL));
	ring_destroy(r);
}

static void
commit_and_release_alone_do_nothing(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	assert_false(ring_commit(r));
	ring_release(r);
	assert_int_equal(ring_used(r), 0);
	assert_true(put(r, 8, 'x'));
	ring_commit(r);
	ring_release(r);
	take(r, 8, 'x');
	ring_release(r);
	assert_null(ring_peek(r, NULL));
	ring_destroy(r);
}

static void
peek_gives_the_same_record_until_release(void **state)
{
	struct ring *r = ring_create(10);
	const void *first;

	(void)state;
	put(r, 8, 'x');
	put(r, 8, 'y');
	first = ring_peek(r, NULL);
	assert_ptr_equal(ring_peek(r, NULL), first);
	take(r, 8, 'x');
	take(r, 8, 'y');
	ring_destroy(r);
}

static void
used_counts_records_with_their_overhead(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	assert_int_equal(ring_size(r), 1024);
	put(r, 9, 'x');
	assert_int_equal(ring_used(r), 16 + OVERHEAD);
	put(r, 0, 'x');
	assert_int_equal(ring_used(r), 16 + 2 * OVERHEAD);
	take(r, 9, 'x');
	assert_int_equal(ring_used(r), OVERHEAD);
	ring_destroy(r);
}

static void
full_ring_counts_a_drop(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	/* 1024 bytes less the reserve of 128 hold 28 records of 24 + 8. */
	assert_int_equal(fill_up(r, 24, false), 28);
	assert_null(ring_reserve(r, 24, false));
	assert_int_equal(ring_dropped(r, 7), 0);
	ring_drop(r, 7);
	ring_drop(r, 7);
	ring_drop(r, 255);
	assert_int_equal(ring_dropped(r, 7), 2);
	assert_int_equal(ring_dropped(r, 255), 1);
	assert_int_equal(ring_dropped(r, 8), 0);

	/* No such type: neither counted nor written elsewhere. */
	ring_drop(r, RING_TYPES);
	assert_int_equal(ring_dropped(r, RING_TYPES), 0);
	ring_destroy(r);
}

static void
release_makes_room_again(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	fill_up(r, 24, false);
	assert_non_null(ring_peek(r, NULL));
	assert_null(ring_reserve(r, 24, false));
	ring_release(r);
	assert_true(put(r, 24, 'x'));
	assert_null(ring_reserve(r, 24, false));
	ring_destroy(r);
}

static void
vital_records_use_the_reserve(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	fill_up(r, 24, false);
	assert_null(ring_reserve(r, 0, false));
	assert_int_equal(fill_up(r, 24, true), 4);
	assert_int_equal(ring_used(r), ring_size(r));
	assert_null(ring_reserve(r, 0, true));

	/* Ordinary ones stay out until the reserve is free again. */
	for (int i = 0; i < 4; i++) {
		assert_non_null(ring_peek(r, NULL));
		ring_release(r);
		assert_null(ring_reserve(r, 24, false));
	}
	ring_peek(r, NULL);
	ring_release(r);
	assert_non_null(ring_reserve(r, 24, false));
	ring_destroy(r);
}

static void
more_than_a_quarter_is_refused(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	assert_null(ring_reserve(r, 256 - OVERHEAD + 1, true));
	assert_null(ring_reserve(r, 1024, true));
	assert_null(ring_reserve(r, SIZE_MAX, true));
	assert_null(ring_reserve(r, SIZE_MAX - 7, true));
	assert_true(put(r, 256 - OVERHEAD, 'x'));
	take(r, 256 - OVERHEAD, 'x');
	ring_destroy(r);
}

/* Whatever fits at all goes into an empty ring, wherever its indices stand. */
static void
record_never_straddles_the_end(void **state)
{
	(void)state;
	for (size_t offset = 0; offset < 256; offset += 8) {
		for (size_t size = 0; size <= 64 - OVERHEAD; size++) {
			struct ring *r = ring_create(8);
			uintptr_t base = (uintptr_t)ring_reserve(r, 0, false) - OVERHEAD;
			uintptr_t room;

			for (size_t at = 0; at < offset; at += 8) {
				assert_true(put(r, 0, 0));
				take(r, 0, 0);
			}
			room = (uintptr_t)ring_reserve(r, size, false);
			assert_true(room >= base + OVERHEAD);
			assert_true(room + size <= base + 256);
			memset((void *)room, 'x', size);
			ring_commit(r);
			take(r, size, 'x');
			assert_null(ring_peek(r, NULL));
			assert_int_equal(ring_used(r), 0);
			ring_destroy(r);
		}
	}
}

/* From every start, with every pair of sizes, filled to the brim: what goes in
 * comes out, and nothing overwrites anything. */
static void
every_wrap_position_keeps_its_records(void **state)
{
	enum { SIZE = 256, LARGEST = SIZE / 4 - OVERHEAD };

	(void)state;
	for (size_t offset = 0; offset < SIZE; offset += 8) {
		for (size_t a = 0; a <= LARGEST; a += 7) {
			for (size_t b = 0; b <= LARGEST; b += 5) {
				struct ring *r = ring_create(8);
				size_t size[2] = { a, b };
				unsigned in = 0, out = 0;

				for (size_t at = 0; at < offset; at += 8) {
					put(r, 0, 0);
					drain(r);
				}
				for (int lap = 0; lap < 3; lap++) {
					while (put(r, size[in % 2], (int)(in & 255)))
						in++;
					assert_true(ring_used(r) <= SIZE - SIZE / 8);
					for (unsigned n = in - out; n > lap * 2u; n--, out++)
						take(r, size[out % 2], (int)(out & 255));
				}
				for (; out < in; out++)
					take(r, size[out % 2], (int)(out & 255));
				assert_null(ring_peek(r, NULL));
				assert_int_equal(ring_used(r), 0);
				ring_destroy(r);
			}
		}
	}
}

static void
a_quarter_full_wakes_the_consumer_once(void **state)
{
	struct ring *r = ring_create(10);
	int wakes = 0;

	(void)state;
	/* Seven records of 32 stay below the mark of 256, the eighth reaches it. */
	for (int i = 0; i < 7; i++) {
		ring_reserve(r, 24, false);
		assert_false(ring_commit(r));
	}
	ring_reserve(r, 24, false);
	assert_true(ring_commit(r));
	while (ring_reserve(r, 24, true))
		wakes += ring_commit(r);
	assert_int_equal(wakes, 0);
	ring_destroy(r);
}

static void
a_drained_ring_wakes_again(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	for (int lap = 0; lap < 100; lap++) {
		int wakes = 0;

		for (int i = 0; i < 8 + lap % 20; i++) {
			assert_non_null(ring_reserve(r, 24, false));
			wakes += ring_commit(r);
		}
		assert_int_equal(wakes, 1);
		drain(r);
	}
	ring_destroy(r);
}

static void
a_consumer_that_keeps_up_is_not_woken(void **state)
{
	struct ring *r = ring_create(10);

	(void)state;
	for (int i = 0; i < 10000; i++) {
		ring_reserve(r, 24, false);
		assert_false(ring_commit(r));
		if (i % 7 == 6)
			drain(r);
	}
	ring_destroy(r);
}

static void
a_consumer_that_lags_is_woken_rarely(void **state)
{
	struct ring *r = ring_create(10);
	int wakes = 0;

	(void)state;
	for (int i = 0; i < 20; i++)
		assert_true(put(r, 24, 'x'));
	for (int i = 0; i < 8000; i++) {
		take(r, 24, 'x');
		memset(ring_reserve(r, 24, false), 'x', 24);
		wakes += ring_commit(r);
	}
	/* 8000 records of 32 bytes are 1000 quarters of the ring. */
	assert_in_range(wakes, 0, 1000);
	ring_destroy(r);
}

/*
 * Two threads. Every record says its number, its type and its length, and its
 * filling follows from them. Numbers that are missing must be counted drops.
 */
struct stress {
	struct ring *ring;
	uint64_t records;
	bool lossless;
	uint64_t produced[4];
};

static uint64_t
mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdu;
	x ^= x >> 29;
	return x;
}

static size_t
words_of(uint64_t number)
{
	return 2 + mix(number) % 12;
}

/* ---- the overflow ---- */

enum { SMALL_ORDER = 12, OVERFLOW_ORDER = RING_OVERFLOW_MIN };

static struct ring *
two_lanes(void)
{
	struct ring *r = ring_create_overflow(SMALL_ORDER, OVERFLOW_ORDER);

	assert_non_null(r);
	return r;
}

/* Numbered records of a size that depends on the number. */
static bool
put_number(struct ring *r, uint64_t number, bool vital)
{
	size_t size = 8 + number * 7 % 200;
	unsigned char *room = ring_reserve(r, size, vital);

	if (!room)
		return false;
	memset(room, (int)number, size);
	memcpy(room, &number, 8);
	ring_commit(r);
	return true;
}

static void
take_number(struct ring *r, uint64_t number)
{
	size_t size = 0;
	const unsigned char *record = ring_peek(r, &size);
	uint64_t got;

	assert_non_null(record);
	memcpy(&got, record, 8);
	assert_int_equal(got, number);
	assert_int_equal(size, 8 + number * 7 % 200);
	for (size_t i = 8; i < size; i++)
		assert_int_equal(record[i], (unsigned char)number);
	ring_release(r);
}

static void
an_overflow_needs_a_sensible_size(void **state)
{
	(void)state;
	assert_null(ring_create_overflow(SMALL_ORDER, RING_OVERFLOW_MIN - 1));
	assert_null(ring_create_overflow(22, 21));
	assert_null(ring_create_overflow(RING_ORDER_MIN - 1, OVERFLOW_ORDER));
}

static void
what_the_small_part_has_no_room_for_goes_to_the_overflow(void **state)
{
	struct ring *r = two_lanes();
	uint64_t n = 0;

	(void)state;
	assert_int_equal(ring_size(r), (1u << SMALL_ORDER) + (1u << OVERFLOW_ORDER));
	while (put_number(r, n, false))
		n++;
	assert_true(ring_used(r) > (1u << OVERFLOW_ORDER) / 8 * 7);
	/* The last eighth is for what is vital. */
	for (uint64_t i = 0; i < 100; i++)
		assert_true(put_number(r, n++, true));
	for (uint64_t i = 0; i < n; i++)
		take_number(r, i);
	assert_null(ring_peek(r, NULL));
	assert_int_equal(ring_used(r), 0);
	assert_int_equal(ring_read(r), ring_written(r));
	ring_destroy(r);
}

static void
records_larger_than_the_small_part_go_to_the_overflow(void **state)
{
	struct ring *r = two_lanes();
	size_t large = ring_record_max(r);

	(void)state;
	assert_true(large > 1u << SMALL_ORDER);
	assert_null(ring_reserve(r, large + 1, true));
	for (int i = 0; i < 50; i++) {
		assert_true(put(r, 9, 'a'));
		assert_true(put(r, large, 'b'));
		assert_true(put(r, 0, 'c'));
		take(r, 9, 'a');
		take(r, large, 'b');
		take(r, 0, 'c');
	}
	assert_int_equal(ring_used(r), 0);
	ring_destroy(r);
}

static bool
is_resident(const void *at)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	unsigned char there = 0;

	assert_int_equal(mincore((void *)((uintptr_t)at / page * page), page, (void *)&there), 0);
	return there & 1;
}

static void
pages_of_the_overflow_are_given_back_when_they_are_consumed(void **state)
{
	enum { MANY = 700, SIZE = 800 };
	struct ring *r = two_lanes();
	const void *at[MANY];
	unsigned resident = 0;

	(void)state;
	for (unsigned round = 0; round < 10; round++) {
		for (unsigned i = 0; i < MANY; i++)
			assert_true(put(r, SIZE, (int)i));
		for (unsigned i = 0; i < MANY; i++) {
			at[i] = ring_peek(r, NULL);
			assert_true(is_resident(at[i]));
			take(r, SIZE, (unsigned char)i);
		}
		resident = 0;
		for (unsigned i = 0; i < MANY; i++)
			resident += is_resident(at[i]);
	}
	/* At most one chunk, and what lies in the small part. */
	assert_true(resident * SIZE <= RING_CHUNK + (1u << SMALL_ORDER));
	ring_destroy(r);
}

static void
after_a_burst_the_small_part_serves_again(void **state)
{
	struct ring *r = two_lanes();
	uint64_t n = 0, taken = 0;
	const char *low = NULL, *high = NULL;

	(void)state;
	while (n < 3000)
		assert_true(put_number(r, n++, false));
	while (taken < n)
		take_number(r, taken++);
	/* One step until the producer notices, then one page or two, whatever comes. */
	for (unsigned i = 0; i < 20000; i++) {
		assert_true(put_number(r, n++, false));
		if (i > 2000) {
			const char *at = ring_peek(r, NULL);

			low = !low || at < low ? at : low;
			high = !high || at > high ? at : high;
		}
		take_number(r, taken++);
	}
	assert_true(high - low < 1 << SMALL_ORDER);
	ring_destroy(r);
}

static void
the_consumer_is_woken_in_a_burst_and_after_it(void **state)
{
	struct ring *r = two_lanes();

	(void)state;
	for (unsigned round = 0; round < 50; round++) {
		unsigned wakes = 0, n = 100 + round * 67 % 900;

		for (unsigned i = 0; i < n; i++) {
			assert_non_null(ring_reserve(r, 56, false));
			wakes += ring_commit(r);
		}
		assert_int_equal(wakes, 1);
		drain(r);
	}
	ring_destroy(r);
}

/* Whatever the rhythm of both sides, the order is one. */
static void
order_holds_while_lanes_change(void **state)
{
	struct ring *r = two_lanes();
	uint64_t in = 0, out = 0;

	(void)state;
	for (unsigned step = 0; step < 20000; step++) {
		uint64_t puts = mix(step) % (step / 1000 % 2 ? 120 : 20), takes = mix(step + 77777) % 60;

		for (uint64_t i = 0; i < puts && put_number(r, in, false); i++)
			in++;
		for (uint64_t i = 0; i < takes && out < in; i++)
			take_number(r, out++);
		assert_int_equal(ring_written(r) - ring_read(r), ring_used(r));
	}
	while (out < in)
		take_number(r, out++);
	assert_int_equal(ring_used(r), 0);
	ring_destroy(r);
}

static void
a_position_says_when_all_before_it_is_consumed(void **state)
{
	struct ring *r = two_lanes();

	(void)state;
	for (uint64_t i = 0; i < 500; i++) {
		uint64_t mark;

		assert_true(put_number(r, i, false));
		mark = ring_written(r);
		for (uint64_t k = 0; k < i % 7; k++)
			assert_true(put_number(r, 1000, false));
		assert_true(ring_read(r) < mark);
		take_number(r, i);
		assert_true(ring_read(r) >= mark);
		drain(r);
	}
	ring_destroy(r);
}

static void *
produce(void *arg)
{
	struct stress *s = arg;

	for (uint64_t i = 0; i < s->records; i++) {
		size_t words = words_of(i);
		unsigned type = (unsigned)(mix(i) >> 32) % 4;
		uint64_t *room;

		s->produced[type]++;
		while (!(room = ring_reserve(s->ring, words * 8, type == 0)) && s->lossless)
			sched_yield();
		if (!room) {
			ring_drop(s->ring, type);
			/* Long enough for the consumer to come by even on one core. */
			if (i % 64 == 0)
				sched_yield();
			continue;
		}
		room[0] = i;
		for (size_t w = 1; w < words; w++)
			room[w] = i * 31 + w;
		ring_commit(s->ring);
	}
	/* The end: a number that no record has. */
	{
		uint64_t *room;

		while (!(room = ring_reserve(s->ring, 16, true)))
			sched_yield();
		room[0] = UINT64_MAX;
		ring_commit(s->ring);
	}
	return NULL;
}

static void
run_stress(struct ring *ring, uint64_t records, bool lossless)
{
	struct stress s = { ring, records, lossless, { 0 } };
	uint64_t expected = 0, consumed[4] = { 0 }, damaged = 0, out_of_order = 0;
	pthread_t thread;

	assert_non_null(s.ring);
	assert_int_equal(pthread_create(&thread, NULL, produce, &s), 0);
	for (;;) {
		size_t size;
		const uint64_t *record = ring_peek(s.ring, &size);
		uint64_t number;

		if (!record) {
			sched_yield();
			continue;
		}
		number = record[0];
		if (number == UINT64_MAX) {
			ring_release(s.ring);
			break;
		}
		damaged += size != words_of(number) * 8;
		for (size_t w = 1; w < size / 8; w++)
			damaged += record[w] != number * 31 + w;
		out_of_order += lossless ? number != expected : number < expected;
		expected = number + 1;
		consumed[(mix(number) >> 32) % 4]++;
		ring_release(s.ring);
	}
	pthread_join(thread, NULL);

	assert_int_equal(damaged, 0);
	assert_int_equal(out_of_order, 0);
	for (unsigned type = 0; type < 4; type++) {
		assert_int_equal(s.produced[type], consumed[type] + ring_dropped(s.ring, type));
		if (lossless)
			assert_int_equal(ring_dropped(s.ring, type), 0);
	}
	assert_int_equal(ring_used(s.ring), 0);
	ring_destroy(s.ring);
}

static uint64_t
stress_records(void)
{
	const char *s = getenv("ESTOP_STRESS_RECORDS");

	return s ? strtoull(s, NULL, 10) : STRESS_RECORDS;
}

static void
two_threads_lose_nothing(void **state)
{
	(void)state;
	run_stress(ring_create(16), stress_records() / 2, true);
}

static void
two_threads_wrap_a_tiny_ring(void **state)
{
	(void)state;
	run_stress(ring_create(10), stress_records() / 20, true);
}

static void
two_threads_change_lanes(void **state)
{
	(void)state;
	run_stress(two_lanes(), stress_records() / 4, true);
	run_stress(two_lanes(), stress_records() / 20, false);
}

static void
produced_is_consumed_plus_dropped(void **state)
{
	(void)state;
	run_stress(ring_create(12), stress_records() - stress_records() / 2 - stress_records() / 20, false);
}

/*
 * A consumer that sleeps until it is woken. The producer stops as soon as the ring
 * is full and goes on when it has been drained, so one lost wake-up would stop both
 * for good: the wait below gives up after a while and fails.
 */
struct sleeper {
	struct ring *ring;
	uint64_t records;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	unsigned wakes;
	bool done;
};

static void
wake(struct sleeper *s, bool done)
{
	pthread_mutex_lock(&s->lock);
	s->wakes++;
	s->done |= done;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

static void *
produce_for_sleeper(void *arg)
{
	struct sleeper *s = arg;

	for (uint64_t i = 0; i < s->records; i++) {
		uint64_t *room;

		while (!(room = ring_reserve(s->ring, words_of(i) * 8, false)))
			sched_yield();
		room[0] = i;
		if (ring_commit(s->ring))
			wake(s, false);
	}
	wake(s, true);
	return NULL;
}

static void
no_wake_up_is_lost(void **state)
{
	struct sleeper s = { .ring = ring_create(12), .records = stress_records() / 100 };
	uint64_t expected = 0;
	pthread_t thread;
	bool done = false;
	int timeouts = 0;

	(void)state;
	pthread_mutex_init(&s.lock, NULL);
	pthread_cond_init(&s.wake, NULL);
	assert_int_equal(pthread_create(&thread, NULL, produce_for_sleeper, &s), 0);
	while (!done) {
		const uint64_t *record;
		struct timespec limit;

		clock_gettime(CLOCK_REALTIME, &limit);
		limit.tv_sec += 5;
		pthread_mutex_lock(&s.lock);
		while (!s.wakes && pthread_cond_timedwait(&s.wake, &s.lock, &limit) == 0)
			;
		timeouts += !s.wakes;
		s.wakes = 0;
		done = s.done;
		pthread_mutex_unlock(&s.lock);
		while ((record = ring_peek(s.ring, NULL))) {
			assert_int_equal(record[0], expected);
			expected++;
			ring_release(s.ring);
		}
	}
	pthread_join(thread, NULL);
	assert_int_equal(timeouts, 0);
	assert_int_equal(expected, s.records);
	pthread_cond_destroy(&s.wake);
	pthread_mutex_destroy(&s.lock);
	ring_destroy(s.ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_out_in_order_and_whole),
		cmocka_unit_test(sizes_out_of_range_make_no_ring),
		cmocka_unit_test(records_are_aligned_to_eight_bytes),
		cmocka_unit_test(nothing_is_seen_before_commit),
		cmocka_unit_test(a_second_reserve_forgets_the_first),
		cmocka_unit_test(commit_and_release_alone_do_nothing),
		cmocka_unit_test(peek_gives_the_same_record_until_release),
		cmocka_unit_test(used_counts_records_with_their_overhead),
		cmocka_unit_test(full_ring_counts_a_drop),
		cmocka_unit_test(release_makes_room_again),
		cmocka_unit_test(vital_records_use_the_reserve),
		cmocka_unit_test(more_than_a_quarter_is_refused),
		cmocka_unit_test(record_never_straddles_the_end),
		cmocka_unit_test(every_wrap_position_keeps_its_records),
		cmocka_unit_test(a_quarter_full_wakes_the_consumer_once),
		cmocka_unit_test(a_drained_ring_wakes_again),
		cmocka_unit_test(a_consumer_that_keeps_up_is_not_woken),
		cmocka_unit_test(a_consumer_that_lags_is_woken_rarely),
		cmocka_unit_test(two_threads_lose_nothing),
		cmocka_unit_test(two_threads_wrap_a_tiny_ring),
		cmocka_unit_test(two_threads_change_lanes),
		cmocka_unit_test(an_overflow_needs_a_sensible_size),
		cmocka_unit_test(what_the_small_part_has_no_room_for_goes_to_the_overflow),
		cmocka_unit_test(records_larger_than_the_small_part_go_to_the_overflow),
		cmocka_unit_test(pages_of_the_overflow_are_given_back_when_they_are_consumed),
		cmocka_unit_test(after_a_burst_the_small_part_serves_again),
		cmocka_unit_test(the_consumer_is_woken_in_a_burst_and_after_it),
		cmocka_unit_test(order_holds_while_lanes_change),
		cmocka_unit_test(a_position_says_when_all_before_it_is_consumed),
		cmocka_unit_test(produced_is_consumed_plus_dropped),
		cmocka_unit_test(no_wake_up_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
