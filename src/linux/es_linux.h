/*
 * src/linux/ - Endpoint Security for Linux, by eBPF: a library of its own. May include
 * nothing of estop but src/base/mute_set.h, event_set.h and model/event_table.h.
 */

/*
 * es_linux - what Endpoint Security for Linux offers beyond Apple's.
 *
 * Endpoint Security says only yes or no, and knows nothing from before the
 * client came. These few calls give the reason, the processes that were there
 * already, and the counters. A client that does without them runs on both.
 */
#ifndef ESTOP_ES_LINUX_H
#define ESTOP_ES_LINUX_H

#include <EndpointSecurity/EndpointSecurity.h>
#include <stdio.h>

/* The version of every message: the newest whose fields can all be filled here. */
#define ES_LINUX_MESSAGE_VERSION 7

__BEGIN_DECLS

/*
 * Why the last es_new_client() on this thread failed: one sentence, without a
 * full stop, that says what to do. Never NULL; "" when it succeeded or there was
 * none. Good until this thread's next es_new_client().
 */
const char *_Nonnull es_linux_error(void);

typedef enum {
	ES_LINUX_HOOKS_TRACEPOINTS, /* opens and closes come from system calls, each of which then takes longer */
	ES_LINUX_HOOKS_AUTO,     /* from functions where this kernel has all that are needed, else as above */
	ES_LINUX_HOOKS_FUNCTIONS /* from functions of the kernel: also those by io_uring */
} es_linux_hooks_t;

typedef struct {
	size_t ring_bytes;      /* kernel's queue per client, rounded up to a power of 2; 0: default */
	uint32_t mute_limit;    /* how many processes can be muted at once; 0: default, 16384 */
	es_linux_hooks_t hooks; /* with FUNCTIONS, es_new_client() fails where they cannot be had */
} es_linux_config_t;

/*
 * Sizes and hooks for the clients to come, of all the process; the ones that exist keep
 * theirs. Copied. Not while another thread is in es_new_client(). ERROR for NULL
 * and for what cannot be had: nothing changes then. The environment variable ES_LINUX_HOOKS,
 * "auto" or "functions", takes the place of TRACEPOINTS.
 */
es_return_t es_linux_configure(const es_linux_config_t *_Nonnull config);

/* Which of the two this client uses; never AUTO. Any thread. */
es_linux_hooks_t es_linux_hooks(es_client_t *_Nonnull client);

/*
 * Clients to come write to this file what a report about them needs to hold: facts about the
 * system, all that libbpf says and, if one of the programs is rejected, the whole log of the
 * kernel's verifier. NULL, as in the beginning: nowhere. The caller's, who closes it after the
 * next call. Not while another thread is in es_new_client().
 */
void es_linux_debug(FILE *_Nullable to);

/*
 * Opens what takes more privileges than CAP_BPF and CAP_PERFMON: call it before
 * they are given up. Without it, or without them, some events may be lost on
 * Linux 7 and later (es_linux_stats_t, missed). Once for a process; any thread
 * before the first client.
 */
void es_linux_prepare(void);

/*
 * When a process started, as es_process_t has it, but known to a tick of the system's clock (10 ms)
 * alone. False: there is no such process, or /proc does not show it. Any thread.
 */
bool es_linux_start_time(pid_t pid, struct timeval *_Nonnull start);

/*
 * This process's own token, for es_mute_process(). The pidversion is the kernel
 * side's, so at least one client must exist: ERROR before.
 */
es_return_t es_linux_self_token(audit_token_t *_Nonnull token);

/* What es_process_t has no room for. Lives as long as the es_process_t it comes with. */
typedef struct {
	bool kernel_thread;     /* its executable's path is empty */
	es_string_token_t comm; /* the kernel's short name, at most 15 bytes */
	uint32_t arg_count;     /* 0 for kernel threads and zombies */
	const es_string_token_t *_Nullable args;
	bool args_cut; /* it has more */
} es_linux_extra_t;

#ifdef __BLOCKS__

/*
 * Calls visit for every process that runs now, each once, parents not always
 * first. Synchronous, on the caller's thread; what visit gets is good until it
 * returns. Subscribe before, and no process falls between: one that starts or
 * ends meanwhile is seen by its event, by visit or by both, with the same (pid,
 * pidversion). ERROR when the walk could not be finished; what was visited holds.
 */
es_return_t es_linux_processes(es_client_t *_Nonnull client,
			       void (^_Nonnull visit)(const es_process_t *_Nonnull,
						      const es_linux_extra_t *_Nonnull));

#endif

/*
 * Whether this system has that event. es_subscribe() rejects one it does not have, and
 * then subscribes to none of the types it was given. Any thread, any number.
 */
bool es_linux_can_give(es_event_type_t type);

/*
 * Moves those of events that this system has to the front, in the order they are in, and returns
 * how many that are: a client that takes what there is passes the array on to es_subscribe() with
 * this count. Any thread, any types; events may be NULL when count is 0.
 */
uint32_t es_linux_available(es_event_type_t *_Nullable events, uint32_t count);

/*
 * Is a muted process one execution, (pid, pidversion), and nothing else? Here it is: the mute of the
 * one before an exec does not touch the next. Any thread.
 */
bool es_linux_mutes_executions(void);

/*
 * What es_new_client() needs of this system, question by question, without trying: the name, whether
 * it is there, and what is found, or what is missing and how to get it. Any thread.
 */
void es_linux_doctor(void (*_Nonnull tell)(void *_Nullable ctx, const char *_Nonnull name, bool ok,
					   const char *_Nonnull text),
		     void *_Nullable ctx);

/* Clients of a process at a time. */
#define ES_LINUX_CLIENTS_MAX 16

/*
 * What a mount, unmount or remount is about, whole, where es_statfs_t may have
 * cut it: path, the source as it was given (a device, a directory, nothing),
 * and the type of the file system. NULL for other messages; lives as long as
 * the message. Strings may be empty, and are then {0, ""}.
 */
typedef struct {
	es_string_token_t on, from, type;
} es_linux_mount_t;

const es_linux_mount_t *_Nullable es_linux_mount(const es_message_t *_Nonnull message);

/*
 * Did the process of an exec have more arguments than the message has? A message has up to 1 MiB of
 * arguments and environment. False for other messages.
 */
bool es_linux_args_cut(const es_message_t *_Nonnull message);

/*
 * The cgroup (v2) a process is in: its number, and its path from the root of the hierarchy, empty
 * when it is not known. NULL: no cgroup v2 is known of it. For processes of this library alone, of
 * a message or of es_linux_processes(), as long as they live. Any thread.
 */
typedef struct {
	uint64_t id;
	es_string_token_t path;
} es_linux_cgroup_t;

const es_linux_cgroup_t *_Nullable es_linux_cgroup(const es_process_t *_Nonnull process);

/* Is a hierarchy of cgroup v2 mounted? Else every process is in its root. Looked up once; any thread. */
bool es_linux_has_cgroups(void);

/* Room for event types to come; a type is the index. */
#define ES_LINUX_EVENT_MAX 256

/*
 * Events of one type since the client was created:
 * produced = delivered + lost + muted + those still in the ring.
 */
typedef struct {
	uint64_t produced;  /* happened while subscribed to */
	uint64_t delivered; /* given to the handler */
	uint64_t lost;      /* no room in the kernel's ring; also gaps in seq_num */
	uint64_t muted;     /* suppressed, in the kernel or before delivery */
} es_linux_count_t;

typedef struct {
	es_linux_count_t event[ES_LINUX_EVENT_MAX];
	size_t ring_bytes;
	size_t ring_used; /* bytes that wait to be delivered */
	/*
	 * Times the kernel did not call this library, as it was being called on that
	 * CPU for a process that had been preempted: events of unknown type, at most
	 * so many. 0 with tracepoints before Linux 7, which cannot be preempted.
	 */
	uint64_t missed;
	/*
	 * Of those muted: by the path of an executable, of processes in another mount
	 * namespace than this one, where that path may be another file. Anybody can
	 * make such a namespace, where the system lets him.
	 */
	uint64_t muted_elsewhere;
} es_linux_stats_t;

/* A snapshot, not an instant: the counters run on while they are read. Any thread. */
es_return_t es_linux_stats(es_client_t *_Nonnull client, es_linux_stats_t *_Nonnull stats);

/*
 * Mutes a process and everything below it, now and later, for these events. The
 * kernel passes it on at fork, before the child runs, and exec does not end it;
 * so not one event of a descendant slips out. It is apart from es_mute_process():
 * es_muted_processes() does not list it, no limit counts it, and with process
 * muting inverted it selects. Called again for the same token it replaces the
 * events. It ends with es_linux_unmute_subtree() for the same token. ERROR when
 * that process does not run, or it is in too many subtrees (4) already.
 */
es_return_t es_linux_mute_subtree(es_client_t *_Nonnull client, const audit_token_t *_Nonnull token,
				  const es_event_type_t *_Nonnull events, size_t event_count);
es_return_t es_linux_unmute_subtree(es_client_t *_Nonnull client, const audit_token_t *_Nonnull token);

/*
 * Mutes all processes in a cgroup (v2) of this name, and in those below it, for these events: what
 * is in it now, is forked there, cloned into it or moved there later, also when a cgroup of that
 * name is made later. name: one component of the cgroup's path ("nginx.service"), or the path
 * itself, which begins with '/'. Cgroups deeper than 63 levels are taken for the one at that level.
 * Else as es_linux_mute_subtree(). ERROR: there is no cgroup v2, or no room.
 */
es_return_t es_linux_mute_unit(es_client_t *_Nonnull client, const char *_Nonnull name,
			       const es_event_type_t *_Nonnull events, size_t event_count);
es_return_t es_linux_unmute_unit(es_client_t *_Nonnull client, const char *_Nonnull name);

/* The same for all processes with this effective user id, while they have it. */
es_return_t es_linux_mute_user(es_client_t *_Nonnull client, uid_t uid,
			       const es_event_type_t *_Nonnull events, size_t event_count);
es_return_t es_linux_unmute_user(es_client_t *_Nonnull client, uid_t uid);

#ifdef __BLOCKS__
/* Calls visit with the path of every cgroup that is known by now, on the caller's thread. */
void es_linux_cgroups(es_client_t *_Nonnull client, void (^_Nonnull visit)(const char *_Nonnull path));
#endif

/*
 * How many events an entry has suppressed since it was made. An event that
 * several entries mute is counted for one of them: process, subtree, outermost unit, user,
 * whole path, shortest prefix, in this order. ERROR: no such entry, or not counted (beyond
 * some four thousand entries).
 */
es_return_t es_linux_suppressed_process(es_client_t *_Nonnull client, const audit_token_t *_Nonnull token,
					uint64_t *_Nonnull count);
es_return_t es_linux_suppressed_subtree(es_client_t *_Nonnull client, const audit_token_t *_Nonnull token,
					uint64_t *_Nonnull count);
es_return_t es_linux_suppressed_unit(es_client_t *_Nonnull client, const char *_Nonnull name,
				     uint64_t *_Nonnull count);
es_return_t es_linux_suppressed_user(es_client_t *_Nonnull client, uid_t uid, uint64_t *_Nonnull count);
es_return_t es_linux_suppressed_path(es_client_t *_Nonnull client, const char *_Nonnull path,
				     es_mute_path_type_t type, uint64_t *_Nonnull count);

__END_DECLS

#endif
