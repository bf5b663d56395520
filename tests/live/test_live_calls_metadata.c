/*
 * Events that say what was asked about files, and what was changed about them
 * but their content.
 */
#include "tests/lib/live.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <utime.h>

#define FS_SETFLAGS _IOW('f', 2, long)
#define FS_GETFLAGS _IOR('f', 1, long)

static struct live *
begin(void **state)
{
	static const es_event_type_t types[] = {
		NOTIFY(STAT),        NOTIFY(ACCESS),        NOTIFY(SETMODE),    NOTIFY(SETOWNER),
		NOTIFY(SETFLAGS),    NOTIFY(SETACL),        NOTIFY(SETEXTATTR), NOTIFY(GETEXTATTR),
		NOTIFY(LISTEXTATTR), NOTIFY(DELETEEXTATTR), NOTIFY(UTIMES),
	};

	return live_begin_with(state, types, LENGTH(types));
}

static void
every_form_of_stat_is_one(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "12345");
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_RDONLY), dir = live_open_dir(l->dir), ends[2];
	  char st[512];

	  MUST(syscall(SYS_fstat, fd, st) == 0);
	  MUST(syscall(SYS_newfstatat, dir, "file", st, 0) == 0);
	  MUST(syscall(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH) == 0);
	  MUST(syscall(SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW) == 0);
	  MUST(syscall(SYS_statx, AT_FDCWD, path, 0, 0, st) == 0);
	  MUST(syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0, st) == 0);
#ifdef SYS_stat
	  MUST(syscall(SYS_stat, path, st) == 0);
	  MUST(syscall(SYS_lstat, path, st) == 0);
#else
		MUST(syscall(SYS_newfstatat, AT_FDCWD, path, st, 0) == 0);
		MUST(syscall(SYS_newfstatat, AT_FDCWD, path, st, 0) == 0);
#endif
	  /* and none of these */
	  MUST(syscall(SYS_newfstatat, dir, "absent", st, 0) < 0 && errno == ENOENT);
	  MUST(syscall(SYS_fstat, 500, st) < 0 && errno == EBADF);
	  MUST(pipe(ends) == 0);
	  MUST(syscall(SYS_fstat, ends[0], st) == 0);
	  MUST(syscall(SYS_newfstatat, ends[0], "", st, AT_EMPTY_PATH) == 0);
	});

	live_assert_only(l, NOTIFY(STAT), pid, path, 8);
	/* What a path leads to is not looked up again for its stat. */
	assert_int_equal(live_event(l, NOTIFY(STAT), pid, path, 0)->stat.st_size, 5);
	assert_int_equal(live_event(l, NOTIFY(STAT), pid, path, 1)->stat.st_ino, 0);
	assert_int_equal(live_event(l, NOTIFY(STAT), pid, path, 2)->stat.st_size, 5);
	live_assert_numbered(l);
}

static void
access_that_is_granted_is_told(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "");
	pid_t pid = live_run_privileged(l, ^{
	  int dir = live_open_dir(l->dir);

	  MUST(chmod(path, 0600) == 0);
	  MUST(syscall(SYS_faccessat, AT_FDCWD, path, R_OK | W_OK) == 0);
	  MUST(syscall(SYS_faccessat, dir, "./file", F_OK) == 0);
	  MUST(syscall(SYS_faccessat2, dir, "file", R_OK, AT_EACCESS) == 0);
	  MUST(access(path, W_OK) == 0);
	  /* and none of these, as on macOS */
	  MUST(access(path, X_OK) < 0 && errno == EACCES);
	  MUST(access(live_path(l, "absent"), F_OK) < 0 && errno == ENOENT);
	  if (setresuid(65534, 65534, 65534) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(access(path, R_OK) < 0 && errno == EACCES);
	});
	const uint64_t modes[] = { R_OK | W_OK, F_OK, R_OK, W_OK };

	live_assert_only(l, NOTIFY(ACCESS), pid, path, LENGTH(modes));
	for (size_t i = 0; i < LENGTH(modes); i++)
		assert_int_equal(live_event(l, NOTIFY(ACCESS), pid, path, i)->access.mode, modes[i]);
}

static void
a_changed_mode_is_told(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "");
	pid_t pid = live_run_privileged(l, ^{
	  int fd = open(path, O_RDWR), dir = live_open_dir(l->dir);

	  MUST(chmod(path, 0640) == 0);
	  MUST(fchmod(fd, 04755) == 0);
	  MUST(syscall(SYS_fchmodat, dir, "file", 0666) == 0);
	  MUST(chmod(live_path(l, "absent"), 0600) < 0 && errno == ENOENT);
	  if (setresuid(65534, 65534, 65534) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(fchmod(fd, 0600) < 0 && errno == EPERM);
	});
	const uint64_t modes[] = { 0640, 04755, 0666 };

	live_assert_only(l, NOTIFY(SETMODE), pid, path, LENGTH(modes));
	for (size_t i = 0; i < LENGTH(modes); i++)
		assert_int_equal(live_event(l, NOTIFY(SETMODE), pid, path, i)->setmode.mode, modes[i]);
	/* The file as it is now; macOS has it as it was. */
	assert_int_equal(live_event(l, NOTIFY(SETMODE), pid, path, 1)->stat.st_mode & 07777, 04755);
}

/* The file that the call changed, whatever it was called; and mutes go by that, too. */
static void
a_change_through_a_link_is_one_of_the_file(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", ""), *link = live_path(l, "link"), *dir = live_path(l, "dir");
	const char *through = live_path(l, "dir/file"), *other = live_path(l, "other");
	static const struct timespec times[2] = { { 1, 0 }, { 2, 0 } };

	assert_int_equal(symlink("file", link), 0);
	assert_int_equal(symlink(".", dir), 0);
	assert_int_equal(symlink("file", other), 0);
	live_settle_link(link);
	live_settle_link(dir);
	pid_t pid = live_run(l, ^{
	  MUST(chmod(link, 0640) == 0);
	  MUST(chmod(through, 0600) == 0);
	  MUST(utimensat(AT_FDCWD, link, times, 0) == 0);
	  /* This one is of the link itself. */
	  MUST(utimensat(AT_FDCWD, other, times, AT_SYMLINK_NOFOLLOW) == 0);
	});

	live_assert_only(l, NOTIFY(SETMODE), pid, path, 2);
	assert_int_equal(live_count(l, NOTIFY(UTIMES), pid, path), 1);
	assert_int_equal(live_count(l, NOTIFY(UTIMES), pid, other), 1);
	assert_int_equal(es_mute_path(l->client, path, ES_MUTE_PATH_TYPE_TARGET_LITERAL), ES_RETURN_SUCCESS);
	pid = live_run(l, ^{
	  MUST(chmod(link, 0640) == 0);
	  MUST(chmod(through, 0600) == 0);
	});
	assert_int_equal(live_count(l, NOTIFY(SETMODE), pid, NULL), 0);
}

static void
a_changed_owner_is_told(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", ""), *link = live_path(l, "link");

	assert_int_equal(symlink("absent", link), 0);
	pid_t pid = live_run_privileged(l, ^{
	  int fd = open(path, O_RDWR), dir = live_open_dir(l->dir);

	  if (chown(path, 1, 2) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(fchown(fd, 3, (gid_t)-1) == 0);
	  MUST(fchownat(dir, "file", 5, 6, 0) == 0);
	  MUST(fchownat(fd, "", 7, 8, AT_EMPTY_PATH) == 0);
	  MUST(chown(link, 1, 2) < 0 && errno == ENOENT);
	  MUST(lchown(link, 9, 10) == 0);
	});
	const uint64_t owners[][2] = { { 1, 2 }, { 3, (gid_t)-1 }, { 5, 6 }, { 7, 8 } };

	assert_int_equal(live_count(l, NOTIFY(SETOWNER), pid, path), LENGTH(owners));
	for (size_t i = 0; i < LENGTH(owners); i++) {
		const struct live_event *e = live_event(l, NOTIFY(SETOWNER), pid, path, i);

		assert_int_equal(e->setowner.uid, owners[i][0]);
		assert_int_equal(e->setowner.gid, owners[i][1]);
	}
	assert_int_equal(live_count(l, NOTIFY(SETOWNER), pid, link), 1);
	assert_int_equal(live_count(l, NOTIFY(SETOWNER), pid, NULL), LENGTH(owners) + 1);
}

/* Not every file system has them. */
static void
an_inodes_flags_are_told_in_darwins_numbers(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "");
	bool *done = live_shared(l, sizeof(*done));
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_RDONLY);
	  int flags = 0x40; /* FS_NODUMP_FL */
	  long now;

	  MUST(ioctl(500, FS_SETFLAGS, &flags) < 0);
	  if (ioctl(fd, FS_GETFLAGS, &now) != 0)
		  return;
	  flags |= (int)now;
	  *done = ioctl(fd, FS_SETFLAGS, &flags) == 0;
	});

	assert_int_equal(live_count(l, NOTIFY(SETFLAGS), pid, path), *done);
	assert_int_equal(live_count(l, NOTIFY(SETFLAGS), pid, NULL), *done);
	if (*done)
		assert_int_equal(live_event(l, NOTIFY(SETFLAGS), pid, path, 0)->setflags.flags & 1, 1);
}

static void
extended_attributes_are_told_with_their_names(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "");
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_RDWR);
	  char text[64];

	  if (setxattr(path, "user.one", "1", 1, 0) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(lsetxattr(path, "user.two", "2", 1, 0) == 0);
	  MUST(fsetxattr(fd, "user.three", "3", 1, 0) == 0);
	  MUST(setxattr(path, "user.one", "1", 1, XATTR_CREATE) < 0 && errno == EEXIST);
	  MUST(getxattr(path, "user.one", text, sizeof(text)) == 1);
	  MUST(lgetxattr(path, "user.two", text, sizeof(text)) == 1);
	  MUST(fgetxattr(fd, "user.three", text, sizeof(text)) == 1);
	  MUST(getxattr(path, "user.none", text, sizeof(text)) < 0 && errno == ENODATA);
	  MUST(listxattr(path, text, sizeof(text)) > 0);
	  MUST(llistxattr(path, text, sizeof(text)) > 0);
	  MUST(flistxattr(fd, text, sizeof(text)) > 0);
	  MUST(listxattr(path, text, 1) < 0 && errno == ERANGE);
	  MUST(removexattr(path, "user.one") == 0);
	  MUST(lremovexattr(path, "user.two") == 0);
	  MUST(fremovexattr(fd, "user.three") == 0);
	  MUST(removexattr(path, "user.one") < 0 && errno == ENODATA);
	});
	const es_event_type_t types[] = { NOTIFY(SETEXTATTR), NOTIFY(GETEXTATTR), NOTIFY(DELETEEXTATTR) };
	const char *names[] = { "user.one", "user.two", "user.three" };

	for (size_t t = 0; t < LENGTH(types); t++) {
		live_assert_only(l, types[t], pid, path, 3);
		for (size_t i = 0; i < 3; i++)
			assert_true(live_is(&live_event(l, types[t], pid, path, i)->name, names[i]));
	}
	live_assert_only(l, NOTIFY(LISTEXTATTR), pid, path, 3);
	assert_int_equal(live_count(l, NOTIFY(SETACL), pid, NULL), 0);
}

static void
an_access_control_list_is_told_as_one(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "");
	/* version 2; owner, group, mask-less others: what a mode says */
	static const unsigned char acl[] = { 2, 0, 0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 4,   0,
					     4, 0, 255, 255, 255, 255, 32, 0, 4,   0,   255, 255, 255, 255 };
	bool *done = live_shared(l, sizeof(*done));
	pid_t pid = live_run(l, ^{
	  *done = setxattr(path, "system.posix_acl_access", acl, sizeof(acl), 0) == 0;
	  if (*done)
		  MUST(removexattr(path, "system.posix_acl_access") == 0);
	});

	assert_int_equal(live_count(l, NOTIFY(SETEXTATTR), pid, NULL), 0);
	assert_int_equal(live_count(l, NOTIFY(DELETEEXTATTR), pid, NULL), 0);
	live_assert_only(l, NOTIFY(SETACL), pid, path, *done ? 2 : 0);
	if (*done) {
		assert_int_equal(live_event(l, NOTIFY(SETACL), pid, path, 0)->setacl.set_or_clear, ES_SET);
		assert_int_equal(live_event(l, NOTIFY(SETACL), pid, path, 1)->setacl.set_or_clear, ES_CLEAR);
	}
}

static void
times_are_told_as_they_were_set(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "file", "");
	pid_t pid = live_run(l, ^{
	  const struct timespec exact[2] = { { 1000000001, 2 }, { 1000000003, 4 } };
	  const struct timespec omit[2] = { { 0, UTIME_OMIT }, { 1000000005, 6 } };
	  const struct timeval micro[2] = { { 1000000007, 8 }, { 1000000009, 10 } };
	  const struct utimbuf seconds = { 1000000011, 1000000012 };
	  int fd = open(path, O_RDWR), dir = live_open_dir(l->dir);

	  MUST(utimensat(dir, "file", exact, 0) == 0);
	  MUST(futimens(fd, omit) == 0); /* a descriptor, and no path */
#ifdef SYS_utimes
	  MUST(syscall(SYS_utimes, path, micro) == 0);
	  MUST(syscall(SYS_utime, path, &seconds) == 0);
#else
		MUST(utimes(path, micro) == 0);
		MUST(utime(path, &seconds) == 0);
#endif
	  MUST(utimensat(AT_FDCWD, path, NULL, 0) == 0); /* now */
	  MUST(utimensat(AT_FDCWD, live_path(l, "absent"), exact, 0) < 0 && errno == ENOENT);
	});
	const struct timespec wanted[][2] = {
		{ { 1000000001, 2 }, { 1000000003, 4 } },
		{ { 1000000001, 2 }, { 1000000005, 6 } }, /* what was left as it was, as it is */
		{ { 1000000007, 8000 }, { 1000000009, 10000 } },
		{ { 1000000011, 0 }, { 1000000012, 0 } },
	};
	const struct live_event *e;

	live_assert_only(l, NOTIFY(UTIMES), pid, path, LENGTH(wanted) + 1);
	for (size_t i = 0; i < LENGTH(wanted); i++) {
		e = live_event(l, NOTIFY(UTIMES), pid, path, i);
		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(e->times[k].tv_sec, wanted[i][k].tv_sec);
			assert_int_equal(e->times[k].tv_nsec, wanted[i][k].tv_nsec);
		}
	}
	e = live_event(l, NOTIFY(UTIMES), pid, path, LENGTH(wanted));
	assert_int_equal(e->times[0].tv_sec, e->time.tv_sec);
	assert_int_equal(e->times[1].tv_nsec, e->time.tv_nsec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(every_form_of_stat_is_one),
		LIVE_TEST(access_that_is_granted_is_told),
		LIVE_TEST(a_changed_mode_is_told),
		LIVE_TEST(a_change_through_a_link_is_one_of_the_file),
		LIVE_TEST(a_changed_owner_is_told),
		LIVE_TEST(an_inodes_flags_are_told_in_darwins_numbers),
		LIVE_TEST(extended_attributes_are_told_with_their_names),
		LIVE_TEST(an_access_control_list_is_told_as_one),
		LIVE_TEST(times_are_told_as_they_were_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
