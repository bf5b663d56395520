/*
 * mach/mach.h - just enough of Mach for a process to ask for its own audit token:
 *
 *	audit_token_t tok;
 *	mach_msg_type_number_t n = TASK_AUDIT_TOKEN_COUNT;
 *	task_info(mach_task_self(), TASK_AUDIT_TOKEN, (task_info_t)&tok, &n);
 *
 * Stand-in for Linux; where the system has its own, that one is taken.
 */
#ifdef __APPLE__
#include_next <mach/mach.h>
#else
#ifndef ESTOP_MACH_MACH_H
#define ESTOP_MACH_MACH_H

#include <mach/kern_return.h>
#include <mach/machine.h>
#include <mach/message.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

typedef unsigned int natural_t;
typedef int integer_t;
typedef natural_t mach_port_t;
typedef mach_port_t task_t;
typedef mach_port_t task_name_t;
typedef natural_t task_flavor_t;
typedef integer_t *task_info_t;
typedef natural_t mach_msg_type_number_t;

#define MACH_PORT_NULL ((mach_port_t)0)
#define mach_task_self() ((mach_port_t)1) /* the only task there is here */

#define TASK_AUDIT_TOKEN 15
#define TASK_AUDIT_TOKEN_COUNT \
	((mach_msg_type_number_t)(sizeof(audit_token_t) / sizeof(natural_t)))

/*
 * Fills info, which has room for *count natural_t, and sets *count to what was
 * filled. Only TASK_AUDIT_TOKEN of mach_task_self(): KERN_INVALID_ARGUMENT for
 * anything else or too little room, KERN_FAILURE when the token is not known.
 * Its symbol is one of es_linux_*, so that no other library's task_info() is in its way.
 */
kern_return_t task_info(task_name_t task, task_flavor_t flavor, task_info_t info,
			mach_msg_type_number_t *count) __asm__("es_linux_task_info");

__END_DECLS

#endif
#endif
