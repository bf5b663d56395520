/*
 * view_chart - events per second over time, of everything, of a row, or of a whole recording; laid over
 * the view it was opened from.
 */
#ifndef ESTOP_UI_VIEW_CHART_H
#define ESTOP_UI_VIEW_CHART_H

#include "ui/state.h"

/* Of this row; of everything without one, which of a recording is all of it. */
void chart_open(struct ui *, const struct row *, struct command *);

#endif
