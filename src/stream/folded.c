/* folded - see folded.h. */
#include "src/stream/folded.h"
#include "model/clean.h"
#include "model/hash.h"
#include "model/xalloc.h"

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

/* A process that runs. */
struct runner {
	int32_t pid;
	uint64_t start_ns; /* 0: not known */
	uint64_t number;   /* of runners, never used twice */
	int32_t parent_pid;
	uint64_t parent_number; /* of who forked it; 0: not known */
	struct stack *base;     /* what its program stands on */
	struct stack *stack;
	unsigned children; /* that run */
	uint64_t since_ns; /* when the last of them ended, or its program began */
	UT_hash_handle hh;
};

struct folded {
	const struct tree *tree;
	struct stack root, *stacks;
	struct runner *runners;
	uint64_t number, now_ns;
};

struct folded *
folded_create(const struct tree *tree)
{
	struct folded *f = xcalloc(1, sizeof(*f));

	f->tree = tree;
	return f;
}

void
folded_destroy(struct folded *f)
{
	struct stack *s, *next_stack;
	struct runner *r, *next_runner;

	if (!f)
		return;
	HASH_ITER (hh, f->stacks, s, next_stack) {
		HASH_DELETE(hh, f->stacks, s); /* NOLINT: the analyzer loses the hash */
		free(s->key);
		free(s);
	}
	HASH_ITER (hh, f->runners, r, next_runner) {
		HASH_DELETE(hh, f->runners, r); /* NOLINT: the analyzer loses the hash */
		free(r);
	}
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
	memcpy(key + sizeof(below), name, length);
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

static struct runner *
find(const struct folded *f, int32_t pid)
{
	struct runner *r;

	HASH_FIND(hh, f->runners, &pid, sizeof(pid), r);
	return r;
}

/* Its own time up to now. */
static void
settle(struct folded *f, struct runner *r)
{
	if (!r->children && f->now_ns > r->since_ns)
		r->stack->time_ns += f->now_ns - r->since_ns;
	r->since_ns = f->now_ns;
}

static struct runner *
parent_of(const struct folded *f, const struct runner *r)
{
	struct runner *parent = r->parent_number ? find(f, r->parent_pid) : NULL;

	return parent && parent->number == r->parent_number ? parent : NULL;
}

static void
end(struct folded *f, struct runner *r)
{
	struct runner *parent = parent_of(f, r);

	settle(f, r);
	if (parent && --parent->children == 0)
		parent->since_ns = f->now_ns;
	HASH_DELETE(hh, f->runners, r);
	free(r);
}

/* path: what it runs, NULL where that is not known. */
static struct runner *
begin(struct folded *f, int32_t pid, uint64_t start_ns, struct runner *parent, const char *path)
{
	struct runner *r = xcalloc(1, sizeof(*r));

	r->pid = pid;
	r->start_ns = start_ns;
	r->number = ++f->number;
	r->base = &f->root;
	if (parent) {
		settle(f, parent);
		parent->children++;
		r->parent_pid = parent->pid;
		r->parent_number = parent->number;
		r->base = parent->stack;
	}
	r->stack = stack_on(f, r->base, path);
	r->since_ns = f->now_ns;
	HASH_ADD(hh, f->runners, pid, sizeof(r->pid), r);
	return r;
}

/* A process that runs, by what the tree knows of it and its ancestors. NULL: there is none. */
static struct runner *
by_tree(struct folded *f, int32_t pid, unsigned depth)
{
	const struct proc *p = pid && depth < FOLDED_DEPTH ? tree_find_pid(f->tree, pid) : NULL;
	struct runner *r = find(f, pid), *parent = NULL;
	struct proc_facts facts;

	if (r || !p)
		return r;
	proc_facts(p, &facts);
	if (facts.ppid != pid)
		parent = by_tree(f, facts.ppid, depth + 1);
	/* Ancestors that go round in a circle have met it meanwhile. */
	r = find(f, pid);
	return r ? r : begin(f, pid, facts.key.start_ns, parent, facts.exe);
}

static struct runner *
actor_of(struct folded *f, const struct event *e)
{
	const struct event_proc *who = &e->who;
	const char *exe = event_field(e, FIELD_EXE, NULL);
	struct runner *r = find(f, who->pid);
	const struct proc *p;
	struct proc_facts facts = { 0 };

	if (r && r->start_ns && who->start_ns && r->start_ns != who->start_ns) {
		end(f, r); /* its exit was lost */
		r = NULL;
	}
	if (r)
		return r;
	p = tree_find(f->tree, (struct proc_key){ who->pid, who->start_ns });
	if (p)
		proc_facts(p, &facts);
	if (!exe)
		exe = facts.exe;
	return begin(f, who->pid, who->start_ns, who->ppid != who->pid ? by_tree(f, who->ppid, 0) : NULL, exe);
}

/* ---- events ---- */

static void
take_fork(struct folded *f, struct runner *parent, const struct event *e)
{
	struct runner *child = find(f, e->other.pid);

	if (child == parent)
		return;
	if (child)
		end(f, child);
	begin(f, e->other.pid, e->other.start_ns, parent, stack_name(parent->stack));
}

void
folded_take(struct folded *f, const struct event *e)
{
	struct runner *r;

	if (e->time_ns > f->now_ns)
		f->now_ns = e->time_ns;
	r = actor_of(f, e);
	if (e->id >= EV_COUNT)
		return;
	r->stack->events++;
	r->stack->opens += e->id == EV_OPEN;
	if (e->id == EV_FORK && e->other.pid)
		take_fork(f, r, e);
	else if (e->id == EV_EXEC) {
		settle(f, r);
		r->stack = stack_on(f, r->base, event_field(e, FIELD_TARGET, NULL));
	} else if (e->id == EV_EXIT)
		end(f, r);
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

	for (struct runner *r = f->runners; r; r = r->hh.next)
		settle(f, r);
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
