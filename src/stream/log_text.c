/* log_text - see log_text.h. */
#include "src/stream/log_text.h"
#include "src/stream/eslogger.h"
#include "model/detail.h"
#include "model/value_names.h"
#include "model/clean.h"

#include <inttypes.h>
#include <string.h>

/* ---- words from outside ---- */

static void
put_clean(struct text *t, const char *bytes, size_t length)
{
	size_t room = 4 * length + 8;
	char *to = text_room(t, room);

	clean_text(to, room, bytes, length, clean_ascii());
	t->length += strlen(to);
}

/* In quotes where its end would be ambiguous; in them \" and \\ as in a shell. */
static void
put_word(struct text *t, const char *bytes, size_t length)
{
	const char *end = bytes + length;

	if (length && !memchr(bytes, ' ', length) && !memchr(bytes, '"', length)) {
		put_clean(t, bytes, length);
		return;
	}
	text_char(t, '"');
	while (bytes < end) {
		const char *stop = bytes;

		while (stop < end && *stop != '"' && *stop != '\\')
			stop++;
		put_clean(t, bytes, (size_t)(stop - bytes));
		if (stop < end) {
			text_char(t, '\\');
			text_char(t, *stop++);
		}
		bytes = stop;
	}
	text_char(t, '"');
}

static void
put_time(struct text *t, uint64_t ns)
{
	text_time(t, (int64_t)(ns / 1000000000u), (uint32_t)(ns % 1000000000u), 9);
}

/* A time of another zone than UTC: made one of UTC. False: it is none. */
static bool
put_zoned(struct text *t, const struct detail_node *n)
{
	char text[48];
	uint64_t ns;

	if ((n->key != KEY_start_time && n->key != KEY_atime && n->key != KEY_mtime &&
	     (n->key < KEY_st_atimespec || n->key > KEY_st_birthtimespec)) ||
	    n->text.length < 19 || n->text.length >= sizeof(text) || n->text.bytes[n->text.length - 1] == 'Z')
		return false;
	memcpy(text, n->text.bytes, n->text.length);
	text[n->text.length] = '\0';
	ns = eslogger_time(text);
	if (ns)
		put_time(t, ns);
	return ns != 0;
}

/* False: there are no words for it. */
static bool
put_value_words(struct text *t, enum event_id id, enum detail_key key, int64_t value, bool one_word)
{
	char words[VALUE_WORDS];
	bool found = value_words(words, id, key, value, one_word);

	text_word(t, words);
	return found;
}

static void
put_node(struct text *t, const struct detail_node *n)
{
	switch (n->kind) {
	case DETAIL_NULL:
		text_word(t, "none");
		break;
	case DETAIL_FALSE:
		text_word(t, "no");
		break;
	case DETAIL_TRUE:
		text_word(t, "yes");
		break;
	case DETAIL_INT:
		text_int(t, n->number);
		break;
	case DETAIL_UINT:
		text_uint(t, n->unsigned_number);
		break;
	case DETAIL_REAL:
		text_format(t, "%.17g", n->real);
		break;
	case DETAIL_TEXT:
		if (!put_zoned(t, n))
			put_word(t, n->text.bytes, n->text.length);
		break;
	case DETAIL_HEX:
		for (size_t i = 0; i < n->text.length; i++)
			text_format(t, "%02X", (unsigned char)n->text.bytes[i]);
		break;
	case DETAIL_TIME:
		text_time(t, n->time.seconds, n->time.ns, n->time.digits);
		break;
	case DETAIL_TOKEN:
		text_format(t, "%d", (int)n->token.val[5]);
		break;
	default:
		break;
	}
}

/* ---- a process ---- */

/* Where the members of an object begin. */
static bool
inside(struct detail_reader from, const enum detail_key keys[], struct detail_reader *to)
{
	struct detail_node n;

	*to = from;
	return detail_find(to, keys, &n) && n.kind == DETAIL_OBJECT;
}

static bool
value_at(struct detail_reader from, const enum detail_key keys[], struct detail_node *n)
{
	return detail_find(&from, keys, n);
}

#define KEYS(...) ((const enum detail_key[]){ __VA_ARGS__, KEY_NONE })

static int64_t
number_or(struct detail_reader from, enum detail_key key, int64_t missing)
{
	struct detail_node n;

	return value_at(from, KEYS(key), &n) && (n.kind == DETAIL_INT || n.kind == DETAIL_UINT) ? n.number
												: missing;
}

static int64_t
number_at(struct detail_reader from, enum detail_key key)
{
	return number_or(from, key, 0);
}

/* The audit token in either form. Ids of users and groups that are missing are UID_UNKNOWN. */
static bool
token_at(struct detail_reader process, struct detail_token *token)
{
	struct detail_node n;

	*token = (struct detail_token){ .val = { [1] = UID_UNKNOWN } };
	if (!detail_find(&process, KEYS(KEY_audit_token), &n))
		return false;
	if (n.kind == DETAIL_TOKEN)
		*token = n.token;
	else if (n.kind == DETAIL_OBJECT)
		for (unsigned i = 0; i < 8; i++)
			token->val[i] = (uint32_t)number_or(process, (enum detail_key)(KEY_auid + i),
							    i < 5 ? (int64_t)UID_UNKNOWN : 0);
	return true;
}

static void
put_line(struct text *t, const char *name, bool known, const struct detail_node *n)
{
	if (!known)
		return;
	text_format(t, "\t%s: ", name);
	put_node(t, n);
	text_char(t, '\n');
}

static void
put_id(struct text *t, const char *name, uint32_t id, bool wanted)
{
	if (wanted && id != UID_UNKNOWN)
		text_format(t, "\t%s: %u\n", name, id);
}

/* When it happened. */
static void
put_moment(struct text *t, const struct event *e)
{
	if (!e->time_ns || (e->flags & EVENT_NO_TIME))
		text_char(t, '-');
	else
		put_time(t, e->time_ns);
}

static void
put_process_block(struct text *t, struct detail_reader process, uint64_t thread)
{
	struct detail_token token;
	struct detail_node n;
	int64_t ppid = number_at(process, KEY_ppid), original = number_at(process, KEY_original_ppid);

	if (token_at(process, &token)) {
		text_format(t, "\tPID: %d\n", (int)token.val[5]);
		put_id(t, "EUID", token.val[1], true);
		put_id(t, "EGID", token.val[2], true);
		put_id(t, "RUID", token.val[3], token.val[3] != token.val[1]);
		put_id(t, "RGID", token.val[4], token.val[4] != token.val[2]);
	}
	text_format(t, "\tPPID: %" PRId64 "\n", ppid);
	if (original != ppid && value_at(process, KEYS(KEY_original_ppid), &n))
		text_format(t, "\tOPPID: %" PRId64 "\n", original);
	put_line(t, "group", value_at(process, KEYS(KEY_group_id), &n), &n);
	put_line(t, "session", value_at(process, KEYS(KEY_session_id), &n), &n);
	if (thread)
		text_format(t, "\tthread: %" PRIu64 "\n", thread);
	put_line(t, "path", value_at(process, KEYS(KEY_executable, KEY_path), &n), &n);
	if (value_at(process, KEYS(KEY_codesigning_flags), &n)) {
		text_word(t, "\tcsflags: ");
		put_value_words(t, EV_NONE, KEY_codesigning_flags, n.number, false);
		text_char(t, '\n');
	}
	put_line(t, "sign_id",
		 value_at(process, KEYS(KEY_signing_id), &n) && n.kind == DETAIL_TEXT && n.text.length, &n);
	put_line(t, "team_id", value_at(process, KEYS(KEY_team_id), &n) && n.kind == DETAIL_TEXT, &n);
	put_line(t, "tty", value_at(process, KEYS(KEY_tty, KEY_path), &n), &n);
	put_line(t, "started", value_at(process, KEYS(KEY_start_time), &n), &n);
	if (value_at(process, KEYS(KEY_is_platform_binary), &n) && n.kind == DETAIL_TRUE)
		text_word(t, "\textra: platform_binary\n");
	if (value_at(process, KEYS(KEY_is_es_client), &n) && n.kind == DETAIL_TRUE)
		text_word(t, "\textra: es_client\n");
}

/* ---- what an event has of its own ---- */

/* A process, a file or a token, which is said in a few words. */
static bool
is_thing(struct detail_reader members)
{
	struct detail_node n;

	return value_at(members, KEYS(KEY_audit_token), &n) || value_at(members, KEYS(KEY_pidversion), &n) ||
	       value_at(members, KEYS(KEY_path), &n);
}

/* A file is its path, a process its pid and path. */
static void
put_thing(struct text *t, struct detail_reader members)
{
	struct detail_token token;
	struct detail_node n;

	if (token_at(members, &token)) {
		text_format(t, "%d", (int)token.val[5]);
		if (value_at(members, KEYS(KEY_executable, KEY_path), &n)) {
			text_char(t, ' ');
			put_node(t, &n);
		}
	} else if (value_at(members, KEYS(KEY_pidversion), &n)) {
		text_int(t, number_at(members, KEY_pid));
	} else if (value_at(members, KEYS(KEY_path), &n)) {
		put_node(t, &n);
	}
}

static void
begin_parameter(struct text *t, const char *outer, const struct detail_node *n, bool one_line)
{
	text_word(t, one_line ? " " : "");
	put_clean(t, outer, strlen(outer));
	put_clean(t, n->name, n->name_length);
	text_word(t, one_line ? "=" : ": ");
}

static void put_parameters(struct text *, struct detail_reader, enum event_id, const char *outer,
			   bool one_line);

/* One element after the other; of the environment and of descriptors only how many. */
static void
put_array(struct text *t, struct detail_reader *r, enum detail_key key)
{
	bool counted = key == KEY_env || key == KEY_fds;
	struct detail_node n;
	uint64_t count = 0;

	while (detail_next(r, &n) && n.kind != DETAIL_END) {
		if (!counted && count)
			text_char(t, ' ');
		if (n.kind == DETAIL_OBJECT && !counted) {
			size_t start = t->length;

			put_parameters(t, *r, EV_NONE, "", true);
			if (t->length > start)
				t->bytes[start] = '{'; /* in place of a space */
			text_char(t, '}');
		}
		if (n.kind == DETAIL_OBJECT || n.kind == DETAIL_ARRAY)
			detail_skip(r);
		else if (!counted)
			put_node(t, &n);
		count++;
	}
	if (counted)
		text_uint(t, count);
}

/* outer: the objects this is in, "destination.new_path."; each line of a block has them, too. */
static void
put_parameters(struct text *t, struct detail_reader r, enum event_id id, const char *outer, bool one_line)
{
	struct detail_node n;
	char inner[128];

	while (detail_next(&r, &n) && n.kind != DETAIL_END) {
		struct detail_reader members = r;

		if (n.kind == DETAIL_OBJECT && !is_thing(members)) { /* a union or so */
			detail_skip(&r);
			snprintf(inner, sizeof(inner), "%s%.*s.", outer, (int)n.name_length, n.name);
			put_parameters(t, members, EV_NONE, inner, one_line);
			continue;
		}
		begin_parameter(t, outer, &n, one_line);
		if (n.kind == DETAIL_OBJECT) {
			detail_skip(&r);
			put_thing(t, members);
		} else if (n.kind == DETAIL_ARRAY) {
			put_array(t, &r, n.key);
		} else if (n.kind != DETAIL_INT || !put_value_words(t, id, n.key, n.number, one_line)) {
			put_node(t, &n);
		}
		if (!one_line)
			text_char(t, '\n');
	}
}

/* ---- public ---- */

void
log_write(struct text *t, const struct event *e, enum log_form form, bool filtered)
{
	struct detail_reader all, payload, process;
	struct detail_token token;
	struct detail_node n, name;
	size_t length;

	if (form == LOG_JSON) {
		if (e->id != EV_NONE && e->id >= EV_COUNT) /* none: a record of the recorder's own */
			return;
		if (filtered)
			eslogger_write_filtered(t, e);
		else
			eslogger_write(t, e);
		return;
	}
	all.at = event_field(e, FIELD_DETAIL, &length);
	if (!all.at)
		return;
	all.end = all.at + length;
	if (!inside(all, KEYS(KEY_event), &payload) || !detail_next(&payload, &name) ||
	    name.kind != DETAIL_OBJECT)
		return;
	if (!inside(all, KEYS(KEY_process), &process))
		return;
	if (form == LOG_LINE) {
		put_moment(t, e);
		text_char(t, ' ');
		put_clean(t, name.name, name.name_length);
		if (token_at(process, &token))
			text_format(t, " pid=%d", (int)token.val[5]);
		if (token.val[1] != UID_UNKNOWN)
			text_format(t, " euid=%u", token.val[1]);
		text_format(t, " ppid=%" PRId64, number_at(process, KEY_ppid));
		if (value_at(process, KEYS(KEY_executable, KEY_path), &n)) {
			text_word(t, " path=");
			put_node(t, &n);
		}
		put_parameters(t, payload, (enum event_id)e->id, "", true);
		text_char(t, '\n');
		return;
	}
	text_word(t, "event : ");
	put_clean(t, name.name, name.name_length);
	text_word(t, "\ntime: ");
	put_moment(t, e);
	text_char(t, '\n');
	put_parameters(t, payload, (enum event_id)e->id, "", false);
	text_word(t, "process:\n");
	put_process_block(t, process, e->thread);
	text_char(t, '\n');
}
