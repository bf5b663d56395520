/*
 * column_menu - the menus about columns: by which to sort, which to show, where and how wide.
 *
 * Both lie below the titles and the first rows, which show at once what was changed.
 */
#ifndef ESTOP_UI_COLUMN_MENU_H
#define ESTOP_UI_COLUMN_MENU_H

#include "ui/state.h"

void setup_sort(struct ui *);
void setup_columns(struct ui *);

/* A key in one of the two. */
void setup_key(struct ui *, int key, struct command *);

#endif
