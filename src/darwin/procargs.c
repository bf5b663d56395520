/* procargs - see procargs.h. */
#include "src/darwin/procargs.h"

#include <string.h>

uint32_t
procargs_parse(const char *buffer, size_t size, es_string_token_t *args, uint32_t max)
{
	const char *at = buffer, *end = buffer + size;
	uint32_t n = 0;
	int count;

	if (size < sizeof(count))
		return 0;
	memcpy(&count, buffer, sizeof(count));
	at += sizeof(count);
	at += strnlen(at, (size_t)(end - at));
	/* An empty first argument cannot be told from the padding, and is taken for it. */
	while (at < end && *at == '\0')
		at++;
	for (; at < end && n < max && (int64_t)n < count; n++) {
		size_t length = strnlen(at, (size_t)(end - at));

		args[n] = (es_string_token_t){ .length = length, .data = at };
		at += length;
		if (at < end)
			at++;
	}
	return n;
}
