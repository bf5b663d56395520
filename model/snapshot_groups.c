/*
 * snapshot_groups - the rows of a grouping.
 *
 * Two passes: over the identities, which give the groups and what ended under each; then over the
 * processes, which add what they did since. Rows of processes are made only where they may be
 * seen: in groups that are unfolded, or of all when a filter looks for them. The row of a group
 * is the sum of all, so the rows below it add up to it: its processes and, in one row, what
 * ended.
 */
#include "model/snapshot_parts.h"

#include "model/identity.h"

/* What a group is of: equal values, equal groups. */
struct value {
	const void *pointer;
	uint64_t number;
};

struct slot {
	struct value value;
	uint32_t row; /* + 1; 0: free */
};

enum { REST, OTHERS, FIRST_GROUP }; /* the first rows */

/* Of a group's row. */
struct inside {
	uint32_t ended; /* row of what ended in it; NONE: none */
	uint32_t apart; /* executions that have rows of their own */
};

/* While the rows are filled: who is where. */
struct groups {
	struct fill *f;
	struct slot *slots;
	size_t mask;
	struct inside *inside; /* by row; NULL: nothing is to be seen inside of any */
	size_t end;            /* of the groups that identities gave */
};

static struct value
value_of(enum grouping by, const struct identity *i)
{
	switch (by) {
	case BY_USER:
		return (struct value){ .number = i->key.uid };
	case BY_HOST:
		return (struct value){ .number = (uint32_t)i->key.host };
	case BY_UNIT:
		return (struct value){ .pointer = i->key.unit };
	case BY_SESSION:
		return (struct value){ .pointer = i->key.tty };
	case BY_SIGNER:
		return (struct value){ .pointer = i->key.signer };
	default:
		return (struct value){ .pointer = i->key.exe };
	}
}

/* The text of a value: path, user, host. Good as long as a snapshot. */
static const char *
label_of(struct fill *f, const struct identity *i)
{
	const char *host;

	switch (f->spec->by) {
	case BY_USER:
		return snapshot_user(f, i->key.uid);
	case BY_HOST:
		host = snapshot_host(f, i->key.host);
		return host ? host : "this host";
	case BY_UNIT:
		return i->key.unit ? string_bytes(i->key.unit) : "no unit";
	case BY_SESSION:
		return i->key.tty ? string_bytes(i->key.tty) : "no terminal";
	case BY_SIGNER:
		return i->key.signer ? string_bytes(i->key.signer) : "no signature, or not known";
	default:
		return i->key.exe ? string_bytes(i->key.exe) : "?";
	}
}

static uint32_t
new_row(struct fill *f, uint8_t state, uint32_t up)
{
	uint32_t i = (uint32_t)f->n++;

	f->a->state[i] = state;
	f->a->up[i] = up;
	return i;
}

struct proc_key
snapshot_group_key(enum grouping by, const struct identity *i)
{
	struct value v = value_of(by, i);

	/* A pointer is that of a string. */
	return (struct proc_key){ grouping_key(by),
				  v.pointer ? grouping_hash(string_bytes((struct string *)v.pointer))
					    : (v.number + 1) * 0x9e3779b97f4a7c15u };
}

static uint32_t
new_group(struct groups *g, const struct identity *i)
{
	struct fill *f = g->f;
	const char *label = label_of(f, i);
	struct proc_key key = snapshot_group_key(f->spec->by, i);
	bool folded = !f->spec->unfolded && tree_group_is_folded(f->t, key);
	uint8_t state = folded ? EXISTS | FOLDED : EXISTS;
	uint32_t at = new_row(f, state, NONE);
	struct row *r = &f->s->rows[at];

	snapshot_fill_many(r, key, label);
	r->flags = ROW_BY;
	if (f->spec->by == BY_PROGRAM) {
		r->exe = string_bytes(i->key.exe);
		r->name = string_name(i->key.exe);
		r->command = r->exe[0] ? r->exe : r->name;
	} else if (f->spec->by == BY_USER) {
		r->uid = i->key.uid;
		r->user = label;
	} else if (f->spec->by == BY_UNIT) {
		r->unit = string_bytes(i->key.unit);
	} else if (f->spec->by == BY_SESSION) {
		r->tty = string_bytes(i->key.tty);
	} else if (f->spec->by == BY_SIGNER) {
		r->signer = string_bytes(i->key.signer);
	} else {
		r->host = label;
	}
	return at;
}

static uint32_t
group_row(struct groups *g, const struct identity *i)
{
	struct value v = value_of(g->f->spec->by, i);
	size_t at = (((uintptr_t)v.pointer >> 4) ^ v.number) * 0x9e3779b97f4a7c15u >> 20 & g->mask;

	for (; g->slots[at].row; at = (at + 1) & g->mask)
		if (g->slots[at].value.pointer == v.pointer && g->slots[at].value.number == v.number)
			return g->slots[at].row - 1;
	g->slots[at] = (struct slot){ v, new_group(g, i) + 1 };
	return g->slots[at].row - 1;
}

/* Processes of this identity do not exist where -p and -u leave them out. */
static bool
in_scope(struct fill *f, const struct identity *i)
{
	const struct filter_subject who = { .uid = i->key.uid,
					    .user = f->spec->scope ? snapshot_user(f, i->key.uid) : "",
					    .name = string_name(i->key.exe),
					    .exe = string_bytes(i->key.exe) };

	return !f->spec->scope || filter_match(f->spec->scope, &who);
}

/* The row of an identity; NONE when -p and -u leave it out. */
static void
place(struct groups *g, struct identity *i)
{
	i->row = in_scope(g->f, i) ? group_row(g, i) : NONE;
}

/* Since the mark; one counted before may have moved on with its process. */
static uint32_t
runs_of(const struct identity *i)
{
	return i->runs > i->runs_marked ? (uint32_t)(i->runs - i->runs_marked) : 0;
}

static void
fill_identities(struct groups *g)
{
	struct fill *f = g->f;
	const struct identity *others = &f->t->others;
	struct row *r;

	for (struct identity *i = f->t->identities; i; i = i->hh.next) {
		place(g, i);
		if (i->row == NONE)
			continue;
		r = &f->s->rows[i->row];
		snapshot_add_activity(f, r, &i->ended.did, i->ended.marked);
		r->group_count += runs_of(i);
	}
	if (f->spec->scope)
		return;
	r = &f->s->rows[OTHERS];
	snapshot_add_activity(f, r, &others->ended.did, others->ended.marked);
	r->group_count = runs_of(others);
}

/* Medians are of all that ended; 224 bytes for each group are too many to keep in a row. */
static void
fill_lives(struct groups *g)
{
	struct fill *f = g->f;
	struct lives *lives = xcalloc(g->end, sizeof(*lives));

	for (const struct identity *i = f->t->identities; i; i = i->hh.next)
		if (i->row != NONE)
			lives_merge(&lives[i->row], &i->lives);
	for (size_t k = FIRST_GROUP; k < g->end; k++)
		f->s->rows[k].group_life_ns = lives_median(&lives[k]);
	f->s->rows[OTHERS].group_life_ns = lives_median(&f->t->others.lives);
	free(lives);
}

static bool
is_open(const struct groups *g, uint32_t group)
{
	return !(g->f->a->state[group] & FOLDED) || g->f->spec->filter;
}

/* The row of what ended in a group. */
static uint32_t
ended_row(struct groups *g, uint32_t group)
{
	const struct row *of = &g->f->s->rows[group];
	struct proc_key key = { of->key.pid, of->key.start_ns + 1 };
	struct row *r;

	if (g->inside[group].ended != NONE)
		return g->inside[group].ended;
	g->inside[group].ended = new_row(g->f, EXISTS, group);
	r = &g->f->s->rows[g->inside[group].ended];
	snapshot_fill_many(r, key, "ended");
	r->exe = of->exe;
	r->uid = of->uid;
	r->user = of->user;
	r->host = of->host;
	r->unit = of->unit;
	r->tty = of->tty;
	r->signer = of->signer;
	r->group_life_ns = of->group_life_ns;
	r->flags |= ROW_MEMBER;
	return g->inside[group].ended;
}

static void
fill_ended(struct groups *g)
{
	struct fill *f = g->f;

	for (const struct identity *i = f->t->identities; i; i = i->hh.next)
		if (i->row != NONE && is_open(g, i->row))
			snapshot_add_activity(f, &f->s->rows[ended_row(g, i->row)], &i->ended.did,
					      i->ended.marked);
}

/* Adds what p did under its identity: to a row, and to that inside of it (NONE: there is none). */
static void
add(struct fill *f, const struct proc *p, uint32_t row, uint32_t member)
{
	struct activity since = { 0 }, since_marked = { 0 };
	const struct activity *did = &p->did, *marked = p->marked.own;

	if (p->before) {
		identity_since(p, &since, &since_marked);
		did = &since;
		marked = &since_marked;
	}
	snapshot_add_activity(f, &f->s->rows[row], did, marked);
	if (member != NONE)
		snapshot_add_activity(f, &f->s->rows[member], did, marked);
	if (p->before) {
		activity_finish(&since);
		activity_finish(&since_marked);
	}
}

/* The row of p inside of its group: its own, or that of what ended there. */
static uint32_t
member_row(struct groups *g, const struct proc *p, uint32_t group)
{
	struct fill *f = g->f;
	uint32_t at;

	if (p->flags & PROC_EXITED && !snapshot_shows_exited(f, p->exited_ns))
		return ended_row(g, group);
	g->inside[group].apart++;
	at = new_row(f, EXISTS, group);
	snapshot_fill_process(f, &f->s->rows[at], p);
	f->s->rows[at].flags |= ROW_MEMBER;
	return at;
}

/* -p may name a process whose program is outside, by its pid, by its script or as one to follow. */
static bool
is_chosen(struct fill *f, const struct proc *p)
{
	const struct filter_subject who = filter_subject_of(p, snapshot_user(f, p->uid));

	return p->flags & PROC_FOLLOWED || filter_match(f->spec->scope, &who);
}

static void
fill_process(struct groups *g, struct proc *p)
{
	struct fill *f = g->f;
	bool late = p->flags & PROC_RUN; /* an execution that is counted only now */
	struct identity *who = identity_of((struct tree *)f->t, p);
	uint32_t group;

	if (who->row == IDENTITY_UNPLACED)
		place(g, who);
	group = who->row;
	if (group == NONE) {
		if (!is_chosen(f, p))
			return;
		group = group_row(g, who);
	}
	if (p->flags & PROC_KERNEL && !f->spec->kernel_threads) {
		add(f, p, REST, NONE);
		return;
	}
	add(f, p, group, g->inside && is_open(g, group) ? member_row(g, p, group) : NONE);
	f->s->rows[group].group_count += late;
	if (!(p->flags & PROC_EXITED)) {
		f->s->rows[group].alive++;
		f->s->rows[group].group_count += !(p->flags & PROC_COUNTED);
		f->s->processes++;
	}
}

static void
hide_if_empty(struct fill *f, uint32_t i)
{
	const struct row *r = &f->s->rows[i];

	if (!r->alive && !r->total_all && r->rate_all <= 0)
		f->a->state[i] = 0;
}

static void
finish(struct groups *g)
{
	struct fill *f = g->f;
	bool chosen = f->spec->scope || f->spec->filter;

	f->s->groups = 0;
	for (uint32_t i = 0; i < f->n; i++) {
		struct row *r = &f->s->rows[i];
		uint32_t ended = g->inside && r->flags & ROW_BY && i != OTHERS ? g->inside[i].ended : NONE;

		if (!(r->flags & (ROW_BY | ROW_REST)))
			continue;
		hide_if_empty(f, i);
		/* Its processes have no rows: nothing else says that there are some. */
		if (r->flags & ROW_BY && i != OTHERS && !is_open(g, i))
			r->flags |= ROW_PARENT | ROW_FOLDED;
		f->s->groups += f->a->state[i] & EXISTS && i >= FIRST_GROUP;
		if (ended == NONE)
			continue;
		f->s->rows[ended].group_count =
			r->group_count > g->inside[i].apart ? r->group_count - g->inside[i].apart : 0;
		hide_if_empty(f, ended);
	}
	if (chosen)
		f->a->state[REST] = 0;
}

void
snapshot_fill_groups(struct fill *f)
{
	const struct tree *t = f->t;
	/* Those not looked up yet may each have an identity, and so a group, that is new. */
	size_t identities = HASH_COUNT(t->identities) + t->unidentified, size = 64;
	bool inside = f->spec->filter || f->spec->unfolded || t->unfolded || t->toggled;
	size_t rows = FIRST_GROUP + identities * 2 + (inside ? t->count : 0);
	struct groups g = { .f = f };

	while (size < identities * 2)
		size *= 2;
	g.slots = xcalloc(size, sizeof(*g.slots));
	g.mask = size - 1;
	snapshot_reserve(f, rows);
	f->n = 0;
	f->procs = 0;
	f->s->processes = 0;
	f->a->group_count = 0;
	snapshot_fill_rest(f, new_row(f, EXISTS, NONE));
	snapshot_fill_many(&f->s->rows[new_row(f, EXISTS, NONE)],
			   (struct proc_key){ grouping_key(f->spec->by), 0 }, "others");
	f->s->rows[OTHERS].flags = ROW_BY;
	fill_identities(&g);
	g.end = f->n;
	fill_lives(&g);
	if (inside) {
		g.inside = xmalloc(rows * sizeof(*g.inside));
		for (size_t i = 0; i < rows; i++)
			g.inside[i] = (struct inside){ .ended = NONE };
		fill_ended(&g);
	}
	for (size_t i = 0; i < t->count; i++) {
		if (i + 16 < t->count) {
			snapshot_prefetch(t->all[i + 16]);
			if (t->all[i + 4]->who)
				__builtin_prefetch(&t->all[i + 4]->who->row);
		}
		if (!(t->all[i]->flags & PROC_GHOST))
			fill_process(&g, t->all[i]);
	}
	snapshot_add_activity(f, f->rest, &t->root.did, t->root.marked.own);
	finish(&g);
	free(g.slots);
	free(g.inside);
}
