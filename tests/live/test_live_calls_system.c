/*
 * Events about the machine: mounts, the clock, kernel modules; and how the
 * subscription changes while events of other types flow.
 */
#include "tests/lib/live.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>

/* Of <linux/mount.h>, which does not go with <sys/mount.h>. */
enum {
	FSOPEN_CREATE = 6,   /* FSCONFIG_CMD_CREATE */
	MOVE_EMPTY_PATH = 4, /* MOVE_MOUNT_F_EMPTY_PATH */
	ATTR_RDONLY = 1,     /* MOUNT_ATTR_RDONLY */
};
struct attributes { /* mount_setattr(2)'s struct mount_attr */
	uint64_t set, clear, propagation, userns_fd;
};

static struct live *
begin(void **state)
{
	static const es_event_type_t types[] = {
		NOTIFY(MOUNT),    NOTIFY(UNMOUNT),    NOTIFY(REMOUNT),
		NOTIFY(KEXTLOAD), NOTIFY(KEXTUNLOAD), NOTIFY(SETTIME),
	};

	return live_begin_with(state, types, LENGTH(types));
}

static void
have_own_mounts(void)
{
	if (unshare(CLONE_NEWNS) != 0)
		_exit(LIVE_NOT_ALLOWED);
	MUST(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0); /* no event: propagation alone */
}

static void
mounts_are_told_with_source_place_and_type(void **state)
{
	struct live *l = begin(state);
	const char *a = live_path(l, "a"), *b = live_path(l, "b");

	assert_int_equal(mkdir(a, 0700), 0);
	assert_int_equal(mkdir(b, 0700), 0);
	pid_t pid = live_run_privileged(l, ^{
	  have_own_mounts();
	  MUST(chdir(l->dir) == 0);
	  MUST(mount("some-name", "a", "tmpfs", MS_NOSUID, "size=4k") == 0);
	  MUST(mount(a, b, NULL, MS_BIND, NULL) == 0);
	  MUST(mount("none", b, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) == 0);
	  MUST(mount("x", live_path(l, "absent"), "tmpfs", 0, NULL) < 0);
	  MUST(umount(b) == 0);
	  MUST(umount2(a, MNT_DETACH) == 0);
	  MUST(umount(a) < 0 && errno == EINVAL);
	});
	const struct live_event *e = live_event(l, NOTIFY(MOUNT), pid, a, 0);

	assert_int_equal(live_count(l, NOTIFY(MOUNT), pid, NULL), 2);
	assert_true(live_is(&e->path2, "some-name"));
	assert_true(live_is(&e->name, "tmpfs"));
	assert_int_equal(e->mount.f_flags, MS_NOSUID);
	e = live_event(l, NOTIFY(MOUNT), pid, b, 0);
	assert_true(live_is(&e->path2, a));
	assert_true(live_is(&e->name, ""));
	assert_int_equal(live_count(l, NOTIFY(REMOUNT), pid, NULL), 1);
	assert_int_equal(live_event(l, NOTIFY(REMOUNT), pid, b, 0)->mount.f_flags, MS_RDONLY);
	assert_int_equal(live_count(l, NOTIFY(UNMOUNT), pid, NULL), 2);
	assert_int_equal(live_count(l, NOTIFY(UNMOUNT), pid, a), 1);
	assert_int_equal(live_count(l, NOTIFY(UNMOUNT), pid, b), 1);
	live_assert_numbered(l);
}

static void
the_newer_calls_mount_too(void **state)
{
	struct live *l = begin(state);
	const char *a = live_path(l, "a");

	assert_int_equal(mkdir(a, 0700), 0);
	pid_t pid = live_run_privileged(l, ^{
	  struct attributes none = { 0 }, read_only = { .set = ATTR_RDONLY };
	  int fs, mounted;

	  have_own_mounts();
	  fs = (int)syscall(SYS_fsopen, "tmpfs", 0);
	  if (fs < 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(syscall(SYS_fsconfig, fs, FSOPEN_CREATE, NULL, NULL, 0) == 0);
	  mounted = (int)syscall(SYS_fsmount, fs, 0, 0);
	  MUST(mounted >= 0); /* nobody can reach it yet: no event */
	  MUST(syscall(SYS_move_mount, mounted, "", AT_FDCWD, a, MOVE_EMPTY_PATH) == 0);
	  MUST(syscall(SYS_move_mount, mounted, "", AT_FDCWD, live_path(l, "absent"), MOVE_EMPTY_PATH) < 0);
	  none.propagation = MS_PRIVATE;
	  if (syscall(SYS_mount_setattr, AT_FDCWD, a, 0, &none, sizeof(none)) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(syscall(SYS_mount_setattr, AT_FDCWD, a, 0, &read_only, sizeof(read_only)) == 0);
	});

	assert_int_equal(live_count(l, NOTIFY(MOUNT), pid, NULL), 1);
	assert_true(live_is(&live_event(l, NOTIFY(MOUNT), pid, a, 0)->name, "tmpfs"));
	assert_int_equal(live_count(l, NOTIFY(REMOUNT), pid, NULL), 1);
	assert_int_equal(live_count(l, NOTIFY(REMOUNT), pid, a), 1);
}

/* The clock steps by nothing: only who may set it can do even that. */
static void
a_clock_that_is_stepped_is_told(void **state)
{
	struct live *l = begin(state);
	pid_t pid = live_run_privileged(l, ^{
	  struct timex step = { .modes = ADJ_SETOFFSET }, ask = { 0 };
	  struct timezone zone;

	  MUST(adjtimex(&ask) >= 0); /* sets nothing */
	  if (syscall(SYS_clock_adjtime, CLOCK_REALTIME, &step) < 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(syscall(SYS_settimeofday, NULL, NULL) == 0);
	  MUST(syscall(SYS_gettimeofday, NULL, &zone) == 0);
	  MUST(syscall(SYS_settimeofday, NULL, &zone) == 0); /* the zone alone */
	});

	assert_int_equal(live_count(l, NOTIFY(SETTIME), pid, NULL), 1);
}

static void
a_clock_that_is_not_set_is_no_event(void **state)
{
	struct live *l = begin(state);
	pid_t pid = live_run_privileged(l, ^{
	  struct timespec now;
	  struct timeval tv = { 0 };

	  clock_gettime(CLOCK_REALTIME, &now);
	  if (setresuid(65534, 65534, 65534) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  MUST(clock_settime(CLOCK_REALTIME, &now) < 0 && errno == EPERM);
	  MUST(settimeofday(&tv, NULL) < 0 && errno == EPERM);
	  MUST(clock_settime(CLOCK_MONOTONIC, &now) < 0);
	});

	assert_int_equal(live_count(l, NOTIFY(SETTIME), pid, NULL), 0);
}

/* That a module comes and goes is not tried: a test must not change the kernel. */
static void
modules_that_are_not_loaded_are_not_told(void **state)
{
	struct live *l = begin(state);
	const char *path = live_file(l, "not-a-module.ko", "no ELF");
	pid_t pid = live_run(l, ^{
	  int fd = open(path, O_RDONLY);

	  MUST(syscall(SYS_finit_module, fd, "", 0) < 0);
	  MUST(syscall(SYS_init_module, "no ELF", 6, "") < 0);
	  MUST(syscall(SYS_delete_module, "estop_no_such_module", O_NONBLOCK) < 0);
	});

	assert_int_equal(live_count(l, NOTIFY(KEXTLOAD), pid, NULL), 0);
	assert_int_equal(live_count(l, NOTIFY(KEXTUNLOAD), pid, NULL), 0);
}

/* ---- the subscription ---- */

enum { BEFORE = 1000, FLOOD = 20000, CHANGES = 30 };

static void
nothing_of_one_type_is_lost_while_others_come_and_go(void **state)
{
	static const es_event_type_t accesses[] = { NOTIFY(ACCESS) };
	static const es_event_type_t others[] = {
		NOTIFY(STAT), NOTIFY(WRITE), NOTIFY(SIGNAL), NOTIFY(CLOSE), NOTIFY(OPEN), NOTIFY(UNLINK),
	};
	struct live *l = live_begin_with(state, accesses, 1);
	const char *path = live_file(l, "file", "");
	atomic_int *calls = live_shared(l, sizeof(*calls)), *changed = live_shared(l, sizeof(*changed));
	pid_t pid = live_spawn(l, ^{
	  /* On, until the subscription has changed for the last time. */
	  while (*calls < FLOOD || !*changed) {
		  if (*calls == FLOOD)
			  sched_yield();
		  else if (access(path, F_OK) == 0)
			  ++*calls;
	  }
	});
	const uint64_t until = live_now_ms() + LIVE_DEADLINE_MS;

	while (*calls < BEFORE) {
		assert_true(live_now_ms() < until);
		sched_yield();
	}
	for (int i = 0; i < CHANGES; i++) {
		assert_int_equal(es_subscribe(l->client, others, LENGTH(others)), ES_RETURN_SUCCESS);
		assert_int_equal(es_unsubscribe(l->client, others, LENGTH(others)), ES_RETURN_SUCCESS);
	}
	*changed = 1;
	assert_int_equal(live_finish(l, pid), 0);
	assert_int_equal(live_count(l, NOTIFY(ACCESS), pid, path), FLOOD);
	live_assert_numbered(l);
}

static void
what_is_not_subscribed_to_is_not_told(void **state)
{
	static const es_event_type_t creates[] = { NOTIFY(CREATE) };
	struct live *l = live_begin_with(state, creates, 1);
	const char *path = live_path(l, "dir");
	pid_t pid = live_run(l, ^{
	  struct stat st;

	  MUST(mkdir(path, 0700) == 0 && stat(path, &st) == 0 && rmdir(path) == 0);
	});

	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, path), 1);
	for (int type = 0; type < ES_EVENT_TYPE_LAST; type++)
		if (type != (int)NOTIFY(CREATE) && type != (int)EXIT)
			assert_int_equal(live_count(l, (es_event_type_t)type, pid, NULL), 0);
	assert_int_equal(es_unsubscribe(l->client, creates, 1), ES_RETURN_SUCCESS);
	pid = live_run(l, ^{
	  MUST(mkdir(path, 0700) == 0);
	});
	assert_int_equal(live_count(l, NOTIFY(CREATE), pid, NULL), 0);
}

/* A flood that overflows the ring takes no exec, fork or exit with it. */
static void
a_flood_leaves_room_for_the_tree(void **state)
{
	static const es_event_type_t types[] = { NOTIFY(STAT), NOTIFY(FORK), NOTIFY(EXIT) };
	const es_linux_config_t small = { .ring_bytes = 64 << 10 }, usual = { 0 };
	struct live *l = live_prepare(state);
	es_linux_stats_t *stats = live_shared(l, sizeof(*stats));

	assert_int_equal(es_linux_configure(&small), ES_RETURN_SUCCESS);
	live_connect(l);
	assert_int_equal(es_linux_configure(&usual), ES_RETURN_SUCCESS);
	live_mute_self(l);
	assert_int_equal(es_subscribe(l->client, types, LENGTH(types)), ES_RETURN_SUCCESS);
	live_run(l, ^{
	  for (int i = 0; i < 20; i++)
		  live_reap(live_fork(^{
		    struct stat st;

		    for (int k = 0; k < 20000; k++)
			    stat("/", &st);
		  }));
	});
	assert_int_equal(es_linux_stats(l->client, stats), ES_RETURN_SUCCESS);
	assert_true(stats->event[NOTIFY(STAT)].lost > 0); /* it was too much */
	assert_int_equal(stats->event[NOTIFY(FORK)].lost, 0);
	assert_int_equal(stats->event[NOTIFY(EXIT)].lost, 0);
	assert_true(live_count(l, FORK, 0, NULL) >= 20);
}

/* ---- mutes ---- */

static void
both_paths_of_a_rename_must_be_muted(void **state)
{
	static const es_event_type_t renames[] = { NOTIFY(RENAME) };
	struct live *l = live_begin_with(state, renames, 1);
	const char *a = live_file(l, "a", ""), *b = live_path(l, "b");

	assert_int_equal(es_mute_path(l->client, a, ES_MUTE_PATH_TYPE_TARGET_LITERAL), ES_RETURN_SUCCESS);
	pid_t pid = live_run(l, ^{
	  MUST(rename(a, b) == 0);
	  MUST(rename(b, a) == 0);
	});
	assert_int_equal(live_count(l, NOTIFY(RENAME), pid, NULL), 2);
	assert_int_equal(es_mute_path(l->client, b, ES_MUTE_PATH_TYPE_TARGET_LITERAL), ES_RETURN_SUCCESS);
	pid = live_run(l, ^{
	  MUST(rename(a, b) == 0);
	  MUST(rename(b, a) == 0);
	});
	assert_int_equal(live_count(l, NOTIFY(RENAME), pid, NULL), 0);
	/* Inverted: one muted one is sufficient to be delivered. */
	assert_int_equal(es_unmute_path(l->client, b, ES_MUTE_PATH_TYPE_TARGET_LITERAL), ES_RETURN_SUCCESS);
	assert_int_equal(es_invert_muting(l->client, ES_MUTE_INVERSION_TYPE_TARGET_PATH), ES_RETURN_SUCCESS);
	pid = live_run(l, ^{
	  MUST(rename(a, b) == 0);
	  MUST(rename(b, live_path(l, "c")) == 0);
	});
	assert_int_equal(live_count(l, NOTIFY(RENAME), pid, NULL), 1);
}

static void
a_signal_is_muted_by_its_targets_program(void **state)
{
	static const es_event_type_t signals[] = { NOTIFY(SIGNAL) };
	struct live *l = live_begin_with(state, signals, 1);
	void (^send)(void) = ^{
	  pid_t child = live_fork(^{
	    for (;;)
		    pause();
	  });

	  MUST(kill(child, SIGKILL) == 0);
	  MUST(waitpid(child, NULL, 0) == child);
	};

	assert_int_equal(live_count(l, NOTIFY(SIGNAL), live_run(l, send), NULL), 1);
	assert_int_equal(es_mute_path(l->client, live_self_path(), ES_MUTE_PATH_TYPE_TARGET_LITERAL),
			 ES_RETURN_SUCCESS);
	assert_int_equal(live_count(l, NOTIFY(SIGNAL), live_run(l, send), NULL), 0);
}

static void
a_muted_process_makes_none_of_them(void **state)
{
	static const es_event_type_t types[] = { NOTIFY(CREATE), NOTIFY(SIGNAL), NOTIFY(UNLINK) };
	struct live *l = live_begin_with(state, types, LENGTH(types));
	es_linux_stats_t *stats = live_shared(l, sizeof(*stats));
	struct puppet p = live_puppet(l, NULL);
	audit_token_t token = live_token(l, p.pid);

	puppet_tell(&p, "open %s", live_path(l, "one"));
	assert_int_equal(es_mute_process(l->client, &token), ES_RETURN_SUCCESS);
	puppet_tell(&p, "open %s", live_path(l, "two"));
	puppet_end(l, &p);
	assert_int_equal(live_count(l, NOTIFY(CREATE), p.pid, live_path(l, "one")), 1);
	assert_int_equal(live_count(l, NOTIFY(CREATE), p.pid, NULL), 1);
	assert_int_equal(es_linux_stats(l->client, stats), ES_RETURN_SUCCESS);
	assert_true(stats->event[NOTIFY(CREATE)].muted >= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(mounts_are_told_with_source_place_and_type),
		LIVE_TEST(the_newer_calls_mount_too),
		LIVE_TEST(a_clock_that_is_stepped_is_told),
		LIVE_TEST(a_clock_that_is_not_set_is_no_event),
		LIVE_TEST(modules_that_are_not_loaded_are_not_told),
		LIVE_TEST(nothing_of_one_type_is_lost_while_others_come_and_go),
		LIVE_TEST(what_is_not_subscribed_to_is_not_told),
		LIVE_TEST(a_flood_leaves_room_for_the_tree),
		LIVE_TEST(both_paths_of_a_rename_must_be_muted),
		LIVE_TEST(a_signal_is_muted_by_its_targets_program),
		LIVE_TEST(a_muted_process_makes_none_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
