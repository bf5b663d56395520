/*
 * wire - what the BPF program writes into the kernel's ring buffer.
 *
 * Shared by the BPF program and the client; host order, one machine. Each
 * record is a wire_head, its body, and for most of them a path or text.
 * Before the first event of a program execution comes its WIRE_PROC; when
 * something in it changes (credentials, parent, session), another one.
 */
#ifndef ESTOP_LINUX_WIRE_H
#define ESTOP_LINUX_WIRE_H

#ifndef __bpf__
#include <stdint.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;
#endif

/* Event kinds: bit numbers in the masks shared with the kernel, and es_event_type_t's number. */
#define WIRE_TABLE(X)        \
	X(OPEN, 10)          \
	X(CLOSE, 12)         \
	X(EXEC, 9)           \
	X(FORK, 11)          \
	X(EXIT, 15)          \
	X(CREATE, 13)        \
	X(UNLINK, 32)        \
	X(RENAME, 25)        \
	X(EXCHANGEDATA, 14)  \
	X(LINK, 19)          \
	X(CLONE, 61)         \
	X(COPYFILE, 110)     \
	X(TRUNCATE, 41)      \
	X(WRITE, 33)         \
	X(READDIR, 68)       \
	X(READLINK, 39)      \
	X(STAT, 54)          \
	X(ACCESS, 55)        \
	X(CHDIR, 51)         \
	X(CHROOT, 57)        \
	X(DUP, 73)           \
	X(FCNTL, 62)         \
	X(MMAP, 20)          \
	X(MPROTECT, 21)      \
	X(SETMODE, 29)       \
	X(SETOWNER, 30)      \
	X(SETFLAGS, 28)      \
	X(SETACL, 82)        \
	X(SETEXTATTR, 27)    \
	X(GETEXTATTR, 64)    \
	X(LISTEXTATTR, 66)   \
	X(DELETEEXTATTR, 70) \
	X(UTIMES, 59)        \
	X(SIGNAL, 31)        \
	X(PROC_SUSPEND_RESUME, 93) \
	X(TRACE, 96)         \
	X(GET_TASK, 16)      \
	X(SETUID, 103)       \
	X(SETGID, 104)       \
	X(SETEUID, 105)      \
	X(SETEGID, 106)      \
	X(SETREUID, 107)     \
	X(SETREGID, 108)     \
	X(SETTIME, 75)       \
	X(UIPC_BIND, 76)     \
	X(UIPC_CONNECT, 78)  \
	X(MOUNT, 22)         \
	X(UNMOUNT, 23)       \
	X(REMOUNT, 99)       \
	X(KEXTLOAD, 17)      \
	X(KEXTUNLOAD, 18)    \
	X(PTY_GRANT, 83)     \
	X(PTY_CLOSE, 84)

enum wire_kind {
#define X(id, number) WIRE_##id,
	WIRE_TABLE(X)
#undef X
	WIRE_EVENTS,
	WIRE_PROC = WIRE_EVENTS, /* who a process is; no event of its own */
	WIRE_TEXT,               /* a piece of an exec's arguments, environment, … */
	WIRE_CGROUP,             /* the path of a cgroup, before the first WIRE_PROC or WIRE_FORK that names it */
	WIRE_END,                /* a muted program ended by exec or exit, and that event is not emitted */
};

/* Masks of kinds have 64 bits, and tracer.c has its own meanings for the upper three. */
_Static_assert(WIRE_EVENTS <= 61, "a mask of kinds has a bit for each event");
_Static_assert(WIRE_END <= 0xff, "wire_head.kind has room for each kind");

enum wire_flag {
	WIRE_CUT = 1,       /* the path did not fit: its beginning is missing */
	WIRE_MODIFIED = 2,  /* close: a call changed the file while it was open for writing */
	WIRE_MAPPED = 4,    /* close: the file was mapped writable, by anyone */
	WIRE_KERNEL = 4,    /* proc: a kernel thread */
	WIRE_SELF = 8,      /* proc, from the iterator: the process that asked */
	WIRE_ELSEWHERE = 8, /* system call with a path: of a process in another mount namespace */
	WIRE_GONE = 16,     /* proc, from the iterator: exited, not yet waited for */
	WIRE_SYSCALL = 32,  /* an event that is a struct wire_syscall */
	WIRE_CUT2 = 64,     /* system call: as WIRE_CUT, of the second file */
	WIRE_UNREAD = 128,  /* system call: some text of the caller could not be read */
};

enum {
	WIRE_PATH_MAX = 16384,   /* longest path carried, without a NUL */
	WIRE_CHUNK = 16384,      /* most bytes in one WIRE_TEXT */
	WIRE_ARGS_MAX = 1 << 20, /* arguments and environment of an exec: the rest is left out */
	WIRE_FDS_MAX = 65536,    /* descriptors looked at, at exec and exit */
};

struct wire_head {
	u32 size; /* of the record */
	u8 kind;  /* enum wire_kind */
	u8 flags; /* enum wire_flag */
	u16 text; /* offset of the path or text in the record; 0: none */
	u32 text_len;
	u32 pid;     /* thread group id in the initial pid namespace */
	u32 version; /* pidversion */
	u32 tid;
	u64 time; /* CLOCK_MONOTONIC, ns */
};

struct wire_stat {
	u64 ino, size, blocks; /* blocks of 512 bytes */
	s64 atime, mtime, ctime;
	u32 atime_nsec, mtime_nsec, ctime_nsec;
	u32 dev, rdev; /* kernel encoding: major << 20 | minor */
	u32 nlink, uid, gid;
	u16 mode;
	u8 blkbits;
	u8 pad[5];
};

struct wire_file { /* OPEN, CLOSE; text: path */
	struct wire_head head;
	struct wire_stat stat;
	u32 oflag; /* open: Linux flags as given */
	u32 pad;
};

/*
 * What a system call of syscalls.h did. A file is a base, which is canonical, and
 * what was given relative to it: nothing, when the base is the file.
 */
enum wire_piece { WIRE_BASE2, WIRE_GIVEN2, WIRE_NAME, WIRE_GIVEN, WIRE_PIECES };

struct wire_syscall { /* text: base of the first file; followed by the pieces, in order */
	struct wire_head head;
	struct wire_stat stat;  /* of the first file where the base is it, else zero */
	struct wire_stat stat2; /* of the second, in the same way */
	u64 arg[6];
	s64 ret;
	u16 length[WIRE_PIECES];
	u8 call;   /* enum call_id */
	u8 compat; /* a 32-bit program's: its pointers and longs are small */
	u8 pad[6];
	u32 number[2]; /* target: pid, version (0: not known); socket: type, protocol;
				     terminal: major, minor */
	u8 data[32];   /* the struct that data of syscalls.h points to, its beginning */
};

struct wire_signal { /* SIGNAL, PROC_SUSPEND_RESUME */
	struct wire_head head;
	u32 pid, version; /* to whom */
	s32 sig;
	u32 pad;
};

struct wire_proc { /* text: path of the executable */
	struct wire_head head;
	struct wire_stat stat;
	u64 start; /* since boot, ns */
	u32 ppid, parent_version;
	u32 pgid, sid;
	u32 auid, asid;
	u32 ruid, euid, rgid, egid;
	u32 tty; /* kernel device number, 0: none */
	u32 pad;
	u64 cgroup; /* of cgroup v2, by number */
	char comm[16];
};

struct wire_cgroup { /* text: path from the root of the hierarchy, "" when it cannot be built */
	struct wire_head head;
	u64 id;
};

/*
 * The child is what its parent is but for these: no WIRE_PROC comes for it
 * until it changes something.
 */
struct wire_fork {
	struct wire_head head; /* the parent */
	u32 child_pid, child_version;
	u64 child_start; /* since boot, ns */
	u32 child_ppid;  /* not always the parent: CLONE_PARENT */
	u32 pad;
	u64 child_cgroup; /* not always the parent's: CLONE_INTO_CGROUP */
};

struct wire_exec {
	struct wire_head head; /* the old program; text: path as given to execve, NUL, interpreter, NUL */
	u32 new_version;
	s32 last_fd;
	u32 argc, envc;
	u32 args_len; /* bytes of arguments before the environment begins */
	u8 script;    /* a #! line was followed: text names the script, then its interpreter */
	u8 compat;    /* a 32-bit program */
	u8 pad[2];
};

struct wire_exit {
	struct wire_head head;
	s32 status; /* as wait(2) gives it */
	u32 pad;
};

enum wire_text_what { WIRE_TEXT_ARGS, WIRE_TEXT_CWD, WIRE_TEXT_FDS };

struct wire_text { /* pid and version are of the program that begins */
	struct wire_head head;
	u32 what;   /* enum wire_text_what */
	u32 offset; /* ARGS: where this piece belongs */
};

struct wire_fd { /* FDS: an array of these */
	s32 fd;
	u32 mode; /* of the inode, with its type */
	u64 ino;
};

enum { WIRE_FDS_LISTED = 256 }; /* most descriptors an exec lists */

/* One per CPU in the map `cpus`; the counters are read by the client through mmap. */
struct wire_counters {
	u64 produced[WIRE_EVENTS]; /* seen, wanted, not muted: written or lost */
	u64 lost[WIRE_EVENTS];     /* the ring buffer was full */
	u64 muted[WIRE_EVENTS];
	u64 lost_other;      /* WIRE_PROC, WIRE_TEXT, WIRE_END that did not fit */
	u64 muted_elsewhere; /* of the muted: by a path, of a process in another mount namespace */
	u64 skipped;         /* runs of programs: another one, which was preempted, was at work on that CPU */
};

/* Keys and values of the mute maps. */
struct wire_process_key {
	u32 pid, version;
};

struct wire_path_key {
	u64 hash; /* FNV-1a, 64 bits, of the path's bytes */
	u32 length;
	u32 prefix; /* 1: a prefix, 0: the whole path */
};

/* Of a unit: the hash of one component of the cgroup's path, or of the path up to a component. */
struct wire_unit_key {
	u64 hash; /* as above */
	u32 length;
	u32 whole; /* 1: the path, 0: a component */
};

/*
 * What is muted, and where to count what it suppresses: a slot of the map
 * `suppressed`, 0: nowhere. Value of the mute maps and of `subtrees`.
 */
struct wire_mute {
	u64 kinds;
	u32 slot;
	u32 pad;
};

enum {
	WIRE_SLOTS = 4096,    /* entries that are counted each on its own */
	WIRE_LEVELS_MAX = 64, /* of cgroups: deeper ones count as the one at this level */
	WIRE_CGROUP_MAX = (WIRE_LEVELS_MAX - 1) * 256, /* bytes of a cgroup's path */
	WIRE_SUBTREES_MAX = 4,                         /* subtrees a process can be in at once */
};

/* The subtrees a process belongs to, by id; 0: none. Kept with each process, inherited at fork. */
struct wire_subtrees {
	u32 id[WIRE_SUBTREES_MAX];
};

/* Fixed when the programs are loaded (their .rodata). */
struct wire_settings {
	u32 ring_bytes;
	u32 iterator_slot;   /* the element of `cpus` for the task iterator: one past the CPUs */
	u32 owner;           /* the client's own process: what it is kept from seeing of itself is not news */
	u32 preemptible;     /* programs are run with preemption on, and can turn it off */
	u32 mount_namespace; /* the client's, by number */
	u32 functions;       /* opens and closes come from functions of the kernel, not from system calls */
	u32 by_calls;        /* the other events from the functions of their calls */
	u32 pad;
	u32 guarded; /* programs may be preempted, and cannot help it */
};

/*
 * Which system calls are looked at and how, in the section .data.calls: made by
 * syscalls.c. One load says that a call is none of ours; its row is as syscalls.h has it.
 */
enum {
	WIRE_CALLS = 512,
	LOOK_ENTER = 1,
	LOOK_EXIT = 2,
	/* shifts of a row's parts */
	ROW_ENTER = 0, /* enum wire_shape, 8 bits each */
	ROW_EXIT = 8,
	ROW_KIND = 16,
	ROW_CALL = 24,
	ROW_FD = 32, /* where the arguments are, 4 bits each */
	ROW_PATH = 36,
	ROW_FD2 = 40,
	ROW_PATH2 = 44,
	ROW_TEXT = 48,
	ROW_DATA = 52,
};

struct wire_calls {
	u8 look[WIRE_CALLS];    /* by number, whichever numbering */
	u64 row[2][WIRE_CALLS]; /* 64-bit programs', 32-bit programs' */
};

/* Settings the client writes and the programs read, in the map `control`. */
struct wire_control {
	u64 subscribed;      /* bits of enum wire_kind */
	u32 generation;      /* changes with every change of mutes or subscriptions */
	u32 path_generation; /* changes with path mutes */
	u32 process_inverted, path_inverted;
	u32 unit_generation;                                             /* changes with mutes of units */
	u32 process_mutes, path_mutes, subtrees, unit_mutes, user_mutes; /* how many there are */
	u32 woken;                                 /* the reader was woken and has not drained since */
	u32 longest_path;                          /* longest muted path: no need to hash further */
	u64 prefix_length[WIRE_PATH_MAX / 64 + 1]; /* bit n: some prefix has n bytes */
};

#endif
