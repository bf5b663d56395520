/*
 * timeline - events of a whole recording, counted in slots of equal length.
 *
 * Its length need not be known: when the slots are used up, each two become one of twice the
 * length. So its memory is bounded (some 13 KiB), and between half and all of the slots are
 * used. Plain data; whoever has it.
 */
#ifndef ESTOP_MODEL_TIMELINE_H
#define ESTOP_MODEL_TIMELINE_H

#include "model/chart.h"

#define TIMELINE_SLOT_NS UINT64_C(10000000) /* to begin with */

struct timeline {
	uint64_t begin_ns, end_ns; /* of the events so far */
	uint64_t slot_ns;
	uint32_t events[CHART_SLOTS][CHART_SERIES];
	uint8_t marks[CHART_SLOTS];
};

void timeline_open(struct timeline *, uint64_t begin_ns);

/* An event, or what else there was. Times before the beginning count as there. */
void timeline_add(struct timeline *, uint64_t ns, unsigned id);
void timeline_mark(struct timeline *, uint64_t ns, enum chart_mark);

void timeline_chart(const struct timeline *, struct chart *);

#endif
