/*
 * commands - carries out what a key asks of the session.
 *
 * Main thread. Commands for the screen alone (quit, suspend, redraw, refresh,
 * pause) are the loop's.
 */
#ifndef ESTOP_APP_COMMANDS_H
#define ESTOP_APP_COMMANDS_H

#include "src/app/session.h"
#include "ui/ui.h"

/* What a command has changed, and so what the caller has to do. */
enum commands_effect {
	COMMANDS_SNAPSHOT, /* the model: take a new snapshot */
	COMMANDS_MUTES,    /* the mute rules: renew the marks if the screen is paused, else as above */
	COMMANDS_ASK,      /* nothing: the file of ACTION_LEDGER_SAVE exists; ask whether to overwrite it */
	COMMANDS_INTERVAL, /* the interval: restart it */
};

/* message: the result for the user ("": none). */
enum commands_effect commands_carry_out(struct session *, const struct command *c, char *message, size_t len);

#endif
