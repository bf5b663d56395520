/*
 * worst - what a user without privileges can do to make one run of a BPF program long.
 *
 * Each is prepared and then done by a child that belongs to nobody; between the
 * two the caller may look at what it wants to compare. Of descriptors there are
 * as many as the limit allows, at most 65,536. Bounded in number and time; what
 * was made is removed.
 */
#ifndef ESTOP_TESTS_LIB_WORST_H
#define ESTOP_TESTS_LIB_WORST_H

#include <stdint.h>
#include <sys/types.h>

#define WORST_TABLE(X)                                                                            \
	/* id            program            what one call makes the program do */                 \
	X(DUPLICATES,   "on_exit",         "exit: duplicates of a file 8,000 levels deep")  \
	X(ALTERNATING,  "on_exit",         "exit: duplicates of two deep files in turns")  \
	X(BRANCHES,     "on_exit",         "exit: 1,000 files in directories 4,000 levels deep")   \
	X(DISTINCT,     "on_exit",         "exit: different files")                         \
	X(SOCKETS,      "on_exit",         "exit: pipes")                                   \
	X(CLOSE_RANGE,  "_sys_enter",      "close_range: different files")                  \
	X(CLOSE_EXEC,   "on_prepare_exec", "exec: descriptors that it closes")            \
	X(LISTED,       "on_exec",         "exec: descriptors that stay open")                   \
	X(ARGUMENTS,    "on_exec",         "exec: 1 MiB of arguments, 8,000 levels deep")          \
	X(DEEP,         "_sys_exit",       "open: 8,000 levels deep")                              \
	X(MOUNTS,       "_sys_exit",       "open: below 17,000 mounts")

enum worst_id {
#define X(id, program, what) WORST_##id,
	WORST_TABLE(X)
#undef X
	WORST_COUNT,
};

extern const struct worst {
	const char *program; /* its name ends so: system calls have two, for one kernel or another */
	const char *what;
} worst_info[WORST_COUNT];

struct worst_run {
	uint64_t open; /* descriptors of files that the deed closes */
	int ready[2], go[2];
	char dir[64];
};

int worst_begin(struct worst_run *);                                                /* 0 or -1 */
void worst_live(const struct worst_run *, enum worst_id) __attribute__((noreturn)); /* the child's */
int worst_wait(struct worst_run *); /* until it is prepared; 0, or -1 when it could not be */
int worst_go(struct worst_run *);   /* lets the child do it; 0 or -1 */
void worst_end(struct worst_run *); /* the child must have ended */

#endif
