/*
 * actions - what keys do in every view.
 */
#ifndef ESTOP_UI_ACTIONS_H
#define ESTOP_UI_ACTIONS_H

#include "ui/state.h"

void action_do(struct ui *, const struct snapshot *, enum action_id, struct command *);

/* Does it mean something only among processes? */
bool action_is_for_processes(enum action_id);

/* To the next match of what was searched for last, or says why not. */
void action_search_again(struct ui *, const struct snapshot *, bool backwards);

#endif
