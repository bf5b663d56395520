/*
 * Grouping, on real kernel events: a build's wrapper tree (make, gcc, cc1, as, collect2, ld), whose
 * programs are counted exactly; groups, header and the same recording say the same. Needs root.
 *
 * This program is also each of the programs: see main().
 */
#include "tests/lib/estop_run.h"
#include "tests/lib/sanitizer.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { BUILDS = 12 };

/* ---- the programs ---- */

/* What each does: opens of the file, and whom it runs one after the other. */
static const struct {
	const char *name;
	int opens, times;
	const char *runs[4];
} programs[] = {
	{ "make", 1, BUILDS, { "gcc" } }, { "gcc", 2, 1, { "cc1", "as", "collect2" } },
	{ "cc1", 7, 0, { NULL } },        { "as", 3, 0, { NULL } },
	{ "collect2", 1, 1, { "ld" } },   { "ld", 5, 0, { NULL } },
};
enum { PROGRAMS = sizeof(programs) / sizeof(programs[0]) };

static void
must(bool fine)
{
	if (!fine)
		_exit(99);
}

static void
run_program(const char *name, char *where)
{
	char path[4096];
	pid_t pid = fork();
	int status;

	must(pid >= 0);
	if (pid == 0) {
		snprintf(path, sizeof(path), "%s/%s", where, name);
		execl(path, name, where, (char *)NULL);
		_exit(98);
	}
	must(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
be(size_t i, char *where)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/opened-file", where);
	for (int n = 0; n < programs[i].opens; n++) {
		int fd = open(path, O_RDONLY);

		must(fd >= 0 && close(fd) == 0);
	}
	for (int n = 0; n < programs[i].times; n++)
		for (unsigned k = 0; programs[i].runs[k]; k++)
			run_program(programs[i].runs[k], where);
	_exit(0);
}

/* ---- the test ---- */

static int
setup(void **state)
{
	(void)state;
	if (!estop_begin("groups"))
		return 0;
	for (size_t i = 0; i < PROGRAMS; i++) {
		char command[8300];

		snprintf(command, sizeof(command), "cp '%s' '%s/%s'", estop_self, estop_directory,
			 programs[i].name);
		assert_int_equal(system(command), 0);
	}
	estop_expect("touch %D/opened-file && %E -b --width=300 --by=program -w %D/rec.jsonl -- "
		     "%D/make %D >%D/frames 2>%D/summary",
		     0);
	return 0;
}

/* In the output: a number before a path that ends in /name. -1: there is none. */
static long
number_of(const char *name)
{
	char end[40];

	snprintf(end, sizeof(end), "/%s\n", name);
	for (char *line = estop_output, *next; *line; line = next) {
		next = line + strcspn(line, "\n");
		next += *next == '\n';
		if ((size_t)(next - line) > strlen(end) && memcmp(next - strlen(end), end, strlen(end)) == 0)
			return strtol(line, NULL, 10);
	}
	return -1;
}

/* How often a program ran: once for each build, make once in all. */
static long
runs_of(size_t i)
{
	return i == 0 ? 1 : BUILDS;
}

static void
each_program_is_counted_exactly(void **state)
{
	(void)state;
	estop_expect("awk '/RUN/ { delete run } / \\/tmp\\// { run[$NF] = $2 } "
		     "END { for (p in run) print run[p], p }' %D/frames",
		     0);
	for (size_t i = 0; i < PROGRAMS; i++)
		assert_int_equal(number_of(programs[i].name), runs_of(i));
	/* The opens of the file, by the log of the recording; those of the loader are not ours. */
	estop_expect("%E -r %D/rec.jsonl --log=line | awk '$2 == \"open\" && /opened-file/ "
		     "{ sub(/path=/, \"\", $6); print $6 }' | sort | uniq -c",
		     0);
	for (size_t i = 0; i < PROGRAMS; i++)
		assert_int_equal(number_of(programs[i].name), runs_of(i) * programs[i].opens);
}

static void
groups_say_what_sort_and_uniq_say_of_the_recording(void **state)
{
	static const char *const grouping[] = { "program", "user", "unit", "session", "host", "signer" };
	char command[1200];

	(void)state;
	/* By program, each row: of the live run, of the replay, and of the log. */
	estop_expect(
		"opens() { awk '/RUN/ { delete n; for (i = 1; i <= NF; i++) if ($i == \"OPEN\") c = i } "
		"index($NF, \"%D/\") == 1 { n[$NF] = $c } END { for (p in n) print n[p], p }' \"$1\" | sort; }; "
		"opens %D/frames >%D/live; %E -r %D/rec.jsonl --speed=max -b --width=300 --by=program >%D/replayed && "
		"opens %D/replayed >%D/replay; "
		"%E -r %D/rec.jsonl --log=line | awk '$2 == \"open\" { sub(/path=/, \"\", $6); if (index($6, \"%D/\") == 1) n[$6]++ } "
		"END { for (p in n) print n[p], p }' | sort >%D/log; "
		"cmp %D/live %D/replay && cmp %D/live %D/log && wc -l <%D/log",
		0);
	assert_int_equal(strtol(estop_output, NULL, 10), PROGRAMS);
	/* In every grouping the rows add up to the totals. */
	for (size_t i = 0; i < sizeof(grouping) / sizeof(grouping[0]); i++) {
		snprintf(command, sizeof(command),
			 "%%E -r %%D/rec.jsonl --speed=max -b --width=300 --by=%s | awk '/RUN/ { sum = 0; rows = 1; "
			 "for (i = 1; i <= NF; i++) if ($i == \"OPEN\") c = i; next } /^$/ { rows = 0 } "
			 "rows { sum += $c } /^total open/ { total = $3 } "
			 "END { if (!total || sum != total) { print sum, total; exit 1 } }'",
			 grouping[i]);
		estop_expect(command, 0);
	}
}

static void
the_rows_of_the_tree_add_up_to_its_totals(void **state)
{
	static const char *const shapes[] = { "--exited=all --totals=no", "--flat --exited=0" };
	char command[1200];

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		snprintf(command, sizeof(command),
			 "%%E -r %%D/rec.jsonl --speed=max -b --width=300 %s >%%D/tree; awk '/COMMAND/ { sum = 0; rows = 1; "
			 "for (i = 1; i <= NF; i++) if ($i == \"OPEN\") c = i; next } /^$/ { rows = 0 } "
			 "rows { sum += $c } /^total open/ { t = $3 } END { exit !t || sum != t }' %%D/tree",
			 shapes[i]);
		estop_expect(command, 0);
	}
	/* What the wrappers ran is there, below them. */
	estop_expect(
		"%E -r %D/rec.jsonl --speed=max -b --width=300 --exited=all | grep -o '[a-z0-9]* (exited .*'",
		0);
	for (size_t i = 1; i < PROGRAMS; i++) {
		char row[40];

		snprintf(row, sizeof(row), "%s (exited ×%d", programs[i].name, BUILDS);
		if (!strstr(estop_output, row) && !getenv("ESTOP_ASCII"))
			snprintf(row, sizeof(row), "%s (exited x%d", programs[i].name, BUILDS);
		estop_says(row);
	}
}

static void
a_filter_and_p_look_inside_of_groups(void **state)
{
	(void)state;
	estop_expect(
		"%E -r %D/rec.jsonl --speed=max -b --width=300 --exited=all --filter=cc1 | grep -c 'cc1 (exited'",
		0);
	estop_expect(
		"%E -r %D/rec.jsonl --speed=max -b --width=300 --exited=all -p %D/ld | grep -c 'ld (exited'",
		0);
	estop_expect("%E -r %D/rec.jsonl --speed=max -b --width=300 --by=program -p %D/ld | grep -c /ld$", 0);
}

static void
an_unknown_group_is_refused(void **state)
{
	(void)state;
	estop_expect("%E -b -n 1 --by=colour 2>&1", 2);
	assert_non_null(strstr(estop_output, "--by: expected tree, flat, program"));
	assert_non_null(strstr(estop_output, "not 'colour'"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_program_is_counted_exactly),
		cmocka_unit_test(groups_say_what_sort_and_uniq_say_of_the_recording),
		cmocka_unit_test(the_rows_of_the_tree_add_up_to_its_totals),
		cmocka_unit_test(a_filter_and_p_look_inside_of_groups),
		cmocka_unit_test(an_unknown_group_is_refused),
	};
	const char *name = strrchr(argv[0], '/');

	name = name ? name + 1 : argv[0];
	for (size_t i = 0; argc == 2 && i < PROGRAMS; i++)
		if (strcmp(name, programs[i].name) == 0)
			be(i, argv[1]);
	estop_find_self();
	return cmocka_run_group_tests(tests, setup, estop_end);
}
