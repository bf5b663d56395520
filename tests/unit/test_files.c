/* The busiest files and directories: exact while there is room, honest when there is not. */
#include "model/files.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static int
set_up(void **state)
{
	*state = files_create();
	return 0;
}

static int
tear_down(void **state)
{
	files_destroy(*state);
	return 0;
}

static void
touch(struct files *f, int32_t who, const char *path, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		files_add(f, i % 2 ? close_of(pid(who, 1), path) : open_of(pid(who, 1), path), NULL);
}

static struct file_facts
facts(const struct files *f, enum files_kind kind, const char *path)
{
	struct file_facts found;

	assert_true(files_find(f, kind, path, &found));
	assert_string_equal(found.path, path);
	return found;
}

static void
opens_and_closes_are_counted_by_target(void **state)
{
	struct files *f = *state;
	struct file_facts a;

	touch(f, 2, "/etc/hosts", 3);
	touch(f, 2, "/etc/passwd", 1);
	a = facts(f, FILES_FILE, "/etc/hosts");
	assert_int_equal(a.opens, 2);
	assert_int_equal(a.closes, 1);
	assert_int_equal(a.total, 3);
	assert_false(a.at_least);
	assert_false(a.more_users);
	assert_int_equal(files_count(f, FILES_FILE), 2);
}

static void
a_directory_counts_what_lies_in_it(void **state)
{
	struct files *f = *state;

	touch(f, 2, "/etc/hosts", 2);
	touch(f, 3, "/etc/passwd", 1);
	touch(f, 3, "/etc/ssl/cert", 1);
	touch(f, 3, "/vmlinuz", 1);
	touch(f, 3, "/", 1);
	touch(f, 3, "/etc/dir/", 1);
	assert_int_equal(facts(f, FILES_DIRECTORY, "/etc").total, 4);
	assert_int_equal(facts(f, FILES_DIRECTORY, "/etc").users, 2);
	assert_int_equal(facts(f, FILES_DIRECTORY, "/etc/ssl").total, 1);
	assert_int_equal(facts(f, FILES_DIRECTORY, "/").total, 2);
}

static void
what_is_no_file_is_not_counted(void **state)
{
	struct files *f = *state;
	static char path[FILES_PATH_MAX + 100];
	struct event *cut = open_of(pid(2, 1), "/cut");

	memset(path, '/', sizeof(path) - 1);
	files_add(f, exec_of(pid(2, 1), pid(2, 2), "/bin/cat"), NULL);
	files_add(f, exit_of(pid(2, 1), 0), NULL);
	files_add(f, event_of(EV_OPEN, pid(2, 1)), NULL);
	files_add(f, open_of(pid(2, 1), "relative"), NULL);
	files_add(f, open_of(pid(2, 1), path), NULL);
	cut->flags = EVENT_TRUNCATED;
	files_add(f, cut, NULL);
	assert_int_equal(files_count(f, FILES_FILE), 0);
}

static void
rates_are_of_the_last_interval(void **state)
{
	struct files *f = *state;
	struct file_facts a;

	files_tick(f, NOON);
	touch(f, 2, "/a", 8);
	files_tick(f, NOON + 2 * SECOND);
	a = facts(f, FILES_FILE, "/a");
	assert_true(a.open_rate == 2 && a.close_rate == 2 && a.rate == 4);
	files_tick(f, NOON + 3 * SECOND);
	assert_true(facts(f, FILES_FILE, "/a").rate == 0);
	assert_int_equal(facts(f, FILES_FILE, "/a").total, 8);
}

static void
who_touches_it_is_told_most_first(void **state)
{
	struct files *f = *state;
	struct intern *strings = intern_create();
	struct string *exe = intern(strings, "/bin/cat", 8);
	struct file_user users[FILES_USERS];

	touch(f, 10, "/a", 3);
	touch(f, 11, "/a", 5);
	files_add(f, open_of(pid(11, 2), "/a"), exe); /* after an exec: the same process */
	assert_int_equal(files_users(f, FILES_FILE, "/a", users), 2);
	assert_int_equal(users[0].key.pid, 11);
	assert_int_equal(users[0].total, 6);
	assert_string_equal(users[0].exe, "/bin/cat");
	assert_int_equal(users[1].key.pid, 10);
	assert_int_equal(users[1].opens, 2);
	assert_string_equal(users[1].exe, "");
	assert_int_equal(facts(f, FILES_FILE, "/a").top.key.pid, 11);
	assert_int_equal(files_users(f, FILES_FILE, "/b", users), 0);
	string_release(exe);
	files_clear(f);
	intern_destroy(strings);
}

static void
more_processes_than_are_kept_is_said(void **state)
{
	struct files *f = *state;
	struct file_user users[FILES_USERS];
	struct file_facts a;

	touch(f, 5, "/a", 100);
	for (int32_t who = 10; who < 10 + FILES_USERS - 1; who++)
		touch(f, who, "/a", 1);
	assert_int_equal(facts(f, FILES_FILE, "/a").users, FILES_USERS);
	assert_false(facts(f, FILES_FILE, "/a").more_users);
	touch(f, 99, "/a", 1);
	a = facts(f, FILES_FILE, "/a");
	assert_int_equal(a.users, FILES_USERS + 1);
	assert_true(a.more_users);
	assert_int_equal(a.top.key.pid, 5);
	assert_false(a.top.at_least);
	assert_int_equal(files_users(f, FILES_FILE, "/a", users), FILES_USERS);
	for (unsigned i = 0; i < FILES_USERS; i++)
		if (users[i].key.pid == 99)
			assert_true(users[i].at_least);
}

static void
the_number_of_many_processes_is_estimated(void **state)
{
	static const unsigned numbers[] = { 20, 60, 200, 400 };
	struct files *f = *state;
	unsigned done = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		unsigned users;

		for (; done < numbers[i]; done++) {
			touch(f, 100 + (int32_t)done, "/a", 1);
			touch(f, 100, "/a", 1); /* who comes again is not counted again */
		}
		users = facts(f, FILES_FILE, "/a").users;
		assert_in_range(users, numbers[i] * 3 / 4, numbers[i] * 5 / 4);
	}
	for (; done < 20000; done++)
		touch(f, 100 + (int32_t)done, "/a", 1);
	assert_int_equal(facts(f, FILES_FILE, "/a").users, FILES_USERS_MOST);
}

static void
up_to_their_number_all_files_are_exact(void **state)
{
	struct files *f = *state;
	char path[32];

	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < FILES_MAX; i++) {
			snprintf(path, sizeof(path), "/d/%u", i);
			touch(f, 2, path, 1 + i % 5);
		}
	assert_int_equal(files_count(f, FILES_FILE), FILES_MAX);
	for (unsigned i = 0; i < FILES_MAX; i++) {
		snprintf(path, sizeof(path), "/d/%u", i);
		assert_int_equal(facts(f, FILES_FILE, path).total, 3 * (1 + i % 5));
		assert_false(facts(f, FILES_FILE, path).at_least);
	}
}

/* A few busy files among 50,000 that are touched once or twice: true counts are known here. */
static void
beyond_it_the_busy_ones_stay_and_the_bound_holds(void **state)
{
	enum { PATHS = 50000, BUSY = 100 };
	struct files *f = *state;
	static unsigned truth[PATHS];
	uint64_t random = 88172645463325252u, sum = 0;
	char path[32];

	memset(truth, 0, sizeof(truth));
	for (unsigned i = 0; i < 400000; i++) {
		unsigned which;

		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		which = random % 4 ? (unsigned)(random >> 20) % BUSY : (unsigned)(random >> 20) % PATHS;
		snprintf(path, sizeof(path), "/d%u/%u", which % 7, which);
		touch(f, 2, path, 1);
		truth[which]++;
		sum++;
	}
	assert_int_equal(files_count(f, FILES_FILE), FILES_MAX);
	for (unsigned i = 0; i < PATHS; i++) {
		struct file_facts a;

		snprintf(path, sizeof(path), "/d%u/%u", i % 7, i);
		if (!files_find(f, FILES_FILE, path, &a)) {
			assert_true(truth[i] <= sum / FILES_MAX);
			continue;
		}
		assert_true(a.total <= truth[i]);
		assert_true(truth[i] <= a.total + a.missed);
		if (!a.at_least)
			assert_int_equal(a.total, truth[i]);
	}
	/* Seven directories fit, so those are exact. */
	for (unsigned d = 0; d < 7; d++) {
		snprintf(path, sizeof(path), "/d%u", d);
		assert_false(facts(f, FILES_DIRECTORY, path).at_least);
	}
}

static void
what_was_busy_makes_way_for_what_is(void **state)
{
	struct files *f = *state;
	struct file_facts found;
	char path[32];

	for (unsigned i = 0; i < FILES_MAX; i++) {
		snprintf(path, sizeof(path), "/old/%u", i);
		touch(f, 2, path, 64);
	}
	for (unsigned minute = 0; minute < 8; minute++)
		files_tick(f, NOON + minute * 60 * SECOND);
	for (unsigned round = 0; round < 4; round++)
		for (unsigned i = 0; i < FILES_MAX / 2; i++) {
			snprintf(path, sizeof(path), "/new/%u", i);
			touch(f, 2, path, 1);
		}
	for (unsigned i = 0; i < FILES_MAX / 2; i++) {
		snprintf(path, sizeof(path), "/new/%u", i);
		assert_true(files_find(f, FILES_FILE, path, &found));
		assert_int_equal(found.total, 4);
		assert_true(found.at_least);
		assert_int_equal(found.missed, 64);
	}
}

static void
a_process_has_its_files(void **state)
{
	struct files *f = *state;
	struct file_share share[3];
	char path[32];

	for (unsigned i = 1; i <= 5; i++) {
		snprintf(path, sizeof(path), "/f%u", i);
		touch(f, 7, path, i);
		touch(f, 8, path, 50);
	}
	assert_int_equal(files_of(f, (struct proc_key){ 7, pid(7, 1).start_ns }, share, 3), 3);
	assert_string_equal(share[0].path, "/f5");
	assert_int_equal(share[0].user.total, 5);
	assert_string_equal(share[1].path, "/f4");
	assert_string_equal(share[2].path, "/f3");
	assert_int_equal(files_of(f, (struct proc_key){ 9, 0 }, share, 3), 0);
}

static void
the_last_minute_is_known_for_mutes(void **state)
{
	struct files *f = *state;
	bool exact;

	files_tick(f, NOON);
	touch(f, 2, "/tmp/a/x", 10);
	touch(f, 2, "/tmp/b", 5);
	touch(f, 2, "/tmpfile", 3);
	files_tick(f, NOON + SECOND);
	assert_int_equal(files_recent(f, "/tmp/a/x", false, &exact), 10);
	assert_true(exact);
	assert_int_equal(files_recent(f, "/nothing", false, &exact), 0);
	assert_true(exact);
	assert_int_equal(files_recent(f, "/tmp/", true, &exact), 15);
	assert_int_equal(files_recent(f, "/tmp", true, &exact), 18);
	assert_true(exact);
	files_tick(f, NOON + 70 * SECOND);
	assert_int_equal(files_recent(f, "/tmp", true, &exact), 0);
}

static void
after_targets_left_the_last_minute_is_a_lower_bound(void **state)
{
	struct files *f = *state;
	char path[32];
	bool exact;

	files_tick(f, NOON);
	touch(f, 2, "/tmp/busy", 1000);
	for (unsigned i = 0; i < 2 * FILES_MAX; i++) {
		snprintf(path, sizeof(path), "/tmp/%u", i);
		touch(f, 2, path, 1);
	}
	files_tick(f, NOON + SECOND);
	assert_int_equal(files_recent(f, "/tmp/busy", false, &exact), 1000);
	assert_true(exact); /* it was there all the time */
	files_recent(f, "/tmp/1", false, &exact);
	assert_false(exact);
	/* The directory counted them all. */
	assert_int_equal(files_recent(f, "/tmp/", true, &exact), 1000 + 2 * FILES_MAX);
	assert_false(exact);
	files_tick(f, NOON + 120 * SECOND);
	files_recent(f, "/tmp/1", false, &exact);
	assert_true(exact);
}

static void
strings_are_given_back(void **state)
{
	struct files *f = files_create();
	struct intern *strings = intern_create();
	struct string *exe;
	char path[32];

	(void)state;
	for (unsigned i = 0; i < 3 * FILES_MAX; i++) {
		int n = snprintf(path, sizeof(path), "/bin/%u", i % 40);

		exe = intern(strings, path, (size_t)n);

		snprintf(path, sizeof(path), "/d%u/%u", i % 700, i);
		files_add(f, open_of(pid((int32_t)(i % 40) + 2, 1), path), exe);
		string_release(exe);
	}
	assert_in_range(intern_count(strings), 1, 40); /* of those that use what is there now */
	files_clear(f);
	assert_int_equal(intern_count(strings), 0);
	exe = intern(strings, "/bin/a", 6);
	files_add(f, open_of(pid(2, 1), "/a"), exe);
	string_release(exe);
	assert_int_equal(intern_count(strings), 1);
	files_destroy(f);
	assert_int_equal(intern_count(strings), 0);
	intern_destroy(strings);
}

/* Weights in no order, and all different: who leaves for each that comes is the lightest there is. */
static void
the_lightest_leaves_first(void **state)
{
	enum { NEW = 300 };
	struct files *f = *state;
	static unsigned weight[FILES_MAX];
	struct file_facts a;
	char path[32];

	for (unsigned i = 0; i < FILES_MAX; i++)
		weight[i] = 10 + 3 * (i * 389 % FILES_MAX); /* 389 and 1024 have no divisor in common */
	/* Once each, and the rest afterwards, from both ends: up and down in the heap. */
	for (unsigned i = 0; i < FILES_MAX; i++) {
		snprintf(path, sizeof(path), "/d/%u", i);
		touch(f, 2, path, 1);
	}
	for (unsigned i = 0; i < FILES_MAX; i++) {
		unsigned which = i % 2 ? FILES_MAX - 1 - i / 2 : i / 2;

		snprintf(path, sizeof(path), "/d/%u", which);
		touch(f, 2, path, weight[which] - 1);
	}
	for (unsigned n = 0; n < NEW; n++) {
		unsigned lightest = 10 + 3 * n;

		snprintf(path, sizeof(path), "/new/%u", n);
		touch(f, 2, path, 100000); /* heavy: it stays */
		a = facts(f, FILES_FILE, path);
		assert_int_equal(a.total, 100000);
		assert_int_equal(a.missed, lightest); /* of which it may have had as many */
		assert_true(a.at_least);
	}
	for (unsigned i = 0; i < FILES_MAX; i++) {
		snprintf(path, sizeof(path), "/d/%u", i);
		assert_int_equal(files_find(f, FILES_FILE, path, &a), weight[i] >= 10 + 3 * NEW);
	}
}

static void
a_process_s_files_come_busiest_first(void **state)
{
	static const unsigned times[] = { 3, 9, 1, 7, 5 };
	struct files *f = *state;
	struct file_share list[5];
	char path[32];

	for (unsigned i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "/d/%u", times[i]);
		touch(f, 2, path, times[i]);
		touch(f, 3, path, 20 - times[i]); /* another one has them the other way round */
	}
	for (unsigned max = 1; max <= 5; max++) {
		assert_int_equal(files_of(f, (struct proc_key){ 2, pid(2, 1).start_ns }, list, max), max);
		for (unsigned i = 0; i < max; i++) {
			assert_int_equal(list[i].user.total, 9 - 2 * i);
			snprintf(path, sizeof(path), "/d/%u", 9 - 2 * i);
			assert_string_equal(list[i].path, path);
		}
	}
	assert_int_equal(files_of(f, (struct proc_key){ 4, pid(4, 1).start_ns }, list, 5), 0);
}

static void
none_is_no_files(void **state)
{
	(void)state;
	files_destroy(NULL);
}

static void
who_used_a_file_is_known_by_pid_and_start(void **state)
{
	struct files *f = *state;
	struct intern *strings = intern_create();
	struct string *exe = intern(strings, "/bin/x", 6);
	struct event_proc who = pid(2, 1), twin = begun(pid(2, 7), 9);
	struct file_user users[FILES_USERS];
	struct file_share share[4];

	files_add(f, open_of(who, "/a"), exe);
	files_add(f, close_of(who, "/a"), NULL); /* the program is still the one that is known */
	files_add(f, open_of(twin, "/b"), NULL);
	assert_int_equal(files_users(f, FILES_FILE, "/a", users), 1);
	assert_string_equal(users[0].exe, "/bin/x");
	assert_int_equal(users[0].opens, 1);
	assert_int_equal(users[0].closes, 1);
	assert_int_equal(files_of(f, (struct proc_key){ who.pid, who.start_ns }, share, 4), 1);
	assert_string_equal(share[0].path, "/a");
	assert_int_equal(files_of(f, (struct proc_key){ twin.pid, twin.start_ns }, share, 4), 1);
	assert_string_equal(share[0].path, "/b");
	string_release(exe);
	intern_destroy(strings);
}

static void
a_file_is_counted_up_to_the_longest_path(void **state)
{
	struct files *f = *state;
	static char path[FILES_PATH_MAX + 2];

	memset(path, 'p', FILES_PATH_MAX + 1);
	path[0] = '/';
	touch(f, 2, path, 1);
	assert_int_equal(files_count(f, FILES_FILE), 0);
	path[FILES_PATH_MAX] = '\0';
	touch(f, 2, path, 1);
	assert_int_equal(files_count(f, FILES_FILE), 1);
	assert_int_equal(facts(f, FILES_FILE, path).total, 1);
	/* Slashes at the end and a root of several are no names. */
	touch(f, 2, "/a/b//", 1);
	touch(f, 2, "//", 1);
	assert_int_equal(facts(f, FILES_DIRECTORY, "/a").total, 1);
	assert_int_equal(facts(f, FILES_DIRECTORY, "/").total, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(opens_and_closes_are_counted_by_target),
		TEST(a_directory_counts_what_lies_in_it),
		TEST(what_is_no_file_is_not_counted),
		TEST(rates_are_of_the_last_interval),
		TEST(who_touches_it_is_told_most_first),
		TEST(more_processes_than_are_kept_is_said),
		TEST(the_number_of_many_processes_is_estimated),
		TEST(up_to_their_number_all_files_are_exact),
		TEST(beyond_it_the_busy_ones_stay_and_the_bound_holds),
		TEST(what_was_busy_makes_way_for_what_is),
		TEST(a_process_has_its_files),
		TEST(the_last_minute_is_known_for_mutes),
		TEST(after_targets_left_the_last_minute_is_a_lower_bound),
		TEST(strings_are_given_back),
		TEST(the_lightest_leaves_first),
		TEST(a_process_s_files_come_busiest_first),
		TEST(none_is_no_files),
		TEST(who_used_a_file_is_known_by_pid_and_start),
		TEST(a_file_is_counted_up_to_the_longest_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
