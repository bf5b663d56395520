/* decode - see decode.h. */
#include "src/decode.h"
#include "src/describe.h"

#include <bsm/libbsm.h>
#include <string.h>

/* First version of the message that has them. */
enum {
	SINCE_TTY = 2,
	SINCE_SCRIPT = 2,
	SINCE_START_TIME = 3,
	SINCE_CWD = 3,
	SINCE_THREAD = 4,
};

/* EVENT_TABLE repeats the numbers so that model/ needs no Endpoint Security. */
#define X(id, number, ...) \
	_Static_assert(ES_EVENT_TYPE_NOTIFY_##id == (number), "number of " #id);
EVENT_TABLE(X)
#undef X

/* Arguments come from the accessors of an exec, or in a list. */
struct args {
	const es_event_exec_t *exec;
	const es_string_token_t *list;
	uint32_t count;
};

/* What a record will hold behind its header, before anything is written. */
struct plan {
	struct {
		enum field_tag tag;
		const char *bytes;
		size_t length;
	} field[FIELD_COUNT];
	unsigned count;
	struct args args;
	size_t args_length;
	size_t detail_length; /* 0: none */
	uint8_t flags;
};

/* ---- what will be there ---- */

static void
plan_string(struct plan *p, enum field_tag tag, const es_string_token_t *s)
{
	size_t length = s->length;

	if (length == 0) /* data may be NULL */
		return;
	if (length > DECODE_PATH_MAX) {
		length = DECODE_PATH_MAX;
		p->flags |= EVENT_TRUNCATED;
	}
	p->field[p->count].tag = tag;
	p->field[p->count].bytes = s->data;
	p->field[p->count].length = length;
	p->count++;
}

static void
plan_file(struct plan *p, enum field_tag tag, const es_file_t *file)
{
	if (!file)
		return;
	plan_string(p, tag, &file->path);
	if (file->path_truncated)
		p->flags |= EVENT_TRUNCATED;
}

static void
plan_tty(struct plan *p, const es_process_t *process, uint32_t version)
{
	if (version >= SINCE_TTY)
		plan_file(p, FIELD_TTY, process->tty);
}

static es_string_token_t
arg_at(const struct args *a, uint32_t i)
{
	return a->exec ? es_exec_arg(a->exec, i) : a->list[i];
}

/* Each argument takes at least its NUL, so this ends soon, however many there are. */
static void
plan_args(struct plan *p, struct args args)
{
	size_t length = 0;

	for (uint32_t i = 0; i < args.count && length < DECODE_ARGS_MAX; i++)
		length += arg_at(&args, i).length + 1;
	p->args = args;
	p->args_length = length < DECODE_ARGS_MAX ? length : DECODE_ARGS_MAX;
}

static void
plan_exec(struct plan *p, const es_event_exec_t *exec, uint32_t version)
{
	plan_file(p, FIELD_TARGET, exec->target->executable);
	plan_args(p, (struct args){ .exec = exec, .count = es_exec_arg_count(exec) });
	if (version >= SINCE_CWD)
		plan_file(p, FIELD_CWD, exec->cwd);
	if (version >= SINCE_SCRIPT)
		plan_file(p, FIELD_SCRIPT, exec->script);
}

static void
plan_message(struct plan *p, const es_message_t *msg, unsigned parts)
{
	const es_process_t *process = msg->process;
	bool with_exe = parts & DECODE_EXE;

	p->count = 0;
	p->args_length = 0;
	p->detail_length = 0;
	p->flags = 0;
	if (parts & DECODE_DETAIL) {
		struct detail d = { .memory = NULL };

		describe(&d, msg);
		p->detail_length = d.size;
	}
	if (with_exe)
		plan_file(p, FIELD_EXE, process->executable);
	switch (msg->event_type) {
	case ES_EVENT_TYPE_NOTIFY_OPEN:
		plan_file(p, FIELD_TARGET, msg->event.open.file);
		break;
	case ES_EVENT_TYPE_NOTIFY_CLOSE:
		plan_file(p, FIELD_TARGET, msg->event.close.target);
		if (msg->event.close.modified)
			p->flags |= EVENT_MODIFIED;
		break;
	case ES_EVENT_TYPE_NOTIFY_EXEC:
		plan_exec(p, &msg->event.exec, msg->version);
		process = msg->event.exec.target;
		break;
	case ES_EVENT_TYPE_NOTIFY_FORK:
		plan_file(p, FIELD_TARGET, msg->event.fork.child->executable);
		break;
	default:
		break;
	}
	/* It does not change but at an exec: no need to repeat it with each event. */
	if (with_exe || process != msg->process)
		plan_tty(p, process, msg->version);
}

static void
plan_process(struct plan *p, const struct decode_process *from)
{
	p->count = 0;
	p->args_length = 0;
	p->detail_length = 0;
	p->flags = from->kernel_thread ? EVENT_KERNEL : 0;
	if (from->detail) {
		struct detail d = { .memory = NULL };

		describe_process(&d, from);
		p->detail_length = d.size;
	}
	if (!from->kernel_thread)
		plan_file(p, FIELD_EXE, from->process->executable);
	plan_tty(p, from->process, from->version);
	plan_args(p, (struct args){ .list = from->args, .count = from->arg_count });
}

static size_t
room(const struct plan *p)
{
	size_t size = sizeof(struct event);

	for (unsigned i = 0; i < p->count; i++)
		size += field_room(p->field[i].length);
	if (p->args_length)
		size += field_room(p->args_length);
	if (p->detail_length)
		size += field_room(p->detail_length);
	return size;
}

/* ---- writing it ---- */

/* In place: there is no other memory to put them together in. */
static void
write_args(struct event *e, const struct plan *p)
{
	struct field *f = (struct field *)((char *)e + e->size);
	size_t at = 0;

	if (!p->args_length)
		return;
	f->tag = FIELD_ARGS;
	f->reserved = 0;
	f->length = (uint32_t)p->args_length;
	for (uint32_t i = 0; at < p->args_length; i++) {
		es_string_token_t arg = arg_at(&p->args, i);
		size_t left = p->args_length - at - 1; /* its NUL is counted */
		size_t length = arg.length < left ? arg.length : left;

		if (length)
			memcpy(f->bytes + at, arg.data, length);
		at += length;
		f->bytes[at++] = '\0';
	}
	f->bytes[at] = '\0';
	e->size += (uint32_t)field_room(p->args_length);
}

static void
write_fields(struct event *e, const struct plan *p)
{
	for (unsigned i = 0; i < p->count; i++)
		event_add(e, p->field[i].tag, p->field[i].bytes, p->field[i].length);
	write_args(e, p);
}

/* Opens the field of the detail; what is described goes to the returned memory. */
static struct detail
begin_detail(struct event *e, const struct plan *p)
{
	struct field *f = (struct field *)((char *)e + e->size);

	f->tag = FIELD_DETAIL;
	f->reserved = 0;
	f->length = (uint32_t)p->detail_length;
	f->bytes[p->detail_length] = '\0';
	e->size += (uint32_t)field_room(p->detail_length);
	return (struct detail){ .memory = f->bytes };
}

static uint64_t
nanoseconds(int64_t seconds, int64_t ns)
{
	return (uint64_t)seconds * 1000000000u + (uint64_t)ns;
}

/* ---- public ---- */

enum event_id
decode_id(const es_message_t *msg)
{
	switch (msg->event_type) {
#define X(id, ...)                    \
	case ES_EVENT_TYPE_NOTIFY_##id: \
		return EV_##id;
	EVENT_TABLE(X)
#undef X
	default:
		return EV_OTHER;
	}
}

void
decode_proc(struct event_proc *to, const es_process_t *from, uint32_t version)
{
	to->pid = audit_token_to_pid(from->audit_token);
	to->version = (uint32_t)audit_token_to_pidversion(from->audit_token);
	to->ppid = from->ppid;
	to->uid = audit_token_to_euid(from->audit_token);
	to->start_ns = 0;
	if (version >= SINCE_START_TIME)
		to->start_ns = nanoseconds(from->start_time.tv_sec,
					   (int64_t)from->start_time.tv_usec * 1000);
}

const es_string_token_t *
decode_target(const es_message_t *msg)
{
	const es_file_t *file = NULL;

	switch (msg->event_type) {
	case ES_EVENT_TYPE_NOTIFY_OPEN:
		file = msg->event.open.file;
		break;
	case ES_EVENT_TYPE_NOTIFY_CLOSE:
		file = msg->event.close.target;
		break;
	case ES_EVENT_TYPE_NOTIFY_EXEC:
		file = msg->event.exec.target->executable;
		break;
	default:
		break;
	}
	return file ? &file->path : NULL;
}

size_t
decode_room(const es_message_t *msg, unsigned parts)
{
	struct plan p;

	plan_message(&p, msg, parts);
	return room(&p);
}

void
decode(struct event *e, const es_message_t *msg, unsigned parts)
{
	struct plan p;

	plan_message(&p, msg, parts);
	*e = (struct event){
		.size = sizeof(*e),
		.number = (uint16_t)msg->event_type,
		.id = (uint8_t)decode_id(msg),
		.flags = p.flags,
		.time_ns = nanoseconds(msg->time.tv_sec, msg->time.tv_nsec),
	};
	decode_proc(&e->who, msg->process, msg->version);
	switch (msg->event_type) {
	case ES_EVENT_TYPE_NOTIFY_OPEN:
		e->value = msg->event.open.fflag;
		break;
	case ES_EVENT_TYPE_NOTIFY_EXIT:
		e->value = msg->event.exit.stat;
		break;
	case ES_EVENT_TYPE_NOTIFY_EXEC:
		decode_proc(&e->other, msg->event.exec.target, msg->version);
		break;
	case ES_EVENT_TYPE_NOTIFY_FORK:
		decode_proc(&e->other, msg->event.fork.child, msg->version);
		break;
	default:
		break;
	}
	if (msg->version >= SINCE_THREAD && msg->thread)
		e->thread = msg->thread->thread_id;
	write_fields(e, &p);
	if (p.detail_length) {
		struct detail d = begin_detail(e, &p);

		describe(&d, msg);
	}
}

/* As ps writes them, so that nobody takes one for a path. */
static size_t
bracketed(char name[64], const es_string_token_t *s)
{
	size_t length = s->length < 62 ? s->length : 62;

	name[0] = '[';
	if (length)
		memcpy(name + 1, s->data, length);
	name[length + 1] = ']';
	return length + 2;
}

size_t
decode_process_room(const struct decode_process *from)
{
	struct plan p;
	char name[64];
	size_t size;

	plan_process(&p, from);
	size = room(&p);
	if (from->kernel_thread)
		size += field_room(bracketed(name, from->kernel_thread));
	return size;
}

void
decode_process(struct event *e, const struct decode_process *from)
{
	struct plan p;
	char name[64];

	plan_process(&p, from);
	*e = (struct event){
		.size = sizeof(*e),
		.id = EV_SEEN,
		.flags = p.flags,
		.time_ns = from->time_ns,
	};
	decode_proc(&e->who, from->process, from->version);
	if (from->kernel_thread)
		event_add(e, FIELD_EXE, name, bracketed(name, from->kernel_thread));
	write_fields(e, &p);
	if (p.detail_length) {
		struct detail d = begin_detail(e, &p);

		describe_process(&d, from);
	}
}
