/* The model: where an event goes, and what a snapshot is filled with. */
#include "model/model.h"
#include "model/xalloc.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static struct model model;
static struct snapshot snapshot;
static struct snapshot_spec spec;
static const struct snapshot_figures no_figures;
static unsigned muted, looks;

static int
mute_process(void *ctx, int32_t n, uint32_t version, event_mask events, bool on)
{
	(void)ctx, (void)n, (void)version, (void)events;
	muted += on ? 1 : -1u;
	return 0;
}

static int
mute_path(void *ctx, enum mute_kind kind, const char *path, event_mask events, bool on)
{
	(void)ctx, (void)kind, (void)path, (void)events, (void)on;
	return 0;
}

static int
mute_counts_of(void *ctx, unsigned *processes, unsigned *paths)
{
	(void)ctx;
	*processes = muted;
	*paths = 0;
	return 0;
}

static const struct mute_ops mute_ops = { .process = mute_process,
					  .path = mute_path,
					  .counts = mute_counts_of };

static void
look(void *source, int32_t n, struct process_look *to)
{
	(void)source;
	looks++;
	to->cwd = xmalloc(32);
	snprintf(to->cwd, 32, "/home/%d", n);
}

static const char *
user_name(uint32_t uid)
{
	return uid == 1000 ? "alice" : "bob";
}

static void
open_model(const struct filter *scope)
{
	model_open(&model, &(struct model_config){ .mute_ops = &mute_ops,
						   .look = look,
						   .views = true,
						   .scope = scope,
						   .user_name = user_name });
}

static int
setup(void **state)
{
	(void)state;
	spec = (struct snapshot_spec){ .by = BY_FLAT, .exited_secs = 10, .user_name = user_name };
	muted = looks = 0;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	snapshot_finish(&snapshot);
	model_close(&model);
	return 0;
}

static void
take(uint64_t now_ns)
{
	model_snapshot(&model, &snapshot, &spec, &no_figures, now_ns);
}

static void
an_event_reaches_the_tree_and_the_views(void **state)
{
	struct history_entry entry;

	(void)state;
	open_model(NULL);
	model_apply(&model, with(open_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/x"));
	model_apply(&model, seen_of(pid(201, 1), "/bin/y"));
	assert_int_equal(model.applied, 1); /* of types that are counted */
	assert_int_equal(tree_applied(model.tree, EV_OPEN), 1);
	spec.files.asked = true;
	take(NOON);
	assert_int_equal(snapshot.count, 2);
	assert_int_equal(snapshot.files.count, 1);
	assert_true(history_at(snapshot.history, 0, &entry));
	assert_string_equal(entry.exe, "/bin/x");
}

static void
a_chart_shows_when_mute_rules_changed(void **state)
{
	const uint8_t mutes = chart_mark_bit(CHART_MARK_MUTES);

	(void)state;
	open_model(NULL);
	spec.chart.asked = true;
	model_tick(&model, &spec, NOON);
	model_apply(&model, with(open_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/x"));
	model_tick(&model, &spec, NOON + SECOND);
	assert_int_equal(mutes_add_path(model.mutes, MUTE_EXE, "/bin/x", 0, MUTE_BY_KEY, NOON), 0);
	model_tick(&model, &spec, NOON + 2 * SECOND);
	model_tick(&model, &spec, NOON + 3 * SECOND);
	take(NOON + 3 * SECOND);
	assert_int_equal(snapshot.chart->marks[snapshot.chart->count - 1], mutes);
	assert_int_equal(snapshot.chart->marks[snapshot.chart->count - 2], 0);
	assert_float_equal(snapshot.chart->rate[snapshot.chart->count - 3][EV_OPEN], 1, 0.01);
	assert_float_equal(snapshot.chart->rate[snapshot.chart->count - 2][EV_OPEN], 0, 0.01);
	mutes_remove(model.mutes, mutes_get(model.mutes, 0)->id);
	model_tick(&model, &spec, NOON + 4 * SECOND);
	model_tick(&model, &spec, NOON + 5 * SECOND);
	take(NOON + 5 * SECOND);
	assert_int_equal(snapshot.chart->marks[snapshot.chart->count - 1], mutes);
}

static void
views_keep_the_events_in_scope_only(void **state)
{
	char why[128];
	struct filter *scope = filter_compile("user:alice", why, sizeof(why));

	(void)state;
	assert_non_null(scope);
	open_model(scope);
	model_apply(&model, with(open_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/x"));
	model_apply(&model, with(open_of(as_user(pid(201, 1), 1001), "/b"), FIELD_EXE, "/bin/x"));
	take(NOON);
	assert_int_equal(history_next(snapshot.history), 1);
	assert_int_equal(model.applied, 2);
	filter_free(scope);
}

static void
figures_of_the_session_are_in_the_snapshot(void **state)
{
	struct snapshot_figures figures = {
		.loss.kernel[EV_OPEN] = 7,
		.subscribed = EVENT_BIT(EV_OPEN),
		.available = EVENT_CORE,
		.lag_ns = 3,
		.ring_fill = 0.5,
		.kernel_fills = true,
		.handler_ns = 90,
		.self_cpu = 1.5,
		.self_rss = 4096,
	};

	(void)state;
	open_model(NULL);
	model_snapshot(&model, &snapshot, &spec, &figures, NOON);
	assert_int_equal(snapshot.loss.kernel[EV_OPEN], 7);
	assert_true(snapshot.subscribed == EVENT_BIT(EV_OPEN) && snapshot.available == EVENT_CORE);
	assert_int_equal(snapshot.lag_ns, 3);
	assert_true(snapshot.ring_fill == 0.5 && snapshot.kernel_fills);
	assert_int_equal(snapshot.handler_ns, 90);
	assert_true(snapshot.self_cpu == 1.5);
	assert_int_equal(snapshot.self_rss, 4096);
	assert_int_equal(snapshot.time_ns, NOON);
	model_apply(&model, open_of(pid(200, 1), "/a"));
	figures.loss.kernel[EV_OPEN] = 8;
	model_figures(&model, &snapshot, &figures);
	assert_int_equal(snapshot.loss.kernel[EV_OPEN], 8);
	assert_int_equal(snapshot.backlog, 1);
	assert_int_equal(snapshot.count, 0); /* the rows stay */
	take(NOON);
	assert_int_equal(snapshot.backlog, 0);
	assert_int_equal(snapshot.count, 1);
}

static void
marks_are_renewed_without_a_new_snapshot(void **state)
{
	(void)state;
	open_model(NULL);
	model_apply(&model, with(open_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/x"));
	take(NOON);
	assert_int_equal(snapshot.rows[0].mute, ' ');
	assert_int_equal(mutes_add_path(model.mutes, MUTE_EXE, "/bin/x", 0, MUTE_BY_KEY, NOON), 0);
	model_apply(&model, with(open_of(pid(201, 1), "/a"), FIELD_EXE, "/bin/x"));
	model_marks(&model, &snapshot, &spec, &no_figures);
	assert_int_equal(snapshot.rows[0].mute, 'X');
	assert_int_equal(snapshot.mutes.paths, 1);
	assert_int_equal(snapshot.count, 1);
}

static void
only_a_running_process_is_looked_up(void **state)
{
	const struct event_proc who = pid(200, 1);

	(void)state;
	open_model(NULL);
	model_apply(&model, with(open_of(who, "/a"), FIELD_EXE, "/bin/x"));
	take(NOON);
	assert_int_equal(looks, 0); /* no page is open */
	spec.process = (struct page_spec){ .asked = true, .key = { who.pid, who.start_ns } };
	take(NOON);
	assert_int_equal(looks, 1);
	assert_string_equal(snapshot.process.look.cwd, "/home/200");
	model_apply(&model, exit_of(who, 0));
	take(NOON + 1);
	assert_int_equal(looks, 1);
	assert_string_equal(snapshot.process.look.cwd, "/home/200");
}

static void
after_a_restart_rules_find_the_descendants_of_the_new_tree(void **state)
{
	const struct event_proc make = pid(300, 1), cc = pid(301, 1);

	(void)state;
	open_model(NULL);
	model_apply(&model, open_of(pid(200, 1), "/a"));
	model_restart(&model);
	assert_int_equal(model.applied, 0);
	assert_int_equal(tree_applied(model.tree, EV_OPEN), 0);
	model_apply(&model, seen_of(make, "/usr/bin/make"));
	model_apply(&model, fork_of(make, cc));
	assert_int_equal(mutes_add(model.mutes,
				   &(struct mute_request){ .kind = MUTE_SUBTREE,
							   .origin = MUTE_BY_KEY,
							   .process = { make.pid, make.start_ns },
							   .version = make.version },
				   NOON),
			 0);
	assert_int_equal(muted, 2);
}

static void
a_page_that_is_not_asked_for_is_not_filled(void **state)
{
	const struct event_proc who = pid(200, 1);

	(void)state;
	open_model(NULL);
	model_apply(&model, with(open_of(who, "/a"), FIELD_EXE, "/bin/x"));
	assert_int_equal(mutes_add_path(model.mutes, MUTE_EXE, "/bin/y", 0, MUTE_BY_KEY, NOON), 0);
	spec.process = (struct page_spec){ .key = { who.pid, who.start_ns } };
	spec.saving.path[MUTE_EXE] = spec.saving.path[MUTE_TARGET] = "/a";
	take(NOON);
	assert_int_equal(snapshot.files.count, 0);
	assert_false(snapshot.process.found);
	assert_int_equal(snapshot.ledger.count, 0);
	assert_null(snapshot.minute);
	spec.files.asked = spec.process.asked = spec.ledger = spec.minute = true;
	take(NOON);
	assert_non_null(snapshot.minute);
	assert_int_equal(snapshot.files.count, 1);
	assert_true(snapshot.process.found);
	assert_int_equal(snapshot.ledger.count, 1);
}

static void
without_views_the_tree_is_all_there_is(void **state)
{
	(void)state;
	model_open(&model, &(struct model_config){ .mute_ops = &mute_ops, .look = look });
	model_apply(&model, with(open_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/x"));
	model_tick(&model, &spec, NOON);
	model_restart(&model);
	model_apply(&model, with(open_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/x"));
	spec.files.asked = true;
	take(NOON);
	assert_int_equal(snapshot.count, 1);
	assert_int_equal(snapshot.files.count, 0);
}

static void
a_process_cannot_be_looked_up_without_who_does_it(void **state)
{
	const struct event_proc who = pid(200, 1);

	(void)state;
	model_open(&model, &(struct model_config){ .mute_ops = &mute_ops, .views = true });
	model_apply(&model, with(open_of(who, "/a"), FIELD_EXE, "/bin/x"));
	spec.process = (struct page_spec){ .asked = true, .key = { who.pid, who.start_ns } };
	take(NOON);
	assert_true(snapshot.process.found);
	assert_null(snapshot.process.look.cwd);
}

/* Seconds of the page's graph that are known. */
static unsigned
known_samples(void)
{
	unsigned n = 0;

	for (unsigned i = 0; snapshot.process.type_count && i < MINUTE_SECONDS; i++)
		n += snapshot.process.types[0].samples[i] >= 0;
	return n;
}

static void
the_seconds_of_a_process_begin_when_it_is_looked_at(void **state)
{
	const struct event_proc first = pid(200, 1), second = pid(201, 1), twin = begun(pid(200, 2), 5);
	const struct event_proc *who[] = { &first, &second, &twin };

	(void)state;
	open_model(NULL);
	for (unsigned i = 0; i < 3; i++) {
		if (i == 2)
			model_apply(&model, exit_of(first, 0));
		model_apply(&model, with(open_of(*who[i], "/a"), FIELD_EXE, "/bin/x"));
		spec.process = (struct page_spec){ .asked = true, .key = { who[i]->pid, who[i]->start_ns } };
		for (unsigned second_no = 0; second_no < 4; second_no++) {
			uint64_t now = NOON + (10 * i + second_no) * SECOND;

			model_apply(&model, at(open_of(*who[i], "/a"), now));
			model_tick(&model, &spec, now);
			take(now);
		}
		assert_in_range(known_samples(), 2, 4); /* none of the one before */
	}
	/* Not looked at for a while: they begin again. */
	spec.process.asked = false;
	model_tick(&model, &spec, NOON + 30 * SECOND);
	spec.process.asked = true;
	model_tick(&model, &spec, NOON + 31 * SECOND);
	take(NOON + 31 * SECOND);
	assert_in_range(known_samples(), 0, 1);
}

static void
a_restart_clears_what_the_views_had(void **state)
{
	(void)state;
	open_model(NULL);
	model_apply(&model, with(open_of(pid(200, 1), "/a"), FIELD_EXE, "/bin/x"));
	model_restart(&model);
	spec.files.asked = true;
	take(NOON);
	assert_int_equal(snapshot.files.count, 0);
	assert_false(history_at(snapshot.history, history_next(snapshot.history) - 1,
				&(struct history_entry){ 0 }));
	model_apply(&model, seen_of(pid(200, 1), "/bin/x"));
	take(NOON);
	assert_int_equal(history_next(snapshot.history), 1); /* a process that ran already is no event */
}

/* What a survey finds is muted as what is forked or executed is. */
static void
a_process_that_is_seen_late_is_muted_for_its_signer(void **state)
{
	const struct mute_request r = { .kind = MUTE_SIGNER, .path = "TEAM", .origin = MUTE_BY_KEY };

	(void)state;
	open_model(NULL);
	assert_int_equal(mutes_add(model.mutes, &r, NOON), 0);
	model_seen(&model, with(seen_of(pid(200, 1), "/bin/x"), FIELD_SIGNER, "OTHER/x"));
	assert_int_equal(muted, 0);
	model_seen(&model, with(seen_of(pid(201, 1), "/bin/y"), FIELD_SIGNER, "TEAM/y"));
	assert_int_equal(muted, 1);
}

static unsigned counts_asked;

static int
count_asked(void *ctx, unsigned *processes, unsigned *paths)
{
	counts_asked++;
	return mute_counts_of(ctx, processes, paths);
}

static void
the_system_is_asked_for_its_counts_after_a_change_alone(void **state)
{
	static const struct mute_ops ops = { .process = mute_process,
					     .path = mute_path,
					     .counts = count_asked };
	const struct event_proc who = pid(200, 1), then = pid(200, 2);

	(void)state;
	model_open(&model, &(struct model_config){ .mute_ops = &ops, .views = true });
	model_apply(&model, seen_of(who, "/bin/x"));
	assert_int_equal(mutes_add_process(model.mutes, (struct proc_key){ who.pid, who.start_ns }, 1,
					   "/bin/x", 0, MUTE_BY_KEY, NOON),
			 0);
	model_tick(&model, &spec, NOON);
	counts_asked = 0;
	model_apply(&model, open_of(who, "/a"));
	model_tick(&model, &spec, NOON + SECOND);
	assert_int_equal(counts_asked, 0);
	model_apply(&model, exec_of(who, then, "/bin/y"));
	counts_asked = 0;
	model_tick(&model, &spec, NOON + 2 * SECOND);
	assert_int_equal(counts_asked, 1);
	model_tick(&model, &spec, NOON + 3 * SECOND);
	assert_int_equal(counts_asked, 1);
}

static void
an_event_of_a_process_that_ended_long_ago_is_no_arrival(void **state)
{
	(void)state;
	open_model(NULL);
	model_apply(&model, seen_of(begun(pid(200, 2), 50), "/bin/x"));
	assert_int_equal(mutes_add_path(model.mutes, MUTE_EXE, "/bin/x", 0, MUTE_BY_KEY, NOON), 0);
	assert_int_equal(mutes_audition(model.mutes, mutes_get(model.mutes, 0)->id, NOON, NOON + 5 * SECOND),
			 0);
	assert_true(mutes_counts_arrivals(model.mutes));
	model_apply(&model, exit_of(begun(pid(200, 1), 1), 0)); /* its pid is another's by now */
	assert_int_equal(model.applied, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_event_reaches_the_tree_and_the_views),
		TEST(a_chart_shows_when_mute_rules_changed),
		TEST(views_keep_the_events_in_scope_only),
		TEST(figures_of_the_session_are_in_the_snapshot),
		TEST(marks_are_renewed_without_a_new_snapshot),
		TEST(only_a_running_process_is_looked_up),
		TEST(after_a_restart_rules_find_the_descendants_of_the_new_tree),
		TEST(a_page_that_is_not_asked_for_is_not_filled),
		TEST(without_views_the_tree_is_all_there_is),
		TEST(a_process_cannot_be_looked_up_without_who_does_it),
		TEST(the_seconds_of_a_process_begin_when_it_is_looked_at),
		TEST(a_restart_clears_what_the_views_had),
		TEST(a_process_that_is_seen_late_is_muted_for_its_signer),
		TEST(the_system_is_asked_for_its_counts_after_a_change_alone),
		TEST(an_event_of_a_process_that_ended_long_ago_is_no_arrival),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
