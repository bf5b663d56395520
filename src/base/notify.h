/*
 * notify - says to the service manager that estop is ready, and from then on that it is alive: the protocol of
 * sd_notify(3), a datagram to the socket that $NOTIFY_SOCKET names, without libsystemd.
 *
 * One for the process; main thread. Without that variable nothing is said, and no call fails.
 */
#ifndef ESTOP_BASE_NOTIFY_H
#define ESTOP_BASE_NOTIFY_H

#include <stdint.h>

/* Before sockets are given up. The variables are taken from the environment, so a command does not get them. */
void notify_open(void);
void notify_close(void);

/* What was asked for has begun: "READY=1". */
void notify_ready(void);

/* Alive, on the steady clock: "WATCHDOG=1", twice in each $WATCHDOG_USEC; nothing without it. */
void notify_alive(uint64_t now_ns);

#endif
