/* The completions, asked of the shells themselves: bash and zsh by the Tab key, fish by its complete -C. */
#include "tests/lib/shell.h"
#include "tests/lib/tty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct question {
	const char *typed;
	const char *offers; /* on the screen, or in fish's list */
};

static char directory[64];
static pid_t asked; /* the shell */

/* A home without settings of its own, and a directory with files to be completed. */
static int
setup(void **state)
{
	char command[300];

	(void)state;
	snprintf(directory, sizeof(directory), "/tmp/estop-completions.XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(command, sizeof(command), "mkdir '%s/folder' && touch '%s/build.jsonl' '%s/folder/within'",
		 directory, directory, directory);
	return system(command);
}

static int
teardown(void **state)
{
	char command[128];

	(void)state;
	tty_close();
	if (asked > 0)
		waitpid(asked, NULL, 0); /* it may write its history before it ends */
	snprintf(command, sizeof(command), "rm -r '%s'", directory);
	return system(command);
}

static void
require(const char *shell)
{
	char command[64];

	snprintf(command, sizeof(command), "command -v %s >/dev/null", shell);
	if (system(command) != 0) {
		printf("SKIP: there is no %s; make deps check installs it\n", shell);
		skip();
	}
}

/* %D in a question is the directory of the test. */
static void
fill(char *out, size_t size, const char *text)
{
	const char *at = strstr(text, "%D");

	snprintf(out, size, "%.*s%s%s", at ? (int)(at - text) : (int)strlen(text), text, at ? directory : "",
		 at ? at + 2 : "");
}

/* What every shell answers in the same way at its prompt. */
static const struct question at_prompt[] = {
	{ "estop --them", "estop --theme=" },
	{ "estop --rev", "estop --reverse" },
	{ "estop --theme=l", "--theme=light" },
	{ "estop --theme dar", "--theme dark" },
	{ "estop -e lookup,-proc_ch", "-e lookup,-proc_check" },
	{ "estop --events=open,mmap,renam", "estop --events=open,mmap,rename" },
	{ "estop -b -o fork/", "fork/s" },
	{ "estop --view=mut", "--view=mutes" },
	{ "estop -u roo", "estop -u root" },
	{ "estop -m target-p", "estop -m target-prefix:" },
	{ "estop -m user:roo", "estop -m user:root" },
	{ "estop -m prefix:%D/fol", "estop -m prefix:%D/folder/" },
	{ "estop -m %D/bui", "estop -m %D/build.jsonl" },
	{ "estop -p 1,%D/folder/wi", "estop -p 1,%D/folder/within" },
	{ "estop -r %D/bui", "estop -r %D/build.jsonl" },
	{ "estop --replay=web=%D/bui", "--replay=web=%D/build.jsonl" },
	{ "estop -w fifo:%D/bui", "-w fifo:%D/build.jsonl" },
	{ "estop --log=li", "--log=line" },
	{ "estop --by=progr", "--by=program" },
	{ "estop -b --batch=js", "--batch=json" },
	{ "estop --log --rev", "--log --reverse" },
	{ "estop --export-mutes=es", "--export-mutes=eslogger" },
	{ "estop --color=al", "--color=always" },
	{ "estop -- printen", "estop -- printenv" },
	{ "estop -b -- cat --reverse %D/bui", "cat --reverse %D/build.jsonl" },
};

/* Types the question and a Tab at the prompt of a shell. */
static void
ask(const struct question *q, size_t number)
{
	char text[512];

	/* The last answer is gone once this is there: it comes of the prompt of its own. */
	snprintf(text, sizeof(text),
		 "\x15"
		 "clear; echo at $((100 + %zu)).\r",
		 number);
	tty_press(text);
	snprintf(text, sizeof(text), "at %zu.\n", 100 + number);
	tty_what = q->typed;
	tty_expect(text);
	fill(text, sizeof(text), q->typed);
	tty_press(text);
	tty_press("\t");
	fill(text, sizeof(text), q->offers);
	tty_expect(text);
}

/* The first line sets the shell up; own: n questions of this shell alone. */
static void
ask_at_prompt(char *const shell[], const char *first, const struct question *own, size_t n)
{
	enum { COMMON = sizeof(at_prompt) / sizeof(at_prompt[0]) };

	require(shell[0]);
	asked = tty_open(30, 160);
	if (asked == 0) {
		setenv("HOME", directory, 1);
		setenv("TERM", "xterm", 1);
		setenv("PS1", "$ ", 1);
		execvp(shell[0], shell);
		_exit(127);
	}
	tty_press(first);
	tty_press("\r");
	for (size_t i = 0; i < COMMON; i++)
		ask(&at_prompt[i], i);
	for (size_t i = 0; i < n; i++)
		ask(&own[i], COMMON + i);
	tty_what = NULL;
	tty_close();
}

static void
bash_completes(void **state)
{
	static const struct question own[] = {
		{ "estop --e", "--export-mutes=" },
		{ "estop --theme=", "colorblind" },
	};
	static char *const bash[] = { "bash", "--norc", "--noprofile", "-i", NULL };

	(void)state;
	ask_at_prompt(bash,
		      "bind 'set show-all-if-ambiguous on'; bind 'set completion-query-items 0'; "
		      "bind 'set page-completions off'; . src/dist/completions/estop.bash",
		      own, sizeof(own) / sizeof(own[0]));
}

static void
zsh_completes(void **state)
{
	static const struct question own[] = {
		{ "estop --e", "--export-mutes" },
		{ "estop --theme=", "does not distinguish by red and green" },
	};
	static char *const zsh[] = { "zsh", "-f", "-i", NULL };

	(void)state;
	ask_at_prompt(zsh,
		      "unsetopt menu_complete auto_menu prompt_sp; setopt no_always_last_prompt; "
		      "LISTMAX=1000; fpath=($PWD/src/dist/completions $fpath); "
		      "autoload -U compinit; compinit -u -D",
		      own, sizeof(own) / sizeof(own[0]));
}

static void
fish_completes(void **state)
{
	static const struct question questions[] = {
		{ "estop --them", "--theme\t" },
		{ "estop --rev", "--reverse\treverse the sort order\n" },
		{ "estop --theme=l", "--theme=light\tfor a light background\n" },
		{ "estop --theme dar", "dark\tthe default\n" },
		{ "estop -e lookup,-proc_ch", "lookup,-proc_check\t" },
		{ "estop --events=open,mmap,renam", "--events=open,mmap,rename\t" },
		{ "estop -b -o fork/", "fork/s\t" },
		{ "estop --view=mut", "--view=mutes\t" },
		{ "estop -u roo", "root" },
		{ "estop -m target-p", "target-prefix:\t" },
		{ "estop -m user:roo", "user:root" },
		{ "estop -m prefix:%D/fol", "prefix:%D/folder/" },
		{ "estop -m %D/bui", "%D/build.jsonl" },
		{ "estop -p 1,%D/folder/wi", "1,%D/folder/within" },
		{ "estop -r %D/bui", "%D/build.jsonl" },
		{ "estop --replay=web=%D/bui", "--replay=web=%D/build.jsonl" },
		{ "estop -w fifo:%D/bui", "fifo:%D/build.jsonl" },
		{ "estop --log=li", "--log=line" },
		{ "estop --by=progr", "--by=program" },
		{ "estop -b --batch=js", "--batch=json" },
		{ "estop --log --rev", "--reverse\t" },
		{ "estop --export-mutes=es", "--export-mutes=eslogger\t" },
		{ "estop --color=al", "--color=always" },
		{ "estop -- printen", "printenv\t" },
		{ "estop -b -- cat --reverse %D/bui", "%D/build.jsonl" },
	};
	char typed[300], offers[300], command[1024];
	static char output[1 << 16];

	(void)state;
	require("fish");
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		const struct shell_word none[] = { { 0 } };

		fill(typed, sizeof(typed), questions[i].typed);
		fill(offers, sizeof(offers), questions[i].offers);
		snprintf(command, sizeof(command),
			 "HOME='%s' XDG_CONFIG_HOME='%s' fish -c 'source src/dist/completions/estop.fish; "
			 "complete -C \"%s\"' 2>&1",
			 directory, directory, typed);
		assert_int_equal(shell_run(command, none, output, sizeof(output)), 0);
		if (!strstr(output, offers))
			fail_msg("%s: fish offers '%s', not '%s'", typed, output, offers);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bash_completes, setup, teardown),
		cmocka_unit_test_setup_teardown(zsh_completes, setup, teardown),
		cmocka_unit_test_setup_teardown(fish_completes, setup, teardown),
	};

	return cmocka_run_group_tests_name("completions", tests, NULL, NULL);
}
