/*
 * process_cache - the processes that records have described, ready to be put into messages.
 *
 * For each pid the program execution that runs now and, while an exec is being
 * reported, the one before it. Bounded by the processes that are alive. The
 * table belongs to one thread; a struct cached_process lives as long as a reference holds
 * a reference, and any thread may give one back.
 */
#ifndef ESTOP_LINUX_PROCESS_CACHE_H
#define ESTOP_LINUX_PROCESS_CACHE_H

#include "src/linux/cgroups.h"

#include <EndpointSecurity/EndpointSecurity.h>
#include <stdatomic.h>

struct cached_process {
	atomic_uint references;
	es_process_t process;
	es_file_t executable, tty;
	struct cgroup_name *cgroup; /* NULL: not known */
	bool kernel_thread;
	char comm[16];
	char text[]; /* the strings of the above */
};

struct cached_process *process_cache_hold(struct cached_process *); /* adds a reference; NULL is fine */
void process_cache_drop(struct cached_process *);                   /* drops a reference; NULL is fine */

/* What an exec brings along, piece by piece, until its WIRE_EXEC comes. */
struct exec_text {
	char *args; /* arguments and environment, as in memory */
	size_t length;
	char *cwd;    /* may be NULL */
	es_fd_t *fds; /* may be NULL */
	uint32_t fd_count;
};

void exec_text_free(struct exec_text *);

struct process_cache;

/* cgroups: where names are taken from; it outlives the cache. May be NULL. NULL: out of memory. */
struct process_cache *process_cache_create(struct cgroups *cgroups);
void process_cache_destroy(struct process_cache *);

/* Adds the child of a fork, a copy of its parent; false when the parent is not in the cache. */
bool process_cache_fork(struct process_cache *, const struct wire_fork *);

/* Takes up a WIRE_PROC, and a WIRE_TEXT for the program last taken up. */
void process_cache_add(struct process_cache *, const struct wire_proc *);
void process_cache_add_text(struct process_cache *, const struct wire_text *);

/* The execution of that version (borrowed), or NULL when it is not in the cache. */
struct cached_process *process_cache_find(const struct process_cache *, u32 pid, u32 version);
/*
 * The execution before next, when it is not in the cache: the same process, so all that an
 * exec keeps (pid, start, parent, ids) is next's; its path is not known. Borrowed.
 */
struct cached_process *process_cache_make_before(struct process_cache *, const struct cached_process *next,
						 u32 version);
struct cached_process *process_cache_newest(const struct process_cache *,
					    u32 pid); /* the newest one of that pid */

/*
 * Moves out what process_cache_add_text() gathered; the caller gives it to exec_text_free(). Of all
 * that wait for their exec at most PROCESS_CACHE_TEXT_MAX bytes are kept: where execs were lost, the
 * oldest texts are dropped, and an exec without its text has no arguments.
 */
enum { PROCESS_CACHE_TEXT_MAX = 32 << 20 };
size_t process_cache_text_bytes(const struct process_cache *);
struct exec_text process_cache_take_text(struct process_cache *, u32 pid);

/* The exec of pid is reported: the program before it is forgotten. */
void process_cache_forget_old(struct process_cache *, u32 pid);
void process_cache_forget(struct process_cache *, u32 pid); /* it exited */

/* How many pids it holds. */
size_t process_cache_count(const struct process_cache *);

/*
 * After exits were lost, or not subscribed to: marks every pid that does not run any
 * more. What it did before may still be on its way, so it is forgotten later,
 * by process_cache_forget_ended(), unless the pid is added again before.
 */
void process_cache_mark_ended(struct process_cache *, bool (*runs)(void *ctx, u32 pid), void *ctx);
void process_cache_forget_ended(struct process_cache *);

/*
 * A lone struct cached_process from a record, with one reference; what the table makes of it. The
 * cache, and cgroups, may be NULL. NULL: no memory.
 */
struct cached_process *process_cache_make(const struct process_cache *, struct cgroups *,
					  const struct wire_proc *);

/* A path's stat as es_file_t has it. */
void process_cache_stat(struct stat *, const struct wire_stat *);

/* Wall clock of a time since boot; the same for the whole life of this process. */
struct timeval process_cache_start_time(u64 since_boot_ns);

#endif
