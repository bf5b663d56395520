/* What came of a command: programs with their times, files, counts. */
#include "model/summary.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static struct summary *s;
static struct summary_program program[SUMMARY_PROGRAMS + 1];
static struct frequent_path file[SUMMARY_FILES];

static int
setup(void **state)
{
	(void)state;
	s = summary_create();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	summary_destroy(s);
	return 0;
}

static const struct summary_program *
program_named(const char *path, uint64_t now_ns)
{
	size_t n = summary_programs(s, now_ns, program, SUMMARY_PROGRAMS + 1);

	for (size_t i = 0; i < n; i++)
		if (program[i].path && strcmp(program[i].path, path) == 0)
			return &program[i];
	fail_msg("%s is not among the programs", path);
	return NULL;
}

static void
a_run_lasts_from_its_exec_to_the_exit(void **state)
{
	(void)state;
	summary_take(s, at(exec_of(pid(100, 1), pid(100, 2), "/bin/cc"), NOON));
	summary_take(s, at(exit_of(pid(100, 2), 0), NOON + 3 * SECOND));
	assert_int_equal(program_named("/bin/cc", NOON + 9 * SECOND)->runs, 1);
	assert_int_equal(program_named("/bin/cc", NOON + 9 * SECOND)->time_ns, 3 * SECOND);
}

static void
another_exec_ends_the_run_of_the_first_program(void **state)
{
	(void)state;
	summary_take(s, at(exec_of(pid(100, 1), pid(100, 2), "/bin/env"), NOON));
	summary_take(s, at(exec_of(pid(100, 2), pid(100, 3), "/bin/cc"), NOON + SECOND));
	summary_take(s, at(exit_of(pid(100, 3), 0), NOON + 3 * SECOND));
	assert_int_equal(program_named("/bin/env", NOON + 9 * SECOND)->time_ns, SECOND);
	assert_int_equal(program_named("/bin/cc", NOON + 9 * SECOND)->time_ns, 2 * SECOND);
}

static void
what_still_runs_counts_up_to_now(void **state)
{
	(void)state;
	summary_take(s, at(exec_of(pid(100, 1), pid(100, 2), "/bin/a"), NOON));
	summary_take(s, at(exec_of(pid(101, 1), pid(101, 2), "/bin/b"), NOON + SECOND));
	assert_int_equal(program_named("/bin/a", NOON + 5 * SECOND)->time_ns, 5 * SECOND);
	assert_int_equal(program_named("/bin/b", NOON + 5 * SECOND)->time_ns, 4 * SECOND);
	assert_string_equal(program[0].path, "/bin/a"); /* the longest first */
}

static void
a_child_that_only_forked_opens_for_its_program(void **state)
{
	(void)state;
	summary_take(s, exec_of(pid(100, 1), pid(100, 2), "/bin/sh"));
	summary_take(s, fork_of(pid(100, 2), pid(101, 1)));
	summary_take(s, open_of(pid(101, 1), "/etc/passwd"));
	summary_take(s, at(exit_of(pid(101, 1), 0), NOON + SECOND));
	summary_take(s, open_of(pid(100, 2), "/etc/passwd"));
	assert_int_equal(program_named("/bin/sh", NOON)->opens, 2);
	assert_int_equal(program_named("/bin/sh", NOON)->runs, 1);
	assert_int_equal(program_named("/bin/sh", NOON)->time_ns, 0);
}

static void
files_are_counted_and_the_most_opened_come_first(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		summary_take(s, open_of(pid(100, 1), "/often"));
	summary_take(s, open_of(pid(100, 1), "/once"));
	summary_take(s, close_of(pid(100, 1), "/often"));
	assert_int_equal(summary_files(s, file, SUMMARY_FILES), 2);
	assert_string_equal(file[0].path, "/often");
	assert_int_equal(file[0].count, 3);
	assert_int_equal(file[0].over, 0);
	assert_string_equal(file[1].path, "/once");
	assert_int_equal(summary_count(s, EV_OPEN), 4);
	assert_int_equal(summary_count(s, EV_CLOSE), 1);
	assert_int_equal(summary_count(s, EV_EXEC), 0);
}

/* Among 100 times as many files as are kept, one that makes a tenth of all opens is found. */
static void
a_file_opened_often_is_found_among_any_number_of_others(void **state)
{
	char path[32];

	(void)state;
	for (int i = 0; i < 100 * SUMMARY_FILES; i++) {
		snprintf(path, sizeof(path), "/once/%d", i);
		summary_take(s, open_of(pid(100, 1), path));
		if (i % 9 == 0)
			summary_take(s, open_of(pid(100, 1), "/often"));
	}
	assert_int_equal(summary_files(s, file, SUMMARY_FILES), SUMMARY_FILES);
	assert_string_equal(file[0].path, "/often");
	assert_true(file[0].count >= 100 * SUMMARY_FILES / 9);
	assert_true(file[0].count - file[0].over <= 100 * SUMMARY_FILES / 9 + 1);
	assert_true(file[1].over > 0); /* and it says that it does not know better */
}

static void
programs_beyond_the_limit_share_an_entry(void **state)
{
	char path[32];
	size_t n;

	(void)state;
	for (int i = 0; i < SUMMARY_PROGRAMS + 7; i++) {
		snprintf(path, sizeof(path), "/bin/%d", i);
		summary_take(s, exec_of(pid(100, 1), pid(100, 2), path));
	}
	n = summary_programs(s, NOON, program, SUMMARY_PROGRAMS + 1);
	assert_int_equal(n, SUMMARY_PROGRAMS + 1);
	for (size_t i = 0; i < n; i++)
		if (!program[i].path) {
			assert_int_equal(program[i].runs, 7);
			return;
		}
	fail_msg("nothing stands for the others");
}

static void
programs_come_by_time_and_files_by_opens_whatever_their_names(void **state)
{
	(void)state;
	summary_take(s, at(exec_of(pid(100, 1), pid(100, 2), "/bin/z"), NOON));
	summary_take(s, at(exec_of(pid(101, 1), pid(101, 2), "/bin/a"), NOON + 2 * SECOND));
	summary_take(s, at(exec_of(pid(102, 1), pid(102, 2), "/bin/m"), NOON + SECOND));
	assert_int_equal(summary_programs(s, NOON + 5 * SECOND, program, SUMMARY_PROGRAMS + 1), 3);
	assert_string_equal(program[0].path, "/bin/z");
	assert_string_equal(program[1].path, "/bin/m");
	assert_string_equal(program[2].path, "/bin/a");
	for (int i = 0; i < 3; i++)
		summary_take(s, open_of(pid(100, 1), "/z"));
	for (int i = 0; i < 2; i++)
		summary_take(s, open_of(pid(100, 1), "/m"));
	summary_take(s, open_of(pid(100, 1), "/a"));
	assert_int_equal(summary_files(s, file, SUMMARY_FILES), 3);
	assert_string_equal(file[0].path, "/z");
	assert_string_equal(file[1].path, "/m");
	assert_string_equal(file[2].path, "/a");
}

/* Whatever the order they were opened in, the one that makes room is the one with the fewest opens. */
static void
the_least_opened_file_makes_room(void **state)
{
	uint64_t random = 1;
	char path[32];

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		unsigned least = (round * 7919u) % SUMMARY_FILES;
		size_t n;

		summary_destroy(s);
		s = summary_create();
		for (unsigned i = 0; i < SUMMARY_FILES; i++) {
			snprintf(path, sizeof(path), "/%u", i);
			summary_take(s, open_of(pid(100, 1), path));
		}
		for (unsigned i = 0; i < SUMMARY_FILES * 6; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
			unsigned which = (unsigned)(random >> 40) % SUMMARY_FILES;

			snprintf(path, sizeof(path), "/%u", which);
			if (which != least)
				summary_take(s, open_of(pid(100, 1), path));
		}
		for (unsigned i = 0; i < SUMMARY_FILES; i++) { /* each once more, but for the least */
			snprintf(path, sizeof(path), "/%u", i);
			if (i != least)
				summary_take(s, open_of(pid(100, 1), path));
		}
		summary_take(s, open_of(pid(100, 1), "/new"));
		n = summary_files(s, file, SUMMARY_FILES);
		assert_int_equal(n, SUMMARY_FILES);
		snprintf(path, sizeof(path), "/%u", least);
		for (size_t i = 0; i < n; i++)
			assert_string_not_equal(file[i].path, path);
	}
}

static void
an_exec_that_is_told_before_its_fork_counts(void **state)
{
	(void)state;
	summary_take(s, exec_of(pid(100, 1), pid(100, 2), "/bin/sh"));
	summary_take(s, at(exec_of(pid(101, 1), pid(101, 2), "/bin/cc"), NOON));
	summary_take(s, fork_of(pid(100, 2), pid(101, 1)));
	summary_take(s, open_of(pid(101, 2), "/a"));
	assert_int_equal(program_named("/bin/cc", NOON)->opens, 1);
	assert_int_equal(program_named("/bin/sh", NOON)->opens, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_run_lasts_from_its_exec_to_the_exit),
		TEST(another_exec_ends_the_run_of_the_first_program),
		TEST(what_still_runs_counts_up_to_now),
		TEST(a_child_that_only_forked_opens_for_its_program),
		TEST(files_are_counted_and_the_most_opened_come_first),
		TEST(a_file_opened_often_is_found_among_any_number_of_others),
		TEST(programs_beyond_the_limit_share_an_entry),
		TEST(programs_come_by_time_and_files_by_opens_whatever_their_names),
		TEST(the_least_opened_file_makes_room),
		TEST(an_exec_that_is_told_before_its_fork_counts),
	};

	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
