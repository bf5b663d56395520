/* header - the lines above the table. */
#include "ui/header.h"
#include "model/clean.h"
#include "model/units.h"
#include "ui/format.h"
#include "ui/spark.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND 1000000000ull

static struct header_part *
add(struct header *h, unsigned line, bool right, enum role role)
{
	static struct header_part spare; /* a full header loses its last parts */

	if (h->n == HEADER_PARTS) {
		spare.wordings = 0;
		return &spare;
	}
	struct header_part *p = &h->part[h->n++];
	p->line = (uint8_t)line;
	p->right = right;
	p->role = role;
	p->wordings = p->chosen = 0;
	p->wide = false;
	return p;
}

/* Longest wording first. */
__attribute__((format(printf, 3, 4))) static void
word(struct header_part *p, unsigned rank, const char *format, ...)
{
	va_list args;

	if (p->wordings == HEADER_WORDINGS)
		return;
	va_start(args, format);
	vsnprintf(p->text[p->wordings], HEADER_TEXT, format, args);
	va_end(args);
	p->rank[p->wordings++] = (uint8_t)rank;
}

/* Untrusted text, cleaned and cut to this many columns. */
static const char *
foreign(char *out, size_t size, const char *text, unsigned columns, bool ascii)
{
	bool more;

	clean_slice(out, size - 3, text, strlen(text), ascii, 0, columns, &more);
	if (more) {
		clean_slice(out, size - 3, text, strlen(text), ascii, 0, columns - (ascii ? 2 : 1), NULL);
		strcat(out, ascii ? ".." : "…");
	}
	return out;
}

/*
 * Where one is in a recording and how long it is: "14:03:20  0:00:12 of 0:05:00"; of a file that is
 * still being scanned what is known, and how much of it.
 */
static void
compose_position(struct header *h, const struct position *at)
{
	struct header_part *p = add(h, 0, false, ROLE_NAME);
	char clock[32], now[32], all[32] = "?", scanned[32] = "", pace[24] = "";
	double share = at->end_ns > at->begin_ns
			       ? (double)(at->now_ns - at->begin_ns) / (double)(at->end_ns - at->begin_ns)
			       : 0;

	units_duration(now, sizeof now, at->now_ns - at->begin_ns, DURATION_CLOCK);
	if (at->scanned >= 0)
		units_duration(all, sizeof all, at->end_ns - at->begin_ns, DURATION_CLOCK);
	if (at->scanned >= 0 && !position_is_whole(at))
		snprintf(scanned, sizeof scanned, "+ (%.0f%% scanned)", at->scanned * 100);
	if (at->pace[0])
		snprintf(pace, sizeof pace, " %s", at->pace);
	word(p, 44, "%s  %s of %s%s%s", position_clock(clock, sizeof clock, at->now_ns), now, all, scanned,
	     pace);
	word(p, 67, "%s/%s%s%s", now, all, scanned[0] ? "+" : "", pace);
	if (position_is_whole(at))
		word(p, 97, "%.0f%%%s", share * 100, pace);
	else
		word(p, 97, "%s%s", now, pace);
}

static const char *
figure(char *out, size_t size, const struct header_facts *f, uint64_t total, double rate)
{
	return f->ended ? units_grouped(out, size, total) : units_rate(out, size, rate, 0);
}

static void
compose_title(struct header *h, const struct header_facts *f, const struct snapshot *s)
{
	char text[HEADER_TEXT / 2], number[32];
	struct header_part *p;
	uint64_t all = 0;

	word(add(h, 0, false, ROLE_NAME), 43, "estop");
	if (f->config->host && *f->config->host)
		word(add(h, 0, false, ROLE_PLAIN), 35, "%s",
		     foreign(text, sizeof text, f->config->host, 24, f->ascii));
	if (f->config->source && *f->config->source)
		word(add(h, 0, false, ROLE_PLAIN), 45, "%s%s%s",
		     foreign(text, sizeof text, f->config->source, 40, f->ascii),
		     f->dated && s->position.pace[0] ? " " : "", f->dated ? s->position.pace : "");
	if (f->dated) {
		time_t seconds = (time_t)(s->time_ns / SECOND);
		struct tm tm;
		if (localtime_r(&seconds, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm))
			word(add(h, 0, false, ROLE_PLAIN), 42, "%s", text);
	}
	if (s->position.begin_ns && !f->dated)
		compose_position(h, &s->position);
	else if (s->time_ns >= f->start_ns)
		word(add(h, 0, false, ROLE_PLAIN), 40, "up %s",
		     units_duration(number, sizeof number, s->time_ns - f->start_ns, DURATION_CLOCK));
	if (f->paused) {
		p = add(h, 0, false, ROLE_ALARM);
		word(p, 48, "PAUSED, %s events behind", units_grouped(number, sizeof number, s->backlog));
		word(p, 60, "PAUSED +%s", number);
		word(p, 99, "PAUSED");
	}
	for (unsigned id = 0; id < EV_COUNT; id++)
		all += s->total[id];
	p = add(h, 0, true, ROLE_PLAIN);
	/* Room for the usual figures, so that the line does not tremble. */
	figure(number, sizeof number, f, all, s->rate_all);
	const char *unit = f->ended ? "events" : "ev/s";
	/* With -p or -u it is not of the rows. At the end of a command how that was matters more. */
	if (!f->ended && f->config->scope_text && *f->config->scope_text)
		word(p, 63, "all %s %s%*s", number, unit, strlen(number) < 7 ? 7 - (int)strlen(number) : 0,
		     "");
	word(p, 64, "%s %s%*s", number, unit, strlen(number) < 7 ? 7 - (int)strlen(number) : 0, "");
	word(p, 70, "%s %s", number, unit);
	double others = s->rate_all;
	for (unsigned id = 0; id < EV_CORE; id++) {
		others -= s->rate[id];
		all -= s->total[id];
		if (!(s->subscribed & EVENT_BIT(id)))
			continue;
		bool file = event_info[id].group == EVENT_GROUP_FILE;
		word(add(h, 0, true, ROLE_PLAIN), file ? 58 - id : 22 - id, "%s %-*s", event_info[id].name,
		     file ? 6 : 4, figure(number, sizeof number, f, s->total[id], s->rate[id]));
	}
	if (s->subscribed & ~EVENT_CORE)
		word(add(h, 0, true, ROLE_PLAIN), 30, "other %-6s",
		     figure(number, sizeof number, f, all, others > 0 ? others : 0));
}

/* What Linux follows by itself is not among what Endpoint Security counts. */
static void
compose_followed(struct header *h, const struct mute_counts *m)
{
	const struct {
		unsigned count;
		const char *word;
	} kinds[] = { { m->followed_units, "unit" },
		      { m->followed_users, "user" },
		      { m->followed_subtrees, "subtree" } };
	unsigned sum = m->followed_units + m->followed_users + m->followed_subtrees;
	char text[64] = "";
	struct header_part *p;

	if (!sum)
		return;
	for (unsigned i = 0; i < 3; i++)
		if (kinds[i].count)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%u %s%s",
				 text[0] ? ", " : "", kinds[i].count, kinds[i].word,
				 kinds[i].count == 1 ? "" : "s");
	p = add(h, 1, false, ROLE_PLAIN);
	word(p, 49, "apart: %s", text);
	word(p, 61, "apart: %u", sum);
}

/* What the rules save: as counted, or where nobody counts it as it was before. */
static void
compose_worth(struct header *h, const struct snapshot *s)
{
	const struct mute_counts *m = &s->mutes;
	bool counted = s->muted_rate >= 0;
	double rate = counted ? s->muted_rate : m->rate_before;
	struct header_part *p;
	char number[32];

	if (!(m->processes + m->paths) || rate <= 0)
		return;
	units_rate(number, sizeof number, rate, 0);
	p = add(h, 1, false, ROLE_NAME);
	if (counted) {
		word(p, 25, "%s ev/s suppressed (counted)", number);
		word(p, 45, "%s ev/s suppressed", number);
		word(p, 56, "-%s/s", number);
	} else {
		word(p, 29, "%s ev/s before they were muted", number);
		word(p, 45, "%s ev/s before", number);
	}
}

static void
compose_mutes(struct header *h, const struct header_facts *f, const struct snapshot *s)
{
	const struct mute_counts *m = &s->mutes;
	char es[32] = "?/?", all[32], kernel[32], ring[32];
	uint64_t lost_kernel = loss_sum(s->loss.kernel), lost_ring = loss_sum(s->loss.ring);
	struct header_part *p = add(h, 1, false, ROLE_PLAIN);

	(void)f;
	if (m->es_known)
		snprintf(es, sizeof es, "%u/%u", m->es_processes, m->es_paths);
	p->wide = m->es_known;
	if (p->wide) /* the same in words */
		word(p, 29, "muted  %u process%s  %u path%s  (es: %s in the system, local %u in estop)",
		     m->processes, m->processes == 1 ? "" : "es", m->paths, m->paths == 1 ? "" : "s", es,
		     m->local);
	word(p, 50, "muted  %u process%s  %u path%s  (es: %s, local %u)", m->processes,
	     m->processes == 1 ? "" : "es", m->paths, m->paths == 1 ? "" : "s", es, m->local);
	if (m->local)
		word(p, 62, "muted %u/%u (es: %s, local %u)", m->processes, m->paths, es, m->local);
	else
		word(p, 62, "muted %u/%u (es: %s)", m->processes, m->paths, es);
	word(p, 80, "muted %u/%u es %s", m->processes, m->paths, es);
	word(p, 98, "es %s", es);
	compose_worth(h, s);
	compose_followed(h, m);
	if (m->differs) {
		p = add(h, 1, false, ROLE_ALARM);
		word(p, 66, "estop counts %u/%u", m->own_processes, m->own_paths);
		word(p, 82, "not %u/%u", m->own_processes, m->own_paths);
	}
	if (m->only[0]) {
		p = add(h, 1, false, ROLE_ALARM);
		word(p, 64, "ONLY %s (Esc ends)", m->only);
		word(p, 92, "ONLY %.30s", m->only);
		word(p, 95, "ONLY %.14s", m->only);
	}
	for (unsigned side = 0; side < MUTE_SIDE_COUNT; side++)
		if (m->inverted[side] && !(m->only[0] && side == MUTE_SIDE_PROCESS)) {
			p = add(h, 1, false, ROLE_ALARM);
			word(p, 64, "ONLY listed %s pass", mute_side_word[side]);
			word(p, 95, "ONLY listed");
		}

	/* A path there may be another program: a mute by path is a place to hide. */
	if (s->loss.muted_elsewhere) {
		p = add(h, 1, false, ROLE_ALARM);
		units_grouped(all, sizeof all, s->loss.muted_elsewhere);
		word(p, 63, "suppressed in other mount namespaces %s", all);
		word(p, 81, "suppressed elsewhere %s", all);
		word(p, 94, "elsewhere %s", all);
	}

	bool lost = lost_kernel || lost_ring;
	p = add(h, 1, true, lost ? ROLE_ALARM : ROLE_PLAIN);
	word(p, 55, "lost %s (kernel %s, ring %s)", units_grouped(all, sizeof all, lost_kernel + lost_ring),
	     units_grouped(kernel, sizeof kernel, lost_kernel), units_grouped(ring, sizeof ring, lost_ring));
	word(p, lost ? 97 : 65, "lost %s", all);

	bool late = s->lag_ns > 2 * SECOND && !f->paused;
	word(add(h, 1, true, late ? ROLE_ALARM : ROLE_PLAIN), late ? 66 : 28, "lag %-6s",
	     units_duration(all, sizeof all, s->lag_ns, DURATION_EXACT));
	bool full = s->ring_fill >= 0.5;
	word(add(h, 1, true, full ? ROLE_ALARM : ROLE_PLAIN), full ? 67 : 24, "%s %.0f%%",
	     s->kernel_fills ? "kernel" : "ring", s->ring_fill * 100);
	p = add(h, 1, true, ROLE_PLAIN);
	word(p, 26, "self %.1f%% %llu MiB", s->self_cpu,
	     (unsigned long long)((s->self_rss + (1 << 19)) >> 20));
	word(p, 27, "self %.1f%%", s->self_cpu);
	if (s->handler_ns)
		word(add(h, 1, true, ROLE_PLAIN), 10, "handler %s",
		     units_duration(all, sizeof all, s->handler_ns, DURATION_EXACT));
}

/* The last minute as bars, each the mean of this many seconds. */
static void
bars(char *out, size_t size, const float samples[MINUTE_SECONDS], unsigned seconds, bool ascii)
{
	float mean[MINUTE_SECONDS];
	unsigned n = 0;

	for (unsigned i = 0; i < MINUTE_SECONDS; i += seconds) {
		float sum = 0;
		unsigned known = 0;
		for (unsigned k = i; k < i + seconds; k++)
			if (samples[k] >= 0)
				sum += samples[k], known++;
		mean[n++] = known ? sum / (float)known : -1;
	}
	spark_draw(out, size, mean, n, ascii);
}

static void
compose_minute(struct header *h, const struct header_facts *f, const struct snapshot *s)
{
	static const struct {
		unsigned seconds, rank;
	} wordings[] = { { 1, 8 }, { 2, 12 }, { 4, 14 } };
	char text[MINUTE_SECONDS * SPARK_BYTES + 1];
	bool any = false;

	for (unsigned i = 0; i < MINUTE_SECONDS; i++)
		any |= s->activity[i] > 0;
	if (!any)
		return;
	struct header_part *p = add(h, 2, true, ROLE_PLAIN);
	for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++) {
		bars(text, sizeof text, s->activity, wordings[i].seconds, f->ascii);
		word(p, wordings[i].rank, "minute %s", text);
	}
}

/* Rows on which its regular expression takes too long are left out. */
static const char *
filter_label(const struct filter *f)
{
	return filter_limited(f)  ? "filter too costly:"
	       : filter_missed(f) ? "filter (may miss: arguments cut)"
				  : "filter";
}

static void
compose_headline(struct header *h, const struct header_facts *f)
{
	const struct headline *line = f->headline;
	struct header_part *p = add(h, 2, false, ROLE_PLAIN);
	char text[HEADER_TEXT / 2];

	word(p, 44, "%s", line->what);
	if (line->filter) {
		p = add(h, 2, false, ROLE_PLAIN);
		const char *label = filter_label(line->filter);
		word(p, 46, "%s %s", label,
		     foreign(text, sizeof text, filter_text(line->filter), 32, f->ascii));
		word(p, 96, "%s", label);
	}
}

static void
compose_processes(struct header *h, const struct header_facts *f, const struct snapshot *s)
{
	char text[HEADER_TEXT / 2 * 2 - 32], number[32], sum[32], hidden[32];
	const struct snapshot_spec *spec = f->spec;
	const struct headline *line = f->headline;
	struct header_part *p;

	if (f->config->scope_text && *f->config->scope_text)
		word(add(h, 2, false, ROLE_PLAIN), 46, "only %s",
		     foreign(text, sizeof text, f->config->scope_text, 32, f->ascii));
	if (grouping_has_groups(spec->by)) {
		word(add(h, 2, false, ROLE_NAME), 18, "by %s", grouping_info[spec->by].name);
		p = add(h, 2, false, ROLE_PLAIN);
		/* All of them end in s. */
		const char *many = grouping_info[spec->by].many;
		int length = (int)strlen(many) - (s->groups == 1);
		word(p, 33, "%s %.*s", units_grouped(number, sizeof number, s->groups), length, many);
	}
	p = add(h, 2, false, ROLE_PLAIN);
	if (spec->filter) {
		const char *typed = filter_text(spec->filter);
		size_t all = s->matched > s->processes ? s->matched : s->processes;
		const char *label = filter_label(spec->filter);
		word(p, 61, "%s %s", label, foreign(text, sizeof text, typed, 40, f->ascii));
		word(p, 63, "%s %s", label, foreign(text, sizeof text, typed, 16, f->ascii));
		word(p, 96, "%s", label);
		p = add(h, 2, false, ROLE_PLAIN);
		units_grouped(number, sizeof number, s->matched);
		units_grouped(sum, sizeof sum, all);
		if (s->matched < all)
			word(p, 32, "%s of %s rows, %s hidden", number, sum,
			     units_grouped(hidden, sizeof hidden, all - s->matched));
		word(p, 47, "%s of %s rows", number, sum);
		word(p, 49, "%s of %s", number, sum);
	} else {
		word(p, 44, "%s process%s", units_grouped(number, sizeof number, s->processes),
		     s->processes == 1 ? "" : "es");
	}
	if (s->marked_ns && s->time_ns >= s->marked_ns) {
		p = add(h, 2, false, ROLE_NAME);
		format_time(number, sizeof number, s->marked_ns, 0);
		word(p, 50, "%s since %s", f->ascii ? "#" : "Σ", number);
		word(p, 53, "since %s", number);
	}
	if (line->held) {
		p = add(h, 2, false, ROLE_NAME);
		word(p, 38, "order frozen (o)");
		word(p, 52, "frozen");
	}
	if (line->follows && *line->follows) {
		p = add(h, 2, false, ROLE_NAME);
		word(p, 30, "follows %.60s", line->follows);
		word(p, 48, "follows");
	}
	if (spec->by == BY_FLAT)
		word(add(h, 2, false, ROLE_PLAIN), 16, "flat");
	if (spec->by == BY_TREE && !spec->subtree_totals)
		word(add(h, 2, false, ROLE_PLAIN), 19, "no subtree totals");
	if (spec->kernel_threads)
		word(add(h, 2, false, ROLE_PLAIN), 15, "kernel threads");
	if (spec->exited_secs == 0)
		word(add(h, 2, false, ROLE_PLAIN), 17, "exited hidden");
	else if (spec->exited_secs < 0)
		word(add(h, 2, false, ROLE_PLAIN), 17, "exited kept");
	else if (spec->exited_secs != UI_EXITED_DEFAULT_SECS)
		word(add(h, 2, false, ROLE_PLAIN), 17, "exited %d s", spec->exited_secs);
}

static void
compose_view(struct header *h, const struct header_facts *f, const struct snapshot *s)
{
	const struct headline *line = f->headline;

	if (line->what[0])
		compose_headline(h, f);
	else
		compose_processes(h, f, s);
	if (line->sort)
		word(add(h, 2, true, ROLE_PLAIN), 41, "sort %s %s", line->sort,
		     f->ascii           ? line->descending ? "desc" : "asc"
		     : line->descending ? "▼"
					: "▲");
	double seconds = f->interval_ms / 1e3;
	bool tenths = f->interval_ms % 100 == 0;
	word(add(h, 2, true, ROLE_PLAIN), 20, tenths ? "every %.1f s" : "every %.3f s", seconds);
	if (!f->dated) /* for the screen only, not for batch output */
		compose_minute(h, f, s);
}

void
header_compose(struct header *h, const struct header_facts *f, const struct snapshot *s, unsigned lines)
{
	h->n = 0;
	compose_mutes(h, f, s);
	unsigned mutes_end = h->n;
	compose_title(h, f, s);
	compose_view(h, f, s);
	if (lines >= HEADER_LINES)
		return;
	/* Two lines: title and view share the first. One: all on it, mutes first. */
	for (unsigned i = 0; i < h->n; i++) {
		struct header_part *p = &h->part[i];
		p->line = lines == 1 ? 0 : i < mutes_end ? 1 : 0;
		p->right = false;
	}
}

static unsigned
width_of(const struct header *h, unsigned line, bool right)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < h->n; i++) {
		const struct header_part *p = &h->part[i];
		if (p->line == line && p->right == right && p->chosen < p->wordings)
			sum += (unsigned)clean_width(p->text[p->chosen]) + (sum ? 2 : 0);
	}
	return sum;
}

static bool
fits(const struct header *h, unsigned line, unsigned columns)
{
	unsigned left = width_of(h, line, false), right = width_of(h, line, true);

	return left + right + (left && right ? 3 : 0) <= columns;
}

/* Makes the lowest rank of the line give way; false when only a last word is left. */
static bool
shorten(struct header *h, unsigned line)
{
	struct header_part *worst = NULL;
	unsigned parts = 0;

	for (unsigned i = 0; i < h->n; i++) {
		struct header_part *p = &h->part[i];
		if (p->line != line || p->chosen == p->wordings)
			continue;
		parts++;
		if (!worst || p->rank[p->chosen] < worst->rank[worst->chosen])
			worst = p;
	}
	if (!worst || (parts == 1 && worst->chosen + 1 == worst->wordings))
		return false;
	worst->chosen++;
	return true;
}

static unsigned
first_of(const struct header_part *p, unsigned columns)
{
	return p->wide && columns < HEADER_WIDE;
}

/* What gave way before something longer did may fit after all, the highest rank first. */
static void
lengthen(struct header *h, unsigned line, unsigned columns)
{
	for (int rank = 99; rank >= 0; rank--)
		for (unsigned i = 0; i < h->n; i++) {
			struct header_part *p = &h->part[i];
			if (p->line != line || p->chosen <= first_of(p, columns) ||
			    p->rank[p->chosen - 1] != rank)
				continue;
			p->chosen--;
			if (!fits(h, line, columns))
				p->chosen++;
		}
}

unsigned
header_fit(struct header *h, unsigned columns)
{
	unsigned second = 0, latest = columns;

	for (unsigned i = 0; i < h->n; i++)
		h->part[i].chosen = (uint8_t)first_of(&h->part[i], columns);
	for (unsigned line = 0; line < HEADER_LINES; line++) {
		bool whole = fits(h, line, columns);
		while (!fits(h, line, columns) && shorten(h, line))
			;
		if (!whole)
			lengthen(h, line, columns);
		unsigned left = width_of(h, line, false), right = width_of(h, line, true);
		if (right && left + 3 > second)
			second = left + 3;
		if (right && (right > columns ? 0 : columns - right) < latest)
			latest = right > columns ? 0 : columns - right;
	}
	/* The halves of all lines begin in one column where they can. */
	return second <= latest ? second : 0;
}

void
header_write(const struct header *h, unsigned line, unsigned second, unsigned columns,
	     void (*put)(void *ctx, unsigned x, const char *text, enum role), void *ctx)
{
	unsigned left = width_of(h, line, false), right = width_of(h, line, true);
	unsigned x = 0;

	for (int half = 0; half < 2; half++) {
		if (half == 1 && right)
			x = second > left                         ? second
			    : left && left + 3 + right <= columns ? left + 3
			    : left                                ? left + 2
								  : 0;
		for (unsigned i = 0; i < h->n; i++) {
			const struct header_part *p = &h->part[i];
			if (p->line != line || p->right != (half == 1) || p->chosen == p->wordings)
				continue;
			put(ctx, x, p->text[p->chosen], p->role);
			x += (unsigned)clean_width(p->text[p->chosen]) + 2;
		}
	}
}
