/*
 * fuzz_eslogger - any bytes as a line of a recording. What is taken has to make
 * a well-formed event, and its line, read again, the same line once more.
 */
#include "src/stream/eslogger.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

/* In all but the detail, which the lines stand for. */
static bool
same_event(const struct event *a, const struct event *b)
{
	struct event x = *a, y = *b;

	x.size = y.size = 0;
	if (memcmp(&x, &y, sizeof(x)) != 0)
		return false;
	for (unsigned tag = 0; tag < FIELD_COUNT; tag++) {
		size_t n, m;
		const char *s = event_field(a, (enum field_tag)tag, &n);
		const char *t = event_field(b, (enum field_tag)tag, &m);

		if (tag != FIELD_DETAIL && (!s != !t || (s && (n != m || memcmp(s, t, n) != 0))))
			return false;
	}
	return true;
}

int
fuzz_eslogger(const uint8_t *bytes, size_t length)
{
	struct eslogger first = { .detail = true }, second = { .detail = true };
	struct text once = { 0 }, twice = { 0 };
	enum eslogger_kind kind = eslogger_read(&first, (const char *)bytes, length);

	if (kind == ESLOGGER_EVENT || kind == ESLOGGER_SEEN) {
		FUZZ_HOLDS(event_valid(first.event, first.event->size));
		eslogger_write(&once, first.event);
		FUZZ_HOLDS(once.length > 0 && !memchr(once.bytes, '\n', once.length - 1));
		FUZZ_HOLDS(eslogger_read(&second, once.bytes, once.length - 1) == kind);
		if (!same_event(first.event, second.event)) {
			fprintf(stderr, "%.*s\n%.*s", (int)length, (const char *)bytes, (int)once.length,
				once.bytes);
			FUZZ_HOLDS(!"the line that was written is the same event");
		}
		eslogger_write(&twice, second.event);
		if (once.length != twice.length || memcmp(once.bytes, twice.bytes, once.length) != 0) {
			fprintf(stderr, "%.*s%.*s", (int)once.length, once.bytes, (int)twice.length,
				twice.bytes);
			FUZZ_HOLDS(!"written again it is the same");
		}
	}
	eslogger_finish(&first);
	eslogger_finish(&second);
	text_finish(&once);
	text_finish(&twice);
	return 0;
}
