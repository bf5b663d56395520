/*
 * mute_rules - the insides of the ledger: the rules in force, what they have the
 * source do, and the steps back. For model/mute*.c alone; others ask mutes.h.
 *
 * A rule on a process follows that process through execs, also while it is
 * not in force but could be brought back by an undo. So what is followed is a
 * "subject", shared by the rule and by the steps that remember it.
 */
#ifndef ESTOP_MODEL_MUTE_RULES_H
#define ESTOP_MODEL_MUTE_RULES_H

#include "model/hash.h"
#include "model/lengths.h"
#include "model/mutes.h"

#define SECOND ((uint64_t)1000000000)
#define RETRY_FIRST_NS (1 * SECOND) /* between two attempts to set a rejected rule; doubles */
#define RETRY_LAST_NS (64 * SECOND)
#define DRAIN_NS (3 * SECOND) /* how long after a mute what was queued may come */

/* A process that a rule, or a remembered one, is about. Hashed by these 16 bytes. */
struct subject_key {
	uint64_t start_ns;
	uint64_t pid;
};

struct subject {
	struct subject_key key;
	uint32_t version;      /* newest known */
	unsigned refs;         /* rules and remembered rules */
	struct entry *entry;   /* the process rule in force, or NULL */
	struct entry *subtree; /* the subtree rule in force with this root, or NULL */
	UT_hash_handle hh;
};

/* A process that a subtree rule covers. */
struct member {
	struct subject_key key;
	uint32_t version;
	bool local; /* the system rejected it */
	UT_hash_handle hh;
};

/* A rule in force. */
struct entry {
	struct mute_rule rule;
	struct subject *subject; /* of a process or subtree rule */
	struct member *members;  /* of a subtree or owner rule */
	bool followed;           /* the system follows the subtree or owner itself */
	uint64_t muted_ns;       /* since when its events are suppressed; restarts after an audition */
	uint64_t heard_ns;       /* when something queued before the rule last came */
	uint64_t audition_from, audition_until, audition_count;
	double rate_heard;   /* < 0: never auditioned */
	uint64_t suppressed; /* by entries of the system's that the rule had before this one */
	struct entry *next_subtree;
	size_t listed;     /* its line in the ledger being made */
	UT_hash_handle hh; /* of a path or owner rule: by kind and path */
};

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_EVENTS, CHANGE_INVERTED };

/* One change an undo reverts: a rule added or removed, or a side inverted. */
struct change {
	enum change_kind kind;
	enum mute_side side; /* CHANGE_INVERTED */
	struct mute_rule rule; /* added: only its id counts; events: that and the former events; path is owned */
	struct subject *subject;
};

struct step {
	struct change *changes;
	size_t count, room;
};

struct steps {
	struct step *step; /* oldest first */
	size_t count, room;
};

struct mutes {
	struct mute_ops ops;
	void *ctx;
	event_mask default_events;
	const struct tree *tree;
	uint32_t last_id;
	struct entry **entries; /* oldest first */
	size_t count, room;
	struct subject *subjects;
	struct entry *paths[MUTE_KIND_COUNT];
	struct lengths lengths[MUTE_KIND_COUNT]; /* of the paths, of the two prefix kinds */
	struct entry *subtrees;                  /* rules that may have members: of owners, too */
	bool (*find_user)(const char *, uint32_t *);
	struct steps undo, redo;
	size_t local; /* rules in force here alone */
	size_t auditions;
	bool inverted[MUTE_SIDE_COUNT];
	uint32_t only;      /* rule of mutes_only(); 0: none */
	uint64_t newest_ns; /* when the newest rule was made */
	uint64_t retry_ns, retry_wait_ns;
	uint64_t changes;                /* rules that came into force and went */
	unsigned held;                   /* calls of mutes_hold() without their mutes_release() */
	bool unsettled, local_unsettled; /* what waits for that */
	bool joining, joined;            /* between mutes_join() and mutes_part(); the step is begun */
	bool slot_free;                  /* a muted process ended: another may take its place */
	unsigned default_paths;          /* what the system mutes for every client */
	struct mute_counts seen;         /* what the system said */
};

static inline bool
rule_is_process(const struct mute_rule *rule)
{
	return mute_kind_is_process(rule->kind);
}

/* May it have members? */
static inline bool
rule_is_group(const struct mute_rule *rule)
{
	return rule->kind == MUTE_SUBTREE || mute_kind_is_owner(rule->kind);
}

/* Does it count among what the system lists as processes? */
static inline bool
rule_is_of_processes(const struct mute_rule *rule)
{
	return mute_side_of(rule->kind) == MUTE_SIDE_PROCESS;
}

/* Subjects, reference counted. */
struct subject *subject_find(const struct mutes *, struct proc_key);
struct subject *subject_hold(struct mutes *, struct proc_key, uint32_t version);
void subject_release(struct mutes *, struct subject *); /* NULL is fine */

/*
 * Rules in force. Where an int is returned it is 0 or the negative errno of the
 * source: -ESRCH, the process is gone; anything else: rejected.
 */
struct entry *rule_of_path(const struct mutes *, enum mute_kind, const char *path);
/* The rule of the shortest prefix of path from *length on, which becomes its length; NULL: no more. */
struct entry *rule_of_prefix(const struct mutes *, enum mute_kind, const char *path, size_t *length);
size_t rule_position(const struct mutes *, uint32_t id); /* in entries; m->count: none */
bool rule_is_in_force(const struct mutes *, const struct mute_rule *);
struct member *rule_member(const struct entry *, struct proc_key);
struct member *rule_add_member(struct entry *, struct proc_key, uint32_t version); /* NULL: is one */
event_mask rule_events(const struct mutes *, const struct mute_rule *);            /* as set in the source */

/* Puts a rule in force; copies what it needs of it. -ESRCH: nothing was done. */
int rule_enforce(struct mutes *, const struct mute_rule *);
void rule_drop(struct mutes *, size_t i); /* by its position */
void rule_free(struct mutes *, struct entry *);
void rule_set_state(struct mutes *, struct mute_rule *, enum mute_state);
void rule_change_events(struct mutes *, struct entry *, event_mask);

/* Only the calls to the source. */
int rule_carry_out(struct mutes *, struct entry *, bool on);
int rule_follow(struct mutes *, int32_t pid, uint32_t old, uint32_t version, event_mask);
void rule_name_only(const struct mutes *, char *out, size_t size);     /* "": nothing passes alone */
bool rule_covers(const struct mute_rule *, const struct proc_facts *); /* an owner rule, this process */
bool rule_covers_process(const struct mutes *, const struct mute_rule *, struct proc_key); /* the same */
int rule_tell_member(struct mutes *, const struct entry *, const struct member *, event_mask, bool on);
void rule_bank(struct mutes *, struct entry *); /* keeps its count before an entry goes */
int rules_turn(struct mutes *, enum mute_side);
/* After changes: the local set, when it was touched, and what the system says now. */
void rules_settle(struct mutes *, bool local_touched);

/* Steps back and forth. */
struct step *steps_new(struct mutes *); /* of something new: nothing can be done again after it */
struct change *step_change(struct step *, enum change_kind);
void step_remember(struct mutes *, struct step *, const struct mute_rule *, enum change_kind);
void step_remember_events(struct step *, const struct mute_rule *);
int steps_go_back(struct mutes *, struct steps *from, struct steps *to, uint64_t now_ns);
/* Reverses the newest step, which is not to be. */
void steps_abort(struct mutes *, uint64_t now_ns);
/* As mutes_undo(), of the step that added this rule, wherever it is. False: there is none. */
bool steps_take_back(struct mutes *, uint32_t rule_id, uint64_t now_ns);
void steps_forget(struct mutes *, const struct subject *); /* it has ended */
void steps_clear(struct mutes *, struct steps *);

#endif
