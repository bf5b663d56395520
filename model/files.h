/*
 * files - the files and directories used most, and the processes that use them.
 *
 * The number of files is unbounded, so only the busiest are kept: a fixed number, by
 * the Space-Saving algorithm (A. Metwally, D. Agrawal, A. El Abbadi, "Efficient
 * Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005). Each
 * target has a weight, which an event raises by one; a new target takes the
 * place of the one that weighs least, and its weight with it. Weights are halved
 * each minute, so that what is busy now displaces what was busy once.
 *
 * What is known of a target is counted from when it was taken in:
 *   - As long as no target had to leave, every figure is exact.
 *   - Afterwards a figure is a lower bound where at_least is set, and too low by
 *     at most missed. A target that has more than one event in FILES_MAX of
 *     those of the last two minutes (weighed as above) is always there.
 * The same holds for the processes of a target, of which FILES_USERS are kept, and for its
 * programs, living or ended, of which FILES_PROGRAMS are.
 * How many there were beyond that is estimated by linear counting (K.-Y. Whang,
 * B. Vander-Zanden, H. Taylor, 1990) with FILES_BITS bits: to about 7 % up to some
 * hundred, and FILES_USERS_MOST at most.
 *
 * Counted are events with an absolute path as their target, but those that shape
 * the tree (exec, fork, exit). Paths of more than FILES_PATH_MAX bytes are not
 * counted. Main thread only; times come in with files_tick().
 */
#ifndef ESTOP_MODEL_FILES_H
#define ESTOP_MODEL_FILES_H

#include "model/event.h"
#include "model/intern.h"
#include "model/tree.h"

enum {
	FILES_MAX = 1024,
	FILES_DIRECTORIES = 512, /* each counts what lies in it; files_children() adds up what is below */
	FILES_USERS = 8,
	FILES_PROGRAMS = 8,
	FILES_BITS = 256,
	FILES_USERS_MOST = 1000,
	FILES_PATH_MAX = 4096,
};

enum files_kind { FILES_FILE, FILES_DIRECTORY };

struct files;

struct files *files_create(void);
void files_destroy(struct files *); /* NULL is fine */
void files_clear(struct files *);   /* forgets all targets */

/* exe: of the acting process, held as long as it is needed; NULL: unknown. */
void files_add(struct files *, const struct event *, struct string *exe);

/* Once per frame: rates since the last tick. */
void files_tick(struct files *, uint64_t now_ns);

/* A process that touched a target. */
struct file_user {
	struct proc_key key;
	const char *exe; /* of its last event; "" when not known */
	uint64_t opens, closes, total;
	bool at_least;
};

/* What processes of one program did with a target, living and ended. */
struct file_program {
	const char *exe; /* "" when not known */
	uint64_t opens, closes, total;
	double rate;  /* per second in the last interval */
	double share; /* of all events on the target, 0..1 */
	bool at_least;
};

struct file_facts {
	const char *path;
	uint64_t opens, closes, total;      /* total: events of all types */
	double open_rate, close_rate, rate; /* per second in the last interval */
	bool at_least;
	uint64_t missed;
	unsigned users;  /* processes: exact up to FILES_USERS, then an estimate */
	bool more_users; /* more than are kept by name */
	bool more_programs;
	struct file_user top; /* the process that used it most */
	struct file_program top_program;
};

/* The targets, in no order; strings are good until the next add. */
size_t files_count(const struct files *, enum files_kind);
void files_get(const struct files *, enum files_kind, size_t i, struct file_facts *);
bool files_find(const struct files *, enum files_kind, const char *path, struct file_facts *);

/* The programs that used this target, most first; 0 when it is not there. A directory: all below it. */
size_t files_programs(const struct files *, enum files_kind, const char *path,
		      struct file_program programs[FILES_PROGRAMS]);

/*
 * What lies in a directory (without its last slash, or "/"), each directory with all that is
 * below it, and the files of the directory itself under its own path. In no order; free it with
 * files_children_free().
 */
struct file_facts *files_children(const struct files *, const char *directory, size_t *n);
void files_children_free(struct file_facts *, size_t n);

/* Who touched this target, most first; 0 when it is not there. */
size_t files_users(const struct files *, enum files_kind, const char *path,
		   struct file_user users[FILES_USERS]);

/* The files this process touched most among those that are kept, most first. */
struct file_share {
	const char *path;
	struct file_user user; /* what the process did with it */
};
size_t files_of(const struct files *, struct proc_key, struct file_share *, size_t max);

/* The same of all processes that is() is true of, together: user is the sum, and of none of them. */
size_t files_where(const struct files *, bool (*is)(void *ctx, const struct file_user *), void *ctx,
		   struct file_share *, size_t max);

/*
 * Events of the last minute that a mute would suppress (of types that can be
 * muted by target), on this path, or on all that begin with it. exact: false
 * when there may have been more.
 */
uint64_t files_recent(const struct files *, const char *path, bool prefix, bool *exact);

#endif
