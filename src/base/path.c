/* path - see path.h. */
#include "src/base/path.h"
#include "model/xalloc.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef F_GETPATH
/*
 * Asks the kernel, as Endpoint Security does: so firmlinks and the case of
 * letters come out as in events. Only of what can be opened without effect.
 */
static char *
kernels_name(const char *path)
{
	char name[PATH_MAX];
	struct stat about;
	int fd, result;

	if (stat(path, &about) != 0 || !(S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)))
		return NULL;
	fd = open(path, O_EVTONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	result = fcntl(fd, F_GETPATH, name);
	close(fd);
	return result == 0 ? xstrdup(name) : NULL;
}
#else
static char *
kernels_name(const char *path)
{
	(void)path;
	return NULL;
}
#endif

/* NULL when it does not exist. */
static char *
resolve(const char *path)
{
	char *name = kernels_name(path);

	return name ? name : realpath(path, NULL);
}

/* What does not exist cannot be resolved, and with dots in it, it means nothing yet. */
static bool
has_dots(const char *path)
{
	while (*path) {
		size_t length = strcspn(path, "/");

		if ((length == 1 && path[0] == '.') || (length == 2 && strncmp(path, "..", 2) == 0))
			return true;
		path += length + strspn(path + length, "/");
	}
	return false;
}

/* "/a" and "b/" make "/a/b/"; either may be empty. */
static char *
join(const char *front, const char *rest)
{
	size_t length = strlen(front);
	char *path = xmalloc(length + strlen(rest) + 2);

	strcpy(path, front);
	if (length == 0 || front[length - 1] != '/')
		strcat(path, "/");
	strcat(path, rest + strspn(rest, "/"));
	return path;
}

char *
path_canonical(const char *typed)
{
	size_t length = strlen(typed);
	char *front = xstrdup(typed), *real = resolve(typed), *path;

	if (real) {
		path = length && typed[length - 1] == '/' ? join(real, "") : xstrdup(real);
		goto out;
	}
	path = typed[0] == '/' ? xstrdup(typed) : NULL;
	/* From the end, until something exists; the root always does. */
	while (path && !real) {
		while (length && typed[length - 1] == '/')
			length--;
		while (length && typed[length - 1] != '/')
			length--;
		front[length] = '\0';
		if (has_dots(typed + length))
			goto out;
		real = resolve(length ? front : "/");
		if (length == 0)
			break;
	}
	if (real) {
		free(path);
		path = join(real, typed + length);
	}
out:
	free(real);
	free(front);
	return path;
}
