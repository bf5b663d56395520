/*
 * svg - the screen of tty.h as an SVG image, for the README.
 *
 * Lines and bars of Unicode are drawn as shapes, so that they join whatever
 * font the reader has; runs of text are given their width for the same reason.
 */
#ifndef ESTOP_TESTS_LIB_SVG_H
#define ESTOP_TESTS_LIB_SVG_H

#include <stdio.h>

/* title describes the image in words. */
void svg_write(FILE *, int rows, int columns, const char *title);

#endif
