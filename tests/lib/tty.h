/*
 * tty - a terminal that a test looks at: a pseudo terminal, and libvterm, which draws what
 * a program writes to it. One at a time.
 */
#ifndef ESTOP_TESTS_LIB_TTY_H
#define ESTOP_TESTS_LIB_TTY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Forks a child whose terminal it is: 0 in the child. */
pid_t tty_open(int rows, int columns);
void tty_close(void); /* a second time does nothing; the child gets SIGHUP */

void tty_resize(int rows, int columns);

/* The screen as text, one line per row, spaces at the end cut off; good until the next call. */
const char *tty_picture(void);

/* One character of the screen and its looks. */
enum { TTY_DEFAULT_COLOR = -1 };
struct tty_cell {
	char text[32];              /* UTF-8, with what combines; "" is a blank */
	int width;                  /* columns it takes: 1 or 2 */
	int foreground, background; /* 0xRRGGBB, reversed already, or TTY_DEFAULT_COLOR */
	bool bold, underline, reversed;
};
struct tty_cell tty_cell(int row, int column);

/* The line the cursor stands on, counted from 0. */
int tty_cursor(void);

/* Takes what the program writes, but waits no longer than this for some. */
void tty_feed(int timeout_ms);

/* A screen with no program: all that it shows is written with tty_write(). */
void tty_blank(int rows, int columns);

/* Draws these bytes as if the program had written them. */
void tty_write(const char *bytes);

void tty_press(const char *keys);

/* Waits until the screen has that. */
bool tty_shows(const char *want, uint64_t for_ns);

/* The same for 20 seconds, then the test fails; what is said begins with this, if it is not NULL. */
extern const char *tty_what;
void tty_expect(const char *want);
void tty_expect_no(const char *unwanted);

#endif
