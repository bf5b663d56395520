/*
 * mutes - the rules in force, who set them, and their undo.
 *
 * The ledger decides; a source carries out (struct mute_ops). When the system
 * rejects a rule, it stays in force inside the client ("local") and is tried
 * again when a slot may be free. Main thread only. Never reads a clock.
 */
#ifndef ESTOP_MODEL_MUTES_H
#define ESTOP_MODEL_MUTES_H

#include "model/event.h"
#include "model/tree.h"

#include <stdio.h>

/*
 * What can be inverted, each independently: then only listed items pass.
 * Order is es_mute_inversion_type_t's.
 */
#define MUTE_SIDE_TABLE(X)                                                       \
	X(PROCESS, "processes",   "show only the listed processes and subtrees")   \
	X(PATH,    "executables", "show only processes that run a listed executable") \
	X(TARGET,  "targets",     "show only events on listed targets")

enum mute_side {
#define X(id, word, help) MUTE_SIDE_##id,
	MUTE_SIDE_TABLE(X)
#undef X
	MUTE_SIDE_COUNT
};

extern const char *const mute_side_word[MUTE_SIDE_COUNT];

/*
 * Kinds of rules. Those with a path come first, in the order of es_mute_path_type_t, of which es is the
 * constant; then those about one process; then those about whom a process belongs to. mark is shown in
 * column M. side: what the rule is about. prefix: it holds for all paths that begin with its path.
 */
#define MUTE_KIND_TABLE(X)                                                                     \
	/* id            word             mark side     prefix es              help */         \
	X(PREFIX,        "prefix",        'X', PATH,    true,  PREFIX,                         \
	  "programs whose path begins with this; end directories with /")                      \
	X(EXE,           "exe",           'X', PATH,    false, LITERAL,                        \
	  "processes that run this executable")                                                \
	X(TARGET_PREFIX, "target-prefix", ' ', TARGET,  true,  TARGET_PREFIX,                  \
	  "events on paths that begin with this; end directories with /")                      \
	X(TARGET,        "target",        ' ', TARGET,  false, TARGET_LITERAL,                 \
	  "events on this file")                                                               \
	X(PROCESS,       "process",       'P', PROCESS, false, NONE,                           \
	  "this process, also after it executes another program")                              \
	X(SUBTREE,       "subtree",       'S', PROCESS, false, NONE,                           \
	  "this process and its descendants, including later ones")                           \
	X(UNIT,          "unit",          'U', PROCESS, false, NONE,                           \
	  "processes of this systemd unit, container or cgroup, and below it")                \
	X(USER,          "user",          'U', PROCESS, false, NONE,                           \
	  "processes with this effective user")                                               \
	X(SIGNER,        "signer",        'U', PROCESS, false, NONE,                           \
	  "programs signed by this team, or TEAM/ID (macOS)")

enum mute_kind {
#define X(id, ...) MUTE_##id,
	MUTE_KIND_TABLE(X)
#undef X
	MUTE_KIND_COUNT,
	MUTE_PATH_KINDS = MUTE_PROCESS,
	MUTE_OWNER_KINDS = MUTE_UNIT /* from here on */
};

#define X(id, word, mark, side, ...)                                                       \
	_Static_assert((MUTE_##id < MUTE_PATH_KINDS) == (MUTE_SIDE_##side != MUTE_SIDE_PROCESS), \
		       "kinds with a path come first");
MUTE_KIND_TABLE(X)
#undef X

/* One row of MUTE_KIND_TABLE as data. */
struct mute_kind_info {
	const char *word;
	char mark;
	uint8_t side; /* enum mute_side */
	bool prefix;
};

extern const struct mute_kind_info mute_kind_info[MUTE_KIND_COUNT];

static inline enum mute_side
mute_side_of(enum mute_kind kind)
{
	return (enum mute_side)mute_kind_info[kind].side;
}

static inline bool
mute_kind_is_path(enum mute_kind kind)
{
	return kind < MUTE_PATH_KINDS;
}

/* About one process, and ends with it. */
static inline bool
mute_kind_is_process(enum mute_kind kind)
{
	return kind >= MUTE_PATH_KINDS && kind < MUTE_OWNER_KINDS;
}

/* About all processes that belong to somebody: a unit, a user, a signer. */
static inline bool
mute_kind_is_owner(enum mute_kind kind)
{
	return kind >= MUTE_OWNER_KINDS;
}

static inline bool
mute_kind_is_target(enum mute_kind kind)
{
	return mute_side_of(kind) == MUTE_SIDE_TARGET;
}

/* Who set a rule. */
#define MUTE_ORIGIN_TABLE(X)                                                    \
	X(OPTION, "option",  "given with -m")                                   \
	X(FILE,   "file",    "read from a mute file")                           \
	X(KEY,    "session", "set with a key")                                  \
	X(SYSTEM, "system",  "not estop's: muted by the system for every client")

enum mute_origin {
#define X(id, word, help) MUTE_BY_##id,
	MUTE_ORIGIN_TABLE(X)
#undef X
	MUTE_ORIGIN_COUNT
};

extern const char *const mute_origin_word[MUTE_ORIGIN_COUNT];

/* How a rule stands. A rule's own state is one of the first three. */
#define MUTE_STATE_TABLE(X)                                                             \
	X(SYSTEM,   "system",   "the system suppresses its events")                     \
	X(LOCAL,    "local",    "the system rejected it; estop drops the events itself") \
	X(AUDITION, "audition", "unmuted for a moment to measure its rate") \
	X(DRAINING, "draining", "muted, but events queued earlier still arrive")      \
	X(GONE,     "gone",     "no longer reported by the system")

enum mute_state {
#define X(id, word, help) MUTE_##id,
	MUTE_STATE_TABLE(X)
#undef X
	MUTE_STATE_COUNT
};

extern const char *const mute_state_word[MUTE_STATE_COUNT];

/* An entry the system reports, as it reports it. */
struct mute_entry {
	enum mute_kind kind; /* a path kind, or MUTE_PROCESS */
	int32_t pid;
	uint32_t version;
	const char *path;  /* good until visit returns */
	event_mask events; /* of those estop knows */
	unsigned types;    /* how many event types in all */
};

/*
 * What a source does for the ledger. 0, or a negative errno: -ENOSPC: rejected
 * by the system (limit), -ESRCH no such process now.
 * events is never empty. on false: unmute. From subtree on each may be NULL.
 */
struct mute_rule;
struct mute_ops {
	int (*process)(void *ctx, int32_t pid, uint32_t version, event_mask events, bool on);
	int (*path)(void *ctx, enum mute_kind kind, const char *path, event_mask events, bool on);
	/* What the system itself reports as muted, but for entries of the client itself, and for those
	 * that suppress no event estop knows. */
	int (*counts)(void *ctx, unsigned *processes, unsigned *paths);
	/*
	 * Rules the client must apply itself because the system rejected them: called
	 * with the whole set whenever it changed. The client copies what it needs.
	 */
	void (*local)(void *ctx, const struct mute_rule *const rules[], size_t n);
	/*
	 * A process and its descendants, where the system follows forks and execs
	 * itself. -ENOSYS: it does not, and the ledger mutes each member.
	 */
	int (*subtree)(void *ctx, int32_t pid, uint32_t version, event_mask events, bool on);
	/*
	 * All that belongs to a unit, user or signer (rule->path, of a user rule->uid), now and later, where
	 * the system itself follows it. -ENOSYS: it does not, and the ledger mutes each one as it appears;
	 * a user is then applied by the client. -EOPNOTSUPP: there is nothing of that kind here.
	 */
	int (*owner)(void *ctx, const struct mute_rule *, event_mask events, bool on);
	/* A muted process did an exec: these events from now on of version. As process(), which is used without it. */
	int (*follow)(void *ctx, int32_t pid, uint32_t old, uint32_t version, event_mask events);
	/* on: only listed items pass, with the system's own entries set aside; off: as before. */
	int (*invert)(void *ctx, enum mute_side, bool on);
	/* Visits every entry the system reports, own ones of the client left out. */
	int (*entries)(void *ctx, void (*visit)(void *arg, const struct mute_entry *), void *arg);
	/* Events the system has suppressed for this rule. -ENOSYS: it does not count them. */
	int (*suppressed)(void *ctx, const struct mute_rule *, uint64_t *count);
};

struct mute_rule {
	uint32_t id; /* never reused in a session */
	enum mute_kind kind;
	enum mute_origin origin;
	enum mute_state state;
	event_mask events;
	struct proc_key process; /* MUTE_PROCESS, MUTE_SUBTREE */
	uint32_t version;        /* MUTE_PROCESS: newest pidversion known; MUTE_SUBTREE: when it was made */
	uint64_t since_ns;
	double rate_before; /* events/s it had just before */
	char *path;         /* path and owner kinds; else the executable when it was muted, for the ledger */
	uint32_t uid;       /* MUTE_USER */
};

struct mutes;

struct mutes *mutes_create(const struct mute_ops *, void *ctx, event_mask default_events);
void mutes_destroy(struct mutes *); /* does not unmute: the client goes with its mutes */

/*
 * Adds a rule and carries it out. 0 (also when it went local), or with nothing done -EEXIST, -ESRCH (no
 * such process), -ENOENT (no such user), -EOPNOTSUPP (nothing of that kind here).
 */
int mutes_add_process(struct mutes *, struct proc_key, uint32_t version, const char *exe, double rate,
		      enum mute_origin, uint64_t now_ns);
int mutes_add_path(struct mutes *, enum mute_kind, const char *path, double rate, enum mute_origin,
		   uint64_t now_ns);

/* Any rule. events 0: the default; of a target rule those that have no target are left out. */
struct mute_request {
	enum mute_kind kind;
	enum mute_origin origin;
	event_mask events;
	struct proc_key process;
	uint32_t version;
	const char *path;
	double rate;
};
int mutes_add(struct mutes *, const struct mute_request *, uint64_t now_ns);

/*
 * Around many changes at once: what comes after each, local() and counts(), comes once, at the
 * end. Without it a thousand rules would cost a thousand lists of a thousand. Pairs nest.
 */
void mutes_hold(struct mutes *);
void mutes_release(struct mutes *);

/* What is added between the two is one step for undo. They do not nest. */
void mutes_join(struct mutes *);
void mutes_part(struct mutes *);

/* What an error of mutes_add() of a rule of this kind means, for a sentence. */
const char *mutes_error(enum mute_kind, int error);

/* How names of users are looked up. Without it only numbers are users. */
void mutes_users(struct mutes *, bool (*find)(const char *name_or_number, uint32_t *uid));

/* Where descendants are looked up for subtree rules. Must outlive the ledger, or be NULL. */
void mutes_watch(struct mutes *, const struct tree *);

/* Other events for a rule: one step for undo. 0, or -ENOENT, -EINVAL (none left for its kind). */
int mutes_set_events(struct mutes *, uint32_t id, event_mask events);

/*
 * Turns one side round, or back. 0; -ENOENT: nothing is listed, so nothing would
 * pass; -ENOTSUP; or what the system said. A step for undo.
 */
int mutes_invert(struct mutes *, enum mute_side);
bool mutes_inverted(const struct mutes *, enum mute_side);

/*
 * Only what this rule of processes covers passes, as one step for undo: the other rules of processes
 * are set aside, and processes are inverted. Again: only the new one. As mutes_add(), or -ENOTSUP; then
 * nothing has changed. mutes_only_end() takes it back, whatever else was changed since; false: there is
 * nothing to.
 */
int mutes_only(struct mutes *, const struct mute_request *, uint64_t now_ns);
bool mutes_only_end(struct mutes *, uint64_t now_ns);
void mutes_restore(struct mutes *); /* before leaving: nothing stays turned round */

/* Unmutes a rule until then, to measure its rate; mutes_tick() mutes it again. */
int mutes_audition(struct mutes *, uint32_t id, uint64_t now_ns, uint64_t until_ns);

/* Removes one rule by id, or the rules of this session's keys and options. Number removed. */
unsigned mutes_remove(struct mutes *, uint32_t id);
unsigned mutes_remove_all(struct mutes *);

/*
 * Takes the last change back; a step is what one call changed. -ENOENT: there is none. Another negative
 * errno: the system rejected it; nothing was changed, and the step is still there.
 */
int mutes_undo(struct mutes *, uint64_t now_ns);
int mutes_redo(struct mutes *, uint64_t now_ns); /* does again what was taken back last */

/* What the last undo or redo did. */
struct mutes_step {
	unsigned muted, unmuted;      /* rules that were added, removed */
	unsigned inverted;            /* sides that were inverted, or back */
	unsigned events;              /* rules whose event types changed */
	const struct mute_rule *rule; /* one that was added or removed; good until the next change */
};
void mutes_last_step(const struct mutes *, bool undone, struct mutes_step *);

/*
 * Follows events: an exec moves a process rule to the new token, an exit ends
 * it and retries rejected rules, a fork makes a member of a muted
 * subtree. Call for every exec, fork and exit applied.
 */
void mutes_follow(struct mutes *, const struct event *);

/* While mutes_counts_arrivals(): counts an event that arrived although a rule covers it, or while one is auditioned. exe may be "". */
bool mutes_counts_arrivals(const struct mutes *);
void mutes_count_arrival(struct mutes *, const struct event *, const char *exe);

/*
 * Once per frame: ends auditions, and retries rejected rules: at once when a
 * muted process has ended, else less and less often. True when something changed.
 */
bool mutes_tick(struct mutes *, uint64_t now_ns);

/* Tries local rules again, at most once per call for each; call once per frame. */
void mutes_retry(struct mutes *);

/* How many rules came into force and went, ever: the same number, the same rules. */
uint64_t mutes_changes(const struct mutes *);

/* What column M shows of a process that this rule covers; ' ' while it is auditioned. NULL: none does. */
char mute_mark(const struct mute_rule *);

const struct mute_rule *mutes_of_process(const struct mutes *, struct proc_key);
const struct mute_rule *mutes_of_subtree(const struct mutes *, struct proc_key); /* one that covers it */
/* To whom a process belongs; strings may be "". And the rule that covers it by that, or NULL. */
struct mute_owner {
	uint32_t uid;
	const char *unit, *cgroup, *signer;
};
bool mute_covers_owner(enum mute_kind, const char *text, uint32_t uid, const struct mute_owner *);
const struct mute_rule *mutes_of_owner(const struct mutes *, const struct mute_owner *);

const struct mute_rule *mutes_of_path(const struct mutes *, enum mute_kind,
				      const char *path); /* exactly this */
const struct mute_rule *mutes_by_id(const struct mutes *, uint32_t id);
const struct mute_rule *mutes_of_exe(const struct mutes *,
				     const char *exe);             /* EXE or PREFIX rule that covers it */
const struct mute_rule *mutes_get(const struct mutes *, size_t i); /* oldest first; NULL past the end */

/* The TARGET or TARGET_PREFIX rule that covers this file, or all that lies in this directory. */
const struct mute_rule *mutes_of_target(const struct mutes *, const char *path, bool directory);

/* Every rule that covers this process, oldest first; returns how many there are. exe may be "". */
size_t mutes_covering(const struct mutes *, struct proc_key, const char *exe, const struct mute_rule *rules[],
		      size_t max);

struct mute_counts {
	unsigned processes, paths; /* rules of ours, by sort; a subtree is a process rule here */
	unsigned subtrees;         /* of these */
	/* Of these, followed by the system itself, apart from what it reports as muted. */
	unsigned followed_units, followed_users, followed_subtrees;
	unsigned local;                  /* of these, held by the client alone */
	double rate_before;              /* events/s of all rules together, just before each was made */
	unsigned es_processes, es_paths; /* what the system reports */
	unsigned own_processes,
		own_paths; /* what it should report by estop's count, its own entries included */
	bool es_known;     /* false: the system could not be asked */
	bool differs;      /* what it reports is not what it should */
	bool can_undo, can_redo;
	char only[96]; /* what alone passes, by mutes_only(): "unit nginx.service"; "": nothing is */
	bool inverted[MUTE_SIDE_COUNT];
};
void mutes_counts(const struct mutes *, struct mute_counts *); /* es_* as of the last change or refresh */
void mutes_refresh(struct mutes *);                            /* asks the system again */

/* A line of the ledger: a rule of ours, or an entry of the system's own. Plain data. */
struct mute_row {
	uint32_t id; /* 0: not ours */
	enum mute_kind kind;
	enum mute_origin origin;
	enum mute_state state;
	event_mask events;
	unsigned types; /* event types in all, also those estop does not watch */
	struct proc_key process;
	char *what; /* path, or of a process its executable; owned by the ledger */
	uint64_t since_ns;
	double rate_before;
	double rate_heard; /* of the last audition; < 0: none yet */
	bool counted;
	uint64_t suppressed; /* when counted */
	unsigned members;    /* of a subtree */
	unsigned folded;     /* so many entries of the system's own that suppress no event estop knows */
};

struct ledger {
	struct mute_row *rows; /* ours, oldest first, then the system's; the last may be a folded one */
	size_t count, room;
};
void mutes_list(struct mutes *, struct ledger *, uint64_t now_ns); /* zeroed, or a former one */
void ledger_finish(struct ledger *);

#endif
