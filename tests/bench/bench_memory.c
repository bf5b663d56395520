/*
 * bench_memory: what the model costs in a run of hours. Builds are simulated: a make that
 * starts shells, those compilers, and so on, with arguments and files of usual length,
 * 300 processes a second. Each second is a frame. ESTOP_PROCESSES says how many in
 * all; 5 million are four and a half hours.
 */
#include "tests/bench/bench.h"
#include "tests/lib/build.h"

#include "model/snapshot.h"
#include "model/views.h"

#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { PER_SECOND = 300, PIDS = 32768, FILES = 6 };

static uint64_t state = 88172645463325252u;

static uint64_t
random_next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

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
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

struct machine {
	struct tree *tree;
	struct views views;
	struct snapshot snapshot;
	uint64_t now, born;
};

static void
apply(struct machine *m, const struct event *e)
{
	views_apply(&m->views, e, tree_exe(m->tree, &e->who));
	tree_apply(m->tree, e);
}

static struct event_proc
next_process(struct machine *m, int32_t ppid)
{
	struct event_proc p = below(pid(1000 + (int32_t)(m->born % PIDS), (uint32_t)m->born * 2), ppid);

	p.start_ns = m->now + m->born++;
	return p;
}

/* fork, exec, some files, as many children as levels are left, exit. */
static void
live(struct machine *m, struct event_proc parent, unsigned level)
{
	static const char *const programs[] = { "cc1", "as", "collect2", "gcc-12", "sh", "make" };
	struct event_proc p = next_process(m, parent.pid), before = p;
	char path[128], args[4096];
	size_t length = 200 + random_next() % 1800, n;

	apply(m, at(fork_of(parent, p), m->now));
	p.version++;
	snprintf(path, sizeof(path), "/usr/lib/gcc/x86_64-linux-gnu/12/%s", programs[level]);
	n = (size_t)snprintf(args, sizeof(args), "%s -o object-%llu.o", programs[level],
			     (unsigned long long)m->born);
	while (n < length)
		n += (size_t)snprintf(args + n, sizeof(args) - n, " -I/usr/include/package-%u",
				      (unsigned)(random_next() % 100));
	apply(m, with_args(at(exec_of(before, p, path), m->now), args));
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "/home/alice/src/project-%u/include/header-%u.h",
			 (unsigned)(random_next() % 50), (unsigned)(random_next() % 2000));
		apply(m, at(open_of(p, path), m->now));
		apply(m, at(close_of(p, path), m->now));
	}
	for (uint64_t children = level ? 1 + random_next() % 3 : 0; children; children--)
		live(m, p, level - 1);
	apply(m, at(exit_of(p, 0), m->now));
}

static int
by_rate(const struct row *a, const struct row *b)
{
	return (b->rate_all > a->rate_all) - (b->rate_all < a->rate_all);
}

static const char *
user_name(uint32_t uid)
{
	(void)uid;
	return "alice";
}

static void
row(const char *what, const char *when, double value, const char *unit)
{
	char title[96];

	snprintf(title, sizeof(title), "%s, %s", what, when);
	bench_row(title, value, unit, "");
}

static void
run(const char *what, int exited_secs, uint64_t processes)
{
	struct machine m = { .tree = tree_create(), .now = NOON };
	struct snapshot_spec spec = {
		.by = BY_TREE, .compare = by_rate, .user_name = user_name, .exited_secs = exited_secs
	};
	uint64_t exited_ns = exited_secs < 0 ? UINT64_MAX : (uint64_t)exited_secs * SECOND;
	struct event_proc shell = pid(900, 1);
	double begin = resident(), minute = 0;

	views_open(&m.views, true);
	apply(&m, seen_of(pid(1, 1), "/sbin/init"));
	apply(&m, seen_of(below(shell, 1), "/bin/bash"));
	for (uint64_t second = 1; m.born < processes; second++) {
		while (m.born < second * PER_SECOND)
			live(&m, shell, 5);
		m.now += SECOND;
		tree_tick(m.tree, m.now, exited_ns);
		views_tick(&m.views, m.tree, &spec, m.now);
		snapshot_take(&m.snapshot, m.tree, NULL, &spec, m.now);
		if (second == 60) {
			minute = resident() - begin;
			row(what, "after a minute", minute, "MiB");
		}
		if (second % 3600 == 0 || m.born >= processes) {
			char when[64];

			snprintf(when, sizeof(when), "after %.1f h", (double)second / 3600);
			row(what, when, resident() - begin, "MiB");
#ifdef __GLIBC__
			{
				struct mallinfo2 i = mallinfo2();

				row(what, "allocated", (double)(i.uordblks + i.hblkhd) / (1 << 20), "MiB");
				row(what, "free in the heap", (double)i.fordblks / (1 << 20), "MiB");
			}
#endif
			row(what, "rows of the tree", (double)tree_size(m.tree), "");
			row(what, "rows of the frame", (double)m.snapshot.count, "");
		}
	}
	row(what, "end to first minute", (resident() - begin) / minute, "ratio");
	snapshot_finish(&m.snapshot);
	views_close(&m.views);
	tree_destroy(m.tree);
}

int
main(void)
{
	const char *asked = getenv("ESTOP_PROCESSES");
	uint64_t processes = asked ? strtoull(asked, NULL, 10) : 5000000;

	run("memory, exited 5 s", 5, processes);
	run("memory, exited all", -1, processes);
	return 0;
}
