/*
 * summary - the result of a command: programs run below programs, what was slow, what failed, how much
 * ran at a time, files opened, counts by type.
 *
 * Fed with every event of the processes it is about, in their order. One thread; times are those of
 * the events. It does not depend on what the tree keeps: exited processes that went for memory, cleared
 * counters and a mark leave it as it is.
 *
 * A run lasts from an exec to the process's next exec or its exit. It is below the run that forked
 * its process or, where a process replaced its program, below that; a program that executes itself stays
 * where it is. Runs of one program below the same programs share an entry.
 *
 * A process works while none of its children runs (it lives, and waits for nobody that is known of).
 *
 * Memory is bounded: beyond SUMMARY_PROGRAMS entries the others share one, below SUMMARY_DEPTH programs
 * stand side by side, paths are counted as model/frequent.h says, and a living process takes some 200
 * bytes and up to SUMMARY_COMMAND of its arguments.
 */
#ifndef ESTOP_MODEL_SUMMARY_H
#define ESTOP_MODEL_SUMMARY_H

#include "model/event.h"
#include "model/frequent.h"

enum {
	SUMMARY_PROGRAMS = 4096,
	SUMMARY_DEPTH = 12,
	SUMMARY_FILES = 1024, /* of each kind of file */
	SUMMARY_SLOWEST = 10,
	SUMMARY_FAILED = 64,   /* programs and how they failed; the rest is only counted */
	SUMMARY_CHAIN = 12,    /* processes */
	SUMMARY_COMMAND = 1024 /* bytes */
};

struct summary;

struct summary_program {
	const char *path; /* NULL: all that came when there was no room for more */
	unsigned depth;   /* 0: below no other */
	uint64_t runs;    /* execs of it */
	uint64_t failed;  /* of these, processes that ended with another status than 0 */
	uint64_t time_ns; /* from exec to exec or exit, of all its runs */
	uint64_t work_ns; /* of that, without a child that ran */
	uint64_t opens;   /* also by copies of it that were only forked */
};

/* One run, or one process. */
struct summary_run {
	const char *path;    /* NULL: not known */
	const char *command; /* arguments, separated by spaces; cut: ends in " ..." */
	const char *by;      /* the same, of the program it is below; "": of none */
	uint64_t time_ns, work_ns;
};

struct summary_failure {
	const char *path, *command; /* command: of the first one */
	int status;                 /* wait status */
	uint64_t count;
};

/* How much ran at a time. Times are added up over the events: each as long as it held. */
struct summary_load {
	uint64_t wall_ns;  /* from the first event to the last exit, or until now */
	uint64_t lives_ns; /* of all processes, from fork or first exec to exit */
	uint64_t work_ns;  /* of that, without a child that ran */
	uint64_t alone_ns; /* wall time in which no more than one worked */
	unsigned peak;     /* most that worked at a time */
	uint64_t processes;
};

/* Which files: of the command's own directory and below; of the loader and the locale; all others. */
#define SUMMARY_FILES_TABLE(X) \
	X(OWN,    "own")       \
	X(OTHER,  "other")     \
	X(LOADER, "loader")

enum summary_files {
#define X(id, name) SUMMARY_FILES_##id,
	SUMMARY_FILES_TABLE(X)
#undef X
	SUMMARY_FILES_KINDS
};

extern const char *const summary_files_name[SUMMARY_FILES_KINDS];

/* directory: where the command runs, absolute; NULL: as the exec of the first process says, if it does. */
struct summary *summary_create(const char *directory);
void summary_destroy(struct summary *); /* NULL is fine */

void summary_take(struct summary *, const struct event *);

uint64_t summary_count(const struct summary *, enum event_id);

/*
 * A program before those below it; of one list, the one that ran longest first. Returns how many
 * there are; fills at most max. Runs that still go on count up to now_ns. Paths are good until the
 * next call. So are those of the functions below.
 */
size_t summary_programs(const struct summary *, uint64_t now_ns, struct summary_program out[], size_t max);

/* Runs that have ended, those that worked longest first; SUMMARY_SLOWEST at most. */
size_t summary_slowest(const struct summary *, struct summary_run out[SUMMARY_SLOWEST]);

/* In the order in which the first of each ended. *more: failures of others. */
size_t summary_failures(const struct summary *, struct summary_failure out[SUMMARY_FAILED], uint64_t *more);

/* From a process down to one that started none: at each step the child that lived longest. */
size_t summary_chain(const struct summary *, struct summary_run out[SUMMARY_CHAIN]);

void summary_load(const struct summary *, uint64_t now_ns, struct summary_load *);

size_t summary_files(const struct summary *, enum summary_files, struct frequent_path out[], size_t max);
uint64_t summary_opens(const struct summary *, enum summary_files); /* all of that kind: exact */
const char *summary_directory(const struct summary *);              /* "": not known */

/*
 * The first process that executed something, as a recording knows the command. status: wait status, -1:
 * its exit was not seen. False: there was none. *several: others were started by none of it.
 */
bool summary_first(const struct summary *, struct summary_run *, int *status, bool *several);

#endif
