/* theme - how each role on the screen looks: one table. */
#include "ui/theme.h"

struct pair {
	short fg8, bg8, fg256, bg256;
};

static const struct {
	chtype mono, color;
	struct pair pair[THEME_MONO]; /* of the themes that have colours */
} look[ROLE_COUNT] = {
#define C(...) { __VA_ARGS__ }
#define X(id, mono, color, ...) { mono, color, { __VA_ARGS__ } },
	ROLE_TABLE(X)
#undef X
#undef C
};

void
theme_init(int attributes[ROLE_COUNT], enum theme theme, bool color)
{
	bool own = true; /* the terminal's own colours can be asked for */

	color = color && theme != THEME_MONO;
	if (color) {
		start_color();
		own = use_default_colors() == OK;
	}
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (!color) {
			attributes[i] = (int)look[i].mono;
			continue;
		}
		const struct pair *p = &look[i].pair[theme];
		short fg = COLORS >= 256 ? p->fg256 : p->fg8;
		short bg = COLORS >= 256 ? p->bg256 : p->bg8;
		/* Grey is dim enough: both together cannot be read. */
		attributes[i] = (int)(look[i].color & (COLORS >= 256 && fg >= 0 ? ~A_DIM : ~(chtype)0));
		if (fg < 0 && bg < 0)
			continue;
		/* Without the terminal's own colours the background is what the theme is for. */
		if (!own && fg < 0)
			fg = theme == THEME_LIGHT ? COLOR_BLACK : COLOR_WHITE;
		if (!own && bg < 0)
			bg = theme == THEME_LIGHT ? COLOR_WHITE : COLOR_BLACK;
		if (init_pair((short)(i + 1), fg, bg) == OK)
			attributes[i] |= (int)COLOR_PAIR(i + 1);
		else
			attributes[i] = (int)look[i].mono;
	}
}
