/* options - see options.h. */
#include "src/cli/options.h"
#include "model/xalloc.h"
#include "src/base/listener.h"
#include "src/base/path.h"
#include "src/base/users.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct option_info option_info[OPTION_COUNT] = {
#define X(id, letter, name, argument, help) [OPTION_##id] = { letter, name, argument, help },
	OPTION_TABLE(X)
#undef X
};

const enum option_id setting_option[SETTING_COUNT] = {
#define X(id, ...) [SETTING_##id] = OPTION_##id,
	SETTING_TABLE(X)
#undef X
};

enum { LONG_ONLY = 256 }; /* getopt's value of an option: LONG_ONLY + enum option_id */

/* An alternative of the scope. */
struct scope_term {
	char *text;  /* of a filter: "pid:1,2", "/path" */
	char *typed; /* another of the path as it was typed, where that differs; NULL */
	bool follow;
};

/* While parsing: what becomes of -p and -u when all is known, and where a sentence goes. */
struct parser {
	struct options *o;
	struct scope_term *terms;
	size_t term_count;
	bool follow;      /* all of them */
	const char *user; /* NULL: any */
	uint32_t uid;
	bool export; /* when all has been parsed: rules may come after */
	char *why;
	size_t len;
};

static int __attribute__((format(printf, 2, 3))) refuse(struct parser *p, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(p->why, p->len, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* Adds to a string that is to be freed; NULL is the empty one. */
static void __attribute__((format(printf, 2, 3))) append(char **to, const char *format, ...)
{
	size_t old = *to ? strlen(*to) : 0, more;
	va_list arguments;

	va_start(arguments, format);
	more = (size_t)vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	*to = xrealloc(*to, old + more + 1, 1);
	va_start(arguments, format);
	vsnprintf(*to + old, more + 1, format, arguments);
	va_end(arguments);
}

/* A whole number in plain digits, and nothing else. */
static bool
parse_number(const char *text, long low, long high, long *out)
{
	errno = 0;
	if (!text[0] || strspn(text, "0123456789") != strlen(text))
		return false;
	*out = strtol(text, NULL, 10);
	return !errno && *out >= low && *out <= high;
}

static void
note_path(void *parser, const char *typed, const char *real)
{
	struct parser *p = parser;

	notes_add(&p->o->notes, "%.240s is %.240s", typed, real);
}

/* As events have it; a note says so. NULL when it is relative and does not exist. */
static char *
canonical(struct parser *p, const char *typed)
{
	char *path = path_canonical(typed);

	if (path && strcmp(path, typed) != 0 && typed[0] == '/')
		note_path(p, typed, path);
	return path;
}

static void
add_term(struct parser *p, char *text, char *typed, bool follow)
{
	p->terms = xrealloc(p->terms, p->term_count + 1, sizeof(*p->terms));
	p->terms[p->term_count++] = (struct scope_term){ text, typed, follow };
}

/* Process ids are gathered in one term. */
static void
add_pid(struct parser *p, long pid, bool follow)
{
	char *text = NULL;

	for (size_t i = 0; i < p->term_count; i++)
		if (strncmp(p->terms[i].text, "pid:", 4) == 0 && p->terms[i].follow == follow) {
			append(&p->terms[i].text, ",%ld", pid);
			return;
		}
	append(&text, "pid:%ld", pid);
	add_term(p, text, NULL, follow);
}

/* An element of -p: its text without quotes, and whether it is a path whatever it looks like. */
static int
parse_process(struct parser *p, char *text, bool quoted, bool follow)
{
	char *path, *plus = NULL;
	long pid;

	if (!text[0])
		return refuse(p, "-p: empty list element");
	/* A name may end in a plus, as in g++: unless there is such a file it means to follow. */
	if (!quoted && text[strlen(text) - 1] == '+' && text[1] && access(text, F_OK) != 0) {
		plus = text + strlen(text) - 1;
		*plus = '\0';
		follow = true;
	}
	if (!quoted && strspn(text, "0123456789") == strlen(text)) {
		if (!parse_number(text, 1, INT32_MAX, &pid))
			return refuse(p, "-p: expected a process id from 1 to %d, not '%.40s'", INT32_MAX,
				      text);
		add_pid(p, pid, follow);
		return 0;
	}
	path = canonical(p, text);
	if (!path)
		return refuse(p,
			      "-p: no such file '%.80s': expected paths and process ids; a path with a comma "
			      "needs quotes",
			      text);
	add_term(p, filter_term("/", path + 1, false),
		 text[0] == '/' && strcmp(path, text) != 0 ? filter_term("/", text + 1, false) : NULL,
		 follow);
	free(path);
	return 0;
}

/*
 * Elements are separated by commas. Quotes keep commas in one, with \" and \\ between them as in a filter;
 * a plus after them means to follow.
 */
static int
parse_processes(struct parser *p, const char *list)
{
	char *text = xmalloc(strlen(list) + 1);
	const char *at = list;
	int error = 0;

	do {
		bool open = false, quoted = false, plus;
		char *to = text;

		for (; *at && (open || *at != ','); at++) {
			if (*at == '"') {
				open = !open;
				quoted = true;
				continue;
			}
			at += open && *at == '\\' && at[1] && strchr("\"\\", at[1]);
			*to++ = *at;
		}
		plus = quoted && at > list + 1 && at[-1] == '+' && at[-2] == '"';
		to -= plus;
		*to = '\0';
		error = open ? refuse(p, "-p: unterminated quote in '%.80s'", list)
			     : parse_process(p, text, quoted, plus);
	} while (!error && *at++);
	free(text);
	return error;
}

/* Takes over rule.path. */
static int
add_mute(struct parser *p, const char *text, unsigned line, const struct mute_text *rule,
	 enum mute_origin origin)
{
	struct options_mute m = { .text = text, .line = line, .rule = *rule, .origin = origin };

	if (p->o->mute_count == p->o->mute_room) {
		p->o->mute_room = p->o->mute_room ? p->o->mute_room * 2 : 16;
		p->o->mutes = xrealloc(p->o->mutes, p->o->mute_room, sizeof(m));
	}
	p->o->mutes[p->o->mute_count++] = m;
	return 0;
}

static int
parse_mute(struct parser *p, const char *text)
{
	struct mute_text rule;
	char why[256];

	if (mute_rule_parse(text, &rule, why, sizeof(why)) != 0)
		return refuse(p, "%s", why);
	return add_mute(p, text, 0, &rule, MUTE_BY_OPTION);
}

static void
take_rule(void *ctx, const struct mute_text *rule, unsigned line)
{
	struct parser *p = ctx;
	struct mute_text mine = *rule;

	mine.path = rule->path ? xstrdup(rule->path) : NULL;
	add_mute(p, p->o->mute_file, line, &mine, MUTE_BY_FILE);
}

static void
take_error(void *ctx, const char *sentence)
{
	struct parser *p = ctx;

	notes_add(&p->o->mute_errors, "%s", sentence);
}

/* A file that cannot be read is a mistake in the command line; a bad line in it is not. */
static int
parse_mute_file(struct parser *p, const char *path)
{
	int error;

	p->o->mute_file = path;
	error = mute_file_read(path, take_rule, take_error, p);
	return error ? refuse(p, "cannot read mute file %.200s: %s", path, strerror(-error)) : 0;
}

static int
parse_export(struct parser *p, const char *text)
{
	struct value_word words[EXPORT_COUNT];
	int value;

	for (unsigned i = 0; i < EXPORT_COUNT; i++)
		words[i] = (struct value_word){ mute_export_word[i], (int)i };
	if (value_parse(words, EXPORT_COUNT, "--export-mutes", text, &value, p->why, p->len))
		return -EINVAL;
	p->o->export = (enum mute_export)value;
	p->export = true;
	return 0;
}

static int
parse_user(struct parser *p, const char *text)
{
	if (!users_find(text, &p->uid))
		return refuse(p, "unknown user '%.40s'", text);
	p->user = users_name(p->uid);
	return 0;
}

static int
parse_log(struct parser *p, const char *text)
{
	static const struct value_word words[] = {
#define X(id, word) { word, LOG_##id },
		LOG_TABLE(X)
#undef X
	};
	int value = LOG_TEXT;

	if (text &&
	    value_parse(words, sizeof(words) / sizeof(words[0]), "--log", text, &value, p->why, p->len))
		return -EINVAL;
	p->o->log = (enum log_form)value;
	return 0;
}

static int
parse_summary(struct parser *p, const char *text)
{
	static const struct value_word words[] = {
#define X(id, word, help) { word, SUMMARY_AS_##id },
		SUMMARY_TABLE(X)
#undef X
	};
	int value;

	if (value_parse(words, sizeof(words) / sizeof(words[0]), "--summary", text, &value, p->why, p->len))
		return -EINVAL;
	p->o->summary = (enum summary_form)value;
	return 0;
}

static int
parse_batch(struct parser *p, const char *text)
{
	static const struct value_word words[] = {
#define X(id, word) { word, BATCH_##id },
		BATCH_TABLE(X)
#undef X
	};
	int value = BATCH_TEXT;

	if (text &&
	    value_parse(words, sizeof(words) / sizeof(words[0]), "--batch", text, &value, p->why, p->len))
		return -EINVAL;
	p->o->batch = true;
	p->o->batch_form = (enum batch_form)value;
	return 0;
}

static int
parse_trace(struct parser *p, const char *text)
{
	static const struct value_word words[] = {
#define X(id, word, ...) { word, TRACE_##id },
		TRACE_TABLE(X)
#undef X
	};
	int value;

	if (value_parse(words, sizeof(words) / sizeof(words[0]), "--export", text, &value, p->why, p->len))
		return -EINVAL;
	p->o->trace = (enum trace_form)value;
	return 0;
}

static int
parse_metrics(struct parser *p, const char *text)
{
	char why[256];

	if (text && listener_check(text, why, sizeof(why)) != 0)
		return refuse(p, "--metrics: %s", why);
	p->o->metrics = true;
	p->o->metrics_address = text;
	return 0;
}

static int
parse_speed(struct parser *p, const char *text)
{
	char *end;

	if (strcmp(text, "max") == 0) {
		p->o->speed = 0;
		return 0;
	}
	if (text[0] && strspn(text, "0123456789.") == strlen(text)) {
		p->o->speed = strtod(text, &end);
		if (!*end && p->o->speed >= 0.01 && p->o->speed <= 1000)
			return 0;
	}
	return refuse(p, "--speed: expected a number from 0.01 to 1000, or max, not '%.40s'", text);
}

static int
parse_hooks(struct parser *p, const char *text)
{
	static const struct value_word words[] = {
#define X(id, word) { word, SOURCE_HOOKS_##id },
		SOURCE_HOOKS_TABLE(X)
#undef X
	};
	int value;

	if (value_parse(words, sizeof(words) / sizeof(words[0]), "--hooks", text, &value, p->why, p->len))
		return -EINVAL;
	p->o->hooks = (enum source_hooks)value;
	return 0;
}

static int
parse_size(struct parser *p, const char *text)
{
	static const char units[] = "KMG";
	char digits[16];
	size_t n = strspn(text, "0123456789");
	const char *unit = text[n] ? strchr(units, text[n]) : NULL;
	long number;

	if (n && n < sizeof(digits) && (!text[n] || (unit && !text[n + 1]))) {
		memcpy(digits, text, n);
		digits[n] = '\0';
		p->o->max_size = 0;
		if (parse_number(digits, 1, unit ? INT32_MAX : LONG_MAX, &number))
			p->o->max_size = (uint64_t)number << (unit ? 10 * (unit - units + 1) : 0);
		if (p->o->max_size >= RECORD_SIZE_MIN)
			return 0;
	}
	return refuse(p, "--max-size: expected bytes, or a number with K, M or G, at least 64K, not '%.40s'",
		      text);
}

/* FILE, or NAME=FILE; a path with a '/' before its '=' is a path. */
static int
parse_replay(struct parser *p, const char *text)
{
	struct options *o = p->o;
	const char *equals = strchr(text, '=');
	struct replay_input in = { .path = text };

	if (!text[0])
		return refuse(p, "-r: expected a file, or - for the standard input");
	if (equals && equals > text && !memchr(text, '/', (size_t)(equals - text))) {
		in.name = xstrndup(text, (size_t)(equals - text));
		in.path = equals + 1;
	}
	if (o->input_count == REPLAY_HOSTS_MAX) {
		free((char *)in.name);
		return refuse(p, "-r: at most %d recordings at once", REPLAY_HOSTS_MAX);
	}
	o->inputs = xrealloc(o->inputs, o->input_count + 1, sizeof(in));
	o->inputs[o->input_count++] = in;
	return 0;
}

/* What only makes sense together. */
static int
check_streams(struct parser *p)
{
	struct options *o = p->o;
	unsigned pipes = 0;

	for (size_t i = 0; i < o->input_count; i++) {
		pipes += strcmp(o->inputs[i].path, "-") == 0;
		if (o->input_count > 1 && !o->inputs[i].name)
			return refuse(p, "several recordings need host names: -r %.60s=%.200s", "NAME",
				      o->inputs[i].path);
		for (size_t j = 0; j < i; j++)
			if (strcmp(o->inputs[i].name, o->inputs[j].name) == 0)
				return refuse(p, "-r: duplicate host '%.60s'", o->inputs[i].name);
	}
	if (pipes > 1)
		return refuse(p, "-r - given twice: the standard input can be read only once");
	if (o->command && o->input_count)
		return refuse(p, "-r cannot be combined with a command");
	if (o->given & UINT64_C(1) << OPTION_SUMMARY && !o->command && !o->input_count)
		return refuse(p, "--summary requires a command after --, or -r FILE");
	if (o->debug && o->input_count)
		return refuse(p, "--debug cannot be combined with -r");
	if (o->hooks && o->input_count)
		return refuse(p, "--hooks cannot be combined with -r");
	if (o->speed != SPEED_DEFAULT && !o->input_count)
		return refuse(p, "--speed requires -r FILE");
	if (o->log && o->batch)
		return refuse(p, "--log cannot be combined with -b");
	if (o->trace && (o->log || o->batch))
		return refuse(p, "--export cannot be combined with %s", o->log ? "--log" : "-b");
	if ((o->metrics_top || o->screen) && !o->metrics)
		return refuse(p, "%s requires --metrics", o->screen ? "--screen" : "--metrics-top");
	if (o->screen && (o->batch || options_pass_on(o)))
		return refuse(p, "--screen cannot be combined with %s",
			      o->batch ? "-b"
			      : o->log ? "--log"
				       : "--export");
	if (!o->metrics_top)
		o->metrics_top = METRICS_TOP_DEFAULT;
	if (o->width && !o->batch)
		return refuse(p, "--width requires -b");
	if (o->width && o->batch_form != BATCH_TEXT)
		return refuse(p, "--width cannot be combined with --batch=json or csv");
	if (o->rotate && !o->max_size)
		return refuse(p, "--rotate requires --max-size");
	if (o->max_size && !o->record && !options_have_screen(o))
		return refuse(p, "--max-size requires -w FILE");
	if (o->max_size && o->record && (strcmp(o->record, "-") == 0 || strncmp(o->record, "fifo:", 5) == 0))
		return refuse(p, "--max-size requires a regular file to record to, not '%.40s'", o->record);
	if (o->record && strcmp(o->record, "-") == 0 && o->batch_form != BATCH_TEXT)
		return refuse(p,
			      "-w - cannot be combined with --batch=json or csv: both write to the standard "
			      "output");
	if (o->record && strcmp(o->record, "-") == 0 && !o->batch)
		return refuse(p, "-w - requires -b; or use --log=json");
	return 0;
}

/* The setting of an option; SETTING_COUNT: it has none. */
static enum setting_id
setting_of(enum option_id id)
{
	unsigned setting = 0;

	while (setting < SETTING_COUNT && setting_option[setting] != id)
		setting++;
	return (enum setting_id)setting;
}

/* value NULL: an option without an argument, which means yes. */
static int
parse_setting(struct parser *p, enum setting_id setting, const char *value)
{
	const struct option_info *info = &option_info[setting_option[setting]];
	char name[40];

	if (info->letter)
		snprintf(name, sizeof(name), "-%c", info->letter);
	else
		snprintf(name, sizeof(name), "--%s", info->name);
	return settings_parse(&p->o->settings, setting, name, value, p->why, p->len);
}

static int
parse_option(struct parser *p, enum option_id id, const char *value)
{
	struct options *o = p->o;
	enum setting_id setting = setting_of(id);
	long number;

	if (setting < SETTING_COUNT)
		return parse_setting(p, setting, value);
	switch (id) {
	case OPTION_EVENTS:
		return event_mask_parse(value, EVENT_ALL & ~event_mask_hot(), &o->events_asked,
					&o->events_named, p->why, p->len);
	case OPTION_PROCESS:
		return parse_processes(p, value);
	case OPTION_FOLLOW:
		p->follow = true;
		return 0;
	case OPTION_USER:
		return parse_user(p, value);
	case OPTION_MUTE:
		return parse_mute(p, value);
	case OPTION_MUTE_FILE:
		return parse_mute_file(p, value);
	case OPTION_EXPORT:
		return parse_export(p, value);
	case OPTION_METRICS:
		return parse_metrics(p, value);
	case OPTION_METRICS_TOP:
		if (!parse_number(value, 1, METRICS_TOP_MAX, &number))
			return refuse(p, "--metrics-top: expected a number from 1 to %ld, not '%.40s'",
				      METRICS_TOP_MAX, value);
		o->metrics_top = (unsigned)number;
		return 0;
	case OPTION_SCREEN:
		o->screen = true;
		return 0;
	case OPTION_EXPORT_TRACE:
		return parse_trace(p, value);
	case OPTION_WIDTH:
		if (!parse_number(value, BATCH_WIDTH_MIN, BATCH_WIDTH_MAX, &o->width))
			return refuse(p, "--width: expected a number from %d to %d, not '%.40s'",
				      BATCH_WIDTH_MIN, BATCH_WIDTH_MAX, value);
		return 0;
	case OPTION_FRAMES:
		if (!parse_number(value, 1, FRAMES_MAX, &o->frames))
			return refuse(p, "-n: expected a number of frames from 1 to %ld, not '%.40s'",
				      FRAMES_MAX, value);
		return 0;
	case OPTION_TREE:
		o->settings.flat = false;
		return 0;
	case OPTION_CONFIG:
		if (!value[0])
			return refuse(p, "--config: expected a file");
		o->config = value;
		return 0;
	case OPTION_NO_CONFIG:
		o->no_config = true;
		return 0;
	case OPTION_BATCH:
		return parse_batch(p, value);
	case OPTION_LOG:
		return parse_log(p, value);
	case OPTION_SUMMARY:
		return parse_summary(p, value);
	case OPTION_WRITE:
		if (!value[0])
			return refuse(p, "-w: expected a file, or - for the standard output");
		o->record = value;
		return 0;
	case OPTION_MAX_SIZE:
		return parse_size(p, value);
	case OPTION_ROTATE:
		if (!parse_number(value, 1, ROTATE_MAX, &number))
			return refuse(p, "--rotate: expected a number of files from 1 to %ld, not '%.40s'",
				      ROTATE_MAX, value);
		o->rotate = (unsigned)number;
		return 0;
	case OPTION_HOOKS:
		return parse_hooks(p, value);
	case OPTION_DEBUG:
		if (!value[0])
			return refuse(p, "--debug: expected a file");
		o->debug = value;
		return 0;
	case OPTION_REPLAY:
		return parse_replay(p, value);
	case OPTION_SPEED:
		return parse_speed(p, value);
	case OPTION_LIST_EVENTS:
		o->task = TASK_LIST_EVENTS;
		return 0;
	case OPTION_DOCTOR:
		if (value && !parse_number(value, 1, DOCTOR_SECS_MAX, &o->doctor_secs))
			return refuse(p, "--doctor: expected a number of seconds from 1 to %ld, not '%.40s'",
				      DOCTOR_SECS_MAX, value);
		o->task = TASK_DOCTOR;
		return 0;
	case OPTION_VERSION:
		o->task = TASK_VERSION;
		return 0;
	case OPTION_HELP:
		o->task = TASK_HELP;
		return 0;
	default: /* a setting */
		break;
	}
	return -EINVAL;
}

/* What getopt could not make sense of. word is the argument it was looking at. */
static int
refuse_syntax(struct parser *p, int result, const char *word)
{
	/* optopt is the option that was recognised, as far as one was. */
	enum option_id id = OPTION_COUNT;

	for (unsigned i = 0; i < OPTION_COUNT; i++)
		if (optopt && (optopt == option_info[i].letter || optopt == LONG_ONLY + (int)i))
			id = (enum option_id)i;
	/* A Mac's getopt has not gone past a long one, so that word is the one before. */
	if (result == ':' && id < OPTION_COUNT && optopt >= LONG_ONLY)
		return refuse(p, "--%s: expected a value, %s; see --help", option_info[id].name,
			      option_info[id].argument);
	if (result == ':' && id < OPTION_COUNT)
		return refuse(p, "%.60s: expected a value, %s; see --help", word, option_info[id].argument);
	if (optopt && id < OPTION_COUNT)
		return refuse(p, "--%s takes no value", option_info[id].name);
	if (optopt && (word[0] != '-' || word[1] != '-'))
		return refuse(p, "unknown option '-%c' (see --help)",
			      optopt > ' ' && optopt < 127 ? optopt : '?');
	return refuse(p, "unknown option '%.60s' (see --help)", word);
}

static void
compose_term(char **to, const char *text, const char *user)
{
	append(to, "%s%s%s%s", *to ? "|" : "", text, user ? " " : "", user ? user : "");
}

/*
 * "pid:1,2 user:alice|/usr/bin user:alice": in a filter '|' binds weaker than a space. Of a recording,
 * which may be of another system, paths are also taken as they were typed.
 */
static void
compose_scope(struct parser *p)
{
	struct options *o = p->o;
	char *user = NULL;

	/* A name from a directory service may hold anything; the number always serves. */
	if (p->user && strpbrk(p->user, " \t|\""))
		append(&user, "user:%u", p->uid);
	else if (p->user)
		append(&user, "user:%s", p->user);
	for (size_t i = 0; i < p->term_count; i++) {
		const struct scope_term *term = &p->terms[i];
		const char *const texts[] = { term->text, o->input_count ? term->typed : NULL };

		for (unsigned k = 0; k < 2 && texts[k]; k++) {
			compose_term(&o->scope, texts[k], user);
			if (term->follow || p->follow)
				compose_term(&o->follow, texts[k], user);
		}
	}
	if (!p->term_count && user) {
		o->scope = xstrdup(user);
		o->follow = p->follow ? xstrdup(user) : NULL;
	}
	free(user);
}

/* Paths of rules as events have them; of a recording, as above, also as they were typed. */
static void
resolve_mutes(struct parser *p)
{
	struct options *o = p->o;
	size_t count = o->mute_count;

	for (size_t i = 0; i < count; i++) {
		struct options_mute m = o->mutes[i];
		char *path = mute_kind_is_path(m.rule.kind) ? canonical(p, m.rule.path) : NULL;

		if (!path)
			continue;
		o->mutes[i].rule.path = path;
		if (o->input_count && strcmp(path, m.rule.path) != 0)
			add_mute(p, m.text, m.line, &m.rule, m.origin);
		else
			free(m.rule.path);
	}
}

/* That the filter can be compiled is known. What it finds under other names is said. */
static void
note_filter(struct parser *p)
{
	const struct filter_paths paths = { path_canonical, note_path, p };
	const char *text = p->o->settings.filter;
	char why[80];

	if (text)
		filter_free(filter_compile_typed(text, &paths, why, sizeof(why)));
}

static int
parse_all(struct parser *p, int argc, char **argv)
{
	struct option longs[OPTION_COUNT + 1] = { { 0 } };
	char letters[3 + 2 * OPTION_COUNT], *s = letters;
	int result;

	*s++ = '+'; /* what is no option ends them: the words of a command are its own */
	*s++ = ':'; /* distinguishes a missing value from an unknown option */
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		const struct option_info *info = &option_info[i];

		longs[i].name = info->name;
		longs[i].has_arg = !info->argument            ? no_argument
				   : info->argument[0] == '[' ? optional_argument
							      : required_argument;
		longs[i].val = LONG_ONLY + (int)i;
		if (info->letter) {
			*s++ = info->letter;
			if (longs[i].has_arg == required_argument) /* -b is --batch, and -bt is -b -t */
				*s++ = ':';
		}
	}
	*s = '\0';

	opterr = 0;
#ifdef __GLIBC__
	optind = 0; /* restarts, also after a former parse */
#else
	optreset = optind = 1;
#endif
	while ((result = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		unsigned id = OPTION_COUNT;
		int error;

		if (result == '?' || result == ':')
			return refuse_syntax(p, result, argv[optind > 1 ? optind - 1 : 1]);
		if (result >= LONG_ONLY)
			id = (unsigned)(result - LONG_ONLY);
		else
			for (id = 0; option_info[id].letter != result; id++)
				;
		error = parse_option(p, (enum option_id)id, optarg);
		if (error)
			return error;
		p->o->given |= UINT64_C(1) << id;
		/* --tree, --flat and --by say the same thing: the last one holds. */
		if (id == OPTION_TREE || id == OPTION_FLAT || id == OPTION_BY) {
			p->o->given |= UINT64_C(1) << OPTION_FLAT | UINT64_C(1) << OPTION_BY;
			if (id == OPTION_BY)
				p->o->settings.flat = false;
			else
				p->o->settings.by = BY_TREE;
		}
		if (p->o->task != TASK_RUN &&
		    p->o->task != TASK_DOCTOR) /* whose client the others configure */
			return 0;
	}
	if (optind > 1 && strcmp(argv[optind - 1], "--") == 0) {
		if (optind == argc)
			return refuse(p, "expected a command after --, as in: estop -- make");
		p->o->command = argv + optind;
	} else if (optind < argc)
		return refuse(p, "unexpected argument '%.60s' (see --help); a command comes after --",
			      argv[optind]);
	return 0;
}

int
options_parse(struct options *o, int argc, char **argv, char *why, size_t len)
{
	struct parser p = { .o = o, .why = why, .len = len };
	const char *no_color = getenv("NO_COLOR"), *debug = getenv("ESTOP_DEBUG");
	int error;

	_Static_assert(OPTION_COUNT <= 64, "options.given has a bit for each");
	*o = (struct options){ .speed = SPEED_DEFAULT };
	settings_init(&o->settings);
	error = parse_all(&p, argc, argv);
	if (!error && o->task == TASK_RUN)
		error = check_streams(&p);
	if (!o->debug && debug && debug[0])
		o->debug = debug;
	/* Of a command that has ended all is to be seen still. */
	if (o->command && !(o->given & UINT64_C(1) << OPTION_EXITED)) {
		o->settings.exited_secs = EXITED_FOREVER;
		o->given |= UINT64_C(1) << OPTION_EXITED; /* nor is a config file about this */
	}
	/* Programs add up rows themselves. */
	if (o->batch && o->batch_form != BATCH_TEXT && !(o->given & UINT64_C(1) << OPTION_TOTALS)) {
		o->settings.totals = false;
		o->given |= UINT64_C(1) << OPTION_TOTALS;
	}
	/* A recording is shown whole, high-volume events included. */
	o->events = o->events_asked  ? o->events_asked
		    : o->input_count ? EVENT_ALL
				     : EVENT_ALL & ~event_mask_hot();
	o->events |= event_mask_vital();
	if (o->settings.color == COLOR_AUTO && no_color && no_color[0]) {
		o->settings.color = COLOR_NEVER;
		o->given |= UINT64_C(1) << OPTION_COLOR; /* a file does not overrule it */
	}
	if (p.export && o->task == TASK_RUN)
		o->task = TASK_EXPORT;
	if (!error && p.follow && !p.term_count && !p.user)
		error = refuse(&p, "--follow requires -p or -u");
	compose_scope(&p);
	resolve_mutes(&p);
	note_filter(&p);
	for (size_t i = 0; i < p.term_count; i++) {
		free(p.terms[i].text);
		free(p.terms[i].typed);
	}
	free(p.terms);
	return error;
}

bool
options_pass_on(const struct options *o)
{
	return o->log || o->trace;
}

bool
options_have_screen(const struct options *o)
{
	return !o->batch && !options_pass_on(o) && (!o->metrics || o->screen);
}

int
options_set(struct options *o, enum setting_id setting, const char *value, char *why, size_t len)
{
	struct parser p = { .o = o, .why = why, .len = len };

	return parse_setting(&p, setting, value);
}

int
options_check_events(const struct options *o, event_mask available, char *why, size_t len)
{
	event_mask lacking = o->events_named & ~available;

	for (unsigned id = 0; id < EV_COUNT; id++)
		if (lacking & EVENT_BIT(id)) {
			snprintf(why, len, "this system has no event '%s'; --list-events shows what it has",
				 event_info[id].name);
			return -EINVAL;
		}
	if (o->events_asked && !(o->events_asked & available)) {
		snprintf(why, len,
			 "this system has none of the events of -e; --list-events shows what it has");
		return -EINVAL;
	}
	return 0;
}

void
options_finish(struct options *o)
{
	for (size_t i = 0; i < o->mute_count; i++)
		free(o->mutes[i].rule.path);
	free(o->mutes);
	for (size_t i = 0; i < o->input_count; i++)
		free((char *)o->inputs[i].name);
	free(o->inputs);
	free(o->scope);
	free(o->follow);
	settings_finish(&o->settings);
	free(o->config_path);
	notes_finish(&o->config_errors);
	notes_finish(&o->mute_errors);
	notes_finish(&o->notes);
	*o = (struct options){ 0 };
}

/* Writes text from this column on, broken at spaces before the 79th. */
static void
write_wrapped(FILE *out, const char *text, size_t column)
{
	size_t at = column;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (at > column && at + 1 + word > 78) {
			fprintf(out, "\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			fputc(' ', out);
			at++;
		}
		fwrite(text, 1, word, out);
		at += word;
		text += word + strspn(text + word, " ");
	}
	fputc('\n', out);
}

void
options_help(FILE *out)
{
	fprintf(out, "usage: estop [options] [-- command [argument ...]]\n\n"
		     "Shows live process activity as a tree, and mutes noisy processes.\n"
		     "With a command: runs it, shows only its processes, and prints a summary.\n"
		     "On the screen, ? lists the keys.\n\n");
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		const struct option_info *info = &option_info[i];
		char flags[80];

		snprintf(flags, sizeof(flags), "  %c%c%s--%s%s%s", info->letter ? '-' : ' ',
			 info->letter ? info->letter : ' ', info->letter ? ", " : "  ", info->name,
			 info->argument && info->argument[0] != '[' ? "=" : "",
			 info->argument ? info->argument : "");
		if (strlen(flags) < 26)
			fprintf(out, "%-26s", flags);
		else
			fprintf(out, "%s\n%26s", flags, "");
		write_wrapped(out, info->help, 26);
	}
}

void
options_list_events(FILE *out, event_mask available)
{
	fprintf(out, "%-9s %-26s %-6s %-9s %s\n", "GROUP", "EVENT", "TARGET", "AVAILABLE", "");
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++)
		for (unsigned id = 0; id < EV_OTHER; id++) {
			const struct event_info *e = &event_info[id];

			if (e->group == group)
				fprintf(out, "%-9s %-26s %-6s %-9s %s%s\n", event_group_name[group], e->name,
					e->target ? "yes" : "no", available & EVENT_BIT(id) ? "yes" : "no",
					e->help, e->hot ? " (hot)" : "");
		}
}
