/* report - see report.h. */
#include "src/app/report.h"
#include "model/xalloc.h"
#include "model/clean.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* "0.4 s", "12.4 s", "3 m 04 s", "2 h 10 m" */
static const char *
duration(char out[24], uint64_t ns)
{
	uint64_t tenths = ns / 100000000, secs = tenths / 10;

	if (ns < 1000000000)
		snprintf(out, 24, "%" PRIu64 " ms", ns / 1000000);
	else if (secs < 100)
		snprintf(out, 24, "%" PRIu64 ".%" PRIu64 " s", secs, tenths % 10);
	else if (secs < 6000)
		snprintf(out, 24, "%" PRIu64 " m %02" PRIu64 " s", secs / 60, secs % 60);
	else
		snprintf(out, 24, "%" PRIu64 " h %02" PRIu64 " m", secs / 3600, secs / 60 % 60);
	return out;
}

static void
write_clean(FILE *out, const char *text)
{
	size_t length = strlen(text), size = length * 8 + 16;
	char *clean = xmalloc(size);

	clean_text(clean, size, text, length, clean_ascii(false));
	fputs(clean, out);
	free(clean);
}

static void
report_programs(FILE *out, const struct session *s)
{
	struct summary_program *all = xcalloc(SUMMARY_PROGRAMS + 1, sizeof(*all));
	size_t n = summary_programs(s->command.summary, session_now(s), all, SUMMARY_PROGRAMS + 1);
	char time[24];

	if (n)
		fprintf(out, "\n%8s %10s %9s  PROGRAM\n", "RUNS", "TIME", "OPENS");
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "%8" PRIu64 " %10s %9" PRIu64 "  ", all[i].runs,
			duration(time, all[i].time_ns), all[i].opens);
		write_clean(out, all[i].path ? all[i].path : "(all others)");
		fputc('\n', out);
	}
	free(all);
}

static void
report_files(FILE *out, const struct session *s)
{
	struct summary_file most[REPORT_FILES];
	size_t n = summary_files(s->command.summary, most, REPORT_FILES);

	if (n)
		fprintf(out, "\n%9s  FILE%s\n", "OPENS",
			n > REPORT_FILES ? " (most opened)" : "");
	for (size_t i = 0; i < n && i < REPORT_FILES; i++) {
		/* "~": when more files come than can be counted one by one. */
		fprintf(out, "%s%*" PRIu64 "  ", most[i].over ? "~" : "", most[i].over ? 8 : 9,
			most[i].opens);
		write_clean(out, most[i].path);
		fputc('\n', out);
	}
}

void
report_command(FILE *out, const struct session *s)
{
	uint64_t lost = session_lost(s);
	char what[40], time[24];

	child_state(s->command.child, what, sizeof(what));
	fputs("\nestop: ", out);
	write_clean(out, child_name(s->command.child));
	fprintf(out, ": %s after %s\n", what, duration(time, child_ran_ns(s->command.child)));
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
