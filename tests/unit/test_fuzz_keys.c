/*
 * Any keys, pasted garbage and sizes, on any processes: nothing breaks, whatever is open on the
 * screen. The program without its terminal and its loop, one thread, the same run every time:
 * FUZZ_SEED and FUZZ_STEPS in the environment make another one. Sanitizers look for what is wrong.
 */
#include "src/app/commands.h"
#include "src/app/session.h"
#include "tests/lib/fake_source.h"
#include "tests/lib/frame.h"
#include "ui/action.h"
#include "ui/curses.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { STEPS = 100000, PIDS = 300, KEYS_PER_FRAME = 50, KEYS_PER_DRAW = 4, PASTE = 200 };

static uint64_t seed;
static struct options options;
static struct session session;
static struct ui *ui;

/* xorshift64*: the same numbers on every system. */
static uint32_t
dice(uint32_t sides)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * UINT64_C(2685821657736338717)) >> 32) % sides;
}

/* ---- what happens on the machine ---- */

static const char *
any_path(void)
{
	static const char *const piece[] = { "usr",    "lib",       "a b",          "\033[2J", "\xff\xfe",
					     "日本語", "e\xcc\x81", "\xe2\x80\xae", "x|y",     "\"",
					     "\n",     "~[",        "cc1",          "." };
	static char path[1200];
	size_t n = 0, parts = dice(6) ? 1 + dice(4) : dice(60);

	for (size_t i = 0; i < parts; i++)
		n += (size_t)snprintf(path + n, sizeof(path) - n, "/%s",
				      piece[dice(sizeof(piece) / sizeof(*piece))]);
	path[n] = '\0';
	return path;
}

static struct event_proc
any_process(uint64_t now)
{
	int32_t pid = 1 + (int32_t)dice(PIDS);
	uint64_t life = dice(40) ? 1 : 2; /* pids come back */

	return (struct event_proc){ .pid = pid,
				    .version = (uint32_t)pid + 1000 * dice(3),
				    .ppid = (int32_t)dice((uint32_t)pid),
				    .uid = dice(3) * 500,
				    .start_ns = now / 1000000000000u + life };
}

static void
happen(uint64_t now)
{
	_Alignas(8) char memory[8192];
	struct event *e = (struct event *)(void *)memory;
	const char *path;
	void *room;

	*e = (struct event){ .size = sizeof(*e),
			     .id = (uint8_t)dice(dice(3) ? EV_CORE : EV_COUNT),
			     .time_ns = now,
			     .who = any_process(now) };
	e->number = event_info[e->id].number;
	if (e->id == EV_FORK || e->id == EV_EXEC) {
		e->other = any_process(now);
		if (e->id == EV_EXEC)
			e->other.pid = e->who.pid;
	}
	if (e->id == EV_EXIT)
		e->value = dice(70000);
	path = any_path();
	event_add(e, FIELD_EXE, path, strlen(path));
	path = any_path();
	if (e->id != EV_EXIT)
		event_add(e, FIELD_TARGET, path, strlen(path));
	room = ring_reserve(session.ring, e->size, event_info[e->id].vital);
	if (!room)
		return;
	memcpy(room, e, e->size);
	(void)ring_commit(session.ring);
}

/* ---- what a person does ---- */

static int
any_key(void)
{
	static const int others[] = { '\t',
				      '\r',
				      27,
				      127,
				      8,
				      'y',
				      'n',
				      '1',
				      '2',
				      '3',
				      '4',
				      '5',
				      -KEY_UP,
				      -KEY_DOWN,
				      -KEY_LEFT,
				      -KEY_RIGHT,
				      -KEY_BACKSPACE,
				      -KEY_DC,
				      -KEY_MOUSE,
				      -KEY_RESIZE,
				      -KEY_F(3),
				      -KEY_F(12),
				      0x301,
				      0x65e5,
				      0x1f600,
				      0x202e,
				      0xfffd,
				      1,
				      2,
				      6,
				      11,
				      21,
				      23 };
	unsigned kind = dice(10), action, i;

	if (kind < 6) { /* one that means something */
		action = ACTION_NONE + 1 + dice(ACTION_COUNT - 1);
		for (i = dice(ACTION_KEYS_MAX); i && !action_info[action].keys[i]; i--)
			;
		return action_info[action].keys[i];
	}
	if (kind < 8)
		return others[dice(sizeof(others) / sizeof(*others))];
	return ' ' + (int)dice(95);
}

static void
carry_out(const struct command *c)
{
	char message[512] = "";
	struct sheet *sheet;

	switch (c->kind) {
	case ACTION_EXPORT: /* files are another test's business */
		sheet = sheet_create();
		ui_sheet(ui, &session.snapshot, sheet);
		sheet_destroy(sheet);
		if (!c->on)
			ui_ask_overwrite(ui, c);
		break;
	case ACTION_RECORD:
		if (!c->path)
			ui_ask_name(ui, "record to:", "x.jsonl", c);
		break;
	case ACTION_LEDGER_SAVE:
		if (!c->on)
			ui_ask_overwrite(ui, c);
		break;
	case ACTION_QUIT:
		if (!c->on)
			ui_ask(ui, "the command is still running; end it and quit? y/n", c);
		break;
	case ACTION_NONE:
	case ACTION_SUSPEND:
	case ACTION_REDRAW:
	case ACTION_PAUSE:
		break;
	case ACTION_REFRESH:
		session_snapshot(&session, ui_spec(ui));
		break;
	default:
		if (commands_carry_out(&session, c, message, sizeof(message)) == COMMANDS_MUTES &&
		    ui_paused(ui))
			session_marks(&session, ui_spec(ui));
		else
			session_snapshot(&session, ui_spec(ui));
		break;
	}
	if (message[0])
		ui_message(ui, message);
}

static void
press(int key)
{
	struct command c;

	ui_key(ui, &session.snapshot, key, &c);
	carry_out(&c);
}

static void
paste(void)
{
	for (unsigned n = dice(PASTE); n; n--)
		press(dice(4) ? ' ' + (int)dice(95) : 1 + (int)dice(0x2fff));
}

static void
resize(void)
{
	bool tiny = dice(3) == 0;

	frame_size(1 + (int)dice(tiny ? 8 : 70), 1 + (int)dice(tiny ? 25 : 240));
}

static void
frame(uint64_t now)
{
	bool more;

	for (unsigned n = dice(60); n; n--)
		happen(now);
	session_drain(&session, 1000000000, &more);
	if (ui_paused(ui))
		session_tick(&session, ui_spec(ui));
	else
		session_update(&session, ui_spec(ui));
}

static void
run(bool replay, long steps)
{
	struct ui_config config = frame_config();
	char why[512];

	fake_config = (struct fake_config){ .processes = 20, .events = 0 };
	options = (struct options){ .events = EVENT_ALL,
				    .settings = { .interval_ms = 1000, .exited_secs = 5 } };
	if (session_open(&session, &options, fake_open, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	while (!fake_finished(&session.source))
		usleep(1000); /* from here on the ring is ours to fill */
	config.replay = replay;
	ui = frame_open(24, 80, &config);
	session_update(&session, ui_spec(ui));
	for (long step = 0; step < steps; step++) {
		if (step % KEYS_PER_FRAME == 0)
			frame(session_now(&session));
		if (dice(200) == 0)
			paste();
		else if (dice(50) == 0)
			resize();
		else
			press(any_key());
		if (step % KEYS_PER_DRAW == 0)
			ui_draw(ui, &session.snapshot);
		frame_clock_ns += dice(400) * UINT64_C(1000000);
	}
	/* After all that it still is what it was: help opens, and says how it is left. */
	frame_size(24, 80);
	for (int i = 0; i < 4; i++)
		press(27);
	press('1');
	press('?');
	ui_draw(ui, &session.snapshot);
	char *screen = frame_read();
	assert_non_null(strstr(screen, "estop: help (q or Esc closes"));
	free(screen);
	ui_close(ui);
	session_close(&session);
}

static void
begin(const char *what)
{
	const char *given = getenv("FUZZ_SEED");

	seed = given ? strtoull(given, NULL, 10) : 20261124;
	if (!seed)
		seed = 1;
	printf("%s: FUZZ_SEED=%llu\n", what, (unsigned long long)seed);
	fflush(stdout);
}

static long
steps_wanted(void)
{
	const char *given = getenv("FUZZ_STEPS");

	return (given ? strtol(given, NULL, 10) : STEPS) / 2;
}

static void
no_keys_break_the_screen(void **state)
{
	(void)state;
	begin("live");
	run(false, steps_wanted());
}

static void
no_keys_break_the_screen_of_a_recording(void **state)
{
	(void)state;
	begin("replay");
	seed ^= 0x5555;
	run(true, steps_wanted());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_keys_break_the_screen),
		cmocka_unit_test(no_keys_break_the_screen_of_a_recording),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("fuzz_keys", tests, NULL, NULL);
}
