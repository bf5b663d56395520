/*
 * Events between processes, and of what a process says it is: signals, tracing,
 * identities, terminals, sockets of the file tree.
 */
#include "tests/lib/live.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

static struct live *
begin(void **state)
{
	static const es_event_type_t types[] = {
		NOTIFY(SIGNAL),    NOTIFY(PROC_SUSPEND_RESUME),
		NOTIFY(TRACE),     NOTIFY(GET_TASK),
		NOTIFY(SETUID),    NOTIFY(SETGID),
		NOTIFY(SETEUID),   NOTIFY(SETEGID),
		NOTIFY(SETREUID),  NOTIFY(SETREGID),
		NOTIFY(UIPC_BIND), NOTIFY(UIPC_CONNECT),
		NOTIFY(PTY_GRANT), NOTIFY(PTY_CLOSE),
	};

	return live_begin_with(state, types, LENGTH(types));
}

/* A child of a workload that does nothing but to end with it. */
static pid_t
sleeper(void)
{
	return live_fork(^{
	  prctl(PR_SET_PDEATHSIG, SIGKILL);
	  for (;;)
		  pause();
	});
}

static void
end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	MUST(waitpid(pid, &status, 0) == pid);
}

/* ---- signals ---- */

static void
every_call_that_sends_a_signal_is_told(void **state)
{
	struct live *l = begin(state);
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  siginfo_t info = { .si_code = SI_QUEUE };
	  pid_t other = *child = sleeper();
	  int fd = (int)syscall(SYS_pidfd_open, other, 0);

	  MUST(kill(other, SIGURG) == 0);
	  MUST(syscall(SYS_tkill, other, SIGWINCH) == 0);
	  MUST(syscall(SYS_tgkill, other, other, SIGURG) == 0);
	  MUST(syscall(SYS_rt_sigqueueinfo, other, SIGURG, &info) == 0);
	  MUST(fd >= 0 && syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0) == 0);
	  MUST(kill(other, 0) == 0); /* sends nothing */
	  MUST(kill(other, 1000) < 0 && errno == EINVAL);
	  MUST(kill(getpid(), SIGURG) == 0); /* to itself */
	  raise(SIGURG);
	  end(other);
	});
	const int wanted[] = { SIGURG, SIGWINCH, SIGURG, SIGURG, SIGURG, SIGKILL };

	if (live_count(l, NOTIFY(SIGNAL), pid, NULL) != LENGTH(wanted))
		live_dump(l);
	assert_int_equal(live_count(l, NOTIFY(SIGNAL), pid, NULL), LENGTH(wanted));
	for (size_t i = 0; i < LENGTH(wanted); i++) {
		const struct live_event *e = live_event(l, NOTIFY(SIGNAL), pid, NULL, i);

		assert_int_equal(e->signal.sig, wanted[i]);
		assert_int_equal(e->other.pid, *child);
		assert_int_equal(e->other.ppid, pid);
		assert_true(live_is(&e->other.path, live_self_path()));
	}
	/* The child's exit belongs to the same execution. */
	assert_true(live_same_program(live_event(l, NOTIFY(SIGNAL), pid, NULL, 0)->other.token,
				      live_event(l, EXIT, *child, NULL, 0)->actor.token));
	/* SIGCHLD is the kernel's: nobody sent it */
	assert_int_equal(live_count(l, NOTIFY(SIGNAL), *child, NULL), 0);
	live_assert_numbered(l);
}

static void
a_signal_to_a_group_is_one_for_each_process(void **state)
{
	struct live *l = begin(state);
	pid_t *child = live_shared(l, 3 * sizeof(*child));
	pid_t pid = live_run(l, ^{
	  for (int i = 0; i < 3; i++) {
		  child[i] = sleeper();
		  MUST(setpgid(child[i], child[0]) == 0);
	  }
	  MUST(kill(-child[0], SIGURG) == 0);
	  for (int i = 0; i < 3; i++)
		  end(child[i]);
	});

	for (int i = 0; i < 3; i++) {
		size_t urgent = 0;

		for (size_t k = 0; k < live_count(l, NOTIFY(SIGNAL), pid, NULL); k++) {
			const struct live_event *e = live_event(l, NOTIFY(SIGNAL), pid, NULL, k);

			urgent += e->other.pid == child[i] && e->signal.sig == SIGURG;
		}
		assert_int_equal(urgent, 1);
	}
	assert_int_equal(live_count(l, NOTIFY(SIGNAL), pid, NULL), 6);
}

static void
a_signal_that_is_not_permitted_is_no_event(void **state)
{
	struct live *l = begin(state);
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run_privileged(l, ^{
	  pid_t other = *child = sleeper();

	  if (setresuid(65534, 65534, 0) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(kill(other, SIGTERM) < 0 && errno == EPERM);
	  MUST(setresuid(0, 0, 0) == 0);
	  end(other);
	});

	assert_int_equal(live_count(l, NOTIFY(SIGNAL), pid, NULL), 1);
	assert_int_equal(live_event(l, NOTIFY(SIGNAL), pid, NULL, 0)->signal.sig, SIGKILL);
}

static void
stop_and_continue_are_told_as_what_they_do(void **state)
{
	struct live *l = begin(state);
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  pid_t other = *child = sleeper();
	  int status;

	  MUST(kill(other, SIGSTOP) == 0);
	  MUST(waitpid(other, &status, WUNTRACED) == other && WIFSTOPPED(status));
	  MUST(kill(other, SIGCONT) == 0);
	  end(other);
	});
	const es_proc_suspend_resume_type_t wanted[] = { ES_PROC_SUSPEND_RESUME_TYPE_SUSPEND,
							 ES_PROC_SUSPEND_RESUME_TYPE_RESUME };

	assert_int_equal(live_count(l, NOTIFY(PROC_SUSPEND_RESUME), pid, NULL), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct live_event *e = live_event(l, NOTIFY(PROC_SUSPEND_RESUME), pid, NULL, i);

		assert_int_equal(e->proc_suspend_resume.type, wanted[i]);
		assert_int_equal(e->other.pid, *child);
	}
	assert_int_equal(live_count(l, NOTIFY(SIGNAL), pid, NULL), 3); /* they are signals, too */
}

/* ---- tracing, and reading others' memory ---- */

static void
an_attached_tracer_is_told(void **state)
{
	struct live *l = begin(state);
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  pid_t other = *child = sleeper();
	  int status;

	  MUST(ptrace(PTRACE_SEIZE, other, NULL, NULL) == 0);
	  MUST(ptrace(PTRACE_INTERRUPT, other, NULL, NULL) == 0);
	  MUST(waitpid(other, &status, __WALL) == other);
	  MUST(ptrace(PTRACE_DETACH, other, NULL, NULL) == 0);
	  MUST(ptrace(PTRACE_ATTACH, other, NULL, NULL) == 0);
	  MUST(waitpid(other, &status, __WALL) == other);
	  MUST(ptrace(PTRACE_ATTACH, other, NULL, NULL) < 0 && errno == EPERM);
	  MUST(ptrace(PTRACE_ATTACH, getpid(), NULL, NULL) < 0);
	  end(other);
	});

	assert_int_equal(live_count(l, NOTIFY(TRACE), pid, NULL), 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(live_event(l, NOTIFY(TRACE), pid, NULL, i)->other.pid, *child);
}

static void
who_asks_to_be_traced_is_the_target(void **state)
{
	struct live *l = begin(state);
	pid_t *child = live_shared(l, sizeof(*child));

	live_run(l, ^{
	  live_reap(*child = live_fork(^{
		      MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
		    }));
	});
	assert_int_equal(live_count(l, NOTIFY(TRACE), *child, NULL), 1);
	assert_int_equal(live_event(l, NOTIFY(TRACE), *child, NULL, 0)->other.pid, *child);
}

static void
reaching_into_a_process_is_told(void **state)
{
	struct live *l = begin(state);
	pid_t *child = live_shared(l, sizeof(*child));
	static char here = 1;
	pid_t pid = live_run(l, ^{
	  pid_t other = *child = sleeper();
	  int fd = (int)syscall(SYS_pidfd_open, other, 0);
	  char byte;
	  struct iovec mine = { &byte, 1 }, its = { &here, 1 };

	  MUST(process_vm_readv(other, &mine, 1, &its, 1, 0) == 1);
	  MUST(process_vm_writev(other, &mine, 1, &its, 1, 0) == 1);
	  MUST(process_vm_readv(getpid(), &mine, 1, &its, 1, 0) == 1); /* its own: no event */
	  its.iov_base = NULL;
	  MUST(process_vm_readv(other, &mine, 1, &its, 1, 0) < 0);
	  MUST(syscall(SYS_pidfd_getfd, fd, 2, 0) >= 0);
	  MUST(syscall(SYS_pidfd_getfd, fd, 500, 0) < 0);
	  end(other);
	});

	assert_int_equal(live_count(l, NOTIFY(GET_TASK), pid, NULL), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct live_event *e = live_event(l, NOTIFY(GET_TASK), pid, NULL, i);

		assert_int_equal(e->other.pid, *child);
		assert_true(live_is(&e->other.path, live_self_path()));
	}
}

/* ---- identities ---- */

/* By number: the C library would have all threads do it. */
static void
identities_are_told_as_they_were_asked_for(void **state)
{
	struct live *l = begin(state);
	const uint64_t none = (uid_t)-1;
	pid_t pid = live_run_privileged(l, ^{
	  if (syscall(SYS_setgid, 7) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(syscall(SYS_setregid, 7, 8) == 0);
	  MUST(syscall(SYS_setresgid, -1, 9, -1) == 0); /* what setegid(2) is */
	  MUST(syscall(SYS_setresgid, 1, 2, 3) == 0);
	  MUST(syscall(SYS_setreuid, -1, 1) == 0);
	  MUST(syscall(SYS_setresuid, -1, 0, -1) == 0); /* what seteuid(2) is */
	  MUST(syscall(SYS_setresuid, 1, 2, 0) == 0);
	  MUST(syscall(SYS_setresuid, -1, 0, -1) == 0);
	  MUST(syscall(SYS_setuid, 5) == 0);
	  MUST(syscall(SYS_setuid, 0) < 0 && errno == EPERM);
	  MUST(syscall(SYS_setreuid, 0, 0) < 0 && errno == EPERM);
	});

	assert_int_equal(live_count(l, NOTIFY(SETGID), pid, NULL), 1);
	assert_int_equal(live_count(l, NOTIFY(SETREGID), pid, NULL), 2);
	assert_int_equal(live_count(l, NOTIFY(SETEGID), pid, NULL), 1);
	assert_int_equal(live_count(l, NOTIFY(SETREUID), pid, NULL), 2);
	assert_int_equal(live_count(l, NOTIFY(SETEUID), pid, NULL), 2);
	assert_int_equal(live_count(l, NOTIFY(SETUID), pid, NULL), 1);
	assert_int_equal(live_event(l, NOTIFY(SETGID), pid, NULL, 0)->setgid.gid, 7);
	assert_int_equal(live_event(l, NOTIFY(SETREGID), pid, NULL, 0)->setregid.rgid, 7);
	assert_int_equal(live_event(l, NOTIFY(SETREGID), pid, NULL, 0)->setregid.egid, 8);
	assert_int_equal(live_event(l, NOTIFY(SETREGID), pid, NULL, 1)->setregid.rgid, 1);
	assert_int_equal(live_event(l, NOTIFY(SETREGID), pid, NULL, 1)->setregid.egid, 2);
	assert_int_equal(live_event(l, NOTIFY(SETEGID), pid, NULL, 0)->setegid.egid, 9);
	assert_int_equal(live_event(l, NOTIFY(SETREUID), pid, NULL, 0)->setreuid.ruid, none);
	assert_int_equal(live_event(l, NOTIFY(SETREUID), pid, NULL, 0)->setreuid.euid, 1);
	assert_int_equal(live_event(l, NOTIFY(SETREUID), pid, NULL, 1)->setreuid.ruid, 1);
	assert_int_equal(live_event(l, NOTIFY(SETREUID), pid, NULL, 1)->setreuid.euid, 2);
	assert_int_equal(live_event(l, NOTIFY(SETEUID), pid, NULL, 0)->seteuid.euid, 0);
	assert_int_equal(live_event(l, NOTIFY(SETUID), pid, NULL, 0)->setuid.uid, 5);
	/* The actor is as it became. */
	assert_int_equal(audit_token_to_ruid(live_event(l, NOTIFY(SETUID), pid, NULL, 0)->actor.token), 5);
}

/* ---- sockets of the file tree ---- */

static struct sockaddr_un
address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return address;
}

static void
sockets_with_a_path_are_told(void **state)
{
	struct live *l = begin(state);
	const char *path = live_path(l, "s"), *gram = live_path(l, "g");
	pid_t pid = live_run(l, ^{
	  struct sockaddr_un a = address_of("./s"), g = address_of("g"), none = address_of("absent");
	  int listener = socket(AF_UNIX, SOCK_STREAM, 0), datagram = socket(AF_UNIX, SOCK_DGRAM, 0);
	  int client = socket(AF_UNIX, SOCK_STREAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
	  int ends[2];

	  MUST(chdir(l->dir) == 0); /* the address has no room for long paths */
	  MUST(bind(listener, (void *)&a, sizeof(a)) == 0 && listen(listener, 4) == 0);
	  MUST(bind(datagram, (void *)&g, sizeof(g)) == 0);
	  MUST(bind(client, (void *)&a, sizeof(a)) < 0 && errno == EADDRINUSE);
	  MUST(connect(client, (void *)&a, sizeof(a)) == 0);
	  MUST(connect(sender, (void *)&g, sizeof(g)) == 0);
	  MUST(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&none, sizeof(none)) < 0);
	  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0); /* has no path */
	});
	const struct live_event *e;

	assert_int_equal(live_count(l, NOTIFY(UIPC_BIND), pid, NULL), 2);
	assert_int_equal(live_count(l, NOTIFY(UIPC_BIND), pid, path), 1);
	assert_int_equal(live_count(l, NOTIFY(UIPC_BIND), pid, gram), 1);
	e = live_event(l, NOTIFY(UIPC_BIND), pid, path, 0);
	assert_true(live_is(&e->name, "s"));
	assert_int_equal(e->uipc_bind.mode & S_IFMT, S_IFSOCK);
	assert_int_equal(live_count(l, NOTIFY(UIPC_CONNECT), pid, NULL), 2);
	e = live_event(l, NOTIFY(UIPC_CONNECT), pid, path, 0);
	assert_int_equal(e->uipc_connect.domain, AF_UNIX);
	assert_int_equal(e->uipc_connect.type, SOCK_STREAM);
	assert_int_equal(e->stat.st_mode & S_IFMT, S_IFSOCK);
	e = live_event(l, NOTIFY(UIPC_CONNECT), pid, gram, 0);
	assert_int_equal(e->uipc_connect.type, SOCK_DGRAM);
}

static void
sockets_elsewhere_are_not_told(void **state)
{
	struct live *l = begin(state);
	pid_t pid = live_run(l, ^{
	  struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0estop-test" };
	  socklen_t size = offsetof(struct sockaddr_un, sun_path) + 20;
	  int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);

	  snprintf(a.sun_path + 11, 9, "%d", (int)getpid());
	  MUST(bind(listener, (void *)&a, size) == 0 && listen(listener, 4) == 0);
	  MUST(connect(client, (void *)&a, size) == 0);
	});

	assert_int_equal(live_count(l, NOTIFY(UIPC_BIND), pid, NULL), 0);
	assert_int_equal(live_count(l, NOTIFY(UIPC_CONNECT), pid, NULL), 0);
}

/* ---- terminals ---- */

static void
a_terminal_is_granted_and_closed_once(void **state)
{
	struct live *l = begin(state);
	unsigned *number = live_shared(l, sizeof(*number));
	pid_t pid = live_run_privileged(l, ^{
	  int master = posix_openpt(O_RDWR | O_NOCTTY), copy, locked = 1;

	  if (master < 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(ioctl(master, TIOCGPTN, number) == 0);
	  MUST(unlockpt(master) == 0);
	  MUST(ioctl(master, TIOCSPTLCK, &locked) == 0); /* the opposite */
	  copy = dup(master);
	  MUST(close(master) == 0);
	  MUST(close(copy) == 0); /* the last one */
	});
	const struct live_event *e = live_event(l, NOTIFY(PTY_GRANT), pid, NULL, 0);

	assert_int_equal(live_count(l, NOTIFY(PTY_GRANT), pid, NULL), 1);
	assert_int_equal(live_count(l, NOTIFY(PTY_CLOSE), pid, NULL), 1);
	assert_int_equal(major(e->pty_grant.dev), 128);
	assert_int_equal(minor(e->pty_grant.dev), *number);
	assert_int_equal(live_event(l, NOTIFY(PTY_CLOSE), pid, NULL, 0)->pty_close.dev, e->pty_grant.dev);
}

static void
an_exit_closes_its_terminals(void **state)
{
	struct live *l = begin(state);
	pid_t pid = live_run_privileged(l, ^{
	  if (posix_openpt(O_RDWR | O_NOCTTY) < 0)
		  _exit(LIVE_NOT_ALLOWED);
	});

	assert_int_equal(live_count(l, NOTIFY(PTY_GRANT), pid, NULL), 0);
	assert_int_equal(live_count(l, NOTIFY(PTY_CLOSE), pid, NULL), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(every_call_that_sends_a_signal_is_told),
		LIVE_TEST(a_signal_to_a_group_is_one_for_each_process),
		LIVE_TEST(a_signal_that_is_not_permitted_is_no_event),
		LIVE_TEST(stop_and_continue_are_told_as_what_they_do),
		LIVE_TEST(an_attached_tracer_is_told),
		LIVE_TEST(who_asks_to_be_traced_is_the_target),
		LIVE_TEST(reaching_into_a_process_is_told),
		LIVE_TEST(identities_are_told_as_they_were_asked_for),
		LIVE_TEST(sockets_with_a_path_are_told),
		LIVE_TEST(sockets_elsewhere_are_not_told),
		LIVE_TEST(a_terminal_is_granted_and_closed_once),
		LIVE_TEST(an_exit_closes_its_terminals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
