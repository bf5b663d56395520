/* shell - see shell.h. */
#include "tests/lib/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
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
