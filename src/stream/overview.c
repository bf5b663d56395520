/* overview - see overview.h. */
#include "src/stream/overview.h"

#include "src/base/signals.h"
#include "src/base/wake.h"
#include "src/stream/eslogger.h"
#include "src/stream/value_reader.h"
#include "model/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINES_AT_ONCE = 2048, /* until what is known is made known */
	HEAD = 512,           /* bytes of a line in which time and type are looked for */
};

struct part {
	int fd;
	uint64_t size;
};

struct overview {
	pthread_t thread;
	bool running;
	struct wake stop_wake;
	_Atomic bool stop;
	struct timeline own; /* the thread's */
	uint64_t read, size; /* bytes of the parts that are done; of all. The thread's */

	pthread_mutex_t lock;
	struct timeline known; /* under the lock */
	double scanned;        /* the same */

	size_t count;
	struct part parts[];
};

/* ---- one line ---- */

/*
 * Time and type of an event whose line begins with them, as recordings do: before anything
 * is nested. False: it has to be parsed. A quote inside of a string has a backslash before it, so
 * these names are found as names only.
 */
static bool
look_at_head(const char *line, size_t length, uint64_t *ns, unsigned *id)
{
	char head[HEAD];
	const char *nested = length > 1 ? memchr(line + 1, '{', length - 1) : NULL, *time, *type;
	size_t n = nested ? (size_t)(nested - line) : 0;

	if (!n || n >= sizeof(head))
		return false;
	memcpy(head, line, n);
	head[n] = '\0';
	time = strstr(head, "\"time\":\"");
	type = strstr(head, "\"event_type\":");
	if (!time || !type)
		return false;
	time += strlen("\"time\":\"");
	head[(size_t)(time - head) + strcspn(time, "\"")] = '\0';
	*ns = eslogger_time(time);
	/* The time's end may lie before the type: it was cut off there, so the type is read from the line. */
	type = line + (type - head) + strlen("\"event_type\":");
	*id = event_by_number((uint32_t)strtoul(type, NULL, 10));
	return *ns != 0 && *type >= '0' && *type <= '9';
}

static void
parse(struct timeline *t, struct eslogger *reader, const char *line, size_t length)
{
	enum eslogger_kind kind = eslogger_read(reader, line, length);

	if (!reader->time_ns)
		return;
	if (kind == ESLOGGER_EVENT)
		timeline_add(t, reader->time_ns, reader->event->id);
	else if (kind == ESLOGGER_LOST)
		timeline_mark(t, reader->time_ns, CHART_MARK_LOST);
	else if (kind == ESLOGGER_NOTE && reader->mutes)
		timeline_mark(t, reader->time_ns, CHART_MARK_MUTES);
	else if (kind == ESLOGGER_START)
		timeline_mark(t, reader->time_ns, CHART_MARK_RECORD);
	else if (kind == ESLOGGER_END && reader->time_ns > t->end_ns)
		t->end_ns = reader->time_ns;
}

/* ---- the thread ---- */

static bool
stopping(struct overview *o)
{
	/* Relaxed: nothing hangs on it but the end. */
	return atomic_load_explicit(&o->stop, memory_order_relaxed);
}

/* at: bytes read of the part that is being read. */
static void
make_known(struct overview *o, uint64_t at, bool all)
{
	double scanned = o->size ? (double)(o->read + at) / (double)o->size : 0;

	pthread_mutex_lock(&o->lock);
	o->known = o->own;
	o->scanned = all ? 1 : scanned > 0.99 ? 0.99 : scanned;
	pthread_mutex_unlock(&o->lock);
}

static uint64_t
bytes_read(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	return at > 0 ? (uint64_t)at : 0;
}

static void
scan_part(struct overview *o, struct part *part)
{
	/* Shares its position with the reader's, which tells how far it is. */
	int position = fcntl(part->fd, F_DUPFD_CLOEXEC, 3);
	struct values *values = values_open(part->fd, o->stop_wake.read_fd, ESLOGGER_LINE_MAX);
	struct eslogger reader = { .detail = false };
	const char *line;
	size_t length;
	unsigned lines = 0;
	int result;

	part->fd = -1;
	while (!stopping(o) && (result = values_next(values, &line, &length, false)) != 0) {
		uint64_t ns;
		unsigned id;

		if (result < 0 && result != -EMSGSIZE && result != -EILSEQ)
			break;
		if (result > 0 && look_at_head(line, length, &ns, &id))
			timeline_add(&o->own, ns, id);
		else if (result > 0)
			parse(&o->own, &reader, line, length);
		if (++lines % LINES_AT_ONCE == 0)
			make_known(o, position < 0 ? 0 : bytes_read(position), false);
	}
	if (position >= 0)
		close(position);
	eslogger_finish(&reader);
	values_close(values);
	o->read += part->size;
}

static void *
scan(void *arg)
{
	struct overview *o = arg;

	for (size_t i = 0; i < o->count && !stopping(o); i++)
		scan_part(o, &o->parts[i]);
	if (!stopping(o))
		make_known(o, 0, true);
	return NULL;
}

/* ---- opening and closing ---- */

static bool
open_part(struct part *part, const char *path)
{
	struct stat st;

	part->fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (part->fd < 0 || fstat(part->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	part->size = (uint64_t)st.st_size;
	return true;
}

struct overview *
overview_open(const struct replay_input *inputs, size_t count, uint64_t begin_ns)
{
	struct overview *o = xcalloc(1, sizeof(*o) + count * sizeof(o->parts[0]));
	bool whole = true;

	o->stop_wake = (struct wake){ -1, -1 };
	pthread_mutex_init(&o->lock, NULL);
	timeline_open(&o->own, begin_ns);
	o->known = o->own;
	for (; whole && o->count < count; o->count++) {
		whole = open_part(&o->parts[o->count], inputs[o->count].path);
		o->size += o->parts[o->count].size;
	}
	o->running = whole && wake_open(&o->stop_wake) == 0 && signals_thread(&o->thread, scan, o) == 0;
	if (o->running)
		return o;
	overview_close(o);
	return NULL;
}

void
overview_close(struct overview *o)
{
	if (!o)
		return;
	atomic_store_explicit(&o->stop, true, memory_order_relaxed);
	if (o->running) {
		wake_up(o->stop_wake.write_fd);
		pthread_join(o->thread, NULL);
	}
	for (size_t i = 0; i < o->count; i++)
		if (o->parts[i].fd >= 0)
			close(o->parts[i].fd);
	wake_close(&o->stop_wake);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

double
overview_scanned(struct overview *o, uint64_t *end_ns)
{
	double scanned;

	pthread_mutex_lock(&o->lock);
	scanned = o->scanned;
	*end_ns = o->known.end_ns;
	pthread_mutex_unlock(&o->lock);
	return scanned;
}

void
overview_chart(struct overview *o, struct chart *c)
{
	pthread_mutex_lock(&o->lock);
	timeline_chart(&o->known, c);
	pthread_mutex_unlock(&o->lock);
}
