/*
 * reveal - finds a row wherever it is folded away, and unfolds what it is in.
 *
 * One thread, that of the tree. Rows are searched in the order of the screen, as it would be if nothing
 * were folded; a frame's worth of work.
 */
#ifndef ESTOP_MODEL_REVEAL_H
#define ESTOP_MODEL_REVEAL_H

#include "model/snapshot.h"
#include "model/tree.h"

struct reveal {
	struct proc_key key; /* of the row found */
	bool group;          /* it is a ROW_GROUP */
	bool wrapped;        /* it was found beyond the end, or before the start */
	bool same;           /* it is the row that the search began at */
};

/*
 * The next row behind from that matches, or before it; from_here: from itself may be it. Around the end
 * if need be. False: there is none.
 */
bool reveal_next(struct tree *, const struct snapshot_spec *, const struct filter *wanted,
		 struct proc_key from, bool backwards, bool from_here, uint64_t now_ns, struct reveal *);

#endif
