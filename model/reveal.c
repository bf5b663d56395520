/* reveal - see reveal.h. */
#include "model/reveal.h"

/* Those above row i that are folded, from it upwards. */
static void
unfold_above(struct tree *t, const struct snapshot *s, size_t i)
{
	unsigned depth = s->rows[i].depth;

	for (size_t k = i; k-- > 0 && depth > 0;)
		if (s->rows[k].depth < depth) {
			depth = s->rows[k].depth;
			tree_fold(t, s->rows[k].key, false);
		}
}

static bool
matches(const struct filter *wanted, const struct row *r, const struct tree *t, uint64_t now_ns)
{
	struct filter_subject subject = row_subject(r);

	subject.tree = t;
	subject.now_ns = now_ns;
	return filter_match(wanted, &subject);
}

bool
reveal_next(struct tree *t, const struct snapshot_spec *spec, const struct filter *wanted,
	    struct proc_key from, bool backwards, bool from_here, uint64_t now_ns, struct reveal *found)
{
	struct snapshot_spec open = *spec;
	struct snapshot s = { 0 };
	size_t start, i = 0;
	bool any = false;
	long at;

	open.unfolded = true;
	open.saving = (struct saving_question){ .asked = false };
	snapshot_take(&s, t, NULL, &open, now_ns);
	at = snapshot_find(&s, from, 0);
	start = at < 0 ? 0 : (size_t)at;
	for (size_t k = from_here || at < 0 ? 0 : 1; k <= s.count && s.count && !any; k++) {
		i = (backwards ? start + s.count - k % s.count : start + k) % s.count;
		any = matches(wanted, &s.rows[i], t, now_ns);
	}
	if (any) {
		*found = (struct reveal){ .key = s.rows[i].key,
					  .group = s.rows[i].flags & ROW_GROUP,
					  .wrapped = backwards ? i > start : i < start,
					  .same = at >= 0 && i == start };
		unfold_above(t, &s, i);
	}
	snapshot_finish(&s);
	return any;
}
