/* line_reader - see line_reader.h. */
#include "src/stream/line_reader.h"
#include "model/xalloc.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { PACKED = 64 << 10, STEP = 256 << 10, WINDOW_LOG = 25 };

enum packing { UNKNOWN, PLAIN, GZIP, ZSTD };

struct lines {
	int fd, stop_fd;
	bool regular, seekable;
	enum packing packing;
	z_stream gzip;
	bool gzip_open;
	ZSTD_DCtx *zstd;
	bool inside;         /* a gzip member or zstd frame has begun and not ended */
	char *packed;        /* as read */
	size_t packed_at, packed_end;
	char *bytes;         /* unpacked */
	size_t room, at, end, searched, longest;
	bool passing;        /* over a line that is too long */
	bool cut;
	uint64_t number, total;
};

struct lines *
lines_open(int fd, int stop_fd, size_t longest)
{
	struct lines *l = xcalloc(1, sizeof(*l));
	struct stat s;

	l->fd = fd;
	l->stop_fd = stop_fd;
	l->longest = longest;
	l->regular = fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
	l->seekable = l->regular && lseek(fd, 0, SEEK_CUR) == 0;
	l->packed = xmalloc(PACKED);
	l->room = STEP;
	l->bytes = xmalloc(l->room);
	return l;
}

static void
close_packing(struct lines *l)
{
	if (l->gzip_open)
		inflateEnd(&l->gzip);
	l->gzip_open = false;
	ZSTD_freeDCtx(l->zstd);
	l->zstd = NULL;
	l->packing = UNKNOWN;
	l->inside = false;
}

void
lines_close(struct lines *l)
{
	if (!l)
		return;
	close_packing(l);
	close(l->fd);
	free(l->packed);
	free(l->bytes);
	free(l);
}

/* More packed bytes. 1, 0 at the end, or a negative errno. */
static int
fill(struct lines *l)
{
	struct pollfd fds[2] = { { .fd = l->fd, .events = POLLIN }, { .fd = l->stop_fd, .events = POLLIN } };
	ssize_t n;

	if (l->packed_at) {
		memmove(l->packed, l->packed + l->packed_at, l->packed_end - l->packed_at);
		l->packed_end -= l->packed_at;
		l->packed_at = 0;
	}
	for (;;) {
		if (!l->regular) {
			fds[0].revents = fds[1].revents = 0;
			if (poll(fds, 2, -1) < 0 && errno != EINTR)
				return -errno;
			if (fds[1].revents)
				return -ECANCELED;
			if (!fds[0].revents)
				continue;
		}
		n = read(l->fd, l->packed + l->packed_end, PACKED - l->packed_end);
		if (n >= 0)
			break;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
	l->packed_end += (size_t)n;
	return n > 0;
}

static int
unpack_gzip(struct lines *l)
{
	int result;

	if (!l->gzip_open) {
		memset(&l->gzip, 0, sizeof(l->gzip));
		if (inflateInit2(&l->gzip, 15 + 16) != Z_OK)
			return -ENOMEM;
		l->gzip_open = true;
	}
	l->gzip.next_in = (unsigned char *)l->packed + l->packed_at;
	l->gzip.avail_in = (unsigned)(l->packed_end - l->packed_at);
	l->gzip.next_out = (unsigned char *)l->bytes + l->end;
	l->gzip.avail_out = (unsigned)(l->room - l->end);
	result = inflate(&l->gzip, Z_NO_FLUSH);
	l->packed_at = l->packed_end - l->gzip.avail_in;
	l->end = l->room - l->gzip.avail_out;
	if (result == Z_STREAM_END) { /* another member may follow */
		l->inside = false;
		inflateReset(&l->gzip);
		return 0;
	}
	l->inside = true;
	return result == Z_OK || result == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static int
unpack_zstd(struct lines *l)
{
	ZSTD_inBuffer in = { l->packed, l->packed_end, l->packed_at };
	ZSTD_outBuffer out = { l->bytes, l->room, l->end };
	size_t left;

	if (!l->zstd) {
		l->zstd = ZSTD_createDCtx();
		if (!l->zstd)
			return -ENOMEM;
		/* What a file may have us allocate: else it is up to 128 MiB. */
		ZSTD_DCtx_setParameter(l->zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
	}
	left = ZSTD_decompressStream(l->zstd, &out, &in);
	l->packed_at = in.pos;
	l->end = out.pos;
	if (ZSTD_isError(left))
		return -EBADMSG;
	l->inside = left != 0;
	return 0;
}

static int
unpack_plain(struct lines *l)
{
	size_t n = l->packed_end - l->packed_at;

	if (n > l->room - l->end)
		n = l->room - l->end;
	memcpy(l->bytes + l->end, l->packed + l->packed_at, n);
	l->packed_at += n;
	l->end += n;
	return 0;
}

static void
look_at_packing(struct lines *l)
{
	const char *p = l->packed + l->packed_at;
	size_t n = l->packed_end - l->packed_at;

	if (n >= 2 && memcmp(p, "\x1f\x8b", 2) == 0)
		l->packing = GZIP;
	else if (n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0)
		l->packing = ZSTD;
	else
		l->packing = PLAIN;
}

/* More unpacked bytes behind end. 1, 0 at the end, or a negative errno. */
static int
more(struct lines *l)
{
	size_t before = l->end;
	int result;

	for (;;) {
		result = 0;
		if (l->packing == UNKNOWN) {
			/* The first four bytes may come one by one. */
			while (l->packed_end - l->packed_at < 4 && (result = fill(l)) > 0)
				;
			if (result < 0)
				return result;
			if (l->packed_end == l->packed_at)
				return 0;
			look_at_packing(l);
		}
		result = l->packing == GZIP ? unpack_gzip(l) :
			 l->packing == ZSTD ? unpack_zstd(l) : unpack_plain(l);
		if (l->end > before) {
			l->total += l->end - before;
			return 1;
		}
		if (result)
			return result;
		if (l->packed_at == l->packed_end || l->packing != PLAIN) {
			result = fill(l);
			if (result <= 0)
				return result;
		}
	}
}

/* The line that is whole in memory. */
static bool
take(struct lines *l, const char **line, size_t *length)
{
	const char *newline = memchr(l->bytes + l->searched, '\n', l->end - l->searched);

	l->searched = l->end;
	if (!newline)
		return false;
	*line = l->bytes + l->at;
	*length = (size_t)(newline - *line);
	l->at = l->searched = (size_t)(newline - l->bytes) + 1;
	l->number++;
	l->cut = false;
	return true;
}

static void
resize(struct lines *l, size_t room)
{
	l->room = room;
	l->bytes = xrealloc(l->bytes, room, 1);
}

static void
make_room(struct lines *l)
{
	if (l->at) {
		memmove(l->bytes, l->bytes + l->at, l->end - l->at);
		l->end -= l->at;
		l->searched -= l->at;
		l->at = 0;
	}
	if (l->room - l->end < STEP / 4)
		resize(l, l->room * 2 < l->longest + 2 * STEP ? l->room * 2 : l->longest + 2 * STEP);
	else if (l->room > 4 * STEP && l->end < STEP) /* of a long line that is over */
		resize(l, 2 * STEP);
}

int
lines_next(struct lines *l, const char **line, size_t *length, bool growing)
{
	int result;

	for (;;) {
		if (take(l, line, length)) {
			if (l->passing || *length > l->longest) {
				l->passing = false;
				return -EMSGSIZE;
			}
			return 1;
		}
		if (l->end - l->at > l->longest) { /* what is there of it is not needed */
			l->passing = true;
			l->at = l->end = l->searched = 0;
		}
		make_room(l);
		result = more(l);
		if (result < 0)
			return result;
		if (result > 0)
			continue;
		if (growing && l->regular)
			return -EAGAIN;
		if (l->at < l->end && !l->passing) {
			*line = l->bytes + l->at;
			*length = l->end - l->at;
			l->at = l->searched = l->end;
			l->number++;
			l->cut = true;
			return 1;
		}
		return 0;
	}
}

bool
lines_can_rewind(const struct lines *l)
{
	return l->seekable;
}

int
lines_rewind(struct lines *l)
{
	if (lseek(l->fd, 0, SEEK_SET) < 0)
		return -errno;
	close_packing(l);
	l->packed_at = l->packed_end = l->at = l->end = l->searched = 0;
	l->number = l->total = 0;
	l->passing = l->cut = false;
	return 0;
}

uint64_t
lines_number(const struct lines *l)
{
	return l->number;
}

uint64_t
lines_bytes(const struct lines *l)
{
	return l->total;
}

bool
lines_cut(const struct lines *l)
{
	return l->cut;
}
