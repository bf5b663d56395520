/*
 * prompt - one line of typing at the bottom of the screen.
 *
 * Keys: arrows, Home, End, Ctrl-A/E, Ctrl-B/F, Alt-B/F a word; Backspace, Del, Ctrl-D;
 * Ctrl-U to the start, Ctrl-K to the end, Ctrl-W and Alt-D a word; Up and Down (Ctrl-P/N)
 * go through earlier entries of this kind of prompt; Enter accepts, Esc cancels.
 * Tab is the caller's: ui/complete.h. What stands there at first is selected: typing, pasting and
 * deleting replace it, a movement keeps it.
 */
#ifndef ESTOP_UI_PROMPT_H
#define ESTOP_UI_PROMPT_H

#include "ui/curses.h"
#include "ui/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

enum prompt_kind {
	PROMPT_NONE,
	PROMPT_SEARCH,
	PROMPT_FILTER,
	PROMPT_INTERVAL,
	PROMPT_CONFIRM,
	PROMPT_MENU,
	PROMPT_SAVE,
	PROMPT_QUESTION,
	PROMPT_TIME,
	PROMPT_KINDS
};

/* Is a yes or no all that is wanted? */
static inline bool
prompt_is_question(enum prompt_kind kind)
{
	return kind == PROMPT_CONFIRM || kind == PROMPT_QUESTION;
}

enum prompt_result { PROMPT_STAYS, PROMPT_ACCEPTED, PROMPT_CANCELLED };

enum { PROMPT_CHARS = 1024, PROMPT_BYTES = PROMPT_CHARS * 4 + 1, PROMPT_HISTORY = 32 };

/* What was accepted, the oldest first, no line twice. Kept as long as the program runs. */
struct prompt_history {
	char *line[PROMPT_HISTORY];
	unsigned count;
};

/* Zeroed is fine. */
struct prompt {
	enum prompt_kind kind;
	char label[80];
	wchar_t text[PROMPT_CHARS];
	size_t length, cursor;
	bool selected; /* what stood there to begin with: what is typed replaces it */
	char error[160];
	bool marked;    /* the error is about the character under the cursor */
	char note[160]; /* shown after the text until the next key */
	char *draft;    /* what was being typed when the history was entered */
	unsigned back;  /* how far into the history; 0: not */
	struct prompt_history history[PROMPT_KINDS];
};

void prompt_open(struct prompt *, enum prompt_kind, const char *label, const char *initial);
void prompt_close(struct prompt *);
void prompt_finish(struct prompt *); /* and its history */

/* A question is accepted by y and cancelled by every other key. */
enum prompt_result prompt_key(struct prompt *, int key);

/* A character of pasted text: a line break or tab is a space, and accepts nothing. */
void prompt_paste(struct prompt *, wchar_t);

void prompt_keep(struct prompt *); /* what is selected stays: it is added to */

void prompt_text(const struct prompt *, char out[PROMPT_BYTES]);

/* Keeps the text for the history of this kind, before prompt_close(). */
void prompt_remember(struct prompt *);

/* For completion: the text up to the cursor; the text to insert there; a note after the line. */
void prompt_before(const struct prompt *, char out[PROMPT_BYTES]);
void prompt_insert(struct prompt *, const char *utf8);
void prompt_remove(struct prompt *, const char *utf8); /* so many characters before the cursor */
void prompt_note(struct prompt *, const char *text);

/* Shows why until the next key; where why says "column N" the cursor goes there, and marks it. */
void prompt_error(struct prompt *, const char *why);

/* Paints the line and returns the column of the cursor. */
int prompt_draw(const struct prompt *, WINDOW *, const int attributes[ROLE_COUNT], int y, int columns,
		bool ascii);

#endif
