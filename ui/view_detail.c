/*
 * view_detail - pages laid over a view: of a process, or of exited ones that share a line; of a file;
 * of an event. Enter on a line of one leads to the page of what stands there, Esc back.
 */
#include "model/xalloc.h"
#include "model/clean.h"
#include "model/units.h"
#include "model/value_names.h"
#include "ui/column.h"
#include "ui/dialog.h"
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
enum { LAST_EVENTS = 12, FIGURES = 34, BARS_LEAST = 20, TEXT = 4096 };

/* The oldest pages are forgotten when there are more. */
enum { PAGES_MAX = 32 };

/* What can be opened; the page as it is left when another is opened from it. */
struct page {
	enum page_link_kind kind;
	struct page_spec process;
	char *path; /* of a file, */
	bool directory;
	struct event_page event; /* and what is said of an event, */
	struct event *copy;      /* a copy of it, */
	char *exe;               /* and what who acted ran */
	uint64_t seq;
	bool compared; /* its environment, with the parent's */
	struct text_place place;
};

struct state {
	struct page pages[PAGES_MAX];
	unsigned count;
	int columns;             /* as drawn last */
	struct files_spec files; /* that of the view below */
};

static struct state *
own(const struct ui *ui)
{
	return ui->view_state[VIEW_DETAIL];
}

/* The page that is shown; there is one while this covers a view. */
static struct page *
shown(const struct ui *ui)
{
	struct state *v = own(ui);

	return &v->pages[v->count ? v->count - 1 : 0];
}

/* The event of a page, as the history had it. */
static struct history_entry
entry_of(const struct page *p)
{
	return (struct history_entry){ p->seq, p->exe, p->copy };
}

static void
page_finish(struct page *p)
{
	event_page_finish(&p->event);
	free(p->copy);
	free(p->exe);
	free(p->path);
	text_place_finish(&p->place);
	*p = (struct page){ 0 };
}

static void
finish_pages(struct state *v)
{
	while (v->count)
		page_finish(&v->pages[--v->count]);
}

/* What the page on top needs to know. */
static void
ask(struct ui *ui, struct command *c)
{
	struct state *v = own(ui);
	const struct page *p = shown(ui);

	ui->spec.files = v->files;
	ui->spec.process = (struct page_spec){ .asked = false };
	ui->spec.event_fields = true; /* of its last events */
	if (p->kind == LINK_PROCESS) {
		ui->spec.process = p->process;
	} else if (p->kind == LINK_FILE) {
		ui->spec.files.asked = true;
		ui->spec.files.filter = NULL;
		ui->spec.files.directories = p->directory;
		ui->spec.files.directory = p->path;
		ui->spec.files.who = p->path;
	} else if (p->event.wants_parent && !p->compared) {
		ui->spec.process = (struct page_spec){ .asked = true, .key = { p->event.parent, 0 } };
	}
	*c = (struct command){ .kind = ACTION_REFRESH };
}

/* A new page on top, to be filled in. */
static struct page *
push(struct ui *ui)
{
	struct state *v = own(ui);

	if (v->count == PAGES_MAX) {
		page_finish(&v->pages[0]);
		memmove(v->pages, v->pages + 1, (PAGES_MAX - 1) * sizeof(v->pages[0]));
		v->count--;
	}
	v->pages[v->count] = (struct page){ 0 };
	return &v->pages[v->count++];
}

static void
push_process(struct ui *ui, bool group, struct proc_key key)
{
	struct page *p = push(ui);

	p->kind = LINK_PROCESS;
	p->process = (struct page_spec){ .asked = true, .group = group, .key = key };
}

static void
push_file(struct ui *ui, const char *path, bool directory)
{
	struct page *p = push(ui);

	p->kind = LINK_FILE;
	p->path = xstrdup(path);
	p->directory = directory;
}

static void
push_event(struct ui *ui, const struct history *h, const struct history_entry *entry)
{
	struct page *p = push(ui);
	struct history_entry kept;
	size_t length = 0;
	char *environment = NULL;

	p->kind = LINK_EVENT;
	p->seq = entry->seq;
	p->copy = xmalloc(entry->event->size);
	memcpy(p->copy, entry->event, entry->event->size);
	p->exe = xstrdup(entry->exe);
	kept = entry_of(p);
	if (entry->event->id == EV_EXEC)
		environment = event_page_environment(h, entry->seq, entry->event->who.ppid, &length);
	event_page_take(&p->event, &kept, environment, length);
	free(environment);
}

/* The first of them: what the view below asks for is kept. */
static void
begin(struct ui *ui)
{
	struct state *v = own(ui);

	finish_pages(v);
	v->files = ui->spec.files;
}

void
detail_open(struct ui *ui, const struct row *r, struct command *c)
{
	begin(ui);
	push_process(ui, r->flags & ROW_GROUP, r->key);
	ui_cover(ui, VIEW_DETAIL, c);
	ask(ui, c);
}

void
detail_open_event(struct ui *ui, const struct history *h, const struct history_entry *entry, struct command *c)
{
	begin(ui);
	push_event(ui, h, entry);
	ui_cover(ui, VIEW_DETAIL, c);
	ask(ui, c);
}

static void
leave(struct ui *ui)
{
	struct state *v = own(ui);

	ui->spec.process.asked = false;
	ui->spec.files = v->files;
	ui->spec.event_fields = ui->settings.view == VIEW_EVENTS;
	finish_pages(v);
}

static void
finish(struct ui *ui)
{
	finish_pages(own(ui));
}

/* ---- what is said ---- */

struct writer {
	struct ui *ui;
	const struct snapshot *s;
	const struct process_page *p;
	const struct page *page;
};

/* An entry that names a file, if it does. */
static void
put_path(struct text_page *t, const char *label, const char *path, const char *unknown)
{
	if (path && *path == '/')
		text_page_link(t, (struct page_link){ .kind = LINK_FILE, .path = path });
	text_page_entry(t, label, path && *path ? path : unknown);
}

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
					 pid_shown(p->parents[i].key.pid), p->parents[i].name);
	if (p->parent_count)
		text_page_link(t, (struct page_link){ .kind = LINK_PROCESS, .key = p->parents[0].key });
	text_page_entry(t, "parents", p->parent_count ? text : "none");
}

/* Quoted as for a shell, so that the end of each argument can be seen. To be freed. */
static char *
quote_args(const char *args, size_t length, bool cut)
{
	/* Of each argument quotes and a blank are added, and its NUL goes. */
	char *text = xmalloc(3 * length + 8), *to = text;

	for (size_t at = 0; at < length; at += strlen(args + at) + 1) {
		const char *arg = args + at;
		bool quote = !*arg || strpbrk(arg, " \t\n'\"\\$`&|;<>()*?[]#~");

		to += sprintf(to, "%s%s%s%s", to > text ? " " : "", quote ? "'" : "", arg, quote ? "'" : "");
	}
	strcpy(to, cut ? " ..." : "");
	return text;
}

/* As it was executed with; and how it calls itself, where that is known to be something else. */
static void
put_args(struct text_page *t, const struct process_page *p)
{
	const struct process_look *look = &p->look;
	size_t length = strlen(p->args);
	char *text;

	if (look->args && !*p->title) {
		text = quote_args(look->args, look->args_length, look->args_cut);
	} else {
		text = xmalloc(length + 16);
		snprintf(text, length + 16, "%s%s", length ? p->args : "not known", p->args_cut ? " ..." : "");
	}
	text_page_entry(t, "arguments", text);
	free(text);
	if (!*p->title)
		return;
	length = strlen(p->title);
	text = xmalloc(length + 64);
	snprintf(text, length + 64, "\"%s\", as the process calls itself", p->title);
	text_page_entry(t, "title", text);
	free(text);
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
	put_path(t, "program", p->exe, "not known");
	if (*p->script)
		put_path(t, "script", p->script, "");
	put_args(t, p);
	text_page_entry(t, "started", text);
	snprintf(text, sizeof text, "%d, pidversion %u", pid_shown(p->key.pid), p->version);
	text_page_entry(t, "pid", text);
	put_parents(t, p);
	snprintf(text, sizeof text, "%s%s", user_name(w->ui, p->uid, number),
		 p->kernel ? "; a kernel thread" : "");
	text_page_entry(t, "user", text);
	put_path(t, "terminal", p->look.tty ? p->look.tty : p->tty, "none, or not known");
	put_path(t, "directory", p->look.cwd ? p->look.cwd : p->facts.cwd, "not known");
	if (p->look.unit)
		text_page_entry(t, p->look.unit_word, p->look.unit);
}

/* What a Mac, or its recording, says of the code. */
static void
put_signature(struct text_page *t, const struct process_fact *f)
{
	char words[VALUE_WORDS];

	if (!f->has_signature)
		return;
	text_page_title(t, "Signature");
	value_words(words, EV_NONE, KEY_codesigning_flags, (int64_t)f->csflags, false);
	text_page_entry(t, "csflags", words);
	text_page_entry(t, "sign_id", f->signing_id ? f->signing_id : "none");
	text_page_entry(t, "team_id", f->team_id ? f->team_id : "none");
	text_page_entry(t, "platform", f->platform ? "yes: a platform binary" : "no");
}

static void
put_lines(struct text_page *t, const struct event_page *page)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct page_line *line = &page->lines[i];

		if (line->title) {
			text_page_title(t, line->title);
			continue;
		}
		text_page_link(t, line->link);
		text_page_entry(t, line->label, line->text);
	}
}

static void
put_environment(struct text_page *t, const struct process_look *look)
{
	struct event_page lines = { 0 };

	if (!look->env)
		return;
	event_page_add_environment(&lines, look->env, look->env_length);
	put_lines(t, &lines);
	event_page_finish(&lines);
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

/* What all processes of it have in common, as the row says it. */
static const char *
group_label(const struct writer *w, char number[16])
{
	const struct process_page *p = w->p;

	if (p->by == BY_USER)
		return user_name(w->ui, p->uid, number);
	return *p->label ? p->label : "none, or not known";
}

/* A program, unit, user. */
static void
put_grouped(struct text_page *t, const struct writer *w)
{
	const struct process_page *p = w->p;
	char text[200], number[16], life[40];

	if (p->by == BY_PROGRAM)
		put_path(t, "program", p->exe, "not known");
	else
		text_page_entry(t, grouping_info[p->by].name, group_label(w, number));
	text_page_entry(t, "what", grouping_info[p->by].help);
	snprintf(text, sizeof text, "%u run; %" PRIu64 " execution%s in all", p->alive, p->runs,
		 p->runs == 1 ? "" : "s");
	text_page_entry(t, "processes", p->gone ? "no longer listed; showing the last known state" : text);
	text_page_entry(t, "median life",
			p->life_ns ? units_duration(life, sizeof life, p->life_ns, DURATION_ROUNDED)
				   : "none has ended yet");
}

static void
put_busiest(struct text_page *t, const struct process_page *p)
{
	/* Beside the label and the figures, so that each is a line. */
	int room = t->columns > 70 ? t->columns - 46 : 24;
	char label[40], text[400], total[24], rate[24];

	text_page_title(t, "Busiest processes: events per second, in all");
	for (unsigned i = 0; i < p->busy_count; i++) {
		const struct page_busy *b = &p->busy[i];

		units_count(total, sizeof total, b->total, 9);
		column_rate(rate, sizeof rate, b->rate, 7);
		snprintf(label, sizeof label, "%d", pid_shown(b->key.pid));
		snprintf(text, sizeof text, "%7s %9s  %.*s%s", rate, total, room, b->command,
			 b->exited ? " (has ended)" : "");
		text_page_link(t, (struct page_link){ .kind = LINK_PROCESS, .key = b->key });
		text_page_entry(t, label, text);
	}
	if (p->busy_count == 0)
		text_page_line(t, "none is known any more", ROLE_QUIET);
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
	if ((opens || closes) && !p->by) {
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
	text_page_title(t, p->by ? "Files its processes used most" : "Files it used most");
	for (size_t i = 0; i < p->file_count; i++) {
		const struct page_file *file = &p->files[i];

		snprintf(label, sizeof label, "%s%" PRIu64,
			 !file->at_least   ? ""
			 : t->paint->ascii ? ">"
					   : "≥",
			 file->total);
		put_path(t, label, file->path, "");
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

static bool
is_by(const struct writer *w, const struct event *e)
{
	return e->who.pid == w->p->key.pid && e->who.start_ns == w->p->key.start_ns;
}

/* In a directory: it is about what lies in it. */
static bool
is_about(const struct writer *w, const struct event *e)
{
	static const enum field_tag tags[] = { FIELD_TARGET, FIELD_SECOND };
	size_t length = strlen(w->page->path);

	for (unsigned i = 0; i < 2; i++) {
		const char *path = event_field(e, tags[i], NULL);

		if (!path || strncmp(path, w->page->path, length) != 0)
			continue;
		if (!path[length] ||
		    (w->page->directory && path[length] == '/' && !strchr(path + length + 1, '/')))
			return true;
	}
	return false;
}

static void
put_events(struct text_page *t, const struct writer *w,
	   bool (*wanted)(const struct writer *, const struct event *))
{
	const struct history *h = w->s->latest;
	struct history_entry entry;
	unsigned count = 0;

	if (!h)
		return;
	text_page_title(t, "Its last events, the newest first");
	for (uint64_t seq = history_next(h); seq-- > history_oldest(h) && count < LAST_EVENTS;) {
		char label[16], text[2600], value[120], number[16], time[24];
		const char *target;

		if (!history_at(h, seq, &entry) || !wanted(w, entry.event))
			continue;
		target = event_field(entry.event, FIELD_TARGET, NULL);
		if (entry.event->flags & EVENT_NO_TIME)
			snprintf(time, sizeof time, "-");
		else
			format_time(time, sizeof time, entry.event->time_ns, 3);
		format_value(value, sizeof value, entry.event, true);
		snprintf(label, sizeof label, "%s", time);
		if (wanted == is_about)
			snprintf(text, sizeof text, "%s by %d %s%s%s", event_name(entry.event, number),
				 pid_shown(entry.event->who.pid), entry.exe, *value ? "  " : "", value);
		else
			snprintf(text, sizeof text, "%s %s%s%s", event_name(entry.event, number),
				 target ? target : "", target && *value ? "  " : "", value);
		text_page_link(t, (struct page_link){ .kind = LINK_EVENT, .seq = seq });
		text_page_entry(t, label, text);
		count++;
	}
	if (count == 0)
		text_page_line(t, "none among the newest events", ROLE_QUIET);
}

static void
put_process(struct text_page *t, const struct writer *w)
{
	const struct process_page *p = w->p;
	const char *slash;
	char title[300], number[16];

	if (!p->found) {
		text_page_line(t, "this process is no longer listed; Esc goes back", ROLE_PLAIN);
		return;
	}
	slash = strrchr(p->exe, '/');
	if (p->by)
		snprintf(title, sizeof title, "%s %.250s", grouping_info[p->by].name,
			 slash && slash[1] ? slash + 1 : group_label(w, number));
	else if (p->group)
		snprintf(title, sizeof title, "%s (exited %s%u)", slash && slash[1] ? slash + 1 : "others",
			 t->paint->ascii ? "x" : "×", p->group_count);
	else
		snprintf(title, sizeof title, "%d %s", pid_shown(p->key.pid),
			 slash && slash[1]   ? slash + 1
			 : p->exe && *p->exe ? p->exe
					     : "?");
	text_page_line(t, title, ROLE_NAME);
	if (p->by)
		put_grouped(t, w);
	else if (p->group)
		put_group(t, w);
	else
		put_identity(t, w);
	put_signature(t, &p->facts);
	put_types(t, w);
	if (p->by)
		put_busiest(t, p);
	put_files(t, p);
	put_rules(t, p);
	if (!p->group && !p->by)
		put_events(t, w, is_by);
	put_environment(t, &p->look);
}

static char *
directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash || !slash[1] ? NULL
	       : slash == path     ? xstrdup("/")
				   : xstrndup(path, (size_t)(slash - path));
}

static void
put_file(struct text_page *t, const struct writer *w)
{
	const struct files_page *files = &w->s->files;
	char *above = directory_of(w->page->path);
	char text[400], label[24];

	text_page_line(t, w->page->path, ROLE_NAME);
	if (above) {
		text_page_link(t, (struct page_link){ .kind = LINK_FILE, .path = above, .directory = true });
		text_page_entry(t, "directory", above);
	}
	free(above);
	for (size_t i = 0; i < files->count; i++) {
		const struct file_row *r = &files->rows[i];

		if (strcmp(r->path, w->page->path) != 0)
			continue;
		snprintf(text, sizeof text,
			 "%s%" PRIu64 " events, %.1f per second; %" PRIu64 " opens, %" PRIu64 " closes",
			 r->at_least ? "at least " : "", r->total, r->rate, r->opens, r->closes);
		text_page_entry(t, w->page->directory ? "in it" : "use", text);
	}
	text_page_title(t, w->page->directory ? "Who uses what lies in it" : "Who uses it");
	for (size_t i = 0; i < files->user_count; i++) {
		const struct file_user_row *u = &files->users[i];

		snprintf(label, sizeof label, "%d", pid_shown(u->key.pid));
		snprintf(text, sizeof text,
			 "%.250s: %s%" PRIu64 " events, %" PRIu64 " opens, %" PRIu64 " closes",
			 *u->exe ? u->exe : "?", u->at_least ? "at least " : "", u->total, u->opens,
			 u->closes);
		text_page_link(t, (struct page_link){ .kind = LINK_PROCESS, .key = u->key });
		text_page_entry(t, label, text);
	}
	if (files->user_count == 0)
		text_page_line(t, "not among the most used files", ROLE_QUIET);
	if (files->more_users)
		text_page_line(t, "top 8 shown", ROLE_QUIET);
	put_events(t, w, is_about);
}

static void
put_page(struct text_page *t, void *ctx)
{
	const struct writer *w = ctx;

	switch (w->page->kind) {
	case LINK_FILE:
		put_file(t, w);
		break;
	case LINK_EVENT:
		put_lines(t, &w->page->event);
		break;
	default:
		put_process(t, w);
		break;
	}
}

/* What the system says of the parent has arrived. */
static void
compare_environments(struct page *p, const struct snapshot *s)
{
	const struct process_look *look = &s->process.look;
	const struct history_entry entry = entry_of(p);

	if (p->kind != LINK_EVENT || !p->event.wants_parent || p->compared || !s->process.found ||
	    s->process.key.pid != p->event.parent || !look->env)
		return;
	p->compared = true;
	event_page_take(&p->event, &entry, look->env, look->env_length);
}

static void
draw(struct ui *ui, WINDOW *w, const struct snapshot *s, int top, int lines, int columns)
{
	struct state *v = own(ui);
	struct page *p = shown(ui);
	struct writer writer = { ui, s, &s->process, p };

	v->columns = columns;
	compare_environments(p, s);
	text_page_draw(&ui->paint, w, top, lines, columns, &p->place, put_page, &writer);
}

static void
sheet(struct ui *ui, const struct snapshot *s, struct sheet *sheet)
{
	struct writer writer = { ui, s, &s->process, shown(ui) };

	text_page_sheet(&ui->paint, sheet, put_page, &writer);
}

static void
headline(const struct ui *ui, const struct snapshot *s, struct headline *line)
{
	const struct page *p = shown(ui);

	if (p->kind == LINK_PROCESS && s->process.by) {
		snprintf(line->what, sizeof line->what, "one %s", grouping_info[s->process.by].name);
		return;
	}
	snprintf(line->what, sizeof line->what, "%s",
		 p->kind == LINK_EVENT  ? "one event"
		 : p->kind == LINK_FILE ? p->directory ? "one directory" : "one file"
		 : s->process.group     ? "exited processes"
					: "one process");
}

static void
search(struct ui *ui, const struct snapshot *s, bool backwards, bool from_here)
{
	struct state *v = own(ui);
	struct page *p = shown(ui);
	struct writer writer = { ui, s, &s->process, p };

	if (!text_page_search(&ui->paint, v->columns, &p->place, ui->search, backwards, from_here, put_page,
			      &writer))
		ui_message(ui, "not found on this page");
}

/* ---- keys ---- */

/* The row of this process, as the commands and the menu want it. */
static struct row
as_row(const struct ui *ui, const struct process_page *p)
{
	const char *exe = p->exe ? p->exe : "";
	struct row r = { .key = p->key,
			 .version = p->version,
			 .uid = p->uid,
			 .exe = exe,
			 .name = format_program(exe),
			 .command = exe };

	r.unit = r.signer = r.user = r.tty = r.cgroup = "";
	if (p->by) {
		r.flags |= ROW_BY;
		r.unit = p->by == BY_UNIT ? p->label : "";
		r.signer = p->by == BY_SIGNER ? p->label : "";
		r.user = p->by == BY_USER && ui->config.user_name ? ui->config.user_name(p->uid) : "";
	}
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
	(void)s, (void)c;
	return text_page_move(&shown(ui)->place, id);
}

static void
back(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct state *v = own(ui);

	(void)s, (void)id;
	if (v->count > 1) {
		page_finish(&v->pages[--v->count]);
		ask(ui, c);
		return;
	}
	ui_uncover(ui, c);
}

static void
follow_link(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	const struct page_link *link = &shown(ui)->place.link;
	struct history_entry entry;
	char *path;

	(void)id;
	switch (link->kind) {
	case LINK_PROCESS:
		push_process(ui, false, link->key);
		break;
	case LINK_FILE:
		path = xstrdup(link->path);
		push_file(ui, path, link->directory);
		free(path);
		break;
	case LINK_EVENT:
		if (!s->latest || !history_at(s->latest, link->seq, &entry)) {
			ui_message(ui, "this event is no longer kept");
			return;
		}
		push_event(ui, s->latest, &entry);
		break;
	default:
		ui_message(ui, "Enter works on a process, a file or an event; Esc goes back");
		return;
	}
	ask(ui, c);
}

static void
mute_file(struct ui *ui, const struct page *p, enum action_id id, struct command *c)
{
	size_t length = strlen(p->path);

	if (id == ACTION_MUTE_MENU || id == ACTION_MUTE_EXE) {
		ui_message(ui, "m mutes this file, u removes its mutes; 2 shows all files");
		return;
	}
	free(ui->exe);
	ui->exe = xmalloc(length + 2);
	snprintf(ui->exe, length + 2, "%s%s", p->path,
		 p->directory && id != ACTION_UNMUTE && p->path[length - 1] != '/' ? "/" : "");
	if (id == ACTION_UNMUTE)
		*c = (struct command){ .kind = ACTION_FILES_UNMUTE, .path = ui->exe, .on = p->directory };
	else
		*c = (struct command){ .kind = ACTION_FILES_MUTE,
				       .rule = p->directory ? MUTE_TARGET_PREFIX : MUTE_TARGET,
				       .path = ui->exe };
}

static void
mute(struct ui *ui, const struct snapshot *s, enum action_id id, struct command *c)
{
	struct page *p = shown(ui);
	struct history_entry entry;
	struct row row;

	if (p->kind == LINK_FILE) {
		mute_file(ui, p, id, c);
	} else if (p->kind == LINK_EVENT) {
		entry = entry_of(p);
		mute_row_event(ui, &entry, id, c);
	} else if (s->process.found) {
		row = as_row(ui, &s->process);
		mute_row_key(ui, &row, id, c);
	}
}

static char *
copied(struct ui *ui, const struct snapshot *s)
{
	const char *text = shown(ui)->place.text;

	(void)s;
	return text && *text ? xstrdup(text) : NULL;
}

static const struct view_key keys[] = {
	{ ACTION_BACK, back },     { ACTION_OPEN, follow_link }, { ACTION_MUTE_PROCESS, mute },
	{ ACTION_MUTE_EXE, mute }, { ACTION_UNMUTE, mute },      { ACTION_MUTE_MENU, mute },
	{ ACTION_NONE, NULL },
};

const struct view view_detail = {
	.name = "process",
	.own = ACTION_GROUP_SHOW,
	.state = sizeof(struct state),
	.finish = finish,
	.leave = leave,
	.draw = draw,
	.take = take,
	.keys = keys,
	.search = search,
	.copied = copied,
	.headline = headline,
	.sheet = sheet,
	.hints = { ACTION_BACK, ACTION_OPEN, ACTION_MUTE_PROCESS, ACTION_MUTE_EXE, ACTION_UNMUTE,
		   ACTION_MUTE_MENU, ACTION_UNDO, ACTION_HELP, ACTION_QUIT, ACTION_SEARCH, ACTION_COPY },
};
