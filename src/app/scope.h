/*
 * scope - which processes a session is about: all, those that -p and -u select, or a command and
 * its descendants, and of these those that -p and -u select.
 *
 * Main thread only. Part of the session.
 */
#ifndef ESTOP_APP_SCOPE_H
#define ESTOP_APP_SCOPE_H

#include "model/event.h"
#include "model/family.h"
#include "model/filter.h"
#include "model/tree.h"

struct scope {
	struct filter *filter;      /* of -p and -u; NULL: all processes */
	struct filter *follow;      /* of these, whom to follow (model/follow.h); NULL: nobody */
	struct family *family;      /* the command and its descendants; NULL: all processes */
	uint64_t outside[EV_COUNT]; /* events of processes outside the family, by type */
};

/* text: the filter of -p and -u, follow: that of whom to follow; or NULL. 0, or -EINVAL with a sentence in why. */
int scope_open(struct scope *, const char *text, const char *follow, char *why, size_t len);
void scope_close(struct scope *); /* zeroed is fine */

/* From now on the family of this process alone. */
void scope_follow(struct scope *, int32_t pid);

/* Is the event one of the family's? Learns from forks and exits, and counts those outside. */
bool scope_take(struct scope *, const struct event *);

/*
 * Do -p and -u select the process that acted? Of an exec, also the new program. The tree knows
 * what the event does not say: the script, and whether the process is followed.
 */
bool scope_match(const struct scope *, const struct tree *, const struct event *);

/* After a survey: members of the family that are not in the tree any more have ended. */
void scope_survey(struct scope *, const struct tree *);

#endif
