/* title - see title.h. */
#include "model/title.h"

#include "model/proc.h"

#include <string.h>

/* tree_find() is for readers; the tree is ours here. */
static struct proc *
find(const struct tree *t, struct proc_key key)
{
	return (struct proc *)tree_find(t, key);
}

/* Programs fill up with blanks or NULs what a shorter title leaves of the old one. */
static size_t
without_padding(const char *text, size_t length)
{
	while (length && (text[length - 1] == '\0' || text[length - 1] == ' '))
		length--;
	return length;
}

/* Is this the beginning of the arguments, of which cut says that there were more? */
static bool
is_as_executed(const char *text, size_t length, bool whole, const struct string *args, bool cut)
{
	const char *bytes = string_bytes(args);
	size_t known = without_padding(bytes, strlen(bytes));

	if (whole && length < known)
		return false;
	if (length > known) {
		if (!cut)
			return false;
		length = known;
	}
	return memcmp(text, bytes, length) == 0;
}

bool
title_is_due(const struct tree *t, struct proc_key key, uint64_t now_ns)
{
	const struct proc *p = find(t, key);

	if (!p || !p->args || p->flags & (PROC_EXITED | PROC_KERNEL | PROC_GHOST))
		return false;
	return !p->title_ns || now_ns < p->title_ns || now_ns - p->title_ns >= TITLE_AGE_NS;
}

bool
title_set(struct tree *t, struct proc_key key, const char *bytes, size_t length, uint64_t now_ns)
{
	struct proc *p = find(t, key);
	bool whole = length < TITLE_MAX, changed;
	struct string *title = NULL;
	char text[TITLE_MAX];

	if (!p || !p->args)
		return false;
	p->title_ns = now_ns;
	if (length > sizeof(text))
		length = sizeof(text);
	if (length)
		memcpy(text, bytes, length);
	length = without_padding(text, length);
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	if (length && !is_as_executed(text, length, whole, p->args, p->flags & PROC_ARGS_CUT))
		title = intern(t->strings, text, length);
	changed = title != p->title;
	string_release(p->title);
	p->title = title;
	return changed;
}

const char *
title_get(const struct tree *t, struct proc_key key)
{
	const struct proc *p = find(t, key);

	return p ? string_bytes(p->title) : "";
}
