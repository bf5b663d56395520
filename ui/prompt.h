/*
 * prompt - one line of typing at the bottom of the screen.
 *
 * Keys: arrows, Home, End, Ctrl-A/E, Ctrl-B/F; Backspace, Del, Ctrl-D; Ctrl-U to the
 * start, Ctrl-K to the end, Ctrl-W a word; Enter accepts, Esc cancels.
 */
#ifndef ESTOP_UI_PROMPT_H
#define ESTOP_UI_PROMPT_H

#include "ui/curses.h"
#include "ui/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

enum prompt_kind { PROMPT_NONE, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_INTERVAL, PROMPT_CONFIRM,
		   PROMPT_MENU, PROMPT_SAVE, PROMPT_QUESTION };

/* Is a yes or no all that is wanted? */
static inline bool
prompt_is_question(enum prompt_kind kind)
{
	return kind == PROMPT_CONFIRM || kind == PROMPT_QUESTION;
}

enum prompt_result { PROMPT_STAYS, PROMPT_ACCEPTED, PROMPT_CANCELLED };

enum { PROMPT_CHARS = 1024, PROMPT_BYTES = PROMPT_CHARS * 4 + 1 };

struct prompt {
	enum prompt_kind kind;
	char label[80];
	wchar_t text[PROMPT_CHARS];
	size_t length, cursor;
	char error[160];
};

void prompt_open(struct prompt *, enum prompt_kind, const char *label, const char *initial);
void prompt_close(struct prompt *);

/* A question is accepted by y and cancelled by every other key. */
enum prompt_result prompt_key(struct prompt *, int key);

void prompt_text(const struct prompt *, char out[PROMPT_BYTES]);

/* Shows why until the next key, and puts the cursor where why says "column N". */
void prompt_error(struct prompt *, const char *why);

/* Paints the line and returns the column of the cursor. */
int prompt_draw(const struct prompt *, WINDOW *, const int attributes[ROLE_COUNT], int y,
		int columns, bool ascii);

#endif
