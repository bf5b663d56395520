/* folded - see folded.h. */
#include "src/stream/folded.h"
#include "model/clean.h"
#include "model/hash.h"
#include "model/xalloc.h"
#include "src/stream/lineage.h"

#include <stdlib.h>
#include <string.h>

/* Programs that nothing stands below, when there is no room for more. */
static const char others[] = "others";

/* A stack: a program, and those below it. */
struct stack {
	struct stack *below; /* NULL: the root, which is no program */
	char *key;           /* key_of(); the name is its end */
	struct stack *first, *last, *next;
	uint64_t events, opens, time_ns;
	unsigned depth;
	UT_hash_handle hh; /* by below and name */
};

struct running {
	struct runner runner;
	struct stack *base; /* what its program stands on */
	struct stack *stack;
	unsigned children; /* that run */
	uint64_t since_ns; /* when the last of them ended, or its program began */
};

struct folded {
	struct lineage lineage;
	struct stack root, *stacks;
	uint64_t now_ns;
};

void
folded_destroy(struct folded *f)
{
	struct stack *s, *next_stack;

	if (!f)
		return;
	HASH_ITER (hh, f->stacks, s, next_stack) {
		HASH_DELETE(hh, f->stacks, s); /* NOLINT: the analyzer loses the hash */
		free(s->key);
		free(s);
	}
	lineage_finish(&f->lineage);
	free(f);
}

/* ---- stacks ---- */

/* The last component of a path as it is written. */
static void
name_of(char *out, size_t size, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL, *name = slash ? slash + 1 : path;

	clean_text(out, size, name && *name ? name : "?", name && *name ? strlen(name) : 1, clean_ascii());
	for (char *at = out; *at; at++)
		if (*at == ';')
			*at = ':';
}

/* The key of a stack: the one below it, and its name. */
static size_t
key_of(char key[512], const struct stack *below, const char *name)
{
	size_t length = strlen(name);

	memcpy(key, &below, sizeof(below));
	memcpy(key + sizeof(below), name, length + 1);
	return sizeof(below) + length;
}

/* As it is written; "?" of the root. */
static const char *
stack_name(const struct stack *s)
{
	return s->key ? s->key + sizeof(s->below) : "?";
}

static struct stack *
stack_on(struct folded *f, struct stack *below, const char *path)
{
	char name[400], key[512];
	size_t length;
	struct stack *s;

	name_of(name, sizeof(name), path);
	length = key_of(key, below, name);
	HASH_FIND(hh, f->stacks, key, length, s);
	if (s)
		return s;
	if (HASH_COUNT(f->stacks) >= FOLDED_STACKS || below->depth >= FOLDED_DEPTH) {
		if (below != &f->root)
			return below;
		if (strcmp(name, others) != 0)
			return stack_on(f, below, others);
	}
	s = xcalloc(1, sizeof(*s));
	s->below = below;
	s->depth = below->depth + 1;
	s->key = xmalloc(length + 1);
	memcpy(s->key, key, length);
	s->key[length] = '\0';
	HASH_ADD_KEYPTR(hh, f->stacks, s->key, length, s);
	if (below->last)
		below->last->next = s;
	else
		below->first = s;
	below->last = s;
	return s;
}

/* ---- processes ---- */

/* Its own time up to now. */
static void
settle(struct folded *f, struct running *r)
{
	if (!r->children && f->now_ns > r->since_ns)
		r->stack->time_ns += f->now_ns - r->since_ns;
	r->since_ns = f->now_ns;
}

static void
begin(void *ctx, struct runner *runner, struct runner *forked_by, const char *path)
{
	struct running *r = (struct running *)(void *)runner, *parent = (struct running *)(void *)forked_by;
	struct folded *f = ctx;

	r->base = &f->root;
	if (parent) {
		settle(f, parent);
		parent->children++;
		r->base = parent->stack;
	}
	r->stack = stack_on(f, r->base, path);
	r->since_ns = f->now_ns;
}

static void
end(void *ctx, struct runner *runner)
{
	struct folded *f = ctx;
	struct running *r = (struct running *)(void *)runner;
	struct running *parent = (struct running *)(void *)lineage_parent(&f->lineage, runner);

	settle(f, r);
	if (parent && --parent->children == 0)
		parent->since_ns = f->now_ns;
}

static const struct lineage_ops ops = { sizeof(struct running), begin, end };

struct folded *
folded_create(const struct tree *tree)
{
	struct folded *f = xcalloc(1, sizeof(*f));

	f->lineage = (struct lineage){ .tree = tree, .ops = &ops, .ctx = f };
	return f;
}

/* ---- events ---- */

void
folded_take(struct folded *f, const struct event *e)
{
	struct running *r;

	if (e->time_ns > f->now_ns)
		f->now_ns = e->time_ns;
	r = (struct running *)(void *)lineage_actor(&f->lineage, e);
	if (e->id >= EV_COUNT)
		return;
	r->stack->events++;
	r->stack->opens += e->id == EV_OPEN;
	if (e->id == EV_FORK)
		lineage_fork(&f->lineage, &r->runner, e, stack_name(r->stack));
	else if (e->id == EV_EXEC) {
		settle(f, r);
		r->stack = stack_on(f, r->base, event_field(e, FIELD_TARGET, NULL));
	} else if (e->id == EV_EXIT)
		lineage_end(&f->lineage, &r->runner);
}

/* ---- lines ---- */

static uint64_t
weight_of(const struct stack *s, enum folded_weight weight)
{
	switch (weight) {
	case FOLDED_OPENS:
		return s->opens;
	case FOLDED_TIME:
		return s->time_ns / 1000;
	default:
		return s->events;
	}
}

static void
write_stack(struct text *out, const struct stack *s)
{
	const struct stack *names[FOLDED_DEPTH + 1];
	size_t n = 0;

	for (; s->below; s = s->below)
		names[n++] = s;
	while (n--) {
		text_word(out, stack_name(names[n]));
		text_char(out, n ? ';' : ' ');
	}
}

void
folded_write(struct folded *f, struct text *out, enum folded_weight weight)
{
	const struct stack *s;

	for (struct runner *r = f->lineage.runners; r; r = r->hh.next)
		settle(f, (struct running *)(void *)r);
	/* Down first, then on, as deep as there are stacks: without recursion. */
	for (s = f->root.first; s;) {
		uint64_t number = weight_of(s, weight);

		if (number) {
			write_stack(out, s);
			text_uint(out, number);
			text_char(out, '\n');
		}
		if (s->first) {
			s = s->first;
			continue;
		}
		while (s && !s->next)
			s = s->below;
		if (s)
			s = s->next;
	}
}
