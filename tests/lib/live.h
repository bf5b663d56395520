/*
 * live - workloads run in child processes, and the events a client received from them.
 *
 *	static void
 *	an_open_is_an_event(void **state)
 *	{
 *		struct live *l = live_begin(state);
 *		const char *path = live_path(l, "file");
 *		pid_t pid = live_run(l, ^{ MUST(close(open(path, O_RDONLY)) == 0); });
 *
 *		assert_int_equal(live_count(l, OPEN, pid, path), 1);
 *	}
 *
 * The log keeps the events of the workloads and their descendants, whatever
 * else goes on on the machine. Nothing sleeps to be in time: a workload is
 * awaited by its exit event, and every wait has a deadline that fails the test.
 * All functions are for the test's thread, and fail the test themselves.
 */
#ifndef LIVE_H
#define LIVE_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

#include <EndpointSecurity/EndpointSecurity.h>
#include <bsm/libbsm.h>
#include <es_linux.h>

#include "tests/lib/patience.h"

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1 /* as gcc has it */
#endif
#endif

#define LENGTH(array) (sizeof(array) / sizeof *(array))

enum {
	OPEN = ES_EVENT_TYPE_NOTIFY_OPEN,
	CLOSE = ES_EVENT_TYPE_NOTIFY_CLOSE,
	EXEC = ES_EVENT_TYPE_NOTIFY_EXEC,
	FORK = ES_EVENT_TYPE_NOTIFY_FORK,
	EXIT = ES_EVENT_TYPE_NOTIFY_EXIT,
};
#define NOTIFY(name) ES_EVENT_TYPE_NOTIFY_##name

/* Any bytes, with a NUL behind that len does not count. data is NULL when there was none. */
struct live_string {
	size_t len;
	char *data;
};

/* A copy of an es_process_t. */
struct live_process {
	audit_token_t token, parent, responsible;
	pid_t pid, ppid, original_ppid, group, session;
	int version;
	struct live_string path; /* of the executable */
	struct stat stat;
	bool path_truncated;
	struct live_string tty;
	struct stat tty_stat;
	struct live_string cgroup;
	struct timeval start;
};

/* A copy of an es_message_t. */
struct live_event {
	es_event_type_t type;
	uint32_t message_version;
	es_action_type_t action;
	uint64_t seq, global_seq, mach_time, tid;
	struct timespec time;
	struct live_process actor;
	struct live_process other; /* fork: the child; exec: the new program; else: its target */
	struct live_string path;   /* of the file, or the first one, it is about */
	struct live_string path2;  /* of the second one; of what is new, all of its path */
	struct live_string name;   /* an attribute's, a directory's entry, … */
	struct stat stat, stat2;
	bool path_truncated, modified, mapped;
	int fflag, status;
	union { /* other than files and strings, as in ESMessage.h */
		struct {
			unsigned long f_flags;
		} mount; /* unmount, remount, too */
		struct {
			int destination_type;
		} create, rename;
		struct {
			uint32_t mode;
			uint32_t flags;
		} copyfile;
		struct {
			int32_t mode;
		} access;
		struct {
			int32_t cmd;
		} fcntl;
		struct {
			int32_t protection;
			int32_t max_protection;
			int32_t flags;
			uint64_t file_pos;
		} mmap;
		struct {
			int32_t protection;
			uint64_t address;
			uint64_t size;
		} mprotect;
		struct {
			uint32_t mode;
		} setmode, uipc_bind;
		struct {
			uid_t uid;
			gid_t gid;
		} setowner;
		struct {
			uint32_t flags;
		} setflags;
		struct {
			int set_or_clear;
		} setacl;
		struct {
			int sig;
		} signal;
		struct {
			int type;
		} proc_suspend_resume, get_task;
		struct {
			uid_t uid;
		} setuid;
		struct {
			gid_t gid;
		} setgid;
		struct {
			uid_t euid;
		} seteuid;
		struct {
			gid_t egid;
		} setegid;
		struct {
			uid_t ruid;
			uid_t euid;
		} setreuid;
		struct {
			gid_t rgid;
			gid_t egid;
		} setregid;
		struct {
			int domain;
			int type;
			int protocol;
		} uipc_connect;
		struct {
			dev_t dev;
		} pty_grant, pty_close;
	};
	struct timespec times[2];
	/* exec */
	uint32_t argc, envc, fdc;
	struct live_string *args, *env;
	es_fd_t *fds;
	struct live_string cwd, script, asked; /* asked: dyld_exec_path */
	int last_fd;
	cpu_type_t image; /* image_cputype */
};

struct live {
	es_client_t *client;
	char *dir; /* the test's own directory, its canonical path */
	/* private */
	struct live_log *log;
	pid_t children[1024];
	size_t child_count;
	char **paths;
	size_t path_count;
	struct {
		void *p;
		size_t size;
	} shared[8];
	size_t shared_count;
	size_t from; /* queries look at the log from here on */
	unsigned markers;
};

/*
 * A directory, and a client that is subscribed to all five events and has this
 * process muted. Skips the test where there can be no client. Kept in *state.
 */
struct live *live_begin(void **state);

/* The same in steps, for tests that need it otherwise. */
struct live *live_prepare(void **state);
void live_connect(struct live *);   /* one client, subscribed to nothing, nothing muted */
void live_subscribe(struct live *); /* to all five */
void live_mute_self(struct live *);
/* live_begin(), subscribed to these, and to fork and exit to follow the workloads by. */
struct live *live_begin_with(void **state, const es_event_type_t types[], size_t n);

/* Prints why and skips the test when this process may not have a client. */
void live_skip_unless_possible(void);
bool live_kernel_is(int major, int minor); /* or later */

/* cmocka's teardown: client, children and directory go. */
int live_end(void **state);
/* As far as it was flushed: gaps in the numbers are no longer than what was counted as lost, by type and in all. */
void live_assert_numbered(struct live *);

#define LIVE_TEST(f) cmocka_unit_test_teardown(f, live_end)

/* A path in the directory, good until live_end(). The name may have any bytes. */
const char *live_path(struct live *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One of exactly this length, of directories with long names. */
const char *live_deep_path(struct live *, size_t length);
/* live_path(), and a file of some bytes there. */
const char *live_file(struct live *, const char *name, const char *content);
/* A program there, a copy of this one, that does what live_puppet() needs. */
const char *live_program(struct live *, const char *name);
const char *live_self_path(void); /* of this program */

/*
 * Workloads: blocks that run in a forked child, which exits with 0 when the
 * block returns. In there, MUST() ends the child with a message when a thing the
 * workload relies on fails.
 */
pid_t live_spawn(struct live *, void (^work)(void));
int live_finish(struct live *, pid_t);       /* waits for its exit and its exit event: the wait status */
int live_reap_quietly(struct live *, pid_t); /* waits for its exit alone, which may be muted */
pid_t live_run(struct live *, void (^work)(void)); /* both; it must end well */

/* Zeroed memory that the workloads to come share with the test, until live_end(). */
void *live_shared(struct live *, size_t);

/* live_run(), where the workload may say by its status that it is not allowed to: skips. */
pid_t live_run_privileged(struct live *, void (^work)(void));
enum { LIVE_NOT_ALLOWED = 77 };

extern void (^const live_nothing)(void); /* a workload that does nothing */

void live_die(const char *what, int line) __attribute__((noreturn));
#define MUST(condition) ((condition) ? (void)0 : live_die(#condition, __LINE__))

/* What workloads are made of. They succeed, or end the child. */
int live_open_dir(const char *path); /* as a place alone: O_PATH */
int live_open(const char *path);     /* for reading and writing; made when it is not there */
pid_t live_fork(void (^work)(void));
pid_t live_clone(int flags, void (^work)(void)); /* one at a time: they share a stack */
/* As vfork() does it - but not under the thread sanitizer, whose memory it would share. */
#ifdef __SANITIZE_THREAD__
#define LIVE_VFORK CLONE_VFORK
#else
#define LIVE_VFORK (CLONE_VM | CLONE_VFORK)
#endif
void live_reap(pid_t); /* by its parent: waits for it; it must end well */
pthread_t live_thread(void (^work)(void));
int live_make_deep(struct live *, const char *path); /* its directories, of which the last is returned */
void live_exec_exit(const char *program);            /* exec of a program that exits with 0 */

/* Ends the first thread with this status; when it is a zombie, another one does the rest and ends.
 */
void live_exit_first_thread_first(int status, void (^then)(void));

/*
 * A process that acts on command and answers when it is done:
 *	open PATH	open (made when it is not there) and close
 *	many N PATH	the same, N times
 *	write PATH	open for writing, write, close
 *	fork		a child that exits at once, and wait for it
 *	threadfork	the same, whose first thread ends before another one
 *	shell PATH	a child that does `open PATH`, and wait for it
 *	exec PROGRAM	exec; the new program takes over and answers
 *	threadexec PROGRAM	the same, by another thread than the first
 *	exit		no answer
 * This program, given "live:exit", exits with 0; given "live:pause", it stays.
 */
struct puppet {
	pid_t pid;
	int to, from;
};
struct puppet live_puppet(struct live *, const char *program); /* NULL: a fork of this process */
void puppet_tell(struct puppet *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void puppet_end(struct live *, struct puppet *); /* exits, is waited for; its events may be muted */

/* The token of a running process, as es_linux_processes() has it. */
audit_token_t live_token(struct live *, pid_t);

/* Returns when everything that happened before has been handled, or fails the test. */
void live_flush(struct live *);
/* The same by way of an event: of a child that opens a file. It must not be muted. */
void live_marker(struct live *);

/*
 * Questions about the log. pid 0: any; path NULL: any. Events stay where they
 * are until live_end().
 */
size_t live_count(struct live *, es_event_type_t, pid_t, const char *path);
size_t live_count_below(struct live *, es_event_type_t, pid_t, const char *dir); /* dir or below */
const struct live_event *live_event(struct live *, es_event_type_t, pid_t, const char *path,
				    size_t nth); /* from 0; fails the test when it is not there */
size_t live_size(struct live *);
const struct live_event *live_at(struct live *, size_t index); /* of the whole log */
void live_forget(struct live *); /* questions are about what happens from now on */
void live_wait(struct live *, es_event_type_t, pid_t, const char *path, size_t n);
bool live_is(const struct live_string *, const char *); /* the same bytes */
bool live_same_program(audit_token_t, audit_token_t);   /* the same pid and pidversion */

/* Writes the log to stderr, to see what went wrong. */
void live_dump(struct live *);

/* Exactly n events of that type by that process, and all of this path. */
void live_assert_only(struct live *, es_event_type_t, pid_t, const char *path, size_t n);

uint64_t live_now_ms(void); /* CLOCK_MONOTONIC */
#define LIVE_DEADLINE_MS (patience(60) * 1000)

/*
 * Until following this link no longer sets its access time, as it does where that is not after the
 * link's own change: what has a time to set is not followed from memory alone.
 */
void live_settle_link(const char *link);

#endif
