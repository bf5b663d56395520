/*
 * clean - bytes from outside made fit for a terminal or a text log.
 *
 *   C0 and DEL              caret notation: ESC is ^[, newline ^J, DEL ^?
 *   invalid UTF-8           one U+FFFD for each byte
 *   C1, bidi controls,      one U+FFFD each: they act on the terminal or on the
 *   zero-width, line and    order of the text, or hide in it
 *   paragraph separators
 *   combining characters    kept, up to four on a base; U+FFFD beyond, or without a base
 *
 *   joiner (U+200D) and     kept behind a character outside ASCII, U+FE0F behind a
 *   emoji style (U+FE0F)    digit, too: emoji are made of them
 *
 * With ascii, a character outside ASCII becomes \u and four hexadecimal digits, \U and eight,
 * and a byte that belongs to none \x and two, so that different names stay different. Widths are
 * wcwidth's.
 */
#ifndef ESTOP_MODEL_CLEAN_H
#define ESTOP_MODEL_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes any bytes fit for a terminal or a text log; returns columns used. */
size_t clean_text(char *out, size_t size, const char *bytes, size_t length, bool ascii);

/* Is plain ASCII needed: asked for, or the locale is not a UTF-8 one. One answer for the whole program. */
bool clean_ascii(void);
void clean_ask_ascii(bool wanted);

/*
 * Columns [skip, skip + max) of the cleaned text, NUL-terminated; returns columns
 * used. A wide character cut by the left edge leaves a blank. more, when given,
 * is set if text follows beyond the right edge. Stops early if out is full.
 */
size_t clean_slice(char *out, size_t size, const char *bytes, size_t length, bool ascii, size_t skip,
		   size_t max, bool *more);

/* How many bytes are the characters that fit whole in *columns, cleaned; *columns: what these take. */
size_t clean_bytes(const char *bytes, size_t length, bool ascii, size_t *columns);

/* Columns of text that is clean already (our own words). */
size_t clean_width(const char *text);

/* Would it act on a terminal or on the text around it, or hide in it: C0, DEL, C1, bidi controls and their like. */
bool clean_is_hidden(uint32_t code);

/* One code point from at least one byte; returns bytes taken. Invalid: one, CLEAN_INVALID. */
#define CLEAN_INVALID UINT32_MAX
size_t clean_decode(const char *bytes, size_t length, uint32_t *code);

/* UTF-8 of a valid code point, without NUL; returns bytes (1 to 4). */
size_t clean_encode(char out[4], uint32_t code);

#endif
