/*
 * folded - where events and time went, as text for flame graphs: --export=folded.
 *
 * A line for each stack of programs that did something: the programs from the root of the process tree
 * down, separated by semicolons, a blank, and a whole number. The stack of a process is that of the
 * process which forked it, at that time, and its own program; it stays when the parent ends.
 *
 *	systemd;sshd;bash;make;sh;cc1 1204
 *
 * The format is that of stackcollapse-*.pl of FlameGraph (https://github.com/brendangregg/FlameGraph):
 * flamegraph.pl takes all up to the last blank of a line for the stack and splits it at semicolons;
 * inferno and speedscope read the same. Names are the last component of the executable's path, safe
 * for a terminal, with a colon for a semicolon; "?" where it is not known. A number is never 0, and
 * counts what the last program of its stack did itself, not those above it.
 *
 * One thread. Memory is bounded: FOLDED_STACKS stacks; what is deeper or comes later counts for the
 * stack it would stand on, so sums stay exact. Of processes, those that live.
 */
#ifndef ESTOP_STREAM_FOLDED_H
#define ESTOP_STREAM_FOLDED_H

#include "model/tree.h"
#include "src/base/strbuf.h"

enum { FOLDED_STACKS = 1 << 16, FOLDED_DEPTH = 256 };

/*
 * What the numbers are. Time: microseconds in which a process ran and none that it forked did, so that
 * of programs which wait for one another it is counted once.
 */
#define FOLDED_TABLE(X) \
	X(EVENTS)       \
	X(OPENS)        \
	X(TIME)

enum folded_weight {
#define X(id) FOLDED_##id,
	FOLDED_TABLE(X)
#undef X
};

struct folded;

/* tree: what is known of processes that have done nothing yet; not owned. */
struct folded *folded_create(const struct tree *tree);
void folded_destroy(struct folded *); /* NULL is fine */

/* An event, before it is applied to the tree. EV_SEEN is none: it only makes a process known. */
void folded_take(struct folded *, const struct event *);

/* Appends the lines. Processes that still run are counted up to the last event. */
void folded_write(struct folded *, struct text *, enum folded_weight);

#endif
