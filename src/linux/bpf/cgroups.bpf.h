// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * cgroups - the path of a cgroup, and what is muted by it.
 *
 * Bounds: WIRE_LEVELS_MAX levels, of at most 255 bytes each; two look-ups a level. A process keeps
 * what was decided until it is moved or those mutes change, and hands it on at fork.
 */
#ifndef ESTOP_LINUX_BPF_CGROUPS_H
#define ESTOP_LINUX_BPF_CGROUPS_H

#include "src/linux/bpf/records.bpf.h"

static long
level_step(u32 i, u32 *slot)
{
	struct cpu *cpu = cpu_at(*slot);
	struct cgroup_walk *w;
	u64 at, kn;
	u32 off;
	long n;

	if (!cpu)
		return 1;
	w = &cpu->cgroup;
	if (i >= w->level)
		return 1;
	at = word_at(w->cgroup + bpf_core_field_offset(struct cgroup, ancestors) + 8UL * (i + 1));
	kn = WORD(at, struct cgroup, kn);
	off = w->end & (TEXT_ROOM - 1);
	cpu->text[off] = '/';
	n = bpf_probe_read_kernel_str(&cpu->text[off + 1], 256, (void *)WORD(kn, struct kernfs_node, name));
	if (n <= 1)
		return 1;
	w->end += (u32)n;
	return 0;
}

/* Builds the path of cpu->cgroup.cgroup at text[off] and returns its length. */
VERIFIED_ONCE u32
build_cgroup(u32 slot, u32 off)
{
	struct cpu *cpu = cpu_at(slot);
	struct cgroup_walk *w;

	if (!cpu)
		return 0;
	w = &cpu->cgroup;
	w->start = w->end = off;
	if (!bpf_core_field_exists(struct cgroup, ancestors))
		return 0;
	w->level = (u32)WORD(w->cgroup, struct cgroup, level);
	if (w->level == 0) {
		cpu->text[off & (TEXT_ROOM - 1)] = '/';
		w->end = off + 1;
		return 1;
	}
	if (w->level > WIRE_LEVELS_MAX - 1)
		w->level = WIRE_LEVELS_MAX - 1;
	bpf_loop(WIRE_LEVELS_MAX, level_step, &slot, 0);
	cpu->work -= (s32)(w->level + (w->end - off) / WORK_BYTES);
	return w->end - off;
}

/* Builds the WIRE_CGROUP of cpu->cgroup.cgroup at TEXT_END and returns its size, a multiple of 8. */
VERIFIED_ONCE u32
build_cgroup_record(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	struct wire_cgroup *e;
	u32 length, size;

	if (!cpu)
		return 0;
	length = build_cgroup(slot, TEXT_END + sizeof(*e)) & (WIRE_PATH_MAX - 1);
	size = (sizeof(*e) + length + 7) & ~7u;
	e = (struct wire_cgroup *)&cpu->text[TEXT_END];
	fill_head(&e->head, size, WIRE_CGROUP, 0, 0);
	e->head.text = sizeof(*e);
	e->head.text_len = length;
	e->id = cgroup_id(cpu->cgroup.cgroup);
	return size;
}

/* Emits the WIRE_CGROUP of cpu->cgroup.cgroup unless it was emitted before. */
VERIFIED_ONCE int
emit_cgroup(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	u32 size, one = 1;
	u64 id;

	if (!cpu)
		return 0;
	id = cgroup_id(cpu->cgroup.cgroup);
	if (bpf_map_lookup_elem(&emitted_cgroups, &id))
		return 0;
	size = build_cgroup_record(slot) & (TEXT_END - 1);
	if (write_record(cpu, TEXT_END, size, true) < 0)
		cpu->count.lost_other++;
	else
		bpf_map_update_elem(&emitted_cgroups, &id, &one, BPF_ANY);
	return 0;
}

static __always_inline void
unit_lookup(struct cgroup_walk *w, u64 hash, u32 length, u32 whole)
{
	struct wire_unit_key key = { .hash = hash, .length = length, .whole = whole };
	struct wire_mute *mute = bpf_map_lookup_elem(&muted_units, &key);

	if (!mute)
		return;
	if (!w->muted) {
		w->first_kinds = mute->kinds;
		w->first_slot = mute->slot;
	}
	w->muted |= mute->kinds;
}

/* One byte of the path. Its end counts as a slash, so that its last component is looked up, too. */
static long
unit_step(u32 i, u32 *slot)
{
	struct cpu *cpu = cpu_at(*slot);
	struct cgroup_walk *w;
	u32 length, whole;
	u64 hash;
	u8 c;

	if (!cpu)
		return 1;
	w = &cpu->cgroup;
	length = w->end - w->start;
	if (i > length)
		return 1;
	c = i < length ? (u8)cpu->text[(w->start + i) & (TEXT_ROOM - 1)] : '/';
	if (c == '/' && i) {
		/* The component, then the path so far: one piece of code for both. */
		for (whole = 0; whole < 2; whole++) {
			hash = whole ? w->path_hash : w->name_hash;
			unit_lookup(w, hash, whole ? i : w->name_length, whole);
		}
		w->name_hash = FNV_BASIS;
		w->name_length = 0;
	} else if (c != '/') {
		w->name_hash = (w->name_hash ^ c) * FNV_PRIME;
		w->name_length++;
	}
	w->path_hash = (w->path_hash ^ c) * FNV_PRIME;
	return 0;
}

/* Events muted for the cgroup cpu->cgroup.cgroup and those that enclose it. */
VERIFIED_ONCE u64
unit_mutes(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	struct cgroup_walk *w;
	u32 length;

	if (!cpu)
		return 0;
	w = &cpu->cgroup;
	w->muted = 0;
	w->first_kinds = 0;
	w->first_slot = 0;
	w->path_hash = w->name_hash = FNV_BASIS;
	w->name_length = 0;
	/* All begin with the root. */
	unit_lookup(w, (FNV_BASIS ^ '/') * FNV_PRIME, 1, 1);
	length = build_cgroup(slot, TEXT_END) & (WIRE_PATH_MAX - 1);
	bpf_loop(length + 1, unit_step, &slot, 0);
	cpu->work -= (s32)(length / 8 + 2 * w->level);
	return w->muted;
}

#endif
