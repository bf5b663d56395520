/* Lives: the median of many lengths, in constant memory. */
#include "model/lives.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define MS UINT64_C(1000000)

static void
no_lives_have_no_median(void **state)
{
	struct lives l = { { 0 } };

	(void)state;
	assert_int_equal(lives_median(&l), 0);
}

static void
the_median_of_one_life_is_that_life_within_12_per_cent(void **state)
{
	(void)state;
	for (uint64_t ns = UINT64_C(1) << LIVES_FIRST; ns < UINT64_C(1) << 41; ns += ns / 7) {
		struct lives l = { { 0 } };

		lives_add(&l, ns);
		assert_in_range(lives_median(&l), ns - ns * 12 / 100, ns + ns * 13 / 100);
	}
}

static void
few_long_lives_do_not_move_the_median(void **state)
{
	struct lives l = { { 0 } };

	(void)state;
	for (int i = 0; i < 90; i++)
		lives_add(&l, 8 * MS);
	for (int i = 0; i < 10; i++)
		lives_add(&l, 9000 * MS);
	assert_in_range(lives_median(&l), 7 * MS, 9 * MS);
}

static void
lives_beyond_the_ends_count_as_the_ends(void **state)
{
	struct lives l = { { 0 } };

	(void)state;
	lives_add(&l, 0);
	assert_in_range(lives_median(&l), 1, 20000);
	for (int i = 0; i < 3; i++)
		lives_add(&l, UINT64_MAX);
	assert_true(lives_median(&l) > UINT64_C(60) * 60 * 1000 * MS);
}

static void
any_number_of_lives_can_be_added(void **state)
{
	struct lives l = { { 0 } };

	(void)state;
	for (int i = 0; i < 300000; i++)
		lives_add(&l, 5 * MS);
	assert_in_range(lives_median(&l), 4 * MS, 6 * MS);
	/* What comes later outweighs what was long ago. */
	for (int i = 0; i < 70000; i++)
		lives_add(&l, 500 * MS);
	assert_true(lives_median(&l) > 400 * MS);
}

static void
every_length_has_its_place(void **state)
{
	(void)state;
	for (unsigned shift = 0; shift < 64; shift++)
		for (uint64_t part = 0; part < 16; part++) {
			uint64_t ns = (UINT64_C(1) << shift) + (UINT64_C(1) << shift) / 16 * part;
			struct lives l = { { 0 } };
			unsigned sum = 0;

			lives_add(&l, ns);
			for (unsigned i = 0; i < LIVES_BUCKETS; i++)
				sum += l.bucket[i];
			assert_int_equal(sum, 1);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_lives_have_no_median),
		cmocka_unit_test(the_median_of_one_life_is_that_life_within_12_per_cent),
		cmocka_unit_test(few_long_lives_do_not_move_the_median),
		cmocka_unit_test(lives_beyond_the_ends_count_as_the_ends),
		cmocka_unit_test(any_number_of_lives_can_be_added),
		cmocka_unit_test(every_length_has_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
