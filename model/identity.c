/* identity - see identity.h. */
#include "model/identity.h"

#include "model/group.h"

#include <string.h>
#include <utlist.h>

static void
identity_free(struct tree *t, struct identity *i)
{
	string_release(i->key.exe);
	string_release(i->key.unit);
	string_release(i->key.tty);
	string_release(i->key.signer);
	ended_finish(t, &i->ended);
	free(i);
}

static void
forget(struct tree *t, struct identity *i)
{
	DL_DELETE2(t->idle, i, prev_idle, next_idle); /* NOLINT: the analyzer loses the list */
	t->idle_count--;
	HASH_DELETE(hh, t->identities, i); /* NOLINT: the analyzer loses the hash */
	identity_free(t, i);
}

/* The one of those idle the longest that did least joins the others. */
static void
limit_idle(struct tree *t)
{
	enum { LOOK_AT = 64 };
	struct identity *least = t->idle, *i = t->idle;

	if (t->idle_count <= IDENTITIES_IDLE)
		return;
	for (unsigned n = 0; i && n < LOOK_AT; n++, i = i->next_idle)
		if (activity_total(&i->ended.did) < activity_total(&least->ended.did))
			least = i;
	ended_add(t, &t->others.ended, &least->ended.did, least->ended.marked);
	lives_merge(&t->others.lives, &least->lives);
	t->others.runs += least->runs;
	t->others.runs_marked += least->runs_marked;
	forget(t, least);
}

static void
let_go(struct tree *t, struct proc *p)
{
	struct identity *who = p->who;

	p->who = NULL;
	t->unidentified++;
	if (--who->users)
		return;
	DL_APPEND2(t->idle, who, prev_idle, next_idle);
	t->idle_count++;
	limit_idle(t);
}

struct identity *
identity_of(struct tree *t, struct proc *p)
{
	struct identity_key key;
	struct identity *who = p->who;

	if (!who) {
		memset(&key, 0, sizeof(key)); /* padding is hashed, too */
		key.exe = p->exe;
		key.unit = p->owners.unit;
		key.tty = p->owners.tty;
		key.signer = p->owners.signer;
		key.uid = p->uid;
		key.host = pid_of_host(p->key.pid);
		HASH_FIND(hh, t->identities, &key, sizeof(key), who);
		if (!who) {
			who = xcalloc(1, sizeof(*who));
			memcpy(&who->key, &key, sizeof(key));
			who->row = IDENTITY_UNPLACED;
			string_hold(key.exe);
			string_hold(key.unit);
			string_hold(key.tty);
			string_hold(key.signer);
			HASH_ADD(hh, t->identities, key, sizeof(key), who);
		} else if (!who->users) {
			DL_DELETE2(t->idle, who, prev_idle, next_idle);
			t->idle_count--;
		}
		who->users++;
		p->who = who;
		t->unidentified--;
	}
	if (p->flags & PROC_RUN) {
		p->flags = (p->flags & ~(uint32_t)PROC_RUN) | PROC_COUNTED;
		who->runs++;
	}
	return who;
}

void
identity_since(const struct proc *p, struct activity *did, struct activity *marked)
{
	activity_since(did, &p->did, p->before, true);
	if (marked && p->marked.own)
		activity_since(marked, p->marked.own, p->before, false);
}

/* What p did under its identity goes there. */
static void
add(struct tree *t, struct proc *p, bool rates)
{
	struct activity did = { 0 }, marked = { 0 };

	activity_since(&did, &p->did, p->before, rates);
	if (p->marked.own)
		activity_since(&marked, p->marked.own, p->before, false);
	ended_add(t, &p->who->ended, &did, p->marked.own ? &marked : NULL);
	activity_finish(&did);
	activity_finish(&marked);
}

static void
add_life(struct proc *p, uint64_t now_ns)
{
	if (p->since_ns && now_ns > p->since_ns)
		lives_add(&p->who->lives, now_ns - p->since_ns);
}

void
identity_change(struct tree *t, struct proc *p, uint64_t exec_ns)
{
	bool counted, did = activity_total(&p->did) > 0;

	/* Nothing to be settled: it changed before, and did nothing since. */
	if (!p->who && !exec_ns && activity_total(&p->did) == (p->before ? activity_total(p->before) : 0))
		return;
	identity_of(t, p);
	counted = p->flags & PROC_COUNTED;
	if (did) {
		add(t, p, false); /* what came in the open interval makes the rate of the new one */
		activity_free(&p->before);
		add_counts(&p->before, &p->did);
	}
	p->flags &= ~(uint32_t)PROC_COUNTED;
	if (exec_ns) {
		if (counted)
			add_life(p, exec_ns);
		p->since_ns = exec_ns;
		p->flags |= PROC_RUN;
	} else if (counted) { /* the same execution: counted where it is now */
		p->who->runs--;
		p->flags |= PROC_RUN;
	}
	let_go(t, p);
}

void
identity_end(struct tree *t, struct proc *p)
{
	if (!(p->flags & PROC_COUNTED))
		p->flags |= PROC_RUN;
	identity_of(t, p);
	add_life(p, p->exited_ns);
}

void
identity_reap(struct tree *t, struct proc *p)
{
	identity_of(t, p);
	add(t, p, true);
	let_go(t, p);
}

void
identities_free(struct tree *t)
{
	struct identity *i, *next;

	HASH_ITER (hh, t->identities, i, next) {
		HASH_DELETE(hh, t->identities, i); /* NOLINT: the analyzer loses the hash */
		identity_free(t, i);
	}
	ended_finish(t, &t->others.ended);
}
