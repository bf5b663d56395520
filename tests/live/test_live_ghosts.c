/*
 * Losses must not leave ghosts: after a flood of which most is lost, fork, exec and
 * exit included, the tree agrees with the system. All of estop but its screen runs
 * in this process; floods are children of it, and bounded. Needs root.
 */
#include "tests/lib/live.h"

#include "src/app/session.h"
#include "ui/ui.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

enum { SPAWNS = 3000, OPENS_EACH = 50 };

/* Fewer where everything is slow: the rings are small enough to lose most of them, too. */
static unsigned
spawns(void)
{
	return SPAWNS / patience(1);
}

static struct options options;
static struct session session;
static struct snapshot_spec spec;

static void
open_session(size_t kernel_ring, unsigned ring_order)
{
	const es_linux_config_t config = { .ring_bytes = kernel_ring }, usual = { 0 };
	const struct ui_config ui = { .settings = { .exited_secs = 0, .flat = true, .kernel_threads = true } };
	char why[512];

	live_skip_unless_possible();
	options = (struct options){ .events = EVENT_CORE,
				    .settings = { .interval_ms = 1000 },
				    .batch = true,
				    .ring_order = ring_order };
	assert_int_equal(es_linux_configure(&config), ES_RETURN_SUCCESS);
	if (session_open(&session, &options, client_open, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	assert_int_equal(es_linux_configure(&usual), ES_RETURN_SUCCESS);
	assert_int_equal(ui_spec_of(&ui, &spec, why, sizeof(why)), 0);
}

static int
teardown(void **state)
{
	(void)state;
	session_close(&session);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return 0;
}

/* In a child: opens, and children that end at once, in turns. */
static void
flood(void)
{
	for (unsigned i = 0; i < spawns(); i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			_exit(1);
		for (unsigned k = 0; k < OPENS_EACH; k++)
			close(open("/etc/passwd", O_RDONLY));
	}
	_exit(0);
}

static pid_t
start(void (*work)(void))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		work();
	return pid;
}

static void
finish(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* What the main loop does, once. */
static void
turn(void)
{
	bool more = true;

	poll(NULL, 0, 10);
	while (more)
		session_drain(&session, 10000000u, &more);
}

struct census {
	struct proc_key *keys;
	size_t count, room;
};

static void
note(void *ctx, const struct event *e)
{
	struct census *c = ctx;

	if (c->count == c->room) {
		c->room = c->room * 2 + 256;
		c->keys = realloc(c->keys, c->room * sizeof(*c->keys));
		assert_non_null(c->keys);
	}
	c->keys[c->count++] = (struct proc_key){ e->who.pid, e->who.start_ns };
}

static bool
is_listed(const struct census *c, struct proc_key key)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->keys[i].pid == key.pid && c->keys[i].start_ns == key.start_ns)
			return true;
	return false;
}

/*
 * Rows of nobody that runs, and processes without a row, by pid and start time. Those
 * who come and go on the machine meanwhile are none: tree and system are looked at
 * twice, and who is wrong both times counts.
 */
static size_t
count_wrong(bool print)
{
	static struct proc_key before[4096];
	static size_t before_count;
	struct proc_key wrong[4096];
	struct census c = { 0 };
	size_t n = 0, both = 0;

	session_tick(&session, &spec);
	session_snapshot(&session, &spec);
	assert_int_equal(session.source.ops->backfill(session.source.self, note, &c), 0);
	for (size_t i = 0; i < session.snapshot.count && n < 4096; i++)
		if (!(session.snapshot.rows[i].flags & ROW_REST) &&
		    !is_listed(&c, session.snapshot.rows[i].key))
			wrong[n++] = session.snapshot.rows[i].key;
	for (size_t i = 0; i < c.count && n < 4096; i++) {
		const struct proc *p = tree_find(session.model.tree, c.keys[i]);
		struct proc_facts facts = { .exited = true };

		if (p)
			proc_facts(p, &facts);
		if (facts.exited || facts.key.start_ns != c.keys[i].start_ns)
			wrong[n++] = c.keys[i];
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < before_count; k++)
			if (wrong[i].pid == before[k].pid && wrong[i].start_ns == before[k].start_ns) {
				both++;
				if (print)
					print_message("pid %d is %s\n", wrong[i].pid,
						      is_listed(&c, wrong[i]) ? "missing" : "a ghost");
			}
	memcpy(before, wrong, n * sizeof(*wrong));
	before_count = n;
	free(c.keys);
	return both;
}

/* Tree and system agree before long, and stay so. */
static void
assert_agrees(void)
{
	uint64_t end = live_now_ms() + LIVE_DEADLINE_MS;

	do
		turn();
	while (session_surveys(&session) && live_now_ms() < end);
	assert_false(session_surveys(&session));
	for (unsigned looks = 0, agreed = 0; agreed < 3; looks++) {
		for (unsigned i = 0; i < 20; i++)
			turn();
		agreed = count_wrong(false) == 0 ? agreed + 1 : 0;
		if (live_now_ms() > end) {
			count_wrong(true);
			fail_msg("tree and system do not agree");
		}
	}
}

static uint64_t
lost(enum event_id id, bool kernel)
{
	session_figures(&session);
	return kernel ? session.snapshot.loss.kernel[id] : session.snapshot.loss.ring[id];
}

static void
losses_in_the_ring_leave_no_ghosts(void **state)
{
	(void)state;
	open_session(0, 16);
	finish(start(flood)); /* and nobody drains */
	assert_true(lost(EV_FORK, false) + lost(EV_EXIT, false) > spawns());
	assert_agrees();
}

/* The dispatch thread cannot run: it is this process that is stopped, as by SIGSTOP. */
static void
stop_and_flood(void)
{
	pid_t stopped = getppid(), pid;
	int status;

	pid = fork();
	if (pid == 0)
		flood();
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		status = 1;
	kill(stopped, SIGCONT);
	_exit(status != 0);
}

static void
losses_in_the_kernel_leave_no_ghosts(void **state)
{
	pid_t pid;

	(void)state;
	open_session(64 << 10, 0);
	turn();
	pid = start(stop_and_flood);
	raise(SIGSTOP);
	assert_true(lost(EV_FORK, true) + lost(EV_EXIT, true) > spawns());
	assert_agrees();
	finish(pid);
}

/* Holds its pid until released. */
static void
stay(void)
{
	alarm(120); /* also when the test fails */
	for (;;)
		pause();
}

/* The same, by events: this process is muted, and so are its forks. */
static void
stay_and_open(void)
{
	alarm(120);
	for (;;) {
		close(open("/etc/passwd", O_RDONLY));
		poll(NULL, 0, 50);
	}
}

static bool
fork_as(pid_t wanted, pid_t *got)
{
	char number[16];
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, number, (size_t)snprintf(number, sizeof(number), "%d", wanted - 1));
	close(fd);
	if (n <= 0)
		return false;
	*got = start(stay);
	return true;
}

static void
a_pid_that_is_given_anew_unseen_is_somebody_else(void **state)
{
	const struct proc *p;
	struct proc_facts before, after;
	pid_t first, second = -1;

	(void)state;
	open_session(0, 16);
	first = start(stay_and_open);
	for (unsigned i = 0; !tree_find_pid(session.model.tree, first); i++) {
		assert_true(i < 1000);
		turn();
	}
	proc_facts(tree_find_pid(session.model.tree, first), &before);
	finish(start(flood)); /* the ring is full: no news of what follows */
	kill(first, SIGKILL);
	assert_int_equal(waitpid(first, NULL, 0), first);
	for (unsigned i = 0; i < 200 && second != first; i++) {
		if (second > 0) {
			kill(second, SIGKILL);
			waitpid(second, NULL, 0);
		}
		if (!fork_as(first, &second)) {
			puts("SKIP: this kernel does not let a pid be chosen");
			skip();
		}
	}
	assert_int_equal(second, first);
	assert_agrees();
	p = tree_find_pid(session.model.tree, first);
	assert_non_null(p);
	proc_facts(p, &after);
	assert_true(after.key.start_ns > before.key.start_ns);
	kill(second, SIGKILL);
	waitpid(second, NULL, 0);
}

/* Pids in the last whole frame of a batch run. */
struct frame {
	unsigned number; /* whole frames up to it */
	bool rows;       /* behind the titles: "9 processes" above them is no pid */
	size_t count;
	pid_t pids[4096];
};

static void
read_frame(const char *path, struct frame *last)
{
	static struct frame now;
	FILE *f = fopen(path, "r");
	char line[4096];

	assert_non_null(f);
	*last = now = (struct frame){ 0 };
	while (fgets(line, sizeof(line), f)) {
		char *end;
		long pid = strtol(line, &end, 10);

		if (strncmp(line, "estop", 5) == 0) {
			unsigned number = now.number;

			*last = now;
			now = (struct frame){ .number = number + 1 };
		} else if (strncmp(line + strspn(line, " "), "PID ", 4) == 0) {
			now.rows = true;
		} else if (now.rows && end > line && *end == ' ' && pid > 0 && now.count < 4096)
			now.pids[now.count++] = (pid_t)pid;
	}
	fclose(f);
}

static bool
is_gone(pid_t pid)
{
	return kill(pid, 0) != 0 && errno == ESRCH;
}

/* Those in now who were gone when old was looked at, a whole interval before now was begun. */
static size_t
ghosts_in(const struct frame *old, const struct frame *now)
{
	size_t n = 0;

	for (size_t i = 0; i < now->count; i++)
		for (size_t k = 0; k < old->count; k++)
			n += now->pids[i] == old->pids[k] && is_gone(now->pids[i]);
	return n;
}

/* Keeps those of a frame who are gone now. */
static void
keep_gone(struct frame *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++)
		if (is_gone(f->pids[i]))
			f->pids[n++] = f->pids[i];
	f->count = n;
}

/* The program itself: stopped, flooded, continued. */
static void
a_stopped_program_shows_no_ghosts_when_it_goes_on(void **state)
{
	const char *program = getenv("ESTOP");
	char path[] = "/tmp/estop-ghosts-XXXXXX";
	uint64_t end = live_now_ms() + LIVE_DEADLINE_MS;
	static struct frame before, gone, now;
	unsigned fine = 0;
	int fd;
	pid_t pid;

	(void)state;
	live_skip_unless_possible();
	if (!program) {
		puts("SKIP: needs ESTOP to name the program");
		skip();
		return;
	}
	fd = mkstemp(path);
	assert_true(fd >= 0);
	pid = fork();
	if (pid == 0) {
		dup2(fd, STDOUT_FILENO);
		execl(program, program, "-b", "-d", "0.5", "--exited", "0", "--no-config", "-e", "default",
		      (char *)NULL);
		_exit(127);
	}
	close(fd);
	while (before.number < 1 && live_now_ms() < end) {
		poll(NULL, 0, 20);
		read_frame(path, &before);
	}
	assert_true(before.number >= 1);
	assert_true(before.count > 0);
	kill(pid, SIGSTOP);
	finish(start(flood));
	kill(pid, SIGCONT);
	read_frame(path, &before);
	gone = before;
	/* Several frames without a ghost, one after the other. */
	while (fine < 3 && live_now_ms() < end) {
		poll(NULL, 0, 50);
		read_frame(path, &now);
		if (now.number < gone.number + 3)
			continue;
		fine = ghosts_in(&gone, &now) == 0 ? fine + 1 : 0;
		gone = now;
		keep_gone(&gone);
	}
	kill(pid, SIGINT);
	waitpid(pid, NULL, 0);
	unlink(path);
	assert_int_equal(fine, 3);
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(losses_in_the_ring_leave_no_ghosts),
		TEST(losses_in_the_kernel_leave_no_ghosts),
		TEST(a_pid_that_is_given_anew_unseen_is_somebody_else),
		TEST(a_stopped_program_shows_no_ghosts_when_it_goes_on),
	};

	return cmocka_run_group_tests_name("live ghosts", tests, NULL, NULL);
}
