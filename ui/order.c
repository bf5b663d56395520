/* order - the rows of a snapshot in the order of the screen. */
#include "ui/order.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct order_rank {
	struct proc_key key;
	bool used, group;
	uint32_t rank;
};

void
order_finish(struct order *o)
{
	free(o->ranks);
	free(o->lines);
	*o = (struct order){ 0 };
}

void
order_forget(struct order *o)
{
	o->rank_count = 0;
	o->frozen = false;
}

/* The slot of this row, or the free one where it belongs. The table is never full. */
static struct order_rank *
slot(const struct order *o, const struct row *r)
{
	uint64_t hash = ((uint64_t)(uint32_t)r->key.pid << 1 | !!(r->flags & ROW_GROUP)) ^ r->key.start_ns;
	hash *= 0x9e3779b97f4a7c15ull;
	bool group = r->flags & ROW_GROUP;

	for (size_t i = hash >> 32;; i++) {
		struct order_rank *s = &o->ranks[i & (o->rank_room - 1)];
		if (!s->used ||
		    (s->key.pid == r->key.pid && s->key.start_ns == r->key.start_ns && s->group == group))
			return s;
	}
}

void
order_remember(struct order *o, const struct snapshot *s)
{
	size_t room = 64;

	while (room < s->count * 2)
		room *= 2;
	if (room > o->rank_room) {
		free(o->ranks);
		o->ranks = xcalloc(room, sizeof *o->ranks);
		o->rank_room = room;
	} else {
		memset(o->ranks, 0, o->rank_room * sizeof *o->ranks);
	}
	o->rank_count = s->count;
	for (size_t i = 0; i < s->count; i++) {
		const struct row *r = &s->rows[order_at(o, s, i).row];
		struct order_rank *at = slot(o, r);
		if (!at->used)
			*at = (struct order_rank){ r->key, true, r->flags & ROW_GROUP, (uint32_t)i };
	}
}

/* A row on its way to its line. */
struct placed {
	uint64_t weight; /* rank; unranked rows follow in the snapshot's order */
	uint32_t row;
	uint32_t child, next; /* first child, next sibling: indices of struct placed; NONE */
};

#define NONE UINT32_MAX

static int
by_weight(const void *a, const void *b)
{
	const struct placed *const *x = a, *const *y = b;

	return ((*x)->weight > (*y)->weight) - ((*x)->weight < (*y)->weight);
}

/* Sorts a list of siblings; returns its new head. spare has room for all of them. */
static uint32_t
sort_list(struct placed *all, uint32_t head, struct placed **spare)
{
	size_t n = 0;
	bool sorted = true;

	for (uint32_t i = head; i != NONE; i = all[i].next) {
		if (n && all[i].weight < spare[n - 1]->weight)
			sorted = false;
		spare[n++] = &all[i];
	}
	if (n == 0 || sorted)
		return head;
	qsort(spare, n, sizeof *spare, by_weight);
	for (size_t i = 0; i < n; i++)
		spare[i]->next = i + 1 < n ? (uint32_t)(spare[i + 1] - all) : NONE;
	return (uint32_t)(spare[0] - all);
}

void
order_apply(struct order *o, const struct snapshot *s, bool freeze)
{
	size_t n = s->count;

	o->frozen = false;
	if (!freeze || !o->rank_count || n == 0)
		return;
	struct placed *all = xcalloc(n, sizeof *all);
	struct placed **spare = xcalloc(n, sizeof *spare);
	uint32_t *tail = xcalloc(n, sizeof *tail); /* last child so far */
	uint32_t *stack = xcalloc(n + 1, sizeof *stack);
	uint32_t root = NONE, last_root = NONE;
	size_t depth = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct row *r = &s->rows[i];
		const struct order_rank *at = slot(o, r);
		all[i] = (struct placed){ at->used ? at->rank : (uint64_t)1 << 32 | i, i, NONE, NONE };
		/* stack: the ancestors of the row, outermost first */
		if (depth > r->depth)
			depth = r->depth;
		uint32_t *head = depth ? &all[stack[depth - 1]].child : &root;
		uint32_t *last = depth ? &tail[stack[depth - 1]] : &last_root;
		if (*head == NONE)
			*head = i;
		else
			all[*last].next = i;
		*last = i;
		stack[depth++] = i;
	}
	for (uint32_t i = 0; i < n; i++)
		all[i].child = sort_list(all, all[i].child, spare);
	root = sort_list(all, root, spare);

	if (o->line_room < n) {
		free(o->lines);
		o->lines = xcalloc(n, sizeof *o->lines);
		o->line_room = n;
	}
	/* stack: the next row to show at each depth */
	size_t out = 0;
	uint64_t guides = 0;
	stack[0] = root;
	depth = 0;
	for (;;) {
		uint32_t i = stack[depth];
		if (i == NONE) {
			if (depth-- == 0)
				break;
			continue;
		}
		stack[depth] = all[i].next;
		bool last = all[i].next == NONE;
		/* guides of this row: bits of the levels above it */
		guides &= depth < 64 ? ((uint64_t)1 << depth) - 1 : UINT64_MAX;
		o->lines[out++] = (struct order_line){ all[i].row, last, guides };
		if (all[i].child != NONE) {
			if (!last && depth < 64)
				guides |= (uint64_t)1 << depth;
			stack[++depth] = all[i].child;
		}
	}
	o->line_count = out;
	o->frozen = true;
	free(all);
	free(spare);
	free(tail);
	free(stack);
}

struct order_line
order_at(const struct order *o, const struct snapshot *s, size_t i)
{
	if (o->frozen && i < o->line_count && o->lines[i].row < s->count)
		return o->lines[i];
	const struct row *r = &s->rows[i];
	return (struct order_line){ (uint32_t)i, r->flags & ROW_LAST, r->guides };
}
