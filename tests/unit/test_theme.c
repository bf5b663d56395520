/* What is on the screen can be read: contrast of every role in every theme, and what each figure gets. */
#include "tests/lib/frame.h"
#include "ui/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h needs the four above */
#include <cmocka.h>

struct pair {
	int fg8, bg8, fg256, bg256;
};

static const struct {
	const char *name;
	struct pair pair[THEME_MONO];
} look[] = {
#define C(...) { __VA_ARGS__ }
#define X(id, mono, color, ...) { #id, { __VA_ARGS__ } },
	ROLE_TABLE(X)
#undef X
#undef C
};

/* xterm's palette: 0xRRGGBB. */
static unsigned
rgb_of(int color)
{
	static const unsigned first[16] = { 0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
					    0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
					    0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff };
	static const unsigned level[6] = { 0, 0x5f, 0x87, 0xaf, 0xd7, 0xff };

	if (color < 16)
		return first[color];
	if (color >= 232)
		return (8u + 10u * (unsigned)(color - 232)) * 0x010101u;
	color -= 16;
	return level[color / 36] << 16 | level[color / 6 % 6] << 8 | level[color % 6];
}

/* WCAG 2: relative luminance, and the ratio of two. */
static double
luminance(unsigned rgb)
{
	static const double weight[3] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (unsigned i = 0; i < 3; i++) {
		double c = (double)(rgb >> (16 - 8 * i) & 0xff) / 255;

		sum += weight[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double
contrast(unsigned a, unsigned b)
{
	double x = luminance(a), y = luminance(b);

	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

static void
contrast_is_computed_as_wcag_says(void **state)
{
	(void)state;
	assert_true(fabs(contrast(0x000000, 0xffffff) - 21) < 0.01);
	assert_true(fabs(contrast(0x777777, 0xffffff) - 4.48) < 0.01);
	assert_int_equal(rgb_of(215), 0xffaf5f);
	assert_int_equal(rgb_of(244), 0x808080);
}

/* Of the theme's own background; -1 is the terminal's own colour. */
static void
check(enum theme theme, bool many, double least)
{
	unsigned paper = theme == THEME_LIGHT ? 0xffffff : 0x000000,
		 ink = theme == THEME_LIGHT ? 0 : 0xe5e5e5;
	unsigned failed = 0;

	for (size_t i = 0; i < sizeof(look) / sizeof(look[0]); i++) {
		const struct pair *p = &look[i].pair[theme];
		int fg = many ? p->fg256 : p->fg8, bg = many ? p->bg256 : p->bg8;
		double ratio = contrast(fg < 0 ? ink : rgb_of(fg), bg < 0 ? paper : rgb_of(bg));

		if (ratio >= least)
			continue;
		failed++;
		print_error("theme %u, %s colours, %s: contrast %.2f, not %.1f\n", (unsigned)theme,
			    many ? "256" : "8", look[i].name, ratio, least);
	}
	assert_int_equal(failed, 0);
}

static void
every_role_can_be_read_in_every_theme(void **state)
{
	(void)state;
	for (unsigned theme = 0; theme < THEME_MONO; theme++) {
		check((enum theme)theme, true, 4.5);
		check((enum theme)theme, false, 3); /* what eight colours allow */
	}
}

/* Without telling red from green, brightness has to differ. */
static void
figures_differ_in_brightness_for_the_colour_blind(void **state)
{
	const struct pair *busy = &look[ROLE_BUSY].pair[THEME_COLORBLIND],
			  *hot = &look[ROLE_HOT].pair[THEME_COLORBLIND],
			  *quiet = &look[ROLE_QUIET].pair[THEME_COLORBLIND];

	(void)state;
	assert_true(contrast(rgb_of(quiet->fg256), rgb_of(busy->fg256)) >= 1.5);
	assert_true(contrast(rgb_of(busy->fg256), rgb_of(hot->fg256)) >= 1.1);
}

/* ---- as drawn ---- */

static chtype
looks_of(const char *text)
{
	for (int y = 0; y < LINES; y++)
		for (int x = 0; x + (int)strlen(text) <= COLS; x++) {
			size_t n = 0;

			while (text[n] && (mvinch(y, x + (int)n) & A_CHARTEXT) == (unsigned char)text[n])
				n++;
			if (!text[n])
				return mvinch(y, x) & A_ATTRIBUTES;
		}
	fail_msg("there is no '%s' on the screen", text);
	return 0;
}

static void
figures_are_painted_by_how_much_they_are(void **state)
{
	static struct frame f;
	struct ui_config config = frame_config();
	struct ui *ui;
	struct row *r;

	(void)state;
	frame_init(&f);
	frame_add(&f, 0, 1, "root", 0, 0, "/sbin/init")->rate_all = 33790;
	r = frame_add(&f, 1, 500, "alice", 33700, 0, "/usr/bin/storm");
	r->flags |= ROW_GROUP | ROW_EXITED;
	r->group_count = 412;
	frame_add(&f, 1, 501, "alice", 90, 0, "/usr/bin/calm");
	frame_add(&f, 1, 502, "alice", 0, 0, "/usr/bin/idler");
	frame_link(&f);
	config.settings.ascii = true;
	ui = frame_open(24, 110, &config);
	ui_draw(ui, &f.s);
	/* What ended is dim, and what it did is not. */
	assert_true(looks_of(" 33700") & A_BOLD);
	assert_true(looks_of("storm") & A_DIM);
	assert_false(looks_of(" 90 ") & (A_DIM | A_BOLD));
	assert_true(looks_of("idler") == A_NORMAL);
	/* A sign says it where there are no colours. */
	char *screen = frame_read();
	assert_non_null(strstr(screen, "~ storm"));
	assert_null(strstr(screen, "~ /usr/bin/idler"));
	free(screen);
	ui_close(ui);
}

static void
sums_of_an_open_parent_step_back(void **state)
{
	static struct frame f;
	struct command c;
	struct ui *ui;

	(void)state;
	frame_init(&f);
	frame_add(&f, 0, 1, "root", 0, 0, "/sbin/init");
	frame_add(&f, 0, 2, "root", 2001, 0, "/sbin/parent");
	frame_add(&f, 1, 500, "alice", 2002, 0, "/usr/bin/child");
	frame_link(&f);
	ui = frame_open(24, 110, NULL);
	ui_draw(ui, &f.s);
	assert_true(looks_of("2001") & A_DIM);
	assert_true(looks_of("2002") & A_BOLD);
	ui_key(ui, &f.s, 'a', &c);
	ui_draw(ui, &f.s);
	assert_true(looks_of("2001") & A_BOLD); /* its own now */
	ui_close(ui);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contrast_is_computed_as_wcag_says),
		cmocka_unit_test(every_role_can_be_read_in_every_theme),
		cmocka_unit_test(figures_differ_in_brightness_for_the_colour_blind),
		cmocka_unit_test(figures_are_painted_by_how_much_they_are),
		cmocka_unit_test(sums_of_an_open_parent_step_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
