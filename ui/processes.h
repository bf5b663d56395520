/*
 * processes - what the mouse and the prompts ask of the process view.
 */
#ifndef ESTOP_UI_PROCESSES_H
#define ESTOP_UI_PROCESSES_H

#include "model/snapshot.h"

struct ui;
struct command;

/* A press of the mouse on a title, a row or its fold mark; the wheel, step lines. */
void processes_press(struct ui *, const struct snapshot *, int y, int x, struct command *);
void processes_scroll(struct ui *, const struct snapshot *, int step);

/* Moves the cursor to the next row that matches ui->search, around the end if need be. */
void processes_search(struct ui *, const struct snapshot *, bool backwards, bool from_here);

#endif
