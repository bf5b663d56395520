/* follow - see follow.h. */
#include "model/follow.h"

#include "model/proc.h"

static struct proc *
find(const struct tree *t, const struct event_proc *who)
{
	struct proc *p = (struct proc *)tree_find_pid(t, who->pid);

	return p && p->version == who->version ? p : NULL;
}

static bool
matches(const struct filter *f, const char *(*user_name)(uint32_t uid), const struct proc *p)
{
	const struct filter_subject subject = filter_subject_of(p, user_name ? user_name(p->uid) : "");

	return filter_match(f, &subject);
}

/* What ran below a process when that was first seen is taken for started by it. */
static void
mark_all(struct proc *top)
{
	struct proc *p = top;

	for (;;) {
		p->flags |= PROC_FOLLOWED;
		if (p->child) {
			p = p->child;
			continue;
		}
		while (p != top && !p->next)
			p = p->parent;
		if (p == top)
			return;
		p = p->next;
	}
}

void
follow(struct tree *t, const struct filter *f, const char *(*user_name)(uint32_t uid), const struct event *e)
{
	const struct event_proc *who = e->id == EV_EXEC ? &e->other : &e->who;
	struct proc *p, *child;

	/* The others say nothing new about who acts. */
	if (!f || (e->id != EV_EXEC && !event_field(e, FIELD_EXE, NULL)))
		return;
	p = find(t, who);
	if (!p || p->flags & PROC_FOLLOWED || !matches(f, user_name, p))
		return;
	if (e->id == EV_SEEN)
		mark_all(p);
	p->flags |= PROC_FOLLOWED;
	child = e->id == EV_FORK ? find(t, &e->other) : NULL;
	if (child)
		child->flags |= PROC_FOLLOWED;
}
