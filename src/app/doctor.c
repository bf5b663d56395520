/* doctor - see doctor.h. */
#include "src/app/doctor.h"

#include "model/clean.h"
#include "src/base/clock.h"
#include "src/base/ring.h"
#include "src/base/say.h"
#include "src/base/wake.h"
#include "src/app/run.h"
#include "src/es/platform.h"
#include "ui/term.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { RING_ORDER = 24, WAIT_MS = 100 };

struct doctor {
	FILE *out;
	doctor_open_fn *open;
	struct ring *ring;
	struct wake wake;
	struct source source;
	bool is_open;
	bool ill; /* estop cannot watch here */
};

/* "ok       kernel     Linux 6.1 …"; what is missing says what to do. */
static void
line(void *ctx, const char *name, enum finding finding, const char *text)
{
	static const char *const words[] = { "ok", "limited", "MISSING" };
	struct doctor *d = ctx;
	char clean[1200];

	clean_text(clean, sizeof(clean), text, strlen(text), clean_ascii());
	fprintf(d->out, "%-8s %-12s %s\n", words[finding], name, clean);
	d->ill |= finding == FINDING_MISSING;
}

/* ---- questions ---- */

static void
ask_start(struct doctor *d, const char *name)
{
	char why[1000] = "";
	int error = d->open(&d->source, d->ring, d->wake.write_fd, why, sizeof(why));

	d->is_open = !error;
	if (!error && d->source.ops->title)
		d->source.ops->title(d->source.self, why, sizeof(why));
	else if (!error)
		snprintf(why, sizeof(why), "%s", d->source.ops->name);
	line(d, name, error ? FINDING_MISSING : FINDING_OK, why);
}

static void
ask_events(struct doctor *d, const char *name)
{
	event_mask given = d->is_open ? d->source.ops->available(d->source.self) : client_available();
	char text[200];

	snprintf(text, sizeof(text),
		 "%u of %u types; %u are high-volume (hot) and off by default; --list-events",
		 event_mask_count(given), (unsigned)EV_OTHER, event_mask_count(given & event_mask_hot()));
	line(d, name, FINDING_OK, text);
}

static void
ask_terminal(struct doctor *d, const char *name)
{
	const char *term = getenv("TERM");
	char text[400], why[300] = "";
	bool ansi = false;

	if (!isatty(STDOUT_FILENO)) {
		line(d, name, FINDING_LIMITED,
		     "the standard output is not a terminal; -b writes frames as text");
	} else if (term_check(STDOUT_FILENO, &ansi, why, sizeof(why)) != 0) {
		line(d, name, FINDING_LIMITED, why);
	} else {
		snprintf(text, sizeof(text), "%.60s, %s, %s%s", term ? term : "?",
			 clean_ascii() ? "ASCII (LC_ALL=C.UTF-8 gives more)" : "UTF-8",
			 term_wheel_turns_down() ? "mouse"
						 : "mouse, whose wheel only turns up with this curses",
			 ansi ? ", paste and clipboard if it allows them" : "");
		line(d, name, FINDING_OK, text);
	}
}

static void
ask_recording(struct doctor *d, const char *name)
{
	line(d, name, FINDING_OK,
	     "estop -r FILE replays one of estop or of Apple's eslogger, without privileges; make demo has one");
}

/* ---- rates ---- */

static void
count(struct doctor *d, uint64_t total[EV_COUNT], uint64_t until_ns)
{
	while (clock_steady() < until_ns) {
		struct pollfd fd = { .fd = d->wake.read_fd, .events = POLLIN };
		const struct event *e;

		poll(&fd, 1, WAIT_MS);
		wake_clear(&d->wake);
		while ((e = ring_peek(d->ring, NULL))) {
			if (e->id < EV_COUNT)
				total[e->id]++;
			ring_release(d->ring);
		}
	}
}

static int
measure(struct doctor *d, long seconds)
{
	static uint64_t total[EV_COUNT];
	struct source_stats stats = { .kernel_fill = -1 };
	char why[1000] = "";
	struct utsname system;
	uint64_t all = 0, begin;

	if (d->source.ops->start(d->source.self, EVENT_ALL, why, sizeof(why)) != 0) {
		say("%s", why);
		return EXIT_CANNOT;
	}
	begin = clock_steady();
	count(d, total, begin + (uint64_t)seconds * 1000000000u);
	if (d->source.ops->stop)
		d->source.ops->stop(d->source.self);
	d->source.ops->stats(d->source.self, &stats);
	for (unsigned id = 0; id < EV_COUNT; id++)
		all += total[id];
	uname(&system);
	fprintf(d->out, "\nrates over %ld s, %s %s %s, %ld processors\n%-24s %12s %7s\n", seconds,
		system.sysname, system.release, system.machine, sysconf(_SC_NPROCESSORS_ONLN), "TYPE",
		"PER SECOND", "SHARE");
	for (unsigned id = 0; id < EV_OTHER; id++) {
		uint64_t lost = stats.loss.kernel[id] + stats.loss.ring[id];
		bool hot = event_info[id].hot;

		if (!total[id] && !lost)
			continue;
		fprintf(d->out, "%-24s %12.1f %6.1f%%%s", event_info[id].name,
			(double)total[id] / (double)seconds,
			all ? 100.0 * (double)total[id] / (double)all : 0, hot ? "  hot" : "");
		if (!hot && 2 * total[id] > all)
			fprintf(d->out, "  over half: -e all,-%s leaves it out", event_info[id].name);
		if (lost)
			fprintf(d->out, "  %" PRIu64 " lost", lost);
		fputc('\n', d->out);
	}
	fprintf(d->out, "%-24s %12.1f\n", "all", (double)all / (double)seconds);
	return EXIT_FINE;
}

/* ---- public ---- */

int
doctor(FILE *out, const struct options *o, doctor_open_fn *open)
{
	struct doctor d = { .out = out, .open = open, .wake = { -1, -1 } };
	int status = EXIT_FINE, error;

	d.ring = ring_create(RING_ORDER);
	error = d.ring ? wake_open(&d.wake) : -ENOMEM;
	if (error) {
		say("%s", strerror(-error));
		ring_destroy(d.ring);
		return EXIT_CANNOT;
	}
	fprintf(out, "estop " ESTOP_VERSION "\n");
	platform_doctor(line, &d);
#define X(id, name, help) ask_##id(&d, name);
	DOCTOR_TABLE(X)
#undef X
	if (d.ill)
		status = EXIT_CANNOT;
	if (d.is_open && o->doctor_secs)
		status = measure(&d, o->doctor_secs);
	if (d.is_open)
		d.source.ops->close(d.source.self);
	ring_destroy(d.ring);
	wake_close(&d.wake);
	return status;
}
