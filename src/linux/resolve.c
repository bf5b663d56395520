/* resolve - see resolve.h. */
#include "src/linux/resolve.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* <linux/openat2.h>, which not every system has. */
struct how {
	uint64_t flags, mode, resolve;
};
#define HOW_CACHED 0x20 /* RESOLVE_CACHED: fails where it would have to wait */

/* What path leads to, by an O_PATH descriptor of it; returns the length, 0: not known. */
static size_t
path_of(const char *path, int flags, char out[RESOLVE_MAX])
{
	struct how how = { .flags = (uint64_t)(O_PATH | O_CLOEXEC | flags), .resolve = HOW_CACHED };
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	char name[32];
	ssize_t n;

	if (fd < 0)
		return 0;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, out, RESOLVE_MAX - 1);
	close(fd);
	/* Cut, or removed meanwhile: that is no path any more. */
	if (n <= 0 || n == RESOLVE_MAX - 1 || *out != '/' ||
	    (n > 10 && memcmp(out + n - 10, " (deleted)", 10) == 0))
		return 0;
	out[n] = '\0';
	return (size_t)n;
}

size_t
resolve_links(const char *path, bool last, char out[RESOLVE_MAX])
{
	const char *name = strrchr(path, '/');
	char dir[RESOLVE_MAX];
	size_t n, more;

	if (!name || (size_t)(name - path) >= sizeof(dir))
		return 0;
	if (last) {
		n = path_of(path, 0, out);
	} else {
		if (name == path) /* the root has no links to it */
			return 0;
		memcpy(dir, path, (size_t)(name - path));
		dir[name - path] = '\0';
		n = path_of(dir, O_DIRECTORY, out);
		more = strlen(name);
		if (n == 0 || n + more >= RESOLVE_MAX)
			return 0;
		n = n == 1 ? 0 : n; /* the root ends in a slash itself */
		memcpy(out + n, name, more + 1);
		n += more;
	}
	return n == 0 || strcmp(out, path) == 0 ? 0 : n;
}
