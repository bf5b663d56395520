/* summary - see summary.h. */
#include "model/summary.h"
#include "model/hash.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct program {
	char *path; /* NULL: the others */
	uint64_t runs, time_ns, opens;
	UT_hash_handle hh;
};

/* Who runs what, and since when. */
struct runner {
	int32_t pid;
	uint64_t since_ns; /* of its exec; 0: it was only forked */
	struct program *program;
	UT_hash_handle hh;
};

struct summary {
	uint64_t count[EV_COUNT];
	struct program *programs;
	struct program others;
	struct runner *runners;
	struct frequent *files;
};

struct summary *
summary_create(void)
{
	struct summary *s = xcalloc(1, sizeof(*s));

	s->files = frequent_create(SUMMARY_FILES);
	return s;
}

void
summary_destroy(struct summary *s)
{
	struct program *p, *next_program;
	struct runner *r, *next_runner;

	if (!s)
		return;
	HASH_ITER (hh, s->programs, p, next_program) {
		HASH_DELETE(hh, s->programs, p); /* NOLINT: the analyzer loses the hash */
		free(p->path);
		free(p);
	}
	HASH_ITER (hh, s->runners, r, next_runner) {
		HASH_DELETE(hh, s->runners, r); /* NOLINT: the analyzer loses the hash */
		free(r);
	}
	frequent_destroy(s->files);
	free(s);
}

/* ---- programs ---- */

static struct program *
program_of(struct summary *s, const char *path, size_t length)
{
	struct program *p;

	HASH_FIND(hh, s->programs, path, length, p);
	if (p)
		return p;
	if (HASH_COUNT(s->programs) >= SUMMARY_PROGRAMS)
		return &s->others;
	p = xcalloc(1, sizeof(*p));
	p->path = xstrndup(path, length);
	HASH_ADD_KEYPTR(hh, s->programs, p->path, length, p);
	return p;
}

static struct runner *
runner_of(struct summary *s, int32_t pid)
{
	struct runner *r;

	HASH_FIND(hh, s->runners, &pid, sizeof(pid), r);
	if (!r) {
		r = xcalloc(1, sizeof(*r));
		r->pid = pid;
		HASH_ADD(hh, s->runners, pid, sizeof(r->pid), r);
	}
	return r;
}

static void
end_run(struct runner *r, uint64_t now_ns)
{
	if (r->since_ns && r->program && now_ns > r->since_ns)
		r->program->time_ns += now_ns - r->since_ns;
	r->since_ns = 0;
}

static void
take_exec(struct summary *s, const struct event *e)
{
	struct runner *r = runner_of(s, e->who.pid);
	size_t length;
	const char *path = event_field(e, FIELD_TARGET, &length);

	end_run(r, e->time_ns);
	r->program = path ? program_of(s, path, length) : &s->others;
	r->program->runs++;
	r->since_ns = e->time_ns;
}

static void
take_fork(struct summary *s, const struct event *e)
{
	struct program *program = runner_of(s, e->who.pid)->program;
	struct runner *child = runner_of(s, e->other.pid);

	/* Events that arrived before its fork are its own. */
	if (!child->program)
		child->program = program;
}

static void
take_exit(struct summary *s, const struct event *e)
{
	struct runner *r = runner_of(s, e->who.pid);

	end_run(r, e->time_ns);
	HASH_DELETE(hh, s->runners, r);
	free(r);
}

static void
take_open(struct summary *s, const struct event *e)
{
	struct runner *r;
	size_t length;
	const char *path = event_field(e, FIELD_TARGET, &length);

	HASH_FIND(hh, s->runners, &e->who.pid, sizeof(e->who.pid), r);
	if (r && r->program)
		r->program->opens++;
	if (path)
		frequent_add(s->files, path, length);
}

void
summary_take(struct summary *s, const struct event *e)
{
	if (e->id >= EV_COUNT)
		return;
	s->count[e->id]++;
	if (e->id == EV_EXEC)
		take_exec(s, e);
	else if (e->id == EV_FORK)
		take_fork(s, e);
	else if (e->id == EV_EXIT)
		take_exit(s, e);
	else if (e->id == EV_OPEN)
		take_open(s, e);
}

/* ---- result ---- */

uint64_t
summary_count(const struct summary *s, enum event_id id)
{
	return id < EV_COUNT ? s->count[id] : 0;
}

static int
by_time(const void *a, const void *b)
{
	const struct summary_program *p = a, *q = b;

	if (p->time_ns != q->time_ns)
		return p->time_ns < q->time_ns ? 1 : -1;
	return p->path && q->path ? strcmp(p->path, q->path) : !p->path - !q->path;
}

size_t
summary_programs(const struct summary *s, uint64_t now_ns, struct summary_program out[], size_t max)
{
	size_t n = 0, count = HASH_COUNT(s->programs) + (s->others.runs > 0);
	struct summary_program *all = xcalloc(count + 1, sizeof(*all));

	for (const struct program *p = s->programs; p; p = p->hh.next)
		all[n++] = (struct summary_program){ p->path, p->runs, p->time_ns, p->opens };
	if (n < count)
		all[n] = (struct summary_program){ NULL, s->others.runs, s->others.time_ns, s->others.opens };
	/* What still runs; the order of programs in all is that of the table. */
	for (const struct runner *r = s->runners; r; r = r->hh.next) {
		size_t i = 0;

		if (!r->since_ns || now_ns <= r->since_ns)
			continue;
		while (i + 1 < count && all[i].path != r->program->path)
			i++;
		all[i].time_ns += now_ns - r->since_ns;
	}
	qsort(all, count, sizeof(*all), by_time);
	memcpy(out, all, (count < max ? count : max) * sizeof(*all));
	free(all);
	return count;
}

size_t
summary_files(const struct summary *s, struct frequent_path out[], size_t max)
{
	return frequent_list(s->files, out, max);
}
