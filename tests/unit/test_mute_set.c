#include "src/base/mute_set.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Endpoint Security's numbers; all but fork and exit can have target paths here. */
enum { EXEC = 9, OPEN = 10, FORK = 11, CLOSE = 12, EXIT = 15, RENAME = 25 };

#define EVENTS(...) events_of((const unsigned[]){ __VA_ARGS__, 0 })

static const struct event_set *
events_of(const unsigned *types)
{
	static struct event_set ring[8];
	static unsigned at;
	struct event_set *s = &ring[at++ % 8];

	*s = (struct event_set){ { 0 } };
	for (; *types; types++)
		event_set_add(s, *types);
	return s;
}

static struct mute_set *
mute_set_of_limit(size_t limit)
{
	struct mute_set *m = mute_set_create(limit, EVENTS(EXEC, OPEN, CLOSE, RENAME));

	assert_non_null(m);
	return m;
}

static int
mute_process(struct mute_set *m, int32_t pid, uint32_t version, const struct event_set *events)
{
	unsigned char token[32];

	memset(token, (int)version, sizeof(token));
	return mute_set_mute_process(m, token, pid, version, events);
}

static bool
path_muted(const struct mute_set *m, const char *exe, unsigned type)
{
	struct event_set s = mute_set_path_mask(m, exe, strlen(exe));

	return event_set_has(&s, type);
}

static bool
process_muted(const struct mute_set *m, int32_t pid, uint32_t version, unsigned type)
{
	struct event_set s = mute_set_process_mask(m, pid, version);

	return event_set_has(&s, type);
}

static struct mute_target
target(const char *path)
{
	return (struct mute_target){ path, strlen(path) };
}

/* An event of process (12, 1), that runs exe, on one target path or on none. */
static bool
suppressed(const struct mute_set *m, unsigned type, const char *exe, const char *path)
{
	struct mute_target t = target(path ? path : "");

	return mute_set_suppresses(m, 12, 1, type, exe, strlen(exe), &t, path ? 1 : 0);
}

/* ---- event_set --------------------------------------------------------------- */

static void
an_event_set_holds_what_was_added(void **state)
{
	struct event_set a = { { 0 } }, b = { { 0 } };

	(void)state;
	assert_true(event_set_empty(&a));
	for (unsigned type = 0; type < 256; type += 51)
		event_set_add(&a, type);
	event_set_add(&a, 256);
	assert_int_equal(event_set_count(&a), 6);
	assert_true(event_set_has(&a, 0));
	assert_true(event_set_has(&a, 255));
	assert_false(event_set_has(&a, 254));
	assert_false(event_set_has(&a, 256));
	assert_false(event_set_has(&a, 256 + 51));

	event_set_add(&b, 51);
	event_set_add(&b, 52);
	event_set_unite(&a, &b);
	assert_int_equal(event_set_count(&a), 7);
	event_set_subtract(&a, &b);
	assert_int_equal(event_set_count(&a), 5);
	event_set_intersect(&a, &b);
	assert_true(event_set_empty(&a));
	a = event_set_all();
	assert_int_equal(event_set_count(&a), 256);
}

/* ---- the chart: which stage suppresses, inverted or not ------------------------ */

static void
nothing_muted_suppresses_nothing(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);

	(void)state;
	assert_false(suppressed(m, OPEN, "/bin/a", "/etc/passwd"));
	assert_false(suppressed(m, FORK, "/bin/a", NULL));
	mute_set_destroy(m);
	mute_set_destroy(NULL);
}

/*
 * Every combination of what matches and what is inverted, for one event with one
 * target and one without. Each stage suppresses when match XOR inverted, and one
 * is enough; the third stands aside for events without target paths.
 */
static void
every_row_of_the_chart(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 64; bits++) {
		struct mute_set *m = mute_set_of_limit(10);
		bool process = bits & 1, path = bits & 2, on_target = bits & 4;
		bool inverted[3] = { bits & 8, bits & 16, bits & 32 };
		bool first_two;

		if (process)
			assert_int_equal(mute_process(m, 12, 1, EVENTS(OPEN, FORK)), 0);
		if (path)
			assert_int_equal(mute_set_mute_path(m, MUTE_PATH_LITERAL, "/bin/a",
							    EVENTS(OPEN, FORK)),
					 0);
		if (on_target)
			assert_int_equal(mute_set_mute_path(m, MUTE_PATH_TARGET_PREFIX, "/etc", EVENTS(OPEN)),
					 0);
		for (int i = 0; i < 3; i++)
			if (inverted[i])
				mute_set_invert(m, (enum mute_inversion)i);

		first_two = (process != inverted[0]) || (path != inverted[1]);
		assert_int_equal(suppressed(m, OPEN, "/bin/a", "/etc/passwd"),
				 first_two || on_target != inverted[2]);
		assert_int_equal(suppressed(m, FORK, "/bin/a", NULL), first_two);

		/* Nothing was muted for this type, so that nothing matches. */
		assert_int_equal(suppressed(m, CLOSE, "/bin/a", "/etc/passwd"),
				 inverted[0] || inverted[1] || inverted[2]);
		mute_set_destroy(m);
	}
}

static void
a_selected_process_in_a_muted_path_is_suppressed(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);

	(void)state;
	mute_set_invert(m, MUTE_INVERT_PROCESS);
	mute_process(m, 12, 1, NULL);
	assert_false(suppressed(m, OPEN, "/bin/bash", "/x"));
	mute_set_mute_path(m, MUTE_PATH_LITERAL, "/bin/bash", NULL);
	assert_true(suppressed(m, OPEN, "/bin/bash", "/x"));
	assert_true(mute_set_suppresses(m, 13, 1, OPEN, "/bin/a", 6, NULL, 0));
	mute_set_destroy(m);
}

static void
all_targets_must_be_muted(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);
	struct mute_target both[] = { target("/tmp/a"), target("/tmp/b") };
	struct mute_target one[] = { target("/tmp/a"), target("/home/b") };
	struct mute_target other[] = { target("/home/a"), target("/tmp/b") };
	struct mute_target none[] = { target("/home/a"), target("/home/b") };

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_TARGET_PREFIX, "/tmp/", NULL);
	assert_true(mute_set_target_suppresses(m, RENAME, both, 2));
	assert_false(mute_set_target_suppresses(m, RENAME, one, 2));
	assert_false(mute_set_target_suppresses(m, RENAME, other, 2));
	assert_false(mute_set_target_suppresses(m, RENAME, none, 2));
	mute_set_destroy(m);
}

static void
inverted_any_target_selects(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);
	struct mute_target both[] = { target("/tmp/a"), target("/tmp/b") };
	struct mute_target one[] = { target("/tmp/a"), target("/home/b") };
	struct mute_target other[] = { target("/home/a"), target("/tmp/b") };
	struct mute_target none[] = { target("/home/a"), target("/home/b") };

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_TARGET_PREFIX, "/tmp/", NULL);
	mute_set_invert(m, MUTE_INVERT_TARGET_PATH);
	assert_false(mute_set_target_suppresses(m, RENAME, both, 2));
	assert_false(mute_set_target_suppresses(m, RENAME, one, 2));
	assert_false(mute_set_target_suppresses(m, RENAME, other, 2));
	assert_true(mute_set_target_suppresses(m, RENAME, none, 2));
	mute_set_destroy(m);
}

static void
events_without_targets_pass_the_target_stage(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);
	struct mute_target t = target("/tmp/a");

	(void)state;
	for (int inverted = 0; inverted < 2; inverted++) {
		assert_false(mute_set_target_suppresses(m, FORK, NULL, 0));
		assert_false(mute_set_target_suppresses(m, FORK, &t, 1));
		assert_false(mute_set_target_suppresses(m, OPEN, NULL, 0));
		mute_set_invert(m, MUTE_INVERT_TARGET_PATH);
	}
	mute_set_destroy(m);
}

static void
inverting_toggles_and_keeps_the_entries(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_PREFIX, "/bin", NULL);
	mute_process(m, 12, 1, NULL);
	for (int i = 0; i < 3; i++) {
		enum mute_inversion which = (enum mute_inversion)i;

		assert_false(mute_set_inverted(m, which));
		mute_set_invert(m, which);
		for (int j = 0; j < 3; j++)
			assert_int_equal(mute_set_inverted(m, (enum mute_inversion)j), i == j);
		mute_set_invert(m, which);
		assert_false(mute_set_inverted(m, which));
	}
	assert_int_equal(mute_set_process_count(m), 1);
	assert_int_equal(mute_set_path_count(m), 1);
	mute_set_destroy(m);
}

/* The masks say what is in the set; inversion is for the verdict. */
static void
masks_are_not_inverted(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);

	(void)state;
	mute_process(m, 12, 1, EVENTS(OPEN));
	mute_set_mute_path(m, MUTE_PATH_LITERAL, "/bin/a", EVENTS(CLOSE));
	mute_set_invert(m, MUTE_INVERT_PROCESS);
	mute_set_invert(m, MUTE_INVERT_PATH);
	assert_true(process_muted(m, 12, 1, OPEN));
	assert_false(process_muted(m, 12, 1, CLOSE));
	assert_true(path_muted(m, "/bin/a", CLOSE));
	assert_false(path_muted(m, "/bin/a", OPEN));
	mute_set_destroy(m);
}

/* ---- a set of tuples ------------------------------------------------------------- */

static void
muting_twice_and_unmuting_once_unmutes(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mute_process(m, 12, 1, EVENTS(OPEN)), 0);
		assert_int_equal(mute_set_mute_path(m, MUTE_PATH_PREFIX, "/bin", EVENTS(OPEN)), 0);
	}
	assert_int_equal(mute_set_process_count(m), 1);
	assert_int_equal(mute_set_path_count(m), 1);
	assert_int_equal(mute_set_unmute_process(m, 12, 1, EVENTS(OPEN)), 0);
	assert_int_equal(mute_set_unmute_path(m, MUTE_PATH_PREFIX, "/bin", EVENTS(OPEN)), 0);
	assert_int_equal(mute_set_process_count(m), 0);
	assert_int_equal(mute_set_path_count(m), 0);
	assert_false(suppressed(m, OPEN, "/bin/a", NULL));
	mute_set_destroy(m);
}

static void
unmuting_what_is_absent_is_fine(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);

	(void)state;
	assert_int_equal(mute_set_unmute_process(m, 1, 2, NULL), 0);
	for (int type = 0; type < 4; type++)
		assert_int_equal(mute_set_unmute_path(m, (enum mute_path_type)type, "/x", NULL), 0);
	mute_process(m, 12, 1, EVENTS(OPEN));
	assert_int_equal(mute_set_unmute_process(m, 12, 1, EVENTS(CLOSE)), 0);
	assert_true(process_muted(m, 12, 1, OPEN));
	mute_set_destroy(m);
}

static void
unmuting_a_subset_leaves_the_rest(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);

	(void)state;
	mute_process(m, 12, 1, NULL);
	mute_set_unmute_process(m, 12, 1, EVENTS(EXEC, FORK, EXIT));
	assert_false(process_muted(m, 12, 1, FORK));
	assert_true(process_muted(m, 12, 1, OPEN));
	assert_int_equal(event_set_count(&mute_set_first_process(m)->events), 253);

	mute_set_mute_path(m, MUTE_PATH_LITERAL, "/bin/a", NULL);
	mute_set_unmute_path(m, MUTE_PATH_LITERAL, "/bin/a", EVENTS(OPEN));
	assert_false(path_muted(m, "/bin/a", OPEN));
	assert_true(path_muted(m, "/bin/a", CLOSE));
	assert_int_equal(event_set_count(&mute_set_first_path(m)->events), 255);
	mute_set_destroy(m);
}

static void
muting_more_events_adds_them(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	assert_int_equal(mute_process(m, 12, 1, EVENTS(OPEN)), 0);
	assert_int_equal(mute_process(m, 12, 1, EVENTS(CLOSE)), 0);
	assert_true(process_muted(m, 12, 1, OPEN));
	assert_true(process_muted(m, 12, 1, CLOSE));
	assert_int_equal(mute_set_process_count(m), 1);
	mute_set_destroy(m);
}

static void
muting_no_events_makes_no_entry(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);
	struct event_set none = { { 0 } };

	(void)state;
	assert_int_equal(mute_process(m, 12, 1, &none), 0);
	assert_int_equal(mute_set_mute_path(m, MUTE_PATH_LITERAL, "/bin/a", &none), 0);
	assert_int_equal(mute_set_process_count(m), 0);
	assert_int_equal(mute_set_path_count(m), 0);
	mute_set_destroy(m);
}

static void
paths_of_different_type_are_different_entries(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	for (int type = 0; type < 4; type++)
		assert_int_equal(mute_set_mute_path(m, (enum mute_path_type)type, "/foo", NULL), 0);
	assert_int_equal(mute_set_path_count(m), 4);
	mute_set_unmute_path(m, MUTE_PATH_PREFIX, "/foo", NULL);
	assert_int_equal(mute_set_path_count(m), 3);
	assert_true(path_muted(m, "/foo", OPEN));
	assert_false(path_muted(m, "/foo/bar", OPEN));
	mute_set_unmute_path(m, MUTE_PATH_LITERAL, "/foo", NULL);
	assert_false(path_muted(m, "/foo", OPEN));
	assert_true(mute_set_has_targets(m));
	mute_set_unmute_path(m, MUTE_PATH_TARGET_PREFIX, "/foo", NULL);
	mute_set_unmute_path(m, MUTE_PATH_TARGET_LITERAL, "/foo", NULL);
	assert_false(mute_set_has_targets(m));
	assert_null(mute_set_first_path(m));
	mute_set_destroy(m);
}

static void
unmuting_a_prefix_keeps_the_literal_below_it(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_LITERAL, "/foo/bar", NULL);
	assert_int_equal(mute_set_unmute_path(m, MUTE_PATH_PREFIX, "/foo", NULL), 0);
	assert_true(path_muted(m, "/foo/bar", OPEN));
	mute_set_destroy(m);
}

/* ---- paths --------------------------------------------------------------------------- */

static void
a_prefix_is_a_plain_string_prefix(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_PREFIX, "/bin", NULL);
	assert_true(path_muted(m, "/bin", OPEN));
	assert_true(path_muted(m, "/bin/ls", OPEN));
	assert_true(path_muted(m, "/binary/x", OPEN));
	assert_false(path_muted(m, "/bi", OPEN));
	assert_false(path_muted(m, "/usr/bin", OPEN));
	assert_false(path_muted(m, "", OPEN));
	mute_set_destroy(m);
}

static void
a_literal_is_the_whole_path(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_LITERAL, "/bin/ls", NULL);
	assert_true(path_muted(m, "/bin/ls", OPEN));
	assert_false(path_muted(m, "/bin/lsof", OPEN));
	assert_false(path_muted(m, "/bin/l", OPEN));
	mute_set_destroy(m);
}

static void
matching_entries_add_up(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_PREFIX, "/", EVENTS(OPEN));
	mute_set_mute_path(m, MUTE_PATH_PREFIX, "/usr/", EVENTS(CLOSE));
	mute_set_mute_path(m, MUTE_PATH_LITERAL, "/usr/bin/a", EVENTS(RENAME));
	assert_true(path_muted(m, "/usr/bin/a", OPEN));
	assert_true(path_muted(m, "/usr/bin/a", CLOSE));
	assert_true(path_muted(m, "/usr/bin/a", RENAME));
	assert_false(path_muted(m, "/usr/bin/b", RENAME));
	assert_false(path_muted(m, "/bin/b", CLOSE));
	mute_set_destroy(m);
}

static void
paths_need_not_end_in_nul(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);
	struct mute_target t = { "/tmp/abc", 6 };
	struct event_set s;

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_LITERAL, "/tmp/a", EVENTS(OPEN));
	mute_set_mute_path(m, MUTE_PATH_TARGET_LITERAL, "/tmp/a", EVENTS(OPEN));
	s = mute_set_path_mask(m, "/tmp/abc", 6);
	assert_true(event_set_has(&s, OPEN));
	s = mute_set_path_mask(m, "/tmp/abc", 7);
	assert_false(event_set_has(&s, OPEN));
	assert_true(mute_set_target_suppresses(m, OPEN, &t, 1));
	mute_set_destroy(m);
}

static void
executable_and_target_paths_do_not_mix(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	mute_set_mute_path(m, MUTE_PATH_PREFIX, "/exe", NULL);
	mute_set_mute_path(m, MUTE_PATH_TARGET_PREFIX, "/target", NULL);
	assert_true(suppressed(m, OPEN, "/exe", "/x"));
	assert_true(suppressed(m, OPEN, "/x", "/target"));
	assert_false(suppressed(m, OPEN, "/target", "/exe"));
	mute_set_destroy(m);
}

static void
target_mutes_skip_types_without_targets(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	assert_int_equal(mute_set_mute_path(m, MUTE_PATH_TARGET_LITERAL, "/a", EVENTS(OPEN, FORK)), 0);
	assert_int_equal(event_set_count(&mute_set_first_path(m)->events), 1);
	assert_int_equal(mute_set_mute_path(m, MUTE_PATH_TARGET_PREFIX, "/b", NULL), 0);
	assert_int_equal(mute_set_path_count(m), 2);
	assert_int_equal(mute_set_mute_path(m, MUTE_PATH_TARGET_PREFIX, "/c", EVENTS(FORK, EXIT)), -EINVAL);
	assert_int_equal(mute_set_path_count(m), 2);

	/* Unmuting the type that is left removes the entry. */
	mute_set_unmute_path(m, MUTE_PATH_TARGET_LITERAL, "/a", EVENTS(OPEN));
	assert_int_equal(mute_set_path_count(m), 1);
	mute_set_destroy(m);
}

static void
paths_as_long_as_the_system_allows_are_kept(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);
	char path[4200];

	(void)state;
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[4095] = '\0';
	assert_int_equal(mute_set_mute_path(m, MUTE_PATH_PREFIX, path, NULL), 0);
	assert_true(path_muted(m, path, OPEN));
	path[4095] = 'y';
	path[4199] = '\0';
	assert_true(path_muted(m, path, OPEN));
	path[4094] = '\0';
	assert_false(path_muted(m, path, OPEN));
	mute_set_destroy(m);
}

static void
the_path_hash_is_fnv_1a(void **state)
{
	(void)state;
	assert_true(mute_path_hash("", 0) == UINT64_C(0xcbf29ce484222325));
	assert_true(mute_path_hash("a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(mute_path_hash("foobar", 6) == UINT64_C(0x85944171f73967e8));
	/* Bytes above 127 are not negative. */
	assert_true(mute_path_hash("\xff", 1) == (MUTE_HASH_BASIS ^ 0xff) * MUTE_HASH_PRIME);
}

/* ---- processes ------------------------------------------------------------------------- */

static void
pid_and_version_are_the_key(void **state)
{
	struct mute_set *m = mute_set_of_limit(10);

	(void)state;
	mute_process(m, 12, 1, NULL);
	assert_true(process_muted(m, 12, 1, OPEN));
	assert_false(process_muted(m, 12, 2, OPEN));
	assert_false(process_muted(m, 1, 12, OPEN));
	assert_false(process_muted(m, 13, 1, OPEN));
	mute_set_destroy(m);
}

static void
the_limit_refuses_the_next_process(void **state)
{
	struct mute_set *m = mute_set_of_limit(255);

	(void)state;
	for (int32_t pid = 0; pid < 255; pid++)
		assert_int_equal(mute_process(m, pid, 1, EVENTS(OPEN)), 0);
	assert_int_equal(mute_process(m, 255, 1, NULL), -ENOSPC);
	assert_int_equal(mute_set_process_count(m), 255);
	assert_false(process_muted(m, 255, 1, OPEN));

	/* One that is there may get more events, and one that leaves makes room. */
	assert_int_equal(mute_process(m, 100, 1, NULL), 0);
	mute_set_unmute_process(m, 7, 1, NULL);
	assert_int_equal(mute_process(m, 255, 1, NULL), 0);
	assert_int_equal(mute_process(m, 7, 1, NULL), -ENOSPC);
	mute_set_destroy(m);
}

static void
an_exited_process_is_unmuted(void **state)
{
	struct mute_set *m = mute_set_of_limit(1);

	(void)state;
	mute_process(m, 12, 1, NULL);
	assert_false(mute_set_process_gone(m, 12, 2));
	assert_true(mute_set_process_gone(m, 12, 1));
	assert_false(mute_set_process_gone(m, 12, 1));
	assert_int_equal(mute_set_process_count(m), 0);
	assert_null(mute_set_first_process(m));

	/* Its place is free, and the pid's next owner is not muted. */
	assert_false(process_muted(m, 12, 3, OPEN));
	assert_int_equal(mute_process(m, 13, 1, NULL), 0);
	mute_set_destroy(m);
}

static void
a_process_keeps_the_token_it_was_muted_by(void **state)
{
	struct mute_set *m = mute_set_of_limit(2);
	unsigned char token[32];

	(void)state;
	mute_process(m, 12, 77, NULL);
	memset(token, 77, sizeof(token));
	assert_memory_equal(mute_set_first_process(m)->token, token, sizeof(token));
	mute_set_destroy(m);
}

static void
entries_come_in_the_order_they_were_made(void **state)
{
	struct mute_set *m = mute_set_of_limit(1000);
	const struct mute_process *p;
	const struct mute_path *e;
	char path[32];
	int n = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		int32_t pid = i * 7919 % 500;

		mute_process(m, pid, (uint32_t)i, EVENTS(OPEN));
		snprintf(path, sizeof(path), "/%d", pid);
		mute_set_mute_path(m, (enum mute_path_type)(i % 4), path, EVENTS(OPEN));
	}
	/* More events do not move an entry, leaving and coming back does. */
	mute_process(m, 7919 % 500, 1, EVENTS(CLOSE));
	mute_set_unmute_process(m, 0, 0, NULL);
	mute_process(m, 0, 0, NULL);
	mute_set_unmute_path(m, MUTE_PATH_PREFIX, "/0", NULL);
	mute_set_mute_path(m, MUTE_PATH_PREFIX, "/0", NULL);

	for (p = mute_set_first_process(m); p; p = mute_set_next_process(p))
		assert_int_equal(p->version, ++n % 500);
	assert_int_equal(n, 500);
	n = 0;
	for (e = mute_set_first_path(m); e; e = mute_set_next_path(e)) {
		n++;
		assert_int_equal(e->type, n % 500 % 4);
		snprintf(path, sizeof(path), "/%d", n % 500 * 7919 % 500);
		assert_string_equal(e->path, path);
		assert_int_equal(e->length, strlen(path));
	}
	assert_int_equal(n, 500);
	mute_set_destroy(m);
}

/* ---- ten thousand rules against a straightforward oracle --------------------------------- */

enum { RULES = 10000, QUESTIONS = 3000 };

static struct rule {
	enum mute_path_type type;
	struct event_set events;
	char path[64];
	bool in_force;
} rules[RULES];

static uint32_t seed = 1;

static unsigned
draw(unsigned below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* Few letters and few lengths, so that paths are often prefixes of one another. */
static void
draw_path(char *path, size_t room)
{
	size_t length = 1 + draw((unsigned)room - 1);

	path[0] = '/';
	for (size_t i = 1; i < length; i++)
		path[i] = "ab/"[draw(i < 12 ? 3 : 2)];
	path[length] = '\0';
}

static struct event_set
oracle(const char *path, enum mute_path_type prefix, enum mute_path_type literal)
{
	struct event_set found = { { 0 } };

	for (int i = 0; i < RULES; i++) {
		const struct rule *r = &rules[i];

		if (r->in_force && ((r->type == prefix && strncmp(path, r->path, strlen(r->path)) == 0) ||
				    (r->type == literal && strcmp(path, r->path) == 0)))
			event_set_unite(&found, &r->events);
	}
	return found;
}

static void
ask_the_oracle(const struct mute_set *m)
{
	for (int q = 0; q < QUESTIONS; q++) {
		char a[100], b[100];
		struct mute_target targets[2];
		struct event_set of_exe, expected, of_a, of_b;
		bool suppress;

		draw_path(a, q % 2 ? 16 : sizeof(a));
		draw_path(b, q % 3 ? 16 : sizeof(b));
		if (q % 5 == 0)
			strcpy(a, rules[draw(RULES)].path);
		targets[0] = target(a);
		targets[1] = target(b);

		expected = oracle(a, MUTE_PATH_PREFIX, MUTE_PATH_LITERAL);
		of_exe = mute_set_path_mask(m, a, strlen(a));
		assert_memory_equal(&of_exe, &expected, sizeof(expected));

		of_a = oracle(a, MUTE_PATH_TARGET_PREFIX, MUTE_PATH_TARGET_LITERAL);
		of_b = oracle(b, MUTE_PATH_TARGET_PREFIX, MUTE_PATH_TARGET_LITERAL);
		suppress = mute_set_inverted(m, MUTE_INVERT_TARGET_PATH)
				   ? !event_set_has(&of_a, RENAME) && !event_set_has(&of_b, RENAME)
				   : event_set_has(&of_a, RENAME) && event_set_has(&of_b, RENAME);
		assert_int_equal(mute_set_target_suppresses(m, RENAME, targets, 2), suppress);
	}
}

static void
ten_thousand_rules_agree_with_the_oracle(void **state)
{
	static const unsigned types[] = { EXEC, OPEN, CLOSE, RENAME };
	struct mute_set *m = mute_set_of_limit(1);
	size_t entries = 0;

	(void)state;
	for (int i = 0; i < RULES; i++) {
		struct rule *r = &rules[i];

		r->type = (enum mute_path_type)draw(4);
		event_set_add(&r->events, types[draw(4)]);
		draw_path(r->path, i % 3 ? sizeof(r->path) : 12);
		r->in_force = true;
		assert_int_equal(mute_set_mute_path(m, r->type, r->path, &r->events), 0);
	}
	ask_the_oracle(m);
	mute_set_invert(m, MUTE_INVERT_TARGET_PATH);
	ask_the_oracle(m);

	/* Half of them go; a rule that was there twice goes with its double. */
	for (int i = 0; i < RULES; i += 2) {
		mute_set_unmute_path(m, rules[i].type, rules[i].path, &rules[i].events);
		for (int j = 0; j < RULES; j++)
			if (rules[j].type == rules[i].type && strcmp(rules[j].path, rules[i].path) == 0 &&
			    memcmp(&rules[j].events, &rules[i].events, sizeof(rules[i].events)) == 0)
				rules[j].in_force = false;
	}
	ask_the_oracle(m);

	for (const struct mute_path *p = mute_set_first_path(m); p; p = mute_set_next_path(p))
		entries++;
	assert_int_equal(entries, mute_set_path_count(m));
	for (int i = 0; i < RULES; i++)
		mute_set_unmute_path(m, rules[i].type, rules[i].path, NULL);
	assert_int_equal(mute_set_path_count(m), 0);
	assert_null(mute_set_first_path(m));
	assert_false(path_muted(m, rules[0].path, OPEN));
	mute_set_destroy(m);
}

static void
what_a_target_mute_suppressed_is_counted_where_it_was_decided(void **state)
{
	struct mute_set *m = mute_set_of_limit(100);
	const struct {
		const char *path;
		enum mute_path_type type;
		const struct event_set *events;
	} rules[] = {
		{ "/a/", MUTE_PATH_TARGET_PREFIX, EVENTS(OPEN) },
		{ "/a/b/", MUTE_PATH_TARGET_PREFIX, EVENTS(OPEN, CLOSE) },
		{ "/a/b/c", MUTE_PATH_TARGET_LITERAL, EVENTS(RENAME, CLOSE) },
	};
	uint64_t count[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(mute_set_mute_path(m, rules[i].type, rules[i].path, rules[i].events), 0);
	mute_set_note_target(m, OPEN, "/a/b/c", 6);  /* the first prefix has it */
	mute_set_note_target(m, CLOSE, "/a/b/c", 6); /* it is not of that type: the next one has */
	mute_set_note_target(m, CLOSE, "/a/b/d", 6);
	mute_set_note_target(m, RENAME, "/a/b/c", 6); /* no prefix is */
	mute_set_note_target(m, RENAME, "/a/b/d", 6); /* nor is anything */
	mute_set_note_target(m, RENAME, "/a/b/c", 5); /* another path */
	mute_set_note_target(m, OPEN, "/a/b/c", 2);   /* nor does a prefix reach beyond it */
	for (size_t i = 0; i < 3; i++)
		count[i] = mute_set_find_path(m, rules[i].type, rules[i].path)->kept_back;
	assert_int_equal(count[0], 1);
	assert_int_equal(count[1], 2);
	assert_int_equal(count[2], 1);
	mute_set_note_target(m, OPEN, "/a/", 3); /* the prefix itself */
	assert_int_equal(mute_set_find_path(m, rules[0].type, rules[0].path)->kept_back, 2);
	mute_set_destroy(m);
	mute_set_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_set_holds_what_was_added),
		cmocka_unit_test(nothing_muted_suppresses_nothing),
		cmocka_unit_test(every_row_of_the_chart),
		cmocka_unit_test(a_selected_process_in_a_muted_path_is_suppressed),
		cmocka_unit_test(all_targets_must_be_muted),
		cmocka_unit_test(inverted_any_target_selects),
		cmocka_unit_test(events_without_targets_pass_the_target_stage),
		cmocka_unit_test(inverting_toggles_and_keeps_the_entries),
		cmocka_unit_test(masks_are_not_inverted),
		cmocka_unit_test(muting_twice_and_unmuting_once_unmutes),
		cmocka_unit_test(unmuting_what_is_absent_is_fine),
		cmocka_unit_test(unmuting_a_subset_leaves_the_rest),
		cmocka_unit_test(muting_more_events_adds_them),
		cmocka_unit_test(muting_no_events_makes_no_entry),
		cmocka_unit_test(paths_of_different_type_are_different_entries),
		cmocka_unit_test(unmuting_a_prefix_keeps_the_literal_below_it),
		cmocka_unit_test(a_prefix_is_a_plain_string_prefix),
		cmocka_unit_test(a_literal_is_the_whole_path),
		cmocka_unit_test(matching_entries_add_up),
		cmocka_unit_test(paths_need_not_end_in_nul),
		cmocka_unit_test(executable_and_target_paths_do_not_mix),
		cmocka_unit_test(target_mutes_skip_types_without_targets),
		cmocka_unit_test(paths_as_long_as_the_system_allows_are_kept),
		cmocka_unit_test(the_path_hash_is_fnv_1a),
		cmocka_unit_test(pid_and_version_are_the_key),
		cmocka_unit_test(the_limit_refuses_the_next_process),
		cmocka_unit_test(an_exited_process_is_unmuted),
		cmocka_unit_test(a_process_keeps_the_token_it_was_muted_by),
		cmocka_unit_test(entries_come_in_the_order_they_were_made),
		cmocka_unit_test(ten_thousand_rules_agree_with_the_oracle),
		cmocka_unit_test(what_a_target_mute_suppressed_is_counted_where_it_was_decided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
