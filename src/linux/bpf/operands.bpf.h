// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * operands - what the arguments of a system call stand for: files, text, structs, processes.
 *
 * All leave what they find in the memory of the CPU. Bounds: no loop; each file builds one path,
 * text is at most GIVEN_MAX bytes.
 */
#ifndef ESTOP_LINUX_BPF_OPERANDS_H
#define ESTOP_LINUX_BPF_OPERANDS_H

#include "src/linux/bpf/files.bpf.h"

#define ROW_ARG(row, part) ((u32)((row) >> ROW_##part) & 15)

/* What place() found. */
enum { PLACE_NONE, PLACE_ELSEWHERE, PLACE_IN_TREE };

/*
 * Where a path begins: sets mnt, dentry and inode of the slot to the root when
 * the path begins with a slash, else to the descriptor's file, else, for
 * AT_FDCWD, to the working directory.
 */
VERIFIED_ONCE int
place(u32 slot, u32 fd, u32 first_byte)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf());
	struct cpu *cpu = cpu_at(slot);

	if (!cpu)
		return PLACE_NONE;
	if (first_byte == '/' || (s32)fd == AT_FDCWD) {
		struct fs_struct *fs = task->fs;

		if (!fs)
			return PLACE_NONE;
		cpu->mnt = (u64)(first_byte == '/' ? fs->root.mnt : fs->pwd.mnt);
		cpu->dentry = (u64)(first_byte == '/' ? fs->root.dentry : fs->pwd.dentry);
		cpu->inode = WORD(cpu->dentry, struct dentry, d_inode);
		return PLACE_IN_TREE;
	} else {
		u64 address = file_of(task, fd);
		struct file *file = CAST(struct file, address);

		if (!address)
			return PLACE_NONE;
		cpu->mnt = (u64)LOAD(file, f_path.mnt);
		cpu->dentry = (u64)LOAD(file, f_path.dentry);
		cpu->inode = (u64)LOAD(file, f_inode);
		return cpu->inode && in_file_tree(cpu->inode) ? PLACE_IN_TREE : PLACE_ELSEWHERE;
	}
}

/* Reads text of the caller after what there is; returns its first byte, 0 when it is empty. */
VERIFIED_ONCE u32
read_text(u32 slot, u64 address, u32 piece)
{
	struct cpu *cpu = cpu_at(slot);
	u32 at, first;
	long n;

	if (!cpu || !address)
		return 0;
	at = TEXT_END + (cpu->after & (TEXT_END / 2 - 1));
	n = bpf_probe_read_user_str(&cpu->text[at], piece == WIRE_NAME ? NAME_ROOM : GIVEN_MAX,
				    (void *)address);
	if (n < 0) {
		cpu->flags |= WIRE_UNREAD;
		return 0;
	}
	if (n < 2)
		return 0;
	first = (u8)cpu->text[at];
	cpu->length[piece & (WIRE_PIECES - 1)] = (u32)n - 1;
	cpu->after += (u32)n - 1;
	return first;
}

/* The second file: its base and what was given; 0 when it is none of the file tree's. */
VERIFIED_ONCE int
second_file(u32 slot, u32 fd, u64 given)
{
	struct cpu *cpu = cpu_at(slot);
	u32 first = 0, off = TEXT_END, length;
	int found;

	if (!cpu)
		return 0;
	if (given && bpf_probe_read_user(&first, 1, (void *)given))
		cpu->flags |= WIRE_UNREAD;
	found = place(slot, fd, first);
	if (found != PLACE_IN_TREE && !first)
		return 0;
	if (found == PLACE_NONE)
		cpu->flags |= WIRE_CUT2; /* another thread has closed it */
	else
		off = build_path(slot);
	if (off & PATH_CUT)
		cpu->flags |= WIRE_CUT2;
	off &= ~PATH_CUT;
	length = TEXT_END - off;
	if (length > BASE2_MAX) {
		length = BASE2_MAX; /* its end is kept */
		cpu->flags |= WIRE_CUT2;
	}
	off = (TEXT_END - length) & (TEXT_ROOM - 1);
	length &= 2 * 4096 - 1;
	bpf_probe_read_kernel(&cpu->text[TEXT_END], length, &cpu->text[off]);
	cpu->length[WIRE_BASE2] = length;
	cpu->after = length;
	cpu->inode2 = given ? 0 : cpu->inode;
	if (given)
		read_text(slot, given, WIRE_GIVEN2);
	return 1;
}

/* A struct of the caller's, or as much of it as there is in one of the usual sizes. */
static __always_inline void
read_data(struct cpu *cpu, u64 address)
{
	__builtin_memset(cpu->data, 0, sizeof(cpu->data));
	if (!address)
		return;
	if (bpf_probe_read_user(cpu->data, 32, (void *)address) &&
	    bpf_probe_read_user(cpu->data, 16, (void *)address) &&
	    bpf_probe_read_user(cpu->data, 8, (void *)address) &&
	    bpf_probe_read_user(cpu->data, 4, (void *)address))
		cpu->flags |= WIRE_UNREAD;
}

/* The file of a socket's own address, or of its peer's; false when it is not in the file tree. */
VERIFIED_ONCE bool
place_socket(u32 slot, u32 kind)
{
	struct cpu *cpu = cpu_at(slot);
	u64 address = file_of(bpf_get_current_task_btf(), cpu ? (u32)cpu->arg[0] : 0), sock;
	struct file *file = CAST(struct file, address);
	struct socket *socket;
	struct inode *inode;
	struct sock *base;
	struct unix_sock *end;

	if (!cpu || !address || !bpf_core_type_exists(struct unix_sock))
		return false;
	inode = CAST(struct inode, LOAD(file, f_inode));
	if ((LOAD(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return false;
	socket = CAST(struct socket, LOAD(file, private_data));
	sock = (u64)LOAD(socket, sk);
	base = CAST(struct sock, sock);
	if (!sock || LOAD(base, __sk_common.skc_family) != AF_UNIX)
		return false;
	cpu->target[0] = (u16)LOAD(socket, type);
	cpu->target[1] = LOAD(base, sk_protocol);
	if (kind == WIRE_UIPC_CONNECT)
		sock = WORD(sock, struct unix_sock, peer);
	if (!sock)
		return false;
	end = CAST(struct unix_sock, sock);
	cpu->mnt = (u64)LOAD(end, path.mnt);
	cpu->dentry = (u64)LOAD(end, path.dentry);
	if (!cpu->dentry)
		return false; /* abstract, or without a name */
	cpu->inode = WORD(cpu->dentry, struct dentry, d_inode);
	return true;
}

/* The type of the file system that a descriptor of a mount is of, as the name. */
VERIFIED_ONCE int
read_type(u32 slot, u32 fd)
{
	struct cpu *cpu = cpu_at(slot);
	u64 address = file_of(bpf_get_current_task_btf(), fd);
	struct file *file = CAST(struct file, address);
	const char *name;
	long n;

	if (!cpu || !address)
		return 0;
	name = BPF_CORE_READ(file, f_path.mnt, mnt_sb, s_type, name);
	n = bpf_probe_read_kernel_str(&cpu->text[TEXT_END], NAME_ROOM, name);
	if (n > 1 && !cpu->after) {
		cpu->length[WIRE_NAME] = (u32)n - 1;
		cpu->after = (u32)n - 1;
	}
	return 0;
}

/* number[] becomes the process that a task, by its address, is of; false when that is the caller. */
static __always_inline bool
resolve_target(struct cpu *cpu, u64 task)
{
	u64 leader = WORD(task, struct task_struct, group_leader);
	struct task_struct *target = CAST(struct task_struct, leader);

	cpu->target[0] = (u32)LOAD(target, tgid);
	cpu->target[1] = version_of(LOAD(target, start_boottime), LOAD(target, self_exec_id));
	return cpu->target[0] != (u32)(bpf_get_current_pid_tgid() >> 32);
}

/* Whom a ptrace(2) that succeeded was about: who asks to be traced, itself. */
VERIFIED_ONCE bool
resolve_ptrace(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	u64 current = bpf_get_current_task(), list, node;

	if (!cpu)
		return false;
	if ((u32)cpu->arg[0] == PTRACE_TRACEME) {
		resolve_target(cpu, current);
		return true;
	}
	if ((u32)cpu->arg[0] != PTRACE_ATTACH && (u32)cpu->arg[0] != PTRACE_SEIZE)
		return false;
	list = current + bpf_core_field_offset(struct task_struct, ptraced);
	node = word_at(list); /* the newest first */
	return node && node != list &&
	       resolve_target(cpu, node - bpf_core_field_offset(struct task_struct, ptrace_entry));
}

#ifdef HAVE_CAST
extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *) __ksym;
#endif

/* By number, as the caller sees it: only processes in the initial pid namespace are understood. */
VERIFIED_ONCE bool
resolve_pid(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	struct pid *own = CAST(struct pid, WORD(bpf_get_current_task(), struct task_struct, thread_pid));

	if (!cpu || LOAD(own, level))
		return false;
#ifdef HAVE_CAST
	/* on_call, a kprobe, may not call bpf_task_from_pid(). */
	if (!settings.by_calls) {
		struct task_struct *task = bpf_task_from_pid((s32)cpu->arg[0]);
		bool other;

		if (!task)
			return false;
		*(volatile u64 *)&cpu->number = (u64)task;
		other = resolve_target(cpu, *(volatile u64 *)&cpu->number);
		bpf_task_release(task);
		return other;
	}
#endif
	cpu->target[0] = (u32)cpu->arg[0];
	cpu->target[1] = 0; /* the dispatch thread asks */
	return cpu->target[0] != (u32)(bpf_get_current_pid_tgid() >> 32);
}

VERIFIED_ONCE bool
resolve_pidfd(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	u64 address = file_of(bpf_get_current_task_btf(), cpu ? (u32)cpu->arg[0] : 0), pid, node;
	struct file *file = CAST(struct file, address);
	struct inode *inode;

	if (!cpu || !address)
		return false;
	inode = CAST(struct inode, LOAD(file, f_inode));
	pid = (u64)LOAD(file, private_data);
	if (!pid)
		pid = (u64)LOAD(inode, i_private); /* 6.9 */
	if (!pid)
		return false;
	node = word_at(pid + bpf_core_field_offset(struct pid, tasks) + PIDTYPE_TGID * 8);
	return node && resolve_target(cpu, node - bpf_core_field_offset(struct task_struct, pid_links) -
						   PIDTYPE_TGID * 16);
}

#endif
