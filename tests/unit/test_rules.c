/* Saving rules: whole or not at all, for nobody else's eyes, and never through a link. */
#include "src/cli/mute_file.h"
#include "tests/lib/build.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char directory[64], path[96], why[256];
static struct mutes *mutes;

static int
setup(void **state)
{
	const struct mute_ops none = { 0 };

	(void)state;
	strcpy(directory, "/tmp/estop-save-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/rules", directory);
	mutes = mutes_create(&none, NULL, EVENT_ALL & ~event_mask_vital());
	mutes_add_path(mutes, MUTE_EXE, "/bin/x\ny", 0, MUTE_BY_KEY, NOON);
	mutes_add_path(mutes, MUTE_TARGET_PREFIX, "/proc/", 0, MUTE_BY_KEY, NOON);
	mutes_add_process(mutes, (struct proc_key){ 12, 1 }, 1, "/bin/sh", 0, MUTE_BY_KEY, NOON);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	mutes_destroy(mutes);
	unlink(path);
	return rmdir(directory); /* nothing else may be left behind */
}

static int
save(bool overwrite)
{
	unsigned saved = 0, left_out = 0;
	int error = rules_save(mutes, path, overwrite, &saved, &left_out, why, sizeof(why));

	if (!error) {
		assert_int_equal(saved, 2);
		assert_int_equal(left_out, 1);
	}
	return error;
}

static void
count_rule(void *ctx, const struct mute_text *rule, unsigned line)
{
	(void)rule, (void)line;
	++*(unsigned *)ctx;
}

static void
no_error(void *ctx, const char *sentence)
{
	(void)ctx;
	fail_msg("%s", sentence);
}

static void
what_is_saved_is_read_again(void **state)
{
	unsigned n = 0;
	struct stat st;

	(void)state;
	assert_int_equal(save(false), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(mute_file_read(path, count_rule, no_error, &n), 0);
	assert_int_equal(n, 2); /* the one for a process is a comment */
}

static void
a_file_is_overwritten_only_when_asked_to(void **state)
{
	(void)state;
	assert_int_equal(save(false), 0);
	assert_int_equal(save(false), -EEXIST);
	assert_int_equal(save(true), 0);
}

static void
links_are_not_followed(void **state)
{
	struct stat st;
	char other[128];

	(void)state;
	snprintf(other, sizeof(other), "%s/other", directory);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(save(false), -ELOOP);
	assert_int_equal(save(true), -ELOOP);
	assert_non_null(strstr(why, "is a link"));
	assert_int_equal(lstat(other, &st), -1);
}

static void
what_cannot_be_written_gets_a_sentence(void **state)
{
	unsigned saved = 0, left_out = 0;

	(void)state;
	assert_int_equal(rules_save(mutes, "/nonexistent/rules", false, &saved, &left_out, why, sizeof(why)),
			 -ENOENT);
	assert_string_equal(why, "cannot write /nonexistent/rules: No such file or directory");
	assert_int_equal(rules_save(mutes, directory, true, &saved, &left_out, why, sizeof(why)), -ELOOP);
	assert_non_null(strstr(why, "not a regular file"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define SAVE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		SAVE(what_is_saved_is_read_again),
		SAVE(a_file_is_overwritten_only_when_asked_to),
		SAVE(links_are_not_followed),
		SAVE(what_cannot_be_written_gets_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
