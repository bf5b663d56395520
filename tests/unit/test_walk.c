/*
 * Every key of ACTION_TABLE does what its help says, in the whole program: in a pseudo terminal
 * that a terminal emulator (libvterm) reads, with the fake source.
 *
 * The walk goes through the table itself. An action without a row in CHECK_TABLE fails, by name:
 * add a check to those of its group. A check gets the bytes that one of the action's keys
 * sends, and leaves the screen as it found it, for the next key. Processes stand there by their
 * pids, 1 and 100 to 111; nothing happens any more, but that their parent is 1.
 */
#include "src/base/clock.h"
#include "tests/lib/tty.h"
#include "ui/action.h"
#include "ui/curses.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#undef lines

#define SECOND ((uint64_t)1000000000)

enum { ROWS = 24, COLUMNS_WIDE = 110 };

static pid_t pid;
static const char *rate = "0"; /* events per second, of the fake source */
static char directory[64];     /* where the program runs, and has its home */

/* The line with the cursor, which is that of the highlighted row, and what is below. */
static const char *
cursor_line(void)
{
	const char *at = tty_picture();

	for (int line = tty_cursor(); line > 0 && *at; line--)
		at += strcspn(at, "\n") + 1;
	return at;
}

/* The number it begins with. */
static int
cursor_pid(void)
{
	return atoi(cursor_line());
}

static void
expect_pid(int want)
{
	uint64_t end = clock_steady() + 20 * SECOND;

	while (cursor_pid() != want) {
		if (clock_steady() > end)
			fail_msg("%s: the cursor is on %d, not %d:\n%s", tty_what, cursor_pid(), want,
				 tty_picture());
		tty_feed(20);
	}
}

/* Is it on the last row, which is of processes that have no row of their own? */
static bool
on_last(void)
{
	const char *line = cursor_line(), *found = strstr(line, "not listed");

	return found && found < line + strcspn(line, "\n");
}

static void
expect_last(void)
{
	uint64_t end = clock_steady() + 20 * SECOND;

	while (!on_last()) {
		if (clock_steady() > end)
			fail_msg("%s: the cursor is not on the last row:\n%s", tty_what, tty_picture());
		tty_feed(20);
	}
}

/* An Esc is one when nothing comes behind it for a moment. */
static void
escape(const char *gone)
{
	tty_press("\033");
	tty_expect_no(gone);
}

/* ---- the program ---- */

static void
start(const char *arguments)
{
	const char *build = getenv("ESTOP_BUILD");
	char program[512], command[1024];

	if (!build) {
		puts("SKIP: ESTOP_BUILD does not say where prog_synthetic is; run make check");
		skip();
		return;
	}
	snprintf(program, sizeof(program), "%s%s%s/tests/programs/prog_synthetic",
		 build[0] == '/' ? "" : getenv("PWD"), build[0] == '/' ? "" : "/", build);
	snprintf(command, sizeof(command), "exec '%s' %s", program, arguments);
	pid = tty_open(ROWS, COLUMNS_WIDE);
	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		setenv("HOME", directory, 1);
		setenv("TZ", "UTC", 1);
		unsetenv("XDG_CONFIG_HOME");
		setenv("FAKE_PROCESSES", "12", 1);
		setenv("FAKE_RATE", rate, 1);
		setenv("FAKE_EVENTS", strcmp(rate, "0") == 0 ? "2000" : "1000000000", 1);
		if (chdir(directory) != 0)
			_exit(126);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	tty_expect("EV/S");
}

static void
stop(void)
{
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	tty_close();
	pid = 0;
}

static int
ended(void)
{
	uint64_t end = clock_steady() + 20 * SECOND;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (clock_steady() > end)
			fail_msg("%s: it goes on:\n%s", tty_what, tty_picture());
		tty_feed(20);
	}
	pid = 0;
	return status;
}

static bool
file_exists(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return access(path, F_OK) == 0;
}

static int
remove_file(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return unlink(path);
}

/* ---- the checks, by group ---- */

static void
view_processes(const char *key)
{
	tty_press("2");
	tty_expect("PATH");
	tty_press(key);
	tty_expect("COMMAND");
}

static void
view_files(const char *key)
{
	tty_press(key);
	tty_expect("PATH");
	tty_expect("/var/data/file-");
	tty_press("1");
	tty_expect("COMMAND");
}

static void
view_events(const char *key)
{
	tty_press(key);
	tty_expect("newest 2000 events");
	tty_expect("follows");
	tty_press("1");
	tty_expect("COMMAND");
}

static void
view_types(const char *key)
{
	tty_press(key);
	tty_expect("types watched of");
	tty_press(key); /* again: back */
	tty_expect("COMMAND");
}

static void
view_mutes(const char *key)
{
	tty_press(key);
	tty_expect("nothing is muted");
	tty_press(key); /* again: back */
	tty_expect("COMMAND");
}

static void
view_next(const char *key)
{
	tty_press(key);
	tty_expect("PATH");
	tty_press("1");
	tty_expect("COMMAND");
}

/* From the first to the last, and so on to the first again. */
static void
view_back(const char *key)
{
	tty_press(key);
	tty_expect_no("COMMAND");
	tty_press("\t");
	tty_expect("COMMAND");
}

static void
open_row(const char *key)
{
	tty_press("2");
	tty_expect("/var/data/file-");
	tty_press(key);
	tty_expect("who uses /var/data/file-");
	escape("who uses");
	tty_press("3");
	tty_expect("newest 2000 events");
	tty_press(key);
	tty_expect("sequence     event 2000");
	escape("sequence");
	tty_press("1gj");
	tty_expect("COMMAND");
	expect_pid(100);
	tty_press(key);
	tty_expect("program      /usr/bin/worker-1");
	escape("pidversion");
	tty_expect("COMMAND");
}

static void
back(const char *key)
{
	tty_press("2");
	tty_expect("/var/data/file-");
	tty_press("\r");
	tty_expect("who uses");
	tty_press(key);
	tty_expect_no("who uses");
	tty_press(key);
	tty_expect("COMMAND");
	tty_press("\r");
	tty_expect("pidversion");
	tty_press(key);
	tty_expect("COMMAND");
}

static void
up(const char *key)
{
	tty_press("gjj");
	expect_pid(101);
	tty_press(key);
	expect_pid(100);
}

static void
down(const char *key)
{
	tty_press("g");
	expect_pid(1);
	tty_press(key);
	expect_pid(100);
}

static void
page_up(const char *key)
{
	tty_press("G");
	expect_last();
	tty_press(key);
	expect_pid(1);
}

static void
page_down(const char *key)
{
	tty_press("g");
	expect_pid(1);
	tty_press(key);
	expect_last();
}

/* In a tree: init with the twelve below it. */
static void
fold(const char *key)
{
	tty_press("gt");
	tty_expect("├─");
	tty_press(key);
	tty_expect_no("├─");
	tty_press("+");
	tty_expect("├─");
	tty_press("t");
	tty_expect_no("├─");
}

static void
left(const char *key)
{
	fold(key);
	tty_press("tgjj");
	expect_pid(101);
	tty_press(key); /* nothing to fold: to the parent */
	expect_pid(1);
	tty_press("t");
	tty_expect_no("├─");
}

static void
right(const char *key)
{
	tty_press("gt");
	tty_expect("├─");
	tty_press("-");
	tty_expect_no("├─");
	tty_press(key);
	tty_expect("├─");
	tty_press("t");
	tty_expect_no("├─");
}

static void
fold_all(const char *key)
{
	/* The roots stay open, so what can be folded is a level below; -b shows no more than that.
	 */
	tty_press("gt");
	tty_expect("├─");
	tty_press(key);
	tty_press(key);
	tty_expect("├─");
	tty_press("t");
	tty_expect_no("├─");
}

static void
top(const char *key)
{
	tty_press("G");
	expect_last();
	tty_press(key);
	expect_pid(1);
}

static void
bottom(const char *key)
{
	tty_press("g");
	expect_pid(1);
	tty_press(key);
	expect_last();
}

static void
search(const char *key)
{
	tty_press("g");
	tty_press(key);
	tty_expect("search:");
	tty_press("pid:105\r");
	expect_pid(105);
	tty_expect("worker-1"); /* hides nothing */
}

static void
search_next(const char *key)
{
	tty_press("g/worker-1\r"); /* of 100 and 110 */
	expect_pid(100);
	tty_press(key);
	expect_pid(110);
}

static void
search_back(const char *key)
{
	tty_press("g/worker-1\r");
	expect_pid(100);
	tty_press(key);
	expect_pid(110);
}

static void
filter_rows(const char *key)
{
	tty_press(key);
	tty_expect("filter:");
	tty_press("pid:105\r");
	tty_expect("1 of ");
	tty_expect_no("worker-1\n");
	tty_press("=");
	tty_expect("worker-1\n");
}

static void
filter_clear(const char *key)
{
	tty_press("fpid:105\r");
	tty_expect("1 of ");
	tty_press(key);
	tty_expect_no("1 of ");
	tty_expect("worker-1\n");
}

static void
mute_process(const char *key)
{
	tty_press("gj");
	expect_pid(100);
	tty_press(key);
	tty_expect("muted  1 process ");
	tty_expect("(es: 1/0");
	tty_press(key);
	tty_expect("(es: 0/0");
}

static void
mute_exe(const char *key)
{
	tty_press("gj");
	expect_pid(100);
	tty_press(key);
	tty_expect("(es: 0/1");
	tty_press(key);
	tty_expect("(es: 0/0");
}

static void
unmute(const char *key)
{
	tty_press("gj");
	expect_pid(100);
	tty_press("mM");
	tty_expect("(es: 1/1");
	tty_press(key);
	tty_expect("(es: 0/0");
}

static void
unmute_all(const char *key)
{
	tty_press("gjmjm");
	tty_expect("(es: 2/0");
	tty_press(key);
	tty_expect("remove all 2 mutes");
	tty_press("n");
	tty_expect_no("remove all");
	tty_expect("(es: 2/0");
	tty_press(key);
	tty_expect("remove all 2 mutes");
	tty_press("y");
	tty_expect("(es: 0/0");
}

static void
undo(const char *key)
{
	tty_press("gjm");
	tty_expect("(es: 1/0");
	tty_press(key);
	tty_expect("(es: 0/0");
}

static void
redo(const char *key)
{
	tty_press("gjmz");
	tty_expect("(es: 0/0");
	tty_press(key);
	tty_expect("(es: 1/0");
	tty_press("m");
	tty_expect("(es: 0/0");
}

static void
mute_menu(const char *key)
{
	tty_press("gj");
	tty_press(key);
	tty_expect("subtree");
	escape("subtree");
}

static void
mute_load(const char *key)
{
	tty_press("gjM4s\025load.mutes\r");
	tty_expect("1 rule saved");
	tty_press("u1");
	tty_expect("(es: 0/0");
	tty_press(key);
	tty_expect("load mute rules from:");
	tty_press("\025load.mutes\r");
	tty_expect("1 rule loaded from load.mutes (z undoes)");
	tty_expect("(es: 0/1");
	tty_press("z");
	tty_expect("(es: 0/0");
	tty_press(key);
	tty_press("\025nothing.mutes\r");
	tty_expect("cannot read mute file nothing.mutes");
	assert_int_equal(remove_file("load.mutes"), 0);
}

static void
invert(const char *key)
{
	tty_press(key);
	tty_expect("invert: show only");
	escape("invert: show only");
}

static void
only(const char *key)
{
	tty_press("gj");
	expect_pid(100);
	tty_press(key);
	tty_expect("filter below:100");
	tty_press(key);
	tty_expect("show only (");
	escape("show only (");
	escape("filter below:");
	tty_expect("worker-2");
}

static void
files_mute(const char *key)
{
	tty_press("2");
	tty_expect("/var/data/file-");
	tty_press(key);
	tty_expect("(es: 0/1");
	tty_press(key);
	tty_expect("(es: 0/0");
	tty_press("1");
	tty_expect("COMMAND");
}

static void
files_unmute(const char *key)
{
	tty_press("2");
	tty_expect("/var/data/file-");
	tty_press("mM");
	tty_expect("(es: 0/2");
	tty_press(key);
	tty_expect("(es: 0/0");
	tty_press("1");
	tty_expect("COMMAND");
}

static void
files_directories(const char *key)
{
	tty_press("2");
	tty_expect("/var/data/file-");
	tty_press(key);
	tty_expect_no("/var/data/file-");
	tty_expect("directory in /");
	tty_press(key);
	tty_expect("/var/data/file-");
	tty_press("1");
	tty_expect("COMMAND");
}

static void
files_in(const char *key)
{
	tty_press("2D");
	tty_expect("directory in /");
	tty_press(key);
	tty_expect("directory in /var");
	tty_press("\033OD"); /* Left */
	tty_expect_no("directory in /var");
	tty_press("D1");
	tty_expect("COMMAND");
}

static void
files_out(const char *key)
{
	tty_press("2D\033OC"); /* Right */
	tty_expect("directory in /var");
	tty_press(key);
	tty_expect_no("directory in /var");
	tty_press("D1");
	tty_expect("COMMAND");
}

static void
ledger_remove(const char *key)
{
	tty_press("gjm4");
	tty_expect("session");
	tty_expect("(es: 1/0");
	tty_press(key);
	tty_expect("(es: 0/0");
	tty_expect("nothing is muted");
	tty_press("1");
	tty_expect("COMMAND");
}

static void
ledger_events(const char *key)
{
	tty_press("gjm4");
	tty_expect("(es: 1/0");
	tty_press(key);
	tty_expect("events to mute");
	escape("events to mute");
	tty_press("u1");
	tty_expect("(es: 0/0");
	tty_expect("COMMAND");
}

static void
ledger_audition(const char *key)
{
	tty_press("gjm4");
	tty_expect("(es: 1/0");
	tty_press(key);
	tty_expect("unmuted for 5 s");
	tty_expect("(es: 0/0");
	tty_expect("(es: 1/0"); /* muted again by itself */
	tty_press("u1");
	tty_expect("(es: 0/0");
	tty_expect("COMMAND");
}

static void
ledger_save(const char *key)
{
	tty_press("gjM4");
	tty_expect("(es: 0/1");
	tty_press(key);
	tty_expect("save the rules to:");
	tty_press("\025saved.mutes\r");
	tty_expect("1 rule saved; use: L here, or estop --mute-file=saved.mutes");
	assert_true(file_exists("saved.mutes"));
	tty_press(key); /* and not a second time unasked */
	tty_press("\025saved.mutes\r");
	tty_expect("overwrite it? y/n");
	tty_press("n");
	tty_expect_no("overwrite");
	tty_press("u1");
	tty_expect("(es: 0/0");
	tty_expect("COMMAND");
}

static void
ledger_jump(const char *key)
{
	tty_press("gjjm4");
	tty_expect("(es: 1/0");
	tty_press(key);
	tty_expect("COMMAND");
	expect_pid(101);
	tty_press("m");
	tty_expect("(es: 0/0");
}

/* The row under the cursor is that of the most frequent type, in the synthetic stream open. */
static void
types_toggle(const char *key)
{
	tty_press("5");
	tty_expect("yes open ");
	tty_press("g");
	tty_press(key);
	tty_expect("unsubscribed: open");
	tty_expect("no  open ");
	tty_press(key);
	tty_expect("yes open ");
	tty_press("1");
	tty_expect("COMMAND");
}

static void
programs(const char *key)
{
	tty_press(key);
	tty_expect("by program");
	tty_press(key); /* again: the tree */
	tty_expect_no("by program");
	tty_expect("├─");
	tty_press("t");
	tty_expect_no("├─");
}

static void
by(const char *key)
{
	tty_press(key);
	tty_expect("group processes by");
	escape("group processes by");
}

static void
tree(const char *key)
{
	tty_press(key);
	tty_expect("├─");
	tty_press(key);
	tty_expect_no("├─");
}

static void
totals(const char *key)
{
	tty_press(key);
	tty_expect("only in a tree");
	tty_press("t");
	tty_expect("of subtrees)");
	tty_press(key);
	tty_expect("no subtree totals");
	tty_press(key);
	tty_expect("of subtrees)");
	tty_press("t");
	tty_expect_no("of subtrees)");
}

static void
sort_left(const char *key)
{
	tty_press(">");
	tty_expect("sort USER");
	tty_press(key);
	tty_expect("sort PID");
}

static void
sort_right(const char *key)
{
	tty_press(key);
	tty_expect("sort USER");
	tty_press("<");
	tty_expect("sort PID");
}

static void
sort_menu(const char *key)
{
	tty_press(key);
	tty_expect("sort by");
	escape("sort by");
}

static void
reverse(const char *key)
{
	tty_press("g");
	expect_pid(1);
	tty_press(key);
	tty_press("g");
	expect_pid(111);
	tty_press(key);
	tty_press("g");
	expect_pid(1);
}

static void
hold(const char *key)
{
	tty_press(key);
	tty_expect("frozen");
	tty_press(key);
	tty_expect_no("frozen");
}

static void
follow(const char *key)
{
	tty_press("gj");
	expect_pid(100);
	tty_press(key);
	tty_expect("follows 100 worker-1");
	tty_press(key);
	tty_expect_no("follows");
}

static void
exited(const char *key)
{
	tty_press(key);
	tty_expect("exited processes are kept for 5 s");
	tty_press(key);
	tty_expect("exited 60 s");
	tty_press(key);
	tty_expect("exited kept");
	tty_press(key);
	tty_expect("exited hidden");
}

static void
kernel(const char *key)
{
	tty_press(key);
	tty_expect("kernel threads are shown");
	tty_press(key);
	tty_expect("kernel threads are hidden");
}

static void
send_signal(const char *key)
{
	tty_press("gj");
	expect_pid(100);
	tty_press(key);
	tty_expect("send to process 100 worker-1, started ");
	escape("send to process");
	tty_press(key);
	tty_press("\r");
	tty_expect("SIGTERM sent to process 100 worker-1");
}

static void
pause_picture(const char *key)
{
	tty_press(key);
	tty_expect("PAUSED");
	tty_press(key);
	tty_expect_no("PAUSED");
}

static void
chart(const char *key)
{
	tty_press("gj");
	expect_pid(100);
	tty_press(key);
	tty_expect("process 100 worker-1  3 min");
	tty_press(key);
	tty_expect("all events  3 min");
	tty_press(key);
	tty_expect("process 100 worker-1  3 min");
	tty_press("-");
	tty_expect("process 100 worker-1  15 min");
	tty_press("+");
	tty_expect("process 100 worker-1  3 min");
	escape("process 100");
}

static void
setup_panel(const char *key)
{
	tty_press(key);
	tty_expect("PPID"); /* not among the default ones */
	escape("PPID");
}

static void
save(const char *key)
{
	tty_press(key);
	tty_expect("settings written to ");
	assert_true(file_exists(".config/estop/config"));
}

static void
mark(const char *key)
{
	tty_press(key);
	tty_expect("counting from this mark");
	tty_expect("since ");
	tty_press(key);
	tty_expect("mark cleared");
	tty_expect_no("since ");
}

static void
clear_counters(const char *key)
{
	tty_press("gj");
	expect_pid(100);
	tty_press(key);
	tty_expect("counters reset");
}

/* Writes another view to a file, which then has a line with these words. */
static void
export_view(const char *key, const char *view, const char *seen, const char *name, const char *words)
{
	char path[160], line[4096], typed[80];
	bool found = false;
	FILE *f;

	tty_press(view);
	tty_expect(seen);
	tty_press(key);
	tty_expect("write what is seen to:");
	snprintf(typed, sizeof(typed), "\025%s\r", name);
	tty_press(typed);
	snprintf(typed, sizeof(typed), "written to %s", name);
	tty_expect(typed);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		found |= strstr(line, words) != NULL;
	fclose(f);
	if (!found)
		fail_msg("%s: %s has no line with '%s'", tty_what, name, words);
}

static void
export_rows(const char *key)
{
	tty_press(key);
	tty_expect("write what is seen to:");
	tty_press("\025seen.csv\r");
	tty_expect("lines written to seen.csv");
	assert_true(file_exists("seen.csv"));
	tty_press(key);
	tty_press("\025seen.csv\r");
	tty_expect("overwrite it? y/n");
	tty_press("y");
	tty_expect("lines written to seen.csv");
	export_view(key, "2", "PATH", "files.csv", "path");
	export_view(key, "3", "newest 2000", "events.jsonl", "\"type\":\"open\",\"pid\":10");
	tty_press("\r");
	tty_expect("sequence");
	export_view(key, "", "sequence", "event.txt", "path ");
	tty_press("\033");
	tty_expect_no("sequence");
	export_view(key, "4", "nothing is muted", "mutes.csv", "kind,");
	export_view(key, "5", "types watched", "types.jsonl", "\"name\":\"exec\"");
	tty_press("1gj");
	expect_pid(100);
	tty_press("\r");
	tty_expect("pidversion");
	export_view(key, "", "pidversion", "process.jsonl",
		    "\"what\":\"program\",\"value\":\"/usr/bin/worker-1\"");
	escape("pidversion");
}

static void
record(const char *key)
{
	tty_press(key);
	tty_expect("record to:");
	tty_press("\025recorded.jsonl\r");
	tty_expect("recording to recorded.jsonl");
	tty_expect(" rec");
	tty_press(key);
	tty_expect("recorded in recorded.jsonl");
	assert_true(file_exists("recorded.jsonl"));
}

static void
interval(const char *key)
{
	tty_press(key);
	tty_expect("refresh interval (seconds):");
	tty_press("\025"
		  "0.4\r");
	tty_expect("every 0.4 s");
	tty_press(key);
	tty_press("\025"
		  "0.3\r");
	tty_expect("every 0.3 s");
}

static void
help(const char *key)
{
	tty_press(key);
	tty_expect("This view: processes");
	escape("This view");
}

/* Whether the terminal takes it is not known, and this one is not asked. */
static void
copy_line(const char *key)
{
	tty_press(key);
	tty_expect("copied, if the terminal allows it");
}

/* Something is on the screen that estop has not put there. */
static void
redraw(const char *key)
{
	static const char dirt[] = "\033[10;20HDIRT";

	tty_press("g");
	expect_pid(1);
	tty_write(dirt);
	assert_non_null(strstr(tty_picture(), "DIRT"));
	tty_press(key);
	tty_expect_no("DIRT");
}

/* Where nobody could continue it the kernel lets the stop pass; the terminal is given back and
 * taken. */
static void
suspend(const char *key)
{
	tty_press(key);
	tty_expect("COMMAND");
	tty_press("g");
	expect_pid(1);
}

static void
quit(const char *key)
{
	tty_press(key);
	assert_int_equal(ended(), 0);
	stop();
	start("--no-config --flat -o PID -d 0.3 --exited 0");
}

/* ---- of a recording: the walk comes to them in this order ---- */

static void
stream_pause(const char *key)
{
	tty_press(key);
	tty_expect("replay paused");
	tty_expect(" stopped  "); /* in the header */
	tty_press(key);
	tty_expect("replay resumed");
	tty_press(key);
	tty_expect("replay paused");
}

static void
stream_slower(const char *key)
{
	tty_press(key);
	tty_expect("0.5 times the real pace");
	tty_press("]");
	tty_expect("1 times the real pace");
}

static void
stream_faster(const char *key)
{
	tty_press(key);
	tty_expect("2 times the real pace");
	tty_press("[");
	tty_expect("1 times the real pace");
}

static void
stream_back(const char *key)
{
	tty_press(":100%\r"); /* what was read up to there is passed over */
	tty_expect("at 14:10:40");
	tty_press(key);
	tty_expect("1s back");
}

static void
stream_forward(const char *key)
{
	tty_press(":0%\r");
	tty_expect("at 14:10:36");
	tty_press(key);
	tty_expect("1s forward");
}

/* Two keys and the text. What makes no sense is said, and stays to be corrected. */
static void
stream_go(const char *key)
{
	tty_press(key);
	tty_expect("go to (");
	tty_press("noon\r");
	tty_expect("noon  expected 14:03:20");
	tty_press("\025"
		  "13:00\r");
	tty_expect("outside of 14:10:36 to 14:10:40");
	tty_press("\025"
		  "50%\r");
	tty_expect("at 14:10:38");
	tty_expect("0:00:01 of 0:00:03");
}

#define CHECK_TABLE(X)                          \
	X(VIEW_PROCESSES, view_processes)       \
	X(VIEW_FILES, view_files)               \
	X(VIEW_EVENTS, view_events)             \
	X(VIEW_MUTES, view_mutes)               \
	X(VIEW_TYPES, view_types)               \
	X(VIEW_NEXT, view_next)                 \
	X(VIEW_BACK, view_back)                 \
	X(OPEN, open_row)                       \
	X(BACK, back)                           \
	X(UP, up)                               \
	X(DOWN, down)                           \
	X(PAGE_UP, page_up)                     \
	X(PAGE_DOWN, page_down)                 \
	X(TOP, top)                             \
	X(BOTTOM, bottom)                       \
	X(LEFT, left)                           \
	X(RIGHT, right)                         \
	X(FOLD, fold)                           \
	X(UNFOLD, right)                        \
	X(FOLD_ALL, fold_all)                   \
	X(SEARCH, search)                       \
	X(SEARCH_NEXT, search_next)             \
	X(SEARCH_BACK, search_back)             \
	X(FILTER, filter_rows)                  \
	X(FILTER_CLEAR, filter_clear)           \
	X(MUTE_PROCESS, mute_process)           \
	X(MUTE_EXE, mute_exe)                   \
	X(UNMUTE, unmute)                       \
	X(UNMUTE_ALL, unmute_all)               \
	X(UNDO, undo)                           \
	X(REDO, redo)                           \
	X(MUTE_LOAD, mute_load)                 \
	X(MUTE_MENU, mute_menu)                 \
	X(INVERT, invert)                       \
	X(ONLY, only)                           \
	X(FILES_MUTE, files_mute)               \
	X(FILES_MUTE_BELOW, files_mute)         \
	X(FILES_UNMUTE, files_unmute)           \
	X(FILES_DIRECTORIES, files_directories) \
	X(FILES_IN, files_in)                   \
	X(FILES_OUT, files_out)                 \
	X(LEDGER_REMOVE, ledger_remove)         \
	X(LEDGER_EVENTS, ledger_events)         \
	X(LEDGER_AUDITION, ledger_audition)     \
	X(LEDGER_SAVE, ledger_save)             \
	X(LEDGER_JUMP, ledger_jump)             \
	X(TYPES_TOGGLE, types_toggle)           \
	X(TREE, tree)                           \
	X(BY, by)                               \
	X(PROGRAMS, programs)                   \
	X(TOTALS, totals)                       \
	X(SORT_LEFT, sort_left)                 \
	X(SORT_RIGHT, sort_right)               \
	X(SORT_MENU, sort_menu)                 \
	X(REVERSE, reverse)                     \
	X(HOLD, hold)                           \
	X(FOLLOW, follow)                       \
	X(EXITED, exited)                       \
	X(KERNEL, kernel)                       \
	X(CHART, chart)                         \
	X(SIGNAL, send_signal)                  \
	X(PAUSE, pause_picture)                 \
	X(SETUP, setup_panel)                   \
	X(SAVE, save)                           \
	X(MARK, mark)                           \
	X(CLEAR, clear_counters)                \
	X(COPY, copy_line)                      \
	X(EXPORT, export_rows)                  \
	X(RECORD, record)                       \
	X(INTERVAL, interval)                   \
	X(STREAM_PAUSE, stream_pause)           \
	X(STREAM_SLOWER, stream_slower)         \
	X(STREAM_FASTER, stream_faster)         \
	X(STREAM_BACK, stream_back)             \
	X(STREAM_FORWARD, stream_forward)       \
	X(STREAM_GO, stream_go)                 \
	X(HELP, help)                           \
	X(REDRAW, redraw)                       \
	X(SUSPEND, suspend)                     \
	X(QUIT, quit)

static void (*const check[ACTION_COUNT])(const char *key) = {
#define X(id, function) [ACTION_##id] = function,
	CHECK_TABLE(X)
#undef X
};

/* ---- the walk ---- */

/* What a terminal of this kind sends for a key. */
static const char *
bytes_of(int key)
{
	static const struct {
		int key;
		const char *bytes;
	} special[] = {
		{ -KEY_UP, "\033OA" },     { -KEY_DOWN, "\033OB" },    { -KEY_RIGHT, "\033OC" },
		{ -KEY_LEFT, "\033OD" },   { -KEY_HOME, "\033OH" },    { -KEY_END, "\033OF" },
		{ -KEY_PPAGE, "\033[5~" }, { -KEY_NPAGE, "\033[6~" },  { -KEY_BTAB, "\033[Z" },
		{ -KEY_ENTER, "\033OM" },  { -KEY_F(1), "\033OP" },    { -KEY_F(2), "\033OQ" },
		{ -KEY_F(3), "\033OR" },   { -KEY_F(4), "\033OS" },    { -KEY_F(5), "\033[15~" },
		{ -KEY_F(6), "\033[17~" }, { -KEY_F(7), "\033[18~" },  { -KEY_F(8), "\033[19~" },
		{ -KEY_F(9), "\033[20~" }, { -KEY_F(10), "\033[21~" },
	};
	static char one[2];

	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
		if (special[i].key == key)
			return special[i].bytes;
	if (key < 0)
		fail_msg("%s: add what a terminal sends for it to bytes_of()", tty_what);
	one[0] = (char)key;
	return one;
}

static void
walk(enum action_id id)
{
	static const char *const name[ACTION_COUNT] = {
#define X(id, ...) [ACTION_##id] = #id,
		ACTION_TABLE(X)
#undef X
	};
	static char what[160];

	for (unsigned i = 0; i < ACTION_KEYS_MAX && action_info[id].keys[i]; i++) {
		char keys[64], bytes[8];

		action_keys(id, keys, sizeof keys, true);
		snprintf(what, sizeof what, "%s, key %u of '%s' (%s)", name[id], i + 1, keys,
			 action_info[id].help);
		tty_what = what;
		if (!check[id]) {
			fail_msg("%s has no check: write one, and a row of CHECK_TABLE", what);
			return;
		}
		snprintf(bytes, sizeof bytes, "%s", bytes_of(action_info[id].keys[i]));
		check[id](bytes);
	}
}

static void
every_key_does_what_its_help_says(void **state)
{
	(void)state;
	rate = "0";
	start("--no-config --flat -o PID -d 0.3 --exited 0");
	tty_expect("worker-");
	for (unsigned id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
		if (action_info[id].group != ACTION_GROUP_REPLAY && id != ACTION_SAVE)
			walk((enum action_id)id);
	stop();
	start("--flat -o PID -d 0.3 --exited 0"); /* settings are kept, where there is a config file
						   */
	walk(ACTION_SAVE);
}

static void
so_do_the_keys_of_a_recording(void **state)
{
	char demo[512];

	(void)state;
	snprintf(demo, sizeof(demo), "--no-config -d 0.3 -r '%s/tests/demo.jsonl.zst'", getenv("PWD"));
	start(demo);
	tty_expect_no("scanned"); /* until the length is known */
	for (unsigned id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
		if (action_info[id].group == ACTION_GROUP_REPLAY)
			walk((enum action_id)id);
}

/* ---- what people come for, and how many keys that takes ---- */

static unsigned pressed;

static void
press(const char *key)
{
	tty_press(key);
	pressed++;
}

static void
expect_keys(const char *what, unsigned most)
{
	if (pressed > most)
		fail_msg("%s took %u keys, not %u", what, pressed, most);
	pressed = 0;
}

/* The first row below the titles, once it is about that. */
static void
expect_first(const char *title, const char *want)
{
	uint64_t end = clock_steady() + 20 * SECOND;

	for (;;) {
		const char *at = strstr(tty_picture(), title), *line = at ? strchr(at, '\n') : NULL;
		const char *found = line ? strstr(line, want) : NULL;

		if (found && found < line + 1 + strcspn(line + 1, "\n"))
			return;
		if (clock_steady() > end)
			fail_msg("the first row has no '%s':\n%s", want, tty_picture());
		tty_feed(20);
	}
}

/* On a machine that is busy: find the noisy one, mute it, look at it alone. */
static void
the_noisy_program_is_found_muted_and_shown_alone_by_a_key_each(void **state)
{
	(void)state;
	rate = "3000";
	start("--no-config -d 0.3");
	pressed = 0;
	tty_what = NULL;
	tty_expect("minute"); /* there are rates */
	press("6");           /* of the ten programs, two run twice and make most */
	expect_first("PROGRAM", "    2      2 ");
	expect_keys("the noisiest program", 1);
	press("m");
	tty_expect("(es: 0/1");
	tty_expect("ev/s suppressed"); /* what it is worth */
	expect_keys("to mute it", 1);
	press("z");
	tty_expect("(es: 0/0");
	expect_keys("to take that back", 1);
	press("O");
	tty_expect("filter /usr/bin/worker-");
	tty_expect_no("▸ /sbin/init");
	expect_keys("only it", 1);
	press("\033");
	tty_expect_no("filter /usr/bin/worker-");
	expect_keys("back", 1);
	press("6"); /* and of one process, in the tree */
	tty_expect("of subtrees)");
	pressed = 0;
	tty_press("\033OB");
	press("m");
	tty_expect("(es: 1/0");
	expect_keys("to mute a process", 1);
	press("O");
	tty_expect("filter below:");
	expect_keys("only its subtree", 1);
	press("\033");
	tty_expect_no("filter below:");
	expect_keys("back from it", 1);
}

/* In a recording from elsewhere: who did that to this file? */
static void
who_uses_a_file_of_a_recording_takes_two_keys(void **state)
{
	char demo[512];

	(void)state;
	rate = "0";
	tty_what = NULL;
	snprintf(demo, sizeof(demo), "--no-config -d 0.3 --speed=max -r '%s/tests/demo.jsonl.zst'",
		 getenv("PWD"));
	start(demo);
	tty_expect("0:00:03 end");
	pressed = 0;
	press("2");
	tty_expect("PATH");
	press("\r");
	tty_expect("who uses /");
	expect_keys("who uses a file", 2);
	press("\033");
	tty_expect_no("who uses /");
	expect_keys("back", 1);
}

/* Of a build: what was it that took most? The rows of what has exited say so. */
static void
the_busiest_program_of_a_build_takes_one_key(void **state)
{
	char demo[512];

	(void)state;
	rate = "0";
	snprintf(demo, sizeof(demo),
		 "--no-config -d 0.3 --speed=max -o EVENTS --exited=all -r '%s/tests/demo.jsonl.zst'",
		 getenv("PWD"));
	start(demo);
	tty_expect("0:00:03 end");
	pressed = 0;
	press("6");
	expect_first("PROGRAM", "clang");
	expect_keys("the busiest program", 1);
	press("O");
	tty_expect("filter /");
	expect_keys("only it", 1);
	press("\033");
	tty_expect_no("filter /");
	expect_keys("back", 1);
}

static int
setup(void **state)
{
	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/estop-walk.XXXXXX");
	assert_non_null(mkdtemp(directory));
	return 0;
}

static int
teardown(void **state)
{
	char command[96];

	(void)state;
	stop();
	snprintf(command, sizeof(command), "rm -r '%s'", directory);
	return system(command);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_key_does_what_its_help_says),
		TEST(so_do_the_keys_of_a_recording),
		TEST(the_noisy_program_is_found_muted_and_shown_alone_by_a_key_each),
		TEST(who_uses_a_file_of_a_recording_takes_two_keys),
		TEST(the_busiest_program_of_a_build_takes_one_key),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
