/* follow: "-p PATH+" keeps a process whatever it becomes, and all it starts. */
#include "model/follow.h"
#include "model/model.h"
#include "tests/lib/build.h"

#include "model/proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct tree *t;
static struct filter *f;

static int
setup(void **state)
{
	char why[80];

	(void)state;
	t = tree_create();
	f = filter_compile("/opt/build", why, sizeof(why));
	assert_non_null(f);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	filter_free(f);
	tree_destroy(t);
	return 0;
}

static void
apply(const struct event *e)
{
	tree_apply(t, e);
	follow(t, f, NULL, e);
}

static bool
is_followed(int32_t n)
{
	const struct proc *p = tree_find_pid(t, n);
	struct proc_facts facts;

	assert_non_null(p);
	proc_facts(p, &facts);
	return facts.followed;
}

static void
one_that_runs_the_path_is_followed_with_all_it_becomes(void **state)
{
	(void)state;
	apply(seen_of(pid(100, 1), "/bin/sh"));
	assert_false(is_followed(100));
	apply(exec_of(pid(100, 1), pid(100, 2), "/opt/build/run"));
	assert_true(is_followed(100));
	apply(exec_of(pid(100, 2), pid(100, 3), "/usr/bin/env"));
	assert_true(is_followed(100));
}

static void
what_it_starts_is_followed_and_nobody_else(void **state)
{
	(void)state;
	apply(seen_of(pid(100, 1), "/bin/sh"));
	apply(fork_of(pid(100, 1), pid(101, 2)));
	apply(exec_of(pid(100, 1), pid(100, 3), "/opt/build/run"));
	assert_false(is_followed(101)); /* started before */
	apply(fork_of(pid(100, 3), pid(102, 4)));
	apply(exec_of(pid(102, 4), pid(102, 5), "/usr/bin/cc"));
	apply(fork_of(pid(102, 5), pid(103, 6)));
	assert_true(is_followed(102));
	assert_true(is_followed(103));
	/* An orphan stays. */
	apply(exit_of(pid(102, 5), 0));
	assert_true(is_followed(103));
	/* A pid that comes back is another process. */
	apply(exit_of(pid(103, 6), 0));
	apply(seen_of(begun(pid(103, 9), 5), "/bin/cat"));
	assert_false(is_followed(103));
}

static void
what_runs_below_it_at_the_start_is_followed_in_any_order(void **state)
{
	(void)state;
	apply(seen_of(below(pid(103, 3), 102), "/usr/bin/as"));
	apply(seen_of(below(pid(102, 2), 101), "/usr/bin/cc"));
	apply(seen_of(below(pid(101, 1), 100), "/opt/build/run"));
	apply(seen_of(below(pid(104, 4), 102), "/usr/bin/ld"));
	apply(seen_of(below(pid(105, 5), 100), "/bin/cat"));
	assert_true(is_followed(101) && is_followed(102) && is_followed(103) && is_followed(104));
	assert_false(is_followed(105));
}

static void
an_interpreter_is_followed_for_its_script(void **state)
{
	(void)state;
	apply(with(exec_of(pid(100, 1), pid(100, 2), "/bin/sh"), FIELD_SCRIPT, "/opt/build/x.sh"));
	assert_true(is_followed(100));
}

static void
a_lost_fork_is_made_up_for(void **state)
{
	(void)state;
	apply(with(event_of(EV_FORK, pid(100, 1)), FIELD_EXE, "/opt/build/run"));
	assert_true(is_followed(100));
	apply(with(open_of(below(pid(200, 2), 100), "/x"), FIELD_EXE, "/usr/bin/cc"));
	assert_true(is_followed(200));
}

/* Rows, and the line that exited processes share. */
static void
rows_of_the_followed_are_in_scope(void **state)
{
	const struct snapshot_spec spec = { .by = BY_TREE, .scope = f, .exited_secs = 60 };
	struct snapshot s = { 0 };
	bool group = false;

	(void)state;
	apply(seen_of(pid(50, 1), "/bin/cat"));
	apply(seen_of(pid(100, 1), "/opt/build/run"));
	apply(exec_of(pid(100, 1), pid(100, 2), "/usr/bin/env"));
	for (int32_t n = 200; n < 220; n++) {
		apply(fork_of(pid(100, 2), pid(n, 3)));
		apply(exec_of(pid(n, 3), pid(n, 4), "/usr/bin/cc"));
		apply(exit_of(pid(n, 4), 0));
	}
	apply(fork_of(pid(100, 2), pid(300, 3)));
	snapshot_take(&s, t, NULL, &spec, NOON);
	for (size_t i = 0; i < s.count; i++) {
		assert_int_not_equal(s.rows[i].key.pid, 50);
		group |= s.rows[i].flags & ROW_GROUP && s.rows[i].group_count == 20;
	}
	assert_true(group);
	assert_true(snapshot_find(&s, (struct proc_key){ 100, pid(100, 1).start_ns }, 0) >= 0);
	assert_true(snapshot_find(&s, (struct proc_key){ 300, pid(300, 1).start_ns }, 0) >= 0);
	snapshot_finish(&s);
}

/* What an interpreter runs is in scope by its script, and a followed process whatever it runs. */
static void
groups_have_the_followed_and_scripts(void **state)
{
	const struct snapshot_spec spec = { .by = BY_PROGRAM, .scope = f, .exited_secs = 60 };
	struct snapshot s = { 0 };
	bool shell = false, env = false;

	(void)state;
	apply(seen_of(pid(50, 1), "/bin/cat"));
	tree_apply(t, with(exec_of(pid(60, 1), pid(60, 2), "/bin/sh"), FIELD_SCRIPT, "/opt/build/x.sh"));
	apply(seen_of(pid(100, 1), "/opt/build/run"));
	apply(exec_of(pid(100, 1), pid(100, 2), "/usr/bin/env"));
	snapshot_take(&s, t, NULL, &spec, NOON);
	for (size_t i = 0; i < s.count; i++) {
		assert_string_not_equal(s.rows[i].exe, "/bin/cat");
		shell |= strcmp(s.rows[i].exe, "/bin/sh") == 0 && s.rows[i].alive == 1;
		env |= strcmp(s.rows[i].exe, "/usr/bin/env") == 0 && s.rows[i].alive == 1;
	}
	assert_true(shell);
	assert_true(env);
	snapshot_finish(&s);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_that_runs_the_path_is_followed_with_all_it_becomes),
		TEST(what_it_starts_is_followed_and_nobody_else),
		TEST(what_runs_below_it_at_the_start_is_followed_in_any_order),
		TEST(an_interpreter_is_followed_for_its_script),
		TEST(a_lost_fork_is_made_up_for),
		TEST(rows_of_the_followed_are_in_scope),
		TEST(groups_have_the_followed_and_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
