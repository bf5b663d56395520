/*
 * The corpus of tests/fuzz, as it is and with a fixed set of changes, through every harness: what
 * does not hold aborts and says where. make fuzz does more of it.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CHANGES = 60, MOST = 16384 };

static uint64_t state_of_random;

static size_t
below(size_t limit)
{
	state_of_random ^= state_of_random << 13;
	state_of_random ^= state_of_random >> 7;
	state_of_random ^= state_of_random << 17;
	return limit ? (size_t)(state_of_random % limit) : 0;
}

/* A byte is another one, some are gone, or come twice. */
static size_t
change(uint8_t *bytes, size_t length, size_t most)
{
	size_t at = below(length), some = below(40);

	if (some > length - at)
		some = length - at;
	switch (below(4)) {
	case 0:
		memmove(bytes + at, bytes + at + some, length - at - some);
		return length - some;
	case 1:
		if (length + some > most)
			return length;
		memmove(bytes + at + some, bytes + at, length - at);
		return length + some;
	case 2:
		if (length)
			bytes[at] ^= (uint8_t)(1 << below(8));
		return length;
	default:
		if (length)
			bytes[at] = (uint8_t)below(256);
		return length;
	}
}

/* How many files there were. */
static unsigned
run(const char *name, size_t most, int (*harness)(const uint8_t *, size_t))
{
	char directory[64], path[384];
	unsigned files = 0;
	struct dirent **list;
	int n;

	snprintf(directory, sizeof(directory), "tests/fuzz/corpus/%s", name);
	n = scandir(directory, &list, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		static uint8_t original[MOST], bytes[MOST];
		size_t length;
		FILE *f = NULL;

		snprintf(path, sizeof(path), "%s/%s", directory, list[i]->d_name);
		if (list[i]->d_name[0] != '.')
			f = fopen(path, "r");
		free(list[i]);
		if (!f)
			continue;
		length = fread(original, 1, most, f);
		fclose(f);
		harness(original, length);
		for (unsigned round = 0; round < CHANGES; round++) {
			size_t now = length;

			memcpy(bytes, original, length);
			for (size_t j = 0; j <= round % 4; j++)
				now = change(bytes, now, most);
			harness(bytes, now);
		}
		files++;
	}
	if (n >= 0)
		free(list);
	return files;
}

#define X(name, most, help)                                              \
	static void name##_bears_any_bytes(void **state)                 \
	{                                                                \
		_Static_assert((most) <= MOST, "room for the longest");  \
		(void)state;                                             \
		state_of_random = UINT64_C(88172645463325252);           \
		assert_in_range(run(#name, most, fuzz_##name), 3, 1000); \
	}
FUZZ_TABLE(X)
#undef X

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define X(name, most, help) cmocka_unit_test(name##_bears_any_bytes),
		FUZZ_TABLE(X)
#undef X
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
