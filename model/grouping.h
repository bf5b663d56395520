/*
 * grouping - what the processes view is grouped by: one table.
 *
 * A grouping has a row for each value of one member of struct identity; the rows of its
 * processes are below it. To add one: a row here, and its value in model/snapshot_groups.c.
 */
#ifndef ESTOP_MODEL_GROUPING_H
#define ESTOP_MODEL_GROUPING_H

#include <stdbool.h>
#include <stdint.h>

/*
 * key: in the menu. title: of the column that names a row. many: what its rows are. mute: the kind
 * of rule that m and M on a row make (model/mutes.h); NONE: there is none, x offers others.
 */
#define GROUPING_TABLE(X)                                                          \
	/* id       name       key  title      many         mute  help */          \
	X(TREE,    "tree",    't', "COMMAND", "processes", NONE,                   \
	  "processes below the process that started them")                        \
	X(FLAT,    "flat",    'f', "COMMAND", "processes", NONE,                   \
	  "a list of processes")                                                   \
	X(PROGRAM, "program", 'p', "PROGRAM", "programs",  EXE,                    \
	  "the path of the executable")                                            \
	X(UNIT,    "unit",    'n', "UNIT",    "units",     UNIT,                   \
	  "systemd unit or container; on macOS, responsible process") \
	X(USER,    "user",    'u', "USER",    "users",     USER,                   \
	  "the effective user")                                                    \
	X(SESSION, "session", 's', "TERMINAL", "terminals", NONE,                  \
	  "the controlling terminal")                                              \
	X(HOST,    "host",    'h', "HOST",    "hosts",     NONE,                   \
	  "the host, in a replay of several recordings")                           \
	X(SIGNER,  "signer",  'g', "SIGNER",  "signers",   SIGNER,                   \
	  "team and signing id of the code signature, on macOS")

enum grouping {
#define X(id, ...) BY_##id,
	GROUPING_TABLE(X)
#undef X
	GROUPING_COUNT
};

struct grouping_info {
	const char *name, *title, *many, *help;
	char key;
};

extern const struct grouping_info grouping_info[GROUPING_COUNT];

/*
 * The pid in the key of a group's row, never that of a process nor of exited ones in one line; the
 * start time is a number made of the value.
 */
static inline int32_t
grouping_key(enum grouping by)
{
	return INT32_MIN + (int32_t)by;
}

static inline enum grouping
grouping_of_key(int32_t pid)
{
	return pid < INT32_MIN + (int32_t)GROUPING_COUNT ? (enum grouping)(pid - INT32_MIN) : BY_TREE;
}

/* The start time in the key of a program's row, and of others that are named by a text (FNV-1a). */
static inline uint64_t
grouping_hash(const char *text)
{
	uint64_t h = 14695981039346656037u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 1099511628211u;
	return h;
}

/* Is this one with rows for groups, not only for processes? */
static inline bool
grouping_has_groups(enum grouping by)
{
	return by > BY_FLAT;
}

#endif
