/* snapshot: which rows, in which order, with which guides. */
#include "tests/lib/build.h"

#include "model/group.h"
#include "model/snapshot.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static const char *
user_name(uint32_t uid)
{
	return uid == 0 ? "root" : uid == 1000 ? "alice" : "bob";
}

static int
by_total(const struct row *a, const struct row *b)
{
	return (a->total_all < b->total_all) - (a->total_all > b->total_all);
}

static int
by_name(const struct row *a, const struct row *b)
{
	return strcmp(a->name, b->name);
}

/*
 *  1 init
 *  ├─ 10 login
 *  │  └─ 20 sh          alice
 *  │     ├─ 30 make     alice, 3 opens
 *  │     │  └─ 40 cc    alice, 5 opens
 *  │     └─ 31 vi       alice, 1 open
 *  └─ 11 cron
 *  2 [kthreadd]
 *  └─ 3 [worker]
 */
static struct tree *
machine(void)
{
	static const struct {
		int32_t pid, ppid;
		uint32_t uid;
		unsigned opens;
		const char *exe, *args;
	} processes[] = {
		{ 1, 0, 0, 0, "/sbin/init", "init" },
		{ 10, 1, 0, 0, "/bin/login", NULL },
		{ 20, 10, 1000, 0, "/bin/sh", "sh -l" },
		{ 30, 20, 1000, 3, "/usr/bin/make", "make all" },
		{ 40, 30, 1000, 5, "/usr/lib/cc", "cc -c a.c" },
		{ 31, 20, 1000, 1, "/usr/bin/vi", "vi Makefile" },
		{ 11, 1, 0, 0, "/usr/sbin/cron", NULL },
		{ 2, 0, 0, 0, "[kthreadd]", NULL },
		{ 3, 2, 0, 0, "[worker]", NULL },
	};
	struct tree *t = tree_create();

	for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++) {
		struct event_proc who =
			as_user(below(pid(processes[i].pid, 1), processes[i].ppid), processes[i].uid);
		struct event *e = seen_of(who, processes[i].exe);

		if (processes[i].exe[0] == '[')
			e->flags |= EVENT_KERNEL;
		if (processes[i].args)
			with_args(e, processes[i].args);
		tree_apply(t, e);
		for (unsigned n = 0; n < processes[i].opens; n++)
			tree_apply(t, open_of(who, "/a"));
	}
	return t;
}

static struct event_proc
user_below(int32_t n, uint32_t version, int32_t ppid)
{
	return as_user(below(pid(n, version), ppid), 1000);
}

static struct snapshot_spec
tree_spec(void)
{
	return (struct snapshot_spec){ .by = BY_TREE, .exited_secs = 5, .user_name = user_name };
}

/*
 * The tree as a person would draw it: one row per line, "name" behind its
 * lines; (context), [folded], x for exited, ×N for a group.
 */
static void
assert_picture(const struct snapshot *s, const char *want)
{
	char have[2048] = "";
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct row *r = &s->rows[i];

		for (unsigned d = 1; d < r->depth; d++)
			n += (size_t)sprintf(have + n, "%s", r->guides >> d & 1 ? "| " : "  ");
		if (r->depth)
			n += (size_t)sprintf(have + n, "%s", r->flags & ROW_LAST ? "`-" : "|-");
		n += (size_t)sprintf(have + n, r->flags & ROW_CONTEXT ? "(%s)" : "%s", r->name);
		if (r->flags & ROW_GROUP)
			n += (size_t)sprintf(have + n, " x%u", r->group_count);
		else if (r->flags & ROW_EXITED)
			n += (size_t)sprintf(have + n, " x");
		n += (size_t)sprintf(have + n, r->flags & ROW_FOLDED ? " +\n" : "\n");
	}
	assert_string_equal(have, want);
}

static void
assert_shows(const struct tree *t, const struct snapshot_spec *spec, const char *want)
{
	struct snapshot s = { 0 };

	snapshot_take(&s, t, NULL, spec, NOON);
	assert_picture(&s, want);
	snapshot_finish(&s);
}

static struct filter *
filter(const char *text)
{
	char why[128];
	struct filter *f = filter_compile(text, why, sizeof(why));

	assert_non_null(f);
	return f;
}

static const struct row *
row_of(const struct snapshot *s, int32_t n)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->rows[i].key.pid == n)
			return &s->rows[i];
	fail_msg("no row of pid %d", n);
	return NULL;
}

/* ---- tree ---- */

static void
a_tree_is_drawn_with_its_lines(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();

	(void)state;
	assert_shows(t, &spec,
		     "init\n"
		     "|-login\n"
		     "| `-sh\n"
		     "|   |-make\n"
		     "|   | `-cc\n"
		     "|   `-vi\n"
		     "`-cron\n");
	tree_destroy(t);
}

static void
siblings_are_sorted_and_keep_their_children(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();

	(void)state;
	spec.compare = by_name;
	assert_shows(t, &spec,
		     "init\n"
		     "|-cron\n"
		     "`-login\n"
		     "  `-sh\n"
		     "    |-make\n"
		     "    | `-cc\n"
		     "    `-vi\n");
	spec.reverse = true;
	assert_shows(t, &spec,
		     "init\n"
		     "|-login\n"
		     "| `-sh\n"
		     "|   |-vi\n"
		     "|   `-make\n"
		     "|     `-cc\n"
		     "`-cron\n");
	tree_destroy(t);
}

static void
kernel_threads_are_shown_when_asked_for(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 7);
	assert_int_equal(s.processes, 7);
	spec.kernel_threads = true;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 9);
	assert_int_equal(s.processes, 9);
	assert_true(row_of(&s, 3)->flags & ROW_KERNEL);
	assert_int_equal(row_of(&s, 3)->depth, 1);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
a_folded_process_hides_what_is_below_it(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct proc_key sh = { 20, pid(20, 1).start_ns };
	struct snapshot s = { 0 };

	(void)state;
	tree_fold(t, sh, true);
	assert_shows(t, &spec, "init\n|-login\n| `-sh +\n`-cron\n");
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.matched, 7);
	assert_true(row_of(&s, 20)->flags & ROW_PARENT);
	assert_true(row_of(&s, 20)->flags & ROW_SUM);
	assert_int_equal(row_of(&s, 20)->total_all, 9); /* of make, cc and vi */
	assert_int_equal(row_of(&s, 10)->total_all, 0);
	snapshot_finish(&s);
	tree_fold_all(t, true);
	assert_shows(t, &spec, "init\n|-login +\n`-cron\n");
	tree_fold_all(t, false);
	tree_fold(t, (struct proc_key){ 11, pid(11, 1).start_ns }, true); /* has no children */
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 7);
	assert_false(row_of(&s, 11)->flags & (ROW_FOLDED | ROW_PARENT));
	snapshot_finish(&s);
	tree_destroy(t);
}

static int
by_opens(const struct row *a, const struct row *b)
{
	return (a->total[EV_OPEN] > b->total[EV_OPEN]) - (a->total[EV_OPEN] < b->total[EV_OPEN]);
}

static void
rows_stand_in_the_order_of_the_figures_they_show(void **state)
{
	struct tree *t = tree_create();
	struct snapshot_spec spec = tree_spec();

	(void)state;
	tree_apply(t, seen_of(below(pid(1, 1), 0), "/init"));
	tree_apply(t, seen_of(below(pid(10, 1), 1), "/some"));
	tree_apply(t, seen_of(below(pid(20, 1), 1), "/idle"));
	tree_apply(t, seen_of(below(pid(21, 1), 20), "/busy"));
	tree_apply(t, open_of(below(pid(10, 1), 1), "/a"));
	for (int i = 0; i < 3; i++)
		tree_apply(t, open_of(below(pid(21, 1), 20), "/a"));
	spec.compare = by_opens;
	spec.reverse = true;
	assert_shows(t, &spec, "init\n|-some\n`-idle\n  `-busy\n");
	spec.subtree_totals = true;
	assert_shows(t, &spec, "init\n|-idle\n| `-busy\n`-some\n");
	/* A folded row shows the sum, and stands by it, either way. */
	tree_fold(t, (struct proc_key){ 20, pid(20, 1).start_ns }, true);
	assert_shows(t, &spec, "init\n|-idle +\n`-some\n");
	spec.subtree_totals = false;
	assert_shows(t, &spec, "init\n|-idle +\n`-some\n");
	tree_destroy(t);
}

/* Else a filter for busy processes would find their parents. */
static void
a_filter_is_about_a_process_not_about_its_subtree(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	char why[100];
	struct filter *f = filter_compile("opens>4", why, sizeof(why));

	(void)state;
	spec.subtree_totals = true;
	spec.filter = f;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.matched, 1);
	assert_true(row_of(&s, 30)->flags & ROW_CONTEXT);
	assert_false(row_of(&s, 40)->flags & ROW_CONTEXT);
	assert_int_equal(row_of(&s, 30)->total[EV_OPEN], 8);
	snapshot_finish(&s);
	filter_free(f);
	tree_destroy(t);
}

static void
what_is_hidden_counts_once_in_the_sums(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	spec.subtree_totals = true;
	tree_apply(t, exit_of(user_below(40, 1, 30), 0));
	spec.exited_secs = 0;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(snapshot_find(&s, (struct proc_key){ 40, pid(40, 1).start_ns }, 0), -1);
	assert_int_equal(row_of(&s, 30)->total[EV_OPEN], 8);
	for (size_t i = 0; i < s.count; i++)
		assert_false(s.rows[i].flags & ROW_REST);
	/* Without sums it has to be said somewhere. */
	spec.subtree_totals = false;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.rows[s.count - 1].total[EV_OPEN], 5);
	assert_true(s.rows[s.count - 1].flags & ROW_REST);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
one_process_with_all_below_it_can_be_shown_alone(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();

	(void)state;
	spec.root_pid = 30;
	assert_shows(t, &spec, "make\n`-cc\n");
	spec.by = BY_FLAT;
	assert_shows(t, &spec, "make\ncc\n");
	spec.root_pid = 999;
	assert_shows(t, &spec, "");
	tree_destroy(t);
}

static void
a_very_deep_tree_keeps_its_order(void **state)
{
	enum { DEEP = 70000 };
	struct tree *t = tree_create();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	for (int32_t n = 1; n < DEEP; n++)
		tree_apply(t, fork_of(pid(n, 1), pid(n + 1, 1)));
	spec.subtree_totals = true;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, DEEP);
	assert_int_equal(s.rows[1000].key.pid, 1001);
	assert_int_equal(s.rows[1000].depth, 1000);
	assert_int_equal(s.rows[DEEP - 1].depth, UINT16_MAX);
	assert_int_equal(s.rows[0].total[EV_FORK], DEEP - 1);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
an_empty_tree_is_an_empty_snapshot(void **state)
{
	struct tree *t = tree_create();
	struct snapshot_spec spec = tree_spec();

	(void)state;
	assert_shows(t, &spec, "");
	spec.by = BY_FLAT;
	assert_shows(t, &spec, "");
	tree_destroy(t);
}

/* ---- flat ---- */

static void
flat_rows_are_sorted_with_ties_by_pid(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();

	(void)state;
	spec.by = BY_FLAT;
	assert_shows(t, &spec, "init\nlogin\ncron\nsh\nmake\nvi\ncc\n");
	spec.reverse = true;
	assert_shows(t, &spec, "cc\nvi\nmake\nsh\ncron\nlogin\ninit\n");
	spec.compare = by_total;
	spec.reverse = false;
	assert_shows(t, &spec, "cc\nmake\nvi\ninit\nlogin\ncron\nsh\n");
	spec.reverse = true;
	assert_shows(t, &spec, "init\nlogin\ncron\nsh\nvi\nmake\ncc\n");
	tree_destroy(t);
}

static void
a_large_flat_snapshot_is_in_order_and_found_by_key(void **state)
{
	enum { N = 5000 };
	struct tree *t = tree_create();
	struct snapshot_spec spec = { .compare = by_total, .user_name = user_name };
	struct snapshot s = { 0 };
	uint32_t x = 1;

	(void)state;
	for (unsigned i = 0; i < 4 * N; i++) {
		x = x * 1664525 + 1013904223;
		tree_apply(t, open_of(pid((int32_t)(x >> 8) % N + 2, 1), "/a"));
	}
	for (unsigned round = 0; round < 3; round++) {
		snapshot_take(&s, t, NULL, &spec, NOON);
		assert_int_equal(s.count, tree_size(t));
		for (size_t i = 1; i < s.count; i++) {
			int c = by_total(&s.rows[i - 1], &s.rows[i]);

			assert_true(c < 0 || (c == 0 && s.rows[i - 1].key.pid < s.rows[i].key.pid));
		}
		for (size_t i = 0; i < s.count; i++) {
			assert_int_equal(snapshot_find(&s, s.rows[i].key, 0), i);
			assert_int_equal(snapshot_find(&s, s.rows[i].key, i), i);
		}
		assert_int_equal(snapshot_find(&s, (struct proc_key){ 1, 1 }, 99999), -1);
		spec.reverse = false;
		tree_apply(t, open_of(pid(N + 10 + (int32_t)round, 1), "/a"));
	}
	snapshot_finish(&s);
	assert_int_equal(snapshot_find(&s, (struct proc_key){ 1, 1 }, 0), -1);
	tree_destroy(t);
}

/* ---- what is in a row ---- */

static void
a_row_says_who_and_what(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	const struct row *make, *cron;

	(void)state;
	tree_tick(t, NOON, SECOND);
	tree_apply(t, close_of(user_below(30, 1, 20), "/a"));
	tree_tick(t, NOON + SECOND / 2, SECOND);
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND / 2);
	make = row_of(&s, 30);
	assert_string_equal(make->name, "make");
	assert_string_equal(make->exe, "/usr/bin/make");
	assert_string_equal(make->command, "make all");
	assert_string_equal(make->user, "alice");
	assert_int_equal(make->ppid, 20);
	assert_int_equal(make->uid, 1000);
	assert_int_equal(make->total[EV_OPEN], 3);
	assert_int_equal(make->total[EV_CLOSE], 1);
	assert_int_equal(make->total_all, 4);
	assert_true(make->rate[EV_CLOSE] == 2);
	assert_true(make->rate_all == 2);
	assert_int_equal(make->mute, ' ');
	cron = row_of(&s, 11);
	assert_string_equal(cron->command, "/usr/sbin/cron");
	assert_int_equal(s.total[EV_OPEN], 9);
	assert_true(s.rate[EV_CLOSE] == 2 && s.rate_all == 2);
	assert_int_equal(s.time_ns, NOON + SECOND / 2);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
a_process_of_which_nothing_is_known_has_a_row(void **state)
{
	struct tree *t = tree_create();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	tree_apply(t, open_of(pid(7, 1), "/a"));
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_string_equal(s.rows[0].name, "?");
	assert_string_equal(s.rows[0].exe, "");
	assert_string_equal(s.rows[0].command, "?");
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
subtree_totals_add_what_is_below(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	spec.subtree_totals = true;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(row_of(&s, 1)->total[EV_OPEN], 9);
	assert_int_equal(row_of(&s, 20)->total[EV_OPEN], 9);
	assert_int_equal(row_of(&s, 30)->total[EV_OPEN], 8);
	assert_int_equal(row_of(&s, 31)->total_all, 1);
	/* Neither an exit nor the reaping makes them less. */
	tree_apply(t, exit_of(user_below(40, 1, 30), 0));
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(row_of(&s, 30)->total_all, 9);
	tree_tick(t, NOON + 9 * SECOND, 5 * SECOND);
	snapshot_take(&s, t, NULL, &spec, NOON + 9 * SECOND);
	assert_int_equal(s.count, 6); /* what is not listed any more is in the sums of those above it */
	assert_int_equal(row_of(&s, 30)->total_all, 9);
	assert_int_equal(row_of(&s, 1)->total[EV_OPEN], 9);
	/* Flat rows can have them as well. */
	spec.by = BY_FLAT;
	snapshot_take(&s, t, NULL, &spec, NOON + 9 * SECOND);
	assert_int_equal(row_of(&s, 30)->total_all, 9);
	snapshot_finish(&s);
	tree_destroy(t);
}

/* Of a type that is not core; 0 where the row has none. */
static uint64_t
more_of(const struct row *r, enum event_id id)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < r->more_count; i++) {
		assert_true(i == 0 || r->more[i - 1].id < r->more[i].id);
		assert_true(r->more[i].id >= EV_CORE);
		if (r->more[i].id == id)
			total = r->more[i].total;
	}
	return total;
}

static void
rows_list_the_other_types_that_occurred(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	tree_tick(t, NOON, SECOND);
	for (unsigned i = 0; i < 3; i++)
		tree_apply(t, event_of(EV_RENAME, user_below(40, 1, 30)));
	tree_apply(t, event_of(EV_CHDIR, user_below(40, 1, 30)));
	tree_apply(t, event_of(EV_RENAME, user_below(30, 1, 20)));
	tree_apply(t, event_of(EV_SETMODE, user_below(30, 1, 20)));
	tree_tick(t, NOON + SECOND, SECOND);
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal(row_of(&s, 40)->more_count, 2);
	assert_int_equal(more_of(row_of(&s, 40), EV_RENAME), 3);
	assert_true(row_of(&s, 40)->more[0].rate == 3);
	assert_int_equal(row_of(&s, 1)->more_count, 0);
	assert_int_equal(s.total[EV_RENAME], 4);
	assert_true(s.rate[EV_CHDIR] == 1);

	spec.subtree_totals = true;
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal(row_of(&s, 1)->more_count, 3);
	assert_int_equal(more_of(row_of(&s, 1), EV_RENAME), 4);
	assert_int_equal(more_of(row_of(&s, 30), EV_RENAME), 4);
	assert_int_equal(more_of(row_of(&s, 30), EV_SETMODE), 1);
	assert_int_equal(more_of(row_of(&s, 40), EV_SETMODE), 0);
	assert_true(row_of(&s, 30)->more[0].rate == 4);

	/* Neither an exit nor the reaping makes them less. */
	tree_apply(t, exit_of(user_below(40, 1, 30), 0));
	tree_tick(t, NOON + 9 * SECOND, 5 * SECOND);
	snapshot_take(&s, t, NULL, &spec, NOON + 9 * SECOND);
	assert_int_equal(more_of(row_of(&s, 1), EV_RENAME), 4);
	assert_int_equal(more_of(row_of(&s, 30), EV_CHDIR), 1);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
exited_children_in_one_row_add_their_other_types(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	for (int32_t n = 0; n < 12; n++) {
		struct event_proc child = user_below(500 + n, 1, 30);

		tree_apply(t, with(fork_of(user_below(30, 1, 20), child), FIELD_TARGET, "/usr/lib/as"));
		tree_apply(t, event_of(EV_UNLINK, child));
		tree_apply(t, exit_of(child, 0));
	}
	spec.root_pid = 30;
	snapshot_take(&s, t, NULL, &spec, NOON);
	for (size_t i = 0; i < s.count; i++)
		if (s.rows[i].flags & ROW_GROUP) {
			assert_int_equal(s.rows[i].group_count, 12);
			assert_int_equal(more_of(&s.rows[i], EV_UNLINK), 12);
			assert_int_equal(s.rows[i].total_all, 24);
		}
	tree_tick(t, NOON + 3 * SECOND, 5 * SECOND);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
rows_whose_events_may_be_missing_say_so(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	tree_tick(t, NOON, SECOND);
	tree_lost(t, NOON + SECOND);
	tree_apply(t, fork_of(pid(1, 1), begun(pid(99, 1), 2 * SECOND)));
	snapshot_take(&s, t, NULL, &spec, NOON + 3 * SECOND);
	assert_true(row_of(&s, 30)->flags & ROW_LOSSY);
	assert_false(row_of(&s, 99)->flags & ROW_LOSSY);
	tree_clear(t);
	snapshot_take(&s, t, NULL, &spec, NOON + 3 * SECOND);
	assert_false(row_of(&s, 30)->flags & ROW_LOSSY);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
a_snapshot_outlives_its_tree(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	snapshot_take(&s, t, NULL, &spec, NOON);
	tree_destroy(t);
	assert_string_equal(row_of(&s, 30)->command, "make all");
	assert_string_equal(row_of(&s, 40)->exe, "/usr/lib/cc");
	assert_picture(&s, "init\n|-login\n| `-sh\n|   |-make\n|   | `-cc\n|   `-vi\n`-cron\n");
	assert_int_equal(snapshot_find(&s, row_of(&s, 40)->key, 0), 4);
	snapshot_finish(&s);
}

static void
a_paused_snapshot_does_not_change_with_the_tree(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot paused = { 0 }, next = { 0 };

	(void)state;
	snapshot_take(&paused, t, NULL, &spec, NOON);
	tree_apply(t, exec_of(user_below(30, 1, 20), user_below(30, 2, 20), "/usr/bin/ninja"));
	tree_apply(t, exit_of(user_below(40, 1, 30), 0));
	tree_tick(t, NOON + 60 * SECOND, 0);
	snapshot_take(&next, t, NULL, &spec, NOON);
	assert_string_equal(row_of(&paused, 30)->name, "make");
	assert_string_equal(row_of(&paused, 40)->command, "cc -c a.c");
	assert_string_equal(row_of(&next, 30)->name, "ninja");
	snapshot_finish(&paused);
	snapshot_finish(&next);
	tree_destroy(t);
}

/* ---- filters ---- */

static void
a_filter_keeps_the_ancestors_of_a_match(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct filter *f = filter("cc");
	struct snapshot s = { 0 };

	(void)state;
	spec.filter = f;
	assert_shows(t, &spec, "(init)\n`-(login)\n  `-(sh)\n    `-(make)\n      `-cc\n");
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.matched, 1);
	snapshot_finish(&s);
	spec.by = BY_FLAT;
	assert_shows(t, &spec, "cc\n");
	filter_free(f);
	tree_destroy(t);
}

static void
a_filter_on_a_middle_row_hides_what_is_below(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct filter *f = filter("make");

	(void)state;
	spec.filter = f;
	/* vi has "Makefile" among its arguments, and small letters ask for either case. */
	assert_shows(t, &spec, "(init)\n`-(login)\n  `-(sh)\n    |-make\n    `-vi\n");
	filter_free(f);
	tree_destroy(t);
}

static void
nothing_matches_is_an_empty_snapshot(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct filter *f = filter("no such thing");

	(void)state;
	spec.filter = f;
	assert_shows(t, &spec, "");
	filter_free(f);
	tree_destroy(t);
}

static void
scope_and_filter_must_both_match(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct filter *scope = filter("/usr/bin"), *f = filter("user:alice !vi");

	(void)state;
	spec.scope = scope;
	assert_shows(t, &spec, "(init)\n`-(login)\n  `-(sh)\n    |-make\n    `-vi\n");
	spec.filter = f;
	assert_shows(t, &spec, "(init)\n`-(login)\n  `-(sh)\n    `-make\n");
	spec.by = BY_FLAT;
	assert_shows(t, &spec, "make\n");
	filter_free(scope);
	filter_free(f);
	tree_destroy(t);
}

/* ---- the exited ---- */

static void
exited_rows_stay_for_their_time(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	tree_apply(t, at(exit_of(user_below(31, 1, 20), 256), NOON - SECOND));
	assert_shows(t, &spec, "init\n|-login\n| `-sh\n|   |-make\n|   | `-cc\n|   `-vi x\n`-cron\n");
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(row_of(&s, 31)->status, 256);
	assert_int_equal(s.processes, 6);
	spec.exited_secs = 1;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_picture(&s, "init\n|-login\n| `-sh\n|   `-make\n|     `-cc\n`-cron\nnot listed x3\n");
	assert_int_equal(s.rows[6].total[EV_OPEN], 1);
	spec.exited_secs = 0;
	snapshot_take(&s, t, NULL, &spec, NOON - SECOND);
	assert_int_equal(s.count, 7);
	assert_true(s.rows[6].flags & ROW_REST);
	spec.exited_secs = EXITED_FOREVER;
	snapshot_take(&s, t, NULL, &spec, NOON + 100000 * SECOND);
	assert_int_equal(s.count, 7);
	snapshot_finish(&s);
	tree_destroy(t);
}

/* n children of make that run exe, open one file and exit after 8 ms. */
static void
run_children(struct tree *t, unsigned n, const char *exe, uint64_t time_ns)
{
	static uint32_t version = 100;

	for (unsigned i = 0; i < n; i++) {
		struct event_proc born = begun(user_below(1000 + (int32_t)version, version, 30),
					       time_ns - NOON - SECOND / 125 + version);
		struct event_proc runs = born;

		runs.version = ++version;
		version++;
		tree_apply(t, at(fork_of(user_below(30, 1, 20), born), time_ns));
		tree_apply(t, at(exec_of(born, runs, exe), time_ns));
		tree_apply(t, at(open_of(runs, "/a"), time_ns));
		tree_apply(t, at(exit_of(runs, 0), time_ns));
	}
}

static void
many_exited_children_of_one_name_are_one_row(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	const struct row *group;

	(void)state;
	spec.root_pid = 30;
	run_children(t, 8, "/usr/lib/as", NOON);
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 10); /* eight are few enough to be seen */
	run_children(t, 4, "/usr/lib/as", NOON);
	run_children(t, 2, "/usr/lib/ld", NOON);
	spec.compare = by_name;
	assert_shows(t, &spec, "make\n|-as x12\n|-cc\n|-ld x\n`-ld x\n");
	snapshot_take(&s, t, NULL, &spec, NOON);
	group = &s.rows[1];
	assert_int_equal(group->total[EV_OPEN], 12);
	assert_int_equal(group->total[EV_EXIT], 12);
	assert_int_equal(group->ppid, 30);
	assert_in_range(group->group_life_ns, SECOND / 1000 * 7, SECOND / 1000 * 9);
	assert_true(group->key.pid <= 0);
	assert_string_equal(group->exe, "/usr/lib/as");
	assert_int_equal(snapshot_find(&s, group->key, 0), 1);
	spec.by = BY_FLAT;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 5); /* the same rows, without the tree */
	snapshot_finish(&s);
	tree_destroy(t);
}

/* Opens of the row of this name. */
static uint64_t
opens_of(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->rows[i].name, name) == 0)
			return s->rows[i].total[EV_OPEN];
	fail_msg("there is no row %s", name);
	return 0;
}

static void
after_a_mark_counters_show_what_came_since(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	tree_mark(t, NOON + SECOND);
	tree_apply(t, open_of(user_below(40, 1, 30), "/a"));
	tree_apply(t, open_of(user_below(50, 1, 30), "/a")); /* was not there at the mark */
	snapshot_take(&s, t, NULL, &spec, NOON + 2 * SECOND);
	assert_int_equal(s.marked_ns, NOON + SECOND);
	assert_int_equal(opens_of(&s, "make"), 0);
	assert_int_equal(opens_of(&s, "cc"), 1);
	spec.subtree_totals = true;
	snapshot_take(&s, t, NULL, &spec, NOON + 2 * SECOND);
	assert_int_equal(opens_of(&s, "make"), 2);
	assert_int_equal(opens_of(&s, "init"), 2);
	/* a later mark takes its place */
	tree_mark(t, NOON + 3 * SECOND);
	snapshot_take(&s, t, NULL, &spec, NOON + 3 * SECOND);
	assert_int_equal(opens_of(&s, "init"), 0);
	tree_unmark(t);
	snapshot_take(&s, t, NULL, &spec, NOON + 3 * SECOND);
	assert_int_equal(s.marked_ns, 0);
	assert_int_equal(opens_of(&s, "make"), 3 + 5 + 2);
	snapshot_finish(&s);
	tree_destroy(t);
}

static const struct row *
row_named(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->rows[i].name, name) == 0)
			return &s->rows[i];
	fail_msg("there is no row %s", name);
	return NULL;
}

/* "a" makes 4 a second, then 10; "b" is there before only, "c" since only. By program, and after C. */
static void
a_mark_compares_programs_before_and_since(void **state)
{
	struct snapshot_spec spec = { .by = BY_PROGRAM, .exited_secs = 5 };
	struct snapshot s = { 0 };

	(void)state;
	for (int cleared = 0; cleared < 2; cleared++) {
		struct tree *t = tree_create();

		tree_apply(t, seen_of(pid(7, 1), "/bin/a"));
		tree_tick(t, NOON, 5 * SECOND);
		if (cleared) {
			for (int i = 0; i < 500; i++)
				tree_apply(t, open_of(pid(7, 1), "/x"));
			tree_tick(t, NOON + 100 * SECOND, 5 * SECOND);
			tree_clear(t);
		}
		uint64_t begin = NOON + (cleared ? 100 * SECOND : 0);

		tree_apply(t, fork_of(pid(7, 1), pid(8, 1)));
		tree_apply(t, exec_of(pid(8, 1), pid(8, 2), "/bin/b"));
		for (int i = 0; i < 40; i++)
			tree_apply(t, open_of(pid(i < 39 ? 7 : 8, i < 39 ? 1 : 2), "/x"));
		snapshot_take(&s, t, NULL, &spec, begin + 10 * SECOND);
		assert_true(row_named(&s, "a")->compared.before < 0);
		tree_mark(t, begin + 10 * SECOND);
		tree_apply(t, exit_of(pid(8, 2), 0));
		tree_apply(t, fork_of(pid(7, 1), pid(9, 1)));
		tree_apply(t, exec_of(pid(9, 1), pid(9, 2), "/bin/c"));
		for (int i = 0; i < 200; i++)
			tree_apply(t, open_of(pid(i < 199 ? 7 : 9, i < 199 ? 1 : 2), "/x"));
		tree_tick(t, begin + 30 * SECOND, 5 * SECOND);
		tree_tick(t, begin + 31 * SECOND, 0); /* b is reaped */
		snapshot_take(&s, t, NULL, &spec, begin + 30 * SECOND);
		assert_float_equal(row_named(&s, "a")->compared.before, 4.1, 0.11);
		assert_float_equal(row_named(&s, "a")->compared.since, 10, 0.11);
		assert_float_equal(row_named(&s, "b")->compared.before, 0.1, 0.01);
		assert_float_equal(row_named(&s, "b")->compared.since, 0.05, 0.001); /* its exit */
		assert_float_equal(row_named(&s, "c")->compared.before, 0, 0.001);
		assert_float_equal(row_named(&s, "c")->compared.since, 0.05, 0.001);
		tree_destroy(t);
	}
	snapshot_finish(&s);
}

static void
a_mark_holds_when_processes_are_reaped_and_grouped(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	spec.root_pid = 30;
	spec.subtree_totals = true;
	run_children(t, 10, "/usr/lib/as", NOON); /* an open each, before the mark */
	tree_mark(t, NOON);
	run_children(t, 3, "/usr/lib/as", NOON);
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(opens_of(&s, "as"), 3);
	assert_int_equal(opens_of(&s, "make"), 3);
	tree_tick(t, NOON + 6 * SECOND, 5 * SECOND);      /* all are reaped */
	tree_apply(t, exit_of(user_below(40, 1, 30), 0)); /* cc, of five opens before the mark */
	snapshot_take(&s, t, NULL, &spec, NOON + 6 * SECOND);
	assert_int_equal(opens_of(&s, "make"), 3);
	run_children(t, 1, "/usr/lib/as", NOON + 6 * SECOND);
	tree_tick(t, NOON + 20 * SECOND, 5 * SECOND);
	snapshot_take(&s, t, NULL, &spec, NOON + 20 * SECOND);
	assert_int_equal(opens_of(&s, "make"), 4);
	/* reset all counters end it: what it was about is gone */
	tree_clear(t);
	snapshot_take(&s, t, NULL, &spec, NOON + 20 * SECOND);
	assert_int_equal(s.marked_ns, 0);
	assert_int_equal(opens_of(&s, "make"), 0);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
types_that_are_not_core_are_marked_too(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	struct event_proc vi = user_below(31, 1, 20);

	(void)state;
	spec.root_pid = 31;
	tree_apply(t, event_of(EV_UNLINK, vi));
	tree_mark(t, NOON);
	tree_apply(t, event_of(EV_UNLINK, vi));
	tree_apply(t, event_of(EV_UNLINK, vi));
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.rows[0].total_all, 2);
	assert_int_equal(s.rows[0].more_count, 1);
	assert_int_equal(s.rows[0].more[0].total, 2);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
a_group_outlives_its_members_and_ends_when_no_more_come(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	spec.root_pid = 30;
	spec.compare = by_name;
	run_children(t, 10, "/usr/lib/as", NOON);
	tree_tick(t, NOON + 3 * SECOND, 5 * SECOND);
	run_children(t, 1, "/usr/lib/as", NOON + 3 * SECOND);
	tree_tick(t, NOON + 6 * SECOND, 5 * SECOND); /* the ten are reaped */
	assert_int_equal(tree_size(t), 10);
	snapshot_take(&s, t, NULL, &spec, NOON + 6 * SECOND);
	assert_picture(&s, "make\n|-as x11\n`-cc\n");
	assert_int_equal(s.rows[1].total[EV_OPEN], 11);
	spec.subtree_totals = true;
	snapshot_take(&s, t, NULL, &spec, NOON + 6 * SECOND);
	assert_int_equal(s.rows[0].total[EV_OPEN], 3 + 5 + 11);
	tree_tick(t, NOON + 8 * SECOND, 5 * SECOND);
	snapshot_take(&s, t, NULL, &spec, NOON + 8 * SECOND);
	assert_picture(&s, "make\n`-cc\n");
	assert_int_equal(s.rows[0].total[EV_OPEN], 3 + 5 + 11);
	spec.exited_secs = EXITED_FOREVER; /* asked for again, it is there again */
	snapshot_take(&s, t, NULL, &spec, NOON + 8 * SECOND);
	assert_picture(&s, "make\n|-as x11\n`-cc\n");
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
a_name_too_many_goes_to_the_others(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	char exe[32], want[400] = "make\n|-cc\n|-others x9\n";

	(void)state;
	spec.root_pid = 30;
	spec.compare = by_name;
	for (unsigned i = 0; i < GROUP_NAMES; i++) {
		snprintf(exe, sizeof(exe), "/bin/t%02u", i);
		run_children(t, i < 2 ? 9 : 1, exe, NOON);
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "%s-t%02u x%s\n",
			 i < GROUP_NAMES - 1 ? "|" : "`", i, i < 2 ? "9" : "");
	}
	run_children(t, 9, "/bin/z", NOON);
	assert_shows(t, &spec, want);
	tree_destroy(t);
}

/* gcc of make, with cc1 and as of its own; ends after them. */
static void
run_wrappers(struct tree *t, unsigned n, uint64_t time_ns)
{
	static uint32_t version = 500000;

	for (unsigned i = 0; i < n; i++) {
		struct event_proc born = begun(user_below((int32_t)version, version, 30), version),
				  gcc = born;

		version += 2;
		gcc.version++;
		tree_apply(t, at(fork_of(user_below(30, 1, 20), born), time_ns));
		tree_apply(t, at(exec_of(born, gcc, "/usr/bin/gcc"), time_ns));
		for (unsigned k = 0; k < 2; k++) {
			struct event_proc child =
				begun(user_below((int32_t)version, version, gcc.pid), version);
			struct event_proc runs = child;

			version += 2;
			runs.version++;
			tree_apply(t, at(fork_of(gcc, child), time_ns));
			tree_apply(t, at(exec_of(child, runs, k ? "/usr/bin/as" : "/usr/lib/cc1"), time_ns));
			for (unsigned o = 0; o < (k ? 2 : 7); o++)
				tree_apply(t, at(open_of(runs, "/a"), time_ns));
			tree_apply(t, at(exit_of(runs, 0), time_ns));
		}
		tree_apply(t, at(exit_of(gcc, 0), time_ns));
	}
}

static const struct row *
named(const struct snapshot *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->rows[i].name, name) == 0)
			return &s->rows[i];
	fail_msg("there is no row %s", name);
	return NULL;
}

static void
programs_are_the_sums_of_their_processes(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	const struct row *r;

	(void)state;
	spec.by = BY_PROGRAM;
	spec.compare = by_name;
	run_wrappers(t, 60, NOON);
	run_children(t, 3, "/usr/lib/cc", NOON);
	assert_shows(t, &spec, "as +\ncc +\ncc1 +\ncron +\ngcc +\ninit +\nlogin +\nmake +\nsh +\nvi +\n");
	for (unsigned reaped = 0; reaped < 2; reaped++) {
		snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
		r = named(&s, "cc1");
		assert_int_equal(r->group_count, 60);
		assert_int_equal(r->alive, 0);
		assert_int_equal(r->total[EV_OPEN], 420);
		assert_string_equal(r->exe, "/usr/lib/cc1");
		assert_true(r->flags & ROW_BY);
		assert_false(r->flags & ROW_EXITED);
		r = named(&s, "as");
		assert_int_equal(r->group_count, 60);
		assert_int_equal(r->total[EV_OPEN], 120);
		/* Of gcc the forks and its exit; the execs were made by copies of make. */
		r = named(&s, "gcc");
		assert_int_equal(r->group_count, 60);
		assert_int_equal(r->total[EV_FORK], 120);
		assert_int_equal(r->total[EV_EXEC], 120);
		r = named(&s, "make");
		assert_int_equal(r->group_count, 1); /* not the copies that executed another program */
		assert_int_equal(r->alive, 1);
		assert_int_equal(r->total[EV_EXEC], 63);
		r = named(&s, "cc");
		assert_int_equal(r->group_count, 4);
		assert_int_equal(r->alive, 1);
		assert_int_equal(r->total[EV_OPEN], 8);
		tree_tick(t, NOON + SECOND, 0);
	}
	/* Unfolded: its processes, and in one row what ended. */
	tree_fold(t, named(&s, "cc")->key, false);
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_string_equal(s.rows[1].name, "cc");
	assert_int_equal(s.rows[2].key.pid, 40);
	assert_int_equal(s.rows[2].total[EV_OPEN], 5);
	assert_string_equal(s.rows[3].name, "ended");
	assert_int_equal(s.rows[3].group_count, 3);
	assert_int_equal(s.rows[3].total[EV_OPEN], 3);
	assert_int_equal(s.rows[3].depth, 1);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
users_are_a_grouping(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	struct event_proc su = begun(below(pid(77, 1), 1), 1);

	(void)state;
	spec.by = BY_USER;
	spec.compare = by_name;
	assert_shows(t, &spec, "alice +\nroot +\n");
	/* A process that changes its user is counted where it did what it did, and once. */
	tree_apply(t, fork_of(as_user(pid(1, 1), 0), as_user(su, 0)));
	tree_apply(t, exec_of(as_user(su, 0), as_user(su, 0), "/bin/su"));
	tree_apply(t, open_of(as_user(su, 0), "/etc/shadow"));
	tree_apply(t, open_of(as_user(su, 1001), "/home/bob/.profile"));
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(named(&s, "bob")->total[EV_OPEN], 1);
	assert_int_equal(named(&s, "bob")->group_count, 1);
	assert_int_equal(named(&s, "bob")->alive, 1);
	assert_int_equal(named(&s, "root")->total[EV_OPEN], 1);
	assert_int_equal(named(&s, "root")->alive, 3);
	assert_int_equal(s.groups, 3);
	assert_int_equal(s.processes, 8);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
a_filter_opens_groups_as_far_as_matches(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct filter *process = filter("pid:40"), *name = filter("cc"), *scope = filter("user:alice");
	struct snapshot s = { 0 };

	(void)state;
	spec.by = BY_PROGRAM;
	spec.filter = process;
	assert_shows(t, &spec, "(cc)\n`-cc\n");
	spec.filter = name;
	assert_shows(t, &spec, "cc +\n");
	spec.filter = NULL;
	spec.scope = scope; /* others do not exist, in sums neither */
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 4);
	assert_int_equal(s.processes, 4);
	snapshot_finish(&s);
	filter_free(process);
	filter_free(name);
	filter_free(scope);
	tree_destroy(t);
}

static void
a_mark_counts_in_groups_what_came_since(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	spec.by = BY_PROGRAM;
	run_wrappers(t, 10, NOON);
	tree_mark(t, NOON);
	run_wrappers(t, 2, NOON);
	tree_tick(t, NOON + SECOND, 0);
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal(named(&s, "cc1")->total[EV_OPEN], 14);
	assert_int_equal(named(&s, "cc1")->group_count, 2);
	tree_clear(t);
	run_wrappers(t, 1, NOON);
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal(named(&s, "cc1")->total[EV_OPEN], 7);
	assert_int_equal(named(&s, "cc1")->group_count, 1);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
the_least_active_programs_join_the_others(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	char exe[32];

	(void)state;
	for (unsigned i = 0; i < IDENTITIES_IDLE + 100; i++) {
		snprintf(exe, sizeof(exe), "/bin/t%u", i);
		run_children(t, i % 64 == 5 ? 1 : 2, exe, NOON);
	}
	tree_tick(t, NOON + SECOND, 0);
	assert_int_equal(t->idle_count, IDENTITIES_IDLE);
	spec.by = BY_PROGRAM;
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal(named(&s, "others")->total[EV_OPEN], named(&s, "others")->group_count);
	assert_true(named(&s, "others")->group_count >= 100);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
what_exited_below_wrappers_is_inside_of_their_row(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	struct filter *f = filter("cc1");
	struct proc_key gcc;

	(void)state;
	spec.root_pid = 30;
	spec.compare = by_name;
	run_wrappers(t, 60, NOON);
	assert_shows(t, &spec, "make\n|-cc\n`-gcc x60\n  |-as x60\n  `-cc1 x60\n");
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(opens_of(&s, "gcc"), 0);
	assert_int_equal(opens_of(&s, "cc1"), 420);
	assert_int_equal(opens_of(&s, "as"), 120);
	/* Folded, the row stands for what is inside of it. */
	gcc = s.rows[2].key;
	tree_fold(t, gcc, true);
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_picture(&s, "make\n|-cc\n`-gcc x60 +\n");
	assert_int_equal(opens_of(&s, "gcc"), 540);
	assert_true(s.rows[2].flags & ROW_SUM);
	/* A filter looks inside, and opens what it has to. */
	spec.filter = f;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_picture(&s, "(make)\n`-(gcc) x60\n  `-cc1 x60\n");
	assert_int_equal(s.matched, 1);
	spec.filter = NULL;
	spec.scope = f; /* and so does -p */
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(opens_of(&s, "cc1"), 420);
	spec.scope = NULL;
	tree_fold(t, gcc, false);
	/* The same rows once they are reaped; with subtree totals each has what is inside. */
	tree_tick(t, NOON + SECOND, 0);
	assert_shows(t, &spec, "make\n|-cc\n`-gcc x60\n  |-as x60\n  `-cc1 x60\n");
	spec.subtree_totals = true;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(opens_of(&s, "gcc"), 540);
	assert_int_equal(opens_of(&s, "make"), 548);
	snapshot_finish(&s);
	filter_free(f);
	tree_destroy(t);
}

static void
a_fork_storm_beyond_every_bound_keeps_its_count(void **state)
{
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	spec.root_pid = 30;
	run_children(t, 20000, "/usr/lib/as", NOON);
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 3);
	assert_int_equal(s.rows[2].group_count, 20000); /* among equals rows for many come last */
	assert_int_equal(s.rows[2].total[EV_OPEN], 20000);
	snapshot_finish(&s);
	tree_destroy(t);
}

/* ---- mutes ---- */

static int
accept_process(void *ctx, int32_t n, uint32_t version, event_mask events, bool on)
{
	(void)ctx, (void)version, (void)events, (void)on;
	return n == 31 ? -ENOSPC : 0;
}

static int
accept_path(void *ctx, enum mute_kind kind, const char *path, event_mask events, bool on)
{
	(void)ctx, (void)kind, (void)path, (void)events, (void)on;
	return 0;
}

static void
muted_rows_are_marked(void **state)
{
	const struct mute_ops ops = { .process = accept_process, .path = accept_path };
	struct mutes *m = mutes_create(&ops, NULL, EVENT_BIT(EV_OPEN));
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	mutes_add_process(m, (struct proc_key){ 30, pid(30, 1).start_ns }, 1, "/usr/bin/make", 0, MUTE_BY_KEY,
			  NOON);
	mutes_add_process(m, (struct proc_key){ 31, pid(31, 1).start_ns }, 1, "/usr/bin/vi", 0, MUTE_BY_KEY,
			  NOON);
	mutes_add_path(m, MUTE_PREFIX, "/usr/", 0, MUTE_BY_KEY, NOON);
	mutes_add_path(m, MUTE_EXE, "/bin/sh", 0, MUTE_BY_KEY, NOON);
	snapshot_take(&s, t, m, &spec, NOON);
	assert_int_equal(row_of(&s, 30)->mute, 'P');
	assert_int_equal(row_of(&s, 31)->mute, 'L');
	assert_int_equal(row_of(&s, 40)->mute, 'X');
	assert_int_equal(row_of(&s, 20)->mute, 'X');
	assert_int_equal(row_of(&s, 10)->mute, ' ');
	assert_int_equal(row_of(&s, 1)->mute, ' ');
	/* A frozen frame follows later changes, the last rule's end too. */
	mutes_remove_all(m);
	snapshot_mark(&s, m);
	for (size_t i = 0; i < s.count; i++)
		assert_int_equal(s.rows[i].mute, ' ');
	mutes_add_path(m, MUTE_EXE, "/bin/sh", 0, MUTE_BY_KEY, NOON);
	snapshot_mark(&s, m);
	assert_int_equal(row_of(&s, 20)->mute, 'X');
	snapshot_finish(&s);
	tree_destroy(t);
	mutes_destroy(m);
}

static int
accept_subtree(void *ctx, int32_t n, uint32_t version, event_mask events, bool on)
{
	(void)ctx, (void)n, (void)version, (void)events, (void)on;
	return 0;
}

static void
rows_below_a_muted_subtree_carry_its_mark(void **state)
{
	const struct mute_ops ops = { .process = accept_process,
				      .path = accept_path,
				      .subtree = accept_subtree };
	struct mutes *m = mutes_create(&ops, NULL, EVENT_BIT(EV_OPEN));
	struct tree *t = machine();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };
	const struct mute_request make = { .kind = MUTE_SUBTREE,
					   .process = { 30, pid(30, 1).start_ns },
					   .version = 1,
					   .path = "/usr/bin/make" };

	(void)state;
	run_children(t, 10, "/usr/lib/as", NOON); /* have exited: one row of ten */
	mutes_watch(m, t);
	assert_int_equal(mutes_add(m, &make, NOON), 0);
	snapshot_take(&s, t, m, &spec, NOON);
	assert_int_equal(row_of(&s, 30)->mute, 'S');
	assert_int_equal(row_of(&s, 40)->mute, 'S');
	assert_int_equal(named(&s, "as")->mute, 'S');
	assert_int_equal(row_of(&s, 20)->mute, ' ');
	assert_int_equal(row_of(&s, 31)->mute, ' ');
	assert_int_equal(row_of(&s, 11)->mute, ' ');
	snapshot_finish(&s);
	tree_destroy(t);
	mutes_destroy(m);
}

/* A burst of processes must not leave a frame of its size behind. */
static void
room_for_a_burst_is_given_back(void **state)
{
	struct tree *t = tree_create();
	struct snapshot s = { 0 };
	struct snapshot_spec spec = { .by = BY_TREE, .exited_secs = 1 };
	size_t most;

	(void)state;
	for (int32_t i = 0; i < 20000; i++)
		tree_apply(t, seen_of(pid(1000 + i, 1), "/bin/x"));
	snapshot_take(&s, t, NULL, &spec, NOON);
	most = snapshot_room(&s);
	assert_true(most >= 20000);
	for (int32_t i = 10; i < 20000; i++)
		tree_apply(t, exit_of(pid(1000 + i, 1), 0));
	tree_tick(t, NOON + 100 * SECOND, SECOND);
	tree_clear(t); /* nothing is left that had to have a row */
	for (unsigned frame = 0; frame < 200; frame++) {
		snapshot_take(&s, t, NULL, &spec, NOON + (100 + frame) * SECOND);
		assert_int_equal(s.count, 10);
		assert_int_equal(s.rows[9].key.pid, 1009);
	}
	assert_true(snapshot_room(&s) < most / 10);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
roots_are_sorted_like_any_others(void **state)
{
	static const char *const names[] = { "/bin/d", "/bin/b", "/bin/e", "/bin/a", "/bin/c" };
	struct snapshot_spec spec = tree_spec();
	struct tree *t = tree_create();

	(void)state;
	for (int32_t i = 0; i < 5; i++)
		tree_apply(t, seen_of(below(pid(10 + i, 1), 0), names[i]));
	spec.compare = by_name;
	assert_shows(t, &spec, "a\nb\nc\nd\ne\n");
	spec.reverse = true;
	assert_shows(t, &spec, "e\nd\nc\nb\na\n");
	tree_destroy(t);
}

static void
a_snapshot_that_was_never_taken_can_be_finished(void **state)
{
	struct snapshot s = { 0 };

	(void)state;
	snapshot_finish(&s);
	assert_null(s.rows);
}

static void
what_makes_no_events_of_a_type_does_not_match_it(void **state)
{
	struct tree *t = tree_create();
	struct snapshot_spec spec = { .exited_secs = 5, .user_name = user_name };
	struct filter *f = filter("ev:close"), *g = filter("ev:open");
	struct snapshot s = { 0 };

	(void)state;
	tree_tick(t, NOON, UINT64_MAX);
	tree_apply(t, seen_of(pid(200, 1), "/bin/x"));
	tree_apply(t, open_of(pid(200, 1), "/a"));
	tree_apply(t, with(event_of(EV_UNLINK, pid(200, 1)), FIELD_TARGET, "/a"));
	tree_tick(t, NOON + SECOND, UINT64_MAX);
	spec.filter = f;
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal(s.matched, 0);
	spec.filter = g;
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal(s.matched, 1);
	assert_int_equal(s.rows[0].more_count, 1);
	/* Counted from here on, there is nothing to say of a type. */
	spec.filter = NULL;
	tree_clear(t);
	tree_tick(t, NOON + 2 * SECOND, UINT64_MAX);
	snapshot_take(&s, t, NULL, &spec, NOON + 2 * SECOND);
	assert_int_equal(s.rows[0].more_count, 0);
	snapshot_finish(&s);
	filter_free(f);
	filter_free(g);
	tree_destroy(t);
}

static void
rows_that_are_equal_come_by_pid_whenever_they_began(void **state)
{
	struct tree *t = tree_create();
	const struct snapshot_spec spec = { .exited_secs = 5, .user_name = user_name };
	struct snapshot s = { 0 };

	(void)state;
	tree_apply(t, seen_of(begun(pid(9, 1), 1), "/bin/x"));
	tree_apply(t, seen_of(begun(pid(5, 1), 2), "/bin/x"));
	tree_apply(t, seen_of(begun(pid(7, 1), 0), "/bin/x"));
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 3);
	assert_int_equal(s.rows[0].key.pid, 5);
	assert_int_equal(s.rows[1].key.pid, 7);
	assert_int_equal(s.rows[2].key.pid, 9);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
who_exited_is_shown_for_so_long_and_not_longer(void **state)
{
	struct tree *t = tree_create();
	struct snapshot_spec spec = { .exited_secs = 5, .user_name = user_name };
	struct snapshot s = { 0 };

	(void)state;
	tree_apply(t, seen_of(pid(200, 1), "/bin/x"));
	tree_apply(t, at(exit_of(pid(200, 1), 0), NOON + SECOND));
	snapshot_take(&s, t, NULL, &spec, NOON); /* clocks of two CPUs: it exits in a moment */
	assert_int_equal(s.count, 1);
	snapshot_take(&s, t, NULL, &spec, NOON + 6 * SECOND - 1);
	assert_int_equal(s.count, 1);
	assert_false(s.rows[0].flags & ROW_REST);
	snapshot_take(&s, t, NULL, &spec, NOON + 6 * SECOND);
	assert_int_equal(s.count, 1);
	assert_true(s.rows[0].flags & ROW_REST);
	spec.exited_secs = 0;
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 1);
	assert_true(s.rows[0].flags & ROW_REST);
	snapshot_finish(&s);
	tree_destroy(t);
}

/* As many matches as this filter has on flat rows; *only: the last of them. */
static size_t
matches_of(const struct tree *t, const char *text, int32_t *only)
{
	struct snapshot_spec spec = { .exited_secs = 5, .user_name = user_name };
	struct filter *f = filter(text);
	struct snapshot s = { 0 };
	size_t n;

	spec.filter = f;
	snapshot_take(&s, t, NULL, &spec, NOON + 2 * SECOND);
	n = s.matched;
	*only = s.count ? s.rows[s.count - 1].key.pid : 0;
	snapshot_finish(&s);
	filter_free(f);
	return n;
}

/* In two seconds: 8 opens, 6 closes, 4 execs and 2 forks of one process, and another that did nothing. */
static void
every_number_of_a_filter_is_that_of_the_row(void **state)
{
	static const char *const texts[FILTER_NUMBERS] = {
		[FILTER_EV_RATE] = "ev/s=10",
		[FILTER_OPEN_RATE] = "opens/s=4",
		[FILTER_CLOSE_RATE] = "closes/s=3",
		[FILTER_EXEC_RATE] = "execs/s=2",
		[FILTER_FORK_RATE] = "forks/s=1",
		[FILTER_EVENTS] = "events=20",
		[FILTER_OPENS] = "opens=8",
		[FILTER_CLOSES] = "closes=6",
		[FILTER_EXECS] = "execs=4",
		[FILTER_FORKS] = "forks=2",
		[FILTER_AGE] = "age>2s",
	};
	struct tree *t = tree_create();
	int32_t only;

	(void)state;
	tree_apply(t, seen_of(pid(200, 1), "/bin/x"));
	tree_apply(t, seen_of(begun(pid(300, 1), SECOND), "/bin/y"));
	tree_tick(t, NOON, UINT64_MAX);
	for (unsigned i = 0; i < 8; i++)
		tree_apply(t, open_of(pid(200, 1), "/a"));
	for (unsigned i = 0; i < 6; i++)
		tree_apply(t, close_of(pid(200, 1), "/a"));
	for (int32_t i = 0; i < 2; i++) {
		tree_apply(t, fork_of(pid(200, 1), begun(pid(301 + i, 1), SECOND)));
		assert_int_equal(tree_applied(t, EV_FORK), i + 1);
	}
	for (uint32_t version = 1; version < 5; version++)
		tree_apply(t, exec_of(pid(200, version), pid(200, version + 1), "/bin/x"));
	tree_tick(t, NOON + 2 * SECOND, UINT64_MAX);
	for (unsigned i = 0; i < FILTER_NUMBERS; i++) {
		if (matches_of(t, texts[i], &only) != 1 || only != 200)
			fail_msg("%s: pid %d", texts[i], only);
	}
	tree_destroy(t);
}

static void
subtree_totals_add_rates_like_totals(void **state)
{
	struct tree *t = tree_create();
	struct snapshot_spec spec = tree_spec();
	const struct event_proc shell = pid(200, 1), make = below(pid(201, 1), 200);
	struct snapshot s = { 0 };

	(void)state;
	tree_apply(t, seen_of(shell, "/bin/sh"));
	tree_apply(t, seen_of(make, "/bin/make"));
	tree_tick(t, NOON, UINT64_MAX);
	tree_apply(t, open_of(shell, "/a"));
	for (unsigned i = 0; i < 4; i++) {
		tree_apply(t, open_of(make, "/a"));
		tree_apply(t, with(event_of(EV_UNLINK, make), FIELD_TARGET, "/a"));
	}
	tree_apply(t, with(event_of(EV_UNLINK, shell), FIELD_TARGET, "/a"));
	tree_tick(t, NOON + SECOND, UINT64_MAX);
	spec.subtree_totals = true;
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal((int)row_of(&s, 200)->rate[EV_OPEN], 5);
	assert_int_equal((int)row_of(&s, 200)->rate_all, 10);
	assert_int_equal(row_of(&s, 200)->more_count, 1);
	assert_int_equal((int)row_of(&s, 200)->more[0].rate, 5);
	assert_int_equal((int)row_of(&s, 201)->rate[EV_OPEN], 4);
	assert_int_equal((int)row_of(&s, 201)->more[0].rate, 4);
	snapshot_finish(&s);
	tree_destroy(t);
}

static void
a_row_has_a_flag_only_where_it_holds(void **state)
{
	static const struct {
		int32_t pid;
		uint16_t flag;
	} has[] = { { 200, 0 }, { 201, ROW_KERNEL }, { 202, ROW_ARGS_CUT }, { 203, ROW_EXITED } };
	const uint16_t all = ROW_KERNEL | ROW_ARGS_CUT | ROW_EXITED | ROW_FOLLOWED | ROW_LOSSY | ROW_GROUP |
			     ROW_CONTEXT | ROW_FOLDED | ROW_REST;
	struct tree *t = tree_create();
	struct snapshot_spec spec = { .exited_secs = 5, .kernel_threads = true, .user_name = user_name };
	struct snapshot s = { 0 };
	struct event *e;

	(void)state;
	tree_apply(t, with_args(seen_of(pid(200, 1), "/bin/a"), "a"));
	e = seen_of(pid(201, 1), "[kworker]");
	e->flags |= EVENT_KERNEL;
	tree_apply(t, e);
	e = with_args(seen_of(pid(202, 1), "/bin/b"), "b");
	e->flags |= EVENT_ARGS_CUT;
	tree_apply(t, e);
	tree_apply(t, seen_of(pid(203, 1), "/bin/c"));
	tree_apply(t, exit_of(pid(203, 1), 0));
	snapshot_take(&s, t, NULL, &spec, NOON);
	assert_int_equal(s.count, 4);
	for (size_t i = 0; i < s.count; i++) {
		assert_int_equal(s.rows[i].key.pid, has[i].pid);
		assert_int_equal(s.rows[i].flags & all, has[i].flag);
	}
	snapshot_finish(&s);
	tree_destroy(t);
}

/* Lists of types stand one behind the other in memory: each row has its own. */
static void
a_row_matches_by_its_own_types_alone(void **state)
{
	struct tree *t = tree_create();
	char text[64];
	int32_t only;

	(void)state;
	tree_tick(t, NOON, UINT64_MAX);
	for (unsigned id = EV_CORE; id < EV_OTHER; id++)
		tree_apply(t, event_of((enum event_id)id, pid(200 + (int32_t)id, 1)));
	tree_tick(t, NOON + SECOND, UINT64_MAX);
	for (unsigned id = EV_CORE; id < EV_OTHER; id++) {
		snprintf(text, sizeof(text), "ev:%s", event_info[id].name);
		if (matches_of(t, text, &only) != 1 || only != 200 + (int32_t)id)
			fail_msg("%s: pid %d", text, only);
	}
	tree_destroy(t);
}

static void
a_smaller_snapshot_keeps_nothing_of_a_larger_one(void **state)
{
	struct tree *large = machine(), *small = tree_create();
	struct snapshot_spec spec = tree_spec();
	struct snapshot s = { 0 };

	(void)state;
	spec.subtree_totals = true;
	snapshot_take(&s, large, NULL, &spec, NOON);
	tree_apply(small, seen_of(below(pid(7, 1), 0), "/bin/a"));
	tree_apply(small, seen_of(below(pid(8, 1), 7), "/bin/b"));
	for (enum grouping by = BY_FLAT; by <= BY_TREE; by++) {
		spec.by = by;
		snapshot_take(&s, small, NULL, &spec, NOON);
		assert_int_equal(s.count, 2);
		assert_int_equal(s.matched, 2);
		assert_int_equal(s.processes, 2);
		assert_int_equal(s.groups, 0);
		assert_int_equal(row_of(&s, 7)->total_all, 0);
		assert_string_equal(row_of(&s, 8)->name, "b");
	}
	snapshot_finish(&s);
	tree_destroy(small);
	tree_destroy(large);
}

/* Of 20 events: 4 of make itself, 12 of cc below it, 4 of root's cron. */
static void
what_a_mute_would_save_is_answered_by_its_kind(void **state)
{
	const struct event_proc make = as_user(pid(200, 1), 1000),
				cc = as_user(below(pid(201, 1), 200), 1000);
	const struct event_proc cron = as_user(pid(202, 1), 0);
	struct snapshot_spec spec = tree_spec();
	struct tree *t = tree_create();
	struct snapshot s = { 0 };
	unsigned percent[MUTE_KIND_COUNT];

	(void)state;
	for (unsigned kind = 0; kind < MUTE_KIND_COUNT; kind++)
		spec.saving.path[kind] = "";
	tree_apply(t, seen_of(make, "/usr/bin/make"));
	tree_apply(t, seen_of(cc, "/usr/lib/cc"));
	tree_apply(t, with(with(seen_of(cron, "/sbin/cron"), FIELD_CGROUP, "/system.slice/cron.service"),
			   FIELD_SIGNER, "TEAM/cron"));
	tree_tick(t, NOON, UINT64_MAX);
	for (unsigned i = 0; i < 20; i++)
		tree_apply(t, open_of(i < 4 ? make : i < 16 ? cc : cron, "/a"));
	tree_tick(t, NOON + SECOND, UINT64_MAX);

	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	for (unsigned kind = 0; kind < MUTE_KIND_COUNT; kind++)
		assert_true(s.saving[kind].rate < 0);

	spec.saving.asked = true;
	spec.saving.key = (struct proc_key){ 200, make.start_ns };
	spec.saving.path[MUTE_EXE] = "/usr/bin/make";
	spec.saving.path[MUTE_PREFIX] = "/usr/";
	spec.saving.path[MUTE_TARGET] = spec.saving.path[MUTE_TARGET_PREFIX] = "/usr/bin/make";
	spec.saving.path[MUTE_UNIT] = "cron.service";
	spec.saving.path[MUTE_USER] = "alice";
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	for (unsigned kind = 0; kind < MUTE_KIND_COUNT; kind++)
		percent[kind] = s.saving[kind].rate < 0 ? 999 : (unsigned)(s.saving[kind].share * 100 + .5);
	assert_int_equal(percent[MUTE_PROCESS], 20);
	assert_int_equal(percent[MUTE_SUBTREE], 80);
	assert_int_equal(percent[MUTE_EXE], 20);
	assert_int_equal(percent[MUTE_PREFIX], 80);
	assert_int_equal(percent[MUTE_TARGET], 999); /* the tree does not know */
	assert_int_equal(percent[MUTE_TARGET_PREFIX], 999);
	assert_int_equal(percent[MUTE_UNIT], 20);
	assert_int_equal(percent[MUTE_USER], 80);
	assert_int_equal(percent[MUTE_SIGNER], 999); /* no text */
	/* A user by number, and nobody's name. */
	spec.saving.path[MUTE_USER] = "0";
	spec.saving.path[MUTE_SIGNER] = "TEAM/cron";
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal((int)(s.saving[MUTE_USER].share * 100 + .5), 20);
	assert_int_equal((int)(s.saving[MUTE_SIGNER].share * 100 + .5), 20);
	spec.saving.path[MUTE_USER] = "root";
	spec.user_name = NULL;
	snapshot_take(&s, t, NULL, &spec, NOON + SECOND);
	assert_int_equal((int)(s.saving[MUTE_USER].share * 100 + .5), 0);
	snapshot_finish(&s);
	tree_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_is_drawn_with_its_lines),
		cmocka_unit_test(siblings_are_sorted_and_keep_their_children),
		cmocka_unit_test(kernel_threads_are_shown_when_asked_for),
		cmocka_unit_test(a_folded_process_hides_what_is_below_it),
		cmocka_unit_test(rows_stand_in_the_order_of_the_figures_they_show),
		cmocka_unit_test(a_filter_is_about_a_process_not_about_its_subtree),
		cmocka_unit_test(what_is_hidden_counts_once_in_the_sums),
		cmocka_unit_test(one_process_with_all_below_it_can_be_shown_alone),
		cmocka_unit_test(a_very_deep_tree_keeps_its_order),
		cmocka_unit_test(an_empty_tree_is_an_empty_snapshot),
		cmocka_unit_test(flat_rows_are_sorted_with_ties_by_pid),
		cmocka_unit_test(a_large_flat_snapshot_is_in_order_and_found_by_key),
		cmocka_unit_test(a_row_says_who_and_what),
		cmocka_unit_test(a_process_of_which_nothing_is_known_has_a_row),
		cmocka_unit_test(subtree_totals_add_what_is_below),
		cmocka_unit_test(rows_whose_events_may_be_missing_say_so),
		cmocka_unit_test(rows_list_the_other_types_that_occurred),
		cmocka_unit_test(exited_children_in_one_row_add_their_other_types),
		cmocka_unit_test(a_snapshot_outlives_its_tree),
		cmocka_unit_test(a_paused_snapshot_does_not_change_with_the_tree),
		cmocka_unit_test(a_filter_keeps_the_ancestors_of_a_match),
		cmocka_unit_test(a_filter_on_a_middle_row_hides_what_is_below),
		cmocka_unit_test(nothing_matches_is_an_empty_snapshot),
		cmocka_unit_test(scope_and_filter_must_both_match),
		cmocka_unit_test(exited_rows_stay_for_their_time),
		cmocka_unit_test(many_exited_children_of_one_name_are_one_row),
		cmocka_unit_test(after_a_mark_counters_show_what_came_since),
		cmocka_unit_test(a_mark_compares_programs_before_and_since),
		cmocka_unit_test(a_mark_holds_when_processes_are_reaped_and_grouped),
		cmocka_unit_test(types_that_are_not_core_are_marked_too),
		cmocka_unit_test(a_group_outlives_its_members_and_ends_when_no_more_come),
		cmocka_unit_test(a_name_too_many_goes_to_the_others),
		cmocka_unit_test(what_exited_below_wrappers_is_inside_of_their_row),
		cmocka_unit_test(programs_are_the_sums_of_their_processes),
		cmocka_unit_test(users_are_a_grouping),
		cmocka_unit_test(a_filter_opens_groups_as_far_as_matches),
		cmocka_unit_test(a_mark_counts_in_groups_what_came_since),
		cmocka_unit_test(the_least_active_programs_join_the_others),
		cmocka_unit_test(a_fork_storm_beyond_every_bound_keeps_its_count),
		cmocka_unit_test(muted_rows_are_marked),
		cmocka_unit_test(rows_below_a_muted_subtree_carry_its_mark),
		cmocka_unit_test(room_for_a_burst_is_given_back),
		cmocka_unit_test(roots_are_sorted_like_any_others),
		cmocka_unit_test(a_snapshot_that_was_never_taken_can_be_finished),
		cmocka_unit_test(what_makes_no_events_of_a_type_does_not_match_it),
		cmocka_unit_test(rows_that_are_equal_come_by_pid_whenever_they_began),
		cmocka_unit_test(who_exited_is_shown_for_so_long_and_not_longer),
		cmocka_unit_test(every_number_of_a_filter_is_that_of_the_row),
		cmocka_unit_test(subtree_totals_add_rates_like_totals),
		cmocka_unit_test(a_row_has_a_flag_only_where_it_holds),
		cmocka_unit_test(a_row_matches_by_its_own_types_alone),
		cmocka_unit_test(a_smaller_snapshot_keeps_nothing_of_a_larger_one),
		cmocka_unit_test(what_a_mute_would_save_is_answered_by_its_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
