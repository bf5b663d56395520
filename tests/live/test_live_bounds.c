/*
 * The work of a single run is bounded, whatever a user does; what is left over
 * is counted as lost, or delivered as cut. make bench measures how long runs take.
 */
#include "tests/lib/live.h"
#include "tests/lib/worst.h"

#include <es_linux.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>

/* The result: closes delivered, and closes counted as lost. */
struct outcome {
	uint64_t open, delivered, lost;
	size_t cut; /* paths that are marked as cut */
};

static uint64_t
lost(struct live *l, es_event_type_t type)
{
	es_linux_stats_t *stats = calloc(1, sizeof(*stats));
	uint64_t n;

	assert_non_null(stats);
	assert_int_equal(es_linux_stats(l->client, stats), ES_RETURN_SUCCESS);
	n = stats->event[type].lost;
	free(stats);
	return n;
}

static struct outcome
outcome_of(struct live *l, enum worst_id id, bool after_exec)
{
	struct outcome o = { 0 };
	struct worst_run run;
	uint64_t before;
	pid_t pid;

	assert_int_equal(worst_begin(&run), 0);
	const struct worst_run childs = run;
	pid = live_spawn(l, ^{
	  worst_live(&childs, id);
	});
	assert_int_equal(worst_wait(&run), 0);
	live_flush(l);
	before = lost(l, CLOSE);
	assert_int_equal(worst_go(&run), 0);
	assert_int_equal(live_finish(l, pid), 0);
	live_flush(l);
	o.open = run.open;
	o.lost = lost(l, CLOSE) - before;
	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);

		if (e->actor.pid != pid)
			continue;
		if (e->type == EXEC && after_exec)
			break; /* what the new program closes is its own */
		o.delivered += e->type == CLOSE;
		o.cut += e->type == OPEN && e->path_truncated;
	}
	worst_end(&run);
	return o;
}

/* All descriptors of files are accounted for; the program's own few come on top. */
static void
assert_accounted(const struct outcome *o)
{
	assert_in_range(o->delivered + o->lost, o->open, o->open + 300);
	assert_true(o->delivered > 200);
}

/* A sweep has a bound, and that is reached. With functions there is no sweep; only the ring may be full. */
static void
assert_left_over(struct live *l, const struct outcome *o)
{
	assert_true(o->lost > 0 || es_linux_hooks(l->client) == ES_LINUX_HOOKS_FUNCTIONS);
}

static void
many_descriptors_at_exit_are_told_or_counted_as_lost(void **state)
{
	struct live *l = live_begin(state);
	struct outcome o = outcome_of(l, WORST_DISTINCT, false);

	assert_accounted(&o);
	assert_true(o.delivered >= 1000);
	assert_left_over(l, &o);
}

static void
deep_duplicates_at_exit_are_told_or_counted_as_lost(void **state)
{
	struct live *l = live_begin(state);
	struct outcome o = outcome_of(l, WORST_ALTERNATING, false);

	assert_in_range(o.delivered + o.lost, o.open, o.open + 300);
	assert_left_over(l, &o);
}

/* The terminals have the highest numbers, so that their turn never comes. */
static void
terminals_at_exit_are_told_or_counted_as_lost(void **state)
{
	enum { BEFORE = 4000, TERMINALS = 20 };
	const es_event_type_t pty_close = ES_EVENT_TYPE_NOTIFY_PTY_CLOSE;
	struct live *l = live_begin_with(state, &pty_close, 1);
	const uint64_t before = lost(l, pty_close);
	pid_t pid = live_run_privileged(l, ^{
	  const struct rlimit most = { BEFORE + 300, BEFORE + 300 };

	  MUST(setrlimit(RLIMIT_NOFILE, &most) == 0);
	  for (int i = 0; i < BEFORE; i++)
		  MUST(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
	  for (int i = 0; i < TERMINALS; i++)
		  if (posix_openpt(O_RDWR | O_NOCTTY) < 0)
			  _exit(LIVE_NOT_ALLOWED);
	});

	assert_in_range(live_count(l, pty_close, pid, NULL) + lost(l, pty_close) - before, TERMINALS,
			BEFORE + 300);
}

static void
close_range_of_many_is_told_or_counted_as_lost(void **state)
{
	struct live *l = live_begin(state);
	struct outcome o = outcome_of(l, WORST_CLOSE_RANGE, false);

	assert_accounted(&o);
	assert_left_over(l, &o);
}

static void
an_exec_that_closes_many_is_told_or_counted_as_lost(void **state)
{
	struct live *l = live_begin(state);
	struct outcome o;

	/* what close-on-exec closes is not seen */
	if (!live_kernel_is(6, 10) && es_linux_hooks(l->client) == ES_LINUX_HOOKS_TRACEPOINTS) {
		o = outcome_of(l, WORST_CLOSE_EXEC, true);
		assert_true(o.delivered < 300);
		return;
	}
	o = outcome_of(l, WORST_CLOSE_EXEC, true);
	assert_accounted(&o);
	assert_left_over(l, &o);
}

static void
a_path_below_more_mounts_than_a_walk_has_steps_is_cut(void **state)
{
	struct live *l = live_begin(state);
	struct outcome o = outcome_of(l, WORST_MOUNTS, false);

	assert_int_equal(o.cut, 1);
}

static void
a_deep_path_is_whole(void **state)
{
	struct live *l = live_begin(state);
	struct outcome o = outcome_of(l, WORST_DEEP, false);

	assert_int_equal(o.cut, 0);
	assert_int_equal(o.lost, 0);
}

/* Paths of one directory are built once in a run; that must not make one longer than a path may be. */
static void
a_close_by_exit_has_the_path_of_its_open(void **state)
{
	enum { LONGEST = 16384, NAME = 250 };
	struct live *l = live_begin(state);
	const char *deep =
		live_deep_path(l, LONGEST - 284); /* a whole path, but not with that name behind it */
	pid_t pid = live_run(l, ^{
	  int above = live_make_deep(l, deep), dir;
	  char name[NAME + 1];

	  MUST(mkdirat(above, strrchr(deep, '/') + 1, 0700) == 0);
	  MUST((dir = openat(above, strrchr(deep, '/') + 1, O_PATH | O_DIRECTORY)) >= 0);
	  MUST(openat(dir, "a", O_RDWR | O_CREAT, 0600) >= 0);
	  memset(name, 'b', NAME);
	  name[NAME] = '\0';
	  MUST(openat(dir, name, O_RDWR | O_CREAT, 0600) >= 0);
	});

	for (size_t i = 0; i < 2; i++) {
		const struct live_event *open =
			live_event(l, OPEN, pid, NULL, live_count(l, OPEN, pid, NULL) - 2 + i);
		const struct live_event *close =
			live_event(l, CLOSE, pid, NULL, live_count(l, CLOSE, pid, NULL) - 2 + i);

		assert_true(open->path.len <= LONGEST && open->path.len > LONGEST - 2 * NAME);
		assert_int_equal(open->path_truncated, i == 1);
		/* The close may have the whole path where the open has its end. */
		assert_true(close->path.len <= LONGEST && close->path.len >= open->path.len);
		assert_true(!close->path_truncated || open->path_truncated);
		if (close->path_truncated == open->path_truncated)
			assert_int_equal(close->path.len, open->path.len);
		assert_memory_equal(close->path.data + close->path.len - open->path.len, open->path.data,
				    open->path.len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(many_descriptors_at_exit_are_told_or_counted_as_lost),
		LIVE_TEST(deep_duplicates_at_exit_are_told_or_counted_as_lost),
		LIVE_TEST(terminals_at_exit_are_told_or_counted_as_lost),
		LIVE_TEST(close_range_of_many_is_told_or_counted_as_lost),
		LIVE_TEST(an_exec_that_closes_many_is_told_or_counted_as_lost),
		LIVE_TEST(a_path_below_more_mounts_than_a_walk_has_steps_is_cut),
		LIVE_TEST(a_deep_path_is_whole),
		LIVE_TEST(a_close_by_exit_has_the_path_of_its_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
