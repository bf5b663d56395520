/*
 * commands - what a key asks of the rest of the program, carried out.
 *
 * Main thread. Those that concern the screen alone (quit, suspend, redraw,
 * refresh, pause) stay with the loop.
 */
#ifndef ESTOP_APP_COMMANDS_H
#define ESTOP_APP_COMMANDS_H

#include "src/app/session.h"
#include "ui/ui.h"

/* What a command has changed, and so what is to be done. */
enum commands_effect {
	COMMANDS_PICTURE,  /* the tree: take another picture */
	COMMANDS_MUTES,    /* the rules: a frozen picture needs its marks anew */
	COMMANDS_ASK,      /* nothing: the file of ACTION_LEDGER_SAVE is there already, so ask */
	COMMANDS_INTERVAL, /* the time between frames */
};

/* Carries c out and says in message what came of it ("": nothing to say). */
enum commands_effect commands_carry_out(struct session *, const struct command *c, char *message,
					size_t len);

#endif
