/* session - see session.h. */
#include "src/app/session.h"
#include "src/app/start_mutes.h"
#include "src/base/say.h"
#include "src/base/users.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* 2 MiB, some 20,000 events: what arrives while a frame is made. It stays in memory. */
#define RING_ORDER 21

/*
 * Its overflow, for when the main thread is not scheduled: at 400,000 events a second
 * 256 MiB last for 6 s. Records with all details are some ten times as large.
 * Never more than an eighth of the machine's memory, but always 32 MiB.
 */
#define OVERFLOW_ORDER 28
#define OVERFLOW_ORDER_DETAIL 29
#define OVERFLOW_ORDER_MIN 25

/* A replay waits while the ring is full; a record takes a quarter of it at most. */
#define RING_ORDER_REPLAY 23
#define RING_ORDER_DETAIL 25

/* Drained before the first frame, at most. */
#define FIRST_DRAIN_NS UINT64_C(50000000)

uint64_t
session_now(const struct session *s)
{
	return source_now(&s->source);
}

static void
want_detail(struct session *s, bool for_screen)
{
	bool always = s->options->log || s->recording.record;
	/* Of a recording everything may be looked at later, and its reader waits for us. */
	bool in_calm = for_screen || (!s->source.ops->live && s->model.views.on);

	if (s->source.ops->detail)
		s->source.ops->detail(s->source.self, always    ? DETAIL_ALWAYS
						      : in_calm ? DETAIL_IN_CALM
								: DETAIL_NEVER);
}

/* ---- opening ---- */

static struct ring *
open_ring(const struct options *o, bool detail)
{
	unsigned order = detail ? OVERFLOW_ORDER_DETAIL : OVERFLOW_ORDER;
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

	if (o->ring_order)
		return ring_create(o->ring_order);
	if (o->input_count)
		return ring_create(detail ? RING_ORDER_DETAIL : RING_ORDER_REPLAY);
	while (order > OVERFLOW_ORDER_MIN && (uint64_t)8 << order > memory)
		order--;
	return ring_create_overflow(RING_ORDER, order);
}

static int
open_replay(struct session *s, char *why, size_t len)
{
	const struct options *o = s->options;
	const struct replay_config config = {
		.inputs = o->inputs,
		.count = o->input_count,
		.speed = o->speed == SPEED_DEFAULT ? (options_pass_on(o) ? 0 : 1) : o->speed,
		/* With a screen, more may be appended while someone watches. */
		.follow = options_have_screen(o),
		.survey = options_have_screen(o),
	};

	return replay_open(&s->source, &config, s->ring, s->wake.write_fd, why, len);
}

static int
open_recording(struct session *s, const char *path, bool overwrite, char *why, size_t len)
{
	const struct source_ops *ops = s->source.ops;
	char title[80] = "";

	if (ops->live && ops->title)
		ops->title(s->source.self, title, sizeof(title));
	return recording_open(&s->recording,
			      &(struct record_config){ .path = path,
						       .overwrite = overwrite,
						       .events = s->events,
						       .time_ns = session_now(s),
						       .live = ops->live,
						       .source = title[0] ? title : NULL,
						       .max_size = s->options->max_size,
						       .rotate = s->options->rotate },
			      why, len);
}

/* Starts the flow and applies what runs already. */
static int
start(struct session *s, char *why, size_t len)
{
	const struct source_ops *ops = s->source.ops;
	bool more;
	int error;

	error = start_mutes_paths(&s->model, s->options, &s->notes, session_now(s), why, len);
	if (error)
		return error;
	s->start_ns = session_now(s);
	error = ops->start(s->source.self, s->events, why, len);
	if (error)
		return error;
	s->events &= ops->available(s->source.self);
	/* With a command no other process is followed, and the command waits. */
	if (!s->options->command) {
		error = flow_backfill(&s->flow);
		if (error && error != -ENOTSUP) {
			snprintf(why, len, "cannot list the running processes: %s", strerror(-error));
			return error;
		}
		/* These events belong to the first frame, but a flood must not delay it. The log is
		 * not ready for any yet, nor is an export. */
		if (!options_pass_on(s->options))
			flow_drain(&s->flow, FIRST_DRAIN_NS, &more);
	}
	return start_mutes_processes(&s->model, s->options, &s->notes, session_now(s), why, len);
}

int
session_open(struct session *s, const struct options *o, source_open_fn *open_source, char *why, size_t len)
{
	bool detail = o->log || o->record || (o->input_count && options_have_screen(o));
	int error;

	*s = (struct session){ .options = o,
			       .interval_ms = o->settings.interval_ms,
			       .figures.self.fd = -1,
			       .wake = { -1, -1 } };
	error = scope_open(&s->scope, o->scope, o->follow, why, len);
	if (error)
		goto out;
	error = wake_open(&s->wake);
	if (error) {
		snprintf(why, len, "cannot create the wake-up pipe: %s", strerror(-error));
		goto out;
	}
	s->ring = open_ring(o, detail);
	if (!s->ring) {
		snprintf(why, len, "out of memory");
		error = -ENOMEM;
		goto out;
	}
	error = o->input_count ? open_replay(s, why, len)
			       : open_source(&s->source, s->ring, s->wake.write_fd, why, len);
	if (error)
		goto out;
	s->events = o->events & s->source.ops->available(s->source.self);
	if (o->record)
		error = open_recording(s, o->record, true, why, len);
	if (error)
		goto out;
	model_open(&s->model, &(struct model_config){ .mute_ops = &s->source.ops->mute,
						      .source = s->source.self,
						      .look = s->source.ops->look,
						      .views = options_have_screen(o),
						      .scope = s->scope.filter,
						      .follow = s->scope.follow,
						      .user_name = users_name,
						      .find_user = users_find });
	s->flow = (struct flow){ .source = &s->source,
				 .ring = s->ring,
				 .model = &s->model,
				 .scope = &s->scope,
				 .recording = &s->recording };
	if (o->input_count && o->given & UINT64_C(1) << OPTION_SUMMARY)
		followed_command_replay(&s->command, &s->flow);
	want_detail(s, false);
	figures_open(&s->figures);
	if (o->metrics)
		error = metrics_open(&s->metrics, o->metrics_address, o->metrics_top, why, len);
	s->flow.metrics = s->metrics;
	if (!error)
		error = start(s, why, len);
out:
	if (error)
		session_close(s);
	return error;
}

/* ---- events ---- */

size_t
session_drain(struct session *s, uint64_t budget_ns, bool *more)
{
	return flow_drain(&s->flow, budget_ns, more);
}

bool
session_surveys(const struct session *s)
{
	return s->flow.survey.due;
}

void
session_on_event(struct session *s, void (*handler)(void *ctx, const struct event *), void *ctx)
{
	s->flow.on_event = handler;
	s->flow.on_event_ctx = ctx;
}

bool
session_ended(const struct session *s)
{
	return !s->source.ops->live && s->source.ops->ended(s->source.self);
}

bool
session_failed(const struct session *s, char *why, size_t len)
{
	return !s->source.ops->live && s->source.ops->failed(s->source.self, why, len);
}

bool
session_message(struct session *s, char *message, size_t len)
{
	return recording_message(&s->recording, message, len) ||
	       (!s->source.ops->live && s->source.ops->message(s->source.self, message, len));
}

int
session_seek(struct session *s, uint64_t to_ns, char *message, size_t len)
{
	const struct replay_ops *replay = s->source.ops->replay;
	int result = replay->seek(s->source.self, to_ns, message, len);

	if (result <= 0)
		return result;
	flow_discard(&s->flow);
	model_restart(&s->model);
	followed_command_restart(&s->command);
	s->figures.lost = 0;
	replay->seek_end(s->source.self);
	return 0;
}

void
session_subscribe(struct session *s, event_mask events, char *message, size_t len)
{
	const struct source_ops *ops = s->source.ops;
	event_mask before = s->events, more, less;
	char text[EVENT_MASK_TEXT];

	events = (events | event_mask_vital()) & ops->available(s->source.self);
	if (ops->subscribe(s->source.self, events) != 0)
		snprintf(message, len, "some of these event types were rejected by the system");
	s->events = events & ops->available(s->source.self);
	more = s->events & ~before;
	less = before & ~s->events;
	if (message[0] || !(more | less))
		return;
	event_mask_text(more ? more : less, text, sizeof(text));
	if (more && less)
		snprintf(message, len, "%u event types subscribed", event_mask_count(s->events));
	else
		snprintf(message, len, "%s: %.200s", more ? "subscribed" : "unsubscribed", text);
}

/* ---- the command ---- */

void
session_follow(struct session *s, struct child *child)
{
	followed_command_open(&s->command, child, &s->flow);
}

void
session_end_command(struct session *s)
{
	followed_command_end(&s->command, &s->flow);
}

/* ---- ticks and snapshots ---- */

static void
update_metrics(struct session *s)
{
	const struct snapshot_figures f = figures_for_snapshot(&s->figures, &s->source, s->events);

	if (s->metrics)
		metrics_update(s->metrics, &(struct metrics_input){ .tree = s->model.tree,
								    .mutes = s->model.mutes,
								    .stats = &s->figures.stats,
								    .self = &s->figures.self,
								    .subscribed = s->events,
								    .lag_ns = f.lag_ns,
								    .ring_fill = f.ring_fill,
								    .now_ns = session_now(s) });
}

static struct snapshot_figures
read_figures(struct session *s)
{
	figures_read(&s->figures, &s->source);
	figures_name(&s->figures, &s->source, &s->command, &s->recording);
	return figures_for_snapshot(&s->figures, &s->source, s->events);
}

void
session_figures(struct session *s)
{
	struct snapshot_figures figures = read_figures(s);

	model_figures(&s->model, &s->snapshot, &figures);
}

void
session_marks(struct session *s, const struct snapshot_spec *spec)
{
	struct snapshot_figures figures = read_figures(s);

	model_marks(&s->model, &s->snapshot, spec, &figures);
}

void
session_snapshot(struct session *s, const struct snapshot_spec *spec)
{
	struct snapshot_figures figures = read_figures(s);

	want_detail(s, spec->event_fields);
	model_snapshot(&s->model, &s->snapshot, spec, &figures, session_now(s));
	if (spec->chart.asked && spec->chart.whole && s->source.ops->replay)
		(void)s->source.ops->replay->chart(s->source.self, s->snapshot.chart); /* else of the hour */
}

void
session_tick(struct session *s, const struct snapshot_spec *spec)
{
	uint64_t lost;
	bool losses;

	/* Before the model's tick: it closes the interval the losses belong to. */
	figures_read(&s->figures, &s->source);
	lost = figures_lost(&s->figures);
	losses = lost != s->figures.lost;
	if (losses) {
		recording_loss(&s->recording, &s->figures.stats.loss, s->figures.stats.kernel_untyped,
			       session_now(s));
		tree_lost(s->model.tree, session_now(s));
	}
	s->figures.lost = lost;
	flow_tick(&s->flow);
	session_record_mutes(s);
	model_tick(&s->model, spec, session_now(s));
	if (losses)
		model_mark(&s->model, CHART_MARK_LOST, session_now(s));
	figures_tick(&s->figures, &s->flow, session_now(s));
	session_figures(s);
	update_metrics(s);
}

void
session_update(struct session *s, const struct snapshot_spec *spec)
{
	session_tick(s, spec);
	session_snapshot(s, spec);
}

uint64_t
session_lost(const struct session *s)
{
	return figures_lost(&s->figures);
}

void
session_accounting(const struct session *s, FILE *out)
{
	const struct loss *loss = &s->figures.stats.loss;

	for (unsigned id = 0; id < EV_COUNT; id++) {
		uint64_t applied = tree_applied(s->model.tree, (enum event_id)id);
		uint64_t outside = s->scope.outside[id];

		/* Core types that were subscribed; of the others, those that occurred. */
		if (!(applied | (id >= EV_CORE ? loss->kernel[id] | loss->ring[id] | loss->muted[id]
					       : s->events & EVENT_BIT(id))))
			continue;
		fprintf(out,
			"total %-8s %" PRIu64 " produced = %" PRIu64 " applied + %" PRIu64
			" lost in kernel + %" PRIu64 " lost in ring",
			event_info[id].name, applied + outside + loss->kernel[id] + loss->ring[id], applied,
			loss->kernel[id], loss->ring[id]);
		if (s->scope.family)
			fprintf(out, " + %" PRIu64 " of other processes", outside);
		if (loss->muted_known)
			fprintf(out, "; %" PRIu64 " muted", loss->muted[id]);
		fputc('\n', out);
	}
	if (s->figures.stats.kernel_untyped)
		fprintf(out, "total of unknown type %" PRIu64 " lost in kernel\n",
			s->figures.stats.kernel_untyped);
	if (loss->muted_elsewhere)
		fprintf(out,
			"total of the muted %" PRIu64 " by path, of processes in other mount namespaces\n",
			loss->muted_elsewhere);
}

/* ---- recording ---- */

void
session_record_mutes(struct session *s)
{
	recording_mutes(&s->recording, s->model.mutes, session_now(s));
}

/* An EV_SEEN event of a process that runs when a recording begins. The tree has it already. */
static void
record_running(void *ctx, const struct event *e)
{
	struct session *s = ctx;

	if (scope_take(&s->scope, e) && scope_match(&s->scope, s->model.tree, e))
		recording_event(&s->recording, e);
}

int
session_record_start(struct session *s, const char *path, bool overwrite, char *why, size_t len)
{
	int error = open_recording(s, path, overwrite, why, len);

	if (error)
		return error;
	want_detail(s, false);
	model_mark(&s->model, CHART_MARK_RECORD, session_now(s));
	s->source.ops->backfill(s->source.self, record_running, s);
	session_record_mutes(s);
	return 0;
}

static bool
close_recording(struct session *s, uint64_t *events, char *message, size_t len)
{
	return recording_close(&s->recording, &s->figures.stats.loss, s->figures.stats.kernel_untyped,
			       session_now(s), events, message, len);
}

void
session_record_stop(struct session *s, char *message, size_t len)
{
	uint64_t events;

	close_recording(s, &events, message, len);
	model_mark(&s->model, CHART_MARK_RECORD, session_now(s));
	want_detail(s, false); /* until the next snapshot */
	if (!message[0])
		snprintf(message, len, "%" PRIu64 " event%s recorded in %.300s", events,
			 events == 1 ? "" : "s", s->recording.path);
}

/* ---- the end ---- */

static void
end_recording(struct session *s)
{
	char message[512];
	uint64_t events;

	if (close_recording(s, &events, message, sizeof(message)) && message[0])
		say("%s", message);
}

void
session_stop(struct session *s)
{
	mutes_restore(s->model.mutes);
	if (s->source.ops->stop)
		s->source.ops->stop(s->source.self);
	s->flow.survey = (struct survey){ .off = true };
	flow_drain_all(&s->flow);
	session_figures(s);
	session_record_mutes(s);
	end_recording(s);
}

void
session_close(struct session *s)
{
	if (!s->options)
		return;
	if (s->recording.record) {
		/* All events that were queued belong to it. */
		if (s->model.tree)
			session_stop(s);
		else
			end_recording(s);
	}
	if (s->source.ops)
		s->source.ops->close(s->source.self);
	snapshot_finish(&s->snapshot);
	model_close(&s->model);
	ring_destroy(s->ring);
	notes_finish(&s->notes);
	if (s->wake.read_fd >= 0)
		wake_close(&s->wake);
	recording_finish(&s->recording);
	followed_command_close(&s->command);
	figures_close(&s->figures);
	metrics_close(s->metrics);
	scope_close(&s->scope);
	*s = (struct session){ .wake = { -1, -1 }, .figures.self.fd = -1 };
}
