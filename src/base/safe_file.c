/* safe_file - see safe_file.h. */
#include "src/base/safe_file.h"
#include "model/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What lies there: 0 nothing, -EEXIST a plain file, or why it may not be touched. */
static int
look(const char *path, char *why, size_t len)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		if (errno == ENOENT)
			return 0;
		snprintf(why, len, "cannot save to %.200s: %s", path, strerror(errno));
		return -errno;
	}
	if (S_ISREG(st.st_mode))
		return -EEXIST;
	snprintf(why, len,
		 S_ISLNK(st.st_mode) ? "%.200s is a link, and links are not followed"
				     : "%.200s is no plain file",
		 path);
	return -ELOOP;
}

/* Written beside it under a name nobody can guess to be there, and then put in its place. */
static int
write_whole(const char *path, bool overwrite, void (*write)(FILE *, void *ctx), void *ctx)
{
	size_t size = strlen(path) + 16;
	char *beside = xmalloc(size);
	int fd, error = 0;
	FILE *f;

	snprintf(beside, size, "%s.XXXXXX", path);
	fd = mkstemp(beside); /* O_EXCL, 0600 */
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f) {
		error = -errno;
		if (fd >= 0) {
			close(fd);
			unlink(beside);
		}
		free(beside);
		return error;
	}
	write(f, ctx);
	if (fflush(f) != 0 || ferror(f) || fsync(fd) != 0)
		error = errno ? -errno : -EIO;
	if (fclose(f) != 0 && !error)
		error = -errno;
	/* link() fails when somebody made the file meanwhile; rename() takes a link's place. */
	if (!error && overwrite)
		error = rename(beside, path) == 0 ? 0 : -errno;
	else if (!error)
		error = link(beside, path) == 0 ? 0 : -errno;
	if (error || !overwrite)
		unlink(beside);
	free(beside);
	return error;
}

int
safe_file_write(const char *path, bool overwrite, void (*write)(FILE *, void *ctx), void *ctx,
		char *why, size_t len)
{
	int error = look(path, why, len);

	if (error && !(error == -EEXIST && overwrite))
		return error;
	error = write_whole(path, overwrite, write, ctx);
	if (error && error != -EEXIST)
		snprintf(why, len, "cannot save to %.200s: %s", path, strerror(-error));
	return error;
}
