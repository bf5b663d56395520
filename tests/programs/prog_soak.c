/*
 * prog_soak - the real program under load, for as long as asked for: `make soak MINUTES=10`, as root.
 *
 *	prog_soak ESTOP MINUTES [builds]
 *
 * With "builds": estop on a terminal and as batch, without keys, beside one small build after another;
 * the memory of each at the end has to be that after the first minute, within a tenth. Else:
 * one estop runs on a terminal, with any keys, mutes that come and go, sizes that change and a
 * recording that rotates; another one counts, as batch. Meanwhile files are opened in bursts and
 * programs are started. At the end it has to hold that
 *
 *	produced, as the kernel counted, is applied + lost + muted, by type
 *	memory, descriptors and threads are what they were after the first quarter
 *	none of estop's BPF objects are left, also not after SIGKILL
 *
 * Prints what it measured; 0 when all holds. Ends by itself, and with it all that it started.
 */
#include "model/event.h"
#include "src/linux/wire.h"
#include "tests/lib/tty.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_OBJECTS = 256, SIZE_SLACK_KIB = 8 << 10, MORE_FDS = 4 };

static char directory[64];
static bool failed;

static void __attribute__((format(printf, 2, 3))) holds(bool fact, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	printf("%-6s ", fact ? "holds" : "FAILS");
	vprintf(format, arguments);
	putchar('\n');
	fflush(stdout);
	va_end(arguments);
	failed |= !fact;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- load ---- */

static void
die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == 1)
		_exit(1);
}

/* Opens and closes files of its own, in bursts; a target that is muted is one of them. */
static _Noreturn void
flood(void)
{
	die_with_parent();
	for (unsigned round = 0;; round++) {
		unsigned n = round % 200 ? 500 : 50000;

		for (unsigned i = 0; i < n; i++) {
			char path[96];
			int fd;

			snprintf(path, sizeof(path), "%s/file%u", directory, (round + i) % 1000);
			fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
			if (fd >= 0)
				close(fd);
		}
		poll(NULL, 0, 50);
	}
}

static _Noreturn void
start_programs(void)
{
	die_with_parent();
	for (;;) {
		pid_t child = fork();

		if (child == 0) {
			execl("/bin/true", "true", (char *)NULL);
			_exit(127);
		}
		waitpid(child, NULL, 0);
		poll(NULL, 0, 10);
	}
}

enum { SOURCES = 24, BUILDS_MAX = 4000, BUILD_PAUSE_MS = 700 };

static void write_file(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void
write_file(const char *name, const char *format, ...)
{
	va_list arguments;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "w");
	if (!f)
		_exit(1);
	va_start(arguments, format);
	vfprintf(f, format, arguments);
	va_end(arguments);
	fclose(f);
}

/* One build after another, of a few small C files with their headers, at a low priority. */
static _Noreturn void
build(void)
{
	char name[32];

	die_with_parent();
	setpgid(0, 0);
	if (nice(10) == -1 && errno == EPERM)
		_exit(1);
	for (unsigned i = 0; i < SOURCES; i++) {
		snprintf(name, sizeof(name), "unit%u.c", i);
		write_file(name,
			   "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
			   "int f%u(const char *s) { return printf(\"%%zu\", strlen(s)); }\n",
			   i);
	}
	write_file("Makefile", "all: $(patsubst %%.c,%%.o,$(wildcard unit*.c))\n\t@cat $^ >all.a\n");
	if (chdir(directory) != 0)
		_exit(1);
	for (unsigned i = 0; i < BUILDS_MAX; i++) {
		pid_t child = fork();

		if (child == 0) {
			execlp("make", "make", "-s", "-B", "CC=cc", "CFLAGS=-O0", (char *)NULL);
			_exit(127);
		}
		waitpid(child, NULL, 0);
		poll(NULL, 0, BUILD_PAUSE_MS);
	}
	_exit(0);
}

/* ---- what a process has ---- */

struct figures {
	unsigned long rss_kib;
	unsigned fds, threads;
};

static unsigned
entries(pid_t pid, const char *what)
{
	char path[64];
	unsigned n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	d = opendir(path);
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n > 2 ? n - 2 : 0;
}

static struct figures
look(pid_t pid)
{
	struct figures f = { .fds = entries(pid, "fd"), .threads = entries(pid, "task") };
	char path[64], line[256];
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	status = fopen(path, "r");
	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmRSS: %lu", &f.rss_kib) == 1)
			break;
	if (status)
		fclose(status);
	return f;
}

/* ---- BPF objects ---- */

struct object {
	char kind; /* of map, program, link: its first letter */
	unsigned id;
};

struct objects {
	struct object at[MOST_OBJECTS];
	size_t n;
};

static struct objects
objects_of(pid_t pid)
{
	struct objects all = { .n = 0 };
	struct dirent *entry;
	char path[64];
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	d = opendir(path);
	while (d && (entry = readdir(d)) != NULL) {
		char file[384], line[256];
		unsigned id;
		FILE *f;

		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		f = fopen(file, "r");
		while (f && fgets(line, sizeof(line), f) && all.n < MOST_OBJECTS) {
			if (sscanf(line, "map_id: %u", &id) == 1)
				all.at[all.n++] = (struct object){ 'm', id };
			else if (sscanf(line, "prog_id: %u", &id) == 1)
				all.at[all.n++] = (struct object){ 'p', id };
			else if (sscanf(line, "link_id: %u", &id) == 1)
				all.at[all.n++] = (struct object){ 'l', id };
		}
		if (f)
			fclose(f);
	}
	if (d)
		closedir(d);
	return all;
}

static int
open_object(struct object o)
{
	return o.kind == 'm'   ? bpf_map_get_fd_by_id(o.id)
	       : o.kind == 'p' ? bpf_prog_get_fd_by_id(o.id)
			       : bpf_link_get_fd_by_id(o.id);
}

/* How many are still there; the kernel takes its time to free them. */
static size_t
left_of(const struct objects *all)
{
	double until = now() + 30;
	size_t left;

	do {
		left = 0;
		for (size_t i = 0; i < all->n; i++) {
			int fd = open_object(all->at[i]);

			left += fd >= 0;
			if (fd >= 0)
				close(fd);
		}
	} while (left && now() < until && poll(NULL, 0, 100) == 0);
	return left;
}

/* The map of counters of a running estop. It stays as long as it is open here. */
static int
counters_of(const struct objects *all)
{
	for (size_t i = 0; i < all->n; i++) {
		struct bpf_map_info info = { 0 };
		__u32 size = sizeof(info);
		int fd = all->at[i].kind == 'm' ? open_object(all->at[i]) : -1;

		if (fd < 0)
			continue;
		if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && strcmp(info.name, "cpus") == 0)
			return fd;
		close(fd);
	}
	return -1;
}

struct sums {
	uint64_t produced[EV_COUNT]; /* with those that are muted */
	uint64_t wanted[EV_COUNT];   /* without */
};

static struct sums
read_counters(int fd)
{
	static const unsigned numbers[WIRE_EVENTS] = {
#define X(id, number) [WIRE_##id] = (number),
		WIRE_TABLE(X)
#undef X
	};
	struct bpf_map_info info = { 0 };
	struct sums sums = { .produced = { 0 } };
	__u32 size = sizeof(info);
	char *value;

	if (bpf_obj_get_info_by_fd(fd, &info, &size) != 0)
		return sums;
	value = malloc(info.value_size);
	for (__u32 cpu = 0; value && cpu + 1 < info.max_entries; cpu++) {
		const struct wire_counters *c = (const void *)value;

		if (bpf_map_lookup_elem(fd, &cpu, value) != 0)
			continue;
		for (unsigned kind = 0; kind < WIRE_EVENTS; kind++) {
			enum event_id id = event_by_number(numbers[kind]);

			sums.wanted[id] += c->produced[kind];
			sums.produced[id] += c->produced[kind] + c->muted[kind];
		}
	}
	free(value);
	return sums;
}

/* ---- the two that are tested ---- */

/* Any of these is pressed, over and over. None of them ends it, or forgets what was counted. */
static const char *const keys[] = {
	"1j", "1k",     "1\033[6~", "1\033[5~", "1G",    "1g",     "1jm",      "1jM", "1ju", "z",
	"Z",  "1jx\r",  "1x\033",   "Uy",       "1t",    "1a",     "1s\r",     "1>",  "1<",  "1r",
	"1o", "1F",     "1X",       "1K",       "pp",    "2",      "2D",       "2jm", "2u",  "3",
	"4",  "4ju",    "5",        "\t",       "?\033", "1/sh\r", "1fsoak\r", "=",   "1-",  "1+",
	"1*", "1S\033", "1j\r\033", "3j\r\033", "n",     "N",
};

static unsigned
dice(unsigned limit)
{
	static uint64_t state = UINT64_C(20261127);

	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % limit;
}

static pid_t
start_on_terminal(const char *estop, bool records)
{
	pid_t pid = tty_open(40, 140);

	if (pid == 0) {
		char recording[96];

		snprintf(recording, sizeof(recording), "%s/recording.zst", directory);
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		setenv("HOME", directory, 1);
		execl(estop, estop, "--no-config", "--exited", "all", records ? "-w" : (char *)NULL,
		      recording, "--max-size", "1M", "--rotate", "3", "-d", "0.2", (char *)NULL);
		_exit(127);
	}
	return pid;
}

static pid_t
start_batch(const char *estop, const char *output)
{
	pid_t pid = fork();

	if (pid == 0) {
		char rule[96];

		die_with_parent();
		snprintf(rule, sizeof(rule), "target:%s/file7", directory);
		if (!freopen(output, "w", stdout))
			_exit(126);
		execl(estop, estop, "--no-config", "-b", "-d", "10", "-m", rule, (char *)NULL);
		_exit(127);
	}
	return pid;
}

/* The screen, with a recording or without, and the batch. False: there is no screen. */
static bool
start_both(const char *estop, const char *output, bool records, pid_t pid[2])
{
	pid[1] = start_batch(estop, output);
	pid[0] = start_on_terminal(estop, records);
	if (tty_shows("EV/S", UINT64_C(30000000000)))
		return true;
	fputs(tty_picture(), stderr);
	kill(pid[1], SIGKILL);
	tty_close();
	return false;
}

/* The number in this column (from 1) of the event's line in the view of types; -1: not to be seen. */
static long
shown(const char *event)
{
	const char *at = tty_picture();

	while (at && *at) {
		char name[32], count[32];

		if (sscanf(at, "%*s %31s %31s", name, count) == 2 && strcmp(name, event) == 0 &&
		    strspn(count, "0123456789") == strlen(count))
			return strtol(count, NULL, 10);
		at = strchr(at, '\n');
		at += at != NULL;
	}
	return -1;
}

/* No rule mutes forks and execs, and they are not lost before others are: all that the kernel delivered are shown. */
static void
check_screen(int counters)
{
	static const enum event_id ids[] = { EV_FORK, EV_EXEC };
	double until = now() + 20;
	bool good = false;

	tty_press("\033\033");
	tty_press("=15g");
	for (size_t i = 0; i < 2; i++) {
		uint64_t low = 0, high = 0;
		long seen = -1;

		for (good = false; !good && now() < until;) {
			low = read_counters(counters).wanted[ids[i]];
			for (double frame = now() + 1; now() < frame;)
				tty_feed(50);
			if (strstr(tty_picture(), "PAUSED")) /* as the keys have left it */
				tty_press("p");
			seen = shown(event_info[ids[i]].name);
			high = read_counters(counters).wanted[ids[i]];
			good = seen >= 0 && (uint64_t)seen >= low && (uint64_t)seen <= high;
		}
		holds(good, "on the screen, %s: %ld, and the kernel had %" PRIu64 " to %" PRIu64,
		      event_info[ids[i]].name, seen, low, high);
	}
	if (!good)
		fputs(tty_picture(), stdout);
}

/* The sums of the batch, by type, between what was produced before and after. */
static void
check_sums(const char *output, const struct sums *before, const struct sums *after)
{
	uint64_t produced, applied, kernel, ring, muted, all = 0, lost = 0, suppressed = 0;
	unsigned types = 0, wrong = 0;
	char line[512], name[32];
	FILE *f = fopen(output, "r");

	while (f && fgets(line, sizeof(line), f)) {
		enum event_id id;

		if (sscanf(line,
			   "total %31s %" SCNu64 " produced = %" SCNu64 " applied + %" SCNu64
			   " lost in kernel + %" SCNu64 " lost in ring; %" SCNu64 " muted",
			   name, &produced, &applied, &kernel, &ring, &muted) != 6)
			continue;
		id = event_by_name(name);
		types++;
		all += produced + muted;
		lost += kernel + ring;
		suppressed += muted;
		if (produced != applied + kernel + ring || produced + muted < before->produced[id] ||
		    produced + muted > after->produced[id]) {
			printf("%s: %" PRIu64 " and %" PRIu64 " muted, the kernel had %" PRIu64 " to %" PRIu64
			       "\n",
			       name, produced, muted, before->produced[id], after->produced[id]);
			wrong++;
		}
	}
	if (f)
		fclose(f);
	holds(types >= 5 && !wrong && suppressed,
	      "%" PRIu64 " events of %u types: applied, lost (%" PRIu64 ") or muted (%" PRIu64 ")", all,
	      types, lost, suppressed);
}

static int
wait_for(pid_t pid, int signal)
{
	double until = now() + 20;
	int status = -1;

	kill(pid, signal);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		tty_feed(50);
		if (now() > until) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return -1;
		}
	}
	return status;
}

static void
check_bounded(const char *who, struct figures first, struct figures last, struct figures most)
{
	holds(last.rss_kib <= first.rss_kib + first.rss_kib / 4 + SIZE_SLACK_KIB,
	      "%s, memory: %lu MiB after the first quarter, %lu at the end, %lu at most", who,
	      first.rss_kib >> 10, last.rss_kib >> 10, most.rss_kib >> 10);
	holds(last.fds <= first.fds + MORE_FDS, "%s, descriptors: %u, %u, %u", who, first.fds, last.fds,
	      most.fds);
	holds(last.threads == first.threads, "%s, threads: %u, %u, %u", who, first.threads, last.threads,
	      most.threads);
}

static void
keep_most(struct figures *most, struct figures f)
{
	most->rss_kib = f.rss_kib > most->rss_kib ? f.rss_kib : most->rss_kib;
	most->fds = f.fds > most->fds ? f.fds : most->fds;
	most->threads = f.threads > most->threads ? f.threads : most->threads;
}

/* ---- memory beside builds ---- */

struct mean {
	double sum;
	unsigned n;
};

static double
mib(const struct mean *m)
{
	return m->n ? m->sum / m->n / 1024 : 0;
}

/* Half a minute of looks makes a figure: a burst that is still on its way is not what stays. */
static int
soak_beside_builds(const char *estop, double minutes)
{
	static const char *const who[2] = { "screen", "batch" };
	double began, end, next = 0, next_minute;
	struct mean first[2] = { { 0 } }, last[2] = { { 0 } };
	unsigned long most[2] = { 0 };
	char output[96], command[96];
	pid_t pid[2], load;
	int status;

	snprintf(output, sizeof(output), "%s/batch", directory);
	if (!start_both(estop, output, false, pid))
		return 1;
	load = fork();
	if (load == 0)
		build();
	began = now();
	end = began + minutes * 60;
	next_minute = began + 60;
	while (now() < end && waitpid(pid[0], &status, WNOHANG) == 0) {
		tty_feed(100);
		if (now() < next)
			continue;
		next = now() + 1;
		bool minute = now() >= next_minute;
		for (int i = 0; i < 2; i++) {
			unsigned long kib = look(pid[i]).rss_kib;
			struct mean *to = now() > end - 30                           ? &last[i]
					  : now() > began + 60 && now() < began + 90 ? &first[i]
										     : NULL;

			most[i] = kib > most[i] ? kib : most[i];
			if (minute)
				printf("%s%s %.1f MiB", i ? ", " : "       ", who[i], (double)kib / 1024);
			if (to) {
				to->sum += (double)kib;
				to->n++;
			}
		}
		if (minute) {
			putchar('\n');
			fflush(stdout);
			next_minute += 60;
		}
	}
	holds(now() >= end, "%.1f minutes", (now() - began) / 60);
	holds(kill(load, 0) == 0, "builds until the end");
	kill(-load, SIGKILL);
	waitpid(load, NULL, 0);
	for (int i = 0; i < 2; i++)
		holds(mib(&first[i]) > 0 && mib(&last[i]) <= mib(&first[i]) * 1.1,
		      "%s, memory: %.1f MiB after the first minute, %.1f at the end (%.2f), %.1f at most",
		      who[i], mib(&first[i]), mib(&last[i]), mib(&last[i]) / mib(&first[i]),
		      (double)most[i] / 1024);
	for (int i = 0; i < 2; i++)
		holds(wait_for(pid[i], SIGINT) == 0, "%s ended", who[i]);
	snprintf(command, sizeof(command), "grep ^total '%s'", output);
	if (system(command) != 0)
		failed = true;
	tty_close();
	return failed;
}

int
main(int argc, char **argv)
{
	bool builds = argc == 4 && strcmp(argv[3], "builds") == 0;
	double minutes = argc == 3 || builds ? strtod(argv[2], NULL) : 0, began, end, next_size = 0,
	       next_look = 0;
	struct figures first[2] = { { 0 } }, last[2] = { { 0 } }, most[2] = { { 0 } };
	struct objects objects[2];
	pid_t pid[2], load[2];
	struct sums before, after;
	char output[96], command[96];
	unsigned pressed = 0;
	int counters[2], status;

	if (minutes <= 0 || minutes > 24 * 60 || (builds && minutes < 3)) {
		fputs("usage: prog_soak ESTOP MINUTES [builds]\n", stderr);
		return 2;
	}
	signal(SIGINT,
	       SIG_DFL); /* in the background of a shell it is ignored, and would be in what is started */
	signal(SIGQUIT, SIG_DFL);
	alarm((unsigned)(minutes * 60) + 180); /* whatever hangs */
	snprintf(directory, sizeof(directory), "/tmp/estop-soak.XXXXXX");
	if (!mkdtemp(directory)) {
		perror(directory);
		return 2;
	}
	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	if (builds) {
		status = soak_beside_builds(argv[1], minutes);
		return system(command) != 0 || status;
	}
	snprintf(output, sizeof(output), "%s/batch", directory);
	if (!start_both(argv[1], output, true, pid))
		return 1;
	began = now();
	for (int i = 0; i < 2; i++) {
		do { /* the batch says nothing before its first frame */
			objects[i] = objects_of(pid[i]);
			counters[i] = counters_of(&objects[i]);
			tty_feed(200);
		} while ((counters[i] < 0 || objects[i].n <= 10) && now() < began + 30);
		holds(objects[i].n > 10 && counters[i] >= 0, "%s has %zu BPF objects", i ? "batch" : "screen",
		      objects[i].n);
	}
	load[0] = fork();
	if (load[0] == 0)
		flood();
	load[1] = fork();
	if (load[1] == 0)
		start_programs();

	began = now();
	end = began + minutes * 60;
	while (now() < end && waitpid(pid[0], &status, WNOHANG) == 0) {
		tty_press(keys[dice(sizeof(keys) / sizeof(keys[0]))]);
		pressed++;
		for (double until = now() + 0.15; now() < until;)
			tty_feed(20);
		if (now() > next_size) {
			tty_resize(1 + (int)dice(60), 1 + (int)dice(200));
			next_size = now() + 2;
		}
		if (now() > next_look) {
			for (int i = 0; i < 2; i++) {
				last[i] = look(pid[i]);
				keep_most(&most[i], last[i]);
				if (now() < began + minutes * 15)
					first[i] = last[i];
			}
			next_look = now() + 1;
		}
	}
	tty_resize(50, 150);
	for (int i = 0; i < 2; i++) {
		kill(load[i], SIGKILL);
		waitpid(load[i], NULL, 0);
	}
	holds(now() >= end, "%.1f minutes, %u keys", (now() - began) / 60, pressed);

	for (int i = 0; i < 2; i++) /* all that there are by now */
		objects[i] = objects_of(pid[i]);
	check_screen(counters[0]);
	before = read_counters(counters[1]);
	for (double until = now() + 2; now() < until;) /* what was in the rings is applied */
		tty_feed(50);
	status = wait_for(pid[1], SIGINT);
	holds(status == 0, "the batch ended (status %#x)", (unsigned)status);
	after = read_counters(counters[1]);
	check_sums(output, &before, &after);
	for (int i = 0; i < 2; i++) {
		check_bounded(i ? "batch" : "screen", first[i], last[i], most[i]);
		close(counters[i]);
	}
	holds(left_of(&objects[1]) == 0, "no BPF object is left of the one that was ended");
	wait_for(pid[0], SIGKILL);
	holds(left_of(&objects[0]) == 0, "none of the one that was killed");
	tty_close();
	if (system(command) != 0)
		failed = true;
	return failed;
}
