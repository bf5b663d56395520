/*
 * hash - uthash on the project's allocator, which never returns NULL, and with
 * a hash function that takes eight bytes at a time.
 */
#ifndef ESTOP_MODEL_HASH_H
#define ESTOP_MODEL_HASH_H

#include "model/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline unsigned
hash_bytes(const void *key, size_t length)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	const char *at = key;
	uint64_t h = length * odd, word = 0;

	for (; length >= sizeof(word); at += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		h = (h ^ word) * odd;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, at, length);
	h = (h ^ word) * odd;
	return (unsigned)(h ^ h >> 32);
}

#define HASH_FUNCTION(key, length, hash) ((hash) = hash_bytes(key, length))
#define uthash_malloc(size) xmalloc(size)
#define uthash_free(memory, size) free(memory)
#include <uthash.h>

#endif
