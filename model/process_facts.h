/*
 * process_facts - what events say of a process that the tree has no room for: its directory at
 * exec, its code signature.
 *
 * Of the processes heard of last, exited ones too: the oldest leave. Main thread only.
 */
#ifndef ESTOP_MODEL_PROCESS_FACTS_H
#define ESTOP_MODEL_PROCESS_FACTS_H

#include "model/event.h"
#include "model/tree.h"

enum {
	FACTS_PROCESSES = 8192,
	FACTS_TEXT = 1024, /* bytes of each text; the rest is cut */
};

struct process_facts; /* of all processes */

/* Of one process. NULL: not known; signing_id and team_id also of a program without a signature. */
struct process_fact {
	const char *cwd, *signing_id, *team_id;
	bool has_signature; /* a signature was in an event: the next two are known */
	bool platform;      /* a platform binary */
	uint32_t csflags;
};

struct process_facts *process_facts_create(void);
void process_facts_destroy(struct process_facts *); /* NULL is fine */
void process_facts_clear(struct process_facts *);
void process_facts_apply(struct process_facts *, const struct event *);

/* Good until the next apply. False: nothing is known of it. */
bool process_facts_get(const struct process_facts *, struct proc_key, struct process_fact *);

#endif
