/*
 * What one event costs in the handler: message to record, ring included, with
 * messages as they are typical (an open of a path of 40 bytes) and with those that
 * cost most. The clock around each call is measured, too, and taken off.
 */
#include "src/base/source.h"
#include "src/base/wake.h"
#include "tests/bench/bench.h"
#include "tests/lib/es_double.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum {
	ROUNDS = 1000000,
	PROCESSES = 500,
	MESSAGES = 5000 /* more than fit into the nearest cache, as those of a system would */
};

struct load {
	struct source source;
	struct ring *ring;
	struct wake wake;
	es_message_t *message[MESSAGES];
	double ns[ROUNDS];
	atomic_bool done;
	uint64_t number;
};

static struct load load;

static int
open_client(struct load *l)
{
	char why[256];
	int error;

	es_double_reset();
	l->ring = ring_create(22);
	error = wake_open(&l->wake);
	if (!error)
		error = client_open(&l->source, l->ring, l->wake.write_fd, why, sizeof(why));
	if (!error)
		error = l->source.ops->start(l->source.self, EVENT_ALL, why, sizeof(why));
	return error;
}

static es_message_t *
typical_open(unsigned i)
{
	static const char *const paths[] = {
		"/usr/lib/x86_64-linux-gnu/libfoobar.so.1",
		"/home/alice/src/project/include/config.h",
		"/private/var/folders/zz/T/tmp.0123456789",
	};
	const struct double_proc who = {
		.pid = 1000 + (int32_t)(i % PROCESSES),
		.version = 2000 + i % PROCESSES,
		.ppid = 1,
		.uid = 501,
		.start_us = 1000000,
		.exe = "/usr/libexec/some-daemon-or-other",
	};

	return es_double_open(7, who, paths[i % 3], 1);
}

static es_message_t *
first_of_its_program(unsigned i)
{
	es_message_t *msg = typical_open(i);

	/* More executions than the client remembers: every one is sent again. */
	msg->process->audit_token.val[7] = 100000 + i;
	return msg;
}

static es_message_t *
typical_exec(unsigned i)
{
	static const char *const args[] = { "cc",          "-O2", "-g", "-Wall",
					    "-Iinclude",   "-c",  "-o", "build/object.o",
					    "src/source.c" };
	const struct double_proc who = { .pid = 1000 + (int32_t)i, .version = 5 + i, .exe = "/bin/sh" };
	const struct double_exec exec = {
		.after = { .pid = 1000 + (int32_t)i, .version = 200000 + i, .exe = "/usr/bin/cc" },
		.args = args,
		.arg_count = 9,
		.cwd = "/home/alice/src/project",
	};

	return es_double_exec(7, who, exec);
}

static void *
consume(void *arg)
{
	struct load *l = arg;
	const struct event *e;

	while (!atomic_load_explicit(&l->done, memory_order_relaxed))
		while ((e = ring_peek(l->ring, NULL))) {
			bench_keep(e->time_ns + e->size);
			ring_release(l->ring);
		}
	return NULL;
}

static void
drain(struct load *l)
{
	while (ring_peek(l->ring, NULL))
		ring_release(l->ring);
}

static void
deliver(struct load *l, unsigned i)
{
	es_message_t *msg = l->message[i % MESSAGES];

	msg->seq_num = msg->global_seq_num = l->number++;
	es_double_deliver(msg);
}

static double
clock_cost(void)
{
	static double ns[10001];

	for (size_t i = 0; i < 10001; i++) {
		uint64_t start = bench_now_ns();

		ns[i] = (double)(bench_now_ns() - start);
	}
	return bench_median(ns, 10001);
}

static void
row(const char *what, const char *quantile, double ns, const char *budget)
{
	char name[80];

	snprintf(name, sizeof(name), "handler, %s, %s", what, quantile);
	bench_row(name, ns, "ns", budget);
}

static void
measure(struct load *l, const char *what, es_message_t *(*build)(unsigned), bool two_threads, bool budget)
{
	double clock = clock_cost();
	pthread_t thread;

	if (open_client(l) != 0)
		exit(1);
	l->number = 0;
	for (unsigned i = 0; i < MESSAGES; i++)
		l->message[i] = build(i);
	for (unsigned i = 0; i < 20 * MESSAGES; i++) { /* pages of the ring, caches */
		deliver(l, i);
		if (i % 1024 == 0)
			drain(l);
	}
	drain(l);
	atomic_store(&l->done, false);
	if (two_threads)
		pthread_create(&thread, NULL, consume, l);
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t start = bench_now_ns();

		deliver(l, i);
		l->ns[i] = (double)(bench_now_ns() - start) - clock;
		if (!two_threads && i % 1024 == 0)
			drain(l);
	}
	atomic_store(&l->done, true);
	if (two_threads)
		pthread_join(thread, NULL);
	row(what, "median", bench_median(l->ns, ROUNDS), budget ? "<= 250" : NULL);
	row(what, "p99.9", l->ns[(size_t)(ROUNDS * 0.999)], budget ? "<= 5000" : NULL);
	l->source.ops->close(l->source.self);
	ring_destroy(l->ring);
	wake_close(&l->wake);
	for (unsigned i = 0; i < MESSAGES; i++)
		es_double_free(l->message[i]);
}

int
main(void)
{
	measure(&load, "open, 40 bytes", typical_open, false, true);
	measure(&load, "open, with a consumer", typical_open, true, true);
	measure(&load, "open, first of its program", first_of_its_program, false, false);
	measure(&load, "exec, 9 arguments", typical_exec, false, false);
	return 0;
}
