/*
 * tracer - the BPF programs in the kernel, seen from user space.
 *
 * Loads them, hooks up only those that the subscribed events need, hands out
 * their records and keeps the mute maps. It knows wire.h and libbpf, nothing
 * of Endpoint Security. One thread drains; the other calls may come from any
 * thread as long as the caller keeps them one at a time.
 *
 * Functions return 0 or a negative errno.
 */
#ifndef ESTOP_LINUX_TRACER_H
#define ESTOP_LINUX_TRACER_H

#include "src/linux/cgroups.h"
#include "src/linux/wire.h"

#include <es_linux.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct tracer;

struct tracer_options {
	size_t ring_bytes; /* a power of two */
	unsigned mute_limit;
	es_linux_hooks_t hooks;
	FILE *debug; /* receives all messages of libbpf meanwhile; NULL: none */
};

/* Errors are those of refusal_explain(); why then holds its sentence. */
int tracer_open(struct tracer **, const struct tracer_options *, char *why, size_t len);
bool tracer_uses_functions(const struct tracer *);
void tracer_close(struct tracer *); /* NULL is fine; no other call may be under way */

/* Bits of enum wire_kind; an event that is not asked for costs nothing. */
int tracer_subscribe(struct tracer *, u64 kinds);

/*
 * What may be muted, by kind bits; 0 removes the entry. Takes effect on the next
 * event. What an entry suppresses is counted, for the first WIRE_SLOTS - 1 of them.
 */
int tracer_mute_process(struct tracer *, u32 pid, u32 version, u64 kinds);
int tracer_mute_path(struct tracer *, const char *path, size_t length, bool prefix, u64 kinds);

/*
 * The same for a subtree: id is not 0 and never used twice. Members are who was
 * added and what they fork from then on. tracer_adopt() returns 1 when the process
 * became a member, 0 when it was one, -ENOSPC when it is in too many subtrees.
 */
int tracer_mute_subtree(struct tracer *, u32 id, u64 kinds);
int tracer_adopt(struct tracer *, u32 id, u32 pid);

/*
 * The same for all processes in a cgroup whose path has this component or, when it begins with a
 * slash, this beginning; and for those with this effective user id.
 */
int tracer_mute_unit(struct tracer *, const char *name, u64 kinds);
int tracer_mute_user(struct tracer *, u32 uid, u64 kinds);

/* Events an entry has suppressed; false: it is not counted, or there is no such entry. */
bool tracer_suppressed_process(struct tracer *, u32 pid, u32 version, u64 *count);
bool tracer_suppressed_path(struct tracer *, const char *path, size_t length, bool prefix, u64 *count);
bool tracer_suppressed_subtree(struct tracer *, u32 id, u64 *count);
bool tracer_suppressed_unit(struct tracer *, const char *name, u64 *count);
bool tracer_suppressed_user(struct tracer *, u32 uid, u64 *count);
void tracer_invert(struct tracer *, bool processes, bool paths);

/*
 * Waits until the ring has filled to its mark, tracer_nudge() was called or the
 * time is over. Then drain: record after record, in kernel order, at most max of
 * them. Returns how many.
 */
void tracer_wait(struct tracer *, int timeout_ms);
void tracer_nudge(struct tracer *);
unsigned tracer_drain(struct tracer *, unsigned max, void (*record)(void *ctx, const struct wire_head *),
		      void *ctx);

/* How far the ring is written; and is it drained that far? An uncommitted record holds up those after it. */
uint64_t tracer_produced(struct tracer *);
bool tracer_drained(struct tracer *, uint64_t goal);

/* Opens what needs more privileges than a client needs later. Before they are given up; more often is fine. */
void tracer_prepare(void);

void tracer_counters(struct tracer *, struct wire_counters *sum); /* any thread, any time */

/*
 * How often the kernel left out a program, as it was under way on that CPU for
 * a process that had been preempted (Linux 7 and later, and function hooks). What
 * the programs left out themselves is in wire_counters.skipped. Not all of them would
 * have been events. Asks the kernel once for each program. Any thread.
 */
uint64_t tracer_missed(struct tracer *);
size_t tracer_ring_used(struct tracer *);

/* The paths of cgroups. tracer_processes() adds those it meets; the caller adds those it drains. */
struct cgroups *tracer_cgroups(struct tracer *);

/*
 * A WIRE_PROC for every process that runs now, or for one (pid, 0: all; SELF_PID:
 * the caller). Synchronous. -ESRCH when the one is not there.
 */
enum { SELF_PID = 0xffffffff };
int tracer_processes(struct tracer *, u32 pid, void (*visit)(void *ctx, const struct wire_proc *), void *ctx);

#endif
