/* decode - see decode.h. */
#include "src/es/decode.h"
#include "src/es/describe.h"
#include "src/es/payload.h"
#include "src/es/platform.h"

#include <bsm/libbsm.h>
#include <string.h>

/* First version of the message that has them. */
enum {
	SINCE_TTY = 2,
	SINCE_SCRIPT = 2,
	SINCE_START_TIME = 3,
	SINCE_CWD = 3,
	SINCE_THREAD = 4,
	SINCE_RESPONSIBLE = 4,
};

/* EVENT_TABLE repeats the numbers so that model/ needs no Endpoint Security. */
enum {
#define X(id, number, ...) NUMBER_##id = (number),
	EVENT_TABLE(X)
#undef X
};

#define X(id, ...) \
	_Static_assert((int)ES_EVENT_TYPE_NOTIFY_##id == (int)NUMBER_##id, "number of " #id);
PAYLOAD_TABLE(X)
#undef X

#define X(...) + 1
_Static_assert(0 PAYLOAD_TABLE(X) == EV_OTHER || ES_SDK < 150400, "each type has a payload");
#undef X

/* Arguments come from the accessors of an exec, or in a list. */
struct args {
	const es_event_exec_t *exec;
	const es_string_token_t *list;
	uint32_t count;
};

/* What a record will hold after its header, before anything is written. */
struct plan {
	struct {
		enum field_tag tag;
		const char *dir; /* what the bytes are a name in; NULL: nothing */
		size_t dir_length;
		const char *bytes;
		size_t length; /* of both, with a '/' between */
		bool path;     /* of a file or directory; cut or not */
	} field[FIELD_COUNT];
	unsigned count;
	const es_process_t *other; /* whom the event is about */
	int64_t value;
	struct args args;
	size_t args_length;
	size_t detail_length;  /* 0: none */
	uint64_t cgroup_id[2]; /* of CGROUP, CHILD_CGROUP: what their fields point to */
	uint8_t flags;
};

_Static_assert(FIELD_CGROUP_ID == FIELD_CGROUP + 1 && FIELD_CHILD_CGROUP_ID == FIELD_CHILD_CGROUP + 1,
	       "a number follows its path");

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
	p->field[p->count].dir = NULL;
	p->field[p->count].dir_length = 0;
	p->field[p->count].bytes = s->data;
	p->field[p->count].length = length;
	p->field[p->count].path = false;
	p->count++;
}

static void
plan_file(struct plan *p, enum field_tag tag, const es_file_t *file)
{
	unsigned count = p->count;

	if (!file)
		return;
	plan_string(p, tag, &file->path);
	if (p->count > count)
		p->field[count].path = true;
	if (file->path_truncated)
		p->flags |= EVENT_TRUNCATED;
}

/* A name in a directory: "/usr" and "lib". The root's own path ends in the '/' already. */
static void
plan_name(struct plan *p, enum field_tag tag, const es_file_t *dir, const es_string_token_t *name)
{
	size_t length = dir ? dir->path.length : 0, more = name->length;
	unsigned at = p->count;

	if (!length || !more) {
		if (more)
			plan_string(p, tag, name);
		else
			plan_file(p, tag, dir);
		return;
	}
	plan_file(p, tag, dir);
	if (p->field[at].length == DECODE_PATH_MAX)
		return; /* no room for the name */
	length -= dir->path.data[length - 1] == '/';
	if (more > DECODE_PATH_MAX - length - 1) {
		more = DECODE_PATH_MAX - length - 1;
		p->flags |= EVENT_TRUNCATED;
	}
	p->field[at].dir = p->field[at].bytes;
	p->field[at].dir_length = length;
	p->field[at].bytes = name->data;
	p->field[at].length = length + 1 + more;
}

static void
plan_process_of(struct plan *p, enum field_tag tag, const es_process_t *process)
{
	if (!process)
		return;
	plan_file(p, tag, process->executable);
	p->other = process;
}

static void
plan_tty(struct plan *p, const es_process_t *process, uint32_t version)
{
	if (version >= SINCE_TTY)
		plan_file(p, FIELD_TTY, process->tty);
}

/* Nothing when it is the process itself. The word is pid's, see platform_token(). */
static void
plan_responsible(struct plan *p, const es_process_t *process, uint32_t version)
{
	const audit_token_t *token = &process->responsible_audit_token;

	if (version < SINCE_RESPONSIBLE ||
	    audit_token_to_pid(*token) == audit_token_to_pid(process->audit_token))
		return;
	plan_string(p, FIELD_RESPONSIBLE,
		    &(es_string_token_t){ .length = sizeof(token->val[5]),
					  .data = (const char *)&token->val[5] });
}

/* Nothing of a program without a signature, as all are on Linux. */
static void
plan_signature(struct plan *p, const es_process_t *process)
{
	if (!process->codesigning_flags && !process->signing_id.length)
		return;
	plan_string(p, FIELD_CSFLAGS,
		    &(es_string_token_t){ .length = sizeof(process->codesigning_flags),
					  .data = (const char *)&process->codesigning_flags });
	plan_string(p, FIELD_SIGNING_ID, &process->signing_id);
	plan_string(p, FIELD_TEAM_ID, &process->team_id);
	if (process->is_platform_binary)
		p->flags |= EVENT_PLATFORM;
}

/* TEAM/ID, put together in the record as a name in a directory is. Nothing for what is not signed. */
static void
plan_signer(struct plan *p, const es_process_t *process)
{
	static const char platform[] = "platform";
	const char *team = process->team_id.length ? process->team_id.data : platform;
	size_t length = process->team_id.length ? process->team_id.length : strlen(platform);
	const char *id = process->signing_id.data ? process->signing_id.data : "";
	size_t more = process->signing_id.data ? process->signing_id.length : 0;

	if (!process->team_id.length && (!more || !process->is_platform_binary))
		length = 0; /* signed by nobody in particular */
	if ((!length && !more) || length + 1 + more > DECODE_PATH_MAX)
		return;
	p->field[p->count].tag = FIELD_SIGNER;
	p->field[p->count].dir = team;
	p->field[p->count].dir_length = length;
	p->field[p->count].bytes = id;
	p->field[p->count].length = length + 1 + more;
	p->field[p->count].path = false;
	p->count++;
}

/* The path, and with the next tag the number. */
static void
plan_cgroup(struct plan *p, enum field_tag tag, const es_process_t *process)
{
	uint64_t *id = &p->cgroup_id[tag == FIELD_CHILD_CGROUP];
	struct platform_cgroup cgroup;

	if (!platform_cgroup(process, &cgroup) || !cgroup.path.length)
		return;
	*id = cgroup.id;
	plan_string(p, tag, &cgroup.path);
	plan_string(p, tag + 1, &(es_string_token_t){ .length = sizeof(*id), .data = (const char *)id });
}

/* Of a fork, when it is not its parent's: CLONE_INTO_CGROUP. */
static void
plan_child(struct plan *p, const es_process_t *parent, const es_process_t *child)
{
	struct platform_cgroup from, to;

	if (child && platform_cgroup(child, &to) && (!platform_cgroup(parent, &from) || from.id != to.id))
		plan_cgroup(p, FIELD_CHILD_CGROUP, child);
}

/* The members of the process that do not change with each event. */
static void
plan_owners(struct plan *p, const es_process_t *process, uint32_t version)
{
	plan_cgroup(p, FIELD_CGROUP, process);
	plan_tty(p, process, version);
	plan_responsible(p, process, version);
	plan_signer(p, process);
	plan_signature(p, process);
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

	for (uint32_t i = 0; i < args.count && length <= DECODE_ARGS_MAX; i++)
		length += arg_at(&args, i).length + 1;
	p->args = args;
	p->args_length = length < DECODE_ARGS_MAX ? length : DECODE_ARGS_MAX;
	if (length > DECODE_ARGS_MAX)
		p->flags |= EVENT_ARGS_CUT;
}

/* What TARGET, SECOND and the value are of each type. */
#define AT_FILE(f) plan_file(plan, tag, p->f);
#define AT_PROCESS(f) plan_process_of(plan, tag, p->f);
#define AT_TEXT(f) plan_string(plan, tag, &p->f);
#define AT_TEXT_IN(outer, f) plan_string(plan, tag, &p->outer->f);
#define AT_NAME(dir, name) plan_name(plan, tag, p->dir, &p->name);
#define AT_DESTINATION(f)                                                   \
	if (p->f##_type == ES_DESTINATION_TYPE_EXISTING_FILE)               \
		plan_file(plan, tag, p->f.existing_file);                   \
	else                                                                \
		plan_name(plan, tag, p->f.new_path.dir, &p->f.new_path.filename);
#define AT_EITHER(f)                                                        \
	if (p->f##_type == ES_GATEKEEPER_USER_OVERRIDE_FILE_TYPE_FILE)      \
		plan_file(plan, tag, p->f.f);                               \
	else                                                                \
		plan_string(plan, tag, &p->f.f##_path);
#define AT_MOUNT(f, side)                               \
	struct platform_mount side;                     \
	platform_mount(msg, p->statfs, &side);          \
	plan_string(plan, tag, &side.side);
#define NUMBER(f) plan->value = (int64_t)p->f;
#define NUMBER_SINCE(first, f)       \
	if (msg->version >= (first)) \
		plan->value = (int64_t)p->f;
#define INSIDE(member) const es_event_##member##_t *p = &msg->event.member;
#define BEHIND(member) const es_event_##member##_t *p = msg->event.member;

#define X(id, where, target, second, number, ...)                            \
	static void plan_##id(struct plan *plan, const es_message_t *msg)    \
	{                                                                    \
		where                                                        \
		enum field_tag tag = FIELD_TARGET;                           \
		(void)plan, (void)p, (void)tag;                              \
		target                                                       \
		tag = FIELD_SECOND;                                          \
		second                                                       \
		number                                                       \
	}
PAYLOAD_TABLE(X)
#undef X

static void (*const plan_payload[EV_COUNT])(struct plan *, const es_message_t *) = {
#define X(id, ...) [EV_##id] = plan_##id,
	PAYLOAD_TABLE(X)
#undef X
};

static void
plan_exec(struct plan *p, const es_event_exec_t *exec, uint32_t version)
{
	plan_args(p, (struct args){ .exec = exec, .count = es_exec_arg_count(exec) });
	if (version >= SINCE_CWD)
		plan_file(p, FIELD_CWD, exec->cwd);
	if (version >= SINCE_SCRIPT)
		plan_file(p, FIELD_SCRIPT, exec->script);
}

static void
plan_begin(struct plan *p)
{
	p->count = 0;
	p->args_length = 0;
	p->detail_length = 0;
	p->flags = 0;
	p->other = NULL;
	p->value = 0;
}

static void
plan_message(struct plan *p, const es_message_t *msg, unsigned parts)
{
	const es_process_t *process = msg->process;
	bool with_exe = parts & DECODE_EXE;
	enum event_id id = decode_id(msg);

	plan_begin(p);
	if (parts & DECODE_DETAIL) {
		struct detail d = { .memory = NULL };

		describe(&d, msg, id, parts & DECODE_CGROUP);
		p->detail_length = d.size;
	}
	if (with_exe)
		plan_file(p, FIELD_EXE, process->executable);
	if (id != EV_OTHER)
		plan_payload[id](p, msg);
	if (id == EV_CLOSE && msg->event.close.modified)
		p->flags |= EVENT_MODIFIED;
	if (id == EV_EXEC) {
		plan_exec(p, &msg->event.exec, msg->version);
		if (platform_args_cut(msg))
			p->flags |= EVENT_ARGS_CUT;
		process = msg->event.exec.target;
	}
	if (id == EV_FORK)
		plan_child(p, msg->process, msg->event.fork.child);
	/* It does not change but at an exec: no need to repeat it with each event. */
	if (with_exe || process != msg->process)
		plan_owners(p, process, msg->version);
}

static void
plan_process(struct plan *p, const struct seen_process *from)
{
	plan_begin(p);
	p->flags = from->kernel_thread ? EVENT_KERNEL : 0;
	if (from->detail) {
		struct detail d = { .memory = NULL };

		describe_process(&d, from);
		p->detail_length = d.size;
	}
	if (!from->kernel_thread)
		plan_file(p, FIELD_EXE, from->process->executable);
	plan_owners(p, from->process, from->version);
	plan_args(p, (struct args){ .list = from->args, .count = from->arg_count });
	if (from->args_cut)
		p->flags |= EVENT_ARGS_CUT;
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

/* Where a path that is in two pieces is put together: in the record itself. */
static void
join(char *to, const char *dir, size_t dir_length, const char *name, size_t length)
{
	if (dir_length)
		memcpy(to, dir, dir_length);
	to[dir_length] = '/';
	memcpy(to + dir_length + 1, name, length);
}

static void
write_fields(struct event *e, const struct plan *p)
{
	for (unsigned i = 0; i < p->count; i++) {
		size_t length = p->field[i].length, dir = p->field[i].dir_length;
		struct field *f = (struct field *)((char *)e + e->size);

		if (!p->field[i].dir) {
			event_add(e, p->field[i].tag, p->field[i].bytes, length);
			continue;
		}
		f->tag = (uint16_t)p->field[i].tag;
		f->reserved = 0;
		f->length = (uint32_t)length;
		join(f->bytes, p->field[i].dir, dir, p->field[i].bytes, length - dir - 1);
		f->bytes[length] = '\0';
		e->size += (uint32_t)field_room(length);
	}
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
	PAYLOAD_TABLE(X)
#undef X
	default:
		return EV_OTHER;
	}
}

event_mask
decode_known(void)
{
	event_mask known = 0;

#define X(id, ...) known |= EVENT_BIT(EV_##id);
	PAYLOAD_TABLE(X)
#undef X
	return known;
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
		to->start_ns = nanoseconds(from->start_time.tv_sec, (int64_t)from->start_time.tv_usec * 1000);
}

unsigned
decode_targets(const es_message_t *msg, struct decode_path paths[2])
{
	enum event_id id = decode_id(msg);
	struct plan p;
	unsigned n = 0;

	if (!event_info[id].target)
		return 0;
	plan_begin(&p);
	plan_payload[id](&p, msg);
	for (unsigned i = 0; i < p.count && n < 2; i++)
		if (p.field[i].path)
			paths[n++] = (struct decode_path){ p.field[i].dir, p.field[i].dir_length,
							   p.field[i].bytes, p.field[i].length };
	return n;
}

const char *
decode_path(const struct decode_path *path, char room[DECODE_PATH_MAX])
{
	if (!path->dir)
		return path->bytes;
	join(room, path->dir, path->dir_length, path->bytes, path->length - path->dir_length - 1);
	return room;
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
		.value = p.value,
		.time_ns = nanoseconds(msg->time.tv_sec, msg->time.tv_nsec),
	};
	decode_proc(&e->who, msg->process, msg->version);
	if (p.other)
		decode_proc(&e->other, p.other, msg->version);
	if (msg->version >= SINCE_THREAD && msg->thread)
		e->thread = msg->thread->thread_id;
	write_fields(e, &p);
	if (p.detail_length) {
		struct detail d = begin_detail(e, &p);

		describe(&d, msg, (enum event_id)e->id, parts & DECODE_CGROUP);
	}
}

/* As ps writes them, so that they are not taken for paths. */
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
decode_process_room(const struct seen_process *from)
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
decode_process(struct event *e, const struct seen_process *from)
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
