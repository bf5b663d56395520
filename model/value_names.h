/*
 * value_names - numbers of an event in words: "FREAD|O_NONBLOCK (5)", "SIGTERM (15)".
 *
 * The number itself is always given, too, as its meaning on a later system is
 * not known here. Flags and commands are Darwin's, as Endpoint Security has them;
 * signals are those of the system estop runs on.
 */
#ifndef ESTOP_MODEL_VALUE_NAMES_H
#define ESTOP_MODEL_VALUE_NAMES_H

#include "model/detail.h"
#include "model/event.h"

enum { VALUE_WORDS = 1024 }; /* room for the longest: every flag of a set */

/*
 * Writes the words for the number at this key of an event's payload, or of a process
 * in it; one_word: without spaces. False: there are none, and out is "".
 */
bool value_words(char out[VALUE_WORDS], enum event_id, enum detail_key, int64_t value, bool one_word);

#endif
