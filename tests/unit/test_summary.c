/* What came of a command: programs below programs, how much ran at a time, slow and failed runs, files. */
#include "model/summary.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct summary *s;
static struct summary_program program[SUMMARY_PROGRAMS + 1];
static struct frequent_path file[SUMMARY_FILES];

static int
setup(void **state)
{
	(void)state;
	s = summary_create(NULL);
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
	assert_int_equal(summary_files(s, SUMMARY_FILES_OTHER, file, SUMMARY_FILES), 2);
	assert_string_equal(file[0].path, "/often");
	assert_int_equal(file[0].count, 3);
	assert_int_equal(file[0].over, 0);
	assert_string_equal(file[1].path, "/once");
	assert_int_equal(summary_opens(s, SUMMARY_FILES_OTHER), 4);
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
	assert_int_equal(summary_files(s, SUMMARY_FILES_OTHER, file, SUMMARY_FILES), SUMMARY_FILES);
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
	assert_int_equal(summary_files(s, SUMMARY_FILES_OTHER, file, SUMMARY_FILES), 3);
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
		s = summary_create(NULL);
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
		n = summary_files(s, SUMMARY_FILES_OTHER, file, SUMMARY_FILES);
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

/* ---- programs below programs ---- */

static struct event *
runs(int32_t parent, int32_t process, const char *args, uint64_t after_ns)
{
	char path[100];

	summary_take(s, at(fork_of(pid(parent, 2), pid(process, 1)), NOON + after_ns));
	snprintf(path, sizeof(path), "/bin/%.*s", (int)strcspn(args, " "), args);
	return at(with_args(exec_of(pid(process, 1), pid(process, 2), path), args), NOON + after_ns);
}

static void
ends(int32_t process, int status, uint64_t after_ns)
{
	summary_take(s, at(exit_of(pid(process, 2), status), NOON + after_ns));
}

/* make runs two gcc at a time, each a cc1 and then an as. */
static void
take_build(void)
{
	summary_take(s, at(with_args(exec_of(pid(100, 1), pid(100, 2), "/bin/make"), "make -j2"), NOON));
	for (int32_t i = 0; i < 2; i++) {
		char args[40];

		snprintf(args, sizeof(args), "gcc -c %c.c", 'a' + i);
		summary_take(s, runs(100, 200 + i, args, SECOND));
		snprintf(args, sizeof(args), "cc1 %c.c", 'a' + i);
		summary_take(s, runs(200 + i, 300 + i, args, SECOND));
	}
	ends(300, 0, 3 * SECOND);
	summary_take(s, runs(200, 400, "as a.s", 3 * SECOND));
	ends(400, 0, 4 * SECOND);
	ends(200, 0, 4 * SECOND);
	ends(301, 256, 6 * SECOND);
	ends(201, 256, 6 * SECOND);
	ends(100, 512, 7 * SECOND);
}

static void
programs_stand_below_those_that_ran_them(void **state)
{
	static const struct summary_program want[] = {
		{ "/bin/make", 0, 1, 1, 7 * SECOND, 2 * SECOND, 0 },
		{ "/bin/gcc", 1, 2, 1, 8 * SECOND, 0, 0 },
		{ "/bin/cc1", 2, 2, 1, 7 * SECOND, 7 * SECOND, 0 },
		{ "/bin/as", 2, 1, 0, SECOND, SECOND, 0 },
	};

	(void)state;
	take_build();
	assert_int_equal(summary_programs(s, NOON + 9 * SECOND, program, SUMMARY_PROGRAMS), 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(program[i].path, want[i].path);
		assert_int_equal(program[i].depth, want[i].depth);
		assert_int_equal(program[i].runs, want[i].runs);
		assert_int_equal(program[i].failed, want[i].failed);
		assert_int_equal(program[i].time_ns, want[i].time_ns);
		assert_int_equal(program[i].work_ns, want[i].work_ns);
	}
}

static void
a_program_that_replaces_another_is_below_it_and_one_that_repeats_is_not(void **state)
{
	(void)state;
	summary_take(s, exec_of(pid(100, 1), pid(100, 2), "/bin/env"));
	summary_take(s, exec_of(pid(100, 2), pid(100, 3), "/bin/cc"));
	summary_take(s, exec_of(pid(100, 3), pid(100, 4), "/bin/cc"));
	assert_int_equal(summary_programs(s, NOON, program, SUMMARY_PROGRAMS), 2);
	assert_int_equal(program_named("/bin/env", NOON)->depth, 0);
	assert_int_equal(program_named("/bin/cc", NOON)->depth, 1);
	assert_int_equal(program_named("/bin/cc", NOON)->runs, 2);
}

static void
programs_nest_no_deeper_than_the_limit(void **state)
{
	char path[32];
	size_t n;

	(void)state;
	for (int i = 0; i < 3 * SUMMARY_DEPTH; i++) {
		snprintf(path, sizeof(path), "/bin/%d", i);
		summary_take(s, exec_of(pid(100, 1), pid(100, 2), path));
	}
	n = summary_programs(s, NOON, program, SUMMARY_PROGRAMS);
	assert_int_equal(n, 3 * SUMMARY_DEPTH);
	for (size_t i = 0; i < n; i++)
		assert_true(program[i].depth < SUMMARY_DEPTH);
}

static void
the_load_is_how_much_ran_at_a_time(void **state)
{
	struct summary_load l;

	(void)state;
	take_build();
	summary_load(s, NOON + 99 * SECOND, &l);
	assert_int_equal(l.processes, 6);
	assert_int_equal(l.wall_ns, 7 * SECOND);
	assert_int_equal(l.lives_ns, (7 + 3 + 5 + 2 + 5 + 1) * SECOND);
	/* make alone, two cc1, as and cc1, one cc1, make */
	assert_int_equal(l.work_ns, (1 + 2 * 2 + 2 + 2 + 1) * SECOND);
	assert_int_equal(l.alone_ns, (1 + 2 + 1) * SECOND);
	assert_int_equal(l.peak, 2);
}

static void
what_still_runs_is_part_of_the_load(void **state)
{
	struct summary_load l;

	(void)state;
	summary_take(s, at(exec_of(pid(100, 1), pid(100, 2), "/bin/a"), NOON));
	summary_take(s, runs(100, 200, "b", SECOND));
	summary_load(s, NOON + 5 * SECOND, &l);
	assert_int_equal(l.wall_ns, 5 * SECOND);
	assert_int_equal(l.lives_ns, 9 * SECOND);
	assert_int_equal(l.work_ns, 5 * SECOND);
}

static void
the_chain_goes_down_by_the_longest_life(void **state)
{
	struct summary_run chain[SUMMARY_CHAIN];

	(void)state;
	take_build();
	assert_int_equal(summary_chain(s, chain), 3);
	assert_string_equal(chain[0].command, "make -j2");
	assert_int_equal(chain[0].time_ns, 7 * SECOND);
	assert_string_equal(chain[1].command, "gcc -c b.c");
	assert_string_equal(chain[2].command, "cc1 b.c");
	assert_int_equal(chain[2].time_ns, 5 * SECOND);
}

static void
a_chain_too_long_loses_its_deepest(void **state)
{
	struct summary_run chain[SUMMARY_CHAIN];

	(void)state;
	summary_take(s, exec_of(pid(100, 1), pid(100, 2), "/bin/a"));
	for (int32_t i = 0; i < 2 * SUMMARY_CHAIN; i++)
		summary_take(s, fork_of(pid(100 + i, 2), pid(101 + i, 2)));
	for (int32_t i = 2 * SUMMARY_CHAIN; i >= 0; i--)
		ends(100 + i, 0, SECOND * (uint64_t)(100 - i));
	assert_int_equal(summary_chain(s, chain), SUMMARY_CHAIN);
	assert_int_equal(chain[0].time_ns, 100 * SECOND);
	assert_int_equal(chain[SUMMARY_CHAIN - 1].time_ns, (100 - SUMMARY_CHAIN + 1) * SECOND);
}

static void
the_slowest_are_those_that_worked_longest(void **state)
{
	struct summary_run slow[SUMMARY_SLOWEST];

	(void)state;
	take_build();
	assert_int_equal(summary_slowest(s, slow), 6);
	assert_string_equal(slow[0].command, "cc1 b.c");
	assert_string_equal(slow[0].by, "gcc -c b.c");
	assert_int_equal(slow[0].work_ns, 5 * SECOND);
	assert_int_equal(slow[1].work_ns, 2 * SECOND);
	for (int32_t i = 0; i < 5 * SUMMARY_SLOWEST; i++) {
		summary_take(s, at(exec_of(pid(500, 1), pid(500, 2), "/bin/x"), NOON));
		ends(500, 0, SECOND * (uint64_t)i);
	}
	assert_int_equal(summary_slowest(s, slow), SUMMARY_SLOWEST);
	for (int i = 0; i < SUMMARY_SLOWEST; i++)
		assert_int_equal(slow[i].work_ns, (uint64_t)(5 * SUMMARY_SLOWEST - 1 - i) * SECOND);
}

static void
failures_come_in_their_order_and_equal_ones_are_counted(void **state)
{
	struct summary_failure failed[SUMMARY_FAILED];
	uint64_t more;

	(void)state;
	take_build();
	summary_take(s, runs(900, 901, "x one", 0));
	ends(901, 11, 1);
	summary_take(s, runs(900, 901, "x two", 0));
	ends(901, 11, 2);
	assert_int_equal(summary_failures(s, failed, &more), 4);
	assert_string_equal(failed[0].command, "cc1 b.c");
	assert_int_equal(failed[0].status, 256);
	assert_string_equal(failed[1].command, "gcc -c b.c");
	assert_string_equal(failed[2].command, "make -j2");
	assert_int_equal(failed[2].status, 512);
	assert_string_equal(failed[3].command, "x one");
	assert_int_equal(failed[3].status, 11);
	assert_int_equal(failed[3].count, 2);
	assert_int_equal(more, 0);
}

static void
failures_beyond_the_limit_are_counted(void **state)
{
	struct summary_failure failed[SUMMARY_FAILED];
	uint64_t more;

	(void)state;
	for (int32_t i = 0; i < SUMMARY_FAILED + 9; i++) {
		summary_take(s, exec_of(pid(100 + i, 1), pid(100 + i, 2), "/bin/x"));
		ends(100 + i, (i + 1) << 8, 1);
	}
	assert_int_equal(summary_failures(s, failed, &more), SUMMARY_FAILED);
	assert_int_equal(more, 9);
}

static void
long_arguments_are_cut_and_say_so(void **state)
{
	struct summary_run slow[SUMMARY_SLOWEST];
	char args[3000];

	(void)state;
	memset(args, 'x', sizeof(args) - 1);
	args[sizeof(args) - 1] = '\0';
	args[1] = ' ';
	summary_take(s, with_args(exec_of(pid(100, 1), pid(100, 2), "/bin/x"), args));
	ends(100, 0, 1);
	assert_int_equal(summary_slowest(s, slow), 1);
	assert_int_equal(strlen(slow[0].command), SUMMARY_COMMAND + 4);
	assert_string_equal(slow[0].command + SUMMARY_COMMAND, " ...");
}

/* ---- files ---- */

static void
own_files_are_apart_from_the_loaders_and_from_others(void **state)
{
	static const struct {
		const char *path;
		enum summary_files kind;
	} files[] = {
		{ "/src/a.c", SUMMARY_FILES_OWN },
		{ "/src/lib/libown.so", SUMMARY_FILES_OWN },
		{ "/src", SUMMARY_FILES_OWN },
		{ "/src2/a.c", SUMMARY_FILES_OTHER },
		{ "/usr/include/stdio.h", SUMMARY_FILES_OTHER },
		{ "/tmp/sort.some", SUMMARY_FILES_OTHER },
		{ "/usr/lib/x86_64-linux-gnu/libc.so.6", SUMMARY_FILES_LOADER },
		{ "/usr/lib/x86_64-linux-gnu/libz.so.1.2.13", SUMMARY_FILES_LOADER },
		{ "/usr/lib/libSystem.B.dylib", SUMMARY_FILES_LOADER },
		{ "/etc/ld.so.cache", SUMMARY_FILES_LOADER },
		{ "/usr/lib/locale/C.utf8/LC_CTYPE", SUMMARY_FILES_LOADER },
		{ "/usr/lib/x86_64-linux-gnu/gconv/gconv-modules.cache", SUMMARY_FILES_LOADER },
	};

	(void)state;
	summary_take(s, with(exec_of(pid(100, 1), pid(100, 2), "/bin/cc"), FIELD_CWD, "/src/"));
	assert_string_equal(summary_directory(s), "/src");
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		uint64_t before = summary_opens(s, files[i].kind);

		summary_take(s, open_of(pid(100, 2), files[i].path));
		if (summary_opens(s, files[i].kind) != before + 1)
			fail_msg("%s", files[i].path);
	}
}

static void
of_the_root_directory_nothing_is_its_own(void **state)
{
	(void)state;
	summary_take(s, with(exec_of(pid(100, 1), pid(100, 2), "/bin/cc"), FIELD_CWD, "/"));
	summary_take(s, open_of(pid(100, 2), "/a"));
	assert_int_equal(summary_opens(s, SUMMARY_FILES_OWN), 0);
}

/* ---- what a recording has ---- */

static void
the_first_that_executes_is_the_command(void **state)
{
	struct summary_run run;
	bool several;
	int status;

	(void)state;
	assert_false(summary_first(s, &run, &status, &several));
	take_build();
	assert_true(summary_first(s, &run, &status, &several));
	assert_string_equal(run.command, "make -j2");
	assert_int_equal(run.time_ns, 7 * SECOND);
	assert_int_equal(status, 512);
	assert_false(several);
	summary_take(s, exec_of(pid(900, 1), pid(900, 2), "/bin/other"));
	assert_true(summary_first(s, &run, &status, &several));
	assert_true(several);
}

/* An exit that is lost, a pid that comes again, a parent that is its own child. */
static void
events_that_make_no_sense_do_no_harm(void **state)
{
	struct summary_load l;

	(void)state;
	summary_take(s, fork_of(pid(1, 1), pid(1, 1)));
	summary_take(s, fork_of(pid(5, 1), pid(6, 1)));
	summary_take(s, fork_of(pid(6, 1), pid(5, 1)));
	summary_take(s, at(fork_of(pid(5, 1), pid(6, 1)), NOON + 60 * SECOND));
	summary_take(s, event_of(EV_EXEC, below(pid(7, 1), 7)));
	summary_take(s, at(exit_of(pid(8, 1), 0), NOON - SECOND));
	summary_take(s, at(exit_of(pid(5, 1), -1), NOON - SECOND));
	ends(6, 0, 0);
	ends(1, 0, 0);
	ends(7, 0, 0);
	summary_load(s, NOON, &l);
	assert_int_equal(summary_programs(s, NOON, program, SUMMARY_PROGRAMS + 1), 1);
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
		TEST(programs_stand_below_those_that_ran_them),
		TEST(a_program_that_replaces_another_is_below_it_and_one_that_repeats_is_not),
		TEST(programs_nest_no_deeper_than_the_limit),
		TEST(the_load_is_how_much_ran_at_a_time),
		TEST(what_still_runs_is_part_of_the_load),
		TEST(the_chain_goes_down_by_the_longest_life),
		TEST(a_chain_too_long_loses_its_deepest),
		TEST(the_slowest_are_those_that_worked_longest),
		TEST(failures_come_in_their_order_and_equal_ones_are_counted),
		TEST(failures_beyond_the_limit_are_counted),
		TEST(long_arguments_are_cut_and_say_so),
		TEST(own_files_are_apart_from_the_loaders_and_from_others),
		TEST(of_the_root_directory_nothing_is_its_own),
		TEST(the_first_that_executes_is_the_command),
		TEST(events_that_make_no_sense_do_no_harm),
	};

	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
