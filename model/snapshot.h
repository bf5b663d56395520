/*
 * snapshot - the data of a frame: the tree as rows in the order of the screen, and the rest.
 *
 * A copy: it outlives the tree it was taken from, so a paused screen can be
 * looked at while collection goes on. Taken and read by the main thread.
 */
#ifndef ESTOP_MODEL_SNAPSHOT_H
#define ESTOP_MODEL_SNAPSHOT_H

#include "model/event.h"
#include "model/files_page.h"
#include "model/filter.h"
#include "model/grouping.h"
#include "model/history.h"
#include "model/hour.h"
#include "model/process_page.h"
#include "model/loss.h"
#include "model/minute.h"
#include "model/mutes.h"
#include "model/position.h"
#include "model/tree.h"

enum row_flag {
	ROW_EXITED = 1,  /* dim; status is its wait status */
	ROW_CONTEXT = 2, /* does not match the filter, shown as an ancestor of one that does */
	ROW_KERNEL = 4,  /* a kernel thread */
	ROW_PARENT = 8,  /* has children that are shown or folded away */
	ROW_FOLDED = 16,
	ROW_LAST = 32,        /* last child of its parent on the screen (└─ rather than ├─) */
	ROW_GROUP = 64,       /* "name (exited ×N)": group_count processes in one line */
	ROW_LOSSY = 128,      /* events may be missing from its counters: shown with ≥ */
	ROW_DRAINING = 256,   /* muted, but events queued before the mute still arrive */
	ROW_REST = 512,       /* all that has no row of its own: hidden, or gone for memory; a ROW_GROUP */
	ROW_BY = 2048,        /* a value of the grouping: sums of all its processes, living and ended */
	ROW_MEMBER = 4096,    /* below such a row */
	ROW_SUM = 1024,       /* folded: its counters include what is folded away */
	ROW_FOLLOWED = 8192,  /* in scope whatever it runs; of a ROW_GROUP, some member was */
	ROW_ARGS_CUT = 16384, /* there were more arguments than command has */
};

/* How much of one type. */
struct count {
	enum event_id id;
	uint64_t total;
	double rate; /* per second */
};

/*
 * Events per second before the mark and since: means over these times. before < 0: there is no mark.
 */
struct compared {
	float before, since;
};

struct row {
	struct proc_key key; /* of a ROW_GROUP: not a process's, pid is <= 0; unique all the same */
	int32_t ppid;
	uint32_t version;
	struct compared compared;
	const char *host;    /* NULL: there is but one */
	const char *user;    /* as shown; never NULL; as spec.user_name gave it */
	const char *name;    /* last component of exe, "?" when unknown; not cleaned */
	const char *exe;     /* path of the executable, may be "" */
	const char *command; /* arguments joined by spaces, or exe: what COMMAND shows; not cleaned */
	const char *script;  /* what exe interprets; NULL: nothing, or not known */
	const char *title;   /* what it calls itself, in place of command; NULL: nothing else; not cleaned */
	const char *unit, *cgroup, *tty, *signer; /* never NULL; "": none, or not known */
	uint64_t total[EV_CORE]; /* own; of the subtree when the spec says totals, or it is folded */
	double rate[EV_CORE];    /* per second, over the last interval */
	uint64_t total_all;      /* of all types */
	double rate_all;
	const struct count *more; /* the types that are not core, as far as they occurred, by id */
	uint32_t more_count;
	int status;             /* wait status, ROW_EXITED; -1: its exit was not seen */
	uint32_t alive;         /* processes that run: 0 or 1; of a ROW_BY more */
	uint32_t group_count;   /* ROW_GROUP: processes; ROW_BY: executions in all */
	uint64_t group_life_ns; /* of both: median life (model/lives.h says how exact); 0: not known */
	float share;            /* of the rate of all events, 0..1 */
	uint16_t flags;         /* enum row_flag */
	uint16_t depth;         /* 0: a root */
	uint64_t guides;        /* bit d: the ancestor at depth d has a later sibling (a │ is drawn) */
	char mute;              /* ' ', 'P', 'X', 'L' */
	uint32_t uid;
};

typedef int row_compare(const struct row *, const struct row *);

enum { EXITED_FOREVER = -1 }; /* spec.exited_secs */

/* Whose chart, and which of its spans. Of a recording as a whole it is the source's to fill. */
struct chart_spec {
	bool asked, whole;
	struct hour_whose whose;
	unsigned span;
};

/* What the mute menu of a row asks: what would be saved by which rule? */
struct saving_question {
	bool asked;
	struct proc_key key;
	/* As they stand in the menu, of the kinds with a text; never NULL when asked. */
	const char *path[MUTE_KIND_COUNT];
};

struct snapshot_spec {
	enum grouping by;
	bool subtree_totals; /* counters include all below; filters are about a process's own all the same */
	bool kernel_threads;
	bool unfolded; /* as if nothing were folded */
	bool reverse;
	int exited_secs;             /* how long exited rows stay; 0 hides them */
	row_compare *compare;        /* NULL: by pid; siblings are sorted in a tree */
	const struct filter *filter; /* NULL: all */
	const struct filter *scope;  /* -p, -u: rows outside do not exist at all; NULL: all */
	int32_t root_pid;            /* not 0: show this process and its descendants only */
	bool ledger;                 /* list the mutes as well */
	struct files_spec files;     /* the files as well */
	bool hold_events;            /* the events as they are now, until this is false again */
	bool event_fields;           /* all that the messages of events say is to be kept as well */
	struct page_spec process;    /* all about one process as well */
	bool minute;                 /* the last minute of each type as well */
	struct chart_spec chart;     /* a chart as well */
	struct saving_question saving;
	const char *(*user_name)(uint32_t uid); /* never returns NULL; cached by the caller for good */
};

/* What the session knows of its events and of itself; the model adds it to a snapshot. */
struct snapshot_figures {
	struct position position; /* of a replay */
	struct loss loss;
	double muted_rate; /* events that mutes suppress, per second; < 0: not counted */
	event_mask subscribed;
	event_mask available;
	uint64_t lag_ns;
	double ring_fill;
	bool kernel_fills;
	uint64_t handler_ns;
	double self_cpu;
	uint64_t self_rss;
};

/* Filled by model_snapshot(); snapshot_take() alone fills what is of the tree. */
struct snapshot {
	struct row *rows;
	size_t count;
	size_t processes; /* alive in the tree, kernel threads left out unless shown */
	size_t groups;    /* rows of the grouping */
	size_t matched;   /* rows that match the filter, folded away or not */
	uint64_t time_ns;
	uint64_t marked_ns;    /* since when rows count; 0: since the start */
	double rate[EV_COUNT]; /* of the whole machine */
	double rate_all;
	uint64_t total[EV_COUNT];
	struct loss loss;
	double muted_rate; /* events that mutes suppressed in the last interval, per second; < 0: not counted */
	struct mute_counts mutes;
	event_mask subscribed;          /* types that are watched */
	event_mask available;           /* and those that could be */
	struct position position;       /* of a replay; zeroed: live */
	uint64_t lag_ns;                /* age of the oldest event applied in the last interval */
	double ring_fill;               /* 0..1, the highest of the last interval, of the fuller queue: */
	bool kernel_fills;              /* the kernel's, else estop's ring */
	float activity[MINUTE_SECONDS]; /* of all types, as minute_sum() gives them; zeroed: not known */
	uint64_t backlog;               /* paused: events applied since the snapshot was taken */
	double self_cpu;                /* per cent of one core */
	uint64_t self_rss;              /* bytes */
	uint64_t handler_ns;            /* median cost of the handler, 0 unknown */
	struct saving saving[MUTE_KIND_COUNT]; /* as the spec asked; rate < 0: not known */
	struct ledger ledger;                  /* when the spec asks for it */
	struct files_page files;               /* the same */
	/* The newest events; NULL: none are kept. Read before more are applied. */
	const struct history *history;
	const struct history *latest; /* the same, never held */
	uint64_t newer;               /* events that came since they are held */
	struct process_page process;  /* when the spec asks for it */
	struct minute *minute;        /* the same; NULL: it was not asked for */
	struct chart *chart;          /* the same */
	void *arena;                  /* private to snapshot.c */
};

/*
 * Fills in what is of the tree: rows, and totals and rates of the machine. The snapshot is zeroed
 * or a former one, whose memory is used again. mutes may be NULL.
 */
void snapshot_take(struct snapshot *, const struct tree *, const struct mutes *, const struct snapshot_spec *,
		   uint64_t now_ns);
void snapshot_finish(struct snapshot *); /* frees; zeroed is fine */

/* Rows there is memory for: not many times more than there were lately. */
size_t snapshot_room(const struct snapshot *);

/* Updates only the mute marks of its rows: after a change while paused. */
void snapshot_mark(struct snapshot *, const struct mutes *);

/* What filters are asked about a row. Points into it. */
struct filter_subject row_subject(const struct row *);

/* Index of the row of this process, or -1. near: where it was last, looked at first. */
long snapshot_find(const struct snapshot *, struct proc_key, size_t near);

#endif
