/*
 * process_cache - the processes the kernel has told of, ready to be put into messages.
 *
 * For each pid the program execution that runs now and, while an exec is being
 * reported, the one before it. Bounded by the processes that are alive. The
 * table belongs to one thread; a struct known lives as long as somebody holds
 * a reference, and any thread may give one back.
 */
#ifndef ESTOP_LINUX_PROCESS_CACHE_H
#define ESTOP_LINUX_PROCESS_CACHE_H

#include "src/linux/wire.h"

#include <EndpointSecurity/EndpointSecurity.h>
#include <stdatomic.h>

struct known {
	atomic_uint references;
	es_process_t process;
	es_file_t executable, tty;
	bool kernel_thread;
	char comm[16];
	char text[]; /* the strings of the above */
};

struct known *known_hold(struct known *); /* one more reference; NULL is fine */
void known_drop(struct known *);          /* one less; NULL is fine */

/* What an exec brings along, piece by piece, until its WIRE_EXEC comes. */
struct exec_text {
	char *args; /* arguments and environment, as in memory */
	size_t length;
	char *cwd;    /* may be NULL */
	es_fd_t *fds; /* may be NULL */
	uint32_t fd_count;
};

void exec_text_free(struct exec_text *);

struct known_table;

struct known_table *known_table_create(void); /* NULL: out of memory */
void known_table_destroy(struct known_table *);

/* Makes a fork's child of its parent; false when the parent was never told of. */
bool known_fork(struct known_table *, const struct wire_fork *);

/* Takes up a WIRE_PROC, and a WIRE_TEXT for the program last taken up. */
void known_proc(struct known_table *, const struct wire_proc *);
void known_text(struct known_table *, const struct wire_text *);

/* The program execution of that version (borrowed), or NULL when it was never told. */
struct known *known_find(const struct known_table *, u32 pid, u32 version);
/*
 * Who executed next, when that was never told: the same process, so all that an
 * exec keeps (pid, start, parent, ids) is next's; its path is not known. Borrowed.
 */
struct known *known_before(struct known_table *, const struct known *next, u32 version);
struct known *known_now(const struct known_table *, u32 pid); /* the newest one of that pid */

/* Moves out what known_text() gathered; the caller gives it to exec_text_free(). */
struct exec_text known_take_text(struct known_table *, u32 pid);

/* The exec of pid is reported: the program before it is forgotten. */
void known_forget_old(struct known_table *, u32 pid);
void known_forget(struct known_table *, u32 pid); /* it exited */

/* How many pids it holds. */
size_t known_count(const struct known_table *);

/*
 * After ends were lost, or not told of: marks every pid that does not run any
 * more. What it did before may still be on its way, so it is forgotten later,
 * by known_forget_ended(), unless the pid is told of anew before.
 */
void known_mark_ended(struct known_table *, bool (*runs)(void *ctx, u32 pid), void *ctx);
void known_forget_ended(struct known_table *);

/* A lone struct known from a record, with one reference; what the table makes of it. NULL: no memory. */
struct known *known_make(const struct known_table *, const struct wire_proc *);

/* A path's stat as es_file_t has it. */
void known_stat(struct stat *, const struct wire_stat *);

/* Wall clock of a time since boot; the same for the whole life of this process. */
struct timeval known_start_time(u64 since_boot_ns);

#endif
