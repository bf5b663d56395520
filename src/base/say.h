/*
 * say - sentences for a person, on stderr.
 *
 * Nothing else in estop writes there; tests/stderr.sh sees to it (make lint). What is said
 * may hold bytes from outside: names of files, lines of a config, words of a library. So
 * every line is made fit for a terminal (model/clean.h), in ASCII where the locale is not a
 * UTF-8 one. Main thread only.
 */
#ifndef ESTOP_BASE_SAY_H
#define ESTOP_BASE_SAY_H

#include <stdio.h>

/* "estop: SENTENCE", one line whatever the sentence holds. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Lines without "estop: ", as write() puts them on its FILE: a report, sums. */
void say_page(void (*write)(FILE *, void *ctx), void *ctx);

/* The same of data, byte for byte: JSON is escaped already, and must not be made readable. */
void say_data(void (*write)(FILE *, void *ctx), void *ctx);

#endif
