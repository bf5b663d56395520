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
	assert_int_equal(shell(
		"(sleep 0.3; for i in 1 2 3 4 5; do ls -d / >/dev/null; done; cd \"$D\";"
		" printf x > \"$(printf 'odd\\377\\n\\033name')\"; cat odd* >/dev/null) &"
		"\"$E\" -b -n 3 -d 0.5 -w \"$D/live.jsonl.gz\" > \"$D/live.txt\" 2>\"$D/err\" &&"
		"grep '^total' \"$D/live.txt\" > \"$D/live.sums\" && wait &&"
		"gzip -dc \"$D/live.jsonl.gz\" > \"$D/live.jsonl\""), 0);
	/* Nothing was lost in the recording itself, or the machine is too busy to compare. */
	if (shell("! grep -q 'are missing' \"$D/err\"") != 0)
		return;
	assert_int_equal(shell("grep -c . \"$D/live.sums\" >/dev/null && grep -q '\"exec\":{\"target\"' \"$D/live.jsonl\""), 0);
	assert_int_equal(shell("\"$E\" -r \"$D/live.jsonl.gz\" --log=json > \"$D/again.jsonl\" 2>/dev/null &&"
			       "grep '\"event_type\"' \"$D/live.jsonl\" | cmp - \"$D/again.jsonl\""), 0);
	assert_int_equal(shell("\"$E\" -r \"$D/live.jsonl.gz\" -b --speed max 2>/dev/null | grep '^total' |"
			       "cmp - \"$D/live.sums\""), 0);
}

static void
a_replay_needs_no_privileges_and_no_terminal(void **state)
{
	(void)state;
	assert_int_equal(shell("\"$E\" -r tests/demo.jsonl.zst -b --speed max --exited all > \"$D/demo.txt\" &&"
			       "grep -q '^total exec  *101 produced = 101 applied' \"$D/demo.txt\""), 0);
	assert_int_equal(shell("\"$E\" -r tests/demo.jsonl.zst --log=json > \"$D/demo.jsonl\" &&"
			       "\"$E\" -r - --log=json < \"$D/demo.jsonl\" | cmp - \"$D/demo.jsonl\""), 0);
	assert_int_equal(shell("test \"$(\"$E\" -r tests/demo.jsonl.zst --log=line | wc -l)\" = 9384"), 0);
}

static void
what_is_no_recording_is_one_sentence_and_status_1(void **state)
{
	(void)state;
	assert_int_equal(shell("echo hello > \"$D/x\"; \"$E\" -r \"$D/x\" -b 2>\"$D/err\"; test $? = 1 &&"
			       "test $(wc -l < \"$D/err\") = 1"), 0);
	assert_int_equal(shell("echo hello | \"$E\" -r - -b >/dev/null 2>\"$D/err\"; test $? = 1 &&"
			       "grep -q 'the standard input: not a recording: line 1' \"$D/err\""), 0);
}

static void
a_closed_pipe_ends_a_log(void **state)
{
	(void)state;
	assert_int_equal(shell("\"$E\" -r tests/demo.jsonl.zst --log 2>/dev/null | head -1 | grep -q '^event : exec'"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_run_comes_back_byte_for_byte),
		cmocka_unit_test(a_replay_needs_no_privileges_and_no_terminal),
		cmocka_unit_test(what_is_no_recording_is_one_sentence_and_status_1),
		cmocka_unit_test(a_closed_pipe_ends_a_log),
	};

	return cmocka_run_group_tests_name("stream", tests, setup, teardown);
}
