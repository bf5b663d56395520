/* signals - see signals.h. */
#include "src/base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* A terminal that takes no more output (Ctrl-S, a dead line) holds the main
 * thread in write(2), for good. Long enough for any regular end. */
#define LAST_RESORT_SECS 3

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static const int terminal_only[] = { SIGWINCH, SIGTSTP, SIGCONT };

static struct {
	int pipe[2];
	struct sigaction before[NSIG];
	bool taken[NSIG];
	bool terminal;
	struct termios termios;         /* of the terminal before we touched it */
	sigset_t mask;                  /* as it was before */
	volatile sig_atomic_t starting; /* the pipe is not read yet */
	volatile sig_atomic_t number;   /* that asked us to end */
} state = { .pipe = { -1, -1 } };

static void
note(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;

	/* A full pipe holds more signals than anyone waits for. */
	if (write(state.pipe[1], &byte, 1) < 0) {
	}
	errno = saved;
}

/* Nothing is to be put back yet, and what the start waits for may never come. */
static void
die_at_once(int number)
{
	sigset_t set;

	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
	_exit(128 + number);
}

static void
note_end(int number)
{
	if (state.starting)
		die_at_once(number);
	state.number = number;
	alarm(LAST_RESORT_SECS);
	note(number);
}

static void
last_resort(int number)
{
	(void)number;
	if (state.terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &state.termios);
	_exit(128 + (int)state.number);
}

static void
take(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	sigfillset(&action.sa_mask);
	if (sigaction(number, &action, state.taken[number] ? NULL : &state.before[number]) == 0)
		state.taken[number] = true;
}

int
signals_open(bool terminal)
{
	sigset_t set;

	if (pipe(state.pipe) != 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		(void)fcntl(state.pipe[i], F_SETFD, FD_CLOEXEC);
		(void)fcntl(state.pipe[i], F_SETFL, O_NONBLOCK);
	}
	state.terminal = terminal && tcgetattr(STDIN_FILENO, &state.termios) == 0;

	state.starting = 1;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		struct sigaction now;

		/* nohup and background jobs of a plain shell ask us to ignore it. */
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler == SIG_IGN)
			continue;
		take(ending[i], note_end);
	}
	sigaddset(&set, SIGCHLD);
	take(SIGCHLD, note);
	for (size_t i = 0; terminal && i < sizeof(terminal_only) / sizeof(terminal_only[0]); i++) {
		sigaddset(&set, terminal_only[i]);
		take(terminal_only[i], note);
	}
	take(SIGALRM, last_resort);
	take(SIGPIPE, SIG_IGN);
	take(SIGXFSZ, SIG_IGN); /* write() fails with EFBIG, as with a full disk */
	pthread_sigmask(SIG_BLOCK, &set, &state.mask);
	return state.pipe[0];
}

void
signals_unblock(void)
{
	state.starting = 0;
	pthread_sigmask(SIG_SETMASK, &state.mask, NULL);
}

int
signals_thread(pthread_t *thread, void *(*run)(void *), void *arg)
{
	sigset_t all, old;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -error;
}

void
signals_close(void)
{
	if (state.pipe[0] < 0)
		return;
	alarm(0);
	for (int i = 0; i < NSIG; i++) {
		if (state.taken[i])
			sigaction(i, &state.before[i], NULL);
		state.taken[i] = false;
	}
	signals_unblock();
	close(state.pipe[0]);
	close(state.pipe[1]);
	state.pipe[0] = state.pipe[1] = -1;
}

int
signals_next(void)
{
	unsigned char byte;

	while (read(state.pipe[0], &byte, 1) == 1)
		if (byte != SIGCHLD)
			return byte;
	return 0;
}

void
signals_dismiss(void)
{
	alarm(0);
}

void
signals_stop(void)
{
	/* SIGTSTP rather than SIGSTOP: where no shell could continue us (an orphaned
	 * process group) the kernel lets it pass. */
	signal(SIGTSTP, SIG_DFL);
	signal(SIGCONT, SIG_DFL); /* the caller learns it by our return */
	raise(SIGTSTP);
	take(SIGCONT, note);
	take(SIGTSTP, note);
}

void
signals_die(int number)
{
	signals_close();
	signal(number, SIG_DFL);
	raise(number);
	_exit(128 + number);
}
