/*
 * text_file - the lines of a small file that a person writes: settings, mute rules.
 *
 * Blanks around a line do not count; empty lines and comments are passed over. What cannot be
 * read is reported as a sentence that begins with FILE:LINE, and costs its line. Memory is bounded,
 * whatever the file is.
 */
#ifndef ESTOP_MODEL_TEXT_FILE_H
#define ESTOP_MODEL_TEXT_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct text_file {
	/* Set by the caller. */
	FILE *file;           /* the caller's, who closes it and asks ferror() */
	const char *path;     /* for sentences */
	const char *comments; /* a line that begins with one of these is a comment */
	size_t longest;       /* bytes of a line, without its newline */
	size_t most;          /* bytes that are read in all */
	void (*error)(void *ctx, const char *sentence);
	void *ctx;

	unsigned line; /* number of the line returned last, from 1 */
	/* Private. */
	char *text;
	size_t read;
	bool full, told; /* more was there than may be read; and that was reported */
};

/* The next line, which may be written to, until the next call. NULL: the end, or an error of the file. */
char *text_file_next(struct text_file *);

/* Reports a mistake in the line returned last. */
void text_file_complain(const struct text_file *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Frees what it holds; zeroed is fine. */
void text_file_finish(struct text_file *);

#endif
