/* strbuf - see strbuf.h. */
#include "src/base/strbuf.h"
#include "model/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
text_finish(struct text *t)
{
	free(t->bytes);
	*t = (struct text){ 0 };
}

char *
text_room(struct text *t, size_t more)
{
	if (t->room - t->length < more) {
		t->room = (t->length + more) * 2 + 256;
		t->bytes = xrealloc(t->bytes, t->room, 1);
	}
	return t->bytes + t->length;
}

void
text_add(struct text *t, const char *bytes, size_t length)
{
	if (length)
		memcpy(text_room(t, length), bytes, length);
	t->length += length;
}

void
text_word(struct text *t, const char *word)
{
	text_add(t, word, strlen(word));
}

void
text_char(struct text *t, char c)
{
	*text_room(t, 1) = c;
	t->length++;
}

void
text_uint(struct text *t, uint64_t value)
{
	char digits[20];
	size_t n = 0;

	do
		digits[sizeof(digits) - ++n] = (char)('0' + value % 10);
	while (value /= 10);
	text_add(t, digits + sizeof(digits) - n, n);
}

void
text_int(struct text *t, int64_t value)
{
	if (value < 0)
		text_char(t, '-');
	text_uint(t, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void
text_digits(struct text *t, uint64_t value, unsigned digits)
{
	char *to = text_room(t, digits);

	for (unsigned i = digits; i--; value /= 10)
		to[i] = (char)('0' + value % 10);
	t->length += digits;
}

void
text_format(struct text *t, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (n <= 0)
		return;
	va_start(arguments, format);
	vsnprintf(text_room(t, (size_t)n + 1), (size_t)n + 1, format, arguments);
	va_end(arguments);
	t->length += (size_t)n;
}

void
text_time(struct text *t, int64_t seconds, uint32_t ns, unsigned digits)
{
	/* Days since 0000-03-01, in eras of 400 years (gmtime_r() takes a lock for the time zone). */
	int64_t days = seconds / 86400, rest = seconds % 86400, era, year;
	uint64_t of_era, of_year, month;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = (uint64_t)(days - era * 146097);
	year = (int64_t)((of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365);
	of_year = of_era - (uint64_t)(365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	year += era * 400 + (month >= 10);
	if (year < 0 || year > 9999) /* of no clock: something that still is a time */
		year = 0;
	text_digits(t, (uint64_t)year, 4);
	text_char(t, '-');
	text_digits(t, month < 10 ? month + 3 : month - 9, 2);
	text_char(t, '-');
	text_digits(t, of_year - (153 * month + 2) / 5 + 1, 2);
	text_char(t, 'T');
	text_digits(t, (uint64_t)rest / 3600, 2);
	text_char(t, ':');
	text_digits(t, (uint64_t)rest / 60 % 60, 2);
	text_char(t, ':');
	text_digits(t, (uint64_t)rest % 60, 2);
	text_char(t, '.');
	if (digits == 6)
		text_digits(t, ns / 1000, 6);
	else
		text_digits(t, ns, 9);
	text_char(t, 'Z');
}
