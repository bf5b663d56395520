/* menu - see menu.h. */
#include "ui/menu.h"
#include "model/xalloc.h"
#include "ui/action.h"
#include "model/clean.h"
#include "ui/term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
menu_open(struct menu *m, enum menu_kind kind, const char *title, const char *foot)
{
	menu_close(m);
	m->kind = kind;
	snprintf(m->title, sizeof m->title, "%s", title);
	snprintf(m->foot, sizeof m->foot, "%s", foot);
}

void
menu_close(struct menu *m)
{
	for (unsigned i = 0; i < m->count; i++)
		free(m->item[i].value);
	*m = (struct menu){ .kind = MENU_NONE };
}

struct menu_item *
menu_add(struct menu *m, char key, const char *label, const char *value)
{
	struct menu_item *item = &m->item[m->count < MENU_ITEMS ? m->count : MENU_ITEMS - 1];

	m->count += m->count < MENU_ITEMS;
	free(item->value);
	*item = (struct menu_item){ .key = key, .label = label, .value = xstrdup(value) };
	return item;
}

void
menu_set_value(struct menu_item *item, const char *value)
{
	char *copy = xstrdup(value);

	free(item->value);
	item->value = copy;
}

enum menu_result
menu_key(struct menu *m, int key)
{
	switch (key) {
	case -KEY_UP:
		m->cursor -= m->cursor > 0;
		return MENU_STAYS;
	case -KEY_DOWN:
		m->cursor += m->cursor + 1 < m->count;
		return MENU_STAYS;
	case -KEY_HOME:
	case -KEY_PPAGE:
		m->cursor = 0;
		return MENU_STAYS;
	case -KEY_END:
	case -KEY_NPAGE:
		m->cursor = m->count ? m->count - 1 : 0;
		return MENU_STAYS;
	case '\r':
	case '\n':
	case -KEY_ENTER:
		return m->count ? MENU_CHOSEN : MENU_LEFT;
	case TERM_ESC:
	case ACTION_CTRL('C'):
	case ACTION_CTRL('G'):
		return MENU_LEFT;
	case '\t':
		return m->count && m->item[m->cursor].editable ? MENU_EDIT : MENU_STAYS;
	default:
		break;
	}
	if (key == ' ') {
		if (m->count && m->item[m->cursor].tick)
			m->item[m->cursor].ticked = !m->item[m->cursor].ticked;
		return MENU_STAYS;
	}
	for (unsigned i = 0; i < m->count; i++)
		if (key && m->item[i].key == key) {
			m->cursor = i;
			if (!m->item[i].tick)
				return MENU_CHOSEN;
			m->item[i].ticked = !m->item[i].ticked;
			return MENU_STAYS;
		}
	/* As in the views, where no item has these letters. */
	if (key == 'k' || key == 'j')
		return menu_key(m, key == 'k' ? -KEY_UP : -KEY_DOWN);
	return key == 'q' ? MENU_LEFT : MENU_STAYS;
}

enum menu_result
menu_press(struct menu *m, int y, int x)
{
	unsigned at = m->top + (unsigned)(y - m->y);

	if (y < m->y || y >= m->y + m->shown || x < m->x || x >= m->x + m->width || at >= m->count)
		return MENU_LEFT;
	if (m->item[at].tick) {
		m->cursor = at;
		return menu_key(m, ' ');
	}
	if (at == m->cursor)
		return MENU_CHOSEN;
	m->cursor = at;
	return MENU_STAYS;
}

/* "x executable", or "[x] open": what stands before the value; returns columns. */
static size_t
before_value(const struct menu_item *item, char *out, size_t size)
{
	if (item->tick)
		snprintf(out, size, "[%c] %-14s", item->ticked ? 'x' : item->partly ? '-' : ' ', item->label);
	else
		snprintf(out, size, "%c %-14s", item->key ? item->key : ' ', item->label);
	return clean_width(out);
}

static size_t
wanted_width(const struct menu *m)
{
	size_t most = clean_width(m->title) + 4;

	if (clean_width(m->foot) + 4 > most)
		most = clean_width(m->foot) + 4;
	for (unsigned i = 0; i < m->count; i++) {
		char text[64];
		size_t width = before_value(&m->item[i], text, sizeof text) + 1 + strlen(m->item[i].value) +
			       2 + clean_width(m->item[i].note) + 4;

		if (width > most)
			most = width;
	}
	return most;
}

static void
put(WINDOW *w, int y, int x, const char *text, int attributes)
{
	wattrset(w, attributes);
	mvwaddnstr(w, y, x, text, -1);
}

static void
draw_item(const struct menu_item *item, WINDOW *w, const int attributes[ROLE_COUNT], int y, int x, int room,
	  bool current, bool ascii)
{
	char text[64], line[2048];
	int role = attributes[current ? ROLE_CURSOR : ROLE_PLAIN];
	int before = (int)before_value(item, text, sizeof text);
	int note = (int)clean_width(item->note), value;
	size_t bytes = strlen(item->value), skip = 0;

	wattrset(w, role);
	mvwhline(w, y, x, ' ', room);
	clean_slice(line, sizeof line, text, strlen(text), ascii, 0, (size_t)room, NULL);
	put(w, y, x, line, role);
	if (note && note + before + 2 > room)
		note = 0;
	value = room - before - 1 - (note ? note + 2 : 0);
	if (value > 0) {
		/* Of a path that is too long the end says most. */
		size_t length = clean_slice(line, sizeof line, item->value, bytes, ascii, 0, SIZE_MAX, NULL);
		if (*item->value == '/' && length > (size_t)value)
			skip = length - (size_t)value;
		clean_slice(line, sizeof line, item->value, bytes, ascii, skip, (size_t)value, NULL);
		put(w, y, x + before + 1, line, role);
	}
	if (note)
		put(w, y, x + room - note, item->note, role);
}

void
menu_draw(struct menu *m, WINDOW *w, const int attributes[ROLE_COUNT], int top, int lines, int columns,
	  bool ascii)
{
	size_t wanted = wanted_width(m);
	int width = wanted < (size_t)columns ? (int)wanted : columns;
	/* A frame where there is room for one; a title line where there is not. */
	bool framed = lines >= 6 && width >= 30;
	int edge = framed ? 1 : 0, x = (columns - width) / 2, room = width - 2 * edge - (framed ? 2 : 0);
	int shown = lines - 2 * edge - (framed ? 1 : 0);
	char line[512];

	if (!framed && lines > 2)
		shown--; /* the title */
	if (shown > (int)m->count)
		shown = (int)m->count;
	if (shown < 1)
		shown = 1;
	if (m->cursor < m->top)
		m->top = m->cursor;
	if (m->cursor >= m->top + (unsigned)shown)
		m->top = m->cursor - (unsigned)shown + 1;
	int height = shown + 2 * edge + (framed ? 1 : lines > 2 ? 1 : 0);
	int y = top + (lines - height) / 2;

	wattrset(w, attributes[ROLE_PLAIN]);
	for (int i = 0; i < height; i++)
		mvwhline(w, y + i, x, ' ', width);
	if (framed) {
		const char *h = ascii ? "-" : "─", *v = ascii ? "|" : "│";
		for (int i = x; i < x + width; i++) {
			put(w, y, i, h, attributes[ROLE_QUIET]);
			put(w, y + height - 1, i, h, attributes[ROLE_QUIET]);
		}
		for (int i = y; i < y + height; i++) {
			bool first = i == y, last = i == y + height - 1;
			put(w, i, x,
			    ascii   ? (first || last ? "+" : v)
			    : first ? "┌"
			    : last  ? "└"
				    : v,
			    attributes[ROLE_QUIET]);
			put(w, i, x + width - 1,
			    ascii   ? (first || last ? "+" : v)
			    : first ? "┐"
			    : last  ? "┘"
				    : v,
			    attributes[ROLE_QUIET]);
		}
		clean_slice(line, sizeof line, m->foot, strlen(m->foot), ascii, 0, (size_t)room, NULL);
		put(w, y + height - 2, x + 2, line, attributes[ROLE_QUIET]);
	}
	if (framed || lines > 2) {
		clean_slice(line, sizeof line, m->title, strlen(m->title), ascii, 0, (size_t)room, NULL);
		put(w, y, x + 2 * edge, line, attributes[ROLE_NAME]);
	}
	int first = y + (framed || lines > 2 ? 1 : 0);
	m->y = first;
	m->x = x;
	m->shown = shown;
	m->width = width;
	for (int i = 0; i < shown && m->top + (unsigned)i < m->count; i++)
		draw_item(&m->item[m->top + (unsigned)i], w, attributes, first + i, x + 2 * edge, room,
			  m->top + (unsigned)i == m->cursor, ascii);
	wmove(w, first + (int)(m->cursor - m->top), x + 2 * edge);
}
