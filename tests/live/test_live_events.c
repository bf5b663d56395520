/*
 * Opens and closes, as the kernel really does them: how many, of what, by whom,
 * in which order.
 */
#include "tests/lib/live.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

/*
 * In workloads
 */

/* Descriptors above those a workload gets by itself. */
static int
open_at(int fd, const char *path, int flags)
{
	int low = open(path, flags, 0644);

	MUST(low >= 0 && low != fd && dup3(low, fd, flags & O_CLOEXEC) == fd && close(low) == 0);
	return fd;
}

static int
call_close_range(unsigned first, unsigned last, unsigned flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

static void
have_own_mounts(void)
{
	if (unshare(CLONE_NEWNS) != 0)
		_exit(LIVE_NOT_ALLOWED);
	MUST(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
}

/*
 * About the log
 */

/* How many closes of path came before the opening of another file. */
static size_t
closes_before(struct live *l, pid_t pid, const char *path, const char *mark)
{
	size_t n = 0;

	live_event(l, OPEN, pid, mark, 0);
	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);

		if (e->actor.pid != pid)
			continue;
		if (e->type == (int)OPEN && live_is(&e->path, mark))
			break;
		n += e->type == (int)CLOSE && live_is(&e->path, path);
	}
	return n;
}

/* One open and one close of path, and nothing else of it. */
static void
assert_opened_and_closed(struct live *l, pid_t pid, const char *path)
{
	if (live_count(l, OPEN, pid, path) != 1 || live_count(l, CLOSE, pid, path) != 1)
		live_dump(l);
	assert_int_equal(live_count(l, OPEN, pid, path), 1);
	assert_int_equal(live_count(l, CLOSE, pid, path), 1);
	assert_false(live_event(l, OPEN, pid, path, 0)->path_truncated);
}

/*
 * Counting
 */

static void
every_open_and_every_close_is_one_event(void **state)
{
	struct live *l = live_begin(state);
	pid_t pid = live_run(l, ^{
	  for (int i = 0; i < 100; i++)
		  MUST(close(live_open(live_path(l, "file.%d", i))) == 0);
	  for (int i = 0; i < 400; i++)
		  MUST(close(live_open(live_path(l, "same"))) == 0);
	});

	for (int i = 0; i < 100; i++)
		assert_opened_and_closed(l, pid, live_path(l, "file.%d", i));
	assert_int_equal(live_count(l, OPEN, pid, live_path(l, "same")), 400);
	assert_int_equal(live_count(l, CLOSE, pid, live_path(l, "same")), 400);
	assert_int_equal(live_count_below(l, OPEN, 0, l->dir), 500);
	assert_int_equal(live_count_below(l, CLOSE, 0, l->dir), 500);
	live_assert_numbered(l);
}

static void
opens_and_closes_say_who(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	pid_t pid = live_run(l, ^{
	  MUST(close(live_open(path)) == 0);
	});
	const struct live_event *open = live_event(l, OPEN, pid, path, 0);
	const struct live_event *close = live_event(l, CLOSE, pid, path, 0);

	assert_true(live_same_program(open->actor.token, close->actor.token));
	assert_int_equal(open->actor.pid, pid);
	assert_int_equal(open->tid, pid);
	assert_true(live_is(&open->actor.path, live_self_path()));
	assert_int_equal(open->action, ES_ACTION_TYPE_NOTIFY);
	assert_true(open->message_version >= 4);
}

static void
a_failed_open_is_no_event(void **state)
{
	struct live *l = live_begin(state);
	const char *file = live_file(l, "file", ""), *absent = live_path(l, "absent");
	const char *loop = live_path(l, "loop");

	assert_int_equal(symlink("loop", loop), 0);
	live_run(l, ^{
	  MUST(open(absent, O_RDONLY) < 0 && errno == ENOENT);
	  MUST(open(file, O_RDONLY | O_CREAT | O_EXCL, 0600) < 0 && errno == EEXIST);
	  MUST(open(file, O_RDONLY | O_DIRECTORY) < 0 && errno == ENOTDIR);
	  MUST(open(loop, O_RDONLY) < 0 && errno == ELOOP);
	  MUST(open(l->dir, O_WRONLY) < 0 && errno == EISDIR);
	  MUST(open((const char *)8, O_RDONLY) < 0 && errno == EFAULT);
	  MUST(close(500) < 0 && errno == EBADF);
	  MUST(close(-1) < 0 && errno == EBADF);
	});
	assert_int_equal(live_count_below(l, OPEN, 0, l->dir), 0);
	assert_int_equal(live_count_below(l, CLOSE, 0, l->dir), 0);
}

/* The kernel takes an unsigned int; whatever is in the upper half of the register. */
static void
a_descriptor_is_32_bits(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file"), *mark = live_path(l, "mark");
	pid_t pid = live_run(l, ^{
	  MUST(syscall(SYS_close, (unsigned long)live_open(path) | 7UL << 32) == 0);
	  live_open(mark);
	});

	assert_int_equal(closes_before(l, pid, path, mark), 1);
	assert_opened_and_closed(l, pid, path);
}

static void
what_is_not_in_the_file_tree_makes_no_events(void **state)
{
	struct live *l = live_begin(state);
	const char *mark = live_path(l, "mark");
	pid_t pid = live_run(l, ^{
	  int fds[20], n = 0;

	  MUST(pipe(fds) == 0);
	  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fds + 2) == 0);
	  n = 4;
	  fds[n++] = socket(AF_INET, SOCK_DGRAM, 0);
	  fds[n++] = memfd_create("memory", 0);
	  fds[n++] = eventfd(0, 0);
	  fds[n++] = epoll_create1(0);
	  fds[n++] = timerfd_create(CLOCK_MONOTONIC, 0);
	  fds[n++] = inotify_init1(0);
	  while (n--)
		  MUST(close(fds[n]) == 0);
	  live_open(mark);
	});

	assert_int_equal(live_count(l, OPEN, pid, NULL), 1);
	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);

		if (e->actor.pid != pid)
			continue;
		assert_int_equal(e->type, OPEN);
		assert_true(live_is(&e->path, mark));
		break;
	}
}

static void
devices_pipes_with_names_and_directories_make_events(void **state)
{
	struct live *l = live_begin(state);
	const char *fifo = live_path(l, "fifo");
	char status[64];

	assert_int_equal(mkfifo(fifo, 0600), 0);
	pid_t pid = live_run(l, ^{
	  MUST(close(open("/dev/null", O_WRONLY)) == 0);
	  MUST(close(open(fifo, O_RDWR | O_NONBLOCK)) == 0);
	  MUST(close(open(l->dir, O_RDONLY | O_DIRECTORY)) == 0);
	  MUST(close(open("/", O_RDONLY | O_DIRECTORY)) == 0);
	  MUST(close(open("/proc/self/status", O_RDONLY)) == 0);
	});
	const struct live_event *null = live_event(l, OPEN, pid, "/dev/null", 0);

	/* Its standard descriptors may be /dev/null as well, closed at its exit. */
	assert_int_equal(live_count(l, OPEN, pid, "/dev/null"), 1);
	assert_true(live_count(l, CLOSE, pid, "/dev/null") >= 1);
	assert_true(S_ISCHR(null->stat.st_mode));
	assert_int_equal(null->stat.st_rdev, 1 << 8 | 3);
	assert_opened_and_closed(l, pid, fifo);
	assert_true(S_ISFIFO(live_event(l, OPEN, pid, fifo, 0)->stat.st_mode));
	assert_opened_and_closed(l, pid, l->dir);
	assert_opened_and_closed(l, pid, "/");
	snprintf(status, sizeof(status), "/proc/%d/status", (int)pid);
	assert_opened_and_closed(l, pid, status);
}

static void
a_file_without_a_name_is_in_its_directory(void **state)
{
	struct live *l = live_begin(state);
	pid_t pid = live_run(l, ^{
	  int fd = open(l->dir, O_TMPFILE | O_RDWR, 0600);

	  MUST(fd >= 0 && close(fd) == 0);
	});
	const struct live_event *e = live_event(l, OPEN, pid, NULL, 0);

	assert_int_equal(live_count(l, OPEN, pid, NULL), 1);
	assert_int_equal(live_count_below(l, OPEN, pid, l->dir), 1);
	assert_int_equal(live_count_below(l, CLOSE, pid, l->dir), 1);
	assert_null(strstr(e->path.data, "(deleted)"));
	assert_int_equal(e->fflag & 0xfff, 3);
}

/*
 * Flags
 */

/* How Linux has it, and the kernel of Darwin: FREAD 1, FWRITE 2, and its own O_*. */
static const struct {
	int flags, fflag;
} open_flags[] = {
	{ O_RDONLY, 0x1 },
	{ O_WRONLY, 0x2 },
	{ O_RDWR, 0x3 },
	{ O_RDONLY | O_CREAT, 0x201 },
	{ O_WRONLY | O_CREAT | O_TRUNC, 0x602 },
	{ O_RDWR | O_TRUNC, 0x403 },
	{ O_WRONLY | O_APPEND, 0xa },
	{ O_RDWR | O_CLOEXEC, 0x1000003 },
	{ O_RDONLY | O_NOFOLLOW, 0x101 },
	{ O_RDONLY | O_NONBLOCK, 0x5 },
	{ O_WRONLY | O_SYNC, 0x82 },
	{ O_WRONLY | O_DSYNC, 0x400002 },
	{ O_RDONLY | O_NOCTTY, 0x20001 },
	{ O_RDONLY | O_NOATIME, 0x1 }, /* Darwin has none */
	{ O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0x100030a },
};

static void
open_flags_are_told_in_darwins_numbers(void **state)
{
	struct live *l = live_begin(state);

	for (size_t i = 0; i < LENGTH(open_flags); i++)
		live_file(l, live_path(l, "%zu", i) + strlen(l->dir) + 1, "");
	pid_t pid = live_run(l, ^{
	  for (size_t i = 0; i < LENGTH(open_flags); i++)
		  MUST(close(open(live_path(l, "%zu", i), open_flags[i].flags, 0600)) == 0);
	  MUST(close(open(live_path(l, "new"), O_WRONLY | O_CREAT | O_EXCL, 0600)) == 0);
	  MUST(close(open(l->dir, O_RDONLY | O_DIRECTORY)) == 0);
	  MUST(close(open(live_path(l, "3"), O_ACCMODE)) == 0);
	});

	for (size_t i = 0; i < LENGTH(open_flags); i++)
		assert_int_equal(live_event(l, OPEN, pid, live_path(l, "%zu", i), 0)->fflag,
				 open_flags[i].fflag);
	assert_int_equal(live_event(l, OPEN, pid, live_path(l, "new"), 0)->fflag, 0xa02);
	assert_int_equal(live_event(l, OPEN, pid, l->dir, 0)->fflag, 0x100001);
	/* 3, for ioctl() alone, must not overflow into the flag above. */
	assert_int_equal(live_event(l, OPEN, pid, live_path(l, "3"), 1)->fflag, 3);
}

static void
flags_are_told_whichever_call_opened(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_file(l, "openat2", ""), *b = live_path(l, "new.openat2");
	const char *c = live_path(l, "creat"), *d = live_path(l, "open");
	pid_t pid = live_run(l, ^{
	  struct open_how how = { .flags = O_RDWR | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS };
	  int fd = (int)syscall(SYS_openat2, AT_FDCWD, a, &how, sizeof(how));

	  MUST(fd >= 0 && close(fd) == 0);
	  how = (struct open_how){ .flags = O_WRONLY | O_CREAT | O_EXCL, .mode = 0600 };
	  fd = (int)syscall(SYS_openat2, AT_FDCWD, b, &how, sizeof(how));
	  MUST(fd >= 0 && close(fd) == 0);
#ifdef SYS_creat
	  fd = (int)syscall(SYS_creat, c, 0600);
#else
		fd = creat(c, 0600);
#endif
	  MUST(fd >= 0 && close(fd) == 0);
#ifdef SYS_open
	  fd = (int)syscall(SYS_open, d, O_RDWR | O_CREAT | O_APPEND, 0600);
#else
		fd = open(d, O_RDWR | O_CREAT | O_APPEND, 0600);
#endif
	  MUST(fd >= 0 && close(fd) == 0);
	});

	assert_int_equal(live_event(l, OPEN, pid, a, 0)->fflag, 0x1000003);
	assert_int_equal(live_event(l, OPEN, pid, b, 0)->fflag, 0xa02);
	assert_int_equal(live_event(l, OPEN, pid, c, 0)->fflag, 0x602);
	assert_int_equal(live_event(l, OPEN, pid, d, 0)->fflag, 0x20b);
	assert_int_equal(live_count_below(l, OPEN, pid, l->dir), 4);
	assert_int_equal(live_count_below(l, CLOSE, pid, l->dir), 4);
}

static void
a_handle_is_opened_under_its_path(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_file(l, "file", "");
	struct file_handle *handle = live_shared(l, sizeof(*handle) + MAX_HANDLE_SZ);
	int mount_id;
	pid_t pid;

	handle->handle_bytes = MAX_HANDLE_SZ;
	assert_int_equal(name_to_handle_at(AT_FDCWD, path, handle, &mount_id, 0), 0);
	pid = live_run(l, ^{
	  int mount = open("/tmp", O_RDONLY | O_DIRECTORY);
	  int fd = open_by_handle_at(mount, handle, O_RDONLY | O_NONBLOCK);

	  MUST(fd >= 0 && close(fd) == 0);
	});
	assert_opened_and_closed(l, pid, path);
	assert_int_equal(live_event(l, OPEN, pid, path, 0)->fflag, 0x5);
}

static void
a_place_alone_is_opened_and_closed(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_file(l, "file", "");
	pid_t pid = live_run(l, ^{
	  MUST(close(open(path, O_PATH)) == 0);
	});

	assert_opened_and_closed(l, pid, path);
}

/*
 * Paths
 */

static void
paths_are_canonical_and_absolute(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "sub/a"), *b = live_path(l, "sub/b"), *c = live_path(l, "sub/c");
	const char *d = live_path(l, "d"), *e = live_file(l, "e", "");

	assert_int_equal(mkdir(live_path(l, "sub"), 0755), 0);
	assert_int_equal(symlink("sub", live_path(l, "link")), 0);
	assert_int_equal(symlink("link/../e", live_path(l, "to.e")), 0);
	pid_t pid = live_run(l, ^{
	  int at = open(live_path(l, "sub"), O_PATH | O_DIRECTORY), fd;

	  MUST(chdir(live_path(l, "sub")) == 0);
	  MUST(close(open("a", O_RDONLY | O_CREAT, 0600)) == 0);
	  MUST((fd = openat(at, "b", O_RDONLY | O_CREAT, 0600)) >= 0 && close(fd) == 0);
	  MUST(close(open(live_path(l, "link/./..//link/c"), O_RDONLY | O_CREAT, 0600)) == 0);
	  MUST(close(open("../d", O_RDONLY | O_CREAT, 0600)) == 0);
	  MUST(close(open("../to.e", O_RDONLY)) == 0);
	});

	assert_opened_and_closed(l, pid, a);
	assert_opened_and_closed(l, pid, b);
	assert_opened_and_closed(l, pid, c);
	assert_opened_and_closed(l, pid, d);
	assert_opened_and_closed(l, pid, e);
}

/* Opened relative to its directory: longer than a path may be. */
static int
open_deep(struct live *l, const char *path)
{
	int dir = live_make_deep(l, path);
	int fd = openat(dir, strrchr(path, '/') + 1, O_RDWR | O_CREAT, 0600);

	MUST(fd >= 0 && close(dir) == 0);
	return fd;
}

static void
a_path_of_3900_bytes_is_whole(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_deep_path(l, 3900);
	pid_t pid = live_run(l, ^{
	  MUST(close(open_deep(l, path)) == 0);
	});

	assert_opened_and_closed(l, pid, path);
}

static void
a_path_longer_than_path_max_is_whole(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_deep_path(l, 12000);
	pid_t pid = live_run(l, ^{
	  MUST(close(open_deep(l, path)) == 0);
	});

	assert_opened_and_closed(l, pid, path);
}

static void
an_endless_path_is_cut_and_says_so(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_deep_path(l, 30000);
	pid_t pid = live_run(l, ^{
	  MUST(close(open_deep(l, path)) == 0);
	});
	size_t cut = 0;

	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);

		if (e->actor.pid != pid || !e->path_truncated)
			continue;
		/* What is left ends as the path itself, or one of its directories, does. */
		assert_true(e->path.len > 4096 && e->path.len < strlen(path));
		assert_non_null(strstr(path, e->path.data));
		cut++;
	}
	assert_true(cut >= 2);
	assert_int_equal(live_count_below(l, OPEN, pid, path), 0);
}

static void
names_have_any_bytes(void **state)
{
	struct live *l = live_begin(state);
	char longest[256], all[256];
	size_t n = 0;

	memset(longest, 'x', 255);
	longest[255] = '\0';
	for (int c = 1; c < 256; c++)
		if (c != '/')
			all[n++] = (char)c;
	all[n] = '\0';
	const char *const names[] = {
		live_path(l, "%s", "line\nbreak"),  live_path(l, "%s", "\033[31mred\033[0m"),
		live_path(l, "%s", "\xff\xfe\x80"), live_path(l, "%s", "\xc3"),
		live_path(l, "%s", " (deleted)"),   live_path(l, "%s", " space "),
		live_path(l, "%s", "%s%n"),         live_path(l, "%s", "..."),
		live_path(l, "%s", longest),        live_path(l, "%s", all),
	};
	const char *const *paths = names;
	const size_t count = LENGTH(names);
	pid_t pid = live_run(l, ^{
	  for (size_t i = 0; i < count; i++)
		  MUST(close(live_open(paths[i])) == 0);
	});

	for (size_t i = 0; i < count; i++)
		assert_opened_and_closed(l, pid, names[i]);
}

static void
a_deleted_file_keeps_its_path(void **state)
{
	struct live *l = live_begin(state);
	const char *file = live_path(l, "file"), *inside = live_path(l, "dir/inside");

	assert_int_equal(mkdir(live_path(l, "dir"), 0755), 0);
	pid_t pid = live_run(l, ^{
	  int fd = live_open(file);

	  MUST(unlink(file) == 0 && close(fd) == 0);
	  fd = live_open(inside);
	  MUST(unlink(inside) == 0 && rmdir(live_path(l, "dir")) == 0 && close(fd) == 0);
	});

	assert_opened_and_closed(l, pid, file);
	assert_opened_and_closed(l, pid, inside);
	assert_int_equal(live_event(l, CLOSE, pid, file, 0)->stat.st_nlink, 0);
	assert_int_equal(live_count_below(l, CLOSE, pid, l->dir), 2);
}

static void
a_renamed_file_is_closed_by_its_new_name(void **state)
{
	struct live *l = live_begin(state);
	const char *old = live_path(l, "old"), *new = live_path(l, "new");
	const char *before = live_path(l, "one/file"), *after = live_path(l, "two/file");

	assert_int_equal(mkdir(live_path(l, "one"), 0755), 0);
	pid_t pid = live_run(l, ^{
	  int fd = live_open(old);

	  MUST(rename(old, new) == 0 && close(fd) == 0);
	  fd = live_open(before);
	  MUST(rename(live_path(l, "one"), live_path(l, "two")) == 0 && close(fd) == 0);
	});

	assert_int_equal(live_count(l, OPEN, pid, old), 1);
	assert_int_equal(live_count(l, CLOSE, pid, old), 0);
	assert_int_equal(live_count(l, CLOSE, pid, new), 1);
	assert_int_equal(live_count(l, OPEN, pid, before), 1);
	assert_int_equal(live_count(l, CLOSE, pid, after), 1);
	assert_int_equal(live_count_below(l, CLOSE, pid, l->dir), 2);
}

static void
a_hard_link_is_told_by_the_name_used(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_file(l, "a", "text"), *b = live_path(l, "b");

	assert_int_equal(link(a, b), 0);
	pid_t pid = live_run(l, ^{
	  MUST(close(open(b, O_RDONLY)) == 0);
	});

	assert_opened_and_closed(l, pid, b);
	assert_int_equal(live_count(l, OPEN, pid, a), 0);
	assert_int_equal(live_event(l, OPEN, pid, b, 0)->stat.st_nlink, 2);
}

static void
a_bind_mount_is_told_by_where_it_was_opened(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b"), *other = live_file(l, "other", "");

	assert_int_equal(mkdir(a, 0755), 0);
	assert_int_equal(mkdir(b, 0755), 0);
	live_file(l, "a/file", "text");
	live_file(l, "a/single", "text");
	pid_t pid = live_run_privileged(l, ^{
	  have_own_mounts();
	  MUST(mount(a, b, NULL, MS_BIND, NULL) == 0);
	  MUST(mount(live_path(l, "a/single"), other, NULL, MS_BIND, NULL) == 0);
	  MUST(close(open(live_path(l, "b/file"), O_RDONLY)) == 0);
	  MUST(close(open(other, O_RDONLY)) == 0);
	});

	assert_opened_and_closed(l, pid, live_path(l, "b/file"));
	assert_opened_and_closed(l, pid, other);
	assert_int_equal(live_count_below(l, OPEN, pid, a), 0);
}

static void
a_mount_namespace_is_seen_from_inside(void **state)
{
	struct live *l = live_begin(state);
	const char *m = live_path(l, "m"), *file = live_path(l, "m/sub/file");

	assert_int_equal(mkdir(m, 0755), 0);
	pid_t pid = live_run_privileged(l, ^{
	  have_own_mounts();
	  MUST(mount("none", m, "tmpfs", 0, NULL) == 0);
	  MUST(mkdir(live_path(l, "m/sub"), 0755) == 0);
	  /* Mounts upon mounts: a tmpfs in a tmpfs, and one over another. */
	  MUST(mount("none", live_path(l, "m/sub"), "tmpfs", 0, NULL) == 0);
	  MUST(mount("none", live_path(l, "m/sub"), "tmpfs", 0, NULL) == 0);
	  MUST(close(live_open(file)) == 0);
	});

	assert_opened_and_closed(l, pid, file);
	assert_int_equal(access(file, F_OK), -1); /* it was not here */
}

static void
a_changed_root_does_not_shorten_paths(void **state)
{
	struct live *l = live_begin(state);
	const char *root = live_path(l, "root"), *file = live_path(l, "root/file");

	live_file(l, "placeholder", "");
	assert_int_equal(mkdir(root, 0755), 0);
	pid_t pid = live_run_privileged(l, ^{
	  if (chroot(root) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(chdir("/") == 0);
	  MUST(close(live_open("/file")) == 0);
	  MUST(close(live_open("../../file")) == 0);
	});

	assert_int_equal(live_count(l, OPEN, pid, file), 2);
	assert_int_equal(live_count(l, CLOSE, pid, file), 2);
}

/* As containers do it: the namespace's root is another file system. */
static void
a_pivoted_root_is_the_root(void **state)
{
	struct live *l = live_begin(state);
	const char *root = live_path(l, "root");

	assert_int_equal(mkdir(root, 0755), 0);
	pid_t pid = live_run_privileged(l, ^{
	  have_own_mounts();
	  MUST(mount("none", root, "tmpfs", 0, NULL) == 0);
	  MUST(mkdir(live_path(l, "root/old"), 0755) == 0);
	  MUST(syscall(SYS_pivot_root, root, live_path(l, "root/old")) == 0);
	  MUST(chdir("/") == 0 && umount2("/old", MNT_DETACH) == 0);
	  MUST(close(live_open("/file-of-the-new-root")) == 0);
	});

	assert_opened_and_closed(l, pid, "/file-of-the-new-root");
}

static void
a_file_of_a_mount_that_is_gone_is_still_closed(void **state)
{
	struct live *l = live_begin(state);
	const char *m = live_path(l, "m"), *mark = live_path(l, "mark");
	ino_t *inode = live_shared(l, sizeof(*inode));

	assert_int_equal(mkdir(m, 0755), 0);
	pid_t pid = live_run_privileged(l, ^{
	  struct stat st;
	  int fd;

	  have_own_mounts();
	  MUST(mount("none", m, "tmpfs", 0, NULL) == 0);
	  fd = live_open(live_path(l, "m/file"));
	  MUST(fstat(fd, &st) == 0);
	  *inode = st.st_ino;
	  MUST(umount2(m, MNT_DETACH) == 0 && close(fd) == 0);
	  live_open(mark);
	});
	const struct live_event *e = live_event(l, CLOSE, pid, NULL, 0);

	assert_int_equal(e->stat.st_ino, *inode);
	assert_true(e->path.len >= 5 && strcmp(e->path.data + e->path.len - 5, "/file") == 0);
}

static void
a_files_stat_is_what_fstat_says(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	struct stat *opened = live_shared(l, sizeof(*opened)), *closed = live_shared(l, sizeof(*closed));
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_RDWR | O_CREAT, 0640);

	  MUST(fd >= 0 && fstat(fd, opened) == 0);
	  MUST(write(fd, "12345", 5) == 5 && fchmod(fd, 0604) == 0);
	  MUST(link(path, live_path(l, "second")) == 0);
	  if (geteuid() == 0)
		  MUST(fchown(fd, 12, 34) == 0);
	  MUST(fstat(fd, closed) == 0 && close(fd) == 0);
	});
	const struct {
		const struct stat *reported, *real;
	} pairs[] = {
		{ &live_event(l, OPEN, pid, path, 0)->stat, opened },
		{ &live_event(l, CLOSE, pid, path, 0)->stat, closed },
	};

	for (size_t i = 0; i < LENGTH(pairs); i++) {
		const struct stat *reported = pairs[i].reported, *real = pairs[i].real;

		assert_int_equal(reported->st_ino, real->st_ino);
		assert_int_equal(reported->st_dev, real->st_dev);
		assert_int_equal(reported->st_mode, real->st_mode);
		assert_int_equal(reported->st_size, real->st_size);
		assert_int_equal(reported->st_nlink, real->st_nlink);
		assert_int_equal(reported->st_uid, real->st_uid);
		assert_int_equal(reported->st_gid, real->st_gid);
		assert_int_equal(reported->st_rdev, real->st_rdev);
		assert_int_equal(reported->st_mtim.tv_sec, real->st_mtim.tv_sec);
		assert_int_equal(reported->st_mtim.tv_nsec, real->st_mtim.tv_nsec);
		assert_int_equal(reported->st_ctim.tv_sec, real->st_ctim.tv_sec);
		assert_int_equal(reported->st_ctim.tv_nsec, real->st_ctim.tv_nsec);
	}
	assert_int_equal(closed->st_nlink, 2);
}

/*
 * Descriptors that go without close(2)
 */

static void
dup2_over_an_open_descriptor_closes_it(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b"), *c = live_path(l, "c");
	const char *mark = live_path(l, "mark");
	pid_t pid = live_run(l, ^{
	  int fa = live_open(a), fb = live_open(b), fc = live_open(c);

#ifdef SYS_dup2
	  MUST(syscall(SYS_dup2, fa, fb) == fb);
#else
		MUST(dup2(fa, fb) == fb);
#endif
	  MUST(dup3(fa, fc, O_CLOEXEC) == fc);
	  live_open(mark);
	});

	assert_int_equal(closes_before(l, pid, a, mark), 0);
	assert_int_equal(closes_before(l, pid, b, mark), 1);
	assert_int_equal(closes_before(l, pid, c, mark), 1);
	/* Of a there were three descriptors in the end. */
	assert_int_equal(live_count(l, CLOSE, pid, a), 3);
	assert_int_equal(live_count(l, CLOSE, pid, b), 1);
	assert_int_equal(live_count(l, CLOSE, pid, c), 1);
	assert_int_equal(live_count_below(l, OPEN, pid, l->dir), 4);
}

static void
dup_that_replaces_nothing_closes_nothing(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b"), *mark = live_path(l, "mark");
	pid_t pid = live_run(l, ^{
	  int fa = live_open(a), fb = live_open(b);

	  MUST(dup2(fa, fa) == fa);
#ifdef SYS_dup2
	  MUST(syscall(SYS_dup2, fa, fa) == fa);
#endif
	  MUST(dup3(fa, fa, 0) < 0 && errno == EINVAL);
	  MUST(dup2(900, fb) < 0 && errno == EBADF);
	  MUST(dup2(-1, fb) < 0 && errno == EBADF);
	  MUST(dup3(900, fb, 0) < 0 && errno == EBADF);
	  MUST(dup3(fa, fb, O_APPEND) < 0 && errno == EINVAL);
	  MUST(dup2(fa, 100) == 100);
	  MUST(fcntl(fa, F_DUPFD, 101) == 101);
	  MUST(dup(fa) >= 0);
	  live_open(mark);
	});

	assert_int_equal(closes_before(l, pid, a, mark), 0);
	assert_int_equal(closes_before(l, pid, b, mark), 0);
	assert_int_equal(live_count(l, CLOSE, pid, a), 4);
	assert_int_equal(live_count(l, CLOSE, pid, b), 1);
}

/* A limit that was lowered makes dup2() fail on a number that is in use. */
static void
dup2_above_the_limit_closes_nothing(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b"), *mark = live_path(l, "mark");
	pid_t pid = live_run(l, ^{
	  struct rlimit limit;
	  int fa = live_open(a);

	  open_at(200, b, O_RDWR | O_CREAT);
	  MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	  limit.rlim_cur = 150;
	  MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	  MUST(dup2(fa, 200) < 0 && errno == EBADF);
	  live_open(mark);
	});

	/* One close of b is of its first, low number. */
	assert_int_equal(closes_before(l, pid, b, mark), 1);
	assert_int_equal(live_count(l, CLOSE, pid, b), 2);
}

static void
close_range_closes_what_is_open_in_it(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b"), *c = live_path(l, "c");
	const char *d = live_path(l, "d"), *mark = live_path(l, "mark");
	pid_t pid = live_run(l, ^{
	  for (int i = 0; i < 4; i++)
		  open_at(100 + i * 37, live_path(l, "%c", 'a' + i), O_RDWR | O_CREAT);
	  MUST(call_close_range(101, 110 + 2 * 37, 0) == 0);
	  live_open(mark);
	});

	/* One close each is of the first, low number. */
	assert_int_equal(closes_before(l, pid, a, mark), 1);
	assert_int_equal(closes_before(l, pid, b, mark), 2);
	assert_int_equal(closes_before(l, pid, c, mark), 2);
	assert_int_equal(closes_before(l, pid, d, mark), 1);
	assert_int_equal(live_count_below(l, CLOSE, pid, l->dir), 9);
}

static void
close_range_up_to_the_end_closes_all(void **state)
{
	struct live *l = live_begin(state);
	const char *mark = live_path(l, "mark");
	pid_t pid = live_run(l, ^{
	  for (int i = 0; i < 200; i++)
		  live_open(live_path(l, "file.%d", i));
	  MUST(call_close_range(3, ~0U, 0) == 0);
	  live_open(mark);
	});

	for (int i = 0; i < 200; i++)
		assert_int_equal(closes_before(l, pid, live_path(l, "file.%d", i), mark), 1);
	assert_int_equal(live_count_below(l, CLOSE, pid, l->dir), 201);
}

static void
close_range_that_fails_or_only_marks_closes_nothing(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *mark = live_path(l, "mark");
	pid_t pid = live_run(l, ^{
	  int fd = live_open(a);

	  MUST(call_close_range((unsigned)fd, (unsigned)fd, CLOSE_RANGE_CLOEXEC) == 0);
	  MUST(call_close_range((unsigned)fd, (unsigned)fd - 1, 0) < 0 && errno == EINVAL);
	  MUST(call_close_range((unsigned)fd, ~0U, 1U << 20) < 0 && errno == EINVAL);
	  MUST(call_close_range(1000, ~0U, 0) == 0);
	  live_open(mark);
	});

	assert_int_equal(closes_before(l, pid, a, mark), 0);
	assert_opened_and_closed(l, pid, a);
}

static void
close_range_with_a_table_of_its_own_closes_once_more(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *mark = live_path(l, "mark");
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  int fd = live_open(a);

	  *child = live_clone(CLONE_FILES | SIGCHLD, ^{
	    MUST(call_close_range((unsigned)fd, (unsigned)fd, CLOSE_RANGE_UNSHARE) == 0);
	  });
	  live_reap(*child);
	  MUST(fcntl(fd, F_GETFD) >= 0); /* ours is still there */
	  live_open(mark);
	});

	assert_int_equal(live_count(l, OPEN, pid, a), 1);
	assert_int_equal(live_count(l, CLOSE, *child, a), 1);
	assert_int_equal(closes_before(l, pid, a, mark), 0);
	assert_int_equal(live_count(l, CLOSE, pid, a), 1);
}

static void
exec_closes_what_is_not_inherited(void **state)
{
	struct live *l = live_begin(state);
	const char *gone = live_path(l, "gone"), *kept = live_path(l, "kept");
	pid_t pid;

	if (!live_kernel_is(6, 10))
		return; /* no hook there precedes the exec */
	pid = live_run(l, ^{
	  MUST(open(gone, O_RDWR | O_CREAT | O_CLOEXEC, 0600) >= 0);
	  open_at(150, gone, O_RDWR | O_CLOEXEC);
	  live_open(kept);
	  live_exec_exit(live_self_path());
	});
	const struct live_event *exec = live_event(l, EXEC, pid, NULL, 0);
	size_t by_old = 0, after = 0;
	bool passed = false;

	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);

		passed |= e == exec;
		if (e->actor.pid != pid || e->type != (int)CLOSE || !live_is(&e->path, gone))
			continue;
		by_old += live_same_program(e->actor.token, exec->actor.token);
		after += passed;
	}
	/* Two at the exec, and that of the first number of the second. */
	assert_int_equal(live_count(l, CLOSE, pid, gone), 3);
	assert_int_equal(by_old, 3);
	assert_int_equal(after, 0);
	assert_opened_and_closed(l, pid, kept);
	assert_true(live_same_program(live_event(l, CLOSE, pid, kept, 0)->actor.token, exec->other.token));
}

static void
an_exec_that_fails_closes_nothing(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *mark = live_path(l, "mark");
	const char *text = live_file(l, "text", "no program"),
		   *script = live_file(l, "script", "#!/absent\n");

	assert_int_equal(chmod(text, 0755), 0);
	assert_int_equal(chmod(script, 0755), 0);
	pid_t pid = live_run(l, ^{
	  char *argv[] = { (char *)"x", NULL };

	  MUST(open(a, O_RDWR | O_CREAT | O_CLOEXEC, 0600) >= 0);
	  MUST(execv(live_path(l, "absent"), argv) < 0 && errno == ENOENT);
	  MUST(execv(text, argv) < 0 && errno == ENOEXEC);
	  MUST(execv(script, argv) < 0 && errno == ENOENT);
	  MUST(execv(l->dir, argv) < 0 && errno == EACCES);
	  live_open(mark);
	});

	assert_int_equal(closes_before(l, pid, a, mark), 0);
	assert_opened_and_closed(l, pid, a);
	assert_int_equal(live_count(l, EXEC, pid, NULL), 0);
}

static void
exit_closes_what_is_open(void **state)
{
	struct live *l = live_begin(state);
	pid_t pid = live_run(l, ^{
	  struct rlimit limit;

	  MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	  if (limit.rlim_cur < 4096 && limit.rlim_max >= 4096) {
		  limit.rlim_cur = 4096;
		  MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	  }
	  for (int i = 0; i < 1500; i++)
		  live_open(live_path(l, "file.%d", i % 10));
	  open_at(4000, live_path(l, "high"), O_RDWR | O_CREAT);
	});
	const struct live_event *exit = live_event(l, EXIT, pid, NULL, 0);

	for (int i = 0; i < 10; i++)
		assert_int_equal(live_count(l, CLOSE, pid, live_path(l, "file.%d", i)), 150);
	assert_int_equal(live_count(l, CLOSE, pid, live_path(l, "high")), 2);
	assert_ptr_equal(live_at(l, live_size(l) - 1), exit); /* and nothing comes after it */
}

static void
death_by_a_signal_closes_what_is_open(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a");
	pid_t pid = live_spawn(l, ^{
	  live_open(a);
	  kill(getpid(), SIGKILL);
	});

	assert_int_equal(live_finish(l, pid), SIGKILL);
	assert_opened_and_closed(l, pid, a);
}

static void
a_child_closes_what_it_inherited(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b");
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  int fa = live_open(a);

	  live_open(b);
	  *child = live_fork(^{
	    close(fa);
	  });
	  live_reap(*child);
	});

	assert_int_equal(live_count(l, OPEN, 0, a), 1);
	assert_int_equal(live_count(l, OPEN, 0, b), 1);
	assert_int_equal(live_count(l, CLOSE, *child, a), 1);
	assert_int_equal(live_count(l, CLOSE, *child, b), 1);
	assert_int_equal(live_count(l, CLOSE, pid, a), 1);
	assert_int_equal(live_count(l, CLOSE, pid, b), 1);
}

static void
what_a_vforked_child_closes_is_its_own(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a");
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  int fd = live_open(a);

	  *child = live_clone(LIVE_VFORK | SIGCHLD, ^{
	    close(fd);
	  });
	  live_reap(*child);
	  MUST(close(fd) == 0);
	});

	assert_int_equal(live_count(l, OPEN, pid, a), 1);
	assert_int_equal(live_count(l, CLOSE, *child, a), 1);
	assert_int_equal(live_count(l, CLOSE, pid, a), 1);
}

/*
 * Threads and shared descriptors
 */

static void
threads_open_for_their_process(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	pid_t pid = live_run(l, ^{
	  pthread_t threads[4];

	  for (size_t i = 0; i < LENGTH(threads); i++)
		  threads[i] = live_thread(^{
		    for (int n = 0; n < 25; n++)
			    MUST(close(live_open(path)) == 0);
		  });
	  for (size_t i = 0; i < LENGTH(threads); i++)
		  pthread_join(threads[i], NULL);
	});
	const struct live_event *first = live_event(l, OPEN, pid, path, 0);
	uint64_t tids[5] = { 0 };
	size_t count = 0;

	assert_int_equal(live_count(l, OPEN, 0, path), 100);
	assert_int_equal(live_count(l, CLOSE, 0, path), 100);
	for (size_t i = 0; i < 100; i++) {
		const struct live_event *e = live_event(l, OPEN, pid, path, i);
		size_t t = 0;

		assert_true(live_same_program(e->actor.token, first->actor.token));
		while (t < count && tids[t] != e->tid)
			t++;
		assert_true(t < 4);
		tids[t] = e->tid;
		count += t == count;
	}
	assert_int_equal(count, 4);
	/* A thread's beginning and end are no events. */
	assert_int_equal(live_count(l, FORK, pid, NULL), 0);
	assert_int_equal(live_count(l, EXIT, pid, NULL), 1);
}

/* The state kept with a process is made by whichever thread comes first, or by both. */
static void
the_first_events_of_two_threads_are_both_told(void **state)
{
	struct live *l = live_prepare(state);
	/* Without forks: nothing is to be known of the children before. */
	const es_event_type_t types[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE,
					  ES_EVENT_TYPE_NOTIFY_EXIT };
	const char *a = live_path(l, "a"), *b = live_path(l, "b");
	enum { ROUNDS = 500 };

	live_connect(l);
	live_mute_self(l);
	assert_int_equal(es_subscribe(l->client, types, LENGTH(types)), ES_RETURN_SUCCESS);
	live_run(l, ^{
	  for (int i = 0; i < ROUNDS; i++)
		  live_reap(live_fork(^{
		    static atomic_int ready;
		    pthread_t other = live_thread(^{
		      atomic_fetch_add(&ready, 1);
		      while (atomic_load(&ready) < 2)
			      ;
		      live_open(b);
		    });

		    atomic_fetch_add(&ready, 1);
		    while (atomic_load(&ready) < 2)
			    ;
		    live_open(a);
		    pthread_join(other, NULL);
		  }));
	});
	assert_int_equal(live_count(l, OPEN, 0, a), ROUNDS);
	assert_int_equal(live_count(l, OPEN, 0, b), ROUNDS);
	assert_int_equal(live_count(l, CLOSE, 0, a), ROUNDS);
	assert_int_equal(live_count(l, CLOSE, 0, b), ROUNDS);
}

static void
sharers_of_descriptors_close_each_others(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b"), *mark = live_path(l, "mark");
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  *child = live_clone(CLONE_FILES | SIGCHLD, ^{
	    MUST(dup2(live_open(a), 100) == 100);
	    MUST(dup2(live_open(b), 101) == 101);
	  });
	  live_reap(*child);
	  MUST(close(100) == 0);
	  live_open(mark);
	});

	assert_int_equal(live_count(l, OPEN, *child, a), 1);
	/* The child's exit closed nothing: its parent still had the table. */
	assert_int_equal(live_count(l, CLOSE, *child, NULL), 0);
	assert_int_equal(closes_before(l, pid, a, mark), 1);
	assert_int_equal(closes_before(l, pid, b, mark), 0);
	assert_int_equal(live_count(l, CLOSE, pid, a), 2);
	assert_int_equal(live_count(l, CLOSE, pid, b), 2);
}

/* A first thread that is gone, but not yet waited for, has no share in the table. */
static void
an_exit_without_the_first_thread_closes_no_shared_descriptors(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *mark = live_path(l, "mark");
	pid_t *sharer = live_shared(l, sizeof(*sharer));
	pid_t pid = live_run(l, ^{
	  live_open(a);
	  /* The sharer is a child of this one, too, and outlives the other. */
	  live_reap(live_fork(^{
	    *sharer = live_clone(CLONE_FILES | CLONE_PARENT | SIGCHLD, ^{
	      pause();
	    });
	    MUST(*sharer > 0);
	    live_exit_first_thread_first(0, NULL);
	  }));
	  live_open(mark);
	  kill(*sharer, SIGKILL);
	  MUST(waitpid(*sharer, NULL, 0) == *sharer);
	});
	size_t closes = 0;

	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);

		if (e->type == (int)OPEN && live_is(&e->path, mark))
			break;
		closes += e->type == (int)CLOSE && live_is(&e->path, a);
	}
	assert_int_equal(closes, 0);
	assert_int_equal(live_count(l, CLOSE, *sharer, a), 1);
	assert_int_equal(live_count(l, CLOSE, pid, a), 1);
	assert_int_equal(live_count(l, CLOSE, 0, a), 2);
}

/*
 * close.modified
 */

/* Long ago, so that any write since is seen in the file's time. */
static const char *
old_file(struct live *l, const char *name)
{
	const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	const char *path = live_file(l, name, "12345678");

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	return path;
}

static bool
was_modified(struct live *l, pid_t pid, const char *path, size_t nth)
{
	return live_event(l, CLOSE, pid, path, nth)->modified;
}

static void
a_file_that_was_written_is_modified(void **state)
{
	struct live *l = live_begin(state);
	const char *append = old_file(l, "append"), *over = old_file(l, "over");
	const char *cut = old_file(l, "cut"), *fresh = live_path(l, "fresh");
	pid_t pid = live_run(l, ^{
	  int fd = open(append, O_WRONLY | O_APPEND);

	  MUST(write(fd, "x", 1) == 1 && close(fd) == 0);
	  fd = open(over, O_RDWR);
	  MUST(pwrite(fd, "abc", 3, 2) == 3 && close(fd) == 0);
	  fd = open(cut, O_RDWR);
	  MUST(ftruncate(fd, 3) == 0 && close(fd) == 0);
	  fd = open(fresh, O_WRONLY | O_CREAT, 0600);
	  MUST(write(fd, "x", 1) == 1 && close(fd) == 0);
	});

	assert_true(was_modified(l, pid, append, 0));
	assert_true(was_modified(l, pid, over, 0));
	assert_true(was_modified(l, pid, cut, 0));
	assert_true(was_modified(l, pid, fresh, 0));
}

/* ---- mappings ---- */

static bool
was_mapped(struct live *l, pid_t pid, const char *path, size_t nth)
{
	return live_event(l, CLOSE, pid, path, nth)->mapped;
}

static void
a_file_mapped_shared_and_writable_is_said_to_be(void **state)
{
	struct live *l = live_begin(state);
	const char *now = old_file(l, "now"), *later = old_file(l, "later"), *other = old_file(l, "other");
	pid_t pid = live_run(l, ^{
	  int fd = open(now, O_RDWR);
	  char *at = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	  MUST(at != MAP_FAILED);
	  at[0] = 'x';
	  MUST(munmap(at, 8) == 0 && close(fd) == 0);
	  /* Its lifetime counts, not who opens it. */
	  MUST(close(open(now, O_RDONLY)) == 0);
	  fd = open(later, O_RDWR);
	  at = mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0);
	  MUST(at != MAP_FAILED && mprotect(at, 8, PROT_READ | PROT_WRITE) == 0);
	  MUST(munmap(at, 8) == 0 && close(fd) == 0);
	  fd = open(other, O_RDWR); /* shared but read-only, and writable but private: neither counts */
	  MUST(mmap(NULL, 8, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
	  at = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	  MUST(at != MAP_FAILED && mprotect(at, 8, PROT_READ) == 0 &&
	       mprotect(at, 8, PROT_READ | PROT_WRITE) == 0);
	  MUST(close(fd) == 0);
	});

	assert_true(was_mapped(l, pid, now, 0));
	assert_true(was_mapped(l, pid, now, 1));
	assert_true(was_mapped(l, pid, later, 0));
	assert_false(was_mapped(l, pid, other, 0));
}

/* As on macOS: only what a call writes makes a file modified. */
static void
a_write_through_a_mapping_does_not_make_a_file_modified(void **state)
{
	struct live *l = live_begin(state);
	const char *only = old_file(l, "only"), *before = old_file(l, "before");
	const char *after = old_file(l, "after"), *grown = old_file(l, "grown");
	pid_t pid = live_run(l, ^{
	  int fd = open(only, O_RDWR);
	  char *at = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	  MUST(at != MAP_FAILED);
	  at[0] = 'x';
	  MUST(msync(at, 8, MS_SYNC) == 0 && munmap(at, 8) == 0 && close(fd) == 0);
	  fd = open(before, O_RDWR);
	  MUST(pwrite(fd, "abc", 3, 0) == 3);
	  MUST(mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED && close(fd) == 0);
	  fd = open(after, O_RDWR);
	  MUST(mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
	  MUST(pwrite(fd, "abc", 3, 0) == 3 && close(fd) == 0);
	  fd = open(grown, O_RDWR);
	  MUST(mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
	  MUST(ftruncate(fd, 5000) == 0 && close(fd) == 0);
	});

	assert_false(was_modified(l, pid, only, 0));
	assert_true(was_mapped(l, pid, only, 0));
	assert_true(was_modified(l, pid, before, 0));
	assert_true(was_mapped(l, pid, before, 0));
	assert_true(was_modified(l, pid, after, 0));
	assert_true(was_modified(l, pid, grown, 0));
}

static void
a_file_that_was_not_written_is_not_modified(void **state)
{
	struct live *l = live_begin(state);
	const char *read_only = old_file(l, "read"), *idle = old_file(l, "idle");
	const char *zero = old_file(l, "zero"), *mode = old_file(l, "mode");
	const char *fresh = live_path(l, "fresh");
	pid_t pid = live_run(l, ^{
	  char buffer[4];
	  int fd = open(read_only, O_RDONLY);

	  MUST(read(fd, buffer, 4) == 4 && close(fd) == 0);
	  fd = open(idle, O_RDWR);
	  MUST(read(fd, buffer, 4) == 4 && close(fd) == 0);
	  fd = open(zero, O_WRONLY);
	  MUST(write(fd, "", 0) == 0 && close(fd) == 0);
	  fd = open(mode, O_WRONLY);
	  MUST(fchmod(fd, 0600) == 0 && close(fd) == 0);
	  MUST(close(open(fresh, O_WRONLY | O_CREAT, 0600)) == 0);
	});

	assert_false(was_modified(l, pid, read_only, 0));
	assert_false(was_modified(l, pid, idle, 0));
	assert_false(was_modified(l, pid, zero, 0));
	assert_false(was_modified(l, pid, mode, 0));
	assert_false(was_modified(l, pid, fresh, 0));
}

static void
a_write_by_another_descriptor_counts(void **state)
{
	struct live *l = live_begin(state);
	const char *path = old_file(l, "file");
	pid_t pid = live_run(l, ^{
	  int first = open(path, O_WRONLY), second = open(path, O_WRONLY);

	  MUST(write(second, "x", 1) == 1);
	  MUST(close(first) == 0 && close(second) == 0);
	  /* One that came after it is not concerned. */
	  MUST(close(open(path, O_WRONLY)) == 0);
	});

	assert_true(was_modified(l, pid, path, 0));
	assert_true(was_modified(l, pid, path, 1));
	assert_false(was_modified(l, pid, path, 2));
}

static void
a_write_by_a_child_counts_for_both(void **state)
{
	struct live *l = live_begin(state);
	const char *path = old_file(l, "file");
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_WRONLY);

	  *child = live_fork(^{
	    MUST(write(fd, "x", 1) == 1);
	  });
	  live_reap(*child);
	  MUST(close(fd) == 0);
	});

	assert_true(was_modified(l, *child, path, 0));
	assert_true(was_modified(l, pid, path, 0));
}

static void
modified_is_known_at_exit_and_dup2_too(void **state)
{
	struct live *l = live_begin(state);
	const char *a = old_file(l, "a"), *b = old_file(l, "b"), *c = old_file(l, "c");
	pid_t pid = live_run(l, ^{
	  int fa = open(a, O_WRONLY), fb = open(b, O_WRONLY), fc = open(c, O_RDONLY);

	  MUST(write(fa, "x", 1) == 1 && write(fb, "x", 1) == 1);
	  MUST(dup2(fc, fb) == fb);
	});

	assert_true(was_modified(l, pid, a, 0));
	assert_true(was_modified(l, pid, b, 0));
	assert_false(was_modified(l, pid, c, 0));
}

/* Whether a file was modified does not depend on what else the client has subscribed to. */
static void
modified_is_known_to_those_who_see_closes_only(void **state)
{
	struct live *l = live_prepare(state);
	const es_event_type_t types[] = { ES_EVENT_TYPE_NOTIFY_CLOSE, ES_EVENT_TYPE_NOTIFY_EXIT };
	const char *path = old_file(l, "file"), *idle = old_file(l, "idle");
	pid_t pid;

	live_connect(l);
	live_mute_self(l);
	assert_int_equal(es_subscribe(l->client, types, LENGTH(types)), ES_RETURN_SUCCESS);
	pid = live_run(l, ^{
	  int fd = open(path, O_WRONLY);

	  MUST(write(fd, "x", 1) == 1 && close(fd) == 0);
	  MUST(close(open(idle, O_WRONLY)) == 0);
	});
	assert_true(was_modified(l, pid, path, 0));
	assert_false(was_modified(l, pid, idle, 0));
	assert_int_equal(live_count(l, OPEN, 0, NULL), 0);
}

/*
 * Order and time
 */

static void
events_of_a_process_are_in_program_order(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b");
	pid_t pid = live_run(l, ^{
	  for (int i = 0; i < 20; i++) {
		  int fa = live_open(a), fb = live_open(b);

		  MUST(close(fa) == 0);
		  live_reap(live_fork(live_nothing));
		  MUST(close(fb) == 0);
	  }
	});
	const struct {
		es_event_type_t type;
		const char *path;
	} round[] = {
		{ ES_EVENT_TYPE_NOTIFY_OPEN, a },  { ES_EVENT_TYPE_NOTIFY_OPEN, b },
		{ ES_EVENT_TYPE_NOTIFY_CLOSE, a }, { ES_EVENT_TYPE_NOTIFY_FORK, NULL },
		{ ES_EVENT_TYPE_NOTIFY_CLOSE, b },
	};
	size_t at = 0, events = 0;

	for (int i = 0; i < 20; i++)
		for (size_t step = 0; step < LENGTH(round); step++) {
			const struct live_event *e;

			do
				e = live_at(l, at++);
			while (e->actor.pid != pid);
			assert_int_equal(e->type, round[step].type);
			if (round[step].path)
				assert_true(live_is(&e->path, round[step].path));
			events++;
		}
	assert_int_equal(events, 100);
}

static void
a_child_lives_between_its_fork_and_its_exit(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	pid_t pid = live_run(l, ^{
	  for (int i = 0; i < 50; i++)
		  live_reap(live_fork(^{
		    MUST(close(live_open(path)) == 0);
		  }));
	});

	for (size_t i = 0; i < 50; i++) {
		const struct live_event *fork = live_event(l, FORK, pid, NULL, i);
		const es_event_type_t order[] = { ES_EVENT_TYPE_NOTIFY_FORK, ES_EVENT_TYPE_NOTIFY_OPEN,
						  ES_EVENT_TYPE_NOTIFY_CLOSE, ES_EVENT_TYPE_NOTIFY_EXIT };
		size_t step = 0;

		for (size_t at = 0; at < live_size(l) && step < LENGTH(order); at++) {
			const struct live_event *e = live_at(l, at);

			if (step == 0 ? e == fork
				      : live_same_program(e->actor.token, fork->other.token) &&
						(e->type != (int)CLOSE || live_is(&e->path, path)))
				assert_int_equal(e->type, order[step++]);
		}
		assert_int_equal(step, LENGTH(order));
	}
}

static void
times_lie_within_the_run_and_never_step_back(void **state)
{
	struct live *l = live_begin(state);
	struct timespec before, after, mono_before, mono_after;
	const struct live_event *last = NULL;
	pid_t pid;

	clock_gettime(CLOCK_REALTIME, &before);
	clock_gettime(CLOCK_MONOTONIC, &mono_before);
	pid = live_run(l, ^{
	  for (int i = 0; i < 200; i++)
		  MUST(close(live_open(live_path(l, "file"))) == 0);
	});
	clock_gettime(CLOCK_REALTIME, &after);
	clock_gettime(CLOCK_MONOTONIC, &mono_after);
	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);
		const int64_t slack = 50 * 1000000; /* the wall clock may be slewed meanwhile */
		const int64_t at = e->time.tv_sec * INT64_C(1000000000) + e->time.tv_nsec;

		if (e->actor.pid != pid)
			continue;
		assert_true(at >= before.tv_sec * INT64_C(1000000000) + before.tv_nsec - slack);
		assert_true(at <= after.tv_sec * INT64_C(1000000000) + after.tv_nsec + slack);
		assert_true(e->mach_time >=
			    (uint64_t)mono_before.tv_sec * 1000000000 + (uint64_t)mono_before.tv_nsec);
		assert_true(e->mach_time <=
			    (uint64_t)mono_after.tv_sec * 1000000000 + (uint64_t)mono_after.tv_nsec);
		assert_in_range(e->time.tv_nsec, 0, 999999999);
		if (last) {
			assert_true(e->mach_time >= last->mach_time);
			assert_true(e->time.tv_sec > last->time.tv_sec ||
				    (e->time.tv_sec == last->time.tv_sec &&
				     e->time.tv_nsec >= last->time.tv_nsec));
		}
		last = e;
	}
	assert_non_null(last);
}

/*
 * 32-bit system calls
 */

#ifdef __x86_64__
static long
call_32(long number, long a, long b, long c, long d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

/* A 32-bit program that does nothing but exit: an ELF header, one segment, seven bytes of code. */
static const char *
program_32(struct live *l)
{
	enum { BASE = 0x10000, HEADERS = 52 + 32 };
	static const unsigned char code[] = { 0xb0, 1, 0x31, 0xdb, 0xcd, 0x80 }; /* exit(0) */
	Elf32_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_386,
		.e_version = EV_CURRENT,
		.e_entry = BASE + HEADERS,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = 1,
	};
	Elf32_Phdr segment = {
		.p_type = PT_LOAD,
		.p_vaddr = BASE,
		.p_paddr = BASE,
		.p_filesz = HEADERS + sizeof(code),
		.p_memsz = HEADERS + sizeof(code),
		.p_flags = PF_R | PF_X,
		.p_align = 4096,
	};
	const char *path = live_path(l, "program32");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

	_Static_assert(sizeof(header) + sizeof(segment) == HEADERS, "the code follows them");
	assert_true(fd >= 0);
	assert_int_equal(write(fd, &header, sizeof(header)), sizeof(header));
	assert_int_equal(write(fd, &segment, sizeof(segment)), sizeof(segment));
	assert_int_equal(write(fd, code, sizeof(code)), sizeof(code));
	close(fd);
	return path;
}

static void
a_program_says_for_which_processor_it_is(void **state)
{
	struct live *l = live_begin(state);
	const char *wide = live_program(l, "program64"), *small = program_32(l);
	pid_t pid = live_run(l, ^{
	  live_exec_exit(wide);
	});
	pid_t probe;

	assert_int_equal(live_event(l, EXEC, pid, NULL, 0)->image, CPU_TYPE_X86_64);
	probe = live_spawn(l, ^{
	  execv(small, (char *[]){ "program32", NULL });
	  _exit(errno == ENOEXEC ? LIVE_NOT_ALLOWED : 1);
	});
	if (live_finish(l, probe) != 0)
		return; /* the kernel takes none */
	assert_int_equal(live_event(l, EXEC, probe, NULL, 0)->image, CPU_TYPE_X86);
}

static void
calls_of_32_bits_are_read_by_their_own_table(void **state)
{
	struct live *l = live_begin(state);
	const char *open32 = live_path(l, "open"), *openat32 = live_path(l, "openat");
	const char *creat32 = live_path(l, "creat"), *how32 = live_path(l, "openat2");
	const char *dup2_32 = live_path(l, "dup2"), *dup3_32 = live_path(l, "dup3");
	const char *range32 = live_path(l, "range"), *mark = live_path(l, "mark");
	pid_t probe = live_spawn(l, ^{
	  _exit(call_32(20, 0, 0, 0, 0) == getpid() ? 0 : 1);
	});

	if (live_finish(l, probe) != 0)
		return; /* the kernel takes none */
	pid_t pid = live_run(l, ^{
	  /* Below 4 GiB, where such a call can point to. */
	  char *low =
		  mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	  struct open_how *how = (void *)(low + 4096);
	  long at = (long)low, fd, fa;

	  MUST(low != MAP_FAILED);
	  strcpy(low, open32);
	  MUST((fd = call_32(5, at, O_RDWR | O_CREAT | O_APPEND, 0600, 0)) >= 0);
	  MUST(call_32(6, fd, 0, 0, 0) == 0);
	  strcpy(low, creat32);
	  MUST((fd = call_32(8, at, 0600, 0, 0)) >= 0 && call_32(6, fd, 0, 0, 0) == 0);
	  strcpy(low, openat32);
	  MUST((fd = call_32(295, AT_FDCWD, at, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) >= 0);
	  MUST(call_32(6, fd, 0, 0, 0) == 0);
	  strcpy(low, how32);
	  *how = (struct open_how){ .flags = O_RDWR | O_CREAT, .mode = 0600 };
	  MUST((fd = call_32(437, AT_FDCWD, at, (long)how, sizeof(*how))) >= 0);
	  MUST(call_32(6, fd, 0, 0, 0) == 0);
	  fa = live_open(mark);
	  fd = live_open(dup2_32);
	  MUST(call_32(63, fa, fd, 0, 0) == fd);
	  fd = live_open(dup3_32);
	  MUST(call_32(330, fa, fd, 0, 0) == fd);
	  fd = live_open(range32);
	  MUST(call_32(436, fd, fd, 0, 0) == 0);
	});

	assert_opened_and_closed(l, pid, open32);
	assert_int_equal(live_event(l, OPEN, pid, open32, 0)->fflag, 0x20b);
	assert_opened_and_closed(l, pid, creat32);
	assert_int_equal(live_event(l, OPEN, pid, creat32, 0)->fflag, 0x602);
	assert_opened_and_closed(l, pid, openat32);
	assert_int_equal(live_event(l, OPEN, pid, openat32, 0)->fflag, 0x1000202);
	assert_opened_and_closed(l, pid, how32);
	assert_int_equal(live_event(l, OPEN, pid, how32, 0)->fflag, 0x203);
	assert_opened_and_closed(l, pid, dup2_32);
	assert_opened_and_closed(l, pid, dup3_32);
	assert_opened_and_closed(l, pid, range32);
	assert_int_equal(live_count(l, CLOSE, pid, mark), 3);
}

/* The numbers of the one table mean something else in the other. */
static void
calls_of_32_bits_are_not_misread(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file"), *mark = live_path(l, "mark");
	pid_t probe = live_spawn(l, ^{
	  _exit(call_32(20, 0, 0, 0, 0) == getpid() ? 0 : 1);
	});

	if (live_finish(l, probe) != 0)
		return;
	pid_t pid = live_run(l, ^{
	  char *low =
		  mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	  int fd = live_open(path), other = live_open(path);

	  MUST(low != MAP_FAILED);
	  strcpy(low, path);
	  call_32(3, fd, (long)low + 2048, 1, 0); /* read; 64 bits: close */
	  call_32(33, (long)low, F_OK, 0, 0);     /* access; dup2 */
	  call_32(33, fd, other, 0, 0);
	  call_32(85, (long)low, (long)low + 2048, 1, 0); /* readlink; creat */
	  call_32(257, fd, other, 0, 0);                  /* remap_file_pages; openat */
	  call_32(292, fd, other, 0, 0);                  /* inotify_add_watch; dup3 */
	  /* And the other way round: these are 32-bit opens and closes. */
	  syscall(5, fd, low + 2048);   /* fstat */
	  syscall(6, low, low + 2048);  /* lstat */
	  syscall(8, fd, 0, SEEK_SET);  /* lseek */
	  syscall(63, low + 1024);      /* uname */
	  syscall(295, fd, NULL, 0, 0); /* preadv */
	  live_open(mark);
	});

	assert_int_equal(live_count(l, OPEN, pid, path), 2);
	assert_int_equal(live_count_below(l, OPEN, pid, l->dir), 3);
	assert_int_equal(closes_before(l, pid, path, mark), 0);
}
#endif

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(every_open_and_every_close_is_one_event),
		LIVE_TEST(opens_and_closes_say_who),
		LIVE_TEST(a_failed_open_is_no_event),
		LIVE_TEST(a_descriptor_is_32_bits),
		LIVE_TEST(what_is_not_in_the_file_tree_makes_no_events),
		LIVE_TEST(devices_pipes_with_names_and_directories_make_events),
		LIVE_TEST(a_file_without_a_name_is_in_its_directory),
		LIVE_TEST(open_flags_are_told_in_darwins_numbers),
		LIVE_TEST(flags_are_told_whichever_call_opened),
		LIVE_TEST(a_handle_is_opened_under_its_path),
		LIVE_TEST(a_place_alone_is_opened_and_closed),
		LIVE_TEST(paths_are_canonical_and_absolute),
		LIVE_TEST(a_path_of_3900_bytes_is_whole),
		LIVE_TEST(a_path_longer_than_path_max_is_whole),
		LIVE_TEST(an_endless_path_is_cut_and_says_so),
		LIVE_TEST(names_have_any_bytes),
		LIVE_TEST(a_deleted_file_keeps_its_path),
		LIVE_TEST(a_renamed_file_is_closed_by_its_new_name),
		LIVE_TEST(a_hard_link_is_told_by_the_name_used),
		LIVE_TEST(a_bind_mount_is_told_by_where_it_was_opened),
		LIVE_TEST(a_mount_namespace_is_seen_from_inside),
		LIVE_TEST(a_changed_root_does_not_shorten_paths),
		LIVE_TEST(a_pivoted_root_is_the_root),
		LIVE_TEST(a_file_of_a_mount_that_is_gone_is_still_closed),
		LIVE_TEST(a_files_stat_is_what_fstat_says),
		LIVE_TEST(dup2_over_an_open_descriptor_closes_it),
		LIVE_TEST(dup_that_replaces_nothing_closes_nothing),
		LIVE_TEST(dup2_above_the_limit_closes_nothing),
		LIVE_TEST(close_range_closes_what_is_open_in_it),
		LIVE_TEST(close_range_up_to_the_end_closes_all),
		LIVE_TEST(close_range_that_fails_or_only_marks_closes_nothing),
		LIVE_TEST(close_range_with_a_table_of_its_own_closes_once_more),
		LIVE_TEST(exec_closes_what_is_not_inherited),
		LIVE_TEST(an_exec_that_fails_closes_nothing),
		LIVE_TEST(exit_closes_what_is_open),
		LIVE_TEST(death_by_a_signal_closes_what_is_open),
		LIVE_TEST(a_child_closes_what_it_inherited),
		LIVE_TEST(what_a_vforked_child_closes_is_its_own),
		LIVE_TEST(threads_open_for_their_process),
		LIVE_TEST(the_first_events_of_two_threads_are_both_told),
		LIVE_TEST(sharers_of_descriptors_close_each_others),
		LIVE_TEST(an_exit_without_the_first_thread_closes_no_shared_descriptors),
		LIVE_TEST(a_file_that_was_written_is_modified),
		LIVE_TEST(a_file_mapped_shared_and_writable_is_said_to_be),
		LIVE_TEST(a_write_through_a_mapping_does_not_make_a_file_modified),
		LIVE_TEST(a_file_that_was_not_written_is_not_modified),
		LIVE_TEST(a_write_by_another_descriptor_counts),
		LIVE_TEST(a_write_by_a_child_counts_for_both),
		LIVE_TEST(modified_is_known_at_exit_and_dup2_too),
		LIVE_TEST(modified_is_known_to_those_who_see_closes_only),
		LIVE_TEST(events_of_a_process_are_in_program_order),
		LIVE_TEST(a_child_lives_between_its_fork_and_its_exit),
		LIVE_TEST(times_lie_within_the_run_and_never_step_back),
#ifdef __x86_64__
		LIVE_TEST(calls_of_32_bits_are_read_by_their_own_table),
		LIVE_TEST(calls_of_32_bits_are_not_misread),
		LIVE_TEST(a_program_says_for_which_processor_it_is),
#endif
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
