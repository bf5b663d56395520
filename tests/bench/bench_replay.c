/*
 * bench_replay - what reading and writing JSON Lines costs, and that memory does
 * not grow with the length of a recording. BENCH_EVENTS: how many, 5 million
 * by default; they come by a pipe, so nothing is left on a disk.
 */
#include "src/stream/eslogger.h"
#include "src/app/session.h"
#include "tests/bench/bench.h"
#include "tests/lib/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 20000 };

static uint64_t events = 5000000;
static char path[64];

static void
read_and_write(void)
{
	struct eslogger plain = { .detail = false }, full = { .detail = true };
	struct text text = { 0 };
	uint64_t bytes = 0, start = bench_now_ns();
	double seconds;
	json_t *value;

	for (unsigned i = 0; i < ROUNDS; i++) {
		const char *line = fixture[2 + i % 2]; /* an open, a close */

		eslogger_read(&plain, line, strlen(line));
		bytes += strlen(line);
	}
	seconds = (double)(bench_now_ns() - start) / 1e9;
	bench_row("replay: a line read (yajl)", ROUNDS / seconds / 1e3, "k events/s", "");
	bench_row("replay: the same", (double)bytes / seconds / 1e6, "MB/s", "");

	eslogger_read(&full, fixture[2], strlen(fixture[2]));
	bytes = 0;
	start = bench_now_ns();
	for (unsigned i = 0; i < ROUNDS; i++) {
		text.length = 0;
		eslogger_write(&text, full.event);
		bytes += text.length;
	}
	seconds = (double)(bench_now_ns() - start) / 1e9;
	bench_row("log: a line written (our own)", (double)bytes / seconds / 1e6, "MB/s", "");

	value = json_loads(fixture[2], 0, NULL);
	bytes = 0;
	start = bench_now_ns();
	for (unsigned i = 0; i < ROUNDS; i++) {
		char *line = json_dumps(value, JSON_COMPACT);

		bytes += strlen(line);
		free(line);
	}
	seconds = (double)(bench_now_ns() - start) / 1e9;
	bench_row("log: a line written by jansson, for comparison", (double)bytes / seconds / 1e6, "MB/s", "");
	json_decref(value);
	eslogger_finish(&plain);
	eslogger_finish(&full);
	text_finish(&text);
}

/* Short lines, as few keys as count: 500 processes that open and close. */
static void *
produce(void *arg)
{
	FILE *out = fopen(path, "w");

	(void)arg;
	for (uint64_t i = 0; i < events; i++)
		fprintf(out,
			"{\"version\":9,\"event_type\":%d,\"time\":\"2025-08-07T15:%02d:%02d.%09dZ\",\"event\":"
			"{\"%s\":{\"%s\":{\"path\":\"/var/data/%u\"}}},\"process\":{\"audit_token\":{\"pid\":%u,"
			"\"euid\":501,\"pidversion\":7},\"ppid\":1,\"start_time\":\"2025-08-07T15:00:00.000001Z\","
			"\"executable\":{\"path\":\"/bin/e%u\"}}}\n",
			i % 2 ? 12 : 10, (int)(i / 10000 / 60 % 60), (int)(i / 10000 % 60),
			(int)(i % 10000) * 100000, i % 2 ? "close" : "open", i % 2 ? "target" : "file",
			(unsigned)(i / 2), (unsigned)(2 + i % 500), (unsigned)(i % 500));
	fclose(out);
	return NULL;
}

static int
no_source(struct source *s, struct ring *ring, int wake_fd, char *why, size_t len)
{
	(void)s, (void)ring, (void)wake_fd, (void)why, (void)len;
	return -EPERM;
}

static void
long_recording(void)
{
	struct replay_input input = { .path = path };
	struct options options = { .events = EVENT_ALL,
				   .settings = { .interval_ms = 1000 },
				   .batch = true,
				   .inputs = &input,
				   .input_count = 1,
				   .speed = 0 };
	struct snapshot_spec spec = { .by = BY_TREE };
	struct session session;
	pthread_t thread;
	uint64_t early = 0, most = 0, start;
	char why[256];
	bool more;

	snprintf(path, sizeof(path), "/tmp/estop-bench-%d", (int)getpid());
	if (mkfifo(path, 0600) != 0 || pthread_create(&thread, NULL, produce, NULL) != 0)
		return;
	start = bench_now_ns();
	if (session_open(&session, &options, no_source, why, sizeof(why)) != 0) {
		fprintf(stderr, "bench_replay: %s\n", why);
		exit(1);
	}
	while (!session_ended(&session)) {
		session_drain(&session, 10000000, &more);
		session_update(&session, &spec);
		if (session.model.applied > events / 10 && !early)
			early = session.figures.self.rss;
		if (session.figures.self.rss > most)
			most = session.figures.self.rss;
		usleep(5000);
	}
	session_drain(&session, UINT64_MAX / 2, &more);
	pthread_join(thread, NULL);
	unlink(path); /* not before: opening it again would make a file */
	bench_row("replay: short lines through a pipe into the tree",
		  (double)session.model.applied / ((double)(bench_now_ns() - start) / 1e9) / 1e3,
		  "k events/s", "");
	bench_row("replay: events", (double)session.model.applied / 1e6, "million", "");
	bench_row("replay: memory after a tenth of them", (double)early / (1 << 20), "MiB", "");
	bench_row("replay: memory at most", (double)most / (1 << 20), "MiB", "flat");
	session_close(&session);
}

int
main(void)
{
	const char *wanted = getenv("BENCH_EVENTS");

	if (wanted)
		events = strtoull(wanted, NULL, 10);
	read_and_write();
	long_recording();
	return 0;
}
