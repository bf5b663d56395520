/*
 * log_run - without a screen: every event as a line of text or JSON (--log), or all of them as a file
 * of another program (--export), or none at all (--metrics).
 */
#ifndef ESTOP_APP_LOG_RUN_H
#define ESTOP_APP_LOG_RUN_H

#include "src/app/session.h"

/*
 * Writes events until the source or the command ends, or a signal arrives; returns as batch_run()
 * does.
 */
int log_run(struct session *, int signal_fd, int out_fd, char *why, size_t len);

#endif
