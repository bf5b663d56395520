/*
 * Loss: a queue too small, a handler too slow, and every event still accounted
 * for: produced = delivered + lost + muted, with a gap in the numbers for each
 * that was lost.
 */
#include "tests/lib/live.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

enum { TYPES = 5 };
static const es_event_type_t types[TYPES] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE,
					      ES_EVENT_TYPE_NOTIFY_EXEC, ES_EVENT_TYPE_NOTIFY_FORK,
					      ES_EVENT_TYPE_NOTIFY_EXIT };

#define MUST_SUCCEED(call) assert_int_equal((call), ES_RETURN_SUCCESS)

/* A client of one program alone, whose handler can be held up. */
struct slow {
	es_client_t *client;
	const char *program;
	pthread_mutex_t gate; /* held: the handler waits */
	useconds_t nap;       /* of each of the first thousand calls */
	pthread_mutex_t counting;
	/* the handler's; looked at after a sync */
	uint64_t delivered[ES_LINUX_EVENT_MAX], gaps[ES_LINUX_EVENT_MAX], next[ES_LINUX_EVENT_MAX];
	uint64_t global_gaps, global_next, calls;
	uint64_t strangers; /* events of somebody else than the program */
	es_linux_stats_t stats;
};

static void
count(struct slow *s, const es_message_t *m)
{
	const es_string_token_t by = m->process->executable->path;
	struct timespec until;

	/* Not for ever: a test that failed with the gate closed must end, too. */
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 60;
	if (pthread_mutex_timedlock(&s->gate, &until) == 0)
		pthread_mutex_unlock(&s->gate);
	if (s->nap && s->calls < 1000)
		usleep(s->nap);
	pthread_mutex_lock(&s->counting);
	s->calls++;
	s->delivered[m->event_type]++;
	s->gaps[m->event_type] += m->seq_num - s->next[m->event_type];
	s->next[m->event_type] = m->seq_num + 1;
	s->global_gaps += m->global_seq_num - s->global_next;
	s->global_next = m->global_seq_num + 1;
	s->strangers += by.length != strlen(s->program) || memcmp(by.data, s->program, by.length) != 0;
	pthread_mutex_unlock(&s->counting);
}

/* Everybody else is muted, so that what the machine does besides is not in the numbers. */
static struct slow *
slow_client(struct live *l, size_t ring_bytes, const char *program, useconds_t nap)
{
	es_linux_config_t config = { .ring_bytes = ring_bytes };
	struct slow *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	pthread_mutex_init(&s->gate, NULL);
	pthread_mutex_init(&s->counting, NULL);
	s->program = program;
	s->nap = nap;
	MUST_SUCCEED(es_linux_configure(&config));
	assert_int_equal(es_new_client(&s->client,
				       ^(es_client_t *c, const es_message_t *m) {
					 (void)c;
					 count(s, m);
				       }),
			 ES_NEW_CLIENT_RESULT_SUCCESS);
	config.ring_bytes = 0;
	MUST_SUCCEED(es_linux_configure(&config));
	l->client = s->client; /* live_end() deletes it, whatever happens */
	MUST_SUCCEED(es_mute_path(s->client, program, ES_MUTE_PATH_TYPE_LITERAL));
	MUST_SUCCEED(es_invert_muting(s->client, ES_MUTE_INVERSION_TYPE_PATH));
	MUST_SUCCEED(es_subscribe(s->client, types, TYPES));
	return s;
}

static void
hold(struct slow *s)
{
	pthread_mutex_lock(&s->gate);
}

static void
let_go(struct slow *s)
{
	pthread_mutex_unlock(&s->gate);
}

/* One event of each type when the queue is empty: what was lost before is now seen as a gap. */
static void
show_gaps(struct live *l, struct slow *s, struct puppet *p)
{
	live_flush(l);
	puppet_tell(p, "open %s", live_path(l, "last"));
	puppet_tell(p, "fork");
	puppet_tell(p, "exec %s", s->program);
	live_flush(l);
	MUST_SUCCEED(es_linux_stats(s->client, &s->stats));
}

static void
assert_accounted(struct slow *s)
{
	uint64_t delivered[TYPES], gaps[TYPES], global_gaps, strangers, lost = 0;

	/* The program goes on, if only to end. */
	pthread_mutex_lock(&s->counting);
	for (size_t i = 0; i < TYPES; i++) {
		delivered[i] = s->delivered[types[i]];
		gaps[i] = s->gaps[types[i]];
	}
	global_gaps = s->global_gaps;
	strangers = s->strangers;
	pthread_mutex_unlock(&s->counting);

	for (size_t i = 0; i < TYPES; i++) {
		const es_linux_count_t *c = &s->stats.event[types[i]];

		assert_int_equal(c->produced, c->delivered + c->lost + c->muted);
		assert_int_equal(c->delivered, delivered[i]);
		assert_int_equal(c->lost, gaps[i]);
		lost += c->lost;
	}
	assert_int_equal(global_gaps, lost);
	assert_int_equal(strangers, 0);
}

static uint64_t
wanted(const struct slow *s, es_event_type_t type)
{
	return s->stats.event[type].produced - s->stats.event[type].muted;
}

static void
finish(struct live *l, struct slow *s)
{
	assert_int_equal(es_delete_client(s->client), ES_RETURN_SUCCESS);
	l->client = NULL;
	pthread_mutex_destroy(&s->gate);
	pthread_mutex_destroy(&s->counting);
	free(s);
}

static void
a_flood_is_told_or_counted_as_lost(void **state)
{
	struct live *l = live_prepare(state);
	const char *program = live_program(l, "flood");
	struct puppet p = live_puppet(l, program);
	struct slow *s = slow_client(l, 64 << 10, program, 0);

	hold(s);
	puppet_tell(&p, "many 100000 %s", live_path(l, "file"));
	let_go(s);
	show_gaps(l, s, &p);
	assert_accounted(s);
	assert_true(s->stats.event[OPEN].lost > 90000);
	assert_true(s->stats.event[CLOSE].lost > 90000);
	assert_true(s->stats.event[OPEN].delivered > 10);
	/* Every single one, whatever became of it; those of the exec at the end besides. */
	assert_true(wanted(s, OPEN) >= 100001);
	assert_true(wanted(s, OPEN) < 100100);
	assert_int_equal(wanted(s, FORK), 1);
	assert_int_equal(wanted(s, EXEC), 1);
	assert_int_equal(wanted(s, EXIT), 1);
	puppet_end(l, &p);
	finish(l, s);
}

static void
a_slow_handler_loses_what_it_has_no_room_for(void **state)
{
	struct live *l = live_prepare(state);
	const char *program = live_program(l, "flood");
	struct puppet p = live_puppet(l, program);
	struct slow *s = slow_client(l, 256 << 10, program, 100);

	for (int i = 0; i < 50; i++) {
		puppet_tell(&p, "many 2000 %s", live_path(l, "file"));
		puppet_tell(&p, "fork");
	}
	show_gaps(l, s, &p);
	assert_accounted(s);
	assert_true(wanted(s, OPEN) >= 100001);
	assert_int_equal(wanted(s, FORK), 51);
	puppet_end(l, &p);
	finish(l, s);
}

static void
a_flood_leaves_room_for_what_shapes_the_tree(void **state)
{
	struct live *l = live_prepare(state);
	const char *program = live_program(l, "flood");
	struct puppet p = live_puppet(l, program);
	struct slow *s = slow_client(l, 2 << 20, program, 0);

	hold(s);
	puppet_tell(&p, "many 30000 %s", live_path(l, "file"));
	for (int i = 0; i < 30; i++)
		puppet_tell(&p, "fork");
	puppet_tell(&p, "exec %s", program);
	puppet_tell(&p, "many 30000 %s", live_path(l, "file"));
	for (int i = 0; i < 30; i++)
		puppet_tell(&p, "fork");
	let_go(s);
	show_gaps(l, s, &p);
	assert_accounted(s);
	assert_true(s->stats.event[OPEN].lost > 30000);
	assert_int_equal(s->stats.event[FORK].lost, 0);
	assert_int_equal(s->stats.event[EXIT].lost, 0);
	assert_int_equal(s->stats.event[EXEC].lost, 0);
	assert_int_equal(s->stats.event[FORK].delivered, 61);
	assert_int_equal(s->stats.event[EXIT].delivered, 61);
	assert_int_equal(s->stats.event[EXEC].delivered, 2);
	puppet_end(l, &p);
	finish(l, s);
}

/* When the reserve is used up as well: forks and exits are counted like the others. */
static void
a_flood_of_forks_is_told_or_counted_as_lost(void **state)
{
	struct live *l = live_prepare(state);
	const char *program = live_program(l, "flood");
	struct puppet p = live_puppet(l, program), muted = live_puppet(l, program);
	struct slow *s = slow_client(l, 64 << 10, program, 0);
	const uint64_t until = live_now_ms() + LIVE_DEADLINE_MS;
	audit_token_t token = live_token(l, muted.pid);
	es_muted_processes_t *left = NULL;
	size_t count;

	MUST_SUCCEED(es_mute_process_events(s->client, &token, types, 2));
	hold(s);
	for (int i = 0; i < 1000; i++)
		puppet_tell(&p, "fork");
	/* The exit of one that is muted is lost among them. */
	kill(muted.pid, SIGKILL);
	assert_int_equal(live_reap_quietly(l, muted.pid), SIGKILL);
	let_go(s);
	show_gaps(l, s, &p);
	assert_accounted(s);
	assert_int_equal(wanted(s, FORK), 1001);
	assert_int_equal(wanted(s, EXIT), 1002);
	assert_true(s->stats.event[FORK].lost > 0);
	assert_true(s->stats.event[EXIT].lost > 0);
	/* Its mute does not outlive it. */
	do {
		live_flush(l);
		if (left)
			es_release_muted_processes(left);
		MUST_SUCCEED(es_muted_processes_events(s->client, &left));
		count = left->count;
	} while (count && live_now_ms() < until);
	es_release_muted_processes(left);
	assert_int_equal(count, 0);
	puppet_end(l, &p);
	finish(l, s);
}

/* Who cannot be made known loses what it did, and no more: its descriptors are none of terminals. */
static void
a_full_queue_loses_no_terminals_that_were_not_there(void **state)
{
	const es_event_type_t pty_close = ES_EVENT_TYPE_NOTIFY_PTY_CLOSE;
	struct live *l = live_prepare(state);
	const char *program = live_program(l, "flood");
	struct puppet p = live_puppet(l, program);
	struct slow *s = slow_client(l, 64 << 10, program, 0);

	MUST_SUCCEED(es_subscribe(s->client, &pty_close, 1));
	hold(s);
	for (int i = 0; i < 1000; i++)
		puppet_tell(&p, "fork");
	let_go(s);
	show_gaps(l, s, &p);
	assert_accounted(s);
	assert_true(s->stats.event[EXIT].lost > 0);
	assert_int_equal(s->stats.event[pty_close].lost, 0);
	puppet_end(l, &p);
	finish(l, s);
}

/*
 * In the last bytes of the queue an exit may fit where the fork before it did
 * not. What comes out of it all the same says whose it is: one open of another
 * length each time moves the end of the queue by eight bytes.
 */
static void
what_comes_out_of_a_full_queue_is_never_nobodys(void **state)
{
	struct live *l = live_prepare(state);
	const char *program = live_program(l, "flood");

	for (int length = 8; length <= 80; length += 8) {
		struct puppet p = live_puppet(l, program);
		struct slow *s = slow_client(l, 64 << 10, program, 0);

		hold(s);
		puppet_tell(&p, "open %s", live_path(l, "%0*d", length, 0));
		for (int i = 0; i < 500; i++)
			puppet_tell(&p, "fork");
		let_go(s);
		show_gaps(l, s, &p);
		assert_accounted(s);
		assert_true(s->stats.event[EXIT].lost > 0);
		assert_true(s->stats.event[EXIT].delivered > 100);
		puppet_end(l, &p);
		finish(l, s);
	}
}

static void
what_never_fits_is_lost_and_nothing_else(void **state)
{
	struct live *l = live_prepare(state);
	const char *program = live_program(l, "flood"), *path = live_path(l, "file");
	struct slow *s = slow_client(l, 64 << 10, program, 0);
	/* Twice as many bytes of arguments as the queue has, from and to the program. */
	pid_t pid = live_spawn(l, ^{
	  char *big = malloc(120001);
	  char *argv[] = { (char *)"name", (char *)"live:exit", big, NULL };

	  memset(big, 'x', 120000);
	  big[120000] = '\0';
	  execv(program, argv);
	});
	struct puppet p;

	assert_int_equal(live_reap_quietly(l, pid), 0);
	live_flush(l);
	assert_int_equal(s->delivered[EXIT], 1);
	p = live_puppet(l, program);
	puppet_tell(&p, "many 100 %s", path);
	show_gaps(l, s, &p);
	assert_accounted(s);
	assert_int_equal(s->stats.event[OPEN].lost, 0);
	assert_true(s->delivered[OPEN] >= 101);
	puppet_end(l, &p);
	finish(l, s);
}

static void
a_client_can_be_deleted_in_a_flood(void **state)
{
	struct live *l = live_prepare(state);
	volatile int *stop = live_shared(l, sizeof(*stop));
	const char *path = live_path(l, "file");
	pid_t pid = live_spawn(l, ^{
	  while (!*stop)
		  MUST(close(live_open(path)) == 0);
	});

	for (int i = 0; i < 10; i++) {
		struct slow *s = slow_client(l, 64 << 10, live_self_path(), 100);
		const uint64_t until = live_now_ms() + LIVE_DEADLINE_MS;

		do
			MUST_SUCCEED(es_linux_stats(s->client, &s->stats));
		while (!s->stats.event[OPEN].lost && live_now_ms() < until);
		assert_true(s->stats.event[OPEN].lost > 0);
		finish(l, s);
	}
	*stop = 1;
	assert_int_equal(live_reap_quietly(l, pid), 0);
}

static void
sizes_are_rounded_up_or_refused(void **state)
{
	struct live *l = live_prepare(state);
	const es_linux_config_t impossible = { .ring_bytes = SIZE_MAX };
	es_linux_config_t odd = { .ring_bytes = 100000 };
	es_linux_config_t *nothing = NULL;
	es_linux_stats_t *stats = calloc(1, sizeof(*stats));

	assert_int_equal(es_linux_configure(nothing), ES_RETURN_ERROR);
	assert_int_equal(es_linux_configure(&impossible), ES_RETURN_ERROR);
	MUST_SUCCEED(es_linux_configure(&odd));
	live_connect(l);
	MUST_SUCCEED(es_linux_stats(l->client, stats));
	assert_int_equal(stats->ring_bytes, 131072);
	assert_true(stats->ring_used <= stats->ring_bytes);
	odd.ring_bytes = 0;
	MUST_SUCCEED(es_linux_configure(&odd));
	/* The one that exists keeps its size. */
	MUST_SUCCEED(es_linux_stats(l->client, stats));
	assert_int_equal(stats->ring_bytes, 131072);
	free(stats);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_flood_is_told_or_counted_as_lost),
		LIVE_TEST(a_slow_handler_loses_what_it_has_no_room_for),
		LIVE_TEST(a_flood_leaves_room_for_what_shapes_the_tree),
		LIVE_TEST(a_flood_of_forks_is_told_or_counted_as_lost),
		LIVE_TEST(a_full_queue_loses_no_terminals_that_were_not_there),
		LIVE_TEST(what_comes_out_of_a_full_queue_is_never_nobodys),
		LIVE_TEST(what_never_fits_is_lost_and_nothing_else),
		LIVE_TEST(a_client_can_be_deleted_in_a_flood),
		LIVE_TEST(sizes_are_rounded_up_or_refused),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
