/*
 * replay - a source that reads what was recorded: eslogger's JSON Lines, ours or
 * Apple's, out of files and pipes.
 *
 * One thread reads each input, waits until the time of the stream has come, and
 * puts the event into the ring; a ring that is full makes it wait, nothing is
 * ever dropped here. What the threads share is under one lock: no kernel
 * waits for a recording, so there is no need to be cleverer.
 */
#include "src/base/clock.h"
#include "src/stream/eslogger.h"
#include "src/stream/overview.h"
#include "src/stream/value_reader.h"
#include "src/base/signals.h"
#include "src/base/source.h"
#include "src/base/wake.h"
#include "src/base/mute_set.h"
#include "model/cgroup.h"
#include "model/hash.h"
#include "model/units.h"
#include "model/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS ((uint64_t)1000000)
#define SECOND (1000 * MS)
#define GAP (60 * SECOND) /* a longer one, in which nothing comes, is jumped over */

enum {
	TRIED = 20,       /* lines without sense before an input is none at all */
	FULL_NS = 200000, /* until a full ring is tried again */
	GROWING_MS = 100, /* until a file is looked at again */
	SPEED_MAX = 1024,
};

struct replay;

struct input {
	struct replay *replay;
	const char *path, *name;
	int32_t host; /* of HOST_SHIFT */
	struct values *values;
	struct eslogger reader;
	pthread_t thread;
	bool running;

	/* Under the lock. */
	bool ended, resting; /* resting: at the end of a file that may grow */
	uint64_t waits_ns;   /* for this time to come; 0: it does not wait */
	bool any;            /* a line made sense */
	bool other;          /* there was what log(1) says besides */
	uint64_t bad, unknown_keys, bad_times;
	uint64_t bad_number; /* of the first line that made none */
	char bad_why[160];
	char error[160]; /* why it is not the whole of it; "" it is, as far as one can see */
	bool first;      /* nothing of it has made sense yet, since its beginning */
	bool heads;      /* at the head of a later part: what was lost before it */
	struct eslogger_lost lost, before; /* so far; of these before this part */
	uint64_t gaps[EV_COUNT];
	int64_t next[RING_TYPES]; /* seq_num expected, by es_event_type_t */
};

struct replay {
	struct ring *ring;
	int wake_fd;
	bool follow, detail;
	_Atomic bool wanted[EV_COUNT]; /* types; the main thread writes, the readers look */
	struct wake stop_wake;
	_Atomic bool stop;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct mute_set *mutes;
	struct owner_rule {
		enum mute_kind kind;
		char *text;
		uint32_t uid;
		event_mask events;
	} * owners; /* units, users and signers that are muted */
	size_t owner_count;
	struct resident *residents; /* who is in which cgroup; by pid */
	uint64_t muted[EV_COUNT];

	/* The time of the stream: base, and what has gone by since, times speed. */
	bool started, paused, frozen;
	double speed; /* 0: at full speed */
	uint64_t base_ns, base_steady_ns;
	uint64_t first_ns, last_ns; /* of the events delivered */
	uint64_t gaps, gap_ns;      /* jumped over and not said yet: how many, and their sum */

	struct overview *overview; /* NULL: the length is not looked for, or cannot be */

	size_t count;
	struct input inputs[];
};

/* A recording says who is in which cgroup at fork and exec. */
struct resident {
	int32_t pid;
	char *cgroup;
	UT_hash_handle hh;
};

enum { RESIDENTS_MAX = 1 << 17 };

/* ---- the time of the stream; under the lock ---- */

static uint64_t
stream_now(const struct replay *r)
{
	if (!r->started || r->paused || r->frozen)
		return r->base_ns ? r->base_ns : clock_wall(); /* a pipe that has said nothing yet */
	if (r->speed == 0)
		return r->last_ns;
	return r->base_ns + (uint64_t)((double)(clock_steady() - r->base_steady_ns) * r->speed);
}

static void
set_base(struct replay *r, uint64_t ns)
{
	r->base_ns = ns;
	r->base_steady_ns = clock_steady();
}

/* When every input rests or has ended, time stands still at what came last. */
static void
look_for_rest(struct replay *r)
{
	bool all = true;

	for (size_t i = 0; i < r->count; i++)
		all = all && (r->inputs[i].ended || r->inputs[i].resting);
	if (all && !r->frozen && r->last_ns)
		set_base(r, r->last_ns);
	r->frozen = all;
}

static void
start_clock(struct replay *r, uint64_t ns)
{
	if (!r->started) {
		r->started = true;
		if (!r->first_ns)
			r->first_ns = ns;
		/* Else it begins where it was opened, or at the position that was sought. */
		set_base(r, r->base_ns ? r->base_ns : ns);
	}
}

static bool
stopping(struct replay *r)
{
	/* Acquire: nothing hangs on it but the end. Pairs with the release in replay_stop(). */
	return atomic_load_explicit(&r->stop, memory_order_acquire);
}

static void
wait_a_while(struct replay *r, uint64_t ns)
{
	struct timespec until;
	uint64_t at = clock_wall() + ns;

	until.tv_sec = (time_t)(at / SECOND);
	until.tv_nsec = (long)(at % SECOND);
	pthread_cond_timedwait(&r->changed, &r->lock, &until);
}

/* When all inputs wait for a time that is far away, it comes at once. */
static void
jump_gap(struct replay *r, uint64_t now)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < r->count; i++) {
		const struct input *in = &r->inputs[i];

		if (in->ended || in->resting)
			continue;
		if (!in->waits_ns) /* it may have something sooner */
			return;
		if (in->waits_ns < next)
			next = in->waits_ns;
	}
	if (next == UINT64_MAX || next <= now || next - now <= GAP)
		return;
	set_base(r, next);
	r->gaps++;
	r->gap_ns += next - now;
	pthread_cond_broadcast(&r->changed);
}

/* Returns with the lock held. */
static void
wait_for(struct input *in, uint64_t ns)
{
	struct replay *r = in->replay;

	pthread_mutex_lock(&r->lock);
	start_clock(r, ns);
	in->waits_ns = ns;
	while (!stopping(r)) {
		uint64_t now = stream_now(r), left;

		if (!r->paused && (r->speed == 0 || ns <= now))
			break;
		if (r->paused && ns <= now)
			break;
		if (!r->paused) {
			jump_gap(r, now);
			now = stream_now(r);
			if (ns <= now)
				break;
		}
		left = r->speed > 0 ? (uint64_t)((double)(ns - now) / r->speed) : 100 * MS;
		if (left > 100 * MS || r->paused)
			left = 100 * MS;
		wait_a_while(r, left + 1);
	}
	in->waits_ns = 0;
}

/* ---- an event on its way; under the lock ---- */

static const char *
cgroup_of(const struct replay *r, int32_t pid)
{
	struct resident *p;

	HASH_FIND_INT(r->residents, &pid, p);
	return p ? p->cgroup : "";
}

static void
settle_in(struct replay *r, int32_t pid, const char *cgroup)
{
	struct resident *p;

	HASH_FIND_INT(r->residents, &pid, p);
	if (p && cgroup && strcmp(p->cgroup, cgroup) == 0)
		return;
	if (p) {
		HASH_DEL(r->residents, p); /* NOLINT: the analyzer loses the hash */
		free(p->cgroup);
		free(p);
	}
	if (!cgroup || !cgroup[0] || HASH_COUNT(r->residents) >= RESIDENTS_MAX)
		return;
	p = xcalloc(1, sizeof(*p));
	p->pid = pid;
	p->cgroup = xstrdup(cgroup);
	HASH_ADD_INT(r->residents, pid, p);
}

static void
note_cgroups(struct replay *r, const struct event *e)
{
	const char *cgroup = event_field(e, FIELD_CGROUP, NULL), *of_child;

	if (cgroup)
		settle_in(r, e->who.pid, cgroup);
	if (e->id == EV_FORK) {
		of_child = event_field(e, FIELD_CHILD_CGROUP, NULL);
		settle_in(r, e->other.pid, of_child ? of_child : cgroup_of(r, e->who.pid));
	}
}

/* Is the process of the event one of a muted unit, user or signer? */
static bool
is_owned(const struct replay *r, const struct event *e)
{
	const char *signer = event_field(e, FIELD_SIGNER, NULL);
	struct cgroup_unit unit = { .name = "" };
	struct mute_owner owner = { e->who.uid, "", "", signer ? signer : "" };
	bool found = false;

	owner.cgroup = cgroup_of(r, e->who.pid);
	if (owner.cgroup[0])
		cgroup_unit(owner.cgroup, &unit);
	owner.unit = unit.name;
	for (size_t i = 0; i < r->owner_count && !found; i++)
		found = r->owners[i].events & EVENT_BIT(e->id) &&
			mute_covers_owner(r->owners[i].kind, r->owners[i].text, r->owners[i].uid, &owner);
	return found;
}

static bool
is_muted(struct replay *r, const struct event *e)
{
	bool owned = r->owner_count && is_owned(r, e), inverted;
	struct event_set by_path;
	struct mute_target targets[2];
	size_t exe_length = 0, n = 0;
	const char *exe = event_field(e, FIELD_EXE, &exe_length);
	bool muted;

	if (event_info[e->id].target) {
		targets[0].path = event_field(e, FIELD_TARGET, &targets[0].length);
		n += targets[0].path != NULL;
		targets[n].path = event_field(e, FIELD_SECOND, &targets[n].length);
		n += targets[n].path && targets[n].path[0] == '/'; /* else an attribute's name */
	}
	inverted = mute_set_inverted(r->mutes, MUTE_INVERT_PROCESS);
	if (owned && inverted) { /* the process passes; the other two sides are left */
		by_path = mute_set_path_mask(r->mutes, exe ? exe : "", exe_length);
		muted = event_set_has(&by_path, e->number) != mute_set_inverted(r->mutes, MUTE_INVERT_PATH) ||
			mute_set_target_suppresses(r->mutes, e->number, targets, n);
	} else {
		muted = owned || mute_set_suppresses(r->mutes, e->who.pid, e->who.version, e->number,
						     exe ? exe : "", exe_length, targets, n);
	}
	note_cgroups(r, e);
	if (e->id == EV_EXIT)
		settle_in(r, e->who.pid, NULL);
	/* As the system does it: what was muted is this execution. */
	if (e->id == EV_EXEC || e->id == EV_EXIT)
		mute_set_process_gone(r->mutes, e->who.pid, e->who.version);
	if (muted)
		r->muted[e->id]++;
	return muted;
}

/* Lets go of the lock while the ring is full. False: asked to stop. */
static bool
put(struct replay *r, const struct event *e)
{
	void *room;

	if (e->size > ring_record_max(r->ring)) {
		ring_drop(r->ring, e->id < EV_COUNT ? event_info[e->id].number : 0);
		return true;
	}
	/* All are vital: there is no flood here that they would have to be kept from. */
	while (!(room = ring_reserve(r->ring, e->size, true))) {
		pthread_mutex_unlock(&r->lock);
		wake_up(r->wake_fd);
		nanosleep(&(struct timespec){ .tv_nsec = FULL_NS }, NULL);
		pthread_mutex_lock(&r->lock);
		if (stopping(r))
			return false;
	}
	memcpy(room, e, e->size);
	if (ring_commit(r->ring))
		wake_up(r->wake_fd);
	return true;
}

static void
move_to_host(struct event_proc *p, int32_t host)
{
	if (!p->pid || !host)
		return;
	p->pid = host | pid_shown(p->pid);
	p->ppid = host | pid_shown(p->ppid);
}

static void
count_gap(struct input *in, const struct event *e)
{
	int64_t seq = in->reader.seq_num, *next;

	if (in->reader.ours || in->reader.filtered || seq < 0 || e->number >= RING_TYPES)
		return;
	next = &in->next[e->number];
	if (*next && seq > *next)
		in->gaps[e->id] += (uint64_t)(seq - *next);
	*next = seq + 1;
}

static bool
tell(struct input *in, enum eslogger_kind kind)
{
	struct replay *r = in->replay;
	struct event *e = (struct event *)(void *)in->reader.memory;
	bool go_on = true;

	/* Relaxed: which event is the first or last of a new choice is all the same. */
	if (kind == ESLOGGER_EVENT && !atomic_load_explicit(&r->wanted[e->id], memory_order_relaxed))
		return true;
	move_to_host(&e->who, in->host);
	move_to_host(&e->other, in->host);
	if (e->time_ns)
		wait_for(in, e->time_ns);
	else {
		pthread_mutex_lock(&r->lock);
		e->time_ns = r->last_ns; /* the model has no use for 1970 */
		e->flags |= EVENT_NO_TIME;
	}
	if (kind == ESLOGGER_EVENT)
		count_gap(in, e);
	if (stopping(r))
		go_on = false;
	else if (kind != ESLOGGER_EVENT || !is_muted(r, e)) {
		if (kind != ESLOGGER_EVENT)
			note_cgroups(r, e);
		go_on = put(r, e);
	}
	if (e->time_ns > r->last_ns)
		r->last_ns = e->time_ns;
	pthread_mutex_unlock(&r->lock);
	return go_on;
}

static void
note_bad(struct input *in, const char *why)
{
	if (in->bad++)
		return;
	in->bad_number = values_line(in->values);
	snprintf(in->bad_why, sizeof(in->bad_why), "%s", why);
}

/* What a record does not contain stays as it was. */
static void
add_losses(struct eslogger_lost *to, const struct eslogger_lost *from)
{
	if (from->known[0]) {
		memcpy(to->kernel, from->kernel, sizeof(to->kernel));
		to->untyped = from->untyped;
	}
	if (from->known[1])
		memcpy(to->ring, from->ring, sizeof(to->ring));
	if (from->known[2]) {
		memcpy(to->muted, from->muted, sizeof(to->muted));
		to->muted_elsewhere = from->muted_elsewhere;
	}
	if (from->recorder > to->recorder)
		to->recorder = from->recorder;
}

/* What a line is good for. False: no more. */
static bool
handle_line(struct input *in, const char *line, size_t length)
{
	struct replay *r = in->replay;
	enum eslogger_kind kind;
	bool first;

	kind = eslogger_read(&in->reader, line, length);
	if (kind == ESLOGGER_BROKEN && values_retry(in->values))
		return true;
	pthread_mutex_lock(&r->lock);
	in->other |= kind == ESLOGGER_NOTHING;
	in->unknown_keys = in->reader.unknown_keys;
	in->bad_times = in->reader.bad_times;
	if (kind == ESLOGGER_BROKEN)
		note_bad(in, in->reader.why);
	else if (kind != ESLOGGER_NOTHING)
		in->any = true;
	first = in->first && kind != ESLOGGER_BROKEN && kind != ESLOGGER_NOTHING;
	in->first = in->first && !first;
	pthread_mutex_unlock(&r->lock);
	switch (kind) {
	case ESLOGGER_BROKEN:
		return in->any || in->bad < TRIED;
	case ESLOGGER_START:
		/* Only of the first part that is read; parts that follow each other are one recording. */
		in->heads = in->reader.part > 1 && first;
		return true;
	case ESLOGGER_LOST:
	case ESLOGGER_END:
		if (in->reader.time_ns)
			wait_for(in, in->reader.time_ns);
		else
			pthread_mutex_lock(&r->lock);
		add_losses(&in->lost, &in->reader.lost);
		if (in->heads)
			add_losses(&in->before, &in->reader.lost);
		if (in->reader.time_ns > r->last_ns)
			r->last_ns = in->reader.time_ns;
		pthread_mutex_unlock(&r->lock);
		return true;
	case ESLOGGER_NOTHING:
		return true;
	case ESLOGGER_NOTE:
		in->heads = false;
		return true;
	default:
		in->heads = false;
		return tell(in, kind);
	}
}

static void
rest(struct input *in, bool resting)
{
	struct replay *r = in->replay;

	pthread_mutex_lock(&r->lock);
	if (in->resting != resting) {
		bool frozen = r->frozen;

		in->resting = resting;
		look_for_rest(r);
		if (frozen && !r->frozen)
			set_base(r, r->base_ns);
	}
	if (resting && !stopping(r))
		wait_a_while(r, GROWING_MS * MS);
	pthread_mutex_unlock(&r->lock);
}

/* Why nothing more comes of a value reader's result, below 0. */
static void
explain_error(struct input *in, int result)
{
	uint64_t line = values_line(in->values);
	size_t len = sizeof(in->error);

	if (result == -EBADMSG && line)
		snprintf(in->error, len, "the compressed data are damaged after line %" PRIu64, line);
	else if (result == -EBADMSG)
		snprintf(in->error, len, "compressed, but damaged or with a window above 32 MiB");
	else if (result == -EPROTO)
		snprintf(in->error, len,
			 "not in UTF-8 but in UTF-16 or UTF-32, which iconv -t UTF-8 converts");
	else if (line)
		snprintf(in->error, len, "reading failed after line %" PRIu64 ": %s", line, strerror(-result));
	else
		snprintf(in->error, len, "%s", strerror(-result));
}

/* At the end of it: what shows that there was more of it? */
static void
explain_end(struct input *in)
{
	const char *missing = values_missing(in->values);

	if (missing && !values_line(in->values))
		snprintf(in->error, sizeof(in->error), "%s, before the first event", missing);
	else if (missing)
		snprintf(in->error, sizeof(in->error),
			 "cut at line %" PRIu64 ": %s; later events are missing", values_line(in->values),
			 missing);
	else if (in->reader.ours && !in->reader.whole)
		snprintf(in->error, sizeof(in->error),
			 "its end is missing: it was cut, or is still being written");
}

static void
end_input(struct input *in, int result)
{
	struct replay *r = in->replay;

	pthread_mutex_lock(&r->lock);
	if (result < 0 && result != -ECANCELED)
		explain_error(in, result);
	else if (result == 0)
		explain_end(in);
	in->ended = true;
	look_for_rest(r);
	pthread_mutex_unlock(&r->lock);
	wake_up(r->wake_fd);
}

/* Of a value that was not given. False: it is no such result. */
static bool
note_skipped(struct input *in, int result)
{
	if (result != -EMSGSIZE && result != -EILSEQ)
		return false;
	pthread_mutex_lock(&in->replay->lock);
	note_bad(in, result == -EMSGSIZE ? "longer than 16 MiB" : "cut, or not valid JSON");
	pthread_mutex_unlock(&in->replay->lock);
	return true;
}

static void *
read_input(void *arg)
{
	struct input *in = arg;
	struct replay *r = in->replay;
	const char *line;
	size_t length;
	int result = 0;

	while (!stopping(r)) {
		result = values_next(in->values, &line, &length, r->follow);
		if (result == -EAGAIN) {
			rest(in, true);
			continue;
		}
		if (in->resting)
			rest(in, false);
		if (note_skipped(in, result)) {
			if (!in->any && in->bad >= TRIED)
				break;
			continue;
		}
		if (result <= 0 || !handle_line(in, line, length))
			break;
	}
	end_input(in, result);
	return NULL;
}

/* ---- threads ---- */

static void
stop_threads(struct replay *r)
{
	/* Release: pairs with the acquire in stopping(). */
	atomic_store_explicit(&r->stop, true, memory_order_release);
	wake_up(r->stop_wake.write_fd);
	pthread_mutex_lock(&r->lock);
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	for (size_t i = 0; i < r->count; i++) {
		if (r->inputs[i].running)
			pthread_join(r->inputs[i].thread, NULL);
		r->inputs[i].running = false;
	}
	wake_clear(&r->stop_wake);
	atomic_store_explicit(&r->stop, false, memory_order_release);
}

static int
start_threads(struct replay *r)
{
	for (size_t i = 0; i < r->count; i++) {
		int error = signals_thread(&r->inputs[i].thread, read_input, &r->inputs[i]);

		if (error)
			return error;
		r->inputs[i].running = true;
	}
	return 0;
}

/* ---- as a source ---- */

static void
replay_detail(void *self, enum source_detail detail)
{
	struct replay *r = self;

	if (r->detail == (detail != DETAIL_NEVER))
		return; /* the readers may run */
	r->detail = !r->detail;
	for (size_t i = 0; i < r->count; i++)
		r->inputs[i].reader.detail = r->detail;
}

static void
tell_host(struct input *in)
{
	_Alignas(8) char memory[sizeof(struct event) + 512];
	struct event *e = (struct event *)(void *)memory;
	size_t length = strlen(in->name);

	*e = (struct event){ .size = sizeof(*e), .id = EV_SEEN, .who = { .pid = in->host } };
	event_add(e, FIELD_EXE, in->name, length < 400 ? length : 400);
	pthread_mutex_lock(&in->replay->lock);
	put(in->replay, e);
	pthread_mutex_unlock(&in->replay->lock);
}

/* Whatever a recording may hold. */
static event_mask
replay_available(void *self)
{
	(void)self;
	return EVENT_ALL;
}

static int
replay_subscribe(void *self, event_mask events)
{
	struct replay *r = self;

	for (unsigned id = 0; id < EV_COUNT; id++)
		atomic_store_explicit(&r->wanted[id], events & EVENT_BIT(id) ? true : false,
				      memory_order_relaxed);
	return 0;
}

static int
replay_start(void *self, event_mask events, char *why, size_t len)
{
	struct replay *r = self;
	int error;

	replay_subscribe(r, events);
	for (size_t i = 0; i < r->count; i++)
		if (r->inputs[i].host)
			tell_host(&r->inputs[i]);
	error = start_threads(r);
	if (error)
		snprintf(why, len, "cannot start a thread: %s", strerror(-error));
	return error;
}

/* What ran is in the stream itself. */
static int
replay_backfill(void *self, void (*visit)(void *ctx, const struct event *), void *ctx)
{
	(void)self, (void)visit, (void)ctx;
	return -ENOTSUP;
}

static struct event_set
set_of(event_mask events)
{
	struct event_set set = { { 0 } };

	for (unsigned id = 0; id < EV_COUNT; id++)
		if (events & EVENT_BIT(id))
			event_set_add(&set, event_info[id].number);
	return set;
}

static int
replay_mute_process(void *self, int32_t pid, uint32_t version, event_mask events, bool on)
{
	const unsigned char token[32] = { 0 };
	struct replay *r = self;
	struct event_set set = set_of(events);
	int error;

	pthread_mutex_lock(&r->lock);
	error = on ? mute_set_mute_process(r->mutes, token, pid, version, &set)
		   : mute_set_unmute_process(r->mutes, pid, version, &set);
	pthread_mutex_unlock(&r->lock);
	return error;
}

static int
replay_mute_path(void *self, enum mute_kind kind, const char *path, event_mask events, bool on)
{
	struct replay *r = self;
	struct event_set set = set_of(events);
	int error;

	pthread_mutex_lock(&r->lock);
	error = on ? mute_set_mute_path(r->mutes, (enum mute_path_type)kind, path, &set)
		   : mute_set_unmute_path(r->mutes, (enum mute_path_type)kind, path, &set);
	pthread_mutex_unlock(&r->lock);
	return error == -EINVAL ? 0 : error; /* no such type has a target: nothing to silence */
}

static int
replay_mute_owner(void *self, const struct mute_rule *rule, event_mask events, bool on)
{
	struct replay *r = self;
	size_t i = 0;

	pthread_mutex_lock(&r->lock);
	while (i < r->owner_count &&
	       (r->owners[i].kind != rule->kind || strcmp(r->owners[i].text, rule->path) != 0))
		i++;
	if (on && i == r->owner_count) {
		r->owners = xrealloc(r->owners, r->owner_count + 1, sizeof(*r->owners));
		r->owners[r->owner_count++] =
			(struct owner_rule){ .kind = rule->kind, .text = xstrdup(rule->path) };
	}
	if (on) {
		r->owners[i].uid = rule->uid;
		r->owners[i].events = events;
	} else if (i < r->owner_count) {
		free(r->owners[i].text);
		r->owners[i] = r->owners[--r->owner_count];
	}
	pthread_mutex_unlock(&r->lock);
	return 0;
}

static int
replay_mute_counts(void *self, unsigned *processes, unsigned *paths)
{
	struct replay *r = self;

	pthread_mutex_lock(&r->lock);
	*processes = (unsigned)mute_set_process_count(r->mutes);
	*paths = (unsigned)mute_set_path_count(r->mutes);
	pthread_mutex_unlock(&r->lock);
	return 0;
}

static int
replay_mute_invert(void *self, enum mute_side side, bool on)
{
	static const enum mute_inversion inversion[MUTE_SIDE_COUNT] = {
		[MUTE_SIDE_PROCESS] = MUTE_INVERT_PROCESS,
		[MUTE_SIDE_PATH] = MUTE_INVERT_PATH,
		[MUTE_SIDE_TARGET] = MUTE_INVERT_TARGET_PATH,
	};
	struct replay *r = self;

	pthread_mutex_lock(&r->lock);
	if (mute_set_inverted(r->mutes, inversion[side]) != on)
		mute_set_invert(r->mutes, inversion[side]);
	pthread_mutex_unlock(&r->lock);
	return 0;
}

static void
replay_mute_local(void *self, const struct mute_rule *const rules[], size_t n)
{
	(void)self, (void)rules, (void)n; /* nothing is ever rejected here */
}

static uint64_t
since(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static void
replay_stats(void *self, struct source_stats *stats)
{
	struct replay *r = self;

	*stats = (struct source_stats){ .kernel_fill = -1, .loss.muted_known = true };
	pthread_mutex_lock(&r->lock);
	for (unsigned id = 0; id < EV_COUNT; id++) {
		stats->loss.muted[id] = r->muted[id];
		stats->loss.ring[id] = ring_dropped(r->ring, event_info[id].number);
	}
	for (size_t i = 0; i < r->count; i++) {
		const struct input *in = &r->inputs[i];

		stats->kernel_untyped += since(in->lost.untyped, in->before.untyped) +
					 since(in->lost.recorder, in->before.recorder);
		stats->loss.muted_elsewhere += since(in->lost.muted_elsewhere, in->before.muted_elsewhere);
		for (unsigned id = 0; id < EV_COUNT; id++) {
			stats->loss.kernel[id] +=
				since(in->lost.kernel[id], in->before.kernel[id]) + in->gaps[id];
			stats->loss.ring[id] += since(in->lost.ring[id], in->before.ring[id]);
			stats->loss.muted[id] += since(in->lost.muted[id], in->before.muted[id]);
		}
	}
	pthread_mutex_unlock(&r->lock);
}

static uint64_t
replay_now(void *self)
{
	struct replay *r = self;
	uint64_t now;

	pthread_mutex_lock(&r->lock);
	now = stream_now(r);
	pthread_mutex_unlock(&r->lock);
	return now;
}

static bool
replay_ended(void *self)
{
	struct replay *r = self;
	bool ended = true;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->count; i++)
		ended = ended && r->inputs[i].ended;
	pthread_mutex_unlock(&r->lock);
	return ended;
}

static const char *
shown_path(const struct input *in)
{
	const char *slash = strrchr(in->path, '/');

	if (in->name)
		return in->name;
	if (strcmp(in->path, "-") == 0)
		return "stdin";
	return slash ? slash + 1 : in->path;
}

static void
replay_title(void *self, char *out, size_t len)
{
	struct replay *r = self;

	if (r->count == 1)
		snprintf(out, len, "replay %.24s", shown_path(&r->inputs[0]));
	else
		snprintf(out, len, "replay %zu hosts", r->count);
}

static void
explain_bad(const struct input *in, char *why, size_t len)
{
	const char *what = strcmp(in->path, "-") == 0 ? "the standard input" : in->path;

	if (in->error[0])
		snprintf(why, len, "%.200s: not a recording: %s", what, in->error);
	else if (in->bad)
		snprintf(why, len,
			 "%.200s: not a recording: line %" PRIu64 ": %s; estop reads the JSON Lines "
			 "of eslogger and of its own -w",
			 what, in->bad_number, in->bad_why);
	else if (in->other)
		snprintf(why, len,
			 "%.200s: no event in it; estop reads the JSON Lines of eslogger and of its own -w",
			 what);
	else
		snprintf(why, len,
			 "%.200s is empty; estop reads the JSON Lines of eslogger and of its own "
			 "-w",
			 what);
}

static bool
replay_message(void *self, char *message, size_t len)
{
	struct replay *r = self;
	uint64_t gaps, gap_ns;
	char length[32];

	pthread_mutex_lock(&r->lock);
	gaps = r->gaps;
	gap_ns = r->gap_ns;
	r->gaps = r->gap_ns = 0;
	pthread_mutex_unlock(&r->lock);
	if (!gaps)
		return false;
	units_duration(length, sizeof(length), gap_ns, DURATION_ROUNDED);
	if (gaps == 1)
		snprintf(message, len, "%s without events skipped", length);
	else
		snprintf(message, len, "%" PRIu64 " gaps without events skipped, %s in all", gaps, length);
	return true;
}

static bool
replay_failed(void *self, char *why, size_t len)
{
	struct replay *r = self;
	bool failed = false;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->count && !failed; i++) {
		struct input *in = &r->inputs[i];

		failed = in->ended && !in->any;
		if (failed)
			explain_bad(in, why, len);
	}
	pthread_mutex_unlock(&r->lock);
	return failed;
}

static void
report_input(const struct input *in, void (*tell)(void *ctx, const char *sentence), void *ctx)
{
	char sentence[512];

	if (in->bad && in->any) {
		snprintf(sentence, sizeof(sentence),
			 "%.200s: %" PRIu64 " line%s could not be read; the first is "
			 "line %" PRIu64 ": %s",
			 in->path, in->bad, in->bad == 1 ? "" : "s", in->bad_number, in->bad_why);
		tell(ctx, sentence);
	}
	if (in->reader.cut[0])
		snprintf(sentence, sizeof(sentence), "%.200s: its recorder stopped before the end: %s",
			 in->path, in->reader.cut);
	else
		snprintf(sentence, sizeof(sentence), "%.200s: %s", in->path, in->error);
	if (in->reader.cut[0] || (in->error[0] && in->any))
		tell(ctx, sentence);
	if (in->unknown_keys) {
		snprintf(sentence, sizeof(sentence),
			 "%.200s: %" PRIu64 " key%s that estop does not know %s left out", in->path,
			 in->unknown_keys, in->unknown_keys == 1 ? "" : "s",
			 in->unknown_keys == 1 ? "was" : "were");
		tell(ctx, sentence);
	}
	if (in->bad_times) {
		snprintf(sentence, sizeof(sentence),
			 "%.200s: %" PRIu64 " event%s without a usable time (years 1970 "
			 "to 2500)",
			 in->path, in->bad_times, in->bad_times == 1 ? "" : "s");
		tell(ctx, sentence);
	}
}

static bool
replay_report(void *self, void (*tell)(void *ctx, const char *sentence), void *ctx)
{
	struct replay *r = self;
	bool whole = true;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->count; i++) {
		struct input *in = &r->inputs[i];

		if (in->resting && !in->error[0]) /* no more of it is expected */
			explain_end(in);
		report_input(in, tell, ctx);
		whole = whole && !in->error[0] && !in->reader.cut[0];
	}
	pthread_mutex_unlock(&r->lock);
	return whole;
}

/* ---- keys ---- */

static void
replay_pause(void *self, char *message, size_t len)
{
	struct replay *r = self;

	pthread_mutex_lock(&r->lock);
	if (r->base_ns)
		set_base(r, stream_now(r));
	r->paused = !r->paused;
	pthread_cond_broadcast(&r->changed);
	snprintf(message, len, "%s", r->paused ? "replay paused (Space resumes)" : "replay resumed");
	pthread_mutex_unlock(&r->lock);
}

static void
replay_speed(void *self, int step, char *message, size_t len)
{
	struct replay *r = self;

	pthread_mutex_lock(&r->lock);
	if (r->base_ns)
		set_base(r, stream_now(r));
	if (r->speed == 0)
		r->speed = step < 0 ? SPEED_MAX : 0;
	else if (step > 0)
		r->speed = r->speed >= SPEED_MAX ? 0 : r->speed * 2;
	else if (r->speed > 0.07)
		r->speed /= 2;
	pthread_cond_broadcast(&r->changed);
	if (r->speed == 0)
		snprintf(message, len, "at full speed");
	else
		snprintf(message, len, "%g times the real pace", r->speed);
	pthread_mutex_unlock(&r->lock);
}

static int
seek_forward(struct replay *r, uint64_t to_ns, char *message, size_t len)
{
	if (r->frozen) {
		snprintf(message, len, "end of the recording");
		return -ENODATA;
	}
	set_base(r, to_ns);
	pthread_cond_broadcast(&r->changed);
	return 0;
}

static int
seek_back(struct replay *r, uint64_t to_ns, char *message, size_t len)
{
	for (size_t i = 0; i < r->count; i++)
		if (!values_can_rewind(r->inputs[i].values)) {
			snprintf(message, len, "cannot seek back in a pipe");
			return -ESPIPE;
		}
	stop_threads(r);
	r->base_ns = r->last_ns = to_ns > r->first_ns ? to_ns : r->first_ns;
	r->started = r->frozen = false;
	return 1;
}

static int
replay_seek(void *self, uint64_t to_ns, char *message, size_t len)
{
	struct replay *r = self;
	bool back;
	int result = 0;

	pthread_mutex_lock(&r->lock);
	back = to_ns < stream_now(r);
	if (!r->base_ns) {
		snprintf(message, len, "nothing received yet");
		result = -ENODATA;
	} else if (!back)
		result = seek_forward(r, to_ns, message, len);
	pthread_mutex_unlock(&r->lock);
	/* The readers are stopped for it, so they must not wait for the lock. */
	return result == 0 && back ? seek_back(r, to_ns, message, len) : result;
}

static void
replay_seek_end(void *self)
{
	struct replay *r = self;

	for (size_t i = 0; i < r->count; i++) {
		struct input *in = &r->inputs[i];

		values_rewind(in->values);
		in->ended = in->resting = false;
		in->bad = in->reader.unknown_keys = in->reader.bad_times = 0;
		memset(&in->lost, 0, sizeof(in->lost));
		memset(&in->before, 0, sizeof(in->before));
		in->error[0] = in->reader.cut[0] = '\0';
		in->first = true;
		memset(in->gaps, 0, sizeof(in->gaps));
		memset(in->next, 0, sizeof(in->next));
		if (in->host)
			tell_host(in);
	}
	memset(r->muted, 0, sizeof(r->muted));
	start_threads(r);
}

/* Under the lock. */
static void
name_pace(const struct replay *r, char *out, size_t len)
{
	if (r->frozen)
		snprintf(out, len, "end");
	else if (r->paused)
		snprintf(out, len, "stopped");
	else if (r->speed == 0)
		snprintf(out, len, "max");
	else if (r->speed != 1)
		snprintf(out, len, "×%g", r->speed);
}

static void
replay_position(void *self, struct position *p)
{
	struct replay *r = self;
	uint64_t end_ns = 0;

	*p = (struct position){ .scanned = -1 };
	if (r->overview)
		p->scanned = overview_scanned(r->overview, &end_ns);
	pthread_mutex_lock(&r->lock);
	name_pace(r, p->pace, sizeof(p->pace));
	p->begin_ns = r->first_ns;
	p->now_ns = r->first_ns ? stream_now(r) : 0;
	/* A file may have grown since, and a jump may lead behind what there is. */
	p->end_ns = end_ns > r->last_ns ? end_ns : r->last_ns;
	if (p->now_ns > p->end_ns)
		p->now_ns = p->end_ns;
	if (r->frozen && p->scanned < 0) /* all there is has been read */
		p->scanned = 1;
	pthread_mutex_unlock(&r->lock);
}

static bool
replay_chart(void *self, struct chart *c)
{
	struct replay *r = self;

	if (r->overview)
		overview_chart(r->overview, c);
	return r->overview != NULL;
}

static const struct replay_ops replay_keys = {
	.pause = replay_pause,
	.speed = replay_speed,
	.seek = replay_seek,
	.seek_end = replay_seek_end,
	.position = replay_position,
	.chart = replay_chart,
};

/* ---- opening and closing ---- */

static void
replay_stop(void *self)
{
	stop_threads(self);
}

static void
replay_close(void *self)
{
	struct replay *r = self;

	overview_close(r->overview);
	stop_threads(r);
	for (size_t i = 0; i < r->count; i++) {
		values_close(r->inputs[i].values);
		eslogger_finish(&r->inputs[i].reader);
	}
	mute_set_destroy(r->mutes);
	for (size_t i = 0; i < r->owner_count; i++)
		free(r->owners[i].text);
	free(r->owners);
	while (r->residents)
		settle_in(r, r->residents->pid, NULL);
	wake_close(&r->stop_wake);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static const struct source_ops replay_source_ops = {
	.name = "replay",
	.detail = replay_detail,
	.available = replay_available,
	.start = replay_start,
	.subscribe = replay_subscribe,
	.backfill = replay_backfill,
	.mute = {
		.process = replay_mute_process,
		.path = replay_mute_path,
		.owner = replay_mute_owner,
		.counts = replay_mute_counts,
		.local = replay_mute_local,
		.invert = replay_mute_invert,
	},
	.stats = replay_stats,
	.stop = replay_stop,
	.now = replay_now,
	.ended = replay_ended,
	.title = replay_title,
	.message = replay_message,
	.failed = replay_failed,
	.report = replay_report,
	.replay = &replay_keys,
	.close = replay_close,
};

/* Is there a line that makes sense among the first ones? Files only: a pipe may take its time. */
static int
look_at(struct input *in, char *why, size_t len)
{
	const char *line;
	size_t length;
	int result = 0;
	bool found = false;

	if (!values_can_rewind(in->values))
		return 0;
	while (!found && in->bad < TRIED && (result = values_next(in->values, &line, &length, false)) != 0) {
		enum eslogger_kind kind;

		if (note_skipped(in, result))
			continue;
		if (result < 0)
			break;
		kind = eslogger_read(&in->reader, line, length);
		if (kind == ESLOGGER_NOTHING)
			in->other = true;
		else if (kind != ESLOGGER_BROKEN)
			found = true;
		else if (!values_retry(in->values))
			note_bad(in, in->reader.why);
	}
	if (!found) {
		if (result < 0)
			explain_error(in, result);
		else if (result == 0 && !in->bad)
			explain_end(in);
		explain_bad(in, why, len);
		return -EINVAL;
	}
	if (in->reader.time_ns && (!in->replay->first_ns || in->reader.time_ns < in->replay->first_ns))
		in->replay->first_ns = in->replay->last_ns = in->replay->base_ns = in->reader.time_ns;
	in->bad = 0;
	in->reader.unknown_keys = in->reader.bad_times = 0;
	in->reader.ours = false;
	return values_rewind(in->values);
}

static int
open_input(struct input *in, char *why, size_t len)
{
	/* A FIFO without a writer must not hold up the start: values_next() waits for its lines. */
	int fd = strcmp(in->path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
					    : open(in->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int error;

	if (fd < 0) {
		error = -errno;
		snprintf(why, len, "cannot read %.200s: %s", in->path, strerror(-error));
		return error;
	}
	in->values = values_open(fd, in->replay->stop_wake.read_fd, ESLOGGER_LINE_MAX);
	return look_at(in, why, len);
}

int
replay_open(struct source *source, const struct replay_config *config, struct ring *ring, int wake_fd,
	    char *why, size_t len)
{
	const struct event_set targets = set_of(event_mask_target());
	struct replay *r = xcalloc(1, sizeof(*r) + config->count * sizeof(r->inputs[0]));
	int error;

	r->ring = ring;
	r->wake_fd = wake_fd;
	r->follow = config->follow;
	r->speed = config->speed;
	r->mutes = mute_set_create(SIZE_MAX, &targets);
	r->stop_wake = (struct wake){ -1, -1 };
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	error = r->mutes ? wake_open(&r->stop_wake) : -ENOMEM;
	if (error)
		snprintf(why, len, "cannot create a wake-up channel: %s", strerror(-error));
	for (size_t i = 0; !error && i < config->count; i++) {
		struct input *in = &r->inputs[i];

		r->count = i + 1;
		in->replay = r;
		in->first = true;
		in->path = config->inputs[i].path;
		in->name = config->inputs[i].name;
		in->host = in->name ? (int32_t)(i + 1) << HOST_SHIFT : 0;
		error = open_input(in, why, len);
	}
	if (error) {
		replay_close(r);
		return error;
	}
	if (config->survey)
		r->overview = overview_open(config->inputs, config->count, r->first_ns);
	*source = (struct source){ .ops = &replay_source_ops, .self = r };
	return 0;
}
