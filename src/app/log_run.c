/* log_run - see log_run.h. */
#include "src/app/log_run.h"
#include "src/base/say.h"
#include "src/app/loop.h"
#include "src/stream/folded.h"
#include "src/stream/log_text.h"
#include "src/stream/perfetto.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct run {
	struct session *session;
	struct text text;
	int fd;
	int error;             /* of writing; 0 none */
	bool filtered;         /* not all events that have a number are written */
	struct folded *folded; /* of --export=folded */
	struct perfetto *perfetto;
};

static void
flush(struct run *r)
{
	size_t at = 0;

	while (!r->error && at < r->text.length) {
		ssize_t n = write(r->fd, r->text.bytes + at, r->text.length - at);

		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			r->error = errno;
	}
	r->text.length = 0;
}

static void
log_event(void *ctx, const struct event *e)
{
	struct run *r = ctx;

	if (r->error || e->id == EV_SEEN)
		return;
	log_write(&r->text, e, r->session->options->log, r->filtered);
	if (r->text.length > 64 << 10)
		flush(r);
}

static void
fold_event(void *ctx, const struct event *e)
{
	struct run *r = ctx;

	folded_take(r->folded, e);
}

static void
trace_event(void *ctx, const struct event *e)
{
	struct run *r = ctx;

	if (r->error)
		return;
	perfetto_take(r->perfetto, e);
	if (r->text.length > 64 << 10)
		flush(r);
}

/* The hot ones are too many, unless they were asked for. */
static event_mask
instants_of(const struct session *s)
{
	return s->events & ~EVENT_CORE & ~(event_mask_hot() & ~s->options->events_asked);
}

static enum folded_weight
weight_of(const struct run *r)
{
	switch (r->session->options->trace) {
	case TRACE_FOLDED_OPENS:
		return FOLDED_OPENS;
	case TRACE_FOLDED_TIME:
		return FOLDED_TIME;
	default:
		return FOLDED_EVENTS;
	}
}

static int
failed(struct run *r, char *why, size_t len)
{
	if (!r->error)
		return 0;
	snprintf(why, len, "cannot write: %s", strerror(r->error));
	return r->error == EPIPE ? SIGPIPE : -r->error;
}

static int
finish(struct run *r, char *why, size_t len)
{
	static const char counters[] = "counters were too low by this number";
	uint64_t elsewhere;

	session_end_command(r->session);
	session_stop(r->session);
	if (r->folded)
		folded_write(r->folded, &r->text, weight_of(r));
	if (r->perfetto) {
		perfetto_lost(r->perfetto, session_lost(r->session));
		perfetto_end(r->perfetto);
	}
	flush(r);
	loop_say_messages(r->session);
	if (!options_pass_on(r->session->options)) {
		loop_say_losses(r->session, counters, counters);
		return 0;
	}
	loop_say_losses(r->session, "it is missing in this log", "they are missing in this log");
	elsewhere = r->session->figures.stats.loss.muted_elsewhere;
	if (elsewhere)
		say("%" PRIu64
		    " event%s of processes in other mount namespaces %s suppressed by path: %s missing in this log",
		    elsewhere, elsewhere == 1 ? "" : "s", elsewhere == 1 ? "was" : "were",
		    elsewhere == 1 ? "it is" : "they are");
	return failed(r, why, len);
}

/*
 * One iteration of the loop. True: it was the last one, and *result is what log_run() returns.
 * Several things may come at once, and each is handled: SIGCHLD comes with the command's end.
 */
static bool
is_last_iteration(struct run *r, unsigned what, int *result, char *why, size_t len)
{
	struct session *s = r->session;
	struct snapshot_spec spec = { .exited_secs = 0 };

	flush(r);
	if (r->error) {
		*result = failed(r, why, len);
		return true;
	}
	if (what & LOOP_SIGNAL) {
		int asked = loop_asked_to_end(s);

		if (asked >= 0) {
			*result = finish(r, why, len); /* prints the same whatever asks for the end */
			*result = *result ? *result : asked;
			return true;
		}
	}
	if (what & (LOOP_ENDED | LOOP_COMMAND)) {
		if (session_failed(s, why, len))
			*result = -EINVAL;
		else
			*result = finish(r, why, len);
		return true;
	}
	if (what & LOOP_HANGUP) {
		*result = SIGPIPE;
		return true;
	}
	if (what & LOOP_FRAME) {
		loop_say_messages(s);
		session_tick(s, &spec); /* reaps exited processes */
		if (r->perfetto)
			perfetto_lost(r->perfetto, session_lost(s));
	}
	return false;
}

/* The events of several hosts are numbered independently. */
static bool
is_filtered(const struct options *o)
{
	return o->scope || o->command || o->mute_count || o->input_count > 1;
}

int
log_run(struct session *s, int signal_fd, int out_fd, char *why, size_t len)
{
	struct run r = { .session = s, .fd = out_fd, .filtered = is_filtered(s->options) };
	struct loop loop;
	int result = 0;

	if (s->options->trace == TRACE_PERFETTO)
		r.perfetto = perfetto_create(s->model.tree, instants_of(s), &r.text);
	else if (s->options->trace)
		r.folded = folded_create(s->model.tree);
	if (options_pass_on(s->options))
		session_on_event(s, r.perfetto ? trace_event : r.folded ? fold_event : log_event, &r);
	else
		out_fd = -1; /* whose reader may leave */
	loop_init(&loop, s, signal_fd, -1, out_fd);
	if (s->metrics)
		session_tick(s, &(struct snapshot_spec){ .exited_secs = 0 });
	while (!is_last_iteration(&r, loop_wait(&loop), &result, why, len))
		;
	session_on_event(s, NULL, NULL);
	folded_destroy(r.folded);
	perfetto_destroy(r.perfetto);
	text_finish(&r.text);
	return result;
}
