// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * core_read - reading the kernel's memory, and the facts that are one read away.
 *
 * The kernel's own numbers, loads that work with and without bpf_rdonly_cast(), times of inodes,
 * files of descriptors, bits of a word. Nothing here keeps state. Bounds: no loop.
 */
#ifndef ESTOP_LINUX_BPF_CORE_READ_H
#define ESTOP_LINUX_BPF_CORE_READ_H

#include "src/linux/kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* The kernel's constants that are not in BTF. */
enum {
	PF_EXITING = 4,
	PF_DUMPCORE = 0x200,
	PF_KTHREAD = 0x200000,
	FMODE_EXEC = 0x20, /* in flags: opened to be executed */
	SIGNAL_GROUP_EXIT = 4,
	FMODE_WRITE = 2,
	FMODE_CREATED = 1 << 20,
	O_CREAT = 0100,
	O_ACCMODE = 3,
	AT_FDCWD = -100,
	RENAME_EXCHANGE = 2,
	F_DUPFD = 0,
	F_DUPFD_CLOEXEC = 1030,
	MAP_SHARED = 1,
	MAP_ANONYMOUS = 0x20,
	PROT_WRITE = 2,
	VM_WRITE = 2,
	VM_SHARED = 8,
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
	SIGNAL_NOT_QUEUED = 3, /* enum of the tracepoint signal_generate: it failed */
	SIGCONT = 18,
	SIGSTOP = 19,
	PIDTYPE_TGID = 1,
	S_IFMT = 0170000,
	S_IFCHR = 0020000,
	S_IFSOCK = 0140000,
	PTMX = 5 << 20 | 2, /* as a kernel's device number */
	TS_COMPAT = 2,      /* x86 */
	TIF_32BIT = 22,     /* arm64 */
	CLOSE_RANGE_UNSHARE = 2,
	CLOSE_RANGE_CLOEXEC = 4,
	RLIMIT_NOFILE = 7,
	EXIT_ZOMBIE_OR_DEAD = 0x30,
	PIDTYPE_PGID = 2,
	PIDTYPE_SID = 3,
};
#define SB_NOUSER (1UL << 31) /* pipes, sockets, memfd …: nowhere in the file tree */

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

/*
 * Functions that are not static are verified once, for any arguments, instead
 * of again at every call: loading takes a tenth of the time.
 */
#define VERIFIED_ONCE __attribute__((noinline))

/* pidversion: the fork's time since boot in units of 2^17 ns, plus one for each exec of its line. */
static __always_inline u32
version_of(u64 start_boottime, u64 exec_id)
{
	return (u32)(start_boottime >> 17) + (u32)exec_id;
}

/*
 * 64 bits at an address, as a number. The verifier follows pointers by type and
 * examines code again for each mixture of types; numbers it sees once.
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

/* Number of the lowest bit set, by a de Bruijn sequence: BPF has no instruction for it. */
static __always_inline u32
lowest_bit(u64 bits)
{
	static const u8 table[64] = {
		0,  1,  2,  53, 3,  7,  54, 27, 4,  38, 41, 8,  34, 55, 48, 28, 62, 5,  39, 46, 44, 42,
		22, 9,  24, 35, 59, 56, 49, 18, 29, 11, 63, 52, 6,  26, 37, 40, 33, 47, 61, 45, 43, 21,
		23, 58, 17, 10, 51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19, 15, 30, 14, 13, 12,
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

/* The struct file of a descriptor of the current process, 0 when it is not open. */
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

/* The struct file of a process's executable, by its thread actor; 0 when that has no memory. */
static __always_inline u64
exe_of(struct task_struct *actor)
{
	struct task_struct *task = UNTRUSTED(actor);
	struct mm_struct *mm = LOAD(task, mm);

	return mm ? (u64)LOAD(mm, exe_file) : 0;
}

/* The cgroup (v2) a task is in, as an address; and a cgroup's number, which is never used twice. */
static __always_inline u64
cgroup_of(struct task_struct *task)
{
	task = UNTRUSTED(task);
	return WORD((u64)LOAD(task, cgroups), struct css_set, dfl_cgrp);
}

static __always_inline u64
cgroup_id(u64 cgroup)
{
	return WORD(WORD(cgroup, struct cgroup, kn), struct kernfs_node, id);
}

#endif
