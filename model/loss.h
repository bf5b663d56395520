/*
 * loss - what was produced, applied and lost, by event type.
 *
 * Accounting identity, always: produced = applied + lost in kernel + lost in
 * ring, for every type (and muted, where the system counts it, apart).
 */
#ifndef ESTOP_MODEL_LOSS_H
#define ESTOP_MODEL_LOSS_H

#include "model/event.h"

struct loss {
	uint64_t kernel[EV_COUNT]; /* gaps in sequence numbers */
	uint64_t ring[EV_COUNT];   /* our own ring was full */
	uint64_t muted[EV_COUNT];  /* suppressed by mutes, where the system counts them */
	bool muted_known;
	uint64_t muted_elsewhere; /* of these: by a path, of processes in another mount namespace */
};

uint64_t loss_sum(const uint64_t count[EV_COUNT]);

#endif
