/*
 * client - Endpoint Security's clients, for Linux.
 *
 * A client is a tracer of its own, a mute set and one thread that turns the
 * kernel's records into messages and calls the handler. Process and executable
 * mutes are decided in the kernel; the mute set is what the client said, what
 * returned to it when it asks, and what target paths are matched with.
 */
#include "src/linux/client.h"
#include "model/event_table.h"
#include "src/linux/syscall_payloads.h"
#include "src/linux/refusal.h"
#include "src/linux/wire_check.h"

#include <Block.h>
#include <errno.h>
#include <es_linux.h>
#include <mach/mach.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	DEFAULT_RING = 16 << 20,
	LEAST_RING = 64 << 10,
	MOST_RING = 1 << 30,
	DEFAULT_MUTE_LIMIT = 16384,
	LEAST_KNOWN = 4096, /* processes remembered without asking whether they run */
	BATCH = 4096,       /* records between two looks at the loss counters */
	BUSY_MS = 5,        /* how long records may wait while some come */
	IDLE_MS = 50,       /* and when none came lately */
};

static es_linux_config_t configured;
static pthread_mutex_t clients_lock = PTHREAD_MUTEX_INITIALIZER;
static struct es_client_s *clients;
static unsigned client_count;
static FILE *debug_file;
static __thread char last_error[640];

const char *
es_linux_error(void)
{
	return last_error;
}

es_return_t
es_linux_configure(const es_linux_config_t *config)
{
	size_t ring = LEAST_RING;

	if (!config || config->ring_bytes > MOST_RING || config->mute_limit > 1 << 24 ||
	    config->hooks > ES_LINUX_HOOKS_FUNCTIONS)
		return ES_RETURN_ERROR;
	configured = *config;
	while (config->ring_bytes && ring < config->ring_bytes)
		ring *= 2;
	if (config->ring_bytes)
		configured.ring_bytes = ring;
	return ES_RETURN_SUCCESS;
}

/* The environment decides where TRACEPOINTS are configured: for tests of a whole program. */
static es_linux_hooks_t
choose_hooks(void)
{
	const char *word = getenv("ES_LINUX_HOOKS");

	if (configured.hooks == ES_LINUX_HOOKS_TRACEPOINTS && word && strcmp(word, "functions") == 0)
		return ES_LINUX_HOOKS_FUNCTIONS;
	if (configured.hooks == ES_LINUX_HOOKS_TRACEPOINTS && word && strcmp(word, "auto") == 0)
		return ES_LINUX_HOOKS_AUTO;
	return configured.hooks;
}

int
client_kind_of_number(unsigned number)
{
	for (int kind = 0; kind < WIRE_EVENTS; kind++)
		if (message_type_of_kind[kind] == number)
			return kind;
	return -1;
}

bool
es_linux_can_give(es_event_type_t type)
{
	return client_kind_of_number((unsigned)type) >= 0;
}

uint32_t
es_linux_available(es_event_type_t *events, uint32_t count)
{
	uint32_t available = 0;

	for (uint32_t i = 0; i < count; i++)
		if (es_linux_can_give(events[i]))
			events[available++] = events[i];
	return available;
}

bool
es_linux_mutes_executions(void)
{
	return true;
}

u64
client_kinds_of(const struct event_set *set)
{
	u64 kinds = 0;

	for (unsigned kind = 0; kind < WIRE_EVENTS; kind++)
		if (event_set_has(set, message_type_of_kind[kind]))
			kinds |= 1ULL << kind;
	return kinds;
}

struct event_set
client_set_of(const es_event_type_t *events, size_t count)
{
	struct event_set set = { { 0 } };

	for (size_t i = 0; i < count; i++)
		if ((unsigned)events[i] < 256)
			event_set_add(&set, (unsigned)events[i]);
	return set;
}

struct liveness {
	u32 version;
	bool alive;
};

static void
compare_version(void *ctx, const struct wire_proc *p)
{
	struct liveness *l = ctx;

	l->alive = p->head.version == l->version && !(p->head.flags & WIRE_GONE);
}

bool
client_process_runs(es_client_t *c, u32 pid, u32 version)
{
	struct liveness l = { .version = version };

	return tracer_processes(c->tracer, pid, compare_version, &l) == 0 && l.alive;
}

/* ---- the dispatch thread ---------------------------------------------------- */

static void
set_wall_clock(es_client_t *c)
{
	struct timespec wall, mono;
	int64_t offset;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	offset = (wall.tv_sec - mono.tv_sec) * INT64_C(1000000000) + wall.tv_nsec - mono.tv_nsec;
	/* Follow a clock that was set, not its jitter: times of one process must not step back. */
	if (llabs(offset - c->wall_minus_mono_ns) > 10 * INT64_C(1000000))
		c->wall_minus_mono_ns = offset;
}

/* A process ended: its mutes end with it, whatever its pid is used for next. */
static void
process_gone(es_client_t *c, u32 pid, u32 version)
{
	pthread_mutex_lock(&c->lock);
	if (mute_set_process_gone(c->mutes, (int32_t)pid, version))
		tracer_mute_process(c->tracer, pid, version, 0);
	pthread_mutex_unlock(&c->lock);
}

struct program {
	u32 pid, version;
};

struct program_list {
	struct program *programs;
	size_t count, room;
	bool failed;
};

static void
list_program(void *ctx, const struct wire_proc *p)
{
	struct program_list *list = ctx;

	if (p->head.flags & WIRE_GONE || list->failed)
		return;
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 1024;
		struct program *programs = realloc(list->programs, room * sizeof(*programs));

		if (!programs) {
			list->failed = true;
			return;
		}
		list->programs = programs;
		list->room = room;
	}
	list->programs[list->count++] = (struct program){ p->head.pid, p->head.version };
}

static int
compare_programs(const void *a, const void *b)
{
	const struct program *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->version > y->version) - (x->version < y->version);
}

static bool
is_listed(void *ctx, u32 pid)
{
	const struct program_list *list = ctx;
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (list->programs[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && list->programs[low].pid == pid;
}

/*
 * Exits, or their records, were lost: processes that are gone must not stay in the
 * tables, nor its mutes. What they did last may still be in the ring, though:
 * they are forgotten after it.
 */
static void
reconcile(es_client_t *c)
{
	struct program_list list = { 0 };
	const struct mute_process *p, *next;

	if (tracer_processes(c->tracer, 0, list_program, &list) == 0 && !list.failed) {
		qsort(list.programs, list.count, sizeof(*list.programs), compare_programs);
		process_cache_mark_ended(c->processes, is_listed, &list);
		c->ended_goal = tracer_produced(c->tracer);
		c->ended_marked = true;
		pthread_mutex_lock(&c->lock);
		for (p = mute_set_first_process(c->mutes); p; p = next) {
			struct program muted = { (u32)p->pid, p->version };

			next = mute_set_next_process(p);
			if (!bsearch(&muted, list.programs, list.count, sizeof(muted), compare_programs) &&
			    mute_set_process_gone(c->mutes, p->pid, p->version))
				tracer_mute_process(c->tracer, muted.pid, muted.version, 0);
		}
		pthread_mutex_unlock(&c->lock);
	}
	free(list.programs);
	c->ends_lost = false;
	c->process_limit = 2 * process_cache_count(c->processes) + LEAST_KNOWN;
}

static void
forget_ended(es_client_t *c)
{
	process_cache_forget_ended(c->processes);
	c->ended_marked = false;
	c->process_limit = 2 * process_cache_count(c->processes) + LEAST_KNOWN;
}

/* What the kernel could not write becomes a gap in the numbers. */
static void
number_losses(es_client_t *c)
{
	uint64_t missed = atomic_load_explicit(&c->missed, memory_order_relaxed);
	struct wire_counters sum;

	tracer_counters(c->tracer, &sum);
	c->ends_lost |= sum.lost[WIRE_EXIT] != c->lost_seen[WIRE_EXIT] || sum.lost_other != c->lost_other;
	c->lost_other = sum.lost_other;
	c->ends_lost |= missed != c->missed_seen;
	c->missed_seen = missed;
	for (unsigned kind = 0; kind < WIRE_EVENTS; kind++) {
		uint64_t lost = sum.lost[kind] - c->lost_seen[kind];

		c->seq[kind] += lost;
		c->global_seq += lost;
		c->lost_seen[kind] = sum.lost[kind];
	}
	/* Also when exits are not subscribed to, or muted: the table must not grow with them. */
	if (c->ended_marked) {
		if (tracer_drained(c->tracer, c->ended_goal))
			forget_ended(c);
	} else if (c->ends_lost || process_cache_count(c->processes) > c->process_limit) {
		reconcile(c);
	}
}

static void
ignore(void *ctx, const struct wire_proc *p)
{
	(void)ctx, (void)p;
}

/*
 * Takes up who a process is. Where the path of its cgroup was lost, or dropped since, it is asked
 * for: with the path comes the process as it is now, which may be gone.
 */
static void
take_proc(es_client_t *c, const struct wire_proc *p)
{
	if (p->cgroup && !cgroups_know(tracer_cgroups(c->tracer), p->cgroup))
		tracer_processes(c->tracer, p->head.pid, ignore, NULL);
	process_cache_add(c->processes, p);
}

static void
add_found(void *ctx, const struct wire_proc *p)
{
	process_cache_add(ctx, p);
}

/* The program execution a record speaks of. */
static struct cached_process *
who(es_client_t *c, u32 pid, u32 version)
{
	struct cached_process *k = process_cache_find(c->processes, pid, version);
	struct {
		struct wire_proc proc;
		char text[8];
	} unknown = { .proc.head = { .size = sizeof(unknown),
				     .kind = WIRE_PROC,
				     .pid = pid,
				     .version = version,
				     .text = sizeof(unknown.proc) } };

	if (k)
		return k;
	/* Its WIRE_PROC was lost: ask, and if it is gone already, say what is sure. */
	tracer_processes(c->tracer, pid, add_found, c->processes);
	k = process_cache_find(c->processes, pid, version);
	if (k)
		return k;
	process_cache_add(c->processes, &unknown.proc);
	return process_cache_find(c->processes, pid, version);
}

/* The process that has that pid now: looked up, as the cached one may have exited. */
static struct cached_process *
whoever(es_client_t *c, u32 pid)
{
	tracer_processes(c->tracer, pid, add_found, c->processes);
	return process_cache_newest(c->processes, pid);
}

static bool
target_muted(es_client_t *c, const es_message_t *m)
{
	const es_string_token_t *paths;
	size_t n = message_targets(m, &paths);
	struct mute_target targets[2];
	bool muted;

	for (size_t i = 0; i < n; i++)
		targets[i] = (struct mute_target){ paths[i].data, paths[i].length };
	if (n == 0)
		return false;
	pthread_mutex_lock(&c->lock);
	muted = mute_set_target_suppresses(c->mutes, m->event_type, targets, n);
	if (muted)
		mute_set_note_target(c->mutes, m->event_type, targets[0].path, targets[0].length);
	pthread_mutex_unlock(&c->lock);
	return muted;
}

static void
deliver(es_client_t *c, const struct wire_head *w)
{
	struct exec_text text = { 0 };
	struct cached_process *process, *other = NULL;
	u32 pid, version;
	es_message_t *m;

	/* The actor last: looking up the other one may take up a newer record of it. */
	if (w->kind == WIRE_EXEC) {
		other = who(c, w->pid, ((const struct wire_exec *)w)->new_version);
		text = process_cache_take_text(c->processes, w->pid);
	} else if (w->kind == WIRE_FORK) {
		const struct wire_fork *f = (const struct wire_fork *)w;

		who(c, w->pid, w->version);
		process_cache_fork(c->processes, f);
		other = who(c, f->child_pid, f->child_version);
	} else if (syscall_payload_other(w, &pid, &version)) {
		other = version ? who(c, pid, version) : whoever(c, pid);
	}
	process_cache_hold(other);
	/* Of an exec, the program before may have come up within the kernel: it made no call. */
	process = other && w->kind == WIRE_EXEC ? process_cache_find(c->processes, w->pid, w->version) : NULL;
	if (other && w->kind == WIRE_EXEC && !process)
		process = process_cache_make_before(c->processes, other, w->version);
	if (!process)
		process = who(c, w->pid, w->version);
	m = message_of(c->message);
	if (process && message_fill(c->message, w, process, other, &text, c->wall_minus_mono_ns)) {
		if (atomic_load_explicit(&c->target_mutes, memory_order_relaxed) && target_muted(c, m)) {
			atomic_fetch_add_explicit(&c->muted_target[w->kind], 1, memory_order_relaxed);
		} else {
			m->seq_num = c->seq[w->kind]++;
			m->global_seq_num = c->global_seq++;
			atomic_fetch_add_explicit(&c->delivered[w->kind], 1, memory_order_relaxed);
			c->handler(c, m);
		}
	}
	process_cache_drop(other);
	exec_text_free(&text);
	c->message = message_next(c->message);
	if (!c->message) {
		fputs("Endpoint Security: out of memory\n", stderr);
		abort();
	}
	if (w->kind == WIRE_EXEC) {
		process_cache_forget_old(c->processes, w->pid);
		process_gone(c, w->pid, w->version); /* a mute is of one program execution */
	} else if (w->kind == WIRE_EXIT) {
		process_cache_forget(c->processes, w->pid);
		process_gone(c, w->pid, w->version);
	}
}

static void
take_record(void *ctx, const struct wire_head *w)
{
	es_client_t *c = ctx;

	if (!wire_valid(w))
		return;
	if (w->kind == WIRE_PROC)
		take_proc(c, (const struct wire_proc *)w);
	else if (w->kind == WIRE_CGROUP)
		cgroups_add(tracer_cgroups(c->tracer), (const struct wire_cgroup *)w);
	else if (w->kind == WIRE_TEXT)
		process_cache_add_text(c->processes, (const struct wire_text *)w);
	else if (w->kind == WIRE_END)
		process_gone(c, w->pid, w->version);
	else if (w->kind < WIRE_EVENTS)
		deliver(c, w);
}

static struct marker *
take_markers(es_client_t *c)
{
	struct marker *m;

	pthread_mutex_lock(&c->lock);
	m = c->markers;
	c->markers = NULL;
	c->markers_end = &c->markers;
	pthread_mutex_unlock(&c->lock);
	return m;
}

static void
run_markers(struct marker *m)
{
	while (m) {
		struct marker *next = m->next;

		m->block();
		Block_release(m->block);
		free(m);
		m = next;
	}
}

static void *
dispatch(void *arg)
{
	es_client_t *c = arg;
	unsigned lately = 0;

	while (!atomic_load_explicit(&c->stop, memory_order_acquire)) {
		struct marker *markers;
		uint64_t goal;
		unsigned n;

		tracer_wait(c->tracer, lately ? BUSY_MS : IDLE_MS);
		set_wall_clock(c);
		markers = take_markers(c);
		goal = tracer_produced(c->tracer); /* what a marker follows */
		lately = 0;
		do {
			n = tracer_drain(c->tracer, BATCH, take_record, c);
			number_losses(c);
			lately += n;
		} while ((n == BATCH || (markers && !tracer_drained(c->tracer, goal))) &&
			 !atomic_load_explicit(&c->stop, memory_order_relaxed));
		run_markers(markers);
	}
	run_markers(take_markers(c));
	return NULL;
}

/* ---- clients ------------------------------------------------------------------ */

void
es_linux_debug(FILE *to)
{
	debug_file = to;
}

static es_new_client_result_t
refuse(es_new_client_result_t result, const char *why)
{
	snprintf(last_error, sizeof(last_error), "%s", why);
	return result;
}

/* The events whose target path can be muted. */
static struct event_set
target_types(void)
{
	struct event_set set = { { 0 } };

#define X(id, number, name, group, vital, target, hot, help) \
	if (target)                                          \
		event_set_add(&set, number);
	EVENT_TABLE(X)
#undef X
	return set;
}

static void
destroy(es_client_t *c)
{
	if (!c)
		return;
	while (c->subtrees) {
		struct subtree *next = c->subtrees->next;

		free(c->subtrees);
		c->subtrees = next;
	}
	process_cache_destroy(c->processes);
	message_release(c->message);
	tracer_close(c->tracer);
	mute_set_destroy(c->mutes);
	if (c->handler)
		Block_release(c->handler);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static int
start_thread(es_client_t *c)
{
	sigset_t all, old;
	int error;

	/* Signals are the program's business, not this thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&c->thread, NULL, dispatch, c);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!error)
		pthread_setname_np(c->thread, "es-dispatch");
	return -error;
}

es_new_client_result_t
es_new_client(es_client_t **client, es_handler_block_t handler)
{
	unsigned limit = configured.mute_limit ? configured.mute_limit : DEFAULT_MUTE_LIMIT;
	struct event_set targets = target_types();
	es_client_t *c;
	bool room;
	int error;

	last_error[0] = '\0';
	if (!client || !handler)
		return refuse(ES_NEW_CLIENT_RESULT_ERR_INVALID_ARGUMENT, "no client or no handler was given");
	*client = NULL;
	pthread_mutex_lock(&clients_lock);
	room = client_count < ES_LINUX_CLIENTS_MAX;
	client_count += room;
	pthread_mutex_unlock(&clients_lock);
	if (!room)
		return refuse(ES_NEW_CLIENT_RESULT_ERR_TOO_MANY_CLIENTS,
			      "this process has as many clients as it may have, 16; delete one first");
	c = calloc(1, sizeof(*c));
	if (!c)
		goto no_memory;
	pthread_mutex_init(&c->lock, NULL);
	c->process_limit = LEAST_KNOWN;
	c->markers_end = &c->markers;
	c->ring_bytes = configured.ring_bytes ? configured.ring_bytes : DEFAULT_RING;
	c->mutes = mute_set_create(limit, &targets);
	c->message = message_create();
	if (!c->mutes || !c->message)
		goto no_memory;
	if (debug_file)
		refusal_facts(debug_file);
	error = tracer_open(&c->tracer,
			    &(struct tracer_options){ .ring_bytes = c->ring_bytes,
						      .mute_limit = limit,
						      .hooks = choose_hooks(),
						      .debug = debug_file },
			    last_error, sizeof(last_error));
	if (error)
		goto fail;
	c->processes = process_cache_create(tracer_cgroups(c->tracer));
	if (!c->processes)
		goto no_memory;
	set_wall_clock(c);
	c->handler = Block_copy(handler);
	error = start_thread(c);
	if (error) {
		refuse(ES_NEW_CLIENT_RESULT_ERR_INTERNAL, "no thread could be started for the client");
		goto fail;
	}
	pthread_mutex_lock(&clients_lock);
	c->next = clients;
	clients = c;
	pthread_mutex_unlock(&clients_lock);
	*client = c;
	if (debug_file)
		fprintf(debug_file, "result: loaded, with %s\n",
			tracer_uses_functions(c->tracer) ? "functions" : "tracepoints");
	return ES_NEW_CLIENT_RESULT_SUCCESS;

no_memory:
	error = -ENOMEM;
	refuse(ES_NEW_CLIENT_RESULT_ERR_INTERNAL, "out of memory");
fail:
	pthread_mutex_lock(&clients_lock);
	client_count--;
	pthread_mutex_unlock(&clients_lock);
	destroy(c);
	if (debug_file)
		fprintf(debug_file, "result: %s\n", last_error);
	return error == -EPERM    ? ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED
	       : error == -EACCES ? ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED
				  : ES_NEW_CLIENT_RESULT_ERR_INTERNAL;
}

es_return_t
es_delete_client(es_client_t *client)
{
	es_client_t **at;

	if (!client)
		return ES_RETURN_SUCCESS;
	if (pthread_equal(pthread_self(), client->thread))
		return ES_RETURN_ERROR; /* from the handler: it would wait for itself */
	/* Release: what the caller did before is seen by the thread that ends. */
	atomic_store_explicit(&client->stop, true, memory_order_release);
	tracer_nudge(client->tracer);
	pthread_join(client->thread, NULL);
	pthread_mutex_lock(&clients_lock);
	for (at = &clients; *at && *at != client; at = &(*at)->next)
		;
	if (*at)
		*at = client->next;
	client_count--;
	pthread_mutex_unlock(&clients_lock);
	destroy(client);
	return ES_RETURN_SUCCESS;
}

es_clear_cache_result_t
es_clear_cache(es_client_t *client)
{
	(void)client;
	return ES_CLEAR_CACHE_RESULT_SUCCESS;
}

es_return_t
es_sync_client(es_client_t *client, void (^block)(void))
{
	struct marker *m = calloc(1, sizeof(*m));

	if (!m || !block) {
		free(m);
		return ES_RETURN_ERROR;
	}
	m->block = Block_copy(block);
	pthread_mutex_lock(&client->lock);
	*client->markers_end = m;
	client->markers_end = &m->next;
	pthread_mutex_unlock(&client->lock);
	tracer_nudge(client->tracer);
	return ES_RETURN_SUCCESS;
}

/* ---- what Linux adds -------------------------------------------------------------- */

struct walk {
	struct cgroups *cgroups;
	void (^visit)(const es_process_t *, const es_linux_extra_t *);
	bool failed;
};

/* The arguments of a process, from /proc: the kernel's iterator cannot read them. */
static char *
read_args(u32 pid, size_t *length, bool *cut)
{
	char path[40], *text = NULL;
	size_t fill = 0, room = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/cmdline", pid);
	f = fopen(path, "re");
	if (!f)
		return NULL;
	while (fill < WIRE_ARGS_MAX) {
		char *more = realloc(text, room = room ? room * 2 : 4096);
		size_t got;

		if (!more)
			break;
		text = more;
		got = fread(text + fill, 1, room - fill - 1, f);
		fill += got;
		if (got == 0)
			break;
	}
	fclose(f);
	if (text)
		text[fill] = '\0';
	*cut = fill > WIRE_ARGS_MAX;
	*length = *cut ? WIRE_ARGS_MAX : fill;
	if (*cut)
		text[*length] = '\0';
	return text;
}

static void
visit_process(void *ctx, const struct wire_proc *w)
{
	struct walk *walk = ctx;
	struct cached_process *k;
	es_linux_extra_t extra = { 0 };
	es_string_token_t *args = NULL;
	char *text = NULL;
	size_t length = 0;

	if (w->head.flags & WIRE_GONE)
		return; /* a zombie: it has exited */
	k = process_cache_make(NULL, walk->cgroups, w);
	if (!k) {
		walk->failed = true;
		return;
	}
	if (!k->kernel_thread && (text = read_args(w->head.pid, &length, &extra.args_cut)) && length) {
		uint32_t n = 0;

		for (size_t i = 0; i < length; i++)
			n += text[i] == '\0';
		args = calloc((size_t)n + 1, sizeof(*args));
		for (size_t at = 0; args && at < length; extra.arg_count++) {
			size_t piece = strnlen(text + at, length - at);

			args[extra.arg_count] = (es_string_token_t){ piece, text + at };
			at += piece + 1;
		}
		extra.args = args;
	}
	extra.kernel_thread = k->kernel_thread;
	extra.comm = (es_string_token_t){ strlen(k->comm), k->comm };
	walk->visit(&k->process, &extra);
	free(args);
	free(text);
	process_cache_drop(k);
}

es_return_t
es_linux_processes(es_client_t *client, void (^visit)(const es_process_t *, const es_linux_extra_t *))
{
	struct walk walk = { .cgroups = tracer_cgroups(client->tracer), .visit = visit };

	return tracer_processes(client->tracer, 0, visit_process, &walk) == 0 && !walk.failed
		       ? ES_RETURN_SUCCESS
		       : ES_RETURN_ERROR;
}

es_return_t
es_linux_stats(es_client_t *client, es_linux_stats_t *stats)
{
	struct wire_counters sum;

	memset(stats, 0, sizeof(*stats));
	tracer_counters(client->tracer, &sum);
	for (unsigned kind = 0; kind < WIRE_EVENTS; kind++) {
		es_linux_count_t *n = &stats->event[message_type_of_kind[kind]];

		n->produced = sum.produced[kind] + sum.muted[kind];
		n->delivered = atomic_load_explicit(&client->delivered[kind], memory_order_relaxed);
		n->lost = sum.lost[kind];
		n->muted = sum.muted[kind] +
			   atomic_load_explicit(&client->muted_target[kind], memory_order_relaxed);
	}
	stats->ring_bytes = client->ring_bytes;
	stats->ring_used = tracer_ring_used(client->tracer);
	stats->muted_elsewhere = sum.muted_elsewhere;
	stats->missed = sum.skipped + tracer_missed(client->tracer);
	atomic_store_explicit(&client->missed, stats->missed, memory_order_relaxed);
	return ES_RETURN_SUCCESS;
}

static void
keep_own_token(void *ctx, const struct wire_proc *w)
{
	struct cached_process *k = process_cache_make(NULL, NULL, w);

	if (k)
		*(audit_token_t *)ctx = k->process.audit_token;
	process_cache_drop(k);
}

es_linux_hooks_t
es_linux_hooks(es_client_t *client)
{
	return tracer_uses_functions(client->tracer) ? ES_LINUX_HOOKS_FUNCTIONS : ES_LINUX_HOOKS_TRACEPOINTS;
}

void
es_linux_prepare(void)
{
	tracer_prepare();
}

es_return_t
es_linux_self_token(audit_token_t *token)
{
	int error = -ENOENT;

	pthread_mutex_lock(&clients_lock);
	if (clients)
		error = tracer_processes(clients->tracer, SELF_PID, keep_own_token, token);
	pthread_mutex_unlock(&clients_lock);
	return error ? ES_RETURN_ERROR : ES_RETURN_SUCCESS;
}

const es_linux_cgroup_t *
es_linux_cgroup(const es_process_t *process)
{
	const struct cached_process *k =
		(const void *)((const char *)process - offsetof(struct cached_process, process));

	return cgroup_name_facts(k->cgroup);
}

static pthread_once_t looked_for_cgroups = PTHREAD_ONCE_INIT;
static bool has_cgroups;

static void
look_for_cgroups(void)
{
	char line[4096], type[32];
	FILE *f = fopen("/proc/self/mounts", "re");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %*s %31s", type) == 1 && strcmp(type, "cgroup2") == 0)
			has_cgroups = true;
	if (f)
		fclose(f);
}

bool
es_linux_has_cgroups(void)
{
	pthread_once(&looked_for_cgroups, look_for_cgroups);
	return has_cgroups;
}

kern_return_t
task_info(task_name_t task, task_flavor_t flavor, task_info_t info, mach_msg_type_number_t *count)
{
	if (task != mach_task_self() || flavor != TASK_AUDIT_TOKEN || *count < TASK_AUDIT_TOKEN_COUNT)
		return KERN_INVALID_ARGUMENT;
	if (es_linux_self_token((audit_token_t *)info) != ES_RETURN_SUCCESS)
		return KERN_FAILURE;
	*count = TASK_AUDIT_TOKEN_COUNT;
	return KERN_SUCCESS;
}
