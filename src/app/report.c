/* report - see report.h. */
#include "src/app/report.h"
#include "model/clean.h"
#include "model/units.h"
#include "model/xalloc.h"
#include "ui/format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 80, FIGURE = 9, DURATION = 32 };

static void
write_clean(FILE *out, const char *text)
{
	size_t length = strlen(text), size = length * 8 + 16;
	char *clean = xmalloc(size);

	clean_text(clean, size, text, length, clean_ascii());
	fputs(clean, out);
	free(clean);
}

/* As much of it as there is room for; what is cut ends in "...". */
static void
write_cut(FILE *out, const char *text, size_t room)
{
	size_t length = strlen(text), size = length * 8 + 16;
	char *clean = xmalloc(size);
	bool cut;

	clean_text(clean, size, text, length, clean_ascii());
	cut = clean_width(clean) > room;
	clean_slice(clean, size, text, length, clean_ascii(), 0, cut ? room - 3 : room, NULL);
	fprintf(out, "%s%s", clean, cut ? "..." : "");
	free(clean);
}

static const char *
base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return !path ? "(all others)" : slash && slash[1] ? slash + 1 : path;
}

/* "cc1 -quiet src/a.c": the program without its directory. */
static const char *
without_directory(const char *command)
{
	const char *end = command + strcspn(command, " "), *name = command;

	for (const char *at = command; at < end; at++)
		if (*at == '/' && at + 1 < end)
			name = at + 1;
	return name;
}

static const char *
duration(char out[DURATION], uint64_t ns)
{
	return units_duration(out, DURATION, ns, DURATION_EXACT);
}

/* ---- the first line ---- */

static void
write_first(FILE *out, const struct session *s)
{
	const struct child *child = s->command.child;
	struct summary_run run;
	char time[DURATION], what[40];
	bool several;
	int status;

	fputs("\nestop: ", out);
	if (child) {
		child_state(child, what, sizeof(what));
		write_clean(out, child_name(child));
		fprintf(out, ": %s after %s\n", what, duration(time, child_ran_ns(child)));
	} else if (!summary_first(s->command.summary, &run, &status, &several)) {
		fputs("nothing was executed in this recording\n", out);
	} else if (several) {
		struct summary_load load;

		summary_load(s->command.summary, session_now(s), &load);
		fprintf(out, "%" PRIu64 " processes in %s\n", load.processes, duration(time, load.wall_ns));
	} else {
		format_status(what, sizeof(what), status);
		write_cut(out, without_directory(run.command), COLUMNS - 30);
		fprintf(out, ": %s after %s\n", what, duration(time, run.time_ns));
	}
}

/* ---- programs ---- */

/* Where there are more than REPORT_PROGRAMS: those that ran longest, and what they are below. */
static size_t
choose(const struct summary_program all[], size_t n, bool chosen[])
{
	size_t count = 0;
	uint64_t least = 0, above = UINT64_MAX;

	/* The least time that enough of them have. */
	for (size_t k = 0; k < REPORT_PROGRAMS && k < n; k++) {
		least = 0;
		for (size_t i = 0; i < n; i++)
			if (all[i].time_ns < above && all[i].time_ns > least)
				least = all[i].time_ns;
		above = least;
	}
	for (size_t i = 0; i < n; i++)
		chosen[i] = n <= REPORT_PROGRAMS || (all[i].time_ns >= least && least);
	for (size_t i = n; i-- > 0;)
		for (size_t k = i, depth = all[i].depth; chosen[i] && k-- > 0 && depth > 0;)
			if (all[k].depth < depth) {
				depth = all[k].depth;
				chosen[k] = true;
			}
	for (size_t i = 0; i < n; i++)
		count += chosen[i];
	return count;
}

/* Is there another path of the same name? Then the path says which is meant. */
static bool
is_ambiguous(const struct summary_program all[], size_t n, const char *path)
{
	for (size_t i = 0; path && i < n; i++)
		if (all[i].path && strcmp(base_name(all[i].path), base_name(path)) == 0 &&
		    strcmp(all[i].path, path) != 0)
			return true;
	return false;
}

static void
write_program(FILE *out, const struct summary_program *p, bool failures)
{
	char time[DURATION];

	fprintf(out, "%8" PRIu64, p->runs);
	if (failures && p->failed)
		fprintf(out, " %6" PRIu64, p->failed);
	else if (failures)
		fprintf(out, " %6s", "");
	fprintf(out, " %*s", FIGURE, duration(time, p->time_ns));
	fprintf(out, " %*s %*" PRIu64 "  ", FIGURE, duration(time, p->work_ns), FIGURE, p->opens);
}

static void
write_programs(FILE *out, const struct session *s)
{
	struct summary_program *all = xcalloc(SUMMARY_PROGRAMS + 1, sizeof(*all)), rest = { 0 };
	size_t n = summary_programs(s->command.summary, session_now(s), all, SUMMARY_PROGRAMS + 1);
	bool *chosen = xcalloc(n + 1, sizeof(*chosen)), failures = false;
	size_t hidden = n - choose(all, n, chosen);

	for (size_t i = 0; i < n; i++)
		failures |= all[i].failed > 0;
	if (n)
		fprintf(out, "\n%8s%s %*s %*s %*s  PROGRAM\n", "RUNS", failures ? " FAILED" : "", FIGURE,
			"LIVED", FIGURE, "WORKED", FIGURE, "OPENS");
	for (size_t i = 0; i < n; i++) {
		if (!chosen[i]) {
			rest.runs += all[i].runs;
			rest.failed += all[i].failed;
			rest.time_ns += all[i].time_ns;
			rest.work_ns += all[i].work_ns;
			rest.opens += all[i].opens;
			continue;
		}
		write_program(out, &all[i], failures);
		fprintf(out, "%*s", (int)all[i].depth * 2, "");
		write_clean(out, is_ambiguous(all, n, all[i].path) ? all[i].path : base_name(all[i].path));
		fputc('\n', out);
	}
	if (hidden) {
		write_program(out, &rest, failures);
		fprintf(out, "(%zu more, each of less time)\n", hidden);
	}
	if (n)
		fputs("LIVED: wall-clock time from exec to exit or the next exec, of all runs together.\n"
		      "WORKED: of that, while no child ran. Neither is CPU time.\n",
		      out);
	free(chosen);
	free(all);
}

/* ---- how much ran at a time ---- */

static void
write_chain(FILE *out, const struct session *s)
{
	static const char title[] = "longest chain: ";
	struct summary_run chain[SUMMARY_CHAIN];
	size_t n = summary_chain(s->command.summary, chain), x = sizeof(title) - 1;
	char time[DURATION], link[200];

	if (n < 2)
		return;
	fputs(title, out);
	for (size_t i = 0; i < n; i++) {
		snprintf(link, sizeof(link), "%s%.120s %s", i ? "> " : "", base_name(chain[i].path),
			 duration(time, chain[i].time_ns));
		if (i && x + strlen(link) + 1 > COLUMNS) {
			fprintf(out, "\n%*s", 4, "");
			x = 4;
		} else if (i) {
			fputc(' ', out);
			x++;
		}
		write_clean(out, link);
		x += strlen(link);
	}
	fputc('\n', out);
}

static void
write_load(FILE *out, const struct session *s)
{
	char wall[DURATION], alone[DURATION], lives[DURATION];
	struct summary_load l;

	summary_load(s->command.summary, session_now(s), &l);
	if (!l.wall_ns)
		return;
	fprintf(out, "\nparallelism: %.1f processes worked at a time, at most %u; no more than one for %s\n",
		(double)l.work_ns / (double)l.wall_ns, l.peak, duration(alone, l.alone_ns));
	fprintf(out, "%" PRIu64 " process%s lived for %s together, %.1f times the %s that passed\n",
		l.processes, l.processes == 1 ? "" : "es", duration(lives, l.lives_ns),
		(double)l.lives_ns / (double)l.wall_ns, duration(wall, l.wall_ns));
	write_chain(out, s);
}

/* ---- single runs ---- */

static void
write_slowest(FILE *out, const struct session *s)
{
	struct summary_run slow[SUMMARY_SLOWEST], first;
	size_t n = summary_slowest(s->command.summary, slow);
	char time[DURATION];
	bool several, known;
	int status;

	known = summary_first(s->command.summary, &first, &status, &several);
	if (n)
		fprintf(out, "\n%*s  SLOWEST RUNS\n", FIGURE, "WORKED");
	for (size_t i = 0; i < n && i < REPORT_SLOWEST; i++) {
		fprintf(out, "%*s  ", FIGURE, duration(time, slow[i].work_ns));
		write_cut(out, without_directory(slow[i].command), COLUMNS - FIGURE - 2);
		fputc('\n', out);
		/* What the command itself runs needs no word of that. */
		if (!slow[i].by[0] || (known && strcmp(slow[i].by, first.command) == 0))
			continue;
		fprintf(out, "%*s  by ", FIGURE, "");
		write_cut(out, without_directory(slow[i].by), COLUMNS - FIGURE - 5);
		fputc('\n', out);
	}
}

static void
write_failures(FILE *out, const struct session *s)
{
	struct summary_failure failed[SUMMARY_FAILED];
	uint64_t more;
	size_t n = summary_failures(s->command.summary, failed, &more);
	char how[40];

	if (n)
		fprintf(out, "\n%8s  %-9s FAILED\n", "TIMES", "HOW");
	for (size_t i = 0; i < n; i++) {
		if (i >= REPORT_FAILED) {
			more += failed[i].count;
			continue;
		}
		format_status(how, sizeof(how), failed[i].status);
		fprintf(out, "%8" PRIu64 "  %-9s ", failed[i].count, how);
		write_cut(out, without_directory(failed[i].command), COLUMNS - 20);
		fputc('\n', out);
	}
	if (more)
		fprintf(out, "%8" PRIu64 "  %-9s (others)\n", more, "");
}

/* ---- files ---- */

static void
write_files(FILE *out, const struct session *s, enum summary_files kind, const char *title,
	    const char *directory)
{
	struct frequent_path most[REPORT_FILES];
	size_t n = summary_files(s->command.summary, kind, most, REPORT_FILES), cut = strlen(directory);

	if (!n)
		return;
	fprintf(out, "\n%9s  %s", "OPENS", title);
	write_clean(out, directory);
	if (n > REPORT_FILES)
		fprintf(out, "%s most opened of %" PRIu64 " opens", *directory ? "," : ":",
			summary_opens(s->command.summary, kind));
	fputc('\n', out);
	for (size_t i = 0; i < n && i < REPORT_FILES; i++) {
		const char *path = most[i].path;

		/* "~": when more files come than can be counted one by one. */
		fprintf(out, "%s%*" PRIu64 "  ", most[i].over ? "~" : "", most[i].over ? 8 : 9, most[i].count);
		write_clean(out, cut && path[cut] == '/' ? path + cut + 1 : path);
		fputc('\n', out);
	}
}

static void
write_all_files(FILE *out, const struct session *s)
{
	struct summary *sum = s->command.summary;
	bool own = summary_opens(sum, SUMMARY_FILES_OWN) > 0;
	size_t n = summary_files(sum, SUMMARY_FILES_LOADER, NULL, 0);

	write_files(out, s, SUMMARY_FILES_OWN, "FILE in ", summary_directory(sum));
	write_files(out, s, SUMMARY_FILES_OTHER, own ? "FILE elsewhere" : "FILE", "");
	if (n)
		fprintf(out,
			"%9" PRIu64
			"  (of the loader and the locale: %zu%s file%s, shared libraries and the like)\n",
			summary_opens(sum, SUMMARY_FILES_LOADER), n, n == SUMMARY_FILES ? " or more" : "",
			n == 1 ? "" : "s");
}

/* ---- counts ---- */

static void
write_counts(FILE *out, const struct session *s)
{
	uint64_t lost = session_lost(s);

	fputc('\n', out);
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (summary_count(s->command.summary, (enum event_id)id))
			fprintf(out, "%s %" PRIu64 "  ", event_info[id].name,
				summary_count(s->command.summary, (enum event_id)id));
	fprintf(out, "lost %" PRIu64 "%s\n", lost,
		lost ? " on the whole system: these counts may be too low" : "");
}

void
report_text(FILE *out, const struct session *s)
{
	write_first(out, s);
	write_programs(out, s);
	write_load(out, s);
	write_slowest(out, s);
	write_failures(out, s);
	write_all_files(out, s);
	write_counts(out, s);
	fflush(out);
}
