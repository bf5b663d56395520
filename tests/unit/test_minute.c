/* A minute of samples, a second each, whatever the time between two frames. */
#include "model/minute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define MS 1000000ull
#define NOON (1000000 * 1000 * MS)

static struct minute m;
static uint64_t total[EV_COUNT];
static float samples[MINUTE_SECONDS];

static int
set_up(void **state)
{
	(void)state;
	memset(&m, 0, sizeof(m));
	memset(total, 0, sizeof(total));
	return 0;
}

/* At so many ms after noon there were n more opens. */
static void
tick(uint64_t ms, uint64_t n)
{
	total[EV_OPEN] += n;
	minute_tick(&m, total, NOON + ms * MS);
	minute_get(&m, EV_OPEN, samples);
}

static float
back(unsigned seconds)
{
	return samples[MINUTE_SECONDS - 1 - seconds];
}

static void
what_was_not_measured_is_said(void **state)
{
	(void)state;
	tick(0, 77); /* of the time before */
	for (unsigned i = 0; i < MINUTE_SECONDS; i++)
		assert_true(samples[i] < 0);
	tick(1000, 5);
	assert_true(back(0) == 5);
	assert_true(back(1) < 0);
}

static void
a_sample_is_a_second(void **state)
{
	(void)state;
	tick(0, 0);
	tick(1000, 10);
	tick(2000, 20);
	assert_true(back(0) == 20 && back(1) == 10 && back(2) < 0);
}

static void
short_frames_are_put_together(void **state)
{
	(void)state;
	tick(0, 0);
	for (unsigned i = 1; i <= 20; i++)
		tick(i * 100, 2);
	assert_int_equal(m.count, 2);
	assert_true(back(0) > 19.9f && back(0) < 20.1f);
}

static void
a_long_frame_is_many_seconds(void **state)
{
	(void)state;
	tick(0, 0);
	tick(5000, 50);
	assert_int_equal(m.count, 5);
	for (unsigned i = 0; i < 5; i++)
		assert_true(back(i) == 10);
	tick(500000, 0);
	assert_int_equal(m.count, MINUTE_SECONDS);
	assert_true(back(0) == 0 && back(59) == 0);
}

static void
frames_that_are_a_little_early_count(void **state)
{
	(void)state;
	tick(0, 0);
	for (unsigned i = 1; i <= 30; i++)
		tick(i * 1000 - i % 3 * 40, 100);
	assert_int_equal(m.count, 30);
}

static void
cleared_counters_and_clocks_begin_anew(void **state)
{
	(void)state;
	tick(0, 0);
	tick(1000, 1000);
	total[EV_OPEN] = 0;
	tick(2000, 7);
	assert_true(back(0) == 7);
	tick(500, 100);
	tick(1500, 3);
	assert_true(back(0) == 3);
}

static void
the_sum_is_of_all_types(void **state)
{
	(void)state;
	tick(0, 0);
	total[EV_CLOSE] += 4;
	tick(1000, 3);
	minute_sum(&m, samples);
	assert_true(back(0) == 7);
	assert_true(back(1) < 0);
}

static void
the_sum_is_that_of_all_types_in_every_second(void **state)
{
	struct minute m = { 0 };
	uint64_t total[EV_COUNT] = { 0 };
	float sum[MINUTE_SECONDS], one[MINUTE_SECONDS];

	(void)state;
	for (unsigned second = 0; second < 2 * MINUTE_SECONDS + 3; second++) {
		for (unsigned id = 0; id < EV_COUNT; id++)
			total[id] += second % 5 + id;
		minute_tick(&m, total, (1000 + second) * UINT64_C(1000000000));
		minute_sum(&m, sum);
		for (unsigned i = 0; i < MINUTE_SECONDS; i++) {
			float want = 0;

			for (unsigned id = 0; id < EV_COUNT; id++) {
				minute_get(&m, (enum event_id)id, one);
				want += one[i];
			}
			assert_true(sum[i] < 0 ? want < 0 : sum[i] - want < 1 && want - sum[i] < 1);
		}
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
	const struct CMUnitTest tests[] = {
		TEST(what_was_not_measured_is_said),
		TEST(a_sample_is_a_second),
		TEST(short_frames_are_put_together),
		TEST(a_long_frame_is_many_seconds),
		TEST(frames_that_are_a_little_early_count),
		TEST(cleared_counters_and_clocks_begin_anew),
		TEST(the_sum_is_of_all_types),
		TEST(the_sum_is_that_of_all_types_in_every_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
