/*
 * notes - sentences for a person, collected to be said later; of any number of them only the
 * first are kept, and the rest counted. Main thread only.
 */
#ifndef ESTOP_BASE_NOTES_H
#define ESTOP_BASE_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NOTES_KEPT = 20, NOTE_BYTES = 512 };

/* Zeroed: none. */
struct notes {
	char *kept[NOTES_KEPT]; /* at most NOTE_BYTES each */
	uint64_t count;
};

void notes_add(struct notes *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void notes_say(const struct notes *); /* each on a line of its own, then how many more there were */

/* The first, and how many more there are, for a screen's one line. False: there is none. */
bool notes_first(const struct notes *, char *out, size_t len);
void notes_finish(struct notes *);

#endif
