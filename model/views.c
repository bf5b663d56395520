/* views - see views.h. */
#include "model/views.h"
#include "model/xalloc.h"

#include <string.h>

void
views_open(struct views *v, bool on)
{
	*v = (struct views){ .on = on };
	if (!on)
		return;
	v->history = history_create(HISTORY_BYTES, HISTORY_EVENTS);
	v->files = files_create();
	v->facts = process_facts_create();
	v->hour = hour_create();
}

void
views_close(struct views *v)
{
	history_destroy(v->history);
	history_destroy(v->held);
	files_destroy(v->files);
	process_facts_destroy(v->facts);
	hour_destroy(v->hour);
	*v = (struct views){ 0 };
}

void
views_clear(struct views *v)
{
	if (v->on)
		files_clear(v->files);
}

void
views_restart(struct views *v)
{
	if (!v->on)
		return;
	files_clear(v->files);
	history_clear(v->history);
	process_facts_clear(v->facts);
	hour_clear(v->hour);
	memset(&v->minute, 0, sizeof(v->minute));
	v->focused.asked = false;
}

void
views_apply(struct views *v, const struct event *e, struct string *exe)
{
	history_add(v->history, e, exe);
	files_add(v->files, e, exe);
	process_facts_apply(v->facts, e);
}

/* Samples of the process that is looked at begin when it is. */
static void
focus(struct views *v, const struct tree *t, const struct page_spec *spec, uint64_t now_ns)
{
	uint64_t total[EV_COUNT];

	if (!spec->asked || spec->group) {
		v->focused.asked = false;
		return;
	}
	if (!v->focused.asked || v->focused.key.pid != spec->key.pid ||
	    v->focused.key.start_ns != spec->key.start_ns)
		memset(&v->focus, 0, sizeof(v->focus));
	v->focused = *spec;
	if (process_page_totals(t, spec->key, total))
		minute_tick(&v->focus, total, now_ns);
}

void
views_tick(struct views *v, const struct tree *t, const struct snapshot_spec *spec, uint64_t now_ns)
{
	uint64_t total[EV_COUNT];

	if (!v->on)
		return;
	files_tick(v->files, now_ns);
	for (unsigned id = 0; id < EV_COUNT; id++)
		total[id] = tree_applied(t, (enum event_id)id);
	minute_tick(&v->minute, total, now_ns);
	hour_tick(v->hour, t, now_ns);
	focus(v, t, &spec->process, now_ns);
}

/* What rules for a target would save: only here it is known what was done to which file. */
static void
answer(const struct views *v, struct snapshot *s, const struct tree *t, enum mute_kind kind, const char *path)
{
	bool exact;
	uint64_t events = files_recent(v->files, path, mute_kind_info[kind].prefix, &exact);

	s->saving[kind] = tree_saving_events(t, events);
	s->saving[kind].at_least = !exact;
}

static void
hold(struct views *v, struct snapshot *s, bool on)
{
	if (on && !v->held)
		v->held = history_copy(v->history);
	if (!on) {
		history_destroy(v->held);
		v->held = NULL;
	}
	s->history = on ? v->held : v->history;
	s->latest = v->history;
	s->newer = history_next(v->history) - history_next(s->history);
}

void
views_snapshot(struct views *v, struct snapshot *s, const struct tree *t, const struct mutes *m,
	       const struct snapshot_spec *spec, uint64_t now_ns)
{
	const struct saving_question *q = &spec->saving;

	if (!v->on)
		return;
	if (spec->files.asked)
		files_page_take(&s->files, v->files, m, &spec->files);
	hold(v, s, spec->hold_events);
	if (spec->process.asked) {
		focus(v, t, &spec->process, now_ns);
		process_page_take(&s->process, t, v->files, m, v->focused.asked ? &v->focus : NULL,
				  &spec->process);
		process_page_facts(&s->process, v->facts);
	}
	minute_sum(&v->minute, s->activity);
	if (spec->minute) {
		if (!s->minute)
			s->minute = xmalloc(sizeof(*s->minute));
		*s->minute = v->minute;
	}
	if (spec->chart.asked) {
		if (!s->chart)
			s->chart = xmalloc(sizeof(*s->chart));
		hour_chart(v->hour, t, &spec->chart.whose, spec->chart.span, s->chart);
	}
	if (!q->asked)
		return;
	for (unsigned kind = 0; kind < MUTE_PATH_KINDS; kind++)
		if (mute_kind_is_target((enum mute_kind)kind) && *q->path[kind])
			answer(v, s, t, (enum mute_kind)kind, q->path[kind]);
}

void
views_mark(struct snapshot *s, const struct mutes *m, const struct snapshot_spec *spec)
{
	if (spec->files.asked)
		files_page_mark(&s->files, m, spec->files.directories);
}
