/*
 * dialog - what is said to the person, and what is asked.
 */
#ifndef ESTOP_UI_DIALOG_H
#define ESTOP_UI_DIALOG_H

#include "ui/command.h"

struct filter;
struct ui;

/* One line for the person, any bytes, until the next key or 4 s: "muted /bin/x (z undoes)". */
void ui_message(struct ui *, const char *text);

/* Asks a question for y or n, and after a yes gives out c again, with .on set. */
void ui_ask(struct ui *, const char *question, const struct command *c);

/* Asks for the name of a file, and gives out c with it in .exe. */
void ui_ask_name(struct ui *, const char *label, const char *initial, const struct command *c);

/* The file of c is there already: asks whether it may be overwritten. */
void ui_ask_overwrite(struct ui *, const struct command *c);

/* filter_compile_typed() with the ui's paths; says what a path in it is by another name. */
struct filter *dialog_filter(struct ui *, const char *text, char *why, size_t len);

/* The path as events have it, in new memory; says so where it differs from what was typed. */
char *dialog_path(struct ui *, const char *typed);

#endif
