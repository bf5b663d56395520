/*
 * theme - how each role on the screen looks: one table.
 *
 * Nothing is said by colour alone: whatever has a role of its own also has a
 * word, a sign or a place. No blue: it cannot be read on black. -1 is the
 * terminal's own colour, so light and dark backgrounds both work.
 */
#ifndef ESTOP_UI_THEME_H
#define ESTOP_UI_THEME_H

#include "ui/curses.h"

#define ROLE_TABLE(X)                                                                    \
	/* id       mono                    colour    fg8 bg8  fg256 bg256  what */      \
	X(PLAIN,   A_NORMAL,               A_NORMAL,  -1, -1,   -1,  -1) /* text */      \
	X(NAME,    A_BOLD,                 A_BOLD,    -1, -1,   -1,  -1) /* estop */     \
	X(QUIET,   A_DIM,                  A_NORMAL,   6, -1,  244,  -1) /* tree, hints */ \
	X(ALARM,   A_REVERSE | A_BOLD,     A_BOLD,     7,  1,  231, 160) /* loss, pause */ \
	X(HEAD,    A_REVERSE,              A_NORMAL,   0,  2,   16,  71) /* column titles */ \
	X(SORTED,  A_REVERSE | A_UNDERLINE, A_UNDERLINE, 0, 6,  16,  80) /* the sort column's */ \
	X(CURSOR,  A_REVERSE,              A_NORMAL,   0,  6,   16,  80)                 \
	X(GONE,    A_DIM,                  A_DIM,     -1, -1,  244,  -1) /* exited */    \
	X(CONTEXT, A_DIM,                  A_DIM,     -1, -1,  244,  -1) /* parents of matches */ \
	X(MUTED,   A_NORMAL,               A_NORMAL,   5, -1,  133,  -1)                 \
	X(PROMPT,  A_BOLD,                 A_BOLD,    -1, -1,   -1,  -1)                 \
	X(ERROR,   A_REVERSE,              A_BOLD,     1, -1,  160,  -1)

enum role {
#define X(id, ...) ROLE_##id,
	ROLE_TABLE(X)
#undef X
	ROLE_COUNT
};

/* The attributes of every role for the terminal that is open; color false: mono. */
void theme_init(int attributes[ROLE_COUNT], bool color);

#endif
