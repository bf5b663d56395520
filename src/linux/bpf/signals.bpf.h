// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * signals - signals that one process sends to another.
 *
 * Bounds: no loop of its own; two processes may have to be described, one path each.
 */
#ifndef ESTOP_LINUX_BPF_SIGNALS_H
#define ESTOP_LINUX_BPF_SIGNALS_H

#include "src/linux/bpf/gate.bpf.h"

/* Writes the WIRE_PROC of another process than the current one, seen from its thread task. */
static __always_inline void
emit_other(struct task_struct *leader, struct task_struct *task, struct cpu *cpu, u32 slot)
{
	struct state *st = storage_of(leader);
	u32 body = 0;

	/* Without memory it is exiting: what was emitted before is better. */
	if (!st || is_known(st, leader, task) || !UNTRUSTED(task)->mm ||
	    build_proc(leader, task, slot, exe_of(task), &body))
		return;
	body &= TEXT_END - 1;
	if (write_record(cpu, body, (TEXT_END - body) & (TEXT_END - 1), true) < 0)
		cpu->count.lost_other++;
	else
		mark_known(st, leader, task);
}

static __always_inline void
signal_event(struct cpu *cpu, struct task_struct *from, struct task_struct *to, s32 sig, u32 kind)
{
	struct wire_signal *e = (struct wire_signal *)&cpu->text[TEXT_END];

	fill_head(&e->head, sizeof(*e), kind, (u32)from->tgid,
		  version_of(from->start_boottime, from->self_exec_id));
	e->pid = (u32)to->tgid;
	e->version = version_of(to->start_boottime, to->self_exec_id);
	e->sig = sig;
	e->pad = 0;
	write_event(cpu, TEXT_END, sizeof(*e), kind, false);
}

/*
 * A signal was sent: by kill(2) and the like, as others may come from where another
 * program of this CPU was interrupted. Once for each process of a group.
 */
static __always_inline void
handle_signal(int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result)
{
	struct task_struct *current = bpf_get_current_task_btf(), *leader = current->group_leader;
	struct task_struct *target = task->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct wire_control *c = get_control();
	struct cpu *cpu = begin_run(slot);
	u64 address = (u64)info;
	struct state *st;
	bool signals, stops;
	s32 code;

	if (address < 2) /* SEND_SIG_NOINFO, SEND_SIG_PRIV: the kernel's own */
		return;
	code = (s32)LOAD(CAST(struct kernel_siginfo, address), si_code);
	if ((code != SI_USER && code != SI_QUEUE && code != SI_TKILL) || result == SIGNAL_NOT_QUEUED ||
	    !cpu || !c || current->flags & PF_KTHREAD || leader->tgid == target->tgid)
		return;
	st = state_of(leader, c, slot);
	signals = admit(st, leader, current, c, cpu, slot, WIRE_SIGNAL);
	stops = (sig == SIGSTOP || sig == SIGCONT) &&
		admit(st, leader, current, c, cpu, slot, WIRE_PROC_SUSPEND_RESUME);
	if (!signals && !stops)
		return;
	emit_other(target, task, cpu, slot);
	if (signals)
		signal_event(cpu, leader, target, sig, WIRE_SIGNAL);
	if (stops)
		signal_event(cpu, leader, target, sig, WIRE_PROC_SUSPEND_RESUME);
}

SEC("tp_btf/signal_generate")
int
BPF_PROG(on_signal, int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result)
{
	if (hold_cpu()) {
		handle_signal(sig, info, task, group, result);
		release_cpu();
	}
	return 0;
}

#endif
