/*
 * Clients on a real kernel: their numbers, messages kept, several at once,
 * subscriptions that change, their end, and the processes that were there before.
 */
#include "tests/lib/live.h"

#include <errno.h>
#include <fcntl.h>
#include <mach/mach.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

static const es_event_type_t open_only[] = { ES_EVENT_TYPE_NOTIFY_OPEN };
static const es_event_type_t close_only[] = { ES_EVENT_TYPE_NOTIFY_CLOSE };

/*
 * Numbers
 */

static void
sequence_numbers_are_dense_when_nothing_is_lost(void **state)
{
	struct live *l = live_begin(state);
	es_linux_stats_t *stats = malloc(sizeof(*stats));
	uint64_t delivered = 0;

	live_run(l, ^{
	  for (int i = 0; i < 300; i++) {
		  MUST(close(live_open(live_path(l, "file"))) == 0);
		  if (i % 10 == 0)
			  live_reap(live_fork(live_nothing));
	  }
	});
	live_flush(l);
	/* Of everything that the client got, of all the machine: live.c counts as they come. */
	live_size(l);
	live_assert_numbered(l);
	assert_int_equal(es_linux_stats(l->client, stats), ES_RETURN_SUCCESS);
	for (size_t type = 0; type < ES_LINUX_EVENT_MAX; type++) {
		assert_int_equal(stats->event[type].lost, 0);
		delivered += stats->event[type].delivered;
	}
	assert_true(delivered >= 660);
	assert_int_equal(stats->event[ES_EVENT_TYPE_NOTIFY_MMAP].produced, 0);
	free(stats);
}

static void
a_clients_numbers_begin_at_zero(void **state)
{
	struct live *l = live_prepare(state);

	live_connect(l);
	live_mute_self(l);
	live_subscribe(l);
	live_marker(l);
	/* live.c expects 0 of each type, and of all. */
	live_size(l);
	live_assert_numbered(l);
}

static void
what_is_muted_takes_no_number(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);
	audit_token_t token = live_token(l, p.pid);

	assert_int_equal(es_mute_process(l->client, &token), ES_RETURN_SUCCESS);
	assert_int_equal(es_mute_path(l->client, live_path(l, "quiet"), ES_MUTE_PATH_TYPE_TARGET_PREFIX),
			 ES_RETURN_SUCCESS);
	puppet_tell(&p, "many 100 %s", live_path(l, "file"));
	live_run(l, ^{
	  for (int i = 0; i < 100; i++)
		  MUST(close(live_open(live_path(l, "quiet"))) == 0);
	});
	live_marker(l);
	puppet_end(l, &p);
	assert_int_equal(live_count(l, OPEN, 0, live_path(l, "quiet")), 0);
	live_assert_numbered(l);
}

static void
produced_is_delivered_and_muted_when_nothing_is_lost(void **state)
{
	struct live *l = live_begin(state);
	es_linux_stats_t *before = malloc(sizeof(*before)), *after = malloc(sizeof(*after));
	struct puppet loud = live_puppet(l, NULL), quiet = live_puppet(l, NULL);
	const es_event_type_t types[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE };
	audit_token_t token = live_token(l, quiet.pid);

	assert_int_equal(es_mute_process(l->client, &token), ES_RETURN_SUCCESS);
	assert_int_equal(es_mute_path(l->client, live_path(l, "hush"), ES_MUTE_PATH_TYPE_TARGET_LITERAL),
			 ES_RETURN_SUCCESS);
	live_flush(l);
	assert_int_equal(es_linux_stats(l->client, before), ES_RETURN_SUCCESS);
	puppet_tell(&quiet, "many 250 %s", live_path(l, "file"));
	puppet_tell(&loud, "many 120 %s", live_path(l, "file"));
	puppet_tell(&loud, "many 30 %s", live_path(l, "hush"));
	live_flush(l);
	assert_int_equal(es_linux_stats(l->client, after), ES_RETURN_SUCCESS);
	for (size_t i = 0; i < LENGTH(types); i++) {
		const es_linux_count_t *b = &before->event[types[i]], *a = &after->event[types[i]];

		/* Others may add to each, but not to what ours are. */
		assert_true(a->muted - b->muted >= 280);
		assert_true(a->delivered - b->delivered >= 120);
		assert_int_equal(a->lost, 0);
		/* Those that happen while this is read are under way. */
		assert_true(a->produced - b->produced >= 400);
		assert_int_equal(live_count(l, types[i], loud.pid, live_path(l, "file")), 120);
		assert_int_equal(live_count(l, types[i], quiet.pid, live_path(l, "file")), 0);
	}
	puppet_end(l, &loud);
	puppet_end(l, &quiet);
	free(before);
	free(after);
}

/*
 * Order of the calls
 */

static void
sync_runs_when_all_before_was_handled(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, NULL);

	for (size_t i = 1; i <= 100; i++) {
		puppet_tell(&p, "many 20 %s", live_path(l, "file"));
		live_flush(l);
		assert_int_equal(live_count(l, OPEN, p.pid, live_path(l, "file")), 20 * i);
		assert_int_equal(live_count(l, CLOSE, p.pid, live_path(l, "file")), 20 * i);
	}
	puppet_end(l, &p);
}

static void
sync_blocks_run_in_the_handlers_context_in_order(void **state)
{
	struct live *l = live_begin(state);
	__block int order = 0;
	__block bool right = true, same = true;
	__block pthread_t first;

	for (int i = 0; i < 10; i++)
		assert_int_equal(es_sync_client(l->client,
						^{
						  if (i == 0)
							  first = pthread_self();
						  same &= pthread_equal(first, pthread_self()) != 0;
						  right &= order++ == i;
						}),
				 ES_RETURN_SUCCESS);
	live_flush(l);
	assert_int_equal(order, 10);
	assert_true(right);
	assert_true(same);
	assert_false(pthread_equal(first, pthread_self()));
}

/* A client of its own with a block for a handler; deleted by the test. */
static es_client_t *
client_with(es_handler_block_t handler)
{
	es_client_t *client = NULL;

	assert_int_equal(es_new_client(&client, handler), ES_NEW_CLIENT_RESULT_SUCCESS);
	assert_non_null(client);
	return client;
}

static void
await_sync(es_client_t *client)
{
	sem_t done;

	sem_init(&done, 0, 0);
	sem_t *posted = &done;
	assert_int_equal(es_sync_client(client,
					^{
					  sem_post(posted);
					}),
			 ES_RETURN_SUCCESS);
	while (sem_wait(&done) != 0)
		assert_int_equal(errno, EINTR);
	sem_destroy(&done);
}

static void
a_sync_block_runs_even_when_the_client_goes(void **state)
{
	struct live *l = live_begin(state);
	sem_t *in = malloc(sizeof(*in)), *go_on = malloc(sizeof(*go_on));
	__block atomic_int ran = 0, stuck = 0;
	es_client_t *client;

	sem_init(in, 0, 0);
	sem_init(go_on, 0, 0);
	client = client_with(^(es_client_t *c, const es_message_t *m) {
	  (void)c;
	  (void)m;
	  if (atomic_fetch_add(&stuck, 1) == 0) {
		  sem_post(in);
		  sem_wait(go_on);
	  }
	});
	assert_int_equal(es_subscribe(client, open_only, 1), ES_RETURN_SUCCESS);
	live_run(l, ^{
	  live_open(live_path(l, "file"));
	});
	sem_wait(in);
	for (int i = 0; i < 3; i++)
		assert_int_equal(es_sync_client(client,
						^{
						  atomic_fetch_add(&ran, 1);
						}),
				 ES_RETURN_SUCCESS);
	sem_post(go_on);
	assert_int_equal(es_delete_client(client), ES_RETURN_SUCCESS);
	assert_int_equal(ran, 3);
	sem_destroy(in);
	sem_destroy(go_on);
	free(in);
	free(go_on);
}

/*
 * Messages
 */

enum { KEPT = 200 };

struct kept {
	const es_message_t *messages[KEPT];
	atomic_int count;
	char prefix[4096];
	int bad;
};

/* A retained exec, open or fork still says what it said. */
static bool
is_good(const es_message_t *m, const char *path)
{
	if (strcmp(m->process->executable->path.data, live_self_path()) != 0)
		return false;
	switch ((int)m->event_type) {
	case OPEN:
		return m->event.open.file->path.length == strlen(path) &&
		       memcmp(m->event.open.file->path.data, path, strlen(path)) == 0;
	case EXEC:
		return es_exec_arg_count(&m->event.exec) == 2 && es_exec_arg(&m->event.exec, 1).length == 9 &&
		       memcmp(es_exec_arg(&m->event.exec, 1).data, "live:exit", 9) == 0 &&
		       m->event.exec.cwd->path.length > 0 &&
		       audit_token_to_pid(m->event.exec.target->audit_token) ==
			       audit_token_to_pid(m->process->audit_token);
	case FORK:
		return m->event.fork.child->ppid == audit_token_to_pid(m->process->audit_token);
	}
	return true;
}

static void *
check_and_release(void *arg)
{
	struct kept *kept = arg;

	for (int i = 0; i < kept->count; i++) {
		char path[4200];

		/* Each was kept with its number, as the only thing that differs. */
		snprintf(path, sizeof(path), "%s%llu", kept->prefix,
			 (unsigned long long)(kept->messages[i]->event_type == (int)OPEN
						      ? kept->messages[i]->event.open.file->stat.st_size
						      : 0));
		kept->bad += !is_good(kept->messages[i], path);
		es_release_message(kept->messages[i]);
	}
	return NULL;
}

static void
a_retained_message_outlives_its_handler_and_its_client(void **state)
{
	struct live *l = live_begin(state);
	struct kept *kept = calloc(1, sizeof(*kept));
	const size_t dir_len = strlen(l->dir);
	pthread_t thread;
	es_client_t *client = client_with(^(es_client_t *c, const es_message_t *m) {
	  const int n = kept->count;
	  const es_file_t *file = m->event_type == (int)OPEN ? m->event.open.file : NULL;

	  (void)c;
	  if (n == KEPT || strcmp(m->process->executable->path.data, live_self_path()) != 0)
		  return;
	  if (m->event_type == (int)OPEN &&
	      (file->path.length < dir_len || memcmp(file->path.data, l->dir, dir_len) != 0))
		  return;
	  if (m->event_type == (int)EXIT || m->event_type == (int)CLOSE ||
	      (m->event_type == (int)EXEC && es_exec_arg_count(&m->event.exec) != 2))
		  return;
	  es_retain_message(m);
	  kept->messages[n] = m;
	  kept->count = n + 1;
	});
	audit_token_t self;

	snprintf(kept->prefix, sizeof(kept->prefix), "%s/file.", l->dir);
	/* Each file is as big as the number in its name. */
	for (int i = 0; i < 100; i++) {
		const char *path = live_path(l, "file.%d", i);
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		assert_int_equal(ftruncate(fd, i), 0);
		assert_int_equal(close(fd), 0);
	}
	assert_int_equal(es_linux_self_token(&self), ES_RETURN_SUCCESS);
	assert_int_equal(es_mute_process(client, &self), ES_RETURN_SUCCESS);
	assert_int_equal(es_subscribe(client,
				      (const es_event_type_t[]){
					      ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE,
					      ES_EVENT_TYPE_NOTIFY_EXEC, ES_EVENT_TYPE_NOTIFY_FORK,
					      ES_EVENT_TYPE_NOTIFY_EXIT },
				      5),
			 ES_RETURN_SUCCESS);
	live_run(l, ^{
	  for (int i = 0; i < 100; i++) {
		  MUST(close(live_open(live_path(l, "file.%d", i))) == 0);
		  if (i % 10 == 0)
			  live_reap(live_fork(^{
			    live_exec_exit(live_self_path());
			  }));
	  }
	  /* And many more afterwards, in case the memory is used again. */
	  for (int i = 0; i < 5000; i++)
		  MUST(close(live_open(live_path(l, "file.%d", i % 100))) == 0);
	});
	await_sync(client);
	assert_int_equal(es_delete_client(client), ES_RETURN_SUCCESS);
	assert_int_equal(kept->count, KEPT);
	pthread_create(&thread, NULL, check_and_release, kept);
	pthread_join(thread, NULL);
	assert_int_equal(kept->bad, 0);
	free(kept);
}

static void
a_message_is_released_when_the_last_one_lets_go(void **state)
{
	struct live *l = live_begin(state);
	__block const es_message_t *kept = NULL;
	const char *path = live_path(l, "file");
	es_client_t *client = client_with(^(es_client_t *c, const es_message_t *m) {
	  (void)c;
	  if (kept || strcmp(m->event.open.file->path.data, path) != 0)
		  return;
	  es_retain_message(m);
	  es_retain_message(m);
	  kept = es_copy_message(m);
	});

	assert_int_equal(es_subscribe(client, open_only, 1), ES_RETURN_SUCCESS);
	live_run(l, ^{
	  live_open(path);
	});
	await_sync(client);
	assert_non_null(kept);
	es_release_message(kept);
	es_release_message(kept);
	assert_string_equal(kept->event.open.file->path.data, path);
	es_free_message((es_message_t *)(uintptr_t)kept);
	assert_int_equal(es_delete_client(client), ES_RETURN_SUCCESS);
}

/*
 * Several clients, and their ends
 */

struct tally {
	atomic_ulong opens, closes, others;
	_Atomic int version;
	char path[4096];
};

static es_client_t *
tallying_client(struct tally *t)
{
	return client_with(^(es_client_t *c, const es_message_t *m) {
	  const es_file_t *file;

	  (void)c;
	  if (m->event_type != (int)OPEN && m->event_type != (int)CLOSE) {
		  atomic_fetch_add(&t->others, 1);
		  return;
	  }
	  file = m->event_type == (int)OPEN ? m->event.open.file : m->event.close.target;
	  if (strcmp(file->path.data, t->path) != 0)
		  return;
	  atomic_fetch_add(m->event_type == (int)OPEN ? &t->opens : &t->closes, 1);
	  t->version = audit_token_to_pidversion(m->process->audit_token);
	});
}

static void
open_many(const char *path, int n)
{
	for (int i = 0; i < n; i++)
		MUST(close(live_open(path)) == 0);
}

static void
two_clients_are_both_told_everything(void **state)
{
	struct live *l = live_begin(state);
	struct tally *tally = calloc(2, sizeof(*tally));
	const es_event_type_t types[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE };
	es_client_t *clients[2];
	pid_t pid;

	for (size_t i = 0; i < 2; i++) {
		snprintf(tally[i].path, sizeof(tally[i].path), "%s/file", l->dir);
		clients[i] = tallying_client(&tally[i]);
		assert_int_equal(es_subscribe(clients[i], types, 2), ES_RETURN_SUCCESS);
	}
	pid = live_run(l, ^{
	  open_many(live_path(l, "file"), 500);
	});
	for (size_t i = 0; i < 2; i++) {
		await_sync(clients[i]);
		assert_int_equal(tally[i].opens, 500);
		assert_int_equal(tally[i].closes, 500);
		/* The same process has the same token for all. */
		assert_int_equal(tally[i].version,
				 live_event(l, OPEN, pid, live_path(l, "file"), 0)->actor.version);
	}
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(es_delete_client(clients[i]), ES_RETURN_SUCCESS);
	free(tally);
}

static void
a_clients_mutes_are_its_own(void **state)
{
	struct live *l = live_begin(state);
	struct tally *tally = calloc(1, sizeof(*tally));
	struct puppet p = live_puppet(l, NULL);
	audit_token_t token = live_token(l, p.pid);
	es_client_t *client;

	snprintf(tally->path, sizeof(tally->path), "%s/file", l->dir);
	client = tallying_client(tally);
	assert_int_equal(es_subscribe(client, open_only, 1), ES_RETURN_SUCCESS);
	assert_int_equal(es_mute_process(client, &token), ES_RETURN_SUCCESS);
	puppet_tell(&p, "many 100 %s", live_path(l, "file"));
	await_sync(client);
	live_flush(l);
	assert_int_equal(tally->opens, 0);
	assert_int_equal(live_count(l, OPEN, p.pid, live_path(l, "file")), 100);
	puppet_end(l, &p);
	assert_int_equal(es_delete_client(client), ES_RETURN_SUCCESS);
	free(tally);
}

/* Opens a file again and again until the test says stop. */
static pid_t
keep_opening(struct live *l, const char *path, volatile int *stop)
{
	return live_spawn(l, ^{
	  while (!*stop)
		  MUST(close(live_open(path)) == 0);
	});
}

static void
a_deleted_client_is_called_no_more(void **state)
{
	struct live *l = live_begin(state);
	volatile int *stop = live_shared(l, sizeof(*stop));
	__block atomic_bool deleted = false;
	__block atomic_ulong calls = 0, late = 0;
	pid_t pid = keep_opening(l, live_path(l, "file"), stop);
	struct puppet p = live_puppet(l, NULL);

	for (int round = 0; round < 5; round++) {
		uint64_t begin = live_now_ms();
		es_client_t *client;

		atomic_store(&deleted, false);
		atomic_store(&calls, 0);
		client = client_with(^(es_client_t *c, const es_message_t *m) {
		  (void)c;
		  (void)m;
		  atomic_fetch_add(&calls, 1);
		  if (atomic_load(&deleted))
			  atomic_fetch_add(&late, 1);
		});
		assert_int_equal(es_subscribe(client, open_only, 1), ES_RETURN_SUCCESS);
		while (atomic_load(&calls) == 0 && live_now_ms() - begin < LIVE_DEADLINE_MS)
			sched_yield();
		assert_int_equal(es_delete_client(client), ES_RETURN_SUCCESS);
		atomic_store(&deleted, true);
		puppet_tell(&p, "many 100 %s", live_path(l, "other"));
		assert_true(atomic_load(&calls) > 0);
	}
	*stop = 1;
	assert_int_equal(live_finish(l, pid), 0);
	puppet_end(l, &p);
	assert_int_equal(late, 0);
}

static void
only_what_is_subscribed_is_told(void **state)
{
	struct live *l = live_prepare(state);
	struct puppet p;
	const char *file = live_path(l, "file");
	es_event_type_t *types = NULL;
	size_t count = 99;

	live_connect(l);
	live_mute_self(l);
	assert_int_equal(es_subscriptions(l->client, &count, &types), ES_RETURN_SUCCESS);
	assert_int_equal(count, 0);
	free(types);
	p = live_puppet(l, NULL);
	puppet_tell(&p, "many 10 %s", file);
	live_flush(l);
	assert_int_equal(live_size(l), 0);

	assert_int_equal(es_subscribe(l->client, open_only, 1), ES_RETURN_SUCCESS);
	puppet_tell(&p, "many 10 %s", file);
	live_flush(l);
	assert_int_equal(live_count(l, OPEN, p.pid, NULL), 10);
	assert_int_equal(live_size(l), 10);

	assert_int_equal(es_subscribe(l->client, close_only, 1), ES_RETURN_SUCCESS);
	assert_int_equal(es_subscribe(l->client, close_only, 1), ES_RETURN_SUCCESS);
	puppet_tell(&p, "many 10 %s", file);
	live_flush(l);
	assert_int_equal(live_count(l, OPEN, p.pid, file), 20);
	assert_int_equal(live_count(l, CLOSE, p.pid, file), 10);
	assert_int_equal(es_subscriptions(l->client, &count, &types), ES_RETURN_SUCCESS);
	assert_int_equal(count, 2);
	assert_int_equal(types[0] + types[1], OPEN + CLOSE);
	free(types);

	assert_int_equal(es_unsubscribe(l->client, open_only, 1), ES_RETURN_SUCCESS);
	assert_int_equal(es_unsubscribe(l->client, open_only, 1), ES_RETURN_SUCCESS);
	puppet_tell(&p, "many 10 %s", file);
	live_flush(l);
	assert_int_equal(live_count(l, OPEN, p.pid, file), 20);
	assert_int_equal(live_count(l, CLOSE, p.pid, file), 20);

	assert_int_equal(es_unsubscribe_all(l->client), ES_RETURN_SUCCESS);
	puppet_tell(&p, "many 10 %s", file);
	live_flush(l);
	assert_int_equal(live_size(l), 40);
	assert_int_equal(es_subscriptions(l->client, &count, &types), ES_RETURN_SUCCESS);
	assert_int_equal(count, 0);

	/* Taken up again, the numbers go on without a gap. */
	assert_int_equal(es_subscribe(l->client, open_only, 1), ES_RETURN_SUCCESS);
	puppet_tell(&p, "many 10 %s", file);
	live_flush(l);
	assert_int_equal(live_count(l, OPEN, p.pid, file), 30);
	live_assert_numbered(l);
	puppet_end(l, &p);
}

/* Whoever subscribes can know before. */
static void
what_can_be_given_is_what_can_be_subscribed_to(void **state)
{
	struct live *l = live_prepare(state);
	size_t can = 0;

	live_connect(l);
	for (int number = 0; number < 300; number++) {
		const es_event_type_t type = (es_event_type_t)number;
		es_return_t result = es_subscribe(l->client, &type, 1);

		assert_int_equal(result == ES_RETURN_SUCCESS, es_linux_can_give(type));
		can += es_linux_can_give(type);
	}
	assert_true(can >= 5);
	assert_true(es_linux_can_give(ES_EVENT_TYPE_NOTIFY_EXEC));
	assert_false(es_linux_can_give(ES_EVENT_TYPE_AUTH_EXEC));
}

/* In the order they came in; a subscription to them all then holds. */
static void
what_is_available_can_be_subscribed_to(void **state)
{
	es_event_type_t types[] = {
		ES_EVENT_TYPE_AUTH_EXEC,   ES_EVENT_TYPE_NOTIFY_CLOSE, ES_EVENT_TYPE_NOTIFY_CS_INVALIDATED,
		ES_EVENT_TYPE_NOTIFY_OPEN, (es_event_type_t)9999,      ES_EVENT_TYPE_NOTIFY_EXEC
	};
	const uint32_t count = sizeof(types) / sizeof(types[0]);
	struct live *l = live_prepare(state);

	live_connect(l);
	assert_int_equal(es_subscribe(l->client, types, count), ES_RETURN_ERROR);
	assert_int_equal(es_linux_available(types, count), 3);
	assert_int_equal(types[0], ES_EVENT_TYPE_NOTIFY_CLOSE);
	assert_int_equal(types[1], ES_EVENT_TYPE_NOTIFY_OPEN);
	assert_int_equal(types[2], ES_EVENT_TYPE_NOTIFY_EXEC);
	assert_int_equal(es_subscribe(l->client, types, 3), ES_RETURN_SUCCESS);
	assert_int_equal(es_linux_available(types, 0), 0);
	assert_int_equal(es_linux_available(NULL, 0), 0);
}

static void
a_type_that_cannot_be_given_is_refused(void **state)
{
	struct live *l = live_prepare(state);
	const es_event_type_t types[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_TCC_MODIFY };
	const es_event_type_t auth[] = { ES_EVENT_TYPE_AUTH_OPEN };
	es_event_type_t *given = NULL;
	size_t count = 99;

	live_connect(l);
	assert_int_equal(es_subscribe(l->client, types, 2), ES_RETURN_ERROR);
	assert_int_equal(es_subscribe(l->client, auth, 1), ES_RETURN_ERROR);
	assert_int_equal(es_subscribe(l->client, types, 0), ES_RETURN_SUCCESS);
	assert_int_equal(es_subscriptions(l->client, &count, &given), ES_RETURN_SUCCESS);
	assert_int_equal(count, 0);
	assert_null(given);
	assert_int_equal(es_unsubscribe(l->client, types, 2), ES_RETURN_SUCCESS);
}

static void
a_handler_may_call_its_client(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	__block atomic_int seen = 0, wrong = 0;
	es_client_t *client = client_with(^(es_client_t *c, const es_message_t *m) {
	  if (strcmp(m->event.open.file->path.data, path) != 0)
		  return;
	  wrong += es_mute_process(c, &m->process->audit_token) != ES_RETURN_SUCCESS;
	  wrong += es_delete_client(c) != ES_RETURN_ERROR;
	  if (++seen == 2)
		  wrong += es_unsubscribe(c, open_only, 1) != ES_RETURN_SUCCESS;
	});
	struct puppet p = live_puppet(l, NULL), q = live_puppet(l, NULL);

	assert_int_equal(es_subscribe(client, open_only, 1), ES_RETURN_SUCCESS);
	for (int i = 0; i < 10; i++) {
		puppet_tell(&p, "open %s", path);
		await_sync(client);
	}
	assert_int_equal(seen, 1);
	puppet_tell(&q, "open %s", path);
	await_sync(client);
	assert_int_equal(seen, 2);
	live_run(l, ^{
	  live_open(path);
	});
	await_sync(client);
	assert_int_equal(seen, 2);
	assert_int_equal(wrong, 0);
	puppet_end(l, &p);
	puppet_end(l, &q);
	assert_int_equal(es_delete_client(client), ES_RETURN_SUCCESS);
}

static void
what_is_missing_or_too_many_is_refused(void **state)
{
	struct live *l = live_prepare(state);
	es_handler_block_t ignore = ^(es_client_t *c, const es_message_t *m) {
	  (void)c;
	  (void)m;
	};
	es_handler_block_t nothing = NULL;
	es_client_t *clients[100] = { NULL }, *none = (es_client_t *)8;
	es_new_client_result_t result = ES_NEW_CLIENT_RESULT_SUCCESS;
	size_t n = 0;

	(void)l;
	assert_int_equal(es_new_client(&none, nothing), ES_NEW_CLIENT_RESULT_ERR_INVALID_ARGUMENT);
	assert_true(strlen(es_linux_error()) > 0);
	while (n < LENGTH(clients) && (result = es_new_client(&clients[n], ignore)) == 0)
		n++;
	assert_in_range(n, 2, LENGTH(clients) - 1);
	assert_int_equal(result, ES_NEW_CLIENT_RESULT_ERR_TOO_MANY_CLIENTS);
	assert_null(clients[n]);
	assert_true(strlen(es_linux_error()) > 0);
	assert_int_equal(es_delete_client(clients[--n]), ES_RETURN_SUCCESS);
	assert_int_equal(es_new_client(&clients[n], ignore), ES_NEW_CLIENT_RESULT_SUCCESS);
	assert_string_equal(es_linux_error(), "");
	for (size_t i = 0; i <= n; i++)
		assert_int_equal(es_delete_client(clients[i]), ES_RETURN_SUCCESS);
	assert_int_equal(es_delete_client(NULL), ES_RETURN_SUCCESS);
}

/*
 * This process, and those that were there before
 */

static void
ones_own_events_come_until_they_are_muted(void **state)
{
	struct live *l = live_prepare(state);
	const char *path = live_path(l, "file");
	mach_msg_type_number_t size = TASK_AUDIT_TOKEN_COUNT;
	audit_token_t self, task;

	live_connect(l);
	live_subscribe(l);
	assert_int_equal(close(live_open(path)), 0);
	live_wait(l, ES_EVENT_TYPE_NOTIFY_CLOSE, getpid(), path, 1);
	assert_int_equal(live_count(l, OPEN, getpid(), path), 1);
	assert_int_equal(es_linux_self_token(&self), ES_RETURN_SUCCESS);
	assert_true(live_same_program(self, live_event(l, OPEN, getpid(), path, 0)->actor.token));
	assert_int_equal(task_info(mach_task_self(), TASK_AUDIT_TOKEN, (task_info_t)&task, &size),
			 KERN_SUCCESS);
	assert_true(live_same_program(self, task));
	live_mute_self(l);
	assert_int_equal(close(live_open(path)), 0);
	live_marker(l);
	assert_int_equal(live_count(l, OPEN, getpid(), path), 1);
}

static void
no_client_no_token(void **state)
{
	audit_token_t self;

	(void)state;
	live_skip_unless_possible();
	assert_int_equal(es_linux_self_token(&self), ES_RETURN_ERROR);
}

static void
each_running_process_is_told_once(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, live_self_path());
	const pid_t zombie = live_spawn(l, live_nothing);
	unsigned char *seen = calloc(1, 4 << 20);
	__block int twice = 0, kernel = 0, own = 0, parents = 0, wrong = 0;
	__block audit_token_t token = { { 0 } };
	const pid_t pid = p.pid, self = getpid();
	es_return_t walked;
	siginfo_t info;

	/* Ended, but not waited for. */
	assert_int_equal(waitid(P_PID, (id_t)zombie, &info, WEXITED | WNOWAIT), 0);
	walked = es_linux_processes(l->client, ^(const es_process_t *process, const es_linux_extra_t *extra) {
	  pid_t it = audit_token_to_pid(process->audit_token);

	  twice += seen[it]++;
	  parents += it == getppid();
	  if (extra->kernel_thread) {
		  kernel++;
		  wrong += process->executable->path.length != 0;
		  wrong += extra->arg_count != 0;
	  }
	  wrong += extra->comm.length > 15;
	  if (it == zombie)
		  wrong += extra->arg_count != 0;
	  if (it == self) {
		  own++;
		  wrong += process->ppid != getppid();
		  wrong += strcmp(process->executable->path.data, live_self_path()) != 0;
		  wrong += !process->is_es_client;
	  }
	  if (it != pid)
		  return;
	  token = process->audit_token;
	  wrong += process->ppid != self;
	  wrong += process->group_id != getpgrp();
	  wrong += process->session_id != getsid(0);
	  wrong += audit_token_to_euid(token) != geteuid();
	  wrong += extra->kernel_thread || extra->arg_count != 4;
	  wrong += extra->arg_count == 4 && strcmp(extra->args[1].data, "live:puppet") != 0;
	});
	assert_int_equal(walked, ES_RETURN_SUCCESS);
	assert_int_equal(twice, 0);
	assert_int_equal(own, 1);
	assert_int_equal(parents, 1);
	assert_true(kernel > 0);
	assert_int_equal(seen[pid], 1);
	assert_int_equal(wrong, 0);
	/* The same token as in its events. */
	puppet_tell(&p, "open %s", live_path(l, "file"));
	live_flush(l);
	assert_true(live_same_program(token, live_event(l, OPEN, pid, live_path(l, "file"), 0)->actor.token));
	assert_int_equal(live_event(l, OPEN, pid, live_path(l, "file"), 0)->actor.ppid, self);
	puppet_end(l, &p);
	free(seen);
}

struct found {
	pid_t pid;
	int version;
};

/* Seen by its event, by the walk or by both; then with the same name. */
static void
no_process_falls_between_walk_and_events(void **state)
{
	struct live *l = live_begin(state);
	enum { CHILDREN = 300 };
	pid_t *children = live_shared(l, CHILDREN * sizeof(*children));
	volatile int *stop = live_shared(l, sizeof(*stop));
	struct found *found = calloc(100000, sizeof(*found));
	__block size_t count = 0;
	es_return_t walked;
	pid_t pid = live_spawn(l, ^{
	  for (int i = 0; i < CHILDREN; i++) {
		  pid_t child = live_fork(^{
		    live_exec_exit(live_self_path());
		  });

		  children[i] = child;
		  live_reap(child);
	  }
	  *stop = 1;
	});

	while (!*stop) {
		count = 0;
		walked = es_linux_processes(l->client,
					    ^(const es_process_t *p, const es_linux_extra_t *extra) {
					      (void)extra;
					      if (count < 100000 && (p->ppid == pid))
						      found[count++] = (struct found){
							      audit_token_to_pid(p->audit_token),
							      audit_token_to_pidversion(p->audit_token),
						      };
					    });
		assert_int_equal(walked, ES_RETURN_SUCCESS);
		for (size_t i = 0; i < count; i++) {
			const pid_t it = found[i].pid;
			const int version = found[i].version;
			const struct live_event *fork = NULL, *exec = NULL;

			/* Its events come sooner or later, with one of its two versions. */
			live_wait(l, ES_EVENT_TYPE_NOTIFY_EXIT, it, NULL, 1);
			for (size_t at = live_size(l); at-- > 0;) {
				const struct live_event *e = live_at(l, at);

				if (!fork && e->type == (int)FORK && e->other.pid == it)
					fork = e;
				if (!exec && e->type == (int)EXEC && e->actor.pid == it)
					exec = e;
			}
			if (!fork || !exec)
				fail_msg("neither fork nor exec of process %d was delivered", it);
			else
				assert_true(version == fork->other.version || version == exec->other.version);
		}
	}
	assert_int_equal(live_finish(l, pid), 0);
	for (int i = 0; i < CHILDREN; i++)
		assert_int_equal(live_count(l, EXEC, children[i], NULL), 1);
	assert_int_equal(live_count(l, FORK, pid, NULL), CHILDREN);
	free(found);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(no_client_no_token),
		LIVE_TEST(sequence_numbers_are_dense_when_nothing_is_lost),
		LIVE_TEST(a_clients_numbers_begin_at_zero),
		LIVE_TEST(what_is_muted_takes_no_number),
		LIVE_TEST(produced_is_delivered_and_muted_when_nothing_is_lost),
		LIVE_TEST(sync_runs_when_all_before_was_handled),
		LIVE_TEST(sync_blocks_run_in_the_handlers_context_in_order),
		LIVE_TEST(a_sync_block_runs_even_when_the_client_goes),
		LIVE_TEST(a_retained_message_outlives_its_handler_and_its_client),
		LIVE_TEST(a_message_is_released_when_the_last_one_lets_go),
		LIVE_TEST(two_clients_are_both_told_everything),
		LIVE_TEST(a_clients_mutes_are_its_own),
		LIVE_TEST(a_deleted_client_is_called_no_more),
		LIVE_TEST(only_what_is_subscribed_is_told),
		LIVE_TEST(what_can_be_given_is_what_can_be_subscribed_to),
		LIVE_TEST(what_is_available_can_be_subscribed_to),
		LIVE_TEST(a_type_that_cannot_be_given_is_refused),
		LIVE_TEST(a_handler_may_call_its_client),
		LIVE_TEST(what_is_missing_or_too_many_is_refused),
		LIVE_TEST(ones_own_events_come_until_they_are_muted),
		LIVE_TEST(each_running_process_is_told_once),
		LIVE_TEST(no_process_falls_between_walk_and_events),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
