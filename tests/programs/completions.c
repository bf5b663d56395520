/* completions - see completions.h. */
#include "tests/programs/completions.h"
#include "model/mute_text.h"
#include "src/base/source.h"
#include "src/cli/options.h"
#include "ui/action.h"
#include "ui/column.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/*
 * What completes a value: a function of the script or a set of words, by what OPTION_TABLE calls the
 * argument. What has no row, such as a number, is not completed.
 */
static const struct {
	const char *argument, *kind;
} kind_of_argument[] = {
	{ "LIST", "events" }, { "PATH|PID,...", "paths" }, { "USER", "user" },      { "RULE", "rule" },
	{ "FILE", "files" },  { "COLUMN", "columns" },     { "FORMAT", "exports" },
};

/* By its id, where the argument does not say it. */
static const char *const kind_of_option[OPTION_COUNT] = {
	[OPTION_VIEW] = "views",        [OPTION_BY] = "groupings",   [OPTION_THEME] = "themes",
	[OPTION_COLOR] = "colors",      [OPTION_MOUSE] = "on_off",   [OPTION_CLIPBOARD] = "on_off",
	[OPTION_REPLAY] = "replay",     [OPTION_WRITE] = "record",   [OPTION_LOG] = "forms",
	[OPTION_BATCH] = "frames",      [OPTION_HOOKS] = "hooks",    [OPTION_EXPORT_TRACE] = "traces",
	[OPTION_SUMMARY] = "summaries", [OPTION_TOTALS] = "answers",
};

static const char *
kind_of(unsigned id)
{
	const char *argument = option_info[id].argument;

	if (kind_of_option[id])
		return kind_of_option[id];
	for (size_t i = 0; argument && i < sizeof(kind_of_argument) / sizeof(kind_of_argument[0]); i++)
		if (strcmp(argument, kind_of_argument[i].argument) == 0)
			return kind_of_argument[i].kind;
	return "nothing";
}

static bool
is_optional(const struct option_info *o)
{
	return o->argument && o->argument[0] == '[';
}

/* In single quotes. meaning: letters that mean something to who reads it next, and take a backslash. */
static void
put_quoted(enum completion_shell shell, const char *text, size_t length, const char *meaning)
{
	putchar('\'');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\'')
			fputs(shell == COMPLETION_FISH ? "\\'" : "'\\''", stdout);
		else if (text[i] == '\\' || strchr(meaning, text[i]))
			printf("\\%c", text[i]);
		else
			putchar(text[i]);
	}
	putchar('\'');
}

/* What fits on a line beside the option: the help text up to its first stop, whole words. */
static size_t
brief(const char *help)
{
	enum { BRIEF = 64, TOO_SHORT = 16 };
	size_t length = strcspn(help, ":;("), cut;
	const char *stop = strstr(help, ". ");

	if (stop && (size_t)(stop - help) < length)
		length = (size_t)(stop - help);
	if (length < TOO_SHORT) /* "on: the mouse selects" */
		length = strcspn(help, ";(");
	while (length && help[length - 1] == ' ')
		length--;
	if (length <= BRIEF)
		return length;
	for (cut = BRIEF; cut && help[cut] != ','; cut--)
		;
	if (!cut)
		for (cut = BRIEF; cut && help[cut] != ' '; cut--)
			;
	return cut ? cut : BRIEF;
}

/* ---- words ---- */

static void
begin_words(enum completion_shell shell, const char *kind)
{
	printf(shell == COMPLETION_BASH  ? "_estop_%s='"
	       : shell == COMPLETION_ZSH ? "_estop_%s_words=(\n"
					 : "function __estop_%s\n\tprintf '%%s\\t%%s\\n'",
	       kind);
}

static void
put_word(enum completion_shell shell, const char *word, const char *help)
{
	char low[80];

	snprintf(low, sizeof(low), "%s", word);
	for (char *at = low; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	switch (shell) {
	case COMPLETION_BASH:
		printf(" %s", low);
		break;
	case COMPLETION_ZSH: {
		char text[200];

		snprintf(text, sizeof(text), "%s:%.*s", low, (int)brief(help), help);
		putchar('\t');
		put_quoted(shell, text, strlen(text), "");
		putchar('\n');
		break;
	}
	case COMPLETION_FISH:
		fputs(" \\\n\t\t", stdout);
		put_quoted(shell, low, strlen(low), "");
		putchar(' ');
		put_quoted(shell, help, brief(help), "");
		break;
	}
}

static void
end_words(enum completion_shell shell)
{
	fputs(shell == COMPLETION_BASH ? "'\n" : shell == COMPLETION_ZSH ? ")\n" : "\nend\n", stdout);
}

void
completions_put_words(enum completion_shell shell)
{
	if (shell == COMPLETION_BASH) {
		/* The long names, with a = where a value must follow; and those where it may. */
		begin_words(shell, "option");
		for (unsigned id = 0; id < OPTION_COUNT; id++)
			printf(" --%s%s", option_info[id].name,
			       option_info[id].argument && !is_optional(&option_info[id]) ? "=" : "");
		end_words(shell);
		begin_words(shell, "optional");
		for (unsigned id = 0; id < OPTION_COUNT; id++)
			if (is_optional(&option_info[id]))
				printf(" --%s", option_info[id].name);
		end_words(shell);
	}
	begin_words(shell, "event");
	put_word(shell, "all", "all that this system provides");
	put_word(shell, "default", "without high-volume events");
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++)
		put_word(shell, event_group_name[group], event_group_help[group]);
	for (unsigned id = 0; id < EV_OTHER; id++)
		put_word(shell, event_info[id].name, event_info[id].help);
	end_words(shell);
	begin_words(shell, "kinds");
#define X(id, word, mark, side, prefix, es, help) put_word(shell, word, help);
	MUTE_KIND_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "columns");
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		put_word(shell, column_info[i].title, column_info[i].help);
	end_words(shell);
	begin_words(shell, "views");
#define X(id, group, scope, act, keys, name, help) put_word(shell, name, help);
	VIEW_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "groupings");
#define X(id, name, key, title, many, mute, help) put_word(shell, name, help);
	GROUPING_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "themes");
#define X(id, name, help) put_word(shell, name, help);
	THEME_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "colors");
#define X(id, word) put_word(shell, word, "");
	COLOR_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "forms");
#define X(id, word) put_word(shell, word, "");
	LOG_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "frames");
#define X(id, word) put_word(shell, word, "");
	BATCH_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "summaries");
#define X(id, word, help) put_word(shell, word, help);
	SUMMARY_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "hooks");
#define X(id, word, ...) put_word(shell, word, "");
	SOURCE_HOOKS_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "traces");
#define X(id, word, help) put_word(shell, word, help);
	TRACE_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "exports");
#define X(id, word, writer, help) put_word(shell, word, help);
	MUTE_EXPORT_TABLE(X)
#undef X
	end_words(shell);
	begin_words(shell, "on_off");
	put_word(shell, "on", "");
	put_word(shell, "off", "");
	end_words(shell);
	begin_words(shell, "answers");
	put_word(shell, "yes", "");
	put_word(shell, "no", "");
	end_words(shell);
}

/* ---- options ---- */

static void
put_bash(unsigned id)
{
	const struct option_info *o = &option_info[id];

	/* A letter that takes no value needs no row. */
	if (o->letter && o->argument && !is_optional(o))
		printf("\t-%c | --%s", o->letter, o->name);
	else
		printf("\t--%s", o->name);
	printf(") kind=%s ;;\n", !o->argument ? "flag" : kind_of(id));
}

static void
put_zsh(unsigned id)
{
	const struct option_info *o = &option_info[id];
	const char *kind = kind_of(id);
	char argument[40] = "";

	/* "[=FORM]" is FORM to a reader. */
	if (o->argument && is_optional(o))
		snprintf(argument, sizeof(argument), "%.*s", (int)strlen(o->argument) - 3, o->argument + 2);
	else if (o->argument)
		snprintf(argument, sizeof(argument), "%s", o->argument);

	for (unsigned form = 0; form < 2; form++) {
		char spec[400], help[100];

		if (form == 0 && !o->letter)
			continue;
		snprintf(help, sizeof(help), "%.*s", (int)brief(o->help), o->help);
		for (char *at = strpbrk(help, "[]"); at; at = strpbrk(at, "[]"))
			*at = ' ';
		if (form == 0)
			snprintf(spec, sizeof(spec), "*-%c%s[%s]", o->letter,
				 argument[0] && !is_optional(o) ? "+" : "", help);
		else
			snprintf(spec, sizeof(spec), "*--%s%s[%s]", o->name,
				 !argument[0]     ? ""
				 : is_optional(o) ? "=-"
						  : "=",
				 help);
		if (argument[0] && (form == 1 || !is_optional(o)))
			snprintf(spec + strlen(spec), sizeof(spec) - strlen(spec), "%s%s:_estop_%s",
				 is_optional(o) ? "::" : ":", argument, kind);
		putchar('\t');
		put_quoted(COMPLETION_ZSH, spec, strlen(spec), "");
		putchar('\n');
	}
}

static void
put_fish(unsigned id)
{
	const struct option_info *o = &option_info[id];

	fputs("complete -c estop -n __estop_own", stdout);
	if (o->letter)
		printf(" -s %c", o->letter);
	printf(" -l %s", o->name);
	if (o->argument)
		printf("%s -a '(__estop_%s)'", is_optional(o) ? " -f" : " -x", kind_of(id));
	fputs(" -d ", stdout);
	put_quoted(COMPLETION_FISH, o->help, brief(o->help), "");
	putchar('\n');
}

void
completions_put_options(enum completion_shell shell)
{
	for (unsigned id = 0; id < OPTION_COUNT; id++)
		(shell == COMPLETION_BASH ? put_bash : shell == COMPLETION_ZSH ? put_zsh : put_fish)(id);
}
