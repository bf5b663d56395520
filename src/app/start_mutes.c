/* start_mutes - see start_mutes.h. */
#include "src/app/start_mutes.h"
#include "model/mute_text.h"
#include "src/base/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

/* A file that is being loaded. */
struct loading {
	struct model *model;
	const char *path;
	bool live;
	uint64_t now_ns;
	struct notes notes;
	unsigned added, had;
};

static void
load_rule(void *ctx, const struct mute_text *rule, unsigned line)
{
	struct loading *l = ctx;
	struct options_mute mute = { .text = l->path, .line = line, .rule = *rule, .origin = MUTE_BY_FILE };
	char *path = l->live && mute_kind_is_path(rule->kind) ? path_canonical(rule->path) : NULL;
	uint64_t before = mutes_changes(l->model->mutes);
	char why[NOTE_BYTES];

	if (path)
		mute.rule.path = path;
	if (add(l->model, &mute, l->now_ns, why, sizeof(why)))
		notes_add(&l->notes, "%s", why);
	else if (mutes_changes(l->model->mutes) == before)
		l->had++;
	else
		l->added++;
	free(path);
}

static void
load_error(void *ctx, const char *sentence)
{
	struct loading *l = ctx;

	notes_add(&l->notes, "%s", sentence);
}

void
start_mutes_load(struct model *m, const char *path, bool live, uint64_t now_ns, char *message, size_t len)
{
	struct loading l = { .model = m, .path = path, .live = live, .now_ns = now_ns };
	char first[NOTE_BYTES];
	int error;

	mutes_join(m->mutes);
	error = mute_file_read(path, load_rule, load_error, &l);
	mutes_part(m->mutes);
	if (error)
		snprintf(message, len, "cannot read mute file %.200s: %s", path, strerror(-error));
	else if (notes_first(&l.notes, first, sizeof(first)))
		snprintf(message, len, "%u rule%s loaded; %.300s", l.added, l.added == 1 ? "" : "s", first);
	else
		snprintf(message, len, "%u rule%s loaded from %.200s%s%s", l.added, l.added == 1 ? "" : "s",
			 path, l.had ? "; the others were in force" : "", l.added ? " (z undoes)" : "");
	notes_finish(&l.notes);
}
