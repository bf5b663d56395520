/* Numbers of the system in words. */
#include "tests/lib/build.h"
#include "ui/format.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static char out[200];

static const char *
value(const struct event *e, bool brief)
{
	format_value(out, sizeof(out), e, brief);
	return out;
}

static struct event *
of_value(struct event *e, int64_t number)
{
	e->value = number;
	return e;
}

static void
opens_say_how(void **state)
{
	(void)state;
	assert_string_equal(value(of_value(open_of(pid(2, 1), "/a"), 1), true), "r");
	assert_string_equal(value(of_value(open_of(pid(2, 1), "/a"), 0x603), true), "rw create trunc");
	assert_string_equal(value(of_value(open_of(pid(2, 1), "/a"), 0x603), false),
			    "read, write, create, truncate");
	assert_string_equal(value(of_value(open_of(pid(2, 1), "/a"), 0), false), "");
}

static void
closes_say_whether_the_file_was_changed(void **state)
{
	struct event *e = close_of(pid(2, 1), "/a");

	(void)state;
	assert_string_equal(value(e, true), "");
	e->flags |= EVENT_MODIFIED;
	assert_string_equal(value(e, true), "modified");
}

static void
ends_and_signals_have_their_names(void **state)
{
	struct event *e = of_value(event_of(EV_SIGNAL, pid(2, 1)), SIGTERM);

	(void)state;
	e->other = pid(812, 1);
	assert_string_equal(value(e, true), "SIGTERM to 812");
	assert_string_equal(value(exit_of(pid(2, 1), 3 << 8), true), "exit 3");
	assert_string_equal(value(exit_of(pid(2, 1), SIGKILL), true), "SIGKILL");
	assert_string_equal(value(fork_of(pid(2, 1), pid(99, 1)), true), "child 99");
	format_status(out, sizeof(out), -1);
	assert_string_equal(out, "exit not seen");
	format_signal(out, sizeof(out), 63);
	assert_string_equal(out, "signal 63");
}

static void
little_room_cuts(void **state)
{
	char small[8];

	(void)state;
	format_value(small, sizeof(small), of_value(open_of(pid(2, 1), "/a"), 0x40100fff), false);
	assert_int_equal(strlen(small), sizeof(small) - 1);
}

static void
times_are_where_we_are(void **state)
{
	(void)state;
	format_time(out, sizeof(out), 1772366400ull * SECOND + 123456789, 3);
	assert_string_equal(out, "12:00:00.123");
	format_time(out, sizeof(out), 1772366400ull * SECOND + 123456789, 0);
	assert_string_equal(out, "12:00:00");
	format_date(out, sizeof(out), 1772366400ull * SECOND);
	assert_string_equal(out, "2026-03-01 12:00:00");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_say_how),
		cmocka_unit_test(closes_say_whether_the_file_was_changed),
		cmocka_unit_test(ends_and_signals_have_their_names),
		cmocka_unit_test(little_room_cuts),
		cmocka_unit_test(times_are_where_we_are),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
