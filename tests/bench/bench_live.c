/*
 * bench_live - what watching costs the watched, in one run: the bare pair of
 * open and close, the same under estop, muted by estop, and under the tools
 * people use today where they are installed. Needs root.
 *
 * All rounds of one kind are short and kinds take turns, so that the ratios
 * hold when the machine's speed drifts; each figure is a median of the rounds.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 7, PAIRS = 100000, CALLS = 400000, FORKS = 300, FLOOD = 2000000 };

static char scratch[64], file[96], output[96];

static double
pairs_ns(void)
{
	uint64_t t = bench_now_ns();

	for (int i = 0; i < PAIRS; i++) {
		int fd = open(file, O_RDONLY | O_CLOEXEC);

		close(fd);
	}
	return (double)(bench_now_ns() - t) / PAIRS;
}

static double
calls_ns(void)
{
	uint64_t t = bench_now_ns();

	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	return (double)(bench_now_ns() - t) / CALLS;
}

static double
forks_us(void)
{
	char *argv[] = { (char *)"true", NULL };
	uint64_t t = bench_now_ns();

	for (int i = 0; i < FORKS; i++) {
		pid_t pid;

		if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) == 0)
			waitpid(pid, NULL, 0);
	}
	return (double)(bench_now_ns() - t) / FORKS / 1000;
}

static off_t
output_size(void)
{
	struct stat st;

	return stat(output, &st) == 0 ? st.st_size : 0;
}

/* Starts a tool with its output in a file; it is ready when it has written some or ready_ms are over. */
static pid_t
start(const char *const argv[], int ready_ms)
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		dup2(fd, 1);
		dup2(open("/dev/null", O_RDWR), 0);
		dup2(open("/dev/null", O_RDWR), 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	for (int ms = 0; ms < ready_ms; ms += 10) {
		usleep(10000);
		if (strstr(argv[0], "estop") && output_size() > 0)
			break;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return -1;
	}
	return pid;
}

static void
stop(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGINT);
	for (int i = 0; i < 300; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return;
		usleep(10000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool
installed(const char *name)
{
	char path[128];
	const char *dirs[] = { "/usr/sbin", "/usr/bin" };

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

struct kind {
	const char *name;
	const char *argv[12];
	int ready_ms;
	double pair[ROUNDS], call[ROUNDS], fork[ROUNDS];
	int rounds;
};

static void
measure(struct kind *k, bool forks)
{
	pid_t pid = k->argv[0] ? start(k->argv, k->ready_ms) : 0;

	if (pid < 0)
		return;
	pairs_ns(); /* warm: caches, and the first look at this process */
	k->pair[k->rounds] = pairs_ns();
	k->call[k->rounds] = calls_ns();
	k->fork[k->rounds] = forks ? forks_us() : 0;
	k->rounds++;
	stop(pid);
}

static void
print_kind(struct kind *k, struct kind *bare, const char *budget)
{
	double ratios[ROUNDS];
	char what[96];

	if (k->rounds == 0) {
		printf("%-52s %12s\n", k->name, "not run");
		return;
	}
	for (int i = 0; i < k->rounds; i++)
		ratios[i] = k->pair[i] / bare->pair[i];
	snprintf(what, sizeof(what), "open+close, %s", k->name);
	bench_row(what, bench_median(k->pair, (size_t)k->rounds), "ns", "");
	if (k == bare)
		return;
	snprintf(what, sizeof(what), "open+close, %s, to bare", k->name);
	bench_row(what, bench_median(ratios, (size_t)k->rounds), "ratio", budget);
}

/* Full speed for a while; what was lost, from estop's last line. */
static void
flood(const char *estop)
{
	const char *argv[] = { estop, "-b", "-d", "0.5", NULL };
	pid_t pid = start(argv, 3000);
	char line[1024];
	double lost = -1;
	uint64_t t;
	FILE *f;

	if (pid < 0)
		return;
	t = bench_now_ns();
	for (int i = 0; i < FLOOD; i++)
		close(open(file, O_RDONLY | O_CLOEXEC));
	bench_row("flood: events produced", 2e9 * FLOOD / (double)(bench_now_ns() - t) / 1e6, "M/s", ">= 1");
	stop(pid);
	f = fopen(output, "r");
	while (f && fgets(line, sizeof(line), f)) {
		const char *at = strstr(line, "lost ");

		if (at && strstr(line, "applied "))
			lost = strtod(at + 5, NULL);
	}
	if (f)
		fclose(f);
	bench_row("flood: events lost", lost, "events", "0");
}

static double
rss_mib(pid_t pid)
{
	char path[64], line[256];
	double kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtod(line + 6, NULL);
	if (f)
		fclose(f);
	return kib / 1024;
}

static double
cpu_seconds(pid_t pid)
{
	char path[64], line[1024] = "";
	unsigned long user = 0, system = 0;
	const char *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f && fgets(line, sizeof(line), f) && (at = strrchr(line, ')')))
		sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
	if (f)
		fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void
idle_and_start(const char *estop)
{
	enum { STARTS = 7, IDLE_SECONDS = 20 };
	const char *once[] = { estop, "-b", "-n", "1", "-d", "0.1", NULL };
	const char *idle[] = { estop, "-b", "-d", "1", NULL };
	double ms[STARTS];
	pid_t pid;
	double before;

	for (int i = 0; i < STARTS; i++) {
		uint64_t t;

		unlink(output);
		t = bench_now_ns();
		pid = fork();
		if (pid == 0) {
			dup2(open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
			execv(once[0], (char *const *)once);
			_exit(127);
		}
		while (output_size() == 0 && bench_now_ns() - t < 5000000000u)
			usleep(500);
		ms[i] = (double)(bench_now_ns() - t) / 1e6 - 100; /* the frame comes after one interval */
		waitpid(pid, NULL, 0);
	}
	bench_row("start to first frame (interval taken off)", bench_median(ms, STARTS), "ms", "<= 150");

	pid = start(idle, 3000);
	if (pid < 0)
		return;
	sleep(2);
	before = cpu_seconds(pid);
	sleep(IDLE_SECONDS);
	bench_row("idle, 1 s interval", (cpu_seconds(pid) - before) / IDLE_SECONDS * 100, "% of core",
		  "<= 0.3");
	bench_row("memory, idle, rings included", rss_mib(pid), "MiB", "<= 32");
	stop(pid);
}

int
main(void)
{
	const char *estop = getenv("ESTOP") ? getenv("ESTOP") : "build/estop";
	char mute[32];
	struct kind bare = { .name = "bare" };
	struct kind observed = { .name = "under estop", .argv = { estop, "-b", "-d", "1" }, .ready_ms = 3000 };
	struct kind muted = { .name = "muted by estop",
			      .argv = { estop, "-b", "-d", "1", "-m", mute },
			      .ready_ms = 3000 };
	struct kind peers[] = {
		{ .name = "under fatrace", .argv = { "fatrace" }, .ready_ms = 700 },
		{ .name = "under opensnoop", .argv = { "opensnoop" }, .ready_ms = 2000 },
	};
	enum { PEERS = sizeof(peers) / sizeof(peers[0]) };
	double ratio[ROUNDS];

	if (geteuid() != 0) {
		printf("%-52s needs root\n", "bench_live");
		return 0;
	}
	snprintf(scratch, sizeof(scratch), "/tmp/estop-bench-XXXXXX");
	if (!mkdtemp(scratch))
		return 1;
	snprintf(file, sizeof(file), "%s/a-file-of-usual-name", scratch);
	snprintf(output, sizeof(output), "%s/output", scratch);
	snprintf(mute, sizeof(mute), "process:%d", getpid());
	close(open(file, O_WRONLY | O_CREAT, 0600));

	for (int i = 0; i < ROUNDS; i++) {
		measure(&bare, true);
		measure(&observed, true);
		measure(&muted, false);
		for (int p = 0; p < PEERS; p++)
			if (installed(peers[p].argv[0]))
				measure(&peers[p], false);
	}
	print_kind(&bare, &bare, "");
	print_kind(&observed, &bare, "<= 2.2");
	print_kind(&muted, &bare, "<= 1.35");
	for (int p = 0; p < PEERS; p++)
		print_kind(&peers[p], &bare, "");
	bench_row("a system call nobody watches, bare", bench_median(bare.call, (size_t)bare.rounds), "ns",
		  "");
	if (observed.rounds) {
		bench_row("a system call nobody watches, under estop",
			  bench_median(observed.call, (size_t)observed.rounds), "ns", "");
		for (int i = 0; i < observed.rounds; i++)
			ratio[i] = observed.fork[i] / bare.fork[i];
		bench_row("fork+exec+exit, bare", bench_median(bare.fork, (size_t)bare.rounds), "us", "");
		bench_row("fork+exec+exit, under estop, to bare",
			  bench_median(ratio, (size_t)observed.rounds), "ratio", "");
	}
	flood(estop);
	idle_and_start(estop);
	unlink(file);
	unlink(output);
	rmdir(scratch);
	return 0;
}
