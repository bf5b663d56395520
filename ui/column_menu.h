/*
 * column_menu - the menus about the table of processes: by which column to sort, which to show, where
 * and how wide, and what to group by.
 *
 * They lie below the titles and the first rows, which show at once what was changed.
 */
#ifndef ESTOP_UI_COLUMN_MENU_H
#define ESTOP_UI_COLUMN_MENU_H

#include "ui/state.h"

void column_menu_sort(struct ui *);
void column_menu_columns(struct ui *);
void column_menu_grouping(struct ui *);

/* A key in one of them. */
void column_menu_key(struct ui *, int key, struct command *);

void column_menu_refresh(struct ui *); /* before drawing, behind the view: for which there is no room */

#endif
