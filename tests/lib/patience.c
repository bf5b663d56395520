/* patience - see patience.h. */
#include "tests/lib/patience.h"

#include <stdlib.h>

unsigned
patience(unsigned seconds)
{
	const char *factor = getenv("ESTOP_PATIENCE");
	long times = factor ? strtol(factor, NULL, 10) : 1;

	return seconds * (unsigned)(times > 0 ? times : 1);
}
