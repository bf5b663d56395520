/*
 * describe - from an es_message_t to a detail: all that a message says, for logs
 * and recordings. Beside decode, the only one to know messages.
 *
 * Runs in the handler when something is logged or recorded: it neither allocates
 * nor waits. Call it with no memory first, to learn the size.
 */
#ifndef ESTOP_ES_DESCRIBE_H
#define ESTOP_ES_DESCRIBE_H

#include "model/detail.h"
#include "src/es/decode.h"

/* The message as eslogger has it, members of its object without the braces. */
void describe(struct detail *, const es_message_t *);

/* What is recorded of a process that ran already: {"estop":{"seen":{…}}}. */
void describe_process(struct detail *, const struct decode_process *);

#endif
