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

#include <stdio.h>

enum export_form { EXPORT_AS_TEXT, EXPORT_AS_CSV, EXPORT_AS_JSON };

enum export_form export_form(const char *path);
void export_write(FILE *, const struct sheet *, enum export_form);

/*
 * 0; -EEXIST when the file exists and overwrite is not set: ask the user; or another negative errno
 * with a sentence in why.
 */
int export_save(const struct sheet *, const char *path, bool overwrite, char *why, size_t len);

#endif
