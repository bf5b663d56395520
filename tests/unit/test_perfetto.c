/* Traces for Perfetto, taken apart again by protoc: tracks by tree, executions as slices, counters. */
#include "src/stream/perfetto.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct tree *tree;
static struct perfetto *perfetto;
static struct text out;
static char decoded[1 << 20];

static int
setup(void **state)
{
	(void)state;
	tree = tree_create();
	perfetto = perfetto_create(tree, EVENT_BIT(EV_RENAME) | EVENT_BIT(EV_SIGNAL), &out);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	perfetto_destroy(perfetto);
	tree_destroy(tree);
	text_finish(&out);
	return 0;
}

static void
take(uint64_t seconds, struct event *e)
{
	at(e, NOON + seconds * SECOND);
	perfetto_take(perfetto, e);
	tree_apply(tree, e);
}

/* As protoc prints it, with blanks for its lines: decoded. A field of no name is in no schema. */
static void
decode(void)
{
	char command[256], path[] = "/tmp/estop-perfetto.XXXXXX";
	int fd;
	FILE *pipe;
	size_t n = 0;
	bool blank = false;

	if (system("command -v protoc >/dev/null") != 0) {
		puts("SKIP: no protoc; make deps check installs it");
		skip();
	}
	perfetto_end(perfetto);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, out.bytes, out.length), out.length);
	close(fd);
	snprintf(command, sizeof(command),
		 "protoc -Isrc/stream --decode=estop.Trace src/stream/perfetto.proto <%s", path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	for (int c; (c = fgetc(pipe)) != EOF && n < sizeof(decoded) - 1;) {
		bool is_blank = c == ' ' || c == '\n';

		if (!is_blank || !blank)
			decoded[n++] = is_blank ? ' ' : (char)c;
		blank = is_blank;
	}
	decoded[n] = '\0';
	assert_int_equal(pclose(pipe), 0);
	unlink(path);
	for (const char *at = decoded; (at = strstr(at, " { ")) != NULL; at++)
		assert_false(at[3] >= '0' && at[3] <= '9');
}

static void
expect(const char *text)
{
	if (!strstr(decoded, text))
		fail_msg("'%s' is not in %s", text, decoded);
}

static unsigned
occurrences(const char *text)
{
	unsigned n = 0;

	for (const char *at = decoded; (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

#define AT(seconds) "timestamp: 10000" #seconds "000000000 trusted_packet_sequence_id: 1 "

static void
build(void)
{
	take(1, seen_of(pid(100, 1), "/usr/bin/bash"));
	take(2, fork_of(pid(100, 1), pid(200, 1)));
	take(3, with(with_args(exec_of(pid(200, 1), pid(200, 2), "/usr/bin/make"), "make -j8"), FIELD_CWD,
		     "/src"));
	take(4, open_of(pid(200, 2), "Makefile"));
	take(5, open_of(pid(200, 2), "a.c"));
	take(6, close_of(pid(200, 2), "a.c"));
	take(7, with(with(event_of(EV_RENAME, pid(200, 2)), FIELD_TARGET, "a"), FIELD_SECOND, "b"));
	take(8, event_of(EV_CHDIR, pid(200, 2)));
	take(9, exit_of(pid(200, 2), 3 << 8));
}

static void
an_execution_is_a_slice_on_the_track_of_its_process(void **state)
{
	(void)state;
	build();
	decode();
	/* bash is the first process, and make is below it. */
	expect("track_descriptor { uuid: 4 name: \"bash 100\" } ");
	expect("track_descriptor { uuid: 5 name: \"make 200\" parent_uuid: 4 } ");
	expect("packet { " AT(02) "track_event { type: TYPE_SLICE_BEGIN track_uuid: 5 name: \"bash\" } } ");
	expect("packet { " AT(03) "track_event { type: TYPE_SLICE_END track_uuid: 5 } } ");
	expect("packet { " AT(03) "track_event { "
				  "debug_annotations { string_value: \"make -j8\" name: \"args\" } "
				  "debug_annotations { string_value: \"/usr/bin/make\" name: \"path\" } "
				  "debug_annotations { string_value: \"/src\" name: \"cwd\" } "
				  "type: TYPE_SLICE_BEGIN track_uuid: 5 name: \"make\" } } ");
	expect("packet { " AT(09) "track_event { "
				  "debug_annotations { int_value: 2 name: \"opens\" } "
				  "debug_annotations { int_value: 1 name: \"closes\" } "
				  "debug_annotations { int_value: 3 name: \"exit status\" } "
				  "type: TYPE_SLICE_END track_uuid: 5 } } ");
	/* bash still runs. */
	assert_int_equal(occurrences("TYPE_SLICE_BEGIN"), 3);
	assert_int_equal(occurrences("TYPE_SLICE_END"), 2);
}

static void
events_that_were_asked_for_are_instants(void **state)
{
	(void)state;
	build();
	decode();
	expect("packet { " AT(07) "track_event { "
				  "debug_annotations { string_value: \"a\" name: \"target\" } "
				  "debug_annotations { string_value: \"b\" name: \"second\" } "
				  "type: TYPE_INSTANT track_uuid: 5 name: \"rename\" } } ");
	assert_int_equal(occurrences("TYPE_INSTANT"), 1);
}

static void
opens_closes_and_losses_are_counters(void **state)
{
	(void)state;
	build();
	perfetto_lost(perfetto, 7);
	decode();
	expect("track_descriptor { uuid: 1 name: \"opens\" counter { unit: UNIT_COUNT } } ");
	expect("packet { " AT(04) "track_event { type: TYPE_COUNTER track_uuid: 1 counter_value: 1 } } ");
	expect("packet { " AT(05) "track_event { type: TYPE_COUNTER track_uuid: 1 counter_value: 2 } } ");
	expect("packet { " AT(06) "track_event { type: TYPE_COUNTER track_uuid: 2 counter_value: 1 } } ");
	expect("track_descriptor { uuid: 3 name: \"events lost\" counter { unit: UNIT_COUNT } } ");
	expect("track_event { type: TYPE_COUNTER track_uuid: 3 counter_value: 7 } } ");
}

/* A hundred times a second; the last value is always there. */
static void
counters_are_sampled(void **state)
{
	char last[64];

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		struct event *e = at(open_of(pid(100, 1), "x"), NOON + i * 100000); /* a second of them */

		perfetto_take(perfetto, e);
		tree_apply(tree, e);
	}
	decode();
	snprintf(last, sizeof(last), "track_uuid: 1 counter_value: %d } }", 10000);
	expect(last);
	assert_in_range(occurrences("TYPE_COUNTER track_uuid: 1"), 50, 105);
}

static void
a_signal_that_ended_it_is_named(void **state)
{
	(void)state;
	build();
	take(10, fork_of(pid(100, 1), pid(201, 1)));
	take(11, exit_of(pid(201, 1), 9));
	decode();
	expect("debug_annotations { int_value: 9 name: \"signal\" } type: TYPE_SLICE_END track_uuid: 6 } } ");
	expect("uuid: 6 name: \"bash 201\" parent_uuid: 4 ");
}

/* Its exit was lost: the slice ends when the pid is another's. */
static void
a_pid_that_comes_back_has_a_track_of_its_own(void **state)
{
	(void)state;
	build();
	take(10, fork_of(pid(100, 1), pid(300, 1)));
	take(11, exec_of(pid(300, 1), pid(300, 2), "/bin/one"));
	take(12, fork_of(pid(100, 1), begun(pid(300, 3), SECOND)));
	take(13, exec_of(begun(pid(300, 3), SECOND), begun(pid(300, 4), SECOND), "/bin/two"));
	decode();
	expect("packet { " AT(12) "track_event { type: TYPE_SLICE_END track_uuid: 6 } } ");
	expect("uuid: 6 name: \"one 300\" ");
	expect("uuid: 7 name: \"two 300\" ");
}

static void
any_bytes_make_a_valid_trace(void **state)
{
	char args[6000];

	(void)state;
	memset(args, '\xfe', sizeof(args));
	args[sizeof(args) - 1] = '\0';
	take(1, seen_of(pid(100, 1), "/bin/\xff\n\x1b[31m"));
	take(2, with_args(exec_of(pid(100, 1), pid(100, 2), "/\xc3(/\xe2\x82"), args));
	take(3, with(event_of(EV_RENAME, pid(100, 2)), FIELD_TARGET, ""));
	decode();
	assert_int_equal(occurrences("TYPE_SLICE_BEGIN"), 2);
	assert_null(strstr(decoded, "\\033"));
}

static void
a_recording_without_events_is_a_valid_trace(void **state)
{
	(void)state;
	decode();
	assert_int_equal(occurrences("track_descriptor"), 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_execution_is_a_slice_on_the_track_of_its_process),
		TEST(events_that_were_asked_for_are_instants),
		TEST(opens_closes_and_losses_are_counters),
		TEST(counters_are_sampled),
		TEST(a_signal_that_ended_it_is_named),
		TEST(a_pid_that_comes_back_has_a_track_of_its_own),
		TEST(any_bytes_make_a_valid_trace),
		TEST(a_recording_without_events_is_a_valid_trace),
	};

	return cmocka_run_group_tests_name("perfetto", tests, NULL, NULL);
}
