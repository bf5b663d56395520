/*
 * Cgroups and users: who is in which, and what is muted by it, with cgroups that the tests make.
 * Where cgroup v2 is not mounted, they mount it.
 */
#include "tests/lib/cgroup2.h"
#include "tests/lib/live.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const es_event_type_t open_and_close[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE };
static const es_event_type_t all_five[] = { ES_EVENT_TYPE_NOTIFY_OPEN, ES_EVENT_TYPE_NOTIFY_CLOSE,
					    ES_EVENT_TYPE_NOTIFY_EXEC, ES_EVENT_TYPE_NOTIFY_FORK,
					    ES_EVENT_TYPE_NOTIFY_EXIT };

#define MUST_SUCCEED(call) assert_int_equal((call), ES_RETURN_SUCCESS)

enum { NOBODY = 65534 };

/* ---- cgroups ---- */

static char hierarchy[256]; /* where cgroup v2 is mounted */
static char mounted[256];   /* where a test mounted it, "": nowhere */
static char unit[64];       /* a name of this process's alone */

/* Before the first client: whether there is a hierarchy is looked up once. */
static int
mount_hierarchy(void **state)
{
	(void)state;
	snprintf(unit, sizeof(unit), "estop-%d.service", (int)getpid());
	if (cgroup2_find(hierarchy, sizeof(hierarchy)))
		return 0;
	snprintf(mounted, sizeof(mounted), "/tmp/estop-cgroups-XXXXXX");
	if (!mkdtemp(mounted) || mount("none", mounted, "cgroup2", 0, NULL) != 0) {
		fprintf(stderr, "cgroup2 cannot be mounted: %s\n", strerror(errno));
		if (mounted[0])
			rmdir(mounted);
		mounted[0] = '\0';
	} else {
		snprintf(hierarchy, sizeof(hierarchy), "%s", mounted);
	}
	return 0;
}

static int
unmount_hierarchy(void **state)
{
	(void)state;
	if (mounted[0]) {
		umount(mounted);
		rmdir(mounted);
	}
	return 0;
}

/* The directory of a cgroup below the root; made when it is not there. */
static const char *
cgroup_dir(const char *path, bool make)
{
	static char dir[16384];

	snprintf(dir, sizeof(dir), "%s/%s", hierarchy, path);
	if (make && mkdir(dir, 0755) != 0)
		assert_int_equal(errno, EEXIST);
	return dir;
}

/* Removed once its last process has been let go of, which the kernel does in its own time. */
static void
remove_cgroup(const char *path)
{
	uint64_t end = live_now_ms() + LIVE_DEADLINE_MS;

	while (rmdir(cgroup_dir(path, false)) != 0 && errno == EBUSY)
		assert_true(live_now_ms() < end);
}

static bool
try_enter(const char *path, pid_t pid)
{
	char procs[16384], number[16];
	int fd, n = snprintf(number, sizeof(number), "%d", (int)pid);
	bool written;

	snprintf(procs, sizeof(procs), "%s/%s/cgroup.procs", hierarchy, path);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	written = fd >= 0 && write(fd, number, (size_t)n) == n;
	if (fd >= 0)
		close(fd);
	return written;
}

static void
enter(const char *path, pid_t pid)
{
	assert_true(try_enter(path, pid));
}

/* In a child: a child of its own, which is made in a cgroup and opens a file there. */
static void
open_in_clone(int cgroup, const char *path)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)cgroup };
	pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	MUST(child >= 0);
	if (child == 0) {
		close(live_open(path));
		_exit(0);
	}
	live_reap(child);
}

/* live_begin(), and the unit's cgroup. */
static struct live *
begin(void **state)
{
	struct live *l = live_begin(state);

	if (!hierarchy[0]) {
		print_message("SKIP: cgroup v2 is not mounted, and cannot be\n");
		skip();
	}
	cgroup_dir(unit, true);
	return l;
}

static const char *
in_unit(const char *path)
{
	static char text[16384];

	snprintf(text, sizeof(text), "/%s%s", unit, path);
	return text;
}

/* Opens by programs of the test: others on the machine may look at its files, too. */
static size_t
own_opens(struct live *l, const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);

		n += e->type == OPEN && live_is(&e->path, path) &&
		     (live_is(&e->actor.path, live_self_path()) ||
		      live_is(&e->actor.path, live_path(l, "program")));
	}
	return n;
}

static const struct live_event *
first_own_open(struct live *l, const char *path)
{
	for (size_t i = 0; i < live_size(l); i++)
		if (live_at(l, i)->type == OPEN && live_is(&live_at(l, i)->path, path) &&
		    live_is(&live_at(l, i)->actor.path, live_self_path()))
			return live_at(l, i);
	fail_msg("nothing opened %s", path);
	return NULL;
}

/* Opens that come when the puppet does n of them. */
static size_t
opens(struct live *l, struct puppet *p, int n)
{
	const char *path = live_path(l, "file");
	size_t before = own_opens(l, path);

	puppet_tell(p, "many %d %s", n, path);
	live_flush(l);
	return own_opens(l, path) - before;
}

/* ---- who is in which ---- */

static void
a_process_says_its_cgroup_and_when_it_is_moved(void **state)
{
	struct live *l = begin(state);
	struct puppet p = live_puppet(l, NULL);
	const char *path = live_path(l, "file");

	opens(l, &p, 1);
	enter(unit, p.pid);
	opens(l, &p, 1);
	assert_string_equal(live_event(l, OPEN, p.pid, path, 1)->actor.cgroup.data, in_unit(""));
	assert_false(live_is(&live_event(l, OPEN, p.pid, path, 0)->actor.cgroup, in_unit("")));
	/* A child is where its parent is. */
	puppet_tell(&p, "fork");
	live_flush(l);
	assert_string_equal(live_event(l, FORK, p.pid, NULL, 0)->other.cgroup.data, in_unit(""));
	enter("", p.pid);
	opens(l, &p, 1);
	assert_string_equal(live_event(l, OPEN, p.pid, path, 2)->actor.cgroup.data, "/");
	puppet_end(l, &p);
	remove_cgroup(unit);
}

static void
a_child_that_is_cloned_into_a_cgroup_says_so(void **state)
{
	struct live *l = begin(state);
	int fd = open(cgroup_dir(unit, false), O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *path = live_path(l, "file");
	pid_t pid;

	assert_true(fd >= 0);
	pid = live_run(l, ^{
	  open_in_clone(fd, path);
	});
	close(fd);
	live_flush(l);
	assert_string_equal(live_event(l, FORK, pid, NULL, 0)->other.cgroup.data, in_unit(""));
	assert_string_equal(first_own_open(l, path)->actor.cgroup.data, in_unit(""));
	assert_false(live_is(&live_event(l, FORK, pid, NULL, 0)->actor.cgroup, in_unit("")));
	remove_cgroup(unit);
}

static void
the_list_of_processes_says_the_cgroups(void **state)
{
	struct live *l = begin(state);
	struct puppet p = live_puppet(l, NULL);
	__block bool found = false;

	enter(unit, p.pid);
	MUST_SUCCEED(
		es_linux_processes(l->client, ^(const es_process_t *process, const es_linux_extra_t *extra) {
		  const es_linux_cgroup_t *cgroup = es_linux_cgroup(process);

		  (void)extra;
		  if (audit_token_to_pid(process->audit_token) == p.pid)
			  found = cgroup && strcmp(cgroup->path.data, in_unit("")) == 0;
		}));
	assert_true(found);
	puppet_end(l, &p);
	remove_cgroup(unit);
}

/* ---- mutes of units ---- */

static void
a_muted_unit_is_not_heard_whoever_enters_it(void **state)
{
	struct live *l = begin(state);
	struct puppet p = live_puppet(l, NULL), other = live_puppet(l, NULL);
	uint64_t count = 0;

	enter(unit, p.pid);
	assert_int_equal(opens(l, &p, 3), 3);
	MUST_SUCCEED(es_linux_mute_unit(l->client, unit, open_and_close, 2));
	assert_int_equal(opens(l, &p, 3), 0);
	assert_int_equal(opens(l, &other, 3), 3);
	/* Moved in, and out. */
	enter(unit, other.pid);
	assert_int_equal(opens(l, &other, 3), 0);
	enter("", other.pid);
	assert_int_equal(opens(l, &other, 3), 3);
	MUST_SUCCEED(es_linux_suppressed_unit(l->client, unit, &count));
	assert_int_equal(count, 2 * 6);
	MUST_SUCCEED(es_linux_unmute_unit(l->client, unit));
	assert_int_equal(opens(l, &p, 3), 3);
	puppet_end(l, &p);
	puppet_end(l, &other);
	remove_cgroup(unit);
}

/* Whatever a process of the unit does to become another one, not one event slips out. */
static void
a_muted_unit_leaks_nothing_at_forks_and_execs(void **state)
{
	struct live *l = begin(state);
	const char *path = live_path(l, "file"), *program = live_program(l, "program");
	struct puppet p = live_puppet(l, NULL);

	enter(unit, p.pid);
	MUST_SUCCEED(es_linux_mute_unit(l->client, unit, all_five, 5));
	live_forget(l);
	puppet_tell(&p, "shell %s", path);
	puppet_tell(&p, "threadfork");
	puppet_tell(&p, "fork");
	puppet_tell(&p, "exec %s", program);
	puppet_tell(&p, "many 3 %s", path);
	puppet_tell(&p, "threadexec %s", program);
	puppet_tell(&p, "shell %s", path);
	live_flush(l);
	assert_int_equal(own_opens(l, path), 0);
	assert_int_equal(live_count(l, FORK, p.pid, NULL), 0);
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 0);
	puppet_end(l, &p);
	live_flush(l);
	assert_int_equal(live_count(l, EXIT, p.pid, NULL), 0);
	remove_cgroup(unit);
}

static void
a_child_cloned_into_a_muted_unit_is_not_heard(void **state)
{
	struct live *l = begin(state);
	int fd = open(cgroup_dir(unit, false), O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *path = live_path(l, "file");

	assert_true(fd >= 0);
	MUST_SUCCEED(es_linux_mute_unit(l->client, unit, open_and_close, 2));
	live_run(l, ^{
	  for (int i = 0; i < 20; i++)
		  open_in_clone(fd, path);
	});
	close(fd);
	live_flush(l);
	assert_int_equal(own_opens(l, path), 0);
	remove_cgroup(unit);
}

static void
a_unit_that_starts_later_and_what_lies_below_is_muted(void **state)
{
	struct live *l = begin(state);
	struct puppet p = live_puppet(l, NULL);
	char below[256];

	remove_cgroup(unit);
	MUST_SUCCEED(es_linux_mute_unit(l->client, unit, open_and_close, 2));
	assert_int_equal(opens(l, &p, 2), 2);
	cgroup_dir(unit, true);
	snprintf(below, sizeof(below), "%s/a", unit);
	cgroup_dir(below, true);
	strcat(below, "/b");
	cgroup_dir(below, true);
	enter(below, p.pid);
	assert_int_equal(opens(l, &p, 2), 0);
	/* A path is its own and what is below it, not what merely begins like it. */
	MUST_SUCCEED(es_linux_unmute_unit(l->client, unit));
	MUST_SUCCEED(es_linux_mute_unit(l->client, in_unit("/a"), open_and_close, 2));
	assert_int_equal(opens(l, &p, 2), 0);
	enter(unit, p.pid);
	assert_int_equal(opens(l, &p, 2), 2);
	puppet_end(l, &p);
	remove_cgroup(below);
	*strrchr(below, '/') = '\0';
	remove_cgroup(below);
	remove_cgroup(unit);
}

/* Deeper than the kernel side looks; the unit is above that. */
static void
a_cgroup_of_many_levels_is_still_in_its_unit(void **state)
{
	enum { LEVELS = 80 };
	struct live *l = begin(state);
	struct puppet p = live_puppet(l, NULL);
	char path[16384], name[128];
	int levels = 0;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(path, sizeof(path), "%s", unit);
	for (; levels < LEVELS && strlen(path) + sizeof(name) + strlen(hierarchy) < 4000; levels++) {
		/* Half of them with long names, for a path as long as it can be opened. */
		snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%s", levels % 4 ? "d" : name);
		cgroup_dir(path, true);
	}
	assert_true(levels > 64);
	enter(path, p.pid);
	assert_int_equal(opens(l, &p, 2), 2);
	MUST_SUCCEED(es_linux_mute_unit(l->client, unit, open_and_close, 2));
	assert_int_equal(opens(l, &p, 2), 0);
	puppet_end(l, &p);
	for (; levels >= 0; levels--) {
		remove_cgroup(path);
		if (strrchr(path, '/'))
			*strrchr(path, '/') = '\0';
	}
}

static void
with_processes_inverted_a_unit_is_all_that_passes(void **state)
{
	struct live *l = begin(state);
	struct puppet p = live_puppet(l, NULL), other = live_puppet(l, NULL);

	enter(unit, p.pid);
	MUST_SUCCEED(es_linux_mute_unit(l->client, unit, all_five, 5));
	MUST_SUCCEED(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_PROCESS));
	assert_int_equal(opens(l, &p, 2), 2);
	assert_int_equal(opens(l, &other, 2), 0);
	enter(unit, other.pid);
	assert_int_equal(opens(l, &other, 2), 2);
	MUST_SUCCEED(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_PROCESS));
	MUST_SUCCEED(es_linux_unmute_unit(l->client, unit));
	puppet_end(l, &p);
	puppet_end(l, &other);
	remove_cgroup(unit);
}

/* ---- mutes of users ---- */

static void
a_muted_user_is_not_heard_while_a_process_is_his(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_file(l, "file", "x"), *program = live_program(l, "program");
	char dir[4096];
	uint64_t count = 0;
	pid_t pid;

	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(chmod(dirname(strcpy(dir, path)), 0755), 0);
	assert_int_equal(chmod(program, 0755), 0);
	MUST_SUCCEED(es_linux_mute_user(l->client, NOBODY, open_and_close, 2));
	pid = live_run_privileged(l, ^{
	  int fd = open(path, O_RDONLY);

	  MUST(fd >= 0 && close(fd) == 0); /* 1: as root */
	  if (seteuid(NOBODY) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  for (int i = 0; i < 5; i++) {
		  fd = open(path, O_RDONLY);
		  MUST(fd >= 0 && close(fd) == 0);
	  }
	  live_reap(live_fork(^{
	    int in_child = open(path, O_RDONLY);

	    MUST(in_child >= 0 && close(in_child) == 0);
	  }));
	  MUST(seteuid(0) == 0);
	  fd = open(path, O_RDONLY);
	  MUST(fd >= 0 && close(fd) == 0); /* 2: as root again */
	  live_reap(live_fork(^{
	    MUST(setuid(NOBODY) == 0);
	    MUST(open(path, O_RDONLY) >= 0);
	    live_exec_exit(program);
	  }));
	});
	live_flush(l);
	assert_int_equal(live_count(l, OPEN, pid, path), 2);
	assert_int_equal(own_opens(l, path), 2);
	MUST_SUCCEED(es_linux_suppressed_user(l->client, NOBODY, &count));
	assert_true(count >= 2 * (5 + 1 + 1));
	MUST_SUCCEED(es_linux_unmute_user(l->client, NOBODY));
	live_run_privileged(l, ^{
	  MUST(setuid(NOBODY) == 0);
	  MUST(open(path, O_RDONLY) >= 0);
	});
	live_flush(l);
	assert_int_equal(own_opens(l, path), 3);
}

static void
what_is_no_unit_is_refused(void **state)
{
	struct live *l = begin(state);
	uint64_t count;
	char *name;

	assert_int_equal(es_linux_mute_unit(l->client, "", open_and_close, 2), ES_RETURN_ERROR);
	assert_int_equal(es_linux_mute_unit(l->client, unit, open_and_close, 0), ES_RETURN_ERROR);
	name = malloc(20001);
	memset(name, 'x', 20000);
	name[20000] = '\0';
	assert_int_equal(es_linux_mute_unit(l->client, name, open_and_close, 2), ES_RETURN_ERROR);
	free(name);
	assert_int_equal(es_linux_suppressed_unit(l->client, unit, &count), ES_RETURN_ERROR);
	assert_int_equal(es_linux_suppressed_user(l->client, 1, &count), ES_RETURN_ERROR);
	MUST_SUCCEED(es_linux_unmute_unit(l->client, unit));
	remove_cgroup(unit);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		LIVE_TEST(a_process_says_its_cgroup_and_when_it_is_moved),
		LIVE_TEST(a_child_that_is_cloned_into_a_cgroup_says_so),
		LIVE_TEST(the_list_of_processes_says_the_cgroups),
		LIVE_TEST(a_muted_unit_is_not_heard_whoever_enters_it),
		LIVE_TEST(a_muted_unit_leaks_nothing_at_forks_and_execs),
		LIVE_TEST(a_child_cloned_into_a_muted_unit_is_not_heard),
		LIVE_TEST(a_unit_that_starts_later_and_what_lies_below_is_muted),
		LIVE_TEST(a_cgroup_of_many_levels_is_still_in_its_unit),
		LIVE_TEST(with_processes_inverted_a_unit_is_all_that_passes),
		LIVE_TEST(a_muted_user_is_not_heard_while_a_process_is_his),
		LIVE_TEST(what_is_no_unit_is_refused),
	};

	return cmocka_run_group_tests(tests, mount_hierarchy, unmount_hierarchy);
}
