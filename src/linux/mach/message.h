/*
 * mach/message.h - the audit token: who a process is.
 *
 * Stand-in for Linux; where the system has its own, that one is taken.
 */
#ifdef __APPLE__
#include_next <mach/message.h>
#else
#ifndef ESTOP_MACH_MESSAGE_H
#define ESTOP_MACH_MESSAGE_H

/* Opaque; read it with the accessors of <bsm/libbsm.h>, whose order is
 * auid, euid, egid, ruid, rgid, pid, asid, pidversion. */
typedef struct {
	unsigned int val[8];
} audit_token_t;

#endif
#endif
