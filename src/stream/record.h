/*
 * record - writes what happens to a file or pipe, as eslogger's JSON Lines, while
 * something else is done with it.
 *
 * The main thread hands events over by a ring of their own; a thread makes lines
 * of them, packs and writes them. Nobody waits for a slow disk: when the ring is
 * full, what does not fit is counted and marked in the recording. A full disk is
 * tried again; a pipe without a reader ends the recording, not the program.
 *
 * Between the events lie records of ours, lines with nothing but the key "estop":
 *
 *   start   the first line: version, host, time, the types of events
 *   seen    a process that ran already: process and args
 *   mute    a rule came or went, by its id
 *   lost    losses so far, by type: kernel, ring; recorder: in this recording alone
 *   end     the last line: losses, and what was muted
 */
#ifndef ESTOP_STREAM_RECORD_H
#define ESTOP_STREAM_RECORD_H

#include "model/loss.h"
#include "model/mutes.h"

struct record;

struct record_config {
	const char *path;  /* "-": the standard output; "fifo:PATH": a FIFO; else as safe_file has it */
	bool overwrite;    /* a regular file may be there */
	event_mask events; /* for the start record */
	const char *host;
	uint64_t time_ns;
};

/*
 * Names that end in .gz and .zst are compressed. 0; -EEXIST without a sentence when there is a file
 * and no overwrite; or a negative errno with a sentence in why. Strings are not kept.
 */
int record_open(struct record **, const struct record_config *, char *why, size_t len);

/* Events without a DETAIL are passed over. */
void record_event(struct record *, const struct event *);
void record_lost(struct record *, const struct loss *, uint64_t untyped, uint64_t time_ns);
void record_mute(struct record *, const struct mute_rule *, uint64_t time_ns);
void record_unmute(struct record *, uint32_t rule_id, uint64_t time_ns);

struct record_state {
	uint64_t events, lost; /* handed over; of these not in the recording, as far as known */
	uint64_t bytes;        /* written, packed */
	int error;             /* errno of what is wrong now; 0 nothing */
	bool dead;             /* it will not get better */
};

void record_state(struct record *, struct record_state *);

/* Writes the end and what is on its way, for some seconds at most. state: the last one. NULL is fine. */
void record_close(struct record *, const struct loss *, uint64_t untyped, uint64_t time_ns,
		  struct record_state *);

#endif
