/* report - see report.h. */
#include "src/app/report.h"
#include "model/xalloc.h"
#include "model/clean.h"
#include "model/units.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void
write_clean(FILE *out, const char *text)
{
	size_t length = strlen(text), size = length * 8 + 16;
	char *clean = xmalloc(size);

	clean_text(clean, size, text, length, clean_ascii());
	fputs(clean, out);
	free(clean);
}

static void
report_programs(FILE *out, const struct session *s)
{
	struct summary_program *all = xcalloc(SUMMARY_PROGRAMS + 1, sizeof(*all));
	size_t n = summary_programs(s->command.summary, session_now(s), all, SUMMARY_PROGRAMS + 1);
	char time[32];

	if (n)
		fprintf(out, "\n%8s %10s %9s  PROGRAM\n", "RUNS", "TIME", "OPENS");
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "%8" PRIu64 " %10s %9" PRIu64 "  ", all[i].runs,
			units_duration(time, sizeof(time), all[i].time_ns, DURATION_EXACT), all[i].opens);
		write_clean(out, all[i].path ? all[i].path : "(all others)");
		fputc('\n', out);
	}
	free(all);
}

static void
report_files(FILE *out, const struct session *s)
{
	struct frequent_path most[REPORT_FILES];
	size_t n = summary_files(s->command.summary, most, REPORT_FILES);

	if (n)
		fprintf(out, "\n%9s  FILE%s\n", "OPENS", n > REPORT_FILES ? " (most opened)" : "");
	for (size_t i = 0; i < n && i < REPORT_FILES; i++) {
		/* "~": when more files come than can be counted one by one. */
		fprintf(out, "%s%*" PRIu64 "  ", most[i].over ? "~" : "", most[i].over ? 8 : 9, most[i].count);
		write_clean(out, most[i].path);
		fputc('\n', out);
	}
}

void
report_command(FILE *out, const struct session *s)
{
	uint64_t lost = session_lost(s);
	char what[40], time[32];

	child_state(s->command.child, what, sizeof(what));
	fputs("\nestop: ", out);
	write_clean(out, child_name(s->command.child));
	fprintf(out, ": %s after %s\n", what,
		units_duration(time, sizeof(time), child_ran_ns(s->command.child), DURATION_EXACT));
	report_programs(out, s);
	report_files(out, s);
	fputc('\n', out);
	for (unsigned id = 0; id < EV_COUNT; id++)
		if (summary_count(s->command.summary, (enum event_id)id))
			fprintf(out, "%s %" PRIu64 "  ", event_info[id].name,
				summary_count(s->command.summary, (enum event_id)id));
	fprintf(out, "lost %" PRIu64 "%s\n", lost,
		lost ? " on the whole system: these counts may be too low" : "");
	fflush(out);
}
