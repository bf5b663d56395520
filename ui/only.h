/*
 * only - O: show what the row is about alone: a subtree, a unit, a user, a program. Filter and
 * subscription say the same where a rule can say it; Esc takes it back.
 */
#ifndef ESTOP_UI_ONLY_H
#define ESTOP_UI_ONLY_H

#include "ui/state.h"

/* At once; again, while it is on: asks for something else of the row. */
void only_this(struct ui *, const struct row *, struct command *);
void only_key(struct ui *, int key, struct command *);

/* Takes it back, and the filter to what it was. False: it is not on. */
bool only_end(struct ui *, const struct snapshot *, struct command *);

void only_finish(struct ui *); /* frees */

#endif
