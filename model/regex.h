/*
 * regex - a regular expression of Perl's kind (PCRE2) whose work has an end, whatever the
 * pattern and the text.
 *
 * The work is counted, not timed: before each item of the pattern is tried, a unit, and more
 * where the item may walk over the rest of the text. A text on which a pattern is not done
 * within REGEX_TEXT_UNITS does not match; nor does any, once the budget is used up. A unit is
 * some 10 to 70 ns. A pattern that compiles is small: at most REGEX_BYTES long, and 64 KiB
 * when its counted repeats are written out. Main thread only.
 *
 * UTF-8 where the text is valid; '.' is any character, '$' the very end.
 */
#ifndef ESTOP_MODEL_REGEX_H
#define ESTOP_MODEL_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REGEX_BYTES = 1024, REGEX_TEXT_UNITS = 50000, REGEX_BUDGET_UNITS = 1000000 };

struct regex;

struct regex_budget {
	int64_t left;     /* units */
	uint64_t limited; /* texts that were not tried to the end */
};

/* NULL with a sentence in why if it is not a valid regular expression, or too large. */
struct regex *regex_compile(const char *pattern, bool caseless, char *why, size_t len);
void regex_free(struct regex *); /* NULL is fine */
bool regex_match(struct regex *, const char *text, struct regex_budget *);

#endif
