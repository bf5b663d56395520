/*
 * The program from outside, as a shell sees it: sentences, exit status, output.
 * Everything here works without privileges; where events are wanted, the
 * program with the fake source stands in.
 */
#include "tests/lib/shell.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <cmocka.h>

static char output[1 << 20];

/*
 * Runs a shell command in which %E is estop and %S estop with the fake source.
 * Its output is in output; returns its exit status, or 128 + the signal's number.
 */
static int
run(const char *command)
{
	const char *estop = getenv("ESTOP"), *build = getenv("ESTOP_BUILD");
	char program[512], synthetic[512];
	const struct shell_word words[] = { { 'E', program }, { 'S', synthetic }, { 0 } };

	if (!estop || !build) {
		puts("SKIP: ESTOP and ESTOP_BUILD do not say what to run; run make check");
		skip();
	}
	snprintf(program, sizeof(program), "'%s'", estop);
	snprintf(synthetic, sizeof(synthetic), "'%s/tests/programs/prog_synthetic'", build);
	return shell_run(command, words, output, sizeof(output));
}

static void
expect(const char *command, int status, const char *says)
{
	int got = run(command);

	if (got != status)
		fail_msg("%s: status %d, not %d, and '%s'", command, got, status, output);
	if (!strstr(output, says))
		fail_msg("%s: '%s' lacks '%s'", command, output, says);
}

static void
wrong_usage_is_one_sentence_and_status_2(void **state)
{
	static const struct {
		const char *command, *says;
	} wrong[] = {
		{ "%E --nonsense 2>&1", "estop: unknown option '--nonsense' (see --help)\n" },
		{ "%E -e opne 2>&1", "'opne' (see --list-events)\n" },
		{ "%E -d 0 2>&1", "estop: -d: expected seconds from 0.1 to 3600, not '0'\n" },
		{ "%E -n -1 2>&1", "estop: -n: expected a number of frames from 1 to 1000000000, not '-1'\n" },
		{ "%E -o colour 2>&1", "estop: unknown column 'colour': expected PID" },
		{ "%E -u nobody-of-that-name 2>&1", "estop: unknown user 'nobody-of-that-name'\n" },
		{ "%E -m nonsense 2>&1", "estop: " },
		{ "%E -p no/such 2>&1", "estop: -p: no such file 'no/such'" },
		{ "%E make 2>&1", "estop: unexpected argument 'make'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char *newline;

		expect(wrong[i].command, 2, wrong[i].says);
		newline = strchr(output, '\n');
		assert_non_null(newline);
		assert_int_equal(newline[1], '\0');
	}
	assert_int_equal(run("%E -d 0 2>/dev/null"), 2);
	assert_string_equal(output, ""); /* errors are not output */
}

static void
what_is_asked_for_is_printed(void **state)
{
	(void)state;
	expect("%E --version 2>&1", 0, "estop ");
	expect("%E --help 2>&1", 0, "--list-events");
	expect("%E --list-events 2>&1", 0, "a file was opened");
	expect("%E --help 2>&1 >/dev/full", 1, "estop: ");
	expect("%E --version 2>&1 >&-", 1, "estop: ");
}

/* The first line is the version alone, for scripts; the others are for reports. */
static void
the_version_comes_with_build_hooks_and_kernel(void **state)
{
	(void)state;
	expect("%E --version | head -n 1 | grep -x 'estop [0-9.]*'", 0, "estop ");
	expect("%E --version | grep -c .", 0, "4\n");
	expect("%E --version | sed -n 2p", 0, "build   for ");
	expect("%E --version | sed -n 4p | grep -x \"kernel  $(uname -srm)\"", 0, "kernel  ");
#ifdef __linux__
	expect("%E --version | sed -n 3p", 0, "hooks   eBPF; opens and closes from tracepoints\n");
	expect("%E --hooks=functions --version | sed -n 3p", 0, "from functions of the kernel\n");
#endif
}

/* The good lines hold, and each bad one is named; exporting needs no privileges. */
static void
mute_files_are_read_and_exported(void **state)
{
	(void)state;
	expect("t=$(mktemp) && printf '%s\\n' 'exe:/a\\nb' bad 'prefix:/x/ events=open' >$t && "
	       "%E --mute-file $t --export-mutes rules 2>&1; rm -f $t",
	       0, ":2: invalid mute rule 'bad'");
	assert_non_null(strstr(output, "exe:/a\\nb\nprefix:/x/ events=open\n"));
	expect("%E --export-mutes eslogger -m /usr/lib/ 2>&1", 0,
	       "eslogger --select '/usr/lib/' open close\n");
	expect("%E --mute-file /nonexistent 2>&1", 2, "/nonexistent: No such file");
	expect("t=$(mktemp) && echo nonsense >$t && %S -b -n 1 -d 0.1 --mute-file $t 2>&1; rm -f $t", 0,
	       ":1: invalid mute rule 'nonsense'");
}

/* Its status is not that of SIGXFSZ, and a sentence says what is wrong. */
static void
a_limit_on_the_size_of_files_kills_nothing(void **state)
{
	(void)state;
	expect("t=$(mktemp -d) && (ulimit -f 1; FAKE_EVENTS=1000 FAKE_PROCESSES=10 %S -b -n 2 -d 0.2 -w $t/r 2>&1 >/dev/null"
	       "); s=$?; rm -rf $t; exit $s",
	       0, "File too large");
	expect("t=$(mktemp -d) && (ulimit -f 1; FAKE_PROCESSES=100 %S -b -n 2 -d 0.2 2>&1 >$t/r); s=$?; rm -rf $t; exit $s",
	       1, "cannot write: File too large");
}

/* As many as there are: each is in force, and the first twenty invalid lines are reported. */
static void
a_mute_file_may_be_large(void **state)
{
	unsigned reported = 0;

	(void)state;
	expect("d=$(mktemp -d); awk 'BEGIN { for (i = 0; i < 100000; i++) print \"prefix:/nonexistent/\" i % 997 \"/\" i \"/\";"
	       " for (i = 0; i < 200000; i++) print \"what is this\"; print \"exe:/last\" }' >$d/m; "
	       "%E --mute-file=$d/m --export-mutes=rules 2>$d/said | tail -n 1; cat $d/said; "
	       "printf '%s\n' '{\"estop\":{\"start\":{}}}' >$d/r; %E -b -r $d/r --speed max --mute-file=$d/m 2>/dev/null; "
	       "rm -r $d",
	       0, "exe:/last\nestop: ");
	for (const char *at = output; (at = strstr(at, "invalid mute rule")) != NULL; at++)
		reported++;
	assert_int_equal(reported, 20);
	assert_non_null(strstr(output, "estop: and 199980 more of this kind\n"));
	assert_non_null(
		strstr(output,
		       "muted  0 processes  100001 paths  (es: 0/100001 in the system, local 0 in estop)"));
}

/* Whatever a file or an argument holds, none of it reaches the terminal as it is. */
static void
what_comes_from_outside_is_said_in_plain_characters(void **state)
{
	/* ESC, BEL, C1 as UTF-8 and as a byte, a bidi override, a byte that is no UTF-8, DEL, a newline. */
	static const char *const commands[] = {
		"printf '\\033]0;T\\007 \\302\\233 \\233 \\342\\200\\256 \\377 \\177\\n' >$d/m; "
		"%E --mute-file=$d/m --export-mutes=rules",
		"printf '\\033]0;T\\007 = \\342\\200\\256\\302\\233\\377\\n' >$d/c; %S --config=$d/c -b -n 1 -d 0.1",
		"n=$(printf '%s/\\033]0;T\\007\\302\\233\\377' $d); echo bad >\"$n\"; "
		"%E --mute-file=\"$n\" --export-mutes=rules; %E -r \"$n\" -b",
		"n=$(printf '\\033]0;T\\007\\342\\200\\256'); %E -r \"$n=/nonexistent\" -b; "
		"%E -r \"$n=$d\" -r \"$n=$d\" -b; %E -w \"$d/$n/x\" -b -r $d; %E --\"$n\"",
		"n=$(printf '%s/\\033[2J\\nx' $d); mkdir \"$n\"; ln -s \"$n\" $d/l; %S -b -n 1 -d 0.1 -m $d/l -p $d/l",
		"printf '{\"\\033]0;T\\007\\n{}\\n' >$d/r; %E -r $d/r -b; n=$(printf '\\033]0;T'); %S -b -- \"$n\"",
		"printf '#!/bin/sh\\nexit 0\\n' >\"$d/$(printf 'p\\033]0;T')\"; chmod 755 $d/p*; %S -b -d 0.1 -- $d/p*",
		"printf '/a\\302\\233\\342\\200\\256\\377\\n/b\\\\x1b[2J\\n/c\\302\\255/\\n' >$d/m; "
		"for f in rules eslogger c; do %E --mute-file=$d/m --export-mutes=$f; done",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		for (int utf8 = 0; utf8 < 2; utf8++) {
			char command[2048];

			snprintf(command, sizeof(command),
				 "exec 2>&1; export LC_ALL=%s; d=$(mktemp -d); { %s; }; rm -rf $d",
				 utf8 ? "C.UTF-8" : "C", commands[i]);
			run(command);
			assert_true(output[0]);
			for (const char *c = output; *c; c++)
				if (((unsigned char)*c < ' ' && *c != '\n' && *c != '\t') || *c == 127)
					fail_msg("%s: byte %02x in '%s'", command, *c, output);
			assert_null(strstr(output, "\302\233"));
			assert_null(strstr(output, "\342\200\256"));
			assert_null(memchr(output, 0377, strlen(output)));
		}
	}
}

static void
without_a_terminal_it_points_to_batch_mode(void **state)
{
	(void)state;
	expect("%E 2>&1 </dev/null", 1, "estop: stdout is not a terminal; use -b for plain text\n");
}

static void
a_source_that_cannot_start_is_one_sentence_and_status_1(void **state)
{
	(void)state;
	expect("FAKE_REFUSE='not today' %S -b 2>&1", 1,
	       "estop: not today; estop -r FILE shows a recording without privileges, and make demo has one\n");
	expect("%S -b -n 1 -d 0.1 -m 99999 2>&1", 1, "estop: -m 99999: No such process\n");
}

static void
batch_writes_frames_and_the_accounts(void **state)
{
	unsigned frames = 0;

	(void)state;
	expect("%S -b -n 3 -d 0.1 2>&1", 0, "total open");
	for (const char *at = output; (at = strstr(at, "synthetic")) != NULL; at++)
		frames++;
	assert_int_equal(frames, 3);
	assert_non_null(strstr(output, "worker-1"));
	assert_null(strchr(output, '\033'));
}

/* A frame is a line of its own; what is said at the end is not among them. */
static void
batch_as_json_is_an_object_for_each_frame(void **state)
{
	char *rest = NULL;
	unsigned frames = 0;

	(void)state;
	assert_int_equal(run("FAKE_PROCESSES=3 %S --batch=json -n 3 -d 0.1 -m /usr/bin/worker-2 2>/dev/null"),
			 0);
	for (char *line = strtok_r(output, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		json_t *frame = json_loads(line, JSON_REJECT_DUPLICATES, NULL), *rows, *row = NULL;
		json_int_t opens;
		double rate;
		size_t i;

		if (!frame)
			fail_msg("not an object: '%s'", line);
		frames++;
		rows = json_object_get(frame, "rows");
		opens = json_integer_value(json_object_get(json_object_get(frame, "total"), "open"));
		rate = json_number_value(json_object_get(frame, "rate_all"));
		assert_true(json_array_size(rows) >= 3);
		for (i = 0; i < json_array_size(rows); i++) {
			const char *exe = json_string_value(json_object_get(json_array_get(rows, i), "exe"));

			assert_non_null(exe);
			if (strcmp(exe, "/usr/bin/worker-1") == 0)
				row = json_array_get(rows, i);
		}
		assert_non_null(row);
		assert_true(json_integer_value(json_object_get(row, "open")) <= opens);
		assert_true(json_integer_value(json_object_get(row, "pid")) > 0);
		assert_true(json_number_value(json_object_get(row, "ev_rate")) <= rate);
		assert_true(opens > 0);
		assert_true(json_is_object(json_object_get(json_object_get(frame, "lost"), "kernel")));
		assert_int_equal(json_integer_value(json_object_get(json_object_get(frame, "mutes"), "paths")),
				 1);
		assert_int_equal(strlen(json_string_value(json_object_get(frame, "time"))),
				 strlen("2025-08-07T15:13:09.811587Z"));
		json_decref(frame);
	}
	assert_int_equal(frames, 3);
	expect("%S --batch=json -n 1 -d 0.1 2>&1 >/dev/null", 0, "total open");
	/* A replay, whose last frame is the only one. */
	expect("%E --batch=json -r tests/demo.jsonl.zst --speed max -d 60 2>/dev/null | wc -l", 0, "1\n");
}

static void
batch_as_csv_names_its_columns_once(void **state)
{
	unsigned commas = 0, names = 0, lines = 0;
	char *rest = NULL;

	(void)state;
	assert_int_equal(run("FAKE_PROCESSES=3 %S --batch=csv -n 2 -d 0.1 2>/dev/null"), 0);
	for (char *line = strtok_r(output, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
		unsigned here = 0;

		for (const char *at = line; *at; at++)
			here += *at == ',';
		if (!lines++)
			commas = here;
		assert_int_equal(here, commas); /* no name in it has a comma */
		names += strncmp(line, "time,pid,", 9) == 0 && strstr(line, ",exe,title,depth,");
	}
	assert_int_equal(names, 1);
	assert_true(lines >= 1 + 2 * 3);
}

static void
batch_forms_are_checked(void **state)
{
	(void)state;
	expect("%E --batch=xml 2>&1", 2, "--batch");
	expect("%E --batch=json --width=80 2>&1", 2, "--width cannot be combined");
	expect("%E --batch=json -w - 2>&1", 2, "-w - cannot be combined");
	/* The letter takes no value: what follows are letters, too. */
	expect("FAKE_PROCESSES=3 %S -btn 1 -d 0.1 2>&1", 0, "total open");
	expect("FAKE_PROCESSES=3 %S --batch=text -n 1 -d 0.1 2>&1", 0, "total open");
}

/* The number before this word on the line at text; the line ends the search. */
static unsigned long long
number_before(const char *text, const char *word)
{
	const char *end = text + strcspn(text, "\n"), *at = strstr(text, word);

	assert_true(at && at < end);
	while (at > text && at[-1] == ' ')
		at--;
	while (at > text && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return strtoull(at, NULL, 10);
}

static void
every_event_produced_is_applied_or_lost(void **state)
{
	unsigned long long lost = 0, all = 0;
	unsigned types = 0;

	(void)state;
	/* Far more at once than the ring holds, and a reader held up by a slow pipe. */
	expect("FAKE_RATE=0 FAKE_EVENTS=3000000 %S -b -n 6 -d 0.1 2>&1 | { sleep 0.3; cat; }", 0, "total");
	for (const char *at = output; (at = strstr(at, "\ntotal ")) != NULL;) {
		unsigned long long gone;

		at++;
		gone = number_before(at, "lost in kernel") + number_before(at, "lost in ring");
		assert_true(number_before(at, "produced") == number_before(at, "applied") + gone);
		all += number_before(at, "produced");
		lost += gone;
		types++;
	}
	assert_int_equal(types, 5);
	assert_true(all > 0);
	assert_int_equal(lost > 0, strstr(output, " lost (") != NULL);
}

static void
only_the_events_asked_for_are_counted(void **state)
{
	(void)state;
	expect("%S -b -n 1 -d 0.1 -e close 2>&1", 0, "total close");
	assert_null(strstr(output, "total open"));
	assert_non_null(strstr(output, "total exec"));
	/* Of the others those that came have a line, so that a hundred do not. */
	expect("FAKE_OTHERS=2 %S -b -n 2 -d 0.1 -e rename,tcc_modify,-tcc_modify 2>&1", 0, "total rename");
	assert_null(strstr(output, "total unlink"));
	assert_null(strstr(output, "total tcc_modify"));
}

/* Before privileges are asked for, and before anything is opened. */
static void
events_no_linux_has_are_refused(void **state)
{
	(void)state;
#ifdef __linux__
	expect("%E -b -e open,tcc_modify 2>&1", 2,
	       "estop: this system has no event 'tcc_modify'; --list-events shows what it has\n");
	expect("%E -b -e session 2>&1", 2, "none of the events");
	expect("%E --list-events", 0,
	       "\nsecurity  tcc_modify                 no     no        a privacy permission");
#else
	skip();
#endif
}

static void
a_scope_hides_the_rest(void **state)
{
	(void)state;
	expect("%S -b -n 1 -d 0.1 -p /usr/bin/worker-3 2>&1", 0, "worker-3");
	assert_null(strstr(output, "worker-4"));
	expect("%S -b -n 1 -d 0.1 --flat -p 100,101 2>&1", 0, "101");
	assert_null(strstr(output, "worker-9"));
}

static void
mutes_of_the_command_line_hold_from_the_start(void **state)
{
	const char *line;

	(void)state;
	expect("%S -b -n 2 -d 0.1 -m /usr/bin/worker-3 -m process:100 2>&1", 0, "1 process");
	line = strstr(output, "\ntotal open");
	assert_non_null(line);
	assert_true(number_before(line + 1, "muted") > 0);
}

static void
an_interrupt_ends_batch_mode_with_the_accounts(void **state)
{
	(void)state;
	expect("timeout -s INT 0.7 %S -b -d 0.2 2>&1; :", 0, "total open");
	assert_int_equal(run("timeout --preserve-status -s TERM 0.5 %S -b -d 0.2 >/dev/null 2>&1"), 143);
}

/* Whatever ends it: what is known of losses, and the status that a shell gives. */
static void
a_log_says_what_was_lost_when_a_signal_ends_it(void **state)
{
	static const struct {
		const char *name;
		int status, lost;
		const char *says;
	} cases[] = {
		{ "TERM", 128 + 15, 1,
		  "estop: 1 event lost (1 in the kernel, 0 in the ring): it is missing in this log\n" },
		{ "HUP", 128 + 1, 7,
		  "estop: 7 events lost (7 in the kernel, 0 in the ring): they are missing in this log\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char command[2048];

		/* What it has logged, it has read; the writer stays. */
		snprintf(command, sizeof(command),
			 "d=$(mktemp -d); mkfifo $d/f; exec 9<>$d/f; %%E --log=line -r $d/f >$d/o 2>$d/e & p=$!; "
			 "echo '{\"estop\":{\"start\":{}}}' >&9; "
			 "echo '{\"estop\":{\"lost\":{\"kernel\":{\"open\":%d},\"ring\":{}}}}' >&9; "
			 "echo '{\"event\":{\"exit\":{\"stat\":0}},\"process\":{\"audit_token\":{\"pid\":5}}}' >&9; "
			 "until grep -q exit $d/o; do sleep 0.02; done; kill -%s $p; wait $p; s=$?; cat $d/e; rm -r $d; "
			 "exit $s",
			 cases[i].lost, cases[i].name);
		expect(command, cases[i].status, cases[i].says);
	}
}

static void
a_filter_that_takes_too_long_is_said_in_the_header(void **state)
{
	const char *replay =
		"d=$(mktemp -d); awk 'BEGIN { for (i = 0; i < 3000; i++) a = a \"a\"; t = \"\\\"audit_token\\\":"
		"[0,0,0,0,0,7,0,1],\\\"executable\\\":{\\\"path\\\":\\\"/bin/x\\\"}\"; "
		"print \"{\\\"estop\\\":{\\\"seen\\\":{\\\"process\\\":{\" t \"},\\\"args\\\":[\\\"\" a \"bx\\\"]}}}\" }' >$d/r; "
		"%E -b -r $d/r --speed max --filter '~(a+)+\\1x' 2>&1; %E -b -r $d/r --speed max --filter '~a+bx' 2>&1; rm -r $d";

	(void)state;
	expect(replay, 0, "filter too costly: ~(a+)+\\1x");
	assert_non_null(strstr(output, "filter ~a+bx  1 of 1 rows"));
	expect("%E -b --filter '~a++++++++++' 2>&1", 2,
	       "invalid --filter: column 1: invalid regular "
	       "expression: quantifier");
}

/* It waits for lines as for any others, and not where it hears nothing. */
static void
a_fifo_without_a_writer_is_waited_for_and_left(void **state)
{
	static const struct {
		const char *name;
		int status;
	} signals[] = { { "INT", 0 }, { "TERM", 128 + 15 }, { "HUP", 128 + 1 }, { "QUIT", 128 + 3 } };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		char command[512];

		/* The first frame says that it waits. A shell would have a job in the background ignore INT. */
		snprintf(command, sizeof(command),
			 "d=$(mktemp -d); mkfifo $d/f; touch $d/o; "
			 "{ until grep -q 'replay f' $d/o; do sleep 0.02; done; kill -%s $(cat $d/p); } & "
			 "(sh -c 'echo $PPID' >$d/p; exec %%E -b -d 0.1 -r $d/f >$d/o 2>&1); s=$?; cat $d/o; rm -r $d; exit $s",
			 signals[i].name);
		expect(command, signals[i].status, "\ntotal open ");
	}
	expect("d=$(mktemp -d); mkfifo $d/f; { sleep 0.3; printf '%s\n' '{\"estop\":{\"start\":{}}}' '{\"estop\":{\"end\":{}}}' >$d/f; } & "
	       "%E -b -d 0.1 -r $d/f 2>&1; s=$?; rm -r $d; exit $s",
	       0, "replay f end");
}

/* What ssh brings along from a Mac, and a locale that is not installed, still ask for UTF-8. */
static void
the_locale_decides_about_characters(void **state)
{
	(void)state;
	const char *const utf8[] = { "LC_ALL= LC_CTYPE=UTF-8", "LC_ALL=xx_XX.UTF-8",
				     "LC_ALL= LC_CTYPE= LANG=xx_XX.utf8", "LC_ALL=C.UTF-8" };
	const char *const ascii[] = { "LC_ALL=C", "LC_ALL=C LANG=xx_XX.UTF-8", "LC_ALL=xx_XX.ISO-8859-1" };
	char command[400];

	for (size_t i = 0; i < sizeof(utf8) / sizeof(utf8[0]); i++) {
		snprintf(command, sizeof(command), "%s %%E --export-mutes=nonsense-\xc3\xbc 2>&1", utf8[i]);
		expect(command, 2, "nonsense-\xc3\xbc");
	}
	for (size_t i = 0; i < sizeof(ascii) / sizeof(ascii[0]); i++) {
		snprintf(command, sizeof(command), "%s %%E --export-mutes=nonsense-\xc3\xbc 2>&1", ascii[i]);
		expect(command, 2, "nonsense-\\u00fc");
	}
}

/* Of --log and the summary, too; and --ascii asks for it in any locale. */
static void
ascii_is_ascii_everywhere(void **state)
{
	static const char line[] =
		"echo '{\"version\":1,\"time\":\"2026-01-01T00:00:00Z\",\"event_type\":10,\"process\":{\"audit_token\":"
		"{\"pid\":5,\"pidversion\":1,\"euid\":0},\"executable\":{\"path\":\"/bin/\xc3\xbc\"}},\"event\":{\"open\":"
		"{\"fflag\":1,\"file\":{\"path\":\"/tmp/\xc3\xb6\"}}}}' |";
	char command[600];

	(void)state;
	snprintf(command, sizeof(command), "%s LC_ALL=C %%E -r - --log=line", line);
	expect(command, 0, "/tmp/\\u00f6");
	snprintf(command, sizeof(command), "%s LC_ALL=C.UTF-8 %%E -r - --log=line --ascii", line);
	expect(command, 0, "/tmp/\\u00f6");
	snprintf(command, sizeof(command), "%s LC_ALL=C.UTF-8 %%E -r - --log=line", line);
	expect(command, 0, "/tmp/\xc3\xb6");
	/* JSON is UTF-8 whatever the locale. */
	snprintf(command, sizeof(command), "%s LC_ALL=C %%E -r - --log=json", line);
	expect(command, 0, "/tmp/\xc3\xb6");
}

static void
a_reader_that_leaves_ends_batch_mode_quietly(void **state)
{
	(void)state;
	expect("{ { timeout 20 %S -b -d 0.1 2>&3; echo status $? >&3; } | head -1 >/dev/null; } 3>&1", 0,
	       "status 141\n");
	assert_string_equal(output, "status 141\n");
	expect("%S -b -n 1 -d 0.1 2>&1 >/dev/full", 1, "estop: cannot write: ");
}

static void
a_resolved_path_is_told(void **state)
{
	(void)state;
	expect("d=$(mktemp -d); touch $d/file; ln -s file $d/link; %S -b -n 1 -d 0.1 -p $d/link 2>&1;"
	       "rm -r $d",
	       0, "/link is ");
}

/* Without events of its own a command runs all the same, and passes its status on. */
static void
a_command_runs_and_its_status_is_ours(void **state)
{
	(void)state;
	expect("%S -b -d 0.2 -- sh -c 'echo hello; exit 3' 2>&1 >/dev/null", 3, "hello\n");
	assert_non_null(strstr(output, "estop: sh: exit status 3 after "));
	expect("FAKE_REFUSE='not today' %S -b -- echo hello 2>&1", 1, "estop: not today");
	assert_null(strstr(output, "hello"));
	expect("%S -b -- /nonexistent 2>&1", 127, "estop: cannot run /nonexistent: command not found\n");
	expect("PATH=/nonexistent:/ %S -b -- etc 2>&1", 126, ": not executable\n");
	/* What is no command of ours is not run: the words may have a meaning for a shell. */
	expect("%S -b -- echo '$(exit 9)' '>x' 2>&1 >/dev/null", 0, "$(exit 9) >x\n");
}

/* The demo's accounts say how many events there are of which type. */
static void
an_export_of_a_recording_has_all_its_events(void **state)
{
	(void)state;
	expect("a=$(%E --export=folded -r tests/demo.jsonl.zst | awk '{ s += $NF } END { print s + 0 }');"
	       "b=$(%E -b --speed=max -r tests/demo.jsonl.zst | "
	       "awk '$1 == \"total\" { s += $6 } END { print s + 0 }'); echo \"$a $b\"; [ \"$a\" = \"$b\" ]",
	       0, "");
	expect("a=$(%E --export=folded-opens -r tests/demo.jsonl.zst | awk '{ s += $NF } END { print s + 0 }');"
	       "b=$(%E -b --speed=max -r tests/demo.jsonl.zst | awk '$1 == \"total\" && $2 == \"open\" { print $6 }');"
	       "echo \"$a $b\"; [ \"$a\" = \"$b\" ] && [ \"$a\" -gt 0 ]",
	       0, "");
	if (run("command -v protoc") == 0)
		expect("a=$(%E --export=perfetto -r tests/demo.jsonl.zst | protoc -Isrc/stream --decode=estop.Trace "
		       "src/stream/perfetto.proto | grep -c '^ *name: \"path\"');"
		       "b=$(%E -b --speed=max -r tests/demo.jsonl.zst | awk '$2 == \"exec\" { print $6 }');"
		       "echo \"$a $b\"; [ \"$a\" = \"$b\" ] && [ \"$a\" -gt 0 ]",
		       0, "");
	expect("%S --export=folded -b 2>&1", 2, "estop: --export cannot be combined with -b\n");
	expect("%S --export=nonsense 2>&1", 2, "estop: --export: expected ");
}

/* Once it says where, it can be asked. Whatever ends it, the accounts are not lost on anybody. */
static void
metrics_are_served_without_a_screen(void **state)
{
	(void)state;
	if (run("command -v curl") != 0 || run("ldconfig -p | grep libmicrohttpd.so.12") != 0) {
		puts("SKIP: no curl or no libmicrohttpd");
		skip();
	}
	expect("d=$(mktemp -d); %S --metrics=127.0.0.1:0 2>$d/said & p=$!; i=0;"
	       "until grep -q http $d/said || [ $i = 600 ]; do i=$((i + 1)); sleep 0.1; done;"
	       "curl -s $(sed 's/.* at //' $d/said); curl -s -i -X PUT -d x $(sed 's/.* at //' $d/said);"
	       "kill $p; wait $p; echo status $?; rm -r $d",
	       0, "estop_events_total{type=\"open\"}");
	assert_non_null(strstr(output, "405 Method Not Allowed"));
	assert_non_null(strstr(output, "status 143"));
	expect("%S --metrics=localhost:1 2>&1", 2, "estop: --metrics: expected ADDRESS:PORT in numbers");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_usage_is_one_sentence_and_status_2),
		cmocka_unit_test(what_is_asked_for_is_printed),
		cmocka_unit_test(the_version_comes_with_build_hooks_and_kernel),
		cmocka_unit_test(mute_files_are_read_and_exported),
		cmocka_unit_test(a_limit_on_the_size_of_files_kills_nothing),
		cmocka_unit_test(a_mute_file_may_be_large),
		cmocka_unit_test(what_comes_from_outside_is_said_in_plain_characters),
		cmocka_unit_test(without_a_terminal_it_points_to_batch_mode),
		cmocka_unit_test(a_source_that_cannot_start_is_one_sentence_and_status_1),
		cmocka_unit_test(batch_writes_frames_and_the_accounts),
		cmocka_unit_test(batch_as_json_is_an_object_for_each_frame),
		cmocka_unit_test(batch_as_csv_names_its_columns_once),
		cmocka_unit_test(batch_forms_are_checked),
		cmocka_unit_test(every_event_produced_is_applied_or_lost),
		cmocka_unit_test(only_the_events_asked_for_are_counted),
		cmocka_unit_test(events_no_linux_has_are_refused),
		cmocka_unit_test(a_scope_hides_the_rest),
		cmocka_unit_test(mutes_of_the_command_line_hold_from_the_start),
		cmocka_unit_test(an_interrupt_ends_batch_mode_with_the_accounts),
		cmocka_unit_test(a_log_says_what_was_lost_when_a_signal_ends_it),
		cmocka_unit_test(a_filter_that_takes_too_long_is_said_in_the_header),
		cmocka_unit_test(a_fifo_without_a_writer_is_waited_for_and_left),
		cmocka_unit_test(the_locale_decides_about_characters),
		cmocka_unit_test(ascii_is_ascii_everywhere),
		cmocka_unit_test(a_reader_that_leaves_ends_batch_mode_quietly),
		cmocka_unit_test(a_resolved_path_is_told),
		cmocka_unit_test(a_command_runs_and_its_status_is_ours),
		cmocka_unit_test(an_export_of_a_recording_has_all_its_events),
		cmocka_unit_test(metrics_are_served_without_a_screen),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
