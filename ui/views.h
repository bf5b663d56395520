/*
 * views - all of them.
 */
#ifndef ESTOP_UI_VIEWS_H
#define ESTOP_UI_VIEWS_H

#include "ui/view.h"

extern const struct view view_processes, view_files, view_events, view_mutes, view_types, view_detail;

extern const struct view *const view_all[VIEW_SLOTS]; /* by enum view_id */

#endif
