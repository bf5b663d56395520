/*
 * intern - a string kept once, however many processes and frames hold it.
 *
 * Strings are immutable and counted; equal strings of one table are the same
 * pointer. A string may outlive its table. Main thread only.
 */
#ifndef ESTOP_MODEL_INTERN_H
#define ESTOP_MODEL_INTERN_H

#include <stddef.h>

struct intern; /* the table */
struct string; /* opaque */

struct intern *intern_create(void);
void intern_destroy(struct intern *); /* strings still held stay good; NULL is fine */

size_t intern_count(const struct intern *); /* strings of the table that are held */
size_t intern_bytes(const struct intern *); /* and their lengths together */

/* One more hold on the string of these bytes (up to a NUL); NULL when that is "". */
struct string *intern(struct intern *, const char *bytes, size_t length);

struct string *string_hold(struct string *); /* NULL is fine, here and below */
void string_release(struct string *);        /* the last one frees */

const char *string_bytes(const struct string *); /* "" for NULL */
const char *string_name(const struct string *);  /* of a path its last component; "?" for NULL */
struct string *string_of(const char *bytes);     /* back from string_bytes() of a string, not NULL */

#endif
