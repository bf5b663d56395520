/* signals: what asks for the end is heard at any time, by the right thread. */
#include "src/base/signals.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

enum { ENDINGS = sizeof(ending) / sizeof(ending[0]) };

/* Runs this in a process of its own, which gets the signal when it has said it is ready. Its wait status. */
static int
send_to(void (*be)(int ready), int number)
{
	int fds[2], status;
	char byte;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		alarm(60); /* a test that never ends fails */
		for (unsigned i = 0; i < ENDINGS; i++)
			signal(ending[i], SIG_DFL);
		be(fds[1]);
		_exit(99);
	}
	assert_int_equal(read(fds[0], &byte, 1), 1);
	kill(pid, number);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(fds[0]);
	close(fds[1]);
	return status;
}

static void
be_ready(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(98);
}

/* As if a file could not be opened. */
static void
start_and_wait(int ready)
{
	if (signals_open(false) < 0)
		_exit(97);
	be_ready(ready);
	for (;;)
		pause();
}

static void
a_start_that_waits_is_ended_by_each(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ENDINGS; i++) {
		int status = send_to(start_and_wait, ending[i]);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), ending[i]);
	}
}

static void
start_ignoring(int ready)
{
	signal(SIGHUP, SIG_IGN);
	if (signals_open(false) < 0)
		_exit(97);
	kill(getpid(), SIGHUP);
	be_ready(ready);
	for (;;)
		pause();
}

static void
what_was_ignored_stays_ignored(void **state)
{
	int status = send_to(start_ignoring, SIGTERM);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

/* Its exit status says which signal came by the pipe. */
static void
run_and_poll(int ready)
{
	int fd = signals_open(false);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		_exit(97);
	signals_unblock();
	be_ready(ready);
	while (poll(&p, 1, -1) <= 0)
		;
	_exit(signals_next());
}

static void
who_polls_is_told(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ENDINGS; i++) {
		int status = send_to(run_and_poll, ending[i]);

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), ending[i]);
	}
}

static void *
look_at_mask(void *blocked)
{
	sigset_t mask;

	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	*(bool *)blocked = true;
	for (unsigned i = 0; i < ENDINGS; i++)
		*(bool *)blocked &= sigismember(&mask, ending[i]) == 1;
	return NULL;
}

static void
threads_run_no_handlers(void **state)
{
	bool blocked = false;
	pthread_t thread;
	sigset_t mask;

	(void)state;
	assert_int_equal(signals_thread(&thread, look_at_mask, &blocked), 0);
	pthread_join(thread, NULL);
	assert_true(blocked);
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	assert_int_equal(sigismember(&mask, SIGTERM), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_start_that_waits_is_ended_by_each),
		cmocka_unit_test(what_was_ignored_stays_ignored),
		cmocka_unit_test(who_polls_is_told),
		cmocka_unit_test(threads_run_no_handlers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
