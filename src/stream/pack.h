/*
 * pack - bytes on their way into a file, compressed as the file's name says.
 *
 * One thread at a time. What comes out is passed on in pieces of up to PACK_PIECE bytes.
 */
#ifndef ESTOP_STREAM_PACK_H
#define ESTOP_STREAM_PACK_H

#include <stdbool.h>
#include <stddef.h>

enum { PACK_PIECE = 256 << 10 };

enum pack_how {
	PACK_GO_ON, /* some may be buffered */
	PACK_FLUSH, /* a reader of the file can have all of it */
	PACK_END,   /* the same, and the compressed stream ends; what follows begins another one */
};

struct pack;

/* Takes all of it, or returns false for good. */
typedef bool pack_sink(void *ctx, const char *bytes, size_t length);

/* Compresses for names that end in .gz or .zst. */
struct pack *pack_create(const char *name, pack_sink *, void *ctx);
void pack_destroy(struct pack *); /* NULL is fine; flushes nothing */

/* False: the sink did not take it, or compressing failed. */
bool pack_add(struct pack *, const char *bytes, size_t length, enum pack_how);

/* At most so much would come out if it were ended now. */
size_t pack_kept(const struct pack *);

#endif
