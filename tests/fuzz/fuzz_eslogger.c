/*
 * fuzz_eslogger - any bytes as a line of a recording. What is taken has to make
 * a well-formed event, and its line, read again, the same line once more.
 */
#include "src/stream/eslogger.h"
#include "tests/fuzz/fuzz_eslogger.h"

#include <stdlib.h>
#include <string.h>

int
fuzz_line(const uint8_t *bytes, size_t length)
{
	struct eslogger first = { .detail = true }, second = { .detail = true };
	struct text once = { 0 }, twice = { 0 };

	if (eslogger_read(&first, (const char *)bytes, length) != ESLOGGER_BROKEN) {
		if (!event_valid(first.event, first.event->size))
			abort();
		eslogger_write(&once, first.event);
		if (once.length == 0 || memchr(once.bytes, '\n', once.length - 1))
			abort();
		if (eslogger_read(&second, once.bytes, once.length - 1) == ESLOGGER_BROKEN)
			abort();
		eslogger_write(&twice, second.event);
		if (once.length != twice.length || memcmp(once.bytes, twice.bytes, once.length) != 0)
			abort();
	}
	eslogger_finish(&first);
	eslogger_finish(&second);
	text_finish(&once);
	text_finish(&twice);
	return 0;
}

#ifdef FUZZ
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	return fuzz_line(bytes, length);
}
#endif
