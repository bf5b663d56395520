/*
 * filter - text to terms, terms to yes or no.
 *
 * A compiled filter is a list of terms; those up to the next one with
 * "either" set must all hold, and one such stretch is enough.
 */
#include "model/filter.h"
#include "model/cgroup.h"
#include "model/event.h"
#include "model/fold.h"
#include "model/mutes.h"
#include "model/proc.h"
#include "model/regex.h"
#include "model/xalloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum term_kind {
	TERM_TEXT,
	TERM_BELOW,
	TERM_REGEX,
	TERM_USER,
	TERM_PID,
	TERM_HOST,
	TERM_EVENTS,
	TERM_UNIT,
	TERM_CGROUP,
	TERM_SIGNER,
	TERM_TTY,
	TERM_DESCENDANTS,
	TERM_BY,
	TERM_NUMBER,
};

/* Terms that are a word, a colon and one text; what a message says was expected. */
#define WORD_TABLE(X)                                    \
	X(USER, "user:", "a user name or uid")           \
	X(HOST, "host:", "a host name")                  \
	X(UNIT, "unit:", "a unit, container or cgroup")  \
	X(CGROUP, "cgroup:", "a path, or a part of one,") \
	X(SIGNER, "signer:", "a team, or TEAM/ID,")      \
	X(TTY, "tty:", "a terminal, or none,")           \
	X(BY, "by:", "the name of a program")

static const struct {
	const char *word, *expected;
	enum term_kind kind;
} words[] = {
#define X(id, word, what) { word, "expected " what " after " word, TERM_##id },
	WORD_TABLE(X)
#undef X
};
enum { WORDS = sizeof(words) / sizeof(words[0]) };

const char *const filter_words[] = {
#define X(id, word, what) word,
	WORD_TABLE(X)
#undef X
	"pid:", "below:", "ev:"
};
const unsigned filter_word_count = sizeof(filter_words) / sizeof(filter_words[0]);

const char *const filter_number_name[FILTER_NUMBERS] = {
#define X(id, name, help) name,
	FILTER_NUMBER_TABLE(X)
#undef X
};

enum comparison { LESS, LESS_EQUAL, EQUAL, GREATER_EQUAL, GREATER };

struct term {
	enum term_kind kind;
	bool negate;
	bool either; /* the first after a bar, or of all */
	bool fold_case;
	bool ascii; /* TEXT: it is, so bytes are compared */
	char *text; /* TEXT, BELOW, USER */
	char *real; /* BELOW: the other name of text; NULL: it has none */
	struct regex *regex;
	int32_t *pids;
	size_t pid_count;
	event_mask events;
	enum filter_number number;
	enum comparison comparison;
	double bound; /* of an age in seconds */
};

struct filter {
	char *text;
	struct term *terms;
	size_t count;
	struct cost *cost;
};

/* Of all regexes, until filter_renew(); and memory for text that is looked through. */
struct cost {
	struct regex_budget budget;
	bool limited;               /* it was not enough, the last time */
	bool missed, missed_before; /* looked in arguments that were cut; before: in the frame before */
	struct fold fold;
};

/* Where the parser is. */
struct parser {
	const char *text, *at;
	const struct filter_paths *paths;
	char *why;
	size_t len;
};

/* ---- small things about text ---- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c + 'A' - 'a') : c;
}

/* strstr() where needle is in small letters and the case of ASCII in the haystack does not matter. */
static bool
contains_folded(const char *hay, const char *needle)
{
	char first[3] = { needle[0], upper(needle[0]), '\0' };

	for (; (hay = strpbrk(hay, first)); hay++) {
		size_t i = 1;

		while (needle[i] && lower(hay[i]) == needle[i])
			i++;
		if (!needle[i])
			return true;
	}
	return false;
}

/* Column of a place in the text, from 1, in characters. */
static unsigned
column(const struct parser *p, const char *at)
{
	unsigned n = 1;

	for (const char *s = p->text; s < at; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static int
fail(const struct parser *p, const char *at, const char *what)
{
	snprintf(p->why, p->len, "column %u: %s", column(p, at), what);
	return -EINVAL;
}

/* ---- terms ---- */

/*
 * The term at p->at, without its quotes, in new memory; p->at moves past it.
 * Brackets of a regex hold it together as quotes do. NULL: a quote is not closed.
 */
static char *
take_word(struct parser *p, bool regex)
{
	char *word = xmalloc(strlen(p->at) + 1), *to = word;
	const char *quote = NULL;
	unsigned depth = 0;

	for (; *p->at; p->at++) {
		char c = *p->at;

		if (c == '"') {
			quote = quote ? NULL : p->at;
			continue;
		}
		if (quote && !regex && c == '\\' && p->at[1] && strchr("\"\\", p->at[1])) {
			*to++ = *++p->at;
			continue;
		}
		if (!quote && !depth && (c == ' ' || c == '\t' || c == '|'))
			break;
		if (regex && c == '\\' && p->at[1]) {
			*to++ = c;
			c = *++p->at;
		} else if (regex && (c == '(' || c == '[')) {
			depth++;
		} else if (regex && (c == ')' || c == ']') && depth) {
			depth--;
		}
		*to++ = c;
	}
	*to = '\0';
	if (quote) {
		fail(p, quote, "unterminated quote");
		free(word);
		return NULL;
	}
	return word;
}

/* fold_text() in memory of its own. */
static char *
folded(const char *word, bool fold_case)
{
	struct fold fold = { 0 };
	char *copy = xstrdup(fold_text(&fold, word, fold_case));

	free(fold.code);
	return copy;
}

/* Of a pattern: those of \S, \P{L} and the like are none. */
static bool
has_capitals(const char *pattern)
{
	char *plain = xstrdup(pattern), *to = plain;
	bool capitals;

	for (const char *at = pattern; *at; at++)
		if (*at != '\\')
			*to++ = *at;
		else if (at[1] && strchr("pP", *++at) && at[1] == '{')
			at += strcspn(at, "}") - (strchr(at, '}') == NULL);
		else if (!*at)
			break;
	*to = '\0';
	capitals = fold_has_capitals(plain);
	free(plain);
	return capitals;
}

static int
compile_regex(struct parser *p, struct term *term, const char *start, const char *word, bool exact)
{
	char reason[100], what[160], *pattern = folded(word, false);

	term->regex = regex_compile(pattern, !exact && !has_capitals(word), reason, sizeof(reason));
	free(pattern);
	if (term->regex)
		return 0;
	snprintf(what, sizeof(what), "invalid regular expression: %s", reason);
	return fail(p, start, what);
}

static int
compile_pids(struct parser *p, struct term *term, const char *start, const char *list)
{
	for (const char *at = list;; at++) {
		char *end;
		long pid;

		errno = 0;
		pid = strtol(at, &end, 10);
		if (*at < '0' || *at > '9' || errno || pid > INT32_MAX || (*end && *end != ','))
			return fail(p, start, "expected pids, as in pid:12,40");
		term->pids = xrealloc(term->pids, term->pid_count + 1, sizeof(*term->pids));
		term->pids[term->pid_count++] = (int32_t)pid;
		if (!*end)
			return 0;
		at = end;
	}
}

static int
compile_events(struct parser *p, struct term *term, const char *start, const char *list)
{
	char what[160];

	if (!*list)
		return fail(p, start, "expected event types, as in ev:open,exec");
	if (event_mask_parse(list, EVENT_ALL, &term->events, NULL, what, sizeof(what)))
		return fail(p, start + strlen("ev:"), what);
	return 0;
}

/* "1.5k", "10m". False: neither a number nor one with a unit. */
static bool
parse_number(const char *text, bool age, double *value)
{
	static const char counts[] = "kMG", ages[] = "smhd";
	static const double of_counts[] = { 1e3, 1e6, 1e9 }, of_ages[] = { 1, 60, 3600, 86400 };
	const char *unit;
	char *end;

	if (text[0] < '0' || text[0] > '9' || strpbrk(text, "xXeE"))
		return false;
	*value = strtod(text, &end);
	unit = *end ? strchr(age ? ages : counts, *end) : NULL;
	if (unit) {
		*value *= age ? of_ages[unit - ages] : of_counts[unit - counts];
		end++;
	}
	return !*end;
}

/* "ev/s>=1.5k", "age<10m". False: it is no comparison, and so a text. */
static bool
compile_number(struct parser *p, struct term *term, const char *start, const char *word, int *error)
{
	static const struct {
		const char *text;
		enum comparison comparison;
	} operators[] = {
		{ "<=", LESS_EQUAL }, { ">=", GREATER_EQUAL }, { "<", LESS }, { ">", GREATER }, { "=", EQUAL }
	};
	size_t length = strcspn(word, "<>=");
	unsigned id = 0, op = 0;
	const char *name;

	if (!word[length])
		return false;
	for (; id < FILTER_NUMBERS; id++) {
		name = filter_number_name[id];
		if (strlen(name) == length && memcmp(name, word, length) == 0)
			break;
	}
	if (id == FILTER_NUMBERS)
		return false;
	while (strncmp(word + length, operators[op].text, strlen(operators[op].text)) != 0)
		op++;
	term->kind = TERM_NUMBER;
	term->number = (enum filter_number)id;
	term->comparison = operators[op].comparison;
	if (!parse_number(word + length + strlen(operators[op].text), id == FILTER_AGE, &term->bound))
		*error = fail(p, start,
			      id == FILTER_AGE ? "expected a time, as in age<10s or age>=2h"
					       : "expected a number, as in ev/s>100 or opens>1k");
	return true;
}

/* One of the words. False: it is none. */
static bool
compile_word(struct parser *p, struct term *term, const char *start, const char *word, int *error)
{
	for (unsigned i = 0; i < WORDS; i++) {
		size_t length = strlen(words[i].word);

		if (strncmp(word, words[i].word, length) != 0)
			continue;
		term->kind = words[i].kind;
		term->text = xstrdup(word + length);
		if (!word[length])
			*error = fail(p, start, words[i].expected);
		return true;
	}
	return false;
}

/* Of a path "/usr/lib/" the slashes at its end mean nothing here. */
static char *
without_slashes(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	return path;
}

/* NFC as typed, bytes as the system has them: is_below() composes both. */
static void
set_path(const struct parser *p, struct term *term, const char *word)
{
	char *typed = without_slashes(xstrdup(word));
	char *real = p->paths && p->paths->canonical ? p->paths->canonical(typed) : NULL;

	term->kind = TERM_BELOW;
	term->text = folded(typed, false);
	term->ascii = fold_is_ascii(term->text);
	if (real && strcmp(without_slashes(real), typed) != 0) {
		term->real = folded(real, false);
		term->ascii &= fold_is_ascii(real);
		if (p->paths->resolved)
			p->paths->resolved(p->paths->ctx, typed, real);
	}
	free(real);
	free(typed);
}

static void
set_text(struct term *term, const char *word)
{
	term->kind = TERM_TEXT;
	term->ascii = fold_is_ascii(word);
	term->fold_case = !fold_has_capitals(word);
	term->text = folded(word, term->fold_case);
}

static int
compile_term(struct parser *p, struct term *term)
{
	const char *start, *form;
	char *word;
	int error = 0;

	while (*p->at == '!') {
		term->negate = !term->negate;
		p->at++;
	}
	start = p->at;
	word = take_word(p, *start == '~');
	if (!word)
		return -EINVAL;
	form = *start == '"' ? "" : word; /* what is quoted has no special form */
	if (!word[0]) {
		error = fail(p, start, "expected a search term");
	} else if (form[0] == '~') {
		bool exact = word[1] == '~';

		term->kind = TERM_REGEX;
		error = word[1 + exact] ? compile_regex(p, term, start, word + 1 + exact, exact)
					: fail(p, start, "expected a regular expression after ~");
	} else if (strncmp(form, "pid:", 4) == 0) {
		term->kind = TERM_PID;
		error = compile_pids(p, term, start, word + 4);
	} else if (strncmp(form, "below:", 6) == 0) {
		term->kind = TERM_DESCENDANTS;
		error = compile_pids(p, term, start, word + 6);
		if (error)
			error = fail(p, start, "expected pids, as in below:12,40");
	} else if (strncmp(form, "ev:", 3) == 0) {
		term->kind = TERM_EVENTS;
		error = compile_events(p, term, start, word + 3);
	} else if (compile_word(p, term, start, form, &error) ||
		   compile_number(p, term, start, form, &error)) {
		/* It is. */
	} else if (form[0] == '/') {
		set_path(p, term, word);
	} else {
		set_text(term, word);
	}
	free(word);
	return error;
}

static int
compile(struct parser *p, struct filter *f)
{
	bool either = true; /* at the start of a stretch, which must not be empty */

	for (;;) {
		p->at += strspn(p->at, " \t");
		if (!*p->at)
			break;
		if (*p->at == '|') {
			if (either)
				return fail(p, p->at, "expected a term before |");
			either = true;
			p->at++;
			continue;
		}
		f->terms = xrealloc(f->terms, f->count + 1, sizeof(*f->terms));
		f->terms[f->count] = (struct term){ .either = either };
		f->count++;
		if (compile_term(p, &f->terms[f->count - 1]))
			return -EINVAL;
		either = false;
	}
	if (either && f->count)
		return fail(p, p->at, "expected a term after |");
	return 0;
}

char *
filter_term(const char *key, const char *value, bool quotes)
{
	size_t length = strlen(value), start = strlen(key);
	char *term = xmalloc(start + 2 * length + 3), *to = term + start;

	quotes |= strpbrk(value, " \t|\"") != NULL;
	strcpy(term, key);
	if (strcmp(key, "/") == 0 && length && value[length - 1] == '/')
		length--;
	if (quotes)
		*to++ = '"';
	for (size_t i = 0; i < length; i++) {
		if (quotes && strchr("\"\\", value[i]))
			*to++ = '\\';
		*to++ = value[i];
	}
	if (quotes)
		*to++ = '"';
	*to = '\0';
	return term;
}

struct filter *
filter_compile(const char *text, char *why, size_t len)
{
	return filter_compile_typed(text, NULL, why, len);
}

struct filter *
filter_compile_typed(const char *text, const struct filter_paths *paths, char *why, size_t len)
{
	struct parser p = { text, text, paths, why, len };
	struct filter *f = xcalloc(1, sizeof(*f));

	f->text = xstrdup(text);
	f->cost = xcalloc(1, sizeof(*f->cost));
	f->cost->budget.left = REGEX_BUDGET_UNITS;
	if (compile(&p, f)) {
		filter_free(f);
		return NULL;
	}
	return f;
}

void
filter_free(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++) {
		struct term *term = &f->terms[i];

		regex_free(term->regex);
		free(term->text);
		free(term->real);
		free(term->pids);
	}
	free(f->terms);
	free(f->cost->fold.code);
	free(f->cost);
	free(f->text);
	free(f);
}

const char *
filter_text(const struct filter *f)
{
	return f->text;
}

bool
filter_renew(const struct filter *f)
{
	if (!f)
		return false;
	f->cost->limited = f->cost->budget.limited > 0;
	f->cost->missed_before = f->cost->missed;
	f->cost->missed = false;
	f->cost->budget = (struct regex_budget){ .left = REGEX_BUDGET_UNITS };
	return f->cost->limited;
}

bool
filter_limited(const struct filter *f)
{
	return f && (f->cost->limited || f->cost->budget.limited);
}

bool
filter_missed(const struct filter *f)
{
	return f && (f->cost->missed || f->cost->missed_before);
}

/* ---- matching ---- */

struct filter_subject
filter_subject_of(const struct proc *p, const char *user)
{
	return (struct filter_subject){
		.pid = p->key.pid,
		.uid = p->uid,
		.user = user,
		.name = string_name(p->exe),
		.exe = string_bytes(p->exe),
		.args = string_bytes(p->args),
		.title = string_bytes(p->title),
		.script = string_bytes(p->script),
		.args_cut = p->flags & PROC_ARGS_CUT,
		.unit = string_bytes(p->owners.unit),
		.cgroup = string_bytes(p->owners.cgroup),
		.signer = string_bytes(p->owners.signer),
		.tty = string_bytes(p->owners.tty),
		.ppid = p->ppid,
		.start_ns = p->key.start_ns,
	};
}

static bool
contains(const struct filter *f, const struct term *term, const char *s)
{
	if (!s)
		return false;
	if (!fold_is_ascii(s))
		return strstr(fold_text(&f->cost->fold, s, term->fold_case), term->text) != NULL;
	return term->fold_case ? contains_folded(s, term->text) : strstr(s, term->text) != NULL;
}

static bool
lies_below(const char *path, const char *top)
{
	size_t n = top ? strlen(top) : 0;

	if (!top || strncmp(path, top, n) != 0)
		return false;
	return path[n] == '\0' || path[n] == '/' || top[n - 1] == '/';
}

static bool
is_below(const struct filter *f, const struct term *term, const char *path)
{
	if (path && !term->ascii)
		path = fold_text(&f->cost->fold, path, false);
	return path && (lies_below(path, term->text) || lies_below(path, term->real));
}

static bool
is_user(const struct term *term, const struct filter_subject *s)
{
	char number[16];

	if (s->user && strcmp(s->user, term->text) == 0)
		return true;
	snprintf(number, sizeof(number), "%u", s->uid);
	return strcmp(number, term->text) == 0;
}

static bool
fits(const struct filter *f, const struct term *term, const char *s)
{
	return s && regex_match(term->regex, fold_text(&f->cost->fold, s, false), &f->cost->budget);
}

static bool
makes(const struct term *term, const struct filter_subject *s)
{
	for (unsigned id = 0; s->makes && id < EV_COUNT; id++)
		if (term->events & EVENT_BIT(id) && s->makes(s->who, (enum event_id)id))
			return true;
	return false;
}

static bool
holds_text(const struct filter *f, const struct term *term, const struct filter_subject *s,
	   bool (*in)(const struct filter *, const struct term *, const char *))
{
	bool found = in(f, term, s->exe) || in(f, term, s->args) || in(f, term, s->title) ||
		     in(f, term, s->script) || in(f, term, s->target) || in(f, term, s->second);

	f->cost->missed |= !found && s->args_cut;
	return found;
}

/* As a mute rule of this kind covers it. */
static bool
is_of(enum mute_kind kind, const struct term *term, const struct filter_subject *s)
{
	const struct mute_owner owner = { s->uid, s->unit ? s->unit : "", s->cgroup ? s->cgroup : "",
					  s->signer ? s->signer : "" };

	return mute_covers_owner(kind, term->text, UID_UNKNOWN, &owner);
}

static bool
is_on(const char *tty, const char *wanted)
{
	static const char dev[] = "/dev/";
	size_t n = strlen(dev);

	if (strcmp(wanted, "none") == 0)
		return !tty[0];
	return strcmp(tty, wanted) == 0 || (strncmp(tty, dev, n) == 0 && strcmp(tty + n, wanted) == 0);
}

static bool
is_listed(const struct term *term, int32_t pid)
{
	for (size_t i = 0; i < term->pid_count; i++)
		if (term->pids[i] == pid_shown(pid))
			return true;
	return false;
}

static bool
is_named(const struct term *term, const struct proc *p)
{
	const struct string *const names[] = { p->exe, p->script };

	for (unsigned i = 0; i < 2; i++)
		if (strcmp(string_name(names[i]), term->text) == 0 ||
		    strcmp(string_bytes(names[i]), term->text) == 0)
			return true;
	return false;
}

/* It is one of these, or below one; or something above it runs a program of this name. */
static bool
descends(const struct term *term, const struct filter_subject *s)
{
	const struct proc *p = NULL;
	bool by = term->kind == TERM_BY;

	if (!by && (is_listed(term, s->pid) || (s->ppid && is_listed(term, s->ppid))))
		return true;
	if (!s->tree)
		return false;
	if (s->pid)
		p = tree_find(s->tree, (struct proc_key){ s->pid, s->start_ns });
	if (p)
		p = p->parent;
	else if (s->ppid)
		p = tree_find_pid(s->tree, s->ppid);
	for (; p && p->parent; p = p->parent)
		if (by ? is_named(term, p) : is_listed(term, p->key.pid))
			return true;
	return false;
}

static bool
compares(const struct term *term, const struct filter_subject *s)
{
	double value = 0;

	if (term->number == FILTER_AGE) {
		if (!s->start_ns || !s->now_ns)
			return false;
		value = s->now_ns > s->start_ns ? (double)(s->now_ns - s->start_ns) / 1e9 : 0;
	} else if (!s->number || !s->number(s->who, term->number, &value)) {
		return false;
	}
	switch (term->comparison) {
	case LESS:
		return value < term->bound;
	case LESS_EQUAL:
		return value <= term->bound;
	case EQUAL:
		return value == term->bound;
	case GREATER_EQUAL:
		return value >= term->bound;
	case GREATER:
		return value > term->bound;
	}
	return false;
}

static bool
holds(const struct filter *f, const struct term *term, const struct filter_subject *s)
{
	switch (term->kind) {
	case TERM_TEXT:
		return contains(f, term, s->name) || holds_text(f, term, s, contains);
	case TERM_BELOW:
		return is_below(f, term, s->exe) || is_below(f, term, s->script) ||
		       is_below(f, term, s->target) || is_below(f, term, s->second);
	case TERM_REGEX:
		return holds_text(f, term, s, fits);
	case TERM_USER:
		return is_user(term, s);
	case TERM_PID:
		return is_listed(term, s->pid);
	case TERM_UNIT:
		return is_of(MUTE_UNIT, term, s);
	case TERM_CGROUP:
		if (!s->cgroup)
			return false;
		return term->text[0] == '/' ? cgroup_is_in(s->cgroup, term->text)
					    : strstr(s->cgroup, term->text) != NULL;
	case TERM_SIGNER:
		return is_of(MUTE_SIGNER, term, s);
	case TERM_TTY:
		return s->tty && is_on(s->tty, term->text);
	case TERM_DESCENDANTS:
	case TERM_BY:
		return descends(term, s);
	case TERM_NUMBER:
		return compares(term, s);
	case TERM_HOST:
		return s->host && strcmp(s->host, term->text) == 0;
	case TERM_EVENTS:
		return makes(term, s);
	}
	return false;
}

bool
filter_match(const struct filter *f, const struct filter_subject *s)
{
	bool match = f->count == 0;

	for (size_t i = 0; i < f->count; i++) {
		if (f->terms[i].either) {
			if (match)
				return true;
			match = true;
		}
		if (match)
			match = holds(f, &f->terms[i], s) != f->terms[i].negate;
	}
	return match;
}
