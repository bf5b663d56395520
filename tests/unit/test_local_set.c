/* Rules held by the client, by the semantics of Endpoint Security's own. */
#include "src/es/local_mutes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const event_mask files = EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE);

static struct mute_rule
process_rule(int32_t pid, uint32_t version, uint64_t start_ns)
{
	return (struct mute_rule){ .kind = MUTE_PROCESS,
				   .events = files,
				   .version = version,
				   .process = { .pid = pid, .start_ns = start_ns } };
}

static struct mute_rule
path_rule(enum mute_kind kind, char *path)
{
	return (struct mute_rule){ .kind = kind, .events = files, .path = path };
}

static struct local_subject
subject(int32_t pid, uint32_t version, uint64_t start_ns, const char *exe, const char *target)
{
	return (struct local_subject){
		.who = { .pid = pid, .version = version, .start_ns = start_ns },
		.exe = exe,
		.exe_length = exe ? strlen(exe) : 0,
		.target = target,
		.target_length = target ? strlen(target) : 0,
	};
}

static struct local_subject
acting(const char *exe, const char *target)
{
	return subject(7, 1, 1, exe, target);
}

static bool
mutes(struct mute_rule rule, enum event_id id, struct local_subject about)
{
	const struct mute_rule *rules[] = { &rule };
	struct local_set *s = local_set_create(rules, 1);
	bool result = local_set_mutes(s, id, &about);

	local_set_destroy(s);
	return result;
}

static void
a_user_rule_is_about_who_acts(void **state)
{
	struct mute_rule rule = { .kind = MUTE_USER, .events = files, .uid = 501, .path = (char *)"alice" };
	struct local_subject about = acting("/bin/sh", "/x");

	(void)state;
	about.who.uid = 501;
	assert_true(mutes(rule, EV_OPEN, about));
	assert_false(mutes(rule, EV_EXEC, about));
	about.who.uid = 0;
	assert_false(mutes(rule, EV_OPEN, about));
}

static void
no_rules_mute_nothing(void **state)
{
	struct local_set *s = local_set_create(NULL, 0);
	struct local_subject about = subject(1, 1, 1, "/a", "/b");

	(void)state;
	assert_int_equal(local_set_events(s), 0);
	assert_false(local_set_mutes(s, EV_OPEN, &about));
	local_set_destroy(s);
	local_set_destroy(NULL);
}

static void
process_rule_holds_for_this_start_of_the_pid(void **state)
{
	(void)state;
	assert_true(mutes(process_rule(7, 1, 50), EV_OPEN, subject(7, 1, 50, "/a", NULL)));
	assert_true(mutes(process_rule(7, 1, 50), EV_OPEN, subject(7, 2, 50, "/a", NULL)));
	assert_false(mutes(process_rule(7, 1, 50), EV_OPEN, subject(7, 3, 60, "/a", NULL)));
	assert_false(mutes(process_rule(7, 1, 50), EV_OPEN, subject(8, 1, 50, "/a", NULL)));
}

static void
process_rule_without_start_time_goes_by_version(void **state)
{
	(void)state;
	assert_true(mutes(process_rule(7, 1, 0), EV_OPEN, subject(7, 1, 0, "/a", NULL)));
	assert_true(mutes(process_rule(7, 1, 0), EV_OPEN, subject(7, 1, 50, "/a", NULL)));
	assert_false(mutes(process_rule(7, 1, 0), EV_OPEN, subject(7, 2, 0, "/a", NULL)));
}

static void
events_outside_the_rule_pass(void **state)
{
	(void)state;
	assert_false(mutes(process_rule(7, 1, 50), EV_EXIT, subject(7, 1, 50, "/a", NULL)));
	assert_false(mutes(path_rule(MUTE_EXE, "/a"), EV_FORK, subject(7, 1, 50, "/a", NULL)));
}

static void
executable_is_compared_whole_and_prefix_as_text(void **state)
{
	(void)state;
	assert_true(mutes(path_rule(MUTE_EXE, "/bin/ls"), EV_OPEN, acting("/bin/ls", NULL)));
	assert_false(mutes(path_rule(MUTE_EXE, "/bin/l"), EV_OPEN, acting("/bin/ls", NULL)));
	assert_false(mutes(path_rule(MUTE_EXE, "/bin/ls"), EV_OPEN, acting("/x", "/bin/ls")));
	assert_true(mutes(path_rule(MUTE_PREFIX, "/bin"), EV_OPEN, acting("/binary/x", NULL)));
	assert_false(mutes(path_rule(MUTE_PREFIX, "/bin/ls"), EV_OPEN, acting("/bin", NULL)));
	assert_false(mutes(path_rule(MUTE_PREFIX, "/"), EV_OPEN, acting(NULL, "/a")));
}

static void
target_is_compared_where_there_is_one(void **state)
{
	(void)state;
	assert_true(mutes(path_rule(MUTE_TARGET, "/tmp/a"), EV_OPEN, acting("/x", "/tmp/a")));
	assert_false(mutes(path_rule(MUTE_TARGET, "/tmp"), EV_OPEN, acting("/x", "/tmp/a")));
	assert_true(mutes(path_rule(MUTE_TARGET_PREFIX, "/tmp/"), EV_CLOSE, acting("/x", "/tmp/a")));
	assert_false(mutes(path_rule(MUTE_TARGET_PREFIX, "/"), EV_OPEN, acting("/x", NULL)));
}

static void
many_process_rules_are_all_found(void **state)
{
	enum { COUNT = 5000 };
	struct mute_rule *rule = malloc(COUNT * sizeof(*rule));
	const struct mute_rule **rules = malloc(COUNT * sizeof(struct mute_rule *));
	struct local_set *s;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		rule[i] = process_rule(1 + i * 2, 1, 50 + (uint64_t)i);
		rules[i] = &rule[i];
	}
	s = local_set_create(rules, COUNT);
	assert_int_equal(local_set_events(s), files);
	for (int i = 0; i < COUNT; i++) {
		struct local_subject meant = subject(1 + i * 2, 1, 50 + (uint64_t)i, "/a", NULL);
		struct local_subject other = subject(2 + i * 2, 1, 50 + (uint64_t)i, "/a", NULL);

		assert_true(local_set_mutes(s, EV_OPEN, &meant));
		assert_false(local_set_mutes(s, EV_OPEN, &other));
	}
	local_set_destroy(s);
	free(rules);
	free(rule);
}

/* Each by its own kind, and two rules for one path are both in force. */
static void
many_path_rules_are_all_found(void **state)
{
	enum { COUNT = 4000 };
	static const enum mute_kind kinds[] = { MUTE_PREFIX, MUTE_EXE, MUTE_TARGET_PREFIX, MUTE_TARGET };
	struct mute_rule *rule = calloc(COUNT + 1, sizeof(*rule));
	const struct mute_rule **rules = malloc((COUNT + 1) * sizeof(struct mute_rule *));
	char(*paths)[64] = malloc(COUNT * sizeof(*paths)), longer[80];
	struct local_set *s;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/%d.%0*d", i, 1 + i % 40, 0);
		rule[i] = path_rule(kinds[i % 4], paths[i]);
		rules[i] = &rule[i];
	}
	rule[COUNT] = path_rule(MUTE_EXE, paths[1]);
	rule[COUNT].events = EVENT_BIT(EV_EXEC);
	rules[COUNT] = &rule[COUNT];
	s = local_set_create(rules, COUNT + 1);
	for (int i = 0; i < COUNT; i++) {
		bool exe = i % 4 < 2, prefix = i % 2 == 0;
		struct local_subject about = exe ? acting(paths[i], NULL) : acting("/x", paths[i]);

		assert_true(local_set_mutes(s, EV_OPEN, &about));
		assert_int_equal(local_set_mutes(s, EV_EXEC, &about), i == 1);
		snprintf(longer, sizeof(longer), "%s/", paths[i]);
		about = exe ? acting(longer, NULL) : acting("/x", longer);
		assert_int_equal(local_set_mutes(s, EV_OPEN, &about), prefix);
	}
	local_set_destroy(s);
	free(paths);
	free(rules);
	free(rule);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_rules_mute_nothing),
		cmocka_unit_test(a_user_rule_is_about_who_acts),
		cmocka_unit_test(process_rule_holds_for_this_start_of_the_pid),
		cmocka_unit_test(process_rule_without_start_time_goes_by_version),
		cmocka_unit_test(events_outside_the_rule_pass),
		cmocka_unit_test(executable_is_compared_whole_and_prefix_as_text),
		cmocka_unit_test(target_is_compared_where_there_is_one),
		cmocka_unit_test(many_process_rules_are_all_found),
		cmocka_unit_test(many_path_rules_are_all_found),
	};

	return cmocka_run_group_tests_name("local_set", tests, NULL, NULL);
}
