/* main - brings up options, source, model and screen in this order, and takes them down again. */
#include "model/xalloc.h"
#include "src/app/batch.h"
#include "src/app/child.h"
#include "src/cli/config.h"
#include "src/app/log_run.h"
#include "src/app/loop.h"
#include "src/cli/options.h"
#include "src/app/report.h"
#include "src/cli/mute_file.h"
#include "src/base/safe_file.h"
#include "src/base/usage.h"
#include "src/app/session.h"
#include "src/base/say.h"
#include "src/base/signals.h"
#include "src/base/strbuf.h"
#include "src/base/users.h"
#include "ui/ui.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_FINE, EXIT_CANNOT, EXIT_USAGE };

static int
complain(int status, const char *sentence)
{
	say("%s", sentence);
	return status;
}

/* What is printed is the whole task; output that cannot be written is an error. */
static int
print(const struct options *o)
{
	switch (o->task) {
	case TASK_HELP:
		options_help(stdout);
		break;
	case TASK_LIST_EVENTS:
		options_list_events(stdout, client_available());
		break;
	case TASK_EXPORT:
		rules_export(stdout, o->export, o);
		break;
	default:
		printf("estop %s\n", ESTOP_VERSION);
		break;
	}
	if (fflush(stdout) != 0 || ferror(stdout))
		return complain(EXIT_CANNOT, strerror(errno));
	return EXIT_FINE;
}

/* What was wrong in the config and in mute files, a line each. */
static void
say_errors(const struct options *o)
{
	notes_say(&o->config_errors);
	notes_say(&o->mute_errors);
}

static int
run_screen(struct session *s, const struct ui_config *config, int signal_fd, char *why, size_t len)
{
	struct ui *ui;
	int result = ui_open(&ui, config, why, len);

	if (result)
		return result;
	xalloc_on_failure(ui_emergency_restore);
	signals_unblock();
	result = loop_run(s, ui, signal_fd, config->in_fd, why, len);
	ui_close(ui);
	xalloc_on_failure(NULL);
	if (result == -EIO)
		snprintf(why, len, "the terminal is gone");
	return result;
}

static int
run_batch(struct session *s, const struct ui_config *config, int signal_fd, FILE *frames_to, char *why,
	  size_t len)
{
	say_errors(s->options);
	notes_say(&s->notes);
	notes_say(&s->options->notes);
	signals_unblock();
	if (s->options->log)
		return log_run(s, signal_fd, STDOUT_FILENO, why, len);
	return batch_run(s, config, signal_fd, frames_to, why, len);
}

/*
 * A recording may come by the standard input; the keys come from the terminal
 * then. The descriptor, or a negative errno with a sentence in why.
 */
static int
keyboard(const struct options *o, char *why, size_t len)
{
	int fd;

	if (isatty(STDIN_FILENO))
		return STDIN_FILENO;
	if (!o->input_count) {
		snprintf(why, len, "stdin is not a terminal; use -b for plain text");
		return -ENOTTY;
	}
	fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		snprintf(why, len, "there is no terminal to read keys from; use -b for plain text");
	return fd < 0 ? -ENOTTY : fd;
}

static bool
reads_stdin(const struct options *o)
{
	for (size_t i = 0; i < o->input_count; i++)
		if (strcmp(o->inputs[i].path, "-") == 0)
			return true;
	return false;
}

/* "make -j8, /usr/bin": what the header says is shown. To be freed; NULL: all. */
static char *
name_scope(const struct options *o)
{
	struct text text = { 0 };

	for (char **word = o->command; word && *word; word++) {
		text_word(&text, *word);
		text_char(&text, word[1] ? ' ' : '\0');
	}
	if (!o->command)
		return o->scope ? xstrdup(o->scope) : NULL;
	if (o->scope) {
		text.length--;
		text_word(&text, ", ");
		text_add(&text, o->scope, strlen(o->scope) + 1);
	}
	return text.bytes;
}

static void
write_report(FILE *out, void *session)
{
	report_command(out, session);
}

/*
 * The screen is gone, or there was none. What the command wrote, and what came of it.
 * The exit status.
 */
static int
end_command(struct session *s)
{
	int status;

	session_end_command(s);
	session_stop(s);
	child_print_output(s->child, stdout);
	say_page(write_report, s);
	status = child_exit_status(s->child);
	if (status >= 0)
		return status;
	say("%s (process %d) has not ended, and goes on without estop", child_name(s->child),
	    (int)child_pid(s->child));
	return EXIT_CANNOT;
}

static void
say_sentence(void *ctx, const char *sentence)
{
	(void)ctx;
	say("%s", sentence);
}

static int
put_text(FILE *to, void *text, char *why, size_t len)
{
	(void)why, (void)len;
	fputs(text, to);
	return 0;
}

/* session_open(), and what --debug wants to know of it. */
static int
open_session(struct session *s, const struct options *o, char *why, size_t len)
{
	char *text = NULL, sentence[512];
	size_t size;
	FILE *debug = o->debug && !o->input_count ? open_memstream(&text, &size) : NULL;
	int result, error;

	if (!debug)
		return session_open(s, o, client_open, why, len);
	fprintf(debug, "estop " ESTOP_VERSION "\n");
	client_debug(debug);
	result = session_open(s, o, client_open, why, len);
	client_debug(NULL);
	fprintf(debug, "start: %s\n", result ? why : "fine");
	fclose(debug);
	error = safe_file_write(o->debug, SAFE_OVERWRITE, put_text, text, sentence, sizeof(sentence));
	free(text);
	if (!error)
		return result;
	if (!result) {
		session_close(s);
		snprintf(why, len, "%s", sentence);
	} else
		complain(EXIT_CANNOT, sentence); /* both are told */
	return result ? result : error;
}

static int
run(const struct options *o)
{
	struct session session;
	char why[1024] = "", host[256] = "", *scope_text;
	struct child *child = NULL;
	struct ui_config config = {
		.in_fd = STDIN_FILENO,
		.out_fd = STDOUT_FILENO,
		.settings = o->settings,
		.batch_width = (unsigned)o->width,
		.hint = !o->config_found && !o->no_config, /* who says that is not new here */
		.mute_file = o->mute_file,
		.user_name = users_name,
	};
	bool screen = !o->batch && !o->log, to_stdout = o->record && strcmp(o->record, "-") == 0;
	FILE *frames_to = stdout;
	int signal_fd, result, status = EXIT_FINE;

	if (screen && !isatty(STDOUT_FILENO))
		return complain(EXIT_CANNOT, "stdout is not a terminal; use -b for plain text");
	if (screen) {
		config.in_fd = keyboard(o, why, sizeof(why));
		if (config.in_fd < 0)
			return complain(EXIT_CANNOT, why);
	}
	if (reads_stdin(o) && isatty(STDIN_FILENO))
		return complain(EXIT_CANNOT, "-r - reads the standard input, which is the terminal; put the "
					     "recording there, as in: zcat FILE.gz | estop -r -");
	if (to_stdout) { /* frames are not JSON; what is said at the end goes to stderr */
		frames_to = fopen("/dev/null", "w");
		if (!frames_to)
			return complain(EXIT_CANNOT, strerror(errno));
	}

	if (o->command) { /* before there are threads, and while all is as we found it */
		result = child_open(&child, o->command, screen ? CHILD_APART : CHILD_BESIDE, why, sizeof(why));
		if (result)
			return complain(result > 0 ? result : EXIT_CANNOT, why);
	}

	if (!o->input_count && o->settings.nice != NICE_OFF)
		self_renice(o->settings.nice); /* nor is this the command's */
	result = self_give_up_privileges(!o->input_count); /* the command has them all */
	if (result) {
		child_close(child);
		return complain(EXIT_CANNOT, strerror(-result));
	}

	/* From here on they find the main thread, whatever threads are made. */
	signal_fd = signals_open(screen);
	if (signal_fd < 0) {
		child_close(child);
		return complain(EXIT_CANNOT, strerror(-signal_fd));
	}
	result = open_session(&session, o, why, sizeof(why));
	if (result) {
		size_t at = strlen(why);

		child_close(child);
		signals_close();
		if (!o->input_count && result == -EPERM)
			snprintf(why + at, sizeof(why) - at, "; estop -r FILE shows a recording without "
							     "privileges, and make demo has one");
		return complain(EXIT_CANNOT, why);
	}
	if (!o->input_count) { /* a recording may be of another one */
		gethostname(host, sizeof(host) - 1);
		host[strcspn(host, ".")] = '\0';
	}
	config.host = host;
	config.source = session.title;
	config.replay = o->input_count > 0;
	config.scope = session.scope;
	config.start_ns = session.start_ns;
	config.scope_text = scope_text = name_scope(o);
	/* All threads but a recorder's run by now, and the command was forked before. */
	result = self_confine(!o->input_count);
	if (result == -ENOTSUP || result == -EINVAL || result == -ENOSYS) /* a kernel without seccomp */
		result = 0;
	if (result) {
		snprintf(why, sizeof(why), "cannot give up system calls: %s", strerror(-result));
		status = EXIT_CANNOT;
	} else if (child) {
		session_follow(&session, child);
		status = child_go(child, why, sizeof(why));
	}
	if (status) {
		session_close(&session);
		child_close(child);
		free(scope_text);
		signals_close();
		return complain(status, why);
	}

	result = screen ? run_screen(&session, &config, signal_fd, why, sizeof(why)) :
			  run_batch(&session, &config, signal_fd, frames_to, why, sizeof(why));
	if (result == 0 && session.source.ops->report)
		session.source.ops->report(session.source.self, say_sentence, NULL);
	if (child)
		status = end_command(&session);
	if (screen) { /* gone by now: here they can be read */
		say_errors(o);
		notes_say(&session.notes);
		notes_say(&o->notes);
	}
	session_close(&session);
	child_close(child);
	free(scope_text);
	if (frames_to != stdout)
		fclose(frames_to);
	if (config.in_fd != STDIN_FILENO)
		close(config.in_fd);
	if (result > 0)
		signals_die(result);
	signals_close();
	return result ? complain(EXIT_CANNOT, why) : status;
}

/*
 * A descriptor of ours must not take the place of a stream that was closed
 * before us. What is opened cannot be written, so writing there still fails.
 */
static void
keep_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_RDONLY);
}

/* The settings are the screen's; without one they are read only when they are asked for. */
static bool
uses_config(const struct options *o)
{
	return o->task == TASK_RUN && (o->config || !(o->batch || o->log));
}

/* Does this system have what -e asks for? A recording is of another one. */
static bool
lacks_events(const struct options *o, char *why, size_t len)
{
	return o->task == TASK_RUN && !o->input_count &&
	       options_check_events(o, client_available(), why, len) != 0;
}

int
main(int argc, char **argv)
{
	struct options options;
	char why[512] = "";
	int status;

	self_memory_frugal();
	xalloc_give_back();
	keep_standard_streams();
	/* Only the characters: numbers keep their point, sentences their language. */
	setlocale(LC_CTYPE, "");
	if (options_parse(&options, argc, argv, why, sizeof(why)) != 0 ||
	    lacks_events(&options, why, sizeof(why)) ||
	    (uses_config(&options) && config_read(&options, why, sizeof(why)) != 0))
		status = complain(EXIT_USAGE, why);
	else if (options.task != TASK_RUN) {
		say_errors(&options);
		status = print(&options);
	} else
		status = run(&options);
	options_finish(&options);
	users_forget();
	return status;
}
