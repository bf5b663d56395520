/* What is recorded can be replayed; what cannot be written is counted and marked. */
#include "src/stream/eslogger.h"
#include "src/stream/log_text.h"
#include "src/stream/record.h"
#include "tests/lib/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static struct eslogger reader;
static struct record *record;
static struct record_state last;
static struct loss loss;
static char why[512], path[64];

static int
setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	reader = (struct eslogger){ .detail = true };
	record = NULL;
	loss = (struct loss){ .muted_known = true };
	strcpy(path, "/tmp/estop-record-XXXXXX");
	close(mkstemp(path));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	record_close(record, &loss, 0, 1, NULL);
	eslogger_finish(&reader);
	unlink(path);
	return 0;
}

static int
try_record(const char *name)
{
	return record_open(&record,
			   &(struct record_config){ .path = name,
						    .overwrite = true,
						    .events = EVENT_CORE,
						    .host = "host",
						    .time_ns = 5 },
			   why, sizeof(why));
}

static void
open_record(const char *name)
{
	if (try_record(name) != 0)
		fail_msg("%s", why);
}

static void
close_record(void)
{
	record_close(record, &loss, 0, 9, &last);
	record = NULL;
}

static void
put(const char *line)
{
	assert_int_equal(eslogger_read(&reader, line, strlen(line)), ESLOGGER_EVENT);
	record_event(record, reader.event);
}

static char *
contents(const char *command)
{
	static char text[1 << 20];
	char line[256];
	FILE *pipe;
	size_t n;

	snprintf(line, sizeof(line), "%s %s", command, path);
	pipe = popen(line, "r");
	n = fread(text, 1, sizeof(text) - 1, pipe);
	text[n] = '\0';
	pclose(pipe);
	return text;
}

static void
a_recording_is_what_came_between_start_and_end(void **state)
{
	const struct mute_rule rule = {
		.id = 3, .kind = MUTE_EXE, .events = EVENT_BIT(EV_OPEN), .path = "/bin/x"
	};
	const struct mute_rule subtree = { .id = 4,
					   .kind = MUTE_SUBTREE,
					   .events = EVENT_BIT(EV_OPEN),
					   .process = { .pid = 7 },
					   .version = 9,
					   .state = MUTE_LOCAL };
	struct stat s;

	(void)state;
	chmod(path, 0644);
	loss.kernel[EV_OPEN] = 4;
	loss.muted[EV_CLOSE] = 2;
	loss.muted_elsewhere = 1;
	open_record(path);
	put(fixture[0]);
	record_mute(record, &rule, 6000000000);
	record_mute(record, &subtree, 6000000000);
	put(fixture[1]);
	record_lost(record, &loss, 1, 7000000000);
	record_unmute(record, 3, 8000000000);
	close_record();
	assert_int_equal(last.events, 2);
	assert_int_equal(last.lost, 0);
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0600);
	assert_string_equal(
		contents("cat"),
		"{\"estop\":{\"start\":{\"time\":\"1970-01-01T00:00:00.000000005Z\",\"estop\":\"" ESTOP_VERSION
		"\",\"host\":\"host\",\"events\":[\"open\",\"close\",\"exec\",\"fork\",\"exit\"]}}}\n" FIXTURE_FORK
		"\n"
		"{\"estop\":{\"mute\":{\"time\":\"1970-01-01T00:00:06.000000000Z\",\"id\":3,\"on\":true,"
		"\"kind\":\"exe\",\"path\":\"/bin/x\",\"events\":[\"open\"],\"local\":false}}}\n"
		"{\"estop\":{\"mute\":{\"time\":\"1970-01-01T00:00:06.000000000Z\",\"id\":4,\"on\":true,"
		"\"kind\":\"subtree\",\"pid\":7,\"pidversion\":9,\"events\":[\"open\"],\"local\":true}}}\n" FIXTURE_EXEC
		"\n"
		"{\"estop\":{\"lost\":{\"time\":\"1970-01-01T00:00:07.000000000Z\",\"kernel\":{\"open\":4},"
		"\"ring\":{},\"untyped\":1,\"recorder\":0}}}\n"
		"{\"estop\":{\"mute\":{\"time\":\"1970-01-01T00:00:08.000000000Z\",\"id\":3,\"on\":false}}}\n"
		"{\"estop\":{\"end\":{\"time\":\"1970-01-01T00:00:00.000000009Z\",\"kernel\":{\"open\":4},"
		"\"ring\":{},\"muted\":{\"close\":2},\"muted_elsewhere\":1,\"untyped\":0,\"recorder\":0}}}\n");
}

static void
packed_recordings_unpack_to_the_same(void **state)
{
	static const struct {
		const char *end, *command;
	} kinds[] = { { ".gz", "gzip -dc" }, { ".zst", "zstd -qdc" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char *text;
		unsigned lines = 0;

		unlink(path);
		snprintf(path, sizeof(path), "/tmp/estop-record-%d%s", (int)getpid(), kinds[i].end);
		if (i == 1 && system("command -v zstd >/dev/null") != 0)
			continue; /* test_replay unpacks zstd without the tool */
		open_record(path);
		for (int n = 0; n < 200; n++)
			put(fixture[n % FIXTURES]);
		close_record();
		text = contents(kinds[i].command);
		for (; *text; text++)
			lines += *text == '\n';
		assert_int_equal(lines, 202);
	}
}

static void
links_are_not_followed_and_nonsense_is_refused(void **state)
{
	char name[80], fifo[96];

	(void)state;
	snprintf(name, sizeof(name), "%s-link", path);
	assert_int_equal(symlink(path, name), 0);
	assert_int_not_equal(try_record(name), 0);
	assert_non_null(strstr(why, "it is a link"));
	unlink(name);
	assert_int_equal(try_record("/nonexistent/x"), -ENOENT);
	assert_int_equal(try_record("/tmp"), -EISDIR);
	assert_int_equal(mkfifo(name, 0600), 0);
	assert_int_equal(try_record(name), -EPERM);
	assert_non_null(strstr(why, "fifo:PATH"));
	snprintf(fifo, sizeof(fifo), "fifo:%s", name);
	assert_int_equal(try_record(fifo), -ENXIO);
	assert_non_null(strstr(why, "nobody reads it"));
	unlink(name);
	assert_int_equal(try_record(fifo), -ENOENT);
}

static void
wait_for(bool (*condition)(void))
{
	for (int i = 0; !condition(); i++) {
		assert_true(i < 20000);
		usleep(1000);
	}
}

static bool
is_dead(void)
{
	record_state(record, &last);
	return last.dead;
}

static bool
is_failing(void)
{
	record_state(record, &last);
	return last.error == ENOSPC;
}

static void
a_full_disk_is_tried_again_and_told(void **state)
{
	(void)state;
	open_record("/dev/full");
	put(fixture[0]);
	wait_for(is_failing);
	assert_false(last.dead);
	close_record();
	assert_int_equal(last.error, ENOSPC);
	assert_int_equal(last.lost, 1);
}

static bool
is_too_large(void)
{
	record_state(record, &last);
	return last.error == EFBIG;
}

static bool
is_well(void)
{
	record_state(record, &last);
	return !last.error;
}

static void
a_limit_on_the_size_of_files_is_told_like_a_full_disk(void **state)
{
	struct rlimit before, small;

	(void)state;
	signal(SIGXFSZ, SIG_IGN); /* as signals_open() has it */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 1024, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	open_record(path);
	for (int i = 0; i < 10; i++)
		put(fixture[0]);
	wait_for(is_too_large);
	assert_false(last.dead);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	wait_for(is_well);
	close_record();
	assert_int_equal(last.lost, 0);
	assert_non_null(strstr(contents("cat"), "{\"estop\":{\"end\":"));
}

static int
pipe_as_stdout(void)
{
	int ends[2], kept = dup(STDOUT_FILENO);

	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	dup2(ends[1], STDOUT_FILENO);
	close(ends[1]);
	open_record("-");
	dup2(kept, STDOUT_FILENO);
	close(kept);
	return ends[0];
}

static void
a_closed_pipe_ends_the_recording_alone(void **state)
{
	(void)state;
	close(pipe_as_stdout());
	put(fixture[0]);
	wait_for(is_dead);
	assert_int_equal(last.error, EPIPE);
	for (int i = 0; i < 100000; i++) /* goes nowhere, and takes no memory */
		record_event(record, reader.event);
	close_record();
	assert_true(last.lost > 90000);
}

struct pipe_reader {
	FILE *in;
	_Atomic uint64_t events;
	uint64_t marks, reported;
};

static struct pipe_reader *awaited;

/* All that was not lost has come: the recorder is idle, and has no deadline to miss. */
static bool
all_has_come(void)
{
	record_state(record, &last);
	return awaited->events + last.lost == last.events;
}

static void *
read_all(void *arg)
{
	struct pipe_reader *r = arg;
	struct eslogger back = { .detail = false };
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, r->in)) > 0) {
		enum eslogger_kind kind = eslogger_read(&back, line, (size_t)length - 1);

		r->events += kind == ESLOGGER_EVENT;
		r->marks += kind == ESLOGGER_LOST;
		if (kind == ESLOGGER_LOST || kind == ESLOGGER_END)
			r->reported = back.lost.recorder;
	}
	free(line);
	eslogger_finish(&back);
	return NULL;
}

static void
what_a_slow_pipe_does_not_take_is_counted_and_marked(void **state)
{
	struct pipe_reader r = { .in = fdopen(pipe_as_stdout(), "r") };
	pthread_t thread;

	(void)state;
	put(fixture[1]);
	for (int i = 0; i < 40000; i++) /* more than pipe and ring hold */
		record_event(record, reader.event);
	record_state(record, &last);
	assert_true(last.lost > 0);
	/* The reader comes back. */
	pthread_create(&thread, NULL, read_all, &r);
	for (int i = 0; i < 50; i++) {
		put(fixture[0]);
		usleep(10000);
	}
	awaited = &r;
	wait_for(all_has_come);
	close_record();
	pthread_join(thread, NULL);
	fclose(r.in);
	assert_int_equal(last.events, r.events + last.lost);
	assert_int_equal(r.reported, last.lost);
	assert_true(r.marks > 0);
}

static const char *
logged(const char *line, enum log_form form)
{
	static struct text t;

	assert_int_equal(eslogger_read(&reader, line, strlen(line)), ESLOGGER_EVENT);
	t.length = 0;
	log_write(&t, reader.event, form, false);
	text_char(&t, '\0');
	return t.bytes;
}

static void
text_is_a_block_of_names_and_values(void **state)
{
	(void)state;
	assert_string_equal(
		logged(FIXTURE_OPEN, LOG_TEXT),
		"event : open\n"
		"time: 2025-08-07T15:13:12.811587464Z\n"
		"fflag: FREAD|O_NONBLOCK (5)\n"
		"file: /Users/u/Makefile\n"
		"process:\n"
		"\tPID: 201\n\tEUID: 501\n\tEGID: 20\n\tPPID: 200\n\tgroup: 201\n\tsession: 201\n"
		"\tthread: 622243\n\tpath: /usr/bin/make\n"
		"\tcsflags: CS_VALID|CS_HARD|CS_KILL|CS_RUNTIME|CS_NO_UNTRUSTED_HELPERS|CS_SIGNED (570491649)\n"
		"\tsign_id: org.example.tool\n\tstarted: 2025-08-07T15:13:09.798115Z\n\n");
	assert_non_null(strstr(logged(FIXTURE_EXIT, LOG_TEXT), "stat: exited with 2 (512)\n"));
	assert_non_null(strstr(logged(FIXTURE_EXEC, LOG_TEXT), "args: make -j \"a b\"\n"));
	assert_non_null(strstr(logged(FIXTURE_EXEC, LOG_TEXT), "target: 201 /usr/bin/make\n"));
	assert_non_null(strstr(logged(FIXTURE_FORK, LOG_TEXT), "child: 201 /bin/zsh\n"));
	assert_non_null(strstr(logged(FIXTURE_LINE("10", 0, 15, "\"exit\":{\"stat\":9}", FIXTURE_SHELL,
						   FIXTURE_ALLOW),
				      LOG_TEXT),
			       "stat: killed by signal 9 (9)\n"));
}

static void
one_line_is_one_event_whatever_is_in_it(void **state)
{
	const char *line;

	(void)state;
	assert_string_equal(
		logged(FIXTURE_CLOSE, LOG_LINE),
		"2025-08-07T15:13:13.811587464Z close pid=201 euid=501 ppid=200 path=/usr/bin/make modified=yes "
		"was_mapped_writable=no target=/Users/u/Makefile\n");
	/* Quotes in quotes are marked, and so is what marks them. */
	line = logged(FIXTURE_LINE("10", 0, 10,
				   "\"open\":{\"fflag\":1,\"file\":{\"path\":\"/a \\\"b\\\" \\\\c\"}}",
				   FIXTURE_SHELL, FIXTURE_ALLOW),
		      LOG_LINE);
	assert_non_null(strstr(line, " file=\"/a \\\"b\\\" \\\\c\"\n"));
	line = logged(FIXTURE_LINE("10", 0, 10,
				   "\"open\":{\"fflag\":1,\"file\":{\"path\":\"/a\\n\\u001b[31m b\\u009b\"}}",
				   FIXTURE_SHELL, FIXTURE_ALLOW),
		      LOG_LINE);
	assert_int_equal(strcspn(line, "\n") + 1, strlen(line));
	assert_null(strchr(line, 0x1b));
	assert_non_null(strstr(line, "file=\"/a^J^[[31m b"));
}

static void
what_a_line_does_not_say_is_not_made_up(void **state)
{
	static const char bare[] = "{\"event\":{\"open\":{}},\"process\":{\"audit_token\":{\"pid\":7}}}";
	static const char zoned[] =
		"{\"time\":\"2025-08-07T20:43:09.5+05:30\",\"event\":{\"open\":{}},\"process\":"
		"{\"audit_token\":{\"pid\":7,\"euid\":0},\"start_time\":\"2025-08-07T08:13:09-07:00\"}}";

	(void)state;
	assert_string_equal(logged(bare, LOG_LINE), "- open pid=7 ppid=0\n");
	assert_string_equal(logged(bare, LOG_TEXT),
			    "event : open\ntime: -\nprocess:\n\tPID: 7\n\tPPID: 0\n\n");
	assert_string_equal(logged(zoned, LOG_LINE),
			    "2025-08-07T15:13:09.500000000Z open pid=7 euid=0 ppid=0\n");
	assert_string_equal(logged(zoned, LOG_TEXT),
			    "event : open\ntime: 2025-08-07T15:13:09.500000000Z\nprocess:\n"
			    "\tPID: 7\n\tEUID: 0\n\tPPID: 0\n\tstarted: 2025-08-07T15:13:09.000000000Z\n\n");
	/* As data it stays what it was. */
	assert_non_null(strstr(logged(zoned, LOG_JSON), "\"2025-08-07T20:43:09.5+05:30\""));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_recording_is_what_came_between_start_and_end),
		TEST(packed_recordings_unpack_to_the_same),
		TEST(links_are_not_followed_and_nonsense_is_refused),
		TEST(a_full_disk_is_tried_again_and_told),
		TEST(a_limit_on_the_size_of_files_is_told_like_a_full_disk),
		TEST(a_closed_pipe_ends_the_recording_alone),
		TEST(what_a_slow_pipe_does_not_take_is_counted_and_marked),
		TEST(text_is_a_block_of_names_and_values),
		TEST(one_line_is_one_event_whatever_is_in_it),
		TEST(what_a_line_does_not_say_is_not_made_up),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
