/*
 * menu - a small list that pops up over a view: choices, or things to tick.
 *
 * Each item has a letter, a label, a value that may be edited, and a note at the
 * right. Up and Down move, Enter or the letter chooses, Tab edits, Space ticks,
 * Esc leaves. It never is larger than the screen, and scrolls when it must.
 */
#ifndef ESTOP_UI_MENU_H
#define ESTOP_UI_MENU_H

#include "ui/prompt.h"

enum { MENU_ITEMS = 128, MENU_VALUE = 4200 };

enum menu_kind {
	MENU_NONE,
	MENU_MUTE,
	MENU_EVENTS,
	MENU_INVERT,
	MENU_ONLY,
	MENU_SIGNAL,
	MENU_SORT,
	MENU_COLUMNS,
	MENU_BY,
	MENU_WRITE
};

struct menu_item {
	char key; /* 0: none */
	bool editable;
	bool tick, ticked, partly; /* partly: some of what it stands for */
	const char *label;
	char *value; /* not cleaned; owned by the menu */
	char note[48];
};

struct menu {
	enum menu_kind kind;
	char title[120];
	char foot[80];
	struct menu_item item[MENU_ITEMS];
	unsigned count, cursor, top;
	int y, x, shown, width; /* of the items as last drawn */
};

void menu_open(struct menu *, enum menu_kind, const char *title, const char *foot);
void menu_close(struct menu *); /* zeroed is fine */
struct menu_item *menu_add(struct menu *, char key, const char *label, const char *value);
void menu_set_value(struct menu_item *, const char *value);

enum menu_result { MENU_STAYS, MENU_CHOSEN, MENU_EDIT, MENU_LEFT };

/* The item meant is the one under menu.cursor. */
enum menu_result menu_key(struct menu *, int key);

/* A mouse click: on an item moves there and selects it, on the current item confirms, elsewhere closes. */
enum menu_result menu_press(struct menu *, int y, int x);

/* Paints it over lines [top, top + lines). */
void menu_draw(struct menu *, WINDOW *, const int attributes[ROLE_COUNT], int top, int lines, int columns,
	       bool ascii);

#endif
