/* What is typed becomes what events have. */
#include "src/base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* A directory "real", and "link", which is a link to it, as /tmp is one on a Mac. */
static char top[4096];

static int
setup(void **state)
{
	char made[] = "/tmp/estop-path-XXXXXX", command[8300];

	(void)state;
	if (!mkdtemp(made) || !realpath(made, top))
		return -1;
	snprintf(command, sizeof(command), "mkdir '%s/real' && touch '%s/real/file' && ln -s real '%s/link'",
		 made, made, made);
	return system(command);
}

static int
teardown(void **state)
{
	char command[8300];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", top);
	return chdir("/") != 0 || system(command) != 0;
}

/* Both below top. */
static void
expect(const char *typed, const char *canonical)
{
	char from[8192], to[8192], *got;

	snprintf(from, sizeof(from), "%s%s", top, typed);
	snprintf(to, sizeof(to), "%s%s", top, canonical);
	got = path_canonical(from);
	assert_string_equal(got, to);
	free(got);
}

static void
links_are_resolved(void **state)
{
	(void)state;
	expect("/link/file", "/real/file");
	expect("/link", "/real");
	expect("/real/file", "/real/file");
	expect("/link/../link/./file", "/real/file");
	expect("//link//file", "/real/file");
}

static void
slash_at_the_end_stays(void **state)
{
	char *root = path_canonical("/");

	(void)state;
	expect("/link/", "/real/");
	expect("/real/", "/real/");
	expect("/link/none/", "/real/none/");
	assert_string_equal(root, "/");
	free(root);
}

static void
what_does_not_exist_yet_is_resolved_as_far_as_it_does(void **state)
{
	(void)state;
	expect("/link/none", "/real/none");
	expect("/link/none/at/all", "/real/none/at/all");
	expect("/none", "/none");
	expect("/link/none/../file", "/link/none/../file");
}

static void
nothing_at_all_stays_as_it_is(void **state)
{
	static const char *const paths[] = { "/nonexistent", "/nonexistent/dir/", "/nonexistent/a b" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char *got = path_canonical(paths[i]);

		assert_string_equal(got, paths[i]);
		free(got);
	}
}

static void
relative_paths_must_exist(void **state)
{
	char expected[8192], *got;

	(void)state;
	assert_int_equal(chdir(top), 0);
	got = path_canonical("link/file");
	snprintf(expected, sizeof(expected), "%s/real/file", top);
	assert_string_equal(got, expected);
	free(got);
	assert_null(path_canonical("link/none"));
	assert_null(path_canonical(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_resolved),
		cmocka_unit_test(slash_at_the_end_stays),
		cmocka_unit_test(what_does_not_exist_yet_is_resolved_as_far_as_it_does),
		cmocka_unit_test(nothing_at_all_stays_as_it_is),
		cmocka_unit_test(relative_paths_must_exist),
	};

	return cmocka_run_group_tests_name("path", tests, setup, teardown);
}
