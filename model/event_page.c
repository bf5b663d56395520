/* event_page - see event_page.h. */
#include "model/event_page.h"

#include "model/detail.h"
#include "model/value_names.h"
#include "model/xalloc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS(...) ((const enum detail_key[]){ __VA_ARGS__, KEY_NONE })

enum { NAMES = 200, WORDS = VALUE_WORDS + 40, NESTED = 16 };

/* ---- lines ---- */

static struct page_line *
add_line(struct event_page *p)
{
	struct page_line *line;

	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		p->lines = xrealloc(p->lines, p->room, sizeof(*p->lines));
	}
	line = &p->lines[p->count++];
	*line = (struct page_line){ 0 };
	return line;
}

static struct page_line *
add_entry(struct event_page *p, const char *label)
{
	struct page_line *line = add_line(p);

	line->label = xstrdup(label);
	return line;
}

static void
add_title(struct event_page *p, const char *title)
{
	add_line(p)->title = xstrdup(title);
}

/* A NUL within would end the text. */
static struct page_line *
add_bytes(struct event_page *p, const char *label, const char *bytes, size_t length)
{
	struct page_line *line = add_entry(p, label);

	line->text = xmalloc(length + 1);
	memcpy(line->text, bytes, length);
	line->text[length] = '\0';
	for (char *nul = line->text; (nul = memchr(nul, '\0', (size_t)(line->text + length - nul)));)
		*nul = '\1';
	return line;
}

static struct page_line *__attribute__((format(printf, 3, 4)))
add_text(struct event_page *p, const char *label, const char *format, ...)
{
	char text[WORDS];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return add_bytes(p, label, text, strlen(text));
}

static void
link_file(struct page_line *line, const char *path, size_t length)
{
	if (length && *path == '/')
		line->link = (struct page_link){ .kind = LINK_FILE, .path = xstrndup(path, length) };
}

static void
link_process(const struct event_page *p, struct page_line *line, int32_t pid, uint64_t start_ns)
{
	if (pid_shown(pid) > 0)
		line->link = (struct page_link){ .kind = LINK_PROCESS,
						 .key = { p->host | pid_shown(pid), start_ns } };
}

/* Of the two processes that the record knows the start of; of others 0, which is the newest of the pid. */
static uint64_t
start_of(const struct event_page *p, int32_t pid)
{
	for (unsigned i = 0; i < 2; i++)
		if (pid_shown(p->known[i].pid) == pid)
			return p->known[i].start_ns;
	return 0;
}

static void
clear(struct event_page *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->lines[i].title);
		free(p->lines[i].label);
		free(p->lines[i].text);
		free((char *)p->lines[i].link.path);
	}
	p->count = 0;
}

void
event_page_finish(struct event_page *p)
{
	clear(p);
	free(p->lines);
	*p = (struct event_page){ 0 };
}

/* ---- reading a detail ---- */

static bool
value_at(struct detail_reader from, const enum detail_key keys[], struct detail_node *n)
{
	return detail_find(&from, keys, n);
}

/* Where the members of an object begin. */
static bool
inside(struct detail_reader from, const enum detail_key keys[], struct detail_reader *to)
{
	struct detail_node n;

	*to = from;
	return detail_find(to, keys, &n) && n.kind == DETAIL_OBJECT;
}

static bool
number_at(struct detail_reader from, enum detail_key key, int64_t *number)
{
	struct detail_node n;

	if (!value_at(from, KEYS(key), &n) || (n.kind != DETAIL_INT && n.kind != DETAIL_UINT))
		return false;
	*number = n.number;
	return true;
}

/* The audit token in either form; ids that are missing are UINT32_MAX. */
static bool
token_at(struct detail_reader from, enum detail_key key, struct detail_token *token)
{
	struct detail_node n;
	int64_t number;

	if (!detail_find(&from, KEYS(key), &n))
		return false;
	if (n.kind == DETAIL_TOKEN) {
		*token = n.token;
		return true;
	}
	if (n.kind != DETAIL_OBJECT)
		return false;
	for (unsigned i = 0; i < 8; i++)
		token->val[i] = number_at(from, (enum detail_key)(KEY_auid + i), &number) ? (uint32_t)number
											  : UINT32_MAX;
	return true;
}

/* "2025-08-07T15:13:09.811587464Z", as a log has it. */
static void
time_words(char out[48], const struct detail_time *t)
{
	static const unsigned before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int64_t days = t->seconds / 86400, rest = t->seconds % 86400, year = 1970;
	unsigned month = 12, leap;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	if (days < -700000 || days > 1000000) { /* of no year that can be read */
		snprintf(out, 48, "%" PRId64 " s", t->seconds);
		return;
	}
	/* To the year by 400 of them, of which each has the same number of days. */
	year += (days / 146097) * 400;
	days %= 146097;
	if (days < 0) {
		days += 146097;
		year -= 400;
	}
	for (;; year++) {
		leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		if (days < 365 + (int64_t)leap)
			break;
		days -= 365 + (int64_t)leap;
	}
	while (month > 1 && days < (int64_t)before[month - 1] + (month > 2 ? leap : 0))
		month--;
	days -= before[month - 1] + (month > 2 ? leap : 0);
	snprintf(out, 48,
		 "%04" PRId64 "-%02u-%02u"
		 "T%02u:%02u:%02u.%0*uZ",
		 year, month, (unsigned)days + 1, (unsigned)(rest / 3600), (unsigned)(rest / 60 % 60),
		 (unsigned)(rest % 60), t->digits == 6 ? 6 : 9, t->digits == 6 ? t->ns / 1000 : t->ns);
}

/* The value of a node that is neither an object nor an array. */
static struct page_line *
add_node(struct event_page *p, enum event_id id, const char *label, const struct detail_node *n)
{
	char words[VALUE_WORDS], *hex;
	struct page_line *line;

	switch (n->kind) {
	case DETAIL_NULL:
		return add_text(p, label, "none");
	case DETAIL_FALSE:
		return add_text(p, label, "no");
	case DETAIL_TRUE:
		return add_text(p, label, "yes");
	case DETAIL_INT:
		if (value_words(words, id, n->key, n->number, false))
			return add_text(p, label, "%s", words);
		return add_text(p, label, "%" PRId64, n->number);
	case DETAIL_UINT:
		return add_text(p, label, "%" PRIu64, n->unsigned_number);
	case DETAIL_REAL:
		return add_text(p, label, "%.17g", n->real);
	case DETAIL_HEX:
		hex = xmalloc(2 * n->text.length + 1);
		for (size_t i = 0; i < n->text.length; i++)
			snprintf(hex + 2 * i, 3, "%02X", (unsigned char)n->text.bytes[i]);
		line = add_bytes(p, label, hex, 2 * n->text.length);
		free(hex);
		return line;
	case DETAIL_TIME:
		time_words(words, &n->time);
		return add_text(p, label, "%s", words);
	case DETAIL_TOKEN:
		line = add_text(p, label, "%d, pidversion %u", (int)n->token.val[5], n->token.val[7]);
		link_process(p, line, (int32_t)n->token.val[5], 0);
		return line;
	default:
		return add_bytes(p, label, n->text.bytes, n->text.length);
	}
}

static void
add_stat(struct event_page *p, const char *label, const struct detail_stat *s)
{
	static const char *const numbers[DETAIL_STAT_NUMBERS] = { "dev",    "mode",    "nlink", "ino",
								  "uid",    "gid",     "rdev",  "size",
								  "blocks", "blksize", "flags", "gen" };
	static const char *const times[DETAIL_STAT_TIMES] = { "atime", "mtime", "ctime", "birthtime" };
	char text[600], name[NAMES], time[48];
	size_t used = 0;
	bool any = false;

	for (unsigned i = 0; i < DETAIL_STAT_NUMBERS; i++) {
		any |= s->number[i] != 0;
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 i == 1 ? "%s%s 0%" PRIo64 : "%s%s %" PRId64, i ? ", " : "",
					 numbers[i], s->number[i]);
	}
	if (!any) /* the system did not look */
		return;
	add_text(p, label, "%s", text);
	for (unsigned i = 0; i < DETAIL_STAT_TIMES; i++) {
		if (!s->time[i].seconds && !s->time[i].ns)
			continue;
		snprintf(name, sizeof(name), "%.150s.%s", label, times[i]);
		time_words(time, &s->time[i]);
		add_text(p, name, "%s", time);
	}
}

/* ---- a process ---- */

static void
add_id(struct event_page *p, const char *label, uint32_t id)
{
	if (id != UINT32_MAX)
		add_text(p, label, "%u", id);
}

static void
add_if(struct event_page *p, const char *label, struct detail_reader from, const enum detail_key keys[])
{
	struct detail_node n;

	if (value_at(from, keys, &n) && n.kind != DETAIL_OBJECT && n.kind != DETAIL_ARRAY)
		add_node(p, EV_NONE, label, &n);
}

/* A file that a process has: its path, and where Enter leads. */
static void
add_path_of(struct event_page *p, const char *label, struct detail_reader process, enum detail_key key)
{
	struct detail_node n;

	if (!value_at(process, KEYS(key, KEY_path), &n) || n.kind != DETAIL_TEXT)
		return;
	link_file(add_node(p, EV_NONE, label, &n), n.text.bytes, n.text.length);
}

static void
add_other(struct event_page *p, const char *label, struct detail_reader process, enum detail_key key)
{
	struct detail_token token = { { 0 } };
	struct detail_reader r = process;
	struct detail_node n;

	if (!detail_find(&r, KEYS(key), &n))
		return;
	if (n.kind == DETAIL_TOKEN)
		add_node(p, EV_NONE, label, &n);
	else if (n.kind == DETAIL_OBJECT && token_at(process, key, &token))
		add_text(p, label, "%d", (int)token.val[5]);
}

/* What the code signature says; nothing of it on Linux, where all of it is empty. name: see below. */
static void
add_signature(struct event_page *p, const char *name, struct detail_reader process)
{
	struct detail_node n;
	int64_t flags = 0, category;
	char title[NAMES];

	snprintf(title, sizeof(title), "Signature%s%.150s", *name ? ": " : "", name);
	add_title(p, title);
	number_at(process, KEY_codesigning_flags, &flags);
	if (!flags &&
	    !(value_at(process, KEYS(KEY_signing_id), &n) && n.kind == DETAIL_TEXT && n.text.length)) {
		add_text(p, "csflags", "0: not signed, or the system does not say");
	} else {
		add_if(p, "csflags", process, KEYS(KEY_codesigning_flags));
	}
	add_if(p, "sign_id", process, KEYS(KEY_signing_id));
	add_if(p, "team_id", process, KEYS(KEY_team_id));
	add_if(p, "cdhash", process, KEYS(KEY_cdhash));
	add_if(p, "platform_binary", process, KEYS(KEY_is_platform_binary));
	add_if(p, "es_client", process, KEYS(KEY_is_es_client));
	if (number_at(process, KEY_cs_validation_category, &category))
		add_text(p, "validation", "%" PRId64, category);
}

/* name: the key of the payload it stands at, "" who acted. */
static void
add_process(struct event_page *p, const char *name, struct detail_reader process)
{
	struct detail_token token = { { 0 } };
	char title[NAMES];
	struct page_line *line;
	int64_t ppid;

	snprintf(title, sizeof(title), "%s%.150s", *name ? "Process: " : "Who", name);
	add_title(p, title);
	if (token_at(process, KEY_audit_token, &token)) {
		line = add_text(p, "PID", "%d, pidversion %u", (int)token.val[5], token.val[7]);
		link_process(p, line, (int32_t)token.val[5], start_of(p, (int32_t)token.val[5]));
	}
	add_path_of(p, "path", process, KEY_executable);
	add_id(p, "EUID", token.val[1]);
	add_id(p, "EGID", token.val[2]);
	add_id(p, "RUID", token.val[3]);
	add_id(p, "RGID", token.val[4]);
	add_id(p, "AUID", token.val[0]);
	add_id(p, "ASID", token.val[6]);
	if (number_at(process, KEY_ppid, &ppid))
		link_process(p, add_text(p, "PPID", "%" PRId64, ppid), (int32_t)ppid, 0);
	add_if(p, "OPPID", process, KEYS(KEY_original_ppid));
	add_other(p, "parent", process, KEY_parent_audit_token);
	add_other(p, "responsible", process, KEY_responsible_audit_token);
	add_if(p, "group", process, KEYS(KEY_group_id));
	add_if(p, "session", process, KEYS(KEY_session_id));
	add_path_of(p, "tty", process, KEY_tty);
	add_if(p, "started", process, KEYS(KEY_start_time));
}

/* ---- the payload ---- */

/* Processes of the payload, which get groups of their own behind its fields. */
struct later {
	char name[NAMES];
	struct detail_reader at;
};

struct writer {
	struct event_page *p;
	enum event_id id;
	struct later later[NESTED], list[NESTED];
	unsigned laters, lists;
};

static bool
has_own_group(enum detail_key key)
{
	return key == KEY_args || key == KEY_env || key == KEY_fds || key == KEY_argv;
}

static void add_members(struct writer *, struct detail_reader, const char *outer, unsigned depth);

static void
keep(struct later *of, unsigned *count, const char *name, struct detail_reader at)
{
	if (*count == NESTED)
		return;
	snprintf(of[*count].name, sizeof(of[*count].name), "%s", name);
	of[(*count)++].at = at;
}

static void
add_file(struct writer *w, const char *label, struct detail_reader members)
{
	struct detail_node n;
	struct page_line *line;
	char name[NAMES];

	while (detail_next(&members, &n) && n.kind != DETAIL_END) {
		if (n.key == KEY_path && n.kind == DETAIL_TEXT) {
			line = add_node(w->p, w->id, label, &n);
			link_file(line, n.text.bytes, n.text.length);
		} else if (n.key == KEY_path_truncated && n.kind == DETAIL_TRUE) {
			snprintf(name, sizeof(name), "%.150s.path_truncated", label);
			add_node(w->p, w->id, name, &n);
		} else if (n.kind == DETAIL_STAT) {
			snprintf(name, sizeof(name), "%.150s.stat", label);
			add_stat(w->p, name, &n.stat);
		} else if (n.kind == DETAIL_OBJECT && n.key == KEY_stat) { /* of a recording */
			snprintf(name, sizeof(name), "%.150s.stat.", label);
			add_members(w, members, name, 1);
			detail_skip(&members);
		} else if (n.kind == DETAIL_OBJECT || n.kind == DETAIL_ARRAY) {
			detail_skip(&members);
		}
	}
}

static void
add_object(struct writer *w, const char *label, struct detail_reader members, unsigned depth)
{
	struct detail_token token = { { 0 } };
	struct detail_node n;
	char name[NAMES];

	if (token_at(members, KEY_audit_token, &token)) {
		bool path = value_at(members, KEYS(KEY_executable, KEY_path), &n) && n.kind == DETAIL_TEXT;

		link_process(w->p,
			     add_text(w->p, label, "%d%s%.*s", (int)token.val[5], path ? " " : "",
				      path ? (int)(n.text.length < 800 ? n.text.length : 800) : 0,
				      path ? n.text.bytes : ""),
			     (int32_t)token.val[5], start_of(w->p, (int32_t)token.val[5]));
		keep(w->later, &w->laters, label, members);
	} else if (value_at(members, KEYS(KEY_pidversion), &n)) {
		int64_t pid = 0;

		number_at(members, KEY_pid, &pid);
		link_process(w->p, add_text(w->p, label, "%" PRId64 ", pidversion %" PRId64, pid, n.number),
			     (int32_t)pid, 0);
	} else if (value_at(members, KEYS(KEY_path), &n)) {
		add_file(w, label, members);
	} else {
		snprintf(name, sizeof(name), "%.190s.", label);
		add_members(w, members, name, depth + 1);
	}
}

static void
add_elements(struct writer *w, const char *label, struct detail_reader *r, unsigned depth)
{
	struct detail_node n;
	char name[NAMES];
	size_t at = 0;

	while (detail_next(r, &n) && n.kind != DETAIL_END) {
		struct detail_reader members = *r;

		snprintf(name, sizeof(name), "%.170s[%zu]", label, at++);
		if (n.kind == DETAIL_OBJECT || n.kind == DETAIL_ARRAY)
			detail_skip(r);
		if (n.kind == DETAIL_OBJECT)
			add_object(w, name, members, depth);
		else if (n.kind == DETAIL_ARRAY)
			add_elements(w, name, &members, depth + 1);
		else
			add_node(w->p, w->id, name, &n);
	}
	if (at == 0)
		add_text(w->p, label, "none");
}

static void
add_members(struct writer *w, struct detail_reader r, const char *outer, unsigned depth)
{
	struct detail_node n;
	char name[NAMES];

	while (depth < NESTED && detail_next(&r, &n) && n.kind != DETAIL_END) {
		struct detail_reader members = r;

		snprintf(name, sizeof(name), "%.120s%.*s", outer,
			 (int)(n.name_length < 60 ? n.name_length : 60), n.name ? n.name : "");
		if (n.kind == DETAIL_OBJECT || n.kind == DETAIL_ARRAY)
			detail_skip(&r);
		if (n.kind == DETAIL_OBJECT)
			add_object(w, name, members, depth);
		else if (n.kind == DETAIL_ARRAY && has_own_group(n.key))
			keep(w->list, &w->lists, name, members);
		else if (n.kind == DETAIL_ARRAY)
			add_elements(w, name, &members, depth + 1);
		else if (n.kind == DETAIL_STAT)
			add_stat(w->p, name, &n.stat);
		else
			add_node(w->p, w->id, name, &n);
	}
}

/* ---- lists ---- */

/* Of a block of variables, the value of the one with this name (length bytes of it). */
static const char *
variable(const char *block, size_t size, const char *name, size_t length)
{
	const char *end = block + size;

	for (const char *at = block; at < end; at += strnlen(at, (size_t)(end - at)) + 1)
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			return at + length + 1;
	return NULL;
}

static char *
copy_block(struct detail_reader r, size_t *length)
{
	struct detail_reader again = r;
	struct detail_node n;
	size_t size = 0;
	char *block;

	while (detail_next(&r, &n) && n.kind == DETAIL_TEXT)
		size += n.text.length + 1;
	block = xmalloc(size + 1);
	*length = 0;
	while (*length < size && detail_next(&again, &n) && n.kind == DETAIL_TEXT) {
		memcpy(block + *length, n.text.bytes, n.text.length);
		*length += n.text.length;
		block[(*length)++] = '\0';
	}
	block[size] = '\0';
	return block;
}

/* What there is more, less and other than in the parent's; each costs a look through the other. */
static void
add_difference(struct event_page *p, const char *own, size_t length, const char *parent, size_t parent_length)
{
	enum { COMPARED = 4000 };
	size_t before = p->count, compared = 0;

	add_title(p, "Environment: difference from the parent's");
	before++;
	for (const char *at = own; at < own + length && compared < COMPARED;
	     at += strlen(at) + 1, compared++) {
		size_t name = strcspn(at, "=");
		const char *was = at[name] ? variable(parent, parent_length, at, name) : NULL;

		if (!was)
			add_bytes(p, "added", at, strlen(at));
		else if (strcmp(was, at + name + 1) != 0) {
			add_bytes(p, "changed", at, strlen(at));
			add_bytes(p, "was", was, strlen(was));
		}
	}
	for (const char *at = parent; at < parent + parent_length && compared < 2 * COMPARED;
	     at += strlen(at) + 1, compared++) {
		size_t name = strcspn(at, "=");

		if (at[name] && !variable(own, length, at, name))
			add_bytes(p, "removed", at, strlen(at));
	}
	if (p->count == before)
		add_text(p, "", "none");
}

/* parent: what to compare it with; NULL: nothing. */
static void
add_environment(struct event_page *p, struct detail_reader at, const char *parent, size_t parent_length)
{
	size_t length;
	char *own = copy_block(at, &length);

	if (parent)
		add_difference(p, own, length, parent, parent_length);
	event_page_add_environment(p, own, length);
	free(own);
}

void
event_page_add_environment(struct event_page *p, const char *block, size_t length)
{
	char title[60], number[24];
	size_t n = 0;

	for (const char *at = block; at < block + length; at += strlen(at) + 1)
		n++;
	snprintf(title, sizeof(title), "Environment: env, %zu variable%s", n, n == 1 ? "" : "s");
	add_title(p, title);
	n = 0;
	for (const char *at = block; at < block + length; at += strlen(at) + 1) {
		snprintf(number, sizeof(number), "env[%zu]", n++);
		add_bytes(p, number, at, strlen(at));
	}
}

static const char *
descriptor_word(int64_t type)
{
	static const char *const words[] = { "appletalk", "file",     "socket", "shared memory",
					     "semaphore", "kqueue",   "pipe",   "fsevents",
					     "?",         "netpolicy" };

	return type >= 0 && type < (int64_t)(sizeof(words) / sizeof(*words)) ? words[type] : "?";
}

static void
add_descriptors(struct event_page *p, struct detail_reader r)
{
	struct detail_node n;
	char label[32];

	while (detail_next(&r, &n) && n.kind == DETAIL_OBJECT) {
		struct detail_reader members = r;
		int64_t fd = -1, type = -1;

		detail_skip(&r);
		number_at(members, KEY_fd, &fd);
		number_at(members, KEY_fdtype, &type);
		snprintf(label, sizeof(label), "fd %" PRId64, fd);
		if (value_at(members, KEYS(KEY_pipe, KEY_pipe_id), &n))
			add_text(p, label, "%s (%" PRId64 "), pipe_id %" PRIu64, descriptor_word(type), type,
				 n.unsigned_number);
		else
			add_text(p, label, "%s (%" PRId64 ")", descriptor_word(type), type);
	}
}

static void
add_list(struct writer *w, const struct later *list, const char *parent, size_t length)
{
	struct event_page *p = w->p;
	const char *last = strrchr(list->name, '.');
	const char *name = last ? last + 1 : list->name;
	struct detail_reader r = list->at;
	size_t before;

	if (strcmp(name, "env") == 0) {
		add_environment(p, r, w->id == EV_EXEC ? parent : NULL, length);
		p->wants_parent = w->id == EV_EXEC && !parent;
		return;
	}
	add_title(p, strcmp(name, "fds") == 0 ? "Descriptors: fds" : "Arguments: args");
	before = p->count;
	if (strcmp(name, "fds") == 0)
		add_descriptors(p, r);
	else
		add_elements(w, name, &r, 1);
	if (p->count == before)
		add_text(p, "", "none");
}

/* ---- the message ---- */

static void
add_action(struct event_page *p, struct detail_reader all)
{
	int64_t number;
	struct detail_reader result;

	if (!inside(all, KEYS(KEY_action, KEY_result), &result))
		return;
	if (inside(all, KEYS(KEY_action, KEY_result, KEY_result), &result)) {
		if (number_at(result, KEY_auth, &number))
			add_text(p, "result", "%s (%" PRId64 ")",
				 number == 0   ? "allowed"
				 : number == 1 ? "denied"
					       : "?",
				 number);
		else if (number_at(result, KEY_flags, &number))
			add_text(p, "result", "allowed flags 0x%" PRIx64, (uint64_t)number);
	}
}

static void
add_record_process(struct event_page *p, const char *label, const struct event_proc *who)
{
	struct page_line *line =
		add_text(p, label, "%d, pidversion %u, parent %d, user %d", pid_shown(who->pid), who->version,
			 pid_shown(who->ppid), (int)who->uid);

	link_process(p, line, who->pid, who->start_ns);
}

static void
add_field(struct event_page *p, const struct event *e, enum field_tag tag, const char *label)
{
	size_t length;
	const char *bytes = event_field(e, tag, &length);
	struct page_line *line;

	if (!bytes)
		return;
	while (length && bytes[length - 1] == '\0')
		length--;
	line = add_bytes(p, label, bytes, length);
	for (char *nul = line->text; *nul; nul++)
		if (*nul == '\1' && tag == FIELD_ARGS) /* between arguments */
			*nul = ' ';
	if (tag != FIELD_ARGS)
		link_file(line, bytes, length);
}

/* What the record alone says, when there is no detail. */
static void
add_record(struct event_page *p, const struct history_entry *entry)
{
	const struct event *e = entry->event;
	char words[VALUE_WORDS];

	add_title(p, "Fields");
	add_text(p, "",
		 "only these are kept: all fields are kept while the events view is open, unless more "
		 "events arrive than can be shown");
	add_field(p, e, FIELD_TARGET, "target");
	add_field(p, e, FIELD_SECOND, "second");
	if (e->other.pid)
		add_record_process(p, e->id == EV_FORK ? "child" : "target process", &e->other);
	add_field(p, e, FIELD_ARGS, "args");
	add_field(p, e, FIELD_CWD, "cwd");
	add_field(p, e, FIELD_SCRIPT, "script");
	if (e->id == EV_CLOSE)
		add_text(p, "modified", "%s", e->flags & EVENT_MODIFIED ? "yes" : "no");
	if (e->id == EV_OPEN && value_words(words, EV_OPEN, KEY_fflag, e->value, false))
		add_text(p, "fflag", "%s", words);
	else if (e->id == EV_EXIT && value_words(words, EV_EXIT, KEY_stat, e->value, false))
		add_text(p, "stat", "%s", words);
	else if (e->id == EV_SIGNAL && value_words(words, EV_SIGNAL, KEY_sig, e->value, false))
		add_text(p, "sig", "%s", words);
	else if (e->value)
		add_text(p, "value", "%" PRId64, e->value);
	if (e->flags & EVENT_TRUNCATED)
		add_text(p, "truncated", "yes");
}

/* The same facts, where the detail does not say who acted: it was cut, or there is none. */
static void
add_record_who(struct event_page *p, const struct history_entry *entry)
{
	add_title(p, "Who");
	add_record_process(p, "PID", &entry->event->who);
	if (*entry->exe)
		link_file(add_bytes(p, "path", entry->exe, strlen(entry->exe)), entry->exe,
			  strlen(entry->exe));
	link_process(p, add_text(p, "PPID", "%d", pid_shown(entry->event->who.ppid)), entry->event->who.ppid,
		     0);
	add_field(p, entry->event, FIELD_TTY, "tty");
}

static void
add_head(struct event_page *p, const struct history_entry *entry, struct detail_reader all)
{
	const struct event *e = entry->event;
	char number[16], time[48];
	struct detail_time when = { (int64_t)(e->time_ns / 1000000000u), (uint32_t)(e->time_ns % 1000000000u),
				    9 };

	add_title(p, event_name(e, number));
	time_words(time, &when);
	add_text(p, "time", "%s", e->flags & EVENT_NO_TIME ? "not known" : time);
	add_text(p, "event_type", "%s (%u)%s%s", event_name(e, number), e->number,
		 e->id < EV_OTHER ? ": " : "", e->id < EV_OTHER ? event_info[e->id].help : "");
	add_action(p, all);
	add_if(p, "version", all, KEYS(KEY_version));
	add_if(p, "seq_num", all, KEYS(KEY_seq_num));
	add_if(p, "global_seq_num", all, KEYS(KEY_global_seq_num));
	add_if(p, "mach_time", all, KEYS(KEY_mach_time));
	if (e->thread)
		add_text(p, "thread", "%" PRIu64, e->thread);
	add_text(p, "sequence", "event %" PRIu64 " of those estop counted", entry->seq + 1);
}

/* The fields, then the processes among them. The lists are for later. */
static void
add_payload(struct writer *w, struct detail_reader payload)
{
	size_t before;

	add_title(w->p, "Fields");
	before = w->p->count;
	add_members(w, payload, "", 0);
	if (w->p->count == before && w->lists == 0)
		add_text(w->p, "", "none: an event of this type has no more to say");
	for (unsigned i = 0; i < w->laters; i++) {
		add_process(w->p, w->later[i].name, w->later[i].at);
		add_signature(w->p, w->later[i].name, w->later[i].at);
	}
}

void
event_page_take(struct event_page *p, const struct history_entry *entry, const char *environment,
		size_t environment_length)
{
	struct writer w = { .p = p, .id = (enum event_id)entry->event->id };
	struct detail_reader all, payload, process;
	struct detail_node name;
	size_t length = 0;
	bool has_who;
	const char *detail = event_field(entry->event, FIELD_DETAIL, &length);

	clear(p);
	p->host = pid_of_host(entry->event->who.pid);
	p->known[0] = (struct proc_key){ entry->event->who.pid, entry->event->who.start_ns };
	p->known[1] = (struct proc_key){ entry->event->other.pid, entry->event->other.start_ns };
	p->parent = entry->event->who.ppid;
	p->wants_parent = false;
	all = (struct detail_reader){ detail, detail ? detail + length : NULL };
	add_head(p, entry, all);
	has_who = detail && inside(all, KEYS(KEY_process), &process);
	if (has_who)
		add_process(p, "", process);
	else
		add_record_who(p, entry);
	if (detail && inside(all, KEYS(KEY_event), &payload) && detail_next(&payload, &name) &&
	    name.kind == DETAIL_OBJECT)
		add_payload(&w, payload);
	else
		add_record(p, entry);
	if (has_who)
		add_signature(p, "", process);
	for (unsigned i = 0; i < w.lists; i++)
		add_list(&w, &w.list[i], environment, environment_length);
	if (length == HISTORY_DETAIL_MAX)
		add_text(p, "cut", "only the first %d bytes of the message are kept", HISTORY_DETAIL_MAX);
}

char *
event_page_environment(const struct history *h, uint64_t seq, int32_t pid, size_t *length)
{
	struct history_entry entry;
	struct detail_reader r;
	struct detail_node n;

	while (seq-- > history_oldest(h)) {
		if (!history_at(h, seq, &entry) || entry.event->id != EV_EXEC || entry.event->other.pid != pid)
			continue;
		r.at = event_field(entry.event, FIELD_DETAIL, length);
		if (!r.at)
			return NULL;
		r.end = r.at + *length;
		if (!inside(r, KEYS(KEY_event), &r) || !detail_next(&r, &n) || n.kind != DETAIL_OBJECT ||
		    !detail_find(&r, KEYS(KEY_env), &n) || n.kind != DETAIL_ARRAY)
			return NULL;
		return copy_block(r, length);
	}
	return NULL;
}
