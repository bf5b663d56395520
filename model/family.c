/* family - see family.h. */
#include "model/family.h"
#include "model/hash.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* Who ended stays known for its last events, which may come after its exit. */
enum { GONE_MAX = 1024 };

struct member {
	int32_t pid;
	bool gone;
	uint64_t start_ns; /* 0: not known yet */
	UT_hash_handle hh;
};

struct family {
	struct member *by_pid;
	struct member *first; /* NULL: it has exited */
	size_t alive;
	int32_t gone[GONE_MAX]; /* a ring of their pids */
	unsigned next;
};

static struct member *
find(const struct family *f, int32_t pid)
{
	struct member *m;

	HASH_FIND(hh, f->by_pid, &pid, sizeof(pid), m);
	return m;
}

static struct member *
find_exactly(const struct family *f, const struct event_proc *who)
{
	struct member *m = find(f, who->pid);

	if (!m || (m->start_ns && who->start_ns && m->start_ns != who->start_ns))
		return NULL;
	if (!m->start_ns)
		m->start_ns = who->start_ns;
	return m;
}

/* An older member with the same pid has ended, even if its exit was not seen. */
static struct member *
add(struct family *f, const struct event_proc *who)
{
	struct member *m = find(f, who->pid);

	if (!m) {
		m = xcalloc(1, sizeof(*m));
		m->pid = who->pid;
		HASH_ADD(hh, f->by_pid, pid, sizeof(m->pid), m);
		f->alive++;
	} else if (m->gone) {
		m->gone = false;
		f->alive++;
	}
	m->start_ns = who->start_ns;
	return m;
}

static void
leave(struct family *f, struct member *m)
{
	struct member *old = find(f, f->gone[f->next]);

	if (m->gone)
		return;
	m->gone = true;
	if (m == f->first)
		f->first = NULL;
	f->alive--;
	if (old && old->gone && old != m) {
		HASH_DELETE(hh, f->by_pid, old); /* NOLINT: the analyzer loses the hash */
		free(old);
	}
	f->gone[f->next] = m->pid;
	f->next = (f->next + 1) % GONE_MAX;
}

struct family *
family_create(int32_t pid)
{
	struct family *f = xcalloc(1, sizeof(*f));

	f->first = add(f, &(struct event_proc){ .pid = pid });
	return f;
}

void
family_destroy(struct family *f)
{
	struct member *m, *next;

	if (!f)
		return;
	HASH_ITER (hh, f->by_pid, m, next) {
		HASH_DELETE(hh, f->by_pid, m); /* NOLINT: the analyzer loses the hash */
		free(m);
	}
	free(f);
}

/* The pid may have been reused since, so it must be alive. */
static bool
responsible_is_member(const struct family *f, const struct event *e)
{
	size_t length;
	const char *bytes = event_field(e, FIELD_RESPONSIBLE, &length);
	const struct member *m;
	int32_t pid;

	if (!bytes || length != sizeof(pid))
		return false;
	memcpy(&pid, bytes, sizeof(pid));
	m = find(f, pid);
	return m && !m->gone;
}

bool
family_take(struct family *f, const struct event *e)
{
	struct member *m = find_exactly(f, &e->who), *parent;

	if (!m) {
		/* Only a living parent counts: the pid of an exited one may have been reused. */
		parent = find(f, e->who.ppid);
		if ((!parent || parent->gone) && !responsible_is_member(f, e))
			return false;
		m = add(f, &e->who);
	}
	if (e->id == EV_FORK && !find_exactly(f, &e->other))
		add(f, &e->other);
	else if (e->id == EV_EXIT)
		leave(f, m);
	return true;
}

void
family_survey(struct family *f, bool (*runs)(void *ctx, int32_t pid, uint64_t start_ns), void *ctx)
{
	struct member **ended = xcalloc(f->alive + 1, sizeof(struct member *)), *m, *next;
	size_t n = 0;

	HASH_ITER (hh, f->by_pid, m, next)
		if (!m->gone && !runs(ctx, m->pid, m->start_ns))
			ended[n++] = m;
	for (size_t i = 0; i < n; i++) /* frees others that were removed before */
		leave(f, ended[i]);
	free(ended);
}

size_t
family_alive(const struct family *f)
{
	return f->alive;
}

bool
family_has_first(const struct family *f)
{
	return f->first;
}
