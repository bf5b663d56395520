/*
 * filter - which rows are wanted, as typed by a person.
 *
 *   text          name, path or arguments contain it
 *   /path         executable, or the script it interprets, is this path or lies below it
 *   ~regex        regular expression (PCRE2) over path and arguments
 *   ~~regex       the same, and case matters
 *   user:alice    effective user, by name or number
 *   pid:12,40     these processes
 *   below:PID     these processes and their descendants
 *   by:make       started by a program of this name, or by one that was
 *   unit:NAME     of this systemd unit, container or cgroup, or below it; as in a mute rule
 *   cgroup:/PATH  in this cgroup or below it; without a slash: its path contains it
 *   signer:TEAM   signed by this team, or TEAM/ID
 *   tty:pts/3     with this terminal; "none": without one
 *   ev/s>100      numbers compare, see FILTER_NUMBER_TABLE: < > <= >= =, with k, M and G, and of
 *                 an age with s, m, h and d
 *   host:build1   processes of this host, where there are several
 *   ev:open,exec  made one of these events in the last interval; types and groups as for -e
 *   !term         not
 *   a|b           either; binds weaker than a space, which means and
 *   "a b|c"       quotes anywhere in a term keep spaces and bars in it, and between them \" is a
 *                 quote and \\ a backslash, as in a shell; parentheses and brackets in a regex
 *                 keep them, too. A term that begins with a quote is text, whatever it looks like
 *
 * Case does not matter to text and regex unless they have capitals (Unicode's). How accents
 * are composed never matters (model/fold.h).
 *
 * Compiled once, matched often. Main thread.
 *
 * The work of regular expressions is bounded (model/regex.h): a row on which one takes too
 * long does not match it, nor does any row after it when all that may be done for one frame is
 * done. filter_renew() is the end of a frame; filter_limited() is true when it came to that in
 * this one or the one before.
 *
 * Where no tree is at hand (a search, the events), below: and by: know no more than the parent.
 * What is not known of a row matches no comparison.
 */
#ifndef ESTOP_MODEL_FILTER_H
#define ESTOP_MODEL_FILTER_H

#include "model/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct filter;
struct proc;
struct tree;

/* What can be compared, by its name. Of a row: its own, or of the subtree when it shows that. */
#define FILTER_NUMBER_TABLE(X)                                    \
	X(EV_RATE,    "ev/s",     "events per second")            \
	X(OPEN_RATE,  "opens/s",  "files opened per second")      \
	X(CLOSE_RATE, "closes/s", "files closed per second")      \
	X(EXEC_RATE,  "execs/s",  "programs executed per second") \
	X(FORK_RATE,  "forks/s",  "processes started per second") \
	X(EVENTS,     "events",   "events in all")                \
	X(OPENS,      "opens",    "files opened in all")          \
	X(CLOSES,     "closes",   "files closed in all")          \
	X(EXECS,      "execs",    "programs executed in all")     \
	X(FORKS,      "forks",    "processes started in all")     \
	X(AGE,        "age",      "time since its start")

enum filter_number {
#define X(id, name, help) FILTER_##id,
	FILTER_NUMBER_TABLE(X)
#undef X
	FILTER_NUMBERS
};

extern const char *const filter_number_name[FILTER_NUMBERS];

/* The words before a colon, for completion. */
extern const char *const filter_words[];
extern const unsigned filter_word_count;

/* What is matched; strings may be NULL. user is the name shown for uid. */
struct filter_subject {
	int32_t pid;
	uint32_t uid;
	const char *user, *name, *exe, *args; /* args: separated by spaces */
	const char *title;                    /* what it calls itself */
	const char *script;                   /* what exe, an interpreter, was executed for (#!) */
	bool args_cut;                        /* there were more */
	const char *host;
	const char *unit, *cgroup, *signer, *tty;
	const struct tree *tree; /* for ancestors; NULL: only ppid is known */
	int32_t ppid;
	uint64_t start_ns; /* 0: not known */
	uint64_t now_ns;   /* for its age; 0: not known */
	/* A number of it, but for its age. False, or NULL: not known. */
	bool (*number)(const void *who, enum filter_number, double *value);
	const char *target,
		*second; /* of an event: the paths it is about; text, path and regex look there, too */
	/* Did it make events of this type in the last interval? NULL: it did not. */
	bool (*makes)(const void *who, enum event_id);
	const void *who;
};

/* A process as it is now, for terms that need neither rates nor a clock. Points into it; user is as above. */
struct filter_subject filter_subject_of(const struct proc *, const char *user);

/*
 * How paths as typed become those that events have: canonical returns the other name of a path in new
 * memory, or NULL; resolved (may be NULL) is told of each that differs. Zeroed: not at all.
 */
struct filter_paths {
	char *(*canonical)(const char *typed);
	void (*resolved)(void *ctx, const char *typed, const char *real);
	void *ctx;
};

/* filter_compile() where a /path matches as it was typed, and by its other name. paths may be NULL. */
struct filter *filter_compile_typed(const char *text, const struct filter_paths *paths, char *why, size_t len);

/* NULL with a sentence in why (naming the column, from 1) if the text is invalid. "" matches all. */
struct filter *filter_compile(const char *text, char *why, size_t len);
void filter_free(struct filter *);

/*
 * A term of key and value, in new memory, with backslashes where the value needs them, and in quotes if it does or
 * if they are asked for: "user:" and "a b" make user:"a b". A path has the key "/", and no slash at its end.
 */
char *filter_term(const char *key, const char *value, bool quotes);

bool filter_match(const struct filter *, const struct filter_subject *);
const char *filter_text(const struct filter *);
bool filter_renew(const struct filter *); /* was it limited in the frame that ends; NULL is fine */
bool filter_limited(const struct filter *);

/* Did a term look for something in arguments that were cut, and not find it? The same two frames. */
bool filter_missed(const struct filter *);

#endif
