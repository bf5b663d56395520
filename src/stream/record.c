/* record - see record.h. */
#include "src/stream/record.h"
#include "src/base/clock.h"
#include "src/stream/eslogger.h"
#include "src/stream/pack.h"
#include "src/stream/running.h"
#include "src/base/ring.h"
#include "src/base/safe_file.h"
#include "src/base/signals.h"
#include "src/base/wake.h"
#include "model/detail.h"
#include "model/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	RING_ORDER = 24,    /* 16 MiB: some 10,000 events for a disk that hesitates */
	LINES = 64 << 10,   /* bytes per packing */
	IDLE_MS = 200,      /* between looks at the ring when nothing wakes us */
	RETRY_MS = 250,     /* after a full disk */
	CLOSE_MS = 3000,    /* for what is on its way at the end */
	TAIL = 1 << 10,     /* bytes of a part that its last record and the end of the stream may take */
	RESERVE = 32 << 10, /* bytes of the disk kept for the records at the end, even of a full one */
	RESERVE_STEP = 1 << 20,
};

/* Records of ours by what the thread has to know of them: event.value. */
#define NOTE_TABLE(X) X(START, "start") X(MUTE, "mute") X(LOST, "lost") X(PART, "part") X(END, "end")

enum note_kind {
#define X(id, name) NOTE_##id,
	NOTE_TABLE(X)
#undef X
};

struct record {
	struct ring *ring;
	struct wake wake;
	pthread_t thread;

	/* The main thread's; the other's, too, once there is a deadline. */
	uint64_t dropped; /* the ring was full */
	bool mark;        /* that is still to be written */

	/* The main thread writes, the other reads. */
	_Atomic uint64_t deadline; /* on the steady clock; 0: go on for ever */

	/* The other way round. */
	_Atomic uint64_t written, lost, bytes;
	_Atomic int error;
	_Atomic bool dead, full;

	/* Set once, before there is a thread. */
	char *host, *source;
	event_mask events;
	uint64_t max_size; /* of a part; 0: no limit */
	unsigned rotate;   /* parts kept besides the one that is written */
	bool live;

	/* The thread's. */
	int fd;
	int dir;       /* of a file; -1: it is none */
	char *name;    /* in dir */
	bool waits;    /* writing may block: not a regular file */
	bool reserves; /* blocks of the disk before they are written */
	bool stuck;    /* a full disk at the end: nothing but the last records is written */
	struct pack *pack;
	struct text lines;
	uint64_t in_lines; /* events in lines */
	uint64_t in_pack;  /* events that may not have left it */
	unsigned part;     /* from 1 */
	uint64_t part_bytes, part_limit, reserved;
	uint64_t last_ns; /* of the stream */

	/* What the next part begins with; with rotate alone. */
	struct running *running;
	struct event **mutes; /* rules in force */
	size_t mute_count;
	struct event *losses; /* the last record of all of them, or NULL */
	uint64_t recorder;    /* events the last record says are missing here alone */
	bool check;           /* events were lost since the last part, exits perhaps */
	struct event *end;    /* the last record, which waits for the rest */
};

/* ---- records of ours, on either thread ---- */

static void
put_name(struct detail *d, enum detail_kind kind, const char *name)
{
	detail_head(d, kind, KEY_OTHER, name, strlen(name));
}

static void
put_text(struct detail *d, const char *name, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	put_name(d, DETAIL_TEXT, name);
	detail_bytes(d, &length, sizeof(length));
	detail_bytes(d, text, length);
}

static void
put_number(struct detail *d, const char *name, uint64_t value)
{
	put_name(d, DETAIL_INT, name);
	detail_bytes(d, &value, sizeof(value));
}

static void
put_time(struct detail *d, uint64_t ns)
{
	detail_moment(d, KEY_time, (int64_t)(ns / 1000000000u), (uint32_t)(ns % 1000000000u), 9);
}

static void
put_types(struct detail *d, event_mask events)
{
	put_name(d, DETAIL_ARRAY, "events");
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (events & EVENT_BIT(id))
			detail_text(d, KEY_NONE, event_info[id].name, strlen(event_info[id].name));
	detail_end(d);
}

static void
put_counts(struct detail *d, const char *name, const uint64_t counts[EV_COUNT])
{
	put_name(d, DETAIL_OBJECT, name);
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (counts[id])
			put_number(d, event_info[id].name, counts[id]);
	detail_end(d);
}

/* What a record of ours is made of. */
struct note {
	enum note_kind kind;
	uint64_t time_ns;
	const char *host, *source;    /* start */
	event_mask events;            /* start */
	unsigned part;                /* start: from the second on; part */
	bool full;                    /* part: and there is no next */
	const struct mute_rule *rule; /* mute; NULL: it went */
	uint32_t rule_id;             /* from 1 */
	const struct loss *loss;      /* lost, end */
	uint64_t untyped, recorder;
	const char *cut; /* lost: why all that follows is missing */
};

static void
put_rule(struct detail *d, const struct mute_rule *rule)
{
	put_text(d, "kind", mute_kind_info[rule->kind].word);
	if (mute_kind_is_process(rule->kind)) {
		put_number(d, "pid", (uint64_t)rule->process.pid);
		put_number(d, "pidversion", rule->version);
	}
	if (rule->path)
		put_text(d, "path", rule->path);
	put_types(d, rule->events);
	put_name(d, rule->state == MUTE_LOCAL ? DETAIL_TRUE : DETAIL_FALSE, "local");
}

static void
put_note(struct detail *d, const struct note *n)
{
	static const char *const names[] = {
#define X(id, name) [NOTE_##id] = name,
		NOTE_TABLE(X)
#undef X
	};

	detail_plain(d, DETAIL_OBJECT, KEY_estop);
	put_name(d, DETAIL_OBJECT, names[n->kind]);
	put_time(d, n->time_ns);
	if (n->host) {
		put_text(d, "estop", ESTOP_VERSION);
		put_text(d, "host", n->host);
		if (n->source)
			put_text(d, "source", n->source);
		put_types(d, n->events);
	}
	if (n->part)
		put_number(d, "part", n->part);
	if (n->full)
		put_name(d, DETAIL_TRUE, "full");
	if (n->rule_id) {
		put_number(d, "id", n->rule_id);
		put_name(d, n->rule ? DETAIL_TRUE : DETAIL_FALSE, "on");
	}
	if (n->rule)
		put_rule(d, n->rule);
	if (n->loss) {
		put_counts(d, "kernel", n->loss->kernel);
		put_counts(d, "ring", n->loss->ring);
		if (n->kind == NOTE_END && n->loss->muted_known) {
			put_counts(d, "muted", n->loss->muted);
			if (n->loss->muted_elsewhere)
				put_number(d, "muted_elsewhere", n->loss->muted_elsewhere);
		}
		put_number(d, "untyped", n->untyped);
	}
	if (n->loss || n->recorder)
		put_number(d, "recorder", n->recorder);
	if (n->cut)
		put_text(d, "cut", n->cut);
	detail_end(d);
	detail_end(d);
}

/* To be freed. */
static struct event *
make_note(const struct note *n)
{
	struct detail d = { .memory = NULL };
	struct event *e;
	struct field *f;

	put_note(&d, n);
	e = xcalloc(1, sizeof(*e) + field_room(d.size));
	*e = (struct event){ .size = (uint32_t)(sizeof(*e) + field_room(d.size)),
			     .id = EV_NONE,
			     .time_ns = n->time_ns,
			     .value = n->kind,
			     .number = n->rule != NULL || n->loss != NULL,
			     .thread = n->kind == NOTE_MUTE ? n->rule_id : n->recorder };
	f = (struct field *)(void *)(e + 1);
	f->tag = FIELD_DETAIL;
	f->length = (uint32_t)d.size;
	d = (struct detail){ .memory = f->bytes };
	put_note(&d, n);
	return e;
}

static struct event *
copy_event(const struct event *e)
{
	struct event *copy = xmalloc(e->size);

	memcpy(copy, e, e->size);
	return copy;
}

/* ---- the thread: bytes ---- */

static bool
out_of_time(struct record *r)
{
	/* Relaxed: a number that announces nothing. */
	uint64_t deadline = atomic_load_explicit(&r->deadline, memory_order_relaxed);

	return deadline && clock_steady() >= deadline;
}

static void
set_error(struct record *r, int error)
{
	atomic_store_explicit(&r->error, error, memory_order_relaxed);
}

static void
give_up(struct record *r, int error)
{
	set_error(r, error);
	atomic_store_explicit(&r->dead, true, memory_order_relaxed);
}

static bool
is_dead(struct record *r)
{
	return atomic_load_explicit(&r->dead, memory_order_relaxed);
}

/* All of it, however long that takes; false: given up. */
static bool
write_out(void *ctx, const char *bytes, size_t length)
{
	struct record *r = ctx;
	size_t at = 0;

	while (at < length) {
		struct pollfd p = { .fd = r->fd, .events = POLLOUT };
		size_t n = length - at;
		ssize_t done;

		if (r->waits) {
			if (n > 4096) /* what a pipe takes without waiting, once it takes something */
				n = 4096;
			if (poll(&p, 1, IDLE_MS) == 0) {
				if (!out_of_time(r))
					continue;
				give_up(r, ETIMEDOUT);
				return false;
			}
		}
		done = write(r->fd, bytes + at, n);
		if (done >= 0) {
			at += (size_t)done;
			r->part_bytes += (uint64_t)done;
			atomic_fetch_add_explicit(&r->bytes, (uint64_t)done, memory_order_relaxed);
			if (!r->stuck)
				set_error(r, 0);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EPIPE || errno == EBADF || out_of_time(r)) {
			give_up(r, errno);
			return false;
		}
		/* A disk that is full, or fails for now: there may be room later. */
		if (errno != EAGAIN)
			set_error(r, errno);
		nanosleep(&(struct timespec){ .tv_nsec = RETRY_MS * 1000000L }, NULL);
	}
	return true;
}

/* Allocates blocks after the end of the file, up to there. 0 or an errno. */
static int
allocate(struct record *r, uint64_t up_to)
{
	struct rlimit limit;

	(void)r;
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < up_to)
		return EFBIG;
#ifdef FALLOC_FL_KEEP_SIZE
	while (fallocate(r->fd, FALLOC_FL_KEEP_SIZE, (off_t)r->part_bytes, (off_t)(up_to - r->part_bytes)) !=
	       0)
		if (errno != EINTR)
			return errno;
#endif
	return 0;
}

/*
 * Makes sure of room for so much more, so that what is begun can be finished and the last records
 * written, even when the disk is full. Waits for room; false at the end of time.
 */
static bool
reserve(struct record *r, size_t more)
{
	uint64_t needed = r->part_bytes + pack_kept(r->pack) + more + more / 100 + RESERVE;
	int error;

	if (!r->reserves || needed <= r->reserved)
		return true;
	for (;;) {
		uint64_t up_to = needed + RESERVE_STEP;

		error = allocate(r, up_to);
		if (error) {
			up_to = needed;
			error = allocate(r, up_to);
		}
		if (!error) {
			r->reserved = up_to;
			set_error(r, 0);
			return true;
		}
		if (error != ENOSPC && error != EDQUOT && error != EFBIG) {
			r->reserves = false; /* not on this file system: write() will say */
			return true;
		}
		set_error(r, error);
		if (out_of_time(r)) {
			r->stuck = true;
			return false;
		}
		nanosleep(&(struct timespec){ .tv_nsec = RETRY_MS * 1000000L }, NULL);
	}
}

/* What was reserved and not used. */
static void
trim(struct record *r)
{
	if (r->reserved <= r->part_bytes)
		return;
#ifdef FALLOC_FL_PUNCH_HOLE
	(void)fallocate(r->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)r->part_bytes,
			(off_t)(r->reserved - r->part_bytes));
#endif
	if (ftruncate(r->fd, (off_t)r->part_bytes) != 0) {
	}
	r->reserved = 0;
}

/* Packs the lines; with PACK_FLUSH a reader of the file can unpack all that was. */
static void
pack_lines(struct record *r, enum pack_how how)
{
	/* The last lines go into what is reserved. */
	bool good = !is_dead(r) && (how == PACK_END || (!r->stuck && reserve(r, r->lines.length)));

	if (good) {
		r->in_pack += r->in_lines;
		r->in_lines = 0;
		good = pack_add(r->pack, r->lines.bytes, r->lines.length, how);
		if (!good && !is_dead(r))
			give_up(r, EIO);
		if (!good) /* some of them may be there, but none that is not is forgotten */
			r->in_lines = r->in_pack;
		if (!good || how != PACK_GO_ON)
			r->in_pack = 0;
	}
	if (!good)
		atomic_fetch_add_explicit(&r->lost, r->in_lines, memory_order_relaxed);
	r->lines.length = 0;
	r->in_lines = 0;
}

/* ---- the thread: parts ---- */

static void
add_event(void *ctx, const struct event *e)
{
	struct record *r = ctx;

	eslogger_write(&r->lines, e);
	if (r->lines.length >= LINES)
		pack_lines(r, PACK_GO_ON);
}

static void
add_note(struct record *r, const struct note *n)
{
	struct event *e = make_note(n);

	eslogger_write(&r->lines, e);
	free(e);
}

static void
begin_part(struct record *r)
{
	r->part_limit = r->max_size;
	add_note(r, &(struct note){ .kind = NOTE_START,
				    .time_ns = r->last_ns,
				    .host = r->host,
				    .source = r->source,
				    .events = r->events,
				    .part = r->part > 1 ? r->part : 0 });
	if (r->part == 1)
		return;
	/* Directly after the start record: what was lost before. */
	if (r->losses)
		add_event(r, r->losses);
	if (r->recorder)
		add_note(r,
			 &(struct note){ .kind = NOTE_LOST, .time_ns = r->last_ns, .recorder = r->recorder });
	for (size_t i = 0; i < r->mute_count; i++)
		add_event(r, r->mutes[i]);
	if (r->check && r->live)
		running_check(r->running);
	r->check = false;
	running_each(r->running, r->last_ns, add_event, r);
	pack_lines(r, PACK_FLUSH);
	/* Where many run, at least as much of a part is events. */
	if (r->part_limit < 2 * r->part_bytes + TAIL)
		r->part_limit = 2 * r->part_bytes + TAIL;
}

/* "build.jsonl.zst" and 2 make "build.2.jsonl.zst": the endings still say what it is. */
static void
name_part(const struct record *r, unsigned number, char *out, size_t size)
{
	static const char *const endings[][2] = { { ".gz", ".zst" }, { ".jsonl", ".json" } };
	size_t stem = strlen(r->name);

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < 2; k++) {
			size_t n = strlen(endings[i][k]);

			if (stem > n && strncmp(r->name + stem - n, endings[i][k], n) == 0) {
				stem -= n;
				break;
			}
		}
	if (number)
		snprintf(out, size, "%.*s.%u%s", (int)stem, r->name, number, r->name + stem);
	else
		snprintf(out, size, "%s", r->name);
}

/* 0: a regular file of ours; -ENOENT; or -EEXIST: something that is not to be moved or replaced. */
static int
look_at_part(const struct record *r, const char *name, struct stat *st)
{
	if (fstatat(r->dir, name, st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	return S_ISREG(st->st_mode) && st->st_uid == geteuid() ? 0 : -EEXIST;
}

/* Each part gets the next number, the last one goes. 0 or a negative errno. */
static int
shift_parts(const struct record *r)
{
	char from[NAME_MAX + 16], to[NAME_MAX + 16];
	struct stat st, ours;
	int error;

	if (fstat(r->fd, &ours) != 0)
		return -errno;
	for (unsigned k = r->rotate; k >= 1; k--) {
		name_part(r, k - 1, from, sizeof(from));
		name_part(r, k, to, sizeof(to));
		error = look_at_part(r, to, &st);
		if (error && error != -ENOENT)
			return error;
		error = look_at_part(r, from, &st);
		/* Somebody has moved what we write, or put another one there: not ours to move. */
		if (!error && k == 1 && (st.st_ino != ours.st_ino || st.st_dev != ours.st_dev))
			error = -EEXIST;
		if (error && error != -ENOENT)
			return error;
		if (!error && renameat(r->dir, from, r->dir, to) != 0)
			return -errno;
	}
	return 0;
}

static void
end_part(struct record *r, bool last)
{
	add_note(r, &(struct note){ .kind = NOTE_PART, .time_ns = r->last_ns, .part = r->part, .full = last });
	pack_lines(r, PACK_END);
	if (!is_dead(r))
		trim(r);
}

static void
next_part(struct record *r)
{
	char why[8];
	int error;

	end_part(r, r->rotate == 0);
	if (is_dead(r))
		return;
	if (r->rotate == 0) {
		atomic_store_explicit(&r->full, true, memory_order_relaxed);
		give_up(r, EFBIG);
		return;
	}
	error = shift_parts(r);
	close(r->fd);
	r->fd = error ? error : safe_file_open_at(r->dir, r->name, r->name, 0, why, sizeof(why));
	if (r->fd < 0) {
		give_up(r, -r->fd);
		r->fd = -1;
		return;
	}
	r->part++;
	r->part_bytes = r->reserved = 0;
	begin_part(r);
}

static bool
is_over(const struct record *r)
{
	return r->part_bytes + pack_kept(r->pack) + r->lines.length + TAIL > r->part_limit;
}

/* The line from there on may not fit. */
static void
look_at_size(struct record *r, size_t line, bool counted)
{
	struct text rest = { 0 };
	uint64_t used;

	text_add(&rest, r->lines.bytes + line, r->lines.length - line);
	r->lines.length = line;
	r->in_lines -= counted;
	pack_lines(r, PACK_FLUSH); /* what is packed is smaller than it was */
	used = r->part_bytes + TAIL;
	if (!is_dead(r) && !r->stuck &&
	    (used + rest.length > r->part_limit || r->part_limit - used < r->part_limit / 16))
		next_part(r);
	text_add(&r->lines, rest.bytes, rest.length);
	r->in_lines += counted;
	text_finish(&rest);
}

static void
keep_mute(struct record *r, const struct event *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->mute_count; i++)
		if (r->mutes[i]->thread == e->thread)
			free(r->mutes[i]);
		else
			r->mutes[kept++] = r->mutes[i];
	r->mute_count = kept;
	if (!e->number)
		return;
	r->mutes = xrealloc(r->mutes, kept + 1, sizeof(struct event *));
	r->mutes[r->mute_count++] = copy_event(e);
}

/* What the next part has to begin with. */
static void
keep_state(struct record *r, const struct event *e)
{
	if (e->id != EV_NONE)
		running_take(r->running, e);
	else if (e->value == NOTE_MUTE)
		keep_mute(r, e);
	else if (e->value == NOTE_LOST) {
		if (e->thread > r->recorder)
			r->recorder = e->thread;
		if (!e->number)
			return;
		free(r->losses);
		r->losses = copy_event(e);
		r->check = true;
	}
}

/* True when something was packed and not flushed. */
static bool
take(struct record *r, const struct event *e)
{
	size_t line = r->lines.length;

	if (e->id == EV_NONE && e->value == NOTE_END) {
		r->end = copy_event(e);
		return false;
	}
	if (e->time_ns > r->last_ns)
		r->last_ns = e->time_ns;
	eslogger_write(&r->lines, e);
	r->in_lines += e->id < EV_COUNT;
	if (r->max_size && !is_dead(r) && is_over(r))
		look_at_size(r, line, e->id < EV_COUNT);
	if (r->running)
		keep_state(r, e);
	if (r->lines.length < LINES)
		return false;
	pack_lines(r, PACK_GO_ON);
	return true;
}

/* The last records, for which there is room where anything was reserved. */
static void
finish(struct record *r)
{
	pack_lines(r, PACK_GO_ON);
	if (r->stuck) /* acquired the deadline: the main thread does not count any more */
		add_note(r, &(struct note){
				    .kind = NOTE_LOST,
				    .time_ns = r->last_ns,
				    .recorder =
					    r->dropped + atomic_load_explicit(&r->lost, memory_order_relaxed),
				    .cut = strerror(atomic_load_explicit(&r->error, memory_order_relaxed)),
			    });
	if (r->end)
		eslogger_write(&r->lines, r->end);
	pack_lines(r, PACK_END);
	if (!is_dead(r))
		trim(r);
}

static void *
run(void *arg)
{
	struct record *r = arg;
	const struct event *e;
	bool fresh = false;

	begin_part(r);
	for (;;) {
		struct pollfd p = { .fd = r->wake.read_fd, .events = POLLIN };
		/* Acquire: the end is in the ring. Pairs with the release in record_close(). */
		bool ending = atomic_load_explicit(&r->deadline, memory_order_acquire) != 0;

		while ((e = ring_peek(r->ring, NULL)) != NULL) {
			fresh |= take(r, e);
			ring_release(r->ring);
		}
		if (ending) /* it was set after the last event was put into the ring */
			break;
		if (r->lines.length || fresh)
			pack_lines(r, PACK_FLUSH);
		fresh = false;
		if (poll(&p, 1, IDLE_MS) > 0)
			wake_clear(&r->wake);
	}
	finish(r);
	return NULL;
}

/* ---- the main thread ---- */

static bool
push(struct record *r, const struct event *e)
{
	void *room = ring_reserve(r->ring, e->size, e->id >= EV_COUNT || event_info[e->id].vital);

	if (!room)
		return false;
	memcpy(room, e, e->size);
	if (ring_commit(r->ring))
		wake_up(r->wake.write_fd);
	return true;
}

static bool
push_note(struct record *r, const struct note *n)
{
	struct event *e = make_note(n);
	bool pushed = push(r, e);

	free(e);
	return pushed;
}

static int
open_file(struct record *r, const struct record_config *config, char *why, size_t len)
{
	static const char fifo[] = "fifo:";
	const char *path = config->path, *name;

	if (strcmp(path, "-") == 0)
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (strncmp(path, fifo, strlen(fifo)) == 0)
		return safe_file_open(path + strlen(fifo), SAFE_FIFO, why, len);
	r->dir = safe_dir_open(path, 0, &name, why, len);
	if (r->dir < 0)
		return r->dir;
	r->name = xstrdup(name);
	return safe_file_open_at(r->dir, name, path, config->overwrite ? SAFE_OVERWRITE : 0, why, len);
}

/* ---- public ---- */

static void
destroy(struct record *r)
{
	pack_destroy(r->pack);
	if (r->fd >= 0)
		close(r->fd);
	if (r->dir >= 0)
		close(r->dir);
	if (r->wake.read_fd >= 0)
		wake_close(&r->wake);
	ring_destroy(r->ring);
	text_finish(&r->lines);
	running_destroy(r->running);
	for (size_t i = 0; i < r->mute_count; i++)
		free(r->mutes[i]);
	free(r->mutes);
	free(r->losses);
	free(r->end);
	free(r->host);
	free(r->source);
	free(r->name);
	free(r);
}

int
record_open(struct record **out, const struct record_config *config, char *why, size_t len)
{
	struct record *r = xcalloc(1, sizeof(*r));
	struct stat s;
	int error;

	r->wake = (struct wake){ -1, -1 };
	r->dir = -1;
	r->fd = open_file(r, config, why, len);
	if (r->fd < 0) {
		error = r->fd;
		destroy(r);
		return error;
	}
	r->waits = fstat(r->fd, &s) != 0 || !S_ISREG(s.st_mode);
	r->reserves = !r->waits;
	r->pack = pack_create(config->path, write_out, r);
	r->host = xstrdup(config->host);
	r->source = config->source ? xstrdup(config->source) : NULL;
	r->events = config->events;
	r->live = config->live;
	r->part = 1;
	r->last_ns = config->time_ns;
	if (!r->waits) {
		r->max_size = config->max_size;
		r->rotate = config->rotate;
	}
	if (r->max_size && r->rotate)
		r->running = running_create();
	r->ring = ring_create(RING_ORDER);
	error = r->ring ? wake_open(&r->wake) : -ENOMEM;
	if (!error)
		error = signals_thread(&r->thread, run, r);
	if (error) {
		snprintf(why, len, "cannot record: %s", strerror(-error));
		destroy(r);
		return error;
	}
	*out = r;
	return 0;
}

/* Before the next thing goes in, that something is missing before it. */
static bool
mark_gap(struct record *r, uint64_t time_ns)
{
	uint64_t lost = atomic_load_explicit(&r->lost, memory_order_relaxed) + r->dropped;

	if (!r->mark)
		return true;
	if (!push_note(r, &(struct note){ .kind = NOTE_LOST, .time_ns = time_ns, .recorder = lost }))
		return false;
	r->mark = false;
	return true;
}

void
record_event(struct record *r, const struct event *e)
{
	bool vital;

	if (!event_field(e, FIELD_DETAIL, NULL))
		return;
	if (e->id < EV_COUNT)
		atomic_fetch_add_explicit(&r->written, 1, memory_order_relaxed);
	/* A gap goes on until there is room for more than a few, else each would be marked. */
	vital = e->id >= EV_COUNT || event_info[e->id].vital;
	if (r->mark && !vital && ring_used(r->ring) > ring_size(r->ring) / 2) {
		r->dropped++;
		return;
	}
	if (mark_gap(r, e->time_ns) && push(r, e))
		return;
	r->dropped++;
	r->mark = true;
}

void
record_lost(struct record *r, const struct loss *loss, uint64_t untyped, uint64_t time_ns)
{
	push_note(r, &(struct note){ .kind = NOTE_LOST,
				     .time_ns = time_ns,
				     .loss = loss,
				     .untyped = untyped,
				     .recorder = r->dropped });
}

void
record_mute(struct record *r, const struct mute_rule *rule, uint64_t time_ns)
{
	push_note(r,
		  &(struct note){ .kind = NOTE_MUTE, .time_ns = time_ns, .rule = rule, .rule_id = rule->id });
}

void
record_unmute(struct record *r, uint32_t rule_id, uint64_t time_ns)
{
	push_note(r, &(struct note){ .kind = NOTE_MUTE, .time_ns = time_ns, .rule_id = rule_id });
}

void
record_state(struct record *r, struct record_state *state)
{
	*state = (struct record_state){
		.events = atomic_load_explicit(&r->written, memory_order_relaxed),
		.lost = atomic_load_explicit(&r->lost, memory_order_relaxed) + r->dropped,
		.bytes = atomic_load_explicit(&r->bytes, memory_order_relaxed),
		.error = atomic_load_explicit(&r->error, memory_order_relaxed),
		.dead = atomic_load_explicit(&r->dead, memory_order_relaxed),
		.full = atomic_load_explicit(&r->full, memory_order_relaxed),
	};
}

void
record_close(struct record *r, const struct loss *loss, uint64_t untyped, uint64_t time_ns,
	     struct record_state *state)
{
	if (!r)
		return;
	/* There may be no room for it yet, and it says what else there was no room for. */
	for (int i = 0; i < CLOSE_MS / 10; i++) {
		if (push_note(r, &(struct note){ .kind = NOTE_END,
						 .time_ns = time_ns,
						 .loss = loss,
						 .untyped = untyped,
						 .recorder = r->dropped }))
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
	/* Release: the end is in the ring. Pairs with the acquire in run(). */
	atomic_store_explicit(&r->deadline, clock_steady() + CLOSE_MS * (uint64_t)1000000,
			      memory_order_release);
	wake_up(r->wake.write_fd);
	pthread_join(r->thread, NULL);
	if (state)
		record_state(r, state);
	destroy(r);
}
