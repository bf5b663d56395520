/*
 * complete - Tab in a prompt: the word before the cursor goes on as far as it can
 * only mean one thing, of what the snapshot holds.
 *
 * After '/' it is a path of an executable, or of a file once those were listed. Where none begins
 * with what was typed, its directory is tried by the name that events have for it. After ev: it is a
 * type or group of events, after user:, host: and the like (VALUE_TABLE) what rows have there; else the
 * name of a program or a key word. Where there is more than one way to go on, the prompt names some of
 * them until the next key.
 */
#ifndef ESTOP_UI_COMPLETE_H
#define ESTOP_UI_COMPLETE_H

#include "model/snapshot.h"
#include "ui/prompt.h"

/* canonical: that of struct ui_config; may be NULL. */
void complete(struct prompt *, const struct snapshot *, char *(*canonical)(const char *typed), bool ascii);

#endif
