/* lineage - see lineage.h. */
#include "src/stream/lineage.h"

void
lineage_finish(struct lineage *l)
{
	struct runner *r, *next;

	HASH_ITER (hh, l->runners, r, next) {
		HASH_DELETE(hh, l->runners, r); /* NOLINT: the analyzer loses the hash */
		free(r);
	}
}

static struct runner *
find(const struct lineage *l, int32_t pid)
{
	struct runner *r;

	HASH_FIND(hh, l->runners, &pid, sizeof(pid), r);
	return r;
}

struct runner *
lineage_parent(const struct lineage *l, const struct runner *r)
{
	struct runner *parent = r->parent_number ? find(l, r->parent_pid) : NULL;

	return parent && parent->number == r->parent_number ? parent : NULL;
}

void
lineage_end(struct lineage *l, struct runner *r)
{
	l->ops->end(l->ctx, r);
	HASH_DELETE(hh, l->runners, r);
	free(r);
}

static struct runner *
begin(struct lineage *l, int32_t pid, uint64_t start_ns, struct runner *parent, const char *path)
{
	struct runner *r = xcalloc(1, l->ops->size);

	r->pid = pid;
	r->start_ns = start_ns;
	r->number = ++l->number;
	if (parent) {
		r->parent_pid = parent->pid;
		r->parent_number = parent->number;
	}
	HASH_ADD(hh, l->runners, pid, sizeof(r->pid), r);
	l->ops->begin(l->ctx, r, parent, path);
	return r;
}

/* A process that runs, by what the tree knows of it and its ancestors. NULL: there is none. */
static struct runner *
by_tree(struct lineage *l, int32_t pid, unsigned depth)
{
	const struct proc *p = pid && depth < LINEAGE_DEPTH ? tree_find_pid(l->tree, pid) : NULL;
	struct runner *r = find(l, pid), *parent = NULL;
	struct proc_facts facts;

	if (r || !p)
		return r;
	proc_facts(p, &facts);
	if (facts.ppid != pid)
		parent = by_tree(l, facts.ppid, depth + 1);
	/* Ancestors that go round in a circle have met it meanwhile. */
	r = find(l, pid);
	return r ? r : begin(l, pid, facts.key.start_ns, parent, facts.exe);
}

struct runner *
lineage_actor(struct lineage *l, const struct event *e)
{
	const struct event_proc *who = &e->who;
	const char *exe = event_field(e, FIELD_EXE, NULL);
	struct runner *r = find(l, who->pid), *parent = NULL;
	const struct proc *p;
	struct proc_facts facts = { 0 };

	if (r && r->start_ns && who->start_ns && r->start_ns != who->start_ns) {
		lineage_end(l, r); /* its exit was lost */
		r = NULL;
	}
	if (r)
		return r;
	p = tree_find(l->tree, (struct proc_key){ who->pid, who->start_ns });
	if (p)
		proc_facts(p, &facts);
	if (who->ppid != who->pid)
		parent = by_tree(l, who->ppid, 0);
	r = find(l, who->pid); /* as above */
	return r ? r : begin(l, who->pid, who->start_ns, parent, exe ? exe : facts.exe);
}

void
lineage_fork(struct lineage *l, struct runner *parent, const struct event *e, const char *path)
{
	struct runner *child = find(l, e->other.pid);

	if (!e->other.pid || child == parent)
		return;
	if (child)
		lineage_end(l, child);
	begin(l, e->other.pid, e->other.start_ns, parent, path);
}
