/*
 * prog_synthetic - estop itself, with the fake source in the client's place:
 * the whole program without privileges. FAKE_PROCESSES, FAKE_EVENTS, FAKE_RATE,
 * FAKE_OTHERS, FAKE_MUTE_LIMIT and FAKE_REFUSE in the environment configure what it reports.
 */
#include "tests/lib/fake_source.h"

#include <stdlib.h>

static uint64_t
from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

event_mask
client_available(void)
{
	return EVENT_ALL;
}

void
client_hooks(enum source_hooks hooks)
{
	(void)hooks;
}

void
client_debug(FILE *to)
{
	(void)to;
}

int
client_open(struct source *s, struct ring *ring, int wake_fd, char *why, size_t len)
{
	fake_config.processes = (unsigned)from_environment("FAKE_PROCESSES", fake_config.processes);
	fake_config.events = from_environment("FAKE_EVENTS", fake_config.events);
	fake_config.per_second = from_environment("FAKE_RATE", fake_config.per_second);
	fake_config.mute_limit = (unsigned)from_environment("FAKE_MUTE_LIMIT", 0);
	fake_config.others = (unsigned)from_environment("FAKE_OTHERS", 0);
	fake_config.refuse = getenv("FAKE_REFUSE");
	return fake_open(s, ring, wake_fd, why, len);
}
