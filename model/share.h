/*
 * share - how much of the last minute's events was whose.
 *
 * A window of a minute in steps of five seconds: the step that has begun and the
 * twelve before it. Only events that a mute would suppress are counted, so not
 * those that shape the tree. Bounded: a window is 56 bytes, and of executables the
 * busiest are remembered, SHARE_EXES at most and three quarters of that at least, also
 * after their processes have ended.
 */
#ifndef ESTOP_MODEL_SHARE_H
#define ESTOP_MODEL_SHARE_H

#include <stdint.h>

#define SHARE_STEP_NS ((uint64_t)5000000000)
enum { SHARE_STEPS = 13, SHARE_EXES = 512 };

struct window {
	uint32_t count[SHARE_STEPS];
	uint32_t step; /* the newest; they count from 1970 */
};

void window_add(struct window *, uint64_t now_ns, uint64_t count);
uint64_t window_sum(const struct window *, uint64_t now_ns);

struct shares;

struct shares *shares_create(void);
void shares_destroy(struct shares *); /* NULL is fine */
void shares_add(struct shares *, const char *exe, uint64_t now_ns, uint64_t count);

/* Events of what ran this executable, or of all whose path begins with it. */
uint64_t shares_exe(const struct shares *, const char *exe, uint64_t now_ns);
uint64_t shares_prefix(const struct shares *, const char *prefix, uint64_t now_ns);

#endif
