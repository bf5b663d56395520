/* mute_text - see mute_text.h. */
#include "model/mute_text.h"
#include "model/clean.h"
#include "model/text_file.h"
#include "model/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_WORD " events="

enum { LINE_MAX_BYTES = 65536, FILE_MAX_BYTES = 64 << 20 };

const char *const mute_export_word[EXPORT_COUNT] = {
#define X(id, word, ...) word,
	MUTE_EXPORT_TABLE(X)
#undef X
};

/* ---- reading ---- */

static int
parse_pid(const char *text, size_t length, int32_t *pid, char *why, size_t len)
{
	char digits[16];
	char *end;
	long value;

	snprintf(digits, sizeof(digits), "%.*s", (int)(length > 15 ? 15 : length), text);
	errno = 0;
	value = strtol(digits, &end, 10);
	if (length == 0 || length > 15 || strspn(digits, "0123456789") != length || errno || value < 1 ||
	    value > INT32_MAX) {
		snprintf(why, len, "invalid pid '%.*s'", (int)(length > 60 ? 60 : length), text);
		return -EINVAL;
	}
	*pid = (int32_t)value;
	return 0;
}

static int
hex_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* A copy with the escapes resolved; NULL when one is none. */
static char *
unescape(const char *text, size_t length)
{
	static const char letters[] = "\\ntr", values[] = "\\\n\t\r";
	char *out = xmalloc(length + 1), *to = out;

	for (size_t i = 0; i < length; i++) {
		const char *letter;

		if (text[i] != '\\') {
			*to++ = text[i];
			continue;
		}
		letter = i + 1 < length ? strchr(letters, text[i + 1]) : NULL;
		if (letter) {
			*to++ = values[letter - letters];
			i++;
		} else if (i + 3 < length && text[i + 1] == 'x' && hex_of(text[i + 2]) >= 0 &&
			   hex_of(text[i + 3]) >= 0 && hex_of(text[i + 2]) + hex_of(text[i + 3]) > 0) {
			*to++ = (char)(hex_of(text[i + 2]) * 16 + hex_of(text[i + 3]));
			i += 3;
		} else {
			free(out);
			return NULL;
		}
	}
	*to = '\0';
	return out;
}

static int
set_unescaped(struct mute_text *rule, const char *text, size_t length, char *why, size_t len)
{
	rule->path = unescape(text, length);
	if (rule->path)
		return 0;
	snprintf(why, len, "'%.*s': invalid escape; write a backslash as '\\\\'",
		 (int)(length > 60 ? 60 : length), text);
	return -EINVAL;
}

static int
set_path(struct mute_text *rule, const char *text, size_t length, char *why, size_t len)
{
	if (length == 0 || text[0] != '/') {
		snprintf(why, len, "'%.*s': expected an absolute path", (int)(length > 60 ? 60 : length),
			 text);
		return -EINVAL;
	}
	return set_unescaped(rule, text, length, why, len);
}

static int
set_owner(struct mute_text *rule, const char *text, size_t length, char *why, size_t len)
{
	if (length == 0) {
		snprintf(why, len, "expected a name after %s:", mute_kind_info[rule->kind].word);
		return -EINVAL;
	}
	return set_unescaped(rule, text, length, why, len);
}

static int
parse_value(struct mute_text *rule, const char *text, size_t length, char *why, size_t len)
{
	size_t word = strcspn(text, ":/");

	if (length && text[0] == '/') {
		rule->kind = text[length - 1] == '/' ? MUTE_PREFIX : MUTE_EXE;
		return set_path(rule, text, length, why, len);
	}
	if (word >= length || text[word] != ':') {
		rule->kind = MUTE_PROCESS;
		if (length && text[0] >= '0' && text[0] <= '9')
			return parse_pid(text, length, &rule->pid, why, len);
		snprintf(why, len, "invalid mute rule '%.*s': expected a pid, an absolute path or KIND:PATH",
			 (int)(length > 60 ? 60 : length), text);
		return -EINVAL;
	}
	for (unsigned k = 0; k < MUTE_KIND_COUNT; k++) {
		if (strlen(mute_kind_info[k].word) != word || memcmp(mute_kind_info[k].word, text, word) != 0)
			continue;
		rule->kind = (enum mute_kind)k;
		text += word + 1;
		length -= word + 1;
		if (mute_kind_is_owner(rule->kind))
			return set_owner(rule, text, length, why, len);
		if (!mute_kind_is_path(rule->kind))
			return parse_pid(text, length, &rule->pid, why, len);
		return set_path(rule, text, length, why, len);
	}
	snprintf(why, len, "invalid mute rule kind '%.*s:': expected", (int)(word > 40 ? 40 : word), text);
	for (unsigned k = 0; k < MUTE_KIND_COUNT; k++) {
		size_t used = strlen(why);

		snprintf(why + used, len - used, "%s %s:", k ? "," : "", mute_kind_info[k].word);
	}
	return -EINVAL;
}

/* Where the last " events=" begins, or the end. */
static size_t
value_length(const char *text)
{
	const char *found = NULL, *at = text;

	while ((at = strstr(at, EVENTS_WORD)) != NULL)
		found = at++;
	return found ? (size_t)(found - text) : strlen(text);
}

int
mute_rule_parse(const char *text, struct mute_text *rule, char *why, size_t len)
{
	size_t length = value_length(text);
	int error;

	*rule = (struct mute_text){ .kind = MUTE_PROCESS };
	if (text[length]) {
		error = event_mask_parse(text + length + strlen(EVENTS_WORD), EVENT_ALL & ~event_mask_vital(),
					 &rule->events, NULL, why, len);
		if (error)
			return error;
		while (length && text[length - 1] == ' ')
			length--;
	}
	error = parse_value(rule, text, length, why, len);
	if (!error && mute_kind_is_target(rule->kind) && rule->events &&
	    !(rule->events & event_mask_target())) {
		snprintf(why, len, "these events have no target path: %.60s",
			 text + value_length(text) + strlen(EVENTS_WORD));
		free(rule->path);
		rule->path = NULL;
		error = -EINVAL;
	}
	return error;
}

int
mute_file_read(const char *path, void (*rule)(void *ctx, const struct mute_text *, unsigned line),
	       void (*error)(void *ctx, const char *sentence), void *ctx)
{
	struct text_file f = { .file = fopen(path, "re"),
			       .path = path,
			       .comments = "#",
			       .longest = LINE_MAX_BYTES,
			       .most = FILE_MAX_BYTES,
			       .error = error,
			       .ctx = ctx };
	struct mute_text parsed;
	char *text, why[256], sentence[512];
	int result = 0;

	while (f.file && (text = text_file_next(&f)) != NULL) {
		if (mute_rule_parse(text, &parsed, why, sizeof(why)) != 0) {
			text_file_complain(&f, "%s", why);
			continue;
		}
		rule(ctx, &parsed, f.line);
		free(parsed.path);
	}
	if (!f.file || ferror(f.file)) {
		result = -errno;
		snprintf(sentence, sizeof(sentence), "%.200s: %s", path, strerror(errno));
		error(ctx, sentence);
	}
	text_file_finish(&f);
	if (f.file)
		fclose(f.file);
	return result;
}

/* ---- writing ---- */

static void
put_hex(FILE *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		fprintf(out, "\\x%02x", (unsigned char)bytes[i]);
}

/* Bytes of the character here, and whether a terminal or a reader would not get it as it is. */
static size_t
next_character(const char *text, size_t length, bool *hidden)
{
	uint32_t code;
	size_t n = clean_decode(text, length, &code);

	*hidden = code == CLEAN_INVALID || clean_is_hidden(code);
	return n;
}

/* What a line of a file, or the end of a path before " events=", would not keep, and what must not reach a terminal. */
static void
put_path(FILE *out, const char *path)
{
	static const char letters[] = "\\ntr", values[] = "\\\n\t\r";
	size_t n;

	for (size_t left = strlen(path); left; path += n, left -= n) {
		const char *value = strchr(values, *path);
		bool hidden;

		n = next_character(path, left, &hidden);
		if (value)
			fprintf(out, "\\%c", letters[value - values]);
		else if (hidden || (*path == ' ' &&
				    (left == 1 || strncmp(path, EVENTS_WORD, strlen(EVENTS_WORD)) == 0)))
			put_hex(out, path, n);
		else
			fwrite(path, 1, n, out);
	}
}

static void
put_events(FILE *out, event_mask events)
{
	char text[EVENT_MASK_TEXT];

	event_mask_text(events, text, sizeof(text));
	fputs(text, out);
}

/* The default of this kind: of a target rule what has a target. */
static event_mask
default_of(enum mute_kind kind, event_mask events)
{
	return mute_kind_is_target(kind) ? events & event_mask_target() : events;
}

void
mute_rule_print(FILE *out, const struct mute_text *rule, event_mask default_events)
{
	fprintf(out, "%s:", mute_kind_info[rule->kind].word);
	if (!mute_kind_is_process(rule->kind))
		put_path(out, rule->path);
	else
		fprintf(out, "%d", rule->pid);
	if (rule->events && rule->events != default_of(rule->kind, default_events)) {
		fputs(EVENTS_WORD, out);
		put_events(out, rule->events);
	}
}

static void
export_rules(FILE *out, const struct mute_text rules[], size_t n, event_mask default_events)
{
	fputs("# mutes for estop --mute-file; see estop-mutes(5) for the format\n", out);
	for (size_t i = 0; i < n; i++) {
		/* A number would mean another process the next time. */
		if (mute_kind_is_process(rules[i].kind)) {
			fputs("# ends with its process: ", out);
			mute_rule_print(out, &rules[i], default_events);
			if (rules[i].path && rules[i].path[0]) {
				fputs("  ", out);
				put_path(out, rules[i].path);
			}
		} else {
			mute_rule_print(out, &rules[i], default_events);
		}
		fputc('\n', out);
	}
}

static void
put_c_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c > 126 || c == '?') /* octal ends by itself; no trigraphs */
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

/* In a comment: no byte of it may end that. */
static void
put_comment(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(*text >= ' ' && *text < 127 && *text != '*' ? *text : '?', out);
}

static void
put_c_types(FILE *out, event_mask events)
{
	static const char *const names[EV_COUNT] = {
#define X(id, ...) "ES_EVENT_TYPE_NOTIFY_" #id,
		EVENT_TABLE(X)
#undef X
	};
	unsigned count = 0;

	fputs(",\n\t\t(es_event_type_t[]){ ", out);
	for (unsigned id = 0; id < EV_OTHER; id++)
		if (events & EVENT_BIT(id))
			fprintf(out, "%s%s", count++ ? ", " : "", names[id]);
	fprintf(out, " }, %u);\n", count);
}

static void
export_c(FILE *out, const struct mute_text rules[], size_t n, event_mask default_events)
{
	static const char *const types[MUTE_KIND_COUNT] = {
#define X(id, word, mark, side, prefix, es, help) "ES_MUTE_PATH_TYPE_" #es,
		MUTE_KIND_TABLE(X)
#undef X
	};

	fputs("#include <EndpointSecurity/EndpointSecurity.h>\n\n"
	      "/* True if the system accepted every rule. */\n"
	      "bool\nmute_noise(es_client_t *client)\n{\n\tes_return_t result = ES_RETURN_SUCCESS;\n\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		event_mask events =
			rules[i].events ? rules[i].events : default_of(rules[i].kind, default_events);
		event_mask kept = EVENT_ALL & ~events;

		if (mute_kind_is_owner(rules[i].kind)) {
			fputs("\t/* no call mutes ", out);
			fprintf(out, "%s:", mute_kind_info[rules[i].kind].word);
			put_comment(out, rules[i].path);
			fputs(": mute each process by its token as it appears */\n", out);
			continue;
		}
		if (!mute_kind_is_path(rules[i].kind)) {
			fprintf(out, "\t/* ends with its process: %s:%d */\n",
				mute_kind_info[rules[i].kind].word, rules[i].pid);
			continue;
		}
		if (mute_kind_is_target(rules[i].kind))
			kept &= event_mask_target();
		/* Nearly all is said by what is left, which holds on later systems too. */
		if (event_mask_count(kept) <= EV_CORE) {
			fputs("\tresult |= es_mute_path(client, ", out);
			put_c_string(out, rules[i].path);
			fprintf(out, ", %s);\n", types[rules[i].kind]);
			events = kept;
		}
		if (!events)
			continue;
		fprintf(out, "\tresult |= es_%smute_path_events(client, ", events == kept ? "un" : "");
		put_c_string(out, rules[i].path);
		fprintf(out, ", %s", types[rules[i].kind]);
		put_c_types(out, events);
	}
	fputs("\treturn result == ES_RETURN_SUCCESS;\n}\n", out);
}

/* One word for a shell; what must not reach a terminal in the form of zsh and bash: $'\xHH'. */
static void
put_shell_word(FILE *out, const char *text)
{
	size_t n;

	fputc('\'', out);
	for (size_t left = strlen(text); left; text += n, left -= n) {
		bool hidden;

		n = next_character(text, left, &hidden);
		if (*text == '\'')
			fputs("'\\''", out);
		else if (hidden) {
			fputs("'$'", out);
			put_hex(out, text, n);
			fputs("''", out);
		} else
			fwrite(text, 1, n, out);
	}
	fputc('\'', out);
}

static void
export_eslogger(FILE *out, const struct mute_text rules[], size_t n, event_mask default_events)
{
	event_mask events = 0;

	fputs("# eslogger can select, but not mute: this shows what these rules suppress.\n", out);
	for (size_t i = 0; i < n; i++) {
		bool selects = mute_side_of(rules[i].kind) == MUTE_SIDE_PATH;

		events |= rules[i].events ? rules[i].events : default_of(rules[i].kind, default_events);
		if (selects)
			continue;
		fputs("# no equivalent for ", out);
		mute_rule_print(out, &rules[i], default_events);
		fputc('\n', out);
	}
	fputs("eslogger", out);
	for (size_t i = 0; i < n; i++)
		if (mute_side_of(rules[i].kind) == MUTE_SIDE_PATH) {
			fputs(" --select ", out);
			put_shell_word(out, rules[i].path);
		}
	if (!events)
		events = default_events;
	/* eslogger rejects event names unknown to its system: those of its first version exist everywhere. */
	if ((events | event_mask_vital()) == EVENT_ALL)
		events &= EVENT_CORE;
	for (unsigned id = 0; id < EV_OTHER; id++)
		if (events & EVENT_BIT(id))
			fprintf(out, " %s", event_info[id].name);
	fputc('\n', out);
}

void
mute_export(FILE *out, enum mute_export format, const struct mute_text rules[], size_t n,
	    event_mask default_events)
{
	static void (*const write[EXPORT_COUNT])(FILE *, const struct mute_text[], size_t, event_mask) = {
#define X(id, word, writer, help) export_##writer,
		MUTE_EXPORT_TABLE(X)
#undef X
	};

	write[format](out, rules, n, default_events);
}
