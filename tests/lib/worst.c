/* worst - see worst.h. */
#include "tests/lib/worst.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct worst worst_info[WORST_COUNT] = {
#define X(id, program, what) [WORST_##id] = { program, what },
	WORST_TABLE(X)
#undef X
};

enum { NOBODY = 65534, LEVELS = 8000, SHELF = 1000, MOST_FDS = 65536, DIFFERENT = 2000 };

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 4
#endif

static int room; /* for descriptors */

#define MUST(condition)                                                      \
	do {                                                                 \
		if (!(condition)) {                                          \
			printf("worst: %s: %s\n", #condition, strerror(errno)); \
			fflush(stdout);                                      \
			_exit(1);                                            \
		}                                                            \
	} while (0)

/* A directory so many levels below this one, by names of one byte; becomes the working directory. */
static void
descend(int levels)
{
	for (int i = 0; i < levels; i++) {
		MUST(mkdir("d", 0700) == 0 || errno == EEXIST);
		MUST(chdir("d") == 0);
	}
}

static int
make(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	MUST(fd >= 0);
	return fd;
}

static uint64_t
duplicates_of(const int *fds, int n, int count)
{
	for (int i = 0; i < count; i++)
		MUST(fcntl(fds[i % n], F_DUPFD, 0) >= 0);
	return (uint64_t)count + (uint64_t)n;
}

static uint64_t
open_many(int count)
{
	char name[32];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%d", i % DIFFERENT);
		make(name);
	}
	return (uint64_t)count;
}

/* All on one directory, in a namespace of its own, as anybody may where the system lets him. */
static void
stack_mounts(int count)
{
	MUST(unshare(CLONE_NEWNS) == 0);
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	for (int i = 0; i < count; i++) {
		/* By descriptors: a path would lead through all that are there already. */
		int tree = (int)syscall(SYS_open_tree, AT_FDCWD, ".", OPEN_TREE_CLONE);

		MUST(tree >= 0);
		MUST(syscall(SYS_move_mount, tree, "", AT_FDCWD, ".", MOVE_MOUNT_F_EMPTY_PATH) == 0);
		MUST(fchdir(tree) == 0 && close(tree) == 0);
	}
}

static void
become_nobody(void)
{
	MUST(setgroups(0, NULL) == 0);
	MUST(setresgid(NOBODY, NOBODY, NOBODY) == 0);
	MUST(setresuid(NOBODY, NOBODY, NOBODY) == 0);
}

static void
prepare(enum worst_id id, uint64_t *files)
{
	int two[2];

	*files = 0;
	switch (id) {
	case WORST_DUPLICATES:
		descend(LEVELS);
		two[0] = make("f");
		*files = duplicates_of(two, 1, room);
		break;
	case WORST_ALTERNATING:
		descend(LEVELS - 1);
		MUST(mkdir("e", 0700) == 0);
		two[0] = make("e/f");
		descend(1);
		two[1] = make("f");
		*files = duplicates_of(two, 2, room);
		break;
	case WORST_BRANCHES:
		descend(LEVELS / 2);
		for (int i = 0; i < SHELF; i++) {
			char name[32];

			snprintf(name, sizeof(name), "b%d", i);
			MUST(mkdir(name, 0700) == 0);
			strcat(name, "/f");
			make(name);
		}
		*files = SHELF;
		break;
	case WORST_DISTINCT:
	case WORST_CLOSE_RANGE:
	case WORST_CLOSE_EXEC:
		*files = open_many(room);
		if (id == WORST_CLOSE_EXEC)
			MUST(syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC) == 0);
		break;
	case WORST_SOCKETS:
		for (int i = 0; i < room / 2; i++)
			MUST(pipe(two) == 0);
		break;
	case WORST_LISTED:
		two[0] = make("f");
		*files = duplicates_of(two, 1, room);
		break;
	case WORST_ARGUMENTS:
	case WORST_DEEP:
		descend(LEVELS);
		make("f");
		break;
	case WORST_MOUNTS:
		stack_mounts(17000);
		break;
	case WORST_COUNT:
		break;
	}
}

static void
execute(bool long_arguments)
{
	enum { PIECES = 8, PIECE = 120000 };
	char *argv[PIECES + 2] = { "true" };

	for (int i = 1; i <= PIECES && long_arguments; i++) {
		argv[i] = malloc(PIECE + 1);
		MUST(argv[i]);
		memset(argv[i], 'a', PIECE);
		argv[i][PIECE] = '\0';
	}
	execv("/bin/true", argv);
	MUST(!"exec");
}

static void
act(enum worst_id id)
{
	switch (id) {
	case WORST_CLOSE_RANGE:
		MUST(syscall(SYS_close_range, 3, ~0u, 0) == 0);
		break;
	case WORST_CLOSE_EXEC:
	case WORST_LISTED:
	case WORST_ARGUMENTS:
		execute(id == WORST_ARGUMENTS);
		break;
	case WORST_DEEP:
	case WORST_MOUNTS:
		make("last");
		break;
	default:
		break;
	}
}

void
worst_live(const struct worst_run *run, enum worst_id id)
{
	struct rlimit most;
	uint64_t files;
	char byte;

	MUST(chdir(run->dir) == 0);
	MUST(getrlimit(RLIMIT_NOFILE, &most) == 0);
	if (most.rlim_max > MOST_FDS)
		most.rlim_max = MOST_FDS;
	most.rlim_cur = most.rlim_max;
	MUST(setrlimit(RLIMIT_NOFILE, &most) == 0);
	room = (int)most.rlim_cur - 256; /* its parent has some open, too */
	if (id == WORST_MOUNTS) {        /* mounts are made as root: user namespaces are not everybody's */
		prepare(id, &files);
		become_nobody();
	} else {
		become_nobody();
		prepare(id, &files);
	}
	MUST(write(run->ready[1], &files, sizeof(files)) == sizeof(files));
	MUST(read(run->go[0], &byte, 1) == 1);
	act(id);
	_exit(0);
}

int
worst_begin(struct worst_run *run)
{
	*run = (struct worst_run){ .ready = { -1, -1 }, .go = { -1, -1 } };
	/* In memory where that is to be had: some file systems are slow at such depths. */
	snprintf(run->dir, sizeof(run->dir), "%s/estop-worst.XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(run->dir)) {
		run->dir[0] = '\0';
		return -1;
	}
	return chown(run->dir, NOBODY, NOBODY) == 0 && pipe2(run->ready, O_CLOEXEC) == 0 &&
			       pipe2(run->go, O_CLOEXEC) == 0
		       ? 0
		       : -1;
}

static void
shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int
worst_wait(struct worst_run *run)
{
	shut(&run->ready[1]); /* a child that ended early is an end of file */
	return read(run->ready[0], &run->open, sizeof(run->open)) == sizeof(run->open) ? 0 : -1;
}

int
worst_go(struct worst_run *run)
{
	return write(run->go[1], "", 1) == 1 ? 0 : -1;
}

void
worst_end(struct worst_run *run)
{
	char command[96]; /* rm goes by descriptors: the paths are too long for remove(3) */

	for (int i = 0; i < 2; i++) {
		shut(&run->ready[i]);
		shut(&run->go[i]);
	}
	snprintf(command, sizeof(command), "rm -rf %s", run->dir);
	if (run->dir[0] && system(command) != 0)
		printf("worst: %s was not removed\n", run->dir);
}
