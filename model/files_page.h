/*
 * files_page - what the view of files shows: a copy, in the order of the screen.
 *
 * Main thread. A page owns its memory and uses it again for the next.
 */
#ifndef ESTOP_MODEL_FILES_PAGE_H
#define ESTOP_MODEL_FILES_PAGE_H

#include "model/files.h"
#include "model/filter.h"
#include "model/mutes.h"

struct file_row {
	const char *path; /* not cleaned */
	uint64_t opens, closes, total;
	int64_t balance; /* opens minus closes */
	double open_rate, close_rate, rate;
	bool at_least; /* events before it was taken in may be missing */
	unsigned users;
	bool more_users;
	const char *top_name; /* of the program that used it most; "?" if unknown */
	double top_share;     /* of the events, 0..1 */
	bool here;            /* a directory: the files in the one that is listed itself */
	char mute; /* 'T' a rule for this target, 'D' one for what lies below, 'L' held by estop, ' ' */
};

/* A program that used a target, living or ended. */
struct file_program_row {
	const char *exe, *name;
	uint64_t opens, closes, total;
	double rate, share;
	bool at_least;
	char mute; /* 'X', 'L', ' ' */
};

/* A process that did. */
struct file_user_row {
	struct proc_key key;
	const char *exe, *name;
	uint64_t opens, closes, total;
	bool at_least;
};

typedef int file_compare(const struct file_row *, const struct file_row *);

struct files_spec {
	bool asked;
	bool directories;
	bool reverse;
	file_compare *compare;       /* ascending; equals stay in the order of total, then of path */
	const struct filter *filter; /* on the path; NULL: all */
	const char *who;             /* also list who uses this one, programs and processes; NULL: none */
	const char *directory;       /* with directories: what lies in this one; NULL: in "/" */
};

struct files_page {
	struct file_row *rows;
	size_t count;
	size_t kept;                             /* targets there are, before the filter */
	bool full;                               /* others had to leave */
	struct file_user_row users[FILES_USERS]; /* of a directory: of what lies in it itself */
	size_t user_count;
	bool more_users;
	struct file_program_row programs[FILES_PROGRAMS];
	size_t program_count;
	bool more_programs;
	size_t room;
	char *memory; /* of the strings */
	size_t memory_size;
};

/* page: zeroed or a former one. mutes may be NULL. */
void files_page_take(struct files_page *, const struct files *, const struct mutes *,
		     const struct files_spec *);
void files_page_mark(struct files_page *, const struct mutes *, bool directories); /* mute marks anew */
void files_page_finish(struct files_page *);                                       /* frees; zeroed is fine */

/* Matches as a process of this path would: a text in it, a path it lies below, a regex. */
bool files_page_match(const struct filter *, const char *path);

#endif
