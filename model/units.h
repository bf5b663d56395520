/*
 * units - durations, rates and counts as text for people. Pure; any thread. Room for 32 bytes
 * is always enough.
 */
#ifndef ESTOP_MODEL_UNITS_H
#define ESTOP_MODEL_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_SECOND UINT64_C(1000000000)

enum duration_form {
	DURATION_ROUNDED, /* one unit, two significant digits: "8 ms", "1.5 s", "12 min", "2.5 h" */
	DURATION_EXACT,   /* "412 ms", "12.4 s", "3 min 04 s", "2 h 10 min" */
	DURATION_CELL,    /* whole units for a narrow column: "12s", "3m", "5h", "9d" */
	DURATION_CLOCK    /* h:mm:ss */
};

/* Returns out. */
const char *units_duration(char *out, size_t size, uint64_t ns, enum duration_form);

/* A count in at most width (>= 4) columns: 1234, 12.3M. Cut, never rounded up. Returns out. */
const char *units_count(char *out, size_t size, uint64_t value, unsigned width);

/* A count with its thousands separated: 1,234,567. Returns out. */
const char *units_grouped(char *out, size_t size, uint64_t value);

/*
 * A number per second: "0", "<0.1", "1.5", then whole numbers as units_count() writes them, or
 * units_grouped() with width 0. Returns out.
 */
const char *units_rate(char *out, size_t size, double value, unsigned width);

#endif
