/*
 * mute_row - the keys that mute or unmute a process (m, M, u, x), in every view that has one
 * under its cursor.
 */
#ifndef ESTOP_UI_MUTE_ROW_H
#define ESTOP_UI_MUTE_ROW_H

#include "model/history.h"
#include "ui/state.h"

/* The command of the key about this row; or says why not. */
void mute_row_key(struct ui *, const struct row *, enum action_id, struct command *);

/* The same about the process that acted in an event; its menu offers the targets, too. */
void mute_row_event(struct ui *, const struct history_entry *, enum action_id, struct command *);

/* The command of an action about the row. */
void mute_row_about(struct ui *, const struct row *, enum action_id, struct command *);

#endif
