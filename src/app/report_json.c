/* report_json - the summary of a command as JSON; see report.h. */
#include "src/app/report.h"
#include "model/xalloc.h"
#include "src/base/strbuf.h"
#include "src/stream/eslogger.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Text of any bytes, or null. */
static void
add_text(struct text *t, const char *name, const char *value)
{
	text_format(t, "\"%s\":", name);
	if (value)
		(void)eslogger_string(t, value, strlen(value));
	else
		text_word(t, "null");
}

static void
add_number(struct text *t, const char *name, uint64_t value)
{
	text_format(t, ",\"%s\":", name);
	text_uint(t, value);
}

/* "exit" or "signal"; neither: it was not seen. */
static void
add_status(struct text *t, int status)
{
	if (status < 0)
		return;
	if (WIFSIGNALED(status))
		add_number(t, "signal", (uint64_t)WTERMSIG(status));
	else
		add_number(t, "exit", (uint64_t)WEXITSTATUS(status));
}

static void
begin_list(struct text *t, const char *name)
{
	text_format(t, ",\"%s\":[", name);
}

static void
add_first(struct text *t, const struct session *s)
{
	const struct child *child = s->command.child;
	struct summary_run run = { 0 };
	struct summary_load load;
	bool several = false;
	int status = -1, code;

	summary_load(s->command.summary, session_now(s), &load);
	(void)summary_first(s->command.summary, &run, &status, &several);
	text_word(t, "{");
	add_text(t, "command", several ? NULL : run.command);
	code = child ? child_exit_status(child) : -1;
	if (child && code >= CHILD_BY_SIGNAL && status >= 0 && WIFSIGNALED(status))
		add_number(t, "signal", (uint64_t)(code - CHILD_BY_SIGNAL));
	else if (child && code >= 0)
		add_number(t, "exit", (uint64_t)code);
	else if (!child && !several)
		add_status(t, status);
	add_number(t, "wall_ns", child ? child_ran_ns(child) : load.wall_ns);
}

static void
add_load(struct text *t, const struct session *s)
{
	struct summary_load l;

	summary_load(s->command.summary, session_now(s), &l);
	text_format(t, ",\"parallelism\":{\"processes\":%llu", (unsigned long long)l.processes);
	add_number(t, "wall_ns", l.wall_ns);
	add_number(t, "lived_ns", l.lives_ns);
	add_number(t, "worked_ns", l.work_ns);
	add_number(t, "alone_ns", l.alone_ns);
	add_number(t, "peak", l.peak);
	text_char(t, '}');
}

/* Each with those below it in "programs". */
static void
add_programs(struct text *t, const struct session *s)
{
	struct summary_program *all = xcalloc(SUMMARY_PROGRAMS + 1, sizeof(*all));
	size_t n = summary_programs(s->command.summary, session_now(s), all, SUMMARY_PROGRAMS + 1);

	begin_list(t, "programs");
	for (size_t i = 0; i < n; i++) {
		const struct summary_program *p = &all[i];
		unsigned next = i + 1 < n ? all[i + 1].depth : 0;

		text_char(t, '{');
		add_text(t, "path", p->path);
		add_number(t, "runs", p->runs);
		add_number(t, "failed", p->failed);
		add_number(t, "lived_ns", p->time_ns);
		add_number(t, "worked_ns", p->work_ns);
		add_number(t, "opens", p->opens);
		begin_list(t, "programs");
		if (next > p->depth)
			continue;
		text_word(t, "]}");
		for (unsigned depth = p->depth; depth > next; depth--)
			text_word(t, "]}");
		if (i + 1 < n)
			text_char(t, ',');
	}
	text_char(t, ']');
	free(all);
}

static void
add_runs(struct text *t, const char *name, const struct summary_run runs[], size_t n, bool slow)
{
	begin_list(t, name);
	for (size_t i = 0; i < n; i++) {
		text_word(t, i ? ",{" : "{");
		add_text(t, "path", runs[i].path);
		text_char(t, ',');
		add_text(t, "command", runs[i].command);
		add_number(t, "lived_ns", runs[i].time_ns);
		if (slow) {
			add_number(t, "worked_ns", runs[i].work_ns);
			text_char(t, ',');
			add_text(t, "by", runs[i].by);
		}
		text_char(t, '}');
	}
	text_char(t, ']');
}

static void
add_failures(struct text *t, const struct session *s)
{
	struct summary_failure failed[SUMMARY_FAILED];
	uint64_t more;
	size_t n = summary_failures(s->command.summary, failed, &more);

	begin_list(t, "failed");
	for (size_t i = 0; i < n; i++) {
		text_word(t, i ? ",{" : "{");
		add_text(t, "path", failed[i].path);
		text_char(t, ',');
		add_text(t, "command", failed[i].command);
		add_status(t, failed[i].status);
		add_number(t, "times", failed[i].count);
		text_char(t, '}');
	}
	text_char(t, ']');
	add_number(t, "failed_others", more);
}

static void
add_files(struct text *t, const struct session *s)
{
	struct frequent_path most[REPORT_JSON_FILES];

	text_word(t, ",\"files\":{");
	add_text(t, "directory", summary_directory(s->command.summary));
	for (unsigned kind = 0; kind < SUMMARY_FILES_KINDS; kind++) {
		size_t n =
			summary_files(s->command.summary, (enum summary_files)kind, most, REPORT_JSON_FILES);

		text_format(t, ",\"%s\":{\"opens\":", summary_files_name[kind]);
		text_uint(t, summary_opens(s->command.summary, (enum summary_files)kind));
		begin_list(t, "most");
		for (size_t i = 0; i < n && i < REPORT_JSON_FILES; i++) {
			text_word(t, i ? ",{" : "{");
			add_text(t, "path", most[i].path);
			add_number(t, "opens", most[i].count);
			add_number(t, "over", most[i].over);
			text_char(t, '}');
		}
		text_word(t, "]}");
	}
	text_char(t, '}');
}

static void
add_counts(struct text *t, const struct session *s)
{
	bool any = false;

	text_word(t, ",\"events\":{");
	for (unsigned id = 0; id < EV_COUNT; id++) {
		uint64_t count = summary_count(s->command.summary, (enum event_id)id);

		if (!count)
			continue;
		text_format(t, "%s\"%s\":", any ? "," : "", event_info[id].name);
		text_uint(t, count);
		any = true;
	}
	text_char(t, '}');
	add_number(t, "lost", session_lost(s));
	text_word(t, "}\n");
}

void
report_json(FILE *out, const struct session *s)
{
	struct summary_run runs[SUMMARY_SLOWEST > SUMMARY_CHAIN ? SUMMARY_SLOWEST : SUMMARY_CHAIN];
	struct text t = { 0 };
	size_t n;

	add_first(&t, s);
	add_load(&t, s);
	n = summary_chain(s->command.summary, runs);
	add_runs(&t, "chain", runs, n, false);
	add_programs(&t, s);
	n = summary_slowest(s->command.summary, runs);
	add_runs(&t, "slowest", runs, n, true);
	add_failures(&t, s);
	add_files(&t, s);
	add_counts(&t, s);
	fwrite(t.bytes, 1, t.length, out);
	fflush(out);
	text_finish(&t);
}
