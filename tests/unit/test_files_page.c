/* The page of files: rows in the order asked for, filtered, marked, and a copy. */
#include "model/files_page.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct files *files;
static struct files_page page;
static struct intern *strings;

static void
touch(int32_t who, const char *exe, const char *path, unsigned times)
{
	struct string *s = intern(strings, exe, strlen(exe));

	for (unsigned i = 0; i < times; i++)
		files_add(files, i % 3 == 2 ? close_of(pid(who, 1), path) : open_of(pid(who, 1), path), s);
	string_release(s);
}

static int
set_up(void **state)
{
	(void)state;
	files = files_create();
	strings = intern_create();
	touch(10, "/bin/cat", "/etc/hosts", 3);
	touch(11, "/bin/make", "/src/a.c", 9);
	touch(10, "/bin/cat", "/src/b.c", 1);
	touch(12, "/bin/cc1", "/src/a.c", 12);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	files_page_finish(&page);
	files_destroy(files);
	intern_destroy(strings);
	return 0;
}

static int
by_path(const struct file_row *a, const struct file_row *b)
{
	return strcmp(a->path, b->path);
}

static void
rows_come_in_the_order_asked_for(void **state)
{
	struct files_spec spec = { .asked = true, .compare = by_path };

	(void)state;
	files_page_take(&page, files, NULL, &spec);
	assert_int_equal(page.count, 3);
	assert_string_equal(page.rows[0].path, "/etc/hosts");
	assert_string_equal(page.rows[2].path, "/src/b.c");
	spec.reverse = true;
	files_page_take(&page, files, NULL, &spec);
	assert_string_equal(page.rows[0].path, "/src/b.c");
	spec.compare = NULL; /* the most used */
	files_page_take(&page, files, NULL, &spec);
	assert_string_equal(page.rows[0].path, "/src/a.c");
	assert_int_equal(page.rows[0].opens, 14);
	assert_int_equal(page.rows[0].closes, 7);
	assert_int_equal(page.rows[0].balance, 7);
	assert_int_equal(page.rows[0].users, 2);
	assert_true(page.rows[0].top_share > 0.5 && page.rows[0].top_share < 1);
	assert_string_equal(page.rows[0].top_name, "cc1");
}

static void
a_page_is_a_copy(void **state)
{
	const struct files_spec spec = { .asked = true, .who = "/src/a.c" };

	(void)state;
	files_page_take(&page, files, NULL, &spec);
	files_clear(files);
	assert_string_equal(page.rows[0].path, "/src/a.c");
	assert_int_equal(page.program_count, 2);
	assert_string_equal(page.programs[0].exe, "/bin/cc1");
	assert_string_equal(page.programs[1].name, "make");
	files_page_take(&page, files, NULL, &spec);
	assert_int_equal(page.count, 0);
	assert_int_equal(page.program_count, 0);
}

static void
filters_are_on_the_path(void **state)
{
	char why[100];
	struct filter *f = filter_compile("/src !b.c", why, sizeof(why));
	const struct files_spec spec = { .asked = true, .filter = f };

	(void)state;
	files_page_take(&page, files, NULL, &spec);
	assert_int_equal(page.count, 1);
	assert_int_equal(page.kept, 3);
	assert_string_equal(page.rows[0].path, "/src/a.c");
	filter_free(f);
}

static void
directories_are_listed_instead(void **state)
{
	const struct files_spec spec = { .asked = true, .directories = true };

	(void)state;
	files_page_take(&page, files, NULL, &spec);
	assert_int_equal(page.count, 2);
	assert_string_equal(page.rows[0].path, "/src");
	assert_int_equal(page.rows[0].total, 22);
	assert_int_equal(page.rows[0].users, 3);
	assert_string_equal(page.rows[0].top_name, "cc1");
}

static void
a_directory_is_the_sum_of_all_below_it(void **state)
{
	struct files_spec spec = { .asked = true, .directories = true, .directory = "/src" };
	uint64_t sum = 0;

	(void)state;
	touch(20, "/bin/cc1", "/src/lib/x.h", 4);
	touch(21, "/bin/cc1", "/src/lib/deep/y.h", 5);
	touch(22, "/bin/as", "/srcery/z", 1); /* not below it */
	files_page_take(&page, files, NULL, &spec);
	assert_int_equal(page.count, 2);
	assert_string_equal(page.rows[0].path, "/src");
	assert_true(page.rows[0].here);
	assert_int_equal(page.rows[0].total, 22);
	assert_string_equal(page.rows[1].path, "/src/lib");
	assert_false(page.rows[1].here);
	assert_int_equal(page.rows[1].total, 9);
	assert_int_equal(page.rows[1].users, 2);
	/* And what is in the root is all there is. */
	spec.directory = NULL;
	files_page_take(&page, files, NULL, &spec);
	for (size_t i = 0; i < page.count; i++)
		sum += page.rows[i].total;
	assert_int_equal(sum, 3 + 22 + 9 + 1);
	/* Who uses it: of all below, by program. */
	spec.who = "/src";
	files_page_take(&page, files, NULL, &spec);
	assert_int_equal(page.program_count, 3);
	assert_string_equal(page.programs[0].name, "cc1");
	assert_int_equal(page.programs[0].total, 12 + 4 + 5);
	assert_true(page.programs[0].share > 0.67 && page.programs[0].share < 0.68);
}

static void
processes_of_one_program_are_one_user(void **state)
{
	const struct files_spec spec = { .asked = true, .who = "/lib/libc.so" };

	(void)state;
	for (int32_t who = 100; who < 1000; who++)
		touch(who, "/bin/true", "/lib/libc.so", 1);
	touch(10, "/bin/cat", "/lib/libc.so", 100);
	files_page_take(&page, files, NULL, &spec);
	assert_int_equal(page.program_count, 2);
	assert_string_equal(page.programs[0].name, "true");
	assert_int_equal(page.programs[0].total, 900);
	assert_false(page.programs[0].at_least);
	assert_true(page.programs[0].share > 0.899 && page.programs[0].share < 0.901);
	assert_int_equal(page.programs[1].total, 100);
}

static int
yes_path(void *ctx, enum mute_kind kind, const char *path, event_mask events, bool on)
{
	(void)ctx, (void)kind, (void)path, (void)events, (void)on;
	return 0;
}

static int
yes_process(void *ctx, int32_t n, uint32_t version, event_mask events, bool on)
{
	(void)ctx, (void)n, (void)version, (void)events, (void)on;
	return 0;
}

static int
no_counts(void *ctx, unsigned *processes, unsigned *paths)
{
	(void)ctx;
	*processes = *paths = 0;
	return 0;
}

static void
no_local(void *ctx, const struct mute_rule *const rules[], size_t n)
{
	(void)ctx, (void)rules, (void)n;
}

static void
rules_for_targets_mark_what_they_cover(void **state)
{
	const struct mute_ops ops = {
		.process = yes_process, .path = yes_path, .counts = no_counts, .local = no_local
	};
	struct mutes *m = mutes_create(&ops, NULL, EVENT_ALL & ~event_mask_vital());
	struct files_spec spec = { .asked = true, .compare = by_path };

	(void)state;
	mutes_add_path(m, MUTE_TARGET, "/etc/hosts", 0, MUTE_BY_KEY, NOON);
	mutes_add_path(m, MUTE_TARGET_PREFIX, "/src/", 0, MUTE_BY_KEY, NOON);
	mutes_add_path(m, MUTE_EXE, "/src/b.c", 0, MUTE_BY_KEY, NOON);
	files_page_take(&page, files, m, &spec);
	assert_int_equal(page.rows[0].mute, 'T');
	assert_int_equal(page.rows[1].mute, 'D');
	assert_int_equal(page.rows[2].mute, 'D');
	spec.directories = true;
	files_page_take(&page, files, m, &spec);
	assert_string_equal(page.rows[0].path, "/etc");
	assert_int_equal(page.rows[0].mute, ' '); /* one file in it is, not all */
	assert_int_equal(page.rows[1].mute, 'D');
	mutes_undo(m, NOON), mutes_undo(m, NOON);
	files_page_mark(&page, m, true);
	assert_int_equal(page.rows[1].mute, ' ');
	mutes_destroy(m);
}

static void
rules_that_cover_a_process_are_all_named(void **state)
{
	const struct mute_ops ops = {
		.process = yes_process, .path = yes_path, .counts = no_counts, .local = no_local
	};
	struct mutes *m = mutes_create(&ops, NULL, EVENT_ALL & ~event_mask_vital());
	const struct proc_key key = { 10, pid(10, 1).start_ns };
	const struct mute_rule *rules[2];

	(void)state;
	assert_int_equal(mutes_covering(m, key, "/usr/bin/cc", rules, 2), 0);
	mutes_add_path(m, MUTE_EXE, "/usr/bin/cc", 0, MUTE_BY_KEY, NOON);
	mutes_add_path(m, MUTE_TARGET, "/usr/bin/cc", 0, MUTE_BY_KEY, NOON);
	mutes_add_process(m, key, 1, "/usr/bin/cc", 0, MUTE_BY_KEY, NOON);
	mutes_add_path(m, MUTE_PREFIX, "/usr/", 0, MUTE_BY_KEY, NOON);
	assert_int_equal(mutes_covering(m, key, "/usr/bin/cc", rules, 2), 3);
	assert_int_equal(rules[0]->kind, MUTE_EXE);
	assert_int_equal(rules[1]->kind, MUTE_PROCESS);
	assert_int_equal(mutes_covering(m, (struct proc_key){ 11, 1 }, "", rules, 2), 0);
	mutes_destroy(m);
}

static void
the_name_of_a_path_is_what_follows_its_last_slash(void **state)
{
	char why[128];
	struct filter *f = filter_compile("make", why, sizeof(why));

	(void)state;
	assert_true(files_page_match(f, "make"));
	assert_true(files_page_match(f, "/x/make"));
	assert_true(files_page_match(f, "/make/"));
	assert_false(files_page_match(f, ""));
	filter_free(f);
}

static void
counts_of_users_are_at_least_where_some_were_not_kept(void **state)
{
	struct files_spec spec = { .asked = true, .who = "/busy" };
	struct file_facts facts;
	bool any = false;

	(void)state;
	/* More users than are kept: the last ones take the place of others, and may have been there before. */
	for (int32_t n = 0; n < FILES_USERS + 3; n++)
		touch(500 + n, "/bin/cat", "/busy", 2);
	assert_true(files_find(files, FILES_FILE, "/busy", &facts));
	assert_false(facts.at_least);
	files_page_take(&page, files, NULL, &spec);
	assert_int_equal(page.user_count, FILES_USERS);
	for (size_t i = 0; i < page.user_count; i++)
		any |= page.users[i].at_least;
	assert_true(any);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(rows_come_in_the_order_asked_for),
		TEST(a_page_is_a_copy),
		TEST(filters_are_on_the_path),
		TEST(directories_are_listed_instead),
		TEST(a_directory_is_the_sum_of_all_below_it),
		TEST(processes_of_one_program_are_one_user),
		TEST(rules_for_targets_mark_what_they_cover),
		TEST(rules_that_cover_a_process_are_all_named),
		TEST(the_name_of_a_path_is_what_follows_its_last_slash),
		TEST(counts_of_users_are_at_least_where_some_were_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
