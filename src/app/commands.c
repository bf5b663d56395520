/* commands - see commands.h. */
#include "src/app/commands.h"
#include "src/base/clock.h"
#include "src/cli/mute_file.h"

#include <errno.h>
#include <string.h>

enum { AUDITION_SECS = 5 };

/* "muted /usr/bin/make (z undoes)", or what the system thought of it. */
static void
say_muted(const struct mute_rule *rule, const char *what, char *message, size_t len)
{
	if (rule && rule->state == MUTE_LOCAL)
		snprintf(message, len,
			 "muted %s inside estop: the system refused (limit reached) (z undoes)", what);
	else
		snprintf(message, len, "muted %s (z undoes)", what);
}

static void
name_process(const struct command *c, char *name, size_t len)
{
	const char *slash = c->exe ? strrchr(c->exe, '/') : NULL;
	const char *base = slash ? slash + 1 : c->exe;

	snprintf(name, len, "%d%s%.200s", c->key.pid, base && *base ? " " : "", base ? base : "");
}

static void
toggle_process(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule = mutes_of_process(s->mutes, c->key);
	char name[240];
	int error;

	name_process(c, name, sizeof(name));
	if (rule) {
		mutes_remove(s->mutes, rule->id);
		snprintf(message, len, "unmuted process %s (z undoes)", name);
		return;
	}
	error = mutes_add_process(s->mutes, c->key, c->version, c->exe ? c->exe : "", c->rate,
				  MUTE_BY_KEY, session_now(s));
	if (!error) {
		char what[260];

		snprintf(what, sizeof(what), "process %s", name);
		say_muted(mutes_of_process(s->mutes, c->key), what, message, len);
	} else if (error == -ESRCH)
		snprintf(message, len, "process %s has ended, there is nothing to mute", name);
	else
		snprintf(message, len, "cannot mute process %s: %s", name, strerror(-error));
}

static void
toggle_exe(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule;
	int error;

	if (!c->exe || !c->exe[0]) {
		snprintf(message, len, "the executable of process %d is not known", c->key.pid);
		return;
	}
	rule = mutes_of_exe(s->mutes, c->exe);
	if (rule && rule->kind == MUTE_EXE) {
		mutes_remove(s->mutes, rule->id);
		snprintf(message, len, "unmuted %.400s (z undoes)", c->exe);
		return;
	}
	if (rule) {
		snprintf(message, len, "muted already, with all below %.400s (u takes that back)",
			 rule->path);
		return;
	}
	error = mutes_add_path(s->mutes, MUTE_EXE, c->exe, c->rate, MUTE_BY_KEY, session_now(s));
	if (!error)
		say_muted(mutes_of_exe(s->mutes, c->exe), c->exe, message, len);
	else
		snprintf(message, len, "cannot mute %.300s: %s", c->exe, strerror(-error));
}

static void
say_removed(unsigned n, const char *none, char *message, size_t len)
{
	if (n)
		snprintf(message, len, "%u rule%s removed (z undoes)", n, n == 1 ? "" : "s");
	else
		snprintf(message, len, "%s", none);
}

static void
unmute_row(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule = mutes_of_process(s->mutes, c->key);
	unsigned n = 0;

	if (rule)
		n += mutes_remove(s->mutes, rule->id);
	while ((rule = mutes_of_subtree(s->mutes, c->key)) != NULL)
		n += mutes_remove(s->mutes, rule->id);
	/* The path and prefixes of it may each have a rule. */
	while (c->exe && (rule = mutes_of_exe(s->mutes, c->exe)) != NULL) {
		unsigned removed = mutes_remove(s->mutes, rule->id);

		if (!removed)
			break;
		n += removed;
	}
	say_removed(n, "this row is not muted", message, len);
}

static void
set_interval(struct session *s, uint32_t ms, char *message, size_t len)
{
	if (ms < UI_INTERVAL_MIN_MS)
		ms = UI_INTERVAL_MIN_MS;
	if (ms > UI_INTERVAL_MAX_MS)
		ms = UI_INTERVAL_MAX_MS;
	s->interval_ms = ms;
	snprintf(message, len, "a frame every %g s", ms / 1000.0);
}

/* What a rule of this command is about: "process 812 indexer", "all below /usr/lib/". */
static void
name_rule(const struct command *c, char *what, size_t len)
{
	char name[240];

	switch (c->rule) {
	case MUTE_PROCESS:
		name_process(c, name, sizeof(name));
		snprintf(what, len, "process %s", name);
		break;
	case MUTE_SUBTREE:
		name_process(c, name, sizeof(name));
		snprintf(what, len, "process %s and all below it", name);
		break;
	case MUTE_PREFIX:
		snprintf(what, len, "programs below %.300s", c->exe);
		break;
	case MUTE_TARGET:
		snprintf(what, len, "events on %.300s", c->exe);
		break;
	case MUTE_TARGET_PREFIX:
		snprintf(what, len, "events below %.300s", c->exe);
		break;
	default:
		snprintf(what, len, "%.300s", c->exe);
		break;
	}
}

static void
mute_by_menu(struct session *s, const struct command *c, char *message, size_t len)
{
	struct mute_request r = { .kind = c->rule, .origin = MUTE_BY_KEY, .events = c->events,
				  .process = c->key, .version = c->version,
				  .path = c->exe ? c->exe : "", .rate = c->rate };
	const struct mute_rule *rule;
	char what[400];
	size_t n = 0;
	int error;

	name_rule(c, what, sizeof(what));
	if (mute_kind_is_path(c->rule) && r.path[0] != '/') {
		snprintf(message, len, "a path begins with '/', unlike '%.100s'", r.path);
		return;
	}
	error = mutes_add(s->mutes, &r, session_now(s));
	if (error == -EEXIST)
		snprintf(message, len, "there is a rule for %s already; v shows it", what);
	else if (error == -ESRCH)
		snprintf(message, len, "%s has ended, there is nothing to mute", what);
	else if (error)
		snprintf(message, len, "cannot mute %s: %s", what, strerror(-error));
	else {
		while (mutes_get(s->mutes, n + 1))
			n++;
		rule = mutes_get(s->mutes, n);
		say_muted(rule, what, message, len);
	}
}

/* Every rule for a target that covers this one. */
static void
unmute_target(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule;
	unsigned n = 0, removed = 1;

	while (removed && (rule = mutes_of_target(s->mutes, c->exe, c->on)) != NULL)
		n += removed = mutes_remove(s->mutes, rule->id);
	say_removed(n, "no rule for a target covers this line", message, len);
}

/* The rule for exactly this target comes, or goes. */
static void
toggle_target(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct mute_rule *rule = mutes_of_path(s->mutes, c->rule, c->exe);

	if (rule) {
		mutes_remove(s->mutes, rule->id);
		snprintf(message, len, "unmuted %s%.400s (z undoes)",
			 c->rule == MUTE_TARGET ? "events on " : "events below ", c->exe);
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
	int error = mutes_invert(s->mutes, side);

	s->unseen_ticks = 0;
	if (error == -ENOENT)
		snprintf(message, len, "no rule is about %s yet, so nothing would pass; mute one first",
			 mute_side_word[side]);
	else if (error)
		snprintf(message, len, "the system refused to invert its mutes");
	else if (mutes_inverted(s->mutes, side))
		snprintf(message, len, "%s (z undoes)", passes[side]);
	else
		snprintf(message, len, "%s: mutes mute again", mute_side_word[side]);
}

static void
remove_rule(struct session *s, uint32_t id, char *message, size_t len)
{
	say_removed(mutes_remove(s->mutes, id), "this entry is the system's own, not a rule of estop",
		    message, len);
}

static void
change_events(struct session *s, const struct command *c, char *message, size_t len)
{
	int error = mutes_set_events(s->mutes, c->id, c->events);

	snprintf(message, len, "%s",
		 error == -ENOENT ? "this rule is no more"
		 : error          ? "a rule needs at least one event it can mute"
				  : "the events of the rule were changed (z undoes)");
}

static void
audition(struct session *s, uint32_t id, char *message, size_t len)
{
	uint64_t now = session_now(s);
	int error = mutes_audition(s->mutes, id, now, now + AUDITION_SECS * UINT64_C(1000000000));

	if (error == -ENOTSUP)
		snprintf(message, len, "mutes are inverted: there is nothing to listen to");
	else if (error == -EALREADY)
		snprintf(message, len, "this rule is being listened to");
	else if (error)
		snprintf(message, len, "this entry is the system's own, not a rule of estop");
	else
		snprintf(message, len, "unmuted for %u s, to see what comes; then muted again",
			 (unsigned)AUDITION_SECS);
}

static enum commands_effect
save_rules(struct session *s, const struct command *c, char *message, size_t len)
{
	unsigned saved = 0, left_out = 0;
	int error = rules_save(s->mutes, c->exe, c->on, &saved, &left_out, message, len);

	if (error == -EEXIST)
		return COMMANDS_ASK;
	if (!error)
		snprintf(message, len, "%u rule%s saved to %.200s%s", saved, saved == 1 ? "" : "s",
			 c->exe, left_out ? "; those for processes end with them" : "");
	return COMMANDS_MUTES;
}

#define JUMP_NS 10000000000u

static void
move_stream(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct source_ops *ops = s->source.ops;

	if (!ops->replay)
		return;
	if (c->kind == ACTION_STREAM_PAUSE)
		ops->replay->pause(s->source.self, message, len);
	else if (c->kind == ACTION_STREAM_SLOWER || c->kind == ACTION_STREAM_FASTER)
		ops->replay->speed(s->source.self, c->kind == ACTION_STREAM_FASTER ? 1 : -1, message, len);
	else if (c->kind == ACTION_STREAM_FORWARD)
		ops->replay->forward(s->source.self, JUMP_NS, message, len);
	else
		session_back(s, JUMP_NS, message, len);
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
		say_removed(mutes_remove_all(s->mutes), "nothing is muted", message, len);
		break;
	case ACTION_UNDO:
		snprintf(message, len, "%s",
			 mutes_undo(s->mutes, session_now(s)) ? "the last mute change was taken back" :
							      "there is no mute change to take back");
		break;
	case ACTION_REDO:
		snprintf(message, len, "%s",
			 mutes_redo(s->mutes, session_now(s)) ? "what was taken back was done again" :
							      "there is nothing to do again");
		break;
	case ACTION_MUTE_MENU:
		mute_by_menu(s, c, message, len);
		break;
	case ACTION_INVERT:
		invert(s, c->side, message, len);
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
	case ACTION_LEDGER_SAVE:
		return save_rules(s, c, message, len);
	case ACTION_FOLD:
		tree_fold(s->tree, c->key, c->on);
		return COMMANDS_PICTURE;
	case ACTION_FOLD_ALL:
		tree_fold_all(s->tree, c->on);
		return COMMANDS_PICTURE;
	case ACTION_TYPES_TOGGLE:
		session_subscribe(s, c->events, message, len);
		return COMMANDS_PICTURE;
	case ACTION_MARK:
		if (c->on)
			tree_mark(s->tree, session_now(s));
		else
			tree_unmark(s->tree);
		snprintf(message, len, "%s",
			 c->on ? "counters show what comes from here on; c ends that" :
				 "counters show everything again");
		return COMMANDS_PICTURE;
	case ACTION_CLEAR:
		tree_clear(s->tree);
		views_clear(&s->views);
		snprintf(message, len, "counters start from zero");
		return COMMANDS_PICTURE;
	case ACTION_STREAM_PAUSE:
	case ACTION_STREAM_SLOWER:
	case ACTION_STREAM_FASTER:
	case ACTION_STREAM_BACK:
	case ACTION_STREAM_FORWARD:
		move_stream(s, c, message, len);
		return COMMANDS_PICTURE;
	case ACTION_INTERVAL:
		set_interval(s, c->interval_ms, message, len);
		return COMMANDS_INTERVAL;
	default: /* the loop's */
		return COMMANDS_PICTURE;
	}
	mutes_refresh(s->mutes);
	session_record_mutes(s);
	return COMMANDS_MUTES;
}
