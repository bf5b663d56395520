/* term - the terminal: taken, given back, resized, read. */
#include "ui/term.h"
#include "model/clean.h"
#include "model/xalloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#define ESC_DELAY_MS 25

/* For term_restore(), which is called from where no struct can be had. */
static struct terminal *open_term;

static FILE *
stream(int fd, const char *mode)
{
	int copy = dup(fd);
	FILE *f = copy < 0 ? NULL : fdopen(copy, mode);

	if (!f && copy >= 0)
		close(copy);
	return f;
}

/*
 * "Bracketed paste", mode 2004 in xterm's control sequences: pasted text comes between
 * ESC [ 200 ~ and ESC [ 201 ~. Terminals that do not know a private mode ignore it.
 */
static void
bracket_paste(const struct terminal *t, bool on)
{
	if (!t->paste)
		return;
	fputs(on ? "\033[?2004h" : "\033[?2004l", t->out);
	fflush(t->out);
}

static void
set_modes(const struct terminal *t)
{
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	bracket_paste(t, true);
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool
term_copy(struct terminal *t, const char *text)
{
	enum { LONGEST = 50000 }; /* of what common terminals take */
	size_t size = 4 * strlen(text) + 8, length;
	unsigned char *clean;

	if (!t->paste || strlen(text) > LONGEST)
		return false;
	clean = xcalloc(1, size + 3);
	clean_text((char *)clean, size, text, strlen(text), false);
	length = strlen((char *)clean);
	fputs("\033]52;c;", t->out);
	for (size_t i = 0; i < length; i += 3) {
		uint32_t bits = (uint32_t)clean[i] << 16 | (uint32_t)clean[i + 1] << 8 | clean[i + 2];

		for (unsigned k = 0; k < 4; k++)
			putc(i + k > length ? '=' : base64[bits >> (18 - 6 * k) & 63], t->out);
	}
	fputs("\033\\", t->out);
	fflush(t->out);
	free(clean);
	return true;
}

bool
term_wheel_turns_down(void)
{
#ifdef BUTTON5_PRESSED
	return true;
#else
	return false;
#endif
}

int
term_check(int out_fd, bool *ansi, char *why, size_t len)
{
	const char *type = getenv("TERM"), *move;
	int error;

	if (!type || !*type) {
		snprintf(why, len,
			 "TERM is not set; set it to the type of the terminal, for instance "
			 "xterm-256color, or use -b");
		return -ENOENT;
	}
	/* Asked before newterm(), which would write to the terminal. */
	if (setupterm((char *)type, out_fd, &error) != OK) {
		snprintf(why, len,
			 "unknown terminal type '%.40s'; set TERM to a known type, "
			 "for instance xterm or vt100, or use -b",
			 type);
		return -ENOENT;
	}
	move = tigetstr("cup");
	*ansi = move && move != (char *)-1 && strncmp(move, "\033[", 2) == 0;
	del_curterm(cur_term);
	if (!move || move == (char *)-1) {
		snprintf(why, len,
			 "the terminal type '%.40s' cannot position the cursor; set TERM to the "
			 "real type, or use -b",
			 type);
		return -ENOTSUP;
	}
	return 0;
}

int
term_open(struct terminal *t, int in_fd, int out_fd, char *why, size_t len)
{
	const char *type = getenv("TERM");
	bool ansi = false;
	int error = 0;

	*t = (struct terminal){ 0 };
	t->in = stream(in_fd, "r");
	t->out = stream(out_fd, "w");
	if (!t->in || !t->out) {
		error = -errno;
		snprintf(why, len, "the terminal cannot be opened");
		goto out;
	}
	set_escdelay(ESC_DELAY_MS);
	error = term_check(fileno(t->out), &ansi, why, len);
	if (error)
		goto out;
	t->paste = ansi;
	t->screen = newterm((char *)type, t->out, t->in);
	if (!t->screen) {
		error = -ENOTTY;
		snprintf(why, len, "the terminal '%.40s' cannot be used; use -b", type);
		goto out;
	}
	set_term(t->screen);
	set_modes(t);
	open_term = t;
	return 0;
out:
	if (t->in)
		fclose(t->in);
	if (t->out)
		fclose(t->out);
	*t = (struct terminal){ 0 };
	return error;
}

void
term_close(struct terminal *t)
{
	if (!t->screen)
		return;
	if (t->mouse)
		mousemask(0, NULL);
	term_leave(t);
	open_term = NULL;
	delscreen(t->screen);
	fclose(t->in);
	fclose(t->out);
	*t = (struct terminal){ 0 };
}

void
term_leave(struct terminal *t)
{
	if (!t->screen || isendwin())
		return;
	/* Terminals without a second screen go on below: the shell's prompt takes the last line. */
	wmove(stdscr, LINES - 1, 0);
	wclrtoeol(stdscr);
	wrefresh(stdscr);
	bracket_paste(t, false);
	t->pasting = false;
	endwin();
	fflush(t->out);
}

void
term_return(struct terminal *t)
{
	if (!t->screen)
		return;
	/* The size may have changed meanwhile, without a signal. */
	term_resize(t);
	clearok(curscr, TRUE);
	wrefresh(stdscr);
	set_modes(t);
}

void
term_restore(void)
{
	if (!open_term || isendwin())
		return;
	bracket_paste(open_term, false);
	endwin();
}

/* Old curses have four buttons: their wheel turns up alone. */
#ifdef BUTTON5_PRESSED
#define WHEEL_DOWN BUTTON5_PRESSED
#else
#define WHEEL_DOWN ((mmask_t)0)
#endif

void
term_mouse_on(struct terminal *t)
{
	/* Presses at once, rather than after the wait for a second click. */
	mouseinterval(0);
	t->mouse = mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | WHEEL_DOWN, NULL) != 0;
}

enum term_mouse
term_mouse(struct terminal *t, int *y, int *x)
{
	MEVENT event;

	if (!t->mouse || getmouse(&event) != OK)
		return TERM_MOUSE_NONE;
	*y = event.y;
	*x = event.x;
	return event.bstate & BUTTON1_PRESSED   ? TERM_MOUSE_PRESS
	       : event.bstate & BUTTON4_PRESSED ? TERM_MOUSE_UP
	       : event.bstate & WHEEL_DOWN      ? TERM_MOUSE_DOWN
						: TERM_MOUSE_NONE;
}

/*
 * Output for the old size that was on its way when the window changed may have set a
 * scroll region of lines that are no more, and some terminals keep what is left of it.
 */
static void
reset_region(void)
{
	char *region = tigetstr("csr");

	if (region && region != (char *)-1)
		putp(tparm(region, 0L, (long)LINES - 1, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
}

void
term_resize(struct terminal *t)
{
	struct winsize size;

	if (!t->screen ||
	    (ioctl(fileno(t->out), TIOCGWINSZ, &size) < 0 && ioctl(fileno(t->in), TIOCGWINSZ, &size) < 0))
		return;
	if (size.ws_row == 0 || size.ws_col == 0)
		return;
	/* resize_term() and not resizeterm(): no KEY_RESIZE comes back. */
	if (size.ws_row != LINES || size.ws_col != COLS)
		resize_term(size.ws_row, size.ws_col);
	reset_region();
	/* Terminals re-wrap what they show, so nothing on them can be relied on. */
	clearok(curscr, TRUE);
}

/*
 * What follows an ESC without a pause: the brackets of pasted text, or something that is not
 * for us: Alt-keys, reports, keys not in terminfo.
 */
static int
after_escape(struct terminal *t)
{
	unsigned number = 0;
	wint_t c;

	if (wget_wch(stdscr, &c) == ERR) {
		t->pasting = false; /* the key itself: a way out if the closing bracket was lost */
		return TERM_ESC;
	}
	if ((c == 'b' || c == 'd' || c == 'f') && !t->pasting)
		return TERM_ALT | (int)c;
	if (c != '[' && c != 'O')
		return TERM_NO_KEY;
	for (int i = 0; i < 64 && wget_wch(stdscr, &c) == OK; i++) {
		if (c >= '0' && c <= '9' && number < 1000)
			number = number * 10 + (c - '0');
		if (c < 0x40 || c > 0x7e)
			continue;
		if (i == 0 && c == 'M') /* a mouse report: three bytes more */
			for (int k = 0; k < 3 && wget_wch(stdscr, &c) != ERR; k++)
				;
		else if (c == '~' && (number == 200 || number == 201))
			t->pasting = number == 200;
		break;
	}
	return TERM_NO_KEY;
}

int
term_key(struct terminal *t)
{
	wint_t c;

	if (!t->screen || isendwin())
		return TERM_NO_KEY;
	for (;;) {
		int key = TERM_NO_KEY;
		switch (wget_wch(stdscr, &c)) {
		case ERR:
			return TERM_NO_KEY;
		case KEY_CODE_YES:
			if (t->pasting)
				continue; /* pasted text that looks like a key */
			return -(int)c;
		default:
			key = c == TERM_ESC ? after_escape(t) : (int)c;
		}
		if (key > 0) /* else a NUL or a swallowed sequence: look further */
			return t->pasting ? key | TERM_PASTE : key;
	}
}
