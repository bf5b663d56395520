/* survey - see survey.h. */
#include "src/app/survey.h"

/* Between two checks for losses. */
#define LOSS_CHECK_NS UINT64_C(250000000)

/* Between two surveys: this, and so many times what the last one took. */
#define SURVEY_PAUSE_NS UINT64_C(200000000)
#define SURVEY_REST 20

/* Surveys after a loss: at least, and at most if each had something to correct. */
#define SURVEYS_MIN 2
#define SURVEYS_MAX 10

/* Ticks between two surveys while muting of processes is inverted. */
#define INVERTED_TICKS 5

static uint64_t
vital_lost(const struct source *source)
{
	struct source_stats stats = { .kernel_fill = -1 };
	uint64_t lost = 0;

	source->ops->stats(source->self, &stats);
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (event_info[id].vital)
			lost += stats.loss.kernel[id] + stats.loss.ring[id];
	return lost;
}

bool
survey_is_ready(struct survey *v, const struct source *source, const struct ring *ring, uint64_t now_ns)
{
	const struct source_ops *ops = source->ops;

	if (!ops->live || v->off)
		return false;
	if (now_ns - v->checked_ns >= LOSS_CHECK_NS) {
		v->checked_ns = now_ns;
		v->lost = vital_lost(source);
		if (v->lost != v->made_up) {
			v->due = true;
			v->rounds = 0;
		}
	}
	if (!v->due || now_ns < v->not_before_ns)
		return false;
	if (!v->marked) {
		v->marked = true;
		v->lost = vital_lost(source);
		v->exact = ops->mark && ops->mark(source->self);
		v->position = ring_written(ring);
	}
	if (v->exact && !ops->marked(source->self, &v->position))
		return false;
	return ring_read(ring) >= v->position;
}

void
survey_done(struct survey *v, int64_t corrected, uint64_t begun_ns, uint64_t now_ns)
{
	v->marked = false;
	/* With very many processes, surveys must not take all the time. */
	v->not_before_ns = now_ns + SURVEY_PAUSE_NS + SURVEY_REST * (now_ns - begun_ns);
	v->made_up = v->lost;
	v->rounds++;
	v->due = v->rounds < SURVEYS_MIN || (corrected != 0 && v->rounds < SURVEYS_MAX);
}

void
survey_tick(struct survey *v, bool inverted)
{
	if (inverted && v->inverted_ticks++ % INVERTED_TICKS == 0)
		v->due = true;
}
