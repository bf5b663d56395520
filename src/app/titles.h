/*
 * titles - asks the system how the processes on the screen call themselves (model/title.h).
 *
 * Main thread, between two frames: the ui reads nothing itself. Only for rows that are shown, and for
 * each at most once a second.
 */
#ifndef ESTOP_APP_TITLES_H
#define ESTOP_APP_TITLES_H

#include "model/snapshot.h"
#include "src/base/source.h"

enum { TITLES_ROWS = 1024 }; /* asked for at most, in one call */

/* n rows of the snapshot; NULL: its first ones. True if some title has changed, so that a new snapshot differs. */
bool titles_read(const struct source *, struct tree *, const struct snapshot *, const size_t rows[], size_t n,
		 uint64_t now_ns);

#endif
