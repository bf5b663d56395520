/* screen_run - the program with a screen: keys become commands, an interval a frame. */
#ifndef ESTOP_APP_SCREEN_RUN_H
#define ESTOP_APP_SCREEN_RUN_H

#include "src/app/session.h"
#include "ui/ui.h"

/*
 * The program with a screen, until it ends. 0: the user left; > 0: a signal's
 * number, to die by; -EIO: the terminal is gone; -EINVAL: nothing of the recording can
 * be used, with a sentence in why. The caller closes the ui. The screen stays when the command
 * ends; leaving before that asks for confirmation.
 */
int screen_run(struct session *, struct ui *, int signal_fd, int key_fd, char *why, size_t len);

#endif
