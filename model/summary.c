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

/* One of the most opened files, in a heap whose root is the least opened of them. */
struct file {
	char *path;
	uint64_t opens, over;
	size_t at; /* in the heap */
	UT_hash_handle hh;
};

struct summary {
	uint64_t count[EV_COUNT];
	struct program *programs;
	struct program others;
	struct runner *runners;
	struct file *files;
	struct file *heap[SUMMARY_FILES];
	size_t file_count;
};

struct summary *
summary_create(void)
{
	return xcalloc(1, sizeof(struct summary));
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
	HASH_CLEAR(hh, s->files);
	for (size_t i = 0; i < s->file_count; i++) {
		free(s->heap[i]->path);
		free(s->heap[i]);
	}
	free(s);
}

/* ---- files ---- */

static void
put(struct summary *s, struct file *f, size_t at)
{
	s->heap[at] = f;
	f->at = at;
}

static void
sink(struct summary *s, struct file *f)
{
	size_t at = f->at, child;

	while ((child = 2 * at + 1) < s->file_count) {
		if (child + 1 < s->file_count && s->heap[child + 1]->opens < s->heap[child]->opens)
			child++;
		if (s->heap[child]->opens >= f->opens)
			break;
		put(s, s->heap[child], at);
		at = child;
	}
	put(s, f, at);
}

static void
rise(struct summary *s, struct file *f)
{
	size_t at = f->at;

	while (at > 0 && s->heap[(at - 1) / 2]->opens > f->opens) {
		put(s, s->heap[(at - 1) / 2], at);
		at = (at - 1) / 2;
	}
	put(s, f, at);
}

/* Space-saving: a new file takes the place of the least opened one, and its count. */
static void
count_file(struct summary *s, const char *path, size_t length)
{
	struct file *f;

	HASH_FIND(hh, s->files, path, length, f);
	if (f) {
		f->opens++;
		sink(s, f);
		return;
	}
	if (s->file_count < SUMMARY_FILES) {
		f = xcalloc(1, sizeof(*f));
		f->at = s->file_count;
		s->heap[s->file_count++] = f;
	} else {
		f = s->heap[0];
		HASH_DELETE(hh, s->files, f);
		free(f->path);
		f->over = f->opens;
	}
	f->path = xstrndup(path, length);
	f->opens++;
	HASH_ADD_KEYPTR(hh, s->files, f->path, length, f);
	rise(s, f);
	sink(s, f);
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
		count_file(s, path, length);
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

static int
by_opens(const void *a, const void *b)
{
	const struct summary_file *f = a, *g = b;

	if (f->opens != g->opens)
		return f->opens < g->opens ? 1 : -1;
	return strcmp(f->path, g->path);
}

size_t
summary_files(const struct summary *s, struct summary_file out[], size_t max)
{
	struct summary_file *all = xcalloc(SUMMARY_FILES, sizeof(*all));

	for (size_t i = 0; i < s->file_count; i++)
		all[i] = (struct summary_file){ s->heap[i]->path, s->heap[i]->opens, s->heap[i]->over };
	qsort(all, s->file_count, sizeof(*all), by_opens);
	memcpy(out, all, (s->file_count < max ? s->file_count : max) * sizeof(*all));
	free(all);
	return s->file_count;
}
