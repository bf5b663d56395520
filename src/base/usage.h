/*
 * usage - what estop itself costs, for the header, and what it may do. Main thread.
 */
#ifndef ESTOP_BASE_USAGE_H
#define ESTOP_BASE_USAGE_H

#include <stdbool.h>
#include <stdint.h>

struct self {
	uint64_t cpu_ns;  /* used up to the last sample */
	uint64_t wall_ns; /* time of the last sample */
	double cpu;       /* per cent of one core between the last two samples */
	uint64_t rss;     /* bytes in memory now; 0 unknown */
	uint64_t trim_ns; /* when memory was given back last */
	int fd;           /* private to the system's part */
};

void self_open(struct self *, uint64_t now_ns);
void self_close(struct self *);

/* now_ns: of any clock that does not stand still. Does nothing when no time has passed. */
void self_sample(struct self *, uint64_t now_ns);

/*
 * Memory that was freed goes back to the system: frugal sets this up, before there are threads,
 * trim does it now, at most once in a minute by the steady clock. Bursts would leave a heap
 * as large as they were, held up by a few small pieces.
 */
void self_memory_frugal(void);
void self_memory_trim(struct self *, uint64_t now_ns);

/* Before privileges are given up and threads are made, which inherit it. What is not allowed stays. */
void self_renice(int nice);

/* The system's part: src/es/linux/usage.c and confine.c, src/darwin/usage.c. */

/*
 * Gives up for good all privileges that neither watching (live) nor reading and
 * writing files needs. Before there are other threads: those made later have no
 * more than this one. 0 or a negative errno.
 */
int self_give_up_privileges(bool live);

/*
 * Gives up, on all threads and for good, the system calls that are not needed once it runs: no
 * program is started any more, no socket made, no BPF program loaded (src/es/linux/confine.c).
 * signals: some may be sent to any process, through a pidfd. listen_fd: connections are still
 * accepted from this socket, and answered; -1: none. 0;
 * -ENOTSUP where there is no such thing, as on a Mac, and under a sanitizer, which needs them; or a
 * negative errno.
 */
int self_confine(bool live, bool signals, int listen_fd);
int self_memory_open(void);
uint64_t self_memory(int fd); /* bytes, 0 unknown */

#endif
