/*
 * follow - processes that stay in scope whatever they become, and all they start: those of "-p PATH+".
 *
 * A process is followed from the moment it matches: when it is seen to run already, or when it
 * executes a program. That lasts until it exits, and what it forks is followed from then on, which the
 * tree passes on. Main thread.
 */
#ifndef ESTOP_MODEL_FOLLOW_H
#define ESTOP_MODEL_FOLLOW_H

#include "model/filter.h"
#include "model/tree.h"

/* After an event was applied: who begins to be followed by it? f NULL: nobody. */
void follow(struct tree *, const struct filter *f, const char *(*user_name)(uint32_t uid),
	    const struct event *);

#endif
