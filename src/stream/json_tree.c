/* json_tree - see json_tree.h. */
#include "src/stream/json_tree.h"
#include "model/clean.h"
#include "model/xalloc.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>
#include <yajl/yajl_parse.h>

enum {
	BLOCK = 64 << 10, /* a line of eslogger's is some 2 KiB, its tree 8 */
	FEW = 64,         /* members that are compared with each other as they come */
	NUMBER_MAX = 400, /* digits and all of a number that is not an integer */
};

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

/* An object or array that is open. */
struct level {
	struct json_node *node;
	uint64_t seen; /* a bit for each name, by its hash */
	size_t count;
};

struct json_tree {
	struct block *blocks; /* the one in use first; the last is kept */
	size_t size;          /* of all */
	size_t parser;        /* what yajl has for the token it reads, at most */
	size_t limit;
	struct json_node *root;
	const char *name; /* of the next member */
	uint32_t name_length;
	unsigned depth;
	struct level levels[JSON_TREE_DEPTH];
	const char *why; /* NULL: yajl says it */
};

const char json_tree_too_large[] = "its values exceed the memory limit of a line";

static struct block *
add_block(struct json_tree *t, size_t size)
{
	struct block *b = xmalloc(sizeof(*b) + size);

	b->next = t->blocks;
	b->used = 0;
	b->size = size;
	t->blocks = b;
	t->size += size;
	return b;
}

struct json_tree *
json_tree_create(void)
{
	struct json_tree *t = xcalloc(1, sizeof(*t));

	add_block(t, BLOCK);
	return t;
}

void
json_tree_clear(struct json_tree *t)
{
	struct block *b;

	while ((b = t->blocks)->next) {
		t->blocks = b->next;
		t->size -= b->size;
		free(b);
	}
	t->blocks->used = 0;
}

void
json_tree_destroy(struct json_tree *t)
{
	if (!t)
		return;
	json_tree_clear(t);
	free(t->blocks);
	free(t);
}

size_t
json_tree_size(const struct json_tree *t)
{
	return t->size;
}

/* NULL: it would be too much. */
static void *
allocate(struct json_tree *t, size_t size)
{
	struct block *b = t->blocks;
	void *bytes;

	size = (size + 7) & ~(size_t)7;
	if (b->size - b->used < size) {
		size_t more = size < BLOCK ? BLOCK : size;

		if (t->size + more + t->parser > t->limit) {
			t->why = json_tree_too_large;
			return NULL;
		}
		b = add_block(t, more);
	}
	bytes = b->bytes + b->used;
	b->used += size;
	return bytes;
}

static char *
copy(struct json_tree *t, const unsigned char *bytes, size_t length)
{
	char *text = allocate(t, length + 1);

	if (text) {
		memcpy(text, bytes, length);
		text[length] = '\0';
	}
	return text;
}

/* ---- members ---- */

static bool
is_named(const struct json_node *n, const char *name, size_t length)
{
	return n->name_length == length && memcmp(n->name, name, length) == 0;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/; six bits of it. */
static uint64_t
name_bit(const char *name, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return (uint64_t)1 << (hash >> 26);
}

static void
name_member(struct json_tree *t, struct level *l, struct json_node *n)
{
	uint64_t bit = name_bit(t->name, t->name_length);

	n->name = t->name;
	n->name_length = t->name_length;
	if (l->count <= FEW && (l->seen & bit))
		for (struct json_node *m = l->node->first; m; m = m->next)
			m->removed = m->removed || is_named(m, n->name, n->name_length);
	l->seen |= bit;
}

static int
compare_names(const struct json_node *a, const struct json_node *b)
{
	if (a->name_length != b->name_length)
		return a->name_length < b->name_length ? -1 : 1;
	return memcmp(a->name, b->name, a->name_length);
}

/* Of an object with many members: those of one name side by side, in the order in which they came. */
static void
remove_repeated(struct json_node *object)
{
	LL_SORT(object->first, compare_names);
	for (struct json_node *m = object->first; m->next; m = m->next)
		m->removed = compare_names(m, m->next) == 0;
}

static struct json_node *
add_node(struct json_tree *t, enum node_kind kind)
{
	struct level *l = t->depth ? &t->levels[t->depth - 1] : NULL;
	struct json_node *n = allocate(t, sizeof(*n));

	if (!n)
		return NULL;
	*n = (struct json_node){ .kind = (uint8_t)kind };
	if (!l) {
		t->root = n;
		return n;
	}
	l->count++;
	if (l->node->kind == NODE_OBJECT)
		name_member(t, l, n);
	if (l->node->first)
		l->node->last->next = n;
	else
		l->node->first = n;
	l->node->last = n;
	return n;
}

/* yajl does not look for overlong forms and surrogates. */
static bool
is_utf8(struct json_tree *t, const unsigned char *bytes, size_t length)
{
	uint64_t eight;
	uint32_t code;

	for (size_t at = 0; at < length;) {
		if (length - at >= sizeof(eight)) {
			memcpy(&eight, bytes + at, sizeof(eight));
			if (!(eight & 0x8080808080808080u)) {
				at += sizeof(eight);
				continue;
			}
		}
		at += clean_decode((const char *)bytes + at, length - at, &code);
		if (code == CLEAN_INVALID) {
			t->why = "it is not valid UTF-8";
			return false;
		}
	}
	return true;
}

/* ---- what yajl calls; 0 ends it ---- */

static int
on_null(void *tree)
{
	return add_node(tree, NODE_NULL) != NULL;
}

static int
on_boolean(void *tree, int value)
{
	return add_node(tree, value ? NODE_TRUE : NODE_FALSE) != NULL;
}

static int
on_integer(struct json_tree *t, const char *text, size_t length)
{
	size_t at = text[0] == '-';
	uint64_t value = 0;
	struct json_node *n;

	for (; at < length; at++) {
		unsigned digit = (unsigned)(text[at] - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return -1;
		value = value * 10 + digit;
	}
	if (text[0] == '-' && value > (uint64_t)INT64_MAX + 1)
		return -1;
	n = add_node(t, text[0] != '-' && value > INT64_MAX ? NODE_UINT : NODE_INT);
	if (!n)
		return 0;
	n->wide = text[0] == '-' ? 0 - value : value;
	return 1;
}

static int
on_number(void *tree, const char *text, size_t length)
{
	struct json_tree *t = tree;
	char digits[NUMBER_MAX + 1];
	struct json_node *n;
	double value = HUGE_VAL;
	int taken = -1;

	if (!memchr(text, '.', length) && !memchr(text, 'e', length) && !memchr(text, 'E', length))
		taken = on_integer(t, text, length);
	if (taken >= 0)
		return taken;
	if (length <= NUMBER_MAX) {
		memcpy(digits, text, length);
		digits[length] = '\0';
		value = strtod(digits, NULL);
	}
	if (isinf(value)) {
		t->why = "a number in it is too large";
		return 0;
	}
	n = add_node(t, NODE_REAL);
	if (n)
		n->real = value;
	return n != NULL;
}

static int
on_text(void *tree, const unsigned char *bytes, size_t length)
{
	char *text = is_utf8(tree, bytes, length) ? copy(tree, bytes, length) : NULL;
	struct json_node *n = text ? add_node(tree, NODE_TEXT) : NULL;

	if (!n)
		return 0;
	n->text = text;
	n->length = length;
	return 1;
}

static int
on_name(void *tree, const unsigned char *bytes, size_t length)
{
	struct json_tree *t = tree;

	if (memchr(bytes, '\0', length)) {
		t->why = "a name in it has a NUL";
		return 0;
	}
	t->name = is_utf8(t, bytes, length) ? copy(t, bytes, length) : NULL;
	t->name_length = (uint32_t)length;
	return t->name != NULL;
}

static int
begin(struct json_tree *t, enum node_kind kind)
{
	struct json_node *n;

	if (t->depth == JSON_TREE_DEPTH) {
		t->why = "it is nested too deep";
		return 0;
	}
	n = add_node(t, kind);
	if (!n)
		return 0;
	t->levels[t->depth++] = (struct level){ .node = n };
	return 1;
}

static int
on_object(void *tree)
{
	return begin(tree, NODE_OBJECT);
}

static int
on_array(void *tree)
{
	return begin(tree, NODE_ARRAY);
}

static int
on_end(void *tree)
{
	struct json_tree *t = tree;
	const struct level *l = &t->levels[--t->depth];

	if (l->node->kind == NODE_OBJECT && l->count > FEW)
		remove_repeated(l->node);
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_text,
	.yajl_start_map = on_object,
	.yajl_map_key = on_name,
	.yajl_end_map = on_end,
	.yajl_start_array = on_array,
	.yajl_end_array = on_end,
};

/* yajl does not expect that there is no memory. */
static void *
yajl_xmalloc(void *tree, size_t size)
{
	(void)tree;
	return xmalloc(size);
}

static void *
yajl_xrealloc(void *tree, void *bytes, size_t size)
{
	struct json_tree *t = tree;

	if (size > t->parser)
		t->parser = size;
	return xrealloc(bytes, size, 1);
}

static void
yajl_release(void *tree, void *bytes)
{
	(void)tree;
	free(bytes);
}

/* "parse error: premature EOF\n": the words of it. */
static void
say_why(yajl_handle parser, const char *ours, char *why, size_t size)
{
	unsigned char *said = ours ? NULL : yajl_get_error(parser, 0, NULL, 0);

	if (ours)
		snprintf(why, size, "%s", ours);
	else
		snprintf(why, size, "%.*s", (int)strcspn((const char *)said, "\n"), (const char *)said);
	if (said)
		yajl_free_error(parser, said);
}

struct json_node *
json_tree_read(struct json_tree *t, const char *text, size_t length, size_t limit, char *why, size_t why_size)
{
	yajl_alloc_funcs memory = {
		.malloc = yajl_xmalloc, .realloc = yajl_xrealloc, .free = yajl_release, .ctx = t
	};
	yajl_handle parser = yajl_alloc(&callbacks, &memory, t);
	yajl_status status;

	t->limit = limit;
	t->parser = 0;
	t->root = NULL;
	t->depth = 0;
	t->why = NULL;
	yajl_config(parser, yajl_dont_validate_strings, 1);
	status = yajl_parse(parser, (const unsigned char *)text, length);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(parser);
	if (status != yajl_status_ok)
		say_why(parser, t->why, why, why_size);
	yajl_free(parser);
	return status == yajl_status_ok ? t->root : NULL;
}

/* ---- reading ---- */

static struct json_node *
present(struct json_node *n)
{
	while (n && n->removed)
		n = n->next;
	return n;
}

struct json_node *
node_first(const struct json_node *n)
{
	return node_is(n, NODE_OBJECT) || node_is(n, NODE_ARRAY) ? present(n->first) : NULL;
}

struct json_node *
node_next(const struct json_node *n)
{
	return present(n->next);
}

size_t
node_count(const struct json_node *n)
{
	size_t count = 0;

	for (const struct json_node *m = node_first(n); m; m = node_next(m))
		count++;
	return count;
}

static struct json_node *
find(const struct json_node *object, const char *name)
{
	size_t length = strlen(name);

	if (!node_is(object, NODE_OBJECT))
		return NULL;
	for (struct json_node *m = object->first; m; m = m->next)
		if (!m->removed && is_named(m, name, length))
			return m;
	return NULL;
}

const struct json_node *
node_get(const struct json_node *object, const char *name)
{
	return find(object, name);
}

void
node_remove(const struct json_node *object, const char *name)
{
	struct json_node *m = find(object, name);

	if (m)
		m->removed = true;
}
