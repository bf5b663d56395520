/* fuzz_eslogger - see fuzz_eslogger.c; also run by test_eslogger over lines made from the fixtures. */
#ifndef FUZZ_ESLOGGER_H
#define FUZZ_ESLOGGER_H

#include <stddef.h>
#include <stdint.h>

/* Aborts when something is wrong. */
int fuzz_line(const uint8_t *bytes, size_t length);

#endif
