/*
 * mach/mach_time.h - the clock of es_message_t.mach_time.
 *
 * Stand-in for Linux; where the system has its own, that one is taken.
 * Here a tick is a nanosecond of CLOCK_MONOTONIC. The symbols are of es_linux_*, so that they are not
 * taken for those of another library.
 */
#ifdef __APPLE__
#include_next <mach/mach_time.h>
#else
#ifndef ESTOP_MACH_MACH_TIME_H
#define ESTOP_MACH_MACH_TIME_H

#include <mach/kern_return.h>
#include <stdint.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

/* Nanoseconds are ticks * numer / denom. */
struct mach_timebase_info {
	uint32_t numer;
	uint32_t denom;
};
typedef struct mach_timebase_info mach_timebase_info_data_t;
typedef struct mach_timebase_info *mach_timebase_info_t;

/* Ticks since an arbitrary start, not counting sleep. Any thread. */
uint64_t mach_absolute_time(void) __asm__("es_linux_mach_absolute_time");

/* Always 1/1 here. KERN_INVALID_ARGUMENT for NULL. */
kern_return_t mach_timebase_info(mach_timebase_info_t info) __asm__("es_linux_mach_timebase_info");

__END_DECLS

#endif
#endif
