/*
 * views - all of them.
 */
#ifndef ESTOP_UI_VIEWS_H
#define ESTOP_UI_VIEWS_H

#include "ui/view.h"

/* Those of VIEW_TABLE, then what is laid over one: view_name is in ui/view_name.c. */
#define VIEW_FILE_TABLE(X)        \
	X(PROCESSES, processes)   \
	X(FILES,     files)       \
	X(EVENTS,    events)      \
	X(MUTES,     mutes)       \
	X(TYPES,     types)       \
	X(DETAIL,    detail)      \
	X(CHART,     chart)

#define X(id, name) extern const struct view view_##name;
VIEW_FILE_TABLE(X)
#undef X

extern const struct view *const view_all[VIEW_SLOTS]; /* by enum view_id */

#endif
