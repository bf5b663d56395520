/*
 * The ring against Concurrency Kit's single-producer single-consumer ring, with
 * records of one size: two threads, a record is copied in from the producer's
 * memory and every word of it is read by the consumer. Both rings hold the same
 * number of bytes. Runs alternate and the median of the pairs' ratios counts, so
 * that a machine that is busy for a while slows both alike.
 */
#include "src/base/ring.h"
#include "tests/bench/bench.h"

#include <ck_pr.h>
#include <ck_ring.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#ifdef __linux__
#include <unistd.h>
#endif

enum { ORDER = 20, RUNS = 15, RECORDS = 2000000 };

/* An empty or full ring is asked again at once, but a thread without a core of
 * its own has to let the other one run. */
static inline void
wait_a_little(unsigned *spins)
{
	if (++*spins % 256 == 0)
		sched_yield();
	else
		ck_pr_stall();
}

/* On one core there is no traffic between caches and nothing to compare. */
static void
stay_on(int core)
{
#ifdef __linux__
	cpu_set_t set;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return;
	CPU_ZERO(&set);
	CPU_SET(core, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
#else
	(void)core;
#endif
}

/* Both contestants for one record size; they differ in nothing but the calls. */
#define CONTEST(SIZE)                                                                   \
	struct record_##SIZE {                                                          \
		uint64_t word[SIZE / 8];                                                \
	};                                                                              \
	CK_RING_PROTOTYPE(records_##SIZE, record_##SIZE)                                \
                                                                                        \
	struct ck_side_##SIZE {                                                         \
		ck_ring_t ring;                                                         \
		struct record_##SIZE *buffer;                                           \
	};                                                                              \
                                                                                        \
	static void *produce_ck_##SIZE(void *arg)                                       \
	{                                                                               \
		struct ck_side_##SIZE *s = arg;                                         \
		struct record_##SIZE record = { { 0 } };                                \
		unsigned spins = 0;                                                     \
                                                                                        \
		stay_on(1);                                                             \
		for (uint64_t i = 0; i < RECORDS; i++) {                                \
			record.word[0] = i;                                             \
			while (!CK_RING_ENQUEUE_SPSC(records_##SIZE, &s->ring,          \
						     s->buffer, &record))               \
				wait_a_little(&spins);                                  \
		}                                                                       \
		return NULL;                                                            \
	}                                                                               \
                                                                                        \
	static double run_ck_##SIZE(void)                                               \
	{                                                                               \
		static struct ck_side_##SIZE s;                                         \
		struct record_##SIZE record;                                            \
		unsigned spins = 0;                                                     \
		uint64_t sum = 0, start;                                                \
		pthread_t t;                                                            \
                                                                                        \
		s.buffer = aligned_alloc(128, 1u << ORDER);                             \
		memset(s.buffer, 0, 1u << ORDER);                                       \
		ck_ring_init(&s.ring, (1u << ORDER) / SIZE);                            \
		start = bench_now_ns();                                                 \
		pthread_create(&t, NULL, produce_ck_##SIZE, &s);                        \
		for (uint64_t i = 0; i < RECORDS; i++) {                                \
			while (!CK_RING_DEQUEUE_SPSC(records_##SIZE, &s.ring,           \
						     s.buffer, &record))                \
				wait_a_little(&spins);                                  \
			for (size_t w = 0; w < SIZE / 8; w++)                           \
				sum += record.word[w];                                  \
		}                                                                       \
		pthread_join(t, NULL);                                                  \
		start = bench_now_ns() - start;                                         \
		check_sum(sum);                                                         \
		free(s.buffer);                                                         \
		return (double)start / RECORDS;                                         \
	}                                                                               \
                                                                                        \
	static void *produce_ring_##SIZE(void *arg)                                     \
	{                                                                               \
		struct ring *ring = arg;                                                \
		struct record_##SIZE record = { { 0 } };                                \
		unsigned spins = 0, wakes = 0;                                          \
		void *room;                                                             \
                                                                                        \
		stay_on(1);                                                             \
		for (uint64_t i = 0; i < RECORDS; i++) {                                \
			record.word[0] = i;                                             \
			while (!(room = ring_reserve(ring, SIZE, false)))               \
				wait_a_little(&spins);                                  \
			memcpy(room, &record, SIZE);                                    \
			wakes += ring_commit(ring);                                     \
		}                                                                       \
		bench_keep(wakes);                                                      \
		return NULL;                                                            \
	}                                                                               \
                                                                                        \
	static double run_ring_##SIZE(void)                                             \
	{                                                                               \
		struct ring *ring = ring_create(ORDER);                                 \
		const struct record_##SIZE *record;                                     \
		unsigned spins = 0;                                                     \
		uint64_t sum = 0, start;                                                \
		pthread_t t;                                                            \
                                                                                        \
		touch_all(ring);                                                        \
		start = bench_now_ns();                                                 \
		pthread_create(&t, NULL, produce_ring_##SIZE, ring);                    \
		for (uint64_t i = 0; i < RECORDS; i++) {                                \
			while (!(record = ring_peek(ring, NULL)))                       \
				wait_a_little(&spins);                                  \
			for (size_t w = 0; w < SIZE / 8; w++)                           \
				sum += record->word[w];                                 \
			ring_release(ring);                                             \
		}                                                                       \
		pthread_join(t, NULL);                                                  \
		start = bench_now_ns() - start;                                         \
		check_sum(sum);                                                         \
		ring_destroy(ring);                                                     \
		return (double)start / RECORDS;                                         \
	}                                                                               \
                                                                                        \
	static void contest_##SIZE(void)                                                \
	{                                                                               \
		double ck[RUNS], own[RUNS], ratio[RUNS];                                \
                                                                                        \
		for (int i = 0; i < RUNS; i++) {                                        \
			ck[i] = run_ck_##SIZE();                                        \
			own[i] = run_ring_##SIZE();                                     \
			ratio[i] = own[i] / ck[i];                                      \
		}                                                                       \
		bench_row("Concurrency Kit spsc, " #SIZE " bytes, two threads",         \
			  bench_median(ck, RUNS), "ns/record", NULL);                   \
		bench_row("ring, " #SIZE " bytes, two threads",                         \
			  bench_median(own, RUNS), "ns/record", NULL);                  \
		bench_row("ring / Concurrency Kit, " #SIZE " bytes",                    \
			  bench_median(ratio, RUNS), "ratio", "<= 1.0");                \
	}

static void
check_sum(uint64_t sum)
{
	if (sum != (uint64_t)RECORDS * (RECORDS - 1) / 2) {
		fputs("bench_ring: records were lost or changed\n", stderr);
		exit(1);
	}
}

/* The first lap would otherwise measure page faults. */
static void
touch_all(struct ring *ring)
{
	for (int i = 0; i < 10; i++) {
		void *room = ring_reserve(ring, ring_size(ring) / 8 - 8, true);

		memset(room, 0, ring_size(ring) / 8 - 8);
		bench_keep_memory(room);
		ring_commit(ring);
		bench_keep_memory(ring_peek(ring, NULL));
		ring_release(ring);
	}
}

CONTEST(64)
CONTEST(128)
CONTEST(256)

/* What either side pays without the other's traffic, in batches as they come. */
static void
one_thread(size_t size)
{
	enum { REPEAT = 9, ROUNDS = 2000, BATCH = 1000 };
	struct ring *ring = ring_create(ORDER);
	double in[REPEAT], out[REPEAT];
	char what[80];

	touch_all(ring);
	for (size_t run = 0; run < REPEAT; run++) {
		uint64_t t0, t1, t2, in_ns = 0, out_ns = 0;

		for (int round = 0; round < ROUNDS; round++) {
			t0 = bench_now_ns();
			for (uint64_t i = 0; i < BATCH; i++) {
				uint64_t *room = ring_reserve(ring, size, false);

				room[0] = i;
				bench_keep(ring_commit(ring));
			}
			t1 = bench_now_ns();
			for (int i = 0; i < BATCH; i++) {
				bench_keep(*(const uint64_t *)ring_peek(ring, NULL));
				ring_release(ring);
			}
			t2 = bench_now_ns();
			in_ns += t1 - t0;
			out_ns += t2 - t1;
		}
		in[run] = (double)in_ns / (ROUNDS * BATCH);
		out[run] = (double)out_ns / (ROUNDS * BATCH);
	}
	snprintf(what, sizeof(what), "ring, %zu bytes, one thread, reserve and commit", size);
	bench_row(what, bench_median(in, REPEAT), "ns", NULL);
	snprintf(what, sizeof(what), "ring, %zu bytes, one thread, peek and release", size);
	bench_row(what, bench_median(out, REPEAT), "ns", NULL);
	ring_destroy(ring);
}

int
main(void)
{
	stay_on(0);
	contest_64();
	contest_128();
	contest_256();
	one_thread(64);
	one_thread(256);
	return 0;
}
