/* figures - see figures.h. */
#include "src/app/figures.h"
#include "src/base/clock.h"

#include <stdio.h>
#include <string.h>

void
figures_open(struct figures *f)
{
	*f = (struct figures){ .stats.kernel_fill = -1 };
	self_open(&f->self, clock_steady());
}

void
figures_close(struct figures *f)
{
	self_close(&f->self);
}

void
figures_read(struct figures *f, const struct source *source)
{
	f->stats = (struct source_stats){ .kernel_fill = -1 };
	source->ops->stats(source->self, &f->stats);
}

static void
measure_muted(struct figures *f, uint64_t now_ns)
{
	uint64_t muted = loss_sum(f->stats.loss.muted);

	if (!f->stats.loss.muted_known)
		f->muted_rate = -1;
	else if (muted >= f->muted && now_ns > f->muted_ns && f->muted_ns)
		f->muted_rate = (double)(muted - f->muted) * 1e9 / (double)(now_ns - f->muted_ns);
	else
		f->muted_rate = 0;
	f->muted = muted;
	f->muted_ns = now_ns;
}

void
figures_tick(struct figures *f, struct flow *flow, uint64_t now_ns)
{
	measure_muted(f, now_ns);
	self_memory_trim(&f->self, clock_steady());
	self_sample(&f->self, clock_steady());
	f->lag_ns = flow->lag_ns;
	f->ring_fill = (double)flow->ring_peak / (double)ring_size(flow->ring);
	flow->lag_ns = 0;
	flow->ring_peak = 0;
}

void
figures_name(struct figures *f, const struct source *source, const struct followed_command *command,
	     const struct recording *recording)
{
	size_t at;

	if (source->ops->title)
		source->ops->title(source->self, f->title, sizeof(f->title));
	else
		snprintf(f->title, sizeof(f->title), "%s", source->ops->name);
	at = strlen(f->title);
	if (command->child && child_exit_status(command->child) >= 0) {
		char state[40];

		child_state(command->child, state, sizeof(state));
		snprintf(f->title + at, sizeof(f->title) - at, "  %.24s: %s", child_name(command->child),
			 state);
		at = strlen(f->title);
	}
	snprintf(f->title + at, sizeof(f->title) - at, "%s", recording_title(recording));
}

struct snapshot_figures
figures_for_snapshot(const struct figures *f, const struct source *source, event_mask subscribed)
{
	/* The fuller one of the two queues is the one that may lose events. */
	bool kernel_fills = f->stats.kernel_fill > f->ring_fill;
	struct position position = { 0 };

	if (source->ops->replay)
		source->ops->replay->position(source->self, &position);
	return (struct snapshot_figures){
		.position = position,
		.loss = f->stats.loss,
		.subscribed = subscribed,
		.available = source->ops->available(source->self),
		.muted_rate = f->muted_rate,
		.lag_ns = f->lag_ns,
		.ring_fill = kernel_fills ? f->stats.kernel_fill : f->ring_fill,
		.kernel_fills = kernel_fills,
		.handler_ns = f->stats.handler_median_ns,
		.self_cpu = f->self.cpu,
		.self_rss = f->self.rss,
	};
}

uint64_t
figures_lost(const struct figures *f)
{
	return loss_sum(f->stats.loss.kernel) + loss_sum(f->stats.loss.ring) + f->stats.kernel_untyped;
}
