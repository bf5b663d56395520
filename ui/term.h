/*
 * term - the terminal: taken, given back, resized, read. One at a time.
 */
#ifndef ESTOP_UI_TERM_H
#define ESTOP_UI_TERM_H

#include "ui/curses.h"

#include <stdbool.h>
#include <stddef.h>

/* Alt and a letter is TERM_ALT | letter, a pasted character TERM_PASTE | character: beyond every character. */
enum { TERM_NO_KEY = 0, TERM_ESC = 27, TERM_ALT = 0x200000, TERM_PASTE = 0x400000 };

struct terminal {
	SCREEN *screen;
	FILE *in, *out;
	bool mouse;   /* the terminal reports it to us */
	bool paste;   /* it brackets what is pasted */
	bool pasting; /* between the brackets */
};

enum term_mouse { TERM_MOUSE_NONE, TERM_MOUSE_PRESS, TERM_MOUSE_UP, TERM_MOUSE_DOWN };

/*
 * Is TERM that of a terminal we can draw on? 0, or a negative errno with a sentence in why. Nothing
 * is written. ansi: its control sequences are those of ECMA-48, as nearly all are.
 */
int term_check(int out_fd, bool *ansi, char *why, size_t len);

/*
 * Puts the terminal behind these fds into screen mode. 0, or a negative errno
 * with a sentence in why and nothing written to it. A terminal without colours is fine.
 */
int term_open(struct terminal *, int in_fd, int out_fd, char *why, size_t len);
void term_close(struct terminal *);

void term_leave(struct terminal *);  /* for a while: the terminal as it was before */
void term_return(struct terminal *); /* back again; the next refresh draws everything */
void term_restore(void); /* from an abnormal end, without the struct; harmless when none is open */

/*
 * Asks the terminal to report presses of the first button and the wheel, where it can; they come
 * as the key -KEY_MOUSE. Reporting stops whenever the terminal is restored.
 */
void term_mouse_on(struct terminal *);
/* After that key: what was done, and where. Old curses know no wheel that turns down. */
enum term_mouse term_mouse(struct terminal *, int *y, int *x);

/*
 * Hands text to the terminal's clipboard ("OSC 52"), cleaned as it is on the screen: what is pasted
 * never holds a control character. False: it is too long, or the terminal is of another kind. Whether
 * the terminal takes it is not known.
 */
bool term_copy(struct terminal *, const char *text);

/* Does this curses know a wheel that turns down? The system's own on a Mac does not. */
bool term_wheel_turns_down(void);

void term_resize(struct terminal *); /* asks the terminal for its size and follows */

/*
 * A key if there is one, else TERM_NO_KEY; never waits but for the rest of an escape
 * sequence (25 ms). Characters are > 0, curses' codes are negative. Of Alt-keys only those
 * a prompt knows come through (b, d, f); the others and unknown escape sequences are
 * swallowed, so that their letters never act as keys. Where the terminal brackets pasted
 * text (xterm's mode 2004), its characters carry TERM_PASTE, and never act as keys either.
 */
int term_key(struct terminal *);

#endif
