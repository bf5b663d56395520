/*
 * actions - what a key does: in the view, else everywhere.
 */
#ifndef ESTOP_UI_ACTIONS_H
#define ESTOP_UI_ACTIONS_H

#include "ui/state.h"

/* As the view has it in its table; else as ACTION_TABLE has it. */
void actions_do(struct ui *, const struct snapshot *, enum action_id, struct command *);

/* As ACTION_TABLE has it, whatever is shown. */
void actions_do_anywhere(struct ui *, const struct snapshot *, enum action_id, struct command *);

/* To the next match of what was searched for last, or says why not. */
void actions_search_again(struct ui *, const struct snapshot *, bool backwards, struct command *);

/* The same of the view that is shown, which has a search. from_here: where the cursor is may match. */
void actions_search(struct ui *, const struct snapshot *, bool backwards, bool from_here, struct command *);

#endif
