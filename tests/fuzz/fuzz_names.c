/*
 * fuzz_names - any bytes as a name on the screen: nothing of it acts on a terminal, its width is
 * what is said, slices are parts of it, and no buffer is left.
 */
#include "model/clean.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static void
check_clean(const char *text, size_t width, bool ascii)
{
	enum { JOINER = 0x200d, EMOJI_STYLE = 0xfe0f };
	size_t length = strlen(text), taken;
	uint32_t base = 0;

	if (clean_width(text) != width) {
		fprintf(stderr, "%zu columns, not %zu:", clean_width(text), width);
		for (size_t i = 0; i < length; i++)
			fprintf(stderr, " %02x", (unsigned char)text[i]);
		FUZZ_HOLDS(!"the width is what was said");
	}
	for (size_t at = 0; at < length; at += taken) {
		char back[4];
		uint32_t code;

		taken = clean_decode(text + at, length - at, &code);
		FUZZ_HOLDS(code != CLEAN_INVALID);
		if (code == JOINER || code == EMOJI_STYLE)
			FUZZ_HOLDS(base > 0x7f ||
				   (code == EMOJI_STYLE && base && strchr("0123456789#*", (int)base)));
		else
			FUZZ_HOLDS(!clean_is_hidden(code));
		if (wcwidth((wchar_t)code) > 0)
			base = code;
		FUZZ_HOLDS(!ascii || code < 0x7f);
		FUZZ_HOLDS(clean_encode(back, code) == taken && memcmp(back, text + at, taken) == 0);
	}
}

int
fuzz_names(const uint8_t *bytes, size_t length)
{
	/* First how much room there is and what slice is wanted. */
	size_t size = length > 0 ? bytes[0] + 1u : 1, skip = length > 1 ? bytes[1] : 0,
	       max = length > 2 ? bytes[2] : 0;
	const char *name = (const char *)bytes + (length > 3 ? 3 : length);
	size_t n = length > 3 ? length - 3 : 0;
	char *whole = malloc(8 * n + 1), *out = malloc(size);

	FUZZ_HOLDS(whole && out);
	for (int ascii = 0; ascii < 2; ascii++) {
		size_t all = clean_text(whole, 8 * n + 1, name, n, ascii), used;
		bool more = false;

		check_clean(whole, all, ascii);
		used = clean_text(out, size, name, n, ascii);
		check_clean(out, used, ascii);
		FUZZ_HOLDS(strncmp(out, whole, strlen(out)) == 0);
		used = clean_slice(out, size, name, n, ascii, skip, max, &more);
		check_clean(out, used, ascii);
		FUZZ_HOLDS(used <= max);
		FUZZ_HOLDS(skip < all || used == 0);
		FUZZ_HOLDS(skip + max >= all || more || strlen(out) + 8 >= size);
		if (skip == 0 && more == false && strlen(out) + 16 < size)
			FUZZ_HOLDS(strcmp(out, whole) == 0 || max < all);
	}
	free(whole);
	free(out);
	return 0;
}
