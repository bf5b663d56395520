/*
 * json_scan - where a JSON object ends, found without parsing it.
 *
 * Checks the order of brackets, names and values, not what numbers and words are. The bytes may
 * come in pieces. Any thread.
 */
#ifndef ESTOP_STREAM_JSON_SCAN_H
#define ESTOP_STREAM_JSON_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum { JSON_SCAN_DEPTH = 256 };

struct json_scan {
	uint8_t state;
	uint16_t depth;
	uint8_t arrays[JSON_SCAN_DEPTH / 8]; /* a bit for each level */
};

enum json_scan_result {
	JSON_SCAN_MORE, /* all bytes were taken, and the object goes on */
	JSON_SCAN_DONE, /* it ends before bytes[*used] */
	JSON_SCAN_BAD,  /* bytes[*used] cannot be there; a raw newline in a string, for example */
};

void json_scan_begin(struct json_scan *);
enum json_scan_result json_scan(struct json_scan *, const char *bytes, size_t length, size_t *used);

#endif
