/*
 * syscall_payloads - the payload of an event that a system call made, from its record.
 *
 * What a message of the kernel's raw material is on macOS is decided here: paths
 * are joined, numbers become Darwin's where Endpoint Security has its own. For
 * the dispatch thread; what a message points to lies in its struct payload_room.
 */
#ifndef ESTOP_LINUX_SYSCALL_PAYLOADS_H
#define ESTOP_LINUX_SYSCALL_PAYLOADS_H

#include "src/linux/process_cache.h"
#include "src/linux/resolve.h"

#include <es_linux.h>
#include <stdbool.h>
#include <stddef.h>

/* Of one message at a time; zeroed at first. */
struct payload_room {
	es_file_t file[4];
	es_string_token_t target[2]; /* the paths that target mutes go by */
	size_t target_count;
	es_statfs_t statfs; /* of a mount */
	es_linux_mount_t mount;
	/* resolve_links(), or NULL: paths are left as they were given */
	size_t (*resolve)(const char *path, bool last, char out[RESOLVE_MAX]);
	/* private: one block for all strings */
	char *text;
	size_t size, used;
};

void syscall_payload_free(struct payload_room *);

/* Is it about another process: which? version 0: whichever has that pid. */
bool syscall_payload_other(const struct wire_head *, u32 *pid, u32 *version);

/*
 * Fills event; other is the process asked for, and must stay as long
 * as the message. false: not a record of an event, no process, or out of memory.
 */
bool syscall_payload_fill(struct payload_room *, es_message_t *, const struct wire_syscall *,
			  struct cached_process *other);
bool syscall_payload_signal(struct payload_room *, es_message_t *, const struct wire_signal *,
			    struct cached_process *other);

/* The same for a file that an open made. file must stay as long as the message. */
void syscall_payload_create(struct payload_room *, es_message_t *, es_file_t *file);

/*
 * dir and name as one path without ".", ".." and doubled slashes; what was meant
 * by them is taken from the text alone. When name begins with a slash, dir is the
 * root it counts from, and ".." stops there. out has room for both and 2 bytes
 * more; returns its length, without the NUL.
 */
size_t syscall_payload_join(char *out, const char *dir, size_t dir_length, const char *name,
			    size_t name_length);

/* fcntl(2)'s command in Darwin's numbers; one that Darwin has not is 0x10000 and more. */
int32_t syscall_payload_fcntl(uint32_t command);

#endif
