/* group_page - process_page_take() for a row of a grouping; see process_page.h. */
#include "model/group.h"
#include "model/identity.h"
#include "model/process_parts.h"
#include "model/snapshot_parts.h"

#include <string.h>

struct group_of {
	const struct tree *t;
	struct proc_key key; /* of the row */
	enum grouping by;
	struct string *value; /* of the members; NULL: none */
	uint32_t uid;
};

static bool
is_member(const struct group_of *g, const struct identity *i)
{
	struct proc_key key = snapshot_group_key(g->by, i);

	return key.start_ns == g->key.start_ns;
}

static bool
is_used_by_member(void *ctx, const struct file_user *u)
{
	const struct group_of *g = ctx;
	struct proc *p;

	if (g->by == BY_PROGRAM)
		return strcmp(u->exe, string_bytes(g->value)) == 0;
	p = (struct proc *)tree_find(g->t, u->key);
	return p && is_member(g, identity_of((struct tree *)g->t, p));
}

/* What the members have in common; the first that is found has it. */
static void
take_value(struct process_page *p, struct group_of *g, const struct identity *i)
{
	const struct identity_key *k = &i->key;

	g->value = g->by == BY_PROGRAM   ? k->exe
		   : g->by == BY_UNIT    ? k->unit
		   : g->by == BY_SESSION ? k->tty
		   : g->by == BY_SIGNER  ? k->signer
					 : NULL;
	g->uid = k->uid;
	p->uid = k->uid;
	process_page_set(&p->label, string_bytes(g->value));
	process_page_set(&p->exe, g->by == BY_PROGRAM ? string_bytes(g->value) : "");
}

static void
add_busy(struct process_page *p, const struct proc *proc, uint64_t total, double rate)
{
	struct page_busy *busy = p->busy;
	unsigned at = p->busy_count;

	while (at > 0 &&
	       (busy[at - 1].rate < rate || (busy[at - 1].rate <= rate && busy[at - 1].total < total)))
		at--;
	if (at == PAGE_BUSIEST)
		return;
	if (p->busy_count == PAGE_BUSIEST)
		p->busy_count--;
	memmove(busy + at + 1, busy + at, (p->busy_count++ - at) * sizeof(*busy));
	busy[at] = (struct page_busy){
		.key = proc->key, .total = total, .rate = rate, .exited = proc->flags & PROC_EXITED
	};
	snprintf(busy[at].command, sizeof(busy[at].command), "%s",
		 proc->args ? string_bytes(proc->args) : string_bytes(proc->exe));
}

/* As the row counts it: snapshot_groups.c. */
static void
add_process(struct process_page *p, const struct proc *proc, bool late, struct activity *sum)
{
	struct activity since = { 0 };
	const struct activity *did = &proc->did;

	if (proc->before) {
		identity_since(proc, &since, NULL);
		did = &since;
	}
	activity_merge(sum, did);
	add_busy(p, proc, activity_total(did), activity_rate(did));
	activity_finish(&since);
	p->runs += late;
	if (proc->flags & PROC_EXITED)
		return;
	p->alive++;
	p->runs += !(proc->flags & PROC_COUNTED);
}

static void
list_group_rules(struct process_page *p, const struct group_of *g, const struct mutes *mutes)
{
	const struct mute_rule *rules[PAGE_RULES];
	const char *text = string_bytes(g->value);
	struct mute_owner owner = { g->by == BY_USER ? g->uid : UID_UNKNOWN, "", "", "" };
	size_t n = 0;

	if (g->by == BY_PROGRAM)
		n = mutes_covering(mutes, (struct proc_key){ 0 }, text, rules, PAGE_RULES);
	else if (g->by == BY_UNIT)
		owner.unit = text;
	else if (g->by == BY_SIGNER)
		owner.signer = text;
	if (g->by != BY_PROGRAM && (rules[0] = mutes_of_owner(mutes, &owner)) != NULL)
		n = 1;
	process_page_rules(p, rules, n);
}

void
group_page_take(struct process_page *p, const struct tree *t, const struct files *files,
		const struct mutes *mutes, const struct page_spec *spec)
{
	struct group_of g = { .t = t, .key = spec->key, .by = grouping_of_key(spec->key.pid) };
	struct activity sum = { 0 };
	struct lives lives = { { 0 } };
	bool found = false;

	p->alive = 0;
	p->runs = 0;
	p->busy_count = 0;
	for (size_t i = 0; i < t->count; i++) {
		struct proc *proc = t->all[i];
		bool late = proc->flags & PROC_RUN;
		struct identity *who;

		if (proc->flags & PROC_GHOST)
			continue;
		who = identity_of((struct tree *)t, proc);
		if (!is_member(&g, who))
			continue;
		if (!found)
			take_value(p, &g, who);
		found = true;
		add_process(p, proc, late, &sum);
	}
	for (const struct identity *i = t->identities; i; i = i->hh.next) {
		if (!is_member(&g, i))
			continue;
		if (!found)
			take_value(p, &g, i);
		found = true;
		activity_merge(&sum, &i->ended.did);
		p->runs += i->runs;
		lives_merge(&lives, &i->lives);
	}
	p->by = g.by;
	p->found |= found;
	p->gone = p->found && !found;
	if (found) {
		p->life_ns = lives_median(&lives);
		process_page_types(p, &sum);
		if (files)
			process_page_files(p, files, is_used_by_member, &g);
		if (mutes)
			list_group_rules(p, &g, mutes);
	}
	activity_finish(&sum);
}
