/* text_file - see text_file.h. */
#include "model/text_file.h"
#include "model/xalloc.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { SENTENCE_MAX = 512 };

void
text_file_complain(const struct text_file *f, const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	int used = snprintf(sentence, sizeof(sentence), "%.200s:%u: ", f->path, f->line);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence + used, sizeof(sentence) - (size_t)used, format, arguments);
	va_end(arguments);
	f->error(f->ctx, sentence);
}

/* One byte, or EOF; also where no more may be read. */
static int
next_byte(struct text_file *f)
{
	int c;

	if (f->full)
		return EOF;
	c = getc(f->file);
	if (c == EOF || f->read++ < f->most)
		return c;
	f->full = true;
	return EOF;
}

/* Fills text with a line as it is. False: there is none. */
static bool
read_line(struct text_file *f, size_t *length)
{
	size_t n = 0;
	int c = next_byte(f);

	if (c == EOF)
		return false;
	f->line++;
	for (; c != EOF && c != '\n'; c = next_byte(f)) {
		if (n < f->longest)
			f->text[n] = (char)c;
		n++;
	}
	f->text[n < f->longest ? n : f->longest] = '\0';
	*length = n;
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

char *
text_file_next(struct text_file *f)
{
	size_t length;

	if (!f->text)
		f->text = xmalloc(f->longest + 1);
	while (read_line(f, &length) && !f->full) {
		char *text = f->text;

		if (length > f->longest) {
			text_file_complain(f, "the line is longer than %zu bytes", f->longest);
			continue;
		}
		if (memchr(text, '\0', length)) {
			text_file_complain(f, "the line contains a NUL byte");
			continue;
		}
		/* An editor may have put a byte order mark there. */
		if (f->line == 1 && strncmp(text, "\xef\xbb\xbf", 3) == 0)
			text += 3;
		for (char *end = text + strlen(text); end > text && is_blank(end[-1]);)
			*--end = '\0';
		while (is_blank(*text))
			text++;
		if (*text && !strchr(f->comments, *text))
			return text;
	}
	if (f->full && !f->told) {
		f->told = true;
		text_file_complain(f, "only the first %zu bytes of the file are read", f->most);
	}
	return NULL;
}

void
text_file_finish(struct text_file *f)
{
	free(f->text);
	f->text = NULL;
}
