/*
 * prog_workload - does a known number of things, to be compared with what was counted.
 *
 *	prog_workload [wait] FILE OPENS FORKS EXECS
 *
 * Opens and closes FILE OPENS times, makes FORKS children, one after another, that exit at once,
 *and runs itself anew EXECS times, in the same process. wait: prints its process id and begins when
 *its input ends.
 *
 *	prog_workload until FILE TEXT COMMAND...
 *
 * Runs COMMAND again and again until FILE has TEXT: the way to wait for a program that writes FILE.
 *
 *	prog_workload clone FROM TO
 *
 * Makes TO, which shares FROM's blocks.
 *
 *	prog_workload cost COMMAND...
 *
 * Runs COMMAND and prints two times in ns: from its start to the first byte it writes, and all its
 *processor time.
 *
 *	prog_workload pairs FILE COUNT
 *
 * Prints two times in ns: of an open and close of FILE, and of a getppid(2); each the best of five times COUNT.
 *
 * All its files are closed on exec and it is linked statically, so that nothing else happens.
 */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
must(bool fine, const char *what)
{
	if (fine)
		return;
	perror(what);
	exit(99);
}

static void
work(char **argv)
{
	long opens = atol(argv[2]), forks = atol(argv[3]), execs = atol(argv[4]);
	char left[16];
	char *again[] = { argv[0], argv[1], (char *)"0", (char *)"0", left, NULL };

	while (opens-- > 0) {
		int fd = open(argv[1], O_RDONLY | O_CLOEXEC);

		must(fd >= 0 && close(fd) == 0, argv[1]);
	}
	while (forks-- > 0) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		must(child > 0 && waitpid(child, NULL, 0) == child, "fork");
	}
	if (execs > 0) {
		snprintf(left, sizeof(left), "%ld", execs - 1);
		execv(argv[0], again);
		must(false, argv[0]);
	}
}

static bool
has(const char *path, const char *text)
{
	static char line[65536];
	bool found = false;
	FILE *f = fopen(path, "re");

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, text) != NULL;
	if (f)
		fclose(f);
	return found;
}

static void
run_until(const char *path, const char *text, char **command)
{
	while (!has(path, text)) {
		pid_t child = fork();

		if (child == 0) {
			execv(command[0], command);
			_exit(99);
		}
		must(child > 0 && waitpid(child, NULL, 0) == child, "fork");
		usleep(10000);
	}
}

static unsigned long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000 + (unsigned long long)t.tv_nsec;
}

static unsigned long long
ns(struct timeval t)
{
	return (unsigned long long)t.tv_sec * 1000000000 + (unsigned long long)t.tv_usec * 1000;
}

static void
cost(char **command)
{
	unsigned long long begin = now(), first = 0;
	struct rusage used;
	char text[65536];
	int ends[2], status;
	pid_t child;

	must(pipe2(ends, O_CLOEXEC) == 0, "pipe");
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execv(command[0], command);
		_exit(99);
	}
	must(child > 0, "fork");
	close(ends[1]);
	while (read(ends[0], text, sizeof(text)) > 0)
		if (!first)
			first = now() - begin;
	must(wait4(child, &status, 0, &used) == child && status == 0, command[0]);
	printf("%llu %llu\n", first, ns(used.ru_utime) + ns(used.ru_stime));
}

static void
pairs(const char *path, long count)
{
	unsigned long long best[2] = { ~0ULL, ~0ULL };

	for (int round = 0; round < 10; round++) {
		unsigned long long begin = now(), took;

		for (long i = 0; i < count; i++)
			if (round % 2) {
				syscall(SYS_getppid);
			} else {
				int fd = open(path, O_RDONLY | O_CLOEXEC);

				must(fd >= 0 && close(fd) == 0, path);
			}
		took = (now() - begin) / (unsigned long long)count;
		if (took < best[round % 2])
			best[round % 2] = took;
	}
	printf("%llu %llu\n", best[0], best[1]);
}

static void
clone_file(const char *from, const char *to)
{
	int source = open(from, O_RDONLY | O_CLOEXEC),
	    target = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	must(source >= 0 && target >= 0 && ioctl(target, FICLONE, source) == 0, to);
}

int
main(int argc, char **argv)
{
	if (argc > 4 && strcmp(argv[1], "until") == 0) {
		run_until(argv[2], argv[3], &argv[4]);
	} else if (argc == 4 && strcmp(argv[1], "pairs") == 0 && atol(argv[3]) > 0) {
		pairs(argv[2], atol(argv[3]));
	} else if (argc == 4 && strcmp(argv[1], "clone") == 0) {
		clone_file(argv[2], argv[3]);
	} else if (argc > 2 && strcmp(argv[1], "cost") == 0) {
		cost(&argv[2]);
	} else if (argc == 6 && strcmp(argv[1], "wait") == 0) {
		char byte;

		printf("%d\n", (int)getpid());
		fflush(stdout);
		while (read(STDIN_FILENO, &byte, 1) > 0)
			;
		argv[1] = argv[0];
		work(argv + 1);
	} else if (argc == 5) {
		work(argv);
	} else {
		fputs("usage: prog_workload [wait] FILE OPENS FORKS EXECS\n", stderr);
		return 2;
	}
	return 0;
}
