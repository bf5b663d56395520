/*
 * running - the processes that run, according to the events of a recording: with them, and with the mutes
 * in force, each of its parts begins. One thread at a time.
 */
#ifndef ESTOP_STREAM_RUNNING_H
#define ESTOP_STREAM_RUNNING_H

#include "model/event.h"
#include "src/base/strbuf.h"

struct running;

struct running *running_create(void);
void running_destroy(struct running *); /* NULL is fine */

/* The next event of the recording: seen, exec, fork and exit count. Needs its DETAIL. */
void running_take(struct running *, const struct event *);

/* Exits were lost: forgets processes of this machine that are not there any more. */
void running_check(struct running *);

size_t running_count(const struct running *);

/* Calls visit with an EV_SEEN with a DETAIL, as of this time, for every process. */
void running_each(const struct running *, uint64_t time_ns, void (*visit)(void *ctx, const struct event *),
		  void *ctx);

#endif
