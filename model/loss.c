/* loss - sums. */
#include "model/loss.h"

uint64_t
loss_sum(const uint64_t count[EV_COUNT])
{
	uint64_t sum = 0;

	for (unsigned id = 0; id < EV_COUNT; id++)
		sum += count[id];
	return sum;
}
