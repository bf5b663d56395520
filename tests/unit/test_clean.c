/* Bytes from outside, made fit for a terminal. */
#include "model/clean.h"
#include "ui/ui.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BAD "\xef\xbf\xbd"

static void
becomes(const char *bytes, size_t length, const char *expected, size_t columns)
{
	char out[512];
	size_t n = clean_text(out, sizeof out, bytes, length, false);

	assert_string_equal(out, expected);
	assert_int_equal(n, columns);
	assert_int_equal(clean_width(out), columns);
}

#define BECOMES(bytes, expected, columns) becomes(bytes, sizeof(bytes) - 1, expected, columns)

static void
plain_text_stays(void **state)
{
	(void)state;
	BECOMES("", "", 0);
	BECOMES("/usr/bin/make -j8", "/usr/bin/make -j8", 17);
	BECOMES("caf\xc3\xa9", "caf\xc3\xa9", 4);
}

static void
controls_are_shown_with_a_caret(void **state)
{
	(void)state;
	BECOMES("a\033[31mb", "a^[[31mb", 8);
	BECOMES("a\nb\tc\r", "a^Jb^Ic^M", 9);
	BECOMES("\0\x7f", "^@^?", 4);
	for (int c = 0; c < 0x20; c++) {
		char byte = (char)c, out[8];
		assert_int_equal(clean_text(out, sizeof out, &byte, 1, false), 2);
		assert_true(out[0] == '^' && out[1] > 0x3f);
	}
}

static void
c1_is_replaced_in_both_spellings(void **state)
{
	(void)state;
	BECOMES("x\xc2\x9b"
		"31m",
		"x" BAD "31m", 5);
	BECOMES("x\x9b"
		"31m",
		"x" BAD "31m", 5);
	BECOMES("\xc2\x80\xc2\x85\xc2\x9f", BAD BAD BAD, 3);
	BECOMES("\xc2\xa1", "\xc2\xa1", 1);
}

static void
invalid_utf8_is_replaced_byte_by_byte(void **state)
{
	(void)state;
	BECOMES("\xff\xfe", BAD BAD, 2);
	BECOMES("a\x80"
		"b",
		"a" BAD "b", 3);
	BECOMES("\xc0\xaf", BAD BAD, 2);                 /* overlong */
	BECOMES("\xe0\x80\xaf", BAD BAD BAD, 3);         /* overlong */
	BECOMES("\xed\xa0\x80", BAD BAD BAD, 3);         /* surrogate */
	BECOMES("\xed\xbf\xbf", BAD BAD BAD, 3);         /* the last of them */
	BECOMES("\xf4\x90\x80\x80", BAD BAD BAD BAD, 4); /* above U+10FFFF */
	BECOMES("\xe4\xb8", BAD BAD, 2);                 /* cut off */
	BECOMES("\xc3"
		"A",
		BAD "A", 2);
}

static void
bidi_and_invisible_characters_are_replaced(void **state)
{
	static const uint32_t hidden[] = {
		0xad,   0x61c,  0x200b, 0x200c, 0x200d, 0x200e, 0x200f,  0x2028,  0x2029,
		0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2064,  0x2066,  0x2067,
		0x2068, 0x2069, 0x3164, 0xfe0f, 0xfeff, 0xfff9, 0xe0001, 0xe0020, 0xe0100,
	};

	(void)state;
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		char bytes[8] = "a", expected[] = "a" BAD "b";
		size_t n = 1 + clean_encode(bytes + 1, hidden[i]);
		bytes[n++] = 'b';
		becomes(bytes, n, expected, 3);
	}
}

/* What emoji are made of is shown; elsewhere the same characters would hide. */
static void
emoji_are_joined_and_styled(void **state)
{
	(void)state;
	BECOMES("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 4);
	BECOMES("\xe2\x9d\xa4\xef\xb8\x8f!", "\xe2\x9d\xa4\xef\xb8\x8f!", 2);
	BECOMES("1\xef\xb8\x8f\xe2\x83\xa3", "1\xef\xb8\x8f\xe2\x83\xa3", 1);
	BECOMES("sh\xe2\x80\x8d", "sh" BAD, 3);
	BECOMES("sh\xef\xb8\x8f", "sh" BAD, 3);
	BECOMES("\xe2\x80\x8dx", BAD "x", 2);
	BECOMES("\xef\xb8\x8f", BAD, 1);
}

/* In ASCII different names stay different. */
static void
ascii_escapes_what_it_cannot_show(void **state)
{
	char out[64];

	(void)state;
	assert_int_equal(clean_text(out, sizeof out, "\xc3\xbc\xff\xf0\x9f\x94\xa5\xe2\x80\xae\033", 11, true),
			 6 + 4 + 10 + 6 + 2);
	assert_string_equal(out, "\\u00fc\\xff\\U0001f525\\u202e^[");
	/* An escape that does not fit is left out as a whole. */
	assert_int_equal(clean_slice(out, sizeof out, "a\xc3\xbc", 3, true, 0, 6, NULL), 1);
	assert_string_equal(out, "a");
	assert_false(clean_ascii());
	clean_ask_ascii(true);
	assert_true(clean_ascii());
	clean_ask_ascii(false);
}

static void
wide_characters_count_two(void **state)
{
	(void)state;
	BECOMES("\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87", 4);
	BECOMES("\xf0\x9f\x94\xa5", "\xf0\x9f\x94\xa5", 2);
}

static void
combining_characters_stay_with_their_base(void **state)
{
	(void)state;
	BECOMES("e\xcc\x81x", "e\xcc\x81x", 2);
	BECOMES("\xcc\x81x", BAD "x", 2);
	BECOMES("\n\xcc\x81", "^J" BAD, 3);
	BECOMES("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81" BAD, 2);
}

static void
ascii_has_nothing_else(void **state)
{
	char out[64];

	(void)state;
	const char *text = "\xe4\xb8\xad e\xcc\x81 \xff \033";
	assert_int_equal(clean_text(out, sizeof out, text, strlen(text), true), 22);
	assert_string_equal(out, "\\u4e2d e\\u0301 \\xff ^[");
	setlocale(LC_ALL, "C");
	assert_true(clean_ascii());
	setlocale(LC_ALL, "C.UTF-8");
	assert_false(clean_ascii());
}

static void
a_small_buffer_is_never_overrun(void **state)
{
	const char *text = "a\xe4\xb8\xad\033"
			   "e\xcc\x81\xff";

	(void)state;
	for (size_t size = 1; size < 20; size++) {
		char *out = malloc(size); /* so that a sanitizer sees its end */
		size_t n = clean_text(out, size, text, strlen(text), false);
		assert_true(strlen(out) < size);
		assert_int_equal(clean_width(out), n);
		free(out);
	}
	assert_int_equal(clean_text(NULL, 0, text, strlen(text), false), 0);
}

static void
slices_cut_between_columns(void **state)
{
	const char *text = "a\xe4\xb8\xad"
			   "b\xe6\x96\x87"; /* columns: a 中中 b 文文 */
	char out[64];
	bool more;

	(void)state;
	assert_int_equal(clean_slice(out, sizeof out, text, strlen(text), false, 0, 2, &more), 1);
	assert_string_equal(out, "a"); /* half a character is none */
	assert_true(more);
	assert_int_equal(clean_slice(out, sizeof out, text, strlen(text), false, 2, 9, &more), 4);
	assert_string_equal(out, " b\xe6\x96\x87");
	assert_false(more);
	assert_int_equal(clean_slice(out, sizeof out, text, strlen(text), false, 3, 1, &more), 1);
	assert_string_equal(out, "b");
	assert_true(more);
	assert_int_equal(clean_slice(out, sizeof out, text, strlen(text), false, 99, 9, &more), 0);
	assert_string_equal(out, "");
	assert_false(more);
	assert_int_equal(clean_slice(out, sizeof out, "e\xcc\x81z", 4, false, 1, 9, NULL), 1);
	assert_string_equal(out, "z"); /* the accent went with its base */
	assert_int_equal(clean_slice(out, sizeof out, "e\xcc\x81z", 4, false, 0, 1, &more), 1);
	assert_string_equal(out, "e\xcc\x81");
}

/* Found by fuzzing: one blank stood for all that the edge had left of an escape. */
static void
an_escape_cut_by_the_left_edge_leaves_its_width(void **state)
{
	const char *text = "\xe6\x96\x87z"; /* \u6587 in ASCII */
	char out[64];

	(void)state;
	for (size_t skip = 1; skip < 6; skip++) {
		assert_int_equal(clean_slice(out, sizeof out, text, strlen(text), true, skip, 9, NULL),
				 7 - skip);
		assert_int_equal(clean_width(out), 7 - skip);
		assert_int_equal(out[6 - skip], 'z');
	}
}

/* What combines with a wide character that the left edge cuts goes with it, and not onto the blank. */
static void
what_combines_with_a_cut_character_goes_with_it(void **state)
{
	const char *text = "\xe6\x96\x87\xcc\x81z", *emoji = "\xf0\x9f\x91\xa9\xe2\x80\x8dz";
	char out[64];

	(void)state;
	assert_int_equal(clean_slice(out, sizeof out, text, strlen(text), false, 1, 9, NULL), 2);
	assert_string_equal(out, " z");
	assert_int_equal(clean_slice(out, sizeof out, emoji, strlen(emoji), false, 1, 9, NULL), 2);
	assert_string_equal(out, " z");
}

static void
any_bytes_come_out_harmless(void **state)
{
	unsigned seed = 12345;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char in[48], out[256];
		for (size_t i = 0; i < sizeof in; i++) {
			seed = seed * 1103515245 + 12345;
			in[i] = (char)(seed >> 16);
		}
		for (int ascii = 0; ascii < 2; ascii++) {
			size_t n = clean_text(out, sizeof out, in, sizeof in, ascii), length = strlen(out);
			assert_int_equal(clean_width(out), n);
			for (size_t at = 0, taken; at < length; at += taken) {
				uint32_t code;
				taken = clean_decode(out + at, length - at, &code);
				assert_true(code >= 0x20 && code != CLEAN_INVALID);
				assert_false(code >= 0x7f && code < 0xa0);
				assert_false(code >= 0x202a && code <= 0x202e);
				assert_false(ascii && code > 0x7e);
			}
		}
	}
}

static void
code_points_survive_both_ways(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		char bytes[4];
		uint32_t back;
		if (code >= 0xd800 && code <= 0xdfff)
			continue;
		size_t n = clean_encode(bytes, code);
		if (clean_decode(bytes, n, &back) != n || back != code)
			fail_msg("U+%04X came back as U+%04X", code, back);
	}
}

static void
bytes_of_so_many_columns(void **state)
{
	static const char text[] = "a\033b\xe4\xb8\x80"
				   "e\xcc\x81"
				   "z"; /* 1, 2, 1, 2, 1 with its accent, 1 */
	static const struct {
		size_t columns, takes, bytes;
	} cases[] = { { 0, 0, 0 }, { 1, 1, 1 }, { 2, 1, 1 }, { 3, 3, 2 },  { 4, 4, 3 },
		      { 5, 4, 3 }, { 6, 6, 6 }, { 7, 7, 9 }, { 8, 8, 10 }, { 99, 8, 10 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t columns = cases[i].columns;

		assert_int_equal(clean_bytes(text, strlen(text), false, &columns), cases[i].bytes);
		assert_int_equal(columns, cases[i].takes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(controls_are_shown_with_a_caret),
		cmocka_unit_test(c1_is_replaced_in_both_spellings),
		cmocka_unit_test(invalid_utf8_is_replaced_byte_by_byte),
		cmocka_unit_test(bidi_and_invisible_characters_are_replaced),
		cmocka_unit_test(emoji_are_joined_and_styled),
		cmocka_unit_test(ascii_escapes_what_it_cannot_show),
		cmocka_unit_test(wide_characters_count_two),
		cmocka_unit_test(combining_characters_stay_with_their_base),
		cmocka_unit_test(ascii_has_nothing_else),
		cmocka_unit_test(a_small_buffer_is_never_overrun),
		cmocka_unit_test(slices_cut_between_columns),
		cmocka_unit_test(an_escape_cut_by_the_left_edge_leaves_its_width),
		cmocka_unit_test(what_combines_with_a_cut_character_goes_with_it),
		cmocka_unit_test(any_bytes_come_out_harmless),
		cmocka_unit_test(code_points_survive_both_ways),
		cmocka_unit_test(bytes_of_so_many_columns),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
