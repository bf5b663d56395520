/* batch - see batch.h. */
#include "src/app/batch.h"
#include "src/app/loop.h"
#include "src/base/say.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

/* Writes out what is buffered. A frame is whole when it leaves. */
static int
flush(FILE *out, char *why, size_t len)
{
	int error;

	if (fflush(out) == 0 && !ferror(out))
		return 0;
	error = errno ? errno : EIO;
	snprintf(why, len, "cannot write: %s", strerror(error));
	return error == EPIPE ? SIGPIPE : -error;
}

/* The recording takes the standard output, and what is for people goes elsewhere. */
static bool
is_recorder(const struct session *s)
{
	return s->options->record && strcmp(s->options->record, "-") == 0;
}

static void
write_sums(FILE *out, void *session)
{
	session_accounting(session, out);
}

static void
say_news(struct session *s)
{
	char news[256];

	if (session_news(s, news, sizeof(news)))
		say("%s", news);
}

static int
finish(struct session *s, FILE *out, char *why, size_t len)
{
	uint64_t lost, in_ring;
	int error;

	session_end_command(s);
	session_stop(s);
	say_news(s);
	fputc('\n', out);
	if (is_recorder(s))
		say_page(write_sums, s);
	else
		session_accounting(s, out);
	lost = session_lost(s);
	in_ring = loss_sum(s->snapshot.loss.ring);
	error = flush(out, why, len);
	if (!error && lost)
		say("%" PRIu64 " event%s lost (%" PRIu64 " in the kernel, %" PRIu64
		    " in estop's ring): counters are too low by as many", lost, lost == 1 ? " was" : "s were",
		    lost - in_ring, in_ring);
	return error;
}

static int
write_frames(struct session *s, const struct ui_config *config, const struct snapshot_spec *spec,
	     int signal_fd, FILE *out, char *why, size_t len)
{
	struct loop loop;
	long frames = 0;

	session_tick(s, spec); /* rates of the first frame count from here */
	loop_init(&loop, s, signal_fd, -1, fileno(out));
	for (;;) {
		unsigned what = loop_wait(&loop);
		int result;

		if (what & LOOP_SIGNAL) {
			int asked = loop_asked_to_end(s);

			if (asked >= 0) { /* the same words whatever asks for the end */
				result = finish(s, out, why, len);
				return result ? result : asked;
			}
		}
		if (what & (LOOP_ENDED | LOOP_COMMAND)) {
			if (s->source.ops->failed && s->source.ops->failed(s->source.self, why, len))
				return -EINVAL;
			session_frame(s, spec);
			if (frames)
				fputc('\n', out);
			ui_batch(out, config, spec, &s->snapshot, NULL, 0);
			return finish(s, out, why, len);
		}
		if (what & LOOP_FRAME) {
			session_record_news(s, why, len);
			if (why[0])
				say("%s", why);
			why[0] = '\0';
			say_news(s);
			if (is_recorder(s) && s->record_shown.dead)
				return SIGPIPE;
			session_frame(s, spec);
			if (frames)
				fputc('\n', out);
			ui_batch(out, config, spec, &s->snapshot, NULL, 0);
			result = flush(out, why, len);
			if (result)
				return result;
			frames++;
			if (s->options->frames && frames >= s->options->frames)
				return finish(s, out, why, len);
		}
		/* What a write would say, without waiting for the next frame. */
		if (what & LOOP_LOST)
			return SIGPIPE;
	}
}

int
batch_run(struct session *s, const struct ui_config *config, int signal_fd, FILE *out, char *why,
	  size_t len)
{
	struct snapshot_spec spec;
	int result;

	if (ui_spec_of(config, &spec, why, len) != 0)
		return -EINVAL;
	result = write_frames(s, config, &spec, signal_fd, out, why, len);
	filter_free((struct filter *)spec.filter);
	return result;
}
