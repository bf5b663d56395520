/*
 * Runs without a screen, and a command whose end comes in one turn of their loop with something
 * else: by construction, as all of it is there before the loop is entered.
 */
#include "model/detail.h"
#include "src/app/batch.h"
#include "src/app/child.h"
#include "src/app/log_run.h"
#include "src/app/loop.h"
#include "src/app/session.h"
#include "src/base/signals.h"
#include "tests/lib/build.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { GUARD_SECS = 60 }; /* a run that hangs fails; one that does not never takes as long */

static char *command[] = { (char *)"true", NULL };
static struct options options;
static struct session session;
static struct child *child;
static char why[512];
static int signal_fd;

/* ---- a source whose events the test itself writes into the ring ---- */

static struct ring *ring;

static event_mask
all_available(void *self)
{
	(void)self;
	return EVENT_ALL;
}

static int
start(void *self, event_mask events, char *to, size_t len)
{
	(void)self, (void)events, (void)to, (void)len;
	return 0;
}

static int
subscribe(void *self, event_mask events)
{
	(void)self, (void)events;
	return 0;
}

static int
backfill(void *self, void (*visit)(void *ctx, const struct event *), void *ctx)
{
	(void)self, (void)visit, (void)ctx;
	return 0;
}

static void
detail(void *self, enum source_detail level)
{
	(void)self, (void)level;
}

static void
stats(void *self, struct source_stats *to)
{
	(void)self;
	*to = (struct source_stats){ .kernel_fill = -1 };
}

static int
counts(void *self, unsigned *processes, unsigned *paths)
{
	(void)self;
	*processes = *paths = 0;
	return 0;
}

static void
done(void *self)
{
	(void)self;
}

static const struct source_ops ops = {
	.name = "test",
	.live = true,
	.detail = detail,
	.available = all_available,
	.start = start,
	.subscribe = subscribe,
	.backfill = backfill,
	.mute = { .counts = counts },
	.stats = stats,
	.stop = done,
	.close = done,
};

static int
open_source(struct source *source, struct ring *to, int wake_fd, char *sentence, size_t len)
{
	(void)wake_fd, (void)sentence, (void)len;
	ring = to;
	*source = (struct source){ .ops = &ops };
	return 0;
}

static void
emit(const struct event *e)
{
	void *room = ring_reserve(ring, e->size, true);

	assert_non_null(room);
	memcpy(room, e, e->size);
	ring_commit(ring);
}

/* Of the detail only so much that a JSON line is written. */
static const struct event *
exit_with_detail(pid_t number)
{
	struct event *e = exit_of(pid(number, 1), 0);
	struct detail d = { .memory = malloc(256) };

	assert_non_null(d.memory);
	detail_int(&d, KEY_event_type, event_info[EV_EXIT].number);
	event_add(e, FIELD_DETAIL, d.memory, d.size);
	free(d.memory);
	return e;
}

/* ---- the turn ---- */

/*
 * A run in which the first turn finds everything: the command has ended, SIGCHLD lies in the
 * pipe, and its exit event in the ring.
 */
static int
setup(void **state)
{
	siginfo_t info;

	(void)state;
	options = (struct options){
		.events = EVENT_ALL, .settings = { .interval_ms = 1000 }, .log = LOG_LINE, .command = command
	};
	why[0] = '\0';
	if (child_open(&child, command, CHILD_SHARE, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	signal_fd = signals_open(false);
	assert_true(signal_fd >= 0);
	alarm(GUARD_SECS);
	if (session_open(&session, &options, open_source, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	session_follow(&session, child);
	assert_int_equal(child_exec(child, why, sizeof(why)), 0);
	signals_unblock();
	/* Not reaped: that the loop has to find out. The signal has been delivered then. */
	assert_int_equal(waitid(P_PID, (id_t)child_pid(child), &info, WEXITED | WNOWAIT), 0);
	emit(exit_with_detail(child_pid(child)));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	session_close(&session);
	child_close(child);
	child = NULL;
	signals_close(); /* the guard, too */
	return 0;
}

static int
open_null(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void
the_first_turn_brings_signal_and_end(void **state)
{
	struct loop loop;
	int fd = open_null();

	(void)state;
	loop_init(&loop, &session, signal_fd, -1, fd);
	assert_int_equal(loop_wait(&loop), LOOP_SIGNAL | LOOP_COMMAND);
	assert_int_equal(loop_asked_to_end(&session), -1); /* SIGCHLD asks for nothing */
	/* The end comes again, until the caller says that it is known. */
	assert_int_equal(loop_wait(&loop), LOOP_COMMAND);
	loop.command_handled = true;
	loop.frame_ns = 0; /* long ago */
	assert_int_equal(loop_wait(&loop), LOOP_FRAME);
	close(fd);
}

static void
a_log_ends_with_its_command(void **state)
{
	int fd = open_null();

	(void)state;
	assert_int_equal(log_run(&session, signal_fd, fd, why, sizeof(why)), 0);
	assert_int_equal(child_exit_status(child), 0);
	close(fd);
}

static void
frames_end_with_the_command(void **state)
{
	const struct ui_config config = { .settings = { .exited_secs = 5 } };
	FILE *out = fopen("/dev/null", "we");

	(void)state;
	assert_non_null(out);
	assert_int_equal(batch_run(&session, &config, signal_fd, out, why, sizeof(why)), 0);
	fclose(out);
}

/* The command has ended, so they are meant for estop: to finish, or to die by it. */
static void
an_interrupt_in_the_same_turn_finishes(void **state)
{
	int fd = open_null();

	(void)state;
	raise(SIGINT);
	alarm(GUARD_SECS); /* which the signal has made shorter */
	assert_int_equal(log_run(&session, signal_fd, fd, why, sizeof(why)), 0);
	close(fd);
}

static void
a_signal_to_die_by_wins_over_an_interrupt(void **state)
{
	int fd = open_null();

	(void)state;
	raise(SIGTERM);
	raise(SIGINT);
	alarm(GUARD_SECS);
	assert_int_equal(log_run(&session, signal_fd, fd, why, sizeof(why)), SIGTERM);
	assert_true(session.flow.survey.off); /* but the run is brought to its end first */
	close(fd);
}

static void
frames_are_finished_before_dying_by_a_signal(void **state)
{
	const struct ui_config config = { .settings = { .exited_secs = 5 } };
	char text[4096] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_non_null(out);
	raise(SIGHUP);
	alarm(GUARD_SECS);
	assert_int_equal(batch_run(&session, &config, signal_fd, out, why, sizeof(why)), SIGHUP);
	fclose(out);
	assert_non_null(strstr(text, "\ntotal exit "));
}

/* EPERM is 1, and -1 is no answer to mistake for "go on". */
static void
output_that_may_not_be_written_ends_a_log(void **state)
{
#ifdef __linux__
	int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct options json = options;

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW), 0);
	json.log = LOG_JSON;
	session.options = &json;
	assert_int_equal(log_run(&session, signal_fd, fd, why, sizeof(why)), -EPERM);
	session.options = &options;
	assert_non_null(strstr(why, "cannot write"));
	close(fd);
#endif
	(void)state;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_turn_brings_signal_and_end, setup, teardown),
		cmocka_unit_test_setup_teardown(a_log_ends_with_its_command, setup, teardown),
		cmocka_unit_test_setup_teardown(frames_end_with_the_command, setup, teardown),
		cmocka_unit_test_setup_teardown(an_interrupt_in_the_same_turn_finishes, setup, teardown),
		cmocka_unit_test_setup_teardown(a_signal_to_die_by_wins_over_an_interrupt, setup, teardown),
		cmocka_unit_test_setup_teardown(frames_are_finished_before_dying_by_a_signal, setup, teardown),
		cmocka_unit_test_setup_teardown(output_that_may_not_be_written_ends_a_log, setup, teardown),
	};

	return cmocka_run_group_tests_name("log_run", tests, NULL, NULL);
}
