/* commands - see commands.h. */
#include "src/commands.h"
#include "src/clock.h"

#include <errno.h>
#include <string.h>

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
				  MUTE_BY_KEY, clock_wall());
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
	error = mutes_add_path(s->mutes, MUTE_EXE, c->exe, c->rate, MUTE_BY_KEY, clock_wall());
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

#define JUMP_NS 10000000000u

static void
move_stream(struct session *s, const struct command *c, char *message, size_t len)
{
	const struct source_ops *ops = s->source.ops;

	if (!ops->replay)
		return;
	if (c->kind == COMMAND_STREAM_PAUSE)
		ops->replay->pause(s->source.self, message, len);
	else if (c->kind == COMMAND_STREAM_SPEED)
		ops->replay->speed(s->source.self, c->step, message, len);
	else if (c->step > 0)
		ops->replay->forward(s->source.self, JUMP_NS, message, len);
	else
		session_back(s, JUMP_NS, message, len);
}

enum commands_effect
commands_carry_out(struct session *s, const struct command *c, char *message, size_t len)
{
	switch (c->kind) {
	case COMMAND_MUTE_PROCESS:
		toggle_process(s, c, message, len);
		break;
	case COMMAND_MUTE_EXE:
		toggle_exe(s, c, message, len);
		break;
	case COMMAND_UNMUTE_ROW:
		unmute_row(s, c, message, len);
		break;
	case COMMAND_UNMUTE_ALL:
		say_removed(mutes_remove_all(s->mutes), "nothing is muted", message, len);
		break;
	case COMMAND_UNDO:
		snprintf(message, len, "%s",
			 mutes_undo(s->mutes, clock_wall()) ? "the last mute change was taken back" :
							      "there is no mute change to take back");
		break;
	case COMMAND_FOLD:
		tree_fold(s->tree, c->key, c->on);
		return COMMANDS_PICTURE;
	case COMMAND_FOLD_ALL:
		tree_fold_all(s->tree, c->on);
		return COMMANDS_PICTURE;
	case COMMAND_CLEAR:
		tree_clear(s->tree);
		snprintf(message, len, "counters start from zero");
		return COMMANDS_PICTURE;
	case COMMAND_STREAM_PAUSE:
	case COMMAND_STREAM_SPEED:
	case COMMAND_STREAM_JUMP:
		move_stream(s, c, message, len);
		return COMMANDS_PICTURE;
	case COMMAND_INTERVAL:
		set_interval(s, c->interval_ms, message, len);
		return COMMANDS_INTERVAL;
	default: /* the loop's */
		return COMMANDS_PICTURE;
	}
	mutes_refresh(s->mutes);
	session_record_mutes(s);
	return COMMANDS_MUTES;
}
