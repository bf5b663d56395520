/*
 * The script of a Mac's first run, here: each of its steps works, and its questions get the answers that
 * are known of Linux. What there is no program for is left out. Needs root.
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
#include <unistd.h>
#include <cmocka.h>

static char report[1 << 20];

static const char *
says(const char *from, const char *what)
{
	const char *at = strstr(from, what);

	if (!at)
		fail_msg("'%s' is not in the report:\n%s", what, report);
	return at;
}

static void
the_report_answers_each_question(void **state)
{
	static const char *const answers[] = {
		"es_new_client: 0",
		"events arrive: yes",
		"muted process: suppressed",
		"child of a muted process: delivered",
		"unmuted again: delivered",
		"mute of an execution that never was: refused",
		"pidversion at exec: changed",
		"muted process after its exec: delivered",
		"old execution unmuted, then the new one muted: suppressed",
		"seq_num over 1000 muted opens: does not count them",
		"1000 opens: goes on",
		"inverted, a process that is not listed: suppressed",
		"inverted, a process that is listed: delivered",
		"inverted back: delivered",
		"es_delete_client: SUCCESS",
		/* the header: nothing muted, one rule, ten rules */
		"(es: 0/0 ",
		"(es: 0/1 ",
		"(es: 0/10 ",
		"/s open\n",
		"/s in all\n",
		"exit status 0 after",
		"\"event_type\":9",
	};
	static char page[1 << 16];
	const char *build = getenv("ESTOP_BUILD"), *at;
	unsigned steps = 0;

	(void)state;
	if (geteuid() != 0 || !build) {
		puts("SKIP: the script watches live, as root; run make check");
		skip();
	}
	/* Not built again, and a second for each measurement. */
	assert_int_equal(shell_run("d=$(mktemp -d); trap 'rm -rf \"$d\"' EXIT; MAKE=true SECONDS_EACH=1 B='%B' "
				   "sh src/darwin/first-run.sh \"$d/report\" 2>&1 >&2; status=$?; "
				   "cat \"$d/report\"; rm \"$d/report\"; ls -A \"$d\"; exit $status",
				   (const struct shell_word[]){ { 'B', build }, { 0, NULL } }, report,
				   sizeof(report)),
			 0);
	assert_int_equal(shell_run("cat src/darwin/FIRST-RUN.md", (const struct shell_word[]){ { 0, NULL } },
				   page, sizeof(page)),
			 0);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		says(report, answers[i]);
	/* Each step is in the page, and each ended well. */
	for (at = report; (at = strstr(at, "\n## ")) != NULL; at++) {
		char name[64];
		const char *status = says(at, "\nexit status: ");

		assert_int_equal(sscanf(at, "\n## %*u. %63[^\n]", name), 1);
		if (strncmp(status, "\nexit status: 0\n", 16) != 0)
			fail_msg("the step '%s' failed:\n%s", name, at);
		if (!strstr(page, name))
			fail_msg("FIRST-RUN.md lacks the step '%s'", name);
		steps++;
	}
	assert_int_equal(steps, 12);
	/* Nothing else is left behind. */
	assert_string_equal(report + strlen(report) - strlen("exit status: 0\n"), "exit status: 0\n");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_answers_each_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
