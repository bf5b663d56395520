/*
 * json_cost - what it takes to hold the values of a line of JSON, known before it is parsed.
 *
 * A line of 16 MiB can have millions of values, each of which is some hundred bytes to jansson.
 * An upper bound, by jansson's structures and a usual malloc; jansson itself cannot be stopped
 * on the way, as it does not bear an allocation that fails. Any thread.
 */
#ifndef ESTOP_STREAM_JSON_COST_H
#define ESTOP_STREAM_JSON_COST_H

#include <stddef.h>

struct json_cost {
	size_t values; /* bytes of all values when all are there */
	size_t parser; /* bytes more while they are read */
	size_t detail; /* bytes of the same as struct detail has them */
};

/* Of what is no JSON, of all up to where it is none. */
struct json_cost json_cost(const char *line, size_t length);

#endif
