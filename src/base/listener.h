/*
 * listener - a TCP socket that connections are accepted from. Main thread.
 */
#ifndef ESTOP_BASE_LISTENER_H
#define ESTOP_BASE_LISTENER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Opens one at ADDRESS:PORT, [ADDRESS]:PORT of IPv6, PORT, or ADDRESS, in numbers; NULL, or what is left
 * out: 127.0.0.1 and default_port. The descriptor, not blocking and closed by an exec, or a negative
 * errno with a sentence in why.
 */
int listener_open(const char *text, uint16_t default_port, char *why, size_t len);

/* Where it listens, as a URL has it: "127.0.0.1:9464", "[::1]:9464". Returns out; "?" where that is not known. */
const char *listener_name(int fd, char *out, size_t size);

/* Only whether that could be an address. 0, or -EINVAL with a sentence. */
int listener_check(const char *text, char *why, size_t len);

#endif
