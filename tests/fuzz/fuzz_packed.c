/*
 * fuzz_packed - any bytes as a recording: plain, gzip or zstd, as its first bytes say. Values are no
 * longer than asked for, and the same when read again; and what is compressed here is read back whole.
 */
#include "src/stream/pack.h"
#include "src/stream/value_reader.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 200, MOST_BYTES = 1 << 20 };

static uint64_t
hash(uint64_t value, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		value = (value ^ (uint8_t)bytes[i]) * UINT64_C(0x100000001b3);
	return value;
}

/* What the values add up to, up to a bound: a few bytes can unpack to very many. */
static uint64_t
read_all(struct values *v)
{
	uint64_t sum = 0;
	const char *value;
	size_t length, bytes = 0;
	int result;

	while ((result = values_next(v, &value, &length, false)) > 0 || result == -EMSGSIZE || result == -EILSEQ) {
		if (result > 0) {
			FUZZ_HOLDS(length <= LONGEST);
			sum = hash(sum + 1, value, length);
		} else {
			sum = sum * 31 + (uint64_t)-result;
		}
		bytes += result > 0 ? length + 1 : LONGEST;
		if (bytes > MOST_BYTES)
			break;
	}
	FUZZ_HOLDS(result >= 0 || result == -EMSGSIZE || result == -EILSEQ || result == -EBADMSG ||
		   result == -EPROTO);
	return hash(sum, (const char *)&result, sizeof(result));
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
static uint64_t
read_back(const char *name, const uint8_t *bytes, size_t length)
{
	struct sink sink = { 0 };
	struct pack *pack = pack_create(name, gather, &sink);
	size_t half = length / 2;
	struct values *v;
	uint64_t value;

	FUZZ_HOLDS(pack_add(pack, "x", 1, PACK_GO_ON));
	FUZZ_HOLDS(pack_add(pack, (const char *)bytes, half, PACK_FLUSH));
	FUZZ_HOLDS(pack_add(pack, (const char *)bytes + half, length - half, PACK_END));
	pack_destroy(pack);
	v = values_open(open(fuzz_file(sink.bytes, sink.length), O_RDONLY | O_CLOEXEC), -1, LONGEST);
	value = read_all(v);
	values_close(v);
	free(sink.bytes);
	return value;
}

int
fuzz_packed(const uint8_t *bytes, size_t length)
{
	struct values *v = values_open(open(fuzz_file(bytes, length), O_RDONLY | O_CLOEXEC), -1, LONGEST);
	uint64_t value = read_all(v);

	FUZZ_HOLDS(values_can_rewind(v));
	FUZZ_HOLDS(values_rewind(v) == 0);
	FUZZ_HOLDS(read_all(v) == value);
	values_close(v);

	value = read_back("x", bytes, length);
	FUZZ_HOLDS(read_back(length % 2 ? "x.gz" : "x.zst", bytes, length) == value); /* both take long */
	return 0;
}
