/* release - see release.h. */
#include "src/darwin/release.h"

#include <stdio.h>

/* macOS, the kernel that came with it, and the last event type of its SDK; types only get added. */
#define RELEASE_TABLE(X)                                                            \
	X(10, 15, 19, 0, 49) X(11, 0, 20, 0, 99) X(11, 3, 20, 4, 102)               \
	X(12, 0, 21, 0, 110) X(13, 0, 22, 0, 125) X(14, 0, 23, 0, 145)              \
	X(15, 0, 24, 0, 146) X(15, 4, 24, 4, 147)

unsigned
release_last_type(const char *release)
{
	unsigned major, minor, last = 0;

	if (sscanf(release, "%u.%u", &major, &minor) != 2)
		return 0;
#define X(since, point, kernel, kernel_point, number)                                   \
	if (major > (kernel) || (major == (kernel) && minor >= (kernel_point)))         \
		last = (number);
	RELEASE_TABLE(X)
#undef X
	return last;
}
