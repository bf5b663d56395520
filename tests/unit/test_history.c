/* The newest events: what stays, what leaves, and that memory is bounded. */
#include "model/history.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct intern *strings;

static int
set_up(void **state)
{
	strings = intern_create();
	*state = history_create(1 << 16, 256);
	return 0;
}

static int
tear_down(void **state)
{
	history_destroy(*state);
	intern_destroy(strings);
	return 0;
}

static const char *
target_at(const struct history *h, uint64_t seq)
{
	struct history_entry entry;

	assert_true(history_at(h, seq, &entry));
	assert_int_equal(entry.seq, seq);
	assert_true(event_valid(entry.event, entry.event->size));
	return event_field(entry.event, FIELD_TARGET, NULL);
}

static void
add(struct history *h, const struct event *e)
{
	history_add(h, e, NULL);
}

static void
events_are_kept_as_they_came(void **state)
{
	struct history *h = *state;
	struct history_entry entry;
	struct event *e = at(open_of(pid(200, 7), "/etc/hosts"), NOON + 5);
	struct string *exe = intern(strings, "/bin/cat", 8);

	e->value = 3;
	e->thread = 99;
	assert_int_equal(history_oldest(h), history_next(h));
	history_add(h, with(e, FIELD_EXE, "/bin/cat"), exe);
	string_release(exe);
	assert_true(history_at(h, history_oldest(h), &entry));
	assert_string_equal(entry.exe, "/bin/cat");
	assert_int_equal(entry.event->who.pid, 200);
	assert_int_equal(entry.event->who.version, 7);
	assert_int_equal(entry.event->time_ns, NOON + 5);
	assert_int_equal(entry.event->value, 3);
	assert_int_equal(entry.event->thread, 99);
	assert_string_equal(event_field(entry.event, FIELD_TARGET, NULL), "/etc/hosts");
	assert_null(event_field(entry.event, FIELD_EXE, NULL)); /* it is in entry.exe */
	assert_false(history_at(h, history_next(h), &entry));
}

static void
numbers_stay_while_new_ones_come(void **state)
{
	struct history *h = *state;
	char path[32];

	for (unsigned i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/tmp/%u", i);
		add(h, open_of(pid(2, 1), path));
	}
	for (unsigned i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/tmp/%u", i);
		assert_string_equal(target_at(h, i), path);
	}
}

static void
the_oldest_leave_when_their_number_is_reached(void **state)
{
	struct history *h = *state;
	struct history_entry entry;

	for (unsigned i = 0; i < 300; i++)
		add(h, event_of(EV_OPEN, pid((int32_t)i + 2, 1)));
	assert_int_equal(history_next(h), 300);
	assert_int_equal(history_oldest(h), 300 - 256);
	assert_false(history_at(h, 43, &entry));
	assert_true(history_at(h, 44, &entry));
	assert_int_equal(entry.event->who.pid, 46);
}

static void
the_oldest_leave_when_the_bytes_are_used_up(void **state)
{
	struct history *h = *state;
	char path[900];

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	for (unsigned i = 0; i < 5000; i++) {
		unsigned length = 20 + i * 37 % 850;

		path[length] = '\0';
		snprintf(path + 1, 12, "%09u", i);
		path[10] = 'x';
		add(h, open_of(pid(2, 1), path));
		path[length] = 'x';
		/* Whatever is still there is whole. */
		for (uint64_t seq = history_oldest(h); seq < history_next(h); seq++)
			assert_int_equal(strtoul(target_at(h, seq) + 1, NULL, 10), seq);
		assert_true(history_next(h) - history_oldest(h) >= (i < 20 ? i : 20));
	}
	assert_true(history_next(h) - history_oldest(h) < (1 << 16) / 200);
}

static void
long_fields_are_cut_and_say_so(void **state)
{
	struct history *h = *state;
	struct history_entry entry;
	static char path[6000];

	memset(path, 'a', sizeof(path) - 1);
	add(h, open_of(pid(2, 1), path));
	assert_int_equal(strlen(target_at(h, 0)), HISTORY_FIELD_MAX);
	assert_true(history_at(h, 0, &entry));
	assert_true(entry.event->flags & EVENT_TRUNCATED);
	path[HISTORY_FIELD_MAX] = '\0';
	add(h, open_of(pid(2, 1), path));
	assert_true(history_at(h, 1, &entry));
	assert_false(entry.event->flags & EVENT_TRUNCATED);
}

static void
what_is_not_wanted_is_not_kept(void **state)
{
	struct history *h = *state;

	history_keep(h, EVENT_BIT(EV_EXIT));
	add(h, open_of(pid(2, 1), "/a"));
	add(h, exit_of(pid(2, 1), 0));
	add(h, seen_of(pid(3, 1), "/bin/x"));
	assert_int_equal(history_next(h), 1);
	history_keep(h, 0);
	add(h, exit_of(pid(2, 1), 0));
	assert_int_equal(history_next(h), 1);
}

static void
a_copy_stays_while_the_original_goes_on(void **state)
{
	struct history *h = *state, *copy;
	struct string *exe = intern(strings, "/bin/cat", 8);
	struct history_entry entry;

	history_add(h, open_of(pid(2, 1), "/first"), exe);
	string_release(exe);
	copy = history_copy(h);
	for (unsigned i = 0; i < 1000; i++)
		add(h, open_of(pid(2, 1), "/later"));
	assert_int_equal(history_next(copy), 1);
	assert_string_equal(target_at(copy, 0), "/first");
	history_clear(h);
	assert_true(history_at(copy, 0, &entry));
	assert_string_equal(entry.exe, "/bin/cat");
	history_destroy(copy);
}

static void
cleared_numbers_go_on(void **state)
{
	struct history *h = *state;

	add(h, open_of(pid(2, 1), "/a"));
	history_clear(h);
	assert_int_equal(history_oldest(h), 1);
	assert_int_equal(history_next(h), 1);
	add(h, open_of(pid(2, 1), "/b"));
	assert_string_equal(target_at(h, 1), "/b");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(events_are_kept_as_they_came),
		TEST(numbers_stay_while_new_ones_come),
		TEST(the_oldest_leave_when_their_number_is_reached),
		TEST(the_oldest_leave_when_the_bytes_are_used_up),
		TEST(long_fields_are_cut_and_say_so),
		TEST(what_is_not_wanted_is_not_kept),
		TEST(a_copy_stays_while_the_original_goes_on),
		TEST(cleared_numbers_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
