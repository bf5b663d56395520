/* What a service manager is told, at the other end of its socket. */
#include "src/base/notify.h"

#include <errno.h>
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

#define SECOND UINT64_C(1000000000)

static char directory[64];
static struct sockaddr_un manager;
static int fd;

/* name: below the directory; or @NAME */
static void
listen_at(const char *name)
{
	socklen_t length;

	manager = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (name[0] == '@')
		snprintf(manager.sun_path, sizeof(manager.sun_path), "@estop-notify-%d", (int)getpid());
	else
		snprintf(manager.sun_path, sizeof(manager.sun_path), "%.60s/%.30s", directory, name);
	length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(manager.sun_path));
	setenv("NOTIFY_SOCKET", manager.sun_path, 1);
	if (name[0] == '@')
		manager.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&manager, length), 0);
}

static int
begin(void **state)
{
	(void)state;
	fd = -1;
	snprintf(directory, sizeof(directory), "/tmp/estop-notify.XXXXXX");
	assert_non_null(mkdtemp(directory));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	notify_close();
	if (fd >= 0)
		close(fd);
	unlink(manager.sun_path);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return rmdir(directory);
}

/* The next datagram is this one; NULL: there is none. */
static void
heard(const char *text)
{
	char got[100];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	if (!text) {
		assert_int_equal(n, -1);
		assert_int_equal(errno, EAGAIN);
		return;
	}
	assert_true(n > 0);
	got[n] = '\0';
	assert_string_equal(got, text);
}

static void
the_manager_hears_that_it_is_ready(void **state)
{
	(void)state;
	listen_at("socket");
	notify_open();
	heard(NULL);
	notify_ready();
	heard("READY=1");
	notify_alive(SECOND);
	heard(NULL); /* no watchdog was asked for */
}

#ifdef __linux__
static void
a_socket_without_a_file_is_found(void **state)
{
	(void)state;
	listen_at("@");
	notify_open();
	notify_ready();
	heard("READY=1");
}
#endif

static void
a_watchdog_hears_from_it_twice_in_its_time(void **state)
{
	(void)state;
	listen_at("socket");
	setenv("WATCHDOG_USEC", "10000000", 1);
	notify_open();
	notify_alive(100 * SECOND);
	heard("WATCHDOG=1");
	notify_alive(104 * SECOND);
	heard(NULL);
	notify_alive(105 * SECOND);
	heard("WATCHDOG=1");
	heard(NULL);
}

static void
the_watchdog_of_another_process_hears_nothing(void **state)
{
	(void)state;
	listen_at("socket");
	setenv("WATCHDOG_USEC", "10000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	notify_open();
	notify_alive(100 * SECOND);
	heard(NULL);
}

static void
a_command_does_not_get_the_variables(void **state)
{
	(void)state;
	listen_at("socket");
	setenv("WATCHDOG_USEC", "10000000", 1);
	notify_open();
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
}

/* One that does not exist, one that does not read, none at all, and no path. */
static void
no_manager_is_no_error(void **state)
{
	(void)state;
	notify_open();
	notify_ready();
	setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
	notify_open();
	notify_ready();
	setenv("NOTIFY_SOCKET", "vsock:2:1", 1);
	notify_open();
	notify_ready();
	listen_at("socket");
	notify_open();
	for (unsigned i = 0; i < 10000; i++) /* more than the socket holds */
		notify_ready();
	heard("READY=1");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(the_manager_hears_that_it_is_ready),
#ifdef __linux__
		TEST(a_socket_without_a_file_is_found),
#endif
		TEST(a_watchdog_hears_from_it_twice_in_its_time),
		TEST(the_watchdog_of_another_process_hears_nothing),
		TEST(a_command_does_not_get_the_variables),
		TEST(no_manager_is_no_error),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
