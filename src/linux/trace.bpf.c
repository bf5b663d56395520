// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * trace - the kernel's side of Endpoint Security for Linux.
 *
 * Raw tracepoints turn system calls and the life of processes into the records
 * of wire.h. Every program begins with one look into the state kept with its
 * process: the mask of what is wanted from it, subscriptions and mutes already
 * worked out. Only when those or the process changed is that mask made anew.
 *
 * The programs of one CPU never interrupt each other, so each CPU has one piece
 * of memory to work in: tracepoints run them with preemption off, and where they
 * do not (Linux 7), the programs turn it off themselves.
 */
#include "src/linux/kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "src/linux/syscalls.h"
#include "src/linux/wire.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Numbers of the kernel's own that no BTF tells. */
enum {
	PF_KTHREAD = 0x200000,
	SIGNAL_GROUP_EXIT = 4,
	FMODE_WRITE = 2,
	FMODE_CREATED = 1 << 20,
	O_CREAT = 0100,
	AT_FDCWD = -100,
	RENAME_EXCHANGE = 2,
	F_DUPFD = 0,
	F_DUPFD_CLOEXEC = 1030,
	MAP_ANONYMOUS = 0x20,
	FICLONE = 0x40049409,
	FICLONERANGE = 0x4020940d,
	FS_IOC_SETFLAGS = 0x40086602,
	FS_IOC32_SETFLAGS = 0x40046602,
	TIOCSPTLCK = 0x40045431,
	PTRACE_TRACEME = 0,
	PTRACE_ATTACH = 16,
	PTRACE_SEIZE = 0x4206,
	CLOCK_REALTIME = 0,
	ADJ_SETOFFSET = 0x100,
	AF_UNIX = 1,
	MS_REMOUNT = 32,
	MS_PROPAGATION = 0x1e0000, /* MS_UNBINDABLE to MS_SHARED */
	MOVE_MOUNT_SET_GROUP = 0x100,
	SI_USER = 0,
	SI_QUEUE = -1,
	SI_TKILL = -6,
	SIGNAL_NOT_QUEUED = 3,     /* enum of the tracepoint signal_generate: it failed */
	SIGCONT = 18,
	SIGSTOP = 19,
	PIDTYPE_TGID = 1,
	S_IFMT = 0170000,
	S_IFCHR = 0020000,
	S_IFSOCK = 0140000,
	PTMX = 5 << 20 | 2,        /* as a kernel's device number */
	TS_COMPAT = 2,  /* x86 */
	TIF_32BIT = 22, /* arm64 */
	CLOSE_RANGE_UNSHARE = 2,
	CLOSE_RANGE_CLOEXEC = 4,
	RLIMIT_NOFILE = 7,
	EXIT_ZOMBIE_OR_DEAD = 0x30,
	PIDTYPE_PGID = 2,
	PIDTYPE_SID = 3,
};
#define SB_NOUSER (1UL << 31) /* pipes, sockets, memfd …: nowhere in the file tree */

/* Set by the client before loading; in a section of its own, so that the whole of it is this. */
const volatile struct wire_settings settings SEC(".rodata.set");

/* The same, but the client changes it while the programs run. */
volatile struct wire_calls calls SEC(".data.calls") = {};

/*
 * Reading the kernel's memory. The program is compiled twice: with HAVE_CAST an
 * address gets its type back by bpf_rdonly_cast() (Linux 6.2) and a member is a
 * plain load; without, each is a call.
 */
#ifdef HAVE_CAST
extern void *bpf_rdonly_cast(const void *, u32) __ksym;
#define CAST(type, address) \
	((type *)bpf_rdonly_cast((const void *)(address), bpf_core_type_id_kernel(type)))
#define LOAD(object, member) ((object)->member)
#else
#define CAST(type, address) ((type *)(address))
#define LOAD(object, member) BPF_CORE_READ(object, member)
#endif

/*
 * A task to follow pointers from. From one the verifier trusts, each pointer
 * loaded costs it a search through all of the kernel's type names; trust is
 * needed for the task's storage alone.
 */
#define UNTRUSTED(task) CAST(struct task_struct, task)

/* What the programs of one CPU work in. A path is built backwards, its header before it. */
enum {
	TEXT_END = 32768,   /* where a path ends in text[] */
	TEXT_ROOM = 65536,  /* power of two, so that masks bound it */
	HEAD_ROOM = 512,
	/* what an act's record has behind the first path; in all less than TEXT_END */
	BASE2_MAX = 7168,
	GIVEN_MAX = 4096,   /* PATH_MAX */
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
	u32 off;         /* of that record */
	bool on_exec;    /* those alone that an exec closes */
	bool closes, ptys; /* subscribed: CLOSE, PTY_CLOSE */
	bool emits_closes, emits_ptys; /* and to be written; else suppressed, and counted */
	u32 masters;     /* ends of terminals that were suppressed */
};

/* How an inode looked when a file was opened for writing, by struct file. */
struct written {
	u64 size, blocks;
	s64 mtime;
	u32 mtime_nsec, pad;
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
	u32 lookups;     /* still allowed */
};

struct cpu {
	struct wire_counters count;
	u64 pad[504 - sizeof(struct wire_counters) / 8]; /* the client maps the counters' page */
	s32 last_fd;     /* of the descriptors listed for an exec */
	s32 work;        /* what this run may still do, in units: see WORK_MAX */
	u64 number;      /* where a pointer loses its type, to be a number */
	u64 mnt, dentry; /* what build_path() is to name; kept here to lose their pointer types */
	u64 inode;       /* of the same, 0: none */
	u64 inode2;      /* of an act's second file, where that is a descriptor's */
	u64 arg[8];      /* of the system call; then AT_FDCWD, and its result: enum of syscalls.h */
	u32 target[2];   /* wire_act's number[] */
	u32 length[WIRE_PIECES];
	u32 after;       /* bytes behind TEXT_END so far */
	u32 flags;       /* enum wire_flag, of the record being made */
	u8 data[32] __attribute__((aligned(8)));
	struct wire_mute by_path, by_prefix; /* what path_mutes() found */
	/* State of walks: kernels before 6.13 allow 512 bytes of stack to a whole chain of calls. */
	struct walk walk;
	struct sweep sweep;
	struct written written;
	struct chunks chunks;
	struct hashing hashing;
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
	WORK_FILE = 12,    /* a file's record, its path apart: a step of a walk is one unit */
	WORK_CHUNK = 128,  /* a chunk of arguments */
	WORK_BYTES = 128,  /* bytes of a path or record that are copied, for a unit */
	WORK_LONG = 64,    /* steps from which on a path is kept */
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

/* What can keep an event back, in the order in which it is held to account. */
enum { BY_PROCESS, BY_SUBTREE, BY_PATH, BY_PREFIX, BY_COUNT };

/* Kept with each process (its first thread). */
struct state {
	u64 exec_id;          /* for which program execution */
	u32 generation;       /* mutes and subscriptions it was made from; 0 never */
	u32 path_generation;
	u64 wanted;           /* bits of enum wire_kind */
	u64 path_muted;
	u64 process_muted;    /* as in muted_processes, not inverted */
	/* who keeps what back, to count it there: the first that has the kind */
	u64 by_kinds[BY_COUNT];
	u32 by_slot[BY_COUNT];
	/* what the last WIRE_PROC said, to notice changes */
	u64 known_exec_id;    /* + 1; 0: there was none */
	u64 uids, gids;       /* by value: freed credentials come back at the same address */
	u64 parent;           /* pid and version */
	u64 group, session, tty;
	u64 ended;            /* its exit was seen */
	u64 exe, exe_dentry;  /* its executable's struct file, while it had memory; and that one's dentry */
	u32 path_known;       /* path_muted is of the executable: decided here or inherited at fork */
	u32 shares_files;     /* with a process it forked or is a fork of: CLONE_FILES */
	u32 elsewhere;        /* in another mount namespace than the client: a path may be another file there */
	u32 pad;
	u64 unknown;          /* the WIRE_PROC of the program execution before this one was lost; its exec_id + 1 */
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
	__type(value, struct wire_kin);
} kin SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, u32);
	__type(value, struct wire_mute);
} subtrees SEC(".maps");

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

/* pidversion: the fork's time since boot in units of 2^17 ns, plus one for each exec of its line. */
static __always_inline u32
version_of(u64 start_boottime, u64 exec_id)
{
	return (u32)(start_boottime >> 17) + (u32)exec_id;
}

/*
 * 64 bits at an address, as a number. The verifier follows pointers by type and
 * looks at code anew for each mixture of types; numbers it sees once.
 */
static __always_inline u64
word_at(u64 address)
{
#ifdef HAVE_CAST
	return (u64)CAST(struct timespec64, address)->tv_sec; /* a type that begins with 64 bits */
#else
	u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (void *)address);
	return word;
#endif
}

#define WORD(address, type, member) word_at((address) + bpf_core_field_offset(type, member))

#ifdef HAVE_CAST
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
#else
/* No kernel for which this variant is runs programs of tracepoints with preemption on. */
#define bpf_preempt_disable()
#define bpf_preempt_enable()
#endif

static __always_inline void
hold_cpu(void)
{
	if (settings.preemptible)
		bpf_preempt_disable();
}

static __always_inline void
release_cpu(void)
{
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

/* ---- paths ------------------------------------------------------------- */

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

/*
 * Functions that are not static are verified once, for any arguments, instead
 * of anew at every call: loading takes a tenth of the time.
 */
#define VERIFIED_ONCE __attribute__((noinline))

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

/* ---- records ----------------------------------------------------------- */

/* The times of an inode have lived in three places. */
#define INODE_TIME(which, sec, nsec)                                               \
	static __always_inline void inode_##which(struct inode *inode, s64 *sec, u32 *nsec)      \
	{                                                                          \
		struct inode___private *private = (void *)inode;                   \
		struct inode___timespec *old = (void *)inode;                      \
		struct timespec64 t = {};                                          \
									           \
		if (bpf_core_field_exists(inode->i_##which##_sec)) {               \
			*sec = LOAD(inode, i_##which##_sec);                       \
			/* The top bit is a note of the kernel's (6.13). */        \
			*nsec = LOAD(inode, i_##which##_nsec) & 0x7fffffff;        \
			return;                                                    \
		}                                                                  \
		if (bpf_core_field_exists(private->__i_##which))                   \
			t = BPF_CORE_READ(private, __i_##which);                   \
		else if (bpf_core_field_exists(old->i_##which))                    \
			t = BPF_CORE_READ(old, i_##which);                         \
		*sec = t.tv_sec;                                                   \
		*nsec = (u32)t.tv_nsec;                                            \
	}
INODE_TIME(atime, sec, nsec)
INODE_TIME(mtime, sec, nsec)
INODE_TIME(ctime, sec, nsec)

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
	return bpf_ringbuf_output(&ring, &cpu->text[off], size, flags);
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

/* The struct file of a process's executable, by its thread actor; 0 when that has no memory. */
static __always_inline u64
exe_of(struct task_struct *actor)
{
	struct task_struct *task = UNTRUSTED(actor);
	struct mm_struct *mm = LOAD(task, mm);

	return mm ? (u64)LOAD(mm, exe_file) : 0;
}

/*
 * Before Linux 6.16 a process has no memory any more when sched_process_exit
 * tells of its end. The file lives until the exit is over, as a rule; where it
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

/* ---- what is wanted of a process ---------------------------------------- */

#define FNV_BASIS 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL

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
static __always_inline struct wire_kin *
subtree_ids_of(struct task_struct *leader)
{
	return bpf_task_storage_get(&kin, leader, 0, 0);
}

/* Events muted by the subtrees a process is in. */
static __always_inline u64
subtree_mutes(struct state *st, const struct wire_kin *k)
{
	u64 muted = 0;

	if (!k)
		return 0;
	for (u32 i = 0; i < WIRE_KIN_MAX; i++) {
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
	struct wire_kin *k = bpf_task_storage_get(&kin, from, 0, 0), *heir;

	if (!k)
		return;
	heir = bpf_task_storage_get(&kin, to, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!heir)
		return;
	for (u32 i = 0; i < WIRE_KIN_MAX; i++)
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

static __always_inline u32
is_elsewhere(struct task_struct *current)
{
	struct nsproxy *proxy = LOAD(current, nsproxy); /* NULL: it ends */

	return proxy && BPF_CORE_READ(proxy, mnt_ns, ns.inum) != settings.mount_namespace;
}

/* Works out anew what is wanted of the current process, and keeps it in its state. */
VERIFIED_ONCE int
refresh(u32 slot, struct state *st, struct wire_kin *k)
{
	struct task_struct *current = UNTRUSTED(bpf_get_current_task_btf()), *task = current->group_leader;
	struct wire_control *c = get_control();
	u64 exec_id = task->self_exec_id, muted = 0, path_muted, exe;
	u32 generation, path_generation;

	if (!st || !c)
		return 0;
	path_muted = st->path_muted;
	generation = c->generation;
	path_generation = c->path_generation;
	if (c->path_mutes)
		st->elsewhere = is_elsewhere(current);
	exe = exe_of(current);
	if (exe) {
		st->exe = exe;
		st->exe_dentry = WORD(exe, struct file, f_path.dentry);
	} else {
		exe = exe_before_exit(st);
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
	st->by_kinds[BY_PROCESS] = st->by_kinds[BY_SUBTREE] = 0;
	if (c->process_mutes)
		muted = process_mutes(st, (u32)task->tgid, version_of(task->start_boottime, exec_id));
	st->process_muted = muted;
	st->path_muted = path_muted;
	if (c->subtrees)
		muted |= subtree_mutes(st, k);
	muted ^= 0ULL - (c->process_inverted & 1);
	muted |= path_muted ^ (0ULL - (c->path_inverted & 1));
	st->wanted = c->subscribed & ~muted;
	st->exec_id = exec_id;
	st->path_generation = path_generation;
	/* Last, and with a full barrier: another thread that sees it sees the rest. */
	__sync_lock_test_and_set(&st->generation, generation);
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

	if (st && (st->generation != c->generation || st->exec_id != leader->self_exec_id))
		refresh(slot, st, subtree_ids_of(leader));
	return st;
}

#define PAIR(a, b) ((u64)(a) << 32 | (u32)(b))

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
	return st->known_exec_id == leader->self_exec_id + 1 &&
	       st->uids == PAIR(cred->uid.val, cred->euid.val) &&
	       st->gids == PAIR(cred->gid.val, cred->egid.val) &&
	       st->parent ==
		       PAIR(parent->tgid, version_of(parent->start_boottime, parent->self_exec_id)) &&
	       st->group == (u64)signal->pids[PIDTYPE_PGID] &&
	       st->session == (u64)signal->pids[PIDTYPE_SID] && st->tty == (u64)signal->tty;
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
	st->known_exec_id = leader->self_exec_id + 1;
	st->uids = PAIR(cred->uid.val, cred->euid.val);
	st->gids = PAIR(cred->gid.val, cred->egid.val);
	st->parent = PAIR(parent->tgid, version_of(parent->start_boottime, parent->self_exec_id));
	st->group = (u64)signal->pids[PIDTYPE_PGID];
	st->session = (u64)signal->pids[PIDTYPE_SID];
	st->tty = (u64)signal->tty;
}

/* Writes the WIRE_PROC of the current process; negative when that cannot be. */
VERIFIED_ONCE int
emit_proc_now(u32 slot, struct state *st)
{
	struct task_struct *current = UNTRUSTED(bpf_get_current_task_btf()), *leader = current->group_leader;
	struct cpu *cpu = cpu_at(slot);
	u32 body = 0;
	u64 exe;

	if (!st || !cpu)
		return -1;
	exe = exe_of(current);
	if (build_proc(leader, current, slot, exe ? exe : exe_before_exit(st), &body))
		return -1;
	body &= TEXT_END - 1;
	if (write_record(cpu, body, (TEXT_END - body) & (TEXT_END - 1), true) < 0) {
		cpu->count.lost_other++;
		return -1;
	}
	mark_known(st, leader, current);
	return 0;
}

/*
 * The same, when the reader does not know it yet or it changed. Without it an
 * event would be nobody's: false means that the event is lost, too.
 */
static __always_inline bool
emit_proc(struct state *st, struct task_struct *leader, struct task_struct *actor, u32 slot)
{
	return is_known(st, leader, actor) || emit_proc_now(slot, st) == 0;
}

/* Whether this kind of event is wanted of a process; counts it as suppressed where a mute says no. */
static __always_inline bool
wanted(struct state *st, struct task_struct *leader, struct wire_control *c, struct cpu *cpu, u32 kind)
{
	if (st->wanted & 1ULL << kind)
		return true;
	if (c->subscribed & 1ULL << kind && (u32)leader->tgid != settings.owner)
		count_muted(st, cpu, kind, 1);
	return false;
}

/*
 * The gate of every event that is one of the current process: whether it is to
 * be written now. If not, it is counted as suppressed or lost, or is not
 * subscribed to. The state is NULL when it could not be had.
 */
static __always_inline bool
admit(struct state *st, struct task_struct *leader, struct task_struct *current, struct wire_control *c,
      struct cpu *cpu, u32 slot, u32 kind)
{
	if (!st) {
		if (c->subscribed & 1ULL << kind)
			count_lost(cpu, kind, 1);
		return false;
	}
	if (!wanted(st, leader, c, cpu, kind))
		return false;
	if (!emit_proc(st, leader, current, slot)) {
		count_lost(cpu, kind, 1);
		return false;
	}
	return true;
}

/* ---- open and close ----------------------------------------------------- */

/* The struct file behind a descriptor of the current process, 0 when it is not open. */
static __always_inline u64
file_of(struct task_struct *task, u32 fd)
{
	struct fdtable *table;

	task = UNTRUSTED(task);
	if (!task->files)
		return 0;
	table = task->files->fdt;
	if (fd >= table->max_fds)
		return 0;
	return word_at((u64)table->fd + 8UL * fd);
}

static __always_inline bool
in_file_tree(u64 inode_address)
{
	struct inode *inode = CAST(struct inode, inode_address);
	struct super_block *sb = CAST(struct super_block, LOAD(inode, i_sb));

	return !(LOAD(sb, s_flags) & SB_NOUSER);
}

static __always_inline void
look_at(struct written *now, u64 address)
{
	struct inode *inode = CAST(struct inode, address);

	now->size = (u64)LOAD(inode, i_size);
	now->blocks = LOAD(inode, i_blocks);
	inode_mtime(inode, &now->mtime, &now->mtime_nsec);
	now->pad = 0;
}

static __always_inline void
remember(struct cpu *cpu, u64 file, u64 inode)
{
	look_at(&cpu->written, inode);
	bpf_map_update_elem(&writers, &file, &cpu->written, BPF_ANY);
}

/* Builds the record of an open, create or close in text[], from where it returns on. */
VERIFIED_ONCE u32
build_file(u32 slot, u64 address, u32 kind, u32 oflag)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf())->group_leader;
	struct cpu *cpu = cpu_at(slot);
	struct file *file = CAST(struct file, address);
	u64 inode = (u64)LOAD(file, f_inode);
	struct wire_file *e;
	u32 off, cut = 0, body;

	if (!cpu)
		return 0;
	off = path_of(cpu, slot, file);
	cut = off & PATH_CUT;
	off &= ~PATH_CUT;
	body = body_before(off, sizeof(*e));
	e = (struct wire_file *)&cpu->text[body];
	fill_head(&e->head, TEXT_END - body, kind, (u32)task->tgid,
		  version_of(task->start_boottime, task->self_exec_id));
	e->head.flags = cut ? WIRE_CUT : 0;
	e->head.text = (u16)(off - body);
	e->head.text_len = TEXT_END - off;
	e->oflag = oflag;
	e->pad = 0;
	copy_stat(&e->stat, inode);
	if (LOAD(file, f_mode) & FMODE_WRITE) {
		struct written *then;

		if (kind == WIRE_OPEN)
			remember(cpu, address, inode);
		else if (kind == WIRE_CLOSE && (then = bpf_map_lookup_elem(&writers, &address)) &&
			 (then->size != e->stat.size || then->blocks != e->stat.blocks ||
			  then->mtime != e->stat.mtime || then->mtime_nsec != e->stat.mtime_nsec))
			e->head.flags |= WIRE_MODIFIED;
	}
	return body;
}

/* One open, create or close of the current process: the struct file at address. */
VERIFIED_ONCE int
file_event(u64 address, u32 kind, u32 oflag)
{
	struct task_struct *current = bpf_get_current_task_btf(), *task = current->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	struct wire_control *c = get_control();
	struct file *file = CAST(struct file, address);
	u64 inode = (u64)LOAD(file, f_inode);
	struct state *st;
	u32 body;

	if (!cpu || !c || kind >= WIRE_EVENTS || !inode || !in_file_tree(inode))
		return 0;
	st = state_of(task, c, slot);
	/* Its close may be wanted all the same, and will have to say what changed. */
	if (kind == WIRE_OPEN && st && (st->wanted & (1ULL << WIRE_OPEN | 1ULL << WIRE_CLOSE)) == 1ULL << WIRE_CLOSE &&
	    LOAD(file, f_mode) & FMODE_WRITE)
		remember(cpu, address, inode);
	if (!admit(st, task, current, c, cpu, slot, kind))
		return 0;
	body = build_file(slot, address, kind, oflag) & (TEXT_END - 1);
	write_event(cpu, body, (TEXT_END - body) & (TEXT_END - 1), kind, false);
	return 0;
}

#define SUBSCRIBED(c, kind) ((c)->subscribed & 1ULL << WIRE_##kind)
#define CLOSINGS (1ULL << WIRE_CLOSE | 1ULL << WIRE_PTY_CLOSE)

int terminal_closed(u64 address);
int before_exec(u32 slot);
int emit_pty_close(u32 slot, u64 address);
static __always_inline bool is_last_of_terminal(u64 address);

/* A descriptor of the struct file at address is closed. */
static __always_inline void
closed(u64 address)
{
	struct wire_control *c = get_control();

	file_event(address, WIRE_CLOSE, 0);
	if (c && SUBSCRIBED(c, PTY_CLOSE))
		terminal_closed(address);
}

/* Number of the lowest bit set, by a de Bruijn sequence: BPF has no instruction for it. */
static __always_inline u32
lowest_bit(u64 bits)
{
	static const u8 table[64] = {
		0,  1,	2,  53, 3,  7,	54, 27, 4,  38, 41, 8,	34, 55, 48, 28,
		62, 5,	39, 46, 44, 42, 22, 9,	24, 35, 59, 56, 49, 18, 29, 11,
		63, 52, 6,  26, 37, 40, 33, 47, 61, 45, 43, 21, 23, 58, 17, 10,
		51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19, 15, 30, 14, 13, 12,
	};

	return table[((bits & -bits) * 0x022fdd63cc95386dULL) >> 58 & 63];
}

static __always_inline u32
bits_in(u64 word)
{
	word -= word >> 1 & 0x5555555555555555ULL;
	word = (word & 0x3333333333333333ULL) + (word >> 2 & 0x3333333333333333ULL);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (u32)(word * 0x0101010101010101ULL >> 56);
}

static __always_inline u32
highest_bit(u64 word)
{
	word |= word >> 1;
	word |= word >> 2;
	word |= word >> 4;
	word |= word >> 8;
	word |= word >> 16;
	word |= word >> 32;
	return bits_in(word) - 1;
}

/* ---- descriptors closed without close(2) --------------------------------- */

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
	if (s->listed >= WIRE_FDS_TOLD) {
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
		(s->listed & (WIRE_FDS_TOLD - 1));
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

/*
 * A close of every open descriptor from first to last, or of those that an exec
 * closes. What there is no time for is counted as lost; that may be more than
 * there were events, as pipes and sockets are none.
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
	u64 wanted;

	if (!cpu || !c || !begin_sweep(&cpu->sweep, first, last))
		return 0;
	s = &cpu->sweep;
	s->on_exec = what == SWEEP_CLOSE_ON_EXEC;
	st = state_of(leader, c, slot);
	s->closes = SUBSCRIBED(c, CLOSE) != 0;
	s->ptys = SUBSCRIBED(c, PTY_CLOSE) != 0;
	wanted = st ? st->wanted : c->subscribed;
	if (wanted & CLOSINGS && (!st || !emit_proc(st, leader, current, slot)))
		cpu->work = 0; /* nobody's: all of them are lost */
	s->emits_closes = wanted & 1ULL << WIRE_CLOSE;
	s->emits_ptys = wanted & 1ULL << WIRE_PTY_CLOSE;
	s->masters = 0;
	bpf_loop(WIRE_FDS_MAX / 64 + WIRE_FDS_MAX, close_step, &slot, 0);
	if (st && (u32)leader->tgid != settings.owner) {
		if (s->closes && !s->emits_closes)
			count_muted(st, cpu, WIRE_CLOSE, s->listed);
		if (s->masters)
			count_muted(st, cpu, WIRE_PTY_CLOSE, s->masters);
	}
	if (cpu->work <= 0) {
		s->listed = 0;
		bpf_loop(WIRE_FDS_MAX / 64, left_step, &slot, 0);
		if (s->emits_closes)
			count_lost(cpu, WIRE_CLOSE, s->listed);
	}
	s->table_fd = 0;
	return 0;
}

/* The open descriptors, in text[] behind a struct wire_text; how many of them are listed there. */
VERIFIED_ONCE int
list_fds(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	int n;

	if (!cpu || !begin_sweep(&cpu->sweep, 0, WIRE_FDS_MAX - 1))
		return 0;
	bpf_loop(WIRE_FDS_MAX / 64 + 2 * WIRE_FDS_TOLD + 64, list_step, &slot, 0);
	n = (int)cpu->sweep.listed;
	cpu->sweep.table_fd = 0;
	return n;
}

/* ---- system calls -------------------------------------------------------- */

#ifdef __TARGET_ARCH_x86
/* 32-bit calls (int 0x80, and programs built for i386) have numbers of their own. */
#define IS_32BIT(task) (((task)->thread_info.status & TS_COMPAT) != 0)
#define CALL_NUMBER(regs) ((long)(regs)->orig_ax)
#define ARG0(regs, compat) ((compat) ? (u32)(regs)->bx : (regs)->di)
#define ARG1(regs, compat) ((compat) ? (u32)(regs)->cx : (regs)->si)
#define ARG2(regs, compat) ((compat) ? (u32)(regs)->dx : (regs)->dx)
#define ARG3(regs, compat) ((compat) ? (u32)(regs)->si : (regs)->r10)
#define ARG4(regs, compat) ((compat) ? (u32)(regs)->di : (regs)->r8)
#define ARG5(regs, compat) ((compat) ? (u32)(regs)->bp : (regs)->r9)
#else
/* Calls of 32-bit programs are left out: syscalls.c has no row for them. */
#define IS_32BIT(task) ((task)->thread_info.flags >> TIF_32BIT & 1)
#define CALL_NUMBER(regs) ((u32)(regs)->syscallno) /* an int there */
#define ARG0(regs, compat) ((regs)->orig_x0)
#define ARG1(regs, compat) ((regs)->regs[1])
#define ARG2(regs, compat) ((regs)->regs[2])
#define ARG3(regs, compat) ((regs)->regs[3])
#define ARG4(regs, compat) ((regs)->regs[4])
#define ARG5(regs, compat) ((regs)->regs[5])
#endif

static __always_inline void
handle_sys_enter(struct pt_regs *regs, long id)
{
	struct task_struct *task;
	bool compat;
	u64 file;
	u32 fd, shape;

	if (!begin_run(bpf_get_smp_processor_id()))
		return;
	task = bpf_get_current_task_btf();
	compat = IS_32BIT(task);
	shape = (u8)(calls.row[compat][id] >> ROW_ENTER);
	switch (shape) {
	case ENTER_CLOSE:
		file = file_of(task, (u32)ARG0(regs, compat));
		break;
	case ENTER_DUP2:
	case ENTER_DUP3:
		fd = (u32)ARG1(regs, compat);
		if (fd == (u32)ARG0(regs, compat) || !file_of(task, (u32)ARG0(regs, compat)))
			return;
		if (shape == ENTER_DUP3 && (u32)ARG2(regs, compat) & ~02000000u)
			return; /* fails: only O_CLOEXEC is allowed */
		if (fd >= UNTRUSTED(task)->signal->rlim[RLIMIT_NOFILE].rlim_cur)
			return; /* fails: above the limit, even if it is in use */
		file = file_of(task, fd);
		break;
	case ENTER_EXEC:
		before_exec(bpf_get_smp_processor_id());
		return;
	case ENTER_CLOSE_RANGE:
		/* Only marks them, or is not known and fails. */
		if ((u32)ARG2(regs, compat) & ~(u32)CLOSE_RANGE_UNSHARE ||
		    (u32)ARG0(regs, compat) > (u32)ARG1(regs, compat))
			return;
		close_all((u32)ARG0(regs, compat), (u32)ARG1(regs, compat), SWEEP_ALL);
		return;
	default:
		return;
	}
	if (file)
		closed(file);
}

SEC("tp_btf/sys_enter")
int
BPF_PROG(on_sys_enter, struct pt_regs *regs, long id)
{
	if ((u64)id >= WIRE_CALLS || !(calls.look[id] & LOOK_ENTER))
		return 0;
	hold_cpu();
	handle_sys_enter(regs, id);
	release_cpu();
	return 0;
}

/* ---- acts: what any other call did ----------------------------------------- */

#define ROW_ARG(row, part) ((u32)((row) >> ROW_##part) & 15)

/* What place() found. */
enum { PLACE_NONE, PLACE_ELSEWHERE, PLACE_IN_TREE };

/*
 * Where a path begins: sets mnt, dentry and inode of the slot to the root when
 * the path begins with a slash, else to the descriptor's file, else, for
 * AT_FDCWD, to the working directory.
 */
VERIFIED_ONCE int
place(u32 slot, u32 fd, u32 first_byte)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf());
	struct cpu *cpu = cpu_at(slot);

	if (!cpu)
		return PLACE_NONE;
	if (first_byte == '/' || (s32)fd == AT_FDCWD) {
		struct fs_struct *fs = task->fs;

		if (!fs)
			return PLACE_NONE;
		cpu->mnt = (u64)(first_byte == '/' ? fs->root.mnt : fs->pwd.mnt);
		cpu->dentry = (u64)(first_byte == '/' ? fs->root.dentry : fs->pwd.dentry);
		cpu->inode = WORD(cpu->dentry, struct dentry, d_inode);
		return PLACE_IN_TREE;
	} else {
		u64 address = file_of(task, fd);
		struct file *file = CAST(struct file, address);

		if (!address)
			return PLACE_NONE;
		cpu->mnt = (u64)LOAD(file, f_path.mnt);
		cpu->dentry = (u64)LOAD(file, f_path.dentry);
		cpu->inode = (u64)LOAD(file, f_inode);
		return cpu->inode && in_file_tree(cpu->inode) ? PLACE_IN_TREE : PLACE_ELSEWHERE;
	}
}

/* Reads text of the caller's behind what there is; returns its first byte, 0 when it is empty. */
VERIFIED_ONCE u32
read_text(u32 slot, u64 address, u32 piece)
{
	struct cpu *cpu = cpu_at(slot);
	u32 at, first;
	long n;

	if (!cpu || !address)
		return 0;
	at = TEXT_END + (cpu->after & (TEXT_END / 2 - 1));
	n = bpf_probe_read_user_str(&cpu->text[at], piece == WIRE_NAME ? NAME_ROOM : GIVEN_MAX,
				    (void *)address);
	if (n < 0) {
		cpu->flags |= WIRE_UNREAD;
		return 0;
	}
	if (n < 2)
		return 0;
	first = (u8)cpu->text[at];
	cpu->length[piece & (WIRE_PIECES - 1)] = (u32)n - 1;
	cpu->after += (u32)n - 1;
	return first;
}

/* The second file: its base and what was given; 0 when it is none of the file tree's. */
VERIFIED_ONCE int
second_file(u32 slot, u32 fd, u64 given)
{
	struct cpu *cpu = cpu_at(slot);
	u32 first = 0, off = TEXT_END, length;
	int found;

	if (!cpu)
		return 0;
	if (given && bpf_probe_read_user(&first, 1, (void *)given))
		cpu->flags |= WIRE_UNREAD;
	found = place(slot, fd, first);
	if (found != PLACE_IN_TREE && !first)
		return 0;
	if (found == PLACE_NONE)
		cpu->flags |= WIRE_CUT2; /* another thread has closed it */
	else
		off = build_path(slot);
	if (off & PATH_CUT)
		cpu->flags |= WIRE_CUT2;
	off &= ~PATH_CUT;
	length = TEXT_END - off;
	if (length > BASE2_MAX) {
		length = BASE2_MAX; /* its end is kept */
		cpu->flags |= WIRE_CUT2;
	}
	off = (TEXT_END - length) & (TEXT_ROOM - 1);
	length &= 2 * 4096 - 1;
	bpf_probe_read_kernel(&cpu->text[TEXT_END], length, &cpu->text[off]);
	cpu->length[WIRE_BASE2] = length;
	cpu->after = length;
	cpu->inode2 = given ? 0 : cpu->inode;
	if (given)
		read_text(slot, given, WIRE_GIVEN2);
	return 1;
}

/* A struct of the caller's, or as much of it as there is in one of the usual sizes. */
static __always_inline void
read_data(struct cpu *cpu, u64 address)
{
	__builtin_memset(cpu->data, 0, sizeof(cpu->data));
	if (!address)
		return;
	if (bpf_probe_read_user(cpu->data, 32, (void *)address) &&
	    bpf_probe_read_user(cpu->data, 16, (void *)address) &&
	    bpf_probe_read_user(cpu->data, 8, (void *)address) &&
	    bpf_probe_read_user(cpu->data, 4, (void *)address))
		cpu->flags |= WIRE_UNREAD;
}

/* The file of a socket's own address, or of its peer's; false when it is not in the file tree. */
VERIFIED_ONCE bool
place_socket(u32 slot, u32 kind)
{
	struct cpu *cpu = cpu_at(slot);
	u64 address = file_of(bpf_get_current_task_btf(), cpu ? (u32)cpu->arg[0] : 0), sock;
	struct file *file = CAST(struct file, address);
	struct socket *socket;
	struct inode *inode;
	struct sock *base;
	struct unix_sock *end;

	if (!cpu || !address || !bpf_core_type_exists(struct unix_sock))
		return false;
	inode = CAST(struct inode, LOAD(file, f_inode));
	if ((LOAD(inode, i_mode) & S_IFMT) != S_IFSOCK)
		return false;
	socket = CAST(struct socket, LOAD(file, private_data));
	sock = (u64)LOAD(socket, sk);
	base = CAST(struct sock, sock);
	if (!sock || LOAD(base, __sk_common.skc_family) != AF_UNIX)
		return false;
	cpu->target[0] = (u16)LOAD(socket, type);
	cpu->target[1] = LOAD(base, sk_protocol);
	if (kind == WIRE_UIPC_CONNECT)
		sock = WORD(sock, struct unix_sock, peer);
	if (!sock)
		return false;
	end = CAST(struct unix_sock, sock);
	cpu->mnt = (u64)LOAD(end, path.mnt);
	cpu->dentry = (u64)LOAD(end, path.dentry);
	if (!cpu->dentry)
		return false; /* abstract, or without a name */
	cpu->inode = WORD(cpu->dentry, struct dentry, d_inode);
	return true;
}

/* The type of the file system that a descriptor of a mount is of, as the name. */
VERIFIED_ONCE int
read_type(u32 slot, u32 fd)
{
	struct cpu *cpu = cpu_at(slot);
	u64 address = file_of(bpf_get_current_task_btf(), fd);
	struct file *file = CAST(struct file, address);
	const char *name;
	long n;

	if (!cpu || !address)
		return 0;
	name = BPF_CORE_READ(file, f_path.mnt, mnt_sb, s_type, name);
	n = bpf_probe_read_kernel_str(&cpu->text[TEXT_END], NAME_ROOM, name);
	if (n > 1 && !cpu->after) {
		cpu->length[WIRE_NAME] = (u32)n - 1;
		cpu->after = (u32)n - 1;
	}
	return 0;
}

/*
 * Writes the event of a call that succeeded, by the row of syscalls.h: arguments are
 * in the slot's arg[]. The pieces behind the first path are written before it, as
 * all paths are built in the same place.
 */
VERIFIED_ONCE int
emit_call(u64 row, u32 kind, u32 compat)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf())->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	u32 fd = ROW_ARG(row, FD), path = ROW_ARG(row, PATH);
	u32 off = TEXT_END, body, size, first = 0;
	u32 shape = (u8)(row >> ROW_EXIT);
	struct wire_act *e;
	int found = PLACE_NONE;

	if (!cpu)
		return 0;
	cpu->after = 0;
	cpu->inode2 = 0;
	cpu->flags = WIRE_ACT;
	for (u32 i = 0; i < WIRE_PIECES; i++)
		cpu->length[i] = 0;
	if (ROW_ARG(row, FD2) != ARG_NA) {
		u64 given = ROW_ARG(row, PATH2) != ARG_NA ? cpu->arg[ROW_ARG(row, PATH2) & 7] : 0;

		if (!second_file(slot, (u32)cpu->arg[ROW_ARG(row, FD2) & 7], given))
			return 0;
	}
	if (shape == EXIT_MOUNT) /* the source is told as it was given */
		read_text(slot, cpu->arg[0], WIRE_GIVEN2);
	if (shape == EXIT_MOVE_MOUNT)
		read_type(slot, (u32)cpu->arg[0]);
	if (ROW_ARG(row, TEXT) != ARG_NA)
		read_text(slot, cpu->arg[ROW_ARG(row, TEXT) & 7], WIRE_NAME);
	if (path != ARG_NA)
		first = read_text(slot, cpu->arg[path & 7], WIRE_GIVEN);
	if (fd != ARG_NA)
		found = place(slot, (u32)cpu->arg[fd & 7], first);
	if (shape == EXIT_CWD)
		found = place(slot, (u32)AT_FDCWD, 0);
	if (shape == EXIT_ROOT)
		found = place(slot, 0, '/');
	if (shape == EXIT_SOCKET && place_socket(slot, kind))
		found = PLACE_IN_TREE; /* again: the WIRE_PROC was built in the same places */
	if (found == PLACE_ELSEWHERE && !first)
		return 0; /* fstatat() of a pipe, say, with an empty path */
	if (found != PLACE_NONE) {
		off = build_path(slot);
		cpu->flags |= off & PATH_CUT ? WIRE_CUT : 0;
		off &= ~PATH_CUT;
	} else if (first) {
		cpu->flags |= WIRE_CUT; /* another thread has closed what it counts from */
	}
	body = body_before(off, sizeof(*e));
	size = TEXT_END - body + cpu->after;
	e = (struct wire_act *)&cpu->text[body];
	fill_head(&e->head, size, kind, (u32)task->tgid,
		  version_of(task->start_boottime, task->self_exec_id));
	e->head.flags = (u8)cpu->flags;
	e->head.text = (u16)(off - body);
	e->head.text_len = TEXT_END - off;
	__builtin_memset(&e->stat, 0, 2 * sizeof(e->stat));
	if (found == PLACE_IN_TREE && !first && cpu->inode && !(cpu->flags & WIRE_UNREAD))
		copy_stat(&e->stat, cpu->inode);
	if (cpu->inode2)
		copy_stat(&e->stat2, cpu->inode2);
	for (u32 i = 0; i < 6; i++)
		e->arg[i] = cpu->arg[i];
	e->ret = (s64)cpu->arg[ARG_RET];
	for (u32 i = 0; i < WIRE_PIECES; i++)
		e->length[i] = (u16)cpu->length[i];
	e->call = (u8)(row >> ROW_CALL);
	e->narrow = (u8)compat;
	__builtin_memset(e->pad, 0, sizeof(e->pad));
	e->number[0] = cpu->target[0];
	e->number[1] = cpu->target[1];
	__builtin_memcpy(e->data, cpu->data, sizeof(e->data));
	body &= TEXT_END - 1;
	write_event(cpu, body, size & (TEXT_END - 1), kind, false);
	return 0;
}

/* The same, if it is wanted. */
VERIFIED_ONCE int
call_event(u64 row, u32 kind, u32 compat)
{
	struct task_struct *current = bpf_get_current_task_btf(), *task = current->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	struct wire_control *c = get_control();
	u32 fd = ROW_ARG(row, FD);

	if (!cpu || !c || kind >= WIRE_EVENTS || !(c->subscribed & 1ULL << kind))
		return 0;
	/* What is not in the file tree is not even muted. */
	if (ROW_ARG(row, PATH) == ARG_NA && fd != ARG_NA &&
	    place(slot, (u32)cpu->arg[fd & 7], 0) != PLACE_IN_TREE)
		return 0;
	if (admit(state_of(task, c, slot), task, current, c, cpu, slot, kind))
		emit_call(row, kind, compat);
	return 0;
}

static __always_inline u32
kind_of_ioctl(u32 request)
{
	switch (request) {
	case FICLONE:
	case FICLONERANGE:
		return WIRE_CLONE;
	case FS_IOC_SETFLAGS:
	case FS_IOC32_SETFLAGS:
		return WIRE_SETFLAGS;
	case TIOCSPTLCK:
		return WIRE_PTY_GRANT;
	}
	return WIRE_EVENTS;
}

/* system.posix_acl_access, system.posix_acl_default */
static __always_inline bool
is_acl(const u8 *name)
{
	return ((const u64 *)name)[0] == 0x702e6d6574737973 &&
	       ((const u64 *)name)[1] == 0x6c63615f7869736f;
}

/* number[] becomes the process that a task, by its address, is of; false when that is the caller. */
static __always_inline bool
resolve_target(struct cpu *cpu, u64 task)
{
	u64 leader = WORD(task, struct task_struct, group_leader);
	struct task_struct *target = CAST(struct task_struct, leader);

	cpu->target[0] = (u32)LOAD(target, tgid);
	cpu->target[1] = version_of(LOAD(target, start_boottime), LOAD(target, self_exec_id));
	return cpu->target[0] != (u32)(bpf_get_current_pid_tgid() >> 32);
}

/* Whom a ptrace(2) that succeeded was about: who asks to be traced, itself. */
VERIFIED_ONCE bool
resolve_ptrace(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	u64 current = bpf_get_current_task(), list, node;

	if (!cpu)
		return false;
	if ((u32)cpu->arg[0] == PTRACE_TRACEME) {
		resolve_target(cpu, current);
		return true;
	}
	if ((u32)cpu->arg[0] != PTRACE_ATTACH && (u32)cpu->arg[0] != PTRACE_SEIZE)
		return false;
	list = current + bpf_core_field_offset(struct task_struct, ptraced);
	node = word_at(list); /* the newest first */
	return node && node != list &&
	       resolve_target(cpu, node - bpf_core_field_offset(struct task_struct, ptrace_entry));
}

#ifdef HAVE_CAST
extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *) __ksym;
#endif

/* By number, as the caller sees it: only who is in no pid namespace of its own is understood. */
VERIFIED_ONCE bool
resolve_pid(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	struct pid *own = CAST(struct pid, WORD(bpf_get_current_task(), struct task_struct, thread_pid));

	if (!cpu || LOAD(own, level))
		return false;
#ifdef HAVE_CAST
	struct task_struct *task = bpf_task_from_pid((s32)cpu->arg[0]);
	bool other;

	if (!task)
		return false;
	*(volatile u64 *)&cpu->number = (u64)task;
	other = resolve_target(cpu, *(volatile u64 *)&cpu->number);
	bpf_task_release(task);
	return other;
#else
	cpu->target[0] = (u32)cpu->arg[0];
	cpu->target[1] = 0; /* the dispatch thread asks */
	return cpu->target[0] != (u32)(bpf_get_current_pid_tgid() >> 32);
#endif
}

VERIFIED_ONCE bool
resolve_pidfd(u32 slot)
{
	struct cpu *cpu = cpu_at(slot);
	u64 address = file_of(bpf_get_current_task_btf(), cpu ? (u32)cpu->arg[0] : 0), pid, node;
	struct file *file = CAST(struct file, address);
	struct inode *inode;

	if (!cpu || !address)
		return false;
	inode = CAST(struct inode, LOAD(file, f_inode));
	pid = (u64)LOAD(file, private_data);
	if (!pid)
		pid = (u64)LOAD(inode, i_private); /* 6.9 */
	if (!pid)
		return false;
	node = word_at(pid + bpf_core_field_offset(struct pid, tasks) + PIDTYPE_TGID * 8);
	return node && resolve_target(cpu, node - bpf_core_field_offset(struct task_struct, pid_links) -
					   PIDTYPE_TGID * 16);
}

/* The pair that a master's file is of. */
static __always_inline void
resolve_terminal(struct cpu *cpu, u64 address)
{
	struct file *file = CAST(struct file, address);
	u64 private = (u64)LOAD(file, private_data);
	u64 tty = private ? WORD(private, struct tty_file_private, tty) : 0;
	struct tty_struct *t = CAST(struct tty_struct, tty);
	struct tty_driver *driver;

	cpu->target[0] = cpu->target[1] = 0;
	if (!tty)
		return;
	driver = CAST(struct tty_driver, LOAD(t, driver));
	cpu->target[0] = (u32)LOAD(driver, major);
	cpu->target[1] = (u32)(LOAD(driver, minor_start) + LOAD(t, index));
}

/* Is it the last descriptor of a terminal's master? Then the pair ends with it. */
static __always_inline bool
is_last_of_terminal(u64 address)
{
	struct file *file = CAST(struct file, address);
	struct inode *inode = CAST(struct inode, LOAD(file, f_inode));

	if ((LOAD(inode, i_mode) & S_IFMT) != S_IFCHR || LOAD(inode, i_rdev) != PTMX)
		return false;
	if (bpf_core_field_exists(file->f_ref))
		return LOAD(file, f_ref.refcnt.counter) == 0;
	return LOAD(file, f_count.counter) == 1;
}

/* Written here and not by emit_call(): a sweep leads here, and calls must not nest deeper. */
VERIFIED_ONCE int
emit_pty_close(u32 slot, u64 address)
{
	struct task_struct *task = UNTRUSTED(bpf_get_current_task_btf())->group_leader;
	struct cpu *cpu = cpu_at(slot);
	struct wire_act *e;

	if (!cpu)
		return 0;
	resolve_terminal(cpu, address);
	e = (struct wire_act *)&cpu->text[TEXT_END];
	__builtin_memset(e, 0, sizeof(*e));
	fill_head(&e->head, sizeof(*e), WIRE_PTY_CLOSE, (u32)task->tgid,
		  version_of(task->start_boottime, task->self_exec_id));
	e->head.flags = WIRE_ACT;
	e->head.text = sizeof(*e);
	e->number[0] = cpu->target[0];
	e->number[1] = cpu->target[1];
	write_event(cpu, TEXT_END, sizeof(*e), WIRE_PTY_CLOSE, false);
	return 0;
}

VERIFIED_ONCE int
terminal_closed(u64 address)
{
	struct task_struct *current = bpf_get_current_task_btf(), *task = current->group_leader;
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	struct wire_control *c = get_control();

	if (cpu && c && is_last_of_terminal(address) &&
	    admit(state_of(task, c, slot), task, current, c, cpu, slot, WIRE_PTY_CLOSE))
		emit_pty_close(slot, address);
	return 0;
}

/* Calls that are not what their row says, or more than that. */
VERIFIED_ONCE int
shaped_call(u64 row, u32 kind, u32 compat)
{
	u32 slot = bpf_get_smp_processor_id();
	struct cpu *cpu = cpu_at(slot);
	u32 shape = (u8)(row >> ROW_EXIT);

	if (!cpu)
		return 0;
	if (shape == EXIT_IOCTL) {
		kind = kind_of_ioctl((u32)cpu->arg[1]);
		if (kind == WIRE_EVENTS)
			return 0;
	}
	if (ROW_ARG(row, DATA) != ARG_NA)
		read_data(cpu, cpu->arg[ROW_ARG(row, DATA) & 7]);
	switch (shape) {
	case EXIT_IOCTL:
		if (kind == WIRE_CLONE) {
			row = (row & ~(15ULL << ROW_FD2)) | 2ULL << ROW_FD2;
			if ((u32)cpu->arg[1] == FICLONERANGE)
				cpu->arg[2] = *(u64 *)cpu->data;
		} else if (kind == WIRE_PTY_GRANT) {
			if (*(u32 *)cpu->data)
				return 0; /* locks it */
			resolve_terminal(cpu, file_of(bpf_get_current_task_btf(), (u32)cpu->arg[0]));
		}
		break;
	case EXIT_XATTR:
		__builtin_memset(cpu->data, 0, sizeof(cpu->data));
		bpf_probe_read_user_str(cpu->data, sizeof(cpu->data),
					(void *)cpu->arg[ROW_ARG(row, TEXT) & 7]);
		if (is_acl(cpu->data))
			kind = WIRE_SETACL;
		break;
	case EXIT_RENAMEAT2:
		if (cpu->arg[4] & RENAME_EXCHANGE)
			kind = WIRE_EXCHANGEDATA;
		break;
	case EXIT_DUP:
		if ((u32)cpu->arg[0] == (u32)cpu->arg[1])
			return 0;
		break;
	case EXIT_MMAP:
		if (cpu->arg[3] & MAP_ANONYMOUS)
			return 0;
		break;
	case EXIT_FCNTL:
		call_event(row, WIRE_FCNTL, compat);
		if ((u32)cpu->arg[1] != F_DUPFD && (u32)cpu->arg[1] != F_DUPFD_CLOEXEC)
			return 0;
		kind = WIRE_DUP;
		break;
	case EXIT_SETRES:
		if ((u32)cpu->arg[0] == ~0u && (u32)cpu->arg[2] == ~0u && (u32)cpu->arg[1] != ~0u)
			kind = kind == WIRE_SETREUID ? WIRE_SETEUID : WIRE_SETEGID;
		break;
	case EXIT_SETTIME:
		if (!cpu->arg[0])
			return 0;
		break;
	case EXIT_ADJTIME:
		if (!(*(u32 *)cpu->data & ADJ_SETOFFSET))
			return 0;
		if (ROW_ARG(row, DATA) == 0) /* adjtimex() has but one clock */
			break;
		/* fall through */
	case EXIT_CLOCK:
		if ((u32)cpu->arg[0] != CLOCK_REALTIME)
			return 0;
		break;
	case EXIT_PTRACE:
		if (!resolve_ptrace(slot))
			return 0;
		break;
	case EXIT_PID:
		if (!resolve_pid(slot))
			return 0;
		break;
	case EXIT_PIDFD:
		if (!resolve_pidfd(slot))
			return 0;
		break;
	case EXIT_SOCKET:
		if (!place_socket(slot, kind))
			return 0;
		break;
	case EXIT_MOUNT:
		if (cpu->arg[3] & MS_REMOUNT)
			kind = WIRE_REMOUNT;
		else if (cpu->arg[3] & MS_PROPAGATION)
			return 0;
		break;
	case EXIT_MOVE_MOUNT:
		if ((u32)cpu->arg[4] & MOVE_MOUNT_SET_GROUP)
			return 0; /* propagation alone */
		break;
	case EXIT_MOUNT_ATTR:
		if (!(((u64 *)cpu->data)[0] | ((u64 *)cpu->data)[1]))
			return 0; /* propagation alone */
		break;
	}
	call_event(row, kind, compat);
	return 0;
}

static __always_inline void
handle_sys_exit(struct pt_regs *regs, long ret, u64 id)
{
	struct task_struct *task;
	u64 row, file, flags;
	struct cpu *cpu;
	bool compat;

	cpu = begin_run(bpf_get_smp_processor_id());
	if (!cpu)
		return;
	task = bpf_get_current_task_btf();
	compat = IS_32BIT(task);
	row = calls.row[compat][id];
	switch ((u8)(row >> ROW_EXIT)) {
	case SHAPE_NONE:
		return;
	case EXIT_OPEN:
		flags = ARG1(regs, compat);
		break;
	case EXIT_CREAT:
		flags = 01101; /* O_CREAT | O_WRONLY | O_TRUNC */
		break;
	case EXIT_OPENAT:
		flags = ARG2(regs, compat);
		break;
	case EXIT_OPENAT2:
		flags = 0;
		bpf_probe_read_user(&flags, sizeof(flags), (void *)ARG2(regs, compat));
		break;
	default:
		cpu->arg[0] = ARG0(regs, compat);
		cpu->arg[1] = ARG1(regs, compat);
		cpu->arg[2] = ARG2(regs, compat);
		cpu->arg[3] = ARG3(regs, compat);
		cpu->arg[4] = ARG4(regs, compat);
		cpu->arg[5] = ARG5(regs, compat);
		cpu->arg[ARG_CWD] = (u64)AT_FDCWD;
		cpu->arg[ARG_RET] = (u64)ret;
		shaped_call(row, (u8)(row >> ROW_KIND), compat);
		return;
	}
	file = file_of(task, (u32)ret);
	if (!file)
		return;
	if (flags & O_CREAT && LOAD(CAST(struct file, file), f_mode) & FMODE_CREATED) {
		struct wire_control *c = get_control();

		if (c && SUBSCRIBED(c, CREATE))
			file_event(file, WIRE_CREATE, (u32)flags);
	}
	file_event(file, WIRE_OPEN, (u32)flags);
}

SEC("tp_btf/sys_exit")
int
BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret)
{
	u64 id = (u64)CALL_NUMBER(regs);

	if (id >= WIRE_CALLS || !(calls.look[id] & LOOK_EXIT) || ret < 0)
		return 0;
	hold_cpu();
	handle_sys_exit(regs, ret, id);
	release_cpu();
	return 0;
}

#ifdef HAVE_CAST
/*
 * The same for kernels whose tracepoints can be preempted (Linux 7). There the
 * kernel leaves a tp_btf program out while it is under way on that CPU for a
 * preempted process: of some floods by threads a third was missed. Programs of
 * perf's tracepoints have preemption off before they are entered.
 */
struct syscall_begins {
	u64 common;
	long id;
	unsigned long arg[6];
};

struct syscall_ends {
	u64 common;
	long id, ret;
};

SEC("tp/raw_syscalls/sys_enter")
int
perf_sys_enter(struct syscall_begins *ctx)
{
	struct pt_regs *regs;
	u64 id = (u64)ctx->id;

	asm volatile("" : "+r"(id)); /* read once: what is bounded is what is used */
	if (id >= WIRE_CALLS || !(calls.look[id] & LOOK_ENTER))
		return 0;
	regs = CAST(struct pt_regs, bpf_task_pt_regs(bpf_get_current_task_btf()));
	handle_sys_enter(regs, (long)id);
	return 0;
}

SEC("tp/raw_syscalls/sys_exit")
int
perf_sys_exit(struct syscall_ends *ctx)
{
	struct pt_regs *regs;
	u64 id = (u64)ctx->id;

	asm volatile("" : "+r"(id));
	if (id >= WIRE_CALLS || !(calls.look[id] & LOOK_EXIT) || ctx->ret < 0)
		return 0;
	regs = CAST(struct pt_regs, bpf_task_pt_regs(bpf_get_current_task_btf()));
	handle_sys_exit(regs, ctx->ret, id);
	return 0;
}
#endif

/* ---- processes ------------------------------------------------------------ */

/* A mute ends with the program it was for, also when nobody is to hear of that. */
static __always_inline void
write_end(struct cpu *cpu, u32 pid, u32 version)
{
	struct wire_head *h = (struct wire_head *)&cpu->text[TEXT_END];

	fill_head(h, sizeof(*h), WIRE_END, pid, version);
	if (write_record(cpu, TEXT_END, sizeof(*h), true) < 0)
		cpu->count.lost_other++;
}

/* A child runs its parent's executable: what is decided of that holds for it, too. */
static __always_inline void
inherit_path_mutes(const struct state *parent, struct state *child)
{
	child->exec_id = parent->exec_id;
	child->path_generation = parent->path_generation;
	child->path_known = parent->path_known;
	child->path_muted = parent->path_muted;
	child->by_kinds[BY_PATH] = parent->by_kinds[BY_PATH];
	child->by_slot[BY_PATH] = parent->by_slot[BY_PATH];
	child->by_kinds[BY_PREFIX] = parent->by_kinds[BY_PREFIX];
	child->by_slot[BY_PREFIX] = parent->by_slot[BY_PREFIX];
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
		inherit_path_mutes(st, own);
		if (UNTRUSTED(child)->files == UNTRUSTED(parent)->files)
			own->shares_files = st->shares_files = 1;
	}
	if (!admit(st, leader, parent, c, cpu, slot, WIRE_FORK))
		return;
	e = (struct wire_fork *)&cpu->text[TEXT_END];
	fill_head(&e->head, sizeof(*e), WIRE_FORK, (u32)leader->tgid,
		  version_of(leader->start_boottime, leader->self_exec_id));
	e->child_pid = (u32)child->tgid;
	e->child_version = version_of(child->start_boottime, child->self_exec_id);
	e->child_start = child->start_boottime;
	e->child_ppid = (u32)UNTRUSTED(child)->real_parent->tgid;
	e->pad = 0;
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
	hold_cpu();
	handle_fork(parent, child);
	release_cpu();
	return 0;
}

/* The current process is about to execute a program: who it is must be known before that is changed. */
VERIFIED_ONCE int
before_exec(u32 slot)
{
	struct task_struct *current = bpf_get_current_task_btf(), *leader = current->group_leader;
	struct wire_control *c = get_control();
	struct state *st, *own;

	if (!c || current->flags & PF_KTHREAD || !(st = state_of(leader, c, slot)))
		return 0;
	/* A thread that executes a program becomes the process; what is kept is the task's. */
	if (c->subtrees && current->pid != current->tgid)
		inherit_subtree_ids(leader, current);
	st->unknown = 0;
	if (st->wanted & 1ULL << WIRE_EXEC && !emit_proc(st, leader, current, slot))
		st->unknown = current->self_exec_id + 1;
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
	if (c->subscribed & CLOSINGS)
		close_all(0, WIRE_FDS_MAX - 1, SWEEP_CLOSE_ON_EXEC);
}

SEC("tp_btf/sched_prepare_exec")
int
BPF_PROG(on_prepare_exec, struct task_struct *task, struct linux_binprm *bprm)
{
	hold_cpu();
	handle_prepare_exec(task, bprm);
	release_cpu();
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
	length = ((u32)n & (2 * WIRE_FDS_TOLD - 1)) * sizeof(struct wire_fd);
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
	if (!st)
		return;
	/*
	 * Exec is an act of the old program: its mutes decide. Without
	 * sched_prepare_exec, or when it came before the programs were attached,
	 * its path may not be known: it is none that is listed.
	 */
	if (st->exec_id + 1 != exec_id || st->generation != c->generation) {
		u64 path_muted = st->exec_id + 1 == exec_id ? st->path_muted : 0, muted;

		st->by_kinds[BY_PROCESS] = st->by_kinds[BY_SUBTREE] = 0;
		st->process_muted = c->process_mutes ? process_mutes(st, (u32)current->tgid, old_version) : 0;
		muted = st->process_muted;
		if (c->subtrees)
			muted |= subtree_mutes(st, subtree_ids_of(current));
		muted ^= 0ULL - (c->process_inverted & 1);
		muted |= path_muted ^ (0ULL - (c->path_inverted & 1));
		st->wanted = c->subscribed & ~muted;
	}
	want = wanted(st, current, c, cpu, WIRE_EXEC);
	if (!want && st->process_muted)
		write_end(cpu, (u32)current->tgid, old_version);
	refresh(slot, st, subtree_ids_of(current));
	if (!want)
		return;
	mm = UNTRUSTED(current)->mm;
	if (!mm)
		return;
	if (st->unknown == exec_id || !emit_proc(st, current, current, slot)) {
		count_lost(cpu, WIRE_EXEC, 1);
		return;
	}
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
	hold_cpu();
	handle_exec(task, old_pid, bprm);
	release_cpu();
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
handle_exit(struct task_struct *task)
{
	struct task_struct *current = bpf_get_current_task_btf();
	struct task_struct *leader = current->group_leader;
	struct signal_struct *signal = UNTRUSTED(current)->signal;
	u32 slot = bpf_get_smp_processor_id();
	struct wire_control *c = get_control();
	struct cpu *cpu = begin_run(slot);
	struct wire_exit *e;
	u64 files;
	struct state *st;

	if (!cpu || !c || current->flags & PF_KTHREAD || signal->live.counter != 0)
		return; /* a thread of many, or the kernel's own */
	if (!(st = state_of(leader, c, slot)))
		return;
	/* Threads that end together each find nobody alive; the first one here speaks for all. */
	if (__sync_lock_test_and_set(&st->ended, 1))
		return;
	files = WORD(bpf_get_current_task(), struct task_struct, files);
	if (c->subscribed & CLOSINGS && files) {
		u32 sharing = sharing_of(files, st->shares_files);

		if (sharing == UNCLEAR)
			cpu->work = 0; /* counted as lost */
		if (sharing != SHARED)
			close_all(0, WIRE_FDS_MAX - 1, SWEEP_ALL);
	}
	if (!wanted(st, leader, c, cpu, WIRE_EXIT)) {
		if (st->process_muted)
			write_end(cpu, (u32)leader->tgid,
				  version_of(leader->start_boottime, leader->self_exec_id));
		return;
	}
	if (!emit_proc(st, leader, current, slot)) {
		count_lost(cpu, WIRE_EXIT, 1);
		return;
	}
	e = (struct wire_exit *)&cpu->text[TEXT_END];
	fill_head(&e->head, sizeof(*e), WIRE_EXIT, (u32)leader->tgid,
		  version_of(leader->start_boottime, leader->self_exec_id));
	e->status = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : leader->exit_code;
	e->pad = 0;
	write_event(cpu, TEXT_END, sizeof(*e), WIRE_EXIT, true);
}

SEC("tp_btf/sched_process_exit")
int
BPF_PROG(on_exit, struct task_struct *task)
{
	hold_cpu();
	handle_exit(task);
	release_cpu();
	return 0;
}

/* Writes the WIRE_PROC of another process than the current one, seen from its thread task. */
static __always_inline void
emit_other(struct task_struct *leader, struct task_struct *task, struct cpu *cpu, u32 slot)
{
	struct state *st = storage_of(leader);
	u32 body = 0;

	/* Without memory of its own it is ending: what was told of it before is better. */
	if (!st || is_known(st, leader, task) || !UNTRUSTED(task)->mm || build_proc(leader, task, slot, exe_of(task), &body))
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
 * A signal was sent: by kill(2) and its kin, as others may come from where another
 * program of this CPU was interrupted. Once for each process of a group.
 */
static __always_inline void
handle_signal(int sig, struct kernel_siginfo *info, struct task_struct *task, int group,
	 int result)
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
	if (!st) {
		if (SUBSCRIBED(c, SIGNAL))
			count_lost(cpu, WIRE_SIGNAL, 1);
		return;
	}
	signals = wanted(st, leader, c, cpu, WIRE_SIGNAL);
	stops = (sig == SIGSTOP || sig == SIGCONT) &&
		wanted(st, leader, c, cpu, WIRE_PROC_SUSPEND_RESUME);
	if (!signals && !stops)
		return;
	if (!emit_proc(st, leader, current, slot)) {
		if (signals)
			count_lost(cpu, WIRE_SIGNAL, 1);
		if (stops)
			count_lost(cpu, WIRE_PROC_SUSPEND_RESUME, 1);
		return;
	}
	emit_other(target, task, cpu, slot);
	if (signals)
		signal_event(cpu, leader, target, sig, WIRE_SIGNAL);
	if (stops)
		signal_event(cpu, leader, target, sig, WIRE_PROC_SUSPEND_RESUME);
}

SEC("tp_btf/signal_generate")
int
BPF_PROG(on_signal, int sig, struct kernel_siginfo *info, struct task_struct *task, int group,
	 int result)
{
	hold_cpu();
	handle_signal(sig, info, task, group, result);
	release_cpu();
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
	/* Where memory goes before the exit is told of, this is the last chance to see what runs. */
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
	bpf_seq_write(ctx->meta->seq, p, (TEXT_END - body) & (TEXT_END - 1));
	return 0;
}
