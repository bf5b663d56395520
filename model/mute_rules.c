/* mute_rules - the rules in force, and what they have the source do. */
#include "model/mute_rules.h"

#include <errno.h>
#include <string.h>

/* ---- subjects ---- */

static struct subject_key
subject_key(struct proc_key key)
{
	return (struct subject_key){ key.start_ns, (uint64_t)(int64_t)key.pid };
}

struct subject *
subject_find(const struct mutes *m, struct proc_key key)
{
	struct subject_key k = subject_key(key);
	struct subject *s;

	HASH_FIND(hh, m->subjects, &k, sizeof(k), s);
	return s;
}

struct subject *
subject_hold(struct mutes *m, struct proc_key key, uint32_t version)
{
	struct subject *s = subject_find(m, key);

	if (!s) {
		s = xcalloc(1, sizeof(*s));
		s->key = subject_key(key);
		HASH_ADD(hh, m->subjects, key, sizeof(s->key), s);
	}
	s->version = version;
	s->refs++;
	return s;
}

void
subject_release(struct mutes *m, struct subject *s)
{
	if (!s || --s->refs > 0)
		return;
	HASH_DEL(m->subjects, s); /* NOLINT: the analyzer does not know that s is in there */
	free(s);
}

/* ---- telling the source ---- */

/*
 * When its side is inverted, a rule lists what passes. Then exec, fork and exit must
 * pass as well, or the tree would not be true even for what is listed.
 */
event_mask
rule_events(const struct mutes *m, const struct mute_rule *rule)
{
	if (m->inverted[MUTE_SIDE_PROCESS] && rule_is_of_processes(rule))
		return rule->events | event_mask_vital();
	return rule->events;
}

static int
tell_process(struct mutes *m, int32_t pid, uint32_t version, event_mask events, bool on)
{
	return m->ops.process ? m->ops.process(m->ctx, pid, version, events, on) : -ENOSYS;
}

int
rule_tell_member(struct mutes *m, const struct entry *e, const struct member *member, event_mask events,
		 bool on)
{
	(void)e;
	return tell_process(m, (int32_t)member->key.pid, member->version, events, on);
}

/* New before old leaves no gap; but at the limit the old one must make room. */
int
rule_follow(struct mutes *m, int32_t pid, uint32_t old, uint32_t version, event_mask events)
{
	int error;

	if (m->ops.follow)
		return m->ops.follow(m->ctx, pid, old, version, events);
	error = tell_process(m, pid, version, events, true);
	tell_process(m, pid, old, events, false);
	return error ? tell_process(m, pid, version, events, true) : 0;
}

/* Set semantics: what one rule lets go, another may still want silenced. */
static void
cover_again(struct mutes *m, const struct member *member)
{
	const struct subject *s = NULL;

	HASH_FIND(hh, m->subjects, &member->key, sizeof(member->key), s);
	if (s && s->entry && s->entry->rule.state == MUTE_SYSTEM)
		tell_process(m, (int32_t)member->key.pid, member->version, rule_events(m, &s->entry->rule),
			     true);
	for (struct entry *e = m->subtrees; e; e = e->next_subtree) {
		struct member *other;

		HASH_FIND(hh, e->members, &member->key, sizeof(member->key), other);
		if (other && other != member && !e->followed && !other->local)
			rule_tell_member(m, e, other, rule_events(m, &e->rule), true);
	}
}

struct member *
rule_member(const struct entry *e, struct proc_key key)
{
	struct subject_key k = subject_key(key);
	struct member *member;

	HASH_FIND(hh, e->members, &k, sizeof(k), member); /* NOLINT: the analyzer loses the hash */
	return member;
}

struct member *
rule_add_member(struct entry *e, struct proc_key key, uint32_t version)
{
	struct member *member;

	if (rule_member(e, key))
		return NULL;
	member = xcalloc(1, sizeof(*member));
	member->key = subject_key(key);
	member->version = version;
	HASH_ADD(hh, e->members, key, sizeof(member->key), member);
	return member;
}

static void
members_free(struct entry *e)
{
	struct member *member, *next;

	HASH_ITER (hh, e->members, member, next) {
		HASH_DEL(e->members, member); /* NOLINT: the analyzer loses the hash */
		free(member);
	}
}

static void
collect_member(void *ctx, const struct proc_facts *facts)
{
	rule_add_member(ctx, facts->key, facts->version);
}

/* Some member is held here alone? */
static bool
has_local(const struct entry *e)
{
	for (const struct member *member = e->members; member; member = member->hh.next)
		if (member->local)
			return true;
	return false;
}

static int
tell_members(struct mutes *m, struct entry *e, event_mask events, bool on)
{
	int error;

	for (struct member *member = e->members; member; member = member->hh.next) {
		if (!on && member->local)
			continue;
		/* NOLINTNEXTLINE: the analyzer loses uthash's lists */
		error = rule_tell_member(m, e, member, events, on);
		member->local = on && error && error != -ESRCH;
		if (on && error == -ESRCH && e->rule.kind == MUTE_SUBTREE && member == e->members)
			return error; /* the root is the first */
		if (!on)
			cover_again(m, member);
	}
	return on && has_local(e) ? -ENOSPC : 0;
}

/* To the system, where it follows a subtree or an owner itself. */
static int
tell_group(struct mutes *m, const struct entry *e, event_mask events, bool on)
{
	const struct mute_rule *rule = &e->rule;

	if (mute_kind_is_owner(rule->kind))
		return m->ops.owner ? m->ops.owner(m->ctx, rule, events, on) : -ENOSYS;
	return m->ops.subtree ? m->ops.subtree(m->ctx, rule->process.pid, rule->version, events, on)
			      : -ENOSYS;
}

/* A subtree: by the system when it can follow one, else member by member. */
static int
carry_out_subtree(struct mutes *m, struct entry *e, bool on)
{
	const struct mute_rule *rule = &e->rule;
	event_mask events = rule_events(m, rule);
	int error;

	if (on) {
		members_free(e);
		rule_add_member(e, rule->process, e->subject->version);
		if (m->tree)
			tree_descendants(m->tree, rule->process, collect_member, e);
		error = tell_group(m, e, events, true);
		e->followed = error == 0;
		if (e->followed || error == -ESRCH)
			return error;
	} else if (e->followed) {
		return tell_group(m, e, events, false);
	}
	return tell_members(m, e, events, on);
}

bool
rule_covers(const struct mute_rule *rule, const struct proc_facts *facts)
{
	const struct mute_owner owner = { facts->uid, facts->unit, facts->cgroup, facts->signer };

	return mute_kind_is_owner(rule->kind) && mute_covers_owner(rule->kind, rule->path, rule->uid, &owner);
}

bool
rule_covers_process(const struct mutes *m, const struct mute_rule *rule, struct proc_key key)
{
	const struct proc *p = m->tree ? tree_find(m->tree, key) : NULL;
	struct proc_facts facts;

	if (!p)
		return false;
	proc_facts(p, &facts);
	return rule_covers(rule, &facts);
}

static void
collect_owned(void *ctx, const struct proc_facts *facts)
{
	struct entry *e = ctx;

	if (!facts->kernel && rule_covers(&e->rule, facts))
		rule_add_member(e, facts->key, facts->version);
}

/* A unit, user or signer: by the system when it can follow it, else member by member. */
static int
carry_out_owner(struct mutes *m, struct entry *e, bool on)
{
	event_mask events = rule_events(m, &e->rule);
	int error;

	if (on) {
		error = tell_group(m, e, events, true);
		e->followed = error == 0;
		/* It was tried before, and they were muted one by one. */
		for (struct member *k = e->members; e->followed && k; k = k->hh.next)
			if (!k->local)
				rule_tell_member(m, e, k, events, false);
		members_free(e);
		if (e->followed || error == -EOPNOTSUPP || e->rule.kind == MUTE_USER)
			return error;
		if (m->tree)
			tree_each(m->tree, collect_owned, e);
	} else if (e->followed) {
		return tell_group(m, e, events, false);
	}
	return tell_members(m, e, events, on);
}

int
rule_carry_out(struct mutes *m, struct entry *e, bool on)
{
	const struct mute_rule *rule = &e->rule;
	struct member member;
	int error;

	switch (rule->kind) {
	case MUTE_SUBTREE:
		return carry_out_subtree(m, e, on);
	case MUTE_PROCESS:
		error = tell_process(m, rule->process.pid, rule->version, rule_events(m, rule), on);
		member = (struct member){ .key = e->subject->key, .version = rule->version };
		if (!on && m->subtrees)
			cover_again(m, &member);
		return error;
	case MUTE_UNIT:
	case MUTE_USER:
	case MUTE_SIGNER:
		return carry_out_owner(m, e, on);
	default:
		return m->ops.path ? m->ops.path(m->ctx, rule->kind, rule->path, rule->events, on) : -ENOSYS;
	}
}

/* Local members of a subtree, each as if it were a rule of its own. */
static size_t
local_members(const struct entry *e, struct mute_rule *made)
{
	size_t n = 0;

	for (const struct member *member = e->members; member; member = member->hh.next)
		if (member->local) {
			made[n] = e->rule;
			made[n].kind = MUTE_PROCESS;
			made[n].process = (struct proc_key){ (int32_t)member->key.pid, member->key.start_ns };
			made[n++].version = member->version;
		}
	return n;
}

/*
 * The client hears of its own rules only when it has, or had, some. It knows
 * nothing of an inverted side: there, unlisted items are never delivered.
 */
static void
tell_local(struct mutes *m)
{
	const struct mute_rule **rules;
	struct mute_rule *made;
	size_t n = 0, members = 0, used = 0;

	if (!m->ops.local)
		return;
	for (struct entry *e = m->subtrees; e; e = e->next_subtree)
		members += HASH_COUNT(e->members);
	rules = xmalloc((m->local + members + 1) * sizeof(*rules));
	made = xcalloc(members + 1, sizeof(*made));
	for (size_t i = 0; i < m->count; i++) {
		struct entry *e = m->entries[i];

		if (e->rule.state != MUTE_LOCAL || m->inverted[mute_side_of(e->rule.kind)])
			continue;
		if (rule_is_group(&e->rule) && e->rule.kind != MUTE_USER) {
			size_t more = local_members(e, made + used);

			for (size_t k = 0; k < more; k++)
				rules[n++] = &made[used + k];
			used += more;
		} else {
			rules[n++] = &e->rule;
		}
	}
	m->ops.local(m->ctx, rules, n);
	free(made);
	free(rules);
}

/* The system forgets its count with the entry: keep it for the rule. */
void
rule_bank(struct mutes *m, struct entry *e)
{
	uint64_t count = 0;

	if (m->ops.suppressed && e->rule.state == MUTE_SYSTEM &&
	    m->ops.suppressed(m->ctx, &e->rule, &count) == 0)
		e->suppressed += count;
}

/* After changes: the local set, when it was touched, and what the system says now. */
void
rules_settle(struct mutes *m, bool local_touched)
{
	if (m->held) {
		m->unsettled = true;
		m->local_unsettled |= local_touched;
		return;
	}
	if (local_touched)
		tell_local(m);
	mutes_refresh(m);
}

void
rule_set_state(struct mutes *m, struct mute_rule *rule, enum mute_state state)
{
	if (rule->state == MUTE_LOCAL)
		m->local--;
	if (state == MUTE_LOCAL)
		m->local++;
	rule->state = state;
}

/* ---- rules in force ---- */

struct entry *
rule_of_path(const struct mutes *m, enum mute_kind kind, const char *path)
{
	struct entry *e;

	HASH_FIND_STR(m->paths[kind], path, e);
	return e;
}

struct entry *
rule_of_prefix(const struct mutes *m, enum mute_kind kind, const char *path, size_t *length)
{
	size_t most = strlen(path), at = *length;

	while ((at = lengths_next(&m->lengths[kind], at, most)) != SIZE_MAX) {
		struct entry *e;

		HASH_FIND(hh, m->paths[kind], path, at, e);
		*length = at++;
		if (e)
			return e;
	}
	return NULL;
}

void
rule_free(struct mutes *m, struct entry *e)
{
	members_free(e);
	subject_release(m, e->subject);
	free(e->rule.path);
	free(e);
}

/* Makes a rule findable; it takes over e. */
static void
enter(struct mutes *m, struct entry *e)
{
	if (e->rule.kind == MUTE_PROCESS) {
		e->subject->entry = e;
	} else if (e->rule.kind == MUTE_SUBTREE) {
		e->subject->subtree = e;
	} else {
		/* These rules always have a path; the analyzer does not know. */
		size_t length = strlen(e->rule.path); /* NOLINT */

		HASH_ADD_KEYPTR(hh, m->paths[e->rule.kind], e->rule.path, length, e);
		if (mute_kind_info[e->rule.kind].prefix)
			lengths_add(&m->lengths[e->rule.kind], length);
	}
	if (rule_is_group(&e->rule)) {
		e->next_subtree = m->subtrees;
		m->subtrees = e;
	}
	if (m->count == m->room) {
		m->room = m->room ? m->room * 2 : 16;
		m->entries = xrealloc(m->entries, m->room, sizeof(struct entry *));
	}
	m->entries[m->count++] = e;
	m->changes++;
	if (e->rule.since_ns > m->newest_ns)
		m->newest_ns = e->rule.since_ns;
}

/* Puts a rule in force; copies what it needs of it. 0, or -ESRCH and nothing was done. */
int
rule_enforce(struct mutes *m, const struct mute_rule *rule)
{
	struct entry *e = xcalloc(1, sizeof(*e));
	int error;

	e->rule = *rule;
	e->rule.path = rule->path ? xstrdup(rule->path) : NULL;
	e->rule.state = MUTE_SYSTEM;
	e->muted_ns = rule->since_ns;
	e->rate_heard = -1;
	if (rule_is_process(rule))
		e->subject = subject_hold(m, rule->process, rule->version);
	error = rule_carry_out(m, e, true);
	if (error == -ESRCH || error == -EOPNOTSUPP) {
		rule_free(m, e);
		return error;
	}
	rule_set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
	enter(m, e);
	return 0;
}

/* Takes a rule out of force. The caller takes it out of the entries. */
static void
release(struct mutes *m, struct entry *e)
{
	struct entry **at = &m->subtrees;

	/* Out of the indices first: what is muted again for other rules must not find it. */
	if (e->rule.kind == MUTE_PROCESS) {
		e->subject->entry = NULL;
	} else if (e->rule.kind == MUTE_SUBTREE) {
		e->subject->subtree = NULL;
	} else {
		HASH_DEL(m->paths[e->rule.kind], e);
		if (mute_kind_info[e->rule.kind].prefix)
			lengths_remove(&m->lengths[e->rule.kind], strlen(e->rule.path));
	}
	if (rule_is_group(&e->rule)) {
		while (*at != e)
			at = &(*at)->next_subtree;
		*at = e->next_subtree;
	}
	if (e->rule.state == MUTE_SYSTEM || rule_is_group(&e->rule))
		rule_carry_out(m, e, false); /* it may be gone there already */
	m->local -= e->rule.state == MUTE_LOCAL;
	m->auditions -= e->rule.state == MUTE_AUDITION;
	m->slot_free = true;
	m->changes++;
	rule_free(m, e);
}

size_t
rule_position(const struct mutes *m, uint32_t id)
{
	size_t i = 0;

	while (i < m->count && m->entries[i]->rule.id != id)
		i++;
	return i;
}

void
rule_drop(struct mutes *m, size_t i)
{
	struct entry *e = m->entries[i];

	m->count--;
	memmove(&m->entries[i], &m->entries[i + 1], (m->count - i) * sizeof(struct entry *));
	release(m, e);
}

bool
rule_is_in_force(const struct mutes *m, const struct mute_rule *rule)
{
	const struct subject *s;

	if (!rule_is_process(rule))
		return rule_of_path(m, rule->kind, rule->path) != NULL;
	s = subject_find(m, rule->process);
	return s && (rule->kind == MUTE_SUBTREE ? s->subtree : s->entry);
}

/* Other events for a rule in force: the new ones first, so that what stays muted is never heard. */
void
rule_change_events(struct mutes *m, struct entry *e, event_mask events)
{
	event_mask less = e->rule.events & ~events;
	int error;

	e->rule.events = events;
	if (e->rule.state == MUTE_AUDITION)
		return;
	error = rule_carry_out(m, e, true);
	rule_set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
	if (!less || e->followed)
		return;
	e->rule.events = less;
	rule_carry_out(m, e, false);
	e->rule.events = events;
}

/* ---- inversion ---- */

/* Under an inverted process side rules let exec, fork and exit pass as well; see rule_events(). */
static void
adjust_processes(struct mutes *m, bool on)
{
	for (size_t i = 0; i < m->count; i++) {
		struct entry *e = m->entries[i];
		event_mask more = event_mask_vital() & ~e->rule.events;

		if (!rule_is_of_processes(&e->rule) || e->rule.state == MUTE_AUDITION || !more)
			continue;
		if (e->rule.kind == MUTE_PROCESS) {
			tell_process(m, e->rule.process.pid, e->rule.version, more, on);
			continue;
		}
		if (e->followed) {
			tell_group(m, e, e->rule.events | (on ? more : 0), true);
			continue;
		}
		for (struct member *member = e->members; member; member = member->hh.next)
			rule_tell_member(m, e, member, more, on);
	}
}

int
rules_turn(struct mutes *m, enum mute_side side)
{
	bool on = !m->inverted[side];
	int error;

	if (!m->ops.invert)
		return -ENOTSUP;
	if (on && side == MUTE_SIDE_PROCESS)
		adjust_processes(m, true);
	error = m->ops.invert(m->ctx, side, on);
	if (side == MUTE_SIDE_PROCESS && (error ? on : !on))
		adjust_processes(m, false);
	if (!error)
		m->inverted[side] = on;
	return error;
}
