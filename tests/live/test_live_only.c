/*
 * The key O by keys, in a terminal, on real kernel events: two processes are equally busy, and one of
 * them is shown alone, by its subtree, its unit or its user. The filter shows no other, the header says
 * so, and the other one's events are not produced at all; Esc takes all of it back. Needs root.
 */
#include "tests/lib/cgroup2.h"
#include "tests/lib/patience.h"
#include "tests/lib/tty.h"

#include <errno.h>
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { ROWS = 24, COLUMNS = 100, NOBODY = 65534 };

struct worker {
	pid_t pid;
	int end; /* closed when this program ends, whatever happens: then the worker ends, too */
	const char *user;
};

static struct worker chosen, other;
static pid_t job;
static char cgroup[300]; /* of the chosen one; "": none was made */

/* ---- the processes ---- */

static void
enter_cgroup(void)
{
	char procs[320];
	FILE *f;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", cgroup);
	f = fopen(procs, "w");
	if (!f || fputs("0", f) < 0 || fclose(f) != 0)
		_exit(98);
}

/* Opens and closes a file all the time, gently, until its pipe is closed. */
static void
start_worker(struct worker *w, uid_t uid, bool in_cgroup)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	w->user = uid ? "nobody" : "root";
	w->pid = fork();
	assert_true(w->pid >= 0);
	if (w->pid == 0) {
		struct pollfd fd = { .fd = fds[0], .events = POLLIN };

		close(fds[1]);
		if (in_cgroup)
			enter_cgroup();
		if (uid && setuid(uid) != 0)
			_exit(99);
		while (poll(&fd, 1, 5) == 0)
			close(open("/dev/null", O_RDONLY));
		_exit(0);
	}
	close(fds[0]);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	w->end = fds[1];
}

static void
end_worker(struct worker *w)
{
	int status;

	if (w->pid <= 0)
		return;
	close(w->end);
	kill(w->pid, SIGKILL); /* the other one has that end, too */
	waitpid(w->pid, &status, 0);
	w->pid = 0;
}

static void
make_cgroup(void)
{
	char hierarchy[256];

	if (!cgroup2_find(hierarchy, sizeof(hierarchy))) {
		puts("SKIP: cgroup v2 is not mounted");
		skip();
	}
	snprintf(cgroup, sizeof(cgroup), "%s/estop-only.service", hierarchy);
	if (mkdir(cgroup, 0755) != 0)
		assert_int_equal(errno, EEXIST);
}

static void
start(void)
{
	const char *program = getenv("ESTOP");

	if (geteuid() != 0 || !program) {
		puts("SKIP: needs root, and ESTOP to name the program; run make check as root");
		skip();
		return; /* not reached, which clang-tidy cannot know */
	}
	job = tty_open(ROWS, COLUMNS);
	if (job == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execl(program, program, "--no-config", "--flat", "-d", "0.2", (char *)NULL);
		_exit(127);
	}
	tty_expect("EV/S");
}

static int
teardown(void **state)
{
	(void)state;
	if (job > 0) {
		kill(job, SIGKILL);
		waitpid(job, NULL, 0);
	}
	job = 0;
	tty_close();
	end_worker(&chosen);
	end_worker(&other);
	/* Its last process has been let go of, which the kernel does in its own time. */
	for (int n = 0; cgroup[0] && rmdir(cgroup) != 0 && errno == EBUSY && n < 1000; n++)
		usleep(10000);
	cgroup[0] = '\0';
	return 0;
}

/* ---- what is on the screen ---- */

/* The filter that lets this process alone pass, typed over what there is. */
static void
look_at(const struct worker *w)
{
	char text[64];

	snprintf(text, sizeof(text), "f\025pid:%d\r", (int)w->pid);
	tty_press(text);
	snprintf(text, sizeof(text), "pid:%d  1 of ", (int)w->pid);
	tty_expect(text);
}

/* A row with rates of nothing, and one without. */
static void
is_silent(const struct worker *w, bool silent)
{
	char row[80], none[80];

	snprintf(none, sizeof(none), "%7d %-8s %6s %6s %7s", (int)w->pid, w->user, "-", "-", "-");
	snprintf(row, sizeof(row), "%7d %-8s", (int)w->pid, w->user);
	tty_expect(row);
	if (silent)
		tty_expect(none);
	else
		tty_expect_no(none);
}

/* By this letter of the menu, from the chosen one's row. */
static void
only(char letter, const char *header, const char *filter)
{
	char keys[2] = { letter }, text[64];

	look_at(&other);
	is_silent(&other, false);
	look_at(&chosen);
	is_silent(&chosen, false);
	/* Its subtree at once; again asks for another choice. */
	tty_press("O");
	tty_expect("ONLY subtree of process ");
	tty_press("O");
	tty_expect("show only (other events are not produced)");
	tty_press(keys);
	/* The header and the filter say the same. */
	snprintf(text, sizeof(text), "ONLY %s", header);
	tty_expect(text);
	tty_expect(filter);
	snprintf(text, sizeof(text), "%7d ", (int)chosen.pid);
	tty_expect(text);
	snprintf(text, sizeof(text), "%7d ", (int)other.pid);
	tty_expect_no(text);
	is_silent(&chosen, false);
	/* The subscription does, too: whatever the filter is, there is nothing of the other one. */
	look_at(&other);
	is_silent(&other, true);
	look_at(&chosen);
	is_silent(&chosen, false);
	/* Esc takes back both; the filter is that before O. */
	tty_press("\033");
	tty_expect_no("ONLY ");
	snprintf(text, sizeof(text), "pid:%d  1 of ", (int)chosen.pid);
	tty_expect(text);
	look_at(&other);
	is_silent(&other, false);
}

static void
one_subtree_is_shown_alone(void **state)
{
	char filter[40], header[64];

	(void)state;
	start_worker(&chosen, 0, false);
	start_worker(&other, 0, false);
	start();
	snprintf(filter, sizeof(filter), "below:%d  ", (int)chosen.pid);
	snprintf(header, sizeof(header), "subtree of process %d", (int)chosen.pid);
	only('s', header, filter);
}

static void
one_unit_is_shown_alone(void **state)
{
	(void)state;
	if (geteuid() == 0)
		make_cgroup();
	start_worker(&chosen, 0, true);
	start_worker(&other, 0, false);
	start();
	only('n', "unit estop-only.service", "unit:\"estop-only.service\"  1 of ");
}

static void
one_user_is_shown_alone(void **state)
{
	(void)state;
	start_worker(&chosen, NOBODY, false);
	start_worker(&other, 0, false);
	start();
	only('u', "user nobody", "user:\"nobody\"  ");
}

static void
a_choice_that_is_left_changes_nothing(void **state)
{
	(void)state;
	start_worker(&chosen, 0, false);
	start_worker(&other, 0, false);
	start();
	look_at(&chosen);
	tty_press("O");
	tty_expect("ONLY subtree of process ");
	tty_press("O");
	tty_expect("show only");
	tty_press("\033");
	tty_expect_no("show only");
	tty_expect("ONLY subtree of process ");
	tty_press("\033");
	tty_expect_no("ONLY ");
	look_at(&other);
	is_silent(&other, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_subtree_is_shown_alone, teardown),
		cmocka_unit_test_teardown(one_unit_is_shown_alone, teardown),
		cmocka_unit_test_teardown(one_user_is_shown_alone, teardown),
		cmocka_unit_test_teardown(a_choice_that_is_left_changes_nothing, teardown),
	};

	alarm(patience(200)); /* whatever happens, it ends */
	return cmocka_run_group_tests_name("only", tests, NULL, NULL);
}
