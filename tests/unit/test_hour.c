/* hour: the last hour of everything, and of what did most, in bounded memory. */
#include "model/hour.h"
#include "tests/lib/build.h"

#include "model/proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct tree *t;
static struct hour *h;
static struct chart c;
static uint64_t now; /* seconds after NOON */

static const struct hour_whose all = { .of = HOUR_ALL };

static struct hour_whose
process(int32_t n)
{
	return (struct hour_whose){ .of = HOUR_OF_PROCESS, .key = { n, pid(n, 1).start_ns } };
}

static struct hour_whose
program(const char *exe)
{
	return (struct hour_whose){ .of = HOUR_OF_PROGRAM, .exe = exe };
}

static void
tick_after(uint64_t seconds)
{
	now += seconds;
	tree_tick(t, NOON + now * SECOND, 5 * SECOND);
	hour_tick(h, t, NOON + now * SECOND);
}

static void
opens(int32_t n, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		tree_apply(t, open_of(pid(n, 1), "/x"));
}

static int
setup(void **state)
{
	(void)state;
	t = tree_create();
	h = hour_create();
	now = 0;
	tree_apply(t, seen_of(pid(7, 1), "/bin/a"));
	tree_apply(t, seen_of(pid(8, 1), "/bin/a"));
	tree_apply(t, seen_of(pid(9, 1), "/bin/b"));
	tick_after(0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	hour_destroy(h);
	tree_destroy(t);
	return 0;
}

/* The rate of a series so many slots ago. */
static float
back(const struct hour_whose *whose, unsigned span, unsigned slots, unsigned series)
{
	hour_chart(h, t, whose, span, &c);
	assert_true(slots < c.count);
	return c.rate[c.count - 1 - slots][series];
}

static void
every_second_of_three_minutes_is_kept_by_type(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 200; i++) {
		opens(7, i);
		tree_apply(t, close_of(pid(8, 1), "/x"));
		tree_apply(t, with(event_of(EV_UNLINK, pid(9, 1)), FIELD_TARGET, "/y"));
		tick_after(1);
	}
	assert_float_equal(back(&all, 0, 0, EV_OPEN), 200, 0.1);
	assert_float_equal(back(&all, 0, 0, EV_CLOSE), 1, 0.01);
	assert_float_equal(back(&all, 0, 0, EV_CORE), 1, 0.01);
	assert_float_equal(back(&all, 0, HOUR_SLOTS - 1, EV_OPEN), 21, 0.1);
	assert_int_equal(c.count, HOUR_SLOTS);
	assert_int_equal(c.slot_ns, SECOND);
	assert_int_equal(c.begin_ns, NOON + 20 * SECOND);
}

static void
longer_spans_are_means(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		opens(7, i % 5 == 0 ? 50 : 0);
		tick_after(1);
	}
	assert_float_equal(back(&all, 1, 1, EV_OPEN), 10, 0.1);
	assert_int_equal(c.slot_ns, 5 * SECOND);
	assert_float_equal(back(&all, 2, 1, EV_OPEN), 10, 0.1);
	assert_int_equal(c.slot_ns, 20 * SECOND);
}

static void
what_was_not_measured_is_negative(void **state)
{
	(void)state;
	tick_after(1);
	assert_float_equal(back(&all, 0, 0, EV_OPEN), 0, 0.01);
	assert_true(back(&all, 0, 1, EV_OPEN) < 0);
	assert_true(back(&all, 2, 1, EV_OPEN) < 0);
}

/* A frame an hour late, and one that comes ten times a second. */
static void
sums_do_not_depend_on_the_interval(void **state)
{
	float sum = 0;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		opens(7, 600);
		tick_after(60);
	}
	hour_chart(h, t, &all, 2, &c);
	for (unsigned i = 0; i < c.count; i++)
		sum += c.rate[i][EV_OPEN] > 0 ? c.rate[i][EV_OPEN] * 20 : 0;
	assert_float_equal(sum, 2400, 250); /* the slots at the edges are cut */
	assert_float_equal(back(&all, 0, 3, EV_OPEN), 10, 0.1);
	opens(7, 36000);
	tick_after(36000);
	assert_float_equal(back(&all, 2, HOUR_SLOTS - 1, EV_OPEN), 1, 0.01);
	assert_float_equal(back(&all, 0, 0, EV_OPEN), 1, 0.01);
}

static void
tenths_of_a_second_make_a_second(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 30; i++) {
		opens(7, 3);
		tree_tick(t, NOON + i * SECOND / 10, 5 * SECOND);
		hour_tick(h, t, NOON + i * SECOND / 10);
	}
	assert_float_equal(back(&all, 0, 0, EV_OPEN), 30, 0.1);
	assert_float_equal(back(&all, 0, 2, EV_OPEN), 30, 0.1);
}

static void
a_program_is_the_sum_of_its_processes(void **state)
{
	const struct hour_whose a = program("/bin/a"), b = program("/bin/b"), seven = process(7);

	(void)state;
	opens(7, 5);
	opens(8, 3);
	opens(9, 2);
	tick_after(1);
	assert_float_equal(back(&a, 0, 0, EV_OPEN), 8, 0.01);
	assert_float_equal(back(&b, 0, 0, EV_OPEN), 2, 0.01);
	assert_float_equal(back(&seven, 0, 0, EV_OPEN), 5, 0.01);
	assert_float_equal(back(&all, 0, 0, EV_OPEN), 10, 0.01);
}

/* Also those that were reaped within the interval. */
static void
what_exited_processes_did_is_their_programs(void **state)
{
	const struct hour_whose cc = program("/bin/cc");

	(void)state;
	for (int32_t n = 100; n < 120; n++) {
		tree_apply(t, fork_of(pid(7, 1), pid(n, 1)));
		tree_apply(t, exec_of(pid(n, 1), pid(n, 2), "/bin/cc"));
		tree_apply(t, open_of(pid(n, 2), "/x.c"));
		tree_apply(t, exit_of(pid(n, 2), 0));
	}
	now++;
	tree_tick(t, NOON + now * SECOND, 0);
	hour_tick(h, t, NOON + now * SECOND);
	assert_float_equal(back(&cc, 0, 0, EV_OPEN), 20, 0.01);
	assert_float_equal(back(&cc, 0, 0, EV_EXIT), 20, 0.01);
	assert_float_equal(back(&all, 0, 0, EV_OPEN), 20, 0.01);
	tick_after(1);
	assert_float_equal(back(&cc, 0, 0, EV_OPEN), 0, 0.01);
}

static void
who_is_looked_at_is_kept_from_then_on(void **state)
{
	const struct hour_whose idle = process(9);

	(void)state;
	tick_after(1);
	tick_after(1);
	hour_chart(h, t, &idle, 0, &c); /* it has done nothing yet */
	tick_after(1);
	assert_float_equal(back(&idle, 0, 0, EV_OPEN), 0, 0.01);
	assert_true(back(&idle, 0, 1, EV_OPEN) < 0);
	opens(9, 4);
	tick_after(1);
	assert_float_equal(back(&idle, 0, 0, EV_OPEN), 4, 0.01);
	assert_float_equal(back(&idle, 0, 1, EV_OPEN), 0, 0.01);
}

/* A thousand processes, of which 7 always does a little and the others much, once. */
static void
memory_is_bounded_and_the_busiest_stay(void **state)
{
	const struct hour_whose seven = process(7), late = process(1999);

	(void)state;
	for (int32_t n = 1000; n < 2000; n++) {
		opens(7, 20);
		tree_apply(t, seen_of(pid(n, 1), "/bin/one"));
		opens(n, 5);
		tick_after(1);
	}
	assert_true(hour_bytes(h) <= 1300000);
	assert_float_equal(back(&seven, 2, 1, EV_OPEN), 20, 0.1);
	assert_float_equal(back(&seven, 2, 40, EV_OPEN), 20, 0.1);
	assert_float_equal(back(&late, 0, 0, EV_OPEN), 5, 0.1);
}

static void
marks_are_in_every_span_and_leave_with_their_hour(void **state)
{
	unsigned found = 0;

	(void)state;
	tick_after(1);
	tick_after(1);
	hour_mark(h, CHART_MARK_LOST, NOON + now * SECOND);
	tick_after(1);
	for (unsigned span = 0; span < HOUR_SPANS; span++) {
		hour_chart(h, t, &all, span, &c);
		assert_int_equal(c.marks[c.count - 1], chart_mark_bit(CHART_MARK_LOST));
	}
	for (unsigned i = 0; i < 3700; i++)
		tick_after(1);
	for (unsigned span = 0; span < HOUR_SPANS; span++) {
		hour_chart(h, t, &all, span, &c);
		for (unsigned i = 0; i < c.count; i++)
			found += c.marks[i];
	}
	assert_int_equal(found, 0);
}

static void
a_clock_that_goes_back_begins_anew(void **state)
{
	(void)state;
	opens(7, 5);
	tick_after(100);
	tree_tick(t, NOON + SECOND, 5 * SECOND);
	hour_tick(h, t, NOON + SECOND);
	opens(7, 5);
	tree_tick(t, NOON + 2 * SECOND, 5 * SECOND);
	hour_tick(h, t, NOON + 2 * SECOND);
	assert_float_equal(back(&all, 0, 0, EV_OPEN), 5, 0.1);
	assert_true(back(&all, 0, 1, EV_OPEN) < 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_second_of_three_minutes_is_kept_by_type),
		TEST(longer_spans_are_means),
		TEST(what_was_not_measured_is_negative),
		TEST(sums_do_not_depend_on_the_interval),
		TEST(tenths_of_a_second_make_a_second),
		TEST(a_program_is_the_sum_of_its_processes),
		TEST(what_exited_processes_did_is_their_programs),
		TEST(who_is_looked_at_is_kept_from_then_on),
		TEST(memory_is_bounded_and_the_busiest_stay),
		TEST(marks_are_in_every_span_and_leave_with_their_hour),
		TEST(a_clock_that_goes_back_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
