/* source - see source.h. */
#include "src/base/source.h"
#include "src/base/clock.h"

uint64_t
source_now(const struct source *s)
{
	return s->ops->live ? clock_wall() : s->ops->now(s->self);
}
