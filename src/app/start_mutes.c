/* start_mutes - see start_mutes.h. */
#include "src/app/start_mutes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* 0, also when the rule was in force already. */
static int
add(struct model *m, const struct options_mute *mute, uint64_t now_ns, char *why, size_t len)
{
	struct mute_request r = { .kind = mute->rule.kind,
				  .origin = mute->origin,
				  .events = mute->rule.events,
				  .path = mute->rule.path };
	struct proc_facts facts;
	const char *what;
	int error = -ESRCH;

	if (!mute->rule.path) {
		const struct proc *p = tree_find_pid(m->tree, mute->rule.pid);

		if (p) {
			proc_facts(p, &facts);
			r.process = facts.key;
			r.version = facts.version;
			r.path = facts.exe;
		}
	}
	if (r.path)
		error = mutes_add(m->mutes, &r, now_ns);
	if (!error || error == -EEXIST)
		return 0;
	what = mutes_error(mute->rule.kind, error);
	if (mute->origin == MUTE_BY_OPTION)
		snprintf(why, len, "-m %.200s: %s", mute->text, what);
	else
		snprintf(why, len, "%.200s:%u: %s", mute->text, mute->line, what);
	return error;
}

static int
add_all(struct model *m, const struct options *o, bool paths, struct notes *notes, uint64_t now_ns, char *why,
	size_t len)
{
	int error = 0;

	mutes_hold(m->mutes);
	for (size_t i = 0; i < o->mute_count && !error; i++) {
		const struct options_mute *mute = &o->mutes[i];

		if (!mute->rule.path == paths)
			continue;
		error = add(m, mute, now_ns, why, len);
		if (error && mute->origin == MUTE_BY_FILE) {
			notes_add(notes, "%s", why);
			error = 0;
		}
	}
	mutes_release(m->mutes);
	return error;
}

int
start_mutes_paths(struct model *m, const struct options *o, struct notes *notes, uint64_t now_ns, char *why,
		  size_t len)
{
	return add_all(m, o, true, notes, now_ns, why, len);
}

int
start_mutes_processes(struct model *m, const struct options *o, struct notes *notes, uint64_t now_ns,
		      char *why, size_t len)
{
	int error = add_all(m, o, false, notes, now_ns, why, len);
	struct mute_counts counts;

	mutes_counts(m->mutes, &counts);
	if (counts.local)
		notes_add(notes,
			  "%u of %u mute rules were rejected by the system (limit reached) and are applied "
			  "by estop (local)",
			  counts.local, counts.processes + counts.paths);
	return error;
}
