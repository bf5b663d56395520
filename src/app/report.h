/*
 * report - the summary of a command: its exit status, the programs it ran, the files it
 * opened most, counts and losses. Plain text; nothing in it can act on a terminal.
 */
#ifndef ESTOP_APP_REPORT_H
#define ESTOP_APP_REPORT_H

#include "src/app/session.h"

enum { REPORT_FILES = 10 };

/* Figures are those of the last session_stop() or frame. */
void report_command(FILE *, const struct session *);

#endif
