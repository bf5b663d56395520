/* filter: the language a person types, and what it says when it makes no sense. */
#include "model/filter.h"
#include "model/tree.h"
#include "tests/lib/build.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct filter_subject make = {
	.pid = 4120,
	.uid = 1000,
	.user = "alice",
	.name = "make",
	.exe = "/usr/bin/make",
	.args = "make -j8 CC=clang",
};
static const struct filter_subject stores = {
	.pid = 812,
	.uid = 0,
	.user = "root",
	.name = "mds_stores",
	.exe = "/usr/libexec/mds_stores",
};
static const struct filter_subject nameless = { .pid = 9, .uid = 7 };

static bool
matches(const char *text, const struct filter_subject *s)
{
	char why[128] = "";
	struct filter *f = filter_compile(text, why, sizeof(why));
	bool match;

	assert_string_equal(why, "");
	assert_non_null(f);
	assert_string_equal(filter_text(f), text);
	match = filter_match(f, s);
	filter_free(f);
	return match;
}

static void
refuses(const char *text, const char *sentence)
{
	char why[160] = "";

	assert_null(filter_compile(text, why, sizeof(why)));
	if (!strstr(why, sentence))
		fail_msg("'%s' says '%s', not '%s'", text, why, sentence);
}

static void
a_process_is_found_by_whom_it_belongs_to(void **state)
{
	const struct filter_subject s = { .pid = 40,
					  .user = "root",
					  .cgroup = "/system.slice/nginx.service/worker",
					  .unit = "nginx.service",
					  .signer = "TEAM/org.nginx",
					  .tty = "/dev/pts/3" };

	(void)state;
	assert_true(matches("unit:nginx.service", &s));
	assert_true(matches("unit:system.slice", &s));
	assert_true(matches("unit:/system.slice", &s));
	assert_false(matches("unit:nginx", &s));
	assert_true(matches("!unit:cron.service", &s));
	assert_true(matches("cgroup:/system.slice", &s));
	assert_true(matches("cgroup:worker", &s));
	assert_false(matches("cgroup:/system", &s));
	assert_true(matches("signer:TEAM", &s));
	assert_true(matches("signer:TEAM/org.nginx", &s));
	assert_false(matches("signer:TEA", &s));
	assert_true(matches("tty:pts/3", &s));
	assert_true(matches("tty:/dev/pts/3", &s));
	assert_false(matches("tty:none", &s));
	/* Nothing is known of these. */
	assert_false(matches("unit:x", &nameless));
	assert_false(matches("cgroup:x", &nameless));
	assert_false(matches("signer:x", &nameless));
	assert_false(matches("tty:none", &nameless));
	refuses("unit:", "expected a unit, container or cgroup");
	refuses("cgroup:", "expected a path, or a part of one");
	refuses("signer:", "expected a team");
	refuses("tty:", "expected a terminal");
	refuses("by:", "expected the name of a program");
}

static void
a_process_is_found_by_what_it_descends_from(void **state)
{
	struct tree *t = tree_create();
	const struct event_proc make_proc = pid(300, 1), cc = below(pid(301, 1), 300),
				as = below(pid(302, 1), 301);
	struct filter_subject s = { .pid = 302, .ppid = 301, .start_ns = as.start_ns };

	(void)state;
	tree_apply(t, seen_of(make_proc, "/usr/bin/make"));
	tree_apply(t, seen_of(cc, "/usr/bin/gcc"));
	tree_apply(t, seen_of(as, "/usr/bin/as"));
	s.tree = t;
	assert_true(matches("below:300", &s));
	assert_true(matches("below:7,301", &s));
	assert_true(matches("below:302", &s));
	assert_false(matches("below:303", &s));
	assert_true(matches("by:make", &s));
	assert_true(matches("by:/usr/bin/gcc", &s));
	assert_false(matches("by:as", &s));
	assert_false(matches("by:mak", &s));
	/* Without a tree the parent is all that is known. */
	s.tree = NULL;
	assert_true(matches("below:301", &s));
	assert_false(matches("below:300", &s));
	refuses("below:make", "expected pids, as in below:12,40");
	tree_destroy(t);
}

static bool
number_of(const void *who, enum filter_number number, double *value)
{
	*value = ((const double *)who)[number];
	return number != FILTER_FORKS;
}

static void
numbers_compare(void **state)
{
	static const double numbers[FILTER_NUMBERS] = { [FILTER_EV_RATE] = 150.5, [FILTER_OPENS] = 2000 };
	const struct filter_subject s = {
		.number = number_of, .who = numbers, .start_ns = 1000000000, .now_ns = 91000000000
	};
	static const struct {
		const char *text;
		bool match;
	} cases[] = { { "ev/s>100", true },   { "ev/s>150.5", false },      { "ev/s>=150.5", true },
		      { "ev/s<1k", true },    { "ev/s<=150", false },       { "opens=2k", true },
		      { "opens>1k", true },   { "opens>1M", false },        { "!opens>1M", true },
		      { "execs=0", true },    { "age<10s", false },         { "age>1m", true },
		      { "age>=90", true },    { "age<1h", true },           { "forks=0", false },
		      { "opens>1k|x", true }, { "ev/s>100 opens<5", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (matches(cases[i].text, &s) != cases[i].match)
			fail_msg("%s", cases[i].text);
	/* Each comparison below the bound, at it and above. */
	static const char *const operators[] = { "<", "<=", "=", ">=", ">" };

	for (unsigned op = 0; op < 5; op++)
		for (unsigned n = 1999; n <= 2001; n++) {
			char text[32];

			snprintf(text, sizeof(text), "opens%s%u", operators[op], n);
			/* 2000, the bound is n. */
			if (matches(text, &s) != (n > 2000 ? op < 2 : n == 2000 ? op > 0 && op < 4 : op > 2))
				fail_msg("%s", text);
		}
	assert_false(matches("age>0", &make)); /* not known */
	assert_false(matches("opens>0", &make));
	refuses("ev/s>", "expected a number, as in ev/s>100 or opens>1k");
	refuses("ev/s>1s", "expected a number");
	refuses("ev/s>1kk", "expected a number");
	refuses("opens>-1", "expected a number");
	refuses("opens>0x10", "expected a number");
	refuses("age<x", "expected a time, as in age<10s or age>=2h");
	refuses("age<10k", "expected a time");
	/* What is no number's name is text. */
	assert_true(matches("cc=clang", &make));
}

static void
an_empty_filter_matches_all(void **state)
{
	(void)state;
	assert_true(matches("", &make));
	assert_true(matches("   ", &nameless));
}

static void
text_is_looked_for_in_path_and_arguments(void **state)
{
	(void)state;
	assert_true(matches("make", &make));
	assert_true(matches("bin/ma", &make));
	assert_true(matches("-j8", &make));
	assert_false(matches("gcc", &make));
	assert_false(matches("make", &nameless));
}

static void
case_matters_only_when_there_are_capitals(void **state)
{
	(void)state;
	assert_true(matches("cc=cl", &make));
	assert_true(matches("CC=cl", &make));
	assert_false(matches("Cc=cl", &make));
	assert_false(matches("Make", &make));
}

static void
a_path_matches_itself_and_what_lies_below(void **state)
{
	(void)state;
	assert_true(matches("/usr/bin/make", &make));
	assert_true(matches("/usr/bin", &make));
	assert_true(matches("/usr/bin/", &make));
	assert_true(matches("/", &make));
	assert_false(matches("/usr/bi", &make));
	assert_false(matches("/usr/lib", &stores));
	assert_false(matches("/usr", &nameless));
}

static void
a_regex_is_extended_and_may_hold_bars_and_spaces_in_brackets(void **state)
{
	(void)state;
	assert_true(matches("~^/usr/.*make$", &make));
	assert_true(matches("~-j[0-9]+", &make));
	assert_true(matches("~bin/(make|ninja)$", &make));
	assert_true(matches("~make[ ]-j", &make));
	assert_true(matches("~\"make -j\"", &make));
	assert_false(matches("~^make$", &make));
	assert_true(matches("~[(]|make", &make));
	assert_false(matches("~x", &nameless));
}

/* NFC as typed and NFD as a Mac's disk has it, and case beyond ASCII. */
static void
letters_match_beyond_ascii(void **state)
{
	static const struct filter_subject
		green = { .exe = "/opt/\xc3\x9c"
				 "berGr\xc3\xbcn" },
		apart = { .exe = "/opt/U\xcc\x88"
				 "berGru\xcc\x88n" },
		moscow = { .exe = "/x", .args = "\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0" },
		street = { .exe = "/bin/STRASSE" }, broken = { .exe = "/bin/\xff\xc3\xbc" };
	static const char small[] = "\xc3\xbc"
				    "bergr\xc3\xbcn",
			  large[] = "\xc3\x9c"
				    "berGr\xc3\xbcn",
			  wrong[] = "\xc3\x9c"
				    "bergr\xc3\xbcn";
	char text[64];

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct filter_subject *s = i ? &apart : &green;

		assert_true(matches(small, s));
		assert_true(matches(large, s));
		assert_false(matches(wrong, s)); /* a capital: case matters */
		snprintf(text, sizeof(text), "~^/opt/%s$", small);
		assert_true(matches(text, s));
		snprintf(text, sizeof(text), "~%s", wrong);
		assert_false(matches(text, s));
		snprintf(text, sizeof(text), "~~%s", small);
		assert_false(matches(text, s));
		snprintf(text, sizeof(text), "~~%s", large);
		assert_true(matches(text, s));
		snprintf(text, sizeof(text), "/opt/%s", large);
		assert_true(matches(text, s));
		snprintf(text, sizeof(text), "/opt/%s", small);
		assert_false(matches(text, s)); /* a path is exact */
	}
	assert_true(matches("\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0", &moscow));
	assert_true(matches("~\xd0\xbc\xd0\xbe\xd1\x81\xd0\xba", &moscow));
	assert_true(matches("stra\xc3\x9f"
			    "e",
			    &street));
	assert_false(matches("\xc3\xbc", &green) != matches("\xc3\x9c", &green)); /* one of each is there */
	assert_true(matches("bin", &broken)); /* not UTF-8: by its bytes */
	assert_true(matches("\xc3\xbc", &broken));
}

static void
a_regex_ignores_case_as_text_does(void **state)
{
	(void)state;
	assert_true(matches("~MAKE|~^/USR/BIN/", &make) == false);
	assert_true(matches("~^/usr/bin/ma", &make));
	assert_true(matches("~~^/usr/bin/ma", &make));
	const struct filter_subject loud = { .exe = "/Applications/Make.app" };
	assert_true(matches("~make", &loud));
	assert_true(matches("~\\S+\\.app", &loud)); /* \S is no capital */
	assert_true(matches("~\\p{L}ake", &loud));
	assert_false(matches("~~make", &loud));
	refuses("~~", "column 1: expected a regular expression");
}

/* Whatever it looks like. */
static void
quoted_terms_are_plain_text(void **state)
{
	static const struct filter_subject odd = { .exe = "/bin/x", .args = "x pid:12 ~y !z user:bob /tmp" };

	(void)state;
	assert_true(matches("\"pid:12\"", &odd));
	assert_true(matches("\"~y\" \"!z\" \"user:bob\"", &odd));
	assert_true(matches("\"/tmp\"", &odd));
	assert_false(matches("/tmp", &odd));
	assert_false(matches("!\"pid:12\"", &odd));
	assert_true(matches("user:\"bob\"|\"x pid\"", &odd));
}

/* It does not match, is said, and the rows after it are tried still. */
static void
a_regex_that_takes_too_long_is_given_up(void **state)
{
	char args[3000], why[160] = "";
	struct filter_subject hostile = { .exe = "/bin/x", .args = args };
	struct filter *f = filter_compile("~(a+)+\\1x", why, sizeof(why));

	(void)state;
	memset(args, 'a', sizeof(args));
	strcpy(args + sizeof(args) - 4, "bx");
	assert_non_null(f);
	assert_false(filter_limited(f));
	assert_false(filter_match(f, &hostile));
	assert_true(filter_limited(f));
	hostile.args = "aax";
	assert_true(filter_match(f, &hostile));
	assert_true(filter_renew(f)); /* of the frame that ends, and shown in the next */
	assert_true(filter_limited(f));
	assert_true(filter_match(f, &hostile));
	assert_false(filter_renew(f));
	assert_false(filter_limited(f));

	/* All that may be done for a frame is done: nothing matches, until the next. */
	hostile.args = args;
	for (int i = 0; i < 100; i++)
		assert_false(filter_match(f, &hostile));
	hostile.args = "aax";
	assert_false(filter_match(f, &hostile));
	filter_renew(f);
	assert_true(filter_match(f, &hostile));
	filter_free(f);
	assert_false(filter_limited(NULL));
	assert_false(filter_renew(NULL));

	refuses("~a++++++++++++++++++++", "column 1: invalid regular expression: quantifier");
	refuses("~((a{1,200}){1,200}){1,20}",
		"column 1: invalid regular expression: regular expression is too large");
}

static void
user_is_a_name_or_a_number(void **state)
{
	(void)state;
	assert_true(matches("user:alice", &make));
	assert_true(matches("user:1000", &make));
	assert_true(matches("user:7", &nameless));
	assert_false(matches("user:ali", &make));
	assert_false(matches("user:root", &make));
}

static void
pid_is_a_list_of_processes(void **state)
{
	(void)state;
	assert_true(matches("pid:4120", &make));
	assert_true(matches("pid:12,4120", &make));
	assert_false(matches("pid:412", &make));
}

static bool
opens_and_forks(const void *who, enum event_id id)
{
	(void)who;
	return id == EV_OPEN || id == EV_FORK;
}

static void
ev_is_a_list_of_events_made(void **state)
{
	struct filter_subject busy = make;

	(void)state;
	busy.makes = opens_and_forks;
	assert_true(matches("ev:open", &busy));
	assert_false(matches("ev:close", &busy));
	assert_true(matches("ev:close,fork", &busy));
	assert_true(matches("!ev:close make", &busy));
	assert_true(matches("ev:file", &busy)); /* a group */
	assert_true(matches("ev:all", &busy));
	assert_false(matches("ev:all", &make));
	refuses("make ev:opn", "column 9: unknown event 'opn'");
	refuses("ev:", "column 1: expected event types");
}

static void
an_exclamation_mark_negates(void **state)
{
	(void)state;
	assert_false(matches("!make", &make));
	assert_true(matches("!make", &stores));
	assert_true(matches("!!make", &make));
	assert_true(matches("!/usr/bin", &stores));
	assert_false(matches("!user:root", &stores));
	assert_true(matches("!~x$", &make));
}

static void
a_space_means_and_and_binds_stronger_than_a_bar(void **state)
{
	(void)state;
	assert_true(matches("make user:alice", &make));
	assert_false(matches("make user:root", &make));
	assert_true(matches("user:root|make", &make));
	assert_true(matches("nothing make | user:root mds", &stores));
	assert_false(matches("nothing make | user:root mds", &make));
	assert_true(matches("make !gcc|pid:1", &make));
	assert_false(matches("gcc|ninja", &make));
}

static void
quotes_keep_a_term_together(void **state)
{
	(void)state;
	assert_true(matches("\"make -j8\"", &make));
	assert_false(matches("\"make  -j8\"", &make));
	assert_false(matches("\"a|make\"", &make));
	assert_true(matches("!\"a b\"", &make));
}

static void
what_makes_no_sense_is_refused_with_its_column(void **state)
{
	(void)state;
	refuses("|make", "column 1: ");
	refuses("make|", "column 6: ");
	refuses("a||b", "column 3: ");
	refuses("make !", "column 7: ");
	refuses("!|a", "column 2: ");
	refuses("~", "column 1: ");
	refuses("make ~(a", "column 6: invalid regular expression: ");
	refuses("~[a", "column 1: ");
	refuses("pid:", "column 1: expected pids");
	refuses("pid:12,", "pid:");
	refuses("pid:x", "pid:");
	refuses("pid:-4", "pid:");
	refuses("pid:99999999999999999999", "pid:");
	refuses("user:", "user:");
	refuses("a \"b", "column 3: ");
	refuses("\"\"", "column 1: ");
	refuses("\xc3\xa9\xc3\xa9 |", "column 5: "); /* two letters of two bytes each */
}

static void
a_closed_bracket_holds_nothing_together(void **state)
{
	(void)state;
	assert_true(matches("~(make|x) -j8", &make));
	assert_false(matches("~(make|x) gcc", &make)); /* two terms: both are wanted */
	assert_false(matches("~[m]ake gcc", &make));
	assert_true(matches("~([m]ake|x) !gcc", &make));
	assert_true(matches("~(gcc|x)|-j8", &make));
}

static void
the_last_letter_is_folded_like_the_others(void **state)
{
	const struct filter_subject capitals = { .pid = 3, .exe = "/bin/ZSH-A" };

	(void)state;
	assert_true(matches("zsh-a", &capitals));
	assert_true(matches("a", &capitals));
	assert_true(matches("ZSH-A", &capitals));
	assert_false(matches("ZSH-a", &capitals));
}

static void
a_host_is_named_in_full(void **state)
{
	const struct filter_subject there = { .pid = 3, .name = "make", .host = "build1" };

	(void)state;
	assert_true(matches("host:build1", &there));
	assert_false(matches("host:build", &there));
	assert_false(matches("host:build1", &make)); /* is of no host */
	refuses("host:", "column 1: expected a host name after host:");
}

/* Of "/link/" the other name is "/real". */
static char *
other_name(const char *typed)
{
	static const char link[] = "/link";
	char *path;

	if (strncmp(typed, link, strlen(link)) != 0)
		return NULL;
	path = calloc(1, strlen(typed) + 1);
	strcat(strcpy(path, "/real"), typed + strlen(link));
	return path;
}

static void
keep(void *ctx, const char *typed, const char *real)
{
	snprintf(ctx, 80, "%s=%s", typed, real);
}

static void
a_typed_path_matches_by_both_of_its_names(void **state)
{
	static const struct filter_subject typed = { .exe = "/link/bin/x" }, real = { .exe = "/real/bin/x" },
					   other = { .exe = "/real/sbin/x" };
	char said[80] = "", why[80];
	const struct filter_paths paths = { other_name, keep, said };
	struct filter *f = filter_compile_typed("/link/bin/", &paths, why, sizeof(why));

	(void)state;
	assert_non_null(f);
	assert_string_equal(filter_text(f), "/link/bin/");
	assert_string_equal(said, "/link/bin=/real/bin");
	assert_true(filter_match(f, &typed));
	assert_true(filter_match(f, &real));
	assert_false(filter_match(f, &other));
	filter_free(f);
	said[0] = '\0';
	f = filter_compile_typed("/nowhere link", &paths, why, sizeof(why));
	assert_string_equal(said, ""); /* it has no other name */
	filter_free(f);
	assert_false(matches("/link/bin", &real));
}

static void
a_script_matches_as_its_interpreter_does(void **state)
{
	static const struct filter_subject run = { .exe = "/usr/bin/perl",
						   .name = "perl",
						   .script = "/opt/a/run" };

	(void)state;
	assert_true(matches("/opt/a", &run));
	assert_true(matches("/usr/bin/perl", &run));
	assert_true(matches("a/run", &run));
	assert_true(matches("~/run$", &run));
	assert_false(matches("/opt/b", &run));
}

static void
a_backslash_keeps_a_quote_in_quotes(void **state)
{
	static const struct filter_subject odd = { .exe = "/opt/a \"b\\c" };

	(void)state;
	assert_true(matches("/\"opt/a \\\"b\\\\c\"", &odd));
	assert_true(matches("\"a \\\"b\"", &odd));
	assert_true(matches("b\\c", &odd)); /* without quotes it is itself */
	assert_true(matches("~\\\"b", &odd));
	refuses("\"a\\\"", "unterminated quote");
}

/* Whatever a value holds, its term stands for it; quotes only where they are needed. */
static void
a_term_is_made_of_any_value(void **state)
{
	static const struct {
		const char *key, *value, *term;
	} all[] = {
		{ "/", "usr/lib/", "/usr/lib" },
		{ "/", "", "/" },
		{ "/", "opt/a \"b\\c|d", "/\"opt/a \\\"b\\\\c|d\"" },
		{ "user:", "a\\b", "user:a\\b" },
		{ "user:", "EXAMPLE\\a b", "user:\"EXAMPLE\\\\a b\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char exe[80], *term = filter_term(all[i].key, all[i].value, false);
		char *quoted = filter_term(all[i].key, all[i].value, true);
		const struct filter_subject s = { .user = all[i].value, .exe = exe };

		snprintf(exe, sizeof(exe), "/%s", all[i].value);
		assert_string_equal(term, all[i].term);
		assert_true(matches(term, &s));
		assert_int_equal(quoted[strlen(all[i].key)], '"');
		assert_true(matches(quoted, &s));
		free(term);
		free(quoted);
	}
}

/* In arguments that were cut the text may be where nobody looks. */
static void
a_filter_that_looks_in_cut_arguments_says_so(void **state)
{
	struct filter_subject cut = make;
	char why[80];
	struct filter *text = filter_compile("END", why, sizeof(why)),
		      *user = filter_compile("user:root", why, sizeof(why));

	(void)state;
	assert_false(filter_match(text, &cut));
	assert_false(filter_missed(text)); /* they are whole */
	cut.args_cut = true;
	assert_false(filter_match(text, &cut));
	assert_true(filter_missed(text));
	filter_renew(text);
	assert_true(filter_missed(text)); /* in the frame before */
	filter_renew(text);
	assert_false(filter_missed(text));
	cut.args = "make END";
	assert_true(filter_match(text, &cut));
	assert_false(filter_missed(text)); /* found */
	assert_false(filter_match(user, &cut));
	assert_false(filter_missed(user)); /* not looked at */
	assert_false(filter_missed(NULL));
	filter_free(text);
	filter_free(user);
}

static void
a_letter_that_is_escaped_is_a_letter(void **state)
{
	const struct filter_subject small = { .exe = "/bin/a.b" }, large = { .exe = "/bin/a.B" };

	(void)state;
	assert_true(matches("~a\\.b", &large)); /* no capitals: any case */
	assert_true(matches("~a\\.B", &large));
	assert_false(matches("~a\\.B", &small));
}

static void
pids_begin_with_any_digit(void **state)
{
	struct filter_subject nine = make;

	(void)state;
	nine.pid = 904;
	assert_true(matches("pid:904", &nine));
	assert_false(matches("pid:90", &nine));
	nine.pid = 0;
	assert_true(matches("pid:0", &nine));
}

static void
a_pid_is_a_number_a_process_can_have(void **state)
{
	(void)state;
	assert_false(matches("pid:2147483647", &make));
	refuses("pid:2147483648", "expected pids");
	refuses("pid:99999999999999999999", "expected pids");
	refuses("pid:-1", "expected pids");
	refuses("pid:+1", "expected pids");
	refuses("pid:1,", "expected pids");
	refuses("pid:,1", "expected pids");
	refuses("pid:1;2", "expected pids");
	refuses("pid:1x", "expected pids");
	refuses("below:1,x", "expected pids, as in below:12,40");
}

static void
a_property_of_characters_has_no_capitals(void **state)
{
	(void)state;
	assert_true(matches("~\\p{Lu}AKE", &make) == false); /* AKE has */
	assert_true(matches("~\\p{L}ake", &make));
	assert_true(matches("~\\p{L}ake", &(struct filter_subject){ .exe = "/MAKE" }));
	assert_true(matches("~\\P{Lu}ake", &(struct filter_subject){ .exe = "/AKE" }));
	assert_false(matches("~\\p{L}aKe", &(struct filter_subject){ .exe = "/MAKE" }));
	assert_true(matches("~^\\pLAKE$|make", &make));
	refuses("~\\p{Lu", "invalid regular expression");
	refuses("~a\\", "invalid regular expression");
}

/* Whoever asks for other names need not want to hear of them. */
static void
other_names_may_be_found_without_a_word(void **state)
{
	static const struct filter_subject real = { .exe = "/real/bin/x" };
	const struct filter_paths paths = { .canonical = other_name };
	char why[80];
	struct filter *f = filter_compile_typed("/link/bin", &paths, why, sizeof(why));

	(void)state;
	assert_non_null(f);
	assert_true(filter_match(f, &real));
	filter_free(f);
}

/* Composed or not, an accented letter is another one than the letter alone. */
static void
a_plain_letter_is_not_part_of_an_accented_one(void **state)
{
	const struct filter_subject composed = { .exe = "/caf\xc3\xa9" }, apart = { .exe = "/cafe\xcc\x81" };

	(void)state;
	assert_false(matches("cafe", &composed));
	assert_false(matches("cafe", &apart));
	assert_true(matches("caf", &composed));
	assert_true(matches("caf", &apart));
	assert_true(matches("CAF\xc3\x89", &(struct filter_subject){ .exe = "/CAFE\xcc\x81" }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_filter_matches_all),
		cmocka_unit_test(a_process_is_found_by_whom_it_belongs_to),
		cmocka_unit_test(a_process_is_found_by_what_it_descends_from),
		cmocka_unit_test(numbers_compare),
		cmocka_unit_test(text_is_looked_for_in_path_and_arguments),
		cmocka_unit_test(case_matters_only_when_there_are_capitals),
		cmocka_unit_test(a_path_matches_itself_and_what_lies_below),
		cmocka_unit_test(letters_match_beyond_ascii),
		cmocka_unit_test(a_regex_ignores_case_as_text_does),
		cmocka_unit_test(quoted_terms_are_plain_text),
		cmocka_unit_test(a_regex_that_takes_too_long_is_given_up),
		cmocka_unit_test(a_regex_is_extended_and_may_hold_bars_and_spaces_in_brackets),
		cmocka_unit_test(user_is_a_name_or_a_number),
		cmocka_unit_test(pid_is_a_list_of_processes),
		cmocka_unit_test(ev_is_a_list_of_events_made),
		cmocka_unit_test(an_exclamation_mark_negates),
		cmocka_unit_test(a_space_means_and_and_binds_stronger_than_a_bar),
		cmocka_unit_test(quotes_keep_a_term_together),
		cmocka_unit_test(what_makes_no_sense_is_refused_with_its_column),
		cmocka_unit_test(a_closed_bracket_holds_nothing_together),
		cmocka_unit_test(the_last_letter_is_folded_like_the_others),
		cmocka_unit_test(a_host_is_named_in_full),
		cmocka_unit_test(a_typed_path_matches_by_both_of_its_names),
		cmocka_unit_test(a_script_matches_as_its_interpreter_does),
		cmocka_unit_test(a_backslash_keeps_a_quote_in_quotes),
		cmocka_unit_test(a_term_is_made_of_any_value),
		cmocka_unit_test(a_filter_that_looks_in_cut_arguments_says_so),
		cmocka_unit_test(a_letter_that_is_escaped_is_a_letter),
		cmocka_unit_test(pids_begin_with_any_digit),
		cmocka_unit_test(a_pid_is_a_number_a_process_can_have),
		cmocka_unit_test(a_property_of_characters_has_no_capitals),
		cmocka_unit_test(other_names_may_be_found_without_a_word),
		cmocka_unit_test(a_plain_letter_is_not_part_of_an_accented_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
