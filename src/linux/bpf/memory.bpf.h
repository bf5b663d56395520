// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * memory - what the programs share: settings, the memory of a CPU, maps, the state of a process.
 *
 * The programs of one CPU never interrupt each other, so each CPU has one piece of memory to
 * work in: tracepoints run them with preemption disabled. Function hooks, and tracepoints since
 * Linux 7, do not: there the programs disable it themselves, and before Linux 6.15, which cannot,
 * one that finds the memory taken gives up. Bounds: no loop; begin_run() sets the work budget of a run.
 */
#ifndef ESTOP_LINUX_BPF_MEMORY_H
#define ESTOP_LINUX_BPF_MEMORY_H

#include "src/linux/bpf/core_read.bpf.h"
#include "src/linux/syscalls.h"
#include "src/linux/wire.h"

/* Set by the client before loading; in a section of its own, so that the whole of it is this. */
const volatile struct wire_settings settings SEC(".rodata.set");

/* The same, but the client changes it while the programs run. */
volatile struct wire_calls calls SEC(".data.calls") = {};

/* What the programs of one CPU work in. A path is built backwards, its header before it. */
enum {
	TEXT_END = 32768,  /* where a path ends in text[] */
	TEXT_ROOM = 65536, /* power of two, so that masks bound it */
	HEAD_ROOM = 512,
	/* what the record of a system call has after the first path; in all less than TEXT_END */
	BASE2_MAX = 7168,
	GIVEN_MAX = 4096, /* PATH_MAX */
	NAME_ROOM = 256,
};

/* A walk from a dentry up to the root of its mount namespace. */
struct walk {
	u64 dentry, root;
	u64 mount;
	u32 off;  /* of the first byte in text[] so far */
	u32 done; /* it came to an end: else the path is cut */
};

/* A walk over the current process's descriptors. */
struct sweep {
	u64 table_fd, open, cloexec;
	u64 bits;        /* of the word being looked at, those still to do */
	u64 file;        /* whose record is in text[]: the next descriptor may be a duplicate */
	u32 first, last; /* descriptors, both included */
	u32 base;
	u32 listed;
	u32 off;                       /* of that record */
	bool on_exec;                  /* those alone that an exec closes */
	bool closes, ptys;             /* subscribed: CLOSE, PTY_CLOSE */
	bool emits_closes, emits_ptys; /* and to be written; else only counted */
	u32 masters;                   /* of terminals, counted */
};

/* How an inode looked when a file was opened for writing, by struct file. */
struct written {
	u64 size, blocks;
	s64 mtime;
	u32 mtime_nsec;
	u32 by_call; /* a call has written to it since, where it is mapped as well */
};

/* Which file: the key of a map, so without padding. */
struct mapped {
	u64 ino;
	u32 dev, generation;
};

/* Pieces of an exec's arguments. */
struct chunks {
	u64 at, end;
	u32 offset;
	u32 pid, version;
};

struct hashing {
	u64 hash;
	u64 muted;
	u64 first_kinds; /* of the first prefix that matched */
	u32 first_slot;
	u32 off, length;
	u32 lookups; /* still allowed */
};

/* The path of a cgroup, put together after TEXT_END; and its hashes, component by component. */
struct cgroup_walk {
	u64 cgroup; /* address */
	u32 level;
	u32 start, end; /* of the path in text[] */
	u64 path_hash, name_hash, muted, first_kinds;
	u32 name_length, first_slot;
};

struct cpu {
	struct wire_counters count;
	u64 pad[504 - sizeof(struct wire_counters) / 8]; /* the client maps the counters' page */
	s32 last_fd;                                     /* of the descriptors listed for an exec */
	s32 work;        /* what this run may still do, in units: see WORK_MAX */
	u64 number;      /* where a pointer loses its type, to be a number */
	u64 mnt, dentry; /* what build_path() is to name; kept here to lose their pointer types */
	u64 inode;       /* of the same, 0: none */
	u64 inode2;      /* of a system call's second file, where that is a descriptor's */
	u64 arg[8];      /* of the system call; then AT_FDCWD, and its result: enum of syscalls.h */
	u32 target[2];   /* wire_syscall's number[] */
	u32 length[WIRE_PIECES];
	u32 after; /* bytes after TEXT_END so far */
	u32 flags; /* enum wire_flag, of the record being made */
	u32 busy;  /* a program is at work here: settings.guarded */
	u32 pad2;
	u8 data[32] __attribute__((aligned(8)));
	struct wire_mute by_path, by_prefix; /* what path_mutes() found */
	/* State of walks: kernels before 6.13 allow 512 bytes of stack to a whole chain of calls. */
	struct walk walk;
	struct sweep sweep;
	struct written written;
	struct mapped mapped;
	struct chunks chunks;
	struct hashing hashing;
	struct cgroup_walk cgroup;
	/* The path built last in this run where it was long, or others are likely to begin like it. */
	u64 kept_mnt, kept_dentry, kept_parent;
	u32 kept_length, kept_leaf; /* bytes of all of it; of its last component, with the slash */
	char text[TEXT_ROOM + 1024];
	char kept[WIRE_PATH_MAX];
};

/*
 * No run of a program may be long, as nothing else gets the CPU meanwhile. Each
 * has WORK_MAX units of some 50 ns; what a loop does is taken off them. A path
 * that they do not suffice for is cut, and descriptors that are left over are
 * counted as lost. HACKING.md lists the loops.
 */
enum {
	WORK_MAX = 24576,
	WORK_FILE = 12,     /* a file's record, its path apart: a step of a walk is one unit */
	WORK_CHUNK = 128,   /* a chunk of arguments */
	WORK_BYTES = 128,   /* bytes of a path or record that are copied, for a unit */
	WORK_LONG = 64,     /* steps from which on a path is kept */
	LOOKUPS_MAX = 8192, /* of prefixes, in one path */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2); /* CPUs and one for the iterator; set by the client */
	__type(key, u32);
	__type(value, struct cpu);
} cpus SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct wire_control);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20); /* set by the client */
} ring SEC(".maps");

/* What can suppress an event. It is counted for the first of these that does. */
enum { BY_PROCESS, BY_SUBTREE, BY_UNIT, BY_USER, BY_PATH, BY_PREFIX, BY_COUNT };

/* Kept with each process (its first thread). */
struct state {
	u64 exec_id;    /* for which program execution */
	u32 generation; /* mutes and subscriptions it was made from; 0 never */
	u32 path_generation;
	u64 wanted; /* bits of enum wire_kind */
	u64 path_muted;
	u64 process_muted; /* as in muted_processes, not inverted */
	u64 unit_muted;    /* of the cgroup with this number, by the units of that generation */
	u64 cgroup;
	u32 unit_generation;
	u32 moved; /* how often it was moved to another cgroup */
	u32 euid;  /* by which `wanted` was decided, where users are muted */
	u32 pad_euid;
	/* what each of them suppresses, and the slot of its counter */
	u64 by_kinds[BY_COUNT];
	u32 by_slot[BY_COUNT];
	/* as in the last WIRE_PROC, to notice changes */
	u64 known_exec_id; /* + 1; 0: there was none */
	u64 uids, gids;    /* by value: freed credentials come back at the same address */
	u64 parent;        /* pid and version */
	u64 group, session, tty;
	u64 ended;           /* its exit was seen */
	u64 exe, exe_dentry; /* its executable's struct file, while it had memory; and that one's dentry */
	u32 path_known;      /* path_muted is of the executable: decided here or inherited at fork */
	u32 shares_files;    /* with a process it forked or is a fork of: CLONE_FILES */
	u32 elsewhere; /* in another mount namespace than the client: a path may be another file there */
	u32 looked;    /* a thread that ended has looked whether it was the last */
	u64 unknown;   /* the WIRE_PROC of the program execution before this one was lost; its exec_id + 1 */
	u64 executing; /* the program execution that an exec is about to end; its exec_id + 1 */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct state);
} states SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384); /* set by the client: the mute limit */
	__type(key, struct wire_process_key);
	__type(value, struct wire_mute);
} muted_processes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct wire_path_key);
	__type(value, struct wire_mute);
} muted_paths SEC(".maps");

/* Which subtrees a process is in: of its own storage, as user space writes it, too. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct wire_subtrees);
} subtree_ids SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, u32);
	__type(value, struct wire_mute);
} subtrees SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct wire_unit_key);
	__type(value, struct wire_mute);
} muted_units SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, u32); /* effective user id */
	__type(value, struct wire_mute);
} muted_users SEC(".maps");

/* Cgroups whose path was written to the ring. One that falls out is written again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, u32);
} emitted_cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WIRE_SLOTS);
	__type(key, u32);
	__type(value, u64);
} suppressed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, u64);
	__type(value, struct written);
} writers SEC(".maps");

#define FNV_BASIS 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL

static __always_inline struct cpu *
cpu_at(u32 index)
{
	return bpf_map_lookup_elem(&cpus, &index);
}

static __always_inline struct wire_control *
get_control(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&control, &zero);
}

#ifdef HAVE_CAST
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
#else
/* No kernel for which this variant is runs programs of tracepoints with preemption on. */
#define bpf_preempt_disable()
#define bpf_preempt_enable()
#endif

/* The CPU's memory is this program's until release_cpu(). false: it cannot be had, which is counted. */
static __always_inline bool
hold_cpu(void)
{
	if (settings.preemptible)
		bpf_preempt_disable();
	if (settings.guarded) {
		struct cpu *cpu = cpu_at(bpf_get_smp_processor_id());

		if (!cpu)
			return false;
		if (__sync_lock_test_and_set(&cpu->busy, 1)) {
			__sync_fetch_and_add(&cpu->count.skipped, 1);
			return false;
		}
	}
	return true;
}

static __always_inline void
release_cpu(void)
{
	if (settings.guarded) {
		struct cpu *cpu = cpu_at(bpf_get_smp_processor_id());

		if (cpu)
			__sync_lock_test_and_set(&cpu->busy, 0);
	}
	if (settings.preemptible)
		bpf_preempt_enable();
}

/* The CPU's memory, at the beginning of a run. */
static __always_inline struct cpu *
begin_run(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);

	if (cpu) {
		cpu->work = WORK_MAX;
		cpu->kept_dentry = 0;
	}
	return cpu;
}

#define SUBSCRIBED(c, kind) ((c)->subscribed & 1ULL << WIRE_##kind)
#define CLOSINGS (1ULL << WIRE_CLOSE | 1ULL << WIRE_PTY_CLOSE)

#endif
