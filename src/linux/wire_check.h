/*
 * wire_check - is a record of the kernel's ring what its head says?
 *
 * The programs are ours, but a reader that believes a length is one mistake away from reading
 * what is not there. Any thread.
 */
#ifndef ESTOP_LINUX_WIRE_CHECK_H
#define ESTOP_LINUX_WIRE_CHECK_H

#include "src/linux/wire.h"

#include <stdbool.h>
#include <stddef.h>

/* Does the record have its struct, and its text and pieces within head.size? Reads no further. */
bool wire_valid(const struct wire_head *);

#endif
