/* theme - how each role on the screen looks: one table. */
#include "ui/theme.h"

static const struct {
	chtype mono, color;
	short fg8, bg8, fg256, bg256;
} look[ROLE_COUNT] = {
#define X(id, mono, color, fg8, bg8, fg256, bg256) { mono, color, fg8, bg8, fg256, bg256 },
	ROLE_TABLE(X)
#undef X
};

void
theme_init(int attributes[ROLE_COUNT], bool color)
{
	bool own = true; /* the terminal's own colours can be asked for */

	if (color) {
		start_color();
		own = use_default_colors() == OK;
	}
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (!color) {
			attributes[i] = (int)look[i].mono;
			continue;
		}
		short fg = COLORS >= 256 ? look[i].fg256 : look[i].fg8;
		short bg = COLORS >= 256 ? look[i].bg256 : look[i].bg8;
		/* Grey is dim enough: both together cannot be read. */
		attributes[i] =
			(int)(look[i].color & (COLORS >= 256 && fg >= 0 ? ~A_DIM : ~(chtype)0));
		if (fg < 0 && bg < 0)
			continue;
		if (!own && fg < 0)
			fg = COLOR_WHITE;
		if (!own && bg < 0)
			bg = COLOR_BLACK;
		if (init_pair((short)(i + 1), fg, bg) == OK)
			attributes[i] |= (int)COLOR_PAIR(i + 1);
		else
			attributes[i] = (int)look[i].mono;
	}
}
