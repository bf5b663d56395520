/*
 * batch - estop without a screen: a frame of plain text after each interval,
 * and at the end what was produced, applied and lost.
 */
#ifndef ESTOP_APP_BATCH_H
#define ESTOP_APP_BATCH_H

#include "src/app/session.h"
#include "ui/ui.h"

/*
 * Writes frames until there were options->frames of them, or a signal comes.
 * 0: done; > 0: a signal's number, to die by (SIGPIPE: the reader is gone);
 * a negative errno with a sentence in why: the output could not be written.
 */
int batch_run(struct session *, const struct ui_config *, int signal_fd, FILE *out,
	      char *why, size_t len);

#endif
