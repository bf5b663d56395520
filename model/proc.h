/*
 * proc - the insides of the tree. For model/ alone: others ask tree.h or a snapshot.
 */
/*
 * What estop keeps, and how much of it at most:
 *
 *	what                                   bound
 *	living processes                       PROCS_MAX, some 0.6 KiB each with its arguments (ARGS_MAX)
 *	tombstones and groups of exited        TOMBSTONES_MAX and BURIED_BYTES, also for --exited all
 *	counters of types that are not core    EV_COUNT to a process; of the dead merged into parent and group
 *	rows of a frame (snapshot.c)           those of the tree; given back 60 frames after a burst
 *	shares (share.h)                       SHARE_EXES executables
 *	files and directories (files.h)        FILES_MAX and FILES_DIRECTORIES, FILES_PATH_MAX and FILES_USERS each
 *	events (history.h)                     HISTORY_BYTES and HISTORY_EVENTS; twice while held
 *	a command's family (family.h)          its living members, and 1,024 that ended
 *	its summary (summary.h)                SUMMARY_PROGRAMS, SUMMARY_FILES
 *	its output (child.c)                   4 MiB
 *	mute rules, undo                       what the user made
 *	user names (users.c)                   65,536
 *	the ring (ring.h)                      2 MiB resident; its overflow (256 MiB of address space, or
 *	                                       512 with full records) only until it is consumed, then RING_CHUNK
 *	processes of the library               the living, and 4,096 (process_cache.h)
 *	the kernel's ring                      16 MiB
 *	free memory in the heap                goes back to the system once a minute (usage.h)
 */
#ifndef ESTOP_MODEL_PROC_H
#define ESTOP_MODEL_PROC_H

#include "model/hash.h"
#include "model/intern.h"
#include "model/lives.h"
#include "model/rate.h"
#include "model/share.h"
#include "model/tree.h"

enum {
	TOMBSTONES_MAX = 8192,  /* beyond, the oldest go before their time */
	BURIED_BYTES = 4 << 20, /* of tombstones and groups together, strings included; the same */
	SAME_PID_MAX = 8,       /* tombstones that one pid may have */
	PROCS_MAX = 1 << 19,    /* living; beyond, a process gets no row of its own */
	DEPTH_MAX = 4096,       /* how far up a move looks for a loop */
	ARGS_MAX = 4096,        /* bytes of arguments kept */
	GROUP_NAMES = 8,        /* groups of exited children per parent; the rest share one */
	GROUP_LARGE = 8,        /* more members than this are shown as one line */
	PID_CACHE = 1 << 14,
	STATUS_UNKNOWN = -1, /* of an exit that was not seen */
};

enum proc_flag {
	PROC_EXITED = 1, /* a tombstone */
	PROC_KERNEL = 2,
	PROC_FOLDED = 4,
	/*
	 * Named as a parent, but no event of its own came yet: holds the
	 * children until it does, and is never shown.
	 */
	PROC_GHOST = 8,
	PROC_UNSEEN = 16, /* not met since the survey began */
};

/* Counters as they stood when the mark was set, moved along with those they are part of. */
struct marked {
	struct activity *own, *below; /* NULL: nothing */
};

/* Exited children of one parent that ran the same executable. */
struct group {
	struct group *next_of_owner;
	struct group *prev, *next; /* all groups, the one longest without an exit first */
	struct proc *owner;
	struct string *exe; /* NULL: all the others */
	uint64_t id;        /* never used twice */
	uint64_t last_ns;   /* last exit */
	uint32_t count, uid;
	uint32_t present;       /* members whose tombstone is still there */
	uint32_t row;           /* private to snapshot.c */
	uint32_t weight;        /* part of tree.buried_bytes */
	struct lives lives;     /* of members whose start is known */
	struct activity own;    /* what reaped members did */
	struct activity *below; /* and what was reaped below them; NULL: nothing */
	struct marked marked;   /* of own and below */
};

/* Who a process belongs to; NULL: nobody, or not known. A child begins with its parent's. */
struct owners {
	struct string *cgroup, *tty, *signer;
	struct string *unit; /* cgroup_unit() of cgroup; macOS: the executable of who is responsible */
	int32_t responsible; /* pid, macOS; 0: itself, or not known */
};

struct proc {
	struct proc_key key;
	uint32_t version, old_version; /* old: before the last exec; its late events are still ours */
	int32_t ppid;
	uint32_t uid;
	int status;
	uint32_t index;            /* in tree.all */
	uint32_t active;           /* in tree.active, from 1; 0: not there */
	uint32_t flags;            /* enum proc_flag */
	uint32_t weight;           /* of a tombstone: part of tree.buried_bytes */
	struct string *exe, *args; /* args are separated by spaces */
	struct owners owners;
	struct proc *parent; /* never NULL: roots hang below tree.root */
	struct proc *child, *prev, *next;
	struct proc *older, *newer; /* of the same pid; all but the newest are tombstones */
	struct proc *prev_dead, *next_dead;
	struct group *groups; /* of its exited children */
	struct group *group;  /* of its parent's, that it is in */
	uint64_t exited_ns;
	struct activity did;
	uint32_t shared; /* low half of what is in the window already */
	struct window window;
	struct activity *reaped; /* done by descendants that are reaped; NULL: nothing */
	struct marked marked;    /* of did and reaped */
	UT_hash_handle hh;
};

struct tree {
	struct proc root;     /* no process; also counts what has no row */
	struct proc *by_pid;  /* uthash: the newest of each pid, ghosts too */
	struct proc **recent; /* the same by pid modulo PID_CACHE, for speed */
	struct proc **all;    /* every process, tombstone and ghost */
	struct proc **active; /* those with events or rates to close at the next tick */
	size_t count, room, active_count, active_room;
	size_t ghosts, dead_count;
	size_t buried_bytes; /* of tombstones and groups */
	struct proc *dead;   /* tombstones, oldest first */
	struct group *groups;
	uint64_t group_id;
	struct intern *strings;
	struct rate_clock clock;
	struct tally did[EV_COUNT]; /* the whole machine */
	struct window window;       /* all events, the vital ones too */
	struct shares *shares;
	uint64_t begin_ns; /* of counting, by the first event or tick */
	uint64_t shared;
	uint64_t applied[EV_COUNT];
	uint64_t tick_ns;
	bool surveying;
	size_t corrected;                  /* in the survey: processes that began, ended or changed unseen */
	uint64_t marked_ns;                /* when the mark was set; 0: there is none */
	uint64_t lost_from_ns, lost_to_ns; /* 0: nothing lost since the counters began */
};

#endif
