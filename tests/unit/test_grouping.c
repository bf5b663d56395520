/*
 * Groupings on the screen: the rows of a real tree, grouped by each of the table, and the keys
 * that choose, unfold and mute them.
 */
#include "tests/lib/build.h"
#include "tests/lib/frame.h"
#include "model/tree.h"
#include "ui/action.h"
#include "ui/column.h"
#include "ui/curses.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct frame f;
static struct ui *ui;
static struct tree *tree;
static struct files *files;

static const char *
user_name(uint32_t uid)
{
	return uid == 0 ? "root" : uid == 1000 ? "alice" : "bob";
}

/* ---- the machine ---- */

struct program {
	int32_t pid, ppid;
	uint32_t uid;
	const char *exe, *cgroup, *tty, *signer;
	unsigned opens;
};

static void
start(const struct program *p)
{
	struct event_proc who = as_user(below(pid(p->pid, 1), p->ppid), p->uid);
	struct event *e = with(with(seen_of(who, p->exe), FIELD_CGROUP, p->cgroup), FIELD_SIGNER, p->signer);

	tree_apply(tree, p->tty ? with(e, FIELD_TTY, p->tty) : e);
	for (unsigned n = 0; n < p->opens; n++)
		tree_apply(tree, open_of(who, "/a"));
}

/* gcc of make (pid 30) with cc1 and as below it; all end. */
static void
compile(int32_t first)
{
	static const char *const exe[] = { "/usr/bin/gcc", "/usr/lib/gcc/cc1", "/usr/bin/as" };
	struct event_proc gcc = { 0 };

	for (int32_t k = 0; k < 3; k++) {
		struct event_proc born =
			begun(below(pid(first + k, 1), k ? first : 30), (uint64_t)first * 1000);
		struct event_proc runs = born;

		runs.version = 2;
		tree_apply(tree, at(fork_of(k ? gcc : below(pid(30, 1), 20), born), NOON + 100));
		tree_apply(tree, at(with(with(exec_of(born, runs, exe[k]), FIELD_TTY, "/dev/pts/3"),
					 FIELD_SIGNER, "TEAM42/org.gnu.gcc"),
				    NOON + 100));
		for (int32_t n = 0; n < 4 - k; n++)
			tree_apply(tree, at(open_of(runs, "/a.h"), NOON + 200));
		if (k == 0)
			gcc = runs;
		else
			tree_apply(tree, at(exit_of(runs, 0), NOON + SECOND / 100));
	}
	tree_apply(tree, at(exit_of(gcc, 0), NOON + SECOND / 50));
}

static void
machine(void)
{
	static const struct program programs[] = {
		{ 1, 0, 0, "/usr/lib/systemd/systemd", "/init.scope", NULL, "platform/systemd", 3 },
		{ 10, 1, 0, "/usr/sbin/nginx", "/system.slice/nginx.service", NULL, "TEAM7/nginx", 20 },
		{ 11, 10, 33, "/usr/sbin/nginx", "/system.slice/nginx.service", NULL, "TEAM7/nginx", 200 },
		{ 12, 10, 33, "/usr/sbin/nginx", "/system.slice/nginx.service", NULL, "TEAM7/nginx", 150 },
		{ 20, 1, 1000, "/bin/bash", "/user.slice/user-1000.slice/session-3.scope", "/dev/pts/3",
		  "platform/bash", 9 },
		{ 30, 20, 1000, "/usr/bin/make", "/user.slice/user-1000.slice/session-3.scope", "/dev/pts/3",
		  "TEAM42/org.gnu.make", 12 },
		{ 40, 1, 1000, "/usr/bin/postgres",
		  "/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope",
		  NULL, "TEAM9/postgres", 40 },
	};

	tree = tree_create();
	files = files_create();
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		start(&programs[i]);
	tree_tick(tree, NOON, 60 * SECOND);
	for (int32_t i = 0; i < 12; i++)
		compile(100 + 10 * i);
	for (unsigned n = 0; n < 200; n++) {
		struct event *e =
			open_of(as_user(pid(11, 1), 33), n % 4 ? "/srv/index.html" : "/srv/logo.svg");

		files_add(files, e, tree_exe(tree, &e->who));
		tree_apply(tree, e);
	}
	tree_tick(tree, NOON + SECOND, 60 * SECOND);
}

/* ---- the screen ---- */

static void
take(void)
{
	snapshot_take(&f.s, tree, NULL, ui_spec(ui), NOON + SECOND);
	if (ui_spec(ui)->process.asked)
		process_page_take(&f.s.process, tree, files, NULL, NULL, &ui_spec(ui)->process);
	ui_draw(ui, &f.s);
}

static struct ui_config
config(void)
{
	struct ui_config c = frame_config();

	c.user_name = user_name;
	c.settings.exited_secs = 60;
	return c;
}

static void
open_screen(int lines, int columns)
{
	const struct ui_config c = config();

	machine();
	ui = frame_open(lines, columns, &c);
	take();
}

static void
close_screen(void)
{
	ui_close(ui);
	snapshot_finish(&f.s);
	files_destroy(files);
	tree_destroy(tree);
}

/* A key, and what the program does for it. */
static struct command
key(int k)
{
	struct command c;

	ui_key(ui, &f.s, k, &c);
	if (c.kind == ACTION_FOLD)
		tree_fold(tree, c.key, c.on);
	else if (c.kind == ACTION_FOLD_ALL)
		(c.key.pid ? tree_fold_groups : tree_fold_all)(tree, c.on);
	else if (c.kind == ACTION_SEARCH) {
		struct reveal found;
		bool any = reveal_next(tree, ui_spec(ui), c.search, c.key, c.on, c.id, NOON + SECOND, &found);

		ui_found(ui, any ? &found : NULL, c.on);
	}
	take();
	return c;
}

static void
every_grouping_has_its_screen(void **state)
{
	static const int sizes[][2] = { { 4, 20 }, { 24, 80 }, { 50, 200 } };

	(void)state;
	for (unsigned by = BY_FLAT; by < GROUPING_COUNT; by++)
		for (unsigned i = 0; i < 3; i++) {
			char name[40];

			open_screen(sizes[i][0], sizes[i][1]);
			key('b');
			key(grouping_info[by].key);
			assert_int_equal(ui_spec(ui)->by, by);
			snprintf(name, sizeof name, "by_%s_%dx%d", grouping_info[by].name, sizes[i][1],
				 sizes[i][0]);
			frame_is(name);
			close_screen();
		}
}

static void
unfolded_groups_show_their_processes_and_what_ended(void **state)
{
	(void)state;
	open_screen(24, 80);
	key('6');
	assert_int_equal(ui_spec(ui)->by, BY_PROGRAM);
	key('*');
	frame_is("by_program_unfolded_80x24");
	key('*');
	key('b');
	frame_is("menu_by_80x24");
	key(27);
	key('6'); /* and back */
	assert_int_equal(ui_spec(ui)->by, BY_TREE);
	frame_is("nested_80x24");
	close_screen();
}

static void
the_cursor_keys_fold_a_group(void **state)
{
	size_t folded;

	(void)state;
	open_screen(24, 80);
	key('6');
	folded = f.s.count;
	assert_int_equal(key(-KEY_RIGHT).kind, ACTION_FOLD); /* nginx has most events per second */
	assert_int_equal(f.s.count, folded + 3);
	assert_int_equal(f.s.rows[1].depth, 1);
	key('j');
	key('j');
	key(-KEY_LEFT); /* from a process to its group */
	assert_int_equal(key('-').kind, ACTION_FOLD);
	assert_int_equal(f.s.count, folded);
	assert_int_equal(key('+').kind, ACTION_FOLD);
	assert_int_equal(f.s.count, folded + 3);
	close_screen();
}

static void
m_on_a_program_mutes_its_executable(void **state)
{
	struct command c;

	(void)state;
	open_screen(24, 80);
	key('6');
	c = key('m');
	assert_int_equal(c.kind, ACTION_MUTE_EXE);
	assert_string_equal(c.path, "/usr/sbin/nginx");
	c = key('M');
	assert_int_equal(c.kind, ACTION_MUTE_EXE);
	/* A process below it is muted as anywhere. */
	key('+');
	key('j');
	c = key('m');
	assert_int_equal(c.kind, ACTION_MUTE_PROCESS);
	assert_int_equal(c.key.pid, 11);
	close_screen();
}

static void
m_on_a_unit_user_or_signer_mutes_that(void **state)
{
	static const struct {
		char key;
		enum mute_kind kind;
		const char *what;
	} cases[] = { { 'n', MUTE_UNIT, "session-3.scope" },
		      { 'u', MUTE_USER, "alice" },
		      { 'g', MUTE_SIGNER, "TEAM42/org.gnu.gcc" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct command c;

		open_screen(24, 80);
		key('b');
		key(cases[i].key);
		c = key('m');
		assert_int_equal(c.kind, ACTION_MUTE_MENU);
		assert_int_equal(c.rule, cases[i].kind);
		assert_string_equal(c.path, cases[i].what);
		assert_true(c.on); /* or removes such a rule */
		close_screen();
	}
	open_screen(24, 80);
	key('b');
	key('s');
	assert_int_equal(key('m').kind, ACTION_NONE); /* nobody can mute a terminal */
	close_screen();
}

static void
the_cursor_stays_on_its_group(void **state)
{
	(void)state;
	open_screen(24, 80);
	key('6');
	key('j');
	key('j');
	struct proc_key before = f.s.rows[2].key;
	for (unsigned n = 0; n < 500; n++)
		tree_apply(tree, open_of(pid(40, 1), "/db"));
	tree_tick(tree, NOON + 2 * SECOND, 60 * SECOND);
	take();
	assert_true(snapshot_find(&f.s, before, 0) >= 0);
	assert_true(f.s.rows[0].total[EV_OPEN] > 500); /* postgres is on top now */
	assert_string_equal(f.s.rows[0].name, "postgres");
	close_screen();
}

static void
t_leads_from_a_grouping_to_the_tree(void **state)
{
	(void)state;
	open_screen(24, 80);
	key('6');
	key('t');
	assert_int_equal(ui_spec(ui)->by, BY_TREE);
	key('t');
	assert_int_equal(ui_spec(ui)->by, BY_FLAT);
	assert_true(ui_settings(ui)->flat);
	key('b');
	key('u');
	assert_int_equal(ui_spec(ui)->by, BY_USER);
	assert_false(ui_settings(ui)->flat);
	assert_int_equal(ui_settings(ui)->by, BY_USER);
	close_screen();
}

static void
after_the_end_totals_stand_where_rates_stood(void **state)
{
	static const int sizes[][2] = { { 4, 20 }, { 24, 80 }, { 50, 200 } };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		char name[40];

		open_screen(sizes[i][0], sizes[i][1]);
		ui_ended(ui);
		take();
		snprintf(name, sizeof name, "ended_%dx%d", sizes[i][1], sizes[i][0]);
		frame_is(name);
		close_screen();
	}
	open_screen(24, 80);
	key('6');
	ui_ended(ui);
	take();
	frame_is("ended_by_program_80x24");
	/* What W saves is as it was. */
	assert_ptr_equal(ui_settings(ui)->sort, column_default_sort());
	assert_int_equal(ui_settings(ui)->columns.n, 0);
	close_screen();
}

static void
where_there_is_a_summary_w_asks_what_to_write(void **state)
{
	struct ui_config c = config();
	struct command written;

	(void)state;
	open_screen(24, 80);
	key('w'); /* there is none: the name, at once */
	written = key('\r');
	assert_int_equal(written.kind, ACTION_EXPORT);
	assert_int_equal(written.what, EXPORT_VIEW);
	assert_string_equal(written.path, "estop-processes.txt");
	close_screen();
	c.summary = "make";
	machine();
	ui = frame_open(24, 80, &c);
	take();
	key('w');
	frame_is("menu_write_80x24");
	key('v');
	written = key('\r');
	assert_int_equal(written.what, EXPORT_VIEW);
	key('w');
	key('s');
	written = key('\r');
	assert_int_equal(written.what, EXPORT_SUMMARY);
	assert_string_equal(written.path, "make-summary.txt");
	key('w');
	key('j');
	written = key('\r');
	assert_int_equal(written.what, EXPORT_SUMMARY_JSON);
	assert_string_equal(written.path, "make-summary.json");
	/* When all has ended the summary is what is meant. */
	ui_ended(ui);
	key('w');
	key('\r');
	assert_int_equal(key('\r').what, EXPORT_SUMMARY);
	key('w');
	assert_int_equal(key(27).kind, ACTION_NONE);
	close_screen();
}

/* The row of the cursor: what y copies. */
static void
cursor_is(const char *name)
{
	char *screen = frame_read(), *line = screen;

	for (int n = frame_cursor(); n > 0; n--)
		line += strcspn(line, "\n") + 1;
	line[strcspn(line, "\n")] = '\0';
	if (!strstr(line, name))
		fail_msg("the cursor is on '%s', not on %s", line, name);
	free(screen);
}

static void
type(const char *text)
{
	for (; *text; text++)
		key(*text);
	key('\r');
}

static void
search_finds_what_is_folded_away_and_opens_it_that_far(void **state)
{
	(void)state;
	open_screen(24, 80);
	tree_fold(tree, (struct proc_key){ 20, NOON - SECOND + 20 }, true);
	tree_fold(tree, (struct proc_key){ 10, NOON - SECOND + 10 }, true);
	take();
	type("/cc1"); /* of an exited group in another, below make, below bash */
	cursor_is("cc1 (exited ×12");
	frame_is("search_folded_80x24"); /* nginx is as it was */
	key('n');
	cursor_is("cc1 (exited ×12");
	type("/nosuchprogram");
	cursor_is("cc1 (exited ×12");
	close_screen();
}

static void
search_finds_processes_in_folded_groups(void **state)
{
	size_t folded;

	(void)state;
	open_screen(24, 80);
	key('6');
	folded = f.s.count;
	type("/pid:12");
	cursor_is(" 12 /usr/sbin/nginx");
	assert_int_equal(f.s.count, folded + 3); /* the other groups stay folded */
	type("/pid:40");
	cursor_is(" 40 /usr/bin/postgres");
	assert_int_equal(f.s.count, folded + 4);
	key('b');
	key('u');
	type("/nginx");
	cursor_is("nginx");
	key('N');
	cursor_is("nginx");
	close_screen();
}

static void
enter_on_a_group_opens_its_page(void **state)
{
	static const int sizes[][2] = { { 4, 20 }, { 24, 80 }, { 50, 200 } };
	static const char keys[] = { 'p', 'n', 'u' };

	(void)state;
	for (unsigned k = 0; k < 3; k++)
		for (unsigned i = 0; i < 3; i++) {
			char name[60];

			open_screen(sizes[i][0], sizes[i][1]);
			key('b');
			key(keys[k]);
			assert_int_equal(key('\r').kind, ACTION_REFRESH);
			snprintf(name, sizeof name, "page_%s_%dx%d", grouping_info[ui_spec(ui)->by].name,
				 sizes[i][1], sizes[i][0]);
			frame_is(name);
			close_screen();
		}
}

/* The sums of its page are those of its row, living and ended, in every grouping. */
static void
the_page_of_a_group_has_the_sums_of_its_row(void **state)
{
	(void)state;
	for (unsigned by = BY_PROGRAM; by < GROUPING_COUNT; by++) {
		open_screen(24, 80);
		key('b');
		key(grouping_info[by].key);
		for (size_t i = 0; i < f.s.count; i++) {
			const struct row *r = &f.s.rows[i];
			const struct page_spec spec = { .asked = true, .key = r->key };
			struct process_page page = { 0 };
			uint64_t total = 0;

			process_page_take(&page, tree, files, NULL, NULL, &spec);
			assert_true(page.found);
			assert_int_equal(page.by, by);
			assert_int_equal(page.alive, r->alive);
			assert_int_equal(page.runs, r->group_count);
			assert_int_equal(page.life_ns, r->group_life_ns);
			for (unsigned k = 0; k < page.type_count; k++)
				total += page.types[k].total;
			assert_int_equal(total, r->total_all);
			process_page_finish(&page);
		}
		close_screen();
	}
}

static void
from_a_groups_page_enter_leads_on_and_m_mutes_it(void **state)
{
	struct command c;

	(void)state;
	open_screen(24, 80);
	key('6');
	key('\r');
	c = key('m');
	assert_int_equal(c.kind, ACTION_MUTE_EXE);
	assert_string_equal(c.path, "/usr/sbin/nginx");
	type("/11"); /* the busiest */
	assert_int_equal(key('\r').kind, ACTION_REFRESH);
	assert_int_equal(ui_spec(ui)->process.key.pid, 11);
	assert_int_equal(f.s.process.by, BY_TREE);
	key(27);
	assert_int_equal(f.s.process.by, BY_PROGRAM);
	key(27);
	assert_false(ui_spec(ui)->process.asked);
	key('b');
	key('u');
	key('\r');
	c = key('m');
	assert_int_equal(c.kind, ACTION_MUTE_MENU);
	assert_int_equal(c.rule, MUTE_USER);
	assert_string_equal(c.path, "alice");
	close_screen();
}

static void
a_group_that_is_not_there_says_so(void **state)
{
	const struct page_spec spec = { .asked = true, .key = { grouping_key(BY_UNIT), 12345 } };
	struct process_page page = { 0 };

	(void)state;
	open_screen(24, 80);
	process_page_take(&page, tree, files, NULL, NULL, &spec);
	assert_false(page.found);
	process_page_finish(&page);
	close_screen();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_grouping_has_its_screen),
		cmocka_unit_test(unfolded_groups_show_their_processes_and_what_ended),
		cmocka_unit_test(the_cursor_keys_fold_a_group),
		cmocka_unit_test(m_on_a_program_mutes_its_executable),
		cmocka_unit_test(m_on_a_unit_user_or_signer_mutes_that),
		cmocka_unit_test(the_cursor_stays_on_its_group),
		cmocka_unit_test(t_leads_from_a_grouping_to_the_tree),
		cmocka_unit_test(search_finds_what_is_folded_away_and_opens_it_that_far),
		cmocka_unit_test(search_finds_processes_in_folded_groups),
		cmocka_unit_test(enter_on_a_group_opens_its_page),
		cmocka_unit_test(the_page_of_a_group_has_the_sums_of_its_row),
		cmocka_unit_test(from_a_groups_page_enter_leads_on_and_m_mutes_it),
		cmocka_unit_test(a_group_that_is_not_there_says_so),
		cmocka_unit_test(after_the_end_totals_stand_where_rates_stood),
		cmocka_unit_test(where_there_is_a_summary_w_asks_what_to_write),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
