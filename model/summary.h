/*
 * summary - the result of a command: programs run, files opened, counts by type.
 *
 * Fed with every event of the processes it is about, in their order. One thread; times
 * are those of the events. Memory is bounded: beyond SUMMARY_PROGRAMS programs the others
 * share one entry, and files are counted as model/frequent.h says.
 */
#ifndef ESTOP_MODEL_SUMMARY_H
#define ESTOP_MODEL_SUMMARY_H

#include "model/event.h"
#include "model/frequent.h"

enum { SUMMARY_PROGRAMS = 4096, SUMMARY_FILES = 1024 };

struct summary;

struct summary_program {
	const char *path; /* NULL: all that came when there was no room for more */
	uint64_t runs;    /* execs of it */
	uint64_t time_ns; /* from the exec to the next one or the exit, of all its runs */
	uint64_t opens;   /* also by copies of it that were only forked */
};

struct summary *summary_create(void);
void summary_destroy(struct summary *); /* NULL is fine */

void summary_take(struct summary *, const struct event *);

uint64_t summary_count(const struct summary *, enum event_id);

/*
 * The longest and the most opened first. Returns how many there are; fills at most max.
 * Runs that still go on count up to now_ns. Paths are good until the next call.
 */
size_t summary_programs(const struct summary *, uint64_t now_ns, struct summary_program out[], size_t max);
size_t summary_files(const struct summary *, struct frequent_path out[], size_t max);

#endif
