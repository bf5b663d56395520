/*
 * list - lines under a cursor, and which of them are seen.
 */
#ifndef ESTOP_UI_LIST_H
#define ESTOP_UI_LIST_H

#include "ui/action.h"

/* Zeroed is the top of it. */
struct list {
	size_t line; /* of the cursor */
	size_t top;  /* the first that is seen */
	size_t page; /* how many are seen */
};

/* Before drawing: so many lines, of which page are seen; the cursor stays among them. */
void list_fit(struct list *, size_t count, size_t page);

/* The keys that move; false when it is none of them. */
bool list_move(struct list *, size_t count, enum action_id);

#endif
