// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * functions - opens and closes where they happen in the kernel, whoever asks for them.
 *
 * The second way to the events of files.bpf.h, for kernels whose functions can be attached to:
 * io_uring is seen, closes by exec and exit come one by one, and a system call that is not watched
 * costs nothing. tracer.c attaches either these or the programs of system calls.
 * Bounds: no loop of its own.
 */
#ifndef ESTOP_LINUX_BPF_FUNCTIONS_H
#define ESTOP_LINUX_BPF_FUNCTIONS_H

#include "src/linux/bpf/syscalls.bpf.h"

enum { PF_IO_WORKER = 0x10 };

#ifdef __TARGET_ARCH_x86
#define OPENS_FOR_THE_KERNEL(id, compat) \
	((compat) ? (id) == 51 || (id) == 87 : (id) == 163 || (id) == 167) /* acct, swapon */
#else
#define OPENS_FOR_THE_KERNEL(id, compat) ((id) == 89 || (id) == 224)
#endif

/*
 * Is a file opened for the process, and not for the kernel's own use or to be executed? Then flags
 * become those that the call was given: those of struct open_flags lack O_CLOEXEC. io_uring has no such
 * call, and keeps them.
 */
static __always_inline bool
is_for_process(struct filename *name, u64 *flags)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct pt_regs *regs;
	bool compat;
	u64 id;

	if (*flags & FMODE_EXEC || current->flags & (PF_KTHREAD | PF_DUMPCORE))
		return false;
	if (bpf_core_field_exists(name->uptr) && !name->uptr)
		return false;
	if (current->flags & PF_IO_WORKER)
		return true;
	regs = CAST(struct pt_regs, bpf_task_pt_regs(current));
	compat = IS_32BIT(current);
	id = (u64)CALL_NUMBER(regs);
	asm volatile("" : "+r"(id)); /* read once: what is bounded is what is used */
	if (id >= WIRE_CALLS)
		return true;
	if (OPENS_FOR_THE_KERNEL(id, compat))
		return false;
	open_flags(regs, (u8)(calls.row[compat][id] >> ROW_EXIT), compat, flags);
	return true;
}

static __always_inline void
handle_open(struct filename *name, u64 flags, struct file *file)
{
	struct cpu *cpu = begin_run(bpf_get_smp_processor_id());
	u64 address;

	if (!cpu)
		return;
	*(volatile u64 *)&cpu->number = (u64)file;
	address = *(volatile u64 *)&cpu->number;
	if (address < (u64)-4095 && is_for_process(name, &flags))
		opened(address, (u32)flags);
}

/* Every open by path; do_file_open() since Linux 7. */
SEC("fexit/do_filp_open")
int
BPF_PROG(on_open, int dfd, struct filename *name, const struct open_flags *op, struct file *file)
{
	if (hold_cpu()) {
		handle_open(name, (u32)op->open_flag, file);
		release_cpu();
	}
	return 0;
}

/* An open by handle. */
SEC("fexit/do_handle_open")
int
BPF_PROG(on_handle_open, int mount_fd, void *handle, int flags, long fd)
{
	if (fd >= 0 && hold_cpu()) {
		u64 file = file_of(bpf_get_current_task_btf(), (u32)fd);

		if (file && begin_run(bpf_get_smp_processor_id()))
			opened(file, (u32)flags);
		release_cpu();
	}
	return 0;
}

/* Every close of a descriptor, whose table is owner; filp_close() before 6.12. */
SEC("fentry/filp_flush")
int
BPF_PROG(on_close, struct file *file, void *owner)
{
	struct cpu *cpu;

	if (!owner || bpf_get_current_task_btf()->flags & PF_KTHREAD)
		return 0; /* what the kernel had opened for itself */
	if (!hold_cpu())
		return 0;
	cpu = begin_run(bpf_get_smp_processor_id());
	if (cpu) {
		*(volatile u64 *)&cpu->number = (u64)file;
		closed(*(volatile u64 *)&cpu->number);
	}
	release_cpu();
	return 0;
}

#endif
