/*
 * source - where events come from: the live client, a recording, a test load.
 *
 * One producer thread belongs to the source and writes the ring; every
 * function here is called by the main thread. Functions that can fail return 0
 * or a negative errno, and those with why put a sentence there for a person.
 */
#ifndef ESTOP_SRC_SOURCE_H
#define ESTOP_SRC_SOURCE_H

#include "model/event.h"
#include "model/loss.h"
#include "model/mutes.h"
#include "src/ring.h"

struct source {
	const struct source_ops *ops;
	void *self;
};

struct source_stats {
	struct loss loss;
	uint64_t kernel_untyped;     /* lost in the kernel, of a type that is not known yet */
	double kernel_fill;          /* of the queue before our ring, 0..1; < 0 unknown */
	uint64_t handler_median_ns;  /* 0: unknown */
	uint64_t handler_p999_ns;
};

struct source_ops {
	const char *name; /* shown in the header: "live (Linux eBPF)", "live (macOS ES)" */

	/* Starts the flow of these events into the ring. wake_fd is written (8 bytes) at the fill mark. */
	int (*start)(void *self, event_mask events, char *why, size_t len);

	/* Tells of every process that runs already, as EV_SEEN events, before it returns. After start. */
	int (*backfill)(void *self, void (*visit)(void *ctx, const struct event *), void *ctx);

	struct mute_ops mute; /* ctx is self */

	void (*stats)(void *self, struct source_stats *);

	/* Ends the flow; nothing is written to the ring afterwards, and stats are final. May be NULL. */
	void (*stop)(void *self);

	/* Stops, and frees self. */
	void (*close)(void *self);
};

/*
 * The live Endpoint Security client. Created but silent: its own process is
 * muted already. Fails with -EPERM, -ENOSYS … and a sentence that says what to do.
 */
int client_open(struct source *, struct ring *, int wake_fd, char *why, size_t len);

#endif
