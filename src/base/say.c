/* say - see say.h. */
#include "src/base/say.h"
#include "model/clean.h"
#include "model/xalloc.h"
#include "src/base/strbuf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* One byte becomes at most \xff: four. */
enum { WIDEST = 4 };

static void
add_clean(struct text *t, const char *bytes, size_t length)
{
	size_t size = length * WIDEST + 1;
	char *to = text_room(t, size);

	clean_text(to, size, bytes, length, clean_ascii());
	t->length += strlen(to);
	text_char(t, '\n');
}

/* In one write: lines of other programs on the same terminal do not get in between. */
static void
put(struct text *t)
{
	fwrite(t->bytes, 1, t->length, stderr);
	fflush(stderr);
	text_finish(t);
}

void
say(const char *format, ...)
{
	struct text line = { 0 };
	char *sentence;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	sentence = xmalloc((size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(sentence, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text_word(&line, "estop: ");
	add_clean(&line, sentence, (size_t)length);
	free(sentence);
	put(&line);
}

void
say_data(void (*write)(FILE *, void *ctx), void *ctx)
{
	struct text page = { 0 };
	char *bytes = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&bytes, &size);

	if (!out)
		return;
	write(out, ctx);
	fclose(out);
	text_add(&page, bytes, size);
	free(bytes);
	put(&page);
}

void
say_page(void (*write)(FILE *, void *ctx), void *ctx)
{
	struct text page = { 0 };
	char *bytes = NULL;
	size_t size = 0, length;
	FILE *out = open_memstream(&bytes, &size);

	if (!out)
		return;
	write(out, ctx);
	fclose(out);
	for (size_t at = 0; at < size; at += length + 1) {
		const char *newline = memchr(bytes + at, '\n', size - at);

		length = newline ? (size_t)(newline - bytes) - at : size - at;
		add_clean(&page, bytes + at, length);
	}
	free(bytes);
	put(&page);
}
