/*
 * theme - how each role on the screen looks: one table.
 *
 * Nothing is said by colour alone: whatever has a role of its own also has a
 * word, a sign or a place. No blue that is darker than sky: it cannot be read on
 * black. -1 is the terminal's own colour, so the dark theme can be read on a light
 * background as well. colorblind does not distinguish by red and green: it is made
 * of yellow, sky blue and grey, which differ in brightness too.
 */
#ifndef ESTOP_UI_THEME_H
#define ESTOP_UI_THEME_H

#include "ui/curses.h"
#include "ui/settings.h"

/* C: foreground and background, of 8 colours and of 256. */
#define ROLE_TABLE(X)                                                                             \
	/* id       mono                      colour         dark                  light                 colorblind */ \
	X(PLAIN,   A_NORMAL,                 A_NORMAL,    C(-1, -1,  -1,  -1), C(-1, -1,  -1,  -1), C(-1, -1,  -1,  -1)) /* text */ \
	X(NAME,    A_BOLD,                   A_BOLD,      C(-1, -1,  -1,  -1), C(-1, -1,  -1,  -1), C(-1, -1,  -1,  -1)) /* estop */ \
	X(BUSY,    A_NORMAL,                 A_NORMAL,    C( 3, -1, 186,  -1), C(-1, -1,  94,  -1), C( 6, -1, 117,  -1)) /* figures: much, */ \
	X(HOT,     A_BOLD,                   A_BOLD,      C( 3, -1, 215,  -1), C( 1, -1, 124,  -1), C( 3, -1, 220,  -1)) /* and very much */ \
	X(QUIET,   A_DIM,                    A_NORMAL,    C( 6, -1, 244,  -1), C(-1, -1, 240,  -1), C( 6, -1, 246,  -1)) /* tree, hints */ \
	X(ALARM,   A_REVERSE | A_BOLD,       A_BOLD,      C( 7,  1, 231, 160), C( 7,  1, 231, 160), C( 0,  3,  16, 220)) /* loss, pause */ \
	X(HEAD,    A_REVERSE,                A_NORMAL,    C( 0,  2,  16,  71), C( 0,  2,  16, 114), C( 0,  7,  16, 250)) /* column titles */ \
	X(SORTED,  A_REVERSE | A_UNDERLINE,  A_UNDERLINE, C( 0,  6,  16,  80), C( 0,  6,  16, 117), C( 0,  6,  16, 117)) /* the sort column's */ \
	X(CURSOR,  A_REVERSE,                A_NORMAL,    C( 0,  6,  16,  80), C( 0,  6,  16, 117), C( 0,  6,  16, 117)) \
	X(GONE,    A_DIM,                    A_DIM,       C(-1, -1, 244,  -1), C(-1, -1, 242,  -1), C(-1, -1, 246,  -1)) /* exited */ \
	X(CONTEXT, A_DIM,                    A_DIM,       C(-1, -1, 244,  -1), C(-1, -1, 242,  -1), C(-1, -1, 246,  -1)) /* parents of matches */ \
	X(MUTED,   A_NORMAL,                 A_NORMAL,    C( 5, -1, 133,  -1), C( 5, -1,  90,  -1), C( 3, -1, 179,  -1)) \
	X(PROMPT,  A_BOLD,                   A_BOLD,      C(-1, -1,  -1,  -1), C(-1, -1,  -1,  -1), C(-1, -1,  -1,  -1)) \
	X(ERROR,   A_REVERSE,                A_BOLD,      C( 1, -1, 203,  -1), C( 1, -1, 124,  -1), C( 0,  3,  16, 220))

enum role {
#define X(id, ...) ROLE_##id,
	ROLE_TABLE(X)
#undef X
	ROLE_COUNT
};

/* The attributes of every role for the terminal that is open; color false: mono. */
void theme_init(int attributes[ROLE_COUNT], enum theme, bool color);

#endif
