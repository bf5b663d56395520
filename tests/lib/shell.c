/* shell - see shell.h. */
#include "tests/lib/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <cmocka.h>

static const char *
word_of(const struct shell_word words[], char letter)
{
	for (; words->letter; words++)
		if (words->letter == letter)
			return words->text;
	return NULL;
}

int
shell_run(const char *command, const struct shell_word words[], char *output, size_t size)
{
	char line[4096];
	size_t used = 0, n;
	int status;
	FILE *f;

	for (; *command; command++) {
		const char *word = *command == '%' ? word_of(words, command[1]) : NULL;

		if (word)
			command++;
		used += (size_t)snprintf(line + used, sizeof(line) - used, "%.*s",
					 word ? (int)strlen(word) : 1, word ? word : command);
		assert_true(used < sizeof(line));
	}
	line[used] = '\0';
	f = popen(line, "r");
	assert_non_null(f);
	n = fread(output, 1, size - 1, f);
	output[n] = '\0';
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void
shell_make(const char *command, const char *directory, char *output, size_t size)
{
	const char *build = getenv("ESTOP_BUILD"), *san = getenv("ESTOP_SAN");
	char make[512];
	const struct shell_word words[] = { { 'M', make }, { 'B', build }, { 'D', directory }, { 0 } };
	int status;

	if (!build) {
		puts("SKIP: ESTOP_BUILD does not say where the programs are; run make check");
		skip();
	}
	/* Options of the make that runs the tests are not for this one. */
	snprintf(make, sizeof(make),
		 "env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory B='%s' SAN='%s'", build,
		 san ? san : "");
	status = shell_run(command, words, output, size);
	if (status)
		fail_msg("%s: status %d, '%s'", command, status, output);
}
