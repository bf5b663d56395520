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

/* Before drawing: the number of lines and of visible ones; keeps the cursor among these. */
void list_fit(struct list *, size_t count, size_t page);

/* The keys that move; false when it is none of them. */
bool list_move(struct list *, size_t count, enum action_id);

#endif
