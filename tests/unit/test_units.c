/* Durations, rates and counts as text. */
#include "model/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char out[32];

static void
counts_fit_their_width(void **state)
{
	static const struct {
		uint64_t value;
		unsigned width;
		const char *text;
	} cases[] = {
		{ 0, 5, "0" },
		{ 99999, 5, "99999" },
		{ 100000, 5, "100k" },
		{ 123456, 6, "123456" },
		{ 1234567, 6, "1.23M" },
		{ 1999999, 4, "1.9M" },
		{ 999999, 4, "999k" },
		{ 9999999, 7, "9999999" },
		{ 123456789, 5, "123M" },
		{ UINT64_MAX, 4, "18E" },
		{ UINT64_MAX, 6, "18.44E" },
		{ 12345678, 5, "12.3M" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		units_count(out, sizeof out, cases[i].value, cases[i].width);
		assert_string_equal(out, cases[i].text);
	}
}

static void
durations_have_the_form_that_was_asked_for(void **state)
{
	static const struct {
		uint64_t ns;
		const char *rounded, *exact, *cell, *clock;
	} cases[] = {
		{ 0, "0 ns", "0 ns", "0s", "0:00:00" },
		{ 1270, "1.3 us", "1.2 us", "0s", "0:00:00" },
		{ 8000000, "8 ms", "8 ms", "0s", "0:00:00" },
		{ 412999999, "413 ms", "412 ms", "0s", "0:00:00" },
		{ 999700000, "1 s", "999 ms", "0s", "0:00:00" },
		{ 1500000000, "1.5 s", "1.5 s", "1s", "0:00:01" },
		{ 12480000000, "12 s", "12.4 s", "12s", "0:00:12" },
		{ 100 * NS_PER_SECOND, "100 s", "1 min 40 s", "1m", "0:01:40" },
		{ 184 * NS_PER_SECOND, "3.1 min", "3 min 04 s", "3m", "0:03:04" },
		{ 9000 * NS_PER_SECOND, "2.5 h", "2 h 30 min", "2h", "2:30:00" },
		{ 172800 * NS_PER_SECOND, "2 days", "48 h 00 min", "48h", "48:00:00" },
		{ 864000 * NS_PER_SECOND, "10 days", "10 days", "10d", "240:00:00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_string_equal(units_duration(out, sizeof(out), cases[i].ns, DURATION_ROUNDED),
				    cases[i].rounded);
		assert_string_equal(units_duration(out, sizeof(out), cases[i].ns, DURATION_EXACT),
				    cases[i].exact);
		assert_string_equal(units_duration(out, sizeof(out), cases[i].ns, DURATION_CELL),
				    cases[i].cell);
		assert_string_equal(units_duration(out, sizeof(out), cases[i].ns, DURATION_CLOCK),
				    cases[i].clock);
	}
}

static void
the_longest_duration_has_room(void **state)
{
	(void)state;
	for (int form = DURATION_ROUNDED; form <= DURATION_CLOCK; form++)
		for (unsigned shift = 0; shift < 64; shift++) {
			units_duration(out, sizeof(out), UINT64_MAX >> shift, (enum duration_form)form);
			assert_true(strlen(out) > 0 && strlen(out) < sizeof(out) - 8);
		}
}

static void
rates_are_rounded_and_grouped_without_a_width(void **state)
{
	static const struct {
		double value;
		unsigned width;
		const char *text;
	} cases[] = {
		{ -1, 0, "0" },
		{ 0, 6, "0" },
		{ 0.04, 0, "<0.1" },
		{ 0.1, 0, "0.1" },
		{ 0.96, 0, "1" },
		{ 1.5, 6, "1.5" },
		{ 2, 0, "2" },
		{ 9.94, 0, "9.9" },
		{ 9.96, 0, "10" },
		{ 999.5, 0, "1,000" },
		{ 1234567, 0, "1,234,567" },
		{ 1234567, 6, "1.23M" },
		{ 12345678, 5, "12.3M" },
		{ 1e30, 0, "18,446,744,073,709,551,615" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(units_rate(out, sizeof(out), cases[i].value, cases[i].width),
				    cases[i].text);
}

static void
thousands_are_separated_as_far_as_there_is_room(void **state)
{
	(void)state;
	assert_string_equal(units_grouped(out, sizeof(out), 999), "999");
	assert_string_equal(units_grouped(out, sizeof(out), 1000), "1,000");
	assert_string_equal(units_grouped(out, sizeof(out), UINT64_MAX), "18,446,744,073,709,551,615");
	units_grouped(out, 5, UINT64_MAX);
	assert_true(strlen(out) < 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_fit_their_width),
		cmocka_unit_test(durations_have_the_form_that_was_asked_for),
		cmocka_unit_test(the_longest_duration_has_room),
		cmocka_unit_test(rates_are_rounded_and_grouped_without_a_width),
		cmocka_unit_test(thousands_are_separated_as_far_as_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
