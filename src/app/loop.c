/* loop - see loop.h. */
#include "src/app/loop.h"
#include "model/loss.h"
#include "src/base/clock.h"
#include "src/base/notify.h"
#include "src/base/say.h"
#include "src/base/signals.h"
#include "src/es/platform.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#define MS ((uint64_t)1000000)

#define SLICE_NS (10 * MS)    /* of applying events, before the keyboard is polled */
#define POLL_NS (50 * MS)     /* between polls of the ring while events flow */
#define LAST_NS (500 * MS)    /* for the exit event of a command, which may be lost */
#define LAST_POLL_NS (5 * MS) /* while it is waited for */

void
loop_init(struct loop *l, struct session *s, int signal_fd, int key_fd, int out_fd)
{
	*l = (struct loop){
		.session = s, .signal_fd = signal_fd, .key_fd = key_fd, .out_fd = out_fd, .poll_ns = POLL_NS
	};
	loop_restart_interval(l);
}

void
loop_restart_interval(struct loop *l)
{
	l->frame_ns = clock_steady() + l->session->interval_ms * MS;
}

static int
timeout_ms(const struct loop *l, bool more)
{
	uint64_t now = clock_steady(), wait;

	if (more || l->busy || now >= l->frame_ns)
		return 0;
	wait = l->frame_ns - now;
	if (wait > l->poll_ns)
		wait = l->poll_ns;
	/* Rounded up: waking just before the frame is due would be of no use. */
	return (int)((wait + MS - 1) / MS);
}

static bool
frame_is_due(struct loop *l)
{
	uint64_t now = clock_steady(), interval = l->session->interval_ms * MS;

	if (now < l->frame_ns)
		return false;
	/* At a steady pace; frames that were missed by a stop or a slow terminal are not made up for. */
	l->frame_ns += interval;
	if (l->frame_ns <= now)
		l->frame_ns = now + interval;
	return true;
}

static unsigned
wait_once(struct loop *l, bool more)
{
	enum { WAKE, SIGNAL, KEY, OUT, COMMAND, COUNT };
	struct child *child = l->session->command.child;
	/* poll() ignores a negative fd, and reports hang-ups without being asked to. */
	struct pollfd fds[COUNT] = {
		[WAKE] = { .fd = l->session->wake.read_fd, .events = POLLIN },
		[SIGNAL] = { .fd = l->signal_fd, .events = POLLIN },
		[KEY] = { .fd = l->key_fd, .events = POLLIN },
		[OUT] = { .fd = l->out_fd },
		[COMMAND] = { .fd = child ? child_output_fd(child) : -1, .events = POLLIN },
	};
	const short gone = POLLHUP | POLLERR | POLLNVAL;
	unsigned what = 0;

	if (platform_poll(fds, COUNT, timeout_ms(l, more)) <= 0)
		return 0;
	if (fds[WAKE].revents)
		wake_clear(&l->session->wake);
	if (fds[COMMAND].revents)
		child_read_output(child);
	if (fds[SIGNAL].revents & POLLIN)
		what |= LOOP_SIGNAL;
	if (fds[KEY].revents & POLLIN)
		what |= LOOP_KEY;
	if ((fds[KEY].revents | fds[OUT].revents) & gone)
		what |= LOOP_HANGUP;
	return what;
}

/* Has the command ended, and has its exit event been applied, with all that came before? */
static bool
command_ended(struct loop *l)
{
	struct session *s = l->session;

	if (!s->command.child || l->command_handled || !child_ended(s->command.child))
		return false;
	if (!l->command_ns)
		l->command_ns = clock_steady() + LAST_NS;
	if (!family_has_first(s->scope.family) || clock_steady() >= l->command_ns)
		return true;
	l->poll_ns = LAST_POLL_NS;
	return false;
}

unsigned
loop_wait(struct loop *l)
{
	unsigned what = 0;
	bool more = false, ended;

	do {
		uint64_t longest = l->session->interval_ms * MS;

		what = wait_once(l, more);
		notify_alive(clock_steady());
		/* Before the ring is drained: what is in it then is the rest. */
		ended = session_ended(l->session);
		/* The wake-up was cleared before this: one that comes now is seen next time. */
		if (session_drain(l->session, SLICE_NS, &more) || session_surveys(l->session))
			l->poll_ns = POLL_NS;
		else
			l->poll_ns = l->poll_ns * 2 < longest ? l->poll_ns * 2 : longest;
		if (frame_is_due(l))
			what |= LOOP_FRAME;
		if (ended && !more && !l->ended_handled)
			what |= LOOP_ENDED;
		if (command_ended(l))
			what |= LOOP_COMMAND;
	} while (!what && !l->busy);
	return what;
}

int
loop_asked_to_end(struct session *s)
{
	int number, result = -1;

	while ((number = signals_next()) != 0)
		if (s->command.child && child_forward(s->command.child, number))
			signals_dismiss();
		else if (number != SIGINT)
			result = number;
		else if (result == -1)
			result = 0;
	return result;
}

void
loop_say_messages(struct session *s)
{
	char message[256];

	/* At most one of the recording and one of the source. */
	for (int i = 0; i < 2 && session_message(s, message, sizeof(message)); i++)
		say("%s", message);
}

void
loop_say_losses(const struct session *s, const char *one, const char *several)
{
	uint64_t lost = session_lost(s), in_ring = loss_sum(s->figures.stats.loss.ring);

	if (lost)
		say("%" PRIu64 " event%s lost (%" PRIu64 " in the kernel, %" PRIu64 " in the ring): %s", lost,
		    lost == 1 ? "" : "s", lost - in_ring, in_ring, lost == 1 ? one : several);
}
