/*
 * The real program on real kernel events, in a pseudo terminal that a terminal
 * emulator (libvterm) reads: what a person sees, key by key. Needs root.
 */
#include "src/base/clock.h"
#include "tests/lib/patience.h"
#include "tests/lib/tty.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <cmocka.h>

#define SECOND ((uint64_t)1000000000)

enum { ROWS = 24, COLUMNS = 80 };

static pid_t job, worker; /* the shell around estop; a process that opens files */
static int worker_pipe = -1;

/* ---- the programs ---- */

/* Opens and closes a file of its own all the time, gently, and ends with the pipe. */
static void
start_worker(void)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	worker = fork();
	assert_true(worker >= 0);
	if (worker == 0) {
		struct pollfd fd = { .fd = fds[0], .events = POLLIN };

		close(fds[1]);
		while (poll(&fd, 1, 5) == 0)
			close(open("/dev/null", O_RDONLY));
		_exit(0);
	}
	close(fds[0]);
	worker_pipe = fds[1];
}

static void
end_worker(void)
{
	if (worker <= 0)
		return;
	close(worker_pipe);
	worker_pipe = -1;
	waitpid(worker, NULL, 0);
	worker = 0;
}

/*
 * A little shell with job control around the program: says how the program
 * ended or stopped by a line of its own, and continues it when it was stopped.
 */
static void
be_a_shell(const char *program, const char *arguments)
{
	char command[512];
	pid_t child;
	int status;

	snprintf(command, sizeof(command), "exec '%s' --no-config %s", program, arguments);
	signal(SIGTTOU, SIG_IGN);
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	for (;;) {
		waitpid(child, &status, WUNTRACED);
		if (!WIFSTOPPED(status))
			break;
		dprintf(STDOUT_FILENO, "\r\nSTOPPED\r\n");
		tcsetpgrp(STDIN_FILENO, getpid());
		getchar(); /* fg */
		tcsetpgrp(STDIN_FILENO, child);
		kill(child, SIGCONT);
	}
	dprintf(STDOUT_FILENO, "\r\nENDED %d\r\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	for (;;)
		pause(); /* the terminal stays, so that what is on it can be read */
}

static void
start(const char *arguments)
{
	const char *program = getenv("ESTOP");

	if (geteuid() != 0 || !program) {
		puts("SKIP: needs root, and ESTOP to name the program; run make check as root");
		skip();
	}
	job = tty_open(ROWS, COLUMNS);
	if (job == 0) {
		if (worker_pipe >= 0)
			close(worker_pipe); /* else the worker would not see the test's end closed */
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		be_a_shell(program, arguments);
	}
	tty_expect("EV/S");
}

static void
end_program(void)
{
	tty_press("q");
	tty_expect("ENDED 0");
	tty_expect_no("EV/S"); /* the alternate screen is left: nothing of estop remains */
}

static int
teardown(void **state)
{
	(void)state;
	end_worker();
	if (job > 0) {
		kill(job, SIGKILL); /* the terminal's leader: the rest gets SIGHUP */
		waitpid(job, NULL, 0);
	}
	job = 0;
	tty_close();
	return 0;
}

/* Shows the worker alone, flat, so that the cursor stands on it. */
static void
look_at_worker(void)
{
	char keys[64];

	snprintf(keys, sizeof(keys), "f\025pid:%d\r", worker);
	tty_press(keys);
	snprintf(keys, sizeof(keys), "%7d root", worker);
	tty_expect(keys);
	tty_expect("1 of ");
}

/* ---- what a person does ---- */

static void
the_first_screen_has_header_and_processes(void **state)
{
	char row[32];

	(void)state;
	start_worker();
	start("--flat");
	tty_expect("live (");
	tty_expect("muted  0 processes  0 paths  (es: 0/0, local 0)");
	tty_expect("lost 0");
	tty_expect("PID USER");
	look_at_worker();
	snprintf(row, sizeof(row), "%7d root", worker);
	tty_expect(row);
	end_program();
}

static void
muting_and_unmuting_a_process_shows_in_the_header(void **state)
{
	(void)state;
	start_worker();
	start("--flat -d 0.2");
	look_at_worker();
	tty_press("m");
	tty_expect("muted  1 process  0 paths  (es: 1/0, local 0)");
	tty_expect(" P ");
	tty_press("m");
	tty_expect("muted  0 processes  0 paths  (es: 0/0, local 0)");
	tty_press("z"); /* undoes the unmute */
	tty_expect("(es: 1/0, local 0)");
	tty_press("u");
	tty_expect("(es: 0/0, local 0)");
	end_program();
}

static void
muting_an_executable_counts_as_a_path(void **state)
{
	(void)state;
	start_worker();
	start("--flat -d 0.2");
	look_at_worker();
	tty_press("M");
	tty_expect("muted  0 processes  1 path  (es: 0/1, local 0)");
	tty_expect(" X ");
	tty_press("m");
	tty_expect("(es: 1/1, local 0)");
	tty_press("U");
	tty_press("y");
	tty_expect("muted  0 processes  0 paths  (es: 0/0, local 0)");
	tty_press("z"); /* all of it in one step */
	tty_expect("(es: 1/1, local 0)");
	end_program();
}

static void
a_muted_process_that_ends_leaves_the_count(void **state)
{
	(void)state;
	start_worker();
	start("--flat -d 0.2");
	look_at_worker();
	tty_press("m");
	tty_expect("(es: 1/0, local 0)");
	end_worker();
	tty_expect("muted  0 processes  0 paths  (es: 0/0, local 0)");
	end_program();
}

static void
a_muted_process_gets_silent_and_comes_back(void **state)
{
	(void)state;
	start_worker();
	start("--flat -d 0.2");
	look_at_worker();
	tty_press("m");
	tty_expect("(es: 1/0");
	/* EV/S, OPEN/S and CLOSE/S of the only row */
	tty_expect("root          -      -       -");
	tty_press("m");
	tty_expect("(es: 0/0");
	tty_expect_no("root          -      -       -");
	end_program();
}

static void
filters_hide_and_clear(void **state)
{
	char row[32];

	(void)state;
	start_worker();
	start("--flat -d 0.2");
	snprintf(row, sizeof(row), "%7d root", worker);
	tty_press("f/no/such/path\r");
	tty_expect("/no/such/path");
	tty_expect("0 of ");
	tty_expect_no(row);
	tty_press("=");
	look_at_worker();
	tty_press("f\025~[\r"); /* not a regular expression */
	tty_expect("column");
	tty_press("\033");
	tty_expect_no("column"); /* and not Alt with the next key */
	end_program();
}

static void
it_survives_any_size_and_comes_back(void **state)
{
	(void)state;
	start("--flat -d 0.2");
	for (int step = 0; step < 60; step++) {
		tty_resize(1 + step * 7 % 60, 1 + step * 13 % 220);
		tty_feed(5);
	}
	tty_resize(1, 1);
	for (int i = 0; i < 10; i++)
		tty_feed(20);
	tty_resize(ROWS, COLUMNS);
	tty_expect("PID USER");
	tty_expect("muted  0 processes");
	tty_expect("? help");
	end_program();
}

static void
it_stops_and_goes_on_with_the_whole_screen(void **state)
{
	(void)state;
	start("--flat -d 0.2");
	tty_press("\032"); /* Ctrl-Z */
	tty_expect("STOPPED");
	tty_expect_no("EV/S");
	tty_press("f\r"); /* the shell's fg */
	tty_expect("PID USER");
	tty_expect("? help");
	end_program();
}

static void
pause_keeps_the_picture_and_help_explains_the_keys(void **state)
{
	(void)state;
	start("--flat -d 0.2");
	tty_press("p");
	tty_expect("PAUSED");
	tty_press("p");
	tty_expect_no("PAUSED");
	tty_press("?");
	tty_expect("mute");
	tty_expect_no("PID USER");
	tty_press("\033");
	tty_expect("PID USER");
	end_program();
}

/* What a command writes is for the end, not for estop's screen. */
/* With its environment beside that of its parent, which was started just before. */
static void
an_exec_is_shown_with_all_its_fields(void **state)
{
	(void)state;
	start("-d 0.2");
	tty_press("3");
	tty_expect("follows");
	tty_press("fev:exec true\r");
	tty_expect("filter");
	for (int i = 0; i < 40 && !tty_shows("/true", SECOND / 2); i++)
		assert_int_equal(system("ESTOP_MARK=yes; export ESTOP_MARK; /bin/true; :"), 0);
	tty_expect("/true");
	tty_press("k");
	tty_expect("held");
	tty_press("\r");
	tty_expect("one event");
	tty_expect("exec (9)");
	tty_press("/target\r");
	tty_press("/ESTOP_MARK\r");
	tty_expect("difference from the parent's");
	tty_expect("added");
	tty_press("q");
	tty_expect("ENDED 0");
}

static void
a_commands_output_is_kept_for_the_end(void **state)
{
	char name[64], line[100];
	FILE *written;

	(void)state;
	start("-d 0.2 -- sh -c 'printf %s%s\\\\n KEPT -APART; sleep 1; printf LAST; exit 4'");
	tty_expect("sleep 1");
	tty_expect("only sh -c");
	tty_expect("sh ended: exit status 4");
	tty_expect("sh: exit status 4"); /* stays in the header */
	tty_expect("sleep 1 (exit 0)");  /* and so do the rows */
	tty_expect("sort EVENTS");       /* with totals: nothing happens any more */
	tty_expect_no("EV/S");
	assert_null(strstr(tty_picture(), "KEPT-APART"));
	snprintf(name, sizeof(name), "/tmp/estop-screen-%d.txt", (int)getpid());
	tty_press("w");
	tty_expect("programs, slow and failed runs");
	tty_press("s");
	tty_expect("sh-summary.txt");
	tty_press("\025");
	tty_press(name);
	tty_press("\r");
	tty_expect("summary written to /tmp/estop-screen-");
	written = fopen(name, "r");
	assert_non_null(written);
	assert_non_null(fgets(line, sizeof(line), written));
	assert_non_null(fgets(line, sizeof(line), written));
	assert_int_equal(strncmp(line, "estop: sh: exit status 4 after ", 31), 0);
	fclose(written);
	unlink(name);
	tty_resize(60, COLUMNS); /* all that is said at the end has room */
	tty_press("q");
	tty_expect("KEPT-APART\nLAST\n");
	tty_expect("estop: sh: exit status 4 after");
	tty_expect("exec 2  fork 1  exit 2  lost 0");
	tty_expect("ENDED 4");
}

static void
leaving_a_running_command_is_asked_for(void **state)
{
	(void)state;
	start("-d 0.2 -- sleep 1000");
	tty_expect("1 process");
	tty_press("q");
	tty_expect("sleep is still running; end it and quit? y/n");
	tty_press("n");
	tty_expect_no("still running");
	tty_press("\003"); /* Ctrl-C, and again */
	tty_expect("sleep is still running");
	tty_press("\003");
	tty_expect("sleep: killed by SIGTERM");
	tty_expect("ENDED 143");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_first_screen_has_header_and_processes, teardown),
		cmocka_unit_test_teardown(muting_and_unmuting_a_process_shows_in_the_header, teardown),
		cmocka_unit_test_teardown(muting_an_executable_counts_as_a_path, teardown),
		cmocka_unit_test_teardown(a_muted_process_that_ends_leaves_the_count, teardown),
		cmocka_unit_test_teardown(a_muted_process_gets_silent_and_comes_back, teardown),
		cmocka_unit_test_teardown(filters_hide_and_clear, teardown),
		cmocka_unit_test_teardown(it_survives_any_size_and_comes_back, teardown),
		cmocka_unit_test_teardown(it_stops_and_goes_on_with_the_whole_screen, teardown),
		cmocka_unit_test_teardown(an_exec_is_shown_with_all_its_fields, teardown),
		cmocka_unit_test_teardown(a_commands_output_is_kept_for_the_end, teardown),
		cmocka_unit_test_teardown(leaving_a_running_command_is_asked_for, teardown),
		cmocka_unit_test_teardown(pause_keeps_the_picture_and_help_explains_the_keys, teardown),
	};

	alarm(patience(300)); /* whatever happens, it ends */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
