/* session - see session.h. */
#include "src/app/session.h"
#include "src/base/clock.h"
#include "src/base/say.h"
#include "src/base/signals.h"
#include "src/base/users.h"
#include "model/xalloc.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 2 MiB, some 20,000 events: what comes while a frame is made. It stays in memory. */
#define RING_ORDER 21

/*
 * Its overflow, for when the main thread is not scheduled: at 400,000 events a second
 * 256 MiB last for 6 s. Records are some ten times as large while they carry everything.
 * Never more than an eighth of the machine's memory, but always 32 MiB.
 */
#define OVERFLOW_ORDER 28
#define OVERFLOW_ORDER_DETAIL 29
#define OVERFLOW_ORDER_LEAST 25

/* A recording waits while the ring is full, and some of its records are large. */
#define RING_ORDER_DETAIL 25

/* Events between two looks at the clock. */
#define DRAIN_STEP 512

/* Between two looks at the count of losses. */
#define LOSS_CHECK_NS UINT64_C(250000000)

/* Between two surveys: this, and so many times what the last one took. */
#define SURVEY_PAUSE_NS UINT64_C(200000000)
#define SURVEY_REST 20

/* Surveys after a loss: at least, and when there was something to correct each time. */
#define SURVEYS_LEAST 2
#define SURVEYS_MOST 10

/* What a command gets to end when it is asked to. */
#define END_NS UINT64_C(2000000000)

/* Ticks between two looks at who is there, while nobody tells of forks and exits. */
#define UNSEEN_TICKS 5

static struct proc_key
key_of(const struct event_proc *p)
{
	return (struct proc_key){ .pid = p->pid, .start_ns = p->start_ns };
}

/* What still comes although it is muted, or is listened to for a moment. */
static void
hear(struct session *s, const struct event *e)
{
	const struct proc *p = tree_find(s->tree, key_of(&e->who));
	struct proc_facts facts = { .exe = "" };

	if (p)
		proc_facts(p, &facts);
	mutes_hear(s->mutes, e, facts.exe);
}

uint64_t
session_now(const struct session *s)
{
	return s->source.ops->now ? s->source.ops->now(s->source.self) : clock_wall();
}

/* Is it of a process that -p and -u ask for? An exec is also the new program's. */
static bool
in_scope(const struct session *s, const struct event *e)
{
	struct filter_subject who = { .pid = pid_shown(e->who.pid), .uid = e->who.uid, .name = "", .args = "" };
	const char *slash;

	if (!s->scope)
		return true;
	who.exe = event_field(e, FIELD_EXE, NULL);
	for (int i = 0; i < 2; i++) {
		if (who.exe) {
			slash = strrchr(who.exe, '/');
			who.name = slash ? slash + 1 : who.exe;
		} else
			who.exe = "";
		who.user = users_name(who.uid);
		if (filter_match(s->scope, &who))
			return true;
		if (e->id != EV_EXEC)
			break;
		who.exe = event_field(e, FIELD_TARGET, NULL);
		who.uid = e->other.uid;
	}
	return false;
}

static void
observe(struct session *s, const struct event *e)
{
	if ((!s->observe && !s->record) || !in_scope(s, e))
		return;
	if (s->observe)
		s->observe(s->observe_ctx, e);
	if (s->record)
		record_event(s->record, e);
}

/* For the views: is it of a process that -p and -u ask for? */
static void
show(struct session *s, const struct event *e, struct string *exe)
{
	const struct filter_subject who = { .pid = pid_shown(e->who.pid), .uid = e->who.uid,
					    .user = s->scope ? users_name(e->who.uid) : "",
					    .name = string_name(exe), .exe = string_bytes(exe),
					    .args = "" };

	if (!s->scope || filter_match(s->scope, &who))
		views_apply(&s->views, e, exe);
}

/* With a command: is it of what came of it? */
static bool
is_followed(struct session *s, const struct event *e)
{
	if (!s->family || family_take(s->family, e))
		return true;
	if (e->id < EV_COUNT)
		s->outside[e->id]++;
	return false;
}

static void
apply(struct session *s, const struct event *e)
{
	bool shown = s->views.on && e->id < EV_COUNT;
	struct string *exe;

	if (!is_followed(s, e))
		return;
	if (s->summary)
		summary_take(s->summary, e);
	observe(s, e);
	exe = shown ? tree_exe(s->tree, &e->who) : NULL;
	if (exe)
		show(s, e, exe);
	tree_apply(s->tree, e);
	if (shown && !exe) /* the event itself may have told */
		show(s, e, tree_exe(s->tree, &e->who));
	if (e->id >= EV_COUNT)
		return;
	s->applied++;
	if (event_info[e->id].vital) {
		if (mutes_of_process(s->mutes, key_of(&e->who)))
			s->mutes_stale = true;
		mutes_follow(s->mutes, e);
	}
	if (mutes_listens(s->mutes))
		hear(s, e);
}

static void
apply_seen(void *ctx, const struct event *e)
{
	struct session *s = ctx;

	if (!is_followed(s, e))
		return;
	observe(s, e);
	tree_apply(s->tree, e);
	(void)users_name(e->who.uid); /* while there may be sockets: see src/es/linux/confine.c */
}

static void survey(struct session *s, uint64_t now_ns);

static size_t
drain(struct session *s, uint64_t budget_ns, bool *more)
{
	const struct event *e = ring_peek(s->ring, NULL);
	uint64_t end = 0, now;
	size_t n = 0;

	*more = false;
	if (!e)
		return 0;
	if (ring_used(s->ring) > s->ring_peak)
		s->ring_peak = ring_used(s->ring);
	/* Events are in order: the first is the oldest, and waits the longest. */
	now = session_now(s);
	if (!s->source.ops->now && now > e->time_ns && now - e->time_ns > s->lag_ns)
		s->lag_ns = now - e->time_ns;
	mutes_hold(s->mutes); /* what follows from forks and execs, the system is asked once */
	for (; e; e = ring_peek(s->ring, NULL)) {
		if (n % DRAIN_STEP == 0) {
			now = clock_steady();
			if (n == 0)
				end = now + budget_ns;
			else if (now >= end) {
				*more = true;
				break;
			}
		}
		apply(s, e);
		ring_release(s->ring);
		n++;
	}
	mutes_release(s->mutes);
	return n;
}

size_t
session_drain(struct session *s, uint64_t budget_ns, bool *more)
{
	size_t n = drain(s, budget_ns, more);

	if (n || s->survey.due)
		survey(s, clock_steady());
	return n;
}

static void
retitle(struct session *s)
{
	const struct source_ops *ops = s->source.ops;
	struct record_state state;
	size_t at;

	if (ops->title)
		ops->title(s->source.self, s->title, sizeof(s->title));
	else
		snprintf(s->title, sizeof(s->title), "%s", ops->name);
	at = strlen(s->title);
	if (s->child && child_exit_status(s->child) >= 0) {
		char what[40];

		child_state(s->child, what, sizeof(what));
		snprintf(s->title + at, sizeof(s->title) - at, "  %.24s: %s", child_name(s->child), what);
	}
	if (!s->record)
		return;
	record_state(s->record, &state);
	at = strlen(s->title);
	snprintf(s->title + at, sizeof(s->title) - at, "%s", state.dead ? " REC ENDED" :
		 state.error ? " REC FAILS" : state.lost ? " REC LOSES" : " rec");
}

void
session_figures(struct session *s)
{
	struct snapshot *shown = &s->snapshot;
	struct source_stats stats = { .kernel_fill = -1 };

	s->source.ops->stats(s->source.self, &stats);
	retitle(s);
	shown->loss = stats.loss;
	s->lost_untyped = stats.kernel_untyped;
	shown->handler_ns = stats.handler_median_ns;
	mutes_counts(s->mutes, &shown->mutes);
	shown->subscribed = s->events;
	shown->available = s->source.ops->available(s->source.self);
	shown->lag_ns = s->lag_shown_ns;
	/* Whichever of the two queues is fuller is the one that may lose something. */
	shown->kernel_fills = stats.kernel_fill > s->ring_shown;
	shown->ring_fill = shown->kernel_fills ? stats.kernel_fill : s->ring_shown;
	shown->backlog = s->applied - s->applied_shown;
	shown->self_cpu = s->self.cpu;
	shown->self_rss = s->self.rss;
}

uint64_t
session_lost(const struct session *s)
{
	const struct loss *loss = &s->snapshot.loss;

	return loss_sum(loss->kernel) + loss_sum(loss->ring) + s->lost_untyped;
}

/* What only the system knows of a process that runs; of one that has ended, what it said last. */
static void
look(struct session *s, struct process_page *page)
{
	if (!s->source.ops->look || !page->found || page->gone || page->group || page->exited)
		return;
	process_look_finish(&page->look);
	s->source.ops->look(s->source.self, page->key.pid, &page->look);
}

void
session_picture(struct session *s, const struct snapshot_spec *spec)
{
	snapshot_take(&s->snapshot, s->tree, s->mutes, spec, session_now(s));
	s->applied_shown = s->applied;
	if (spec->ledger)
		mutes_list(s->mutes, &s->snapshot.ledger, session_now(s));
	views_picture(&s->views, &s->snapshot, s->tree, s->mutes, spec, session_now(s));
	if (spec->process.asked)
		look(s, &s->snapshot.process);
	session_figures(s);
}

void
session_marks(struct session *s, const struct snapshot_spec *spec)
{
	snapshot_mark(&s->snapshot, s->mutes);
	views_mark(&s->snapshot, s->mutes, spec);
	session_figures(s);
}

/* ---- surveys ---- */

static uint64_t
vital_of(const struct loss *loss)
{
	uint64_t lost = 0;

	for (unsigned id = 0; id < EV_COUNT; id++)
		if (event_info[id].vital)
			lost += loss->kernel[id] + loss->ring[id];
	return lost;
}

static uint64_t
vital_lost(const struct session *s)
{
	struct source_stats stats = { .kernel_fill = -1 };

	s->source.ops->stats(s->source.self, &stats);
	return vital_of(&stats.loss);
}

static bool
runs(void *ctx, int32_t pid, uint64_t start_ns)
{
	const struct session *s = ctx;
	struct proc_facts facts;
	const struct proc *p = tree_find_pid(s->tree, pid);

	if (!p)
		return false;
	proc_facts(p, &facts);
	return !start_ns || !facts.key.start_ns || facts.key.start_ns == start_ns;
}

/* Compares the tree with the system. Returns what was wrong, or a negative errno. */
static int64_t
look_around(struct session *s)
{
	int error;

	tree_survey_begin(s->tree);
	error = s->source.ops->backfill(s->source.self, apply_seen, s);
	if (error) {
		tree_survey_cancel(s->tree);
		return error;
	}
	s->mutes_stale = true; /* of who ended unseen */
	error = (int)tree_survey_end(s->tree, session_now(s));
	if (s->family)
		family_survey(s->family, runs, s);
	return error;
}

/*
 * Lost execs, forks and exits leave a wrong tree behind. It is put right by a look at who
 * is there, but only behind all that happened before that look: an older fork that is
 * applied after it would bring back whoever has ended since, for good. So a mark is
 * put behind what is queued now, and the survey waits until it is reached. What was lost
 * before the mark is made up for then; what is lost later raises the count again.
 *
 * A process may be listed still while it ends, and on systems without marks records
 * may be queued where nobody sees them. So one survey follows another until one has
 * nothing to correct.
 */
static void
survey(struct session *s, uint64_t now_ns)
{
	struct survey *v = &s->survey;
	const struct source_ops *ops = s->source.ops;
	int64_t corrected;

	if (ops->now || v->off) /* a recording is not asked */
		return;
	if (now_ns - v->checked_ns >= LOSS_CHECK_NS) {
		v->checked_ns = now_ns;
		v->lost = vital_lost(s);
		if (v->lost != v->made_up) {
			v->due = true;
			v->rounds = 0;
		}
	}
	if (!v->due || now_ns < v->not_before_ns)
		return;
	if (!v->marked) {
		v->marked = true;
		v->lost = vital_lost(s);
		v->exact = ops->mark && ops->mark(s->source.self);
		v->position = ring_written(s->ring);
	}
	if (v->exact && !ops->marked(s->source.self, &v->position))
		return;
	if (ring_read(s->ring) < v->position)
		return;
	v->marked = false;
	corrected = look_around(s);
	v->not_before_ns = clock_steady();
	/* Where there are very many processes, it must not be all that is done. */
	v->not_before_ns += SURVEY_PAUSE_NS + SURVEY_REST * (v->not_before_ns - now_ns);
	v->made_up = v->lost;
	v->rounds++;
	v->due = v->rounds < SURVEYS_LEAST || (corrected != 0 && v->rounds < SURVEYS_MOST);
}

bool
session_surveys(const struct session *s)
{
	return s->survey.due;
}

void
session_tick(struct session *s, const struct snapshot_spec *spec)
{
	uint64_t exited_ns = UINT64_MAX, lost;

	/* Before the tick: it closes the interval the losses belong to. */
	session_figures(s);
	lost = session_lost(s);
	if (lost != s->lost) {
		if (s->record)
			record_lost(s->record, &s->snapshot.loss, s->lost_untyped, session_now(s));
		tree_lost(s->tree, session_now(s));
	}
	s->lost = lost;
	/* With processes turned round, forks and exits of all others are not told. */
	if (mutes_inverted(s->mutes, MUTE_SIDE_PROCESS) && s->unseen_ticks++ % UNSEEN_TICKS == 0)
		s->survey.due = true;
	survey(s, clock_steady());
	if (spec->exited_secs != EXITED_FOREVER)
		exited_ns = (uint64_t)spec->exited_secs * 1000000000u;
	tree_tick(s->tree, session_now(s), exited_ns);
	views_tick(&s->views, s->tree, spec, session_now(s));
	session_record_mutes(s);
	if (mutes_tick(s->mutes, session_now(s)))
		s->mutes_stale = true;
	if (s->mutes_stale)
		mutes_refresh(s->mutes);
	s->mutes_stale = false;
	self_memory_trim(&s->self, clock_steady());
	self_sample(&s->self, clock_steady());
	s->lag_shown_ns = s->lag_ns;
	s->lag_ns = 0;
	s->ring_shown = (double)s->ring_peak / (double)ring_size(s->ring);
	s->ring_peak = 0;
	session_figures(s);
}

void
session_frame(struct session *s, const struct snapshot_spec *spec)
{
	session_tick(s, spec);
	session_picture(s, spec);
}

/* A rule of the command line or of a file. 0, also when it was in force already. */
static int
mute_one(struct session *s, const struct options_mute *m, char *why, size_t len)
{
	struct mute_request r = { .kind = m->rule.kind, .origin = m->origin,
				  .events = m->rule.events, .path = m->rule.path };
	struct proc_facts facts;
	const char *what;
	int error = -ESRCH;

	if (!m->rule.path) {
		const struct proc *p = tree_find_pid(s->tree, m->rule.pid);

		if (p) {
			proc_facts(p, &facts);
			r.process = facts.key;
			r.version = facts.version;
			r.path = facts.exe;
		}
	}
	if (r.path)
		error = mutes_add(s->mutes, &r, session_now(s));
	if (!error || error == -EEXIST)
		return 0;
	what = error == -ESRCH ? "there is no such process" : strerror(-error);
	if (m->origin == MUTE_BY_OPTION)
		snprintf(why, len, "-m %.200s: %s", m->text, what);
	else
		snprintf(why, len, "%.200s:%u: %s", m->text, m->line, what);
	return error;
}

static int
mute_all_of(struct session *s, bool paths, char *why, size_t len)
{
	int error = 0;

	mutes_hold(s->mutes);
	for (size_t i = 0; i < s->options->mute_count && !error; i++) {
		const struct options_mute *m = &s->options->mutes[i];

		if (!m->rule.path == paths)
			continue;
		error = mute_one(s, m, why, len);
		if (error && m->origin == MUTE_BY_FILE) { /* not worth failing for: the rest applies */
			notes_add(&s->notes, "%s", why);
			error = 0;
		}
	}
	mutes_release(s->mutes);
	return error;
}

static void
note_local_rules(struct session *s)
{
	struct mute_counts counts;

	mutes_counts(s->mutes, &counts);
	if (counts.local)
		notes_add(&s->notes, "%u of %u mute rules are more than the system takes; estop itself drops "
				     "the events of these", counts.local, counts.processes + counts.paths);
}

static int
mute_processes(struct session *s, char *why, size_t len)
{
	int error = mute_all_of(s, false, why, len);

	note_local_rules(s);
	return error;
}

static int
collect(struct session *s, char *why, size_t len)
{
	const struct source_ops *ops = s->source.ops;
	bool more;
	int error;

	/* Paths before the flow starts, so that not one event of theirs comes;
	 * processes when the tree knows them. */
	error = mute_all_of(s, true, why, len);
	if (error)
		return error;
	s->start_ns = session_now(s);
	error = ops->start(s->source.self, s->events, why, len);
	if (error)
		return error;
	s->events &= ops->available(s->source.self);
	if (s->options->command) /* nobody else is of interest, and it waits */
		return mute_processes(s, why, len);
	error = ops->backfill(s->source.self, apply_seen, s);
	if (error && error != -ENOTSUP) {
		snprintf(why, len, "cannot list the running processes: %s", strerror(-error));
		return error;
	}
	/* What came meanwhile belongs to the first picture, but a flood must not keep it away. */
	if (!s->options->log) /* whoever observes is not there yet */
		session_drain(s, 50 * 1000000u, &more);
	return mute_processes(s, why, len);
}

static struct ring *
open_ring(const struct options *o, bool detail)
{
	unsigned order = detail ? OVERFLOW_ORDER_DETAIL : OVERFLOW_ORDER;
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);

	if (o->ring_order)
		return ring_create(o->ring_order);
	if (o->input_count)
		return ring_create(detail ? RING_ORDER_DETAIL : RING_ORDER);
	while (order > OVERFLOW_ORDER_LEAST && (uint64_t)8 << order > memory)
		order--;
	return ring_create_overflow(RING_ORDER, order);
}

static int
open_replay(struct session *s, char *why, size_t len)
{
	const struct options *o = s->options;
	const struct replay_config config = {
		.inputs = o->inputs,
		.count = o->input_count,
		.speed = o->speed == SPEED_DEFAULT ? (o->log ? 0 : 1) : o->speed,
		/* On the screen there is somebody to wait for more. */
		.follow = !o->log && !o->batch,
	};

	return replay_open(&s->source, &config, s->ring, s->wake.write_fd, why, len);
}

static int
open_record(struct session *s, const char *path, bool overwrite, char *why, size_t len)
{
	char host[256] = "";

	free(s->record_path);
	s->record_path = xstrdup(path);
	gethostname(host, sizeof(host) - 1);
	return record_open(&s->record, &(struct record_config){
		.path = path, .overwrite = overwrite, .events = s->events, .host = host,
		.time_ns = session_now(s), .live = !s->options->input_count,
		.max_size = s->options->max_size, .rotate = s->options->rotate }, why, len);
}

int
session_open(struct session *s, const struct options *o, source_open_fn *open_source, char *why,
	     size_t len)
{
	bool detail;
	int error;

	*s = (struct session){ .options = o, .interval_ms = o->settings.interval_ms, .self.fd = -1,
			       .wake = { -1, -1 } };
	if (o->scope) {
		s->scope = filter_compile(o->scope, why, len);
		if (!s->scope)
			return -EINVAL;
	}
	error = wake_open(&s->wake);
	if (error) {
		snprintf(why, len, "cannot create a wake-up channel: %s", strerror(-error));
		goto out;
	}
	detail = o->log || o->record;
	s->ring = open_ring(o, detail);
	if (!s->ring) {
		snprintf(why, len, "out of memory");
		error = -ENOMEM;
		goto out;
	}
	error = o->input_count ? open_replay(s, why, len) :
				 open_source(&s->source, s->ring, s->wake.write_fd, why, len);
	if (error)
		goto out;
	s->events = o->events & s->source.ops->available(s->source.self);
	if (detail && s->source.ops->detail)
		s->source.ops->detail(s->source.self, true);
	if (o->record)
		error = open_record(s, o->record, true, why, len);
	if (error)
		goto out;
	s->tree = tree_create();
	views_open(&s->views, !o->log && !o->batch);
	s->mutes = mutes_create(&s->source.ops->mute, s->source.self, EVENT_ALL & ~event_mask_vital());
	mutes_watch(s->mutes, s->tree);
	self_open(&s->self, clock_steady());
	error = collect(s, why, len);
out:
	if (error)
		session_close(s);
	return error;
}

void
session_follow(struct session *s, struct child *child)
{
	s->child = child;
	s->family = family_create(child_pid(child));
	s->summary = summary_create();
}

void
session_end_command(struct session *s)
{
	uint64_t end = clock_steady() + END_NS;
	bool more;

	if (!s->child || !child_signal(s->child, SIGTERM))
		return;
	signals_dismiss(); /* what asked for our end may have to wait for it */
	child_signal(s->child, SIGCONT); /* one that is stopped would not notice */
	while (!child_ended(s->child) && clock_steady() < end) {
		struct pollfd p = { .fd = child_output_fd(s->child), .events = POLLIN };

		poll(&p, 1, 20);
		child_take_output(s->child);
		session_drain(s, 10 * 1000000u, &more);
	}
}

void
session_observe(struct session *s, void (*observer)(void *ctx, const struct event *), void *ctx)
{
	s->observe = observer;
	s->observe_ctx = ctx;
}

bool
session_ended(const struct session *s)
{
	return s->source.ops->ended && s->source.ops->ended(s->source.self);
}

static int
compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
holds_id(const uint32_t sorted[], size_t n, uint32_t id)
{
	return n && bsearch(&id, sorted, n, sizeof(id), compare_ids);
}

void
session_record_mutes(struct session *s)
{
	const struct mute_rule *rule;
	uint64_t now = session_now(s);
	uint32_t *ids;
	size_t n = 0;

	if (!s->record || mutes_changes(s->mutes) == s->rules_recorded)
		return;
	s->rules_recorded = mutes_changes(s->mutes);
	while (mutes_get(s->mutes, n))
		n++;
	ids = xcalloc(n + 1, sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		ids[i] = mutes_get(s->mutes, i)->id;
	qsort(ids, n, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < s->rule_count; i++)
		if (!holds_id(ids, n, s->rules[i]))
			record_unmute(s->record, s->rules[i], now);
	for (size_t i = 0; (rule = mutes_get(s->mutes, i)) != NULL; i++)
		if (!holds_id(s->rules, s->rule_count, rule->id))
			record_mute(s->record, rule, now);
	free(s->rules);
	s->rules = ids;
	s->rule_count = n;
}

void
session_record_news(struct session *s, char *message, size_t len)
{
	struct record_state now, *old = &s->record_shown;

	message[0] = '\0';
	if (!s->record)
		return;
	record_state(s->record, &now);
	if (now.full && !old->full)
		snprintf(message, len, "the recording has ended: it has reached its --max-size");
	else if (now.dead && !old->dead)
		snprintf(message, len, "the recording has ended: %s", strerror(now.error));
	else if (now.error && now.error != old->error)
		snprintf(message, len, "the recording waits: %s", strerror(now.error));
	else if (!now.error && old->error)
		snprintf(message, len, "the recording goes on");
	else if (now.lost && !old->lost)
		snprintf(message, len, "the recording is too slow and loses events");
	*old = now;
}

bool
session_news(struct session *s, char *message, size_t len)
{
	return s->source.ops->news && s->source.ops->news(s->source.self, message, len);
}

void
session_back(struct session *s, uint64_t ns, char *message, size_t len)
{
	const struct replay_ops *keys = s->source.ops->replay;

	if (!keys || keys->back_begin(s->source.self, ns, message, len) != 0)
		return;
	/* What is on its way is of the time before. */
	while (ring_peek(s->ring, NULL))
		ring_release(s->ring);
	tree_destroy(s->tree);
	s->tree = tree_create();
	views_restart(&s->views);
	s->applied = s->applied_shown = 0;
	s->lost = s->lost_untyped = 0;
	keys->back_end(s->source.self);
}

/* said: what is missing in it; "" nothing. */
static void
close_record(struct session *s, struct record_state *state, char *said, size_t len)
{
	*state = (struct record_state){ 0 };
	said[0] = '\0';
	if (!s->record)
		return;
	record_close(s->record, &s->snapshot.loss, s->lost_untyped, session_now(s), state);
	s->record = NULL;
	s->rule_count = 0;
	s->rules_recorded = 0;
	if (state->full)
		snprintf(said, len, "%.300s has reached its --max-size; %" PRIu64 " of %" PRIu64 " events are not in it",
			 s->record_path, state->lost, state->events);
	else if (state->lost || state->dead)
		snprintf(said, len, "%" PRIu64 " of %" PRIu64 " events are missing in %.300s%s%s", state->lost,
			 state->events, s->record_path, state->error ? ": " : "",
			 state->error ? strerror(state->error) : "");
}

static void
end_record(struct session *s)
{
	struct record_state state;
	char said[512];

	close_record(s, &state, said, sizeof(said));
	if (said[0])
		say("%s", said);
}

/* Who ran before the recording is part of it, though not of the tree's business here. */
static void
record_seen(void *ctx, const struct event *e)
{
	struct session *s = ctx;

	if ((!s->family || family_take(s->family, e)) && in_scope(s, e))
		record_event(s->record, e);
}

int
session_record_start(struct session *s, const char *path, bool overwrite, char *why, size_t len)
{
	int error = open_record(s, path, overwrite, why, len);

	if (error)
		return error;
	if (s->source.ops->detail)
		s->source.ops->detail(s->source.self, true);
	s->source.ops->backfill(s->source.self, record_seen, s);
	session_record_mutes(s);
	s->record_shown = (struct record_state){ 0 };
	return 0;
}

void
session_record_stop(struct session *s, char *message, size_t len)
{
	struct record_state state;

	close_record(s, &state, message, len);
	if (s->source.ops->detail && !s->options->log)
		s->source.ops->detail(s->source.self, false);
	if (!message[0])
		snprintf(message, len, "%" PRIu64 " events recorded in %.300s", state.events, s->record_path);
}

void
session_stop(struct session *s)
{
	bool more;

	mutes_restore(s->mutes);
	if (s->source.ops->stop)
		s->source.ops->stop(s->source.self);
	s->survey = (struct survey){ .off = true }; /* there is nobody to ask any more */
	do
		session_drain(s, UINT64_MAX / 2, &more);
	while (more);
	session_figures(s);
	session_record_mutes(s);
	end_record(s);
}

void
session_subscribe(struct session *s, event_mask events, char *message, size_t len)
{
	const struct source_ops *ops = s->source.ops;
	event_mask before = s->events, more, less;
	char text[EVENT_MASK_TEXT];

	events = (events | event_mask_vital()) & ops->available(s->source.self);
	if (ops->subscribe(s->source.self, events) != 0)
		snprintf(message, len, "this system refused some of these events");
	s->events = events & ops->available(s->source.self);
	more = s->events & ~before;
	less = before & ~s->events;
	if (message[0] || !(more | less))
		return;
	event_mask_text(more ? more : less, text, sizeof(text));
	if (more && less)
		snprintf(message, len, "%u types of events watched", event_mask_count(s->events));
	else
		snprintf(message, len, "%s %.200s", more ? "now watched:" : "no longer watched:", text);
}

void
session_accounting(const struct session *s, FILE *out)
{
	const struct loss *loss = &s->snapshot.loss;

	for (unsigned id = 0; id < EV_COUNT; id++) {
		uint64_t applied = tree_applied(s->tree, (enum event_id)id);

		if (id < EV_CORE ? !(s->events & EVENT_BIT(id)) && !applied : !(applied | loss->kernel[id] | loss->ring[id] | loss->muted[id]))
			continue; /* of the others, only what came */
		fprintf(out, "total %-8s %" PRIu64 " produced = %" PRIu64 " applied + %" PRIu64
			     " lost in kernel + %" PRIu64 " lost in ring",
			event_info[id].name,
			applied + s->outside[id] + loss->kernel[id] + loss->ring[id], applied,
			loss->kernel[id], loss->ring[id]);
		if (s->family)
			fprintf(out, " + %" PRIu64 " of other processes", s->outside[id]);
		if (loss->muted_known)
			fprintf(out, "; %" PRIu64 " muted", loss->muted[id]);
		fputc('\n', out);
	}
	if (s->lost_untyped)
		fprintf(out, "total of unknown type %" PRIu64 " lost in kernel\n", s->lost_untyped);
}

void
session_close(struct session *s)
{
	if (s->record) {
		/* All that came belongs to it. */
		if (s->tree && s->mutes)
			session_stop(s);
		else
			end_record(s);
	}
	free(s->rules);
	free(s->record_path);
	if (s->source.ops)
		s->source.ops->close(s->source.self);
	s->source.ops = NULL;
	snapshot_finish(&s->snapshot);
	mutes_destroy(s->mutes);
	views_close(&s->views);
	tree_destroy(s->tree);
	ring_destroy(s->ring);
	notes_finish(&s->notes);
	if (s->options && s->wake.read_fd >= 0) /* not zeroed */
		wake_close(&s->wake);
	if (s->tree)
		self_close(&s->self);
	filter_free(s->scope);
	family_destroy(s->family);
	summary_destroy(s->summary);
	*s = (struct session){ .wake = { -1, -1 }, .self.fd = -1 };
}
