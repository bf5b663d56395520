/* A run without a screen, fed by the fake source: what comes in is accounted for. */
#include "src/base/clock.h"
#include "src/app/commands.h"
#include "src/app/loop.h"
#include "src/app/session.h"
#include "src/base/signals.h"
#include "tests/lib/fake_source.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

static struct options options;
static struct session session;
static struct snapshot_spec spec;
static char why[512], message[512];

static void
open_session(const struct fake_config *config)
{
	const struct ui_config ui = { .settings = { .exited_secs = 5 } };

	fake_config = *config;
	if (session_open(&session, &options, fake_open, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	assert_int_equal(ui_spec_of(&ui, &spec, why, sizeof(why)), 0);
	spec.user_name = NULL;
}

static int
setup(void **state)
{
	(void)state;
	options = (struct options){ .events = EVENT_ALL,
				    .settings = { .interval_ms = 1000, .exited_secs = 5 } };
	message[0] = '\0';
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	session_close(&session);
	return 0;
}

static void
wait_until_finished(void)
{
	for (int i = 0; !fake_finished(&session.source); i++) {
		assert_true(i < 30000);
		usleep(1000);
	}
}

/* produced = applied + lost in ring, for each type, as the source itself counted. */
static void
assert_accounted(void)
{
	for (unsigned id = 0; id < EV_COUNT; id++)
		assert_int_equal(fake_produced(&session.source, (enum event_id)id),
				 tree_applied(session.model.tree, (enum event_id)id) +
					 session.snapshot.loss.ring[id]);
}

static const struct row *
row_of(int32_t pid)
{
	session_snapshot(&session, &spec);
	for (size_t i = 0; i < session.snapshot.count; i++)
		if (session.snapshot.rows[i].key.pid == pid)
			return &session.snapshot.rows[i];
	fail_msg("no row for pid %d", pid);
	return NULL;
}

/* Does to the process of this row what the key does. */
static void
press(enum action_id kind, int32_t pid)
{
	struct command c = { .kind = kind };

	if (pid) {
		const struct row *r = row_of(pid);

		c.key = r->key;
		c.version = r->version;
		c.path = r->exe;
	}
	commands_carry_out(&session, &c, message, sizeof(message));
	session_snapshot(&session, &spec);
}

static void
what_runs_already_is_there_at_once(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 30 });
	session_snapshot(&session, &spec);
	assert_int_equal(session.snapshot.processes, 31);
	assert_string_equal(row_of(1)->exe, "/sbin/init");
}

static void
every_event_is_applied_when_there_is_room(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 6400 });
	wait_until_finished();
	session_stop(&session);
	assert_accounted();
	assert_int_equal(session_lost(&session), 0);
	assert_int_equal(session.model.applied, 6400);
	assert_int_equal(tree_applied(session.model.tree, EV_FORK), 200);
}

static void
every_type_of_event_is_accounted_for(void **state)
{
	char *text = NULL, *elsewhere, line[80];
	size_t length = 0;
	FILE *out;

	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 20000, .others = 3 });
	wait_until_finished();
	session_stop(&session);
	assert_accounted();
	for (unsigned id = 0; id < EV_COUNT; id++)
		assert_true(tree_applied(session.model.tree, (enum event_id)id) > 0);
	out = open_memstream(&text, &length);
	session_accounting(&session, out);
	session.figures.stats.loss.muted_elsewhere = 17;
	session_accounting(&session, out);
	fclose(out);
	elsewhere = strstr(text, "total of the muted ");
	assert_non_null(elsewhere); /* where there are any: in the second one alone */
	assert_string_equal(elsewhere,
			    "total of the muted 17 by path, of processes in other mount namespaces\n");
	snprintf(line, sizeof(line), "total tcc_modify %llu produced = ",
		 (unsigned long long)tree_applied(session.model.tree, EV_TCC_MODIFY));
	assert_non_null(strstr(text, line));
	free(text);
}

static void
subscribe_to(event_mask events)
{
	struct command c = { .kind = ACTION_TYPES_TOGGLE, .events = events };

	message[0] = '\0';
	commands_carry_out(&session, &c, message, sizeof(message));
	session_figures(&session);
}

static void
types_are_watched_and_left_while_it_runs(void **state)
{
	uint64_t renames;
	bool more;

	(void)state;
	options.events = EVENT_CORE;
	open_session(&(struct fake_config){
		.processes = 10, .events = UINT64_MAX, .per_second = 200000, .others = 3 });
	session_figures(&session);
	assert_true(session.snapshot.available == EVENT_ALL);
	assert_true(session.snapshot.subscribed == EVENT_CORE);
	assert_int_equal(tree_applied(session.model.tree, EV_RENAME), 0);
	subscribe_to(EVENT_CORE | EVENT_BIT(EV_RENAME));
	assert_string_equal(message, "subscribed: rename");
	for (int i = 0; tree_applied(session.model.tree, EV_RENAME) == 0; i++) {
		assert_true(i < 30000);
		usleep(1000);
		session_drain(&session, 1000000000u, &more);
	}
	subscribe_to(EVENT_BIT(EV_CLOSE)); /* what makes the tree cannot be left */
	assert_true(session.snapshot.subscribed == (EVENT_BIT(EV_CLOSE) | event_mask_vital()));
	assert_string_equal(message, "unsubscribed: open,rename");
	session_stop(&session);
	renames = tree_applied(session.model.tree, EV_RENAME);
	assert_int_equal(fake_produced(&session.source, EV_RENAME),
			 renames + session.snapshot.loss.ring[EV_RENAME]);
	assert_int_equal(tree_applied(session.model.tree, EV_UNLINK), 0);
}

static void
what_the_ring_could_not_take_is_counted_by_type(void **state)
{
	(void)state;
	options.ring_order = 22;
	open_session(&(struct fake_config){ .processes = 10, .events = 200000 });
	wait_until_finished(); /* and nobody drains */
	session_stop(&session);
	assert_accounted();
	assert_true(session_lost(&session) > 0);
	assert_true(session.snapshot.loss.ring[EV_OPEN] > 0);
}

/* Ticks until a second with this mark is over. */
static void
expect_mark(enum chart_mark mark)
{
	bool found = false;

	for (int i = 0; !found; i++) {
		assert_true(i < 30000);
		session_update(&session, &spec);
		for (unsigned k = 0; k < session.snapshot.chart->count; k++)
			found = found || session.snapshot.chart->marks[k] & chart_mark_bit(mark);
		usleep(1000);
	}
}

static void
charts_have_marks_where_events_were_lost_and_a_recording_began(void **state)
{
	char path[] = "/tmp/estop-marks-XXXXXX";

	(void)state;
	options.ring_order = 22;
	open_session(&(struct fake_config){ .processes = 10, .events = 200000 });
	spec.chart.asked = true;
	wait_until_finished();
	session_update(&session, &spec);
	assert_true(session_lost(&session) > 0);
	expect_mark(CHART_MARK_LOST);
	close(mkstemp(path));
	assert_int_equal(session_record_start(&session, path, true, why, sizeof(why)), 0);
	expect_mark(CHART_MARK_RECORD);
	unlink(path);
}

static void
nothing_is_lost_while_nobody_drains_for_a_second(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 400000 });
	wait_until_finished();
	session_stop(&session);
	assert_accounted();
	assert_int_equal(session_lost(&session), 0);
}

static void
drain_all(void)
{
	bool more = true;

	while (more)
		session_drain(&session, 1000000000u, &more);
}

/* Ticks on until the tree agrees with the system. */
static void
settle(void)
{
	for (int i = 0; session_surveys(&session); i++) {
		assert_true(i < 30000);
		usleep(1000);
		drain_all();
	}
}

static void
who_ended_unseen_is_not_shown_as_alive(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 6400, .lose_exits = true });
	wait_until_finished();
	drain_all();
	session_tick(&session, &spec);
	settle();
	session_snapshot(&session, &spec);
	assert_int_equal(session.snapshot.loss.kernel[EV_EXIT], 200);
	assert_int_equal(session.snapshot.processes, 11);
	assert_true(fake_backfills(&session.source) >= 3); /* the last one found nothing to correct */
}

static void
a_survey_waits_for_what_is_in_the_ring(void **state)
{
	(void)state;
	/* The start drains what is there; a survey of that would be in order. */
	open_session(
		&(struct fake_config){ .processes = 10, .events = 6400, .lose_exits = true, .waits = true });
	fake_go(&session.source);
	wait_until_finished();
	for (int i = 0; i < 3; i++)
		session_tick(&session, &spec); /* sees the loss; forks of who is gone are not applied yet */
	assert_int_equal(fake_backfills(&session.source), 1);
	assert_true(session_surveys(&session));
	drain_all();
	settle();
	session_snapshot(&session, &spec);
	assert_int_equal(session.snapshot.processes, 11);
	assert_true(fake_backfills(&session.source) > 1);
}

static void
a_survey_waits_for_what_is_queued_before_the_ring(void **state)
{
	(void)state;
	open_session(
		&(struct fake_config){ .processes = 10, .events = 6400, .lose_exits = true, .marks = true });
	wait_until_finished();
	session_tick(&session, &spec);
	for (int i = 0; i < 10; i++)
		drain_all();
	assert_int_equal(fake_backfills(&session.source), 1);
	fake_pass_mark(&session.source);
	drain_all();
	assert_int_equal(fake_backfills(&session.source), 2);
	session_snapshot(&session, &spec);
	assert_int_equal(session.snapshot.processes, 11);
}

static void
without_a_loss_there_is_no_survey(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 6400 });
	wait_until_finished();
	drain_all();
	session_tick(&session, &spec);
	assert_false(session_surveys(&session));
	assert_int_equal(fake_backfills(&session.source), 1);
}

static void
a_slice_ends_in_time_and_says_that_there_is_more(void **state)
{
	uint64_t before;
	bool more;

	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 20000 });
	wait_until_finished();
	before = session.model.applied;
	assert_true(session_drain(&session, 0, &more) < 20000);
	assert_true(session.model.applied > before && more);
	while (more)
		session_drain(&session, 1000000, &more);
	session_figures(&session);
	assert_accounted();
}

static void
lag_is_the_age_of_the_oldest_event(void **state)
{
	bool more;

	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 100 });
	wait_until_finished();
	session.flow.lag_ns = 0;
	usleep(30000);
	session_drain(&session, 1000000000, &more);
	session_update(&session, &spec);
	/* The first may have been applied while the session was opened. */
	if (session.snapshot.lag_ns)
		assert_true(session.snapshot.lag_ns >= 30000000);
	session_update(&session, &spec);
	assert_int_equal(session.snapshot.lag_ns, 0);
}

static void
muting_a_process_is_said_done_and_undone(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = UINT64_MAX, .per_second = 20000 });
	press(ACTION_MUTE_PROCESS, 100);
	assert_string_equal(message,
			    "muted process 100 worker-1 (z undoes); exec, fork and exit still arrive");
	assert_int_equal(row_of(100)->mute, 'P');
	assert_int_equal(session.snapshot.mutes.processes, 1);
	assert_int_equal(session.snapshot.mutes.es_processes, 1);
	press(ACTION_UNDO, 0);
	assert_string_equal(message, "undone: unmuted process 100 worker-1");
	assert_int_equal(session.snapshot.mutes.es_processes, 0);
	assert_int_equal(row_of(100)->mute, ' ');
	press(ACTION_MUTE_PROCESS, 100);
	assert_string_equal(message, "muted process 100 worker-1 (z undoes)"); /* said once */
	press(ACTION_MUTE_PROCESS, 100);
	assert_string_equal(message, "unmuted process 100 worker-1 (z undoes)");
	assert_int_equal(session.snapshot.mutes.es_processes, 0);
	usleep(50000);
	session_stop(&session);
	assert_accounted();
	assert_int_equal(session.snapshot.loss.muted[EV_OPEN], fake_muted(&session.source, EV_OPEN));
}

static void
what_rules_save_is_a_rate(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = UINT64_MAX, .per_second = 20000 });
	session_update(&session, &spec);
	assert_true(session.snapshot.muted_rate == 0);
	for (int32_t pid = 100; pid < 110; pid++)
		press(ACTION_MUTE_PROCESS, pid);
	session_update(&session, &spec);
	while (session.snapshot.muted_rate <= 0) { /* until the source makes more of them */
		usleep(1000);
		session_update(&session, &spec);
	}
	assert_int_equal(session.snapshot.mutes.processes, 10);
	session_stop(&session);
}

static void
a_mute_file_is_loaded_by_a_key(void **state)
{
	char path[] = "/tmp/estop-load-XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	struct command c = { .kind = ACTION_MUTE_LOAD, .path = path };

	(void)state;
	assert_non_null(f);
	fputs("exe:/usr/bin/worker-1\nsuch a line is no rule\nprefix:/opt/\nexe:/usr/bin/worker-1\n", f);
	fclose(f);
	open_session(&(struct fake_config){ .processes = 10 });
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_memory_equal(message, "2 rules loaded; /tmp/estop-load-", 32);
	assert_non_null(strstr(message, ":2: "));
	session_update(&session, &spec);
	assert_int_equal(session.snapshot.mutes.paths, 2);
	assert_int_equal(row_of(100)->mute, 'X');
	press(ACTION_UNDO, 0); /* all of the file */
	assert_int_equal(session.snapshot.mutes.paths, 0);
	unlink(path);
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_memory_equal(message, "cannot read mute file /tmp/estop-load-", 38);
	session_stop(&session);
}

static void
a_signal_goes_to_who_is_there_and_not_when_it_is_off(void **state)
{
	struct command c = { .kind = ACTION_SIGNAL, .signal = SIGTERM, .path = "/usr/bin/worker-1" };

	(void)state;
	open_session(&(struct fake_config){ .processes = 10 });
	c.key = row_of(100)->key;
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_string_equal(message, "SIGTERM sent to process 100 worker-1");
	assert_int_equal(fake_signalled(&session.source), SIGTERM);
	c.key.pid = 99;
	c.signal = SIGKILL;
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_string_equal(message, "process 99 worker-1 has exited: nothing sent");
	c.key.pid = 100;
	options.settings.read_only = true;
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_string_equal(message, "SIGKILL not sent to process 100 worker-1: signals are off");
	assert_int_equal(fake_signalled(&session.source), SIGTERM);
	options.settings.read_only = false;
	session_stop(&session);
}

static void
undo_and_redo_say_what_they_did(void **state)
{
	struct command c = { .kind = ACTION_LEDGER_EVENTS, .events = EVENT_BIT(EV_OPEN) };

	(void)state;
	open_session(&(struct fake_config){ .processes = 20 });
	press(ACTION_UNDO, 0);
	assert_string_equal(message, "nothing to undo");
	press(ACTION_MUTE_EXE, 100);
	press(ACTION_MUTE_PROCESS, 110);
	press(ACTION_UNMUTE_ALL, 0);
	press(ACTION_UNDO, 0);
	assert_string_equal(message, "undone: 2 rules added");
	press(ACTION_UNDO, 0);
	assert_memory_equal(message, "undone: unmuted process 110 ", 28);
	press(ACTION_REDO, 0);
	assert_memory_equal(message, "redone: muted process 110 ", 26);
	press(ACTION_REDO, 0);
	assert_string_equal(message, "redone: 2 rules removed");
	press(ACTION_REDO, 0);
	assert_string_equal(message, "nothing to redo");
	press(ACTION_MUTE_EXE, 100);
	c.id = mutes_get(session.model.mutes, 0)->id;
	commands_carry_out(&session, &c, message, sizeof(message));
	press(ACTION_UNDO, 0);
	assert_string_equal(message, "undone: event types of a rule");
	press(ACTION_UNDO, 0);
	assert_string_equal(message, "undone: unmuted /usr/bin/worker-1");
}

static void
an_inversion_the_system_rejects_is_said_and_not_undone(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 20 });
	press(ACTION_INVERT, 0);
	assert_string_equal(message, "cannot invert: no mute rule for processes yet, so nothing would pass");
	press(ACTION_MUTE_PROCESS, 100);
	fake_refuse_inversion(&session.source, true);
	press(ACTION_INVERT, 0);
	assert_string_equal(message, "cannot invert: rejected by the system");
	assert_false(session.snapshot.mutes.inverted[MUTE_SIDE_PROCESS]);
	fake_refuse_inversion(&session.source, false);
	press(ACTION_INVERT, 0);
	assert_true(session.snapshot.mutes.inverted[MUTE_SIDE_PROCESS]);

	fake_refuse_inversion(&session.source, true);
	press(ACTION_UNDO, 0);
	assert_string_equal(message, "cannot undo: rejected by the system");
	assert_true(session.snapshot.mutes.inverted[MUTE_SIDE_PROCESS]);
	/* Nor was the step before it undone in its place. */
	assert_int_equal(session.snapshot.mutes.processes, 1);
	fake_refuse_inversion(&session.source, false);
	press(ACTION_UNDO, 0);
	assert_string_equal(message, "undone: inversion of mutes");
	assert_false(session.snapshot.mutes.inverted[MUTE_SIDE_PROCESS]);

	fake_refuse_inversion(&session.source, true);
	press(ACTION_REDO, 0);
	assert_string_equal(message, "cannot redo: rejected by the system");
	fake_refuse_inversion(&session.source, false);
	press(ACTION_REDO, 0);
	assert_string_equal(message, "redone: inversion of mutes");
	assert_true(session.snapshot.mutes.inverted[MUTE_SIDE_PROCESS]);
}

static void
muting_an_executable_covers_its_processes(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 20 });
	press(ACTION_MUTE_EXE, 100);
	assert_string_equal(message, "muted /usr/bin/worker-1 (z undoes); exec, fork and exit still arrive");
	assert_int_equal(row_of(110)->mute, 'X');
	assert_int_equal(session.snapshot.mutes.es_paths, 1);
	press(ACTION_MUTE_PROCESS, 110);
	press(ACTION_UNMUTE, 110);
	assert_string_equal(message, "2 rules removed (z undoes)");
	assert_int_equal(session.snapshot.mutes.es_paths + session.snapshot.mutes.es_processes, 0);
	press(ACTION_UNMUTE, 110);
	assert_string_equal(message, "this row is not muted");
	press(ACTION_UNMUTE_ALL, 0);
	assert_string_equal(message, "nothing is muted");
}

static void
rules_of_the_start_beyond_the_limit_are_said_once(void **state)
{
	struct options_mute mutes[5];

	(void)state;
	for (int i = 0; i < 5; i++)
		mutes[i] = (struct options_mute){ .text = "rules",
						  .line = (unsigned)i + 1,
						  .origin = MUTE_BY_FILE,
						  .rule = { .kind = MUTE_PROCESS,
							    .pid = i < 4 ? 100 + i : 999999 } };
	options.mutes = mutes;
	options.mute_count = 5;
	open_session(&(struct fake_config){ .processes = 10, .mute_limit = 2 });
	assert_int_equal(session.notes.count, 2);
	assert_string_equal(session.notes.kept[0], "rules:5: No such process");
	assert_string_equal(session.notes.kept[1],
			    "2 of 4 mute rules were rejected by the system (limit reached) "
			    "and are applied by estop (local)");
	session_update(&session, &spec);
	assert_int_equal(session.snapshot.mutes.local, 2);
	assert_int_equal(session.snapshot.mutes.es_processes, 2);
}

static void
at_the_limit_the_rule_is_held_locally_and_said_so(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .mute_limit = 2 });
	for (int32_t pid = 100; pid < 103; pid++)
		press(ACTION_MUTE_PROCESS, pid);
	assert_non_null(strstr(message, "rejected by the system"));
	assert_int_equal(row_of(102)->mute, 'L');
	assert_int_equal(session.snapshot.mutes.local, 1);
	assert_int_equal(session.snapshot.mutes.es_processes, 2);
	press(ACTION_MUTE_PROCESS, 100); /* off: a slot is free */
	session_update(&session, &spec);
	assert_int_equal(session.snapshot.mutes.local, 0);
	assert_int_equal(session.snapshot.mutes.es_processes, 2);
	press(ACTION_UNMUTE_ALL, 0);
	assert_string_equal(message, "2 rules removed (z undoes)");
}

static void
a_mute_marks_a_frozen_picture_and_leaves_it_frozen(void **state)
{
	struct command c = { .kind = ACTION_MUTE_EXE, .path = "/usr/bin/worker-1" };
	const struct row *r;
	uint64_t taken;

	(void)state;
	open_session(&(struct fake_config){ .processes = 10 });
	r = row_of(100);
	taken = session.snapshot.time_ns;
	assert_int_equal(commands_carry_out(&session, &c, message, sizeof(message)), COMMANDS_MUTES);
	session_marks(&session, &spec);
	assert_int_equal(r->mute, 'X');
	assert_int_equal(session.snapshot.mutes.paths, 1);
	assert_int_equal(session.snapshot.time_ns, taken);
}

/* ---- what the other views show ---- */

static void
the_files_of_a_stream_are_listed(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 6400 });
	wait_until_finished();
	session_update(&session, &spec);
	assert_int_equal(session.snapshot.files.count, 0); /* nobody asked */
	session_stop(&session);
	spec.files = (struct files_spec){ .asked = true, .who = "/var/data/file-7" };
	session_snapshot(&session, &spec);
	assert_int_equal(session.snapshot.files.count, 97);
	assert_int_equal(session.snapshot.files.program_count, 8);
	assert_memory_equal(session.snapshot.files.programs[0].exe, "/usr/bin/worker-", 16);
	spec.files.directories = true;
	session_snapshot(&session, &spec);
	assert_int_equal(session.snapshot.files.count, 1);
	assert_string_equal(session.snapshot.files.rows[0].path, "/var");
	assert_int_equal(session.snapshot.files.rows[0].total, 5800); /* 200 lives have 3 of 32 each */
}

static void
the_newest_events_are_there_and_can_be_held(void **state)
{
	struct history_entry entry;
	uint64_t next;

	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 6400 });
	wait_until_finished();
	spec.hold_events = true;
	session_snapshot(&session, &spec);
	next = history_next(session.snapshot.history);
	session_stop(&session);
	session_snapshot(&session, &spec);
	assert_int_equal(history_next(session.snapshot.history), next);
	assert_int_equal(session.snapshot.newer, 6400 - next);
	spec.hold_events = false;
	session_snapshot(&session, &spec);
	assert_int_equal(history_next(session.snapshot.history), 6400);
	assert_int_equal(session.snapshot.newer, 0);
	assert_true(history_at(session.snapshot.history, 6399, &entry));
	assert_memory_equal(entry.exe, "/usr/bin/", 9);
}

static void
without_a_screen_no_event_is_kept(void **state)
{
	(void)state;
	options.batch = true;
	open_session(&(struct fake_config){ .processes = 10, .events = 640 });
	wait_until_finished();
	session_stop(&session);
	spec.files.asked = true;
	session_snapshot(&session, &spec);
	assert_null(session.snapshot.history);
	assert_int_equal(session.snapshot.files.count, 0);
}

static void
a_target_is_muted_and_unmuted_from_the_list(void **state)
{
	struct command c = { .kind = ACTION_FILES_MUTE, .rule = MUTE_TARGET, .path = "/var/data/file-7" };

	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 6400 });
	wait_until_finished();
	session_stop(&session);
	session_tick(&session, &spec);
	spec.files.asked = true;
	spec.saving = (struct saving_question){
		.asked = true,
		.path = { [MUTE_EXE] = "",
			  [MUTE_PREFIX] = "",
			  [MUTE_TARGET] = "/var/data/file-7",
			  [MUTE_TARGET_PREFIX] = "/var/" },
	};
	session_snapshot(&session, &spec);
	assert_true(session.snapshot.saving[MUTE_TARGET].rate > 0);
	assert_false(session.snapshot.saving[MUTE_TARGET].at_least);
	assert_true(session.snapshot.saving[MUTE_TARGET_PREFIX].share > 0.9);
	assert_int_equal(commands_carry_out(&session, &c, message, sizeof(message)), COMMANDS_MUTES);
	assert_string_equal(message, "muted events on /var/data/file-7 (z undoes)");
	assert_non_null(mutes_of_path(session.model.mutes, MUTE_TARGET, c.path));
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_string_equal(message, "unmuted events on /var/data/file-7 (z undoes)");
	commands_carry_out(&session, &c, message, sizeof(message));
	c = (struct command){ .kind = ACTION_FILES_MUTE, .rule = MUTE_TARGET_PREFIX, .path = "/var/" };
	commands_carry_out(&session, &c, message, sizeof(message));
	c = (struct command){ .kind = ACTION_FILES_UNMUTE, .path = "/var/data/file-7" };
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_string_equal(message, "2 rules removed (z undoes)");
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_string_equal(message, "no target rule covers this line");
}

static void
a_new_interval_is_kept_within_its_range(void **state)
{
	struct command c = { .kind = ACTION_INTERVAL, .interval_ms = 1 };

	(void)state;
	open_session(&(struct fake_config){ .processes = 1 });
	assert_int_equal(commands_carry_out(&session, &c, message, sizeof(message)), COMMANDS_INTERVAL);
	assert_int_equal(session.interval_ms, UI_INTERVAL_MIN_MS);
	c.interval_ms = UINT32_MAX;
	commands_carry_out(&session, &c, message, sizeof(message));
	assert_int_equal(session.interval_ms, UI_INTERVAL_MAX_MS);
}

static void
clearing_counts_from_zero_but_keeps_the_accounts(void **state)
{
	(void)state;
	open_session(&(struct fake_config){ .processes = 10, .events = 3200 });
	wait_until_finished();
	session_stop(&session);
	press(ACTION_CLEAR, 0);
	assert_int_equal(row_of(100)->total_all, 0);
	assert_accounted();
}

static void
a_source_that_fails_leaves_nothing_open(void **state)
{
	(void)state;
	fake_config = (struct fake_config){ .refuse = "no" };
	assert_true(session_open(&session, &options, fake_open, why, sizeof(why)) < 0);
	assert_string_equal(why, "no");
}

static long
sleeps(void)
{
	struct rusage u;

	getrusage(RUSAGE_THREAD, &u); /* a sanitizer has threads of its own */
	return u.ru_nvcsw;
}

static void
an_idle_loop_sleeps(void **state)
{
	struct loop loop;
	int signal_fd = signals_open(false);
	long before = 0, after = 0;

	(void)state;
	open_session(&(struct fake_config){ .processes = 1 });
	signals_unblock();
	loop_init(&loop, &session, signal_fd, -1, -1);
	/* The first interval finds out that there is nothing to do. */
	for (int i = 0; i < 3; i++) {
		before = after;
		assert_int_equal(loop_wait(&loop), LOOP_FRAME);
		after = sleeps();
	}
	assert_in_range(after - before, 1, 4);
	signals_close();
}

static void
a_flood_does_not_hold_up_frames_or_signals(void **state)
{
	struct loop loop;
	int signal_fd = signals_open(false);

	(void)state;
	options.settings.interval_ms = 100;
	/* It never ends, so that waiting returns at all is what is tested: else the test does not end either. */
	open_session(&(struct fake_config){ .processes = 10, .events = UINT64_MAX });
	signals_unblock();
	loop_init(&loop, &session, signal_fd, -1, -1);
	for (int frames = 0; frames < 5 || session.model.applied <= 1000;)
		frames += (loop_wait(&loop) & LOOP_FRAME) != 0;
	raise(SIGINT);
	assert_true(loop_wait(&loop) & LOOP_SIGNAL); /* the first look finds it */
	assert_int_equal(signals_next(), SIGINT);
	signals_close();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_runs_already_is_there_at_once),
		TEST(every_event_is_applied_when_there_is_room),
		TEST(every_type_of_event_is_accounted_for),
		TEST(types_are_watched_and_left_while_it_runs),
		TEST(what_the_ring_could_not_take_is_counted_by_type),
		TEST(charts_have_marks_where_events_were_lost_and_a_recording_began),
		TEST(nothing_is_lost_while_nobody_drains_for_a_second),
		TEST(who_ended_unseen_is_not_shown_as_alive),
		TEST(a_survey_waits_for_what_is_in_the_ring),
		TEST(a_survey_waits_for_what_is_queued_before_the_ring),
		TEST(without_a_loss_there_is_no_survey),
		TEST(a_slice_ends_in_time_and_says_that_there_is_more),
		TEST(lag_is_the_age_of_the_oldest_event),
		TEST(muting_a_process_is_said_done_and_undone),
		TEST(what_rules_save_is_a_rate),
		TEST(a_mute_file_is_loaded_by_a_key),
		TEST(a_signal_goes_to_who_is_there_and_not_when_it_is_off),
		TEST(undo_and_redo_say_what_they_did),
		TEST(an_inversion_the_system_rejects_is_said_and_not_undone),
		TEST(muting_an_executable_covers_its_processes),
		TEST(at_the_limit_the_rule_is_held_locally_and_said_so),
		TEST(rules_of_the_start_beyond_the_limit_are_said_once),
		TEST(a_mute_marks_a_frozen_picture_and_leaves_it_frozen),
		TEST(the_files_of_a_stream_are_listed),
		TEST(the_newest_events_are_there_and_can_be_held),
		TEST(without_a_screen_no_event_is_kept),
		TEST(a_target_is_muted_and_unmuted_from_the_list),
		TEST(a_new_interval_is_kept_within_its_range),
		TEST(clearing_counts_from_zero_but_keeps_the_accounts),
		TEST(a_source_that_fails_leaves_nothing_open),
		TEST(an_idle_loop_sleeps),
		TEST(a_flood_does_not_hold_up_frames_or_signals),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
