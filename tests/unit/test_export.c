/* Rows written to a file: cleaned for people, without loss for programs, and safely. */
#include "src/app/export.h"

#include <errno.h>
#include <jansson.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static struct sheet *sheet;
static char directory[64], why[512];

static int
setup(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/estop-export.XXXXXX");
	assert_non_null(mkdtemp(directory));
	sheet = sheet_create();
	sheet_describe(sheet, "estop  host  live");
	sheet_column(sheet, "PID", "PID", false);
	sheet_column(sheet, "EV_RATE", "EV/S", false);
	sheet_column(sheet, "COMMAND", "COMMAND", true);
	sheet_column(sheet, "exit", NULL, false);
	return 0;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	sheet_destroy(sheet);
	snprintf(command, sizeof(command), "rm -r '%s'", directory);
	return system(command);
}

static void
add(int64_t pid, double rate, const char *command)
{
	char number[32];

	snprintf(number, sizeof(number), "%d", (int)pid);
	sheet_add(sheet, sheet_int(pid), number);
	sheet_add(sheet, sheet_real(rate), "1");
	sheet_add(sheet, sheet_text(command), command);
	sheet_add(sheet, (struct sheet_value){ .kind = SHEET_NONE }, NULL);
}

static char *
written(enum export_form form)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	export_write(f, sheet, form);
	fclose(f);
	return text;
}

static void
text_has_titles_and_straight_columns(void **state)
{
	char *text;

	(void)state;
	add(1, 0.5, "/sbin/init   ");
	add(12345, 0.5, "make -j8");
	text = written(EXPORT_AS_TEXT);
	assert_string_equal(text, "estop  host  live\n"
				  "  PID EV/S COMMAND\n"
				  "    1    1 /sbin/init\n"
				  "12345    1 make -j8\n");
	free(text);
}

static void
nothing_in_text_can_act_on_a_terminal(void **state)
{
	unsigned lines = 0;
	char *text;

	(void)state;
	add(1, 0,
	    "a\033]52;c;eA==\007b\nc\x9b"
	    "31m\xff\xe2\x80\xae");
	text = written(EXPORT_AS_TEXT);
	for (const char *at = text; *at; at++)
		assert_true(*at == '\n' || ((unsigned char)*at >= ' ' && *at != 0x7f));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strstr(text, "\xff"));
	/* Three lines: the name has made none of its own. */
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_int_equal(lines, 3);
	free(text);
}

static void
csv_is_quoted_as_rfc_4180_has_it(void **state)
{
	char *text;

	(void)state;
	add(7, 1.5, "a \"b\", c\nd");
	add(8, -1, "plain \xc3\xa9");
	text = written(EXPORT_AS_CSV);
	assert_string_equal(text, "pid,ev_rate,command,exit\r\n"
				  "7,1.5,\"a \"\"b\"\", c^Jd\",\r\n"
				  "8,-1,plain \xc3\xa9,\r\n");
	free(text);
}

/* Numbers are none of it. */
static void
csv_has_no_formula_and_no_control_character(void **state)
{
	static const char *const names[] = { "=1+1", "+1", "-x", "@f", "\tx", "\rx", "\nx" };
	char *text, *at;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add(-5, -0.5, names[i]);
	add(1, 0, "=cmd|'/c calc'!A1,\"");
	add(1, 0, "a=b");
	add(1, 0, "");
	add(1, 0,
	    "a\xc2\x9b"
	    "31m\xff\xe2\x80\xae\x1b[m\x7f");
	text = written(EXPORT_AS_CSV);
	at = strchr(text, '\n') + 1;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(strncmp(at, "-5,-0.5,'", 9), 0);
		at = strchr(at, '\n') + 1;
	}
	assert_string_equal(at, "1,0,\"'=cmd|'/c calc'!A1,\"\"\",\r\n"
				"1,0,a=b,\r\n"
				"1,0,,\r\n"
				"1,0,a\xef\xbf\xbd"
				"31m\xef\xbf\xbd\xef\xbf\xbd^[[m^?,\r\n");
	free(text);
}

static void
json_escapes_what_acts_on_a_terminal(void **state)
{
	static const char name[] = "\xc2\x80\xc2\x9f\xc2\xa0\x7f\xd8\x9c\xe2\x80\x8b\xe2\x80\xae\xe2\x80\xaf"
				   "\xe2\x81\xa9\xe2\x81\xb0\xef\xbb\xbf\xf0\x9f\x98\x80";
	json_error_t error;
	json_t *row;
	char *text;

	(void)state;
	add(7, 1, name);
	text = written(EXPORT_AS_JSON);
	assert_non_null(
		strstr(text,
		       "\"\\u0080\\u009f\xc2\xa0\\u007f\\u061c\\u200b\\u202e\xe2\x80\xaf\\u2069\xe2\x81\xb0"
		       "\\ufeff\xf0\x9f\x98\x80\""));
	row = json_loads(text, 0, &error);
	assert_string_equal(json_string_value(json_object_get(row, "command")), name);
	assert_null(json_object_get(row, "estop"));
	json_decref(row);
	free(text);
}

static void
json_is_an_object_a_line_and_loses_no_byte(void **state)
{
	json_error_t error;
	json_t *row;
	char *text, *newline;

	(void)state;
	add(7, 1.5, "a \"b\"\\\n\033\xff\xc3\xa9");
	add(8, 0, "plain");
	text = written(EXPORT_AS_JSON);
	newline = strchr(text, '\n');
	assert_non_null(newline);
	row = json_loadb(text, (size_t)(newline - text), 0, &error);
	assert_non_null(row);
	assert_int_equal(json_integer_value(json_object_get(row, "pid")), 7);
	assert_true(json_real_value(json_object_get(row, "ev_rate")) == 1.5);
	/* A byte that is no UTF-8 is U+EF00 + byte, and the row says that there are such. */
	assert_string_equal(json_string_value(json_object_get(row, "command")),
			    "a \"b\"\\\n\033\xee\xbf\xbf\xc3\xa9");
	assert_true(json_is_true(json_object_get(json_object_get(row, "estop"), "bytes")));
	assert_null(json_object_get(row, "exit"));
	json_decref(row);
	row = json_loads(newline + 1, 0, &error);
	assert_non_null(row);
	assert_null(json_object_get(row, "estop"));
	json_decref(row);
	free(text);
}

static void
the_name_of_the_file_says_which_form(void **state)
{
	(void)state;
	assert_int_equal(export_form("a.jsonl"), EXPORT_AS_JSON);
	assert_int_equal(export_form("/x.jsonl/b.CSV"), EXPORT_AS_CSV);
	assert_int_equal(export_form("a.csv.txt"), EXPORT_AS_TEXT);
	assert_int_equal(export_form("csv"), EXPORT_AS_TEXT);
}

static const char *
in_directory(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void
a_file_is_for_its_owner_and_never_overwritten_unasked(void **state)
{
	struct stat st;

	(void)state;
	umask(0);
	add(1, 0, "x");
	assert_int_equal(export_save(sheet, in_directory("a.csv"), false, why, sizeof(why)), 0);
	assert_int_equal(stat(in_directory("a.csv"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(export_save(sheet, in_directory("a.csv"), false, why, sizeof(why)), -EEXIST);
	add(2, 0, "y");
	assert_int_equal(export_save(sheet, in_directory("a.csv"), true, why, sizeof(why)), 0);
	assert_int_equal(stat(in_directory("a.csv"), &st), 0);
	assert_int_equal(st.st_size, strlen("pid,ev_rate,command,exit\r\n1,0,x,\r\n2,0,y,\r\n"));
}

static void
links_are_not_followed(void **state)
{
	char target[128];
	struct stat st;

	(void)state;
	add(1, 0, "x");
	snprintf(target, sizeof(target), "%s", in_directory("target"));
	assert_int_equal(symlink(target, in_directory("link")), 0);
	assert_int_equal(export_save(sheet, in_directory("link"), false, why, sizeof(why)), -ELOOP);
	assert_non_null(strstr(why, "is a link"));
	assert_int_equal(export_save(sheet, in_directory("link"), true, why, sizeof(why)), -ELOOP);
	assert_int_equal(stat(target, &st), -1);
	assert_true(export_save(sheet, in_directory("no/such/directory"), false, why, sizeof(why)) < 0);
	assert_non_null(strstr(why, "cannot write "));
	assert_true(export_save(sheet, directory, true, why, sizeof(why)) < 0);
}

static void
a_text_that_is_missing_is_an_empty_cell(void **state)
{
	(void)state;
	sheet_add(sheet, sheet_text(NULL), NULL);
	sheet_add(sheet, sheet_text("a"), "a  ");
	assert_null(sheet_value(sheet, 0, 0)->text);
	assert_string_equal(sheet_shown(sheet, 0, 0), "");
	assert_string_equal(sheet_value(sheet, 0, 1)->text, "a");
	assert_string_equal(sheet_shown(sheet, 0, 1), "a");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_has_titles_and_straight_columns),
		TEST(nothing_in_text_can_act_on_a_terminal),
		TEST(csv_is_quoted_as_rfc_4180_has_it),
		TEST(csv_has_no_formula_and_no_control_character),
		TEST(json_escapes_what_acts_on_a_terminal),
		TEST(json_is_an_object_a_line_and_loses_no_byte),
		TEST(the_name_of_the_file_says_which_form),
		TEST(a_file_is_for_its_owner_and_never_overwritten_unasked),
		TEST(links_are_not_followed),
		TEST(a_text_that_is_missing_is_an_empty_cell),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
