/* scope - see scope.h. */
#include "src/app/scope.h"
#include "src/base/users.h"

#include <errno.h>
#include <string.h>

int
scope_open(struct scope *s, const char *text, const char *follow, char *why, size_t len)
{
	*s = (struct scope){ 0 };
	if (text)
		s->filter = filter_compile(text, why, len);
	if (follow)
		s->follow = filter_compile(follow, why, len);
	return (text && !s->filter) || (follow && !s->follow) ? -EINVAL : 0;
}

void
scope_close(struct scope *s)
{
	filter_free(s->filter);
	filter_free(s->follow);
	family_destroy(s->family);
	*s = (struct scope){ 0 };
}

void
scope_follow(struct scope *s, int32_t pid)
{
	family_destroy(s->family);
	s->family = family_create(pid);
}

bool
scope_take(struct scope *s, const struct event *e)
{
	if (!s->family || family_take(s->family, e))
		return true;
	if (e->id < EV_COUNT)
		s->outside[e->id]++;
	return false;
}

static bool
program_matches(const struct filter *f, int32_t pid, uint32_t uid, const char *exe, const char *script)
{
	const char *slash = exe ? strrchr(exe, '/') : NULL;
	const struct filter_subject who = { .pid = pid_shown(pid),
					    .uid = uid,
					    .user = users_name(uid),
					    .exe = exe ? exe : "",
					    .args = "",
					    .script = script,
					    .name = slash ? slash + 1
						    : exe ? exe
							  : "" };

	return filter_match(f, &who);
}

bool
scope_match(const struct scope *s, const struct tree *t, const struct event *e)
{
	const struct proc *p = s->filter ? tree_find_pid(t, e->who.pid) : NULL;
	struct proc_facts facts = { .script = NULL };

	if (!s->filter)
		return true;
	if (p)
		proc_facts(p, &facts);
	if (facts.version != e->who.version) /* a later execution than that of the event */
		facts.script = NULL;
	if (facts.followed ||
	    program_matches(s->filter, e->who.pid, e->who.uid, event_field(e, FIELD_EXE, NULL), facts.script))
		return true;
	return e->id == EV_EXEC &&
	       program_matches(s->filter, e->who.pid, e->other.uid, event_field(e, FIELD_TARGET, NULL),
			       event_field(e, FIELD_SCRIPT, NULL));
}

static bool
is_in_tree(void *ctx, int32_t pid, uint64_t start_ns)
{
	const struct proc *p = tree_find_pid(ctx, pid);
	struct proc_facts facts;

	if (!p)
		return false;
	proc_facts(p, &facts);
	return !start_ns || !facts.key.start_ns || facts.key.start_ns == start_ns;
}

void
scope_survey(struct scope *s, const struct tree *t)
{
	if (s->family)
		family_survey(s->family, is_in_tree, (void *)t);
}
