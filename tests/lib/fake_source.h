/*
 * fake_source - a source without a system: a thread that writes events nobody
 * made, always the same ones in the same order. It mutes and refuses to mute
 * like the real one, and counts exactly what it did.
 */
#ifndef FAKE_SOURCE_H
#define FAKE_SOURCE_H

#include "src/base/source.h"

struct fake_config {
	unsigned processes;  /* running at the start, children of process 1; at most 1000 */
	uint64_t events;     /* to write in all; 0: none */
	uint64_t per_second; /* 0: as fast as it can */
	unsigned mute_limit; /* processes that can be muted; 0: 1000 */
	unsigned others;     /* every so many events one of a type that is not core, in turn; 0: none */
	bool lose_exits;     /* exit events are lost in the kernel */
	bool marks; /* it can say when all that happened is in the ring: when fake_pass_mark() was called */
	bool waits; /* nothing is written before fake_go() */
	const char *refuse; /* opening fails with this sentence */
};

/* Read by fake_open(). Every FAKE_LIFE'th event is part of the short life of a further process. */
extern struct fake_config fake_config;

enum { FAKE_FIRST_PID = 100, FAKE_LIFE = 32 };

int fake_open(struct source *, struct ring *, int wake_fd, char *why, size_t len);

/* Any thread. What was produced so far, lost and muted left out or not. */
uint64_t fake_produced(const struct source *, enum event_id);
int fake_signalled(const struct source *); /* the last signal that was sent; 0: none */
uint64_t fake_muted(const struct source *, enum event_id);
unsigned fake_backfills(const struct source *); /* the one at the start included */
void fake_pass_mark(struct source *);
void fake_go(struct source *);
void fake_refuse_inversion(struct source *, bool); /* to turn a side, either way */
bool fake_finished(const struct source *);         /* all events are written */

#endif
