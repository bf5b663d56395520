// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * records - making the records of wire.h and writing them to the ring buffer, and the counters.
 *
 * Bounds: no loop of its own; a WIRE_PROC builds one path.
 */
#ifndef ESTOP_LINUX_BPF_RECORDS_H
#define ESTOP_LINUX_BPF_RECORDS_H

#include "src/linux/bpf/paths.bpf.h"

static __always_inline void
copy_stat(struct wire_stat *st, u64 inode_address)
{
	struct inode *inode = CAST(struct inode, inode_address);
	struct super_block *sb = CAST(struct super_block, LOAD(inode, i_sb));

	st->ino = LOAD(inode, i_ino);
	st->size = (u64)LOAD(inode, i_size);
	st->blocks = LOAD(inode, i_blocks);
	st->dev = LOAD(sb, s_dev);
	st->rdev = LOAD(inode, i_rdev);
	st->nlink = LOAD(inode, i_nlink);
	st->uid = LOAD(inode, i_uid.val);
	st->gid = LOAD(inode, i_gid.val);
	st->mode = LOAD(inode, i_mode);
	st->blkbits = LOAD(inode, i_blkbits);
	inode_atime(inode, &st->atime, &st->atime_nsec);
	inode_mtime(inode, &st->mtime, &st->mtime_nsec);
	inode_ctime(inode, &st->ctime, &st->ctime_nsec);
}

/* The members a WIRE_* body begins with, zeroed by hand: text[] holds old bytes. */
static __always_inline void
fill_head(struct wire_head *h, u32 size, u32 kind, u32 pid, u32 version)
{
	h->size = size;
	h->kind = (u8)kind;
	h->flags = 0;
	h->text = 0;
	h->text_len = 0;
	h->pid = pid;
	h->version = version;
	h->tid = (u32)bpf_get_current_pid_tgid();
	h->time = bpf_ktime_get_ns();
}

/*
 * The size of a record, below TEXT_END, with a bound that the verifier sees: clang 19 knows it already, leaves out
 * a mask, and computes the size in a way whose bound the verifier does not follow.
 */
static __always_inline u32
bounded(u32 size)
{
	asm volatile("" : "+r"(size));
	return size & (TEXT_END - 1);
}

/*
 * Writes text[off, off + size) as one record. Nobody is woken for a single
 * record: that would cost ten times the record. At the mark the reader is
 * woken, once until it has drained; else it comes by its own timer. Events
 * that shape the tree may use the last eighth of the ring.
 */
static __always_inline int
write_record(struct cpu *cpu, u32 off, u32 size, bool vital)
{
	u64 used = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	u64 flags = BPF_RB_NO_WAKEUP;

	if (!vital && used + size + 8 > settings.ring_bytes - settings.ring_bytes / 8)
		return -1;
	if (used > settings.ring_bytes / 8) {
		struct wire_control *c = get_control();

		if (c && !c->woken) {
			c->woken = 1;
			flags = BPF_RB_FORCE_WAKEUP;
		}
	}
	off &= TEXT_ROOM - 1;
	return bpf_ringbuf_output(&ring, &cpu->text[off], bounded(size), flags);
}

/* Adds to a counter by kind. The bound is stated here: verifiers before 6.8 forget it when a number is spilled. */
static __always_inline void
count(u64 *counters, u32 kind, u64 n)
{
	asm volatile("" : "+r"(kind));
	if (kind < WIRE_EVENTS)
		counters[kind] += n;
}

/* Events that cannot be written. */
static __always_inline void
count_lost(struct cpu *cpu, u32 kind, u64 n)
{
	count(cpu->count.produced, kind, n);
	count(cpu->count.lost, kind, n);
}

static __always_inline bool
write_event(struct cpu *cpu, u32 off, u32 size, u32 kind, bool vital)
{
	if (write_record(cpu, off, size, vital) < 0) {
		count_lost(cpu, kind, 1);
		return false;
	}
	count(cpu->count.produced, kind, 1);
	return true;
}

/* Room for a body of this size before a path at off, kept 8-aligned. */
static __always_inline u32
body_before(u32 off, u32 size)
{
	return (off - size) & ~7u & (TEXT_ROOM - 1);
}

/*
 * Before Linux 6.16 a process has no memory any more when sched_process_exit
 * reports its exit. The file lives until the exit is over, as a rule; where it
 * does not, its dentry is another one.
 */
static __always_inline u64
exe_before_exit(const struct state *st)
{
	if (!st->exe || WORD(st->exe, struct file, f_path.dentry) != st->exe_dentry)
		return 0;
	return st->exe;
}

/*
 * Builds the WIRE_PROC of the process that task leads, with the memory and the
 * credentials of its thread actor: a leader may have exited before the others.
 * exe is the struct file of its executable, 0: it is not known. Returns 0 when
 * it is built, from *where on.
 */
static __noinline int
build_proc(struct task_struct *task, struct task_struct *actor, u32 slot, u64 exe, u32 *where)
{
	struct cpu *cpu = cpu_at(slot);
	struct task_struct *parent;
	struct signal_struct *signal;
	const struct cred *cred;
	u32 off = TEXT_END, cut = 0, body, flags = 0;
	struct wire_proc *p;

	if (!cpu)
		return -1;
	task = UNTRUSTED(task);
	actor = UNTRUSTED(actor);
	parent = task->real_parent->group_leader;
	signal = task->signal;
	cred = LOAD(actor, cred);
	if (task->flags & PF_KTHREAD) {
		flags |= WIRE_KERNEL;
		exe = 0;
	} else if (!LOAD(actor, mm)) {
		flags |= WIRE_GONE;
	}
	if (exe) {
		struct file *file = CAST(struct file, exe);

		off = path_of(cpu, slot, file);
		cut = off & PATH_CUT;
		off &= ~PATH_CUT;
	}
	body = body_before(off, sizeof(*p));
	p = (struct wire_proc *)&cpu->text[body];
	fill_head(&p->head, TEXT_END - body, WIRE_PROC, (u32)task->tgid,
		  version_of(task->start_boottime, task->self_exec_id));
	p->head.flags = (u8)(flags | (cut ? WIRE_CUT : 0));
	p->head.text = (u16)(off - body);
	p->head.text_len = TEXT_END - off;
	__builtin_memset(&p->stat, 0, sizeof(p->stat));
	if (exe) {
		struct file *file = CAST(struct file, exe);

		copy_stat(&p->stat, (u64)LOAD(file, f_inode));
	}
	p->start = task->start_boottime;
	p->ppid = (u32)parent->tgid;
	p->parent_version = version_of(parent->start_boottime, parent->self_exec_id);
	p->pgid = 0;
	p->sid = 0;
	if (signal->pids[PIDTYPE_PGID])
		p->pgid = (u32)BPF_CORE_READ(signal, pids[PIDTYPE_PGID], numbers[0].nr);
	if (signal->pids[PIDTYPE_SID])
		p->sid = (u32)BPF_CORE_READ(signal, pids[PIDTYPE_SID], numbers[0].nr);
	p->auid = task->loginuid.val;
	p->asid = task->sessionid;
	p->ruid = LOAD(cred, uid.val);
	p->euid = LOAD(cred, euid.val);
	p->rgid = LOAD(cred, gid.val);
	p->egid = LOAD(cred, egid.val);
	p->cgroup = cgroup_id(cgroup_of(task));
	p->tty = 0;
	p->pad = 0;
	if (signal->tty) {
		struct tty_struct *tty = signal->tty;
		u32 major = (u32)BPF_CORE_READ(tty, driver, major);
		u32 minor = (u32)(BPF_CORE_READ(tty, driver, minor_start) + tty->index);

		p->tty = major << 20 | (minor & 0xfffff);
	}
	bpf_probe_read_kernel(p->comm, sizeof(p->comm), task->comm);
	*where = body;
	return 0;
}

#endif
