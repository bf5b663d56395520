/* settings - see settings.h. */
#include "ui/settings.h"
#include "model/filter.h"
#include "model/snapshot.h"
#include "model/xalloc.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
settings_init(struct settings *s)
{
	*s = (struct settings){
#define X(id, kind, member, first) .member = first,
		SETTING_TABLE(X)
#undef X
	};
}

void
settings_finish(struct settings *s)
{
	free(s->filter);
	*s = (struct settings){ .filter = NULL };
}

void
settings_copy(struct settings *to, const struct settings *from)
{
	*to = *from;
	to->filter = from->filter ? xstrdup(from->filter) : NULL;
}

/* Where nothing happens any more, a rate says nothing. */
static const struct column *
total_of(const struct column *c)
{
	static const struct {
		enum column_id rate, total;
	} pairs[] = {
		{ COLUMN_EV_RATE, COLUMN_EVENTS }, { COLUMN_SHARE, COLUMN_EVENTS },
		{ COLUMN_OPEN_RATE, COLUMN_OPEN }, { COLUMN_CLOSE_RATE, COLUMN_CLOSE },
		{ COLUMN_EXEC_RATE, COLUMN_EXEC }, { COLUMN_FORK_RATE, COLUMN_FORK },
		{ COLUMN_EXIT_RATE, COLUMN_EXIT },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (c == &column_info[pairs[i].rate])
			return &column_info[pairs[i].total];
	return c;
}

const struct column *
settings_sort(const struct settings *s)
{
	const struct column *sort = s->sort ? s->sort : column_default_sort();

	return s->ended ? total_of(sort) : sort;
}

const struct columns *
settings_columns(const struct settings *s, enum grouping by, struct columns *buffer)
{
	struct columns rates = s->columns;

	if (!s->ended && (s->columns.n || !grouping_has_groups(by)))
		return &s->columns;
	if (!s->columns.n && grouping_has_groups(by))
		columns_grouped(&rates);
	else if (!s->columns.n)
		columns_default(&rates);
	buffer->n = 0;
	for (unsigned i = 0; i < rates.n; i++)
		columns_add(buffer, s->ended ? total_of(rates.at[i].column) : rates.at[i].column,
			    rates.at[i].width);
	return buffer;
}

/* ---- words ---- */

/* The words of each enumerated setting, in the order in which they are listed. */
static const struct value_word on_off_word[] = { { "on", true }, { "off", false } };
static const struct value_word flag_word[] = { { "yes", true }, { "no", false } };
static const struct value_word color_word[] = {
#define X(id, word) { word, COLOR_##id },
	COLOR_TABLE(X)
#undef X
};
static const struct value_word theme_word[] = {
#define X(id, name, help) { name, THEME_##id },
	THEME_TABLE(X)
#undef X
};
static const struct value_word view_word[] = {
#define X(id, group, scope, act, keys, name, help) { name, id },
	VIEW_TABLE(X)
#undef X
};

static const struct value_word grouping_word[] = {
#define X(id, name, ...) { name, BY_##id },
	GROUPING_TABLE(X)
#undef X
};

#define COUNT(words) (sizeof(words) / sizeof(words)[0])

static int __attribute__((format(printf, 3, 4))) refuse(char *why, size_t len, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, len, format, arguments);
	va_end(arguments);
	return -EINVAL;
}

static bool
find_word(const struct value_word *words, size_t n, const char *text, int *value)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, words[i].word) == 0) {
			*value = words[i].value;
			return true;
		}
	return false;
}

static const char *
word_of(const struct value_word *words, size_t n, int value)
{
	for (size_t i = 0; i < n; i++)
		if (words[i].value == value)
			return words[i].word;
	return NULL;
}

int
value_parse(const struct value_word *words, size_t n, const char *name, const char *text, int *value,
	    char *why, size_t len)
{
	char list[200] = "";
	size_t used = 0;

	if (find_word(words, n, text, value))
		return 0;
	for (size_t i = 0; i < n && used < sizeof list; i++)
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s",
					 i == 0      ? ""
					 : i + 1 < n ? ", "
						     : " or ",
					 words[i].word);
	return refuse(why, len, "%s: expected %s, not '%.40s'", name, list, text);
}

/* A kind that is a choice of words: reads and writes them. */
#define WORD_KIND(kind)                                                                           \
	static int parse_##kind(SETTING_##kind *to, const char *name, const char *text, char *why, \
				size_t len)                                                       \
	{                                                                                         \
		int value = 0, error;                                                             \
											          \
		error = value_parse(kind##_word, COUNT(kind##_word), name, text, &value, why, len); \
		if (!error)                                                                       \
			*to = (SETTING_##kind)value;                                              \
		return error;                                                                     \
	}                                                                                         \
	static const char *text_##kind(const SETTING_##kind *from, char *buffer, size_t size)     \
	{                                                                                         \
		(void)buffer, (void)size;                                                         \
		return word_of(kind##_word, COUNT(kind##_word), (int)*from);                      \
	}
WORD_KIND(on_off)
WORD_KIND(color)
WORD_KIND(theme)
WORD_KIND(grouping)

/* ---- the other kinds ---- */

static int
parse_flag(bool *to, const char *name, const char *text, char *why, size_t len)
{
	int value = true;

	(void)name;
	if (text && !find_word(flag_word, COUNT(flag_word), text, &value))
		return refuse(why, len, "expected yes or no, not '%.40s'", text);
	*to = value;
	return 0;
}

static const char *
text_flag(const bool *from, char *buffer, size_t size)
{
	(void)buffer, (void)size;
	return word_of(flag_word, COUNT(flag_word), *from);
}

static int
parse_view(enum view_id *to, const char *name, const char *text, char *why, size_t len)
{
	int value;

	if (!find_word(view_word, COUNT(view_word), text, &value))
		return refuse(why, len, "%s: expected the name of a view, not '%.40s'", name, text);
	*to = (enum view_id)value;
	return 0;
}

static const char *
text_view(const enum view_id *from, char *buffer, size_t size)
{
	(void)buffer, (void)size;
	return word_of(view_word, COUNT(view_word), (int)*from);
}

static int
parse_column(const struct column **to, const char *name, const char *text, char *why, size_t len)
{
	const struct column *column = column_by_name(text);

	(void)name;
	if (column) {
		*to = column;
		return 0;
	}
	(void)refuse(why, len, "unknown column '%.40s': expected ", text);
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		size_t used = strlen(why);

		snprintf(why + used, len - used, "%s%s", i ? ", " : "", column_info[i].title);
	}
	return -EINVAL;
}

static const char *
text_column(const struct column *const *from, char *buffer, size_t size)
{
	(void)buffer, (void)size;
	return *from ? (*from)->title : NULL;
}

/* Plain digits, and nothing else strtol would take. */
static bool
parse_digits(const char *text, long high, int *to)
{
	long n;

	if (!text[0] || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	n = strtol(text, NULL, 10);
	if (errno || n > high)
		return false;
	*to = (int)n;
	return true;
}

static int
parse_seconds(int *to, const char *name, const char *text, char *why, size_t len)
{
	if (strcmp(text, "all") == 0) {
		*to = EXITED_FOREVER;
		return 0;
	}
	if (parse_digits(text, EXITED_MAX_SECS, to))
		return 0;
	return refuse(why, len, "%s: expected seconds from 0 to %ld, or 'all', not '%.40s'", name,
		      EXITED_MAX_SECS, text);
}

static const char *
text_seconds(const int *from, char *buffer, size_t size)
{
	if (*from < 0)
		return "all";
	snprintf(buffer, size, "%d", *from);
	return buffer;
}

static int
parse_interval(uint32_t *to, const char *name, const char *text, char *why, size_t len)
{
	char *end;
	double secs;

	/* strtod would also take nan, inf, 0x10 and 1e99. */
	if (strspn(text, "0123456789.") == strlen(text)) {
		secs = strtod(text, &end);
		if (end != text && !*end && secs * 1000 >= UI_INTERVAL_MIN_MS &&
		    secs * 1000 <= UI_INTERVAL_MAX_MS) {
			*to = (uint32_t)lround(secs * 1000);
			return 0;
		}
	}
	return refuse(why, len, "%s: expected seconds from 0.1 to 3600, not '%.40s'", name, text);
}

static const char *
text_interval(const uint32_t *from, char *buffer, size_t size)
{
	snprintf(buffer, size, "%u.%03u", *from / 1000, *from % 1000);
	return buffer;
}

static int
parse_nice(int *to, const char *name, const char *text, char *why, size_t len)
{
	bool negative = text[0] == '-';
	int n;

	if (strcmp(text, "off") == 0) {
		*to = NICE_OFF;
		return 0;
	}
	if (parse_digits(text + negative, negative ? -NICE_LOWEST : NICE_HIGHEST, &n)) {
		*to = negative ? -n : n;
		return 0;
	}
	return refuse(why, len, "%s: expected a number from %d to %d, or off, not '%.40s'", name, NICE_LOWEST,
		      NICE_HIGHEST, text);
}

static const char *
text_nice(const int *from, char *buffer, size_t size)
{
	if (*from == NICE_OFF)
		return "off";
	snprintf(buffer, size, "%d", *from);
	return buffer;
}

static int
parse_filter(char **to, const char *name, const char *text, char *why, size_t len)
{
	char reason[160];
	struct filter *f = filter_compile(text, reason, sizeof reason);

	if (!f)
		return refuse(why, len, "invalid %s: %s", name, reason);
	filter_free(f);
	free(*to);
	*to = text[0] ? xstrdup(text) : NULL;
	return 0;
}

static const char *
text_filter(char *const *from, char *buffer, size_t size)
{
	(void)buffer, (void)size;
	return *from;
}

/* ---- all of them ---- */

int
settings_parse(struct settings *s, enum setting_id id, const char *name, const char *text, char *why,
	       size_t len)
{
	switch (id) {
#define X(id, kind, member, ...)   \
	case SETTING_##id: \
		return parse_##kind(&s->member, name, text, why, len);
		SETTING_TABLE(X)
#undef X
	case SETTING_COUNT:
		break;
	}
	return -EINVAL;
}

const char *
settings_text(const struct settings *s, enum setting_id id, char *buffer, size_t size)
{
	switch (id) {
#define X(id, kind, member, ...)   \
	case SETTING_##id: \
		return text_##kind(&s->member, buffer, size);
		SETTING_TABLE(X)
#undef X
	case SETTING_COUNT:
		break;
	}
	return NULL;
}

void
settings_apply(const struct settings *c, struct snapshot_spec *spec)
{
	const struct column *sort = settings_sort(c);

	spec->by = c->by == BY_TREE && c->flat ? BY_FLAT : c->by;
	spec->subtree_totals = c->totals && spec->by == BY_TREE;
	spec->kernel_threads = c->kernel_threads;
	spec->reverse = sort->descending != c->reversed;
	spec->compare = sort->compare;
	spec->exited_secs = c->exited_secs;
}
