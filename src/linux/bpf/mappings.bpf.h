// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * mappings - which files were ever mapped shared and writable, and which of these were written by a call.
 *
 * A close says both. Noted while closes are subscribed to: when a call maps a file or makes a mapping
 * writable. A file's time alone does not say what changed it; where it was mapped, the calls that write do.
 *
 * Bounds: no loop but over MAPPINGS_MAX mappings of an mprotect().
 */
#ifndef ESTOP_LINUX_BPF_MAPPINGS_H
#define ESTOP_LINUX_BPF_MAPPINGS_H

#include "src/linux/bpf/gate.bpf.h"

enum { MAPPINGS_MAX = 4 };

/* A file for as long as it exists, whether it is in memory or not. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct mapped);
	__type(value, u32);
} mapped SEC(".maps");

/* Bit by a hash of the inode's number: without it no file of that number was mapped. One load in most closes. */
static u64 mapped_bits[1024];

static __always_inline u32
mapped_bit(u64 address)
{
	struct inode *inode = CAST(struct inode, address);

	return (u32)((u64)LOAD(inode, i_ino) * 0x9e3779b97f4a7c15ULL >> 48);
}

static __always_inline bool
maybe_mapped(u64 address)
{
	u32 bit = mapped_bit(address);

	return mapped_bits[bit >> 6 & 1023] >> (bit & 63) & 1;
}

static __always_inline void
fill_mapped(struct cpu *cpu, u64 address)
{
	struct inode *inode = CAST(struct inode, address);
	struct super_block *sb = CAST(struct super_block, LOAD(inode, i_sb));

	cpu->mapped.ino = (u64)LOAD(inode, i_ino);
	cpu->mapped.dev = LOAD(sb, s_dev);
	cpu->mapped.generation = LOAD(inode, i_generation);
}

static __always_inline bool
was_mapped(struct cpu *cpu, u64 address)
{
	if (!maybe_mapped(address))
		return false;
	fill_mapped(cpu, address);
	return bpf_map_lookup_elem(&mapped, &cpu->mapped);
}

/* Of a struct written and of another one, or a struct wire_stat. */
#define DIFFERS(then, now)                                               \
	((then)->size != (now)->size || (then)->blocks != (now)->blocks || \
	 (then)->mtime != (now)->mtime || (then)->mtime_nsec != (now)->mtime_nsec)

static __always_inline void
look_at(struct written *now, u64 address)
{
	struct inode *inode = CAST(struct inode, address);

	now->size = (u64)LOAD(inode, i_size);
	now->blocks = LOAD(inode, i_blocks);
	inode_mtime(inode, &now->mtime, &now->mtime_nsec);
	now->by_call = 0;
}

/* The struct file at address has a mapping that is shared and writable. */
VERIFIED_ONCE int
note_mapping(u64 address)
{
	struct cpu *cpu = cpu_at(bpf_get_smp_processor_id());
	struct file *file = CAST(struct file, address);
	u64 inode = (u64)LOAD(file, f_inode);
	struct written *then;
	u32 bit, one = 1;

	if (!cpu || !inode || !in_file_tree(inode) || !(LOAD(file, f_mode) & FMODE_WRITE) ||
	    was_mapped(cpu, inode))
		return 0;
	/* What changed before was changed by a call. */
	then = bpf_map_lookup_elem(&writers, &address);
	if (then) {
		look_at(&cpu->written, inode);
		if (DIFFERS(then, &cpu->written))
			then->by_call = 1;
	}
	fill_mapped(cpu, inode);
	bpf_map_update_elem(&mapped, &cpu->mapped, &one, BPF_ANY);
	bit = mapped_bit(inode);
	__sync_fetch_and_or(&mapped_bits[bit >> 6 & 1023], 1ULL << (bit & 63));
	return 0;
}

/* A call has written to the file of this descriptor. */
VERIFIED_ONCE int
note_write(u32 fd)
{
	u64 address = file_of(bpf_get_current_task_btf(), fd);
	struct file *file = CAST(struct file, address);
	struct written *then;

	if (!address || !(LOAD(file, f_mode) & FMODE_WRITE) || !maybe_mapped((u64)LOAD(file, f_inode)))
		return 0;
	then = bpf_map_lookup_elem(&writers, &address);
	if (then)
		then->by_call = 1;
	return 0;
}

struct mapping {
	u64 end, file;
};

static long
take_mapping(struct task_struct *task, struct vm_area_struct *vma, struct mapping *m)
{
	m->end = vma->vm_end;
	m->file = 0;
	if ((vma->vm_flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE))
		bpf_core_read(&m->file, sizeof(m->file), &vma->vm_file); /* a number, not a pointer */
	return 0;
}

/* Pages from at on, up to end, have become writable. */
VERIFIED_ONCE int
note_protection(u64 at, u64 end)
{
	for (u32 i = 0; i < MAPPINGS_MAX && at < end; i++) {
		struct mapping m = { 0, 0 };

		if (bpf_find_vma(bpf_get_current_task_btf(), at, take_mapping, &m, 0) || m.end <= at)
			return 0;
		if (m.file)
			note_mapping(m.file);
		at = m.end;
	}
	return 0;
}

/* What a call that succeeded means for closes to come. */
static __always_inline void
note_call(const struct cpu *cpu, u64 row)
{
	u64 at;

	switch ((u8)(row >> ROW_EXIT)) {
	case EXIT_WRITE: /* the row has where it writes to, or from where and then where to */
		note_write((u32)cpu->arg[(u8)(row >> ROW_KIND) == WIRE_COPYFILE ? 2 : row >> ROW_FD & 7]);
		break;
	case EXIT_MMAP:
		at = cpu->arg[3];
		if (cpu->arg[2] & PROT_WRITE && at & MAP_SHARED && !(at & MAP_ANONYMOUS)) {
			at = file_of(bpf_get_current_task_btf(), (u32)cpu->arg[4]);
			if (at)
				note_mapping(at);
		}
		break;
	case EXIT_MPROTECT:
		if (cpu->arg[2] & PROT_WRITE)
			note_protection(cpu->arg[0], cpu->arg[0] + cpu->arg[1]);
		break;
	}
}

#endif
