/*
 * mach/kern_return.h - result codes of Mach calls, as far as estop meets them.
 *
 * Stand-in for Linux; where the system has its own, that one is taken.
 */
#ifdef __APPLE__
#include_next <mach/kern_return.h>
#else
#ifndef ESTOP_MACH_KERN_RETURN_H
#define ESTOP_MACH_KERN_RETURN_H

typedef int kern_return_t;

#define KERN_SUCCESS 0
#define KERN_INVALID_ARGUMENT 4
#define KERN_FAILURE 5

#endif
#endif
