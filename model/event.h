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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Every event type estop subscribes to. The short name is Endpoint Security's
 * own, the number is es_event_type_t's. "vital" events shape the tree: they
 * have a reserve in the ring and stay when a process is muted. "target" says
 * whether Endpoint Security can mute the type by the path it acts on.
 */
#define EVENT_TABLE(X)                                                           \
	/* id  number name     group    vital  target help */                    \
	X(OPEN,  10, "open",  FILE,    false, true,  "a file was opened")        \
	X(CLOSE, 12, "close", FILE,    false, true,  "an open file was closed")  \
	X(EXEC,   9, "exec",  PROCESS, true,  true,  "a process changed program") \
	X(FORK,  11, "fork",  PROCESS, true,  false, "a process made a child")   \
	X(EXIT,  15, "exit",  PROCESS, true,  false, "a process ended")

enum event_id {
#define X(id, ...) EV_##id,
	EVENT_TABLE(X)
#undef X
	EV_COUNT,
	EV_SEEN = EV_COUNT, /* backfill: this process was running already; not counted */
	EV_NONE
};

#define EVENT_GROUP_TABLE(X)                                  \
	X(FILE,    "file",    "what processes do with files") \
	X(PROCESS, "process", "the life of processes")

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
	uint16_t number; /* es_event_type_t */
	uint8_t group;   /* enum event_group */
	bool vital, target;
};

extern const struct event_info event_info[EV_COUNT];
extern const char *const event_group_name[EVENT_GROUP_COUNT];

/* Event types as a set of enum event_id bits. */
typedef uint64_t event_mask;
#define EVENT_BIT(id) ((event_mask)1 << (id))
#define EVENT_ALL ((event_mask)(EVENT_BIT(EV_COUNT) - 1))

event_mask event_mask_vital(void);              /* exec, fork, exit */
event_mask event_mask_target(void);             /* those that can be muted by target path */
enum event_id event_by_name(const char *name);  /* EV_NONE when there is no such event */
enum event_id event_by_number(unsigned number); /* es_event_type_t; EV_NONE when unknown */

/*
 * Parses "open,close", "all", "all,-close", "file,-open": names, groups and
 * all, left to right, '-' removes. 0, or -EINVAL with a sentence in why.
 */
int event_mask_parse(const char *list, event_mask *out, char *why, size_t len);

/* Who a process is: the pid, the program execution, and what was true of it then. */
struct event_proc {
	int32_t pid;
	uint32_t version;  /* pidversion of the audit token: new at fork and at exec */
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
	EVENT_KERNEL = 4,    /* SEEN: a thread of the kernel itself */
};

/*
 * The fields that may follow the header, each at most once.
 * EXE is of the actor; it is there when the source has not told of this
 * program execution before, and may be there always.
 */
#define FIELD_TABLE(X)                                                                  \
	X(EXE,    "path of the acting process's executable")                            \
	X(TARGET, "path acted on; exec: the new executable; fork: the child's")         \
	X(ARGS,   "exec, seen: the arguments, each with its NUL")                       \
	X(CWD,    "exec: working directory")                                            \
	X(SCRIPT, "exec: the script, when the executable is its interpreter")           \
	X(TTY,    "path of the controlling terminal")                                   \
	X(DETAIL, "everything else (model/detail.h), while something is logged or recorded")

enum field_tag {
#define X(id, help) FIELD_##id,
	FIELD_TABLE(X)
#undef X
	FIELD_COUNT
};

struct event {
	uint32_t size;     /* of the whole record in bytes, a multiple of 8 */
	uint16_t number;   /* es_event_type_t as it came */
	uint8_t id;        /* enum event_id */
	uint8_t flags;     /* enum event_flag */
	uint64_t time_ns;  /* when it happened */
	struct event_proc who;   /* who acted: fork: the parent; exec: the old program */
	struct event_proc other; /* fork: the child; exec: the new program; else zero */
	int64_t value;     /* open: fflag (Darwin's values); exit: wait status; else 0 */
	uint64_t thread;   /* id of the acting thread, 0 unknown */
};

struct field {
	uint16_t tag;    /* enum field_tag */
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

/* The field's bytes (NUL-terminated) and length, or NULL when the record has none. */
const char *event_field(const struct event *e, enum field_tag tag, size_t *length);

/* Is this piece of memory a well-formed record? For records from outside the process. */
bool event_valid(const void *memory, size_t size);

#endif
