/*
 * estop -- command: the real program on real kernel events. Not one event of the command may
 * be missed and none of anybody else may be counted, so counts are exact. Needs root.
 *
 * This program is also the command: see main().
 */
#include "tests/lib/estop_run.h"
#include "tests/lib/patience.h"
#include "tests/lib/sanitizer.h"

#include <errno.h>
#include <fcntl.h>
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
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* ---- the command ---- */

static void
must(bool fine)
{
	if (!fine)
		_exit(99);
}

static void
open_often(const char *path, int n)
{
	while (n--) {
		int fd = open(path, O_RDONLY);

		must(fd >= 0 && close(fd) == 0);
	}
}

/* A daemon as in the books: its parents end before it opens anything. */
static void
make_daemon(const char *path, int n)
{
	int done[2], orphaned[2];
	char byte;

	must(pipe(done) == 0 && pipe(orphaned) == 0);
	if (fork() == 0) {
		pid_t parent = getpid();

		must(setsid() > 0);
		if (fork() == 0) {
			close(orphaned[1]);
			must(read(orphaned[0], &byte, 1) == 0); /* the parent has ended */
			while (getppid() == parent)
				usleep(1000);
			open_often(path, n);
			_exit(0);
		}
		_exit(0);
	}
	close(done[1]);
	close(orphaned[0]);
	close(orphaned[1]);
	must(wait(NULL) > 0);
	must(read(done[0], &byte, 1) == 0); /* the daemon has ended, too */
}

/*
 * "opens PATH N", "forks PATH N", "daemon PATH N", "chain PATH N". Ends with _exit(): what a sanitizer does
 * at the end makes a process.
 */
static _Noreturn void
be_the_command(char **argv)
{
	int n = atoi(argv[3]);
	char left[16];

	if (strcmp(argv[1], "opens") == 0)
		open_often(argv[2], n);
	else if (strcmp(argv[1], "daemon") == 0)
		make_daemon(argv[2], n);
	else if (strcmp(argv[1], "forks") == 0)
		while (n--) {
			if (fork() == 0) {
				open_often(argv[2], 1);
				_exit(0);
			}
			must(wait(NULL) > 0);
		}
	else if (n > 1) { /* chain */
		snprintf(left, sizeof(left), "%d", n - 1);
		open_often(argv[2], 1);
		execl("/proc/self/exe", argv[0], "chain", argv[2], left, (char *)NULL);
		_exit(99);
	} else
		open_often(argv[2], 1);
	_exit(0);
}

/* ---- the test ---- */

static int
setup(void **state)
{
	char path[128];

	(void)state;
	if (!estop_begin("command"))
		return 0;
	snprintf(path, sizeof(path), "%s/opened-file", estop_directory);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	return 0;
}

/* estop takes precedence over what it watches, but what it runs does not. */
static void
priority_is_raised_and_not_the_command_s(void **state)
{
	int own = getpriority(PRIO_PROCESS, 0) + 3; /* these tests may be run with another priority, too */
	char kept[16], raised[24];

	(void)state;
	snprintf(kept, sizeof(kept), "%d\n", own < 19 ? own : 19);
	snprintf(raised, sizeof(raised), "%s-20\n", kept);
	/* The command's parent is estop: its nice value is field 19 of its stat. */
	estop_expect("nice -n 3 %E -b --exited 0 -- sh -c '"
		     "nice >%D/own; cut -d \" \" -f 19 /proc/$PPID/stat >%D/estop' >/dev/null && "
		     "cat %D/own %D/estop",
		     0);
	assert_string_equal(estop_output, raised);
	estop_expect("nice -n 3 %E -b --exited 0 --nice=off -- sh -c '"
		     "cut -d \" \" -f 19 /proc/$PPID/stat >%D/estop' >/dev/null && cat %D/estop",
		     0);
	assert_string_equal(estop_output, kept);
}

static void
its_first_instructions_are_seen_and_nobody_else(void **state)
{
	(void)state;
	/* Another process does the same at the same time. */
	estop_expect("{ while [ ! -e %D/end ]; do cat %D/opened-file; done; } & "
		     "%E --log=line -- %C opens %D/opened-file 300 2>/dev/null; s=$?; touch %D/end; "
		     "wait; exit $s",
		     0);
	assert_int_equal(estop_lines(" open ", "/opened-file", "test_live_command"), 300);
	assert_int_equal(estop_lines(" open ", "/opened-file", ""), 300);
	assert_int_equal(estop_lines(" close ", "/opened-file", ""), 300);
	assert_int_equal(estop_lines(" exec ", "", ""), 1);
	assert_int_equal(estop_lines(" fork ", "", ""), 0);
	assert_int_equal(estop_lines(" exit ", "", ""), 1);
}

static void
children_come_with_it(void **state)
{
	(void)state;
	estop_expect("%E --log=line -- %C forks %D/opened-file 200 2>/dev/null", 0);
	assert_int_equal(estop_lines(" open ", "/opened-file", ""), 200);
	assert_int_equal(estop_lines(" fork ", "", ""), 200);
	assert_int_equal(estop_lines(" exit ", "", ""), 201);
}

static void
a_daemon_stays_in_sight(void **state)
{
	(void)state;
	estop_expect("%E --log=line -- %C daemon %D/opened-file 50 2>/dev/null", 0);
	assert_int_equal(estop_lines(" open ", "/opened-file", ""), 50);
	assert_int_equal(estop_lines(" fork ", "", ""), 2);
	assert_int_equal(estop_lines(" exit ", "", ""), 3);
}

static void
a_chain_of_execs_is_one_process(void **state)
{
	(void)state;
	estop_expect("%E --log=line -- %C chain %D/opened-file 20 2>/dev/null", 0);
	assert_int_equal(estop_lines(" exec ", "", ""), 20);
	assert_int_equal(estop_lines(" open ", "/opened-file", ""), 20);
	assert_int_equal(estop_lines(" exit ", "", ""), 1);
}

static void
the_summary_has_programs_files_and_counts(void **state)
{
	(void)state;
	estop_expect("%E -b -- %C chain %D/opened-file 20 2>&1 >/dev/null", 0);
	estop_says(": exit status 0 after ");
	assert_int_equal(estop_lines("      20 ", " test_live_command", ""), 1);
	assert_int_equal(estop_lines("       20  ", "/opened-file", ""), 1);
	estop_says("exec 20  ");
	estop_says("exit 1  ");
	estop_says("lost 0\n");
	/* The last frame has all of it, and the accounts balance. */
	estop_expect("%E -b -- %C opens %D/opened-file 30 2>/dev/null", 0);
	assert_int_equal(estop_lines("test_live_command", "(exit 0)", ""), 1);
	estop_says(" of other processes");
}

/* By the real compiler: make, its driver, and what that runs. */
static void
a_build_is_a_tree_of_programs_with_exact_counts(void **state)
{
	static const struct {
		const char *row;
		unsigned depth;
	} rows[] = {
		{ "1 make", 0 }, { "4 *gcc", 1 },      { "3 *cc1", 2 },
		{ "3 *as", 2 },  { "1 *collect2", 2 }, { "1 *ld", 3 },
	};

	(void)state;
	if (estop_run("PATH=/usr/bin:/bin; command -v gcc && command -v make") != 0)
		skip();
	estop_expect(
		"e=$(realpath %E); cd %D && mkdir src && for i in 1 2; do echo \"int f$i(void) { return $i; }\" >src/f$i.c; done; "
		"echo 'int main(void) { return 0; }' >src/main.c; "
		"printf 'prog: f1.o f2.o main.o\n\tgcc -o $@ $^\n%%.o: src/%%.c\n\tgcc -c $<\n' >Makefile; "
		"export PATH=/usr/bin:/bin LC_ALL=C; unset MAKEFLAGS MAKELEVEL; "
		"$e -b -w rec.jsonl -- make -j2 >/dev/null 2>err || exit 97; "
		"sed -n '/ RUNS /,/^LIVED/p' err | sed '1d;$d' >rows; cat err",
		0);
	estop_says("estop: make: exit status 0 after ");
	estop_says(" processes worked at a time, at most ");
	estop_says("longest chain: make ");
	estop_says("           by gcc -c src/");
	assert_int_equal(estop_lines("  FILE in /tmp/estop-command.", "", ""), 1);
	assert_int_equal(estop_lines("       1  src/main.c", "", ""), 1);
	estop_says("  (of the loader and the locale: ");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char command[300];

		/* The number of runs, the blanks before the name, and how the name may go on. */
		snprintf(command, sizeof(command),
			 "set -f; set -- %s; name=$(printf %%s \"$2\" | sed 's/^[*]/[a-z0-9_-]*/'); "
			 "grep -cE \"^ +$1 .* [0-9]+  {%u}$name[-.a-z0-9]*$\" %%D/rows",
			 rows[i].row, rows[i].depth * 2 + 1);
		estop_expect(command, 0);
		assert_string_equal(estop_output, "1\n");
	}
	/* Opens of each program, as the log of the recording has them. */
	estop_expect(
		"e=$(realpath %E); cd %D && awk '{ sub(/.*\\//, \"\", $NF); n[$NF] += $(NF - 1) } END { for (p in n) print n[p], p }' "
		"rows | sort >summed && $e -r rec.jsonl --log=line | awk '$2 == \"open\" { sub(/path=/, \"\", $6); "
		"sub(/.*\\//, \"\", $6); n[$6]++ } END { for (p in n) print n[p], p }' | sort >logged && "
		"cmp summed logged && test $(wc -l <logged) -ge 6",
		0);
	/* The replay says the same, but for how the exit is worded. */
	estop_expect("e=$(realpath %E); cd %D; export LC_ALL=C; "
		     "$e -b --speed=max -r rec.jsonl --summary=text 2>&1 >/dev/null | "
		     "sed -n '/ RUNS /,/^LIVED/p' | sed '1d;$d' | cmp - rows",
		     0);
}

static void
failed_runs_are_named_with_how(void **state)
{
	(void)state;
	estop_expect("%E -b -- sh -c 'sh -c \"exit 3\"; sh -c \"exit 3\"; sh -c \"kill -SEGV \\$\\$\"; exit 4' "
		     "2>&1 >/dev/null",
		     4);
	estop_says("       2  exit 3    sh -c exit 3\n");
	estop_says("       1  SIGSEGV   sh -c kill -SEGV $$\n");
	estop_says("       1  exit 4    sh -c sh -c ");
	assert_int_equal(estop_lines("    RUNS FAILED ", "", ""), 1);
	/* Nobody failed: there is no such column and no such list. */
	estop_expect("%E -b -- true 2>&1 >/dev/null", 0);
	assert_null(strstr(estop_output, "FAILED"));
}

static void
the_summary_is_json_or_nothing_when_asked(void **state)
{
	(void)state;
	estop_expect("%E -b --summary=json -- %C chain %D/opened-file 20 2>&1 >/dev/null", 0);
	assert_int_equal(strncmp(estop_output, "{\"command\":\"", 12), 0);
	assert_string_equal(strchr(estop_output, '\n'), "\n");
	estop_says(" chain ");
	estop_says("\"exit\":0,\"wall_ns\":");
	estop_says("\"runs\":20,\"failed\":0,");
	estop_says("/opened-file\",\"opens\":20,\"over\":0}");
	estop_says("\"exec\":20,");
	estop_expect("%E -b --summary=json -- sh -c 'kill -9 $$' 2>&1 >/dev/null", 128 + SIGKILL);
	estop_says("\"signal\":9,\"wall_ns\":");
	estop_expect("%E -b --summary=none -- sh -c 'exit 7' 2>&1 >/dev/null", 7);
	assert_string_equal(estop_output, "");
	estop_expect("%E -b --summary=xml -- true 2>&1", 2);
	estop_says("--summary");
	estop_expect("%E -b -n 1 --summary=text 2>&1", 2);
	estop_says("--summary requires a command after --, or -r FILE\n");
}

static void
the_exit_status_is_the_commands(void **state)
{
	(void)state;
	estop_expect("%E -b -- sh -c 'exit 7' 2>&1", 7);
	estop_says("sh: exit status 7 after ");
	estop_expect("%E --log=line -- sh -c 'kill -9 $$' 2>&1", 128 + SIGKILL);
	estop_says("sh: killed by SIGKILL after ");
	estop_expect("%E -b -- %D/no-such-program 2>&1", 127);
	estop_says("estop: cannot run ");
	estop_says("command not found\n");
	estop_expect("%E -b -- no-such-program-in-the-path 2>&1", 127);
	estop_expect("%E -b -- %D/opened-file 2>&1", 126);
	estop_says(": not executable\n");
	estop_expect("%E -b -- %D 2>&1", 126);
	/* Executable, but no program: known when it is tried. */
	estop_expect("chmod +x %D/opened-file && %E -b -- %D/opened-file 2>&1", 126);
	estop_says("cannot run ");
}

static void
a_recording_holds_what_came_of_the_command(void **state)
{
	(void)state;
	estop_expect("%E -b -w %D/r.jsonl.zst -- %C opens %D/opened-file 40 >/dev/null 2>&1 && "
		     "%E --log=line -r %D/r.jsonl.zst",
		     0);
	assert_int_equal(estop_lines(" open ", "/opened-file", ""), 40);
	assert_int_equal(estop_lines(" exec ", "", ""), 1);
}

/* Each part can be replayed alone, and all of them, one after the other, are the recording. */
static void
a_recording_goes_on_in_new_files(void **state)
{
	(void)state;
	estop_expect(
		"%E -b --max-size=256K --rotate=100 -w %D/r.jsonl -- %C opens %D/opened-file 2000 >/dev/null 2>&1 && "
		"test -e %D/r.2.jsonl || exit 90; "
		"for f in %D/r.jsonl %D/r.*.jsonl; do test $(wc -c <$f) -le 262144 || exit 91; "
		"%E -b --speed max -r $f 2>&1 | grep -q 'missing\\|could not' && exit 92; done; "
		"for n in $(ls %D | sed -n 's/^r[.]\\([0-9]*\\)[.]jsonl$/\\1/p' | sort -nr); do cat %D/r.$n.jsonl; done | "
		"cat - %D/r.jsonl | %E --log=line -r -; s=$?; rm %D/r.*; exit $s",
		0);
	assert_int_equal(estop_lines(" open ", "/opened-file", "test_live_command"), 2000);
	assert_int_equal(estop_lines(" exec ", "", ""), 1);
	assert_int_equal(estop_lines(" exit ", "", ""), 1);
}

static void
its_input_is_ours_and_its_output_goes_to_stderr(void **state)
{
	(void)state;
	estop_expect("echo hello | %E -b -- cat 2>&1 >/dev/null", 0);
	assert_int_equal(strncmp(estop_output, "hello\n", 6), 0);
	estop_expect("echo hello | %E -b -- cat 2>/dev/null", 0);
	assert_null(strstr(estop_output, "hello"));
}

/* The first interrupt is the command's, whose end is ours; then there is the summary. */
static void
an_interrupt_is_passed_on(void **state)
{
	(void)state;
	estop_expect("mkfifo %D/up; env --default-signal=INT %E -b -d 0.2 -- sh -c 'trap \"exit "
		     "5\" INT; echo >%D/up; "
		     "while :; do sleep 0.1; done' 2>&1 >/dev/null & p=$!; "
		     "read x <%D/up; kill -INT $p; wait $p",
		     5);
	estop_says("sh: exit status 5 after ");
}

static void
the_end_of_estop_is_the_end_of_the_command(void **state)
{
	(void)state;
	/* After a frame, or as many as the command needs to begin. */
	estop_expect("n=1; while %E -b -n $n -d 0.1 -- sh -c 'echo $$ >%D/pid; exec sleep 1000' >/dev/null 2>&1; "
		     "s=$?; ! test -s %D/pid; do n=$((n * 2)); done; exit $s",
		     143);
	estop_expect("p=$(cat %D/pid); test -n \"$p\" && ! kill -0 $p 2>/dev/null", 0);
}

static void
one_that_will_not_end_is_left_and_named(void **state)
{
	(void)state;
	estop_expect("mkfifo %D/up; env --default-signal=INT %E -b -d 0.1 -n 1000000 -- sh -c "
		     "'trap \"\" INT TERM; echo $$ >%D/pid; echo >%D/up; "
		     "while [ ! -e %D/end ]; do sleep 0.1; done' 2>%D/err >/dev/null & p=$!; "
		     "read x <%D/up; kill -INT $p; sleep 0.3; kill -INT $p; wait $p; s=$?; "
		     "kill -0 $(cat %D/pid) || s=98; touch %D/end; cat %D/err; "
		     "while kill -0 $(cat %D/pid) 2>/dev/null; do sleep 0.1; done; exit $s",
		     1);
	estop_says("is still running\n");
}

static void
without_privileges_the_command_is_not_run(void **state)
{
	(void)state;
	if (estop_run("command -v setpriv >/dev/null") != 0)
		skip();
	/* Its own copy, where anybody may go. */
	estop_expect("chmod 711 %D; cp %E %D/estop && "
		     "setpriv --reuid=65534 --clear-groups %D/estop -b -- touch %D/run 2>&1",
		     1);
	estop_says("estop: ");
	assert_null(strstr(estop_output, "exit status"));
	estop_expect("test ! -e %D/run", 0);
}

static unsigned
seccomp_filters(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	unsigned n = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) && sscanf(line, "Seccomp_filters: %u", &n) != 1)
		;
	fclose(f);
	return n;
}

/* The command's parent is estop; each of its threads has a line. */
static void
the_command_has_all_privileges_and_estop_few(void **state)
{
	(void)state;
	unsigned long long all = 0;
	char left[64];
	FILE *f = fopen("/proc/self/status", "r");

	assert_non_null(f);
	while (fgets(left, sizeof(left), f) && sscanf(left, "CapPrm: %llx", &all) != 1)
		;
	assert_true(all != 0);
	fclose(f);
	estop_expect("want=$(grep ^CapPrm /proc/self/status); export want; "
		     "%E -b -n 1 -- sh -c 'test \"$(grep ^CapPrm /proc/self/status)\" = \"$want\" || exit 3; "
		     "grep -h -e ^CapPrm -e ^CapEff -e ^NoNew -e ^Seccomp /proc/$PPID/task/*/status; "
		     "sed -n s/^Seccomp/Command/p /proc/self/status' 2>&1 >/dev/null",
		     0);
	/* BPF, PERFMON, SYS_PTRACE, KILL, DAC_READ_SEARCH, DAC_OVERRIDE */
	snprintf(left, sizeof(left), "\t%016llx", all & 0xc000080026);
	assert_true(estop_lines("CapPrm:", left, "") >= 2);
	assert_int_equal(estop_lines("CapPrm:", "", ""), estop_lines("CapPrm:", left, ""));
	assert_int_equal(estop_lines("CapEff:", "", ""), estop_lines("CapEff:", left, ""));
	assert_int_equal(estop_lines("NoNewPrivs:", "", ""), estop_lines("NoNewPrivs:\t1", "", ""));
	/* The command was forked before estop gave up system calls, and has as many filters as we. */
	snprintf(left, sizeof(left), "Command_filters:\t%u", seccomp_filters());
	assert_int_equal(estop_lines(left, "", ""), 1);
#if !SANITIZED
	snprintf(left, sizeof(left), "Seccomp_filters:\t%u", seccomp_filters() + 1);
	assert_true(estop_lines(left, "", "") >= 2);
	assert_int_equal(estop_lines("Seccomp_filters:", "", ""), estop_lines(left, "", ""));
	assert_int_equal(estop_lines("Seccomp:", "", ""), estop_lines("Seccomp:\t2", "", ""));
#endif
	/* Under sudo it may give its settings to the user, CHOWN. */
	estop_expect("SUDO_UID=1 SUDO_GID=1 %E -b -n 1 -- sh -c "
		     "'grep -h -e ^CapPrm /proc/$PPID/task/*/status' 2>&1 >/dev/null",
		     0);
	snprintf(left, sizeof(left), "\t%016llx", all & 0xc000080027);
	assert_true(estop_lines("CapPrm:", left, "") >= 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, estop_end)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(priority_is_raised_and_not_the_command_s),
		TEST(its_first_instructions_are_seen_and_nobody_else),
		TEST(children_come_with_it),
		TEST(a_daemon_stays_in_sight),
		TEST(a_chain_of_execs_is_one_process),
		TEST(the_summary_has_programs_files_and_counts),
		TEST(a_build_is_a_tree_of_programs_with_exact_counts),
		TEST(failed_runs_are_named_with_how),
		TEST(the_summary_is_json_or_nothing_when_asked),
		TEST(the_exit_status_is_the_commands),
		TEST(a_recording_holds_what_came_of_the_command),
		TEST(a_recording_goes_on_in_new_files),
		TEST(its_input_is_ours_and_its_output_goes_to_stderr),
		TEST(an_interrupt_is_passed_on),
		TEST(the_end_of_estop_is_the_end_of_the_command),
		TEST(one_that_will_not_end_is_left_and_named),
		TEST(without_privileges_the_command_is_not_run),
		TEST(the_command_has_all_privileges_and_estop_few),
	};

	if (argc == 4)
		be_the_command(argv);
	alarm(patience(120));
	estop_find_self();
	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
