/*
 * mutes - the rules in force, who set them, and how to take them back.
 *
 * The ledger decides; a source carries out (struct mute_ops). When the system
 * refuses a rule it stays in force inside the client ("local") and is tried
 * again when a slot may be free. Main thread only. Never reads a clock.
 */
#ifndef ESTOP_MODEL_MUTES_H
#define ESTOP_MODEL_MUTES_H

#include "model/event.h"
#include "model/tree.h"

#include <stdio.h>

/* Order of the four path kinds is es_mute_path_type_t's. mark is shown in column M. */
#define MUTE_KIND_TABLE(X)                                                                     \
	/* id             word             mark  help */                                       \
	X(PREFIX,        "prefix",         'X', "programs whose path begins with this; end directories with /")      \
	X(EXE,           "exe",            'X', "processes that run this executable")          \
	X(TARGET_PREFIX, "target-prefix",  ' ', "events on paths that begin with this; end directories with /")               \
	X(TARGET,        "target",         ' ', "events on this file")                         \
	X(PROCESS,       "process",        'P', "this process, also after it executes another program")

enum mute_kind {
#define X(id, word, mark, help) MUTE_##id,
	MUTE_KIND_TABLE(X)
#undef X
	MUTE_KIND_COUNT
};

/*
 * What a source does for the ledger. 0, or a negative errno: -ENOSPC refused
 * by the system (limit), -ESRCH no such process now.
 * events is never empty. on false: unmute.
 */
struct mute_rule;
struct mute_ops {
	int (*process)(void *ctx, int32_t pid, uint32_t version, event_mask events, bool on);
	int (*path)(void *ctx, enum mute_kind kind, const char *path, event_mask events, bool on);
	/* What the system itself reports as muted, own entries of the client left out. */
	int (*counts)(void *ctx, unsigned *processes, unsigned *paths);
	/*
	 * Rules the client must hold itself because the system refused them: called
	 * with the whole set whenever it changed. The client copies what it needs.
	 */
	void (*local)(void *ctx, const struct mute_rule *const rules[], size_t n);
};

enum mute_origin { MUTE_BY_OPTION, MUTE_BY_KEY };
enum mute_state { MUTE_SYSTEM, MUTE_LOCAL };

struct mute_rule {
	uint32_t id;              /* never reused in a session */
	enum mute_kind kind;
	enum mute_origin origin;
	enum mute_state state;
	event_mask events;
	struct proc_key process;  /* MUTE_PROCESS */
	uint32_t version;         /* MUTE_PROCESS: newest pidversion known */
	uint64_t since_ns;
	double rate_before;       /* events/s it had just before */
	char *path;               /* path kinds; MUTE_PROCESS: executable when it was muted, for the ledger */
};

struct mutes;

struct mutes *mutes_create(const struct mute_ops *, void *ctx, event_mask default_events);
void mutes_destroy(struct mutes *); /* does not unmute: the client goes with its mutes */

/* Adds a rule and carries it out. 0 (also when it went local), -EEXIST, or -ESRCH with nothing done. */
int mutes_add_process(struct mutes *, struct proc_key, uint32_t version, const char *exe,
		      double rate, enum mute_origin, uint64_t now_ns);
int mutes_add_path(struct mutes *, enum mute_kind, const char *path, double rate,
		   enum mute_origin, uint64_t now_ns);

/* Removes one rule by id, or the rules of this session's keys and options. Number removed. */
unsigned mutes_remove(struct mutes *, uint32_t id);
unsigned mutes_remove_all(struct mutes *);

/* Takes the last change back (one add, one remove, or one remove_all); false when there is none. */
bool mutes_undo(struct mutes *, uint64_t now_ns);

/*
 * Follows events: an exec moves a process rule to the new token, an exit ends
 * it and lets refused rules try again. Call for every exec and exit applied.
 */
void mutes_follow(struct mutes *, const struct event *);

/* Tries local rules again, at most once per call for each; call once per frame. */
void mutes_retry(struct mutes *);

const struct mute_rule *mutes_of_process(const struct mutes *, struct proc_key);
const struct mute_rule *mutes_of_exe(const struct mutes *, const char *exe); /* EXE or PREFIX rule that covers it */
const struct mute_rule *mutes_get(const struct mutes *, size_t i);           /* oldest first; NULL past the end */

struct mute_counts {
	unsigned processes, paths;       /* rules of ours, by sort */
	unsigned local;                  /* of these, held by the client alone */
	unsigned es_processes, es_paths; /* what the system reports */
	bool es_known;                   /* false: the system could not be asked */
	bool can_undo;
};
void mutes_counts(const struct mutes *, struct mute_counts *); /* es_* as of the last change or refresh */
void mutes_refresh(struct mutes *);                            /* asks the system again */

/*
 * A rule as text: "exe:/usr/bin/make", "prefix:/usr/lib/", "target:…", "target-prefix:…",
 * "process:123" or "123", or a bare absolute path (an executable, or a prefix when it ends in '/').
 * 0 and kind with path or pid set (path points into text), or -EINVAL with a sentence in why.
 */
int mute_rule_parse(const char *text, enum mute_kind *kind, const char **path, int32_t *pid,
		    char *why, size_t len);

#endif
