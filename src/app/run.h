/*
 * run - one run of estop, from its options to its exit status.
 */
#ifndef ESTOP_APP_RUN_H
#define ESTOP_APP_RUN_H

#include "src/cli/options.h"

/* Exit statuses; with a command, its own takes the place of the first. */
enum { EXIT_FINE, EXIT_CANNOT, EXIT_USAGE };

/*
 * Brings up terminal, command, signals, source and model in this order, shows events until the end,
 * and takes everything down again. Errors are printed. Returns the exit status, or dies by the
 * signal that ended it.
 */
int run(const struct options *);

#endif
