/* commands - see commands.h. */
#include "src/app/commands.h"
#include "model/units.h"
#include "src/app/start_mutes.h"
#include "src/base/clock.h"
#include "src/cli/mute_file.h"
#include "ui/format.h"

#include <errno.h>
#include <string.h>

enum { AUDITION_SECS = 5 };

/* "muted /usr/bin/make (z undoes)"; the first time, why the row does not fall silent altogether. */
static void
report_muted(struct session *s, const struct mute_rule *rule, const char *what, char *message, size_t len)
{
	/* Events on a file are all gone. */
	bool all = rule && (mute_kind_is_target(rule->kind) || rule->events & event_mask_vital());

	if (rule && rule->state == MUTE_LOCAL)
		snprintf(message, len, "muted %s locally: rejected by the system (limit reached) (z undoes)",
			 what);
	else if (s->explained || all)
		snprintf(message, len, "muted %s (z undoes)", what);
	else
		snprintf(message, len, "muted %s (z undoes); exec, fork and exit still arrive", what);
	s->explained |= !all;
}

/* "812 indexer" */
static void
name_process(struct proc_key key, const char *exe, char *name, size_t len)
{
	const char *slash = exe ? strrchr(exe, '/') : NULL;
	const char *base = slash ? slash + 1 : exe;

	snprintf(name, len, "%d%s%.200s", key.pid, base && *base ? " " : "", base ? base : "");
}

/* What a rule is about: "process 812 indexer", "programs below /usr/lib/". path: of a process its executable. */
static void
name_rule(enum mute_kind kind, struct proc_key key, const char *path, char *what, size_t len)
{
	char name[240];

	switch (kind) {
	case MUTE_PROCESS:
		name_process(key, path, name, sizeof(name));
		snprintf(what, len, "process %s", name);
		break;
	case MUTE_SUBTREE:
		name_process(key, path, name, sizeof(name));
		snprintf(what, len, "subtree of process %s", name);
		break;
	case MUTE_PREFIX:
		snprintf(what, len, "programs below %.300s", path);
		break;
	case MUTE_TARGET:
		snprintf(what, len, "events on %.300s", path);
		break;
	case MUTE_TARGET_PREFIX:
		snprintf(what, len, "events below %.300s", path);
		break;
	case MUTE_UNIT:
	case MUTE_USER:
	case MUTE_SIGNER:
		snprintf(what, len, "%s %.300s", mute_kind_info[kind].word, path);
		break;
	default:
		snprintf(what, len, "%.300s", path);
		break;
	}
}

static void
toggle_process(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule = mutes_of_process(s->model.mutes, c->key);
	char name[240];
	int error;

	name_process(c->key, c->path, name, sizeof(name));
	if (rule) {
		mutes_remove(s->model.mutes, rule->id);
		snprintf(message, len, "unmuted process %s (z undoes)", name);
		return;
	}
	error = mutes_add_process(s->model.mutes, c->key, c->version, c->path ? c->path : "", c->rate,
				  MUTE_BY_KEY, session_now(s));
	if (!error) {
		char what[260];

		snprintf(what, sizeof(what), "process %s", name);
		report_muted(s, mutes_of_process(s->model.mutes, c->key), what, message, len);
	} else if (error == -ESRCH)
		snprintf(message, len, "cannot mute process %s: it has exited", name);
	else
		snprintf(message, len, "cannot mute process %s: %s", name, strerror(-error));
}

static void
toggle_exe(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule;
	int error;

	if (!c->path || !c->path[0]) {
		snprintf(message, len, "cannot mute: executable of process %d unknown", c->key.pid);
		return;
	}
	rule = mutes_of_exe(s->model.mutes, c->path);
	if (rule && rule->kind == MUTE_EXE) {
		mutes_remove(s->model.mutes, rule->id);
		snprintf(message, len, "unmuted %.400s (z undoes)", c->path);
		return;
	}
	if (rule) {
		snprintf(message, len, "already muted by prefix:%.400s (u unmutes)", rule->path);
		return;
	}
	error = mutes_add_path(s->model.mutes, MUTE_EXE, c->path, c->rate, MUTE_BY_KEY, session_now(s));
	if (!error)
		report_muted(s, mutes_of_exe(s->model.mutes, c->path), c->path, message, len);
	else
		snprintf(message, len, "cannot mute %.300s: %s", c->path, strerror(-error));
}

static void
report_removed(unsigned n, const char *none, char *message, size_t len)
{
	if (n)
		snprintf(message, len, "%u rule%s removed (z undoes)", n, n == 1 ? "" : "s");
	else
		snprintf(message, len, "%s", none);
}

static void
unmute_row(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule = mutes_of_process(s->model.mutes, c->key);
	unsigned n = 0;

	if (rule)
		n += mutes_remove(s->model.mutes, rule->id);
	while ((rule = mutes_of_subtree(s->model.mutes, c->key)) != NULL)
		n += mutes_remove(s->model.mutes, rule->id);
	/* The path, and prefixes of it, may each have a rule. */
	while (c->path && (rule = mutes_of_exe(s->model.mutes, c->path)) != NULL) {
		unsigned removed = mutes_remove(s->model.mutes, rule->id);

		if (!removed)
			break;
		n += removed;
	}
	report_removed(n, "this row is not muted", message, len);
}

/* "undone: unmuted /usr/bin/make" */
static void
step_back(struct session *s, bool undo, char *message, size_t len)
{
	const char *verb = undo ? "undone" : "redone";
	struct mutes *mutes = s->model.mutes;
	struct mutes_step step;
	char what[400];
	int error = undo ? mutes_undo(mutes, session_now(s)) : mutes_redo(mutes, session_now(s));

	if (error) {
		snprintf(message, len,
			 error == -ENOENT ? "nothing to %s" : "cannot %s: rejected by the system",
			 undo ? "undo" : "redo");
		return;
	}
	mutes_last_step(mutes, undo, &step);
	if (step.muted + step.unmuted == 1) {
		name_rule(step.rule->kind, step.rule->process, step.rule->path ? step.rule->path : "", what,
			  sizeof(what));
		snprintf(message, len, "%s: %s %s", verb, step.muted ? "muted" : "unmuted", what);
	} else if (step.muted && step.unmuted)
		snprintf(message, len, "%s: %u rules added, %u removed", verb, step.muted, step.unmuted);
	else if (step.muted + step.unmuted)
		snprintf(message, len, "%s: %u rules %s", verb, step.muted + step.unmuted,
			 step.muted ? "added" : "removed");
	else
		snprintf(message, len, "%s: %s", verb,
			 step.inverted ? "inversion of mutes" : "event types of a rule");
}

static void
set_interval(struct session *s, uint32_t ms, char *message, size_t len)
{
	if (ms < UI_INTERVAL_MIN_MS)
		ms = UI_INTERVAL_MIN_MS;
	if (ms > UI_INTERVAL_MAX_MS)
		ms = UI_INTERVAL_MAX_MS;
	s->interval_ms = ms;
	snprintf(message, len, "refresh interval %g s", ms / 1000.0);
}

/* A rule of this kind and value, if there is one. */
static bool
remove_equal(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule;

	for (size_t i = 0; (rule = mutes_get(s->model.mutes, i)) != NULL; i++) {
		if (rule->kind != c->rule || !rule->path || strcmp(rule->path, c->path) != 0)
			continue;
		mutes_remove(s->model.mutes, rule->id);
		snprintf(message, len, "unmuted %s %.300s (z undoes)", mute_kind_info[c->rule].word, c->path);
		return true;
	}
	return false;
}

static void
mute_by_menu(struct session *s, const struct command *c, char *message, size_t len)
{
	struct mute_request r = { .kind = c->rule,
				  .origin = MUTE_BY_KEY,
				  .events = c->events,
				  .process = c->key,
				  .version = c->version,
				  .path = c->path ? c->path : "",
				  .rate = c->rate };
	const struct mute_rule *rule;
	char what[400];
	size_t n = 0;
	int error;

	name_rule(c->rule, c->key, c->path ? c->path : "", what, sizeof(what));
	if (mute_kind_is_owner(c->rule) && !r.path[0]) {
		snprintf(message, len, "no %s is known of this process", mute_kind_info[c->rule].word);
		return;
	}
	if (mute_kind_is_path(c->rule) && r.path[0] != '/') {
		snprintf(message, len, "invalid path '%.100s': expected an absolute path", r.path);
		return;
	}
	error = mutes_add(s->model.mutes, &r, session_now(s));
	if (error == -EEXIST)
		snprintf(message, len, "already muted: %s (v lists the rules)", what);
	else if (error == -ESRCH)
		snprintf(message, len, "cannot mute %s: it has exited", what);
	else if (error)
		snprintf(message, len, "cannot mute %s: %s", what, mutes_error(c->rule, error));
	else {
		while (mutes_get(s->model.mutes, n + 1))
			n++;
		rule = mutes_get(s->model.mutes, n);
		report_muted(s, rule, what, message, len);
	}
}

/* Removes every target rule that covers this file. */
static void
unmute_target(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule;
	unsigned n = 0, removed = 1;

	while (removed && (rule = mutes_of_target(s->model.mutes, c->path, c->on)) != NULL)
		n += removed = mutes_remove(s->model.mutes, rule->id);
	report_removed(n, "no target rule covers this line", message, len);
}

/* Adds the rule for exactly this target, or removes it. */
static void
toggle_target(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule = mutes_of_path(s->model.mutes, c->rule, c->path);

	if (rule) {
		mutes_remove(s->model.mutes, rule->id);
		snprintf(message, len, "unmuted %s%.400s (z undoes)",
			 c->rule == MUTE_TARGET ? "events on " : "events below ", c->path);
		return;
	}
	mute_by_menu(s, c, message, len);
}

static void
invert(struct session *s, enum mute_side side, char *message, size_t len)
{
	static const char *const passes[MUTE_SIDE_COUNT] = {
#define X(id, word, help) help,
		MUTE_SIDE_TABLE(X)
#undef X
	};
	int error = mutes_invert(s->model.mutes, side);

	s->flow.survey.inverted_ticks = 0;
	if (error == -ENOENT)
		snprintf(message, len, "cannot invert: no mute rule for %s yet, so nothing would pass",
			 mute_side_word[side]);
	else if (error)
		snprintf(message, len, "cannot invert: rejected by the system");
	else if (mutes_inverted(s->model.mutes, side))
		snprintf(message, len, "%s (z undoes)", passes[side]);
	else
		snprintf(message, len, "%s: no longer inverted", mute_side_word[side]);
}

static void
only(struct session *s, const struct command *c, char *message, size_t len)
{
	struct mute_request r = { .kind = c->rule,
				  .origin = MUTE_BY_KEY,
				  .process = c->key,
				  .version = c->version,
				  .path = c->path ? c->path : "" };
	char what[400];
	int error;

	s->flow.survey.inverted_ticks = 0;
	if (!c->on) {
		if (mutes_only_end(s->model.mutes, session_now(s)))
			snprintf(message, len, "all processes again, and mutes as before");
		return;
	}
	name_rule(c->rule, c->key, r.path, what, sizeof(what));
	error = mutes_only(s->model.mutes, &r, session_now(s));
	if (!error)
		snprintf(message, len, "only %s; other rules of processes are set aside (Esc ends it)", what);
	else if (error == -ENOTSUP)
		snprintf(message, len, "this system cannot invert mutes; only the filter is set");
	else
		snprintf(message, len, "cannot show only %s: %s; only the filter is set", what,
			 error == -ESRCH ? "it has exited" : mutes_error(c->rule, error));
}

static void
remove_rule(struct session *s, uint32_t id, char *message, size_t len)
{
	report_removed(mutes_remove(s->model.mutes, id),
		       "this entry is the system's own, not a rule of estop", message, len);
}

static void
change_events(struct session *s, const struct command *c, char *message, size_t len)
{
	int error = mutes_set_events(s->model.mutes, c->id, c->events);

	snprintf(message, len, "%s",
		 error == -ENOENT ? "the rule no longer exists"
		 : error          ? "expected at least one event type that this rule can mute"
				  : "event types of the rule changed (z undoes)");
}

static void
audition(struct session *s, uint32_t id, char *message, size_t len)
{
	uint64_t now = session_now(s);
	int error = mutes_audition(s->model.mutes, id, now, now + AUDITION_SECS * UINT64_C(1000000000));

	if (error == -ENOTSUP)
		snprintf(message, len, "cannot audition a rule while mutes are inverted");
	else if (error == -EALREADY)
		snprintf(message, len, "this rule is being auditioned already");
	else if (error)
		snprintf(message, len, "this entry is the system's own, not a rule of estop");
	else
		snprintf(message, len, "unmuted for %u s to measure its events", (unsigned)AUDITION_SECS);
}

static enum commands_effect
save_rules(struct session *s, const struct command *c, char *message, size_t len)
{
	unsigned saved = 0, left_out = 0;
	int error = rules_save(s->model.mutes, c->path, c->on, &saved, &left_out, message, len);

	if (error == -EEXIST)
		return COMMANDS_ASK;
	if (!error)
		snprintf(message, len, "%u rule%s saved; use: L here, or estop --mute-file=%.200s%s", saved,
			 saved == 1 ? "" : "s", c->path,
			 left_out ? "; rules for processes are not saved" : "");
	return COMMANDS_MUTES;
}

/* A step of { or }; beyond the ends it goes to them. */
static void
step_stream(struct session *s, bool forward, char *message, size_t len)
{
	struct position at;
	char length[32];
	uint64_t step;

	s->source.ops->replay->position(s->source.self, &at);
	step = position_step(&at);
	if (!forward && at.now_ns - at.begin_ns < step)
		step = at.now_ns - at.begin_ns;
	if (session_seek(s, forward ? at.now_ns + step : at.now_ns - step, message, len) == 0)
		snprintf(message, len, "%s %s", units_duration(length, sizeof(length), step, DURATION_CELL),
			 forward ? "forward" : "back");
}

static void
send_signal(struct session *s, const struct command *c, char *message, size_t len)
{
	char name[240], what[24];
	int error = -ENOTSUP;

	name_process(c->key, c->path, name, sizeof(name));
	if (s->source.ops->signal && !s->options->settings.read_only)
		error = s->source.ops->signal(s->source.self, c->key.pid, c->key.start_ns, c->signal);
	format_signal(what, sizeof(what), c->signal);
	if (!error)
		snprintf(message, len, "%s sent to process %s", what, name);
	else if (error == -ESRCH)
		snprintf(message, len, "process %s has exited: nothing sent", name);
	else
		snprintf(message, len, "%s not sent to process %s: %s", what, name,
			 error == -ENOTSUP ? "signals are off" : strerror(-error));
}

static void
move_stream(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct source_ops *ops = s->source.ops;
	char clock[32];

	if (ops->live)
		return;
	if (c->kind == ACTION_STREAM_PAUSE)
		ops->replay->pause(s->source.self, message, len);
	else if (c->kind == ACTION_STREAM_SLOWER || c->kind == ACTION_STREAM_FASTER)
		ops->replay->speed(s->source.self, c->kind == ACTION_STREAM_FASTER ? 1 : -1, message, len);
	else if (c->kind == ACTION_STREAM_GO) {
		if (session_seek(s, c->time_ns, message, len) == 0)
			snprintf(message, len, "at %s", position_clock(clock, sizeof(clock), c->time_ns));
	} else
		step_stream(s, c->kind == ACTION_STREAM_FORWARD, message, len);
}

enum commands_effect
commands_carry_out(struct session *s, const struct command *c, char *message, size_t len)
{
	switch (c->kind) {
	case ACTION_MUTE_PROCESS:
		toggle_process(s, c, message, len);
		break;
	case ACTION_MUTE_EXE:
		toggle_exe(s, c, message, len);
		break;
	case ACTION_UNMUTE:
		unmute_row(s, c, message, len);
		break;
	case ACTION_FILES_MUTE:
		toggle_target(s, c, message, len);
		break;
	case ACTION_FILES_UNMUTE:
		unmute_target(s, c, message, len);
		break;
	case ACTION_UNMUTE_ALL:
		report_removed(mutes_remove_all(s->model.mutes), "nothing is muted", message, len);
		break;
	case ACTION_UNDO:
		step_back(s, true, message, len);
		break;
	case ACTION_REDO:
		step_back(s, false, message, len);
		break;
	case ACTION_MUTE_MENU:
		if (!c->on || !remove_equal(s, c, message, len))
			mute_by_menu(s, c, message, len);
		break;
	case ACTION_INVERT:
		invert(s, c->side, message, len);
		break;
	case ACTION_ONLY:
		only(s, c, message, len);
		break;
	case ACTION_LEDGER_REMOVE:
		remove_rule(s, c->id, message, len);
		break;
	case ACTION_LEDGER_EVENTS:
		change_events(s, c, message, len);
		break;
	case ACTION_LEDGER_AUDITION:
		audition(s, c->id, message, len);
		break;
	case ACTION_MUTE_LOAD:
		start_mutes_load(&s->model, c->path, s->source.ops->live, session_now(s), message, len);
		break;
	case ACTION_LEDGER_SAVE:
		return save_rules(s, c, message, len);
	case ACTION_FOLD:
		tree_fold(s->model.tree, c->key, c->on);
		return COMMANDS_SNAPSHOT;
	case ACTION_FOLD_ALL:
		(c->key.pid ? tree_fold_groups : tree_fold_all)(s->model.tree, c->on);
		return COMMANDS_SNAPSHOT;
	case ACTION_TYPES_TOGGLE:
		session_subscribe(s, c->events, message, len);
		return COMMANDS_SNAPSHOT;
	case ACTION_MARK:
		if (c->on)
			tree_mark(s->model.tree, session_now(s));
		else
			tree_unmark(s->model.tree);
		snprintf(message, len, "%s",
			 c->on ? "counting from this mark; c clears it"
			       : "mark cleared: counting from the start");
		return COMMANDS_SNAPSHOT;
	case ACTION_CLEAR:
		tree_clear(s->model.tree);
		views_clear(&s->model.views);
		snprintf(message, len, "counters reset");
		return COMMANDS_SNAPSHOT;
	case ACTION_STREAM_PAUSE:
	case ACTION_STREAM_SLOWER:
	case ACTION_STREAM_FASTER:
	case ACTION_STREAM_BACK:
	case ACTION_STREAM_FORWARD:
	case ACTION_STREAM_GO:
		move_stream(s, c, message, len);
		return COMMANDS_SNAPSHOT;
	case ACTION_SIGNAL:
		send_signal(s, c, message, len);
		return COMMANDS_SNAPSHOT;
	case ACTION_INTERVAL:
		set_interval(s, c->interval_ms, message, len);
		return COMMANDS_INTERVAL;
	default: /* handled by the loop */
		return COMMANDS_SNAPSHOT;
	}
	mutes_refresh(s->model.mutes);
	session_record_mutes(s);
	return COMMANDS_MUTES;
}
