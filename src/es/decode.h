/*
 * decode - from an es_message_t to a struct event. Of its parts only the DETAIL is
 * made elsewhere, in describe.
 *
 * A message may come from a system of any age: nothing newer than its version
 * is touched, every pointer that may be NULL is asked, and no string is trusted
 * to end. Nothing here allocates, waits or calls the system, so the handler may
 * use all of it.
 */
#ifndef ESTOP_ES_DECODE_H
#define ESTOP_ES_DECODE_H

#include "model/event.h"
#include "src/es/seen_process.h"

#include <EndpointSecurity/EndpointSecurity.h>

enum {
	DECODE_PATH_MAX = 16384, /* longer paths are cut, and the record says so */
	DECODE_ARGS_MAX =
		1 << 20, /* arguments with their NULs; what is beyond is left out, and the record says so */
};

/* EV_OTHER for a type that estop, or the SDK it was compiled with, does not know. */
enum event_id decode_id(const es_message_t *);

/* The types the SDK this was compiled with declares; all, but for an older SDK of a Mac. */
event_mask decode_known(void);

/* What a record holds beyond the least. */
enum decode_part {
	DECODE_EXE = 1,    /* the executable of the acting process */
	DECODE_DETAIL = 2, /* everything: something is logged or recorded */
	DECODE_CGROUP = 4, /* in the DETAIL, the cgroup of the acting process */
};

/* Bytes decode() will fill. parts: a set of enum decode_part. */
size_t decode_room(const es_message_t *, unsigned parts);

/* Fills the record; its size is decode_room() of the same arguments. */
void decode(struct event *, const es_message_t *, unsigned parts);

/* version is the message's: the process is of its age. */
void decode_proc(struct event_proc *, const es_process_t *, uint32_t version);

/* A path in the message: whole, or a name in a directory. Neither ends in NUL. */
struct decode_path {
	const char *dir; /* NULL: bytes are the whole path */
	size_t dir_length;
	const char *bytes;
	size_t length; /* of the whole path, at most DECODE_PATH_MAX */
};

/* The paths acted on, as far as mutes by target go. How many: 0, 1 or 2. */
unsigned decode_targets(const es_message_t *, struct decode_path paths[2]);

/* The whole path, length bytes of it; in room when it has to be put together. */
const char *decode_path(const struct decode_path *, char room[DECODE_PATH_MAX]);

/* As decode_room() and decode(), to an EV_SEEN. */
size_t decode_process_room(const struct seen_process *);
void decode_process(struct event *, const struct seen_process *);

#endif
