/*
 * position - where one is in a recording, how long it is, and what a person types to go elsewhere.
 *
 * Plain data and pure functions; any thread. Times are in ns since 1970; a time of day is in the
 * time zone of the process (TZ).
 */
#ifndef ESTOP_MODEL_POSITION_H
#define ESTOP_MODEL_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed: of no recording. */
struct position {
	uint64_t begin_ns, now_ns;
	uint64_t end_ns; /* as far as it is known: at least this */
	char pace[16];   /* "×2", "max", "stopped", "end"; "": as it was */
	double scanned; /* how much of the recording is, 0..1; 1: end_ns is its end; < 0: it cannot be scanned */
};

/* The end is known: the recording was scanned as a whole. */
bool position_is_whole(const struct position *);

/*
 * How far a step goes: a round time, about a twentieth of the length, at least 1 s. 10 s while
 * the length is not known.
 */
uint64_t position_step(const struct position *);

/*
 * Where "14:03:20", "14:03", "2026-11-24 14:03:20" (Z behind it: UTC), "+5s", "-1m30s", "2m" (from the
 * beginning) and "50%" lead; fractions of seconds are allowed. A time of day is the first one in
 * the recording. 0; or -EINVAL, -ERANGE or -EAGAIN (the length is not known yet) with a sentence in why.
 */
int position_parse(const struct position *, const char *typed, uint64_t *to, char *why, size_t len);

/* "14:03:20", of that time in the time zone. Room for 32 bytes. Returns out. */
const char *position_clock(char *out, size_t size, uint64_t ns);

#endif
