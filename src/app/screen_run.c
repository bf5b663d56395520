/* screen_run - see screen_run.h. */
#include "src/app/screen_run.h"
#include "src/app/commands.h"
#include "src/app/export.h"
#include "src/app/loop.h"
#include "src/app/report.h"
#include "src/app/titles.h"
#include "src/base/notify.h"
#include "src/base/safe_file.h"
#include "src/base/say.h"
#include "src/base/signals.h"
#include "src/cli/config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KEYS_AT_ONCE 64 /* before a frame, however fast they come */

/* The program with a screen: what the iterations of its loop share. */
struct run {
	struct loop loop;
	struct session *session;
	struct ui *ui;
	bool drawn;       /* the screen shows the newest state */
	bool stale;       /* a new snapshot is needed */
	bool interrupted; /* the user was asked whether to end the command: the next SIGINT confirms */
	bool over;        /* nothing happens any more */
	bool done;
	int result;
};

static void
end(struct run *r, int result)
{
	r->done = true;
	r->result = result;
}

static void
suspend(struct run *r)
{
	ui_suspend(r->ui);
	signals_stop();
	ui_resume(r->ui);
	ui_resize(r->ui); /* the size of the window may have changed */
	loop_restart_interval(&r->loop);
	r->drawn = false;
}

/* Leaving ends a command that runs, so ask first. */
static void
ask_to_end(struct run *r, const struct command *c)
{
	char question[80];

	snprintf(question, sizeof(question), "%.30s is still running; end it and quit? y/n",
		 child_name(r->session->command.child));
	ui_ask(r->ui, question, c);
}

static void
handle_signals(struct run *r)
{
	int number;

	while (!r->done && (number = signals_next()) != 0) {
		switch (number) {
		case SIGWINCH:
			ui_resize(r->ui);
			r->drawn = false;
			break;
		case SIGTSTP:
			suspend(r);
			break;
		case SIGCONT:
			/* After SIGSTOP, which cannot be caught, the terminal is in the
			 * state the shell has left it in. */
			ui_resume(r->ui);
			ui_resize(r->ui);
			loop_restart_interval(&r->loop);
			r->drawn = false;
			break;
		case SIGINT: /* also Ctrl-C */
			if (r->interrupted || !followed_command_runs(&r->session->command))
				end(r, 0);
			else {
				signals_dismiss();
				ask_to_end(r, &(struct command){ .kind = ACTION_QUIT });
				r->interrupted = true;
				r->drawn = false;
			}
			break;
		default:
			end(r, number);
			break;
		}
	}
}

static void
save_config(struct run *r, char *message, size_t len)
{
	const char *path = r->session->options->config_path;

	if (!path) {
		snprintf(message, len, "settings not written: %s",
			 r->session->options->no_config ? "--no-config was given"
							: "HOME is not set; use --config=FILE");
		return;
	}
	if (config_write(path, ui_settings(r->ui), message, len) == 0)
		snprintf(message, len, "settings written to %s", path);
}

static int
write_summary(FILE *out, void *run, char *why, size_t len)
{
	const struct run *r = run;

	(void)why, (void)len;
	report_text(out, r->session);
	return 0;
}

static int
write_summary_json(FILE *out, void *run, char *why, size_t len)
{
	const struct run *r = run;

	(void)why, (void)len;
	report_json(out, r->session);
	return 0;
}

static void
export_summary(struct run *r, const struct command *c, char *message, size_t len)
{
	int error = safe_file_write(c->path, c->on ? SAFE_OVERWRITE : 0,
				    c->what == EXPORT_SUMMARY ? write_summary : write_summary_json, r,
				    message, len);

	if (error == -EEXIST)
		ui_ask_overwrite(r->ui, c);
	else if (!error)
		snprintf(message, len, "summary written to %.300s", c->path);
}

static void
export_view(struct run *r, const struct command *c, char *message, size_t len)
{
	struct sheet *sheet;
	int error;

	if (c->what != EXPORT_VIEW && r->session->command.summary) {
		export_summary(r, c, message, len);
		return;
	}
	sheet = sheet_create();
	ui_sheet(r->ui, &r->session->snapshot, sheet);
	error = export_save(sheet, c->path, c->on, message, len);
	if (error == -EEXIST)
		ui_ask_overwrite(r->ui, c);
	else if (!error)
		snprintf(message, len, "%zu line%s written to %.300s", sheet_rows(sheet),
			 sheet_rows(sheet) == 1 ? "" : "s", c->path);
	sheet_destroy(sheet);
}

/* "estop-HOST-20261124-113000.jsonl.zst" */
static void
ask_record(struct run *r, const struct command *c)
{
	char host[64] = "", when[32], name[128];
	time_t now = time(NULL);
	struct tm tm;

	gethostname(host, sizeof(host) - 1);
	host[strcspn(host, "./")] = '\0';
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", localtime_r(&now, &tm));
	snprintf(name, sizeof(name), "estop-%s-%s.jsonl.zst", host, when);
	ui_ask_name(r->ui, "record to:", name, c);
}

static void
record(struct run *r, const struct command *c, char *message, size_t len)
{
	int error;

	if (!r->session->source.ops->live)
		snprintf(message, len, "cannot record a replay");
	else if (r->session->recording.record)
		session_record_stop(r->session, message, len);
	else if (!c->path)
		ask_record(r, c);
	else if ((error = session_record_start(r->session, c->path, c->on, message, len)) == -EEXIST)
		ui_ask_overwrite(r->ui, c);
	else if (!error)
		snprintf(message, len, "recording to %.300s; R stops", c->path);
	session_figures(r->session); /* the header says whether it records */
}

static void
report_command_end(struct run *r)
{
	const struct child *child = r->session->command.child;
	char what[40], message[160];

	child_state(child, what, sizeof(what));
	snprintf(message, sizeof(message), "%.80s ended: %s; q quits and prints its output",
		 child_name(child), what);
	ui_message(r->ui, message);
	r->stale = true;
	r->drawn = false;
}

/* What is folded away has no rows in the snapshot. */
static void
search(struct run *r, const struct command *c)
{
	struct session *s = r->session;
	struct reveal found;
	bool any = reveal_next(s->model.tree, ui_spec(r->ui), c->search, c->key, c->on, c->id, session_now(s),
			       &found);

	ui_found(r->ui, any ? &found : NULL, c->on);
	r->stale = true;
}

static void
carry_out(struct run *r, const struct command *c)
{
	char message[512] = "";

	switch (c->kind) {
	case ACTION_NONE:
		break;
	case ACTION_QUIT:
		if (!c->on && followed_command_runs(&r->session->command))
			ask_to_end(r, c);
		else
			end(r, 0);
		break;
	case ACTION_SUSPEND:
		suspend(r);
		break;
	case ACTION_REDRAW:
		break;
	case ACTION_EXPORT:
		export_view(r, c, message, sizeof(message));
		break;
	case ACTION_RECORD:
		record(r, c, message, sizeof(message));
		break;
	case ACTION_REFRESH:
		r->stale = true;
		break;
	case ACTION_SAVE:
		save_config(r, message, sizeof(message));
		break;
	case ACTION_SEARCH:
		search(r, c);
		break;
	case ACTION_PAUSE:
		if (!c->on)
			r->stale = true;
		break;
	default:
		switch (commands_carry_out(r->session, c, message, sizeof(message))) {
		case COMMANDS_MUTES:
			/* The rows stay, and show that they are muted. */
			if (ui_paused(r->ui))
				session_marks(r->session, ui_spec(r->ui));
			else
				r->stale = true;
			break;
		case COMMANDS_ASK:
			ui_ask_overwrite(r->ui, c);
			break;
		case COMMANDS_INTERVAL:
			loop_restart_interval(&r->loop);
			break;
		case COMMANDS_SNAPSHOT:
			r->stale = true;
			break;
		}
		break;
	}
	if (message[0])
		ui_message(r->ui, message);
	r->drawn = false;
}

static void
handle_keys(struct run *r)
{
	struct command c = { 0 };

	/* Curses may have read keys already, which poll() does not report: hence busy. */
	r->loop.busy = false;
	for (int n = 0; !r->done && ui_input(r->ui, &r->session->snapshot, &c); n++) {
		r->interrupted = false;
		carry_out(r, &c);
		c = (struct command){ 0 };
		/* The next key is meant for the frame that this one leads to, however fast both came. */
		if (n == KEYS_AT_ONCE || r->stale) {
			r->loop.busy = true;
			break;
		}
	}
}

/* The command and all that came of it: what moves no more is shown as what it was in all. */
static void
note_end(struct run *r)
{
	if (r->over || !r->loop.command_handled || r->session->snapshot.processes)
		return;
	r->over = true;
	ui_ended(r->ui);
	r->stale = true;
}

/* The screen has one line for them; all are printed when it is closed. */
static void
show_first_note(struct ui *ui, const struct session *s)
{
	const struct notes *const of[] = { &s->options->config_errors, &s->options->mute_errors, &s->notes,
					   &s->options->notes };
	char message[NOTE_BYTES];

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (notes_first(of[i], message, sizeof(message))) {
			ui_message(ui, message);
			return;
		}
}

/* What is read for the rows that were drawn shows at once. */
static void
draw(struct run *r)
{
	struct session *s = r->session;
	size_t rows[TITLES_ROWS], n;

	ui_draw(r->ui, &s->snapshot);
	if (ui_paused(r->ui))
		return;
	n = ui_rows_shown(r->ui, &s->snapshot, rows, TITLES_ROWS);
	if (!titles_read(&s->source, s->model.tree, &s->snapshot, rows, n, session_now(s)))
		return;
	session_snapshot(s, ui_spec(r->ui));
	ui_draw(r->ui, &s->snapshot);
}

int
screen_run(struct session *s, struct ui *ui, int signal_fd, int key_fd, char *why, size_t len)
{
	struct run r = { .session = s, .ui = ui };
	long frames = 0;

	loop_init(&r.loop, s, signal_fd, key_fd, STDOUT_FILENO);
	session_update(s, ui_spec(ui));
	show_first_note(ui, s);
	while (!r.done) {
		unsigned what;

		if (r.stale)
			session_snapshot(s, ui_spec(ui));
		if (!r.drawn)
			draw(&r);
		r.stale = false;
		r.drawn = true;
		what = loop_wait(&r.loop);
		if (what & LOOP_SIGNAL)
			handle_signals(&r);
		if (!r.done && (what & LOOP_HANGUP))
			end(&r, -EIO);
		if (!r.done && ((what & LOOP_KEY) || r.loop.busy))
			handle_keys(&r);
		if (what & LOOP_ENDED)
			r.loop.ended_handled = true; /* the screen stays */
		if (what & LOOP_COMMAND) {
			r.loop.command_handled = true;
			report_command_end(&r);
		}
		note_end(&r);
		if (!r.done && session_failed(s, why, len))
			end(&r, -EINVAL);
		if (!r.done && (what & LOOP_FRAME)) {
			char message[256];

			if (session_message(s, message, sizeof(message)))
				ui_message(ui, message);
			if (ui_paused(ui))
				session_tick(s, ui_spec(ui));
			else
				session_update(s, ui_spec(ui));
			r.drawn = false;
			if (s->options->frames && ++frames >= s->options->frames)
				end(&r, 0);
		}
	}
	return r.result;
}
