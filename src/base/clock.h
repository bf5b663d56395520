/*
 * clock - the two clocks. The model never reads one; src does, through these.
 */
#ifndef ESTOP_BASE_CLOCK_H
#define ESTOP_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t
clock_read(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Nanoseconds since 1970: what events carry. Can be set, and then jumps. */
static inline uint64_t
clock_wall(void)
{
	return clock_read(CLOCK_REALTIME);
}

/* Nanoseconds since some start: for intervals. */
static inline uint64_t
clock_steady(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

/* As clock_steady(), for what takes less than a microsecond: a Mac's CLOCK_MONOTONIC has whole ones. */
static inline uint64_t
clock_fine(void)
{
#ifdef CLOCK_UPTIME_RAW
	return clock_read(CLOCK_UPTIME_RAW);
#else
	return clock_steady();
#endif
}

#endif
