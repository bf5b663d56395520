/* running - see running.h. */
#include "src/stream/running.h"
#include "model/detail.h"
#include "model/xalloc.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum {
	PROCESSES_MAX =
		1 << 17,     /* what Linux has at most is rarely reached; a hostile recording has no limit */
	ARGS_MAX = 16 << 10, /* bytes kept of the arguments of a process */
};

/* Members of an object or array, up to and with its DETAIL_END. */
struct slice {
	const char *bytes;
	size_t length;
};

static const char empty[] = { DETAIL_END };

struct ran {
	int32_t pid;
	struct slice process, args;
	struct slice kernel; /* name of a kernel thread's */
	struct slice cgroup; /* members; none: it is not known */
	char *memory;        /* of all four */
	bool cut;            /* it had more arguments */
	UT_hash_handle hh;
};

struct running {
	struct ran *all;
};

/* ---- contents of an event ---- */

static struct slice
members(struct detail_reader in, enum detail_key key)
{
	const enum detail_key keys[] = { key, KEY_NONE };
	struct detail_node n;
	struct slice slice;

	if (!detail_find(&in, keys, &n) || (n.kind != DETAIL_OBJECT && n.kind != DETAIL_ARRAY))
		return (struct slice){ empty, sizeof(empty) };
	slice.bytes = in.at;
	detail_skip(&in);
	slice.length = (size_t)(in.at - slice.bytes);
	return slice;
}

/* Goes into the only object inside the object at this key: event.exec, estop.seen. */
static bool
go_inside(struct detail_reader *in, enum detail_key key)
{
	const enum detail_key keys[] = { key, KEY_NONE };
	struct detail_node n;

	return detail_find(in, keys, &n) && n.kind == DETAIL_OBJECT && detail_next(in, &n) &&
	       n.kind == DETAIL_OBJECT;
}

/* The members of an object with a name of estop's own. */
static struct slice
members_named(struct detail_reader in, const char *name)
{
	struct detail_node n;
	struct slice slice;

	while (detail_next(&in, &n) && n.kind != DETAIL_END) {
		if (n.kind != DETAIL_OBJECT && n.kind != DETAIL_ARRAY)
			continue;
		slice.bytes = in.at;
		detail_skip(&in);
		slice.length = (size_t)(in.at - slice.bytes);
		if (n.kind == DETAIL_OBJECT && n.name && n.name_length == strlen(name) &&
		    memcmp(n.name, name, n.name_length) == 0)
			return slice;
	}
	return (struct slice){ NULL, 0 };
}

/* The cgroup in the object "estop" of an event; of a fork the child's. */
static struct slice
event_cgroup(struct detail_reader in, bool of_child)
{
	const enum detail_key keys[] = { KEY_estop, KEY_NONE };
	struct slice slice = { NULL, 0 };
	struct detail_node n;

	if (!detail_find(&in, keys, &n) || n.kind != DETAIL_OBJECT)
		return slice;
	if (of_child)
		slice = members_named(in, "child_cgroup");
	return slice.length ? slice : members_named(in, "cgroup");
}

static struct slice
kernel_name(struct detail_reader in)
{
	static const char name[] = "kernel_thread";
	struct detail_node n;

	while (detail_next(&in, &n) && n.kind != DETAIL_END) {
		if (n.kind == DETAIL_OBJECT || n.kind == DETAIL_ARRAY)
			detail_skip(&in);
		else if (n.kind == DETAIL_TEXT && n.name && n.name_length == strlen(name) &&
			 memcmp(n.name, name, n.name_length) == 0)
			return (struct slice){ n.text.bytes, n.text.length };
	}
	return (struct slice){ NULL, 0 };
}

/* Whole arguments alone. cut: they do not end in DETAIL_END yet. */
static struct slice
some_args(struct slice args, bool *cut)
{
	struct detail_reader in = { args.bytes, args.bytes + args.length };
	size_t fits = 0;
	struct detail_node n;

	*cut = args.length > ARGS_MAX;
	while (*cut && detail_next(&in, &n) && n.kind == DETAIL_TEXT && in.at - args.bytes < ARGS_MAX)
		fits = (size_t)(in.at - args.bytes);
	if (*cut)
		args.length = fits;
	return args;
}

/* ---- the table ---- */

static void
forget(struct running *r, int32_t pid)
{
	struct ran *p;

	HASH_FIND_INT(r->all, &pid, p);
	if (!p)
		return;
	HASH_DEL(r->all, p);
	free(p->memory);
	free(p);
}

static struct slice
copy_to(char **at, struct slice from)
{
	struct slice to = { *at, from.length };

	if (from.length)
		memcpy(*at, from.bytes, from.length);
	*at += from.length;
	return to;
}

/* args may be another process's, or its own of before. */
static void
remember(struct running *r, int32_t pid, struct slice process, struct slice args, bool args_cut,
	 struct slice kernel, struct slice cgroup)
{
	bool cut;
	struct ran *p;
	char *memory, *at;

	HASH_FIND_INT(r->all, &pid, p);
	if (!p && HASH_COUNT(r->all) >= PROCESSES_MAX)
		return;
	args = some_args(args, &cut);
	memory = at = xmalloc(process.length + args.length + kernel.length + cgroup.length + 1);
	process = copy_to(&at, process);
	args = copy_to(&at, args);
	if (cut) {
		*at++ = DETAIL_END;
		args.length++;
	}
	kernel = copy_to(&at, kernel);
	cgroup = copy_to(&at, cgroup);
	if (!p) {
		p = xcalloc(1, sizeof(*p));
		p->pid = pid;
		HASH_ADD_INT(r->all, pid, p);
	}
	free(p->memory);
	p->memory = memory;
	p->process = process;
	p->args = args;
	p->kernel = kernel;
	p->cgroup = cgroup;
	p->cut = cut || args_cut;
}

/* ---- public ---- */

struct running *
running_create(void)
{
	return xcalloc(1, sizeof(struct running));
}

void
running_destroy(struct running *r)
{
	struct ran *p, *next;

	if (!r)
		return;
	p = r->all;
	HASH_CLEAR(hh, r->all); /* the table; the entries are still a list */
	for (; p; p = next) {
		next = p->hh.next;
		free(p->memory);
		free(p);
	}
	free(r);
}

void
running_take(struct running *r, const struct event *e)
{
	const struct slice none = { NULL, 0 };
	struct slice cgroup;
	struct detail_reader in;
	struct ran *parent;
	size_t length;

	in.at = event_field(e, FIELD_DETAIL, &length);
	if (!in.at)
		return;
	in.end = in.at + length;
	cgroup = e->id == EV_EXEC || e->id == EV_FORK ? event_cgroup(in, e->id == EV_FORK) : none;
	switch (e->id) {
	case EV_SEEN:
		if (go_inside(&in, KEY_estop))
			remember(r, e->who.pid, members(in, KEY_process), members(in, KEY_args),
				 e->flags & EVENT_ARGS_CUT, kernel_name(in), members_named(in, "cgroup"));
		break;
	case EV_EXEC:
		if (go_inside(&in, KEY_event))
			remember(r, e->other.pid, members(in, KEY_target), members(in, KEY_args),
				 e->flags & EVENT_ARGS_CUT, none, cgroup);
		break;
	case EV_FORK:
		HASH_FIND_INT(r->all, &e->who.pid, parent);
		if (go_inside(&in, KEY_event))
			remember(r, e->other.pid, members(in, KEY_child),
				 parent ? parent->args : (struct slice){ empty, sizeof(empty) },
				 parent && parent->cut, none, cgroup);
		break;
	case EV_EXIT:
		forget(r, e->who.pid);
		break;
	default:
		break;
	}
}

void
running_check(struct running *r)
{
	size_t n = 0, count = HASH_COUNT(r->all);
	int32_t *pids = xmalloc((count + 1) * sizeof(*pids));

	for (const struct ran *p = r->all; p && n < count; p = p->hh.next)
		if (p->pid > 0 && kill(p->pid, 0) != 0 && errno == ESRCH)
			pids[n++] = p->pid;
	while (n)
		forget(r, pids[--n]);
	free(pids);
}

size_t
running_count(const struct running *r)
{
	return HASH_COUNT(r->all);
}

static void
put_seen(struct detail *d, const struct ran *p, uint64_t time_ns)
{
	detail_plain(d, DETAIL_OBJECT, KEY_estop);
	detail_head(d, DETAIL_OBJECT, KEY_OTHER, "seen", 4);
	detail_moment(d, KEY_time, (int64_t)(time_ns / 1000000000u), (uint32_t)(time_ns % 1000000000u), 9);
	detail_plain(d, DETAIL_OBJECT, KEY_process);
	detail_bytes(d, p->process.bytes, p->process.length);
	detail_plain(d, DETAIL_ARRAY, KEY_args);
	detail_bytes(d, p->args.bytes, p->args.length);
	if (p->kernel.length) {
		uint32_t n = (uint32_t)p->kernel.length;

		detail_head(d, DETAIL_TEXT, KEY_OTHER, "kernel_thread", 13);
		detail_bytes(d, &n, sizeof(n));
		detail_bytes(d, p->kernel.bytes, n);
	}
	if (p->cgroup.length) {
		detail_head(d, DETAIL_OBJECT, KEY_OTHER, "cgroup", 6);
		detail_bytes(d, p->cgroup.bytes, p->cgroup.length);
	}
	detail_end(d);
	detail_end(d);
}

void
running_each(const struct running *r, uint64_t time_ns, void (*visit)(void *ctx, const struct event *),
	     void *ctx)
{
	struct event *e = NULL;
	size_t room = 0;

	for (const struct ran *p = r->all; p; p = p->hh.next) {
		struct detail d = { .memory = NULL };
		struct field *f;
		size_t size;

		put_seen(&d, p, time_ns);
		size = sizeof(*e) + field_room(d.size);
		if (!e || size > room) {
			room = size * 2;
			e = xrealloc(e, room, 1);
		}
		memset(e, 0, size);
		*e = (struct event){ .size = (uint32_t)size,
				     .id = EV_SEEN,
				     .time_ns = time_ns,
				     .who = { .pid = p->pid },
				     .flags = p->cut ? EVENT_ARGS_CUT : 0 };
		f = (struct field *)(void *)(e + 1);
		f->tag = FIELD_DETAIL;
		f->length = (uint32_t)d.size;
		d = (struct detail){ .memory = f->bytes };
		put_seen(&d, p, time_ns);
		visit(ctx, e);
	}
	free(e);
}
