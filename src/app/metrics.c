/* metrics - see metrics.h. */
#include "src/app/metrics.h"
#include "model/busiest.h"
#include "model/xalloc.h"
#include "src/app/metrics_server.h"
#include "src/base/clock.h"
#include "src/base/strbuf.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct metric_info metric_info[METRIC_COUNT] = {
#define X(id, name, kind, labels, help) { name, kind, labels, help },
	METRIC_TABLE(X)
#undef X
};

struct metrics {
	struct metrics_server *server;
	struct busiest *programs, *units;
	struct text text[METRICS_FORMS];
};

int
metrics_open(struct metrics **to, const char *address, unsigned top, char *why, size_t len)
{
	struct metrics *m = xcalloc(1, sizeof(*m));
	int error = metrics_server_open(&m->server, address, why, len);

	m->programs = busiest_create(top);
	m->units = busiest_create(top);
	*to = m;
	if (!error)
		return 0;
	metrics_close(m);
	*to = NULL;
	return error;
}

void
metrics_close(struct metrics *m)
{
	if (!m)
		return;
	metrics_server_close(m->server);
	busiest_destroy(m->programs);
	busiest_destroy(m->units);
	for (unsigned i = 0; i < METRICS_FORMS; i++)
		text_finish(&m->text[i]);
	free(m);
}

int
metrics_fd(const struct metrics *m)
{
	return m ? metrics_server_fd(m->server) : -1;
}

const char *
metrics_where(const struct metrics *m)
{
	return metrics_server_where(m->server);
}

void
metrics_take(struct metrics *m, const struct tree *tree, const struct event *e)
{
	const char *exe, *unit;

	if (e->id >= EV_COUNT)
		return;
	tree_exe_and_unit(tree, &e->who, &exe, &unit);
	if (!exe[0]) /* the first word of it */
		exe = event_field(e, FIELD_EXE, NULL);
	busiest_take(m->programs, exe ? exe : "", (enum event_id)e->id);
	busiest_take(m->units, unit, (enum event_id)e->id);
}

/* ---- the text ---- */

struct writer {
	struct text *out;
	enum metrics_form form;
	const struct metric_info *metric;
	const char *name; /* of its samples */
	char total[80];
};

/* HELP and TYPE of a metric, whose samples follow. */
static void
begin(struct writer *w, enum metric id)
{
	const struct metric_info *m = &metric_info[id];
	bool counter = strcmp(m->kind, "counter") == 0;
	const char *family;

	snprintf(w->total, sizeof(w->total), "%s%s", m->name, counter ? "_total" : "");
	w->metric = m;
	w->name = w->total;
	family = w->form == METRICS_OPEN ? m->name : w->total;
	text_format(w->out, "# HELP %s %s\n# TYPE %s %s\n", family, m->help, family, m->kind);
}

/* Backslash and quotation mark are escaped; there is no newline in what is clean. */
static void
add_label(struct writer *w, char before, const char *name, const char *value)
{
	text_char(w->out, before);
	text_word(w->out, name);
	text_word(w->out, "=\"");
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			text_char(w->out, '\\');
		text_char(w->out, *value);
	}
	text_char(w->out, '"');
}

/* A sample up to its value; NULL: it has no such label. */
static void
add_name(struct writer *w, const char *label, const char *value, const char *type)
{
	text_word(w->out, w->name);
	if (label)
		add_label(w, '{', label, value);
	if (type)
		add_label(w, label ? ',' : '{', "type", type);
	text_word(w->out, label || type ? "} " : " ");
}

static void
add_count(struct writer *w, const char *label, const char *value, const char *type, uint64_t count)
{
	add_name(w, label, value, type);
	text_uint(w->out, count);
	text_char(w->out, '\n');
}

static void
add_number(struct writer *w, double number)
{
	add_name(w, NULL, NULL, NULL);
	text_format(w->out, "%.9g\n", isfinite(number) ? number : 0);
}

/* Types that are watched, and those that occurred. */
static void
add_types(struct writer *w, const char *label, const char *value, const uint64_t count[EV_COUNT],
	  event_mask watched)
{
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (count[id] || (watched & EVENT_BIT(id)))
			add_count(w, label, value, event_info[id].name, count[id]);
}

static void
add_busy(struct writer *w, const char *label, const struct busy *b)
{
	uint64_t count[EV_COUNT] = { 0 };

	for (unsigned id = 0; id < EV_COUNT; id++) {
		const struct tally *t = activity_get(&b->did, (enum event_id)id);

		count[id] = t ? t->total : 0;
	}
	/* What begins at 0 has a rate from its first event on. */
	add_types(w, label, b->label, count, EVENT_CORE);
}

static void
add_busiest(struct writer *w, enum metric id, const char *label, const struct busiest *busiest)
{
	begin(w, id);
	for (const struct busy *b = busiest_next(busiest, NULL); b; b = busiest_next(busiest, b))
		add_busy(w, label, b);
	add_busy(w, label, busiest_others(busiest));
}

static void
add_counters(struct writer *w, const struct metrics_input *in)
{
	const struct source_stats *stats = in->stats;
	uint64_t applied[EV_COUNT];

	for (unsigned id = 0; id < EV_COUNT; id++)
		applied[id] = tree_applied(in->tree, (enum event_id)id);
	begin(w, METRIC_EVENTS);
	add_types(w, NULL, NULL, applied, in->subscribed);
	begin(w, METRIC_LOST);
	add_types(w, "where", "kernel", stats->loss.kernel, in->subscribed);
	add_types(w, "where", "ring", stats->loss.ring, in->subscribed);
	add_count(w, "where", "kernel", "unknown", stats->kernel_untyped);
	if (stats->loss.muted_known) {
		begin(w, METRIC_MUTED);
		add_types(w, NULL, NULL, stats->loss.muted, in->subscribed);
	}
}

static void
add_rules(struct writer *w, const struct mutes *mutes)
{
	struct mute_counts counts;

	mutes_counts(mutes, &counts);
	begin(w, METRIC_RULES);
	add_count(w, "kind", "process", NULL, counts.processes);
	add_count(w, "kind", "path", NULL, counts.paths);
	add_count(w, "kind", "local", NULL, counts.local);
}

static void
add_handler(struct writer *w, const struct source_stats *stats)
{
	uint64_t sum = 0;

	if (!stats->handler_count)
		return;
	begin(w, METRIC_HANDLER);
	for (unsigned i = 0; i < HANDLER_BUCKETS; i++) {
		sum += stats->handler_bucket[i];
		text_format(w->out, "%s_bucket{le=\"%.9g\"} %" PRIu64 "\n", w->name,
			    (double)(HANDLER_FIRST_NS << i) / 1e9, sum);
	}
	text_format(w->out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum %.9g\n%s_count %" PRIu64 "\n",
		    w->name, stats->handler_count, w->name, (double)stats->handler_sum_ns / 1e9, w->name,
		    stats->handler_count);
}

static void
add_gauge(struct writer *w, enum metric id, double value)
{
	begin(w, id);
	add_number(w, value);
}

static void
write_text(const struct metrics *m, struct text *out, enum metrics_form form, const struct metrics_input *in)
{
	struct writer w = { .out = out, .form = form };

	out->length = 0;
	begin(&w, METRIC_BUILD);
	text_word(out, w.name);
	add_label(&w, '{', "version", ESTOP_VERSION);
	text_word(out, "} 1\n");
	add_counters(&w, in);
	add_rules(&w, in->mutes);
	add_busiest(&w, METRIC_PROGRAM, "program", m->programs);
	add_busiest(&w, METRIC_UNIT, "unit", m->units);
	add_gauge(&w, METRIC_LAG, (double)in->lag_ns / 1e9);
	add_gauge(&w, METRIC_FILL, in->ring_fill);
	add_handler(&w, in->stats);
	add_gauge(&w, METRIC_CPU, (double)in->self->cpu_ns / 1e9);
	if (in->self->rss)
		add_gauge(&w, METRIC_MEMORY, (double)in->self->rss);
	begin(&w, METRIC_TIME);
	text_format(out, "%s %.3f\n", w.name, (double)in->now_ns / 1e9);
	if (form == METRICS_OPEN)
		text_word(out, "# EOF\n");
}

void
metrics_update(struct metrics *m, const struct metrics_input *in)
{
	const char *bytes[METRICS_FORMS];
	size_t length[METRICS_FORMS];
	uint64_t now_ns = clock_steady();

	busiest_tick(m->programs, now_ns);
	busiest_tick(m->units, now_ns);
	for (unsigned i = 0; i < METRICS_FORMS; i++) {
		write_text(m, &m->text[i], (enum metrics_form)i, in);
		bytes[i] = m->text[i].bytes;
		length[i] = m->text[i].length;
	}
	metrics_server_publish(m->server, bytes, length);
}

const char *
metrics_text(const struct metrics *m, bool open, size_t *length)
{
	const struct text *t = &m->text[open ? METRICS_OPEN : METRICS_PLAIN];

	*length = t->length;
	return t->bytes;
}
