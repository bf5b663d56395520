/* rate: intervals of every kind, and counters that go to rest. */
#include "model/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define SECOND 1000000000ull

static void
check(double have, double want)
{
	assert_true(have > want - 1e-6 && have < want + 1e-6);
}

static void
an_interval_has_its_length_in_seconds(void **state)
{
	struct rate_clock clock = { 0 };

	(void)state;
	assert_true(rate_interval(&clock, 10 * SECOND) < 0);
	check(rate_interval(&clock, 11 * SECOND), 1.0);
	check(rate_interval(&clock, 11 * SECOND + SECOND / 4), 0.25);
}

static void
no_time_and_very_little_time_leave_the_interval_open(void **state)
{
	struct rate_clock clock = { 0 };

	(void)state;
	rate_interval(&clock, 10 * SECOND);
	check(rate_interval(&clock, 10 * SECOND), 0);
	check(rate_interval(&clock, 10 * SECOND + 1000), 0);
	check(rate_interval(&clock, 10 * SECOND + SECOND / 2), 0.5);
}

static void
a_clock_that_goes_back_begins_a_new_interval(void **state)
{
	struct rate_clock clock = { 0 };

	(void)state;
	rate_interval(&clock, 10 * SECOND);
	assert_true(rate_interval(&clock, 5 * SECOND) < 0);
	check(rate_interval(&clock, 6 * SECOND), 1.0);
}

static void
a_rate_is_the_difference_over_time(void **state)
{
	struct activity a = { 0 };

	(void)state;
	a.core[EV_OPEN].total = 100;
	assert_true(rate_close(&a, 2.0));
	check((double)a.core[EV_OPEN].rate, 50);
	a.core[EV_OPEN].total = 110;
	a.core[EV_CLOSE].total = 5;
	assert_true(rate_close(&a, 0.5));
	check((double)a.core[EV_OPEN].rate, 20);
	check((double)a.core[EV_CLOSE].rate, 10);
}

static void
a_rate_falls_to_zero_when_nothing_comes(void **state)
{
	struct activity a = { 0 };

	(void)state;
	a.core[EV_OPEN].total = 100;
	assert_true(rate_close(&a, 1.0));
	assert_false(rate_close(&a, 1.0));
	check((double)a.core[EV_OPEN].rate, 0);
	assert_int_equal(a.core[EV_OPEN].total, 100);
}

static void
an_interval_of_unknown_length_leaves_rates_alone(void **state)
{
	struct activity a = { 0 };

	(void)state;
	a.core[EV_OPEN].total = 100;
	rate_close(&a, 1.0);
	a.core[EV_OPEN].total = 100000;
	assert_true(rate_close(&a, -1));
	check((double)a.core[EV_OPEN].rate, 100);
	a.core[EV_OPEN].total += 7;
	rate_close(&a, 1.0);
	check((double)a.core[EV_OPEN].rate, 7);
}

static void
totals_may_pass_four_billion(void **state)
{
	struct activity a = { 0 };

	(void)state;
	a.core[EV_OPEN].total = UINT32_MAX - 4;
	rate_close(&a, 1.0);
	a.core[EV_OPEN].total += 10;
	rate_close(&a, 1.0);
	check((double)a.core[EV_OPEN].rate, 10);
}

static void
clearing_totals_keeps_the_rate_of_the_open_interval(void **state)
{
	struct activity a = { 0 };

	(void)state;
	a.core[EV_OPEN].total = 1000;
	rate_close(&a, 1.0);
	a.core[EV_OPEN].total += 20;
	rate_clear(&a);
	assert_int_equal(a.core[EV_OPEN].total, 0);
	a.core[EV_OPEN].total += 3;
	rate_close(&a, 1.0);
	check((double)a.core[EV_OPEN].rate, 23);
	assert_int_equal(a.core[EV_OPEN].total, 3);
}

static void
types_that_are_not_core_are_merged_too(void **state)
{
	struct activity from = { 0 }, to = { 0 };

	(void)state;
	activity_add(&from, EV_OPEN, 3);
	activity_add(&from, EV_SETUID, 5);
	activity_add(&from, EV_MOUNT, 7);
	activity_add(&to, EV_MOUNT, 1);
	activity_merge(&to, &from);
	assert_int_equal(activity_get(&to, EV_OPEN)->total, 3);
	assert_int_equal(activity_get(&to, EV_SETUID)->total, 5);
	assert_int_equal(activity_get(&to, EV_MOUNT)->total, 8);
	activity_finish(&from);
	activity_merge(&to, &from); /* of nothing */
	assert_int_equal(activity_get(&to, EV_MOUNT)->total, 8);
	activity_finish(&to);
}

static void
any_number_of_other_types_is_counted_apart(void **state)
{
	struct activity a = { 0 };

	(void)state;
	for (unsigned id = EV_COUNT; id-- > EV_CORE;)
		for (unsigned n = 0; n <= id; n++)
			activity_add_other(&a, (enum event_id)id, 1);
	for (unsigned id = EV_CORE; id < EV_COUNT; id++)
		assert_int_equal(activity_get(&a, (enum event_id)id)->total, id + 1);
	activity_finish(&a);
}

static void
all_types_are_in_the_total(void **state)
{
	struct activity a = { 0 };
	uint64_t sum = 0;

	(void)state;
	for (unsigned id = 0; id < EV_CORE; id++)
		sum += a.core[id].total = 10 + id;
	activity_add_other(&a, EV_CORE, 7);
	assert_int_equal(activity_total(&a), sum + 7);
	activity_finish(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interval_has_its_length_in_seconds),
		cmocka_unit_test(no_time_and_very_little_time_leave_the_interval_open),
		cmocka_unit_test(a_clock_that_goes_back_begins_a_new_interval),
		cmocka_unit_test(a_rate_is_the_difference_over_time),
		cmocka_unit_test(a_rate_falls_to_zero_when_nothing_comes),
		cmocka_unit_test(an_interval_of_unknown_length_leaves_rates_alone),
		cmocka_unit_test(totals_may_pass_four_billion),
		cmocka_unit_test(clearing_totals_keeps_the_rate_of_the_open_interval),
		cmocka_unit_test(types_that_are_not_core_are_merged_too),
		cmocka_unit_test(any_number_of_other_types_is_counted_apart),
		cmocka_unit_test(all_types_are_in_the_total),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
