/*
 * value_reader - the JSON objects of a file or pipe, one at a time, however they are laid out:
 * one a line, over several lines, several on a line, or as the elements of an array. A byte
 * order mark, commas and record separators between them are passed over. gzip and zstd are
 * decompressed.
 *
 * JSON Lines cost nothing more: a line that looks like an object is given without a look at what
 * is in it, and only what its parser rejects is measured.
 *
 * One thread. Memory is bounded by the longest value asked for.
 */
#ifndef ESTOP_STREAM_VALUE_READER_H
#define ESTOP_STREAM_VALUE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct values;

/* Takes the fd over, also when it fails. stop_fd: readable when waiting has to end; -1 none. */
struct values *values_open(int fd, int stop_fd, size_t longest);
void values_close(struct values *); /* NULL is fine */

/*
 * The next object, good until the next call; or, where none begins, the text up to the end of the
 * line, which its parser will reject. 1, or:
 *   0           the end
 *   -EAGAIN     the end for now: a file may grow. Call again later
 *   -ECANCELED  stop_fd became readable
 *   -EMSGSIZE   the value was longer than asked for and was skipped
 *   -EILSEQ     what began here is not valid JSON; reading goes on at a later line
 *   -EPROTO     the file is in UTF-16 or UTF-32; nothing can be read
 *   -EBADMSG    the compressed data are damaged here; nothing more can be read
 *   else        reading failed
 * growing: the end of a file is not yet the end.
 */
int values_next(struct values *, const char **value, size_t *length, bool growing);

/*
 * The parser rejects the value given last. True: it was a line that only looked like one, and
 * values_next() gives what really begins there. False: that is how it is.
 */
bool values_retry(struct values *);

bool values_can_rewind(const struct values *);
int values_rewind(struct values *);          /* 0 or a negative errno */
uint64_t values_line(const struct values *); /* where the value given last begins, from 1 */

/* At the end: what shows that the input goes on elsewhere, for a sentence; NULL: nothing. */
const char *values_missing(const struct values *);

#endif
