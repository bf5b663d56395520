/*
 * keys - what is pressed and clicked, to whom it is meant for.
 */
#ifndef ESTOP_UI_KEYS_H
#define ESTOP_UI_KEYS_H

#include "model/snapshot.h"
#include "ui/command.h"
#include "ui/term.h"

struct ui;

/* What the mouse did at line y and column x of the screen: ui_input() does it itself, tests by this. */
void ui_mouse(struct ui *, const struct snapshot *, enum term_mouse, int y, int x, struct command *);

#endif
