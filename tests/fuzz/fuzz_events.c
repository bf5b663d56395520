/* fuzz_events - any text as the list of -e: what is read, printed and read again, is the same. */
#include "model/event.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int
fuzz_events(const uint8_t *bytes, size_t length)
{
	const event_mask start = EVENT_ALL & ~event_mask_hot();
	event_mask first, named, second;
	char *list = malloc(length + 1), why[256] = "", text[4096];

	FUZZ_HOLDS(list);
	memcpy(list, bytes, length);
	list[length] = '\0';
	if (event_mask_parse(list, start, &first, &named, why, sizeof(why)) == 0) {
		FUZZ_HOLDS((named & ~first) == 0);
		FUZZ_HOLDS((first & ~EVENT_ALL) == 0);
		event_mask_text(first, text, sizeof(text));
		FUZZ_HOLDS(!first || event_mask_parse(text, start, &second, NULL, why, sizeof(why)) == 0);
		FUZZ_HOLDS(!first || first == second);
	} else {
		FUZZ_HOLDS(why[0]);
	}
	free(list);
	return 0;
}
