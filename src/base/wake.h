/*
 * wake - how the producer thread ends the main thread's sleep.
 *
 * An eventfd where there is one, else a pipe: any number of wake-ups before the
 * main thread looks are one. Neither end ever blocks.
 */
#ifndef ESTOP_BASE_WAKE_H
#define ESTOP_BASE_WAKE_H

struct wake {
	int read_fd;  /* readable after a wake-up */
	int write_fd; /* takes 8 bytes, a uint64_t of 1, from any thread or signal handler */
};

int wake_open(struct wake *); /* 0 or a negative errno */
void wake_close(struct wake *);
void wake_clear(struct wake *); /* main thread: what was written so far has been seen */
void wake_up(int write_fd);     /* any thread or signal handler; keeps errno */

#endif
