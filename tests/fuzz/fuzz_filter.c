/*
 * fuzz_filter - any text as a filter: it is refused with a sentence, or answers for any row, and
 * the same for the same one.
 */
#include "model/filter.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static bool
makes(const void *who, enum event_id id)
{
	(void)who;
	return id % 2 == 0;
}

int
fuzz_filter(const uint8_t *bytes, size_t length)
{
	static const struct filter_subject rows[] = {
		{ .pid = 1, .name = "init", .exe = "/sbin/init", .args = "/sbin/init splash" },
		{ .pid = 12,
		  .uid = 1000,
		  .user = "alice",
		  .name = "cc1",
		  .exe = "/usr/lib/gcc/cc1",
		  .args = "cc1 -quiet aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b.c",
		  .host = "build1",
		  .makes = makes },
		{ .pid = 40,
		  .name = "\xff\xfe",
		  .exe = "/tmp/\xc3\xa4 b|c",
		  .args = "",
		  .target = "/etc/passwd",
		  .second = "/etc/shadow" },
		{ .pid = 0 },
	};
	char *text = malloc(length + 1), why[256] = "";
	struct filter *f;

	FUZZ_HOLDS(text);
	memcpy(text, bytes, length);
	text[length] = '\0';
	f = filter_compile(text, why, sizeof(why));
	FUZZ_HOLDS(f || why[0]);
	if (f) {
		FUZZ_HOLDS(strcmp(filter_text(f), text) == 0);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			bool first = filter_match(f, &rows[i]), second = filter_match(f, &rows[i]);

			FUZZ_HOLDS(filter_limited(f) || first == second);
		}
		filter_renew(f);
	}
	filter_free(f);
	free(text);
	return 0;
}
