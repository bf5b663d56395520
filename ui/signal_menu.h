/*
 * signal_menu - F9: which signal to send to a process. Enter alone sends one; letters do not.
 */
#ifndef ESTOP_UI_SIGNAL_MENU_H
#define ESTOP_UI_SIGNAL_MENU_H

#include "ui/state.h"

/* Opens the menu, or says why there is nothing to send to. */
void signal_menu_open(struct ui *, const struct row *);
void signal_menu_key(struct ui *, int key, struct command *);

#endif
