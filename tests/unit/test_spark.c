/* Sparklines: figures as bars. */
#include "ui/spark.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define DRAW(out, ascii, ...)                                                  \
	spark_draw(out, sizeof(out), (const float[]){ __VA_ARGS__ },          \
		   sizeof((const float[]){ __VA_ARGS__ }) / sizeof(float), ascii)

static void
the_highest_fills_its_column(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(DRAW(out, false, 0, 1, 3.5f, 7), 4);
	assert_string_equal(out, "▁▃▅█");
	assert_int_equal(DRAW(out, true, 0, 1, 3.5f, 7), 4);
	assert_string_equal(out, ".-+#");
}

static void
little_is_not_nothing(void **state)
{
	char out[64];

	(void)state;
	DRAW(out, true, 0, 1e-30f, 1e9f);
	assert_string_equal(out, ".:#");
	DRAW(out, true, 0, 0, 0);
	assert_string_equal(out, "...");
}

static void
no_figure_is_a_blank(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(DRAW(out, false, -1, -1, 2), 3);
	assert_string_equal(out, "  █");
	assert_int_equal(spark_draw(out, sizeof(out), NULL, 0, false), 0);
	assert_string_equal(out, "");
}

static void
odd_figures_stay_in_their_column(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(DRAW(out, true, NAN, 1, INFINITY), 3);
	assert_int_equal(strlen(out), 3);
}

static void
too_little_room_keeps_the_newest(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(DRAW(out, false, 9, 9, 0, 5), 2);
	assert_string_equal(out, "▁█");
	assert_int_equal(spark_draw(out, 1, (const float[]){ 1 }, 1, false), 0);
	assert_string_equal(out, "");
	assert_int_equal(spark_draw(NULL, 0, (const float[]){ 1 }, 1, false), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_highest_fills_its_column),
		cmocka_unit_test(little_is_not_nothing),
		cmocka_unit_test(no_figure_is_a_blank),
		cmocka_unit_test(odd_figures_stay_in_their_column),
		cmocka_unit_test(too_little_room_keeps_the_newest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
