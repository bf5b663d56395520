/*
 * report - what came of a command, for the end: how it ended, the programs it ran, the
 * files opened most, counts and losses. Plain text; nothing in it can act on a terminal.
 */
#ifndef ESTOP_APP_REPORT_H
#define ESTOP_APP_REPORT_H

#include "src/app/session.h"

enum { REPORT_FILES = 10 };

/* Figures are those of the last session_stop() or frame. */
void report_command(FILE *, const struct session *);

#endif
