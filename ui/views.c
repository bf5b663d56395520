/* views - see views.h. */
#include "ui/views.h"

const struct view *const view_all[VIEW_SLOTS] = {
#define X(id, name) [VIEW_##id] = &view_##name,
	VIEW_FILE_TABLE(X)
#undef X
};
