/* estop_run - see estop_run.h. */
#include "tests/lib/estop_run.h"
#include "tests/lib/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

char estop_self[4096], estop_directory[64], estop_output[1 << 20];

void
estop_find_self(void)
{
	assert_true(readlink("/proc/self/exe", estop_self, sizeof(estop_self) - 1) > 0);
}

bool
estop_begin(const char *name)
{
	if (geteuid() != 0 || !getenv("ESTOP")) {
		puts("SKIP: needs root, and ESTOP to name the program; run make check as root");
		return false;
	}
	snprintf(estop_directory, sizeof(estop_directory), "/tmp/estop-%s.XXXXXX", name);
	assert_non_null(mkdtemp(estop_directory));
	return true;
}

int
estop_end(void **state)
{
	(void)state;
	if (estop_directory[0])
		assert_int_equal(estop_run("rm -r '%D'"), 0);
	estop_directory[0] = '\0';
	return 0;
}

int
estop_run(const char *command)
{
	const struct shell_word words[] = {
		{ 'E', getenv("ESTOP") },
		{ 'C', estop_self },
		{ 'D', estop_directory },
		{ 0 },
	};

	if (!estop_directory[0])
		skip();
	return shell_run(command, words, estop_output, sizeof(estop_output));
}

void
estop_expect(const char *command, int status)
{
	int got = estop_run(command);

	if (got != status)
		fail_msg("%s: status %d, not %d, and '%s'", command, got, status, estop_output);
}

void
estop_says(const char *text)
{
	if (!strstr(estop_output, text))
		fail_msg("no '%s' in '%s'", text, estop_output);
}

unsigned
estop_lines(const char *one, const char *two, const char *three)
{
	unsigned n = 0;

	for (char *line = estop_output, *end; *line; line = end) {
		char kept;

		end = line + strcspn(line, "\n");
		end += *end == '\n';
		kept = *end;
		*end = '\0';
		n += strstr(line, one) && strstr(line, two) && strstr(line, three);
		*end = kept;
	}
	return n;
}
