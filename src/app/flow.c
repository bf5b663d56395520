/* flow - see flow.h. */
#include "src/app/flow.h"
#include "src/app/metrics.h"
#include "src/base/clock.h"
#include "src/base/users.h"

/* Events between two readings of the clock. */
#define DRAIN_STEP 512

/* To the log and the recording. */
static void
emit(struct flow *f, const struct event *e)
{
	if ((!f->on_event && !f->recording->record) || !scope_match(f->scope, f->model->tree, e))
		return;
	if (f->on_event)
		f->on_event(f->on_event_ctx, e);
	recording_event(f->recording, e);
}

static void
apply(struct flow *f, const struct event *e)
{
	if (!scope_take(f->scope, e))
		return;
	if (f->summary)
		summary_take(f->summary, e);
	emit(f, e);
	if (f->metrics)
		metrics_take(f->metrics, f->model->tree, e);
	model_apply(f->model, e);
}

/* An EV_SEEN event of a running process. */
static void
apply_running(void *ctx, const struct event *e)
{
	struct flow *f = ctx;

	if (!scope_take(f->scope, e))
		return;
	model_seen(f->model, e);
	emit(f, e);
	(void)users_name(e->who.uid); /* while there may be sockets: see src/es/linux/confine.c */
}

int
flow_backfill(struct flow *f)
{
	return f->source->ops->backfill(f->source->self, apply_running, f);
}

/* Compares the tree with the system. Returns how many processes were wrong, or a negative errno. */
static int64_t
compare(struct flow *f)
{
	struct tree *tree = f->model->tree;
	int64_t corrected;
	int error;

	tree_survey_begin(tree);
	error = flow_backfill(f);
	if (error) {
		tree_survey_cancel(tree);
		return error;
	}
	f->model->mutes_stale = true; /* processes may have ended without an exit event */
	corrected = (int64_t)tree_survey_end(tree, source_now(f->source));
	scope_survey(f->scope, tree);
	return corrected;
}

static void
survey(struct flow *f)
{
	uint64_t begun_ns = clock_steady();
	int64_t corrected;

	if (!survey_is_ready(&f->survey, f->source, f->ring, begun_ns))
		return;
	corrected = compare(f);
	survey_done(&f->survey, corrected, begun_ns, clock_steady());
}

static size_t
drain(struct flow *f, uint64_t budget_ns, bool *more)
{
	const struct event *e = ring_peek(f->ring, NULL);
	uint64_t end = 0, now;
	size_t n = 0;

	*more = false;
	if (!e)
		return 0;
	if (ring_used(f->ring) > f->ring_peak)
		f->ring_peak = ring_used(f->ring);
	/* Events are in order: the first is the oldest, and has the largest lag. */
	now = source_now(f->source);
	if (f->source->ops->live && now > e->time_ns && now - e->time_ns > f->lag_ns)
		f->lag_ns = now - e->time_ns;
	mutes_hold(f->model->mutes); /* changes that follow forks and execs reach the system in one call */
	for (; e; e = ring_peek(f->ring, NULL)) {
		if (n % DRAIN_STEP == 0) {
			now = clock_steady();
			if (n == 0)
				end = now + budget_ns;
			else if (now >= end) {
				*more = true;
				break;
			}
		}
		apply(f, e);
		ring_release(f->ring);
		n++;
	}
	mutes_release(f->model->mutes);
	return n;
}

size_t
flow_drain(struct flow *f, uint64_t budget_ns, bool *more)
{
	size_t n = drain(f, budget_ns, more);

	if (n || f->survey.due)
		survey(f);
	return n;
}

void
flow_drain_all(struct flow *f)
{
	bool more;

	do
		flow_drain(f, UINT64_MAX / 2, &more);
	while (more);
}

void
flow_tick(struct flow *f)
{
	survey_tick(&f->survey, mutes_inverted(f->model->mutes, MUTE_SIDE_PROCESS));
	survey(f);
}

void
flow_discard(struct flow *f)
{
	while (ring_peek(f->ring, NULL))
		ring_release(f->ring);
}
