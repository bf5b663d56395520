/*
 * loop - one poll() over the keyboard, the ring's wake-ups, signals and the frame timer.
 *
 * Events are applied as they come, in slices short enough that a key is never
 * kept waiting. While they flow the ring is polled every 50 ms; when they do
 * not, less and less often, down to once per interval.
 */
#ifndef ESTOP_APP_LOOP_H
#define ESTOP_APP_LOOP_H

#include "src/app/session.h"

enum loop_event {
	LOOP_FRAME = 1,   /* an interval is over */
	LOOP_KEY = 2,     /* the keyboard has something */
	LOOP_SIGNAL = 4,  /* signals_next() has something */
	LOOP_HANGUP = 8,  /* the terminal, or the reader of the output, is gone */
	LOOP_ENDED = 16,  /* the source has no more, and all of it is applied */
	LOOP_COMMAND = 32 /* the command has ended, and its last event is applied */
};

struct loop {
	struct session *session;
	int signal_fd;
	int key_fd; /* -1: none */
	int out_fd;
	bool ended_handled;   /* set by the caller: LOOP_ENDED need not come again */
	bool command_handled; /* the same for LOOP_COMMAND */
	uint64_t command_ns;  /* until when the last events of the command are waited for; 0: it runs */
	bool busy;            /* set by the caller: do not sleep, there is more to do */
	uint64_t frame_ns;    /* when the next frame is due, on the steady clock */
	uint64_t poll_ns;     /* time until the ring is polled next, at most */
};

void loop_init(struct loop *, struct session *, int signal_fd, int key_fd, int out_fd);

/*
 * Collects until there is something to do. Returns a set of enum loop_event. Several may come in
 * one turn. LOOP_FRAME comes once each interval; the others come again until the caller has acted
 * on them, so none is lost when another is handled first.
 */
unsigned loop_wait(struct loop *);

/*
 * Without a screen: what the pending signals ask for. 0: to finish (Ctrl-C is the usual end);
 * > 0: to die by this signal; -1: nothing. The first one is forwarded to a running command,
 * whose end is that of estop.
 */
int loop_asked_to_end(struct session *);

/* Without a screen: the messages of an interval go to stderr. */
void loop_say_messages(struct session *);

/* The same at the end, of events lost, if there are any: what that means for one, and for several. */
void loop_say_losses(const struct session *, const char *one, const char *several);

/* The interval was changed, or estop was stopped: the next frame is due after a whole interval. */
void loop_restart_interval(struct loop *);

#endif
