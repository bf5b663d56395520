/*
 * describe - from an es_message_t to a detail: all that a message says, for logs
 * and recordings. decode writes it into the record.
 *
 * Runs in the handler when something is logged or recorded: it neither allocates
 * nor waits. Call it with no memory first, to learn the size.
 */
#ifndef ESTOP_ES_DESCRIBE_H
#define ESTOP_ES_DESCRIBE_H

#include "model/detail.h"
#include "model/event.h"
#include "src/es/seen_process.h"

#include <EndpointSecurity/EndpointSecurity.h>

/* The message, of this type, as eslogger has it: members of its object without the braces. cgroup: with that of its process. */
void describe(struct detail *, const es_message_t *, enum event_id, bool cgroup);

/* What is recorded of a process that ran already: {"estop":{"seen":{…}}}. */
void describe_process(struct detail *, const struct seen_process *);

#endif
