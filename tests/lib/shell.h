/* shell - runs a shell command for a test, and keeps what it writes. */
#ifndef ESTOP_TESTS_LIB_SHELL_H
#define ESTOP_TESTS_LIB_SHELL_H

#include <stddef.h>

/* %E in the command stands for text when letter is 'E'. A list of them ends with a 0. */
struct shell_word {
	char letter;
	const char *text;
};

/* Its exit status, or 128 + the signal's number; its output, cut to the room there is. */
int shell_run(const char *command, const struct shell_word words[], char *output, size_t size);

/*
 * The same, where it has to succeed: %M is make on what is built, %B where that is, %D a directory of the
 * test. Skips the test where nobody says what is built.
 */
void shell_make(const char *command, const char *directory, char *output, size_t size);

#endif
