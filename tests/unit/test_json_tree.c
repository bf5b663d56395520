/* One JSON text as a tree: what is in it, what is refused, and that its memory is used again. */
#include "src/stream/json_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct json_tree *tree;
static char why[128];

static int
setup(void **state)
{
	(void)state;
	tree = json_tree_create();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_tree_destroy(tree);
	return 0;
}

static const struct json_node *
read_text(const char *text)
{
	json_tree_clear(tree);
	return json_tree_read(tree, text, strlen(text), 1 << 20, why, sizeof(why));
}

static const struct json_node *
value_of(const char *text)
{
	char whole[512];
	const struct json_node *root;

	snprintf(whole, sizeof(whole), "{\"v\":%s}", text);
	root = read_text(whole);
	return root ? node_get(root, "v") : NULL;
}

static void
values_are_of_their_kinds(void **state)
{
	const struct json_node *root = read_text(
		" { \"o\": {}, \"a\":[1, \"x\"],\"t\":\"a\\u00e4\\n\",\"true\":true,\"f\":false,\"n\":null } ");

	(void)state;
	assert_true(node_is(node_get(root, "o"), NODE_OBJECT));
	assert_null(node_first(node_get(root, "o")));
	assert_int_equal(node_count(node_get(root, "a")), 2);
	assert_int_equal(node_integer(node_first(node_get(root, "a"))), 1);
	assert_string_equal(node_text(node_next(node_first(node_get(root, "a")))), "x");
	assert_null(node_next(node_next(node_first(node_get(root, "a")))));
	assert_string_equal(node_text(node_get(root, "t")), "a\xc3\xa4\n");
	assert_int_equal(node_length(node_get(root, "t")), 4);
	assert_true(node_is(node_get(root, "true"), NODE_TRUE));
	assert_true(node_is(node_get(root, "f"), NODE_FALSE));
	assert_true(node_is(node_get(root, "n"), NODE_NULL));
	assert_int_equal(node_count(root), 6);
}

static void
what_is_of_another_kind_or_absent_has_no_value(void **state)
{
	const struct json_node *root = read_text("{\"n\":1,\"t\":\"x\",\"name\":2}");

	(void)state;
	assert_null(node_get(root, "absent"));
	assert_null(node_get(root, "nam"));
	assert_null(node_get(root, "names"));
	assert_null(node_get(NULL, "n"));
	assert_null(node_get(node_get(root, "n"), "n"));
	assert_null(node_text(node_get(root, "n")));
	assert_int_equal(node_length(node_get(root, "n")), 0);
	assert_int_equal(node_integer(node_get(root, "t")), 0);
	assert_null(node_first(node_get(root, "t")));
	assert_int_equal(node_count(NULL), 0);
}

static void
integers_keep_64_bits(void **state)
{
	(void)state;
	assert_int_equal(node_integer(value_of("9223372036854775807")), INT64_MAX);
	assert_int_equal(node_integer(value_of("-9223372036854775808")), INT64_MIN);
	assert_int_equal(node_integer(value_of("-1")), -1);
	assert_int_equal(node_integer(value_of("0")), 0);
	assert_true(node_is(value_of("9223372036854775808"), NODE_UINT));
	assert_true(value_of("9223372036854775808")->wide == UINT64_C(9223372036854775808));
	assert_true(value_of("18446744073709551615")->wide == UINT64_MAX);
	assert_true(node_is(value_of("18446744073709551616"), NODE_REAL));
	assert_true(node_is(value_of("-9223372036854775809"), NODE_REAL));
	assert_true(value_of("1.5")->real == 1.5);
	assert_true(value_of("-2e3")->real == -2000);
	assert_true(value_of("1E2")->real == 100);
	assert_null(value_of("1e999"));
	assert_string_equal(why, "a number in it is too large");
	assert_null(value_of("-1e999"));
}

/* Whether they are few, which are compared as they come, or many, which are sorted. */
static void
of_members_of_one_name_the_last_counts(void **state)
{
	static char text[20 * 2000];
	const struct json_node *root = read_text("{\"a\":1,\"b\":2,\"a\":3,\"a\":4}");

	(void)state;
	assert_int_equal(node_integer(node_get(root, "a")), 4);
	assert_int_equal(node_count(root), 2);
	for (unsigned names = 60; names < 70; names++) {
		char *end = text + sprintf(text, "{");

		for (unsigned i = 0; i < names; i++)
			end += sprintf(end, "\"n%u\":%u,", i % (names - 1), i);
		sprintf(end - 1, "}");
		root = read_text(text);
		assert_int_equal(node_count(root), names - 1);
		assert_int_equal(node_integer(node_get(root, "n0")), names - 1);
		assert_int_equal(node_integer(node_get(root, "n1")), 1);
	}
	/* All the same. */
	{
		char *end = text + sprintf(text, "{");

		for (unsigned i = 0; i < 1000; i++)
			end += sprintf(end, "\"same\":%u,", i);
		sprintf(end - 1, "}");
	}
	root = read_text(text);
	assert_int_equal(node_count(root), 1);
	assert_int_equal(node_integer(node_get(root, "same")), 999);
}

static void
a_member_can_be_removed(void **state)
{
	const struct json_node *root = read_text("{\"a\":1,\"b\":2,\"c\":3}");

	(void)state;
	node_remove(root, "b");
	node_remove(root, "absent");
	node_remove(NULL, "a");
	assert_null(node_get(root, "b"));
	assert_int_equal(node_count(root), 2);
	node_remove(root, "a");
	assert_string_equal(node_first(root)->name, "c");
	node_remove(root, "c");
	assert_null(node_first(root));
}

static void
what_is_not_json_is_refused_with_a_reason(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{\"a\":01}",
		"{a:1}",
		"{\"a\":tru}",
		"{\"a\":'x'}",
		"{\"a\":1} x",
		"{\"a\":\"\n\"}",
		"[1 2]",
		"{\"a\":+1}",
		"{\"a\":.5}",
		"{\"a\":\"\\x\"}",
		"{\"a\":\"\\u12g4\"}",
		"{\"a\":1}{\"b\":2}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		why[0] = '\0';
		if (read_text(texts[i]))
			fail_msg("'%s' was read", texts[i]);
		assert_true(why[0] && !strchr(why, '\n'));
	}
	assert_null(read_text("{\"a\\u0000b\":1}"));
	assert_string_equal(why, "a name in it has a NUL");
	/* A NUL in a text is one of its bytes. */
	assert_int_equal(node_length(value_of("\"a\\u0000b\"")), 3);
}

static void
only_valid_utf8_is_taken(void **state)
{
	static const char *const bytes[] = { "\xff",
					     "\x80",
					     "\xc3",
					     "\xc0\xaf",
					     "\xed\xa0\x80",
					     "\xf4\x90\x80\x80",
					     "plain text and then \xe2\x82" };

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"a\":\"%s\"}", bytes[i]);
		assert_null(read_text(text));
		snprintf(text, sizeof(text), "{\"%s\":1}", bytes[i]);
		assert_null(read_text(text));
	}
	assert_string_equal(node_text(value_of("\"1234567\xe2\x82\xac 12345678\"")),
			    "1234567\xe2\x82\xac 12345678");
}

static void
depth_is_bounded(void **state)
{
	char text[2 * JSON_TREE_DEPTH + 8];

	(void)state;
	for (unsigned depth = JSON_TREE_DEPTH; depth <= JSON_TREE_DEPTH + 1; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		text[2 * depth] = '\0';
		assert_true((read_text(text) != NULL) == (depth == JSON_TREE_DEPTH));
	}
	assert_string_equal(why, "it is nested too deep");
}

static void
memory_is_bounded_and_given_back(void **state)
{
	size_t usual = json_tree_size(tree), length = 4 << 20;
	char *text = malloc(length + 1);

	(void)state;
	snprintf(text, length + 1, "{\"a\":\"%*s\"}", (int)length - 8, "");
	assert_null(read_text(text)); /* it may take 1 MiB */
	assert_string_equal(why, json_tree_too_large);
	assert_non_null(json_tree_read(tree, text, length, 8 << 20, why, sizeof(why)));
	assert_true(json_tree_size(tree) > length);
	json_tree_clear(tree);
	assert_int_equal(json_tree_size(tree), usual);
	free(text);
	/* What the tree has already counts. */
	assert_non_null(json_tree_read(tree, "[1]", 3, usual, why, sizeof(why)));
	assert_non_null(json_tree_read(tree, "[2]", 3, usual, why, sizeof(why)));
	assert_int_equal(json_tree_size(tree), usual);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_of_their_kinds),
		TEST(what_is_of_another_kind_or_absent_has_no_value),
		TEST(integers_keep_64_bits),
		TEST(of_members_of_one_name_the_last_counts),
		TEST(a_member_can_be_removed),
		TEST(what_is_not_json_is_refused_with_a_reason),
		TEST(only_valid_utf8_is_taken),
		TEST(depth_is_bounded),
		TEST(memory_is_bounded_and_given_back),
	};

	return cmocka_run_group_tests_name("json_tree", tests, NULL, NULL);
}
