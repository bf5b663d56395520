/*
 * bench_bounds - the longest run of a BPF program that a user without
 * privileges can bring about (tests/lib/worst.h), by the kernel's own account
 * (BPF_ENABLE_STATS). Nothing else gets the CPU meanwhile. Needs root.
 *
 * That account is a sum, so each input makes one run that is long and few others. The walk over threads
 * at an exit is not among them: 4,000 threads are 4,000 runs, and the last one finds the others gone, so the
 * sum says nothing about the longest. Its units are those of all loops.
 */
#include "tests/bench/bench.h"
#include "tests/lib/cgroup2.h"
#include "tests/lib/worst.h"

#include <EndpointSecurity/EndpointSecurity.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <es_linux.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 2 };

struct spent {
	uint64_t ns, runs;
};

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

/* Spent so far in the programs whose names end so. */
static struct spent
spent_in(const char *program)
{
	struct bpf_prog_info info;
	struct spent sum = { 0, 0 };
	uint32_t size;

	for (uint32_t id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
		int fd = bpf_prog_get_fd_by_id(id);

		memset(&info, 0, sizeof(info));
		size = sizeof(info);
		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size) == 0 &&
		    ends_with(info.name, program)) {
			sum.ns += info.run_time_ns;
			sum.runs += info.run_cnt;
		}
		if (fd >= 0)
			close(fd);
	}
	return sum;
}

/*
 * Of some rounds the shortest: a virtual machine's clock runs on while others
 * have its CPU. Runs for other processes meanwhile are taken off at the mean of
 * those before.
 */
static double
longest_us(enum worst_id id)
{
	double best = -1;

	for (int i = 0; i < ROUNDS; i++) {
		struct worst_run run;
		int status = -1;
		pid_t pid;

		if (worst_begin(&run) != 0 || (pid = fork()) < 0)
			return -1;
		if (pid == 0)
			worst_live(&run, id);
		if (worst_wait(&run) == 0) {
			struct spent before = spent_in(worst_info[id].program), after;
			double mean = (double)before.ns / (double)(before.runs ? before.runs : 1), us;

			if (worst_go(&run) == 0 && waitpid(pid, &status, 0) == pid && status == 0) {
				after = spent_in(worst_info[id].program);
				us = ((double)(after.ns - before.ns) -
				      mean * (double)(after.runs - before.runs - 1)) /
				     1000;
				best = best < 0 || us < best ? us : best;
			}
		}
		worst_end(&run);
	}
	return best;
}

/* Into a directory of each level, with the longest names; how many there are. */
static int
descend(const char *top, const char *name)
{
	int levels = 0;

	if (chdir(top) != 0)
		return 0;
	for (; levels < 80 && mkdir(name, 0755) == 0 && chdir(name) == 0; levels++)
		;
	return levels;
}

/*
 * The first event of a process after it was moved to the deepest cgroup that is looked at, with names
 * as long as they may be, and a unit muted: its path is built for the look-up of its units and for the
 * reader. -1: there is no cgroup v2 to try it in.
 */
static double
deep_cgroup_us(es_client_t *client)
{
	static const es_event_type_t closes[] = { ES_EVENT_TYPE_NOTIFY_CLOSE };
	char top[256], name[256];
	int levels, moved[2], go[2], status = -1;
	struct spent before, after;
	double mean, us = -1;
	char byte = 'x';
	pid_t pid;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	if (!cgroup2_find(top, sizeof(top)) || pipe(moved) != 0 || pipe(go) != 0)
		return -1;
	es_linux_mute_unit(client, "no.service", closes, 1);
	levels = descend(top, name);
	pid = levels > 60 ? fork() : -1;
	if (pid == 0) {
		int fd = open("/dev/null", O_RDONLY);

		close(fd);
		fd = open("cgroup.procs", O_WRONLY);
		if (fd < 0 || write(fd, "0", 1) != 1 || write(moved[1], &byte, 1) != 1 ||
		    read(go[0], &byte, 1) != 1)
			_exit(1);
		fd = open("/dev/null", O_RDONLY);
		_exit(fd < 0);
	}
	if (pid > 0 && read(moved[0], &byte, 1) == 1) {
		before = spent_in("_sys_exit");
		mean = (double)before.ns / (double)(before.runs ? before.runs : 1);
		if (write(go[1], &byte, 1) == 1 && waitpid(pid, &status, 0) == pid && status == 0) {
			after = spent_in("_sys_exit");
			us = ((double)(after.ns - before.ns) - mean * (double)(after.runs - before.runs - 1)) /
			     1000;
		}
	}
	for (; levels > 0; levels--) {
		if (chdir("..") != 0)
			break;
		/* The kernel lets go of its last process in its own time. */
		for (int tries = 0; rmdir(name) != 0 && errno == EBUSY && tries < 1000; tries++)
			usleep(1000);
	}
	es_linux_unmute_unit(client, "no.service");
	return chdir("/") == 0 ? us : -1;
}

int
main(void)
{
	static const es_event_type_t types[] = {
		ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE, ES_EVENT_TYPE_NOTIFY_EXEC,
		ES_EVENT_TYPE_NOTIFY_FORK, ES_EVENT_TYPE_NOTIFY_EXIT,  ES_EVENT_TYPE_NOTIFY_PTY_CLOSE,
	};
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	es_client_t *client;
	char path[4096] = "/";

	if (stats < 0 || es_new_client(&client, ^(es_client_t *c, const es_message_t *m) {
			   (void)c;
			   (void)m;
			 }) != ES_NEW_CLIENT_RESULT_SUCCESS) {
		puts("bench_bounds: not run: it needs root");
		return 0;
	}
	es_subscribe(client, types, sizeof(types) / sizeof(types[0]));
	/* Rules of as many lengths as there may be: each is one look-up for a path that long. */
	for (size_t n = 1; n < 4000; n++) {
		path[n] = 'x';
		path[n + 1] = '\0';
		es_mute_path(client, path, ES_MUTE_PATH_TYPE_PREFIX);
	}
	bench_row("open: after a move to a cgroup 63 levels deep", deep_cgroup_us(client), "us", "<= 2000");
	for (unsigned id = 0; id < WORST_COUNT; id++)
		bench_row(worst_info[id].what, longest_us(id), "us", "<= 2000");
	es_delete_client(client);
	close(stats);
	return 0;
}
