/*
 * frame - a frame of --batch=json and --batch=csv: the rows of a snapshot as data, for programs.
 *
 *   json  one object for each frame, on a line of its own; see estop(1), BATCH OUTPUT
 *   csv   the names of the columns once, then a line for each row of each frame
 */
#ifndef ESTOP_APP_FRAME_H
#define ESTOP_APP_FRAME_H

#include "model/snapshot.h"
#include "src/cli/options.h"

#include <stdio.h>

/* form: not BATCH_TEXT. first: of the output. Nothing is flushed. */
void frame_write(FILE *, enum batch_form form, const struct snapshot *, bool first);

#endif
