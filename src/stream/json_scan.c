/* json_scan - see json_scan.h. */
#include "src/stream/json_scan.h"

#include <stdbool.h>
#include <string.h>

/* What may come next, or what is under way. */
enum state {
	VALUE,
	ELEMENT_OR_END,
	NAME,
	NAME_OR_END,
	COLON,
	COMMA_OR_END,
	STRING,
	ESCAPE,
	NAME_STRING,
	NAME_ESCAPE,
	WORD
};

void
json_scan_begin(struct json_scan *s)
{
	*s = (struct json_scan){ .state = VALUE };
}

static bool
in_array(const struct json_scan *s)
{
	unsigned level = s->depth - 1u;

	return s->arrays[level / 8] >> level % 8 & 1;
}

static bool
open_bracket(struct json_scan *s, bool array)
{
	unsigned level = s->depth;

	if (level == JSON_SCAN_DEPTH)
		return false;
	if (array)
		s->arrays[level / 8] |= (uint8_t)(1u << level % 8);
	else
		s->arrays[level / 8] &= (uint8_t) ~(1u << level % 8);
	s->depth++;
	s->state = array ? ELEMENT_OR_END : NAME_OR_END;
	return true;
}

static bool
close_bracket(struct json_scan *s, bool array)
{
	if (in_array(s) != array)
		return false;
	s->depth--;
	s->state = COMMA_OR_END;
	return true;
}

static bool
begin_value(struct json_scan *s, char c)
{
	if (c == '{' || c == '[')
		return open_bracket(s, c == '[');
	if (s->depth == 0) /* an object is looked for */
		return false;
	s->state = c == '"' ? STRING : WORD;
	return c == '"' || c == '-' || (c >= '0' && c <= '9') || c == 't' || c == 'f' || c == 'n';
}

static bool
is_of_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
	       c == 'E';
}

/* One byte outside of strings and words. False: it cannot be there. */
static bool
take(struct json_scan *s, char c)
{
	switch ((enum state)s->state) {
	case ELEMENT_OR_END:
		return c == ']' ? close_bracket(s, true) : begin_value(s, c);
	case VALUE:
		return begin_value(s, c);
	case NAME_OR_END:
		if (c == '}')
			return close_bracket(s, false);
		/* fall through */
	case NAME:
		s->state = NAME_STRING;
		return c == '"';
	case COLON:
		s->state = VALUE;
		return c == ':';
	case COMMA_OR_END:
		if (c == '}' || c == ']')
			return close_bracket(s, c == ']');
		s->state = in_array(s) ? VALUE : NAME;
		return c == ',';
	default:
		return false;
	}
}

/* In a string. The position after what was taken; a control character ends the search. */
static size_t
pass_string(struct json_scan *s, const char *bytes, size_t length, size_t at)
{
	bool name = s->state == NAME_STRING || s->state == NAME_ESCAPE;

	if (s->state == ESCAPE || s->state == NAME_ESCAPE) {
		s->state = name ? NAME_STRING : STRING;
		at++;
	}
	while (at < length && (unsigned char)bytes[at] >= ' ') {
		char c = bytes[at++];

		if (c == '"') {
			s->state = name ? COLON : COMMA_OR_END;
			break;
		}
		if (c == '\\' && at++ >= length) {
			s->state = name ? NAME_ESCAPE : ESCAPE;
			return length;
		}
	}
	return at;
}

enum json_scan_result
json_scan(struct json_scan *s, const char *bytes, size_t length, size_t *used)
{
	size_t at = 0;

	while (at < length) {
		char c = bytes[at];

		if (s->state >= STRING && s->state <= NAME_ESCAPE) {
			at = pass_string(s, bytes, length, at);
			if (at < length && (s->state == STRING || s->state == NAME_STRING))
				goto bad; /* a control character */
			continue;
		}
		if (s->state == WORD) {
			if (is_of_word(c)) {
				at++;
				continue;
			}
			s->state = COMMA_OR_END;
		}
		if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
			at++;
			continue;
		}
		if (!take(s, c))
			goto bad;
		at++;
		if (s->depth == 0) {
			*used = at;
			return JSON_SCAN_DONE;
		}
	}
	*used = length;
	return JSON_SCAN_MORE;
bad:
	*used = at;
	return JSON_SCAN_BAD;
}
