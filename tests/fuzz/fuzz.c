/* fuzz - see fuzz.h. */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
fuzz_failed(const char *fact, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, fact);
	abort();
}

const char *
fuzz_file(const uint8_t *bytes, size_t length)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		char name[] = "/tmp/estop-fuzz.XXXXXX";

		fd = mkstemp(name);
		FUZZ_HOLDS(fd >= 0);
		unlink(name);
		snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	}
	FUZZ_HOLDS(ftruncate(fd, 0) == 0);
	FUZZ_HOLDS(pwrite(fd, bytes, length, 0) == (ssize_t)length);
	FUZZ_HOLDS(lseek(fd, 0, SEEK_SET) == 0);
	return path;
}

#ifdef FUZZ
#include <locale.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int (*chosen)(const uint8_t *, size_t);

/* The program is called like the harness it is to run. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = strrchr((*argv)[0], '/');

	(void)argc;
	name = name ? name + 1 : (*argv)[0];
#define X(id, most, help)                \
	if (strcmp(name, #id) == 0)      \
		chosen = fuzz_##id;
	FUZZ_TABLE(X)
#undef X
	if (!chosen) {
		fprintf(stderr, "unknown harness '%s'\n", name);
		exit(2);
	}
	setlocale(LC_ALL, "C.UTF-8");
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	return chosen(bytes, length);
}
#endif
