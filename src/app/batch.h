/*
 * batch - without a screen (-b): a frame after each interval, as text or as data, and at the end the
 * events produced, applied and lost.
 */
#ifndef ESTOP_APP_BATCH_H
#define ESTOP_APP_BATCH_H

#include "src/app/session.h"
#include "ui/ui.h"

/*
 * Writes frames until options->frames are written, the source or the command ends, or a signal
 * arrives. 0: done; > 0: a signal's number, to die by (SIGPIPE: the reader is gone); or a negative
 * errno with a sentence in why.
 */
int batch_run(struct session *, const struct ui_config *, int signal_fd, FILE *out, char *why, size_t len);

#endif
