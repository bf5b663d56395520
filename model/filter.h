/*
 * filter - which rows are wanted, as typed by a person.
 *
 *   text          name, path or arguments contain it
 *   /path         executable is this path or lies below it
 *   ~regex        regular expression (PCRE2) over path and arguments
 *   ~~regex       the same, and case matters
 *   user:alice    effective user, by name or number
 *   pid:12,40     these processes
 *   host:build1   processes of this host, where there are several
 *   ev:open,exec  made one of these events in the last interval; types and groups as for -e
 *   !term         not
 *   a|b           either; binds weaker than a space, which means and
 *   "a b|c"       quotes anywhere in a term keep spaces and bars in it; so do
 *                 parentheses and brackets in a regex. A term that begins with a
 *                 quote is text, whatever it looks like
 *
 * Case does not matter to text and regex unless they have capitals (Unicode's). How accents
 * are composed never matters (model/fold.h).
 *
 * Compiled once, matched often. Main thread.
 *
 * The work of regular expressions is bounded (model/regex.h): a row on which one takes too
 * long does not match it, nor does any row after it when all that may be done for one frame is
 * done. filter_renew() is the end of a frame; filter_limited() is true when it came to that in
 * this one or the one before.
 */
#ifndef ESTOP_MODEL_FILTER_H
#define ESTOP_MODEL_FILTER_H

#include "model/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct filter;

/* What is matched; strings may be NULL. user is the name shown for uid. */
struct filter_subject {
	int32_t pid;
	uint32_t uid;
	const char *user, *name, *exe, *args; /* args: separated by spaces */
	const char *host;
	const char *target,
		*second; /* of an event: the paths it is about; text, path and regex look there, too */
	/* Did it make events of this type in the last interval? NULL: it did not. */
	bool (*makes)(const void *who, enum event_id);
	const void *who;
};

/* NULL with a sentence in why (naming the column, from 1) if the text is invalid. "" matches all. */
struct filter *filter_compile(const char *text, char *why, size_t len);
void filter_free(struct filter *);
bool filter_match(const struct filter *, const struct filter_subject *);
const char *filter_text(const struct filter *);
bool filter_renew(const struct filter *); /* was it limited in the frame that ends; NULL is fine */
bool filter_limited(const struct filter *);

#endif
