/* views - see views.h. */
#include "ui/views.h"

static const struct view *const views[VIEW_COUNT] = {
	[VIEW_PROCESSES] = &view_processes,
	[VIEW_FILES] = &view_files,
	[VIEW_EVENTS] = &view_events,
	[VIEW_MUTES] = &view_mutes,
	[VIEW_TYPES] = &view_types,
};

const struct view *
view_of(enum view_id id)
{
	return views[id];
}
