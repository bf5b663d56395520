/* What is read from /proc, compared with children whose values are known. */
#include "src/es/platform.h"
#include "model/process_page.h"

#include <errno.h>
#include <es_linux.h>
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>

static pid_t child = -1;
static int ready[2]; /* its other end closes when the child is another program */

static int
setup(void **state)
{
	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	close(ready[0]);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	child = -1;
	return 0;
}

/* In the child. */
static _Noreturn void
sleep_with(char *argument)
{
	char name[] = "sleep", long_time[] = "1000";
	char *argv[] = { name, long_time, argument, NULL };

	if (chdir("/usr") == 0)
		execv("/bin/sleep", argv);
	_exit(127);
}

static _Noreturn void
sleep_with_all(char **more)
{
	char name[] = "sleep", long_time[] = "1000";
	char *argv[32] = { name, long_time };

	for (int i = 0; i < 28 && more[i]; i++)
		argv[2 + i] = more[i];
	execv("/bin/sleep", argv);
	_exit(127);
}

static void
wait_for_it(void)
{
	char byte;

	assert_true(child > 0);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0);
}

static void
arguments_directory_and_group_are_told(void **state)
{
	static const char words[] = "sleep\0"
				    "1000\0"
				    "0.5";
	struct process_look look = { 0 };
	char line[4096], *group = NULL;
	FILE *f = fopen("/proc/self/cgroup", "r");

	(void)state;
	child = fork();
	if (child == 0) {
		char more[] = "0.5";

		setsid(); /* so it has no terminal */
		sleep_with(more);
	}
	wait_for_it();
	platform_look(child, &look);
	assert_int_equal(look.args_length, sizeof(words));
	assert_memory_equal(look.args, words, sizeof(words));
	assert_false(look.args_cut);
	assert_string_equal(look.cwd, "/usr");
	assert_null(look.tty);
	assert_string_equal(look.unit_word, "cgroup");
	/* It is in ours. */
	while (f && !group && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) == 0)
			group = line + 3;
		else if (strstr(line, ":name=systemd:"))
			group = strstr(line, ":name=systemd:") + strlen(":name=systemd:");
	}
	if (f)
		fclose(f);
	if (group)
		assert_string_equal(look.unit, group);
	else
		assert_null(look.unit);
	process_look_finish(&look);
}

static void
a_controlling_terminal_has_its_path(void **state)
{
	struct process_look look = { 0 };
	char name[64];
	int master, slave;

	(void)state;
	assert_int_equal(openpty(&master, &slave, name, NULL, NULL), 0);
	child = fork();
	if (child == 0) {
		login_tty(slave);
		sleep_with(NULL);
	}
	wait_for_it();
	platform_look(child, &look);
	assert_string_equal(look.tty, name);
	process_look_finish(&look);
	close(master);
	close(slave);
}

static void
arguments_are_cut_and_that_is_said(void **state)
{
	enum { LONG = 120000, COUNT = 9, KEPT = 1 << 20 };
	struct process_look look = { 0 };
	char *argument = malloc(LONG + 1);
	char *argv[COUNT + 1];

	(void)state;
	assert_non_null(argument);
	memset(argument, '0', LONG);
	argument[LONG] = '\0';
	for (int i = 0; i < COUNT; i++)
		argv[i] = argument;
	argv[COUNT] = NULL;
	child = fork();
	if (child == 0)
		sleep_with_all(argv);
	wait_for_it();
	platform_look(child, &look);
	assert_true(look.args_cut);
	assert_int_equal(look.args_length, KEPT);
	assert_int_equal(look.args[KEPT - 1], '0');
	process_look_finish(&look);
	free(argument);
}

static void
of_one_that_is_gone_nothing_is_told(void **state)
{
	struct process_look look = { 0 };

	(void)state;
	close(ready[1]);
	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	platform_look(child, &look);
	child = -1;
	assert_null(look.args);
	assert_null(look.cwd);
	assert_null(look.tty);
	assert_null(look.unit);
	assert_int_equal(look.args_length, 0);
	assert_false(look.args_cut);
	process_look_finish(&look);
}

static void
a_command_line_is_read_up_to_the_room_there_is(void **state)
{
	char bytes[64] = "", number[] = "0.25";
	size_t length = 0;

	(void)state;
	child = fork();
	if (child == 0)
		sleep_with(number);
	wait_for_it();
	length = platform_title(child, bytes, sizeof(bytes));
	assert_memory_equal(bytes,
			    "sleep\0"
			    "1000\0"
			    "0.25",
			    length - 1);
	assert_int_equal(length, sizeof("sleep\0"
					"1000\0"
					"0.25"));
	assert_int_equal(platform_title(child, bytes, 4), 4); /* no more than there is room for */
	assert_int_equal(platform_title(0x3fffff, bytes, sizeof(bytes)), 0);
}

static void
a_signal_never_hits_another_process_of_the_same_pid(void **state)
{
	struct timeval start;
	uint64_t start_ns;
	int status;

	(void)state;
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		sleep_with(NULL);
	assert_true(es_linux_start_time(child, &start));
	start_ns = (uint64_t)start.tv_sec * 1000000000u + (uint64_t)start.tv_usec * 1000u;
	/* As if the pid had been another process's, before and after. */
	assert_int_equal(platform_signal(child, start_ns - 1000000000u, SIGKILL), -ESRCH);
	assert_int_equal(platform_signal(child, start_ns + 1000000000u, SIGKILL), -ESRCH);
	assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	assert_int_equal(platform_signal(child, start_ns, SIGTERM), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_int_equal(platform_signal(child, start_ns, SIGTERM), -ESRCH);
	child = -1;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(arguments_directory_and_group_are_told),
		TEST(a_controlling_terminal_has_its_path),
		TEST(arguments_are_cut_and_that_is_said),
		TEST(of_one_that_is_gone_nothing_is_told),
		TEST(a_command_line_is_read_up_to_the_room_there_is),
		TEST(a_signal_never_hits_another_process_of_the_same_pid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
