/* export - see export.h. */
#include "src/app/export.h"
#include "model/xalloc.h"
#include "src/stream/eslogger.h"
#include "src/base/safe_file.h"
#include "model/clean.h"
#include "ui/ui.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A copy that is safe on a terminal; to be freed. */
static char *
clean(const char *text, size_t *width)
{
	size_t size = strlen(text) * 8 + 16;
	char *out = xmalloc(size);

	*width = clean_text(out, size, text, strlen(text), clean_ascii());
	return out;
}

/* ---- data ---- */

/* A rate is never infinite; if it were, JSON has no number for it. */
static void
add_number(struct text *t, const struct sheet_value *v)
{
	if (v->kind == SHEET_INT)
		text_int(t, v->whole);
	else
		text_format(t, "%.6g", isfinite(v->real) ? v->real : 0);
}

void
export_json_row(struct text *t, const struct sheet *s, size_t row)
{
	bool bytes = false, first = true;

	text_char(t, '{');
	for (size_t i = 0; i < sheet_columns(s); i++) {
		const struct sheet_value *v = sheet_value(s, row, i);

		if (v->kind == SHEET_NONE)
			continue;
		text_format(t, "%s\"%s\":", first ? "" : ",", sheet_name(s, i));
		first = false;
		if (v->kind == SHEET_TEXT)
			bytes |= eslogger_string(t, v->text, strlen(v->text));
		else
			add_number(t, v);
	}
	if (bytes)
		text_word(t, ",\"estop\":{\"bytes\":true}");
	text_char(t, '}');
}

static void
write_json(FILE *out, const struct sheet *s)
{
	struct text t = { 0 };

	for (size_t row = 0; row < sheet_rows(s); row++) {
		t.length = 0;
		export_json_row(&t, s, row);
		text_char(&t, '\n');
		fwrite(t.bytes, 1, t.length, out);
	}
	text_finish(&t);
}

/*
 * A spreadsheet takes a cell that begins with one of these for a formula, quoted or not; after an
 * apostrophe it is text. Control characters are replaced; JSON has the bytes as they are.
 */
static void
put_csv(FILE *out, const char *text)
{
	bool formula = text[0] && strchr("=+-@\t\r\n", text[0]);
	size_t width;
	char *cleaned = clean(text, &width);
	bool quotes = strpbrk(cleaned, ",\"") != NULL;

	if (quotes)
		fputc('"', out);
	if (formula)
		fputc('\'', out);
	for (const char *at = cleaned; *at; at++) {
		if (*at == '"')
			fputc('"', out);
		fputc(*at, out);
	}
	if (quotes)
		fputc('"', out);
	free(cleaned);
}

void
export_csv(FILE *out, const struct sheet *s, bool names)
{
	struct text t = { 0 };

	for (size_t i = 0; names && i < sheet_columns(s); i++)
		fprintf(out, "%s%s", i ? "," : "", sheet_name(s, i));
	if (names)
		fputs("\r\n", out);
	for (size_t row = 0; row < sheet_rows(s); row++) {
		for (size_t i = 0; i < sheet_columns(s); i++) {
			const struct sheet_value *v = sheet_value(s, row, i);

			if (i)
				fputc(',', out);
			if (v->kind == SHEET_TEXT)
				put_csv(out, v->text);
			else if (v->kind != SHEET_NONE) {
				t.length = 0;
				add_number(&t, v);
				fwrite(t.bytes, 1, t.length, out);
			}
		}
		fputs("\r\n", out);
	}
	text_finish(&t);
}

static void
write_csv(FILE *out, const struct sheet *s)
{
	export_csv(out, s, true);
}

/* ---- text ---- */

static void
put_cell(FILE *out, const char *text, size_t room, bool left, bool last)
{
	size_t width;
	char *cleaned = clean(text, &width);
	int blanks = width < room ? (int)(room - width) : 0;

	fprintf(out, "%*s%s%*s", left ? 0 : blanks, "", cleaned, left && !last ? blanks : 0, "");
	free(cleaned);
}

static void
write_text(FILE *out, const struct sheet *s)
{
	size_t n = sheet_columns(s), last = 0;
	size_t *room = xcalloc(n + 1, sizeof(*room));

	for (size_t i = 0; i < n; i++) {
		if (!sheet_title(s, i))
			continue;
		last = i;
		free(clean(sheet_title(s, i), &room[i]));
		for (size_t row = 0; row < sheet_rows(s); row++) {
			size_t width;

			free(clean(sheet_shown(s, row, i), &width));
			if (width > room[i])
				room[i] = width;
		}
	}
	put_cell(out, sheet_description(s), 0, true, true);
	fputc('\n', out);
	for (size_t line = 0; line <= sheet_rows(s); line++) {
		for (size_t i = 0; i < n; i++) {
			if (!sheet_title(s, i))
				continue;
			put_cell(out, line ? sheet_shown(s, line - 1, i) : sheet_title(s, i), room[i],
				 sheet_left(s, i), i == last);
			if (i != last)
				fputc(' ', out);
		}
		fputc('\n', out);
	}
	free(room);
}

/* ---- public ---- */

static const struct {
	const char *ending;
	void (*write)(FILE *, const struct sheet *);
} forms[EXPORT_FORMS] = {
#define X(id, ending, writer) { ending, write_##writer },
	EXPORT_TABLE(X)
#undef X
};

enum export_form
export_form(const char *path)
{
	const char *dot = strrchr(path, '.');
	unsigned form = 0;

	if (dot && strcasecmp(dot, ".json") == 0)
		dot = ".jsonl";
	while (form < EXPORT_AS_TEXT && (!dot || strcasecmp(dot, forms[form].ending) != 0))
		form++;
	return (enum export_form)form;
}

void
export_write(FILE *out, const struct sheet *s, enum export_form form)
{
	forms[form].write(out, s);
}

struct job {
	const struct sheet *sheet;
	enum export_form form;
};

static int
write_job(FILE *out, void *ctx, char *why, size_t len)
{
	const struct job *job = ctx;

	(void)why, (void)len;
	export_write(out, job->sheet, job->form);
	return 0;
}

int
export_save(const struct sheet *s, const char *path, bool overwrite, char *why, size_t len)
{
	return safe_file_write(path, overwrite ? SAFE_OVERWRITE : 0, write_job,
			       &(struct job){ s, export_form(path) }, why, len);
}
