/* message - es_message_t made from the kernel's records. */
#include "src/linux/message.h"

#include "src/linux/syscall_payloads.h"

#include <es_linux.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct held {
	atomic_uint references;
	struct cached_process *process, *other;
	es_file_t files[2];
	es_thread_t thread;
	/* exec: tokens of the arguments, then of the environment, into text.args */
	es_string_token_t *strings;
	uint32_t arg_count, env_count;
	bool args_cut;
	struct exec_text text;
	char *script;
	char *path; /* a copy of the record's text */
	size_t path_room;
	struct payload_room payload;
	es_message_t message; /* last: it ends in an array of no length */
};

const uint16_t message_type_of_kind[WIRE_EVENTS] = {
#define X(id, number) [WIRE_##id] = (number),
	WIRE_TABLE(X)
#undef X
};

#define X(id, number) _Static_assert(ES_EVENT_TYPE_NOTIFY_##id == (number), "number of " #id);
WIRE_TABLE(X)
#undef X

static struct held *
held_of(const es_message_t *message)
{
	return (struct held *)((char *)(uintptr_t)message - offsetof(struct held, message));
}

es_message_t *
message_of(struct held *h)
{
	return &h->message;
}

struct held *
message_create(void)
{
	struct held *h = calloc(1, sizeof(*h));

	if (h) {
		atomic_init(&h->references, 1);
		h->payload.resolve = resolve_links;
	}
	return h;
}

static void
let_go(struct held *h)
{
	process_cache_drop(h->process);
	process_cache_drop(h->other);
	h->process = h->other = NULL;
	free(h->strings);
	free(h->script);
	h->strings = NULL;
	h->script = NULL;
	exec_text_free(&h->text);
}

void
message_release(struct held *h)
{
	/* acq_rel: every holder's reads come before the last one frees it. */
	if (!h || atomic_fetch_sub_explicit(&h->references, 1, memory_order_acq_rel) != 1)
		return;
	let_go(h);
	syscall_payload_free(&h->payload);
	free(h->path);
	free(h);
}

struct held *
message_next(struct held *h)
{
	/* Acquire: pairs with the releases of those who held it, as in message_release(). */
	if (atomic_load_explicit(&h->references, memory_order_acquire) == 1) {
		let_go(h);
		return h;
	}
	message_release(h);
	return message_create();
}

/* Linux's open flags as Darwin's kernel shows them: FREAD, FWRITE, O_*; see ES_open's fflag. */
static int32_t
darwin_fflag(uint32_t oflag)
{
	static const struct {
		uint32_t linux_flag, darwin_flag;
	} table[] = {
		{ O_NONBLOCK, 0x4 },
		{ O_APPEND, 0x8 },
		{ O_ASYNC, 0x40 },
		{ O_NOFOLLOW, 0x100 },
		{ O_CREAT, 0x200 },
		{ O_TRUNC, 0x400 },
		{ O_EXCL, 0x800 },
		{ O_NOCTTY, 0x20000 },
		{ O_DIRECTORY, 0x100000 },
		{ O_CLOEXEC, 0x1000000 },
		{ O_PATH, 0x8000 /* O_EVTONLY: the nearest there is */ },
	};
	int32_t fflag;

	switch (oflag & O_ACCMODE) {
	case O_RDONLY:
		fflag = 1;
		break;
	case O_WRONLY:
		fflag = 2;
		break;
	default:
		fflag = 3;
	}
	if ((oflag & O_TMPFILE) == O_TMPFILE)
		oflag &= ~(uint32_t)O_DIRECTORY; /* only part of O_TMPFILE's number */
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (oflag & table[i].linux_flag)
			fflag |= table[i].darwin_flag;
	if ((oflag & O_SYNC) == O_SYNC)
		fflag |= 0x80;
	else if (oflag & O_DSYNC)
		fflag |= 0x400000;
	return fflag;
}

/* Copies the record's text after the message. */
static es_string_token_t
keep_text(struct held *h, const struct wire_head *w)
{
	es_string_token_t none = { 0, "" };

	if (h->path_room < (size_t)w->text_len + 1) {
		size_t room = ((size_t)w->text_len + 1 + 511) & ~(size_t)511;
		char *path = realloc(h->path, room);

		if (!path)
			return none;
		h->path = path;
		h->path_room = room;
	}
	memcpy(h->path, (const char *)w + w->text, w->text_len);
	h->path[w->text_len] = '\0';
	return (es_string_token_t){ w->text_len, h->path };
}

static es_file_t *
keep_file(struct held *h, const struct wire_file *w)
{
	es_file_t *f = &h->files[0];

	f->path = keep_text(h, &w->head);
	f->path_truncated = w->head.flags & WIRE_CUT;
	process_cache_stat(&f->stat, &w->stat);
	return f;
}

/* Splits text into its NUL-terminated strings; the tokens point into it. */
static uint32_t
split(es_string_token_t *out, uint32_t max, char *text, size_t length)
{
	char *end = text + length;
	uint32_t n = 0;

	while (text < end && n < max) {
		size_t piece = strnlen(text, (size_t)(end - text));

		out[n++] = (es_string_token_t){ piece, text };
		text += piece + 1;
	}
	return n;
}

static void
keep_args(struct held *h, const struct wire_exec *w)
{
	size_t args = w->args_len < h->text.length ? w->args_len : h->text.length;
	/* Each takes a byte at least: of what did not come along there is nothing to make room for. */
	uint32_t most_args = w->argc < args ? w->argc : (uint32_t)args;
	uint32_t most_env = w->envc < h->text.length - args ? w->envc : (uint32_t)(h->text.length - args);

	h->arg_count = h->env_count = 0;
	h->args_cut = w->args_len > args;
	if (!h->text.args)
		return;
	h->strings = calloc((size_t)most_args + most_env + 1, sizeof(*h->strings));
	if (!h->strings)
		return;
	h->arg_count = split(h->strings, most_args, h->text.args, args);
	h->env_count = split(h->strings + h->arg_count, most_env, h->text.args + args, h->text.length - args);
}

/*
 * The script's canonical path. The kernel has let go of the file when the exec
 * is reported, so its name is looked up again; where that fails (another mount
 * namespace, gone) the name as it was given stands, made absolute.
 */
static es_file_t *
find_script(struct held *h, es_string_token_t given)
{
	const char *cwd = h->text.cwd ? h->text.cwd : "";
	char name[2 * PATH_MAX + 2], real[PATH_MAX];
	es_file_t *f = &h->files[0];

	if (given.length == 0 || given.length >= PATH_MAX || strlen(cwd) >= PATH_MAX)
		return NULL;
	if (given.data[0] == '/')
		snprintf(name, sizeof(name), "%s", given.data);
	else
		snprintf(name, sizeof(name), "%s/%s", strcmp(cwd, "/") == 0 ? "" : cwd, given.data);
	memset(f, 0, sizeof(*f));
	if (realpath(name, real) && stat(real, &f->stat) == 0)
		h->script = strdup(real);
	else
		h->script = strdup(name);
	if (!h->script)
		return NULL;
	f->path = (es_string_token_t){ strlen(h->script), h->script };
	return f;
}

static void
fill_exec(struct held *h, const struct wire_exec *w, struct cached_process *target, struct exec_text *text)
{
	es_event_exec_t *e = &h->message.event.exec;
	es_string_token_t given = keep_text(h, &w->head); /* path NUL interpreter NUL */
	size_t first = strnlen(given.data, given.length);

	h->text = *text;
	*text = (struct exec_text){ 0 };
	keep_args(h, w);
	e->target = &target->process;
	e->dyld_exec_path = (es_string_token_t){ first, given.data };
	if (w->script && first + 1 < given.length) {
		const char *interpreter = given.data + first + 1;

		e->script = find_script(h, e->dyld_exec_path);
		e->dyld_exec_path = (es_string_token_t){ strlen(interpreter), interpreter };
	}
	h->files[1] = (es_file_t){ .path = { 1, "/" } };
	if (h->text.cwd)
		h->files[1].path = (es_string_token_t){ strlen(h->text.cwd), h->text.cwd };
	e->cwd = &h->files[1];
	e->last_fd = w->last_fd;
#ifdef __x86_64__
	e->image_cputype = w->compat ? CPU_TYPE_X86 : CPU_TYPE_X86_64;
	e->image_cpusubtype = 3; /* CPU_SUBTYPE_X86_ALL, CPU_SUBTYPE_X86_64_ALL */
#else
	e->image_cputype = w->compat ? CPU_TYPE_ARM : CPU_TYPE_ARM64;
#endif
}

bool
message_fill(struct held *h, const struct wire_head *w, struct cached_process *process,
	     struct cached_process *other, struct exec_text *text, int64_t wall_minus_mono_ns)
{
	es_message_t *m = &h->message;
	int64_t wall = (int64_t)w->time + wall_minus_mono_ns;

	if (w->kind >= WIRE_EVENTS)
		return false;
	h->process = process_cache_hold(process);
	h->other = process_cache_hold(other);
	m->version = ES_LINUX_MESSAGE_VERSION;
	m->time = (struct timespec){ wall / 1000000000, wall % 1000000000 };
	m->mach_time = w->time;
	m->deadline = 0;
	m->process = &process->process;
	m->event_type = message_type_of_kind[w->kind];
	m->action_type = ES_ACTION_TYPE_NOTIFY;
	memset(&m->action, 0, sizeof(m->action));
	h->thread.thread_id = w->tid;
	m->thread = &h->thread;

	h->payload.target_count = 0;
	if (w->flags & WIRE_SYSCALL)
		return syscall_payload_fill(&h->payload, m, (const struct wire_syscall *)w, other);
	/* The payload's reserved tail stays zero: only what is of this event is written. */
	switch (w->kind) {
	case WIRE_OPEN: {
		const struct wire_file *f = (const struct wire_file *)w;

		m->action.notify.result_type = ES_RESULT_TYPE_FLAGS;
		m->action.notify.result.flags = UINT32_MAX;
		m->event.open = (es_event_open_t){ .fflag = darwin_fflag(f->oflag), .file = keep_file(h, f) };
		return true;
	}
	case WIRE_CLOSE:
		m->event.close = (es_event_close_t){ .modified = w->flags & WIRE_MODIFIED,
						     .target = keep_file(h, (const void *)w),
						     .was_mapped_writable = w->flags & WIRE_MAPPED };
		return true;
	case WIRE_CREATE: /* by an open */
		syscall_payload_create(&h->payload, m, keep_file(h, (const void *)w));
		return true;
	case WIRE_SIGNAL:
	case WIRE_PROC_SUSPEND_RESUME:
		return syscall_payload_signal(&h->payload, m, (const struct wire_signal *)w, other);
	case WIRE_EXEC:
		if (!other)
			return false;
		memset(&m->event.exec, 0, sizeof(m->event.exec));
		fill_exec(h, (const struct wire_exec *)w, other, text);
		return true;
	case WIRE_FORK:
		if (!other)
			return false;
		m->event.fork = (es_event_fork_t){ .child = &other->process };
		return true;
	case WIRE_EXIT:
		m->event.exit = (es_event_exit_t){ .stat = ((const struct wire_exit *)w)->status };
		return true;
	default:
		return false;
	}
}

size_t
message_targets(const es_message_t *m, const es_string_token_t **paths)
{
	struct payload_room *payload = &held_of(m)->payload;

	switch (m->event_type) {
	case ES_EVENT_TYPE_NOTIFY_OPEN:
		payload->target[0] = m->event.open.file->path;
		break;
	case ES_EVENT_TYPE_NOTIFY_CLOSE:
		payload->target[0] = m->event.close.target->path;
		break;
	case ES_EVENT_TYPE_NOTIFY_EXEC:
		payload->target[0] = m->event.exec.target->executable->path;
		break;
	default: /* what filled it in knows them */
		*paths = payload->target;
		return payload->target_count;
	}
	*paths = payload->target;
	return 1;
}

/* ---- the API's part -------------------------------------------------------- */

void
es_retain_message(const es_message_t *msg)
{
	atomic_fetch_add_explicit(&held_of(msg)->references, 1, memory_order_relaxed);
}

void
es_release_message(const es_message_t *msg)
{
	message_release(held_of(msg));
}

es_message_t *
es_copy_message(const es_message_t *msg)
{
	es_retain_message(msg);
	return (es_message_t *)msg;
}

void
es_free_message(es_message_t *msg)
{
	es_release_message(msg);
}

es_respond_result_t
es_respond_auth_result(es_client_t *client, const es_message_t *message, es_auth_result_t result, bool cache)
{
	(void)result, (void)cache;
	return client && message ? ES_RESPOND_RESULT_ERR_EVENT_TYPE : ES_RESPOND_RESULT_ERR_INVALID_ARGUMENT;
}

es_respond_result_t
es_respond_flags_result(es_client_t *client, const es_message_t *message, uint32_t authorized_flags,
			bool cache)
{
	(void)authorized_flags, (void)cache;
	return client && message ? ES_RESPOND_RESULT_ERR_EVENT_TYPE : ES_RESPOND_RESULT_ERR_INVALID_ARGUMENT;
}

size_t
es_message_size(const es_message_t *msg)
{
	(void)msg;
	return sizeof(es_message_t);
}

bool
es_linux_args_cut(const es_message_t *message)
{
	return message->event_type == ES_EVENT_TYPE_NOTIFY_EXEC && held_of(message)->args_cut;
}

const es_linux_mount_t *
es_linux_mount(const es_message_t *message)
{
	switch (message->event_type) {
	case ES_EVENT_TYPE_NOTIFY_MOUNT:
	case ES_EVENT_TYPE_NOTIFY_UNMOUNT:
	case ES_EVENT_TYPE_NOTIFY_REMOUNT:
		return &held_of(message)->payload.mount;
	default:
		return NULL;
	}
}

static const struct held *
held_of_exec(const es_event_exec_t *event)
{
	return held_of((const es_message_t *)((const char *)event - offsetof(es_message_t, event.exec)));
}

uint32_t
es_exec_arg_count(const es_event_exec_t *event)
{
	return held_of_exec(event)->arg_count;
}

es_string_token_t
es_exec_arg(const es_event_exec_t *event, uint32_t index)
{
	return held_of_exec(event)->strings[index];
}

uint32_t
es_exec_env_count(const es_event_exec_t *event)
{
	return held_of_exec(event)->env_count;
}

es_string_token_t
es_exec_env(const es_event_exec_t *event, uint32_t index)
{
	const struct held *h = held_of_exec(event);

	return h->strings[h->arg_count + index];
}

uint32_t
es_exec_fd_count(const es_event_exec_t *event)
{
	return held_of_exec(event)->text.fd_count;
}

const es_fd_t *
es_exec_fd(const es_event_exec_t *event, uint32_t index)
{
	return &held_of_exec(event)->text.fds[index];
}
