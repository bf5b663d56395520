/*
 * bench_mutes - what ten thousand rules cost the watched, who is covered by none
 * of them: the pair of open and close with a client that has no rules, and with one
 * that has them all, in turns. Needs root.
 */
#include "tests/bench/bench.h"

#include <EndpointSecurity/EndpointSecurity.h>
#include <es_linux.h>
#include <fcntl.h>
#include <mach/mach.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 7, PAIRS = 100000, RULES = 10000 };

static const es_event_type_t files[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE };
static _Atomic uint64_t delivered;

/* In a child: this process is muted. */
static double
pairs_ns(const char *file)
{
	double ns = 0;
	int out[2];
	pid_t pid;

	if (pipe(out) != 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		uint64_t t = bench_now_ns();

		for (int i = 0; i < PAIRS; i++)
			close(open(file, O_RDONLY | O_CLOEXEC));
		ns = (double)(bench_now_ns() - t) / PAIRS;
		_exit(write(out[1], &ns, sizeof(ns)) != sizeof(ns));
	}
	close(out[1]);
	if (read(out[0], &ns, sizeof(ns)) != sizeof(ns))
		ns = 0;
	close(out[0]);
	waitpid(pid, NULL, 0);
	return ns;
}

/* A client that watches opens and closes; time says how long its own thread took for one, in ns. */
static double
round_with(unsigned rules, const char *file)
{
	mach_msg_type_number_t count = TASK_AUDIT_TOKEN_COUNT;
	es_client_t *client;
	audit_token_t self;
	double ns;

	if (es_new_client(&client, ^(es_client_t *c, const es_message_t *m) {
	      (void)c, (void)m;
	      atomic_fetch_add_explicit(&delivered, 1, memory_order_relaxed);
	    }) != ES_NEW_CLIENT_RESULT_SUCCESS)
		return -1;
	task_info(mach_task_self(), TASK_AUDIT_TOKEN, (task_info_t)&self, &count);
	es_mute_process(client, &self);
	for (unsigned i = 0; i < rules; i++) {
		char path[96];

		/* Every path type, of many lengths. */
		snprintf(path, sizeof(path), "/usr/lib/nowhere/%u/%.*s", i, (int)(i % 60),
			 "a-name-that-is-cut-off-somewhere-so-that-lengths-are-many-and-so");
		es_mute_path_events(client, path, (es_mute_path_type_t)(i % 4), files, 2);
	}
	es_subscribe(client, files, 2);
	ns = pairs_ns(file);
	es_unsubscribe_all(client);
	es_delete_client(client);
	return ns;
}

int
main(void)
{
	double none[ROUNDS], all[ROUNDS], before, after;
	char file[] = "/tmp/estop-bench-XXXXXX";
	int fd = mkstemp(file);

	if (fd < 0)
		return 1;
	close(fd);
	for (int i = 0; i < ROUNDS; i++) {
		none[i] = round_with(0, file);
		if (none[i] < 0) {
			printf("SKIP: %s\n", es_linux_error());
			unlink(file);
			return 0;
		}
		all[i] = round_with(RULES, file);
	}
	unlink(file);
	before = bench_median(none, ROUNDS);
	after = bench_median(all, ROUNDS);
	bench_row("open+close observed, no rules", before, "ns/pair", "");
	bench_row("open+close observed, 10,000 rules", after, "ns/pair", "");
	bench_row("10,000 rules against none", after / before, "x", "1 within noise");
	bench_keep(atomic_load(&delivered));
	return 0;
}
