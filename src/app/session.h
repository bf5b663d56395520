/*
 * src/app/ - one run of estop: the session, and what drives it on a screen, as batch or
 * as a log. May include all but src/linux/ and src/darwin/; only main.c includes it.
 */

/*
 * session - one run of estop without its screen: the source, the ring, and the
 * model they feed. What the loop, the batch mode and the commands work on.
 *
 * Main thread only. Plain data, owned by main.
 */
#ifndef ESTOP_APP_SESSION_H
#define ESTOP_APP_SESSION_H

#include "model/family.h"
#include "model/model.h"
#include "model/summary.h"
#include "src/app/child.h"
#include "src/cli/options.h"
#include "src/stream/record.h"
#include "src/base/usage.h"
#include "src/base/source.h"
#include "src/base/wake.h"

#include <stdio.h>

/* Opens a source: client_open(), or what a test has instead. */
typedef int source_open_fn(struct source *, struct ring *, int wake_fd, char *why, size_t len);

/* Comparing the tree with the system after a loss; see survey() in session.c. */
struct survey {
	bool off, due, marked, exact;
	uint64_t position;      /* of the mark, in the ring */
	uint64_t lost, made_up; /* exec, fork and exit events: seen as lost, and surveyed since */
	unsigned rounds;
	uint64_t checked_ns, not_before_ns; /* on the steady clock */
};

struct session {
	const struct options *options;
	struct source source;
	struct ring *ring;
	struct wake wake;
	struct model model;
	event_mask events;        /* subscribed to: as asked for, as far as the source can give them */
	struct filter *scope;     /* -p and -u; NULL: all */
	struct snapshot snapshot; /* the last one taken */
	struct self self;
	uint32_t interval_ms;     /* between frames; changes with a key */
	uint64_t lag_ns;          /* of the frame being collected */
	uint64_t lag_shown_ns;
	uint64_t ring_peak;       /* bytes in use, the most since the last tick */
	double ring_shown;        /* share of the ring */
	uint64_t lost;            /* events, up to the last tick */
	uint64_t lost_untyped;    /* in the kernel, of a type that is not known (yet) */
	struct survey survey;
	unsigned unseen_ticks;    /* since the processes were turned round */
	struct notes notes;       /* of the start: rules of a file that could not be applied */
	uint64_t start_ns;        /* when counting began, on the source's clock */

	void (*observe)(void *ctx, const struct event *);
	void *observe_ctx;
	struct record *record;    /* -w or by a key; NULL: none */
	char *record_path;        /* of the last one */
	struct record_state record_shown;
	uint32_t *rules;          /* ids of those the recording knows to be in force, sorted */
	size_t rule_count;
	uint64_t rules_recorded;  /* mutes_changes() then */
	char title[96];           /* of the source, for the header */

	/* With a command; else NULL. */
	struct child *child;      /* not owned */
	struct family *family;    /* its own: whose events count */
	struct summary *summary;  /* of them */
	uint64_t outside[EV_COUNT]; /* events of all others */
};

/*
 * Everything up to a tree that holds what runs already, and -m carried out.
 * 0, or a negative errno with a sentence in why; then nothing is left open.
 */
int session_open(struct session *, const struct options *, source_open_fn *, char *why, size_t len);
void session_close(struct session *); /* zeroed is fine */

/*
 * Watches what comes of the command, and nothing else. Follows session_open() with
 * options->command, before child_go() and before anything is drained.
 */
void session_follow(struct session *, struct child *);

/* Asks the command to end, when it runs still, and goes on collecting for a moment until it has. */
void session_end_command(struct session *);

/*
 * Applies what is in the ring, for about budget_ns; *more says whether some is
 * left. Returns the number of events.
 */
size_t session_drain(struct session *, uint64_t budget_ns, bool *more);

/* The tree may be wrong after a loss, and will be put right: drain again soon. */
bool session_surveys(const struct session *);

/* The end of an interval: rates, mutes that wait for a slot, own cost, and a snapshot. */
void session_frame(struct session *, const struct snapshot_spec *);

/* The same without its snapshot, while the picture is frozen. */
void session_tick(struct session *, const struct snapshot_spec *);

/* A new snapshot of the same interval, after a key. */
void session_picture(struct session *, const struct snapshot_spec *);

/* Only what the header says: for a frozen picture. */
void session_figures(struct session *);

/* The same, and the mute marks of its rows: after a mute command on a frozen picture. */
void session_marks(struct session *, const struct snapshot_spec *);

/* Ends the flow and applies what is on its way. Figures are final then. */
void session_stop(struct session *);

/* The source's time: the wall clock, or that of a recording. */
uint64_t session_now(const struct session *);

/* Is called with every event that is in scope, from now on; NULL ends it. */
void session_observe(struct session *, void (*observe)(void *ctx, const struct event *), void *ctx);

/* The source has no more, and all of it is applied. */
bool session_ended(const struct session *);

/* Tells the recording of rules that came or went; after each mute command. */
void session_record_mutes(struct session *);

/*
 * Begins a recording now, with who runs and what is muted. 0; -EEXIST when a file is there and
 * overwrite is not set: the person is to be asked; else a negative errno with a sentence in why.
 */
int session_record_start(struct session *, const char *path, bool overwrite, char *why, size_t len);
void session_record_stop(struct session *, char *message, size_t len);

/* What the recording has to say for itself, if that changed: "" nothing. */
void session_record_news(struct session *, char *message, size_t len);

/* What the source has to say for itself, once. False: nothing. */
bool session_news(struct session *, char *message, size_t len);

/* Nothing of the recording can be used: true, with a sentence in why. Never of a live source. */
bool session_failed(const struct session *, char *why, size_t len);

/* Back in a recording: the tree starts over. message says what came of it. */
void session_back(struct session *, uint64_t ns, char *message, size_t len);

/*
 * Other types from now on; those that shape the tree stay. Leaves out what the
 * source cannot give; message says what came of it.
 */
void session_subscribe(struct session *, event_mask events, char *message, size_t len);

uint64_t session_lost(const struct session *); /* events, as of the last figures */

/* One line for each event type: produced, applied, lost, muted. */
void session_accounting(const struct session *, FILE *);

#endif
