/* tty - see tty.h. */
#include "tests/lib/tty.h"
#include "tests/lib/patience.h"
#include "src/base/clock.h"

#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vterm.h>
#include <cmocka.h>

enum { TEXT = 64 * 1024, STEP_MS = 20 };

const char *tty_what;

static int master = -1;
static VTerm *terminal;
static VTermScreen *screen;
static int rows, columns;

void
tty_blank(int to_rows, int to_columns)
{
	rows = to_rows;
	columns = to_columns;
	terminal = vterm_new(rows, columns);
	vterm_set_utf8(terminal, 1);
	screen = vterm_obtain_screen(terminal);
	vterm_screen_enable_altscreen(screen, 1);
	vterm_screen_reset(screen, 1);
}

pid_t
tty_open(int to_rows, int to_columns)
{
	struct winsize size = { .ws_row = (unsigned short)to_rows, .ws_col = (unsigned short)to_columns };
	pid_t pid;

	tty_blank(to_rows, to_columns);
	pid = forkpty(&master, NULL, NULL, &size);
	assert_true(pid >= 0);
	return pid;
}

void
tty_close(void)
{
	if (master >= 0)
		close(master);
	if (terminal)
		vterm_free(terminal);
	master = -1;
	terminal = NULL;
}

void
tty_resize(int to_rows, int to_columns)
{
	struct winsize size = { .ws_row = (unsigned short)to_rows, .ws_col = (unsigned short)to_columns };

	rows = to_rows;
	columns = to_columns;
	vterm_set_size(terminal, rows, columns);
	ioctl(master, TIOCSWINSZ, &size);
}

const char *
tty_picture(void)
{
	static char text[TEXT];
	size_t n = 0;

	for (int row = 0; row < rows; row++) {
		VTermRect line = { row, row + 1, 0, columns };
		size_t got = vterm_screen_get_text(screen, text + n, TEXT - n - 2, line);

		while (got > 0 && text[n + got - 1] == ' ')
			got--;
		n += got;
		text[n++] = '\n';
	}
	text[n] = '\0';
	return text;
}

/* TTY_DEFAULT_COLOR or 0xRRGGBB. */
static int
rgb_of(VTermColor color)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color))
		return TTY_DEFAULT_COLOR;
	vterm_screen_convert_color_to_rgb(screen, &color);
	return color.rgb.red << 16 | color.rgb.green << 8 | color.rgb.blue;
}

struct tty_cell
tty_cell(int row, int column)
{
	VTermPos at = { row, column };
	VTermRect area = { row, row + 1, column, column + 1 };
	struct tty_cell cell = { .width = 1 };
	VTermScreenCell raw;
	size_t length;

	if (!vterm_screen_get_cell(screen, at, &raw))
		return cell;
	length = raw.chars[0] ? vterm_screen_get_text(screen, cell.text, sizeof(cell.text) - 1, area) : 0;
	cell.text[length] = '\0';
	cell.width = (unsigned char)raw.width;
	cell.bold = raw.attrs.bold;
	cell.underline = raw.attrs.underline != 0;
	cell.reversed = raw.attrs.reverse;
	cell.foreground = rgb_of(cell.reversed ? raw.bg : raw.fg);
	cell.background = rgb_of(cell.reversed ? raw.fg : raw.bg);
	return cell;
}

int
tty_cursor(void)
{
	VTermPos pos;

	vterm_state_get_cursorpos(vterm_obtain_state(terminal), &pos);
	return pos.row;
}

void
tty_feed(int timeout_ms)
{
	struct pollfd fd = { .fd = master, .events = POLLIN };
	char bytes[4096];
	ssize_t n;

	if (poll(&fd, 1, timeout_ms) <= 0)
		return;
	n = read(master, bytes, sizeof(bytes));
	if (n > 0)
		vterm_input_write(terminal, bytes, (size_t)n);
}

void
tty_write(const char *bytes)
{
	vterm_input_write(terminal, bytes, strlen(bytes));
}

void
tty_press(const char *keys)
{
	assert_int_equal(write(master, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* Waits until the screen has the text, or no longer has it. */
static bool
comes(const char *word, bool there, uint64_t for_ns)
{
	uint64_t end = clock_steady() + for_ns;

	while ((strstr(tty_picture(), word) != NULL) != there) {
		if (clock_steady() > end)
			return false;
		tty_feed(STEP_MS);
	}
	return true;
}

bool
tty_shows(const char *want, uint64_t for_ns)
{
	return comes(want, true, for_ns);
}

static void
expect(const char *word, bool there)
{
	if (!comes(word, there, UINT64_C(1000000000) * patience(20)))
		fail_msg("%s%sthe screen %s '%s':\n%s", tty_what ? tty_what : "", tty_what ? ": " : "",
			 there ? "does not show" : "still shows", word, tty_picture());
}

void
tty_expect(const char *want)
{
	expect(want, true);
}

void
tty_expect_no(const char *unwanted)
{
	expect(unwanted, false);
}
