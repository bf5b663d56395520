/*
 * The real program on real kernel events, in a pseudo terminal that a terminal
 * emulator (libvterm) reads: what a person sees, key by key. Needs root.
 */
#include "src/clock.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>
#include <cmocka.h>

#define SECOND ((uint64_t)1000000000)

enum { ROWS = 24, COLUMNS = 80, TEXT = 64 * 1024 };

static int master = -1;
static pid_t job, worker; /* the shell around estop; a process that opens files */
static int worker_pipe = -1;
static VTerm *terminal;
static VTermScreen *emulated;
static int rows, columns;
static char text[TEXT];

/* ---- the terminal ---- */

static void
resize(int to_rows, int to_columns)
{
	struct winsize size = { .ws_row = (unsigned short)to_rows, .ws_col = (unsigned short)to_columns };

	rows = to_rows;
	columns = to_columns;
	vterm_set_size(terminal, rows, columns);
	ioctl(master, TIOCSWINSZ, &size);
}

/* The screen as text, one line per row, spaces at the end cut off. */
static const char *
picture(void)
{
	size_t n = 0;

	for (int row = 0; row < rows; row++) {
		VTermRect line = { row, row + 1, 0, columns };
		size_t got = vterm_screen_get_text(emulated, text + n, TEXT - n - 2, line);

		while (got > 0 && text[n + got - 1] == ' ')
			got--;
		n += got;
		text[n++] = '\n';
	}
	text[n] = '\0';
	return text;
}

static void
feed(int timeout_ms)
{
	struct pollfd fd = { .fd = master, .events = POLLIN };
	char bytes[4096];
	ssize_t n;

	if (poll(&fd, 1, timeout_ms) <= 0)
		return;
	n = read(master, bytes, sizeof(bytes));
	if (n > 0)
		vterm_input_write(terminal, bytes, (size_t)n);
}

static bool
shows(const char *want, uint64_t for_ns)
{
	uint64_t end = clock_steady() + for_ns;

	while (!strstr(picture(), want)) {
		if (clock_steady() > end)
			return false;
		feed(20);
	}
	return true;
}

static void
expect(const char *want)
{
	if (!shows(want, 10 * SECOND))
		fail_msg("the screen does not show '%s':\n%s", want, picture());
}

static void
expect_no(const char *unwanted)
{
	uint64_t end = clock_steady() + 10 * SECOND;

	while (strstr(picture(), unwanted)) {
		if (clock_steady() > end)
			fail_msg("the screen still shows '%s':\n%s", unwanted, picture());
		feed(20);
	}
}

static void
press(const char *keys)
{
	assert_int_equal(write(master, keys, strlen(keys)), (ssize_t)strlen(keys));
}

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
	struct winsize size = { .ws_row = ROWS, .ws_col = COLUMNS };

	if (geteuid() != 0 || !program) {
		puts("SKIP: needs root, and ESTOP to name the program; run make check as root");
		skip();
	}
	terminal = vterm_new(ROWS, COLUMNS);
	vterm_set_utf8(terminal, 1);
	emulated = vterm_obtain_screen(terminal);
	vterm_screen_enable_altscreen(emulated, 1);
	vterm_screen_reset(emulated, 1);
	rows = ROWS;
	columns = COLUMNS;
	job = forkpty(&master, NULL, NULL, &size);
	assert_true(job >= 0);
	if (job == 0) {
		if (worker_pipe >= 0)
			close(worker_pipe); /* else the worker would not see the test's end closed */
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		be_a_shell(program, arguments);
	}
	expect("EV/S");
}

static void
end_program(void)
{
	press("q");
	expect("ENDED 0");
	expect_no("EV/S"); /* the alternate screen is left: nothing of estop remains */
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
	if (master >= 0)
		close(master);
	master = -1;
	if (terminal)
		vterm_free(terminal);
	terminal = NULL;
	return 0;
}

/* Shows the worker alone, flat, so that the cursor stands on it. */
static void
look_at_worker(void)
{
	char keys[64];

	snprintf(keys, sizeof(keys), "f\025pid:%d\r", worker);
	press(keys);
	snprintf(keys, sizeof(keys), "%7d root", worker);
	expect(keys);
	expect("1 of ");
}

/* ---- what a person does ---- */

static void
the_first_screen_has_header_and_processes(void **state)
{
	char row[32];

	(void)state;
	start_worker();
	start("--flat");
	expect("live (Linux eBPF)");
	expect("muted  0 processes  0 paths  (es: 0/0, local 0)");
	expect("lost 0");
	expect("PID USER");
	look_at_worker();
	snprintf(row, sizeof(row), "%7d root", worker);
	expect(row);
	end_program();
}

static void
muting_and_unmuting_a_process_shows_in_the_header(void **state)
{
	(void)state;
	start_worker();
	start("--flat -d 0.2");
	look_at_worker();
	press("m");
	expect("muted  1 process  0 paths  (es: 1/0, local 0)");
	expect(" P ");
	press("m");
	expect("muted  0 processes  0 paths  (es: 0/0, local 0)");
	press("z"); /* undoes the unmute */
	expect("(es: 1/0, local 0)");
	press("u");
	expect("(es: 0/0, local 0)");
	end_program();
}

static void
muting_an_executable_counts_as_a_path(void **state)
{
	(void)state;
	start_worker();
	start("--flat -d 0.2");
	look_at_worker();
	press("M");
	expect("muted  0 processes  1 path  (es: 0/1, local 0)");
	expect(" X ");
	press("m");
	expect("(es: 1/1, local 0)");
	press("U");
	press("y");
	expect("muted  0 processes  0 paths  (es: 0/0, local 0)");
	press("z"); /* all of it in one step */
	expect("(es: 1/1, local 0)");
	end_program();
}

static void
a_muted_process_that_ends_leaves_the_count(void **state)
{
	(void)state;
	start_worker();
	start("--flat -d 0.2");
	look_at_worker();
	press("m");
	expect("(es: 1/0, local 0)");
	end_worker();
	expect("muted  0 processes  0 paths  (es: 0/0, local 0)");
	end_program();
}

static void
a_muted_process_gets_silent_and_comes_back(void **state)
{
	(void)state;
	start_worker();
	start("--flat -d 0.2");
	look_at_worker();
	press("m");
	expect("(es: 1/0");
	/* EV/S, OPEN/S and CLOSE/S of the only row */
	expect("root          -      -       -");
	press("m");
	expect("(es: 0/0");
	expect_no("root          -      -       -");
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
	press("f/no/such/path\r");
	expect("/no/such/path");
	expect("0 of ");
	expect_no(row);
	press("=");
	look_at_worker();
	press("f\025~[\r"); /* not a regular expression */
	expect("column");
	press("\033");
	expect_no("column"); /* and not Alt with the next key */
	end_program();
}

static void
it_survives_any_size_and_comes_back(void **state)
{
	(void)state;
	start("--flat -d 0.2");
	for (int step = 0; step < 60; step++) {
		resize(1 + step * 7 % 60, 1 + step * 13 % 220);
		feed(5);
	}
	resize(1, 1);
	for (int i = 0; i < 10; i++)
		feed(20);
	resize(ROWS, COLUMNS);
	expect("PID USER");
	expect("muted  0 processes");
	expect("? help");
	end_program();
}

static void
it_stops_and_goes_on_with_the_whole_screen(void **state)
{
	(void)state;
	start("--flat -d 0.2");
	press("\032"); /* Ctrl-Z */
	expect("STOPPED");
	expect_no("EV/S");
	press("f\r"); /* the shell's fg */
	expect("PID USER");
	expect("? help");
	end_program();
}

static void
pause_keeps_the_picture_and_help_explains_the_keys(void **state)
{
	(void)state;
	start("--flat -d 0.2");
	press("p");
	expect("PAUSED");
	press("p");
	expect_no("PAUSED");
	press("?");
	expect("mute");
	expect_no("PID USER");
	press("\033");
	expect("PID USER");
	end_program();
}

/* What a command writes is for the end, not for estop's screen. */
static void
a_commands_output_is_kept_for_the_end(void **state)
{
	(void)state;
	start("-d 0.2 -- sh -c 'printf %s%s\\\\n KEPT -APART; sleep 1; printf LAST; exit 4'");
	expect("sleep 1");
	expect("only sh -c");
	expect("sh has ended: exit status 4");
	expect("sh: exit status 4"); /* stays in the header */
	expect("sleep 1 (exit 0)"); /* and so do the rows */
	assert_null(strstr(picture(), "KEPT-APART"));
	press("q");
	expect("KEPT-APART\nLAST\n");
	expect("estop: sh: exit status 4 after");
	expect("exec 2  fork 1  exit 2  lost 0");
	expect("ENDED 4");
}

static void
leaving_a_running_command_is_asked_for(void **state)
{
	(void)state;
	start("-d 0.2 -- sleep 1000");
	expect("1 process");
	press("q");
	expect("sleep still runs; end it and leave? y/n");
	press("n");
	expect_no("still runs");
	press("\003"); /* Ctrl-C, and again */
	expect("sleep still runs");
	press("\003");
	expect("sleep: killed by SIGTERM");
	expect("ENDED 143");
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
		cmocka_unit_test_teardown(a_commands_output_is_kept_for_the_end, teardown),
		cmocka_unit_test_teardown(leaving_a_running_command_is_asked_for, teardown),
		cmocka_unit_test_teardown(pause_keeps_the_picture_and_help_explains_the_keys, teardown),
	};

	alarm(300); /* whatever happens, it ends */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
