/* fake_source - see fake_source.h. */
#include "tests/lib/fake_source.h"
#include "model/xalloc.h"
#include "src/base/clock.h"
#include "src/base/wake.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROCESSES_MAX = 1000, MUTES_MAX = 1000, LIVES_FIRST_PID = 100000 };

struct fake_config fake_config = { .processes = 20, .events = UINT64_MAX, .per_second = 2000 };

struct mute {
	int32_t pid; /* 0: path */
	uint32_t version;
	char *path;
	event_mask events;
};

struct fake {
	struct fake_config config;
	struct ring *ring;
	int wake_fd;
	_Atomic bool wanted[EV_COUNT];
	uint64_t boot_ns;
	pthread_t thread;
	bool running;
	_Atomic bool go, stop, finished;
	int signalled; /* the last signal that was sent */
	_Atomic uint64_t produced[EV_COUNT], muted[EV_COUNT], lost[EV_COUNT];
	unsigned backfills; /* the main thread's, as is what follows */
	bool mark_passed;
	pthread_mutex_t lock; /* of what follows; a test may lock on the event path */
	struct mute mutes[MUTES_MAX];
	unsigned mute_count;
	bool inverted[MUTE_SIDE_COUNT], refuse_inversion;
};

/* Records are small: a header and two paths. */
struct record {
	_Alignas(8) char bytes[sizeof(struct event) + 512];
};

static struct event *
begin(struct record *r, enum event_id id, uint64_t now, struct event_proc who)
{
	struct event *e = (struct event *)(void *)r->bytes;

	*e = (struct event){ .size = sizeof(*e), .id = (uint8_t)id, .time_ns = now, .who = who };
	if (id < EV_COUNT)
		e->number = event_info[id].number;
	return e;
}

static void
add_text(struct event *e, enum field_tag tag, const char *text)
{
	event_add(e, tag, text, strlen(text));
}

/* Process i of those that run from the start. */
static struct event_proc
process(const struct fake *f, unsigned i)
{
	if (i == 0)
		return (struct event_proc){ .pid = 1, .version = 1, .start_ns = f->boot_ns };
	return (struct event_proc){ .pid = FAKE_FIRST_PID + (int32_t)i - 1,
				    .version = i + 1,
				    .ppid = 1,
				    .uid = i % 2 ? 0 : (uint32_t)getuid(),
				    .start_ns = f->boot_ns + i };
}

static void
executable(unsigned i, char *path, size_t len)
{
	if (i == 0)
		snprintf(path, len, "/sbin/init");
	else
		snprintf(path, len, "/usr/bin/worker-%u", i % 10);
}

static bool
is_muted(struct fake *f, const struct event *e, const char *exe)
{
	bool process = false, path = false, muted;

	pthread_mutex_lock(&f->lock);
	for (unsigned i = 0; i < f->mute_count; i++) {
		const struct mute *m = &f->mutes[i];

		if (!(m->events & EVENT_BIT(e->id)))
			continue;
		if (m->path)
			path |= strcmp(m->path, exe) == 0;
		else
			process |= m->pid == e->who.pid && m->version == e->who.version;
	}
	muted = process != f->inverted[MUTE_SIDE_PROCESS] || path != f->inverted[MUTE_SIDE_PATH];
	pthread_mutex_unlock(&f->lock);
	return muted;
}

static void
send(struct fake *f, const struct event *e, const char *exe)
{
	void *room;

	if (!atomic_load_explicit(&f->wanted[e->id], memory_order_relaxed))
		return;
	if (is_muted(f, e, exe)) {
		atomic_fetch_add_explicit(&f->muted[e->id], 1, memory_order_relaxed);
		return;
	}
	atomic_fetch_add_explicit(&f->produced[e->id], 1, memory_order_relaxed);
	if (f->config.lose_exits && e->id == EV_EXIT) {
		atomic_fetch_add_explicit(&f->lost[e->id], 1, memory_order_relaxed);
		return;
	}
	room = ring_reserve(f->ring, e->size, event_info[e->id].vital);
	if (!room) {
		ring_drop(f->ring, e->id);
		return;
	}
	memcpy(room, e, e->size);
	if (ring_commit(f->ring))
		wake_up(f->wake_fd);
}

/* Event n of the stream. */
static void
write_event(struct fake *f, uint64_t n)
{
	unsigned i = 1 + (unsigned)(n / 2 % f->config.processes);
	struct event_proc who = process(f, i);
	uint64_t now = clock_wall(), life = n / FAKE_LIFE;
	struct record r;
	struct event *e;
	char exe[64], target[128];

	executable(i, exe, sizeof(exe));
	if (n % FAKE_LIFE >= FAKE_LIFE - 3) {
		/* The last three of each round: a child is born, runs a program, and goes. */
		struct event_proc parent = process(f, 1 + (unsigned)(life % f->config.processes));
		struct event_proc child = { .pid = LIVES_FIRST_PID + (int32_t)(life % 10000),
					    .version = 100000 + (uint32_t)life * 2,
					    .ppid = parent.pid,
					    .start_ns = f->boot_ns + 10000 + life };
		struct event_proc program = child;

		program.version++;
		executable(1 + (unsigned)(life % f->config.processes), exe, sizeof(exe));
		switch (FAKE_LIFE - n % FAKE_LIFE) {
		case 3:
			e = begin(&r, EV_FORK, now, parent);
			e->other = child;
			add_text(e, FIELD_TARGET, exe);
			break;
		case 2:
			e = begin(&r, EV_EXEC, now, child);
			e->other = program;
			add_text(e, FIELD_TARGET, "/usr/bin/short");
			event_add(e, FIELD_ARGS, "short\0-x", 8);
			break;
		default:
			e = begin(&r, EV_EXIT, now, program);
			strcpy(exe, "/usr/bin/short");
			break;
		}
	} else if (f->config.others && n % f->config.others == 0) {
		unsigned kind = (unsigned)(n / f->config.others % (EV_COUNT - EV_CORE));

		e = begin(&r, (enum event_id)(EV_CORE + kind), now, who);
		if (e->id == EV_OTHER)
			e->number = 159;
		add_text(e, FIELD_EXE, exe);
		snprintf(target, sizeof(target), "/var/data/file-%u", kind);
		add_text(e, FIELD_TARGET, target);
	} else {
		e = begin(&r, n % 2 ? EV_CLOSE : EV_OPEN, now, who);
		add_text(e, FIELD_EXE, exe);
		snprintf(target, sizeof(target), "/var/data/file-%u", (unsigned)(n / 2 % 97));
		add_text(e, FIELD_TARGET, target);
	}
	send(f, e, exe);
}

static void *
produce(void *arg)
{
	struct fake *f = arg;
	uint64_t start;

	while (f->config.waits && !atomic_load_explicit(&f->go, memory_order_relaxed) &&
	       !atomic_load_explicit(&f->stop, memory_order_relaxed))
		usleep(1000);
	start = clock_steady();
	for (uint64_t n = 0; n < f->config.events; n++) {
		if (n % 16 == 0) {
			/* Acquire: pairs with the release in stop(); nothing hangs on it but the end. */
			if (atomic_load_explicit(&f->stop, memory_order_acquire))
				break;
			while (f->config.per_second &&
			       n * 1e9 / (double)f->config.per_second > (double)(clock_steady() - start)) {
				if (atomic_load_explicit(&f->stop, memory_order_acquire))
					return NULL;
				usleep(2000);
			}
		}
		write_event(f, n);
	}
	/* Release: whoever sees this sees the counts too. Pairs with the acquire in fake_finished(). */
	atomic_store_explicit(&f->finished, true, memory_order_release);
	return NULL;
}

static event_mask
available(void *self)
{
	(void)self;
	return EVENT_ALL;
}

static int
subscribe(void *self, event_mask events)
{
	struct fake *f = self;

	for (unsigned id = 0; id < EV_COUNT; id++)
		atomic_store_explicit(&f->wanted[id], events & EVENT_BIT(id) ? true : false,
				      memory_order_relaxed);
	return 0;
}

static int
start(void *self, event_mask events, char *why, size_t len)
{
	struct fake *f = self;
	int error;

	subscribe(f, events);
	error = pthread_create(&f->thread, NULL, produce, f);
	if (error)
		snprintf(why, len, "no thread: %s", strerror(error));
	else
		f->running = true;
	return -error;
}

static int
backfill(void *self, void (*visit)(void *, const struct event *), void *ctx)
{
	struct fake *f = self;

	f->backfills++;
	for (unsigned i = 0; i <= f->config.processes; i++) {
		struct record r;
		struct event *e = begin(&r, EV_SEEN, clock_wall(), process(f, i));
		char exe[64];

		executable(i, exe, sizeof(exe));
		add_text(e, FIELD_EXE, exe);
		event_add(e, FIELD_ARGS, exe, strlen(exe) + 1);
		visit(ctx, e);
	}
	return 0;
}

static bool
mark(void *self)
{
	struct fake *f = self;

	f->mark_passed = false;
	return f->config.marks;
}

static bool
marked(void *self, uint64_t *position)
{
	struct fake *f = self;

	*position = ring_written(f->ring);
	return f->mark_passed;
}

static int
mute(struct fake *f, struct mute wanted, bool on)
{
	int result = on ? 0 : -ESRCH;
	unsigned processes = 0, i;

	pthread_mutex_lock(&f->lock);
	for (i = 0; i < f->mute_count; i++) {
		const struct mute *m = &f->mutes[i];

		processes += !m->path;
		if (m->path ? wanted.path && strcmp(m->path, wanted.path) == 0
			    : !wanted.path && m->pid == wanted.pid && m->version == wanted.version)
			break;
	}
	if (!on && i < f->mute_count) {
		free(f->mutes[i].path);
		f->mutes[i] = f->mutes[--f->mute_count];
		result = 0;
	} else if (on && i < f->mute_count) {
		f->mutes[i].events |= wanted.events;
	} else if (on) {
		if (f->mute_count == MUTES_MAX || (!wanted.path && processes >= f->config.mute_limit))
			result = -ENOSPC;
		else {
			if (wanted.path)
				wanted.path = xstrdup(wanted.path);
			f->mutes[f->mute_count++] = wanted;
		}
	}
	pthread_mutex_unlock(&f->lock);
	return result;
}

static int
mute_process(void *ctx, int32_t pid, uint32_t version, event_mask events, bool on)
{
	return mute(ctx, (struct mute){ .pid = pid, .version = version, .events = events }, on);
}

static int
mute_path(void *ctx, enum mute_kind kind, const char *path, event_mask events, bool on)
{
	(void)kind; /* executables only */
	return mute(ctx, (struct mute){ .path = (char *)path, .events = events }, on);
}

static int
mute_counts_of(void *ctx, unsigned *processes, unsigned *paths)
{
	struct fake *f = ctx;

	*processes = *paths = 0;
	pthread_mutex_lock(&f->lock);
	for (unsigned i = 0; i < f->mute_count; i++)
		(*(f->mutes[i].path ? paths : processes))++;
	pthread_mutex_unlock(&f->lock);
	return 0;
}

static int
mute_invert(void *ctx, enum mute_side side, bool on)
{
	struct fake *f = ctx;
	int result = f->refuse_inversion ? -EIO : 0;

	pthread_mutex_lock(&f->lock);
	if (!result)
		f->inverted[side] = on;
	pthread_mutex_unlock(&f->lock);
	return result;
}

static void
mute_local(void *ctx, const struct mute_rule *const rules[], size_t n)
{
	(void)ctx, (void)rules, (void)n;
}

static void
stats(void *self, struct source_stats *s)
{
	struct fake *f = self;

	for (unsigned id = 0; id < EV_COUNT; id++) {
		s->loss.kernel[id] = atomic_load_explicit(&f->lost[id], memory_order_relaxed);
		s->loss.ring[id] = ring_dropped(f->ring, id);
		s->loss.muted[id] = atomic_load_explicit(&f->muted[id], memory_order_relaxed);
	}
	s->loss.muted_known = true;
}

static void
stop(void *self)
{
	struct fake *f = self;

	if (!f->running)
		return;
	atomic_store_explicit(&f->stop, true, memory_order_release);
	pthread_join(f->thread, NULL);
	f->running = false;
}

static void
close_fake(void *self)
{
	struct fake *f = self;

	stop(f);
	for (unsigned i = 0; i < f->mute_count; i++)
		free(f->mutes[i].path);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/* Only the processes it began with are there, and only as they were. */
static int
send_signal(void *self, int32_t pid, uint64_t start_ns, int number)
{
	struct fake *f = self;

	(void)start_ns;
	if (pid < 100 || pid >= 100 + (int32_t)fake_config.processes)
		return -ESRCH;
	f->signalled = number;
	return 0;
}

static const struct source_ops fake_ops = {
	.name = "synthetic",
	.live = true,
	.available = available,
	.start = start,
	.subscribe = subscribe,
	.backfill = backfill,
	.mark = mark,
	.marked = marked,
	.signal = send_signal,
	.mute = { .process = mute_process,
		  .path = mute_path,
		  .invert = mute_invert,
		  .counts = mute_counts_of,
		  .local = mute_local },
	.stats = stats,
	.stop = stop,
	.close = close_fake,
};

int
fake_open(struct source *s, struct ring *ring, int wake_fd, char *why, size_t len)
{
	struct fake *f;

	if (fake_config.refuse) {
		snprintf(why, len, "%s", fake_config.refuse);
		return -EPERM;
	}
	f = xcalloc(1, sizeof(*f));
	f->config = fake_config;
	if (f->config.processes < 1)
		f->config.processes = 1;
	if (f->config.processes > PROCESSES_MAX)
		f->config.processes = PROCESSES_MAX;
	if (!f->config.mute_limit)
		f->config.mute_limit = MUTES_MAX;
	f->ring = ring;
	f->wake_fd = wake_fd;
	f->boot_ns = clock_wall() - 3600 * (uint64_t)1000000000;
	pthread_mutex_init(&f->lock, NULL);
	*s = (struct source){ .ops = &fake_ops, .self = f };
	return 0;
}

uint64_t
fake_produced(const struct source *s, enum event_id id)
{
	struct fake *f = s->self;

	return atomic_load_explicit(&f->produced[id], memory_order_relaxed);
}

int
fake_signalled(const struct source *s)
{
	return ((const struct fake *)s->self)->signalled;
}

uint64_t
fake_muted(const struct source *s, enum event_id id)
{
	struct fake *f = s->self;

	return atomic_load_explicit(&f->muted[id], memory_order_relaxed);
}

bool
fake_finished(const struct source *s)
{
	struct fake *f = s->self;

	return atomic_load_explicit(&f->finished, memory_order_acquire);
}

unsigned
fake_backfills(const struct source *s)
{
	return ((const struct fake *)s->self)->backfills;
}

void
fake_go(struct source *s)
{
	atomic_store_explicit(&((struct fake *)s->self)->go, true, memory_order_relaxed);
}

void
fake_pass_mark(struct source *s)
{
	((struct fake *)s->self)->mark_passed = true;
}

void
fake_refuse_inversion(struct source *s, bool refuse)
{
	((struct fake *)s->self)->refuse_inversion = refuse;
}
