/* mutes: the ledger against a system that refuses, forgets, and follows nothing. */
#include "tests/lib/build.h"

#include "model/mutes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { SLOTS = 1024 };

#define OPEN_CLOSE (EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE))

/* A system that mutes: processes by (pid, version) up to a limit, paths without one. */
struct fake {
	int owner_error, turn_error;
	bool turned;
	event_mask owner_events;
	uint32_t owner_uid;
	struct {
		int32_t pid;
		uint32_t version;
	} muted[SLOTS];
	unsigned processes, limit;
	char paths[64][64];
	unsigned path_count;
	int path_error;
	int32_t gone; /* no such process */
	unsigned calls;
	event_mask events; /* of the last call for a process */
	unsigned local;    /* rules in the last local set */
	unsigned local_calls;
	uint32_t local_version; /* of the first of them */
	bool silent;            /* counts cannot be asked */
	unsigned count_calls;
};

static unsigned
fake_find(const struct fake *f, int32_t n, uint32_t version)
{
	unsigned i = 0;

	while (i < f->processes && (f->muted[i].pid != n || f->muted[i].version != version))
		i++;
	return i;
}

static bool
is_muted(const struct fake *f, int32_t n, uint32_t version)
{
	return fake_find(f, n, version) < f->processes;
}

static int
fake_process(void *ctx, int32_t n, uint32_t version, event_mask events, bool on)
{
	struct fake *f = ctx;
	unsigned i = fake_find(f, n, version);

	f->calls++;
	f->events = events;
	assert_int_not_equal(events, 0);
	if (!on) {
		if (i == f->processes)
			return -ESRCH;
		f->muted[i] = f->muted[--f->processes];
		return 0;
	}
	if (n == f->gone)
		return -ESRCH;
	if (i < f->processes)
		return 0;
	if (f->processes >= f->limit)
		return -ENOSPC;
	f->muted[f->processes].pid = n;
	f->muted[f->processes++].version = version;
	return 0;
}

static int
fake_path(void *ctx, enum mute_kind kind, const char *path, event_mask events, bool on)
{
	struct fake *f = ctx;
	char entry[64];
	unsigned i = 0;

	assert_int_not_equal(events, 0);
	snprintf(entry, sizeof(entry), "%u:%s", (unsigned)kind, path);
	while (i < f->path_count && strcmp(f->paths[i], entry) != 0)
		i++;
	if (on && f->path_error)
		return f->path_error;
	if (on && i == f->path_count)
		strcpy(f->paths[f->path_count++], entry);
	else if (!on && i < f->path_count)
		memmove(f->paths[i], f->paths[--f->path_count], sizeof(f->paths[i]));
	return 0;
}

static int
fake_counts(void *ctx, unsigned *processes, unsigned *paths)
{
	struct fake *f = ctx;

	f->count_calls++;
	*processes = f->processes;
	*paths = f->path_count;
	return f->silent ? -EIO : 0;
}

static void
fake_local(void *ctx, const struct mute_rule *const rules[], size_t n)
{
	struct fake *f = ctx;

	f->local = (unsigned)n;
	f->local_calls++;
	f->local_version = n ? rules[0]->version : 0;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(rules[i]->state, MUTE_LOCAL);
}

/* The process of that pid exits: the system forgets its mute, the ledger hears of it. */
static void
let_exit(struct fake *f, struct mutes *m, struct event_proc who)
{
	fake_process(f, who.pid, who.version, EVENT_ALL, false);
	mutes_follow(m, exit_of(who, 0));
}

static struct mutes *
ledger(struct fake *f, unsigned limit)
{
	static const struct mute_ops ops = {
		.process = fake_process, .path = fake_path, .counts = fake_counts, .local = fake_local
	};

	memset(f, 0, sizeof(*f));
	f->limit = limit;
	return mutes_create(&ops, f, OPEN_CLOSE);
}

static struct proc_key
key(struct event_proc p)
{
	return (struct proc_key){ p.pid, p.start_ns };
}

static int
mute(struct mutes *m, struct event_proc p)
{
	return mutes_add_process(m, key(p), p.version, "/bin/x", 12.5, MUTE_BY_KEY, NOON);
}

static int
mute_path(struct mutes *m, enum mute_kind kind, const char *path)
{
	return mutes_add_path(m, kind, path, 0, MUTE_BY_KEY, NOON);
}

static struct mute_counts
counts(const struct mutes *m)
{
	struct mute_counts c;

	mutes_counts(m, &c);
	return c;
}

/* ---- adding and removing ---- */

static void
a_rule_is_carried_out_and_kept_with_its_story(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	const struct mute_rule *rule;

	(void)state;
	assert_int_equal(mute(m, pid(200, 3)), 0);
	assert_true(is_muted(&f, 200, 3));
	rule = mutes_of_process(m, key(pid(200, 3)));
	assert_non_null(rule);
	assert_int_equal(rule->kind, MUTE_PROCESS);
	assert_int_equal(rule->state, MUTE_SYSTEM);
	assert_int_equal(rule->origin, MUTE_BY_KEY);
	assert_int_equal(rule->events, OPEN_CLOSE);
	assert_int_equal(rule->version, 3);
	assert_int_equal(rule->since_ns, NOON);
	assert_true(rule->rate_before == 12.5);
	assert_string_equal(rule->path, "/bin/x");
	assert_ptr_equal(mutes_get(m, 0), rule);
	assert_null(mutes_get(m, 1));
	assert_null(mutes_of_process(m, key(begun(pid(200, 3), 5)))); /* not the pid alone */
	assert_int_equal(counts(m).processes, 1);
	assert_int_equal(counts(m).es_processes, 1);
	assert_true(counts(m).es_known);
	mutes_destroy(m);
}

static void
the_same_rule_twice_is_refused(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	assert_int_equal(mute(m, pid(200, 3)), 0);
	assert_int_equal(mute(m, pid(200, 3)), -EEXIST);
	assert_int_equal(mute_path(m, MUTE_EXE, "/bin/x"), 0);
	assert_int_equal(mute_path(m, MUTE_EXE, "/bin/x"), -EEXIST);
	assert_int_equal(mute_path(m, MUTE_PREFIX, "/bin/x"), 0); /* another kind is another rule */
	assert_int_equal(counts(m).paths, 2);
	mutes_destroy(m);
}

static void
a_process_that_is_gone_is_not_muted(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	f.gone = 200;
	assert_int_equal(mute(m, pid(200, 3)), -ESRCH);
	assert_null(mutes_get(m, 0));
	assert_false(counts(m).can_undo);
	mutes_destroy(m);
}

static void
a_removed_rule_is_taken_back_at_the_system(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute(m, pid(200, 3));
	mute_path(m, MUTE_EXE, "/bin/x");
	assert_int_equal(mutes_remove(m, mutes_get(m, 0)->id), 1);
	assert_false(is_muted(&f, 200, 3));
	assert_int_equal(counts(m).es_processes, 0);
	assert_int_equal(mutes_get(m, 0)->kind, MUTE_EXE);
	assert_int_equal(mutes_remove(m, 4711), 0);
	assert_int_equal(mutes_remove_all(m), 1);
	assert_int_equal(mutes_remove_all(m), 0);
	assert_int_equal(f.path_count, 0);
	mutes_destroy(m);
}

static void
target_rules_are_for_events_that_have_a_target(void **state)
{
	struct fake f;
	static const struct mute_ops ops = {
		.process = fake_process, .path = fake_path, .counts = fake_counts, .local = fake_local
	};
	struct mutes *m;

	(void)state;
	memset(&f, 0, sizeof(f));
	m = mutes_create(&ops, &f, EVENT_ALL);
	mute_path(m, MUTE_TARGET, "/dev/null");
	assert_int_equal(mutes_get(m, 0)->events, event_mask_target());
	mutes_destroy(m);
}

static void
executables_are_covered_by_their_path_and_by_prefixes(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute_path(m, MUTE_EXE, "/usr/bin/make");
	mute_path(m, MUTE_PREFIX, "/usr/lib/");
	mute_path(m, MUTE_TARGET, "/etc/hosts");
	assert_int_equal(mutes_of_exe(m, "/usr/bin/make")->kind, MUTE_EXE);
	assert_null(mutes_of_exe(m, "/usr/bin/make2"));
	assert_int_equal(mutes_of_exe(m, "/usr/lib/x/y")->kind, MUTE_PREFIX);
	assert_null(mutes_of_exe(m, "/usr/libexec/x"));
	assert_null(mutes_of_exe(m, "/etc/hosts"));
	assert_null(mutes_of_exe(m, ""));
	assert_null(mutes_of_exe(m, NULL));
	mutes_destroy(m);
}

/* ---- refusals ---- */

static void
beyond_the_limit_of_255_rules_are_local_and_move_up(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 255);

	(void)state;
	for (int32_t n = 0; n < 400; n++)
		assert_int_equal(mute(m, pid(1000 + n, 1)), 0);
	assert_int_equal(counts(m).processes, 400);
	assert_int_equal(counts(m).local, 145);
	assert_int_equal(counts(m).es_processes, 255);
	assert_int_equal(f.local, 145);
	assert_int_equal(mutes_of_process(m, key(pid(1399, 1)))->state, MUTE_LOCAL);
	/* Nothing is free: one question is enough to know. */
	f.calls = 0;
	mutes_retry(m);
	assert_int_equal(f.calls, 1);
	assert_int_equal(counts(m).local, 145);
	/* Ten exit, ten local ones take their slots; the oldest first. */
	for (int32_t n = 0; n < 10; n++)
		let_exit(&f, m, pid(1000 + n, 1));
	mutes_retry(m);
	assert_int_equal(counts(m).processes, 390);
	assert_int_equal(counts(m).local, 135);
	assert_int_equal(counts(m).es_processes, 255);
	assert_int_equal(f.local, 135);
	assert_int_equal(mutes_of_process(m, key(pid(1264, 1)))->state, MUTE_SYSTEM);
	assert_int_equal(mutes_of_process(m, key(pid(1265, 1)))->state, MUTE_LOCAL);
	/* Unmute all, and undo it: as many in force as before. */
	assert_int_equal(mutes_remove_all(m), 390);
	assert_int_equal(f.processes, 0);
	assert_int_equal(f.local, 0);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(counts(m).processes, 390);
	assert_int_equal(counts(m).local, 135);
	assert_int_equal(f.processes, 255);
	mutes_destroy(m);
}

static void
a_refused_path_is_local_until_the_system_takes_it(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	f.path_error = -EIO;
	assert_int_equal(mute_path(m, MUTE_EXE, "/bin/x"), 0);
	assert_int_equal(counts(m).local, 1);
	assert_int_equal(f.local, 1);
	mutes_retry(m);
	assert_int_equal(counts(m).local, 1);
	f.path_error = 0;
	mutes_retry(m);
	assert_int_equal(counts(m).local, 0);
	assert_int_equal(counts(m).es_paths, 1);
	assert_int_equal(f.local, 0);
	mutes_destroy(m);
}

static void
a_local_process_that_vanished_does_not_stop_the_others(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 0);

	(void)state;
	mute(m, pid(200, 1));
	mute(m, pid(201, 1));
	f.limit = 5;
	f.gone = 200;
	mutes_retry(m);
	assert_int_equal(counts(m).local, 1);
	assert_true(is_muted(&f, 201, 1));
	mutes_destroy(m);
}

static void
a_source_without_mutes_leaves_all_to_the_client(void **state)
{
	const struct mute_ops none = { 0 };
	struct mutes *m = mutes_create(&none, NULL, OPEN_CLOSE);

	(void)state;
	assert_int_equal(mute(m, pid(200, 1)), 0);
	assert_int_equal(mute_path(m, MUTE_EXE, "/bin/x"), 0);
	assert_int_equal(counts(m).local, 2);
	assert_false(counts(m).es_known);
	mutes_destroy(m);
}

static void
what_the_system_says_is_never_guessed(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute(m, pid(200, 1));
	f.processes = 0; /* the system forgot */
	mutes_refresh(m);
	assert_int_equal(counts(m).processes, 1);
	assert_int_equal(counts(m).es_processes, 0);
	f.silent = true;
	mutes_refresh(m);
	assert_false(counts(m).es_known);
	mutes_destroy(m);
}

/* ---- following ---- */

static void
a_rule_follows_its_process_through_an_exec(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute(m, pid(200, 1));
	mutes_follow(m, exec_of(pid(200, 1), pid(200, 2), "/bin/y"));
	assert_true(is_muted(&f, 200, 2));
	assert_false(is_muted(&f, 200, 1));
	assert_int_equal(mutes_of_process(m, key(pid(200, 2)))->version, 2);
	assert_int_equal(counts(m).es_processes, 1);
	/* Not that of another process, nor of an earlier one of this pid. */
	mutes_follow(m, exec_of(pid(201, 1), pid(201, 5), "/bin/y"));
	mutes_follow(m, exec_of(begun(pid(200, 2), 7), begun(pid(200, 9), 7), "/bin/y"));
	assert_true(is_muted(&f, 200, 2));
	assert_int_equal(f.processes, 1);
	mutes_destroy(m);
}

static void
an_exec_at_the_limit_keeps_its_slot(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 2);

	(void)state;
	mute(m, pid(200, 1));
	mute(m, pid(201, 1));
	mutes_follow(m, exec_of(pid(200, 1), pid(200, 2), "/bin/y"));
	assert_true(is_muted(&f, 200, 2));
	assert_true(is_muted(&f, 201, 1));
	assert_int_equal(counts(m).local, 0);
	mutes_destroy(m);
}

static void
a_local_rule_follows_an_exec_as_well(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 0);

	(void)state;
	mute(m, pid(200, 1));
	mutes_follow(m, exec_of(pid(200, 1), pid(200, 2), "/bin/y"));
	assert_int_equal(f.local, 1);
	assert_int_equal(f.local_version, 2);
	f.limit = 1;
	mutes_retry(m);
	assert_true(is_muted(&f, 200, 2));
	mutes_destroy(m);
}

static void
an_exit_ends_the_rule_for_good(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute_path(m, MUTE_EXE, "/bin/z");
	mute(m, pid(200, 1));
	let_exit(&f, m, pid(200, 1));
	assert_int_equal(counts(m).processes, 0);
	assert_int_equal(counts(m).es_processes, 0);
	/* z goes to what was done before, not to the rule that ended. */
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(counts(m).paths, 0);
	assert_int_equal(mutes_undo(m, NOON), -ENOENT);
	assert_int_equal(f.processes, 0);
	mutes_destroy(m);
}

static void
a_removed_rule_of_an_exited_process_cannot_be_brought_back(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute(m, pid(200, 1));
	mutes_remove(m, mutes_get(m, 0)->id);
	assert_true(counts(m).can_undo);
	let_exit(&f, m, pid(200, 1));
	assert_false(counts(m).can_undo);
	assert_int_equal(mutes_undo(m, NOON), -ENOENT);
	mutes_destroy(m);
}

static void
start_times_may_be_unknown(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	struct event_proc vague = pid(200, 1), next;

	(void)state;
	mute(m, pid(200, 1));
	vague.start_ns = 0;
	next = vague;
	next.version = 2;
	mutes_follow(m, exec_of(vague, next, "/bin/y"));
	assert_true(is_muted(&f, 200, 2));
	mutes_follow(m, exit_of(vague, 0)); /* of an execution that is over */
	assert_int_equal(counts(m).processes, 1);
	mutes_follow(m, exit_of(next, 0));
	assert_int_equal(counts(m).processes, 0);
	mutes_destroy(m);
}

/* ---- undo ---- */

static void
undo_takes_back_step_by_step(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	uint32_t id;

	(void)state;
	mute(m, pid(200, 1));
	mute_path(m, MUTE_EXE, "/bin/x");
	id = mutes_get(m, 0)->id;
	mutes_remove(m, id);
	assert_int_equal(mutes_undo(m, NOON + SECOND), 0); /* muted again */
	assert_true(is_muted(&f, 200, 1));
	assert_int_equal(mutes_of_process(m, key(pid(200, 1)))->id, id);
	assert_int_equal(mutes_of_process(m, key(pid(200, 1)))->since_ns, NOON + SECOND);
	assert_int_equal(mutes_undo(m, NOON), 0); /* the path */
	assert_int_equal(f.path_count, 0);
	assert_int_equal(mutes_undo(m, NOON), 0); /* the process */
	assert_int_equal(f.processes, 0);
	assert_false(counts(m).can_undo);
	assert_int_equal(mutes_undo(m, NOON), -ENOENT);
	mutes_destroy(m);
}

static void
what_is_added_together_is_undone_together(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute(m, pid(200, 1));
	mutes_join(m);
	mute_path(m, MUTE_EXE, "/bin/x");
	mute_path(m, MUTE_EXE, "/bin/y");
	mutes_part(m);
	mute_path(m, MUTE_EXE, "/bin/z");
	assert_int_equal(f.path_count, 3);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(f.path_count, 2);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(f.path_count, 0);
	assert_true(is_muted(&f, 200, 1));
	assert_int_equal(mutes_redo(m, NOON), 0);
	assert_int_equal(f.path_count, 2);
	/* Nothing was added: no step. */
	mutes_join(m);
	mutes_part(m);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(f.path_count, 0);
	mutes_destroy(m);
}

static void
unmuting_all_is_one_step(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	for (int32_t n = 0; n < 500; n++)
		mute(m, pid(1000 + n, 1));
	mute_path(m, MUTE_EXE, "/bin/x");
	assert_int_equal(mutes_remove_all(m), 501);
	assert_int_equal(f.processes + f.path_count, 0);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(f.processes, 500);
	assert_int_equal(f.path_count, 1);
	assert_int_equal(counts(m).processes, 500);
	mutes_destroy(m);
}

static void
undo_knows_of_an_exec_in_between(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute(m, pid(200, 1));
	mutes_remove(m, mutes_get(m, 0)->id);
	mutes_follow(m, exec_of(pid(200, 1), pid(200, 2), "/bin/y"));
	assert_int_equal(f.processes, 0);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_true(is_muted(&f, 200, 2));
	assert_int_equal(mutes_of_process(m, key(pid(200, 1)))->version, 2);
	mutes_destroy(m);
}

static void
undo_goes_back_a_thousand_steps(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	unsigned undone = 0;

	(void)state;
	for (unsigned i = 0; i < 700; i++) {
		mute_path(m, MUTE_EXE, "/bin/x");
		mutes_remove(m, mutes_get(m, 0)->id);
	}
	while (mutes_undo(m, NOON) == 0)
		undone++;
	assert_int_equal(undone, 1000);
	mutes_destroy(m);
}

static void
a_rule_set_anew_by_hand_is_no_obstacle_to_undo(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute_path(m, MUTE_EXE, "/bin/x");
	mute_path(m, MUTE_EXE, "/bin/y");
	mutes_remove_all(m);
	mute_path(m, MUTE_EXE, "/bin/x");
	mutes_undo(m, NOON); /* the last mute of x */
	mutes_undo(m, NOON); /* unmuting both */
	assert_int_equal(f.path_count, 2);
	mutes_undo(m, NOON);
	assert_non_null(mutes_of_exe(m, "/bin/x"));
	assert_null(mutes_of_exe(m, "/bin/y"));
	mutes_destroy(m);
}

/* ---- subtrees ---- */

static const struct event_proc make_proc = { .pid = 300, .version = 1, .start_ns = NOON };
static const struct event_proc cc1 = { .pid = 301, .version = 1, .start_ns = NOON + 1 };

static int
mute_subtree(struct mutes *m, struct event_proc who)
{
	return mutes_add(m,
			 &(struct mute_request){ .kind = MUTE_SUBTREE,
						 .origin = MUTE_BY_KEY,
						 .process = { who.pid, who.start_ns },
						 .version = who.version },
			 NOON);
}

/* ---- units, users and signers ---- */

static int
mute_owner(struct mutes *m, enum mute_kind kind, const char *name)
{
	return mutes_add(m, &(struct mute_request){ .kind = kind, .origin = MUTE_BY_KEY, .path = name }, NOON);
}

/* What the tree and the ledger do with an event, one after the other. */
static void
apply(struct tree *t, struct mutes *m, struct event *e)
{
	tree_apply(t, e);
	mutes_follow(m, e);
}

static void
where_the_system_follows_no_signer_each_process_is_muted_as_it_appears(void **state)
{
	struct tree *t = tree_create();
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	struct event_proc cc1_2 = cc1, late = { .pid = 303, .version = 7, .start_ns = NOON + 3 };

	(void)state;
	cc1_2.version = 2;
	mutes_watch(m, t);
	apply(t, m, with(seen_of(make_proc, "/usr/bin/make"), FIELD_SIGNER, "TEAM/org.make"));
	assert_int_equal(mute_owner(m, MUTE_SIGNER, "TEAM"), 0);
	assert_true(is_muted(&f, 300, 1));
	assert_int_equal(mute_owner(m, MUTE_SIGNER, "TEAM"), -EEXIST);
	/* A fork is signed as its parent; an exec by another team takes it out. */
	apply(t, m, fork_of(make_proc, cc1));
	assert_true(is_muted(&f, 301, 1));
	apply(t, m, with(exec_of(cc1, cc1_2, "/usr/bin/cc1"), FIELD_SIGNER, "OTHER/cc1"));
	assert_false(is_muted(&f, 301, 2));
	assert_false(is_muted(&f, 301, 1));
	/* Found by a survey. */
	apply(t, m, with(seen_of(late, "/usr/bin/x"), FIELD_SIGNER, "TEAM/org.x"));
	assert_true(is_muted(&f, 303, 7));
	assert_int_equal(counts(m).own_processes, counts(m).es_processes);
	/* An end is not the end of the rule. */
	apply(t, m, exit_of(late, 0));
	apply(t, m, exit_of(make_proc, 0));
	assert_int_equal(counts(m).processes, 1);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(counts(m).processes, 0);
	mutes_destroy(m);
	tree_destroy(t);
}

static void
a_signer_is_a_team_or_one_of_its_programs(void **state)
{
	static const struct {
		const char *rule, *signer;
		bool covered;
	} cases[] = { { "TEAM", "TEAM/org.x", true },      { "TEAM/org.x", "TEAM/org.x", true },
		      { "TEAM/org", "TEAM/org.x", false }, { "TEA", "TEAM/org.x", false },
		      { "TEAM/org.x", "TEAM/org", false }, { "platform", "platform/com.apple.ls", true },
		      { "platform", "", false },           { "TEAM", "OTHER/TEAM", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct mute_owner owner = { 0, "", "", cases[i].signer };

		assert_int_equal(mute_covers_owner(MUTE_SIGNER, cases[i].rule, 0, &owner), cases[i].covered);
	}
}

static int
fake_owner(void *ctx, const struct mute_rule *rule, event_mask events, bool on)
{
	struct fake *f = ctx;

	if (rule->kind == MUTE_SIGNER)
		return -EOPNOTSUPP;
	if (on && f->owner_error)
		return f->owner_error;
	f->owner_events = on ? events : 0;
	f->owner_uid = rule->uid;
	return 0;
}

/* A system that follows units and users. */
static const struct mute_ops following = {
	.process = fake_process, .owner = fake_owner, .counts = fake_counts, .local = fake_local
};

static bool
find_alice(const char *name, uint32_t *uid)
{
	*uid = 501;
	return strcmp(name, "alice") == 0;
}

static void
where_the_system_follows_a_unit_it_is_not_muted_process_by_process(void **state)
{
	struct tree *t = tree_create();
	struct fake f = { .limit = SLOTS };
	struct mutes *m = mutes_create(&following, &f, OPEN_CLOSE);
	const struct mute_owner in = { 501, "a.service", "/system.slice/a.service", "" };

	(void)state;
	mutes_watch(m, t);
	apply(t, m, with(seen_of(make_proc, "/usr/bin/make"), FIELD_CGROUP, "/system.slice/a.service"));
	assert_int_equal(mute_owner(m, MUTE_UNIT, "a.service"), 0);
	assert_true(f.owner_events == OPEN_CLOSE);
	assert_int_equal(f.processes, 0);
	assert_int_equal(counts(m).followed_units, 1);
	assert_int_equal(counts(m).local, 0);
	assert_false(counts(m).differs);
	assert_non_null(mutes_of_owner(m, &in));
	/* What is listed passes with its execs, forks and exits. */
	assert_int_equal(mute_owner(m, MUTE_USER, "bob"), -ENOENT);
	mutes_users(m, find_alice);
	assert_int_equal(mute_owner(m, MUTE_USER, "alice"), 0);
	assert_int_equal(f.owner_uid, 501);
	assert_int_equal(mute_owner(m, MUTE_SIGNER, "TEAM"), -EOPNOTSUPP);
	assert_int_equal(counts(m).processes, 2);
	assert_int_equal(mutes_remove_all(m), 2);
	assert_true(f.owner_events == 0);
	assert_null(mutes_of_owner(m, &in));
	mutes_destroy(m);
	tree_destroy(t);
}

/* Rejected, a unit is applied member by member, and a user by the client; retried, it is the system's. */
static void
a_rejected_unit_is_followed_by_the_ledger_until_there_is_room(void **state)
{
	struct tree *t = tree_create();
	struct fake f = { .limit = 0, .owner_error = -ENOSPC };
	struct mutes *m = mutes_create(&following, &f, OPEN_CLOSE);

	(void)state;
	mutes_watch(m, t);
	mutes_users(m, find_alice);
	apply(t, m, with(seen_of(make_proc, "/usr/bin/make"), FIELD_CGROUP, "/system.slice/a.service"));
	assert_int_equal(mute_owner(m, MUTE_UNIT, "a.service"), 0);
	assert_int_equal(mute_owner(m, MUTE_USER, "alice"), 0);
	assert_int_equal(counts(m).local, 2);
	assert_int_equal(f.local, 2); /* its one member, and the user */
	f.owner_error = 0;
	mutes_retry(m);
	assert_int_equal(counts(m).local, 0);
	assert_int_equal(counts(m).followed_units, 1);
	assert_int_equal(counts(m).followed_users, 1);
	mutes_destroy(m);
	tree_destroy(t);
}

static int
fake_turn(void *ctx, enum mute_side side, bool on)
{
	struct fake *f = ctx;

	assert_int_equal(side, MUTE_SIDE_PROCESS);
	if (f->turn_error)
		return f->turn_error;
	f->turned = on;
	return 0;
}

static const struct mute_ops turning = { .process = fake_process,
					 .owner = fake_owner,
					 .counts = fake_counts,
					 .local = fake_local,
					 .path = fake_path,
					 .invert = fake_turn };

static int
only(struct mutes *m, enum mute_kind kind, const char *name)
{
	return mutes_only(m, &(struct mute_request){ .kind = kind, .origin = MUTE_BY_KEY, .path = name },
			  NOON);
}

static void
only_one_unit_passes_until_that_is_taken_back(void **state)
{
	struct fake f = { .limit = SLOTS };
	struct mutes *m = mutes_create(&turning, &f, OPEN_CLOSE);

	(void)state;
	assert_int_equal(mute(m, pid(200, 3)), 0);
	assert_int_equal(mute_path(m, MUTE_EXE, "/bin/x"), 0);
	assert_string_equal(counts(m).only, "");
	assert_int_equal(only(m, MUTE_UNIT, "a.service"), 0);
	/* It passes with its exec, fork and exit; what was muted would pass as well, so it is set aside. */
	assert_true(f.turned);
	assert_true(f.owner_events == (OPEN_CLOSE | event_mask_vital()));
	assert_false(is_muted(&f, 200, 3));
	assert_int_equal(counts(m).paths, 1);
	assert_string_equal(counts(m).only, "unit a.service");
	/* Another one takes its place, and something else is changed meanwhile. */
	assert_int_equal(only(m, MUTE_UNIT, "b.service"), 0);
	assert_string_equal(counts(m).only, "unit b.service");
	assert_int_equal(counts(m).processes, 1);
	assert_int_equal(mute_path(m, MUTE_EXE, "/bin/y"), 0);
	assert_true(mutes_only_end(m, NOON));
	assert_false(f.turned);
	assert_true(f.owner_events == 0);
	assert_true(is_muted(&f, 200, 3));
	assert_int_equal(counts(m).paths, 2);
	assert_string_equal(counts(m).only, "");
	assert_false(mutes_only_end(m, NOON));
	/* An undo takes it back as well. */
	assert_int_equal(only(m, MUTE_UNIT, "a.service"), 0);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_false(f.turned);
	assert_string_equal(counts(m).only, "");
	assert_true(is_muted(&f, 200, 3));
	mutes_destroy(m);
}

static void
what_cannot_pass_alone_changes_nothing(void **state)
{
	struct fake f = { .limit = SLOTS };
	struct mutes *m = mutes_create(&turning, &f, OPEN_CLOSE);

	(void)state;
	assert_int_equal(mute(m, pid(200, 3)), 0);
	assert_int_equal(only(m, MUTE_SIGNER, "TEAM"), -EOPNOTSUPP);
	assert_int_equal(only(m, MUTE_USER, "bob"), -ENOENT);
	f.turn_error = -EIO;
	assert_int_equal(only(m, MUTE_UNIT, "a.service"), -EIO);
	assert_true(is_muted(&f, 200, 3));
	assert_true(f.owner_events == 0);
	assert_int_equal(counts(m).processes, 1);
	assert_string_equal(counts(m).only, "");
	/* What was done before is what an undo takes back. */
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(counts(m).processes, 0);
	mutes_destroy(m);
	m = ledger(&f, SLOTS); /* it cannot invert */
	assert_int_equal(only(m, MUTE_UNIT, "a.service"), -ENOTSUP);
	mutes_destroy(m);
}

static void
a_subtree_rule_mutes_what_is_there_and_what_comes(void **state)
{
	struct tree *t = tree_create();
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mutes_watch(m, t);
	tree_apply(t, seen_of(make_proc, "/usr/bin/make"));
	tree_apply(t, fork_of(make_proc, cc1));
	assert_int_equal(mute_subtree(m, make_proc), 0);
	assert_true(is_muted(&f, 300, 1) && is_muted(&f, 301, 1));
	/* A grandchild, and its program. */
	struct event_proc as = { .pid = 302, .version = 1, .start_ns = NOON + 2 };
	struct event_proc as2 = as;
	as2.version = 2;
	mutes_follow(m, fork_of(cc1, as));
	assert_true(is_muted(&f, 302, 1));
	mutes_follow(m, exec_of(as, as2, "/usr/bin/as"));
	assert_true(is_muted(&f, 302, 2));
	assert_false(is_muted(&f, 302, 1));
	assert_non_null(mutes_of_subtree(m, (struct proc_key){ 302, NOON + 2 }));
	assert_int_equal(counts(m).processes, 1);
	assert_int_equal(counts(m).subtrees, 1);
	assert_int_equal(counts(m).own_processes, 3);
	assert_int_equal(counts(m).es_processes, 3);
	/* One step back for all of it, and again. */
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(f.processes, 0);
	assert_int_equal(mutes_redo(m, NOON), 0);
	assert_true(is_muted(&f, 300, 1) && is_muted(&f, 301, 1));
	mutes_destroy(m);
	tree_destroy(t);
}

static void
a_subtree_rule_outlives_its_root_and_ends_with_its_last_member(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute_subtree(m, make_proc);
	mutes_follow(m, fork_of(make_proc, cc1));
	let_exit(&f, m, make_proc);
	assert_int_equal(counts(m).subtrees, 1);
	assert_true(is_muted(&f, 301, 1));
	let_exit(&f, m, cc1);
	assert_int_equal(counts(m).subtrees, 0);
	assert_int_equal(mutes_undo(m, NOON), -ENOENT);
	/* The pid comes back as somebody else. */
	assert_null(mutes_of_subtree(m, (struct proc_key){ 300, NOON + 9 }));
	mutes_destroy(m);
}

static void
a_subtree_leaves_other_rules_on_its_members_alone(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute_subtree(m, make_proc);
	mutes_follow(m, fork_of(make_proc, cc1));
	mute(m, cc1);
	assert_int_equal(counts(m).own_processes, 2);
	mutes_remove(m, mutes_of_subtree(m, (struct proc_key){ 300, NOON })->id);
	assert_true(is_muted(&f, 301, 1));
	assert_false(is_muted(&f, 300, 1));
	mutes_destroy(m);
}

static void
members_beyond_the_limit_are_local(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 2);

	(void)state;
	mute_subtree(m, make_proc);
	for (int32_t i = 1; i < 5; i++)
		mutes_follow(m, fork_of(make_proc, (struct event_proc){ .pid = 300 + i,
									.version = 1,
									.start_ns = NOON + (uint64_t)i }));
	assert_int_equal(f.processes, 2);
	assert_int_equal(f.local, 3);
	assert_int_equal(counts(m).local, 1);
	f.limit = SLOTS;
	assert_true(mutes_tick(m, NOON + SECOND));
	assert_int_equal(f.processes, 5);
	assert_int_equal(counts(m).local, 0);
	assert_int_equal(f.local, 0);
	mutes_destroy(m);
}

/* ---- tries with pauses ---- */

static void
what_is_refused_is_tried_less_and_less_often(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 255);
	uint64_t now = NOON;
	unsigned before;

	(void)state;
	for (int32_t i = 1; i <= 400; i++)
		mute(m, pid(1000 + i, 1));
	assert_int_equal(f.processes, 255);
	assert_int_equal(f.local, 145);
	assert_int_equal(counts(m).local, 145);
	mutes_tick(m, now);
	before = f.calls;
	/* A minute of frames: one call each would be 60. */
	for (int i = 0; i < 60; i++)
		mutes_tick(m, now += SECOND);
	assert_true(f.calls - before >= 3 && f.calls - before <= 8);
	/* A slot is free: at once. */
	let_exit(&f, m, pid(1001, 1));
	assert_true(mutes_tick(m, now));
	assert_int_equal(counts(m).local, 144);
	assert_int_equal(f.processes, 255);
	mutes_destroy(m);
}

/* ---- events, redo, auditions ---- */

static void
other_events_for_a_rule_can_be_taken_back(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	uint32_t id;

	(void)state;
	mute(m, pid(200, 1));
	id = mutes_get(m, 0)->id;
	assert_int_equal(mutes_set_events(m, id, EVENT_BIT(EV_OPEN)), 0);
	assert_int_equal(mutes_get(m, 0)->events, EVENT_BIT(EV_OPEN));
	assert_int_equal(mutes_set_events(m, id, 0), -EINVAL);
	assert_int_equal(mutes_set_events(m, id + 7, EVENT_ALL), -ENOENT);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(mutes_get(m, 0)->events, OPEN_CLOSE);
	assert_int_equal(mutes_redo(m, NOON), 0);
	assert_int_equal(mutes_get(m, 0)->events, EVENT_BIT(EV_OPEN));
	mutes_destroy(m);
}

static void
what_was_taken_back_can_be_done_again_until_something_new(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mutes_add_path(m, MUTE_EXE, "/bin/x", 0, MUTE_BY_KEY, NOON);
	mutes_add_path(m, MUTE_EXE, "/bin/y", 0, MUTE_BY_KEY, NOON);
	mutes_undo(m, NOON);
	mutes_undo(m, NOON);
	assert_int_equal(f.path_count, 0);
	assert_true(counts(m).can_redo);
	mutes_redo(m, NOON);
	assert_non_null(mutes_of_exe(m, "/bin/x"));
	mutes_add_path(m, MUTE_EXE, "/bin/z", 0, MUTE_BY_KEY, NOON);
	assert_int_equal(mutes_redo(m, NOON), -ENOENT);
	/* Back and forth leaves things as they were, and in their order. */
	mutes_remove_all(m);
	mutes_undo(m, NOON);
	mutes_redo(m, NOON);
	mutes_undo(m, NOON);
	assert_string_equal(mutes_get(m, 0)->path, "/bin/x");
	assert_string_equal(mutes_get(m, 1)->path, "/bin/z");
	mutes_destroy(m);
}

static void
an_audition_unmutes_measures_and_mutes_again(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	struct ledger l = { 0 };

	(void)state;
	mute(m, pid(200, 1));
	assert_int_equal(mutes_audition(m, mutes_get(m, 0)->id, NOON, NOON + 5 * SECOND), 0);
	assert_int_equal(f.processes, 0);
	assert_true(mutes_counts_arrivals(m));
	for (unsigned i = 0; i < 50; i++)
		mutes_count_arrival(m, at(open_of(pid(200, 1), "/x"), NOON + i), "/bin/x");
	mutes_count_arrival(m, at(open_of(pid(201, 1), "/x"), NOON), "/bin/x");
	assert_false(mutes_tick(m, NOON + 4 * SECOND));
	assert_true(mutes_tick(m, NOON + 5 * SECOND));
	assert_true(is_muted(&f, 200, 1));
	mutes_list(m, &l, NOON);
	assert_true(l.rows[0].rate_heard > 9.9 && l.rows[0].rate_heard < 10.1);
	assert_int_equal(l.rows[0].state, MUTE_SYSTEM);
	ledger_finish(&l);
	mutes_destroy(m);
}

static void
what_was_queued_before_a_mute_is_draining(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	struct ledger l = { 0 };

	(void)state;
	mute(m, pid(200, 1));
	mutes_count_arrival(m, at(open_of(pid(200, 1), "/x"), mutes_get(m, 0)->since_ns - 1), "/bin/x");
	mutes_list(m, &l, mutes_get(m, 0)->since_ns + SECOND);
	assert_int_equal(l.rows[0].state, MUTE_DRAINING);
	mutes_list(m, &l, mutes_get(m, 0)->since_ns + 10 * SECOND);
	assert_int_equal(l.rows[0].state, MUTE_SYSTEM);
	ledger_finish(&l);
	mutes_destroy(m);
}

/* ---- the system's own view ---- */

struct watched {
	struct fake fake; /* first: it is the ctx of the others */
	bool inverted[MUTE_SIDE_COUNT];
	bool forgets;
};

static int
watched_invert(void *ctx, enum mute_side side, bool on)
{
	((struct watched *)ctx)->inverted[side] = on;
	return 0;
}

static int
watched_entries(void *ctx, void (*visit)(void *, const struct mute_entry *), void *arg)
{
	struct watched *w = ctx;

	visit(arg, &(struct mute_entry){
			   .kind = MUTE_EXE, .path = "/usr/libexec/tccd", .events = OPEN_CLOSE, .types = 39 });
	for (unsigned i = 0; i < w->fake.processes && !w->forgets; i++)
		visit(arg, &(struct mute_entry){ .kind = MUTE_PROCESS,
						 .pid = w->fake.muted[i].pid,
						 .version = w->fake.muted[i].version,
						 .types = 2 });
	return 0;
}

static struct mutes *
watched_ledger(struct watched *w)
{
	static const struct mute_ops ops = { .process = fake_process,
					     .path = fake_path,
					     .counts = fake_counts,
					     .local = fake_local,
					     .invert = watched_invert,
					     .entries = watched_entries };

	memset(w, 0, sizeof(*w));
	w->fake.limit = SLOTS;
	return mutes_create(&ops, w, OPEN_CLOSE);
}

static void
the_ledger_shows_the_systems_own_and_what_it_lost(void **state)
{
	struct watched w;
	struct mutes *m = watched_ledger(&w);
	struct ledger l = { 0 };

	(void)state;
	mute(m, pid(200, 1));
	mutes_list(m, &l, NOON + 60 * SECOND);
	assert_int_equal(l.count, 2);
	assert_int_equal(l.rows[0].state, MUTE_SYSTEM);
	assert_int_equal(l.rows[1].origin, MUTE_BY_SYSTEM);
	assert_int_not_equal(l.rows[1].state, MUTE_GONE);
	assert_false(l.rows[0].counted); /* this system does not count what it suppresses */
	assert_int_equal(l.rows[1].id, 0);
	assert_string_equal(l.rows[1].what, "/usr/libexec/tccd");
	w.forgets = true;
	w.fake.processes = 0;
	mutes_list(m, &l, NOON + 60 * SECOND);
	assert_int_equal(l.rows[0].state, MUTE_GONE);
	mutes_refresh(m);
	assert_int_equal(counts(m).own_processes, 1);
	assert_int_equal(counts(m).es_processes, 0);
	ledger_finish(&l);
	mutes_destroy(m);
}

static void
inverting_needs_something_listed_and_can_be_taken_back(void **state)
{
	struct watched w;
	struct mutes *m = watched_ledger(&w);

	(void)state;
	assert_int_equal(mutes_invert(m, MUTE_SIDE_PROCESS), -ENOENT);
	mute(m, pid(200, 1));
	assert_int_equal(mutes_invert(m, MUTE_SIDE_PATH), -ENOENT);
	assert_int_equal(mutes_invert(m, MUTE_SIDE_PROCESS), 0);
	assert_true(w.inverted[MUTE_SIDE_PROCESS]);
	assert_true(counts(m).inverted[MUTE_SIDE_PROCESS]);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_false(w.inverted[MUTE_SIDE_PROCESS]);
	assert_int_equal(mutes_redo(m, NOON), 0);
	assert_true(w.inverted[MUTE_SIDE_PROCESS]);
	mutes_restore(m); /* as when estop ends */
	assert_false(w.inverted[MUTE_SIDE_PROCESS]);
	mutes_destroy(m);
}

/* n executables, of which the system takes none; how often it was asked, and given the local rules. */
static void
add_many(unsigned n, bool held, unsigned *asked, unsigned *given)
{
	struct fake f;
	struct mutes *m = ledger(&f, 0);
	char path[64];

	f.path_error = -ENOSPC;
	if (held)
		mutes_hold(m);
	for (unsigned i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/bin/x%u", i);
		assert_int_equal(mute_path(m, MUTE_EXE, path), 0);
	}
	if (held)
		mutes_release(m);
	assert_int_equal(f.local, n);
	*asked = f.count_calls;
	*given = f.local_calls;
	mutes_destroy(m);
}

static void
many_rules_at_once_are_settled_once(void **state)
{
	unsigned asked, given;

	(void)state;
	add_many(50, false, &asked, &given);
	assert_int_equal(asked, 51);
	assert_int_equal(given, 50);
	add_many(50, true, &asked, &given);
	assert_int_equal(asked, 2);
	assert_int_equal(given, 1);
	add_many(20000, true, &asked, &given);
	assert_int_equal(asked, 2);
	assert_int_equal(given, 1);
}

static void
a_held_ledger_without_changes_asks_nothing(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 5);

	(void)state;
	assert_int_equal(f.count_calls, 1);
	mutes_hold(m);
	mutes_hold(m);
	mutes_release(m);
	mutes_release(m);
	assert_int_equal(f.count_calls, 1);
	mutes_hold(m);
	mutes_hold(m);
	assert_int_equal(mute(m, pid(7, 1)), 0);
	mutes_release(m);
	assert_int_equal(f.count_calls, 1);
	mutes_release(m);
	assert_int_equal(f.count_calls, 2);
	assert_int_equal(f.local_calls, 0);
	mutes_destroy(m);
}

/* Prefixes are found by their lengths: of many, at the edges, and none that is gone. */
static void
of_many_prefixes_each_is_found(void **state)
{
	static const struct mute_ops none = { 0 };
	struct mutes *m = mutes_create(&none, NULL, OPEN_CLOSE);
	const struct mute_rule *rule;
	char path[300];

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(path, sizeof(path), "/%0*u/", 1 + (int)(i % 200), i);
		assert_int_equal(mute_path(m, i % 2 ? MUTE_PREFIX : MUTE_TARGET_PREFIX, path), 0);
	}
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(path, sizeof(path), "/%0*u/x", 1 + (int)(i % 200), i);
		rule = i % 2 ? mutes_of_exe(m, path) : mutes_of_target(m, path, false);
		assert_non_null(rule);
		assert_int_equal(rule->id, i + 1);
		path[strlen(path) - 1] = '\0'; /* as long as the prefix */
		assert_ptr_equal(i % 2 ? mutes_of_exe(m, path) : mutes_of_target(m, path, true), rule);
		path[strlen(path) - 1] = '\0'; /* shorter: covered only as a directory */
		assert_null(i % 2 ? mutes_of_exe(m, path) : mutes_of_target(m, path, false));
		if (i % 2 == 0)
			assert_ptr_equal(mutes_of_target(m, path, true), rule);
	}
	assert_int_equal(mutes_changes(m), 2000);
	assert_int_equal(mutes_remove(m, 2), 1);
	assert_int_equal(mutes_changes(m), 2001);
	snprintf(path, sizeof(path), "/%0*u/x", 2, 1u);
	assert_null(mutes_of_exe(m, path));
	mutes_destroy(m);
}

static void
an_audition_of_a_subtree_unmutes_all_of_it(void **state)
{
	struct tree *t = tree_create();
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mutes_watch(m, t);
	tree_apply(t, seen_of(make_proc, "/usr/bin/make"));
	tree_apply(t, fork_of(make_proc, cc1));
	assert_int_equal(mute_subtree(m, make_proc), 0);
	assert_int_equal(f.processes, 2);
	assert_int_equal(mutes_audition(m, mutes_get(m, 0)->id, NOON, NOON + 5 * SECOND), 0);
	assert_int_equal(f.processes, 0);
	assert_int_equal(mutes_audition(m, mutes_get(m, 0)->id, NOON, NOON + 5 * SECOND), -EALREADY);
	assert_true(mutes_tick(m, NOON + 5 * SECOND));
	assert_int_equal(f.processes, 2);
	mutes_destroy(m);
	tree_destroy(t);
}

static bool cannot_invert;

static int
fake_invert(void *ctx, enum mute_side side, bool on)
{
	(void)ctx, (void)side, (void)on;
	return cannot_invert ? -EIO : 0;
}

static void
an_inversion_that_cannot_be_undone_stays(void **state)
{
	static const struct mute_ops ops = { .process = fake_process,
					     .path = fake_path,
					     .counts = fake_counts,
					     .local = fake_local,
					     .invert = fake_invert };
	struct fake f = { .limit = SLOTS };
	struct mutes *m = mutes_create(&ops, &f, OPEN_CLOSE);

	(void)state;
	cannot_invert = false;
	mute(m, pid(200, 1));
	assert_int_equal(mutes_invert(m, MUTE_SIDE_PROCESS), 0);
	cannot_invert = true;
	assert_int_equal(mutes_undo(m, NOON), -EIO);
	assert_true(mutes_inverted(m, MUTE_SIDE_PROCESS));
	assert_int_equal(counts(m).processes, 1); /* the mute before it was not reverted in its place */
	assert_int_equal(mutes_redo(m, NOON), -ENOENT);
	cannot_invert = false;
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_false(mutes_inverted(m, MUTE_SIDE_PROCESS));
	cannot_invert = true;
	assert_int_equal(mutes_redo(m, NOON), -EIO);
	cannot_invert = false;
	assert_int_equal(mutes_redo(m, NOON), 0);
	assert_true(mutes_inverted(m, MUTE_SIDE_PROCESS));
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(counts(m).processes, 0);
	cannot_invert = false;
	mutes_destroy(m);
}

static void
rules_are_carried_out_for_their_events_and_inverted_ones_let_lives_pass(void **state)
{
	struct watched w;
	struct mutes *m = watched_ledger(&w);

	(void)state;
	mute(m, pid(200, 1));
	assert_int_equal(w.fake.events, OPEN_CLOSE);
	assert_int_equal(mutes_invert(m, MUTE_SIDE_PROCESS), 0);
	assert_int_equal(w.fake.events, event_mask_vital()); /* in addition */
	mute(m, pid(201, 1));
	assert_int_equal(w.fake.events, OPEN_CLOSE | event_mask_vital());
	mutes_destroy(m);
}

static void
a_source_that_cannot_invert_says_so(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute(m, pid(200, 1));
	assert_int_equal(mutes_invert(m, MUTE_SIDE_PROCESS), -ENOTSUP);
	assert_false(mutes_inverted(m, MUTE_SIDE_PROCESS));
	assert_int_equal(mutes_audition(m, 4711, NOON, NOON + SECOND), -ENOENT);
	mutes_destroy(m);
}

static void
a_member_that_is_unmuted_alone_stays_in_its_subtree(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute_subtree(m, make_proc);
	mutes_follow(m, fork_of(make_proc, cc1));
	mute(m, cc1);
	assert_int_equal(mutes_remove(m, mutes_of_process(m, (struct proc_key){ 301, NOON + 1 })->id), 1);
	assert_true(is_muted(&f, 301, 1));
	/* An exec of somebody else, and any other event, change nothing. */
	mutes_follow(m, exec_of(pid(900, 1), pid(900, 2), "/bin/y"));
	mutes_follow(m, open_of(make_proc, "/a"));
	mutes_follow(m, exec_of(cc1, cc1, "/bin/y")); /* of the version that is known */
	assert_int_equal(f.processes, 2);
	assert_int_equal(counts(m).subtrees, 1);
	mutes_destroy(m);
}

static void
any_other_event_of_a_muted_process_ends_nothing(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute(m, pid(200, 1));
	mutes_follow(m, open_of(pid(200, 1), "/a"));
	assert_non_null(mutes_of_process(m, key(pid(200, 1))));
	mutes_destroy(m);
}

static void
nothing_is_muted_while_a_rule_is_auditioned(void **state)
{
	struct tree *t = tree_create();
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	uint32_t id;

	(void)state;
	mutes_watch(m, t);
	tree_apply(t, seen_of(make_proc, "/usr/bin/make"));
	mute_subtree(m, make_proc);
	id = mutes_get(m, 0)->id;
	assert_int_equal(mutes_audition(m, id, NOON, NOON + 5 * SECOND), 0);
	tree_apply(t, fork_of(make_proc, cc1));
	mutes_follow(m, fork_of(make_proc, cc1));
	assert_int_equal(f.processes, 0);
	assert_int_equal(mutes_set_events(m, id, EVENT_BIT(EV_OPEN)), 0);
	assert_int_equal(f.processes, 0);
	assert_int_equal(mutes_get(m, 0)->state, MUTE_AUDITION);
	mutes_tick(m, NOON + 6 * SECOND);
	assert_int_equal(f.processes, 2);
	assert_int_equal(f.events, EVENT_BIT(EV_OPEN));
	assert_int_equal(mutes_set_events(m, id, OPEN_CLOSE), 0);
	assert_int_equal(mutes_get(m, 0)->state, MUTE_SYSTEM);
	assert_int_equal(f.events, OPEN_CLOSE);
	mutes_destroy(m);
	tree_destroy(t);
}

static void
only_rules_for_targets_are_limited_to_events_with_one(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	const event_mask without = EVENT_ALL & ~event_mask_target();

	(void)state;
	assert_int_equal(mutes_add(m,
				   &(struct mute_request){ .kind = MUTE_EXE,
							   .origin = MUTE_BY_KEY,
							   .path = "/bin/x",
							   .events = EVENT_ALL },
				   NOON),
			 0);
	assert_int_equal(mutes_get(m, 0)->events, EVENT_ALL);
	assert_int_equal(mutes_set_events(m, mutes_get(m, 0)->id, without), 0);
	assert_int_equal(mutes_get(m, 0)->events, without);
	mute_path(m, MUTE_TARGET, "/a");
	assert_int_equal(mutes_set_events(m, mutes_get(m, 1)->id, without), -EINVAL);
	mutes_destroy(m);
}

static void
what_a_step_did_is_told_by_kind(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	struct mutes_step step;

	(void)state;
	mute_path(m, MUTE_EXE, "/bin/x");
	mute_path(m, MUTE_EXE, "/bin/y");
	assert_int_equal(mutes_set_events(m, mutes_get(m, 1)->id, EVENT_BIT(EV_OPEN)), 0);
	assert_int_equal(mutes_undo(m, NOON), 0);
	mutes_last_step(m, true, &step);
	assert_int_equal(step.events, 1);
	assert_int_equal(step.muted + step.unmuted + step.inverted, 0);
	assert_null(step.rule);
	assert_int_equal(mutes_undo(m, NOON), 0);
	mutes_last_step(m, true, &step);
	assert_int_equal(step.unmuted, 1);
	assert_int_equal(step.muted + step.events + step.inverted, 0);
	assert_string_equal(step.rule->path, "/bin/y");
	assert_int_equal(mutes_redo(m, NOON), 0);
	mutes_last_step(m, false, &step);
	assert_int_equal(step.muted, 1);
	assert_int_equal(step.unmuted, 0);
	mutes_destroy(m);
}

static void
a_step_that_has_nothing_to_revert_leaves_nothing_to_do_again(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	unsigned asked;

	(void)state;
	mute_path(m, MUTE_EXE, "/bin/x");
	mute(m, pid(200, 1));
	mutes_set_events(m, mutes_get(m, 1)->id, EVENT_BIT(EV_OPEN));
	mutes_follow(m, exit_of(pid(200, 1), 0)); /* the rule and its steps go with the process */
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_null(mutes_of_exe(m, "/bin/x"));
	assert_int_equal(mutes_redo(m, NOON), 0);
	assert_false(counts(m).can_redo);
	assert_int_equal(mutes_undo(m, NOON), 0);
	asked = f.count_calls;
	assert_int_equal(mutes_undo(m, NOON), -ENOENT);
	assert_int_equal(f.count_calls, asked); /* nothing was changed */
	mutes_destroy(m);
}

static void
what_is_rejected_is_tried_again_at_least_every_64_seconds(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 0);
	uint64_t now = NOON;
	unsigned before;

	(void)state;
	mute(m, pid(200, 1));
	for (int i = 0; i < 300; i++)
		mutes_tick(m, now += SECOND);
	before = f.calls;
	for (int i = 0; i < 64 * 20; i++)
		mutes_tick(m, now += SECOND);
	assert_in_range(f.calls - before, 19, 21);
	mutes_destroy(m);
}

static void
a_rule_for_the_very_file_says_more_than_one_for_its_directory(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mute_path(m, MUTE_TARGET_PREFIX, "/etc/");
	mute_path(m, MUTE_TARGET, "/etc/hosts");
	assert_int_equal(mutes_of_target(m, "/etc/hosts", false)->kind, MUTE_TARGET);
	assert_int_equal(mutes_of_target(m, "/etc/passwd", false)->kind, MUTE_TARGET_PREFIX);
	assert_int_equal(mutes_of_target(m, "/etc", true)->kind, MUTE_TARGET_PREFIX);
	assert_null(mutes_of_target(m, "/etc", false));
	mutes_destroy(m);
}

static void
a_process_the_system_mutes_without_us_is_listed(void **state)
{
	struct watched w;
	struct mutes *m = watched_ledger(&w);
	struct ledger l = { 0 };

	(void)state;
	mute(m, pid(200, 1));
	fake_process(&w, 900, 3, OPEN_CLOSE, true);
	mutes_list(m, &l, NOON + 60 * SECOND);
	assert_int_equal(l.count, 3);
	assert_int_equal(l.rows[0].state, MUTE_SYSTEM);
	assert_int_equal(l.rows[2].origin, MUTE_BY_SYSTEM);
	assert_int_equal(l.rows[2].process.pid, 900);
	ledger_finish(&l);
	mutes_destroy(m);
}

static void
rules_that_cover_a_process_are_found_however_many_there_are(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	const struct mute_rule *rules[4];

	(void)state;
	for (int32_t n = 1; n <= 64; n++) {
		mute(m, pid(1000 + n, 1));
		assert_int_equal(mutes_covering(m, key(pid(1000 + n, 1)), "/bin/x", rules, 4), 1);
		assert_ptr_equal(rules[0], mutes_of_process(m, key(pid(1000 + n, 1))));
	}
	mutes_destroy(m);
}

static void
a_mark_says_how_a_rule_is_in_force(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 1);

	(void)state;
	mute(m, pid(200, 1));
	mute(m, pid(201, 1));
	mute_path(m, MUTE_EXE, "/bin/x");
	assert_int_equal(mute_mark(NULL), ' ');
	assert_int_equal(mute_mark(mutes_get(m, 0)), 'P');
	assert_int_equal(mute_mark(mutes_get(m, 1)), 'L');
	assert_int_equal(mute_mark(mutes_get(m, 2)), 'X');
	assert_int_equal(mutes_audition(m, mutes_get(m, 0)->id, NOON, NOON + SECOND), 0);
	assert_int_equal(mute_mark(mutes_get(m, 0)), ' ');
	mutes_destroy(m);
}

static void
an_owner_is_covered_by_unit_or_by_user(void **state)
{
	static const struct {
		enum mute_kind kind;
		const char *text;
		uint32_t uid;
		struct mute_owner owner;
		bool covered;
	} cases[] = {
		{ MUTE_UNIT, "a.service", 0, { 1, "a.service", "/system.slice/a.service", "" }, true },
		{ MUTE_UNIT, "system.slice", 0, { 1, "a.service", "/system.slice/a.service", "" }, true },
		{ MUTE_UNIT, "a.service", 0, { 1, "a.service", "", "" }, true }, /* of a recording */
		{ MUTE_UNIT, "b.service", 0, { 1, "a.service", "/system.slice/a.service", "" }, false },
		{ MUTE_USER, "alice", 501, { 501, "", "", "" }, true },
		{ MUTE_USER, "alice", 501, { 502, "", "", "" }, false },
		{ MUTE_USER, "nobody", UID_UNKNOWN, { UID_UNKNOWN, "", "", "" }, false },
		{ MUTE_PROCESS, "a.service", 501, { 501, "a.service", "", "" }, false },
		{ MUTE_SUBTREE, "a.service", 501, { 501, "a.service", "", "" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(mute_covers_owner(cases[i].kind, cases[i].text, cases[i].uid,
						   &cases[i].owner),
				 cases[i].covered);
}

/* One rule of each kind: for each process those that cover it, in the order of the list. */
static void
a_process_is_covered_by_rules_of_its_own_kind_of_value(void **state)
{
	const struct event_proc child = { .pid = 301, .version = 1, .ppid = 300, .start_ns = NOON + 1 };
	const struct event_proc other = { .pid = 400, .version = 1, .uid = 7, .start_ns = NOON + 2 };
	struct tree *t = tree_create();
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);
	const struct mute_rule *rules[8] = { NULL };

	(void)state;
	mutes_watch(m, t);
	apply(t, m,
	      with(with(seen_of(make_proc, "/usr/bin/make"), FIELD_CGROUP, "/a.slice/m.service"),
		   FIELD_SIGNER, "TEAM/make"));
	apply(t, m, fork_of(make_proc, child));
	apply(t, m, with(seen_of(other, "/bin/other"), FIELD_SIGNER, "OTHER/x"));
	mute(m, make_proc);
	mute_subtree(m, make_proc);
	mute_path(m, MUTE_EXE, "/usr/bin/make");
	mute_path(m, MUTE_PREFIX, "/usr/");
	mute_path(m, MUTE_TARGET, "/usr/bin/make");
	mute_path(m, MUTE_TARGET_PREFIX, "/usr/");
	assert_int_equal(mute_owner(m, MUTE_SIGNER, "TEAM"), 0);
	assert_int_equal(mutes_covering(m, key(make_proc), "/usr/bin/make", rules, 8), 5);
	assert_int_equal(rules[0]->kind, MUTE_PROCESS);
	assert_int_equal(rules[1]->kind, MUTE_SUBTREE);
	assert_int_equal(rules[2]->kind, MUTE_EXE);
	assert_int_equal(rules[3]->kind, MUTE_PREFIX);
	assert_int_equal(rules[4]->kind, MUTE_SIGNER);
	assert_null(rules[5]);
	/* Its child is in the subtree and of that team. */
	assert_int_equal(mutes_covering(m, key(child), "/bin/child", rules, 8), 2);
	assert_int_equal(rules[0]->kind, MUTE_SUBTREE);
	assert_int_equal(rules[1]->kind, MUTE_SIGNER);
	assert_int_equal(mutes_covering(m, key(other), "/bin/other", rules, 8), 0);
	/* Another process of that pid, and one without an executable. */
	assert_int_equal(mutes_covering(m, key(begun(make_proc, 99)), "", rules, 8), 0);
	/* All are counted, and no more are given than there is room for. */
	rules[2] = rules[3] = NULL;
	assert_int_equal(mutes_covering(m, key(make_proc), "/usr/bin/make", rules, 2), 5);
	assert_null(rules[2]);

	/* A team is no subtree. */
	assert_int_equal(mutes_of_subtree(m, key(child))->kind, MUTE_SUBTREE);
	assert_int_equal(mutes_remove(m, mutes_of_subtree(m, key(child))->id), 1);
	assert_null(mutes_of_subtree(m, key(child)));
	assert_int_equal(mutes_by_id(m, mutes_get(m, 1)->id)->kind, MUTE_EXE);
	assert_null(mutes_by_id(m, 4711));
	mutes_destroy(m);
	tree_destroy(t);
}

/* What the system should report is what the rules in force come to, each kind on its own count. */
static void
rules_are_counted_where_the_system_lists_them(void **state)
{
	struct fake f = { .limit = SLOTS };
	struct mutes *m = mutes_create(&turning, &f, OPEN_CLOSE);

	(void)state;
	mutes_users(m, find_alice);
	mute(m, pid(200, 1));
	mute(m, pid(201, 1));
	mute_path(m, MUTE_EXE, "/bin/x");
	mute_path(m, MUTE_PREFIX, "/bin/");
	mute_path(m, MUTE_TARGET, "/etc/x");
	assert_int_equal(mute_owner(m, MUTE_UNIT, "a.service"), 0);
	assert_int_equal(mute_owner(m, MUTE_USER, "alice"), 0);
	assert_int_equal(counts(m).processes, 4);
	assert_int_equal(counts(m).paths, 3);
	assert_int_equal(counts(m).own_processes, 2);
	assert_int_equal(counts(m).own_paths, 3);
	assert_int_equal(counts(m).followed_units, 1);
	assert_int_equal(counts(m).followed_users, 1);
	assert_int_equal(counts(m).followed_subtrees, 0);
	assert_int_equal(counts(m).subtrees, 0);
	assert_false(counts(m).differs);
	/* The system lost one: that is seen, of either count. */
	f.processes--;
	mutes_refresh(m);
	assert_true(counts(m).differs);
	f.processes++;
	f.path_count--;
	mutes_refresh(m);
	assert_true(counts(m).differs);
	f.path_count++;
	/* A rule that is auditioned is not there meanwhile. */
	assert_int_equal(mutes_audition(m, mutes_get(m, 2)->id, NOON, NOON + SECOND), 0);
	assert_int_equal(mutes_audition(m, mutes_of_owner(m, &(struct mute_owner){ 501, "", "", "" })->id,
					NOON, NOON + SECOND),
			 0);
	assert_int_equal(counts(m).own_paths, 2);
	assert_int_equal(counts(m).followed_users, 0);
	assert_int_equal(counts(m).followed_units, 1);
	assert_false(counts(m).differs);
	mutes_destroy(m);
}

/* ---- a system that follows, lists and counts ---- */

struct counting {
	struct fake fake; /* first: it is the ctx of the others */
	uint64_t suppressed;
	int suppressed_error;
	unsigned asked, idle;
	bool lists_nothing;
	event_mask subtree_events;
};

static int
counting_subtree(void *ctx, int32_t n, uint32_t version, event_mask events, bool on)
{
	struct counting *c = ctx;

	(void)n, (void)version;
	c->subtree_events = on ? events : 0;
	return 0;
}

static int
counting_suppressed(void *ctx, const struct mute_rule *rule, uint64_t *count)
{
	struct counting *c = ctx;

	(void)rule;
	c->asked++;
	if (!c->suppressed_error)
		*count = c->suppressed;
	return c->suppressed_error;
}

/* What is muted, as the system lists it: and its own, of which idle suppress nothing estop knows. */
static int
counting_entries(void *ctx, void (*visit)(void *, const struct mute_entry *), void *arg)
{
	struct counting *c = ctx;

	for (unsigned i = 0; i < c->fake.path_count && !c->lists_nothing; i++)
		visit(arg, &(struct mute_entry){ .kind = (enum mute_kind)(c->fake.paths[i][0] - '0'),
						 .path = c->fake.paths[i] + 2,
						 .events = OPEN_CLOSE });
	for (unsigned i = 0; i < c->fake.processes && !c->lists_nothing; i++)
		visit(arg, &(struct mute_entry){ .kind = MUTE_PROCESS,
						 .pid = c->fake.muted[i].pid,
						 .version = c->fake.muted[i].version });
	for (unsigned i = 0; i < c->idle; i++)
		visit(arg, &(struct mute_entry){ .kind = MUTE_EXE, .path = "/usr/libexec/own", .types = 3 });
	return 0;
}

static const struct mute_ops counting_ops = { .process = fake_process,
					      .path = fake_path,
					      .owner = fake_owner,
					      .counts = fake_counts,
					      .local = fake_local,
					      .entries = counting_entries,
					      .suppressed = counting_suppressed };

/* The count of the first row of the list; 0 also says that it is not counted. */
static uint64_t
listed_count(struct mutes *m)
{
	struct ledger l = { 0 };
	uint64_t count;

	mutes_list(m, &l, NOON + 60 * SECOND);
	count = l.rows[0].counted ? l.rows[0].suppressed : 0;
	assert_true(l.rows[0].counted || l.rows[0].suppressed == 0);
	ledger_finish(&l);
	return count;
}

static void
what_a_rule_suppressed_is_kept_when_the_system_forgets_it(void **state)
{
	struct counting c = { .fake = { .limit = SLOTS }, .suppressed = 30 };
	struct mutes *m = mutes_create(&counting_ops, &c, OPEN_CLOSE);
	uint32_t id;

	(void)state;
	mute_path(m, MUTE_EXE, "/bin/x");
	id = mutes_get(m, 0)->id;
	assert_int_equal(listed_count(m), 30);
	/* Auditioned, it has no entry there; what that had counted stays the rule's. */
	assert_int_equal(mutes_audition(m, id, NOON, NOON + SECOND), 0);
	c.suppressed_error = -ENOENT;
	assert_int_equal(listed_count(m), 30);
	mutes_tick(m, NOON + 2 * SECOND);
	assert_int_equal(mutes_get(m, 0)->state, MUTE_SYSTEM);
	c.suppressed_error = 0;
	c.suppressed = 5;
	assert_int_equal(listed_count(m), 35);
	/* Where nothing was ever counted, nothing is said. */
	mutes_remove_all(m);
	c.suppressed_error = -ENOSYS;
	mute_path(m, MUTE_EXE, "/bin/y");
	assert_int_equal(listed_count(m), 0);
	/* A local rule is the client's own: the system is not asked. */
	mutes_remove_all(m);
	c.suppressed_error = 0;
	c.fake.path_error = -ENOSPC;
	mute_path(m, MUTE_EXE, "/bin/z");
	assert_int_equal(mutes_get(m, 0)->state, MUTE_LOCAL);
	c.asked = 0;
	assert_int_equal(listed_count(m), 0);
	assert_int_equal(c.asked, 0);
	mutes_destroy(m);
}

static void
a_local_rule_is_auditioned_without_the_system(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 0);

	(void)state;
	mute(m, pid(200, 1));
	assert_int_equal(mutes_get(m, 0)->state, MUTE_LOCAL);
	assert_int_equal(f.local, 1);
	f.calls = 0;
	assert_int_equal(mutes_audition(m, mutes_get(m, 0)->id, NOON, NOON + SECOND), 0);
	assert_int_equal(f.calls, 0);
	assert_int_equal(f.local, 0);
	mutes_destroy(m);
}

/* The client hears of rules of its own, and not of changes that touch none of them. */
static void
the_local_set_is_given_where_it_changes(void **state)
{
	struct fake f;
	struct mutes *m = ledger(&f, 1);

	(void)state;
	mute(m, pid(200, 1));
	assert_int_equal(f.local_calls, 0);
	assert_int_equal(mutes_remove_all(m), 1);
	assert_int_equal(mutes_undo(m, NOON), 0);
	assert_int_equal(mutes_redo(m, NOON), 0);
	assert_int_equal(f.local_calls, 0);
	mute(m, pid(200, 1));
	mute(m, pid(201, 1));
	assert_int_equal(f.local_calls, 1);
	assert_int_equal(f.local, 1);
	assert_int_equal(mutes_remove(m, mutes_get(m, 1)->id), 1);
	assert_int_equal(f.local_calls, 2);
	assert_int_equal(f.local, 0);
	assert_int_equal(mutes_remove(m, mutes_get(m, 0)->id), 1);
	assert_int_equal(f.local_calls, 2);
	mutes_destroy(m);
}

static void
a_list_has_each_rule_once_and_the_idle_of_the_system_in_one_line(void **state)
{
	struct counting c = { .fake = { .limit = SLOTS } };
	struct mutes *m = mutes_create(&counting_ops, &c, OPEN_CLOSE);
	struct ledger l = { 0 };

	(void)state;
	for (int32_t n = 0; n < 60; n++)
		mute(m, pid(1000 + n, 1));
	mute_path(m, MUTE_EXE, "/bin/x");
	mute_path(m, MUTE_PREFIX, "/bin/");
	mute_path(m, MUTE_TARGET, "/etc/x");
	mutes_list(m, &l, NOON + 60 * SECOND);
	assert_int_equal(l.count, 63);
	for (size_t i = 0; i < l.count; i++) {
		assert_int_equal(l.rows[i].id, mutes_get(m, i)->id);
		assert_int_equal(l.rows[i].kind, mutes_get(m, i)->kind);
		assert_int_equal(l.rows[i].state, MUTE_SYSTEM);
		assert_int_equal(l.rows[i].types, 2);
		assert_int_equal(l.rows[i].folded, 0);
	}
	c.idle = 7;
	mutes_list(m, &l, NOON + 60 * SECOND);
	assert_int_equal(l.count, 64);
	assert_int_equal(l.rows[63].folded, 7);
	assert_int_equal(l.rows[63].origin, MUTE_BY_SYSTEM);
	c.idle = 0;
	c.lists_nothing = true;
	mutes_list(m, &l, NOON + 60 * SECOND);
	assert_int_equal(l.count, 63);
	for (size_t i = 0; i < l.count; i++)
		assert_int_equal(l.rows[i].state, MUTE_GONE);
	ledger_finish(&l);
	mutes_destroy(m);
}

/* Member by member, what the system lists is the subtree's; followed by it, there are no members to list. */
static void
a_subtree_is_one_line_whoever_follows_it(void **state)
{
	struct mute_ops follows = counting_ops;
	struct counting c = { .fake = { .limit = SLOTS } };
	struct tree *t = tree_create();
	struct mutes *m = mutes_create(&counting_ops, &c, OPEN_CLOSE);
	struct ledger l = { 0 };

	(void)state;
	mutes_watch(m, t);
	apply(t, m, seen_of(make_proc, "/usr/bin/make"));
	for (int32_t n = 0; n < 20; n++)
		apply(t, m,
		      fork_of(make_proc,
			      (struct event_proc){ .pid = 400 + n, .version = 1, .start_ns = NOON }));
	assert_int_equal(mute_subtree(m, make_proc), 0);
	mutes_list(m, &l, NOON + 60 * SECOND);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.rows[0].members, 21);
	assert_int_equal(counts(m).own_processes, 21);
	assert_int_equal(counts(m).subtrees, 1);
	assert_int_equal(counts(m).followed_subtrees, 0);
	mutes_destroy(m);

	follows.subtree = counting_subtree;
	memset(&c, 0, sizeof(c));
	c.fake.limit = SLOTS;
	m = mutes_create(&follows, &c, OPEN_CLOSE);
	mutes_watch(m, t);
	assert_int_equal(mute_subtree(m, make_proc), 0);
	assert_true(c.subtree_events == OPEN_CLOSE);
	assert_int_equal(c.fake.processes, 0);
	mutes_list(m, &l, NOON + 60 * SECOND);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.rows[0].state, MUTE_SYSTEM); /* though no entry of it is listed */
	assert_int_equal(counts(m).followed_subtrees, 1);
	assert_int_equal(counts(m).own_processes, 0);
	assert_false(counts(m).differs);
	mutes_remove_all(m);
	assert_true(c.subtree_events == 0);
	ledger_finish(&l);
	mutes_destroy(m);
	tree_destroy(t);
}

static void
without_a_list_of_users_a_user_is_a_number(void **state)
{
	struct fake f = { .limit = SLOTS };
	struct mutes *m = mutes_create(&following, &f, OPEN_CLOSE);

	(void)state;
	assert_int_equal(mute_owner(m, MUTE_USER, "501"), 0);
	assert_int_equal(f.owner_uid, 501);
	assert_int_equal(mute_owner(m, MUTE_USER, "4294967294"), 0);
	assert_int_equal(mute_owner(m, MUTE_USER, "9"), 0);
	assert_int_equal(mute_owner(m, MUTE_USER, "0"), 0);
	assert_int_equal(mute_owner(m, MUTE_USER, "4294967295"), -ENOENT); /* no user is */
	assert_int_equal(mute_owner(m, MUTE_USER, "4294967296"), -ENOENT);
	assert_int_equal(mute_owner(m, MUTE_USER, "501x"), -ENOENT);
	assert_int_equal(mute_owner(m, MUTE_USER, "alice"), -ENOENT);
	assert_int_equal(mute_owner(m, MUTE_USER, ":"), -ENOENT);
	assert_int_equal(mute_owner(m, MUTE_USER, " 7"), -ENOENT);
	assert_int_equal(counts(m).processes, 4);
	mutes_destroy(m);
}

static void
an_error_is_said_as_what_it_is_of_the_kind(void **state)
{
	(void)state;
	assert_string_equal(mutes_error(MUTE_USER, -ENOENT), "there is no such user");
	assert_string_equal(mutes_error(MUTE_UNIT, -ENOENT), strerror(ENOENT));
	assert_non_null(strstr(mutes_error(MUTE_UNIT, -EOPNOTSUPP), "cgroup"));
	assert_non_null(strstr(mutes_error(MUTE_SIGNER, -EOPNOTSUPP), "no signers"));
	assert_string_equal(mutes_error(MUTE_USER, -EOPNOTSUPP), strerror(EOPNOTSUPP));
	assert_string_equal(mutes_error(MUTE_UNIT, -ENOSPC), strerror(ENOSPC));
	assert_string_equal(mutes_error(MUTE_SIGNER, -ENOSPC), strerror(ENOSPC));
}

static void
a_fork_elsewhere_is_in_no_subtree(void **state)
{
	const struct event_proc other = { .pid = 500, .version = 1, .start_ns = NOON };
	const struct event_proc its = { .pid = 501, .version = 1, .ppid = 500, .start_ns = NOON + 1 };
	struct tree *t = tree_create();
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	mutes_watch(m, t);
	apply(t, m, seen_of(make_proc, "/usr/bin/make"));
	apply(t, m, seen_of(other, "/bin/sh"));
	assert_int_equal(mute_subtree(m, make_proc), 0);
	apply(t, m, fork_of(other, its));
	assert_false(is_muted(&f, 501, 1));
	assert_null(mutes_of_subtree(m, key(its)));
	apply(t, m, fork_of(make_proc, cc1));
	assert_true(is_muted(&f, 301, 1));
	assert_int_equal(f.processes, 2);
	mutes_destroy(m);
	tree_destroy(t);
}

/* Arrivals are looked at while a rule is auditioned, or while what it did not stop may still be under way. */
static void
arrivals_count_while_they_say_something(void **state)
{
	const uint64_t later = NOON + 3600 * SECOND;
	struct fake f;
	struct mutes *m = ledger(&f, SLOTS);

	(void)state;
	assert_false(mutes_counts_arrivals(m));
	mute_path(m, MUTE_EXE, "/bin/x");
	mute_path(m, MUTE_EXE, "/bin/y");
	assert_true(mutes_counts_arrivals(m));
	mutes_count_arrival(m, at(seen_of(pid(200, 1), "/bin/x"), later), "/bin/x"); /* no event of its own */
	assert_true(mutes_counts_arrivals(m));
	mutes_count_arrival(m, at(open_of(pid(200, 1), "/a"), later), "/bin/x");
	assert_false(mutes_counts_arrivals(m));
	assert_int_equal(mutes_audition(m, mutes_get(m, 0)->id, later, later + SECOND), 0);
	assert_int_equal(mutes_audition(m, mutes_get(m, 1)->id, later, later + SECOND), 0);
	assert_true(mutes_counts_arrivals(m));
	/* One is removed meanwhile, the other one ends. */
	assert_int_equal(mutes_remove(m, mutes_get(m, 1)->id), 1);
	assert_true(mutes_counts_arrivals(m));
	assert_true(mutes_tick(m, later + 2 * SECOND));
	mutes_count_arrival(m, at(open_of(pid(200, 1), "/a"), 2 * later), "/bin/x");
	assert_false(mutes_counts_arrivals(m));
	mutes_destroy(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_carried_out_and_kept_with_its_story),
		cmocka_unit_test(the_same_rule_twice_is_refused),
		cmocka_unit_test(a_process_that_is_gone_is_not_muted),
		cmocka_unit_test(a_removed_rule_is_taken_back_at_the_system),
		cmocka_unit_test(target_rules_are_for_events_that_have_a_target),
		cmocka_unit_test(executables_are_covered_by_their_path_and_by_prefixes),
		cmocka_unit_test(beyond_the_limit_of_255_rules_are_local_and_move_up),
		cmocka_unit_test(a_refused_path_is_local_until_the_system_takes_it),
		cmocka_unit_test(a_local_process_that_vanished_does_not_stop_the_others),
		cmocka_unit_test(a_source_without_mutes_leaves_all_to_the_client),
		cmocka_unit_test(what_the_system_says_is_never_guessed),
		cmocka_unit_test(a_rule_follows_its_process_through_an_exec),
		cmocka_unit_test(an_exec_at_the_limit_keeps_its_slot),
		cmocka_unit_test(a_local_rule_follows_an_exec_as_well),
		cmocka_unit_test(an_exit_ends_the_rule_for_good),
		cmocka_unit_test(a_removed_rule_of_an_exited_process_cannot_be_brought_back),
		cmocka_unit_test(start_times_may_be_unknown),
		cmocka_unit_test(undo_takes_back_step_by_step),
		cmocka_unit_test(what_is_added_together_is_undone_together),
		cmocka_unit_test(unmuting_all_is_one_step),
		cmocka_unit_test(undo_knows_of_an_exec_in_between),
		cmocka_unit_test(undo_goes_back_a_thousand_steps),
		cmocka_unit_test(a_rule_set_anew_by_hand_is_no_obstacle_to_undo),
		cmocka_unit_test(a_subtree_rule_mutes_what_is_there_and_what_comes),
		cmocka_unit_test(a_subtree_rule_outlives_its_root_and_ends_with_its_last_member),
		cmocka_unit_test(a_subtree_leaves_other_rules_on_its_members_alone),
		cmocka_unit_test(members_beyond_the_limit_are_local),
		cmocka_unit_test(what_is_refused_is_tried_less_and_less_often),
		cmocka_unit_test(other_events_for_a_rule_can_be_taken_back),
		cmocka_unit_test(what_was_taken_back_can_be_done_again_until_something_new),
		cmocka_unit_test(an_audition_unmutes_measures_and_mutes_again),
		cmocka_unit_test(what_was_queued_before_a_mute_is_draining),
		cmocka_unit_test(the_ledger_shows_the_systems_own_and_what_it_lost),
		cmocka_unit_test(inverting_needs_something_listed_and_can_be_taken_back),
		cmocka_unit_test(where_the_system_follows_no_signer_each_process_is_muted_as_it_appears),
		cmocka_unit_test(a_signer_is_a_team_or_one_of_its_programs),
		cmocka_unit_test(where_the_system_follows_a_unit_it_is_not_muted_process_by_process),
		cmocka_unit_test(a_rejected_unit_is_followed_by_the_ledger_until_there_is_room),
		cmocka_unit_test(only_one_unit_passes_until_that_is_taken_back),
		cmocka_unit_test(what_cannot_pass_alone_changes_nothing),
		cmocka_unit_test(many_rules_at_once_are_settled_once),
		cmocka_unit_test(a_held_ledger_without_changes_asks_nothing),
		cmocka_unit_test(of_many_prefixes_each_is_found),
		cmocka_unit_test(an_audition_of_a_subtree_unmutes_all_of_it),
		cmocka_unit_test(an_inversion_that_cannot_be_undone_stays),
		cmocka_unit_test(rules_are_carried_out_for_their_events_and_inverted_ones_let_lives_pass),
		cmocka_unit_test(a_source_that_cannot_invert_says_so),
		cmocka_unit_test(a_member_that_is_unmuted_alone_stays_in_its_subtree),
		cmocka_unit_test(any_other_event_of_a_muted_process_ends_nothing),
		cmocka_unit_test(nothing_is_muted_while_a_rule_is_auditioned),
		cmocka_unit_test(only_rules_for_targets_are_limited_to_events_with_one),
		cmocka_unit_test(what_a_step_did_is_told_by_kind),
		cmocka_unit_test(a_step_that_has_nothing_to_revert_leaves_nothing_to_do_again),
		cmocka_unit_test(what_is_rejected_is_tried_again_at_least_every_64_seconds),
		cmocka_unit_test(a_rule_for_the_very_file_says_more_than_one_for_its_directory),
		cmocka_unit_test(a_process_the_system_mutes_without_us_is_listed),
		cmocka_unit_test(rules_that_cover_a_process_are_found_however_many_there_are),
		cmocka_unit_test(a_mark_says_how_a_rule_is_in_force),
		cmocka_unit_test(an_owner_is_covered_by_unit_or_by_user),
		cmocka_unit_test(a_process_is_covered_by_rules_of_its_own_kind_of_value),
		cmocka_unit_test(rules_are_counted_where_the_system_lists_them),
		cmocka_unit_test(what_a_rule_suppressed_is_kept_when_the_system_forgets_it),
		cmocka_unit_test(a_local_rule_is_auditioned_without_the_system),
		cmocka_unit_test(the_local_set_is_given_where_it_changes),
		cmocka_unit_test(a_list_has_each_rule_once_and_the_idle_of_the_system_in_one_line),
		cmocka_unit_test(a_subtree_is_one_line_whoever_follows_it),
		cmocka_unit_test(without_a_list_of_users_a_user_is_a_number),
		cmocka_unit_test(an_error_is_said_as_what_it_is_of_the_kind),
		cmocka_unit_test(a_fork_elsewhere_is_in_no_subtree),
		cmocka_unit_test(arrivals_count_while_they_say_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
