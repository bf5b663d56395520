/*
 * prog_picture svg FILE: draws the screen that FILE is named after (man/files.svg) as an image, from
 * tests/demo.jsonl.zst. Everything that would differ from one run to the next is given: the clock is
 * that of the recording, which is shown up to a fixed moment.
 */
#include "src/app/session.h"
#include "src/base/source.h"
#include "model/event.h"
#include "tests/lib/svg.h"
#include "tests/lib/tty.h"
#include "ui/ui.h"

#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORDING "tests/demo.jsonl.zst"
#define MS UINT64_C(1000000)

/* The recording fits into one ring, from which events are moved to the session's as time goes by. */
enum { WHOLE_ORDER = 24 };

static const struct picture {
	const char *name;
	int rows, columns;
	unsigned at_ms, interval_ms; /* the moment shown, and what lies between two frames before it */
	const char *keys;            /* pressed at that moment */
	const char *title;
} pictures[] = {
	{ "processes", 30, 110, 2850, 1000, "",
	  "estop, processes view: a build as a tree, with events per second" },
	{ "mutes", 30, 110, 2850, 1000, "jjjjjx",
	  "estop, mute menu: each choice with the events per second it saves" },
	{ "files", 30, 110, 2850, 1000, "2",
	  "estop, files view: the most used files, with opens and closes per second" },
};

static struct ring *whole;
static struct source recording;
static struct source_ops ops;
static uint64_t now_ns;

static _Noreturn void
give_up(const char *why)
{
	fprintf(stderr, "prog_picture: %s\n", why);
	exit(1);
}

static uint64_t
now(void *self)
{
	(void)self;
	return now_ns;
}

static uint64_t
steady(void)
{
	return now_ns;
}

static void
title(void *self, char *out, size_t len)
{
	(void)self;
	snprintf(out, len, "replay demo.jsonl.zst");
}

static int
started(void *self, event_mask events, char *why, size_t len)
{
	(void)self, (void)events, (void)why, (void)len;
	return 0;
}

/* The recording, read to its end, as a source whose time is ours. */
static int
open_recording(struct source *s, struct ring *ring, int wake_fd, char *why, size_t len)
{
	const struct replay_input input = { .path = RECORDING };
	const struct replay_config config = { .inputs = &input, .count = 1 };
	const struct event *first;
	int error;

	(void)ring; /* what is due is moved there by show_until() */
	whole = ring_create(WHOLE_ORDER);
	if (!whole)
		give_up("out of memory");
	error = replay_open(&recording, &config, whole, wake_fd, why, len);
	if (!error)
		error = recording.ops->start(recording.self, EVENT_ALL, why, len);
	if (error)
		return error;
	while (!recording.ops->ended(recording.self))
		poll(NULL, 0, 1);
	first = ring_peek(whole, NULL);
	if (!first)
		give_up("there is nothing in " RECORDING);
	now_ns = first->time_ns;
	ops = *recording.ops;
	ops.start = started;
	ops.now = now;
	ops.title = title;
	*s = (struct source){ &ops, recording.self };
	return 0;
}

static void
show_until(struct session *s, uint64_t ns)
{
	const struct event *e;
	bool more = true;

	while ((e = ring_peek(whole, NULL)) && e->time_ns <= ns) {
		void *room = ring_reserve(s->ring, e->size, event_info[e->id].vital);

		if (!room)
			give_up("the ring is full");
		memcpy(room, e, e->size);
		ring_commit(s->ring);
		ring_release(whole);
	}
	now_ns = ns;
	while (more)
		session_drain(s, 1000 * MS, &more);
}

static const char *
user_name(uint32_t uid)
{
	return uid ? "alice" : "root";
}

/* The ui writes to a file: it needs no terminal to think that it has one. */
static struct ui *
draw(const struct picture *p, struct session *s, FILE *screen)
{
	struct ui_config config = {
		.headless = true,
		.in_fd = STDIN_FILENO,
		.out_fd = fileno(screen),
		.settings = { .color = COLOR_ALWAYS,
			      .totals = true,
			      .exited_secs = UI_EXITED_DEFAULT_SECS,
			      .interval_ms = 1000 },
		.replay = true,
		.host = "buildhost",
		.source = s->figures.title,
		.start_ns = s->start_ns,
		.user_name = user_name,
		.clock = steady,
	};
	uint64_t start = now_ns, until = start + p->at_ms * MS;
	char why[256] = "";
	struct command c;
	struct ui *ui;

	if (ui_open(&ui, &config, why, sizeof(why)) != 0)
		give_up(why);
	for (uint64_t at = start + p->at_ms * MS % (p->interval_ms * MS); at <= until;
	     at += p->interval_ms * MS) {
		show_until(s, at);
		session_tick(s, ui_spec(ui));
	}
	/* What estop itself took: not in the recording; as measured with make demo. */
	s->figures.self.cpu = 4.4;
	s->figures.self.rss = UINT64_C(14) << 20;
	session_snapshot(s, ui_spec(ui));
	ui_draw(ui, &s->snapshot);
	for (const char *key = p->keys; *key; key++) {
		ui_key(ui, &s->snapshot, *key, &c);
		session_snapshot(s, ui_spec(ui));
		ui_draw(ui, &s->snapshot);
	}
	return ui;
}

static void
read_screen(const struct picture *p, FILE *screen)
{
	char bytes[4096];
	size_t n;

	tty_blank(p->rows, p->columns);
	rewind(screen);
	while ((n = fread(bytes, 1, sizeof(bytes) - 1, screen)) > 0) {
		bytes[n] = '\0';
		tty_write(bytes);
	}
}

static const struct picture *
picture_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
		size_t length = strlen(pictures[i].name);

		if (strncmp(name, pictures[i].name, length) == 0 && strcmp(name + length, ".svg") == 0)
			return &pictures[i];
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	char *arguments[] = { "estop", "--no-config", NULL };
	const struct picture *p = argc == 3 ? picture_of(argv[2]) : NULL;
	struct options options;
	struct session session;
	struct ui *ui;
	char why[512] = "", number[16];
	FILE *screen;

	if (!p || strcmp(argv[1], "svg") != 0) {
		fputs("usage: prog_picture svg man/NAME.svg\n", stderr);
		return 2;
	}
	screen = tmpfile();
	if (!screen)
		give_up("cannot make a temporary file");
	setenv("TERM", "xterm-256color", 1);
	setenv("TZ", "UTC", 1);
	snprintf(number, sizeof(number), "%d", p->rows);
	setenv("LINES", number, 1);
	snprintf(number, sizeof(number), "%d", p->columns);
	setenv("COLUMNS", number, 1);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		give_up("there is no locale C.UTF-8");
	if (options_parse(&options, 2, arguments, why, sizeof(why)) != 0 ||
	    session_open(&session, &options, open_recording, why, sizeof(why)) != 0)
		give_up(why);
	ui = draw(p, &session, screen);
	read_screen(p, screen);
	ui_close(ui);
	svg_write(stdout, p->rows, p->columns, p->title);
	session_close(&session);
	options_finish(&options);
	ring_destroy(whole);
	tty_close();
	fclose(screen);
	return fflush(stdout) != 0 || ferror(stdout);
}
