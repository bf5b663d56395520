// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * syscalls - the programs that run when a system call begins and ends, by the rows of syscalls.h.
 *
 * A call that is not subscribed to costs one load. Bounds: no loop; an event builds at most two paths and
 * that of its process.
 */
#ifndef ESTOP_LINUX_BPF_SYSCALLS_H
#define ESTOP_LINUX_BPF_SYSCALLS_H

#include "src/linux/bpf/operands.bpf.h"
#include "src/linux/bpf/processes.bpf.h"

#ifdef __TARGET_ARCH_x86
/* 32-bit calls (int 0x80, and programs built for i386) have numbers of their own. */
#define IS_32BIT(task) (((task)->thread_info.status & TS_COMPAT) != 0)
#define RETURNED(frame) ((long)(frame)->ax) /* by a function of the kernel */
#define CALL_NUMBER(regs) ((long)(regs)->orig_ax)
#define ARG0(regs, compat) ((compat) ? (u32)(regs)->bx : (regs)->di)
#define ARG1(regs, compat) ((compat) ? (u32)(regs)->cx : (regs)->si)
#define ARG2(regs, compat) ((compat) ? (u32)(regs)->dx : (regs)->dx)
#define ARG3(regs, compat) ((compat) ? (u32)(regs)->si : (regs)->r10)
#define ARG4(regs, compat) ((compat) ? (u32)(regs)->di : (regs)->r8)
#define ARG5(regs, compat) ((compat) ? (u32)(regs)->bp : (regs)->r9)
#else
/* Calls of 32-bit programs are left out: syscalls.c has no row for them. */
#define IS_32BIT(task) ((task)->thread_info.flags >> TIF_32BIT & 1)
#define RETURNED(frame) ((long)(frame)->regs[0])
#define CALL_NUMBER(regs) ((u32)(regs)->syscallno) /* an int there */
#define ARG0(regs, compat) ((regs)->orig_x0)
#define ARG1(regs, compat) ((regs)->regs[1])
#define ARG2(regs, compat) ((regs)->regs[2])
#define ARG3(regs, compat) ((regs)->regs[3])
#define ARG4(regs, compat) ((regs)->regs[4])
#define ARG5(regs, compat) ((regs)->regs[5])
#endif

static __always_inline void
handle_sys_enter(struct pt_regs *regs, long id)
{
	struct task_struct *task;
	bool compat;
	u64 file;
	u32 fd, shape;

	if (!begin_run(bpf_get_smp_processor_id()))
		return;
	task = bpf_get_current_task_btf();
	compat = IS_32BIT(task);
	shape = (u8)(calls.row[compat][id] >> ROW_ENTER);
	switch (shape) {
	case ENTER_CLOSE:
		file = file_of(task, (u32)ARG0(regs, compat));
		break;
	case ENTER_DUP2:
	case ENTER_DUP3:
		fd = (u32)ARG1(regs, compat);
		if (fd == (u32)ARG0(regs, compat) || !file_of(task, (u32)ARG0(regs, compat)))
			return;
		if (shape == ENTER_DUP3 && (u32)ARG2(regs, compat) & ~02000000u)
			return; /* fails: only O_CLOEXEC is allowed */
		if (fd >= UNTRUSTED(task)->signal->rlim[RLIMIT_NOFILE].rlim_cur)
			return; /* fails: above the limit, even if it is in use */
		file = file_of(task, fd);
		break;
	case ENTER_EXEC:
		before_exec(bpf_get_smp_processor_id());
		return;
	case ENTER_CLOSE_RANGE:
		/* Only marks them, or is not known and fails. */
		if ((u32)ARG2(regs, compat) & ~(u32)CLOSE_RANGE_UNSHARE ||
		    (u32)ARG0(regs, compat) > (u32)ARG1(regs, compat))
			return;
		close_all((u32)ARG0(regs, compat), (u32)ARG1(regs, compat), SWEEP_ALL);
		return;
	default:
		return;
	}
	if (file)
		closed(file);
}

SEC("tp_btf/sys_enter")
int
BPF_PROG(on_sys_enter, struct pt_regs *regs, long id)
{
	if ((u64)id >= WIRE_CALLS || !(calls.look[id] & LOOK_ENTER))
		return 0;
	if (hold_cpu()) {
		handle_sys_enter(regs, id);
		release_cpu();
	}
	return 0;
}

/*
 * Writes the event of a call that succeeded, by the row of syscalls.h: arguments are
 * in the slot's arg[]. The pieces after the first path are written before it, as
 * all paths are built in the same place.
 */
VERIFIED_ONCE int
emit_call(u64 row, u32 kind, u32 compat)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf())->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	u32 fd = ROW_ARG(row, FD), path = ROW_ARG(row, PATH);
	u32 off = TEXT_END, body, size, first = 0;
	u32 shape = (u8)(row >> ROW_EXIT);
	struct wire_syscall *e;
	int found = PLACE_NONE;

	if (!cpu)
		return 0;
	cpu->after = 0;
	cpu->inode2 = 0;
	cpu->flags = WIRE_SYSCALL;
	if (path != ARG_NA && is_elsewhere(bpf_get_current_task_btf()))
		cpu->flags |= WIRE_ELSEWHERE;
	for (u32 i = 0; i < WIRE_PIECES; i++)
		cpu->length[i] = 0;
	if (ROW_ARG(row, FD2) != ARG_NA) {
		u64 given = ROW_ARG(row, PATH2) != ARG_NA ? cpu->arg[ROW_ARG(row, PATH2) & 7] : 0;

		if (!second_file(slot, (u32)cpu->arg[ROW_ARG(row, FD2) & 7], given))
			return 0;
	}
	if (shape == EXIT_MOUNT) /* the source is emitted as it was given */
		read_text(slot, cpu->arg[0], WIRE_GIVEN2);
	if (shape == EXIT_MOVE_MOUNT)
		read_type(slot, (u32)cpu->arg[0]);
	if (ROW_ARG(row, TEXT) != ARG_NA)
		read_text(slot, cpu->arg[ROW_ARG(row, TEXT) & 7], WIRE_NAME);
	if (path != ARG_NA)
		first = read_text(slot, cpu->arg[path & 7], WIRE_GIVEN);
	if (fd != ARG_NA)
		found = place(slot, (u32)cpu->arg[fd & 7], first);
	if (shape == EXIT_CWD)
		found = place(slot, (u32)AT_FDCWD, 0);
	if (shape == EXIT_ROOT)
		found = place(slot, 0, '/');
	if (shape == EXIT_SOCKET && place_socket(slot, kind))
		found = PLACE_IN_TREE; /* again: the WIRE_PROC was built in the same places */
	if (found == PLACE_ELSEWHERE && !first)
		return 0; /* fstatat() of a pipe, say, with an empty path */
	if (found != PLACE_NONE) {
		off = build_path(slot);
		cpu->flags |= off & PATH_CUT ? WIRE_CUT : 0;
		off &= ~PATH_CUT;
	} else if (first) {
		cpu->flags |= WIRE_CUT; /* another thread has closed what it counts from */
	}
	body = body_before(off, sizeof(*e));
	size = TEXT_END - body + cpu->after;
	e = (struct wire_syscall *)&cpu->text[body];
	fill_head(&e->head, size, kind, (u32)task->tgid, version_of(task->start_boottime, task->self_exec_id));
	e->head.flags = (u8)cpu->flags;
	e->head.text = (u16)(off - body);
	e->head.text_len = TEXT_END - off;
	__builtin_memset(&e->stat, 0, 2 * sizeof(e->stat));
	if (found == PLACE_IN_TREE && !first && cpu->inode && !(cpu->flags & WIRE_UNREAD))
		copy_stat(&e->stat, cpu->inode);
	if (cpu->inode2)
		copy_stat(&e->stat2, cpu->inode2);
	for (u32 i = 0; i < 6; i++)
		e->arg[i] = cpu->arg[i];
	e->ret = (s64)cpu->arg[ARG_RET];
	for (u32 i = 0; i < WIRE_PIECES; i++)
		e->length[i] = (u16)cpu->length[i];
	e->call = (u8)(row >> ROW_CALL);
	e->compat = (u8)compat;
	__builtin_memset(e->pad, 0, sizeof(e->pad));
	e->number[0] = cpu->target[0];
	e->number[1] = cpu->target[1];
	__builtin_memcpy(e->data, cpu->data, sizeof(e->data));
	body &= TEXT_END - 1;
	write_event(cpu, body, size & (TEXT_END - 1), kind, false);
	return 0;
}

/* The same, if it is wanted. */
VERIFIED_ONCE int
call_event(u64 row, u32 kind, u32 compat)
{
	struct task_struct *current = bpf_get_current_task_btf(), *task = current->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	struct wire_control *c = get_control();
	u32 fd = ROW_ARG(row, FD);

	if (!cpu || !c || kind >= WIRE_EVENTS || !(c->subscribed & 1ULL << kind))
		return 0;
	/* What is not in the file tree is not even muted. */
	if (ROW_ARG(row, PATH) == ARG_NA && fd != ARG_NA &&
	    place(slot, (u32)cpu->arg[fd & 7], 0) != PLACE_IN_TREE)
		return 0;
	if (admit(state_of(task, c, slot), task, current, c, cpu, slot, kind))
		emit_call(row, kind, compat);
	return 0;
}

static __always_inline u32
kind_of_ioctl(u32 request)
{
	switch (request) {
	case FICLONE:
	case FICLONERANGE:
		return WIRE_CLONE;
	case FS_IOC_SETFLAGS:
	case FS_IOC32_SETFLAGS:
		return WIRE_SETFLAGS;
	case TIOCSPTLCK:
		return WIRE_PTY_GRANT;
	}
	return WIRE_EVENTS;
}

/* system.posix_acl_access, system.posix_acl_default */
static __always_inline bool
is_acl(const u8 *name)
{
	return ((const u64 *)name)[0] == 0x702e6d6574737973 && ((const u64 *)name)[1] == 0x6c63615f7869736f;
}

/* The kind of event that a call is by its arguments, WIRE_EVENTS: none. */
static __always_inline u32
kind_of_call(const struct cpu *cpu, u64 row, u32 kind)
{
	switch ((u8)(row >> ROW_EXIT)) {
	case EXIT_IOCTL:
		return kind_of_ioctl((u32)cpu->arg[1]);
	case EXIT_XATTR:
		return is_acl(cpu->data) ? WIRE_SETACL : kind;
	case EXIT_RENAMEAT2:
		return cpu->arg[4] & RENAME_EXCHANGE ? WIRE_EXCHANGEDATA : kind;
	case EXIT_DUP:
		return (u32)cpu->arg[0] == (u32)cpu->arg[1] ? WIRE_EVENTS : kind;
	case EXIT_MMAP:
		return cpu->arg[3] & MAP_ANONYMOUS ? WIRE_EVENTS : kind;
	case EXIT_SETRES:
		if ((u32)cpu->arg[0] != ~0u || (u32)cpu->arg[2] != ~0u || (u32)cpu->arg[1] == ~0u)
			return kind;
		return kind == WIRE_SETREUID ? WIRE_SETEUID : WIRE_SETEGID;
	case EXIT_SETTIME:
		return cpu->arg[0] ? kind : WIRE_EVENTS;
	case EXIT_ADJTIME:
		if (!(*(const u32 *)cpu->data & ADJ_SETOFFSET))
			return WIRE_EVENTS;
		if (ROW_ARG(row, DATA) == 0) /* adjtimex() has but one clock */
			return kind;
		/* fall through */
	case EXIT_CLOCK:
		return (u32)cpu->arg[0] == CLOCK_REALTIME ? kind : WIRE_EVENTS;
	case EXIT_MOUNT:
		if (cpu->arg[3] & MS_REMOUNT)
			return WIRE_REMOUNT;
		return cpu->arg[3] & MS_PROPAGATION ? WIRE_EVENTS : kind;
	case EXIT_MOVE_MOUNT: /* may change propagation alone, as the next */
		return (u32)cpu->arg[4] & MOVE_MOUNT_SET_GROUP ? WIRE_EVENTS : kind;
	case EXIT_MOUNT_ATTR:
		return ((const u64 *)cpu->data)[0] | ((const u64 *)cpu->data)[1] ? kind : WIRE_EVENTS;
	default:
		return kind;
	}
}

/* Looks up what a call was about where its row does not say it; false: nothing that is an event. */
static __always_inline bool
resolve_call(struct cpu *cpu, u32 slot, u64 row, u32 kind)
{
	switch ((u8)(row >> ROW_EXIT)) {
	case EXIT_IOCTL:
		if (kind == WIRE_CLONE && (u32)cpu->arg[1] == FICLONERANGE)
			cpu->arg[2] = *(u64 *)cpu->data;
		if (kind == WIRE_PTY_GRANT) {
			if (*(u32 *)cpu->data)
				return false; /* locks it */
			resolve_terminal(cpu, file_of(bpf_get_current_task_btf(), (u32)cpu->arg[0]));
		}
		return true;
	case EXIT_PTRACE:
		return resolve_ptrace(slot);
	case EXIT_PID:
		return resolve_pid(slot);
	case EXIT_PIDFD:
		return resolve_pidfd(slot);
	case EXIT_SOCKET:
		return place_socket(slot, kind);
	default:
		return true;
	}
}

/* The event of a call that succeeded, of its row's kind or of another one. */
VERIFIED_ONCE int
shaped_call(u64 row, u32 kind, u32 compat)
{
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	u32 shape = (u8)(row >> ROW_EXIT);

	if (!cpu)
		return 0;
	if (shape == EXIT_IOCTL && kind_of_ioctl((u32)cpu->arg[1]) == WIRE_EVENTS)
		return 0; /* most of them: nothing of the caller's is read */
	if (ROW_ARG(row, DATA) != ARG_NA)
		read_data(cpu, cpu->arg[ROW_ARG(row, DATA) & 7]);
	if (shape == EXIT_XATTR) {
		__builtin_memset(cpu->data, 0, sizeof(cpu->data));
		bpf_probe_read_user_str(cpu->data, sizeof(cpu->data),
					(void *)cpu->arg[ROW_ARG(row, TEXT) & 7]);
	}
	kind = kind_of_call(cpu, row, kind);
	if (kind == WIRE_EVENTS || !resolve_call(cpu, slot, row, kind))
		return 0;
	if (kind == WIRE_CLONE && shape == EXIT_IOCTL)
		row = (row & ~(15ULL << ROW_FD2)) | 2ULL << ROW_FD2;
	call_event(row, kind, compat);
	if (shape == EXIT_FCNTL && ((u32)cpu->arg[1] == F_DUPFD || (u32)cpu->arg[1] == F_DUPFD_CLOEXEC))
		call_event(row, WIRE_DUP, compat);
	return 0;
}

/* The flags of an open as they were given to a call of that shape; other calls have none. */
static __always_inline bool
open_flags(struct pt_regs *regs, u32 shape, bool compat, u64 *flags)
{
	switch (shape) {
	case EXIT_OPEN:
		*flags = ARG1(regs, compat);
		return true;
	case EXIT_CREAT:
		*flags = 01101; /* O_CREAT | O_WRONLY | O_TRUNC */
		return true;
	case EXIT_OPENAT:
		*flags = ARG2(regs, compat);
		return true;
	case EXIT_OPENAT2:
		*flags = 0;
		bpf_probe_read_user(flags, sizeof(*flags), (void *)ARG2(regs, compat));
		return true;
	default:
		return false;
	}
}

static __always_inline bool
is_noted(u32 shape)
{
	return shape == EXIT_WRITE || shape == EXIT_MMAP || shape == EXIT_MPROTECT;
}

static __always_inline void
handle_sys_exit(struct pt_regs *regs, long ret, u64 id)
{
	struct task_struct *task;
	u64 row, file, flags;
	struct cpu *cpu;
	bool compat;

	cpu = begin_run(bpf_get_smp_processor_id());
	if (!cpu)
		return;
	task = bpf_get_current_task_btf();
	compat = IS_32BIT(task);
	row = calls.row[compat][id];
	if ((u8)(row >> ROW_EXIT) == SHAPE_NONE)
		return;
	if (!open_flags(regs, (u8)(row >> ROW_EXIT), compat, &flags)) {
		cpu->arg[0] = ARG0(regs, compat);
		cpu->arg[1] = ARG1(regs, compat);
		cpu->arg[2] = ARG2(regs, compat);
		cpu->arg[3] = ARG3(regs, compat);
		cpu->arg[4] = ARG4(regs, compat);
		cpu->arg[5] = ARG5(regs, compat);
		cpu->arg[ARG_CWD] = (u64)AT_FDCWD;
		cpu->arg[ARG_RET] = (u64)ret;
		if (is_noted((u8)(row >> ROW_EXIT))) {
			struct wire_control *c = get_control();

			if (c && SUBSCRIBED(c, CLOSE))
				note_call(cpu, row);
			if (!c || !(c->subscribed >> (row >> ROW_KIND & 63) & 1))
				return;
		}
		shaped_call(row, (u8)(row >> ROW_KIND), compat);
		return;
	}
	if (settings.functions)
		return; /* seen there; another call has the same number in the other numbering */
	file = file_of(task, (u32)ret);
	if (file)
		opened(file, (u32)flags);
}

SEC("tp_btf/sys_exit")
int
BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret)
{
	u64 id = (u64)CALL_NUMBER(regs);

	if (id >= WIRE_CALLS || !(calls.look[id] & LOOK_EXIT) || ret < 0)
		return 0;
	if (hold_cpu()) {
		handle_sys_exit(regs, ret, id);
		release_cpu();
	}
	return 0;
}

#ifdef HAVE_CAST
/*
 * The same for kernels whose tracepoints can be preempted (Linux 7). There the
 * kernel leaves a tp_btf program out while it is under way on that CPU for a
 * preempted process: of some floods by threads a third was missed. Programs of
 * perf's tracepoints have preemption off before they are entered.
 */
struct syscall_begins {
	u64 common;
	long id;
	unsigned long arg[6];
};

struct syscall_ends {
	u64 common;
	long id, ret;
};

SEC("tp/raw_syscalls/sys_enter")
int
perf_sys_enter(struct syscall_begins *ctx)
{
	struct pt_regs *regs;
	u64 id = (u64)ctx->id;

	asm volatile("" : "+r"(id)); /* read once: what is bounded is what is used */
	if (id >= WIRE_CALLS || !(calls.look[id] & LOOK_ENTER))
		return 0;
	regs = CAST(struct pt_regs, bpf_task_pt_regs(bpf_get_current_task_btf()));
	handle_sys_enter(regs, (long)id);
	return 0;
}

SEC("tp/raw_syscalls/sys_exit")
int
perf_sys_exit(struct syscall_ends *ctx)
{
	struct pt_regs *regs;
	u64 id = (u64)ctx->id;

	asm volatile("" : "+r"(id));
	if (id >= WIRE_CALLS || !(calls.look[id] & LOOK_EXIT) || ctx->ret < 0)
		return 0;
	regs = CAST(struct pt_regs, bpf_task_pt_regs(bpf_get_current_task_btf()));
	handle_sys_exit(regs, ctx->ret, id);
	return 0;
}

/* The same, attached to the functions of the calls that are looked at, so that no other call takes longer. */
SEC("kretprobe.multi")
int
on_call(struct pt_regs *ctx)
{
	struct pt_regs *regs = CAST(struct pt_regs, bpf_task_pt_regs(bpf_get_current_task_btf()));
	u64 id = (u64)CALL_NUMBER(regs);
	long ret = RETURNED(ctx);

	asm volatile("" : "+r"(id));
	if (id >= WIRE_CALLS || !(calls.look[id] & LOOK_EXIT) || ret < 0)
		return 0;
	/* It is run with preemption off. */
	handle_sys_exit(regs, ret, id);
	return 0;
}
#endif

#endif
