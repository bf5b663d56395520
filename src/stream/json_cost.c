/* json_cost - see json_cost.h. */
#include "src/stream/json_cost.h"

#include <string.h>

/* Bytes, with what malloc adds. */
enum {
	VALUE = 32,   /* a number */
	ELEMENT = 24, /* its place in an array that doubles */
	STRING = 80,  /* and its bytes */
	MEMBER = 136, /* of an object that doubles, and the bytes of its name */
	OBJECT = 256,
	ARRAY = 160,
	DETAIL = 24, /* of any value */
};

/* The position after the string that begins here; *size: its bytes at most. */
static size_t
pass_string(const char *line, size_t length, size_t at, size_t *size)
{
	size_t from = ++at;

	while (at < length && line[at] != '"')
		at += line[at] == '\\' ? 2 : 1;
	if (at > length)
		at = length;
	*size = at - from;
	return at < length ? at + 1 : at;
}

struct json_cost
json_cost(const char *line, size_t length)
{
	struct json_cost cost = { 0, 0, 0 };
	size_t size, longest = 0, begin;

	for (size_t at = 0; at < length;) {
		switch (line[at]) {
		case '"':
			at = pass_string(line, length, at, &size);
			if (size > longest)
				longest = size;
			/* A name or a value, depending on what follows; a name costs more. */
			while (at < length && strchr(" \t\r\n", line[at]))
				at++;
			cost.values += size + (at < length && line[at] == ':' ? MEMBER : STRING + ELEMENT);
			cost.detail += size + DETAIL;
			continue;
		case '{':
			cost.values += OBJECT + ELEMENT;
			cost.detail += DETAIL;
			break;
		case '[':
			cost.values += ARRAY + ELEMENT;
			cost.detail += DETAIL;
			break;
		case '}':
		case ']':
		case ':':
		case ',':
		case ' ':
		case '\t':
		case '\r':
		case '\n':
			break;
		default: /* a number or a word */
			begin = at;
			while (at < length && !strchr("{}[]:,\" \t\r\n", line[at]))
				at++;
			if (at == begin) /* a NUL, which strchr() finds */
				return cost;
			if (at - begin > longest)
				longest = at - begin;
			cost.values += VALUE + ELEMENT;
			cost.detail += DETAIL;
			continue;
		}
		at++;
	}
	/* The text of one token, in a buffer that is copied to one of twice its size. */
	cost.parser = longest;
	return cost;
}
