/* Stacks of programs for flame graphs: which one an event counts for, exact sums, and the format. */
#include "src/stream/folded.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct tree *tree;
static struct folded *folded;
static struct text out;

static int
setup(void **state)
{
	(void)state;
	tree = tree_create();
	folded = folded_create(tree);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	folded_destroy(folded);
	tree_destroy(tree);
	text_finish(&out);
	return 0;
}

/* As the flow does it. */
static void
take(const struct event *e)
{
	folded_take(folded, e);
	tree_apply(tree, e);
}

static const char *
lines(enum folded_weight weight)
{
	out.length = 0;
	folded_write(folded, &out, weight);
	text_char(&out, '\0');
	return out.bytes;
}

/* The number behind the last blank of each line, as flamegraph.pl takes a line apart. */
static uint64_t
sum(enum folded_weight weight)
{
	uint64_t result = 0;

	lines(weight);
	for (char *line = out.bytes, *newline; (newline = strchr(line, '\n')) != NULL; line = newline + 1) {
		char *blank, *end;
		unsigned long long number;

		*newline = '\0';
		blank = strrchr(line, ' ');
		assert_non_null(blank);
		assert_true(blank > line);
		number = strtoull(blank + 1, &end, 10);
		assert_int_equal(*end, '\0');
		assert_true(number > 0);
		result += number;
	}
	return result;
}

static void
build(void)
{
	take(seen_of(pid(100, 1), "/usr/bin/bash"));
	take(fork_of(pid(100, 1), pid(200, 1)));
	take(exec_of(pid(200, 1), pid(200, 2), "/usr/bin/make"));
	take(open_of(pid(200, 2), "Makefile"));
	take(close_of(pid(200, 2), "Makefile"));
	take(fork_of(pid(200, 2), pid(201, 1)));
	take(open_of(pid(201, 1), "/dev/null"));
	take(exec_of(pid(201, 1), pid(201, 2), "/usr/bin/cc"));
	for (int i = 0; i < 3; i++)
		take(open_of(pid(201, 2), "a.c"));
	take(exit_of(pid(201, 2), 0));
	take(exit_of(pid(200, 2), 0));
}

/* The exec is what the program before it did. */
static void
an_event_counts_for_the_stack_of_its_program(void **state)
{
	(void)state;
	build();
	assert_string_equal(lines(FOLDED_EVENTS), "bash 1\n"
						  "bash;bash 1\n"
						  "bash;make 4\n"
						  "bash;make;make 2\n"
						  "bash;make;cc 4\n");
	assert_int_equal(sum(FOLDED_EVENTS), 12);
}

static void
stacks_without_a_weight_have_no_line(void **state)
{
	(void)state;
	build();
	assert_string_equal(lines(FOLDED_OPENS), "bash;make 1\nbash;make;make 1\nbash;make;cc 3\n");
	assert_int_equal(sum(FOLDED_OPENS), 5);
}

static void
time_is_counted_once_where_programs_wait_for_each_other(void **state)
{
	(void)state;
	take(at(seen_of(pid(100, 1), "/bin/sh"), NOON));
	take(at(fork_of(pid(100, 1), pid(200, 1)), NOON + 1 * SECOND));
	take(at(exec_of(pid(200, 1), pid(200, 2), "/bin/sleep"), NOON + 3 * SECOND));
	take(at(fork_of(pid(100, 1), pid(201, 1)), NOON + 4 * SECOND));
	take(at(exit_of(pid(200, 2), 0), NOON + 8 * SECOND));
	take(at(exit_of(pid(201, 1), 0), NOON + 9 * SECOND));
	take(at(open_of(pid(100, 1), "x"), NOON + 12 * SECOND));
	/* sh: 1 s before and 3 s after its children; they ran for 2 + 5 and for 5 s. */
	assert_string_equal(lines(FOLDED_TIME), "sh 4000000\nsh;sh 7000000\nsh;sleep 5000000\n");
}

static void
a_child_keeps_its_stack_when_the_parent_ends(void **state)
{
	(void)state;
	take(seen_of(pid(1, 1), "/sbin/init"));
	take(seen_of(below(pid(100, 1), 1), "/bin/sh"));
	take(fork_of(below(pid(100, 1), 1), pid(200, 1)));
	take(exit_of(below(pid(100, 1), 1), 0));
	take(open_of(below(pid(200, 1), 1), "x"));
	assert_string_equal(lines(FOLDED_OPENS), "init;sh;sh 1\n");
}

/* It ran before there was an export: the tree has it. */
static void
a_process_the_tree_knows_stands_on_its_ancestors(void **state)
{
	(void)state;
	tree_apply(tree, seen_of(pid(1, 1), "/sbin/init"));
	tree_apply(tree, seen_of(below(pid(10, 1), 1), "/usr/sbin/sshd"));
	tree_apply(tree, seen_of(below(pid(11, 1), 10), "/usr/bin/bash"));
	take(open_of(below(pid(11, 1), 10), "x"));
	assert_string_equal(lines(FOLDED_EVENTS), "init;sshd;bash 1\n");
}

static void
another_process_of_the_same_pid_has_its_own_stack(void **state)
{
	(void)state;
	take(seen_of(pid(100, 1), "/bin/one"));
	take(open_of(pid(100, 1), "x"));
	take(with(open_of(begun(pid(100, 5), SECOND), "x"), FIELD_EXE, "/bin/two"));
	assert_string_equal(lines(FOLDED_EVENTS), "one 1\ntwo 1\n");
}

static void
a_name_cannot_break_a_line_or_a_stack(void **state)
{
	(void)state;
	take(seen_of(pid(100, 1), "/bin/a;b\nc d 7"));
	take(open_of(pid(100, 1), "x"));
	take(open_of(pid(101, 1), "x"));
	assert_string_equal(lines(FOLDED_EVENTS), "a:b^Jc d 7 1\n? 1\n");
}

static void
sums_stay_exact_when_there_are_too_many_stacks(void **state)
{
	char path[64];

	(void)state;
	take(seen_of(pid(1, 1), "/sbin/init"));
	for (int32_t i = 0; i < FOLDED_STACKS + 500; i++) {
		snprintf(path, sizeof(path), "/bin/%d", i);
		take(fork_of(pid(1, 1), pid(1000, (uint32_t)i)));
		take(exec_of(pid(1000, (uint32_t)i), pid(1000, (uint32_t)i), path));
		take(open_of(pid(1000, (uint32_t)i), "x"));
	}
	/* A root without an ancestor. */
	take(with(open_of(pid(7, 1), "x"), FIELD_EXE, "/bin/root-1"));
	take(with(open_of(pid(8, 1), "x"), FIELD_EXE, "/bin/root-2"));
	assert_non_null(strstr(lines(FOLDED_EVENTS), "\nothers 2\n"));
	assert_int_equal(sum(FOLDED_EVENTS), 3 * (FOLDED_STACKS + 500) + 2);
	assert_int_equal(sum(FOLDED_OPENS), FOLDED_STACKS + 502);
}

static void
a_chain_of_forks_is_cut_where_it_is_too_deep(void **state)
{
	(void)state;
	take(seen_of(pid(1, 1), "/bin/bomb"));
	for (int32_t i = 1; i < 2000; i++)
		take(fork_of(pid(i, 1), pid(i + 1, 1)));
	assert_int_equal(sum(FOLDED_EVENTS), 1999);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_event_counts_for_the_stack_of_its_program),
		TEST(stacks_without_a_weight_have_no_line),
		TEST(time_is_counted_once_where_programs_wait_for_each_other),
		TEST(a_child_keeps_its_stack_when_the_parent_ends),
		TEST(a_process_the_tree_knows_stands_on_its_ancestors),
		TEST(another_process_of_the_same_pid_has_its_own_stack),
		TEST(a_name_cannot_break_a_line_or_a_stack),
		TEST(sums_stay_exact_when_there_are_too_many_stacks),
		TEST(a_chain_of_forks_is_cut_where_it_is_too_deep),
	};

	return cmocka_run_group_tests_name("folded", tests, NULL, NULL);
}
