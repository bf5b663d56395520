/*
 * process_page - all that is known of one process, of a group of exited ones, or of a program, unit or
 * other row of a grouping: a copy.
 *
 * Main thread. A page owns its memory. It is taken again with each snapshot while it
 * is shown; when the process is reaped meanwhile, what was known of it stays.
 */
#ifndef ESTOP_MODEL_PROCESS_PAGE_H
#define ESTOP_MODEL_PROCESS_PAGE_H

#include "model/files.h"
#include "model/grouping.h"
#include "model/minute.h"
#include "model/mutes.h"
#include "model/process_facts.h"
#include "model/tree.h"

enum { PAGE_PARENTS = 32, PAGE_FILES = 10, PAGE_RULES = 16, PAGE_BUSIEST = 10 };

struct page_spec {
	bool asked;
	bool group; /* key is that of a row for many (ROW_GROUP) */
	struct proc_key
		key; /* of a row of a grouping its key, too; start_ns 0: where there is none such, the newest process of this pid */
};

/* What only the system knows; all NULL when it was not asked or does not say. Owned by the page. */
struct process_look {
	char *args; /* every argument with its NUL */
	size_t args_length;
	bool args_cut; /* there were more */
	bool args_now; /* they are what is in its memory now, which it may have written over */
	char *cwd;
	char *tty;
	char *env; /* the environment it got at its last exec, each variable with its NUL */
	size_t env_length;
	char *unit;            /* what it belongs to beyond its parents: its cgroup, on Linux */
	const char *unit_word; /* the label of that */
};

struct page_type {
	enum event_id id;
	uint64_t total;
	double rate;
	float samples[MINUTE_SECONDS]; /* < 0: not measured */
};

struct page_parent {
	struct proc_key key;
	char name[64]; /* cut; not cleaned */
};

struct page_rule {
	uint32_t id;
	enum mute_kind kind;
	enum mute_origin origin;
	enum mute_state state;
	struct proc_key process; /* of a process or subtree rule */
	char *what;              /* path, or the executable of that process */
};

struct page_file {
	char *path;
	uint64_t opens, closes, total;
	bool at_least;
};

/* One of the processes of a group, living or ended. */
struct page_busy {
	struct proc_key key;
	uint64_t total;
	double rate;
	bool exited;
	char command[200]; /* cut; not cleaned */
};

struct process_page {
	bool found; /* there is something to show */
	bool gone;  /* the process was reaped; this is what was known last */
	bool group;
	struct proc_key key;
	uint32_t version;
	int32_t ppid;
	uint32_t uid;
	bool exited, kernel, lossy;
	int status; /* -1: exit not seen */
	uint64_t exited_ns;
	char *exe, *args; /* args: separated by spaces, as far as the tree keeps them; "" unknown */
	bool args_cut;    /* there were more */
	char *script;     /* what exe interprets; "": nothing, or not known */
	char *title;      /* what it calls itself now; "": as executed, or not known */
	char *tty;        /* path of its terminal; "": none, or not known */
	struct page_parent parents[PAGE_PARENTS]; /* the nearest first */
	unsigned parent_count;
	uint32_t children;                /* alive */
	struct page_type types[EV_COUNT]; /* those seen, by id */
	unsigned type_count;
	bool sampled; /* the samples are of this process */
	struct page_file files[PAGE_FILES];
	size_t file_count;
	struct page_rule rules[PAGE_RULES];
	size_t rule_count;    /* in all; PAGE_RULES of them are kept */
	uint32_t group_count; /* of a group: how many have exited */

	/* Of a row of a grouping: by is more than BY_FLAT, and of what is above only exe, uid, types, files and
	 * rules are set. */
	enum grouping by;
	char *label; /* path, unit, terminal or signer; "": none, or it is a user or host */
	uint32_t alive;
	uint64_t runs;    /* executions in all */
	uint64_t life_ns; /* median of those that ended; 0: none has */
	struct page_busy busy[PAGE_BUSIEST];
	unsigned busy_count;

	struct process_look look;
	struct process_fact facts; /* owned by the page, which copies its texts */
};

/*
 * minute: samples of this process, or NULL. files and mutes may be NULL. model_snapshot()
 * fills in the look. page: zeroed or a former one, of any process.
 */
void process_page_take(struct process_page *, const struct tree *, const struct files *, const struct mutes *,
		       const struct minute *, const struct page_spec *);
/* Adds what events said of it. */
void process_page_facts(struct process_page *, const struct process_facts *);

void process_page_finish(struct process_page *); /* frees; zeroed is fine */
void process_look_finish(struct process_look *);

/* Its current counters, for its samples; false if there is no such process. */
bool process_page_totals(const struct tree *, struct proc_key, uint64_t total[EV_COUNT]);

#endif
