// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * gate - which events are wanted of a process: subscriptions, mutes and known executions.
 *
 * Every program begins with one look into the state of its process: the mask of what is wanted,
 * subscriptions and mutes already worked out. The mask is recomputed only when those or the
 * process changed. Bounds: hash_step() runs once for each byte of a path, LOOKUPS_MAX look-ups.
 */
#ifndef ESTOP_LINUX_BPF_GATE_H
#define ESTOP_LINUX_BPF_GATE_H

#include "src/linux/bpf/cgroups.bpf.h"

static long
hash_step(u32 i, u32 *slot)
{
	struct cpu *cpu = cpu_at(*slot);
	struct wire_control *c = get_control();
	struct wire_path_key key = {};
	struct hashing *h;
	u32 n = i + 1;

	if (!cpu || !c)
		return 1;
	h = &cpu->hashing;
	if (i >= h->length)
		return 1;
	h->hash = (h->hash ^ (u8)cpu->text[(h->off + i) & (TEXT_ROOM - 1)]) * FNV_PRIME;
	if (n <= WIRE_PATH_MAX && h->lookups && c->prefix_length[(n / 64) & 255] & 1ULL << (n & 63)) {
		struct wire_mute *muted;

		h->lookups--;
		key.hash = h->hash;
		key.length = n;
		key.prefix = 1;
		muted = bpf_map_lookup_elem(&muted_paths, &key);
		if (muted) {
			h->muted |= muted->kinds;
			if (!h->first_slot) {
				h->first_slot = muted->slot;
				h->first_kinds = muted->kinds;
			}
		}
	}
	return 0;
}

/* Events muted for the executable whose path is text[off, TEXT_END). */
VERIFIED_ONCE u64
path_mutes(u32 slot, u32 off)
{
	struct wire_path_key key = {};
	struct wire_mute *muted;
	struct cpu *cpu = cpu_at(slot);
	struct hashing *h;

	if (!cpu)
		return 0;
	h = &cpu->hashing;
	h->hash = FNV_BASIS;
	h->muted = 0;
	h->first_kinds = 0;
	h->first_slot = 0;
	h->off = off;
	h->length = TEXT_END - off;
	h->lookups = LOOKUPS_MAX;

	bpf_loop(h->length & (2 * WIRE_PATH_MAX - 1), hash_step, &slot, 0);
	cpu->work -= (s32)(LOOKUPS_MAX - h->lookups + h->length / 8);
	key.hash = h->hash;
	key.length = h->length;
	muted = bpf_map_lookup_elem(&muted_paths, &key);
	cpu->by_path.kinds = muted ? muted->kinds : 0;
	cpu->by_path.slot = muted ? muted->slot : 0;
	cpu->by_prefix.kinds = h->first_kinds;
	cpu->by_prefix.slot = h->first_slot;
	return h->muted | cpu->by_path.kinds;
}

/* What a process is a member of, NULL: of nothing. */
static __always_inline struct wire_subtrees *
subtree_ids_of(struct task_struct *leader)
{
	return bpf_task_storage_get(&subtree_ids, leader, 0, 0);
}

/* Events muted by the subtrees a process is in. */
static __always_inline u64
subtree_mutes(struct state *st, const struct wire_subtrees *k)
{
	u64 muted = 0;

	if (!k)
		return 0;
	for (u32 i = 0; i < WIRE_SUBTREES_MAX; i++) {
		u32 id = k->id[i];
		struct wire_mute *mute = id ? bpf_map_lookup_elem(&subtrees, &id) : NULL;

		if (!mute)
			continue;
		if (!muted) {
			st->by_kinds[BY_SUBTREE] = mute->kinds;
			st->by_slot[BY_SUBTREE] = mute->slot;
		}
		muted |= mute->kinds;
	}
	return muted;
}

/* Makes to a member of what from is a member of. */
static __always_inline void
inherit_subtree_ids(struct task_struct *from, struct task_struct *to)
{
	struct wire_subtrees *k = bpf_task_storage_get(&subtree_ids, from, 0, 0), *heir;

	if (!k)
		return;
	heir = bpf_task_storage_get(&subtree_ids, to, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!heir)
		return;
	for (u32 i = 0; i < WIRE_SUBTREES_MAX; i++)
		heir->id[i] = k->id[i];
}

/* Events were suppressed: counted by type, and by the mute that has the kind. */
static __always_inline void
count_muted(struct state *st, struct cpu *cpu, u32 kind, u64 n)
{
	count(cpu->count.muted, kind, n);
	for (u32 i = 0; i < BY_COUNT; i++) {
		u32 slot = st->by_slot[i];
		u64 *by_rule;

		if (!(st->by_kinds[i] & 1ULL << kind))
			continue;
		if (st->elsewhere && (i == BY_PATH || i == BY_PREFIX))
			cpu->count.muted_elsewhere += n;
		by_rule = slot ? bpf_map_lookup_elem(&suppressed, &slot) : NULL;
		if (by_rule)
			*by_rule += n;
		return;
	}
}

static __always_inline u64
process_mutes(struct state *st, u32 pid, u32 version)
{
	struct wire_process_key key = { .pid = pid, .version = version };
	struct wire_mute *mute = bpf_map_lookup_elem(&muted_processes, &key);

	if (!mute)
		return 0;
	st->by_kinds[BY_PROCESS] = mute->kinds;
	st->by_slot[BY_PROCESS] = mute->slot;
	return mute->kinds;
}

static __always_inline u64
user_mutes(struct state *st)
{
	u32 uid = st->euid;
	struct wire_mute *mute = bpf_map_lookup_elem(&muted_users, &uid);

	if (!mute)
		return 0;
	st->by_kinds[BY_USER] = mute->kinds;
	st->by_slot[BY_USER] = mute->slot;
	return mute->kinds;
}

static __always_inline u32
euid_of(struct task_struct *actor)
{
	const struct cred *cred = UNTRUSTED(actor)->cred;

	return cred->euid.val;
}

static __always_inline u32
is_elsewhere(struct task_struct *current)
{
	struct nsproxy *proxy = LOAD(current, nsproxy); /* NULL: it ends */

	return proxy && BPF_CORE_READ(proxy, mnt_ns, ns.inum) != settings.mount_namespace;
}

/*
 * Sets what is wanted of the process with this identity: subscriptions without what mutes by process,
 * by subtree, unit, user and path suppress.
 */
static __always_inline void
set_wanted(struct state *st, const struct wire_control *c, const struct wire_subtrees *k, u32 pid,
	   u32 version, u64 path_muted)
{
	u64 muted;

	st->by_kinds[BY_PROCESS] = st->by_kinds[BY_SUBTREE] = st->by_kinds[BY_USER] = 0;
	st->process_muted = c->process_mutes ? process_mutes(st, pid, version) : 0;
	muted = st->process_muted;
	if (c->subtrees)
		muted |= subtree_mutes(st, k);
	if (c->unit_mutes)
		muted |= st->unit_muted;
	if (c->user_mutes)
		muted |= user_mutes(st);
	muted ^= 0ULL - (c->process_inverted & 1);
	muted |= path_muted ^ (0ULL - (c->path_inverted & 1));
	st->wanted = c->subscribed & ~muted;
}

/*
 * The struct file of the executable of the current process, 0: not known. An exec exchanges the memory
 * before it counts as another execution, and before it closes descriptors.
 */
static __always_inline u64
own_exe(const struct state *st, struct task_struct *current)
{
	u64 exe = 0;

	if (st->executing != UNTRUSTED(current)->self_exec_id + 1)
		exe = exe_of(current);
	return exe ? exe : exe_before_exit(st);
}

/* What is muted by the cgroup the current process is in, where that is not decided yet. */
VERIFIED_ONCE int
update_unit(u32 slot, struct state *st)
{
	struct task_struct *leader = UNTRUSTED(bpf_get_current_task_btf())->group_leader;
	struct wire_control *c = get_control();
	struct cpu *cpu = cpu_at(slot);
	u64 cgroup, id;
	u32 generation;

	if (!st || !c || !cpu)
		return 0;
	generation = c->unit_generation;
	cgroup = cgroup_of(leader);
	id = cgroup_id(cgroup);
	if (st->cgroup == id && st->unit_generation == generation)
		return 0;
	st->unit_muted = 0;
	st->by_kinds[BY_UNIT] = 0;
	if (c->unit_mutes) {
		cpu->cgroup.cgroup = cgroup;
		st->unit_muted = unit_mutes(slot);
		st->by_kinds[BY_UNIT] = cpu->cgroup.first_kinds;
		st->by_slot[BY_UNIT] = cpu->cgroup.first_slot;
	}
	st->cgroup = id;
	st->unit_generation = generation;
	return 0;
}

/* Recomputes what is wanted of the current process, and keeps it in its state. */
VERIFIED_ONCE int
update_state(u32 slot, struct state *st, struct wire_subtrees *k)
{
	struct task_struct *current = UNTRUSTED(bpf_get_current_task_btf()), *task = current->group_leader;
	struct wire_control *c = get_control();
	u64 exec_id = task->self_exec_id, path_muted, exe;
	u32 generation, path_generation, moved;

	if (!st || !c)
		return 0;
	moved = st->moved;
	update_unit(slot, st);
	if (c->user_mutes)
		st->euid = euid_of(current);
	path_muted = st->path_muted;
	generation = c->generation;
	path_generation = c->path_generation;
	if (c->path_mutes)
		st->elsewhere = is_elsewhere(current);
	exe = own_exe(st, current);
	if (exe) {
		st->exe = exe;
		st->exe_dentry = WORD(exe, struct file, f_path.dentry);
	}
	/* When it cannot be known, what was decided before holds. */
	if (st->path_generation != path_generation || st->exec_id != exec_id || !st->path_known) {
		struct cpu *cpu = cpu_at(slot);

		if (exe || !st->path_known) {
			path_muted = 0;
			st->by_kinds[BY_PATH] = st->by_kinds[BY_PREFIX] = 0;
		}
		if (exe)
			st->path_known = 1;
		if (c->path_mutes && exe && cpu) {
			struct file *file = CAST(struct file, exe);
			u32 off = path_of(cpu, slot, file);

			if (!(off & PATH_CUT)) {
				path_muted = path_mutes(slot, off);
				st->by_kinds[BY_PATH] = cpu->by_path.kinds;
				st->by_slot[BY_PATH] = cpu->by_path.slot;
				st->by_kinds[BY_PREFIX] = cpu->by_prefix.kinds;
				st->by_slot[BY_PREFIX] = cpu->by_prefix.slot;
			}
		}
	}
	st->path_muted = path_muted;
	set_wanted(st, c, k, (u32)task->tgid, version_of(task->start_boottime, exec_id), path_muted);
	st->exec_id = exec_id;
	st->path_generation = path_generation;
	/* Last, and with a full barrier: another thread that sees it sees the rest. */
	__sync_lock_test_and_set(&st->generation, generation);
	if (*(volatile u32 *)&st->moved != moved) /* meanwhile, from another CPU */
		st->generation = 0;
	return 0;
}

/* Made when it is not there. When two threads make it at once one of them fails, and finds the other's. */
static __always_inline struct state *
storage_of(struct task_struct *task)
{
	struct state *st = bpf_task_storage_get(&states, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	return st ? st : bpf_task_storage_get(&states, task, 0, 0);
}

/* The state of the current process, led by leader, up to date. NULL: out of memory. */
static __always_inline struct state *
state_of(struct task_struct *leader, struct wire_control *c, u32 slot)
{
	struct state *st = storage_of(leader);

	if (st && (st->generation != c->generation || st->exec_id != leader->self_exec_id ||
		   (c->user_mutes && st->euid != euid_of(bpf_get_current_task_btf()))))
		update_state(slot, st, subtree_ids_of(leader));
	return st;
}

#define PAIR(a, b) ((u64)(a) << 32 | (u32)(b))

/* What is known of a process, and where it is: these are compared, and stored, in this order. */
#define KNOWN_TABLE(X)                                                                               \
	X(known_exec_id, leader->self_exec_id + 1)                                                   \
	X(uids, PAIR(cred->uid.val, cred->euid.val))                                                 \
	X(gids, PAIR(cred->gid.val, cred->egid.val))                                                 \
	X(parent, PAIR(parent->tgid, version_of(parent->start_boottime, parent->self_exec_id)))      \
	X(group, (u64)signal->pids[PIDTYPE_PGID])                                                    \
	X(session, (u64)signal->pids[PIDTYPE_SID])                                                   \
	X(tty, (u64)signal->tty)

static __always_inline bool
is_known(const struct state *st, struct task_struct *leader, struct task_struct *actor)
{
	struct signal_struct *signal;
	struct task_struct *parent;
	const struct cred *cred;

	leader = UNTRUSTED(leader);
	cred = UNTRUSTED(actor)->cred;
	signal = leader->signal;
	parent = leader->real_parent->group_leader;
#define X(member, value) st->member == (value) &&
	return KNOWN_TABLE(X) true;
#undef X
}

static __always_inline void
mark_known(struct state *st, struct task_struct *leader, struct task_struct *actor)
{
	struct signal_struct *signal;
	struct task_struct *parent;
	const struct cred *cred;

	leader = UNTRUSTED(leader);
	cred = UNTRUSTED(actor)->cred;
	signal = leader->signal;
	parent = leader->real_parent->group_leader;
#define X(member, value) st->member = (value);
	KNOWN_TABLE(X)
#undef X
}

/* Writes the WIRE_PROC of the current process; negative when that cannot be. */
VERIFIED_ONCE int
emit_proc_now(u32 slot, struct state *st)
{
	struct task_struct *current = UNTRUSTED(bpf_get_current_task_btf()), *leader = current->group_leader;
	struct cpu *cpu = cpu_at(slot);
	u32 body = 0, moved;

	if (!st || !cpu)
		return -1;
	moved = st->moved;
	cpu->cgroup.cgroup = cgroup_of(leader);
	emit_cgroup(slot);
	if (build_proc(leader, current, slot, own_exe(st, current), &body))
		return -1;
	body &= TEXT_END - 1;
	if (write_record(cpu, body, (TEXT_END - body) & (TEXT_END - 1), true) < 0) {
		cpu->count.lost_other++;
		return -1;
	}
	mark_known(st, leader, current);
	if (*(volatile u32 *)&st->moved != moved)
		st->known_exec_id = 0;
	return 0;
}

/*
 * The same, when the reader does not know it yet or it changed. Without it an
 * event could not be assigned to a process: false means that the event is lost, too.
 */
static __always_inline bool
emit_proc(struct state *st, struct task_struct *leader, struct task_struct *actor, u32 slot)
{
	return is_known(st, leader, actor) || emit_proc_now(slot, st) == 0;
}

/* Events of a process that are subscribed to, and suppressed by a mute. */
static __always_inline void
count_suppressed(struct state *st, struct task_struct *leader, struct wire_control *c, struct cpu *cpu,
		 u32 kind, u64 n)
{
	if (c->subscribed & 1ULL << kind && (u32)leader->tgid != settings.owner)
		count_muted(st, cpu, kind, n);
}

/*
 * The gate of every event: whether it is to be written. If not, it is counted as suppressed or
 * lost, or is not subscribed to. st is the state of the process that leader leads, NULL: out of
 * memory. The first half decides, the second makes the process known; admit() is both.
 */
static __always_inline bool
is_wanted(struct state *st, struct task_struct *leader, struct wire_control *c, struct cpu *cpu, u32 kind)
{
	if (!st) {
		if (c->subscribed & 1ULL << kind)
			count_lost(cpu, kind, 1);
		return false;
	}
	if (st->wanted & 1ULL << kind)
		return true;
	count_suppressed(st, leader, c, cpu, kind, 1);
	return false;
}

static __always_inline bool
introduce(struct state *st, struct task_struct *leader, struct task_struct *current, struct cpu *cpu,
	  u32 slot, u32 kind)
{
	if (emit_proc(st, leader, current, slot))
		return true;
	count_lost(cpu, kind, 1);
	return false;
}

static __always_inline bool
admit(struct state *st, struct task_struct *leader, struct task_struct *current, struct wire_control *c,
      struct cpu *cpu, u32 slot, u32 kind)
{
	return is_wanted(st, leader, c, cpu, kind) && introduce(st, leader, current, cpu, slot, kind);
}

#endif
