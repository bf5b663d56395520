/* Columns: what they print has their width, what they compare has an order. */
#include "model/clean.h"
#include "ui/column.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* A row in which everything that can be a number is this one. */
static struct row
row_of(double value)
{
	struct row r = {
		.user = "alice", .name = "make", .exe = "/usr/bin/make", .command = "make -j8", .mute = 'P'
	};
	uint64_t count = value >= 1.8e19 ? UINT64_MAX : value > 0 ? (uint64_t)value : 0;

	r.key.pid = count > INT32_MAX ? INT32_MAX : (int32_t)count;
	r.ppid = r.key.pid;
	r.version = count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
	for (unsigned i = 0; i < EV_CORE; i++) {
		r.total[i] = count;
		r.rate[i] = value;
	}
	r.total_all = count;
	r.rate_all = value;
	r.compared = (struct compared){ (float)value, (float)(value * 3) };
	return r;
}

static void
widths_hold_for_any_figure(void **state)
{
	static const double values[] = {
		0,      0.001,    0.05,   0.1,     0.5,      0.95,     1,    9.94,   9.95,           9.96,
		9.999,  10,       99.5,   999,     999.5,    1000,     9999, 9999.7, 99999,          99999.9,
		999999, 999999.9, 1e6,    9999999, 1e7,      99999999, 1e8,  1e9,    123456789012.0, 1e15,
		1e18,   9.99e18,  1.8e19, 1e30,    INFINITY, NAN,      -1,   -1e30,
	};
	char out[256];

	(void)state;
	for (size_t v = 0; v < sizeof values / sizeof *values; v++)
		for (unsigned lossy = 0; lossy < 2; lossy++)
			for (unsigned i = 0; i < COLUMN_COUNT; i++) {
				const struct column *c = &column_info[i];
				struct row r = row_of(values[v]);
				r.flags = lossy ? ROW_LOSSY : 0;
				if (!c->width)
					continue;
				for (unsigned ascii = 0; ascii < 2; ascii++) {
					c->format(out, sizeof out, &r, c->width, ascii);
					if (clean_width(out) != c->width || strchr(out, '#'))
						fail_msg("%s of %g: '%s'", c->title, values[v], out);
				}
			}
}

static void
rates_of_nothing_are_a_dash(void **state)
{
	const struct column *c = column_default_sort();
	char out[32];
	struct row r = row_of(0);

	(void)state;
	c->format(out, sizeof out, &r, 6, false);
	assert_string_equal(out, "     -");
	r.rate_all = 0.02;
	c->format(out, sizeof out, &r, 6, false);
	assert_string_equal(out, "  <0.1");
	r.rate_all = 3.25;
	c->format(out, sizeof out, &r, 6, false);
	assert_string_equal(out, "   3.2");
	r.rate_all = 6.01;
	c->format(out, sizeof out, &r, 6, false);
	assert_string_equal(out, "     6");
}

static void
lossy_totals_say_at_least(void **state)
{
	char out[32];
	struct row r = row_of(12);

	(void)state;
	r.flags = ROW_LOSSY;
	column_info[COLUMN_OPEN].format(out, sizeof out, &r, 8, false);
	assert_string_equal(out, "     ≥12");
	column_info[COLUMN_OPEN].format(out, sizeof out, &r, 8, true);
	assert_string_equal(out, "     >12");
	column_info[COLUMN_OPEN_RATE].format(out, sizeof out, &r, 6, false);
	assert_string_equal(out, "    12");
}

static void
group_rows_have_no_pid(void **state)
{
	char out[32];
	struct row r = row_of(12);

	(void)state;
	r.key.pid = -4120;
	r.flags = ROW_GROUP;
	column_info[COLUMN_PID].format(out, sizeof out, &r, 7, false);
	assert_string_equal(out, "      -");
}

static void
users_are_cleaned_and_cut(void **state)
{
	const struct column *c = &column_info[COLUMN_USER];
	char out[64];
	struct row r = row_of(1);

	(void)state;
	r.user = "messagebus";
	c->format(out, sizeof out, &r, 8, false);
	assert_string_equal(out, "message+");
	r.user = "\033[31m";
	c->format(out, sizeof out, &r, 8, false);
	assert_string_equal(out, "^[[31m  ");
	r.user = "\xe7\xae\xa1\xe7\x90\x86\xe5\x91\x98\xe7\x94\xa8\xe6\x88\xb7";
	c->format(out, sizeof out, &r, 8, false);
	assert_int_equal(clean_width(out), 8);
	assert_string_equal(out, "\xe7\xae\xa1\xe7\x90\x86\xe5\x91\x98+ ");
	char flood[4096] = "a";
	for (size_t i = 1; i + 2 < sizeof flood; i += 2)
		memcpy(flood + i, "\xcc\x81", 3);
	r.user = flood;
	c->format(out, sizeof out, &r, 8, false);
	assert_int_equal(clean_width(out), 8);
}

static void
comparators_are_an_order(void **state)
{
	static const double values[] = { 0, 0.5, 1, 2, 9999999, 1e18, 1e30, NAN };
	enum { N = sizeof values / sizeof *values };
	struct row rows[N];

	(void)state;
	for (int i = 0; i < N; i++) {
		rows[i] = row_of(values[i]);
		rows[i].user = i % 2 ? "root" : "alice";
		rows[i].command = i % 3 ? "a" : "b";
		rows[i].mute = i % 2 ? 'P' : ' ';
	}
	for (unsigned c = 0; c < COLUMN_COUNT; c++)
		for (int i = 0; i < N; i++) {
			assert_int_equal(column_info[c].compare(&rows[i], &rows[i]), 0);
			for (int k = 0; k < N; k++)
				assert_int_equal(column_info[c].compare(&rows[i], &rows[k]),
						 -column_info[c].compare(&rows[k], &rows[i]));
		}
	struct row a = row_of(1), b = row_of(2);
	for (unsigned c = 0; c < COLUMN_COUNT; c++)
		if (c != COLUMN_USER && c != COLUMN_COMMAND && c != COLUMN_MUTE && c != COLUMN_ALIVE &&
		    c != COLUMN_RUN && c != COLUMN_SHARE && c != COLUMN_LIFE)
			assert_int_equal(column_info[c].compare(&a, &b), -1);
}

static void
a_change_has_a_sign_and_without_a_mark_there_is_none(void **state)
{
	static const struct {
		struct compared compared;
		const char *before, *since, *change;
	} cases[] = {
		{ { 100, 250 }, "    100", "    250", "   +150" },
		{ { 250, 100 }, "    250", "    100", "   -150" },
		{ { 7, 7 }, "      7", "      7", "      -" },
		{ { 0, 1.5f }, "      -", "    1.5", "   +1.5" },
		{ { -1, -1 }, "      -", "      -", "      -" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct row r = { .compared = cases[i].compared };

		column_info[COLUMN_BEFORE].format(out, sizeof out, &r, 7, false);
		assert_string_equal(out, cases[i].before);
		column_info[COLUMN_SINCE].format(out, sizeof out, &r, 7, false);
		assert_string_equal(out, cases[i].since);
		column_info[COLUMN_CHANGE].format(out, sizeof out, &r, 7, false);
		assert_string_equal(out, cases[i].change);
		assert_int_equal(column_info[COLUMN_CHANGE].value(&r).kind,
				 r.compared.before < 0 ? SHEET_NONE : SHEET_REAL);
	}
}

static void
columns_are_found_by_name(void **state)
{
	(void)state;
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		assert_ptr_equal(column_by_name(column_info[i].title), &column_info[i]);
	assert_ptr_equal(column_by_name("ev/s"), &column_info[COLUMN_EV_RATE]);
	assert_null(column_by_name("speed"));
	assert_null(column_by_name(""));
}

static void
layouts_fit_and_keep_what_matters(void **state)
{
	struct layout l;

	(void)state;
	for (unsigned columns = 1; columns < 400; columns++)
		for (unsigned s = 0; s < COLUMN_COUNT; s++) {
			const struct column *sort = &column_info[s];
			bool sorted = false;
			column_layout(&l, NULL, sort, NULL, columns);
			assert_true(l.n >= 1);
			assert_ptr_equal(l.column[l.n - 1], &column_info[COLUMN_COMMAND]);
			for (unsigned i = 0; i < l.n; i++) {
				sorted |= l.column[i] == sort;
				if (i)
					assert_int_equal(l.x[i], l.x[i - 1] + l.width[i - 1] + 1);
			}
			if (columns >= 20) {
				assert_true(sorted);
				assert_true(l.x[l.n - 1] + l.width[l.n - 1] == columns);
				assert_true(l.width[l.n - 1] >= 8);
			}
		}
	column_layout(&l, NULL, column_default_sort(), NULL, 120);
	assert_int_equal(l.n, 11);
	/* the default columns, in order */
	static const char *const expected[] = { "PID",  "USER", "EV/S",  "OPEN/S", "CLOSE/S", "EXEC",
						"FORK", "OPEN", "CLOSE", "M",      "COMMAND" };
	for (unsigned i = 0; i < l.n; i++)
		assert_string_equal(l.column[i]->title, expected[i]);
}

static void
a_sort_column_that_is_not_shown_is_added(void **state)
{
	struct layout l;

	(void)state;
	column_layout(&l, NULL, column_by_name("FORK/S"), NULL, 200);
	assert_int_equal(l.n, 12);
	struct columns chosen = { .n = 0 };
	columns_add(&chosen, column_by_name("COMMAND"), 0);
	column_layout(&l, &chosen, column_by_name("EVENTS"), NULL, 200);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.column[0]->title, "EVENTS");
	assert_string_equal(l.column[1]->title, "COMMAND");
}

/* A uid is shown whole, whatever has to make room; a name where there is room. */
static void
the_user_column_is_as_wide_as_it_needs(void **state)
{
	static const char *const users[] = { "root", "2147483647", "systemd-network",
					     "a-name-that-is-longer-than-most" };
	struct column_need need = { 0 };
	struct layout usual, l;
	char text[64];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct row r = { .user = users[i] };

		column_need(&need, &r);
		column_layout(&usual, NULL, column_default_sort(), NULL, 80);
		column_layout(&l, NULL, column_default_sort(), &need, 80);
		assert_ptr_equal(l.column[1], &column_info[COLUMN_USER]);
		if (i == 0)
			assert_int_equal(l.width[1], 8);
		if (i == 1) {
			assert_int_equal(l.width[1], 10);
			l.column[1]->format(text, sizeof text, &r, l.width[1], false);
			assert_string_equal(text, "2147483647");
		}
		if (i >= 2) /* what COMMAND has to spare at 80 columns */
			assert_in_range(l.width[1], 10, 12);
		column_layout(&l, NULL, column_default_sort(), &need, 200);
		assert_int_equal(l.width[1], i == 0 ? 8 : i == 1 ? 10 : i == 2 ? 15 : USER_WIDEST);
		assert_int_equal(l.n, 11);
	}
}

static void
chosen_columns_keep_their_order_and_width(void **state)
{
	struct columns chosen = { .n = 0 };
	struct layout l;

	(void)state;
	assert_true(columns_add(&chosen, column_by_name("COMMAND"), 0));
	assert_true(columns_add(&chosen, column_by_name("USER"), 20));
	assert_true(columns_add(&chosen, column_by_name("EV/S"), 3)); /* too narrow for figures */
	assert_true(columns_add(&chosen, column_by_name("PID"), 9999));
	assert_false(columns_add(&chosen, column_by_name("PID"), 0));
	column_layout(&l, &chosen, column_by_name("EV/S"), NULL, 200);
	static const char *const want[] = { "USER", "EV/S", "PID", "COMMAND" };
	static const unsigned width[] = { 20, 6, COLUMN_WIDEST, 200 - 20 - 6 - COLUMN_WIDEST - 3 };
	assert_int_equal(l.n, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_string_equal(l.column[i]->title, want[i]);
		assert_int_equal(l.width[i], width[i]);
	}
	column_layout(&l, &chosen, column_by_name("EV/S"), NULL, 20);
	assert_true(l.n >= 2 && l.x[l.n - 1] + l.width[l.n - 1] == 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths_hold_for_any_figure),
		cmocka_unit_test(rates_of_nothing_are_a_dash),
		cmocka_unit_test(lossy_totals_say_at_least),
		cmocka_unit_test(group_rows_have_no_pid),
		cmocka_unit_test(users_are_cleaned_and_cut),
		cmocka_unit_test(comparators_are_an_order),
		cmocka_unit_test(a_change_has_a_sign_and_without_a_mark_there_is_none),
		cmocka_unit_test(columns_are_found_by_name),
		cmocka_unit_test(layouts_fit_and_keep_what_matters),
		cmocka_unit_test(the_user_column_is_as_wide_as_it_needs),
		cmocka_unit_test(chosen_columns_keep_their_order_and_width),
		cmocka_unit_test(a_sort_column_that_is_not_shown_is_added),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
