// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * files - open, create and close of one file, and the end of a pair of terminals.
 *
 * Bounds: no loop of its own; each event builds one path, for its process another.
 */
#ifndef ESTOP_LINUX_BPF_FILES_H
#define ESTOP_LINUX_BPF_FILES_H

#include "src/linux/bpf/mappings.bpf.h"

static __always_inline void
remember(struct cpu *cpu, u64 file, u64 inode)
{
	look_at(&cpu->written, inode);
	bpf_map_update_elem(&writers, &file, &cpu->written, BPF_ANY);
}

/* Builds the record of an open, create or close in text[], from where it returns on. */
VERIFIED_ONCE u32
build_file(u32 slot, u64 address, u32 kind, u32 oflag)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf())->group_leader;
	struct cpu *cpu = cpu_at(slot);
	struct file *file = CAST(struct file, address);
	u64 inode = (u64)LOAD(file, f_inode);
	struct wire_file *e;
	u32 off, cut = 0, body;

	if (!cpu)
		return 0;
	off = path_of(cpu, slot, file);
	cut = off & PATH_CUT;
	off &= ~PATH_CUT;
	body = body_before(off, sizeof(*e));
	e = (struct wire_file *)&cpu->text[body];
	fill_head(&e->head, TEXT_END - body, kind, (u32)task->tgid,
		  version_of(task->start_boottime, task->self_exec_id));
	e->head.flags = cut ? WIRE_CUT : 0;
	e->head.text = (u16)(off - body);
	e->head.text_len = TEXT_END - off;
	e->oflag = oflag;
	e->pad = 0;
	copy_stat(&e->stat, inode);
	if (kind == WIRE_CLOSE && was_mapped(cpu, inode))
		e->head.flags |= WIRE_MAPPED;
	if (LOAD(file, f_mode) & FMODE_WRITE) {
		struct written *then;

		if (kind == WIRE_OPEN)
			remember(cpu, address, inode);
		else if (kind == WIRE_CLOSE && (then = bpf_map_lookup_elem(&writers, &address)) &&
			 DIFFERS(then, &e->stat) &&
			 /* A write through a mapping changes the times, too, but never the size; only calls count. */
			 (then->by_call || then->size != e->stat.size || !(e->head.flags & WIRE_MAPPED)))
			e->head.flags |= WIRE_MODIFIED;
	}
	return body;
}

/* One open, create or close of the current process: the struct file at address. */
VERIFIED_ONCE int
file_event(u64 address, u32 kind, u32 oflag)
{
	struct task_struct *current = bpf_get_current_task_btf(), *task = current->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	struct wire_control *c = get_control();
	struct file *file = CAST(struct file, address);
	u64 inode = (u64)LOAD(file, f_inode);
	struct state *st;
	u32 body;

	if (!cpu || !c || kind >= WIRE_EVENTS || !inode || !in_file_tree(inode))
		return 0;
	st = state_of(task, c, slot);
	/* Its close may be wanted, and then has to say whether the file changed. */
	if (kind == WIRE_OPEN && st &&
	    (st->wanted & (1ULL << WIRE_OPEN | 1ULL << WIRE_CLOSE)) == 1ULL << WIRE_CLOSE &&
	    LOAD(file, f_mode) & FMODE_WRITE)
		remember(cpu, address, inode);
	if (!admit(st, task, current, c, cpu, slot, kind))
		return 0;
	body = build_file(slot, address, kind, oflag) & (TEXT_END - 1);
	write_event(cpu, body, (TEXT_END - body) & (TEXT_END - 1), kind, false);
	return 0;
}

/* The pair that a master's file is of. */
static __always_inline void
resolve_terminal(struct cpu *cpu, u64 address)
{
	struct file *file = CAST(struct file, address);
	u64 private = (u64)LOAD(file, private_data);
	u64 tty = private ? WORD(private, struct tty_file_private, tty) : 0;
	struct tty_struct *t = CAST(struct tty_struct, tty);
	struct tty_driver *driver;

	cpu->target[0] = cpu->target[1] = 0;
	if (!tty)
		return;
	driver = CAST(struct tty_driver, LOAD(t, driver));
	cpu->target[0] = (u32)LOAD(driver, major);
	cpu->target[1] = (u32)(LOAD(driver, minor_start) + LOAD(t, index));
}

/* Is it the last descriptor of a terminal's master? Then the pair ends with it. */
static __always_inline bool
is_last_of_terminal(u64 address)
{
	struct file *file = CAST(struct file, address);
	struct inode *inode = CAST(struct inode, LOAD(file, f_inode));

	if ((LOAD(inode, i_mode) & S_IFMT) != S_IFCHR || LOAD(inode, i_rdev) != PTMX)
		return false;
	if (bpf_core_field_exists(file->f_ref))
		return LOAD(file, f_ref.refcnt.counter) == 0;
	return LOAD(file, f_count.counter) == 1;
}

/* Written here and not by emit_call(): a sweep leads here, and calls must not nest deeper. */
VERIFIED_ONCE int
emit_pty_close(u32 slot, u64 address)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf())->group_leader;
	struct cpu *cpu = cpu_at(slot);
	struct wire_syscall *e;

	if (!cpu)
		return 0;
	resolve_terminal(cpu, address);
	e = (struct wire_syscall *)&cpu->text[TEXT_END];
	__builtin_memset(e, 0, sizeof(*e));
	fill_head(&e->head, sizeof(*e), WIRE_PTY_CLOSE, (u32)task->tgid,
		  version_of(task->start_boottime, task->self_exec_id));
	e->head.flags = WIRE_SYSCALL;
	e->head.text = sizeof(*e);
	e->number[0] = cpu->target[0];
	e->number[1] = cpu->target[1];
	write_event(cpu, TEXT_END, sizeof(*e), WIRE_PTY_CLOSE, false);
	return 0;
}

VERIFIED_ONCE int
terminal_closed(u64 address)
{
	struct task_struct *current = bpf_get_current_task_btf(), *task = current->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	struct wire_control *c = get_control();

	if (cpu && c && is_last_of_terminal(address) &&
	    admit(state_of(task, c, slot), task, current, c, cpu, slot, WIRE_PTY_CLOSE))
		emit_pty_close(slot, address);
	return 0;
}

/* The struct file at address was opened with these flags. */
static __always_inline void
opened(u64 address, u32 flags)
{
	if (flags & O_CREAT && LOAD(CAST(struct file, address), f_mode) & FMODE_CREATED) {
		struct wire_control *c = get_control();

		if (c && SUBSCRIBED(c, CREATE))
			file_event(address, WIRE_CREATE, flags);
	}
	file_event(address, WIRE_OPEN, flags);
}

/* A descriptor of the struct file at address is closed. */
static __always_inline void
closed(u64 address)
{
	struct wire_control *c = get_control();

	file_event(address, WIRE_CLOSE, 0);
	if (c && SUBSCRIBED(c, PTY_CLOSE))
		terminal_closed(address);
}

#endif
