/* child - see child.h. */
#include "src/app/child.h"
#include "model/xalloc.h"
#include "src/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	OUTPUT_MAX = 4 << 20, /* bytes kept, the last ones */
	TAKE_MAX = 256 << 10, /* at once: the events are waiting, too */
};

struct child {
	pid_t pid;
	char *name;
	int go;   /* a byte here starts the exec; closed without: the child exits. -1: done */
	int from; /* errno of a failed exec, or end of file */
	bool reaped, forwarded;
	int status;               /* of waitpid(), when reaped */
	uint64_t exec_ns, end_ns; /* on the steady clock */

	int output; /* -1: none, or at end of file */
	char *kept; /* a ring */
	size_t room, start, length;
	uint64_t left_out;
};

/* ---- the program ---- */

/* 0, or the errno execve() would fail with. */
static int
check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return access(path, X_OK) == 0 ? 0 : errno;
}

/* As execvp() searches: a missing program is reported before anything is watched. */
static char *
find_program(const char *name, int *error)
{
	const char *at = getenv("PATH"), *end;
	size_t size;
	char *path;

	*error = ENOENT;
	if (strchr(name, '/')) {
		*error = check_program(name);
		return *error ? NULL : xstrdup(name);
	}
	for (at = at ? at : "/usr/local/bin:/usr/bin:/bin"; name[0]; at = end + 1) {
		int found;

		end = at + strcspn(at, ":");
		size = (size_t)(end - at) + strlen(name) + 3;
		path = xmalloc(size);
		snprintf(path, size, "%.*s/%s", end > at ? (int)(end - at) : 1, end > at ? at : ".", name);
		found = check_program(path);
		if (!found)
			return path;
		free(path);
		if (found == EACCES)
			*error = EACCES;
		if (!*end)
			break;
	}
	return NULL;
}

/* The exit status, with a sentence in why. */
static int
report_error(const char *name, int error, char *why, size_t len)
{
	bool missing = error == ENOENT || error == ENOTDIR;

	snprintf(why, len, "cannot run %.200s: %s", name,
		 missing           ? "command not found"
		 : error == EACCES ? "not executable"
				   : strerror(error));
	return missing ? CHILD_NOT_FOUND : CHILD_NOT_EXECUTABLE;
}

/* ---- the child ---- */

struct plan {
	const char *path;
	char *const *argv;
	int in, out, go, from;
};

/* Puts all descriptors in place before anything is watched; then waits for child_exec(). */
static _Noreturn void
run_child(const struct plan *p)
{
	unsigned char byte = 0;
	ssize_t n;
	int error;

	setpgid(0, 0);
	if (dup2(p->in, STDIN_FILENO) < 0 || dup2(p->out, STDOUT_FILENO) < 0 ||
	    dup2(p->out, STDERR_FILENO) < 0 || write(p->from, &byte, 1) != 1)
		_exit(1);
	do
		n = read(p->go, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(1);
	execv(p->path, p->argv);
	error = errno;
	if (write(p->from, &error, sizeof(error)) < 0) {
	}
	_exit(CHILD_NOT_EXECUTABLE);
}

/* A pipe whose ends are above 2 and close-on-exec. */
static int
make_pipe(int fds[2])
{
	int low[2];

	if (pipe(low) != 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		fds[i] = fcntl(low[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(low[i]);
	}
	if (fds[0] >= 0 && fds[1] >= 0)
		return 0;
	return -EMFILE;
}

static void
close_all(int fds[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static ssize_t
read_all(int fd, void *to, size_t size)
{
	ssize_t n;

	do
		n = read(fd, to, size);
	while (n < 0 && errno == EINTR);
	return n;
}

/* ---- public ---- */

int
child_open(struct child **out, char *const argv[], enum child_streams streams, char *why, size_t len)
{
	enum { GO_READ, GO, FROM, FROM_WRITE, OUTPUT, OUTPUT_WRITE, NOTHING, COUNT };
	int fd[COUNT] = { -1, -1, -1, -1, -1, -1, -1 }, error;
	struct plan plan = { .argv = argv, .in = STDIN_FILENO, .out = STDERR_FILENO };
	char *path = find_program(argv[0], &error);
	unsigned char byte;
	struct child *c;
	pid_t pid;

	*out = NULL;
	if (!path)
		return report_error(argv[0], error, why, len);
	error = make_pipe(&fd[GO_READ]);
	if (!error)
		error = make_pipe(&fd[FROM]);
	if (!error && streams == CHILD_CAPTURE)
		error = make_pipe(&fd[OUTPUT]);
	/* Reading from a terminal would stop it: it is not in the foreground. */
	if (!error && (streams == CHILD_CAPTURE || isatty(STDIN_FILENO))) {
		fd[NOTHING] = plan.in = open("/dev/null", O_RDONLY | O_CLOEXEC);
		error = plan.in < 0 ? -errno : 0;
	}
	if (error)
		goto fail;
	if (streams == CHILD_CAPTURE)
		plan.out = fd[OUTPUT_WRITE];
	plan.path = path;
	plan.go = fd[GO_READ];
	plan.from = fd[FROM_WRITE];
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		error = -errno;
		goto fail;
	}
	if (pid == 0) {
		close(fd[GO]); /* else it would not see that estop has ended */
		run_child(&plan);
	}
	setpgid(pid, pid); /* in both: one of them is the first */
	close_all((int[]){ fd[GO_READ], fd[FROM_WRITE], fd[OUTPUT_WRITE], fd[NOTHING] }, 4);
	c = xcalloc(1, sizeof(*c));
	*c = (struct child){
		.pid = pid, .name = xstrdup(argv[0]), .go = fd[GO], .from = fd[FROM], .output = fd[OUTPUT]
	};
	free(path);
	if (read_all(c->from, &byte, 1) != 1) {
		snprintf(why, len, "cannot run %.200s: cannot set up its standard streams", argv[0]);
		child_close(c);
		return -EIO;
	}
	if (c->output >= 0)
		(void)fcntl(c->output, F_SETFL, O_NONBLOCK);
	*out = c;
	return 0;
fail:
	snprintf(why, len, "cannot run %.200s: %s", argv[0], strerror(-error));
	close_all(fd, COUNT);
	free(path);
	return error;
}

void
child_close(struct child *c)
{
	if (!c)
		return;
	if (c->go >= 0) {
		close(c->go); /* its read ends, and it exits */
		while (!c->reaped && waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
			;
	}
	close_all((int[]){ c->from, c->output }, 2);
	free(c->kept);
	free(c->name);
	free(c);
}

pid_t
child_pid(const struct child *c)
{
	return c->pid;
}

const char *
child_name(const struct child *c)
{
	return c->name;
}

int
child_exec(struct child *c, char *why, size_t len)
{
	unsigned char byte = 1;
	int error = 0;

	c->exec_ns = clock_steady();
	if (write(c->go, &byte, 1) != 1)
		error = errno;
	close(c->go);
	c->go = -1;
	/* The exec closes the other end; a failed one writes its errno. */
	if (!error && read_all(c->from, &error, sizeof(error)) != sizeof(error))
		return 0;
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	c->reaped = true;
	return report_error(c->name, error == ENOENT ? EACCES : error, why, len);
}

bool
child_ended(struct child *c)
{
	if (!c->reaped && c->go < 0 && waitpid(c->pid, &c->status, WNOHANG) == c->pid) {
		c->reaped = true;
		c->end_ns = clock_steady();
	}
	return c->reaped;
}

uint64_t
child_ran_ns(const struct child *c)
{
	return (c->reaped ? c->end_ns : clock_steady()) - c->exec_ns;
}

int
child_exit_status(const struct child *c)
{
	if (!c->reaped)
		return -1;
	return WIFSIGNALED(c->status) ? CHILD_BY_SIGNAL + WTERMSIG(c->status) : WEXITSTATUS(c->status);
}

/* strsignal() gives descriptions, and sigabbrev_np() is not on every system. */
static const char *
signal_name(int number)
{
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ SIGHUP, "SIGHUP" },   { SIGINT, "SIGINT" },   { SIGQUIT, "SIGQUIT" },
		{ SIGILL, "SIGILL" },   { SIGABRT, "SIGABRT" }, { SIGBUS, "SIGBUS" },
		{ SIGFPE, "SIGFPE" },   { SIGKILL, "SIGKILL" }, { SIGSEGV, "SIGSEGV" },
		{ SIGPIPE, "SIGPIPE" }, { SIGALRM, "SIGALRM" }, { SIGTERM, "SIGTERM" },
		{ SIGUSR1, "SIGUSR1" }, { SIGUSR2, "SIGUSR2" }, { SIGXCPU, "SIGXCPU" },
		{ SIGXFSZ, "SIGXFSZ" }, { SIGSYS, "SIGSYS" },   { SIGTRAP, "SIGTRAP" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

void
child_state(const struct child *c, char *out, size_t len)
{
	const char *name;

	if (!c->reaped)
		snprintf(out, len, "running");
	else if (!WIFSIGNALED(c->status))
		snprintf(out, len, "exit status %d", WEXITSTATUS(c->status));
	else if ((name = signal_name(WTERMSIG(c->status))) != NULL)
		snprintf(out, len, "killed by %s", name);
	else
		snprintf(out, len, "killed by signal %d", WTERMSIG(c->status));
}

bool
child_signal(struct child *c, int number)
{
	if (child_ended(c) || c->go >= 0)
		return false;
	/* It may have left its process group (setsid). */
	return killpg(c->pid, number) == 0 || kill(c->pid, number) == 0;
}

bool
child_forward(struct child *c, int number)
{
	if (c->forwarded || !child_signal(c, number))
		return false;
	c->forwarded = true;
	return true;
}

/* ---- output ---- */

int
child_output_fd(const struct child *c)
{
	return c->output;
}

static void
keep(struct child *c, const char *bytes, size_t n)
{
	size_t drop = c->length + n > OUTPUT_MAX ? c->length + n - OUTPUT_MAX : 0, at, part;

	if (c->length + n > c->room && c->room < OUTPUT_MAX) {
		/* Before it has its full size it has not wrapped: it starts at 0. */
		c->room = c->room ? c->room : 64 << 10;
		while (c->room < c->length + n && c->room < OUTPUT_MAX)
			c->room *= 2;
		c->kept = xrealloc(c->kept, c->room, 1);
	}
	c->start = (c->start + drop) % c->room;
	c->length -= drop;
	c->left_out += drop;
	at = (c->start + c->length) % c->room;
	part = n < c->room - at ? n : c->room - at;
	memcpy(c->kept + at, bytes, part);
	memcpy(c->kept, bytes + part, n - part);
	c->length += n;
}

void
child_read_output(struct child *c)
{
	char bytes[16 << 10];

	for (size_t taken = 0; c->output >= 0 && taken < TAKE_MAX;) {
		ssize_t n = read(c->output, bytes, sizeof(bytes));

		if (n > 0) {
			keep(c, bytes, (size_t)n);
			taken += (size_t)n;
		} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
			close(c->output);
			c->output = -1;
		} else if (errno == EAGAIN)
			return;
	}
}

void
child_print_output(struct child *c, FILE *out)
{
	size_t first;
	char last;

	child_read_output(c);
	if (!c->length)
		return;
	if (c->left_out)
		fprintf(out, "estop: first %llu byte%s of the output of %s omitted\n",
			(unsigned long long)c->left_out, c->left_out == 1 ? "" : "s", c->name);
	first = c->length < c->room - c->start ? c->length : c->room - c->start;
	fwrite(c->kept + c->start, 1, first, out);
	fwrite(c->kept, 1, c->length - first, out);
	last = c->kept[(c->start + c->length - 1) % c->room];
	if (last != '\n')
		fputc('\n', out);
	fflush(out);
}
