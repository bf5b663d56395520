/* Windows of a minute: what is new counts, what is old does not. */
#include "tests/lib/build.h"

#include "model/share.h"
#include "model/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void
a_window_forgets_after_a_minute(void **state)
{
	struct window w = { { 0 }, 0 };

	(void)state;
	assert_int_equal(window_sum(&w, NOON), 0);
	window_add(&w, NOON, 10);
	window_add(&w, NOON + 30 * SECOND, 5);
	assert_int_equal(window_sum(&w, NOON + 30 * SECOND), 15);
	assert_int_equal(window_sum(&w, NOON + 60 * SECOND), 15);
	assert_int_equal(window_sum(&w, NOON + 66 * SECOND), 5);
	assert_int_equal(window_sum(&w, NOON + 100 * SECOND), 0);
	window_add(&w, NOON + 1000 * SECOND, 1);
	assert_int_equal(window_sum(&w, NOON + 1000 * SECOND), 1);
}

static void
what_is_told_late_counts_as_new(void **state)
{
	struct window w = { { 0 }, 0 };

	(void)state;
	window_add(&w, NOON + 20 * SECOND, 1);
	window_add(&w, NOON, 2);
	assert_int_equal(window_sum(&w, NOON + 20 * SECOND), 3);
}

/* A minute and no more: what is older than the window has no step in it, nor takes that of another. */
static void
a_window_ends_where_it_ends(void **state)
{
	const uint64_t start = NOON - NOON % SHARE_STEP_NS, whole = SHARE_STEPS * (uint64_t)SHARE_STEP_NS;
	struct window w = { { 0 }, 0 };

	(void)state;
	window_add(&w, start, 1);
	assert_int_equal(window_sum(&w, start + whole - 1), 1);
	assert_int_equal(window_sum(&w, start + whole), 0);
	window_add(&w, start + whole, 2);
	assert_int_equal(window_sum(&w, start + whole), 2);
	/* Late by less than the window counts as new; by all of it, the clock was set. */
	window_add(&w, start + SHARE_STEP_NS, 4);
	assert_int_equal(window_sum(&w, start + whole), 6);
	window_add(&w, start, 8);
	assert_int_equal(window_sum(&w, start), 8);
}

static void
of_too_many_executables_a_quarter_is_dropped_once(void **state)
{
	struct shares *s = shares_create();
	char path[32];

	(void)state;
	shares_add(s, "", NOON, 5);
	shares_add(s, "/bin/none", NOON, 0);
	assert_int_equal(shares_prefix(s, "", NOON), 0);
	for (int i = 0; i < SHARE_EXES; i++) {
		snprintf(path, sizeof(path), "/usr/bin/%d", i);
		shares_add(s, path, NOON, i % 2 ? 1000 : 1);
	}
	assert_int_equal(shares_prefix(s, "/", NOON), SHARE_EXES / 2 * 1001);
	shares_add(s, "/usr/bin/more", NOON, 1);
	/* Of those that did least. */
	assert_int_equal(shares_prefix(s, "/", NOON), SHARE_EXES / 2 * 1001 - (SHARE_EXES + 3) / 4 + 1);
	assert_int_equal(shares_exe(s, "/usr/bin/1", NOON), 1000);
	shares_destroy(s);
}

static void
the_busiest_executables_are_remembered(void **state)
{
	struct shares *s = shares_create();
	char path[32];

	(void)state;
	shares_add(s, "/bin/busy", NOON, 1000);
	for (int i = 0; i < 3 * SHARE_EXES; i++) {
		snprintf(path, sizeof(path), "/usr/bin/%d", i);
		shares_add(s, path, NOON, 1);
	}
	assert_int_equal(shares_exe(s, "/bin/busy", NOON), 1000);
	/* When there are too many, a quarter of them goes at once. */
	uint64_t others = shares_prefix(s, "/usr/bin/", NOON);
	assert_in_range(others, SHARE_EXES * 3 / 4 - 1, SHARE_EXES - 1);
	assert_int_equal(shares_prefix(s, "/", NOON), 1000 + others);
	assert_int_equal(shares_exe(s, "/bin/none", NOON), 0);
	shares_destroy(s);
}

/* 90 opens of two compilers below make, 10 of a shell, and the forks and exits of it all. */
static void
savings_are_shares_of_the_stream(void **state)
{
	struct tree *t = tree_create();
	struct event_proc make = pid(300, 1), sh = pid(400, 1);
	struct proc_key key = { make.pid, make.start_ns };

	(void)state;
	tree_apply(t, seen_of(make, "/usr/bin/make"));
	tree_apply(t, seen_of(sh, "/bin/sh"));
	tree_tick(t, NOON, UINT64_MAX);
	for (int i = 0; i < 2; i++) {
		struct event_proc cc = pid(301 + i, 1), cc1 = pid(301 + i, 2);

		tree_apply(t, fork_of(make, cc));
		tree_apply(t, exec_of(cc, cc1, "/usr/lib/gcc/cc1"));
		for (int k = 0; k < 45; k++)
			tree_apply(t, open_of(cc1, "/x"));
		if (i == 1)
			tree_apply(t, exit_of(cc1, 0));
	}
	for (int k = 0; k < 5; k++)
		tree_apply(t, open_of(sh, "/x"));
	tree_tick(t, NOON + 10 * SECOND, 0); /* the one that has exited is reaped */
	/* 95 opens, 2 forks, 2 execs, 1 exit. */
	assert_true(tree_saving_exe(t, "/usr/lib/gcc/cc1").share > 0.899);
	assert_true(tree_saving_exe(t, "/usr/lib/gcc/cc1").share < 0.901);
	assert_int_equal((int)tree_saving_exe(t, "/usr/lib/gcc/cc1").rate, 9);
	assert_int_equal((int)(tree_saving_prefix(t, "/usr/").share * 100 + 0.5), 90);
	assert_int_equal((int)(tree_saving_process(t, key).share * 100 + 0.5), 0);
	assert_int_equal((int)(tree_saving_subtree(t, key).share * 100 + 0.5), 45);
	tree_clear(t);
	tree_apply(t, open_of(sh, "/x"));
	tree_tick(t, NOON + 11 * SECOND, 0);
	assert_int_equal((int)(tree_saving_exe(t, "/bin/sh").rate * 11 + 0.5), 6);
	tree_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_forgets_after_a_minute),
		cmocka_unit_test(what_is_told_late_counts_as_new),
		cmocka_unit_test(a_window_ends_where_it_ends),
		cmocka_unit_test(of_too_many_executables_a_quarter_is_dropped_once),
		cmocka_unit_test(the_busiest_executables_are_remembered),
		cmocka_unit_test(savings_are_shares_of_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
