/*
 * fuzz_wire - any bytes as records of the kernel's ring: those that wire_valid() lets through make
 * messages, and those events, which are well formed and can be recorded.
 */
#ifdef __linux__
#include "src/es/decode.h"
#include "src/linux/message.h"
#include "src/linux/syscall_payloads.h"
#include "src/linux/wire_check.h"
#include "src/stream/eslogger.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of those the kernel has: up to its PID_MAX_LIMIT, and nothing is done by 0. */
static u32
some_pid(u32 number)
{
	u32 pid = number & ((1 << 22) - 1);

	return pid ? pid : 1;
}

/* As the dispatch thread has it, but for asking the system. */
static struct cached_process *
who(struct process_cache *t, u32 pid, u32 version)
{
	const u32 real = some_pid(pid);
	struct {
		struct wire_proc proc;
		char text[8];
	} unknown = { .proc.head = { .size = sizeof(unknown),
				     .kind = WIRE_PROC,
				     .pid = real,
				     .version = version,
				     .text = sizeof(unknown.proc) } };

	if (!process_cache_find(t, real, version))
		process_cache_add(t, &unknown.proc);
	return process_cache_find(t, real, version);
}

static void
record(const es_message_t *m)
{
	struct eslogger reader = { .detail = true };
	struct text line = { 0 };
	size_t size = decode_room(m, DECODE_EXE | DECODE_DETAIL);
	struct event *e = malloc(size);

	FUZZ_HOLDS(e);
	decode(e, m, DECODE_EXE | DECODE_DETAIL);
	FUZZ_HOLDS(event_valid(e, size));
	eslogger_write(&line, e);
	FUZZ_HOLDS(line.length > 1);
	if (eslogger_read(&reader, line.bytes, line.length - 1) == ESLOGGER_BROKEN) {
		fprintf(stderr, "%s: %.*s", reader.why, (int)line.length, line.bytes);
		FUZZ_HOLDS(!"a line of ours can be read");
	}
	FUZZ_HOLDS(reader.event->id == e->id && reader.event->who.pid == e->who.pid);
	eslogger_finish(&reader);
	text_finish(&line);
	free(e);
}

static struct held *
event(struct process_cache *t, struct held *h, const struct wire_head *w)
{
	struct exec_text text = { 0 };
	struct cached_process *process, *other = NULL;
	u32 pid, version;

	if (w->kind == WIRE_EXEC) {
		other = who(t, w->pid, ((const struct wire_exec *)w)->new_version);
		text = process_cache_take_text(t, w->pid);
	} else if (w->kind == WIRE_FORK) {
		who(t, w->pid, w->version);
		process_cache_fork(t, (const struct wire_fork *)w);
		other = who(t, ((const struct wire_fork *)w)->child_pid,
			    ((const struct wire_fork *)w)->child_version);
	} else if (syscall_payload_other(w, &pid, &version)) {
		other = version ? who(t, pid, version) : process_cache_newest(t, pid);
	}
	process_cache_hold(other);
	process = other && w->kind == WIRE_EXEC ? process_cache_find(t, w->pid, w->version) : NULL;
	if (other && w->kind == WIRE_EXEC && !process)
		process = process_cache_make_before(t, other, w->version);
	if (!process)
		process = who(t, w->pid, w->version);
	FUZZ_HOLDS(process);
	if (message_fill(h, w, process, other, &text, 0)) {
		const es_string_token_t *paths;
		size_t n = message_targets(message_of(h), &paths);

		FUZZ_HOLDS(n <= 2);
		for (size_t i = 0; i < n; i++)
			FUZZ_HOLDS(strnlen(paths[i].data, paths[i].length + 1) <= paths[i].length);
		record(message_of(h));
	}
	process_cache_drop(other);
	exec_text_free(&text);
	h = message_next(h);
	FUZZ_HOLDS(h);
	if (w->kind == WIRE_EXEC)
		process_cache_forget_old(t, w->pid);
	else if (w->kind == WIRE_EXIT)
		process_cache_forget(t, w->pid);
	return h;
}

int
fuzz_wire(const uint8_t *bytes, size_t length)
{
	struct process_cache *t = process_cache_create(NULL);
	struct held *h = message_create();

	FUZZ_HOLDS(t && h);
	while (length > 2) {
		size_t size = bytes[0] | (size_t)bytes[1] << 8;
		struct wire_head *w;

		bytes += 2, length -= 2;
		if (size > length)
			size = length;
		w = malloc(size > sizeof(*w) ? size : sizeof(*w));
		FUZZ_HOLDS(w);
		memset(w, 0, sizeof(*w));
		memcpy(w, bytes, size);
		bytes += size, length -= size;
		w->size = (u32)size; /* the ring has the length, too */
		w->pid = some_pid(w->pid);
		if (size >= sizeof(*w) && wire_valid(w)) {
			if (w->kind == WIRE_PROC)
				process_cache_add(t, (const struct wire_proc *)w);
			else if (w->kind == WIRE_TEXT)
				process_cache_add_text(t, (const struct wire_text *)w);
			else if (w->kind < WIRE_EVENTS)
				h = event(t, h, w);
		}
		free(w);
	}
	message_release(h);
	process_cache_destroy(t);
	return 0;
}
#else /* there are none */
#include "tests/fuzz/fuzz.h"

int
fuzz_wire(const uint8_t *bytes, size_t length)
{
	(void)bytes, (void)length;
	return 0;
}
#endif
