/*
 * Whole screens, compared with those in tests/screens/. UPDATE_SCREENS=1 writes
 * them anew; look at them before they are kept.
 */
#include "model/clean.h"
#include "tests/lib/frame.h"
#include "ui/curses.h"
#include "ui/theme.h"

#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct frame f;

/* Draws the frame at a size and compares. */
static void
drawn(const char *name, int lines, int columns, const struct ui_config *config)
{
	struct ui *ui = frame_open(lines, columns, config);

	ui_draw(ui, &f.s);
	frame_is(name);
	ui_close(ui);
}

static void
busy_tree(void **state)
{
	(void)state;
	frame_busy(&f);
	drawn("tree_80x24", 24, 80, NULL);
	drawn("tree_20x4", 4, 20, NULL);
	drawn("tree_200x50", 50, 200, NULL);
	drawn("tree_120x30", 30, 120, NULL);
	drawn("tree_40x7", 7, 40, NULL);
}

/* Everything a header can say at once: what gives way on narrow screens, and what stays. */
static void
headers_of_all_widths(void **state)
{
	static const int sizes[][2] = { { 4, 20 }, { 10, 40 }, { 10, 80 }, { 10, 120 }, { 10, 200 } };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct ui *ui = frame_open(sizes[i][0], sizes[i][1], NULL);
		char name[32];

		frame_busy(&f);
		f.s.loss.kernel[EV_OPEN] = 120;
		f.s.loss.ring[EV_CLOSE] = 7;
		f.s.mutes.local = 1;
		f.s.ring_fill = 0.62;
		f.s.marked_ns = f.s.time_ns - 75 * 1000000000ull;
		for (unsigned k = 0; k < MINUTE_SECONDS; k++)
			f.s.activity[k] = k < 8 ? -1 : (float)(k * 37 % 100);
		frame_type(ui, &f, "f/usr/lib\ro");
		f.s.matched = 3;
		frame_clock_ns += 60 * 1000000000ull; /* the message of o is gone */
		ui_draw(ui, &f.s);
		snprintf(name, sizeof name, "header_%d", sizes[i][1]);
		frame_is(name);
		ui_close(ui);
	}
}

static void
below_the_smallest_size_there_is_one_line(void **state)
{
	(void)state;
	frame_busy(&f);
	drawn("tree_60x3", 3, 60, NULL);
	drawn("tree_12x2", 2, 12, NULL);
}

static void
ascii_and_mono(void **state)
{
	struct ui_config config = frame_config();

	(void)state;
	frame_busy(&f);
	f.row[5].flags |= ROW_LOSSY;
	clean_ask_ascii(true);
	drawn("ascii_80x24", 24, 80, &config);
	clean_ask_ascii(false);
}

static void
no_utf8_locale_means_ascii(void **state)
{
	(void)state;
	frame_busy(&f);
	f.row[5].flags |= ROW_LOSSY;
	setlocale(LC_ALL, "C");
	drawn("ascii_80x24", 24, 80, NULL);
	setlocale(LC_ALL, "C.UTF-8");
}

static void
flat_list(void **state)
{
	struct ui_config config = frame_config();

	(void)state;
	config.settings.flat = true;
	frame_init(&f);
	frame_add(&f, 0, 812, "root", 920, 920, "/usr/libexec/mds_stores");
	frame_add(&f, 0, 4120, "alice", 150, 148, "make -j8");
	frame_add(&f, 0, 4190, "alice", 44.5, 41, "cc1 -quiet src/client.c");
	frame_add(&f, 0, 1, "root", 6, 6, "/usr/lib/systemd/systemd");
	frame_add(&f, 0, 640, "root", 0, 0, "/usr/sbin/cron -f");
	f.s.processes = f.s.matched = 5;
	drawn("flat_80x24", 24, 80, &config);
}

static void
filter_keeps_parents_as_context(void **state)
{
	struct ui *ui = frame_open(24, 80, NULL);

	(void)state;
	frame_busy(&f);
	frame_type(ui, &f, "f/usr/lib\r");
	f.s.count = 0;
	frame_add(&f, 0, 1, "root", 6, 6, "/usr/lib/systemd/systemd --system");
	frame_add(&f, 1, 655, "root", 3.2, 3.2, "/usr/sbin/sshd -D")->flags |= ROW_CONTEXT;
	frame_add(&f, 2, 3301, "root", 0, 0, "/usr/lib/openssh/sftp-server");
	frame_add(&f, 1, 812, "root", 920, 920, "/usr/libexec/mds_stores")->flags |= ROW_CONTEXT;
	frame_add(&f, 2, 813, "root", 9, 9, "/usr/lib/mds/worker");
	f.s.matched = 3;
	frame_link(&f);
	ui_draw(ui, &f.s);
	frame_is("filter_80x24");
	ui_close(ui);
}

static void
muted_rows_are_marked(void **state)
{
	(void)state;
	frame_busy(&f);
	f.row[1].mute = 'P';
	f.row[3].mute = f.row[4].mute = 'X';
	f.row[3].flags |= ROW_DRAINING;
	f.row[5].mute = 'L';
	f.s.mutes = (struct mute_counts){ .processes = 2,
					  .paths = 1,
					  .local = 1,
					  .es_processes = 1,
					  .es_paths = 1,
					  .es_known = true,
					  .can_undo = true };
	drawn("muted_80x24", 24, 80, NULL);
	f.s.mutes.es_known = false;
	drawn("muted_120x30", 30, 120, NULL);
	drawn("muted_20x4", 4, 20, NULL);
}

/* Rules of every state, and the system's own. */
static void
frame_ledger(void)
{
	static struct mute_row rows[] = {
		{ .id = 1,
		  .kind = MUTE_PROCESS,
		  .origin = MUTE_BY_KEY,
		  .state = MUTE_DRAINING,
		  .process = { 812, 1 },
		  .what = (char *)"/usr/libexec/mds_stores",
		  .rate_before = 1840,
		  .rate_heard = -1,
		  .counted = true,
		  .suppressed = 91204 },
		{ .id = 2,
		  .kind = MUTE_SUBTREE,
		  .origin = MUTE_BY_KEY,
		  .state = MUTE_SYSTEM,
		  .process = { 4120, 2 },
		  .what = (char *)"/usr/bin/make",
		  .rate_before = 307,
		  .rate_heard = 12,
		  .counted = true,
		  .suppressed = 1234567890123,
		  .members = 12 },
		{ .id = 3,
		  .kind = MUTE_PREFIX,
		  .origin = MUTE_BY_FILE,
		  .state = MUTE_LOCAL,
		  .what = (char *)"/usr/lib/gcc/x86_64-linux-gnu/",
		  .rate_heard = -1 },
		{ .id = 5,
		  .kind = MUTE_TARGET,
		  .origin = MUTE_BY_OPTION,
		  .state = MUTE_GONE,
		  .what = (char *)"/tmp/\033[31mred",
		  .rate_heard = -1 },
		{ .kind = MUTE_EXE,
		  .origin = MUTE_BY_SYSTEM,
		  .what = (char *)"/usr/libexec/tccd",
		  .events = EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE),
		  .types = 2,
		  .rate_heard = -1 },
		{ .kind = MUTE_EXE,
		  .origin = MUTE_BY_SYSTEM,
		  .what = (char *)"",
		  .rate_heard = -1,
		  .folded = 34 },
	};

	frame_busy(&f);
	for (unsigned i = 0; i < 4; i++) {
		rows[i].events = EVENT_ALL & ~event_mask_vital();
		rows[i].types = 2;
		rows[i].since_ns = f.s.time_ns - (uint64_t)(i * i * i + 1) * 1000 * 1000000000ull;
	}
	rows[3].events = EVENT_BIT(EV_OPEN);
	f.s.ledger = (struct ledger){ .rows = rows, .count = sizeof rows / sizeof *rows };
	for (unsigned k = 0; k < MUTE_KIND_COUNT; k++)
		f.s.saving[k] = (struct saving){ .share = 0.41, .rate = 1840 + k };
	f.s.saving[MUTE_TARGET].rate = f.s.saving[MUTE_TARGET_PREFIX].rate = -1;
}

/* The screen after these keys, at the three sizes. */
static void
at_all_sizes(const char *name, const char *keys)
{
	static const int sizes[][2] = { { 24, 80 }, { 4, 20 }, { 50, 200 } };

	for (size_t i = 0; i < 3; i++) {
		struct ui *ui = frame_open(sizes[i][0], sizes[i][1], NULL);
		char file[64];

		frame_type(ui, &f, keys);
		ui_draw(ui, &f.s);
		snprintf(file, sizeof file, "%s_%dx%d", name, sizes[i][1], sizes[i][0]);
		frame_is(file);
		ui_close(ui);
	}
}

static void
the_list_of_mutes(void **state)
{
	(void)state;
	frame_ledger();
	at_all_sizes("ledger", "v");
	f.s.ledger.count = 0;
	at_all_sizes("ledger_empty", "v");
}

/* Files busy and idle, exact and not, muted and hostile. */
static void
frame_files(void)
{
	static struct file_row rows[] = {
		{ .path = "/dev/null",
		  .opens = 9120,
		  .closes = 9120,
		  .total = 18240,
		  .open_rate = 113,
		  .close_rate = 113,
		  .rate = 226,
		  .users = 240,
		  .more_users = true,
		  .top_name = "make",
		  .top_share = 0.91 },
		{ .path = "/usr/lib/gcc/x86_64-linux-gnu/12/include/stddef.h",
		  .opens = 1234567890,
		  .closes = 1234567880,
		  .total = 2469135770,
		  .balance = 10,
		  .open_rate = 40.5,
		  .close_rate = 40,
		  .rate = 80.5,
		  .users = 12,
		  .more_users = true,
		  .top_name = "cc1",
		  .at_least = true,
		  .mute = 'D' },
		{ .path = "/home/alice/project/src/client.c",
		  .opens = 12,
		  .closes = 14,
		  .total = 30,
		  .balance = -2,
		  .rate = 0.04,
		  .users = 2,
		  .top_name = "cc1",
		  .mute = 'T' },
		{ .path = "/tmp/\033[31mred\xff",
		  .opens = 1,
		  .total = 1,
		  .balance = 1,
		  .users = 1,
		  .top_name = "\033evil",
		  .mute = 'L',
		  .at_least = true },
	};

	frame_busy(&f);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!rows[i].mute)
			rows[i].mute = ' ';
	f.s.files = (struct files_page){ .rows = rows, .count = sizeof rows / sizeof *rows, .kept = 812 };
	f.s.files.programs[0] = (struct file_program_row){ "/usr/bin/make", "make", 6000,  6000, 12000,
							   10086,           0.91,   false, 'X' };
	f.s.files.programs[1] = (struct file_program_row){ "", "?", 300, 310, 610, 0, 0.04, true, ' ' };
	f.s.files.program_count = 2;
	f.s.files.more_programs = true;
}

static void
the_files(void **state)
{
	(void)state;
	frame_files();
	at_all_sizes("files", "2jj");
	at_all_sizes("files_who", "2\r");
	at_all_sizes("files_menu", "2jx");
	f.s.files.count = f.s.files.program_count = 0;
	f.s.files.more_programs = false;
	at_all_sizes("files_empty", "2");
}

static void
the_events(void **state)
{
	(void)state;
	frame_busy(&f);
	at_all_sizes("events_none", "3");
	frame_add_events(&f);
	at_all_sizes("events", "3");
	f.s.newer = 12345;
	at_all_sizes("events_held", "3kkkkk");
	at_all_sizes("event", "3kkk\r");
	at_all_sizes("events_filter", "3f/tmp\r");
	frame_finish(&f);
}

static void
the_types(void **state)
{
	(void)state;
	frame_busy(&f);
	frame_add_types(&f);
	at_all_sizes("types", "5jj");
	f.s.rate[EV_STAT] = 12345;
	f.s.rate_all += 12345;
	at_all_sizes("types_hot", "5");
	frame_finish(&f);
}

static void
the_detail_of_a_process(void **state)
{
	(void)state;
	frame_busy(&f);
	frame_add_events(&f);
	frame_add_process(&f);
	at_all_sizes("detail", "jj\r");
	at_all_sizes("detail_end", "jj\rG");
	f.s.process.exited = true;
	f.s.process.status = SIGKILL;
	f.s.process.exited_ns = f.s.time_ns;
	at_all_sizes("detail_exited", "jj\r");
	f.s.process.group = true;
	f.s.process.group_count = 412;
	at_all_sizes("detail_group", "jj\r");
	frame_finish(&f);
	at_all_sizes("detail_gone", "jj\r");
}

static void
the_menus(void **state)
{
	(void)state;
	frame_ledger();
	at_all_sizes("menu", "jx");
	at_all_sizes("menu_events", "jxe");
	f.s.mutes.inverted[MUTE_SIDE_PATH] = true;
	at_all_sizes("menu_invert", "I");
}

static void
the_menus_about_columns(void **state)
{
	(void)state;
	frame_busy(&f);
	at_all_sizes("menu_sort", "s");
	at_all_sizes("menu_columns", "S");
}

static void
counts_that_disagree_and_inversion_are_said(void **state)
{
	(void)state;
	frame_busy(&f);
	f.s.mutes.differs = true;
	f.s.mutes.own_processes = 4;
	f.s.mutes.own_paths = 2;
	f.s.mutes.inverted[MUTE_SIDE_PROCESS] = true;
	drawn("inverted_80x24", 24, 80, NULL);
	drawn("inverted_20x4", 4, 20, NULL);
	drawn("inverted_200x50", 50, 200, NULL);
	frame_busy(&f);
	f.s.mutes.inverted[MUTE_SIDE_PROCESS] = true;
	f.s.mutes.followed_units = 1;
	snprintf(f.s.mutes.only, sizeof(f.s.mutes.only), "unit nginx.service");
	drawn("only_80x24", 24, 80, NULL);
	drawn("only_20x4", 4, 20, NULL);
	drawn("only_200x50", 50, 200, NULL);
	f.row[1].unit = "nginx.service";
	at_all_sizes("menu_only", "jOO");
}

/* Sorted by what has changed most. */
static void
before_and_since_a_mark_are_compared(void **state)
{
	static const int sizes[][2] = { { 24, 80 }, { 50, 200 }, { 4, 20 }, { 8, 30 } };
	struct ui_config config = frame_config();
	char name[48];

	(void)state;
	columns_default(&config.settings.columns);
	columns_add(&config.settings.columns, &column_info[COLUMN_BEFORE], 0);
	columns_add(&config.settings.columns, &column_info[COLUMN_SINCE], 0);
	columns_add(&config.settings.columns, &column_info[COLUMN_CHANGE], 0);
	config.settings.sort = &column_info[COLUMN_CHANGE];
	for (size_t i = 0; i < 4; i++) {
		frame_busy(&f);
		f.s.marked_ns = f.s.time_ns - 75 * 1000000000ull;
		for (size_t k = 0; k < f.s.count; k++)
			f.row[k].compared = (struct compared){ (float)(k * 70 % 190), (float)(k * 90 % 210) };
		snprintf(name, sizeof name, "compared_%dx%d", sizes[i][1], sizes[i][0]);
		drawn(name, sizes[i][0], sizes[i][1], &config);
	}
}

/* Before the length is known, and of a pipe, as well. */
static void
a_replay_says_where_it_is(void **state)
{
	static const struct {
		const char *name;
		double scanned;
	} cases[] = { { "replay", 1 }, { "replay_scanned", 0.43 }, { "replay_pipe", -1 } };
	static const int sizes[][2] = { { 24, 80 }, { 50, 200 }, { 4, 20 }, { 8, 30 } };
	struct ui_config config = frame_config();
	char name[48];

	(void)state;
	config.replay = true;
	config.source = "replay build.jsonl.zst";
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t k = 0; k < (i ? 1 : 4); k++) {
			frame_busy(&f);
			f.s.position = (struct position){ f.s.time_ns - 75 * 1000000000ull, f.s.time_ns,
							  f.s.time_ns + 3600 * 1000000000ull, "\u00d72",
							  cases[i].scanned };
			snprintf(name, sizeof name, "%s_%dx%d", cases[i].name, sizes[k][1], sizes[k][0]);
			drawn(name, sizes[k][0], sizes[k][1], &config);
		}
}

static void
exited_rows_say_how(void **state)
{
	struct row *r;

	(void)state;
	frame_busy(&f);
	f.row[3].flags |= ROW_EXITED;
	f.row[4].flags |= ROW_EXITED;
	f.row[4].status = 1 << 8;
	f.row[8].flags |= ROW_EXITED;
	f.row[8].status = SIGKILL;
	f.row[9].flags |= ROW_EXITED;
	f.row[9].status = 64;
	f.s.count = 10;
	r = frame_add(&f, 1, -4120, "alice", 0, 0, "cc1");
	r->flags |= ROW_GROUP | ROW_EXITED;
	r->group_count = 412;
	r->group_life_ns = 8000000;
	r->version = 0;
	r->total[EV_OPEN] = 12345;
	frame_link(&f);
	drawn("exited_80x24", 24, 80, NULL);
	drawn("exited_120x30", 30, 120, NULL);
}

static void
what_is_suppressed_in_other_mount_namespaces_is_said(void **state)
{
	(void)state;
	frame_busy(&f);
	f.s.loss.muted_known = true;
	f.s.loss.muted_elsewhere = 4321;
	drawn("elsewhere_120x30", 30, 120, NULL);
	drawn("elsewhere_80x24", 24, 80, NULL);
	drawn("elsewhere_20x4", 4, 20, NULL);
}

static void
loss_is_said(void **state)
{
	(void)state;
	frame_busy(&f);
	for (size_t i = 0; i < f.s.count; i++)
		f.row[i].flags |= ROW_LOSSY;
	f.row[1].total[EV_OPEN] = UINT64_MAX;
	f.row[1].total[EV_EXEC] = 1234567;
	f.s.loss.kernel[EV_OPEN] = 1204;
	f.s.loss.ring[EV_CLOSE] = 31;
	f.s.lag_ns = 3200000000u;
	drawn("loss_120x30", 30, 120, NULL);
	drawn("loss_80x24", 24, 80, NULL);
	drawn("loss_20x4", 4, 20, NULL);
}

static void
paused_is_said(void **state)
{
	struct ui *ui = frame_open(24, 80, NULL);

	(void)state;
	frame_busy(&f);
	f.s.backlog = 12345;
	frame_key(ui, &f, 'p');
	frame_is("paused_80x24");
	frame_size(4, 20);
	ui_draw(ui, &f.s);
	frame_is("paused_20x4");
	ui_close(ui);
}

static void
help_screen(void **state)
{
	struct ui *ui = frame_open(24, 80, NULL);

	(void)state;
	frame_busy(&f);
	frame_key(ui, &f, '?');
	frame_is("help_80x24");
	frame_key(ui, &f, 'G');
	frame_is("help_end_80x24");
	frame_key(ui, &f, 'g');
	frame_size(70, 200);
	ui_draw(ui, &f.s);
	frame_size(100, 100);
	ui_draw(ui, &f.s);
	frame_is("help_100x100");
	frame_size(4, 20);
	ui_draw(ui, &f.s);
	frame_is("help_20x4");
	ui_close(ui);
}

static void
prompts(void **state)
{
	struct ui *ui = frame_open(24, 80, NULL);

	(void)state;
	frame_busy(&f);
	frame_type(ui, &f, "/mäke \xe4\xb8\xad");
	frame_is("prompt_80x24");
	frame_size(4, 20);
	ui_draw(ui, &f.s);
	frame_is("prompt_20x4");
	frame_size(24, 80);
	frame_key(ui, &f, 27);
	frame_type(ui, &f, "f make ~(cc1");
	frame_key(ui, &f, '\r');
	frame_is("filter_error_80x24");
	frame_size(4, 20);
	ui_draw(ui, &f.s);
	frame_is("filter_error_20x4");
	frame_size(24, 80);
	frame_key(ui, &f, 27);
	frame_key(ui, &f, 'U');
	frame_is("question_80x24");
	ui_close(ui);
}

static void
empty_results(void **state)
{
	struct ui *ui = frame_open(24, 80, NULL);

	(void)state;
	frame_busy(&f);
	frame_type(ui, &f, "fnothing like this\r");
	f.s.count = f.s.matched = 0;
	ui_draw(ui, &f.s);
	frame_is("empty_80x24");
	frame_size(4, 20);
	ui_draw(ui, &f.s);
	frame_is("empty_20x4");
	ui_close(ui);
}

/* What stands in this cell of the screen. */
static wchar_t
cell(int y, int x)
{
	wchar_t text[CCHARW_MAX + 1] = { 0 };
	attr_t attributes;
	cchar_t c;
	short pair;

	assert_int_equal(mvwin_wch(stdscr, y, x, &c), OK);
	assert_int_equal(getcchar(&c, text, &attributes, &pair, NULL), OK);
	return text[0];
}

static void
wide_names_keep_columns_straight(void **state)
{
	static const struct {
		const char *user, *command;
	} rows[] = {
		{ "plain", "/tmp/plain name of some length, which is cut at the edge" },
		{ "\xe7\xae\xa1\xe7\x90\x86",
		  "/tmp/\xe4\xb8\xad\xe6\x96\x87 of two columns each, cut at the edge too" },
		{ "x\xe7\xae\xa1\xe7\x90\x86\xe5\x91\x98\xe7\x94\xa8", /* one column too many */
		  "/tmp/\xf0\x9f\x9a\x80\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb emoji, joined and not, to the edge" },
		{ "e\xcc\x81", "/tmp/e\xcc\x81o\xcc\x88 combining characters, and on to the edge" },
		{ "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa",
		  "/tmp/\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa a flag, and on to the edge of it" },
	};
	enum { N = sizeof rows / sizeof *rows };

	(void)state;
	for (int columns = 60; columns < 100; columns++) {
		struct ui *ui = frame_open(12, columns, NULL);
		struct layout l;

		frame_init(&f);
		frame_add(&f, 0, 1, "root", 99, 99, "init");
		for (int i = 0; i < N; i++)
			frame_add(&f, 1, 10 + i, rows[i].user, 1, 1, rows[i].command)->flags |= ROW_EXITED;
		f.row[N].flags &= (uint16_t)~ROW_EXITED;
		frame_link(&f);
		ui_draw(ui, &f.s);
		struct column_need need = { 0 };
		for (size_t i = 0; i < f.s.count; i++)
			column_need(&need, &f.row[i]);
		column_layout(&l, NULL, column_default_sort(), &need, (unsigned)columns);
		int x = (int)l.x[l.n - 1];
		for (int i = 0; i < N; i++) {
			assert_int_equal(cell(5 + i, x), i == N - 1 ? L'└' : L'├');
			assert_int_equal(cell(5 + i, x - 1), L' ');
			assert_int_equal(cell(5 + i, (int)l.x[2] - 1), L' '); /* behind USER */
		}
		char *screen = frame_read();
		for (const char *at = screen; (at = strstr(at, "(exit")); at++)
			assert_memory_equal(at, "(exit 0)\n", 9); /* whole, and nothing behind it */
		free(screen);
		ui_close(ui);
	}
}

static void
hostile_names(void **state)
{
	struct ui_config config = frame_config();

	(void)state;
	config.host = "build\033]0;owned\007host";
	config.scope_text = "/tmp/\xe2\x80\xae"
			    "evil\n";
	frame_init(&f);
	frame_add(&f, 0, 1, "ro\tot", 1, 1, "/tmp/\033[2J\033[31mred");
	frame_add(&f, 1, 2, "\xe7\xae\xa1\xe7\x90\x86\xe5\x91\x98\xe7\x94\xa8", 2, 1,
		  "/tmp/new\nline and \x7f del");
	frame_add(&f, 1, 3, "root", 3, 1, "/tmp/\xe2\x80\xaetxt.exe bidi");
	frame_add(&f, 1, 4, "longusername", 4, 1,
		  "/tmp/"
		  "\xe4\xb8\xad\xe6\x96\x87\xe5\x90\x8d\xe5\xad\x97\xe5\xbe\x88\xe9\x95\xbf\xe7\x9a"
		  "\x84\xe7\xa8\x8b\xe5\xba\x8f wide");
	frame_add(&f, 1, 5, "root", 5, 1,
		  "/tmp/e\xcc\x81"
		  "a\xcc\x80\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85 combining");
	frame_add(&f, 1, 6, "root", 6, 1, "/tmp/\xff\xfe\xc0\xaf\xed\xa0\x80 bytes");
	frame_add(&f, 1, 7, "root", 7, 1,
		  "/tmp/c1\xc2\x9b"
		  "31m \xc2\x85");
	frame_add(&f, 1, 8, "root", 8, 1, "\xcc\x81starts with a combining one");
	frame_add(&f, 1, 9, "", 9, 1, "");
	frame_link(&f);
	drawn("hostile_80x24", 24, 80, &config);
	clean_ask_ascii(true);
	drawn("hostile_ascii_80x24", 24, 80, &config);
	clean_ask_ascii(false);
}

static void
deep_trees_leave_room_for_names(void **state)
{
	(void)state;
	frame_init(&f);
	for (int i = 0; i < 16; i++)
		frame_add(&f, (unsigned)i, 100 + i, "root", i, i, "/usr/bin/bash -c deeper");
	frame_add(&f, 3, 99, "root", 1, 1, "/usr/bin/sleep 9");
	frame_link(&f);
	drawn("deep_80x24", 24, 80, NULL);
	drawn("deep_200x50", 50, 200, NULL);
	for (int i = 16; i < 300; i++)
		frame_add(&f, (unsigned)i, 100 + i, "root", i, i, "/usr/bin/bash -c deeper");
	frame_link(&f);
	struct ui *ui = frame_open(24, 80, NULL);
	frame_key(ui, &f, 'G');
	frame_is("deepest_80x24");
	ui_close(ui);
}

static void
batch_frames(void **state)
{
	struct ui_config config = frame_config();
	const char *columns[] = { "PID", "ppid", "no such", "EVENTS", "COMMAND" };
	struct snapshot_spec spec;
	char *text, why[80];
	size_t size;
	FILE *out;

	(void)state;
	frame_busy(&f);
	f.row[3].flags |= ROW_LOSSY;
	f.row[4].flags |= ROW_EXITED;
	f.row[4].command = "cc1 \033[31m\nnext";
	unsetenv("COLUMNS");
	out = open_memstream(&text, &size);
	assert_int_equal(ui_spec_of(&config, &spec, why, sizeof why), 0);
	ui_batch(out, &config, &spec, &f.s, NULL, 0);
	fclose(out);
	frame_compare("batch", text);
	free(text);
	out = open_memstream(&text, &size);
	config.settings.sort = column_by_name("fork/s");
	setlocale(LC_ALL, "C");
	assert_int_equal(ui_spec_of(&config, &spec, why, sizeof why), 0);
	ui_batch(out, &config, &spec, &f.s, columns, 5);
	setlocale(LC_ALL, "C.UTF-8");
	fclose(out);
	frame_compare("batch_columns", text);
	free(text);
}

/* Lines end where they are asked to, and hold what the screen would hold there. */
static void
batch_lines_have_a_width(void **state)
{
	struct ui_config config = frame_config();
	struct snapshot_spec spec;
	char *text[3], why[80];
	size_t size;

	(void)state;
	frame_busy(&f);
	unsetenv("COLUMNS");
	assert_int_equal(ui_spec_of(&config, &spec, why, sizeof why), 0);
	for (int i = 0; i < 3; i++) {
		FILE *out = open_memstream(&text[i], &size);

		if (i == 1) /* the option goes before the environment */
			setenv("COLUMNS", "80", 1);
		config.batch_width = i == 2 ? 100 : 0;
		ui_batch(out, &config, &spec, &f.s, NULL, 0);
		fclose(out);
	}
	unsetenv("COLUMNS");
	frame_compare("batch_80", text[1]);
	static const size_t most[] = { 10000, 80, 100 };
	size_t widest[3] = { 0 };
	for (int i = 0; i < 3; i++) {
		for (char *line = strtok(text[i], "\n"); line; line = strtok(NULL, "\n"))
			if (clean_width(line) > widest[i])
				widest[i] = clean_width(line);
		assert_true(widest[i] <= most[i]);
	}
	assert_true(widest[0] > 80); /* it would be wider */
	for (int i = 0; i < 3; i++)
		free(text[i]);
}

static void
colours_need_no_more_than_eight(void **state)
{
	struct ui_config config = frame_config();

	(void)state;
	config.settings.color = COLOR_AUTO;
	frame_busy(&f);
	setenv("FRAME_TERM", "1", 1);
	setenv("TERM", "xterm", 1);
	drawn("tree_80x24", 24, 80, &config);
	setenv("TERM", "xterm-256color", 1);
	drawn("tree_80x24", 24, 80, &config);
	setenv("TERM", "vt100", 1);
	drawn("tree_80x24", 24, 80, &config);
	unsetenv("FRAME_TERM");
}

/* Every theme, on terminals of 8 and 256 colours and of none, draws the same characters. */
static void
themes_change_nothing_but_colours(void **state)
{
	static const char *const terminals[] = { "xterm", "xterm-256color", "vt100", "xterm-mono" };
	struct ui_config config = frame_config();

	(void)state;
	config.settings.color = COLOR_AUTO;
	frame_busy(&f);
	setenv("FRAME_TERM", "1", 1);
	for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++)
		for (unsigned theme = 0; theme < THEME_COUNT; theme++) {
			setenv("TERM", terminals[i], 1);
			config.settings.theme = (enum theme)theme;
			drawn("tree_80x24", 24, 80, &config);
		}
	unsetenv("FRAME_TERM");
}

/* Rows of different kinds look different, or are in reverse, in every theme. */
static void
no_theme_paints_dark_blue_or_hides_the_cursor(void **state)
{
	static const char *const terminals[] = { "xterm", "xterm-256color", "vt100" };

	(void)state;
	setenv("FRAME_TERM", "1", 1);
	for (size_t i = 0; i < sizeof terminals / sizeof *terminals; i++)
		for (unsigned theme = 0; theme < THEME_COUNT; theme++) {
			int attributes[ROLE_COUNT];
			setenv("TERM", terminals[i], 1);
			struct ui *ui = frame_open(24, 80, NULL);
			theme_init(attributes, (enum theme)theme, has_colors());
			assert_int_not_equal(attributes[ROLE_CURSOR], attributes[ROLE_PLAIN]);
			assert_int_not_equal(attributes[ROLE_ALARM], attributes[ROLE_PLAIN]);
			assert_int_not_equal(attributes[ROLE_SORTED], attributes[ROLE_HEAD]);
			for (int role = 0; role < ROLE_COUNT; role++) {
				short fg = -1, bg = -1, pair = (short)PAIR_NUMBER(attributes[role]);
				if (pair == 0)
					continue;
				pair_content(pair, &fg, &bg);
				assert_int_not_equal(fg, COLOR_BLUE);
				assert_int_not_equal(bg, COLOR_BLUE);
				assert_false(fg >= 16 && fg <= 21 && fg != 16); /* 17 to 21: blues */
				assert_int_not_equal(fg, bg);
			}
			ui_close(ui);
		}
	unsetenv("FRAME_TERM");
}

static void
unusable_terminals_are_refused_with_a_sentence(void **state)
{
	struct ui_config config = frame_config();
	struct ui *ui;
	char why[256];

	(void)state;
	config.in_fd = 0, config.out_fd = 1;
	setenv("TERM", "dumb", 1);
	assert_true(ui_open(&ui, &config, why, sizeof why) < 0);
	assert_non_null(strstr(why, "cursor"));
	assert_null(ui);
	setenv("TERM", "no-such-thing", 1);
	assert_true(ui_open(&ui, &config, why, sizeof why) < 0);
	assert_non_null(strstr(why, "no-such-thing"));
	unsetenv("TERM");
	assert_true(ui_open(&ui, &config, why, sizeof why) < 0);
	assert_non_null(strstr(why, "TERM"));
	setenv("TERM", "xterm", 1);
	config.headless = false;
	int pipe_fd[2];
	assert_int_equal(pipe(pipe_fd), 0);
	config.in_fd = pipe_fd[0];
	assert_true(ui_open(&ui, &config, why, sizeof why) < 0);
	assert_non_null(strstr(why, "-b"));
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	config.headless = true;
	config.settings.filter = (char *)"~(";
	assert_true(ui_open(&ui, &config, why, sizeof why) < 0);
	assert_non_null(strstr(why, "column"));
	ui_emergency_restore();
	ui_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(busy_tree),
		cmocka_unit_test(headers_of_all_widths),
		cmocka_unit_test(below_the_smallest_size_there_is_one_line),
		cmocka_unit_test(ascii_and_mono),
		cmocka_unit_test(no_utf8_locale_means_ascii),
		cmocka_unit_test(flat_list),
		cmocka_unit_test(filter_keeps_parents_as_context),
		cmocka_unit_test(muted_rows_are_marked),
		cmocka_unit_test(the_list_of_mutes),
		cmocka_unit_test(the_files),
		cmocka_unit_test(the_events),
		cmocka_unit_test(the_types),
		cmocka_unit_test(the_detail_of_a_process),
		cmocka_unit_test(the_menus),
		cmocka_unit_test(the_menus_about_columns),
		cmocka_unit_test(counts_that_disagree_and_inversion_are_said),
		cmocka_unit_test(a_replay_says_where_it_is),
		cmocka_unit_test(before_and_since_a_mark_are_compared),
		cmocka_unit_test(exited_rows_say_how),
		cmocka_unit_test(what_is_suppressed_in_other_mount_namespaces_is_said),
		cmocka_unit_test(loss_is_said),
		cmocka_unit_test(paused_is_said),
		cmocka_unit_test(help_screen),
		cmocka_unit_test(prompts),
		cmocka_unit_test(empty_results),
		cmocka_unit_test(wide_names_keep_columns_straight),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(deep_trees_leave_room_for_names),
		cmocka_unit_test(batch_frames),
		cmocka_unit_test(batch_lines_have_a_width),
		cmocka_unit_test(colours_need_no_more_than_eight),
		cmocka_unit_test(themes_change_nothing_but_colours),
		cmocka_unit_test(no_theme_paints_dark_blue_or_hides_the_cursor),
		cmocka_unit_test(unusable_terminals_are_refused_with_a_sentence),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
