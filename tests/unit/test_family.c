/* A family: who belongs to it, in whatever order its forks and exits arrive. */
#include "model/family.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

enum { COMMAND = 100, ESTOP = 50, INIT = 1 };

static struct family *f;

static int
setup(void **state)
{
	(void)state;
	f = family_create(COMMAND);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	family_destroy(f);
	return 0;
}

static struct event_proc
command(void)
{
	return below(pid(COMMAND, 1), ESTOP);
}

static void
it_begins_with_its_first_process_alone(void **state)
{
	(void)state;
	assert_true(family_take(f, open_of(command(), "/a")));
	assert_false(family_take(f, open_of(below(pid(99, 1), ESTOP), "/a")));
	assert_false(family_take(f, open_of(below(pid(ESTOP, 1), INIT), "/a")));
	assert_int_equal(family_alive(f), 1);
}

static void
children_and_their_children_belong_to_it(void **state)
{
	(void)state;
	assert_true(family_take(f, fork_of(command(), pid(101, 1))));
	assert_true(family_take(f, fork_of(below(pid(101, 1), COMMAND), pid(102, 1))));
	assert_true(family_take(f, open_of(below(pid(102, 1), 101), "/a")));
	assert_int_equal(family_alive(f), 3);
}

static void
a_fork_of_somebody_else_changes_nothing(void **state)
{
	(void)state;
	assert_false(family_take(f, fork_of(below(pid(7, 1), INIT), pid(8, 1))));
	assert_false(family_take(f, open_of(below(pid(8, 1), 7), "/a")));
}

static void
who_loses_its_parent_stays(void **state)
{
	(void)state;
	family_take(f, fork_of(command(), pid(101, 1)));
	family_take(f, fork_of(below(pid(101, 1), COMMAND), pid(102, 1)));
	family_take(f, exit_of(below(pid(101, 1), COMMAND), 0));
	family_take(f, exit_of(command(), 0));
	assert_false(family_has_first(f));
	assert_true(family_take(f, open_of(below(pid(102, 1), INIT), "/a")));
	assert_true(family_take(f, fork_of(below(pid(102, 1), INIT), pid(103, 1))));
	assert_true(family_take(f, open_of(below(pid(103, 1), 102), "/a")));
}

static void
a_child_that_is_heard_of_before_its_fork_belongs_to_it(void **state)
{
	(void)state;
	assert_true(family_take(f, open_of(below(pid(101, 1), COMMAND), "/a")));
	assert_true(family_take(f, fork_of(command(), pid(101, 1))));
	assert_int_equal(family_alive(f), 2);
}

static void
events_that_come_after_the_exit_are_its_own(void **state)
{
	(void)state;
	family_take(f, fork_of(command(), pid(101, 1)));
	family_take(f, exit_of(below(pid(101, 1), COMMAND), 0));
	assert_true(family_take(f, close_of(below(pid(101, 1), COMMAND), "/a")));
}

static void
a_pid_that_comes_back_is_somebody_else(void **state)
{
	(void)state;
	family_take(f, fork_of(command(), pid(101, 1)));
	family_take(f, exit_of(below(pid(101, 1), COMMAND), 0));
	assert_false(family_take(f, open_of(begun(below(pid(101, 9), INIT), 5), "/a")));
	/* and who is below that one is not below ours */
	assert_false(family_take(f, open_of(begun(below(pid(102, 9), 101), 6), "/a")));
}

static void
a_pid_that_comes_back_in_the_family_belongs_to_it(void **state)
{
	struct event_proc again = begun(below(pid(101, 9), COMMAND), 5);

	(void)state;
	family_take(f, fork_of(command(), pid(101, 1)));
	family_take(f, exit_of(below(pid(101, 1), COMMAND), 0));
	assert_true(family_take(f, fork_of(command(), again)));
	assert_true(family_take(f, open_of(again, "/a")));
	assert_int_equal(family_alive(f), 2);
}

/* A shell loop of a million short lives must not cost memory for each. */
static void
those_who_ended_long_ago_are_forgotten(void **state)
{
	(void)state;
	for (int32_t i = 0; i < 5000; i++) {
		assert_true(family_take(f, fork_of(command(), pid(1000 + i, 1))));
		assert_true(family_take(f, exit_of(below(pid(1000 + i, 1), COMMAND), 0)));
	}
	assert_int_equal(family_alive(f), 1);
	assert_true(family_take(f, close_of(below(pid(5999, 1), INIT), "/a")));
	assert_false(family_take(f, close_of(below(pid(1000, 1), INIT), "/a")));
}

static const struct event *
responsible_is(struct event *e, int32_t responsible)
{
	event_add(e, FIELD_RESPONSIBLE, (const char *)&responsible, sizeof(responsible));
	return e;
}

/* What launchd starts for the command, on a Mac. */
static void
a_process_that_a_member_is_responsible_for_belongs_to_it(void **state)
{
	struct event_proc service = below(pid(300, 1), INIT);

	(void)state;
	assert_false(family_take(f, responsible_is(open_of(service, "/a"), 299)));
	assert_true(family_take(f, responsible_is(open_of(service, "/a"), COMMAND)));
	assert_true(family_take(f, open_of(service, "/b"))); /* only the first record names it */
	assert_true(family_take(f, open_of(below(pid(301, 1), 300), "/a")));
	assert_int_equal(family_alive(f), 3);
	/* One that has ended is responsible for nobody. */
	assert_true(family_take(f, exit_of(command(), 0)));
	assert_false(family_take(f, responsible_is(open_of(below(pid(302, 1), INIT), "/a"), COMMAND)));
}

static bool
is_even(void *ctx, int32_t pid, uint64_t start_ns)
{
	(void)ctx, (void)start_ns;
	return pid % 2 == 0;
}

static void
a_survey_lets_go_of_those_who_ended_unseen(void **state)
{
	(void)state;
	for (int32_t i = 0; i < 5000; i++)
		assert_true(family_take(f, fork_of(command(), pid(1000 + i, 1))));
	family_survey(f, is_even, NULL);
	assert_int_equal(family_alive(f), 2501);
	assert_true(family_has_first(f));
	assert_false(family_take(f, close_of(below(pid(1001, 1), INIT), "/a"))); /* forgotten */
	assert_true(family_take(f, close_of(below(pid(1002, 1), INIT), "/a")));
}

static void
a_start_time_that_is_known_is_not_forgotten(void **state)
{
	const struct event_proc child = begun(below(pid(101, 1), COMMAND), 5);
	struct event_proc without = child, stranger = begun(below(pid(101, 1), INIT), 9);

	(void)state;
	without.start_ns = 0;
	assert_true(family_take(f, fork_of(command(), child)));
	assert_true(family_take(f, open_of(without, "/a")));
	assert_false(family_take(f, open_of(stranger, "/a"))); /* its pid alone is that of the child */
	assert_true(family_take(f, open_of(child, "/a")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_begins_with_its_first_process_alone),
		TEST(children_and_their_children_belong_to_it),
		TEST(a_fork_of_somebody_else_changes_nothing),
		TEST(who_loses_its_parent_stays),
		TEST(a_process_that_a_member_is_responsible_for_belongs_to_it),
		TEST(a_child_that_is_heard_of_before_its_fork_belongs_to_it),
		TEST(events_that_come_after_the_exit_are_its_own),
		TEST(a_pid_that_comes_back_is_somebody_else),
		TEST(a_pid_that_comes_back_in_the_family_belongs_to_it),
		TEST(those_who_ended_long_ago_are_forgotten),
		TEST(a_survey_lets_go_of_those_who_ended_unseen),
		TEST(a_start_time_that_is_known_is_not_forgotten),
	};

	return cmocka_run_group_tests_name("family", tests, NULL, NULL);
}
