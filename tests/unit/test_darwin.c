/* What of the Mac's part needs no Mac: remedies, arguments, waiting for a terminal. */
#include "src/darwin/poll.h"
#include "src/darwin/procargs.h"
#include "src/darwin/release.h"
#include "src/darwin/remedy.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

/* ---- remedies ---- */

static void
each_refusal_says_what_to_do(void **state)
{
	static const struct {
		es_new_client_result_t result;
		const char *says[4];
	} table[] = {
		{ ES_NEW_CLIENT_RESULT_ERR_INVALID_ARGUMENT, { "report it" } },
		{ ES_NEW_CLIENT_RESULT_ERR_INTERNAL, { "try again", "restart" } },
		{ ES_NEW_CLIENT_RESULT_ERR_NOT_ENTITLED,
		  { "com.apple.developer.endpoint-security.client", "make sign", "close | estop -r -" } },
		{ ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED,
		  { "Full Disk Access", "Privacy_AllFiles", "Remote Login", "tmux kill-server" } },
		{ ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED, { "sudo", "Full Disk Access" } },
		{ ES_NEW_CLIENT_RESULT_ERR_TOO_MANY_CLIENTS, { "end one" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char why[512] = "";

		assert_true(remedy(table[i].result, true, why, sizeof(why)));
		/* One sentence, and it must fit with what is said around it. */
		assert_null(strchr(why, '\n'));
		assert_in_range(strlen(why), 40, 400);
		assert_int_not_equal(why[strlen(why) - 1], '.');
		for (size_t k = 0; k < 4 && table[i].says[k]; k++)
			if (!strstr(why, table[i].says[k]))
				fail_msg("'%s' lacks '%s'", why, table[i].says[k]);
	}
}

static void
without_root_every_way_leads_through_it(void **state)
{
	char why[512];

	(void)state;
	for (int result = ES_NEW_CLIENT_RESULT_ERR_NOT_ENTITLED;
	     result <= ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED; result++) {
		assert_true(remedy((es_new_client_result_t)result, false, why, sizeof(why)));
		assert_non_null(strstr(why, "sudo"));
	}
	assert_true(remedy(ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED, true, why, sizeof(why)));
	assert_null(strstr(why, "sudo"));
}

static void
success_and_the_unknown_have_no_remedy(void **state)
{
	char why[8] = "before";

	(void)state;
	assert_false(remedy(ES_NEW_CLIENT_RESULT_SUCCESS, true, why, sizeof(why)));
	assert_false(remedy((es_new_client_result_t)7, true, why, sizeof(why)));
	assert_false(remedy((es_new_client_result_t)-1, true, why, sizeof(why)));
	assert_string_equal(why, "before");
}

/* ---- releases ---- */

static void
each_kernel_brings_the_types_of_its_system(void **state)
{
	static const struct {
		const char *release;
		unsigned last;
	} table[] = {
		{ "22.1.0", 125 }, { "22.6.0", 125 }, { "23.0.0", 145 }, { "24.0.0", 146 },
		{ "24.3.0", 146 }, { "24.4.0", 147 }, { "24.6.0", 147 }, { "25.0.0", 147 },
		{ "26.1.0", 147 }, { "", 0 },         { "Darwin", 0 },   { "18.7.0", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (release_last_type(table[i].release) != table[i].last)
			fail_msg("%s: %u", table[i].release, release_last_type(table[i].release));
}

/* ---- arguments ---- */

/* A copy without a byte more, for the sanitizer; count is put in front. */
static uint32_t
parse(int count, const char *text, size_t size, char out[8][16], uint32_t max)
{
	size_t whole = sizeof(count) + size;
	char *buffer = test_malloc(whole);
	es_string_token_t args[8];
	uint32_t n;

	memcpy(buffer, &count, sizeof(count));
	memcpy(buffer + sizeof(count), text, size);
	n = procargs_parse(buffer, whole, args, max);
	for (uint32_t i = 0; i < n; i++) {
		assert_in_range(args[i].length, 0, 15);
		memcpy(out[i], args[i].data, args[i].length);
		out[i][args[i].length] = '\0';
	}
	test_free(buffer);
	return n;
}

#define PARSE(count, text, out, max) parse(count, text, sizeof(text) - 1, out, max)

static void
arguments_come_without_the_environment(void **state)
{
	char args[8][16];

	(void)state;
	assert_int_equal(PARSE(3, "/bin/ls\0\0\0\0\0ls\0-l\0\0HOME=/\0PATH=/bin\0", args, 8), 3);
	assert_string_equal(args[0], "ls");
	assert_string_equal(args[1], "-l");
	assert_string_equal(args[2], ""); /* an empty one counts, too */
}

static void
no_more_arguments_than_there_is_room_for(void **state)
{
	char args[8][16];

	(void)state;
	assert_int_equal(PARSE(3, "/bin/ls\0ls\0-l\0-a\0", args, 2), 2);
	assert_int_equal(PARSE(3, "/bin/ls\0ls\0-l\0-a\0", args, 0), 0);
}

static void
count_that_lies_ends_with_the_buffer(void **state)
{
	char args[8][16];

	(void)state;
	assert_int_equal(PARSE(1000000, "/bin/ls\0ls\0-l\0", args, 8), 2);
	assert_int_equal(PARSE(-1, "/bin/ls\0ls\0-l\0", args, 8), 0);
	assert_int_equal(PARSE(0, "/bin/ls\0ls\0-l\0", args, 8), 0);
}

static void
cut_buffers_end_where_they_end(void **state)
{
	static const char whole[] = "/bin/ls\0\0ls\0-long";
	static const uint32_t expected[] = { [9] = 0, [10] = 1, [12] = 1, [13] = 2, [17] = 2 };
	char args[8][16];

	(void)state;
	assert_int_equal(procargs_parse("", 0, NULL, 0), 0);
	assert_int_equal(procargs_parse("\1\0", 2, NULL, 0), 0);
	for (size_t size = 0; size < sizeof(whole); size++) {
		uint32_t n = parse(2, whole, size, args, 8);

		assert_in_range(n, 0, 2);
		if (size < sizeof(expected) / sizeof(expected[0]) && expected[size])
			assert_int_equal(n, expected[size]);
	}
	assert_string_equal(args[1], "-long");
}

/* ---- waiting ---- */

static void
input_ends_the_wait(void **state)
{
	int quiet[2], full[2];
	struct pollfd fds[3];

	(void)state;
	assert_int_equal(pipe(quiet) | pipe(full), 0);
	assert_int_equal(write(full[1], "x", 1), 1);
	fds[0] = (struct pollfd){ .fd = quiet[0], .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = full[0], .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = -1, .events = POLLIN };
	assert_int_equal(poll_devices(fds, 3, -1), 1);
	assert_int_equal(fds[0].revents, 0);
	assert_int_equal(fds[1].revents, POLLIN);
	assert_int_equal(fds[2].revents, 0);

	fds[1].fd = -1;
	assert_int_equal(poll_devices(fds, 3, 1), 0);
	for (int i = 0; i < 2; i++) {
		close(quiet[i]);
		close(full[i]);
	}
}

static void
lost_terminal_ends_the_wait(void **state)
{
	struct pollfd fds[2];
	int master, slave;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	fds[0] = (struct pollfd){ .fd = slave, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = slave }; /* as output: only whether it is there */
	assert_int_equal(poll_devices(fds, 2, 1), 0);
	close(master);
	assert_int_equal(poll_devices(fds, 2, -1), 2);
	assert_true(fds[0].revents & POLLHUP);
	assert_true(fds[1].revents & POLLHUP);
	close(slave);
	assert_int_equal(poll_devices(fds, 2, 0), 2);
	assert_int_equal(fds[0].revents, POLLNVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_refusal_says_what_to_do),
		cmocka_unit_test(without_root_every_way_leads_through_it),
		cmocka_unit_test(success_and_the_unknown_have_no_remedy),
		cmocka_unit_test(each_kernel_brings_the_types_of_its_system),
		cmocka_unit_test(arguments_come_without_the_environment),
		cmocka_unit_test(no_more_arguments_than_there_is_room_for),
		cmocka_unit_test(count_that_lies_ends_with_the_buffer),
		cmocka_unit_test(cut_buffers_end_where_they_end),
		cmocka_unit_test(input_ends_the_wait),
		cmocka_unit_test(lost_terminal_ends_the_wait),
	};

	return cmocka_run_group_tests_name("darwin", tests, NULL, NULL);
}
