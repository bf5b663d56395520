/* The chart of a row, of everything and of a recording: screens, and what keys do in it. */
#include "model/clean.h"
#include "model/units.h"
#include "tests/lib/frame.h"
#include "ui/curses.h"
#include "ui/keys.h"
#include "ui/state.h"
#include "ui/view_chart.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#undef lines

#define SECOND NS_PER_SECOND

static struct frame f;
static struct chart chart;
static struct ui *ui;

/* Three minutes: waves of opens and closes, a burst, nothing for the first of them. */
static void
make_chart(void)
{
	chart = (struct chart){ .slot_ns = SECOND, .count = HOUR_SLOTS };
	chart.begin_ns = f.s.time_ns / SECOND * SECOND - HOUR_SLOTS * SECOND;
	for (unsigned i = 0; i < chart.count; i++)
		for (unsigned k = 0; k < CHART_SERIES; k++)
			chart.rate[i][k] = i < 60     ? -1
					   : k > 1    ? (float)(i % 30 == 0 ? k : 0)
					   : i == 120 ? 4000
						      : (float)(i % 40 * 40 + k * 10);
	chart.marks[60] = chart_mark_bit(CHART_MARK_RECORD);
	chart.marks[120] = chart_mark_bit(CHART_MARK_LOST) | chart_mark_bit(CHART_MARK_MUTES);
	chart.marks[150] = chart_mark_bit(CHART_MARK_MUTES);
	f.s.chart = &chart;
}

/* The whole of a recording that is at its middle. */
static void
make_whole(void)
{
	make_chart();
	chart.whole = true;
	chart.slot_ns = 10 * SECOND;
	chart.begin_ns = f.s.time_ns - 600 * SECOND;
	for (unsigned i = 0; i < 60; i++)
		for (unsigned k = 0; k < CHART_SERIES; k++)
			chart.rate[i][k] = (float)i;
	f.s.position = (struct position){ chart.begin_ns, f.s.time_ns + 300 * SECOND,
					  chart.begin_ns + 1800 * SECOND, "", 1 };
}

static void
open_ui(int lines, int columns, bool replay)
{
	struct ui_config config = frame_config();

	config.replay = replay;
	if (replay)
		config.source = "replay build.jsonl.zst";
	frame_busy(&f);
	if (replay)
		make_whole();
	else
		make_chart();
	ui = frame_open(lines, columns, &config);
	ui_draw(ui, &f.s);
}

static int
close_ui(void **state)
{
	(void)state;
	ui_close(ui);
	ui = NULL;
	f.s.chart = NULL;
	return 0;
}

static void
screen_has(const char *text)
{
	char *seen;

	ui_draw(ui, &f.s);
	seen = frame_read();
	if (!strstr(seen, text))
		fail_msg("'%s' is not on the screen:\n%s", text, seen);
	free(seen);
}

static bool
is_on_screen(const char *text)
{
	char *seen;
	bool found;

	ui_draw(ui, &f.s);
	seen = frame_read();
	found = strstr(seen, text) != NULL;
	free(seen);
	return found;
}

static struct command
key(int k)
{
	return frame_key(ui, &f, k);
}

static void
the_chart_of_a_row(void **state)
{
	static const int sizes[][2] = { { 24, 80 }, { 50, 200 }, { 4, 20 }, { 8, 30 } };
	char name[48];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		open_ui(sizes[i][0], sizes[i][1], false);
		frame_type(ui, &f, "jH");
		ui_draw(ui, &f.s);
		snprintf(name, sizeof name, "chart_%dx%d", sizes[i][1], sizes[i][0]);
		frame_is(name);
		close_ui(NULL);
		open_ui(sizes[i][0], sizes[i][1], true);
		frame_type(ui, &f, "3H");
		key(-KEY_LEFT);
		ui_draw(ui, &f.s);
		snprintf(name, sizeof name, "chart_whole_%dx%d", sizes[i][1], sizes[i][0]);
		frame_is(name);
		close_ui(NULL);
	}
	clean_ask_ascii(true);
	open_ui(24, 80, true);
	frame_type(ui, &f, "3H");
	ui_draw(ui, &f.s);
	frame_is("chart_ascii_80x24");
	clean_ask_ascii(false);
}

static void
a_process_has_a_chart_and_so_has_everything(void **state)
{
	const struct snapshot_spec *spec;

	(void)state;
	open_ui(24, 80, false);
	spec = ui_spec(ui);
	assert_false(spec->chart.asked);
	key(-KEY_DOWN);
	assert_int_equal(key('H').kind, ACTION_REFRESH);
	assert_true(spec->chart.asked);
	assert_int_equal(spec->chart.whose.of, HOUR_OF_PROCESS);
	assert_int_equal(spec->chart.whose.key.pid, f.row[1].key.pid);
	screen_has("process 812 mds_stores  3 min");
	key('H');
	assert_int_equal(spec->chart.whose.of, HOUR_ALL);
	screen_has("all events  3 min");
	key('H');
	assert_int_equal(spec->chart.whose.of, HOUR_OF_PROCESS);
	key(27);
	assert_false(spec->chart.asked);
	screen_has("COMMAND");
	/* From a view without rows it is of everything, and H goes back. */
	key('3');
	key('H');
	assert_int_equal(spec->chart.whose.of, HOUR_ALL);
	key('H');
	assert_false(spec->chart.asked);
}

static void
exited_processes_have_that_of_their_program(void **state)
{
	const struct snapshot_spec *spec;

	(void)state;
	open_ui(24, 80, false);
	spec = ui_spec(ui);
	f.row[1].flags |= ROW_GROUP | ROW_EXITED;
	key(-KEY_DOWN);
	key('H');
	assert_int_equal(spec->chart.whose.of, HOUR_OF_PROGRAM);
	assert_string_equal(spec->chart.whose.exe, f.row[1].exe);
	screen_has("program mds_stores  3 min");
	key(27);
	f.row[1].flags |= ROW_REST;
	key('H');
	assert_false(spec->chart.asked);
	screen_has("a chart is of a process, a program, or all");
}

static void
spans_are_chosen_by_plus_and_minus(void **state)
{
	(void)state;
	open_ui(24, 80, false);
	key('H');
	key('+');
	screen_has("  3 min");
	assert_int_equal(key('-').kind, ACTION_REFRESH);
	assert_int_equal(ui_spec(ui)->chart.span, HOUR_SPAN_5);
	screen_has("  15 min");
	key('-');
	key('-');
	screen_has("  1 h");
	key('+');
	screen_has("  15 min");
}

static void
the_cursor_reads_values_by_type(void **state)
{
	char text[64], clock[32];

	(void)state;
	open_ui(24, 80, false);
	key('H');
	/* At the newest; then column by column to the burst, and no further. */
	screen_has(" ev/s");
	for (int i = 0; !is_on_screen("events lost  mute rules changed"); i++) {
		assert_true(i < 30);
		key(-KEY_LEFT);
	}
	key(-KEY_RIGHT);
	assert_false(is_on_screen("events lost"));
	key(-KEY_HOME);
	position_clock(clock, sizeof clock, chart.begin_ns);
	snprintf(text, sizeof text, "%s to ", clock);
	screen_has(text);
	screen_has("not measured");
	key(-KEY_END);
	/* One type drawn large. */
	key(-KEY_DOWN);
	screen_has("open of process");
	screen_has(" open/s");
	key(-KEY_UP);
	key(-KEY_UP);
	screen_has("other of process");
	/* A click is the cursor. */
	struct command c;
	ui_mouse(ui, &f.s, TERM_MOUSE_PRESS, 10, 8, &c);
	snprintf(text, sizeof text, "%s to ", clock);
	screen_has(text);
}

static void
enter_goes_to_the_time_of_a_recording(void **state)
{
	struct command c;

	(void)state;
	open_ui(24, 80, true);
	frame_type(ui, &f, "3H");
	assert_true(ui_spec(ui)->chart.whole);
	screen_has("all events  whole recording");
	screen_has("▲");
	c = key('\r');
	assert_int_equal(c.kind, ACTION_STREAM_GO);
	assert_int_equal(c.time_ns, chart.begin_ns + 90 * 10 * SECOND); /* where it is */
	key(-KEY_HOME);
	c = key('\r');
	assert_int_equal(c.time_ns, chart.begin_ns);
	key(-KEY_PPAGE);
	key(-KEY_NPAGE);
	key('-');
	screen_has("the whole recording is shown");
	f.s.position.scanned = 0.25;
	screen_has("whole recording (25% scanned)");
	close_ui(NULL);
	open_ui(24, 80, false);
	key('H');
	assert_int_equal(key('\r').kind, ACTION_NONE);
	screen_has("Enter goes to a time of a recording");
}

static void
nothing_is_needed_to_open_it(void **state)
{
	(void)state;
	open_ui(24, 80, false);
	f.s.chart = NULL;
	key('H');
	frame_type(ui, &f, "HH+-\r");
	key(-KEY_LEFT);
	screen_has("nothing measured yet");
	f.s.chart = &chart;
	chart.count = 0;
	key(-KEY_RIGHT);
	screen_has("nothing measured yet");
	chart.count = 1;
	key(-KEY_RIGHT);
	key(-KEY_LEFT);
	screen_has("not measured");
}

static void
it_is_written_as_data(void **state)
{
	struct sheet *sheet = sheet_create();

	(void)state;
	open_ui(24, 80, false);
	key('H');
	ui_sheet(ui, &f.s, sheet);
	assert_int_equal(sheet_rows(sheet), HOUR_SLOTS);
	assert_int_equal(sheet_columns(sheet), 9);
	assert_string_equal(sheet_shown(sheet, 0, 1), "-");
	assert_int_equal(sheet_value(sheet, 0, 1)->kind, SHEET_NONE);
	assert_float_equal(sheet_value(sheet, 121, 2)->real, 40, 0.1);
	assert_float_equal(sheet_value(sheet, 121, 1)->real, 90, 0.1);
	assert_string_equal(sheet_shown(sheet, 120, 8), "!m");
	sheet_destroy(sheet);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, close_ui)
	const struct CMUnitTest tests[] = {
		TEST(the_chart_of_a_row),
		TEST(a_process_has_a_chart_and_so_has_everything),
		TEST(exited_processes_have_that_of_their_program),
		TEST(spans_are_chosen_by_plus_and_minus),
		TEST(the_cursor_reads_values_by_type),
		TEST(enter_goes_to_the_time_of_a_recording),
		TEST(nothing_is_needed_to_open_it),
		TEST(it_is_written_as_data),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
