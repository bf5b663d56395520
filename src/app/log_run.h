/*
 * log_run - --log: every event of a session as text or JSON, in place of the screen.
 */
#ifndef ESTOP_APP_LOG_RUN_H
#define ESTOP_APP_LOG_RUN_H

#include "src/app/session.h"

/*
 * Writes events until a signal comes or the source ends; returns as batch_run()
 * does.
 */
int log_run(struct session *, int signal_fd, int out_fd, char *why, size_t len);

#endif
