/* The page of one event: each field of each type of message is on it, in words, and leads on. */
#include "model/detail.h"
#include "model/event_page.h"
#include "model/process_facts.h"
#include "src/es/decode.h"
#include "src/es/payload.h"
#include "src/stream/eslogger.h"
#include "tests/lib/es_double.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- the keys of each payload, out of the table itself ---- */

#define INT_OF(key, m) #key " "
#define UINT_OF(key, m) #key " "
#define BOOL_OF(key, m) #key " "
#define TEXT_OF(key, m) #key " "
#define TEXTS(key, m, count) #key " "
#define FILE_OF(key, m) #key " "
#define PROCESS_OF(key, m) #key " "
#define TOKEN_OF(key, m) #key " "
#define TOKEN_AT_OF(key, m) #key " "
#define UID_OF(key, has, m) #key " "
#define MOMENT(key) #key " "
#define NOTHING(key) #key " "
#define STATFS(key) "f_mntonname f_fstypename f_flags "
#define RESULTS(key) "right_name granted rule_class "
#define MEMBER(key) #key " "
#define MEMBERS(key) "member_array "
#define EXEC_LISTS(key) "args env fds "
#define CDHASH_OF(key, m) #key " "
#define SHA256(key) #key " "
#define SINCE(first, fields) fields
#define WHEN(condition, fields) "{" #condition " " fields "}"
#define OBJECT(key, fields) fields
#define INNER(key, fields) fields
#define POINTED(key, m, type, fields) fields

static const char *const keys_of[EV_COUNT] = {
#define X(id, where, target, second, number, fields) [EV_##id] = "" fields "",
	PAYLOAD_TABLE(X)
#undef X
};

static struct event *
decoded(enum event_id id, int arm)
{
	es_message_t *msg =
		es_double_any(11, (es_event_type_t)event_info[id].number, double_shell, arm, false);
	struct event *e = malloc(decode_room(msg, DECODE_EXE | DECODE_DETAIL));

	decode(e, msg, DECODE_EXE | DECODE_DETAIL);
	es_double_free(msg);
	return e;
}

/* Is the word the label of a line, or a part of it between dots and brackets? */
static bool
has_label(const struct event_page *p, const char *word, size_t length)
{
	for (size_t i = 0; i < p->count; i++)
		for (const char *text = p->lines[i].title ? p->lines[i].title : p->lines[i].label, *at = text;
		     (at = strstr(at, word)); at++) {
			bool begins = at == text || at[-1] == '.' || at[-1] == ' ';

			if (begins && (!at[length] || strchr(".[ ,", at[length])))
				return true;
		}
	return false;
}

static void
every_field_of_every_type_is_on_the_page(void **state)
{
	(void)state;
	for (unsigned id = 0; id < EV_OTHER; id++) {
		struct event_page pages[4] = { { 0 } };
		char *words = strdup(keys_of[id]), *rest = NULL;
		int arms = es_double_arms((es_event_type_t)event_info[id].number);

		for (int arm = 0; arm < arms; arm++) {
			struct event *e = decoded((enum event_id)id, arm);
			const struct history_entry entry = { 0, "/bin/zsh", e };

			event_page_take(&pages[arm], &entry, NULL, 0);
			free(e);
		}
		/* What is in one arm of a union alone is on the page of that. */
		for (char *word = strtok_r(words, " {}=()&|", &rest); word;
		     word = strtok_r(NULL, " {}=()&|", &rest)) {
			bool found = false;

			if (detail_key_of(word, strlen(word)) == KEY_OTHER)
				continue; /* of a condition */
			for (int arm = 0; arm < arms; arm++)
				found |= has_label(&pages[arm], word, strlen(word));
			if (!found)
				fail_msg("%s: '%s' is not on the page", event_info[id].name, word);
		}
		free(words);
		for (int arm = 0; arm < arms; arm++)
			event_page_finish(&pages[arm]);
	}
}

/* ---- by example ---- */

static struct eslogger reader;
static struct event_page page;

static int
teardown(void **state)
{
	(void)state;
	event_page_finish(&page);
	eslogger_finish(&reader);
	reader = (struct eslogger){ .detail = true };
	return 0;
}

static const struct event *
recorded(const char *event, unsigned number, const char *process)
{
	static char line[8192];
	int length = snprintf(line, sizeof(line),
			      "{\"version\":9,\"time\":\"2025-08-07T15:13:12.000000000Z\",\"event_type\":%u,"
			      "\"event\":{%s},\"process\":{%s}}",
			      number, event, process);

	reader.detail = true;
	assert_int_equal(eslogger_read(&reader, line, (size_t)length), ESLOGGER_EVENT);
	return reader.event;
}

#define SAFARI                                                                                       \
	"\"audit_token\":{\"pid\":71,\"pidversion\":9,\"euid\":501},\"ppid\":1,\"codesigning_flags\":570434305," \
	"\"is_platform_binary\":true,\"signing_id\":\"com.example.browser\",\"team_id\":\"ABCDE12345\"," \
	"\"executable\":{\"path\":\"/Applications/Browser\"},\"tty\":{\"path\":\"/dev/ttys001\"},"           \
	"\"start_time\":\"2025-08-07T15:00:00.000000Z\""

static void
take(const struct event *e)
{
	const struct history_entry entry = { 4, "/bin/zsh", e };

	event_page_take(&page, &entry, NULL, 0);
}

static const struct page_line *
line_of(const char *title, const char *label)
{
	bool inside = false;

	for (size_t i = 0; i < page.count; i++) {
		const struct page_line *line = &page.lines[i];

		if (line->title)
			inside = strncmp(line->title, title, strlen(title)) == 0;
		else if (inside && strcmp(line->label, label) == 0)
			return line;
	}
	fail_msg("no '%s' in the group '%s'", label, title);
	return NULL;
}

static void
flags_are_decoded_and_signatures_have_a_group(void **state)
{
	(void)state;
	take(recorded("\"mmap\":{\"protection\":5,\"flags\":4114,\"source\":{\"path\":\"/lib/a\"}}", 20,
		      SAFARI));
	assert_string_equal(line_of("Fields", "protection")->text, "READ|EXEC (5)");
	assert_string_equal(line_of("Fields", "flags")->text, "PRIVATE|FIXED|ANON (4114)");
	assert_string_equal(line_of("Signature", "sign_id")->text, "com.example.browser");
	assert_string_equal(line_of("Signature", "team_id")->text, "ABCDE12345");
	assert_string_equal(line_of("Signature", "platform_binary")->text, "yes");
	assert_non_null(strstr(line_of("Signature", "csflags")->text, "CS_VALID|"));
	assert_string_equal(line_of("Who", "tty")->text, "/dev/ttys001");
	take(recorded("\"setreuid\":{\"ruid\":3,\"euid\":4}", 107, SAFARI));
	assert_string_equal(line_of("Fields", "ruid")->text, "3");
}

static void
lines_lead_to_processes_and_files(void **state)
{
	const struct page_line *line;

	(void)state;
	take(recorded("\"signal\":{\"sig\":15,\"target\":{" SAFARI "}}", 31, SAFARI));
	line = line_of("Fields", "target");
	assert_string_equal(line->text, "71 /Applications/Browser");
	assert_int_equal(line->link.kind, LINK_PROCESS);
	assert_int_equal(line->link.key.pid, 71);
	assert_int_equal(line->link.key.start_ns, eslogger_time("2025-08-07T15:00:00.000000Z"));
	assert_int_equal(line_of("Who", "PPID")->link.key.pid, 1);
	assert_string_equal(line_of("Who", "path")->link.path, "/Applications/Browser");
	assert_string_equal(line_of("Process: target", "PID")->text, "71, pidversion 9");
	assert_string_equal(line_of("Signature: target", "team_id")->text, "ABCDE12345");
}

#define EXEC                                                                            \
	"\"exec\":{\"target\":{" SAFARI "},\"args\":[\"a\",\"b c\"],\"env\":[\"HOME=/root\",\"A=1\",\"NEW=x\"]," \
	"\"fds\":[{\"fd\":0,\"fdtype\":1},{\"fd\":3,\"fdtype\":6,\"pipe\":{\"pipe_id\":77}}]}"

static void
lists_of_an_exec_are_shown_whole_and_compared(void **state)
{
	static const char parent[] = "HOME=/root\0A=2\0OLD=y";
	const struct event *e = recorded(EXEC, 9, SAFARI);
	const struct history_entry entry = { 4, "/bin/zsh", e };

	(void)state;
	take(e);
	assert_true(page.wants_parent);
	assert_int_equal(page.parent, 1);
	event_page_take(&page, &entry, parent, sizeof(parent));
	assert_false(page.wants_parent);
	assert_string_equal(line_of("Arguments", "args[1]")->text, "b c");
	assert_string_equal(line_of("Environment: difference", "added")->text, "NEW=x");
	assert_string_equal(line_of("Environment: difference", "changed")->text, "A=1");
	assert_string_equal(line_of("Environment: difference", "was")->text, "2");
	assert_string_equal(line_of("Environment: difference", "removed")->text, "OLD=y");
	assert_string_equal(line_of("Environment: env, 3 variables", "env[0]")->text, "HOME=/root");
	assert_string_equal(line_of("Descriptors", "fd 0")->text, "file (1)");
	assert_string_equal(line_of("Descriptors", "fd 3")->text, "pipe (6), pipe_id 77");
}

static void
the_parents_environment_comes_from_its_exec(void **state)
{
	struct history *h = history_create(1 << 16, 256);
	size_t length;
	char *block;

	(void)state;
	history_add(h, recorded(EXEC, 9, SAFARI), NULL);
	block = event_page_environment(h, 1, 71, &length);
	assert_non_null(block);
	assert_int_equal(length, sizeof("HOME=/root\0A=1\0NEW=x"));
	assert_memory_equal(block, "HOME=/root\0A=1\0NEW=x", length);
	free(block);
	assert_null(event_page_environment(h, 1, 72, &length));
	assert_null(event_page_environment(h, 0, 71, &length));
	history_destroy(h);
}

/* A large message is cut; the page says so, and who acted comes from the record. */
static void
a_message_too_large_is_cut_and_says_so(void **state)
{
	enum { ENTRIES = 3000 };
	size_t room = 64 * ENTRIES + 4096, used;
	char *line = malloc(room);
	struct history *h = history_create(1 << 20, 256);
	struct history_entry entry;

	(void)state;
	used = (size_t)snprintf(line, room,
				"{\"version\":9,\"time\":\"2025-08-07T15:13:12.000000000Z\",\"event_type\":9,"
				"\"event\":{\"exec\":{\"target\":{" SAFARI "},\"env\":[\"A=1\"");
	for (unsigned i = 0; i < ENTRIES; i++)
		used += (size_t)snprintf(line + used, room - used, ",\"VARIABLE_%05u=%030u\"", i, i);
	used += (size_t)snprintf(line + used, room - used, "]}},\"process\":{" SAFARI "}}");
	reader.detail = true;
	assert_int_equal(eslogger_read(&reader, line, used), ESLOGGER_EVENT);
	history_add(h, reader.event, NULL);
	assert_true(history_at(h, 0, &entry));
	event_page_take(&page, &entry, NULL, 0);
	assert_string_equal(line_of("Environment", "env[1]")->text,
			    "VARIABLE_00000=000000000000000000000000000000");
	assert_string_equal(line_of("Who", "PID")->text, "71, pidversion 9, parent 1, user 501");
	assert_non_null(strstr(line_of("Environment", "cut")->text, "65536 bytes"));
	history_destroy(h);
	free(line);
}

static void
without_a_detail_the_record_is_shown_and_why(void **state)
{
	es_message_t *msg = es_double_any(11, ES_EVENT_TYPE_NOTIFY_OPEN, double_shell, 0, false);
	struct event *e = malloc(decode_room(msg, 0));

	(void)state;
	reader.detail = false;
	decode(e, msg, 0);
	es_double_free(msg);
	take(e);
	assert_string_equal(line_of("Fields", "target")->text, "/of/file/2");
	assert_non_null(strstr(line_of("Fields", "")->text, "only these are kept"));
	free(e);
}

/* Any bytes in its place do no harm. */
static void
a_malformed_detail_is_read_as_far_as_it_goes(void **state)
{
	const struct event *whole = recorded(EXEC, 9, SAFARI);
	struct event *e = malloc(whole->size + 64);
	struct field *f;
	size_t length;

	(void)state;
	memcpy(e, whole, whole->size);
	f = (struct field *)((char *)e + (event_field(whole, FIELD_DETAIL, &length) - (const char *)whole) -
			     sizeof(*f));
	for (size_t at = 0; at < length; at++) {
		char kept = f->bytes[at];

		f->bytes[at] = (char)(kept + 1 + (int)at);
		take(e);
		f->bytes[at] = kept;
		f->length = (uint32_t)at; /* cut there */
		take(e);
		f->length = (uint32_t)length;
	}
	free(e);
}

/* ---- facts of a process ---- */

static void
facts_come_from_events_and_stay_after_the_exit(void **state)
{
	struct process_facts *facts = process_facts_create();
	const struct proc_key key = { 71, eslogger_time("2025-08-07T15:00:00.000000Z") };
	struct process_fact fact;

	(void)state;
	assert_false(process_facts_get(facts, key, &fact));
	process_facts_apply(facts, recorded("\"open\":{\"file\":{\"path\":\"/a\"}}", 10, SAFARI));
	assert_true(process_facts_get(facts, key, &fact));
	assert_string_equal(fact.signing_id, "com.example.browser");
	assert_string_equal(fact.team_id, "ABCDE12345");
	assert_true(fact.platform);
	assert_int_equal(fact.csflags, 570434305);
	assert_null(fact.cwd);
	process_facts_apply(facts, recorded("\"exec\":{\"cwd\":{\"path\":\"/work\"},\"target\":{" SAFARI "}}",
					    9, SAFARI));
	process_facts_apply(facts, recorded("\"exit\":{\"stat\":0}", 15, SAFARI));
	assert_true(process_facts_get(facts, key, &fact));
	assert_string_equal(fact.cwd, "/work");
	process_facts_destroy(facts);
}

static void
facts_of_a_message_are_those_of_its_record(void **state)
{
	struct process_facts *facts = process_facts_create();
	struct process_fact fact;
	struct event *e;
	es_message_t *msg = es_double_any(11, ES_EVENT_TYPE_NOTIFY_OPEN, double_shell, 0, false);

	(void)state;
	msg->process->codesigning_flags = 0x20000001;
	msg->process->is_platform_binary = true;
	e = malloc(decode_room(msg, DECODE_EXE));
	decode(e, msg, DECODE_EXE);
	process_facts_apply(facts, e);
	assert_true(process_facts_get(facts, (struct proc_key){ e->who.pid, e->who.start_ns }, &fact));
	assert_int_equal(fact.csflags, 0x20000001);
	assert_true(fact.platform);
	free(e);
	es_double_free(msg);
	process_facts_destroy(facts);
}

static void
facts_are_bounded(void **state)
{
	struct process_facts *facts = process_facts_create();
	char room[sizeof(struct event) + 64];
	struct event *e = (struct event *)room;
	struct process_fact fact;

	(void)state;
	for (int32_t pid = 1; pid <= FACTS_PROCESSES + 10; pid++) {
		*e = (struct event){ .size = sizeof(*e),
				     .id = EV_EXEC,
				     .other = { .pid = pid, .start_ns = 5 } };
		event_add(e, FIELD_CWD, "/work", 5);
		process_facts_apply(facts, e);
	}
	assert_false(process_facts_get(facts, (struct proc_key){ 10, 5 }, &fact));
	assert_true(process_facts_get(facts, (struct proc_key){ 11, 5 }, &fact));
	process_facts_destroy(facts);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_field_of_every_type_is_on_the_page),
		TEST(flags_are_decoded_and_signatures_have_a_group),
		TEST(lines_lead_to_processes_and_files),
		TEST(lists_of_an_exec_are_shown_whole_and_compared),
		TEST(the_parents_environment_comes_from_its_exec),
		TEST(a_message_too_large_is_cut_and_says_so),
		TEST(without_a_detail_the_record_is_shown_and_why),
		TEST(a_malformed_detail_is_read_as_far_as_it_goes),
		TEST(facts_come_from_events_and_stay_after_the_exit),
		TEST(facts_of_a_message_are_those_of_its_record),
		TEST(facts_are_bounded),
	};

	return cmocka_run_group_tests_name("event_page", tests, NULL, NULL);
}
