/* Keys: each does what its help says, and acts on the process that is highlighted. */
#include "tests/lib/frame.h"
#include "ui/action.h"
#include "model/clean.h"
#include "ui/column.h"
#include "ui/curses.h"
#include "ui/keys.h"
#include "ui/order.h"
#include "ui/state.h"
#include "ui/views.h"

#include <locale.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SECOND 1000000000ull
#define ESC 27

static struct frame f;
static struct ui *ui;

/* The busy tree on 24 lines of 80 columns; row i is on line 4 + i. */
static int
open_busy(void **state)
{
	(void)state;
	frame_busy(&f);
	ui = frame_open(24, 80, NULL);
	ui_draw(ui, &f.s);
	return 0;
}

static int
close_it(void **state)
{
	(void)state;
	ui_close(ui);
	ui = NULL;
	return 0;
}

static struct command
key(int k)
{
	return frame_key(ui, &f, k);
}

static struct command
type(const char *text)
{
	return frame_type(ui, &f, text);
}

static void
screen_has(const char *text)
{
	char *screen = frame_read();
	if (!strstr(screen, text))
		fprintf(stderr, "no '%s' in\n%s", text, screen);
	bool found = strstr(screen, text);
	free(screen);
	assert_true(found);
}

static void
screen_lacks(const char *text)
{
	char *screen = frame_read();
	bool found = strstr(screen, text);
	free(screen);
	assert_false(found);
}

/* pid of the highlighted line, through what u acts on where it is muted. */
static int
highlighted(void)
{
	char mutes[FRAME_ROWS] = { 0 };
	struct command c;

	for (size_t i = 0; i < f.s.count; i++) {
		mutes[i] = f.row[i].mute;
		f.row[i].mute = 'P';
	}
	c = key('u');
	for (size_t i = 0; i < f.s.count; i++)
		f.row[i].mute = mutes[i];
	assert_int_equal(c.kind, ACTION_UNMUTE);
	return c.key.pid;
}

/* Another order of the same rows: everything but the first reversed. A flat list. */
static void
flatten(void)
{
	for (size_t i = 0; i < f.s.count; i++) {
		f.row[i].depth = 0;
		f.row[i].flags = 0;
		f.row[i].guides = 0;
	}
}

static void
turn_round(void)
{
	for (size_t i = 0, k = f.s.count; i + 1 < k--; i++) {
		struct row r = f.row[i];
		f.row[i] = f.row[k];
		f.row[k] = r;
	}
}

static void
later(void)
{
	frame_clock_ns += 5 * SECOND;
	ui_draw(ui, &f.s);
}

static void
keys_of_a_recording_come_before_those_of_the_view(void **state)
{
	(void)state;
	assert_int_equal(action_in_group(' ', ACTION_GROUP_SHOW, false), ACTION_PAUSE);
	assert_int_equal(action_in_group(' ', ACTION_GROUP_SHOW, true), ACTION_STREAM_PAUSE);
}

static void
the_table_names_each_key_once(void **state)
{
	(void)state;
	for (unsigned a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
		assert_true(action_info[a].keys[0]);
		assert_true(action_info[a].help && *action_info[a].help);
		for (unsigned i = 0; i < ACTION_KEYS_MAX && action_info[a].keys[i]; i++)
			assert_int_equal(action_in_group(action_info[a].keys[i], action_info[a].group,
							 action_info[a].group == ACTION_GROUP_REPLAY),
					 a);
	}
	assert_int_equal(action_of_key(0, false), ACTION_NONE);
	assert_int_equal(action_of_key(KEY_UP, false), ACTION_NONE);
}

/* The key alone: what is drawn after it is another test's business. */
static void
press(int k)
{
	struct command c;

	ui_key(ui, &f.s, k, &c);
}

/* In each view: what a key means there, it does; what it does not mean is said. */
static void
every_key_means_what_its_scope_says(void **state)
{
	(void)state;
	for (unsigned view = 0; view < VIEW_COUNT; view++)
		for (unsigned a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
			for (unsigned i = 0; i < ACTION_KEYS_MAX && action_info[a].keys[i]; i++) {
				int k = action_info[a].keys[i];
				enum action_id id = action_in_group(k, view_all[view]->own, false);
				const char *nothing = "this key has no function here; ? lists the keys";
				const char *elsewhere = "this key works in the processes view; press 1";
				bool here = action_info[id].scope != SCOPE_ROWS || view_all[view]->processes;

				for (const struct view_key *own = view_all[view]->keys; own && own->id; own++)
					here |= own->id == id;
				press(action_info[ACTION_VIEW_PROCESSES + view].keys[0]);
				assert_ptr_equal(ui->shown, view_all[view]);
				press(k);
				assert_int_equal(strcmp(ui->message, nothing) == 0, id == ACTION_NONE);
				assert_int_equal(strcmp(ui->message, elsewhere) == 0, !here);
				/* and whatever it opened is left again */
				for (int n = 0; n < 3; n++)
					press(ESC);
				press('1');
				assert_ptr_equal(ui->shown, &view_processes);
				assert_false(ui->prompt.kind || ui->menu.kind || ui->help);
			}
}

static void
every_view_is_in_the_table_under_its_name(void **state)
{
	(void)state;
	for (unsigned id = 0; id < VIEW_COUNT; id++) {
		assert_string_equal(view_all[id]->name, view_name[id]);
		assert_string_equal(action_info[ACTION_VIEW_PROCESSES + id].hint, view_name[id]);
		assert_true(view_all[id]->hints[0]);
	}
}

static void
the_cursor_moves(void **state)
{
	(void)state;
	assert_int_equal(highlighted(), 1);
	assert_int_equal(frame_cursor(), 4);
	key(-KEY_DOWN);
	assert_int_equal(highlighted(), 812);
	assert_int_equal(frame_cursor(), 5);
	key('j');
	assert_int_equal(highlighted(), 4120);
	key('k');
	key(-KEY_UP);
	key(-KEY_UP);
	assert_int_equal(highlighted(), 1);
	key('G');
	assert_int_equal(highlighted(), 640);
	key(-KEY_DOWN);
	assert_int_equal(highlighted(), 640);
	key('g');
	assert_int_equal(highlighted(), 1);
	key(-KEY_END);
	assert_int_equal(highlighted(), 640);
	key(-KEY_HOME);
	assert_int_equal(highlighted(), 1);
}

static void
pages_turn(void **state)
{
	(void)state;
	frame_init(&f);
	for (int i = 0; i < 100; i++)
		frame_add(&f, 0, 1000 + i, "root", 1, 1, "/bin/x");
	key(-KEY_NPAGE);
	assert_int_equal(highlighted(), 1019);
	screen_has("1019");
	screen_lacks(" 1000 ");
	key(-KEY_NPAGE);
	assert_int_equal(highlighted(), 1038);
	key(-KEY_PPAGE);
	assert_int_equal(highlighted(), 1019);
	for (int i = 0; i < 10; i++)
		key(-KEY_NPAGE);
	assert_int_equal(highlighted(), 1099);
	for (int i = 0; i < 10; i++)
		key(-KEY_PPAGE);
	assert_int_equal(highlighted(), 1000);
}

static void
the_cursor_stays_on_its_process(void **state)
{
	(void)state;
	flatten();
	key('j');
	key('j');
	assert_int_equal(highlighted(), 4120);
	later();
	turn_round();
	ui_draw(ui, &f.s);
	assert_int_equal(highlighted(), 4120);
	assert_int_equal(frame_cursor(), 4 + 8);
}

static void
a_process_that_goes_leaves_the_cursor_on_its_line(void **state)
{
	(void)state;
	flatten();
	key('j');
	key('j');
	later();
	memmove(&f.row[2], &f.row[3], (f.s.count - 3) * sizeof f.row[0]);
	f.s.count--;
	ui_draw(ui, &f.s);
	assert_int_equal(frame_cursor(), 6);
	assert_int_equal(highlighted(), 4190);
	f.s.count = 1;
	assert_int_equal(highlighted(), 1);
	f.s.count = 0;
	ui_draw(ui, &f.s);
	assert_int_equal(key('m').kind, ACTION_NONE);
}

static void
a_reused_pid_is_another_process(void **state)
{
	(void)state;
	flatten();
	key('j');
	f.row[1].key.start_ns++;
	f.row[5].key.pid = 812; /* same pid and start as were under the cursor */
	f.row[5].key.start_ns = 1812;
	later();
	assert_int_equal(frame_cursor(), 9);
}

static void
rows_stand_still_for_a_moment_after_a_key(void **state)
{
	(void)state;
	flatten();
	key('j'); /* 812 */
	turn_round();
	for (size_t i = 0; i < f.s.count; i++)
		f.row[i].rate_all = 77;
	ui_draw(ui, &f.s);
	assert_int_equal(frame_cursor(), 5);     /* not moved, ... */
	screen_has("    812 root           77"); /* ... with new figures */
	frame_clock_ns += SECOND;
	ui_draw(ui, &f.s);
	assert_int_equal(frame_cursor(), 5);
	frame_clock_ns += SECOND;
	ui_draw(ui, &f.s);
	assert_int_equal(frame_cursor(), 4 + 9);
}

static void
a_frozen_order_stays_until_it_is_let_go(void **state)
{
	(void)state;
	flatten();
	key('j'); /* 812 */
	key('o');
	screen_has("order frozen");
	turn_round();
	for (size_t i = 0; i < f.s.count; i++)
		f.row[i].rate_all = 77;
	later();
	assert_int_equal(frame_cursor(), 5);     /* long after the moment that follows a key, ... */
	screen_has("    812 root           77"); /* ... with new figures */
	key('o');
	later();
	assert_int_equal(frame_cursor(), 4 + 9);
	screen_lacks("order frozen");
}

static void
a_new_row_keeps_its_place_in_a_frozen_order(void **state)
{
	(void)state;
	flatten();
	key('o');
	frame_add(&f, 0, 9001, "root", 1, 1, "first");
	ui_draw(ui, &f.s);
	turn_round();
	frame_add(&f, 0, 9002, "root", 1, 1, "second");
	later();
	key('G');
	assert_int_equal(highlighted(), 9002);
	key('k');
	assert_int_equal(highlighted(), 9001);
}

static void
sorting_anew_freezes_the_new_order(void **state)
{
	(void)state;
	flatten();
	struct command c;
	key('o');
	ui_key(ui, &f.s, 'r', &c);
	assert_int_equal(c.kind, ACTION_REFRESH);
	turn_round(); /* the answer of the model */
	ui_draw(ui, &f.s);
	turn_round();
	later();
	key('g');
	assert_int_equal(highlighted(), 640);
}

static void
a_followed_row_keeps_its_line_of_the_screen(void **state)
{
	(void)state;
	frame_init(&f);
	for (int i = 0; i < 100; i++)
		frame_add(&f, 0, 1000 + i, "root", 1, 1, "/bin/x");
	for (int i = 0; i < 40; i++)
		key('j');
	key('F');
	screen_has("follows 1040 x");
	int line = frame_cursor();
	later();
	turn_round(); /* now it is row 59 */
	ui_draw(ui, &f.s);
	assert_int_equal(frame_cursor(), line);
	assert_int_equal(highlighted(), 1040);
	key('j');
	screen_lacks("follows");
}

static void
a_followed_row_that_goes_is_told(void **state)
{
	(void)state;
	flatten();
	key('j');
	key('F');
	later();
	memmove(&f.row[1], &f.row[2], (f.s.count - 2) * sizeof f.row[0]);
	f.s.count--;
	ui_draw(ui, &f.s);
	ui_draw(ui, &f.s);
	screen_has("812 mds_stores is no longer listed");
	screen_lacks("follows");
}

static void
what_changes_the_order_on_purpose_ends_the_standstill(void **state)
{
	(void)state;
	flatten();
	key('j');
	assert_int_equal(key('r').kind, ACTION_REFRESH);
	turn_round();
	ui_draw(ui, &f.s);
	assert_int_equal(frame_cursor(), 4 + 9);
}

/* The tree as it stands on the screen: pids and the line before each. */
static void
frozen_trees_keep_siblings_in_order(void **state)
{
	struct order o = { 0 };
	struct frame after;

	(void)state;
	order_remember(&o, &f.s);
	/* make went to the front of its siblings, its children changed places, one is new, one gone
	 */
	frame_init(&after);
	frame_add(&after, 0, 1, "root", 0, 0, "systemd");
	frame_add(&after, 1, 4120, "alice", 0, 0, "make");
	frame_add(&after, 2, 9999, "alice", 0, 0, "new");
	frame_add(&after, 2, 4191, "alice", 0, 0, "cc1");
	frame_add(&after, 2, 4190, "alice", 0, 0, "cc1");
	frame_add(&after, 1, 702, "root", 0, 0, "dbus");
	frame_add(&after, 1, 812, "root", 0, 0, "mds_stores");
	frame_add(&after, 0, 9998, "root", 0, 0, "another root");
	frame_link(&after);
	order_apply(&o, &after.s, true);
	static const int pids[] = { 1, 812, 4120, 4190, 4191, 9999, 702, 9998 };
	static const bool last[] = { false, false, false, false, false, true, true, true };
	static const uint64_t guides[] = { 0, 1, 1, 3, 3, 3, 1, 0 };
	for (size_t i = 0; i < after.s.count; i++) {
		struct order_line line = order_at(&o, &after.s, i);
		assert_int_equal(after.row[line.row].key.pid, pids[i]);
		assert_int_equal(line.last, last[i]);
		assert_int_equal(line.guides, guides[i]);
	}
	order_apply(&o, &after.s, false);
	assert_int_equal(order_at(&o, &after.s, 1).row, 1);
	order_finish(&o);
}

/* Without a change the frozen order is the order, in any tree. */
static void
freezing_an_unchanged_tree_changes_nothing(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct order o = { 0 };
		unsigned depth = 0;
		frame_init(&f);
		for (int i = 0; i < 100; i++) {
			seed = seed * 1103515245 + 12345;
			depth = i ? (seed >> 16) % (depth + 2) : 0;
			frame_add(&f, depth, i + 1, "root", 1, 1, "x");
		}
		frame_link(&f);
		order_remember(&o, &f.s);
		order_apply(&o, &f.s, true);
		assert_true(o.frozen);
		for (size_t i = 0; i < f.s.count; i++) {
			struct order_line line = order_at(&o, &f.s, i);
			assert_int_equal(line.row, i);
			assert_int_equal(line.last, !!(f.row[i].flags & ROW_LAST));
			assert_int_equal(line.guides, f.row[i].guides);
		}
		order_finish(&o);
	}
}

static void
the_view_stays_at_the_top_until_the_cursor_is_moved(void **state)
{
	(void)state;
	frame_init(&f);
	for (int i = 0; i < 100; i++)
		frame_add(&f, 0, 1000 + i, "root", 1, 1, "/bin/x");
	ui_draw(ui, &f.s);
	turn_round(); /* the cursor's process went far down */
	ui_draw(ui, &f.s);
	assert_int_equal(frame_cursor(), 4);
	assert_int_equal(highlighted(), 1099);
	key('j');
	later();
	turn_round();
	ui_draw(ui, &f.s);
	assert_int_equal(highlighted(), 1098);
}

static void
mutes_name_the_highlighted_process(void **state)
{
	struct command c;

	(void)state;
	key('j');
	c = key('m');
	assert_int_equal(c.kind, ACTION_MUTE_PROCESS);
	assert_int_equal(c.key.pid, 812);
	assert_int_equal(c.key.start_ns, 1812);
	assert_int_equal(c.version, 812 * 3);
	assert_true(c.rate == 1840);
	assert_string_equal(c.path, "/usr/libexec/mds_stores");
	c = key('M');
	assert_int_equal(c.kind, ACTION_MUTE_EXE);
	assert_string_equal(c.path, "/usr/libexec/mds_stores");
	f.row[1].mute = 'P';
	c = key('u');
	assert_int_equal(c.kind, ACTION_UNMUTE);
	assert_int_equal(c.key.pid, 812);
	assert_int_equal(key('z').kind, ACTION_UNDO);
}

static void
what_has_exited_is_muted_by_its_executable(void **state)
{
	struct command c;

	(void)state;
	f.row[0].flags |= ROW_EXITED;
	assert_int_equal(key('m').kind, ACTION_NONE);
	screen_has("--switched-root --system? y/n");
	assert_int_equal(key('n').kind, ACTION_NONE);
	assert_int_equal(key('M').kind, ACTION_MUTE_EXE);
	f.row[0].flags |= ROW_GROUP;
	assert_int_equal(key('m').kind, ACTION_NONE);
	screen_has("they have exited; mute the executable");
	c = key('y');
	assert_int_equal(c.kind, ACTION_MUTE_EXE);
	assert_string_equal(c.path, f.row[0].exe);
	f.row[0].exe = "";
	assert_int_equal(key('M').kind, ACTION_NONE);
	screen_has("unknown");
	assert_int_equal(key('m').kind, ACTION_NONE);
	screen_lacks("y/n");
	f.row[0].flags |= ROW_REST;
	assert_int_equal(key('m').kind, ACTION_NONE);
	screen_has("not listed");
}

static void
unmuting_all_asks_first(void **state)
{
	(void)state;
	assert_int_equal(key('U').kind, ACTION_NONE);
	screen_has("remove all 5 mutes of this session? y/n");
	assert_int_equal(key('n').kind, ACTION_NONE);
	screen_lacks("y/n");
	key('U');
	assert_int_equal(key('\r').kind, ACTION_NONE); /* only y is yes */
	key('U');
	assert_int_equal(key('y').kind, ACTION_UNMUTE_ALL);
	f.s.mutes.processes = f.s.mutes.paths = 0;
	key('U');
	screen_has("nothing is muted");
	f.s.mutes.paths = 1;
	key('U');
	screen_has("remove the only mute of this session? y/n");
}

/* make, which has children */
static void
to_make(void)
{
	key('j');
	key('j');
	assert_int_equal(highlighted(), 4120);
}

static void
minus_and_left_fold_what_has_children(void **state)
{
	static const int keys[] = { '-', -KEY_LEFT };

	(void)state;
	to_make();
	for (size_t i = 0; i < 2; i++) {
		struct command c = key(keys[i]);

		assert_int_equal(c.kind, ACTION_FOLD);
		assert_int_equal(c.key.pid, 4120);
		assert_true(c.on);
	}
	assert_int_equal(key('+').kind, ACTION_NONE); /* is unfolded */
}

static void
plus_and_right_unfold_what_is_folded(void **state)
{
	static const int keys[] = { '+', -KEY_RIGHT };

	(void)state;
	to_make();
	f.row[2].flags |= ROW_FOLDED;
	for (size_t i = 0; i < 2; i++) {
		struct command c = key(keys[i]);

		assert_int_equal(c.kind, ACTION_FOLD);
		assert_int_equal(c.key.pid, 4120);
		assert_false(c.on);
	}
	assert_int_equal(key('-').kind, ACTION_NONE); /* is folded */
}

static void
left_goes_to_the_parent_when_there_is_nothing_to_fold(void **state)
{
	(void)state;
	to_make();
	f.row[2].flags |= ROW_FOLDED;
	assert_int_equal(key(-KEY_LEFT).kind, ACTION_NONE);
	assert_int_equal(highlighted(), 1);
}

static void
star_folds_all_and_then_unfolds_all(void **state)
{
	struct command c = key('*');

	(void)state;
	assert_true(c.kind == ACTION_FOLD_ALL && c.on);
	c = key('*');
	assert_true(c.kind == ACTION_FOLD_ALL && !c.on);
}

static void
folding_all_keeps_a_relative_in_sight(void **state)
{
	(void)state;
	while (highlighted() != 3303)
		key('j');
	key('*');
	assert_int_equal(highlighted(), 655);
}

static void
commands_scroll_when_there_is_nothing_to_fold(void **state)
{
	(void)state;
	while (highlighted() != 4190)
		key('j');
	screen_lacks("src/client.c");
	key(-KEY_RIGHT);
	key(-KEY_RIGHT);
	key(-KEY_RIGHT);
	screen_has("src/client.c");
	for (int i = 0; i < 100; i++)
		key(-KEY_RIGHT);
	screen_has("ccA81.s"); /* the end stays in sight */
	for (int i = 0; i < 100; i++)
		key(-KEY_LEFT);
	screen_has("├─ /usr/libexec/mds_stores");
}

static void
search_hides_nothing(void **state)
{
	size_t rows = f.s.count;

	(void)state;
	assert_int_equal(type("/cc1\r").kind, ACTION_NONE);
	assert_int_equal(highlighted(), 4190);
	key('n');
	assert_int_equal(highlighted(), 4191);
	key('n');
	screen_has("search went on from the top");
	assert_int_equal(highlighted(), 4190);
	key('N');
	screen_has("search went on from the bottom");
	assert_int_equal(highlighted(), 4191);
	key('N');
	assert_int_equal(highlighted(), 4190);
	type("/user:messagebus\r");
	assert_int_equal(highlighted(), 702);
	key('n');
	screen_has("the only match");
	type("/no such thing\r");
	screen_has("not found: no such thing");
	assert_int_equal(highlighted(), 702);
	assert_int_equal(f.s.count, rows);
	assert_null(ui_spec(ui)->filter);
	type("/\r"); /* nothing typed: the last one again */
	screen_has("not found: no such thing");
}

static void
search_without_anything_searched(void **state)
{
	(void)state;
	key('n');
	screen_has("no search yet");
	f.s.count = 0;
	type("/x\r");
	screen_has("not found: x");
	key('N');
}

static void
filters_are_set_corrected_and_cleared(void **state)
{
	(void)state;
	assert_int_equal(type("fmake\r").kind, ACTION_REFRESH);
	assert_string_equal(filter_text(ui_spec(ui)->filter), "make");
	screen_has("filter make");
	/* the prompt offers what is there; Esc leaves it as it is */
	key(-KEY_F(4));
	screen_has("filter: make");
	type(" x");
	assert_int_equal(key(ESC).kind, ACTION_NONE);
	assert_string_equal(filter_text(ui_spec(ui)->filter), "make");
	/* a mistake is shown where it is, and the prompt stays */
	type("\\\x15~(a\r");
	screen_has("filter: ~(a");
	screen_has("column");
	assert_string_equal(filter_text(ui_spec(ui)->filter), "make");
	assert_int_equal(type("\x05)\r").kind, ACTION_REFRESH);
	assert_string_equal(filter_text(ui_spec(ui)->filter), "~(a)");
	assert_int_equal(key('=').kind, ACTION_REFRESH);
	assert_null(ui_spec(ui)->filter);
	/* an empty one clears too */
	type("fmake\r");
	assert_int_equal(type("f\x15\r").kind, ACTION_REFRESH);
	assert_null(ui_spec(ui)->filter);
}

static void
the_prompt_edits(void **state)
{
	(void)state;
	type("fmake all");
	key(-KEY_HOME);
	type("x");
	screen_has("filter: xmake all");
	key(-KEY_RIGHT);
	key(-KEY_BACKSPACE);
	screen_has("filter: xake all");
	key(-KEY_DC);
	screen_has("filter: xke all");
	key(-KEY_END);
	key(-KEY_LEFT);
	type("-");
	screen_has("filter: xke al-l");
	key(0x17); /* Ctrl-W */
	screen_has("filter: xke l");
	key(0x01);
	key(0x0b); /* Ctrl-K */
	screen_lacks("xke");
	type("\xc3\xa4\xe4\xb8\xad");
	screen_has("filter: \xc3\xa4\xe4\xb8\xad");
	key(0x7f);
	screen_has("filter: \xc3\xa4\n");
	key('\t'); /* not a character of a filter */
	screen_has("filter: \xc3\xa4 ");
	for (int i = 0; i < 1100; i++)
		type("y");
	key(-KEY_RESIZE);
	screen_has("filter: ");
	key(ESC);
	screen_lacks("filter: ");
}

static void
pasted_text_is_never_a_key(void **state)
{
	(void)state;
	/* Outside of a prompt, in the help and in a menu nothing of it is taken. */
	for (const char *at = "qM"; *at; at++)
		assert_int_equal(key(TERM_PASTE | *at).kind, ACTION_NONE);
	screen_has("pasted text ignored");
	type("x");
	assert_int_equal(key(TERM_PASTE | '\r').kind, ACTION_NONE);
	key(ESC);
	/* In a prompt a line break neither accepts it, nor stays. */
	type("f");
	for (const char *at = "named\r\n\tM\n"; *at; at++)
		assert_int_equal(key(TERM_PASTE | *at).kind, ACTION_NONE);
	screen_has("filter: named M");
	key(ESC);
	screen_lacks("filter:");
	/* A question is answered by a key alone. */
	type("mU");
	screen_has("y/n");
	assert_int_equal(key(TERM_PASTE | 'y').kind, ACTION_NONE);
	screen_has("y/n");
	key('n');
}

static void
words_are_passed_and_removed(void **state)
{
	(void)state;
	type("fpid:12 /usr/bin");
	key(TERM_ALT | 'b');
	key(TERM_ALT | 'b');
	type("X");
	screen_has("filter: pid:12 /Xusr/bin");
	key(TERM_ALT | 'f');
	key(TERM_ALT | 'f');
	type("Y");
	screen_has("filter: pid:12 /Xusr/binY");
	key(-KEY_HOME);
	key(TERM_ALT | 'd');
	screen_has("filter: :12 /Xusr/binY");
	key(ESC);
	key(TERM_ALT | 'f'); /* no key outside of a prompt */
	screen_lacks("filter:");
	screen_lacks("no function");
}

static void
prompts_remember_what_was_typed(void **state)
{
	(void)state;
	type("fmake\r");
	type("f\x15/usr\r");
	type("/cc1\r");      /* a search: not of the same kind */
	type("f\x15/usr\r"); /* the same again is kept once */
	type("f\x15half");
	key(-KEY_UP);
	screen_has("filter: /usr");
	key(-KEY_UP);
	screen_has("filter: make");
	key(-KEY_UP);
	screen_has("filter: make");
	key(-KEY_DOWN);
	key(-KEY_DOWN);
	screen_has("filter: half");
	key(ESC);
	type("/");
	key(-KEY_UP);
	screen_has("search: cc1");
	key(ESC);
	for (int i = 0; i < 100; i++) {
		char text[16];

		snprintf(text, sizeof text, "f\x15w%d\r", i);
		type(text);
	}
	type("f\x15");
	for (int i = 0; i < 100; i++)
		key(-KEY_UP);
	screen_has("filter: w68"); /* the last 32 */
}

static void
tab_completes_what_is_seen(void **state)
{
	(void)state;
	f.row[3].exe = f.row[4].exe = "/usr/lib/gcc/cc1";
	type("f/usr/b\t");
	screen_has("filter: /usr/bin/"); /* make, and dbus-daemon ... */
	type("m\t");
	screen_has("filter: /usr/bin/make");
	type(" user:me\t");
	screen_has("/usr/bin/make user:messagebus");
	type("|!us\t");
	screen_has("user:messagebus|!user:");
	type("\x15"
	     "ev:open,ex\t");
	screen_has("filter: ev:open,ex"); /* exec or exit, both named */
	screen_has("exec  exit");
	type("e\t");
	screen_has("filter: ev:open,exec");
	type("\x15nothing-like\t");
	screen_has("nothing seen begins with this");
}

static void
tab_completes_units_terminals_and_numbers(void **state)
{
	static const struct {
		const char *typed, *completed;
	} cases[] = { { "unit:ng", "unit:nginx.service" },
		      { "cgroup:/sys", "cgroup:/system.slice/nginx.service" },
		      { "tty:/d", "tty:/dev/pts/3" },
		      { "signer:T", "signer:TEAM/org.x" },
		      { "by:mds", "by:mds_stores" },
		      { "belo", "below:" },
		      { "opens/", "opens/s" } };

	(void)state;
	f.row[1].unit = "nginx.service";
	f.row[1].cgroup = "/system.slice/nginx.service";
	f.row[1].tty = "/dev/pts/3";
	f.row[1].signer = "TEAM/org.x";
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[80];

		key('f');
		key(ACTION_CTRL('U'));
		type(cases[i].typed);
		key('\t');
		snprintf(text, sizeof(text), "filter: %s", cases[i].completed);
		screen_has(text);
		key(ACTION_ESC);
	}
}

static void
tab_completes_files_where_they_are_listed(void **state)
{
	static struct file_row rows[] = { { .path = "/var/log/journal", .top_name = "?", .mute = ' ' } };

	(void)state;
	f.s.files = (struct files_page){ .rows = rows, .count = 1 };
	key('2');
	type("f/var\t");
	screen_has("filter: /var/log/journal");
}

static void
tab_quotes_what_has_blanks(void **state)
{
	(void)state;
	f.row[1].exe = "/Applications/Two Words.app/run it";
	type("f/App\t");
	screen_has("filter: /App\"lications/Two Words.app/run it\"");
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	const struct filter_subject two = { .exe = "/Applications/Two Words.app/run it" };
	assert_true(filter_match(ui_spec(ui)->filter, &two));
	/* goes on inside of a quote, and closes it */
	type("f\x15\"/Applications/Two W\t");
	screen_has("filter: \"/Applications/Two Words.app/run it\"");
}

static void
errors_are_marked_where_they_are(void **state)
{
	(void)state;
	type("fmake ev:opn\r");
	screen_has("column 9: unknown event 'opn'");
	assert_true(mvwinch(stdscr, 23, 8 + 8) & A_REVERSE);
	assert_false(mvwinch(stdscr, 23, 8 + 7) & A_REVERSE);
	type("\x05\x15make |\r");
	screen_has("filter: make |^");
}

static void
the_interval_is_asked_for(void **state)
{
	struct command c;

	(void)state;
	type("d");
	screen_has("refresh interval (seconds): 1");
	c = type("\x15"
		 "2.5\r");
	assert_int_equal(c.kind, ACTION_INTERVAL);
	assert_int_equal(c.interval_ms, 2500);
	screen_has("every 2.5 s");
	static const char *const refused[] = {
		"0", "0.05", "-1", "3601", "nan", "inf", "x", "1x", "", "1e99"
	};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		type("d\x15");
		assert_int_equal(type(refused[i]).kind, ACTION_NONE);
		assert_int_equal(key('\r').kind, ACTION_NONE);
		screen_has("expected a number from 0.1 to 3600");
		key(ESC);
		screen_has("every 2.5 s");
	}
}

static void
each_column_sorts_in_its_own_direction_until_it_is_reversed(void **state)
{
	const struct snapshot_spec *spec = ui_spec(ui);

	(void)state;
	assert_ptr_equal(spec->compare, column_info[COLUMN_EV_RATE].compare);
	assert_true(spec->reverse);
	assert_int_equal(key('>').kind, ACTION_REFRESH);
	assert_ptr_equal(spec->compare, column_info[COLUMN_OPEN_RATE].compare);
	screen_has("sort OPEN/S ▼");
	key('<');
	key('<');
	assert_ptr_equal(spec->compare, column_info[COLUMN_USER].compare);
	assert_false(spec->reverse); /* names sort upwards */
	screen_has("sort USER ▲");
	key('r');
	assert_true(spec->reverse);
	screen_has("sort USER ▼");
	key(-KEY_F(6));
	assert_ptr_equal(spec->compare, column_info[COLUMN_EV_RATE].compare);
	assert_true(spec->reverse);
	key('r');
	assert_false(spec->reverse);
}

static void
sorting_goes_round_the_columns_that_are_shown(void **state)
{
	const struct snapshot_spec *spec = ui_spec(ui);
	struct columns shown = { .n = 0 };

	(void)state;
	columns_default(&shown);
	for (unsigned i = 0; i < shown.n; i++) {
		if (i)
			assert_ptr_not_equal(spec->compare, column_info[COLUMN_EV_RATE].compare);
		key('>');
	}
	assert_ptr_equal(spec->compare, column_info[COLUMN_EV_RATE].compare);
}

static void
the_sort_menu_sorts_by_any_column_both_ways(void **state)
{
	const struct snapshot_spec *spec = ui_spec(ui);

	(void)state;
	key('s');
	screen_has("sort by");
	screen_has("now, largest first");
	key(-KEY_HOME);
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	assert_ptr_equal(spec->compare, column_info[COLUMN_PID].compare);
	assert_false(spec->reverse);
	key('s');
	screen_has("now, smallest first");
	key('\r'); /* the present column: the other way */
	assert_ptr_equal(spec->compare, column_info[COLUMN_PID].compare);
	assert_true(spec->reverse);
	key('s');
	key('\r');
	assert_false(spec->reverse);
	key('s'); /* one that is not shown */
	key(-KEY_DOWN);
	key('\r');
	assert_ptr_equal(spec->compare, column_info[COLUMN_PPID].compare);
	screen_has("    PID    PPID USER");
	key('<'); /* from there to what stands left and right of it */
	assert_ptr_equal(spec->compare, column_info[COLUMN_MUTE].compare);
	key('s');
	assert_int_equal(key(ESC).kind, ACTION_NONE);
	assert_ptr_equal(spec->compare, column_info[COLUMN_MUTE].compare);
	key('2'); /* other lists have other columns */
	key('s');
	screen_has("this key works in the processes view");
}

static void
the_setup_panel_shows_moves_and_widens_columns(void **state)
{
	(void)state;
	screen_has("    PID USER         EV/S OPEN/S");
	key('S');
	screen_has("[x] PID");
	key(-KEY_RIGHT); /* behind USER, at once */
	screen_has("USER           PID   EV/S OPEN/S");
	key('+');
	key('+');
	screen_has("USER           PID   EV/S OPEN/S");
	screen_has(" 9 wide");
	key('-');
	key('-');
	key('-');
	screen_has("minimum width");
	key(' ');
	screen_has("USER         EV/S OPEN/S");
	key(ESC); /* as it was */
	screen_has("    PID USER         EV/S OPEN/S");
	key('S');
	key('j');
	key(' ');
	key('\r');
	screen_has("    PID   EV/S OPEN/S");
	key('>'); /* sorting follows what is shown */
	key('<');
	key('<');
	screen_has("sort PID");
	key('S');
	key(-KEY_END);
	key(' ');
	screen_has("COMMAND is always shown");
	key('+');
	screen_has("COMMAND takes the remaining width");
	key(-KEY_LEFT);
	assert_int_equal(key('W').kind, ACTION_SAVE);
	screen_has("COMMAND");
	screen_lacks("[x]");
	assert_int_equal(key('W').kind, ACTION_SAVE);
}

static struct command
mouse(enum term_mouse what, int y, int x)
{
	struct command c;

	ui_draw(ui, &f.s);
	ui_mouse(ui, &f.s, what, y, x, &c);
	ui_draw(ui, &f.s);
	return c;
}

static void
the_mouse_selects_sorts_and_folds(void **state)
{
	struct command c;

	(void)state;
	mouse(TERM_MOUSE_PRESS, 9, 30);
	assert_int_equal(highlighted(), 655);
	c = mouse(TERM_MOUSE_PRESS, 3, 27); /* OPEN/S */
	assert_int_equal(c.kind, ACTION_REFRESH);
	assert_ptr_equal(ui_spec(ui)->compare, column_info[COLUMN_OPEN_RATE].compare);
	assert_true(ui_spec(ui)->reverse);
	mouse(TERM_MOUSE_PRESS, 3, 27);
	assert_false(ui_spec(ui)->reverse);
	/* make is on line 6, its sign where COMMAND begins */
	char *screen = frame_read(), *line = screen;
	for (int i = 0; i < 6; i++)
		line = strchr(line, '\n') + 1;
	int x = (int)clean_width(line) - (int)clean_width(strstr(line, "▾"));
	free(screen);
	c = mouse(TERM_MOUSE_PRESS, 6, x);
	assert_int_equal(c.kind, ACTION_FOLD);
	assert_int_equal(c.key.pid, 4120);
	assert_true(c.on);
	f.row[2].flags |= ROW_FOLDED;
	c = mouse(TERM_MOUSE_PRESS, 6, x);
	assert_false(c.on);
	assert_int_equal(mouse(TERM_MOUSE_PRESS, 6, x + 3).kind, ACTION_NONE);
	/* outside all of it */
	mouse(TERM_MOUSE_PRESS, 0, 0);
	mouse(TERM_MOUSE_PRESS, 22, 5);
	mouse(TERM_MOUSE_PRESS, 23, 79);
	mouse(TERM_MOUSE_PRESS, 500, 500);
	assert_int_equal(highlighted(), 4120);
}

static void
the_wheel_scrolls(void **state)
{
	(void)state;
	frame_init(&f);
	for (int i = 0; i < 100; i++)
		frame_add(&f, 0, 1000 + i, "root", 1, 1, "/bin/x");
	key('j');
	mouse(TERM_MOUSE_DOWN, 10, 10);
	screen_lacks("1002");
	screen_has("1003");
	assert_int_equal(highlighted(), 1003);
	mouse(TERM_MOUSE_UP, 10, 10);
	screen_has("1000");
	for (int i = 0; i < 60; i++)
		mouse(TERM_MOUSE_DOWN, 10, 10);
	screen_has("1099");
	screen_has("1081");
	f.s.count = 0;
	mouse(TERM_MOUSE_DOWN, 10, 10);
	mouse(TERM_MOUSE_PRESS, 4, 4);
}

static void
the_mouse_works_in_menus_and_lists(void **state)
{
	(void)state;
	key('s');
	mouse(TERM_MOUSE_PRESS, 8, 10); /* PID */
	assert_int_equal(mouse(TERM_MOUSE_PRESS, 8, 10).kind, ACTION_REFRESH);
	assert_ptr_equal(ui_spec(ui)->compare, column_info[COLUMN_PID].compare);
	key('S');
	screen_has("[x] PID");
	mouse(TERM_MOUSE_PRESS, 8, 5);
	screen_has("[ ] PID");
	screen_lacks("    PID USER");
	mouse(TERM_MOUSE_PRESS, 5, 5); /* outside: unchanged */
	screen_has("    PID USER");
	key('?');
	mouse(TERM_MOUSE_DOWN, 5, 5);
	screen_has("4-");
	key('q');
	/* not while something is typed */
	type("fmak");
	mouse(TERM_MOUSE_PRESS, 9, 5);
	screen_has("filter: mak");
}

static void
help_begins_with_the_view(void **state)
{
	(void)state;
	key('?');
	screen_has("This view: processes");
	screen_has("What is shown");
	key('q');
	key('v');
	key('?');
	screen_has("This view: mutes");
	screen_has("In the list of mutes");
}

static void
the_first_hint_goes_with_time_or_a_key(void **state)
{
	struct ui_config config = frame_config();

	(void)state;
	ui_close(ui);
	config.hint = true;
	ui = frame_open(24, 80, &config);
	ui_draw(ui, &f.s);
	screen_has("New here?");
	frame_clock_ns += 20 * SECOND;
	ui_draw(ui, &f.s);
	screen_lacks("New here?");
	ui_close(ui);
	ui = frame_open(24, 30, &config);
	ui_draw(ui, &f.s);
	screen_has("? explains, q quits");
	key('j');
	screen_lacks("? explains, q quits");
}

static void
settings_open_the_same_screen_again(void **state)
{
	struct ui_config now = frame_config();

	(void)state;
	type("tara>Xfmake\r");
	type("d\x15"
	     "2\r");
	key('S');
	key(' ');
	key('\r');
	settings_copy(&now.settings, ui_settings(ui));
	char *before = frame_read();
	ui_close(ui);
	ui = frame_open(24, 80, &now);
	ui_draw(ui, &f.s);
	char *after = frame_read();
	assert_string_equal(before, after);
	settings_finish(&now.settings);
	free(before);
	free(after);
}

static void
a_mark_is_set_and_ended(void **state)
{
	struct command c = key('c');

	(void)state;
	assert_int_equal(c.kind, ACTION_MARK);
	assert_true(c.on);
	f.s.marked_ns = f.s.time_ns - 12 * SECOND; /* the model's answer */
	ui_draw(ui, &f.s);
	screen_has("since 12:12:19");
	c = key('c');
	assert_true(c.kind == ACTION_MARK && !c.on);
	c = key(ESC);
	assert_true(c.kind == ACTION_MARK && !c.on);
	f.s.marked_ns = 0;
	assert_int_equal(key(ESC).kind, ACTION_NONE);
	screen_lacks("since ");
}

static void
what_is_shown_is_switched_by_a_key_each(void **state)
{
	const struct snapshot_spec *spec = ui_spec(ui);
	struct command c;

	(void)state;
	assert_int_equal(spec->by, BY_TREE);
	assert_int_equal(key('t').kind, ACTION_REFRESH);
	assert_int_equal(spec->by, BY_FLAT);
	screen_has("flat");
	assert_false(spec->subtree_totals); /* a list has none */
	assert_int_equal(key('a').kind, ACTION_NONE);
	screen_has("only in a tree");
	assert_int_equal(key('-').kind, ACTION_NONE);
	key(-KEY_F(5));
	assert_int_equal(spec->by, BY_TREE);
	assert_true(spec->subtree_totals);
	assert_int_equal(key('a').kind, ACTION_REFRESH);
	assert_false(spec->subtree_totals);
	screen_has("no subtree totals");
	key('a');
	assert_true(spec->subtree_totals);
	screen_has("of subtrees)");
	assert_int_equal(key('K').kind, ACTION_REFRESH);
	assert_true(spec->kernel_threads);
	screen_has("kernel threads");
	key('K');
	assert_false(spec->kernel_threads);
	static const int exited[] = { 60, EXITED_FOREVER, 0, 5, 60 };
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(key('X').kind, ACTION_REFRESH);
		assert_int_equal(spec->exited_secs, exited[i]);
	}
	c = key('p');
	assert_true(c.kind == ACTION_PAUSE && c.on && ui_paused(ui));
	screen_has("PAUSED");
	c = key(' ');
	assert_true(c.kind == ACTION_PAUSE && !c.on && !ui_paused(ui));
	screen_lacks("PAUSED");
	assert_int_equal(key('C').kind, ACTION_CLEAR);
	assert_int_equal(key(ACTION_CTRL('L')).kind, ACTION_REDRAW);
	assert_int_equal(key(ACTION_CTRL('Z')).kind, ACTION_SUSPEND);
	assert_int_equal(key('q').kind, ACTION_QUIT);
	assert_int_equal(key(ACTION_CTRL('C')).kind, ACTION_QUIT);
}

static void
help_scrolls_and_goes_away(void **state)
{
	static const int leave[] = { 'q', '?', 'h', ESC, -KEY_F(1) };

	(void)state;
	for (size_t i = 0; i < sizeof leave / sizeof *leave; i++) {
		key('?');
		screen_has("estop: help");
		key('j');
		screen_lacks("estop: help");
		key('k');
		screen_has("estop: help");
		key(' ');
		key(-KEY_NPAGE);
		key(-KEY_PPAGE);
		key('G');
		screen_has("WHAT            the process or the path");
		key('m'); /* means nothing here */
		assert_int_equal(key(leave[i]).kind, ACTION_NONE);
		screen_has("mds_stores");
	}
	key('?');
	assert_int_equal(key(ACTION_CTRL('C')).kind, ACTION_QUIT);
}

static void
messages_go_with_time_or_a_key(void **state)
{
	(void)state;
	ui_message(ui, "muted /usr/bin/\033make (z undoes)");
	ui_draw(ui, &f.s);
	screen_has("muted /usr/bin/^[make (z undoes)");
	frame_clock_ns += 3 * SECOND;
	ui_draw(ui, &f.s);
	screen_has("z undoes");
	frame_clock_ns += 2 * SECOND;
	ui_draw(ui, &f.s);
	screen_lacks("z undoes");
	ui_message(ui, "again");
	key(ESC);
	screen_lacks("again");
	key('Y');
	screen_has("? lists the keys");
}

static void
unknown_escape_sequences_are_no_keys(void **state)
{
	static const char *const sequences[] = { "\033m", "\033[1;9M", "\033[M ab", "\033OM",
						 "\033[200~m\033[201~" };
	struct command c;

	(void)state;
	/* typed into the queue of curses, last character first */
	for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
		for (size_t k = strlen(sequences[i]); k-- > 0;)
			unget_wch((wchar_t)(unsigned char)sequences[i][k]);
		while (ui_input(ui, &f.s, &c))
			assert_int_equal(c.kind, ACTION_NONE);
	}
	unget_wch(L'm');
	assert_true(ui_input(ui, &f.s, &c));
	assert_int_equal(c.kind, ACTION_MUTE_PROCESS);
	assert_false(ui_input(ui, &f.s, &c));
}

static void
every_size_can_be_drawn(void **state)
{
	static const int sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 19, 20, 21, 24, 33, 80, 132, 300, 1000 };
	enum { N = sizeof sizes / sizeof *sizes };

	(void)state;
	frame_add_files(&f);
	frame_add_events(&f);
	frame_add_process(&f);
	frame_add_types(&f);
	for (int mode = 0; mode < 12; mode++) {
		key("x?/fdU\r2345e"[mode]);
		if (mode == 3)
			type("~(\r");
		for (int i = 0; i < N * N; i++) {
			/* from small to large and back in leaps */
			int lines = sizes[(i * 7) % N], columns = sizes[(i / N + i) % N];
			if (lines * columns > 200000)
				continue;
			frame_size(lines, columns);
			if (i % 5 == 0)
				ui_message(ui, "a message of some length, to be cut");
			ui_draw(ui, &f.s);
			if (mode < 2) {
				key('j');
				key(-KEY_RIGHT);
			}
		}
		frame_size(24, 80);
		key(ESC);
		key(ESC);
	}
	for (int i = 0; i < 20; i++)
		key(-KEY_LEFT);
	screen_has("make -j8");
	frame_finish(&f);
}

static void
random_keys_and_sizes_do_no_harm(void **state)
{
	unsigned seed = 4711;

	(void)state;
	frame_add_files(&f);
	frame_add_events(&f);
	frame_add_process(&f);
	frame_add_types(&f);
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		unsigned r = seed >> 8;
		if (r % 50 == 0)
			frame_size(1 + (int)(r / 50 % 60), 1 + (int)(r / 3000 % 200));
		if (r % 31 == 0)
			f.s.count = r / 31 % 12;
		if (r % 37 == 0)
			turn_round();
		int k = r % 5 == 0 ? -(KEY_DOWN + (int)(r / 5 % 100)) : 1 + (int)(r / 5 % 300);
		struct command c;
		ui_key(ui, &f.s, k, &c);
		frame_clock_ns += r % 7 * 100000000;
		if (i % 3 == 0)
			ui_draw(ui, &f.s);
		if (r % 400 == 0) {
			ui_suspend(ui);
			ui_draw(ui, &f.s);
			ui_resume(ui);
		}
	}
	/* After all that it is left as ever, and draws. */
	frame_size(24, 80);
	for (int i = 0; i < 4; i++)
		key(ESC);
	key('1');
	screen_has("COMMAND");
	key('?');
	screen_has("estop: help (q or Esc closes");
	frame_finish(&f);
}

#define BUSY(test) cmocka_unit_test_setup_teardown(test, open_busy, close_it)

/* ---- mutes ---- */

static void
list_rules(void)
{
	static struct mute_row rows[] = {
		{ .id = 7,
		  .kind = MUTE_PROCESS,
		  .origin = MUTE_BY_KEY,
		  .process = { 812, 0 },
		  .what = (char *)"/usr/libexec/mds_stores",
		  .rate_heard = -1 },
		{ .id = 9,
		  .kind = MUTE_PREFIX,
		  .origin = MUTE_BY_KEY,
		  .what = (char *)"/usr/lib/",
		  .rate_heard = -1 },
		{ .kind = MUTE_EXE,
		  .origin = MUTE_BY_SYSTEM,
		  .what = (char *)"/usr/libexec/tccd",
		  .rate_heard = -1 },
		{ .kind = MUTE_EXE,
		  .origin = MUTE_BY_SYSTEM,
		  .what = (char *)"",
		  .rate_heard = -1,
		  .folded = 34 },
	};

	rows[0].process = f.row[1].key;
	rows[0].events = rows[1].events = EVENT_BIT(EV_OPEN);
	f.s.ledger = (struct ledger){ .rows = rows, .count = 4 };
}

static void
one_user_or_subtree_is_shown_alone_until_escape(void **state)
{
	struct command c;

	(void)state;
	key('f');
	type("make\r");
	key('=');
	key('j');
	c = key('O'); /* at once: the row is of a process */
	assert_int_equal(c.kind, ACTION_ONLY);
	assert_true(c.on);
	assert_int_equal(c.rule, MUTE_SUBTREE);
	assert_int_equal(c.key.pid, 812);
	assert_string_equal(filter_text(*ui_filter(ui)), "below:812");
	snprintf(f.s.mutes.only, sizeof(f.s.mutes.only), "subtree of process 812");
	ui_draw(ui, &f.s);
	screen_has("ONLY subtree of process 812");
	/* Another one instead; the filter to come back is still the first. */
	key('O');
	screen_has("show only");
	c = key('u');
	assert_int_equal(c.rule, MUTE_USER);
	assert_string_equal(c.path, "root");
	assert_string_equal(filter_text(*ui_filter(ui)), "user:\"root\"");
	/* Of no unit: said, and nothing is done. */
	key('O');
	assert_int_equal(key('n').kind, ACTION_NONE);
	screen_has("this process is of no unit");
	key('O');
	key(ACTION_ESC);
	screen_lacks("show only");
	c = key(ACTION_ESC);
	assert_int_equal(c.kind, ACTION_ONLY);
	assert_false(c.on);
	assert_null(*ui_filter(ui));
	f.s.mutes.only[0] = '\0';
	/* Not on: Escape means what it meant. */
	assert_int_equal(key(ACTION_ESC).kind, ACTION_NONE);
}

static void
a_row_for_many_is_shown_alone_by_what_it_is_about(void **state)
{
	struct command c;

	(void)state;
	f.row[1].flags |= ROW_BY;
	f.row[1].key.pid = grouping_key(BY_PROGRAM);
	key('j');
	key('O');
	assert_string_equal(filter_text(*ui_filter(ui)), "/usr/libexec/mds_stores");
	screen_has("only /usr/libexec/mds_stores (Esc ends it)");
	key(ACTION_ESC);
	assert_null(*ui_filter(ui));
	f.row[1].key.pid = grouping_key(BY_UNIT);
	f.row[1].unit = "mds.service";
	ui_draw(ui, &f.s);
	c = key('O');
	assert_int_equal(c.kind, ACTION_ONLY);
	assert_int_equal(c.rule, MUTE_UNIT);
	assert_string_equal(c.path, "mds.service");
	key(ACTION_ESC);
	/* What has exited: what runs its program. */
	f.row[1].flags = (uint16_t)((f.row[1].flags & ~ROW_BY) | ROW_EXITED);
	f.row[1].key.pid = 812;
	ui_draw(ui, &f.s);
	key('O');
	assert_string_equal(filter_text(*ui_filter(ui)), "/usr/libexec/mds_stores");
}

static void
the_old_text_of_a_prompt_is_replaced_by_typing(void **state)
{
	struct command c;

	(void)state;
	key('d');
	type("2");
	c = key('\r');
	assert_int_equal(c.interval_ms, 2000);
	/* A movement keeps it. */
	key('d');
	key(-KEY_END);
	type("5");
	c = key('\r');
	assert_int_equal(c.interval_ms, 25000);
	key('d');
	key(-KEY_BACKSPACE); /* all of it */
	screen_lacks("(seconds): 25");
	type("1");
	c = key('\r');
	assert_int_equal(c.interval_ms, 1000);
}

static void
u_on_what_is_not_muted_shows_the_rows_of_its_user(void **state)
{
	struct command c;

	(void)state;
	key('j');
	assert_int_equal(key('u').kind, ACTION_REFRESH);
	assert_string_equal(filter_text(*ui_filter(ui)), "user:\"root\"");
	assert_int_equal(key('u').kind, ACTION_REFRESH);
	assert_null(*ui_filter(ui));
	f.row[1].mute = 'P';
	c = key('u');
	assert_int_equal(c.kind, ACTION_UNMUTE);
	assert_int_equal(c.key.pid, 812);
	assert_null(*ui_filter(ui));
}

static void
a_signal_is_asked_about_by_pid_and_start(void **state)
{
	struct command c;

	(void)state;
	f.row[1].key.start_ns = 1772366400ull * SECOND;
	ui_draw(ui, &f.s);
	key('j');
	assert_int_equal(key(-KEY_F(9)).kind, ACTION_NONE);
	screen_has("send to process 812 mds_stores, started 2026-03-01 12:00:00");
	assert_int_equal(key('t').kind, ACTION_NONE); /* no letter sends one */
	screen_has("SIGTERM");
	key(-KEY_DOWN);
	c = key('\r');
	assert_int_equal(c.kind, ACTION_SIGNAL);
	assert_int_equal(c.signal, SIGINT);
	assert_int_equal(c.key.pid, 812);
	assert_true(c.key.start_ns == f.row[1].key.start_ns);
	key(-KEY_F(9));
	assert_int_equal(key(ESC).kind, ACTION_NONE);
	screen_lacks("SIGTERM");
	f.row[1].flags |= ROW_EXITED;
	key(-KEY_F(9));
	screen_has("it has exited");
	f.row[1].flags = (uint16_t)(f.row[1].flags & ~ROW_EXITED);
	ui->settings.read_only = true;
	key(-KEY_F(9));
	screen_has("signals are off (--read-only)");
	ui->config.replay = true;
	key(-KEY_F(9));
	screen_has("a recording has no processes");
}

static void
a_column_without_room_is_marked_in_setup(void **state)
{
	(void)state;
	key('S');
	screen_has("FORK");
	screen_has("no room"); /* at 80 columns */
	key(ESC);
	frame_size(24, 200);
	ui_draw(ui, &f.s);
	key('S');
	screen_lacks("no room");
}

static void
a_scrolled_command_is_said_in_its_title(void **state)
{
	(void)state;
	key('j');
	screen_lacks("‹");
	f.row[1].command = "/usr/libexec/mds_stores with arguments that go on beyond the edge of the screen";
	ui_draw(ui, &f.s);
	key(-KEY_RIGHT);
	ui_draw(ui, &f.s);
	screen_has("‹ COMMAND");
	key(-KEY_LEFT);
	ui_draw(ui, &f.s);
	screen_lacks("‹");
}

static void
with_a_scope_the_rate_of_the_machine_says_all(void **state)
{
	(void)state;
	screen_lacks("all 4,812 ev/s");
	ui->config.scope_text = "/usr/bin";
	ui_draw(ui, &f.s);
	screen_has("all 4,812 ev/s");
}

static void
a_flat_list_opens_at_its_top(void **state)
{
	(void)state;
	frame_size(9, 80);
	key('G');
	key('t');
	flatten();
	ui_draw(ui, &f.s);
	assert_int_equal(frame_cursor(), 4);
	screen_has(" 1 root");
}

static void
keys_of_htop_that_do_nothing_say_what_does(void **state)
{
	(void)state;
	key(-KEY_F(7));
	screen_has("estop changes no priorities");
	key('P');
	screen_has("s chooses the column");
}

static void
the_bottom_line_can_be_clicked(void **state)
{
	struct command c;

	(void)state;
	/* "1 processes 2 files 3 events 4 mutes 5 types  ? help  q quit" */
	ui_mouse(ui, &f.s, TERM_MOUSE_PRESS, 23, 13, &c);
	assert_int_equal(ui->settings.view, VIEW_FILES);
	ui_draw(ui, &f.s);
	ui_mouse(ui, &f.s, TERM_MOUSE_PRESS, 23, 2, &c);
	assert_int_equal(ui->settings.view, VIEW_PROCESSES);
	ui_draw(ui, &f.s);
	ui_mouse(ui, &f.s, TERM_MOUSE_PRESS, 23, 56, &c);
	assert_int_equal(c.kind, ACTION_QUIT);
	/* A message is no button. */
	key('K');
	ui_mouse(ui, &f.s, TERM_MOUSE_PRESS, 23, 56, &c);
	assert_int_equal(c.kind, ACTION_NONE);
}

static void
the_menu_mutes_by_what_is_chosen(void **state)
{
	struct command c;

	(void)state;
	key('j');
	c = key('x');
	assert_int_equal(c.kind, ACTION_REFRESH);
	assert_true(ui_spec(ui)->saving.asked);
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_EXE], "/usr/libexec/mds_stores");
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_PREFIX], "/usr/libexec/");
	c = key('s');
	assert_int_equal(c.kind, ACTION_MUTE_MENU);
	assert_int_equal(c.rule, MUTE_SUBTREE);
	assert_int_equal(c.key.pid, 812);
	assert_false(ui_spec(ui)->saving.asked);
	/* A prefix is edited, and asked for anew. */
	key('x');
	for (int i = 0; i < 3; i++)
		key(-KEY_DOWN);
	key('\t');
	key(ACTION_CTRL('U'));
	type("/usr/");
	c = key('\r');
	assert_int_equal(c.kind, ACTION_REFRESH);
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_PREFIX], "/usr/");
	c = key('\r');
	assert_int_equal(c.kind, ACTION_MUTE_MENU);
	assert_int_equal(c.rule, MUTE_PREFIX);
	assert_string_equal(c.path, "/usr/");
	/* A target has to be typed first, and a path begins with a slash. */
	key('x');
	key('t');
	type("tmp");
	key('\r');
	screen_has("absolute path");
	key(ACTION_CTRL('U'));
	type("/tmp/x");
	key('\r');
	c = key('\r');
	assert_int_equal(c.rule, MUTE_TARGET);
	assert_string_equal(c.path, "/tmp/x");
	key('x');
	key(ESC);
	screen_lacks("instance");
}

static void
in_the_files_the_menu_has_what_applies_to_files(void **state)
{
	struct command c;

	(void)state;
	frame_add_files(&f);
	key('2');
	key('x');
	screen_has("t target ");
	screen_has("d target below");
	screen_lacks("instance");
	screen_lacks("executable ");
	screen_lacks("signer");
	c = key('d');
	assert_int_equal(c.kind, ACTION_MUTE_MENU);
	assert_int_equal(c.rule, MUTE_TARGET_PREFIX);
	assert_string_equal(c.path, "/dev/");
}

static void
a_mute_file_is_asked_for(void **state)
{
	struct command c;

	(void)state;
	key('L');
	screen_has("load mute rules from: estop.mutes");
	key(ACTION_CTRL('U'));
	type("/etc/quiet");
	c = key('\r');
	assert_int_equal(c.kind, ACTION_MUTE_LOAD);
	assert_string_equal(c.path, "/etc/quiet");
}

static void
the_header_says_in_words_what_is_muted_and_its_worth(void **state)
{
	(void)state;
	f.s.muted_rate = 35200;
	frame_size(24, 140);
	ui_draw(ui, &f.s);
	screen_has(
		"muted  3 processes  2 paths  (es: 3/2 in the system, local 0 in estop)  35,200 ev/s suppressed");
	frame_size(24, 119);
	ui_draw(ui, &f.s);
	screen_has("(es: 3/2, local 0)");
	screen_lacks("in the system");
	/* Where nobody counts, it is what was there before. */
	f.s.muted_rate = -1;
	f.s.mutes.rate_before = 1200;
	frame_size(24, 140);
	ui_draw(ui, &f.s);
	screen_has("1,200 ev/s before they were muted");
	f.s.mutes.processes = f.s.mutes.paths = 0;
	ui_draw(ui, &f.s);
	screen_lacks("before");
}

/* Lines of the chooser of events: the groups, then types. */
enum { LINE_TYPES = EVENT_GROUP_COUNT };

static void
to_line(unsigned line)
{
	key(-KEY_HOME);
	while (line--)
		key('j');
}

static void
events_are_chosen_with_ticks(void **state)
{
	struct command c;

	(void)state;
	key('j');
	key('x');
	key('e');
	assert_false(ui_spec(ui)->saving.asked); /* it was about values that are no more */
	screen_has("[-] process");               /* exec, fork and exit are not in it */
	screen_has("[x] file");
	screen_has("[x] open");
	screen_has("[ ] exec");
	to_line(LINE_TYPES + EV_OPEN);
	key(' ');
	screen_has("[-] file");
	c = key('\r');
	assert_int_equal(c.kind, ACTION_MUTE_MENU);
	assert_int_equal(c.rule, MUTE_PROCESS);
	assert_true(c.events == (EVENT_ALL & ~event_mask_vital() & ~EVENT_BIT(EV_OPEN)));
}

static void
a_group_is_ticked_as_one(void **state)
{
	struct command c;

	(void)state;
	key('x');
	key('e');
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++) {
		to_line(group);
		key(' ');
		if (group == EVENT_GROUP_PROCESS) /* was ticked in part: all of it first */
			key(' ');
	}
	c = key('\r');
	assert_int_equal(c.kind, ACTION_NONE);
	screen_has("at least one event");
	to_line(EVENT_GROUP_FILE);
	key(' ');
	screen_has("[x] close");
	to_line(LINE_TYPES + EV_CLOSE);
	key(' ');
	c = key('\r');
	assert_true(c.events == (event_mask_group(EVENT_GROUP_FILE) & ~EVENT_BIT(EV_CLOSE)));
}

/* A hundred types are not shown; those that came are. */
static void
types_that_came_are_among_the_ticks(void **state)
{
	(void)state;
	f.s.total[EV_RENAME] = 1;
	key('x');
	key('e');
	screen_lacks("unlink");
	to_line(LINE_TYPES + EV_CORE);
	screen_has("[x] rename");
	key(ESC);
	f.s.total[EV_RENAME] = 0;
}

static void
the_list_of_mutes_has_its_own_keys(void **state)
{
	struct command c;

	(void)state;
	list_rules();
	assert_int_equal(key('v').kind, ACTION_REFRESH);
	assert_true(ui_spec(ui)->ledger);
	screen_has("KIND");
	c = key('u');
	assert_int_equal(c.kind, ACTION_LEDGER_REMOVE);
	assert_int_equal(c.id, 7);
	key('j');
	c = key('a');
	assert_int_equal(c.kind, ACTION_LEDGER_AUDITION);
	assert_int_equal(c.id, 9);
	key('e');
	to_line(LINE_TYPES + EV_CLOSE);
	key(' ');
	c = key('\r');
	assert_int_equal(c.kind, ACTION_LEDGER_EVENTS);
	assert_true(c.events == (EVENT_BIT(EV_OPEN) | EVENT_BIT(EV_CLOSE)));
	key('s');
	key(ACTION_CTRL('U'));
	type("/tmp/rules");
	c = key('\r');
	assert_int_equal(c.kind, ACTION_LEDGER_SAVE);
	assert_string_equal(c.path, "/tmp/rules");
	assert_false(c.on);
	ui_ask_overwrite(ui, &c);
	c = key('y');
	assert_int_equal(c.kind, ACTION_LEDGER_SAVE);
	assert_string_equal(c.path, "/tmp/rules");
	assert_true(c.on);
	key('/');
	type("812\r");
	assert_int_equal(key('u').id, 7);
	key('/');
	type("nothing-like-it\r");
	screen_has("no mute matches");
	/* The system's own is not to be touched. */
	key('/');
	type("tccd\r");
	assert_int_equal(key('u').kind, ACTION_NONE);
	screen_has("the system's own");
	/* Nor are those that only decide; and they lead to no rows. */
	key('G');
	assert_int_equal(key('u').kind, ACTION_NONE);
	screen_has("these entries are the system's own");
	key('\r');
	screen_has("these entries are the system's own");
	key(ESC);
	assert_false(ui_spec(ui)->ledger);
}

static void
enter_in_the_list_goes_to_the_rows(void **state)
{
	(void)state;
	list_rules();
	key('v');
	key('\r');
	ui_draw(ui, &f.s);
	assert_int_equal(highlighted(), 812);
	key('v');
	key('j');
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	assert_non_null(ui_spec(ui)->filter);
	assert_string_equal(filter_text(ui_spec(ui)->filter), "/\"usr/lib\"");
	f.s.ledger.rows[1].what = (char *)"/opt/a \"b";
	key('v');
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	assert_string_equal(filter_text(ui_spec(ui)->filter), "/\"opt/a \\\"b\"");
}

static void
undo_and_redo_and_inversion_are_asked_for(void **state)
{
	struct command c;

	(void)state;
	assert_int_equal(key('z').kind, ACTION_UNDO);
	assert_int_equal(key('Z').kind, ACTION_REDO);
	assert_int_equal(key(ACTION_CTRL('R')).kind, ACTION_REDO);
	key('I');
	key('j');
	c = key('\r');
	assert_int_equal(c.kind, ACTION_INVERT);
	assert_int_equal(c.side, MUTE_SIDE_PATH);
	key('I');
	assert_int_equal(key('q').kind, ACTION_NONE);
}

/* ---- views ---- */

static enum view_id
shown(void)
{
	static const char *const marks[VIEW_COUNT] = {
		[VIEW_PROCESSES] = "COMMAND",      [VIEW_FILES] = "PATH",        [VIEW_EVENTS] = "PROCESS ",
		[VIEW_MUTES] = "nothing is muted", [VIEW_TYPES] = "LAST MINUTE",
	};
	char *screen = frame_read();
	unsigned id = 0;

	while (id < VIEW_COUNT && !strstr(screen, marks[id]))
		id++;
	free(screen);
	return (enum view_id)id;
}

static void
views_are_shown_by_number_and_in_turn(void **state)
{
	(void)state;
	for (unsigned id = 0; id < VIEW_COUNT; id++) {
		int number = action_info[ACTION_VIEW_PROCESSES + id].keys[0];

		assert_int_equal(key(number).kind, ACTION_REFRESH);
		assert_int_equal(shown(), id);
		screen_has(action_info[ACTION_VIEW_PROCESSES + id].hint);
		key('1');
	}
	for (unsigned id = 1; id <= VIEW_COUNT; id++) {
		key('\t');
		assert_int_equal(shown(), id % VIEW_COUNT);
	}
	for (unsigned id = VIEW_COUNT; id-- > 0;) {
		key(-KEY_BTAB);
		assert_int_equal(shown(), id);
	}
	for (unsigned id = 0; id < VIEW_COUNT; id++) {
		key(action_info[ACTION_VIEW_PROCESSES + id].keys[0]);
		key(ESC);
		assert_int_equal(shown(), VIEW_PROCESSES);
	}
}

static void
each_view_keeps_its_cursor(void **state)
{
	(void)state;
	frame_add_files(&f);
	key('j');
	key('j');
	key('2');
	key('j');
	key('1');
	assert_int_equal(highlighted(), 4120);
	key('2');
	assert_string_equal(key('m').path, "/usr/include/stdio.h");
}

static void
only_what_is_shown_is_asked_for(void **state)
{
	(void)state;
	assert_false(ui_spec(ui)->files.asked);
	key('2');
	assert_true(ui_spec(ui)->files.asked);
	key('v');
	assert_false(ui_spec(ui)->files.asked);
	assert_true(ui_spec(ui)->ledger);
	key('v');
	assert_false(ui_spec(ui)->ledger);
}

static void
files_are_muted_as_targets(void **state)
{
	struct command c;

	(void)state;
	frame_add_files(&f);
	key('2');
	key('j');
	c = key('m');
	assert_int_equal(c.kind, ACTION_FILES_MUTE);
	assert_int_equal(c.rule, MUTE_TARGET);
	assert_string_equal(c.path, "/usr/include/stdio.h");
	assert_true(c.rate == 8);
	c = key('M');
	assert_int_equal(c.rule, MUTE_TARGET_PREFIX);
	assert_string_equal(c.path, "/usr/include/");
	c = key('u');
	assert_int_equal(c.kind, ACTION_FILES_UNMUTE);
	assert_string_equal(c.path, "/usr/include/stdio.h");
	assert_false(c.on);
	assert_int_equal(key('D').kind, ACTION_REFRESH);
	assert_true(ui_spec(ui)->files.directories);
	key('j');
	c = key('m');
	assert_int_equal(c.rule, MUTE_TARGET_PREFIX);
	assert_string_equal(c.path, "/usr/include/stdio.h/");
	assert_true(key('u').on);
}

static void
the_menu_of_a_file_begins_with_it(void **state)
{
	struct command c;

	(void)state;
	frame_add_files(&f);
	key('2');
	assert_int_equal(key('x').kind, ACTION_REFRESH);
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_TARGET], "/dev/null");
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_TARGET_PREFIX], "/dev/");
	assert_int_equal(key('i').kind, ACTION_NONE); /* it is not about a process */
	c = key('t');
	assert_int_equal(c.kind, ACTION_MUTE_MENU);
	assert_int_equal(c.rule, MUTE_TARGET);
	assert_string_equal(c.path, "/dev/null");
}

static void
files_are_sorted_and_filtered_by_themselves(void **state)
{
	(void)state;
	frame_add_files(&f);
	key('2');
	assert_true(ui_spec(ui)->files.reverse);
	key('>');
	key('r');
	assert_false(ui_spec(ui)->files.reverse);
	type("f/usr\r");
	assert_non_null(ui_spec(ui)->files.filter);
	assert_null(ui_spec(ui)->filter);
	key('1');
	type("fmake\r");
	assert_non_null(ui_spec(ui)->filter);
	key('2');
	key('=');
	assert_null(ui_spec(ui)->files.filter);
	assert_non_null(ui_spec(ui)->filter);
}

static void
files_are_searched(void **state)
{
	(void)state;
	frame_add_files(&f);
	key('2');
	type("/client\r");
	assert_string_equal(key('m').path, "/src/client.c");
	key('n');
	assert_string_equal(key('m').path, "/src/client.c");
	type("/nowhere\r");
	screen_has("not found");
}

static void
the_cursor_stays_on_its_file(void **state)
{
	struct file_row first;

	(void)state;
	frame_add_files(&f);
	key('2');
	assert_string_equal(key('u').path, "/dev/null");
	first = f.s.files.rows[0];
	f.s.files.rows[0] = f.s.files.rows[2];
	f.s.files.rows[2] = first;
	assert_string_equal(key('u').path, "/dev/null");
	key('g'); /* the top, whatever comes there */
	f.s.files.rows[2] = f.s.files.rows[0];
	f.s.files.rows[0] = first;
	later();
	assert_int_equal(frame_cursor(), 4);
}

static void
enter_lists_who_uses_a_file_and_goes_to_them(void **state)
{
	struct command c;

	(void)state;
	frame_add_files(&f);
	key('2');
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	assert_string_equal(ui_spec(ui)->files.who, "/dev/null");
	screen_has("who uses /dev/null");
	key(ESC);
	assert_null(ui_spec(ui)->files.who);
	assert_int_equal(shown(), VIEW_FILES);
	key('\r');
	c = key('m'); /* it is a list of programs: m and M mute them, u unmutes */
	assert_int_equal(c.kind, ACTION_MUTE_EXE);
	assert_string_equal(c.path, "/usr/bin/make");
	assert_int_equal(key('M').kind, ACTION_MUTE_EXE);
	c = key('u');
	assert_int_equal(c.kind, ACTION_UNMUTE);
	assert_string_equal(c.path, "/usr/bin/make");
	key('x');
	screen_has("/usr/bin/make");
	screen_has("mute, and events it would have suppressed");
	key(ESC);
	key('j');
	assert_int_equal(key('m').kind, ACTION_NONE); /* not known which */
	screen_has("unknown");
	key('k');
	key('\r');
	assert_int_equal(ui_settings(ui)->view, VIEW_PROCESSES);
	assert_int_equal(ui_spec(ui)->by, BY_PROGRAM);
}

static void
cursor_keys_go_down_and_up_in_directories(void **state)
{
	(void)state;
	frame_add_files(&f);
	key('2');
	key(-KEY_RIGHT);
	screen_has("D lists directories");
	key('D');
	key('j');
	assert_int_equal(key(-KEY_RIGHT).kind, ACTION_REFRESH);
	assert_string_equal(ui_spec(ui)->files.directory, "/usr/include/stdio.h");
	screen_has("in /usr/include/stdio.h");
	assert_int_equal(key(-KEY_LEFT).kind, ACTION_REFRESH);
	assert_string_equal(ui_spec(ui)->files.directory, "/usr/include");
	key(-KEY_LEFT);
	key(-KEY_LEFT);
	assert_null(ui_spec(ui)->files.directory);
	assert_int_equal(key(-KEY_LEFT).kind, ACTION_NONE);
	screen_has("root directory");
}

static void
keys_of_the_processes_are_told_apart(void **state)
{
	static const int keys[] = { 't', 'a', '+', '-', '*', 'b', 's', 'S', 'o', 'F', 'X', 'K' };

	(void)state;
	for (unsigned id = VIEW_PROCESSES + 1; id < VIEW_COUNT; id++)
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
			key(action_info[ACTION_VIEW_PROCESSES + id].keys[0]);
			if (id == VIEW_MUTES && keys[i] != 't')
				continue; /* some have a meaning of their own there */
			assert_int_equal(key(keys[i]).kind, ACTION_NONE);
			screen_has("works in the processes view");
			key('1');
		}
}

/* ---- events ---- */

static void
open_events(void)
{
	frame_add_events(&f);
	key('3');
	screen_has("follows");
}

static void
events_are_held_by_moving_up_and_followed_again_at_the_end(void **state)
{
	(void)state;
	open_events();
	assert_false(ui_spec(ui)->hold_events);
	assert_int_equal(key('k').kind, ACTION_REFRESH);
	assert_true(ui_spec(ui)->hold_events);
	screen_has("held");
	assert_int_equal(key('k').kind, ACTION_NONE);
	assert_int_equal(key('G').kind, ACTION_REFRESH);
	assert_false(ui_spec(ui)->hold_events);
	screen_has("follows");
	key('p');
	assert_true(ui_spec(ui)->hold_events);
	key(' ');
	assert_false(ui_spec(ui)->hold_events);
	frame_finish(&f);
}

static void
events_scroll_to_the_oldest_and_back(void **state)
{
	(void)state;
	open_events();
	screen_has("event 157");
	screen_lacks("child 4191");
	key('g');
	screen_has("child 4191");
	screen_lacks("event 157");
	assert_int_equal(frame_cursor(), 4);
	for (int i = 0; i < 3; i++)
		key(-KEY_NPAGE);
	screen_lacks("child 4191");
	for (int i = 0; i < 10; i++)
		key(-KEY_NPAGE);
	screen_has("event 157");
	key(-KEY_PPAGE);
	screen_lacks("event 157");
	screen_has("header-33.h");
	frame_finish(&f);
}

static void
what_is_held_does_not_move_when_more_comes(void **state)
{
	char *before, *after;

	(void)state;
	open_events();
	for (int i = 0; i < 30; i++)
		key('k');
	before = frame_read();
	f.s.history = f.history;
	for (int i = 0; i < 40; i++) {
		struct history_entry entry;

		assert_true(history_at(f.history, 0, &entry));
		history_add(f.history, entry.event, NULL);
	}
	ui_draw(ui, &f.s);
	after = frame_read();
	/* The header counts the new ones; below it nothing moves. */
	assert_string_equal(strstr(before, "TIME"), strstr(after, "TIME"));
	free(before);
	free(after);
	frame_finish(&f);
}

/* As of a recording whose lines have none. */
static void
an_event_without_a_time_shows_none(void **state)
{
	const struct event e = {
		.size = sizeof(e), .id = EV_OPEN, .flags = EVENT_NO_TIME, .who = { .pid = 7777 }
	};

	(void)state;
	open_events();
	f.s.history = f.history;
	history_add(f.history, &e, NULL);
	ui_draw(ui, &f.s);
	screen_has("7777");
	screen_lacks("00:00:00.000");
	key('\r');
	screen_has("7777, pidversion 0");
	screen_has("not known");
	screen_lacks("1970-");
	frame_finish(&f);
}

static void
events_are_filtered_by_process_target_and_type(void **state)
{
	(void)state;
	open_events();
	type("f/tmp\r");
	screen_has("/tmp/ccA81.s");
	screen_lacks("header-39");
	assert_null(ui_spec(ui)->filter);
	key('=');
	type("fev:signal\r");
	screen_has("SIGTERM");
	screen_lacks("ccA81");
	key('=');
	type("f!cc1\r");
	screen_has("child 4191");
	screen_lacks("ccA81");
	key('=');
	type("fnothing like this\r");
	screen_has("none of the newest events matches");
	assert_int_equal(key('m').kind, ACTION_NONE);
	frame_finish(&f);
}

static void
events_are_searched_from_the_newest_on(void **state)
{
	(void)state;
	open_events();
	type("/header-7.h\r");
	screen_has("header-7.h");
	screen_has("held");
	type("/nowhere\r");
	screen_has("nothing older matches");
	frame_finish(&f);
}

static void
an_event_shows_all_of_itself_and_mutes_who_did_it(void **state)
{
	struct command c;

	(void)state;
	open_events();
	for (int i = 0; i < 4; i++)
		key('k');
	key('\r');
	screen_has("modified");
	screen_has("/tmp/ccA81.s");
	screen_has("pidversion 12570");
	c = key('m');
	assert_int_equal(c.kind, ACTION_MUTE_PROCESS);
	assert_int_equal(c.key.pid, 4190);
	assert_int_equal(c.version, 12570);
	assert_int_equal(key('x').kind, ACTION_REFRESH);
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_TARGET], "/tmp/ccA81.s");
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_TARGET_PREFIX], "/tmp/");
	key(ESC);
	key(ESC);
	assert_int_equal(shown(), VIEW_EVENTS);
	frame_finish(&f);
}

/* From an event to who acted, to a file of that, to its parent; and back by the same way. */
static void
enter_leads_from_page_to_page_and_esc_back(void **state)
{
	(void)state;
	frame_add_process(&f);
	open_events();
	for (int i = 0; i < 4; i++)
		key('k');
	key('\r'); /* the close of /tmp/ccA81.s by 4190 */
	screen_has("one event");
	type("/PID\r");
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	assert_true(ui_spec(ui)->process.asked);
	assert_int_equal(ui_spec(ui)->process.key.pid, 4190);
	screen_has("one process");
	type("/Makefile\r");
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	screen_has("one file");
	assert_true(ui_spec(ui)->files.asked);
	assert_string_equal(ui_spec(ui)->files.who, "/src/Makefile");
	assert_false(ui_spec(ui)->process.asked);
	assert_int_equal(key('m').kind, ACTION_FILES_MUTE);
	type("/directory\r");
	key('\r');
	screen_has("one directory");
	assert_true(ui_spec(ui)->files.directories);
	assert_string_equal(ui_spec(ui)->files.who, "/src");
	key(ESC);
	assert_false(ui_spec(ui)->files.directories);
	screen_has("one file");
	key(ESC);
	screen_has("one process");
	assert_false(ui_spec(ui)->files.asked);
	assert_int_equal(ui_spec(ui)->process.key.pid, 4190);
	type("/parents\r");
	key('\r');
	assert_int_equal(ui_spec(ui)->process.key.pid, 3303);
	key(ESC);
	key(ESC);
	screen_has("one event");
	key(ESC);
	screen_has("held");
	assert_false(ui_spec(ui)->process.asked);
	frame_finish(&f);
}

static void
a_file_page_lists_its_users_and_events(void **state)
{
	(void)state;
	frame_add_process(&f);
	open_events();
	for (int i = 0; i < 4; i++)
		key('k');
	key('\r');
	type("/target\r");
	key('\r');
	f.s.files.users[0] =
		(struct file_user_row){ .key = { 4190, 7 }, .exe = "/usr/lib/gcc/cc1", .opens = 3 };
	f.s.files.user_count = 1;
	ui_draw(ui, &f.s);
	screen_has("/usr/lib/gcc/cc1: 0 events, 3 opens");
	screen_has("rename by 4190");
	type("/3 opens\r");
	key('\r');
	assert_int_equal(ui_spec(ui)->process.key.pid, 4190);
	key(ESC);
	type("/rename\r");
	key('\r');
	screen_has("one event");
	screen_has("rename (25)");
	f.s.files.user_count = 0;
	frame_finish(&f);
}

static void
a_page_that_has_a_cursor_scrolls_to_it(void **state)
{
	(void)state;
	frame_add_process(&f);
	key('j');
	key('j');
	key('\r');
	screen_has("runs, with 2 children");
	for (int i = 0; i < 30; i++)
		key('j');
	screen_lacks("runs, with 2 children");
	key('g');
	screen_has("runs, with 2 children");
	type("/no such text\r");
	screen_has("not found on this page");
	frame_finish(&f);
}

static void
a_line_is_copied_unless_that_is_off(void **state)
{
	(void)state;
	ui->settings.clipboard = true;
	key('y');
	screen_has("copied, if the terminal allows it");
	ui->settings.clipboard = false;
	key('y');
	screen_has("copying is off");
	ui->settings.clipboard = true;
	key('5');
	key('y');
	screen_has("nothing to copy here");
}

/* All fields are asked for while they can be looked at, and no longer. */
static void
fields_of_events_are_asked_for_by_their_view_and_pages(void **state)
{
	(void)state;
	frame_add_process(&f);
	assert_false(ui_spec(ui)->event_fields);
	key('3');
	assert_true(ui_spec(ui)->event_fields);
	key('1');
	assert_false(ui_spec(ui)->event_fields);
	key('\r');
	assert_true(ui_spec(ui)->event_fields);
	key(ESC);
	assert_false(ui_spec(ui)->event_fields);
	open_events();
	key('k');
	key('\r');
	key(ESC);
	assert_true(ui_spec(ui)->event_fields);
	frame_finish(&f);
}

/* ---- types ---- */

static void
types_are_switched_but_those_of_the_tree(void **state)
{
	struct command c;

	(void)state;
	frame_add_types(&f);
	key('5');
	assert_true(ui_spec(ui)->minute);
	c = key(' ');
	assert_int_equal(c.kind, ACTION_TYPES_TOGGLE);
	assert_true(c.events == (f.s.subscribed & ~EVENT_BIT(EV_OPEN)));
	f.s.subscribed = c.events;
	ui_draw(ui, &f.s);
	c = key('\r'); /* the cursor stays with the type, wherever it goes */
	assert_true(c.events == (f.s.subscribed | EVENT_BIT(EV_OPEN)));
	type("/fork\r");
	assert_int_equal(key(' ').kind, ACTION_NONE);
	screen_has("always subscribed");
	type("/get_task_name\r");
	assert_int_equal(key(' ').kind, ACTION_NONE);
	screen_has("get_task_name is not available on this system");
	frame_finish(&f);
}

static void
a_hot_type_that_takes_over_is_warned_of(void **state)
{
	(void)state;
	frame_add_types(&f);
	f.s.rate[EV_STAT] = 1000;
	key('5');
	screen_lacks("of all events");
	f.s.rate[EV_STAT] = 40000;
	f.s.rate_all = 44000;
	ui_draw(ui, &f.s);
	screen_has("stat is 91 % of all events, 40000/s");
	frame_finish(&f);
}

static void
a_type_that_makes_up_a_minute_is_warned_of_too(void **state)
{
	struct minute minute = { .count = MINUTE_SECONDS };
	struct minute *before;

	(void)state;
	frame_add_types(&f);
	f.s.subscribed |= EVENT_BIT(EV_CHDIR);
	f.s.rate[EV_CHDIR] = 900;
	before = f.s.minute;
	f.s.minute = &minute;
	for (unsigned i = 0; i < MINUTE_SECONDS; i++) {
		minute.sample[i][EV_CHDIR] = 900;
		minute.sample[i][EV_OPEN] = i ? 500 : 60000;
	}
	key('5');
	screen_lacks("of all events"); /* 54,000 of 143,500 */
	minute.sample[0][EV_OPEN] = 500;
	ui_draw(ui, &f.s);
	screen_has("chdir is 64 % of all events, 900/s");
	/* Not before there was a whole minute, and never of what estop is about. */
	minute.count--;
	ui_draw(ui, &f.s);
	screen_lacks("of all events");
	minute.count++;
	for (unsigned i = 0; i < MINUTE_SECONDS; i++)
		minute.sample[i][EV_OPEN] = 50000;
	ui_draw(ui, &f.s);
	screen_lacks("of all events");
	f.s.minute = before;
	frame_finish(&f);
}

/* ---- the detail of a process ---- */

static void
enter_shows_all_about_a_process(void **state)
{
	struct command c;

	(void)state;
	frame_add_process(&f);
	key('j');
	key('j');
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	assert_true(ui_spec(ui)->process.asked);
	assert_int_equal(ui_spec(ui)->process.key.pid, 4120);
	assert_false(ui_spec(ui)->process.group);
	screen_has("'CFLAGS=-O2 -g'");
	c = key('m');
	assert_int_equal(c.kind, ACTION_MUTE_PROCESS);
	assert_int_equal(c.key.pid, 4120);
	c = key('M');
	assert_string_equal(c.path, "/usr/bin/make");
	assert_int_equal(key('u').kind, ACTION_UNMUTE);
	key('G');
	screen_has("Mutes that cover it");
	key('g');
	screen_has("'CFLAGS=-O2 -g'");
	f.s.process.exited = true;
	assert_int_equal(key('m').kind, ACTION_NONE);
	screen_has("has exited");
	key('n');
	assert_int_equal(key(ESC).kind, ACTION_REFRESH);
	assert_false(ui_spec(ui)->process.asked);
	assert_int_equal(highlighted(), 4120);
	key('\r');
	key('\t'); /* another view closes it */
	assert_false(ui_spec(ui)->process.asked);
	frame_finish(&f);
}

static void
enter_on_exited_processes_shows_the_group(void **state)
{
	(void)state;
	f.row[2].flags |= ROW_GROUP | ROW_EXITED;
	key('j');
	key('j');
	key('\r');
	assert_true(ui_spec(ui)->process.group);
	screen_has("no longer listed");
}

/* As where /bin is a link to /usr/bin. */
static char *
merged(const char *typed)
{
	char path[256];

	if (strncmp(typed, "/bin", 4) != 0)
		return NULL;
	snprintf(path, sizeof path, "/usr%s", typed);
	return strdup(path);
}

static void
reopen_merged(bool replay)
{
	struct ui_config config = frame_config();

	ui_close(ui);
	config.canonical = merged;
	config.replay = replay;
	ui = frame_open(24, 80, &config);
	ui_draw(ui, &f.s);
}

static void
a_typed_path_in_a_filter_finds_what_it_is_to_events(void **state)
{
	const struct filter_subject make = { .exe = "/usr/bin/make" };

	(void)state;
	reopen_merged(false);
	assert_int_equal(type("f/bin/make\r").kind, ACTION_REFRESH);
	assert_string_equal(filter_text(ui_spec(ui)->filter), "/bin/make");
	assert_true(filter_match(ui_spec(ui)->filter, &make));
	screen_has("/bin/make is /usr/bin/make");
	type("//bin/make\r");
	assert_int_equal(highlighted(), 4120);
	/* What does not exist is looked for as it was typed. */
	key('=');
	type("f/usr/bin/make\r");
	assert_true(filter_match(ui_spec(ui)->filter, &make));
	screen_lacks(" is /usr");
}

static void
a_typed_path_in_the_menu_becomes_what_it_is_to_events(void **state)
{
	struct command c;

	(void)state;
	reopen_merged(false);
	key('j');
	key('x');
	for (int i = 0; i < 2; i++)
		key(-KEY_DOWN);
	key('\t');
	key(ACTION_CTRL('U'));
	type("/bin/sh");
	c = key('\r');
	assert_int_equal(c.kind, ACTION_REFRESH);
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_EXE], "/usr/bin/sh");
	screen_has("/bin/sh is /usr/bin/sh");
	c = key('\r');
	assert_int_equal(c.kind, ACTION_MUTE_MENU);
	assert_string_equal(c.path, "/usr/bin/sh");
	/* What came from events stays, also when it is accepted in the prompt. */
	f.row[1].exe = "/bin/inside-a-container";
	key('x');
	for (int i = 0; i < 2; i++)
		key(-KEY_DOWN);
	key('\t');
	key('\r');
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_EXE], "/bin/inside-a-container");
	key(ESC);
	/* A recording may be of another system. */
	reopen_merged(true);
	key('x');
	key('t');
	type("/bin/sh");
	key('\r');
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_TARGET], "/bin/sh");
}

static void
tab_knows_a_directory_by_its_other_name(void **state)
{
	(void)state;
	reopen_merged(false);
	type("f!/bin/ma\t");
	screen_has("filter: !/usr/bin/make");
	type("\x15make|\"/bin/m\t"); /* a quote that is open is closed, as text it would be no path */
	screen_has("filter: make|/usr/bin/make");
	type("\x15/bin/nothing\t");
	screen_has("filter: /bin/nothing");
	screen_has("nothing seen begins with this");
	key(ESC);
	key('x');
	for (int i = 0; i < 2; i++)
		key(-KEY_DOWN);
	key('\t');
	key(ACTION_CTRL('U'));
	type("/bin/mak\t");
	screen_has("executable: /usr/bin/make");
}

static void
no_prefix_that_covers_everything_is_offered(void **state)
{
	(void)state;
	f.row[1].exe = "/memfd:sealed (deleted)";
	key('j');
	key('x');
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_EXE], "/memfd:sealed (deleted)");
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_PREFIX], "");
	key('p'); /* nothing to take: it is typed */
	screen_has("prefix:");
	key(ESC);
	key(ESC);
	frame_add_files(&f);
	f.s.files.rows[0].path = (char *)"/swapfile";
	key('2');
	key('x');
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_TARGET], "/swapfile");
	assert_string_equal(ui_spec(ui)->saving.path[MUTE_TARGET_PREFIX], "");
}

static void
a_prefix_that_covers_everything_is_asked_about(void **state)
{
	struct command c;

	(void)state;
	for (int yes = 0; yes < 2; yes++) {
		key('x');
		for (int i = 0; i < 3; i++)
			key(-KEY_DOWN);
		key('\t');
		key(ACTION_CTRL('U'));
		type("//");
		key('\r');
		c = key('\r');
		assert_int_equal(c.kind, ACTION_NONE);
		screen_has("this mutes every program; mute? y/n");
		c = key(yes ? 'y' : 'n');
		assert_int_equal(c.kind, yes ? ACTION_MUTE_MENU : ACTION_NONE);
	}
	assert_int_equal(c.rule, MUTE_PREFIX);
	assert_string_equal(c.path, "//");
	frame_add_files(&f);
	f.s.files.rows[0].path = (char *)"/swapfile";
	key('2');
	assert_int_equal(key('M').kind, ACTION_NONE);
	screen_has("this mutes events on every file; mute? y/n");
	c = key('y');
	assert_int_equal(c.kind, ACTION_FILES_MUTE);
	assert_string_equal(c.path, "/");
}

static void
a_title_is_shown_in_quotes_and_the_page_shows_both(void **state)
{
	(void)state;
	f.row[2].title = "make: \033[31mwaiting";
	ui_draw(ui, &f.s);
	screen_has("\"make: ");
	screen_lacks("\033");
	screen_lacks("make -j8");
	frame_add_process(&f);
	free(f.s.process.title);
	f.s.process.title = strdup("make: waiting");
	key('j');
	key('j');
	key('\r');
	screen_has("\"make: waiting\", as the process calls itself");
	screen_has("make -j8");
	frame_finish(&f);
}

static void
rows_on_the_screen_are_named(void **state)
{
	size_t rows[8] = { 0 };

	(void)state;
	assert_int_equal(ui_rows_shown(ui, &f.s, rows, 3), 3);
	assert_int_equal(rows[0], 0);
	assert_int_equal(rows[2], 2);
	frame_size(8, 80);
	ui_resize(ui);
	key('G');
	ui_draw(ui, &f.s);
	size_t n = ui_rows_shown(ui, &f.s, rows, 8);
	assert_true(n > 0 && n < 8);
	assert_int_equal(rows[n - 1], f.s.count - 1);
	key('?');
	assert_int_equal(ui_rows_shown(ui, &f.s, rows, 8), 0);
	key(ESC);
	key('2');
	assert_int_equal(ui_rows_shown(ui, &f.s, rows, 8), 0);
}

static void
the_end_of_cut_arguments_is_marked(void **state)
{
	(void)state;
	f.row[2].flags |= ROW_ARGS_CUT;
	ui_draw(ui, &f.s);
	screen_has("make -j8 ...");
	type("f~nothing\r");
	filter_match(ui_spec(ui)->filter, &(struct filter_subject){ .args = "x", .args_cut = true });
	ui_draw(ui, &f.s);
	screen_has("filter (may miss: arguments cut) ~nothing");
	key('=');
	f.row[2].flags |= ROW_ARGS_CUT;
	type("/nowhere-to-be-found\r");
	screen_has("not found");
	frame_add_process(&f);
	free(f.s.process.look.args);
	free(f.s.process.look.cwd);
	free(f.s.process.look.tty);
	free(f.s.process.look.unit);
	f.s.process.look = (struct process_look){ 0 };
	f.s.process.args_cut = true;
	key('g');
	key('j');
	key('j');
	key('\r');
	screen_has("make -j8 ...");
	frame_finish(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BUSY(the_menu_mutes_by_what_is_chosen),
		BUSY(in_the_files_the_menu_has_what_applies_to_files),
		BUSY(a_mute_file_is_asked_for),
		BUSY(the_header_says_in_words_what_is_muted_and_its_worth),
		BUSY(events_are_chosen_with_ticks),
		BUSY(a_group_is_ticked_as_one),
		BUSY(types_that_came_are_among_the_ticks),
		BUSY(the_list_of_mutes_has_its_own_keys),
		BUSY(enter_in_the_list_goes_to_the_rows),
		BUSY(undo_and_redo_and_inversion_are_asked_for),
		BUSY(the_table_names_each_key_once),
		BUSY(keys_of_a_recording_come_before_those_of_the_view),
		BUSY(every_key_means_what_its_scope_says),
		BUSY(every_view_is_in_the_table_under_its_name),
		BUSY(the_cursor_moves),
		BUSY(pages_turn),
		BUSY(the_cursor_stays_on_its_process),
		BUSY(a_process_that_goes_leaves_the_cursor_on_its_line),
		BUSY(a_reused_pid_is_another_process),
		BUSY(rows_stand_still_for_a_moment_after_a_key),
		BUSY(a_frozen_order_stays_until_it_is_let_go),
		BUSY(a_new_row_keeps_its_place_in_a_frozen_order),
		BUSY(sorting_anew_freezes_the_new_order),
		BUSY(a_followed_row_keeps_its_line_of_the_screen),
		BUSY(a_followed_row_that_goes_is_told),
		BUSY(what_changes_the_order_on_purpose_ends_the_standstill),
		BUSY(frozen_trees_keep_siblings_in_order),
		BUSY(freezing_an_unchanged_tree_changes_nothing),
		BUSY(the_view_stays_at_the_top_until_the_cursor_is_moved),
		BUSY(mutes_name_the_highlighted_process),
		BUSY(what_has_exited_is_muted_by_its_executable),
		BUSY(unmuting_all_asks_first),
		BUSY(minus_and_left_fold_what_has_children),
		BUSY(plus_and_right_unfold_what_is_folded),
		BUSY(left_goes_to_the_parent_when_there_is_nothing_to_fold),
		BUSY(star_folds_all_and_then_unfolds_all),
		BUSY(folding_all_keeps_a_relative_in_sight),
		BUSY(commands_scroll_when_there_is_nothing_to_fold),
		BUSY(search_hides_nothing),
		BUSY(search_without_anything_searched),
		BUSY(filters_are_set_corrected_and_cleared),
		BUSY(the_prompt_edits),
		BUSY(pasted_text_is_never_a_key),
		BUSY(words_are_passed_and_removed),
		BUSY(prompts_remember_what_was_typed),
		BUSY(tab_completes_what_is_seen),
		BUSY(one_user_or_subtree_is_shown_alone_until_escape),
		BUSY(a_row_for_many_is_shown_alone_by_what_it_is_about),
		BUSY(the_old_text_of_a_prompt_is_replaced_by_typing),
		BUSY(u_on_what_is_not_muted_shows_the_rows_of_its_user),
		BUSY(a_signal_is_asked_about_by_pid_and_start),
		BUSY(a_column_without_room_is_marked_in_setup),
		BUSY(a_scrolled_command_is_said_in_its_title),
		BUSY(with_a_scope_the_rate_of_the_machine_says_all),
		BUSY(a_flat_list_opens_at_its_top),
		BUSY(keys_of_htop_that_do_nothing_say_what_does),
		BUSY(the_bottom_line_can_be_clicked),
		BUSY(tab_completes_units_terminals_and_numbers),
		BUSY(tab_completes_files_where_they_are_listed),
		BUSY(tab_quotes_what_has_blanks),
		BUSY(errors_are_marked_where_they_are),
		BUSY(the_interval_is_asked_for),
		BUSY(each_column_sorts_in_its_own_direction_until_it_is_reversed),
		BUSY(sorting_goes_round_the_columns_that_are_shown),
		BUSY(the_sort_menu_sorts_by_any_column_both_ways),
		BUSY(the_setup_panel_shows_moves_and_widens_columns),
		BUSY(the_mouse_selects_sorts_and_folds),
		BUSY(the_wheel_scrolls),
		BUSY(the_mouse_works_in_menus_and_lists),
		BUSY(help_begins_with_the_view),
		BUSY(the_first_hint_goes_with_time_or_a_key),
		BUSY(settings_open_the_same_screen_again),
		BUSY(a_mark_is_set_and_ended),
		BUSY(what_is_shown_is_switched_by_a_key_each),
		BUSY(help_scrolls_and_goes_away),
		BUSY(messages_go_with_time_or_a_key),
		BUSY(unknown_escape_sequences_are_no_keys),
		BUSY(views_are_shown_by_number_and_in_turn),
		BUSY(each_view_keeps_its_cursor),
		BUSY(only_what_is_shown_is_asked_for),
		BUSY(files_are_muted_as_targets),
		BUSY(the_menu_of_a_file_begins_with_it),
		BUSY(files_are_sorted_and_filtered_by_themselves),
		BUSY(files_are_searched),
		BUSY(the_cursor_stays_on_its_file),
		BUSY(enter_lists_who_uses_a_file_and_goes_to_them),
		BUSY(cursor_keys_go_down_and_up_in_directories),
		BUSY(keys_of_the_processes_are_told_apart),
		BUSY(events_are_held_by_moving_up_and_followed_again_at_the_end),
		BUSY(events_scroll_to_the_oldest_and_back),
		BUSY(what_is_held_does_not_move_when_more_comes),
		BUSY(an_event_without_a_time_shows_none),
		BUSY(events_are_filtered_by_process_target_and_type),
		BUSY(events_are_searched_from_the_newest_on),
		BUSY(an_event_shows_all_of_itself_and_mutes_who_did_it),
		BUSY(enter_leads_from_page_to_page_and_esc_back),
		BUSY(a_file_page_lists_its_users_and_events),
		BUSY(a_page_that_has_a_cursor_scrolls_to_it),
		BUSY(a_line_is_copied_unless_that_is_off),
		BUSY(fields_of_events_are_asked_for_by_their_view_and_pages),
		BUSY(types_are_switched_but_those_of_the_tree),
		BUSY(a_hot_type_that_takes_over_is_warned_of),
		BUSY(a_type_that_makes_up_a_minute_is_warned_of_too),
		BUSY(enter_shows_all_about_a_process),
		BUSY(enter_on_exited_processes_shows_the_group),
		BUSY(every_size_can_be_drawn),
		BUSY(random_keys_and_sizes_do_no_harm),
		BUSY(a_typed_path_in_a_filter_finds_what_it_is_to_events),
		BUSY(a_typed_path_in_the_menu_becomes_what_it_is_to_events),
		BUSY(tab_knows_a_directory_by_its_other_name),
		BUSY(no_prefix_that_covers_everything_is_offered),
		BUSY(a_prefix_that_covers_everything_is_asked_about),
		BUSY(a_title_is_shown_in_quotes_and_the_page_shows_both),
		BUSY(rows_on_the_screen_are_named),
		BUSY(the_end_of_cut_arguments_is_marked),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
