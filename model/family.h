/*
 * family - a process and all that come from it, by their forks.
 *
 * A process forked by a member is a member, also after its parent has exited: a
 * daemon stays in the family. If a fork was lost or arrives late, the parent an
 * event names serves. A process whose responsible process is a member belongs to it
 * as well (macOS: a service that launchd started for it). One thread; memory is bounded by the members alive.
 */
#ifndef ESTOP_MODEL_FAMILY_H
#define ESTOP_MODEL_FAMILY_H

#include "model/event.h"

struct family;

struct family *family_create(int32_t pid); /* of this process alone */
void family_destroy(struct family *);      /* NULL is fine */

/* Is the event one of the family's? Also learns from it: of births and deaths. */
bool family_take(struct family *, const struct event *);

/*
 * After a survey: members for which runs() is false have exited, whatever their events said. start_ns 0:
 * not known.
 */
void family_survey(struct family *, bool (*runs)(void *ctx, int32_t pid, uint64_t start_ns), void *ctx);

size_t family_alive(const struct family *);
bool family_has_first(const struct family *); /* has it not exited yet? */

#endif
