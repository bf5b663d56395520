/*
 * line_reader - the lines of a file or pipe, unpacked when it is gzip or zstd, which
 * is seen from its first bytes.
 *
 * One thread. Memory is bounded by the longest line asked for.
 */
#ifndef ESTOP_STREAM_LINE_READER_H
#define ESTOP_STREAM_LINE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines;

/* Takes the fd over, also when it fails. stop_fd: readable when waiting has to end; -1 none. */
struct lines *lines_open(int fd, int stop_fd, size_t longest);
void lines_close(struct lines *);

/*
 * The next line without its '\n', good until the next call. 1, or:
 *   0           the end; what was left without a '\n' came as a line before
 *   -EAGAIN     the end for now: a file may grow. Call again later
 *   -ECANCELED  stop_fd became readable
 *   -EMSGSIZE   the line was longer than asked for and was passed over
 *   -EBADMSG    what is packed is damaged here; nothing more can be read
 *   else        reading failed
 * growing: the end of a file is not yet the end.
 */
int lines_next(struct lines *, const char **line, size_t *length, bool growing);

bool lines_can_rewind(const struct lines *);
int lines_rewind(struct lines *);                     /* 0 or a negative errno */
uint64_t lines_number(const struct lines *);          /* of the line that came last, from 1 */
uint64_t lines_bytes(const struct lines *);           /* unpacked so far */
bool lines_cut(const struct lines *);                 /* the line that came last had no '\n' */

#endif
