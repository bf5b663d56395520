// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * sweeps - walks over all descriptors of a process: closed without close(2), or open after an exec.
 *
 * Bounds: WIRE_FDS_MAX descriptors, WORK_FILE units each; what the budget does not suffice for is
 * counted as lost. An exec lists WIRE_FDS_LISTED descriptors.
 */
#ifndef ESTOP_LINUX_BPF_SWEEPS_H
#define ESTOP_LINUX_BPF_SWEEPS_H

#include "src/linux/bpf/files.bpf.h"

/* Goes on to the next word of descriptors; false when there is none. */
static __always_inline bool
next_word(struct sweep *s)
{
	s->base += 64;
	if (s->base > s->last)
		return false;
	s->bits = word_at(s->open + s->base / 8);
	if (s->on_exec)
		s->bits &= word_at(s->cloexec + s->base / 8);
	if (s->base < s->first)
		s->bits &= ~0ULL << (s->first & 63);
	if (s->last - s->base < 63)
		s->bits &= (1ULL << (s->last - s->base + 1)) - 1;
	return true;
}

/* The lowest descriptor left in this word; 0 when its file is gone. */
static __always_inline u64
next_file(struct sweep *s, u32 *fd)
{
	u64 bits = s->bits;

	s->bits = bits & (bits - 1);
	*fd = s->base + lowest_bit(bits);
	return word_at(s->table_fd + 8UL * *fd);
}

/* One step: a descriptor for the list of an exec, or the next word. */
static long
list_step(u32 i, u32 *slot)
{
	struct cpu *cpu = cpu_at(*slot);
	struct wire_fd *entry;
	struct file *file;
	struct inode *inode;
	struct sweep *s;
	u64 address;
	u32 fd;

	if (!cpu)
		return 1;
	s = &cpu->sweep;
	if (!s->bits)
		return !next_word(s);
	if (s->listed >= WIRE_FDS_LISTED) {
		cpu->last_fd = (s32)(s->base + highest_bit(s->bits));
		s->bits = 0;
		return 0;
	}
	address = next_file(s, &fd);
	if (!address)
		return 0;
	file = CAST(struct file, address);
	inode = CAST(struct inode, LOAD(file, f_inode));
	cpu->last_fd = (s32)fd;
	entry = (struct wire_fd *)&cpu->text[TEXT_END + sizeof(struct wire_text)] +
		(s->listed & (WIRE_FDS_LISTED - 1));
	entry->fd = (s32)fd;
	entry->mode = LOAD(inode, i_mode);
	entry->ino = LOAD(inode, i_ino);
	s->listed++;
	return 0;
}

/* One step: a descriptor that is closed, or the next word. */
static long
close_step(u32 i, u32 *slot)
{
	struct cpu *cpu = cpu_at(*slot);
	struct wire_control *c = get_control();
	struct sweep *s;
	u64 address, inode;
	u32 fd, body;

	if (!cpu || !c)
		return 1;
	s = &cpu->sweep;
	if (!s->bits)
		return !next_word(s);
	if (cpu->work <= 0)
		return 1;
	address = next_file(s, &fd);
	cpu->work -= WORK_FILE;
	if (!address)
		return 0;
	if (s->ptys && is_last_of_terminal(address)) {
		if (s->emits_ptys)
			emit_pty_close(*slot, address);
		else
			s->masters++;
	}
	if (!s->closes)
		return 0;
	if (!s->emits_closes || address != s->file) {
		inode = WORD(address, struct file, f_inode);
		if (!inode || !in_file_tree(inode))
			return 0;
	}
	if (!s->emits_closes) {
		s->listed++;
		return 0;
	}
	if (address != s->file) {
		body = build_file(*slot, address, WIRE_CLOSE, 0);
		s->file = address;
		s->off = body;
	}
	body = s->off & (TEXT_END - 1);
	cpu->work -= (s32)((TEXT_END - body) / WORK_BYTES);
	write_event(cpu, body, (TEXT_END - body) & (TEXT_END - 1), WIRE_CLOSE, false);
	return 0;
}

static long
left_step(u32 i, u32 *slot)
{
	struct cpu *cpu = cpu_at(*slot);

	if (!cpu)
		return 1;
	cpu->sweep.listed += bits_in(cpu->sweep.bits);
	cpu->sweep.bits = 0;
	return !next_word(&cpu->sweep);
}

/* A walk over the current process's descriptors from first to last; false when it has none there. */
static __always_inline bool
begin_sweep(struct sweep *s, u32 first, u32 last)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf());
	struct fdtable *table;

	if (!task->files)
		return false;
	table = task->files->fdt;
	if (first >= table->max_fds)
		return false;
	s->first = first;
	s->last = last;
	s->listed = 0;
	s->bits = 0;
	s->file = 0;
	s->on_exec = false;
	if (s->last >= table->max_fds)
		s->last = table->max_fds - 1;
	if (s->last >= WIRE_FDS_MAX)
		s->last = WIRE_FDS_MAX - 1;
	s->table_fd = (u64)table->fd;
	s->open = (u64)table->open_fds;
	s->cloexec = (u64)table->close_on_exec;
	s->base = (first & ~63u) - 64; /* the first step goes on to the first word */
	return true;
}

enum sweep_what { SWEEP_ALL, SWEEP_CLOSE_ON_EXEC };

/* Events of one kind that a sweep did not emit: lost where they were wanted, else suppressed. */
static __always_inline void
count_swept(struct state *st, struct task_struct *leader, struct wire_control *c, struct cpu *cpu, u32 kind,
	    bool wanted, u64 seen, u64 left)
{
	if (wanted)
		count_lost(cpu, kind, seen + left);
	else if (st && seen)
		count_suppressed(st, leader, c, cpu, kind, seen);
}

/*
 * A close of every open descriptor from first to last, or of those that an exec closes. Descriptors
 * that the work budget does not suffice for are counted as lost, for both kinds of events. That may be
 * more than there were: pipes and sockets have no CLOSE, and few descriptors are a terminal's.
 */
VERIFIED_ONCE int
close_all(u32 first, u32 last, u32 what)
{
	struct task_struct *current = bpf_get_current_task_btf(), *leader = current->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct wire_control *c = get_control();
	struct cpu *cpu = cpu_at(slot);
	struct state *st;
	struct sweep *s;
	u64 wanted, left = 0;
	bool known;

	if (!cpu || !c || !begin_sweep(&cpu->sweep, first, last))
		return 0;
	s = &cpu->sweep;
	s->on_exec = what == SWEEP_CLOSE_ON_EXEC;
	st = state_of(leader, c, slot);
	s->closes = SUBSCRIBED(c, CLOSE) != 0;
	s->ptys = SUBSCRIBED(c, PTY_CLOSE) != 0;
	wanted = st ? st->wanted : c->subscribed;
	/* Of a process that the reader does not know, all of them are lost: they are only counted. */
	known = wanted & CLOSINGS && st && emit_proc(st, leader, current, slot);
	s->emits_closes = known && wanted & 1ULL << WIRE_CLOSE;
	s->emits_ptys = known && wanted & 1ULL << WIRE_PTY_CLOSE;
	s->masters = 0;
	bpf_loop(WIRE_FDS_MAX / 64 + WIRE_FDS_MAX, close_step, &slot, 0);
	if (cpu->work <= 0) {
		u32 seen = s->listed;

		bpf_loop(WIRE_FDS_MAX / 64, left_step, &slot, 0);
		left = s->listed - seen;
		s->listed = seen;
	}
	count_swept(st, leader, c, cpu, WIRE_CLOSE, wanted & 1ULL << WIRE_CLOSE, s->listed, left);
	count_swept(st, leader, c, cpu, WIRE_PTY_CLOSE, wanted & 1ULL << WIRE_PTY_CLOSE, s->masters, left);
	s->table_fd = 0;
	return 0;
}

/* The open descriptors, in text[] after a struct wire_text; how many of them are listed there. */
VERIFIED_ONCE int
list_fds(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	int n;

	if (!cpu || !begin_sweep(&cpu->sweep, 0, WIRE_FDS_MAX - 1))
		return 0;
	bpf_loop(WIRE_FDS_MAX / 64 + 2 * WIRE_FDS_LISTED + 64, list_step, &slot, 0);
	n = (int)cpu->sweep.listed;
	cpu->sweep.table_fd = 0;
	return n;
}

#endif
