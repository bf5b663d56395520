/*
 * order - the rows of a snapshot in the order of the screen.
 *
 * Usually the snapshot's own. For a moment after a key the order is frozen, so
 * that no row moves away from under a person's finger while its figures go on:
 * then rows stand as they were remembered, and new ones come after those they
 * belong with, siblings after siblings in a tree.
 */
#ifndef ESTOP_UI_ORDER_H
#define ESTOP_UI_ORDER_H

#include "model/snapshot.h"

struct order_line {
	uint32_t row;    /* index in snapshot->rows */
	bool last;       /* last among its siblings */
	uint64_t guides; /* as in struct row */
};

struct order {
	struct order_rank *ranks; /* hash table: where each process stood */
	size_t rank_room, rank_count;
	struct order_line *lines; /* while frozen */
	size_t line_count, line_room;
	bool frozen;
};

void order_finish(struct order *); /* zeroed is fine */

/* Keeps the order in which this snapshot is shown now. */
void order_remember(struct order *, const struct snapshot *);
void order_forget(struct order *);

/* Before this snapshot is shown: in the remembered order when freeze is set and there is one. */
void order_apply(struct order *, const struct snapshot *, bool freeze);

/* Line i of the screen, i < snapshot->count. */
struct order_line order_at(const struct order *, const struct snapshot *, size_t i);

#endif
