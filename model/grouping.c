/* grouping - see grouping.h. */
#include "model/grouping.h"

const struct grouping_info grouping_info[GROUPING_COUNT] = {
#define X(id, name, key, title, many, mute, help) { name, title, many, help, key },
	GROUPING_TABLE(X)
#undef X
};
