// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * processes - fork, exec and exit, and the list of the processes that run.
 *
 * Bounds: an exec copies WIRE_ARGS_MAX bytes of arguments in chunks of WORK_CHUNK units; an exit
 * looks at as many threads as the budget has units left.
 */
#ifndef ESTOP_LINUX_BPF_PROCESSES_H
#define ESTOP_LINUX_BPF_PROCESSES_H

#include "src/linux/bpf/sweeps.bpf.h"

/* A mute ends with the execution it was for, also when that event is not emitted. */
static __always_inline void
write_end(struct cpu *cpu, u32 pid, u32 version)
{
	struct wire_head *h = (struct wire_head *)&cpu->text[TEXT_END];

	fill_head(h, sizeof(*h), WIRE_END, pid, version);
	if (write_record(cpu, TEXT_END, sizeof(*h), true) < 0)
		cpu->count.lost_other++;
}

/* A child runs its parent's executable, mostly in the same cgroup: what is decided of these holds for it, too. */
static __always_inline void
inherit_mutes(const struct state *parent, struct state *child)
{
	child->exec_id = parent->exec_id;
	child->path_generation = parent->path_generation;
	child->path_known = parent->path_known;
	child->path_muted = parent->path_muted;
	child->by_kinds[BY_PATH] = parent->by_kinds[BY_PATH];
	child->by_slot[BY_PATH] = parent->by_slot[BY_PATH];
	child->by_kinds[BY_PREFIX] = parent->by_kinds[BY_PREFIX];
	child->by_slot[BY_PREFIX] = parent->by_slot[BY_PREFIX];
	child->unit_muted = parent->unit_muted;
	child->cgroup = parent->cgroup;
	child->unit_generation = parent->unit_generation;
	child->by_kinds[BY_UNIT] = parent->by_kinds[BY_UNIT];
	child->by_slot[BY_UNIT] = parent->by_slot[BY_UNIT];
	child->exe = parent->exe;
	child->exe_dentry = parent->exe_dentry;
}

static __always_inline void
handle_fork(struct task_struct *parent, struct task_struct *child)
{
	u32 slot = bpf_get_smp_processor_id();
	struct task_struct *leader = parent->group_leader;
	struct wire_control *c = get_control();
	struct cpu *cpu = begin_run(slot);
	struct state *st, *own;
	struct wire_fork *e;

	if (child->pid != child->tgid || parent->flags & PF_KTHREAD)
		return; /* a thread, or the kernel's own */
	if (!cpu || !c)
		return;
	/* Before the child runs for the first time: not one event of it slips out. */
	if (c->subtrees)
		inherit_subtree_ids(leader, child);
	st = state_of(leader, c, slot);
	own = st ? storage_of(child) : NULL;
	if (own) {
		inherit_mutes(st, own);
		if (UNTRUSTED(child)->files == UNTRUSTED(parent)->files)
			own->shares_files = st->shares_files = 1;
	}
	if (!admit(st, leader, parent, c, cpu, slot, WIRE_FORK))
		return;
	cpu->cgroup.cgroup = cgroup_of(child);
	if (cpu->cgroup.cgroup != cgroup_of(leader)) /* CLONE_INTO_CGROUP */
		emit_cgroup(slot);
	e = (struct wire_fork *)&cpu->text[TEXT_END];
	fill_head(&e->head, sizeof(*e), WIRE_FORK, (u32)leader->tgid,
		  version_of(leader->start_boottime, leader->self_exec_id));
	e->child_pid = (u32)child->tgid;
	e->child_version = version_of(child->start_boottime, child->self_exec_id);
	e->child_start = child->start_boottime;
	e->child_ppid = (u32)UNTRUSTED(child)->real_parent->tgid;
	e->pad = 0;
	e->child_cgroup = cgroup_id(cpu->cgroup.cgroup);
	if (write_event(cpu, TEXT_END, sizeof(*e), WIRE_FORK, true)) {
		/* The reader makes the child of its parent. */
		if (own)
			mark_known(own, child, child);
	}
}

SEC("tp_btf/sched_process_fork")
int
BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	if (hold_cpu()) {
		handle_fork(parent, child);
		release_cpu();
	}
	return 0;
}

/*
 * A process was moved to another cgroup: at its next event what is wanted of it is decided anew, and
 * its WIRE_PROC emitted again. One without state had no event yet.
 */
static __always_inline void
handle_move(struct task_struct *task)
{
	struct state *st = bpf_task_storage_get(&states, task->group_leader, 0, 0);

	if (!st)
		return;
	__sync_fetch_and_add(&st->moved, 1);
	st->known_exec_id = 0;
	st->generation = 0;
}

/* Called for every hierarchy, also those of cgroup v1, where the same is decided again. */
SEC("tp_btf/cgroup_attach_task")
int
BPF_PROG(on_attach, struct cgroup *to, const char *path, struct task_struct *task, bool threadgroup)
{
	handle_move(task);
	return 0;
}

SEC("tp_btf/cgroup_transfer_tasks")
int
BPF_PROG(on_transfer, struct cgroup *to, const char *path, struct task_struct *task, bool threadgroup)
{
	handle_move(task);
	return 0;
}

/* The current process is about to execute a program: who it is must be known before that is changed. */
VERIFIED_ONCE int
before_exec(u32 slot)
{
	struct task_struct *current = bpf_get_current_task_btf(), *leader = current->group_leader;
	struct wire_control *c = get_control();
	/* With functions, close-on-exec descriptors are closed one by one after its executable is gone. */
	u64 kinds = 1ULL << WIRE_EXEC | (settings.functions ? CLOSINGS : 0);
	struct state *st, *own;

	if (!c || current->flags & PF_KTHREAD || !(st = state_of(leader, c, slot)))
		return 0;
	/* A thread that executes a program becomes the process; what is kept is the task's. */
	if (c->subtrees && current->pid != current->tgid)
		inherit_subtree_ids(leader, current);
	st->unknown = 0;
	if (st->wanted & kinds && !emit_proc(st, leader, current, slot))
		st->unknown = current->self_exec_id + 1;
	if (settings.functions)
		st->executing = current->self_exec_id + 1;
	/* A thread that is not the leader becomes it: what was decided goes with it. */
	if (current->pid != current->tgid && (own = storage_of(current)))
		*own = *st;
	return 0;
}

/* Before an exec can no longer fail (6.10): the old program closes what must not be inherited. */
static __always_inline void
handle_prepare_exec(struct task_struct *task, struct linux_binprm *bprm)
{
	u32 slot = bpf_get_smp_processor_id();
	struct wire_control *c = get_control();

	if (!begin_run(slot) || !c || bpf_get_current_task_btf()->flags & PF_KTHREAD)
		return;
	before_exec(slot);
	if (!settings.functions && c->subscribed & CLOSINGS)
		close_all(0, WIRE_FDS_MAX - 1, SWEEP_CLOSE_ON_EXEC);
}

SEC("tp_btf/sched_prepare_exec")
int
BPF_PROG(on_prepare_exec, struct task_struct *task, struct linux_binprm *bprm)
{
	if (hold_cpu()) {
		handle_prepare_exec(task, bprm);
		release_cpu();
	}
	return 0;
}

/* The same place where it has no tracepoint. */
SEC("fentry/begin_new_exec")
int
BPF_PROG(on_begin_exec, struct linux_binprm *bprm)
{
	if (hold_cpu()) {
		handle_prepare_exec(bpf_get_current_task_btf(), bprm);
		release_cpu();
	}
	return 0;
}

static long
chunk_step(u32 i, u32 *slot)
{
	struct cpu *cpu = cpu_at(*slot);
	struct wire_text *t;
	struct chunks *k;
	u64 left;
	u32 length;

	if (!cpu)
		return 1;
	k = &cpu->chunks;
	if (k->at >= k->end)
		return 1;
	left = k->end - k->at;
	length = left > WIRE_CHUNK ? WIRE_CHUNK : (u32)left;
	t = (struct wire_text *)&cpu->text[TEXT_END];
	fill_head(&t->head, sizeof(*t) + length, WIRE_TEXT, k->pid, k->version);
	t->head.text = sizeof(*t);
	t->head.text_len = length;
	t->what = WIRE_TEXT_ARGS;
	t->offset = k->offset;
	if (bpf_probe_read_user(t + 1, length, (void *)k->at))
		return 1;
	if (write_record(cpu, TEXT_END, sizeof(*t) + length, true) < 0) {
		cpu->count.lost_other++;
		return 1;
	}
	k->at += length;
	k->offset += length;
	cpu->work -= WORK_CHUNK;
	return 0;
}

VERIFIED_ONCE int
emit_cwd(u32 slot, u32 pid, u32 version)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf());
	struct cpu *cpu = cpu_at(slot);
	struct wire_text *t;
	u32 off, body, cut = 0;

	if (!cpu || !task->fs)
		return 0;
	cpu->mnt = (u64)task->fs->pwd.mnt;
	cpu->dentry = (u64)task->fs->pwd.dentry;
	off = build_path(slot);
	cut = off & PATH_CUT;
	off &= ~PATH_CUT;
	body = body_before(off, sizeof(*t));
	t = (struct wire_text *)&cpu->text[body];
	fill_head(&t->head, TEXT_END - body, WIRE_TEXT, pid, version);
	t->head.flags = cut ? WIRE_CUT : 0;
	t->head.text = (u16)(off - body);
	t->head.text_len = TEXT_END - off;
	t->what = WIRE_TEXT_CWD;
	t->offset = 0;
	body &= TEXT_END - 1;
	if (write_record(cpu, body, (TEXT_END - body) & (TEXT_END - 1), true) < 0)
		cpu->count.lost_other++;
	return 0;
}

/* What the new program has open. */
VERIFIED_ONCE int
emit_fds(u32 slot, u32 pid, u32 version)
{
	struct cpu *cpu = cpu_at(slot);
	struct wire_text *t;
	u32 length;
	int n;

	if (!cpu)
		return 0;
	cpu->last_fd = -1;
	n = list_fds(slot);
	if (n <= 0)
		return 0;
	length = ((u32)n & (2 * WIRE_FDS_LISTED - 1)) * sizeof(struct wire_fd);
	t = (struct wire_text *)&cpu->text[TEXT_END];
	fill_head(&t->head, sizeof(*t) + length, WIRE_TEXT, pid, version);
	t->head.text = sizeof(*t);
	t->head.text_len = length;
	t->what = WIRE_TEXT_FDS;
	t->offset = 0;
	if (write_record(cpu, TEXT_END, sizeof(*t) + length, true) < 0)
		cpu->count.lost_other++;
	return 0;
}

/* By its header: \177 E L F, class 1. */
static __always_inline bool
is_elf32(struct linux_binprm *bprm)
{
	u64 header = 0;

	bpf_probe_read_kernel(&header, 5, bprm->buf);
	return header == 0x01464c457fULL;
}

static __always_inline void
handle_exec(struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct task_struct *current = bpf_get_current_task_btf();
	u32 slot = bpf_get_smp_processor_id();
	struct wire_control *c = get_control();
	struct cpu *cpu = begin_run(slot);
	u64 exec_id = current->self_exec_id;
	u32 pid = (u32)current->tgid;
	u32 old_version = version_of(current->start_boottime, exec_id - 1);
	u32 version = version_of(current->start_boottime, exec_id);
	struct chunks *k;
	struct wire_exec *e;
	struct state *st;
	struct mm_struct *mm;
	u32 size, args_len;
	bool want;
	long length;

	if (!cpu || !c || current->flags & PF_KTHREAD)
		return;
	st = storage_of(current);
	/*
	 * Exec is an act of the old program: its mutes decide. Without
	 * sched_prepare_exec, or when it came before the programs were attached,
	 * its path may not be known: it is none that is listed.
	 */
	if (st && (st->exec_id + 1 != exec_id || st->generation != c->generation))
		set_wanted(st, c, subtree_ids_of(current), pid, old_version,
			   st->exec_id + 1 == exec_id ? st->path_muted : 0);
	want = is_wanted(st, current, c, cpu, WIRE_EXEC);
	if (!st)
		return;
	if (!want && st->process_muted)
		write_end(cpu, pid, old_version);
	update_state(slot, st, subtree_ids_of(current));
	if (!want)
		return;
	mm = UNTRUSTED(current)->mm;
	if (!mm)
		return;
	if (st->unknown == exec_id) {
		count_lost(cpu, WIRE_EXEC, 1);
		return;
	}
	if (!introduce(st, current, current, cpu, slot, WIRE_EXEC))
		return;
	k = &cpu->chunks;
	k->at = mm->arg_start;
	k->end = mm->env_end;
	if (k->end - k->at > WIRE_ARGS_MAX)
		k->end = k->at + WIRE_ARGS_MAX;
	k->offset = 0;
	k->pid = pid;
	k->version = version;
	args_len = (u32)(mm->arg_end - mm->arg_start);
	bpf_loop(WIRE_ARGS_MAX / WIRE_CHUNK + 1, chunk_step, &slot, 0);
	emit_cwd(slot, pid, version);
	emit_fds(slot, pid, version);

	e = (struct wire_exec *)&cpu->text[TEXT_END];
	fill_head(&e->head, 0, WIRE_EXEC, pid, old_version);
	e->new_version = version;
	e->last_fd = cpu->last_fd;
	e->argc = (u32)bprm->argc;
	e->envc = (u32)bprm->envc;
	e->args_len = args_len;
	e->script = bprm->interp != bprm->filename;
	e->compat = is_elf32(bprm);
	e->pad[0] = e->pad[1] = 0;
	length = bpf_probe_read_kernel_str(e + 1, 4096, bprm->filename);
	size = length > 0 ? (u32)length & 8191 : 0;
	length = bpf_probe_read_kernel_str((char *)(e + 1) + size, 4096, bprm->interp);
	size += length > 0 ? (u32)length & 8191 : 0;
	e->head.text = sizeof(*e);
	e->head.text_len = size;
	size = (sizeof(*e) + size + 7) & ~7u & 16383;
	e->head.size = size;
	write_event(cpu, TEXT_END, size, WIRE_EXEC, true);
}

SEC("tp_btf/sched_process_exec")
int
BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	if (hold_cpu()) {
		handle_exec(task, old_pid, bprm);
		release_cpu();
	}
	return 0;
}

struct sharers {
	u64 node, head, files;
	u32 count;   /* threads that have this table of descriptors */
	u32 without; /* that have none any more: they may not have let go of it yet */
};

static long
sharer_step(u32 i, struct sharers *s)
{
	u64 task, files;

	if (s->node == s->head || !s->node)
		return 1;
	task = s->node - bpf_core_field_offset(struct task_struct, thread_node);
	files = WORD(task, struct task_struct, files);
	s->count += files == s->files;
	s->without += !files;
	s->node = word_at(s->node);
	return 0;
}

enum sharing { OWN, SHARED, UNCLEAR };

/*
 * Whether the current process, whose threads all end, has its descriptors for
 * itself: another process may share them (clone with CLONE_FILES), and then
 * nothing is closed. A thread that ends gives up the table before it is counted
 * as one user less; so where sharing was never seen, those are taken as its own.
 */
VERIFIED_ONCE u32
sharing_of(u64 files, u32 seen)
{
	u64 signal = WORD(bpf_get_current_task(), struct task_struct, signal);
	u32 users = (u32)WORD(files, struct files_struct, count), slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	struct sharers s;

	if (users == 1 || !cpu)
		return OWN;
	s.head = signal + bpf_core_field_offset(struct signal_struct, thread_head);
	s.node = word_at(s.head);
	s.files = files;
	s.count = 0;
	s.without = 0;
	if (cpu->work > 0)
		cpu->work -= (s32)bpf_loop((u32)cpu->work, sharer_step, &s, 0);
	if (cpu->work <= 0)
		return UNCLEAR;
	if (users <= s.count)
		return OWN;
	if (users > s.count + s.without)
		return SHARED;
	return seen ? UNCLEAR : OWN;
}

static __always_inline void
exit_event(struct state *st, struct task_struct *leader, struct task_struct *current, struct wire_control *c,
	   struct cpu *cpu, u32 slot)
{
	struct signal_struct *signal = UNTRUSTED(current)->signal;
	struct wire_exit *e;

	if (!is_wanted(st, leader, c, cpu, WIRE_EXIT)) {
		if (st && st->process_muted)
			write_end(cpu, (u32)leader->tgid,
				  version_of(leader->start_boottime, leader->self_exec_id));
		return;
	}
	if (!introduce(st, leader, current, cpu, slot, WIRE_EXIT))
		return;
	e = (struct wire_exit *)&cpu->text[TEXT_END];
	fill_head(&e->head, sizeof(*e), WIRE_EXIT, (u32)leader->tgid,
		  version_of(leader->start_boottime, leader->self_exec_id));
	e->status = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : leader->exit_code;
	e->pad = 0;
	write_event(cpu, TEXT_END, sizeof(*e), WIRE_EXIT, true);
}

static __always_inline void
handle_exit(struct task_struct *task)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct task_struct *leader = current->group_leader;
	struct signal_struct *signal = UNTRUSTED(current)->signal;
	u32 slot = bpf_get_smp_processor_id();
	struct wire_control *c = get_control();
	struct cpu *cpu = begin_run(slot);
	u64 files;
	struct state *st;

	if (!cpu || !c || current->flags & PF_KTHREAD || signal->live.counter != 0)
		return; /* a thread of many, or the kernel's own */
	st = state_of(leader, c, slot);
	if (settings.functions) {
		/* While it may still have its memory: its closes are to come, and its exit after them. */
		if (st && st->wanted & (CLOSINGS | 1ULL << WIRE_EXIT))
			emit_proc(st, leader, current, slot);
		return;
	}
	/* Threads that exit together each find no other alive; the first one here emits the event. */
	if (st && __sync_lock_test_and_set(&st->ended, 1))
		return;
	files = WORD(bpf_get_current_task(), struct task_struct, files);
	if (c->subscribed & CLOSINGS && files) {
		u32 sharing = sharing_of(files, !st || st->shares_files);

		if (sharing == UNCLEAR)
			cpu->work = 0; /* counted as lost */
		if (sharing != SHARED)
			close_all(0, WIRE_FDS_MAX - 1, SWEEP_ALL);
	}
	exit_event(st, leader, current, c, cpu, slot);
}

SEC("tp_btf/sched_process_exit")
int
BPF_PROG(on_exit, struct task_struct *task)
{
	if (hold_cpu()) {
		handle_exit(task);
		release_cpu();
	}
	return 0;
}

struct leaving {
	u64 node, head;
	u32 others; /* a thread that has not closed its descriptors yet */
};

static long
leaving_step(u32 i, struct leaving *l)
{
	u64 task;

	if (l->node == l->head || !l->node)
		return 1;
	task = l->node - bpf_core_field_offset(struct task_struct, thread_node);
	if (WORD(task, struct task_struct, fs)) {
		l->others = 1;
		return 1;
	}
	l->node = word_at(l->node);
	return 0;
}

/* A thread that ends has released its descriptors, and now its struct fs. Is it the last to do so? */
static __always_inline void
handle_left(struct task_struct *task)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct task_struct *leader = current->group_leader;
	struct signal_struct *signal = UNTRUSTED(current)->signal;
	u32 slot = bpf_get_smp_processor_id();
	struct wire_control *c = get_control();
	struct cpu *cpu = begin_run(slot);
	struct leaving l = {};
	struct state *st;

	if (!cpu || !c || task->pid != current->pid || !(current->flags & PF_EXITING) ||
	    current->flags & PF_KTHREAD || signal->live.counter != 0)
		return;
	st = state_of(leader, c, slot);
	/* A full barrier: of two threads that are here at once, the later one sees both gone. */
	if (st)
		__sync_lock_test_and_set(&st->looked, 1);
	*(volatile u64 *)&cpu->number = (u64)signal;
	l.head = *(volatile u64 *)&cpu->number + bpf_core_field_offset(struct signal_struct, thread_head);
	l.node = word_at(l.head);
	cpu->work -= (s32)bpf_loop(WORK_MAX, leaving_step, &l, 0);
	if (l.others || (st && __sync_lock_test_and_set(&st->ended, 1)))
		return;
	exit_event(st, leader, current, c, cpu, slot);
}

SEC("fexit/exit_fs")
int
BPF_PROG(on_left, struct task_struct *task)
{
	if (hold_cpu()) {
		handle_left(task);
		release_cpu();
	}
	return 0;
}

struct alive {
	u64 node, head, task;
};

static long
alive_step(u32 i, struct alive *a)
{
	u64 task;

	if (a->node == a->head || !a->node)
		return 1;
	task = a->node - bpf_core_field_offset(struct task_struct, thread_node);
	if (WORD(task, struct task_struct, mm)) {
		a->task = task;
		return 1;
	}
	a->node = word_at(a->node);
	return 0;
}

/* Every process there is, one WIRE_PROC each, read from the iterator's descriptor. */
SEC("iter/task")
int
list_processes(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task, *current, *actor;
	u32 body = 0, slot = settings.iterator_slot;
	struct cpu *cpu = begin_run(slot);
	struct wire_proc *p;
	struct state *st;
	u64 exe;

	if (!task || !cpu || task->pid != task->tgid)
		return 0;
	actor = UNTRUSTED(task);
	if (!(task->flags & PF_KTHREAD) && !actor->mm) {
		/* The leader has exited: one of the others may live. */
		struct alive a;

		*(volatile u64 *)&cpu->number = (u64)actor->signal;
		a.head = *(volatile u64 *)&cpu->number +
			 bpf_core_field_offset(struct signal_struct, thread_head);
		a.node = word_at(a.head);
		a.task = 0;
		bpf_loop(WORK_MAX, alive_step, &a, 0);
		if (a.task)
			actor = CAST(struct task_struct, a.task);
	}
	exe = exe_of(actor);
	/* Where memory is released before the exit is reported, this is the last chance to see the executable. */
	st = exe ? storage_of(task) : NULL;
	if (st && !st->exe) {
		st->exe_dentry = WORD(exe, struct file, f_path.dentry);
		st->exe = exe;
	}
	if (build_proc(task, actor, slot, exe, &body))
		return 0;
	body &= TEXT_END - 1;
	p = (struct wire_proc *)&cpu->text[body];
	current = bpf_get_current_task_btf();
	if (current->tgid == task->tgid)
		p->head.flags |= WIRE_SELF;
	/* The path of its cgroup before it: the reader may not have that. */
	cpu->cgroup.cgroup = cgroup_of(task);
	bpf_seq_write(ctx->meta->seq, &cpu->text[TEXT_END], bounded(build_cgroup_record(slot)));
	bpf_seq_write(ctx->meta->seq, p, bounded(TEXT_END - body));
	return 0;
}

#endif
