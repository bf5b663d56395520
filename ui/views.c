/* views - see views.h. */
#include "ui/views.h"

const struct view *const view_all[VIEW_SLOTS] = {
	[VIEW_PROCESSES] = &view_processes,
	[VIEW_FILES] = &view_files,
	[VIEW_EVENTS] = &view_events,
	[VIEW_MUTES] = &view_mutes,
	[VIEW_TYPES] = &view_types,
	[VIEW_DETAIL] = &view_detail,
};
