/*
 * fuzz_eslogger - any bytes as a line of a recording. What is taken has to make
 * a well-formed event, and its line, read again, the same line once more.
 */
#include "src/stream/eslogger.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

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
		/* An "event" of several members, which no system writes, may be taken by another of them. */
		bool same = eslogger_read(&second, once.bytes, once.length - 1) == kind;
		if (same)
			eslogger_write(&twice, second.event);
		if (same &&
		    (once.length != twice.length || memcmp(once.bytes, twice.bytes, once.length) != 0)) {
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
