/*
 * confine: what a thread can still do after self_confine(). Each test is a child that confines
 * itself; that the program does so, test_cli, test_terminal and test_live_command see.
 */
#include "src/base/safe_file.h"
#include "src/base/usage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

static char directory[64];

static int
setup(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/estop-confine.XXXXXX");
	return mkdtemp(directory) ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", directory);
	return system(command);
}

#define MUST(condition) ((condition) ? (void)0 : die(#condition, __LINE__))

static _Noreturn void
die(const char *what, int line)
{
	dprintf(STDERR_FILENO, "line %d: %s (%s)\n", line, what, strerror(errno));
	_exit(1);
}

enum { IMPOSSIBLE = 77 };

static int listen_fd = -1; /* connections are accepted from it, once confined */

/* In a child that is confined, unless a sanitizer forbids that. */
static void
confined_to(bool live, bool signals, void (*work)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		int error;

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		error = self_confine(live, signals, listen_fd);
		if (error == -ENOTSUP)
			_exit(IMPOSSIBLE);
		errno = -error;
		MUST(error == 0);
		work();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == IMPOSSIBLE);
}

static void
confined(bool live, void (*work)(void))
{
	confined_to(live, false, work);
}

#define REFUSED(number, call) MUST((errno = 0, (call) < 0 && errno == (number)))

static void
try_to_get_out(void)
{
	char *const argv[] = { (char *)"/bin/true", NULL };
	int zero = 0;

	REFUSED(EPERM, execve("/bin/true", argv, NULL));
	REFUSED(EPERM, syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0));
	REFUSED(ENOSYS, fork()); /* by clone() */
	REFUSED(ENOSYS, syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
	REFUSED(ENOSYS, syscall(SYS_clone3, NULL, 0));
	REFUSED(EPERM, socket(AF_UNIX, SOCK_STREAM, 0));
	REFUSED(EPERM, socket(AF_INET, SOCK_STREAM, 0));
	REFUSED(EPERM, socket(AF_NETLINK, SOCK_RAW, 0));
	REFUSED(EPERM, ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
	REFUSED(EPERM, syscall(SYS_process_vm_writev, getppid(), NULL, 0, NULL, 0, 0));
	REFUSED(EPERM, symlink("x", "y"));
	REFUSED(EPERM, setuid(0));
	REFUSED(ENOSYS, ioctl(STDIN_FILENO, TIOCSTI, "x"));
	REFUSED(ENOSYS, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	REFUSED(ENOSYS, syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, NULL, &zero));
	REFUSED(ENOSYS, syscall(SYS_bpf, BPF_PROG_LOAD, NULL, 0));
	REFUSED(ENOSYS, syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0));
	REFUSED(ENOSYS, syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, NULL, 0));
}

static void
try_bpf_of_a_replay(void)
{
	REFUSED(ENOSYS, syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, NULL, 0));
	REFUSED(ENOSYS, syscall(SYS_pidfd_open, getpid(), 0));
}

static void
try_bpf_of_the_live_source(void)
{
	/* The kernel looks at the command: a null attribute. */
	errno = 0;
	MUST(syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, NULL, 0) < 0 && errno != ENOSYS);
	MUST(syscall(SYS_pidfd_open, getpid(), 0) >= 0);
}

static void
try_to_signal(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	MUST(fd >= 0 && syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) == 0);
}

static void
try_to_signal_in_vain(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	MUST(fd >= 0);
	REFUSED(ENOSYS, syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
}

static void
signals_are_sent_only_where_that_was_asked_for(void **state)
{
	(void)state;
	confined_to(true, true, try_to_signal);
	confined_to(true, false, try_to_signal_in_vain);
}

static void
no_program_socket_or_process(void **state)
{
	(void)state;
	confined(true, try_to_get_out);
	confined(false, try_to_get_out);
}

static void
bpf_is_left_to_the_live_source(void **state)
{
	(void)state;
	confined(false, try_bpf_of_a_replay);
	confined(true, try_bpf_of_the_live_source);
}

static void *
answer(void *arg)
{
	*(int *)arg = socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0;
	return NULL;
}

static int
fill(FILE *out, void *ctx, char *why, size_t len)
{
	(void)ctx, (void)why, (void)len;
	fputs("text\n", out);
	return 0;
}

static void
do_what_is_needed(void)
{
	char path[128], why[256];
	struct pollfd none;
	struct winsize size;
	struct rlimit limit;
	struct timespec soon = { .tv_nsec = 1000 };
	pthread_t thread;
	int number = 0, fd;

	MUST(pthread_create(&thread, NULL, answer, &number) == 0);
	MUST(pthread_join(thread, NULL) == 0);
	MUST(number == EPERM);
	snprintf(path, sizeof(path), "%s/a/b/file", directory);
	MUST(safe_file_write(path, SAFE_OVERWRITE | SAFE_MAKE_DIRS, fill, NULL, why, sizeof(why)) == 0);
	MUST(safe_file_write(path, SAFE_OVERWRITE, fill, NULL, why, sizeof(why)) == 0);
	fd = safe_file_open(path, SAFE_OVERWRITE, why, sizeof(why));
	MUST(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
	/* An id that nobody has takes every way there is to look for it. */
	MUST(getpwuid(0) && getpwuid(4000000000u) == NULL);
	MUST(poll(&none, 0, 1) == 0);
	MUST(nanosleep(&soon, NULL) == 0);
	MUST(getrlimit(RLIMIT_FSIZE, &limit) == 0);
	MUST(kill(getppid(), 0) == 0);
	errno = 0;
	(void)ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
	(void)isatty(STDIN_FILENO);
	MUST(errno != ENOSYS && errno != EPERM);
}

static void
what_is_needed_is_left(void **state)
{
	(void)state;
	confined(true, do_what_is_needed);
	confined(false, do_what_is_needed);
}

static struct sockaddr_in listening;
static int other_fd, client_fd, early_fd;

static int
open_listener(struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t length = sizeof(*at);

	*at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof(*at)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &length), 0);
	return fd;
}

static void
serve_and_try_to_get_out(void)
{
	char bytes[2];
	int one = 1, fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);

	MUST(fd >= 0);
	MUST(recv(fd, bytes, 2, 0) == 2 && memcmp(bytes, "hi", 2) == 0);
	MUST(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0);
	MUST(send(fd, "yes", 3, MSG_NOSIGNAL) == 3);
	MUST(shutdown(fd, SHUT_RDWR) == 0 && close(fd) == 0);
	/* Nothing that leads anywhere else. */
	try_to_get_out();
	REFUSED(ENOSYS, accept4(other_fd, NULL, NULL, 0));
	REFUSED(EPERM, accept(listen_fd, NULL, NULL));
	REFUSED(EPERM, connect(early_fd, (struct sockaddr *)&listening, sizeof(listening)));
	REFUSED(EPERM, bind(early_fd, (struct sockaddr *)&listening, sizeof(listening)));
	REFUSED(EPERM, listen(early_fd, 1));
	REFUSED(ENOSYS, sendto(early_fd, "x", 1, 0, (struct sockaddr *)&listening, sizeof(listening)));
	REFUSED(ENOSYS, setsockopt(early_fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one)));
}

static void
not_serve(void)
{
	int one = 1;

	REFUSED(EPERM, accept4(other_fd, NULL, NULL, 0));
	REFUSED(ENOSYS, send(client_fd, "x", 1, MSG_NOSIGNAL));
	REFUSED(ENOSYS, recv(client_fd, &one, 1, 0));
	REFUSED(ENOSYS, shutdown(client_fd, SHUT_RDWR));
	REFUSED(ENOSYS, setsockopt(client_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
}

static void
one_socket_serves_and_only_when_it_is_to(void **state)
{
	struct sockaddr_in other;
	int fd = open_listener(&listening);

	(void)state;
	other_fd = open_listener(&other);
	client_fd = socket(AF_INET, SOCK_STREAM, 0);
	early_fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(client_fd, (struct sockaddr *)&listening, sizeof(listening)), 0);
	assert_int_equal(send(client_fd, "hi", 2, 0), 2);
	confined(true, not_serve);
	listen_fd = fd;
	confined(true, serve_and_try_to_get_out);
	listen_fd = -1;
	close(fd);
	close(other_fd);
	close(client_fd);
	close(early_fd);
}

static pthread_barrier_t both;

static void *
wait_and_answer(void *arg)
{
	pthread_barrier_wait(&both);
	return answer(arg);
}

/* The thread is older than the filter. */
static void
every_thread_is_confined(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		pthread_t thread;
		int number = 0, error;

		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		pthread_barrier_init(&both, NULL, 2);
		MUST(pthread_create(&thread, NULL, wait_and_answer, &number) == 0);
		error = self_confine(true, false, -1);
		MUST(error == 0 || error == -ENOTSUP);
		pthread_barrier_wait(&both);
		MUST(pthread_join(thread, NULL) == 0);
		MUST(error || number == EPERM);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(no_program_socket_or_process),
		TEST(bpf_is_left_to_the_live_source),
		TEST(signals_are_sent_only_where_that_was_asked_for),
		TEST(what_is_needed_is_left),
		TEST(every_thread_is_confined),
		TEST(one_socket_serves_and_only_when_it_is_to),
	};

	return cmocka_run_group_tests_name("confine", tests, NULL, NULL);
}
