/* Quantiles out of buckets. */
#include "src/es/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void
empty_histogram_says_zero(void **state)
{
	struct histogram h = { .bucket = { 0 } };

	(void)state;
	assert_int_equal(histogram_quantile(&h, 0.5), 0);
}

static void
small_values_are_exact(void **state)
{
	struct histogram h = { .bucket = { 0 } };

	(void)state;
	for (uint64_t v = 1; v <= 9; v++)
		histogram_add(&h, v);
	assert_int_equal(histogram_quantile(&h, 0), 1);
	assert_int_equal(histogram_quantile(&h, 0.5), 5);
	assert_int_equal(histogram_quantile(&h, 1), 9);
}

static void
any_value_is_right_to_a_thirtieth(void **state)
{
	(void)state;
	for (uint64_t v = 1; v < (uint64_t)1 << 36; v += v / 7 + 1) {
		struct histogram h = { .bucket = { 0 } };
		uint64_t said;

		histogram_add(&h, v);
		said = histogram_quantile(&h, 0.5);
		assert_true(said <= v + v / 30 && said + v / 30 >= v);
	}
}

static void
what_is_too_large_counts_as_the_largest(void **state)
{
	struct histogram h = { .bucket = { 0 } };

	(void)state;
	histogram_add(&h, UINT64_MAX);
	assert_true(histogram_quantile(&h, 1) > (uint64_t)60 * 1000000000);
}

static void
rare_values_show_in_the_tail_only(void **state)
{
	struct histogram h = { .bucket = { 0 } };

	(void)state;
	for (int i = 0; i < 9980; i++)
		histogram_add(&h, 100);
	for (int i = 0; i < 20; i++)
		histogram_add(&h, 9000);
	assert_in_range(histogram_quantile(&h, 0.5), 97, 103);
	assert_in_range(histogram_quantile(&h, 0.99), 97, 103);
	assert_in_range(histogram_quantile(&h, 0.999), 8700, 9300);
}

static void
powers_of_two_have_what_is_below_them(void **state)
{
	struct histogram h = { .bucket = { 0 } };
	uint64_t bucket[4], sum;

	(void)state;
	histogram_add(&h, 0);
	histogram_add(&h, 31);
	histogram_add(&h, 32);
	histogram_add(&h, 100);
	histogram_add(&h, 127);
	histogram_add(&h, 128);
	histogram_add(&h, 1000000);
	assert_int_equal(histogram_powers(&h, 32, bucket, 4, &sum), 7);
	assert_int_equal(bucket[0], 2);
	assert_int_equal(bucket[1], 1);
	assert_int_equal(bucket[2], 2);
	assert_int_equal(bucket[3], 1);
	assert_in_range(sum, 970000, 1030000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_histogram_says_zero),
		cmocka_unit_test(small_values_are_exact),
		cmocka_unit_test(any_value_is_right_to_a_thirtieth),
		cmocka_unit_test(what_is_too_large_counts_as_the_largest),
		cmocka_unit_test(rare_values_show_in_the_tail_only),
		cmocka_unit_test(powers_of_two_have_what_is_below_them),
	};

	return cmocka_run_group_tests_name("histogram", tests, NULL, NULL);
}
