/*
 * child - the command behind "--": made before anything is watched, executed when
 * everything is, and what it writes meanwhile.
 *
 * Main thread. The command has a process group of its own, so that Ctrl-C is estop's
 * to pass on, and signals, limits and environment as estop found them. Nothing is
 * opened or closed between its birth and its exec: the first event of it is the exec.
 */
#ifndef ESTOP_APP_CHILD_H
#define ESTOP_APP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct child;

/* As a shell has it. */
enum { CHILD_NOT_EXECUTABLE = 126, CHILD_NOT_FOUND = 127, CHILD_BY_SIGNAL = 128 };

enum child_streams {
	CHILD_CAPTURE,  /* there is a screen: nothing to read, and output is kept for the end */
	CHILD_SHARE, /* reads what we would, unless that is a terminal; writes to our stderr */
};

/*
 * Forks, and waits until the child is ready. The words of argv are the command's. 0, or
 * CHILD_NOT_FOUND, CHILD_NOT_EXECUTABLE or a negative errno with a sentence in why. Before
 * there are threads and signal handlers.
 */
int child_open(struct child **, char *const argv[], enum child_streams, char *why, size_t len);

/* A command that was not told to go never will; one that runs goes on. NULL is fine. */
void child_close(struct child *);

pid_t child_pid(const struct child *);
const char *child_name(const struct child *); /* as typed, for sentences */

/* Executes it. 0, or CHILD_NOT_EXECUTABLE with a sentence in why. */
int child_go(struct child *, char *why, size_t len);

/* Looks whether it has ended; true once it has. Never waits. */
bool child_ended(struct child *);
uint64_t child_ran_ns(const struct child *); /* since it was told to go, until it ended or now */
int child_exit_status(const struct child *); /* 0 to 255, CHILD_BY_SIGNAL + n; -1 while it runs */
void child_state(const struct child *, char *out,
		 size_t len); /* "runs", "exit status 2", "killed by SIGTERM" */

/* A signal to its process group. false: it has ended. */
bool child_signal(struct child *, int number);

/*
 * The first wish to end estop is passed on to the command, whose end will be ours: true.
 * The next is meant for estop: false; and false when the command has ended.
 */
bool child_forward(struct child *, int number);

int child_output_fd(const struct child *); /* to poll; -1: none, or at its end */
void child_read_output(struct child *);    /* some of what can be read */

/* What it wrote, byte for byte; when that was much, the end of it. */
void child_print_output(struct child *, FILE *);

#endif
