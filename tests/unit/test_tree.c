/* tree: who is whose child, whatever order the news comes in, and who did what. */
#include "tests/lib/build.h"

#include "model/group.h"
#include "model/identity.h"
#include "model/proc.h"
#include "model/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static const struct proc *
alive(const struct tree *t, int32_t n)
{
	const struct proc *p = tree_find_pid(t, n);

	assert_non_null(p);
	return p;
}

static struct proc_facts
facts(const struct proc *p)
{
	struct proc_facts f;

	assert_non_null(p);
	proc_facts(p, &f);
	return f;
}

static uint64_t
sum_of(const struct activity *a, unsigned id)
{
	const struct tally *t = a ? activity_get(a, (enum event_id)id) : NULL;

	return t ? t->total : 0;
}

static struct proc_key
key(struct event_proc p)
{
	return (struct proc_key){ p.pid, p.start_ns };
}

/* The tombstone or process of exactly this key. */
static struct proc_facts
found(const struct tree *t, struct event_proc p)
{
	return facts(tree_find(t, key(p)));
}

/* The process the row hangs below; 0 when it is a root. */
static int32_t
parent(const struct tree *t, struct event_proc p)
{
	const struct proc *q = tree_find(t, key(p));

	assert_non_null(q);
	return q->parent->flags & PROC_GHOST ? 0 : q->parent->key.pid;
}

static bool
is_below(const struct proc *p, const struct proc *top)
{
	while (p && p != top)
		p = p->parent;
	return p;
}

/* Whatever ended is in its tombstone, in one group, or among what is gone. */
static void
verify_groups(const struct tree *t)
{
	uint64_t sum[EV_COUNT] = { 0 };
	size_t present = 0, members = 0, closing = 0, listed = 0;

	for (const struct group *top = t->groups; top; top = top->next_aged) {
		unsigned nodes = 0;

		assert_non_null(top->owner);
		for (const struct group *g = top; g; g = group_next(g, top)) {
			nodes += g != top;
			present += g->present;
			assert_true(g->present <= g->count);
			assert_true(g->depth <= GROUP_DEPTH + 1);
			assert_null(g->into);
			closing += g->ended.closing;
			for (unsigned id = 0; id < EV_COUNT; id++)
				sum[id] += sum_of(&g->ended.did, id);
		}
		assert_int_equal(top->nodes, nodes);
		assert_true(nodes <= 2 * GROUP_NODES);
	}
	for (size_t i = 0; i < t->count; i++) {
		const struct group *of = t->all[i]->group;

		members += of != NULL;
		if (of)
			assert_true(is_below(t->all[i], group_outermost(of)->owner));
		for (const struct group *g = t->all[i]->groups; g; g = g->next)
			assert_ptr_equal(g->owner, t->all[i]);
		for (unsigned id = 0; id < EV_COUNT; id++)
			sum[id] += sum_of(&t->all[i]->did, id);
	}
	for (const struct identity *i = t->identities; i; i = i->hh.next)
		closing += i->ended.closing;
	closing += t->others.ended.closing;
	for (const struct ended *e = t->closing; e; e = e->next)
		listed++;
	assert_int_equal(listed, closing + t->gone.closing);
	assert_int_equal(members, present);
	for (unsigned id = 0; id < EV_COUNT; id++)
		assert_int_equal(sum[id] + sum_of(&t->gone.did, id) + sum_of(&t->root.did, id),
				 t->applied[id]);
}

/* The same by identity: those of the ended, and what is done since. */
static void
verify_identities(const struct tree *t)
{
	uint64_t sum[EV_COUNT] = { 0 };
	size_t users = 0, have = 0, idle = 0;

	for (const struct identity *i = t->identities; i; i = i->hh.next) {
		users += i->users;
		idle += i->users == 0;
		for (unsigned id = 0; id < EV_COUNT; id++)
			sum[id] += sum_of(&i->ended.did, id);
	}
	for (size_t i = 0; i < t->count; i++) {
		struct activity since = { 0 };

		have += t->all[i]->who != NULL;
		identity_since(t->all[i], &since, NULL);
		for (unsigned id = 0; id < EV_COUNT; id++)
			sum[id] += sum_of(&since, id);
		activity_finish(&since);
	}
	assert_int_equal(users, have);
	assert_int_equal(t->count - have, t->unidentified);
	assert_int_equal(idle, t->idle_count);
	assert_true(idle <= IDENTITIES_IDLE);
	for (unsigned id = 0; id < EV_COUNT; id++)
		assert_int_equal(sum[id] + sum_of(&t->others.ended.did, id) + sum_of(&t->root.did, id),
				 t->applied[id]);
}

/*
 * What must hold always: links go both ways, nobody is below himself, and
 * every event applied is counted in one place, and in one only.
 */
static void
verify(const struct tree *t)
{
	uint64_t sum[EV_COUNT] = { 0 };
	size_t dead = 0, ghosts = 0, active = 0, children = 0;

	for (unsigned id = 0; id < EV_COUNT; id++)
		sum[id] = sum_of(&t->root.did, id) + sum_of(t->root.reaped, id);
	for (size_t i = 0; i < t->count; i++) {
		const struct proc *p = t->all[i], *up = p, *c;
		size_t depth = 0;

		assert_int_equal(p->index, i);
		for (unsigned id = 0; id < EV_COUNT; id++)
			sum[id] += sum_of(&p->did, id) + sum_of(p->reaped, id);
		for (c = p->child; c; c = c->next, children++)
			assert_ptr_equal(c->parent, p);
		while (up != &t->root) {
			up = up->parent;
			assert_non_null(up);
			assert_true(++depth <= t->count);
		}
		dead += (p->flags & PROC_EXITED) != 0;
		ghosts += (p->flags & PROC_GHOST) != 0;
		active += p->active != 0;
		if (p->flags & PROC_GHOST)
			assert_non_null(p->child);
		if (p->newer)
			assert_true(p->flags & PROC_EXITED);
		if (!(p->flags & PROC_EXITED))
			assert_false(p->parent->flags & PROC_EXITED);
		else if (p->group) {
			assert_null(p->group->into);
			assert_true(is_below(p->parent, group_outermost(p->group)->owner));
		}
	}
	verify_groups(t);
	verify_identities(t);
	for (const struct proc *c = t->root.child; c; c = c->next, children++)
		assert_ptr_equal(c->parent, &t->root);
	assert_int_equal(children, t->count);
	assert_int_equal(dead, t->dead_count);
	assert_int_equal(ghosts, t->ghosts);
	assert_int_equal(active + (t->root.active != 0), t->active_count);
	for (unsigned id = 0; id < EV_COUNT; id++)
		assert_int_equal(sum[id], t->applied[id]);
}

static void
done(struct tree *t)
{
	verify(t);
	tree_destroy(t);
}

/* ---- identity ---- */

static void
an_unknown_process_becomes_known_by_its_first_event(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, with(open_of(below(pid(200, 1), 1), "/etc/hosts"), FIELD_EXE, "/usr/bin/cat"));
	assert_string_equal(facts(alive(t, 200)).exe, "/usr/bin/cat");
	assert_string_equal(facts(alive(t, 200)).name, "cat");
	assert_int_equal(facts(alive(t, 200)).total[EV_OPEN], 1);
	assert_int_equal(tree_size(t), 1);
	assert_null(tree_find_pid(t, 1)); /* named as its parent, but nothing is known of it */
	done(t);
}

static void
exec_keeps_the_row_and_changes_the_program(void **state)
{
	struct tree *t = tree_create();
	struct event_proc sh = pid(100, 1), child = pid(200, 2), make = as_user(pid(200, 3), 0);

	(void)state;
	tree_apply(t, with(event_of(EV_OPEN, sh), FIELD_EXE, "/bin/sh"));
	tree_apply(t, fork_of(sh, child));
	assert_string_equal(found(t, child).name, "sh");
	tree_apply(t, with_args(exec_of(child, make, "/usr/bin/make"), "make -j8"));
	assert_int_equal(tree_size(t), 2);
	assert_string_equal(found(t, make).name, "make");
	assert_string_equal(found(t, make).args, "make -j8");
	assert_int_equal(found(t, make).version, 3);
	assert_int_equal(found(t, make).uid, 0);
	assert_int_equal(found(t, make).total[EV_EXEC], 1);
	assert_int_equal(found(t, sh).total[EV_FORK], 1);
	assert_int_equal(found(t, sh).total[EV_EXEC], 0);
	assert_int_equal(parent(t, make), 100);
	done(t);
}

static void
a_child_belongs_to_whom_its_parent_does(void **state)
{
	struct tree *t = tree_create();
	struct event *e = seen_of(pid(40, 1), "/usr/sbin/nginx");

	(void)state;
	tree_apply(t, with(with(e, FIELD_CGROUP, "/system.slice/nginx.service"), FIELD_TTY, "/dev/pts/3"));
	tree_apply(t, fork_of(pid(40, 1), pid(41, 2)));
	assert_string_equal(found(t, pid(41, 2)).unit, "nginx.service");
	assert_string_equal(found(t, pid(41, 2)).tty, "/dev/pts/3");
	/* Cloned into another cgroup. */
	tree_apply(t, with(fork_of(pid(40, 1), pid(42, 2)), FIELD_CHILD_CGROUP, "/system.slice/cron.service"));
	assert_string_equal(found(t, pid(42, 2)).unit, "cron.service");
	assert_string_equal(found(t, pid(40, 1)).unit, "nginx.service");
	tree_destroy(t);
}

static void
a_record_with_the_executable_says_to_whom_a_process_belongs_now(void **state)
{
	struct tree *t = tree_create();
	struct event *e = seen_of(pid(40, 1), "/bin/sh");

	(void)state;
	tree_apply(t, with(with(e, FIELD_CGROUP, "/user.slice/user-1000.slice/session-3.scope"), FIELD_TTY,
			   "/dev/pts/3"));
	assert_string_equal(found(t, pid(40, 1)).unit, "session-3.scope");
	tree_apply(t, open_of(pid(40, 1), "/etc/passwd")); /* says nothing about it */
	assert_string_equal(found(t, pid(40, 1)).tty, "/dev/pts/3");
	e = with(open_of(pid(40, 1), "/etc/passwd"), FIELD_EXE, "/bin/sh");
	tree_apply(t, with(e, FIELD_CGROUP, "/system.slice/cron.service"));
	assert_string_equal(found(t, pid(40, 1)).unit, "cron.service");
	assert_string_equal(found(t, pid(40, 1)).cgroup, "/system.slice/cron.service");
	assert_string_equal(found(t, pid(40, 1)).tty, "");
	/* Of an exec, it is the new program's; a cgroup stays as it is where none is named. */
	e = with(exec_of(pid(40, 1), pid(40, 2), "/bin/ls"), FIELD_EXE, "/bin/sh");
	tree_apply(t, with(e, FIELD_SIGNER, "ABCDE12345/org.example.ls"));
	assert_string_equal(found(t, pid(40, 2)).unit, "cron.service");
	assert_string_equal(found(t, pid(40, 2)).signer, "ABCDE12345/org.example.ls");
	tree_destroy(t);
}

static void
where_another_process_is_responsible_both_are_of_its_unit(void **state)
{
	struct tree *t = tree_create();
	struct event *e = seen_of(pid(41, 1), "/Applications/Safari.app/Contents/XPC/helper");
	int32_t app = 40;

	(void)state;
	tree_apply(t, seen_of(pid(40, 1), "/Applications/Safari.app/Contents/MacOS/Safari"));
	event_add(e, FIELD_RESPONSIBLE, &app, sizeof(app));
	tree_apply(t, e);
	assert_string_equal(found(t, pid(41, 1)).unit, "/Applications/Safari.app/Contents/MacOS/Safari");
	assert_string_equal(found(t, pid(40, 1)).unit, "/Applications/Safari.app/Contents/MacOS/Safari");
	tree_destroy(t);
}

static void
a_child_inherits_what_its_parent_runs(void **state)
{
	struct tree *t = tree_create();
	struct event_proc sh = pid(100, 1), child = pid(200, 2);

	(void)state;
	tree_apply(t, with_args(exec_of(pid(100, 9), sh, "/bin/sh"), "sh -c true"));
	tree_apply(t, fork_of(sh, child));
	assert_string_equal(found(t, child).exe, "/bin/sh");
	assert_string_equal(found(t, child).args, "sh -c true");
	assert_int_equal(found(t, child).uid, 1000);
	done(t);
}

static void
a_new_start_time_is_a_new_process(void **state)
{
	struct tree *t = tree_create();
	struct event_proc old = pid(200, 1), new = begun(pid(200, 7), 5);

	(void)state;
	tree_apply(t, with(event_of(EV_OPEN, old), FIELD_EXE, "/bin/old"));
	tree_apply(t, with(event_of(EV_OPEN, new), FIELD_EXE, "/bin/new"));
	assert_int_equal(tree_size(t), 2);
	assert_string_equal(facts(alive(t, 200)).name, "new");
	assert_string_equal(found(t, old).name, "old");
	assert_true(found(t, old).exited);
	assert_int_equal(found(t, old).status, -1);
	assert_int_equal(found(t, old).total[EV_OPEN], 1);
	done(t);
}

static void
a_fork_of_a_pid_that_lives_ends_the_old_process(void **state)
{
	struct tree *t = tree_create();
	struct event_proc sh = pid(100, 1), old = pid(200, 2), new = begun(pid(200, 3), 5);

	(void)state;
	tree_apply(t, fork_of(sh, old));
	tree_apply(t, fork_of(sh, new));
	assert_true(found(t, old).exited);
	assert_false(found(t, new).exited);
	/* Also when nobody knows when anything began. */
	old.pid = new.pid = 300;
	old.start_ns = new.start_ns = 0;
	tree_apply(t, fork_of(sh, old));
	tree_apply(t, fork_of(sh, new));
	assert_int_equal(tree_size(t), 5);
	assert_int_equal(facts(alive(t, 300)).version, 3);
	done(t);
}

static void
an_unknown_start_time_means_the_process_that_lives(void **state)
{
	struct tree *t = tree_create();
	struct event_proc p = pid(200, 1), vague = p;

	(void)state;
	vague.start_ns = 0;
	tree_apply(t, open_of(p, "/a"));
	tree_apply(t, open_of(vague, "/a"));
	assert_int_equal(found(t, p).total[EV_OPEN], 2);
	assert_int_equal(tree_size(t), 1);
	/* And one that is known only vaguely learns it. */
	vague.pid = p.pid = 300;
	tree_apply(t, open_of(vague, "/a"));
	tree_apply(t, open_of(p, "/a"));
	assert_int_equal(found(t, p).total[EV_OPEN], 2);
	assert_int_equal(tree_size(t), 2);
	done(t);
}

static void
a_lost_exec_shows_by_the_version(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, with_args(exec_of(pid(200, 1), pid(200, 2), "/bin/sh"), "sh -c x"));
	tree_apply(t, with(open_of(pid(200, 3), "/a"), FIELD_EXE, "/bin/x"));
	assert_string_equal(facts(alive(t, 200)).exe, "/bin/x");
	assert_string_equal(facts(alive(t, 200)).args, "");
	assert_int_equal(facts(alive(t, 200)).version, 3);
	done(t);
}

static void
an_event_from_before_an_exec_does_not_bring_the_old_program_back(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, with(open_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/sh"));
	tree_apply(t, exec_of(pid(200, 1), pid(200, 2), "/bin/make"));
	tree_apply(t, with(close_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/sh"));
	assert_string_equal(facts(alive(t, 200)).exe, "/bin/make");
	assert_int_equal(facts(alive(t, 200)).version, 2);
	assert_int_equal(facts(alive(t, 200)).total[EV_CLOSE], 1);
	done(t);
}

/* ---- order of news ---- */

static void
exit_before_fork_is_seen_leaves_one_tombstone(void **state)
{
	struct tree *t = tree_create();
	struct event_proc sh = pid(100, 1), child = below(pid(200, 2), 100);

	(void)state;
	tree_apply(t, exit_of(child, 256));
	tree_apply(t, fork_of(sh, child));
	assert_int_equal(tree_size(t), 2);
	assert_null(tree_find_pid(t, 200));
	assert_true(found(t, child).exited);
	assert_int_equal(found(t, child).status, 256);
	assert_int_equal(parent(t, child), 100);
	done(t);
}

static void
exec_before_fork_is_seen_keeps_the_new_program(void **state)
{
	struct tree *t = tree_create();
	struct event_proc sh = pid(100, 1), child = below(pid(200, 2), 100);

	(void)state;
	tree_apply(t, with(open_of(sh, "/a"), FIELD_EXE, "/bin/sh"));
	tree_apply(t, with_args(exec_of(child, below(pid(200, 3), 100), "/bin/make"), "make all"));
	tree_apply(t, fork_of(sh, child));
	assert_int_equal(tree_size(t), 2);
	assert_string_equal(found(t, child).exe, "/bin/make");
	assert_string_equal(found(t, child).args, "make all");
	assert_int_equal(found(t, child).version, 3);
	assert_int_equal(parent(t, child), 100);
	done(t);
}

static void
a_fork_seen_twice_makes_one_child(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, fork_of(pid(100, 1), pid(200, 2)));
	tree_apply(t, open_of(below(pid(200, 2), 100), "/a"));
	tree_apply(t, fork_of(pid(100, 1), pid(200, 2)));
	assert_int_equal(tree_size(t), 2);
	assert_int_equal(facts(alive(t, 200)).total[EV_OPEN], 1);
	assert_int_equal(facts(alive(t, 100)).total[EV_FORK], 2);
	done(t);
}

static void
an_exit_seen_twice_is_one_death(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, exit_of(pid(200, 2), 1));
	tree_apply(t, exit_of(pid(200, 2), 2));
	assert_int_equal(tree_size(t), 1);
	assert_int_equal(found(t, pid(200, 2)).status, 1);
	done(t);
}

static void
late_events_count_for_the_tombstone(void **state)
{
	struct tree *t = tree_create();
	struct event_proc p = pid(200, 2), vague = p;

	(void)state;
	vague.start_ns = 0;
	tree_apply(t, open_of(p, "/a"));
	tree_apply(t, exit_of(p, 0));
	tree_apply(t, close_of(p, "/a"));
	tree_apply(t, close_of(vague, "/b"));
	assert_null(tree_find_pid(t, 200));
	assert_int_equal(found(t, p).total[EV_CLOSE], 2);
	/* Even when the pid has somebody else by then. */
	tree_apply(t, fork_of(pid(100, 1), begun(pid(200, 9), 5)));
	tree_apply(t, close_of(p, "/c"));
	assert_int_equal(found(t, p).total[EV_CLOSE], 3);
	assert_int_equal(facts(alive(t, 200)).total[EV_CLOSE], 0);
	done(t);
}

static void
a_fork_by_a_tombstone_gives_the_child_to_init(void **state)
{
	struct tree *t = tree_create();
	struct event_proc init = pid(1, 1), sh = pid(100, 2), child = pid(200, 3);

	(void)state;
	tree_apply(t, open_of(init, "/a"));
	tree_apply(t, with(open_of(sh, "/a"), FIELD_EXE, "/bin/sh"));
	tree_apply(t, exit_of(sh, 0));
	tree_apply(t, fork_of(sh, child));
	assert_int_equal(parent(t, child), 1);
	assert_string_equal(found(t, child).exe, "/bin/sh");
	done(t);
}

/* ---- parents ---- */

static void
children_of_an_exited_process_go_to_init(void **state)
{
	struct tree *t = tree_create();
	struct event_proc init = pid(1, 1), sh = pid(100, 2);

	(void)state;
	tree_apply(t, open_of(init, "/a"));
	tree_apply(t, fork_of(init, sh));
	tree_apply(t, fork_of(sh, pid(200, 3)));
	tree_apply(t, fork_of(sh, pid(201, 4)));
	tree_apply(t, exit_of(below(pid(201, 4), 100), 0));
	tree_apply(t, exit_of(sh, 0));
	assert_int_equal(parent(t, pid(200, 3)), 1);
	assert_int_equal(found(t, pid(200, 3)).ppid, 1);
	assert_int_equal(parent(t, pid(201, 4)), 100); /* the dead stay where they were */
	done(t);
}

static void
without_init_children_of_an_exited_process_are_roots(void **state)
{
	struct tree *t = tree_create();
	struct event_proc sh = pid(100, 2);

	(void)state;
	tree_apply(t, fork_of(sh, pid(200, 3)));
	tree_apply(t, exit_of(sh, 0));
	assert_int_equal(parent(t, pid(200, 3)), 0);
	tree_apply(t, seen_of(pid(1, 1), "/sbin/init"));
	assert_int_equal(parent(t, pid(200, 3)), 1);
	/* And when init itself goes. */
	tree_apply(t, exit_of(pid(1, 1), 0));
	assert_int_equal(parent(t, pid(200, 3)), 0);
	done(t);
}

static void
a_changed_ppid_moves_the_row_with_all_below_it(void **state)
{
	struct tree *t = tree_create();
	struct event_proc init = pid(1, 1), session = pid(50, 2), sh = pid(100, 3);

	(void)state;
	tree_apply(t, open_of(init, "/a"));
	tree_apply(t, fork_of(init, session));
	tree_apply(t, fork_of(session, sh));
	tree_apply(t, fork_of(sh, pid(200, 4)));
	tree_apply(t, fork_of(below(pid(200, 4), 100), pid(201, 5)));
	tree_apply(t, exit_of(below(sh, 50), 0));
	assert_int_equal(parent(t, pid(200, 4)), 1);
	/* The session was a subreaper, as the next event shows. */
	tree_apply(t, open_of(below(pid(200, 4), 50), "/a"));
	assert_int_equal(parent(t, pid(200, 4)), 50);
	assert_int_equal(parent(t, pid(201, 5)), 200);
	/* A stale one, from before the exit, does not put it below a tombstone. */
	tree_apply(t, open_of(below(pid(200, 4), 100), "/a"));
	assert_int_equal(parent(t, pid(200, 4)), 50);
	done(t);
}

static void
a_parent_that_shows_up_later_gets_its_children(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, open_of(below(pid(200, 4), 100), "/a"));
	tree_apply(t, open_of(below(pid(201, 5), 100), "/a"));
	assert_int_equal(parent(t, pid(200, 4)), 0);
	assert_int_equal(tree_size(t), 2);
	tree_apply(t, open_of(pid(100, 2), "/a"));
	assert_int_equal(parent(t, pid(200, 4)), 100);
	assert_int_equal(parent(t, pid(201, 5)), 100);
	assert_int_equal(tree_size(t), 3);
	done(t);
}

static void
a_parent_born_after_its_children_is_not_theirs(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, open_of(pid(1, 1), "/a"));
	tree_apply(t, open_of(below(pid(200, 4), 100), "/a"));
	tree_apply(t, fork_of(pid(1, 1), begun(pid(100, 2), 77)));
	assert_int_equal(parent(t, pid(200, 4)), 1);
	done(t);
}

static void
clone_parent_makes_a_sibling(void **state)
{
	struct tree *t = tree_create();
	struct event *e;

	(void)state;
	tree_apply(t, fork_of(pid(50, 1), pid(100, 2)));
	e = fork_of(below(pid(100, 2), 50), pid(200, 3));
	e->other.ppid = 50;
	tree_apply(t, e);
	assert_int_equal(parent(t, pid(200, 3)), 50);
	done(t);
}

static void
parents_in_a_circle_are_broken_up(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, open_of(below(pid(10, 1), 10), "/a"));
	tree_apply(t, open_of(below(pid(11, 1), 12), "/a"));
	tree_apply(t, open_of(below(pid(12, 1), 13), "/a"));
	tree_apply(t, open_of(below(pid(13, 1), 11), "/a"));
	tree_apply(t, fork_of(pid(20, 1), pid(20, 2)));
	assert_int_equal(tree_size(t), 5);
	done(t);
}

/* ---- backfill ---- */

static void
backfill_fills_what_is_not_known(void **state)
{
	struct tree *t = tree_create();
	struct event_proc p = below(pid(200, 4), 100), before = p;

	(void)state;
	before.version = 0;
	tree_apply(t, open_of(p, "/a"));
	tree_apply(t, with_args(seen_of(before, "/bin/make"), "make all"));
	assert_string_equal(found(t, p).exe, "/bin/make");
	assert_string_equal(found(t, p).args, "make all");
	assert_int_equal(found(t, p).version, 4);
	assert_int_equal(found(t, p).total[EV_OPEN], 1);
	assert_int_equal(tree_size(t), 1);
	done(t);
}

static void
backfill_does_not_undo_an_exec(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, exec_of(pid(200, 1), pid(200, 2), "/bin/make"));
	tree_apply(t, with_args(seen_of(pid(200, 1), "/bin/sh"), "sh -c make"));
	assert_string_equal(found(t, pid(200, 2)).exe, "/bin/make");
	assert_string_equal(found(t, pid(200, 2)).args, "");
	assert_int_equal(found(t, pid(200, 2)).version, 2);
	done(t);
}

static void
backfill_does_not_wake_the_dead(void **state)
{
	struct tree *t = tree_create();
	struct event_proc p = pid(200, 1), next = begun(pid(200, 8), 5);

	(void)state;
	tree_apply(t, exit_of(p, 0));
	tree_apply(t, seen_of(p, "/bin/sh"));
	assert_null(tree_find_pid(t, 200));
	assert_string_equal(found(t, p).exe, "/bin/sh");
	/* Nor one whose pid has gone to somebody else. */
	tree_apply(t, open_of(next, "/a"));
	tree_apply(t, seen_of(begun(pid(200, 3), 2), "/bin/gone"));
	assert_int_equal(facts(alive(t, 200)).version, 8);
	assert_int_equal(tree_size(t), 2);
	done(t);
}

static void
backfill_links_in_any_order_and_counts_nothing(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	for (int32_t n = 40; n > 1; n--)
		tree_apply(t, seen_of(below(pid(n, 0), n - 1), "/bin/x"));
	tree_apply(t, seen_of(pid(1, 0), "/sbin/init"));
	for (int32_t n = 2; n <= 40; n++)
		assert_int_equal(parent(t, pid(n, 0)), n - 1);
	assert_int_equal(tree_size(t), 40);
	assert_int_equal(tree_applied(t, EV_OPEN), 0);
	assert_int_equal(tree_applied(t, EV_SEEN), 0);
	done(t);
}

static void
kernel_threads_are_marked_until_they_run_a_program(void **state)
{
	struct tree *t = tree_create();
	struct event_proc worker = below(pid(30, 2), 2);
	struct event *e = seen_of(pid(2, 1), "[kthreadd]");

	(void)state;
	e->flags |= EVENT_KERNEL;
	tree_apply(t, e);
	assert_true(facts(alive(t, 2)).kernel);
	assert_string_equal(facts(alive(t, 2)).name, "[kthreadd]");
	tree_apply(t, fork_of(pid(2, 1), worker));
	assert_true(facts(alive(t, 30)).kernel);
	tree_apply(t, exec_of(worker, below(pid(30, 3), 2), "/sbin/modprobe"));
	assert_false(facts(alive(t, 30)).kernel);
	done(t);
}

/* ---- time ---- */

static void
tombstones_are_reaped_after_a_while(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, fork_of(pid(100, 1), pid(200, 2)));
	tree_apply(t, at(exit_of(below(pid(200, 2), 100), 0), NOON + SECOND));
	tree_tick(t, NOON + 2 * SECOND, 5 * SECOND);
	assert_int_equal(tree_size(t), 2);
	tree_tick(t, NOON + 6 * SECOND, UINT64_MAX);
	assert_int_equal(tree_size(t), 2);
	tree_tick(t, NOON + 6 * SECOND, 5 * SECOND);
	assert_int_equal(tree_size(t), 1);
	assert_null(tree_find(t, key(pid(200, 2))));
	done(t);
}

static void
what_a_reaped_process_did_stays_with_its_parent(void **state)
{
	struct tree *t = tree_create();
	struct event_proc make = pid(100, 1), sh = below(pid(200, 2), 100), cc = below(pid(300, 3), 200);

	(void)state;
	tree_apply(t, fork_of(make, sh));
	tree_apply(t, fork_of(sh, cc));
	tree_apply(t, open_of(cc, "/a"));
	tree_apply(t, open_of(sh, "/a"));
	tree_apply(t, exit_of(cc, 0));
	tree_apply(t, exit_of(sh, 0));
	tree_tick(t, NOON + SECOND, 0);
	assert_int_equal(tree_size(t), 1);
	assert_int_equal(sum_of(alive(t, 100)->reaped, EV_OPEN), 2);
	assert_int_equal(sum_of(alive(t, 100)->reaped, EV_EXIT), 2);
	assert_int_equal(alive(t, 100)->did.core[EV_OPEN].total, 0);
	done(t);
}

static void
a_clock_that_goes_back_does_not_keep_tombstones(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, at(exit_of(pid(200, 2), 0), NOON + 1000000 * SECOND));
	tree_tick(t, NOON, 5 * SECOND);
	tree_tick(t, NOON + 5 * SECOND, 5 * SECOND);
	assert_int_equal(tree_size(t), 0);
	done(t);
}

static void
rates_are_of_the_last_interval_and_fall_to_zero(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_tick(t, NOON, SECOND);
	for (unsigned i = 0; i < 30; i++)
		tree_apply(t, open_of(pid(200, 1), "/a"));
	tree_tick(t, NOON + 2 * SECOND, SECOND);
	assert_true(facts(alive(t, 200)).rate_all == 15);
	assert_true(t->did[EV_OPEN].rate == 15);
	tree_tick(t, NOON + 3 * SECOND, SECOND);
	assert_true(facts(alive(t, 200)).rate_all == 0);
	assert_int_equal(t->active_count, 0); /* at rest: the next tick has nothing to do */
	done(t);
}

static void
clearing_starts_totals_from_zero_but_not_the_accounting(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, open_of(pid(200, 1), "/a"));
	tree_clear(t);
	assert_int_equal(facts(alive(t, 200)).total[EV_OPEN], 0);
	assert_int_equal(tree_applied(t, EV_OPEN), 1);
	tree_apply(t, open_of(pid(200, 1), "/a"));
	assert_int_equal(facts(alive(t, 200)).total[EV_OPEN], 1);
	tree_destroy(t);
}

static void
folds_stay_with_the_process(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, open_of(pid(200, 1), "/a"));
	tree_fold(t, key(pid(200, 1)), true);
	tree_apply(t, exec_of(pid(200, 1), pid(200, 2), "/bin/x"));
	assert_true(alive(t, 200)->flags & PROC_FOLDED);
	tree_fold_all(t, false);
	assert_false(alive(t, 200)->flags & PROC_FOLDED);
	tree_fold(t, key(pid(999, 1)), true); /* nobody: nothing happens */
	done(t);
}

/* ---- types that are not core ---- */

static void
every_type_is_counted_by_process_and_machine(void **state)
{
	struct tree *t = tree_create();
	const struct proc *p;

	(void)state;
	for (unsigned round = 0; round < 3; round++)
		for (unsigned id = EV_COUNT; id-- > 0;) /* the sparse ones grow in any order */
			if (!event_info[id].vital)
				for (unsigned n = 0; n <= id % 4; n++)
					tree_apply(t, event_of((enum event_id)id, pid(200, 1)));
	p = alive(t, 200);
	for (unsigned id = 0; id < EV_COUNT; id++) {
		uint64_t wanted = event_info[id].vital ? 0 : 3 * (id % 4 + 1);

		assert_int_equal(sum_of(&p->did, id), wanted);
		assert_int_equal(tree_applied(t, (enum event_id)id), wanted);
	}
	assert_int_equal(facts(p).total_all, activity_total(&p->did));
	done(t);
}

static void
types_that_are_not_core_have_rates_and_come_to_rest(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_tick(t, NOON, SECOND);
	for (unsigned i = 0; i < 30; i++)
		tree_apply(t, event_of(EV_RENAME, pid(200, 1)));
	tree_apply(t, event_of(EV_STAT, pid(200, 1)));
	tree_tick(t, NOON + SECOND, SECOND);
	assert_true(facts(alive(t, 200)).rate_all == 31);
	assert_true(activity_get(&alive(t, 200)->did, EV_RENAME)->rate == 30);
	assert_true(t->did[EV_STAT].rate == 1);
	tree_tick(t, NOON + 2 * SECOND, SECOND);
	assert_true(activity_get(&alive(t, 200)->did, EV_RENAME)->rate == 0);
	assert_int_equal(t->active_count, 0);
	tree_clear(t);
	assert_int_equal(facts(alive(t, 200)).total_all, 0);
	tree_destroy(t);
}

static void
what_a_reaped_process_renamed_stays_with_its_parent(void **state)
{
	struct tree *t = tree_create();
	struct event_proc make = pid(100, 1), sh = below(pid(200, 2), 100), cc = below(pid(300, 3), 200);

	(void)state;
	tree_apply(t, fork_of(make, sh));
	tree_apply(t, fork_of(sh, cc));
	tree_apply(t, event_of(EV_RENAME, cc));
	tree_apply(t, event_of(EV_UNLINK, cc));
	tree_apply(t, event_of(EV_RENAME, sh));
	tree_apply(t, exit_of(cc, 0));
	tree_apply(t, exit_of(sh, 0));
	tree_tick(t, NOON + SECOND, 0);
	assert_int_equal(sum_of(alive(t, 100)->reaped, EV_RENAME), 2);
	assert_int_equal(sum_of(alive(t, 100)->reaped, EV_UNLINK), 1);
	done(t);
}

/* ---- bounds ---- */

/* README and benchmark say 1 KiB with its row; of this the process is a half. */
_Static_assert(sizeof(struct proc) <= 512, "a process is small");

static size_t heap(void);

static void
a_process_that_makes_few_types_of_events_stays_small(void **state)
{
	enum { N = 4000 };
	struct tree *t = tree_create();
	size_t before, grown;

	(void)state;
	before = heap();
	for (int32_t n = 0; n < N; n++) {
		struct event_proc p = pid(1000 + n, 1);

		tree_apply(t, with(event_of(EV_OPEN, p), FIELD_EXE, "/bin/x"));
		for (unsigned id = EV_CORE; id < EV_CORE + 5; id++)
			tree_apply(t, event_of((enum event_id)id, p));
	}
	grown = heap() - before;
	if (before)
		assert_in_range(grown / N, 1, 800);
	tree_destroy(t);
}

static size_t
heap(void)
{
#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
#else
	return 0;
#endif
}

static void
a_million_short_lives_leave_memory_bounded(void **state)
{
	struct tree *t = tree_create();
	struct event_proc sh = pid(100, 1);
	size_t half = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++) {
		struct event_proc p = below(begun(pid((int32_t)(1000 + i % 30000), 2 * i + 2), i), 100);
		struct event_proc next = p;
		char path[32];

		next.version++;
		snprintf(path, sizeof(path), "/bin/tool-%u", i);
		tree_apply(t, fork_of(sh, p));
		tree_apply(t, with_args(exec_of(p, next, path), path));
		if (i % 7) /* some exits are lost */
			tree_apply(t, exit_of(next, 0));
		if (i % 10000 == 0)
			tree_tick(t, NOON + i, UINT64_MAX);
		if (i == 500000)
			half = heap();
		assert_true(tree_size(t) <= TOMBSTONES_MAX + 30000 + 1);
	}
	assert_true(heap() <= half + half / 10);
	assert_int_equal(tree_applied(t, EV_FORK), 1000000);
	verify(t);
	done(t);
}

static void
one_pid_over_and_over_keeps_few_tombstones(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		tree_apply(t, open_of(begun(pid(200, i), i), "/a"));
	assert_int_equal(tree_size(t), SAME_PID_MAX + 1);
	done(t);
}

static void
a_process_costs_less_than_a_kibibyte(void **state)
{
	enum { N = 20000 };
	struct tree *t = tree_create();
	size_t before = heap();
	char args[128];

	(void)state;
	for (int32_t n = 0; n < N; n++) {
		snprintf(args, sizeof(args), "worker --config /etc/worker/%060d.conf", n);
		tree_apply(t, with_args(seen_of(pid(n + 2, 0), "/usr/lib/worker/bin/worker"), args));
		tree_apply(t, open_of(pid(n + 2, 0), "/a"));
	}
	print_message("bytes per process: %zu\n", (heap() - before) / N);
	assert_true((heap() - before) / N < 1024);
	done(t);
}

/* A frame of whatever tree this is: rows in the order of a tree, and every one can be found. */
static void
draw(struct snapshot *s, const struct tree *t, uint64_t now_ns, uint64_t choice)
{
	const struct snapshot_spec spec = {
		.by = (enum grouping)(choice % GROUPING_COUNT),
		.subtree_totals = choice & 2,
		.kernel_threads = choice & 4,
		.root_pid = choice & 8 ? (int32_t)(choice >> 8 & 15) : 0,
		.exited_secs = (int)(choice >> 12 & 3) - 1,
	};
	uint64_t sum[EV_CORE] = { 0 }, all = 0, inside = 0;
	double rate = 0;
	size_t singles = 0;
	bool grouped = grouping_has_groups(spec.by);

	snapshot_take(s, t, NULL, &spec, now_ns);
	for (size_t i = 0; i < s->count; i++) {
		const struct row *r = &s->rows[i];

		assert_true(r->depth <= (i ? s->rows[i - 1].depth + 1 : 0));
		if (r->key.start_ns) /* else a tombstone may have the same key */
			assert_int_equal(snapshot_find(s, r->key, s->count), i);
		singles += !(r->flags & (ROW_GROUP | ROW_BY));
		/* The row of a group is the sum of those below it. */
		if (grouped && r->depth == 0) {
			assert_int_equal(inside, 0);
			inside = r->flags & ROW_PARENT && !(r->flags & ROW_FOLDED) ? r->total_all : 0;
		} else if (grouped) {
			inside -= r->total_all;
			continue;
		}
		for (unsigned id = 0; id < EV_CORE; id++)
			sum[id] += r->total[id];
		all += r->total_all;
		rate += r->rate_all;
	}
	assert_true(singles <= tree_size(t));
	assert_int_equal(inside, 0);
	if ((spec.subtree_totals || spec.root_pid) && !grouped)
		return;
	/* The sum of what is shown is the sum of what happened. */
	for (unsigned id = 0; id < EV_COUNT; id++) {
		if (id < EV_CORE)
			assert_int_equal(sum[id], s->total[id]);
		all -= s->total[id];
	}
	assert_int_equal(all, 0);
	assert_true(rate > s->rate_all * 0.999 - 0.001 && rate < s->rate_all * 1.001 + 0.001);
}

/* Any events in any order, from few pids so that they meet: the tree must stay one. */
static void
no_order_of_events_breaks_the_tree(void **state)
{
	struct tree *t = tree_create();
	struct snapshot s = { 0 };
	uint64_t x = 88172645463325252u, now = NOON;

	(void)state;
	for (unsigned i = 0; i < 300000; i++) {
		struct event_proc who, other;
		struct event *e;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		who = pid((int32_t)(x % 24), (uint32_t)(x >> 8) % 4);
		other = pid((int32_t)(x >> 16) % 24, (uint32_t)(x >> 24) % 4);
		who.ppid = (int32_t)(x >> 28) % 24;
		other.ppid = (int32_t)(x >> 33) % 24;
		who.start_ns = x >> 40 & 1 ? 0 : NOON + (x >> 41 & 3);
		other.start_ns = x >> 43 & 1 ? 0 : NOON + (x >> 44 & 3);
		e = event_of((enum event_id)((x >> 48) % (EV_COUNT + 1)), who);
		e->other = other;
		if (x >> 52 & 1)
			with(e, FIELD_EXE, x >> 53 & 1 ? "/bin/a" : "");
		if (x >> 54 & 1)
			with(e, FIELD_TARGET, x >> 55 & 1 ? "/bin/b" : "/bin/c");
		if (x >> 56 & 1)
			with_args(e, "b c");
		now += x >> 57;
		tree_apply(t, at(e, now));
		if (x % 61 == 0)
			tree_tick(t, now, x >> 58);
		if (x % 1000 == 0)
			tree_fold_groups(t, x & 1024);
		if (i % 400 == 0) {
			verify(t);
			draw(&s, t, now, x);
		}
	}
	snapshot_finish(&s);
	done(t);
}

/* Ends many processes with arguments of so many bytes, each below one of many parents. */
static void
end_many(struct tree *t, int32_t n, size_t bytes, int32_t parents)
{
	char args[8000], exe[8000];

	for (int32_t i = 0; i < n; i++) {
		struct event_proc p = below(pid(100000 + i, 1), 10 + i % parents), runs = p;

		runs.version = 2;
		memset(args, 'a', sizeof(args));
		snprintf(args, sizeof(args), "%d", i);
		args[strlen(args)] = ' ';
		args[bytes] = '\0';
		snprintf(exe, sizeof(exe), "/%s", args);
		exe[bytes / 2] = '\0';
		tree_apply(t, fork_of(pid(10 + i % parents, 1), p));
		tree_apply(t, with_args(exec_of(p, runs, exe), args));
		tree_apply(t, at(exit_of(runs, 0), NOON + (uint64_t)i));
		assert_true(t->buried_bytes <= BURIED_BYTES);
	}
}

static size_t
weight_of(const struct tree *t)
{
	size_t sum = 0;

	for (size_t i = 0; i < t->count; i++)
		sum += t->all[i]->weight;
	for (const struct group *top = t->groups; top; top = top->next_aged)
		for (const struct group *g = top; g; g = group_next(g, top))
			sum += g->weight;
	return sum;
}

static void
what_is_kept_of_the_dead_is_bounded_in_bytes(void **state)
{
	(void)state;
	for (int32_t parents = 1; parents <= 5000; parents *= 5000) {
		struct tree *t = tree_create();

		end_many(t, 20000, 3500, parents);
		assert_int_equal(t->buried_bytes, weight_of(t));
		assert_true(t->dead_count > 100);        /* and yet some are there */
		tree_tick(t, NOON + SECOND, UINT64_MAX); /* --exited all */
		assert_true(t->buried_bytes <= BURIED_BYTES);
		verify(t);
		tree_tick(t, NOON + 100 * SECOND, SECOND);
		assert_int_equal(t->dead_count, 0);
		assert_int_equal(t->buried_bytes, weight_of(t));
		done(t);
	}
}

static void
many_small_tombstones_are_bounded_in_number(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	for (int32_t i = 0; i < 3 * TOMBSTONES_MAX; i++)
		tree_apply(t, at(exit_of(pid(1000 + i, 1), 0), NOON + (uint64_t)i));
	assert_true(t->dead_count <= TOMBSTONES_MAX);
	assert_true(t->buried_bytes <= BURIED_BYTES);
	assert_true(t->dead_count > TOMBSTONES_MAX / 2);
	done(t);
}

static void
a_survey_ends_those_whose_exit_was_lost(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, seen_of(pid(10, 1), "/stays"));
	tree_apply(t, seen_of(pid(11, 1), "/gone"));
	tree_survey_begin(t);
	tree_apply(t, seen_of(pid(10, 1), "/stays"));
	tree_apply(t, seen_of(pid(12, 1), "/new"));
	assert_int_equal(tree_survey_end(t, NOON), 2); /* one ended, one began */
	assert_non_null(tree_find_pid(t, 10));
	assert_null(tree_find_pid(t, 11));
	assert_non_null(tree_find_pid(t, 12));
	tree_survey_begin(t);
	tree_apply(t, seen_of(pid(10, 1), "/stays"));
	tree_apply(t, seen_of(pid(12, 1), "/new"));
	assert_int_equal(tree_survey_end(t, NOON), 0); /* they agree */
	done(t);
}

static void
a_survey_finds_who_has_the_pid_of_one_that_ended_unseen(void **state)
{
	struct tree *t = tree_create();
	struct event_proc old = pid(10, 1), new = begun(pid(10, 7), SECOND);

	(void)state;
	tree_apply(t, seen_of(old, "/old"));
	tree_apply(t, open_of(old, "/a"));
	tree_survey_begin(t);
	tree_apply(t, seen_of(new, "/new"));
	tree_survey_end(t, NOON + 2 * SECOND);
	assert_true(found(t, old).exited);
	assert_int_equal(found(t, old).status, -1);
	assert_string_equal(facts(alive(t, 10)).exe, "/new");
	assert_int_equal(facts(alive(t, 10)).key.start_ns, new.start_ns);
	assert_int_equal(facts(alive(t, 10)).total_all, 0);
	/* Later events of the old one count for the old one. */
	tree_apply(t, exit_of(old, 256));
	assert_int_equal(found(t, old).status, 256);
	assert_false(found(t, new).exited);
	done(t);
}

static void
a_survey_knows_the_program_of_a_lost_exec(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, with_args(seen_of(pid(10, 1), "/bin/sh"), "sh -c x"));
	tree_survey_begin(t);
	tree_apply(t, with_args(seen_of(below(pid(10, 2), 1), "/bin/x"), "x -y"));
	assert_int_equal(tree_survey_end(t, NOON), 1);
	assert_string_equal(facts(alive(t, 10)).exe, "/bin/x");
	assert_string_equal(facts(alive(t, 10)).args, "x -y");
	assert_int_equal(facts(alive(t, 10)).version, 2);
	done(t);
}

static void
a_survey_brings_back_who_was_taken_for_ended(void **state)
{
	struct tree *t = tree_create();
	struct event_proc real = below(pid(10, 1), 1), wrong = begun(pid(10, 9), SECOND);

	(void)state;
	tree_apply(t, seen_of(pid(1, 1), "/init"));
	tree_apply(t, seen_of(real, "/real"));
	tree_apply(t, open_of(wrong, "/a")); /* somebody of that pid: the one before must have ended */
	assert_true(found(t, real).exited);
	tree_survey_begin(t);
	tree_apply(t, seen_of(pid(1, 1), "/init"));
	tree_apply(t, seen_of(real, "/real"));
	tree_survey_end(t, NOON + SECOND);
	assert_string_equal(facts(alive(t, 10)).exe, "/real");
	assert_int_equal(parent(t, real), 1);
	assert_true(found(t, wrong).exited);
	verify(t);
	/* One whose exit was received stays ended, although it is still listed. */
	tree_apply(t, exit_of(real, 0));
	tree_survey_begin(t);
	tree_apply(t, seen_of(pid(1, 1), "/init"));
	tree_apply(t, seen_of(real, "/real"));
	assert_int_equal(tree_survey_end(t, NOON + SECOND), 0);
	assert_true(found(t, real).exited);
	tree_tick(t, NOON + 100 * SECOND, SECOND);
	assert_int_equal(tree_size(t), 1);
	done(t);
}

static void
a_survey_that_fails_ends_nobody(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, seen_of(pid(10, 1), "/a"));
	tree_apply(t, seen_of(pid(11, 1), "/b"));
	tree_survey_begin(t);
	tree_apply(t, seen_of(pid(10, 1), "/a"));
	tree_survey_cancel(t);
	assert_non_null(tree_find_pid(t, 11));
	/* Nor is a backfill afterwards a survey. */
	tree_apply(t, seen_of(pid(10, 5), "/other"));
	assert_string_equal(facts(alive(t, 10)).exe, "/a");
	done(t);
}

struct walk {
	int32_t pids[16];
	size_t n;
};

static void
walk_on(void *ctx, const struct proc_facts *p)
{
	struct walk *w = ctx;

	assert_true(w->n < 16);
	w->pids[w->n++] = p->key.pid;
}

static void
descendants_are_all_below_and_nobody_else(void **state)
{
	/* parent, child: two that have children of their own, in the middle and at the end. */
	static const int32_t links[][2] = { { 1, 10 },  { 1, 20 },  { 10, 11 }, { 10, 12 },
					    { 12, 13 }, { 12, 14 }, { 10, 15 }, { 20, 21 } };
	static const int32_t below_10[] = { 11, 12, 13, 14, 15 };
	struct tree *t = tree_create();
	struct walk all = { .n = 0 }, few = { .n = 0 }, leaf = { .n = 0 }, none = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		tree_apply(t, fork_of(pid(links[i][0], 1), below(pid(links[i][1], 1), links[i][0])));
	tree_descendants(t, key(pid(1, 1)), walk_on, &all);
	assert_int_equal(all.n, 8);
	tree_descendants(t, key(pid(10, 1)), walk_on, &few);
	assert_int_equal(few.n, 5);
	for (size_t i = 0; i < 5; i++) {
		bool there = false;

		for (size_t k = 0; k < few.n; k++)
			there |= few.pids[k] == below_10[i];
		assert_true(there);
	}
	tree_descendants(t, key(pid(21, 1)), walk_on, &leaf);
	assert_int_equal(leaf.n, 0);
	tree_apply(t, exit_of(pid(14, 1), 0)); /* the dead are not of them */
	few.n = 0;
	tree_descendants(t, key(pid(10, 1)), walk_on, &few);
	assert_int_equal(few.n, 4);
	tree_descendants(t, key(pid(99, 1)), walk_on, &none);
	assert_int_equal(none.n, 0);
	done(t);
}

/* Two of a program, which ended a second and two after NOON below the same parent. */
static struct tree *
two_of_a_group(void)
{
	struct tree *t = tree_create();

	for (int32_t i = 0; i < 2; i++) {
		struct event_proc child = below(pid(11 + i, 1), 10), runs = child;

		runs.version = 2;
		tree_apply(t, at(fork_of(pid(10, 1), child), NOON));
		tree_apply(t, at(exec_of(child, runs, "/usr/lib/as"), NOON));
		tree_apply(t, at(exit_of(runs, 0), NOON + (uint64_t)(i + 1) * SECOND));
	}
	assert_non_null(t->groups);
	assert_int_equal(t->groups->count, 2);
	assert_int_equal(t->groups->present, 2);
	return t;
}

static void
a_group_outlives_its_tombstones(void **state)
{
	struct tree *t = two_of_a_group();

	(void)state;
	tree_tick(t, NOON + 6 * SECOND, 5 * SECOND);
	assert_int_equal(t->groups->present, 1);
	tree_tick(t, NOON + 7 * SECOND - 1, 5 * SECOND);
	assert_int_equal(t->groups->present, 1);
	tree_tick(t, NOON + 7 * SECOND, 5 * SECOND);
	assert_int_equal(t->dead_count, 0);
	assert_int_equal(t->groups->present, 0); /* and what they did is kept */
	assert_int_equal(t->groups->count, 2);
	assert_int_equal(sum_of(&t->groups->ended.did, EV_EXIT), 2);
	done(t);

	t = two_of_a_group(); /* and not at all where all exited ones are kept */
	tree_tick(t, NOON + 3600 * SECOND, UINT64_MAX);
	assert_int_equal(t->groups->present, 2);
	done(t);
}

/* make, pid 10, runs wrapper n times; each runs cc1 and as, one after the other, which open so many files. */
static void
wrap(struct tree *t, unsigned n, unsigned opens, uint64_t time_ns)
{
	static const char *const inner[] = { "/usr/lib/cc1", "/usr/bin/as" };
	static int32_t next = 1000;

	for (unsigned i = 0; i < n; i++) {
		struct event_proc born = below(pid(next, 1), 10), gcc = born;

		next++;
		gcc.version = 2;
		tree_apply(t, at(fork_of(pid(10, 1), born), time_ns));
		tree_apply(t, at(exec_of(born, gcc, "/usr/bin/gcc"), time_ns));
		for (unsigned k = 0; k < 2; k++) {
			struct event_proc child = below(pid(next++, 1), gcc.pid), runs = child;

			runs.version = 2;
			tree_apply(t, at(fork_of(gcc, child), time_ns));
			tree_apply(t, at(exec_of(child, runs, inner[k]), time_ns));
			for (unsigned j = 0; j < opens * (2 - k); j++)
				tree_apply(t, at(open_of(runs, "/a"), time_ns));
			tree_apply(t, at(exit_of(runs, 0), time_ns));
		}
		tree_apply(t, at(exit_of(gcc, 0), time_ns));
	}
}

static const struct group *
inside(const struct group *g, const char *name)
{
	for (g = g->inner; g; g = g->next)
		if (strcmp(string_name(g->exe), name) == 0)
			return g;
	return NULL;
}

static void
groups_nest_as_their_members_did(void **state)
{
	struct tree *t = tree_create();
	const struct group *gcc, *cc1, *as;

	(void)state;
	tree_apply(t, seen_of(pid(10, 1), "/usr/bin/make"));
	wrap(t, 60, 3, NOON);
	verify(t);
	gcc = t->groups;
	assert_string_equal(string_name(gcc->exe), "gcc");
	assert_int_equal(gcc->count, 60);
	cc1 = inside(gcc, "cc1");
	as = inside(gcc, "as");
	assert_int_equal(cc1->count, 60);
	assert_int_equal(as->count, 60);
	assert_int_equal(gcc->nodes, 2);
	assert_int_equal(cc1->present, 60);
	tree_tick(t, NOON + 10 * SECOND, 5 * SECOND);
	assert_int_equal(t->dead_count, 0);
	assert_int_equal(sum_of(&cc1->ended.did, EV_OPEN), 360);
	assert_int_equal(sum_of(&as->ended.did, EV_OPEN), 180);
	assert_int_equal(sum_of(&gcc->ended.did, EV_OPEN), 0);
	assert_int_equal(sum_of(&gcc->ended.did, EV_FORK), 120);
	done(t);
}

/* Few that are reaped one by one, and their parent last: the same nest as of many at once. */
static void
what_ends_below_a_tombstone_of_a_group_is_inside_of_it(void **state)
{
	struct tree *t = tree_create();
	const struct group *gcc;

	(void)state;
	tree_apply(t, seen_of(pid(10, 1), "/usr/bin/make"));
	for (unsigned i = 0; i < 3; i++) {
		wrap(t, 1, 1, NOON + i * 3 * SECOND);
		tree_tick(t, NOON + i * 3 * SECOND, SECOND);
		verify(t);
	}
	tree_tick(t, NOON + 20 * SECOND, SECOND);
	gcc = t->groups;
	assert_null(gcc->next_aged);
	assert_int_equal(gcc->count, 3);
	assert_int_equal(inside(gcc, "cc1")->count, 3);
	assert_int_equal(sum_of(&inside(gcc, "as")->ended.did, EV_OPEN), 3);
	/* The parent ends, too: its groups are inside of its own. */
	tree_apply(t, at(exit_of(pid(10, 1), 0), NOON + 20 * SECOND));
	tree_tick(t, NOON + 30 * SECOND, SECOND);
	assert_string_equal(string_name(t->groups->exe), "make");
	assert_int_equal(inside(inside(t->groups, "gcc"), "cc1")->count, 3);
	done(t);
}

/* Those below a tombstone follow it out of its group when it lives after all, or belongs elsewhere. */
static void
what_is_inside_of_a_group_moves_with_the_tombstone_above(void **state)
{
	struct tree *t = tree_create();
	struct event_proc sh = below(pid(40, 1), 10), cc = below(pid(41, 1), 40),
			  wrong = begun(pid(40, 9), SECOND);

	(void)state;
	tree_apply(t, seen_of(pid(10, 1), "/bin/make"));
	for (int32_t i = 0; i < GROUP_LARGE + 1; i++) {
		struct event_proc one = below(pid(20 + i, 1), 10);

		tree_apply(t, seen_of(one, "/bin/sh"));
		tree_apply(t, exit_of(one, 0));
	}
	tree_apply(t, seen_of(sh, "/bin/sh"));
	tree_apply(t, seen_of(cc, "/bin/cc"));
	tree_apply(t, exit_of(cc, 0));
	tree_apply(t, open_of(wrong, "/a"));
	assert_true(found(t, sh).exited);
	assert_non_null(inside(tree_find(t, key(sh))->group, "cc"));
	assert_int_equal(inside(tree_find(t, key(sh))->group, "cc")->present, 1);
	verify(t);
	tree_survey_begin(t);
	tree_apply(t, seen_of(pid(10, 1), "/bin/make"));
	tree_apply(t, seen_of(sh, "/bin/sh"));
	tree_survey_end(t, NOON + SECOND);
	assert_false(found(t, sh).exited);
	assert_ptr_equal(group_outermost(tree_find(t, key(cc))->group)->owner, tree_find(t, key(sh)));
	verify(t);
	tree_apply(t, at(exit_of(pid(10, 1), 0), NOON + SECOND));
	tree_apply(t, at(exit_of(sh, 0), NOON + SECOND));
	verify(t);
	tree_tick(t, NOON + 100 * SECOND, SECOND);
	verify(t);
	done(t);
}

static void
the_least_active_names_of_a_list_join_the_others(void **state)
{
	struct tree *t = tree_create();
	const struct group *others = NULL;
	unsigned names = 0;

	(void)state;
	for (unsigned i = 0; i < GROUP_NAMES + 4; i++) {
		struct event_proc child = below(pid((int32_t)(100 + i), 1), 10), runs = child;
		char exe[32];

		snprintf(exe, sizeof(exe), "/bin/t%u", i);
		runs.version = 2;
		tree_apply(t, fork_of(pid(10, 1), child));
		tree_apply(t, exec_of(child, runs, exe));
		for (unsigned n = 0; n < (i == 3 ? 0 : 10); n++) /* t3 does least */
			tree_apply(t, open_of(runs, "/a"));
		tree_apply(t, at(exit_of(runs, 0), NOON + i));
		tree_tick(t, NOON + i * SECOND, 0);
	}
	verify(t);
	for (const struct group *g = t->groups; g; g = g->next_aged) {
		names += g->exe != NULL;
		if (!g->exe)
			others = g;
		else
			assert_string_not_equal(string_name(g->exe), "t3");
	}
	assert_int_equal(names, GROUP_NAMES);
	assert_non_null(others);
	assert_int_equal(others->count, 4);
	assert_int_equal(sum_of(&others->ended.did, EV_OPEN), 30);
	done(t);
}

static void
groups_that_go_for_memory_leave_their_sums(void **state)
{
	struct tree *t = tree_create();
	struct snapshot s = { 0 };
	const struct snapshot_spec spec = { .by = BY_TREE, .exited_secs = EXITED_FOREVER };

	(void)state;
	end_many(t, 20000, 2000, 5000);
	assert_true(t->gone_count > 0);
	verify(t);
	snapshot_take(&s, t, NULL, &spec, NOON);
	for (size_t i = 0; i < s.count; i++)
		if (s.rows[i].flags & ROW_REST) {
			assert_int_equal(s.rows[i].group_count, t->gone_count);
			assert_int_equal(s.rows[i].total[EV_EXIT], sum_of(&t->gone.did, EV_EXIT));
			assert_true(s.rows[i].total[EV_EXIT] > 0);
			snapshot_finish(&s);
			done(t);
			return;
		}
	fail_msg("no row says what is gone");
}

/* With exited ones hidden all tombstones go at each tick; what they did until then was done in that interval. */
static void
rates_of_reaped_processes_are_not_lost(void **state)
{
	struct tree *t = tree_create();
	const struct group *as;

	(void)state;
	tree_apply(t, seen_of(pid(10, 1), "/usr/bin/make"));
	tree_tick(t, NOON, 0);
	wrap(t, 20, 5, NOON + SECOND / 2);
	tree_tick(t, NOON + SECOND, 0);
	assert_int_equal(t->dead_count, 0);
	as = inside(t->groups, "as");
	assert_true(as->ended.did.core[EV_OPEN].rate == 100);
	assert_true(t->did[EV_OPEN].rate == 300);
	tree_tick(t, NOON + 2 * SECOND, 0);
	assert_true(as->ended.did.core[EV_OPEN].rate == 0);
	done(t);
}

/* An exec of n with arguments of this many bytes, all of one letter. To be freed. */
static struct event *
long_exec(int32_t n, size_t length, char letter, bool cut)
{
	struct event_proc before = pid(n, 1), after = pid(n, 2);
	struct event *e = calloc(1, sizeof(*e) + field_room(length) + field_room(64));
	char *args = calloc(1, length);

	*e = (struct event){
		.size = sizeof(*e), .id = EV_EXEC, .time_ns = NOON, .who = before, .other = after
	};
	e->flags = cut ? EVENT_ARGS_CUT : 0;
	memset(args, letter, length - 1);
	event_add(e, FIELD_TARGET, "/bin/x", 6);
	event_add(e, FIELD_ARGS, args, length);
	free(args);
	return e;
}

static void
long_arguments_are_kept_once_and_shared(void **state)
{
	struct tree *t = tree_create();
	struct event *e = long_exec(100, 300000, 'x', false);

	(void)state;
	tree_apply(t, e);
	for (int32_t n = 200; n < 300; n++)
		tree_apply(t, fork_of(pid(100, 2), pid(n, 3)));
	free(e);
	e = long_exec(300, 300000, 'x', false); /* another exec with the same */
	tree_apply(t, e);
	free(e);
	assert_int_equal(strlen(found(t, pid(299, 3)).args), 299999);
	assert_int_equal(intern_bytes(t->long_args), 299999);
	assert_false(alive(t, 299)->flags & PROC_ARGS_CUT);
	/* They go with the last one that has them. */
	for (int32_t n = 200; n < 300; n++)
		tree_apply(t, exec_of(pid(n, 3), pid(n, 4), "/bin/true"));
	tree_apply(t, exec_of(pid(100, 2), pid(100, 3), "/bin/true"));
	tree_apply(t, exec_of(pid(300, 2), pid(300, 3), "/bin/true"));
	assert_int_equal(intern_bytes(t->long_args), 0);
	done(t);
}

static void
cut_arguments_are_marked_and_a_child_has_the_mark(void **state)
{
	struct tree *t = tree_create();
	struct event *e = long_exec(100, 100, 'x', true);

	(void)state;
	tree_apply(t, e);
	tree_apply(t, fork_of(pid(100, 2), pid(200, 3)));
	assert_true(alive(t, 100)->flags & PROC_ARGS_CUT);
	assert_true(alive(t, 200)->flags & PROC_ARGS_CUT);
	tree_apply(t, with_args(exec_of(pid(200, 3), pid(200, 4), "/bin/true"), "true"));
	assert_false(alive(t, 200)->flags & PROC_ARGS_CUT);
	free(e);
	e = long_exec(300, ARGS_MAX + 2, 'x', false);
	tree_apply(t, e);
	assert_true(alive(t, 300)->flags & PROC_ARGS_CUT);
	assert_int_equal(strlen(found(t, pid(300, 2)).args), ARGS_MAX);
	free(e);
	done(t);
}

static void
long_arguments_together_have_a_bound(void **state)
{
	struct tree *t = tree_create();
	size_t cut = 0;

	(void)state;
	for (int32_t n = 0; n < 100; n++) {
		struct event *e = long_exec(100 + n, 500000 + (size_t)n, 'x', false);

		tree_apply(t, e);
		free(e);
	}
	assert_true(intern_bytes(t->long_args) <= ARGS_BYTES);
	for (int32_t n = 0; n < 100; n++) {
		const struct proc *p = alive(t, 100 + n);

		if (p->flags & PROC_ARGS_CUT)
			assert_int_equal(strlen(string_bytes(p->args)), ARGS_SHORT);
		cut += (p->flags & PROC_ARGS_CUT) != 0;
	}
	assert_true(cut > 20 && cut < 50);
	done(t);
}

static void
a_script_is_known_until_the_next_exec(void **state)
{
	struct tree *t = tree_create();

	(void)state;
	tree_apply(t, with(exec_of(pid(100, 1), pid(100, 2), "/bin/sh"), FIELD_SCRIPT, "/opt/run"));
	tree_apply(t, fork_of(pid(100, 2), pid(200, 3)));
	assert_string_equal(found(t, pid(100, 2)).script, "/opt/run");
	tree_apply(t, exec_of(pid(200, 3), pid(200, 4), "/bin/true"));
	assert_string_equal(found(t, pid(200, 4)).script, "");
	assert_string_equal(found(t, pid(100, 2)).script, "/opt/run");
	done(t);
}

static void
a_start_time_that_is_known_is_kept(void **state)
{
	struct tree *t = tree_create();
	struct event_proc who = pid(200, 1), without = who;

	(void)state;
	without.start_ns = 0;
	tree_apply(t, seen_of(who, "/bin/x"));
	tree_apply(t, seen_of(without, "/bin/x"));
	assert_non_null(tree_find(t, (struct proc_key){ 200, who.start_ns }));
	tree_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_of_the_dead_is_bounded_in_bytes),
		cmocka_unit_test(many_small_tombstones_are_bounded_in_number),
		cmocka_unit_test(a_survey_ends_those_whose_exit_was_lost),
		cmocka_unit_test(a_survey_finds_who_has_the_pid_of_one_that_ended_unseen),
		cmocka_unit_test(a_survey_knows_the_program_of_a_lost_exec),
		cmocka_unit_test(a_survey_brings_back_who_was_taken_for_ended),
		cmocka_unit_test(a_survey_that_fails_ends_nobody),
		cmocka_unit_test(an_unknown_process_becomes_known_by_its_first_event),
		cmocka_unit_test(exec_keeps_the_row_and_changes_the_program),
		cmocka_unit_test(a_child_belongs_to_whom_its_parent_does),
		cmocka_unit_test(a_record_with_the_executable_says_to_whom_a_process_belongs_now),
		cmocka_unit_test(where_another_process_is_responsible_both_are_of_its_unit),
		cmocka_unit_test(a_child_inherits_what_its_parent_runs),
		cmocka_unit_test(a_new_start_time_is_a_new_process),
		cmocka_unit_test(a_fork_of_a_pid_that_lives_ends_the_old_process),
		cmocka_unit_test(an_unknown_start_time_means_the_process_that_lives),
		cmocka_unit_test(a_lost_exec_shows_by_the_version),
		cmocka_unit_test(an_event_from_before_an_exec_does_not_bring_the_old_program_back),
		cmocka_unit_test(exit_before_fork_is_seen_leaves_one_tombstone),
		cmocka_unit_test(exec_before_fork_is_seen_keeps_the_new_program),
		cmocka_unit_test(a_fork_seen_twice_makes_one_child),
		cmocka_unit_test(an_exit_seen_twice_is_one_death),
		cmocka_unit_test(late_events_count_for_the_tombstone),
		cmocka_unit_test(a_fork_by_a_tombstone_gives_the_child_to_init),
		cmocka_unit_test(children_of_an_exited_process_go_to_init),
		cmocka_unit_test(without_init_children_of_an_exited_process_are_roots),
		cmocka_unit_test(a_changed_ppid_moves_the_row_with_all_below_it),
		cmocka_unit_test(a_parent_that_shows_up_later_gets_its_children),
		cmocka_unit_test(a_parent_born_after_its_children_is_not_theirs),
		cmocka_unit_test(clone_parent_makes_a_sibling),
		cmocka_unit_test(parents_in_a_circle_are_broken_up),
		cmocka_unit_test(backfill_fills_what_is_not_known),
		cmocka_unit_test(backfill_does_not_undo_an_exec),
		cmocka_unit_test(backfill_does_not_wake_the_dead),
		cmocka_unit_test(backfill_links_in_any_order_and_counts_nothing),
		cmocka_unit_test(kernel_threads_are_marked_until_they_run_a_program),
		cmocka_unit_test(tombstones_are_reaped_after_a_while),
		cmocka_unit_test(what_a_reaped_process_did_stays_with_its_parent),
		cmocka_unit_test(a_clock_that_goes_back_does_not_keep_tombstones),
		cmocka_unit_test(rates_are_of_the_last_interval_and_fall_to_zero),
		cmocka_unit_test(clearing_starts_totals_from_zero_but_not_the_accounting),
		cmocka_unit_test(folds_stay_with_the_process),
		cmocka_unit_test(every_type_is_counted_by_process_and_machine),
		cmocka_unit_test(types_that_are_not_core_have_rates_and_come_to_rest),
		cmocka_unit_test(what_a_reaped_process_renamed_stays_with_its_parent),
		cmocka_unit_test(a_process_that_makes_few_types_of_events_stays_small),
		cmocka_unit_test(a_million_short_lives_leave_memory_bounded),
		cmocka_unit_test(one_pid_over_and_over_keeps_few_tombstones),
		cmocka_unit_test(a_process_costs_less_than_a_kibibyte),
		cmocka_unit_test(no_order_of_events_breaks_the_tree),
		cmocka_unit_test(descendants_are_all_below_and_nobody_else),
		cmocka_unit_test(long_arguments_are_kept_once_and_shared),
		cmocka_unit_test(cut_arguments_are_marked_and_a_child_has_the_mark),
		cmocka_unit_test(long_arguments_together_have_a_bound),
		cmocka_unit_test(a_script_is_known_until_the_next_exec),
		cmocka_unit_test(a_group_outlives_its_tombstones),
		cmocka_unit_test(groups_nest_as_their_members_did),
		cmocka_unit_test(what_ends_below_a_tombstone_of_a_group_is_inside_of_it),
		cmocka_unit_test(what_is_inside_of_a_group_moves_with_the_tombstone_above),
		cmocka_unit_test(the_least_active_names_of_a_list_join_the_others),
		cmocka_unit_test(groups_that_go_for_memory_leave_their_sums),
		cmocka_unit_test(rates_of_reaped_processes_are_not_lost),
		cmocka_unit_test(a_start_time_that_is_known_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
