/* The command line: what it means, and what is said about what makes no sense. */
#include "src/cli/options.h"
#include "src/base/users.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { ARGUMENTS_MAX = 16 };

static struct options options;
static char why[512];

/* Parses "estop" and these words; the last is NULL. */
static int
parse(const char *first, ...)
{
	char *argv[ARGUMENTS_MAX + 2] = { (char *)"estop" };
	int argc = 1;
	va_list words;

	options_finish(&options);
	why[0] = '\0';
	va_start(words, first);
	for (const char *word = first; word && argc <= ARGUMENTS_MAX; word = va_arg(words, const char *))
		argv[argc++] = (char *)word;
	va_end(words);
	return options_parse(&options, argc, argv, why, sizeof(why));
}

static int
setup(void **state)
{
	(void)state;
	unsetenv("NO_COLOR");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	options_finish(&options);
	users_forget();
	return 0;
}

static void
nothing_said_means_all_as_a_tree_each_second(void **state)
{
	(void)state;
	assert_int_equal(parse(NULL), 0);
	assert_int_equal(options.task, TASK_RUN);
	assert_true(options.events == (EVENT_ALL & ~event_mask_hot()));
	assert_int_equal(options.settings.interval_ms, 1000);
	assert_int_equal(options.settings.exited_secs, 5);
	assert_int_equal(options.frames, 0);
	assert_int_equal(options.settings.color, COLOR_AUTO);
	assert_false(options.settings.flat || options.settings.ascii || options.batch);
	assert_null(options.scope);
	assert_null(options.settings.sort);
	assert_int_equal(options.notes.count, 0);
	assert_int_equal(options.mute_count, 0);
}

static void
a_recording_is_bounded_by_bytes_and_files(void **state)
{
	static const struct {
		const char *text;
		uint64_t size;
	} sizes[] = { { "65536", 65536 },
		      { "64K", 65536 },
		      { "5M", 5 << 20 },
		      { "3G", UINT64_C(3) << 30 },
		      { "8589934592", UINT64_C(8589934592) },
		      { "2147483647G", UINT64_C(2147483647) << 30 } };
	static const char *const wrong[] = { "",
					     "0",
					     "65535",
					     "63K",
					     "1.5M",
					     "-1M",
					     "M",
					     "10MB",
					     "1k",
					     "1T",
					     "99999999999999999999",
					     "2147483648G",
					     "0x100000" };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(parse("-w", "f", "--max-size", sizes[i].text, NULL), 0);
		assert_true(options.max_size == sizes[i].size);
		assert_int_equal(options.rotate, 0);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(parse("-w", "f", "--max-size", wrong[i], NULL), -EINVAL);
		assert_non_null(strstr(why, "--max-size: expected"));
	}
	assert_int_equal(parse("--max-size=1M", "--rotate=7", NULL), 0); /* for R */
	assert_int_equal(options.rotate, 7);
	assert_int_equal(parse("--max-size=1M", "--rotate=0", NULL), -EINVAL);
	assert_int_equal(parse("--rotate=3", "-w", "f", NULL), -EINVAL);
	assert_non_null(strstr(why, "--rotate requires --max-size"));
	assert_int_equal(parse("--max-size=1M", "-b", NULL), -EINVAL);
	assert_int_equal(parse("--max-size=1M", "-b", "-w", "-", NULL), -EINVAL);
	assert_int_equal(parse("--max-size=1M", "-w", "fifo:f", NULL), -EINVAL);
	assert_non_null(strstr(why, "requires a regular file"));
}

/* What configures the client that it opens may come before it or after it. */
static void
the_doctor_reads_the_other_options(void **state)
{
	(void)state;
	assert_int_equal(parse("--doctor", "--hooks=functions", NULL), 0);
	assert_int_equal(options.task, TASK_DOCTOR);
	assert_int_equal(options.hooks, SOURCE_HOOKS_FUNCTIONS);
	assert_int_equal(parse("--hooks=functions", "--doctor=10", NULL), 0);
	assert_int_equal(options.hooks, SOURCE_HOOKS_FUNCTIONS);
	assert_int_equal(options.doctor_secs, 10);
	assert_int_equal(parse("--doctor", "--hooks=none", NULL), -EINVAL);
	assert_string_equal(why, "--hooks: expected tracepoints, auto or functions, not 'none'");
	assert_int_equal(parse("--doctor", "10", NULL), -EINVAL);
	assert_non_null(strstr(why, "unexpected argument '10'"));
	assert_int_equal(parse("--doctor", "--help", "--nonsense", NULL), 0);
	assert_int_equal(options.task, TASK_HELP);
}

static void
every_option_has_its_effect(void **state)
{
	(void)state;
	assert_int_equal(parse("-d", "0.25", "-n", "3", "-o", "pid", "--flat", "--exited", "0", "-b",
			       "--color=never", "--ascii", NULL),
			 0);
	assert_int_equal(options.settings.interval_ms, 250);
	assert_int_equal(options.frames, 3);
	assert_string_equal(options.settings.sort->title, "PID");
	assert_true(options.settings.flat && options.batch && options.settings.ascii);
	assert_int_equal(options.settings.exited_secs, 0);
	assert_int_equal(options.settings.color, COLOR_NEVER);
	assert_int_equal(parse("--flat", "-t", NULL), 0);
	assert_false(options.settings.flat);
	assert_int_equal(options.settings.nice, NICE_DEFAULT);
	assert_int_equal(parse("--nice=-20", NULL), 0);
	assert_int_equal(options.settings.nice, -20);
	assert_int_equal(parse("--nice", "19", NULL), 0);
	assert_int_equal(options.settings.nice, 19);
	assert_int_equal(parse("--nice=off", NULL), 0);
	assert_int_equal(options.settings.nice, NICE_OFF);
	assert_int_equal(parse("--exited=all", NULL), 0);
	assert_int_equal(options.settings.exited_secs, EXITED_FOREVER);
	assert_int_equal(parse("--help", NULL), 0);
	assert_int_equal(options.task, TASK_HELP);
	assert_int_equal(parse("-h", NULL), 0);
	assert_int_equal(options.task, TASK_HELP);
	assert_int_equal(parse("--version", NULL), 0);
	assert_int_equal(options.task, TASK_VERSION);
	assert_int_equal(parse("--list-events", NULL), 0);
	assert_int_equal(options.task, TASK_LIST_EVENTS);
}

static void
both_ends_of_the_delay_are_allowed(void **state)
{
	(void)state;
	assert_int_equal(parse("-d", "0.1", NULL), 0);
	assert_int_equal(options.settings.interval_ms, 100);
	assert_int_equal(parse("-d3600", NULL), 0);
	assert_int_equal(options.settings.interval_ms, 3600000);
	assert_int_equal(parse("--delay=.5", NULL), 0);
	assert_int_equal(options.settings.interval_ms, 500);
}

static void
events_that_make_the_tree_always_come_along(void **state)
{
	(void)state;
	assert_int_equal(parse("-e", "open", NULL), 0);
	assert_true(options.events == (EVENT_BIT(EV_OPEN) | event_mask_vital()));
	assert_int_equal(parse("-e", "all,-close,-exec", NULL), 0);
	assert_true(options.events == (EVENT_ALL & ~EVENT_BIT(EV_CLOSE)));
	assert_int_equal(parse("-e", "-close", NULL), 0);
	assert_true(options.events == (EVENT_ALL & ~event_mask_hot() & ~EVENT_BIT(EV_CLOSE)));
}

static void
paths_pids_and_a_user_become_one_filter(void **state)
{
	(void)state;
	assert_int_equal(parse("-p", "12,40", NULL), 0);
	assert_string_equal(options.scope, "pid:12,40");
	assert_int_equal(parse("-p", "/nonexistent/a,7,/nonexistent/b/,8", NULL), 0);
	assert_string_equal(options.scope, "/nonexistent/a|pid:7,8|/nonexistent/b");
	assert_int_equal(parse("-u", "0", NULL), 0);
	assert_string_equal(options.scope, "user:root");
	assert_int_equal(parse("-u", "root", "-p", "/nonexistent,1", NULL), 0);
	assert_string_equal(options.scope, "/nonexistent user:root|pid:1 user:root");
}

static void
a_scope_is_text_that_the_filter_takes(void **state)
{
	static const char *const lists[] = { "12,40", "/nonexistent,7", "/nonexistent/with blank",
					     "/nonexistent/with|bar" };

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const char *path = strrchr(lists[i], '/');
		struct filter_subject subject = { .pid = 7,
						  .uid = 0,
						  .user = "root",
						  .name = "x",
						  .exe = path ? lists[i] : "/x",
						  .args = "x" };
		struct filter *f;

		assert_int_equal(parse("-u", "root", "-p", lists[i], NULL), 0);
		f = filter_compile(options.scope, why, sizeof(why));
		if (!f)
			fail_msg("%s: %s", options.scope, why);
		if (path && !strchr(lists[i], ',') && !filter_match(f, &subject))
			fail_msg("%s does not match %s", options.scope, subject.exe);
		subject.exe = "/nonexistent/with";
		subject.pid = 8;
		if (i != 1 && filter_match(f, &subject))
			fail_msg("%s matches %s", options.scope, subject.exe);
		filter_free(f);
	}
}

static void
typed_paths_are_made_canonical_and_the_person_told(void **state)
{
	char directory[] = "/tmp/estop-options-XXXXXX", real[4096], link[64], file[64], expected[256];

	(void)state;
	assert_non_null(mkdtemp(directory));
	assert_non_null(realpath(directory, real));
	snprintf(file, sizeof(file), "%s/file", directory);
	snprintf(link, sizeof(link), "%s/link", directory);
	assert_int_equal(symlink("file", link), 0);
	fclose(fopen(file, "w"));

	assert_int_equal(parse("-p", link, NULL), 0);
	snprintf(expected, sizeof(expected), "%s/file", real);
	assert_string_equal(options.scope, expected);
	assert_int_equal(options.notes.count, 1);
	assert_non_null(strstr(options.notes.kept[0], link));
	assert_non_null(strstr(options.notes.kept[0], expected));

	assert_int_equal(parse("-m", link, NULL), 0);
	assert_string_equal(options.mutes[0].rule.path, expected);
	assert_int_equal(options.notes.count, 1);

	assert_int_equal(chdir(directory), 0);
	assert_int_equal(parse("-p", "./file", NULL), 0);
	assert_string_equal(options.scope, expected);
	assert_int_equal(options.notes.count, 0);

	unlink(link);
	unlink(file);
	assert_int_equal(chdir("/"), 0);
	rmdir(directory);
}

static void
mutes_of_every_kind_are_taken(void **state)
{
	(void)state;
	assert_int_equal(parse("-m", "/nonexistent/tool", "-m", "/nonexistent/dir/", "-m", "12", "-m",
			       "target:/nonexistent/log", NULL),
			 0);
	assert_int_equal(options.mute_count, 4);
	assert_int_equal(options.mutes[0].rule.kind, MUTE_EXE);
	assert_string_equal(options.mutes[0].rule.path, "/nonexistent/tool");
	assert_int_equal(options.mutes[1].rule.kind, MUTE_PREFIX);
	assert_string_equal(options.mutes[1].rule.path, "/nonexistent/dir/");
	assert_int_equal(options.mutes[2].rule.kind, MUTE_PROCESS);
	assert_int_equal(options.mutes[2].rule.pid, 12);
	assert_null(options.mutes[2].rule.path);
	assert_int_equal(options.mutes[3].rule.kind, MUTE_TARGET);
}

static void
no_color_in_the_environment_is_respected(void **state)
{
	(void)state;
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(parse(NULL), 0);
	assert_int_equal(options.settings.color, COLOR_NEVER);
	assert_int_equal(parse("--color=always", NULL), 0);
	assert_int_equal(options.settings.color, COLOR_ALWAYS);
	setenv("NO_COLOR", "", 1);
	assert_int_equal(parse(NULL), 0);
	assert_int_equal(options.settings.color, COLOR_AUTO);
	unsetenv("NO_COLOR");
}

static void
bad_input_gets_a_sentence_that_helps(void **state)
{
	static const struct {
		const char *words[4];
		const char *says; /* part of the sentence */
	} bad[] = {
		{ { "-x" }, "unknown option '-x' (see --help)" },
		{ { "-Q", "file" }, "unknown option '-Q'" },
		{ { "--log=xml" }, "--log: expected text, line or json, not 'xml'" },
		{ { "--log", "-b" }, "--log cannot be combined with -b" },
		{ { "--speed", "2" }, "--speed requires -r FILE" },
		{ { "-r", "f", "--speed", "-1" },
		  "--speed: expected a number from 0.01 to 1000, or max, not '-1'" },
		{ { "-r", "f", "--speed", "1e9" },
		  "--speed: expected a number from 0.01 to 1000, or max, not '1e9'" },
		{ { "-r", "a", "-r", "b" }, "several recordings need host names: -r NAME=a" },
		{ { "-r", "x=a", "-r", "x=b" }, "-r: duplicate host 'x'" },
		{ { "-r", "x=-", "-r", "y=-" }, "-r - given twice: the standard input can be read only once" },
		{ { "-w", "-" }, "-w - requires -b; or use --log=json" },
		{ { "-W", "file" }, "unknown option '-W'" },
		{ { "-bx" }, "unknown option '-x'" },
		{ { "--nonsense" }, "unknown option '--nonsense'" },
		{ { "--mute-file", "/nonexistent/f" }, "/nonexistent/f: No such file" },
		{ { "--export-mutes", "json" }, "rules, c or eslogger" },
		{ { "--e", "open" }, "unknown option '--e'" }, /* --events or --exited */
		{ { "-d" }, "-d: expected a value, SECS" },
		{ { "--delay" }, "--delay: expected a value, SECS" },
		{ { "--flat=1" }, "--flat takes no value" },
		{ { "make" }, "unexpected argument 'make'" },
		{ { "--width=80" }, "--width requires -b" },
		{ { "--log", "--width=80" }, "--width requires -b" },
		{ { "--width=19" }, "--width: expected a number from 20 to 10000" },
		{ { "--" }, "expected a command after --" },
		{ { "-b", "make", "-b" }, "a command comes after --" },
		{ { "-r", "x.jsonl", "--", "make" }, "cannot be combined with a command" },
		{ { "-e", "opne" }, "unknown event 'opne' (see --list-events)" },
		{ { "-e", "" }, "--list-events" },
		{ { "-e", "open,,close" }, "--list-events" },
		{ { "-e", "open,-open" }, "no event" },
		{ { "-d", "0" }, "0.1 to 3600" },
		{ { "-d", "0.09" }, "0.1 to 3600" },
		{ { "-d", "-1" }, "0.1 to 3600" },
		{ { "-d", "3600.1" }, "0.1 to 3600" },
		{ { "-d", "1e99" }, "0.1 to 3600" },
		{ { "-d", "nan" }, "0.1 to 3600" },
		{ { "-d", "inf" }, "0.1 to 3600" },
		{ { "-d", "0x10" }, "0.1 to 3600" },
		{ { "-d", "1s" }, "0.1 to 3600" },
		{ { "-d", "1.2.3" }, "0.1 to 3600" },
		{ { "-d", "1,5" }, "0.1 to 3600" },
		{ { "-d", " 1" }, "0.1 to 3600" },
		{ { "-d", "" }, "0.1 to 3600" },
		{ { "-d", "." }, "0.1 to 3600" },
		{ { "-d", "99999999999999999999999999999999999999999999" }, "0.1 to 3600" },
		{ { "-n", "0" }, "1 to 1000000000" },
		{ { "-n", "-1" }, "1 to 1000000000" },
		{ { "-n", "1.5" }, "1 to 1000000000" },
		{ { "-n", "x" }, "1 to 1000000000" },
		{ { "-n", "" }, "1 to 1000000000" },
		{ { "-n", "99999999999999999999999999" }, "1 to 1000000000" },
		{ { "--nice=-21" }, "-20 to 19, or off" },
		{ { "--nice=20" }, "-20 to 19, or off" },
		{ { "--nice=" }, "-20 to 19, or off" },
		{ { "--nice=--1" }, "-20 to 19, or off" },
		{ { "--exited", "-1" }, "0 to 86400, or 'all'" },
		{ { "--exited", "99999999999" }, "0 to 86400, or 'all'" },
		{ { "--exited=1s" }, "0 to 86400, or 'all'" },
		{ { "-o", "colour" }, "unknown column 'colour': expected PID" },
		{ { "-o", "" }, "unknown column ''" },
		{ { "-u", "no such user" }, "unknown user 'no such user'" },
		{ { "-u", "-5" }, "unknown user '-5'" },
		{ { "-u", "99999999999" }, "unknown user" },
		{ { "-u", "" }, "unknown user ''" },
		{ { "-p", "0" }, "expected a process id from 1" },
		{ { "-p", "99999999999" }, "expected a process id from 1" },
		{ { "-p", "12,,13" }, "empty list element" },
		{ { "-p", "" }, "empty list element" },
		{ { "-p", "/nonexistent/with\"quote" }, "-p: unterminated quote" },
		{ { "-p", "/opt/a,b" },
		  "no such file 'b': expected paths and process ids; a path with a comma" },
		{ { "-p", "no/such/file" }, "no such file 'no/such/file'" },
		{ { "-p", "\"\"" }, "empty list element" },
		{ { "--follow" }, "--follow requires -p or -u" },
		{ { "-m", "" }, "" },
		{ { "-m", "nonsense:/x" }, "nonsense" },
		{ { "-m", "exe:relative" }, "" },
		{ { "-m", "process:x" }, "" },
		{ { "-m", "/x events=opne" }, "unknown event 'opne'" },
		{ { "--color=blue" }, "auto, always or never" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *const *w = bad[i].words;

		if (parse(w[0], w[1], w[2], w[3], NULL) != -22)
			fail_msg("%s %s was taken", w[0], w[1] ? w[1] : "");
		if (!why[0] || !strstr(why, bad[i].says) || strchr(why, '\n'))
			fail_msg("%s %s: '%s' lacks '%s'", w[0], w[1] ? w[1] : "", why, bad[i].says);
	}
}

static void
what_is_behind_two_dashes_is_a_command_of_its_own(void **state)
{
	(void)state;
	assert_int_equal(parse("-b", "--", "make", "-b", "--help", "--", "x", NULL), 0);
	assert_int_equal(options.task, TASK_RUN);
	assert_string_equal(options.command[0], "make");
	assert_string_equal(options.command[1], "-b");
	assert_string_equal(options.command[2], "--help");
	assert_string_equal(options.command[3], "--");
	assert_string_equal(options.command[4], "x");
	assert_null(options.command[5]);
	/* All that came of it stays to be seen, unless that was said otherwise. */
	assert_int_equal(options.settings.exited_secs, EXITED_FOREVER);
	assert_int_equal(parse("--exited", "7", "--", "make", NULL), 0);
	assert_int_equal(options.settings.exited_secs, 7);
	assert_int_equal(parse("-b", NULL), 0);
	assert_null(options.command);
}

static char *
written(void (*write)(FILE *))
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	write(f);
	fclose(f);
	return text;
}

static void
help_names_every_option_within_80_columns(void **state)
{
	char *help = written(options_help);

	(void)state;
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		char name[40];

		snprintf(name, sizeof(name), "--%s", option_info[i].name);
		assert_non_null(strstr(help, name));
	}
	for (const char *line = help; *line; line += strcspn(line, "\n") + 1)
		assert_in_range(strcspn(line, "\n"), 0, 79);
	free(help);
}

static void
a_recording_is_shown_with_all_that_is_in_it(void **state)
{
	(void)state;
	assert_int_equal(parse("-r", "-", NULL), 0);
	assert_true(options.events == EVENT_ALL);
	assert_int_equal(parse("-r", "-", "-e", "open", NULL), 0);
	assert_true(options.events == (EVENT_BIT(EV_OPEN) | event_mask_vital()));
}

static int
check(const char *list, event_mask available)
{
	assert_int_equal(parse("-e", list, NULL), 0);
	return options_check_events(&options, available, why, sizeof(why));
}

static void
events_the_system_has_not_are_refused_by_name(void **state)
{
	const event_mask available = EVENT_CORE | EVENT_BIT(EV_RENAME) | EVENT_BIT(EV_MOUNT);

	(void)state;
	assert_int_equal(parse(NULL), 0);
	assert_int_equal(options_check_events(&options, EVENT_CORE, why, sizeof(why)), 0);
	assert_int_equal(check("all", available), 0);
	assert_int_equal(check("file,rename,system", available), 0);
	assert_int_equal(check("exit", available), 0);
	assert_int_equal(check("all,-open", available), 0);
	assert_int_equal(check("open,tcc_modify", available), -EINVAL);
	assert_string_equal(why, "this system has no event 'tcc_modify'; --list-events shows what it has");
	assert_int_equal(check("tcc_modify,open,-tcc_modify", available), 0);
	assert_int_equal(check("session", available), -EINVAL);
	assert_non_null(strstr(why, "none of the events"));
}

static void
list_here(FILE *out)
{
	options_list_events(out, EVENT_CORE);
}

static void
every_event_is_listed(void **state)
{
	char *list = written(list_here);

	(void)state;
	for (unsigned i = 0; i < EV_OTHER; i++)
		assert_non_null(strstr(list, event_info[i].help));
	assert_non_null(strstr(list, "process   signal                     yes    no        a signal"));
	assert_non_null(
		strstr(list, "file      open                       yes    yes       a file was opened\n"));
	assert_non_null(strstr(list, "(hot)\n"));
	free(list);
}

/* A file and a link to it in a new directory, whose real path is real. */
struct linked {
	char directory[64], real[4096], link[128], file[4200];
};

static void
make_linked(struct linked *l)
{
	strcpy(l->directory, "/tmp/estop-options-XXXXXX");
	assert_non_null(mkdtemp(l->directory));
	assert_non_null(realpath(l->directory, l->real));
	snprintf(l->file, sizeof(l->file), "%s/file", l->real);
	snprintf(l->link, sizeof(l->link), "%s/link", l->directory);
	assert_int_equal(symlink("file", l->link), 0);
	fclose(fopen(l->file, "w"));
}

static void
remove_linked(const struct linked *l)
{
	unlink(l->link);
	unlink(l->file);
	rmdir(l->directory);
}

static void
a_mute_file_and_a_filter_take_typed_paths_too(void **state)
{
	struct linked l;
	char list[128], filter[160], said[4400];
	FILE *out;

	(void)state;
	make_linked(&l);
	snprintf(list, sizeof(list), "%s/list", l.directory);
	out = fopen(list, "w");
	fprintf(out, "%s\n/nonexistent/x\n", l.link);
	fclose(out);
	assert_int_equal(parse("--mute-file", list, NULL), 0);
	assert_int_equal(options.mute_count, 2);
	assert_string_equal(options.mutes[0].rule.path, l.file);
	assert_string_equal(options.mutes[1].rule.path, "/nonexistent/x"); /* kept as typed */
	snprintf(said, sizeof(said), "%s is %s", l.link, l.file);
	assert_int_equal(options.notes.count, 1);
	assert_string_equal(options.notes.kept[0], said);

	snprintf(filter, sizeof(filter), "make|!%s", l.link);
	assert_int_equal(parse("--filter", filter, NULL), 0);
	assert_string_equal(options.settings.filter, filter);
	assert_int_equal(options.notes.count, 1);
	assert_string_equal(options.notes.kept[0], said);
	assert_int_equal(parse("--filter", "/nonexistent/x", NULL), 0);
	assert_int_equal(options.notes.count, 0);
	unlink(list);
	remove_linked(&l);
}

/* It may be of another system, where the link is none. */
static void
of_a_recording_paths_are_taken_as_typed_too(void **state)
{
	struct linked l;
	char both[4400];

	(void)state;
	make_linked(&l);
	assert_int_equal(parse("-m", l.link, "-p", l.link, "-r", "x", NULL), 0);
	assert_int_equal(options.mute_count, 2);
	assert_string_equal(options.mutes[0].rule.path, l.file);
	assert_string_equal(options.mutes[1].rule.path, l.link);
	snprintf(both, sizeof(both), "%s|%s", l.file, l.link);
	assert_string_equal(options.scope, both);
	remove_linked(&l);
}

static void
quotes_keep_commas_and_all_else_in_a_path(void **state)
{
	(void)state;
	assert_int_equal(parse("-p", "\"/nonexistent/a,b\",7", NULL), 0);
	assert_string_equal(options.scope, "/nonexistent/a,b|pid:7");
	assert_int_equal(parse("-p", "/nonexistent/\"a,b\"", NULL), 0);
	assert_string_equal(options.scope, "/nonexistent/a,b");
	assert_int_equal(parse("-p", "\"/nonexistent/a\\\"b\\\\c d\"", NULL), 0);
	assert_string_equal(options.scope, "/\"nonexistent/a\\\"b\\\\c d\"");
	struct filter *f = filter_compile(options.scope, why, sizeof(why));
	const struct filter_subject odd = { .exe = "/nonexistent/a\"b\\c d" };
	assert_non_null(f);
	assert_true(filter_match(f, &odd));
	filter_free(f);
}

static void
a_plus_means_to_follow(void **state)
{
	struct linked l;
	char plus[4300], both[9000];

	(void)state;
	assert_int_equal(parse("-p", "/nonexistent/a+,7,8+,9+", NULL), 0);
	assert_string_equal(options.scope, "/nonexistent/a|pid:7|pid:8,9");
	assert_string_equal(options.follow, "/nonexistent/a|pid:8,9");
	assert_int_equal(parse("-u", "root", "-p", "/nonexistent/a,\"/nonexistent/b+\"+", NULL), 0);
	assert_string_equal(options.scope, "/nonexistent/a user:root|/nonexistent/b+ user:root");
	assert_string_equal(options.follow, "/nonexistent/b+ user:root");
	assert_int_equal(parse("-p", "/nonexistent/a", NULL), 0);
	assert_null(options.follow);
	assert_int_equal(parse("--follow", "-p", "/nonexistent/a,7", NULL), 0);
	assert_string_equal(options.follow, "/nonexistent/a|pid:7");
	assert_int_equal(parse("--follow", "-u", "root", NULL), 0);
	assert_string_equal(options.follow, "user:root");

	/* The name of a file that is there may end in one. */
	make_linked(&l);
	snprintf(plus, sizeof(plus), "%s+", l.file);
	fclose(fopen(plus, "w"));
	assert_int_equal(parse("-p", plus, NULL), 0);
	assert_string_equal(options.scope, plus);
	assert_null(options.follow);
	snprintf(both, sizeof(both), "%s+", plus);
	assert_int_equal(parse("-p", both, NULL), 0);
	assert_string_equal(options.follow, plus);
	unlink(plus);
	remove_linked(&l);
}

static void
metrics_take_an_address_in_numbers(void **state)
{
	static const char *const good[] = {
		"--metrics",         "--metrics=9000",       "--metrics=0.0.0.0:9000",
		"--metrics=:9000",   "--metrics=[::1]:9000", "--metrics=::1",
		"--metrics=10.0.0.1"
	};
	static const char *const bad[] = {
		"--metrics=",     "--metrics=host:9000",  "--metrics=127.0.0.1:70000",
		"--metrics=[::1", "--metrics=127.0.0.1:", "--metrics=1.2.3.4:5x"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(parse(good[i], NULL), 0);
		assert_true(options.metrics && !options_have_screen(&options));
		assert_int_equal(options.metrics_top, METRICS_TOP_DEFAULT);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse(bad[i], NULL), -EINVAL);
		assert_non_null(strstr(why, "--metrics: expected ADDRESS:PORT in numbers"));
	}
	assert_int_equal(parse("--metrics", "--screen", "--metrics-top=7", NULL), 0);
	assert_true(options_have_screen(&options));
	assert_int_equal(options.metrics_top, 7);
	assert_int_equal(parse("--screen", NULL), -EINVAL);
	assert_string_equal(why, "--screen requires --metrics");
	assert_int_equal(parse("--metrics", "--screen", "-b", NULL), -EINVAL);
	assert_int_equal(parse("--metrics-top=7", NULL), -EINVAL);
	assert_int_equal(parse("--metrics", "--metrics-top=1001", NULL), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_means_all_as_a_tree_each_second),
		cmocka_unit_test(a_recording_is_bounded_by_bytes_and_files),
		cmocka_unit_test(the_doctor_reads_the_other_options),
		cmocka_unit_test(every_option_has_its_effect),
		cmocka_unit_test(both_ends_of_the_delay_are_allowed),
		cmocka_unit_test(events_that_make_the_tree_always_come_along),
		cmocka_unit_test(a_recording_is_shown_with_all_that_is_in_it),
		cmocka_unit_test(events_the_system_has_not_are_refused_by_name),
		cmocka_unit_test(paths_pids_and_a_user_become_one_filter),
		cmocka_unit_test(a_scope_is_text_that_the_filter_takes),
		cmocka_unit_test(typed_paths_are_made_canonical_and_the_person_told),
		cmocka_unit_test(mutes_of_every_kind_are_taken),
		cmocka_unit_test(no_color_in_the_environment_is_respected),
		cmocka_unit_test(bad_input_gets_a_sentence_that_helps),
		cmocka_unit_test(what_is_behind_two_dashes_is_a_command_of_its_own),
		cmocka_unit_test(help_names_every_option_within_80_columns),
		cmocka_unit_test(every_event_is_listed),
		cmocka_unit_test(a_mute_file_and_a_filter_take_typed_paths_too),
		cmocka_unit_test(of_a_recording_paths_are_taken_as_typed_too),
		cmocka_unit_test(quotes_keep_commas_and_all_else_in_a_path),
		cmocka_unit_test(a_plus_means_to_follow),
		cmocka_unit_test(metrics_take_an_address_in_numbers),
	};

	return cmocka_run_group_tests_name("options", tests, setup, teardown);
}
