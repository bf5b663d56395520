/*
 * metrics - what estop counts, for Prometheus and others that read its formats: --metrics.
 *
 * A text of METRIC_TABLE is made once an interval, on the main thread, and handed to metrics_server.h,
 * which serves the last one. Formats: OpenMetrics 1.0 (prometheus.io/docs/specs/om/open_metrics_spec) and
 * the text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats); they differ in the names of
 * counters in TYPE and HELP, and in the end. Counters begin at 0 with estop. The number of series is
 * bounded: programs and units have as many as busiest.h shows, each with the event types there are.
 *
 * Main thread only. Part of the session.
 */
#ifndef ESTOP_APP_METRICS_H
#define ESTOP_APP_METRICS_H

#include "model/mutes.h"
#include "model/tree.h"
#include "src/base/source.h"
#include "src/base/usage.h"

/* kind: as in the formats. Counters have _total behind the name. labels: for documentation. */
#define METRIC_TABLE(X)                                                                                  \
	/* id            name                  kind       labels          help */                          \
	X(BUILD,         "estop_build",        "gauge",   "version",      "always 1")                      \
	X(EVENTS,        "estop_events",       "counter", "type",         "events received and applied")   \
	X(LOST,          "estop_lost",         "counter", "where,type",   "events lost, in the kernel or in " \
									  "estop's ring; type unknown: of any") \
	X(MUTED,         "estop_muted",        "counter", "type",         "events suppressed by mute rules, where " \
									  "the system counts them")        \
	X(RULES,         "estop_mute_rules",   "gauge",   "kind",         "mute rules in force: of processes, of " \
									  "paths and the like, and of these local ones") \
	X(PROGRAM,       "estop_program_events", "counter", "program,type", "events by executable, of the busiest " \
									  "since they are; other: all else") \
	X(UNIT,          "estop_unit_events",  "counter", "unit,type",    "events by systemd unit, container or " \
									  "cgroup, in the same way")       \
	X(LAG,           "estop_lag_seconds",  "gauge",   "",             "age of the oldest event of the last " \
									  "interval when it was applied")  \
	X(FILL,          "estop_ring_fill_ratio", "gauge", "",            "the most of its ring that events filled " \
									  "in the last interval, 0 to 1")  \
	X(HANDLER,       "estop_handler_seconds", "histogram", "",        "time that the handler took for an event; " \
									  "the sum is right to 3 %")       \
	X(CPU,           "estop_cpu_seconds",  "counter", "",             "processor time that estop used")  \
	X(MEMORY,        "estop_memory_bytes", "gauge",   "",             "memory that estop takes")       \
	X(TIME,          "estop_updated_timestamp_seconds", "gauge", "",  "when these values were read, in seconds " \
									  "since 1970")

enum metric {
#define X(id, ...) METRIC_##id,
	METRIC_TABLE(X)
#undef X
	METRIC_COUNT
};

struct metric_info {
	const char *name, *kind, *labels, *help;
};

extern const struct metric_info metric_info[METRIC_COUNT];

struct metrics;

/*
 * address: as metrics_server_open() has it; top: how many programs and units. 0, or a negative errno with
 * a sentence in why.
 */
int metrics_open(struct metrics **, const char *address, unsigned top, char *why, size_t len);
void metrics_close(struct metrics *); /* NULL is fine */

int metrics_fd(const struct metrics *);            /* that connections are accepted from; NULL: -1 */
const char *metrics_where(const struct metrics *); /* address and port, as a URL has them */

/* An event, before it is applied to the tree. */
void metrics_take(struct metrics *, const struct tree *, const struct event *);

/* The end of an interval: makes the text anew. */
struct metrics_input {
	const struct tree *tree;
	const struct mutes *mutes;
	const struct source_stats *stats;
	const struct self *self;
	event_mask subscribed;
	uint64_t lag_ns;  /* of the last interval */
	double ring_fill; /* the same, 0..1 */
	uint64_t now_ns;  /* of the source */
};
void metrics_update(struct metrics *, const struct metrics_input *);

/* The last text, for tests. Good until the next update. */
const char *metrics_text(const struct metrics *, bool open, size_t *length);

#endif
