/* running: the running processes, derived from a recording. */
#include "src/stream/eslogger.h"
#include "src/stream/running.h"
#include "tests/lib/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static struct eslogger reader;
static struct running *running;

static int
setup(void **state)
{
	(void)state;
	reader = (struct eslogger){ .detail = true };
	running = running_create();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	running_destroy(running);
	eslogger_finish(&reader);
	return 0;
}

static void
take(const char *line)
{
	enum eslogger_kind kind = eslogger_read(&reader, line, strlen(line));

	assert_true(kind == ESLOGGER_EVENT || kind == ESLOGGER_SEEN);
	running_take(running, reader.event);
}

static void
add_line(void *ctx, const struct event *e)
{
	eslogger_write(ctx, e);
}

/* Lines, one for each process; to be freed. */
static char *
lines(void)
{
	struct text t = { 0 };

	running_each(running, 7, add_line, &t);
	text_char(&t, '\0');
	return t.bytes;
}

static void
expect(const char *want)
{
	char *got = lines();

	assert_string_equal(got, want);
	free(got);
}

#define SEEN(process, args) \
	"{\"estop\":{\"seen\":{\"time\":\"1970-01-01T00:00:00.000000007Z\",\"process\":" process ",\"args\":[" args "]"
#define KERNEL "{\"estop\":{\"seen\":{\"time\":\"1970-01-01T00:00:00.000000001Z\",\"process\":" \
	FIXTURE_PROCESS(2, 3, 0, "") ",\"args\":[],\"kernel_thread\":\"kthreadd\"}}}"

static void
what_begins_and_has_not_ended_runs(void **state)
{
	(void)state;
	expect("");
	take(FIXTURE_FORK);
	assert_int_equal(running_count(running), 1);
	expect(SEEN(FIXTURE_CHILD, "") "}}}\n");
	take(FIXTURE_EXEC);
	take(FIXTURE_OPEN);
	take(FIXTURE_CLOSE);
	expect(SEEN(FIXTURE_MAKE, "\"make\",\"-j\",\"a b\"") "}}}\n");
	take(FIXTURE_EXIT);
	expect("");
	take(FIXTURE_EXIT); /* of one that is not known */
	assert_int_equal(running_count(running), 0);
}

/* What ran before is what it was, with a new time; a child has the arguments of its parent. */
static void
what_was_seen_is_seen_again(void **state)
{
	(void)state;
	take("{\"estop\":{\"seen\":{\"time\":\"1970-01-01T00:00:00.000000001Z\",\"process\":" FIXTURE_SHELL
	     ",\"args\":[\"-zsh\"]}}}");
	take(KERNEL);
	take(FIXTURE_FORK);
	expect(SEEN(FIXTURE_SHELL, "\"-zsh\"") "}}}\n" SEEN(
		FIXTURE_PROCESS(2, 3, 0, ""),
		"") ",\"kernel_thread\":\"kthreadd\"}}}\n" SEEN(FIXTURE_CHILD, "\"-zsh\"") "}}}\n");
	take(KERNEL); /* twice is once */
	assert_int_equal(running_count(running), 3);
}

#define CGROUP(name, path) "\"" name "\":{\"path\":\"" path "\",\"id\":7}"

/* At the head of a part, too, it is known in which cgroup each is. */
static void
a_cgroup_is_kept_and_a_childs_is_its_own(void **state)
{
	char line[8192], *got;

	(void)state;
	snprintf(line, sizeof(line), "%.*s,\"estop\":{%s,%s}}", (int)strlen(FIXTURE_FORK) - 1, FIXTURE_FORK,
		 CGROUP("cgroup", "/a"), CGROUP("child_cgroup", "/b"));
	take(line);
	got = lines();
	assert_non_null(strstr(got, ",\"args\":[]," CGROUP("cgroup", "/b") "}}}\n"));
	free(got);
	snprintf(line, sizeof(line), "%.*s,\"estop\":{%s}}", (int)strlen(FIXTURE_EXEC) - 1, FIXTURE_EXEC,
		 CGROUP("cgroup", "/c"));
	take(line);
	got = lines();
	assert_non_null(strstr(got, "]," CGROUP("cgroup", "/c") "}}}\n"));
	/* What was written is read, and is the same again. */
	assert_int_equal(eslogger_read(&reader, got, strcspn(got, "\n")), ESLOGGER_SEEN);
	assert_string_equal(event_field(reader.event, FIELD_CGROUP, NULL), "/c");
	running_take(running, reader.event);
	expect(got);
	free(got);
}

static void
of_very_many_arguments_the_first_are_kept(void **state)
{
	const char *at = strstr(FIXTURE_EXEC, "\"make\",");
	size_t room = 4 << 20, length = (size_t)(at - FIXTURE_EXEC);
	char *line = malloc(room), *got;

	(void)state;
	memcpy(line, FIXTURE_EXEC, length);
	for (int i = 0; i < 100000; i++)
		length += (size_t)snprintf(line + length, room - length, "\"argument %d\",", i);
	snprintf(line + length, room - length, "%s", at);
	take(line);
	got = lines();
	assert_non_null(strstr(got, "\"argument 100\""));
	assert_true(strlen(got) < 32 << 10);
	assert_int_equal(eslogger_read(&reader, got, strcspn(got, "\n")), ESLOGGER_SEEN);
	free(got);
	free(line);
}

/* The exit was lost, and that is known. */
static void
what_is_gone_is_forgotten_when_asked_for(void **state)
{
	char line[4096];
	const char *at = strstr(KERNEL, "\"pid\":2");
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	for (int i = 0; i < 2; i++) {
		snprintf(line, sizeof(line), "%.*s\"pid\":%d%s", (int)(at - KERNEL), KERNEL,
			 i ? (int)getpid() : (int)pid, at + strlen("\"pid\":2"));
		take(line);
	}
	running_check(running); /* it is a zombie yet */
	assert_int_equal(running_count(running), 2);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	running_check(running);
	assert_int_equal(running_count(running), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_begins_and_has_not_ended_runs),
		TEST(what_was_seen_is_seen_again),
		TEST(a_cgroup_is_kept_and_a_childs_is_its_own),
		TEST(of_very_many_arguments_the_first_are_kept),
		TEST(what_is_gone_is_forgotten_when_asked_for),
	};

	return cmocka_run_group_tests_name("running", tests, NULL, NULL);
}
