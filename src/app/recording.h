/*
 * recording - the recording that is written, by -w or by a key: what it has to be given besides
 * events, and what it has to report.
 *
 * Main thread only; the file is written by a thread of src/stream/record. Part of the session.
 */
#ifndef ESTOP_APP_RECORDING_H
#define ESTOP_APP_RECORDING_H

#include "model/loss.h"
#include "model/mutes.h"
#include "src/stream/record.h"

struct recording {
	struct record *record;        /* NULL: none is written */
	char *path;                   /* of the last one; NULL: there was none */
	struct record_state reported; /* what recording_message() has reported */
	uint32_t *rules;              /* ids of the rules in force that are in the file, sorted */
	size_t rule_count;
	uint64_t rules_version; /* mutes_changes() then */
};

/*
 * Begins one; host is filled in here. 0; -EEXIST when the file exists and overwrite is not set; or
 * another negative errno with a sentence in why.
 */
int recording_open(struct recording *, const struct record_config *, char *why, size_t len);

/*
 * Ends it, if there is one: true. message says what is missing in the file ("": nothing), *events
 * how many it was given.
 */
bool recording_close(struct recording *, const struct loss *, uint64_t lost_untyped, uint64_t now_ns,
		     uint64_t *events, char *message, size_t len);
void recording_finish(struct recording *); /* after recording_close(); frees. Zeroed is fine */

/* Each does nothing when no recording is written. */
void recording_event(struct recording *, const struct event *);
void recording_loss(struct recording *, const struct loss *, uint64_t lost_untyped, uint64_t now_ns);
void recording_mutes(struct recording *, const struct mutes *, uint64_t now_ns); /* rules that came or went */

/* A sentence about a change of its state, once: ended, waiting, continued, losing events. False: no change. */
bool recording_message(struct recording *, char *message, size_t len);

/* The last message was that it has ended before its time. */
bool recording_has_ended(const struct recording *);

/* Its state for the header: " rec", " REC FAILS" and the like; "" when none is written. */
const char *recording_title(const struct recording *);

#endif
