/* notes - see notes.h. */
#include "src/base/notes.h"
#include "model/xalloc.h"
#include "src/base/say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static size_t
kept(const struct notes *n)
{
	return n->count < NOTES_KEPT ? (size_t)n->count : NOTES_KEPT;
}

void
notes_add(struct notes *n, const char *format, ...)
{
	char sentence[NOTE_BYTES];
	va_list arguments;

	if (n->count++ >= NOTES_KEPT)
		return;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	n->kept[n->count - 1] = xstrdup(sentence);
}

void
notes_say(const struct notes *n)
{
	for (size_t i = 0; i < kept(n); i++)
		say("%s", n->kept[i]);
	if (n->count > NOTES_KEPT)
		say("and %" PRIu64 " more of this kind", n->count - NOTES_KEPT);
}

bool
notes_first(const struct notes *n, char *out, size_t len)
{
	if (!n->count)
		return false;
	if (n->count == 1)
		snprintf(out, len, "%s", n->kept[0]);
	else
		snprintf(out, len, "%.400s; and %" PRIu64 " more, printed at the end", n->kept[0],
			 n->count - 1);
	return true;
}

void
notes_finish(struct notes *n)
{
	for (size_t i = 0; i < kept(n); i++)
		free(n->kept[i]);
	*n = (struct notes){ .count = 0 };
}
