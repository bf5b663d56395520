/*
 * proc - the insides of the tree. For model/ alone: others ask tree.h or a snapshot.
 */
/*
 * What estop keeps, and how much of it at most:
 *
 *	what                                   bound
 *	living processes                       PROCS_MAX, some 0.6 KiB each with its arguments
 *	arguments                              ARGS_SHORT of each exec; up to ARGS_MAX while all that are
 *	                                       longer than ARGS_SHORT take no more than ARGS_BYTES
 *	tombstones and groups of exited        TOMBSTONES_MAX and BURIED_BYTES, also for --exited all
 *	identities without a process           IDENTITIES_IDLE, some 0.5 KiB each
 *	counters of types that are not core    EV_COUNT to a process; of the dead merged into parent and group
 *	rows of a frame (snapshot.c)           those of the tree; given back 60 frames after a burst
 *	shares (share.h)                       SHARE_EXES executables
 *	files and directories (files.h)        FILES_MAX and FILES_DIRECTORIES, each with FILES_PATH_MAX, FILES_USERS
 *	                                       and FILES_PROGRAMS
 *	events (history.h)                     HISTORY_BYTES and HISTORY_EVENTS, with all fields
 *	                                       HISTORY_DETAIL_BYTES; twice while held
 *	the last hour (hour.h)                 HOUR_PROGRAMS, HOUR_PROCESSES, 13,032 bytes each: 1.3 MiB
 *	a whole recording (timeline.h)         CHART_SLOTS, 13 KiB, three times; its second reader takes what one takes
 *	directory, signature (process_facts.h) FACTS_PROCESSES, FACTS_TEXT of each text
 *	folds of groups                        TOGGLED_MAX
 *	a command's family (family.h)          its living members, and 1,024 that ended
 *	its summary (summary.h)                SUMMARY_PROGRAMS, SUMMARY_FILES of each kind; its living processes with
 *	                                       SUMMARY_COMMAND each
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
	TOGGLED_MAX = 4096,     /* folded or unfolded groups of the processes view */
	IDENTITIES_IDLE = 4096, /* identities that no process has */
	DEPTH_MAX = 4096,       /* how far up a move looks for a loop */
	ARGS_MAX = 1 << 20,    /* bytes of arguments kept of an exec, once for all processes that have them */
	ARGS_BYTES = 32 << 20, /* of arguments longer than ARGS_SHORT, together */
	ARGS_SHORT = 4096,     /* kept always */
	PID_CACHE = 1 << 14,
	STATUS_UNKNOWN = -1, /* of an exit that was not seen */
};

enum {
	GROUP_NAMES = 16,  /* groups with a name in a list; the rest share one */
	GROUP_LARGE = 8,   /* more members than this are shown as one line, tombstones included */
	GROUP_DEPTH = 8,   /* how deep they nest; what is deeper is in the group of the others */
	GROUP_NODES = 512, /* groups inside of one; beyond, new ones are among the others */
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
	PROC_UNSEEN = 16,    /* not met since the survey began */
	PROC_MERGED = 32,    /* a tombstone: groups of its children are inside of its own group */
	PROC_RUN = 64,       /* its execution is to be counted when its identity is known */
	PROC_COUNTED = 128,  /* and has been; neither: a copy made by fork */
	PROC_ARGS_CUT = 256, /* there were more arguments than are kept */
	PROC_FOLLOWED = 512, /* in scope for good (follow.h); so are those it starts */
};

/* Counters as they stood when the mark was set, moved along with those they are part of. */
struct marked {
	struct activity *own, *below; /* NULL: nothing */
};

/* What ended processes did. In tree.closing while there are rates to close. */
struct ended {
	struct activity did;
	struct activity *marked; /* of it, what was counted before the mark; NULL: nothing */
	struct ended *prev, *next;
	bool closing;
};

struct group {
	struct group *next; /* of the same list */
	struct group *prev_aged,
		*next_aged;          /* of all outermost ones, the one longest without an exit first */
	struct proc *owner;          /* parent of the members; NULL: it is inside of another */
	struct group *outer, *inner; /* inner: the first of its list */
	struct group *into;          /* merged: where its members are now */
	struct string *exe;          /* NULL: all the others */
	uint64_t id;                 /* never used twice */
	uint64_t last_ns;            /* last exit */
	uint32_t count, uid;
	uint32_t present; /* members whose tombstone is still there */
	uint32_t nodes;   /* outermost: groups inside */
	uint32_t row;     /* private to snapshot.c */
	uint32_t weight;  /* part of tree.buried_bytes */
	uint8_t depth;    /* 0: outermost */
	bool large;       /* had more than GROUP_LARGE members */
	bool folded;
	bool followed;      /* some member was (follow.h) */
	struct lives lives; /* of members whose start is known */
	struct ended ended;
};

/* identity.row, until a snapshot has placed it. */
#define IDENTITY_UNPLACED (UINT32_MAX - 1)

/* What processes are grouped by. Strings are held. */
struct identity_key {
	struct string *exe, *unit, *tty, *signer;
	uint32_t uid;
	int32_t host; /* as pid_of_host() */
};

struct identity {
	struct identity_key key;
	struct identity *prev_idle, *next_idle; /* no process has it: the one longest idle first */
	uint32_t users;                         /* processes that have it, tombstones included */
	uint32_t row;                           /* private to snapshot_groups.c */
	uint64_t runs;        /* executions in all, without copies made by fork that executed */
	uint64_t runs_marked; /* of these, before the mark */
	struct lives lives;   /* of executions that have ended */
	struct ended ended;
	UT_hash_handle hh;
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
	struct string *script;     /* what exe interprets; NULL: nothing, or not known */
	struct string *title;      /* what it calls itself now (title.h); NULL: as executed, or not asked */
	uint64_t title_ns;         /* when it was asked; 0: not yet */
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
	struct identity *who;    /* NULL: not looked up since it changed */
	struct activity *before; /* done under earlier identities; NULL: nothing */
	uint64_t since_ns;       /* when its execution began; 0: not known */
	UT_hash_handle hh;
};

/* A group of the processes view that is not folded as the others are. */
struct toggled {
	struct proc_key key;
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
	size_t buried_bytes;   /* of tombstones and groups */
	struct proc *dead;     /* tombstones, oldest first */
	struct group *groups;  /* outermost ones, the one longest without an exit first */
	struct group *merged;  /* to be freed when members are forwarded */
	struct ended *closing; /* sums with rates to close at the next tick */
	struct identity *identities, *idle;
	size_t idle_count;
	size_t unidentified;    /* processes whose identity is not looked up */
	struct identity others; /* of identities that had to go */
	struct toggled *toggled;
	bool unfolded;       /* groups of the processes view, but those toggled */
	struct ended gone;   /* what groups did that went for memory, */
	uint64_t gone_count; /* and how many processes that were */
	uint64_t group_id;
	struct intern *strings, *long_args; /* long_args: longer than ARGS_SHORT */
	struct rate_clock clock;
	struct tally did[EV_COUNT]; /* the whole machine */
	struct window window;       /* all events, the vital ones too */
	struct shares *shares;
	uint64_t first_ns; /* of the first event */
	uint64_t begin_ns; /* of counting, by the first event or tick */
	uint64_t clear_ns; /* when counters were reset, as of the tick before; 0: never */
	uint64_t shared;
	uint64_t applied[EV_COUNT];
	uint64_t tick_ns;
	bool surveying;
	size_t corrected;                  /* in the survey: processes that began, ended or changed unseen */
	uint64_t marked_ns;                /* when the mark was set; 0: there is none */
	uint64_t lost_from_ns, lost_to_ns; /* 0: nothing lost since the counters began */
};

/* Adds to sums that are not there until they are needed. from may be NULL. */
void add_counts(struct activity **to, const struct activity *from);
void activity_free(struct activity **);

/* Memory held by an exited process or group. Shared strings count for each, as it may be the last holder. */
uint32_t weigh(size_t size, const struct string *exe, const struct string *args);

#endif
