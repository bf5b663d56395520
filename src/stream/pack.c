/* pack - see pack.h. */
#include "src/stream/pack.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum kind { PLAIN, GZIP, ZSTD };

struct pack {
	enum kind kind;
	z_stream gzip;
	ZSTD_CCtx *zstd;
	pack_sink *sink;
	void *ctx;
	size_t inside; /* bytes the compressor has taken since it was flushed */
	char *out;
	size_t out_length;
};

static bool
pass_on(struct pack *p)
{
	size_t n = p->out_length;

	p->out_length = 0;
	return n == 0 || p->sink(p->ctx, p->out, n);
}

static bool
add_gzip(struct pack *p, const char *bytes, size_t length, enum pack_how how)
{
	static const int flush[] = {
		[PACK_GO_ON] = Z_NO_FLUSH, [PACK_FLUSH] = Z_SYNC_FLUSH, [PACK_END] = Z_FINISH
	};

	p->gzip.next_in = (unsigned char *)(void *)(size_t)bytes;
	p->gzip.avail_in = (unsigned)length;
	for (;;) {
		p->gzip.next_out = (unsigned char *)p->out + p->out_length;
		p->gzip.avail_out = (unsigned)(PACK_PIECE - p->out_length);
		deflate(&p->gzip, flush[how]);
		p->out_length = PACK_PIECE - p->gzip.avail_out;
		if (p->out_length < PACK_PIECE)
			break; /* it had room to spare, so it is done */
		if (!pass_on(p))
			return false;
	}
	return how != PACK_END || deflateReset(&p->gzip) == Z_OK;
}

static bool
add_zstd(struct pack *p, const char *bytes, size_t length, enum pack_how how)
{
	static const ZSTD_EndDirective directive[] = {
		[PACK_GO_ON] = ZSTD_e_continue, [PACK_FLUSH] = ZSTD_e_flush, [PACK_END] = ZSTD_e_end
	};
	ZSTD_inBuffer in = { bytes, length, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { p->out, PACK_PIECE, p->out_length };

		left = ZSTD_compressStream2(p->zstd, &out, &in, directive[how]);
		p->out_length = out.pos;
		if (ZSTD_isError(left) || (p->out_length == PACK_PIECE && !pass_on(p)))
			return false;
	} while (in.pos < in.size || (how != PACK_GO_ON && left));
	return true;
}

static bool
add_plain(struct pack *p, const char *bytes, size_t length)
{
	while (length) {
		size_t n = length < PACK_PIECE - p->out_length ? length : PACK_PIECE - p->out_length;

		memcpy(p->out + p->out_length, bytes, n);
		p->out_length += n;
		bytes += n;
		length -= n;
		if (p->out_length == PACK_PIECE && !pass_on(p))
			return false;
	}
	return true;
}

bool
pack_add(struct pack *p, const char *bytes, size_t length, enum pack_how how)
{
	bool good = p->kind == GZIP   ? add_gzip(p, bytes, length, how)
		    : p->kind == ZSTD ? add_zstd(p, bytes, length, how)
				      : add_plain(p, bytes, length);

	p->inside = p->kind == PLAIN || how != PACK_GO_ON ? 0 : p->inside + length;
	return good && (how == PACK_GO_ON || pass_on(p));
}

size_t
pack_kept(const struct pack *p)
{
	/* What cannot be compressed grows by less than a hundredth; a stream's own ends are short. */
	return p->out_length + p->inside + p->inside / 100 + (p->kind == PLAIN ? 0 : 64);
}

struct pack *
pack_create(const char *name, pack_sink *sink, void *ctx)
{
	struct pack *p = xcalloc(1, sizeof(*p));
	const char *dot = strrchr(name, '.');

	p->sink = sink;
	p->ctx = ctx;
	p->out = xmalloc(PACK_PIECE);
	if (dot && strcmp(dot, ".gz") == 0 &&
	    deflateInit2(&p->gzip, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK)
		p->kind = GZIP;
	if (dot && strcmp(dot, ".zst") == 0 && (p->zstd = ZSTD_createCCtx()) != NULL)
		p->kind = ZSTD;
	return p;
}

void
pack_destroy(struct pack *p)
{
	if (!p)
		return;
	if (p->kind == GZIP)
		deflateEnd(&p->gzip);
	ZSTD_freeCCtx(p->zstd);
	free(p->out);
	free(p);
}
