/*
 * strbuf - bytes put together in memory that grows and is used again. { 0 } is an empty one.
 */
#ifndef ESTOP_BASE_STRBUF_H
#define ESTOP_BASE_STRBUF_H

#include <stddef.h>
#include <stdint.h>

struct text {
	char *bytes;
	size_t length, room;
};

void text_finish(struct text *);

/* Room for this many bytes after the end; what is written there becomes text by adding to length. */
char *text_room(struct text *, size_t more);

void text_add(struct text *, const char *bytes, size_t length);
void text_word(struct text *, const char *word);
void text_char(struct text *, char);
void text_int(struct text *, int64_t);
void text_uint(struct text *, uint64_t);
void text_digits(struct text *, uint64_t value, unsigned digits); /* with leading zeros */
void text_format(struct text *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "2025-08-07T15:13:09.811587464Z"; digits after the point: 6 or 9. */
void text_time(struct text *, int64_t seconds, uint32_t ns, unsigned digits);

#endif
