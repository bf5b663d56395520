/* clean - see clean.h. */
#include "model/clean.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <wchar.h>

enum { COMBINING_MAX = 4 }; /* a curses cell holds no more */

/* Valid characters that would act on the text around them, or that are invisible. Sorted. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0080, 0x009f },   /* C1 */
	{ 0x00ad, 0x00ad },   /* soft hyphen */
	{ 0x034f, 0x034f },   /* combining grapheme joiner */
	{ 0x061c, 0x061c },   /* Arabic letter mark (bidi) */
	{ 0x115f, 0x1160 },   /* Hangul fillers */
	{ 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
	{ 0x180b, 0x180f },   /* Mongolian selectors and separator */
	{ 0x200b, 0x200f },   /* zero-width space and joiners, bidi marks */
	{ 0x2028, 0x202e },   /* line, paragraph separator, bidi embedding and override */
	{ 0x2060, 0x206f },   /* word joiner, invisible operators, bidi isolates */
	{ 0x3164, 0x3164 },   /* Hangul filler */
	{ 0xfe00, 0xfe0f },   /* variation selectors: terminals disagree on the width */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xffa0, 0xffa0 },   /* halfwidth Hangul filler */
	{ 0xfff0, 0xfffb },   /* annotation */
	{ 0x13430, 0x1345f }, /* Egyptian format controls */
	{ 0x1bca0, 0x1bca3 }, /* shorthand format controls */
	{ 0x1d173, 0x1d17a }, /* musical format controls */
	{ 0xe0000, 0xe0fff }, /* tags, more selectors */
};

bool
clean_is_hidden(uint32_t code)
{
	if (code < 0x20 || code == 0x7f)
		return true;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden && hidden[i].first <= code; i++)
		if (code <= hidden[i].last)
			return true;
	return false;
}

static bool asked_ascii;

void
clean_ask_ascii(bool wanted)
{
	asked_ascii = wanted;
}

bool
clean_ascii(void)
{
	return asked_ascii || strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

size_t
clean_decode(const char *bytes, size_t length, uint32_t *code)
{
	const unsigned char *b = (const unsigned char *)bytes;
	unsigned n = *b < 0x80 ? 1 : *b < 0xc2 ? 0 : *b < 0xe0 ? 2 : *b < 0xf0 ? 3 : *b < 0xf5 ? 4 : 0;
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

	*code = CLEAN_INVALID;
	if (n == 0 || n > length)
		return 1;
	uint32_t c = n == 1 ? *b : *b & (0x7fu >> n);
	for (unsigned i = 1; i < n; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | (b[i] & 0x3f);
	}
	if (c < smallest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 1;
	*code = c;
	return n;
}

size_t
clean_encode(char out[4], uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)((0xf00 >> n & 0xff) | code);
	return n;
}

/* What one character of the input is shown as. */
struct glyph {
	char text[12];
	unsigned length, width;
};

/* What stands before a character: those that combine belong to it. */
struct base {
	uint32_t code;   /* 0: none */
	size_t combined; /* how many there are already */
};

static void
replace(struct glyph *g, uint32_t code, unsigned char byte, bool ascii)
{
	int n = 3;

	if (!ascii)
		memcpy(g->text, "\xef\xbf\xbd", 3);
	else if (code == CLEAN_INVALID)
		n = snprintf(g->text, sizeof g->text, "\\x%02x", byte);
	else
		n = snprintf(g->text, sizeof g->text, code > 0xffff ? "\\U%08x" : "\\u%04x", code);
	g->length = (unsigned)n;
	g->width = ascii ? g->length : 1;
}

/* Emoji are joined, and told from text, by characters that have no width. */
static bool
joins(uint32_t code, uint32_t base)
{
	enum { JOINER = 0x200d, EMOJI_STYLE = 0xfe0f };

	if (code != JOINER && code != EMOJI_STYLE)
		return false;
	return base > 0x7f || (code == EMOJI_STYLE && base && strchr("0123456789#*", (int)base));
}

/* Takes one character. */
static size_t
next_glyph(struct glyph *g, const char *bytes, size_t length, bool ascii, struct base *base)
{
	uint32_t code;
	size_t taken = clean_decode(bytes, length, &code);

	if (code < 0x20 || code == 0x7f) {
		*g = (struct glyph){ { '^', (char)(code ^ 0x40) }, 2, 2 };
		*base = (struct base){ 0 };
		return taken;
	}
	int width = code < 0x7f ? 1 : -1;
	if (code > 0x7f && code != CLEAN_INVALID && !ascii) {
		if (joins(code, base->code))
			width = 0;
		else if (!clean_is_hidden(code))
			width = wcwidth((wchar_t)code);
	}
	if (width == 0 && (!base->code || base->combined >= COMBINING_MAX))
		width = -1;
	if (width < 0) {
		replace(g, code, (unsigned char)*bytes, ascii);
		*base = (struct base){ 0 };
		return taken;
	}
	g->length = (unsigned)clean_encode(g->text, code);
	g->width = (unsigned)width;
	if (width > 0)
		*base = (struct base){ code, 0 };
	else
		base->combined++;
	return taken;
}

size_t
clean_slice(char *out, size_t size, const char *bytes, size_t length, bool ascii, size_t skip, size_t max,
	    bool *more)
{
	size_t column = 0, used = 0, filled = 0;
	struct base base = { 0 };
	bool drawn = false, cut = false; /* drawn: the last base went into out */

	for (size_t at = 0; at < length && !cut;) {
		struct glyph g;
		bool blank = false; /* in place of a cut one: what combines with that has no place */

		at += next_glyph(&g, bytes + at, length - at, ascii, &base);
		if (g.width == 0) {
			if (!drawn)
				continue;
		} else if (column + g.width <= skip) {
			column += g.width;
			drawn = false;
			continue;
		} else if (column < skip) {
			const unsigned rest = (unsigned)(column + g.width - skip);

			g = (struct glyph){ .length = rest, .width = rest }; /* an escape has more than one */
			memset(g.text, ' ', rest);
			column = skip;
			blank = true;
		}
		if (used + g.width > max || filled + g.length + 1 > size) {
			cut = true;
			break;
		}
		memcpy(out + filled, g.text, g.length);
		filled += g.length;
		used += g.width;
		column += g.width;
		drawn = !blank;
	}
	if (size)
		out[filled] = '\0';
	if (more)
		*more = cut;
	return used;
}

size_t
clean_bytes(const char *bytes, size_t length, bool ascii, size_t *columns)
{
	size_t at = 0, used = 0;
	struct base base = { 0 };

	while (at < length) {
		struct glyph g;
		size_t taken = next_glyph(&g, bytes + at, length - at, ascii, &base);

		if (used + g.width > *columns)
			break;
		used += g.width;
		at += taken;
	}
	*columns = used;
	return at;
}

size_t
clean_text(char *out, size_t size, const char *bytes, size_t length, bool ascii)
{
	return clean_slice(out, size, bytes, length, ascii, 0, SIZE_MAX, NULL);
}

size_t
clean_width(const char *text)
{
	size_t columns = 0;
	uint32_t code;

	for (size_t n = strlen(text), taken; n > 0; n -= taken, text += taken) {
		taken = clean_decode(text, n, &code);
		int width = code == CLEAN_INVALID ? 1 : wcwidth((wchar_t)code);
		columns += width < 0 ? 1 : (size_t)width;
	}
	return columns;
}
