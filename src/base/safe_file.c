/* safe_file - see safe_file.h. */
#include "src/base/safe_file.h"
#include "model/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h> /* getentropy() */
#endif

/* A directory may be passed through without the permission to list it. */
#if defined(O_PATH)
#define DIR_FLAGS (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#elif defined(O_SEARCH)
#define DIR_FLAGS (O_SEARCH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#else
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#endif

enum {
	LINKS_MAX = 16, /* followed in one path */
	TRIES = 16,     /* temporary names */
};

/* ---- whose ---- */

/* Root's or ours. */
static bool
is_trusted_owner(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

/* Can only root and we change the contents of the directory? */
static bool
is_trusted_dir(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && is_trusted_owner(st.st_uid) && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

static bool
number_from(const char *variable, unsigned long *value)
{
	const char *text = getenv(variable);

	if (!text || !text[0] || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	*value = strtoul(text, NULL, 10);
	return !errno && *value <= UINT_MAX;
}

/* The user who ran sudo, where we are root for that reason. */
static bool
sudo_user(uid_t *uid, gid_t *gid)
{
	unsigned long user, group;

	if (geteuid() != 0 || !number_from("SUDO_UID", &user) || !number_from("SUDO_GID", &group) || user == 0)
		return false;
	*uid = (uid_t)user;
	*gid = (gid_t)group;
	return true;
}

/* fd was just created in dir. Where that fails it stays root's, which is no reason to give up. */
static void
hand_over(int dir, int fd, unsigned flags)
{
	struct stat st;
	uid_t uid;
	gid_t gid;

	if ((flags & SAFE_SUDO_USER) && sudo_user(&uid, &gid) && fstat(dir, &st) == 0 && st.st_uid == uid &&
	    fchown(fd, uid, gid) != 0) {
	}
}

/* ---- the directories of a path ---- */

struct walk {
	int dir;
	bool trusted;   /* every directory so far is */
	unsigned links; /* followed */
	unsigned flags;
	char *rest; /* to be walked yet; owned */
};

static int
enter(struct walk *w, const char *name)
{
	int fd = openat(w->dir, name, DIR_FLAGS);

	if (fd < 0)
		return -errno;
	close(w->dir);
	w->dir = fd;
	w->trusted = w->trusted && is_trusted_dir(fd);
	return 0;
}

static int
start_at(struct walk *w, const char *where)
{
	int fd = open(where, DIR_FLAGS);

	if (fd < 0)
		return -errno;
	if (w->dir >= 0)
		close(w->dir);
	w->dir = fd;
	/* Who can change the directories above a relative path is not known. */
	w->trusted = where[0] == '/' && is_trusted_dir(fd);
	return 0;
}

static int
make_dir(struct walk *w, const char *name)
{
	struct stat st;
	int fd, above = w->dir, error = 0;

	if (mkdirat(above, name, 0700) != 0)
		return errno == EEXIST ? enter(w, name) : -errno;
	/* The owner of the directory may have put another one there since. */
	fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0 || st.st_uid != geteuid() || st.st_nlink > 2 || (st.st_mode & 077))
		error = -EPERM;
	else
		hand_over(above, fd, w->flags);
	close(fd);
	return error ? error : enter(w, name);
}

/* name was not to be entered. -ELOOP: it is a link that may not be followed. */
static int
follow(struct walk *w, const char *name, const char *behind, int error)
{
	char target[PATH_MAX];
	struct stat st;
	size_t size;
	ssize_t n;
	char *rest;

	if (fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return error;
	/* In such a directory it stays what it was a moment ago. */
	if (!w->trusted || !is_trusted_owner(st.st_uid) || ++w->links > LINKS_MAX)
		return -ELOOP;
	n = readlinkat(w->dir, name, target, sizeof(target) - 1);
	if (n <= 0)
		return n < 0 ? -errno : -ENOENT;
	target[n] = '\0';
	size = (size_t)n + strlen(behind) + 2;
	rest = xmalloc(size);
	snprintf(rest, size, "%s/%s", target, behind);
	free(w->rest);
	w->rest = rest;
	return target[0] == '/' ? start_at(w, "/") : 0;
}

static int
walk(struct walk *w)
{
	char name[NAME_MAX + 1];
	int error = start_at(w, w->rest[0] == '/' ? "/" : ".");

	while (!error) {
		char *at = w->rest + strspn(w->rest, "/");
		size_t length = strcspn(at, "/");

		if (length == 0)
			return 0;
		if (length > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, at, length);
		name[length] = '\0';
		error = enter(w, name);
		if (error == -ENOENT && (w->flags & SAFE_MAKE_DIRS))
			error = make_dir(w, name);
		if (error == -ELOOP || error == -ENOTDIR)
			error = follow(w, name, at + length, error);
		else if (!error)
			memmove(w->rest, at + length, strlen(at + length) + 1);
	}
	return error;
}

static int
cannot(const char *path, int error, char *why, size_t len)
{
	snprintf(why, len, "cannot write %.200s: %s", path,
		 error == -ELOOP    ? "a directory of it is a symbolic link that others could have made; "
				      "name the directory itself"
		 : error == -EISDIR ? "it is a directory"
				    : strerror(-error));
	return error;
}

int
safe_dir_open(const char *path, unsigned flags, const char **name, char *why, size_t len)
{
	const char *slash = strrchr(path, '/');
	struct walk w = { .dir = -1, .flags = flags };
	int error;

	*name = slash ? slash + 1 : path;
	if (!(*name)[0] || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0)
		return cannot(path, path[0] ? -EISDIR : -ENOENT, why, len);
	w.rest = xstrndup(path, slash ? (size_t)(slash - path) + 1 : 0);
	error = walk(&w);
	free(w.rest);
	if (!error)
		return w.dir;
	if (w.dir >= 0)
		close(w.dir);
	return cannot(path, error, why, len);
}

/* ---- a file to be written piece by piece ---- */

/* May that be written? 0, or a negative errno with a sentence. */
static int
judge(const struct stat *st, const char *path, unsigned flags, char *why, size_t len)
{
	const char *what = NULL;
	int error = -EPERM;
	uid_t uid;
	gid_t gid;

	if (S_ISLNK(st->st_mode)) {
		error = -ELOOP;
		what = "it is a link; name the file itself";
	} else if (S_ISDIR(st->st_mode)) {
		error = -EISDIR;
		what = "it is a directory";
	} else if (S_ISFIFO(st->st_mode)) {
		if (!(flags & SAFE_FIFO))
			what = "it is a FIFO, which has to be named as fifo:PATH";
		else if (st->st_uid != geteuid() && !(sudo_user(&uid, &gid) && st->st_uid == uid))
			what = "the FIFO belongs to another user";
	} else if (flags & SAFE_FIFO) {
		what = "it is not a FIFO";
	} else if (S_ISREG(st->st_mode)) {
		if (st->st_uid != geteuid())
			what = "the file belongs to another user";
		else if (st->st_nlink > 1)
			what = "the file has another name (a hard link)";
	} else if (!S_ISCHR(st->st_mode)) {
		what = "it is neither a file nor a character device";
	} else if (!is_trusted_owner(st->st_uid)) {
		what = "the device belongs to another user";
	}
	if (!what)
		return 0;
	snprintf(why, len, "cannot write %.200s: %s", path, what);
	return error;
}

int
safe_file_open_at(int dir, const char *name, const char *path, unsigned flags, char *why, size_t len)
{
	const int how = O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
	struct stat st;
	int fd = -1, error = 0;

	if (!(flags & SAFE_FIFO))
		fd = openat(dir, name, how | O_CREAT | O_EXCL, 0600);
	if (fd >= 0) {
		hand_over(dir, fd, flags);
		return fd;
	}
	if (!(flags & SAFE_FIFO) && errno != EEXIST)
		return cannot(path, -errno, why, len);
	/* Looked at first, as opening may act on a device or FIFO; and once more, what was opened. */
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return cannot(path, -errno, why, len);
	error = judge(&st, path, flags, why, len);
	if (error)
		return error;
	if (S_ISREG(st.st_mode) && !(flags & SAFE_OVERWRITE))
		return -EEXIST;
	/* Without O_NONBLOCK a FIFO would wait for its reader. */
	fd = openat(dir, name, how | O_NONBLOCK);
	if (fd < 0) {
		error = -errno;
		if (error != -ENXIO)
			return cannot(path, error, why, len);
		snprintf(why, len, "cannot write %.200s: nobody reads it", path);
		return error;
	}
	if (fstat(fd, &st) != 0)
		error = cannot(path, -errno, why, len);
	else
		error = judge(&st, path, flags, why, len);
	/* It may have been readable for others. */
	if (!error && S_ISREG(st.st_mode) && (fchmod(fd, 0600) != 0 || ftruncate(fd, 0) != 0))
		error = cannot(path, -errno, why, len);
	if (!error)
		return fd;
	close(fd);
	return error;
}

int
safe_file_open(const char *path, unsigned flags, char *why, size_t len)
{
	const char *name;
	int dir = safe_dir_open(path, flags, &name, why, len), fd;

	if (dir < 0)
		return dir;
	fd = safe_file_open_at(dir, name, path, flags, why, len);
	close(dir);
	return fd;
}

/* ---- a file written whole ---- */

/* A new file in dir with an unpredictable name. */
static int
open_temporary(int dir, char name[32])
{
	for (int i = 0; i < TRIES; i++) {
		unsigned char random[8];
		int fd;

		if (getentropy(random, sizeof(random)) != 0)
			return -errno;
		snprintf(name, 32, ".estop-");
		for (size_t k = 0; k < sizeof(random); k++)
			snprintf(name + 7 + 2 * k, 3, "%02x", random[k]);
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int
fill(int dir, int fd, unsigned flags, int (*write)(FILE *, void *ctx, char *why, size_t len), void *ctx,
     char *why, size_t len)
{
	FILE *f = fdopen(fd, "w");
	int error;

	if (!f) {
		error = -errno;
		close(fd);
		return error;
	}
	errno = 0;
	error = write(f, ctx, why, len);
	if (!error && (fflush(f) != 0 || ferror(f) || fsync(fd) != 0))
		error = errno ? -errno : -EIO;
	if (!error)
		hand_over(dir, fd, flags);
	if (fclose(f) != 0 && !error)
		error = -errno;
	return error;
}

/* link() fails if the file was created meanwhile; rename() replaces a link, not its target. */
static int
put_in_place(int dir, const char *temporary, const char *name, bool overwrite)
{
	int error;

	if (overwrite)
		return renameat(dir, temporary, dir, name) == 0 ? 0 : -errno;
	error = linkat(dir, temporary, dir, name, 0) == 0 ? 0 : -errno;
	unlinkat(dir, temporary, 0);
	return error;
}

int
safe_file_write(const char *path, unsigned flags, int (*write)(FILE *, void *ctx, char *why, size_t len),
		void *ctx, char *why, size_t len)
{
	bool overwrite = flags & SAFE_OVERWRITE;
	char temporary[32];
	const char *name;
	struct stat st;
	int dir = safe_dir_open(path, flags, &name, why, len), fd, error = 0;

	if (dir < 0)
		return dir;
	why[0] = '\0';
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		error = S_ISREG(st.st_mode) ? overwrite ? 0 : -EEXIST : -ELOOP;
		if (error == -ELOOP)
			snprintf(why, len,
				 S_ISLNK(st.st_mode) ? "nothing was written: %.200s is a link"
						     : "nothing was written: %.200s is not a regular file",
				 path);
	} else if (errno != ENOENT)
		error = -errno;
	if (!error) {
		fd = open_temporary(dir, temporary);
		error = fd < 0 ? fd : fill(dir, fd, flags, write, ctx, why, len);
		if (!error)
			error = put_in_place(dir, temporary, name, overwrite);
		if (error && fd >= 0)
			unlinkat(dir, temporary, 0);
	}
	close(dir);
	if (error && error != -EEXIST && !why[0])
		cannot(path, error, why, len);
	return error;
}
