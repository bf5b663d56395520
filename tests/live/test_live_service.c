/*
 * What estop-record.service runs, as systemd runs it: the command and the capabilities of the unit, and a socket
 * for what estop says to the manager, who is this test.
 */
#include "tests/lib/estop_run.h"
#include "tests/lib/patience.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#define UNIT "src/dist/examples/estop-record.service"

static int manager = -1;

static int
begin(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	(void)state;
	if (!estop_begin("service"))
		return 0;
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/notify", estop_directory);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return bind(manager, (const struct sockaddr *)&at, sizeof(at));
}

static int
end(void **state)
{
	if (manager >= 0)
		close(manager);
	return estop_end(state);
}

static void
hear(const char *text)
{
	struct pollfd fd = { .fd = manager, .events = POLLIN };
	char got[100];
	ssize_t n;

	if (poll(&fd, 1, (int)patience(30) * 1000) != 1)
		fail_msg("the manager does not hear '%s'", text);
	n = recv(manager, got, sizeof(got) - 1, 0);
	assert_true(n > 0);
	got[n] = '\0';
	assert_string_equal(got, text);
}

/*
 * Starts the unit's command with its shell variable, its capabilities and a watchdog of two seconds; a shorter
 * interval (-d) is all that is different. %D/pid is its process.
 */
static void
start_unit(void)
{
	estop_expect("command -v setpriv >/dev/null && mkdir %D/state && touch %D/state/events.jsonl.zst && "
		     "caps=$(sed -n 's/^CapabilityBoundingSet=//p' " UNIT " | tr 'A-Z ' 'a-z\\n' | "
		     "sed 's/^cap_/+/' | paste -sd, -) && "
		     "before=$(sed -n 's/^ExecStartPre=-//p' " UNIT ") && "
		     "STATE_DIRECTORY=%D/state sh -c \"$before\" && [ -e %D/state/before.jsonl.zst ] && "
		     "run=$(sed -n 's|^ExecStart=/usr/bin/estop|%E|p' " UNIT " | sed 's/-d 10/-d 0.1/') && "
		     "(STATE_DIRECTORY=%D/state NOTIFY_SOCKET=%D/notify WATCHDOG_USEC=2000000 "
		     "setpriv --no-new-privs --bounding-set=-all,$caps sh -c \"exec $run\" >/dev/null 2>%D/err & "
		     "echo $! >%D/pid)",
		     0);
}

static void
stop_unit(void)
{
	/* As systemd does, and its end by SIGTERM is a good one. */
	estop_expect(
		"kill -TERM $(cat %D/pid); while kill -0 $(cat %D/pid) 2>/dev/null; do sleep 0.1; done; cat %D/err",
		0);
	assert_string_equal(estop_output, "");
}

static void
the_unit_is_ready_and_alive_and_leaves_a_recording(void **state)
{
	(void)state;
	start_unit();
	hear("READY=1");
	hear("WATCHDOG=1");
	estop_expect("sh -c 'exec true recorded'", 0);
	hear("WATCHDOG=1"); /* a second later */
	stop_unit();
	estop_expect("%E -r %D/state/events.jsonl.zst --log=line | grep ' exec .* args=true recorded '", 0);
	estop_expect("stat -c '%a' %D/state/events.jsonl.zst", 0);
	assert_string_equal(estop_output, "600\n");
}

/* The watchdog's purpose: nothing is heard from one that does not run. */
static void
one_that_hangs_is_not_heard_from(void **state)
{
	struct pollfd fd = { .events = POLLIN };
	char got[100];

	(void)state;
	start_unit();
	hear("READY=1");
	hear("WATCHDOG=1");
	estop_expect("kill -STOP $(cat %D/pid)", 0);
	fd.fd = manager;
	while (poll(&fd, 1, 0) == 1) /* said before */
		assert_true(recv(manager, got, sizeof(got), 0) > 0);
	assert_int_equal(poll(&fd, 1, 2500), 0);
	estop_expect("kill -CONT $(cat %D/pid)", 0);
	hear("WATCHDOG=1");
	stop_unit();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_unit_is_ready_and_alive_and_leaves_a_recording, begin,
						end),
		cmocka_unit_test_setup_teardown(one_that_hangs_is_not_heard_from, begin, end),
	};

	return cmocka_run_group_tests_name("service", tests, NULL, NULL);
}
