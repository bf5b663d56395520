/* mutes_list - what the ledger says: of a process or path, counts, and the list of all. */
#include "model/mute_rules.h"
#include "model/cgroup.h"

#include <string.h>

/* ---- questions ---- */

char
mute_mark(const struct mute_rule *rule)
{
	if (!rule || rule->state == MUTE_AUDITION)
		return ' ';
	return rule->state == MUTE_LOCAL ? 'L' : mute_kind_info[rule->kind].mark;
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
	const struct entry *e = NULL;

	if (!exe || !exe[0])
		return NULL;
	/* A whole path says more than a prefix. */
	for (int prefix = 0; prefix < 2 && !e; prefix++)
		for (unsigned kind = 0; kind < MUTE_PATH_KINDS && !e; kind++) {
			size_t length = 0;

			if (mute_kind_info[kind].side != MUTE_SIDE_PATH ||
			    mute_kind_info[kind].prefix != prefix)
				continue;
			e = prefix ? rule_of_prefix(m, (enum mute_kind)kind, exe, &length)
				   : rule_of_path(m, (enum mute_kind)kind, exe);
		}
	return e ? &e->rule : NULL;
}

const struct mute_rule *
mutes_of_target(const struct mutes *m, const char *path, bool directory)
{
	const struct entry *e = directory ? NULL : rule_of_path(m, MUTE_TARGET, path);
	size_t length = 0;

	if (!e)
		e = rule_of_prefix(m, MUTE_TARGET_PREFIX, path, &length);
	if (!e && directory && m->paths[MUTE_TARGET_PREFIX]) {
		/* The prefix may be all that begins with path and '/'. */
		char *whole = xmalloc(strlen(path) + 2);

		strcat(strcpy(whole, path), "/");
		e = rule_of_path(m, MUTE_TARGET_PREFIX, whole);
		free(whole);
	}
	return e ? &e->rule : NULL;
}

bool
mute_covers_owner(enum mute_kind kind, const char *text, uint32_t uid, const struct mute_owner *owner)
{
	size_t length = strlen(text);

	switch (kind) {
	case MUTE_UNIT:
		return cgroup_is_in(owner->cgroup, text) || strcmp(owner->unit, text) == 0;
	case MUTE_USER:
		return owner->uid == uid && uid != UID_UNKNOWN;
	case MUTE_SIGNER:
		return strncmp(owner->signer, text, length) == 0 &&
		       (owner->signer[length] == '\0' || owner->signer[length] == '/');
	default:
		return false;
	}
}

const struct mute_rule *
mutes_of_owner(const struct mutes *m, const struct mute_owner *owner)
{
	for (const struct entry *e = m->subtrees; e; e = e->next_subtree)
		if (mute_kind_is_owner(e->rule.kind) &&
		    mute_covers_owner(e->rule.kind, e->rule.path, e->rule.uid, owner))
			return &e->rule;
	return NULL;
}

static bool
covers_process(const struct mutes *m, const struct entry *e, struct proc_key key, const char *exe)
{
	const struct mute_rule *r = &e->rule;

	switch (r->kind) {
	case MUTE_PROCESS:
		return r->process.pid == key.pid && r->process.start_ns == key.start_ns;
	case MUTE_SUBTREE:
		return rule_member(e, key);
	case MUTE_UNIT:
	case MUTE_USER:
	case MUTE_SIGNER:
		return rule_covers_process(m, r, key);
	default:
		if (mute_side_of(r->kind) != MUTE_SIDE_PATH)
			return false;
		return mute_kind_info[r->kind].prefix ? *exe && strncmp(exe, r->path, strlen(r->path)) == 0
						      : strcmp(r->path, exe) == 0;
	}
}

size_t
mutes_covering(const struct mutes *m, struct proc_key key, const char *exe, const struct mute_rule *rules[],
	       size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < m->count; i++)
		if (covers_process(m, m->entries[i], key, exe) && n++ < max)
			rules[n - 1] = &m->entries[i]->rule;
	return n;
}

const struct mute_rule *
mutes_of_subtree(const struct mutes *m, struct proc_key key)
{
	for (const struct entry *e = m->subtrees; e; e = e->next_subtree)
		if (e->rule.kind == MUTE_SUBTREE && rule_member(e, key))
			return &e->rule;
	return NULL;
}

const struct mute_rule *
mutes_of_path(const struct mutes *m, enum mute_kind kind, const char *path)
{
	const struct entry *e = rule_of_path(m, kind, path);

	return e ? &e->rule : NULL;
}

const struct mute_rule *
mutes_by_id(const struct mutes *m, uint32_t id)
{
	size_t i = rule_position(m, id);

	return i < m->count ? &m->entries[i]->rule : NULL;
}

const struct mute_rule *
mutes_get(const struct mutes *m, size_t i)
{
	return i < m->count ? &m->entries[i]->rule : NULL;
}

uint64_t
mutes_changes(const struct mutes *m)
{
	return m->changes;
}

/* What the system should report by our own count. */
static void
count_own(const struct mutes *m, struct mute_counts *counts)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct entry *e = m->entries[i];

		if (e->rule.state == MUTE_AUDITION)
			continue;
		if (rule_is_group(&e->rule)) {
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
	/* While a side of paths is inverted, the system's own entries are set aside, so this is unknown. */
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
	counts->followed_units = counts->followed_users = counts->followed_subtrees = 0;
	counts->own_processes = counts->own_paths = 0;
	counts->rate_before = 0;
	for (size_t i = 0; i < m->count; i++)
		counts->rate_before += m->entries[i]->rule.rate_before;
	for (size_t i = 0; i < m->count; i++)
		if (rule_is_of_processes(&m->entries[i]->rule))
			counts->processes++;
		else
			counts->paths++;
	for (const struct entry *e = m->subtrees; e; e = e->next_subtree) {
		counts->subtrees += e->rule.kind == MUTE_SUBTREE;
		if (!e->followed || e->rule.state != MUTE_SYSTEM)
			continue;
		counts->followed_units += e->rule.kind == MUTE_UNIT;
		counts->followed_users += e->rule.kind == MUTE_USER;
		counts->followed_subtrees += e->rule.kind == MUTE_SUBTREE;
	}
	counts->local = (unsigned)m->local;
	count_own(m, counts);
	counts->differs = counts->es_known && (counts->own_processes != counts->es_processes ||
					       counts->own_paths != counts->es_paths);
	counts->can_undo = m->undo.count > 0;
	counts->can_redo = m->redo.count > 0;
	memcpy(counts->inverted, m->inverted, sizeof(counts->inverted));
	rule_name_only(m, counts->only, sizeof(counts->only));
}

void
mutes_refresh(struct mutes *m)
{
	struct mute_counts *seen = &m->seen;

	seen->es_processes = seen->es_paths = 0;
	seen->es_known = m->ops.counts && m->ops.counts(m->ctx, &seen->es_processes, &seen->es_paths) == 0;
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
	unsigned idle; /* entries of the system's own that suppress nothing */
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
			k->own[k->own_count++] =
				(struct own){ token_of((uint32_t)e->rule.process.pid, e->rule.version), i };
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
		const struct own *own = bsearch(&wanted, k->own, k->own_count, sizeof(*k->own), compare_own);

		if (own) {
			k->met[own->row] = true;
			return;
		}
	} else if ((e = rule_of_path(k->m, entry->kind, entry->path)) != NULL && entry->events) {
		/* The system may have had an entry of that path before: what was added to it is ours. */
		k->met[e->listed] = true;
		return;
	}
	if (mute_kind_is_path(entry->kind) && !entry->events) {
		k->idle++;
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

/* What the system mutes for every client is for AUTH types: some dozens of lines that say nothing here. */
static void
list_idle(struct ledger *l, unsigned count)
{
	struct mute_row *row;

	if (!count)
		return;
	row = row_add(l);
	row->kind = MUTE_EXE;
	row->origin = MUTE_BY_SYSTEM;
	row->folded = count;
	row->what = xstrdup("");
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
		if (row->state == MUTE_SYSTEM && e->heard_ns && now_ns < e->muted_ns + DRAIN_NS &&
		    now_ns < e->heard_ns + DRAIN_NS)
			row->state = MUTE_DRAINING;
	}
	k.ours = l->count;
	k.met = xcalloc(k.ours + 1, sizeof(*k.met));
	gather_own(&k);
	if (m->ops.entries && m->ops.entries(m->ctx, list_entry, &k) == 0)
		for (size_t i = 0; i < k.ours; i++)
			if (!k.met[i] && l->rows[i].kind != MUTE_SUBTREE &&
			    !mute_kind_is_owner(l->rows[i].kind) && l->rows[i].state == MUTE_SYSTEM)
				l->rows[i].state = MUTE_GONE;
	list_idle(l, k.idle);
	free(k.own);
	free(k.met);
}
