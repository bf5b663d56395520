/* group - see group.h. */
#include "model/group.h"

#include <string.h>
#include <utlist.h>

/* ---- what ended processes did ---- */

void
ended_add(struct tree *t, struct ended *to, const struct activity *a, const struct activity *marked)
{
	activity_merge(&to->did, a);
	if (marked)
		add_counts(&to->marked, marked);
	if (!to->closing) {
		DL_APPEND(t->closing, to);
		to->closing = true;
	}
}

void
ended_finish(struct tree *t, struct ended *e)
{
	if (e->closing)
		DL_DELETE(t->closing, e);
	activity_finish(&e->did);
	activity_free(&e->marked);
	e->closing = false;
}

/* ---- the forest ---- */

const struct group *
group_outermost(const struct group *g)
{
	while (g->outer)
		g = g->outer;
	return g;
}

bool
group_is_one_line(const struct group *g)
{
	return group_outermost(g)->large;
}

struct group *
group_next(const struct group *g, const struct group *top)
{
	if (g->inner)
		return g->inner;
	while (g != top && !g->next)
		g = g->outer;
	return g == top ? NULL : g->next;
}

const struct group *
group_by_id(const struct tree *t, uint64_t id)
{
	for (const struct group *top = t->groups; top; top = top->next_aged)
		for (const struct group *g = top; g; g = group_next(g, top))
			if (g->id == id)
				return g;
	return NULL;
}

static void
group_free(struct tree *t, struct group *g)
{
	t->buried_bytes -= g->weight;
	string_release(g->exe);
	ended_finish(t, &g->ended);
	free(g);
}

static void
unlink_from(struct group **list, struct group *g)
{
	while (*list != g)
		list = &(*list)->next;
	*list = g->next;
	g->next = NULL;
}

static uint64_t
events_of(const struct group *top)
{
	uint64_t sum = 0;

	for (const struct group *g = top; g; g = group_next(g, top))
		sum += activity_total(&g->ended.did);
	return sum;
}

static bool
has_tombstones(const struct group *top)
{
	for (const struct group *g = top; g; g = group_next(g, top))
		if (g->present)
			return true;
	return false;
}

static struct group *
find(struct group *list, const struct string *exe)
{
	while (list && list->exe != exe)
		list = list->next;
	return list;
}

/* ---- merging ---- */

static struct group *inner_group(struct tree *t, struct group *outer, struct string *exe);

/*
 * All of from goes to to, and to groups inside of that. from is in no list any more; it stays
 * until release_merged(), so that members can be forwarded.
 */
static void
merge(struct tree *t, struct group *to, struct group *from)
{
	struct group *top = (struct group *)group_outermost(to), *g;

	if (group_outermost(from) == top)
		top->nodes--;
	to->count += from->count;
	to->present += from->present;
	if (from->last_ns >= to->last_ns) {
		to->last_ns = from->last_ns;
		to->uid = from->uid;
	}
	to->followed |= from->followed;
	lives_merge(&to->lives, &from->lives);
	ended_add(t, &to->ended, &from->ended.did, from->ended.marked);
	from->into = to;
	while ((g = from->inner)) {
		from->inner = g->next;
		merge(t, inner_group(t, to, g->exe), g);
	}
	if (from->owner)
		DL_DELETE2(t->groups, from, prev_aged, next_aged);
	from->next = t->merged;
	t->merged = from;
}

static void
release_merged(struct tree *t)
{
	struct group *g;

	while ((g = t->merged)) {
		t->merged = g->next;
		group_free(t, g);
	}
}

/* One of the list without tombstones, the one with the fewest events. */
static struct group *
least_active(struct group *list)
{
	struct group *least = NULL;
	uint64_t least_events = UINT64_MAX;

	for (struct group *g = list; g; g = g->next) {
		uint64_t events = g->exe && !has_tombstones(g) ? events_of(g) : UINT64_MAX;

		if (events < least_events) {
			least_events = events;
			least = g;
		}
	}
	return least;
}

static struct group *
create(struct tree *t, struct group **list, struct string *exe)
{
	struct group *g = xcalloc(1, sizeof(*g));

	g->exe = string_hold(exe);
	g->weight = weigh(sizeof(*g), exe, NULL);
	t->buried_bytes += g->weight;
	g->id = ++t->group_id;
	g->next = *list;
	*list = g;
	return g;
}

/*
 * Is there room for a new name in a list? When there are enough, the least active one joins the
 * others. False: each has tombstones, so what is new is one of the others.
 */
static bool
make_room(struct tree *t, struct group **list, struct group *(*others)(struct tree *, void *), void *ctx)
{
	struct group *least;
	unsigned names = 0;

	for (const struct group *g = *list; g; g = g->next)
		names += g->exe != NULL;
	if (names < GROUP_NAMES)
		return true;
	least = least_active(*list);
	if (!least)
		return false;
	unlink_from(list, least);
	merge(t, others(t, ctx), least);
	return true;
}

static struct group *
others_inside(struct tree *t, void *outer)
{
	return inner_group(t, outer, NULL);
}

static struct group *
inner_group(struct tree *t, struct group *outer, struct string *exe)
{
	struct group *top = (struct group *)group_outermost(outer), *g;

	if (outer->depth >= GROUP_DEPTH) {
		if (!outer->exe)
			return outer;
		exe = NULL;
	}
	g = find(outer->inner, exe);
	if (!g && exe && top->nodes >= GROUP_NODES)
		g = find(outer->inner, exe = NULL);
	if (!g && exe && !make_room(t, &outer->inner, others_inside, outer))
		g = find(outer->inner, exe = NULL);
	if (g)
		return g;
	g = create(t, &outer->inner, exe);
	g->outer = outer;
	g->depth = (uint8_t)(outer->depth + 1);
	top->nodes++;
	return g;
}

static struct group *outer_group(struct tree *t, struct proc *owner, struct string *exe);

static struct group *
others_of(struct tree *t, void *owner)
{
	return outer_group(t, owner, NULL);
}

static struct group *
outer_group(struct tree *t, struct proc *owner, struct string *exe)
{
	struct group *g = find(owner->groups, exe);

	if (!g && exe && !make_room(t, &owner->groups, others_of, owner))
		g = find(owner->groups, exe = NULL);
	if (g)
		return g;
	g = create(t, &owner->groups, exe);
	g->owner = owner;
	DL_APPEND2(t->groups, g, prev_aged, next_aged);
	return g;
}

/* ---- members ---- */

/* The groups of p's children move into p's own group. */
static void
take_groups(struct tree *t, struct proc *p)
{
	struct group *g;

	p->flags |= PROC_MERGED;
	while ((g = p->groups)) {
		p->groups = g->next;
		merge(t, inner_group(t, p->group, g->exe), g);
	}
}

/* The next of what is below p, from above down; after NULL the first. NULL: no more. */
static struct proc *
next_below(const struct proc *p, struct proc *c)
{
	struct proc *next = c ? c->child : p->child;

	while (!next && c && c != p) {
		next = c->next;
		c = c->parent;
	}
	return next;
}

/* All that ended below the tombstone p is inside of its group from now on. */
static void
merge_below(struct tree *t, struct proc *p)
{
	if (p->flags & PROC_MERGED)
		return;
	take_groups(t, p);
	/* From above down: the groups of a parent are merged before those of its children. */
	for (struct proc *c = next_below(p, NULL); c; c = next_below(p, c))
		if (c->flags & PROC_EXITED && c->group) {
			while (c->group->into)
				c->group = c->group->into;
			take_groups(t, c);
		}
	release_merged(t);
}

void
group_join(struct tree *t, struct proc *p)
{
	struct proc *parent = p->parent;
	bool inside = parent->flags & PROC_MERGED && parent->group;
	struct group *g = inside ? inner_group(t, parent->group, p->exe) : outer_group(t, parent, p->exe),
		     *top;

	release_merged(t);
	top = (struct group *)group_outermost(g);
	g->count++;
	g->present++;
	g->uid = p->uid;
	g->last_ns = p->exited_ns;
	g->followed |= (p->flags & PROC_FOLLOWED) != 0;
	if (p->key.start_ns && p->exited_ns > p->key.start_ns)
		lives_add(&g->lives, p->exited_ns - p->key.start_ns);
	if (top->last_ns < p->exited_ns)
		top->last_ns = p->exited_ns;
	if (top->next_aged) {
		DL_DELETE2(t->groups, top, prev_aged, next_aged);
		DL_APPEND2(t->groups, top, prev_aged, next_aged);
	}
	p->group = g;
	if (!g->large && g->count > GROUP_LARGE) {
		g->large = true;
		if (g == top)
			for (struct proc *c = parent->child; c; c = c->next)
				if (c->group == g)
					merge_below(t, c);
	}
	if (group_is_one_line(g) || g->outer)
		merge_below(t, p);
}

static void
group_quit(struct proc *p)
{
	if (!p->group)
		return;
	p->group->present--;
	p->group->count--;
	p->group = NULL;
}

void
group_leave(struct proc *p)
{
	if (p->flags & PROC_MERGED)
		for (struct proc *c = next_below(p, NULL); c; c = next_below(p, c)) {
			group_quit(c);
			c->flags &= ~(uint32_t)PROC_MERGED;
		}
	group_quit(p);
	p->flags &= ~(uint32_t)PROC_MERGED;
}

void
group_join_below(struct tree *t, struct proc *p)
{
	for (struct proc *c = next_below(p, NULL); c; c = next_below(p, c))
		if (c->flags & PROC_EXITED && !c->group)
			group_join(t, c);
}

void
group_reap(struct tree *t, struct proc *p)
{
	if (!p->group)
		group_join(t, p);
	merge_below(t, p);
	ended_add(t, &p->group->ended, &p->did, p->marked.own);
	p->group->present--;
	p->group = NULL;
}

void
group_orphan(struct tree *t, struct proc *p)
{
	struct group *g;

	while ((g = p->groups)) {
		p->groups = g->next;
		merge(t, outer_group(t, &t->root, g->exe), g);
	}
	release_merged(t);
}

/* ---- the end ---- */

/* All of a list is freed; what was done goes to gone, when there is one. */
static void
free_all(struct tree *t, struct group *top, bool count)
{
	for (struct group *g = top, *up; g; g = up) {
		if (g->inner) {
			up = g->inner;
			continue;
		}
		if (count) {
			ended_add(t, &t->gone, &g->ended.did, g->ended.marked);
			t->gone_count += g->count;
		}
		up = g == top ? NULL : g->outer;
		if (up)
			up->inner = g->next;
		group_free(t, g);
	}
}

bool
group_expire_oldest(struct tree *t)
{
	struct group *g = t->groups;

	if (!g || has_tombstones(g))
		return false;
	unlink_from(&g->owner->groups, g);
	DL_DELETE2(t->groups, g, prev_aged, next_aged);
	free_all(t, g, true);
	return true;
}

void
groups_free(struct tree *t)
{
	for (struct group *g = t->groups, *next; g; g = next) {
		next = g->next_aged;
		free_all(t, g, false);
	}
	t->groups = NULL;
}
