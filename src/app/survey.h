/*
 * survey - when to compare the tree with the system, after exec, fork or exit events were lost.
 *
 * Such a loss leaves a wrong tree behind. A survey lists the running processes and corrects it, but
 * must not run before everything that happened up to its list has been applied: a fork applied
 * afterwards would bring back a process that has ended since, for good. So a mark is put behind what
 * is queued, and the survey waits until it is reached. What was lost before the mark is made up for
 * then; a later loss raises the count again.
 *
 * A process may be listed while it ends, and on systems without marks events may be queued where they
 * cannot be seen. So surveys are repeated until one has nothing to correct.
 *
 * Main thread only. Decides when; flow.c does it. Zeroed is fine.
 */
#ifndef ESTOP_APP_SURVEY_H
#define ESTOP_APP_SURVEY_H

#include "src/base/source.h"

struct survey {
	bool off; /* nothing flows any more */
	bool due;
	bool marked; /* waits for the mark at position in the ring */
	bool exact;  /* the source has placed the mark, and reports when it is passed */
	uint64_t position;
	uint64_t lost, made_up; /* exec, fork and exit events: lost, and surveyed since */
	unsigned rounds;
	uint64_t checked_ns, not_before_ns; /* on the steady clock */
	unsigned inverted_ticks;            /* since muting of processes was inverted */
};

/* Is it time for a survey? Looks for new losses, and places the mark. now_ns: of the steady clock. */
bool survey_is_ready(struct survey *, const struct source *, const struct ring *, uint64_t now_ns);

/* It was done, from begun_ns to now_ns; corrected: processes that were wrong in the tree, or a negative errno. */
void survey_done(struct survey *, int64_t corrected, uint64_t begun_ns, uint64_t now_ns);

/*
 * The end of an interval. inverted: forks and exits of most processes are not reported, as only the
 * listed ones pass, so surveys replace them.
 */
void survey_tick(struct survey *, bool inverted);

#endif
