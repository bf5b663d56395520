/* bench_model: events applied per second, the cost of a frame, memory per process. */
#include "tests/bench/bench.h"
#include "tests/lib/build.h"

#include "model/snapshot.h"

#include <stdio.h>
#include <unistd.h>

enum { FRAMES = 15 };

static uint64_t random_state = 88172645463325252u;

static uint64_t
random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Pids begin at 2, and process n is a child of one of those before it, as on a real machine. */
static struct event_proc
process(int32_t n)
{
	return below(pid(n + 2, (uint32_t)n + 1), n < 8 ? 1 : 2 + (n * 7 + n / 3) % (n / 4));
}

static struct tree *
machine(int32_t processes)
{
	struct tree *t = tree_create();
	char exe[64], args[160];

	tree_apply(t, seen_of(pid(1, 1), "/sbin/init"));
	for (int32_t n = 0; n < processes; n++) {
		snprintf(exe, sizeof(exe), "/usr/lib/package-%d/bin/tool-%d", n % 40, n % 300);
		snprintf(args, sizeof(args), "%s --config /etc/package-%d/%d.conf --worker %d --verbose", exe,
			 n % 40, n, n);
		tree_apply(t, with_args(seen_of(process(n), exe), args));
	}
	return t;
}

/* ---- events ---- */

static void
bench_apply(int32_t processes, const char *what, const char *budget)
{
	enum { EVENTS = 1 << 16, ROUNDS = 64 };
	struct tree *t = machine(processes);
	uint32_t room = sizeof(struct event) + 64;
	char *stream = calloc(EVENTS, room);
	uint64_t begin;

	for (uint32_t i = 0; i < EVENTS; i++) {
		struct event_proc who = process((int32_t)(random_next() % (uint64_t)processes));
		struct event *e = i & 1 ? close_of(who, "/usr/share/zoneinfo/UTC")
					: open_of(who, "/usr/share/zoneinfo/UTC");

		memcpy(stream + (size_t)i * room, e, e->size);
	}
	begin = bench_now_ns();
	for (uint32_t r = 0; r < ROUNDS; r++)
		for (uint32_t i = 0; i < EVENTS; i++)
			tree_apply(t, (const struct event *)(stream + (size_t)i * room));
	bench_row(what, (double)EVENTS * ROUNDS * 1e3 / (double)(bench_now_ns() - begin), "M/s", budget);
	free(stream);
	tree_destroy(t);
}

/* fork, exec, open, close, exit: every process is new. */
static void
bench_lives(void)
{
	enum { LIVES = 200000 };
	struct tree *t = machine(1000);
	uint64_t spent = 0;

	for (uint32_t i = 0; i < LIVES; i++) {
		struct event_proc born = below(begun(pid(10000 + (int32_t)(i % 20000), 2 * i), i), 3);
		struct event_proc runs = born;
		struct event *life[5];
		uint64_t begin;

		runs.version++;
		life[0] = fork_of(process(1), born);
		life[1] = with_args(exec_of(born, runs, "/usr/bin/cc"), "cc -c -O2 file.c -o file.o");
		life[2] = open_of(runs, "/a");
		life[3] = close_of(runs, "/a");
		life[4] = exit_of(runs, 0);
		begin = bench_now_ns();
		for (unsigned k = 0; k < 5; k++)
			tree_apply(t, life[k]);
		spent += bench_now_ns() - begin;
	}
	bench_row("model: whole lives (fork exec open close exit)", LIVES * 5e3 / (double)spent, "M/s", "");
	tree_destroy(t);
}

/* ---- frames ---- */

static int
by_rate(const struct row *a, const struct row *b)
{
	return (b->rate_all > a->rate_all) - (b->rate_all < a->rate_all);
}

static int
by_opens(const struct row *a, const struct row *b)
{
	return (b->total[EV_OPEN] > a->total[EV_OPEN]) - (b->total[EV_OPEN] < a->total[EV_OPEN]);
}

static int
by_command(const struct row *a, const struct row *b)
{
	return strcmp(a->command, b->command);
}

static const char *
user_name(uint32_t uid)
{
	(void)uid;
	return "alice";
}

/* The median of some frames, each after a second in which a tenth of the processes acted. */
static void
bench_frames_of(struct tree *t, int32_t processes, const char *what, const struct snapshot_spec *spec,
		unsigned frames, const char *budget)
{
	struct snapshot s = { 0 };
	static uint64_t now = NOON;
	double ms[FRAMES];
	char title[80];

	for (unsigned i = 0; i < frames; i++) {
		uint64_t begin;

		for (int32_t k = 0; k < processes / 2; k++) {
			uint64_t n = random_next() % (uint64_t)(processes / 10) * 7 % (uint64_t)processes;

			tree_apply(t, open_of(process((int32_t)n), "/a"));
		}
		now += SECOND;
		begin = bench_now_ns();
		tree_tick(t, now, 5 * SECOND);
		snapshot_take(&s, t, NULL, spec, now);
		ms[i] = (double)(bench_now_ns() - begin) / 1e6;
		bench_keep_memory(s.rows);
	}
	snprintf(title, sizeof(title), "frame: %s, %d processes", what, processes);
	bench_row(title, bench_median(ms, frames), "ms", budget);
	snapshot_finish(&s);
}

static void
bench_frame(struct tree *t, int32_t processes, const char *what, const struct snapshot_spec *spec,
	    const char *budget)
{
	bench_frames_of(t, processes, what, spec, FRAMES, budget);
}

static void
bench_frames(int32_t processes, const char *budget)
{
	struct tree *t = machine(processes);
	char why[80];
	struct filter *filter = filter_compile("worker !7", why, sizeof(why));
	struct snapshot_spec spec = { .by = BY_FLAT, .user_name = user_name, .exited_secs = 5 };

	spec.compare = by_rate;
	bench_frame(t, processes, "flat, by rate", &spec, budget);
	spec.compare = by_opens;
	bench_frame(t, processes, "flat, by opens", &spec, budget);
	spec.compare = NULL;
	spec.reverse = true;
	bench_frame(t, processes, "flat, by pid, reversed", &spec, budget);
	spec.reverse = false;
	spec.compare = by_command;
	bench_frame(t, processes, "flat, by command", &spec, budget);
	bench_frames_of(t, processes, "flat, by command, the first", &spec, 1, budget);
	spec.by = BY_TREE;
	bench_frame(t, processes, "tree, by command", &spec, budget);
	spec.compare = by_rate;
	bench_frame(t, processes, "tree, by rate", &spec, budget);
	spec.subtree_totals = true;
	bench_frame(t, processes, "tree, by rate, subtree totals", &spec, budget);
	spec.filter = filter;
	bench_frame(t, processes, "tree, by rate, totals, filter", &spec, budget);
	filter_free(filter);
	tree_destroy(t);
}

/* Ten processes to a program. */
static void
bench_groups(int32_t processes, const char *budget)
{
	struct tree *t = tree_create();
	struct snapshot_spec spec = {
		.by = BY_PROGRAM, .compare = by_rate, .user_name = user_name, .exited_secs = 5
	};
	char exe[64];

	for (int32_t n = 0; n < processes; n++) {
		snprintf(exe, sizeof(exe), "/usr/lib/worker/bin/worker-%d", n / 10);
		tree_apply(t, with_args(seen_of(process(n), exe), "worker --config /etc/worker.conf"));
		tree_apply(t, open_of(process(n), "/a"));
	}
	bench_frame(t, processes, "by program, ten of each", &spec, budget);
	tree_fold_groups(t, false);
	bench_frame(t, processes, "by program, unfolded", &spec, budget);
	tree_destroy(t);
}

static void
bench_idle(void)
{
	struct tree *t = machine(100000);
	uint64_t begin;

	tree_tick(t, NOON, 5 * SECOND);
	begin = bench_now_ns();
	for (uint64_t i = 1; i <= 1000; i++)
		tree_tick(t, NOON + i * SECOND, 5 * SECOND);
	bench_row("tick: 100000 processes at rest", (double)(bench_now_ns() - begin) / 1e6, "us", "");
	tree_destroy(t);
}

/* ---- memory ---- */

static double
resident(void)
{
	long pages = 0, all;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f)
		return 0;
	if (fscanf(f, "%ld %ld", &all, &pages) != 2)
		pages = 0;
	fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void
bench_memory(void)
{
	enum { N = 100000 };
	struct snapshot_spec spec = { .by = BY_TREE, .compare = by_rate, .user_name = user_name };
	struct snapshot s = { 0 };
	double before = resident(), with_tree;
	struct tree *t = machine(N);

	with_tree = resident();
	bench_row("memory: a process in the tree", (with_tree - before) / N, "bytes", "");
	snapshot_take(&s, t, NULL, &spec, NOON);
	bench_row("memory: a process, tree and snapshot", (resident() - before) / N, "bytes", "<= 1024");
	snapshot_finish(&s);
	tree_destroy(t);
}

int
main(void)
{
	bench_memory();
	bench_apply(10000, "model: open and close, 10000 processes", ">= 5");
	bench_apply(500, "model: open and close, 500 processes", "");
	bench_apply(100000, "model: open and close, 100000 processes", "");
	bench_lives();
	bench_idle();
	bench_frames(10000, "<= 5");
	bench_frames(100000, "<= 50");
	bench_groups(100000, "<= 50");
	return 0;
}
