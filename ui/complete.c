/* complete - see complete.h. */
#include "ui/complete.h"
#include "model/xalloc.h"
#include "model/clean.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED = 8 }; /* completions listed */

/* What was found so far for the word. */
struct search {
	const char *word;
	size_t length;
	char *common; /* beginning shared by all that fit; NULL: none fits yet */
	const char *fits[NAMED + 1];
	unsigned count;
};

static void
offer(struct search *q, const char *text)
{
	size_t n = 0;

	if (!text || !text[0] || strncmp(text, q->word, q->length) != 0)
		return;
	for (unsigned i = 0; i < q->count; i++)
		if (strcmp(q->fits[i], text) == 0)
			return;
	if (q->count <= NAMED)
		q->fits[q->count++] = text;
	if (!q->common) {
		q->common = xstrdup(text);
		return;
	}
	while (q->common[n] && q->common[n] == text[n])
		n++;
	q->common[n] = '\0';
}

static void
offer_events(struct search *q)
{
	for (unsigned id = 0; id < EV_COUNT; id++)
		offer(q, event_info[id].name);
	for (unsigned g = 0; g < EVENT_GROUP_COUNT; g++)
		offer(q, event_group_name[g]);
}

static void
offer_words(struct search *q, const struct snapshot *s)
{
	for (unsigned i = 0; q->length && i < filter_word_count; i++)
		offer(q, filter_words[i]);
	for (unsigned i = 0; q->length && i < FILTER_NUMBERS; i++)
		offer(q, filter_number_name[i]);
	for (size_t i = 0; i < s->count; i++)
		offer(q, s->rows[i].name);
}

static bool
is_filter(const struct prompt *p)
{
	return p->kind == PROMPT_FILTER || p->kind == PROMPT_SEARCH;
}

/*
 * Leaves in text the word before the cursor: all of it, in a filter the last term without its
 * quotes. Returns whether a quote is open there.
 */
static bool
last_word(const struct prompt *p, char *text)
{
	bool quoted = false;
	char *to = text;

	for (const char *c = text; is_filter(p) && *c; c++) {
		if (*c == '"')
			quoted = !quoted;
		else if (!quoted && strchr(" |\t", *c))
			to = text;
		else if (*c != '!' || to > text)
			*to++ = *c;
	}
	if (is_filter(p))
		*to = '\0';
	return quoted;
}

/* What is missing of the word goes in, in quotes where it needs them. */
static void
insert_rest(struct prompt *p, const char *rest, bool quoted, bool whole)
{
	bool quotes = is_filter(p) && !quoted && strpbrk(rest, " |\t");

	if (quotes)
		prompt_insert(p, "\"");
	prompt_insert(p, rest);
	if (quotes || (quoted && whole))
		prompt_insert(p, "\"");
}

static const char *
after(const char *word, const char *key)
{
	size_t n = strlen(key);

	return strncmp(word, key, n) == 0 ? word + n : NULL;
}

/* The last bytes of a cut UTF-8 sequence are taken away. */
static void
trim(char *text)
{
	size_t n = strlen(text), start = n;
	uint32_t code;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xc0 &&
	    (clean_decode(text + start - 1, n - start + 1, &code), code == CLEAN_INVALID))
		text[start - 1] = '\0';
}

static void
show_completions(struct prompt *p, const struct search *q, bool ascii)
{
	char note[sizeof p->note] = "", text[80];
	size_t used = 0;

	for (unsigned i = 0; i < q->count && i < NAMED; i++) {
		const char *name = q->fits[i], *slash = strrchr(name, '/');

		/* Of paths that share a directory the name says it. */
		if (slash && q->common && strrchr(q->common, '/') &&
		    strrchr(q->common, '/') - q->common == slash - name)
			name = slash + 1;
		clean_slice(text, sizeof text, name, strlen(name), ascii, 0, SIZE_MAX, NULL);
		if (used + strlen(text) + 6 > sizeof note)
			break;
		used += (size_t)snprintf(note + used, sizeof note - used, "%s%s", i ? "  " : "", text);
	}
	if (q->count > NAMED)
		snprintf(note + used, sizeof note - used, "  ...");
	prompt_note(p, note);
}

/* After a word and a colon, what rows have there. */
#define VALUE_TABLE(X)        \
	X("user:", user)      \
	X("host:", host)      \
	X("unit:", unit)      \
	X("cgroup:", cgroup)  \
	X("signer:", signer)  \
	X("tty:", tty)        \
	X("by:", name)

static bool
offer_values(struct search *q, const struct snapshot *s)
{
	const char *rest;

#define X(key, member)                                     \
	if ((rest = after(q->word, key)) != NULL) {        \
		q->word = rest;                            \
		q->length = strlen(rest);                  \
		for (size_t i = 0; i < s->count; i++)      \
			offer(q, s->rows[i].member);       \
		return true;                               \
	}
	VALUE_TABLE(X)
#undef X
	return false;
}

static void
offer_paths(struct search *q, const struct snapshot *s)
{
	q->length = strlen(q->word);
	for (size_t i = 0; i < s->count; i++)
		offer(q, s->rows[i].exe);
	for (size_t i = 0; i < s->files.count; i++)
		offer(q, s->files.rows[i].path);
}

/* "/bin/s" is "/usr/bin/s" to events. To be freed; NULL: the directory has no other name. */
static char *
by_other_name(const char *word, char *(*canonical)(const char *typed))
{
	size_t length = strlen(word) - strlen(strrchr(word, '/')) + 1;
	char *directory = xstrndup(word, length), *real = canonical ? canonical(directory) : NULL, *path;

	if (real && strcmp(real, directory) != 0) {
		size_t size = strlen(real) + strlen(word + length) + 1;

		path = xmalloc(size);
		snprintf(path, size, "%s%s", real, word + length);
	} else {
		path = NULL;
	}
	free(real);
	free(directory);
	return path;
}

/* The word before the cursor, with its quotes, gives way to this path. */
static void
replace_word(struct prompt *p, const char *path, bool whole)
{
	char typed[PROMPT_BYTES];
	bool quotes = is_filter(p) && strpbrk(path, " |\t\""), open = false;
	const char *start = typed;

	prompt_before(p, typed);
	for (const char *c = typed; is_filter(p) && *c; c++) {
		if (*c == '"')
			open = !open;
		else if ((!open && strchr(" |\t", *c)) || (*c == '!' && c == start))
			start = c + 1;
	}
	prompt_remove(p, start);
	/* A term that begins with a quote is no path. */
	prompt_insert(p, "/");
	if (quotes)
		prompt_insert(p, "\"");
	prompt_insert(p, path + 1);
	if (quotes && whole)
		prompt_insert(p, "\"");
}

void
complete(struct prompt *p, const struct snapshot *s, char *(*canonical)(const char *typed), bool ascii)
{
	char text[PROMPT_BYTES], *real = NULL;
	const char *word = text, *rest;
	bool quoted;

	if (prompt_is_question(p->kind) || p->kind == PROMPT_INTERVAL)
		return;
	prompt_before(p, text);
	quoted = last_word(p, text);
	struct search q = { .word = word };
	if ((rest = after(word, "ev:"))) {
		const char *comma = strrchr(rest, ',');

		q.word = comma ? comma + 1 : rest;
		q.length = strlen(q.word);
		offer_events(&q);
	} else if (is_filter(p) && offer_values(&q, s)) {
		/* It is one of the words with a value. */
	} else if (*word == '/') {
		offer_paths(&q, s);
		real = q.count || p->kind == PROMPT_SAVE ? NULL : by_other_name(word, canonical);
		if (real) {
			q.word = real;
			offer_paths(&q, s);
		}
	} else {
		q.length = strlen(word);
		offer_words(&q, s);
	}
	if (q.count == 0) {
		prompt_note(p, "nothing seen begins with this");
		free(real);
		return;
	}
	trim(q.common);
	if (real)
		replace_word(p, q.common, q.count == 1);
	else
		insert_rest(p, q.common + q.length, quoted, q.count == 1);
	if (q.count > 1)
		show_completions(p, &q, ascii);
	else if (real)
		prompt_note(p, "by the name that events have for it");
	free(q.common);
	free(real);
}
