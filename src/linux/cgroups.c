/* cgroups - see cgroups.h. */
#include "src/linux/cgroups.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct cgroup_name {
	atomic_uint references; /* the table has one */
	es_linux_cgroup_t facts;
	UT_hash_handle hh;
	char path[];
};

struct cgroups {
	pthread_mutex_t lock;
	struct cgroup_name *names; /* by facts.id */
	size_t limit;              /* beyond it those that nobody holds are dropped */
};

struct cgroup_name *
cgroup_name_hold(struct cgroup_name *n)
{
	if (n)
		atomic_fetch_add_explicit(&n->references, 1, memory_order_relaxed);
	return n;
}

void
cgroup_name_drop(struct cgroup_name *n)
{
	/* acq_rel: every holder's reads come before the last one frees it. */
	if (n && atomic_fetch_sub_explicit(&n->references, 1, memory_order_acq_rel) == 1)
		free(n);
}

const es_linux_cgroup_t *
cgroup_name_facts(const struct cgroup_name *n)
{
	return n ? &n->facts : NULL;
}

static struct cgroup_name *
name_create(u64 id, const char *path, size_t length)
{
	struct cgroup_name *n = calloc(1, sizeof(*n) + length + 1);

	if (!n)
		return NULL;
	atomic_init(&n->references, 1);
	if (length)
		memcpy(n->path, path, length);
	n->facts.id = id;
	n->facts.path = (es_string_token_t){ length, n->path };
	return n;
}

struct cgroups *
cgroups_create(void)
{
	struct cgroups *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	pthread_mutex_init(&t->lock, NULL);
	t->limit = CGROUPS_KEPT;
	return t;
}

void
cgroups_destroy(struct cgroups *t)
{
	struct cgroup_name *n, *next;

	if (!t)
		return;
	n = t->names;
	HASH_CLEAR(hh, t->names); /* of the table: the names stay linked */
	for (; n; n = next) {
		next = n->hh.next;
		cgroup_name_drop(n);
	}
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static struct cgroup_name *
find(struct cgroups *t, u64 id)
{
	struct cgroup_name *n;

	HASH_FIND(hh, t->names, &id, sizeof(id), n);
	return n;
}

/* A process of one that went asks the kernel again: see client.c. */
static void
bound(struct cgroups *t)
{
	struct cgroup_name *n, *next;
	unsigned kept = 0;

	if (HASH_COUNT(t->names) <= t->limit)
		return;
	for (n = t->names; n; n = next) {
		next = n->hh.next;
		if (atomic_load_explicit(&n->references, memory_order_relaxed) > 1) {
			kept++;
			continue;
		}
		HASH_DEL(t->names, n); // NOLINT: uthash's lists are beyond the analyzer
		cgroup_name_drop(n);
	}
	t->limit = 2 * kept + CGROUPS_KEPT;
}

void
cgroups_add(struct cgroups *t, const struct wire_cgroup *w)
{
	struct cgroup_name *n;

	pthread_mutex_lock(&t->lock);
	if (!find(t, w->id)) {
		bound(t);
		n = name_create(w->id, (const char *)w + w->head.text, w->head.text_len);
		if (n)
			HASH_ADD(hh, t->names, facts.id, sizeof(n->facts.id), n); // NOLINT: as above
		if (n && !n->hh.tbl) /* out of memory inside the table */
			free(n);
	}
	pthread_mutex_unlock(&t->lock);
}

bool
cgroups_know(struct cgroups *t, u64 id)
{
	bool known;

	pthread_mutex_lock(&t->lock);
	known = find(t, id) != NULL;
	pthread_mutex_unlock(&t->lock);
	return known;
}

struct cgroup_name *
cgroups_hold(struct cgroups *t, u64 id)
{
	struct cgroup_name *n;

	if (!t || !id)
		return NULL;
	pthread_mutex_lock(&t->lock);
	n = cgroup_name_hold(find(t, id));
	pthread_mutex_unlock(&t->lock);
	return n ? n : name_create(id, NULL, 0);
}

void
cgroups_each(struct cgroups *t, void (*visit)(void *, const char *), void *ctx)
{
	pthread_mutex_lock(&t->lock);
	for (const struct cgroup_name *n = t->names; n; n = n->hh.next)
		if (n->facts.path.length)
			visit(ctx, n->path);
	pthread_mutex_unlock(&t->lock);
}
