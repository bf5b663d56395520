/*
 * export - what is seen, written to a file: text for people, or data, by the file's name.
 *
 *   .jsonl  one JSON object for each row; no byte is lost, what acts on a terminal is escaped
 *   .csv    as RFC 4180 has it; text that a spreadsheet would take for a formula has an apostrophe
 *           before it
 *   else    the rows as on the screen, but nothing cut
 *
 * Nothing in text and CSV can act on a terminal.
 */
#ifndef ESTOP_APP_EXPORT_H
#define ESTOP_APP_EXPORT_H

#include "model/sheet.h"

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

/* 0, -EEXIST when a file is there and may be overwritten if a person says so, or with a sentence in
 * why. */
int export_save(const struct sheet *, const char *path, bool overwrite, char *why, size_t len);

#endif
