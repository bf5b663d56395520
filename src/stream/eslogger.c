/* eslogger - see eslogger.h. */
#include "src/stream/eslogger.h"
#include "src/stream/json_cost.h"
#include "src/es/payload.h"
#include "model/detail.h"
#include "model/xalloc.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTE_FIRST = 0xef80, BYTE_LAST = 0xefff, BYTE_BASE = 0xef00 };

/* ---- out ---- */

struct out {
	struct text *t;
	bool bytes;       /* some were no UTF-8 */
	size_t estop_end; /* where the members of the line's own "estop" end; 0: it has none */
};

/* Bytes of the valid UTF-8 character here that can be written as it is; 0: none. */
static size_t
character(const unsigned char *s, size_t left)
{
	if (s[0] >= 0xc2 && s[0] < 0xe0)
		return left > 1 && (s[1] & 0xc0) == 0x80 ? 2 : 0;
	if (s[0] >= 0xe0 && s[0] < 0xf0) {
		if (left < 3 || (s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80 ||
		    (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f))
			return 0;
		/* U+EF80 to U+EFFF stand for bytes. */
		return s[0] == 0xee && s[1] >= 0xbe ? 0 : 3;
	}
	if (s[0] >= 0xf0 && s[0] < 0xf5)
		return left > 3 && (s[1] & 0xc0) == 0x80 && (s[2] & 0xc0) == 0x80 && (s[3] & 0xc0) == 0x80 &&
				       (s[0] != 0xf0 || s[1] >= 0x90) && (s[0] != 0xf4 || s[1] < 0x90)
			       ? 4
			       : 0;
	return 0;
}

/* C1, bidi controls, what is invisible or ends a line: they would act on a terminal or on an editor's text. */
static bool
acts(unsigned code)
{
	return (code >= 0x7f && code < 0xa0) || code == 0x61c || (code >= 0x200b && code < 0x2010) ||
	       (code >= 0x2028 && code < 0x202f) || (code >= 0x2060 && code < 0x2070) || code == 0xfeff;
}

/* The code point of a valid character; those of four bytes need no escape. */
static unsigned
code_point(const unsigned char *s, size_t length)
{
	return length == 2   ? (unsigned)(s[0] & 0x1f) << 6 | (s[1] & 0x3f)
	       : length == 3 ? (unsigned)(s[0] & 0xf) << 12 | (unsigned)(s[1] & 0x3f) << 6 | (s[2] & 0x3f)
			     : 0;
}

static void
write_escape(struct text *t, unsigned code)
{
	static const char letter[] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };

	text_char(t, '\\');
	if (code == '"' || code == '\\')
		text_char(t, (char)code);
	else if (code < sizeof(letter) && letter[code])
		text_char(t, letter[code]);
	else
		text_format(t, "u%04x", code);
}

static void
write_string(struct out *o, const char *bytes, size_t length)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t plain = 0, i = 0;

	text_char(o->t, '"');
	while (i < length) {
		size_t n;

		if (s[i] >= ' ' && s[i] < 0x7f && s[i] != '"' && s[i] != '\\') {
			i++;
			continue;
		}
		n = s[i] < 0x80 ? 0 : character(s + i, length - i);
		if (n && !acts(code_point(s + i, n))) {
			i += n;
			continue;
		}
		text_add(o->t, bytes + plain, i - plain);
		if (n) {
			write_escape(o->t, code_point(s + i, n));
			i += n - 1;
		} else if (s[i] < 0x80) {
			write_escape(o->t, s[i]);
		} else {
			const char stand_in[3] = { (char)0xee, (char)(0xbc | s[i] >> 6),
						   (char)(0x80 | (s[i] & 0x3f)) };

			text_add(o->t, stand_in, 3);
			o->bytes = true;
		}
		plain = ++i;
	}
	text_add(o->t, bytes + plain, length - plain);
	text_char(o->t, '"');
}

bool
eslogger_string(struct text *t, const char *bytes, size_t length)
{
	struct out o = { .t = t };

	write_string(&o, bytes, length);
	return o.bytes;
}

static void
write_hex(struct text *t, const char *bytes, size_t length)
{
	static const char digit[] = "0123456789ABCDEF";
	char *to = text_room(t, 2 * length + 2);

	*to++ = '"';
	for (size_t i = 0; i < length; i++) {
		*to++ = digit[(unsigned char)bytes[i] >> 4];
		*to++ = digit[bytes[i] & 15];
	}
	*to = '"';
	t->length += 2 * length + 2;
}

static void
write_time(struct text *t, const struct detail_time *time)
{
	text_char(t, '"');
	text_time(t, time->seconds, time->ns, time->digits);
	text_char(t, '"');
}

static void
write_key(struct text *t, enum detail_key key)
{
	text_char(t, '"');
	text_word(t, detail_key_name[key]);
	text_add(t, "\":", 2);
}

static void
write_token(struct text *t, const struct detail_token *token)
{
	for (unsigned i = 0; i < 8; i++) {
		text_char(t, i ? ',' : '{');
		write_key(t, (enum detail_key)(KEY_auid + i));
		/* pid, asid and pidversion are signed numbers. */
		if (i >= 5)
			text_int(t, (int32_t)token->val[i]);
		else
			text_uint(t, token->val[i]);
	}
	text_char(t, '}');
}

_Static_assert(KEY_pidversion == KEY_auid + 7, "keys are in the order of audit_token_t");
_Static_assert(KEY_st_gen == KEY_st_dev + DETAIL_STAT_NUMBERS - 1 && KEY_st_atimespec == KEY_st_gen + 1 &&
		       KEY_st_birthtimespec == KEY_st_atimespec + DETAIL_STAT_TIMES - 1,
	       "keys are in the order of struct detail_stat");

static void
write_stat(struct text *t, const struct detail_stat *stat)
{
	for (unsigned i = 0; i < DETAIL_STAT_NUMBERS; i++) {
		text_char(t, i ? ',' : '{');
		write_key(t, (enum detail_key)(KEY_st_dev + i));
		text_int(t, stat->number[i]);
	}
	for (unsigned i = 0; i < DETAIL_STAT_TIMES; i++) {
		text_char(t, ',');
		write_key(t, (enum detail_key)(KEY_st_atimespec + i));
		write_time(t, &stat->time[i]);
	}
	text_char(t, '}');
}

/* "7.0" and not "7", which would be read as an integer. */
static void
write_real(struct text *t, double real)
{
	size_t at = t->length;

	text_format(t, "%.17g", real);
	if (strspn(t->bytes + at, "-0123456789") == t->length - at)
		text_add(t, ".0", 2);
}

static void
write_value(struct out *o, const struct detail_node *n)
{
	switch (n->kind) {
	case DETAIL_NULL:
		text_word(o->t, "null");
		break;
	case DETAIL_FALSE:
		text_word(o->t, "false");
		break;
	case DETAIL_TRUE:
		text_word(o->t, "true");
		break;
	case DETAIL_INT:
		text_int(o->t, n->number);
		break;
	case DETAIL_UINT:
		text_uint(o->t, n->unsigned_number);
		break;
	case DETAIL_REAL:
		write_real(o->t, n->real);
		break;
	case DETAIL_TEXT:
		write_string(o, n->text.bytes, n->text.length);
		break;
	case DETAIL_HEX:
		write_hex(o->t, n->text.bytes, n->text.length);
		break;
	case DETAIL_TIME:
		write_time(o->t, &n->time);
		break;
	case DETAIL_TOKEN:
		write_token(o->t, &n->token);
		break;
	case DETAIL_STAT:
		write_stat(o->t, &n->stat);
		break;
	default:
		break;
	}
}

/* The members up to the DETAIL_END; deeper ones by a stack of closing brackets. */
static void
write_members(struct out *o, struct detail_reader *r)
{
	enum { DEPTH = 64 };
	char closing[DEPTH];
	size_t depth = 0;
	bool first = true, estop = false;
	struct detail_node n;

	while (detail_next(r, &n)) {
		if (n.kind == DETAIL_END) {
			if (depth == 0)
				break;
			if (depth == 1 && estop)
				o->estop_end = o->t->length;
			text_char(o->t, closing[--depth]);
			first = false;
			continue;
		}
		if (!first)
			text_char(o->t, ',');
		first = false;
		if (n.name) {
			if (n.key == KEY_OTHER)
				write_string(o, n.name, n.name_length);
			else {
				text_char(o->t, '"');
				text_add(o->t, n.name, n.name_length);
				text_char(o->t, '"');
			}
			text_char(o->t, ':');
		}
		if (n.kind != DETAIL_OBJECT && n.kind != DETAIL_ARRAY) {
			write_value(o, &n);
			continue;
		}
		text_char(o->t, n.kind == DETAIL_OBJECT ? '{' : '[');
		if (depth == DEPTH) { /* no schema goes so deep */
			detail_skip(r);
			text_char(o->t, n.kind == DETAIL_OBJECT ? '}' : ']');
			continue;
		}
		if (depth == 0)
			estop = n.key == KEY_estop && n.kind == DETAIL_OBJECT;
		closing[depth++] = n.kind == DETAIL_OBJECT ? '}' : ']';
		first = true;
	}
	while (depth)
		text_char(o->t, closing[--depth]);
}

/* Into the object "estop" of the line, which may be there, as a key must not come twice. */
static void
write_marks(struct out *o, bool filtered, bool args_cut)
{
	char marks[80];
	size_t at = o->estop_end, mark_bytes, length;
	char *to;

	snprintf(marks, sizeof(marks), "%s%s%s", o->bytes ? ",\"bytes\":true" : "",
		 filtered ? ",\"filtered\":true" : "", args_cut ? ",\"args_cut\":true" : "");
	length = mark_bytes = strlen(marks) - 1;

	if (!at) {
		text_format(o->t, ",\"estop\":{%s}", marks + 1);
		return;
	}
	text_room(o->t, length + 1);
	to = o->t->bytes + at;
	length += to[-1] != '{';
	memmove(to + length, to, o->t->length - at);
	if (to[-1] != '{')
		*to++ = ',';
	memcpy(to, marks + 1, mark_bytes); /* NOLINT: it goes in the middle of the text */
	o->t->length += length;
}

static void
write_line(struct text *t, const struct event *e, bool filtered)
{
	struct out o = { .t = t };
	struct detail_reader r;
	size_t length;

	r.at = event_field(e, FIELD_DETAIL, &length);
	if (!r.at)
		return;
	r.end = r.at + length;
	filtered |= (e->flags & EVENT_FILTERED) != 0;
	text_char(t, '{');
	write_members(&o, &r);
	if (o.bytes || filtered || e->flags & EVENT_ARGS_CUT)
		write_marks(&o, filtered, e->flags & EVENT_ARGS_CUT);
	text_add(t, "}\n", 2);
}

void
eslogger_write(struct text *t, const struct event *e)
{
	write_line(t, e, false);
}

void
eslogger_write_filtered(struct text *t, const struct event *e)
{
	write_line(t, e, true);
}

/* ---- in: what estop makes of a line ---- */

static json_int_t
integer(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key)); /* 0 when it is none */
}

static bool
is_number(const char *s, size_t digits, int64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < digits; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*value = *value * 10 + s[i] - '0';
	}
	return true;
}

/* "Z", "+05:30", "-0800", "+02": seconds east of Greenwich. Nothing is Greenwich, too. */
static bool
parse_zone(const char *s, int64_t *east)
{
	int64_t hours, minutes = 0;
	const char *sign = s;

	*east = 0;
	if (!*s || ((*s == 'Z' || *s == 'z') && !s[1]))
		return true;
	if ((*s != '+' && *s != '-') || !is_number(++s, 2, &hours))
		return false;
	s += 2;
	s += *s == ':';
	if (*s && (!is_number(s, 2, &minutes) || s[2]))
		return false;
	if (hours > 23 || minutes > 59)
		return false;
	*east = (hours * 60 + minutes) * 60 * (*sign == '-' ? -1 : 1);
	return true;
}

uint64_t
eslogger_time(const char *s)
{
	int64_t year, month, day, hour, minute, second, days, seconds, east, ns = 0, unit = 100000000;

	if (strlen(s) < 19 || !is_number(s, 4, &year) || s[4] != '-' || !is_number(s + 5, 2, &month) ||
	    s[7] != '-' || !is_number(s + 8, 2, &day) || !strchr("Tt ", s[10]) ||
	    !is_number(s + 11, 2, &hour) || s[13] != ':' || !is_number(s + 14, 2, &minute) || s[16] != ':' ||
	    !is_number(s + 17, 2, &second) || year < 1970 || year > 2500 || month < 1 || month > 12 ||
	    day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
		return 0;
	s += 19;
	if (*s == '.' || *s == ',')
		for (s++; *s >= '0' && *s <= '9'; s++, unit /= 10)
			ns += (*s - '0') * unit;
	if (!parse_zone(s, &east))
		return 0;
	year -= month <= 2;
	days = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	days += year * 365 + year / 4 - year / 100 + year / 400 - 719468;
	seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - east;
	return seconds < 0 ? 0 : (uint64_t)seconds * 1000000000u + (uint64_t)ns;
}

static uint64_t
parse_time(const json_t *value)
{
	const char *s = json_string_value(value);

	return s ? eslogger_time(s) : 0;
}

/* The eight numbers, from either form. False: there is no token. */
static bool
parse_token(const json_t *value, uint32_t val[8])
{
	if (json_is_array(value) && json_array_size(value) == 8) {
		for (size_t i = 0; i < 8; i++)
			val[i] = (uint32_t)json_integer_value(json_array_get(value, i));
		return true;
	}
	if (!json_is_object(value))
		return false;
	for (unsigned i = 0; i < 8; i++)
		val[i] = (uint32_t)integer(value, detail_key_name[KEY_auid + i]);
	return true;
}

static bool
parse_process(struct event_proc *to, const json_t *process)
{
	const json_t *token = json_object_get(process, "audit_token");
	uint32_t val[8];

	*to = (struct event_proc){ 0 };
	if (!parse_token(token, val) || val[5] > INT32_MAX)
		return false;
	if (json_is_object(token) && !json_is_integer(json_object_get(token, "euid")))
		val[1] = UID_UNKNOWN; /* not root */
	to->pid = (int32_t)val[5];
	to->version = val[7];
	to->uid = val[1];
	to->ppid = (int32_t)integer(process, "ppid");
	if (to->ppid < 0)
		to->ppid = 0;
	to->start_ns = parse_time(json_object_get(process, "start_time"));
	return true;
}

enum { ROOM_KEPT = 1 << 20, SHORT = 64 << 10 };

/* Grows the memory of the event; there is always room for so much more. */
static struct event *
event_with_room(struct eslogger *in, size_t more)
{
	struct event *e = (struct event *)(void *)in->memory;
	size_t size = in->memory ? e->size : 0;

	if (in->room < size + more) {
		in->room = size + more + (size + more < ROOM_KEPT ? size + more : ROOM_KEPT);
		in->memory = xrealloc(in->memory, in->room, 1);
		e = (struct event *)(void *)in->memory;
	}
	return e;
}

enum { PATH_KEPT = 16384, ARGS_KEPT = 1 << 20 };

static void
add_bytes(struct eslogger *in, enum field_tag tag, const char *bytes, size_t length)
{
	struct event *e;

	if (!bytes || length == 0)
		return;
	e = event_with_room(in, field_room(length < PATH_KEPT ? length : PATH_KEPT));
	if (length > PATH_KEPT) {
		length = PATH_KEPT;
		e->flags |= EVENT_TRUNCATED;
	}
	event_add(e, tag, bytes, length);
}

static void
add_string(struct eslogger *in, enum field_tag tag, const json_t *value)
{
	add_bytes(in, tag, json_string_value(value), json_string_length(value));
}

static void
add_file(struct eslogger *in, enum field_tag tag, const json_t *file)
{
	add_string(in, tag, json_object_get(file, "path"));
	if (json_is_true(json_object_get(file, "path_truncated")))
		event_with_room(in, 0)->flags |= EVENT_TRUNCATED;
}

static void
add_args(struct eslogger *in, const json_t *args)
{
	size_t size = 0, at = 0;
	struct event *e;
	struct field *f;

	for (size_t i = 0; i < json_array_size(args) && size <= ARGS_KEPT; i++)
		size += json_string_length(json_array_get(args, i)) + 1;
	if (size > ARGS_KEPT || in->args_cut)
		event_with_room(in, 0)->flags |= EVENT_ARGS_CUT;
	if (size > ARGS_KEPT)
		size = ARGS_KEPT;
	if (!size)
		return;
	e = event_with_room(in, field_room(size));
	f = (struct field *)((char *)e + e->size);
	*f = (struct field){ .tag = FIELD_ARGS, .length = (uint32_t)size };
	for (size_t i = 0; at < size; i++) {
		const json_t *arg = json_array_get(args, i);
		size_t length = json_string_length(arg), left = size - at - 1; /* its NUL is counted */

		if (length > left)
			length = left;
		if (length)
			memcpy(f->bytes + at, json_string_value(arg), length);
		at += length;
		f->bytes[at++] = '\0';
	}
	f->bytes[at] = '\0';
	e->size += (uint32_t)field_room(size);
}

static void
begin_event(struct eslogger *in, enum event_id id, unsigned number)
{
	if (in->memory)
		((struct event *)(void *)in->memory)->size = 0;
	*event_with_room(in, sizeof(struct event)) = (struct event){
		.size = sizeof(struct event),
		.id = (uint8_t)id,
		.number = (uint16_t)number,
		.time_ns = in->time_ns,
	};
	in->event = (const struct event *)(const void *)in->memory;
}

static enum eslogger_kind
broken(struct eslogger *in, const char *why)
{
	snprintf(in->why, sizeof(in->why), "%s", why);
	return ESLOGGER_BROKEN;
}

/* ---- in: payloads ---- */

static void
add_process(struct eslogger *in, enum field_tag tag, const json_t *process)
{
	parse_process(&event_with_room(in, 0)->other, process);
	add_file(in, tag, json_object_get(process, "executable"));
}

static void
add_name(struct eslogger *in, enum field_tag tag, const json_t *dir, const json_t *name)
{
	const json_t *path = json_object_get(dir, "path");
	size_t length = json_string_length(path), more = json_string_length(name);
	char *whole;

	if (!length || !more) {
		if (length)
			add_file(in, tag, dir);
		else
			add_string(in, tag, name);
		return;
	}
	whole = xmalloc(length + more + 1);
	memcpy(whole, json_string_value(path), length);
	length -= whole[length - 1] == '/';
	whole[length++] = '/';
	memcpy(whole + length, json_string_value(name), more);
	add_bytes(in, tag, whole, length + more);
	free(whole);
	if (json_is_true(json_object_get(dir, "path_truncated")))
		event_with_room(in, 0)->flags |= EVENT_TRUNCATED;
}

static void
add_destination(struct eslogger *in, enum field_tag tag, const json_t *destination)
{
	const json_t *new_path = json_object_get(destination, "new_path");

	if (new_path)
		add_name(in, tag, json_object_get(new_path, "dir"), json_object_get(new_path, "filename"));
	else
		add_file(in, tag, json_object_get(destination, "existing_file"));
}

/* What the code signature of a process says, as decode.c has it. */
static void
add_signature(struct eslogger *in, const json_t *process)
{
	uint32_t flags = (uint32_t)integer(process, "codesigning_flags");
	const char *id = json_string_value(json_object_get(process, "signing_id"));

	if (!flags && !(id && *id))
		return;
	add_bytes(in, FIELD_CSFLAGS, (const char *)&flags, sizeof(flags));
	add_string(in, FIELD_SIGNING_ID, json_object_get(process, "signing_id"));
	add_string(in, FIELD_TEAM_ID, json_object_get(process, "team_id"));
	if (json_is_true(json_object_get(process, "is_platform_binary")))
		event_with_room(in, 0)->flags |= EVENT_PLATFORM;
}

static void
add_either(struct eslogger *in, enum field_tag tag, const json_t *value)
{
	if (json_is_string(value))
		add_string(in, tag, value);
	else
		add_file(in, tag, value);
}

static int64_t
number(const json_t *value)
{
	return json_is_true(value) ? 1 : json_integer_value(value);
}

/* What TARGET, SECOND and the value are of each type; the words of src/es/payload.h. */
#define GET(f) json_object_get(p, #f)
#define AT_FILE(f) add_file(in, tag, GET(f));
#define AT_PROCESS(f) add_process(in, tag, GET(f));
#define AT_TEXT(f) add_string(in, tag, GET(f));
#define AT_TEXT_IN(outer, f) add_string(in, tag, json_object_get(GET(outer), #f));
#define AT_NAME(dir, name) add_name(in, tag, GET(dir), GET(name));
#define AT_DESTINATION(f) add_destination(in, tag, GET(f));
#define AT_EITHER(f) add_either(in, tag, GET(f));
#define AT_MOUNT(f, side) add_string(in, tag, json_object_get(GET(statfs), #f));
#define NUMBER(f) value = number(GET(f));
#define NUMBER_SINCE(first, f) NUMBER(f)

#define X(id, where, target, second, value_of, ...)                    \
	static void add_payload_##id(struct eslogger *in, const json_t *p) \
	{                                                              \
		enum field_tag tag = FIELD_TARGET;                     \
		int64_t value = 0;                                     \
		(void)p, (void)tag;                                    \
		target                                                 \
		tag = FIELD_SECOND;                                    \
		second                                                 \
		value_of                                               \
		event_with_room(in, 0)->value = value;                 \
	}
PAYLOAD_TABLE(X)
#undef X

static void (*const add_payload[EV_COUNT])(struct eslogger *, const json_t *) = {
#define X(id, ...) [EV_##id] = add_payload_##id,
	PAYLOAD_TABLE(X)
#undef X
};

/* To whom a process belongs, as decode has it. */
static void
add_owners(struct eslogger *in, const json_t *process)
{
	const json_t *team = json_object_get(process, "team_id"),
		     *id = json_object_get(process, "signing_id");
	const json_t *responsible = json_object_get(process, "responsible_audit_token");
	uint32_t val[8];
	int32_t pid;

	add_file(in, FIELD_TTY, json_object_get(process, "tty"));
	add_signature(in, process);
	if (parse_token(responsible, val) && val[5] && val[5] <= INT32_MAX) {
		pid = (int32_t)val[5];
		if (parse_token(json_object_get(process, "audit_token"), val) && (int32_t)val[5] != pid)
			event_add(event_with_room(in, field_room(sizeof(pid))), FIELD_RESPONSIBLE, &pid,
				  sizeof(pid));
	}
	if (json_string_length(team) || json_string_length(id)) {
		struct text t = { 0 };

		if (json_string_length(team))
			text_add(&t, json_string_value(team), json_string_length(team));
		else if (json_is_true(json_object_get(process, "is_platform_binary")))
			text_word(&t, "platform");
		text_char(&t, '/');
		text_add(&t, json_string_length(id) ? json_string_value(id) : "", json_string_length(id));
		add_bytes(in, FIELD_SIGNER, t.bytes, t.length);
		text_finish(&t);
	}
}

static void
add_cgroup(struct eslogger *in, enum field_tag tag, const json_t *cgroup)
{
	const json_t *path = json_object_get(cgroup, "path");
	uint64_t id = (uint64_t)integer(cgroup, "id");

	if (!json_string_length(path))
		return;
	add_string(in, tag, path);
	event_add(event_with_room(in, field_room(sizeof(id))), (enum field_tag)(tag + 1), &id, sizeof(id));
}

static bool
parse_payload(struct eslogger *in, enum event_id id, const json_t *payload)
{
	struct event *e;

	if (id == EV_OTHER)
		return true;
	add_payload[id](in, payload);
	e = event_with_room(in, 0);
	if ((id == EV_EXEC || id == EV_FORK) && !e->other.pid)
		return false;
	if (json_is_true(json_object_get(payload, "modified")))
		e->flags |= EVENT_MODIFIED;
	if (id == EV_EXEC) {
		const json_t *target = json_object_get(payload, "target");

		add_args(in, json_object_get(payload, "args"));
		add_file(in, FIELD_CWD, json_object_get(payload, "cwd"));
		add_file(in, FIELD_SCRIPT, json_object_get(payload, "script"));
		add_owners(in, target);
	}
	return true;
}

/*
 * Which member of "event" is the event: there is usually one. Of several, a type that is known; else the
 * first by name, not by place, as a line may be written with its members in another order.
 */
static const char *
payload_name(const json_t *events)
{
	const char *best = NULL, *name;
	bool known = false;
	json_t *member;

	json_object_foreach((json_t *)events, name, member)
	{
		bool is_known = event_by_name(name) < EV_OTHER;

		if (json_is_object(member) &&
		    (!best || (is_known != known ? is_known : strcmp(name, best) < 0))) {
			best = name;
			known = is_known;
		}
	}
	return best;
}

static enum eslogger_kind
parse_event(struct eslogger *in, const json_t *line)
{
	const json_t *process = json_object_get(line, "process"), *events = json_object_get(line, "event");
	const char *name = payload_name(events);
	json_int_t number = integer(line, "event_type");
	enum event_id id = name ? event_by_name(name) : EV_NONE;
	struct event *e;

	if (!name)
		return broken(in, "no event in it");
	if (id >= EV_OTHER)
		id = EV_OTHER;
	begin_event(in, id, number > 0 && number <= UINT16_MAX ? (unsigned)number : 0);
	e = event_with_room(in, 0);
	if (id != EV_OTHER)
		e->number = event_info[id].number;
	if (!parse_process(&e->who, process))
		return broken(in, "no process with an audit token in it");
	e->thread = (uint64_t)integer(json_object_get(line, "thread"), "thread_id");
	add_file(in, FIELD_EXE, json_object_get(process, "executable"));
	if (!parse_payload(in, id, json_object_get(events, name)))
		return broken(in, id == EV_EXEC ? "an exec without its target" : "a fork without its child");
	if (id != EV_EXEC)
		add_owners(in, process);
	add_cgroup(in, FIELD_CGROUP, json_object_get(json_object_get(line, "estop"), "cgroup"));
	if (id == EV_FORK)
		add_cgroup(in, FIELD_CHILD_CGROUP,
			   json_object_get(json_object_get(line, "estop"), "child_cgroup"));
	return ESLOGGER_EVENT;
}

static enum eslogger_kind
parse_seen(struct eslogger *in, const json_t *seen)
{
	const json_t *process = json_object_get(seen, "process");
	const json_t *kernel = json_object_get(seen, "kernel_thread");
	struct event *e;

	begin_event(in, EV_SEEN, 0);
	e = event_with_room(in, 0);
	if (!parse_process(&e->who, process))
		return broken(in, "no process with an audit token in it");
	if (json_is_string(kernel)) {
		char name[64];
		int length = snprintf(name, sizeof(name), "[%.40s]", json_string_value(kernel));

		e->flags |= EVENT_KERNEL;
		event_add(event_with_room(in, field_room((size_t)length)), FIELD_EXE, name, (size_t)length);
	} else
		add_file(in, FIELD_EXE, json_object_get(process, "executable"));
	add_owners(in, process);
	add_cgroup(in, FIELD_CGROUP, json_object_get(seen, "cgroup"));
	add_args(in, json_object_get(seen, "args"));
	return ESLOGGER_SEEN;
}

static bool
parse_counts(const json_t *counts, uint64_t to[EV_COUNT])
{
	if (!json_is_object(counts))
		return false;
	for (unsigned id = 0; id < EV_COUNT; id++)
		to[id] = (uint64_t)integer(counts, event_info[id].name);
	return true;
}

/* Which member of "estop" is the record. By its name and not its place: what a later version adds may be before it. */
static const char *
record_name(const json_t *ours)
{
	static const char *const names[] = { "seen", "start", "end", "part", "lost", "mute" };
	const char *best = NULL, *name;
	json_t *member;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_is_object(json_object_get(ours, names[i])))
			return names[i];
	json_object_foreach((json_t *)ours, name, member) if (json_is_object(member) &&
							      (!best || strcmp(name, best) < 0)) best = name;
	return best;
}

static enum eslogger_kind
parse_ours(struct eslogger *in, const json_t *ours)
{
	const char *name = record_name(ours);
	const json_t *record = name ? json_object_get(ours, name) : NULL;

	if (!json_is_object(record))
		return broken(in, "a record without contents");
	in->time_ns = parse_time(json_object_get(record, "time"));
	if (strcmp(name, "seen") == 0)
		return parse_seen(in, record);
	begin_event(in, EV_NONE, 0);
	if (strcmp(name, "start") == 0) {
		in->ours = true;
		in->whole = false;
		in->part = (unsigned)integer(record, "part");
		return ESLOGGER_START;
	}
	if (strcmp(name, "end") == 0 || strcmp(name, "part") == 0)
		in->whole = true;
	in->mutes = strcmp(name, "mute") == 0;
	if (strcmp(name, "lost") != 0 && strcmp(name, "end") != 0)
		return ESLOGGER_NOTE;
	if (json_is_string(json_object_get(record, "cut")))
		snprintf(in->cut, sizeof(in->cut), "%s", json_string_value(json_object_get(record, "cut")));
	in->lost = (struct eslogger_lost){
		.untyped = (uint64_t)integer(record, "untyped"),
		.recorder = (uint64_t)integer(record, "recorder"),
		.muted_elsewhere = (uint64_t)integer(record, "muted_elsewhere"),
	};
	in->lost.known[0] = parse_counts(json_object_get(record, "kernel"), in->lost.kernel);
	in->lost.known[1] = parse_counts(json_object_get(record, "ring"), in->lost.ring);
	in->lost.known[2] = parse_counts(json_object_get(record, "muted"), in->lost.muted);
	return strcmp(name, "end") == 0 ? ESLOGGER_END : ESLOGGER_LOST;
}

/* ---- in: everything, for logs ---- */

enum { DEPTH_MAX = 60 };

static uint64_t
count_unknown(const json_t *value, unsigned depth)
{
	uint64_t n = 0;
	const char *key;
	json_t *member;
	size_t i;

	if (depth > DEPTH_MAX)
		return 0;
	if (json_is_array(value)) {
		for (i = 0; i < json_array_size(value); i++)
			n += count_unknown(json_array_get(value, i), depth + 1);
		return n;
	}
	json_object_foreach((json_t *)value, key, member)
	{
		enum detail_key known = detail_key_of(key, strlen(key));

		n += known == KEY_OTHER;
		/* The names below these belong to no schema. */
		if (known == KEY_OTHER || known == KEY_entitlements || known == KEY_estop)
			continue;
		if (known == KEY_event)
			member = json_object_get(member, payload_name(member));
		if (json_is_object(member) || json_is_array(member))
			n += count_unknown(member, depth + 1);
	}
	return n;
}

/* Those who read the detail take the first member of these two for what the line is about. */
static const char *
first_member(enum detail_key key, const json_t *value)
{
	return key == KEY_event ? payload_name(value) : key == KEY_estop ? record_name(value) : NULL;
}

struct member {
	enum detail_key key;
	const char *name;
	const json_t *value;
	bool first;
};

static int
compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->first != y->first)
		return x->first ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void put_value(struct detail *, enum detail_key, const char *name, const json_t *, unsigned depth);

/* The member of the name first stands before the others; NULL: none does. */
static void
put_members(struct detail *d, const json_t *object, unsigned depth, const char *first)
{
	size_t count = json_object_size(object), n = 0;
	struct member few[64], *members = count <= 64 ? few : xmalloc(count * sizeof(*members));
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value) members[n++] =
		(struct member){ detail_key_of(name, strlen(name)), name, value,
				 first && strcmp(name, first) == 0 };
	qsort(members, n, sizeof(*members), compare_members);
	for (size_t i = 0; i < n; i++)
		put_value(d, members[i].key, members[i].name, members[i].value, depth);
	if (members != few)
		free(members);
}

static void
put_value(struct detail *d, enum detail_key key, const char *name, const json_t *value, unsigned depth)
{
	static const enum detail_kind kinds[] = {
		[JSON_OBJECT] = DETAIL_OBJECT, [JSON_ARRAY] = DETAIL_ARRAY, [JSON_STRING] = DETAIL_TEXT,
		[JSON_INTEGER] = DETAIL_INT,   [JSON_REAL] = DETAIL_REAL,   [JSON_TRUE] = DETAIL_TRUE,
		[JSON_FALSE] = DETAIL_FALSE,   [JSON_NULL] = DETAIL_NULL,
	};
	enum detail_kind kind = depth > DEPTH_MAX ? DETAIL_NULL : kinds[json_typeof(value)];
	struct detail_token token;
	json_int_t number;
	uint32_t length;
	double real;
	size_t i;

	if (kind == DETAIL_ARRAY &&
	    (key == KEY_audit_token || key == KEY_responsible_audit_token || key == KEY_parent_audit_token) &&
	    parse_token(value, token.val)) {
		/* The other form: made the usual one. */
		detail_plain(d, DETAIL_TOKEN, key);
		detail_bytes(d, &token, sizeof(token));
		return;
	}
	if (kind == DETAIL_TEXT && json_string_value(value)[0] == '\1') { /* see quote_long_numbers() */
		char *end;
		unsigned long long wide;

		errno = 0;
		wide = strtoull(json_string_value(value) + 1, &end, 10);
		if (!*end && !errno && end - json_string_value(value) > 19) {
			detail_head(d, DETAIL_UINT, key, name, name ? strlen(name) : 0);
			detail_bytes(d, &wide, sizeof(wide));
			return;
		}
	}
	detail_head(d, kind, key, name, name ? strlen(name) : 0);
	switch (kind) {
	case DETAIL_OBJECT:
		put_members(d, value, depth + 1, depth == 0 ? first_member(key, value) : NULL);
		detail_end(d);
		break;
	case DETAIL_ARRAY:
		for (i = 0; i < json_array_size(value); i++)
			put_value(d, KEY_NONE, NULL, json_array_get(value, i), depth + 1);
		detail_end(d);
		break;
	case DETAIL_TEXT:
		length = (uint32_t)json_string_length(value);
		detail_bytes(d, &length, sizeof(length));
		detail_bytes(d, json_string_value(value), length);
		break;
	case DETAIL_INT:
		number = json_integer_value(value);
		detail_bytes(d, &number, sizeof(number));
		break;
	case DETAIL_REAL:
		real = json_real_value(value);
		detail_bytes(d, &real, sizeof(real));
		break;
	default:
		break;
	}
}

static void
add_detail(struct eslogger *in, const json_t *line)
{
	struct detail d = { .memory = NULL };
	struct field *f;
	struct event *e;

	put_members(&d, line, 0, NULL);
	e = event_with_room(in, field_room(d.size));
	in->event = e;
	f = (struct field *)((char *)e + e->size);
	f->tag = FIELD_DETAIL;
	f->reserved = 0;
	f->length = (uint32_t)d.size;
	f->bytes[d.size] = '\0';
	e->size += (uint32_t)field_room(d.size);
	d = (struct detail){ .memory = f->bytes };
	put_members(&d, line, 0, NULL);
}

/* ---- in: the line ---- */

/* Turns U+EF80 to U+EFFF back into bytes, in place: it only gets shorter. */
static void
restore_bytes(json_t *value, unsigned depth)
{
	const char *key;
	json_t *member;
	size_t i;

	if (depth > DEPTH_MAX)
		return;
	if (json_is_array(value)) {
		for (i = 0; i < json_array_size(value); i++)
			restore_bytes(json_array_get(value, i), depth + 1);
	} else if (json_is_object(value)) {
		json_object_foreach(value, key, member) restore_bytes(member, depth + 1);
	} else if (json_is_string(value)) {
		const char *from = json_string_value(value);
		size_t length = json_string_length(value), to = 0;
		char *bytes;

		if (!memchr(from, 0xee, length))
			return;
		bytes = xmalloc(length + 1);
		for (i = 0; i < length; i++) {
			const unsigned char *s = (const unsigned char *)from + i;

			if (s[0] == 0xee && i + 2 < length && s[1] >= 0xbe && s[1] <= 0xbf) {
				bytes[to++] = (char)(((s[1] & 3) << 6) | (s[2] & 0x3f));
				i += 2;
			} else
				bytes[to++] = (char)s[0];
		}
		json_string_setn_nocheck(value, bytes, to);
		free(bytes);
	}
}

/*
 * Numbers beyond int64_t are no integers to jansson; a hashed address (a pipe's
 * id) is one in half of all cases. Where jansson rejects a line for that, its
 * long numbers are made texts that begin with '\1', and numbers again in the
 * detail. Returns the line to be freed.
 */
static char *
quote_long_numbers(const char *line, size_t length, size_t *result)
{
	enum { LONG = 19 };
	static const char mark[] = { '"', '\\', 'u', '0', '0', '0', '1' };
	/* A number of that length with what stands before it grows by the mark and a quote. */
	char *to = xmalloc(length + length / (LONG + 1) * (sizeof(mark) + 1) + sizeof(mark) + 2);
	size_t n = 0, digits;

	for (size_t i = 0; i < length; i++) {
		if (line[i] == '"') { /* passed over, escapes and all */
			do {
				if (line[i] == '\\' && i + 1 < length)
					to[n++] = line[i++];
				to[n++] = line[i++];
			} while (i < length && line[i] != '"');
			if (i < length)
				to[n++] = '"';
			continue;
		}
		for (digits = 0; i + digits < length && line[i + digits] >= '0' && line[i + digits] <= '9';
		     digits++)
			;
		if (digits >= LONG && !(i + digits < length && strchr(".eE", line[i + digits])) && i > 0 &&
		    strchr(":,[ ", line[i - 1])) {
			memcpy(to + n, mark, sizeof(mark));
			n += sizeof(mark);
			memcpy(to + n, line + i, digits);
			n += digits;
			to[n++] = '"';
			i += digits - 1;
		} else
			to[n++] = line[i];
	}
	*result = n;
	return to;
}

/* May this be parsed, when so much is taken already? Short lines cannot be too much. */
static bool
is_affordable(struct eslogger *in, const char *line, size_t length, size_t taken)
{
	struct json_cost cost;
	size_t more;

	if (length + taken < SHORT)
		return true;
	cost = json_cost(line, length);
	more = in->detail && cost.detail > cost.parser ? cost.detail : cost.parser;
	if (taken + length + cost.values + more <= ESLOGGER_MEMORY)
		return true;
	snprintf(in->why, sizeof(in->why), "its values exceed the memory limit of a line");
	return false;
}

/* NULL, and why: it is not JSON, or too much in addition to what is used already. */
static json_t *
load(struct eslogger *in, const char *line, size_t length, size_t taken)
{
	json_error_t error;
	json_t *value;

	if (!is_affordable(in, line, length, taken))
		return NULL;
	value = json_loadb(line, length, JSON_ALLOW_NUL, &error);
	snprintf(in->why, sizeof(in->why), "%.120s", error.text);
	if (!value && json_error_code(&error) == json_error_numeric_overflow) {
		size_t quoted_length;
		char *quoted = quote_long_numbers(line, length, &quoted_length);

		if (is_affordable(in, quoted, quoted_length, length + taken)) {
			value = json_loadb(quoted, quoted_length, JSON_ALLOW_NUL, &error);
			snprintf(in->why, sizeof(in->why), "%.120s", error.text);
		}
		free(quoted);
	}
	return value;
}

/* What "log stream" writes first. */
static const char log_head[] = "Filtering the log data using";

static bool
begins_with(const char *line, size_t length, const char *with)
{
	return length >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

/* No object. "Nov 27 09:12:01 host eslogger[71]: {...}": which command takes the rest off? */
static enum eslogger_kind
read_text(struct eslogger *in, const char *line, size_t length)
{
	const char *object = memchr(line, '{', length);

	if (begins_with(line, length, log_head))
		return ESLOGGER_NOTHING;
	if (object && begins_with(object, length - (size_t)(object - line), "{\""))
		return broken(in, "there is text before the JSON, which sed 's/^[^{]*//' takes off");
	return broken(in, "not a JSON object");
}

static bool
is_event(const json_t *value)
{
	return json_is_object(json_object_get(value, "event")) &&
	       json_is_object(json_object_get(value, "process"));
}

enum { WRAPPINGS = 4, WRAPPING_KEYS = 256 };

/* Where an event is inside this object, as jq has it: ".message | fromjson". At most so deep. */
static bool
find_event(const json_t *value, struct text *path, unsigned depth)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@.-/";
	size_t before = path->length, keys = 0;
	const char *key, *string;
	json_t *member;

	json_object_foreach((json_t *)value, key, member)
	{
		if (++keys > WRAPPING_KEYS)
			break;
		if (!*key || strspn(key, name) != strlen(key) ||
		    strlen(key) > 40) /* it has to stand in a command */
			continue;
		path->length = before;
		text_word(path, strspn(key, name) == strcspn(key, "@.-/0123456789") ? "." : ".\"");
		text_word(path, key);
		text_word(path, path->bytes[before + 1] == '"' ? "\"" : "");
		string = json_string_value(member);
		if (string && string[0] == '{' && strstr(string, "\"event\"") &&
		    strstr(string, "\"audit_token\"")) {
			text_word(path, " | fromjson");
			return true;
		}
		if (is_event(member) ||
		    (depth < WRAPPINGS && json_is_object(member) && find_event(member, path, depth + 1)))
			return true;
	}
	path->length = before;
	return false;
}

/* Of an object that is no event: is there one inside? */
static enum eslogger_kind
explain_wrapping(struct eslogger *in, const json_t *value)
{
	struct text path = { 0 };
	bool found = find_event(value, &path, 1) && path.length < 100;

	if (found)
		snprintf(in->why, sizeof(in->why),
			 "the event is in a field, from which jq -c '%.*s' takes it", (int)path.length,
			 path.bytes);
	text_finish(&path);
	return ESLOGGER_BROKEN;
}

static enum eslogger_kind
parse_object(struct eslogger *in, json_t *value)
{
	json_t *ours = json_object_get(value, "estop");
	enum eslogger_kind kind;

	in->filtered = json_is_true(json_object_get(ours, "filtered"));
	in->args_cut = json_is_true(json_object_get(ours, "args_cut"));
	if (json_is_true(json_object_get(ours, "bytes")))
		restore_bytes(value, 0);
	json_object_del(ours, "bytes");    /* decided anew by its next writer */
	json_object_del(ours, "args_cut"); /* a flag from here on */
	if (!json_object_get(value, "event"))
		return ours ? parse_ours(in, ours) : broken(in, "no event in it");
	in->time_ns = parse_time(json_object_get(value, "time"));
	if (json_is_integer(json_object_get(value, "seq_num")))
		in->seq_num = integer(value, "seq_num");
	json_object_del(ours, "filtered"); /* a flag from here on */
	if (json_object_size(ours) == 0)
		json_object_del(value, "estop");
	kind = parse_event(in, value);
	if (kind == ESLOGGER_BROKEN)
		return kind;
	in->bad_times += !in->time_ns;
	if (!in->detail)
		in->unknown_keys += count_unknown(value, 0);
	if (in->filtered)
		event_with_room(in, 0)->flags |= EVENT_FILTERED;
	return kind;
}

/*
 * log(1) around it, with --style ndjson or json: the line is a string, eventMessage. What else
 * is in the log is not an event. Takes value; the one inside, or NULL.
 */
static json_t *
unwrap(struct eslogger *in, json_t *value, const char *line, size_t length, enum eslogger_kind *kind)
{
	json_t *message = json_object_get(value, "eventMessage"), *inner = NULL;
	const char *text = json_string_value(message);

	if (text && text[0] == '{') {
		inner = load(in, text, json_string_length(message), length + json_cost(line, length).values);
		if (!inner)
			*kind = broken(in,
				       "its eventMessage is not JSON; log cuts what is longer than 32 KiB");
	} else
		*kind = ESLOGGER_NOTHING;
	json_decref(value);
	return inner;
}

/* The last line of "log show --style ndjson". */
static bool
is_log_end(const json_t *value)
{
	return json_object_size(value) == 2 && json_object_get(value, "count") &&
	       json_object_get(value, "finished");
}

static bool
is_log(const json_t *value)
{
	return json_is_string(json_object_get(value, "eventMessage")) && !json_object_get(value, "event") &&
	       !json_object_get(value, "estop");
}

enum eslogger_kind
eslogger_read(struct eslogger *in, const char *line, size_t length)
{
	enum eslogger_kind kind = ESLOGGER_BROKEN;
	json_t *value;

	in->time_ns = 0;
	in->seq_num = -1;
	in->event = NULL;
	in->filtered = in->args_cut = false;
	if (in->room > ROOM_KEPT) /* one that large is not to be expected again */
		eslogger_finish(in);
	if (length > ESLOGGER_LINE_MAX)
		return broken(in, "longer than 16 MiB");
	while (length && strchr(" \t\r\n", line[0]) && line[0])
		line++, length--;
	if (!length || line[0] != '{')
		return read_text(in, line, length);
	value = load(in, line, length, 0);
	if (value && is_log(value))
		value = unwrap(in, value, line, length, &kind);
	if (!value)
		return kind;
	if (is_log_end(value)) {
		json_decref(value);
		return ESLOGGER_NOTHING;
	}
	kind = parse_object(in, value);
	if (kind == ESLOGGER_BROKEN)
		explain_wrapping(in, value);
	else if (in->detail)
		add_detail(in, value);
	in->event = in->memory ? (const struct event *)(const void *)in->memory : NULL;
	json_decref(value);
	return kind;
}

void
eslogger_finish(struct eslogger *in)
{
	free(in->memory);
	in->memory = NULL;
	in->room = 0;
}
