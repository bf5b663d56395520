/* curses - the one place that includes it, with wide characters switched on. */
#ifndef ESTOP_UI_CURSES_H
#define ESTOP_UI_CURSES_H

#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#define NCURSES_NOMACROS 1 /* functions check their arguments' types */

#include <curses.h>

#endif
