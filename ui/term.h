/*
 * term - the terminal: taken, given back, resized, read. One at a time.
 */
#ifndef ESTOP_UI_TERM_H
#define ESTOP_UI_TERM_H

#include "ui/curses.h"

#include <stddef.h>

/* Alt and a letter is TERM_ALT | letter: beyond every character. */
enum { TERM_NO_KEY = 0, TERM_ESC = 27, TERM_ALT = 0x200000 };

struct terminal {
	SCREEN *screen;
	FILE *in, *out;
};

/*
 * Puts the terminal behind these fds into screen mode. 0, or a negative errno
 * with a sentence in why and nothing written to it. A terminal without colours is fine.
 */
int term_open(struct terminal *, int in_fd, int out_fd, char *why, size_t len);
void term_close(struct terminal *);

void term_leave(struct terminal *);  /* for a while: the terminal as it was before */
void term_return(struct terminal *); /* back again; the next refresh draws everything */
void term_restore(void); /* from an abnormal end, without the struct; harmless when none is open */

void term_resize(struct terminal *); /* asks the terminal for its size and follows */

/*
 * A key if there is one, else TERM_NO_KEY; never waits but for the rest of an escape
 * sequence (25 ms). Characters are > 0, curses' codes are negative. Of Alt-keys only those
 * a prompt knows come through (b, d, f); the others and unknown escape sequences are
 * swallowed, so that their letters never act as keys.
 */
int term_key(struct terminal *);

#endif
