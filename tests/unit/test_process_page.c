/* All about one process: as it lives, runs another program, ends, and is gone. */
#include "model/process_page.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct tree *tree;
static struct process_page page;
static struct minute minute;

static int
set_up(void **state)
{
	(void)state;
	tree = tree_create();
	memset(&minute, 0, sizeof(minute));
	tree_apply(tree, seen_of(pid(1, 1), "/sbin/init"));
	tree_apply(tree, with_args(seen_of(below(pid(100, 2), 1), "/bin/bash"), "bash -i"));
	tree_apply(tree, seen_of(below(pid(200, 3), 100), "/usr/bin/make"));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	process_page_finish(&page);
	tree_destroy(tree);
	return 0;
}

static struct page_spec
about(int32_t n)
{
	return (struct page_spec){ .asked = true, .key = { n, pid(n, 1).start_ns } };
}

static void
take(struct page_spec spec)
{
	process_page_take(&page, tree, NULL, NULL, NULL, &spec);
}

static void
a_process_is_described(void **state)
{
	(void)state;
	tree_apply(tree, open_of(pid(200, 3), "/a"));
	tree_apply(tree, with(event_of(EV_UNLINK, pid(200, 3)), FIELD_TARGET, "/a"));
	take(about(200));
	assert_true(page.found);
	assert_false(page.exited);
	assert_string_equal(page.exe, "/usr/bin/make");
	assert_int_equal(page.version, 3);
	assert_int_equal(page.parent_count, 2);
	assert_int_equal(page.parents[0].key.pid, 100);
	assert_string_equal(page.parents[0].name, "bash");
	assert_string_equal(page.parents[1].name, "init");
	assert_int_equal(page.type_count, 2);
	assert_int_equal(page.types[0].id, EV_OPEN);
	assert_int_equal(page.types[1].id, EV_UNLINK);
	assert_int_equal(page.types[1].total, 1);
	take(about(100));
	assert_int_equal(page.children, 1);
	assert_string_equal(page.args, "bash -i");
	assert_int_equal(page.type_count, 0);
}

static void
it_is_followed_through_an_exec(void **state)
{
	(void)state;
	take(about(200));
	tree_apply(tree, exec_of(pid(200, 3), pid(200, 9), "/usr/bin/cc"));
	take(about(200));
	assert_string_equal(page.exe, "/usr/bin/cc");
	assert_int_equal(page.version, 9);
}

static void
how_it_ended_is_told_and_stays_when_it_is_reaped(void **state)
{
	(void)state;
	tree_apply(tree, at(exit_of(pid(200, 3), 7 << 8), NOON + SECOND));
	take(about(200));
	assert_true(page.exited);
	assert_int_equal(page.status, 7 << 8);
	assert_int_equal(page.exited_ns, NOON + SECOND);
	assert_false(page.gone);
	tree_tick(tree, NOON + 60 * SECOND, SECOND);
	take(about(200));
	assert_true(page.gone);
	assert_true(page.found);
	assert_string_equal(page.exe, "/usr/bin/make");
	assert_int_equal(page.status, 7 << 8);
	take(about(201));
	assert_false(page.found);
}

/* Of a recording, too; a child has its parent's. */
static void
its_terminal_is_told_and_stays_when_it_is_reaped(void **state)
{
	(void)state;
	take(about(200));
	assert_string_equal(page.tty, "");
	tree_apply(tree, with(with(open_of(pid(200, 3), "/a"), FIELD_EXE, "/usr/bin/make"), FIELD_TTY,
			      "/dev/ttys001"));
	tree_apply(tree, fork_of(pid(200, 3), pid(300, 4)));
	take(about(300));
	assert_string_equal(page.tty, "/dev/ttys001");
	take(about(200));
	assert_string_equal(page.tty, "/dev/ttys001");
	tree_apply(tree, at(exit_of(pid(200, 3), 0), NOON + SECOND));
	tree_tick(tree, NOON + 60 * SECOND, SECOND);
	take(about(200));
	assert_true(page.gone);
	assert_string_equal(page.tty, "/dev/ttys001");
}

static void
its_samples_begin_when_it_is_looked_at(void **state)
{
	const struct page_spec spec = about(200);
	uint64_t total[EV_COUNT];

	(void)state;
	for (unsigned second = 0; second < 3; second++) {
		for (unsigned i = 0; i < 5; i++)
			tree_apply(tree, open_of(pid(200, 3), "/a"));
		assert_true(process_page_totals(tree, spec.key, total));
		assert_int_equal(total[EV_OPEN], 5 * (second + 1));
		minute_tick(&minute, total, NOON + second * SECOND);
	}
	process_page_take(&page, tree, NULL, NULL, &minute, &spec);
	assert_true(page.sampled);
	assert_true(page.types[0].samples[MINUTE_SECONDS - 1] == 5);
	assert_true(page.types[0].samples[MINUTE_SECONDS - 2] == 5);
	assert_true(page.types[0].samples[MINUTE_SECONDS - 3] < 0);
	assert_false(process_page_totals(tree, (struct proc_key){ 999, 1 }, total));
}

static void
its_files_are_those_it_touched(void **state)
{
	const struct page_spec spec = about(200);
	struct files *files = files_create();

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		files_add(files, open_of(pid(200, 3), "/often"), NULL);
	files_add(files, close_of(pid(200, 3), "/once"), NULL);
	files_add(files, open_of(pid(100, 2), "/other"), NULL);
	process_page_take(&page, tree, files, NULL, NULL, &spec);
	assert_int_equal(page.file_count, 2);
	assert_string_equal(page.files[0].path, "/often");
	assert_int_equal(page.files[0].opens, 3);
	files_destroy(files);
	assert_string_equal(page.files[1].path, "/once"); /* a copy */
}

static void
exited_processes_that_share_a_line_share_a_page(void **state)
{
	struct page_spec spec = { .asked = true, .group = true };

	(void)state;
	for (int32_t n = 300; n < 320; n++) {
		struct event_proc child = below(pid(n, (uint32_t)n), 200);

		tree_apply(tree, fork_of(pid(200, 3), child));
		tree_apply(tree, exec_of(child, child, "/usr/bin/cc"));
		tree_apply(tree, open_of(child, "/a"));
		tree_apply(tree, at(exit_of(child, 0), NOON + (uint64_t)n * SECOND));
	}
	for (uint64_t id = 1; !page.found && id < 10; id++) {
		spec.key = (struct proc_key){ -200, id };
		take(spec);
	}
	assert_true(page.found);
	assert_int_equal(page.group_count, 20);
	assert_string_equal(page.exe, "/usr/bin/cc");
	assert_string_equal(page.parents[0].name, "make");
	assert_int_equal(page.types[0].id, EV_OPEN);
	assert_int_equal(page.types[0].total, 20);
	assert_int_equal(page.exited_ns, NOON + 319 * SECOND);
	tree_tick(tree, NOON + 400 * SECOND, 90 * SECOND); /* the oldest are reaped */
	take(spec);
	assert_int_equal(page.types[0].total, 20);
	tree_tick(tree, NOON + 1000 * SECOND, SECOND); /* and then all */
	take(spec);
	assert_false(page.gone);
	assert_int_equal(page.types[0].total, 20);
	spec.key.start_ns = 99;
	take(spec);
	assert_false(page.found);
}

static void
of_a_long_line_of_parents_and_of_many_rules_the_first_are_kept(void **state)
{
	const struct mute_ops no_ops = { .process = NULL };
	struct mutes *mutes = mutes_create(&no_ops, NULL, EVENT_ALL);
	const struct page_spec last = about(1000 + PAGE_PARENTS + 5);
	char path[32];

	(void)state;
	tree_apply(tree, seen_of(below(pid(1000, 1), 200), "/bin/sh"));
	mutes_watch(mutes, tree);
	for (int32_t n = 1; n <= PAGE_PARENTS + 5; n++)
		tree_apply(tree, seen_of(below(pid(1000 + n, 1), 999 + n), "/bin/sh"));
	for (size_t n = 1; n <= PAGE_RULES + 3; n++) {
		snprintf(path, sizeof(path), "%.*s", (int)n, "/bin/shxxxxxxxxxxxxxxxxxxxxxxxxx");
		mutes_add_path(mutes, MUTE_PREFIX, path, 0, MUTE_BY_KEY, NOON);
		mutes_add(mutes,
			  &(struct mute_request){ .kind = MUTE_SUBTREE,
						  .origin = MUTE_BY_KEY,
						  .process = { pid(1000 + (int32_t)n, 1).pid,
							       pid(1000 + (int32_t)n, 1).start_ns },
						  .version = 1 },
			  NOON);
	}
	process_page_take(&page, tree, NULL, mutes, NULL, &last);
	assert_int_equal(page.parent_count, PAGE_PARENTS);
	assert_int_equal(page.parents[0].key.pid, last.key.pid - 1);
	assert_true(page.rule_count > PAGE_RULES); /* subtrees of its parents, prefixes of /bin/sh */
	mutes_destroy(mutes);
}

static void
the_page_of_a_group_lists_the_rules_that_cover_it(void **state)
{
	static const struct {
		enum grouping by;
		enum mute_kind kind;
		const char *value, *rule;
	} cases[] = {
		{ BY_PROGRAM, MUTE_EXE, "/bin/bash", "/bin/bash" },
		{ BY_PROGRAM, MUTE_PREFIX, "/bin/bash", "/bin/" },
		{ BY_UNIT, MUTE_UNIT, "nginx.service", "nginx.service" },
		{ BY_SIGNER, MUTE_SIGNER, "TEAM7/nginx", "TEAM7" },
	};
	const struct mute_ops no_ops = { .process = NULL };

	(void)state;
	tree_apply(tree, with(with(seen_of(below(pid(300, 1), 1), "/usr/sbin/nginx"), FIELD_CGROUP,
				   "/system.slice/nginx.service"),
			      FIELD_SIGNER, "TEAM7/nginx"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mutes *mutes = mutes_create(&no_ops, NULL, EVENT_ALL);
		const struct page_spec spec = {
			.asked = true, .key = { grouping_key(cases[i].by), grouping_hash(cases[i].value) }
		};
		struct mute_request r = { .kind = cases[i].kind,
					  .origin = MUTE_BY_KEY,
					  .path = cases[i].rule };

		process_page_take(&page, tree, NULL, mutes, NULL, &spec);
		assert_true(page.found);
		assert_string_equal(page.label, cases[i].value);
		assert_int_equal(page.rule_count, 0);
		assert_int_equal(mutes_add(mutes, &r, NOON), 0);
		process_page_take(&page, tree, NULL, mutes, NULL, &spec);
		assert_int_equal(page.rule_count, 1);
		assert_int_equal(page.rules[0].kind, cases[i].kind);
		mutes_destroy(mutes);
	}
}

static void
what_was_never_there_is_not_gone(void **state)
{
	(void)state;
	take(about(999));
	assert_false(page.found);
	assert_false(page.gone);
}

static void
who_began_when_events_were_lost_may_have_lost_some(void **state)
{
	const struct event_proc then = begun(pid(400, 1), 7), later = begun(pid(401, 1), 8);

	(void)state;
	tree_apply(tree, seen_of(then, "/bin/sh"));
	tree_apply(tree, seen_of(later, "/bin/sh"));
	tree_lost(tree, NOON + 7);
	take((struct page_spec){ .asked = true, .key = { then.pid, then.start_ns } });
	assert_true(page.lossy);
	take((struct page_spec){ .asked = true, .key = { later.pid, later.start_ns } });
	assert_false(page.lossy);
}

/* Asked for by its pid alone it stays the one that was found; another pid is another process. */
static void
a_pid_alone_stays_the_process_it_was_first(void **state)
{
	struct page_spec by_pid = about(200), other = about(100);
	const struct event_proc anew = below(begun(pid(200, 4), SECOND), 100);

	(void)state;
	by_pid.key.start_ns = other.key.start_ns = 0;
	take(by_pid);
	assert_string_equal(page.exe, "/usr/bin/make");
	take(other);
	assert_true(page.found);
	assert_string_equal(page.exe, "/bin/bash");
	take(by_pid);
	tree_apply(tree, exit_of(pid(200, 3), 0));
	tree_apply(tree, fork_of(pid(100, 2), anew));
	take(by_pid);
	assert_true(page.exited);
	assert_int_equal(page.key.start_ns, pid(200, 3).start_ns);
	/* Looked at anew, it is who has the pid now. */
	take(other);
	take(by_pid);
	assert_false(page.exited);
	assert_int_equal(page.key.start_ns, anew.start_ns);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_process_is_described),
		TEST(it_is_followed_through_an_exec),
		TEST(how_it_ended_is_told_and_stays_when_it_is_reaped),
		TEST(its_terminal_is_told_and_stays_when_it_is_reaped),
		TEST(its_samples_begin_when_it_is_looked_at),
		TEST(its_files_are_those_it_touched),
		TEST(exited_processes_that_share_a_line_share_a_page),
		TEST(the_page_of_a_group_lists_the_rules_that_cover_it),
		TEST(of_a_long_line_of_parents_and_of_many_rules_the_first_are_kept),
		TEST(what_was_never_there_is_not_gone),
		TEST(who_began_when_events_were_lost_may_have_lost_some),
		TEST(a_pid_alone_stays_the_process_it_was_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
