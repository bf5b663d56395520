/*
 * log_text - an event as text or JSON, for --log.
 */
#ifndef ESTOP_STREAM_LOG_TEXT_H
#define ESTOP_STREAM_LOG_TEXT_H

#include "model/event.h"
#include "src/base/strbuf.h"
#include "src/cli/options.h"

#include <stdbool.h>

/*
 * Appends the event. Nothing from outside can act on a terminal, but in JSON, where it is data.
 * filtered: some events are left out of this log on purpose (EVENT_FILTERED).
 */
void log_write(struct text *, const struct event *, enum log_form, bool filtered);

#endif
