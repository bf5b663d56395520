/*
 * signals - signals as bytes in a pipe, so that poll() sees them among the rest.
 *
 * The handlers only write. One set of them in the process; main thread.
 */
#ifndef ESTOP_BASE_SIGNALS_H
#define ESTOP_BASE_SIGNALS_H

#include <pthread.h>
#include <stdbool.h>

/*
 * Takes over SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGCHLD, ignores SIGPIPE and SIGXFSZ, and when
 * terminal is true also takes SIGWINCH, SIGTSTP and SIGCONT. Until signals_unblock(),
 * which is when the pipe is polled, the first four end this process at once, as by default,
 * whatever it waits for; the others are blocked. Returns the fd to poll, or a negative errno.
 */
int signals_open(bool terminal);
void signals_unblock(void);

/* Makes a thread that never runs a handler. 0, or a negative errno. */
int signals_thread(pthread_t *, void *(*run)(void *), void *arg);
void signals_close(void); /* everything as it was before */

/* Number of the next signal that came, 0 when there is none. SIGCHLD only ends a poll(). */
int signals_next(void);

/* A signal that asks for our end was passed on to somebody else: we are in no hurry. */
void signals_dismiss(void);

/* Stops this process as SIGTSTP does by default; returns when it goes on. */
void signals_stop(void);

/* Ends this process by this signal, as if it had never been caught. */
_Noreturn void signals_die(int number);

#endif
