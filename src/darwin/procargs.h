/*
 * procargs - the arguments of a process, out of what KERN_PROCARGS2 gives.
 *
 * The buffer is: their number (int), the path of the executable, NULs up to an
 * aligned place, then each argument with its NUL, then the environment. A
 * process can write over all of it, so nothing in it is relied on.
 */
#ifndef ESTOP_SRC_DARWIN_PROCARGS_H
#define ESTOP_SRC_DARWIN_PROCARGS_H

#include <EndpointSecurity/EndpointSecurity.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Fills args, which has room for max, with places in the buffer. How many there
 * are. An argument that the end of the buffer cuts off is the last.
 */
uint32_t procargs_parse(const char *buffer, size_t size, es_string_token_t *args, uint32_t max);

#endif
