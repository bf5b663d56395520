/*
 * chart - events per second over a time, by type: what a chart shows, whatever it was counted by.
 *
 * Plain data. The types that are not core share one series.
 */
#ifndef ESTOP_MODEL_CHART_H
#define ESTOP_MODEL_CHART_H

#include "model/event.h"

enum { CHART_SERIES = EV_CORE + 1, CHART_SLOTS = 512 };

/* What happened in a slot besides events: a bit of the slot's marks each. */
#define CHART_MARK_TABLE(X)                                       \
	/* id      sign  help */                                  \
	X(LOST,    "!", "events lost")                            \
	X(MUTES,   "m", "mute rules changed")                     \
	X(RECORD,  "R", "a recording began or ended")

enum chart_mark {
#define X(id, ...) CHART_MARK_##id,
	CHART_MARK_TABLE(X)
#undef X
	CHART_MARKS
};

struct chart {
	uint64_t begin_ns;                     /* of the first slot */
	uint64_t slot_ns;                      /* length of each */
	unsigned count;                        /* slots */
	bool whole;                            /* of a recording from its beginning to its end */
	float rate[CHART_SLOTS][CHART_SERIES]; /* per second; negative: not measured */
	uint8_t marks[CHART_SLOTS];            /* bits by enum chart_mark */
};

static inline unsigned
chart_series(unsigned id)
{
	return id < EV_CORE ? id : EV_CORE;
}

static inline uint8_t
chart_mark_bit(enum chart_mark mark)
{
	return (uint8_t)(1u << mark);
}

#endif
