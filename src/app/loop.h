/*
 * loop - one poll() over the keyboard, the ring's wake-ups, signals and the frame timer.
 *
 * Events are applied as they come, in slices short enough that a key is never
 * kept waiting. While they flow the ring is looked at every 50 ms; when they do
 * not, less and less often, down to the refresh interval.
 */
#ifndef ESTOP_APP_LOOP_H
#define ESTOP_APP_LOOP_H

#include "src/app/session.h"
#include "ui/ui.h"

enum loop_event {
	LOOP_FRAME = 1,  /* an interval is over */
	LOOP_KEY = 2,    /* the keyboard has something */
	LOOP_SIGNAL = 4, /* signals_next() has something */
	LOOP_LOST = 8,   /* the terminal, or whoever reads our output, is gone */
	LOOP_ENDED = 16, /* the source has no more, and all of it is applied */
	LOOP_COMMAND = 32 /* the command has ended, and its last event is applied */
};

struct loop {
	struct session *session;
	int signal_fd;
	int key_fd;        /* -1: none */
	int out_fd;
	bool ended_told;   /* set by the caller: LOOP_ENDED is known */
	bool command_told; /* set by the caller: LOOP_COMMAND is known */
	uint64_t command_ns; /* how long its last events are waited for; 0: it runs */
	bool busy;         /* set by the caller: do not sleep, there is more to do */
	uint64_t frame_ns; /* when the next frame is due, on the steady clock */
	uint64_t nap_ns;   /* how long the ring is left alone now */
};

void loop_init(struct loop *, struct session *, int signal_fd, int key_fd, int out_fd);

/*
 * Collects until there is something to do. Returns a set of enum loop_event. Several may come in
 * one turn. LOOP_FRAME comes once each interval; the others come again until the caller has acted
 * on them, so none is lost when another is handled first.
 */
unsigned loop_wait(struct loop *);

/*
 * Without a screen: what the signals that came ask for. 0: to finish (Ctrl-C is the usual end);
 * > 0: to die by this signal; -1: nothing. The first one is passed on to a command that runs,
 * whose end is ours.
 */
int loop_asked_to_end(struct session *);

/* The interval was changed, or time went by that should not be made up for. */
void loop_restart_interval(struct loop *);

/*
 * The program with a screen, until it ends. 0: the user left; > 0: a signal's
 * number, to die by; -EIO: the terminal is gone; -EINVAL: the source turned out to
 * be none, why says it. The caller closes the ui. The screen outlives a command, and
 * who leaves before it ends is asked.
 */
int loop_run(struct session *, struct ui *, int signal_fd, int key_fd, char *why, size_t len);

#endif
