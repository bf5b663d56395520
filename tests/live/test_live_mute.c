/*
 * Muting on real events: what is suppressed, what still arrives, and what the
 * client says about it.
 */
#include "model/event.h"
#include "tests/lib/live.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const es_event_type_t open_type[] = { ES_EVENT_TYPE_NOTIFY_OPEN };
static const es_event_type_t close_type[] = { ES_EVENT_TYPE_NOTIFY_CLOSE };
static const es_event_type_t open_and_close[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE };
static const es_event_type_t fork_and_exit[] = { ES_EVENT_TYPE_NOTIFY_FORK, ES_EVENT_TYPE_NOTIFY_EXIT };

#define MUST_SUCCEED(call) assert_int_equal((call), ES_RETURN_SUCCESS)

static audit_token_t
mute(struct live *l, const struct puppet *p)
{
	audit_token_t token = live_token(l, p->pid);

	MUST_SUCCEED(es_mute_process(l->client, &token));
	return token;
}

/* Opens and closes of path that come when the puppet does n of each. */
struct heard {
	size_t opens, closes;
};

static struct heard
open_path(struct live *l, struct puppet *p, const char *path, int n)
{
	size_t opens = live_count(l, OPEN, p->pid, path), closes = live_count(l, CLOSE, p->pid, path);

	puppet_tell(p, "many %d %s", n, path);
	live_flush(l);
	return (struct heard){ live_count(l, OPEN, p->pid, path) - opens,
			       live_count(l, CLOSE, p->pid, path) - closes };
}

#define ASSERT_HEARD(heard_, opens_, closes_)            \
	do {                                             \
		const struct heard is_ = (heard_);       \
		assert_int_equal(is_.opens, (opens_));   \
		assert_int_equal(is_.closes, (closes_)); \
	} while (0)

static size_t
muted_processes(struct live *l)
{
	es_muted_processes_t *muted = NULL;
	size_t count;

	MUST_SUCCEED(es_muted_processes_events(l->client, &muted));
	assert_non_null(muted);
	count = muted->count;
	es_release_muted_processes(muted);
	return count;
}

static size_t
muted_paths(struct live *l)
{
	es_muted_paths_t *muted = NULL;
	size_t count;

	MUST_SUCCEED(es_muted_paths_events(l->client, &muted));
	assert_non_null(muted);
	count = muted->count;
	es_release_muted_paths(muted);
	return count;
}

static bool
has_type(const es_event_type_t *events, size_t count, es_event_type_t type)
{
	for (size_t i = 0; i < count; i++)
		if (events[i] == type)
			return true;
	return false;
}

/* The types muted for one process: 0 and no types when it is not there. */
static size_t
muted_types(struct live *l, const audit_token_t *token, es_event_type_t *types, size_t room)
{
	es_muted_processes_t *muted = NULL;
	size_t found = 0, count = 0;

	memset(types, 0, room * sizeof(*types));
	MUST_SUCCEED(es_muted_processes_events(l->client, &muted));
	for (size_t i = 0; i < muted->count; i++) {
		const es_muted_process_t *p = &muted->processes[i];

		if (memcmp(&p->audit_token, token, sizeof(*token)) != 0)
			continue;
		found++;
		count = p->event_count;
		for (size_t t = 0; t < count && t < room; t++)
			types[t] = p->events[t];
	}
	es_release_muted_processes(muted);
	assert_true(found <= 1);
	return count;
}

/*
 * Processes
 */

static void
a_muted_process_is_silent(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *path = live_path(l, "file");

	ASSERT_HEARD(open_path(l, &p, path, 20), 20, 20);
	mute(l, &p);
	live_forget(l);
	puppet_tell(&p, "many 100 %s", path);
	puppet_tell(&p, "fork");
	puppet_end(l, &p);
	live_marker(l);
	assert_int_equal(live_count(l, OPEN, p.pid, NULL), 0);
	assert_int_equal(live_count(l, CLOSE, p.pid, NULL), 0);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 0);
	assert_int_equal(live_count(l, EXIT, p.pid, NULL), 0);
}

static void
chosen_events_are_muted_alone(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *path = live_path(l, "file");
	audit_token_t token = live_token(l, p.pid);

	MUST_SUCCEED(es_mute_process_events(l->client, &token, open_type, 1));
	ASSERT_HEARD(open_path(l, &p, path, 20), 0, 20);
	puppet_tell(&p, "fork");
	live_flush(l);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 1);
	MUST_SUCCEED(es_mute_process_events(l->client, &token, fork_and_exit, 2));
	ASSERT_HEARD(open_path(l, &p, path, 20), 0, 20);
	puppet_tell(&p, "fork");
	live_flush(l);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 1);
	MUST_SUCCEED(es_unmute_process_events(l->client, &token, open_type, 1));
	ASSERT_HEARD(open_path(l, &p, path, 20), 20, 20);
	puppet_end(l, &p);
	assert_int_equal(live_count(l, EXIT, p.pid, NULL), 0);
}

static void
unmuting_brings_the_events_back(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *path = live_path(l, "file");
	audit_token_t token = live_token(l, p.pid);

	for (int round = 0; round < 5; round++) {
		/* Muting is about membership: twice is once. */
		MUST_SUCCEED(es_mute_process(l->client, &token));
		MUST_SUCCEED(es_mute_process(l->client, &token));
		ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
		MUST_SUCCEED(es_unmute_process(l->client, &token));
		MUST_SUCCEED(es_unmute_process(l->client, &token));
		ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	}
	puppet_end(l, &p);
	assert_int_equal(live_count(l, EXIT, p.pid, NULL), 1);
}

static void
a_part_of_a_whole_mute_can_be_taken_back(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	audit_token_t token = mute(l, &p);

	MUST_SUCCEED(es_unmute_process_events(l->client, &token, close_type, 1));
	ASSERT_HEARD(open_path(l, &p, live_path(l, "file"), 10), 0, 10);
	puppet_end(l, &p);
	assert_int_equal(live_count(l, EXIT, p.pid, NULL), 0);
}

/* A token names the process by pid and version; who it runs for may have changed. */
static void
a_token_from_an_event_mutes_too(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *path = live_path(l, "file");
	audit_token_t token;

	ASSERT_HEARD(open_path(l, &p, path, 1), 1, 1);
	token = live_event(l, OPEN, p.pid, path, 0)->actor.token;
	assert_true(live_same_program(token, live_token(l, p.pid)));
	token.val[1] += 7;
	MUST_SUCCEED(es_mute_process(l->client, &token));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	puppet_end(l, &p);
}

static void
children_of_a_muted_process_are_heard(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *path = live_path(l, "file");
	size_t opens;

	mute(l, &p);
	puppet_tell(&p, "shell %s", path);
	live_flush(l);
	opens = live_count(l, OPEN, 0, path);
	assert_int_equal(opens, 1);
	assert_int_not_equal(live_event(l, OPEN, 0, path, 0)->actor.pid, p.pid);
	assert_int_equal(live_event(l, OPEN, 0, path, 0)->actor.ppid, p.pid);
	assert_int_equal(live_count(l, EXIT, live_event(l, OPEN, 0, path, 0)->actor.pid, NULL), 1);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 0);
	puppet_end(l, &p);
}

static void
a_mute_is_of_one_program_and_ends_with_exec(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, live_self_path());
	const char *path = live_path(l, "file");
	const size_t before = muted_processes(l);
	audit_token_t old = mute(l, &p), new;

	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	live_forget(l);
	puppet_tell(&p, "exec %s", live_self_path());
	live_flush(l);
	/* The exec is an act of the muted one. */
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 0);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	new = live_token(l, p.pid);
	assert_int_not_equal(audit_token_to_pidversion(old), audit_token_to_pidversion(new));
	/* The old name is nobody's any more. */
	assert_int_equal(es_mute_process(l->client, &old), ES_RETURN_ERROR);
	MUST_SUCCEED(es_unmute_process(l->client, &old));
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	MUST_SUCCEED(es_mute_process(l->client, &new));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	puppet_end(l, &p);
	live_marker(l);
	assert_int_equal(muted_processes(l), before);
}

static void
exec_by_another_thread_of_a_muted_process_is_muted(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, live_self_path());
	const char *path = live_path(l, "file");

	mute(l, &p);
	live_forget(l);
	puppet_tell(&p, "threadexec %s", live_self_path());
	live_flush(l);
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 0);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	puppet_end(l, &p);
}

static void
exec_can_be_kept_while_the_rest_is_muted(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, live_self_path());
	audit_token_t token = live_token(l, p.pid);
	const char *path = live_path(l, "file");

	MUST_SUCCEED(es_mute_process_events(l->client, &token, open_and_close, 2));
	live_forget(l);
	puppet_tell(&p, "exec %s", live_self_path());
	live_flush(l);
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 1);
	assert_true(live_same_program(live_event(l, EXEC, p.pid, NULL, 0)->actor.token, token));
	assert_int_equal(live_event(l, EXEC, p.pid, NULL, 0)->argc, 4);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	puppet_end(l, &p);
}

static void
exit_ends_the_mute(void **state)
{
	struct live *l = live_begin(state);
	const size_t before = muted_processes(l);
	struct puppet some[5];

	for (size_t i = 0; i < LENGTH(some); i++) {
		some[i] = live_puppet(l, NULL);
		mute(l, &some[i]);
	}
	assert_int_equal(muted_processes(l), before + LENGTH(some));
	for (size_t i = 0; i < LENGTH(some); i++) {
		puppet_end(l, &some[i]);
		live_marker(l);
		assert_int_equal(muted_processes(l), before + LENGTH(some) - 1 - i);
	}
}

/* Also when its exit is not delivered: the client is subscribed to opens alone. */
static void
exit_ends_the_mute_whatever_is_subscribed(void **state)
{
	struct live *l = live_prepare(state);
	const uint64_t until = live_now_ms() + LIVE_DEADLINE_MS;
	struct puppet p;
	size_t before;

	live_connect(l);
	live_mute_self(l);
	MUST_SUCCEED(es_subscribe(l->client, open_type, 1));
	before = muted_processes(l);
	p = live_puppet(l, NULL);
	mute(l, &p);
	assert_int_equal(muted_processes(l), before + 1);
	puppet_end(l, &p);
	while (muted_processes(l) != before && live_now_ms() < until)
		live_marker(l);
	assert_int_equal(muted_processes(l), before);
}

static void
only_a_running_process_can_be_muted(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const size_t before = muted_processes(l);
	audit_token_t token = live_token(l, p.pid), other = token;

	other.val[7]++;
	assert_int_equal(es_mute_process(l->client, &other), ES_RETURN_ERROR);
	assert_int_equal(es_mute_process_events(l->client, &other, open_type, 1), ES_RETURN_ERROR);
	other = token;
	other.val[5] = 4u << 20; /* more than there can be */
	assert_int_equal(es_mute_process(l->client, &other), ES_RETURN_ERROR);
	assert_int_equal(muted_processes(l), before);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "file"), 10), 10, 10);
	puppet_end(l, &p);
	assert_int_equal(es_mute_process(l->client, &token), ES_RETURN_ERROR);
	MUST_SUCCEED(es_unmute_process(l->client, &token));
	assert_int_equal(muted_processes(l), before);
}

static void
a_reused_pid_is_not_muted(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *path = live_path(l, "file");
	const pid_t pid = p.pid;

	mute(l, &p);
	puppet_end(l, &p);
	live_run_privileged(l, ^{
	  pid_t wanted = pid, got;
	  struct clone_args args = {
		  .exit_signal = SIGCHLD,
		  .set_tid = (uint64_t)(uintptr_t)&wanted,
		  .set_tid_size = 1,
	  };

	  got = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	  if (got < 0 && errno == EPERM)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(got >= 0);
	  if (got == 0) {
		  live_open(path);
		  _exit(0);
	  }
	  live_reap(got);
	});
	assert_int_equal(live_count(l, OPEN, pid, path), 1);
}

static void
at_the_limit_a_mute_is_refused_until_one_exits(void **state)
{
	struct live *l = live_prepare(state);
	es_linux_config_t config = { .mute_limit = 255 };
	enum { PROCESSES = 300, LIMIT = 255 };
	struct puppet *some = calloc(PROCESSES, sizeof(*some));
	audit_token_t *tokens = calloc(PROCESSES, sizeof(*tokens)), *found = tokens;
	const pid_t self = getpid();
	size_t before;

	MUST_SUCCEED(es_linux_configure(&config));
	live_connect(l);
	config.mute_limit = 0;
	MUST_SUCCEED(es_linux_configure(&config));
	live_subscribe(l);
	before = muted_processes(l);
	assert_int_equal(before, 0);
	for (size_t i = 0; i < PROCESSES; i++)
		some[i] = live_puppet(l, NULL);
	MUST_SUCCEED(es_linux_processes(l->client, ^(const es_process_t *p, const es_linux_extra_t *extra) {
	  (void)extra;
	  for (size_t i = 0; p->ppid == self && i < PROCESSES; i++)
		  if (some[i].pid == audit_token_to_pid(p->audit_token))
			  found[i] = p->audit_token;
	}));
	for (size_t i = 0; i < PROCESSES; i++) {
		assert_int_equal(audit_token_to_pid(tokens[i]), some[i].pid);
		assert_int_equal(es_mute_process(l->client, &tokens[i]),
				 i < LIMIT ? ES_RETURN_SUCCESS : ES_RETURN_ERROR);
	}
	assert_int_equal(muted_processes(l), LIMIT);
	/* The refused ones are as loud as before, the others as silent; a full set can be added to
	 * where there is an entry. */
	ASSERT_HEARD(open_path(l, &some[LIMIT], live_path(l, "file"), 10), 10, 10);
	ASSERT_HEARD(open_path(l, &some[0], live_path(l, "file"), 10), 0, 0);
	MUST_SUCCEED(es_mute_process(l->client, &tokens[7]));
	MUST_SUCCEED(es_unmute_process_events(l->client, &tokens[7], open_type, 1));
	MUST_SUCCEED(es_mute_process_events(l->client, &tokens[7], open_type, 1));

	puppet_end(l, &some[0]);
	live_marker(l);
	assert_int_equal(muted_processes(l), LIMIT - 1);
	MUST_SUCCEED(es_mute_process(l->client, &tokens[LIMIT]));
	assert_int_equal(es_mute_process(l->client, &tokens[LIMIT + 1]), ES_RETURN_ERROR);
	ASSERT_HEARD(open_path(l, &some[LIMIT], live_path(l, "file"), 10), 0, 0);

	MUST_SUCCEED(es_unmute_process(l->client, &tokens[1]));
	MUST_SUCCEED(es_mute_process(l->client, &tokens[LIMIT + 1]));
	assert_int_equal(muted_processes(l), LIMIT);
	ASSERT_HEARD(open_path(l, &some[LIMIT + 1], live_path(l, "file"), 10), 0, 0);
	ASSERT_HEARD(open_path(l, &some[1], live_path(l, "file"), 10), 10, 10);
	for (size_t i = 1; i < PROCESSES; i++)
		puppet_end(l, &some[i]);
	live_marker(l);
	assert_int_equal(muted_processes(l), 0);
	free(some);
	free(tokens);
}

/*
 * Under way
 */

static void
after_the_mute_nothing_new_comes(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	struct {
		_Atomic uint64_t rounds;
		atomic_int stop;
	} *shared = live_shared(l, sizeof(*shared));
	pid_t pid = live_spawn(l, ^{
	  while (!shared->stop) {
		  MUST(close(live_open(path)) == 0);
		  shared->rounds++;
	  }
	});
	audit_token_t token;
	size_t at_marker;
	uint64_t rounds;

	live_wait(l, ES_EVENT_TYPE_NOTIFY_CLOSE, pid, path, 100);
	token = live_token(l, pid);
	MUST_SUCCEED(es_mute_process(l->client, &token));
	live_marker(l);
	at_marker = live_count(l, OPEN, pid, path) + live_count(l, CLOSE, pid, path);
	for (rounds = shared->rounds; shared->rounds < rounds + 5000;)
		sched_yield();
	shared->stop = 1;
	assert_int_equal(live_reap_quietly(l, pid), 0);
	live_marker(l);
	/* At most the call that was under way on another processor. */
	assert_true(live_count(l, OPEN, pid, path) + live_count(l, CLOSE, pid, path) <= at_marker + 1);
	assert_int_equal(live_count(l, EXIT, pid, NULL), 0);
}

static void
muted_events_are_counted(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	es_linux_stats_t *before = malloc(sizeof(*before)), *after = malloc(sizeof(*after));
	const char *path = live_path(l, "file");

	mute(l, &p);
	MUST_SUCCEED(es_linux_stats(l->client, before));
	puppet_tell(&p, "many 1000 %s", path);
	puppet_tell(&p, "fork");
	MUST_SUCCEED(es_linux_stats(l->client, after));
	assert_true(after->event[OPEN].muted - before->event[OPEN].muted >= 1000);
	assert_true(after->event[CLOSE].muted - before->event[CLOSE].muted >= 1000);
	assert_true(after->event[FORK].muted - before->event[FORK].muted >= 1);
	for (size_t type = 0; type < ES_LINUX_EVENT_MAX; type++)
		assert_true(after->event[type].produced >= after->event[type].muted);
	puppet_end(l, &p);
	free(before);
	free(after);
}

/* What is muted is not missed elsewhere: the file was opened for writing all the same. */
static void
a_muted_open_does_not_hide_what_its_close_says(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	audit_token_t token = live_token(l, p.pid);
	const char *path = live_path(l, "file");

	MUST_SUCCEED(es_mute_process_events(l->client, &token, open_type, 1));
	puppet_tell(&p, "write %s", path);
	live_flush(l);
	assert_int_equal(live_count(l, OPEN, p.pid, path), 0);
	assert_true(live_event(l, CLOSE, p.pid, path, 0)->modified);
	puppet_end(l, &p);
}

/*
 * Executables
 */

static void
an_executable_is_muted_by_its_whole_path(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *path = live_path(l, "file");
	struct puppet p = live_puppet(l, program), q = live_puppet(l, live_program(l, "program2"));

	MUST_SUCCEED(es_mute_path(l->client, program, ES_MUTE_PATH_TYPE_LITERAL));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &q, path, 10), 10, 10);
	/* Its children run the same program. */
	live_forget(l);
	puppet_tell(&p, "shell %s", path);
	live_flush(l);
	assert_int_equal(live_count(l, OPEN, 0, path), 0);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 0);
	MUST_SUCCEED(es_unmute_path(l->client, program, ES_MUTE_PATH_TYPE_PREFIX)); /* not that */
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_unmute_path(l->client, program, ES_MUTE_PATH_TYPE_LITERAL));
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	puppet_end(l, &p);
	puppet_end(l, &q);
}

static void
an_executable_is_muted_by_the_beginning_of_its_path(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	struct puppet p = live_puppet(l, live_program(l, "program")),
		      q = live_puppet(l, live_program(l, "prolog"));

	/* Plain text: it need not end where a name does. */
	MUST_SUCCEED(es_mute_path(l->client, live_path(l, "prog"), ES_MUTE_PATH_TYPE_PREFIX));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &q, path, 10), 10, 10);
	MUST_SUCCEED(es_mute_path(l->client, live_path(l, "pr"), ES_MUTE_PATH_TYPE_PREFIX));
	ASSERT_HEARD(open_path(l, &q, path, 10), 0, 0);
	/* Each is an entry of its own. */
	MUST_SUCCEED(es_unmute_path(l->client, live_path(l, "pr"), ES_MUTE_PATH_TYPE_PREFIX));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &q, path, 10), 10, 10);
	MUST_SUCCEED(es_mute_path(l->client, live_path(l, "program"), ES_MUTE_PATH_TYPE_PREFIX));
	MUST_SUCCEED(es_unmute_path(l->client, live_path(l, "prog"), ES_MUTE_PATH_TYPE_PREFIX));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_mute_path(l->client, "/", ES_MUTE_PATH_TYPE_PREFIX));
	ASSERT_HEARD(open_path(l, &q, path, 10), 0, 0);
	MUST_SUCCEED(es_unmute_all_paths(l->client));
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	ASSERT_HEARD(open_path(l, &q, path, 10), 10, 10);
	puppet_end(l, &p);
	puppet_end(l, &q);
}

static uint64_t
muted_elsewhere(struct live *l)
{
	es_linux_stats_t *stats = calloc(1, sizeof(*stats));
	uint64_t n;

	assert_non_null(stats);
	MUST_SUCCEED(es_linux_stats(l->client, stats));
	n = stats->muted_elsewhere;
	free(stats);
	return n;
}

/* What has that path there may be another program: it is muted, and counted apart. */
static void
a_path_muted_in_another_mount_namespace_is_counted_apart(void **state)
{
	struct live *l = live_begin(state);
	const char *quiet = live_program(l, "quiet"), *other = live_program(l, "other");
	const char *path = live_path(l, "file");
	struct puppet p = live_puppet(l, quiet);
	uint64_t before;
	pid_t pid;

	MUST_SUCCEED(es_mute_path(l->client, quiet, ES_MUTE_PATH_TYPE_LITERAL));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	before = muted_elsewhere(l);
	assert_int_equal(before, 0);
	pid = live_spawn(l, ^{
	  MUST(unshare(CLONE_NEWNS) == 0);
	  MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	  MUST(mount(other, quiet, NULL, MS_BIND, NULL) == 0);
	  live_exec_exit(quiet);
	});
	assert_int_equal(live_reap_quietly(l, pid), 0);
	live_flush(l);
	assert_true(muted_elsewhere(l) > before); /* what its start opens and closes */
	before = muted_elsewhere(l);
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	assert_int_equal(muted_elsewhere(l), before);
	puppet_end(l, &p);
}

static void
chosen_events_of_an_executable_are_muted_alone(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *path = live_path(l, "file");
	struct puppet p = live_puppet(l, program);

	MUST_SUCCEED(es_mute_path_events(l->client, program, ES_MUTE_PATH_TYPE_LITERAL, open_type, 1));
	MUST_SUCCEED(es_mute_path_events(l->client, l->dir, ES_MUTE_PATH_TYPE_PREFIX, fork_and_exit, 2));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 10);
	MUST_SUCCEED(es_mute_path_events(l->client, program, ES_MUTE_PATH_TYPE_LITERAL, close_type, 1));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_unmute_path_events(l->client, program, ES_MUTE_PATH_TYPE_LITERAL, open_type, 1));
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 0);
	puppet_tell(&p, "fork");
	puppet_end(l, &p);
	live_marker(l);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 0);
	assert_int_equal(live_count(l, EXIT, p.pid, NULL), 0);
}

static void
a_muted_executable_is_silent_from_its_exec_to_its_next(void **state)
{
	struct live *l = live_begin(state);
	const char *quiet = live_program(l, "quiet"), *loud = live_program(l, "loud");
	const char *path = live_path(l, "file");
	struct puppet p = live_puppet(l, loud);

	MUST_SUCCEED(es_mute_path(l->client, quiet, ES_MUTE_PATH_TYPE_LITERAL));
	live_forget(l);
	puppet_tell(&p, "exec %s", quiet);
	live_flush(l);
	/* It is the program before that execs. */
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 1);
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	puppet_tell(&p, "exec %s", loud);
	live_flush(l);
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 1);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	puppet_tell(&p, "threadexec %s", quiet);
	puppet_tell(&p, "threadexec %s", loud);
	live_flush(l);
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 2);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	puppet_end(l, &p);
}

/* Whichever thread ends last: the program is the same. */
static void
an_executable_is_muted_to_the_end_of_its_last_thread(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program");
	struct puppet p = live_puppet(l, program);
	size_t heard = 0;

	MUST_SUCCEED(es_mute_path(l->client, program, ES_MUTE_PATH_TYPE_LITERAL));
	live_forget(l);
	for (int i = 0; i < 10; i++)
		puppet_tell(&p, "threadfork");
	live_marker(l);
	for (size_t i = l->from; i < live_size(l); i++) {
		const struct live_process *actor = &live_at(l, i)->actor;

		heard += live_is(&actor->path, program) || actor->ppid == p.pid;
	}
	assert_int_equal(heard, 0);
	/* And the other way round: selected to the end. */
	MUST_SUCCEED(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_PATH));
	live_forget(l);
	for (int i = 0; i < 10; i++)
		puppet_tell(&p, "threadfork");
	live_flush(l);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 10);
	for (size_t i = 0; i < 10; i++) {
		const pid_t child = live_event(l, FORK, p.pid, NULL, i)->other.pid;

		assert_int_equal(live_count(l, EXIT, child, NULL), 1);
	}
	puppet_end(l, &p);
}

/*
 * Targets
 */

static void
a_target_is_muted_by_its_whole_path(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *quiet = live_path(l, "quiet"), *other = live_path(l, "quiet2");

	MUST_SUCCEED(es_mute_path(l->client, quiet, ES_MUTE_PATH_TYPE_TARGET_LITERAL));
	ASSERT_HEARD(open_path(l, &p, quiet, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &p, other, 10), 10, 10);
	MUST_SUCCEED(es_unmute_path_events(l->client, quiet, ES_MUTE_PATH_TYPE_TARGET_LITERAL, close_type, 1));
	ASSERT_HEARD(open_path(l, &p, quiet, 10), 0, 10);
	MUST_SUCCEED(es_unmute_path(l->client, quiet, ES_MUTE_PATH_TYPE_TARGET_LITERAL));
	ASSERT_HEARD(open_path(l, &p, quiet, 10), 10, 10);
	puppet_end(l, &p);
}

static void
a_target_is_muted_by_the_beginning_of_its_path(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *quiet = live_path(l, "quiet"), *within = live_path(l, "quiet dir/a/b");

	assert_int_equal(mkdir(live_path(l, "quiet dir"), 0755), 0);
	assert_int_equal(mkdir(live_path(l, "quiet dir/a"), 0755), 0);
	MUST_SUCCEED(es_mute_path(l->client, quiet, ES_MUTE_PATH_TYPE_TARGET_PREFIX));
	ASSERT_HEARD(open_path(l, &p, quiet, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &p, within, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "qui"), 10), 10, 10);
	MUST_SUCCEED(es_unmute_all_target_paths(l->client));
	ASSERT_HEARD(open_path(l, &p, within, 10), 10, 10);
	puppet_end(l, &p);
}

static void
an_exec_is_muted_by_its_target(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *path = live_path(l, "file");
	struct puppet p = live_puppet(l, live_self_path());

	MUST_SUCCEED(es_mute_path(l->client, program, ES_MUTE_PATH_TYPE_TARGET_LITERAL));
	live_forget(l);
	puppet_tell(&p, "exec %s", program);
	live_flush(l);
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 0);
	/* What the program does is not about its file. */
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	assert_true(live_is(&live_event(l, OPEN, p.pid, path, 0)->actor.path, program));
	puppet_tell(&p, "exec %s", live_self_path());
	live_flush(l);
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 1);
	puppet_end(l, &p);
}

static void
events_without_a_target_pass(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);

	MUST_SUCCEED(es_mute_path(l->client, "/", ES_MUTE_PATH_TYPE_TARGET_PREFIX));
	ASSERT_HEARD(open_path(l, &p, live_path(l, "file"), 10), 0, 0);
	puppet_tell(&p, "fork");
	puppet_end(l, &p);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 1);
	assert_int_equal(live_count(l, EXIT, p.pid, NULL), 1);
	/* They cannot be muted so: only what names a file is taken of a list. */
	assert_int_equal(es_mute_path_events(l->client, "/x", ES_MUTE_PATH_TYPE_TARGET_LITERAL, fork_and_exit,
					     2),
			 ES_RETURN_ERROR);
	MUST_SUCCEED(es_mute_path_events(l->client, "/x", ES_MUTE_PATH_TYPE_TARGET_LITERAL,
					 (const es_event_type_t[]){ ES_EVENT_TYPE_NOTIFY_FORK,
								    ES_EVENT_TYPE_NOTIFY_OPEN },
					 2));
}

static void
a_muted_target_may_be_deep_and_odd(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *odd = live_path(l, "%s", "odd\n\xff name"), *deep = live_deep_path(l, 3900);

	assert_int_equal(close(live_make_deep(l, deep)), 0);
	MUST_SUCCEED(es_mute_path(l->client, odd, ES_MUTE_PATH_TYPE_TARGET_LITERAL));
	MUST_SUCCEED(es_mute_path(l->client, deep, ES_MUTE_PATH_TYPE_TARGET_LITERAL));
	ASSERT_HEARD(open_path(l, &p, odd, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &p, deep, 10), 0, 0);
	MUST_SUCCEED(es_unmute_path(l->client, deep, ES_MUTE_PATH_TYPE_TARGET_LITERAL));
	ASSERT_HEARD(open_path(l, &p, deep, 10), 10, 10);
	puppet_end(l, &p);
}

/*
 * Inverted
 */

static void
inverted_processes_select(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL), q = live_puppet(l, NULL);
	const char *path = live_path(l, "file");
	audit_token_t self;

	MUST_SUCCEED(es_linux_self_token(&self));
	MUST_SUCCEED(es_unmute_process(l->client, &self));
	assert_int_equal(es_muting_inverted(l->client, ES_MUTE_INVERSION_TYPE_PROCESS), ES_MUTE_NOT_INVERTED);
	mute(l, &p);
	MUST_SUCCEED(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_PROCESS));
	assert_int_equal(es_muting_inverted(l->client, ES_MUTE_INVERSION_TYPE_PROCESS), ES_MUTE_INVERTED);
	assert_int_equal(es_muting_inverted(l->client, ES_MUTE_INVERSION_TYPE_PATH), ES_MUTE_NOT_INVERTED);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	ASSERT_HEARD(open_path(l, &q, path, 10), 0, 0);
	/* A muted executable is muted all the same: each way of muting stands for itself. */
	MUST_SUCCEED(es_mute_path(l->client, live_self_path(), ES_MUTE_PATH_TYPE_LITERAL));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_unmute_path(l->client, live_self_path(), ES_MUTE_PATH_TYPE_LITERAL));
	MUST_SUCCEED(es_mute_path(l->client, path, ES_MUTE_PATH_TYPE_TARGET_LITERAL));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_unmute_path(l->client, path, ES_MUTE_PATH_TYPE_TARGET_LITERAL));
	MUST_SUCCEED(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_PROCESS));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &q, path, 10), 10, 10);
	puppet_end(l, &p);
	puppet_end(l, &q);
}

static void
inverted_executables_select(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *path = live_path(l, "file");
	struct puppet p = live_puppet(l, program), q = live_puppet(l, NULL);

	MUST_SUCCEED(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_PATH));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_mute_path(l->client, program, ES_MUTE_PATH_TYPE_LITERAL));
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	ASSERT_HEARD(open_path(l, &q, path, 10), 0, 0);
	mute(l, &p);
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	puppet_end(l, &p);
	puppet_end(l, &q);
}

static void
inverted_targets_select(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *wanted = live_path(l, "wanted/file"), *other = live_path(l, "other");

	assert_int_equal(mkdir(live_path(l, "wanted"), 0755), 0);
	MUST_SUCCEED(es_mute_path(l->client, live_path(l, "wanted/"), ES_MUTE_PATH_TYPE_TARGET_PREFIX));
	MUST_SUCCEED(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_TARGET_PATH));
	ASSERT_HEARD(open_path(l, &p, wanted, 10), 10, 10);
	ASSERT_HEARD(open_path(l, &p, other, 10), 0, 0);
	/* What has no target passes. */
	puppet_tell(&p, "fork");
	puppet_end(l, &p);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 1);
	assert_int_equal(live_count(l, EXIT, p.pid, NULL), 1);
	MUST_SUCCEED(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_TARGET_PATH));
	assert_int_equal(es_muting_inverted(l->client, ES_MUTE_INVERSION_TYPE_LAST), ES_MUTE_INVERTED_ERROR);
	assert_int_equal(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_LAST), ES_RETURN_ERROR);
}

/*
 * What is muted
 */

static void
the_muted_processes_are_told_as_they_were_given(void **state)
{
	struct live *l = live_prepare(state);
	es_muted_processes_t *muted = NULL;
	es_event_type_t types[ES_LINUX_EVENT_MAX];
	audit_token_t token, *tokens = (audit_token_t *)8;
	struct puppet p;
	size_t count = 99;

	live_connect(l);
	MUST_SUCCEED(es_muted_processes_events(l->client, &muted));
	assert_int_equal(muted->count, 0);
	es_release_muted_processes(muted);
	MUST_SUCCEED(es_muted_processes(l->client, &count, &tokens));
	assert_int_equal(count, 0);
	assert_null(tokens);

	p = live_puppet(l, NULL);
	token = live_token(l, p.pid);
	token.val[1] ^= 3; /* as given, not as looked up */
	MUST_SUCCEED(es_mute_process_events(l->client, &token, open_and_close, 2));
	assert_int_equal(muted_types(l, &token, types, LENGTH(types)), 2);
	assert_true(has_type(types, 2, ES_EVENT_TYPE_NOTIFY_OPEN));
	assert_true(has_type(types, 2, ES_EVENT_TYPE_NOTIFY_CLOSE));
	MUST_SUCCEED(es_unmute_process_events(l->client, &token, open_type, 1));
	assert_int_equal(muted_types(l, &token, types, LENGTH(types)), 1);
	assert_int_equal(types[0], ES_EVENT_TYPE_NOTIFY_CLOSE);
	MUST_SUCCEED(es_mute_process(l->client, &token));
	MUST_SUCCEED(es_unmute_process_events(l->client, &token, fork_and_exit, 2));
	count = muted_types(l, &token, types, LENGTH(types));
	assert_true(count >= 3);
	assert_true(has_type(types, count, ES_EVENT_TYPE_NOTIFY_OPEN));
	assert_true(has_type(types, count, ES_EVENT_TYPE_NOTIFY_EXEC));
	assert_false(has_type(types, count, ES_EVENT_TYPE_NOTIFY_FORK));
	MUST_SUCCEED(es_muted_processes(l->client, &count, &tokens));
	assert_int_equal(count, 1);
	assert_memory_equal(&tokens[0], &token, sizeof(token));
	free(tokens);
	MUST_SUCCEED(es_unmute_process(l->client, &token));
	assert_int_equal(muted_processes(l), 0);
	puppet_end(l, &p);
}

static void
a_target_mutes_the_types_of_the_table_and_no_others(void **state)
{
	struct live *l = live_prepare(state);

	live_connect(l);
	for (unsigned id = 0; id < EV_OTHER; id++) {
		const es_event_type_t type = (es_event_type_t)event_info[id].number;
		bool muted = es_mute_path_events(l->client, "/a", ES_MUTE_PATH_TYPE_TARGET_LITERAL, &type,
						 1) == ES_RETURN_SUCCESS;

		if (muted != event_info[id].target)
			fail_msg("%s is %smuted by target", event_info[id].name, muted ? "" : "not ");
	}
}

static void
the_muted_paths_are_told_as_they_were_given(void **state)
{
	struct live *l = live_prepare(state);
	static const struct {
		const char *path;
		es_mute_path_type_t type;
	} entries[] = {
		{ "/a", ES_MUTE_PATH_TYPE_PREFIX },
		{ "/a", ES_MUTE_PATH_TYPE_LITERAL },
		{ "/a", ES_MUTE_PATH_TYPE_TARGET_PREFIX },
		{ "/a", ES_MUTE_PATH_TYPE_TARGET_LITERAL },
		{ "/a/odd\n\xff", ES_MUTE_PATH_TYPE_LITERAL },
	};
	es_muted_paths_t *muted = NULL;

	live_connect(l);
	assert_int_equal(muted_paths(l), 0);
	for (size_t i = 0; i < LENGTH(entries); i++) {
		MUST_SUCCEED(
			es_mute_path_events(l->client, entries[i].path, entries[i].type, open_and_close, 2));
		MUST_SUCCEED(es_mute_path_events(l->client, entries[i].path, entries[i].type, open_type, 1));
	}
	MUST_SUCCEED(es_muted_paths_events(l->client, &muted));
	assert_int_equal(muted->count, LENGTH(entries));
	for (size_t i = 0; i < LENGTH(entries); i++) {
		size_t found = 0;

		for (size_t m = 0; m < muted->count; m++) {
			const es_muted_path_t *p = &muted->paths[m];

			if (p->type != entries[i].type || p->path.length != strlen(entries[i].path) ||
			    memcmp(p->path.data, entries[i].path, p->path.length) != 0)
				continue;
			found++;
			assert_int_equal(p->event_count, 2);
			assert_true(has_type(p->events, 2, ES_EVENT_TYPE_NOTIFY_OPEN));
			assert_true(has_type(p->events, 2, ES_EVENT_TYPE_NOTIFY_CLOSE));
		}
		assert_int_equal(found, 1);
	}
	es_release_muted_paths(muted);
	MUST_SUCCEED(es_unmute_path(l->client, "/absent", ES_MUTE_PATH_TYPE_LITERAL));
	MUST_SUCCEED(es_unmute_path_events(l->client, "/a", ES_MUTE_PATH_TYPE_PREFIX, open_type, 1));
	assert_int_equal(muted_paths(l), 5);
	MUST_SUCCEED(es_unmute_path_events(l->client, "/a", ES_MUTE_PATH_TYPE_PREFIX, close_type, 1));
	assert_int_equal(muted_paths(l), 4);
	MUST_SUCCEED(es_unmute_all_target_paths(l->client));
	assert_int_equal(muted_paths(l), 2);
	MUST_SUCCEED(es_unmute_all_paths(l->client));
	assert_int_equal(muted_paths(l), 0);
	assert_int_equal(es_mute_path(l->client, "/a", (es_mute_path_type_t)4), ES_RETURN_ERROR);
	assert_int_equal(muted_paths(l), 0);
}

/* The kernel's map of paths is full: what it has no room for is not in the list, either. */
static void
a_path_that_the_kernel_refuses_is_not_muted(void **state)
{
	enum { ROOM = 65536 };
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *path = live_path(l, "file");
	struct puppet p = live_puppet(l, program);
	uint64_t count;

	for (int i = 0; i < ROOM; i++) {
		char name[32];

		snprintf(name, sizeof(name), "/absent/%d", i);
		MUST_SUCCEED(es_mute_path(l->client, name, ES_MUTE_PATH_TYPE_LITERAL));
	}
	assert_int_equal(es_mute_path(l->client, program, ES_MUTE_PATH_TYPE_LITERAL), ES_RETURN_ERROR);
	assert_int_equal(es_mute_path(l->client, l->dir, ES_MUTE_PATH_TYPE_PREFIX), ES_RETURN_ERROR);
	assert_int_equal(muted_paths(l), ROOM);
	assert_int_equal(es_linux_suppressed_path(l->client, program, ES_MUTE_PATH_TYPE_LITERAL, &count),
			 ES_RETURN_ERROR);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	/* One that is there can be changed, and there is room again when one has gone. */
	MUST_SUCCEED(es_unmute_path_events(l->client, "/absent/7", ES_MUTE_PATH_TYPE_LITERAL, open_type, 1));
	assert_int_equal(muted_paths(l), ROOM);
	MUST_SUCCEED(es_unmute_path(l->client, "/absent/7", ES_MUTE_PATH_TYPE_LITERAL));
	MUST_SUCCEED(es_mute_path(l->client, program, ES_MUTE_PATH_TYPE_LITERAL));
	assert_int_equal(muted_paths(l), ROOM);
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_unmute_all_paths(l->client));
	assert_int_equal(muted_paths(l), 0);
	puppet_end(l, &p);
}

static void
the_older_calls_mute_too(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *path = live_path(l, "file");
	struct puppet p = live_puppet(l, program);

	MUST_SUCCEED(es_mute_path_prefix(l->client, l->dir));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_unmute_path(l->client, l->dir, ES_MUTE_PATH_TYPE_PREFIX));
	MUST_SUCCEED(es_mute_path_literal(l->client, program));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	MUST_SUCCEED(es_unmute_all_paths(l->client));
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	puppet_end(l, &p);
}

static void
ten_thousand_paths_are_kept_apart(void **state)
{
	struct live *l = live_begin(state);
	enum { RULES = 10000 };
	const char *program = live_program(l, "program.4321"), *path = live_path(l, "file");
	struct puppet p = live_puppet(l, program), q = live_puppet(l, live_program(l, "program"));

	for (int i = 0; i < RULES; i++) {
		static const es_mute_path_type_t types[] = { ES_MUTE_PATH_TYPE_LITERAL,
							     ES_MUTE_PATH_TYPE_PREFIX,
							     ES_MUTE_PATH_TYPE_TARGET_LITERAL,
							     ES_MUTE_PATH_TYPE_TARGET_PREFIX };
		char name[4200];

		/* Of many lengths. */
		snprintf(name, sizeof(name), "%s/rule.%d%.*s", l->dir, i, i % 40,
			 "........................................");
		MUST_SUCCEED(es_mute_path(l->client, name, types[i % 4]));
	}
	assert_int_equal(muted_paths(l), RULES);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	/* 4322 and 8762 are target literals of 2 dots, 4323 a prefix of 3. */
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4322.."), 10), 0, 0);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4322..."), 10), 10, 10);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4322."), 10), 10, 10);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4323..."), 10), 0, 0);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4323...more"), 10), 0, 0);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4323.."), 10), 10, 10);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4320"), 10), 10, 10);
	MUST_SUCCEED(es_mute_path(l->client, program, ES_MUTE_PATH_TYPE_LITERAL));
	ASSERT_HEARD(open_path(l, &p, path, 10), 0, 0);
	ASSERT_HEARD(open_path(l, &q, path, 10), 10, 10);
	MUST_SUCCEED(es_unmute_all_paths(l->client));
	assert_int_equal(muted_paths(l), RULES / 2);
	ASSERT_HEARD(open_path(l, &p, path, 10), 10, 10);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4322.."), 10), 0, 0);
	MUST_SUCCEED(es_unmute_all_target_paths(l->client));
	assert_int_equal(muted_paths(l), 0);
	ASSERT_HEARD(open_path(l, &p, live_path(l, "rule.4322.."), 10), 10, 10);
	puppet_end(l, &p);
	puppet_end(l, &q);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_muted_process_is_silent),
		LIVE_TEST(chosen_events_are_muted_alone),
		LIVE_TEST(unmuting_brings_the_events_back),
		LIVE_TEST(a_part_of_a_whole_mute_can_be_taken_back),
		LIVE_TEST(a_token_from_an_event_mutes_too),
		LIVE_TEST(children_of_a_muted_process_are_heard),
		LIVE_TEST(a_mute_is_of_one_program_and_ends_with_exec),
		LIVE_TEST(exec_by_another_thread_of_a_muted_process_is_muted),
		LIVE_TEST(exec_can_be_kept_while_the_rest_is_muted),
		LIVE_TEST(exit_ends_the_mute),
		LIVE_TEST(exit_ends_the_mute_whatever_is_subscribed),
		LIVE_TEST(only_a_running_process_can_be_muted),
		LIVE_TEST(a_reused_pid_is_not_muted),
		LIVE_TEST(at_the_limit_a_mute_is_refused_until_one_exits),
		LIVE_TEST(after_the_mute_nothing_new_comes),
		LIVE_TEST(muted_events_are_counted),
		LIVE_TEST(a_muted_open_does_not_hide_what_its_close_says),
		LIVE_TEST(an_executable_is_muted_by_its_whole_path),
		LIVE_TEST(an_executable_is_muted_by_the_beginning_of_its_path),
		LIVE_TEST(a_path_muted_in_another_mount_namespace_is_counted_apart),
		LIVE_TEST(chosen_events_of_an_executable_are_muted_alone),
		LIVE_TEST(a_muted_executable_is_silent_from_its_exec_to_its_next),
		LIVE_TEST(an_executable_is_muted_to_the_end_of_its_last_thread),
		LIVE_TEST(a_target_is_muted_by_its_whole_path),
		LIVE_TEST(a_target_is_muted_by_the_beginning_of_its_path),
		LIVE_TEST(an_exec_is_muted_by_its_target),
		LIVE_TEST(events_without_a_target_pass),
		LIVE_TEST(a_muted_target_may_be_deep_and_odd),
		LIVE_TEST(inverted_processes_select),
		LIVE_TEST(inverted_executables_select),
		LIVE_TEST(inverted_targets_select),
		LIVE_TEST(the_muted_processes_are_told_as_they_were_given),
		LIVE_TEST(a_target_mutes_the_types_of_the_table_and_no_others),
		LIVE_TEST(the_muted_paths_are_told_as_they_were_given),
		LIVE_TEST(a_path_that_the_kernel_refuses_is_not_muted),
		LIVE_TEST(the_older_calls_mute_too),
		LIVE_TEST(ten_thousand_paths_are_kept_apart),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
