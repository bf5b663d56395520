/*
 * prog_docs man|markdown FILE: prints FILE with its generated sections made anew
 * from the tables of the program. A section lies between a line that holds
 * "begin NAME" and one that holds "end NAME", both comments of the format.
 */
#include "model/mutes.h"
#include "src/cli/config.h"
#include "src/cli/options.h"
#include "src/linux/refusal.h"
#include "ui/action.h"
#include "ui/column.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool man;

/* Letters that would mean something to mdoc or markdown lose that meaning. */
static void
put_escaped(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (man && text[i] == '\\')
			fputs("\\e", stdout);
		else if (man && text[i] == '-' && (i == 0 || !isalnum((unsigned char)text[i - 1])))
			fputs("\\-", stdout);
		else if (man && i == 0 && strchr(".'?!,:;()[]", text[i]))
			printf("\\&%c", text[i]);
		else if (!man && strchr("|<>*_\\", text[i]))
			printf("\\%c", text[i]);
		else
			putchar(text[i]);
	}
}

static void
put(const char *text)
{
	put_escaped(text, strlen(text));
}

/* A help text as sentences: capital at the start, full stop at the end, lines of mdoc's length. */
static void
put_sentences(const char *text)
{
	size_t column = 0;
	bool first = true;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (!first) {
			/* mdoc wants each sentence on a line of its own. */
			bool fold = man && (column + word > 76 || text[-2] == '.');

			putchar(fold ? '\n' : ' ');
			column = fold ? 0 : column + 1;
		}
		if (first) {
			putchar(toupper((unsigned char)text[0]));
			put_escaped(text + 1, word - 1);
		} else
			put_escaped(text, word);
		first = false;
		column += word;
		text += word + strspn(text + word, " ");
	}
	fputs(".", stdout);
}

/* One entry: what is explained, in print as it is typed, and the explanation. */
static void
put_entry(const char *what, const char *help)
{
	if (man) {
		printf(".It Ic ");
		for (const char *at = what; *at;) {
			size_t word = strcspn(at, " ");

			put_escaped(at, word);
			at += word;
			if (*at)
				putchar(*at++);
		}
		putchar('\n');
		put_sentences(help);
		putchar('\n');
	} else {
		/* Code needs no escapes, but a table cell ends at a bar in code too. */
		const char *tick = strchr(what, '`') ? "``" : "`";

		printf("| %s", tick);
		for (; *what; what++)
			printf(*what == '|' ? "\\%c" : "%c", *what);
		printf("%s | ", tick);
		put(help);
		puts(" |");
	}
}

static void
begin_list(const char *width, const char *title)
{
	if (man)
		printf(".Bl -tag -width %s -compact\n", width);
	else
		printf("| %s | |\n| --- | --- |\n", title);
}

static void
end_list(void)
{
	if (man)
		puts(".El");
}

static void
put_options(void)
{
	if (!man)
		begin_list("", "option");
	else
		puts(".Bl -tag -width Ds");
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		const struct option_info *o = &option_info[i];
		char flags[80];

		if (!man) {
			snprintf(flags, sizeof(flags), "%c%c%s--%s%s%s", o->letter ? '-' : ' ',
				 o->letter ? o->letter : ' ', o->letter ? ", " : "", o->name,
				 o->argument && o->argument[0] != '[' ? "=" : "", o->argument ? o->argument : "");
			put_entry(flags + (o->letter ? 0 : 2), o->help);
			continue;
		}
		fputs(".It ", stdout);
		if (o->letter)
			printf("Fl %c%s%s , ", o->letter, o->argument ? " Ar " : "",
			       o->argument ? o->argument : "");
		printf("Fl \\-%s", o->name);
		if (o->argument && o->argument[0] == '[') /* "[=FORM]" */
			printf(" Ns Oo Ns = Ns Ar %.*s Oc", (int)strlen(o->argument) - 3, o->argument + 2);
		else if (o->argument)
			printf(" Ns = Ns Ar %s", o->argument);
		putchar('\n');
		put_sentences(o->help);
		putchar('\n');
	}
	end_list();
}

static void
put_keys(void)
{
	for (unsigned group = 0; group < ACTION_GROUP_COUNT; group++) {
		if (man)
			printf(".Ss %s\n", action_group_title[group]);
		begin_list("PageDown", action_group_title[group]);
		for (unsigned i = 0; i < ACTION_COUNT; i++) {
			char keys[80];

			if (action_info[i].group != group)
				continue;
			action_keys((enum action_id)i, keys, sizeof(keys), man);
			put_entry(keys, action_info[i].help);
		}
		end_list();
		if (!man)
			putchar('\n');
	}
}

static void
put_columns(void)
{
	begin_list("COMMAND", "column");
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		put_entry(column_info[i].title, column_info[i].help);
	end_list();
}

/* README: a line for each group, for there are many; what stands behind a name says --list-events. */
static void
put_groups(void)
{
	puts("| group | events |\n| --- | --- |");
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++) {
		const char *between = "";

		printf("| `%s`: %s | ", event_group_name[group], event_group_help[group]);
		for (unsigned id = 0; id < EV_OTHER; id++) {
			if (event_info[id].group != group)
				continue;
			printf("%s%s%s", between, event_info[id].name, event_info[id].hot ? "\\*" : "");
			between = ", ";
		}
		puts(" |");
	}
	puts("\n\\* comes in such numbers that it is watched only when `-e` asks for it.");
}

static void
put_events(void)
{
	if (!man) {
		put_groups();
		return;
	}
	for (unsigned group = 0; group < EVENT_GROUP_COUNT; group++) {
		printf(".Ss Group %s: %s\n", event_group_name[group], event_group_help[group]);
		begin_list("remote_thread_create", "");
		for (unsigned id = 0; id < EV_OTHER; id++) {
			const struct event_info *e = &event_info[id];
			char help[200];

			if (e->group != group)
				continue;
			snprintf(help, sizeof(help), "%s%s%s%s%s", e->help, e->hot || e->target ? " (" : "",
				 e->hot ? "hot" : "", e->hot && e->target ? ", " : "",
				 e->target ? "target)" : e->hot ? ")" : "");
			put_entry(e->name, help);
		}
		end_list();
	}
}

static void
put_rules(void)
{
	begin_list("target\\-prefix", "rule");
#define X(id, word, mark, help) put_entry(word ":", help);
	MUTE_KIND_TABLE(X)
#undef X
	end_list();
}

static void
put_states(void)
{
	begin_list("audition", "state");
#define X(id, word, help) put_entry(word, help);
	MUTE_STATE_TABLE(X)
#undef X
	end_list();
}

/* The keys of the config file: options, said once more without their dashes. */
static void
put_settings(void)
{
	static const enum option_id keys[] = {
#define X(id) OPTION_##id,
		CONFIG_TABLE(X)
#undef X
	};

	begin_list("kernel-threads", "setting");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct option_info *o = &option_info[keys[i]];
		char what[80];

		snprintf(what, sizeof(what), "%s = %s", o->name, o->argument ? o->argument : "yes or no");
		put_entry(what, o->help);
	}
	end_list();
}

/* Why Linux is refused: what stands for a letter of its own is shown as a word. */
static void
put_refusals(void)
{
	static const char *const sentences[] = {
#define X(holds, error, sentence) sentence,
		REFUSAL_TABLE(X)
#undef X
	};
	static const struct {
		char letter;
		const char *word;
	} words[] = {
		{ 'R', "RELEASE" }, { 'P', "NAME" }, { 'V', "LOG" }, { 'E', "ERROR" }, { 'W', "" }, { 'T', "" },
	};

	puts(".Bl -bullet -compact");
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		char text[512];
		size_t used = 0;

		for (const char *at = sentences[i]; *at; at++) {
			const char *word = NULL;

			for (size_t j = 0; *at == '%' && j < sizeof(words) / sizeof(words[0]); j++)
				if (words[j].letter == at[1])
					word = words[j].word;
			used += (size_t)(word ? snprintf(text + used, sizeof(text) - used, "%s", word)
					      : snprintf(text + used, sizeof(text) - used, "%c", *at));
			at += word != NULL;
		}
		puts(".It");
		put_sentences(text);
		putchar('\n');
	}
	puts(".El");
}

/* Debian's names, handed over by the Makefile, in lines of a readable length. */
static void
put_packages(void)
{
	const char *names = getenv("ESTOP_DEPS");
	size_t column = 0;

	puts("```");
	while (names && *(names += strspn(names, " \t"))) {
		size_t word = strcspn(names, " \t");

		if (column)
			putchar(column + word > 88 ? '\n' : ' ');
		if (column + word > 88)
			column = 0;
		printf("%.*s", (int)word, names);
		column += word + 1;
		names += word;
	}
	puts("\n```");
}

static const struct {
	const char *name;
	void (*put)(void);
} sections[] = {
	{ "options", put_options }, { "keys", put_keys },   { "columns", put_columns },
	{ "events", put_events },   { "rules", put_rules }, { "states", put_states }, { "packages", put_packages },
	{ "settings", put_settings }, { "refusals", put_refusals },
};

enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

/* Which section this line begins or ends; SECTIONS: none. */
static unsigned
section_of(const char *line, const char *word)
{
	char wanted[64];
	unsigned i;

	for (i = 0; i < SECTIONS; i++) {
		snprintf(wanted, sizeof(wanted), man ? ".\\\" %s %s\n" : "<!-- %s %s -->\n", word,
			 sections[i].name);
		if (strcmp(line, wanted) == 0)
			break;
	}
	return i;
}

int
main(int argc, char **argv)
{
	char line[4096];
	unsigned inside = SECTIONS;
	FILE *f;

	if (argc != 3 || (strcmp(argv[1], "man") != 0 && strcmp(argv[1], "markdown") != 0)) {
		fputs("usage: prog_docs man|markdown FILE\n", stderr);
		return 2;
	}
	man = strcmp(argv[1], "man") == 0;
	f = fopen(argv[2], "r");
	if (!f) {
		perror(argv[2]);
		return 1;
	}
	while (fgets(line, sizeof(line), f)) {
		if (inside < SECTIONS) {
			if (section_of(line, "end") != inside)
				continue;
		}
		fputs(line, stdout);
		inside = section_of(line, "begin");
		if (inside < SECTIONS) {
			/* A table of markdown needs an empty line before and after it. */
			if (!man)
				putchar('\n');
			sections[inside].put();
			if (!man)
				putchar('\n');
		}
	}
	fclose(f);
	if (inside < SECTIONS) {
		fprintf(stderr, "%s: section %s has no end\n", argv[2], sections[inside].name);
		return 1;
	}
	return fflush(stdout) != 0 || ferror(stdout);
}
