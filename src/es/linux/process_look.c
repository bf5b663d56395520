/* process_look - facts of one process from /proc that no event contains. */
#include "src/es/decode.h"
#include "src/es/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
	LOOK_BYTES = 4096,
	ENV_BYTES = 16384,
	PTY_MAJORS = 136,
	PTY_MAJORS_END = 144,
	TTY_MAJOR = 4,
	TTY_SERIAL = 64
};

/* At most size bytes of a file of the process; returns how many. 0: it cannot be read, or is empty. */
static size_t
read_of(int32_t pid, const char *name, char *out, size_t size)
{
	char path[64];
	size_t length = 0;
	ssize_t n = 1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while (n > 0 && length < size) {
		n = read(fd, out + length, size - length);
		if (n > 0)
			length += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	close(fd);
	return length;
}

/* The same in memory of its own, NUL-terminated. NULL: nothing. */
static char *
slurp(int32_t pid, const char *name, size_t most, size_t *length)
{
	char *bytes = malloc(most + 1); /* of which no page is touched that is not read */

	if (!bytes)
		return NULL;
	*length = read_of(pid, name, bytes, most);
	if (*length == 0) {
		free(bytes);
		return NULL;
	}
	bytes[*length] = '\0';
	return bytes;
}

static char *
link_of(int32_t pid, const char *name)
{
	char path[64], target[4096];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	n = readlink(path, target, sizeof(target) - 1);
	return n > 0 ? strndup(target, (size_t)n) : NULL;
}

/* The controlling terminal is a number in stat, after the name in parentheses. */
static char *
terminal_of(int32_t pid)
{
	size_t length;
	char *stat = slurp(pid, "stat", LOOK_BYTES, &length), *end = stat ? strrchr(stat, ')') : NULL;
	char name[32] = "";
	int number = 0;

	if (end && sscanf(end + 1, " %*c %*d %*d %*d %d", &number) == 1 && number != 0) {
		unsigned first = major((dev_t)number), second = minor((dev_t)number);

		if (first >= PTY_MAJORS && first < PTY_MAJORS_END)
			snprintf(name, sizeof(name), "/dev/pts/%u", (first - PTY_MAJORS) * 256 + second);
		else if (first == TTY_MAJOR && second < TTY_SERIAL)
			snprintf(name, sizeof(name), "/dev/tty%u", second);
		else if (first == TTY_MAJOR)
			snprintf(name, sizeof(name), "/dev/ttyS%u", second - TTY_SERIAL);
		else
			snprintf(name, sizeof(name), "device %u:%u", first, second);
	}
	free(stat);
	return *name ? strdup(name) : NULL;
}

/* The path in the one hierarchy there is now, or in that of systemd:
 * "0::/system.slice/ssh.service". */
static char *
unit_of(int32_t pid)
{
	size_t length;
	char *cgroup = slurp(pid, "cgroup", 4 * LOOK_BYTES, &length), *unit = NULL;

	for (char *line = cgroup; line && *line && !unit;) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		if (strncmp(line, "0::", 3) == 0)
			unit = strdup(line + 3);
		else if (strstr(line, ":name=systemd:"))
			unit = strdup(strchr(strchr(line, ':') + 1, ':') + 1);
		line = end ? end + 1 : NULL;
	}
	free(cgroup);
	return unit;
}

void
platform_look(int32_t pid, struct process_look *look)
{
	look->args = slurp(pid, "cmdline", DECODE_ARGS_MAX, &look->args_length);
	look->args_cut = look->args_length == DECODE_ARGS_MAX;
	look->args_now = true;
	look->env = slurp(pid, "environ", ENV_BYTES, &look->env_length);
	look->cwd = link_of(pid, "cwd");
	look->tty = terminal_of(pid);
	look->unit = unit_of(pid);
	look->unit_word = "cgroup";
}

size_t
platform_title(int32_t pid, char *out, size_t size)
{
	return read_of(pid, "cmdline", out, size);
}
