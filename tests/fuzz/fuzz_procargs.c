/* fuzz_procargs - any bytes as what a Mac gives of a process's arguments: all of them lie in it. */
#include "src/darwin/procargs.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int
fuzz_procargs(const uint8_t *bytes, size_t length)
{
	enum { MOST = 16 };
	es_string_token_t args[MOST];
	char *buffer = malloc(length ? length : 1);
	uint32_t n;

	FUZZ_HOLDS(buffer);
	if (length)
		memcpy(buffer, bytes, length);
	n = procargs_parse(buffer, length, args, MOST);
	FUZZ_HOLDS(n <= MOST);
	for (uint32_t i = 0; i < n; i++) {
		FUZZ_HOLDS(args[i].data >= buffer &&
			   args[i].length <= (size_t)(buffer + length - args[i].data));
		FUZZ_HOLDS(!memchr(args[i].data, '\0', args[i].length));
	}
	free(buffer);
	return 0;
}
