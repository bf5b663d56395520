/* value_reader - see value_reader.h. */
#include "src/stream/value_reader.h"
#include "src/stream/json_scan.h"
#include "src/stream/unpack.h"
#include "model/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 256 << 10 };

/* What bytes[at] is in. */
enum place {
	BETWEEN,     /* values */
	OBJECT,      /* at its first byte */
	TEXT,        /* the same, up to the end of the line */
	LONG_OBJECT, /* in one that is too long: its bytes are dropped as they come */
	LONG_TEXT,
};

struct values {
	struct unpack *in;
	char *bytes;
	size_t room, at, end, longest;
	enum place place;
	size_t scanned; /* bytes from at on that have been looked at */
	struct json_scan scan;
	int dropped;          /* what values_next() says when the end of a dropped one is reached */
	bool looked;          /* at the encoding */
	bool wide;            /* UTF-16 or UTF-32 */
	bool guessing;        /* a line may be given as it is */
	bool guessed;         /* the value given last is such a line */
	bool cut;             /* the end came inside a value */
	size_t arrays;        /* brackets that are open around the values */
	size_t arrays_before; /* as far as they are known to be no text */
	uint64_t line;        /* of bytes[at] */
	uint64_t number;      /* of the line in which the value given last begins */
	size_t last;          /* where its bytes are */
};

struct values *
values_open(int fd, int stop_fd, size_t longest)
{
	struct values *v = xcalloc(1, sizeof(*v));

	v->in = unpack_open(fd, stop_fd);
	v->longest = longest;
	v->room = STEP;
	v->bytes = xmalloc(v->room);
	v->line = 1;
	v->guessing = true;
	return v;
}

void
values_close(struct values *v)
{
	if (!v)
		return;
	unpack_close(v->in);
	free(v->bytes);
	free(v);
}

/* Goes so many bytes on. */
static void
advance(struct values *v, size_t n)
{
	const char *from = v->bytes + v->at, *end = from + n;

	while (from < end && (from = memchr(from, '\n', (size_t)(end - from))) != NULL) {
		v->line++;
		from++;
	}
	v->at += n;
}

/* From the start of a value to what follows it. */
static void
leave(struct values *v, size_t length)
{
	v->number = v->line;
	v->last = v->at;
	v->place = BETWEEN;
	v->arrays_before = v->arrays;
	advance(v, length);
}

static int
give(struct values *v, size_t length, const char **value, size_t *value_length)
{
	*value = v->bytes + v->at;
	*value_length = length;
	leave(v, length);
	return 1;
}

/* What is in memory of a value is dropped, and what follows of it. */
static void
drop(struct values *v, enum place place, int dropped)
{
	v->number = v->line;
	advance(v, v->end - v->at);
	v->place = place;
	v->dropped = dropped;
}

/* Two bytes are there, or all. */
static void
look_at_encoding(struct values *v)
{
	const char *b = v->bytes + v->at;

	v->looked = true;
	if (v->end - v->at < 2)
		return;
	v->wide = memcmp(b, "\xff\xfe", 2) == 0 || memcmp(b, "\xfe\xff", 2) == 0 ||
		  (!b[0] && (b[1] == '{' || b[1] == '[')) || (!b[1] && (b[0] == '{' || b[0] == '['));
}

/* Passes over what may lie between values; true: one begins at at. */
static bool
find_value(struct values *v)
{
	for (; v->at < v->end; v->at++) {
		switch (v->bytes[v->at]) {
		case '\n':
			v->line++;
			v->arrays_before = v->arrays;
			continue;
		case ' ':
		case '\t':
		case '\r':
		case ',':
		case '\x1e': /* RFC 7464 */
			continue;
		case '[':
			v->arrays++;
			continue;
		case ']':
			if (!v->arrays)
				break;
			v->arrays--;
			continue;
		case '\xef':
			if (v->end - v->at < 3) /* more may come; at the end it does not matter */
				return false;
			if (memcmp(v->bytes + v->at, "\xef\xbb\xbf", 3) != 0)
				break;
			v->at += 2;
			continue;
		default:
			break;
		}
		v->place = v->bytes[v->at] == '{' ? OBJECT : TEXT;
		if (v->place == TEXT) /* "[kernel] ..." begins no array */
			v->arrays = v->arrays_before;
		v->scanned = 0;
		json_scan_begin(&v->scan);
		return true;
	}
	return false;
}

/* The length of the line at at when it looks like an object and nothing else; 0: no. */
static size_t
guess(const struct values *v)
{
	const char *from = v->bytes + v->at, *end = memchr(from, '\n', v->end - v->at);

	if (!end || (size_t)(end - from) > v->longest)
		return 0;
	while (end > from && (end[-1] == '\r' || end[-1] == ' ' || end[-1] == ','))
		end--;
	return end > from && end[-1] == '}' ? (size_t)(end - from) : 0;
}

/* The line of its own that an object is. */
static bool
is_line(const struct values *v, size_t from, size_t length)
{
	return (from == 0 || v->bytes[from - 1] == '\n') && from + length < v->end &&
	       v->bytes[from + length] == '\n' && !memchr(v->bytes + from, '\n', length);
}

/*
 * bytes[at + scanned] cannot be in the object that begins at at, or there is no such byte: it was
 * cut, or is none. A later line that begins with an object is where reading goes on, as the
 * next line is the next event in most files. 0: not known yet.
 */
static int
give_up(struct values *v, const char **value, size_t *length)
{
	const char *from = v->bytes + v->at, *bad = from + v->scanned, *newline = from;
	const char *end = v->bytes + v->end;

	while (newline < bad && (newline = memchr(newline, '\n', (size_t)(bad - newline))) != NULL) {
		newline++;
		if (newline < end && *newline == '{') {
			leave(v, (size_t)(newline - from));
			return -EILSEQ;
		}
	}
	newline = bad < end ? memchr(bad, '\n', (size_t)(end - bad)) : NULL;
	if (!memchr(from, '\n', v->scanned)) { /* one line: its parser knows best what is wrong */
		v->place = TEXT;
		return newline ? give(v, (size_t)(newline - from), value, length) : 0;
	}
	if (!newline) {
		drop(v, LONG_TEXT, -EILSEQ);
		return 0;
	}
	leave(v, (size_t)(newline - from));
	return -EILSEQ;
}

static int
take_object(struct values *v, const char **value, size_t *length)
{
	size_t n, used;

	n = v->guessing && v->scanned == 0 ? guess(v) : 0;
	if (n) {
		v->guessed = true;
		return give(v, n, value, length);
	}
	switch (json_scan(&v->scan, v->bytes + v->at + v->scanned, v->end - v->at - v->scanned, &used)) {
	case JSON_SCAN_DONE:
		n = v->scanned + used;
		if (n > v->longest) {
			leave(v, n);
			return -EMSGSIZE;
		}
		v->guessing = is_line(v, v->at, n);
		return give(v, n, value, length);
	case JSON_SCAN_BAD:
		v->scanned += used;
		return give_up(v, value, length);
	default:
		v->scanned += used;
		if (v->scanned > v->longest)
			drop(v, LONG_OBJECT, -EMSGSIZE);
		return 0;
	}
}

static int
take_text(struct values *v, const char **value, size_t *length)
{
	const char *from = v->bytes + v->at,
		   *end = memchr(from + v->scanned, '\n', v->end - v->at - v->scanned);

	if (end && (size_t)(end - from) > v->longest) {
		leave(v, (size_t)(end - from));
		return -EMSGSIZE;
	}
	if (end)
		return give(v, (size_t)(end - from), value, length);
	v->scanned = v->end - v->at;
	if (v->scanned > v->longest)
		drop(v, LONG_TEXT, -EMSGSIZE);
	return 0;
}

static int
pass_object(struct values *v)
{
	size_t used;

	switch (json_scan(&v->scan, v->bytes + v->at, v->end - v->at, &used)) {
	case JSON_SCAN_DONE:
		v->place = BETWEEN;
		break;
	case JSON_SCAN_BAD:
		v->place = LONG_TEXT;
		break;
	default:
		break;
	}
	advance(v, used);
	return v->place == BETWEEN ? v->dropped : 0;
}

static int
pass_text(struct values *v)
{
	const char *from = v->bytes + v->at, *end = memchr(from, '\n', v->end - v->at);

	advance(v, end ? (size_t)(end - from) : v->end - v->at);
	if (!end)
		return 0;
	v->place = BETWEEN;
	return v->dropped;
}

/* With what is in memory. As values_next(); 0: more is needed. */
static int
take(struct values *v, const char **value, size_t *length)
{
	if (!v->looked && v->end - v->at >= 2)
		look_at_encoding(v);
	if (v->wide)
		return -EPROTO;
	for (;;) {
		enum place before = v->place;
		int result = 0;

		switch (before) {
		case BETWEEN:
			if (!v->looked || !find_value(v))
				return 0;
			break;
		case OBJECT:
			result = take_object(v, value, length);
			break;
		case TEXT:
			result = take_text(v, value, length);
			break;
		case LONG_OBJECT:
			result = pass_object(v);
			break;
		case LONG_TEXT:
			result = pass_text(v);
			break;
		}
		if (result || v->place == before) /* else it turned out to be another place */
			return result;
	}
}

static void
resize(struct values *v, size_t room)
{
	v->room = room;
	v->bytes = xrealloc(v->bytes, room, 1);
}

static void
make_room(struct values *v)
{
	if (v->at) {
		memmove(v->bytes, v->bytes + v->at, v->end - v->at);
		v->end -= v->at;
		v->at = 0;
	}
	if (v->room - v->end < STEP / 4)
		resize(v, v->room * 2 < v->longest + 2 * STEP ? v->room * 2 : v->longest + 2 * STEP);
	else if (v->room > 4 * STEP && v->end < STEP) /* of a long value that is over */
		resize(v, 2 * STEP);
}

/* There are no more bytes. */
static int
take_rest(struct values *v, const char **value, size_t *length)
{
	enum place place = v->place;
	uint64_t line = v->line;

	v->looked = true;
	switch (place) {
	case BETWEEN:
		if (v->at < v->end && find_value(v)) /* the encoding was not known before */
			return take_rest(v, value, length);
		v->at = v->end;
		return 0;
	case OBJECT:
		if (give_up(v, value, length) == -EILSEQ) /* what follows it may be whole */
			return -EILSEQ;
		v->cut = true;
		leave(v, v->end - v->at);
		v->number = line;
		return 0;
	case TEXT:
		return v->at < v->end ? give(v, v->end - v->at, value, length) : 0;
	default:
		v->place = BETWEEN;
		v->cut = place == LONG_OBJECT;
		return v->dropped;
	}
}

int
values_next(struct values *v, const char **value, size_t *length, bool growing)
{
	ptrdiff_t got;
	int result;

	v->guessed = false;
	for (;;) {
		result = take(v, value, length);
		if (result)
			return result;
		make_room(v);
		got = unpack_read(v->in, v->bytes + v->end, v->room - v->end);
		if (got < 0)
			return (int)got;
		v->end += (size_t)got;
		if (got == 0 && growing && unpack_is_file(v->in))
			return -EAGAIN;
		if (got == 0)
			return take_rest(v, value, length);
	}
}

bool
values_retry(struct values *v)
{
	if (!v->guessed)
		return false;
	v->guessed = v->guessing = false;
	v->at = v->last;
	v->line = v->number;
	v->place = OBJECT;
	v->scanned = 0;
	json_scan_begin(&v->scan);
	return true;
}

bool
values_can_rewind(const struct values *v)
{
	return unpack_can_rewind(v->in);
}

int
values_rewind(struct values *v)
{
	int error = unpack_rewind(v->in);

	if (error)
		return error;
	v->at = v->end = v->arrays = v->arrays_before = 0;
	v->line = 1;
	v->number = 0;
	v->place = BETWEEN;
	v->looked = v->wide = v->guessed = v->cut = false;
	v->guessing = true;
	return 0;
}

uint64_t
values_line(const struct values *v)
{
	return v->number;
}

const char *
values_missing(const struct values *v)
{
	return unpack_is_inside(v->in) ? "the compressed data end early"
	       : v->cut                ? "the last object is incomplete"
	       : v->arrays             ? "the array is not closed"
				       : NULL;
}
