/* title: what a process calls itself now, next to what it was executed with. */
#include "model/title.h"
#include "tests/lib/build.h"

#include "model/proc.h"
#include "model/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct tree *t;
static const struct event_proc shell = {
	.pid = 100, .version = 1, .uid = 1000, .start_ns = NOON - SECOND + 100
};

static struct proc_key
key(struct event_proc p)
{
	return (struct proc_key){ p.pid, p.start_ns };
}

static int
setup(void **state)
{
	(void)state;
	t = tree_create();
	tree_apply(t,
		   with_args(exec_of(pid(100, 9), shell, "/usr/sbin/served"), "served -f /etc/served.conf"));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tree_destroy(t);
	return 0;
}

/* Is this said of shell, and what is its title then? */
static bool
says(const char *bytes, size_t length, const char *title)
{
	bool changed = title_set(t, key(shell), bytes, length, NOON);

	assert_string_equal(title_get(t, key(shell)), title);
	return changed;
}

static void
what_it_was_executed_with_is_no_title(void **state)
{
	static const char same[] = "served\0-f\0/etc/served.conf";

	(void)state;
	assert_false(says(same, sizeof(same), ""));
	assert_false(says("", 0, ""));
	assert_false(says("\0\0\0", 3, ""));
}

static void
another_text_is_one_without_what_fills_it_up(void **state)
{
	static const char padded[] = "served: idle\0\0\0\0\0\0", blanks[] = "served: idle      ";
	static const char words[] = "served:\0two\0words", begins[] = "served",
			  longer[] = "served -f /etc/served.conf x";

	(void)state;
	assert_true(says(padded, sizeof(padded) - 1, "served: idle"));
	assert_false(says(blanks, sizeof(blanks) - 1, "served: idle"));
	assert_true(says(words, sizeof(words), "served: two words"));
	assert_true(says(begins, sizeof(begins), "served"));
	assert_true(says(longer, sizeof(longer), longer));
	assert_true(says("served -f /etc/served.conf", 26, "")); /* as it was at first */
}

static void
a_title_ends_with_its_execution(void **state)
{
	const struct event_proc after = {
		.pid = 100, .version = 2, .uid = 1000, .start_ns = NOON - SECOND + 100
	};

	(void)state;
	says("served: idle", 12, "served: idle");
	tree_apply(t, with_args(exec_of(shell, after, "/bin/true"), "true"));
	assert_string_equal(title_get(t, key(after)), "");
	assert_true(title_is_due(t, key(after), NOON));
}

static void
a_child_is_asked_itself(void **state)
{
	const struct event_proc child = pid(200, 2);

	(void)state;
	says("served: master", 14, "served: master");
	tree_apply(t, fork_of(shell, child));
	assert_string_equal(title_get(t, key(child)), "");
	assert_true(title_is_due(t, key(child), NOON));
	assert_true(title_set(t, key(child), "served: worker", 14, NOON));
	assert_string_equal(title_get(t, key(child)), "served: worker");
}

static void
a_process_is_asked_once_a_second(void **state)
{
	(void)state;
	assert_true(title_is_due(t, key(shell), NOON));
	says("served: idle", 12, "served: idle");
	assert_false(title_is_due(t, key(shell), NOON));
	assert_false(title_is_due(t, key(shell), NOON + SECOND - 1));
	assert_true(title_is_due(t, key(shell), NOON + SECOND));
	assert_true(title_is_due(t, key(shell), NOON - 1)); /* the clock was set back */
}

static void
who_has_exited_or_is_not_known_is_not_asked(void **state)
{
	const struct event_proc unknown = pid(300, 3);

	(void)state;
	tree_apply(t, open_of(unknown, "/x")); /* its arguments are not known */
	assert_false(title_is_due(t, key(unknown), NOON));
	assert_false(title_set(t, key(unknown), "x", 1, NOON));
	assert_false(title_is_due(t, key(pid(301, 1)), NOON));
	says("served: idle", 12, "served: idle");
	tree_apply(t, exit_of(shell, 0));
	assert_false(title_is_due(t, key(shell), NOON + 5 * SECOND));
	assert_string_equal(title_get(t, key(shell)), "served: idle"); /* what it was last */
}

static void
a_long_title_is_cut_and_long_arguments_are_no_title(void **state)
{
	char *text = calloc(1, 2 * TITLE_MAX);
	const struct event_proc after = {
		.pid = 100, .version = 2, .uid = 1000, .start_ns = NOON - SECOND + 100
	};

	(void)state;
	memset(text, 'x', 2 * TITLE_MAX - 1);
	assert_true(title_set(t, key(shell), text, 2 * TITLE_MAX, NOON));
	assert_int_equal(strlen(title_get(t, key(shell))), TITLE_MAX);
	/* Of these the system gives the beginning. */
	text[6000] = '\0';
	tree_apply(t, with_args(exec_of(shell, after, "/bin/x"), text));
	assert_false(title_set(t, key(after), text, TITLE_MAX, NOON));
	assert_string_equal(title_get(t, key(after)), "");
	text[10] = 'y';
	assert_true(title_set(t, key(after), text, TITLE_MAX, NOON));
	free(text);
}

static void
a_row_has_both(void **state)
{
	struct snapshot s = { 0 };
	const struct snapshot_spec spec = { .exited_secs = 5 };
	char why[80];
	struct filter *f = filter_compile("idle", why, sizeof(why));
	struct filter_subject subject;

	(void)state;
	says("served: idle", 12, "served: idle");
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 1);
	assert_string_equal(s.rows[0].title, "served: idle");
	assert_string_equal(s.rows[0].command, "served -f /etc/served.conf");
	subject = row_subject(&s.rows[0]);
	assert_true(filter_match(f, &subject));
	/* The row outlives the title. */
	says("served: busy", 12, "served: busy");
	assert_string_equal(s.rows[0].title, "served: idle");
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_string_equal(s.rows[0].title, "served: busy");
	filter_free(f);
	snapshot_finish(&s);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_it_was_executed_with_is_no_title),
		TEST(another_text_is_one_without_what_fills_it_up),
		TEST(a_title_ends_with_its_execution),
		TEST(a_child_is_asked_itself),
		TEST(a_process_is_asked_once_a_second),
		TEST(who_has_exited_or_is_not_known_is_not_asked),
		TEST(a_long_title_is_cut_and_long_arguments_are_no_title),
		TEST(a_row_has_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
