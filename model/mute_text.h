/*
 * mute_text - mute rules as a person writes them: on the command line, in files.
 *
 *     exe:/usr/bin/make
 *     prefix:/usr/lib/ events=open,close
 *     123                      a process
 *     /usr/bin/cc1             an executable; with a '/' at its end, all below
 *     unit:nginx.service       all that belongs to a unit; user:NAME, signer:TEAM/ID
 *
 * In a path \\ is a backslash, \n \t \r what they are in C, \xHH a byte. What
 * follows " events=" at the end names event types as -e does.
 */
#ifndef ESTOP_MODEL_MUTE_TEXT_H
#define ESTOP_MODEL_MUTE_TEXT_H

#include "model/mutes.h"

struct mute_text {
	enum mute_kind kind;
	char *path;        /* path kinds, and of the owner kinds the name; free it */
	int32_t pid;       /* the others */
	event_mask events; /* 0: not said, so the default */
};

/* 0, or -EINVAL with a sentence in why and nothing to free. */
int mute_rule_parse(const char *text, struct mute_text *, char *why, size_t len);

/* The rule as mute_rule_parse() takes it, without a newline. default_events are not spelled out. */
void mute_rule_print(FILE *, const struct mute_text *, event_mask default_events);

/*
 * Reads rules, one a line; empty lines and those that begin with '#' are passed
 * over. Each good one goes to rule, each bad one as a sentence with FILE:LINE to
 * error. 0, or a negative errno with a sentence given to error.
 */
int mute_file_read(const char *path, void (*rule)(void *ctx, const struct mute_text *, unsigned line),
		   void (*error)(void *ctx, const char *sentence), void *ctx);

/* A row's writer is export_WRITER() in mute_text.c. The parser, help and the man page derive from the row. */
#define MUTE_EXPORT_TABLE(X)                                                   \
	/* id       word        writer    help */                              \
	X(RULES,    "rules",    rules,    "a mute file")                       \
	X(C,        "c",        c,        "calls of Endpoint Security, in C")  \
	X(ESLOGGER, "eslogger", eslogger, "a command line that selects the same programs")

enum mute_export {
#define X(id, ...) EXPORT_##id,
	MUTE_EXPORT_TABLE(X)
#undef X
	EXPORT_COUNT
};

extern const char *const mute_export_word[EXPORT_COUNT];

/* What cannot be said in the format becomes a comment. */
void mute_export(FILE *, enum mute_export, const struct mute_text rules[], size_t n,
		 event_mask default_events);

#endif
