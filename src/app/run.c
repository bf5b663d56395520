/* run - see run.h. */
#include "src/app/run.h"
#include "model/xalloc.h"
#include "src/app/batch.h"
#include "src/app/child.h"
#include "src/app/log_run.h"
#include "src/app/loop.h"
#include "src/app/screen_run.h"
#include "src/app/report.h"
#include "src/app/session.h"
#include "src/base/notify.h"
#include "src/base/path.h"
#include "src/base/safe_file.h"
#include "src/base/say.h"
#include "src/base/signals.h"
#include "src/base/strbuf.h"
#include "src/base/usage.h"
#include "src/base/users.h"
#include "ui/ui.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What was brought up so far. Each step returns EXIT_FINE, or a status with a sentence in why. */
struct run {
	const struct options *options;
	bool screen, live; /* as the options ask */
	struct ui_config config;
	FILE *frames_to;     /* of the batch mode */
	struct child *child; /* NULL: no command */
	int signal_fd;       /* -1: signals are as they were */
	struct session session;
	char *scope_text;
	char host[256];
	int signal; /* to die by; 0: none */
	char why[1024];
};

static int
fail(struct run *r, const char *sentence)
{
	snprintf(r->why, sizeof(r->why), "%s", sentence);
	return EXIT_CANNOT;
}

/* ---- before anything is watched ---- */

/*
 * A recording may come by the standard input; keys are then read from the terminal.
 */
static int
open_keyboard(struct run *r)
{
	int fd;

	if (isatty(STDIN_FILENO))
		return EXIT_FINE;
	if (r->live)
		return fail(r, "stdin is not a terminal; use -b for plain text");
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return fail(r, "cannot open /dev/tty to read keys; use -b for plain text");
	r->config.in_fd = fd;
	return EXIT_FINE;
}

static bool
reads_stdin(const struct options *o)
{
	for (size_t i = 0; i < o->input_count; i++)
		if (strcmp(o->inputs[i].path, "-") == 0)
			return true;
	return false;
}

static int
open_streams(struct run *r)
{
	const struct options *o = r->options;

	if (r->screen && !isatty(STDOUT_FILENO))
		return fail(r, "stdout is not a terminal; use -b for plain text");
	if (o->trace == TRACE_PERFETTO && isatty(STDOUT_FILENO))
		return fail(r,
			    "--export=perfetto writes no text; redirect it to a file, as in >build.pftrace");
	if (r->screen && open_keyboard(r) != EXIT_FINE)
		return EXIT_CANNOT;
	/* Before there is a command: it must not begin, only to be ended again. */
	if (r->screen && ui_check(&r->config, r->why, sizeof(r->why)))
		return EXIT_CANNOT;
	if (reads_stdin(o) && isatty(STDIN_FILENO))
		return fail(r, "-r -: stdin is a terminal; expected a recording, as in: "
			       "zcat FILE.gz | estop -r -");
	if (o->record && strcmp(o->record, "-") == 0) {
		/* Frames are not JSON. Messages at the end go to stderr. */
		r->frames_to = fopen("/dev/null", "w");
		if (!r->frames_to)
			return fail(r, strerror(errno));
	}
	return EXIT_FINE;
}

static int
prepare(struct run *r)
{
	const struct options *o = r->options;
	int result, status = open_streams(r);

	if (status)
		return status;
	notify_open();    /* a command is none of the manager's */
	if (o->command) { /* before there are threads, and while everything is as estop found it */
		result = child_open(&r->child, o->command, r->screen ? CHILD_CAPTURE : CHILD_SHARE, r->why,
				    sizeof(r->why));
		if (result)
			return result > 0 ? result : EXIT_CANNOT;
	}
	/* The command keeps its priority and all privileges. */
	if (r->live && o->settings.nice != NICE_OFF)
		self_renice(o->settings.nice);
	result = self_give_up_privileges(r->live);
	if (result)
		return fail(r, strerror(-result));
	/* From here on signals reach the main thread, whatever threads are made. */
	r->signal_fd = signals_open(r->screen);
	return r->signal_fd < 0 ? fail(r, strerror(-r->signal_fd)) : EXIT_FINE;
}

/* ---- up to the start of the command ---- */

static int
put_text(FILE *to, void *text, char *why, size_t len)
{
	(void)why, (void)len;
	fputs(text, to);
	return 0;
}

/* session_open(), with a report for --debug. */
static int
open_session(struct run *r)
{
	const struct options *o = r->options;
	char *text = NULL, sentence[512];
	size_t size;
	FILE *debug = o->debug && r->live ? open_memstream(&text, &size) : NULL;
	int result, error;

	if (r->live)
		client_hooks(o->hooks);
	if (!debug)
		return session_open(&r->session, o, client_open, r->why, sizeof(r->why));
	fprintf(debug, "estop " ESTOP_VERSION "\n");
	client_debug(debug);
	result = session_open(&r->session, o, client_open, r->why, sizeof(r->why));
	client_debug(NULL);
	fprintf(debug, "start: %s\n", result ? r->why : "ok");
	fclose(debug);
	error = safe_file_write(o->debug, SAFE_OVERWRITE, put_text, text, sentence, sizeof(sentence));
	free(text);
	if (error && result)
		say("%s", sentence); /* besides why */
	else if (error)
		fail(r, sentence);
	return result ? result : error;
}

/* "make -j8, /usr/bin": what the header shows as the scope. To be freed; NULL: all processes. */
static char *
name_scope(const struct options *o)
{
	struct text text = { 0 };

	for (char **word = o->command; word && *word; word++) {
		text_word(&text, *word);
		text_char(&text, word[1] ? ' ' : '\0');
	}
	if (o->scope) {
		if (o->command) {
			text.length--;
			text_word(&text, ", ");
		}
		text_word(&text, o->scope);
		if (o->follow)
			text_word(&text, " and what they start");
		text_char(&text, '\0');
	}
	return text.bytes;
}

static void
configure_ui(struct run *r)
{
	struct session *s = &r->session;

	if (s->source.ops->live) { /* a recording may be of another host */
		gethostname(r->host, sizeof(r->host) - 1);
		r->host[strcspn(r->host, ".")] = '\0';
	}
	r->scope_text = name_scope(r->options);
	r->config.host = r->host;
	r->config.source = s->figures.title;
	r->config.replay = !s->source.ops->live;
	r->config.scope = s->scope.filter;
	r->config.start_ns = s->start_ns;
	r->config.scope_text = r->scope_text;
	if (r->child) {
		const char *slash = strrchr(child_name(r->child), '/');

		r->config.summary = slash && slash[1] ? slash + 1 : child_name(r->child);
	} else if (s->command.summary) {
		r->config.summary = "recording";
	}
}

static int
start(struct run *r)
{
	int result = open_session(r);

	if (result) {
		size_t at = strlen(r->why);

		if (r->live && result == -EPERM)
			snprintf(r->why + at, sizeof(r->why) - at,
				 "; estop -r FILE shows a recording without privileges, and make demo has one");
		return EXIT_CANNOT;
	}
	configure_ui(r);
	/* All threads but a recorder's run by now, and the command was forked before. */
	result = self_confine(r->live, r->live && !r->options->settings.read_only,
			      metrics_fd(r->session.metrics));
	/* A kernel without seccomp is no error. */
	if (result && result != -ENOTSUP && result != -EINVAL && result != -ENOSYS) {
		snprintf(r->why, sizeof(r->why), "cannot give up system calls: %s", strerror(-result));
		return EXIT_CANNOT;
	}
	if (!r->child)
		return EXIT_FINE;
	session_follow(&r->session, r->child);
	/* From its first instruction on, what asks for our end is an end of the command, too. */
	signals_unblock();
	return child_exec(r->child, r->why, sizeof(r->why));
}

/* ---- until the end ---- */

/* Invalid lines of the config file and of mute files, and rules that could not be applied. */
static void
say_notes(const struct run *r)
{
	notes_say(&r->options->config_errors);
	notes_say(&r->options->mute_errors);
	notes_say(&r->session.notes);
	notes_say(&r->options->notes);
}

static int
run_screen(struct run *r)
{
	struct ui *ui;
	int result = ui_open(&ui, &r->config, r->why, sizeof(r->why));

	if (result)
		return result;
	xalloc_on_failure(ui_emergency_restore);
	signals_unblock();
	result = screen_run(&r->session, ui, r->signal_fd, r->config.in_fd, r->why, sizeof(r->why));
	ui_close(ui);
	xalloc_on_failure(NULL);
	if (result == -EIO)
		snprintf(r->why, sizeof(r->why), "the terminal is gone");
	return result;
}

static int
run_text(struct run *r)
{
	say_notes(r);
	if (r->session.metrics)
		say("metrics at http://%s/metrics", metrics_where(r->session.metrics));
	signals_unblock();
	if (!r->options->batch)
		return log_run(&r->session, r->signal_fd, STDOUT_FILENO, r->why, sizeof(r->why));
	return batch_run(&r->session, &r->config, r->signal_fd, r->frames_to, r->why, sizeof(r->why));
}

static void
say_sentence(void *ctx, const char *sentence)
{
	(void)ctx;
	say("%s", sentence);
}

static void
write_report(FILE *out, void *session)
{
	report_text(out, session);
}

static void
write_json(FILE *out, void *session)
{
	report_json(out, session);
}

static void
put_summary(const struct session *s)
{
	if (!s->command.summary || s->options->summary == SUMMARY_AS_NONE)
		return;
	if (s->options->summary == SUMMARY_AS_TEXT)
		say_page(write_report, (void *)s);
	else
		say_data(write_json, (void *)s);
}

/* Prints the output of the command and the summary. Returns the exit status. */
static int
end_command(struct session *s)
{
	struct child *child = s->command.child;
	int status;

	session_end_command(s);
	session_stop(s);
	child_print_output(child, stdout);
	put_summary(s);
	status = child_exit_status(child);
	if (status >= 0)
		return status;
	say("%s (process %d) is still running", child_name(child), (int)child_pid(child));
	return EXIT_CANNOT;
}

static int
show(struct run *r)
{
	const struct source *source = &r->session.source;
	int result = r->screen ? run_screen(r) : run_text(r), status = EXIT_FINE;

	/* A reader that closed the pipe wants nothing more. */
	if (result >= 0 && result != SIGPIPE && !source->ops->live &&
	    !source->ops->report(source->self, say_sentence, NULL) && !r->screen)
		status = EXIT_CANNOT;
	if (r->child)
		status = end_command(&r->session);
	else
		put_summary(&r->session);
	if (r->screen) /* could not be read before */
		say_notes(r);
	if (result < 0)
		return EXIT_CANNOT;
	r->signal = result;
	r->why[0] = '\0';
	return status;
}

/* In reverse; what was not brought up is left alone. */
static void
take_down(struct run *r)
{
	session_close(&r->session);
	child_close(r->child);
	free(r->scope_text);
	if (r->frames_to != stdout && r->frames_to)
		fclose(r->frames_to);
	if (r->config.in_fd != STDIN_FILENO)
		close(r->config.in_fd);
	notify_close();
	if (r->signal)
		signals_die(r->signal);
	if (r->signal_fd >= 0)
		signals_close();
}

int
run(const struct options *o)
{
	struct run r = {
		.options = o,
		.screen = options_have_screen(o),
		.live = !o->input_count,
		.config = {
			.in_fd = STDIN_FILENO,
			.out_fd = STDOUT_FILENO,
			.settings = o->settings,
			.batch_width = (unsigned)o->width,
			.hint = !o->config_found && !o->no_config, /* a new user */
			.mute_file = o->mute_file,
			.canonical = path_canonical,
			.user_name = users_name,
		},
		.frames_to = stdout,
		.signal_fd = -1,
	};
	int status = prepare(&r);

	if (!status)
		status = start(&r);
	if (!status)
		notify_ready();
	if (!status)
		status = show(&r);
	take_down(&r);
	if (status && r.why[0])
		say("%s", r.why);
	return status;
}
