/* mutes - the ledger: what a person changes in it. */
#include "model/mute_rules.h"
#include "model/cgroup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct mute_kind_info mute_kind_info[MUTE_KIND_COUNT] = {
#define X(id, word, mark, side, prefix, es, help) { word, mark, MUTE_SIDE_##side, prefix },
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

		if (!rule_is_process(&e->rule))
			HASH_DEL(m->paths[e->rule.kind], e);
		rule_free(m, e);
	}
	for (unsigned kind = 0; kind < MUTE_KIND_COUNT; kind++)
		free(m->lengths[kind].count);
	free(m->entries);
	free(m->undo.step);
	free(m->redo.step);
	free(m);
}

void
mutes_hold(struct mutes *m)
{
	m->held++;
}

void
mutes_release(struct mutes *m)
{
	bool local = m->local_unsettled;

	if (--m->held || !m->unsettled)
		return;
	m->unsettled = m->local_unsettled = false;
	rules_settle(m, local);
}

void
mutes_users(struct mutes *m, bool (*find)(const char *, uint32_t *))
{
	m->find_user = find;
}

static bool
find_user(const struct mutes *m, const char *name, uint32_t *uid)
{
	char *end;
	unsigned long number;

	if (m->find_user)
		return m->find_user(name, uid);
	number = strtoul(name, &end, 10);
	*uid = (uint32_t)number;
	return *name >= '0' && *name <= '9' && !*end && number < UID_UNKNOWN;
}

const char *
mutes_error(enum mute_kind kind, int error)
{
	if (error == -ENOENT && kind == MUTE_USER)
		return "there is no such user";
	if (error == -EOPNOTSUPP && kind == MUTE_UNIT)
		return CGROUP_V1;
	if (error == -EOPNOTSUPP && kind == MUTE_SIGNER)
		return "no signers: this system's programs have no code signatures";
	return strerror(-error);
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
	if (r->kind == MUTE_USER && !find_user(m, r->path, &rule.uid))
		return -ENOENT;
	if (rule_is_in_force(m, &rule))
		return -EEXIST;
	error = rule_enforce(m, &rule);
	if (error)
		return error;
	m->last_id++;
	step_remember(m, m->joined ? &m->undo.step[m->undo.count - 1] : steps_new(m), &rule, CHANGE_ADDED);
	m->joined = m->joining;
	rules_settle(m, m->entries[m->count - 1]->rule.state == MUTE_LOCAL);
	return 0;
}

void
mutes_join(struct mutes *m)
{
	m->joining = true;
	mutes_hold(m);
}

void
mutes_part(struct mutes *m)
{
	m->joining = m->joined = false;
	mutes_release(m);
}

int
mutes_add_process(struct mutes *m, struct proc_key key, uint32_t version, const char *exe, double rate,
		  enum mute_origin origin, uint64_t now_ns)
{
	return mutes_add(m,
			 &(struct mute_request){ .kind = MUTE_PROCESS,
						 .origin = origin,
						 .process = key,
						 .version = version,
						 .path = exe,
						 .rate = rate },
			 now_ns);
}

int
mutes_add_path(struct mutes *m, enum mute_kind kind, const char *path, double rate, enum mute_origin origin,
	       uint64_t now_ns)
{
	return mutes_add(m,
			 &(struct mute_request){ .kind = kind, .origin = origin, .path = path, .rate = rate },
			 now_ns);
}

int
mutes_set_events(struct mutes *m, uint32_t id, event_mask events)
{
	size_t i = rule_position(m, id);
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
	step_remember_events(steps_new(m), &e->rule);
	rule_change_events(m, e, events);
	rules_settle(m, true);
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
	error = rules_turn(m, side);
	if (error)
		return error;
	step_change(steps_new(m), CHANGE_INVERTED)->side = side;
	rules_settle(m, m->local > 0);
	return 0;
}

static bool
is_only(const struct mutes *m)
{
	return m->only && m->inverted[MUTE_SIDE_PROCESS] && rule_position(m, m->only) < m->count;
}

int
mutes_only(struct mutes *m, const struct mute_request *r, uint64_t now_ns)
{
	struct mute_rule rule = { .id = m->last_id + 1,
				  .kind = r->kind,
				  .origin = r->origin,
				  .events = m->default_events,
				  .process = r->process,
				  .version = r->version,
				  .since_ns = now_ns,
				  .path = (char *)r->path };
	struct step *step;
	int error;

	if (!m->ops.invert)
		return -ENOTSUP;
	if (r->kind == MUTE_USER && !find_user(m, r->path, &rule.uid))
		return -ENOENT;
	mutes_hold(m);
	if (is_only(m))
		steps_take_back(m, m->only, now_ns);
	step = steps_new(m);
	if (m->inverted[MUTE_SIDE_PROCESS] && rules_turn(m, MUTE_SIDE_PROCESS) == 0)
		step_change(step, CHANGE_INVERTED)->side = MUTE_SIDE_PROCESS;
	/* The newest first, so that they come back in their order. */
	for (size_t i = m->count; i-- > 0;) {
		if (!rule_is_of_processes(&m->entries[i]->rule))
			continue;
		step_remember(m, step, &m->entries[i]->rule, CHANGE_REMOVED);
		rule_drop(m, i);
	}
	error = rule_enforce(m, &rule);
	if (!error) {
		m->last_id++;
		step_remember(m, step, &rule, CHANGE_ADDED);
		error = rules_turn(m, MUTE_SIDE_PROCESS);
		if (!error)
			step_change(step, CHANGE_INVERTED)->side = MUTE_SIDE_PROCESS;
	}
	m->only = error ? 0 : rule.id;
	if (error)
		steps_abort(m, now_ns);
	m->unsettled = m->local_unsettled = true;
	mutes_release(m);
	return error;
}

bool
mutes_only_end(struct mutes *m, uint64_t now_ns)
{
	bool ended = is_only(m) && steps_take_back(m, m->only, now_ns);

	m->only = 0;
	return ended;
}

void
rule_name_only(const struct mutes *m, char *out, size_t size)
{
	const struct mute_rule *rule = is_only(m) ? mutes_by_id(m, m->only) : NULL;

	out[0] = '\0';
	if (rule && mute_kind_is_owner(rule->kind))
		snprintf(out, size, "%s %.70s", mute_kind_info[rule->kind].word, rule->path);
	else if (rule)
		snprintf(out, size, "%s of process %d", mute_kind_info[rule->kind].word,
			 pid_shown(rule->process.pid));
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
			rules_turn(m, (enum mute_side)side);
}

int
mutes_audition(struct mutes *m, uint32_t id, uint64_t now_ns, uint64_t until_ns)
{
	size_t i = rule_position(m, id);
	struct entry *e;

	if (i == m->count)
		return -ENOENT;
	e = m->entries[i];
	if (e->rule.state == MUTE_AUDITION)
		return -EALREADY;
	if (m->inverted[mute_side_of(e->rule.kind)])
		return -ENOTSUP;
	rule_bank(m, e);
	if (e->rule.state == MUTE_SYSTEM || rule_is_group(&e->rule))
		rule_carry_out(m, e, false);
	rule_set_state(m, &e->rule, MUTE_AUDITION);
	m->auditions++;
	e->audition_from = now_ns;
	e->audition_until = until_ns;
	e->audition_count = 0;
	rules_settle(m, true);
	return 0;
}

unsigned
mutes_remove(struct mutes *m, uint32_t id)
{
	size_t i = rule_position(m, id);
	bool local;

	if (i == m->count)
		return 0;
	local = m->entries[i]->rule.state == MUTE_LOCAL;
	step_remember(m, steps_new(m), &m->entries[i]->rule, CHANGE_REMOVED);
	rule_drop(m, i);
	rules_settle(m, local);
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
	step = steps_new(m);
	/* The newest first, so that an undo brings them back in their order. */
	while (m->count > 0) {
		step_remember(m, step, &m->entries[m->count - 1]->rule, CHANGE_REMOVED);
		rule_drop(m, m->count - 1);
	}
	rules_settle(m, local);
	return n;
}

int
mutes_undo(struct mutes *m, uint64_t now_ns)
{
	return steps_go_back(m, &m->undo, &m->redo, now_ns);
}

int
mutes_redo(struct mutes *m, uint64_t now_ns)
{
	return steps_go_back(m, &m->redo, &m->undo, now_ns);
}
