/*
 * src/base/ - what the rest of src/ stands on: the ring, clocks, signals, strings,
 * files and users, and the interface of a source. May include model/.
 *
 * mute_set and event_set are the library's too, and include nothing else.
 */

/*
 * source - where events come from: the live client, a recording, a test load.
 *
 * One producer thread belongs to the source and writes the ring; every
 * function here is called by the main thread. Functions that can fail return 0
 * or a negative errno, and those with why put a sentence there for a person.
 */
#ifndef ESTOP_BASE_SOURCE_H
#define ESTOP_BASE_SOURCE_H

#include "model/chart.h"
#include "model/event.h"
#include "model/loss.h"
#include "model/mutes.h"
#include "model/position.h"
#include "model/process_page.h"
#include "src/base/ring.h"

#include <stdio.h>

struct source {
	const struct source_ops *ops;
	void *self;
};

#define HANDLER_FIRST_NS UINT64_C(32)
enum { HANDLER_BUCKETS = 16 }; /* up to a millisecond */

struct source_stats {
	struct loss loss;
	uint64_t kernel_untyped;    /* lost in the kernel, of a type that is not known yet */
	double kernel_fill;         /* of the queue before our ring, 0..1; < 0 unknown */
	uint64_t handler_median_ns; /* 0: unknown */
	uint64_t handler_p999_ns;
	/* How many events took less than HANDLER_FIRST_NS, less than twice as much, and so on; 0: not measured. */
	uint64_t handler_bucket[HANDLER_BUCKETS];
	uint64_t handler_count, handler_sum_ns; /* of all, those that took longer, too */
};

/* Keys of a replay. message: the result; of seek, why it failed. */
struct replay_ops {
	void (*pause)(void *self, char *message, size_t len);           /* or continues */
	void (*speed)(void *self, int step, char *message, size_t len); /* -1 slower, 1 faster */

	/*
	 * Goes to this time, at most to the beginning or the end, at full speed. 0: it does. 1: it
	 * goes back, so the stream starts over and the model has to, too; the caller empties the ring, then
	 * calls seek_end. -ESPIPE: not back in a pipe; -ENODATA: it is there already, at the end, or
	 * nothing has come yet.
	 */
	int (*seek)(void *self, uint64_t to_ns, char *message, size_t len);
	void (*seek_end)(void *self);

	/* Where it is, and how long it is, as far as that is known: it is found in the background. */
	void (*position)(void *self, struct position *);
	/* Events of the whole of it over time, as far as they are known. False: they cannot be. */
	bool (*chart)(void *self, struct chart *);
};

enum source_detail {
	DETAIL_NEVER,
	DETAIL_IN_CALM, /* for the screen: those that come while the ring has room, so that none is lost for it */
	DETAIL_ALWAYS, /* for a log or a recording */
};

struct source_ops {
	const char *name; /* shown in the header, where there is no title */

	/* For the header, in place of name: "live (Linux eBPF)", "live (macOS ES)". NULL: there is none. */
	void (*title)(void *self, char *out, size_t len);

	/* Events happen now, on this machine. False: a recording, with a time of its own. */
	bool live;

	/* Which records have all details (FIELD_DETAIL) from about now on. NULL: none ever has. */
	void (*detail)(void *self, enum source_detail);

	/* The types it has. Known from the beginning; after start and subscribe it may be fewer. */
	event_mask (*available)(void *self);

	/* Starts the flow of these events into the ring; what is not available is left out. wake_fd is written (8 bytes) at the fill mark. */
	int (*start)(void *self, event_mask events, char *why, size_t len);

	/*
	 * Changes the types while events flow; no event of those that stay is lost. 0, or a negative
	 * errno when some were rejected, which are not available then.
	 */
	int (*subscribe)(void *self, event_mask events);

	/* Passes every running process to visit, as an EV_SEEN event, before it returns. After start. */
	int (*backfill)(void *self, void (*visit)(void *ctx, const struct event *), void *ctx);

	/*
	 * A mark behind everything that has happened up to now: marked() is true once all of
	 * it has been written to the ring or counted as lost, and sets position (as ring_written()).
	 * One at a time. mark NULL, or false: the source has no marks; its queue is the ring.
	 */
	bool (*mark)(void *self);
	bool (*marked)(void *self, uint64_t *position);

	/* Asks the system about a running process; what is not known stays NULL. NULL: not with this source. */
	void (*look)(void *self, int32_t pid, struct process_look *);

	/* Its command line as it is now, with NULs; returns bytes, 0: not known. NULL: not with this source. */
	size_t (*command_line)(void *self, int32_t pid, char *out, size_t size);

	/*
	 * Sends a signal to this process, and to no later one with its pid. 0, -ESRCH: it has exited; or another
	 * negative errno. NULL: not with this source.
	 */
	int (*signal)(void *self, int32_t pid, uint64_t start_ns, int signal);

	struct mute_ops mute; /* ctx is self */

	void (*stats)(void *self, struct source_stats *);

	/* Ends the flow; nothing is written to the ring afterwards, and stats are final. May be NULL. */
	void (*stop)(void *self);

	/*
	 * What a recording has, all of it, and a live source has not (NULL). now: the time of
	 * the last event written to the ring, which stands still while the replay is paused. ended:
	 * the last event is in the ring.
	 */
	uint64_t (*now)(void *self);
	bool (*ended)(void *self);
	bool (*message)(void *self, char *message,
			size_t len);                       /* the next sentence for the user; false: none */
	bool (*failed)(void *self, char *why, size_t len); /* nothing in it can be used */
	/* What could not be used, a sentence each, at the end. False: a part of the recording is missing. */
	bool (*report)(void *self, void (*say)(void *ctx, const char *sentence), void *ctx);
	const struct replay_ops *replay;

	/* Stops, and frees self. */
	void (*close)(void *self);
};

/* The time of its events: the wall clock, or that of the recording. */
uint64_t source_now(const struct source *);

/*
 * The live Endpoint Security client. No event flows before start, and its own process is
 * muted already. Fails with -EPERM, -ENOSYS … and a sentence that says what to do.
 */
int client_open(struct source *, struct ring *, int wake_fd, char *why, size_t len);

/* From what the live client's events are made on Linux: functions of the kernel, or its tracepoints. */
#define SOURCE_HOOKS_TABLE(X)         \
	X(TRACEPOINTS, "tracepoints") \
	X(AUTO, "auto")               \
	X(FUNCTIONS, "functions")

enum source_hooks {
#define X(id, name) SOURCE_HOOKS_##id,
	SOURCE_HOOKS_TABLE(X)
#undef X
};

/* For the client to be opened. With FUNCTIONS that fails where they cannot be had; a Mac has no choice. */
void client_hooks(enum source_hooks);

/* What it can give, before there is one and without privileges. */
event_mask client_available(void);

/*
 * Writes what happens while it is opened to this file from now on, as text for a report; NULL ends
 * that, before the file is closed.
 */
void client_debug(FILE *to);

/* A recording to replay, "-" is the standard input. name NULL: the only one, shown as it is. */
struct replay_input {
	const char *path;
	const char *name; /* of its host */
};

struct replay_config {
	const struct replay_input *inputs;
	size_t count;
	double speed; /* times the real pace; 0: as fast as it can be read */
	bool follow;  /* a file may grow: wait for more at its end */
	bool survey;  /* find out in the background how long it is: for a screen */
};

enum { REPLAY_HOSTS_MAX = 64 };

/*
 * Replays recordings: one reader thread each. The beginning of a file is read before this
 * returns; when it is not a recording, this fails with a sentence in why.
 */
int replay_open(struct source *, const struct replay_config *, struct ring *, int wake_fd, char *why,
		size_t len);

#endif
