/*
 * tree - the process tree and the activity of each process.
 *
 * Events of one process come in order, but those of two processes may overtake
 * each other (they come from different processors), some are lost, and
 * backfill reports the past. So nothing here relies on a fork coming first
 * or on an exit coming at all: each event names its acting process, which is taken as true.
 */
#include "model/group.h"
#include "model/grouping.h"
#include "model/identity.h"
#include "model/proc.h"
#include "model/cgroup.h"

#include <string.h>
#include <utlist.h>

static void reap(struct tree *t, struct proc *p);
static void forget_toggled(struct tree *t);

static bool
is(const struct proc *p, enum proc_flag flag)
{
	return p->flags & flag;
}

/* ---- by pid ---- */

static struct proc **
recent_slot(const struct tree *t, int32_t pid)
{
	return &t->recent[(uint32_t)pid % PID_CACHE];
}

/* The newest process of this pid, tombstones and ghosts included. */
static struct proc *
newest(const struct tree *t, int32_t pid)
{
	struct proc **slot = recent_slot(t, pid), *p = *slot;

	if (p && p->key.pid == pid)
		return p;
	HASH_FIND(hh, t->by_pid, &pid, sizeof(pid), p);
	if (p)
		*slot = p;
	return p;
}

static void
index_add(struct tree *t, struct proc *p)
{
	HASH_ADD(hh, t->by_pid, key.pid, sizeof(p->key.pid), p);
	*recent_slot(t, p->key.pid) = p;
}

static void
index_remove(struct tree *t, struct proc *p)
{
	struct proc **slot = recent_slot(t, p->key.pid);

	HASH_DELETE(hh, t->by_pid, p);
	if (*slot == p)
		*slot = NULL;
}

/* p becomes the newest of its pid; the previous one is a tombstone and follows it. */
static void
chain_add(struct tree *t, struct proc *p)
{
	struct proc *old = newest(t, p->key.pid), *last = p;
	unsigned length = 0;

	if (old) {
		index_remove(t, old);
		p->older = old;
		old->newer = p;
	}
	index_add(t, p);
	while (last->older) {
		last = last->older;
		length++;
	}
	if (length > SAME_PID_MAX)
		reap(t, last);
}

static void
chain_remove(struct tree *t, struct proc *p)
{
	if (p->older)
		p->older->newer = p->newer;
	if (p->newer) {
		p->newer->older = p->older;
		return;
	}
	index_remove(t, p);
	if (p->older)
		index_add(t, p->older);
}

/* ---- memory ---- */

static struct proc *
proc_create(struct tree *t, int32_t pid)
{
	struct proc *p = xcalloc(1, sizeof(*p));

	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 256;
		t->all = xrealloc(t->all, t->room, sizeof(*t->all));
	}
	p->index = (uint32_t)t->count;
	t->all[t->count++] = p;
	t->unidentified++;
	p->key.pid = pid;
	p->parent = &t->root;
	DL_PREPEND(t->root.child, p);
	chain_add(t, p);
	return p;
}

static void
active_add(struct tree *t, struct proc *p)
{
	if (t->active_count == t->active_room) {
		t->active_room = t->active_room ? t->active_room * 2 : 256;
		t->active = xrealloc(t->active, t->active_room, sizeof(*t->active));
	}
	t->active[t->active_count++] = p;
	p->active = (uint32_t)t->active_count;
}

static void
active_remove(struct tree *t, struct proc *p)
{
	struct proc *last = t->active[--t->active_count];

	t->active[p->active - 1] = last;
	last->active = p->active;
	p->active = 0;
}

void
activity_free(struct activity **a)
{
	if (*a)
		activity_finish(*a);
	free(*a);
	*a = NULL;
}

static void
marked_free(struct marked *m)
{
	activity_free(&m->own);
	activity_free(&m->below);
}

uint32_t
weigh(size_t size, const struct string *exe, const struct string *args)
{
	enum { ALLOCATION = 16, SUMS = sizeof(struct activity) };
	size_t weight = size + ALLOCATION + SUMS;

	if (exe)
		weight += strlen(string_bytes(exe));
	if (args)
		weight += strlen(string_bytes(args)) + sizeof(UT_hash_handle) + 2 * ALLOCATION;
	return (uint32_t)weight;
}

static struct owners
owners_hold(const struct owners *o)
{
	string_hold(o->cgroup);
	string_hold(o->tty);
	string_hold(o->signer);
	string_hold(o->unit);
	return *o;
}

static void
owners_release(struct owners *o)
{
	string_release(o->cgroup);
	string_release(o->tty);
	string_release(o->signer);
	string_release(o->unit);
	*o = (struct owners){ 0 };
}

static void
proc_finish(struct proc *p)
{
	string_release(p->exe);
	string_release(p->args);
	string_release(p->script);
	string_release(p->title);
	owners_release(&p->owners);
	activity_finish(&p->did);
	activity_free(&p->before);
	activity_free(&p->reaped);
	marked_free(&p->marked);
}

/* p has neither children nor a parent any more. */
static void
proc_free(struct tree *t, struct proc *p)
{
	struct proc *last;

	chain_remove(t, p);
	last = t->all[--t->count];
	t->all[p->index] = last;
	last->index = p->index;
	if (p->active)
		active_remove(t, p);
	t->unidentified -= !p->who;
	proc_finish(p);
	free(p);
}

static void
set_string(struct string **where, struct string *s)
{
	string_release(*where);
	*where = s;
}

/* ---- parents ---- */

/* Most processes and groups never need these sums, so they have none until they do. */
void
add_counts(struct activity **to, const struct activity *from)
{
	if (!from)
		return;
	if (!*to)
		*to = xcalloc(1, sizeof(**to));
	activity_merge(*to, from);
}

/* Out of the parent's list. A ghost without children has no reason to be. */
static void
detach(struct tree *t, struct proc *p)
{
	struct proc *parent = p->parent;

	DL_DELETE(parent->child, p);
	p->parent = NULL;
	if (is(parent, PROC_GHOST) && !parent->child) {
		add_counts(&t->root.reaped, parent->reaped);
		group_orphan(t, parent);
		add_counts(&t->root.marked.below, parent->marked.below);
		DL_DELETE(parent->parent->child, parent);
		t->ghosts--;
		proc_free(t, parent);
	}
}

static bool
is_below(const struct proc *p, const struct proc *top)
{
	for (unsigned depth = 0; p; p = p->parent)
		if (p == top || ++depth > DEPTH_MAX)
			return true;
	return false;
}

static void
relink(struct tree *t, struct proc *p, struct proc *parent)
{
	detach(t, p);
	p->parent = parent;
	DL_PREPEND(parent->child, p);
}

/* Moves p, with all below it. Where that would close a loop, p becomes a root. */
static void
attach(struct tree *t, struct proc *p, struct proc *parent)
{
	bool grouped = p->group;

	if (parent == p || (p->child && is_below(parent, p)))
		parent = &t->root;
	if (p->parent == parent)
		return;
	group_leave(p);
	relink(t, p, parent);
	if (!grouped)
		return;
	group_join(t, p);
	group_join_below(t, p);
}

/* Who takes the children of those that end: process 1 of the same host. */
static int32_t
init_of(int32_t pid)
{
	return pid_of_host(pid) | 1;
}

/* Where a living child of ppid hangs. An exited parent has none: the kernel gave them to init. */
static struct proc *
parent_of(struct tree *t, int32_t ppid)
{
	int32_t host = pid_of_host(ppid);
	struct proc *p;

	if (ppid == 0)
		return &t->root;
	p = newest(t, ppid);
	if (p && is(p, PROC_EXITED))
		return parent_of(t, ppid == init_of(ppid) ? host : init_of(ppid));
	if (!p) {
		p = proc_create(t, ppid);
		p->flags = PROC_GHOST;
		t->ghosts++;
		if (host && ppid != host)
			attach(t, p, parent_of(t, host));
	}
	return p;
}

static void
move(struct tree *t, struct proc *p, int32_t ppid)
{
	p->ppid = ppid;
	attach(t, p, parent_of(t, ppid));
}

/* What p did since it was last looked at goes to its window and its executable's. */
static void
share(struct tree *t, struct proc *p, uint64_t now_ns)
{
	uint32_t sum = (uint32_t)p->did.rest.total, more;

	for (unsigned id = 0; id < EV_CORE; id++)
		if (!event_info[id].vital)
			sum += (uint32_t)p->did.core[id].total;
	more = sum - p->shared;
	p->shared = sum;
	if (!more)
		return;
	window_add(&p->window, now_ns, more);
	shares_add(t->shares, string_bytes(p->exe), now_ns, more);
}

/* ---- death ---- */

static void
unearth(struct tree *t, struct proc *p)
{
	DL_DELETE2(t->dead, p, prev_dead, next_dead);
	t->dead_count--;
	t->buried_bytes -= p->weight;
	p->weight = 0;
}

/* The sums of what is reaped below p have rates to close. */
static void
add_reaped(struct tree *t, struct proc *p, const struct activity *did)
{
	add_counts(&p->reaped, did);
	if (did && p != &t->root && !p->active)
		active_add(t, p);
}

/* What it did stays in the sums of the parent, so that those never go down. */
static void
reap(struct tree *t, struct proc *p)
{
	struct proc *c, *next, *parent = p->parent;

	share(t, p, p->exited_ns);
	add_reaped(t, parent, &p->did);
	add_reaped(t, parent, p->reaped);
	add_counts(&parent->marked.below, p->marked.own);
	add_counts(&parent->marked.below, p->marked.below);
	group_reap(t, p);
	identity_reap(t, p);
	for (c = p->child; c; c = next) {
		next = c->next;
		relink(t, c, parent); /* tombstones stay in the groups inside of p's */
	}
	detach(t, p);
	unearth(t, p);
	proc_free(t, p);
}

/* Makes room: the oldest of tombstones and of groups without any. */
static void
limit_buried(struct tree *t)
{
	while (t->dead_count > TOMBSTONES_MAX || t->buried_bytes > BURIED_BYTES) {
		const struct group *g = t->groups;
		bool first = g && (!t->dead || g->last_ns <= t->dead->exited_ns);

		if (first && t->dead_count <= TOMBSTONES_MAX && group_expire_oldest(t))
			continue;
		if (t->dead)
			reap(t, t->dead);
		else if (!group_expire_oldest(t))
			break;
	}
}

/*
 * Makes a tombstone of p. Its living children go to init: whether there is a
 * nearer subreaper; their next event corrects it.
 */
static void
bury(struct tree *t, struct proc *p, int status, uint64_t time_ns)
{
	struct proc *c, *next;

	p->flags |= PROC_EXITED;
	p->status = status;
	p->exited_ns = time_ns;
	for (c = p->child; c; c = next) {
		next = c->next;
		if (!is(c, PROC_EXITED))
			move(t, c, init_of(c->key.pid));
	}
	group_join(t, p);
	identity_end(t, p);
	DL_APPEND2(t->dead, p, prev_dead, next_dead);
	t->dead_count++;
	p->weight = weigh(sizeof(*p), p->exe, p->args) + weigh(0, p->script, p->title);
	t->buried_bytes += p->weight;
	limit_buried(t);
}

/* ---- identity ---- */

static void
set_flag(struct proc *p, enum proc_flag flag, bool on)
{
	p->flags = on ? p->flags | flag : p->flags & ~(uint32_t)flag;
}

static void
set_path(struct tree *t, struct string **where, const struct event *e, enum field_tag tag)
{
	size_t length;
	const char *path = event_field(e, tag, &length);

	if (path)
		set_string(where, intern(t->strings, path, length));
}

static void
set_exe(struct tree *t, struct proc *p, const struct event *e, enum field_tag tag)
{
	set_path(t, &p->exe, e, tag);
}

static void
set_args(struct tree *t, struct proc *p, const struct event *e)
{
	char small[ARGS_SHORT], *joined = small;
	size_t length, most = ARGS_MAX;
	const char *args = event_field(e, FIELD_ARGS, &length);
	bool cut = e->flags & EVENT_ARGS_CUT;

	if (!args)
		return;
	if (length && args[length - 1] == '\0')
		length--;
	if (length > ARGS_SHORT && intern_bytes(t->long_args) + length > ARGS_BYTES)
		most = ARGS_SHORT;
	if (length > most) {
		length = most;
		cut = true;
	}
	if (length > sizeof(small))
		joined = xmalloc(length);
	memcpy(joined, args, length);
	for (char *at = joined; (at = memchr(at, '\0', (size_t)(joined + length - at)));)
		*at = ' ';
	set_string(&p->args, intern(joined == small ? t->strings : t->long_args, joined, length));
	set_flag(p, PROC_ARGS_CUT, cut);
	if (joined != small)
		free(joined);
}

/* What was known of the program execution that has ended, but for its executable. */
static void
forget_exec(struct proc *p)
{
	set_string(&p->script, NULL);
	set_string(&p->title, NULL);
	p->title_ns = 0;
	set_string(&p->args, NULL);
	set_flag(p, PROC_ARGS_CUT, false);
}

/* Most events repeat what is known: that costs a comparison. True when it changed. */
static bool
set_text(struct tree *t, struct string **where, const struct event *e, enum field_tag tag)
{
	size_t length = 0;
	const char *text = event_field(e, tag, &length);

	if (!text ? !*where : *where && strcmp(string_bytes(*where), text) == 0)
		return false;
	set_string(where, text ? intern(t->strings, text, length) : NULL);
	return true;
}

static void
set_cgroup(struct tree *t, struct owners *o, const struct event *e, enum field_tag tag)
{
	struct cgroup_unit unit;

	/* Each process is in one: without the field nothing is said about it. */
	if (!event_field(e, tag, NULL) || !set_text(t, &o->cgroup, e, tag))
		return;
	cgroup_unit(string_bytes(o->cgroup), &unit);
	set_string(&o->unit, intern(t->strings, unit.name, strlen(unit.name)));
}

/* Where another process is responsible (macOS), that one is in its unit itself. */
static void
read_owners(struct tree *t, struct proc *p, const struct event *e)
{
	struct owners *o = &p->owners;
	size_t length;
	const char *responsible = event_field(e, FIELD_RESPONSIBLE, &length);
	struct proc *r;

	set_cgroup(t, o, e, FIELD_CGROUP);
	set_text(t, &o->tty, e, FIELD_TTY);
	set_text(t, &o->signer, e, FIELD_SIGNER);
	o->responsible = 0;
	if (!responsible || length != sizeof(o->responsible))
		return;
	memcpy(&o->responsible, responsible, sizeof(o->responsible));
	r = newest(t, o->responsible | pid_of_host(p->key.pid));
	if (!r || !r->exe || o->cgroup)
		return;
	set_string(&o->unit, string_hold(r->exe));
	if (!r->owners.unit) {
		if (r != p)
			identity_change(t, r, 0);
		r->owners.unit = string_hold(r->exe);
	}
}

static void
set_owners(struct tree *t, struct proc *p, const struct event *e)
{
	struct owners before = owners_hold(&p->owners), now;

	read_owners(t, p, e);
	/* What it did until now was done as what it was then. */
	if (before.unit != p->owners.unit || before.tty != p->owners.tty ||
	    before.signer != p->owners.signer) {
		now = p->owners;
		p->owners = before;
		identity_change(t, p, 0);
		p->owners = now;
	}
	owners_release(&before);
}

/*
 * The process meant, living or exited, or NULL when it is new to us. Without
 * a start time on both sides it is the one that lives, or that has ended as
 * this very execution.
 */
static struct proc *
known(const struct tree *t, const struct event_proc *who)
{
	struct proc *p = newest(t, who->pid);

	if (who->start_ns)
		for (struct proc *q = p; q; q = q->older)
			if (q->key.start_ns == who->start_ns)
				return q;
	if (!p || is(p, PROC_GHOST) || (p->key.start_ns && who->start_ns))
		return NULL;
	return !is(p, PROC_EXITED) || p->version == who->version ? p : NULL;
}

/*
 * A new process, below parent (NULL: the one with its ppid). A
 * living one with the same pid must have ended unseen. NULL if there is no room.
 */
static struct proc *
introduce(struct tree *t, const struct event_proc *who, struct proc *parent, uint64_t time_ns)
{
	struct proc *p = newest(t, who->pid), *c, *next;

	if (t->count - t->dead_count - t->ghosts >= PROCS_MAX)
		return NULL;
	if (p && is(p, PROC_GHOST)) {
		t->ghosts--;
		p->flags = 0;
		/* What began before it was the child of an earlier process of this pid. */
		for (c = p->child; c; c = next) {
			next = c->next;
			if (who->pid != init_of(who->pid) && c->key.start_ns &&
			    c->key.start_ns < who->start_ns)
				move(t, c, init_of(who->pid));
		}
	} else {
		if (p && !is(p, PROC_EXITED))
			bury(t, p, STATUS_UNKNOWN, time_ns);
		p = proc_create(t, who->pid);
	}
	p->key.start_ns = p->since_ns = who->start_ns;
	p->version = who->version;
	p->uid = who->uid;
	p->ppid = who->ppid;
	/* What runs already is an execution; what began since is a copy of its parent until it executes. */
	if (who->start_ns < t->first_ns)
		p->flags |= PROC_RUN;
	attach(t, p, parent ? parent : parent_of(t, who->ppid));
	set_flag(p, PROC_FOLLOWED, is(p->parent, PROC_FOLLOWED));
	return p;
}

/* What an event says about the process it comes from, apart from what happened. */
static void
refresh(struct tree *t, struct proc *p, const struct event *e)
{
	const struct event_proc *who = &e->who;

	if (!p->key.start_ns)
		p->key.start_ns = who->start_ns;
	if (who->version == p->version) {
		if (!p->exe) {
			identity_change(t, p, 0);
			set_exe(t, p, e, FIELD_EXE);
		}
	} else if (!p->version) {
		p->version = who->version;
	} else if (!who->version || who->version == p->old_version) {
		return; /* late: from before the exec */
	} else {
		/* An exec was lost, and the arguments with it. */
		identity_change(t, p, e->time_ns);
		p->old_version = p->version;
		p->version = who->version;
		forget_exec(p);
		set_exe(t, p, e, FIELD_EXE);
	}
	if (is(p, PROC_EXITED))
		return;
	if (e->id != EV_EXEC && event_field(e, FIELD_EXE, NULL))
		set_owners(t, p, e);
	if (who->uid != UID_UNKNOWN && who->uid != p->uid) {
		identity_change(t, p, 0);
		p->uid = who->uid;
	}
	if (who->ppid && who->ppid != p->ppid) {
		const struct proc *parent = newest(t, who->ppid);

		if (!parent || !is(parent, PROC_EXITED))
			move(t, p, who->ppid);
	}
}

static struct proc *
actor_of(struct tree *t, const struct event *e)
{
	struct proc *p = known(t, &e->who);

	if (p) {
		refresh(t, p, e);
		return p;
	}
	p = introduce(t, &e->who, NULL, e->time_ns);
	if (!p)
		return &t->root;
	set_exe(t, p, e, FIELD_EXE);
	if (e->id != EV_EXEC)
		set_owners(t, p, e);
	return p;
}

/* ---- what happened ---- */

static void
count(struct tree *t, struct proc *p, const struct event *e)
{
	t->applied[e->id]++;
	t->did[e->id].total++;
	activity_add(&p->did, (enum event_id)e->id, 1);
	if (!p->active)
		active_add(t, p);
}

static void
apply_exec(struct tree *t, struct proc *p, const struct event *e)
{
	if (p->version != e->other.version) {
		p->old_version = p->version;
		p->version = e->other.version;
	}
	share(t, p, e->time_ns); /* what it did until here was the old program's */
	identity_change(t, p, e->time_ns);
	if (e->other.uid != UID_UNKNOWN)
		p->uid = e->other.uid;
	p->flags &= ~(uint32_t)PROC_KERNEL; /* a helper program started by the kernel */
	forget_exec(p);
	set_exe(t, p, e, FIELD_TARGET);
	set_path(t, &p->script, e, FIELD_SCRIPT);
	set_args(t, p, e);
	set_owners(t, p, e);
}

/* The child of a fork, when something of it was seen before the fork itself. */
static struct proc *
seen_before(const struct tree *t, const struct event_proc *child)
{
	struct proc *p = known(t, child);

	if (!p || (child->start_ns && p->key.start_ns == child->start_ns))
		return p;
	/* A pid that lives is not given away: unless this is the same execution, p has ended. */
	return p->version == child->version ? p : NULL;
}

/* A process that was seen without its ppid, and by now maybe has ended, finds its parent. */
static void
adopt(struct tree *t, struct proc *p, struct proc *parent, int32_t ppid)
{
	if (!is(p, PROC_EXITED)) {
		move(t, p, ppid);
		return;
	}
	p->ppid = ppid;
	attach(t, p, parent);
	if (!p->group)
		group_join(t, p);
}

static void
apply_fork(struct tree *t, struct proc *parent, const struct event *e)
{
	struct event_proc who = e->other;
	struct string *exe, *args, *script;
	struct owners owners;
	bool kernel = is(parent, PROC_KERNEL), gone = is(parent, PROC_EXITED);
	bool cut = is(parent, PROC_ARGS_CUT), followed = is(parent, PROC_FOLLOWED);
	struct proc *p;

	if (who.pid == 0 || who.pid == e->who.pid)
		return;
	if (who.ppid == 0)
		who.ppid = e->who.pid;
	/* Held, because a parent that is a tombstone may be reaped to make room. */
	exe = string_hold(parent->exe);
	args = string_hold(parent->args);
	script = string_hold(parent->script);
	owners = owners_hold(&parent->owners);
	p = seen_before(t, &who);
	if (p) {
		if (!p->key.start_ns)
			p->key.start_ns = who.start_ns;
		if (p->ppid == 0)
			adopt(t, p, parent, who.ppid);
	} else {
		/* With CLONE_PARENT the parent is not the one that forked. */
		p = introduce(t, &who, who.ppid == e->who.pid && !gone ? parent : NULL, e->time_ns);
		if (p && kernel)
			p->flags |= PROC_KERNEL;
		if (p)
			p->flags &= ~(uint32_t)PROC_RUN;
	}
	if (p && followed)
		set_flag(p, PROC_FOLLOWED, true);
	if (p && !p->exe) {
		identity_change(t, p, 0);
		set_exe(t, p, e, FIELD_TARGET);
		if (!p->exe)
			p->exe = string_hold(exe);
		if (!p->args && p->exe == exe) {
			p->args = string_hold(args);
			set_string(&p->script, string_hold(script));
			set_flag(p, PROC_ARGS_CUT, cut);
		}
	}
	if (p && !p->owners.cgroup && !p->owners.tty && !p->owners.signer) {
		identity_change(t, p, 0);
		owners_release(&p->owners);
		p->owners = owners_hold(&owners);
		set_cgroup(t, &p->owners, e, FIELD_CHILD_CGROUP);
	}
	owners_release(&owners);
	string_release(exe);
	string_release(args);
	string_release(script);
}

static void
apply_exit(struct tree *t, struct proc *p, const struct event *e)
{
	if (!is(p, PROC_EXITED))
		bury(t, p, (int)e->value, e->time_ns);
	else if (p->status == STATUS_UNKNOWN)
		p->status = (int)e->value;
}

/* A tombstone whose process runs: its end was only concluded, and wrongly. */
static void
revive(struct tree *t, struct proc *p, uint64_t time_ns)
{
	struct proc *now = newest(t, p->key.pid);

	if (now != p) {
		if (!is(now, PROC_EXITED))
			bury(t, now, STATUS_UNKNOWN, time_ns);
		chain_remove(t, p);
		p->older = p->newer = NULL;
		chain_add(t, p);
	}
	group_leave(p);
	unearth(t, p);
	set_flag(p, PROC_EXITED, false);
	p->status = 0;
	p->exited_ns = 0;
	attach(t, p, parent_of(t, p->ppid));
	group_join_below(t, p);
}

/*
 * In a survey nothing newer has been applied: its parent and program are
 * taken as true, even if events said otherwise.
 */
static void
believe(struct tree *t, struct proc *p, const struct event *e)
{
	const struct event_proc *who = &e->who;

	if (is(p, PROC_EXITED)) {
		if (p->status != STATUS_UNKNOWN)
			return; /* on its way out */
		revive(t, p, e->time_ns);
		t->corrected++;
	}
	if (who->ppid && who->ppid != p->ppid)
		move(t, p, who->ppid);
	if (p->version && who->version && who->version != p->version) {
		p->old_version = p->version;
		identity_change(t, p, e->time_ns);
		p->version = who->version;
		p->uid = who->uid;
		share(t, p, e->time_ns);
		forget_exec(p);
		set_exe(t, p, e, FIELD_EXE);
		t->corrected++;
	}
}

/*
 * Backfill looked at some moment that may lie before what was applied: it may fill gaps
 * and change nothing, but in a survey.
 */
static void
apply_seen(struct tree *t, const struct event *e)
{
	const struct event_proc *who = &e->who;
	struct proc *p = known(t, who), *now = newest(t, who->pid);

	if (!p) {
		if (now && who->start_ns && who->start_ns < now->key.start_ns)
			return; /* it has ended since, and its pid was reused */
		p = introduce(t, who, NULL, e->time_ns);
		if (!p)
			return;
		p->flags |= PROC_RUN;
		t->corrected++;
	} else if (t->surveying)
		believe(t, p, e);
	p->flags &= ~(uint32_t)PROC_UNSEEN;
	if (!p->key.start_ns)
		p->key.start_ns = who->start_ns;
	if (!p->version)
		p->version = who->version;
	if (!p->ppid && who->ppid && !is(p, PROC_EXITED))
		move(t, p, who->ppid);
	if (who->version && p->version != who->version)
		return; /* it runs another program by now */
	if (e->flags & EVENT_KERNEL)
		p->flags |= PROC_KERNEL;
	if (!p->exe) {
		identity_change(t, p, 0);
		set_exe(t, p, e, FIELD_EXE);
	}
	if (!p->args)
		set_args(t, p, e);
	if (t->surveying || !p->owners.cgroup)
		set_owners(t, p, e);
}

/* ---- public ---- */

struct tree *
tree_create(void)
{
	struct tree *t = xcalloc(1, sizeof(*t));

	t->recent = xcalloc(PID_CACHE, sizeof(*t->recent));
	t->strings = intern_create();
	t->long_args = intern_create();
	t->shares = shares_create();
	return t;
}

void
tree_destroy(struct tree *t)
{
	if (!t)
		return;
	HASH_CLEAR(hh, t->by_pid);
	groups_free(t);
	identities_free(t);
	ended_finish(t, &t->gone);
	forget_toggled(t);
	for (size_t i = 0; i < t->count; i++) {
		proc_finish(t->all[i]);
		free(t->all[i]);
	}
	proc_finish(&t->root);
	intern_destroy(t->strings);
	intern_destroy(t->long_args);
	shares_destroy(t->shares);
	free(t->recent);
	free(t->all);
	free(t->active);
	free(t);
}

void
tree_apply(struct tree *t, const struct event *e)
{
	struct proc *p;

	if (e->id == EV_SEEN)
		apply_seen(t, e);
	if (e->id >= EV_COUNT)
		return;
	if (!t->first_ns)
		t->first_ns = e->time_ns;
	p = actor_of(t, e);
	count(t, p, e);
	if (e->id == EV_FORK)
		apply_fork(t, p, e);
	else if (p == &t->root)
		return;
	else if (e->id == EV_EXEC)
		apply_exec(t, p, e);
	else if (e->id == EV_EXIT)
		apply_exit(t, p, e);
}

/* ---- shares ---- */

static void
share_all(struct tree *t, uint64_t now_ns)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < t->active_count; i++)
		share(t, t->active[i], now_ns);
	for (unsigned id = 0; id < EV_COUNT; id++)
		sum += t->applied[id];
	window_add(&t->window, now_ns, sum - t->shared);
	t->shared = sum;
	if (!t->begin_ns)
		t->begin_ns = now_ns;
}

static struct saving
saving_of(const struct tree *t, uint64_t events)
{
	uint64_t all = window_sum(&t->window, t->tick_ns);
	uint64_t reach = t->tick_ns % SHARE_STEP_NS + (SHARE_STEPS - 1) * SHARE_STEP_NS;
	uint64_t since = t->tick_ns - t->begin_ns;
	double seconds = (double)(since < reach ? since : reach) / 1e9;

	return (struct saving){
		.share = all ? (double)events / (double)all : 0,
		.rate = seconds >= 1 ? (double)events / seconds : (double)events,
	};
}

struct saving
tree_saving_process(const struct tree *t, struct proc_key key)
{
	const struct proc *p = tree_find(t, key);

	return saving_of(t, p ? window_sum(&p->window, t->tick_ns) : 0);
}

struct saving
tree_saving_subtree(const struct tree *t, struct proc_key key)
{
	const struct proc *root = tree_find(t, key), *p = root ? root->child : NULL;
	uint64_t sum = root ? window_sum(&root->window, t->tick_ns) : 0;

	while (p) {
		sum += window_sum(&p->window, t->tick_ns);
		if (p->child) {
			p = p->child;
			continue;
		}
		while (p != root && !p->next)
			p = p->parent;
		p = p == root ? NULL : p->next;
	}
	return saving_of(t, sum);
}

struct saving
tree_saving_where(const struct tree *t, bool (*is_one)(void *, const struct proc_facts *), void *ctx)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct proc_facts facts;
		uint64_t events = is(t->all[i], PROC_GHOST) ? 0 : window_sum(&t->all[i]->window, t->tick_ns);

		if (!events)
			continue;
		proc_facts(t->all[i], &facts);
		sum += is_one(ctx, &facts) ? events : 0;
	}
	return saving_of(t, sum);
}

struct saving
tree_saving_exe(const struct tree *t, const char *exe)
{
	return saving_of(t, shares_exe(t->shares, exe, t->tick_ns));
}

struct saving
tree_saving_prefix(const struct tree *t, const char *prefix)
{
	return saving_of(t, shares_prefix(t->shares, prefix, t->tick_ns));
}

struct saving
tree_saving_events(const struct tree *t, uint64_t events)
{
	return saving_of(t, events);
}

static void
close_all(struct tree *t, double seconds)
{
	struct ended *e, *next;

	for (unsigned id = 0; id < EV_COUNT; id++)
		tally_close(&t->did[id], seconds);
	if (t->root.reaped)
		rate_close(t->root.reaped, seconds);
	for (size_t i = t->active_count; i-- > 0;) {
		struct proc *p = t->active[i];
		bool busy = rate_close(&p->did, seconds);

		if (p->reaped && p != &t->root)
			busy |= rate_close(p->reaped, seconds);
		if (!busy)
			active_remove(t, p);
	}
	for (e = t->closing; e; e = next) {
		next = e->next;
		if (rate_close(&e->did, seconds))
			continue;
		DL_DELETE(t->closing, e);
		e->closing = false;
	}
}

void
tree_tick(struct tree *t, uint64_t now_ns, uint64_t exited_ns)
{
	double seconds = rate_interval(&t->clock, now_ns);

	t->tick_ns = now_ns;
	share_all(t, now_ns);
	if (seconds != 0)
		close_all(t, seconds);
	while (t->dead) {
		if (t->dead->exited_ns > now_ns) /* the clock went back */
			t->dead->exited_ns = now_ns;
		if (exited_ns == UINT64_MAX || now_ns - t->dead->exited_ns < exited_ns)
			break;
		reap(t, t->dead);
	}
}

void
tree_descendants(const struct tree *t, struct proc_key key,
		 void (*visit)(void *ctx, const struct proc_facts *), void *ctx)
{
	const struct proc *root = tree_find(t, key), *p = root ? root->child : NULL;

	/* Depth first without recursion: down, along, or up and along. */
	while (p) {
		struct proc_facts facts;

		if (!is(p, PROC_EXITED) && !is(p, PROC_GHOST)) {
			proc_facts(p, &facts);
			visit(ctx, &facts);
		}
		if (p->child) {
			p = p->child;
			continue;
		}
		while (p != root && !p->next)
			p = p->parent;
		p = p == root ? NULL : p->next;
	}
}

void
tree_each(const struct tree *t, void (*visit)(void *, const struct proc_facts *), void *ctx)
{
	for (size_t i = 0; i < t->count; i++) {
		struct proc_facts facts;

		if (is(t->all[i], PROC_EXITED) || is(t->all[i], PROC_GHOST))
			continue;
		proc_facts(t->all[i], &facts);
		visit(ctx, &facts);
	}
}

void
tree_lost(struct tree *t, uint64_t now_ns)
{
	if (!t->lost_to_ns)
		t->lost_from_ns = t->tick_ns;
	t->lost_to_ns = now_ns;
}

const struct proc *
tree_find_pid(const struct tree *t, int32_t pid)
{
	const struct proc *p = newest(t, pid);

	return p && !(p->flags & (PROC_GHOST | PROC_EXITED)) ? p : NULL;
}

const struct proc *
tree_find(const struct tree *t, struct proc_key key)
{
	const struct event_proc who = { .pid = key.pid, .start_ns = key.start_ns };
	const struct proc *p = known(t, &who);

	return p && (key.start_ns == p->key.start_ns || !is(p, PROC_EXITED)) ? p : NULL;
}

struct string *
tree_exe(const struct tree *t, const struct event_proc *who)
{
	const struct proc *p = known(t, who);

	return p ? p->exe : NULL;
}

void
tree_exe_and_unit(const struct tree *t, const struct event_proc *who, const char **exe, const char **unit)
{
	const struct proc *p = known(t, who);

	*exe = string_bytes(p ? p->exe : NULL);
	*unit = string_bytes(p ? p->owners.unit : NULL);
}

static void
forget_toggled(struct tree *t)
{
	struct toggled *one, *next;

	HASH_ITER (hh, t->toggled, one, next) {
		HASH_DELETE(hh, t->toggled, one); /* NOLINT: the analyzer loses the hash */
		free(one);
	}
}

static struct toggled *
find_toggled(const struct tree *t, struct proc_key key)
{
	struct proc_key padded;
	struct toggled *one;

	memset(&padded, 0, sizeof(padded));
	padded.pid = key.pid;
	padded.start_ns = key.start_ns;
	HASH_FIND(hh, t->toggled, &padded, sizeof(padded), one);
	return one;
}

bool
tree_group_is_folded(const struct tree *t, struct proc_key key)
{
	return t->unfolded == (find_toggled(t, key) != NULL);
}

static void
fold_group(struct tree *t, struct proc_key key, bool folded)
{
	struct toggled *one = find_toggled(t, key);

	if (tree_group_is_folded(t, key) == folded)
		return;
	if (one) {
		HASH_DELETE(hh, t->toggled, one); /* NOLINT: the analyzer loses the hash */
		free(one);
		return;
	}
	if (HASH_COUNT(t->toggled) >= TOGGLED_MAX)
		forget_toggled(t);
	one = xcalloc(1, sizeof(*one));
	one->key.pid = key.pid;
	one->key.start_ns = key.start_ns;
	HASH_ADD(hh, t->toggled, key, sizeof(one->key), one); /* NOLINT: as above */
}

static void
set_fold(struct proc *p, bool folded)
{
	p->flags = folded ? p->flags | PROC_FOLDED : p->flags & ~(uint32_t)PROC_FOLDED;
}

void
tree_fold(struct tree *t, struct proc_key key, bool folded)
{
	const struct proc *p = key.pid > 0 ? tree_find(t, key) : NULL;
	const struct group *g = key.pid > 0 ? NULL : group_by_id(t, key.start_ns);

	if (grouping_of_key(key.pid) != BY_TREE) {
		fold_group(t, key, folded);
		return;
	}
	if (p)
		set_fold(t->all[p->index], folded);
	if (g)
		((struct group *)g)->folded = folded;
}

void
tree_survey_begin(struct tree *t)
{
	t->surveying = true;
	t->corrected = 0;
	for (size_t i = 0; i < t->count; i++)
		if (!is(t->all[i], PROC_EXITED) && !is(t->all[i], PROC_GHOST))
			t->all[i]->flags |= PROC_UNSEEN;
}

size_t
tree_survey_end(struct tree *t, uint64_t now_ns)
{
	t->surveying = false;
	/* Backwards: burying may reap, which moves the last into the gap. */
	for (size_t i = t->count; i-- > 0;) {
		struct proc *p = i < t->count ? t->all[i] : NULL;

		if (!p || !is(p, PROC_UNSEEN))
			continue;
		p->flags &= ~(uint32_t)PROC_UNSEEN;
		if (!is(p, PROC_EXITED) && p->key.pid != 1) { /* init does not end before the machine does */
			bury(t, p, STATUS_UNKNOWN, now_ns);
			t->corrected++;
		}
	}
	return t->corrected;
}

void
tree_survey_cancel(struct tree *t)
{
	t->surveying = false;
	for (size_t i = 0; i < t->count; i++)
		t->all[i]->flags &= ~(uint32_t)PROC_UNSEEN;
}

void
tree_fold_all(struct tree *t, bool folded)
{
	/* Roots stay open: else one line would be all that is left. */
	for (size_t i = 0; i < t->count; i++)
		if (!is(t->all[i], PROC_GHOST) && (!folded || t->all[i]->parent != &t->root))
			set_fold(t->all[i], folded);
	for (struct group *top = t->groups; top; top = top->next_aged)
		for (struct group *g = top; g; g = group_next(g, top))
			g->folded = folded;
}

void
tree_fold_groups(struct tree *t, bool folded)
{
	t->unfolded = !folded;
	forget_toggled(t);
}

static void
mark(struct marked *m, const struct activity *own, const struct activity *below)
{
	marked_free(m);
	if (activity_total(own))
		add_counts(&m->own, own);
	add_counts(&m->below, below);
}

static void
mark_ended(struct ended *e)
{
	activity_free(&e->marked);
	if (activity_total(&e->did))
		add_counts(&e->marked, &e->did);
}

static void
unmark_ended(struct ended *e)
{
	activity_free(&e->marked);
}

static void
clear_ended(struct ended *e)
{
	rate_clear(&e->did);
}

static void
each_ended(struct tree *t, void (*visit)(struct ended *))
{
	for (struct group *top = t->groups; top; top = top->next_aged)
		for (struct group *g = top; g; g = group_next(g, top))
			visit(&g->ended);
	for (struct identity *i = t->identities; i; i = i->hh.next)
		visit(&i->ended);
	visit(&t->others.ended);
	visit(&t->gone);
}

/* Executions count from here: those before the mark, or before zero. */
static void
mark_runs(struct tree *t, bool on, bool clear)
{
	for (struct identity *i = t->identities; i; i = i->hh.next) {
		if (clear)
			i->runs = 0;
		i->runs_marked = on ? i->runs : 0;
	}
	if (clear)
		t->others.runs = 0;
	t->others.runs_marked = on ? t->others.runs : 0;
}

void
tree_mark(struct tree *t, uint64_t now_ns)
{
	t->marked_ns = now_ns;
	mark(&t->root.marked, &t->root.did, t->root.reaped);
	for (size_t i = 0; i < t->count; i++)
		mark(&t->all[i]->marked, &t->all[i]->did, t->all[i]->reaped);
	each_ended(t, mark_ended);
	mark_runs(t, true, false);
}

void
tree_unmark(struct tree *t)
{
	t->marked_ns = 0;
	marked_free(&t->root.marked);
	for (size_t i = 0; i < t->count; i++)
		marked_free(&t->all[i]->marked);
	each_ended(t, unmark_ended);
	mark_runs(t, false, false);
}

static void
clear(struct proc *p)
{
	rate_clear(&p->did);
	activity_free(&p->before);
	if (p->reaped)
		rate_clear(p->reaped);
}

void
tree_clear(struct tree *t)
{
	tree_unmark(t); /* it was of counters that are no more */
	for (unsigned id = 0; id < EV_COUNT; id++)
		tally_clear(&t->did[id]);
	clear(&t->root);
	for (size_t i = 0; i < t->count; i++)
		clear(t->all[i]), t->all[i]->shared = 0;
	each_ended(t, clear_ended);
	mark_runs(t, false, true);
	t->lost_from_ns = t->lost_to_ns = 0;
	t->clear_ns = t->tick_ns;
}

uint64_t
tree_applied(const struct tree *t, enum event_id id)
{
	return id < EV_COUNT ? t->applied[id] : 0;
}

size_t
tree_size(const struct tree *t)
{
	return t->count - t->ghosts;
}

void
proc_facts(const struct proc *p, struct proc_facts *facts)
{
	*facts = (struct proc_facts){
		.key = p->key,
		.version = p->version,
		.ppid = p->ppid,
		.uid = p->uid,
		.exited = is(p, PROC_EXITED),
		.kernel = is(p, PROC_KERNEL),
		.status = p->status,
		.exe = string_bytes(p->exe),
		.name = string_name(p->exe),
		.args = string_bytes(p->args),
		.script = string_bytes(p->script),
		.followed = is(p, PROC_FOLLOWED),
		.unit = string_bytes(p->owners.unit),
		.cgroup = string_bytes(p->owners.cgroup),
		.tty = string_bytes(p->owners.tty),
		.signer = string_bytes(p->owners.signer),
		.total_all = activity_total(&p->did),
		.rate_all = activity_rate(&p->did),
	};
	for (unsigned id = 0; id < EV_CORE; id++)
		facts->total[id] = p->did.core[id].total;
}
