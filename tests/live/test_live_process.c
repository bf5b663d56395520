/*
 * Processes, as the kernel really runs them: fork, exec and exit, and what the
 * messages say about who is who.
 */
#include "tests/lib/live.h"
#include "tests/lib/sanitizer.h"

#include <bsm/libbsm.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

static const char *
real(const char *path)
{
	static char name[PATH_MAX];

	assert_non_null(realpath(path, name));
	return name;
}

static bool
same_time(struct timeval a, struct timeval b)
{
	return a.tv_sec == b.tv_sec && a.tv_usec == b.tv_usec;
}

/* A workload that execs this program with these arguments, the second of which makes it exit. */
static const struct live_event *
exec_with(struct live *l, char *const *argv, char *const *env)
{
	pid_t pid = live_run(l, ^{
	  execve(live_self_path(), argv, env);
	  live_die("execve", __LINE__);
	});

	assert_int_equal(live_count(l, EXEC, pid, NULL), 1);
	return live_event(l, EXEC, pid, NULL, 0);
}

/*
 * Fork, exec, exit
 */

static void
fork_exec_and_exit_are_one_event_each(void **state)
{
	struct live *l = live_begin(state);
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  *child = live_fork(^{
	    live_exec_exit(live_self_path());
	  });
	  live_reap(*child);
	});
	const struct live_event *fork = live_event(l, FORK, pid, NULL, 0);

	assert_int_equal(live_count(l, FORK, pid, NULL), 1);
	assert_int_equal(fork->other.pid, *child);
	assert_int_equal(live_count(l, EXEC, *child, NULL), 1);
	assert_int_equal(live_count(l, EXIT, *child, NULL), 1);
	assert_int_equal(live_count(l, EXIT, pid, NULL), 1);
	assert_int_equal(live_count(l, FORK, *child, NULL), 0);
	assert_int_equal(live_count(l, EXEC, pid, NULL), 0);
	assert_true(live_same_program(fork->other.token, live_event(l, EXEC, *child, NULL, 0)->actor.token));
	assert_true(live_same_program(live_event(l, EXEC, *child, NULL, 0)->other.token,
				      live_event(l, EXIT, *child, NULL, 0)->actor.token));
}

static void
a_forked_child_is_its_parents_likeness(void **state)
{
	struct live *l = live_begin(state);
	pid_t pid = live_run(l, ^{
	  live_reap(live_fork(live_nothing));
	});
	const struct live_event *fork = live_event(l, FORK, pid, NULL, 0);
	const struct live_process *parent = &fork->actor, *child = &fork->other;

	assert_int_not_equal(child->pid, parent->pid);
	assert_int_not_equal(child->version, parent->version);
	assert_int_equal(child->ppid, pid);
	assert_int_equal(child->original_ppid, pid);
	assert_true(live_same_program(child->parent, parent->token));
	assert_int_equal(child->group, parent->group);
	assert_int_equal(child->session, parent->session);
	assert_true(live_is(&child->path, live_self_path()));
	assert_int_equal(child->stat.st_ino, parent->stat.st_ino);
	assert_true(timercmp(&child->start, &parent->start, >=));
	assert_int_equal(fork->tid, pid);
	assert_int_equal(parent->ppid, getpid());
}

static void
every_way_to_make_a_child_is_a_fork(void **state)
{
	struct live *l = live_begin(state);
	pid_t *children = live_shared(l, 6 * sizeof(*children));
	pid_t pid = live_run(l, ^{
	  struct clone_args args = { .exit_signal = SIGCHLD };
	  char *argv[] = { (char *)(uintptr_t)live_self_path(), (char *)"live:exit", NULL };
	  pid_t child;

	  live_reap(children[0] = live_fork(live_nothing));
	  live_reap(children[1] = live_clone(LIVE_VFORK | SIGCHLD, live_nothing));
	  live_reap(children[2] = live_clone((LIVE_VFORK & CLONE_VM) | SIGCHLD, live_nothing));
	  live_reap(children[3] = live_clone(CLONE_FILES | CLONE_FS, live_nothing));
	  child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	  if (child == 0)
		  _exit(0);
	  live_reap(children[4] = child);
	  MUST(posix_spawn(&children[5], argv[0], NULL, NULL, argv, environ) == 0);
	  live_reap(children[5]);
	});

	assert_int_equal(live_count(l, FORK, pid, NULL), 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(live_event(l, FORK, pid, NULL, i)->other.pid, children[i]);
		assert_int_equal(live_count(l, EXIT, children[i], NULL), 1);
		assert_int_equal(live_count(l, EXEC, children[i], NULL), i == 5);
	}
}

/* The child is its maker's sibling; it was still made by the maker. */
static void
a_sibling_is_forked_by_its_maker(void **state)
{
	struct live *l = live_begin(state);
	pid_t *pids = live_shared(l, 2 * sizeof(*pids));
	pid_t pid = live_run(l, ^{
	  pids[0] = live_fork(^{
	    pids[1] = live_clone(CLONE_PARENT | SIGCHLD, live_nothing);
	  });
	  MUST(waitpid(-1, NULL, 0) > 0 && waitpid(-1, NULL, 0) > 0);
	});
	const struct live_event *fork = live_event(l, FORK, pids[0], NULL, 0);

	assert_int_equal(live_count(l, FORK, pid, NULL), 1);
	assert_int_equal(fork->other.pid, pids[1]);
	assert_int_equal(fork->other.ppid, pid);
	assert_true(live_same_program(fork->other.parent, live_event(l, EXIT, pid, NULL, 0)->actor.token));
	assert_int_equal(live_count(l, EXIT, pids[1], NULL), 1);
}

static void
a_fork_by_a_thread_is_its_processs(void **state)
{
	struct live *l = live_begin(state);
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  pthread_join(live_thread(^{
			 live_reap(*child = live_fork(live_nothing));
		       }),
		       NULL);
	});
	const struct live_event *fork = live_event(l, FORK, pid, NULL, 0);

	assert_int_equal(live_count(l, FORK, pid, NULL), 1);
	assert_int_equal(fork->other.pid, *child);
	assert_int_equal(fork->other.ppid, pid);
	assert_int_not_equal(fork->tid, pid);
	assert_int_equal(live_count(l, EXIT, *child, NULL), 1);
}

static void
exec_tells_of_both_programs(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *link = live_path(l, "link");
	struct stat st;

	assert_int_equal(symlink("program", link), 0);
	pid_t pid = live_run(l, ^{
	  live_exec_exit(link);
	});
	const struct live_event *exec = live_event(l, EXEC, pid, NULL, 0);
	const struct live_event *exit = live_event(l, EXIT, pid, NULL, 0);

	assert_int_equal(live_count(l, EXEC, pid, NULL), 1);
	assert_int_equal(exec->other.pid, pid);
	assert_int_not_equal(exec->other.version, exec->actor.version);
	assert_true(live_is(&exec->actor.path, live_self_path()));
	assert_true(live_is(&exec->other.path, program));
	assert_true(live_is(&exec->asked, link));
	assert_null(exec->script.data);
	assert_int_equal(stat(program, &st), 0);
	assert_int_equal(exec->other.stat.st_ino, st.st_ino);
	assert_int_equal(exec->other.stat.st_dev, st.st_dev);
	assert_int_equal(exec->other.stat.st_size, st.st_size);
	assert_true(same_time(exec->actor.start, exec->other.start));
	assert_int_equal(exec->other.ppid, getpid());
	assert_true(live_same_program(exit->actor.token, exec->other.token));
	assert_true(live_is(&exit->actor.path, program));
	assert_int_equal(exec->tid, pid);
}

static void
every_exec_of_a_process_has_its_own_version(void **state)
{
	struct live *l = live_begin(state);
	struct puppet p = live_puppet(l, live_self_path());
	int versions[10], first;

	for (int i = 0; i < 9; i++)
		puppet_tell(&p, "exec %s", live_self_path());
	puppet_end(l, &p);
	assert_int_equal(live_count(l, EXEC, p.pid, NULL), 10);
	first = live_event(l, EXEC, p.pid, NULL, 0)->actor.version;
	for (size_t i = 0; i < 10; i++) {
		const struct live_event *e = live_event(l, EXEC, p.pid, NULL, i);

		versions[i] = e->other.version;
		assert_int_equal(e->actor.version, i ? versions[i - 1] : first);
		assert_int_not_equal(versions[i], first);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(versions[i], versions[j]);
		assert_true(same_time(e->other.start, e->actor.start));
	}
}

static void
arguments_and_environment_are_told_whole(void **state)
{
	struct live *l = live_begin(state);
	char *argv[] = { (char *)"name",    (char *)"live:exit", (char *)"", (char *)"two\nlines",
			 (char *)"\033[1m", (char *)"\xff\xfe",  (char *)"", NULL };
	char *env[] = { (char *)"A=1", (char *)"", (char *)"NOTHING", (char *)"B=", (char *)"C=\t=", NULL };
	const struct live_event *e = exec_with(l, argv, env);

	assert_int_equal(e->argc, 7);
	for (uint32_t i = 0; i < 7; i++)
		assert_true(live_is(&e->args[i], argv[i]));
	assert_int_equal(e->envc, 5);
	for (uint32_t i = 0; i < 5; i++)
		assert_true(live_is(&e->env[i], env[i]));
}

static void
a_hundred_kib_of_arguments_are_told_whole(void **state)
{
	struct live *l = live_begin(state);
	enum { COUNT = 1000, SIZE = 100, LONG = 120000 };
	char *argv[COUNT + 4], *env[] = { malloc(LONG + 1), (char *)"LAST=1", NULL };
	const struct live_event *e;

	argv[0] = (char *)"";
	argv[1] = (char *)"live:exit";
	for (int i = 2; i < COUNT + 2; i++) {
		argv[i] = malloc(SIZE + 1);
		memset(argv[i], 'a' + i % 26, SIZE);
		snprintf(argv[i], 8, "%d", i);
		argv[i][strlen(argv[i])] = '.';
		argv[i][SIZE] = '\0';
	}
	argv[COUNT + 2] = (char *)"last";
	argv[COUNT + 3] = NULL;
	memset(env[0], 'x', LONG);
	memcpy(env[0], "LONG=", 5);
	env[0][LONG] = '\0';
	e = exec_with(l, argv, env);

	assert_int_equal(e->argc, COUNT + 3);
	for (uint32_t i = 0; i < COUNT + 3; i++)
		assert_true(live_is(&e->args[i], argv[i]));
	assert_int_equal(e->envc, 2);
	assert_true(live_is(&e->env[0], env[0]));
	assert_true(live_is(&e->env[1], env[1]));
	for (int i = 2; i < COUNT + 2; i++)
		free(argv[i]);
	free(env[0]);
}

/* More than a record holds: what is delivered is a correct prefix. */
static void
arguments_beyond_the_bound_are_cut(void **state)
{
	struct live *l = live_begin(state);
	enum { COUNT = 12, SIZE = 120000 };
	char *argv[COUNT + 3], *env[] = { NULL };
	const struct live_event *e;

	argv[0] = (char *)"name";
	argv[1] = (char *)"live:exit";
	for (int i = 2; i < COUNT + 2; i++) {
		argv[i] = malloc(SIZE + 1);
		memset(argv[i], 'a' + i, SIZE);
		argv[i][SIZE] = '\0';
	}
	argv[COUNT + 2] = NULL;
	e = exec_with(l, argv, env);

	assert_in_range(e->argc, 9, COUNT + 2);
	for (uint32_t i = 0; i < e->argc; i++) {
		if (i < 9)
			assert_int_equal(e->args[i].len, strlen(argv[i]));
		assert_true(e->args[i].len <= strlen(argv[i]));
		assert_memory_equal(e->args[i].data, argv[i], e->args[i].len);
	}
	assert_int_equal(e->envc, 0);
	for (int i = 2; i < COUNT + 2; i++)
		free(argv[i]);
}

static void
arguments_and_environment_may_be_missing(void **state)
{
	struct live *l = live_begin(state);
	const char *program = real("/bin/true");
	pid_t pid = live_run(l, ^{
	  syscall(SYS_execve, program, NULL, NULL);
	  live_die("execve", __LINE__);
	});
	const struct live_event *e = live_event(l, EXEC, pid, NULL, 0);

	/* Since 5.18 the kernel puts an empty name there. */
	assert_true(e->argc <= 1);
	if (e->argc)
		assert_int_equal(e->args[0].len, 0);
	assert_int_equal(e->envc, 0);
	assert_true(live_is(&e->other.path, program));
}

static void
exec_tells_the_working_directory(void **state)
{
	struct live *l = live_begin(state);
	const char *sub = live_path(l, "sub dir\n"), *gone = live_path(l, "gone");

	assert_int_equal(mkdir(sub, 0755), 0);
	assert_int_equal(mkdir(gone, 0755), 0);
	assert_int_equal(symlink("sub dir\n", live_path(l, "link")), 0);
	pid_t in_sub = live_run(l, ^{
	  MUST(chdir(live_path(l, "link")) == 0);
	  live_exec_exit(live_self_path());
	});
	pid_t in_gone = live_run(l, ^{
	  MUST(chdir(gone) == 0 && rmdir(gone) == 0);
	  live_exec_exit(live_self_path());
	});
	pid_t in_root = live_run(l, ^{
	  MUST(chdir("/") == 0);
	  live_exec_exit(live_self_path());
	});

	assert_true(live_is(&live_event(l, EXEC, in_sub, NULL, 0)->cwd, sub));
	assert_true(live_is(&live_event(l, EXEC, in_gone, NULL, 0)->cwd, gone));
	assert_true(live_is(&live_event(l, EXEC, in_root, NULL, 0)->cwd, "/"));
}

static void
a_script_is_told_beside_its_interpreter(void **state)
{
	struct live *l = live_begin(state);
	const char *script = live_file(l, "script", "#!/bin/sh -e\nexit 0\n");
	const char *link = live_path(l, "link"), *outer = live_path(l, "outer");
	char line[PATH_MAX];

	assert_int_equal(chmod(script, 0755), 0);
	assert_int_equal(symlink("script", link), 0);
	assert_int_equal(mkdir(live_path(l, "sub"), 0755), 0);
	snprintf(line, sizeof(line), "#!%s\n", script);
	if (strlen(line) < 120) /* what the kernel reads of such a line */
		assert_int_equal(chmod(live_file(l, "outer", line), 0755), 0);
	else
		outer = NULL;

	pid_t direct = live_run(l, ^{
	  char *argv[] = { (char *)"name", (char *)"argument", NULL };

	  execv(script, argv);
	});
	pid_t relative = live_run(l, ^{
	  char *argv[] = { (char *)"name", NULL };

	  MUST(chdir(live_path(l, "sub")) == 0);
	  execv(".././sub/../script", argv);
	});
	pid_t by_link = live_run(l, ^{
	  char *argv[] = { (char *)"name", NULL };

	  execv(link, argv);
	});
	pid_t by_shell = live_run(l, ^{
	  char *argv[] = { (char *)"sh", (char *)(uintptr_t)script, NULL };

	  execv("/bin/sh", argv);
	});
	const struct live_event *e = live_event(l, EXEC, direct, NULL, 0);

	assert_true(live_is(&e->other.path, real("/bin/sh")));
	assert_true(live_is(&e->script, script));
	assert_true(live_is(&e->asked, "/bin/sh"));
	assert_int_equal(e->argc, 4);
	assert_true(live_is(&e->args[0], "/bin/sh"));
	assert_true(live_is(&e->args[1], "-e"));
	assert_true(live_is(&e->args[2], script));
	assert_true(live_is(&e->args[3], "argument"));

	assert_true(live_is(&live_event(l, EXEC, relative, NULL, 0)->script, script));
	assert_true(live_is(&live_event(l, EXEC, by_link, NULL, 0)->script, script));
	e = live_event(l, EXEC, by_shell, NULL, 0);
	assert_null(e->script.data);
	assert_true(live_is(&e->asked, "/bin/sh"));
	if (outer) {
		pid_t nested = live_run(l, ^{
		  char *argv[] = { (char *)"name", NULL };

		  execv(outer, argv);
		});

		e = live_event(l, EXEC, nested, NULL, 0);
		assert_true(live_is(&e->other.path, real("/bin/sh")));
		assert_true(live_is(&e->script, outer));
	}
}

static void
exec_tells_the_last_descriptor(void **state)
{
	struct live *l = live_begin(state);
	pid_t pid = live_run(l, ^{
	  int fd = live_open(live_path(l, "file"));

	  MUST(syscall(SYS_close_range, fd + 1, ~0U, 0) == 0); /* whatever else came with it */
	  MUST(dup2(fd, 217) == 217 && dup3(fd, 300, O_CLOEXEC) == 300);
	  live_exec_exit(live_self_path());
	});
	const struct live_event *e = live_event(l, EXEC, pid, NULL, 0);

	assert_int_equal(e->last_fd, 217);
	for (uint32_t i = 0; i < e->fdc; i++)
		assert_in_range(e->fds[i].fd, 0, 217);
}

/* By a descriptor alone, without a name in the file tree. */
static void
a_program_without_a_path_is_told(void **state)
{
	struct live *l = live_begin(state);
	pid_t pid = live_run(l, ^{
	  char *argv[] = { (char *)"name", (char *)"live:exit", NULL };
	  int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("program", 0);
	  char buffer[65536];
	  ssize_t n;

	  while ((n = read(from, buffer, sizeof(buffer))) > 0)
		  MUST(write(to, buffer, (size_t)n) == n);
	  fexecve(to, argv, environ);
	  live_die("fexecve", __LINE__);
	});
	const struct live_event *e = live_event(l, EXEC, pid, NULL, 0);

	assert_int_equal(live_count(l, EXEC, pid, NULL), 1);
	assert_int_equal(e->argc, 2);
	assert_int_equal(live_count(l, EXIT, pid, NULL), 1);
	assert_true(live_same_program(e->other.token, live_event(l, EXIT, pid, NULL, 0)->actor.token));
}

static void
a_deleted_program_keeps_its_path(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *file = live_path(l, "file");
	struct puppet p = live_puppet(l, program);

	assert_int_equal(unlink(program), 0);
	live_forget(l);
	puppet_tell(&p, "open %s", file);
	puppet_tell(&p, "fork");
	puppet_end(l, &p);
	assert_true(live_is(&live_event(l, OPEN, p.pid, file, 0)->actor.path, program));
	assert_true(live_is(&live_event(l, FORK, p.pid, NULL, 0)->other.path, program));
	assert_true(live_is(&live_event(l, EXIT, p.pid, NULL, 0)->actor.path, program));
}

/*
 * Exit
 */

enum { WHATEVER = -1 };

static void
assert_ends_with(struct live *l, int expected, void (^work)(void))
{
	pid_t pid = live_spawn(l, work);
	int status = live_finish(l, pid);

	if (expected != WHATEVER)
		assert_int_equal(status, expected);
	assert_int_equal(live_count(l, EXIT, pid, NULL), 1);
	assert_int_equal(live_event(l, EXIT, pid, NULL, 0)->status, status);
	assert_int_equal(live_event(l, EXIT, pid, NULL, 0)->actor.pid, pid);
	assert_int_equal(live_count(l, FORK, pid, NULL), 0);
}

static void
exit_status_is_what_wait_says(void **state)
{
	struct live *l = live_begin(state);

	assert_ends_with(l, 0, live_nothing);
	assert_ends_with(l, 7 << 8, ^{
	  _exit(7);
	});
	assert_ends_with(l, 255 << 8, ^{
	  _exit(255);
	});
	assert_ends_with(l, 3 << 8, ^{
	  _exit(256 + 3);
	});
	assert_ends_with(l, SIGKILL, ^{
	  kill(getpid(), SIGKILL);
	});
	assert_ends_with(l, SIGTERM, ^{
	  kill(getpid(), SIGTERM);
	});
	assert_ends_with(l, SIGSEGV, ^{
	  struct rlimit none = { 0, 0 };

	  setrlimit(RLIMIT_CORE, &none);
	  signal(SIGSEGV, SIG_DFL);
	  kill(getpid(), SIGSEGV);
	});
}

static void
exit_status_is_that_of_all_threads(void **state)
{
	struct live *l = live_begin(state);

	/* The rest of the threads go with it. */
	assert_ends_with(l, 5 << 8, ^{
	  live_thread(^{
	    _exit(5);
	  });
	  for (;;)
		  pause();
	});
	assert_ends_with(l, SIGKILL, ^{
	  live_thread(^{
	    pause();
	  });
	  kill(getpid(), SIGKILL);
	});
	assert_ends_with(l, 6 << 8, ^{
	  live_exit_first_thread_first(2, ^{
	    _exit(6);
	  });
	});
	/* Of the last thread, formerly of the first. */
	assert_ends_with(l, WHATEVER, ^{
	  live_exit_first_thread_first(9, NULL);
	});
}

static void
many_threads_end_in_one_exit(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	enum { ROUNDS = 300, THREADS = 8 };
	pid_t pid = live_run(l, ^{
	  for (int i = 0; i < ROUNDS; i++)
		  live_reap(live_fork(^{
		    for (int t = 0; t < THREADS; t++)
			    live_thread(^{
			      live_open(path);
			      syscall(SYS_exit, 0);
			    });
		    /* All at once, or the last ones by the end of the process. */
		    if (i % 2)
			    syscall(SYS_exit, 0);
		  }));
	});

	/* Where a program can be preempted, what happens meanwhile may be missed, and is counted. */
	es_linux_stats_t *stats = calloc(1, sizeof(*stats));
	size_t more_closes = 0;

	assert_non_null(stats);
	assert_int_equal(es_linux_stats(l->client, stats), ES_RETURN_SUCCESS);
	assert_int_equal(live_count(l, FORK, pid, NULL), ROUNDS);
	for (size_t i = 0; i < ROUNDS; i++) {
		const pid_t child = live_event(l, FORK, pid, NULL, i)->other.pid;
		size_t opens = live_count(l, OPEN, child, path), closes = live_count(l, CLOSE, child, path);

		if (live_count(l, EXIT, child, NULL) != 1)
			live_dump(l);
		assert_int_equal(live_count(l, EXIT, child, NULL), 1);
		if (closes > opens)
			more_closes += closes - opens;
	}
	assert_true(more_closes <= stats->missed);
	printf("more closes than opens: %zu; programs left out: %llu\n", more_closes,
	       (unsigned long long)stats->missed);
	free(stats);
}

/* It runs on without its first thread, and what changes from then on is still seen. */
static void
a_process_outlives_its_first_thread(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	volatile int *step = live_shared(l, sizeof(*step));
	pid_t pid = live_spawn(l, ^{
	  live_exit_first_thread_first(0, ^{
	    MUST(setpgid(0, 0) == 0);
	    live_open(path);
	    while (!*step)
		    sched_yield();
	  });
	});
	const struct live_event *e;
	audit_token_t token;

	live_wait(l, ES_EVENT_TYPE_NOTIFY_OPEN, pid, path, 1);
	token = live_token(l, pid); /* it is among the running ones */
	*step = 1;
	assert_int_equal(live_finish(l, pid), 0);
	e = live_event(l, OPEN, pid, path, 0);
	assert_true(live_same_program(token, e->actor.token));
	assert_int_equal(e->actor.group, pid);
	assert_true(live_is(&e->actor.path, live_self_path()));
	assert_true(live_is(&live_event(l, EXIT, pid, NULL, 0)->actor.path, live_self_path()));
	assert_int_equal(live_count(l, CLOSE, pid, path), 1);
}

static void
exec_by_another_thread_keeps_the_pid(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program");
	pid_t pid = live_run(l, ^{
	  live_thread(^{
	    pause();
	  });
	  live_thread(^{
	    live_exec_exit(program);
	  });
	  for (;;)
		  pause();
	});
	const struct live_event *exec = live_event(l, EXEC, pid, NULL, 0);

	assert_int_equal(live_count(l, EXEC, pid, NULL), 1);
	assert_int_equal(live_count(l, EXIT, pid, NULL), 1);
	assert_int_equal(live_count(l, FORK, pid, NULL), 0);
	assert_int_equal(exec->actor.pid, pid);
	assert_int_equal(exec->other.pid, pid);
	assert_int_not_equal(exec->actor.version, exec->other.version);
	assert_true(same_time(exec->actor.start, exec->other.start));
	assert_true(live_is(&exec->actor.path, live_self_path()));
	assert_true(live_is(&exec->other.path, program));
	assert_int_equal(exec->argc, 2);
	assert_true(live_same_program(live_event(l, EXIT, pid, NULL, 0)->actor.token, exec->other.token));
}

/*
 * Tokens
 */

static void
a_token_has_the_login_session_of_its_process(void **state)
{
	struct live *l = live_begin(state);
	unsigned auid = 0, asid = 0;
	pid_t pid = live_run(l, ^{
	  live_open(live_path(l, "file"));
	});
	const audit_token_t token = live_event(l, OPEN, pid, NULL, 0)->actor.token;
	FILE *f = fopen("/proc/self/loginuid", "re");

	if (f) {
		assert_int_equal(fscanf(f, "%u", &auid), 1);
		fclose(f);
		assert_int_equal((unsigned)audit_token_to_auid(token), auid);
	}
	f = fopen("/proc/self/sessionid", "re");
	if (f) {
		assert_int_equal(fscanf(f, "%u", &asid), 1);
		fclose(f);
		assert_int_equal((unsigned)audit_token_to_asid(token), asid);
	}
	assert_int_equal(audit_token_to_euid(token), geteuid());
	assert_int_equal(audit_token_to_ruid(token), getuid());
	assert_int_equal(audit_token_to_egid(token), getegid());
	assert_int_equal(audit_token_to_rgid(token), getgid());
	assert_int_equal(audit_token_to_pid(token), pid);
}

static void
a_change_of_user_is_in_the_next_event(void **state)
{
	struct live *l = live_begin(state);
	const char *before = live_path(l, "before"), *after = live_path(l, "after");
	pid_t pid = live_run_privileged(l, ^{
	  live_open(before);
	  MUST(chmod(l->dir, 0777) == 0);
	  if (setresgid(2000, 2001, 2002) != 0 || setresuid(1000, 1001, 1002) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  live_open(after);
	  live_reap(live_fork(live_nothing));
	});
	const struct live_process *was = &live_event(l, OPEN, pid, before, 0)->actor;
	const struct live_process *is[] = { &live_event(l, OPEN, pid, after, 0)->actor,
					    &live_event(l, FORK, pid, NULL, 0)->other,
					    &live_event(l, EXIT, pid, NULL, 0)->actor };

	assert_int_equal(audit_token_to_euid(was->token), geteuid());
	for (size_t i = 0; i < LENGTH(is); i++) {
		assert_int_equal(audit_token_to_ruid(is[i]->token), 1000);
		assert_int_equal(audit_token_to_euid(is[i]->token), 1001);
		assert_int_equal(audit_token_to_rgid(is[i]->token), 2000);
		assert_int_equal(audit_token_to_egid(is[i]->token), 2001);
	}
	assert_int_equal(is[0]->version, was->version);
}

/*
 * The kernel may put new credentials where old ones were: an observer that goes
 * by their address alone takes them for what it has seen already.
 */
static void
a_change_of_user_is_seen_whatever_its_address(void **state)
{
	struct live *l = live_begin(state);
	enum { ROUNDS = 100 };
	pid_t pid = live_run_privileged(l, ^{
	  cpu_set_t one;

	  if (setresuid(0, 0, 0) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(chmod(l->dir, 0777) == 0);
	  /* What is freed on a processor is taken again there. */
	  CPU_ZERO(&one);
	  CPU_SET(sched_getcpu(), &one);
	  MUST(sched_setaffinity(0, sizeof(one), &one) == 0);
	  for (uid_t i = 1; i < ROUNDS; i++) {
		  MUST(setresuid((uid_t)-1, i, 0) == 0);
		  close(live_open(live_path(l, "%u", i)));
		  MUST(setresuid((uid_t)-1, 0, 0) == 0);
		  /* Waits until what was freed is to be had again (MEMBARRIER_CMD_GLOBAL). */
		  syscall(SYS_membarrier, 1, 0, 0);
		  syscall(SYS_membarrier, 1, 0, 0);
	  }
	});

	for (uid_t i = 1; i < ROUNDS; i++)
		assert_int_equal(audit_token_to_euid(
					 live_event(l, OPEN, pid, live_path(l, "%u", i), 0)->actor.token),
				 i);
}

static int
compare_words(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* By pid and version together: these name a program execution, the version alone need not. */
static void
five_thousand_children_are_told_apart(void **state)
{
	struct live *l = live_begin(state);
#if SANITIZED_THREAD
	enum { CHILDREN = 500 }; /* each takes its time */
#else
	enum { CHILDREN = 5000 };
#endif
	uint64_t *programs = malloc(CHILDREN * sizeof(*programs));
	pid_t pid = live_run(l, ^{
	  for (int i = 0; i < CHILDREN; i++)
		  live_reap(live_clone(LIVE_VFORK | SIGCHLD, live_nothing));
	});
	size_t n = 0;

	assert_int_equal(live_count(l, FORK, pid, NULL), CHILDREN);
	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);

		if (e->type == (int)FORK && e->actor.pid == pid && n < CHILDREN)
			programs[n++] = (uint64_t)e->other.pid << 32 | (uint32_t)e->other.version;
	}
	qsort(programs, CHILDREN, sizeof(*programs), compare_words);
	for (size_t i = 1; i < CHILDREN; i++)
		assert_int_not_equal(programs[i], programs[i - 1]);
	free(programs);
}

static void
a_reused_pid_has_another_version(void **state)
{
	struct live *l = live_begin(state);
	enum { ROUNDS = 100 };
	pid_t *reused = live_shared(l, sizeof(*reused));
	pid_t pid = live_run_privileged(l, ^{
	  *reused = live_fork(live_nothing);
	  live_reap(*reused);
	  for (int i = 1; i < ROUNDS; i++) {
		  pid_t wanted = *reused, got;
		  struct clone_args args = {
			  .exit_signal = SIGCHLD,
			  .set_tid = (uint64_t)(uintptr_t)&wanted,
			  .set_tid_size = 1,
		  };

		  got = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
		  if (got < 0 && errno == EPERM)
			  _exit(LIVE_NOT_ALLOWED);
		  if (got < 0 && errno == EEXIST)
			  break; /* somebody else has it now */
		  MUST(got >= 0);
		  if (got == 0)
			  _exit(0);
		  live_reap(got);
	  }
	});
	size_t forks = live_count(l, FORK, pid, NULL);

	for (size_t i = 0; i < forks; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(live_event(l, FORK, pid, NULL, i)->other.version,
					     live_event(l, FORK, pid, NULL, j)->other.version);
	assert_int_equal(live_count(l, EXIT, *reused, NULL), forks);
}

static void
a_process_is_responsible_for_itself(void **state)
{
	struct live *l = live_begin(state);
	pid_t pid = live_run(l, ^{
	  live_open(live_path(l, "file"));
	});
	const struct live_process *p = &live_event(l, OPEN, pid, NULL, 0)->actor;

	assert_true(live_same_program(p->responsible, p->token));
}

/*
 * Family
 */

static void
a_parents_token_is_that_of_its_program_now(void **state)
{
	struct live *l = live_begin(state);
	const char *before = live_path(l, "before"), *after = live_path(l, "after");
	volatile int *step = live_shared(l, sizeof(*step));
	pid_t pid = live_spawn(l, ^{
	  char *argv[] = { (char *)"name", (char *)"live:pause", NULL };

	  live_fork(^{
	    live_open(before);
	    *step = 1;
	    while (*step != 2)
		    sched_yield();
	    live_open(after);
	  });
	  while (*step != 1)
		  sched_yield();
	  execv(live_self_path(), argv);
	  live_die("execv", __LINE__);
	});
	const struct live_event *exec;

	live_wait(l, ES_EVENT_TYPE_NOTIFY_EXEC, pid, NULL, 1);
	*step = 2;
	live_wait(l, ES_EVENT_TYPE_NOTIFY_OPEN, 0, after, 1);
	kill(pid, SIGKILL);
	assert_int_equal(live_finish(l, pid), SIGKILL);
	exec = live_event(l, EXEC, pid, NULL, 0);
	assert_int_equal(live_event(l, OPEN, 0, before, 0)->actor.ppid, pid);
	assert_true(live_same_program(live_event(l, OPEN, 0, before, 0)->actor.parent, exec->actor.token));
	assert_int_equal(live_event(l, OPEN, 0, after, 0)->actor.ppid, pid);
	assert_true(live_same_program(live_event(l, OPEN, 0, after, 0)->actor.parent, exec->other.token));
}

static void
an_orphan_has_a_new_parent_and_its_original_one(void **state)
{
	struct live *l = live_begin(state);
	const char *before = live_path(l, "before"), *after = live_path(l, "after");
	pid_t *middle = live_shared(l, sizeof(*middle));
	pid_t pid = live_run(l, ^{
	  const pid_t self = getpid();

	  /* Adopts, so that it is known who does. */
	  MUST(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	  live_reap(*middle = live_fork(^{
		      volatile int *opened = mmap(NULL, sizeof(*opened), PROT_READ | PROT_WRITE,
						  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		      MUST(opened != MAP_FAILED);
		      live_fork(^{
			live_open(before);
			*opened = 1;
			while (getppid() != self)
				sched_yield();
			live_open(after);
		      });
		      while (!*opened)
			      sched_yield();
		    }));
	  MUST(wait(NULL) > 0);
	});
	const struct live_process *young = &live_event(l, OPEN, 0, before, 0)->actor;
	const struct live_process *old = &live_event(l, OPEN, 0, after, 0)->actor;

	assert_true(live_same_program(young->token, old->token));
	assert_int_equal(young->ppid, *middle);
	assert_int_equal(young->original_ppid, *middle);
	assert_int_equal(old->ppid, pid);
	assert_int_equal(old->original_ppid, *middle);
	assert_true(live_same_program(old->parent, live_event(l, EXIT, pid, NULL, 0)->actor.token));
}

static void
an_original_parent_survives_exec(void **state)
{
	struct live *l = live_begin(state);
	pid_t *middle = live_shared(l, sizeof(*middle));
	pid_t pid = live_run(l, ^{
	  const pid_t self = getpid();

	  MUST(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	  live_reap(*middle = live_fork(^{
		      live_fork(^{
			while (getppid() != self)
				sched_yield();
			live_exec_exit(live_self_path());
		      });
		    }));
	  MUST(wait(NULL) > 0);
	});
	const pid_t child = live_event(l, FORK, *middle, NULL, 0)->other.pid;
	const struct live_event *exec = live_event(l, EXEC, child, NULL, 0);

	assert_int_equal(exec->actor.original_ppid, *middle);
	assert_int_equal(exec->other.original_ppid, *middle);
	assert_int_equal(exec->other.ppid, pid);
	assert_int_equal(live_event(l, EXIT, child, NULL, 0)->actor.original_ppid, *middle);
}

static void
group_and_session_are_those_of_the_moment(void **state)
{
	struct live *l = live_begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b"), *c = live_path(l, "c");
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run(l, ^{
	  live_open(a);
	  MUST(setpgid(0, 0) == 0);
	  live_open(b);
	  live_reap(*child = live_fork(^{
		      MUST(setsid() == getpid());
		      live_open(c);
		    }));
	});
	const struct live_process *p = &live_event(l, OPEN, pid, a, 0)->actor;

	assert_int_equal(p->group, getpgrp());
	assert_int_equal(p->session, getsid(0));
	p = &live_event(l, OPEN, pid, b, 0)->actor;
	assert_int_equal(p->group, pid);
	assert_int_equal(p->session, getsid(0));
	p = &live_event(l, OPEN, *child, c, 0)->actor;
	assert_int_equal(p->group, *child);
	assert_int_equal(p->session, *child);
}

static void
the_terminal_is_that_of_the_session(void **state)
{
	struct live *l = live_begin(state);
	const char *without = live_path(l, "without"), *with = live_path(l, "with");
	char *name = live_shared(l, 64);
	pid_t pid = live_run(l, ^{
	  int terminal = posix_openpt(O_RDWR | O_NOCTTY);

	  MUST(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	  MUST(ptsname_r(terminal, name, 64) == 0);
	  MUST(setpgid(0, 0) == 0 || errno == EPERM);
	  live_reap(live_fork(^{
	    int fd;

	    signal(SIGHUP, SIG_IGN);
	    MUST(setsid() > 0);
	    live_open(without);
	    MUST((fd = open(name, O_RDWR | O_NOCTTY)) >= 0);
	    MUST(ioctl(fd, TIOCSCTTY, 0) == 0);
	    live_open(with);
	    live_reap(live_fork(live_nothing));
	  }));
	});
	const struct live_event *e = live_event(l, OPEN, 0, with, 0);
	struct stat st;

	(void)pid;
	assert_null(live_event(l, OPEN, 0, without, 0)->actor.tty.data);
	assert_true(live_is(&e->actor.tty, name));
	assert_true(live_is(&live_event(l, FORK, e->actor.pid, NULL, 0)->other.tty, name));
	/* The number identifies it even where the name differs. */
	assert_int_equal(major(e->actor.tty_stat.st_rdev), 136);
	if (stat(name, &st) == 0)
		assert_int_equal(e->actor.tty_stat.st_rdev, st.st_rdev);
}

/* Field 22 of /proc/PID/stat: clock ticks since boot. */
static int64_t
start_in_proc_ms(void)
{
	char line[1024], *at;
	int fd = open("/proc/self/stat", O_RDONLY);
	ssize_t n = read(fd, line, sizeof(line) - 1);

	MUST(n > 0 && close(fd) == 0);
	line[n] = '\0';
	at = strrchr(line, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	MUST(at != NULL);
	return strtoll(at, NULL, 10) * 1000 / sysconf(_SC_CLK_TCK);
}

static void
start_time_is_that_of_the_fork(void **state)
{
	struct live *l = live_begin(state);
	int64_t *start_ms = live_shared(l, sizeof(*start_ms));
	struct timespec wall, boot;
	pid_t pid = live_run(l, ^{
	  *start_ms = start_in_proc_ms();
	  live_exec_exit(live_self_path());
	});
	const struct live_event *exec = live_event(l, EXEC, pid, NULL, 0);
	int64_t reported, real;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	real = (wall.tv_sec - boot.tv_sec) * 1000 + (wall.tv_nsec - boot.tv_nsec) / 1000000 + *start_ms;
	reported = exec->actor.start.tv_sec * 1000 + exec->actor.start.tv_usec / 1000;
	assert_true(llabs(reported - real) <= 50);
	assert_true(same_time(exec->actor.start, exec->other.start));
	assert_true(same_time(exec->actor.start, live_event(l, EXIT, pid, NULL, 0)->actor.start));
	assert_in_range(exec->actor.start.tv_usec, 0, 999999);
}

static void
a_program_with_a_path_of_3900_bytes_is_told(void **state)
{
	struct live *l = live_begin(state);
	const char *program = live_program(l, "program"), *deep = live_deep_path(l, 3900);
	pid_t pid = live_run(l, ^{
	  char *argv[] = { (char *)"name", (char *)"live:exit", NULL };
	  const char *name = strrchr(deep, '/') + 1;
	  int dir = live_make_deep(l, deep);

	  MUST(linkat(AT_FDCWD, program, dir, name, 0) == 0);
	  MUST(fchdir(dir) == 0);
	  execv(name, argv);
	  live_die("execv", __LINE__);
	});
	const struct live_event *e = live_event(l, EXEC, pid, NULL, 0);

	assert_true(live_is(&e->other.path, deep));
	assert_false(e->other.path_truncated);
	assert_true(e->cwd.len < strlen(deep) && memcmp(e->cwd.data, deep, e->cwd.len) == 0);
	assert_true(live_is(&e->asked, strrchr(deep, '/') + 1));
	assert_true(live_is(&live_event(l, EXIT, pid, NULL, 0)->actor.path, deep));
}

/* What a container's processes look like from outside: their pids are ours. */
static void
a_pid_namespace_is_seen_from_outside(void **state)
{
	struct live *l = live_begin(state);
	const char *path = live_path(l, "file");
	pid_t *child = live_shared(l, sizeof(*child));
	pid_t pid = live_run_privileged(l, ^{
	  if (unshare(CLONE_NEWPID) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  live_reap(*child = live_fork(^{
		      MUST(getpid() == 1);
		      live_open(path);
		      live_reap(live_fork(live_nothing));
		    }));
	});
	const struct live_event *e = live_event(l, OPEN, 0, path, 0);

	assert_int_equal(e->actor.pid, *child);
	assert_int_equal(e->tid, *child);
	assert_int_equal(e->actor.ppid, pid);
	assert_int_equal(live_event(l, FORK, *child, NULL, 0)->other.ppid, *child);
	assert_int_equal(e->actor.group, getpgrp());
	assert_int_equal(e->actor.session, getsid(0));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(fork_exec_and_exit_are_one_event_each),
		LIVE_TEST(a_forked_child_is_its_parents_likeness),
		LIVE_TEST(every_way_to_make_a_child_is_a_fork),
		LIVE_TEST(a_sibling_is_forked_by_its_maker),
		LIVE_TEST(a_fork_by_a_thread_is_its_processs),
		LIVE_TEST(exec_tells_of_both_programs),
		LIVE_TEST(every_exec_of_a_process_has_its_own_version),
		LIVE_TEST(arguments_and_environment_are_told_whole),
		LIVE_TEST(a_hundred_kib_of_arguments_are_told_whole),
		LIVE_TEST(arguments_beyond_the_bound_are_cut),
		LIVE_TEST(arguments_and_environment_may_be_missing),
		LIVE_TEST(exec_tells_the_working_directory),
		LIVE_TEST(a_script_is_told_beside_its_interpreter),
		LIVE_TEST(exec_tells_the_last_descriptor),
		LIVE_TEST(a_program_without_a_path_is_told),
		LIVE_TEST(a_deleted_program_keeps_its_path),
		LIVE_TEST(exit_status_is_what_wait_says),
		LIVE_TEST(exit_status_is_that_of_all_threads),
		LIVE_TEST(many_threads_end_in_one_exit),
		LIVE_TEST(a_process_outlives_its_first_thread),
		LIVE_TEST(exec_by_another_thread_keeps_the_pid),
		LIVE_TEST(a_token_has_the_login_session_of_its_process),
		LIVE_TEST(a_change_of_user_is_in_the_next_event),
		LIVE_TEST(a_change_of_user_is_seen_whatever_its_address),
		LIVE_TEST(five_thousand_children_are_told_apart),
		LIVE_TEST(a_reused_pid_has_another_version),
		LIVE_TEST(a_process_is_responsible_for_itself),
		LIVE_TEST(a_parents_token_is_that_of_its_program_now),
		LIVE_TEST(an_orphan_has_a_new_parent_and_its_original_one),
		LIVE_TEST(an_original_parent_survives_exec),
		LIVE_TEST(group_and_session_are_those_of_the_moment),
		LIVE_TEST(the_terminal_is_that_of_the_session),
		LIVE_TEST(start_time_is_that_of_the_fork),
		LIVE_TEST(a_program_with_a_path_of_3900_bytes_is_told),
		LIVE_TEST(a_pid_namespace_is_seen_from_outside),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
