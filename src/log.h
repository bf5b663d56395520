/*
 * log - every event as text or JSON, in place of the screen.
 */
#ifndef ESTOP_SRC_LOG_H
#define ESTOP_SRC_LOG_H

#include "src/session.h"
#include "src/base/strbuf.h"

/* Appends the event. Nothing from outside can act on a terminal, but in JSON, where it is data. */
void log_write(struct text *, const struct event *, enum log_form);

/*
 * Writes events until a signal comes or the source ends; returns as batch_run()
 * does.
 */
int log_run(struct session *, int signal_fd, int out_fd, char *why, size_t len);

#endif
