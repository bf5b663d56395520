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
 *   lost    losses so far, by type: kernel, ring; recorder: in this recording alone; cut: why
 *           nothing follows
 *   part    the last line of a part that is followed by another, or full
 *   end     the last line: losses, and what was muted
 *
 * A recording may be cut in parts of limited size. The one that is written has the name of the
 * recording; when it is full its records end, it becomes part 1 (build.1.jsonl.zst), part 1 becomes
 * part 2 and so on. Each can be replayed alone: it begins with its start, which has its number as
 * part, the losses before it, mute records of the rules in force, and seen records of all processes
 * that run. Only whole events are written, and a part is longer than the limit only where one event
 * or that beginning takes most of it.
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
	const char *source; /* where events come from, NULL: not said */
	uint64_t time_ns;
	bool live; /* of processes of this machine, now */

	/* Of regular files alone: bytes of a part, 0 for no limit, and how many older ones are kept. */
	uint64_t max_size;
	unsigned rotate; /* 0: the recording ends with its first part */
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
	bool full;             /* for it has reached its size */
};

void record_state(struct record *, struct record_state *);

/* Writes the end and what is on its way, for some seconds at most. state: the last one. NULL is fine. */
void record_close(struct record *, const struct loss *, uint64_t untyped, uint64_t time_ns,
		  struct record_state *);

#endif
