/* batch - see batch.h. */
#include "src/app/batch.h"
#include "src/app/frame.h"
#include "src/app/loop.h"
#include "src/app/titles.h"
#include "src/base/say.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* Writes a whole frame. */
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

/* The recording goes to the standard output; text goes elsewhere. */
static bool
records_to_stdout(const struct session *s)
{
	return s->options->record && strcmp(s->options->record, "-") == 0;
}

/* Else the standard output is for programs, and sentences go elsewhere. */
static bool
is_text(const struct session *s)
{
	return s->options->batch_form == BATCH_TEXT;
}

static void
write_frame(struct session *s, const struct ui_config *config, const struct snapshot_spec *spec, FILE *out,
	    bool first)
{
	if (!is_text(s)) {
		frame_write(out, s->options->batch_form, &s->snapshot, first);
		filter_renew(spec->filter);
		return;
	}
	if (!first)
		fputc('\n', out);
	ui_batch(out, config, spec, &s->snapshot, NULL, 0);
}

static void
write_accounting(FILE *out, void *session)
{
	session_accounting(session, out);
}

static int
finish(struct session *s, FILE *out, char *why, size_t len)
{
	int error;

	session_end_command(s);
	session_stop(s);
	loop_say_messages(s);
	if (!is_text(s) || records_to_stdout(s))
		say_page(write_accounting, s);
	else {
		fputc('\n', out);
		session_accounting(s, out);
	}
	error = flush(out, why, len);
	if (!error)
		loop_say_losses(s, "counters are too low by this number",
				"counters are too low by this number");
	return error;
}

/*
 * The last one. Of a command that has ended with all that came of it, rates say nothing: it has totals.
 * The spec keeps its filter.
 */
static void
write_last_frame(struct session *s, const struct ui_config *config, const struct snapshot_spec *spec,
		 FILE *out, bool first)
{
	struct ui_config ended = *config;
	struct snapshot_spec last = *spec;

	if (is_text(s) && s->command.summary && !s->snapshot.processes) {
		ended.settings.ended = true;
		settings_apply(&ended.settings, &last);
		session_snapshot(s, &last);
	}
	write_frame(s, &ended, &last, out, first);
}

/* With the titles as they are now. */
static void
update(struct session *s, const struct snapshot_spec *spec)
{
	session_update(s, spec);
	if (titles_read(&s->source, s->model.tree, &s->snapshot, NULL, s->snapshot.count, session_now(s)))
		session_snapshot(s, spec);
}

static int
write_frames(struct session *s, const struct ui_config *config, const struct snapshot_spec *spec,
	     int signal_fd, FILE *out, char *why, size_t len)
{
	struct loop loop;
	long frames = 0;

	session_tick(s, spec); /* the rates of the first frame begin here */
	loop_init(&loop, s, signal_fd, -1, fileno(out));
	for (;;) {
		unsigned what = loop_wait(&loop);
		int result;

		if (what & LOOP_SIGNAL) {
			int asked = loop_asked_to_end(s);

			if (asked >= 0) { /* prints the same whatever asks for the end */
				result = finish(s, out, why, len);
				return result ? result : asked;
			}
		}
		if (what & (LOOP_ENDED | LOOP_COMMAND)) {
			if (session_failed(s, why, len))
				return -EINVAL;
			update(s, spec);
			write_last_frame(s, config, spec, out, !frames);
			return finish(s, out, why, len);
		}
		if (what & LOOP_FRAME) {
			loop_say_messages(s);
			if (records_to_stdout(s) && recording_has_ended(&s->recording))
				return SIGPIPE;
			update(s, spec);
			write_frame(s, config, spec, out, !frames);
			result = flush(out, why, len);
			if (result)
				return result;
			frames++;
			if (s->options->frames && frames >= s->options->frames)
				return finish(s, out, why, len);
		}
		/* The next write would fail; do not wait for it. */
		if (what & LOOP_HANGUP)
			return SIGPIPE;
	}
}

int
batch_run(struct session *s, const struct ui_config *config, int signal_fd, FILE *out, char *why, size_t len)
{
	struct snapshot_spec spec;
	int result;

	if (ui_spec_of(config, &spec, why, len) != 0)
		return -EINVAL;
	result = write_frames(s, config, &spec, signal_fd, out, why, len);
	filter_free((struct filter *)spec.filter);
	return result;
}
