/* The man page and the README say what the tables say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <cmocka.h>

static int
regenerate(const char *format, const char *file)
{
	const char *build = getenv("ESTOP_BUILD");
	char command[1024];
	int status;

	if (!build) {
		puts("SKIP: ESTOP_BUILD does not say where prog_docs is; run make check");
		skip();
	}
	snprintf(command, sizeof(command), "'%s/tests/programs/prog_docs' %s %s | diff -u %s - >&2", build,
		 format, file, file);
	status = system(command);
	if (status)
		fprintf(stderr, "%s has drifted from the tables: run make docs\n", file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
the_man_page_says_what_the_tables_say(void **state)
{
	(void)state;
	assert_int_equal(regenerate("man", "man/estop.1"), 0);
	assert_int_equal(regenerate("man", "man/estop-mutes.5"), 0);
}

static void
the_readme_says_what_the_tables_say(void **state)
{
	(void)state;
	assert_int_equal(regenerate("markdown", "README.md"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_man_page_says_what_the_tables_say),
		cmocka_unit_test(the_readme_says_what_the_tables_say),
	};

	return cmocka_run_group_tests_name("docs", tests, NULL, NULL);
}
