/* record - see record.h. */
#include "src/stream/record.h"
#include "src/base/clock.h"
#include "src/stream/eslogger.h"
#include "src/base/ring.h"
#include "src/base/safe_file.h"
#include "src/base/wake.h"
#include "model/detail.h"
#include "model/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum {
	RING_ORDER = 24,      /* 16 MiB: some 10,000 events for a disk that hesitates */
	OUT = 256 << 10,      /* packed bytes per write */
	LINES = 64 << 10,     /* unpacked bytes per packing */
	IDLE_MS = 200,        /* between looks at the ring when nothing wakes us */
	RETRY_MS = 250,       /* after a full disk */
	CLOSE_MS = 3000,      /* for what is on its way at the end */
};

enum packing { PLAIN, GZIP, ZSTD };

struct record {
	struct ring *ring;
	struct wake wake;
	pthread_t thread;

	/* The main thread's. */
	uint64_t dropped;      /* the ring was full */
	bool mark;             /* that has to be told yet */

	/* The main thread writes, the other reads. */
	_Atomic uint64_t deadline; /* on the steady clock; 0: go on for ever */

	/* The other way round. */
	_Atomic uint64_t written, lost, bytes;
	_Atomic int error;
	_Atomic bool dead;

	/* The thread's. */
	int fd;
	bool waits;            /* writing may block: not a file */
	enum packing packing;
	z_stream gzip;
	ZSTD_CCtx *zstd;
	struct text lines;
	uint64_t in_lines;     /* events in lines, not packed yet */
	char *out;
	size_t out_length;
};

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

/* All of it, however long that takes; false: given up. */
static bool
write_out(struct record *r)
{
	size_t at = 0;

	while (at < r->out_length) {
		struct pollfd p = { .fd = r->fd, .events = POLLOUT };
		size_t n = r->out_length - at;
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
		done = write(r->fd, r->out + at, n);
		if (done >= 0) {
			at += (size_t)done;
			atomic_fetch_add_explicit(&r->bytes, (uint64_t)done, memory_order_relaxed);
			set_error(r, 0);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EPIPE || errno == EBADF || out_of_time(r)) {
			give_up(r, errno);
			return false;
		}
		/* A disk that is full, or refuses for now: room may come. */
		if (errno != EAGAIN)
			set_error(r, errno);
		nanosleep(&(struct timespec){ .tv_nsec = RETRY_MS * 1000000L }, NULL);
	}
	r->out_length = 0;
	return true;
}

static bool
pack_gzip(struct record *r, int flush)
{
	r->gzip.next_in = (unsigned char *)r->lines.bytes;
	r->gzip.avail_in = (unsigned)r->lines.length;
	do {
		r->gzip.next_out = (unsigned char *)r->out + r->out_length;
		r->gzip.avail_out = (unsigned)(OUT - r->out_length);
		deflate(&r->gzip, flush);
		r->out_length = OUT - r->gzip.avail_out;
		if (r->out_length < OUT)
			return true; /* it had room to spare, so it is done */
		if (!write_out(r))
			return false;
	} while (true);
}

static bool
pack_zstd(struct record *r, ZSTD_EndDirective directive)
{
	ZSTD_inBuffer in = { r->lines.bytes, r->lines.length, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { r->out, OUT, r->out_length };

		left = ZSTD_compressStream2(r->zstd, &out, &in, directive);
		r->out_length = out.pos;
		if (ZSTD_isError(left)) {
			give_up(r, EIO);
			return false;
		}
		if (r->out_length == OUT && !write_out(r))
			return false;
	} while (in.pos < in.size || (directive != ZSTD_e_continue && left));
	return true;
}

static bool
pack_plain(struct record *r)
{
	size_t at = 0;

	while (at < r->lines.length) {
		size_t n = r->lines.length - at;

		if (n > OUT - r->out_length)
			n = OUT - r->out_length;
		memcpy(r->out + r->out_length, r->lines.bytes + at, n);
		r->out_length += n;
		at += n;
		if (r->out_length == OUT && !write_out(r))
			return false;
	}
	return true;
}

enum { GO_ON, FLUSH, FINISH };

/* Packs the lines; with FLUSH a reader of the file can unpack all that was. */
static void
pack(struct record *r, int how)
{
	bool good = !atomic_load_explicit(&r->dead, memory_order_relaxed);

	if (good)
		switch (r->packing) {
		case GZIP:
			good = pack_gzip(r, how == FINISH ? Z_FINISH : how == FLUSH ? Z_SYNC_FLUSH : Z_NO_FLUSH);
			break;
		case ZSTD:
			good = pack_zstd(r, how == FINISH ? ZSTD_e_end : how == FLUSH ? ZSTD_e_flush :
							    ZSTD_e_continue);
			break;
		case PLAIN:
			good = pack_plain(r);
			break;
		}
	if (good && how != GO_ON)
		good = write_out(r);
	if (!good)
		atomic_fetch_add_explicit(&r->lost, r->in_lines, memory_order_relaxed);
	r->lines.length = 0;
	r->in_lines = 0;
}

static void *
run(void *arg)
{
	struct record *r = arg;
	const struct event *e;
	bool fresh = false; /* something was packed and not flushed */

	for (;;) {
		struct pollfd p = { .fd = r->wake.read_fd, .events = POLLIN };
		bool ending = atomic_load_explicit(&r->deadline, memory_order_acquire) != 0;

		while ((e = ring_peek(r->ring, NULL)) != NULL) {
			eslogger_write(&r->lines, e);
			r->in_lines += e->id < EV_COUNT;
			ring_release(r->ring);
			if (r->lines.length >= LINES) {
				pack(r, GO_ON);
				fresh = true;
			}
		}
		if (ending) /* it was set after the last event was put into the ring */
			break;
		if (r->lines.length || fresh)
			pack(r, FLUSH);
		fresh = false;
		if (poll(&p, 1, IDLE_MS) > 0)
			wake_clear(&r->wake);
	}
	pack(r, FINISH);
	return NULL;
}

/* ---- the main thread: records of ours ---- */

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
	const char *name;
	uint64_t time_ns;
	const char *host;             /* start */
	event_mask events;            /* start */
	const struct mute_rule *rule; /* mute; NULL: it went */
	uint32_t rule_id;             /* from 1 */
	const struct loss *loss;      /* lost, end */
	uint64_t untyped, recorder;
	bool end;
};

static void
put_rule(struct detail *d, const struct mute_rule *rule)
{
	static const char *const kinds[MUTE_KIND_COUNT] = {
#define X(id, word, ...) [MUTE_##id] = word,
		MUTE_KIND_TABLE(X)
#undef X
	};

	put_text(d, "kind", rule->kind < MUTE_KIND_COUNT ? kinds[rule->kind] : "?");
	if (rule->kind == MUTE_PROCESS) {
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
	detail_plain(d, DETAIL_OBJECT, KEY_estop);
	put_name(d, DETAIL_OBJECT, n->name);
	put_time(d, n->time_ns);
	if (n->host) {
		put_text(d, "estop", ESTOP_VERSION);
		put_text(d, "host", n->host);
		put_types(d, n->events);
	}
	if (n->rule_id) {
		put_number(d, "id", n->rule_id);
		put_name(d, n->rule ? DETAIL_TRUE : DETAIL_FALSE, "on");
	}
	if (n->rule)
		put_rule(d, n->rule);
	if (n->loss) {
		put_counts(d, "kernel", n->loss->kernel);
		put_counts(d, "ring", n->loss->ring);
		if (n->end && n->loss->muted_known)
			put_counts(d, "muted", n->loss->muted);
		put_number(d, "untyped", n->untyped);
	}
	if (n->loss || n->recorder)
		put_number(d, "recorder", n->recorder);
	detail_end(d);
	detail_end(d);
}

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
	struct detail d = { .memory = NULL };
	struct event *e;
	struct field *f;
	bool pushed;

	put_note(&d, n);
	e = xcalloc(1, sizeof(*e) + field_room(d.size));
	*e = (struct event){ .size = (uint32_t)(sizeof(*e) + field_room(d.size)), .id = EV_NONE };
	f = (struct field *)(void *)(e + 1);
	f->tag = FIELD_DETAIL;
	f->length = (uint32_t)d.size;
	d = (struct detail){ .memory = f->bytes };
	put_note(&d, n);
	pushed = push(r, e);
	free(e);
	return pushed;
}

static void
open_packing(struct record *r, const char *path)
{
	const char *dot = strrchr(path, '.');

	r->packing = PLAIN;
	if (dot && strcmp(dot, ".gz") == 0 &&
	    deflateInit2(&r->gzip, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK)
		r->packing = GZIP;
	if (dot && strcmp(dot, ".zst") == 0 && (r->zstd = ZSTD_createCCtx()) != NULL)
		r->packing = ZSTD;
}

static int
open_file(const struct record_config *config, char *why, size_t len)
{
	static const char fifo[] = "fifo:";
	const char *path = config->path;

	if (strcmp(path, "-") == 0)
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (strncmp(path, fifo, strlen(fifo)) == 0)
		return safe_file_open(path + strlen(fifo), SAFE_FIFO, why, len);
	return safe_file_open(path, config->overwrite ? SAFE_OVERWRITE : 0, why, len);
}

/* ---- public ---- */

static void
destroy(struct record *r)
{
	if (r->packing == GZIP)
		deflateEnd(&r->gzip);
	ZSTD_freeCCtx(r->zstd);
	if (r->fd >= 0)
		close(r->fd);
	if (r->wake.read_fd >= 0)
		wake_close(&r->wake);
	ring_destroy(r->ring);
	text_finish(&r->lines);
	free(r->out);
	free(r);
}

int
record_open(struct record **out, const struct record_config *config, char *why, size_t len)
{
	struct record *r = xcalloc(1, sizeof(*r));
	struct stat s;
	int error;

	r->wake = (struct wake){ -1, -1 };
	r->fd = open_file(config, why, len);
	if (r->fd < 0) {
		error = r->fd;
		free(r);
		return error;
	}
	r->waits = fstat(r->fd, &s) == 0 && !S_ISREG(s.st_mode);
	open_packing(r, config->path);
	r->out = xmalloc(OUT);
	r->ring = ring_create(RING_ORDER);
	error = r->ring ? wake_open(&r->wake) : -ENOMEM;
	if (!error) {
		push_note(r, &(struct note){ .name = "start", .time_ns = config->time_ns,
					     .host = config->host, .events = config->events });
		error = -pthread_create(&r->thread, NULL, run, r);
	}
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
	if (!push_note(r, &(struct note){ .name = "lost", .time_ns = time_ns, .recorder = lost }))
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
	push_note(r, &(struct note){ .name = "lost", .time_ns = time_ns, .loss = loss, .untyped = untyped,
				     .recorder = r->dropped });
}

void
record_mute(struct record *r, const struct mute_rule *rule, uint64_t time_ns)
{
	push_note(r, &(struct note){ .name = "mute", .time_ns = time_ns, .rule = rule, .rule_id = rule->id });
}

void
record_unmute(struct record *r, uint32_t rule_id, uint64_t time_ns)
{
	push_note(r, &(struct note){ .name = "mute", .time_ns = time_ns, .rule_id = rule_id });
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
		if (push_note(r, &(struct note){ .name = "end", .time_ns = time_ns, .loss = loss,
						 .untyped = untyped, .recorder = r->dropped, .end = true }))
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
