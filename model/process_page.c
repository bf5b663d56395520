/* process_page - see process_page.h. */
#include "model/process_page.h"

#include "model/group.h"
#include "model/proc.h"
#include "model/process_parts.h"

#include <stdio.h>
#include <string.h>

void
process_look_finish(struct process_look *look)
{
	free(look->args);
	free(look->cwd);
	free(look->tty);
	free(look->env);
	free(look->unit);
	*look = (struct process_look){ 0 };
}

static void
forget_files(struct process_page *p)
{
	for (size_t i = 0; i < p->file_count; i++)
		free(p->files[i].path);
	p->file_count = 0;
}

static void
forget_rules(struct process_page *p)
{
	for (size_t i = 0; i < p->rule_count && i < PAGE_RULES; i++)
		free(p->rules[i].what);
	p->rule_count = 0;
}

static void
forget_facts(struct process_page *p)
{
	free((char *)p->facts.cwd);
	free((char *)p->facts.signing_id);
	free((char *)p->facts.team_id);
	p->facts = (struct process_fact){ 0 };
}

void
process_page_finish(struct process_page *p)
{
	free(p->exe);
	free(p->args);
	free(p->script);
	free(p->title);
	free(p->tty);
	free(p->label);
	forget_files(p);
	forget_rules(p);
	process_look_finish(&p->look);
	forget_facts(p);
	memset(p, 0, sizeof(*p));
}

static void
set_text(char **where, const char *text)
{
	free(*where);
	*where = xstrdup(text);
}

/* ---- the parts ---- */

static void
list_parents(struct process_page *p, const struct tree *t, const struct proc *above)
{
	p->parent_count = 0;
	for (; above && above != &t->root && p->parent_count < PAGE_PARENTS; above = above->parent) {
		struct page_parent *parent = &p->parents[p->parent_count++];

		parent->key = above->key;
		snprintf(parent->name, sizeof(parent->name), "%s", string_name(above->exe));
	}
}

static uint32_t
living_children(const struct proc *p)
{
	uint32_t n = 0;

	for (const struct proc *c = p->child; c; c = c->next)
		n += !(c->flags & (PROC_EXITED | PROC_GHOST));
	return n;
}

static void
list_types(struct process_page *p, const struct activity *did, const struct minute *minute)
{
	p->type_count = 0;
	p->sampled = minute != NULL;
	for (unsigned id = 0; id < EV_COUNT; id++) {
		const struct tally *tally = activity_get(did, (enum event_id)id);
		struct page_type *type = &p->types[p->type_count];

		if (!tally || (!tally->total && tally->rate <= 0))
			continue;
		p->type_count++;
		type->id = (enum event_id)id;
		type->total = tally->total;
		type->rate = (double)tally->rate;
		if (minute)
			minute_get(minute, (enum event_id)id, type->samples);
	}
}

static void
keep_files(struct process_page *p, const struct file_share shares[], size_t n)
{
	forget_files(p);
	p->file_count = n;
	for (size_t i = 0; i < p->file_count; i++)
		p->files[i] = (struct page_file){ xstrdup(shares[i].path), shares[i].user.opens,
						  shares[i].user.closes, shares[i].user.total,
						  shares[i].user.at_least };
}

static void
list_files(struct process_page *p, const struct files *files)
{
	struct file_share shares[PAGE_FILES];

	keep_files(p, shares, files ? files_of(files, p->key, shares, PAGE_FILES) : 0);
}

void
process_page_files(struct process_page *p, const struct files *files,
		   bool (*is)(void *ctx, const struct file_user *), void *ctx)
{
	struct file_share shares[PAGE_FILES];

	keep_files(p, shares, files_where(files, is, ctx, shares, PAGE_FILES));
}

void
process_page_types(struct process_page *p, const struct activity *did)
{
	list_types(p, did, NULL);
}

void
process_page_set(char **to, const char *text)
{
	set_text(to, text);
}

void
process_page_rules(struct process_page *p, const struct mute_rule *const rules[], size_t n)
{
	forget_rules(p);
	p->rule_count = n;
	for (size_t i = 0; i < p->rule_count && i < PAGE_RULES; i++)
		p->rules[i] = (struct page_rule){
			rules[i]->id,    rules[i]->kind,    rules[i]->origin,
			rules[i]->state, rules[i]->process, xstrdup(rules[i]->path ? rules[i]->path : "")
		};
}

static void
list_rules(struct process_page *p, const struct mutes *mutes)
{
	const struct mute_rule *rules[PAGE_RULES];

	process_page_rules(p, rules, mutes ? mutes_covering(mutes, p->key, p->exe, rules, PAGE_RULES) : 0);
}

/* Its exited members: those that are still there and those that are reaped. */
static void
take_group(struct process_page *p, const struct tree *t, const struct group *g, const struct mutes *mutes)
{
	const struct proc *owner = group_outermost(g)->owner;
	struct activity sum = { 0 };

	p->uid = g->uid;
	p->ppid = owner->key.pid;
	p->exited = true;
	p->exited_ns = g->last_ns;
	p->group_count = g->count;
	set_text(&p->exe, string_bytes(g->exe));
	set_text(&p->args, "");
	set_text(&p->script, "");
	set_text(&p->title, "");
	set_text(&p->tty, "");
	list_parents(p, t, owner);
	activity_merge(&sum, &g->ended.did);
	for (const struct proc *c = t->dead; c; c = c->next_dead)
		if (c->group == g)
			activity_merge(&sum, &c->did);
	list_types(p, &sum, NULL);
	activity_finish(&sum);
	list_rules(p, mutes);
}

static void
take_process(struct process_page *p, const struct tree *t, const struct proc *proc, const struct files *files,
	     const struct mutes *mutes, const struct minute *minute)
{
	p->version = proc->version;
	p->ppid = proc->ppid;
	p->uid = proc->uid;
	p->exited = proc->flags & PROC_EXITED;
	p->kernel = proc->flags & PROC_KERNEL;
	p->lossy = t->lost_to_ns && proc->key.start_ns <= t->lost_to_ns;
	p->status = proc->status;
	p->exited_ns = proc->exited_ns;
	p->children = living_children(proc);
	set_text(&p->exe, string_bytes(proc->exe));
	set_text(&p->args, string_bytes(proc->args));
	p->args_cut = proc->flags & PROC_ARGS_CUT;
	set_text(&p->script, string_bytes(proc->script));
	set_text(&p->title, string_bytes(proc->title));
	set_text(&p->tty, string_bytes(proc->owners.tty));
	list_parents(p, t, proc->parent);
	list_types(p, &proc->did, minute);
	list_files(p, files);
	list_rules(p, mutes);
}

static const struct proc *
find(const struct tree *t, const struct process_page *p, struct proc_key key)
{
	const struct proc *proc;

	/* Once found it is that one, whoever gets its pid. */
	if (!key.start_ns && p->found && !p->group && p->key.pid == key.pid)
		return tree_find(t, p->key);
	proc = tree_find(t, key);
	return proc || key.start_ns ? proc : tree_find_pid(t, key.pid);
}

/* ---- public ---- */

static char *
copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void
process_page_facts(struct process_page *p, const struct process_facts *facts)
{
	struct process_fact fact;

	if (p->group || p->by || !process_facts_get(facts, p->key, &fact))
		return;
	forget_facts(p);
	p->facts = fact;
	p->facts.cwd = copy(fact.cwd);
	p->facts.signing_id = copy(fact.signing_id);
	p->facts.team_id = copy(fact.team_id);
}

void
process_page_take(struct process_page *p, const struct tree *t, const struct files *files,
		  const struct mutes *mutes, const struct minute *minute, const struct page_spec *spec)
{
	const struct group *g = spec->group ? group_by_id(t, spec->key.start_ns) : NULL;
	const struct proc *proc = spec->group ? NULL : find(t, p, spec->key);
	struct proc_key key = proc ? proc->key : spec->key;

	if (!proc && !spec->group && !key.start_ns && p->key.pid == key.pid)
		key = p->key; /* it was there, and has been reaped */
	if (p->key.pid != key.pid || p->key.start_ns != key.start_ns || p->group != spec->group)
		process_page_finish(p);
	p->key = key;
	p->group = spec->group;
	if (!spec->group && grouping_has_groups(grouping_of_key(key.pid))) {
		group_page_take(p, t, files, mutes, spec);
		return;
	}
	p->gone = p->found && !g && !proc;
	if (!g && !proc)
		return;
	p->found = true;
	if (g)
		take_group(p, t, g, mutes);
	else
		take_process(p, t, proc, files, mutes, minute);
}

bool
process_page_totals(const struct tree *t, struct proc_key key, uint64_t total[EV_COUNT])
{
	const struct proc *p = tree_find(t, key);

	memset(total, 0, EV_COUNT * sizeof(*total));
	for (unsigned id = 0; p && id < EV_COUNT; id++) {
		const struct tally *tally = activity_get(&p->did, (enum event_id)id);

		total[id] = tally ? tally->total : 0;
	}
	return p;
}
