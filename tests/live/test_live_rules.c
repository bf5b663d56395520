/*
 * Mute rules on real events of the kernel: a whole session with the live client,
 * and processes that act on command.
 */
#include "src/base/clock.h"
#include "src/app/commands.h"
#include "src/app/session.h"
#include "tests/lib/patience.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <es_linux.h>

enum { OPENS = 100, CHILDREN = 100, OPENS_EACH = 5 };

static struct options options = { .events = EVENT_CORE,
				  .settings = { .interval_ms = 1000, .exited_secs = 5 } };
static struct session session;
static struct snapshot_spec spec;
static char why[512], directory[64], file[96], program[96];

/* ---- a session ---- */

static void
open_limited(uint32_t limit)
{
	int error;

	es_linux_configure(&(es_linux_config_t){ .mute_limit = limit });
	error = session_open(&session, &options, client_open, why, sizeof(why));
	if (error) {
		printf("SKIP: %s\n", why);
		skip();
	}
	spec = (struct snapshot_spec){ .by = BY_FLAT, .exited_secs = EXITED_FOREVER };
}

static int
setup(void **state)
{
	FILE *from, *to;
	char bytes[65536];
	size_t n;

	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/estop-rules-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(file, sizeof(file), "%s/file", directory);
	snprintf(program, sizeof(program), "%s/puppet", directory);
	close(open(file, O_CREAT | O_RDWR | O_CLOEXEC, 0600));
	from = fopen("/proc/self/exe", "re");
	to = fopen(program, "we");
	while (from && to && (n = fread(bytes, 1, sizeof(bytes), from)) > 0)
		fwrite(bytes, 1, n, to);
	if (from)
		fclose(from);
	if (to)
		fclose(to);
	return chmod(program, 0700);
}

static int
teardown(void **state)
{
	(void)state;
	session_close(&session);
	unlink(file);
	unlink(program);
	rmdir(directory);
	return 0;
}

/* ---- puppets ---- */

struct puppet {
	pid_t pid;
	int to, from;
};

static void
touch(unsigned n)
{
	while (n--) {
		int fd = open(file, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			_exit(3);
		close(fd);
	}
}

/*
 * .: a fork, so that it is heard of: this process is muted, and so its own forks
 * are. o: opens and closes the file OPENS times. f: CHILDREN children, each of which
 * does so OPENS_EACH times and executes /bin/true. e: executes this program
 * again. All answer when they are done.
 */
static void
play(int in, int out)
{
	char what, numbers[2][16];

	while (read(in, &what, 1) == 1) {
		if (what == 'q')
			_exit(0);
		if (what == 'o')
			touch(OPENS);
		if (what == '.') {
			pid_t pid = fork();

			if (pid == 0)
				_exit(0);
			waitpid(pid, NULL, 0);
		}
		for (unsigned i = 0; what == 'f' && i < CHILDREN; i++) {
			pid_t pid = fork();

			if (pid == 0) {
				touch(OPENS_EACH);
				execl("/bin/true", "true", (char *)NULL);
				_exit(0);
			}
			waitpid(pid, NULL, 0);
		}
		if (what == 'e') {
			snprintf(numbers[0], sizeof(numbers[0]), "%d", in);
			snprintf(numbers[1], sizeof(numbers[1]), "%d", out);
			execl(program, program, "play", numbers[0], numbers[1], file, program, (char *)NULL);
			_exit(4);
		}
		if (write(out, &what, 1) != 1)
			break;
	}
	_exit(0);
}

static struct puppet
puppet_as(pid_t wanted)
{
	struct puppet p;
	int to[2], from[2];

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	if (wanted) {
		struct clone_args args = { .exit_signal = SIGCHLD,
					   .set_tid = (uint64_t)(uintptr_t)&wanted,
					   .set_tid_size = 1 };

		p.pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	} else {
		p.pid = fork();
	}
	assert_true(p.pid >= 0);
	if (p.pid == 0) {
		close(to[1]);
		close(from[0]);
		play(to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	p.to = to[1];
	p.from = from[0];
	return p;
}

static void
command(const struct puppet *p, char what)
{
	char answer = 0;

	assert_int_equal(write(p->to, &what, 1), 1);
	assert_int_equal(read(p->from, &answer, 1), 1);
}

/* By a word: the other puppets hold copies of its pipe, so it would not see it closed. */
static void
end(struct puppet *p)
{
	assert_int_equal(write(p->to, "q", 1), 1);
	close(p->to);
	waitpid(p->pid, NULL, 0);
	close(p->from);
}

/* ---- what came ---- */

static const struct proc *
process(pid_t pid)
{
	return tree_find_pid(session.model.tree, pid);
}

static void
drain(void)
{
	bool more;

	do
		session_drain(&session, 50 * 1000000u, &more);
	while (more);
}

static void
wait_for(bool (*done)(pid_t), pid_t pid)
{
	uint64_t deadline = clock_steady() + patience(20) * 1000000000ull;

	for (;;) {
		drain();
		if (done(pid))
			return;
		if (clock_steady() > deadline)
			fail_msg("waited in vain");
		usleep(2000);
	}
}

static bool
has_exited(pid_t pid)
{
	return !process(pid);
}

static bool
is_known(pid_t pid)
{
	return process(pid) != NULL;
}

/* Events come in the order of the kernel: when this one's end is known, all before it is. */
static void
flush_all(void)
{
	struct puppet marker = puppet_as(0);

	command(&marker, '.');
	wait_for(is_known, marker.pid);
	end(&marker);
	wait_for(has_exited, marker.pid);
}

static struct puppet
puppet(void)
{
	struct puppet p = puppet_as(0);

	command(&p, '.');
	wait_for(is_known, p.pid);
	return p;
}

static struct proc_facts
facts(pid_t pid)
{
	struct proc_facts f;

	assert_non_null(process(pid));
	proc_facts(process(pid), &f);
	return f;
}

static uint64_t
own(pid_t pid, enum event_id id)
{
	return facts(pid).total[id];
}

static uint64_t
below(pid_t pid, enum event_id id)
{
	uint64_t sum = 0;

	spec.subtree_totals = true;
	session_snapshot(&session, &spec);
	for (size_t i = 0; i < session.snapshot.count; i++)
		if (session.snapshot.rows[i].key.pid == pid)
			sum = session.snapshot.rows[i].total[id];
	return sum - own(pid, id);
}

static struct mute_counts
counts(void)
{
	struct mute_counts c;

	mutes_refresh(session.model.mutes);
	mutes_counts(session.model.mutes, &c);
	return c;
}

static void
rule(enum mute_kind kind, pid_t pid, const char *path, event_mask events)
{
	struct mute_request r = { .kind = kind, .origin = MUTE_BY_KEY, .events = events, .path = path };

	if (pid) {
		struct proc_facts f = facts(pid);

		r.process = f.key;
		r.version = f.version;
		r.path = f.exe;
	}
	assert_int_equal(mutes_add(session.model.mutes, &r, clock_wall()), 0);
}

static uint64_t
kept_back(size_t line)
{
	spec.ledger = true;
	session_snapshot(&session, &spec);
	assert_true(session.snapshot.ledger.rows[line].counted);
	return session.snapshot.ledger.rows[line].suppressed;
}

/* ---- the tests ---- */

static void
children_of_a_muted_process_arrive_those_of_a_muted_subtree_never(void **state)
{
	struct puppet p;
	uint64_t before;

	(void)state;
	open_limited(0);
	p = puppet();
	rule(MUTE_PROCESS, p.pid, NULL, 0);
	command(&p, 'o');
	command(&p, 'f');
	flush_all();
	assert_int_equal(own(p.pid, EV_OPEN), 0);
	assert_true(below(p.pid, EV_OPEN) >= CHILDREN * OPENS_EACH);
	before = below(p.pid, EV_OPEN);
	rule(MUTE_SUBTREE, p.pid, NULL, 0);
	command(&p, 'f');
	flush_all();
	printf("events that leaked out of a subtree of %d children, followed in the kernel: %llu\n", CHILDREN,
	       (unsigned long long)(below(p.pid, EV_OPEN) - before));
	assert_int_equal(below(p.pid, EV_OPEN) - before, 0);
	/* The tree stays true. */
	assert_int_equal(own(p.pid, EV_FORK), 1 + 2 * CHILDREN);
	assert_int_equal(below(p.pid, EV_EXIT), 1 + 2 * CHILDREN);
	assert_true(kept_back(1) >= 2 * CHILDREN * OPENS_EACH);
	assert_false(counts().differs);
	/* And all comes again. */
	assert_int_equal(mutes_undo(session.model.mutes, clock_wall()), 0);
	command(&p, 'f');
	flush_all();
	assert_true(below(p.pid, EV_OPEN) - before >= CHILDREN * OPENS_EACH);
	end(&p);
}

/* As where the system does not follow forks: what comes before the ledger heard of the child. */
static void
followed_by_the_ledger_a_subtree_leaks_a_little(void **state)
{
	struct mute_ops ops;
	struct puppet p;
	uint64_t all;
	char answer;

	(void)state;
	open_limited(0);
	ops = session.source.ops->mute;
	ops.subtree = NULL;
	mutes_destroy(session.model.mutes);
	session.model.mutes = mutes_create(&ops, session.source.self, EVENT_ALL & ~event_mask_vital());
	mutes_watch(session.model.mutes, session.model.tree);
	p = puppet();
	rule(MUTE_SUBTREE, p.pid, NULL, 0);
	command(&p, 'o');
	/* As the loop does it: what comes is applied meanwhile. */
	assert_int_equal(write(p.to, "f", 1), 1);
	do
		drain();
	while (poll(&(struct pollfd){ .fd = p.from, .events = POLLIN }, 1, 1) == 0);
	assert_int_equal(read(p.from, &answer, 1), 1);
	flush_all();
	all = below(p.pid, EV_OPEN);
	printf("events that leaked out of a subtree of %d children, followed by estop: %llu opens of %d or more\n",
	       CHILDREN, (unsigned long long)all, CHILDREN * OPENS_EACH);
	assert_int_equal(own(p.pid, EV_OPEN), 0);
	assert_int_equal(counts().subtrees, 1);
	assert_int_equal(counts().es_processes, 1); /* the children are gone, and their mutes with them */
	assert_false(counts().differs);
	end(&p);
}

static void
a_subtree_holds_who_was_there_before(void **state)
{
	struct puppet parent, child;
	uint64_t opens;

	(void)state;
	open_limited(0);
	child = puppet();
	/* The child of this very process: so is everything else here. */
	parent.pid = getpid();
	opens = own(child.pid, EV_OPEN);
	assert_non_null(process(parent.pid));
	rule(MUTE_SUBTREE, parent.pid, NULL, 0);
	command(&child, 'o');
	command(&child, 'f');
	flush_all();
	assert_int_equal(own(child.pid, EV_OPEN) - opens, 0);
	assert_int_equal(below(child.pid, EV_OPEN), 0);
	end(&child);
}

static void
an_exec_keeps_the_rule(void **state)
{
	struct puppet p;
	uint64_t leaked;

	(void)state;
	open_limited(0);
	p = puppet();
	rule(MUTE_PROCESS, p.pid, NULL, 0);
	assert_int_equal(write(p.to, "e", 1), 1); /* it answers nothing to this */
	command(&p, '.');
	flush_all();
	assert_int_equal(own(p.pid, EV_EXEC), 1);
	leaked = own(p.pid, EV_OPEN);
	printf("opens between an exec and the mute of the new program: %llu\n", (unsigned long long)leaked);
	command(&p, 'o');
	flush_all();
	assert_int_equal(own(p.pid, EV_OPEN) - leaked, 0);
	assert_int_equal(counts().es_processes, 1);
	assert_false(counts().differs);
	assert_true(kept_back(0) >= 2 * OPENS);
	end(&p);
}

static void
an_exec_in_a_subtree_leaks_nothing(void **state)
{
	struct puppet p;

	(void)state;
	open_limited(0);
	p = puppet();
	rule(MUTE_SUBTREE, p.pid, NULL, 0);
	assert_int_equal(write(p.to, "e", 1), 1);
	command(&p, 'o');
	flush_all();
	assert_int_equal(own(p.pid, EV_EXEC), 1);
	assert_int_equal(own(p.pid, EV_OPEN), 0);
	end(&p);
}

static void
a_pid_that_comes_back_is_not_muted(void **state)
{
	static const enum mute_kind kinds[] = { MUTE_PROCESS, MUTE_SUBTREE };

	(void)state;
	open_limited(0);
	for (size_t i = 0; i < 2; i++) {
		struct puppet p = puppet(), again;
		uint64_t opens;

		rule(kinds[i], p.pid, NULL, 0);
		end(&p);
		wait_for(has_exited, p.pid);
		assert_int_equal(counts().processes, 0);
		again = puppet_as(p.pid);
		assert_int_equal(again.pid, p.pid);
		command(&again, '.');
		wait_for(is_known, again.pid);
		opens = own(again.pid, EV_OPEN);
		command(&again, 'o');
		flush_all();
		assert_int_equal(own(again.pid, EV_OPEN) - opens, OPENS);
		end(&again);
		wait_for(has_exited, again.pid);
	}
}

static void
each_kind_silences_what_it_says(void **state)
{
	struct puppet p;
	uint64_t opens, closes;

	(void)state;
	open_limited(0);
	p = puppet();
	assert_int_equal(write(p.to, "e", 1), 1); /* now it runs the program in the directory */
	command(&p, '.');
	flush_all();
	for (unsigned kind = 0; kind < MUTE_OWNER_KINDS; kind++) {
		char below_directory[80];
		const char *path = kind == MUTE_EXE ? program : kind == MUTE_TARGET ? file : below_directory;

		snprintf(below_directory, sizeof(below_directory), "%s/", directory);
		opens = own(p.pid, EV_OPEN);
		closes = own(p.pid, EV_CLOSE);
		/* Only its opens. */
		rule(kind, mute_kind_is_path(kind) ? 0 : p.pid, path, EVENT_BIT(EV_OPEN));
		command(&p, 'o');
		flush_all();
		assert_int_equal(own(p.pid, EV_OPEN) - opens, 0);
		assert_int_equal(own(p.pid, EV_CLOSE) - closes, OPENS);
		assert_int_equal(kept_back(0), OPENS);
		assert_false(counts().differs);
		/* All but exec, fork and exit. */
		assert_int_equal(mutes_set_events(session.model.mutes, mutes_get(session.model.mutes, 0)->id,
						  EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE)),
				 0);
		command(&p, 'o');
		flush_all();
		assert_int_equal(own(p.pid, EV_OPEN) - opens, 0);
		assert_int_equal(own(p.pid, EV_CLOSE) - closes, OPENS);
		assert_int_equal(kept_back(0), 3 * OPENS);
		mutes_remove_all(session.model.mutes);
		command(&p, 'o');
		flush_all();
		assert_int_equal(own(p.pid, EV_OPEN) - opens, OPENS);
	}
	end(&p);
}

/* Apart from what Endpoint Security counts; and of signers there are none. */
static void
users_and_units_are_followed_in_the_kernel(void **state)
{
	struct mute_request signer = { .kind = MUTE_SIGNER, .origin = MUTE_BY_KEY, .path = "TEAM" };
	static const struct {
		enum mute_kind kind;
		const char *name;
	} rules[] = { { MUTE_USER, "0" }, { MUTE_USER, "root" }, { MUTE_UNIT, "/" } };
	struct puppet p;
	uint64_t opens;

	(void)state;
	open_limited(0);
	p = puppet();
	command(&p, '.');
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		opens = own(p.pid, EV_OPEN);
		rule(rules[i].kind, 0, rules[i].name, 0);
		assert_int_equal(mutes_get(session.model.mutes, 0)->state, MUTE_SYSTEM);
		command(&p, 'o');
		flush_all();
		assert_int_equal(own(p.pid, EV_OPEN) - opens, 0);
		assert_true(kept_back(0) >= 2 * OPENS);
		assert_false(counts().differs);
		assert_int_equal(counts().followed_users + counts().followed_units, 1);
		assert_int_equal(mutes_undo(session.model.mutes, clock_wall()), 0);
		command(&p, 'o');
		flush_all();
		assert_int_equal(own(p.pid, EV_OPEN) - opens, OPENS);
	}
	assert_int_equal(mutes_add(session.model.mutes, &signer, clock_wall()), -EOPNOTSUPP);
	end(&p);
}

static void
an_audition_hears_and_mutes_again(void **state)
{
	struct puppet p;
	uint64_t opens, now;

	(void)state;
	open_limited(0);
	p = puppet();
	rule(MUTE_PROCESS, p.pid, NULL, 0);
	opens = own(p.pid, EV_OPEN);
	now = clock_wall();
	assert_int_equal(mutes_audition(session.model.mutes, mutes_get(session.model.mutes, 0)->id, now,
					now + 1000000000u),
			 0);
	command(&p, 'o');
	flush_all();
	assert_int_equal(own(p.pid, EV_OPEN) - opens, OPENS);
	assert_true(mutes_tick(session.model.mutes, now + 1000000000u));
	command(&p, 'o');
	flush_all();
	assert_int_equal(own(p.pid, EV_OPEN) - opens, OPENS);
	assert_int_equal(kept_back(0), 2 * OPENS);
	assert_true(session.snapshot.ledger.rows[0].rate_heard > 1.9 * OPENS);
	end(&p);
}

static void
five_hundred_rules_come_back_with_one_step(void **state)
{
	(void)state;
	open_limited(0);
	for (int i = 0; i < 500; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/usr/lib/nowhere/%d%s", i, i % 2 ? "/" : "");
		rule(i % 4, 0, path, 0);
	}
	assert_int_equal(counts().es_paths, 500);
	assert_int_equal(mutes_remove_all(session.model.mutes), 500);
	assert_int_equal(counts().es_paths, 0);
	assert_int_equal(mutes_undo(session.model.mutes, clock_wall()), 0);
	assert_int_equal(counts().paths, 500);
	assert_int_equal(counts().es_paths, 500);
	assert_false(counts().differs);
	assert_int_equal(mutes_redo(session.model.mutes, clock_wall()), 0);
	assert_int_equal(counts().es_paths, 0);
}

/* As on systems that mute no more than 255 processes; estop itself is one of them. */
static void
beyond_the_limit_estop_drops_the_events_itself(void **state)
{
	enum { MANY = 400, LIMIT = 255 };
	static struct puppet p[MANY];
	struct mute_counts c;

	(void)state;
	open_limited(LIMIT);
	for (unsigned i = 0; i < MANY; i++)
		p[i] = puppet_as(0);
	for (unsigned i = 0; i < MANY; i++)
		command(&p[i], '.');
	flush_all();
	for (unsigned i = 0; i < MANY; i++)
		rule(MUTE_PROCESS, p[i].pid, NULL, 0);
	c = counts();
	assert_int_equal(c.processes, MANY);
	assert_int_equal(c.es_processes, LIMIT - 1);
	assert_int_equal(c.local, MANY - LIMIT + 1);
	assert_false(c.differs);
	/* Whoever holds the rule: not one open comes. */
	for (unsigned i = 0; i < MANY; i += 13)
		command(&p[i], 'o');
	command(&p[MANY - 1], 'o');
	flush_all();
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(own(p[i].pid, EV_OPEN), 0);
	/* Slots become free: the next tick takes them. */
	for (unsigned i = 0; i < 100; i++) {
		end(&p[i]);
		wait_for(has_exited, p[i].pid);
	}
	session_tick(&session, &spec);
	c = counts();
	assert_int_equal(c.local, MANY - LIMIT + 1 - 100);
	assert_int_equal(c.es_processes, LIMIT - 1);
	for (unsigned i = 100; i < MANY; i++)
		end(&p[i]);
	es_linux_configure(&(es_linux_config_t){ 0 });
}

static void
inverted_only_what_is_listed_passes(void **state)
{
	struct puppet listed, other;
	uint64_t mine, others;

	(void)state;
	open_limited(0);
	listed = puppet();
	other = puppet();
	assert_int_equal(write(listed.to, "e", 1), 1);
	command(&listed, '.');
	flush_all();
	rule(MUTE_EXE, 0, program, 0);
	assert_int_equal(mutes_invert(session.model.mutes, MUTE_SIDE_PATH), 0);
	mine = own(listed.pid, EV_OPEN);
	others = own(other.pid, EV_OPEN);
	command(&listed, 'o');
	command(&other, 'o');
	command(&other, 'f');
	flush_all(); /* so forks and exits still come */
	assert_int_equal(own(listed.pid, EV_OPEN) - mine, OPENS);
	assert_int_equal(own(other.pid, EV_OPEN) - others, 0);
	assert_int_equal(own(other.pid, EV_FORK), 1 + CHILDREN);
	/* Undo: as before, the rule mutes. */
	assert_int_equal(mutes_undo(session.model.mutes, clock_wall()), 0);
	command(&listed, 'o');
	command(&other, 'o');
	flush_all();
	assert_int_equal(own(listed.pid, EV_OPEN) - mine, OPENS);
	assert_int_equal(own(other.pid, EV_OPEN) - others, OPENS);
	assert_int_equal(counts().es_paths, 1);
	end(&listed);
	end(&other);
}

static pid_t heard_of;
static uint64_t heard_before;

static bool
is_heard(pid_t pid)
{
	heard_of = pid;
	return own(pid, EV_CLOSE) - heard_before >= OPENS;
}

static void
inverted_processes_and_targets(void **state)
{
	struct puppet listed, other;
	uint64_t others;

	(void)state;
	open_limited(0);
	listed = puppet();
	other = puppet();
	rule(MUTE_PROCESS, listed.pid, NULL, 0);
	assert_int_equal(mutes_invert(session.model.mutes, MUTE_SIDE_PROCESS), 0);
	others = own(other.pid, EV_OPEN);
	heard_before = own(listed.pid, EV_CLOSE);
	command(&other, 'o');
	command(&listed, 'o');
	wait_for(is_heard, listed.pid);
	assert_int_equal(own(other.pid, EV_OPEN) - others, 0);
	assert_int_equal(mutes_undo(session.model.mutes, clock_wall()), 0);
	assert_int_equal(mutes_undo(session.model.mutes, clock_wall()), 0);
	flush_all();

	rule(MUTE_TARGET, 0, file, 0);
	assert_int_equal(mutes_invert(session.model.mutes, MUTE_SIDE_TARGET), 0);
	others = own(other.pid, EV_OPEN);
	command(&other, 'f'); /* children load libraries: not of interest */
	command(&other, 'o');
	flush_all();
	assert_int_equal(own(other.pid, EV_OPEN) - others, OPENS);
	assert_int_equal(below(other.pid, EV_OPEN), CHILDREN * OPENS_EACH);
	assert_true(below(other.pid, EV_EXEC) >= CHILDREN);
	mutes_restore(session.model.mutes);
	assert_false(counts().differs);
	end(&listed);
	end(&other);
}

/* Runs a program that opens what it is linked with and ends; in a mount namespace of its own, if mounts. */
static void
run_muted(const char *muted, bool mounts)
{
	char path[160], *argv[] = { path, (char *)"play", (char *)"-1", (char *)"-1", file, program, NULL };
	pid_t pid;
	int status;

	snprintf(path, sizeof(path), "%s/puppet", muted);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (mounts &&
		    (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		     mount(directory, muted, NULL, MS_BIND, NULL) != 0))
			_exit(3);
		execv(path, argv);
		_exit(4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	flush_all();
	session_update(&session, &spec);
}

static void
what_a_mount_hides_behind_a_muted_directory_is_counted(void **state)
{
	char muted[96], rule_path[100], copy[160];

	(void)state;
	snprintf(muted, sizeof(muted), "%s/muted", directory);
	snprintf(rule_path, sizeof(rule_path), "%s/", muted);
	snprintf(copy, sizeof(copy), "%s/puppet", muted);
	assert_int_equal(mkdir(muted, 0700), 0);
	assert_int_equal(link(program, copy), 0);
	open_limited(0);
	rule(MUTE_PREFIX, 0, rule_path, 0);
	run_muted(muted, false);
	assert_true(kept_back(0) > 0);
	assert_int_equal(session.snapshot.loss.muted_elsewhere, 0);
	run_muted(muted, true);
	assert_true(session.snapshot.loss.muted_elsewhere > 0);
	unlink(copy);
	rmdir(muted);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define LIVE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		LIVE(children_of_a_muted_process_arrive_those_of_a_muted_subtree_never),
		LIVE(followed_by_the_ledger_a_subtree_leaks_a_little),
		LIVE(a_subtree_holds_who_was_there_before),
		LIVE(an_exec_keeps_the_rule),
		LIVE(an_exec_in_a_subtree_leaks_nothing),
		LIVE(a_pid_that_comes_back_is_not_muted),
		LIVE(each_kind_silences_what_it_says),
		LIVE(users_and_units_are_followed_in_the_kernel),
		LIVE(an_audition_hears_and_mutes_again),
		LIVE(five_hundred_rules_come_back_with_one_step),
		LIVE(beyond_the_limit_estop_drops_the_events_itself),
		LIVE(inverted_only_what_is_listed_passes),
		LIVE(inverted_processes_and_targets),
		LIVE(what_a_mount_hides_behind_a_muted_directory_is_counted),
	};

	if (argc == 6 && strcmp(argv[1], "play") == 0) {
		snprintf(file, sizeof(file), "%s", argv[4]);
		snprintf(program, sizeof(program), "%s", argv[5]);
		play(atoi(argv[2]), atoi(argv[3]));
	}
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
