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

/* A process that a rule, or a remembered one, is about. Hashed by these 16 bytes. */
struct subject_key {
	uint64_t start_ns;
	uint64_t pid;
};

struct subject {
	struct subject_key key;
	uint32_t version;      /* newest known */
	unsigned refs;         /* rules and remembered rules */
	struct entry *entry;   /* the rule in force, or NULL */
	UT_hash_handle hh;
};

/* A rule in force. */
struct entry {
	struct mute_rule rule;
	struct subject *subject; /* of a process rule */
	UT_hash_handle hh;       /* of a path rule: by kind and path */
};

/* One thing an undo would take back: a rule that was added, or one that was removed. */
struct change {
	bool added;
	struct mute_rule rule;   /* added: only its id counts; path is owned */
	struct subject *subject;
};

struct step {
	struct change *changes;
	size_t count;
};

struct mutes {
	struct mute_ops ops;
	void *ctx;
	event_mask default_events;
	uint32_t last_id;
	struct entry **entries;  /* oldest first */
	size_t count, room;
	struct subject *subjects;
	struct entry *paths[MUTE_KIND_COUNT];
	struct step *steps;      /* oldest first */
	size_t step_count, step_room;
	size_t local;            /* rules in force here alone */
	struct mute_counts seen; /* what the system said */
};

static bool
is_process(const struct mute_rule *rule)
{
	return rule->kind == MUTE_PROCESS;
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

static int
carry_out(struct mutes *m, const struct mute_rule *rule, bool on)
{
	if (is_process(rule))
		return m->ops.process ? m->ops.process(m->ctx, rule->process.pid, rule->version,
						       rule->events, on)
				      : -ENOSYS;
	return m->ops.path ? m->ops.path(m->ctx, rule->kind, rule->path, rule->events, on)
			   : -ENOSYS;
}

/* The client hears of its own rules only when it has, or had, some. */
static void
tell_local(struct mutes *m)
{
	const struct mute_rule **rules;
	size_t n = 0;

	if (!m->ops.local)
		return;
	rules = xmalloc((m->local + 1) * sizeof(*rules));
	for (size_t i = 0; i < m->count; i++)
		if (m->entries[i]->rule.state == MUTE_LOCAL)
			rules[n++] = &m->entries[i]->rule;
	m->ops.local(m->ctx, rules, n);
	free(rules);
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

/* Puts a rule in force; it takes over rule.path. 0, or -ESRCH and nothing was done. */
static int
enforce(struct mutes *m, const struct mute_rule *rule)
{
	int error = carry_out(m, rule, true);
	struct entry *e;

	if (error == -ESRCH)
		return error;
	e = xcalloc(1, sizeof(*e));
	e->rule = *rule;
	e->rule.state = MUTE_SYSTEM;
	set_state(m, &e->rule, error ? MUTE_LOCAL : MUTE_SYSTEM);
	if (is_process(rule)) {
		e->subject = subject_hold(m, rule->process, rule->version);
		e->subject->entry = e;
	} else {
		HASH_ADD_KEYPTR(hh, m->paths[rule->kind], e->rule.path, strlen(e->rule.path), e);
	}
	if (m->count == m->room) {
		m->room = m->room ? m->room * 2 : 16;
		m->entries = xrealloc(m->entries, m->room, sizeof(struct entry *));
	}
	m->entries[m->count++] = e;
	return 0;
}

/* Takes a rule out of force. The caller takes it out of the entries. */
static void
release(struct mutes *m, struct entry *e)
{
	if (e->rule.state == MUTE_SYSTEM)
		carry_out(m, &e->rule, false); /* it may be gone there already */
	else
		m->local--;
	if (e->subject) {
		e->subject->entry = NULL;
		subject_release(m, e->subject);
	} else {
		HASH_DEL(m->paths[e->rule.kind], e);
	}
	free(e->rule.path);
	free(e);
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

/* ---- steps back ---- */

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

static struct step *
step_push(struct mutes *m, size_t changes)
{
	struct step *step;

	if (m->step_count == STEPS_MAX) {
		step_finish(m, &m->steps[0]);
		m->step_count--;
		memmove(m->steps, m->steps + 1, m->step_count * sizeof(*m->steps));
	}
	if (m->step_count == m->step_room) {
		m->step_room = m->step_room ? m->step_room * 2 : 16;
		m->steps = xrealloc(m->steps, m->step_room, sizeof(*m->steps));
	}
	step = &m->steps[m->step_count++];
	step->changes = xcalloc(changes, sizeof(*step->changes));
	step->count = 0;
	return step;
}

static void
remember(struct mutes *m, struct step *step, const struct mute_rule *rule, bool added)
{
	struct change *c = &step->changes[step->count++];

	c->added = added;
	c->rule = *rule;
	c->rule.path = rule->path ? xstrdup(rule->path) : NULL;
	if (is_process(rule))
		c->subject = subject_hold(m, rule->process, rule->version);
}

/* Nothing about an ended process can be taken back. */
static void
forget(struct mutes *m, const struct subject *s)
{
	size_t kept_steps = 0;

	for (size_t i = 0; i < m->step_count; i++) {
		struct step *step = &m->steps[i];
		size_t kept = 0;

		for (size_t k = 0; k < step->count; k++)
			if (step->changes[k].subject == s)
				change_finish(m, &step->changes[k]);
			else
				step->changes[kept++] = step->changes[k];
		step->count = kept;
		if (kept)
			m->steps[kept_steps++] = *step;
		else
			free(step->changes);
	}
	m->step_count = kept_steps;
}

static bool
is_in_force(const struct mutes *m, const struct mute_rule *rule)
{
	return is_process(rule) ? mutes_of_process(m, rule->process) != NULL
				: path_find(m, rule->kind, rule->path) != NULL;
}

/* True when there was something to take back. */
static bool
take_back(struct mutes *m, struct change *c, uint64_t now_ns)
{
	if (c->added) {
		size_t i = position(m, c->rule.id);

		if (i == m->count)
			return false;
		drop(m, i);
		return true;
	}
	if (is_in_force(m, &c->rule))
		return false;
	if (c->subject)
		c->rule.version = c->subject->version;
	c->rule.since_ns = now_ns;
	if (enforce(m, &c->rule))
		return false;
	c->rule.path = NULL; /* the rule in force has it now */
	return true;
}

/* ---- public ---- */

struct mutes *
mutes_create(const struct mute_ops *ops, void *ctx, event_mask default_events)
{
	struct mutes *m = xcalloc(1, sizeof(*m));

	m->ops = *ops;
	m->ctx = ctx;
	m->default_events = default_events;
	mutes_refresh(m);
	return m;
}

void
mutes_destroy(struct mutes *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->step_count; i++)
		step_finish(m, &m->steps[i]);
	for (size_t i = 0; i < m->count; i++) {
		struct entry *e = m->entries[i];

		if (e->subject)
			subject_release(m, e->subject);
		else
			HASH_DEL(m->paths[e->rule.kind], e);
		free(e->rule.path);
		free(e);
	}
	free(m->entries);
	free(m->steps);
	free(m);
}

static int
add(struct mutes *m, struct mute_rule *rule)
{
	int error;

	if (is_in_force(m, rule))
		return -EEXIST;
	rule->id = m->last_id + 1;
	rule->path = rule->path ? xstrdup(rule->path) : NULL;
	error = enforce(m, rule);
	if (error) {
		free(rule->path);
		return error;
	}
	m->last_id++;
	remember(m, step_push(m, 1), rule, true);
	settle(m, m->entries[m->count - 1]->rule.state == MUTE_LOCAL);
	return 0;
}

int
mutes_add_process(struct mutes *m, struct proc_key key, uint32_t version, const char *exe,
		  double rate, enum mute_origin origin, uint64_t now_ns)
{
	struct mute_rule rule = {
		.kind = MUTE_PROCESS,
		.origin = origin,
		.events = m->default_events,
		.process = key,
		.version = version,
		.since_ns = now_ns,
		.rate_before = rate,
		.path = (char *)exe,
	};

	return add(m, &rule);
}

int
mutes_add_path(struct mutes *m, enum mute_kind kind, const char *path, double rate,
	       enum mute_origin origin, uint64_t now_ns)
{
	struct mute_rule rule = {
		.kind = kind,
		.origin = origin,
		.events = m->default_events,
		.since_ns = now_ns,
		.rate_before = rate,
		.path = (char *)path,
	};

	/* Not every event has a target that Endpoint Security can mute by. */
	if ((kind == MUTE_TARGET || kind == MUTE_TARGET_PREFIX) &&
	    rule.events & event_mask_target())
		rule.events &= event_mask_target();
	return add(m, &rule);
}

unsigned
mutes_remove(struct mutes *m, uint32_t id)
{
	size_t i = position(m, id);
	bool local;

	if (i == m->count)
		return 0;
	local = m->entries[i]->rule.state == MUTE_LOCAL;
	remember(m, step_push(m, 1), &m->entries[i]->rule, false);
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
	step = step_push(m, n);
	for (size_t i = 0; i < n; i++)
		remember(m, step, &m->entries[i]->rule, false);
	for (size_t i = 0; i < n; i++)
		release(m, m->entries[i]);
	m->count = 0;
	settle(m, local);
	return n;
}

bool
mutes_undo(struct mutes *m, uint64_t now_ns)
{
	bool done = false, local = m->local > 0;

	/* A step that has nothing left to take back is no answer to the key: on to the next. */
	while (!done && m->step_count > 0) {
		struct step step = m->steps[--m->step_count];

		for (size_t i = 0; i < step.count; i++)
			done |= take_back(m, &step.changes[i], now_ns);
		step_finish(m, &step);
	}
	if (done)
		settle(m, local || m->local > 0);
	return done;
}

static void
follow_exec(struct mutes *m, struct subject *s, uint32_t version)
{
	struct entry *e = s->entry;
	struct mute_rule old;
	int error;

	s->version = version;
	if (!e || e->rule.version == version)
		return;
	old = e->rule;
	e->rule.version = version;
	if (old.state == MUTE_SYSTEM) {
		/* New before old leaves no gap; but at the limit the old one must make room. */
		error = carry_out(m, &e->rule, true);
		carry_out(m, &old, false);
		if (error)
			error = carry_out(m, &e->rule, true);
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
	forget(m, s);
	subject_release(m, s);
	settle(m, local);
}

void
mutes_follow(struct mutes *m, const struct event *e)
{
	struct proc_key key = { e->who.pid, e->who.start_ns };
	struct subject *s;

	if (!m->subjects || (e->id != EV_EXEC && e->id != EV_EXIT))
		return;
	s = subject_find(m, key);
	if (!s && !key.start_ns) /* a source that does not know start times */
		for (s = m->subjects; s; s = s->hh.next)
			if (s->key.pid == (uint64_t)(int64_t)key.pid &&
			    s->version == e->who.version)
				break;
	if (!s)
		return;
	if (e->id == EV_EXEC)
		follow_exec(m, s, e->other.version);
	else
		follow_exit(m, s);
}

void
mutes_retry(struct mutes *m)
{
	bool refused_process = false, refused_path = false, changed = false;

	for (size_t i = 0; m->local > 0 && i < m->count; i++) {
		struct mute_rule *rule = &m->entries[i]->rule;
		bool *refused = is_process(rule) ? &refused_process : &refused_path;
		int error;

		/* What the system refused for want of room, it refuses to the next as well. */
		if (rule->state != MUTE_LOCAL || *refused)
			continue;
		error = carry_out(m, rule, true);
		if (!error) {
			set_state(m, rule, MUTE_SYSTEM);
			changed = true;
		}
		*refused = error && error != -ESRCH;
	}
	if (changed)
		settle(m, true);
}

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

const struct mute_rule *
mutes_get(const struct mutes *m, size_t i)
{
	return i < m->count ? &m->entries[i]->rule : NULL;
}

void
mutes_counts(const struct mutes *m, struct mute_counts *counts)
{
	*counts = m->seen;
	counts->processes = counts->paths = 0;
	for (size_t i = 0; i < m->count; i++)
		if (is_process(&m->entries[i]->rule))
			counts->processes++;
		else
			counts->paths++;
	counts->local = (unsigned)m->local;
	counts->can_undo = m->step_count > 0;
}

void
mutes_refresh(struct mutes *m)
{
	struct mute_counts *seen = &m->seen;

	seen->es_processes = seen->es_paths = 0;
	seen->es_known = m->ops.counts &&
			 m->ops.counts(m->ctx, &seen->es_processes, &seen->es_paths) == 0;
}

/* ---- a rule as text ---- */

static int
parse_pid(const char *text, int32_t *pid, char *why, size_t len)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || value < 1 || value > INT32_MAX) {
		snprintf(why, len, "'%.60s' is not a process number", text);
		return -EINVAL;
	}
	*pid = (int32_t)value;
	return 0;
}

int
mute_rule_parse(const char *text, enum mute_kind *kind, const char **path, int32_t *pid,
		char *why, size_t len)
{
	static const char *const words[MUTE_KIND_COUNT] = {
#define X(id, word, mark, help) [MUTE_##id] = word,
		MUTE_KIND_TABLE(X)
#undef X
	};
	size_t length = strcspn(text, ":/");

	*path = NULL;
	*pid = 0;
	if (text[0] == '/') {
		*kind = text[strlen(text) - 1] == '/' ? MUTE_PREFIX : MUTE_EXE;
		*path = text;
		return 0;
	}
	if (text[length] != ':') {
		*kind = MUTE_PROCESS;
		if (text[0] >= '0' && text[0] <= '9')
			return parse_pid(text, pid, why, len);
		snprintf(why, len, "'%.60s' is no rule; give a pid, an absolute path, or WORD:PATH",
			 text);
		return -EINVAL;
	}
	for (unsigned k = 0; k < MUTE_KIND_COUNT; k++) {
		if (strlen(words[k]) != length || memcmp(words[k], text, length) != 0)
			continue;
		*kind = (enum mute_kind)k;
		text += length + 1;
		if (k == MUTE_PROCESS)
			return parse_pid(text, pid, why, len);
		*path = text;
		if (text[0] == '/')
			return 0;
		snprintf(why, len, "'%.60s' must be an absolute path", text);
		return -EINVAL;
	}
	length = length > 40 ? 40 : length;
	snprintf(why, len, "there is no mute '%.*s:'; known are", (int)length, text);
	for (unsigned k = 0; k < MUTE_KIND_COUNT; k++) {
		size_t used = strlen(why);

		snprintf(why + used, len - used, "%s %s:", k ? "," : "", words[k]);
	}
	return -EINVAL;
}
