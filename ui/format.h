/*
 * format - values of an event as text: flags, modes, signals, programs, times.
 */
#ifndef ESTOP_UI_FORMAT_H
#define ESTOP_UI_FORMAT_H

#include "model/event.h"

/* "SIGKILL", "signal 33". */
void format_signal(char *out, size_t size, int number);

/* A wait status: "exit 1", "SIGKILL"; -1: "exit not seen". */
void format_status(char *out, size_t size, int status);

/*
 * What the event's number means: "read, create", "SIGTERM to 812"; "" when there is nothing
 * to say. brief: "r create".
 */
void format_value(char *out, size_t size, const struct event *, bool brief);

/* The name of a program by its path; a kernel thread has none. Points into exe; "?": it is not known. */
const char *format_program(const char *exe);

/* Local time of day with the given number of digits after the seconds (0 to 9). */
void format_time(char *out, size_t size, uint64_t time_ns, unsigned digits);
void format_date(char *out, size_t size, uint64_t time_ns); /* the day, too */

#endif
