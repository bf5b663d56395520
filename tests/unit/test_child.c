/* The command behind "--", by itself: when it runs, what of its output is kept, how it ends. */
#include "src/app/child.h"
#include "src/base/clock.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct child *child;
static char why[256];

static int
teardown(void **state)
{
	(void)state;
	child_close(child);
	child = NULL;
	return 0;
}

static void
start(const char *script)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };

	if (child_open(&child, argv, CHILD_CAPTURE, why, sizeof(why)) != 0)
		fail_msg("%s", why);
}

static void
go(void)
{
	assert_int_equal(child_exec(child, why, sizeof(why)), 0);
}

/* Until it has ended and all it wrote is taken. */
static void
wait_for_end(void)
{
	uint64_t end = clock_steady() + 60 * UINT64_C(1000000000);

	while (!child_ended(child) || child_output_fd(child) >= 0) {
		struct pollfd p = { .fd = child_output_fd(child), .events = POLLIN };

		assert_true(clock_steady() < end);
		poll(&p, 1, 5);
		child_read_output(child);
	}
}

static char *
printed(size_t *size)
{
	char *text;
	FILE *f = open_memstream(&text, size);

	child_print_output(child, f);
	fclose(f);
	return text;
}

static void
it_does_nothing_before_it_is_told_to_go(void **state)
{
	char path[] = "/tmp/estop-child.XXXXXX", script[64];
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	snprintf(script, sizeof(script), "rm %s", path);
	start(script);
	assert_false(child_ended(child));
	assert_int_equal(child_exit_status(child), -1);
	assert_false(child_signal(child, SIGTERM)); /* it is not the command yet */
	child_close(child);                         /* and now it never will be */
	child = NULL;
	assert_int_equal(access(path, F_OK), 0);
	start(script);
	go();
	wait_for_end();
	assert_int_equal(child_exit_status(child), 0);
	assert_int_equal(access(path, F_OK), -1);
}

static void
what_it_writes_is_kept_byte_for_byte(void **state)
{
	size_t size;
	char *text;

	(void)state;
	start("printf 'a\\000b\\033[1m\\n'; printf error >&2; cat");
	go();
	wait_for_end();
	text = printed(&size);
	assert_int_equal(size, 14);
	assert_memory_equal(text, "a\0b\033[1m\nerror\n", 14); /* the shell's prompt gets its own line */
	free(text);
}

static void
of_very_much_output_the_end_is_kept(void **state)
{
	const char *last = "\n199999.xxxxxxxxx\n200000.xxxxxxxxx\n";
	size_t size;
	char *text;

	(void)state;
	start("head -c 3000000 /dev/zero; i=0; while [ $i -lt 200000 ]; do i=$((i+1)); echo "
	      "$i.xxxxxxxxx; done");
	go();
	wait_for_end();
	text = printed(&size);
	assert_in_range(size, 4 << 20, (4 << 20) + 200);
	assert_memory_equal(text, "estop: first ", 13);
	assert_string_equal(text + size - strlen(last), last);
	free(text);
}

static void
the_first_signal_is_passed_on_and_the_next_is_ours(void **state)
{
	char what[40];

	(void)state;
	start("kill -STOP $$; exit 0");
	go();
	assert_true(child_forward(child, SIGKILL));
	assert_false(child_forward(child, SIGKILL));
	wait_for_end();
	assert_int_equal(child_exit_status(child), CHILD_BY_SIGNAL + SIGKILL);
	child_state(child, what, sizeof(what));
	assert_string_equal(what, "killed by SIGKILL");
	assert_false(child_signal(child, SIGTERM));
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_does_nothing_before_it_is_told_to_go),
		TEST(what_it_writes_is_kept_byte_for_byte),
		TEST(of_very_much_output_the_end_is_kept),
		TEST(the_first_signal_is_passed_on_and_the_next_is_ours),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
