/*
 * only - O: show one subtree, unit or user alone. Filter and subscription say the same; Esc takes it back.
 */
#ifndef ESTOP_UI_ONLY_H
#define ESTOP_UI_ONLY_H

#include "ui/state.h"

void only_open(struct ui *, const struct row *); /* asks which of the row's */
void only_key(struct ui *, int key, struct command *);

/* Takes it back, and the filter to what it was. False: it is not on. */
bool only_end(struct ui *, const struct snapshot *, struct command *);

void only_finish(struct ui *); /* frees */

#endif
