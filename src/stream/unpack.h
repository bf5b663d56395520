/*
 * unpack - the bytes of a file or pipe, decompressed when they are gzip or zstd, which is
 * detected from the first ones. The counterpart of pack.
 *
 * One thread.
 */
#ifndef ESTOP_STREAM_UNPACK_H
#define ESTOP_STREAM_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

struct unpack;

/* Takes the fd over, also when it fails. stop_fd: readable when waiting has to end; -1 none. */
struct unpack *unpack_open(int fd, int stop_fd);
void unpack_close(struct unpack *); /* NULL is fine */

/*
 * At least one byte and at most room of them. Their number, or:
 *   0           the end, for now: a file may grow
 *   -ECANCELED  stop_fd became readable
 *   -EBADMSG    the compressed data are damaged here; nothing more can be read
 *   else        reading failed
 */
ptrdiff_t unpack_read(struct unpack *, char *to, size_t room);

bool unpack_is_file(const struct unpack *);   /* a regular one: it may grow */
bool unpack_is_inside(const struct unpack *); /* a compressed stream has begun and not ended */
bool unpack_can_rewind(const struct unpack *);
int unpack_rewind(struct unpack *); /* 0 or a negative errno */

#endif
