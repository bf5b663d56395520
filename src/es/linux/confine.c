/*
 * confine - the system calls estop may still make once it runs, on all of its threads: a seccomp
 * filter. What is not in the tables fails, with ENOSYS, for which the C library has another way
 * where there is one; what starts programs, makes sockets or looks into processes, with EPERM.
 *
 * Files may be opened anywhere, as the user may type any path (w, R, s, -w). Landlock could not
 * narrow that either, and it holds for one thread alone, while there are several by now.
 *
 * getpwuid(3) may want a socket (nscd, systemd, sssd, LDAP). It is denied one, and returns what local
 * files and shared caches have; users of the processes that ran before have been looked up by then.
 */
#include "src/base/usage.h"

#include <asm/termbits.h> /* struct termios2 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define SANITIZED 1 /* it reads symbols by another program, traces itself, … */
#endif
#endif

/* Those of other machines than this one are left out. */
#define CALL_TABLE(X)                                                                         \
	/* bytes */                                                                           \
	X(read) X(readv) X(pread64) X(preadv) X(write) X(writev) X(pwrite64) X(lseek)        \
	X(close) X(dup) X(dup2) X(dup3) X(fcntl) X(pipe) X(pipe2) X(eventfd2)                 \
	X(poll) X(ppoll) X(select) X(pselect6) X(epoll_create1) X(epoll_ctl) X(epoll_wait)    \
	X(epoll_pwait)                                                                        \
	/* files: the terminal's description, users, /proc, recordings, settings */           \
	X(open) X(openat) X(openat2) X(stat) X(lstat) X(fstat) X(newfstatat) X(statx) X(statfs)          \
	X(fstatfs) X(access) X(faccessat) X(faccessat2) X(readlink) X(readlinkat)             \
	X(getdents64) X(getcwd) X(fadvise64) X(ftruncate) X(fallocate) X(fsync) X(fdatasync)  \
	X(fchmod) X(fchown) X(mkdirat) X(linkat) X(unlinkat) X(renameat) X(renameat2)         \
	X(flock)                                                                              \
	/* memory; the C library loads what looks up users and converts characters */         \
	X(brk) X(mmap) X(munmap) X(mremap) X(mprotect) X(madvise) X(mincore)                  \
	/* threads and signals */                                                             \
	X(futex) X(set_robust_list) X(rseq) X(set_tid_address) X(membarrier) X(sched_yield)   \
	X(sched_getaffinity) X(gettid) X(tgkill) X(kill) X(rt_sigaction) X(rt_sigprocmask)    \
	X(rt_sigreturn) X(rt_sigtimedwait) X(rt_sigpending) X(sigaltstack) X(restart_syscall) \
	X(exit) X(exit_group) X(wait4) X(waitid) X(alarm) X(setitimer)                        \
	/* time */                                                                            \
	X(nanosleep) X(clock_nanosleep) X(clock_gettime) X(clock_getres) X(gettimeofday)      \
	X(time) X(times)                                                                      \
	/* about itself and the machine */                                                    \
	X(getpid) X(getppid) X(getpgrp) X(getpgid) X(getsid) X(getuid) X(geteuid) X(getgid)   \
	X(getegid) X(getresuid) X(getresgid) X(getgroups) X(getrusage) X(getrlimit)           \
	X(getpriority) X(sysinfo) X(uname) X(getrandom) X(getcpu)

/* Only with this value in argument number `argument`. */
#define CASE_TABLE(X)                                                                     \
	/* call       argument  value */                                                 \
	X(ioctl,      1,        TCGETS)                                                  \
	X(ioctl,      1,        TCSETS)                                                  \
	X(ioctl,      1,        TCSETSW)                                                 \
	X(ioctl,      1,        TCSETSF)                                                 \
	X(ioctl,      1,        TCGETS2)                                                 \
	X(ioctl,      1,        TCSETS2)                                                 \
	X(ioctl,      1,        TCSETSW2)                                                \
	X(ioctl,      1,        TCSETSF2)                                                \
	X(ioctl,      1,        TCFLSH)                                                  \
	X(ioctl,      1,        TCSBRK)                                                  \
	X(ioctl,      1,        TIOCGWINSZ)                                              \
	X(ioctl,      1,        TIOCGPGRP)                                               \
	X(ioctl,      1,        FIONREAD)                                                \
	X(prctl,      0,        PR_SET_NAME)                                             \
	X(prlimit64,  0,        0 /* itself */)

/* Of bpf(2), for the live source: mutes, counters, hooks that are attached. Nothing is loaded any more. */
#define BPF_CASE_TABLE(X)                                                                 \
	X(bpf,        0,        BPF_MAP_LOOKUP_ELEM)                                     \
	X(bpf,        0,        BPF_MAP_UPDATE_ELEM)                                     \
	X(bpf,        0,        BPF_MAP_DELETE_ELEM)                                     \
	X(bpf,        0,        BPF_MAP_GET_NEXT_KEY)                                    \
	X(bpf,        0,        BPF_MAP_LOOKUP_BATCH)                                    \
	X(bpf,        0,        BPF_MAP_UPDATE_BATCH)                                    \
	X(bpf,        0,        BPF_MAP_DELETE_BATCH)                                    \
	X(bpf,        0,        BPF_OBJ_GET_INFO_BY_FD)                                  \
	X(bpf,        0,        BPF_RAW_TRACEPOINT_OPEN)                                 \
	X(bpf,        0,        BPF_LINK_CREATE)                                         \
	X(bpf,        0,        BPF_LINK_DETACH)                                         \
	X(bpf,        0,        BPF_ITER_CREATE)                                         \
	/* tracepoints of perf, which carry the programs where others can be preempted */ \
	X(perf_event_open, 1,   (uint32_t)-1 /* of no process alone */)                  \
	X(ioctl,      1,        PERF_EVENT_IOC_ENABLE)                                   \
	X(ioctl,      1,        PERF_EVENT_IOC_DISABLE)

/* For the server of --metrics, besides accept4() from its socket: what it does with connections. */
#define SERVE_TABLE(X) X(recvfrom) X(sendmsg) X(shutdown)

#define SERVE_CASE_TABLE(X)                                                               \
	X(sendto,     4,        0 /* to whom it is connected */)                         \
	X(setsockopt, 1,        IPPROTO_TCP)

#define REFUSED_TABLE(X)                                                                      \
	X(execve) X(execveat) X(fork) X(vfork) X(socket) X(socketpair) X(connect) X(bind)    \
	X(listen) X(accept) X(accept4) X(ptrace) X(process_vm_readv) X(process_vm_writev)    \
	X(mount) X(umount2) X(pivot_root) X(chroot) X(setns) X(unshare)   \
	X(init_module) X(finit_module) X(delete_module) X(kexec_load) X(reboot) X(swapon)    \
	X(mknod) X(mknodat) X(symlink) X(symlinkat) X(setuid) X(setgid) X(setresuid)         \
	X(setresgid) X(setreuid) X(setregid) X(setfsuid) X(setfsgid) X(capset) X(keyctl)     \
	X(io_uring_setup) X(open_by_handle_at) X(pidfd_getfd)

struct call_case {
	int call;
	unsigned argument;
	uint64_t value;
};

#ifndef SANITIZED

static int
allow_cases(scmp_filter_ctx filter, const struct call_case cases[], size_t n)
{
	int error = 0;

	for (size_t i = 0; !error && i < n; i++) /* the kernel looks at 32 bits of each of them, too */
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, cases[i].call, 1,
					 SCMP_CMP(cases[i].argument, SCMP_CMP_MASKED_EQ, UINT32_MAX,
						  cases[i].value));
	return error;
}

/* No other socket exists, and none can be made. */
static int
allow_serving(scmp_filter_ctx filter, int listen_fd)
{
#define X(name) SCMP_SYS(name),
	static const int calls[] = { SERVE_TABLE(X) };
#undef X
#define X(name, argument, value) { SCMP_SYS(name), argument, value },
	const struct call_case cases[] = { SERVE_CASE_TABLE(X) X(accept4, 0, (uint64_t)listen_fd) };
#undef X
	int error = 0;

	for (size_t i = 0; !error && i < sizeof(calls) / sizeof(calls[0]); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return error ? error : allow_cases(filter, cases, sizeof(cases) / sizeof(cases[0]));
}

static int
fill(scmp_filter_ctx filter, bool live, bool signals, int listen_fd)
{
#define X(name) SCMP_SYS(name),
	static const int calls[] = { CALL_TABLE(X) }, refused[] = { REFUSED_TABLE(X) };
#undef X
#define X(name, argument, value) { SCMP_SYS(name), argument, value },
	static const struct call_case cases[] = { CASE_TABLE(X) }, bpf_cases[] = { BPF_CASE_TABLE(X) };
#undef X
	/* Threads, and no processes: of clone3() the filter sees a pointer, so it is not there. */
	const uint64_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
	int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				     SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));

	for (size_t i = 0; !error && i < sizeof(calls) / sizeof(calls[0]); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	for (size_t i = 0; !error && i < sizeof(refused) / sizeof(refused[0]); i++)
		if (refused[i] != SCMP_SYS(accept4) || listen_fd < 0)
			error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	if (!error)
		error = allow_cases(filter, cases, sizeof(cases) / sizeof(cases[0]));
	if (!error && live)
		error = allow_cases(filter, bpf_cases, sizeof(bpf_cases) / sizeof(bpf_cases[0]));
	if (!error && live)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pidfd_open), 0);
	if (!error && signals) /* F9 */
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pidfd_send_signal), 0);
	if (!error && listen_fd >= 0)
		error = allow_serving(filter, listen_fd);
	return error;
}

int
self_confine(bool live, bool signals, int listen_fd)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int error = filter ? 0 : -ENOMEM;

	if (!error)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!error) /* a tree rather than a list, for kernels that do not remember answers (5.11) */
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!error)
		error = fill(filter, live, signals, listen_fd);
	if (!error)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}

#else

int
self_confine(bool live, bool signals, int listen_fd)
{
	(void)live, (void)signals, (void)listen_fd;
	return -ENOTSUP;
}

#endif
