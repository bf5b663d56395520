/*
 * What a person looks for and finds, by the real program on real kernel events: arguments however long,
 * scripts, paths with commas in them, what a program becomes and starts, titles. Needs root.
 *
 * This program is also one that gives itself a title: see main().
 */
#include "tests/lib/estop_run.h"
#include "tests/lib/patience.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* ---- a program with a title ---- */

static void
wait_until_shown(const char *path, const char *title)
{
	static char text[1 << 20];
	char quoted[80];

	snprintf(quoted, sizeof(quoted), "\"%s\"", title);
	for (;;) {
		int fd = open(path, O_RDONLY);
		ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

		text[n > 0 ? n : 0] = '\0';
		if (fd >= 0)
			close(fd);
		if (strstr(text, quoted))
			return;
		usleep(10000);
	}
}

static void
set_title(char **argv, size_t room, const char *title)
{
	memset(argv[0], '\0', room);
	memcpy(argv[0], title, strlen(title));
}

/* "titled PATH": until both titles are in that file. Its worker is forked and says what it is itself. */
static _Noreturn void
be_titled(int argc, char **argv)
{
	size_t room = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0]);
	char *path = strdup(argv[2]);
	pid_t worker;

	alarm(patience(60));
	set_title(argv, room, "titled: master");
	worker = fork();
	if (worker == 0) {
		set_title(argv, room, "titled: \033[31mworker");
		wait_until_shown(path, "titled: master");
		for (;;)
			pause();
	}
	wait_until_shown(path, "titled: master");
	wait_until_shown(path, "titled: ^[[31mworker");
	kill(worker, SIGKILL);
	waitpid(worker, NULL, 0);
	_exit(0);
}

/* ---- the test ---- */

static void
write_script(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", estop_directory, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, 0755), 0);
}

static int
setup(void **state)
{
	char path[128];

	(void)state;
	if (!estop_begin("finding"))
		return 0;
	snprintf(path, sizeof(path), "%s/a,b", estop_directory);
	assert_int_equal(mkdir(path, 0755), 0);
	write_script("a,b/script", "#!/bin/sh\n/usr/bin/env true\n:\n");
	return 0;
}

static void
run(const char *command)
{
	estop_expect(command, 0);
}

static void
a_filter_finds_the_last_of_many_arguments(void **state)
{
	(void)state;
	run("%E -b --filter=END -- sh -c : \"$(printf '%5000s')\" END 2>/dev/null");
	assert_true(estop_lines(" root ", "sh -c :", "END") >= 1); /* one in each frame */
	run("%E -b --filter=END -- sh -c : $(seq 60000) END 2>/dev/null");
	assert_true(estop_lines(" root ", "sh -c :", "1 2 3 4") >= 1);
	assert_int_equal(estop_lines("may miss", "", ""), 0);
	/* From a recording just as well. */
	run("%E -b -w %D/r.jsonl -- sh -c : $(seq 60000) END >/dev/null 2>&1; "
	    "%E -b -r %D/r.jsonl --speed=max --exited=all --filter=END 2>/dev/null");
	assert_true(estop_lines(" root ", "sh -c :", "1 2 3 4") >= 1);
}

/* Beyond 1 MiB the kernel side has cut them. */
static void
what_was_cut_is_said(void **state)
{
	(void)state;
	run("a=$(printf '%0120000d' 0); %E -b --filter=END -- sh -c : $a $a $a $a $a $a $a $a $a END 2>/dev/null");
	assert_int_equal(estop_lines("filter (may miss: arguments cut) END", "", ""), 1);
	assert_int_equal(estop_lines(" root ", "sh -c :", ""), 0);
	run("a=$(printf '%0120000d' 0); %E --log=json -e exec -- sh -c : $a $a $a $a $a $a $a $a $a END 2>/dev/null | "
	    "grep -c '\"args_cut\":true'");
	assert_string_equal(estop_output, "1\n");
	run("%E --log=json -e exec -- sh -c : END 2>/dev/null | grep -c args_cut; :");
	assert_string_equal(estop_output, "0\n");
}

static void
a_script_is_found_by_its_own_path_and_a_comma_by_quotes(void **state)
{
	(void)state;
	run("%E -b -p '\"%D/a,b/script\"' -- sh -c '\"%D/a,b/script\"; cat /dev/null' 2>/dev/null");
	assert_int_equal(estop_lines("/bin/sh ", "a,b/script", " root "), 1);
	assert_int_equal(estop_lines(" root ", "cat /dev/null", ""), 0);
	run("%E -b --filter='/\"%D/a,b\"' -- sh -c '\"%D/a,b/script\"; cat /dev/null' 2>/dev/null");
	assert_int_equal(estop_lines("/bin/sh ", "a,b/script", " root "), 1);
	/* Its interpreter is found, too, in a log as well. */
	run("%E --log=line -e exec -p '\"%D/a,b/script\"' -- sh -c '\"%D/a,b/script\"; cat /dev/null' 2>/dev/null");
	assert_int_equal(estop_lines(" exec ", "dash", "/usr/bin/env"), 1);
	assert_int_equal(estop_lines(" exec ", "/cat", ""), 0);
	assert_int_equal(estop_lines(" exec ", " path=/usr/bin/env ", ""), 0); /* that is another program */
}

static void
what_it_becomes_and_starts_is_followed(void **state)
{
	(void)state;
	run("%E --log=line -e exec -p '\"%D/a,b/script\"+' -- sh -c '\"%D/a,b/script\"; cat /dev/null' 2>/dev/null");
	assert_int_equal(estop_lines(" exec ", " path=/usr/bin/env ", "/usr/bin/true"), 1);
	assert_int_equal(estop_lines(" exit ", "path=/usr/bin/true", ""), 1);
	assert_int_equal(estop_lines("/cat", "", ""), 0);
	run("%E -b --follow -p '\"%D/a,b/script\"' -- sh -c '\"%D/a,b/script\"; cat /dev/null' 2>/dev/null");
	assert_int_equal(estop_lines(" root ", " true ", ""), 1);
	assert_int_equal(estop_lines(" root ", "cat /dev/null", ""), 0);
	run("%E -b -p '\"%D/a,b/script\"' -- sh -c '\"%D/a,b/script\"; cat /dev/null' 2>/dev/null");
	assert_int_equal(estop_lines(" root ", " true ", ""), 0);
}

/* A link to a program mutes and finds what it leads to. */
static void
typed_paths_are_resolved_and_that_is_said(void **state)
{
	(void)state;
	run("ln -s /bin/true %D/link; echo %D/link >%D/mutes; true=$(realpath /bin/true); "
	    "%E -b --mute-file=%D/mutes --filter=%D/link -- true /dev/null 2>&1 | tee %D/out; "
	    "grep -q \"estop: %D/link is $true\" %D/out");
	assert_int_equal(estop_lines("estop: ", "/link is ", "true"), 2); /* of both */
	assert_true(estop_lines(" root ", " X ", "true /dev/null") >= 1);
}

/* Also with system calls given up: the frames are of the whole program. */
static void
titles_are_followed_and_cleaned(void **state)
{
	(void)state;
	run("%E -b -d 0.1 -- %C titled %D/out >%D/out 2>/dev/null && cat %D/out");
	assert_true(estop_lines(" root ", "\"titled: master\"", "") >= 1);
	assert_true(estop_lines(" root ", "^[[31mworker\"", "") >= 1);
	assert_int_equal(estop_lines("\033", "", ""), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, estop_end)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_filter_finds_the_last_of_many_arguments),
		TEST(what_was_cut_is_said),
		TEST(a_script_is_found_by_its_own_path_and_a_comma_by_quotes),
		TEST(what_it_becomes_and_starts_is_followed),
		TEST(typed_paths_are_resolved_and_that_is_said),
		TEST(titles_are_followed_and_cleaned),
	};

	if (argc == 3 && strcmp(argv[1], "titled") == 0)
		be_titled(argc, argv);
	alarm(patience(120));
	estop_find_self();
	return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}
