/* mutes_follow - rules and the processes they are about: forks, execs, ends; and what still arrives. */
#include "model/mute_rules.h"

#include <errno.h>
#include <string.h>

/* ---- following ---- */

/* What the system said to a member; true when the rule is estop's own from now on. */
static bool
note_answer(struct mutes *m, struct entry *e, struct member *member, int error)
{
	member->local = error && error != -ESRCH;
	if (member->local)
		rule_set_state(m, &e->rule, MUTE_LOCAL);
	return member->local;
}

/* A child is what its parent is. */
static void
follow_fork(struct mutes *m, const struct event *event)
{
	struct proc_key parent = { event->who.pid, event->who.start_ns };
	struct proc_key child = { event->other.pid, event->other.start_ns };
	bool changed = false, local = false;

	for (struct entry *e = m->subtrees; e; e = e->next_subtree) {
		struct member *member;
		int error;

		if (mute_kind_is_owner(e->rule.kind) || !rule_member(e, parent) ||
		    !(member = rule_add_member(e, child, event->other.version)))
			continue;
		if (e->followed || e->rule.state == MUTE_AUDITION)
			continue;
		error = rule_tell_member(m, e, member, rule_events(m, &e->rule), true);
		local |= note_answer(m, e, member, error);
		changed = true;
	}
	if (changed)
		rules_settle(m, local);
}

/*
 * A process that appeared or changed: is it now, or is it not any more, of those that belong to a
 * unit, user or signer whose members the ledger mutes one by one? The tree has the event already.
 */
static void
follow_owned(struct mutes *m, struct proc_key key)
{
	bool changed = false, local = false;
	const struct proc *p = m->tree ? tree_find(m->tree, key) : NULL;
	struct proc_facts facts;

	if (!p)
		return;
	proc_facts(p, &facts);
	for (struct entry *e = m->subtrees; e; e = e->next_subtree) {
		struct member *member;
		int error = 0;

		if (!mute_kind_is_owner(e->rule.kind) || e->rule.kind == MUTE_USER || e->followed)
			continue;
		member = rule_member(e, facts.key);
		if (!facts.exited && rule_covers(&e->rule, &facts)) {
			uint32_t old = member ? member->version : 0;
			bool was_local = member && member->local;

			if (member && old == facts.version)
				continue;
			if (!member)
				member = rule_add_member(e, facts.key, facts.version);
			member->version = facts.version;
			if (e->rule.state == MUTE_AUDITION || was_local)
				continue;
			error = old ? rule_follow(m, facts.key.pid, old, facts.version,
						  rule_events(m, &e->rule))
				    : rule_tell_member(m, e, member, rule_events(m, &e->rule), true);
			local |= note_answer(m, e, member, error);
		} else if (member) {
			if (!member->local && !facts.exited)
				rule_tell_member(m, e, member, rule_events(m, &e->rule), false);
			HASH_DEL(e->members, member); /* NOLINT: the analyzer loses the hash */
			free(member);
			m->slot_free = true;
		} else {
			continue;
		}
		changed = true;
	}
	if (changed)
		rules_settle(m, local);
}

/* Members of subtrees whose new program execution has to be muted in the system. */
static void
follow_member_exec(struct mutes *m, struct proc_key key, uint32_t version)
{
	bool changed = false, local = false;

	for (struct entry *e = m->subtrees; e; e = e->next_subtree) {
		struct member *member = rule_member(e, key);
		uint32_t old;
		int error;

		if (!member || member->version == version || mute_kind_is_owner(e->rule.kind))
			continue;
		old = member->version;
		member->version = version;
		if (e->followed || e->rule.state == MUTE_AUDITION || member->local)
			continue;
		error = rule_follow(m, key.pid, old, version, rule_events(m, &e->rule));
		local |= note_answer(m, e, member, error);
		changed = true;
	}
	if (changed)
		rules_settle(m, local);
}

/* A subtree rule ends with the last of its members. */
static void
follow_member_exit(struct mutes *m, struct proc_key key)
{
	struct entry *e, *next;

	for (e = m->subtrees; e; e = next) {
		struct member *member = rule_member(e, key);

		next = e->next_subtree;
		if (!member)
			continue;
		HASH_DEL(e->members, member);
		free(member);
		m->slot_free = true;
		if (e->members || mute_kind_is_owner(e->rule.kind))
			continue;
		e->subject->refs++;
		struct subject *s = e->subject;
		rule_drop(m, rule_position(m, e->rule.id));
		steps_forget(m, s);
		subject_release(m, s);
		rules_settle(m, m->local > 0);
	}
}

static void
follow_exec(struct mutes *m, struct subject *s, uint32_t version)
{
	struct entry *e = s->entry;
	uint32_t old;
	int error;

	s->version = version;
	if (!e || e->rule.version == version)
		return;
	rule_bank(m, e);
	old = e->rule.version;
	e->rule.version = version;
	if (e->rule.state == MUTE_SYSTEM) {
		error = rule_follow(m, e->rule.process.pid, old, version, rule_events(m, &e->rule));
		rule_set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
	}
	rules_settle(m, e->rule.state == MUTE_LOCAL);
}

static void
follow_exit(struct mutes *m, struct subject *s)
{
	bool local = s->entry && s->entry->rule.state == MUTE_LOCAL;

	s->refs++;
	if (s->entry)
		rule_drop(m, rule_position(m, s->entry->rule.id));
	if (!s->subtree) /* else it is over when its last member is */
		steps_forget(m, s);
	subject_release(m, s);
	m->slot_free = true;
	rules_settle(m, local);
}

void
mutes_follow(struct mutes *m, const struct event *e)
{
	struct proc_key key = { e->who.pid, e->who.start_ns };
	struct subject *s;

	if (!m->subjects && !m->subtrees)
		return;
	if (e->id == EV_SEEN || e->id == EV_EXEC)
		follow_owned(m, key);
	else if (e->id == EV_FORK)
		follow_owned(m, (struct proc_key){ e->other.pid, e->other.start_ns });
	if (e->id != EV_EXEC && e->id != EV_EXIT && e->id != EV_FORK)
		return;
	if (e->id == EV_FORK) {
		follow_fork(m, e);
		return;
	}
	s = subject_find(m, key);
	if (!s && !key.start_ns) /* a source that does not know start times */
		for (s = m->subjects; s; s = s->hh.next)
			if (s->key.pid == (uint64_t)(int64_t)key.pid && s->version == e->who.version)
				break;
	if (e->id == EV_EXEC) {
		if (s)
			follow_exec(m, s, e->other.version);
		follow_member_exec(m, key, e->other.version);
		return;
	}
	if (s)
		follow_exit(m, s);
	follow_member_exit(m, key);
}

/* ---- what still arrives ---- */

bool
mutes_counts_arrivals(const struct mutes *m)
{
	return m->count > 0 && (m->auditions > 0 || m->newest_ns != 0);
}

static void
count_for(struct mutes *m, struct entry *e, const struct event *event)
{
	(void)m;
	if (!(e->rule.events & EVENT_BIT(event->id)))
		return;
	if (e->rule.state == MUTE_AUDITION) {
		if (event->time_ns >= e->audition_from)
			e->audition_count++;
	} else if (event->time_ns < e->muted_ns) {
		e->heard_ns = event->time_ns > e->heard_ns ? event->time_ns : e->heard_ns;
	}
}

/* The rules of a kind that hold for this path. */
static void
count_for_paths(struct mutes *m, enum mute_kind kind, const char *path, const struct event *event)
{
	struct entry *e;

	if (!mute_kind_info[kind].prefix) {
		e = rule_of_path(m, kind, path);
		if (e)
			count_for(m, e, event);
		return;
	}
	for (size_t length = 0; (e = rule_of_prefix(m, kind, path, &length)) != NULL; length++)
		count_for(m, e, event);
}

void
mutes_count_arrival(struct mutes *m, const struct event *event, const char *exe)
{
	struct proc_key key = { event->who.pid, event->who.start_ns };
	const struct subject *s;
	size_t length = 0;

	if (event->id >= EV_COUNT)
		return;
	/* Only what was made before the newest rule can be what it did not stop. */
	if (!m->auditions && event->time_ns >= m->newest_ns) {
		if (event->time_ns > m->newest_ns + DRAIN_NS)
			m->newest_ns = 0;
		return;
	}
	s = m->subjects ? subject_find(m, key) : NULL;
	if (s && s->entry)
		count_for(m, s->entry, event);
	for (struct entry *e = m->subtrees; e; e = e->next_subtree)
		if (rule_member(e, key) ||
		    (mute_kind_is_owner(e->rule.kind) && rule_covers_process(m, &e->rule, key)))
			count_for(m, e, event);
	for (unsigned kind = 0; kind < MUTE_PATH_KINDS; kind++) {
		const char *path = mute_kind_is_target((enum mute_kind)kind)
					   ? m->paths[kind] ? event_field(event, FIELD_TARGET, &length) : NULL
					   : exe;

		if (path && path[0])
			count_for_paths(m, (enum mute_kind)kind, path, event);
	}
}

static bool
end_auditions(struct mutes *m, uint64_t now_ns)
{
	bool changed = false;

	for (size_t i = 0; m->auditions > 0 && i < m->count; i++) {
		struct entry *e = m->entries[i];
		double seconds;
		int error;

		if (e->rule.state != MUTE_AUDITION || now_ns < e->audition_until)
			continue;
		seconds = (double)(now_ns - e->audition_from) / 1e9;
		e->rate_heard = seconds > 0 ? (double)e->audition_count / seconds : 0;
		m->auditions--;
		e->muted_ns = now_ns;
		m->newest_ns = now_ns;
		error = rule_carry_out(m, e, true);
		rule_set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
		changed = true;
	}
	if (changed)
		rules_settle(m, true);
	return changed;
}

bool
mutes_tick(struct mutes *m, uint64_t now_ns)
{
	bool changed = end_auditions(m, now_ns);
	size_t before = m->local;

	if (m->local == 0) {
		m->slot_free = false;
		m->retry_wait_ns = RETRY_FIRST_NS;
		return changed;
	}
	if (m->slot_free)
		m->retry_wait_ns = RETRY_FIRST_NS;
	else if (now_ns < m->retry_ns)
		return changed;
	m->slot_free = false;
	m->retry_ns = now_ns + m->retry_wait_ns;
	if (m->retry_wait_ns < RETRY_LAST_NS)
		m->retry_wait_ns *= 2;
	mutes_retry(m);
	return changed || m->local != before;
}

/* Retries the rejected members of a subtree. 0, or the error if one is still rejected. */
static int
retry_subtree(struct mutes *m, struct entry *e)
{
	int error = 0;

	for (struct member *member = e->members; member; member = member->hh.next) {
		int result;

		if (!member->local)
			continue;
		result = rule_tell_member(m, e, member, rule_events(m, &e->rule), true);
		member->local = result && result != -ESRCH;
		if (member->local)
			error = result;
	}
	return error;
}

void
mutes_retry(struct mutes *m)
{
	bool refused_process = false, refused_path = false, changed = false;

	for (size_t i = 0; m->local > 0 && i < m->count; i++) {
		struct entry *e = m->entries[i];
		bool *refused = rule_is_process(&e->rule) ? &refused_process : &refused_path;
		int error;

		/* A rule rejected for lack of room means that the next one is rejected as well. */
		if (e->rule.state != MUTE_LOCAL || *refused)
			continue;
		if (e->rule.kind == MUTE_SUBTREE)
			error = retry_subtree(m, e);
		else
			error = rule_carry_out(m, e, true);
		if (!error) {
			rule_set_state(m, &e->rule, MUTE_SYSTEM);
			changed = true;
		}
		*refused = error && error != -ESRCH;
	}
	if (changed)
		rules_settle(m, true);
}
