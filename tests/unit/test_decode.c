/* From es_message_t to struct event, for messages of every version. */
#include "src/es/decode.h"
#include "model/cgroup.h"
#include "tests/lib/es_double.h"

#include <bsm/libbsm.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct double_proc tool = {
	.pid = 100,
	.version = 6,
	.ppid = 1,
	.uid = 0,
	.start_us = 1699999999000001,
	.exe = "/usr/bin/make",
	.tty = "/dev/ttys001",
};
static const struct double_proc child = {
	.pid = 200,
	.version = 7,
	.ppid = 100,
	.uid = 501,
	.start_us = 1700000000000002,
	.exe = "/bin/zsh",
};
static const char *const args[] = { "make", "", "-j8" };
static const struct double_exec program = {
	.after = { .pid = 100,
		   .version = 6,
		   .ppid = 1,
		   .uid = 0,
		   .start_us = 1699999999000001,
		   .exe = "/usr/bin/make",
		   .tty = "/dev/ttys001" },
	.args = args,
	.arg_count = 3,
	.cwd = "/src",
	.script = "/src/build.sh",
};

/* Decodes into memory of exactly the promised size, so that a byte too many is seen. */
static struct event *
decoded(es_message_t *msg, bool with_exe)
{
	size_t size = decode_room(msg, with_exe);
	struct event *e = malloc(size);

	memset(e, 0xee, size);
	decode(e, msg, with_exe);
	assert_int_equal(e->size, size);
	assert_true(event_valid(e, size));
	es_double_free(msg);
	return e;
}

static void
assert_field(const struct event *e, enum field_tag tag, const char *expected)
{
	size_t length;
	const char *bytes = event_field(e, tag, &length);

	if (!expected) {
		assert_null(bytes);
		return;
	}
	assert_non_null(bytes);
	assert_string_equal(bytes, expected);
	assert_int_equal(length, strlen(expected));
}

static void
open_carries_who_what_and_how(void **state)
{
	struct event *e = decoded(es_double_open(7, double_shell, "/etc/hosts", 0x1000003), false);

	(void)state;
	assert_int_equal(e->id, EV_OPEN);
	assert_int_equal(e->number, ES_EVENT_TYPE_NOTIFY_OPEN);
	assert_int_equal(e->time_ns, 1700000000123456789);
	assert_int_equal(e->who.pid, 100);
	assert_int_equal(e->who.version, 5);
	assert_int_equal(e->who.ppid, 1);
	assert_int_equal(e->who.uid, 501);
	assert_int_equal(e->who.start_ns, 1699999999000001000);
	assert_int_equal(e->value, 0x1000003);
	assert_int_equal(e->thread, 7);
	assert_int_equal(e->flags, 0);
	assert_int_equal(e->other.pid, 0);
	assert_field(e, FIELD_TARGET, "/etc/hosts");
	assert_field(e, FIELD_EXE, NULL);
	assert_field(e, FIELD_TTY, NULL);
	free(e);
}

static void
executable_and_terminal_come_when_asked_for(void **state)
{
	struct event *e = decoded(es_double_open(7, double_shell, "/etc/hosts", 1), true);

	(void)state;
	assert_field(e, FIELD_EXE, "/bin/zsh");
	assert_field(e, FIELD_TTY, "/dev/ttys001");
	assert_field(e, FIELD_TARGET, "/etc/hosts");
	free(e);
}

static void
close_says_whether_the_file_changed(void **state)
{
	struct event *e = decoded(es_double_close(7, double_shell, "/tmp/a", true), false);

	(void)state;
	assert_int_equal(e->id, EV_CLOSE);
	assert_int_equal(e->flags, EVENT_MODIFIED);
	assert_field(e, FIELD_TARGET, "/tmp/a");
	free(e);
	e = decoded(es_double_close(7, double_shell, "/tmp/a", false), false);
	assert_int_equal(e->flags, 0);
	free(e);
}

static void
fork_carries_the_child(void **state)
{
	struct event *e = decoded(es_double_fork(7, double_shell, child), false);

	(void)state;
	assert_int_equal(e->id, EV_FORK);
	assert_int_equal(e->who.pid, 100);
	assert_int_equal(e->other.pid, 200);
	assert_int_equal(e->other.version, 7);
	assert_int_equal(e->other.ppid, 100);
	assert_int_equal(e->other.start_ns, 1700000000000002000);
	assert_field(e, FIELD_TARGET, "/bin/zsh");
	free(e);
}

static void
exit_carries_the_wait_status(void **state)
{
	struct event *e = decoded(es_double_exit(7, double_shell, 9), false);

	(void)state;
	assert_int_equal(e->id, EV_EXIT);
	assert_int_equal(e->value, 9);
	assert_field(e, FIELD_TARGET, NULL);
	free(e);
}

static void
exec_carries_both_programs(void **state)
{
	struct event *e = decoded(es_double_exec(7, double_shell, program), true);
	size_t length;

	(void)state;
	assert_int_equal(e->id, EV_EXEC);
	assert_int_equal(e->who.version, 5);
	assert_int_equal(e->who.uid, 501);
	assert_int_equal(e->other.pid, 100);
	assert_int_equal(e->other.version, 6);
	assert_int_equal(e->other.uid, 0);
	assert_field(e, FIELD_EXE, "/bin/zsh");
	assert_field(e, FIELD_TARGET, "/usr/bin/make");
	assert_field(e, FIELD_CWD, "/src");
	assert_field(e, FIELD_SCRIPT, "/src/build.sh");
	assert_field(e, FIELD_TTY, "/dev/ttys001");
	assert_memory_equal(event_field(e, FIELD_ARGS, &length), "make\0\0-j8\0", 10);
	assert_int_equal(length, 10);
	free(e);
}

static int32_t
responsible(struct event *e)
{
	size_t length;
	const char *bytes = event_field(e, FIELD_RESPONSIBLE, &length);
	int32_t pid = 0;

	if (bytes) {
		assert_int_equal(length, sizeof(pid));
		memcpy(&pid, bytes, sizeof(pid));
	}
	free(e);
	return pid;
}

static const char *
cgroup_of(const es_process_t *process)
{
	return audit_token_to_pid(process->audit_token) == 100 ? "/system.slice/a.service"
							       : "/system.slice/other.service";
}

static void
a_cgroup_comes_with_the_executable_and_of_a_child_when_it_is_another(void **state)
{
	struct double_proc child = double_shell;
	struct event *e;
	uint64_t id;
	size_t length;

	(void)state;
	child.pid = 101;
	es_double.cgroup = cgroup_of;
	e = decoded(es_double_open(7, double_shell, "/x", 1), true);
	assert_field(e, FIELD_CGROUP, "/system.slice/a.service");
	memcpy(&id, event_field(e, FIELD_CGROUP_ID, &length), sizeof(id));
	assert_int_equal(length, sizeof(id));
	assert_int_equal(id, strlen("/system.slice/a.service"));
	free(e);
	e = decoded(es_double_open(7, double_shell, "/x", 1), false);
	assert_field(e, FIELD_CGROUP, NULL);
	assert_field(e, FIELD_CGROUP_ID, NULL);
	free(e);
	e = decoded(es_double_fork(7, double_shell, double_shell), false);
	assert_field(e, FIELD_CHILD_CGROUP, NULL);
	free(e);
	e = decoded(es_double_fork(7, double_shell, child), false);
	assert_field(e, FIELD_CHILD_CGROUP, "/system.slice/other.service");
	free(e);
	/* Without cgroup v2 that is what there is to say. */
	e = decoded(es_double_open(7, double_shell, "/x", 1), true);
	free(e);
	es_double.cgroup = NULL;
	e = decoded(es_double_open(7, double_shell, "/x", 1), true);
	assert_field(e, FIELD_CGROUP, NULL);
	free(e);
	es_double.cgroup = cgroup_of;
	es_double.cgroup_v1 = true;
	e = decoded(es_double_open(7, double_shell, "/x", 1), true);
	assert_field(e, FIELD_CGROUP, CGROUP_V1);
	free(e);
	es_double.cgroup_v1 = false;
	es_double.cgroup = NULL;
}

static void
a_signer_is_its_team_and_its_id(void **state)
{
	static const struct {
		const char *team, *id;
		bool platform;
		const char *signer;
	} cases[] = { { "TEAM", "org.x", false, "TEAM/org.x" },
		      { "", "com.apple.ls", true, "platform/com.apple.ls" },
		      { "", "adhoc", false, "/adhoc" },
		      { "TEAM", "", false, "TEAM/" },
		      { "", "", false, NULL } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		es_message_t *msg = es_double_open(7, double_shell, "/x", 1);
		struct event *e;

		msg->process->team_id = (es_string_token_t){ strlen(cases[i].team), cases[i].team };
		msg->process->signing_id = (es_string_token_t){ strlen(cases[i].id), cases[i].id };
		msg->process->is_platform_binary = cases[i].platform;
		e = malloc(decode_room(msg, DECODE_EXE));
		decode(e, msg, DECODE_EXE);
		assert_field(e, FIELD_SIGNER, cases[i].signer);
		assert_int_equal(e->flags, cases[i].platform ? EVENT_PLATFORM : 0);
		free(e);
		msg->process->team_id = msg->process->signing_id = (es_string_token_t){ 0, NULL };
		es_double_free(msg);
	}
}

/* Up to the bound of a path, and else not at all. */
static void
a_signer_is_kept_whole_or_not(void **state)
{
	char *id = calloc(1, DECODE_PATH_MAX + 1);

	(void)state;
	memset(id, 'i', DECODE_PATH_MAX);
	for (size_t length = DECODE_PATH_MAX - 1; length <= DECODE_PATH_MAX + 1; length++) {
		es_message_t *msg = es_double_open(7, double_shell, "/x", 1);
		struct event *e;
		size_t kept = 0;

		msg->process->team_id = (es_string_token_t){ 4, "TEAM" };
		msg->process->signing_id = (es_string_token_t){ length - strlen("TEAM/"), id };
		e = malloc(decode_room(msg, DECODE_EXE));
		decode(e, msg, DECODE_EXE);
		assert_int_equal(event_field(e, FIELD_SIGNER, &kept) != NULL, length <= DECODE_PATH_MAX);
		if (length <= DECODE_PATH_MAX)
			assert_int_equal(kept, length);
		free(e);
		msg->process->team_id = msg->process->signing_id = (es_string_token_t){ 0, NULL };
		es_double_free(msg);
	}
	free(id);
}

/* Of the new program at an exec; else where the record has EXE; and only another process. */
static void
the_responsible_process_is_recorded_with_the_executable(void **state)
{
	struct double_proc service = child;
	struct double_exec started = program;

	(void)state;
	service.responsible = 4242;
	started.after.responsible = 4243;
	assert_int_equal(responsible(decoded(es_double_open(7, service, "/x", 1), true)), 4242);
	assert_int_equal(responsible(decoded(es_double_open(7, service, "/x", 1), false)), 0);
	assert_int_equal(responsible(decoded(es_double_open(3, service, "/x", 1), true)), 0);
	assert_int_equal(responsible(decoded(es_double_open(7, child, "/x", 1), true)), 0);
	assert_int_equal(responsible(decoded(es_double_exec(7, double_shell, started), false)), 4243);
}

/* What is newer than the message is poisoned: to touch it ends the test. */
static void
each_version_gives_what_it_has_and_no_more(void **state)
{
	(void)state;
	for (uint32_t v = DOUBLE_OLDEST; v <= DOUBLE_NEWEST; v++) {
		struct event *e = decoded(es_double_exec(v, double_shell, program), true);

		assert_field(e, FIELD_TARGET, "/usr/bin/make");
		assert_field(e, FIELD_TTY, v >= 2 ? "/dev/ttys001" : NULL);
		assert_field(e, FIELD_SCRIPT, v >= 2 ? "/src/build.sh" : NULL);
		assert_field(e, FIELD_CWD, v >= 3 ? "/src" : NULL);
		assert_int_equal(e->who.start_ns, v >= 3 ? 1699999999000001000 : 0);
		assert_int_equal(e->other.start_ns, v >= 3 ? 1699999999000001000 : 0);
		assert_int_equal(e->thread, v >= 4 ? 7 : 0);
		free(e);
		free(decoded(es_double_open(v, double_shell, "/a", 1), true));
		free(decoded(es_double_close(v, double_shell, "/a", true), true));
		free(decoded(es_double_fork(v, double_shell, child), true));
		free(decoded(es_double_exit(v, double_shell, 0), true));
	}
}

static void
nothing_where_a_pointer_is_null(void **state)
{
	struct double_exec bare = { .after = child };
	es_message_t *msg = es_double_exec(11, child, bare);
	struct event *e;

	(void)state;
	es_double_no_thread(msg);
	e = decoded(msg, true);
	assert_int_equal(e->thread, 0);
	assert_field(e, FIELD_TTY, NULL);
	assert_field(e, FIELD_SCRIPT, NULL);
	assert_field(e, FIELD_ARGS, NULL);
	free(e);
}

static void
empty_paths_leave_no_field(void **state)
{
	struct double_proc kernel = { .pid = 2, .version = 1 };
	struct event *e = decoded(es_double_open(7, kernel, "", 1), true);

	(void)state;
	assert_int_equal(e->size, sizeof(*e));
	free(e);
}

static void
cut_paths_are_marked(void **state)
{
	struct double_proc deep = double_shell;
	char *path = malloc(DECODE_PATH_MAX + 2);
	struct event *e;
	size_t length;

	(void)state;
	memset(path, 'p', DECODE_PATH_MAX + 1);
	path[0] = '/';
	path[DECODE_PATH_MAX + 1] = '\0';
	e = decoded(es_double_open(7, double_shell, path, 1), false);
	assert_non_null(event_field(e, FIELD_TARGET, &length));
	assert_int_equal(length, DECODE_PATH_MAX);
	assert_int_equal(e->flags, EVENT_TRUNCATED);
	free(e);

	path[DECODE_PATH_MAX] = '\0';
	e = decoded(es_double_open(7, double_shell, path, 1), false);
	assert_field(e, FIELD_TARGET, path);
	assert_int_equal(e->flags, 0);
	free(e);
	free(path);

	deep.exe_truncated = true; /* the system's own mark */
	e = decoded(es_double_open(7, deep, "/a", 1), true);
	assert_int_equal(e->flags, EVENT_TRUNCATED);
	free(e);
}

static void
arguments_beyond_the_bound_are_left_out(void **state)
{
	enum { COUNT = 400000 };
	const char **many = malloc(COUNT * sizeof(*many));
	struct double_exec exec = { .after = tool, .args = many };
	char *large = calloc(1, DECODE_ARGS_MAX + 100);
	struct event *e;
	const char *bytes;
	size_t length;

	(void)state;
	for (int i = 0; i < COUNT; i++)
		many[i] = i % 2 ? "" : "abcdef";
	exec.arg_count = COUNT;
	e = decoded(es_double_exec(7, double_shell, exec), false);
	bytes = event_field(e, FIELD_ARGS, &length);
	assert_int_equal(length, DECODE_ARGS_MAX);
	assert_int_equal(bytes[length - 1], '\0');
	assert_int_equal(e->flags, EVENT_ARGS_CUT);
	free(e);

	/* All of one size around the bound, up to one that does not fit at all. */
	for (size_t n = DECODE_ARGS_MAX - 3; n < DECODE_ARGS_MAX + 3; n++) {
		memset(large, 'x', n);
		many[0] = large;
		many[1] = "y";
		exec.arg_count = 2;
		e = decoded(es_double_exec(7, double_shell, exec), false);
		bytes = event_field(e, FIELD_ARGS, &length);
		assert_true(length <= DECODE_ARGS_MAX);
		assert_int_equal(bytes[length - 1], '\0');
		assert_int_equal(strlen(bytes), n < DECODE_ARGS_MAX ? n : DECODE_ARGS_MAX - 1);
		assert_int_equal(e->flags, n + 1 + 2 <= DECODE_ARGS_MAX ? 0 : EVENT_ARGS_CUT);
		free(e);
	}
	free(large);
	free(many);
}

static void
assert_target(const es_message_t *msg, const char *expected)
{
	static char room[DECODE_PATH_MAX];
	struct decode_path paths[2];

	assert_int_equal(decode_targets(msg, paths), 1);
	assert_int_equal(paths[0].length, strlen(expected));
	assert_memory_equal(decode_path(&paths[0], room), expected, strlen(expected));
}

static void
only_what_can_be_muted_by_target_has_one(void **state)
{
	struct decode_path paths[2];
	es_message_t *open = es_double_open(1, double_shell, "/a", 1);
	es_message_t *close = es_double_close(1, double_shell, "/b", false);
	es_message_t *exec = es_double_exec(1, double_shell, program);
	es_message_t *fork = es_double_fork(1, double_shell, child);
	es_message_t *exited = es_double_exit(1, double_shell, 0);

	(void)state;
	assert_target(open, "/a");
	assert_target(close, "/b");
	assert_target(exec, "/usr/bin/make");
	assert_int_equal(decode_targets(fork, paths), 0);
	assert_int_equal(decode_targets(exited, paths), 0);
	es_double_free(open);
	es_double_free(close);
	es_double_free(exec);
	es_double_free(fork);
	es_double_free(exited);
}

static void
unknown_types_are_kept_apart(void **state)
{
	es_message_t *msg = es_double_open(7, double_shell, "/a", 1);

	(void)state;
	assert_int_equal(decode_id(msg), EV_OPEN);
	for (unsigned type = 0; type < 300; type++) {
		msg->event_type = (es_event_type_t)type;
		assert_int_equal(decode_id(msg),
				 event_by_number(type) == EV_NONE ? EV_OTHER : event_by_number(type));
	}
	msg->event_type = ES_EVENT_TYPE_NOTIFY_OPEN;
	es_double_free(msg);
}

static struct event *
seen(struct double_proc proc, uint32_t version, struct seen_process from)
{
	es_process_t *process = es_double_process(version, proc);
	struct event *e;
	size_t size;

	from.process = process;
	from.version = version;
	from.time_ns = 42;
	size = decode_process_room(&from);
	e = malloc(size);
	memset(e, 0xee, size);
	decode_process(e, &from);
	assert_int_equal(e->size, size);
	assert_true(event_valid(e, size));
	es_double_free_process(process);
	return e;
}

static void
running_process_is_seen_with_its_arguments(void **state)
{
	const es_string_token_t list[] = { { 4, "make" }, { 0, NULL }, { 3, "-j8" } };
	struct event *e;
	size_t length;

	(void)state;
	for (uint32_t v = DOUBLE_OLDEST; v <= DOUBLE_NEWEST; v++) {
		e = seen(double_shell, v, (struct seen_process){ .args = list, .arg_count = 3 });
		assert_int_equal(e->id, EV_SEEN);
		assert_int_equal(e->time_ns, 42);
		assert_int_equal(e->who.pid, 100);
		assert_int_equal(e->who.version, 5);
		assert_int_equal(e->flags, 0);
		assert_field(e, FIELD_EXE, "/bin/zsh");
		assert_field(e, FIELD_TTY, v >= 2 ? "/dev/ttys001" : NULL);
		assert_memory_equal(event_field(e, FIELD_ARGS, &length), "make\0\0-j8\0", 10);
		assert_int_equal(length, 10);
		free(e);
	}
}

static void
kernel_thread_is_seen_by_its_name(void **state)
{
	struct double_proc kernel = { .pid = 9, .version = 1, .ppid = 2 };
	es_string_token_t name = { 12, "kworker/0:1H!" }; /* the '!' is not its */
	struct event *e = seen(kernel, 7, (struct seen_process){ .kernel_thread = &name });

	(void)state;
	assert_int_equal(e->flags, EVENT_KERNEL);
	assert_field(e, FIELD_EXE, "[kworker/0:1H]");
	assert_field(e, FIELD_ARGS, NULL);
	free(e);
}

/* The library has not all of them either. */
static void
arguments_the_system_has_cut_are_marked(void **state)
{
	const char *few[] = { "tool", "-x" };
	struct double_exec exec = { .after = tool, .args = few, .arg_count = 2, .args_cut = true };
	struct event *e = decoded(es_double_exec(7, double_shell, exec), false);

	(void)state;
	assert_int_equal(e->flags, EVENT_ARGS_CUT);
	free(e);
	exec.args_cut = false;
	e = decoded(es_double_exec(7, double_shell, exec), false);
	assert_int_equal(e->flags, 0);
	free(e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_carries_who_what_and_how),
		cmocka_unit_test(executable_and_terminal_come_when_asked_for),
		cmocka_unit_test(close_says_whether_the_file_changed),
		cmocka_unit_test(fork_carries_the_child),
		cmocka_unit_test(exit_carries_the_wait_status),
		cmocka_unit_test(exec_carries_both_programs),
		cmocka_unit_test(the_responsible_process_is_recorded_with_the_executable),
		cmocka_unit_test(each_version_gives_what_it_has_and_no_more),
		cmocka_unit_test(nothing_where_a_pointer_is_null),
		cmocka_unit_test(empty_paths_leave_no_field),
		cmocka_unit_test(cut_paths_are_marked),
		cmocka_unit_test(arguments_beyond_the_bound_are_left_out),
		cmocka_unit_test(only_what_can_be_muted_by_target_has_one),
		cmocka_unit_test(unknown_types_are_kept_apart),
		cmocka_unit_test(a_cgroup_comes_with_the_executable_and_of_a_child_when_it_is_another),
		cmocka_unit_test(a_signer_is_its_team_and_its_id),
		cmocka_unit_test(a_signer_is_kept_whole_or_not),
		cmocka_unit_test(running_process_is_seen_with_its_arguments),
		cmocka_unit_test(kernel_thread_is_seen_by_its_name),
		cmocka_unit_test(arguments_the_system_has_cut_are_marked),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
