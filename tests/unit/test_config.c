/* config: settings are kept, mistakes cost a line, the command line wins, links are not followed. */
#include "src/cli/config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char home[64], path[128];
static struct options o;
static char why[512];

/* A home of its own for each test. */
static int
move_in(void **state)
{
	(void)state;
	snprintf(home, sizeof(home), "/tmp/estop-config.XXXXXX");
	if (!mkdtemp(home))
		return -1;
	snprintf(path, sizeof(path), "%s/.config/estop/config", home);
	setenv("HOME", home, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("NO_COLOR");
	return 0;
}

static int
move_out(void **state)
{
	char command[128];

	(void)state;
	options_finish(&o);
	snprintf(command, sizeof(command), "rm -rf '%s'", home);
	return system(command);
}

static void
write_text(const char *text)
{
	char directory[128];
	FILE *f;

	snprintf(directory, sizeof(directory), "%s/.config", home);
	mkdir(directory, 0755);
	snprintf(directory, sizeof(directory), "%s/.config/estop", home);
	mkdir(directory, 0755);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* The options of this command line and the file of the home. */
static void
start(const char *option)
{
	char *argv[] = { (char *)"estop", (char *)option, NULL };

	options_finish(&o);
	assert_int_equal(options_parse(&o, option ? 2 : 1, argv, why, sizeof(why)), 0);
	assert_int_equal(config_read(&o, why, sizeof(why)), 0);
}

static void
complains(const char *sentence)
{
	for (size_t i = 0; i < o.config_errors.count && i < NOTES_KEPT; i++)
		if (strstr(o.config_errors.kept[i], sentence))
			return;
	fail_msg("says '%s', not '%s'", o.config_errors.count ? o.config_errors.kept[0] : "", sentence);
}

static void
without_a_file_all_is_as_usual(void **state)
{
	(void)state;
	start(NULL);
	assert_string_equal(o.config_path, path);
	assert_false(o.config_found);
	assert_int_equal(o.config_errors.count, 0);
	assert_int_equal(o.settings.interval_ms, 1000);
	assert_true(o.settings.mouse);
	setenv("XDG_CONFIG_HOME", "/nonexistent/xdg", 1);
	start(NULL);
	assert_string_equal(o.config_path, "/nonexistent/xdg/estop/config");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	start(NULL);
	assert_null(o.config_path);
}

static void
every_setting_has_its_effect(void **state)
{
	(void)state;
	write_text("view = mutes\nsort = open/s\nreverse = yes\nflat = yes\ntotals = yes\n"
		   "kernel-threads = yes\nexited = all\ndelay = 2.5\nfilter = user:root !make\n"
		   "color = never\ntheme = colorblind\nascii = yes\nmouse = off\n"
		   "nice = 3\n[columns]\nUSER = 12\nPID = 0\nCOMMAND = 0\n");
	start(NULL);
	assert_int_equal(o.config_errors.count, 0);
	assert_true(o.config_found);
	assert_int_equal(o.settings.view, VIEW_MUTES);
	assert_string_equal(o.settings.sort->title, "OPEN/S");
	assert_true(o.settings.reversed && o.settings.flat && o.settings.totals &&
		    o.settings.kernel_threads && o.settings.ascii);
	assert_false(o.settings.mouse);
	assert_int_equal(o.settings.nice, 3);
	assert_int_equal(o.settings.exited_secs, EXITED_FOREVER);
	assert_int_equal(o.settings.interval_ms, 2500);
	assert_string_equal(o.settings.filter, "user:root !make");
	assert_int_equal(o.settings.color, COLOR_NEVER);
	assert_int_equal(o.settings.theme, THEME_COLORBLIND);
	assert_int_equal(o.settings.columns.n, 3);
	assert_string_equal(o.settings.columns.at[0].column->title, "USER");
	assert_int_equal(o.settings.columns.at[0].width, 12);
}

static void
the_command_line_wins(void **state)
{
	(void)state;
	write_text("delay = 2.5\nflat = yes\nsort = PID\ncolor = always\n");
	start("--tree");
	assert_false(o.settings.flat);
	assert_int_equal(o.settings.interval_ms, 2500);
	start("-d9");
	assert_int_equal(o.settings.interval_ms, 9000);
	assert_true(o.settings.flat);
	setenv("NO_COLOR", "1", 1);
	start(NULL);
	assert_int_equal(o.settings.color, COLOR_NEVER);
	unsetenv("NO_COLOR");
	start("--no-config");
	assert_null(o.settings.sort);
	assert_null(o.config_path);
}

static void
each_mistake_costs_a_line_and_is_told(void **state)
{
	char expected[256];

	(void)state;
	write_text("delay = 0.25\ncolour = blue\ndelay = soon\n  ascii = maybe\njust words\n"
		   "exited = 7\n[colours]\nx = 1\n[columns]\nPID = 7\nNOPE = 1\nPID = 9\nUSER = wide\n");
	start(NULL);
	assert_int_equal(o.settings.interval_ms, 250);
	assert_int_equal(o.settings.exited_secs, 7);
	snprintf(expected, sizeof(expected), "%s:2: unknown setting 'colour'", path);
	complains(expected);
	complains(":3: delay: -d: expected seconds from 0.1 to 3600, not 'soon'");
	complains(":4: ascii: expected yes or no, not 'maybe'");
	complains(":5: expected 'key = value' or a [section], not 'just words'");
	complains(":8: unknown section [colours]");
	complains(":11: unknown column 'NOPE'");
	complains(":12: the column PID is listed twice");
	complains(":13: expected a width from 0 to 40, not 'wide'");
	assert_int_equal(o.settings.columns.n,
			 2); /* PID, and COMMAND, without which rows cannot be identified */
}

static void
the_format_has_comments_blanks_and_two_signs(void **state)
{
	(void)state;
	write_text(
		"\xef\xbb\xbf; a comment = 1\n# another = 1\r\n\r\n \t delay\t:  2.5 ; seconds\r\n"
		"filter = a;b =:c ;d\ntheme=light\n\t[ columns\nview = mutes ;\n[columns] ; and more\nPID: 9\nCOMMAND=");
	start(NULL);
	assert_int_equal(o.settings.interval_ms, 2500);
	assert_string_equal(o.settings.filter, "a;b =:c");
	assert_int_equal(o.settings.theme, THEME_LIGHT);
	assert_int_equal(o.settings.view, VIEW_MUTES);
	complains(":7: expected 'key = value' or a [section], not '[ columns'");
	complains(":11: expected a width from 0 to 40, not ''");
	assert_int_equal(o.config_errors.count, 2);
	assert_int_equal(o.settings.columns.at[0].width, 9);
}

static void
a_file_of_nothing_but_mistakes_is_not_told_without_end(void **state)
{
	char text[4096] = "";

	(void)state;
	for (int i = 0; i < 200; i++)
		strcat(text, "what is this\n");
	strcat(text, "delay = 5\n");
	write_text(text);
	start(NULL);
	assert_int_equal(o.settings.interval_ms, 5000);
	assert_int_equal(o.config_errors.count, 200);
	complains(":20: expected");
}

static void
a_long_line_is_one_mistake(void **state)
{
	char text[9000];

	(void)state;
	snprintf(text, sizeof(text), "filter = %08000d\ndelay = 5\n", 0);
	write_text(text);
	start(NULL);
	complains(":1: the line is longer than 199 bytes");
	assert_int_equal(o.config_errors.count, 1);
	assert_int_equal(o.settings.interval_ms, 5000);
	assert_null(o.settings.filter);
}

static void
a_file_asked_for_must_be_readable_when_it_is_there(void **state)
{
	char option[160];
	char *argv[] = { (char *)"estop", option, NULL };

	(void)state;
	snprintf(option, sizeof(option), "--config=%s", home); /* a directory */
	assert_int_equal(options_parse(&o, 2, argv, why, sizeof(why)), 0);
	assert_int_equal(config_read(&o, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "cannot read the settings"));
	snprintf(option, sizeof(option), "--config=%s/new", home);
	start(option); /* W will make it */
	assert_false(o.config_found);
}

static struct settings
settings(char *filter)
{
	struct settings c = { .sort = column_by_name("FORK/S"),
			      .reversed = true,
			      .totals = true,
			      .filter = filter,
			      .view = VIEW_MUTES,
			      .theme = THEME_LIGHT,
			      .color = COLOR_ALWAYS,
			      .exited_secs = 60,
			      .interval_ms = 1500,
			      .mouse = true,
			      .nice = NICE_OFF };

	columns_add(&c.columns, column_by_name("CLOSE"), 11);
	columns_add(&c.columns, column_by_name("PID"), 0);
	columns_add(&c.columns, column_by_name("COMMAND"), 0);
	return c;
}

static void
what_is_written_is_read_again(void **state)
{
	char text[] = "~a(b|c) !\"x ;y\" ;z|user:root";
	struct filter *filter = filter_compile(text, why, sizeof(why));
	struct settings c = settings(text);
	struct stat st;

	(void)state;
	assert_int_equal(config_write(path, &c, why, sizeof(why)), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	start(NULL);
	assert_int_equal(o.config_errors.count, 0);
	assert_string_equal(o.settings.sort->title, "FORK/S");
	assert_true(o.settings.reversed && o.settings.totals && o.settings.mouse);
	assert_int_equal(o.settings.nice, NICE_OFF);
	assert_false(o.settings.flat || o.settings.ascii || o.settings.kernel_threads);
	assert_int_equal(o.settings.view, VIEW_MUTES);
	assert_int_equal(o.settings.theme, THEME_LIGHT);
	assert_int_equal(o.settings.color, COLOR_ALWAYS);
	assert_int_equal(o.settings.exited_secs, 60);
	assert_int_equal(o.settings.interval_ms, 1500);
	assert_int_equal(o.settings.columns.n, 3);
	assert_string_equal(o.settings.columns.at[0].column->title, "CLOSE");
	assert_int_equal(o.settings.columns.at[0].width, 11);
	/* the same filter, if not letter by letter */
	struct filter *again = filter_compile(o.settings.filter, why, sizeof(why));
	const struct filter_subject yes = { .exe = "/bin/abc", .args = "q;z" },
				    no = { .exe = "/bin/abc", .args = "x ;y;z" };
	assert_non_null(again);
	assert_int_equal(filter_match(again, &yes), filter_match(filter, &yes));
	assert_true(filter_match(again, &yes));
	assert_int_equal(filter_match(again, &no), filter_match(filter, &no));
	assert_false(filter_match(again, &no));
	filter_free(again);
	/* and over what is there */
	c.interval_ms = 100;
	assert_int_equal(config_write(path, &c, why, sizeof(why)), 0);
	start(NULL);
	assert_int_equal(o.settings.interval_ms, 100);
	filter_free(filter);
}

static void
links_are_not_followed(void **state)
{
	struct settings c = settings(NULL);
	char other[128], directory[128];
	struct stat st;

	(void)state;
	write_text("delay = 2\n");
	snprintf(other, sizeof(other), "%s/other", home);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_true(config_write(path, &c, why, sizeof(why)) < 0);
	assert_non_null(strstr(why, "is a link"));
	assert_int_equal(stat(other, &st), 0);
	assert_int_equal(st.st_size, strlen("delay = 2\n"));
	/* nor is the directory one */
	unlink(path);
	snprintf(directory, sizeof(directory), "%s/.config/estop", home);
	assert_int_equal(rmdir(directory), 0);
	assert_int_equal(symlink(home, directory), 0);
	assert_true(config_write(path, &c, why, sizeof(why)) < 0);
	assert_non_null(strstr(why, "link"));
}

static void
what_cannot_be_written_leaves_the_old_file(void **state)
{
	char text[400];
	struct settings c;

	(void)state;
	write_text("delay = 2\n");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	c = settings(text);
	assert_true(config_write(path, &c, why, sizeof(why)) < 0);
	assert_non_null(strstr(why, "the filter is longer than"));
	start(NULL);
	assert_int_equal(o.settings.interval_ms, 2000);
	assert_int_equal(config_write("/proc/nothing/here/config", &c, why, sizeof(why)), -ENOENT);
}

int
main(void)
{
#define HOME(test) cmocka_unit_test_setup_teardown(test, move_in, move_out)
	const struct CMUnitTest tests[] = {
		HOME(without_a_file_all_is_as_usual),
		HOME(every_setting_has_its_effect),
		HOME(the_command_line_wins),
		HOME(each_mistake_costs_a_line_and_is_told),
		HOME(the_format_has_comments_blanks_and_two_signs),
		HOME(a_file_of_nothing_but_mistakes_is_not_told_without_end),
		HOME(a_long_line_is_one_mistake),
		HOME(a_file_asked_for_must_be_readable_when_it_is_there),
		HOME(what_is_written_is_read_again),
		HOME(links_are_not_followed),
		HOME(what_cannot_be_written_leaves_the_old_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
