/*
 * i386 - a 32-bit program that makes the calls of 32-bit programs (int 0x80) and says what it did.
 *
 * Made for i386 without any library, so that nothing else happens. Runs in the directory it is started in, as root,
 * on a machine that is thrown away. When done it writes to descriptor 3 a line for each event its calls must become, in
 * order: the event's name and words that are in its line of `estop --log=line`. A call this kernel does not have is
 * none. A call that fails is a line that begins with "failed", which is no event either.
 */
#include <asm/unistd_32.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/stat.h>
#include <linux/un.h>
#include <stddef.h>
#include <stdint.h>

/* Newer than the headers may be. */
#undef __NR_fchmodat2
#undef __NR_setxattrat
#undef __NR_getxattrat
#undef __NR_listxattrat
#undef __NR_removexattrat
enum {
	__NR_fchmodat2 = 452,
	__NR_setxattrat = 463,
	__NR_getxattrat,
	__NR_listxattrat,
	__NR_removexattrat,
};

enum { AF_UNIX = 1, SOCK_STREAM = 1, PROT_READ = 1, MAP_PRIVATE = 2, ENOSYS = 38, SIGKILL = 9 };
enum { PTRACE_ATTACH = 16, PTRACE_DETACH = 17, WALL = 0x40000000 };

static char report[16384];
static size_t reported;
static char buffer[4096];

static long
call(long number, long a, long b, long c, long d, long e, long f)
{
	const long last[2] = { number, f };
	long result;

	/* %ebp is the sixth argument, and cannot be asked for. */
	__asm__ volatile("pushl %%ebp\n\tmovl 4(%%eax), %%ebp\n\tmovl (%%eax), %%eax\n\tint $0x80\n\tpopl %%ebp"
			 : "=a"(result)
			 : "a"(last), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return result;
}

static void
say(const char *text)
{
	while (*text && reported < sizeof(report) - 1)
		report[reported++] = *text++;
}

/* Makes the call and says what event it is. */
static long
did(const char *name, const char *event, long result)
{
	char number[12], *p = number + sizeof(number) - 1;

	if ((unsigned long)result < -4095UL) {
		if (event) {
			say(event);
			say("\n");
		}
		return result;
	}
	if (result == -ENOSYS)
		return result;
	*p = '\0';
	for (long n = -result; n; n /= 10)
		*--p = (char)('0' + n % 10);
	say("failed ");
	say(name);
	say(" ");
	say(p);
	say("\n");
	return result;
}

#define ARGS(a, b, c, d, e, f, ...) (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f)
#define DO(name, event, ...) did(#name, event, call(__NR_##name, ARGS(__VA_ARGS__, 0, 0, 0, 0, 0, 0)))

struct iovec32 {
	void *base;
	uint32_t length;
};

/* Descriptors: 0 to 2 are the test's, 3 the report, so the first one made is 4. */
static void
opened_and_closed(void)
{
	struct open_how {
		uint64_t flags, mode, resolve;
	} how = { .flags = O_RDWR };

	DO(creat, "create @/a\nopen file=@/a", "a", 0644);
	DO(close, "close target=@/a modified=no", 4);
	DO(open, "open file=@/a", "a", O_RDWR);
	DO(openat, "open file=@/a", AT_FDCWD, "a", O_RDONLY);
	DO(openat2, "open file=@/a", AT_FDCWD, "a", &how, sizeof(how));
	DO(dup, "dup target=@/a", 4);
	DO(dup2, "close target=@/a modified=no\ndup target=@/a", 4, 6);
	DO(dup3, "dup target=@/a", 4, 9, O_CLOEXEC);
	DO(fcntl, "fcntl target=@/a cmd=F_GETFD(1)", 4, F_GETFD);
	DO(fcntl64, "fcntl target=@/a cmd=F_GETFL(3)", 4, F_GETFL);
	DO(fcntl64, "fcntl target=@/a cmd=F_DUPFD(0)\ndup target=@/a", 4, F_DUPFD, 20);
	DO(close_range,
	   "close target=@/a\nclose target=@/a\nclose target=@/a\nclose target=@/a\nclose target=@/a", 5, 100,
	   0);
}

/* Descriptor 4 is a, which is read and written. */
static void
written_and_read(void)
{
	static const struct iovec32 parts = { (void *)"text", 4 };
	int64_t from = 0;

	DO(write, "write target=@/a", 4, "text", 4);
	DO(pwrite64, "write target=@/a", 4, "text", 4, 0, 0);
	DO(writev, "write target=@/a", 4, &parts, 1);
	DO(pwritev, "write target=@/a", 4, &parts, 1, 0, 0);
	DO(pwritev2, "write target=@/a", 4, &parts, 1, 0, 0, 0);
	DO(creat, "create @/b\nopen file=@/b", "b", 0600);
	DO(sendfile, "write target=@/b", 5, 4, NULL, 4);
	DO(sendfile64, "write target=@/b", 5, 4, &from, 4);
	from = 0;
	DO(copy_file_range, "copyfile source=@/a target_file=@/b", 4, &from, 5, NULL, 4, 0);
	DO(ftruncate, "truncate target=@/b", 5, 2);
	DO(ftruncate64, "truncate target=@/b", 5, 3, 0);
	DO(truncate, "truncate target=@/a", "a", 2);
	DO(truncate64, "truncate target=@/a", "a", 3, 0);
	DO(pipe, NULL, buffer);
	DO(write, NULL, ((int *)buffer)[1], "text", 4);
	DO(splice, "write target=@/b", ((int *)buffer)[0], NULL, 5, NULL, 4, 0);
	DO(close_range, NULL, 6, 7, 0);
	DO(close, "close target=@/b modified=yes", 5);
}

static void
named(void)
{
	DO(mkdir, "create @/d", "d", 0700);
	DO(open, "open file=@", ".", O_RDONLY | O_DIRECTORY);
	DO(mkdirat, "create @/d/e", 5, "d/e", 0700);
	DO(mknod, "create @/fifo", "fifo", S_IFIFO | 0600, 0);
	DO(mknodat, "create @/d/fifo", 5, "d/fifo", S_IFIFO | 0600, 0);
	DO(symlink, "create @/s", "a", "s");
	DO(symlinkat, "create @/d/s", "../a", 5, "d/s");
	DO(link, "link source=@/a target_dir=@ target_filename=l", "a", "l");
	DO(linkat, "link source=@/a target_dir=@/d target_filename=l", 5, "a", 5, "d/l", 0);
	DO(rename, "rename source=@/l destination.new_path.dir=@ destination.new_path.filename=m", "l", "m");
	DO(renameat, "rename source=@/m destination.new_path.dir=@ destination.new_path.filename=n", 5, "m",
	   5, "n");
	DO(renameat2, "rename source=@/n destination.new_path.dir=@ destination.new_path.filename=o",
	   AT_FDCWD, "n", 5, "o", 0);
	DO(renameat2, "exchangedata file1=@/o file2=@/fifo", AT_FDCWD, "o", AT_FDCWD, "fifo", RENAME_EXCHANGE);
	DO(getdents, "readdir target=@", 5, buffer, sizeof(buffer));
	DO(getdents64, "readdir target=@", 5, buffer, sizeof(buffer));
	DO(readlink, "readlink source=@/s", "s", buffer, sizeof(buffer));
	DO(readlinkat, "readlink source=@/d/s", 5, "d/s", buffer, sizeof(buffer));
	DO(unlink, "unlink target=@/o", "o");
	DO(unlinkat, "unlink target=@/d/fifo", 5, "d/fifo", 0);
	DO(unlinkat, "unlink target=@/d/e", 5, "d/e", AT_REMOVEDIR);
	DO(unlink, "unlink", "d/s");
	DO(unlink, "unlink", "d/l");
	DO(rmdir, "unlink target=@/d", "d");
	DO(mkdir, "create @/d", "d", 0700);
	DO(chdir, "chdir target=@/d", "d");
	DO(fchdir, "chdir target=@", 5);
	DO(chroot, "chroot target=/", "/");
}

static void
described(void)
{
	static const uint32_t times32[] = { 1000, 0, 2000, 0 };
	static const uint64_t times64[] = { 1000, 0, 2000, 0 };
	struct {
		uint64_t value;
		uint32_t size, flags;
	} value = { (uintptr_t)buffer, 1, 0 };
	long flags = 0;

	DO(stat, "stat target=@/a", "a", buffer);
	DO(lstat, "stat target=@/s", "s", buffer);
	DO(fstat, "stat target=@/a", 4, buffer);
	DO(stat64, "stat target=@/a", "a", buffer);
	DO(lstat64, "stat target=@/s", "s", buffer);
	DO(fstat64, "stat target=@/a", 4, buffer);
	DO(fstatat64, "stat target=@/a", 5, "a", buffer, 0);
	DO(statx, "stat target=@/a", 5, "a", 0, STATX_BASIC_STATS, buffer);
	DO(access, "access target=@/a", "a", 4);
	DO(faccessat, "access target=@/a", 5, "a", 4);
	DO(faccessat2, "access target=@/a", 5, "a", 4, 0);
	DO(chmod, "setmode target=@/a mode=0640", "a", 0640);
	DO(fchmod, "setmode target=@/a mode=0600", 4, 0600);
	DO(fchmodat, "setmode target=@/a mode=0644", 5, "a", 0644);
	DO(fchmodat2, "setmode target=@/a mode=0640", 5, "a", 0640, 0);
	DO(chown32, "setowner target=@/a uid=1 gid=2", "a", 1, 2);
	DO(lchown32, "setowner target=@/s uid=3 gid=4", "s", 3, 4);
	DO(fchown32, "setowner target=@/a uid=5 gid=6", 4, 5, 6);
	DO(fchownat, "setowner target=@/a uid=7 gid=8", 5, "a", 7, 8, 0);
	DO(setxattr, "setextattr target=@/a extattr=user.one", "a", "user.one", "1", 1, 0);
	DO(lsetxattr, "setextattr target=@/a extattr=user.two", "a", "user.two", "1", 1, 0);
	DO(fsetxattr, "setextattr target=@/a extattr=user.three", 4, "user.three", "1", 1, 0);
	DO(getxattr, "getextattr target=@/a extattr=user.one", "a", "user.one", buffer, 9);
	DO(lgetxattr, "getextattr target=@/a extattr=user.two", "a", "user.two", buffer, 9);
	DO(fgetxattr, "getextattr target=@/a extattr=user.three", 4, "user.three", buffer, 9);
	DO(listxattr, "listextattr target=@/a", "a", buffer, sizeof(buffer));
	DO(llistxattr, "listextattr target=@/s", "s", buffer, sizeof(buffer));
	DO(flistxattr, "listextattr target=@/a", 4, buffer, sizeof(buffer));
	DO(removexattr, "deleteextattr target=@/a extattr=user.one", "a", "user.one");
	DO(lremovexattr, "deleteextattr target=@/a extattr=user.two", "a", "user.two");
	DO(fremovexattr, "deleteextattr target=@/a extattr=user.three", 4, "user.three");
	DO(setxattrat, "setextattr target=@/a extattr=user.four", 5, "a", 0, "user.four", &value,
	   sizeof(value));
	DO(getxattrat, "getextattr target=@/a extattr=user.four", 5, "a", 0, "user.four", &value,
	   sizeof(value));
	DO(listxattrat, "listextattr target=@/a", 5, "a", 0, buffer, sizeof(buffer));
	DO(removexattrat, "deleteextattr target=@/a extattr=user.four", 5, "a", 0, "user.four");
	DO(utime, "utimes target=@/a", "a", times32);
	DO(utimes, "utimes target=@/a", "a", times32);
	DO(futimesat, "utimes target=@/a", 5, "a", times32);
	DO(utimensat, "utimes target=@/a", 5, "a", times32, 0);
	DO(utimensat_time64, "utimes target=@/a", 5, "a", times64, 0);
	DO(ioctl, NULL, 4, FS_IOC32_GETFLAGS, &flags);
	flags |= FS_NODUMP_FL;
	DO(ioctl, "setflags target=@/a", 4, FS_IOC32_SETFLAGS, &flags);
}

static void
memory(void)
{
	long at = DO(mmap2, "mmap source=@/a file_pos=4096", 0, 4096, PROT_READ, MAP_PRIVATE, 4, 1);

	DO(mprotect, "mprotect protection=0 size=4096", at, 4096, 0);
	if (call(__NR_pkey_mprotect, at, 4096, PROT_READ, -1, 0, 0) == 0)
		say("mprotect protection=READ(1) size=4096\n");
}

static void
connected(void)
{
	static const struct sockaddr_un name = { AF_UNIX, "socket" };
	long fd = DO(socket, NULL, AF_UNIX, SOCK_STREAM, 0);

	DO(bind, "uipc_bind dir=@ filename=socket", fd, &name, sizeof(name));
	DO(listen, NULL, fd, 1);
	fd = DO(socket, NULL, AF_UNIX, SOCK_STREAM, 0);
	DO(connect, "uipc_connect file=@/socket", fd, &name, sizeof(name));
	DO(close_range, NULL, 6, 100, 0);
}

/* What a process may do to its child, which only waits. */
static void
other_processes(void)
{
	struct iovec32 here = { buffer, 4 }, there = { report, 4 };
	long child = call(__NR_fork, 0, 0, 0, 0, 0, 0), fd;

	if (child == 0)
		for (;;)
			call(__NR_pause, 0, 0, 0, 0, 0, 0);
	did("fork", "fork", child);
	DO(process_vm_readv, "get_task", child, &here, 1, &there, 1, 0);
	there.base = buffer;
	DO(process_vm_writev, "get_task", child, &here, 1, &there, 1, 0);
	fd = DO(pidfd_open, NULL, child, 0);
	DO(pidfd_getfd, "get_task", fd, 4, 0);
	DO(close_range, "close target=@/a", fd, 100, 0);
	DO(ptrace, "trace", PTRACE_ATTACH, child, 0, 0);
	DO(waitpid, NULL, child, NULL, WALL);
	DO(ptrace, NULL, PTRACE_DETACH, child, 0, 0);
	DO(kill, "signal sig=SIGKILL(9)", child, SIGKILL);
	DO(waitpid, NULL, child, NULL, 0);
}

static void
mounted(void)
{
	DO(mount, "mount statfs.f_mntonname=@/d statfs.f_fstypename=tmpfs", "none", "d", "tmpfs", 0, NULL);
	DO(mount, "remount statfs.f_mntonname=@/d", "none", "d", "tmpfs", MS_REMOUNT | MS_NOEXEC, NULL);
	DO(umount2, "unmount statfs.f_mntonname=@/d", "d", 0);
	DO(mount, "mount statfs.f_mntonname=@/d statfs.f_fstypename=tmpfs", "none", "d", "tmpfs", 0, NULL);
	DO(umount, "unmount statfs.f_mntonname=@/d", "d");
}

/* The time is set to what it is. */
static void
clocks(void)
{
	static uint32_t now[2], adjust[64];
	uint64_t now64[2];

	call(__NR_clock_gettime, 0, (long)now, 0, 0, 0, 0);
	DO(clock_settime, "settime", 0, now);
	call(__NR_clock_gettime64, 0, (long)now64, 0, 0, 0, 0);
	DO(clock_settime64, "settime", 0, now64);
	call(__NR_gettimeofday, (long)now, 0, 0, 0, 0, 0);
	DO(settimeofday, "settime", now, NULL);
	DO(stime, "settime", now);
	DO(adjtimex, NULL, adjust);
}

/* Nobody gets privileges back after this. */
static void
identities(void)
{
	DO(setregid32, "setregid rgid=0 egid=0", 0, 0);
	DO(setresgid32, "setregid rgid=0 egid=0", 0, 0, -1);
	DO(setgid32, "setgid gid=5", 5);
	DO(setreuid32, "setreuid ruid=0 euid=0", 0, 0);
	DO(setresuid32, "seteuid euid=0", -1, 0, -1);
	DO(setuid32, "setuid uid=5", 5);
}

static void
tell(void)
{
	call(__NR_write, 3, (long)report, (long)reported, 0, 0, 0);
	reported = 0;
}

static void
first(void)
{
	opened_and_closed();
	written_and_read();
	named();
	described();
	memory();
	connected();
	other_processes();
	mounted();
	clocks();
	DO(close_range, "close target=@/a\nclose target=@", 4, 100, 0);
}

/*
 * The program runs itself by both calls, and says before each what it will have done. At the start the stack is
 * the number of arguments and then the arguments.
 */
__attribute__((used)) static void
begin(const long *stack)
{
	char **argv = (char **)(stack + 1);
	char *second[] = { argv[0], (char *)"2", NULL }, *third[] = { argv[0], (char *)"3", NULL };

	if (!argv[1]) {
		say("exec args=");
		say(argv[0]);
		say("\n");
		first();
		say("write\nexec args=");
		say(argv[0]);
		say(" 2\n");
		tell();
		did("execve", NULL, call(__NR_execve, (long)argv[0], (long)second, 0, 0, 0, 0));
	} else if (*argv[1] == '2') {
		say("write\nexec args=");
		say(argv[0]);
		say(" 3\n");
		tell();
		did("execveat", NULL, call(__NR_execveat, AT_FDCWD, (long)argv[0], (long)third, 0, 0, 0));
	} else {
		identities();
		say("write\n");
		tell();
		call(__NR_exit_group, 0, 0, 0, 0, 0, 0);
	}
	tell();
	call(__NR_exit_group, 1, 0, 0, 0, 0, 0);
}

__asm__(".globl _start\n_start:\n\tmovl %esp, %eax\n\tpushl %eax\n\tcall begin\n");
