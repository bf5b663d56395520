/*
 * view_processes - what other files want of the view of processes.
 */
#ifndef ESTOP_UI_VIEW_PROCESSES_H
#define ESTOP_UI_VIEW_PROCESSES_H

#include "model/reveal.h"
#include "ui/state.h"

/* Moves its cursor there, as soon as there is such a row. */
void processes_point_at(struct ui *, struct proc_key, bool group); /* group: a ROW_GROUP */

/* What came of ACTION_SEARCH; found NULL: nothing. */
void processes_found(struct ui *, const struct reveal *found, bool backwards);

void processes_sort_by(struct ui *, const struct column *, bool reversed, struct command *);
void processes_group_by(struct ui *, enum grouping, struct command *);

/* Was there room for the column when the view was drawn last? */
bool processes_show(const struct ui *, const struct column *);

#endif
