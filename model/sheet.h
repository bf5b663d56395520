/*
 * sheet - the rows of a view as data: what is seen, in a form that can be written to a file.
 *
 * A view names its columns, then fills row after row, cell by cell: each has a value, for
 * programs, and what stands on the screen, for people. Copies all it is given.
 */
#ifndef ESTOP_MODEL_SHEET_H
#define ESTOP_MODEL_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sheet_kind { SHEET_NONE, SHEET_TEXT, SHEET_INT, SHEET_REAL };

struct sheet_value {
	enum sheet_kind kind;
	const char *text; /* any bytes, not cleaned */
	int64_t whole;
	double real;
};

static inline struct sheet_value
sheet_text(const char *text)
{
	return (struct sheet_value){ .kind = SHEET_TEXT, .text = text };
}

static inline struct sheet_value
sheet_int(int64_t value)
{
	return (struct sheet_value){ .kind = SHEET_INT, .whole = value };
}

static inline struct sheet_value
sheet_real(double value)
{
	return (struct sheet_value){ .kind = SHEET_REAL, .real = value };
}

struct sheet;

struct sheet *sheet_create(void);
void sheet_destroy(struct sheet *); /* NULL is fine */

void sheet_describe(struct sheet *, const char *text); /* what it is of; a line for people */

/* name: for programs, in any case, written in lower case. title NULL: not for people. */
void sheet_column(struct sheet *, const char *name, const char *title, bool left);

/* Behind the last column of a row comes the next row. shown NULL: nothing; blanks at its end go. */
void sheet_add(struct sheet *, struct sheet_value, const char *shown);

/* Reading: of the row and column counted from 0. */
size_t sheet_rows(const struct sheet *);
size_t sheet_columns(const struct sheet *);
const char *sheet_description(const struct sheet *);
const char *sheet_name(const struct sheet *, size_t column);
const char *sheet_title(const struct sheet *, size_t column); /* may be NULL */
bool sheet_left(const struct sheet *, size_t column);
const struct sheet_value *sheet_value(const struct sheet *, size_t row, size_t column);
const char *sheet_shown(const struct sheet *, size_t row, size_t column);

#endif
