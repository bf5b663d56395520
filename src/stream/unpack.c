/* unpack - see unpack.h. */
#include "src/stream/unpack.h"
#include "model/xalloc.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { PACKED = 64 << 10, WINDOW_LOG = 25 };

enum packing { UNKNOWN, PLAIN, GZIP, ZSTD };

struct unpack {
	int fd, stop_fd;
	bool regular, seekable;
	enum packing packing;
	z_stream gzip;
	bool gzip_open;
	ZSTD_DCtx *zstd;
	bool inside;  /* a gzip member or zstd frame has begun and not ended */
	char *packed; /* as read */
	size_t packed_at, packed_end;
};

struct unpack *
unpack_open(int fd, int stop_fd)
{
	struct unpack *u = xcalloc(1, sizeof(*u));
	struct stat s;

	u->fd = fd;
	u->stop_fd = stop_fd;
	u->regular = fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
	u->seekable = u->regular && lseek(fd, 0, SEEK_CUR) == 0;
	u->packed = xmalloc(PACKED);
	return u;
}

static void
close_packing(struct unpack *u)
{
	if (u->gzip_open)
		inflateEnd(&u->gzip);
	u->gzip_open = false;
	ZSTD_freeDCtx(u->zstd);
	u->zstd = NULL;
	u->packing = UNKNOWN;
	u->inside = false;
}

void
unpack_close(struct unpack *u)
{
	if (!u)
		return;
	close_packing(u);
	close(u->fd);
	free(u->packed);
	free(u);
}

/* More packed bytes. 1, 0 at the end, or a negative errno. */
static int
fill(struct unpack *u)
{
	struct pollfd fds[2] = { { .fd = u->fd, .events = POLLIN }, { .fd = u->stop_fd, .events = POLLIN } };
	ssize_t n;

	if (u->packed_at) {
		memmove(u->packed, u->packed + u->packed_at, u->packed_end - u->packed_at);
		u->packed_end -= u->packed_at;
		u->packed_at = 0;
	}
	for (;;) {
		if (!u->regular) {
			fds[0].revents = fds[1].revents = 0;
			if (poll(fds, 2, -1) < 0 && errno != EINTR)
				return -errno;
			if (fds[1].revents)
				return -ECANCELED;
			if (!fds[0].revents)
				continue;
		}
		n = read(u->fd, u->packed + u->packed_end, PACKED - u->packed_end);
		if (n >= 0)
			break;
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	}
	u->packed_end += (size_t)n;
	return n > 0;
}

/* Fills room from to on; *got bytes of it. 0 or a negative errno. */
static int
from_gzip(struct unpack *u, char *to, size_t room, size_t *got)
{
	int result;

	if (!u->gzip_open) {
		memset(&u->gzip, 0, sizeof(u->gzip));
		if (inflateInit2(&u->gzip, 15 + 16) != Z_OK)
			return -ENOMEM;
		u->gzip_open = true;
	}
	u->gzip.next_in = (unsigned char *)u->packed + u->packed_at;
	u->gzip.avail_in = (unsigned)(u->packed_end - u->packed_at);
	u->gzip.next_out = (unsigned char *)to;
	u->gzip.avail_out = (unsigned)room;
	result = inflate(&u->gzip, Z_NO_FLUSH);
	u->packed_at = u->packed_end - u->gzip.avail_in;
	*got = room - u->gzip.avail_out;
	if (result == Z_STREAM_END) { /* another member may follow */
		u->inside = false;
		inflateReset(&u->gzip);
		return 0;
	}
	/* Called again after a member it has nothing to do. */
	u->inside = u->inside || result == Z_OK;
	return result == Z_OK || result == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static int
from_zstd(struct unpack *u, char *to, size_t room, size_t *got)
{
	ZSTD_inBuffer in = { u->packed, u->packed_end, u->packed_at };
	ZSTD_outBuffer out = { to, room, 0 };
	size_t left;

	if (!u->zstd) {
		u->zstd = ZSTD_createDCtx();
		if (!u->zstd)
			return -ENOMEM;
		/* What a file may have us allocate: else it is up to 128 MiB. */
		ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
	}
	if (in.pos == in.size && !u->inside) /* after a frame; a call would begin the next one */
		return 0;
	left = ZSTD_decompressStream(u->zstd, &out, &in);
	u->packed_at = in.pos;
	*got = out.pos;
	if (ZSTD_isError(left))
		return -EBADMSG;
	u->inside = left != 0;
	return 0;
}

static int
from_plain(struct unpack *u, char *to, size_t room, size_t *got)
{
	size_t n = u->packed_end - u->packed_at;

	if (n > room)
		n = room;
	memcpy(to, u->packed + u->packed_at, n);
	u->packed_at += n;
	*got = n;
	return 0;
}

static void
look_at_packing(struct unpack *u)
{
	const char *p = u->packed + u->packed_at;
	size_t n = u->packed_end - u->packed_at;

	if (n >= 2 && memcmp(p, "\x1f\x8b", 2) == 0)
		u->packing = GZIP;
	else if (n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0)
		u->packing = ZSTD;
	else
		u->packing = PLAIN;
}

ptrdiff_t
unpack_read(struct unpack *u, char *to, size_t room)
{
	size_t got;
	int result;

	for (;;) {
		result = 0;
		got = 0;
		if (u->packing == UNKNOWN) {
			/* The first four bytes may come one by one. */
			while (u->packed_end - u->packed_at < 4 && (result = fill(u)) > 0)
				;
			if (result < 0)
				return result;
			if (u->packed_end == u->packed_at)
				return 0;
			look_at_packing(u);
		}
		result = u->packing == GZIP   ? from_gzip(u, to, room, &got)
			 : u->packing == ZSTD ? from_zstd(u, to, room, &got)
					      : from_plain(u, to, room, &got);
		if (got)
			return (ptrdiff_t)got;
		if (result)
			return result;
		if (u->packed_at == u->packed_end || u->packing != PLAIN) {
			result = fill(u);
			if (result <= 0)
				return result;
		}
	}
}

bool
unpack_is_file(const struct unpack *u)
{
	return u->regular;
}

bool
unpack_is_inside(const struct unpack *u)
{
	return u->inside;
}

bool
unpack_can_rewind(const struct unpack *u)
{
	return u->seekable;
}

int
unpack_rewind(struct unpack *u)
{
	if (lseek(u->fd, 0, SEEK_SET) < 0)
		return -errno;
	close_packing(u);
	u->packed_at = u->packed_end = 0;
	return 0;
}
