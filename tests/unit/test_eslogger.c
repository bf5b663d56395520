/* Lines of eslogger: what is written can be read, and what others write, too. */
#include "src/stream/eslogger.h"
#include "model/detail.h"
#include "tests/lib/fixture.h"
#include "tests/fuzz/fuzz_eslogger.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct eslogger reader;
static struct text text;

static int
setup(void **state)
{
	(void)state;
	reader = (struct eslogger){ .detail = true };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	eslogger_finish(&reader);
	text_finish(&text);
	return 0;
}

static enum eslogger_kind
read_line(const char *line)
{
	return eslogger_read(&reader, line, strlen(line));
}

/* The line that is written of what was read last, without its '\n'. */
static const char *
written(void)
{
	text.length = 0;
	eslogger_write(&text, reader.event);
	assert_true(text.length > 0);
	assert_int_equal(text.bytes[text.length - 1], '\n');
	text.bytes[text.length - 1] = '\0';
	return text.bytes;
}

static const char *
field(enum field_tag tag)
{
	const char *bytes = event_field(reader.event, tag, NULL);

	return bytes ? bytes : "";
}

static void
every_event_type_is_written_as_it_was_read(void **state)
{
	bool seen[EV_COUNT] = { false };

	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		assert_int_equal(read_line(fixture[i]), ESLOGGER_EVENT);
		assert_true(event_valid(reader.event, reader.event->size));
		assert_string_equal(written(), fixture[i]);
		seen[reader.event->id] = true;
	}
	for (unsigned id = 0; id < EV_CORE; id++)
		if (!seen[id])
			fail_msg("no fixture for %s", event_info[id].name);
	assert_int_equal(reader.unknown_keys, 0);
}

static void
the_model_gets_what_it_needs(void **state)
{
	size_t length;

	(void)state;
	assert_int_equal(read_line(FIXTURE_EXEC), ESLOGGER_EVENT);
	assert_int_equal(reader.event->id, EV_EXEC);
	assert_int_equal(reader.event->time_ns, 1754579591811587464u);
	assert_int_equal(reader.event->who.pid, 201);
	assert_int_equal(reader.event->who.version, 10);
	assert_int_equal(reader.event->other.version, 11);
	assert_int_equal(reader.event->other.ppid, 200);
	assert_int_equal(reader.event->other.uid, 501);
	assert_int_equal(reader.event->other.start_ns, 1754579589798115000u);
	assert_int_equal(reader.event->thread, 622243);
	assert_string_equal(field(FIELD_EXE), "/bin/zsh");
	assert_string_equal(field(FIELD_TARGET), "/usr/bin/make");
	assert_string_equal(field(FIELD_CWD), "/Users/u");
	event_field(reader.event, FIELD_ARGS, &length);
	assert_memory_equal(field(FIELD_ARGS), "make\0-j\0a b", length);
	assert_int_equal(length, 12);

	assert_int_equal(read_line(FIXTURE_FORK), ESLOGGER_EVENT);
	assert_int_equal(reader.event->other.pid, 201);
	assert_int_equal(read_line(FIXTURE_OPEN), ESLOGGER_EVENT);
	assert_int_equal(reader.event->value, 5);
	assert_string_equal(field(FIELD_TARGET), "/Users/u/Makefile");
	assert_int_equal(read_line(FIXTURE_CLOSE), ESLOGGER_EVENT);
	assert_true(reader.event->flags & EVENT_MODIFIED);
	assert_int_equal(read_line(FIXTURE_EXIT), ESLOGGER_EVENT);
	assert_int_equal(reader.event->value, 512);
}

/* A copy with the members of every object in the opposite order. */
static json_t *
turned_round(const json_t *value)
{
	const char *keys[64];
	json_t *copy, *member;
	const char *key;
	size_t n = 0, i;

	if (json_is_array(value)) {
		copy = json_array();
		for (i = 0; i < json_array_size(value); i++)
			json_array_append_new(copy, turned_round(json_array_get(value, i)));
		return copy;
	}
	if (!json_is_object(value))
		return json_deep_copy(value);
	copy = json_object();
	json_object_foreach((json_t *)value, key, member)
		keys[n++] = key;
	while (n--)
		json_object_set_new(copy, keys[n], turned_round(json_object_get(value, keys[n])));
	return copy;
}

static void
the_order_of_keys_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXTURES; i++) {
		json_t *value, *turned;
		char *line;

		if (fixture[i] == fixture[1]) /* jansson cannot hold its pipe's id */
			continue;
		value = json_loads(fixture[i], 0, NULL);
		turned = turned_round(value);
		line = json_dumps(turned, JSON_COMPACT);
		assert_string_not_equal(line, fixture[i]);
		assert_int_equal(read_line(line), ESLOGGER_EVENT);
		assert_string_equal(written(), fixture[i]);
		free(line);
		json_decref(turned);
		json_decref(value);
	}
}

#define OLD(version, extra)                                                                    \
	"{\"version\":" #version ",\"event_type\":10,\"time\":\"2020-01-01T00:00:00Z\","       \
	"\"event\":{\"open\":{\"fflag\":1,\"file\":{\"path\":\"/x\"}}},"                       \
	"\"process\":{\"audit_token\":[501,502,20,503,21,77,5,88],\"ppid\":1" extra "}}"

static void
old_and_new_versions_and_both_tokens_are_read(void **state)
{
	static const char *const lines[] = {
		OLD(1, ""), OLD(2, ",\"tty\":null"), OLD(3, ",\"start_time\":\"2020-01-01T00:00:00.5Z\""),
		OLD(4, ""), OLD(5, ""), OLD(6, ""), OLD(7, ""), OLD(8, ""), OLD(9, ""),
		OLD(10, ",\"cs_validation_category\":6"), OLD(11, ",\"executable\":{\"path\":\"/bin/e\"}"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(read_line(lines[i]), ESLOGGER_EVENT);
		assert_int_equal(reader.event->who.pid, 77);
		assert_int_equal(reader.event->who.version, 88);
		assert_int_equal(reader.event->who.uid, 502);
		assert_int_equal(reader.event->time_ns, 1577836800000000000u);
		assert_string_equal(field(FIELD_TARGET), "/x");
		/* Written with the usual form of the token. */
		assert_non_null(strstr(written(), "\"audit_token\":{\"auid\":501,\"euid\":502,"));
	}
	assert_string_equal(field(FIELD_EXE), "/bin/e");
	assert_int_equal(reader.unknown_keys, 0);
}

static void
what_is_unknown_is_counted_and_kept(void **state)
{
	static const char line[] =
		"{\"event_type\":250,\"event\":{\"teleport\":{\"to\":\"moon\"}},\"process\":{\"audit_token\":"
		"{\"pid\":5}},\"zeta\":[1,{\"beta\":2}],\"alpha\":1.5}";

	(void)state;
	assert_int_equal(read_line(line), ESLOGGER_EVENT);
	assert_int_equal(reader.event->id, EV_OTHER);
	assert_int_equal(reader.event->number, 250);
	assert_int_equal(reader.unknown_keys, 3); /* to, zeta, alpha */
	assert_string_equal(written(), "{\"event_type\":250,\"event\":{\"teleport\":{\"to\":\"moon\"}},"
				       "\"process\":{\"audit_token\":{\"pid\":5}},\"alpha\":1.5,"
				       "\"zeta\":[1,{\"beta\":2}]}");
}

static void
broken_lines_are_told_apart(void **state)
{
	static const char *const lines[] = {
		"", "x", "[]", "{}", "null", "{\"event\":{}}", "{\"event\":3}", "{\"event\":{\"open\":4}}",
		"{\"event\":{\"open\":{}}}", "{\"event\":{\"open\":{}},\"process\":{}}",
		"{\"event\":{\"fork\":{}},\"process\":{\"audit_token\":{\"pid\":1}}}",
		"{\"event\":{\"exec\":{\"target\":7}},\"process\":{\"audit_token\":{\"pid\":1}}}",
		"{\"event\":{\"open\":{}},\"process\":{\"audit_token\":[1,2,3]}}",
		"{\"event\":{\"open\":{}},\"process\":{\"audit_token\":{\"pid\":-1}}}",
		"{\"estop\":{}}", "{\"estop\":{\"seen\":{}}}", "{\"estop\":7}",
		"{\"event\":{\"open\":{\"file\":{\"path\":\"\xff\"}}}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		reader.why[0] = '\0';
		if (read_line(lines[i]) != ESLOGGER_BROKEN)
			fail_msg("%s was taken", lines[i]);
		assert_true(reader.why[0]);
	}
	/* Cut anywhere, it is broken, and nothing else happens. */
	for (size_t length = 0; length < strlen(FIXTURE_EXEC); length += 7) {
		char *copy = strndup(FIXTURE_EXEC, length);

		assert_int_equal(eslogger_read(&reader, copy, length), ESLOGGER_BROKEN);
		free(copy);
	}
}

/* An open of this path, as a source would tell of it. */
static struct event *
open_of_bytes(const char *path, size_t length)
{
	static _Alignas(8) char memory[8192];
	struct event *e = (struct event *)(void *)memory;
	struct detail d = { .memory = malloc(4096) };
	const struct detail_token token = { { 1, 2, 3, 4, 5, 6, 7, 8 } };

	*e = (struct event){ .size = sizeof(*e), .id = EV_OPEN, .number = 10 };
	detail_int(&d, KEY_event_type, 10);
	detail_plain(&d, DETAIL_OBJECT, KEY_event);
	detail_head(&d, DETAIL_OBJECT, KEY_OTHER, "open", 4);
	detail_plain(&d, DETAIL_OBJECT, KEY_file);
	detail_text(&d, KEY_path, path, length);
	detail_end(&d);
	detail_end(&d);
	detail_end(&d);
	detail_plain(&d, DETAIL_OBJECT, KEY_process);
	detail_plain(&d, DETAIL_TOKEN, KEY_audit_token);
	detail_bytes(&d, &token, sizeof(token));
	detail_end(&d);
	event_add(e, FIELD_DETAIL, d.memory, d.size);
	free(d.memory);
	return e;
}

static void
any_bytes_come_back_from_valid_json(void **state)
{
	char all[512], first[4096], *path;
	size_t length, n = 0;
	json_t *value;

	(void)state;
	for (unsigned c = 1; c < 256; c++) /* each byte, then each behind the first of two */
		all[n++] = (char)c;
	for (unsigned c = 0x80; c < 256; c += 3) {
		all[n++] = '\xc3';
		all[n++] = (char)c;
	}
	static const char *const some[] = {
		"\xee\xbe\x80 real U+EF80", "\xee\xbf\xbf", "\xf0\x9f\x98\x80 \xc3\xa9", "\xed\xa0\x80 lone half",
		"\xf4\x90\x80\x80 beyond", "\xc0\xaf long", "\xe2\x82", "\n\"\\\x1b\x7f", "",
	};
	for (size_t i = 0; i <= sizeof(some) / sizeof(some[0]); i++) {
		const char *bytes = i ? some[i - 1] : all;
		size_t want = i ? strlen(bytes) : n;

		text.length = 0;
		eslogger_write(&text, open_of_bytes(bytes, want));
		assert_true(text.length < sizeof(first));
		memcpy(first, text.bytes, text.length);
		first[text.length - 1] = '\0';
		value = json_loads(first, 0, NULL);
		assert_non_null(value);
		json_decref(value);
		assert_int_equal(read_line(first), ESLOGGER_EVENT);
		path = (char *)event_field(reader.event, FIELD_TARGET, &length);
		if (want) {
			assert_non_null(path);
			assert_int_equal(length, want);
			assert_memory_equal(path, bytes, want);
		}
		assert_string_equal(written(), first);
	}
}

static void
private_use_characters_of_others_stay_what_they_are(void **state)
{
	(void)state;
	assert_int_equal(read_line("{\"event\":{\"open\":{\"file\":{\"path\":\"/\\uef85\"}}},"
				   "\"process\":{\"audit_token\":{\"pid\":1}}}"), ESLOGGER_EVENT);
	assert_string_equal(field(FIELD_TARGET), "/\xee\xbe\x85");
}

static void
numbers_of_64_bits_stay_exact(void **state)
{
	(void)state;
	assert_int_equal(read_line("{\"event\":{\"x\":{\"a\":18446744073709551615,\"b\":-9223372036854775808,"
				   "\"c\":9223372036854775808,\"d\":\"18446744073709551615\"}},"
				   "\"process\":{\"audit_token\":{\"pid\":1}}}"), ESLOGGER_EVENT);
	assert_string_equal(written(), "{\"event\":{\"x\":{\"a\":18446744073709551615,\"b\":-9223372036854775808,"
				       "\"c\":9223372036854775808,\"d\":\"18446744073709551615\"}},"
				       "\"process\":{\"audit_token\":{\"pid\":1}}}");
}

static void
days_of_all_years_are_written(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} days[] = {
		{ 0, "1970-01-01T00:00:00.000000005Z" },
		{ 951782399, "2000-02-28T23:59:59.000000005Z" },
		{ 951782400, "2000-02-29T00:00:00.000000005Z" },
		{ 1772323199, "2026-02-28T23:59:59.000000005Z" },
		{ 1772323200, "2026-03-01T00:00:00.000000005Z" },
		{ 4102444799, "2099-12-31T23:59:59.000000005Z" },
		{ -1, "1969-12-31T23:59:59.000000005Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		text.length = 0;
		text_time(&text, days[i].seconds, 5, 9);
		text_char(&text, '\0');
		assert_string_equal(text.bytes, days[i].text);
	}
}

/* Real lines, where somebody has put some beside this directory; they are not ours to keep here. */
static void
published_lines_are_read(void **state)
{
	static const char *const names[] = { "mullvad-vpn-app.jsonl", "mac-monitor-open-exit.jsonl" };
	char path[256], *line = NULL;
	size_t room = 0;
	ssize_t length;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		FILE *file;
		unsigned lines = 0;

		snprintf(path, sizeof(path), "../shared/data/eslogger/%s", names[i]);
		file = fopen(path, "r");
		if (!file) {
			print_message("no %s: nothing to read\n", path);
			continue;
		}
		while ((length = getline(&line, &room, file)) > 1) {
			const char *again;
			char *first;

			assert_int_equal(eslogger_read(&reader, line, (size_t)length - 1), ESLOGGER_EVENT);
			first = strdup(written());
			assert_int_equal(read_line(first), ESLOGGER_EVENT);
			again = written();
			assert_string_equal(first, again);
			free(first);
			lines++;
		}
		assert_true(lines >= 2);
		assert_int_equal(reader.unknown_keys, 0);
		fclose(file);
	}
	free(line);
}

/* The same ones each time: fixtures with bytes changed, taken out, and doubled. */
static void
changed_lines_do_no_harm(void **state)
{
	static const char bytes[] = "\"{}[],:\\0189-+.eEtfn u\x80\xff\xee\xbe\n";
	uint64_t random = 88172645463325252u;

	(void)state;
	for (unsigned round = 0; round < 6000; round++) {
		const char *from = fixture[round % FIXTURES];
		size_t length = strlen(from);
		char *line = malloc(2 * length);

		memmove(line, from, length); /* no text: bytes of it get lost */ // NOLINT(bugprone-not-null-terminated-result)
		for (unsigned n = 0; n <= round % 4; n++) {
			size_t at, some;

			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			at = (size_t)(random % length);
			some = (size_t)(random >> 32) % 40;
			if (at + some > length)
				some = length - at;
			if (n % 3 == 0)
				line[at] = bytes[(random >> 20) % (sizeof(bytes) - 1)];
			else if (n % 3 == 1) {
				memmove(line + at, line + at + some, length - at - some);
				length -= some;
			} else {
				memmove(line + at + some, line + at, length - at);
				length += some;
			}
		}
		fuzz_line((const uint8_t *)line, length);
		free(line);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_event_type_is_written_as_it_was_read),
		TEST(the_model_gets_what_it_needs),
		TEST(the_order_of_keys_does_not_matter),
		TEST(old_and_new_versions_and_both_tokens_are_read),
		TEST(what_is_unknown_is_counted_and_kept),
		TEST(broken_lines_are_told_apart),
		TEST(any_bytes_come_back_from_valid_json),
		TEST(private_use_characters_of_others_stay_what_they_are),
		TEST(numbers_of_64_bits_stay_exact),
		TEST(days_of_all_years_are_written),
		TEST(published_lines_are_read),
		TEST(changed_lines_do_no_harm),
	};

	return cmocka_run_group_tests_name("eslogger", tests, NULL, NULL);
}
