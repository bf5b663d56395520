/*
 * event_page - all that the message of one event says, as lines in groups: a copy.
 *
 * The fields have the names and words of the log. What an event's detail does not have (it was
 * cut, or none was kept) is missing; what its record has is always there. Main thread.
 */
#ifndef ESTOP_MODEL_EVENT_PAGE_H
#define ESTOP_MODEL_EVENT_PAGE_H

#include "model/history.h"
#include "model/tree.h"

/* Where Enter leads. */
enum page_link_kind {
	LINK_NONE,
	LINK_PROCESS, /* key; start_ns 0: the running process of this pid */
	LINK_FILE,    /* path, of a directory with directory */
	LINK_EVENT,   /* seq, in the history */
};

struct page_link {
	enum page_link_kind kind;
	struct proc_key key;
	uint64_t seq;
	const char *path;
	bool directory;
};

struct page_line {
	char *title;           /* begins a group; label and text are NULL */
	char *label, *text;    /* bytes from anywhere, without NUL; not cleaned */
	struct page_link link; /* its path belongs to the line */
};

struct event_page {
	struct page_line *lines;
	size_t count, room;
	struct proc_key known[2]; /* who acted, and at whom */
	int32_t host;             /* in the pids of a recording of several */
	int32_t parent;           /* of who acted: whose environment is asked for */
	bool wants_parent;        /* it is an exec whose environment was not compared with anything */
};

/*
 * environment: that of the parent, each variable with its NUL, of length bytes; NULL: not known.
 * page: zeroed or a former one.
 */
void event_page_take(struct event_page *, const struct history_entry *, const char *environment,
		     size_t length);
void event_page_finish(struct event_page *); /* frees; zeroed is fine */

/*
 * The environment that this process got at its last exec, as far as that is in the history before
 * seq: a block like the above in memory that the caller frees; NULL: not there.
 */
char *event_page_environment(const struct history *, uint64_t seq, int32_t pid, size_t *length);

/* A page of nothing but these variables, for a process: one line each, to be shown as a group. */
void event_page_add_environment(struct event_page *, const char *block, size_t length);

#endif
