/*
 * doctor - estop --doctor: what this system gives, what is missing and how to get it; and, with a
 * duration, the rates of all event types, to be sent in.
 *
 * One line for each question; those of the system are in tables of their own (src/linux/refusal.h,
 * src/darwin/platform.c), the rest in DOCTOR_TABLE.
 */
#ifndef ESTOP_APP_DOCTOR_H
#define ESTOP_APP_DOCTOR_H

#include "src/cli/options.h"

#include <stdio.h>

/* The name of a line, and who answers it: doctor.c. */
#define DOCTOR_TABLE(X)                                                                        \
	X(start,     "start",      "can it watch: a client is opened, and closed again")        \
	X(events,    "events",     "the event types of this system")                           \
	X(terminal,  "terminal",   "what the screen can be drawn with")                        \
	X(recording, "recordings", "what works without any of this")

/* Opens the live source, as client_open() does; another one for tests. Returns the exit status. */
typedef int doctor_open_fn(struct source *, struct ring *, int wake_fd, char *why, size_t len);
int doctor(FILE *out, const struct options *, doctor_open_fn *);

#endif
