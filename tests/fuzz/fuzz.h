/*
 * fuzz - the readers of bytes from outside, each fed with any bytes.
 *
 * A harness aborts when a fact about its reader does not hold. `make fuzz` runs them under
 * libFuzzer with ASan and UBSan; test_fuzz runs the corpus, and a fixed set of changes to it,
 * in every `make check`.
 */
#ifndef ESTOP_TESTS_FUZZ_H
#define ESTOP_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* name, and the folder of tests/fuzz/corpus; the most bytes that make sense; what the bytes are. */
#define FUZZ_TABLE(X)                                                                      \
	X(eslogger, 8192, "a line of a recording")                                         \
	X(packed,   8192, "a recording, compressed or not")                                \
	X(mutes,    4096, "a mute file")                                                   \
	X(config,   4096, "a configuration file")                                          \
	X(filter,    256, "a filter")                                                      \
	X(events,    256, "the list of -e")                                                \
	X(options,  1024, "a command line, its arguments separated by NULs")               \
	X(wire,     4096, "records of the kernel's ring, each behind its length (2 bytes)") \
	X(procargs, 1024, "the arguments of a process, as a Mac gives them")               \
	X(names,     512, "a name on the screen")

#define X(name, most, help) int fuzz_##name(const uint8_t *bytes, size_t length);
FUZZ_TABLE(X)
#undef X

/* Aborts, and says where, if it does not hold. */
#define FUZZ_HOLDS(fact) ((fact) ? (void)0 : fuzz_failed(#fact, __FILE__, __LINE__))
_Noreturn void fuzz_failed(const char *fact, const char *file, int line);

/* The path of a file with these bytes, good until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t length);

#endif
