/*
 * mute_set - what Endpoint Security's muting means, as pure code.
 *
 * A set of (process, event type) and (path type, path, event type), evaluated
 * as es_mute_*(3) documents: by process, by the actor's executable and by the
 * paths acted on, each of which can be inverted. Knows no Endpoint Security, no
 * thread, no clock; out of memory is an error to the caller, as in the API.
 *
 * Literals are one hash look-up. Prefixes are plain string prefixes: a bitmap
 * of the lengths in use and a rolling FNV-1a hash of the path find them in one
 * pass, however many there are.
 */
#ifndef ESTOP_BASE_MUTE_SET_H
#define ESTOP_BASE_MUTE_SET_H

#include "src/base/event_set.h"

#include <stddef.h>

/* Numbers are es_mute_path_type_t's. */
enum mute_path_type {
	MUTE_PATH_PREFIX,
	MUTE_PATH_LITERAL,
	MUTE_PATH_TARGET_PREFIX,
	MUTE_PATH_TARGET_LITERAL,
};

/* Numbers are es_mute_inversion_type_t's. */
enum mute_inversion { MUTE_INVERT_PROCESS, MUTE_INVERT_PATH, MUTE_INVERT_TARGET_PATH };

struct mute_set;

/* limit: how many processes at most. targets: the types that can be muted by target path. NULL: no memory. */
struct mute_set *mute_set_create(size_t limit, const struct event_set *targets);
void mute_set_destroy(struct mute_set *);

/*
 * Set operations: doing them again changes nothing. events NULL: all types.
 * token is 32 bytes kept for the caller (an audit token); the key is (pid, version).
 * 0, -ENOSPC at the limit, -ENOMEM; -EINVAL when a target path was to be muted
 * for none but types that do not support it (others are skipped).
 */
int mute_set_mute_process(struct mute_set *, const void *token, int32_t pid, uint32_t version,
			  const struct event_set *events);
int mute_set_unmute_process(struct mute_set *, int32_t pid, uint32_t version, const struct event_set *events);
int mute_set_mute_path(struct mute_set *, enum mute_path_type, const char *path,
		       const struct event_set *events);
int mute_set_unmute_path(struct mute_set *, enum mute_path_type, const char *path,
			 const struct event_set *events);

/* A process exited or became another program: was it in the set? It is not any more. */
bool mute_set_process_gone(struct mute_set *, int32_t pid, uint32_t version);

void mute_set_invert(struct mute_set *, enum mute_inversion); /* toggles */
bool mute_set_inverted(const struct mute_set *, enum mute_inversion);

/* The entries, oldest first. What is pointed to is good until the set changes. */
struct mute_process {
	int32_t pid;
	uint32_t version;
	struct event_set events;
	unsigned char token[32];
};

struct mute_path {
	enum mute_path_type type;
	struct event_set events;
	size_t length;
	uint64_t kept_back; /* target types: by mute_set_note_target() */
	const char *path;
};

const struct mute_process *mute_set_first_process(const struct mute_set *);
const struct mute_process *mute_set_next_process(const struct mute_process *);
const struct mute_path *mute_set_first_path(const struct mute_set *);
const struct mute_path *mute_set_next_path(const struct mute_path *);
size_t mute_set_process_count(const struct mute_set *);
size_t mute_set_path_count(const struct mute_set *);
bool mute_set_has_targets(const struct mute_set *);

/* Types in the set for exactly this process or entry; not yet inverted. */
struct event_set mute_set_process_mask(const struct mute_set *, int32_t pid, uint32_t version);
struct event_set mute_set_entry_events(const struct mute_set *, enum mute_path_type, const char *path);

/* Types in the set for an actor's executable, by literals and prefixes; not yet inverted. */
struct event_set mute_set_path_mask(const struct mute_set *, const char *exe, size_t length);

struct mute_target {
	const char *path; /* need not end in NUL */
	size_t length;
};

/* The third stage alone. Types without target support are never suppressed by it. */
bool mute_set_target_suppresses(const struct mute_set *, unsigned type, const struct mute_target targets[],
				size_t n);

/* An event of this type was suppressed by this target: counts it for the entry that did. */
void mute_set_note_target(struct mute_set *, unsigned type, const char *path, size_t length);
const struct mute_path *mute_set_find_path(const struct mute_set *, enum mute_path_type, const char *path);

/* All stages, in Endpoint Security's order. */
bool mute_set_suppresses(const struct mute_set *, int32_t pid, uint32_t version, unsigned type,
			 const char *exe, size_t exe_length, const struct mute_target targets[], size_t n);

/* FNV-1a, 64 bits; the kernel side works it out byte by byte. */
#define MUTE_HASH_BASIS UINT64_C(0xcbf29ce484222325)
#define MUTE_HASH_PRIME UINT64_C(0x100000001b3)
uint64_t mute_path_hash(const char *path, size_t length);

#endif
