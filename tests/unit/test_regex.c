/* regex: patterns of people, and those that would never end. */
#include "model/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LONG = 3000, LONGEST = 16384 };

static bool
matches(const char *pattern, const char *text)
{
	struct regex_budget budget = { .left = REGEX_BUDGET_UNITS };
	char why[128] = "";
	struct regex *r = regex_compile(pattern, false, why, sizeof(why));
	bool match;

	if (!r)
		fail_msg("%s: %s", pattern, why);
	match = regex_match(r, text, &budget);
	assert_int_equal(budget.limited, 0);
	regex_free(r);
	return match;
}

static void
usual_patterns_match(void **state)
{
	(void)state;
	assert_true(matches("^/usr/.*make$", "/usr/bin/make"));
	assert_false(matches("^make$", "/usr/bin/make"));
	assert_true(matches("cc1|as|ld", "/usr/bin/as"));
	assert_true(matches("[[:digit:]]+\\.so", "lib12.so"));
	assert_true(matches("(?i)MAKE", "make"));
	assert_false(matches("make\\b(?! -j)", "make -j8"));
	assert_true(matches("", ""));
}

static void
a_dollar_is_the_end_and_a_dot_any_character(void **state)
{
	(void)state;
	assert_false(matches("a$", "a\n"));
	assert_true(matches("^a.b$", "a\nb"));
	assert_true(matches("^a.b$", "a\xc3\xa4"
				     "b"));
	assert_true(matches("a", "\xff\xfe"
				 "a\xc3"));
	assert_true(matches("^.$", "\xe2\x82\xac"));
}

static void
what_is_no_pattern_or_too_large_is_refused(void **state)
{
	static const char *const wrong[] = {
		"(",
		"[a",
		"a++++++++++++++++++++",
		"((a{1,200}){1,200}){1,20}",
		"(a{1,60000}){1,60000}",
		"\\C",
		"(?P<n>a)(?P<n>b)",
		"\\",
		"(?<=a*)b",
		"a{99999}",
		"\xff",
	};
	char *large = malloc(REGEX_BYTES + 2), deep[600] = "", why[128];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		why[0] = '\0';
		if (regex_compile(wrong[i], false, why, sizeof(why)))
			fail_msg("'%s' was taken", wrong[i]);
		assert_true(why[0]);
	}
	memset(large, 'a', REGEX_BYTES + 1);
	large[REGEX_BYTES + 1] = '\0';
	assert_null(regex_compile(large, false, why, sizeof(why)));
	assert_non_null(strstr(why, "longer than"));
	large[REGEX_BYTES] = '\0';
	assert_true(matches(large, large));
	free(large);
	memset(deep, '(', 200);
	memset(deep + 200, ')', 200);
	assert_null(regex_compile(deep, false, why, sizeof(why)));
}

/* Each would go on for years, or for seconds on each of a thousand rows. */
static const char *const endless[] = {
	"(a+)+\\1x",
	"(a|aa)+x",
	"(a*)*(a*)*(a*)*x",
	"a*a*a*a*a*a*a*x",
	"(?:a?){50}a{50}x",
	"((((a*)*)*)*)*x",
	"(?=(a+))\\1x",
	"(?:(?=a+)a)+x",
	"(a(?1)?)+x",
	"(\\w+\\s?)+x",
	"a{1,200}a{1,200}a{1,200}x",
	"(a|b|ab)*(?:a|b)*(?:a|b)*x",
	"(?(?=a)a|b)*(?(?=a)a|b)*(a*)x",
	"(a?|aa?)+x",
	"(?:a+b?)+(?:a+b?)+x",
	"(.*)(.*)(.*)(.*)(.*)x$",
};

/* The units that one text can cost: what it takes to look through it, and one step too many. */
static int64_t
most(size_t length)
{
	return REGEX_TEXT_UNITS + 2 * (int64_t)(length / 16 + 2);
}

static void
an_endless_pattern_is_left_after_its_units(void **state)
{
	static const size_t lengths[] = { 40, LONG, LONGEST };
	char *text = malloc(LONGEST + 5), why[128];

	(void)state;
	for (size_t i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
		struct regex *r = regex_compile(endless[i], false, why, sizeof(why));
		unsigned limited = 0;

		if (!r)
			fail_msg("%s: %s", endless[i], why);
		for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
			struct regex_budget budget = { .left = REGEX_BUDGET_UNITS };

			memset(text, 'a', lengths[k]);
			strcpy(text + lengths[k],
			       "b-xb"); /* what is looked for is there, but not in its place */
			regex_match(r, text, &budget);
			assert_true(REGEX_BUDGET_UNITS - budget.left <= most(lengths[k] + 4));
			limited += budget.limited > 0;
		}
		if (!limited)
			fail_msg("%s is not endless", endless[i]);
		regex_free(r);
	}
	free(text);
}

/* Then what is left costs nothing, however much it is. */
static void
a_budget_ends(void **state)
{
	struct regex_budget budget = { .left = REGEX_BUDGET_UNITS };
	char *text = malloc(LONG + 4), why[128];
	struct regex *r = regex_compile(endless[0], false, why, sizeof(why));
	unsigned tried = 0;

	(void)state;
	memset(text, 'a', LONG);
	strcpy(text + LONG, "bx");
	while (budget.left >= 0) {
		assert_false(regex_match(r, text, &budget));
		assert_int_equal(budget.limited, ++tried);
		assert_true(tried <= REGEX_BUDGET_UNITS / REGEX_TEXT_UNITS + 1);
	}
	assert_true(tried > 10);
	assert_false(regex_match(r, "aax", &budget));
	assert_int_equal(budget.limited, tried + 1);
	budget = (struct regex_budget){ .left = REGEX_BUDGET_UNITS };
	assert_true(regex_match(r, "aax", &budget));
	assert_int_equal(budget.limited, 0);
	regex_free(r);
	free(text);
}

static void
long_texts_alone_use_the_budget_up(void **state)
{
	struct regex_budget budget = { .left = REGEX_BUDGET_UNITS };
	char *text = malloc(LONGEST + 1), why[128];
	struct regex *r = regex_compile("x", false, why, sizeof(why));
	unsigned n = 0;

	(void)state;
	memset(text, 'a', LONGEST);
	text[LONGEST] = '\0';
	while (!budget.limited && n < 10000) {
		assert_false(regex_match(r, text, &budget));
		n++;
	}
	assert_in_range(n, 500, 2000);
	regex_free(r);
	free(text);
}

/* What a pattern takes of the budget on so long a text. */
static int64_t
cost(const char *pattern, size_t length)
{
	struct regex_budget budget = { .left = INT64_C(1) << 40 };
	char why[128], *text = calloc(1, length + 1);
	struct regex *r = regex_compile(pattern, false, why, sizeof(why));

	assert_non_null(text);
	assert_non_null(r);
	memset(text, 'b', length);
	text[length - 1] = 'c';
	assert_false(regex_match(r, text, &budget));
	regex_free(r);
	free(text);
	return (INT64_C(1) << 40) - budget.left;
}

/* An item that may walk over all that follows costs more than one that looks at a letter. */
static void
what_walks_over_the_text_costs_its_length(void **state)
{
	enum { LENGTH = 16000, BASE = LENGTH / 16 };

	(void)state;
	assert_in_range(cost("^b?x*c", LENGTH), 2 * BASE, 6 * BASE);
	assert_in_range(cost("^()\\1bxc", LENGTH), 2 * BASE, 5 * BASE);
	assert_in_range(cost("^b[xc]", LENGTH), BASE, BASE + 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_patterns_match),
		cmocka_unit_test(a_dollar_is_the_end_and_a_dot_any_character),
		cmocka_unit_test(what_is_no_pattern_or_too_large_is_refused),
		cmocka_unit_test(an_endless_pattern_is_left_after_its_units),
		cmocka_unit_test(a_budget_ends),
		cmocka_unit_test(long_texts_alone_use_the_budget_up),
		cmocka_unit_test(what_walks_over_the_text_costs_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
