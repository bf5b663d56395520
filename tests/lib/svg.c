/* svg - see svg.h. */
#include "tests/lib/svg.h"
#include "tests/lib/tty.h"

#include <string.h>

/* All lengths are in tenths of a pixel: whole numbers look the same everywhere. */
enum { CELL_W = 84, CELL_H = 170, BASE = 128, MARGIN = 100 };

enum { INK = 0xd6d8dd, PAPER = 0x16191f };

static int
ink_of(const struct tty_cell *c)
{
	if (c->foreground != TTY_DEFAULT_COLOR)
		return c->foreground;
	return c->reversed ? PAPER : INK;
}

static int
paper_of(const struct tty_cell *c)
{
	if (c->background != TTY_DEFAULT_COLOR)
		return c->background;
	return c->reversed ? INK : PAPER;
}

static void
put_length(FILE *f, const char *name, int tenths)
{
	fprintf(f, " %s=\"%d", name, tenths / 10);
	if (tenths % 10)
		fprintf(f, ".%d", tenths % 10);
	putc('"', f);
}

static void
put_rect(FILE *f, int x, int y, int w, int h, int color)
{
	fputs("<rect", f);
	put_length(f, "x", x);
	put_length(f, "y", y);
	put_length(f, "width", w);
	put_length(f, "height", h);
	fprintf(f, " fill=\"#%06x\"/>\n", (unsigned)color);
}

static void
put_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			fputs("&amp;", f);
		else if (*text == '<')
			fputs("&lt;", f);
		else
			putc(*text, f);
	}
}

/* The arms of a line character, from the middle of the cell; 0: it is none. */
enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

static unsigned
arms_of(const char *text)
{
	static const struct {
		const char *text;
		unsigned arms;
	} lines[] = {
		{ "─", LEFT | RIGHT },
		{ "│", UP | DOWN },
		{ "┌", DOWN | RIGHT },
		{ "┐", DOWN | LEFT },
		{ "└", UP | RIGHT },
		{ "┘", UP | LEFT },
		{ "├", UP | DOWN | RIGHT },
		{ "┤", UP | DOWN | LEFT },
		{ "┬", DOWN | LEFT | RIGHT },
		{ "┴", UP | LEFT | RIGHT },
		{ "┼", UP | DOWN | LEFT | RIGHT },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (strcmp(text, lines[i].text) == 0)
			return lines[i].arms;
	return 0;
}

/* ▁ to █: how many eighths of the cell are filled; 0: it is no bar. */
static int
eighths_of(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;

	if (byte[0] != 0xe2 || byte[1] != 0x96 || byte[2] < 0x81 || byte[2] > 0x88 || byte[3])
		return 0;
	return byte[2] - 0x80;
}

static bool
put_shape(FILE *f, int x, int y, const struct tty_cell *c)
{
	unsigned arms = arms_of(c->text);
	int eighths = eighths_of(c->text), mid_x = x + CELL_W / 2, mid_y = y + CELL_H / 2;

	if (eighths)
		put_rect(f, x, y + CELL_H - CELL_H * eighths / 8, CELL_W, CELL_H * eighths / 8, ink_of(c));
	if (arms & (UP | DOWN))
		put_rect(f, mid_x - 5, arms & UP ? y : mid_y - 5, 10,
			 (arms & UP ? CELL_H / 2 : 0) + (arms & DOWN ? CELL_H / 2 + 5 : 0), ink_of(c));
	if (arms & (LEFT | RIGHT))
		put_rect(f, arms & LEFT ? x : mid_x - 5, mid_y - 5,
			 (arms & LEFT ? CELL_W / 2 + 5 : 0) + (arms & RIGHT ? CELL_W / 2 + 5 : 0), 10,
			 ink_of(c));
	return arms || eighths;
}

/* One background for as many cells as have it. */
static void
put_papers(FILE *f, int row, int columns)
{
	for (int at = 0, end; at < columns; at = end) {
		struct tty_cell first = tty_cell(row, at);

		for (end = at + 1; end < columns; end++) {
			struct tty_cell next = tty_cell(row, end);

			if (paper_of(&next) != paper_of(&first))
				break;
		}
		if (paper_of(&first) != PAPER)
			put_rect(f, MARGIN + at * CELL_W, MARGIN + row * CELL_H, (end - at) * CELL_W, CELL_H,
				 paper_of(&first));
	}
}

static bool
is_blank(const struct tty_cell *c)
{
	return c->text[0] == '\0' || strcmp(c->text, " ") == 0;
}

static bool
is_plain(const struct tty_cell *c)
{
	return (unsigned char)c->text[0] < 0x80 && c->width == 1;
}

/* Is this cell part of the run that began with first? A run has one look, and no wide gaps. */
static bool
continues(const struct tty_cell *first, const struct tty_cell *c, const struct tty_cell *next)
{
	if (is_blank(c))
		return !c->underline && !first->underline && next && !is_blank(next) && is_plain(next) &&
		       ink_of(next) == ink_of(first) && next->bold == first->bold;
	return is_plain(c) && ink_of(c) == ink_of(first) && c->bold == first->bold &&
	       c->underline == first->underline;
}

static void
put_run(FILE *f, int row, int from, int to)
{
	struct tty_cell first = tty_cell(row, from);

	fputs("<text", f);
	put_length(f, "x", MARGIN + from * CELL_W);
	put_length(f, "y", MARGIN + row * CELL_H + BASE);
	put_length(f, "textLength", (to - from) * CELL_W);
	if (ink_of(&first) != INK)
		fprintf(f, " fill=\"#%06x\"", (unsigned)ink_of(&first));
	if (first.bold)
		fputs(" font-weight=\"bold\"", f);
	if (first.underline)
		fputs(" text-decoration=\"underline\"", f);
	putc('>', f);
	for (int i = from; i < to; i++) {
		struct tty_cell c = tty_cell(row, i);

		put_text(f, c.text[0] ? c.text : c.width ? " " : "");
	}
	fputs("</text>\n", f);
}

static void
put_row(FILE *f, int row, int columns)
{
	put_papers(f, row, columns);
	for (int at = 0, end; at < columns; at = end) {
		struct tty_cell first = tty_cell(row, at), c, next;

		end = at + (first.width > 1 ? first.width : 1);
		if (is_blank(&first) || put_shape(f, MARGIN + at * CELL_W, MARGIN + row * CELL_H, &first))
			continue;
		for (; is_plain(&first) && end < columns; end++) {
			c = tty_cell(row, end);
			if (end + 1 < columns)
				next = tty_cell(row, end + 1);
			if (!continues(&first, &c, end + 1 < columns ? &next : NULL))
				break;
		}
		put_run(f, row, at, end);
	}
}

void
svg_write(FILE *f, int rows, int columns, const char *title)
{
	int width = (columns * CELL_W + 2 * MARGIN + 9) / 10, height = (rows * CELL_H + 2 * MARGIN + 9) / 10;

	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n",
		width, height, width, height);
	fputs("<title>", f);
	put_text(f, title);
	fputs("</title>\n<!-- Generated: make docs. -->\n", f);
	fprintf(f, "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%06x\"/>\n", width, height,
		(unsigned)PAPER);
	fprintf(f,
		"<g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" "
		"font-size=\"14\" fill=\"#%06x\" lengthAdjust=\"spacingAndGlyphs\">\n",
		(unsigned)INK);
	for (int row = 0; row < rows; row++)
		put_row(f, row, columns);
	fputs("</g>\n</svg>\n", f);
}
