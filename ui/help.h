/*
 * help - the help screen.
 */
#ifndef ESTOP_UI_HELP_H
#define ESTOP_UI_HELP_H

#include "ui/curses.h"

struct ui;

void help_draw(struct ui *, WINDOW *, int lines, int columns);
void help_key(struct ui *, int key);

#endif
