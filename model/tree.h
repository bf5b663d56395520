/*
 * model/ - what is known of processes, their events and what is muted: data and
 * arithmetic, without threads, terminal or Endpoint Security. Includes only itself.
 */

/*
 * tree - every known process, its activity and its parent.
 *
 * One thread. The model never reads a clock: times come in with the events and
 * with tree_tick(). Whatever arrives, memory is bounded (proc.h has the table): a living
 * process costs less than 1 KiB here and in a frame, exited ones are reaped after a while.
 */
#ifndef ESTOP_MODEL_TREE_H
#define ESTOP_MODEL_TREE_H

#include "model/event.h"
#include "model/intern.h"

struct tree;
struct proc; /* fields in model/proc.h, for the model alone */

/* Which process: pids come back, so the start time is part of the name. */
struct proc_key {
	int32_t pid;
	uint64_t start_ns;
};

struct tree *tree_create(void);
void tree_destroy(struct tree *);

/*
 * Counts the event and lets it shape the tree. An event of an unknown process
 * makes the process known (its fork was lost, or it is older than we are).
 */
void tree_apply(struct tree *, const struct event *);

/*
 * Once per frame: works out rates since the last tick and reaps processes that
 * exited more than exited_ns ago (UINT64_MAX: never by age; a bound on their
 * number holds always).
 */
void tree_tick(struct tree *, uint64_t now_ns, uint64_t exited_ns);

/* Newest execution of a pid that has not exited; NULL when there is none. Good until the next apply. */
const struct proc *tree_find_pid(const struct tree *, int32_t pid);
const struct proc *tree_find(const struct tree *, struct proc_key);

/*
 * The executable of an event's acting process, held by the tree, or NULL. Call before
 * the event is applied: it is what the process ran then.
 */
struct string *tree_exe(const struct tree *, const struct event_proc *);

/* The same, and its unit; "" where either is not known or there is none. Valid until the next apply. */
void tree_exe_and_unit(const struct tree *, const struct event_proc *, const char **exe, const char **unit);

/* Facts of one process, without a snapshot. Strings are valid until the next apply. */
struct proc_facts {
	struct proc_key key;
	uint32_t version;
	int32_t ppid;
	uint32_t uid;
	bool exited, kernel;
	int status;                               /* wait status, -1 when the exit was not seen */
	const char *exe, *name, *args;            /* never NULL */
	const char *unit, *cgroup, *tty, *signer; /* never NULL: "" where there is none or it is not known */
	const char *script;                       /* what exe interprets; "": nothing, or not known */
	bool followed;                            /* see follow.h */
	uint64_t total[EV_CORE], total_all;
	double rate_all;
};
void proc_facts(const struct proc *, struct proc_facts *);

/* Calls visit for every living process below this one; the process itself is left out. */
void tree_descendants(const struct tree *, struct proc_key,
		      void (*visit)(void *ctx, const struct proc_facts *), void *ctx);

/* The same for every living process. */
void tree_each(const struct tree *, void (*visit)(void *ctx, const struct proc_facts *), void *ctx);

/*
 * What mutes would have saved over the last minute, as of the last tick: events that
 * are not kept for the tree's sake, of all events; and per second.
 */
struct saving {
	double share;  /* of the stream, 0..1 */
	double rate;   /* per second */
	bool at_least; /* it may be more */
};
struct saving tree_saving_process(const struct tree *, struct proc_key);
struct saving tree_saving_subtree(const struct tree *, struct proc_key); /* of living processes */
struct saving tree_saving_exe(const struct tree *, const char *exe);
struct saving tree_saving_prefix(const struct tree *, const char *prefix);
struct saving tree_saving_where(const struct tree *, bool (*is)(void *ctx, const struct proc_facts *),
				void *ctx); /* of processes that are still known */
struct saving tree_saving_events(const struct tree *, uint64_t events); /* for this many events */

/* Events were lost between the last tick and now: counters of processes alive then are lower bounds. */
void tree_lost(struct tree *, uint64_t now_ns);

/*
 * A survey, after exec, fork or exit events may have been lost: between begin and end come
 * EV_SEEN events for everything that runs; a process not among these has ended, with unknown status.
 * All events from before the survey must have been applied: where the two differ, it
 * is the survey that is believed, in pid and start time, parent and program. Returns how many
 * processes it has corrected. cancel: the list is incomplete; no process is ended.
 */
void tree_survey_begin(struct tree *);
size_t tree_survey_end(struct tree *, uint64_t now_ns);
void tree_survey_cancel(struct tree *);

/* Folds belong to the process, so they follow it through sorting and exec. */
void tree_fold(struct tree *, struct proc_key, bool folded);
bool tree_group_is_folded(const struct tree *, struct proc_key); /* of a row of a grouping */
void tree_fold_groups(struct tree *, bool folded);               /* all of them */
void tree_fold_all(struct tree *, bool folded);                  /* folding leaves the roots open */

/*
 * A mark: from now_ns on snapshots count only what came since. Another one takes its place.
 * Costs memory for a copy of the counters as long as it is set.
 */
void tree_mark(struct tree *, uint64_t now_ns);
void tree_unmark(struct tree *);

/* Counters from zero: totals of every process (C). Ends a mark. */
void tree_clear(struct tree *);

/* Applied events by type since the start, for the accounting identity. */
uint64_t tree_applied(const struct tree *, enum event_id);
size_t tree_size(const struct tree *); /* rows, tombstones included */

#endif
