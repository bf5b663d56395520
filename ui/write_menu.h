/*
 * write_menu - w: writes what is seen to a file; where there is a summary of a command, asks which of the two.
 */
#ifndef ESTOP_UI_WRITE_MENU_H
#define ESTOP_UI_WRITE_MENU_H

#include "ui/state.h"

void write_menu_open(struct ui *);
void write_menu_key(struct ui *, int key);

#endif
