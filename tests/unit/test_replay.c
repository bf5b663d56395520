/* Recordings as a source: what is in them is counted, muted, shown again; what is wrong with them is reported. */
#include "src/base/clock.h"
#include "src/stream/eslogger.h"
#include "src/app/commands.h"
#include "src/app/session.h"
#include "tests/lib/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <cmocka.h>

static struct options options;
static struct session session;
static struct snapshot_spec spec;
static struct replay_input inputs[2];
static char why[512], path[64], report[4096];

static int
no_source(struct source *s, struct ring *ring, int wake_fd, char *w, size_t len)
{
	(void)s, (void)ring, (void)wake_fd, (void)w, (void)len;
	return -EPERM;
}

static int
setup(void **state)
{
	(void)state;
	strcpy(path, "/tmp/estop-replay-XXXXXX");
	close(mkstemp(path));
	inputs[0] = (struct replay_input){ .path = path };
	options = (struct options){ .events = EVENT_ALL,
				    .settings = { .interval_ms = 1000, .exited_secs = EXITED_FOREVER },
				    .batch = true,
				    .inputs = inputs,
				    .input_count = 1,
				    .speed = 0 };
	spec = (struct snapshot_spec){ .by = BY_TREE, .exited_secs = EXITED_FOREVER };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	session_close(&session);
	unlink(path);
	return 0;
}

static void
write_file(const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void
write_text(const char *bytes)
{
	write_file(path, bytes, strlen(bytes));
}

#define EXIT_WITH(seq, more)                                                                         \
	"{\"event_type\":15,\"seq_num\":" #seq ",\"time\":\"2025-08-07T10:00:00Z\",\"process\":"         \
	"{\"audit_token\":{\"pid\":" #seq ",\"pidversion\":1}},\"event\":{\"exit\":{\"stat\":0}}" more "}\n"

#define ALL FIXTURE_FORK "\n" FIXTURE_EXEC "\n" FIXTURE_OPEN "\n" FIXTURE_CLOSE "\n" FIXTURE_EXIT "\n"

static void
open_session(void)
{
	if (session_open(&session, &options, no_source, why, sizeof(why)) != 0)
		fail_msg("%s", why);
}

static void
drain(void)
{
	bool more;

	session_drain(&session, UINT64_MAX / 2, &more);
}

static void
run_to_end(void)
{
	for (int i = 0; !session_ended(&session); i++) {
		assert_true(i < 30000);
		drain();
		usleep(1000);
	}
	drain();
	session_update(&session, &spec);
}

static uint64_t
applied(enum event_id id)
{
	return tree_applied(session.model.tree, id);
}

static int
seek_by(int64_t seconds)
{
	uint64_t ns = (uint64_t)llabs(seconds) * 1000000000u, now = session_now(&session);

	return session_seek(&session, seconds < 0 ? now - ns : now + ns, why, sizeof(why));
}

/* All five, each once. */
static void
assert_all(void)
{
	for (unsigned id = 0; id < EV_CORE; id++)
		assert_int_equal(applied((enum event_id)id), 1);
}

static void
add_sentence(void *ctx, const char *sentence)
{
	size_t used = strlen(report);

	(void)ctx;
	snprintf(report + used, sizeof(report) - used, "%s\n", sentence);
}

static const char *
reported(void)
{
	report[0] = '\0';
	session.source.ops->report(session.source.self, add_sentence, NULL);
	return report;
}

static void
events_are_counted_and_the_end_keeps_the_tree(void **state)
{
	const struct proc *p;
	struct proc_facts facts;

	(void)state;
	write_text(ALL);
	open_session();
	run_to_end();
	assert_all();
	assert_int_equal(session.model.applied, 5);
	/* Time is the recording's, and stands still. */
	assert_int_equal(session_now(&session), 1754579594811587464u);
	assert_int_equal(session.snapshot.time_ns, 1754579594811587464u);
	p = tree_find_pid(session.model.tree, 200);
	assert_non_null(p);
	proc_facts(p, &facts);
	assert_string_equal(facts.exe, "/bin/zsh");
	report[0] = '\0';
	assert_string_equal(reported(), "");
	assert_string_equal(session.snapshot.position.pace, "end");
}

static void
packed_files_are_unpacked(void **state)
{
	char packed[8192];
	uLongf length = 0;
	z_stream z = { 0 };

	(void)state;
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)ALL;
	z.avail_in = sizeof(ALL) - 1;
	z.next_out = (unsigned char *)packed;
	z.avail_out = sizeof(packed);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	length = z.total_out;
	deflateEnd(&z);
	write_file(path, packed, length);
	open_session();
	run_to_end();
	assert_all();
	session_close(&session);

	/* Cut: what is there is read, and that it was cut is said. */
	write_file(path, packed, length - 12);
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_FORK), 1);
	assert_non_null(strstr(reported(), ": the compressed data end early; later events are missing\n"));
	session_close(&session);

	/* Damaged in the middle: the rest is given up, with a word. */
	packed[length / 2] ^= 0x55;
	write_file(path, packed, length);
	if (session_open(&session, &options, no_source, why, sizeof(why)) == 0) {
		run_to_end();
		assert_non_null(strstr(reported(), "damaged"));
		session_close(&session);
	} else
		assert_non_null(strstr(why, "compressed, but damaged"));

	length = ZSTD_compress(packed, sizeof(packed), ALL, sizeof(ALL) - 1, 3);
	write_file(path, packed, length);
	open_session();
	run_to_end();
	assert_all();
	assert_string_equal(reported(), "");
	session_close(&session);

	/* zstd gives out nothing of a block that is not whole. */
	write_file(path, packed, length - 1);
	assert_int_equal(session_open(&session, &options, no_source, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, ": the compressed data end early, before the first event"));
}

/* Each line as log(1) has it, in a string. To be freed. */
static char *
as_log(const char *line)
{
	struct text text = { 0 };

	text_word(&text,
		  "{\"timestamp\":\"2025-08-07 15:13:10.811587+0200\",\"subsystem\":\"com.apple.eslogger\","
		  "\"eventMessage\":");
	eslogger_string(&text, line, strlen(line));
	text_add(&text, "}", 2);
	return text.bytes;
}

/* The five fixtures with these around and between them, each made another one by how. To be freed. */
static char *
laid_out(const char *before, const char *between, const char *after, char *(*how)(const char *line))
{
	struct text text = { 0 };

	text_word(&text, before);
	for (size_t i = 0; i < FIXTURES; i++) {
		char *line = how(fixture[i]);

		text_word(&text, i ? between : "");
		text_word(&text, line);
		free(line);
	}
	text_add(&text, after, strlen(after) + 1);
	return text.bytes;
}

/* A key a line, as "jq ." has it. jansson does not hold a pipe's id. */
static char *
pretty(const char *line)
{
	struct text text = { 0 };
	bool quoted = false;

	for (; *line; line++) {
		quoted ^= *line == '"' && line[-1] != '\\';
		text_char(&text, *line);
		text_word(&text, !quoted && strchr("{[,", *line) ? "\n  " : "");
	}
	text_char(&text, '\0');
	return text.bytes;
}

static char *
compact(const char *line)
{
	return strdup(line);
}

static void
events_are_read_however_they_are_laid_out(void **state)
{
	static const struct {
		const char *before, *between, *after;
		char *(*how)(const char *line);
	} layouts[] = {
		{ "", "\n", "\n", pretty },
		{ "[\n", ",\n", "\n]\n", pretty },
		{ "[", ",", "]", compact },
		{ "", "", "", compact },
		{ "\xef\xbb\xbf", "\n", "\n", compact },
		{ "\xef\xbb\xbf[\n", "\n,", "]", pretty },
		{ "Filtering the log data using \"subsystem == x\"\n", "\n{\"eventMessage\":\"started\"}\n",
		  "\n{\"count\":5,\"finished\":1}\n", as_log },
		{ "[", ",\n", "]", as_log },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		char *text =
			laid_out(layouts[i].before, layouts[i].between, layouts[i].after, layouts[i].how);

		write_text(text);
		free(text);
		open_session();
		run_to_end();
		assert_all();
		assert_int_equal(session.model.applied, 5);
		assert_string_equal(reported(), "");
		session_close(&session);
	}
}

static void
foreign_wrappings_are_named_with_a_command(void **state)
{
	static const struct {
		const char *before, *after, *says;
	} cases[] = {
		{ "{\"host\":\"a\",\"event\":", "}",
		  "line 1: the event is in a field, from which jq -c '.event' takes it;" },
		{ "{\"@timestamp\":\"2025\",\"a\":[],\"json\":{\"x-y\":", "}}",
		  "line 1: the event is in a field, from which jq -c '.json.\"x-y\"' takes it;" },
		{ "Aug  7 15:13:10 mac eslogger[71]: ", "",
		  "line 1: there is text before the JSON, which sed "
		  "'s/^[^{]*//' takes off;" },
		{ "[71] ", "", "there is text before the JSON" },
		{ "{\"hosts\":", "}", "jq -c '.hosts' takes it;" },
		{ "{\"it's\":", "}", "line 1: no event in it;" }, /* it would end the quotes */
	};
	char *line = as_log(FIXTURE_OPEN),
	     *string = strstr(line, "\"eventMessage\":") + strlen("\"eventMessage\":");
	char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "%s%s%s\n", cases[i].before, FIXTURE_OPEN, cases[i].after);
		write_text(text);
		assert_int_equal(session_open(&session, &options, no_source, why, sizeof(why)), -EINVAL);
		if (!strstr(why, cases[i].says))
			fail_msg("%s", why);
	}
	/* As filebeat has it. */
	snprintf(text, sizeof(text), "{\"log\":{\"offset\":0},\"message\":%s", string);
	write_text(text);
	assert_int_equal(session_open(&session, &options, no_source, why, sizeof(why)), -EINVAL);
	assert_non_null(
		strstr(why, "the event is in a field, from which jq -c '.message | fromjson' takes it;"));
	/* A message that the log has cut. */
	memcpy(strstr(line, "event_type"), "event\"}<..", 10); /* NOLINT: in the middle of it */
	write_text(line);
	assert_int_equal(session_open(&session, &options, no_source, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "its eventMessage is not JSON; log cuts what is longer than 32 KiB"));
	write_text("{\"eventMessage\":\"hello\"}\n");
	assert_int_equal(session_open(&session, &options, no_source, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, ": no event in it;"));
	write_file(path, "\xff\xfe{\0\"\0", 6);
	assert_int_equal(session_open(&session, &options, no_source, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "not in UTF-8 but in UTF-16 or UTF-32, which iconv -t UTF-8 converts"));
	free(line);
}

/* The last one is given the time of the stream, not of 1970. */
static void
a_line_without_a_time_is_of_the_time_before(void **state)
{
	const struct proc *p;
	struct proc_facts facts;

	(void)state;
	write_text(FIXTURE_FORK
		   "\n{\"event\":{\"exit\":{\"stat\":0}},\"process\":{\"audit_token\":{\"pid\":201,"
		   "\"pidversion\":10}}}\n");
	spec.exited_secs = 60;
	open_session();
	run_to_end();
	p = tree_find(session.model.tree, (struct proc_key){ .pid = 201, .start_ns = 1754579589798115000u });
	assert_non_null(p); /* else it would have exited long ago */
	proc_facts(p, &facts);
	assert_true(facts.exited);
	assert_int_equal(facts.uid, 501); /* of its fork: the exit has none */
	assert_non_null(strstr(reported(), ": 1 event without a usable time"));
}

/* Numbers of a stream that leaves some out, and of several hosts in one. */
static void
gaps_of_a_filtered_stream_are_no_losses(void **state)
{
	(void)state;
	write_text(EXIT_WITH(5, ",\"estop\":{\"filtered\":true}")
			   EXIT_WITH(90, ",\"estop\":{\"filtered\":true}")
				   EXIT_WITH(7, ",\"estop\":{\"bytes\":true,\"filtered\":true}"));
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_EXIT), 3);
	assert_int_equal(session_lost(&session), 0);
	session_close(&session);

	write_text(EXIT_WITH(5, "") EXIT_WITH(90, ",\"estop\":{\"filtered\":false}"));
	open_session();
	run_to_end();
	assert_int_equal(session_lost(&session), 84);
}

static void
what_is_no_recording_is_refused_with_a_sentence(void **state)
{
	static const struct {
		const char *bytes, *says;
	} bad[] = {
		{ "", "is empty" },
		{ "\n\n", "is empty" },
		{ "hello\nworld\n", "not a recording: line 1:" },
		{ "[1,2]\n", "not a recording: line 1: not a JSON object" },
		{ "\x1f\x8bnonsense behind it", "compressed, but damaged" },
		{ "\x28\xb5\x2f\xfdnonsense behind it", "compressed, but damaged" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_text(bad[i].bytes);
		assert_int_equal(session_open(&session, &options, no_source, why, sizeof(why)), -EINVAL);
		if (!strstr(why, bad[i].says))
			fail_msg("%s", why);
	}
	unlink(path);
	assert_int_equal(session_open(&session, &options, no_source, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "No such file"));
}

static void
broken_lines_are_counted_and_the_rest_is_read(void **state)
{
	(void)state;
	write_text(
		FIXTURE_FORK
		"\nnonsense\n\n" FIXTURE_EXEC "\r\n{\"event\":\n" FIXTURE_OPEN
		"\n{\"event\":{\"warp\":{}},\"event_type\":250,\"process\":{\"audit_token\":{\"pid\":9}},\"new\":1}\n" FIXTURE_CLOSE
		"\n" FIXTURE_EXIT "\n{\"schema_ver");
	open_session();
	run_to_end();
	assert_all();
	assert_non_null(strstr(reported(), "2 lines could not be read; the first is line 2:"));
	assert_int_equal(applied(EV_OTHER), 1);
	assert_non_null(strstr(report, ": 1 key that estop does not know was left out\n"));
	assert_non_null(strstr(report, ": 1 event without a usable time"));
	assert_non_null(
		strstr(report, ": cut at line 10: the last object is incomplete; later events are missing\n"));
}

static void
a_line_may_be_long_but_not_endless(void **state)
{
	const size_t most = ESLOGGER_LINE_MAX;
	const char *head = "{\"event\":{\"open\":{\"file\":{\"path\":\"/x\"}}},\"process\":{\"audit_token\":"
			   "{\"pid\":5}},\"filler\":\"";
	FILE *file = fopen(path, "w");

	(void)state;
	fputs(FIXTURE_FORK "\n", file);
	for (int i = 0; i < 2; i++) { /* the longest that is read, and one more */
		fputs(head, file);
		for (size_t n = strlen(head) + 2 - (size_t)i; n < most; n++)
			fputc('f', file);
		fputs("\"}\n", file);
	}
	fputs(FIXTURE_EXIT "\n", file);
	fclose(file);
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_OPEN), 1);
	assert_int_equal(applied(EV_EXIT), 1);
	assert_non_null(
		strstr(reported(), "1 line could not be read; the first is line 3: longer than 16 MiB"));
}

static void
mutes_work_as_on_a_live_system(void **state)
{
	struct options_mute mute = { .text = "exe:/usr/bin/make",
				     .rule = { .path = (char *)"/usr/bin/make", .kind = MUTE_EXE } };
	unsigned processes, paths;

	(void)state;
	write_text(ALL);
	options.mutes = &mute;
	options.mute_count = 1;
	open_session();
	run_to_end();
	/* What shapes the tree stays. */
	assert_int_equal(applied(EV_OPEN), 0);
	assert_int_equal(applied(EV_CLOSE), 0);
	assert_int_equal(applied(EV_EXEC), 1);
	assert_int_equal(applied(EV_EXIT), 1);
	assert_int_equal(session.snapshot.loss.muted[EV_OPEN], 1);
	assert_true(session.snapshot.loss.muted_known);
	assert_int_equal(session.source.ops->mute.counts(session.source.self, &processes, &paths), 0);
	assert_int_equal(paths, 1);
	session_close(&session);

	mute = (struct options_mute){ .text = "t",
				      .rule = { .path = (char *)"/Users/u/", .kind = MUTE_TARGET_PREFIX } };
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_OPEN), 0);
	assert_int_equal(applied(EV_FORK), 1);
}

/* The recording says the cgroup at fork and exec; opens and closes are of the same processes. */
static void
units_users_and_signers_are_muted_as_on_a_live_system(void **state)
{
	static const struct {
		enum mute_kind kind;
		const char *name;
		unsigned opens;
	} cases[] = { { MUTE_UNIT, "make.service", 0 }, { MUTE_UNIT, "/system.slice", 0 },
		      { MUTE_UNIT, "cron.service", 1 }, { MUTE_USER, "501", 0 },
		      { MUTE_USER, "502", 1 },          { MUTE_SIGNER, "TEAM", 1 } };
	const char *exec = FIXTURE_EXEC;
	char text[32768];

	(void)state;
	snprintf(text, sizeof(text),
		 "%s\n%.*s,\"estop\":{\"cgroup\":{\"path\":\"/system.slice/make.service\",\"id\":7}}}\n%s\n%s\n%s\n",
		 FIXTURE_FORK, (int)strlen(exec) - 1, exec, FIXTURE_OPEN, FIXTURE_CLOSE, FIXTURE_EXIT);
	write_text(text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct options_mute mute = {
			.text = "t", .rule = { .path = (char *)cases[i].name, .kind = cases[i].kind }
		};

		options.mutes = &mute;
		options.mute_count = 1;
		open_session();
		run_to_end();
		if (applied(EV_OPEN) != cases[i].opens)
			fail_msg("%s: %u opens", cases[i].name, (unsigned)applied(EV_OPEN));
		assert_int_equal(applied(EV_EXEC), 1);
		assert_int_equal(session.snapshot.loss.muted[EV_OPEN], 1 - cases[i].opens);
		session_close(&session);
	}
}

static void
a_process_mute_ends_with_its_execution(void **state)
{
	const struct source_ops *ops;
	unsigned processes, paths;

	(void)state;
	write_text(ALL);
	options.speed = 1;
	open_session();
	ops = session.source.ops;
	/* Before its exec: the token is another one afterwards, so nothing of make is muted. */
	assert_int_equal(ops->mute.process(session.source.self, 201, 10, EVENT_BIT(EV_OPEN), true), 0);
	assert_int_equal(ops->mute.process(session.source.self, 201, 11, EVENT_BIT(EV_CLOSE), true), 0);
	ops->mute.counts(session.source.self, &processes, &paths);
	assert_int_equal(processes, 2);
	seek_by(60);
	run_to_end();
	assert_int_equal(applied(EV_OPEN), 1);
	assert_int_equal(applied(EV_CLOSE), 0);
	ops->mute.counts(session.source.self, &processes, &paths);
	assert_int_equal(processes, 0); /* exec took one, exit the other */
}

static void
it_can_be_stopped_and_moved(void **state)
{
	const struct source_ops *ops;
	void *self;

	(void)state;
	write_text(ALL);
	options.speed = 1;
	open_session();
	ops = session.source.ops;
	self = session.source.self;
	for (int i = 0; applied(EV_FORK) == 0 && i < 5000; i++) {
		drain();
		usleep(1000);
	}
	ops->replay->pause(self, why, sizeof(why));
	assert_string_equal(why, "replay paused (Space resumes)");
	assert_int_equal(session_now(&session), session_now(&session));
	ops->replay->speed(self, 1, why, sizeof(why));
	assert_string_equal(why, "2 times the real pace");
	ops->replay->speed(self, -1, why, sizeof(why));
	ops->replay->speed(self, -1, why, sizeof(why));
	assert_string_equal(why, "0.5 times the real pace");
	/* A jump also shows what it passes while stopped. */
	seek_by(60);
	run_to_end();
	assert_all();
	seek_by(1);
	assert_string_equal(why, "end of the recording");

	/* Two seconds back: everything again, up to there. It is still stopped. */
	seek_by(-2);
	for (int i = 0; applied(EV_OPEN) == 0 && i < 5000; i++) {
		drain();
		usleep(1000);
	}
	assert_int_equal(applied(EV_FORK), 1);
	assert_int_equal(applied(EV_OPEN), 1);
	assert_int_equal(applied(EV_EXIT), 0);
	ops->replay->pause(self, why, sizeof(why));
	for (int i = 0; i < 12; i++)
		ops->replay->speed(self, 1, why, sizeof(why));
	assert_string_equal(why, "at full speed");
	run_to_end();
	assert_all();
}

static void
wait_for_length(struct position *at)
{
	int i = 0;

	do {
		session.source.ops->replay->position(session.source.self, at);
		assert_true(i++ < 20000);
		usleep(1000);
	} while (!position_is_whole(at));
}

/* An exit of process pid at this time. */
#define EXIT_AT(time, pid) \
	"{\"event_type\":15,\"time\":\"" time "\",\"process\":{\"audit_token\":{\"pid\":" pid ",\"pidversion\":1}," \
	"\"executable\":{\"path\":\"/bin/x\"}},\"event\":{\"exit\":{\"stat\":0}}}\n"

static struct command
go_to(uint64_t ns)
{
	return (struct command){ .kind = ACTION_STREAM_GO, .time_ns = ns };
}

static void
it_goes_to_any_time_and_knows_its_length(void **state)
{
	const uint64_t begin = 1754560800000000000u; /* 2025-08-07 10:00:00 UTC */
	struct position at;

	(void)state;
	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T10:00:20Z", "8")
			   EXIT_AT("2025-08-07T10:00:40Z", "9"));
	options.speed = 1;
	options.batch = false;
	open_session();
	session.source.ops->replay->pause(session.source.self, why, sizeof(why));
	wait_for_length(&at);
	assert_int_equal(at.begin_ns, begin);
	assert_int_equal(at.end_ns, begin + 40 * UINT64_C(1000000000));
	assert_string_equal(at.pace, "stopped");
	/* Forward, back, and forward again: exactly there, whatever the pace. */
	for (int k = 0; k < 3; k++) {
		uint64_t to = begin + (k == 1 ? 10 : 30) * UINT64_C(1000000000);
		struct command c = go_to(to);

		commands_carry_out(&session, &c, why, sizeof(why));
		assert_non_null(strstr(why, k == 1 ? "at 10:00:10" : "at 10:00:30"));
		for (int i = 0; applied(EV_EXIT) < (k == 1 ? 1 : 2) && i < 20000; i++) {
			drain();
			usleep(1000);
		}
		assert_int_equal(session_now(&session), to);
		assert_int_equal(applied(EV_EXIT), k == 1 ? 1 : 2);
	}
	/* A step is of 2 s in 40, and ends at the beginning. */
	commands_carry_out(&session, &(struct command){ .kind = ACTION_STREAM_BACK }, why, sizeof(why));
	assert_string_equal(why, "2s back");
	assert_int_equal(session_now(&session), begin + 28 * UINT64_C(1000000000));
	struct command near = go_to(begin + 1000000000u);

	commands_carry_out(&session, &near, why, sizeof(why));
	commands_carry_out(&session, &(struct command){ .kind = ACTION_STREAM_BACK }, why, sizeof(why));
	assert_string_equal(why, "1s back");
	assert_int_equal(session_now(&session), begin);
	commands_carry_out(&session, &(struct command){ .kind = ACTION_STREAM_FORWARD }, why, sizeof(why));
	assert_string_equal(why, "2s forward");
}

static void
a_gap_of_more_than_a_minute_is_jumped_and_said_once(void **state)
{
	(void)state;
	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T12:10:30Z", "8"));
	options.speed = 1;
	open_session();
	run_to_end(); /* it would take hours */
	assert_int_equal(applied(EV_EXIT), 2);
	assert_true(session_message(&session, why, sizeof(why)));
	assert_string_equal(why, "2.2 h without events skipped");
	assert_false(session_message(&session, why, sizeof(why)));
	assert_string_equal(reported(), "");
	session_close(&session);

	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T10:05:00Z", "8")
			   EXIT_AT("2025-08-07T10:12:00Z", "9") EXIT_AT("2030-08-07T10:12:00Z", "10"));
	options.speed = 1000;
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_EXIT), 4);
	assert_true(session_message(&session, why, sizeof(why)));
	assert_string_equal(why, "3 gaps without events skipped, 1826 days in all");
}

static void
what_lies_within_a_minute_is_waited_for(void **state)
{
	char other[80];

	(void)state;
	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T10:01:00Z", "8"));
	options.speed = 1000;
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_EXIT), 2);
	assert_false(session_message(&session, why, sizeof(why)));
	session_close(&session);

	/* One of two hosts is quiet for longer, the other is not. */
	snprintf(other, sizeof(other), "%s.other", path);
	write_file(other, EXIT_AT("2025-08-07T10:00:40Z", "7"), strlen(EXIT_AT("2025-08-07T10:00:40Z", "7")));
	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T10:01:30Z", "8"));
	inputs[0].name = "a";
	inputs[1] = (struct replay_input){ .path = other, .name = "b" };
	options.input_count = 2;
	open_session();
	run_to_end();
	unlink(other);
	assert_int_equal(applied(EV_EXIT), 3);
	assert_false(session_message(&session, why, sizeof(why)));
}

static void
a_stopped_replay_jumps_nothing(void **state)
{
	const struct source_ops *ops;

	(void)state;
	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T12:00:00Z", "8"));
	options.speed = 1;
	open_session();
	ops = session.source.ops;
	run_to_end();
	assert_true(session_message(&session, why, sizeof(why)));
	/* Again from the start, stopped: the first comes, and time stands still before the gap. */
	ops->replay->pause(session.source.self, why, sizeof(why));
	session_seek(&session, 1, why, sizeof(why));
	for (int i = 0; applied(EV_EXIT) == 0 && i < 5000; i++) {
		drain();
		usleep(1000);
	}
	for (int i = 0; i < 250; i++) { /* it looks again every tenth of a second */
		drain();
		usleep(1000);
	}
	assert_int_equal(applied(EV_EXIT), 1);
	assert_false(session_message(&session, why, sizeof(why)));
	ops->replay->pause(session.source.self, why, sizeof(why)); /* and on */
	run_to_end();
	assert_int_equal(applied(EV_EXIT), 2);
	assert_true(session_message(&session, why, sizeof(why)));
}

static void
a_time_beyond_all_clocks_is_none_and_said(void **state)
{
	(void)state;
	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("9999-12-31T23:59:59Z", "8")
			   EXIT_AT("2500-12-31T23:59:59Z", "9") EXIT_AT("0000-00-00T00:00:00Z", "10"));
	options.speed = 1000;
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_EXIT), 4);
	assert_non_null(strstr(reported(), ": 2 events without a usable time (years 1970 to 2500)"));
	assert_true(session_message(&session, why, sizeof(why))); /* of the year 2500 */
}

static void
losses_in_the_stream_are_told(void **state)
{
	(void)state;
	/* Apple's: by the sequence numbers, from the first one on. */
	write_text(FIXTURE_LINE("10", 5, 15, "\"exit\":{\"stat\":0}", FIXTURE_SHELL,
				FIXTURE_ALLOW) "\n" FIXTURE_LINE("11", 9, 15, "\"exit\":{\"stat\":0}",
								 FIXTURE_CHILD, FIXTURE_ALLOW) "\n");
	open_session();
	run_to_end();
	assert_int_equal(session.snapshot.loss.kernel[EV_EXIT], 3);
	session_close(&session);

	/* Ours: by what it says itself. */
	write_text("{\"estop\":{\"start\":{\"time\":\"2025-08-07T15:13:00Z\"}}}\n" FIXTURE_LINE(
		"10", 5, 15, "\"exit\":{\"stat\":0}", FIXTURE_SHELL,
		FIXTURE_ALLOW) "\n"
			       "{\"estop\":{\"lost\":{\"kernel\":{\"open\":7},\"ring\":{\"close\":2},\"muted\":{\"rename\":3},\"muted_elsewhere\":2,\"untyped\":1}}}\n" FIXTURE_LINE(
				       "11", 9, 15, "\"exit\":{\"stat\":0}", FIXTURE_CHILD,
				       FIXTURE_ALLOW) "\n"
						      "{\"estop\":{\"lost\":{\"recorder\":4}}}\n");
	open_session();
	run_to_end();
	assert_int_equal(session.snapshot.loss.kernel[EV_EXIT], 0);
	assert_int_equal(session.snapshot.loss.kernel[EV_OPEN], 7);
	assert_int_equal(session.snapshot.loss.ring[EV_CLOSE], 2);
	assert_int_equal(session.snapshot.loss.muted[EV_RENAME], 3);
	assert_int_equal(session.snapshot.loss.muted_elsewhere, 2);
	assert_int_equal(session_lost(&session), 14);
}

#define RENAME(time, seq, from, to)                                                              \
	FIXTURE_LINE(time, seq, 25, "\"rename\":{\"source\":" FIXTURE_FILE(from)                 \
	",\"destination_type\":1,\"destination\":{\"new_path\":{\"dir\":" FIXTURE_FILE("/Users/u") \
	",\"filename\":\"" to "\"}}}", FIXTURE_MAKE, FIXTURE_ALLOW) "\n"

static void
only_the_types_asked_for_are_applied(void **state)
{
	(void)state;
	write_text(ALL RENAME(
		"15", 0, "/Users/u/a",
		"b") "{\"event\":{\"warp\":{}},\"event_type\":250,\"process\":{\"audit_token\":{\"pid\":9}}}\n");
	options.events = EVENT_BIT(EV_RENAME) | event_mask_vital();
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_RENAME), 1);
	assert_int_equal(applied(EV_EXIT), 1);
	assert_int_equal(applied(EV_OPEN), 0);
	assert_int_equal(applied(EV_OTHER), 0);
}

static void
an_event_with_two_paths_is_muted_by_both(void **state)
{
	struct options_mute mute = { .text = "t",
				     .rule = { .path = (char *)"/Users/u/", .kind = MUTE_TARGET_PREFIX } };

	(void)state;
	write_text(ALL RENAME("15", 0, "/Users/u/a", "b") RENAME("16", 1, "/tmp/a", "b"));
	options.mutes = &mute;
	options.mute_count = 1;
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_OPEN), 0);
	assert_int_equal(applied(EV_RENAME), 1);
	assert_int_equal(session.snapshot.loss.muted[EV_RENAME], 1);
}

/* Each number of a later system counts by itself. */
static void
gaps_of_unknown_types_are_told_apart(void **state)
{
#define WARP(number, seq) FIXTURE_LINE("10", seq, number, "\"warp\":{}", FIXTURE_SHELL, FIXTURE_ALLOW) "\n"
	(void)state;
	write_text(WARP(159, 4) WARP(161, 90) WARP(159, 5) WARP(161, 93));
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_OTHER), 4);
	assert_int_equal(session.snapshot.loss.kernel[EV_OTHER], 2);
}

static void
a_file_that_grows_is_followed(void **state)
{
	FILE *file;

	(void)state;
	write_file(path, FIXTURE_FORK "\n" FIXTURE_EXEC, strlen(FIXTURE_FORK "\n" FIXTURE_EXEC) - 7);
	options.batch = false; /* somebody is there to wait */
	open_session();
	for (int i = 0; applied(EV_FORK) == 0 && i < 5000; i++) {
		drain();
		usleep(1000);
	}
	usleep(20000);
	drain();
	assert_int_equal(applied(EV_EXEC), 0); /* it has not ended */
	file = fopen(path, "a");
	fprintf(file, "%s\n%s\n", &FIXTURE_EXEC[strlen(FIXTURE_EXEC) - 7], FIXTURE_OPEN);
	fclose(file);
	for (int i = 0; applied(EV_OPEN) == 0 && i < 5000; i++) {
		drain();
		usleep(1000);
	}
	assert_int_equal(applied(EV_EXEC), 1);
	assert_int_equal(applied(EV_OPEN), 1);
	assert_false(session_ended(&session));
}

static void *
write_slowly(void *arg)
{
	int fd = open(arg, O_WRONLY);
	const char *at = ALL;

	for (size_t left = strlen(at); left;) {
		ssize_t n = write(fd, at, left < 700 ? left : 700);

		if (n <= 0)
			break;
		at += n;
		left -= (size_t)n;
		usleep(500);
	}
	close(fd);
	return NULL;
}

static void
a_pipe_is_read_as_it_comes(void **state)
{
	pthread_t writer;

	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	pthread_create(&writer, NULL, write_slowly, path);
	open_session();
	run_to_end();
	pthread_join(writer, NULL);
	assert_all();
	assert_int_equal(session.source.ops->replay->seek(session.source.self, 1, why, sizeof(why)), -ESPIPE);
	session_close(&session);

	/* One that never says anything does not keep the program. */
	int fd = open(path, O_RDWR);
	open_session();
	session_close(&session);
	close(fd);
}

static void
hosts_are_roots_and_their_pids_do_not_meet(void **state)
{
	struct proc_facts facts;
	const struct proc *p;

	(void)state;
	write_text(ALL);
	inputs[0].name = "alpha";
	inputs[1] = (struct replay_input){ .path = path, .name = "beta" };
	options.input_count = 2;
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_OPEN), 2);
	for (int32_t i = 1; i <= 2; i++) {
		p = tree_find_pid(session.model.tree, i << HOST_SHIFT);
		assert_non_null(p);
		proc_facts(p, &facts);
		assert_string_equal(facts.exe, i == 1 ? "alpha" : "beta");
		p = tree_find_pid(session.model.tree, i << HOST_SHIFT | 200);
		assert_non_null(p);
		proc_facts(p, &facts);
		assert_int_equal(pid_shown(facts.key.pid), 200);
	}
	assert_null(tree_find_pid(session.model.tree, 200));
	/* Nothing else is a root. */
	for (size_t i = 0; i < session.snapshot.count; i++)
		if (session.snapshot.rows[i].depth == 0)
			assert_int_equal(pid_shown(session.snapshot.rows[i].key.pid), 0);
}

#define START "{\"estop\":{\"start\":{\"time\":\"2025-08-07T15:13:09.0Z\",\"events\":[]}}}\n"
#define START_2 "{\"estop\":{\"start\":{\"time\":\"2025-08-07T15:13:09.0Z\",\"events\":[],\"part\":2}}}\n"
#define LOST(n, more) \
	"{\"estop\":{\"lost\":{\"kernel\":{\"open\":" #n "},\"ring\":{},\"recorder\":" #n more "}}}\n"
#define END(n) "{\"estop\":{\"end\":{\"kernel\":{\"open\":" #n "},\"ring\":{}}}}\n"
#define PART "{\"estop\":{\"part\":{\"part\":1}}}\n"

static uint64_t
lost_in(const char *text)
{
	write_text(text);
	session_close(&session);
	open_session();
	run_to_end();
	return session.snapshot.loss.kernel[EV_OPEN];
}

static void
a_part_tells_of_its_own_losses(void **state)
{
	(void)state;
	assert_int_equal(lost_in(START_2 LOST(5, "") ALL LOST(7, "") END(8)), 3);
	assert_int_equal(session.figures.stats.kernel_untyped, 2);
	assert_int_equal(lost_in(START_2 ALL LOST(7, "") END(8)), 8);
	assert_int_equal(lost_in(START LOST(5, "") ALL LOST(7, "") END(8)), 8);
	/* Parts behind each other are one recording. */
	assert_int_equal(lost_in(START LOST(5, "") FIXTURE_FORK "\n" PART START_2 LOST(5, "") FIXTURE_EXEC
				 "\n" END(8)),
			 8);
	assert_string_equal(reported(), "");
}

static void
a_recording_that_was_cut_is_told(void **state)
{
	(void)state;
	lost_in(START ALL);
	assert_non_null(strstr(reported(), ": its end is missing: it was cut, or is still being written"));
	lost_in(START ALL PART START_2);
	assert_non_null(strstr(reported(), "its end is missing"));
	lost_in(START ALL END(0));
	assert_string_equal(reported(), "");
	lost_in(START ALL PART);
	assert_string_equal(reported(), "");
	lost_in(ALL); /* of eslogger */
	assert_string_equal(reported(), "");
	assert_int_equal(lost_in(START ALL LOST(1, ",\"cut\":\"No space left on device\"") END(0)), 0);
	assert_non_null(strstr(reported(), ": its recorder stopped before the end: No space left on device"));
}

static void
a_mute_by_target_of_types_without_one_is_none(void **state)
{
	const struct source *source = &session.source;

	(void)state;
	write_text(ALL);
	open_session();
	assert_int_equal(source->ops->mute.path(source->self, MUTE_TARGET, "/x", EVENT_BIT(EV_SETUID), true),
			 0);
	assert_int_equal(source->ops->mute.path(source->self, MUTE_TARGET, "/x", EVENT_BIT(EV_OPEN), true), 0);
	run_to_end();
}

/* Only those that wait for their time are looked at: one that has ended holds nothing up. */
static void
an_input_that_has_ended_does_not_keep_a_gap(void **state)
{
	char other[] = "/tmp/estop-replay-XXXXXX";

	(void)state;
	close(mkstemp(other));
	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7"));
	write_file(other, EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T12:00:00Z", "8"),
		   strlen(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T12:00:00Z", "8")));
	inputs[0].name = "alpha";
	inputs[1] = (struct replay_input){ .path = other, .name = "beta" };
	options.input_count = 2;
	options.speed = 1;
	open_session();
	run_to_end(); /* it would take hours */
	assert_int_equal(applied(EV_EXIT), 3);
	unlink(other);
}

static void
it_says_what_it_is_and_how_fast(void **state)
{
	static const struct {
		double speed;
		const char *pace;
	} rows[] = { { 0, "max" },
		     { 1, "" },
		     { 2, "\xc3\x97"
			  "2" },
		     { 0.5, "\xc3\x97"
			    "0.5" } };
	char title[80], want[80];
	struct position at;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T10:00:59Z", "8"));
		options.speed = rows[i].speed;
		open_session();
		session.source.ops->title(session.source.self, title, sizeof(title));
		snprintf(want, sizeof(want), "replay %s", strrchr(path, '/') + 1);
		assert_string_equal(title, want);
		session.source.ops->replay->position(session.source.self, &at);
		if (rows[i].speed != 0) /* else it may be at its end */
			assert_string_equal(at.pace, rows[i].pace);
		else
			assert_true(strcmp(at.pace, "max") == 0 || strcmp(at.pace, "end") == 0);
		session_close(&session);
	}
}

static void
a_line_without_a_time_is_of_the_latest_time_before(void **state)
{
	const struct proc *p;
	struct proc_facts facts;

	(void)state;
	write_text(EXIT_AT("2025-08-07T10:00:20Z", "20") EXIT_AT(
		"2025-08-07T10:00:10Z",
		"10") "{\"event\":{\"exit\":{\"stat\":0}},\"process\":{\"audit_token\":{\"pid\":30,"
		      "\"pidversion\":1},\"start_time\":\"2025-08-07T09:00:00Z\"}}\n");
	open_session();
	run_to_end();
	p = tree_find(session.model.tree,
		      (struct proc_key){ .pid = 30, .start_ns = eslogger_time("2025-08-07T09:00:00Z") });
	assert_non_null(p);
	proc_facts(p, &facts);
	assert_int_equal(p->exited_ns, eslogger_time("2025-08-07T10:00:20Z"));
}

/* However many they are, once one line was an event; and before, as long as it may be a recording. */
static void
lines_without_sense_do_not_end_what_is_a_recording(void **state)
{
	static const char *const bad[] = { "{\"event\":}\n", "[1]\n", "{\"event_type\":15}\n" };

	(void)state;
	for (size_t kind = 0; kind < sizeof(bad) / sizeof(bad[0]); kind++) {
		FILE *file = fopen(path, "w");

		for (unsigned i = 0; i < 19; i++)
			fputs(bad[kind], file);
		fputs(EXIT_AT("2025-08-07T10:00:00Z", "7"), file);
		for (unsigned i = 0; i < 30; i++)
			fputs(bad[kind], file);
		fputs(EXIT_AT("2025-08-07T10:00:01Z", "8"), file);
		fclose(file);
		open_session();
		run_to_end();
		assert_int_equal(applied(EV_EXIT), 2);
		session_close(&session);
	}
}

static bool
is_at_end(void)
{
	struct position at;

	session.source.ops->replay->position(session.source.self, &at);
	return strcmp(at.pace, "end") == 0;
}

/* At the end of a file that may grow, time stands still; what comes then is shown, and it ends again. */
static void
time_stands_at_the_end_of_a_file_that_may_grow(void **state)
{
	FILE *file;
	uint64_t end;

	(void)state;
	write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T10:00:01Z", "8"));
	options.batch = false;
	options.speed = 64;
	open_session();
	for (int i = 0; !is_at_end(); i++) {
		assert_true(i < 30000);
		drain();
		usleep(1000);
	}
	drain();
	assert_int_equal(applied(EV_EXIT), 2);
	end = session.source.ops->now(session.source.self);
	usleep(2000);
	assert_int_equal(session.source.ops->now(session.source.self), end);
	seek_by(1);
	assert_string_equal(why, "end of the recording");
	assert_false(session_ended(&session));
	assert_int_equal(applied(EV_EXIT), 2);
	file = fopen(path, "a");
	fputs(EXIT_AT("2025-08-07T10:00:03Z", "9"), file);
	fclose(file);
	for (int i = 0; applied(EV_EXIT) < 3; i++) {
		assert_true(i < 30000);
		drain();
		usleep(1000);
	}
	for (int i = 0; !is_at_end(); i++) {
		assert_true(i < 30000);
		usleep(1000);
	}
	assert_int_equal(session.source.ops->now(session.source.self), end + 2000000000);
}

/* Of several recordings, with the earliest of their first events. */
static void
a_replay_begins_at_the_time_of_its_first_event(void **state)
{
	const uint64_t ten = 1754560800ull * 1000000000; /* 2025-08-07T10:00:00Z */
	char other[] = "/tmp/estop-replay-XXXXXX";

	(void)state;
	close(mkstemp(other));
	for (int swap = 0; swap < 2; swap++) {
		write_text(EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T10:00:50Z", "8"));
		write_file(other, EXIT_AT("2025-08-07T10:00:30Z", "9"),
			   strlen(EXIT_AT("2025-08-07T10:00:30Z", "9")));
		inputs[swap] = (struct replay_input){ .path = path, .name = "alpha" };
		inputs[!swap] = (struct replay_input){ .path = other, .name = "beta" };
		options.input_count = 2;
		options.speed = 1;
		open_session();
		session.source.ops->replay->pause(session.source.self, why, sizeof(why));
		/* It may have gone on until then, but for no hour. */
		assert_in_range(session.source.ops->now(session.source.self), ten, ten + 3600000000000);
		session_close(&session);
	}
	unlink(other);
}

static void *
write_nothing(void *arg)
{
	int fd = open(arg, O_WRONLY);
	static const char line[] = "{\"eventMessage\":\"words of another program\"}\n";

	for (unsigned i = 0; i < 3; i++)
		if (write(fd, line, sizeof(line) - 1) < 0)
			break;
	close(fd);
	return NULL;
}

static void
a_pipe_without_an_event_has_failed(void **state)
{
	pthread_t writer;

	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pthread_create(&writer, NULL, write_nothing, path), 0);
	open_session();
	run_to_end();
	pthread_join(writer, NULL);
	assert_true(session.source.ops->failed(session.source.self, why, sizeof(why)));
	assert_non_null(strstr(why, ": no event in it; estop reads"));
	assert_string_equal(reported(), "");
}

/* Only at its end is it known that an end is missing. */
static void
of_what_is_not_read_yet_nothing_is_missing(void **state)
{
	(void)state;
	write_text(START EXIT_AT("2025-08-07T10:00:00Z", "7") EXIT_AT("2025-08-07T10:00:50Z", "8"));
	options.speed = 0.0625;
	open_session();
	session.source.ops->replay->pause(session.source.self, why, sizeof(why));
	assert_string_equal(reported(), "");
	session_close(&session);
	options.speed = 0;
	open_session();
	run_to_end();
	assert_non_null(strstr(reported(), "its end is missing"));
}

static void
what_ended_a_recording_is_said_and_not_what_is_missing_after_it(void **state)
{
	static const char lines[] = START EXIT_AT("2025-08-07T10:00:00Z", "7");
	char packed[4096];
	z_stream z = { 0 };

	(void)state;
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (unsigned char *)lines;
	z.avail_in = sizeof(lines) - 1;
	z.next_out = (unsigned char *)packed;
	z.avail_out = sizeof(packed);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed[z.total_out - 8] ^= 1; /* of its checksum */
	write_file(path, packed, z.total_out);
	deflateEnd(&z);
	open_session();
	run_to_end();
	assert_int_equal(applied(EV_EXIT), 1);
	assert_non_null(strstr(reported(), "the compressed data are damaged after line 2\n"));
	assert_null(strstr(report, "its end is missing"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	setenv("TZ", "UTC", 1);
	const struct CMUnitTest tests[] = {
		TEST(events_are_counted_and_the_end_keeps_the_tree),
		TEST(packed_files_are_unpacked),
		TEST(events_are_read_however_they_are_laid_out),
		TEST(foreign_wrappings_are_named_with_a_command),
		TEST(a_line_without_a_time_is_of_the_time_before),
		TEST(gaps_of_a_filtered_stream_are_no_losses),
		TEST(what_is_no_recording_is_refused_with_a_sentence),
		TEST(broken_lines_are_counted_and_the_rest_is_read),
		TEST(a_line_may_be_long_but_not_endless),
		TEST(mutes_work_as_on_a_live_system),
		TEST(units_users_and_signers_are_muted_as_on_a_live_system),
		TEST(a_process_mute_ends_with_its_execution),
		TEST(it_can_be_stopped_and_moved),
		TEST(it_goes_to_any_time_and_knows_its_length),
		TEST(a_gap_of_more_than_a_minute_is_jumped_and_said_once),
		TEST(what_lies_within_a_minute_is_waited_for),
		TEST(a_stopped_replay_jumps_nothing),
		TEST(a_time_beyond_all_clocks_is_none_and_said),
		TEST(losses_in_the_stream_are_told),
		TEST(a_part_tells_of_its_own_losses),
		TEST(a_recording_that_was_cut_is_told),
		TEST(only_the_types_asked_for_are_applied),
		TEST(an_event_with_two_paths_is_muted_by_both),
		TEST(gaps_of_unknown_types_are_told_apart),
		TEST(a_file_that_grows_is_followed),
		TEST(a_pipe_is_read_as_it_comes),
		TEST(hosts_are_roots_and_their_pids_do_not_meet),
		TEST(a_mute_by_target_of_types_without_one_is_none),
		TEST(an_input_that_has_ended_does_not_keep_a_gap),
		TEST(it_says_what_it_is_and_how_fast),
		TEST(a_line_without_a_time_is_of_the_latest_time_before),
		TEST(lines_without_sense_do_not_end_what_is_a_recording),
		TEST(time_stands_at_the_end_of_a_file_that_may_grow),
		TEST(a_replay_begins_at_the_time_of_its_first_event),
		TEST(a_pipe_without_an_event_has_failed),
		TEST(of_what_is_not_read_yet_nothing_is_missing),
		TEST(what_ended_a_recording_is_said_and_not_what_is_missing_after_it),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
