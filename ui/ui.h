/*
 * ui/ - the screen: draws a snapshot and turns keys into actions. May include model/.
 */

/*
 * ui - the screen and the keyboard: draws snapshots, turns keys into actions.
 *
 * Main thread only. The ui renders, it does not know: it never touches the
 * tree or a source. What a key asks of the rest of the program comes back as
 * a struct command for the main loop to carry out.
 */
#ifndef ESTOP_UI_UI_H
#define ESTOP_UI_UI_H

#include "model/reveal.h"
#include "model/sheet.h"
#include "model/snapshot.h"
#include "ui/command.h"
#include "ui/config.h"
#include "ui/dialog.h"

#include <stdio.h>

struct ui;

/* Can ui_open() take this terminal? 0, or a negative errno with a sentence in why. */
int ui_check(const struct ui_config *, char *why, size_t len);

/*
 * Takes the terminal. 0, or a negative errno with a sentence in why; nothing
 * has been drawn then. Signal handlers should be in place before: curses
 * leaves alone what is not at its default.
 */
int ui_open(struct ui **, const struct ui_config *, char *why, size_t len);
void ui_close(struct ui *);      /* gives the terminal back as it was; NULL is fine */
void ui_emergency_restore(void); /* the same from an abnormal end (xalloc hook, lost terminal) */

/* What the next snapshot should hold; changes with keys. Owned by the ui. */
const struct snapshot_spec *ui_spec(struct ui *);
bool ui_paused(const struct ui *);

/*
 * The spec of a config alone, for -b. 0, or -EINVAL with a sentence in why. The filter is the
 * caller's to free.
 */
int ui_spec_of(const struct ui_config *, struct snapshot_spec *, char *why, size_t len);

/* Nothing happens any more: from the next frame on there are totals where rates stood. */
void ui_ended(struct ui *);

/* What came of ACTION_SEARCH; NULL: nothing was found. */
void ui_found(struct ui *, const struct reveal *, bool backwards);

/* With these a ui would open looking as this one does now. Good until the next key. */
const struct settings *ui_settings(const struct ui *);

void ui_draw(struct ui *, const struct snapshot *);

/* Which rows of the snapshot are on the screen since ui_draw(); returns how many, max at most. */
size_t ui_rows_shown(const struct ui *, const struct snapshot *, size_t rows[], size_t max);

/*
 * Reads one key if there is one; fills command and returns true when a key was
 * taken (COMMAND_NONE: the ui dealt with it, redraw). snapshot is the one on screen.
 * Never waits, but for up to 25 ms on the rest of an escape sequence. Call until false.
 */
bool ui_input(struct ui *, const struct snapshot *, struct command *);

/* The same for a key from elsewhere: a character, or negative a curses code (-KEY_UP). */
void ui_key(struct ui *, const struct snapshot *, int key, struct command *);

/* What is seen, as data, and every line of it: also those the screen has no room for. */
void ui_sheet(struct ui *, const struct snapshot *, struct sheet *);

void ui_resize(struct ui *);  /* after SIGWINCH */
void ui_suspend(struct ui *); /* before raise(SIGSTOP): terminal given back */
void ui_resume(struct ui *);  /* after SIGCONT: terminal taken again, full redraw */

/*
 * Plain-text frame for -b: header and rows as the process view shows them, uncoloured, no cursor.
 * columns: titles, unknown ones left out; n 0: the default ones.
 */
void ui_batch(FILE *, const struct ui_config *, const struct snapshot_spec *, const struct snapshot *,
	      const char *const columns[], size_t n);

#endif
