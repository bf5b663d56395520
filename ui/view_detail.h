/*
 * view_detail - all that is known of one process, file or event, laid over the view it was opened from.
 */
#ifndef ESTOP_UI_VIEW_DETAIL_H
#define ESTOP_UI_VIEW_DETAIL_H

#include "ui/state.h"

/* Of the process of this row, or of the exited ones that share it. */
void detail_open(struct ui *, const struct row *, struct command *);

/* Of an event in this history. */
void detail_open_event(struct ui *, const struct history *, const struct history_entry *, struct command *);

#endif
