/* grouping - see grouping.h. */
#include "model/grouping.h"

enum { MUTES_NONE, MUTES_EXE };

const struct grouping_info grouping_info[GROUPING_COUNT] = {
#define X(id, name, key, title, many, mute, help) { name, title, many, help, key, MUTES_##mute == MUTES_EXE },
	GROUPING_TABLE(X)
#undef X
};
