/* The real program: what a live run records is what its replay shows and logs, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char directory[] = "/tmp/estop-stream-XXXXXX";

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int
teardown(void **state)
{
	char line[128];

	(void)state;
	snprintf(line, sizeof(line), "rm -rf %s", directory);
	return system(line);
}

/* $E is the program, $D a directory of the test's own. */
static int
shell(const char *script)
{
	const char *program = getenv("ESTOP");

	setenv("E", program ? program : "build/estop", 1);
	setenv("D", directory, 1);
	return system(script);
}

static void
need_privileges(void)
{
	if (shell("\"$E\" -b -n 1 -d 0.1 >/dev/null 2>\"$D/why\"") == 0)
		return;
	print_message("SKIP: a live run is not possible here\n");
	skip();
}

static void
a_live_run_comes_back_byte_for_byte(void **state)
{
	(void)state;
	need_privileges();
	/* Names that are no UTF-8, too. */
	assert_int_equal(shell("(sleep 0.3; for i in 1 2 3 4 5; do ls -d / >/dev/null; done; cd \"$D\";"
			       " printf x > \"$(printf 'odd\\377\\n\\033name')\"; cat odd* >/dev/null) &"
			       "\"$E\" -b -n 3 -d 0.5 -w \"$D/live.jsonl.gz\" > \"$D/live.txt\" 2>\"$D/err\" &&"
			       "grep '^total' \"$D/live.txt\" > \"$D/live.sums\" && wait &&"
			       "gzip -dc \"$D/live.jsonl.gz\" > \"$D/live.jsonl\""),
			 0);
	/* Nothing was lost in the recording itself, or the machine is too busy to compare. */
	if (shell("! grep -q 'are missing' \"$D/err\"") != 0)
		return;
	assert_int_equal(
		shell("grep -c . \"$D/live.sums\" >/dev/null && grep -q '\"exec\":{\"target\"' \"$D/live.jsonl\""),
		0);
	assert_int_equal(shell("\"$E\" -r \"$D/live.jsonl.gz\" --log=json > \"$D/again.jsonl\" 2>/dev/null &&"
			       "grep '\"event_type\"' \"$D/live.jsonl\" | cmp - \"$D/again.jsonl\""),
			 0);
	assert_int_equal(shell("\"$E\" -r \"$D/live.jsonl.gz\" -b --speed max 2>/dev/null | grep '^total' |"
			       "cmp - \"$D/live.sums\""),
			 0);
}

static void
a_replay_needs_no_privileges_and_no_terminal(void **state)
{
	(void)state;
	assert_int_equal(shell("\"$E\" -r tests/demo.jsonl.zst -b --speed max --exited all > \"$D/demo.txt\" &&"
			       "grep -q '^total exec  *101 produced = 101 applied' \"$D/demo.txt\""),
			 0);
	assert_int_equal(shell("\"$E\" -r tests/demo.jsonl.zst --log=json > \"$D/demo.jsonl\" &&"
			       "\"$E\" -r - --log=json < \"$D/demo.jsonl\" | cmp - \"$D/demo.jsonl\""),
			 0);
	assert_int_equal(shell("test \"$(\"$E\" -r tests/demo.jsonl.zst --log=line | wc -l)\" = 9384"), 0);
}

static void
what_is_no_recording_is_one_sentence_and_status_1(void **state)
{
	(void)state;
	assert_int_equal(shell("echo hello > \"$D/x\"; \"$E\" -r \"$D/x\" -b 2>\"$D/err\"; test $? = 1 &&"
			       "test $(wc -l < \"$D/err\") = 1"),
			 0);
	assert_int_equal(shell("echo hello | \"$E\" -r - -b >/dev/null 2>\"$D/err\"; test $? = 1 &&"
			       "grep -q 'the standard input: not a recording: line 1' \"$D/err\""),
			 0);
}

/* It replays, and a script notices that it is not all. */
static void
a_recording_that_was_cut_is_said_and_status_1(void **state)
{
	(void)state;
	assert_int_equal(shell("\"$E\" -r tests/demo.jsonl.zst --log=json | head -n 600 > \"$D/whole.jsonl\" &&"
			       "gzip -c \"$D/whole.jsonl\" > \"$D/whole.gz\" &&"
			       "size=$(wc -c < \"$D/whole.gz\") &&"
			       "head -c $((size * 2 / 3)) \"$D/whole.gz\" > \"$D/cut.gz\" &&"
			       "head -c 100000 \"$D/whole.jsonl\" > \"$D/cut.jsonl\" &&"
			       "\"$E\" -r \"$D/whole.jsonl\" -b --speed max -w \"$D/ours.jsonl\" >/dev/null &&"
			       "sed '$d' \"$D/ours.jsonl\" > \"$D/endless.jsonl\""),
			 0);
	assert_int_equal(
		shell("for how in '-b --speed max' --log=line; do"
		      "  for f in whole.gz whole.jsonl ours.jsonl; do"
		      "    \"$E\" -r \"$D/$f\" $how >/dev/null 2>\"$D/err\" || exit 1;"
		      "    ! grep -q cut \"$D/err\" || exit 2;"
		      "  done;"
		      "  \"$E\" -r \"$D/cut.gz\" $how 2>\"$D/err\" >\"$D/out\"; test $? = 1 || exit 3;"
		      "  grep -q 'cut.gz: cut at line [0-9]*: the compressed data end early' \"$D/err\" || exit 4;"
		      "  grep -q exec \"$D/out\" || exit 5;"
		      "  \"$E\" -r \"$D/cut.jsonl\" $how 2>\"$D/err\" >/dev/null; test $? = 1 || exit 6;"
		      "  grep -q 'cut at line [0-9]*: the last object is incomplete' \"$D/err\" || exit 7;"
		      "  \"$E\" -r \"$D/endless.jsonl\" $how 2>\"$D/err\" >/dev/null; test $? = 1 || exit 8;"
		      "  grep -q 'its end is missing' \"$D/err\" || exit 9;"
		      "done"),
		0);
}

/* Its numbers have gaps where other processes acted. */
static void
a_filtered_log_claims_no_losses(void **state)
{
	(void)state;
	assert_int_equal(
		shell("\"$E\" -r tests/demo.jsonl.zst --log=json -p /usr/bin/make > \"$D/make.jsonl\" &&"
		      "grep -q '\"exec\"' \"$D/make.jsonl\" &&"
		      "sed 's/,\"estop\":{\"filtered\":true}//' \"$D/make.jsonl\" > \"$D/unmarked.jsonl\" &&"
		      "\"$E\" -r \"$D/make.jsonl\" -b --speed max >\"$D/frames\" 2>\"$D/err\" &&"
		      "grep -q ' lost 0 ' \"$D/frames\" && ! grep -q lost \"$D/err\" &&"
		      "\"$E\" -r \"$D/unmarked.jsonl\" -b --speed max >/dev/null 2>\"$D/err\" &&"
		      "grep -q 'events lost' \"$D/err\""),
		0);
	/* It stays marked in a log of the log. */
	assert_int_equal(shell("\"$E\" -r \"$D/make.jsonl\" --log=json | cmp - \"$D/make.jsonl\""), 0);
	/* Several hosts, muted ones. */
	assert_int_equal(
		shell("\"$E\" -r \"a=$D/make.jsonl\" -r \"b=$D/unmarked.jsonl\" --log=json > \"$D/two.jsonl\" &&"
		      "! grep -qv '\"filtered\":true' \"$D/two.jsonl\" &&"
		      "\"$E\" -r \"$D/unmarked.jsonl\" --log=json -m /usr/bin/make > \"$D/muted.jsonl\" &&"
		      "! grep -qv '\"filtered\":true' \"$D/muted.jsonl\""),
		0);
}

static void
a_closed_pipe_ends_a_log(void **state)
{
	(void)state;
	assert_int_equal(
		shell("\"$E\" -r tests/demo.jsonl.zst --log 2>/dev/null | head -1 | grep -q '^event : exec'"),
		0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_run_comes_back_byte_for_byte),
		cmocka_unit_test(a_replay_needs_no_privileges_and_no_terminal),
		cmocka_unit_test(what_is_no_recording_is_one_sentence_and_status_1),
		cmocka_unit_test(a_recording_that_was_cut_is_said_and_status_1),
		cmocka_unit_test(a_filtered_log_claims_no_losses),
		cmocka_unit_test(a_closed_pipe_ends_a_log),
	};

	return cmocka_run_group_tests_name("stream", tests, setup, teardown);
}
