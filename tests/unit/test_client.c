/* The live source against an Endpoint Security played by es_double. */
#include "src/base/source.h"
#include "src/base/wake.h"
#include "model/mutes.h"
#include "tests/lib/es_double.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const event_mask files = EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE);

static const struct double_proc shell = {
	.pid = 100,
	.version = 5,
	.ppid = 1,
	.uid = 501,
	.start_us = 1000001,
	.exe = "/bin/zsh",
};
static const struct double_proc daemon_proc = {
	.pid = 300,
	.version = 3,
	.ppid = 1,
	.start_us = 1000000,
	.exe = "/usr/libexec/daemon",
};

/* ---- a client with a ring and a wake-up, open and subscribed ---- */

struct fixture {
	struct source source;
	struct ring *ring;
	struct wake wake;
	char why[256];
};

static int
open_with(struct fixture *f, unsigned order)
{
	memset(f, 0, sizeof(*f));
	f->ring = ring_create(order);
	wake_open(&f->wake);
	return client_open(&f->source, f->ring, f->wake.write_fd, f->why, sizeof(f->why));
}

static void
start(struct fixture *f, event_mask events)
{
	assert_int_equal(f->source.ops->start(f->source.self, events, f->why, sizeof(f->why)), 0);
}

static void
setup_with(struct fixture *f, unsigned order)
{
	assert_int_equal(open_with(f, order), 0);
	start(f, EVENT_ALL);
}

static void
teardown(struct fixture *f)
{
	if (f->source.ops)
		f->source.ops->close(f->source.self);
	ring_destroy(f->ring);
	wake_close(&f->wake);
}

static int
reset(void **state)
{
	(void)state;
	es_double_reset();
	return 0;
}

static const struct event *
peek(struct fixture *f)
{
	return ring_peek(f->ring, NULL);
}

static size_t
drain(struct fixture *f)
{
	size_t n = 0;

	for (; peek(f); n++)
		ring_release(f->ring);
	return n;
}

static struct source_stats
stats(struct fixture *f)
{
	struct source_stats s;

	f->source.ops->stats(f->source.self, &s);
	return s;
}

static void
opens(struct double_proc who, const char *path)
{
	es_double_produce(es_double_open(11, who, path, 1));
}

static void
closes(struct double_proc who, const char *path)
{
	es_double_produce(es_double_close(11, who, path, false));
}

static int
mute(struct fixture *f, int32_t pid, uint32_t version, event_mask events, bool on)
{
	return f->source.ops->mute.process(f->source.self, pid, version, events, on);
}

static int
mute_path(struct fixture *f, enum mute_kind kind, const char *path, event_mask events, bool on)
{
	return f->source.ops->mute.path(f->source.self, kind, path, events, on);
}

static void
hold_locally(struct fixture *f, const struct mute_rule *const rules[], size_t n)
{
	f->source.ops->mute.local(f->source.self, rules, n);
}

/* ---- opening and closing ---- */

static void
each_refusal_has_its_error(void **state)
{
	static const struct {
		es_new_client_result_t result;
		int error;
	} table[] = {
		{ ES_NEW_CLIENT_RESULT_ERR_INVALID_ARGUMENT, -EINVAL },
		{ ES_NEW_CLIENT_RESULT_ERR_INTERNAL, -ENOSYS },
		{ ES_NEW_CLIENT_RESULT_ERR_NOT_ENTITLED, -EPERM },
		{ ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED, -EPERM },
		{ ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED, -EPERM },
		{ ES_NEW_CLIENT_RESULT_ERR_TOO_MANY_CLIENTS, -EBUSY },
		{ (es_new_client_result_t)99, -EIO },
	};
	struct fixture f;
	char number[8];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		es_double_reset();
		es_double.refuse_client = table[i].result;
		assert_int_equal(open_with(&f, 12), table[i].error);
		/* The system gave no reason, so the number must do. */
		snprintf(number, sizeof(number), "(%d)", (int)table[i].result);
		assert_non_null(strstr(f.why, number));
		assert_null(f.source.ops);
		assert_string_equal(es_double.calls, "C");
		teardown(&f);
	}
}

static void
reason_of_the_system_is_what_is_said(void **state)
{
	struct fixture f;

	(void)state;
	es_double.refuse_client = ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED;
	es_double.reason = "the kernel has no BTF";
	assert_int_equal(open_with(&f, 12), -EPERM);
	assert_string_equal(f.why, "the kernel has no BTF");
	teardown(&f);
	/* What should have worked is to be reported. */
	es_double.refuse_client = ES_NEW_CLIENT_RESULT_ERR_INTERNAL;
	assert_int_equal(open_with(&f, 12), -ENOSYS);
	assert_memory_equal(f.why, "the kernel has no BTF; ", 23);
	assert_non_null(strstr(f.why, "--debug=FILE"));
	teardown(&f);
}

static void
client_mutes_itself_before_it_subscribes(void **state)
{
	const struct double_proc self = { .pid = getpid(), .version = DOUBLE_SELF_VERSION, .exe = "/estop" };
	struct fixture f;

	(void)state;
	assert_int_equal(open_with(&f, 12), 0);
	assert_string_equal(es_double.calls, "CM");
	assert_int_equal(es_double.muted_processes, 1);
	start(&f, EVENT_ALL);
	assert_string_equal(es_double.calls, "CMS");
	opens(self, "/dev/tty");
	assert_int_equal(es_double_run(), 0);
	teardown(&f);
}

static void
client_that_cannot_mute_itself_does_not_open(void **state)
{
	struct fixture f;

	(void)state;
	es_double.no_token = true;
	assert_int_equal(open_with(&f, 12), -EIO);
	assert_int_equal(es_double.clients, 0);
	teardown(&f);
	es_double_reset();
	es_double.mute_limit = 0;
	assert_int_equal(open_with(&f, 12), -EIO);
	assert_int_equal(es_double.clients, 0);
	teardown(&f);
}

static void
nothing_but_notify_types_is_subscribed_to(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	for (unsigned type = 0; type < DOUBLE_TYPES; type++)
		assert_int_equal(es_double.subscribed[type], event_by_number(type) != EV_NONE);
	assert_false(es_double.subscribed[ES_EVENT_TYPE_AUTH_EXEC]);
	start(&f, EVENT_BIT(EV_EXEC));
	for (unsigned type = 0; type < DOUBLE_TYPES; type++)
		assert_int_equal(es_double.subscribed[type], type == ES_EVENT_TYPE_NOTIFY_EXEC);
	teardown(&f);
}

/* A system that knows no type beyond some number fails the whole call for one it does not know. */
static void
types_the_system_does_not_know_are_not_asked_for(void **state)
{
	struct fixture f;

	(void)state;
	es_double.last_type = ES_EVENT_TYPE_NOTIFY_COPYFILE;
	setup_with(&f, 12);
	assert_true(es_double.subscribed[ES_EVENT_TYPE_NOTIFY_COPYFILE]);
	assert_false(es_double.subscribed[ES_EVENT_TYPE_NOTIFY_SUDO]);
	assert_true(f.source.ops->available(f.source.self) & EVENT_BIT(EV_COPYFILE) ? true : false);
	assert_false(f.source.ops->available(f.source.self) & EVENT_BIT(EV_SUDO) ? true : false);
	teardown(&f);
}

static void
one_refused_type_does_not_take_the_others_along(void **state)
{
	struct fixture f;

	(void)state;
	es_double.refuse_type = ES_EVENT_TYPE_NOTIFY_RENAME;
	setup_with(&f, 12);
	for (unsigned id = 0; id < EV_OTHER; id++)
		assert_int_equal(es_double.subscribed[event_info[id].number], id != EV_RENAME);
	for (unsigned type = 0; type < DOUBLE_TYPES; type++) /* nothing that decides, one by one either */
		assert_true(!es_double.subscribed[type] || event_by_number(type) != EV_NONE);
	assert_false(f.source.ops->available(f.source.self) & EVENT_BIT(EV_RENAME) ? true : false);
	teardown(&f);
}

static void
subscription_changes_while_events_flow(void **state)
{
	const event_mask less = EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_EXIT);
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	opens(shell, "/a");
	closes(shell, "/a");
	es_double_run();
	assert_int_equal(f.source.ops->subscribe(f.source.self, less), 0);
	opens(shell, "/a");
	assert_false(es_double_produce(es_double_close(7, shell, "/a", false)));
	es_double_renumber(ES_EVENT_TYPE_NOTIFY_CLOSE, 90); /* whatever happened meanwhile */
	assert_int_equal(f.source.ops->subscribe(f.source.self, less | EVENT_BIT(EV_CLOSE)), 0);
	closes(shell, "/a");
	es_double_lose(ES_EVENT_TYPE_NOTIFY_CLOSE, 2);
	closes(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 0);
	assert_int_equal(stats(&f).loss.kernel[EV_CLOSE], 2);
	es_double.refuse_type = ES_EVENT_TYPE_NOTIFY_LINK;
	assert_int_equal(f.source.ops->subscribe(f.source.self, less | EVENT_BIT(EV_LINK)), -ENOTSUP);
	teardown(&f);
}

static void
each_unknown_number_counts_its_own_gaps(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	es_double.subscribed[159] = es_double.subscribed[161] = true;
	for (unsigned i = 0; i < 3; i++) {
		es_double_produce(es_double_any(11, (es_event_type_t)159, shell, 0, false));
		es_double_produce(es_double_any(11, (es_event_type_t)161, shell, 0, false));
	}
	es_double_lose((es_event_type_t)161, 4);
	es_double_produce(es_double_any(11, (es_event_type_t)161, shell, 0, false));
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_OTHER], 4);
	teardown(&f);
}

static void
refused_subscription_is_said(void **state)
{
	struct fixture f;

	(void)state;
	assert_int_equal(open_with(&f, 12), 0);
	es_double.refuse_subscription = true;
	assert_int_equal(f.source.ops->start(f.source.self, EVENT_ALL, f.why, sizeof(f.why)), -ENOTSUP);
	assert_non_null(strstr(f.why, "-e"));
	teardown(&f);
}

static void
close_unsubscribes_and_deletes(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	teardown(&f);
	assert_string_equal(es_double.calls, "CMSUD");
	assert_int_equal(es_double.clients, 0);
}

static void
stop_delivers_what_is_queued_and_keeps_the_figures(void **state)
{
	struct fixture f;

	(void)state;
	es_double.counts = true;
	setup_with(&f, 12);
	opens(shell, "/a");
	es_double_lose(ES_EVENT_TYPE_NOTIFY_OPEN, 3); /* nothing comes after them */
	f.source.ops->stop(f.source.self);
	assert_int_equal(es_double.clients, 0);
	assert_int_equal(drain(&f), 1);
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 3);
	f.source.ops->stop(f.source.self);
	teardown(&f);
	assert_string_equal(es_double.calls, "CMSUD");
}

/* ---- events ---- */

static void
events_of_every_version_reach_the_ring(void **state)
{
	struct double_exec exec = { .after = shell, .script = "/s" };
	struct fixture f;

	(void)state;
	exec.after.version = 6;
	for (uint32_t v = DOUBLE_OLDEST; v <= DOUBLE_NEWEST; v++) {
		es_double_reset();
		setup_with(&f, 14);
		es_double_produce(es_double_open(v, shell, "/a", 1));
		es_double_produce(es_double_close(v, shell, "/a", true));
		es_double_produce(es_double_fork(v, shell, daemon_proc));
		es_double_produce(es_double_exec(v, shell, exec));
		es_double_produce(es_double_exit(v, shell, 0));
		assert_int_equal(es_double_run(), 5);
		for (unsigned i = 0; i < 5; i++) {
			static const enum event_id order[] = { EV_OPEN, EV_CLOSE, EV_FORK, EV_EXEC, EV_EXIT };
			size_t size;
			const struct event *e = ring_peek(f.ring, &size);

			assert_non_null(e);
			assert_true(event_valid(e, size));
			assert_int_equal(e->id, order[i]);
			assert_int_equal(e->who.pid, 100);
			ring_release(f.ring);
		}
		assert_int_equal(loss_sum(stats(&f).loss.kernel), 0);
		teardown(&f);
	}
}

static void
executable_is_told_once_per_execution(void **state)
{
	struct double_proc later = shell;
	struct fixture f;

	(void)state;
	later.version = 6;
	setup_with(&f, 12);
	opens(shell, "/a");
	closes(shell, "/a");
	opens(later, "/a");
	es_double_run();
	assert_string_equal(event_field(peek(&f), FIELD_EXE, NULL), "/bin/zsh");
	ring_release(f.ring);
	assert_null(event_field(peek(&f), FIELD_EXE, NULL));
	ring_release(f.ring);
	assert_non_null(event_field(peek(&f), FIELD_EXE, NULL));
	teardown(&f);
}

static void
exec_and_fork_tell_of_the_other_executable(void **state)
{
	struct double_exec exec = { .after = shell };
	struct double_proc child = shell;
	struct fixture f;

	(void)state;
	exec.after.version = 6;
	child.pid = 101;
	child.version = 7;
	setup_with(&f, 12);
	es_double_produce(es_double_exec(7, shell, exec));
	es_double_produce(es_double_fork(7, exec.after, child));
	opens(exec.after, "/a");
	opens(child, "/a");
	es_double_run();
	assert_int_equal(peek(&f)->id, EV_EXEC);
	ring_release(f.ring);
	for (int i = 0; i < 3; i++) {
		assert_null(event_field(peek(&f), FIELD_EXE, NULL));
		ring_release(f.ring);
	}
	teardown(&f);
}

static void
dropped_record_has_told_nobody(void **state)
{
	struct fixture f;
	const struct event *e;

	(void)state;
	setup_with(&f, 10);
	while (stats(&f).loss.ring[EV_OPEN] == 0) {
		opens(daemon_proc, "/a");
		es_double_run();
	}
	opens(shell, "/a"); /* dropped, too */
	es_double_run();
	assert_int_equal(stats(&f).loss.ring[EV_OPEN], 2);
	drain(&f);
	opens(shell, "/a");
	es_double_run();
	e = peek(&f);
	assert_string_equal(event_field(e, FIELD_EXE, NULL), "/bin/zsh");
	teardown(&f);
}

static void
full_ring_counts_drops_and_keeps_room_for_exits(void **state)
{
	struct fixture f;
	unsigned n = 0;

	(void)state;
	setup_with(&f, 12);
	for (; stats(&f).loss.ring[EV_CLOSE] == 0; n++) {
		closes(shell, "/tmp/a");
		es_double_run();
	}
	es_double_produce(es_double_exit(7, shell, 0));
	es_double_run();
	assert_int_equal(stats(&f).loss.ring[EV_CLOSE], 1);
	assert_int_equal(stats(&f).loss.ring[EV_EXIT], 0);
	assert_int_equal(loss_sum(stats(&f).loss.kernel), 0);
	assert_int_equal(drain(&f), n); /* n closes, one of them lost, and the exit */
	teardown(&f);
}

static void
consumer_is_woken_once_at_the_mark(void **state)
{
	struct fixture f;
	struct pollfd fd;

	(void)state;
	setup_with(&f, 12);
	fd = (struct pollfd){ .fd = f.wake.read_fd, .events = POLLIN };
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(poll(&fd, 1, 0), 0);
	while (ring_used(f.ring) < ring_size(f.ring) / 4) {
		opens(shell, "/a");
		es_double_run();
	}
	assert_int_equal(poll(&fd, 1, 0), 1);
	wake_clear(&f.wake);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(poll(&fd, 1, 0), 0);
	teardown(&f);
}

static void
handler_measures_itself(void **state)
{
	struct fixture f;
	struct source_stats s;

	(void)state;
	setup_with(&f, 16);
	for (int i = 0; i < 256; i++)
		opens(shell, "/a");
	es_double_run();
	s = stats(&f);
	assert_true(s.handler_median_ns > 0);
	assert_true(s.handler_p999_ns >= s.handler_median_ns);
	teardown(&f);
}

/* ---- gaps ---- */

static void
gap_in_numbers_is_a_loss_of_its_type(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	opens(shell, "/a");
	es_double_lose(ES_EVENT_TYPE_NOTIFY_OPEN, 5);
	closes(shell, "/a");
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 5);
	assert_int_equal(stats(&f).loss.kernel[EV_CLOSE], 0);
	assert_int_equal(stats(&f).kernel_untyped, 0);
	teardown(&f);
}

static void
first_number_above_zero_is_a_loss(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	es_double_lose(ES_EVENT_TYPE_NOTIFY_OPEN, 2);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 2);
	teardown(&f);
}

static void
loss_no_event_of_its_type_has_told_of_is_untyped(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	opens(shell, "/a");
	es_double_lose(ES_EVENT_TYPE_NOTIFY_CLOSE, 4);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(loss_sum(stats(&f).loss.kernel), 0);
	assert_int_equal(stats(&f).kernel_untyped, 4);
	closes(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_CLOSE], 4);
	assert_int_equal(stats(&f).kernel_untyped, 0);
	teardown(&f);
}

static void
system_that_counts_tells_of_the_last_losses_too(void **state)
{
	struct fixture f;

	(void)state;
	es_double.counts = true;
	setup_with(&f, 12);
	opens(shell, "/a");
	es_double_run();
	es_double_lose(ES_EVENT_TYPE_NOTIFY_OPEN, 4);
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 4);
	assert_true(stats(&f).loss.muted_known);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 4);
	teardown(&f);
}

static void
numbers_that_go_back_are_no_loss(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	for (int i = 0; i < 5; i++)
		opens(shell, "/a");
	es_double_renumber(ES_EVENT_TYPE_NOTIFY_OPEN, 0);
	opens(shell, "/a");
	es_double_lose(ES_EVENT_TYPE_NOTIFY_OPEN, 1);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 1);
	teardown(&f);
}

static void
messages_without_numbers_have_no_gaps(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	es_double_lose(ES_EVENT_TYPE_NOTIFY_OPEN, 9);
	es_double_produce(es_double_open(1, shell, "/a", 1));
	es_double_run();
	assert_int_equal(loss_sum(stats(&f).loss.kernel), 0);
	assert_int_equal(stats(&f).kernel_untyped, 0);
	teardown(&f);
}

static void
resubscribing_takes_the_numbers_as_they_come(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	opens(shell, "/a");
	es_double_run();
	start(&f, EVENT_BIT(EV_CLOSE));
	es_double_renumber(ES_EVENT_TYPE_NOTIFY_OPEN, 1000);
	start(&f, EVENT_ALL);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 0);
	es_double_lose(ES_EVENT_TYPE_NOTIFY_OPEN, 1);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).loss.kernel[EV_OPEN], 1);
	teardown(&f);
}

/* ---- mutes of the system ---- */

static void
muted_process_keeps_its_life_events(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	assert_int_equal(mute(&f, 100, 5, files, true), 0);
	opens(shell, "/a");
	opens(daemon_proc, "/a");
	es_double_produce(es_double_exit(7, shell, 0));
	assert_int_equal(es_double_run(), 2);
	assert_int_equal(mute(&f, 100, 5, files, false), 0);
	opens(shell, "/a");
	assert_int_equal(es_double_run(), 1);
	teardown(&f);
}

static void
queued_events_still_come_after_a_mute(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	opens(shell, "/a");
	assert_int_equal(mute(&f, 100, 5, files, true), 0);
	es_double_run();
	assert_int_equal(drain(&f), 1);
	teardown(&f);
}

static void
refused_mute_says_whether_the_process_lives(void **state)
{
	struct fixture f;
	int gone;

	(void)state;
	setup_with(&f, 12);
	es_double.mute_limit = 2; /* one is estop's own */
	assert_int_equal(mute(&f, getppid(), 1, files, true), 0);
	assert_int_equal(mute(&f, getpid(), 1, files, true), -ENOSPC);
	assert_int_equal(mute(&f, getppid(), 1, EVENT_BIT(EV_EXIT), true), 0);
	gone = fork();
	if (gone == 0)
		_exit(0);
	waitpid(gone, NULL, 0);
	es_double.mute_limit = 100;
	es_double.gone = gone;
	assert_int_equal(mute(&f, gone, 1, files, true), -ESRCH);
	assert_int_equal(mute(&f, gone, 1, files, false), 0);
	teardown(&f);
}

static void
path_kinds_silence_what_they_say(void **state)
{
	static const struct {
		enum mute_kind kind;
		const char *path;
		unsigned left; /* of shell's open of /tmp/a and daemon's open of /etc/b */
	} table[] = {
		{ MUTE_PREFIX, "/bin/", 1 },        { MUTE_PREFIX, "/", 0 },
		{ MUTE_EXE, "/bin/zsh", 1 },        { MUTE_EXE, "/bin/", 2 },
		{ MUTE_TARGET_PREFIX, "/etc/", 1 }, { MUTE_TARGET_PREFIX, "/bin/", 2 },
		{ MUTE_TARGET, "/tmp/a", 1 },       { MUTE_TARGET, "/tmp", 2 },
	};
	struct fixture f;

	(void)state;
	setup_with(&f, 14);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(mute_path(&f, table[i].kind, table[i].path, files, true), 0);
		opens(shell, "/tmp/a");
		opens(daemon_proc, "/etc/b");
		assert_int_equal(es_double_run(), table[i].left);
		assert_int_equal(mute_path(&f, table[i].kind, table[i].path, files, false), 0);
		assert_int_equal(es_double.muted_paths, 0);
	}
	es_double.refuse_paths = true;
	assert_int_equal(mute_path(&f, MUTE_EXE, "/a", files, true), -ENOSPC);
	teardown(&f);
}

static void
target_rule_asks_only_for_types_with_a_target(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	assert_int_equal(mute_path(&f, MUTE_TARGET, "/a", EVENT_ALL, true), 0);
	assert_int_equal(es_double.muted_paths, 1);
	/* The double, as the system, would refuse a list with none. */
	assert_int_equal(mute_path(&f, MUTE_TARGET, "/b", EVENT_BIT(EV_FORK), true), 0);
	assert_int_equal(es_double.muted_paths, 1);
	teardown(&f);
}

static void
counts_are_the_systems_without_estop_itself(void **state)
{
	unsigned processes = 9, paths = 9;
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	assert_int_equal(f.source.ops->mute.counts(f.source.self, &processes, &paths), 0);
	assert_int_equal(processes, 0);
	assert_int_equal(paths, 0);
	mute(&f, 100, 5, files, true);
	mute(&f, 101, 6, files, true);
	mute_path(&f, MUTE_EXE, "/a", files, true);
	assert_int_equal(f.source.ops->mute.counts(f.source.self, &processes, &paths), 0);
	assert_int_equal(processes, 2);
	assert_int_equal(paths, 1);
	assert_int_equal(es_double.muted_processes, 3);
	teardown(&f);
}

/* ---- units and users ---- */

static int
mute_owner(struct fixture *f, enum mute_kind kind, const char *name, bool on)
{
	const struct mute_rule rule = { .kind = kind, .path = (char *)name, .uid = 501 };

	return f->source.ops->mute.owner(f->source.self, &rule, files, on);
}

static void
a_container_is_muted_by_the_name_of_its_cgroup(void **state)
{
#define ID "3f2a1b4c5d6e7f80912a3b4c5d6e7f80912a3b4c5d6e7f80912a3b4c5d6e7f80"
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	assert_int_equal(mute_owner(&f, MUTE_UNIT, "a.service", true), 0);
	assert_string_equal(es_double.unit, "a.service");
	assert_int_equal(mute_owner(&f, MUTE_UNIT, "a.service", false), 0);
	assert_string_equal(es_double.unit, "");
	/* Not before it is there. */
	assert_int_equal(mute_owner(&f, MUTE_UNIT, "docker-3f2a1b4c5d6e", true), -ENOSPC);
	es_double.known_cgroup = "/system.slice/docker-" ID ".scope/init";
	assert_int_equal(mute_owner(&f, MUTE_UNIT, "docker-3f2a1b4c5d6e", true), 0);
	assert_string_equal(es_double.unit, "docker-" ID ".scope");
	/* It is unmuted by that, also when it has ended. */
	es_double.known_cgroup = NULL;
	assert_int_equal(mute_owner(&f, MUTE_UNIT, "docker-3f2a1b4c5d6e", false), 0);
	assert_string_equal(es_double.unit, "");
	assert_int_equal(mute_owner(&f, MUTE_USER, "alice", true), 0);
	assert_int_equal(es_double.user, 501);
	es_double.refuse_units = true;
	assert_int_equal(mute_owner(&f, MUTE_USER, "alice", true), -ENOSPC);
	assert_int_equal(mute_owner(&f, MUTE_SIGNER, "TEAM", true), -EOPNOTSUPP);
	es_double.cgroup_v1 = true;
	assert_int_equal(mute_owner(&f, MUTE_UNIT, "a.service", true), -EOPNOTSUPP);
	assert_string_equal(mutes_error(MUTE_UNIT, -EOPNOTSUPP), "no unit: cgroup v1");
	teardown(&f);
}

/* ---- local rules ---- */

static void
local_rule_drops_before_the_ring_and_is_counted(void **state)
{
	struct mute_rule rule = { .kind = MUTE_PROCESS,
				  .events = files,
				  .version = 5,
				  .process = { .pid = 100, .start_ns = 1000001000 } };
	const struct mute_rule *rules[] = { &rule };
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	hold_locally(&f, rules, 1);
	opens(shell, "/a");
	closes(shell, "/a");
	opens(daemon_proc, "/a");
	es_double_produce(es_double_exit(7, shell, 0));
	es_double_run();
	assert_int_equal(drain(&f), 2);
	assert_int_equal(stats(&f).loss.muted[EV_OPEN], 1);
	assert_int_equal(stats(&f).loss.muted[EV_CLOSE], 1);
	assert_int_equal(loss_sum(stats(&f).loss.ring) + loss_sum(stats(&f).loss.kernel), 0);

	hold_locally(&f, NULL, 0);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(drain(&f), 1);
	teardown(&f);
}

static void
local_rules_take_unterminated_paths(void **state)
{
	struct mute_rule exe = { .kind = MUTE_EXE, .events = files, .path = "/bin/zsh" };
	struct mute_rule target = { .kind = MUTE_TARGET_PREFIX, .events = EVENT_ALL, .path = "/tmp/a" };
	const struct mute_rule *rules[] = { &exe, &target };
	struct double_exec exec = { .after = shell };
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	hold_locally(&f, rules, 2);
	for (uint32_t v = DOUBLE_OLDEST; v <= DOUBLE_NEWEST; v++) {
		es_double_produce(es_double_open(v, shell, "/b", 1));
		es_double_produce(es_double_open(v, daemon_proc, "/tmp/abc", 1));
		es_double_produce(es_double_fork(v, daemon_proc, shell));
		es_double_produce(es_double_exec(v, daemon_proc, exec));
		es_double_run();
		assert_int_equal(drain(&f), 2);
	}
	teardown(&f);
}

/* ---- backfill ---- */

struct seen {
	unsigned count, kernel_threads;
	int32_t pids[4];
};

static void
see(void *ctx, const struct event *e)
{
	struct seen *s = ctx;

	assert_int_equal(e->id, EV_SEEN);
	assert_true(event_valid(e, e->size));
	s->pids[s->count++] = e->who.pid;
	s->kernel_threads += (e->flags & EVENT_KERNEL) != 0;
}

static void
backfill_visits_every_process(void **state)
{
	static const char *const args[] = { "zsh", "-i" };
	const struct double_running running[] = {
		{ .proc = { .pid = 2, .version = 1 }, .kernel_thread = "kthreadd" },
		{ .proc = shell, .args = args, .arg_count = 2 },
		{ .proc = daemon_proc },
	};
	struct seen s = { .count = 0 };
	struct fixture f;

	(void)state;
	es_double.running = running;
	es_double.running_count = 3;
	setup_with(&f, 12);
	assert_int_equal(f.source.ops->backfill(f.source.self, see, &s), 0);
	assert_int_equal(s.count, 3);
	assert_int_equal(s.kernel_threads, 1);
	assert_int_equal(s.pids[1], 100);
	teardown(&f);
}

/* ---- two threads ---- */

enum { STRESS = 400000, PROCS = 50 };

struct producer {
	es_message_t *messages[PROCS];
	atomic_bool done;
};

static void *
produce(void *arg)
{
	struct producer *p = arg;

	for (unsigned i = 0; i < STRESS; i++) {
		es_message_t *msg = p->messages[i % PROCS];

		msg->seq_num = msg->global_seq_num = i;
		es_double_deliver(msg);
	}
	atomic_store(&p->done, true);
	return NULL;
}

static void
rules_change_under_a_running_handler(void **state)
{
	struct producer p = { .done = false };
	struct mute_rule rule[PROCS];
	const struct mute_rule *rules[PROCS];
	struct source_stats s;
	uint64_t applied = 0;
	struct fixture f;
	unsigned n = 0;
	pthread_t thread;
	bool done;

	(void)state;
	setup_with(&f, 14);
	for (int i = 0; i < PROCS; i++) {
		struct double_proc who = shell;

		who.pid = 1000 + i;
		p.messages[i] = es_double_open(11, who, "/tmp/a", 1);
		rule[i] = (struct mute_rule){
			.kind = MUTE_PROCESS, .events = files, .version = 5, .process = { .pid = 1000 + i }
		};
		rules[i] = &rule[i];
	}
	pthread_create(&thread, NULL, produce, &p);
	do {
		done = atomic_load(&p.done);
		hold_locally(&f, rules, n++ % PROCS);
		(void)stats(&f);
		applied += drain(&f);
	} while (!done);
	pthread_join(thread, NULL);
	applied += drain(&f);
	s = stats(&f);
	assert_int_equal(applied + s.loss.ring[EV_OPEN] + s.loss.muted[EV_OPEN], STRESS);
	assert_int_equal(loss_sum(s.loss.kernel), 0);
	teardown(&f);
	for (int i = 0; i < PROCS; i++)
		es_double_free(p.messages[i]);
}

/* ---- only what is listed ---- */

struct wanted_entry {
	const char *path;
	unsigned types;
	bool found;
	unsigned count;
};

static void
look_for(void *arg, const struct mute_entry *entry)
{
	struct wanted_entry *w = arg;

	w->count++;
	w->found |= entry->path && strcmp(entry->path, w->path) == 0 && entry->types == w->types;
}

static bool
is_listed_path(struct fixture *f, const char *path, unsigned types)
{
	struct wanted_entry w = { .path = path, .types = types };

	assert_int_equal(f->source.ops->mute.entries(f->source.self, look_for, &w), 0);
	return w.found;
}

/* What the system mutes for every client would be selected: it is set aside, and restored. */
static void
the_default_set_is_put_aside_while_inverted(void **state)
{
	/* As measured: only of types that decide. */
	es_client_t *nobody = (es_client_t *)(void *)&es_double; /* before there is a client */
	static const es_event_type_t auth[] = { ES_EVENT_TYPE_AUTH_OPEN, ES_EVENT_TYPE_AUTH_EXEC };
	struct fixture f;

	(void)state;
	es_mute_path_events(nobody, "/usr/libexec/tccd", ES_MUTE_PATH_TYPE_LITERAL, auth, 2);
	es_mute_path_events(nobody, "/private/x", ES_MUTE_PATH_TYPE_TARGET_LITERAL,
			    (es_event_type_t[]){ ES_EVENT_TYPE_NOTIFY_OPEN }, 1);
	setup_with(&f, 16);
	mute_path(&f, MUTE_EXE, "/bin/zsh", files, true);
	assert_true(is_listed_path(&f, "/usr/libexec/tccd", 2));
	assert_int_equal(f.source.ops->mute.invert(f.source.self, MUTE_SIDE_PATH, true), 0);
	assert_true(es_double.inverted[ES_MUTE_INVERSION_TYPE_PATH]);
	assert_false(is_listed_path(&f, "/usr/libexec/tccd", 2));
	assert_true(is_listed_path(&f, "/bin/zsh", 2));
	/* Exec, fork and exit of everybody pass, for the tree. The other side is left alone. */
	assert_true(is_listed_path(&f, "/", 3));
	assert_true(is_listed_path(&f, "/private/x", 1));
	assert_int_equal(f.source.ops->mute.invert(f.source.self, MUTE_SIDE_PATH, false), 0);
	assert_false(es_double.inverted[ES_MUTE_INVERSION_TYPE_PATH]);
	assert_true(is_listed_path(&f, "/usr/libexec/tccd", 2));
	assert_false(is_listed_path(&f, "/", 3));
	/* Leaving restores as well. */
	f.source.ops->mute.invert(f.source.self, MUTE_SIDE_TARGET, true);
	assert_false(is_listed_path(&f, "/private/x", 1));
	f.source.ops->stop(f.source.self);
	assert_false(es_double.inverted[ES_MUTE_INVERSION_TYPE_TARGET_PATH]);
	assert_int_equal(es_double.muted_paths, 3);
	teardown(&f);
}

struct idle_entries {
	unsigned count, types;
};

static void
count_idle(void *arg, const struct mute_entry *entry)
{
	struct idle_entries *idle = arg;

	if (mute_kind_is_path(entry->kind) && !entry->events) {
		idle->count++;
		idle->types += entry->types;
	}
}

static struct idle_entries
idle_entries(struct fixture *f)
{
	struct idle_entries idle = { 0 };

	assert_int_equal(f->source.ops->mute.entries(f->source.self, count_idle, &idle), 0);
	return idle;
}

static struct mute_counts
counted(struct mutes *m)
{
	struct mute_counts c;

	mutes_refresh(m);
	mutes_counts(m, &c);
	return c;
}

/* As measured on macOS 13.3.1 and 26: it is there, and suppresses nothing of a NOTIFY client. */
static void
the_default_set_counts_for_nothing(void **state)
{
	static const struct {
		enum double_defaults set;
		unsigned entries, types;
	} table[] = {
		{ DOUBLE_DEFAULTS_13, 16, 16 * 39 },
		{ DOUBLE_DEFAULTS_26, 35, 28 * 39 + 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct ledger l = { 0 };
		struct mute_counts c;
		struct fixture f;
		struct mutes *m;

		es_double_reset();
		es_double.defaults = table[i].set;
		setup_with(&f, 16);
		m = mutes_create(&f.source.ops->mute, f.source.self, files);
		assert_int_equal(es_double.muted_paths, table[i].entries);
		c = counted(m);
		assert_int_equal(c.es_paths, 0);
		assert_int_equal(c.es_processes, 0);
		assert_false(c.differs);
		mutes_list(m, &l, 1);
		assert_int_equal(l.count, 1);
		assert_int_equal(l.rows[0].folded, table[i].entries);
		assert_int_equal(l.rows[0].id, 0);

		/* A rule for a daemon that is in it shares the system's entry: no more entries, and no alarm. */
		assert_int_equal(mutes_add_path(m, MUTE_EXE, "/usr/libexec/logd", 1, MUTE_BY_KEY, 1), 0);
		assert_int_equal(es_double.muted_paths, table[i].entries);
		c = counted(m);
		assert_int_equal(c.es_paths, 1);
		assert_int_equal(c.own_paths, 1);
		assert_false(c.differs);
		mutes_list(m, &l, 1);
		assert_int_equal(l.count, 2);
		assert_int_equal(l.rows[0].state, MUTE_SYSTEM);
		assert_int_equal(l.rows[1].folded, table[i].entries - 1);

		/* Inverted and back: the whole of it, and the rule. */
		assert_int_equal(mutes_invert(m, MUTE_SIDE_PATH), 0);
		assert_int_equal(mutes_invert(m, MUTE_SIDE_PATH), 0);
		assert_false(counted(m).differs);
		mutes_remove(m, mutes_get(m, 0)->id);
		c = counted(m);
		assert_int_equal(c.es_paths, 0);
		assert_false(c.differs);
		assert_int_equal(idle_entries(&f).count, table[i].entries);
		assert_int_equal(idle_entries(&f).types, table[i].types);
		ledger_finish(&l);
		mutes_destroy(m);
		teardown(&f);
	}
}

/* The system dropped what was added to its own entry, but not the entry: the rule is not in force. */
static void
a_rule_lost_from_a_shared_entry_is_gone(void **state)
{
	es_client_t *nobody = (es_client_t *)(void *)&es_double;
	es_event_type_t types[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE };
	struct ledger l = { 0 };
	struct fixture f;
	struct mutes *m;

	(void)state;
	es_double.defaults = DOUBLE_DEFAULTS_26;
	setup_with(&f, 16);
	m = mutes_create(&f.source.ops->mute, f.source.self, files);
	mutes_add_path(m, MUTE_EXE, "/usr/libexec/logd", 1, MUTE_BY_KEY, 1);
	es_unmute_path_events(nobody, "/usr/libexec/logd", ES_MUTE_PATH_TYPE_LITERAL, types, 2);
	assert_true(counted(m).differs);
	mutes_list(m, &l, 1);
	assert_int_equal(l.rows[0].state, MUTE_GONE);
	ledger_finish(&l);
	mutes_destroy(m);
	teardown(&f);
}

/* ---- an exec ---- */

static int
follow(struct fixture *f, uint32_t old, uint32_t version)
{
	return f->source.ops->mute.follow(f->source.self, shell.pid, old, version, files);
}

static bool
is_suppressed(uint32_t version)
{
	struct double_proc who = shell;

	who.version = version;
	return !es_double_produce(es_double_open(11, who, "/x", 1));
}

/* Is a mute the execution's or the process's? Either way it holds for what runs after the exec. */
static void
a_mute_survives_an_exec_under_either_meaning(void **state)
{
	(void)state;
	for (int meaning = 0; meaning < 2; meaning++) {
		struct fixture f;

		es_double_reset();
		es_double.mutes_processes = meaning;
		es_double.knows_meaning = false;
		setup_with(&f, 16);
		mute(&f, shell.pid, shell.version, files, true);
		assert_int_equal(follow(&f, shell.version, shell.version + 1), 0);
		assert_true(is_suppressed(shell.version + 1));
		assert_int_equal(es_double.muted_processes, 2); /* with estop itself */
		assert_int_equal(follow(&f, shell.version + 1, shell.version + 2), 0);
		assert_true(is_suppressed(shell.version + 2));
		mute(&f, shell.pid, shell.version + 2, files, false);
		assert_false(is_suppressed(shell.version + 2));
		teardown(&f);
	}
	/* The other order, which is Linux's, would have ended it: the double does play that. */
	struct fixture f;

	es_double_reset();
	es_double.mutes_processes = true;
	setup_with(&f, 16);
	mute(&f, shell.pid, shell.version, files, true);
	follow(&f, shell.version, shell.version + 1);
	assert_false(is_suppressed(shell.version + 1));
	teardown(&f);
}

static void
a_mute_that_is_not_there_after_an_exec_is_made_again(void **state)
{
	struct fixture f;

	(void)state;
	es_double.knows_meaning = false;
	setup_with(&f, 16);
	mute(&f, shell.pid, shell.version, files, true);
	es_double.forget = 1;
	assert_int_equal(follow(&f, shell.version, shell.version + 1), 0);
	assert_true(is_suppressed(shell.version + 1));
	teardown(&f);
}

static void
an_exec_at_the_limit_of_the_system_keeps_its_mute(void **state)
{
	(void)state;
	for (int known = 0; known < 2; known++) {
		struct fixture f;

		es_double_reset();
		es_double.mute_limit = 2;
		es_double.knows_meaning = known;
		setup_with(&f, 16);
		mute(&f, shell.pid, shell.version, files, true);
		assert_int_equal(follow(&f, shell.version, shell.version + 1), 0);
		assert_true(is_suppressed(shell.version + 1));
		teardown(&f);
	}
}

/* Muted, estop would now be listed: and shown what it causes by showing it. */
static void
with_processes_inverted_estop_does_not_see_itself(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 16);
	mute(&f, shell.pid, shell.version, files, true);
	assert_int_equal(es_double.muted_processes, 2);
	f.source.ops->mute.invert(f.source.self, MUTE_SIDE_PROCESS, true);
	assert_int_equal(es_double.muted_processes, 1);
	f.source.ops->mute.invert(f.source.self, MUTE_SIDE_PROCESS, false);
	assert_int_equal(es_double.muted_processes, 2);
	teardown(&f);
}

static void
visit_nothing(void *ctx, const struct mute_entry *entry)
{
	(void)entry;
	++*(unsigned *)ctx;
}

static void
lists_the_system_refuses_are_an_error(void **state)
{
	struct fixture f;
	unsigned visited = 0;

	(void)state;
	setup_with(&f, 16);
	mute(&f, shell.pid, shell.version, files, true);
	es_double.refuse_lists = true;
	assert_int_equal(f.source.ops->mute.entries(f.source.self, visit_nothing, &visited), -EIO);
	assert_int_equal(visited, 0);
	es_double.refuse_lists = false;
	assert_int_equal(f.source.ops->mute.entries(f.source.self, visit_nothing, &visited), 0);
	assert_int_equal(visited, 1); /* the client itself is not listed */
	teardown(&f);
}

/* What was changed on the way is as it was before. */
static void
an_inversion_the_system_refuses_changes_nothing(void **state)
{
	struct fixture f;

	(void)state;
	for (int side = 0; side < 3; side++) {
		size_t processes, paths;

		setup_with(&f, 16);
		mute(&f, shell.pid, shell.version, files, true);
		processes = es_double.muted_processes;
		paths = es_double.muted_paths;
		es_double.refuse_inversion = true;
		assert_int_equal(f.source.ops->mute.invert(f.source.self, (enum mute_side)side, true), -EIO);
		assert_int_equal(es_double.muted_processes, processes);
		assert_int_equal(es_double.muted_paths, paths);
		es_double.refuse_inversion = false;
		assert_int_equal(f.source.ops->mute.invert(f.source.self, (enum mute_side)side, true), 0);
		assert_true(es_double.inverted[side]);
		assert_int_equal(f.source.ops->mute.invert(f.source.self, (enum mute_side)side, false), 0);
		teardown(&f);
	}
}

static void
of_types_the_system_does_not_know_nothing_is_muted(void **state)
{
	struct fixture f;

	(void)state;
	es_double.last_type = 60;
	setup_with(&f, 16);
	assert_int_equal(mute(&f, shell.pid, shell.version, EVENT_BIT(EV_SETUID), true), 0);
	assert_int_equal(es_double.muted_processes, 1); /* the client itself */
	assert_int_equal(mute(&f, shell.pid, shell.version, EVENT_BIT(EV_SETUID) | EVENT_BIT(EV_OPEN), true),
			 0);
	assert_int_equal(es_double.muted_processes, 2);
	teardown(&f);
}

/* It can be tried again, and nothing is thought to be what it is not. */
static void
an_inversion_the_system_does_not_end_is_still_there(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 16);
	mute(&f, shell.pid, shell.version, files, true);
	assert_int_equal(f.source.ops->mute.invert(f.source.self, MUTE_SIDE_PROCESS, true), 0);
	es_double.refuse_inversion = true;
	assert_int_equal(f.source.ops->mute.invert(f.source.self, MUTE_SIDE_PROCESS, false), -EIO);
	assert_true(es_double.inverted[ES_MUTE_INVERSION_TYPE_PROCESS]);
	es_double.refuse_inversion = false;
	assert_int_equal(f.source.ops->mute.invert(f.source.self, MUTE_SIDE_PROCESS, false), 0);
	assert_false(es_double.inverted[ES_MUTE_INVERSION_TYPE_PROCESS]);
	teardown(&f);
}

/* Each number from the version of messages on that brought it. */
static void
numbers_count_from_their_version_on(void **state)
{
	static const struct {
		uint32_t version;
		unsigned typed, untyped;
	} rows[] = { { 1, 0, 0 }, { 2, 5, 0 }, { 3, 5, 0 }, { 4, 5, 3 }, { 11, 5, 3 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f;

		es_double_reset();
		setup_with(&f, 12);
		es_double_produce(es_double_open(rows[i].version, shell, "/a", 1));
		es_double_lose(ES_EVENT_TYPE_NOTIFY_OPEN, 5);
		es_double_produce(es_double_open(rows[i].version, shell, "/a", 1));
		es_double_lose(ES_EVENT_TYPE_NOTIFY_CLOSE, 3); /* no close tells of them */
		es_double_produce(es_double_open(rows[i].version, shell, "/a", 1));
		es_double_run();
		assert_int_equal(stats(&f).loss.kernel[EV_OPEN], rows[i].typed);
		assert_int_equal(stats(&f).loss.kernel[EV_CLOSE], 0);
		assert_int_equal(stats(&f).kernel_untyped, rows[i].untyped);
		teardown(&f);
	}
}

/* What came before it may have been for others. */
static void
the_first_number_of_all_types_is_where_their_count_begins(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	es_double_lose(ES_EVENT_TYPE_NOTIFY_CLOSE, 7);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).kernel_untyped, 0);
	es_double_lose(ES_EVENT_TYPE_NOTIFY_CLOSE, 2);
	opens(shell, "/a");
	es_double_run();
	assert_int_equal(stats(&f).kernel_untyped, 2);
	teardown(&f);
}

static uint64_t
suppressed_by(struct fixture *f, struct mute_rule rule)
{
	uint64_t count = 0;
	int error = f->source.ops->mute.suppressed(f->source.self, &rule, &count);

	if (error)
		assert_int_equal(error, -ENOSYS);
	return error ? 0 : count;
}

static void
what_a_rule_suppressed_is_asked_for_by_its_kind(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 12);
	assert_int_equal(suppressed_by(&f, (struct mute_rule){ .kind = MUTE_PROCESS }), 0); /* not known */
	es_double.of_process = 1;
	es_double.of_subtree = 2;
	es_double.of_unit = 3;
	es_double.of_user = 4;
	for (unsigned type = 0; type < 4; type++)
		es_double.of_path[type] = 10 + type;
	assert_int_equal(suppressed_by(&f,
				       (struct mute_rule){ .kind = MUTE_PROCESS, .path = (char *)"/bin/x" }),
			 1);
	assert_int_equal(suppressed_by(&f,
				       (struct mute_rule){ .kind = MUTE_SUBTREE, .path = (char *)"/bin/x" }),
			 2);
	assert_int_equal(suppressed_by(&f,
				       (struct mute_rule){ .kind = MUTE_UNIT, .path = (char *)"a.service" }),
			 3);
	assert_int_equal(suppressed_by(&f, (struct mute_rule){ .kind = MUTE_USER, .path = (char *)"alice" }),
			 4);
	for (unsigned kind = 0; kind < MUTE_PATH_KINDS; kind++)
		assert_int_equal(suppressed_by(&f, (struct mute_rule){ .kind = (enum mute_kind)kind,
								       .path = (char *)"/bin/x" }),
				 10 + kind);
	teardown(&f);
}

static void
a_mark_is_passed_when_what_came_before_it_is_in_the_ring(void **state)
{
	struct fixture f;
	uint64_t position = 4711;

	(void)state;
	setup_with(&f, 16);
	es_double.late_sync = true;
	opens(shell, "/a");
	assert_true(f.source.ops->mark(f.source.self));
	assert_false(f.source.ops->marked(f.source.self, &position));
	assert_int_equal(position, 4711);
	es_double_run();
	assert_true(f.source.ops->marked(f.source.self, &position));
	assert_int_equal(position, ring_written(f.ring));
	assert_true(position > 0);
	/* Another one is not passed with the first. */
	assert_true(f.source.ops->mark(f.source.self));
	assert_false(f.source.ops->marked(f.source.self, &position));
	opens(shell, "/b");
	es_double_run();
	assert_true(f.source.ops->marked(f.source.self, &position));
	assert_int_equal(position, ring_written(f.ring));
	es_double.late_sync = false; /* closing waits for a block of its own */
	teardown(&f);
}

/* Only of processes inverted it would see itself. */
static void
with_paths_inverted_estop_stays_muted(void **state)
{
	struct fixture f;

	(void)state;
	setup_with(&f, 16);
	mute_path(&f, MUTE_EXE, "/bin/x", files, true);
	mute_path(&f, MUTE_TARGET, "/etc/x", EVENT_BIT(EV_OPEN), true);
	for (enum mute_side side = MUTE_SIDE_PATH; side <= MUTE_SIDE_TARGET; side++) {
		assert_int_equal(f.source.ops->mute.invert(f.source.self, side, true), 0);
		assert_int_equal(es_double.muted_processes, 1);
		assert_int_equal(f.source.ops->mute.invert(f.source.self, side, false), 0);
		assert_int_equal(es_double.muted_processes, 1);
		es_double.refuse_inversion = true;
		assert_int_equal(f.source.ops->mute.invert(f.source.self, side, true), -EIO);
		assert_int_equal(es_double.muted_processes, 1);
		es_double.refuse_inversion = false;
	}
	teardown(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_refusal_has_its_error, reset),
		cmocka_unit_test_setup(reason_of_the_system_is_what_is_said, reset),
		cmocka_unit_test_setup(client_mutes_itself_before_it_subscribes, reset),
		cmocka_unit_test_setup(client_that_cannot_mute_itself_does_not_open, reset),
		cmocka_unit_test_setup(nothing_but_notify_types_is_subscribed_to, reset),
		cmocka_unit_test_setup(types_the_system_does_not_know_are_not_asked_for, reset),
		cmocka_unit_test_setup(one_refused_type_does_not_take_the_others_along, reset),
		cmocka_unit_test_setup(subscription_changes_while_events_flow, reset),
		cmocka_unit_test_setup(each_unknown_number_counts_its_own_gaps, reset),
		cmocka_unit_test_setup(refused_subscription_is_said, reset),
		cmocka_unit_test_setup(the_default_set_is_put_aside_while_inverted, reset),
		cmocka_unit_test_setup(the_default_set_counts_for_nothing, reset),
		cmocka_unit_test_setup(a_rule_lost_from_a_shared_entry_is_gone, reset),
		cmocka_unit_test_setup(a_mute_survives_an_exec_under_either_meaning, reset),
		cmocka_unit_test_setup(a_mute_that_is_not_there_after_an_exec_is_made_again, reset),
		cmocka_unit_test_setup(an_exec_at_the_limit_of_the_system_keeps_its_mute, reset),
		cmocka_unit_test_setup(with_processes_inverted_estop_does_not_see_itself, reset),
		cmocka_unit_test_setup(close_unsubscribes_and_deletes, reset),
		cmocka_unit_test_setup(stop_delivers_what_is_queued_and_keeps_the_figures, reset),
		cmocka_unit_test_setup(events_of_every_version_reach_the_ring, reset),
		cmocka_unit_test_setup(executable_is_told_once_per_execution, reset),
		cmocka_unit_test_setup(exec_and_fork_tell_of_the_other_executable, reset),
		cmocka_unit_test_setup(dropped_record_has_told_nobody, reset),
		cmocka_unit_test_setup(full_ring_counts_drops_and_keeps_room_for_exits, reset),
		cmocka_unit_test_setup(consumer_is_woken_once_at_the_mark, reset),
		cmocka_unit_test_setup(handler_measures_itself, reset),
		cmocka_unit_test_setup(gap_in_numbers_is_a_loss_of_its_type, reset),
		cmocka_unit_test_setup(first_number_above_zero_is_a_loss, reset),
		cmocka_unit_test_setup(loss_no_event_of_its_type_has_told_of_is_untyped, reset),
		cmocka_unit_test_setup(system_that_counts_tells_of_the_last_losses_too, reset),
		cmocka_unit_test_setup(numbers_that_go_back_are_no_loss, reset),
		cmocka_unit_test_setup(messages_without_numbers_have_no_gaps, reset),
		cmocka_unit_test_setup(resubscribing_takes_the_numbers_as_they_come, reset),
		cmocka_unit_test_setup(muted_process_keeps_its_life_events, reset),
		cmocka_unit_test_setup(queued_events_still_come_after_a_mute, reset),
		cmocka_unit_test_setup(refused_mute_says_whether_the_process_lives, reset),
		cmocka_unit_test_setup(path_kinds_silence_what_they_say, reset),
		cmocka_unit_test_setup(target_rule_asks_only_for_types_with_a_target, reset),
		cmocka_unit_test_setup(counts_are_the_systems_without_estop_itself, reset),
		cmocka_unit_test_setup(a_container_is_muted_by_the_name_of_its_cgroup, reset),
		cmocka_unit_test_setup(local_rule_drops_before_the_ring_and_is_counted, reset),
		cmocka_unit_test_setup(local_rules_take_unterminated_paths, reset),
		cmocka_unit_test_setup(backfill_visits_every_process, reset),
		cmocka_unit_test_setup(rules_change_under_a_running_handler, reset),
		cmocka_unit_test_setup(lists_the_system_refuses_are_an_error, reset),
		cmocka_unit_test_setup(an_inversion_the_system_refuses_changes_nothing, reset),
		cmocka_unit_test_setup(of_types_the_system_does_not_know_nothing_is_muted, reset),
		cmocka_unit_test_setup(an_inversion_the_system_does_not_end_is_still_there, reset),
		cmocka_unit_test_setup(numbers_count_from_their_version_on, reset),
		cmocka_unit_test_setup(the_first_number_of_all_types_is_where_their_count_begins, reset),
		cmocka_unit_test_setup(what_a_rule_suppressed_is_asked_for_by_its_kind, reset),
		cmocka_unit_test_setup(a_mark_is_passed_when_what_came_before_it_is_in_the_ring, reset),
		cmocka_unit_test_setup(with_paths_inverted_estop_stays_muted, reset),
	};
	int failed = cmocka_run_group_tests_name("client", tests, NULL, NULL);

	es_double_reset();
	return failed;
}
