/*
 * json_tree - one JSON text as a tree, in memory that is used again for the next text.
 *
 * yajl takes the text apart; numbers keep 64 bits, signed or not. Of members with the same name the
 * last one counts. What RFC 8259 does not allow is an error, and so is a name with a NUL, a number
 * beyond what a double holds, and more depth or memory than allowed.
 *
 * One thread. All nodes and texts belong to the tree and are good until it is cleared.
 */
#ifndef ESTOP_STREAM_JSON_TREE_H
#define ESTOP_STREAM_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_TREE_DEPTH = 256 };

enum node_kind {
	NODE_OBJECT,
	NODE_ARRAY,
	NODE_TEXT,
	NODE_INT,
	NODE_UINT, /* beyond int64_t */
	NODE_REAL, /* has a fraction or an exponent, or is beyond uint64_t */
	NODE_TRUE,
	NODE_FALSE,
	NODE_NULL,
};

struct json_node {
	const char *name; /* of a member, without a NUL in it; NULL: not a member */
	struct json_node *next;
	union {
		struct {
			struct json_node *first, *last;
		};
		struct {
			char *text; /* with a NUL behind it */
			size_t length;
		};
		int64_t integer;
		uint64_t wide;
		double real;
	};
	uint32_t name_length;
	uint8_t kind;
	bool removed;
};

struct json_tree;

extern const char json_tree_too_large[]; /* the reason when it would take more memory than allowed */

struct json_tree *json_tree_create(void);
void json_tree_destroy(struct json_tree *); /* NULL is fine */

/* Forgets every node; keeps no more memory than a usual text needs. */
void json_tree_clear(struct json_tree *);

/* Bytes in use for nodes and texts. */
size_t json_tree_size(const struct json_tree *);

/*
 * Adds a text, which need not end in NUL; returns its root, or NULL with why (in plain words). The
 * tree and yajl together take about limit bytes at most, with what the tree had before.
 */
struct json_node *json_tree_read(struct json_tree *, const char *text, size_t length, size_t limit, char *why,
				 size_t why_size);

/* All of these take NULL, and a node of another kind than they are for. */
static inline bool
node_is(const struct json_node *n, enum node_kind kind)
{
	return n && n->kind == kind;
}

static inline const char *
node_text(const struct json_node *n) /* NULL: not a text */
{
	return node_is(n, NODE_TEXT) ? n->text : NULL;
}

static inline size_t
node_length(const struct json_node *n)
{
	return node_is(n, NODE_TEXT) ? n->length : 0;
}

static inline int64_t
node_integer(const struct json_node *n)
{
	return node_is(n, NODE_INT) ? n->integer : 0;
}

struct json_node *node_first(const struct json_node *); /* element or member; NULL: none */
struct json_node *node_next(const struct json_node *);
size_t node_count(const struct json_node *); /* elements or members; counts them */

const struct json_node *node_get(const struct json_node *object, const char *name); /* NULL: none */
void node_remove(const struct json_node *object, const char *name);

#endif
