/*
 * Events that say what happened to files and names: which calls make them, of
 * which paths, and that calls that failed emit nothing.
 */
#include "tests/lib/live.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#ifndef FICLONE
#define FICLONE _IOW(0x94, 9, int)
#endif
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

static struct live *
begin(void **state)
{
	static const es_event_type_t types[] = {
		NOTIFY(CREATE),   NOTIFY(UNLINK),   NOTIFY(RENAME),   NOTIFY(EXCHANGEDATA), NOTIFY(LINK),
		NOTIFY(CLONE),    NOTIFY(COPYFILE), NOTIFY(TRUNCATE), NOTIFY(WRITE),        NOTIFY(READDIR),
		NOTIFY(READLINK), NOTIFY(CHDIR),    NOTIFY(CHROOT),   NOTIFY(DUP),          NOTIFY(FCNTL),
		NOTIFY(MMAP),     NOTIFY(MPROTECT),
	};

	return live_begin_with(state, types, LENGTH(types));
}

/* Events of that type by pid go from one path to the other, in order. */
static void
assert_pair(struct live *l, es_event_type_t type, pid_t pid, size_t nth, const char *from, const char *to)
{
	const struct live_event *e = live_event(l, type, pid, NULL, nth);

	if (!live_is(&e->path, from) || !live_is(&e->path2, to))
		live_dump(l);
	assert_true(live_is(&e->path, from));
	assert_true(live_is(&e->path2, to));
}

/* ---- create ---- */

static void
an_open_that_makes_a_file_is_a_create(void **state)
{
	struct live *l = begin(state);
	const char *path = live_path(l, "new"), *other = live_path(l, "other");
	pid_t pid = live_run(l, ^{
	  MUST(close(open(path, O_RDWR | O_CREAT, 0640)) == 0);
	  MUST(close(open(path, O_RDWR | O_CREAT, 0640)) == 0); /* it is there */
	  MUST(open(path, O_RDWR | O_CREAT | O_EXCL, 0640) < 0);
	  MUST(close(creat(other, 0600)) == 0);
	});
	const struct live_event *e = live_event(l, NOTIFY(CREATE), pid, path, 0);

	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, path), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, other), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, NULL), 2);
	assert_int_equal(e->create.destination_type, ES_DESTINATION_TYPE_EXISTING_FILE);
	assert_int_equal(e->stat.st_mode & S_IFMT, S_IFREG);
	assert_true(e->stat.st_ino != 0);
}

static void
a_create_by_open_is_canonical(void **state)
{
	struct live *l = begin(state);
	const char *real = live_path(l, "real"), *link = live_path(l, "link");
	const char *made = live_path(l, "real/made");

	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink("real", link), 0);
	live_assert_only(l, NOTIFY(CREATE),
			 live_run(l,
				  ^{
				    MUST(chdir(link) == 0);
				    MUST(close(open("../link/./made", O_RDWR | O_CREAT, 0600)) == 0);
				  }),
			 made, 1);
}

static void
every_call_that_makes_a_name_is_a_create(void **state)
{
	struct live *l = begin(state);
	const char *names[] = { "dir", "dirat", "fifo", "fifoat", "symlink", "symlinkat" };
	const char *paths[6];
	pid_t pid;

	for (size_t i = 0; i < LENGTH(names); i++)
		paths[i] = live_path(l, "%s", names[i]);
	const char *const *path = paths;

	pid = live_run(l, ^{
	  int dir = live_open_dir(l->dir);

	  MUST(mkdir(path[0], 0700) == 0);
	  MUST(mkdirat(dir, "dirat", 0700) == 0);
	  MUST(mknod(path[2], S_IFIFO | 0600, 0) == 0);
	  MUST(mknodat(dir, "fifoat", S_IFIFO | 0600, 0) == 0);
	  MUST(symlink("nowhere", path[4]) == 0);
	  MUST(symlinkat("nowhere", dir, "symlinkat") == 0);
	  /* and none of these */
	  MUST(mkdir(path[0], 0700) < 0 && errno == EEXIST);
	  MUST(mkdir(live_path(l, "no/dir"), 0700) < 0 && errno == ENOENT);
	  MUST(symlink("nowhere", path[4]) < 0 && errno == EEXIST);
	});
	for (size_t i = 0; i < LENGTH(names); i++)
		assert_int_equal(live_count(l, NOTIFY(CREATE), pid, paths[i]), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, NULL), LENGTH(names));
	live_assert_numbered(l);
}

/* ---- relative paths ---- */

static void
relative_paths_count_from_the_directory(void **state)
{
	struct live *l = begin(state);
	const char *sub = live_path(l, "sub");
	pid_t pid = live_run(l, ^{
	  int dir;

	  MUST(mkdir(sub, 0700) == 0);
	  MUST(chdir(sub) == 0);
	  dir = live_open_dir(".");
	  MUST(mkdir("a", 0700) == 0);
	  MUST(mkdir("./a//b/", 0700) == 0);
	  MUST(mkdir("../c", 0700) == 0);
	  MUST(chdir("/") == 0);
	  MUST(mkdirat(dir, "a/../d", 0700) == 0);
	  MUST(mkdirat(dir, "../../../../../../../../../../../tmp/..", 0700) < 0);
	  MUST(mkdirat(500, live_path(l, "e"), 0700) == 0); /* absolute: whatever the descriptor */
	  MUST(mkdirat(500, "f", 0700) < 0 && errno == EBADF);
	});

	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "sub/a")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "sub/a/b")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "c")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "sub/d")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "e")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, NULL), 6);
}

static void
a_link_in_a_path_is_told_by_what_it_leads_to(void **state)
{
	struct live *l = begin(state);
	const char *link = live_path(l, "link");

	assert_int_equal(mkdir(live_path(l, "real"), 0700), 0);
	assert_int_equal(symlink("real", link), 0);
	live_settle_link(link);
	pid_t pid = live_run(l, ^{
	  MUST(mkdir(live_path(l, "link/a"), 0700) == 0);
	  MUST(chdir(link) == 0); /* but where it led to is known */
	  MUST(mkdir("b", 0700) == 0);
	});

	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "real/a")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "real/b")), 1);
	live_assert_only(l, NOTIFY(CHDIR), pid, live_path(l, "real"), 1);
}

static void
paths_of_3900_bytes_are_whole(void **state)
{
	struct live *l = begin(state);
	const char *deep = live_deep_path(l, 3900);
	char *to;
	pid_t pid;

	assert_int_equal(close(live_make_deep(l, deep)), 0);
	assert_true(asprintf(&to, "%.*s/renamed", (int)(strrchr(deep, '/') - deep), deep) > 0);
	const char *renamed = to;

	pid = live_run(l, ^{
	  MUST(mkdir(deep, 0700) == 0);
	  MUST(rename(deep, renamed) == 0);
	  MUST(rmdir(renamed) == 0);
	});
	live_assert_only(l, NOTIFY(CREATE), pid, deep, 1);
	assert_pair(l, NOTIFY(RENAME), pid, 0, deep, renamed);
	live_assert_only(l, NOTIFY(UNLINK), pid, renamed, 1);
	assert_false(live_event(l, NOTIFY(UNLINK), pid, renamed, 0)->path_truncated);
	free(to);
}

static void
a_changed_root_does_not_shorten_paths(void **state)
{
	struct live *l = begin(state);
	const char *root = live_path(l, "root");

	assert_int_equal(mkdir(root, 0700), 0);
	pid_t pid = live_run_privileged(l, ^{
	  if (chroot(root) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(mkdir("/a", 0700) == 0);
	  MUST(mkdir("/../../b", 0700) == 0); /* there is nothing above the root */
	});

	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "root/a")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "root/b")), 1);
	live_assert_only(l, NOTIFY(CHROOT), pid, root, 1);
}

static void
names_have_any_bytes(void **state)
{
	struct live *l = begin(state);
	const char *odd = live_path(l, "a\nb\033[31m \377\001 %%s");

	live_assert_only(l, NOTIFY(CREATE),
			 live_run(l,
				  ^{
				    MUST(mkdir(odd, 0700) == 0);
				  }),
			 odd, 1);
}

static void
a_thread_acts_for_its_process(void **state)
{
	struct live *l = begin(state);
	const char *path = live_path(l, "dir");
	pid_t *tid = live_shared(l, sizeof(*tid));
	pid_t pid = live_run(l, ^{
	  pthread_join(live_thread(^{
			 *tid = (pid_t)syscall(SYS_gettid);
			 MUST(mkdir(path, 0700) == 0);
		       }),
		       NULL);
	});

	live_assert_only(l, NOTIFY(CREATE), pid, path, 1);
	assert_int_not_equal(*tid, pid);
	assert_int_equal(live_event(l, NOTIFY(CREATE), pid, path, 0)->tid, *tid);
}

static void
a_directory_that_is_gone_keeps_its_path(void **state)
{
	struct live *l = begin(state);
	const char *dir = live_path(l, "dir"), *moved = live_path(l, "moved");
	pid_t pid = live_run(l, ^{
	  MUST(mkdir(dir, 0700) == 0 && chdir(dir) == 0 && rename(dir, moved) == 0);
	  MUST(mkdir("a", 0700) == 0 && rmdir("a") == 0); /* as it is called now */
	  MUST(rmdir(moved) == 0);
	  MUST(mkdir("b", 0700) < 0 && errno == ENOENT);
	  MUST(chdir(".") == 0);
	});

	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, live_path(l, "moved/a")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, NULL), 2);
	assert_int_equal(live_count(l, NOTIFY(CHDIR), pid, dir), 1);
	assert_int_equal(live_count(l, NOTIFY(CHDIR), pid, moved), 1);
}

/* ---- unlink ---- */

static void
removing_a_name_is_an_unlink(void **state)
{
	struct live *l = begin(state);
	const char *file = live_file(l, "file", ""), *at = live_file(l, "at", "");
	const char *dir = live_path(l, "dir"), *dirat = live_path(l, "dirat");
	pid_t pid = live_run(l, ^{
	  int fd = live_open_dir(l->dir);

	  MUST(mkdir(dir, 0700) == 0 && mkdir(dirat, 0700) == 0);
	  MUST(unlink(file) == 0);
	  MUST(unlinkat(fd, "at", 0) == 0);
	  MUST(rmdir(dir) == 0);
	  MUST(unlinkat(fd, "dirat", AT_REMOVEDIR) == 0);
	  /* and none of these */
	  MUST(unlink(file) < 0 && errno == ENOENT);
	  MUST(unlink(l->dir) < 0 && errno == EISDIR);
	  MUST(rmdir("/proc") < 0);
	});
	const char *removed[] = { file, at, dir, dirat };

	for (size_t i = 0; i < LENGTH(removed); i++) {
		const struct live_event *e = live_event(l, NOTIFY(UNLINK), pid, NULL, i);

		assert_true(live_is(&e->path, removed[i]));
		assert_true(live_is(&e->path2, l->dir));
	}
	assert_int_equal(live_count(l, NOTIFY(UNLINK), pid, NULL), LENGTH(removed));
}

/* On macOS they are delivered; here an event means that the call succeeded. */
static void
what_permission_denies_is_no_event(void **state)
{
	struct live *l = begin(state);
	const char *dir = live_path(l, "dir"), *file = live_path(l, "dir/file");

	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	pid_t pid = live_run_privileged(l, ^{
	  MUST(chmod(dir, 0) == 0 && chdir("/") == 0);
	  if (setresuid(65534, 65534, 65534) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(chdir(dir) < 0 && errno == EACCES);
	  MUST(unlink(file) < 0 && errno == EACCES);
	  MUST(rename(file, "/tmp/x") < 0 && errno == EACCES);
	  MUST(open(file, O_CREAT | O_RDWR, 0600) < 0 && errno == EACCES);
	  MUST(truncate(file, 0) < 0 && errno == EACCES);
	});

	assert_int_equal(chmod(dir, 0700), 0);
	live_assert_only(l, NOTIFY(CHDIR), pid, "/", 1);
	assert_int_equal(live_count(l, NOTIFY(UNLINK), pid, NULL), 0);
	assert_int_equal(live_count(l, NOTIFY(RENAME), pid, NULL), 0);
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, NULL), 0);
	assert_int_equal(live_count(l, NOTIFY(TRUNCATE), pid, NULL), 0);
}

/* ---- two paths ---- */

static void
a_rename_has_both_paths(void **state)
{
	struct live *l = begin(state);
	const char *a = live_file(l, "a", "a"), *b = live_path(l, "b"), *c = live_path(l, "c");
	const char *d = live_file(l, "d", "d");
	pid_t pid = live_run(l, ^{
	  int fd = live_open_dir(l->dir);

	  MUST(rename(a, b) == 0);
	  MUST(renameat(fd, "b", fd, "./c") == 0);
	  MUST(syscall(SYS_renameat2, fd, "c", AT_FDCWD, d, 0) == 0); /* replaces it */
	  MUST(rename(a, b) < 0 && errno == ENOENT);
	  MUST(syscall(SYS_renameat2, fd, "d", fd, "d", RENAME_NOREPLACE) < 0);
	});

	assert_int_equal(live_count(l, NOTIFY(RENAME), pid, NULL), 3);
	assert_pair(l, NOTIFY(RENAME), pid, 0, a, b);
	assert_pair(l, NOTIFY(RENAME), pid, 1, b, c);
	assert_pair(l, NOTIFY(RENAME), pid, 2, c, d);
	assert_true(live_is(&live_event(l, NOTIFY(RENAME), pid, a, 0)->name, "b"));
	assert_int_equal(live_event(l, NOTIFY(RENAME), pid, a, 0)->rename.destination_type,
			 ES_DESTINATION_TYPE_NEW_PATH);
	assert_int_equal(live_count(l, NOTIFY(UNLINK), pid, NULL), 0);
}

static void
a_rename_that_exchanges_is_an_exchange(void **state)
{
	struct live *l = begin(state);
	const char *a = live_file(l, "a", "a"), *b = live_file(l, "b", "b");
	pid_t pid = live_run(l, ^{
	  MUST(syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0);
	});

	assert_int_equal(live_count(l, NOTIFY(EXCHANGEDATA), pid, NULL), 1);
	assert_pair(l, NOTIFY(EXCHANGEDATA), pid, 0, a, b);
	assert_int_equal(live_count(l, NOTIFY(RENAME), pid, NULL), 0);
}

static void
a_link_has_its_source_and_its_name(void **state)
{
	struct live *l = begin(state);
	const char *a = live_file(l, "a", "a"), *b = live_path(l, "b"), *c = live_path(l, "c");
	pid_t pid = live_run(l, ^{
	  int fd = live_open_dir(l->dir);

	  MUST(link(a, b) == 0);
	  MUST(linkat(fd, "b", fd, "c", 0) == 0);
	  MUST(link(a, b) < 0 && errno == EEXIST);
	});

	assert_int_equal(live_count(l, NOTIFY(LINK), pid, NULL), 2);
	assert_pair(l, NOTIFY(LINK), pid, 0, a, b);
	assert_pair(l, NOTIFY(LINK), pid, 1, b, c);
	assert_true(live_is(&live_event(l, NOTIFY(LINK), pid, a, 0)->name, "b"));
}

static void
a_link_to_a_descriptor_has_its_path(void **state)
{
	struct live *l = begin(state);
	const char *a = live_file(l, "a", "a"), *b = live_path(l, "b");
	pid_t pid = live_run_privileged(l, ^{
	  int fd = open(a, O_PATH);

	  if (linkat(fd, "", AT_FDCWD, b, AT_EMPTY_PATH) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	});

	assert_pair(l, NOTIFY(LINK), pid, 0, a, b);
	assert_true(live_event(l, NOTIFY(LINK), pid, a, 0)->stat.st_ino != 0);
}

static void
a_copy_within_the_kernel_is_a_copyfile(void **state)
{
	struct live *l = begin(state);
	const char *a = live_file(l, "a", "12345"), *b = live_path(l, "b");
	pid_t pid = live_run(l, ^{
	  int from = open(a, O_RDONLY), to = open(b, O_RDWR | O_CREAT, 0640);

	  if (copy_file_range(from, NULL, to, NULL, 5, 0) != 5)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(copy_file_range(to, NULL, from, NULL, 5, 0) < 0 && errno == EBADF);
	});
	const struct live_event *e = live_event(l, NOTIFY(COPYFILE), pid, NULL, 0);

	assert_int_equal(live_count(l, NOTIFY(COPYFILE), pid, NULL), 1);
	assert_pair(l, NOTIFY(COPYFILE), pid, 0, a, b);
	assert_true(live_is(&e->name, "b"));
	assert_int_equal(e->stat.st_size, 5);
	assert_int_equal(e->stat2.st_size, 5);
	assert_int_equal(e->copyfile.mode & S_IFMT, S_IFREG);
}

/* Most file systems cannot: then the attempt emits nothing. */
static void
a_clone_has_its_source_and_its_name(void **state)
{
	struct live *l = begin(state);
	const char *a = live_file(l, "a", "12345"), *b = live_path(l, "b");
	bool *done = live_shared(l, sizeof(*done));
	pid_t pid = live_run(l, ^{
	  int from = open(a, O_RDONLY), to = open(b, O_RDWR | O_CREAT, 0640);

	  *done = ioctl(to, FICLONE, from) == 0;
	});

	assert_int_equal(live_count(l, NOTIFY(CLONE), pid, NULL), *done);
	if (*done)
		assert_pair(l, NOTIFY(CLONE), pid, 0, a, b);
}

/* ---- descriptors ---- */

static void
each_write_to_a_file_is_an_event(void **state)
{
	struct live *l = begin(state);
	const char *path = live_path(l, "file"), *from = live_file(l, "from", "1234");
	pid_t pid = live_run(l, ^{
	  struct iovec v = { (char *)"text", 4 };
	  int fd = open(path, O_RDWR | O_CREAT, 0600), in = open(from, O_RDONLY), ends[2];

	  MUST(write(fd, "text", 4) == 4);
	  MUST(pwrite(fd, "text", 4, 0) == 4);
	  MUST(writev(fd, &v, 1) == 4);
	  MUST(pwritev(fd, &v, 1, 0) == 4);
	  MUST(pwritev2(fd, &v, 1, 0, 0) == 4);
	  MUST(sendfile(fd, in, NULL, 4) == 4);
	  MUST(pipe(ends) == 0);
	  MUST(write(ends[1], "text", 4) == 4); /* not in the file tree */
	  MUST(splice(ends[0], NULL, fd, NULL, 4, 0) == 4);
	  MUST(write(in, "text", 4) < 0 && errno == EBADF);
	  MUST(write(500, "text", 4) < 0 && errno == EBADF);
	});

	live_assert_only(l, NOTIFY(WRITE), pid, path, 7);
	assert_int_equal(live_event(l, NOTIFY(WRITE), pid, path, 0)->stat.st_size, 4);
}

static void
truncation_is_told_by_path_and_by_descriptor(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "1234567");
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_RDWR | O_TRUNC); /* that is not one, as on macOS */

	  MUST(truncate(path, 5) == 0);
	  MUST(ftruncate(fd, 3) == 0);
	  MUST(ftruncate(fd, -1) < 0);
	});

	live_assert_only(l, NOTIFY(TRUNCATE), pid, path, 2);
	assert_int_equal(live_event(l, NOTIFY(TRUNCATE), pid, path, 1)->stat.st_size, 3);
}

static void
directories_are_read_and_links_too(void **state)
{
	struct live *l = begin(state);
	const char *link = live_path(l, "link");

	assert_int_equal(symlink("somewhere", link), 0);
	pid_t pid = live_run(l, ^{
	  int fd = open(l->dir, O_RDONLY | O_DIRECTORY), at = live_open_dir(l->dir);
	  int itself = open(link, O_PATH | O_NOFOLLOW);
	  char buffer[4096];

	  MUST(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)) > 0);
	  MUST(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)) == 0); /* its end */
	  MUST(readlink(link, buffer, sizeof(buffer)) == 9);
	  MUST(readlinkat(at, "link", buffer, sizeof(buffer)) == 9);
	  MUST(readlinkat(itself, "", buffer, sizeof(buffer)) == 9);
	  MUST(readlink(l->dir, buffer, sizeof(buffer)) < 0);
	});

	live_assert_only(l, NOTIFY(READDIR), pid, l->dir, 2);
	live_assert_only(l, NOTIFY(READLINK), pid, link, 3);
}

static void
a_changed_directory_is_told_canonically(void **state)
{
	struct live *l = begin(state);
	const char *real = live_path(l, "real"), *link = live_path(l, "link");

	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink("real", link), 0);
	pid_t pid = live_run(l, ^{
	  int fd = live_open_dir(real);

	  MUST(chdir(link) == 0);
	  MUST(chdir(".") == 0); /* the same directory again is delivered, as on macOS */
	  MUST(fchdir(fd) == 0);
	  MUST(chdir(live_path(l, "absent")) < 0 && errno == ENOENT);
	  MUST(fchdir(500) < 0);
	});

	live_assert_only(l, NOTIFY(CHDIR), pid, real, 3);
	assert_int_equal(live_event(l, NOTIFY(CHDIR), pid, real, 0)->stat.st_mode & S_IFMT, S_IFDIR);
}

static void
every_new_descriptor_of_a_file_is_a_dup(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "");
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_RDONLY), ends[2];

	  MUST(dup(fd) >= 0);
	  MUST(dup2(fd, 300) == 300);
	  MUST(dup3(fd, 301, O_CLOEXEC) == 301);
#ifdef SYS_dup2 /* else the C library asks by an fcntl() whether it is open */
	  MUST(syscall(SYS_dup2, fd, fd) == fd); /* nothing new */
#endif
	  MUST(fcntl(fd, F_DUPFD, 310) == 310);
	  MUST(fcntl(fd, F_DUPFD_CLOEXEC, 320) == 320);
	  MUST(pipe(ends) == 0 && dup(ends[0]) >= 0); /* not in the file tree */
	  MUST(dup(500) < 0);
	  live_reap(live_fork(live_nothing)); /* a child's descriptors are not dup's, as on macOS */
	});

	live_assert_only(l, NOTIFY(DUP), pid, path, 5);
	assert_int_equal(live_count(l, NOTIFY(DUP), 0, path), 5);
	const size_t n = live_count(l, NOTIFY(FCNTL), pid, path);
	unsigned dups = 0;

	for (unsigned i = 0; i < n; i++) {
		const int32_t cmd = live_event(l, NOTIFY(FCNTL), pid, path, i)->fcntl.cmd;

		dups += cmd == 0 || cmd == 67; /* F_DUPFD, F_DUPFD_CLOEXEC */
		if (cmd != 0 && cmd != 67)
			print_message("fcntl %d\n", (int)cmd);
	}
	assert_int_equal(dups, 2);
	assert_int_equal(n, 2);
}

static void
fcntl_is_told_in_darwins_numbers(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "");
	const uint64_t wanted[] = { 0, 67, 1, 2, 3, 4, 7, 8, 9, 92, 5, 0x10000 | F_GET_SEALS };
	pid_t pid = live_run(l, ^{
	  int fd = open("/dev/shm", O_TMPFILE | O_RDWR, 0600), flags = 0;
	  struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	  MUST(close(fd) == 0);
	  fd = open(path, O_RDWR);
	  MUST(fcntl(fd, F_DUPFD, 300) == 300);
	  MUST(fcntl(fd, F_DUPFD_CLOEXEC, 310) == 310);
	  MUST(fcntl(fd, F_GETFD) == 0);
	  MUST(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0);
	  flags = fcntl(fd, F_GETFL);
	  MUST(fcntl(fd, F_SETFL, flags | O_APPEND) == 0);
	  MUST(fcntl(fd, F_GETLK, &lock) == 0);
	  lock.l_type = F_RDLCK;
	  MUST(fcntl(fd, F_SETLK, &lock) == 0);
	  MUST(fcntl(fd, F_SETLKW, &lock) == 0);
	  lock.l_pid = 0;
	  MUST(fcntl(fd, F_OFD_GETLK, &lock) == 0);
	  MUST(fcntl(fd, F_GETOWN) == 0);
	  MUST(fcntl(fd, 999) < 0);
	  MUST(fcntl(500, F_GETFD) < 0);
	});
	size_t n = live_count(l, NOTIFY(FCNTL), pid, path);

	assert_int_equal(n, LENGTH(wanted) - 1);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(live_event(l, NOTIFY(FCNTL), pid, path, i)->fcntl.cmd, wanted[i]);
}

/* ---- memory ---- */

static void
mappings_of_files_are_told(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "1234567");
	void **at = live_shared(l, sizeof(*at));
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_RDWR);

	  ftruncate(fd, 8192);
	  *at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
	  MUST(*at != MAP_FAILED);
	  MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	  MUST(mmap(NULL, 4096, PROT_READ, MAP_SHARED, 500, 0) == MAP_FAILED);
	  MUST(mmap(*at, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0) == *at);
	  MUST(mprotect(*at, 4096, PROT_READ | PROT_WRITE) == 0);
	  MUST(mprotect((char *)*at + 1, 4096, PROT_READ) < 0);
	});
	const struct live_event *e = live_event(l, NOTIFY(MMAP), pid, path, 0);
	size_t seen = 0;

	assert_int_equal(live_count(l, NOTIFY(MMAP), pid, path), 2);
	assert_int_equal(e->mmap.protection, PROT_READ);
	assert_int_equal(e->mmap.flags, 1);
	assert_int_equal(e->mmap.file_pos, 4096);
	e = live_event(l, NOTIFY(MMAP), pid, path, 1);
	assert_int_equal(e->mmap.protection, PROT_READ | PROT_EXEC);
	assert_int_equal(e->mmap.flags, 2 | 0x10);
	assert_int_equal(e->mmap.file_pos, 0);
	/* The C library protects memory of its own now and then. */
	for (size_t i = 0; i < live_count(l, NOTIFY(MPROTECT), pid, NULL); i++) {
		e = live_event(l, NOTIFY(MPROTECT), pid, NULL, i);
		seen += e->mprotect.address == (uintptr_t)*at && e->mprotect.size == 4096 &&
			e->mprotect.protection == (PROT_READ | PROT_WRITE);
	}
	assert_int_equal(seen, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(an_open_that_makes_a_file_is_a_create),
		LIVE_TEST(a_create_by_open_is_canonical),
		LIVE_TEST(every_call_that_makes_a_name_is_a_create),
		LIVE_TEST(relative_paths_count_from_the_directory),
		LIVE_TEST(a_link_in_a_path_is_told_by_what_it_leads_to),
		LIVE_TEST(paths_of_3900_bytes_are_whole),
		LIVE_TEST(a_changed_root_does_not_shorten_paths),
		LIVE_TEST(names_have_any_bytes),
		LIVE_TEST(a_thread_acts_for_its_process),
		LIVE_TEST(a_directory_that_is_gone_keeps_its_path),
		LIVE_TEST(removing_a_name_is_an_unlink),
		LIVE_TEST(what_permission_denies_is_no_event),
		LIVE_TEST(a_rename_has_both_paths),
		LIVE_TEST(a_rename_that_exchanges_is_an_exchange),
		LIVE_TEST(a_link_has_its_source_and_its_name),
		LIVE_TEST(a_link_to_a_descriptor_has_its_path),
		LIVE_TEST(a_copy_within_the_kernel_is_a_copyfile),
		LIVE_TEST(a_clone_has_its_source_and_its_name),
		LIVE_TEST(each_write_to_a_file_is_an_event),
		LIVE_TEST(truncation_is_told_by_path_and_by_descriptor),
		LIVE_TEST(directories_are_read_and_links_too),
		LIVE_TEST(a_changed_directory_is_told_canonically),
		LIVE_TEST(every_new_descriptor_of_a_file_is_a_dup),
		LIVE_TEST(fcntl_is_told_in_darwins_numbers),
		LIVE_TEST(mappings_of_files_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
