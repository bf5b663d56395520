/*
 * client - what the files of a client share: client.c, subscriptions.c, mutes.c and subtrees.c.
 */
#ifndef ESTOP_LINUX_CLIENT_H
#define ESTOP_LINUX_CLIENT_H

#include "src/base/mute_set.h"
#include "src/linux/message.h"
#include "src/linux/process_cache.h"
#include "src/linux/tracer.h"

#include <es_linux.h>
#include <pthread.h>

struct marker { /* es_sync_client() */
	void (^block)(void);
	struct marker *next;
};

struct subtree { /* es_linux_mute_subtree() */
	uint32_t id;
	u32 pid, version; /* of the token it was made with */
	struct subtree *next;
};

struct es_client_s {
	struct tracer *tracer;
	es_handler_block_t handler;
	pthread_t thread;
	atomic_bool stop;
	struct es_client_s *next; /* of all clients */

	/* of the dispatch thread alone */
	struct process_cache *processes;
	struct held *message;
	uint64_t seq[WIRE_EVENTS], global_seq;
	uint64_t lost_seen[WIRE_EVENTS], lost_other, missed_seen;
	_Atomic uint64_t missed; /* as in es_linux_stats_t, when it was last asked */
	size_t process_limit;    /* more than this is compared with who runs */
	bool ends_lost;          /* since it was last compared */
	bool ended_marked;       /* it was; once drained to here, who had ended is forgotten */
	uint64_t ended_goal;
	int64_t wall_minus_mono_ns;

	/* written by the dispatch thread, read by anyone */
	_Atomic uint64_t delivered[WIRE_EVENTS], muted_target[WIRE_EVENTS];
	atomic_bool target_mutes; /* are there any? spares the lock */

	pthread_mutex_t lock; /* what follows */
	struct mute_set *mutes;
	struct subtree *subtrees;
	uint32_t last_subtree;
	u64 subscribed;
	size_t ring_bytes;
	struct marker *markers, **markers_end;
};

/* The kind of an event by Endpoint Security's number; -1: the kernel has no such event. */
int client_kind_of_number(unsigned number);

/* The kernel's bits for a set of event types, and a set of a list of them. */
u64 client_kinds_of(const struct event_set *);
struct event_set client_set_of(const es_event_type_t *events, size_t count);

/* Does this process run, and as the program of that version? */
bool client_process_runs(es_client_t *, u32 pid, u32 version);

#endif
