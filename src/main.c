/* main - reads the options, and runs what they ask for. */
#include "model/clean.h"
#include "model/xalloc.h"
#include "src/app/doctor.h"
#include "src/app/run.h"
#include "src/app/version.h"
#include "src/base/charset.h"
#include "src/base/say.h"
#include "src/base/source.h"
#include "src/base/usage.h"
#include "src/base/users.h"
#include "src/cli/config.h"
#include "src/cli/mute_file.h"
#include "src/cli/options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A task that only prints. Failing to write its output is an error. */
static int
print(const struct options *o)
{
	int status = EXIT_FINE;

	notes_say(&o->config_errors);
	notes_say(&o->mute_errors);
	switch (o->task) {
	case TASK_HELP:
		options_help(stdout);
		break;
	case TASK_LIST_EVENTS:
		options_list_events(stdout, client_available());
		break;
	case TASK_DOCTOR:
		client_hooks(o->hooks);
		status = doctor(stdout, o, client_open);
		break;
	case TASK_EXPORT:
		rules_export(stdout, o->export, o);
		break;
	default:
		version_write(stdout, o->hooks);
		break;
	}
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	say("%s", strerror(errno));
	return EXIT_CANNOT;
}

/*
 * A descriptor of estop must not take the place of a standard stream that is closed.
 * What is opened here cannot be written, so writing there still fails.
 */
static void
keep_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", O_RDONLY);
}

/* The config file is for the screen; without a screen it is read only when it is named. */
static bool
uses_config(const struct options *o)
{
	return o->task == TASK_RUN && (o->config || options_have_screen(o));
}

/* Is an event type of -e not available here? A recording may be of another system. */
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
	charset_choose();
	if (options_parse(&options, argc, argv, why, sizeof(why)) != 0 ||
	    lacks_events(&options, why, sizeof(why)) ||
	    (uses_config(&options) && config_read(&options, why, sizeof(why)) != 0)) {
		say("%s", why);
		status = EXIT_USAGE;
	} else {
		clean_ask_ascii(options.settings.ascii);
		status = options.task == TASK_RUN ? run(&options) : print(&options);
	}
	options_finish(&options);
	users_forget();
	return status;
}
