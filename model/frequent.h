/*
 * frequent - which paths were used most often, in bounded memory.
 *
 * The space-saving method (Metwally, Agrawal, El Abbadi: "Efficient computation of frequent and top-k
 * elements in data streams", 2005): a new path takes the place of the least used one, and its count. A
 * path that was used often is never missed; its count may be too high by what it says in over.
 * One thread.
 */
#ifndef ESTOP_MODEL_FREQUENT_H
#define ESTOP_MODEL_FREQUENT_H

#include <stddef.h>
#include <stdint.h>

struct frequent;

struct frequent_path {
	const char *path; /* good until the next frequent_add() */
	uint64_t count;
	uint64_t over; /* at most so many of them were of other paths */
};

struct frequent *frequent_create(size_t room); /* paths that are kept */
void frequent_destroy(struct frequent *);      /* NULL is fine */

void frequent_add(struct frequent *, const char *path, size_t length);
uint64_t frequent_sum(const struct frequent *); /* of all counts: exact */

/* The most used first. Returns how many are kept; fills at most max. */
size_t frequent_list(const struct frequent *, struct frequent_path out[], size_t max);

#endif
