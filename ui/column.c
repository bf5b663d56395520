/* column - what can be shown of a process: one table. */
#include "ui/column.h"
#include "model/clean.h"
#include "model/units.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { USER_COLUMNS_BYTES = COLUMN_WIDEST * 20 };

/* Writes text of this many columns, padded on one side to width. */
static void
pad(char *out, size_t size, const char *text, size_t columns, unsigned width, bool left)
{
	int blanks = columns < width ? (int)(width - columns) : 0;

	snprintf(out, size, "%*s%s%*s", left ? 0 : blanks, "", text, left ? blanks : 0, "");
}

static void
format_int(char *out, size_t size, long long value, const struct row *row, unsigned width, bool ascii)
{
	char text[24];

	(void)ascii;
	/* A line for many processes has no id of its own. */
	if (value < 0 || (row->flags & ROW_GROUP && value == 0))
		strcpy(text, "-");
	else
		units_count(text, sizeof text, (uint64_t)value, width);
	pad(out, size, text, strlen(text), width, false);
}

/* Without the number of the host. */
static void
format_pid(char *out, size_t size, int32_t pid, const struct row *row, unsigned width, bool left)
{
	format_int(out, size, pid > 0 ? pid_shown(pid) : pid, row, width, left);
}

/* Totals say so when events may be missing from them. */
static void
format_count(char *out, size_t size, uint64_t value, const struct row *row, unsigned width, bool ascii)
{
	char number[24], text[32];
	bool lossy = row->flags & ROW_LOSSY;

	units_count(number, sizeof number, value, width - lossy);
	snprintf(text, sizeof text, "%s%s", !lossy ? "" : ascii ? ">" : "≥", number);
	pad(out, size, text, strlen(number) + lossy, width, false);
}

void
column_rate(char *out, size_t size, double value, unsigned width)
{
	if (value > 0)
		units_rate(out, size, value, width);
	else
		snprintf(out, size, "-");
}

/* Counts of what not every row has. */
static void
format_some(char *out, size_t size, uint64_t value, const struct row *row, unsigned width, bool ascii)
{
	if (value)
		format_count(out, size, value, row, width, ascii);
	else
		pad(out, size, "-", 1, width, false);
}

static void
format_share(char *out, size_t size, float value, const struct row *row, unsigned width, bool ascii)
{
	char text[24];

	(void)row, (void)ascii;
	if (value > 0)
		snprintf(text, sizeof text, "%.*f", value < 0.0995f ? 1 : 0, (double)value * 100);
	else
		strcpy(text, "-");
	pad(out, size, text, strlen(text), width, false);
}

static void
format_life(char *out, size_t size, uint64_t value, const struct row *row, unsigned width, bool ascii)
{
	char text[32];

	(void)row, (void)ascii;
	strcpy(text, "-");
	if (value)
		units_duration(text, sizeof text, value, DURATION_ROUNDED);
	pad(out, size, text, clean_width(text), width, false);
}

static void
format_rate(char *out, size_t size, double value, const struct row *row, unsigned width, bool ascii)
{
	char text[24];

	(void)row, (void)ascii;
	column_rate(text, sizeof text, value, width);
	pad(out, size, text, strlen(text), width, false);
}

static void
format_before(char *out, size_t size, struct compared value, const struct row *row, unsigned width, bool ascii)
{
	format_rate(out, size, (double)value.before, row, width, ascii);
}

static void
format_since(char *out, size_t size, struct compared value, const struct row *row, unsigned width, bool ascii)
{
	format_rate(out, size, (double)value.since, row, width, ascii);
}

static double
change(struct compared value)
{
	return value.before < 0 ? 0 : (double)value.since - (double)value.before;
}

static void
format_change(char *out, size_t size, struct compared value, const struct row *row, unsigned width, bool ascii)
{
	double more = change(value);
	char number[24], text[32];

	(void)row, (void)ascii;
	column_rate(number, sizeof number, more < 0 ? -more : more, width - 1);
	snprintf(text, sizeof text, "%s%s", more > 0 ? "+" : more < 0 ? "-" : "", number);
	pad(out, size, text, strlen(text), width, false);
}

static void
format_text(char *out, size_t size, const char *value, const struct row *row, unsigned width, bool ascii)
{
	char text[USER_COLUMNS_BYTES];
	bool more;

	(void)row;
	size_t n = clean_slice(text, sizeof text, value, strlen(value), ascii, 0, width, &more);
	if (more && width > 1) { /* as ps does: a + says that there is more */
		n = clean_slice(text, sizeof text - 1, value, strlen(value), ascii, 0, width - 1, NULL);
		strcat(text, "+");
		n++;
	}
	pad(out, size, text, n, width, true);
}

static void
format_mark(char *out, size_t size, char value, const struct row *row, unsigned width, bool ascii)
{
	char text[2] = { value > ' ' && value < 0x7f ? value : ' ', '\0' };

	(void)row, (void)ascii;
	pad(out, size, text, 1, width, true);
}

static struct sheet_value
value_int(long long value)
{
	if (value < 0)
		return (struct sheet_value){ .kind = SHEET_NONE };
	return sheet_int(value);
}

static struct sheet_value
value_pid(int32_t pid)
{
	return value_int(pid > 0 ? pid_shown(pid) : pid);
}

static struct sheet_value
value_count(uint64_t value)
{
	return sheet_int((int64_t)value);
}

static struct sheet_value
value_rate(double value)
{
	return sheet_real(value);
}

/* value: of a row that has been compared. */
static struct sheet_value
value_compared(struct compared compared, double value)
{
	if (compared.before < 0)
		return (struct sheet_value){ .kind = SHEET_NONE };
	return sheet_real(value);
}

static struct sheet_value
value_before(struct compared value)
{
	return value_compared(value, (double)value.before);
}

static struct sheet_value
value_since(struct compared value)
{
	return value_compared(value, (double)value.since);
}

static struct sheet_value
value_change(struct compared value)
{
	return value_compared(value, change(value));
}

static struct sheet_value
value_some(uint64_t value)
{
	return sheet_int((int64_t)value);
}

static struct sheet_value
value_share(float value)
{
	return sheet_real((double)value);
}

static struct sheet_value
value_life(uint64_t value)
{
	return value ? sheet_real((double)value / 1e9) : (struct sheet_value){ .kind = SHEET_NONE };
}

static struct sheet_value
value_text(const char *value)
{
	return sheet_text(value);
}

static struct sheet_value
value_mark(char value)
{
	static const char marks[][2] = { "P", "X", "L", "S", "D", "T" };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i][0] == value)
			return sheet_text(marks[i]);
	return sheet_text("");
}

static int
compare_int(long long a, long long b)
{
	return (a > b) - (a < b);
}

static int
compare_pid(int32_t a, int32_t b)
{
	return compare_int(a, b);
}

static int
compare_count(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_rate(double a, double b)
{
	return (a > b) - (a < b);
}

static int
compare_before(struct compared a, struct compared b)
{
	return (a.before > b.before) - (a.before < b.before);
}

static int
compare_since(struct compared a, struct compared b)
{
	return (a.since > b.since) - (a.since < b.since);
}

static int
compare_change(struct compared a, struct compared b)
{
	return compare_rate(change(a), change(b));
}

static int
compare_some(uint64_t a, uint64_t b)
{
	return compare_count(a, b);
}

static int
compare_share(float a, float b)
{
	return compare_rate((double)a, (double)b);
}

static int
compare_life(uint64_t a, uint64_t b)
{
	return compare_count(a, b);
}

static int
compare_text(const char *a, const char *b)
{
	int order = a == b ? 0 : strcmp(a, b); /* shared ones may be long */

	return (order > 0) - (order < 0);
}

static int
compare_mark(char a, char b)
{
	return (a > b) - (a < b);
}

#define X(id, title, width, kind, field, shown, drop, help)                                        \
	static void format_##id(char *out, size_t size, const struct row *r, unsigned columns,     \
				bool ascii)                                                        \
	{                                                                                          \
		format_##kind(out, size, r->field, r, columns, ascii);                             \
	}                                                                                          \
	static struct sheet_value value_##id(const struct row *r)                                  \
	{                                                                                          \
		return value_##kind(r->field);                                                     \
	}                                                                                          \
	static int compare_##id(const struct row *a, const struct row *b)                          \
	{                                                                                          \
		return compare_##kind(a->field, b->field);                                         \
	}
COLUMN_TABLE(X)
#undef X

enum {
	left_int = 0,
	left_pid = 0,
	left_count = 0,
	left_rate = 0,
	left_before = 0,
	left_since = 0,
	left_change = 0,
	left_some = 0,
	left_share = 0,
	left_life = 0,
	left_text = 1,
	left_mark = 1
};
enum {
	down_int = 0,
	down_pid = 0,
	down_count = 1,
	down_rate = 1,
	down_before = 1,
	down_since = 1,
	down_change = 1,
	down_some = 1,
	down_share = 1,
	down_life = 1,
	down_text = 0,
	down_mark = 1
};

enum {
	figure_int = 0,
	figure_pid = 0,
	figure_count = 1,
	figure_rate = 1,
	figure_before = 1,
	figure_since = 1,
	figure_change = 1,
	figure_some = 1,
	figure_share = 1,
	figure_life = 0,
	figure_text = 0,
	figure_mark = 0
};
enum {
	counted_int = 0,
	counted_pid = 0,
	counted_count = 1,
	counted_rate = 0,
	counted_before = 0,
	counted_since = 0,
	counted_change = 0,
	counted_some = 0,
	counted_share = 0,
	counted_life = 0,
	counted_text = 0,
	counted_mark = 0
};

const struct column column_info[COLUMN_COUNT] = {
#define X(id, title, width, kind, field, shown, drop, help) \
	{ #id, title, help, width, drop, shown, left_##kind, down_##kind, figure_##kind, counted_##kind,   \
	  format_##id, value_##id, compare_##id },
	COLUMN_TABLE(X)
#undef X
};

const struct column *
column_by_name(const char *name)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (strcasecmp(name, column_info[i].title) == 0)
			return &column_info[i];
	return NULL;
}

const struct column *
column_default_sort(void)
{
	return &column_info[COLUMN_EV_RATE];
}

void
column_title(const struct column *c, char *out, size_t size, bool ascii)
{
	snprintf(out, size, "%s%s", c->title, !c->counted ? "" : ascii ? " #" : " Σ");
}

void
column_title_of_rows(enum grouping by, bool totals, unsigned width, char *out, size_t size, bool ascii)
{
	const char *title = grouping_info[by].title;
	const char *sums = ascii ? "  (sums of subtrees)" : "  (Σ of subtrees)";

	snprintf(out, size, "%s%s", title, totals && strlen(title) + clean_width(sums) <= width ? sums : "");
}

enum column_level
column_level(const struct column *c, const struct row *r)
{
	enum { BUSY_RATE = 100, HOT_RATE = 1000 };
	struct sheet_value value = c->value(r);
	double much = value.kind == SHEET_REAL ? value.real : (double)value.whole;

	if (!c->figure || much <= 0)
		return LEVEL_NONE;
	if (value.kind != SHEET_REAL) /* a count only ever grows: it says nothing of now */
		return LEVEL_SOME;
	if (c == &column_info[COLUMN_SHARE]) /* from 5 and 50 % on */
		much *= 2 * HOT_RATE;
	return much >= HOT_RATE ? LEVEL_VERY_MUCH : much >= BUSY_RATE ? LEVEL_MUCH : LEVEL_SOME;
}

void
columns_default(struct columns *c)
{
	c->n = 0;
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		if (column_info[i].shown)
			columns_add(c, &column_info[i], 0);
}

void
columns_grouped(struct columns *c)
{
	c->n = 0;
#define X(id) columns_add(c, &column_info[COLUMN_##id], 0);
	COLUMN_GROUPED_TABLE(X)
#undef X
}

bool
columns_add(struct columns *c, const struct column *column, unsigned width)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->at[i].column == column)
			return false;
	if (width <= column->width || !column->width)
		width = 0;
	c->at[c->n].column = column;
	c->at[c->n++].width = (uint8_t)(width > COLUMN_WIDEST ? COLUMN_WIDEST : width);
	return true;
}

static void
insert(struct layout *l, unsigned at, const struct column *column, unsigned width)
{
	memmove(&l->column[at + 1], &l->column[at], (l->n - at) * sizeof l->column[0]);
	memmove(&l->width[at + 1], &l->width[at], (l->n - at) * sizeof l->width[0]);
	l->column[at] = column;
	l->width[at] = column->width ? width ? width : column->width : 0;
	l->n++;
}

static void
leave_out(struct layout *l, unsigned i)
{
	memmove(&l->column[i], &l->column[i + 1], (l->n - i - 1) * sizeof l->column[0]);
	memmove(&l->width[i], &l->width[i + 1], (l->n - i - 1) * sizeof l->width[0]);
	l->n--;
}

static unsigned
fixed_width(const struct layout *l)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < l->n; i++)
		sum += l->width[i] ? l->width[i] + 1u : 0;
	return sum;
}

/* The wanted columns from left to right; what takes the rest of the line is last. */
static void
gather(struct layout *l, const struct columns *wanted)
{
	const struct column *rest = NULL;

	l->n = 0;
	for (unsigned i = 0; i < wanted->n; i++) {
		if (wanted->at[i].column->width)
			insert(l, l->n, wanted->at[i].column, wanted->at[i].width);
		else
			rest = wanted->at[i].column;
	}
	if (rest)
		insert(l, l->n, rest, 0);
}

void
column_need(struct column_need *need, const struct row *r)
{
	bool number = r->user[strspn(r->user, "0123456789")] == '\0';
	uint8_t *most = number ? &need->number : &need->name;
	size_t width = clean_width(r->user);

	if (width > USER_WIDEST)
		width = USER_WIDEST;
	if (width > *most)
		*most = (uint8_t)width;
}

/* Widens USER to this, by at most spare columns. */
static void
widen_user(struct layout *l, unsigned width, unsigned spare)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->column[i] == &column_info[COLUMN_USER] && l->width[i] < width)
			l->width[i] += width - l->width[i] < spare ? width - l->width[i] : spare;
}

void
column_layout(struct layout *l, const struct columns *chosen, const struct column *sort,
	      const struct column_need *need, unsigned columns)
{
	/* Room COMMAND should have: a tree needs the width, and it is the most informative. */
	unsigned command = columns * 3 / 8 < 8 ? 8 : columns * 3 / 8 > 40 ? 40 : columns * 3 / 8;
	struct columns usual = { .n = 0 };
	bool sorted = !sort;

	if (!chosen || !chosen->n) {
		for (unsigned i = 0; i < COLUMN_COUNT; i++) /* the sort column in its place */
			if (column_info[i].shown || &column_info[i] == sort)
				columns_add(&usual, &column_info[i], 0);
		chosen = &usual;
	}
	for (unsigned i = 0; i < chosen->n; i++)
		if (chosen->at[i].column == &column_info[COLUMN_USER] && chosen->at[i].width)
			need = NULL; /* as wide as was asked for */
	gather(l, chosen);
	for (unsigned i = 0; i < l->n; i++)
		sorted |= l->column[i] == sort;
	if (!sorted && l->n < COLUMN_COUNT) {
		unsigned at = l->n;
		while (at > 0 && (!l->column[at - 1]->width || l->column[at - 1] == &column_info[COLUMN_MUTE]))
			at--;
		insert(l, at, sort, 0);
	}
	if (need)
		widen_user(l, need->number, USER_WIDEST);
	while (l->n > 1 && fixed_width(l) + command > columns) {
		unsigned worst = l->n;
		for (unsigned i = 0; i < l->n; i++)
			if (l->column[i]->drop && l->column[i] != sort &&
			    (worst == l->n || l->column[i]->drop <= l->column[worst]->drop))
				worst = i;
		if (worst == l->n)
			break;
		leave_out(l, worst);
	}
	/* Events per second make way last, when another column is what counts. */
	for (unsigned i = 0; i < l->n && fixed_width(l) + 8 > columns; i++)
		if (l->column[i]->width && l->column[i] != sort)
			leave_out(l, i--);
	if (need && fixed_width(l) + command < columns)
		widen_user(l, need->name, columns - command - fixed_width(l));
	for (unsigned i = 0, x = 0; i < l->n; i++) {
		l->x[i] = x;
		if (!l->width[i])
			l->width[i] = x < columns ? columns - x : 0;
		x += l->width[i] + 1;
	}
}
