/* summary - see summary.h. */
#include "model/summary.h"
#include "model/hash.h"
#include "model/xalloc.h"

#include <stdlib.h>
#include <string.h>

struct program {
	struct program *above, *below, *next; /* below: the first of its list */
	char *path;                           /* NULL: the others */
	unsigned depth;
	uint64_t runs, failed, time_ns, work_ns, opens;
	uint64_t live_ns, live_work_ns; /* of runs that go on; of one summary_programs() alone */
};

/* What was executed; shared by the process, copies of it and all that remember it. */
struct command {
	unsigned users;
	struct program *program;
	struct command *by; /* of the run it is below; NULL: of none */
	char text[];
};

/* A process that has ended, and the one below it that lived longest. */
struct link {
	struct command *command;
	uint64_t time_ns;
	unsigned length;
	struct link *below;
};

struct runner {
	int32_t pid, parent;            /* parent: 0 when it has ended, or is not of these */
	uint64_t serial, parent_serial; /* pids come back */
	uint64_t begun_ns;              /* of its fork or first exec */
	uint64_t since_ns;              /* of its last exec; 0: it was only forked */
	uint64_t idle_ns;               /* since when no child runs; 0: some do */
	uint64_t work_ns;               /* of this run, up to idle_ns */
	uint32_t children;              /* that run */
	struct command *command;
	struct program *program;
	struct link *longest; /* of its children that have ended */
	UT_hash_handle hh;
};

struct slow {
	struct command *command;
	uint64_t time_ns, work_ns;
};

struct failure {
	struct command *command;
	int status;
	uint64_t count;
};

struct summary {
	uint64_t count[EV_COUNT];
	struct program root, others; /* root: above all */
	size_t program_count;
	struct runner *runners;
	uint64_t serial;

	struct slow slowest[SUMMARY_SLOWEST]; /* the slowest first */
	size_t slow_count;
	struct failure failed[SUMMARY_FAILED];
	size_t failed_count;
	uint64_t failed_more;
	struct link *chain;

	struct command *first;
	uint64_t first_serial, first_ns, first_end_ns;
	int first_status;
	unsigned roots; /* processes whose parent is none of these */

	uint64_t begin_ns, time_ns, last_exit_ns; /* time_ns: up to which load is added up */
	struct summary_load load;
	unsigned alive, working;

	struct frequent *files[SUMMARY_FILES_KINDS];
	char *directory; /* without a slash at the end; "": not known */
	bool directory_given;
};

const char *const summary_files_name[SUMMARY_FILES_KINDS] = {
#define X(id, name) name,
	SUMMARY_FILES_TABLE(X)
#undef X
};

/* ---- commands ---- */

static struct command *
hold(struct command *c)
{
	if (c)
		c->users++;
	return c;
}

static void
drop(struct command *c)
{
	struct command *by;

	for (; c && --c->users == 0; c = by) {
		by = c->by;
		free(c);
	}
}

static const char *
text_of(const struct command *c)
{
	return c ? c->text : "";
}

/* The chain of who ran what is kept only for one step: else a process that executes for ever had no end. */
static struct command *
command_create(struct program *program, struct command *by, const struct event *e)
{
	static const char cut[] = " ...";
	size_t length = 0, kept;
	const char *args = event_field(e, FIELD_ARGS, &length);
	struct command *c;

	if (!args || !length) {
		args = program->path ? program->path : "";
		length = strlen(args) + 1;
	}
	kept = length > SUMMARY_COMMAND ? SUMMARY_COMMAND : length;
	c = xcalloc(1, sizeof(*c) + kept + sizeof(cut));
	memcpy(c->text, args, kept);
	for (size_t i = 0; i + 1 < kept; i++)
		if (!c->text[i])
			c->text[i] = ' ';
	if (kept < length || e->flags & EVENT_ARGS_CUT)
		memcpy(c->text + strlen(c->text), cut, sizeof(cut));
	c->users = 1;
	c->program = program;
	if (by && by->by) {
		/* Its own text is of interest, not what that was below. */
		struct command *copy = xcalloc(1, sizeof(*copy) + strlen(by->text) + 1);

		strcpy(copy->text, by->text);
		copy->users = 1;
		copy->program = by->program;
		c->by = copy;
	} else {
		c->by = hold(by);
	}
	return c;
}

/* ---- programs ---- */

static bool
is_called(const struct program *p, const char *path, size_t length)
{
	return p->path && strncmp(p->path, path, length) == 0 && !p->path[length];
}

static struct program *
program_below(struct summary *s, struct program *above, const char *path, size_t length)
{
	struct program *p, **last;

	if (above == &s->others || !path)
		return &s->others;
	if (above->depth >= SUMMARY_DEPTH)
		above = above->above;
	for (last = &above->below; *last; last = &(*last)->next)
		if (is_called(*last, path, length)) {
			/* The one that is asked for most comes to the front. */
			p = *last;
			*last = p->next;
			p->next = above->below;
			above->below = p;
			return p;
		}
	if (s->program_count >= SUMMARY_PROGRAMS)
		return &s->others;
	s->program_count++;
	p = xcalloc(1, sizeof(*p));
	p->path = xstrndup(path, length);
	p->above = above;
	p->depth = above->depth + 1;
	p->next = above->below;
	above->below = p;
	return p;
}

/* All of them, each before those below it; then NULL. */
static struct program *
next_program(const struct summary *s, const struct program *p)
{
	if (p->below)
		return p->below;
	while (p != &s->root && !p->next)
		p = p->above;
	return p == &s->root ? NULL : p->next;
}

/* ---- how much runs at a time ---- */

/* Until now_ns it was as it is. Events of several processors may be out of order by a little. */
static void
advance(struct summary *s, uint64_t now_ns)
{
	uint64_t step = now_ns > s->time_ns && s->time_ns ? now_ns - s->time_ns : 0;

	if (now_ns > s->time_ns)
		s->time_ns = now_ns;
	s->load.lives_ns += step * s->alive;
	s->load.work_ns += step * s->working;
	s->load.alone_ns += s->alive && s->working <= 1 ? step : 0;
	/* Between a fork and what it changes no time passes. */
	if (step && s->working > s->load.peak)
		s->load.peak = s->working;
}

static void
begin_work(struct summary *s, struct runner *r, uint64_t now_ns)
{
	r->idle_ns = now_ns ? now_ns : 1;
	s->working++;
}

static void
end_work(struct summary *s, struct runner *r, uint64_t now_ns)
{
	r->work_ns += now_ns > r->idle_ns ? now_ns - r->idle_ns : 0;
	r->idle_ns = 0;
	s->working--;
}

/* ---- processes ---- */

static struct runner *
find(const struct summary *s, int32_t pid)
{
	struct runner *r;

	HASH_FIND(hh, s->runners, &pid, sizeof(pid), r);
	return r;
}

static struct runner *
parent_of(const struct summary *s, const struct runner *r)
{
	struct runner *parent = r->parent ? find(s, r->parent) : NULL;

	return parent && parent->serial == r->parent_serial ? parent : NULL;
}

static void
adopt(struct summary *s, struct runner *parent, struct runner *child, uint64_t now_ns)
{
	child->parent = parent->pid;
	child->parent_serial = parent->serial;
	if (parent->children++ == 0)
		end_work(s, parent, now_ns);
}

static void
end_run(struct summary *s, struct runner *r, uint64_t now_ns)
{
	uint64_t time_ns = r->since_ns && now_ns > r->since_ns ? now_ns - r->since_ns : 0, work_ns;
	size_t at;

	if (r->idle_ns) {
		r->work_ns += now_ns > r->idle_ns ? now_ns - r->idle_ns : 0;
		r->idle_ns = now_ns;
	}
	work_ns = r->work_ns < time_ns ? r->work_ns : time_ns;
	r->work_ns = 0;
	if (!r->since_ns)
		return;
	r->since_ns = 0;
	r->program->time_ns += time_ns;
	r->program->work_ns += work_ns;
	for (at = s->slow_count; at > 0 && s->slowest[at - 1].work_ns < work_ns; at--)
		;
	if (at == SUMMARY_SLOWEST)
		return;
	if (s->slow_count == SUMMARY_SLOWEST)
		drop(s->slowest[--s->slow_count].command);
	memmove(s->slowest + at + 1, s->slowest + at, (s->slow_count++ - at) * sizeof(s->slowest[0]));
	s->slowest[at] = (struct slow){ hold(r->command), time_ns, work_ns };
}

static void
free_links(struct link *l)
{
	for (struct link *below; l; l = below) {
		below = l->below;
		drop(l->command);
		free(l);
	}
}

/* r has ended: it and the longest below it, if that is longer than what is there. */
static void
add_link(struct link **to, struct runner *r, uint64_t time_ns)
{
	struct link *l;

	if (*to && (*to)->time_ns >= time_ns)
		return;
	free_links(*to);
	*to = l = xcalloc(1, sizeof(*l));
	*l = (struct link){ hold(r->command), time_ns, 1, r->longest };
	r->longest = NULL;
	if (l->below)
		l->length = l->below->length + 1;
	if (l->length <= SUMMARY_CHAIN)
		return;
	/* Too long: the last one goes. */
	for (struct link *up = l; up; up = up->below) {
		up->length--;
		if (up->length == 1) {
			free_links(up->below);
			up->below = NULL;
		}
	}
}

static void
remove_runner(struct summary *s, struct runner *r)
{
	HASH_DELETE(hh, s->runners, r); /* NOLINT: the analyzer loses the hash */
	free_links(r->longest);
	drop(r->command);
	free(r);
}

static void
end_process(struct summary *s, struct runner *r, uint64_t now_ns)
{
	struct runner *parent = parent_of(s, r);
	uint64_t time_ns = now_ns > r->begun_ns ? now_ns - r->begun_ns : 0;

	end_run(s, r, now_ns);
	if (r->idle_ns)
		end_work(s, r, now_ns);
	s->alive--;
	if (parent && --parent->children == 0)
		begin_work(s, parent, now_ns);
	if (r->command)
		add_link(parent ? &parent->longest : &s->chain, r, time_ns);
	remove_runner(s, r);
}

static struct runner *
begin_process(struct summary *s, int32_t pid, struct runner *parent, uint64_t now_ns)
{
	struct runner *r = find(s, pid);

	if (r) /* its exit was lost */
		end_process(s, r, now_ns);
	r = xcalloc(1, sizeof(*r));
	r->pid = pid;
	r->serial = ++s->serial;
	r->begun_ns = now_ns;
	r->program = &s->root;
	HASH_ADD(hh, s->runners, pid, sizeof(r->pid), r);
	s->alive++;
	s->load.processes++;
	begin_work(s, r, now_ns);
	s->roots += !parent;
	if (parent) {
		adopt(s, parent, r, now_ns);
		r->program = parent->program;
		r->command = hold(parent->command);
	}
	return r;
}

/* ---- events ---- */

static void
set_directory(struct summary *s, const char *path)
{
	size_t length = strlen(path);

	while (length && path[length - 1] == '/')
		length--; /* of "/" all would be below */
	free(s->directory);
	s->directory = xstrndup(path, length);
}

static void
begin_first(struct summary *s, struct runner *r, const struct event *e)
{
	const char *directory = event_field(e, FIELD_CWD, NULL);

	s->first = hold(r->command);
	s->first_serial = r->serial;
	s->first_ns = e->time_ns;
	if (directory && !s->directory_given)
		set_directory(s, directory);
}

static void
take_exec(struct summary *s, const struct event *e)
{
	struct runner *r = find(s, e->who.pid), *parent;
	size_t length = 0;
	const char *path = event_field(e, FIELD_TARGET, &length);
	struct command *before;

	if (!r) {
		/* Of a command, or its fork comes late. */
		parent = e->who.ppid != e->who.pid ? find(s, e->who.ppid) : NULL;
		r = begin_process(s, e->who.pid, parent, e->time_ns);
	}
	before = r->command;
	if (!(r->since_ns && path && is_called(r->program, path, length))) {
		end_run(s, r, e->time_ns);
		r->program = program_below(s, r->program, path, length);
		r->command = command_create(r->program, before, e);
	} else {
		end_run(s, r, e->time_ns);
		r->command = command_create(r->program, before->by, e);
	}
	drop(before);
	r->program->runs++;
	r->since_ns = e->time_ns;
	if (!s->first)
		begin_first(s, r, e);
}

static void
take_fork(struct summary *s, const struct event *e)
{
	struct runner *parent = find(s, e->who.pid), *child = find(s, e->other.pid);

	if (e->who.pid == e->other.pid)
		return;
	/* Events that arrived before its fork are its own. */
	if (child && child->begun_ns + 1000000000u > e->time_ns && !child->parent) {
		if (parent) {
			adopt(s, parent, child, e->time_ns);
			s->roots--;
		}
		return;
	}
	if (child && child->parent == e->who.pid && child->since_ns >= e->time_ns)
		return;
	if (!parent)
		parent = begin_process(s, e->who.pid, NULL, e->time_ns);
	begin_process(s, e->other.pid, parent, e->time_ns);
}

static void
count_failure(struct summary *s, const struct runner *r, int status)
{
	r->program->failed += r->since_ns != 0;
	for (size_t i = 0; i < s->failed_count; i++)
		if (s->failed[i].command->program == r->program && s->failed[i].status == status) {
			s->failed[i].count++;
			return;
		}
	if (s->failed_count == SUMMARY_FAILED || !r->command)
		s->failed_more++;
	else
		s->failed[s->failed_count++] = (struct failure){ hold(r->command), status, 1 };
}

static void
take_exit(struct summary *s, const struct event *e)
{
	struct runner *r = find(s, e->who.pid);

	if (!r)
		return;
	if (r->serial == s->first_serial) {
		s->first_status = (int)e->value;
		s->first_end_ns = e->time_ns;
	}
	if (e->value > 0)
		count_failure(s, r, (int)e->value);
	end_process(s, r, e->time_ns);
	if (e->time_ns > s->last_exit_ns)
		s->last_exit_ns = e->time_ns;
}

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* What a program opens before and beside its own work: shared libraries, their cache, messages, character sets. */
static bool
is_loader(const char *path)
{
	static const char *const prefixes[] = { "/etc/ld.so.",
						"/etc/locale.alias",
						"/usr/lib/locale/",
						"/usr/share/locale/",
						"/usr/share/locale-langpack/",
						"/usr/share/zoneinfo/",
						"/etc/localtime",
						"/usr/lib/dyld",
						"/System/Volumes/Preboot/Cryptexes/OS/System/Library/dyld/",
						"/System/Library/dyld/" };
	const char *name = strrchr(path, '/'), *so = path;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (has_prefix(path, prefixes[i]))
			return true;
	if (strstr(path, "/gconv/"))
		return true;
	/* libc.so.6, libz.so, ld-linux-x86-64.so.2, libSystem.B.dylib; not sort.so.c */
	name = name ? name + 1 : path;
	for (so = strstr(name, ".so"); so; so = strstr(so + 1, ".so"))
		if (!so[3 + strspn(so + 3, ".0123456789")])
			return true;
	so = strrchr(name, '.');
	return so && strcmp(so, ".dylib") == 0;
}

static enum summary_files
kind_of(const struct summary *s, const char *path)
{
	size_t length = strlen(s->directory);

	if (length && strncmp(path, s->directory, length) == 0 && (!path[length] || path[length] == '/'))
		return SUMMARY_FILES_OWN;
	return is_loader(path) ? SUMMARY_FILES_LOADER : SUMMARY_FILES_OTHER;
}

static void
take_open(struct summary *s, const struct event *e)
{
	struct runner *r = find(s, e->who.pid);
	size_t length;
	const char *path = event_field(e, FIELD_TARGET, &length);

	if (r)
		r->program->opens++;
	if (path)
		frequent_add(s->files[kind_of(s, path)], path, length);
}

void
summary_take(struct summary *s, const struct event *e)
{
	if (e->id >= EV_COUNT)
		return;
	s->count[e->id]++;
	if (!s->begin_ns)
		s->begin_ns = e->time_ns;
	advance(s, e->time_ns);
	if (e->id == EV_EXEC)
		take_exec(s, e);
	else if (e->id == EV_FORK)
		take_fork(s, e);
	else if (e->id == EV_EXIT)
		take_exit(s, e);
	else if (e->id == EV_OPEN)
		take_open(s, e);
}

/* ---- begin and end ---- */

struct summary *
summary_create(const char *directory)
{
	struct summary *s = xcalloc(1, sizeof(*s));

	s->first_status = -1;
	s->directory_given = directory != NULL;
	for (unsigned kind = 0; kind < SUMMARY_FILES_KINDS; kind++)
		s->files[kind] = frequent_create(SUMMARY_FILES);
	set_directory(s, directory ? directory : "");
	return s;
}

static void
free_programs(struct summary *s)
{
	struct program *p = s->root.below;

	while (p) {
		struct program *gone = p;

		if (p->below) {
			p = p->below;
			continue;
		}
		p->above->below = p->next;
		p = p->next ? p->next : p->above == &s->root ? NULL : p->above;
		free(gone->path);
		free(gone);
	}
}

void
summary_destroy(struct summary *s)
{
	struct runner *r, *next;

	if (!s)
		return;
	for (r = s->runners; r; r = next) {
		next = r->hh.next;
		remove_runner(s, r);
	}
	for (size_t i = 0; i < s->slow_count; i++)
		drop(s->slowest[i].command);
	for (size_t i = 0; i < s->failed_count; i++)
		drop(s->failed[i].command);
	free_links(s->chain);
	drop(s->first);
	free_programs(s);
	for (unsigned kind = 0; kind < SUMMARY_FILES_KINDS; kind++)
		frequent_destroy(s->files[kind]);
	free(s->directory);
	free(s);
}

/* ---- result ---- */

uint64_t
summary_count(const struct summary *s, enum event_id id)
{
	return id < EV_COUNT ? s->count[id] : 0;
}

static struct summary_program
result_of(const struct program *p)
{
	return (struct summary_program){ p->path,   p->depth ? p->depth - 1 : 0, p->runs,
					 p->failed, p->time_ns + p->live_ns,     p->work_ns + p->live_work_ns,
					 p->opens };
}

static int
by_time(const void *a, const void *b)
{
	const struct program *const *p = a, *const *q = b;
	uint64_t x = (*p)->time_ns + (*p)->live_ns, y = (*q)->time_ns + (*q)->live_ns;

	return x != y ? (x < y ? 1 : -1) : strcmp((*p)->path, (*q)->path);
}

static void
sort_list(struct program *above, struct program **room)
{
	size_t n = 0;

	for (struct program *p = above->below; p; p = p->next)
		room[n++] = p;
	qsort(room, n, sizeof(struct program *), by_time);
	for (size_t i = 0; i < n; i++)
		room[i]->next = i + 1 < n ? room[i + 1] : NULL;
	above->below = n ? room[0] : NULL;
}

/* What runs still. */
static void
add_live(const struct summary *s, uint64_t now_ns)
{
	for (const struct runner *r = s->runners; r; r = r->hh.next) {
		uint64_t time_ns = r->since_ns && now_ns > r->since_ns ? now_ns - r->since_ns : 0, work_ns;

		if (!time_ns)
			continue;
		work_ns = r->work_ns + (r->idle_ns && now_ns > r->idle_ns ? now_ns - r->idle_ns : 0);
		r->program->live_ns += time_ns;
		r->program->live_work_ns += work_ns < time_ns ? work_ns : time_ns;
	}
}

size_t
summary_programs(const struct summary *s, uint64_t now_ns, struct summary_program out[], size_t max)
{
	struct program *root = (struct program *)&s->root, *others = (struct program *)&s->others;
	struct program **room = xcalloc(s->program_count + 1, sizeof(struct program *));
	size_t n = 0;

	for (struct program *p = root; p; p = next_program(s, p))
		p->live_ns = p->live_work_ns = 0;
	others->live_ns = others->live_work_ns = 0;
	add_live(s, now_ns);
	for (struct program *p = root; p; p = next_program(s, p)) {
		sort_list(p, room);
		if (p != root && n++ < max)
			out[n - 1] = result_of(p);
	}
	if (others->runs && n++ < max)
		out[n - 1] = result_of(others);
	free(room);
	return n;
}

static struct summary_run
run_of(const struct command *c, uint64_t time_ns, uint64_t work_ns)
{
	return (struct summary_run){ c->program->path, c->text, text_of(c->by), time_ns, work_ns };
}

size_t
summary_slowest(const struct summary *s, struct summary_run out[SUMMARY_SLOWEST])
{
	for (size_t i = 0; i < s->slow_count; i++)
		out[i] = run_of(s->slowest[i].command, s->slowest[i].time_ns, s->slowest[i].work_ns);
	return s->slow_count;
}

size_t
summary_failures(const struct summary *s, struct summary_failure out[SUMMARY_FAILED], uint64_t *more)
{
	for (size_t i = 0; i < s->failed_count; i++) {
		const struct failure *f = &s->failed[i];

		out[i] = (struct summary_failure){ f->command->program->path, f->command->text, f->status,
						   f->count };
	}
	*more = s->failed_more;
	return s->failed_count;
}

size_t
summary_chain(const struct summary *s, struct summary_run out[SUMMARY_CHAIN])
{
	size_t n = 0;

	for (const struct link *l = s->chain; l && n < SUMMARY_CHAIN; l = l->below)
		out[n++] = run_of(l->command, l->time_ns, 0);
	return n;
}

void
summary_load(const struct summary *s, uint64_t now_ns, struct summary_load *out)
{
	struct summary now = *s;

	if (s->alive)
		advance(&now, now_ns);
	*out = now.load;
	out->wall_ns = now.time_ns - s->begin_ns;
	if (!s->alive)
		out->wall_ns = s->last_exit_ns > s->begin_ns ? s->last_exit_ns - s->begin_ns : 0;
}

size_t
summary_files(const struct summary *s, enum summary_files kind, struct frequent_path out[], size_t max)
{
	return frequent_list(s->files[kind], out, max);
}

uint64_t
summary_opens(const struct summary *s, enum summary_files kind)
{
	return frequent_sum(s->files[kind]);
}

const char *
summary_directory(const struct summary *s)
{
	return s->directory;
}

bool
summary_first(const struct summary *s, struct summary_run *run, int *status, bool *several)
{
	if (!s->first)
		return false;
	*run = run_of(s->first, s->first_end_ns > s->first_ns ? s->first_end_ns - s->first_ns : 0, 0);
	*status = s->first_status;
	*several = s->roots > 1;
	return true;
}
