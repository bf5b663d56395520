/*
 * spark - some figures as a line of small bars, a column each.
 *
 * The highest fills its column. Zero is the lowest bar, and what is more than
 * zero never looks like it. A negative figure means that there is none: a blank.
 */
#ifndef ESTOP_UI_SPARK_H
#define ESTOP_UI_SPARK_H

#include <stdbool.h>
#include <stddef.h>

enum { SPARK_BYTES = 3 }; /* of a bar, at most */

/*
 * Bars of the n samples, NUL-terminated; returns columns. When out is too small,
 * the last ones, as these are the newest. ascii: in characters of ASCII.
 */
size_t spark_draw(char *out, size_t size, const float *samples, size_t n, bool ascii);

#endif
