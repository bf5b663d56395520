/* frequent - see frequent.h. */
#include "model/frequent.h"
#include "model/hash.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	char *path;
	uint64_t count, over;
	size_t at; /* in the heap */
	UT_hash_handle hh;
};

struct frequent {
	struct entry *entries;
	struct entry **heap; /* its root is the least used */
	size_t count, room;
	uint64_t sum;
};

struct frequent *
frequent_create(size_t room)
{
	struct frequent *f = xcalloc(1, sizeof(*f));

	f->heap = xcalloc(room, sizeof(struct entry *));
	f->room = room;
	return f;
}

void
frequent_destroy(struct frequent *f)
{
	if (!f)
		return;
	HASH_CLEAR(hh, f->entries);
	for (size_t i = 0; i < f->count; i++) {
		free(f->heap[i]->path);
		free(f->heap[i]);
	}
	free(f->heap);
	free(f);
}

static void
put(struct frequent *f, struct entry *e, size_t at)
{
	f->heap[at] = e;
	e->at = at;
}

static void
sink(struct frequent *f, struct entry *e)
{
	size_t at = e->at, child;

	while ((child = 2 * at + 1) < f->count) {
		if (child + 1 < f->count && f->heap[child + 1]->count < f->heap[child]->count)
			child++;
		if (f->heap[child]->count >= e->count)
			break;
		put(f, f->heap[child], at);
		at = child;
	}
	put(f, e, at);
}

static void
rise(struct frequent *f, struct entry *e)
{
	size_t at = e->at;

	while (at > 0 && f->heap[(at - 1) / 2]->count > e->count) {
		put(f, f->heap[(at - 1) / 2], at);
		at = (at - 1) / 2;
	}
	put(f, e, at);
}

void
frequent_add(struct frequent *f, const char *path, size_t length)
{
	struct entry *e;

	f->sum++;
	HASH_FIND(hh, f->entries, path, length, e);
	if (e) {
		e->count++;
		sink(f, e);
		return;
	}
	if (f->count < f->room) {
		e = xcalloc(1, sizeof(*e));
		e->at = f->count;
		f->heap[f->count++] = e;
	} else {
		e = f->heap[0];
		HASH_DELETE(hh, f->entries, e);
		free(e->path);
		e->over = e->count;
	}
	e->path = xstrndup(path, length);
	e->count++;
	HASH_ADD_KEYPTR(hh, f->entries, e->path, length, e);
	rise(f, e);
	sink(f, e);
}

uint64_t
frequent_sum(const struct frequent *f)
{
	return f->sum;
}

static int
by_count(const void *a, const void *b)
{
	const struct frequent_path *f = a, *g = b;

	if (f->count != g->count)
		return f->count < g->count ? 1 : -1;
	return strcmp(f->path, g->path);
}

size_t
frequent_list(const struct frequent *f, struct frequent_path out[], size_t max)
{
	struct frequent_path *all = xcalloc(f->count + 1, sizeof(*all));

	for (size_t i = 0; i < f->count; i++)
		all[i] = (struct frequent_path){ f->heap[i]->path, f->heap[i]->count, f->heap[i]->over };
	qsort(all, f->count, sizeof(*all), by_count);
	if (max)
		memcpy(out, all, (f->count < max ? f->count : max) * sizeof(*all));
	free(all);
	return f->count;
}
