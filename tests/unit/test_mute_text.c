/* Rules as text: on the command line, in files, and as what other tools understand. */
#include "tests/lib/build.h"

#include "model/mute_text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define OPEN_CLOSE (EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE))

static void
parses(const char *text, enum mute_kind kind, const char *path, int32_t pid, event_mask events)
{
	struct mute_text rule;
	char why[256] = "";

	if (mute_rule_parse(text, &rule, why, sizeof(why)) != 0)
		fail_msg("%s: %s", text, why);
	assert_int_equal(rule.kind, kind);
	assert_int_equal(rule.pid, pid);
	assert_int_equal(rule.events, events);
	if (path)
		assert_string_equal(rule.path, path);
	else
		assert_null(rule.path);
	free(rule.path);
}

static void
rules_can_be_written_as_text(void **state)
{
	(void)state;
	parses("exe:/usr/bin/make", MUTE_EXE, "/usr/bin/make", 0, 0);
	parses("prefix:/usr/lib/", MUTE_PREFIX, "/usr/lib/", 0, 0);
	parses("target:/dev/null", MUTE_TARGET, "/dev/null", 0, 0);
	parses("target-prefix:/proc/", MUTE_TARGET_PREFIX, "/proc/", 0, 0);
	parses("process:123", MUTE_PROCESS, NULL, 123, 0);
	parses("subtree:123", MUTE_SUBTREE, NULL, 123, 0);
	parses("123", MUTE_PROCESS, NULL, 123, 0);
	parses("/usr/bin/make", MUTE_EXE, "/usr/bin/make", 0, 0);
	parses("/usr/lib/", MUTE_PREFIX, "/usr/lib/", 0, 0);
	parses("/odd:name", MUTE_EXE, "/odd:name", 0, 0);
	parses("exe:/odd:name", MUTE_EXE, "/odd:name", 0, 0);
}

static void
a_rule_may_name_its_events(void **state)
{
	(void)state;
	parses("exe:/bin/x events=open", MUTE_EXE, "/bin/x", 0, EVENT_BIT(EV_OPEN));
	parses("/bin/x events=all", MUTE_EXE, "/bin/x", 0, EVENT_ALL);
	parses("12 events=open,close", MUTE_PROCESS, NULL, 12, OPEN_CLOSE);
	parses("12 events=file", MUTE_PROCESS, NULL, 12, event_mask_group(EVENT_GROUP_FILE));
	parses("12 events=-close", MUTE_PROCESS, NULL, 12,
	       EVENT_ALL & ~event_mask_vital() & ~EVENT_BIT(EV_CLOSE));
	parses("/a b events=close", MUTE_EXE, "/a b", 0, EVENT_BIT(EV_CLOSE));
}

static void
a_rule_may_be_about_a_unit_a_user_or_a_signer(void **state)
{
	(void)state;
	parses("unit:nginx.service", MUTE_UNIT, "nginx.service", 0, 0);
	parses("unit:/system.slice events=open", MUTE_UNIT, "/system.slice", 0, EVENT_BIT(EV_OPEN));
	parses("unit:docker-0123456789ab", MUTE_UNIT, "docker-0123456789ab", 0, 0);
	parses("user:alice", MUTE_USER, "alice", 0, 0);
	parses("user:1000", MUTE_USER, "1000", 0, 0);
	parses("signer:ABCDE12345/org.example.app", MUTE_SIGNER, "ABCDE12345/org.example.app", 0, 0);
	/* systemd's own escapes are text: their backslash is written twice. */
	parses("unit:a\\\\x2db.service", MUTE_UNIT, "a\\x2db.service", 0, 0);
}

static void
what_no_tool_can_say_of_units_is_said(void **state)
{
	static char text[4096];
	const struct mute_text rules[] = {
		{ .kind = MUTE_UNIT, .path = (char *)"nginx.service" },
		{ .kind = MUTE_SIGNER, .path = (char *)"T*/x" },
	};
	static const char *const expected[EXPORT_COUNT] = {
		[EXPORT_RULES] = "unit:nginx.service\nsigner:T*/x\n",
		[EXPORT_C] = ("\t/* no call mutes unit:nginx.service: mute each process by its token as it "
			      "appears */\n\t/* no call mutes signer:T?/x:"),
		[EXPORT_ESLOGGER] =
			"# no equivalent for unit:nginx.service\n# no equivalent for signer:T*/x\n",
	};

	(void)state;
	for (unsigned format = 0; format < EXPORT_COUNT; format++) {
		FILE *f = fmemopen(text, sizeof(text), "w");

		mute_export(f, (enum mute_export)format, rules, 2, OPEN_CLOSE);
		fclose(f);
		assert_non_null(strstr(text, expected[format]));
	}
}

static void
odd_bytes_are_escaped(void **state)
{
	(void)state;
	parses("exe:/a\\nb\\\\c\\x20events=open", MUTE_EXE, "/a\nb\\c events=open", 0, 0);
	parses("exe:/\\xff\\t", MUTE_EXE, "/\xff\t", 0, 0);
}

static void
a_rule_that_makes_no_sense_is_refused_with_a_sentence(void **state)
{
	static const char *const bad[] = { "",
					   "make",
					   "usr/bin/make",
					   "exe:make",
					   "exe:",
					   "process:",
					   "process:x",
					   "0",
					   "-1",
					   "12x",
					   "99999999999",
					   "path:/x",
					   ":",
					   "target:x",
					   "/x events=",
					   "/x events=opne",
					   "subtree:/x",
					   "target:/x events=fork",
					   "/a\\",
					   "/a\\q",
					   "/a\\x0",
					   "/a\\x00",
					   "events=open",
					   "12 34",
					   "unit:",
					   "user:",
					   "signer: events=open",
					   "unit:a\\q" };
	struct mute_text rule;
	char why[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		if (mute_rule_parse(bad[i], &rule, why, sizeof(why)) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		assert_true(strlen(why) > 10);
		assert_null(rule.path);
	}
	mute_rule_parse("path:/x", &rule, why, sizeof(why));
	assert_string_equal(why, "invalid mute rule kind 'path:': expected prefix:, exe:, target-prefix:, "
				 "target:, process:, subtree:, unit:, user:, signer:");
}

static char *
printed(const struct mute_text *rule)
{
	static char text[8192];
	FILE *f = fmemopen(text, sizeof(text), "w");

	mute_rule_print(f, rule, OPEN_CLOSE);
	fclose(f);
	return text;
}

/* All sets of core types, each other type, and all but each. */
enum { CORE_SETS = 1 << EV_CORE, SETS = CORE_SETS + 2 * EV_COUNT };

static event_mask
set_of(unsigned n)
{
	if (n < CORE_SETS)
		return n;
	n -= CORE_SETS;
	return n < EV_COUNT ? EVENT_BIT(n) : EVENT_ALL & ~EVENT_BIT(n - EV_COUNT);
}

static void
what_is_printed_is_read_again(void **state)
{
	static const char *const odd[] = { "/a",  "/a b",           "/a ",           "/a\nb",
					   "/\\", "/a events=open", "/\x01\x7f\xff", "/x events= events=y",
					   "/é" };
	struct mute_text back;
	char why[200];

	(void)state;
	for (unsigned kind = 0; kind < MUTE_KIND_COUNT; kind++)
		for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
			for (unsigned n = 0; n < SETS; n++) {
				event_mask events = set_of(n);
				struct mute_text rule = { .kind = kind, .events = events };

				if (!mute_kind_is_process(rule.kind))
					rule.path = (char *)odd[i];
				else
					rule.pid = 17;
				if (mute_kind_is_target(rule.kind) && (events & ~event_mask_target()))
					continue;
				if (mute_rule_parse(printed(&rule), &back, why, sizeof(why)) != 0)
					fail_msg("%s: %s", printed(&rule), why);
				assert_int_equal(back.kind, rule.kind);
				assert_true(back.events == events || (!back.events && events == OPEN_CLOSE));
				if (rule.path)
					assert_string_equal(back.path, rule.path);
				free(back.path);
			}
}

struct seen {
	unsigned rules, errors;
	char last_rule[64], error[512];
};

static void
take_rule(void *ctx, const struct mute_text *rule, unsigned line)
{
	struct seen *s = ctx;

	s->rules++;
	snprintf(s->last_rule, sizeof(s->last_rule), "%u %s", line, rule->path ? rule->path : "-");
}

static void
take_error(void *ctx, const char *sentence)
{
	struct seen *s = ctx;

	s->errors++;
	snprintf(s->error, sizeof(s->error), "%s", sentence);
}

static void
of_a_file_the_good_lines_hold_and_each_bad_one_is_named(void **state)
{
	char path[] = "/tmp/estop-mutes-XXXXXX", wanted[128];
	struct seen s = { 0 };
	int fd = mkstemp(path);
	static const char text[] = "# noise\n\n  exe:/bin/a  \nnonsense\n\tprefix:/b/ events=open\r\n"
				   "exe:/c\0d\n/last";

	(void)state;
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(mute_file_read(path, take_rule, take_error, &s), 0);
	unlink(path);
	assert_int_equal(s.rules, 3);
	assert_string_equal(s.last_rule, "7 /last");
	assert_int_equal(s.errors, 2);
	snprintf(wanted, sizeof(wanted), "%s:6: the line contains a NUL byte", path);
	assert_string_equal(s.error, wanted);
	s = (struct seen){ 0 };
	assert_int_equal(mute_file_read("/nonexistent/mutes", take_rule, take_error, &s), -ENOENT);
	assert_string_equal(s.error, "/nonexistent/mutes: No such file or directory");
}

static char *
exported(enum mute_export format)
{
	static char text[8192];
	const struct mute_text rules[] = {
		{ .kind = MUTE_EXE, .path = (char *)"/it's \"x\"", .events = EVENT_BIT(EV_OPEN) },
		{ .kind = MUTE_TARGET_PREFIX, .path = (char *)"/proc/" },
		{ .kind = MUTE_SUBTREE, .pid = 12 },
	};
	FILE *f = fmemopen(text, sizeof(text), "w");

	mute_export(f, format, rules, 3, OPEN_CLOSE);
	fclose(f);
	return text;
}

static void
rules_are_exported_for_other_tools(void **state)
{
	const char *c = exported(EXPORT_C);

	(void)state;
	assert_non_null(strstr(c, "es_mute_path_events(client, \"/it's \\\"x\\\"\", "
				  "ES_MUTE_PATH_TYPE_LITERAL,\n\t\t(es_event_type_t[]){ "
				  "ES_EVENT_TYPE_NOTIFY_OPEN }, 1);"));
	assert_null(strstr(c, "es_mute_path(client"));
	assert_non_null(strstr(c, "\"/proc/\", ES_MUTE_PATH_TYPE_TARGET_PREFIX"));
	c = exported(EXPORT_ESLOGGER);
	assert_non_null(strstr(c, "eslogger --select '/it'\\''s \"x\"' open close\n"));
	assert_non_null(strstr(c, "# no equivalent for target-prefix:/proc/\n"));
	c = exported(EXPORT_RULES);
	assert_non_null(strstr(c, "exe:/it's \"x\" events=open\ntarget-prefix:/proc/\n"
				  "# ends with its process: subtree:12\n"));
}

/* A hundred types would not compile where some are not known. */
static void
a_rule_for_nearly_all_is_exported_by_what_it_lets_pass(void **state)
{
	char text[4096];
	const struct mute_text rules[] = {
		{ .kind = MUTE_EXE, .path = (char *)"/a" },
		{ .kind = MUTE_TARGET, .path = (char *)"/t" },
		{ .kind = MUTE_PREFIX, .path = (char *)"/b/", .events = EVENT_ALL },
	};
	FILE *f = fmemopen(text, sizeof(text), "w");

	(void)state;
	mute_export(f, EXPORT_C, rules, 3, EVENT_ALL & ~event_mask_vital());
	fclose(f);
	assert_non_null(
		strstr(text, "\tresult |= es_mute_path(client, \"/a\", ES_MUTE_PATH_TYPE_LITERAL);\n"
			     "\tresult |= es_unmute_path_events(client, \"/a\", ES_MUTE_PATH_TYPE_LITERAL,\n"
			     "\t\t(es_event_type_t[]){ ES_EVENT_TYPE_NOTIFY_EXEC, ES_EVENT_TYPE_NOTIFY_FORK, "
			     "ES_EVENT_TYPE_NOTIFY_EXIT }, 3);\n"));
	assert_non_null(strstr(text,
			       "es_unmute_path_events(client, \"/t\", ES_MUTE_PATH_TYPE_TARGET_LITERAL,\n"
			       "\t\t(es_event_type_t[]){ ES_EVENT_TYPE_NOTIFY_EXEC }, 1);\n"));
	assert_non_null(strstr(text, "es_mute_path(client, \"/b/\", ES_MUTE_PATH_TYPE_PREFIX);\n"));
	assert_null(strstr(text, "unmute_path_events(client, \"/b/\""));
	f = fmemopen(text, sizeof(text), "w");
	mute_export(f, EXPORT_ESLOGGER, rules, 1, EVENT_ALL & ~event_mask_vital());
	fclose(f);
	assert_non_null(strstr(text, "eslogger --select '/a' open close\n"));
}

static void
a_pid_is_a_number_from_one_on(void **state)
{
	struct mute_text rule;
	char why[256];

	(void)state;
	parses("1", MUTE_PROCESS, NULL, 1, 0);
	parses("9", MUTE_PROCESS, NULL, 9, 0);
	parses("subtree:2147483647", MUTE_SUBTREE, NULL, INT32_MAX, 0);
	assert_int_equal(mute_rule_parse("process:2147483648", &rule, why, sizeof(why)), -EINVAL);
	assert_string_equal(why, "invalid pid '2147483648'");
	/* What begins like no number is no pid at all. */
	assert_int_equal(mute_rule_parse(":9", &rule, why, sizeof(why)), -EINVAL);
	assert_null(strstr(why, "invalid pid"));
	for (const char *c = "aZ:;"; *c; c++) {
		const char text[] = { *c, '9', '\0' };

		assert_int_equal(mute_rule_parse(text, &rule, why, sizeof(why)), -EINVAL);
		assert_null(strstr(why, "invalid pid"));
	}
	assert_int_equal(mute_rule_parse("!9", &rule, why, sizeof(why)), -EINVAL);
	assert_null(strstr(why, "invalid pid"));
}

/* Each byte as it stands in C, as a comment, in the words of a shell, and read again. */
static void
every_byte_of_a_path_is_exported(void **state)
{
	static char text[8192];
	char path[3] = "/", want[64];
	const struct mute_text rules[] = { { .kind = MUTE_EXE, .path = path, .events = EVENT_BIT(EV_OPEN) },
					   { .kind = MUTE_UNIT, .path = path } };

	(void)state;
	for (unsigned c = 1; c < 256; c++) {
		const bool plain = c >= ' ' && c < 127;
		FILE *f = fmemopen(text, sizeof(text), "w");

		path[1] = (char)c;
		mute_export(f, EXPORT_C, rules, 2, OPEN_CLOSE);
		fclose(f);
		if (c == '"' || c == '\\')
			snprintf(want, sizeof(want), "\"/\\%c\", ES_MUTE", c);
		else if (plain && c != '?')
			snprintf(want, sizeof(want), "\"/%c\", ES_MUTE", c);
		else
			snprintf(want, sizeof(want), "\"/\\%03o\", ES_MUTE", c);
		if (!strstr(text, want))
			fail_msg("byte %u: no %s", c, want);
		snprintf(want, sizeof(want), "unit:/%c: mute", plain && c != '*' ? c : '?');
		if (!strstr(text, want))
			fail_msg("byte %u: no %s", c, want);
		/* Read again as it was written. */
		snprintf(want, sizeof(want), "/\\x%02x", c);
		parses(want, MUTE_EXE, path, 0, 0);
	}
}

static void
an_export_names_the_types_of_a_rule_and_no_others(void **state)
{
	struct mute_text rule = { .kind = MUTE_EXE, .path = (char *)"/a" };
	event_mask most = EVENT_ALL;
	char text[16384], want[64];

	(void)state;
	/* As many as are core are left over: what passes is named; one more, and what is muted is. */
	for (unsigned left = 0, id = 0; left <= EV_CORE + 1; left++, id++) {
		FILE *f = fmemopen(text, sizeof(text), "w");

		rule.events = most;
		mute_export(f, EXPORT_C, &rule, 1, OPEN_CLOSE);
		fclose(f);
		assert_int_equal(strstr(text, "es_mute_path(client") != NULL, left <= EV_CORE);
		assert_int_equal(strstr(text, "es_unmute_path_events(") != NULL, left && left <= EV_CORE);
		assert_int_equal(strstr(text, "es_mute_path_events(") != NULL, left > EV_CORE);
		if (left) {
			snprintf(want, sizeof(want), " }, %u);", left <= EV_CORE ? left : EV_OTHER - left);
			assert_non_null(strstr(text, want));
		}
		most &= ~EVENT_BIT(id);
	}
	for (unsigned id = 0; id < EV_OTHER; id++) {
		FILE *f = fmemopen(text, sizeof(text), "w");
		const struct mute_text one = { .kind = MUTE_EXE,
					       .path = (char *)"/a",
					       .events = EVENT_BIT(id) };

		mute_export(f, EXPORT_ESLOGGER, &one, 1, EVENT_BIT(id));
		fclose(f);
		snprintf(want, sizeof(want), "eslogger --select '/a' %s\n", event_info[id].name);
		assert_non_null(strstr(text, want));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_can_be_written_as_text),
		cmocka_unit_test(a_rule_may_name_its_events),
		cmocka_unit_test(a_rule_for_nearly_all_is_exported_by_what_it_lets_pass),
		cmocka_unit_test(a_rule_may_be_about_a_unit_a_user_or_a_signer),
		cmocka_unit_test(what_no_tool_can_say_of_units_is_said),
		cmocka_unit_test(odd_bytes_are_escaped),
		cmocka_unit_test(a_rule_that_makes_no_sense_is_refused_with_a_sentence),
		cmocka_unit_test(what_is_printed_is_read_again),
		cmocka_unit_test(of_a_file_the_good_lines_hold_and_each_bad_one_is_named),
		cmocka_unit_test(rules_are_exported_for_other_tools),
		cmocka_unit_test(a_pid_is_a_number_from_one_on),
		cmocka_unit_test(every_byte_of_a_path_is_exported),
		cmocka_unit_test(an_export_names_the_types_of_a_rule_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
