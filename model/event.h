/*
 * event - what a source tells the model: one flat record without pointers.
 *
 * A record is a header followed by fields (tag, length, bytes), all of it in
 * one piece of memory, so that it can lie in the ring, in a file or on the
 * stack alike. Whoever holds the memory owns the record. Multi-byte values
 * are in host order; times are nanoseconds of the wall clock since 1970.
 */
#ifndef ESTOP_MODEL_EVENT_H
#define ESTOP_MODEL_EVENT_H

#include "model/event_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_id {
#define X(id, ...) EV_##id,
	EVENT_TABLE(X)
#undef X
	EV_OTHER, /* of a number that is not in the table: a later system's; event_name() tells which */
	EV_COUNT,
	EV_CORE = EV_EXIT + 1,
	EV_SEEN = EV_COUNT, /* backfill: this process was running already; not counted */
	EV_NONE
};

#define EVENT_GROUP_TABLE(X)                                                       \
	X(PROCESS,  "process",  "process lifecycle, and operations on other processes")   \
	X(FILE,     "file",     "operations on files and directories")        \
	X(METADATA, "metadata", "file metadata: owner, times, attributes") \
	X(MEMORY,   "memory",   "mapped files and protection")                         \
	X(SECURITY, "security", "credentials, authorization, signatures, launch items")    \
	X(SESSION,  "session",  "logins, logouts and accounts")                    \
	X(SYSTEM,   "system",   "file systems, drivers, devices, services")

enum event_group {
#define X(id, name, help) EVENT_GROUP_##id,
	EVENT_GROUP_TABLE(X)
#undef X
	EVENT_GROUP_COUNT
};

/* One row of EVENT_TABLE as data. */
struct event_info {
	const char *name;
	const char *help;
	uint16_t number; /* es_event_type_t; 0 for EV_OTHER, which has many */
	uint8_t group;   /* enum event_group */
	bool vital, target, hot;
};

extern const struct event_info event_info[EV_COUNT];
extern const char *const event_group_name[EVENT_GROUP_COUNT];
extern const char *const event_group_help[EVENT_GROUP_COUNT];

/*
 * Event types as a set of enum event_id bits. More than a machine's word: not for
 * printf, not for an _Atomic.
 */
__extension__ typedef unsigned __int128 event_mask;
#define EVENT_BIT(id) ((event_mask)1 << (id))
#define EVENT_ALL ((event_mask)(EVENT_BIT(EV_COUNT) - 1))
#define EVENT_CORE ((event_mask)(EVENT_BIT(EV_CORE) - 1))

static inline unsigned
event_mask_count(event_mask mask)
{
	return (unsigned)(__builtin_popcountll((uint64_t)mask) + __builtin_popcountll((uint64_t)(mask >> 64)));
}

/* The first type of a set that is not empty: for (m = set; m; m &= m - 1). */
static inline enum event_id
event_mask_first(event_mask mask)
{
	uint64_t low = (uint64_t)mask;

	return (enum event_id)(low ? __builtin_ctzll(low) : 64 + __builtin_ctzll((uint64_t)(mask >> 64)));
}

event_mask event_mask_vital(void);  /* exec, fork, exit */
event_mask event_mask_target(void); /* those that can be muted by target path */
event_mask event_mask_hot(void);    /* those that are only watched when asked for */
event_mask event_mask_group(enum event_group);
enum event_id event_by_name(const char *name);  /* EV_NONE when there is no such event */
enum event_id event_by_number(unsigned number); /* es_event_type_t; EV_NONE when unknown */

/*
 * Parses "open,close", "all", "all,-close", "file,-open": names, groups, all and
 * default, left to right; '-' removes, and as the first word removes from start,
 * which is what default stands for. named (may be NULL): of the result, what was
 * asked for by its own name. 0, or -EINVAL with a sentence in why.
 */
int event_mask_parse(const char *list, event_mask start, event_mask *out, event_mask *named, char *why,
		     size_t len);

/* As short as event_mask_parse() can read it: "all,-exec", "file,exec". Always ends in NUL. */
void event_mask_text(event_mask, char *out, size_t size);
enum { EVENT_MASK_TEXT = 2048 }; /* enough for each */

/* Who a process is: the pid, the program execution, and what was true of it then. */
struct event_proc {
	int32_t pid;
	uint32_t version; /* pidversion of the audit token: new at fork and at exec */
	int32_t ppid;
	uint32_t uid;      /* effective */
	uint64_t start_ns; /* of the fork; an exec keeps it. 0: unknown */
};

/*
 * Several hosts in one tree: their pids would meet, so each host but an only one
 * has its number in the bits above the largest pid there is. Pid 0 of a host is
 * the host itself, the root of its processes.
 */
enum { HOST_SHIFT = 22 };

static inline int32_t
pid_shown(int32_t pid)
{
	return pid & ((1 << HOST_SHIFT) - 1);
}

static inline int32_t
pid_of_host(int32_t pid)
{
	return pid & ~((1 << HOST_SHIFT) - 1);
}

enum event_flag {
	EVENT_TRUNCATED = 1, /* a path did not fit and was cut */
	EVENT_MODIFIED = 2,  /* close: the file was changed while open */
	EVENT_KERNEL = 4,    /* SEEN: a kernel thread itself */
	EVENT_FILTERED = 8,  /* of a stream without some of the events: a gap in its numbers is no loss */
	EVENT_NO_TIME = 16,  /* time_ns is that of an event before it, or 0 */
	EVENT_ARGS_CUT = 32, /* exec, seen: there were more arguments than ARGS has */
	EVENT_PLATFORM = 64, /* where CSFLAGS is: a platform binary */
};

/* Of struct event_proc, where a recording does not have it. */
#define UID_UNKNOWN UINT32_MAX

/*
 * The fields that may follow the header, each at most once.
 * EXE is of the actor; it is there when the source has not told of this
 * program execution before, and may be there always. Where it is, but for an exec, TTY, CGROUP,
 * SIGNER and RESPONSIBLE are of the actor, and what is missing of them it has not; in an exec they
 * are of the new program. A change of them brings EXE again.
 */
#define FIELD_TABLE(X)                                                                  \
	X(EXE,    "path of the acting process's executable")                            \
	X(TARGET, "path acted on, of a process its executable; a name where there is no path")  \
	X(SECOND, "the other path or name: of rename, link and copies where it goes")   \
	X(ARGS,   "exec, seen: the arguments, each with its NUL")                       \
	X(CWD,    "exec: working directory")                                            \
	X(SCRIPT, "exec: the script, when the executable is its interpreter")           \
	X(TTY,    "path of the controlling terminal")                                   \
	X(RESPONSIBLE, "where EXE is, and of an exec: pid (int32_t) of the responsible process, if that is another") \
	X(CGROUP, "Linux: path of the cgroup, where EXE is and of an exec; CGROUP_V1 (model/cgroup.h)")    \
	X(CGROUP_ID, "Linux: the kernel's number of that cgroup (uint64_t)")                    \
	X(CHILD_CGROUP, "fork: path of the child's cgroup, if that is another")                 \
	X(CHILD_CGROUP_ID, "and its number")                                                    \
	X(SIGNER, "macOS: TEAM/ID of the code signature, where EXE is and of an exec; platform/ID") \
	X(CSFLAGS, "where SIGNER is, of signed programs: codesigning_flags (uint32_t)")            \
	X(SIGNING_ID, "the same: the signature's identifier")                                    \
	X(TEAM_ID, "the same: its team")                                                         \
	X(DETAIL, "everything else (model/detail.h), while something is logged, recorded or looked at")

enum field_tag {
#define X(id, help) FIELD_##id,
	FIELD_TABLE(X)
#undef X
	FIELD_COUNT
};

struct event {
	uint32_t size;         /* of the whole record in bytes, a multiple of 8 */
	uint16_t number;       /* es_event_type_t as it came */
	uint8_t id;            /* enum event_id */
	uint8_t flags;         /* enum event_flag */
	uint64_t time_ns;      /* when it happened */
	struct event_proc who; /* who acted: fork: the parent; exec: the old program */
	struct event_proc
		other; /* fork: the child; exec: the new program; signal and its like: at whom; else zero */
	int64_t value; /* the number that tells most: open: fflag (Darwin's values); exit: wait status; signal: sig; 0: none */
	uint64_t thread; /* id of the acting thread, 0 unknown */
};

struct field {
	uint16_t tag; /* enum field_tag */
	uint16_t reserved;
	uint32_t length; /* without the NUL that follows the bytes */
	char bytes[];
};

/* Room a field of this many bytes takes in a record: header, bytes, NUL, padded to 8. */
static inline size_t
field_room(size_t length)
{
	return (sizeof(struct field) + length + 1 + 7) & ~(size_t)7;
}

/* Appends a field; the caller made room for it. e->size grows by field_room(length). */
void event_add(struct event *e, enum field_tag tag, const void *bytes, size_t length);

/* The name of its type; of an EV_OTHER "event 157", which is put into number. */
const char *event_name(const struct event *e, char number[16]);

/* The field's bytes (NUL-terminated) and length, or NULL when the record has none. */
const char *event_field(const struct event *e, enum field_tag tag, size_t *length);

/* Is this piece of memory a well-formed record? For records from outside the process. */
bool event_valid(const void *memory, size_t size);

#endif
