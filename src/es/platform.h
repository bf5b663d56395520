/*
 * src/es/ - the live source: a client of Endpoint Security, and how its messages become
 * events. May include src/base/ and model/. What differs between the systems is behind
 * platform.h, in src/es/linux/ and src/darwin/.
 */

/*
 * platform - what the client wants to know and Endpoint Security does not say.
 * Each system answers in its own way. Main thread only, where not said otherwise.
 */
#ifndef ESTOP_ES_PLATFORM_H
#define ESTOP_ES_PLATFORM_H

#include "model/event.h"
#include "model/mutes.h"
#include "model/process_page.h"
#include "src/base/source.h"

#include <EndpointSecurity/EndpointSecurity.h>
#include <poll.h>
#include <stdio.h>

/* Of the live source, for the header. */
const char *platform_source_name(es_client_t *);

/* client_hooks(). */
void platform_hooks(enum source_hooks);

/* The same for people: what a client to come would watch with. Needs no client and no privileges. */
const char *platform_hooks_name(enum source_hooks);

/* Why es_new_client() just failed with this result, and what to do. False: nothing is known. */
bool platform_why(es_new_client_result_t, char *why, size_t len);

/* An answer of estop --doctor. */
enum finding {
	FINDING_OK,
	FINDING_LIMITED, /* it works without, with less */
	FINDING_MISSING, /* the text says how to get it */
};

/* What only this system can say: a line each. Needs no client and no privileges. */
void platform_doctor(void (*tell)(void *ctx, const char *name, enum finding, const char *text), void *ctx);

/* client_debug(). A system that knows no more than its result writes nothing. */
void platform_debug(FILE *to);

/* The types this system can give. Needs no client and no privileges. */
event_mask platform_available(void);

/* As poll(2), for every kind of terminal. Hangups may be reported late. */
int platform_poll(struct pollfd *, nfds_t count, int timeout_ms);

/* Calls visit with an EV_SEEN, with a DETAIL if wanted, for every process that runs. 0 or a negative errno. */
int platform_backfill(es_client_t *, bool detail, void (*visit)(void *ctx, const struct event *), void *ctx);

struct platform_stats {
	double kernel_fill;       /* of the system's queue, 0..1; < 0 unknown */
	bool known;               /* whether the counts below are */
	uint64_t lost[EV_COUNT];  /* no room in the queue, including those not yet shown by a later event */
	uint64_t muted[EV_COUNT]; /* suppressed by mutes */
	uint64_t muted_elsewhere; /* of these: by a path, in another mount namespace */
	uint64_t missed;          /* never looked at, of unknown type; at most so many */
};

void platform_kernel_stats(es_client_t *, struct platform_stats *);

/* A token that names an execution; with uids and all where they can be had. */
audit_token_t platform_token(int32_t pid, uint32_t version);

/*
 * Is it known that a mute belongs to one execution? Where it is not, a mute may stay with its
 * process, and unmuting the execution before an exec would end it.
 */
bool platform_mutes_executions(void);

/*
 * Mutes a process with all below it, now and later, where the system itself
 * follows forks and execs. 0; -ENOSYS: it does not; -ENOSPC: rejected; -ESRCH: gone.
 */
int platform_mute_subtree(es_client_t *, const audit_token_t *, const es_event_type_t types[], uint32_t n,
			  bool on);

/*
 * Mutes all that belongs to a unit or user, now and later, where the system itself follows that.
 * 0; -ENOSYS: it does not; -ENOSPC: rejected; -EOPNOTSUPP: there is nothing of that kind here.
 */
int platform_mute_owner(es_client_t *, const struct mute_rule *, const es_event_type_t types[], uint32_t n,
			bool on);
bool platform_suppressed_owner(es_client_t *, const struct mute_rule *, uint64_t *count);

/* Events that a mute has suppressed; path NULL: of a process, or its subtree. False: not counted. */
bool platform_suppressed(es_client_t *, const audit_token_t *, bool subtree, const char *path,
			 es_mute_path_type_t, uint64_t *count);

/* Facts of a process that its events do not contain. Unknown ones stay NULL. */
void platform_look(int32_t pid, struct process_look *);

/*
 * Sends a signal to the process of this pid that started then (struct proc_key), and to no other one
 * that has the pid now: on Linux through a pidfd. 0, -ESRCH: it has exited; or another negative errno.
 */
int platform_signal(int32_t pid, uint64_t start_ns, int number);

/*
 * The command line of a process as it is in its memory now, arguments with their NULs; returns bytes.
 * 0: it has none, or this system does not say.
 */
size_t platform_title(int32_t pid, char *out, size_t size);

/* Did the process of an exec have more arguments than the message? Any thread. */
bool platform_args_cut(const es_message_t *);

/*
 * The cgroup of a process of a message, or of backfill: Linux. path: CGROUP_V1 where none can be
 * known. False: there is none. Any thread; the strings live as long as the process.
 */
struct platform_cgroup {
	uint64_t id;
	es_string_token_t path;
};

bool platform_cgroup(const es_process_t *, struct platform_cgroup *);

/* What a mount, unmount or remount is about, beyond the members every statfs has. */
struct platform_mount {
	es_string_token_t on, from, type;
	int32_t fsid[2];
	uint32_t owner, subtype, flags_ext;
	int64_t io_size;
};

/* Strings live as long as the message. Any thread. */
void platform_mount(const es_message_t *, const es_statfs_t *, struct platform_mount *);

/*
 * Calls block on the handler's thread when everything that has happened up to now has been
 * handled. False: it cannot be said, and block is never called.
 */
bool platform_mark(es_client_t *, void (^block)(void));

/* Waits until what is queued has been handled, but no longer than this. */
void platform_settle(es_client_t *, unsigned timeout_ms);

#endif
