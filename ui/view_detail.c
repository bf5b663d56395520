/* view_detail - all that is known of one process, or of exited ones that share a line. */
#include "model/xalloc.h"
#include "model/clean.h"
#include "model/units.h"
#include "ui/column.h"
#include "ui/mute_row.h"
#include "ui/text_page.h"
#include "ui/spark.h"
#include "ui/format.h"
#include "ui/state.h"
#include "ui/view_detail.h"
#include "ui/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FIGURES: columns of a label and the two numbers, before the bars. */
enum { LAST_EVENTS = 12, FIGURES = 34, BARS_LEAST = 20, TEXT = 20000 };

struct state {
	size_t scroll, page;
};

static struct state *
own(const struct ui *ui)
{
	return ui->view_state[VIEW_DETAIL];
}

void
detail_open(struct ui *ui, const struct row *r, struct command *c)
{
	struct state *v = own(ui);

	*v = (struct state){ 0 };
	ui->spec.process = (struct page_spec){ .asked = true, .group = r->flags & ROW_GROUP, .key = r->key };
	ui_cover(ui, VIEW_DETAIL, c);
}

static void
leave(struct ui *ui)
{
	ui->spec.process.asked = false;
}

/* ---- what is said ---- */

struct writer {
	struct ui *ui;
	const struct snapshot *s;
	const struct process_page *p;
};

static const char *
user_name(const struct ui *ui, uint32_t uid, char number[16])
{
	const char *name = ui->config.user_name ? ui->config.user_name(uid) : NULL;

	snprintf(number, 16, "%u", uid);
	return name && *name ? name : number;
}

static void
put_parents(struct text_page *t, const struct process_page *p)
{
	char text[TEXT] = "";
	size_t used = 0;

	for (unsigned i = 0; i < p->parent_count && used < sizeof text; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%d %s", used ? " < " : "",
					 pid_shown(p->parents[i].pid), p->parents[i].name);
	text_page_entry(t, "parents", p->parent_count ? text : "none");
}

/* Quoted as for a shell, so that the end of each argument can be seen. */
static void
put_args(struct text_page *t, const struct process_page *p)
{
	const struct process_look *look = &p->look;
	char text[TEXT];
	size_t used = 0, at = 0;

	if (!look->args) {
		text_page_entry(t, "arguments", *p->args ? p->args : "not known");
		return;
	}
	while (at < look->args_length && used + 8 < sizeof text) {
		const char *arg = look->args + at;
		bool quote = !*arg || strpbrk(arg, " \t\n'\"\\$`&|;<>()*?[]#~");

		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s%s%s", used ? " " : "",
					 quote ? "'" : "", arg, quote ? "'" : "");
		at += strlen(arg) + 1;
	}
	if (used >= sizeof text - 8)
		used = sizeof text - 9;
	snprintf(text + used, sizeof text - used, "%s",
		 look->args_cut || at < look->args_length ? " ..." : "");
	text_page_entry(t, "arguments", text);
}

static void
put_state(struct text_page *t, const struct writer *w)
{
	const struct process_page *p = w->p;
	char text[200], status[40], when[40];

	format_status(status, sizeof status, p->status);
	format_date(when, sizeof when, p->exited_ns);
	if (p->exited)
		snprintf(text, sizeof text, "has ended: %s, %s", status, when);
	else if (p->gone)
		snprintf(text, sizeof text, "no longer listed; showing the last known state");
	else
		snprintf(text, sizeof text, "runs, with %u child%s", p->children,
			 p->children == 1 ? "" : "ren");
	text_page_entry(t, "state", text);
}

static void
put_identity(struct text_page *t, const struct writer *w)
{
	const struct process_page *p = w->p;
	char text[200], number[16];

	if (p->key.start_ns) {
		char date[40], life[40];
		uint64_t until = p->exited ? p->exited_ns : w->s->time_ns;

		format_date(date, sizeof date, p->key.start_ns);
		units_duration(life, sizeof life, until > p->key.start_ns ? until - p->key.start_ns : 0,
			       DURATION_ROUNDED);
		snprintf(text, sizeof text, "%s, %s ago", date, life);
		if (p->exited)
			snprintf(text, sizeof text, "%s, lived for %s", date, life);
	} else {
		snprintf(text, sizeof text, "not known");
	}
	put_state(t, w);
	text_page_entry(t, "program", *p->exe ? p->exe : "not known");
	put_args(t, p);
	text_page_entry(t, "started", text);
	snprintf(text, sizeof text, "%d, pidversion %u", pid_shown(p->key.pid), p->version);
	text_page_entry(t, "pid", text);
	put_parents(t, p);
	snprintf(text, sizeof text, "%s%s", user_name(w->ui, p->uid, number),
		 p->kernel ? "; a kernel thread" : "");
	text_page_entry(t, "user", text);
	text_page_entry(t, "terminal", p->look.tty ? p->look.tty : "none, or not known");
	text_page_entry(t, "directory", p->look.cwd ? p->look.cwd : "not known");
	if (p->look.unit)
		text_page_entry(t, p->look.unit_word, p->look.unit);
}

static void
put_group(struct text_page *t, const struct writer *w)
{
	const struct process_page *p = w->p;
	char text[200], number[16], when[40];

	format_date(when, sizeof when, p->exited_ns);
	snprintf(text, sizeof text, "%u process%s ended, the last %s", p->group_count,
		 p->group_count == 1 ? " has" : "es have", when);
	text_page_entry(t, "state", p->gone ? "no longer listed; showing the last known state" : text);
	text_page_entry(t, "program", *p->exe ? p->exe : "several");
	put_parents(t, p);
	text_page_entry(t, "user", user_name(w->ui, p->uid, number));
}

static void
put_types(struct text_page *t, const struct writer *w)
{
	const struct process_page *p = w->p;
	char text[400], total[24], rate[24];
	uint64_t opens = 0, closes = 0;
	int room = t->columns - FIGURES < MINUTE_SECONDS ? t->columns - FIGURES : MINUTE_SECONDS;
	bool spark = p->sampled && room >= BARS_LEAST;

	text_page_title(t, spark ? "Events: total, per second, per-second history"
				 : "Events: total, per second");
	for (unsigned i = 0; i < p->type_count; i++) {
		const struct page_type *type = &p->types[i];
		char bars[MINUTE_SECONDS * SPARK_BYTES + 1] = "";

		if (type->id == EV_OPEN)
			opens = type->total;
		if (type->id == EV_CLOSE)
			closes = type->total;
		units_count(total, sizeof total, type->total, 9);
		column_rate(rate, sizeof rate, type->rate, 7);
		if (spark)
			spark_draw(bars, sizeof bars, type->samples + MINUTE_SECONDS - room, (size_t)room,
				   t->paint->ascii);
		snprintf(text, sizeof text, "%s%9s %7s  %s",
			 !p->lossy         ? ""
			 : t->paint->ascii ? ">"
					   : "≥",
			 total, rate, bars);
		text_page_entry(t, event_info[type->id].name, text);
	}
	if (p->type_count == 0)
		text_page_line(t, "none yet", ROLE_QUIET);
	if (opens || closes) {
		snprintf(text, sizeof text, "%9" PRId64 "  opens minus closes%s", (int64_t)(opens - closes),
			 p->lossy ? "; some were lost" : "");
		text_page_entry(t, "balance", text);
	}
}

static void
put_files(struct text_page *t, const struct process_page *p)
{
	char label[40];

	if (p->group)
		return;
	text_page_title(t, "Files it used most");
	for (size_t i = 0; i < p->file_count; i++) {
		const struct page_file *file = &p->files[i];

		snprintf(label, sizeof label, "%s%" PRIu64,
			 !file->at_least   ? ""
			 : t->paint->ascii ? ">"
					   : "≥",
			 file->total);
		text_page_entry(t, label, file->path);
	}
	if (p->file_count == 0)
		text_page_line(t, "no frequently used files", ROLE_QUIET);
}

static void
put_rules(struct text_page *t, const struct process_page *p)
{
	char text[5000];

	text_page_title(t, "Mutes that cover it");
	for (size_t i = 0; i < p->rule_count && i < PAGE_RULES; i++) {
		const struct page_rule *r = &p->rules[i];
		const char *why = r->kind == MUTE_PROCESS       ? "this process was muted"
				  : r->kind == MUTE_SUBTREE     ? "it is below"
				  : mute_kind_is_owner(r->kind) ? "it belongs to"
				  : r->kind == MUTE_EXE         ? "it runs"
								: "it runs what lies below";

		if (r->kind == MUTE_PROCESS)
			snprintf(text, sizeof text, "%s", why);
		else if (r->kind == MUTE_SUBTREE)
			snprintf(text, sizeof text, "%s %d %s", why, pid_shown(r->process.pid), r->what);
		else
			snprintf(text, sizeof text, "%s %s", why, r->what);
		snprintf(text + strlen(text), sizeof text - strlen(text), " (set by: %s; held by: %s)",
			 mute_origin_word[r->origin], mute_state_word[r->state]);
		text_page_entry(t, mute_kind_info[r->kind].word, text);
	}
	if (p->rule_count == 0)
		text_page_line(t, "none", ROLE_QUIET);
}

static void
put_events(struct text_page *t, const struct writer *w)
{
	const struct process_page *p = w->p;
	const struct history *h = w->s->latest;
	struct history_entry entry;
	unsigned count = 0;

	if (p->group || !h)
		return;
	text_page_title(t, "Its last events, the newest first");
	for (uint64_t seq = history_next(h); seq-- > history_oldest(h) && count < LAST_EVENTS;) {
		char label[16], text[2600], value[120], number[16], time[24];
		const char *target;

		if (!history_at(h, seq, &entry) || entry.event->who.pid != p->key.pid ||
		    entry.event->who.start_ns != p->key.start_ns)
			continue;
		target = event_field(entry.event, FIELD_TARGET, NULL);
		if (entry.event->flags & EVENT_NO_TIME)
			snprintf(time, sizeof time, "-");
		else
			format_time(time, sizeof time, entry.event->time_ns, 3);
		format_value(value, sizeof value, entry.event, true);
		snprintf(label, sizeof label, "%s", time);
		snprintf(text, sizeof text, "%s %s%s%s", event_name(entry.event, number),
			 target ? target : "", target && *value ? "  " : "", value);
		text_page_entry(t, label, text);
		count++;
	}
	if (count == 0)
		text_page_line(t, "none among the newest events", ROLE_QUIET);
}

static void
put_all(struct text_page *t, void *ctx)
{
	const struct writer *w = ctx;
	const struct process_page *p = w->p;
	const char *slash;
	char title[300];

	if (!p->found) {
		text_page_line(t, "this process is no longer listed; Esc goes back", ROLE_PLAIN);
		return;
	}
	slash = strrchr(p->exe, '/');
	if (p->group)
		snprintf(title, sizeof title, "%s (exited %s%u)", slash && slash[1] ? slash + 1 : "others",
			 t->paint->ascii ? "x" : "×", p->group_count);
	else
		snprintf(title, sizeof title, "%d %s", pid_shown(p->key.pid),
			 slash && slash[1]   ? slash + 1
			 : p->exe && *p->exe ? p->exe
					     : "?");
	text_page_line(t, title, ROLE_NAME);
	if (p->group)
		put_group(t, w);
	else
		put_identity(t, w);
	put_types(t, w);
	put_files(t, p);
	put_rules(t, p);
	put_events(t, w);
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	struct state *v = own(ui);
	struct writer writer = { ui, s, &s->process };

	v->page = lines > 0 ? (size_t)lines : 1;
	text_page_draw(&ui->paint, w, top, lines, columns, &v->scroll, put_all, &writer);
}

static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	struct writer writer = { ui, s, &s->process };

	text_page_sheet(&ui->paint, sheet, put_all, &writer);
}

static void
headline(const struct ui *ui, const struct snapshot *s, struct headline *line)
{
	(void)ui;
	snprintf(line->what, sizeof line->what, s->process.group ? "exited processes" : "one process");
}

/* ---- keys ---- */

/* The row of this process as the commands and the menu want it. False: it has ended. */
static struct row
as_row(const struct process_page *p)
{
	const char *exe = p->exe ? p->exe : "", *slash = strrchr(exe, '/');
	struct row r = { .key = p->key,
			 .version = p->version,
			 .uid = p->uid,
			 .exe = exe,
			 .name = slash && slash[1] ? slash + 1
				 : *exe            ? exe
						   : "?",
			 .command = exe };

	if (p->group)
		r.flags |= ROW_GROUP;
	if (p->exited || p->gone)
		r.flags |= ROW_EXITED;
	for (unsigned i = 0; i < p->type_count; i++) {
		if (p->types[i].id < EV_CORE)
			r.rate[p->types[i].id] = p->types[i].rate;
		r.rate_all += p->types[i].rate;
	}
	return r;
}

static bool
take(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s, (void)c;
	return text_page_move(&v->scroll, v->page, id);
}

static void
back(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	(void)s, (void)id;
	ui_uncover(ui, c);
}

static void
mute(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct row row = as_row(&s->process);

	if (s->process.found)
		mute_row_key(ui, &row, id, c);
}

static const struct view_key keys[] = {
	{ ACTION_BACK, back },   { ACTION_MUTE_PROCESS, mute }, { ACTION_MUTE_EXE, mute },
	{ ACTION_UNMUTE, mute }, { ACTION_MUTE_MENU, mute },    { ACTION_NONE, NULL },
};

const struct view view_detail = {
	.name = "process",
	.own = ACTION_GROUP_SHOW,
	.state = sizeof(struct state),
	.leave = leave,
	.draw = draw,
	.take = take,
	.keys = keys,
	.headline = headline,
	.sheet = sheet,
	.hints = { ACTION_BACK, ACTION_MUTE_PROCESS, ACTION_MUTE_EXE, ACTION_UNMUTE, ACTION_MUTE_MENU,
		   ACTION_UNDO, ACTION_HELP, ACTION_QUIT, ACTION_PAUSE },
};
