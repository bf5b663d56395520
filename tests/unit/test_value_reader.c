/* JSON objects in a file: found however they are laid out, and what is broken costs no other. */
#include "src/stream/json_scan.h"
#include "src/stream/value_reader.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

enum { LONGEST = 1000, STEP = 256 << 10 };

static struct values *values;
static char got[65536]; /* what came, a piece each line: "LINE:VALUE", or "LINE!ERROR" */

static int
teardown(void **state)
{
	(void)state;
	values_close(values);
	values = NULL;
	return 0;
}

static void
open_bytes(const char *bytes, size_t length)
{
	char path[] = "/tmp/estop-values-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, bytes, length), length);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	values_close(values);
	values = values_open(fd, -1, LONGEST);
}

/* One value, as a parser takes it. */
static void
add(const char *value, size_t length)
{
	json_t *parsed = json_loadb(value, length, 0, NULL);
	char *text = parsed ? json_dumps(parsed, JSON_COMPACT) : NULL;
	size_t used = strlen(got);

	if (parsed || !values_retry(values))
		snprintf(got + used, sizeof(got) - used, "%d:%.*s\n", (int)values_line(values),
			 text ? (int)strlen(text) : (int)length, text ? text : value);
	free(text);
	json_decref(parsed);
}

static const char *
read_all(void)
{
	const char *value;
	size_t length;
	int result;

	got[0] = '\0';
	while ((result = values_next(values, &value, &length, false)) != 0) {
		size_t used = strlen(got);

		if (result == 1) {
			add(value, length);
			continue;
		}
		snprintf(got + used, sizeof(got) - used, "%d!%s\n", (int)values_line(values),
			 result == -EMSGSIZE ? "long"
			 : result == -EILSEQ ? "broken"
			 : result == -EPROTO ? "wide"
					     : "?");
		if (result != -EMSGSIZE && result != -EILSEQ)
			break;
	}
	return got;
}

static const char *
read_bytes(const char *bytes, size_t length)
{
	open_bytes(bytes, length);
	return read_all();
}

static const char *
read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

/* ---- layouts ---- */

static const char *const objects[] = {
	"{\"event\":{\"open\":{\"file\":{\"path\":\"/a {[\\\"\\\\\"}}},\"list\":[1,-2.5e+3,true,null,[],{}]}",
	"{}",
	"{\"a\":{\"b\":{\"c\":\"\"}}}",
	"{\"u\":\"\xc3\xa9\\u00e9\\n\"}",
};

enum { OBJECTS = sizeof(objects) / sizeof(objects[0]) };

static const struct layout {
	const char *before, *between, *after;
	size_t indent;
} layouts[] = {
	{ "", "\n", "\n", 0 },
	{ "", "\n", "", 0 },
	{ "", "\r\n", "\r\n", 0 },
	{ "", "", "", 0 },
	{ "", " ", "\n", 0 },
	{ "[", ",", "]", 0 },
	{ "[\n", ",\n", "\n]\n", 0 },
	{ "[", ",\n", "]", 0 },
	{ "[\n ", "\n,", "]", 0 },
	{ "\xef\xbb\xbf", "\n", "\n", 0 },
	{ "\n\n", "\n\n\n", "", 0 },
	{ "", "\n\xef\xbb\xbf", "\n", 0 },
	{ "\x1e", "\n\x1e", "\n", 0 },
	{ "", "\n", "\n", 2 },
	{ "", "", "", 3 },
	{ "[\n", ",\n", "\n]\n", 2 },
	{ "\xef\xbb\xbf[", ",", "]", 1 },
};

static size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

/* The objects in this layout behind so many blanks, and what reading them has to give. */
static void
lay_out(const struct layout *l, size_t blanks, char *text, char *expected)
{
	size_t line = 1;

	memset(text, ' ', blanks);
	text += blanks;
	*expected = '\0';
	for (size_t i = 0; i < OBJECTS; i++) {
		json_t *value = json_loads(objects[i], 0, NULL);
		char *dumped = json_dumps(value, l->indent ? JSON_INDENT(l->indent) : JSON_COMPACT);
		char *compact = json_dumps(value, JSON_COMPACT);
		const char *apart = i ? l->between : l->before;

		text += sprintf(text, "%s%s", apart, dumped);
		line += lines_of(apart);
		expected += sprintf(expected, "%d:%s\n", (int)line, compact);
		line += lines_of(dumped);
		free(dumped);
		free(compact);
		json_decref(value);
	}
	strcpy(text, l->after);
}

static void
objects_are_found_however_they_are_laid_out(void **state)
{
	static char text[STEP + 4096], expected[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		lay_out(&layouts[i], 0, text, expected);
		if (strcmp(read_text(text), expected) != 0)
			fail_msg("%s gave %s", text, got);
		assert_null(values_missing(values));
		/* And again. */
		assert_true(values_can_rewind(values));
		assert_int_equal(values_rewind(values), 0);
		assert_string_equal(read_all(), expected);
	}
}

/* The bytes come in steps, whose end may be anywhere. */
static void
where_a_read_ends_does_not_matter(void **state)
{
	static char text[STEP + 4096], expected[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		lay_out(&layouts[i], 0, text, expected);
		for (size_t n = strlen(text), at = 1; at <= n; at += 1 + n / 40) {
			lay_out(&layouts[i], STEP - at, text, expected);
			if (strcmp(read_text(text), expected) != 0)
				fail_msg("layout %zu, %zu bytes: %s", i, at, got);
		}
	}
}

static void
an_object_ends_where_its_bracket_closes(void **state)
{
	struct json_scan scan;
	size_t used;

	(void)state;
	for (size_t i = 0; i < OBJECTS; i++) {
		size_t length = strlen(objects[i]);
		char text[512];

		snprintf(text, sizeof(text), "%s{", objects[i]);
		for (size_t split = 0; split < length; split++) {
			json_scan_begin(&scan);
			assert_int_equal(json_scan(&scan, text, split, &used), JSON_SCAN_MORE);
			assert_int_equal(used, split);
			assert_int_equal(json_scan(&scan, text + split, length + 1 - split, &used),
					 JSON_SCAN_DONE);
			assert_int_equal(split + used, length);
		}
	}
	static const struct {
		const char *text;
		size_t bad;
	} broken[] = {
		{ "x", 0 },          { "1", 0 },
		{ "{]", 1 },         { "{,", 1 },
		{ "{\"a\"}", 4 },    { "{\"a\":}", 5 },
		{ "{\"a\":1,}", 7 }, { "{\"a\":[1,]}", 8 },
		{ "{\"a\":[1}", 7 }, { "{\"a\":1]", 6 },
		{ "{\"a\n", 3 },     { "{\"a\":\"b\n", 7 },
		{ "{\"a\":1 2", 7 }, { "{\"a\":\"b\"{", 8 },
		{ "{{", 1 },         { "{\"a\":{{", 6 },
		{ "{\"a\":X", 5 },
	};
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		json_scan_begin(&scan);
		if (json_scan(&scan, broken[i].text, strlen(broken[i].text), &used) != JSON_SCAN_BAD ||
		    used != broken[i].bad)
			fail_msg("%s: %zu", broken[i].text, used);
	}
	/* Deeper than any event. */
	json_scan_begin(&scan);
	assert_int_equal(json_scan(&scan, "{\"a\":", 5, &used), JSON_SCAN_MORE);
	for (unsigned i = 1; i < JSON_SCAN_DEPTH; i++)
		assert_int_equal(json_scan(&scan, "[", 1, &used), JSON_SCAN_MORE);
	assert_int_equal(json_scan(&scan, "[", 1, &used), JSON_SCAN_BAD);
}

/* ---- what is wrong ---- */

#define GOOD "{\"good\":1}\n{\"good\":2}\n"

static void
a_broken_object_costs_no_later_line(void **state)
{
	static const struct {
		const char *broken, *gives;
	} cases[] = {
		{ "{\"a\":\"b\n", "1:{\"a\":\"b\n" },
		{ "{\"a\":\n", "1!broken\n" },
		{ "{\"a\":1,\n", "1!broken\n" },
		{ "{\"a\":{\"b\":[\n", "1!broken\n" },
		{ "{\"a\":[1,\n", "1!broken\n" },
		{ "{\n", "1!broken\n" },
		{ "{\"a\":1}}\n", "1:{\"a\":1}\n1:}\n" },
		{ "{\n \"a\": 1,\n \"b\": \"x\n", "1!broken\n" },
		{ "text\n", "1:text\n" },
		{ "{x}\n", "1:{x}\n" },
		{ "{\"a\":tru}\n", "1:{\"a\":tru}\n" },
		{ "{\"a\":1}garbage\n", "1:{\"a\":1}\n1:garbage\n" },
		{ "[kernel] text\n", "1:kernel] text\n" },
		{ "{\"a\":\"\xff\"}\n", "1:{\"a\":\"\xff\"}\n" },
		{ "]\n", "1:]\n" },
	};
	char text[256], expected[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int line = 1 + (int)lines_of(cases[i].broken);

		snprintf(text, sizeof(text), "%s" GOOD, cases[i].broken);
		snprintf(expected, sizeof(expected), "%s%d:{\"good\":1}\n%d:{\"good\":2}\n", cases[i].gives,
			 line, line + 1);
		if (strcmp(read_text(text), expected) != 0)
			fail_msg("%s gave %s", text, got);
		assert_null(values_missing(values));
	}
}

static char *
filled(char *to, const char *before, size_t fill, const char *after)
{
	to += sprintf(to, "%s", before);
	memset(to, 'f', fill);
	return to + fill + sprintf(to + fill, "%s", after);
}

static void
what_is_too_long_is_skipped_and_the_rest_is_read(void **state)
{
	static const size_t fills[] = { LONGEST, 3 * STEP };
	static char text[4 * STEP + 4096];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		/* Of a line, of a value that shares its line, of one with lines in it, of text. */
		filled(text, "{\"a\":1}\n{\"b\":\"", fills[i], "\"}\n{\"c\":1}\n");
		assert_string_equal(read_text(text), "1:{\"a\":1}\n2!long\n3:{\"c\":1}\n");
		filled(text, "[{\"a\":1},{\"b\":\"", fills[i], "\"},{\"c\":1}]");
		assert_string_equal(read_text(text), "1:{\"a\":1}\n1!long\n1:{\"c\":1}\n");
		filled(text, "{\"a\":1}\n{\n\"b\":\"", fills[i], "\"\n}\n{\"c\":1}\n");
		assert_string_equal(read_text(text), "1:{\"a\":1}\n2!long\n5:{\"c\":1}\n");
		filled(text, "{\"a\":1}\n", fills[i] + 1, "\n{\"c\":1}\n");
		assert_string_equal(read_text(text), "1:{\"a\":1}\n2!long\n3:{\"c\":1}\n");
	}
	/* The longest that is not. */
	filled(text, "{\"b\":\"", LONGEST - 8, "\"}");
	assert_int_equal(strlen(text), LONGEST);
	read_text(text);
	assert_int_equal(strlen(got), LONGEST + 3);
}

/* It is not its line that has to fit into memory. */
static void
a_line_with_many_objects_may_have_any_length(void **state)
{
	enum { MANY = 40000 };
	char *text = malloc(MANY * 32), *to = text;
	const char *value;
	size_t length, n = 0;

	(void)state;
	*to++ = '[';
	for (int i = 0; i < MANY; i++)
		to += sprintf(to, "{\"seq_num\":%d,\"a\":{}},", i);
	*to++ = ']';
	open_bytes(text, (size_t)(to - text));
	for (int result; (result = values_next(values, &value, &length, false)) != 0;) {
		char expected[64];

		assert_int_equal(result, 1);
		if (n == 0 && values_retry(values))
			continue;
		snprintf(expected, sizeof(expected), "{\"seq_num\":%zu,\"a\":{}}", n++);
		assert_int_equal(length, strlen(expected));
		assert_memory_equal(value, expected, length);
	}
	assert_int_equal(n, MANY);
	free(text);
}

/* ---- the end ---- */

static void
what_is_missing_at_the_end_is_said(void **state)
{
	static const char line[] = "the last object is incomplete";
	static const struct {
		const char *text, *gives, *missing;
	} cases[] = {
		{ GOOD, "1:{\"good\":1}\n2:{\"good\":2}\n", NULL },
		{ GOOD "{\"a", "1:{\"good\":1}\n2:{\"good\":2}\n", line },
		{ GOOD "{", "1:{\"good\":1}\n2:{\"good\":2}\n", line },
		{ GOOD "{\"a\":1", "1:{\"good\":1}\n2:{\"good\":2}\n", line },
		{ "{\"a\":\n" GOOD, "1!broken\n2:{\"good\":1}\n3:{\"good\":2}\n", NULL },
		{ "{\n \"a\": 1,\n \"b\"", "", line },
		{ "[{\"good\":1},{\"good\":2}", "1:{\"good\":1}\n1:{\"good\":2}\n",
		  "the array is not closed" },
		{ "[\n{\"good\":1},\n", "2:{\"good\":1}\n", "the array is not closed" },
		{ "[]", "", NULL },
		{ "", "", NULL },
		{ " \n\n", "", NULL },
		{ "{", "", line },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *missing;

		if (strcmp(read_text(cases[i].text), cases[i].gives) != 0)
			fail_msg("%s gave %s", cases[i].text, got);
		missing = values_missing(values);
		if (!missing != !cases[i].missing || (missing && strcmp(missing, cases[i].missing) != 0))
			fail_msg("%s: %s", cases[i].text, missing);
	}
}

static void
compressed_data_that_end_early_are_said(void **state)
{
	char packed[2][256], both[512];
	size_t length[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		z_stream z = { 0 };

		assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
		z.next_in = (unsigned char *)GOOD;
		z.avail_in = sizeof(GOOD) - 1;
		z.next_out = (unsigned char *)packed[i];
		z.avail_out = sizeof(packed[i]);
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		length[i] = z.total_out;
		deflateEnd(&z);
	}
	memcpy(both, packed[0], length[0]);
	memcpy(both + length[0], packed[1], length[1]);
	for (size_t n = 3; n <= length[0] + length[1]; n++) {
		bool whole = n == length[0] || n == length[0] + length[1];

		read_bytes(both, n);
		if (whole != !values_missing(values))
			fail_msg("%zu of %zu bytes: %s", n, length[0] + length[1], values_missing(values));
	}
	assert_string_equal(got, "1:{\"good\":1}\n2:{\"good\":2}\n3:{\"good\":1}\n4:{\"good\":2}\n");
}

static void
utf_16_is_named(void **state)
{
	static const char little[] = "\xff\xfe{\0}\0", big[] = "\xfe\xff\0{\0}", unmarked[] = "{\0}\0",
			  other[] = "\0{\0}";

	(void)state;
	assert_string_equal(read_bytes(little, sizeof(little) - 1), "0!wide\n");
	assert_string_equal(read_bytes(big, sizeof(big) - 1), "0!wide\n");
	assert_string_equal(read_bytes(unmarked, sizeof(unmarked) - 1), "0!wide\n");
	assert_string_equal(read_bytes(other, sizeof(other) - 1), "0!wide\n");
}

/* The same ones each time: layouts with bytes changed, taken out and doubled. */
static void
any_bytes_are_read_to_their_end(void **state)
{
	static const char bytes[] = "\"{}[],:\\ \n\r0-t\xef\xbb\xbf\x1e\xff";
	char text[4096], expected[4096];
	uint64_t random = 88172645463325252u;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		const char *value;
		size_t length, n = 0, given;
		int result;

		lay_out(&layouts[round % (sizeof(layouts) / sizeof(layouts[0]))], 0, text, expected);
		length = strlen(text);
		for (unsigned i = 0; i <= round % 4; i++) {
			size_t at, some;

			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			at = (size_t)(random % length);
			some = (size_t)(random >> 32) % 30;
			if (at + some > length)
				some = length - at;
			if (i % 3 == 0)
				text[at] = bytes[(random >> 20) % (sizeof(bytes) - 1)];
			else if (i % 3 == 1) {
				memmove(text + at, text + at + some, length - at - some);
				length -= some;
			} else {
				memmove(text + at + some, text + at, length - at);
				length += some;
			}
		}
		open_bytes(text, length);
		while ((result = values_next(values, &value, &given, false)) != 0 && result != -EPROTO) {
			assert_true(n++ <= 2 * length); /* each takes some, or is tried once more */
			if (result == 1) {
				json_t *parsed = json_loadb(value, given, 0, NULL);

				assert_true(given > 0 && given <= LONGEST);
				if (!parsed)
					values_retry(values);
				json_decref(parsed);
			} else
				assert_true(result == -EMSGSIZE || result == -EILSEQ);
		}
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
		TEST(objects_are_found_however_they_are_laid_out),
		TEST(where_a_read_ends_does_not_matter),
		TEST(an_object_ends_where_its_bracket_closes),
		TEST(a_broken_object_costs_no_later_line),
		TEST(what_is_too_long_is_skipped_and_the_rest_is_read),
		TEST(a_line_with_many_objects_may_have_any_length),
		TEST(what_is_missing_at_the_end_is_said),
		TEST(compressed_data_that_end_early_are_said),
		TEST(utf_16_is_named),
		TEST(any_bytes_are_read_to_their_end),
	};

	return cmocka_run_group_tests_name("value_reader", tests, NULL, NULL);
}
