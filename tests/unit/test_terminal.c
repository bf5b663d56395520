/*
 * What estop does to the terminal it runs in, and how it ends: the whole program
 * in a pseudo terminal, with the fake source. What it draws is another test's business.
 */
#include "src/base/clock.h"
#include "tests/lib/sanitizer.h"

#include <errno.h>
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
#include <cmocka.h>

/* One run. The slave stays open here too, so that its settings can be looked at. */
static int master = -1, slave = -1;
static pid_t pid;
static pid_t shell;     /* its parent, when it runs under one, */
static int report = -1; /* the pipe on which pids and wait statuses arrive */
static struct termios before;
static char screen[1 << 20]; /* all that was written to the terminal */
static size_t written;

#define SECOND ((uint64_t)1000000000)

static void
hang_up(int number)
{
	(void)number;
}

/*
 * What a shell with job control does: a process group of its own, in the
 * terminal's foreground. Without one, nobody could continue a stopped program,
 * and the kernel lets stop signals pass.
 */
static void
be_a_shell(const char *command, int to)
{
	pid_t child;
	int status;

	signal(SIGHUP, hang_up); /* stays when the line is lost; its child gets the default */
	signal(SIGTTOU, SIG_IGN);
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (write(to, &child, sizeof(child)) < 0)
		_exit(1);
	do {
		while (waitpid(child, &status, WUNTRACED) < 0 && errno == EINTR)
			;
		if (write(to, &status, sizeof(status)) < 0)
			_exit(1);
	} while (WIFSTOPPED(status));
	pause(); /* until it is killed: the terminal's leader goes last */
	_exit(0);
}

enum under { ALONE, UNDER_A_SHELL };

static void
start_on(const char *term, enum under under, const char *arguments)
{
	int fds[2];
	const char *build = getenv("ESTOP_BUILD"), *home = getenv("ESTOP_TEST_HOME");
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char command[512];

	if (!build) {
		puts("SKIP: ESTOP_BUILD does not say where prog_synthetic is; run make check");
		skip();
		return;
	}
	snprintf(command, sizeof(command), "exec '%s%s%s/tests/programs/prog_synthetic' %s",
		 build[0] == '/' ? "" : getenv("PWD"), build[0] == '/' ? "" : "/", build, arguments);
	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	fcntl(master, F_SETFD, FD_CLOEXEC);
	tcgetattr(slave, &before);
	written = 0;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fcntl(fds[1], F_SETFD, FD_CLOEXEC);
		close(master);
		login_tty(slave);
		setenv("TERM", term, 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		if (home) {
			setenv("HOME", home, 1);
			unsetenv("XDG_CONFIG_HOME");
			if (chdir(home) != 0)
				_exit(126);
		}
		if (under)
			be_a_shell(command, fds[1]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	if (!under) {
		close(fds[0]);
		return;
	}
	shell = pid;
	report = fds[0];
	assert_int_equal(read(report, &pid, sizeof(pid)), sizeof(pid));
}

static void
start(const char *arguments)
{
	start_on("xterm", ALONE, arguments);
}

static int
teardown(void **state)
{
	(void)state;
	if (pid > 0) {
		kill(pid, SIGKILL);
		if (!shell)
			waitpid(pid, NULL, 0);
	}
	if (shell > 0) {
		kill(shell, SIGKILL);
		waitpid(shell, NULL, 0);
		close(report);
	}
	shell = 0;
	report = -1;
	if (master >= 0)
		close(master);
	if (slave >= 0)
		close(slave);
	master = slave = -1;
	pid = 0;
	return 0;
}

/* Takes what the program writes for a while, or until it has written text (NULL: the time is up).
 */
static bool
take_until(const char *text, uint64_t for_ns)
{
	uint64_t end = clock_steady() + for_ns;
	size_t from = written;

	for (;;) {
		struct pollfd fd = { .fd = master, .events = POLLIN };
		ssize_t n;

		screen[written] = '\0';
		if (text && strstr(screen + from, text))
			return true;
		if (clock_steady() >= end || written > sizeof(screen) - 5000)
			return false;
		if (poll(&fd, 1, 20) <= 0)
			continue;
		n = read(master, screen + written, 4096);
		if (n > 0)
			written += (size_t)n;
	}
}

static void
wait_for_screen(void)
{
	if (!take_until("worker-", 10 * SECOND))
		fail_msg("nothing was drawn: '%s'", screen);
}

static bool
next_status(int *status)
{
	struct pollfd fd = { .fd = report, .events = POLLIN };

	if (!shell)
		return waitpid(pid, status, WNOHANG | WUNTRACED) != 0;
	return poll(&fd, 1, 0) > 0 && read(report, status, sizeof(*status)) == sizeof(*status);
}

/* Its wait status, within some seconds; its output is taken meanwhile, as a terminal would. */
static int
status_at_end(void)
{
	uint64_t end = clock_steady() + 10 * SECOND;
	int status;

	while (!next_status(&status)) {
		if (clock_steady() > end)
			fail_msg("it goes on");
		if (master >= 0)
			take_until(NULL, SECOND / 50);
	}
	if (!WIFSTOPPED(status))
		pid = 0;
	if (master >= 0)
		take_until(NULL, SECOND / 20);
	return status;
}

static void
assert_terminal_as_before(void)
{
	struct termios now;
	const char *left = "\033[?1049h";

	tcgetattr(slave, &now);
	assert_int_equal(now.c_lflag, before.c_lflag);
	assert_int_equal(now.c_iflag, before.c_iflag);
	assert_int_equal(now.c_oflag, before.c_oflag);
	/* It left the alternate screen after it last entered it. */
	for (const char *at = screen; (at = strstr(at, "\033[?1049")) != NULL; at++)
		left = at;
	assert_int_equal(left[strlen("\033[?1049")], 'l');
	/* So it did with what brackets pasted text. */
	for (const char *at = screen; (at = strstr(at, "\033[?2004")) != NULL; at++)
		left = at;
	assert_int_equal(left[strlen("\033[?2004")], 'l');
}

static void
press(const char *keys)
{
	assert_int_equal(write(master, keys, strlen(keys)), (ssize_t)strlen(keys));
}

static void
q_ends_it_and_gives_the_terminal_back(void **state)
{
	struct termios now;

	(void)state;
	start("");
	wait_for_screen();
	tcgetattr(slave, &now);
	assert_false(now.c_lflag & ECHO);
	press("q");
	assert_int_equal(status_at_end(), 0);
	assert_terminal_as_before();
}

/* Waits until it has so many threads, each with one more filter than we have. */
static void
assert_confined(unsigned threads)
{
	uint64_t end = clock_steady() + 10 * SECOND;
	char command[256];
	unsigned all, confined;
	FILE *pipe;

	snprintf(command, sizeof(command),
		 "mine=$(sed -n 's/^Seccomp_filters:\t//p' /proc/self/status); "
		 "cat /proc/%d/task/*/status | awk -v mine=$mine '/^Seccomp_filters:/ { all++; ok += $2 == mine + 1 } "
		 "END { print all, ok + 0 }'",
		 (int)pid);
	do {
		take_until(NULL, SECOND / 50);
		pipe = popen(command, "r");
		assert_int_equal(fscanf(pipe, "%u %u", &all, &confined), 2);
		pclose(pipe);
		assert_int_equal(all, confined);
	} while (all < threads && clock_steady() < end);
	assert_true(all >= threads);
}

static void
wait_for_file(const char *home, const char *pattern)
{
	uint64_t end = clock_steady() + 10 * SECOND;
	char command[256];

	snprintf(command, sizeof(command), "ls %s/%s >/dev/null 2>&1", home, pattern);
	while (system(command) != 0) {
		if (clock_steady() > end)
			fail_msg("there is no %s: '%s'", pattern, screen);
		take_until(NULL, SECOND / 50);
	}
}

/* What a person can do needs no call that is refused, threads of a later time included. */
static void
no_thread_may_start_a_program(void **state)
{
	char home[] = "/tmp/estop-terminal.XXXXXX", command[64];

	(void)state;
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
	return; /* which call what they need */
#endif
#endif
	assert_non_null(mkdtemp(home));
	setenv("ESTOP_TEST_HOME", home, 1);
	start("");
	unsetenv("ESTOP_TEST_HOME");
	wait_for_screen();
	assert_confined(2);
	press("R");
	assert_true(take_until("record to:", 10 * SECOND));
	press("\r");
	wait_for_file(home, "*.jsonl.zst");
	assert_confined(3);
	press("W");
	wait_for_file(home, ".config/estop/config");
	press("w\r");
	wait_for_file(home, "estop-*.txt");
	press("R");
	press("q");
	assert_int_equal(status_at_end(), 0);
	snprintf(command, sizeof(command), "rm -r %s", home);
	assert_int_equal(system(command), 0);
}

/* What was switched on last is off again. */
static void
assert_mouse_is_off(void)
{
	const char *on = NULL, *off = NULL;

	for (const char *at = screen; (at = strstr(at, "1000h")); at++)
		on = at;
	for (const char *at = screen; (at = strstr(at, "1000l")); at++)
		off = at;
	assert_non_null(on);
	assert_true(off > on);
}

static void
the_mouse_is_the_terminals_again_at_every_end(void **state)
{
	static const int ends[] = { 0, SIGTERM, SIGINT, SIGHUP };

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		start("-d 100");
		wait_for_screen();
		assert_non_null(strstr(screen, "1000h"));
		if (ends[i])
			kill(pid, ends[i]);
		else
			press("q");
		status_at_end();
		assert_mouse_is_off();
		teardown(NULL);
	}
	start("-d 100 --mouse=off");
	wait_for_screen();
	press("q");
	status_at_end();
	assert_null(strstr(screen, "1000h"));
}

static void
W_writes_the_settings_and_the_next_start_has_them(void **state)
{
	char file[64] = "/tmp/estop-settings.XXXXXX", arguments[160], text[2048] = "";
	FILE *f;
	int fd = mkstemp(file);

	(void)state;
	assert_true(fd >= 0);
	assert_true(write(fd, "flat = maybe\nno such line\nsort = PID\n", 37) == 37);
	close(fd);
	snprintf(arguments, sizeof(arguments), "-d 100 --config=%s", file);
	start(arguments);
	wait_for_screen();
	if (!strstr(screen, "flat: expected yes or no"))
		assert_true(take_until("flat: expected yes or no", 5 * SECOND));
	press("trW");
	assert_true(take_until("settings written to", 5 * SECOND));
	press("q");
	assert_int_equal(status_at_end(), 0);
	/* both mistakes, when there is room to say them */
	assert_non_null(strstr(screen, ":2: expected 'key = value' or a [section], not 'no such line'"));
	f = fopen(file, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	fclose(f);
	assert_non_null(strstr(text, "\nflat = yes\n"));
	assert_non_null(strstr(text, "\nreverse = yes\n"));
	assert_non_null(strstr(text, "\nsort = PID\n"));
	teardown(NULL);
	start(arguments);
	wait_for_screen();
	if (!strstr(screen, "sort PID ▼"))
		assert_true(take_until("sort PID ▼", 5 * SECOND));
	press("q");
	assert_int_equal(status_at_end(), 0);
	unlink(file);
}

static void
the_wheel_and_the_first_button_reach_the_screen(void **state)
{
	(void)state;
	start("-d 100 --flat -o PID");
	wait_for_screen();
	take_until(NULL, SECOND / 5);
	press("\033[<0;1;4M"); /* the first button, column 1 of line 4: the title PID */
	if (!take_until("▼", 5 * SECOND))
		fail_msg("the title was not pressed: '%s'", screen);
	press("q");
	assert_int_equal(status_at_end(), 0);
}

static void
pasted_lines_are_text(void **state)
{
	(void)state;
	start("-d 100");
	wait_for_screen();
	assert_non_null(strstr(screen, "\033[?2004h"));
	press("\033[200~q\r\033[201~"); /* nothing is asked for: ignored */
	if (!take_until("pasted text ignored", 5 * SECOND))
		fail_msg("'%s'", screen);
	press("f\033[200~named\rM\033[A");
	assert_true(take_until("named M", 5 * SECOND));
	press("\r~\033[201~x\r"); /* the key alone accepts */
	assert_true(take_until("filter named M ~x", 5 * SECOND));
	press("q");
	assert_int_equal(status_at_end(), 0);
	assert_terminal_as_before();
}

/* OSC 52: "c" and the base64 of the line, here of what 'true' was started as. */
static void
a_copied_line_is_handed_to_the_terminal(void **state)
{
	(void)state;
	start("-d 100 --flat");
	wait_for_screen();
	press("y");
	if (!take_until("copied, if", 5 * SECOND) || !strstr(screen, "\033]52;c;"))
		fail_msg("'%s'", screen);
	press("q");
	assert_int_equal(status_at_end(), 0);
	teardown(NULL);
	start("-d 100 --flat --clipboard=off");
	wait_for_screen();
	press("y");
	assert_true(take_until("copying is off", 5 * SECOND));
	assert_null(strstr(screen, "\033]52"));
	press("q");
	assert_int_equal(status_at_end(), 0);
}

static void
signals_end_it_and_give_the_terminal_back(void **state)
{
	static const int numbers[] = { SIGTERM, SIGHUP, SIGQUIT };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int status;

		start("-d 100");
		wait_for_screen();
		kill(pid, numbers[i]);
		status = status_at_end();
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), numbers[i]);
		assert_terminal_as_before();
		teardown(state);
	}
	start("-d 100");
	wait_for_screen();
	kill(pid, SIGINT);
	assert_int_equal(status_at_end(), 0);
	assert_terminal_as_before();
}

static void
it_stops_and_goes_on(void **state)
{
	(void)state;
	for (int by_key = 0; by_key < 2; by_key++) {
		int status;

		start_on("xterm", UNDER_A_SHELL, "-d 100");
		wait_for_screen();
		if (by_key)
			press("\032");
		else
			kill(pid, SIGTSTP);
		status = status_at_end();
		if (!WIFSTOPPED(status))
			fail_msg("status %x instead of a stop", (unsigned)status);
		assert_terminal_as_before();
		kill(pid, SIGCONT);
		wait_for_screen(); /* drawn anew, without waiting for the next frame */
		press("q");
		assert_int_equal(status_at_end(), 0);
		assert_terminal_as_before();
		teardown(state);
	}
}

static void
a_stop_that_cannot_be_caught_ends_in_a_full_screen_too(void **state)
{
	(void)state;
	start("-d 100");
	wait_for_screen();
	kill(pid, SIGSTOP);
	assert_true(WIFSTOPPED(status_at_end()));
	tcsetattr(slave, TCSANOW, &before); /* as a shell does */
	kill(pid, SIGCONT);
	wait_for_screen();
	press("q"); /* read without a newline: the terminal is in its mode again */
	assert_int_equal(status_at_end(), 0);
	assert_terminal_as_before();
}

static void
a_lost_terminal_ends_it(void **state)
{
	int status;

	(void)state;
	start("-d 100");
	wait_for_screen();
	close(slave);
	close(master);
	master = slave = -1;
	status = status_at_end();
	assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGHUP : WEXITSTATUS(status) == 1);
}

static void
a_lost_terminal_ends_it_also_without_a_signal(void **state)
{
	int status;

	(void)state;
	start_on("xterm", UNDER_A_SHELL, "-d 100");
	wait_for_screen();
	close(slave);
	close(master);
	master = slave = -1;
	status = status_at_end();
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void
a_terminal_that_takes_nothing_does_not_keep_it(void **state)
{
	uint64_t end;
	int status, pending;

	(void)state;
	start("-d 0.1");
	wait_for_screen();
	/* Nobody reads on, and the line is stopped: the next write waits for ever. */
	tcflow(slave, TCOOFF);
	end = clock_steady() + 60 * SECOND;
	for (int same = 0, last = -1; same < 10; last = pending) {
		assert_true(clock_steady() < end);
		usleep(50000);
		assert_int_equal(ioctl(master, FIONREAD, &pending), 0);
		same = pending == last ? same + 1 : 0;
	}
	kill(pid, SIGTERM);
	/* A thread sanitizer keeps signals back while a write waits: there, the terminal takes it in the end. */
	if (SANITIZED_THREAD)
		tcflow(slave, TCOON);
	end = clock_steady() + 10 * SECOND;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		assert_true(clock_steady() < end);
		take_until(SANITIZED_THREAD ? NULL : "", SECOND / 50);
		usleep(20000);
	}
	pid = 0;
}

static void
it_ends_by_itself_after_so_many_frames(void **state)
{
	(void)state;
	start("-n 2 -d 0.1");
	assert_int_equal(status_at_end(), 0);
	assert_terminal_as_before();
}

static void
resizes_in_a_storm_do_no_harm(void **state)
{
	(void)state;
	start("-d 0.1");
	wait_for_screen();
	for (unsigned short i = 0; i < 60; i++) {
		struct winsize size = { .ws_row = (unsigned short)(1 + i * 7 % 50),
					.ws_col = (unsigned short)(1 + i * 31 % 200) };

		ioctl(master, TIOCSWINSZ, &size);
		take_until(NULL, SECOND / 100);
	}
	ioctl(master, TIOCSWINSZ, &(struct winsize){ .ws_row = 24, .ws_col = 80 });
	wait_for_screen();
	press("q");
	assert_int_equal(status_at_end(), 0);
	assert_terminal_as_before();
}

static void
a_mute_is_answered_with_a_message(void **state)
{
	(void)state;
	start("-d 100 --flat -o PID");
	wait_for_screen();
	press("jm");
	if (!take_until("z undoes", 5 * SECOND))
		fail_msg("no answer: '%s'", screen);
	press("z");
	assert_true(take_until("undone", 5 * SECOND));
	press("q");
	assert_int_equal(status_at_end(), 0);
}

/*
 * Any keys and sizes, in a directory of its own, since some keys write files: it goes on, and gives
 * the terminal back. What may end or stop it is left out; test_fuzz_keys does more of the rest.
 */
static void
any_keys_leave_the_terminal_as_it_was(void **state)
{
	char home[] = "/tmp/estop-keys.XXXXXX", remove[64];
	uint64_t dice = 20261124;
	int status;

	(void)state;
	assert_non_null(mkdtemp(home));
	setenv("ESTOP_TEST_HOME", home, 1);
	start("-d 0.1");
	wait_for_screen();
	for (int i = 0; i < 1500; i++) {
		static const char *const more[] = { "\033[A",       "\033OB",       "\033[5~", "\033",
						    "\t",           "\r",           "\x7f",    "\033x",
						    "\033[<0;9;9M", "\xe6\x97\xa5", "\xff",    "\033[200~",
						    "\033[99;1" };
		char key[2] = { 0 };

		dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		key[0] = (char)(' ' + (dice >> 33) % 95);
		if (i % 50 == 49)
			ioctl(master, TIOCSWINSZ,
			      &(struct winsize){ .ws_row = (unsigned short)(1 + (dice >> 40) % 60),
						 .ws_col = (unsigned short)(1 + (dice >> 50) % 200) });
		else if (dice >> 60 < 4)
			press(more[(dice >> 33) % (sizeof(more) / sizeof(*more))]);
		else if (key[0] != 'q')
			press(key);
		take_until(NULL, 0);
		written = written > sizeof(screen) / 2 ? 0 : written; /* only the end of it is of interest */
	}
	take_until(NULL, SECOND / 2);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	kill(pid, SIGTERM);
	status = status_at_end();
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_terminal_as_before();
	unsetenv("ESTOP_TEST_HOME");
	snprintf(remove, sizeof(remove), "rm -r %s", home);
	assert_int_equal(system(remove), 0);
}

static void
an_unknown_kind_of_terminal_is_a_sentence(void **state)
{
	(void)state;
	start_on("no-such-terminal", ALONE, "");
	assert_int_equal(WEXITSTATUS(status_at_end()), 1);
	assert_memory_equal(screen, "estop: ", 7);
	assert_non_null(strstr(screen, "no-such-terminal"));
}

/* What can fail is tried before there is a command: it never begins, to be ended again. */
static void
no_command_begins_on_a_terminal_of_no_use(void **state)
{
	static const char *const types[] = { "no-such-terminal", "dumb", "" };
	char made[] = "/tmp/estop-made.XXXXXX", arguments[80];
	int fd = mkstemp(made);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	snprintf(arguments, sizeof(arguments), "-- rm %s", made);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		start_on(types[i], ALONE, arguments);
		assert_int_equal(WEXITSTATUS(status_at_end()), 1);
		assert_memory_equal(screen, "estop: ", 7);
		assert_int_equal(access(made, F_OK), 0);
		teardown(NULL);
	}
	unlink(made);
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_thread_may_start_a_program),
		TEST(q_ends_it_and_gives_the_terminal_back),
		TEST(signals_end_it_and_give_the_terminal_back),
		TEST(the_mouse_is_the_terminals_again_at_every_end),
		TEST(W_writes_the_settings_and_the_next_start_has_them),
		TEST(the_wheel_and_the_first_button_reach_the_screen),
		TEST(pasted_lines_are_text),
		TEST(a_copied_line_is_handed_to_the_terminal),
		TEST(it_stops_and_goes_on),
		TEST(a_stop_that_cannot_be_caught_ends_in_a_full_screen_too),
		TEST(a_lost_terminal_ends_it),
		TEST(a_lost_terminal_ends_it_also_without_a_signal),
		TEST(a_terminal_that_takes_nothing_does_not_keep_it),
		TEST(it_ends_by_itself_after_so_many_frames),
		TEST(resizes_in_a_storm_do_no_harm),
		TEST(any_keys_leave_the_terminal_as_it_was),
		TEST(an_unknown_kind_of_terminal_is_a_sentence),
		TEST(no_command_begins_on_a_terminal_of_no_use),
		TEST(a_mute_is_answered_with_a_message),
	};

	return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
