/* Man pages, README and HACKING say what the tables say, and the pictures show the screen as it is. */
#include <glob.h>
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

/* 0: the file is what this program makes of it now. */
static int
regenerate(const char *program, const char *format, const char *file)
{
	const char *build = getenv("ESTOP_BUILD");
	char command[1024];
	int status;

	if (!build) {
		puts("SKIP: ESTOP_BUILD does not say where the programs are; run make check");
		skip();
	}
	snprintf(command, sizeof(command), "'%s/tests/programs/%s' %s %s | diff -u %s - >&2", build, program,
		 format, file, file);
	status = system(command);
	if (status)
		fprintf(stderr, "%s is out of date: run make docs\n", file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
check_all(const char *program, const char *format, const char *pattern, size_t at_least)
{
	size_t differ = 0;
	glob_t files;

	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	assert_true(files.gl_pathc >= at_least);
	for (size_t i = 0; i < files.gl_pathc; i++)
		if (regenerate(program, format, files.gl_pathv[i]) != 0)
			differ++;
	globfree(&files);
	assert_int_equal(differ, 0);
}

static void
man_pages_say_what_the_tables_say(void **state)
{
	(void)state;
	check_all("prog_docs", "man", "man/*.[1-9]", 3);
}

static void
readme_and_hacking_say_what_the_tables_say(void **state)
{
	(void)state;
	check_all("prog_docs", "markdown", "README.md", 1);
	check_all("prog_docs", "markdown", "src/HACKING.md", 1);
}

static void
completions_say_what_the_tables_say(void **state)
{
	(void)state;
	check_all("prog_docs", "bash", "src/dist/completions/estop.bash", 1);
	check_all("prog_docs", "zsh", "src/dist/completions/_estop", 1);
	check_all("prog_docs", "fish", "src/dist/completions/estop.fish", 1);
}

static void
pictures_show_the_screen_as_it_is(void **state)
{
	(void)state;
	check_all("prog_picture", "svg", "man/*.svg", 3);
}

/* A file or folder, a pattern of them, or a name of the source; what is typed or filled in is neither. */
static bool
is_there(const char *word)
{
	static const char *const tops[] = { "src/", "model/", "ui/", "tests/", "man/" };
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./*-";
	size_t length = strlen(word);
	char command[300];
	glob_t files;

	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		int none;

		if (strncmp(word, tops[i], strlen(tops[i])) != 0 || strspn(word, letters) != length ||
		    strstr(word, "NAME") || strstr(word, "MODULE"))
			continue;
		none = glob(word, 0, NULL, &files);
		globfree(&files);
		return none == 0;
	}
	if (length > 6 && strcmp(word + length - 6, "_TABLE") == 0 && strspn(word, letters) == length) {
		snprintf(command, sizeof(command), "grep -rqw --include='*.[ch]' %.200s src model ui", word);
		return system(command) == 0;
	}
	return true;
}

static void
hacking_names_what_is_there(void **state)
{
	FILE *f = fopen("src/HACKING.md", "r");
	size_t missing = 0, named = 0;
	char line[1000];

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		char *rest = NULL;
		bool code = line[0] == '`';

		/* Between backticks: every second piece. */
		for (char *word = strtok_r(line, "`", &rest); word; word = strtok_r(NULL, "`", &rest)) {
			named += code;
			if (code && !is_there(word)) {
				fprintf(stderr, "src/HACKING.md names %s, which is not there\n", word);
				missing++;
			}
			code = !code;
		}
	}
	fclose(f);
	assert_true(named > 50);
	assert_int_equal(missing, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(man_pages_say_what_the_tables_say),
		cmocka_unit_test(readme_and_hacking_say_what_the_tables_say),
		cmocka_unit_test(completions_say_what_the_tables_say),
		cmocka_unit_test(hacking_names_what_is_there),
		cmocka_unit_test(pictures_show_the_screen_as_it_is),
	};

	return cmocka_run_group_tests_name("docs", tests, NULL, NULL);
}
