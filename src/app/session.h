/*
 * src/app/ - one run of estop: the session, and what drives it on a screen, as batch or
 * as a log. May include all but src/linux/ and src/darwin/; only main.c includes it.
 */

/*
 * session - one run of estop without its screen: the source, the ring, the model they feed, and six
 * parts that work on these. What the loop, the batch mode, the log and the commands work on.
 *
 *   scope       which processes: -p, -u, and the descendants of a command
 *   flow        events on their way from the ring to the model; surveys
 *   recording   what -w or a key writes
 *   command     the command after "--", and the summary of it
 *   metrics     what is counted, for whoever asks by HTTP
 *   figures     what the header shows: losses, lag, own cost, title
 *
 * What happens once per interval, and between:
 *
 *   tick        the end of an interval: rates, exited rows, waiting mute rules (session_tick)
 *   snapshot    the data of a frame is copied from the model (session_snapshot)
 *   update      a tick, then a snapshot (session_update)
 *   figures     only the header of a snapshot is renewed (session_figures)
 *   marks       figures, and the mute marks of its rows (session_marks)
 *   frame       the snapshot is drawn or printed: ui_draw(), ui_batch(); not of the session
 *
 * While the screen is paused there are ticks, figures and marks, but no snapshots.
 *
 * Main thread only. Plain data, owned by main; not to be moved once it is open.
 */
#ifndef ESTOP_APP_SESSION_H
#define ESTOP_APP_SESSION_H

#include "model/model.h"
#include "src/app/figures.h"
#include "src/app/flow.h"
#include "src/app/followed_command.h"
#include "src/app/metrics.h"
#include "src/app/recording.h"
#include "src/app/scope.h"
#include "src/base/source.h"
#include "src/base/wake.h"
#include "src/cli/options.h"

#include <stdio.h>

/* Opens a source: client_open(), or what a test has instead. */
typedef int source_open_fn(struct source *, struct ring *, int wake_fd, char *why, size_t len);

struct session {
	const struct options *options;
	struct source source;
	struct ring *ring;
	struct wake wake;
	struct model model;
	struct snapshot snapshot; /* the last one taken */

	struct scope scope;
	struct flow flow;
	struct recording recording;
	struct followed_command command;
	struct figures figures;
	struct metrics *metrics; /* NULL: none are asked for */

	event_mask events;    /* subscribed: of those asked for, what the source has */
	uint32_t interval_ms; /* between frames; changes with a key */
	uint64_t start_ns;    /* when counting began, on the source's clock */
	bool explained;       /* what still arrives of what is muted was said */
	struct notes notes;   /* of the start: mute rules that could not be applied */
};

/*
 * Opens everything, up to a tree that holds the running processes, with -m applied.
 * 0, or a negative errno with a sentence in why; then nothing is left open.
 */
int session_open(struct session *, const struct options *, source_open_fn *, char *why, size_t len);
void session_close(struct session *); /* zeroed is fine */

/*
 * Follows the command and its descendants, and nothing else. After session_open() with
 * options->command, before child_exec() and before anything is drained.
 */
void session_follow(struct session *, struct child *);

/* Asks the command to end if it still runs, and drains for a moment until it has. */
void session_end_command(struct session *);

/*
 * Applies what is in the ring, for about budget_ns; *more: some is left. Returns the number of
 * events.
 */
size_t session_drain(struct session *, uint64_t budget_ns, bool *more);

/* The tree may be wrong after a loss, and is being corrected: drain again soon. */
bool session_surveys(const struct session *);

void session_tick(struct session *, const struct snapshot_spec *);
void session_snapshot(struct session *, const struct snapshot_spec *);
void session_update(struct session *, const struct snapshot_spec *);
void session_figures(struct session *);
void session_marks(struct session *, const struct snapshot_spec *);

/* Ends the flow, applies what is queued, and ends the recording. Figures are final then. */
void session_stop(struct session *);

/* The source's time: the wall clock, or that of a recording. */
uint64_t session_now(const struct session *);

/* From now on handler is called with every event in scope; NULL ends it. */
void session_on_event(struct session *, void (*handler)(void *ctx, const struct event *), void *ctx);

/* The source has no more events, and all of them are applied. Never of a live source. */
bool session_ended(const struct session *);

/* Nothing of the recording can be used: true, with a sentence in why. Never of a live source. */
bool session_failed(const struct session *, char *why, size_t len);

/* Writes mute rules that came or went to the recording; after each mute command. */
void session_record_mutes(struct session *);

/*
 * Begins a recording now, with the running processes and the mute rules. 0; -EEXIST when the file
 * exists and overwrite is not set; or another negative errno with a sentence in why.
 */
int session_record_start(struct session *, const char *path, bool overwrite, char *why, size_t len);
void session_record_stop(struct session *, char *message, size_t len);

/*
 * The next message for the user: of the recording that is written, else of the source. False: none.
 * Call it once or twice per interval.
 */
bool session_message(struct session *, char *message, size_t len);

/*
 * Goes to this time of a replay; back, the tree starts over. 0, or a negative errno with a sentence
 * in message. Not with a live source.
 */
int session_seek(struct session *, uint64_t to_ns, char *message, size_t len);

/*
 * Changes the subscribed types; those that shape the tree stay, and what the source does not have is
 * left out. message: the result.
 */
void session_subscribe(struct session *, event_mask events, char *message, size_t len);

uint64_t session_lost(const struct session *); /* events, as of the last figures */

/* One line for each event type: produced, applied, lost, muted. */
void session_accounting(const struct session *, FILE *);

#endif
