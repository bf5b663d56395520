/*
 * overview - how long recordings are, and how many events there are when: read in the background.
 *
 * A thread of its own reads the files a second time, from the beginning to the end there is
 * now, and looks only at time and type of each line. What it knows is copied out under a lock that
 * is held for the copy alone, so whoever asks never waits for the disk. Memory: a struct timeline twice,
 * and what a reader of one recording takes.
 */
#ifndef ESTOP_STREAM_OVERVIEW_H
#define ESTOP_STREAM_OVERVIEW_H

#include "model/timeline.h"
#include "src/base/source.h"

struct overview;

/*
 * Begins to read these, of which the first event is at begin_ns. NULL: one is not a file by a name of
 * its own, or no thread can be had.
 */
struct overview *overview_open(const struct replay_input *inputs, size_t count, uint64_t begin_ns);
void overview_close(struct overview *); /* ends it, wherever it is; NULL is fine */

/* How much is read, 0..1, and where the last event so far is. 1: of all there is. Any thread. */
double overview_scanned(struct overview *, uint64_t *end_ns);

/* What is known up to now. Any thread. */
void overview_chart(struct overview *, struct chart *);

#endif
