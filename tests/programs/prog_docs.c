/*
 * prog_docs man|markdown|bash|zsh|fish FILE: prints FILE with its generated sections made anew
 * from the tables of the program. A section lies between a line that holds
 * "begin NAME" and one that holds "end NAME", both comments of the format.
 * Most sections are for manual pages; see sections[] for what is markdown. The completions of a shell
 * have sections of their own, see completions.h.
 */
#include "tests/programs/completions.h"
#include "model/mutes.h"
#include "src/app/metrics.h"
#include "src/cli/options.h"
#include "src/linux/refusal.h"
#include "ui/action.h"
#include "ui/column.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool man;
static int shell = -1; /* enum completion_shell */

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
	puts(".Bl -tag -width Ds");
	for (unsigned i = 0; i < OPTION_COUNT; i++) {
		const struct option_info *o = &option_info[i];

		fputs(".It ", stdout);
		/* What may be left out is not taken by the letter. */
		const char *after = o->argument && o->argument[0] != '[' ? o->argument : NULL;

		if (o->letter)
			printf("Fl %c%s%s , ", o->letter, after ? " Ar " : "", after ? after : "");
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
		printf(".Ss %s\n", action_group_title[group]);
		begin_list("PageDown", "");
		for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
			char keys[80];

			if (action_info[i].group != group)
				continue;
			action_keys((enum action_id)i, keys, sizeof(keys), true);
			put_entry(keys, action_info[i].help);
		}
		end_list();
	}
}

static void
put_columns(void)
{
	begin_list("COMMAND", "");
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		put_entry(column_info[i].title, column_info[i].help);
	end_list();
}

/* The names of columns, for programs; export writes them in lower case. */
static void
put_members(void)
{
	for (unsigned i = 0; i < COLUMN_COUNT; i++) {
		fputs(".Li ", stdout);
		for (const char *at = column_info[i].name; *at; at++)
			putchar(tolower((unsigned char)*at));
		puts(" ,");
	}
}

static void
put_events(void)
{
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
				 e->target ? "target)"
				 : e->hot  ? ")"
					   : "");
			put_entry(e->name, help);
		}
		end_list();
	}
}

static void
put_rules(void)
{
	begin_list("target\\-prefix", "rule");
#define X(id, word, mark, side, prefix, es, help) put_entry(word ":", help);
	MUTE_KIND_TABLE(X)
#undef X
	end_list();
}

static void
put_states(void)
{
	begin_list("audition", "");
#define X(id, word, help) put_entry(word, help);
	MUTE_STATE_TABLE(X)
#undef X
	end_list();
}

/* The keys of the config file: options, said once more without their dashes. */
static void
put_settings(void)
{
	begin_list("kernel-threads", "");
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		const struct option_info *o = &option_info[setting_option[i]];
		char what[80];

		snprintf(what, sizeof(what), "%s = %s", o->name,
			 o->argument && o->argument[0] != '[' ? o->argument : "yes or no");
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
		{ 'R', "RELEASE" }, { 'P', "NAME" }, { 'V', "LOG" },
		{ 'E', "ERROR" },   { 'W', "" },     { 'T', "" },
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

/* Debian's names, handed over by the Makefile, in lines of a readable length; "build:" begins a list. */
static void
put_packages(void)
{
	enum { INDENT = 7, LINE = 100 };
	const char *names = getenv("ESTOP_DEPS");
	size_t column = 0;

	fputs("```", stdout);
	while (names && *(names += strspn(names, " \t"))) {
		size_t word = strcspn(names, " \t");

		if (names[word - 1] == ':') {
			printf("\n%-*.*s", INDENT - 1, (int)word, names);
			column = INDENT - 1;
		} else {
			if (column + 1 + word > LINE) {
				printf("\n%*s", INDENT - 1, "");
				column = INDENT - 1;
			}
			printf(" %.*s", (int)word, names);
			column += word + 1;
		}
		names += word;
	}
	puts("\n```");
}

/*
 * The folders of the tree, from the table that lint checks their includes with: a folder includes what
 * is below it. What a folder is for is the first sentence of its main header.
 */
enum { FOLDERS_MAX = 40, BELOW_MAX = 16 };

static struct folder {
	char name[64];
	char below[BELOW_MAX][64];
	unsigned count, floor;
} folders[FOLDERS_MAX];
static unsigned folder_count;

static const struct folder *
folder_of(const char *name)
{
	for (unsigned i = 0; i < folder_count; i++)
		if (strcmp(folders[i].name, name) == 0)
			return &folders[i];
	return NULL;
}

static void
read_folders(void)
{
	FILE *f = fopen("tests/includes.txt", "r");
	char line[512];

	folder_count = 0;
	while (f && fgets(line, sizeof(line), f)) {
		struct folder *at = &folders[folder_count];
		size_t length = strcspn(line, ":");
		char *word, *rest = NULL;

		if (!strchr("#\n", line[0]) && line[length] == ':' && !memchr(line, '.', length) &&
		    !memchr(line, ' ', length) && length < sizeof(at->name) && folder_count < FOLDERS_MAX) {
			*at = (struct folder){ 0 };
			memcpy(at->name, line, length);
			folder_count++;
			for (word = strtok_r(line + length + 1, " \n", &rest); word && at->count < BELOW_MAX;
			     word = strtok_r(NULL, " \n", &rest))
				snprintf(at->below[at->count++], sizeof(at->below[0]), "%s", word);
		}
	}
	if (f)
		fclose(f);
	/* Rows name only what comes later, so from the last to the first each floor is known. */
	for (unsigned i = folder_count; i-- > 0;)
		for (unsigned k = 0; k < folders[i].count; k++) {
			const struct folder *to = folder_of(folders[i].below[k]);

			if (to && to->floor >= folders[i].floor)
				folders[i].floor = to->floor + 1;
		}
}

/*
 * What a folder is for: in its main header, behind " * src/base/ - ", up to the full stop. False:
 * that is not there.
 */
static bool
find_purpose(const char *folder, char *out, size_t len)
{
	char pattern[80], wanted[80], line[256];
	glob_t files;

	*out = '\0';
	snprintf(pattern, sizeof(pattern), "%s/*.[ch]", folder);
	snprintf(wanted, sizeof(wanted), " * %s/ - ", folder);
	if (glob(pattern, 0, NULL, &files) != 0)
		return false;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *f = fopen(files.gl_pathv[i], "r");

		for (int n = 0; f && fgets(line, sizeof(line), f) && n < 8; n++) {
			bool begins = strncmp(line, wanted, strlen(wanted)) == 0;

			if ((!begins && !*out) || strncmp(line, " * ", 3) != 0)
				continue;
			line[strcspn(line, "\n")] = '\0';
			snprintf(out + strlen(out), len - strlen(out), "%s%s", begins ? "" : " ",
				 line + (begins ? strlen(wanted) : 3));
		}
		if (f)
			fclose(f);
		if (*out) {
			out[strcspn(out, ".")] = '\0';
			break;
		}
	}
	globfree(&files);
	return *out != '\0';
}

/* A folder without a header: the names of its files say enough. */
static void
put_files(const char *folder)
{
	char pattern[80];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/*.c", folder);
	if (glob(pattern, 0, NULL, &files) != 0)
		return;
	for (size_t i = 0; i < files.gl_pathc; i++)
		printf("%s`%s`", i ? ", " : "", files.gl_pathv[i] + strlen(folder) + 1);
	globfree(&files);
}

/* The library's folders of system headers are part of it, not of the shape. */
static bool
is_inside_library(const char *folder)
{
	return strncmp(folder, "src/linux/", strlen("src/linux/")) == 0;
}

static void
put_folders(void)
{
	char purpose[400];
	unsigned top = 0;

	read_folders();
	for (unsigned i = 0; i < folder_count; i++)
		if (folders[i].floor > top)
			top = folders[i].floor;
	puts("```");
	for (unsigned floor = top + 1; floor-- > 0;) {
		int gap = 0;

		for (unsigned i = 0; i < folder_count; i++)
			if (folders[i].floor == floor && !is_inside_library(folders[i].name)) {
				printf("%*s%s", gap, "", folders[i].name);
				gap = 16 - (int)strlen(folders[i].name);
			}
		putchar('\n');
	}
	puts("```\n\n| folder | what it is | may include |\n| --- | --- | --- |");
	for (unsigned i = 0; i < folder_count; i++) {
		if (is_inside_library(folders[i].name))
			continue;
		printf("| `%s` | ", folders[i].name);
		if (find_purpose(folders[i].name, purpose, sizeof(purpose)))
			put(purpose);
		else
			put_files(folders[i].name);
		fputs(" | ", stdout);
		for (unsigned k = 0; k < folders[i].count; k++)
			printf("%s`%s`", k ? ", " : "", folders[i].below[k]);
		puts(" |");
	}
}

static void
put_completion_words(void)
{
	completions_put_words((enum completion_shell)shell);
}

static void
put_completion_options(void)
{
	completions_put_options((enum completion_shell)shell);
}

static void
put_metrics(void)
{
	begin_list("Ds", "metric");
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		const struct metric_info *m = &metric_info[i];
		bool counter = strcmp(m->kind, "counter") == 0;
		char what[160];

		snprintf(what, sizeof(what), "%s%s%s%s%s", m->name, counter ? "_total" : "",
			 m->labels[0] ? "{" : "", m->labels, m->labels[0] ? "}" : "");
		put_entry(what, m->help);
	}
	end_list();
}

static const struct {
	const char *name;
	void (*put)(void);
	bool man, markdown, shell;
} sections[] = {
	{ "options", put_options, .man = true },
	{ "keys", put_keys, .man = true },
	{ "columns", put_columns, .man = true },
	{ "members", put_members, .man = true },
	{ "events", put_events, .man = true },
	{ "rules", put_rules, .man = true, .markdown = true },
	{ "states", put_states, .man = true },
	{ "settings", put_settings, .man = true },
	{ "refusals", put_refusals, .man = true },
	{ "metrics", put_metrics, .man = true },
	{ "packages", put_packages, .markdown = true },
	{ "folders", put_folders, .markdown = true },
	{ "words", put_completion_words, .shell = true },
	{ "options", put_completion_options, .shell = true },
};

enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

/* Which section this line begins or ends; SECTIONS: none. */
static unsigned
section_of(const char *line, const char *word)
{
	char wanted[64];
	unsigned i;

	for (i = 0; i < SECTIONS; i++) {
		snprintf(wanted, sizeof(wanted),
			 man          ? ".\\\" %s %s\n"
			 : shell >= 0 ? "# %s %s\n"
				      : "<!-- %s %s -->\n",
			 word, sections[i].name);
		if (strcmp(line, wanted) == 0 && (man          ? sections[i].man
						  : shell >= 0 ? sections[i].shell
							       : sections[i].markdown))
			break;
	}
	return i;
}

int
main(int argc, char **argv)
{
	static const char *const shells[] = {
		[COMPLETION_BASH] = "bash", [COMPLETION_ZSH] = "zsh", [COMPLETION_FISH] = "fish"
	};
	char line[4096];
	unsigned inside = SECTIONS;
	FILE *f;

	for (int i = 0; argc == 3 && i < (int)(sizeof(shells) / sizeof(shells[0])); i++)
		if (strcmp(argv[1], shells[i]) == 0)
			shell = i;
	man = argc == 3 && strcmp(argv[1], "man") == 0;
	if (argc != 3 || (!man && shell < 0 && strcmp(argv[1], "markdown") != 0)) {
		fputs("usage: prog_docs man|markdown|bash|zsh|fish FILE\n", stderr);
		return 2;
	}
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
			if (!man && shell < 0)
				putchar('\n');
			sections[inside].put();
			if (!man && shell < 0)
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
