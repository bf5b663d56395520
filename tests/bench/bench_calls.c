/*
 * bench_calls - what a system call costs when its events are watched, by group:
 * with nobody there, with a client that is subscribed to other events only, and
 * with one that gets these. Needs root.
 *
 * The three take turns in short rounds, so that ratios hold when the machine's
 * speed drifts; each figure is a median of the rounds.
 */
#include "tests/bench/bench.h"

#include <EndpointSecurity/EndpointSecurity.h>
#include <errno.h>
#include <es_linux.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5, CALLS = 5000 };
enum { ALONE, OTHERS, WATCHED, KINDS };

static int fd;
static pid_t child;
static char directory[64], file[96], name[96];

static void
do_stat(void)
{
	struct stat st;

	bench_keep((uint64_t)stat(file, &st));
}

static void
do_fstat(void)
{
	struct stat st;

	bench_keep((uint64_t)fstat(fd, &st));
}

static void
do_write(void)
{
	bench_keep((uint64_t)pwrite(fd, "x", 1, 0));
}

static void
do_chmod(void)
{
	bench_keep((uint64_t)fchmod(fd, 0600));
}

static void
do_names(void)
{
	bench_keep((uint64_t)(mkdir(name, 0700) | rmdir(name)));
}

static void
do_rename(void)
{
	bench_keep((uint64_t)(rename(file, name) | rename(name, file)));
}

static void
do_mprotect(void)
{
	static char page[8192] __attribute__((aligned(4096)));

	bench_keep((uint64_t)mprotect(page, 4096, PROT_READ | PROT_WRITE));
}

static void
do_signal(void)
{
	bench_keep((uint64_t)kill(child, SIGURG));
}

static void
do_reach(void)
{
	char byte;
	struct iovec mine = { &byte, 1 }, its = { file, 1 };

	bench_keep((uint64_t)process_vm_readv(child, &mine, 1, &its, 1, 0));
}

static void
do_setuid(void)
{
	bench_keep((uint64_t)syscall(SYS_setresuid, -1, -1, -1));
}

#define N(id) ES_EVENT_TYPE_NOTIFY_##id
static const struct group {
	const char *what;
	void (*call)(void);
	es_event_type_t types[2];
} groups[] = {
	{ "metadata: stat of a path", do_stat, { N(STAT), N(STAT) } },
	{ "metadata: fstat", do_fstat, { N(STAT), N(STAT) } },
	{ "metadata: fchmod", do_chmod, { N(SETMODE), N(SETMODE) } },
	{ "file: pwrite", do_write, { N(WRITE), N(WRITE) } },
	{ "file: mkdir and rmdir", do_names, { N(CREATE), N(UNLINK) } },
	{ "file: rename, twice", do_rename, { N(RENAME), N(RENAME) } },
	{ "memory: mprotect", do_mprotect, { N(MPROTECT), N(MPROTECT) } },
	{ "process: kill", do_signal, { N(SIGNAL), N(SIGNAL) } },
	{ "process: process_vm_readv", do_reach, { N(GET_TASK), N(GET_TASK) } },
	{ "security: setresuid", do_setuid, { N(SETREUID), N(SETREUID) } },
};
enum { GROUPS = sizeof(groups) / sizeof(groups[0]) };

/* To others: so that the programs are attached, and none of them looks at the call. */
static void
subscribe(es_client_t *client, const struct group *g, int kind)
{
	const es_event_type_t others[] = { N(OPEN), N(CLOSE), N(EXEC), N(FORK), N(EXIT), N(CHROOT) };

	es_unsubscribe_all(client);
	if (kind == OTHERS)
		es_subscribe(client, others, sizeof(others) / sizeof(others[0]));
	if (kind == WATCHED)
		es_subscribe(client, g->types, 2);
}

static double
measure(const struct group *g)
{
	uint64_t t;

	for (int i = 0; i < 100; i++)
		g->call();
	t = bench_now_ns();
	for (int i = 0; i < CALLS; i++)
		g->call();
	return (double)(bench_now_ns() - t) / CALLS;
}

static void
run(es_client_t *client, const struct group *g)
{
	double ns[KINDS][ROUNDS], ratio[KINDS][ROUNDS];
	char what[80];

	for (int round = 0; round < ROUNDS; round++)
		for (int kind = 0; kind < KINDS; kind++) {
			subscribe(client, g, kind);
			ns[kind][round] = measure(g);
			ratio[kind][round] = ns[kind][round] / ns[ALONE][round];
		}
	bench_row(g->what, bench_median(ns[ALONE], ROUNDS), "ns", "");
	snprintf(what, sizeof(what), "%s, others watched", g->what);
	bench_row(what, bench_median(ratio[OTHERS], ROUNDS), "ratio", "");
	snprintf(what, sizeof(what), "%s, watched", g->what);
	bench_row(what, bench_median(ratio[WATCHED], ROUNDS), "ratio", "");
}

int
main(void)
{
	es_client_t *client;
	es_new_client_result_t result = es_new_client(&client, ^(es_client_t *c, const es_message_t *m) {
	  (void)c;
	  bench_keep_memory(m);
	});

	if (result != ES_NEW_CLIENT_RESULT_SUCCESS) {
		printf("%-52s %s\n", "bench_calls", es_linux_error());
		return 0;
	}
	/* In memory where possible: what a disk takes hides what watching takes. */
	snprintf(directory, sizeof(directory), "%s/estop-bench-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(directory))
		return 1;
	snprintf(file, sizeof(file), "%s/a-file-of-usual-name", directory);
	snprintf(name, sizeof(name), "%s/another-name", directory);
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	signal(SIGURG, SIG_IGN);
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	for (int i = 0; i < GROUPS; i++)
		run(client, &groups[i]);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	es_delete_client(client);
	unlink(file);
	rmdir(directory);
	return 0;
}
