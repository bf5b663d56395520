/* The numbers of messages, with the kernel played by a queue: the library's client, and no tracer. */
#include "src/linux/tracer.h"

#include <EndpointSecurity/EndpointSecurity.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- the kernel ---- */

enum { RECORDS = 64 };

struct tracer {
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t nudged;
	bool nudge;
	struct wire_file records[RECORDS];
	unsigned written, read;
	struct wire_counters count;
	u64 subscribed;
	struct cgroups *cgroups;
};

static struct tracer kernel = { .lock = PTHREAD_MUTEX_INITIALIZER, .nudged = PTHREAD_COND_INITIALIZER };

int
tracer_open(struct tracer **t, const struct tracer_options *options, char *why, size_t len)
{
	(void)options, (void)why, (void)len;
	kernel.nudge = false;
	kernel.written = kernel.read = 0;
	kernel.count = (struct wire_counters){ 0 };
	kernel.subscribed = 0;
	kernel.cgroups = cgroups_create();
	*t = &kernel;
	return kernel.cgroups ? 0 : -ENOMEM;
}

void
tracer_close(struct tracer *t)
{
	if (t)
		cgroups_destroy(t->cgroups);
}

int
tracer_subscribe(struct tracer *t, u64 kinds)
{
	pthread_mutex_lock(&t->lock);
	t->subscribed = kinds;
	pthread_mutex_unlock(&t->lock);
	return 0;
}

void
tracer_wait(struct tracer *t, int timeout_ms)
{
	(void)timeout_ms;
	pthread_mutex_lock(&t->lock);
	while (!t->nudge)
		pthread_cond_wait(&t->nudged, &t->lock);
	t->nudge = false;
	pthread_mutex_unlock(&t->lock);
}

void
tracer_nudge(struct tracer *t)
{
	pthread_mutex_lock(&t->lock);
	t->nudge = true;
	pthread_cond_signal(&t->nudged);
	pthread_mutex_unlock(&t->lock);
}

unsigned
tracer_drain(struct tracer *t, unsigned max, void (*record)(void *ctx, const struct wire_head *), void *ctx)
{
	unsigned n = 0;

	while (n < max && !tracer_drained(t, tracer_produced(t))) {
		record(ctx, &t->records[t->read % RECORDS].head);
		pthread_mutex_lock(&t->lock);
		t->read++;
		pthread_mutex_unlock(&t->lock);
		n++;
	}
	return n;
}

uint64_t
tracer_produced(struct tracer *t)
{
	uint64_t n;

	pthread_mutex_lock(&t->lock);
	n = t->written;
	pthread_mutex_unlock(&t->lock);
	return n;
}

bool
tracer_drained(struct tracer *t, uint64_t goal)
{
	bool drained;

	pthread_mutex_lock(&t->lock);
	drained = t->read >= goal;
	pthread_mutex_unlock(&t->lock);
	return drained;
}

void
tracer_counters(struct tracer *t, struct wire_counters *sum)
{
	pthread_mutex_lock(&t->lock);
	*sum = t->count;
	pthread_mutex_unlock(&t->lock);
}

struct cgroups *
tracer_cgroups(struct tracer *t)
{
	return t->cgroups;
}

int
tracer_processes(struct tracer *t, u32 pid, void (*visit)(void *ctx, const struct wire_proc *), void *ctx)
{
	(void)t, (void)pid, (void)visit, (void)ctx;
	return -ESRCH;
}

/* What the tests do not come to, for the linker. */
#define NOTHING(type, name, value, ...) \
	type name(__VA_ARGS__)          \
	{                               \
		return value;           \
	}
#define T __attribute__((unused)) struct tracer *t
#define U __attribute__((unused))
NOTHING(bool, tracer_uses_functions, false, U const struct tracer *t)
NOTHING(int, tracer_mute_process, 0, T, U u32 pid, U u32 version, U u64 kinds)
NOTHING(int, tracer_mute_path, 0, T, U const char *path, U size_t length, U bool prefix, U u64 kinds)
NOTHING(int, tracer_mute_subtree, 0, T, U u32 id, U u64 kinds)
NOTHING(int, tracer_adopt, 0, T, U u32 id, U u32 pid)
NOTHING(int, tracer_mute_unit, 0, T, U const char *name, U u64 kinds)
NOTHING(int, tracer_mute_user, 0, T, U u32 uid, U u64 kinds)
NOTHING(bool, tracer_suppressed_process, false, T, U u32 pid, U u32 version, U u64 *count)
NOTHING(bool, tracer_suppressed_path, false, T, U const char *path, U size_t length, U bool prefix,
	U u64 *count)
NOTHING(bool, tracer_suppressed_subtree, false, T, U u32 id, U u64 *count)
NOTHING(bool, tracer_suppressed_unit, false, T, U const char *name, U u64 *count)
NOTHING(bool, tracer_suppressed_user, false, T, U u32 uid, U u64 *count)
NOTHING(uint64_t, tracer_missed, 0, T)
NOTHING(size_t, tracer_ring_used, 0, T)

void
tracer_invert(struct tracer *t, bool processes, bool paths)
{
	(void)t, (void)processes, (void)paths;
}

void
tracer_prepare(void)
{
}

/* As the BPF programs: what is subscribed to is written; what began before that changed may be as well. */
static void
write_anyway(enum wire_kind kind)
{
	struct wire_file *w = &kernel.records[kernel.written % RECORDS];

	pthread_mutex_lock(&kernel.lock);
	*w = (struct wire_file){
		.head = { .size = sizeof(*w), .kind = (u8)kind, .pid = 100, .version = 1, .tid = 100 }
	};
	kernel.count.produced[kind]++;
	kernel.written++;
	pthread_mutex_unlock(&kernel.lock);
}

static void
happens(enum wire_kind kind)
{
	if (kernel.subscribed & 1ULL << kind)
		write_anyway(kind);
}

static void
is_lost(enum wire_kind kind, u64 n)
{
	pthread_mutex_lock(&kernel.lock);
	kernel.count.produced[kind] += n;
	kernel.count.lost[kind] += n;
	pthread_mutex_unlock(&kernel.lock);
}

/* ---- the client ---- */

static const es_event_type_t opens[] = { ES_EVENT_TYPE_NOTIFY_OPEN };
static const es_event_type_t both[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE };

static es_client_t *client;
static struct {
	es_event_type_t type;
	uint64_t seq, global;
} messages[RECORDS];
static unsigned message_count;

static int
setup(void **state)
{
	(void)state;
	message_count = 0;
	return es_new_client(&client,
			     ^(es_client_t *c, const es_message_t *m) {
			       (void)c;
			       messages[message_count].type = m->event_type;
			       messages[message_count].seq = m->seq_num;
			       messages[message_count++].global = m->global_seq_num;
			     }) == ES_NEW_CLIENT_RESULT_SUCCESS
		       ? 0
		       : -1;
}

static int
teardown(void **state)
{
	(void)state;
	return es_delete_client(client) == ES_RETURN_SUCCESS ? 0 : -1;
}

/* Everything that has happened is handled, and its losses are counted. */
static void
flush(void)
{
	__block sem_t done;

	sem_init(&done, 0, 0);
	assert_int_equal(es_sync_client(client,
					^{
					  sem_post(&done);
					}),
			 ES_RETURN_SUCCESS);
	while (sem_wait(&done) != 0)
		;
	sem_destroy(&done);
}

static void
assert_message(unsigned i, es_event_type_t type, uint64_t seq, uint64_t global)
{
	assert_true(i < message_count);
	assert_int_equal(messages[i].type, type);
	assert_int_equal(messages[i].seq, seq);
	assert_int_equal(messages[i].global, global);
}

static void
numbers_go_on_where_they_were_when_a_type_is_subscribed_again(void **state)
{
	(void)state;
	es_subscribe(client, both, 2);
	happens(WIRE_OPEN), happens(WIRE_CLOSE), happens(WIRE_OPEN);
	flush();
	es_unsubscribe(client, opens, 1);
	happens(WIRE_OPEN), happens(WIRE_CLOSE);
	flush();
	es_unsubscribe_all(client);
	happens(WIRE_OPEN), happens(WIRE_CLOSE);
	flush();
	es_subscribe(client, both, 2);
	happens(WIRE_OPEN), happens(WIRE_CLOSE);
	flush();
	assert_int_equal(message_count, 6);
	assert_message(3, ES_EVENT_TYPE_NOTIFY_CLOSE, 1, 3);
	assert_message(4, ES_EVENT_TYPE_NOTIFY_OPEN, 2, 4);
	assert_message(5, ES_EVENT_TYPE_NOTIFY_CLOSE, 2, 5);
}

/* What was under way when the type was unsubscribed is delivered, with its number. */
static void
an_event_under_way_keeps_its_number(void **state)
{
	(void)state;
	es_subscribe(client, opens, 1);
	happens(WIRE_OPEN);
	es_unsubscribe(client, opens, 1);
	write_anyway(WIRE_OPEN);
	flush();
	es_subscribe(client, opens, 1);
	happens(WIRE_OPEN);
	flush();
	assert_int_equal(message_count, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_message(i, ES_EVENT_TYPE_NOTIFY_OPEN, i, i);
}

/* There is no gap without a loss, and each is as long as what was counted: in its type, and in all. */
static void
a_gap_is_what_was_counted_as_lost(void **state)
{
	(void)state;
	es_subscribe(client, both, 2);
	happens(WIRE_OPEN);
	flush();
	is_lost(WIRE_OPEN, 3);
	flush();
	happens(WIRE_CLOSE), happens(WIRE_OPEN);
	flush();
	assert_message(1, ES_EVENT_TYPE_NOTIFY_CLOSE, 0, 4);
	assert_message(2, ES_EVENT_TYPE_NOTIFY_OPEN, 4, 5);
	/* Counted with records still to be read: the gap is behind them. */
	happens(WIRE_OPEN);
	is_lost(WIRE_OPEN, 1);
	flush();
	happens(WIRE_OPEN);
	flush();
	assert_message(3, ES_EVENT_TYPE_NOTIFY_OPEN, 5, 6);
	assert_message(4, ES_EVENT_TYPE_NOTIFY_OPEN, 7, 8);
}

/* Under way when its type was unsubscribed, an event can be lost after that. It shows when events come again. */
static void
what_is_lost_while_a_type_is_unsubscribed_shows_when_it_comes_again(void **state)
{
	(void)state;
	es_subscribe(client, opens, 1);
	happens(WIRE_OPEN);
	flush();
	es_unsubscribe_all(client);
	is_lost(WIRE_OPEN, 1);
	flush();
	es_subscribe(client, both, 2);
	happens(WIRE_CLOSE), happens(WIRE_OPEN);
	flush();
	assert_message(1, ES_EVENT_TYPE_NOTIFY_CLOSE, 0, 2);
	assert_message(2, ES_EVENT_TYPE_NOTIFY_OPEN, 2, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_go_on_where_they_were_when_a_type_is_subscribed_again,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_event_under_way_keeps_its_number, setup, teardown),
		cmocka_unit_test_setup_teardown(a_gap_is_what_was_counted_as_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_lost_while_a_type_is_unsubscribed_shows_when_it_comes_again, setup, teardown),
	};

	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
