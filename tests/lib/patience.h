/*
 * patience - how long a test waits for what it wants to see before it fails. Deadlines are for what hangs, and
 * are the same for a test everywhere; where everything is slow, as in an emulated machine, ESTOP_PATIENCE in the
 * environment is what they are multiplied with.
 */
#ifndef ESTOP_TESTS_PATIENCE_H
#define ESTOP_TESTS_PATIENCE_H

unsigned patience(unsigned seconds); /* in seconds, too */

#endif
