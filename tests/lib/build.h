/*
 * build - short words for events, so that tests read as stories.
 *
 * A builder gives a record that is good until sixteen more were built. Times
 * begin at NOON; at() gives an event another one.
 */
#ifndef BUILD_H
#define BUILD_H

#include "model/event.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SECOND 1000000000ull
#define NOON (1000000 * SECOND)

/* Process n in its version-th program, without a word about its parent. */
static inline struct event_proc
pid(int32_t n, uint32_t version)
{
	return (struct event_proc){
		.pid = n,
		.version = version,
		.uid = 1000,
		.start_ns = NOON - SECOND + (uint64_t)n,
	};
}

static inline struct event_proc
below(struct event_proc p, int32_t ppid)
{
	p.ppid = ppid;
	return p;
}

/* Another process of the same pid, begun so many ns after NOON. */
static inline struct event_proc
begun(struct event_proc p, uint64_t after_noon)
{
	p.start_ns = NOON + after_noon;
	return p;
}

static inline struct event_proc
as_user(struct event_proc p, uint32_t uid)
{
	p.uid = uid;
	return p;
}

static inline struct event *
event_of(enum event_id id, struct event_proc who)
{
	static _Alignas(8) char memory[16][16384];
	static unsigned next;
	struct event *e = (struct event *)memory[next++ % 16];

	memset(e, 0, sizeof(*e));
	e->size = sizeof(*e);
	e->id = (uint8_t)id;
	e->number = id < EV_COUNT ? event_info[id].number : 0;
	e->time_ns = NOON;
	e->who = who;
	return e;
}

static inline struct event *
with(struct event *e, enum field_tag tag, const char *text)
{
	assert(e->size + field_room(strlen(text)) <= 16384);
	event_add(e, tag, text, strlen(text));
	return e;
}

/* Arguments as a person writes them, separated by spaces. */
static inline struct event *
with_args(struct event *e, const char *args)
{
	char bytes[8192];
	size_t n = strlen(args) + 1;

	assert(n <= sizeof(bytes));
	memcpy(bytes, args, n);
	for (size_t i = 0; i < n; i++)
		if (bytes[i] == ' ')
			bytes[i] = '\0';
	event_add(e, FIELD_ARGS, bytes, n);
	return e;
}

static inline struct event *
at(struct event *e, uint64_t time_ns)
{
	e->time_ns = time_ns;
	return e;
}

static inline struct event *
open_of(struct event_proc who, const char *path)
{
	return with(event_of(EV_OPEN, who), FIELD_TARGET, path);
}

static inline struct event *
close_of(struct event_proc who, const char *path)
{
	return with(event_of(EV_CLOSE, who), FIELD_TARGET, path);
}

static inline struct event *
fork_of(struct event_proc parent, struct event_proc child)
{
	struct event *e = event_of(EV_FORK, parent);

	child.ppid = parent.pid;
	e->other = child;
	return e;
}

static inline struct event *
exec_of(struct event_proc before, struct event_proc after, const char *path)
{
	struct event *e = event_of(EV_EXEC, before);

	e->other = after;
	return with(e, FIELD_TARGET, path);
}

static inline struct event *
exit_of(struct event_proc who, int status)
{
	struct event *e = event_of(EV_EXIT, who);

	e->value = status;
	return e;
}

static inline struct event *
seen_of(struct event_proc who, const char *exe)
{
	return with(event_of(EV_SEEN, who), FIELD_EXE, exe);
}

#endif
