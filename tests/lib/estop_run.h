/*
 * estop_run - the real program, run by shell commands of a test as root, in a directory of the test's own.
 *
 * In a command %E is estop, %C the test program itself, and %D the directory.
 */
#ifndef ESTOP_TESTS_LIB_ESTOP_RUN_H
#define ESTOP_TESTS_LIB_ESTOP_RUN_H

#include <stdbool.h>

extern char estop_self[4096];      /* path of the test program */
extern char estop_directory[64];   /* "": there is none */
extern char estop_output[1 << 20]; /* of the last command */

/* Before the tests. */
void estop_find_self(void);

/* Makes /tmp/estop-NAME.XXXXXX. False, with the reason on stdout: it cannot be tested here, and commands skip. */
bool estop_begin(const char *name);

/* cmocka's teardown: the directory goes. */
int estop_end(void **state);

/* Its status. Skips the test when there is no directory. */
int estop_run(const char *command);

/* The same, and fails the test with the output unless the status is this one. */
void estop_expect(const char *command, int status);

/* Of the output: it has this text; lines with all these words. */
void estop_says(const char *text);
unsigned estop_lines(const char *one, const char *two, const char *three);

#endif
