/*
 * mutes - the ledger, its index by process and path, and the steps back.
 *
 * A rule on a process follows that process through execs, also while it is
 * not in force but could be brought back by an undo. So what is followed is a
 * "subject", shared by the rule and by the steps that remember it.
 */
#include "model/mutes.h"

#include "model/hash.h"

#include <errno.h>
#include <string.h>

enum { STEPS_MAX = 1000 };

#define SECOND ((uint64_t)1000000000)
#define RETRY_FIRST_NS (1 * SECOND)  /* between two tries of what was refused; doubles */
#define RETRY_LAST_NS (64 * SECOND)
#define DRAIN_NS (3 * SECOND)        /* how long after a mute what was queued may come */

const char *const mute_kind_word[MUTE_KIND_COUNT] = {
#define X(id, word, mark, help) word,
	MUTE_KIND_TABLE(X)
#undef X
};

const char mute_kind_mark[MUTE_KIND_COUNT] = {
#define X(id, word, mark, help) mark,
	MUTE_KIND_TABLE(X)
#undef X
};

const char *const mute_origin_word[MUTE_ORIGIN_COUNT] = {
#define X(id, word, help) word,
	MUTE_ORIGIN_TABLE(X)
#undef X
};

const char *const mute_state_word[MUTE_STATE_COUNT] = {
#define X(id, word, help) word,
	MUTE_STATE_TABLE(X)
#undef X
};

const char *const mute_side_word[MUTE_SIDE_COUNT] = {
#define X(id, word, help) word,
	MUTE_SIDE_TABLE(X)
#undef X
};

/* A process that a rule, or a remembered one, is about. Hashed by these 16 bytes. */
struct subject_key {
	uint64_t start_ns;
	uint64_t pid;
};

struct subject {
	struct subject_key key;
	uint32_t version;      /* newest known */
	unsigned refs;         /* rules and remembered rules */
	struct entry *entry;   /* the process rule in force, or NULL */
	struct entry *subtree; /* the subtree rule in force with this root, or NULL */
	UT_hash_handle hh;
};

/* A process that a subtree rule covers. */
struct member {
	struct subject_key key;
	uint32_t version;
	bool local;            /* the system refused it */
	UT_hash_handle hh;
};

/* A rule in force. */
struct entry {
	struct mute_rule rule;
	struct subject *subject; /* of a process or subtree rule */
	struct member *members;  /* of a subtree rule */
	bool followed;           /* the system follows forks and execs of the subtree itself */
	uint64_t muted_ns;       /* since when the events are kept back: also after an audition */
	uint64_t heard_ns;       /* when something queued before the rule last came */
	uint64_t audition_from, audition_until, audition_count;
	double rate_heard;       /* < 0: never auditioned */
	uint64_t suppressed;     /* by entries of the system's that the rule had before this one */
	struct entry *next_subtree;
	size_t listed;           /* its line in the ledger being made */
	UT_hash_handle hh;       /* of a path rule: by kind and path */
};

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_EVENTS, CHANGE_INVERTED };

/* One thing an undo would take back: a rule that was added or removed, or a side turned round. */
struct change {
	enum change_kind kind;
	enum mute_side side;     /* CHANGE_INVERTED */
	struct mute_rule rule;   /* added: only its id counts; events: that and the former events; path is owned */
	struct subject *subject;
};

struct step {
	struct change *changes;
	size_t count, room;
};

struct steps {
	struct step *step;       /* oldest first */
	size_t count, room;
};

struct mutes {
	struct mute_ops ops;
	void *ctx;
	event_mask default_events;
	const struct tree *tree;
	uint32_t last_id;
	struct entry **entries;  /* oldest first */
	size_t count, room;
	struct subject *subjects;
	struct entry *paths[MUTE_KIND_COUNT];
	struct entry *subtrees;
	struct steps undo, redo;
	size_t local;            /* rules in force here alone */
	size_t auditions;
	bool inverted[MUTE_SIDE_COUNT];
	uint64_t newest_ns;      /* when the newest rule was made */
	uint64_t retry_ns, retry_wait_ns;
	bool slot_free;          /* a muted process ended: another may take its place */
	unsigned default_paths;  /* what the system mutes for every client */
	struct mute_counts seen; /* what the system said */
};

static bool
is_process(const struct mute_rule *rule)
{
	return !mute_kind_is_path(rule->kind);
}

enum mute_side
mute_side_of(enum mute_kind kind)
{
	return mute_kind_is_target(kind) ? MUTE_SIDE_TARGET
	       : mute_kind_is_path(kind) ? MUTE_SIDE_PATH
					 : MUTE_SIDE_PROCESS;
}

/* ---- subjects ---- */

static struct subject_key
subject_key(struct proc_key key)
{
	return (struct subject_key){ key.start_ns, (uint64_t)(int64_t)key.pid };
}

static struct subject *
subject_find(const struct mutes *m, struct proc_key key)
{
	struct subject_key k = subject_key(key);
	struct subject *s;

	HASH_FIND(hh, m->subjects, &k, sizeof(k), s);
	return s;
}

static struct subject *
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

static void
subject_release(struct mutes *m, struct subject *s)
{
	if (!s || --s->refs > 0)
		return;
	HASH_DEL(m->subjects, s); /* NOLINT: the analyzer does not know that s is in there */
	free(s);
}

/* ---- telling the source ---- */

/*
 * With its side turned round a rule says what passes. Then exec, fork and exit must
 * pass as well, or the tree would not be true even for what is listed.
 */
static event_mask
events_of(const struct mutes *m, const struct mute_rule *rule)
{
	if (m->inverted[MUTE_SIDE_PROCESS] && is_process(rule))
		return rule->events | event_mask_vital();
	return rule->events;
}

static int
tell_process(struct mutes *m, int32_t pid, uint32_t version, event_mask events, bool on)
{
	return m->ops.process ? m->ops.process(m->ctx, pid, version, events, on) : -ENOSYS;
}

static int
tell_member(struct mutes *m, const struct entry *e, const struct member *member, event_mask events,
	    bool on)
{
	(void)e;
	return tell_process(m, (int32_t)member->key.pid, member->version, events, on);
}

/* Set semantics: what one rule lets go, another may still want silenced. */
static void
cover_again(struct mutes *m, const struct member *member)
{
	const struct subject *s = NULL;

	HASH_FIND(hh, m->subjects, &member->key, sizeof(member->key), s);
	if (s && s->entry && s->entry->rule.state == MUTE_SYSTEM)
		tell_process(m, (int32_t)member->key.pid, member->version,
			     events_of(m, &s->entry->rule), true);
	for (struct entry *e = m->subtrees; e; e = e->next_subtree) {
		struct member *other;

		HASH_FIND(hh, e->members, &member->key, sizeof(member->key), other);
		if (other && other != member && !e->followed && !other->local)
			tell_member(m, e, other, events_of(m, &e->rule), true);
	}
}

static struct member *
member_add(struct entry *e, struct proc_key key, uint32_t version)
{
	struct subject_key k = subject_key(key);
	struct member *member;

	HASH_FIND(hh, e->members, &k, sizeof(k), member);
	if (member)
		return NULL;
	member = xcalloc(1, sizeof(*member));
	member->key = k;
	member->version = version;
	HASH_ADD(hh, e->members, key, sizeof(member->key), member);
	return member;
}

static void
members_free(struct entry *e)
{
	struct member *member, *next;

	HASH_ITER(hh, e->members, member, next) {
		HASH_DEL(e->members, member); /* NOLINT: the analyzer loses the hash */
		free(member);
	}
}

static void
collect_member(void *ctx, const struct proc_facts *facts)
{
	member_add(ctx, facts->key, facts->version);
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

/* A subtree: by the system when it can follow one, else member by member. */
static int
carry_out_subtree(struct mutes *m, struct entry *e, bool on)
{
	const struct mute_rule *rule = &e->rule;
	event_mask events = events_of(m, rule);
	int error = -ENOSYS;

	if (on) {
		members_free(e);
		member_add(e, rule->process, e->subject->version);
		if (m->tree)
			tree_descendants(m->tree, rule->process, collect_member, e);
		if (m->ops.subtree)
			error = m->ops.subtree(m->ctx, rule->process.pid, rule->version, events, true);
		e->followed = error == 0;
		if (e->followed || error == -ESRCH)
			return error;
	} else if (e->followed) {
		return m->ops.subtree(m->ctx, rule->process.pid, rule->version, events, false);
	}
	for (struct member *member = e->members; member; member = member->hh.next) {
		if (!on && member->local)
			continue;
		error = tell_member(m, e, member, events, on);
		member->local = on && error && error != -ESRCH;
		if (on && error == -ESRCH && member == e->members)
			return error; /* the root is the first */
		if (!on)
			cover_again(m, member);
	}
	return on && has_local(e) ? -ENOSPC : 0;
}

static int
carry_out(struct mutes *m, struct entry *e, bool on)
{
	const struct mute_rule *rule = &e->rule;
	struct member member;
	int error;

	switch (rule->kind) {
	case MUTE_SUBTREE:
		return carry_out_subtree(m, e, on);
	case MUTE_PROCESS:
		error = tell_process(m, rule->process.pid, rule->version, events_of(m, rule), on);
		member = (struct member){ .key = e->subject->key, .version = rule->version };
		if (!on && m->subtrees)
			cover_again(m, &member);
		return error;
	default:
		return m->ops.path ? m->ops.path(m->ctx, rule->kind, rule->path, rule->events, on)
				   : -ENOSYS;
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
			made[n].process = (struct proc_key){ (int32_t)member->key.pid,
							     member->key.start_ns };
			made[n++].version = member->version;
		}
	return n;
}

/*
 * The client hears of its own rules only when it has, or had, some. It knows
 * nothing of a side turned round: there, what is not listed does not come at all.
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
		if (e->rule.kind == MUTE_SUBTREE) {
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
static void
bank(struct mutes *m, struct entry *e)
{
	uint64_t count = 0;

	if (m->ops.suppressed && e->rule.state == MUTE_SYSTEM &&
	    m->ops.suppressed(m->ctx, &e->rule, &count) == 0)
		e->suppressed += count;
}

/* After changes: the local set, when it was touched, and what the system says now. */
static void
settle(struct mutes *m, bool local_touched)
{
	if (local_touched)
		tell_local(m);
	mutes_refresh(m);
}

static void
set_state(struct mutes *m, struct mute_rule *rule, enum mute_state state)
{
	if (rule->state == MUTE_LOCAL)
		m->local--;
	if (state == MUTE_LOCAL)
		m->local++;
	rule->state = state;
}

/* ---- rules in force ---- */

static struct entry *
path_find(const struct mutes *m, enum mute_kind kind, const char *path)
{
	struct entry *e;

	HASH_FIND_STR(m->paths[kind], path, e);
	return e;
}

static void
entry_free(struct mutes *m, struct entry *e)
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
		e->next_subtree = m->subtrees;
		m->subtrees = e;
	} else {
		/* Path rules always have one; the analyzer does not know. */
		HASH_ADD_KEYPTR(hh, m->paths[e->rule.kind], e->rule.path, strlen(e->rule.path), e); /* NOLINT */
	}
	if (m->count == m->room) {
		m->room = m->room ? m->room * 2 : 16;
		m->entries = xrealloc(m->entries, m->room, sizeof(struct entry *));
	}
	m->entries[m->count++] = e;
	if (e->rule.since_ns > m->newest_ns)
		m->newest_ns = e->rule.since_ns;
}

/* Puts a rule in force; copies what it needs of it. 0, or -ESRCH and nothing was done. */
static int
enforce(struct mutes *m, const struct mute_rule *rule)
{
	struct entry *e = xcalloc(1, sizeof(*e));
	int error;

	e->rule = *rule;
	e->rule.path = rule->path ? xstrdup(rule->path) : NULL;
	e->rule.state = MUTE_SYSTEM;
	e->muted_ns = rule->since_ns;
	e->rate_heard = -1;
	if (is_process(rule))
		e->subject = subject_hold(m, rule->process, rule->version);
	error = carry_out(m, e, true);
	if (error == -ESRCH) {
		entry_free(m, e);
		return error;
	}
	set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
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
		while (*at != e)
			at = &(*at)->next_subtree;
		*at = e->next_subtree;
	} else {
		HASH_DEL(m->paths[e->rule.kind], e);
	}
	if (e->rule.state == MUTE_SYSTEM || e->rule.kind == MUTE_SUBTREE)
		carry_out(m, e, false); /* it may be gone there already */
	m->local -= e->rule.state == MUTE_LOCAL;
	m->auditions -= e->rule.state == MUTE_AUDITION;
	m->slot_free = true;
	entry_free(m, e);
}

static size_t
position(const struct mutes *m, uint32_t id)
{
	size_t i = 0;

	while (i < m->count && m->entries[i]->rule.id != id)
		i++;
	return i;
}

static void
drop(struct mutes *m, size_t i)
{
	struct entry *e = m->entries[i];

	m->count--;
	memmove(&m->entries[i], &m->entries[i + 1], (m->count - i) * sizeof(struct entry *));
	release(m, e);
}

/* ---- inversion ---- */

/* Under an inverted process side rules let exec, fork and exit pass as well; see events_of(). */
static void
adjust_processes(struct mutes *m, bool on)
{
	for (size_t i = 0; i < m->count; i++) {
		struct entry *e = m->entries[i];
		event_mask more = event_mask_vital() & ~e->rule.events;

		if (!is_process(&e->rule) || e->rule.state == MUTE_AUDITION || !more)
			continue;
		if (e->rule.kind == MUTE_PROCESS) {
			tell_process(m, e->rule.process.pid, e->rule.version, more, on);
			continue;
		}
		if (e->followed) {
			m->ops.subtree(m->ctx, e->rule.process.pid, e->rule.version,
				       e->rule.events | (on ? more : 0), true);
			continue;
		}
		for (struct member *member = e->members; member; member = member->hh.next)
			tell_member(m, e, member, more, on);
	}
}

static int
turn(struct mutes *m, enum mute_side side)
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

/* ---- steps back and forth ---- */

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

static void
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
static struct step *
step_new(struct mutes *m)
{
	steps_clear(m, &m->redo);
	return step_push(m, &m->undo);
}

static struct change *
change_add(struct step *step, enum change_kind kind)
{
	if (step->count == step->room) {
		step->room = step->room ? step->room * 2 : 1;
		step->changes = xrealloc(step->changes, step->room, sizeof(*step->changes));
	}
	step->changes[step->count] = (struct change){ .kind = kind };
	return &step->changes[step->count++];
}

static void
remember(struct mutes *m, struct step *step, const struct mute_rule *rule, enum change_kind kind)
{
	struct change *c = change_add(step, kind);

	c->rule = *rule;
	c->rule.path = rule->path ? xstrdup(rule->path) : NULL;
	if (is_process(rule)) {
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
static void
forget(struct mutes *m, const struct subject *s)
{
	forget_in(m, &m->undo, s);
	forget_in(m, &m->redo, s);
}

static bool
is_in_force(const struct mutes *m, const struct mute_rule *rule)
{
	const struct subject *s;

	if (!is_process(rule))
		return path_find(m, rule->kind, rule->path) != NULL;
	s = subject_find(m, rule->process);
	return s && (rule->kind == MUTE_SUBTREE ? s->subtree : s->entry);
}

/* Other events for a rule in force: the new ones first, so that what stays muted is never heard. */
static void
change_events(struct mutes *m, struct entry *e, event_mask events)
{
	event_mask less = e->rule.events & ~events;
	int error;

	e->rule.events = events;
	if (e->rule.state == MUTE_AUDITION)
		return;
	error = carry_out(m, e, true);
	set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
	if (!less || e->followed)
		return;
	e->rule.events = less;
	carry_out(m, e, false);
	e->rule.events = events;
}

static void
remember_events(struct step *step, const struct mute_rule *rule)
{
	struct change *c = change_add(step, CHANGE_EVENTS);

	c->rule.id = rule->id;
	c->rule.events = rule->events;
}

/* Reverses one change and notes in back what would reverse that. True when there was something to. */
static bool
take_back(struct mutes *m, struct change *c, struct step *back, uint64_t now_ns)
{
	size_t i;

	switch (c->kind) {
	case CHANGE_INVERTED:
		if (turn(m, c->side) != 0)
			return false;
		change_add(back, CHANGE_INVERTED)->side = c->side;
		return true;
	case CHANGE_EVENTS:
		i = position(m, c->rule.id);
		if (i == m->count)
			return false;
		remember_events(back, &m->entries[i]->rule);
		change_events(m, m->entries[i], c->rule.events);
		return true;
	case CHANGE_ADDED:
		i = position(m, c->rule.id);
		if (i == m->count)
			return false;
		remember(m, back, &m->entries[i]->rule, CHANGE_REMOVED);
		drop(m, i);
		return true;
	default:
		if (is_in_force(m, &c->rule))
			return false;
		if (c->subject)
			c->rule.version = c->subject->version;
		c->rule.since_ns = now_ns;
		if (enforce(m, &c->rule))
			return false;
		remember(m, back, &c->rule, CHANGE_ADDED);
		return true;
	}
}

/* A step with nothing left to take back is no answer to the key: on to the next. */
static bool
go_back(struct mutes *m, struct steps *from, struct steps *to, uint64_t now_ns)
{
	bool done = false, local = m->local > 0;

	while (!done && from->count > 0) {
		struct step step = from->step[--from->count], back = { 0 };

		/* Last change first: what changed twice in a step ends as it began. */
		for (size_t i = step.count; i-- > 0;)
			done |= take_back(m, &step.changes[i], &back, now_ns);
		if (back.count)
			*step_push(m, to) = back;
		else
			free(back.changes);
		step_finish(m, &step);
	}
	if (done)
		settle(m, local || m->local > 0);
	return done;
}

/* ---- public ---- */

struct mutes *
mutes_create(const struct mute_ops *ops, void *ctx, event_mask default_events)
{
	struct mutes *m = xcalloc(1, sizeof(*m));

	m->ops = *ops;
	m->ctx = ctx;
	m->default_events = default_events;
	m->retry_wait_ns = RETRY_FIRST_NS;
	mutes_refresh(m);
	m->default_paths = m->seen.es_paths;
	return m;
}

void
mutes_watch(struct mutes *m, const struct tree *tree)
{
	m->tree = tree;
}

void
mutes_destroy(struct mutes *m)
{
	if (!m)
		return;
	steps_clear(m, &m->undo);
	steps_clear(m, &m->redo);
	for (size_t i = 0; i < m->count; i++) {
		struct entry *e = m->entries[i];

		if (!is_process(&e->rule))
			HASH_DEL(m->paths[e->rule.kind], e);
		entry_free(m, e);
	}
	free(m->entries);
	free(m->undo.step);
	free(m->redo.step);
	free(m);
}

int
mutes_add(struct mutes *m, const struct mute_request *r, uint64_t now_ns)
{
	struct mute_rule rule = {
		.id = m->last_id + 1,
		.kind = r->kind,
		.origin = r->origin,
		.events = r->events ? r->events : m->default_events,
		.process = r->process,
		.version = r->version,
		.since_ns = now_ns,
		.rate_before = r->rate,
		.path = (char *)r->path,
	};
	int error;

	/* Not every event has a target that Endpoint Security can mute by. */
	if (mute_kind_is_target(r->kind) && rule.events & event_mask_target())
		rule.events &= event_mask_target();
	if (is_in_force(m, &rule))
		return -EEXIST;
	error = enforce(m, &rule);
	if (error)
		return error;
	m->last_id++;
	remember(m, step_new(m), &rule, CHANGE_ADDED);
	settle(m, m->entries[m->count - 1]->rule.state == MUTE_LOCAL);
	return 0;
}

int
mutes_add_process(struct mutes *m, struct proc_key key, uint32_t version, const char *exe,
		  double rate, enum mute_origin origin, uint64_t now_ns)
{
	return mutes_add(m, &(struct mute_request){ .kind = MUTE_PROCESS, .origin = origin,
						    .process = key, .version = version,
						    .path = exe, .rate = rate }, now_ns);
}

int
mutes_add_path(struct mutes *m, enum mute_kind kind, const char *path, double rate,
	       enum mute_origin origin, uint64_t now_ns)
{
	return mutes_add(m, &(struct mute_request){ .kind = kind, .origin = origin, .path = path,
						    .rate = rate }, now_ns);
}

int
mutes_set_events(struct mutes *m, uint32_t id, event_mask events)
{
	size_t i = position(m, id);
	struct entry *e;

	if (i == m->count)
		return -ENOENT;
	e = m->entries[i];
	if (mute_kind_is_target(e->rule.kind))
		events &= event_mask_target();
	if (!events)
		return -EINVAL;
	if (events == e->rule.events)
		return 0;
	remember_events(step_new(m), &e->rule);
	change_events(m, e, events);
	settle(m, true);
	return 0;
}

static bool
is_listed(const struct mutes *m, enum mute_side side)
{
	for (size_t i = 0; i < m->count; i++)
		if (mute_side_of(m->entries[i]->rule.kind) == side)
			return true;
	return false;
}

int
mutes_invert(struct mutes *m, enum mute_side side)
{
	int error;

	if (!m->inverted[side] && !is_listed(m, side))
		return -ENOENT;
	error = turn(m, side);
	if (error)
		return error;
	change_add(step_new(m), CHANGE_INVERTED)->side = side;
	settle(m, m->local > 0);
	return 0;
}

bool
mutes_inverted(const struct mutes *m, enum mute_side side)
{
	return m->inverted[side];
}

void
mutes_restore(struct mutes *m)
{
	for (unsigned side = 0; side < MUTE_SIDE_COUNT; side++)
		if (m->inverted[side])
			turn(m, (enum mute_side)side);
}

int
mutes_audition(struct mutes *m, uint32_t id, uint64_t now_ns, uint64_t until_ns)
{
	size_t i = position(m, id);
	struct entry *e;

	if (i == m->count)
		return -ENOENT;
	e = m->entries[i];
	if (e->rule.state == MUTE_AUDITION)
		return -EALREADY;
	if (m->inverted[mute_side_of(e->rule.kind)])
		return -ENOTSUP;
	bank(m, e);
	if (e->rule.state == MUTE_SYSTEM || e->rule.kind == MUTE_SUBTREE)
		carry_out(m, e, false);
	set_state(m, &e->rule, MUTE_AUDITION);
	m->auditions++;
	e->audition_from = now_ns;
	e->audition_until = until_ns;
	e->audition_count = 0;
	settle(m, true);
	return 0;
}

unsigned
mutes_remove(struct mutes *m, uint32_t id)
{
	size_t i = position(m, id);
	bool local;

	if (i == m->count)
		return 0;
	local = m->entries[i]->rule.state == MUTE_LOCAL;
	remember(m, step_new(m), &m->entries[i]->rule, CHANGE_REMOVED);
	drop(m, i);
	settle(m, local);
	return 1;
}

unsigned
mutes_remove_all(struct mutes *m)
{
	unsigned n = (unsigned)m->count;
	bool local = m->local > 0;
	struct step *step;

	if (n == 0)
		return 0;
	step = step_new(m);
	/* The newest first, so that an undo brings them back in their order. */
	while (m->count > 0) {
		remember(m, step, &m->entries[m->count - 1]->rule, CHANGE_REMOVED);
		drop(m, m->count - 1);
	}
	settle(m, local);
	return n;
}

bool
mutes_undo(struct mutes *m, uint64_t now_ns)
{
	return go_back(m, &m->undo, &m->redo, now_ns);
}

bool
mutes_redo(struct mutes *m, uint64_t now_ns)
{
	return go_back(m, &m->redo, &m->undo, now_ns);
}

/* ---- following ---- */

static struct member *
member_of(const struct entry *e, struct proc_key key)
{
	struct subject_key k = subject_key(key);
	struct member *member;

	HASH_FIND(hh, e->members, &k, sizeof(k), member);
	return member;
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

		if (!member_of(e, parent) || !(member = member_add(e, child, event->other.version)))
			continue;
		if (e->followed || e->rule.state == MUTE_AUDITION)
			continue;
		error = tell_member(m, e, member, events_of(m, &e->rule), true);
		member->local = error && error != -ESRCH;
		if (member->local)
			set_state(m, &e->rule, MUTE_LOCAL);
		local |= member->local;
		changed = true;
	}
	if (changed)
		settle(m, local);
}

/* Members of subtrees whose new program the system has to be told of. */
static void
follow_member_exec(struct mutes *m, struct proc_key key, uint32_t version)
{
	bool changed = false, local = false;

	for (struct entry *e = m->subtrees; e; e = e->next_subtree) {
		struct member *member = member_of(e, key), old;
		int error;

		if (!member || member->version == version)
			continue;
		old = *member;
		member->version = version;
		if (e->followed || e->rule.state == MUTE_AUDITION || old.local)
			continue;
		error = tell_member(m, e, member, events_of(m, &e->rule), true);
		tell_member(m, e, &old, events_of(m, &e->rule), false);
		if (error)
			error = tell_member(m, e, member, events_of(m, &e->rule), true);
		member->local = error && error != -ESRCH;
		if (member->local)
			set_state(m, &e->rule, MUTE_LOCAL);
		local |= member->local;
		changed = true;
	}
	if (changed)
		settle(m, local);
}

/* A subtree rule ends with the last of its members. */
static void
follow_member_exit(struct mutes *m, struct proc_key key)
{
	struct entry *e, *next;

	for (e = m->subtrees; e; e = next) {
		struct member *member = member_of(e, key);

		next = e->next_subtree;
		if (!member)
			continue;
		HASH_DEL(e->members, member);
		free(member);
		m->slot_free = true;
		if (e->members)
			continue;
		e->subject->refs++;
		struct subject *s = e->subject;
		drop(m, position(m, e->rule.id));
		forget(m, s);
		subject_release(m, s);
		settle(m, m->local > 0);
	}
}

static void
follow_exec(struct mutes *m, struct subject *s, uint32_t version)
{
	struct entry *e = s->entry;
	struct entry old;
	int error;

	s->version = version;
	if (!e || e->rule.version == version)
		return;
	bank(m, e);
	old = *e;
	e->rule.version = version;
	if (old.rule.state == MUTE_SYSTEM) {
		/* New before old leaves no gap; but at the limit the old one must make room. */
		error = carry_out(m, e, true);
		carry_out(m, &old, false);
		if (error)
			error = carry_out(m, e, true);
		set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
	}
	settle(m, e->rule.state == MUTE_LOCAL);
}

static void
follow_exit(struct mutes *m, struct subject *s)
{
	bool local = s->entry && s->entry->rule.state == MUTE_LOCAL;

	s->refs++;
	if (s->entry)
		drop(m, position(m, s->entry->rule.id));
	if (!s->subtree) /* else it is over when its last member is */
		forget(m, s);
	subject_release(m, s);
	m->slot_free = true;
	settle(m, local);
}

void
mutes_follow(struct mutes *m, const struct event *e)
{
	struct proc_key key = { e->who.pid, e->who.start_ns };
	struct subject *s;

	if (!m->subjects || (e->id != EV_EXEC && e->id != EV_EXIT && e->id != EV_FORK))
		return;
	if (e->id == EV_FORK) {
		follow_fork(m, e);
		return;
	}
	s = subject_find(m, key);
	if (!s && !key.start_ns) /* a source that does not know start times */
		for (s = m->subjects; s; s = s->hh.next)
			if (s->key.pid == (uint64_t)(int64_t)key.pid &&
			    s->version == e->who.version)
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
mutes_listens(const struct mutes *m)
{
	return m->count > 0 && (m->auditions > 0 || m->newest_ns != 0);
}

static void
hear(struct mutes *m, struct entry *e, const struct event *event)
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

void
mutes_hear(struct mutes *m, const struct event *event, const char *exe)
{
	struct proc_key key = { event->who.pid, event->who.start_ns };
	const struct subject *s;
	const char *target;
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
		hear(m, s->entry, event);
	for (struct entry *e = m->subtrees; e; e = e->next_subtree)
		if (member_of(e, key))
			hear(m, e, event);
	if (exe && exe[0]) {
		struct entry *e = path_find(m, MUTE_EXE, exe);

		if (e)
			hear(m, e, event);
		for (e = m->paths[MUTE_PREFIX]; e; e = e->hh.next)
			if (strncmp(exe, e->rule.path, strlen(e->rule.path)) == 0)
				hear(m, e, event);
	}
	target = m->paths[MUTE_TARGET] || m->paths[MUTE_TARGET_PREFIX]
			 ? event_field(event, FIELD_TARGET, &length) : NULL;
	if (target) {
		struct entry *e = path_find(m, MUTE_TARGET, target);

		if (e)
			hear(m, e, event);
		for (e = m->paths[MUTE_TARGET_PREFIX]; e; e = e->hh.next)
			if (strncmp(target, e->rule.path, strlen(e->rule.path)) == 0)
				hear(m, e, event);
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
		error = carry_out(m, e, true);
		set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
		changed = true;
	}
	if (changed)
		settle(m, true);
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

/* The refused members of a subtree. 0, or that the system still refuses one. */
static int
retry_subtree(struct mutes *m, struct entry *e)
{
	int error = 0;

	for (struct member *member = e->members; member; member = member->hh.next) {
		int result;

		if (!member->local)
			continue;
		result = tell_member(m, e, member, events_of(m, &e->rule), true);
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
		bool *refused = is_process(&e->rule) ? &refused_process : &refused_path;
		int error;

		/* What the system refused for want of room, it refuses to the next as well. */
		if (e->rule.state != MUTE_LOCAL || *refused)
			continue;
		if (e->rule.kind == MUTE_SUBTREE)
			error = retry_subtree(m, e);
		else
			error = carry_out(m, e, true);
		if (!error) {
			set_state(m, &e->rule, MUTE_SYSTEM);
			changed = true;
		}
		*refused = error && error != -ESRCH;
	}
	if (changed)
		settle(m, true);
}

/* ---- questions ---- */

const struct mute_rule *
mutes_of_process(const struct mutes *m, struct proc_key key)
{
	const struct subject *s = m->subjects ? subject_find(m, key) : NULL;

	return s && s->entry ? &s->entry->rule : NULL;
}

const struct mute_rule *
mutes_of_exe(const struct mutes *m, const char *exe)
{
	const struct entry *e;

	if (!exe || !exe[0])
		return NULL;
	e = path_find(m, MUTE_EXE, exe);
	if (e)
		return &e->rule;
	for (e = m->paths[MUTE_PREFIX]; e; e = e->hh.next)
		if (strncmp(exe, e->rule.path, strlen(e->rule.path)) == 0)
			return &e->rule;
	return NULL;
}

/* Does this prefix cover all that begins with path and '/'? */
static bool
covers_directory(const char *prefix, const char *path)
{
	size_t length = strlen(path);

	if (strncmp(path, prefix, strlen(prefix)) == 0)
		return true;
	return strncmp(prefix, path, length) == 0 && prefix[length] == '/' && !prefix[length + 1];
}

const struct mute_rule *
mutes_of_target(const struct mutes *m, const char *path, bool directory)
{
	const struct entry *e = directory ? NULL : path_find(m, MUTE_TARGET, path);

	if (e)
		return &e->rule;
	for (e = m->paths[MUTE_TARGET_PREFIX]; e; e = e->hh.next)
		if (directory ? covers_directory(e->rule.path, path)
			      : strncmp(path, e->rule.path, strlen(e->rule.path)) == 0)
			return &e->rule;
	return NULL;
}

static bool
covers_process(const struct entry *e, struct proc_key key, const char *exe)
{
	const struct mute_rule *r = &e->rule;

	switch (r->kind) {
	case MUTE_PROCESS:
		return r->process.pid == key.pid && r->process.start_ns == key.start_ns;
	case MUTE_SUBTREE:
		return member_of(e, key);
	case MUTE_EXE:
		return strcmp(r->path, exe) == 0;
	case MUTE_PREFIX:
		return *exe && strncmp(exe, r->path, strlen(r->path)) == 0;
	default:
		return false;
	}
}

size_t
mutes_covering(const struct mutes *m, struct proc_key key, const char *exe,
	       const struct mute_rule *rules[], size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++)
		if (covers_process(m->entries[i], key, exe) && n++ < max)
			rules[n - 1] = &m->entries[i]->rule;
	return n;
}

const struct mute_rule *
mutes_of_subtree(const struct mutes *m, struct proc_key key)
{
	for (const struct entry *e = m->subtrees; e; e = e->next_subtree)
		if (member_of(e, key))
			return &e->rule;
	return NULL;
}

const struct mute_rule *
mutes_of_path(const struct mutes *m, enum mute_kind kind, const char *path)
{
	const struct entry *e = path_find(m, kind, path);

	return e ? &e->rule : NULL;
}

const struct mute_rule *
mutes_by_id(const struct mutes *m, uint32_t id)
{
	size_t i = position(m, id);

	return i < m->count ? &m->entries[i]->rule : NULL;
}

const struct mute_rule *
mutes_get(const struct mutes *m, size_t i)
{
	return i < m->count ? &m->entries[i]->rule : NULL;
}

/* What the system should report by our own count. */
static void
count_own(const struct mutes *m, struct mute_counts *counts)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct entry *e = m->entries[i];

		if (e->rule.state == MUTE_AUDITION)
			continue;
		if (e->rule.kind == MUTE_SUBTREE) {
			for (const struct member *k = e->members; k && !e->followed; k = k->hh.next) {
				const struct subject *s;

				HASH_FIND(hh, m->subjects, &k->key, sizeof(k->key), s);
				/* A process under two rules is one entry. */
				counts->own_processes += !k->local && !(s && s->entry);
			}
		} else if (e->rule.state == MUTE_SYSTEM) {
			if (e->rule.kind == MUTE_PROCESS)
				counts->own_processes++;
			else
				counts->own_paths++;
		}
	}
	/* The system's own are put aside while a side of paths is turned round: then it cannot be said. */
	counts->own_paths += m->default_paths;
	if (m->inverted[MUTE_SIDE_PATH] || m->inverted[MUTE_SIDE_TARGET])
		counts->own_paths = counts->es_paths;
	if (m->inverted[MUTE_SIDE_PROCESS])
		counts->own_processes = counts->es_processes;
}

void
mutes_counts(const struct mutes *m, struct mute_counts *counts)
{
	*counts = m->seen;
	counts->processes = counts->paths = counts->subtrees = 0;
	counts->own_processes = counts->own_paths = 0;
	for (size_t i = 0; i < m->count; i++)
		if (is_process(&m->entries[i]->rule))
			counts->processes++;
		else
			counts->paths++;
	for (const struct entry *e = m->subtrees; e; e = e->next_subtree)
		counts->subtrees++;
	counts->local = (unsigned)m->local;
	count_own(m, counts);
	counts->differs = counts->es_known && (counts->own_processes != counts->es_processes ||
					       counts->own_paths != counts->es_paths);
	counts->can_undo = m->undo.count > 0;
	counts->can_redo = m->redo.count > 0;
	memcpy(counts->inverted, m->inverted, sizeof(counts->inverted));
}

void
mutes_refresh(struct mutes *m)
{
	struct mute_counts *seen = &m->seen;

	seen->es_processes = seen->es_paths = 0;
	seen->es_known = m->ops.counts &&
			 m->ops.counts(m->ctx, &seen->es_processes, &seen->es_paths) == 0;
}

/* ---- the ledger as rows ---- */

static struct mute_row *
row_add(struct ledger *l)
{
	if (l->count == l->room) {
		l->room = l->room ? l->room * 2 : 16;
		l->rows = xrealloc(l->rows, l->room, sizeof(*l->rows));
	}
	l->rows[l->count] = (struct mute_row){ .rate_heard = -1 };
	return &l->rows[l->count++];
}

static void
ledger_clear(struct ledger *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->rows[i].what);
	l->count = 0;
}

void
ledger_finish(struct ledger *l)
{
	ledger_clear(l);
	free(l->rows);
	*l = (struct ledger){ 0 };
}

/* A (pid, version) of ours: of a rule, or of a member of a subtree. */
struct own {
	uint64_t token;
	size_t row;
};

struct lister {
	struct mutes *m;
	struct ledger *l;
	size_t ours;
	bool *met;       /* of our rows: the system reports it */
	struct own *own; /* sorted */
	size_t own_count;
};

static uint64_t
token_of(uint64_t pid, uint32_t version)
{
	return pid << 32 | version;
}

static int
compare_own(const void *a, const void *b)
{
	const struct own *x = a, *y = b;

	return (x->token > y->token) - (x->token < y->token);
}

static void
gather_own(struct lister *k)
{
	size_t room = k->ours;

	for (const struct entry *e = k->m->subtrees; e; e = e->next_subtree)
		room += HASH_COUNT(e->members);
	k->own = xcalloc(room + 1, sizeof(*k->own));
	for (size_t i = 0; i < k->ours; i++) {
		const struct entry *e = k->m->entries[i];

		if (e->rule.kind == MUTE_PROCESS)
			k->own[k->own_count++] = (struct own){
				token_of((uint32_t)e->rule.process.pid, e->rule.version), i };
		for (const struct member *n = e->members; n; n = n->hh.next)
			k->own[k->own_count++] = (struct own){ token_of(n->key.pid, n->version), i };
	}
	qsort(k->own, k->own_count, sizeof(*k->own), compare_own);
}

static void
list_entry(void *ctx, const struct mute_entry *entry)
{
	struct lister *k = ctx;
	struct mute_row *row;
	const struct entry *e;

	if (entry->kind == MUTE_PROCESS) {
		struct own wanted = { token_of((uint32_t)entry->pid, entry->version), 0 };
		const struct own *own =
			bsearch(&wanted, k->own, k->own_count, sizeof(*k->own), compare_own);

		if (own) {
			k->met[own->row] = true;
			return;
		}
	} else if ((e = path_find(k->m, entry->kind, entry->path)) != NULL) {
		k->met[e->listed] = true;
		return;
	}
	row = row_add(k->l);
	row->kind = entry->kind;
	row->origin = MUTE_BY_SYSTEM;
	row->events = entry->events;
	row->types = entry->types;
	row->process.pid = entry->pid;
	row->what = xstrdup(entry->path ? entry->path : "");
}

static unsigned
types_in(event_mask events)
{
	return event_mask_count(events);
}

void
mutes_list(struct mutes *m, struct ledger *l, uint64_t now_ns)
{
	struct lister k = { .m = m, .l = l };

	ledger_clear(l);
	for (size_t i = 0; i < m->count; i++) {
		struct entry *e = m->entries[i];
		struct mute_row *row = row_add(l);

		e->listed = i;
		row->id = e->rule.id;
		row->kind = e->rule.kind;
		row->origin = e->rule.origin;
		row->state = e->rule.state;
		row->events = e->rule.events;
		row->types = types_in(e->rule.events);
		row->process = e->rule.process;
		row->what = xstrdup(e->rule.path ? e->rule.path : "");
		row->since_ns = e->rule.since_ns;
		row->rate_before = e->rule.rate_before;
		row->rate_heard = e->rate_heard;
		row->members = HASH_COUNT(e->members);
		row->counted = m->ops.suppressed && e->rule.state != MUTE_LOCAL &&
			       m->ops.suppressed(m->ctx, &e->rule, &row->suppressed) == 0;
		if (row->counted || e->suppressed) {
			row->counted = true;
			row->suppressed += e->suppressed;
		}
		if (row->state == MUTE_SYSTEM && e->heard_ns &&
		    now_ns < e->muted_ns + DRAIN_NS && now_ns < e->heard_ns + DRAIN_NS)
			row->state = MUTE_DRAINING;
	}
	k.ours = l->count;
	k.met = xcalloc(k.ours + 1, sizeof(*k.met));
	gather_own(&k);
	if (m->ops.entries && m->ops.entries(m->ctx, list_entry, &k) == 0)
		for (size_t i = 0; i < k.ours; i++)
			if (!k.met[i] && l->rows[i].kind != MUTE_SUBTREE &&
			    l->rows[i].state == MUTE_SYSTEM)
				l->rows[i].state = MUTE_GONE;
	free(k.own);
	free(k.met);
}
