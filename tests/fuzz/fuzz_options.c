/*
 * fuzz_options - any words as a command line: refused with a sentence, or taken. Words that name a
 * device or a file of /proc are left out, as a mute file is opened and read at once.
 */
#include "src/cli/options.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 64 };

int
fuzz_options(const uint8_t *bytes, size_t length)
{
	static char program[] = "estop";
	char *argv[MOST_WORDS + 2] = { program }, *text = malloc(length + 1), why[512] = "";
	struct options o;
	int argc = 1;

	FUZZ_HOLDS(text);
	memcpy(text, bytes, length);
	text[length] = '\0';
	for (char *at = text; at < text + length && argc <= MOST_WORDS; at += strlen(at) + 1) {
		if (strstr(at, "dev") || strstr(at, "proc/") || strstr(at, "sys/"))
			continue;
		argv[argc++] = at;
	}
	if (options_parse(&o, argc, argv, why, sizeof(why)) != 0) {
		FUZZ_HOLDS(why[0]);
	} else {
		FUZZ_HOLDS((o.events & event_mask_vital()) == event_mask_vital());
		FUZZ_HOLDS(!o.command || o.command[0]);
		for (size_t i = 0; i < o.mute_count; i++)
			FUZZ_HOLDS(mute_kind_is_process(o.mutes[i].rule.kind) == !o.mutes[i].rule.path);
		options_check_events(&o, EVENT_CORE, why, sizeof(why));
	}
	options_finish(&o);
	free(text);
	return 0;
}
