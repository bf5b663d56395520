/*
 * Messages of every type, version and arm of a union: to records, JSON and text,
 * and from JSON back to the same record.
 */
#include "src/es/decode.h"
#include "src/stream/eslogger.h"
#include "src/stream/log_text.h"
#include "tests/lib/es_double.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct eslogger reader;
static struct text first, second;

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
	text_finish(&first);
	text_finish(&second);
	return 0;
}

/* With everything, in memory of exactly the promised size. */
static struct event *
decoded(uint32_t version, unsigned number, int arm, bool bare)
{
	es_message_t *msg = es_double_any(version, (es_event_type_t)number, double_shell, arm, bare);
	size_t size = decode_room(msg, DECODE_EXE | DECODE_DETAIL);
	struct event *e = malloc(size);

	decode(e, msg, DECODE_EXE | DECODE_DETAIL);
	assert_int_equal(e->size, size);
	assert_true(event_valid(e, size));
	es_double_free(msg);
	return e;
}

static void
for_all(uint32_t oldest, void (*check)(const struct event *, uint32_t version))
{
	for (uint32_t version = oldest; version <= DOUBLE_NEWEST; version++)
		for (unsigned id = 0; id < EV_OTHER; id++)
			for (int arm = 0; arm < es_double_arms((es_event_type_t)event_info[id].number); arm++)
				for (int bare = 0; bare < 2; bare++) {
					struct event *e = decoded(version, event_info[id].number, arm, bare);

					assert_int_equal(e->id, id);
					check(e, version);
					free(e);
				}
}

static void
check_record(const struct event *e, uint32_t version)
{
	(void)version;
	assert_int_equal(e->number, event_info[e->id].number);
	assert_int_equal(e->who.pid, 100);
	assert_string_equal(event_field(e, FIELD_EXE, NULL), "/bin/zsh");
}

/* Nothing newer than the version is touched: the double poisons it. */
static void
every_type_is_decoded_in_every_version(void **state)
{
	(void)state;
	for_all(DOUBLE_OLDEST, check_record);
}

static void
assert_same_field(const struct event *a, const struct event *b, enum field_tag tag)
{
	const char *x = event_field(a, tag, NULL), *y = event_field(b, tag, NULL);

	if ((x == NULL) != (y == NULL) || (x && strcmp(x, y) != 0))
		fail_msg("%s: '%s' in the message, '%s' in the line", event_info[a->id].name,
			 x ? x : "(none)", y ? y : "(none)");
}

static void
check_lines(const struct event *e, uint32_t version)
{
	const struct event *read;

	first.length = second.length = 0;
	eslogger_write(&first, e);
	assert_int_equal(eslogger_read(&reader, first.bytes, first.length - 1), ESLOGGER_EVENT);
	read = reader.event;
	eslogger_write(&second, read);
	text_char(&first, '\0');
	text_char(&second, '\0');
	assert_string_equal(first.bytes, second.bytes);

	assert_int_equal(read->id, e->id);
	assert_int_equal(read->number, e->number);
	assert_int_equal(read->flags, e->flags);
	assert_int_equal(read->value, e->value);
	assert_int_equal(read->time_ns, e->time_ns);
	assert_memory_equal(&read->who, &e->who, sizeof(e->who));
	assert_memory_equal(&read->other, &e->other, sizeof(e->other));
	assert_same_field(e, read, FIELD_TARGET);
	assert_same_field(e, read, FIELD_SECOND);
	(void)version;
}

static void
what_is_written_is_read_as_the_same_record(void **state)
{
	(void)state;
	for_all(2, check_lines);
	assert_int_equal(reader.unknown_keys, 0);
}

static void
numbers_of_later_systems_are_kept(void **state)
{
	struct event *e = decoded(11, 159, 0, false);
	char number[16];

	(void)state;
	assert_int_equal(e->id, EV_OTHER);
	assert_int_equal(e->number, 159);
	assert_string_equal(event_name(e, number), "event 159");
	first.length = 0;
	log_write(&first, e, LOG_LINE, false);
	assert_non_null(strstr(first.bytes, "Z event 159 pid=100 "));
	first.length = 0;
	eslogger_write(&first, e);
	free(e);
	assert_int_equal(eslogger_read(&reader, first.bytes, first.length - 1), ESLOGGER_EVENT);
	assert_int_equal(reader.event->id, EV_OTHER);
	assert_int_equal(reader.event->number, 159);
}

/* ---- what the fields of a record are, by example ---- */

static void
assert_about(enum event_id id, int arm, const char *target, const char *other, int64_t value)
{
	struct event *e = decoded(11, event_info[id].number, arm, false);
	const char *t = event_field(e, FIELD_TARGET, NULL), *s = event_field(e, FIELD_SECOND, NULL);

	assert_string_equal(t ? t : "", target);
	assert_string_equal(s ? s : "", other);
	assert_int_equal(e->value, value);
	free(e);
}

static void
records_name_what_is_acted_on(void **state)
{
	struct event *e;

	(void)state;
	assert_about(EV_UNLINK, 0, "/of/target/1", "", 0);
	assert_about(EV_RENAME, 0, "/of/source/1", "/of/existing_file/2", 0);
	assert_about(EV_RENAME, 1, "/of/source/1", "/of/dir/2/filename 3", 0);
	assert_about(EV_CREATE, 1, "/of/dir/1/filename 2", "", 0);
	assert_about(EV_LINK, 0, "/of/source/1", "/of/target_dir/2/target_filename 3", 0);
	assert_about(EV_LOOKUP, 0, "/of/source_dir/2/relative_target 1", "", 0);
	assert_about(EV_SETMODE, 0, "/of/target/1", "", 2);
	assert_about(EV_MOUNT, 0, "/Volumes", "/dev", 0);
	assert_about(EV_SUDO, 0, "command 1", "to_username 6", 1);
	assert_about(EV_GATEKEEPER_USER_OVERRIDE, 0, "file 1", "", 0);
	assert_about(EV_GATEKEEPER_USER_OVERRIDE, 1, "/of/file/1", "", 0);
	assert_about(EV_SETUID, 0, "", "", 1);

	e = decoded(11, event_info[EV_SIGNAL].number, 0, false);
	assert_string_equal(event_field(e, FIELD_TARGET, NULL), "/of/target/1");
	assert_int_equal(e->other.pid, 1001);
	assert_int_equal(e->other.version, 2001);
	free(e);
}

static void
both_paths_count_for_mutes_by_target(void **state)
{
	static char room[DECODE_PATH_MAX];
	struct decode_path paths[2];
	es_message_t *msg = es_double_any(11, ES_EVENT_TYPE_NOTIFY_RENAME, double_shell, 1, false);

	(void)state;
	assert_int_equal(decode_targets(msg, paths), 2);
	assert_memory_equal(decode_path(&paths[0], room), "/of/source/1", paths[0].length);
	assert_memory_equal(decode_path(&paths[1], room), "/of/dir/2/filename 3", paths[1].length);
	es_double_free(msg);
	msg = es_double_any(11, ES_EVENT_TYPE_NOTIFY_GETEXTATTR, double_shell, 0, false);
	assert_int_equal(decode_targets(msg, paths), 1); /* the attribute's name is no path */
	es_double_free(msg);
	msg = es_double_any(11, ES_EVENT_TYPE_NOTIFY_LOOKUP, double_shell, 0, false);
	assert_int_equal(decode_targets(msg, paths), 0);
	es_double_free(msg);
}

static void
names_too_long_for_a_record_are_cut_and_marked(void **state)
{
	static char name[DECODE_PATH_MAX + 100];
	es_message_t *msg = es_double_any(11, ES_EVENT_TYPE_NOTIFY_UIPC_BIND, double_shell, 0, false);
	const es_string_token_t kept = msg->event.uipc_bind.filename;
	struct event *e;
	size_t length, size;

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t more = DECODE_PATH_MAX - 20; more <= sizeof(name); more++) {
		msg->event.uipc_bind.filename = (es_string_token_t){ more, name };
		size = decode_room(msg, 0);
		e = malloc(size);
		decode(e, msg, 0);
		assert_int_equal(e->size, size);
		assert_true(event_valid(e, size));
		event_field(e, FIELD_TARGET, &length);
		assert_true(length <= DECODE_PATH_MAX);
		assert_int_equal(e->flags, length < strlen("/of/dir/1/") + more ? EVENT_TRUNCATED : 0);
		free(e);
	}
	msg->event.uipc_bind.filename = kept;
	es_double_free(msg);
}

/* ---- the text ---- */

static char *
slurp(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	size_t length;

	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	length = (size_t)ftell(file);
	rewind(file);
	text = malloc(length + 1);
	text[fread(text, 1, length, file)] = '\0';
	fclose(file);
	return text;
}

/* One line for each type and arm, all of what it says; UPDATE_SCREENS=1 writes it anew. */
static void
every_type_has_its_line_of_text(void **state)
{
	static const char path[] = "tests/unit/events.txt";
	char *kept = slurp(path);

	(void)state;
	first.length = 0;
	for (unsigned id = 0; id < EV_OTHER; id++)
		for (int arm = 0; arm < es_double_arms((es_event_type_t)event_info[id].number); arm++) {
			struct event *e = decoded(11, event_info[id].number, arm, false);
			char *line, *event;

			second.length = 0;
			log_write(&second, e, LOG_LINE, false);
			text_char(&second, '\0');
			line = strstr(second.bytes, "path=/bin/zsh");
			assert_non_null(line);
			event = strchr(second.bytes, ' ') + 1;
			text_add(&first, event, strcspn(event, " "));
			text_word(&first, line + strlen("path=/bin/zsh"));
			free(e);
		}
	text_char(&first, '\0');
	if (getenv("UPDATE_SCREENS")) {
		FILE *file = fopen(path, "w");

		fputs(first.bytes, file);
		fclose(file);
	} else {
		assert_non_null(kept);
		assert_string_equal(first.bytes, kept);
	}
	free(kept);
}

static const char *
logged(const char *event, unsigned number)
{
	first.length = 0;
	text_format(&first,
		    "{\"version\":9,\"time\":\"2025-08-07T15:13:12.000000000Z\",\"event_type\":%u,\"event\":"
		    "{%s},\"process\":{\"audit_token\":{\"pid\":7}}}",
		    number, event);
	assert_int_equal(eslogger_read(&reader, first.bytes, first.length), ESLOGGER_EVENT);
	second.length = 0;
	log_write(&second, reader.event, LOG_TEXT, false);
	text_char(&second, '\0');
	return second.bytes;
}

static void
numbers_are_said_in_words(void **state)
{
	(void)state;
	assert_non_null(strstr(logged("\"mmap\":{\"protection\":5,\"flags\":4114,\"max_protection\":0}", 20),
			       "flags: PRIVATE|FIXED|ANON (4114)\n"));
	assert_non_null(strstr(second.bytes, "protection: READ|EXEC (5)\n"));
	assert_non_null(strstr(second.bytes, "max_protection: 0\n"));
	assert_non_null(strstr(logged("\"signal\":{\"sig\":15}", 31), "sig: SIGTERM (15)\n"));
	assert_non_null(strstr(logged("\"setmode\":{\"mode\":493}", 29), "mode: 0755\n"));
	assert_non_null(strstr(logged("\"access\":{\"mode\":6}", 55), "mode: R_OK|W_OK (6)\n"));
	assert_non_null(strstr(logged("\"fcntl\":{\"cmd\":50}", 62), "cmd: F_GETPATH (50)\n"));
	assert_non_null(strstr(logged("\"fcntl\":{\"cmd\":4711}", 62), "cmd: 4711\n"));
	assert_non_null(strstr(logged("\"setflags\":{\"flags\":2147483650}", 28),
			       "flags: UF_IMMUTABLE|0x80000000 (2147483650)\n"));
	assert_non_null(strstr(
		logged("\"authorization_judgement\":{\"results\":[{\"right_name\":\"a\",\"granted\":true}]}",
		       130),
		"results: {granted=yes right_name=a}\n"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_type_is_decoded_in_every_version),
		TEST(what_is_written_is_read_as_the_same_record),
		TEST(numbers_of_later_systems_are_kept),
		TEST(records_name_what_is_acted_on),
		TEST(both_paths_count_for_mutes_by_target),
		TEST(names_too_long_for_a_record_are_cut_and_marked),
		TEST(every_type_has_its_line_of_text),
		TEST(numbers_are_said_in_words),
	};

	return cmocka_run_group_tests_name("payload", tests, NULL, NULL);
}
