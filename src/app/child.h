/*
 * child - the process of the command after "--": forked before anything is watched, executed
 * when everything is, with its output.
 *
 * Main thread. It has a process group of its own, so that estop decides what Ctrl-C does, and
 * signals, limits and environment as estop found them. It opens and closes nothing between
 * fork and exec, once estop watches: its first event is the exec.
 */
#ifndef ESTOP_APP_CHILD_H
#define ESTOP_APP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct child;

/* Exit statuses, as of a shell. */
enum { CHILD_NOT_EXECUTABLE = 126, CHILD_NOT_FOUND = 127, CHILD_BY_SIGNAL = 128 };

enum child_streams {
	CHILD_CAPTURE, /* stdin is /dev/null; output is kept and printed at the end. For a screen */
	CHILD_SHARE,   /* stdin is that of estop, unless a terminal; output goes to its stderr */
};

/*
 * Forks, and waits until the child is ready to execute argv. 0, or CHILD_NOT_FOUND,
 * CHILD_NOT_EXECUTABLE or a negative errno, with a sentence in why. Before there are threads and
 * signal handlers.
 */
int child_open(struct child **, char *const argv[], enum child_streams, char *why, size_t len);

/* Ends a child that was not executed yet; one that runs continues. NULL is fine. */
void child_close(struct child *);

pid_t child_pid(const struct child *);
const char *child_name(const struct child *); /* as typed, for messages */

/* Executes it. 0, or CHILD_NOT_EXECUTABLE with a sentence in why. */
int child_exec(struct child *, char *why, size_t len);

/* Has it ended? Never waits. */
bool child_ended(struct child *);
uint64_t child_ran_ns(const struct child *); /* since its exec, until it ended or now */
int child_exit_status(const struct child *); /* 0 to 255, CHILD_BY_SIGNAL + n; -1 while it runs */
/* "running", "exit status 2", "killed by SIGTERM" */
void child_state(const struct child *, char *out, size_t len);

/* Sends a signal to its process group. False: it has ended. */
bool child_signal(struct child *, int number);

/*
 * Forwards the first signal that asks estop to end to the command, whose end then ends estop: true.
 * False for the next one, which is meant for estop, and when the command has ended.
 */
bool child_forward(struct child *, int number);

int child_output_fd(const struct child *); /* to poll; -1: none, or at end of file */
void child_read_output(struct child *);    /* some of it; never waits */

/* Prints its output, byte for byte; of more than 4 MiB the end. */
void child_print_output(struct child *, FILE *);

#endif
