/*
 * bench_stall: what is lost while the main thread does not run, under a flood of opens and
 * closes, and what memory that takes. All of estop but its screen is in this process; the main
 * thread just does not drain. Needs root.
 */
#include "src/app/session.h"
#include "src/base/clock.h"
#include "tests/bench/bench.h"
#include "ui/ui.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAIRS_PER_MS = 200 }; /* 400,000 events a second */

static double
rss_mib(void)
{
	int fd = self_memory_open();
	double rss = (double)self_memory(fd) / (1 << 20);

	close(fd);
	return rss;
}

static pid_t
start_flood(void)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	alarm(30);
	for (uint64_t begin = clock_steady(), ms = 0;; ms++) {
		for (unsigned i = 0; i < PAIRS_PER_MS; i++)
			close(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
		while (clock_steady() - begin < ms * 1000000)
			poll(NULL, 0, 1);
	}
}

/* The main loop for so long. */
static void
run(struct session *s, const struct snapshot_spec *spec, double seconds)
{
	uint64_t begin = clock_steady(), tick = begin;

	while (clock_steady() - begin < (uint64_t)(seconds * 1e9)) {
		bool more = true;

		while (more)
			session_drain(s, 10000000, &more);
		if (clock_steady() - tick > 1000000000u) {
			session_update(s, spec);
			tick = clock_steady();
		}
		poll(NULL, 0, 20);
	}
}

static void
stall(struct session *s, const struct snapshot_spec *spec, double seconds)
{
	char what[64];
	uint64_t lost, applied;
	double before, most;
	pid_t flood;

	run(s, spec, 1);
	before = rss_mib();
	flood = start_flood();
	run(s, spec, 1);
	session_figures(s);
	lost = session_lost(s);
	applied = s->model.applied;
	poll(NULL, 0, (int)(seconds * 1000));
	most = rss_mib();
	kill(flood, SIGKILL);
	waitpid(flood, NULL, 0);
	run(s, spec, 1);
	session_figures(s);
#define ROW(text, value, unit, budget)                                                   \
	(snprintf(what, sizeof(what), "main thread stopped for %.1f s: %s", seconds, text), \
	 bench_row(what, value, unit, budget))
	ROW("events", (double)(s->model.applied - applied), "", "");
	ROW("lost", (double)(session_lost(s) - lost), "events", seconds > 1 ? "" : "0");
	ROW("memory before", before, "MiB", "");
	ROW("memory at its end", most, "MiB", "");
	run(s, spec, 9);
	ROW("memory 10 s later", rss_mib(), "MiB", "");
#undef ROW
}

int
main(void)
{
	static struct session s;
	const struct options o = { .events = EVENT_CORE,
				   .settings = { .interval_ms = 1000, .exited_secs = 5 } };
	const struct ui_config ui = { .settings = { .exited_secs = 5 } };
	const double seconds[] = { 0.1, 0.5, 1, 3 };
	struct snapshot_spec spec;
	char why[512];

	if (geteuid() != 0) {
		printf("%-52s needs root\n", "bench_stall");
		return 0;
	}
	self_memory_frugal();
	self_renice(-20);
	if (session_open(&s, &o, client_open, why, sizeof(why)) != 0 ||
	    ui_spec_of(&ui, &spec, why, sizeof(why)) != 0) {
		fprintf(stderr, "bench_stall: %s\n", why);
		return 1;
	}
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		stall(&s, &spec, seconds[i]);
	session_close(&s);
	return 0;
}
