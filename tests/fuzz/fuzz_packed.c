/*
 * fuzz_packed - any bytes as a recording: plain, gzip or zstd, as its first bytes say. What comes of
 * them is the same when read again, in other pieces, and so is where the objects in it end; and what
 * is compressed here is read back whole.
 */
#include "src/stream/json_scan.h"
#include "src/stream/pack.h"
#include "src/stream/unpack.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 4096, MOST_BYTES = 1 << 20 };

static uint64_t
hash(uint64_t value, const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		value = (value ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
	return value;
}

struct sum {
	uint64_t bytes, objects; /* hashes */
	uint64_t length;
	bool damaged;
};

/* In pieces of so many bytes, up to a bound: a few bytes can unpack to very many. */
static struct sum
read_all(struct unpack *u, size_t piece)
{
	struct sum sum = { 0 };
	struct json_scan scan;
	bool scanning = true;
	char room[ROOM];
	ptrdiff_t n = 0;

	json_scan_begin(&scan);
	while (sum.length < MOST_BYTES && (n = unpack_read(u, room, piece)) > 0) {
		size_t length = (size_t)n, at = 0;

		FUZZ_HOLDS(length <= piece);
		if (length > MOST_BYTES - sum.length)
			length = (size_t)(MOST_BYTES - sum.length);
		while (scanning && at < length) {
			size_t used = 0;
			uint64_t end;
			enum json_scan_result result = json_scan(&scan, room + at, length - at, &used);

			FUZZ_HOLDS(used <= length - at);
			FUZZ_HOLDS(result != JSON_SCAN_MORE || used == length - at);
			FUZZ_HOLDS(result != JSON_SCAN_DONE || used > 0);
			at += used;
			end = sum.length + at;
			if (result != JSON_SCAN_MORE)
				sum.objects = hash(sum.objects, &end, sizeof(end));
			if (result == JSON_SCAN_DONE)
				json_scan_begin(&scan);
			else if (result == JSON_SCAN_BAD)
				scanning = false;
		}
		sum.bytes = hash(sum.bytes, room, length);
		sum.length += length;
	}
	FUZZ_HOLDS(n >= 0 || n == -EBADMSG);
	sum.damaged = n < 0;
	return sum;
}

struct sink {
	uint8_t *bytes;
	size_t length;
};

static bool
gather(void *ctx, const char *bytes, size_t length)
{
	struct sink *s = ctx;

	s->bytes = realloc(s->bytes, s->length + length);
	FUZZ_HOLDS(s->bytes);
	memcpy(s->bytes + s->length, bytes, length);
	s->length += length;
	return true;
}

/* Behind the letter nothing looks like gzip or zstd. */
static void
read_back(const char *name, const uint8_t *bytes, size_t length)
{
	struct sink sink = { 0 };
	struct pack *pack = pack_create(name, gather, &sink);
	size_t half = length / 2;
	struct unpack *u;
	struct sum sum;

	FUZZ_HOLDS(pack_add(pack, "x", 1, PACK_GO_ON));
	FUZZ_HOLDS(pack_add(pack, (const char *)bytes, half, PACK_FLUSH));
	FUZZ_HOLDS(pack_add(pack, (const char *)bytes + half, length - half, PACK_END));
	pack_destroy(pack);
	u = unpack_open(open(fuzz_file(sink.bytes, sink.length), O_RDONLY | O_CLOEXEC), -1);
	sum = read_all(u, ROOM);
	FUZZ_HOLDS(sum.length == length + 1);
	FUZZ_HOLDS(sum.bytes == hash(hash(0, "x", 1), bytes, length));
	FUZZ_HOLDS(!unpack_is_inside(u));
	unpack_close(u);
	free(sink.bytes);
}

int
fuzz_packed(const uint8_t *bytes, size_t length)
{
	struct unpack *u = unpack_open(open(fuzz_file(bytes, length), O_RDONLY | O_CLOEXEC), -1);
	struct sum first = read_all(u, ROOM), second;

	FUZZ_HOLDS(unpack_can_rewind(u));
	FUZZ_HOLDS(unpack_rewind(u) == 0);
	second = read_all(u, 1 + length % 300);
	FUZZ_HOLDS(first.damaged == second.damaged || first.length == MOST_BYTES ||
		   second.length == MOST_BYTES);
	if (!first.damaged &&
	    !second.damaged) { /* how much comes before what is damaged depends on the room */
		FUZZ_HOLDS(first.length == second.length);
		FUZZ_HOLDS(first.bytes == second.bytes);
		FUZZ_HOLDS(first.objects == second.objects);
	}
	unpack_close(u);
	read_back(length % 2 ? "x.gz" : "x.zst", bytes, length); /* both take long */
	return 0;
}
