/* eslogger - see eslogger.h. */
#include "src/stream/eslogger.h"
#include "src/stream/json_tree.h"
#include "src/es/payload.h"
#include "model/detail.h"
#include "model/xalloc.h"

#include <errno.h>
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

static int64_t
integer(const struct json_node *object, const char *key)
{
	return node_integer(node_get(object, key)); /* 0 when it is none */
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
parse_time(const struct json_node *value)
{
	const char *s = node_text(value);

	return s ? eslogger_time(s) : 0;
}

/* The eight numbers, from either form. False: there is no token. */
static bool
parse_token(const struct json_node *value, uint32_t val[8])
{
	if (node_is(value, NODE_ARRAY) && node_count(value) == 8) {
		const struct json_node *m = node_first(value);

		for (unsigned i = 0; i < 8; i++, m = m ? node_next(m) : NULL)
			val[i] = (uint32_t)node_integer(m);
		return true;
	}
	if (!node_is(value, NODE_OBJECT))
		return false;
	for (unsigned i = 0; i < 8; i++)
		val[i] = (uint32_t)integer(value, detail_key_name[KEY_auid + i]);
	return true;
}

static bool
parse_process(struct event_proc *to, const struct json_node *process)
{
	const struct json_node *token = node_get(process, "audit_token");
	uint32_t val[8];

	*to = (struct event_proc){ 0 };
	if (!parse_token(token, val) || val[5] > INT32_MAX)
		return false;
	if (node_is(token, NODE_OBJECT) && !node_is(node_get(token, "euid"), NODE_INT))
		val[1] = UID_UNKNOWN; /* not root */
	to->pid = (int32_t)val[5];
	to->version = val[7];
	to->uid = val[1];
	to->ppid = (int32_t)integer(process, "ppid");
	if (to->ppid < 0)
		to->ppid = 0;
	to->start_ns = parse_time(node_get(process, "start_time"));
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
add_string(struct eslogger *in, enum field_tag tag, const struct json_node *value)
{
	add_bytes(in, tag, node_text(value), node_length(value));
}

static void
add_file(struct eslogger *in, enum field_tag tag, const struct json_node *file)
{
	add_string(in, tag, node_get(file, "path"));
	if (node_is(node_get(file, "path_truncated"), NODE_TRUE))
		event_with_room(in, 0)->flags |= EVENT_TRUNCATED;
}

static void
add_args(struct eslogger *in, const struct json_node *args)
{
	const struct json_node *arg;
	size_t size = 0, at = 0;
	struct event *e;
	struct field *f;

	for (arg = node_first(args); arg && size <= ARGS_KEPT; arg = node_next(arg))
		size += node_length(arg) + 1;
	if (size > ARGS_KEPT || in->args_cut)
		event_with_room(in, 0)->flags |= EVENT_ARGS_CUT;
	if (size > ARGS_KEPT)
		size = ARGS_KEPT;
	if (!size)
		return;
	e = event_with_room(in, field_room(size));
	f = (struct field *)((char *)e + e->size);
	*f = (struct field){ .tag = FIELD_ARGS, .length = (uint32_t)size };
	for (arg = node_first(args); at < size; arg = node_next(arg)) {
		size_t length = node_length(arg), left = size - at - 1; /* its NUL is counted */

		if (length > left)
			length = left;
		if (length)
			memcpy(f->bytes + at, arg->text, length);
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
add_process(struct eslogger *in, enum field_tag tag, const struct json_node *process)
{
	parse_process(&event_with_room(in, 0)->other, process);
	add_file(in, tag, node_get(process, "executable"));
}

static void
add_name(struct eslogger *in, enum field_tag tag, const struct json_node *dir, const struct json_node *name)
{
	const struct json_node *path = node_get(dir, "path");
	size_t length = node_length(path), more = node_length(name);
	char *whole;

	if (!length || !more) {
		if (length)
			add_file(in, tag, dir);
		else
			add_string(in, tag, name);
		return;
	}
	whole = xmalloc(length + more + 1);
	memcpy(whole, node_text(path), length);
	length -= whole[length - 1] == '/';
	whole[length++] = '/';
	memcpy(whole + length, node_text(name), more);
	add_bytes(in, tag, whole, length + more);
	free(whole);
	if (node_is(node_get(dir, "path_truncated"), NODE_TRUE))
		event_with_room(in, 0)->flags |= EVENT_TRUNCATED;
}

static void
add_destination(struct eslogger *in, enum field_tag tag, const struct json_node *destination)
{
	const struct json_node *new_path = node_get(destination, "new_path");

	if (new_path)
		add_name(in, tag, node_get(new_path, "dir"), node_get(new_path, "filename"));
	else
		add_file(in, tag, node_get(destination, "existing_file"));
}

/* What the code signature of a process says, as decode.c has it. */
static void
add_signature(struct eslogger *in, const struct json_node *process)
{
	uint32_t flags = (uint32_t)integer(process, "codesigning_flags");
	const char *id = node_text(node_get(process, "signing_id"));

	if (!flags && !(id && *id))
		return;
	add_bytes(in, FIELD_CSFLAGS, (const char *)&flags, sizeof(flags));
	add_string(in, FIELD_SIGNING_ID, node_get(process, "signing_id"));
	add_string(in, FIELD_TEAM_ID, node_get(process, "team_id"));
	if (node_is(node_get(process, "is_platform_binary"), NODE_TRUE))
		event_with_room(in, 0)->flags |= EVENT_PLATFORM;
}

static void
add_either(struct eslogger *in, enum field_tag tag, const struct json_node *value)
{
	if (node_is(value, NODE_TEXT))
		add_string(in, tag, value);
	else
		add_file(in, tag, value);
}

static int64_t
number(const struct json_node *value)
{
	return node_is(value, NODE_TRUE) ? 1 : node_integer(value);
}

/* What TARGET, SECOND and the value are of each type; the words of src/es/payload.h. */
#define GET(f) node_get(p, #f)
#define AT_FILE(f) add_file(in, tag, GET(f));
#define AT_PROCESS(f) add_process(in, tag, GET(f));
#define AT_TEXT(f) add_string(in, tag, GET(f));
#define AT_TEXT_IN(outer, f) add_string(in, tag, node_get(GET(outer), #f));
#define AT_NAME(dir, name) add_name(in, tag, GET(dir), GET(name));
#define AT_DESTINATION(f) add_destination(in, tag, GET(f));
#define AT_EITHER(f) add_either(in, tag, GET(f));
#define AT_MOUNT(f, side) add_string(in, tag, node_get(GET(statfs), #f));
#define NUMBER(f) value = number(GET(f));
#define NUMBER_SINCE(first, f) NUMBER(f)

#define X(id, where, target, second, value_of, ...)                    \
	static void add_payload_##id(struct eslogger *in, const struct json_node *p) \
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

static void (*const add_payload[EV_COUNT])(struct eslogger *, const struct json_node *) = {
#define X(id, ...) [EV_##id] = add_payload_##id,
	PAYLOAD_TABLE(X)
#undef X
};

/* To whom a process belongs, as decode has it. */
static void
add_owners(struct eslogger *in, const struct json_node *process)
{
	const struct json_node *team = node_get(process, "team_id"), *id = node_get(process, "signing_id");
	const struct json_node *responsible = node_get(process, "responsible_audit_token");
	uint32_t val[8];
	int32_t pid;

	add_file(in, FIELD_TTY, node_get(process, "tty"));
	add_signature(in, process);
	if (parse_token(responsible, val) && val[5] && val[5] <= INT32_MAX) {
		pid = (int32_t)val[5];
		if (parse_token(node_get(process, "audit_token"), val) && (int32_t)val[5] != pid)
			event_add(event_with_room(in, field_room(sizeof(pid))), FIELD_RESPONSIBLE, &pid,
				  sizeof(pid));
	}
	if (node_length(team) || node_length(id)) {
		struct text t = { 0 };

		if (node_length(team))
			text_add(&t, node_text(team), node_length(team));
		else if (node_is(node_get(process, "is_platform_binary"), NODE_TRUE))
			text_word(&t, "platform");
		text_char(&t, '/');
		text_add(&t, node_length(id) ? node_text(id) : "", node_length(id));
		add_bytes(in, FIELD_SIGNER, t.bytes, t.length);
		text_finish(&t);
	}
}

static void
add_cgroup(struct eslogger *in, enum field_tag tag, const struct json_node *cgroup)
{
	const struct json_node *path = node_get(cgroup, "path");
	uint64_t id = (uint64_t)integer(cgroup, "id");

	if (!node_length(path))
		return;
	add_string(in, tag, path);
	event_add(event_with_room(in, field_room(sizeof(id))), (enum field_tag)(tag + 1), &id, sizeof(id));
}

static bool
parse_payload(struct eslogger *in, enum event_id id, const struct json_node *payload)
{
	struct event *e;

	if (id == EV_OTHER)
		return true;
	add_payload[id](in, payload);
	e = event_with_room(in, 0);
	if ((id == EV_EXEC || id == EV_FORK) && !e->other.pid)
		return false;
	if (node_is(node_get(payload, "modified"), NODE_TRUE))
		e->flags |= EVENT_MODIFIED;
	if (id == EV_EXEC) {
		const struct json_node *target = node_get(payload, "target");

		add_args(in, node_get(payload, "args"));
		add_file(in, FIELD_CWD, node_get(payload, "cwd"));
		add_file(in, FIELD_SCRIPT, node_get(payload, "script"));
		add_owners(in, target);
	}
	return true;
}

/*
 * Which member of "event" is the event: there is usually one. Of several, a type that is known; else the
 * first by name, not by place, as a line may be written with its members in another order.
 */
static const char *
payload_name(const struct json_node *events)
{
	const char *best = NULL;
	bool known = false;

	for (const struct json_node *m = node_first(events); m; m = node_next(m)) {
		bool is_known = event_by_name(m->name) < EV_OTHER;

		if (node_is(m, NODE_OBJECT) &&
		    (!best || (is_known != known ? is_known : strcmp(m->name, best) < 0))) {
			best = m->name;
			known = is_known;
		}
	}
	return best;
}

static enum eslogger_kind
parse_event(struct eslogger *in, const struct json_node *line)
{
	const struct json_node *process = node_get(line, "process"), *events = node_get(line, "event");
	const char *name = payload_name(events);
	int64_t number = integer(line, "event_type");
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
	e->thread = (uint64_t)integer(node_get(line, "thread"), "thread_id");
	add_file(in, FIELD_EXE, node_get(process, "executable"));
	if (!parse_payload(in, id, node_get(events, name)))
		return broken(in, id == EV_EXEC ? "an exec without its target" : "a fork without its child");
	if (id != EV_EXEC)
		add_owners(in, process);
	add_cgroup(in, FIELD_CGROUP, node_get(node_get(line, "estop"), "cgroup"));
	if (id == EV_FORK)
		add_cgroup(in, FIELD_CHILD_CGROUP, node_get(node_get(line, "estop"), "child_cgroup"));
	return ESLOGGER_EVENT;
}

static enum eslogger_kind
parse_seen(struct eslogger *in, const struct json_node *seen)
{
	const struct json_node *process = node_get(seen, "process");
	const struct json_node *kernel = node_get(seen, "kernel_thread");
	struct event *e;

	begin_event(in, EV_SEEN, 0);
	e = event_with_room(in, 0);
	if (!parse_process(&e->who, process))
		return broken(in, "no process with an audit token in it");
	if (node_is(kernel, NODE_TEXT)) {
		char name[64];
		int length = snprintf(name, sizeof(name), "[%.40s]", node_text(kernel));

		e->flags |= EVENT_KERNEL;
		event_add(event_with_room(in, field_room((size_t)length)), FIELD_EXE, name, (size_t)length);
	} else
		add_file(in, FIELD_EXE, node_get(process, "executable"));
	add_owners(in, process);
	add_cgroup(in, FIELD_CGROUP, node_get(seen, "cgroup"));
	add_args(in, node_get(seen, "args"));
	return ESLOGGER_SEEN;
}

static bool
parse_counts(const struct json_node *counts, uint64_t to[EV_COUNT])
{
	if (!node_is(counts, NODE_OBJECT))
		return false;
	for (unsigned id = 0; id < EV_COUNT; id++)
		to[id] = (uint64_t)integer(counts, event_info[id].name);
	return true;
}

/* Which member of "estop" is the record. By its name and not its place: what a later version adds may be before it. */
static const char *
record_name(const struct json_node *ours)
{
	static const char *const names[] = { "seen", "start", "end", "part", "lost", "mute" };
	const char *best = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (node_is(node_get(ours, names[i]), NODE_OBJECT))
			return names[i];
	for (const struct json_node *m = node_first(ours); m; m = node_next(m))
		if (node_is(m, NODE_OBJECT) && (!best || strcmp(m->name, best) < 0))
			best = m->name;
	return best;
}

static enum eslogger_kind
parse_ours(struct eslogger *in, const struct json_node *ours)
{
	const char *name = record_name(ours);
	const struct json_node *record = name ? node_get(ours, name) : NULL;

	if (!node_is(record, NODE_OBJECT))
		return broken(in, "a record without contents");
	in->time_ns = parse_time(node_get(record, "time"));
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
	if (node_is(node_get(record, "cut"), NODE_TEXT))
		snprintf(in->cut, sizeof(in->cut), "%s", node_text(node_get(record, "cut")));
	in->lost = (struct eslogger_lost){
		.untyped = (uint64_t)integer(record, "untyped"),
		.recorder = (uint64_t)integer(record, "recorder"),
		.muted_elsewhere = (uint64_t)integer(record, "muted_elsewhere"),
	};
	in->lost.known[0] = parse_counts(node_get(record, "kernel"), in->lost.kernel);
	in->lost.known[1] = parse_counts(node_get(record, "ring"), in->lost.ring);
	in->lost.known[2] = parse_counts(node_get(record, "muted"), in->lost.muted);
	return strcmp(name, "end") == 0 ? ESLOGGER_END : ESLOGGER_LOST;
}

/* ---- in: everything, for logs ---- */

enum { DEPTH_MAX = 60 };

static uint64_t
count_unknown(const struct json_node *value, unsigned depth)
{
	uint64_t n = 0;

	if (depth > DEPTH_MAX)
		return 0;
	for (const struct json_node *m = node_first(value); m; m = node_next(m)) {
		const struct json_node *below = m;

		if (m->name) {
			enum detail_key known = detail_key_of(m->name, m->name_length);

			n += known == KEY_OTHER;
			/* The names below these belong to no schema. */
			if (known == KEY_OTHER || known == KEY_entitlements || known == KEY_estop)
				continue;
			if (known == KEY_event) {
				const char *name = payload_name(m);

				below = name ? node_get(m, name) : NULL;
			}
		}
		n += count_unknown(below, depth + 1);
	}
	return n;
}

/* Those who read the detail take the first member of these two for what the line is about. */
static const char *
first_member(enum detail_key key, const struct json_node *value)
{
	return key == KEY_event ? payload_name(value) : key == KEY_estop ? record_name(value) : NULL;
}

struct member {
	enum detail_key key;
	const struct json_node *node;
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
	return strcmp(x->node->name, y->node->name);
}

static void put_value(struct detail *, enum detail_key, const char *name, const struct json_node *,
		      unsigned depth);

/* The member of the name first stands before the others; NULL: none does. */
static void
put_members(struct detail *d, const struct json_node *object, unsigned depth, const char *first)
{
	size_t count = node_count(object), n = 0;
	struct member few[64], *members = count <= 64 ? few : xmalloc(count * sizeof(*members));

	for (const struct json_node *m = node_first(object); m; m = node_next(m))
		members[n++] = (struct member){ detail_key_of(m->name, m->name_length), m,
						first && strcmp(m->name, first) == 0 };
	qsort(members, n, sizeof(*members), compare_members);
	for (size_t i = 0; i < n; i++)
		put_value(d, members[i].key, members[i].node->name, members[i].node, depth);
	if (members != few)
		free(members);
}

static void
put_value(struct detail *d, enum detail_key key, const char *name, const struct json_node *value,
	  unsigned depth)
{
	static const enum detail_kind kinds[] = {
		[NODE_OBJECT] = DETAIL_OBJECT, [NODE_ARRAY] = DETAIL_ARRAY, [NODE_TEXT] = DETAIL_TEXT,
		[NODE_INT] = DETAIL_INT,       [NODE_UINT] = DETAIL_UINT,   [NODE_REAL] = DETAIL_REAL,
		[NODE_TRUE] = DETAIL_TRUE,     [NODE_FALSE] = DETAIL_FALSE, [NODE_NULL] = DETAIL_NULL,
	};
	enum detail_kind kind = depth > DEPTH_MAX ? DETAIL_NULL : kinds[value->kind];
	struct detail_token token;
	uint32_t length;

	if (kind == DETAIL_ARRAY &&
	    (key == KEY_audit_token || key == KEY_responsible_audit_token || key == KEY_parent_audit_token) &&
	    parse_token(value, token.val)) {
		/* The other form: made the usual one. */
		detail_plain(d, DETAIL_TOKEN, key);
		detail_bytes(d, &token, sizeof(token));
		return;
	}
	detail_head(d, kind, key, name, name ? strlen(name) : 0);
	switch (kind) {
	case DETAIL_OBJECT:
		put_members(d, value, depth + 1, depth == 0 ? first_member(key, value) : NULL);
		detail_end(d);
		break;
	case DETAIL_ARRAY:
		for (const struct json_node *m = node_first(value); m; m = node_next(m))
			put_value(d, KEY_NONE, NULL, m, depth + 1);
		detail_end(d);
		break;
	case DETAIL_TEXT:
		length = (uint32_t)value->length;
		detail_bytes(d, &length, sizeof(length));
		detail_bytes(d, value->text, value->length);
		break;
	case DETAIL_INT:
		detail_bytes(d, &value->integer, sizeof(value->integer));
		break;
	case DETAIL_UINT:
		detail_bytes(d, &value->wide, sizeof(value->wide));
		break;
	case DETAIL_REAL:
		detail_bytes(d, &value->real, sizeof(value->real));
		break;
	default:
		break;
	}
}

/* False: the event would take too much. */
static bool
add_detail(struct eslogger *in, const struct json_node *line, size_t length)
{
	struct detail d = { .memory = NULL };
	struct field *f;
	struct event *e;

	put_members(&d, line, 0, NULL);
	if (length + json_tree_size(in->tree) + d.size > ESLOGGER_MEMORY) {
		broken(in, json_tree_too_large);
		return false;
	}
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
	return true;
}

/* ---- in: the line ---- */

/* Turns U+EF80 to U+EFFF back into bytes, in place: it only gets shorter. */
static void
restore_bytes(struct json_node *value, unsigned depth)
{
	unsigned char *from, *to;
	size_t length;

	if (depth > DEPTH_MAX)
		return;
	for (struct json_node *m = node_first(value); m; m = node_next(m))
		restore_bytes(m, depth + 1);
	if (!node_is(value, NODE_TEXT))
		return;
	from = to = (unsigned char *)value->text;
	for (length = value->length; length > 0; length--) {
		if (from[0] == 0xee && length > 2 && from[1] >= 0xbe && from[1] <= 0xbf) {
			*to++ = (unsigned char)((from[1] & 3) << 6 | (from[2] & 0x3f));
			from += 3;
			length -= 2;
		} else
			*to++ = *from++;
	}
	*to = '\0';
	value->length = (size_t)(to - (unsigned char *)value->text);
}

/* NULL, and why: it is not JSON, or too much with what the tree has already. */
static struct json_node *
load(struct eslogger *in, const char *line, size_t length)
{
	return json_tree_read(in->tree, line, length, ESLOGGER_MEMORY - length, in->why, sizeof(in->why));
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
is_event(const struct json_node *value)
{
	return node_is(node_get(value, "event"), NODE_OBJECT) &&
	       node_is(node_get(value, "process"), NODE_OBJECT);
}

enum { WRAPPINGS = 4, WRAPPING_KEYS = 256 };

/* Where an event is inside this object, as jq has it: ".message | fromjson". At most so deep. */
static bool
find_event(const struct json_node *value, struct text *path, unsigned depth)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@.-/";
	size_t before = path->length, keys = 0;

	for (const struct json_node *m = node_first(value); m; m = node_next(m)) {
		const char *key = m->name, *string = node_text(m);

		if (++keys > WRAPPING_KEYS)
			break;
		if (!*key || strspn(key, name) != strlen(key) ||
		    strlen(key) > 40) /* it has to stand in a command */
			continue;
		path->length = before;
		text_word(path, strspn(key, name) == strcspn(key, "@.-/0123456789") ? "." : ".\"");
		text_word(path, key);
		text_word(path, path->bytes[before + 1] == '"' ? "\"" : "");
		if (string && string[0] == '{' && strstr(string, "\"event\"") &&
		    strstr(string, "\"audit_token\"")) {
			text_word(path, " | fromjson");
			return true;
		}
		if (is_event(m) ||
		    (depth < WRAPPINGS && node_is(m, NODE_OBJECT) && find_event(m, path, depth + 1)))
			return true;
	}
	path->length = before;
	return false;
}

/* Of an object that is no event: is there one inside? */
static void
explain_wrapping(struct eslogger *in, const struct json_node *value)
{
	struct text path = { 0 };
	bool found = find_event(value, &path, 1) && path.length < 100;

	if (found)
		snprintf(in->why, sizeof(in->why),
			 "the event is in a field, from which jq -c '%.*s' takes it", (int)path.length,
			 path.bytes);
	text_finish(&path);
}

static enum eslogger_kind
parse_object(struct eslogger *in, struct json_node *value)
{
	const struct json_node *ours = node_get(value, "estop");
	enum eslogger_kind kind;

	in->filtered = node_is(node_get(ours, "filtered"), NODE_TRUE);
	in->args_cut = node_is(node_get(ours, "args_cut"), NODE_TRUE);
	if (node_is(node_get(ours, "bytes"), NODE_TRUE))
		restore_bytes(value, 0);
	node_remove(ours, "bytes");    /* decided anew by its next writer */
	node_remove(ours, "args_cut"); /* a flag from here on */
	if (!node_get(value, "event"))
		return ours ? parse_ours(in, ours) : broken(in, "no event in it");
	in->time_ns = parse_time(node_get(value, "time"));
	if (node_is(node_get(value, "seq_num"), NODE_INT))
		in->seq_num = integer(value, "seq_num");
	node_remove(ours, "filtered"); /* a flag from here on */
	if (!node_first(ours))
		node_remove(value, "estop");
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
 * is in the log is not an event. The one inside, or NULL.
 */
static struct json_node *
unwrap(struct eslogger *in, const struct json_node *value, enum eslogger_kind *kind)
{
	const struct json_node *message = node_get(value, "eventMessage");
	struct json_node *inner = NULL;
	const char *text = node_text(message);

	if (text && text[0] == '{') {
		inner = load(in, text, message->length);
		if (!inner)
			*kind = broken(in,
				       "its eventMessage is not JSON; log cuts what is longer than 32 KiB");
	} else
		*kind = ESLOGGER_NOTHING;
	return inner;
}

/* The last line of "log show --style ndjson". */
static bool
is_log_end(const struct json_node *value)
{
	return node_count(value) == 2 && node_get(value, "count") && node_get(value, "finished");
}

static bool
is_log(const struct json_node *value)
{
	return node_is(node_get(value, "eventMessage"), NODE_TEXT) && !node_get(value, "event") &&
	       !node_get(value, "estop");
}

static void
free_event(struct eslogger *in)
{
	free(in->memory);
	in->memory = NULL;
	in->room = 0;
}

enum eslogger_kind
eslogger_read(struct eslogger *in, const char *line, size_t length)
{
	enum eslogger_kind kind = ESLOGGER_BROKEN;
	struct json_node *value;

	in->time_ns = 0;
	in->seq_num = -1;
	in->event = NULL;
	in->filtered = in->args_cut = false;
	if (in->room > ROOM_KEPT) /* one that large is not to be expected again */
		free_event(in);
	if (length > ESLOGGER_LINE_MAX)
		return broken(in, "longer than 16 MiB");
	while (length && strchr(" \t\r\n", line[0]) && line[0])
		line++, length--;
	if (!length || line[0] != '{')
		return read_text(in, line, length);
	if (!in->tree)
		in->tree = json_tree_create();
	value = load(in, line, length);
	if (value && is_log(value))
		value = unwrap(in, value, &kind);
	if (value && is_log_end(value))
		kind = ESLOGGER_NOTHING;
	else if (value)
		kind = parse_object(in, value);
	if (value && kind == ESLOGGER_BROKEN)
		explain_wrapping(in, value);
	else if (value && kind != ESLOGGER_NOTHING && in->detail && !add_detail(in, value, length))
		kind = ESLOGGER_BROKEN;
	json_tree_clear(in->tree);
	in->event = in->memory ? (const struct event *)(const void *)in->memory : NULL;
	return kind;
}

void
eslogger_finish(struct eslogger *in)
{
	free_event(in);
	json_tree_destroy(in->tree);
	in->tree = NULL;
}
