/* fold - see fold.h. */
#include "model/fold.h"
#include "model/xalloc.h"

#include <string.h>
#include <utf8proc.h>

bool
fold_is_ascii(const char *text)
{
	size_t n = strlen(text), i = 0;
	uint64_t eight;

	for (; i + 8 <= n; i += 8) {
		memcpy(&eight, text + i, 8);
		if (eight & 0x8080808080808080u)
			return false;
	}
	for (; i < n; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

bool
fold_has_capitals(const char *text)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t code;

	for (utf8proc_ssize_t n; *at; at += n > 0 ? n : 1) {
		utf8proc_category_t category;

		n = utf8proc_iterate(at, -1, &code);
		category = n > 0 ? utf8proc_category(code) : UTF8PROC_CATEGORY_CN;
		if (category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT)
			return true;
	}
	return false;
}

const char *
fold_text(struct fold *f, const char *text, bool fold_case)
{
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
	const utf8proc_option_t how =
		UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | (fold_case ? UTF8PROC_CASEFOLD : 0);
	utf8proc_ssize_t n;

	if (!fold_case && fold_is_ascii(text))
		return text;
	n = utf8proc_decompose(bytes, 0, f->code, (utf8proc_ssize_t)f->room, how);
	if (n < 0)
		return text;
	/* One more: utf8proc_reencode() ends it with a NUL, in the same memory. */
	if ((size_t)n + 1 > f->room) {
		f->room = (size_t)n + 64;
		f->code = xrealloc(f->code, f->room, sizeof(*f->code));
		n = utf8proc_decompose(bytes, 0, f->code, (utf8proc_ssize_t)f->room, how);
	}
	return utf8proc_reencode(f->code, n, how) < 0 ? text : (const char *)f->code;
}
