/* sheet - see sheet.h. */
#include "model/sheet.h"
#include "model/xalloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct column {
	char *name, *title;
	bool left;
};

struct cell {
	struct sheet_value value;
	char *shown;
};

struct sheet {
	char *description;
	struct column *column;
	struct cell *cell;
	size_t columns, cells, room;
};

struct sheet *
sheet_create(void)
{
	return xcalloc(1, sizeof(struct sheet));
}

void
sheet_destroy(struct sheet *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->columns; i++) {
		free(s->column[i].name);
		free(s->column[i].title);
	}
	for (size_t i = 0; i < s->cells; i++) {
		free((char *)s->cell[i].value.text);
		free(s->cell[i].shown);
	}
	free(s->description);
	free(s->column);
	free(s->cell);
	free(s);
}

void
sheet_describe(struct sheet *s, const char *text)
{
	free(s->description);
	s->description = xstrdup(text);
}

void
sheet_column(struct sheet *s, const char *name, const char *title, bool left)
{
	struct column *c;

	s->column = xrealloc(s->column, s->columns + 1, sizeof(*s->column));
	c = &s->column[s->columns++];
	*c = (struct column){ .name = xstrdup(name), .title = title ? xstrdup(title) : NULL, .left = left };
	for (char *at = c->name; *at; at++)
		*at = (char)tolower((unsigned char)*at);
}

void
sheet_add(struct sheet *s, struct sheet_value value, const char *shown)
{
	size_t length = shown ? strlen(shown) : 0;
	struct cell *c;

	if (s->cells == s->room) {
		s->room = s->room ? s->room * 2 : 256;
		s->cell = xrealloc(s->cell, s->room, sizeof(*s->cell));
	}
	while (length && shown[length - 1] == ' ')
		length--;
	c = &s->cell[s->cells++];
	c->value = value;
	c->value.text = value.kind == SHEET_TEXT && value.text ? xstrdup(value.text) : NULL;
	c->shown = xstrndup(shown ? shown : "", length);
}

size_t
sheet_rows(const struct sheet *s)
{
	return s->columns ? s->cells / s->columns : 0;
}

size_t
sheet_columns(const struct sheet *s)
{
	return s->columns;
}

const char *
sheet_description(const struct sheet *s)
{
	return s->description ? s->description : "";
}

const char *
sheet_name(const struct sheet *s, size_t column)
{
	return s->column[column].name;
}

const char *
sheet_title(const struct sheet *s, size_t column)
{
	return s->column[column].title;
}

bool
sheet_left(const struct sheet *s, size_t column)
{
	return s->column[column].left;
}

const struct sheet_value *
sheet_value(const struct sheet *s, size_t row, size_t column)
{
	return &s->cell[row * s->columns + column].value;
}

const char *
sheet_shown(const struct sheet *s, size_t row, size_t column)
{
	return s->cell[row * s->columns + column].shown;
}
