/*
 * The pipes of estop-streams(7) and the examples that are installed, as they stand there. A recording takes the
 * place of what is watched, a shell that of ssh(1) and sudo(8), and a file that of the journal.
 */
#include "tests/lib/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char directory[64], output[1 << 18];

static void
run(const char *command)
{
	const struct shell_word words[] = { { 'D', directory }, { 'E', getenv("ESTOP") }, { 0 } };
	int status;

	if (!getenv("ESTOP")) {
		puts("SKIP: ESTOP does not name the program; run make check");
		skip();
	}
	status = shell_run(command, words, output, sizeof(output));
	if (status)
		fail_msg("%s: status %d, '%s'", command, status, output);
}

/* Commands of the page become %D/1.sh and so on: from "$ " or "# " in a literal block to the block's end. */
static int
begin(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/estop-streams.XXXXXX");
	assert_non_null(mkdtemp(directory));
	run("mkdir %D/bin && cp tests/demo.jsonl.zst %D/build.jsonl.zst && e=$(realpath %E) && cd %D/bin && "
	    /* What is not told what to replay, replays the demo; without a terminal it writes frames. */
	    "printf '#!/bin/sh\\nr=\"-r %D/build.jsonl.zst --speed max\" b=-b\\nfor w; do case $w in\\n"
	    "-r) r= ;; -b|--log=*|--batch=*) b= ;; esac; done\\nexec '$e' $r $b \"$@\"\\n' >estop && "
	    "printf '#!/bin/sh\\nshift\\nexec sh -c \"$*\"\\n' >ssh && "
	    "printf '#!/bin/sh\\n[ \"$1\" = -n ] && shift\\nexec \"$@\"\\n' >sudo && "
	    "printf '#!/bin/sh\\n[ \"$1 $2\" = \"-t estop\" ] || exit 1\\nexec cat >>%D/journal\\n' >systemd-cat && "
	    "chmod +x *");
	run("awk -v dir=%D '/^\\.Ed/ { if (file) close(file); file = \"\" } "
	    "file || (literal && /^[$#] /) { if (!file) file = dir \"/\" ++n \".sh\"; sub(/^[$#] /, \"\"); "
	    "gsub(/\\\\e/, \"\\\\\"); print >file } /^\\.Bd -literal/ { literal = 1 } /^\\.Ed/ { literal = 0 }' "
	    "man/estop-streams.7");
	return 0;
}

static int
end(void **state)
{
	(void)state;
	run("rm -r %D");
	return 0;
}

/* number: of the command; show: what it leaves, after it. */
static void
pipe_of_page(unsigned number, const char *has, const char *show)
{
	char command[600];

	snprintf(command, sizeof(command),
		 "cd %%D && [ -e %u.sh ] && grep -q '%s' %u.sh && PATH=%%D/bin:$PATH bash -e -o pipefail %u.sh 2>err%s%s",
		 number, has, number, number, *show ? " && " : "", show);
	run(command);
}

static void
says(const char *text)
{
	if (!strstr(output, text))
		fail_msg("no '%s' in '%s'", text, output);
}

static void
events_of_another_machine_come_by_ssh(void **state)
{
	(void)state;
	pipe_of_page(1, "ssh web", "");
	says("replay");
	pipe_of_page(2, "ssh db", "");
	says("web");
	says("db");
	pipe_of_page(3, "zstd -q", "bin/estop -r web.jsonl.zst --speed max --log=line | grep -c ' exec '");
	assert_true(strtol(output, NULL, 10) > 10);
}

static void
jq_reads_events_and_frames(void **state)
{
	(void)state;
	pipe_of_page(4, "jq -r", "");
	says("clang -std=c11 ");
	pipe_of_page(5, "modified", "");
	says("\t/");
	pipe_of_page(6, "uniq -c", "");
	says(" /");
	pipe_of_page(7, "rate_all", "");
	says("\"rate_all\":");
	says("\"lost\":0}");
}

static void
a_shipper_gets_a_file_of_json_lines(void **state)
{
	(void)state;
	pipe_of_page(8, "max-size=64M", "jq -e -s 'map(select(.event)) | length > 100' estop.jsonl");
	says("true");
	pipe_of_page(9, "@timestamp",
		     "jq -e -s 'length > 100 and all(.[\"@timestamp\"] and .event and .pid)' events.ndjson");
	says("true");
}

static void
the_journal_gets_lines(void **state)
{
	(void)state;
	pipe_of_page(10, "systemd-cat", "grep -c ' exec ' journal");
	assert_true(strtol(output, NULL, 10) > 10);
	pipe_of_page(11, "unbuffered", "tail -n 1 journal");
	says("{\"rate_all\":");
	/* There is no other. */
	run("[ ! -e %D/12.sh ]");
}

static void
the_unit_is_one_that_systemd_takes(void **state)
{
	(void)state;
	run("command -v systemd-analyze >/dev/null || exit; e=$(realpath %E); for unit in src/dist/examples/*.service; do "
	    "sed \"s|/usr/bin/estop |$e |\" $unit >%D/${unit##*/} && systemd-analyze verify --man=no %D/${unit##*/} 2>&1; "
	    "done");
	assert_string_equal(output, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_another_machine_come_by_ssh),
		cmocka_unit_test(jq_reads_events_and_frames),
		cmocka_unit_test(a_shipper_gets_a_file_of_json_lines),
		cmocka_unit_test(the_journal_gets_lines),
		cmocka_unit_test(the_unit_is_one_that_systemd_takes),
	};

	return cmocka_run_group_tests_name("streams", tests, begin, end);
}
