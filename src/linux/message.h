/*
 * message - es_message_t made from the kernel's records.
 *
 * One struct held per message: the message, the strings and files it points
 * to, and references to its processes. Made by the dispatch thread and given
 * to the handler; es_retain_message() keeps it alive beyond, from any thread.
 */
#ifndef ESTOP_LINUX_MESSAGE_H
#define ESTOP_LINUX_MESSAGE_H

#include "src/linux/process_cache.h"

/* Endpoint Security's number of each kind of event. */
extern const uint16_t message_type_of_kind[WIRE_EVENTS];

struct held;

struct held *message_create(void); /* NULL: out of memory */

/*
 * Turns a record into the message. process acted; other is the child of a fork,
 * the new program of an exec or whom syscall_payload_other() names, else NULL. text (exec) is taken over. Sequence
 * numbers are the caller's to set. false: not a record of a message.
 */
bool message_fill(struct held *, const struct wire_head *, struct cached_process *process,
		  struct cached_process *other, struct exec_text *text, int64_t wall_minus_mono_ns);

es_message_t *message_of(struct held *);

/*
 * After the handler: the same memory again if it was not retained, else a new
 * one (NULL: out of memory) and the retained one lives on by itself.
 */
struct held *message_next(struct held *);
void message_release(struct held *);

/* The paths a message acts on, for target mutes: how many, at most 2. They live as long as it does. */
size_t message_targets(const es_message_t *, const es_string_token_t **paths);

#endif
