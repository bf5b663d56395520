/* mute_steps - what was changed, to be taken back and done again. */
#include "model/mute_rules.h"

#include <errno.h>
#include <string.h>

enum { STEPS_MAX = 1000 };

static void
change_finish(struct mutes *m, struct change *c)
{
	subject_release(m, c->subject);
	free(c->rule.path);
}

static void
step_finish(struct mutes *m, struct step *step)
{
	for (size_t i = 0; i < step->count; i++)
		change_finish(m, &step->changes[i]);
	free(step->changes);
}

void
steps_clear(struct mutes *m, struct steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		step_finish(m, &steps->step[i]);
	steps->count = 0;
}

static struct step *
step_push(struct mutes *m, struct steps *steps)
{
	struct step *step;

	if (steps->count == STEPS_MAX) {
		step_finish(m, &steps->step[0]);
		steps->count--;
		memmove(steps->step, steps->step + 1, steps->count * sizeof(*steps->step));
	}
	if (steps->count == steps->room) {
		steps->room = steps->room ? steps->room * 2 : 16;
		steps->step = xrealloc(steps->step, steps->room, sizeof(*steps->step));
	}
	step = &steps->step[steps->count++];
	*step = (struct step){ 0 };
	return step;
}

/* The step of something new: there is nothing to do again after it. */
struct step *
steps_new(struct mutes *m)
{
	steps_clear(m, &m->redo);
	return step_push(m, &m->undo);
}

struct change *
step_change(struct step *step, enum change_kind kind)
{
	if (step->count == step->room) {
		step->room = step->room ? step->room * 2 : 1;
		step->changes = xrealloc(step->changes, step->room, sizeof(*step->changes));
	}
	step->changes[step->count] = (struct change){ .kind = kind };
	return &step->changes[step->count++];
}

void
step_remember(struct mutes *m, struct step *step, const struct mute_rule *rule, enum change_kind kind)
{
	struct change *c = step_change(step, kind);

	c->rule = *rule;
	c->rule.path = rule->path ? xstrdup(rule->path) : NULL;
	if (rule_is_process(rule)) {
		const struct subject *known = subject_find(m, rule->process);

		c->subject = subject_hold(m, rule->process, known ? known->version : rule->version);
	}
}

static void
forget_in(struct mutes *m, struct steps *steps, const struct subject *s)
{
	size_t kept_steps = 0;

	for (size_t i = 0; i < steps->count; i++) {
		struct step *step = &steps->step[i];
		size_t kept = 0;

		for (size_t k = 0; k < step->count; k++)
			if (step->changes[k].subject == s)
				change_finish(m, &step->changes[k]);
			else
				step->changes[kept++] = step->changes[k];
		step->count = kept;
		if (kept)
			steps->step[kept_steps++] = *step;
		else
			free(step->changes);
	}
	steps->count = kept_steps;
}

/* Nothing about an ended process can be taken back, nor done again. */
void
steps_forget(struct mutes *m, const struct subject *s)
{
	forget_in(m, &m->undo, s);
	forget_in(m, &m->redo, s);
}

void
step_remember_events(struct step *step, const struct mute_rule *rule)
{
	struct change *c = step_change(step, CHANGE_EVENTS);

	c->rule.id = rule->id;
	c->rule.events = rule->events;
}

/*
 * Reverses one change and notes in back what would reverse that. 0, or -ENOENT: there was nothing to
 * reverse; other than these: the system rejected it.
 */
static int
take_back(struct mutes *m, struct change *c, struct step *back, uint64_t now_ns)
{
	size_t i;
	int error;

	switch (c->kind) {
	case CHANGE_INVERTED:
		error = rules_turn(m, c->side);
		if (error)
			return error;
		step_change(back, CHANGE_INVERTED)->side = c->side;
		return 0;
	case CHANGE_EVENTS:
		i = rule_position(m, c->rule.id);
		if (i == m->count)
			return -ENOENT;
		step_remember_events(back, &m->entries[i]->rule);
		rule_change_events(m, m->entries[i], c->rule.events);
		return 0;
	case CHANGE_ADDED:
		i = rule_position(m, c->rule.id);
		if (i == m->count)
			return -ENOENT;
		step_remember(m, back, &m->entries[i]->rule, CHANGE_REMOVED);
		rule_drop(m, i);
		return 0;
	default:
		if (rule_is_in_force(m, &c->rule))
			return -ENOENT;
		if (c->subject)
			c->rule.version = c->subject->version;
		c->rule.since_ns = now_ns;
		if (rule_enforce(m, &c->rule))
			return -ENOENT;
		step_remember(m, back, &c->rule, CHANGE_ADDED);
		return 0;
	}
}

/* A step with nothing left to revert does nothing visible: go on to the next. */
int
steps_go_back(struct mutes *m, struct steps *from, struct steps *to, uint64_t now_ns)
{
	bool done = false, local = m->local > 0;

	while (!done && from->count > 0) {
		struct step step = from->step[--from->count], back = { 0 };

		/* Last change first: what changed twice in a step ends as it began. */
		for (size_t i = step.count; i-- > 0;) {
			int error = take_back(m, &step.changes[i], &back, now_ns);

			if (error && error != -ENOENT) { /* an inversion, which is a step of its own */
				from->step[from->count++] = step;
				return error;
			}
			done |= !error;
		}
		if (back.count)
			*step_push(m, to) = back;
		else
			free(back.changes);
		step_finish(m, &step);
	}
	if (done)
		rules_settle(m, local || m->local > 0);
	return done ? 0 : -ENOENT;
}

void
steps_abort(struct mutes *m, uint64_t now_ns)
{
	struct step step = m->undo.step[--m->undo.count], back = { 0 };

	for (size_t k = step.count; k-- > 0;)
		take_back(m, &step.changes[k], &back, now_ns);
	step_finish(m, &back);
	step_finish(m, &step);
}

bool
steps_take_back(struct mutes *m, uint32_t rule_id, uint64_t now_ns)
{
	struct step step, back = { 0 };
	size_t i = m->undo.count, last;
	bool found = false;
	int error;

	while (!found && i-- > 0)
		for (size_t k = 0; k < m->undo.step[i].count && !found; k++)
			found = m->undo.step[i].changes[k].kind == CHANGE_ADDED &&
				m->undo.step[i].changes[k].rule.id == rule_id;
	if (!found)
		return false;
	step = m->undo.step[i];
	/* An inversion comes first, and where the system rejects it nothing has changed. */
	last = step.count - 1;
	error = take_back(m, &step.changes[last], &back, now_ns);
	if (error && error != -ENOENT)
		return false;
	m->undo.count--;
	memmove(&m->undo.step[i], &m->undo.step[i + 1], (m->undo.count - i) * sizeof(step));
	for (size_t k = last; k-- > 0;)
		take_back(m, &step.changes[k], &back, now_ns);
	if (back.count)
		*step_push(m, &m->redo) = back;
	else
		free(back.changes);
	step_finish(m, &step);
	rules_settle(m, true);
	return true;
}

/* What was done last is what a step in the other direction would reverse. */
void
mutes_last_step(const struct mutes *m, bool undone, struct mutes_step *out)
{
	const struct steps *steps = undone ? &m->redo : &m->undo;
	const struct step *step = steps->count ? &steps->step[steps->count - 1] : NULL;

	*out = (struct mutes_step){ 0 };
	for (size_t i = 0; step && i < step->count; i++) {
		const struct change *c = &step->changes[i];

		out->muted += c->kind == CHANGE_ADDED;
		out->unmuted += c->kind == CHANGE_REMOVED;
		out->inverted += c->kind == CHANGE_INVERTED;
		out->events += c->kind == CHANGE_EVENTS;
		if (c->kind == CHANGE_ADDED || c->kind == CHANGE_REMOVED)
			out->rule = &c->rule;
	}
}
