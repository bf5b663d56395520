/* test_filter - ESTOP_TEST in the environment runs only the tests of that name, which may have * and ?;
 * ESTOP_SKIP leaves one out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

__attribute__((constructor)) static void
set_test_filter(void)
{
	const char *name = getenv("ESTOP_TEST"), *skip = getenv("ESTOP_SKIP");

	if (name && *name)
		cmocka_set_test_filter(name);
	if (skip && *skip)
		cmocka_set_skip_filter(skip);
}
