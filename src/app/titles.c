/* titles - see titles.h. */
#include "src/app/titles.h"
#include "model/title.h"

static bool
read_one(const struct source *source, struct tree *tree, const struct row *r, uint64_t now_ns)
{
	char bytes[TITLE_MAX];
	size_t length;

	if (r->flags & (ROW_GROUP | ROW_EXITED | ROW_KERNEL) || !title_is_due(tree, r->key, now_ns))
		return false;
	length = source->ops->command_line(source->self, r->key.pid, bytes, sizeof(bytes));
	return title_set(tree, r->key, bytes, length, now_ns);
}

bool
titles_read(const struct source *source, struct tree *tree, const struct snapshot *s, const size_t rows[],
	    size_t n, uint64_t now_ns)
{
	bool changed = false;

	if (!source->ops->command_line)
		return false;
	for (size_t i = 0; i < n && i < TITLES_ROWS; i++)
		changed |= read_one(source, tree, &s->rows[rows ? rows[i] : i], now_ns);
	return changed;
}
