/*
 * kernel - the few kernel types the BPF program reads.
 *
 * Only the members used are named. Their places are looked up in the running
 * kernel's BTF when the program is loaded (CO-RE), so neither kernel headers
 * nor a generated vmlinux.h is needed to build.
 */
#ifndef ESTOP_LINUX_KERNEL_H
#define ESTOP_LINUX_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef s32 __s32;
typedef s64 __s64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;
typedef u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

enum bpf_map_type { /* the numbers are the system call's */
		    BPF_MAP_TYPE_HASH = 1,
		    BPF_MAP_TYPE_ARRAY = 2,
		    BPF_MAP_TYPE_PERCPU_ARRAY = 6,
		    BPF_MAP_TYPE_LRU_HASH = 9,
		    BPF_MAP_TYPE_RINGBUF = 27,
		    BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_ANY = 0,
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
	BPF_RB_AVAIL_DATA = 0,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
	u32 len;
	const unsigned char *name;
};

struct file_system_type {
	const char *name;
};

struct super_block {
	u32 s_dev;
	unsigned long s_flags;
	struct file_system_type *s_type;
};

struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};

struct inode {
	u16 i_mode;
	struct {
		u32 val;
	} i_uid, i_gid;
	struct super_block *i_sb;
	unsigned long i_ino;
	u32 i_nlink;
	u32 i_rdev;
	s64 i_size;
	s64 i_atime_sec, i_mtime_sec, i_ctime_sec; /* 6.11 and later */
	u32 i_atime_nsec, i_mtime_nsec, i_ctime_nsec;
	u8 i_blkbits;
	u64 i_blocks;
	void *i_private;
	u32 i_generation;
};

struct inode___timespec { /* up to 6.5; i_ctime went first, then the others */
	struct timespec64 i_atime, i_mtime, i_ctime;
};

struct inode___private { /* 6.6 to 6.10 */
	struct timespec64 __i_atime, __i_mtime, __i_ctime;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct vm_area_struct {
	unsigned long vm_end, vm_flags;
	struct file *vm_file;
};

struct file {
	u32 f_mode;
	u32 f_flags;
	struct inode *f_inode;
	struct path f_path;
	void *private_data;
	struct {
		long counter;
	} f_count; /* up to 6.12 */
	struct {
		struct {
			long counter;
		} refcnt;
	} f_ref; /* 6.13: 0 is one reference */
};

struct filename {
	const char *uptr; /* where the caller gave it, NULL: the kernel's own; up to 6.18 */
};

struct open_flags {
	s32 open_flag;
};

struct fdtable {
	u32 max_fds;
	struct file **fd;
	unsigned long *close_on_exec;
	unsigned long *open_fds;
};

struct files_struct {
	struct {
		s32 counter;
	} count;
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root, pwd;
};

struct upid {
	s32 nr;
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct pid {
	u32 level;
	struct hlist_head tasks[4]; /* tid, tgid, group, session */
	struct upid numbers[1];
};

struct tty_driver {
	s32 major, minor_start;
};

struct tty_struct {
	s32 index;
	struct tty_driver *driver;
};

struct list_head {
	struct list_head *next;
};

struct rlimit {
	unsigned long rlim_cur;
};

struct signal_struct {
	struct {
		s32 counter;
	} live;
	struct list_head thread_head;
	s32 group_exit_code;
	u32 flags;
	struct pid *pids[4]; /* tid, tgid, group, session */
	struct tty_struct *tty;
	struct rlimit rlim[16];
};

struct cred {
	struct {
		u32 val;
	} uid, gid, euid, egid;
};

struct mm_struct {
	struct file *exe_file;
	unsigned long arg_start, arg_end, env_start, env_end;
};

struct kernel_siginfo {
	s32 si_code;
};

struct sock_common {
	u16 skc_family;
};

struct sock {
	struct sock_common __sk_common;
	u16 sk_protocol;
};

struct unix_sock {
	struct sock sk;
	struct path path;
	struct sock *peer;
};

struct socket {
	short type;
	struct sock *sk;
};

struct tty_file_private {
	struct tty_struct *tty;
};

struct linux_binprm {
	const char *filename, *interp;
	struct file *file;
	s32 argc, envc;
	char buf[256]; /* the beginning of what is executed */
};

struct thread_info {
#ifdef __TARGET_ARCH_x86
	u32 status;
#else
	unsigned long flags;
#endif
};

struct ns_common {
	u32 inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct kernfs_node {
	const char *name;
	u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
	s32 level;                   /* 0: the root */
	struct cgroup *ancestors[1]; /* 6.1: by level, itself included */
};

struct css_set {
	struct cgroup *dfl_cgrp; /* of the hierarchy that is cgroup v2 */
};

struct task_struct {
	struct thread_info thread_info;
	u32 flags;
	struct mm_struct *mm;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	s32 exit_state;
	s32 exit_code;
	s32 pid, tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct list_head thread_node;           /* in signal->thread_head */
	struct list_head ptraced, ptrace_entry; /* whom it traces, newest first; where it is in such a list */
	struct pid *thread_pid;
	struct hlist_node pid_links[4];
	u64 start_boottime;
	const struct cred *real_cred, *cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct signal_struct *signal;
	struct {
		u32 val;
	} loginuid;
	u32 sessionid;
	u64 self_exec_id;
};

struct seq_file {
	void *private;
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct pt_regs {
#ifdef __TARGET_ARCH_x86
	unsigned long bx, cx, dx, si, di, bp, ax, r8, r9, r10, orig_ax;
#else
	u64 regs[31];
	u64 orig_x0; /* regs[0] is the result, after the call */
	s32 syscallno;
#endif
};

#pragma clang attribute pop

#endif
