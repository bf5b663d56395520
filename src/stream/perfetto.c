/* perfetto - see perfetto.h. */
#include "src/stream/perfetto.h"
#include "model/clean.h"
#include "model/xalloc.h"
#include "src/stream/lineage.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Numbers of fields, by message; see perfetto.proto. */
enum { TRACE_PACKET = 1 };
enum { PACKET_CLOCKS = 6, PACKET_TIMESTAMP = 8, PACKET_SEQUENCE = 10, PACKET_EVENT = 11, PACKET_TRACK = 60 };
enum { CLOCKS_CLOCK = 1, CLOCK_ID = 1, CLOCK_TIMESTAMP = 2, CLOCK_IS_REALTIME = 1, CLOCK_IS_BOOTTIME = 6 };
enum { TRACK_UUID = 1, TRACK_NAME = 2, TRACK_PARENT = 5, TRACK_COUNTER = 8 };
enum { COUNTER_UNIT = 3, UNIT_COUNT = 2 };
enum { EVENT_ANNOTATION = 4, EVENT_TYPE = 9, EVENT_TRACK = 11, EVENT_NAME = 23, EVENT_COUNTER = 30 };
enum { SLICE_BEGIN = 1, SLICE_END = 2, INSTANT = 3, COUNTER = 4 };
enum { ANNOTATION_UINT = 3, ANNOTATION_INT = 4, ANNOTATION_STRING = 6, ANNOTATION_NAME = 10 };

#define COUNTER_NS UINT64_C(10000000)

/* Their tracks are the first ones; those of processes follow. */
#define COUNTER_TABLE(X)     \
	X(OPENS, "opens")    \
	X(CLOSES, "closes")  \
	X(LOST, "events lost")

enum counter {
#define X(id, name) COUNTER_##id,
	COUNTER_TABLE(X)
#undef X
	COUNTERS
};

/* A process with its track. */
struct running {
	struct runner runner;
	uint64_t parent_track;  /* 0: none */
	uint64_t begun_ns;      /* of what it runs since its fork */
	bool described;         /* its track, and the slice of that is begun */
	bool stopped;           /* its last slice has ended */
	char *name;             /* of its program */
	uint64_t opens, closes; /* of this execution */
};

struct perfetto {
	struct lineage lineage;
	event_mask instants;
	struct text *out;
	struct text annotations, event, packet, clean; /* used again and again */
	uint64_t now_ns, counted_ns;                   /* the last event; when counters were written */
	uint64_t count[COUNTERS], written[COUNTERS];
	bool begun;
};

/* ---- protobuf (protobuf.dev/programming-guides/encoding) ---- */

static void
put_varint(struct text *t, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		text_char(t, (char)(value | 0x80));
	text_char(t, (char)value);
}

static void
put_number(struct text *t, unsigned field, uint64_t value)
{
	put_varint(t, (uint64_t)field << 3);
	put_varint(t, value);
}

static void
put_bytes(struct text *t, unsigned field, const char *bytes, size_t length)
{
	put_varint(t, (uint64_t)field << 3 | 2);
	put_varint(t, length);
	text_add(t, bytes, length);
}

/* A string has to be UTF-8. */
static void
put_string(struct perfetto *p, struct text *t, unsigned field, const char *bytes, size_t length)
{
	const size_t room = PERFETTO_TEXT * 8 + 16;
	char *clean;

	p->clean.length = 0;
	clean = text_room(&p->clean, room);
	clean_text(clean, room, bytes, length < PERFETTO_TEXT ? length : PERFETTO_TEXT, clean_ascii());
	put_bytes(t, field, clean, strlen(clean));
}

/* ---- packets ---- */

static void
put_packet(struct perfetto *p, uint64_t time_ns, unsigned field, const struct text *message)
{
	p->packet.length = 0;
	if (time_ns)
		put_number(&p->packet, PACKET_TIMESTAMP, time_ns);
	put_number(&p->packet, PACKET_SEQUENCE, 1);
	put_bytes(&p->packet, field, message->bytes, message->length);
	put_bytes(p->out, TRACE_PACKET, p->packet.bytes, p->packet.length);
}

static void
annotate_number(struct perfetto *p, const char *name, int64_t value)
{
	struct text *t = &p->packet; /* free until the event is complete */

	t->length = 0;
	put_bytes(t, ANNOTATION_NAME, name, strlen(name));
	put_number(t, ANNOTATION_INT, (uint64_t)value);
	put_bytes(&p->annotations, EVENT_ANNOTATION, t->bytes, t->length);
}

static void
annotate_text(struct perfetto *p, const char *name, const char *bytes, size_t length)
{
	struct text *t = &p->packet;

	t->length = 0;
	put_bytes(t, ANNOTATION_NAME, name, strlen(name));
	put_string(p, t, ANNOTATION_STRING, bytes, length);
	put_bytes(&p->annotations, EVENT_ANNOTATION, t->bytes, t->length);
}

/* With the annotations made before it. name NULL: it needs none. */
static void
put_event(struct perfetto *p, uint64_t time_ns, uint64_t track, unsigned type, const char *name)
{
	struct text *t = &p->event;

	t->length = 0;
	if (p->annotations.length)
		text_add(t, p->annotations.bytes, p->annotations.length);
	p->annotations.length = 0;
	put_number(t, EVENT_TYPE, type);
	put_number(t, EVENT_TRACK, track);
	if (name)
		put_string(p, t, EVENT_NAME, name, strlen(name));
	put_packet(p, time_ns, PACKET_EVENT, t);
}

static void
put_counter(struct perfetto *p, enum counter c)
{
	struct text *t = &p->event;

	t->length = 0;
	put_number(t, EVENT_TYPE, COUNTER);
	put_number(t, EVENT_TRACK, c + 1);
	put_number(t, EVENT_COUNTER, p->count[c]);
	put_packet(p, p->now_ns, PACKET_EVENT, t);
	p->written[c] = p->count[c];
}

static void
put_counters(struct perfetto *p)
{
	for (unsigned c = 0; c < COUNTERS; c++)
		if (p->count[c] != p->written[c])
			put_counter(p, (enum counter)c);
	p->counted_ns = p->now_ns;
}

static void
put_clock(struct perfetto *p, struct text *clocks, unsigned id)
{
	struct text *t = &p->packet;

	t->length = 0;
	put_number(t, CLOCK_ID, id);
	put_number(t, CLOCK_TIMESTAMP, p->now_ns);
	put_bytes(clocks, CLOCKS_CLOCK, t->bytes, t->length);
}

static void
put_start(struct perfetto *p)
{
	static const char *const names[COUNTERS] = {
#define X(id, name) name,
		COUNTER_TABLE(X)
#undef X
	};
	static const char unit[] = { COUNTER_UNIT << 3, UNIT_COUNT };

	p->event.length = 0;
	put_clock(p, &p->event, CLOCK_IS_REALTIME);
	put_clock(p, &p->event, CLOCK_IS_BOOTTIME);
	put_packet(p, p->now_ns, PACKET_CLOCKS, &p->event);
	for (unsigned c = 0; c < COUNTERS; c++) {
		p->event.length = 0;
		put_number(&p->event, TRACK_UUID, c + 1);
		put_bytes(&p->event, TRACK_NAME, names[c], strlen(names[c]));
		put_bytes(&p->event, TRACK_COUNTER, unit, sizeof(unit));
		put_packet(p, 0, PACKET_TRACK, &p->event);
		put_counter(p, (enum counter)c);
	}
	p->begun = true;
}

/* ---- processes ---- */

static const char *
name_of(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL, *name = slash ? slash + 1 : path;

	return name && *name ? name : "?";
}

static uint64_t
track_of(const struct running *r)
{
	return COUNTERS + r->runner.number;
}

/* Describes its track, by what it runs now: what it was forked from says less. */
static void
describe(struct perfetto *p, const struct running *r, const char *name)
{
	struct text *t = &p->event;
	char text[400];

	snprintf(text, sizeof(text), "%.300s %d", name, (int)pid_shown(r->runner.pid));
	t->length = 0;
	put_number(t, TRACK_UUID, track_of(r));
	put_string(p, t, TRACK_NAME, text, strlen(text));
	if (r->parent_track)
		put_number(t, TRACK_PARENT, r->parent_track);
	put_packet(p, 0, PACKET_TRACK, t);
}

/* The slice of what it runs since its fork. name: the program for the name of its track. */
static void
start(struct perfetto *p, struct running *r, const char *name)
{
	if (r->described)
		return;
	describe(p, r, name);
	put_event(p, r->begun_ns, track_of(r), SLICE_BEGIN, r->name);
	r->described = true;
}

static void
begin(void *ctx, struct runner *runner, struct runner *forked_by, const char *path)
{
	struct perfetto *p = ctx;
	struct running *r = (struct running *)(void *)runner, *parent = (struct running *)(void *)forked_by;

	r->name = xstrdup(name_of(path));
	r->begun_ns = p->now_ns;
	if (parent) {
		start(p, parent, parent->name);
		r->parent_track = track_of(parent);
	}
}

/* Ends the slice of its execution. e: its exit or exec; NULL: neither was seen. */
static void
stop(struct perfetto *p, struct running *r, const struct event *e)
{
	int status = e && e->id == EV_EXIT ? (int)e->value : -1;

	if (r->opens)
		annotate_number(p, "opens", (int64_t)r->opens);
	if (r->closes)
		annotate_number(p, "closes", (int64_t)r->closes);
	if (status >= 0 && WIFSIGNALED(status))
		annotate_number(p, "signal", WTERMSIG(status));
	else if (status >= 0)
		annotate_number(p, "exit status", WEXITSTATUS(status));
	r->opens = r->closes = 0;
	put_event(p, p->now_ns, track_of(r), SLICE_END, NULL);
}

/* Its exit, or its pid is another's now. */
static void
end(void *ctx, struct runner *runner)
{
	struct running *r = (struct running *)(void *)runner;

	if (!r->stopped) {
		start(ctx, r, r->name);
		stop(ctx, r, NULL);
	}
	free(r->name);
}

static const struct lineage_ops ops = { sizeof(struct running), begin, end };

/* ---- events ---- */

/* Words with NULs behind them, as a line. */
static void
annotate_args(struct perfetto *p, const struct event *e)
{
	char line[PERFETTO_TEXT];
	size_t length;
	const char *args = event_field(e, FIELD_ARGS, &length);

	if (!args)
		return;
	if (length > sizeof(line))
		length = sizeof(line);
	memcpy(line, args, length);
	while (length && !line[length - 1])
		length--;
	for (size_t i = 0; i < length; i++)
		if (!line[i])
			line[i] = ' ';
	annotate_text(p, "args", line, length);
}

static void
annotate_field(struct perfetto *p, const char *name, const struct event *e, enum field_tag tag)
{
	size_t length;
	const char *bytes = event_field(e, tag, &length);

	if (bytes)
		annotate_text(p, name, bytes, length);
}

static void
take_exec(struct perfetto *p, struct running *r, const struct event *e)
{
	const char *path = event_field(e, FIELD_TARGET, NULL);

	start(p, r, name_of(path));
	stop(p, r, e);
	free(r->name);
	r->name = xstrdup(name_of(path));
	annotate_args(p, e);
	annotate_field(p, "path", e, FIELD_TARGET);
	annotate_field(p, "script", e, FIELD_SCRIPT);
	annotate_field(p, "cwd", e, FIELD_CWD);
	put_event(p, p->now_ns, track_of(r), SLICE_BEGIN, r->name);
}

static void
take_instant(struct perfetto *p, struct running *r, const struct event *e)
{
	char number[16];

	start(p, r, r->name);
	annotate_field(p, "target", e, FIELD_TARGET);
	annotate_field(p, "second", e, FIELD_SECOND);
	if (e->other.pid)
		annotate_number(p, "pid", pid_shown(e->other.pid));
	if (e->value)
		annotate_number(p, "value", e->value);
	put_event(p, p->now_ns, track_of(r), INSTANT, event_name(e, number));
}

static void
count(struct perfetto *p, struct running *r, const struct event *e)
{
	p->count[COUNTER_OPENS] += e->id == EV_OPEN;
	p->count[COUNTER_CLOSES] += e->id == EV_CLOSE;
	r->opens += e->id == EV_OPEN;
	r->closes += e->id == EV_CLOSE;
	if (p->now_ns - p->counted_ns >= COUNTER_NS)
		put_counters(p);
}

void
perfetto_take(struct perfetto *p, const struct event *e)
{
	struct running *r;

	if (e->time_ns > p->now_ns)
		p->now_ns = e->time_ns;
	if (!p->begun)
		put_start(p);
	r = (struct running *)(void *)lineage_actor(&p->lineage, e);
	if (e->id >= EV_COUNT)
		return;
	count(p, r, e);
	if (e->id == EV_FORK)
		lineage_fork(&p->lineage, &r->runner, e, r->name);
	else if (e->id == EV_EXEC)
		take_exec(p, r, e);
	else if (e->id == EV_EXIT) {
		start(p, r, r->name);
		stop(p, r, e);
		r->stopped = true;
		lineage_end(&p->lineage, &r->runner);
	} else if (p->instants & EVENT_BIT(e->id))
		take_instant(p, r, e);
}

void
perfetto_lost(struct perfetto *p, uint64_t lost)
{
	p->count[COUNTER_LOST] = lost;
	if (p->begun && lost != p->written[COUNTER_LOST])
		put_counter(p, COUNTER_LOST);
}

void
perfetto_end(struct perfetto *p)
{
	if (!p->begun)
		put_start(p);
	for (struct runner *r = p->lineage.runners; r; r = r->hh.next)
		start(p, (struct running *)(void *)r, ((struct running *)(void *)r)->name);
	put_counters(p);
}

struct perfetto *
perfetto_create(const struct tree *tree, event_mask instants, struct text *out)
{
	struct perfetto *p = xcalloc(1, sizeof(*p));

	p->lineage = (struct lineage){ .tree = tree, .ops = &ops, .ctx = p };
	p->instants = instants;
	p->out = out;
	return p;
}

void
perfetto_destroy(struct perfetto *p)
{
	if (!p)
		return;
	for (struct runner *r = p->lineage.runners; r; r = r->hh.next)
		free(((struct running *)(void *)r)->name);
	lineage_finish(&p->lineage);
	text_finish(&p->annotations);
	text_finish(&p->event);
	text_finish(&p->packet);
	text_finish(&p->clean);
	free(p);
}
