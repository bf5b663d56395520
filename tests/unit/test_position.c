/* position: where one is in a recording, and what is typed to go elsewhere. */
#include "model/position.h"
#include "model/units.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#define SECOND NS_PER_SECOND
#define MINUTE (60 * SECOND)
/* 2026-11-24 14:00:00.25 UTC */
#define BEGIN (UINT64_C(1795528800) * SECOND + SECOND / 4)

static struct position at;
static char why[160];

static int
setup(void **state)
{
	(void)state;
	at = (struct position){ BEGIN, BEGIN + 2 * MINUTE, BEGIN + 10 * MINUTE, "", 1 };
	return 0;
}

static uint64_t
to(const char *text)
{
	uint64_t ns = 0;

	if (position_parse(&at, text, &ns, why, sizeof(why)) != 0)
		fail_msg("%s: %s", text, why);
	return ns;
}

static void
refused(const char *text, int error, const char *sentence)
{
	uint64_t ns = 7;

	assert_int_equal(position_parse(&at, text, &ns, why, sizeof(why)), error);
	assert_string_equal(why, sentence);
}

static void
a_time_of_day_is_the_first_one_in_the_recording(void **state)
{
	(void)state;
	assert_int_equal(to("14:03:20"), BEGIN - SECOND / 4 + 3 * MINUTE + 20 * SECOND);
	assert_int_equal(to("14:03"), BEGIN - SECOND / 4 + 3 * MINUTE);
	assert_int_equal(to(" 14:03:20.5 "), BEGIN + 3 * MINUTE + 20 * SECOND + SECOND / 4);
	assert_int_equal(to("2026-11-24 14:03:20Z"), BEGIN - SECOND / 4 + 3 * MINUTE + 20 * SECOND);
	assert_int_equal(to("2026-11-24T14:05"), BEGIN - SECOND / 4 + 5 * MINUTE);
	/* The second in which it begins. */
	assert_int_equal(to("14:00:00"), BEGIN);
	/* Behind midnight. */
	at.end_ns = BEGIN + 12 * 60 * MINUTE;
	assert_int_equal(to("1:30:00"), BEGIN - SECOND / 4 + (11 * 60 + 30) * MINUTE);
}

static void
a_time_of_day_is_in_the_time_zone(void **state)
{
	(void)state;
	setenv("TZ", "UTC-3", 1);
	tzset();
	assert_int_equal(to("17:03:20"), BEGIN - SECOND / 4 + 3 * MINUTE + 20 * SECOND);
	assert_int_equal(to("14:03:20Z"), BEGIN - SECOND / 4 + 3 * MINUTE + 20 * SECOND);
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
a_sign_counts_from_here_and_none_from_the_beginning(void **state)
{
	(void)state;
	assert_int_equal(to("+5s"), at.now_ns + 5 * SECOND);
	assert_int_equal(to("+5"), at.now_ns + 5 * SECOND);
	assert_int_equal(to("-1m30s"), at.now_ns - 90 * SECOND);
	assert_int_equal(to("-1.5 min"), at.now_ns - 90 * SECOND);
	assert_int_equal(to("+ 250ms"), at.now_ns + SECOND / 4);
	assert_int_equal(to("2m"), BEGIN + 2 * MINUTE);
	assert_int_equal(to("0s"), BEGIN);
}

static void
a_share_is_of_the_whole_length(void **state)
{
	(void)state;
	assert_int_equal(to("0%"), BEGIN);
	assert_int_equal(to("50%"), BEGIN + 5 * MINUTE);
	assert_int_equal(to("12.5 %"), BEGIN + 75 * SECOND);
	assert_int_equal(to("100%"), at.end_ns);
	refused("101%", -ERANGE, "expected 0% to 100%");
}

static void
what_is_outside_is_refused_with_what_is_inside(void **state)
{
	(void)state;
	refused("13:59:59", -ERANGE, "outside of 14:00:00 to 14:10:00");
	refused("14:10:02", -ERANGE, "outside of 14:00:00 to 14:10:00");
	refused("+9m", -ERANGE, "outside of 14:00:00 to 14:10:00");
	refused("-3m", -ERANGE, "outside of 14:00:00 to 14:10:00");
	refused("2020-01-01 10:00", -ERANGE, "outside of 14:00:00 to 14:10:00");
	refused("-99999999h", -ERANGE, "outside of 14:00:00 to 14:10:00");
	refused("99999999h", -ERANGE, "outside of 14:00:00 to 14:10:00");
	/* The second in which it ends is the end. */
	assert_int_equal(to("14:10:00"), at.end_ns - SECOND / 4);
	assert_int_equal(to("14:10:01"), at.end_ns);
}

static void
garbage_is_refused(void **state)
{
	static const char *const garbage[] = {
		"",
		"x",
		"14",
		"25:00",
		"14:60",
		"14:03:61",
		"14:03:20x",
		"+",
		"-",
		"+-5s",
		"5x",
		"%",
		"5%%",
		"1e3s",
		"0x10s",
		"inf",
		"nan%",
		"-5%",
		"14:3:",
		"--1s",
		"1.s",
		".5s",
		"1..2s",
		"5s x",
		"14::3",
		"\xff",
		"2026-13-01 10:00",
		"2026-11-24",
		"2026-11-24 ",
		"99999999999999999999s",
		"0000000000000000000000000000000000000000000000000000000000000000000000000001s",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(garbage) / sizeof(*garbage); i++)
		refused(garbage[i], -EINVAL, "expected 14:03:20, +5s, -1m or 50%");
}

static void
until_the_length_is_known_a_share_says_so_and_times_are_taken(void **state)
{
	(void)state;
	at.scanned = 0.4;
	refused("50%", -EAGAIN, "the length is not known yet: 40% scanned");
	assert_int_equal(to("15:00"), BEGIN - SECOND / 4 + 60 * MINUTE);
	at.scanned = -1;
	refused("50%", -EAGAIN, "a pipe has no known length: type a time, or +10s");
	assert_int_equal(to("+1h"), at.now_ns + 60 * MINUTE);
	at = (struct position){ 0 };
	refused("+1h", -EAGAIN, "nothing received yet");
}

static void
a_step_fits_the_length(void **state)
{
	(void)state;
	assert_int_equal(position_step(&at), 30 * SECOND);
	at.end_ns = BEGIN + 22 * SECOND;
	assert_int_equal(position_step(&at), SECOND);
	at.end_ns = BEGIN;
	assert_int_equal(position_step(&at), SECOND);
	at.end_ns = BEGIN + 60 * MINUTE;
	assert_int_equal(position_step(&at), 2 * MINUTE);
	at.end_ns = BEGIN + 1000 * 60 * MINUTE;
	assert_int_equal(position_step(&at), 6 * 60 * MINUTE);
	at.scanned = 0.5; /* not known yet */
	assert_int_equal(position_step(&at), 10 * SECOND);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(a_time_of_day_is_the_first_one_in_the_recording),
		TEST(a_time_of_day_is_in_the_time_zone),
		TEST(a_sign_counts_from_here_and_none_from_the_beginning),
		TEST(a_share_is_of_the_whole_length),
		TEST(what_is_outside_is_refused_with_what_is_inside),
		TEST(garbage_is_refused),
		TEST(until_the_length_is_known_a_share_says_so_and_times_are_taken),
		TEST(a_step_fits_the_length),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
