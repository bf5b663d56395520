/*
 * syscalls - the system calls that events are made of, in one table.
 *
 * From it come what the BPF programs look at and in which way, and what the
 * dispatch thread makes of a record. A call that is not subscribed to is one
 * load in the kernel, whatever is in here. To add one, add a row; and where its
 * arguments are unlike those of any other, a shape in bpf/syscalls.bpf.h.
 *
 * The enumerations are shared with the BPF programs, the functions are not.
 */
#ifndef ESTOP_LINUX_SYSCALLS_H
#define ESTOP_LINUX_SYSCALLS_H

#include "src/linux/wire.h"

/* How the arguments of a call are understood, when it begins ... */
#define ENTER_SHAPE_TABLE(X) \
	X(CLOSE)             \
	X(CLOSE_RANGE)       \
	X(DUP2)              \
	X(DUP3)              \
	X(EXEC) /* where sched_prepare_exec does not come before it */

/*
 * ... and when it has succeeded. PLAIN: the row says it all, as it does of where
 * the files are in all that follow.
 */
#define EXIT_SHAPE_TABLE(X)                                                        \
	X(OPEN)                                                                    \
	X(CREAT)                                                                   \
	X(OPENAT)                                                                  \
	X(OPENAT2)                                                                 \
	X(PLAIN)                                                                   \
	X(RENAMEAT2) /* may exchange */                                            \
	X(DUP)       /* of one descriptor onto itself is none */                   \
	X(FCNTL)     /* may be a dup besides */                                    \
	X(IOCTL)     /* few of them are events */                                  \
	X(MMAP)      /* of a file; a close says later whether it was mapped */      \
	X(MPROTECT)  /* the same */                                                \
	X(WRITE)     /* for a close to say later that a file that is mapped was written */ \
	X(CWD)       /* the new working directory */                               \
	X(ROOT)      /* the new root */                                            \
	X(XATTR)     /* may be about an access control list */                     \
	X(SETRES)    /* with what is -1 left as it is: may set the effective one alone */ \
	X(SETTIME)   /* may be about the time zone */                              \
	X(CLOCK)     /* may be about another clock */                              \
	X(ADJTIME)   /* may slew, which is none */                                 \
	X(PTRACE)    /* few of its requests are events */                          \
	X(PID)       /* of another process, whose number is the first argument */  \
	X(PIDFD)     /* the same, by a descriptor */                               \
	X(SOCKET)    /* of the file tree */                                        \
	X(MOUNT)     /* may be a remount, or change nothing but propagation */     \
	X(MOVE_MOUNT)                                                              \
	X(MOUNT_ATTR) /* the same */

enum wire_shape {
	SHAPE_NONE,
#define X(id) ENTER_##id,
	ENTER_SHAPE_TABLE(X)
#undef X
#define X(id) EXIT_##id,
	EXIT_SHAPE_TABLE(X)
#undef X
};

/*
 * Where something is: the number of an argument, or CWD (relative to the working
 * directory), RET (the call returned it), NA (there is no such thing).
 *
 * Numbers are those of x86-64, i386 and arm64; NA where it has no such call.
 * at exit, event; then the descriptor (alone the file, before a path where that
 * is relative to), the path, the same for a second file; a name, and a struct.
 */
enum { ARG_CWD = 6, ARG_RET = 7, ARG_NA = 15 };

#define CALL_TABLE(X)                                                                                \
	/* name           x86-64 i386 arm64  enter        exit      event        fd path fd path name data */ \
	X(open,               2,    5,   NA, NONE,        OPEN,      OPEN,         NA,  NA, NA,  NA, NA, NA) \
	X(creat,             85,    8,   NA, NONE,        CREAT,     OPEN,         NA,  NA, NA,  NA, NA, NA) \
	X(openat,           257,  295,   56, NONE,        OPENAT,    OPEN,         NA,  NA, NA,  NA, NA, NA) \
	X(openat2,          437,  437,  437, NONE,        OPENAT2,   OPEN,         NA,  NA, NA,  NA, NA, NA) \
	X(open_by_handle_at,304,  342,  265, NONE,        OPENAT,    OPEN,         NA,  NA, NA,  NA, NA, NA) \
	X(close,              3,    6,   57, CLOSE,       NONE,      CLOSE,        NA,  NA, NA,  NA, NA, NA) \
	X(close_range,      436,  436,  436, CLOSE_RANGE, NONE,      CLOSE,        NA,  NA, NA,  NA, NA, NA) \
	X(dup2,              33,   63,   NA, DUP2,        DUP,       DUP,         RET,  NA, NA,  NA, NA, NA) \
	X(dup3,             292,  330,   24, DUP3,        DUP,       DUP,         RET,  NA, NA,  NA, NA, NA) \
	X(dup,               32,   41,   23, NONE,        PLAIN,     DUP,         RET,  NA, NA,  NA, NA, NA) \
	X(fcntl,             72,   55,   25, NONE,        FCNTL,     FCNTL,         0,  NA, NA,  NA, NA, NA) \
	X(fcntl64,           NA,  221,   NA, NONE,        FCNTL,     FCNTL,         0,  NA, NA,  NA, NA, NA) \
	X(ioctl,             16,   54,   29, NONE,        IOCTL,     SETFLAGS,      0,  NA, NA,  NA, NA,  2) \
	X(execve,            59,   11,  221, EXEC,        NONE,      EXEC,         NA,  NA, NA,  NA, NA, NA) \
	X(execveat,         322,  358,  281, EXEC,        NONE,      EXEC,         NA,  NA, NA,  NA, NA, NA) \
	X(mkdir,             83,   39,   NA, NONE,        PLAIN,     CREATE,      CWD,   0, NA,  NA, NA, NA) \
	X(mkdirat,          258,  296,   34, NONE,        PLAIN,     CREATE,        0,   1, NA,  NA, NA, NA) \
	X(mknod,            133,   14,   NA, NONE,        PLAIN,     CREATE,      CWD,   0, NA,  NA, NA, NA) \
	X(mknodat,          259,  297,   33, NONE,        PLAIN,     CREATE,        0,   1, NA,  NA, NA, NA) \
	X(symlink,           88,   83,   NA, NONE,        PLAIN,     CREATE,      CWD,   1, NA,  NA, NA, NA) \
	X(symlinkat,        266,  304,   36, NONE,        PLAIN,     CREATE,        1,   2, NA,  NA, NA, NA) \
	X(unlink,            87,   10,   NA, NONE,        PLAIN,     UNLINK,      CWD,   0, NA,  NA, NA, NA) \
	X(unlinkat,         263,  301,   35, NONE,        PLAIN,     UNLINK,        0,   1, NA,  NA, NA, NA) \
	X(rmdir,             84,   40,   NA, NONE,        PLAIN,     UNLINK,      CWD,   0, NA,  NA, NA, NA) \
	X(rename,            82,   38,   NA, NONE,        PLAIN,     RENAME,      CWD,   0, CWD,  1, NA, NA) \
	X(renameat,         264,  302,   38, NONE,        PLAIN,     RENAME,        0,   1, 2,    3, NA, NA) \
	X(renameat2,        316,  353,  276, NONE,        RENAMEAT2, RENAME,        0,   1, 2,    3, NA, NA) \
	X(link,              86,    9,   NA, NONE,        PLAIN,     LINK,        CWD,   0, CWD,  1, NA, NA) \
	X(linkat,           265,  303,   37, NONE,        PLAIN,     LINK,          0,   1, 2,    3, NA, NA) \
	X(copy_file_range,  326,  377,  285, NONE,        WRITE,     COPYFILE,      0,  NA, 2,   NA, NA, NA) \
	X(truncate,          76,   92,   45, NONE,        PLAIN,     TRUNCATE,    CWD,   0, NA,  NA, NA, NA) \
	X(truncate64,        NA,  193,   NA, NONE,        PLAIN,     TRUNCATE,    CWD,   0, NA,  NA, NA, NA) \
	X(ftruncate,         77,   93,   46, NONE,        PLAIN,     TRUNCATE,      0,  NA, NA,  NA, NA, NA) \
	X(ftruncate64,       NA,  194,   NA, NONE,        PLAIN,     TRUNCATE,      0,  NA, NA,  NA, NA, NA) \
	X(write,              1,    4,   64, NONE,        WRITE,     WRITE,         0,  NA, NA,  NA, NA, NA) \
	X(pwrite64,          18,  181,   68, NONE,        WRITE,     WRITE,         0,  NA, NA,  NA, NA, NA) \
	X(writev,            20,  146,   66, NONE,        WRITE,     WRITE,         0,  NA, NA,  NA, NA, NA) \
	X(pwritev,          296,  334,   70, NONE,        WRITE,     WRITE,         0,  NA, NA,  NA, NA, NA) \
	X(pwritev2,         328,  379,  287, NONE,        WRITE,     WRITE,         0,  NA, NA,  NA, NA, NA) \
	X(sendfile,          40,  187,   71, NONE,        WRITE,     WRITE,         0,  NA, NA,  NA, NA, NA) \
	X(sendfile64,        NA,  239,   NA, NONE,        WRITE,     WRITE,         0,  NA, NA,  NA, NA, NA) \
	X(splice,           275,  313,   76, NONE,        WRITE,     WRITE,         2,  NA, NA,  NA, NA, NA) \
	X(getdents,          78,  141,   NA, NONE,        PLAIN,     READDIR,       0,  NA, NA,  NA, NA, NA) \
	X(getdents64,       217,  220,   61, NONE,        PLAIN,     READDIR,       0,  NA, NA,  NA, NA, NA) \
	X(readlink,          89,   85,   NA, NONE,        PLAIN,     READLINK,    CWD,   0, NA,  NA, NA, NA) \
	X(readlinkat,       267,  305,   78, NONE,        PLAIN,     READLINK,      0,   1, NA,  NA, NA, NA) \
	X(stat,               4,  106,   NA, NONE,        PLAIN,     STAT,        CWD,   0, NA,  NA, NA, NA) \
	X(lstat,              6,  107,   NA, NONE,        PLAIN,     STAT,        CWD,   0, NA,  NA, NA, NA) \
	X(fstat,              5,  108,   80, NONE,        PLAIN,     STAT,          0,  NA, NA,  NA, NA, NA) \
	X(stat64,            NA,  195,   NA, NONE,        PLAIN,     STAT,        CWD,   0, NA,  NA, NA, NA) \
	X(lstat64,           NA,  196,   NA, NONE,        PLAIN,     STAT,        CWD,   0, NA,  NA, NA, NA) \
	X(fstat64,           NA,  197,   NA, NONE,        PLAIN,     STAT,          0,  NA, NA,  NA, NA, NA) \
	X(newfstatat,       262,   NA,   79, NONE,        PLAIN,     STAT,          0,   1, NA,  NA, NA, NA) \
	X(fstatat64,         NA,  300,   NA, NONE,        PLAIN,     STAT,          0,   1, NA,  NA, NA, NA) \
	X(statx,            332,  383,  291, NONE,        PLAIN,     STAT,          0,   1, NA,  NA, NA, NA) \
	X(access,            21,   33,   NA, NONE,        PLAIN,     ACCESS,      CWD,   0, NA,  NA, NA, NA) \
	X(faccessat,        269,  307,   48, NONE,        PLAIN,     ACCESS,        0,   1, NA,  NA, NA, NA) \
	X(faccessat2,       439,  439,  439, NONE,        PLAIN,     ACCESS,        0,   1, NA,  NA, NA, NA) \
	X(chdir,             80,   12,   49, NONE,        CWD,       CHDIR,        NA,  NA, NA,  NA, NA, NA) \
	X(fchdir,            81,  133,   50, NONE,        CWD,       CHDIR,        NA,  NA, NA,  NA, NA, NA) \
	X(chroot,           161,   61,   51, NONE,        ROOT,      CHROOT,       NA,  NA, NA,  NA, NA, NA) \
	X(mmap,               9,   NA,  222, NONE,        MMAP,      MMAP,          4,  NA, NA,  NA, NA, NA) \
	X(mmap2,             NA,  192,   NA, NONE,        MMAP,      MMAP,          4,  NA, NA,  NA, NA, NA) \
	X(mprotect,          10,  125,  226, NONE,        MPROTECT,  MPROTECT,     NA,  NA, NA,  NA, NA, NA) \
	X(pkey_mprotect,    329,  380,  288, NONE,        MPROTECT,  MPROTECT,     NA,  NA, NA,  NA, NA, NA) \
	X(chmod,             90,   15,   NA, NONE,        PLAIN,     SETMODE,     CWD,   0, NA,  NA, NA, NA) \
	X(fchmod,            91,   94,   52, NONE,        PLAIN,     SETMODE,       0,  NA, NA,  NA, NA, NA) \
	X(fchmodat,         268,  306,   53, NONE,        PLAIN,     SETMODE,       0,   1, NA,  NA, NA, NA) \
	X(fchmodat2,        452,  452,  452, NONE,        PLAIN,     SETMODE,       0,   1, NA,  NA, NA, NA) \
	X(chown,             92,   NA,   NA, NONE,        PLAIN,     SETOWNER,    CWD,   0, NA,  NA, NA, NA) \
	X(lchown,            94,   NA,   NA, NONE,        PLAIN,     SETOWNER,    CWD,   0, NA,  NA, NA, NA) \
	X(fchown,            93,   NA,   55, NONE,        PLAIN,     SETOWNER,      0,  NA, NA,  NA, NA, NA) \
	X(chown32,           NA,  212,   NA, NONE,        PLAIN,     SETOWNER,    CWD,   0, NA,  NA, NA, NA) \
	X(lchown32,          NA,  198,   NA, NONE,        PLAIN,     SETOWNER,    CWD,   0, NA,  NA, NA, NA) \
	X(fchown32,          NA,  207,   NA, NONE,        PLAIN,     SETOWNER,      0,  NA, NA,  NA, NA, NA) \
	X(fchownat,         260,  298,   54, NONE,        PLAIN,     SETOWNER,      0,   1, NA,  NA, NA, NA) \
	X(setxattr,         188,  226,    5, NONE,        XATTR,     SETEXTATTR,  CWD,   0, NA,  NA,  1, NA) \
	X(lsetxattr,        189,  227,    6, NONE,        XATTR,     SETEXTATTR,  CWD,   0, NA,  NA,  1, NA) \
	X(fsetxattr,        190,  228,    7, NONE,        XATTR,     SETEXTATTR,    0,  NA, NA,  NA,  1, NA) \
	X(setxattrat,       463,  463,  463, NONE,        XATTR,     SETEXTATTR,    0,   1, NA,  NA,  3, NA) \
	X(getxattr,         191,  229,    8, NONE,        PLAIN,     GETEXTATTR,  CWD,   0, NA,  NA,  1, NA) \
	X(lgetxattr,        192,  230,    9, NONE,        PLAIN,     GETEXTATTR,  CWD,   0, NA,  NA,  1, NA) \
	X(fgetxattr,        193,  231,   10, NONE,        PLAIN,     GETEXTATTR,    0,  NA, NA,  NA,  1, NA) \
	X(getxattrat,       464,  464,  464, NONE,        PLAIN,     GETEXTATTR,    0,   1, NA,  NA,  3, NA) \
	X(listxattr,        194,  232,   11, NONE,        PLAIN,     LISTEXTATTR, CWD,   0, NA,  NA, NA, NA) \
	X(llistxattr,       195,  233,   12, NONE,        PLAIN,     LISTEXTATTR, CWD,   0, NA,  NA, NA, NA) \
	X(flistxattr,       196,  234,   13, NONE,        PLAIN,     LISTEXTATTR,   0,  NA, NA,  NA, NA, NA) \
	X(listxattrat,      465,  465,  465, NONE,        PLAIN,     LISTEXTATTR,   0,   1, NA,  NA, NA, NA) \
	X(removexattr,      197,  235,   14, NONE,        XATTR,     DELETEEXTATTR, CWD, 0, NA,  NA,  1, NA) \
	X(lremovexattr,     198,  236,   15, NONE,        XATTR,     DELETEEXTATTR, CWD, 0, NA,  NA,  1, NA) \
	X(fremovexattr,     199,  237,   16, NONE,        XATTR,     DELETEEXTATTR, 0,  NA, NA,  NA,  1, NA) \
	X(removexattrat,    466,  466,  466, NONE,        XATTR,     DELETEEXTATTR, 0,   1, NA,  NA,  3, NA) \
	X(utime,            132,   30,   NA, NONE,        PLAIN,     UTIMES,      CWD,   0, NA,  NA, NA,  1) \
	X(utimes,           235,  271,   NA, NONE,        PLAIN,     UTIMES,      CWD,   0, NA,  NA, NA,  1) \
	X(futimesat,        261,  299,   NA, NONE,        PLAIN,     UTIMES,        0,   1, NA,  NA, NA,  2) \
	X(utimensat,        280,  320,   88, NONE,        PLAIN,     UTIMES,        0,   1, NA,  NA, NA,  2) \
	X(utimensat_time64,  NA,  412,   NA, NONE,        PLAIN,     UTIMES,        0,   1, NA,  NA, NA,  2) \
	X(ptrace,           101,   26,  117, NONE,        PTRACE,    TRACE,        NA,  NA, NA,  NA, NA, NA) \
	X(process_vm_readv, 310,  347,  270, NONE,        PID,       GET_TASK,     NA,  NA, NA,  NA, NA, NA) \
	X(process_vm_writev, 311, 348,  271, NONE,        PID,       GET_TASK,     NA,  NA, NA,  NA, NA, NA) \
	X(pidfd_getfd,      438,  438,  438, NONE,        PIDFD,     GET_TASK,     NA,  NA, NA,  NA, NA, NA) \
	X(setuid,           105,   NA,  146, NONE,        PLAIN,     SETUID,       NA,  NA, NA,  NA, NA, NA) \
	X(setgid,           106,   NA,  144, NONE,        PLAIN,     SETGID,       NA,  NA, NA,  NA, NA, NA) \
	X(setreuid,         113,   NA,  145, NONE,        PLAIN,     SETREUID,     NA,  NA, NA,  NA, NA, NA) \
	X(setregid,         114,   NA,  143, NONE,        PLAIN,     SETREGID,     NA,  NA, NA,  NA, NA, NA) \
	X(setresuid,        117,   NA,  147, NONE,        SETRES,    SETREUID,     NA,  NA, NA,  NA, NA, NA) \
	X(setresgid,        119,   NA,  149, NONE,        SETRES,    SETREGID,     NA,  NA, NA,  NA, NA, NA) \
	X(setuid32,          NA,  213,   NA, NONE,        PLAIN,     SETUID,       NA,  NA, NA,  NA, NA, NA) \
	X(setgid32,          NA,  214,   NA, NONE,        PLAIN,     SETGID,       NA,  NA, NA,  NA, NA, NA) \
	X(setreuid32,        NA,  203,   NA, NONE,        PLAIN,     SETREUID,     NA,  NA, NA,  NA, NA, NA) \
	X(setregid32,        NA,  204,   NA, NONE,        PLAIN,     SETREGID,     NA,  NA, NA,  NA, NA, NA) \
	X(setresuid32,       NA,  208,   NA, NONE,        SETRES,    SETREUID,     NA,  NA, NA,  NA, NA, NA) \
	X(setresgid32,       NA,  210,   NA, NONE,        SETRES,    SETREGID,     NA,  NA, NA,  NA, NA, NA) \
	X(settimeofday,     164,   79,  170, NONE,        SETTIME,   SETTIME,      NA,  NA, NA,  NA, NA, NA) \
	X(stime,             NA,   25,   NA, NONE,        SETTIME,   SETTIME,      NA,  NA, NA,  NA, NA, NA) \
	X(clock_settime,    227,  264,  112, NONE,        CLOCK,     SETTIME,      NA,  NA, NA,  NA, NA, NA) \
	X(clock_settime64,   NA,  404,   NA, NONE,        CLOCK,     SETTIME,      NA,  NA, NA,  NA, NA, NA) \
	X(adjtimex,         159,  124,  171, NONE,        ADJTIME,   SETTIME,      NA,  NA, NA,  NA, NA,  0) \
	X(clock_adjtime,    305,  343,  266, NONE,        ADJTIME,   SETTIME,      NA,  NA, NA,  NA, NA,  1) \
	X(clock_adjtime64,   NA,  405,   NA, NONE,        ADJTIME,   SETTIME,      NA,  NA, NA,  NA, NA,  1) \
	X(bind,              49,  361,  200, NONE,        SOCKET,    UIPC_BIND,    NA,  NA, NA,  NA, NA, NA) \
	X(connect,           42,  362,  203, NONE,        SOCKET,    UIPC_CONNECT, NA,  NA, NA,  NA, NA, NA) \
	X(mount,            165,   21,   40, NONE,        MOUNT,     MOUNT,       CWD,   1, NA,  NA,  2, NA) \
	X(move_mount,       429,  429,  429, NONE,        MOVE_MOUNT, MOUNT,        2,   3, NA,  NA, NA, NA) \
	X(mount_setattr,    442,  442,  442, NONE,        MOUNT_ATTR, REMOUNT,      0,   1, NA,  NA, NA,  3) \
	X(umount,            NA,   22,   NA, NONE,        PLAIN,     UNMOUNT,     CWD,   0, NA,  NA, NA, NA) \
	X(umount2,          166,   52,   39, NONE,        PLAIN,     UNMOUNT,     CWD,   0, NA,  NA, NA, NA) \
	X(init_module,      175,  128,  105, NONE,        PLAIN,     KEXTLOAD,     NA,  NA, NA,  NA, NA, NA) \
	X(finit_module,     313,  350,  273, NONE,        PLAIN,     KEXTLOAD,      0,  NA, NA,  NA, NA, NA) \
	X(delete_module,    176,  129,  106, NONE,        PLAIN,     KEXTUNLOAD,   NA,  NA, NA,  NA,  0, NA)

#ifndef __bpf__
#include <stdbool.h>

enum call_id { /* as in wire_syscall.call */
#define X(name, ...) CALL_##name,
	CALL_TABLE(X)
#undef X
	CALL_COUNT,
};

/*
 * What the kernel is to look at for these kinds of events; says whether that is
 * LOOK_ENTER, LOOK_EXIT. exec_begins: at execs as they begin, too. functions: not at
 * opens and closes.
 */
u8 syscalls_choose(struct wire_calls *, u64 kinds, bool exec_begins, bool functions);

/*
 * The function of the kernel that a call returns from, for these kinds of events where opens and
 * closes come from functions: its name behind "__x64_sys_", "__arm64_sys_". NULL: it is not
 * looked at.
 */
const char *syscalls_function(enum call_id, u64 kinds);

#endif
#endif
