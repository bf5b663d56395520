/* Lines of eslogger: what is written can be read, and what others write, too. */
#include "src/stream/eslogger.h"
#include "model/detail.h"
#include "model/xalloc.h"
#include "tests/lib/fixture.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/sanitizer.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
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
	reader.detail = false; /* else nothing is left out */
	for (size_t i = 0; i < FIXTURES; i++)
		assert_int_equal(read_line(fixture[i]), ESLOGGER_EVENT);
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
	json_object_foreach((json_t *)value, key, member) keys[n++] = key;
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

/* No system writes such a line; a later one may. */
static void
of_several_members_the_event_is_chosen_by_name(void **state)
{
#define SEVERAL(members)                                                                        \
	"{\"time\":\"2020-01-01T00:00:00Z\",\"event\":{" members "},\"process\":{\"audit_token\":" \
	"[501,502,20,503,21,77,5,88],\"ppid\":1}}"
	static const char *const lines[] = {
		SEVERAL("\"version\":{\"a\":1},\"open\":{\"file\":{\"path\":\"/x\"}},\"unknown\":3"),
		SEVERAL("\"unknown\":3,\"open\":{\"file\":{\"path\":\"/x\"}},\"version\":{\"a\":1}"),
	};
	char *first = NULL;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *line;

		assert_int_equal(read_line(lines[i]), ESLOGGER_EVENT);
		assert_int_equal(reader.event->id, EV_OPEN);
		assert_string_equal(field(FIELD_TARGET), "/x");
		line = written();
		assert_non_null(strstr(line, "\"event\":{\"open\":{")); /* who reads on finds it first */
		assert_non_null(strstr(line, "\"version\":{\"a\":1}"));
		if (!first)
			first = xstrdup(line);
		assert_string_equal(line, first);
	}
	assert_int_equal(read_line(first), ESLOGGER_EVENT);
	assert_int_equal(reader.event->id, EV_OPEN);
	free(first);
	assert_int_equal(read_line(SEVERAL("\"zz\":{},\"later\":{\"file\":{}},\"a\":1")), ESLOGGER_EVENT);
	assert_int_equal(reader.event->id, EV_OTHER);
	assert_non_null(strstr(written(), "\"event\":{\"later\":{"));
	assert_int_equal(read_line(SEVERAL("\"open\":1")), ESLOGGER_BROKEN);
	assert_int_equal(read_line("{\"eventMessage\":\"words of another program\"}"), ESLOGGER_NOTHING);
	/* The keys of the event that was chosen are those of the schema. */
	reader.detail = false;
	reader.unknown_keys = 0;
	assert_int_equal(read_line(SEVERAL("\"aa\":{\"bb\":1,\"cc\":2},\"open\":{\"dd\":1}")), ESLOGGER_EVENT);
	assert_int_equal(reader.unknown_keys, 1);
}

#define OLD(version, extra)                                                                    \
	"{\"version\":" #version ",\"event_type\":10,\"time\":\"2020-01-01T00:00:00Z\","       \
	"\"event\":{\"open\":{\"fflag\":1,\"file\":{\"path\":\"/x\"}}},"                       \
	"\"process\":{\"audit_token\":[501,502,20,503,21,77,5,88],\"ppid\":1" extra "}}"

static void
old_and_new_versions_and_both_tokens_are_read(void **state)
{
	static const char *const lines[] = {
		OLD(1, ""),
		OLD(2, ",\"tty\":null"),
		OLD(3, ",\"start_time\":\"2020-01-01T00:00:00.5Z\""),
		OLD(4, ""),
		OLD(5, ""),
		OLD(6, ""),
		OLD(7, ""),
		OLD(8, ""),
		OLD(9, ""),
		OLD(10, ",\"cs_validation_category\":6"),
		OLD(11, ",\"executable\":{\"path\":\"/bin/e\"}"),
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
	reader.detail = false;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(read_line(lines[i]), ESLOGGER_EVENT);
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
	assert_int_equal(reader.unknown_keys, 0); /* it is all there */
	assert_string_equal(written(), "{\"event_type\":250,\"event\":{\"teleport\":{\"to\":\"moon\"}},"
				       "\"process\":{\"audit_token\":{\"pid\":5}},\"alpha\":1.5,"
				       "\"zeta\":[1,{\"beta\":2}]}");
	reader.detail = false;
	assert_int_equal(read_line(line), ESLOGGER_EVENT);
	assert_int_equal(reader.unknown_keys, 3); /* to, zeta, alpha */
	assert_int_equal(read_line("{\"event\":{\"open\":{}},\"zeta\":1}"), ESLOGGER_BROKEN);
	assert_int_equal(read_line("{\"zeta\":1}"), ESLOGGER_BROKEN);
	assert_int_equal(reader.unknown_keys, 3); /* these are no events */
}

static void
broken_lines_are_told_apart(void **state)
{
	static const char *const lines[] = {
		"",
		"x",
		"[]",
		"{}",
		"null",
		"{\"event\":{}}",
		"{\"event\":3}",
		"{\"event\":{\"open\":4}}",
		"{\"event\":{\"open\":{}}}",
		"{\"event\":{\"open\":{}},\"process\":{}}",
		"{\"event\":{\"fork\":{}},\"process\":{\"audit_token\":{\"pid\":1}}}",
		"{\"event\":{\"exec\":{\"target\":7}},\"process\":{\"audit_token\":{\"pid\":1}}}",
		"{\"event\":{\"open\":{}},\"process\":{\"audit_token\":[1,2,3]}}",
		"{\"event\":{\"open\":{}},\"process\":{\"audit_token\":{\"pid\":-1}}}",
		"{\"estop\":{}}",
		"{\"estop\":{\"seen\":{}}}",
		"{\"estop\":7}",
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

/* An open of this path, as a source would report it. */
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
		"\xee\xbe\x80 real U+EF80",
		"\xee\xbf\xbf",
		"\xff beside \xee\xbe\x80",
		"\xf0\x9f\x98\x80 \xc3\xa9",
		"\xed\xa0\x80 lone half",
		"\xf4\x90\x80\x80 beyond",
		"\xc0\xaf long",
		"\xe2\x82",
		"\n\"\\\x1b\x7f",
		"",
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

/* A record of ours has one "estop", whatever else is in it. */
/* Members of a later version may stand before a record, and change nothing of what it is. */
static void
a_record_is_known_by_its_name(void **state)
{
	(void)state;
	assert_int_equal(
		read_line(
			"{\"estop\":{\"time\":\"2026-01-02T03:04:05Z\",\"seen\":{\"process\":{\"audit_token\":{\"pid\":5}}}}}"),
		ESLOGGER_SEEN);
	assert_int_equal(read_line("{\"estop\":{\"new\":{},\"end\":{}}}"), ESLOGGER_END);
	assert_int_equal(read_line("{\"estop\":{\"time\":1}}"), ESLOGGER_BROKEN);
	assert_int_equal(read_line(
				 "{\"estop\":{\"newer\":{\"time\":\"2026-01-02T03:04:05Z\"},\"newest\":{}}}"),
			 ESLOGGER_NOTE);
	assert_int_equal(reader.time_ns, eslogger_time("2026-01-02T03:04:05Z")); /* of the first by name */
	assert_int_equal(read_line(
				 "{\"estop\":{\"newest\":{},\"newer\":{\"time\":\"2026-01-02T03:04:06Z\"}}}"),
			 ESLOGGER_NOTE);
	assert_int_equal(reader.time_ns, eslogger_time("2026-01-02T03:04:06Z"));
	assert_int_equal(eslogger_time("1970-01-01T00:00:00.5Z"), 500000000);
}

static void
marks_are_in_the_one_object_of_ours(void **state)
{
	static const char *const lines[] = {
		"{\"estop\":{\"seen\":{\"process\":{\"audit_token\":{\"pid\":5},\"executable\":{\"path\":\"/\xee\xbe\x85\"}}},"
		"\"bytes\":true}}",
		"{\"event\":{\"open\":{\"file\":{\"path\":\"/\xee\xbe\x85\"}}},\"process\":{\"audit_token\":{\"pid\":5}},"
		"\"estop\":{\"bytes\":true}}",
		"{\"event\":{\"open\":{\"file\":{\"path\":\"/x\"}}},\"process\":{\"audit_token\":{\"pid\":5}},"
		"\"estop\":{\"filtered\":true}}",
		"{\"event\":{\"open\":{\"file\":{\"path\":\"/\xee\xbe\x85\"}}},\"process\":{\"audit_token\":{\"pid\":5}},"
		"\"estop\":{\"bytes\":true,\"filtered\":true}}",
		"{\"event\":{\"open\":{\"file\":{\"path\":\"/\xee\xbe\x85\"}}},\"process\":{\"audit_token\":{\"pid\":5}},"
		"\"estop\":{\"of\":1,\"bytes\":true,\"filtered\":true}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		enum eslogger_kind kind = read_line(lines[i]);

		assert_int_equal(kind, i ? ESLOGGER_EVENT : ESLOGGER_SEEN);
		assert_int_equal(reader.filtered, i >= 2);
		assert_string_equal(written(), lines[i]);
		if (i != 2)
			assert_non_null(strchr(field(i ? FIELD_TARGET : FIELD_EXE), 0x85));
	}
	assert_int_equal(read_line(FIXTURE_OPEN), ESLOGGER_EVENT);
	text.length = 0;
	eslogger_write_filtered(&text, reader.event);
	assert_int_equal(eslogger_read(&reader, text.bytes, text.length), ESLOGGER_EVENT);
	assert_true(reader.filtered);
}

static void
times_of_all_zones_are_read(void **state)
{
	static const struct {
		const char *time;
		uint64_t seconds;
	} times[] = {
		{ "2025-08-07T15:13:09Z", 1754579589 },
		{ "2025-08-07T15:13:09", 1754579589 },
		{ "2025-08-07T20:43:09+05:30", 1754579589 },
		{ "2025-08-07T07:13:09-0800", 1754579589 },
		{ "2025-08-07t17:13:09+02", 1754579589 },
		{ "2025-08-07 15:13:09+00:00", 1754579589 },
		{ "2025-08-08T00:13:09+09:00", 1754579589 },
		{ "1970-01-01T00:00:01Z", 1 },
		{ "2025-01-31T00:00:00Z", 1738281600 },
		{ "2025-01-32T00:00:00Z", 0 },
		{ "1970-01-01T00:00:01+01:00", 0 },
		{ "2025-08-07T15:13:09+5", 0 },
		{ "2025-08-07T15:13:09+05:3", 0 },
		{ "2025-08-07T15:13:09+24:00", 0 },
		{ "2025-08-07T15:13:09 CEST", 0 },
		{ "2025-08-07T24:13:09Z", 0 },
		{ "2025-08-07T15:60:09Z", 0 },
		{ "2025-08-07T15:13:61Z", 0 },
		{ "2025-08-07T15:13Z", 0 },
		{ "2025-08-07X15:13:09Z", 0 },
		{ "2025-08-07T15:13:09Zx", 0 },
		{ "2025-08-07T15:13:09X", 0 },
		{ "20a5-08-07T15:13:09Z", 0 },
		{ "2025-0;-07T15:13:09Z", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (eslogger_time(times[i].time) != times[i].seconds * 1000000000u)
			fail_msg("%s", times[i].time);
	assert_int_equal(eslogger_time("2025-08-07T20:43:09.5+05:30"), 1754579589500000000u);
}

static void
a_user_that_is_not_told_is_not_root(void **state)
{
	(void)state;
	assert_int_equal(read_line("{\"event\":{\"open\":{}},\"process\":{\"audit_token\":{\"pid\":1}}}"),
			 ESLOGGER_EVENT);
	assert_int_equal(reader.event->who.uid, UID_UNKNOWN);
	assert_int_equal(
		read_line("{\"event\":{\"open\":{}},\"process\":{\"audit_token\":{\"pid\":1,\"euid\":null}}}"),
		ESLOGGER_EVENT);
	assert_int_equal(reader.event->who.uid, UID_UNKNOWN);
	assert_int_equal(
		read_line("{\"event\":{\"open\":{}},\"process\":{\"audit_token\":{\"pid\":1,\"euid\":0}}}"),
		ESLOGGER_EVENT);
	assert_int_equal(reader.event->who.uid, 0);
}

static void
private_use_characters_of_others_stay_what_they_are(void **state)
{
	(void)state;
	assert_int_equal(read_line("{\"event\":{\"open\":{\"file\":{\"path\":\"/\\uef85\"}}},"
				   "\"process\":{\"audit_token\":{\"pid\":1}}}"),
			 ESLOGGER_EVENT);
	assert_string_equal(field(FIELD_TARGET), "/\xee\xbe\x85");
}

/* Found by fuzzing: unknown members of the key stood next to the one that is written. */
static void
the_key_estop_is_written_once(void **state)
{
	const char *line, *key;

	(void)state;
	assert_int_equal(read_line("{\"event\":{\"open\":{\"file\":{\"path\":\"/\\uef85\"}}},"
				   "\"process\":{\"audit_token\":{\"pid\":1}},\"estop\":{\"other\":true}}"),
			 ESLOGGER_EVENT);
	line = written();
	key = strstr(line, "\"estop\"");
	assert_non_null(key);
	assert_null(strstr(key + 1, "\"estop\""));
}

static void
numbers_of_64_bits_stay_exact(void **state)
{
	(void)state;
	assert_int_equal(read_line("{\"event\":{\"x\":{\"a\":18446744073709551615,\"b\":-9223372036854775808,"
				   "\"c\":9223372036854775808,\"d\":\"18446744073709551615\"}},"
				   "\"process\":{\"audit_token\":{\"pid\":1}}}"),
			 ESLOGGER_EVENT);
	assert_string_equal(written(),
			    "{\"event\":{\"x\":{\"a\":18446744073709551615,\"b\":-9223372036854775808,"
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

/* Real lines, where there are some next to this directory; they cannot be distributed. */
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
	unsigned taken = 0;

	(void)state;
	for (unsigned round = 0; round < 6000; round++) {
		const char *from = fixture[round % FIXTURES];
		size_t length = strlen(from);
		char *line = malloc(2 * length);

		/* no text: bytes of it get lost */
		memmove(line, from, length); // NOLINT(bugprone-not-null-terminated-result)
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
		fuzz_eslogger((const uint8_t *)line, length);
		taken += eslogger_read(&reader, line, length) != ESLOGGER_BROKEN;
		free(line);
	}
	/* It was of both kinds: lines that are still good, or good enough, and lines that are not. */
	assert_in_range(taken, 1000, 5000);
}

/* ---- lines that are too much ---- */

#define OPEN_BY_7 "{\"event_type\":10,\"time\":\"2026-01-01T00:00:01Z\",\"process\":{\"audit_token\":" \
		  "[0,0,0,0,0,7,0,1],\"executable\":{\"path\":\"/bin/x\"}},\"event\":{\"open\":{\"file\":" \
		  "{\"path\":\"/a\"}}}"

/* An event with a further key of so many bytes: between head and tail the same over and over. To be freed. */
static char *
filled(const char *head, const char *filler, const char *tail, size_t length)
{
	size_t n = strlen(OPEN_BY_7), step = strlen(filler);
	char *line = malloc(length + 1);

	strcpy(line, OPEN_BY_7);
	n += (size_t)sprintf(line + n, ",\"zz\":%s", head);
	for (; n + step + strlen(tail) + 2 < length; n += step)
		strcpy(line + n, filler);
	n -= line[n - 1] == ',';
	sprintf(line + n, "%s}", tail);
	return line;
}

#define TOO_LARGE "its values exceed the memory limit of a line"
#define TOO_DEEP "it is nested too deep"

static const struct {
	const char *head, *filler, *tail, *why;
} too_much[] = {
	{ "[", "{},", "]", TOO_LARGE },
	{ "[", "[],", "]", TOO_LARGE },
	{ "[", "1,", "]", TOO_LARGE },
	{ "[", "0.5,", "]", TOO_LARGE },
	{ "[", "\"\",", "]", TOO_LARGE },
	{ "[", "{\"a\":{}},", "]", TOO_LARGE },
	{ "{\"b\":0", ",\"a\":0", "}", TOO_LARGE },
	{ "", "[", "", TOO_DEEP },
	{ "", "{\"a\":", "", TOO_DEEP },
};

static void
a_line_of_too_many_values_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(too_much) / sizeof(too_much[0]); i++) {
		char *line =
			filled(too_much[i].head, too_much[i].filler, too_much[i].tail, ESLOGGER_LINE_MAX);

		assert_int_equal(read_line(line), ESLOGGER_BROKEN);
		assert_string_equal(reader.why, too_much[i].why);
		free(line);
		/* The next one finds all as it was. */
		assert_int_equal(read_line(OPEN_BY_7 "}"), ESLOGGER_EVENT);
	}
}

/* What estop itself writes of an exec with as many descriptors, or arguments, as there can be. */
static void
a_line_of_many_values_is_read(void **state)
{
	char *line = filled("[", "{\"fd\":65535,\"fdtype\":1},", "]", 65536 * 25);

	(void)state;
	assert_int_equal(read_line(line), ESLOGGER_EVENT);
	free(line);
	line = filled("[", "\"-a\",", "]", 200000 * 5);
	assert_int_equal(read_line(line), ESLOGGER_EVENT);
	free(line);
	line = filled("[\"", "\\u0001", "\"]", 6 << 20);
	assert_int_equal(read_line(line), ESLOGGER_EVENT);
	free(line);
	assert_true(reader.room > 1 << 20);
	assert_int_equal(read_line(OPEN_BY_7 "}"), ESLOGGER_EVENT);
	assert_true(reader.room < 1 << 20); /* what was needed once is not kept */
}

/* The most memory that was ever resident, in bytes. */
static size_t
most_resident(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
	return (size_t)usage.ru_maxrss;
#else
	return (size_t)usage.ru_maxrss * 1024;
#endif
}

/* The line included, as the reader of lines holds it, and whatever becomes of it. */
static void
no_line_takes_more_than_64_mib(void **state)
{
	static const char *const more[][3] = {
		{ "[", "\"0123456789012345678901234567890123456789012345678901234567890123456789\",", "]" },
		{ "\"", "a", "\"" },
		{ "\"", "\\u0001", "\"" },
		{ "[", "{\"path\":\"/usr/lib/a\",\"n\":1},", "]" },
		{ "[", "\"\xee\xbe\x80\",", "]" },
		{ "[", "12345678901234567890,", "]" },
	};
	enum { MORE = sizeof(more) / sizeof(more[0]), ALL = MORE + sizeof(too_much) / sizeof(too_much[0]) };

	(void)state;
#if SANITIZED
	puts("SKIP: a sanitizer has memory of its own");
	return;
#endif
	for (size_t i = 0; i < ALL; i++) {
		size_t k = i < MORE ? i : i - MORE;
		const char *const *part = i < MORE ? more[k] : NULL;
		int status;
		pid_t pid = fork();

		if (pid == 0) { /* what came before has no say in this one */
			size_t before = most_resident();
			char *line = part ? filled(part[0], part[1], part[2], ESLOGGER_LINE_MAX)
					  : filled(too_much[k].head, too_much[k].filler, too_much[k].tail,
						   ESLOGGER_LINE_MAX);

			for (int n = 0; n < 2; n++)
				read_line(line);
			_exit(most_resident() - before <= 64 << 20 ? 0 : 1);
		}
		assert_true(pid > 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (status != 0)
			fail_msg("'%s' took more", part ? part[1] : too_much[k].filler);
	}
}

static void
only_a_close_that_says_so_is_of_a_modified_file(void **state)
{
	(void)state;
	assert_int_equal(read_line("{\"event\":{\"close\":{\"target\":{\"path\":\"/a\"},\"modified\":true}},"
				   "\"process\":{\"audit_token\":{\"pid\":1}}}"),
			 ESLOGGER_EVENT);
	assert_true(reader.event->flags & EVENT_MODIFIED);
	assert_int_equal(read_line("{\"event\":{\"close\":{\"target\":{\"path\":\"/a\"},\"modified\":false}},"
				   "\"process\":{\"audit_token\":{\"pid\":1}}}"),
			 ESLOGGER_EVENT);
	assert_false(reader.event->flags & EVENT_MODIFIED);
}

/* What acts on a terminal or on the order of the text is escaped, wherever it stands. */
static void
characters_that_act_are_escaped(void **state)
{
	static const struct {
		const char *bytes, *json;
	} rows[] = {
		{ "a\xe2\x80\xae"
		  "b",
		  "\"a\\u202eb\"" },
		{ "\xe2\x80\xae\xe2\x80\xae", "\"\\u202e\\u202e\"" },
		{ "\xc2\x9b"
		  "2J",
		  "\"\\u009b2J\"" },
		{ "x\x7f", "\"x\\u007f\"" },
		{ "\xc3\xa4\xe2\x80\x8b.", "\"\xc3\xa4\\u200b.\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text t = { 0 };

		assert_false(eslogger_string(&t, rows[i].bytes, strlen(rows[i].bytes)));
		text_char(&t, '\0');
		assert_string_equal(t.bytes, rows[i].json);
		text_finish(&t);
	}
}

static void
a_new_name_without_its_directory_is_kept(void **state)
{
	(void)state;
	assert_int_equal(read_line(
				 "{\"event\":{\"rename\":{\"source\":{\"path\":\"/a\"},\"destination_type\":1,"
				 "\"destination\":{\"new_path\":{\"filename\":\"b\"}}}},"
				 "\"process\":{\"audit_token\":{\"pid\":1}}}"),
			 ESLOGGER_EVENT);
	assert_string_equal(field(FIELD_TARGET), "/a");
	assert_string_equal(field(FIELD_SECOND), "b");
}

/* A flag of the event, from the line and into it; of a process that ran before just as well. */
static void
arguments_that_were_cut_are_marked(void **state)
{
	static const char
		exec[] = "{\"event\":{\"exec\":{\"target\":{\"audit_token\":{\"pid\":5}},\"args\":[\"a\"]}},"
			 "\"process\":{\"audit_token\":{\"pid\":5}},\"estop\":{\"args_cut\":true}}",
		seen[] = "{\"estop\":{\"seen\":{\"process\":{\"audit_token\":{\"pid\":5}},\"args\":[\"a\"]},"
			 "\"args_cut\":true}}";

	(void)state;
	assert_int_equal(read_line(exec), ESLOGGER_EVENT);
	assert_int_equal(reader.event->flags & EVENT_ARGS_CUT, EVENT_ARGS_CUT);
	assert_string_equal(written(), exec);
	assert_int_equal(read_line(seen), ESLOGGER_SEEN);
	assert_int_equal(reader.event->flags & EVENT_ARGS_CUT, EVENT_ARGS_CUT);
	assert_string_equal(written(), seen);
	assert_int_equal(read_line(FIXTURE_EXEC), ESLOGGER_EVENT);
	assert_int_equal(reader.event->flags & EVENT_ARGS_CUT, 0);
}

static void
arguments_are_read_up_to_their_bound(void **state)
{
	enum { BOUND = 1 << 20 };
	size_t room = 2 * BOUND, length;
	char *line = malloc(room);

	(void)state;
	for (int over = 0; over < 2; over++) {
		int used = snprintf(
			line, room, "%s",
			"{\"event\":{\"exec\":{\"target\":{\"audit_token\":{\"pid\":5}},\"args\":[\"a\",\"");

		memset(line + used, 'x', BOUND - 3 + over); /* with "a" and two NULs that is all */
		strcpy(line + used + BOUND - 3 + over, "\"]}},\"process\":{\"audit_token\":{\"pid\":5}}}");
		assert_int_equal(read_line(line), ESLOGGER_EVENT);
		assert_non_null(event_field(reader.event, FIELD_ARGS, &length));
		assert_int_equal(length, BOUND);
		assert_int_equal(reader.event->flags & EVENT_ARGS_CUT, over ? EVENT_ARGS_CUT : 0);
	}
	free(line);
}

static void
a_time_is_read_within_its_bounds_and_no_other(void **state)
{
	static const char *const good[] = {
		"1970-01-01T00:00:01Z",   "2500-12-31T23:59:60Z",      "2026-01-31 00:00:00",
		"2026-12-01t23:59:59z",   "2026-06-15T12:00:00+23:59", "2026-06-15T12:00:00-0059",
		"2026-06-15T12:00:00+02", "2026-06-15T12:00:00.5Z",    "2026-06-15T12:00:00,5+01:00",
	};
	static const char *const bad[] = {
		"",
		"2026-06-15T12:00:0",
		"1969-12-31T23:59:59Z",
		"2501-01-01T00:00:00Z",
		"2026-00-15T12:00:00Z",
		"2026-13-15T12:00:00Z",
		"2026-06-00T12:00:00Z",
		"2026-06-32T12:00:00Z",
		"2026-06-15T24:00:00Z",
		"2026-06-15T12:60:00Z",
		"2026-06-15T12:00:61Z",
		"2026/06-15T12:00:00Z",
		"2026-06/15T12:00:00Z",
		"2026-06-15x12:00:00Z",
		"2026-06-15T12-00:00Z",
		"2026-06-15T12:00-00Z",
		"202x-06-15T12:00:00Z",
		"2026-0x-15T12:00:00Z",
		"2026-06-1xT12:00:00Z",
		"2026-06-15T1x:00:00Z",
		"2026-06-15T12:0x:00Z",
		"2026-06-15T12:00:0xZ",
		"2026-06-15T12:00:0/Z",
		"2026-06-15T12:00:00Zx",
		"2026-06-15T12:00:00x",
		"2026-06-15T12:00:00+24:00",
		"2026-06-15T12:00:00+23:60",
		"2026-06-15T12:00:00+5",
		"2026-06-15T12:00:00+05:3",
		"2026-06-15T12:00:00+05:300",
		"2026-06-15T12:00:00+x5",
		"1970-01-01T00:00:00+01:00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!eslogger_time(good[i]))
			fail_msg("%s is not read", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (eslogger_time(bad[i]))
			fail_msg("%s is read", bad[i]);
	assert_int_equal(eslogger_time("2026-06-15T12:00:00.123456789Z") % 1000000000, 123456789);
	assert_int_equal(eslogger_time("2026-06-15T12:00:00+05:30") + 19800000000000,
			 eslogger_time("2026-06-15T12:00:00Z"));
	assert_int_equal(eslogger_time("2026-06-15T12:00:00-0530") - 19800000000000,
			 eslogger_time("2026-06-15T12:00:00Z"));
}

/* The exit of this process. */
static enum eslogger_kind
read_process(const char *members)
{
	char line[1024];

	snprintf(line, sizeof(line), "{\"event_type\":15,\"event\":{\"exit\":{\"stat\":3}},\"process\":{%s}}",
		 members);
	return read_line(line);
}

static void
a_process_has_numbers_that_a_process_can_have(void **state)
{
	(void)state;
	assert_int_equal(read_process("\"audit_token\":{\"pid\":2147483647},\"ppid\":7"), ESLOGGER_EVENT);
	assert_int_equal(reader.event->who.pid, INT32_MAX);
	assert_int_equal(reader.event->who.ppid, 7);
	assert_int_equal(reader.event->value, 3);
	assert_int_equal(read_process("\"audit_token\":{\"pid\":2147483648}"), ESLOGGER_BROKEN);
	assert_int_equal(read_process("\"audit_token\":[1,2,3,4,5,2147483648,7,8]"), ESLOGGER_BROKEN);
	assert_int_equal(read_process("\"audit_token\":[1,2,3,4,5,6,7,8,9]"), ESLOGGER_BROKEN);
	assert_int_equal(read_process("\"audit_token\":{\"pid\":5},\"ppid\":-1"), ESLOGGER_EVENT);
	assert_int_equal(reader.event->who.ppid, 0);
	/* Of an array the numbers have their places, and the user is told. */
	assert_int_equal(read_process("\"audit_token\":[1,0,3,4,5,6,7,8]"), ESLOGGER_EVENT);
	assert_int_equal(reader.event->who.pid, 6);
	assert_int_equal(reader.event->who.version, 8);
	assert_int_equal(reader.event->who.uid, 0);
	/* A type that is no number of one is not kept. */
	assert_int_equal(read_line("{\"event_type\":65535,\"event\":{\"new\":{}},\"process\":"
				   "{\"audit_token\":{\"pid\":5}}}"),
			 ESLOGGER_EVENT);
	assert_int_equal(reader.event->number, 65535);
	assert_int_equal(read_line("{\"event_type\":65536,\"event\":{\"new\":{}},\"process\":"
				   "{\"audit_token\":{\"pid\":5}}}"),
			 ESLOGGER_EVENT);
	assert_int_equal(reader.event->number, 0);
	assert_int_equal(read_line("{\"event_type\":-1,\"event\":{\"new\":{}},\"process\":"
				   "{\"audit_token\":{\"pid\":5}}}"),
			 ESLOGGER_EVENT);
	assert_int_equal(reader.event->number, 0);
}

#define PID_5 "\"audit_token\":{\"pid\":5}"

static void
who_is_responsible_is_another_process(void **state)
{
	size_t length;
	int32_t responsible;

	(void)state;
	assert_int_equal(read_process(PID_5 ",\"responsible_audit_token\":{\"pid\":9}"), ESLOGGER_EVENT);
	memcpy(&responsible, event_field(reader.event, FIELD_RESPONSIBLE, &length), sizeof(responsible));
	assert_int_equal(length, sizeof(responsible));
	assert_int_equal(responsible, 9);
	/* Nobody, itself, no number of a process, or no token at all. */
	assert_int_equal(read_process(PID_5), ESLOGGER_EVENT);
	assert_null(event_field(reader.event, FIELD_RESPONSIBLE, NULL));
	assert_int_equal(read_process(PID_5 ",\"responsible_audit_token\":{\"pid\":0}"), ESLOGGER_EVENT);
	assert_null(event_field(reader.event, FIELD_RESPONSIBLE, NULL));
	assert_int_equal(read_process(PID_5 ",\"responsible_audit_token\":{\"pid\":5}"), ESLOGGER_EVENT);
	assert_null(event_field(reader.event, FIELD_RESPONSIBLE, NULL));
	assert_int_equal(read_process(PID_5 ",\"responsible_audit_token\":{\"pid\":2147483648}"),
			 ESLOGGER_EVENT);
	assert_null(event_field(reader.event, FIELD_RESPONSIBLE, NULL));
}

static void
a_signature_is_of_a_team_of_the_system_or_of_nobody(void **state)
{
	(void)state;
	assert_int_equal(read_process(PID_5 ",\"team_id\":\"TEAM\",\"signing_id\":\"org.x\","
					    "\"codesigning_flags\":3,\"is_platform_binary\":false"),
			 ESLOGGER_EVENT);
	assert_string_equal(field(FIELD_SIGNER), "TEAM/org.x");
	assert_string_equal(field(FIELD_TEAM_ID), "TEAM");
	assert_string_equal(field(FIELD_SIGNING_ID), "org.x");
	assert_false(reader.event->flags & EVENT_PLATFORM);
	assert_int_equal(read_process(PID_5 ",\"signing_id\":\"com.ls\",\"is_platform_binary\":true"),
			 ESLOGGER_EVENT);
	assert_string_equal(field(FIELD_SIGNER), "platform/com.ls");
	assert_true(reader.event->flags & EVENT_PLATFORM);
	assert_int_equal(read_process(PID_5 ",\"signing_id\":\"adhoc\""), ESLOGGER_EVENT);
	assert_string_equal(field(FIELD_SIGNER), "/adhoc");
	assert_int_equal(read_process(PID_5 ",\"team_id\":\"TEAM\""), ESLOGGER_EVENT);
	assert_string_equal(field(FIELD_SIGNER), "TEAM/");
	assert_null(event_field(reader.event, FIELD_CSFLAGS, NULL)); /* neither flags nor a name */
	assert_int_equal(read_process(PID_5 ",\"codesigning_flags\":1"), ESLOGGER_EVENT);
	assert_non_null(event_field(reader.event, FIELD_CSFLAGS, NULL));
	assert_null(event_field(reader.event, FIELD_SIGNER, NULL));
	assert_int_equal(read_process(PID_5 ",\"signing_id\":\"\""), ESLOGGER_EVENT);
	assert_null(event_field(reader.event, FIELD_CSFLAGS, NULL));
	assert_null(event_field(reader.event, FIELD_SIGNER, NULL));
}

static void
records_of_ours_say_what_was_lost_by_whom(void **state)
{
	(void)state;
	assert_int_equal(read_line("{\"estop\":{\"start\":{\"part\":3}}}"), ESLOGGER_START);
	assert_true(reader.ours);
	assert_false(reader.whole);
	assert_int_equal(reader.part, 3);
	assert_int_equal(read_line("{\"estop\":{\"lost\":{\"kernel\":{\"open\":4,\"close\":5},\"untyped\":6,"
				   "\"recorder\":7,\"muted_elsewhere\":8}}}"),
			 ESLOGGER_LOST);
	assert_int_equal(reader.lost.kernel[EV_OPEN], 4);
	assert_int_equal(reader.lost.kernel[EV_CLOSE], 5);
	assert_int_equal(reader.lost.kernel[EV_EXEC], 0);
	assert_int_equal(reader.lost.untyped, 6);
	assert_int_equal(reader.lost.recorder, 7);
	assert_int_equal(reader.lost.muted_elsewhere, 8);
	assert_true(reader.lost.known[0]);
	assert_false(reader.lost.known[1]);
	assert_false(reader.lost.known[2]);
	assert_false(reader.whole);
	assert_int_equal(read_line("{\"estop\":{\"part\":{}}}"), ESLOGGER_NOTE);
	assert_true(reader.whole);
	assert_int_equal(read_line("{\"estop\":{\"start\":{}}}"), ESLOGGER_START);
	assert_false(reader.whole);
	assert_int_equal(read_line("{\"estop\":{\"mute\":{}}}"), ESLOGGER_NOTE);
	assert_false(reader.whole);
	assert_string_equal(reader.cut, "");
	assert_int_equal(read_line("{\"estop\":{\"end\":{\"ring\":{\"open\":1},\"muted\":{\"fork\":2},"
				   "\"cut\":\"no space\"}}}"),
			 ESLOGGER_END);
	assert_true(reader.whole);
	assert_string_equal(reader.cut, "no space");
	assert_int_equal(reader.lost.ring[EV_OPEN], 1);
	assert_int_equal(reader.lost.muted[EV_FORK], 2);
	assert_false(reader.lost.known[0]);
	assert_true(reader.lost.known[1]);
	assert_true(reader.lost.known[2]);
}

static void
a_path_is_kept_up_to_its_bound(void **state)
{
	enum { MOST = 16384 };
	char *line = malloc(2 * MOST);
	size_t length;

	(void)state;
	for (size_t n = MOST - 1; n <= MOST + 1; n++) {
		size_t at = (size_t)sprintf(line, "{\"event\":{\"chdir\":{\"target\":{\"path\":\"/");

		memset(line + at, 'x', n - 1);
		strcpy(line + at + n - 1, "\"}}},\"process\":{" PID_5 "}}");
		assert_int_equal(read_line(line), ESLOGGER_EVENT);
		assert_non_null(event_field(reader.event, FIELD_TARGET, &length));
		assert_int_equal(length, n < MOST ? n : MOST);
		assert_int_equal((reader.event->flags & EVENT_TRUNCATED) != 0, n > MOST);
	}
	free(line);
	assert_int_equal(read_line(
				 "{\"event\":{\"chdir\":{\"target\":{\"path\":\"/x\",\"path_truncated\":true}}},"
				 "\"process\":{" PID_5 "}}"),
			 ESLOGGER_EVENT);
	assert_true(reader.event->flags & EVENT_TRUNCATED);
}

/* A process that ran already: a kernel thread is known by its name, others by their executable. */
static void
who_was_seen_is_a_kernel_thread_only_where_that_is_said(void **state)
{
	(void)state;
	assert_int_equal(read_line("{\"estop\":{\"seen\":{\"process\":{" PID_5
				   ",\"executable\":{\"path\":\"/bin/x\"}},\"args\":[\"x\",\"-a\"],"
				   "\"cgroup\":{\"id\":77,\"path\":\"/a.slice\"}}}}"),
			 ESLOGGER_SEEN);
	assert_int_equal(reader.event->id, EV_SEEN);
	assert_false(reader.event->flags & EVENT_KERNEL);
	assert_string_equal(field(FIELD_EXE), "/bin/x");
	assert_string_equal(field(FIELD_CGROUP), "/a.slice");
	assert_memory_equal(field(FIELD_ARGS), "x\0-a", 5);
	assert_int_equal(read_line("{\"estop\":{\"seen\":{\"process\":{" PID_5
				   "},\"kernel_thread\":\"kworker\",\"cgroup\":{\"id\":77,\"path\":\"\"}}}}"),
			 ESLOGGER_SEEN);
	assert_true(reader.event->flags & EVENT_KERNEL);
	assert_string_equal(field(FIELD_EXE), "[kworker]");
	assert_null(event_field(reader.event, FIELD_CGROUP, NULL));
	assert_null(event_field(reader.event, FIELD_ARGS, NULL));
	assert_int_equal(read_line("{\"estop\":{\"seen\":{\"process\":{}}}}"), ESLOGGER_BROKEN);
}

static void
a_number_too_long_for_jansson_is_kept_where_it_stands(void **state)
{
	static const char *const lines[] = {
		"{\"event\":{\"new\":{\"a\":18446744073709551615}},\"process\":{" PID_5 "}}",
		"{\"event\":{\"new\":{\"a\":[1,9223372036854775808,2]}},\"process\":{" PID_5 "}}",
		"{\"event\":{\"new\":{\"a\":\"18446744073709551615\",\"b\":18446744073709551615}},\"process\":{" PID_5
		"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(read_line(lines[i]), ESLOGGER_EVENT);
		assert_string_equal(written(), lines[i]);
	}
	/* At the very beginning it is no line of anything. */
	assert_int_equal(read_line("18446744073709551615"), ESLOGGER_BROKEN);
	assert_int_equal(read_line("[18446744073709551615,\"\\"), ESLOGGER_BROKEN);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	xalloc_give_back();
	const struct CMUnitTest tests[] = {
		TEST(every_event_type_is_written_as_it_was_read),
		TEST(the_model_gets_what_it_needs),
		TEST(the_order_of_keys_does_not_matter),
		TEST(of_several_members_the_event_is_chosen_by_name),
		TEST(old_and_new_versions_and_both_tokens_are_read),
		TEST(what_is_unknown_is_counted_and_kept),
		TEST(broken_lines_are_told_apart),
		TEST(any_bytes_come_back_from_valid_json),
		TEST(a_record_is_known_by_its_name),
		TEST(marks_are_in_the_one_object_of_ours),
		TEST(times_of_all_zones_are_read),
		TEST(a_user_that_is_not_told_is_not_root),
		TEST(private_use_characters_of_others_stay_what_they_are),
		TEST(the_key_estop_is_written_once),
		TEST(numbers_of_64_bits_stay_exact),
		TEST(days_of_all_years_are_written),
		TEST(published_lines_are_read),
		TEST(changed_lines_do_no_harm),
		TEST(a_line_of_too_many_values_is_refused),
		TEST(a_line_of_many_values_is_read),
		TEST(no_line_takes_more_than_64_mib),
		TEST(only_a_close_that_says_so_is_of_a_modified_file),
		TEST(characters_that_act_are_escaped),
		TEST(a_new_name_without_its_directory_is_kept),
		TEST(arguments_that_were_cut_are_marked),
		TEST(arguments_are_read_up_to_their_bound),
		TEST(a_time_is_read_within_its_bounds_and_no_other),
		TEST(a_process_has_numbers_that_a_process_can_have),
		TEST(who_is_responsible_is_another_process),
		TEST(a_signature_is_of_a_team_of_the_system_or_of_nobody),
		TEST(records_of_ours_say_what_was_lost_by_whom),
		TEST(a_path_is_kept_up_to_its_bound),
		TEST(who_was_seen_is_a_kernel_thread_only_where_that_is_said),
		TEST(a_number_too_long_for_jansson_is_kept_where_it_stands),
	};

	return cmocka_run_group_tests_name("eslogger", tests, NULL, NULL);
}
