// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * paths - the path of a dentry, built backwards in the memory of the CPU.
 *
 * Bounds: a walk has at most WIRE_PATH_MAX steps, and no more than the work budget has units.
 * A path that does not reach the root is marked as cut. One path of a run is kept, and reused.
 */
#ifndef ESTOP_LINUX_BPF_PATHS_H
#define ESTOP_LINUX_BPF_PATHS_H

#include "src/linux/bpf/memory.bpf.h"

/* State of loops is in the CPU's memory, and callbacks are given the slot: contexts must lie on the stack. */
static long
walk_step(u32 i, u32 *slot)
{
	struct cpu *cpu = cpu_at(*slot);
	struct dentry *dentry;
	struct walk *w;
	u64 parent;
	u32 length, at;

	if (!cpu)
		return 1;
	w = &cpu->walk;
	if (w->dentry == w->root) {
		u64 up = WORD(w->mount, struct mount, mnt_parent);

		if (up == w->mount || !up) {
			w->done = 1; /* the root of the mount namespace */
			return 1;
		}
		w->dentry = WORD(w->mount, struct mount, mnt_mountpoint);
		w->mount = up;
		w->root = WORD(up, struct mount, mnt.mnt_root);
		return 0;
	}
	dentry = CAST(struct dentry, w->dentry);
	parent = WORD(w->dentry, struct dentry, d_parent);
	length = LOAD(dentry, d_name.len);
	if (length > 255 || w->off < TEXT_END - WIRE_PATH_MAX + 256)
		return 1;
	at = (w->off - length) & (TEXT_ROOM - 1);
	bpf_probe_read_kernel(&cpu->text[at], length & 255, LOAD(dentry, d_name.name));
	at = (at - 1) & (TEXT_ROOM - 1);
	cpu->text[at] = '/';
	w->off = at;
	if (w->dentry == parent) {
		w->done = 1; /* hangs nowhere: a memfd that runs as a program, say */
		return 1;
	}
	w->dentry = parent;
	return 0;
}

enum { PATH_CUT = 1 << 31 };

/* Keeps the path just built, whose last component is `leaf` bytes long with its slash. */
static __always_inline void
keep_path(struct cpu *cpu, u32 off, u64 parent)
{
	u64 address = cpu->dentry;
	struct dentry *dentry = CAST(struct dentry, address);
	u32 length = TEXT_END - off, leaf = LOAD(dentry, d_name.len) + 1;

	/* The root of a mount has its name elsewhere. */
	if (length > WIRE_PATH_MAX - 1 || leaf >= length ||
	    cpu->dentry == WORD(cpu->mnt, struct vfsmount, mnt_root))
		return;
	bpf_probe_read_kernel(cpu->kept, length & (WIRE_PATH_MAX - 1), &cpu->text[off & (TEXT_ROOM - 1)]);
	cpu->kept_mnt = cpu->mnt;
	cpu->kept_dentry = cpu->dentry;
	cpu->kept_parent = parent;
	cpu->kept_length = length;
	cpu->kept_leaf = leaf;
}

/*
 * Builds the path of cpu->mnt and cpu->dentry before TEXT_END in the slot's
 * text; returns where it begins, and PATH_CUT with it when its beginning is
 * missing. One built before in this run, or in the same directory, is copied.
 */
VERIFIED_ONCE u32
build_path(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	u32 off = TEXT_END, length = 0;
	long steps;
	u64 parent;

	if (!cpu)
		return TEXT_END;
	if (cpu->kept_dentry && cpu->mnt == cpu->kept_mnt) {
		if (cpu->dentry == cpu->kept_dentry) {
			length = cpu->kept_length;
		} else if (WORD(cpu->dentry, struct dentry, d_parent) == cpu->kept_parent &&
			   cpu->dentry != WORD(cpu->mnt, struct vfsmount, mnt_root)) {
			struct dentry *dentry = CAST(struct dentry, cpu->dentry);
			u32 leaf = LOAD(dentry, d_name.len) & 255;

			/* Else a walk finds that it is too long. */
			if (cpu->kept_length - cpu->kept_leaf + leaf < WIRE_PATH_MAX - 256) {
				off = TEXT_END - leaf;
				bpf_probe_read_kernel(&cpu->text[off & (TEXT_ROOM - 1)], leaf,
						      LOAD(dentry, d_name.name));
				off--;
				cpu->text[off & (TEXT_ROOM - 1)] = '/';
				length = cpu->kept_length - cpu->kept_leaf;
			}
		}
		if (length) {
			length &= WIRE_PATH_MAX - 1;
			off = (off - length) & (TEXT_ROOM - 1);
			bpf_probe_read_kernel(&cpu->text[off], length, cpu->kept);
			cpu->work -= 1 + length / WORK_BYTES;
			return off;
		}
	}
	cpu->walk.dentry = cpu->dentry;
	cpu->walk.root = WORD(cpu->mnt, struct vfsmount, mnt_root);
	cpu->walk.mount = cpu->mnt - bpf_core_field_offset(struct mount, mnt);
	cpu->walk.off = TEXT_END;
	cpu->walk.done = 0;
	parent = WORD(cpu->dentry, struct dentry, d_parent);
	if (cpu->work > 0) {
		steps = bpf_loop(cpu->work < WIRE_PATH_MAX ? cpu->work : WIRE_PATH_MAX, walk_step, &slot, 0);
		cpu->work -= (s32)steps;
	} else {
		steps = 0;
	}
	off = cpu->walk.off;
	if (off == TEXT_END) {
		cpu->text[TEXT_END - 1] = '/';
		off = TEXT_END - 1;
	}
	if (!cpu->walk.done)
		return off | PATH_CUT;
	if (steps > WORK_LONG || cpu->sweep.table_fd)
		keep_path(cpu, off, parent);
	return off;
}

/* The path of an open file; as build_path(). */
static __always_inline u32
path_of(struct cpu *cpu, u32 slot, struct file *file)
{
	cpu->mnt = (u64)LOAD(file, f_path.mnt);
	cpu->dentry = (u64)LOAD(file, f_path.dentry);
	return build_path(slot);
}

#endif
