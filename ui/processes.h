/*
 * processes - what the process view shares with batch output and the prompts.
 */
#ifndef ESTOP_UI_PROCESSES_H
#define ESTOP_UI_PROCESSES_H

#include "model/snapshot.h"
#include "ui/action.h"
#include "ui/order.h"

struct ui;
struct command;

/* Columns for each level of the tree: the deepest row has this depth, COMMAND this width. */
unsigned processes_indent(unsigned deepest, unsigned width);

/*
 * COMMAND of a row in two pieces, to be painted differently: lines of the tree, and text. Together
 * at most width columns, of what begins at column shift; returns how many. cut: there is more.
 * How an exited process ended is never cut, unless the name would not be seen for it.
 */
size_t processes_command(const struct row *, struct order_line, bool tree, unsigned indent,
			 bool ascii, size_t shift, unsigned width, char *guides, size_t guides_size,
			 char *text, size_t text_size, bool *cut);

/* A press of the mouse on a title, a row or its fold mark; the wheel, step lines. */
void processes_press(struct ui *, const struct snapshot *, int y, int x, struct command *);
void processes_scroll(struct ui *, const struct snapshot *, int step);

/* Moves the cursor to the next row that matches ui->search, around the end if need be. */
void processes_search(struct ui *, const struct snapshot *, bool backwards, bool from_here);

/* The command of a key that mutes or unmutes (m, M, u, x), about this row; or says why not. */
void processes_command_about(struct ui *, const struct row *, enum action_id, struct command *);

#endif
