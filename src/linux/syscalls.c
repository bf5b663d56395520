/* syscalls - the system calls that events are made of, in one table. */
#include "src/linux/syscalls.h"

#include <stddef.h>

enum { NA = -1 }; /* of numbers; arguments are spelled with their prefix below */

struct call {
	short native, compat; /* number for 64-bit programs, and for 32-bit ones; NA: none */
	u8 enter, exit, kind;
	u8 fd, path, fd2, path2, text, data;
};

#define ARG_0 0
#define ARG_1 1
#define ARG_2 2
#define ARG_3 3
#define ARG_4 4
#define ARG_5 5
#define ENTER_NONE SHAPE_NONE
#define EXIT_NONE SHAPE_NONE
#ifdef __x86_64__
#define NUMBERS(x86_64, i386, arm64) .native = (x86_64), .compat = (i386)
#else
#define NUMBERS(x86_64, i386, arm64) .native = (arm64), .compat = NA
#endif

static const struct call calls[CALL_COUNT] = {
#define X(id, x86_64, i386, arm64, on_enter, on_exit, event, first, name1, second, name2, string, \
	  memory)                                                                                 \
	[CALL_##id] = {                                                                           \
		NUMBERS(x86_64, i386, arm64), .enter = ENTER_##on_enter, .exit = EXIT_##on_exit,  \
		.kind = WIRE_##event,         .fd = ARG_##first,         .path = ARG_##name1,     \
		.fd2 = ARG_##second,          .path2 = ARG_##name2,      .text = ARG_##string,    \
		.data = ARG_##memory},
	CALL_TABLE(X)
#undef X
};

#define BIT(kind) (1ULL << WIRE_##kind)

/* The events a call can become when it has succeeded. Opens and closes may come from functions instead. */
static u64
exit_kinds(const struct call *call, bool functions)
{
	u64 own = 1ULL << call->kind;

	switch (call->exit) {
	case SHAPE_NONE:
		return 0;
	case EXIT_OPEN:
	case EXIT_CREAT:
	case EXIT_OPENAT:
	case EXIT_OPENAT2: /* for a close to say later whether the file was modified */
		return functions ? 0 : BIT(OPEN) | BIT(CLOSE) | BIT(CREATE);
	case EXIT_MMAP:
	case EXIT_MPROTECT:
	case EXIT_WRITE: /* the same */
		return own | BIT(CLOSE);
	case EXIT_RENAMEAT2:
		return own | BIT(EXCHANGEDATA);
	case EXIT_FCNTL:
		return own | BIT(DUP);
	case EXIT_IOCTL:
		return BIT(CLONE) | BIT(SETFLAGS) | BIT(PTY_GRANT);
	case EXIT_XATTR:
		return own | BIT(SETACL);
	case EXIT_SETRES:
		return own | (call->kind == WIRE_SETREUID ? BIT(SETEUID) : BIT(SETEGID));
	case EXIT_MOUNT:
		return own | BIT(REMOUNT);
	default:
		return own;
	}
}

/* The events for which a call is looked at when it begins. */
static u64
enter_kinds(const struct call *call, bool exec_begins, bool functions)
{
	switch (call->enter) {
	case SHAPE_NONE:
		return 0;
	case ENTER_EXEC:
		return exec_begins ? BIT(EXEC) : 0;
	default:
		return functions ? 0 : BIT(CLOSE) | BIT(PTY_CLOSE);
	}
}

/* Each row is one store: a call under way sees it as it was, or as it is. */
static void
set(struct wire_calls *to, unsigned table, short number, u64 row)
{
	if (number >= 0 && number < WIRE_CALLS)
		__atomic_store_n(&to->row[table][number], row, __ATOMIC_RELAXED);
}

u8
syscalls_choose(struct wire_calls *to, u64 kinds, bool exec_begins, bool functions)
{
	u8 look[WIRE_CALLS] = { 0 }, all = 0;

	for (unsigned i = 0; i < CALL_COUNT; i++) {
		const struct call *c = &calls[i];
		bool enter = kinds & enter_kinds(c, exec_begins, functions);
		bool exit = kinds & exit_kinds(c, functions);
		/* on_open looks up there where a call has its flags. */
		bool shaped = exit || (functions && c->kind == WIRE_OPEN);
		u64 row = (enter ? (u64)c->enter << ROW_ENTER : 0) | (shaped ? (u64)c->exit << ROW_EXIT : 0) |
			  (u64)c->kind << ROW_KIND | (u64)c->fd << ROW_FD | (u64)c->path << ROW_PATH |
			  (u64)c->fd2 << ROW_FD2 | (u64)c->path2 << ROW_PATH2 | (u64)c->text << ROW_TEXT |
			  (u64)c->data << ROW_DATA | (u64)i << ROW_CALL;
		u8 bits = (u8)((enter ? LOOK_ENTER : 0) | (exit ? LOOK_EXIT : 0));

		all |= bits;
		set(to, 0, c->native, row);
		set(to, 1, c->compat, row);
		if (c->native >= 0)
			look[c->native] |= bits;
		if (c->compat >= 0)
			look[c->compat] |= bits;
	}
	/* Release: rows before what leads to them. */
	for (unsigned n = 0; n < WIRE_CALLS; n++)
		__atomic_store_n(&to->look[n], look[n], __ATOMIC_RELEASE);
	return all;
}

const char *
syscalls_function(enum call_id id, u64 kinds)
{
	static const char *const names[CALL_COUNT] = {
#define X(name, ...) [CALL_##name] = #name,
		CALL_TABLE(X)
#undef X
	};

	if (calls[id].native < 0 || !(exit_kinds(&calls[id], true) & kinds))
		return NULL;
	switch ((int)id) { /* whose functions have another name */
	case CALL_stat:
		return "newstat";
	case CALL_lstat:
		return "newlstat";
	case CALL_fstat:
		return "newfstat";
	case CALL_umount2:
		return "umount";
	case CALL_sendfile:
		return "sendfile64";
	default:
		return names[id];
	}
}
