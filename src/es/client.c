/*
 * client - the live source: a NOTIFY-only Endpoint Security client.
 *
 * Two threads. The handler runs on Endpoint Security's: it copies the message
 * into the ring and returns. It never allocates, locks, waits or calls the
 * system, but for the one write that wakes the main thread at the ring's fill
 * mark. All else here runs on the main thread. What both touch is atomic, and
 * each such field has one writer.
 *
 * One source for every system: what Endpoint Security leaves open is asked of
 * platform.h.
 */
#include "src/base/clock.h"
#include "src/es/decode.h"
#include "src/es/histogram.h"
#include "src/es/local_mutes.h"
#include "src/es/platform.h"
#include "src/base/source.h"
#include "src/base/wake.h"
#include "model/xalloc.h"

#include <bsm/libbsm.h>
#include <errno.h>
#include <mach/mach.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE 128                 /* of cache; what two threads write lies apart */
#define ANNOUNCED 8192           /* program executions remembered, 128 KiB; a power of 2 */
#define DETAIL_ROOM (512u << 10) /* bytes in the ring up to which details are for the screen */
#define SAMPLE 64                /* one event in so many is timed */
#define NUMBERS 256              /* es_event_type_t below it have their gaps counted */
#define SETTLE_MS 500            /* at most, for what is queued when the flow ends */

#define ES_MUTE_PATH_TYPE_NONE (-1)
#define X(id, word, mark, side, prefix, es, help)                                                       \
	_Static_assert(ES_MUTE_PATH_TYPE_##es == (MUTE_##id < MUTE_PATH_KINDS ? (int)MUTE_##id : -1), \
		       "path kinds are in the order of es_mute_path_type_t");
MUTE_KIND_TABLE(X)
#undef X

/* Local rules in force since some time; see publish(). */
struct edition {
	struct local_set *set;
	event_mask events;
	uint64_t number; /* from 1 */
	struct edition *older;
};

/* The handler's own. */
struct handler {
	uint64_t count;
	uint64_t next[NUMBERS]; /* seq_num expected, by es_event_type_t */
	uint64_t global_next;
	bool global_known;
	uint64_t edition; /* number of the one used last */

	/*
	 * Executions whose executable path and owners were already sent:
	 * (pid, pidversion) packed, each in the one slot it may have, and
	 * owner_number() at that time. One that is pushed out is sent again.
	 */
	struct announced {
		uint64_t who, owner;
	} announced[ANNOUNCED];

	char path[DECODE_PATH_MAX]; /* a target that has to be put together */
};

/* The handler writes, the main thread reads. */
struct tally {
	_Atomic uint64_t lost[EV_COUNT];  /* gaps in seq_num */
	_Atomic uint64_t global_lost;     /* gaps in global_seq_num */
	_Atomic uint64_t muted[EV_COUNT]; /* by local rules */
	_Atomic uint64_t edition;         /* no older one will be used again */
	_Atomic uint64_t marks;           /* that were passed */
	_Atomic uint64_t marked;          /* ring_written() at the last one */
	struct histogram cost;
};

struct client {
	/* The main thread's. */
	es_client_t *es; /* NULL after the end of the flow */
	audit_token_t self;
	es_muted_paths_t *defaults; /* what the system began with; set aside while inverted */
	bool inverted[MUTE_SIDE_COUNT];
	event_mask available, subscribed, ever_subscribed;
	struct edition *editions; /* newest first */
	struct platform_stats last;
	uint64_t marks; /* asked for */

	const char *title; /* source_ops; set when it is open */

	/* Set once, before the handler can run. */
	struct ring *ring;
	int wake_fd;
	_Atomic int detail; /* enum source_detail; relaxed: a few events more or less with everything */

	/* The main thread writes, the handler reads. */
	_Alignas(LINE) _Atomic(struct edition *) edition;
	_Atomic bool rebase[EV_COUNT]; /* types whose next number is taken as it comes */

	_Alignas(LINE) struct handler handler;
	_Alignas(LINE) struct tally tally;
};

/* ---- the handler ---- */

/* Relaxed, and no atomic addition: one writer, and a number announces nothing. */
static void
add(_Atomic uint64_t *count, uint64_t n)
{
	atomic_store_explicit(count, atomic_load_explicit(count, memory_order_relaxed) + n,
			      memory_order_relaxed);
}

/* Is the numbering of this type to be restarted? */
static bool
rebased(struct client *c, enum event_id id)
{
	/* Relaxed: es_subscribe() itself orders the flag before the events it brings. */
	if (!atomic_load_explicit(&c->rebase[id], memory_order_relaxed))
		return false;
	atomic_store_explicit(&c->rebase[id], false, memory_order_relaxed);
	return true;
}

/*
 * A jump in the numbers says how many events are missing before it. One that
 * goes back says nothing, and the count restarts from there.
 */
static void
count_gaps(struct client *c, enum event_id id, const es_message_t *msg)
{
	struct handler *h = &c->handler;

	if (msg->version < 2)
		return;
	if ((unsigned)msg->event_type < NUMBERS) {
		uint64_t *next = &h->next[msg->event_type];

		if (!rebased(c, id) && msg->seq_num > *next)
			add(&c->tally.lost[id], msg->seq_num - *next);
		*next = msg->seq_num + 1;
	}

	if (msg->version < 4)
		return;
	if (h->global_known && msg->global_seq_num > h->global_next)
		add(&c->tally.global_lost, msg->global_seq_num - h->global_next);
	h->global_next = msg->global_seq_num + 1;
	h->global_known = true;
}

/* Of an event with two targets, both have to be muted. */
static bool
is_muted(struct client *c, const struct edition *now, enum event_id id, const es_message_t *msg)
{
	const es_file_t *exe = msg->process->executable;
	struct local_subject about = { .exe = NULL };
	struct decode_path targets[2];
	unsigned n = decode_targets(msg, targets);

	decode_proc(&about.who, msg->process, msg->version);
	if (exe) {
		about.exe = exe->path.data;
		about.exe_length = exe->path.length;
	}
	if (n == 0)
		return local_set_mutes(now->set, id, &about);
	for (unsigned i = 0; i < n; i++) {
		about.target = decode_path(&targets[i], c->handler.path);
		about.target_length = targets[i].length;
		if (!local_set_mutes(now->set, id, &about))
			return false;
	}
	return true;
}

static bool
mute_locally(struct client *c, enum event_id id, const es_message_t *msg)
{
	/* Acquire: the rules are complete. Pairs with the release in publish(). */
	const struct edition *now = atomic_load_explicit(&c->edition, memory_order_acquire);

	if (now->number != c->handler.edition) {
		c->handler.edition = now->number;
		/* Release: all that was read of older ones has been read. Pairs
		 * with the acquire in reclaim(), which frees them. */
		atomic_store_explicit(&c->tally.edition, now->number, memory_order_release);
	}
	if (!(now->events & EVENT_BIT(id)) || !is_muted(c, now, id, msg))
		return false;
	add(&c->tally.muted[id], 1);
	return true;
}

/* Never 0, which is an empty slot's. */
static uint64_t
packed(const es_process_t *p)
{
	return (uint64_t)1 << 63 | (uint64_t)(uint32_t)audit_token_to_pid(p->audit_token) << 32 |
	       (uint32_t)audit_token_to_pidversion(p->audit_token);
}

/* Another number when a process is moved to another cgroup, or gets or loses its terminal. */
static uint64_t
owner_number(const es_process_t *p, uint32_t version)
{
	struct platform_cgroup cgroup = { 0 };
	uint64_t number = 0;

	if (platform_cgroup(p, &cgroup))
		number = cgroup.id;
	if (version >= 2 && p->tty)
		number ^= ((uint64_t)p->tty->stat.st_rdev + 1) * 0x9e3779b97f4a7c15u;
	return number;
}

static struct announced *
slot_of(struct client *c, uint64_t who)
{
	return &c->handler.announced[(who * 0x9e3779b97f4a7c15u >> 32) % ANNOUNCED];
}

/* The record of an exec and of a fork names the executable of the other process, too. */
static void
announce(struct client *c, struct announced by, const es_message_t *msg)
{
	const es_process_t *other;

	*slot_of(c, by.who) = by;
	if (msg->event_type == ES_EVENT_TYPE_NOTIFY_EXEC)
		other = msg->event.exec.target;
	else if (msg->event_type == ES_EVENT_TYPE_NOTIFY_FORK)
		other = msg->event.fork.child;
	else
		return;
	by = (struct announced){ packed(other), owner_number(other, msg->version) };
	*slot_of(c, by.who) = by;
}

/* What is logged is filtered by itself, without the tree: it needs the executable. */
static unsigned
detail_parts(const struct client *c, unsigned parts)
{
	switch (atomic_load_explicit(&c->detail, memory_order_relaxed)) {
	case DETAIL_ALWAYS:
		return DECODE_EXE | DECODE_DETAIL | (parts ? DECODE_CGROUP : 0);
	case DETAIL_IN_CALM:
		return ring_used(c->ring) < DETAIL_ROOM ? DECODE_DETAIL : 0;
	default:
		return 0;
	}
}

static void
handle(struct client *c, const es_message_t *msg)
{
	enum event_id id = decode_id(msg);
	unsigned parts = 0;
	const struct announced *known;
	struct announced by;
	struct event *e;

	count_gaps(c, id, msg);
	if (mute_locally(c, id, msg))
		return;
	by = (struct announced){ packed(msg->process), owner_number(msg->process, msg->version) };
	known = slot_of(c, by.who);
	if (known->who != by.who || known->owner != by.owner)
		parts = DECODE_EXE;
	parts |= detail_parts(c, parts);
	e = ring_reserve(c->ring, decode_room(msg, parts), event_info[id].vital);
	if (!e) {
		ring_drop(c->ring, event_info[id].number);
		return;
	}
	decode(e, msg, parts);
	announce(c, by, msg);
	if (ring_commit(c->ring))
		wake_up(c->wake_fd);
}

static void
handle_timed(struct client *c, const es_message_t *msg)
{
	uint64_t start;

	if (c->handler.count++ % SAMPLE) {
		handle(c, msg);
		return;
	}
	/* The monotonic clock is read in user space (vdso, commpage), not by a
	 * system call. It costs about as much as it adds to what is measured. */
	start = clock_fine();
	handle(c, msg);
	histogram_add(&c->tally.cost, clock_fine() - start);
}

/* ---- local rules ---- */

/*
 * When may an edition be freed? The handler says which one it uses whenever it
 * finds a new one. It cannot find an older one after that (coherence of one
 * atomic variable), and what it read of older ones came before it said so. No
 * cost per event, and no thread waits: what the handler has not finished yet is
 * kept until a later change, or the end.
 */
static void
reclaim(struct client *c, uint64_t in_use)
{
	struct edition **at = &c->editions;

	while (*at && (*at)->number >= in_use)
		at = &(*at)->older;
	while (*at) {
		struct edition *old = *at;

		*at = old->older;
		local_set_destroy(old->set);
		free(old);
	}
}

static void
publish(struct client *c, const struct mute_rule *const rules[], size_t n)
{
	struct edition *now = xcalloc(1, sizeof(*now));

	now->set = local_set_create(rules, n);
	now->events = local_set_events(now->set);
	now->number = c->editions ? c->editions->number + 1 : 1;
	now->older = c->editions;
	c->editions = now;
	/* Release: the set is complete before the handler finds it. Pairs with
	 * the acquire in mute_locally(). */
	atomic_store_explicit(&c->edition, now, memory_order_release);
	/* Acquire: pairs with the release there. */
	reclaim(c, atomic_load_explicit(&c->tally.edition, memory_order_acquire));
}

static void
client_local(void *self, const struct mute_rule *const rules[], size_t n)
{
	publish(self, rules, n);
}

/* ---- mutes of the system ---- */

/* By number, as an older SDK does not spell them all; decode.c holds that each is of a NOTIFY type. */
static const es_event_type_t type_of[] = {
#define X(id, number, ...) [EV_##id] = (es_event_type_t)(number),
	EVENT_TABLE(X)
#undef X
};

/* Of these events what the system knows: one type it does not would fail the whole call. */
static uint32_t
types_of(const struct client *c, event_mask events, es_event_type_t types[EV_COUNT])
{
	uint32_t n = 0;

	events &= c->available;
	for (unsigned id = 0; id < EV_OTHER; id++)
		if (events & EVENT_BIT(id))
			types[n++] = type_of[id];
	return n;
}

static bool
is_same(audit_token_t a, audit_token_t b)
{
	return audit_token_to_pid(a) == audit_token_to_pid(b) &&
	       audit_token_to_pidversion(a) == audit_token_to_pidversion(b);
}

/* Endpoint Security says only no. What is gone cannot be muted; else there was no room. */
static int
refusal(int32_t pid)
{
	return kill(pid, 0) != 0 && errno == ESRCH ? -ESRCH : -ENOSPC;
}

static int
client_mute_process(void *self, int32_t pid, uint32_t version, event_mask events, bool on)
{
	struct client *c = self;
	es_event_type_t types[EV_COUNT];
	uint32_t n = types_of(c, events, types);
	audit_token_t token = platform_token(pid, version);
	es_return_t result;

	if (n == 0)
		return 0;
	result = on ? es_mute_process_events(c->es, &token, types, n)
		    : es_unmute_process_events(c->es, &token, types, n);
	return result == ES_RETURN_SUCCESS ? 0 : refusal(pid);
}

/* Does the system list this execution as muted? */
static bool
is_muted_there(struct client *c, audit_token_t who)
{
	es_muted_processes_t *muted = NULL;
	bool found = false;

	if (es_muted_processes_events(c->es, &muted) != ES_RETURN_SUCCESS)
		return true; /* it cannot be asked, so nothing speaks against it */
	for (size_t i = 0; muted && i < muted->count && !found; i++)
		found = is_same(muted->processes[i].audit_token, who);
	if (muted)
		es_release_muted_processes(muted);
	return found;
}

/*
 * Muting the new execution first leaves no gap. Where the mute may be the process's, unmuting the
 * old one afterwards would end it, silently: there it goes first, and the system is asked what came
 * of it. At the limit the old one must make room in either case.
 */
static int
client_follow(void *self, int32_t pid, uint32_t old, uint32_t version, event_mask events)
{
	struct client *c = self;
	int error;

	if (platform_mutes_executions()) {
		error = client_mute_process(c, pid, version, events, true);
		client_mute_process(c, pid, old, events, false);
		return error ? client_mute_process(c, pid, version, events, true) : 0;
	}
	client_mute_process(c, pid, old, events, false);
	error = client_mute_process(c, pid, version, events, true);
	if (!error && !is_muted_there(c, platform_token(pid, version)))
		error = client_mute_process(c, pid, version, events, true);
	return error;
}

static int
client_mute_path(void *self, enum mute_kind kind, const char *path, event_mask events, bool on)
{
	struct client *c = self;
	es_event_type_t types[EV_COUNT];
	uint32_t n;
	es_return_t result;

	if (mute_kind_is_target(kind))
		events &= event_mask_target();
	n = types_of(c, events, types);
	if (n == 0) /* such events have no target, so there is nothing to silence */
		return 0;
	result = on ? es_mute_path_events(c->es, path, (es_mute_path_type_t)kind, types, n)
		    : es_unmute_path_events(c->es, path, (es_mute_path_type_t)kind, types, n);
	if (result == ES_RETURN_SUCCESS)
		return 0;
	/* What was rejected must not be listed as if it were in force. */
	if (on)
		es_unmute_path_events(c->es, path, (es_mute_path_type_t)kind, types, n);
	return -ENOSPC;
}

static event_mask mask_of(const es_event_type_t types[], size_t n);

/*
 * Only what suppresses something here: the system starts every client with paths muted for
 * AUTH types alone.
 */
static int
client_counts(void *self, unsigned *processes, unsigned *paths)
{
	struct client *c = self;
	es_muted_processes_t *muted = NULL;
	es_muted_paths_t *muted_paths = NULL;

	if (es_muted_processes_events(c->es, &muted) != ES_RETURN_SUCCESS)
		return -EIO;
	*processes = 0;
	for (size_t i = 0; muted && i < muted->count; i++)
		*processes += !is_same(muted->processes[i].audit_token, c->self);
	if (muted)
		es_release_muted_processes(muted);

	if (es_muted_paths_events(c->es, &muted_paths) != ES_RETURN_SUCCESS)
		return -EIO;
	*paths = 0;
	for (size_t i = 0; muted_paths && i < muted_paths->count; i++)
		*paths += mask_of(muted_paths->paths[i].events, muted_paths->paths[i].event_count) != 0;
	if (muted_paths)
		es_release_muted_paths(muted_paths);
	return 0;
}

static int
client_mute_subtree(void *self, int32_t pid, uint32_t version, event_mask events, bool on)
{
	struct client *c = self;
	es_event_type_t types[EV_COUNT];
	uint32_t n = types_of(c, events, types);
	audit_token_t token = platform_token(pid, version);

	return platform_mute_subtree(c->es, &token, types, n, on);
}

static int
client_mute_owner(void *self, const struct mute_rule *rule, event_mask events, bool on)
{
	struct client *c = self;
	es_event_type_t types[EV_COUNT];
	uint32_t n = types_of(c, events, types);

	return platform_mute_owner(c->es, rule, types, n, on);
}

static int
client_suppressed(void *self, const struct mute_rule *rule, uint64_t *count)
{
	struct client *c = self;
	audit_token_t token = platform_token(rule->process.pid, rule->version);
	bool path = mute_kind_is_path(rule->kind);

	if (mute_kind_is_owner(rule->kind))
		return platform_suppressed_owner(c->es, rule, count) ? 0 : -ENOSYS;
	return platform_suppressed(c->es, &token, rule->kind == MUTE_SUBTREE, path ? rule->path : NULL,
				   (es_mute_path_type_t)rule->kind, count)
		       ? 0
		       : -ENOSYS;
}

static event_mask
mask_of(const es_event_type_t types[], size_t n)
{
	event_mask events = 0;

	for (size_t i = 0; i < n; i++) {
		enum event_id id = event_by_number(types[i]);

		if (id < EV_COUNT)
			events |= EVENT_BIT(id);
	}
	return events;
}

static char *
string_of_token(const es_string_token_t *path)
{
	char *s = xmalloc(path->length + 1);

	memcpy(s, path->data, path->length);
	s[path->length] = '\0';
	return s;
}

static int
client_entries(void *self, void (*visit)(void *arg, const struct mute_entry *), void *arg)
{
	struct client *c = self;
	es_muted_processes_t *muted = NULL;
	es_muted_paths_t *paths = NULL;

	if (es_muted_processes_events(c->es, &muted) != ES_RETURN_SUCCESS)
		return -EIO;
	for (size_t i = 0; muted && i < muted->count; i++) {
		const es_muted_process_t *p = &muted->processes[i];

		if (!is_same(p->audit_token, c->self))
			visit(arg, &(struct mute_entry){
					   .kind = MUTE_PROCESS,
					   .pid = audit_token_to_pid(p->audit_token),
					   .version = (uint32_t)audit_token_to_pidversion(p->audit_token),
					   .events = mask_of(p->events, p->event_count),
					   .types = (unsigned)p->event_count,
				   });
	}
	if (muted)
		es_release_muted_processes(muted);
	if (es_muted_paths_events(c->es, &paths) != ES_RETURN_SUCCESS)
		return -EIO;
	for (size_t i = 0; paths && i < paths->count; i++) {
		const es_muted_path_t *p = &paths->paths[i];
		char *path = string_of_token(&p->path);

		visit(arg, &(struct mute_entry){
				   .kind = (enum mute_kind)p->type,
				   .path = path,
				   .events = mask_of(p->events, p->event_count),
				   .types = (unsigned)p->event_count,
			   });
		free(path);
	}
	if (paths)
		es_release_muted_paths(paths);
	return 0;
}

/* ---- only what is listed ---- */

_Static_assert((int)MUTE_SIDE_PROCESS == ES_MUTE_INVERSION_TYPE_PROCESS &&
		       (int)MUTE_SIDE_PATH == ES_MUTE_INVERSION_TYPE_PATH &&
		       (int)MUTE_SIDE_TARGET == ES_MUTE_INVERSION_TYPE_TARGET_PATH,
	       "sides are in the order of es_mute_inversion_type_t");

/*
 * Inverting does not clear what the system mutes for every client: it would be
 * selected. So it is unmuted before and muted again after.
 */
static bool
set_defaults(struct client *c, enum mute_side side, bool on)
{
	bool done = true;

	for (size_t i = 0; c->defaults && i < c->defaults->count; i++) {
		const es_muted_path_t *p = &c->defaults->paths[i];
		es_return_t result;
		char *path;

		if (mute_side_of((enum mute_kind)p->type) != side)
			continue;
		path = string_of_token(&p->path);
		result = on ? es_mute_path_events(c->es, path, p->type, p->events, p->event_count)
			    : es_unmute_path_events(c->es, path, p->type, p->events, p->event_count);
		done &= result == ES_RETURN_SUCCESS;
		free(path);
	}
	return done;
}

/*
 * The tree is made of exec, fork and exit, of everybody: where a path can stand
 * for all, they go on passing. Of fork and exit, targets decide nothing anyhow.
 */
static bool
pass_vital(struct client *c, enum mute_side side, bool on)
{
	es_mute_path_type_t type =
		side == MUTE_SIDE_PATH ? ES_MUTE_PATH_TYPE_PREFIX : ES_MUTE_PATH_TYPE_TARGET_PREFIX;
	event_mask events = event_mask_vital();
	es_event_type_t types[EV_COUNT];
	uint32_t n;

	if (side == MUTE_SIDE_PROCESS)
		return true;
	if (side == MUTE_SIDE_TARGET)
		events &= event_mask_target();
	n = types_of(c, events, types);
	return (on ? es_mute_path_events(c->es, "/", type, types, n)
		   : es_unmute_path_events(c->es, "/", type, types, n)) == ES_RETURN_SUCCESS;
}

/* estop itself: muted, it would now be listed. */
static bool
list_self(struct client *c, bool on)
{
	return (on ? es_mute_process(c->es, &c->self) : es_unmute_process(c->es, &c->self)) ==
	       ES_RETURN_SUCCESS;
}

static int
client_invert(void *self, enum mute_side side, bool on)
{
	struct client *c = self;
	bool done;

	if (c->inverted[side] == on)
		return 0;
	if (!on) {
		done = es_invert_muting(c->es, (es_mute_inversion_type_t)side) == ES_RETURN_SUCCESS;
		if (!done)
			return -EIO;
		c->inverted[side] = false;
		pass_vital(c, side, false);
		if (side == MUTE_SIDE_PROCESS)
			list_self(c, true);
		return set_defaults(c, side, true) ? 0 : -EIO;
	}
	done = set_defaults(c, side, false) && pass_vital(c, side, true);
	if (done && side == MUTE_SIDE_PROCESS)
		done = list_self(c, false);
	done = done && es_invert_muting(c->es, (es_mute_inversion_type_t)side) == ES_RETURN_SUCCESS;
	if (done) {
		c->inverted[side] = true;
		return 0;
	}
	pass_vital(c, side, false);
	if (side == MUTE_SIDE_PROCESS)
		list_self(c, true);
	set_defaults(c, side, true);
	return -EIO;
}

/* ---- the flow ---- */

static void
client_detail(void *self, enum source_detail detail)
{
	struct client *c = self;

	atomic_store_explicit(&c->detail, (int)detail, memory_order_relaxed);
}

static event_mask
client_available_now(void *self)
{
	const struct client *c = self;

	return c->available;
}

/*
 * All in one call, as a rule. Where one type is rejected, which fails the call, one
 * by one; a type that is rejected alone is not available. Returns what was.
 */
static event_mask
subscribe(struct client *c, event_mask events)
{
	es_event_type_t types[EV_COUNT];
	uint32_t n = types_of(c, events, types);

	if (n == 0 || es_subscribe(c->es, types, n) == ES_RETURN_SUCCESS)
		return events;
	for (unsigned id = 0; id < EV_OTHER; id++)
		if (events & EVENT_BIT(id) && es_subscribe(c->es, &type_of[id], 1) != ES_RETURN_SUCCESS)
			events &= ~EVENT_BIT(id);
	return events;
}

static int
client_subscribe(void *self, event_mask events)
{
	struct client *c = self;
	event_mask more, less, got;
	es_event_type_t types[EV_COUNT];
	uint32_t n;

	events &= c->available;
	more = events & ~c->subscribed;
	less = c->subscribed & ~events;
	/* A new client's numbers start at 0; whether they go on over a time
	 * without subscription is not said anywhere. */
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (more & c->ever_subscribed & EVENT_BIT(id))
			atomic_store_explicit(&c->rebase[id], true, memory_order_relaxed);
	got = subscribe(c, more);
	c->subscribed |= got;
	c->ever_subscribed |= got;
	c->available &= ~(more & ~got);
	n = types_of(c, less, types);
	if (n && es_unsubscribe(c->es, types, n) == ES_RETURN_SUCCESS)
		c->subscribed &= ~less;
	return got == more ? 0 : -ENOTSUP;
}

static int
client_start(void *self, event_mask events, char *why, size_t len)
{
	struct client *c = self;

	/* Without some types it can live, and session says which; not without all. */
	if (client_subscribe(c, events) == 0 || c->subscribed)
		return 0;
	snprintf(why, len, "Endpoint Security refused to send these events; choose others with -e");
	return -ENOTSUP;
}

static int
client_backfill(void *self, void (*visit)(void *ctx, const struct event *), void *ctx)
{
	struct client *c = self;

	return platform_backfill(c->es, atomic_load(&c->detail) == DETAIL_ALWAYS, visit, ctx);
}

/* The block runs before es_delete_client() returns, if at all, so c is there. */
static bool
client_mark(void *self)
{
	struct client *c = self;
	uint64_t number = ++c->marks;

	return c->es && platform_mark(c->es, ^{
		 atomic_store_explicit(&c->tally.marked, ring_written(c->ring), memory_order_relaxed);
		 /* Release: the position comes with the mark. Pairs with the acquire below. */
		 atomic_store_explicit(&c->tally.marks, number, memory_order_release);
	       });
}

static bool
client_marked(void *self, uint64_t *position)
{
	struct client *c = self;

	if (atomic_load_explicit(&c->tally.marks, memory_order_acquire) < c->marks)
		return false;
	*position = atomic_load_explicit(&c->tally.marked, memory_order_relaxed);
	return true;
}

static void
client_stats(void *self, struct source_stats *stats)
{
	struct client *c = self;
	uint64_t typed = 0, global;

	if (c->es)
		platform_kernel_stats(c->es, &c->last);
	*stats = (struct source_stats){
		.loss.muted_known = c->last.known,
		.loss.muted_elsewhere = c->last.muted_elsewhere,
		.kernel_fill = c->last.kernel_fill,
		.handler_median_ns = histogram_quantile(&c->tally.cost, 0.5),
		.handler_p999_ns = histogram_quantile(&c->tally.cost, 0.999),
	};
	stats->handler_count = histogram_powers(&c->tally.cost, HANDLER_FIRST_NS, stats->handler_bucket,
						HANDLER_BUCKETS, &stats->handler_sum_ns);
	/* Before the gaps by type: those may only be ahead of it. */
	global = atomic_load_explicit(&c->tally.global_lost, memory_order_relaxed);
	for (unsigned id = 0; id < EV_COUNT; id++) {
		uint64_t gaps = atomic_load_explicit(&c->tally.lost[id], memory_order_relaxed);

		/* A system that counts knows of losses that no event has shown yet. */
		stats->loss.kernel[id] = c->last.lost[id] > gaps ? c->last.lost[id] : gaps;
		stats->loss.ring[id] = ring_dropped(c->ring, event_info[id].number);
		stats->loss.muted[id] =
			c->last.muted[id] + atomic_load_explicit(&c->tally.muted[id], memory_order_relaxed);
		typed += stats->loss.kernel[id];
	}
	stats->kernel_untyped = (global > typed ? global - typed : 0) + c->last.missed;
}

/*
 * On the thread that made the client, as older systems demand. When
 * es_delete_client() returns the handler does not run any more.
 */
static void
client_stop(void *self)
{
	struct client *c = self;

	if (!c->es)
		return;
	es_unsubscribe_all(c->es);
	for (unsigned side = 0; side < MUTE_SIDE_COUNT; side++)
		client_invert(c, (enum mute_side)side, false);
	if (c->defaults)
		es_release_muted_paths(c->defaults);
	c->defaults = NULL;
	platform_settle(c->es, SETTLE_MS);
	platform_kernel_stats(c->es, &c->last);
	es_delete_client(c->es);
	c->es = NULL;
}

static void
client_close(void *self)
{
	struct client *c = self;

	client_stop(c);
	reclaim(c, UINT64_MAX);
	free(c);
}

static void
client_look(void *self, int32_t pid, struct process_look *look)
{
	(void)self;
	platform_look(pid, look);
}

static size_t
client_command_line(void *self, int32_t pid, char *out, size_t size)
{
	(void)self;
	return platform_title(pid, out, size);
}

static int
client_signal(void *self, int32_t pid, uint64_t start_ns, int number)
{
	(void)self;
	return platform_signal(pid, start_ns, number);
}

static void
client_title(void *self, char *out, size_t len)
{
	struct client *c = self;

	snprintf(out, len, "%s", c->title);
}

static const struct source_ops client_ops = {
	.name = "live",
	.title = client_title,
	.live = true,
	.detail = client_detail,
	.available = client_available_now,
	.start = client_start,
	.subscribe = client_subscribe,
	.backfill = client_backfill,
	.mark = client_mark,
	.marked = client_marked,
	.look = client_look,
	.command_line = client_command_line,
	.signal = client_signal,
	.mute = {
		.process = client_mute_process,
		.path = client_mute_path,
		.counts = client_counts,
		.local = client_local,
		.subtree = client_mute_subtree,
		.owner = client_mute_owner,
		.follow = client_follow,
		.invert = client_invert,
		.entries = client_entries,
		.suppressed = client_suppressed,
	},
	.stats = client_stats,
	.stop = client_stop,
	.close = client_close,
};

/* ---- opening ---- */

static int
explain(es_new_client_result_t result, char *why, size_t len)
{
	static const int errors[] = {
		[ES_NEW_CLIENT_RESULT_ERR_INVALID_ARGUMENT] = -EINVAL,
		[ES_NEW_CLIENT_RESULT_ERR_INTERNAL] = -ENOSYS,
		[ES_NEW_CLIENT_RESULT_ERR_NOT_ENTITLED] = -EPERM,
		[ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED] = -EPERM,
		[ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED] = -EPERM,
		[ES_NEW_CLIENT_RESULT_ERR_TOO_MANY_CLIENTS] = -EBUSY,
	};

	if (!platform_why(result, why, len))
		snprintf(why, len,
			 "Endpoint Security failed in a way unknown to estop (%d); a newer "
			 "estop may know it",
			 (int)result);
	if ((unsigned)result < sizeof(errors) / sizeof(errors[0]) && errors[result])
		return errors[result];
	return -EIO;
}

/* What estop does itself would only be shown because it is shown. */
static int
mute_self(struct client *c)
{
	mach_msg_type_number_t count = TASK_AUDIT_TOKEN_COUNT;

	if (task_info(mach_task_self(), TASK_AUDIT_TOKEN, (task_info_t)&c->self, &count) != KERN_SUCCESS)
		return -EIO;
	return es_mute_process(c->es, &c->self) == ES_RETURN_SUCCESS ? 0 : -EIO;
}

void
client_hooks(enum source_hooks hooks)
{
	platform_hooks(hooks);
}

void
client_debug(FILE *to)
{
	platform_debug(to);
}

event_mask
client_available(void)
{
	return platform_available() & decode_known();
}

int
client_open(struct source *source, struct ring *ring, int wake_fd, char *why, size_t len)
{
	struct client *c = aligned_alloc(LINE, sizeof(*c));
	es_new_client_result_t result;
	int error;

	if (!c) {
		snprintf(why, len, "out of memory");
		return -ENOMEM;
	}
	memset(c, 0, sizeof(*c));
	c->ring = ring;
	c->wake_fd = wake_fd;
	c->last.kernel_fill = -1;
	c->available = client_available();
	publish(c, NULL, 0);
	c->title = client_ops.name;
	result = es_new_client(&c->es, ^(es_client_t *es, const es_message_t *msg) {
	  (void)es;
	  handle_timed(c, msg);
	});
	if (result != ES_NEW_CLIENT_RESULT_SUCCESS) {
		error = explain(result, why, len);
		c->es = NULL;
		goto out;
	}
	c->title = platform_source_name(c->es);
	if (es_muted_paths_events(c->es, &c->defaults) != ES_RETURN_SUCCESS)
		c->defaults = NULL;
	error = mute_self(c);
	if (error) {
		snprintf(why, len,
			 "estop cannot mute itself, and would show what it causes; this is a "
			 "bug, please report it");
		goto out;
	}
	*source = (struct source){ .ops = &client_ops, .self = c };
	return 0;
out:
	client_close(c);
	return error;
}
