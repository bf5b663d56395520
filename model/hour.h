/*
 * hour - the last hour: events per second by type, of everything, and of the programs and
 * processes that did most.
 *
 * Kept as round-robin archives: the last 3 minutes by second, the last 15 by 5 seconds, and the
 * hour by 20. Nothing is done for an event: once per interval the rates of the tree are added up, of those
 * processes that did something. HOUR_PROGRAMS and HOUR_PROCESSES have a track each, 13,032 bytes; another
 * that does more takes the place of the one that did least of late. What is looked at has one, too, so
 * all takes at most 1.3 MiB. Plain data; main thread, part of the model.
 */
#ifndef ESTOP_MODEL_HOUR_H
#define ESTOP_MODEL_HOUR_H

#include "model/chart.h"
#include "model/tree.h"

enum { HOUR_SLOTS = 180, HOUR_PROGRAMS = 48, HOUR_PROCESSES = 48 };

/* Lengths of a slot in seconds, and what so many are called. */
#define HOUR_SPAN_TABLE(X)          \
	X(1, "3 min")               \
	X(5, "15 min")              \
	X(20, "1 h")

enum {
#define X(secs, name) HOUR_SPAN_##secs,
	HOUR_SPAN_TABLE(X)
#undef X
	HOUR_SPANS
};

extern const char *const hour_span_name[HOUR_SPANS];

/* Whose chart it is. */
struct hour_whose {
	enum { HOUR_ALL, HOUR_OF_PROGRAM, HOUR_OF_PROCESS } of;
	const char *exe;     /* OF_PROGRAM */
	struct proc_key key; /* OF_PROCESS */
};

struct hour;

struct hour *hour_create(void);
void hour_destroy(struct hour *); /* NULL is fine */
void hour_clear(struct hour *);

/* The end of an interval, after tree_tick(). */
void hour_tick(struct hour *, const struct tree *, uint64_t now_ns);

/* Something to be seen in every chart. */
void hour_mark(struct hour *, enum chart_mark, uint64_t now_ns);

/*
 * The chart of these, which are kept from now on if they were not, until others are asked for. Slots
 * of before are not measured.
 */
void hour_chart(struct hour *, const struct tree *, const struct hour_whose *, unsigned span, struct chart *);

/* Bytes it takes now. */
size_t hour_bytes(const struct hour *);

#endif
