/*
 * Opens and closes come from functions of the kernel or from its tracepoints of system calls. The
 * events are the same, but for what a tracepoint cannot see.
 */
#include "tests/lib/live.h"

#include <fcntl.h>
#include <liburing.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static const es_event_type_t types[] = { OPEN,
					 CLOSE,
					 EXEC,
					 NOTIFY(CREATE),
					 NOTIFY(UNLINK),
					 NOTIFY(RENAME),
					 NOTIFY(TRUNCATE),
					 NOTIFY(SETMODE),
					 NOTIFY(STAT) };

static void
skip_unless_functions(void)
{
	es_client_t *client;
	es_new_client_result_t result;

	live_skip_unless_possible();
	assert_int_equal(es_linux_configure(&(es_linux_config_t){ .hooks = ES_LINUX_HOOKS_FUNCTIONS }), 0);
	result = es_new_client(&client, ^(es_client_t *c, const es_message_t *m) {
	  (void)c;
	  (void)m;
	});
	assert_int_equal(es_linux_configure(&(es_linux_config_t){ .hooks = ES_LINUX_HOOKS_TRACEPOINTS }), 0);
	if (result == ES_NEW_CLIENT_RESULT_SUCCESS) {
		assert_int_equal(es_linux_hooks(client), ES_LINUX_HOOKS_FUNCTIONS);
		es_delete_client(client);
		return;
	}
	print_message("SKIP: %s\n", es_linux_error());
	skip();
}

static struct live *
begin(void **state, es_linux_hooks_t hooks)
{
	struct live *l;

	assert_int_equal(es_linux_configure(&(es_linux_config_t){ .hooks = hooks }), 0);
	l = live_begin_with(state, types, LENGTH(types));
	assert_int_equal(es_linux_configure(&(es_linux_config_t){ .hooks = ES_LINUX_HOOKS_TRACEPOINTS }), 0);
	assert_int_equal(es_linux_hooks(l->client), hooks);
	return l;
}

static void *
open_and_close(void *path)
{
	int fd = open(path, O_RDONLY);

	MUST(fd >= 0);
	MUST(fcntl(fd, F_GETFD) >= 0);
	return NULL;
}

/* In every way there is; descriptors of all kinds are left open at the end of each process. */
static void
do_all(const char *dir, const char *program)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT | O_CLOEXEC, .mode = 0600 };
	pthread_t thread;
	int fd, other;

	MUST(chdir(dir) == 0);
	MUST((fd = open("made", O_RDWR | O_CREAT | O_EXCL, 0640)) >= 0);
	MUST(write(fd, "text", 4) == 4);
	MUST(close(fd) == 0);
	MUST((fd = open("made", O_WRONLY | O_TRUNC | O_APPEND | O_SYNC)) >= 0);
	MUST(close(fd) == 0);
	MUST((fd = creat("made", 0600)) >= 0);
	MUST((other = open(".", O_TMPFILE | O_RDWR, 0600)) >= 0);
	MUST(dup2(fd, other) == other); /* closes the one without a name */
	MUST(close(other) == 0);
	MUST((other = open("made", O_PATH)) >= 0);
	MUST(syscall(SYS_close_range, fd, other, 0) == 0);
	MUST((fd = (int)syscall(SYS_openat2, AT_FDCWD, "second", &how, sizeof(how))) >= 0);
	MUST(open("missing", O_RDONLY) < 0);
	MUST(open("second", O_RDONLY | O_DIRECTORY) < 0);
	MUST(ftruncate(fd, 10) == 0);
	MUST(fchmod(fd, 0644) == 0);
	MUST(rename("second", "third") == 0);
	MUST(close(fd) == 0);
	MUST(mkdir("directory", 0700) == 0);
	MUST(rmdir("directory") == 0);
	MUST(access("made", R_OK) == 0);
	struct stat st;
	MUST(stat("made", &st) == 0);
	MUST(open("third", O_RDONLY) >= 0); /* for the child, too, which closes it by its end */
	MUST(waitpid(live_fork(^{
		       MUST(open("made", O_RDONLY) >= 0);
		     }),
		     NULL, 0) > 0);
	MUST(pthread_create(&thread, NULL, open_and_close, (void *)"made") == 0);
	MUST(pthread_join(thread, NULL) == 0);
	if (live_kernel_is(6, 10)) {
		MUST(open("made", O_RDONLY | O_CLOEXEC) >= 0);
		MUST(open("third", O_WRONLY | O_CLOEXEC) >= 0);
	}
	MUST(unlink("third") == 0);
	live_exec_exit(program);
}

/* The events of a workload in its directory, by process, a line each. */
static char *
report(struct live *l)
{
	const char *program = live_program(l, "idle"), *dir = l->dir;
	char *text = NULL;
	size_t size, n = 0;
	pid_t pids[8];
	FILE *f;
	pid_t pid = live_spawn(l, ^{
	  do_all(dir, program);
	});

	live_finish(l, pid);
	live_flush(l);
	f = open_memstream(&text, &size);
	assert_non_null(f);
	for (size_t i = 0; i < live_size(l); i++) {
		const struct live_event *e = live_at(l, i);
		size_t which = 0;

		while (which < n && pids[which] != e->actor.pid)
			which++;
		if (which == n && n < LENGTH(pids))
			pids[n++] = e->actor.pid;
	}
	for (size_t which = 0; which < n; which++)
		for (size_t i = 0; i < live_size(l); i++) {
			const struct live_event *e = live_at(l, i);
			const char *path = e->path.data ? e->path.data : "";

			if (e->actor.pid != pids[which] || e->type == NOTIFY(FORK))
				continue;
			if (strncmp(path, dir, strlen(dir)) == 0)
				path += strlen(dir);
			if (strncmp(path, "/#", 2) == 0)
				path = "a file without a name";
			fprintf(f, "%zu: %d %s %s flags=%x modified=%d status=%d\n", which, (int)e->type,
				path,
				e->path2.data && strncmp(e->path2.data, dir, strlen(dir)) == 0
					? e->path2.data + strlen(dir)
					: "",
				e->fflag, e->modified, e->status);
		}
	fclose(f);
	return text;
}

static void
both_ways_have_the_same_events(void **state)
{
	char *functions, *tracepoints;

	skip_unless_functions();
	functions = report(begin(state, ES_LINUX_HOOKS_FUNCTIONS));
	live_end(state);
	tracepoints = report(begin(state, ES_LINUX_HOOKS_TRACEPOINTS));
	if (strcmp(functions, tracepoints) != 0)
		print_message("functions:\n%s\ntracepoints:\n%s\n", functions, tracepoints);
	assert_string_equal(functions, tracepoints);
	assert_non_null(strstr(functions, "third"));
	free(functions);
	free(tracepoints);
}

static void
ring_opens_and_closes(const char *path, int count)
{
	struct io_uring ring;
	struct io_uring_cqe *cqe;

	MUST(io_uring_queue_init(8, &ring, 0) == 0);
	for (int i = 0; i < count; i++) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
		int fd;

		io_uring_prep_openat(sqe, AT_FDCWD, path, O_RDONLY, 0);
		MUST(io_uring_submit_and_wait(&ring, 1) == 1);
		MUST(io_uring_wait_cqe(&ring, &cqe) == 0);
		fd = cqe->res;
		MUST(fd >= 0);
		io_uring_cqe_seen(&ring, cqe);
		sqe = io_uring_get_sqe(&ring);
		io_uring_prep_close(sqe, fd);
		MUST(io_uring_submit_and_wait(&ring, 1) == 1);
		MUST(io_uring_wait_cqe(&ring, &cqe) == 0);
		MUST(cqe->res == 0);
		io_uring_cqe_seen(&ring, cqe);
	}
	io_uring_queue_exit(&ring);
}

static void
each_open_and_close_by_io_uring_is_an_event(void **state)
{
	enum { COUNT = 1000 };
	struct live *l;
	const char *path;
	pid_t pid;

	skip_unless_functions();
	l = begin(state, ES_LINUX_HOOKS_FUNCTIONS);
	path = live_file(l, "file", "text");
	pid = live_run_privileged(l, ^{
	  struct io_uring ring;

	  if (io_uring_queue_init(2, &ring, 0) != 0)
		  _exit(LIVE_NOT_ALLOWED);
	  io_uring_queue_exit(&ring);
	  ring_opens_and_closes(path, COUNT);
	});
	assert_int_equal(live_count(l, OPEN, pid, path), COUNT);
	assert_int_equal(live_count(l, CLOSE, pid, path), COUNT);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(both_ways_have_the_same_events),
		LIVE_TEST(each_open_and_close_by_io_uring_is_an_event),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
