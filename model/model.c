/* model - see model.h. */
#include "model/model.h"

#include "model/follow.h"
#include "model/proc.h"
#include "model/title.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

static struct proc_key
key_of(const struct event_proc *p)
{
	return (struct proc_key){ .pid = p->pid, .start_ns = p->start_ns };
}

void
model_open(struct model *m, const struct model_config *config)
{
	*m = (struct model){ .config = *config };
	m->tree = tree_create();
	views_open(&m->views, config->views);
	m->mutes = mutes_create(config->mute_ops, config->source, EVENT_ALL & ~event_mask_vital());
	mutes_watch(m->mutes, m->tree);
	mutes_users(m->mutes, config->find_user);
}

void
model_close(struct model *m)
{
	mutes_destroy(m->mutes);
	views_close(&m->views);
	tree_destroy(m->tree);
	memset(m, 0, sizeof(*m));
}

void
model_restart(struct model *m)
{
	struct tree *before = m->tree;

	m->tree = tree_create();
	mutes_watch(m->mutes, m->tree);
	tree_destroy(before);
	views_restart(&m->views);
	m->applied = m->applied_shown = 0;
}

/* ---- events ---- */

/* exe: of the process that acted, or NULL. */
static void
apply_to_views(struct model *m, const struct event *e, struct string *exe)
{
	const struct filter *scope = m->config.scope;
	const struct proc *p = scope ? tree_find(m->tree, key_of(&e->who)) : NULL;
	/* Its program is that of the event: of an exec, the one before. */
	const struct filter_subject who = { .pid = e->who.pid,
					    .uid = e->who.uid,
					    .user = scope ? m->config.user_name(e->who.uid) : "",
					    .name = string_name(exe),
					    .exe = string_bytes(exe),
					    .script = p ? string_bytes(p->script) : "" };

	if (!scope || (p && p->flags & PROC_FOLLOWED) || filter_match(scope, &who))
		views_apply(&m->views, e, exe);
}

/* An event that arrived although a rule covers it, or while a rule is auditioned. */
static void
count_arrival(struct model *m, const struct event *e)
{
	const struct proc *p = tree_find(m->tree, key_of(&e->who));
	struct proc_facts facts = { .exe = "" };

	if (p)
		proc_facts(p, &facts);
	mutes_count_arrival(m->mutes, e, facts.exe);
}

void
model_apply(struct model *m, const struct event *e)
{
	struct string *exe;

	if (e->id >= EV_COUNT) {
		model_seen(m, e);
		return;
	}
	/* Of the program that acted, before an exec replaces it. */
	exe = m->views.on ? tree_exe(m->tree, &e->who) : NULL;
	if (exe)
		apply_to_views(m, e, exe);
	tree_apply(m->tree, e);
	follow(m->tree, m->config.follow, m->config.user_name, e);
	if (m->views.on && !exe) /* the first event of a process carries its executable */
		apply_to_views(m, e, tree_exe(m->tree, &e->who));
	m->applied++;
	if (event_info[e->id].vital) {
		if (mutes_of_process(m->mutes, key_of(&e->who)))
			m->mutes_stale = true;
		mutes_follow(m->mutes, e);
	}
	if (mutes_counts_arrivals(m->mutes))
		count_arrival(m, e);
}

void
model_seen(struct model *m, const struct event *e)
{
	tree_apply(m->tree, e);
	follow(m->tree, m->config.follow, m->config.user_name, e);
	mutes_follow(m->mutes, e);
}

void
model_mark(struct model *m, enum chart_mark mark, uint64_t now_ns)
{
	if (m->views.on)
		hour_mark(m->views.hour, mark, now_ns);
}

void
model_tick(struct model *m, const struct snapshot_spec *spec, uint64_t now_ns)
{
	uint64_t exited_ns = UINT64_MAX;

	if (spec->exited_secs != EXITED_FOREVER)
		exited_ns = (uint64_t)spec->exited_secs * 1000000000u;
	tree_tick(m->tree, now_ns, exited_ns);
	views_tick(&m->views, m->tree, spec, now_ns);
	if (mutes_tick(m->mutes, now_ns))
		m->mutes_stale = true;
	if (mutes_changes(m->mutes) != m->mutes_changes)
		model_mark(m, CHART_MARK_MUTES, now_ns);
	m->mutes_changes = mutes_changes(m->mutes);
	if (m->mutes_stale)
		mutes_refresh(m->mutes);
	m->mutes_stale = false;
}

/* ---- snapshots ---- */

void
model_figures(const struct model *m, struct snapshot *s, const struct snapshot_figures *f)
{
	mutes_counts(m->mutes, &s->mutes);
	s->backlog = m->applied - m->applied_shown;
	s->loss = f->loss;
	s->position = f->position;
	s->muted_rate = f->muted_rate;
	s->subscribed = f->subscribed;
	s->available = f->available;
	s->lag_ns = f->lag_ns;
	s->ring_fill = f->ring_fill;
	s->kernel_fills = f->kernel_fills;
	s->handler_ns = f->handler_ns;
	s->self_cpu = f->self_cpu;
	s->self_rss = f->self_rss;
}

void
model_marks(const struct model *m, struct snapshot *s, const struct snapshot_spec *spec,
	    const struct snapshot_figures *f)
{
	snapshot_mark(s, m->mutes);
	views_mark(s, m->mutes, spec);
	model_figures(m, s, f);
}

/* What only the system knows of a process that runs; of an exited one the last answer stays. */
static void
look(const struct model *m, struct process_page *page, uint64_t now_ns)
{
	const struct process_look *look = &page->look;

	if (!m->config.look || !page->found || page->gone || page->group || page->by || page->exited)
		return;
	process_look_finish(&page->look);
	m->config.look(m->config.source, page->key.pid, &page->look);
	if (!look->args || !look->args_now)
		return;
	title_set(m->tree, page->key, look->args, look->args_length, now_ns);
	free(page->title);
	page->title = xstrdup(title_get(m->tree, page->key));
}

void
model_snapshot(struct model *m, struct snapshot *s, const struct snapshot_spec *spec,
	       const struct snapshot_figures *f, uint64_t now_ns)
{
	snapshot_take(s, m->tree, m->mutes, spec, now_ns);
	m->applied_shown = m->applied;
	if (spec->ledger)
		mutes_list(m->mutes, &s->ledger, now_ns);
	views_snapshot(&m->views, s, m->tree, m->mutes, spec, now_ns);
	if (spec->process.asked)
		look(m, &s->process, now_ns);
	model_figures(m, s, f);
}
