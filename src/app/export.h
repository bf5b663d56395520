/*
 * export - writes the current view to a file, in the format that the file's name asks for.
 *
 *   .jsonl  one JSON object for each row; no byte is lost, and control characters are escaped
 *   .csv    RFC 4180; an apostrophe precedes text that a spreadsheet would take for a formula
 *   else    text: the rows as on the screen, but not cut
 *
 * Nothing in text and CSV can act on a terminal.
 */
#ifndef ESTOP_APP_EXPORT_H
#define ESTOP_APP_EXPORT_H

#include "model/sheet.h"
#include "src/base/strbuf.h"

#include <stdio.h>

/* A row's writer is write_WRITER() in export.c. ending: of the file's name. TEXT is for all others. */
#define EXPORT_TABLE(X)         \
	/* id   ending    writer */ \
	X(JSON, ".jsonl", json) \
	X(CSV,  ".csv",   csv)  \
	X(TEXT, "",       text)

enum export_form {
#define X(id, ...) EXPORT_AS_##id,
	EXPORT_TABLE(X)
#undef X
	EXPORT_FORMS
};

enum export_form export_form(const char *path);
void export_write(FILE *, const struct sheet *, enum export_form);

/* The parts of it that the frames of the batch mode share: a row as a JSON object; names: of the columns, first. */
void export_json_row(struct text *, const struct sheet *, size_t row);
void export_csv(FILE *, const struct sheet *, bool names);

/*
 * 0; -EEXIST when the file exists and overwrite is not set: ask the user; or another negative errno
 * with a sentence in why.
 */
int export_save(const struct sheet *, const char *path, bool overwrite, char *why, size_t len);

#endif
