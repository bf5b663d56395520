/* Strings that are kept once: held by many, gone with the last, alive beyond their table. */
#include "model/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void
equal_bytes_are_one_string(void **state)
{
	struct intern *table = intern_create();
	struct string *a = intern(table, "/bin/cat", 8), *b = intern(table, "/bin/cat and more", 8);

	(void)state;
	assert_ptr_equal(a, b);
	assert_int_equal(intern_count(table), 1);
	assert_string_equal(string_bytes(a), "/bin/cat");
	assert_string_equal(string_name(a), "cat");
	string_release(a);
	assert_int_equal(intern_count(table), 1);
	string_release(b);
	assert_int_equal(intern_count(table), 0);
	intern_destroy(table);
}

static void
no_bytes_are_no_string(void **state)
{
	struct intern *table = intern_create();

	(void)state;
	assert_null(intern(table, "", 0));
	assert_null(intern(table, "\0x", 2)); /* it ends at its first NUL */
	assert_string_equal(string_bytes(NULL), "");
	assert_null(string_hold(NULL));
	string_release(NULL);
	intern_destroy(table);
	intern_destroy(NULL);
}

static void
a_string_outlives_its_table(void **state)
{
	struct intern *table = intern_create();
	struct string *s = intern(table, "/bin/cat", 8);

	(void)state;
	intern_destroy(table);
	string_hold(s);
	string_release(s);
	assert_string_equal(string_bytes(s), "/bin/cat");
	string_release(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_bytes_are_one_string),
		cmocka_unit_test(no_bytes_are_no_string),
		cmocka_unit_test(a_string_outlives_its_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
