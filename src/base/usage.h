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
	int fd;           /* private to the system's part */
};

void self_open(struct self *, uint64_t now_ns);
void self_close(struct self *);

/* now_ns: of any clock that does not stand still. Does nothing when no time has passed. */
void self_sample(struct self *, uint64_t now_ns);

/* The system's part: src/es/linux/usage.c and confine.c, src/darwin/usage.c. */

/*
 * Gives up for good all privileges that neither watching (live) nor reading and
 * writing files needs. Before there are other threads: those made later have no
 * more than this one. 0 or a negative errno.
 */
int self_give_up_privileges(bool live);

/*
 * Gives up, on all threads and for good, the system calls that are not needed once it runs: no
 * program is started any more, no socket made, no BPF program loaded (src/es/linux/confine.c). 0;
 * -ENOTSUP where there is no such thing, as on a Mac, and under a sanitizer, which needs them; or a
 * negative errno.
 */
int self_confine(bool live);
int self_memory_open(void);
uint64_t self_memory(int fd); /* bytes, 0 unknown */

#endif
